"""What came of verifying one record: what is compared, the differences, their values in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

from summarise.characters import ELLIPSIS, exposed, normal_form
from summarise.ground import Grounded
from summarise.models import GroundedValue, Quantity, Record, Span, Unsupported, top_field
from summarise.schema import holders, renumbered
from summarise.store import RECORDS

_SHOWN = 3
_SHOWN_CHARACTERS = 60
_CONTEXT = 20
_NOT_WORD = re.compile(r"[\W_]+")


class DifferenceKind(StrEnum):
    """What a difference says of a record."""

    ALTERED = "altered"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a record says, at a path such as ``results[0].value``, and what comes out."""

    path: str
    stored: str
    now: str
    kind: DifferenceKind = DifferenceKind.ALTERED


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one record, one failure or one file as a whole came to."""

    doc_id: str | None
    """None for a file."""
    version: str | None
    """Which version of summarise made the record; None where that can't be read."""
    differences: tuple[Difference, ...] = ()
    file: str = RECORDS

    @property
    def is_altered(self) -> bool:
        """Whether other rules can't explain it."""
        return any(one.kind is DifferenceKind.ALTERED for one in self.differences)

    def with_more(self, differences: Iterable[Difference]) -> Verdict:
        """This verdict with more differences."""
        return replace(self, differences=(*self.differences, *differences))

    def lines(self) -> Iterator[str]:
        """One line for each difference, and one for those that are too many to show."""
        subject = exposed(self.doc_id or self.file)
        for one in self.differences[:_SHOWN]:
            stored, now = contrasted(one.stored, one.now)
            note = "" if one.kind is DifferenceKind.ALTERED else f" (made by {self.version})"
            yield f"{subject}: {exposed(one.path)}: stored {stored}, now {now}{note}"
        if len(self.differences) > _SHOWN:
            yield f"{subject}: and {len(self.differences) - _SHOWN} more; --json has all"

    def to_json(self) -> str:
        """The verdict on one line."""
        return to_json(self).decode()


def compare_values(
    path: str, stored: Any, now: Any, kind: DifferenceKind = DifferenceKind.ALTERED
) -> Iterator[Difference]:
    """A difference, where there is one."""
    if stored != now:
        yield Difference(path, *sides(stored, now), kind)


def compare_fields(
    names: Iterable[str],
    stored: Any,
    now: Any,
    lead: str = "",
    kind: DifferenceKind = DifferenceKind.ALTERED,
) -> Iterator[Difference]:
    """The fields of these names in which two models differ."""
    for name in names:
        yield from compare_values(f"{lead}{name}", getattr(stored, name), getattr(now, name), kind)


def where(value: GroundedValue) -> str:
    """How and where a value stands."""
    if value.span is None:
        return f"“{value.value}” {value.grounding}"
    place = "" if value.source == "abstract" else f" of the {value.source}"
    return f"“{value.value}” {value.grounding} at {shown(value.span)}{place}"


def sides(stored: Any, now: Any) -> tuple[str, str]:
    """Two values in words; of two lists only what the other one lacks."""
    if not (_is_list(stored) and _is_list(now)):
        return shown(stored), shown(now)
    left = [one for one in stored if one not in now]
    right = [one for one in now if one not in stored]
    # Without either, the same members stand in another order or another number of times.
    return (shown(left), shown(right)) if left or right else (shown(stored), shown(now))


def shown(value: Any) -> str:
    """A value in words."""
    match value:
        case None | () | []:
            words = "nothing"
        case Span():
            words = f"{value.start}–{value.end}"
        case Quantity():
            words = f"“{value.text}”"
        case Unsupported():
            words = f"{value.path} " + ", ".join(f"“{token}”" for token in value.tokens)
        case list() | tuple():
            words = ", ".join(map(shown, value))
        case str():
            words = f"“{value}”"
        case dict() | BaseModel():
            words = to_json(value).decode()
        case _:
            words = str(value)
    return words


def contrasted(stored: str, now: str) -> tuple[str, str]:
    """Two texts, each cut to one short line on which it's seen where they begin to differ."""
    pairs = zip(stored, now, strict=False)
    shorter = min(len(stored), len(now))
    at = next((index for index, (one, other) in enumerate(pairs) if one != other), shorter)
    start = 0 if at < 2 * _CONTEXT else at - _CONTEXT
    end = start + _SHOWN_CHARACTERS

    def part(text: str) -> str:
        one = text[at : at + 1]
        # An accent, or a letter of another script, may look like the other side.
        is_odd = one.isprintable() and unicodedata.category(one or " ")[0] in "LM"
        name = f"‹U+{ord(one):04X}›" if is_odd and not one.isascii() else ""
        head, tail = exposed(text[start : at + 1]), exposed(text[at + 1 : end])
        return f"{ELLIPSIS * (start > 0)}{head}{name}{tail}{ELLIPSIS * (len(text) > end)}"

    return part(stored), part(now)


def _is_list(value: Any) -> bool:
    """Whether a value has members worth naming one by one; sentence numbers are few."""
    return isinstance(value, list | tuple) and not any(isinstance(one, int) for one in value)


def first_difference(stored: Any, now: Any, path: str) -> tuple[str, Any, Any]:
    """The first place where two JSON values differ, with both values there."""
    if isinstance(stored, dict) and isinstance(now, dict):
        for key in stored:
            if stored[key] != now.get(key):
                return first_difference(stored[key], now.get(key), f"{path}.{key}")
    if isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now):
        for index, (left, right) in enumerate(zip(stored, now, strict=True)):
            if left != right:
                return first_difference(left, right, f"{path}[{index}]")
    return path, stored, now


def numbers_of(schema: type[BaseModel], draft: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """The sentence numbers of a draft, by path."""
    held = (holder for holder in holders(schema, draft) if holder.node.evidence)
    return {holder.numbers_path: holder.numbers for holder in held}


def verbatims_of(grounded: Grounded | Record, name: str) -> list[GroundedValue]:
    """The verbatim values of a top-level field."""
    return [value for value in grounded.verbatims if top_field(value.path) == name]


def wording_of(schema: type[BaseModel], draft: dict[str, Any]) -> dict[str, Any]:
    """A draft without its sentence numbers."""
    return renumbered(schema, draft, lambda _: None)


def letters_of(text: str) -> str:
    """The letters and digits of a text: what typography leaves alone."""
    return _NOT_WORD.sub("", normal_form(text)).casefold()
