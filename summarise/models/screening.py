"""What people decide about documents: whether a review includes them, and why it doesn't."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from summarise.models.document import Stored

_LONGEST_NAME = 200
_LONGEST_TEXT = 10_000


def moment_of(text: str) -> datetime:
    """A time of ours, ISO 8601 in UTC: ``2026-11-27T09:30:00Z``.

    Raises:
        ValueError: It is none.
    """
    found = datetime.fromisoformat(text) if text.endswith("Z") and "T" in text else None
    if found is None or found.tzinfo is not UTC:
        raise ValueError("isn't a time in UTC, such as 2026-11-27T09:30:00Z")
    return found


def _checked(text: str) -> str:
    moment_of(text)
    return text


Moment = Annotated[str, Field(max_length=40), AfterValidator(_checked)]
"""When a person did something, as ``moment_of`` reads it."""
ContentHash = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
"""Of the document that a person has read."""
PersonName = Annotated[str, Field(max_length=_LONGEST_NAME)]
"""Who did something; may be empty in what a page exports."""
PersonText = Annotated[str, Field(max_length=_LONGEST_TEXT)]
"""What a person has written."""


class Inclusion(StrEnum):
    """What a person decides about a document; undecided takes a decision back."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"
    UNDECIDED = "undecided"


class ScreeningDecision(Stored):
    """One decision of one person on one document.

    Of several by a person on a document the last one counts. One that ``settles`` stands above
    those of all who have screened it: it is made when they differ, by a third person or by all.

    Attributes:
        reason: Why it is excluded; empty where nothing is said, or it isn't.
    """

    doc_id: str
    content_hash: ContentHash
    decision: Inclusion
    reason: PersonText
    note: PersonText
    by: PersonName
    at: Moment
    settles: bool = False

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return moment_of(self.at)


class ScreeningState(StrEnum):
    """What stands of the decisions on a document; a conflict is that they differ."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"
    CONFLICT = "conflict"
    OPEN = "open"


class Opinion(NamedTuple):
    """What a person says about a document, and when; see ``ScreeningDecision``."""

    by: str
    decision: Inclusion
    reason: str = ""
    note: str = ""
    at: str = ""

    @property
    def told(self) -> str:
        """In words: ``Ben: exclude: another topic (see page 3)``."""
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.by}: {self.decision}{reason}{f' ({self.note})' if self.note else ''}"


class Screened(NamedTuple):
    """What has been decided about a document: by each person, and by whoever settles it."""

    opinions: tuple[Opinion, ...] = ()
    settled: Opinion | None = None

    @property
    def counting(self) -> tuple[Opinion, ...]:
        """The opinions that decide."""
        return (self.settled,) if self.settled else self.opinions

    @property
    def state(self) -> ScreeningState:
        """What stands; nothing is taken for granted where people differ."""
        decisions = {one.decision for one in self.counting}
        if not decisions:
            return ScreeningState.OPEN
        return ScreeningState.CONFLICT if len(decisions) > 1 else ScreeningState(decisions.pop())

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is excluded, each reason once; none where it isn't, or nobody gives one."""
        if self.state is not ScreeningState.EXCLUDE:
            return ()
        return tuple(dict.fromkeys(one.reason for one in self.counting if one.reason))
