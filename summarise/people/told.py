"""What people say of a run's papers and records, as readers and programs are told of it.

Words of papers and people are in the lines as they are: whoever prints a line cleans it.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from summarise.characters import clip, counted, for_screen, in_columns, noun_of
from summarise.errors import RunError
from summarise.judging import JudgedCounts, leaves_of, said_in_words, told_name
from summarise.models import Inclusion, JudgedAs, Judgement, Opinion, Record, ScreeningState
from summarise.people.merging import Merging
from summarise.people.survey import UNWEIGHTED, Agreement, Conflict, ScreeningSurvey
from summarise.schema import shape_of
from summarise.store import JudgedRow, Run

if TYPE_CHECKING:
    from summarise.people.taking import Taken

_SHOWN = 20
_NAMED = 3
_NAME = 24
_TITLE, _LISTED = 60, 50
_STATE = {state.value: state for state in ScreeningState}
_ORDER = (Inclusion.INCLUDE, Inclusion.MAYBE, Inclusion.EXCLUDE)


def merging_lines(merging: Merging) -> Iterator[str]:
    """What was taken in of whose files, for a reader."""
    for path, counts in merging.read.items():
        told = ", ".join(f"{counted(n, 'decision')} by {name}" for name, n in counts.items())
        yield f"{path}: {told or 'no decision'}"
    if known := merging.known:
        yield f"{counted(known, 'decision')} of these {noun_of(known, 'was', 'were')} known before"
    if back := merging.taken_back:
        stay = noun_of(back, "stays", "stay")
        yield f"{counted(back, 'decision')} of these {stay} taken back, unless with --again"


def merging_faults(merging: Merging) -> Iterator[str]:
    """What is amiss with people's files, a line each; the first ones of a kind by their place."""
    for one, other, name in merging.shared:
        yield (
            f"{one} and {other} are both by {name}: of two decisions on a document the later one "
            "counts. Are they of two people? Take them back with --undo, and give each a name"
        )
    yield from (f"{line.where}: {line.why}; left out" for line in merging.refused[:_SHOWN])
    if (more := len(merging.refused) - _SHOWN) > 0:
        yield f"{counted(more, 'more line')} left out; --json has all"
    if merging.changed:
        places = ", ".join(merging.changed[:_NAMED])
        more = len(merging.changed) - _NAMED
        yield (
            f"{places}{f' and {more:,} more' if more > 0 else ''}: the document has changed since "
            "it was read; the decision is kept, and to be made again"
        )


def survey_lines(survey: ScreeningSurvey, width: int = 80) -> Iterator[str]:
    """Where the screening stands, for a reader."""
    yield told_progress(survey)
    if not survey.decisions:
        place = shlex.quote(str(survey.path))
        yield f"Decide in the page of `summarise report {place}`, and save screening.jsonl there:"
        yield f"summarise screen {place} screening.jsonl"
        return
    yield from _people(survey)
    yield from _wrapped((told_agreement(pair) for pair in survey.pairs), width)
    yield from _wrapped(_standing(survey), width)
    if survey.conflicts:
        yield ""
        yield from _conflict_table(survey.conflicts, width)
    yield ""
    yield from _wrapped([f"To decide: {'; '.join(_left(survey)) or 'nothing'}."], width)


def told_screening(survey: ScreeningSurvey) -> str:
    """How far screening has come, and what it has come to, in a line."""
    told = [f"{n:,} {one}" for one in _ORDER if (n := survey.states[_STATE[one]])]
    told += [counted(len(survey.conflicts), "conflict")] if survey.conflicts else []
    told += [f"{survey.changed:,} to decide anew"] if survey.changed else []
    return "; ".join(filter(None, [told_progress(survey), ", ".join(told)]))


def told_progress(survey: ScreeningSurvey) -> str:
    """How many documents were screened by how many people."""
    parts = [f"{docs:,} by {n}" for n, docs in survey.screeners]
    parts += [f"{survey.settled_alone:,} settled alone"] if survey.settled_alone else []
    told = f"{survey.screened:,} of {counted(survey.documents, 'document')} screened"
    return f"{told}: {', '.join(parts)}" if parts else told


