"""What a schema's shape says about its view: which fields lead, which are details, what to name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from summarise.characters import for_screen
from summarise.schema import Kind, Node, shape_of


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field of a schema, its sentence numbers apart."""

    name: str
    kind: Kind
    """Of what it holds, or its lists hold."""
    label: str
    """The name in words: ``study_design`` → ``study design``."""
    part: Layout | None
    """Layout of the objects that it holds."""
    needs_label: bool
    """Whether it doesn't speak for itself even where it is the only detail of its kind."""

    @property
    def title(self) -> str:
        """The label as a heading."""
        return self.label[:1].upper() + self.label[1:]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The fields of one object, in the order of the schema."""

    fields: tuple[Field, ...]
    sentences_key: str | None
    """Key that holds the sentence numbers, None where there is none."""
    head: Field | None
    """Verbatim field that an entry opens with: one that stands before every statement."""
    statements: tuple[Field, ...]
    details: tuple[tuple[Field, str], ...]
    """The fields that are neither the head nor statements, each with its label where a reader
    couldn't tell it apart without."""


class DraftEntry(NamedTuple):
    """An object of the draft with its layout."""

    path: str
    """What the paths of its values begin with: ``results[0].``; empty for the draft itself."""
    layout: Layout
    values: Mapping[str, Any]

    @property
    def sentences(self) -> tuple[int, ...]:
        """Numbers of the sentences that support it."""
        numbers = self.values.get(self.layout.sentences_key or "")
        if isinstance(numbers, list):
            return tuple(numbers)
        return () if numbers is None else (numbers,)

    def items(self, field: Field) -> list[tuple[str, Any]]:
        """Path and value of what a field holds, nulls left out; a list gives an item each."""
        value = self.values.get(field.name)
        if value is None:
            return []
        path = self.path + field.name
        if isinstance(value, list):
            return [(f"{path}[{i}]", item) for i, item in enumerate(value) if item is not None]
        return [(path, value)]

    def entries(self, field: Field) -> list[DraftEntry]:
        """What a field holds, as entries; a leaf is an entry of that field alone."""
        if field.part is None:
            alone = _alone(field, self.layout.sentences_key)
            return [DraftEntry(self.path, alone, self.values)] if self.items(field) else []
        return [DraftEntry(f"{path}.", field.part, value) for path, value in self.items(field)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing but sentence numbers is there."""
        return all(
            field.part is not None and entry.is_empty
            for field in self.layout.fields
            for entry in self.entries(field)
        )


def in_words(field: Field, value: Any) -> str:
    """A leaf's value as text: ``model_size`` of a choice is "model size", True is "yes"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ") if field.kind is Kind.CHOICE else str(value)


@cache
def layout_of(schema: type[BaseModel]) -> Layout:
    """The layout of a schema, from its shape."""
    return _layout_of(shape_of(schema))


def _layout_of(node: Node) -> Layout:
    return _layout(tuple(map(_field, node.fields)), node.evidence)


def _field(node: Node) -> Field:
    held = node.held
    part = _layout_of(held) if held.kind is Kind.OBJECT else None
    answers = {str(choice).lower() for choice in held.choices}
    is_vague = held.kind in {Kind.PLAIN, Kind.OBJECT} or answers & {"yes", "no", "true", "false"}
    label = for_screen(node.name.replace("_", " "))
    return Field(node.name, held.kind, label, part, needs_label=bool(is_vague))


def _layout(fields: tuple[Field, ...], sentences_key: str | None) -> Layout:
    leading = (f for f in fields if f.kind in {Kind.VERBATIM, Kind.STATEMENT})
    first = next(leading, None)
    head = first if first and first.kind is Kind.VERBATIM else None
    statements = tuple(f for f in fields if f.kind is Kind.STATEMENT)
    details = [f for f in fields if f is not head and f not in statements]
    count = Counter(field.kind for field in details)
    named = ((f, f.label if count[f.kind] > 1 or f.needs_label else "") for f in details)
    return Layout(fields, sentences_key, head, statements, tuple(named))


@cache
def _alone(field: Field, sentences_key: str | None) -> Layout:
    """The layout of a leaf that is shown by itself: its column has its name already."""
    alone = _layout((field,), sentences_key)
    return replace(alone, details=tuple((one, "") for one, _ in alone.details))
