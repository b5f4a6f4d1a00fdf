"""What people decide about the papers of a run, as readers and programs are told of it.

Words of papers and people are in the lines as they are: whoever prints a line cleans it.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import Any

from summarise.characters import clip, counted, for_screen, in_columns, noun_of
from summarise.models import Inclusion, Opinion, ScreeningState
from summarise.people.merging import Merging
from summarise.people.survey import MOST_COMPARED, UNWEIGHTED, Agreement, Conflict, ScreeningSurvey

_INDENT = " " * 7
_SHOWN = 20
_NAMED = 3
_NAME = 24
_STATE = {state.value: state for state in ScreeningState}
_ORDER = (Inclusion.INCLUDE, Inclusion.MAYBE, Inclusion.EXCLUDE)


def first_lines(lines: Iterable[str]) -> Iterator[str]:
    """As many as a screen has room for, and how many more there are."""
    told = list(lines)
    yield from told[:_SHOWN]
    if len(told) > _SHOWN:
        indent = " " * (len(told[0]) - len(told[0].lstrip()))
        yield f"{indent}and {len(told) - _SHOWN:,} more; --json has all"


def merging_lines(merging: Merging) -> Iterator[str]:
    """What was taken in of whose files, for a reader."""
    for path, counts in merging.read.items():
        told = [f"{counted(n, 'decision')} by {name}" for name, n in counts.items()]
        yield f"{path}: {_in_a_row(told) or 'no decision'}"
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
    yield from first_lines(f"{line.where}: {line.why}; left out" for line in merging.refused)
    if merging.changed:
        yield (
            f"{_in_a_row(merging.changed, _NAMED)}: the document has changed since it was read; "
            "the decision is kept, and to be made again"
        )
    if merging.ahead:
        yield (
            f"{_in_a_row(merging.ahead, _NAMED)}: the time is in the future. Until then the "
            "decision counts before later ones of the same person. Was a clock wrong?"
        )
    yield from first_lines(
        f"{said.decision} for {for_screen(said.doc_id, 80)} of {said.at} doesn't count: {said.by} "
        f"has decided later, at {later}"
        for said, later in merging.behind
    )


def _in_a_row(texts: Sequence[str], most: int = _SHOWN) -> str:
    more = len(texts) - most
    return f"{', '.join(texts[:most])}{f' and {more:,} more' if more > 0 else ''}"


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
    yield from _wrapped(_uncompared(survey), width)
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
    told += [f"{survey.gone:,} decided about that aren't there now"] if survey.gone else []
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
    yield from first_lines(f"  {line}" for line in in_columns(rows, texts=(0,), gap="   "))
    yield from first_lines(
        f"  settled by {clip(name, _NAME)}: {counted(number, 'document')}"
        for name, number in survey.settled.items()
    )


def _uncompared(survey: ScreeningSurvey) -> Iterator[str]:
    """How many pairs of people aren't compared, and which are."""
    if survey.uncompared:
        yield (
            f"Kappa is made for each two of the {MOST_COMPARED} people who have decided most: "
            f"{counted(survey.uncompared, 'pair')} of people are left out."
        )


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
        reasons = [f"{n:,} {clip(reason, 80)}" for reason, n in survey.reasons.most_common()]
        yield f"Excluded: {_in_a_row(reasons)}."
    if survey.gone:
        yield (
            f"{counted(survey.gone, 'document')} that {noun_of(survey.gone, 'was', 'were')} "
            f"decided about {noun_of(survey.gone, 'is', 'are')} not in this run now; what was "
            "decided is kept."
        )
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
    left = [
        f"{counted(n, 'document')} by {clip(name, _NAME)}"
        for name in survey.people
        if (n := survey.left[name])
    ]
    yield from left[:_SHOWN]
    if len(left) > _SHOWN:
        yield f"and {counted(len(left) - _SHOWN, 'more person', 'more people')}"
    if not survey.people:
        yield counted(survey.documents, "document")
    if survey.changed:
        has = noun_of(survey.changed, "it has", "they have")
        yield f"{counted(survey.changed, 'document')} anew, since {has} changed"


def _conflict_table(conflicts: Sequence[Conflict], width: int) -> Iterator[str]:
    """Number, title, and who said what and why; a line for each person."""
    shown = conflicts[:_SHOWN]
    names = {one.by for conflict in shown for one in conflict.screened.counting[:_SHOWN]}
    longest = max(len(clip(name, _NAME)) for name in names)
    room = max(20, width - len(_INDENT) - longest - 2)
    for one in shown:
        yield f"{one.number:>5}  {clip(one.title, width - 8)}"
        yield from first_lines(
            f"{_INDENT}{clip(opinion.by, _NAME):<{longest}}  {clip(_said(opinion), room)}"
            for opinion in one.screened.counting
        )
    if (more := len(conflicts) - _SHOWN) > 0:
        yield f"{_INDENT}and {counted(more, 'more conflict')}; --json has all"


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
        yield from _uncompared(survey)
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
        "gone": survey.gone,
        "people": [
            {"name": name, **{one.value: counts[one] for one in _ORDER}, "left": survey.left[name]}
            for name, counts in survey.decided.items()
        ],
        "settled_by": dict(survey.settled),
        "agreement": [_pair(pair) for pair in survey.pairs],
        "pairs_not_compared": survey.uncompared,
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
            "behind": [
                {**one.model_dump(mode="json"), "later": later} for one, later in merging.behind
            ],
            "ahead": merging.ahead,
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
