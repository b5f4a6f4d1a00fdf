"""What people say: whether a review includes a document, and what a place of a record should be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator

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


_PATH = re.compile(r"[^\s.\[\]]+(?:\[[0-9]{1,6}\]|\.[^\s.\[\]]+)*(?:\[\])?")
ADDING = "[]"
"""What the path of an entry ends with that is added behind those of its list."""


class JudgedAs(StrEnum):
    """What a person says of a place."""

    CORRECTED = "corrected"
    CHECKED = "checked"
    WRONG = "wrong"
    """Without saying what is right."""
    UNDONE = "undone"
    """What was said of it before doesn't count any more."""


def _checked_path(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise ValueError("isn't a path such as results[0].value")
    return path


class Judgement(Stored):
    """One line of ``corrections.jsonl``. Its texts are a person's, and nobody has checked them.

    Attributes:
        content_hash: Of the document that the person read.
        path: As in ``GroundedValue``, or of a whole part, or ``results[]`` for one more entry; its
            numbers are those of the stored record, whatever else was corrected in it.
        was: What that record held there, sentence numbers included; None for nothing.
        value: What it should hold, None for "not reported"; None as well where it isn't corrected.
        note: Empty for none.
        by: Who says so, empty where that isn't known.
        at: When, ISO 8601 in UTC.
    """

    doc_id: Annotated[str, Field(min_length=1)]
    content_hash: ContentHash
    path: Annotated[str, Field(max_length=500), AfterValidator(_checked_path)]
    verdict: JudgedAs
    was: Any
    value: Any
    note: PersonText
    by: PersonName
    at: Moment

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        is_corrected = self.verdict is JudgedAs.CORRECTED
        if self.value is not None and not is_corrected:
            raise ValueError(f"has a value, which what is {self.verdict} can't have")
        if self.is_added and self.verdict not in {JudgedAs.CORRECTED, JudgedAs.UNDONE}:
            raise ValueError(f"names no entry that could be {self.verdict}")
        if self.is_added and is_corrected and self.value is None:
            raise ValueError("adds an entry without a value")
        return self

    @property
    def is_added(self) -> bool:
        """Whether it is about an entry that the record doesn't have."""
        return self.path.endswith(ADDING)

    @property
    def place(self) -> tuple[str, str, str]:
        """What it is about: of two judgements of one place the later line counts.

        Added entries are told apart by their times.
        """
        return self.doc_id, self.path, self.at if self.is_added else ""

    @property
    def moment(self) -> datetime:
        """When."""
        return moment_of(self.at)


class LaidJudgement(Judgement):
    """A judgement that is laid over a record.

    One whose value the record has of itself, since it was made anew, counts as checked.

    Attributes:
        stored: The path that it is about in the record as it is stored.
        shown: The path in the record as it is shown; None of an entry that was removed.
    """

    stored: str
    shown: str | None

    @property
    def is_settling(self) -> bool:
        """Whether it leaves nothing to doubt."""
        return self.verdict in {JudgedAs.CORRECTED, JudgedAs.CHECKED}


class Offered(NamedTuple):
    """A judgement that can't be laid over, so that a person is to look again; and why, in words."""

    judgement: Judgement
    why: str
    is_unfit: bool = False
    """Whether no record by this schema could hold it."""


_BELOW = re.compile(r"[.\[]")


def top_field(path: str) -> str:
    """The top-level field that a path leads into: ``results`` of ``results[0].value``."""
    return _BELOW.split(path, maxsplit=1)[0]


def paths_above(path: str) -> Iterator[str]:
    """A path and those of what it is in, the nearest first: ``results[0]`` and ``results``."""
    yield path
    for stop in reversed(list(_BELOW.finditer(path))):
        yield path[: stop.start()]


def by_shown_path(laid: Iterable[LaidJudgement]) -> dict[str, LaidJudgement]:
    """Judgements by the paths of what is shown; those of removed entries have none."""
    return {one.shown: one for one in laid if one.shown is not None}


def settles(judged: Mapping[str, LaidJudgement], path: str) -> bool:
    """Whether somebody has checked or corrected what stands at a path, or the part it is in.

    What was said last of the nearest of them counts.
    """
    said = (judged.get(one) for one in paths_above(path))
    nearest = next((one for one in said if one is not None), None)
    return nearest is not None and nearest.is_settling