def _people(survey: ScreeningSurvey) -> Iterator[str]:
    """A line for each person, numbers below each other."""
    rows = []
    for name in survey.people:
        counts = survey.decided[name]
        told = [f"{counts[one]:,} {one}" for one in _ORDER]
        left = survey.left[name]
        rows.append((clip(name, _NAME), *told, f"{left:,} to do" if left else ""))
    for line in in_columns(rows, texts=(0,), gap="   "):
        yield f"  {line}"
    for name, number in survey.settled.items():
        yield f"  settled by {clip(name, _NAME)}: {counted(number, 'document')}"


def told_agreement(pair: Agreement) -> str:
    """How far two people agree, in a sentence."""
    who = f"{clip(pair.one, _NAME)} and {clip(pair.other, _NAME)}"
    if not pair.documents:
        return f"{who}: no kappa, since {pair.undefined}."
    share = f"{pair.agreed:,} of {counted(pair.documents, 'document')} ({told_share(pair)})"
    return f"{who} agree on {share}; {told_kappa(pair)}."


def told_share(pair: Agreement) -> str:
    """On which share of the documents two people agree; of nearly all not all."""
    whole, rest = divmod(100 * pair.agreed, pair.documents)
    rounded = whole + (2 * rest >= pair.documents)
    return f"{min(rounded, 99) if pair.agreed < pair.documents else 100}%"


def told_kappa(pair: Agreement) -> str:
    """Cohen's kappa in words, with what it was made of; or why there is none."""
    if pair.kappa is None:
        return f"Cohen's kappa is undefined: {pair.undefined}"
    of = ", with maybe as a category of its own" if pair.has_maybe else ""
    return f"Cohen's kappa {pair.kappa:.2f}{of}".replace("-", "−")


def _standing(survey: ScreeningSurvey) -> Iterator[str]:
    told = ", ".join(f"{survey.states[_STATE[one]]:,} {one}" for one in _ORDER)
    yield f"Together: {told}, {counted(len(survey.conflicts), 'conflict')}."
    if survey.reasons:
        reasons = (f"{n:,} {clip(reason, 80)}" for reason, n in survey.reasons.most_common(_SHOWN))
        more = len(survey.reasons) - _SHOWN
        yield f"Excluded: {', '.join(reasons)}{f', {more:,} more reasons' if more > 0 else ''}."
    if survey.unread:
        yield (
            f"{survey.unread:,} of those screened {noun_of(survey.unread, 'has', 'have')} no "
            "record: they were screened by title and abstract alone."
        )


def _left(survey: ScreeningSurvey) -> Iterator[str]:
    """What is still to be decided."""
    if survey.conflicts:
        conflicts = counted(len(survey.conflicts), "conflict")
        yield f"{conflicts} (a third person's file, with --settle NAME)"
    for name in survey.people:
        if left := survey.left[name]:
            yield f"{counted(left, 'document')} by {clip(name, _NAME)}"
    if not survey.people:
        yield counted(survey.documents, "document")
    if survey.changed:
        has = noun_of(survey.changed, "it has", "they have")
        yield f"{counted(survey.changed, 'document')} anew, since {has} changed"


def _conflict_table(conflicts: Sequence[Conflict], width: int) -> Iterator[str]:
    """Number, title, and who said what and why; a line for each person."""
    names = {one.by for conflict in conflicts[:_SHOWN] for one in conflict.screened.counting}
    longest = max(len(clip(name, _NAME)) for name in names)
    for one in conflicts[:_SHOWN]:
        yield f"{one.number:>5}  {clip(one.title, width - 8)}"
        for opinion in one.screened.counting:
            lead = f"       {clip(opinion.by, _NAME):<{longest}}  "
            yield f"{lead}{clip(_said(opinion), max(20, width - len(lead)))}"
    if (more := len(conflicts) - _SHOWN) > 0:
        yield f"       and {counted(more, 'more conflict')}; --json has all"


def _said(opinion: Opinion) -> str:
    """A decision with its reason and note, on one line."""
    note = for_screen(opinion.note)
    told = f"{opinion.decision}{f': {opinion.reason}' if opinion.reason else ''}"
    return f"{told} ({note})" if note else told


def _wrapped(texts: Sequence[str] | Iterator[str], width: int) -> Iterator[str]:
    for text in texts:
        yield from wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)


