"""A schema in a few words: what a model needs to see of it when the endpoint enforces the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from summarise.schema import Kind, Node, shape_of

_WORDS = {
    Kind.VERBATIM: "verbatim",
    Kind.STATEMENT: "text",
    Kind.SENTENCE: "n",
    Kind.PLAIN: "string",
}


class FieldNote(NamedTuple):
    """What a schema says of one of its fields."""

    path: str
    """``results[].value``."""
    description: str
    """In its own words, on one line."""


def outline(schema: type[BaseModel]) -> str:
    """Names, types and choices of a schema, on one line.

    ``{"name": verbatim|null, "role": "training"|"evaluation", "sentences": [n]}``: a verbatim
    value, free text and the number of a sentence go by these names, everything else by JSON's.
    """
    return _outline(shape_of(schema))


def _outline(node: Node) -> str:
    if node.kind is Kind.OBJECT:
        fields = (f'"{one.name}": {_outline(one)}' for one in node.inside)
        told = f"{{{', '.join(fields)}}}"
    elif node.inside:
        told = f"[{_outline(node.inside[0])}]"
    elif node.kind is Kind.CHOICE:
        told = "|".join(json.dumps(choice, ensure_ascii=False) for choice in node.choices)
    else:
        told = _WORDS[node.kind]
    return f"{told}|null" if node.is_nullable else told


def field_notes(schema: type[BaseModel]) -> Iterator[FieldNote]:
    """The descriptions of a schema's fields, in order; for a part without one, its docstring."""
    return _notes(shape_of(schema))


def _notes(node: Node) -> Iterator[FieldNote]:
    for field in node.inside:
        if field.is_evidence and not field.is_nullable:
            continue  # what these are is the same in every schema
        at, held, said = field, field.held, field.about
        if held.kind is Kind.OBJECT:
            at, said = held, said or field.definition or held.about or held.definition
        if said:
            yield FieldNote(at.path, " ".join(said.split()))
        yield from _notes(held)
