"""A run as it is shown, as data: clean, so that nothing in it acts, but not escaped for a format.

What to show, where to clip it, and what to mark is decided before a format sees it. The text of a
stretch says all by itself; its strength, evidence and mark say what a format may make of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import NamedTuple

from summarise.characters import noun_of
from summarise.models import OutcomeCounts


class Strength(StrEnum):
    """How a stretch stands out."""

    PLAIN = "plain"
    STRONG = "strong"
    NOTE = "note"
    """Words of ours in the place of a value; nothing in them acts in any format."""
    STOP = "stop"
    """Blanks and stops between other stretches; nothing in them acts in any format."""


class Mark(Enum):
    """A sign that the table uses, with its meaning."""

    ABSENT = "–", "the abstract doesn't report it"
    EVIDENCE = "[2, 4]", "the sentences of the abstract that support the entry, counted from 1"
    FLAG = (
        "⚠",
        (
            "before a value, it stands neither in the abstract nor in the title; "
            "after an entry, it says more than the sentences that it cites"
        ),
    )
    DITTO = "″", "the same sentence as above"
    INSTRUCTION = (
        "⚠ reads like an instruction",
        (
            "the sentence tells a model or a reviewer what to do, "
            "or is hidden from readers; it counts as evidence for nothing"
        ),
    )
    CUT = "⚠ read in part", "the server cut the abstract, so that something may be missing"
    CLIPPED = "…", "shortened here, whole in the record"
    MORE = "+1 more", "further entries, left out here, whole in the record"

    def __init__(self, sign: str, meaning: str) -> None:
        self.sign = sign
        self.meaning = meaning


class Stretch(NamedTuple):
    """Some characters of a line, alike in what they are."""

    text: str
    """What to show; of evidence, the numbers in brackets."""
    strength: Strength = Strength.PLAIN
    evidence: tuple[int, ...] = ()
    """Numbers of sentences, where the stretch is a reference to them."""
    mark: Mark | None = None
    """What sign it is, or what sign belongs to it."""


Line = list[Stretch]
"""Shown one behind the other; the blanks and stops between them are stretches as well."""

Cell = list[Line]
"""Shown below each other, an entry of the field on each; none where all is blank."""


class RowView(NamedTuple):
    """A document and what became of it."""

    title: str
    """Or what stands for it."""
    url: str | None
    """An absolute http or https address of it."""
    byline: list[str]
    """Authors, organisation and date, as far as they are known."""
    notes: list[Stretch]
    """What is to be known of the record as a whole."""
    cells: list[Cell]
    """One for each column but the first."""


class FailureView(NamedTuple):
    """A failure in the list below the table."""

    kind: str
    title: str
    url: str | None
    message: str


@dataclass
class RowCounts(OutcomeCounts):
    """What the rows come to that were shown so far. Its size doesn't grow with their number."""

    flagged: int = 0
    values: int = 0
    grounded: int = 0
    listed: list[FailureView] = field(default_factory=list)
    marks: set[Mark] = field(default_factory=set)

    @property
    def unlisted(self) -> int:
        """Failures that ``listed`` leaves out."""
        return self.failures.total() - len(self.listed)

    def summary(self) -> tuple[str, str]:
        """How many documents, and what became of them; in words of ours."""
        failed = self.failures.total()
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.failures.items()))
        became = (
            f"{_counted(self.records, 'record')}, {failed} failed{f' ({kinds})' if kinds else ''}, "
            f"{self.pending} not attempted. {self.grounded} of {_counted(self.values, 'value')} "
            f"found in the abstract or title; {_counted(self.flagged, 'record')} flagged."
        )
        return _counted(self.documents, "document"), became


class TableView(NamedTuple):
    """A run as a table."""

    columns: list[str]
    """Titles; the first column is that of title, byline and notes."""
    rows: Iterator[RowView]
    """Can be gone through once; no more than one is held."""
    counts: RowCounts
    """What the rows come to, once they have been gone through."""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun_of(count, noun)}"
