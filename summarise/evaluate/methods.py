"""What a paper's methods section says of a run, and how right such runs were found to be.

All is taken from the files of the run and from the page of accuracy that is installed with the
package; what neither knows isn't told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from summarise.batch import taken
from summarise.characters import counted, for_screen, listed, noun_of
from summarise.errors import RunError
from summarise.evaluate.signals import Signals
from summarise.judging import JudgedCounts
from summarise.models import EMBEDDED, SKIPPED_AS, DoubtKind, Grounding, JudgedAs, Outcome, Record
from summarise.people import survey_screening, told_methods
from summarise.schema import Draft
from summarise.store import Manifest, Run, RunState

_PACKAGED = "_docs"
_PAGE = "accuracy.md"
_UNSEEN = "unseen"
_EMBEDDED_ROWS = "embedded extractor"
_STATES = {
    RunState.RUNNING: "The run hasn't come to its end.",
    RunState.STOPPED: "The run was stopped before its end.",
    RunState.INTERRUPTED: "The run was interrupted before its end.",
}


class Measured(NamedTuple):
    """How right somebody's answers were on a set of abstracts; shares in words, as ``0.71``."""

    abstracts: str
    who: str
    papers: str
    mean_f1: str
    precision: str
    recall: str
    whole_rows: str


class Accuracy(NamedTuple):
    """The page of accuracy: when and with what version it was measured, and what was found."""

    date: str
    version: str
    rows: tuple[Measured, ...]


@dataclass
class _RunFacts(Signals):
    """Counts of a run, with who made its records and failures."""

    versions: Counter[str] = field(default_factory=Counter)
    served: Counter[str] = field(default_factory=Counter)
    days: set[str] = field(default_factory=set)
    unread: int = 0
    vouched: int = 0
    judged: JudgedCounts = field(default_factory=JudgedCounts)

    def add(self, outcome: Outcome | None) -> None:
        super().add(outcome)
        if outcome is None:
            return
        made = outcome.provenance
        self.versions[made.version] += 1
        self.days.add(made.created[:10])
        if made.served_model:
            self.served[made.served_model] += 1
        if isinstance(outcome, Record):
            self.unread += outcome.is_unread
            self.vouched += len(outcome.vouched)
            self.judged.add(outcome.judgements)


def accuracy_page() -> str:
    """``docs/accuracy.md``: that of the installed package, else that of the checkout."""
    packaged = files("summarise") / _PACKAGED
    folder = packaged if packaged.is_dir() else Path(__file__).parents[2] / "docs"
    return (folder / _PAGE).read_text("utf-8")


def accuracy() -> Accuracy:
    """The first table of figures on the page of accuracy."""
    _, _, figures = accuracy_page().partition("<!-- figures: begin -->")
    head, _, table = figures.partition("\n| ")
    date, _, version = head.strip().removeprefix("Measured on ").rstrip(".").partition(", version ")
    lines = table.partition("\n\n")[0].split("\n")[2:]
    cells = ([cell.strip() for cell in line.strip("| ").split("|")] for line in lines)
    return Accuracy(date, version, tuple(Measured(*row[:7]) for row in cells))


def methods_paragraph(run: Run) -> str:
    """A paragraph on one line: who made the records of what, how many, how checked, how right.

    Raises:
        RunError: Lines of the run are damaged: what it says wouldn't be what was done.
    """
    told = _RunFacts(run=str(run.path))
    for _, outcome in run.rows():
        told.add(outcome)
    damaged = sum(map(len, run.damage.places.values()))
    if damaged or run.damage.cut:
        lost = f"holds {counted(damaged, 'damaged line')}" if damaged else "has lost lines"
        raise RunError(
            f"{lost}, so nothing is told of it",
            where=str(run.path),
            hint="The command that made it makes what they held anew; files of people's "
            "judgements can be taken in again.",
        )
    identity = run.manifest.identity
    fields = listed([name.replace("_", " ") for name in run.schema.model_fields])
    schema = f"schema {identity.schema_name}, fingerprint {identity.schema_fingerprint}"
    sentences = (
        _made(run.manifest, told),
        f"Each record holds {fields} ({schema}).",
        *_counts(run.manifest, told),
        *_judged(told.judged),
        *_checks(told),
        *_how_right(run.manifest),
        *(told_methods(survey_screening(run)) if run.screening else ()),
    )
    return for_screen(" ".join(sentences))