def told_methods(survey: ScreeningSurvey) -> Iterator[str]:
    """How titles and abstracts were screened, in sentences for a methods section."""
    people = counted(len(survey.people), "person", "people")
    screeners = survey.screeners
    by = ", ".join(f"{docs:,} by {counted(n, 'person', 'people')}" for n, docs in screeners)
    of = f"{survey.screened:,} of {counted(survey.documents, 'document')}"
    yield f"{of} were screened by title and abstract, by {people}{f' ({by})' if by else ''}."
    if pairs := [pair for pair in survey.pairs if pair.documents]:
        told = "; ".join(
            f"{pair.agreed:,} of {pair.documents:,} ({told_share(pair)}), {told_kappa(pair)}"
            for pair in pairs
        )
        who = "They" if len(survey.people) == 2 else "Each two of them"
        yield f"{who} agreed on {told} (unweighted; {UNWEIGHTED})."
    if settled := survey.settled.total():
        whom = counted(len(survey.settled), "person", "people")
        yield f"{counted(settled, 'document')} {noun_of(settled, 'was', 'were')} settled by {whom}."
    left = {"marked as maybe": "maybe", "in conflict": "conflict", "not screened": "open"}
    rest = [f"{n:,} {told}" for told, state in left.items() if (n := survey.states[_STATE[state]])]
    included, excluded = (survey.states[_STATE[one]] for one in ("include", "exclude"))
    yield f"{', '.join([f'{included:,} included', f'{excluded:,} excluded', *rest])}."


def survey_json(survey: ScreeningSurvey, merging: Merging | None = None) -> str:
    """The survey for programs, as JSON on one line; null is what isn't known or is undefined."""
    told: dict[str, Any] = {
        "run": str(survey.path),
        "documents": survey.documents,
        "screened": survey.screened,
        "screened_by": {str(n): docs for n, docs in sorted(survey.by_people.items())},
        **{state.value: survey.states[state] for state in ScreeningState},
        "reasons": dict(survey.reasons.most_common()),
        "changed": survey.changed,
        "people": [
            {"name": name, **{one.value: counts[one] for one in _ORDER}, "left": survey.left[name]}
            for name, counts in survey.decided.items()
        ],
        "settled_by": dict(survey.settled),
        "agreement": [_pair(pair) for pair in survey.pairs],
        "conflicts": [_conflict(one) for one in survey.conflicts],
        "without_record": survey.documents - survey.records,
    }
    if merging is not None:
        told["merged"] = {
            "files": {path: dict(counts) for path, counts in merging.read.items()},
            "new": merging.new,
            "known": merging.known,
            "taken_back": merging.taken_back,
            "refused": [line._asdict() for line in merging.refused],
            "changed": merging.changed,
        }
    return json.dumps(told, ensure_ascii=False)


def _pair(pair: Agreement) -> dict[str, Any]:
    said = [[one, other, n] for (one, other), n in sorted(pair.said.items())]
    return {
        "people": [pair.one, pair.other],
        "documents": pair.documents,
        "agreed": pair.agreed,
        "kappa": pair.kappa,
        "undefined": pair.undefined,
        "said": said,
    }


def _conflict(one: Conflict) -> dict[str, Any]:
    said = [opinion._asdict() for opinion in one.screened.counting]
    return {"number": one.number, "id": one.doc_id, "title": one.title, "said": said}


def taken_lines(taken: Taken) -> Iterator[str]:
    """What was added, what wasn't, and why."""
    undone = sum(one.verdict is JudgedAs.UNDONE for one in taken.new)
    new, parts = len(taken.new) - undone, []
    if new or not undone:
        told = taken.counts.told()
        parts.append(f"{new:,} new{f' ({told})' if told else ''}")
    if undone:
        parts.append(f"{undone:,} taken back")
    if taken.known:
        parts.append(f"{taken.known:,} already there")
    if taken.older:
        parts.append(f"{len(taken.older):,} older than what stands, left out")
    if taken.instead:
        parts.append(f"{taken.instead:,} in the place of what somebody else said")
    if taken.refused:
        parts.append(f"{len(taken.refused):,} refused")
    yield f"{taken.path}: {', '.join(parts)}"
    if taken.vouched:
        told = noun_of(taken.vouched, "of the values stands", "of the values stand")
        yield f"  {taken.vouched:,} {told} neither in the abstract nor in the title"
    yield from _first(
        f"  {one.doc_id}: {said_in_words(one)}; later: {said_in_words(stands)}"
        for one, stands in taken.older
    )
    if taken.gone:
        told = f"{taken.gone:,} of those already there {noun_of(taken.gone, 'was', 'were')}"
        yield f"  {told} taken back since; --again lays over again what was taken back"
    if taken.drops_table:
        place = shlex.quote(str(taken.path))
        yield f"  table.md is gone until the next run, being long; `summarise table {place}` has it"
    yield from offered_lines(taken.rows)


