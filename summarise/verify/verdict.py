"""What came of verifying one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from pydantic_core import to_json

from summarise.characters import for_screen
from summarise.store.files import RECORDS

_SHOWN = 3
_SHOWN_CHARACTERS = 60


class DifferenceKind(StrEnum):
    """What a difference says of a record."""

    ALTERED = "altered"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a record says and that doesn't come out again.

    Attributes:
        path: Where: ``results[0].value``, ``unclaimed``.
        stored: What the record says.
        now: What comes out.
        kind: Whether the record was altered, or made by other rules.
    """

    path: str
    stored: str
    now: str
    kind: DifferenceKind = DifferenceKind.ALTERED


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one record, one failure or one file as a whole came to.

    Attributes:
        doc_id: Of its document, None for a file.
        version: The version of summarise that made it, None where that can't be read.
        differences: None when all is well.
        file: Which file it is about.
    """

    doc_id: str | None
    version: str | None
    differences: tuple[Difference, ...] = ()
    file: str = RECORDS

    @property
    def is_altered(self) -> bool:
        """Whether other rules can't explain it."""
        return any(one.kind is DifferenceKind.ALTERED for one in self.differences)

    def with_more(self, differences: Iterable[Difference]) -> Verdict:
        """The same with more differences."""
        return replace(self, differences=(*self.differences, *differences))

    def lines(self) -> Iterator[str]:
        """One line for each difference, and one for those that are too many to show."""
        subject = for_screen(self.doc_id or self.file)
        for one in self.differences[:_SHOWN]:
            stored, now = (for_screen(text, _SHOWN_CHARACTERS) for text in (one.stored, one.now))
            note = "" if one.kind is DifferenceKind.ALTERED else f" (made by {self.version})"
            yield f"{subject}: {for_screen(one.path)}: stored {stored}, now {now}{note}"
        if len(self.differences) > _SHOWN:
            yield f"{subject}: and {len(self.differences) - _SHOWN} more; --json has all"

    def to_json(self) -> str:
        """The verdict on one line."""
        return to_json(self).decode()
