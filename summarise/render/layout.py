"""A draft by its schema's shape: which field leads an entry, what its others are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import BaseModel

from summarise.characters import for_screen
from summarise.schema import Kind, Node, shape_of
from summarise.typography import readable

# An attribute of an enumeration takes longer to look up than most of what is done with it.
_CHOICE, _VERBATIM, _STATEMENT = Kind.CHOICE, Kind.VERBATIM, Kind.STATEMENT


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
    choices: tuple[Any, ...] = ()
    """What it can be, where it is a choice."""

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


LeafText = tuple[str, str]
"""Path of a value, and its text on one line, made readable and safe to show."""


class DraftEntry:
    """An object of the draft with its layout.

    Attributes:
        path: What the paths of its values begin with: ``results[0].``; empty for the draft itself.
    """

    __slots__ = ("_texts", "layout", "path", "values")

    def __init__(self, path: str, layout: Layout, values: Mapping[str, Any]) -> None:
        self.path = path
        self.layout = layout
        self.values = values
        self._texts: dict[str, list[LeafText]] | None = None

    @property
    def sentences(self) -> tuple[int, ...]:
        """Numbers of the sentences that support it."""
        numbers = self.values.get(self.layout.sentences_key or "")
        if isinstance(numbers, list):
            return tuple(numbers)
        return () if numbers is None else (numbers,)

    @property
    def texts(self) -> dict[str, list[LeafText]]:
        """What the fields hold that aren't objects, by their names, those without a value apart."""
        found = self._texts
        if found is None:
            found = self._texts = {}
            for field in self.layout.fields:
                value = self.values.get(field.name)
                if value is None or value == [] or field.part is not None:
                    continue
                if type(value) is str:
                    text = value.replace("_", " ") if field.kind is _CHOICE else readable(value)
                    found[field.name] = [(self.path + field.name, for_screen(text))]
                else:
                    found[field.name] = [
                        (path, for_screen(readable(in_words(field, item))))
                        for path, item in self.items(field)
                    ]
        return found

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
        part = field.part
        if part is None:
            alone = _alone(field, self.layout.sentences_key)
            return [DraftEntry(self.path, alone, self.values)] if self.items(field) else []
        return [DraftEntry(f"{path}.", part, value) for path, value in self.items(field)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing but sentence numbers is there."""
        for field in self.layout.fields:
            value = self.values.get(field.name)
            if value is None or value == []:
                continue
            if field.part is None:
                if type(value) is not list or self.items(field):
                    return False
            elif not all(entry.is_empty for entry in self.entries(field)):
                return False
        return True


def in_words(field: Field, value: Any) -> str:
    """A leaf's value as text: ``model_size`` of a choice is "model size", True is "yes"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ") if field.kind is _CHOICE else str(value)


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
    is_list = node.kind is Kind.LIST and part is None
    needs_label = bool(is_vague or is_list)
    return Field(node.name, held.kind, label, part, needs_label, tuple(held.choices))


def _layout(fields: tuple[Field, ...], sentences_key: str | None) -> Layout:
    leading = (f for f in fields if f.kind in {_VERBATIM, _STATEMENT})
    first = next(leading, None)
    head = first if first and first.kind is _VERBATIM else None
    statements = tuple(f for f in fields if f.kind is _STATEMENT)
    details = [f for f in fields if f is not head and f not in statements]
    count = Counter(field.kind for field in details)
    named = ((f, f.label if count[f.kind] > 1 or f.needs_label else "") for f in details)
    return Layout(fields, sentences_key, head, statements, tuple(named))


@cache
def _alone(field: Field, sentences_key: str | None) -> Layout:
    """The layout of a leaf that is shown by itself: its column has its name already."""
    alone = _layout((field,), sentences_key)
    return replace(alone, details=tuple((one, "") for one, _ in alone.details))