def _made(manifest: Manifest, told: _RunFacts) -> str:
    identity = manifest.identity
    versions = listed(sorted(told.versions) or [identity.version])
    noun = noun_of(len(told.versions) or 1, "version")
    days = sorted(told.days) or [manifest.updated[:10]]
    when = f"on {days[0]}" if len(days) == 1 else f"between {days[0]} and {days[-1]}"
    opening = f"Abstracts were summarised {when} (UTC) with summarise, {noun} {versions},"
    if not identity.is_paid:
        return f"{opening} by its embedded extractor, which works by code alone."
    served = [one for one in sorted(told.served) if one != identity.model]
    named = f" (served as {listed(served)})" if served else ""
    prompt = f"prompt {identity.prompt_version}, fingerprint {identity.prompt_fingerprint}"
    sampling = [f"{name} {value}" for name, value in sorted(identity.sampling.items())]
    how = "; ".join([prompt, *([", ".join(sampling)] if sampling else [])])
    who = f"by the model {identity.model}{named} at {identity.endpoint_host} ({how})"
    paid = f"; its answers took {taken(manifest.spent)}" if manifest.spent.calls else ""
    return f"{opening} {who}{paid}."


def _counts(manifest: Manifest, told: _RunFacts) -> Iterator[str]:
    if manifest.state in _STATES:
        yield _STATES[manifest.state]
    # Those of the manifest's counts are what the last run read, which may have added to others.
    counts: Counter[str] = Counter()
    for one in manifest.inputs:
        counts.update(one.entries or {})
    if entries := counts.total():
        parts = [counted(counts["document"], "document")]
        skips = [(counts[kind], names) for kind, names in SKIPPED_AS.items()]
        parts += [counted(count, *names) for count, names in skips if count]
        inputs = counted(len(manifest.inputs), "input")
        yield f"{inputs} held {counted(entries, 'entry', 'entries')}: {listed(parts)}."
    failed = told.failures.total()
    kinds = ", ".join(f"{count:,} {kind.value}" for kind, count in told.failures.most_common())
    parts = [counted(told.records, "record")]
    parts += [f"{counted(failed, 'failure')} ({kinds})"] if failed else ["no failure"]
    parts += [f"{told.pending:,} not attempted"] if told.pending else []
    yield f"{counted(told.documents, 'document')} gave {listed(parts)}."
    if told.unread:
        unread = counted(told.unread, "abstract")
        yield f"{unread} {noun_of(told.unread, 'is', 'are')} not in English and had nothing read."


def _judged(judged: JudgedCounts) -> Iterator[str]:
    """What people have done with the values."""
    if not judged.judged:
        return
    counts, who = judged.judged, judged.names()
    deeds = {JudgedAs.CORRECTED: "corrected", JudgedAs.CHECKED: "checked", JudgedAs.WRONG: "called"}
    parts = [
        f"{deed} {counted(counts[one], 'value')}" for one, deed in deeds.items() if counts[one]
    ]
    told = listed(parts) + (" wrong" if counts[JudgedAs.WRONG] else "")
    yield f"{who[0].upper()}{who[1:]} {told}; what was corrected is told as they had it."


def _are(count: int, what: str) -> str:
    return f"{count:,} {noun_of(count, 'is', 'are')} {what}"


def _checks(told: _RunFacts) -> Iterator[str]:
    if values := told.values.total():
        nowhere = told.values[Grounding.MISSING]
        missing = nowhere - told.vouched
        others = [_are(missing, "marked as missing")] if missing or not told.vouched else []
        others += [_are(told.vouched, "vouched for by a person")] if told.vouched else []
        lacking = f"{values - nowhere:,} stand there, and {' and '.join(others)}"
        yield (
            f"Code searched abstract and title for each of the {counted(values, 'value')} that "
            f"records copy: {lacking if nowhere else 'all stand there'}."
        )
    unsupported = counted(told.unsupported, "statement") if told.unsupported else "No statement"
    doubtful = counted(told.doubtful, "record") if told.doubtful else "no record"
    yield (
        f"{unsupported} {noun_of(told.unsupported or 1, 'has', 'have')} a number or name that the "
        f"cited sentences lack; in {doubtful} words of the abstract are marked as doubtful, since "
        "they may mean something else there."
    )
    if unsure := told.doubts[DoubtKind.UNSURE]:
        yield (
            f"Of {counted(unsure, 'entry', 'entries')} the extractor itself isn't sure: tables "
            "leave them out, say so of them, or tell a number in the words of the abstract."
        )


def _how_right(manifest: Manifest) -> Iterator[str]:
    """What was measured of who made the records; only for the default fields."""
    identity, found = manifest.identity, accuracy()
    who = _EMBEDDED_ROWS if identity.extractor == EMBEDDED else identity.model
    rows = [one for one in found.rows if one.who == who]
    if not rows or identity.schema_name != Draft.__name__:
        made = "of these fields" if rows else "by this model"
        yield f"The authors of summarise haven't measured how right records {made} are."
        return
    version = "" if found.version == identity.version else f", version {found.version}"
    for row in [one for one in rows if _UNSEEN in one.abstracts] or rows:
        yield (
            f"On {row.papers} abstracts ({row.abstracts}) the authors of summarise{version} "
            f"measured on {found.date} a precision of {row.precision} and a recall of "
            f"{row.recall} for the values of results, an F1 of {row.whole_rows} for whole rows "
            f"(value, metric and dataset), and a mean F1 of {row.mean_f1} over the fields."
        )
