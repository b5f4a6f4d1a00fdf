"""Schemas as text, for a person who looks for one or writes one."""

from __future__ import annotations

import json

from summarise.schema.builtin import BUILT_INS
from summarise.schema.load import load_schema
from summarise.schema.plain import to_plain
from summarise.schema.toml import to_toml
from summarise.schema.wire import wire_schema


def describe(spec: str, *, wire: bool = False) -> str:
    """A schema as a TOML file of fields, or as the JSON schema that a model is held to.

    Args:
        spec: As ``load_schema`` takes it.
        wire: Give the JSON schema.

    Raises:
        SchemaError: There is no such schema, or it can't be sent or grounded.
    """
    schema = load_schema(spec)
    if wire:
        return json.dumps(wire_schema(schema), indent=2, ensure_ascii=False) + "\n"
    return to_toml(to_plain(schema))


def describe_built_ins() -> str:
    """The built-in schemas, one a line: name and fields."""
    return "".join(f"{n:<9}{', '.join(s.model_fields)}\n" for n, s in BUILT_INS.items())