def offered_lines(rows: Iterable[JudgedRow]) -> Iterator[str]:
    """What is to be looked at again, a line each."""
    told = [
        f"  {_paper(row, one.judgement)}: {said_in_words(one.judgement)}; {one.why}"
        for row in rows
        for one in row.offered
    ]
    if told:
        yield f"To be offered again: {len(told):,}"
        yield from _first(told)


def _first(lines: Iterable[str]) -> Iterator[str]:
    """As many as a screen has room for, and how many more there are."""
    told = list(lines)
    yield from told[:_LISTED]
    if len(told) > _LISTED:
        yield f"  and {len(told) - _LISTED:,} more; --json has all"


def judgement_lines(run: Run, wanted: str | None = None) -> Iterator[str]:
    """All that stands of what people said of a run, or of one of its papers.

    Raises:
        RunError: There is no such paper.
    """
    counts = JudgedCounts()
    for row in _rows(run, wanted):
        laid = row.shown.judgements if row.shown else ()
        counts.add(laid, row.offered)
        if laid:
            yield _paper(row, laid[0])
        for one in laid:
            yield f"  {said_in_words(one)}"
        if row.offered:
            yield from offered_lines([row])
    told, left = counts.told(), counts.offered.total()
    again = f"; {left:,} to be offered again" if left else ""
    yield f"{told or 'nothing is laid over the records'}{again}"


def place_lines(run: Run, wanted: str) -> Iterator[str]:
    """Each place of a paper's record by its path, as it is shown, with who has said so.

    Raises:
        RunError: There is no such paper, or it has no record.
    """
    document, record = run.find(wanted)
    if not isinstance(record, Record):
        raise RunError("has no record that could be corrected", where=f"{run.path}: {wanted}")
    yield for_screen(document.title or document.doc_id, 2 * _TITLE, reveal=True)
    for path, value in leaves_of(shape_of(run.schema), record.draft):
        one = record.judged.get(path)
        said = f"  ({one.verdict} by {told_name(one.by)})" if one else ""
        shown = "–" if value in (None, []) else for_screen(str(value), _TITLE, reveal=True)
        yield f"  {path}: {shown}{said}"


def _rows(run: Run, wanted: str | None) -> Iterator[JudgedRow]:
    document = run.find(wanted)[0] if wanted is not None else None
    rows = run.judged_rows(None if document is None else {document.doc_id})
    return (row for row in rows if document is None or row.document == document)


def _paper(row: JudgedRow, one: Judgement) -> str:
    title = (row.document.title if row.document else None) or one.doc_id
    number = f"{row.number}. " if row.number else ""
    return f"{number}{for_screen(title, _TITLE, reveal=True)}"


def taken_json(taken: Taken) -> str:
    """What came of judgements, on one line."""
    return json.dumps(
        {
            "path": str(taken.path),
            "new": len(taken.new),
            "laid_over": taken.counts.counts(),
            "already_there": taken.known,
            "taken_back_since": taken.gone,
            "older": [one.model_dump(mode="json") for one, _ in taken.older],
            "instead": taken.instead,
            "offered_again": [one for row in taken.rows for one in _offered_json(row)],
            "refused": [{"where": one.where, "why": one.why} for one in taken.refused],
        },
        ensure_ascii=False,
    )


def _offered_json(row: JudgedRow) -> Iterator[dict[str, Any]]:
    for one in row.offered:
        line = one.judgement.model_dump(mode="json")
        yield {"number": row.number, **line, "why": one.why}


def judgement_json(run: Run, wanted: str | None = None) -> Iterator[str]:
    """All that stands of what people said, a line each; ``why`` is of what is offered again."""
    for row in _rows(run, wanted):
        for one in row.shown.judgements if row.shown else ():
            told = {"number": row.number, **one.model_dump(mode="json"), "why": None}
            yield json.dumps(told, ensure_ascii=False)
        for told in _offered_json(row):
            yield json.dumps(told, ensure_ascii=False)
