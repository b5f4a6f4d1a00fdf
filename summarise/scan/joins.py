"""Numbers that belong together: ranges, ± and slashes, and units shared by neighbours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from summarise.models import QuantityKind

_RANGE_GAP = re.compile(r"\s?[-–—−~]\s?|\sto\s")
_PLUS_MINUS_GAP = re.compile(r"\s?(?:±|\+/?[-−]|\\pm)\s?")
_SLASH_GAP = re.compile(r"\s?/\s?")
_SHARED_UNIT_GAP = re.compile(
    r"[,;]?\s(?:vs\.?|versus|against|compared (?:to|with)|to|and|or|than)\s|,\s(?:and\s|or\s)?"
)
_BARE = frozenset({QuantityKind.NUMBER, QuantityKind.YEAR})
_UNSHARED = _BARE | {QuantityKind.P_VALUE, QuantityKind.INTERVAL, QuantityKind.HARDWARE}


class Found(NamedTuple):
    """A quantity in the making.

    Attributes:
        value: The number, with multipliers applied; None for a range.
        unit: Unit or counted noun as it stands.
        glued: It stands right behind a dash or a slash, so that it must join what is before it.
    """

    start: int
    end: int
    kind: QuantityKind
    value: float | None
    unit: str | None = None
    glued: bool = False


def joined(text: str, found: Sequence[Found]) -> list[Found]:
    """Join ranges, ± and slashes, and pass a unit on to the numbers that share it.

    The quantities of ``text`` come and go by their start; of two that overlap, the longer stays.
    """
    done: list[Found] = []
    for left in reversed(found):
        if done:
            done[-1:] = _combined(text, left, done[-1])
        else:
            done.append(left)
    if done and done[-1].glued:
        done.pop()
    done.reverse()
    return done


def _combined(text: str, left: Found, right: Found) -> list[Found]:
    """What two neighbours become, the right one first."""
    if right.start < left.end:
        return [left if left.end - left.start >= right.end - right.start else right]
    gap = text[left.end : right.start]
    if len(gap) <= _LONGEST_JOIN and (whole := _whole(text, left, right, gap)) is not None:
        return [whole]
    if right.glued:
        return [left]
    if len(gap) <= _LONGEST_GAP and _SHARED_UNIT_GAP.fullmatch(gap):
        left, right = _sharing(left, right)
    return [right, left]


_LONGEST_JOIN, _LONGEST_GAP = 4, 20


def _whole(text: str, left: Found, right: Found, gap: str) -> Found | None:
    """One quantity of two, or None where they are two."""
    if left.kind not in _BARE and left.kind is not right.kind:
        return None
    if left.unit is not None and left.kind is QuantityKind.COUNT:
        return None
    value: float | None = None
    if _PLUS_MINUS_GAP.fullmatch(gap):
        value = left.value
    elif _RANGE_GAP.fullmatch(gap):
        if gap == " to " and text[max(0, left.start - 5) : left.start].lower() == "from ":
            return None
    elif not _SLASH_GAP.fullmatch(gap):
        return None
    kind = right.kind if right.kind not in _BARE else left.kind
    return Found(left.start, right.end, kind, value, right.unit or left.unit, left.glued)


def _sharing(left: Found, right: Found) -> tuple[Found, Found]:
    """Give the unit of one number to its bare neighbour: "12 vs. 480 GPU days"."""
    if left.kind is QuantityKind.NUMBER and right.kind not in _UNSHARED:
        left = left._replace(kind=right.kind, unit=right.unit)
    elif right.kind is QuantityKind.NUMBER and left.kind is QuantityKind.MONEY:
        right = right._replace(kind=left.kind, unit=left.unit)
    elif left.kind is QuantityKind.NUMBER and right.kind is QuantityKind.MONEY:
        left = left._replace(kind=right.kind, unit=right.unit)
    return left, right
