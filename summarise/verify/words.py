"""Values of a record in words, for a line about what differs."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

from summarise.models import GroundedValue, Quantity, Span, Unsupported


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


def _is_list(value: Any) -> bool:
    """Whether a value has members worth naming one by one; sentence numbers are few."""
    return isinstance(value, list | tuple) and not any(isinstance(one, int) for one in value)
