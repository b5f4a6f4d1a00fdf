"""Tests of ``summarise.endpoint.follows``: which answers have the structure of the schema."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from summarise.endpoint import follows
from summarise.schema import Draft, Pico, wire_schema
from tests.conftest import stored_completion

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "kind": {"type": "string", "enum": ["shore", "forest"]},
        "count": {"type": "integer", "minimum": 0},
        "share": {"type": "number"},
        "seen": {"type": "boolean"},
        "version": {"const": 2},
        "sentences": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["name", "kind", "count", "share", "seen", "version", "sentences"],
    "additionalProperties": False,
}
GOOD: dict[str, Any] = {
    "name": None,
    "kind": "shore",
    "count": 3,
    "share": 1,
    "seen": True,
    "version": 2,
    "sentences": [1, 2],
}


def test_what_fits_follows() -> None:
    """Every key is there, each of its type."""
    assert follows(GOOD, SCHEMA)
    assert follows({**GOOD, "name": "Tern", "share": 0.5, "sentences": []}, SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        {"name": 3},
        {"kind": "desert"},
        {"count": "3"},
        {"count": 1.5},
        {"count": True},
        {"share": False},
        {"seen": 1},
        {"version": 3},
        {"sentences": ["1"]},
        {"sentences": {"1": 1}},
        {"extra": 1},
    ],
)
def test_what_does_not_fit_does_not_follow(change: dict[str, Any]) -> None:
    """A wrong type, another choice or one key too many shows that nobody enforces the schema."""
    assert not follows({**GOOD, **change}, SCHEMA)


@pytest.mark.parametrize("name", list(GOOD))
def test_a_missing_key_does_not_follow(name: str) -> None:
    """Strict schemas require every key."""
    assert not follows({key: value for key, value in GOOD.items() if key != name}, SCHEMA)


@pytest.mark.parametrize("value", [None, [], "x", 3, [GOOD]])
def test_another_value_does_not_follow(value: object) -> None:
    """The answer itself is an object."""
    assert not follows(value, SCHEMA)


def test_bounds_are_not_looked_at() -> None:
    """Not every server enforces them, so that they prove nothing."""
    assert follows({**GOOD, "count": -1}, SCHEMA)


@pytest.mark.parametrize("name", ["full", "sparse"])
def test_a_valid_draft_follows_its_schema(name: str) -> None:
    """What validates has the structure; what has it for another schema hasn't for this one."""
    stored = stored_completion(name)["completion"]
    draft = json.loads(stored["choices"][0]["message"]["content"])
    Draft.model_validate(draft)
    assert follows(draft, wire_schema(Draft))
    with pytest.raises(ValidationError):
        Pico.model_validate(draft)
    assert not follows(draft, wire_schema(Pico))
