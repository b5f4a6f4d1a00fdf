"""What a schema's types say about its view: which fields lead, which are details, what to name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from summarise.characters import for_screen
from summarise.schema import Marker


class Kind(StrEnum):
    """How a field is shown."""

    VERBATIM = "verbatim"
    STATEMENT = "statement"
    CHOICE = "choice"
    PLAIN = "plain"
    PART = "part"


@dataclass(frozen=True, eq=False)
class Field:
    """One field of a schema, its sentence numbers apart.

    Attributes:
        name: As in the schema.
        kind: How it's shown.
        options: What a choice can be.
        part: Layout of the nested model of a part.
    """

    name: str
    kind: Kind
    options: tuple[str, ...] = ()
    part: Layout | None = None

    @cached_property
    def label(self) -> str:
        """The name in words: ``study_design`` → ``study design``."""
        return for_screen(self.name.replace("_", " "))

    @property
    def title(self) -> str:
        """The label as a heading."""
        return self.label[:1].upper() + self.label[1:]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The fields of one model.

    Attributes:
        fields: In the order of the schema.
        sentences_key: Key that holds the sentence numbers, None where there is none.
        head: Verbatim field that an entry opens with: one that stands before every statement.
        statements: The fields that are statements.
        details: The fields that are neither the head nor statements, each with its label where
            a reader couldn't tell it apart without.
    """

    fields: tuple[Field, ...]
    sentences_key: str | None
    head: Field | None
    statements: tuple[Field, ...]
    details: tuple[tuple[Field, str], ...]


class Entry(NamedTuple):
    """A mapping of the draft with its layout.

    Attributes:
        path: What the paths of its values begin with: ``results[0].``; empty for the draft itself.
        layout: Its fields.
        values: Its JSON values.
    """

    path: str
    layout: Layout
    values: Mapping[str, Any]

    @property
    def sentences(self) -> tuple[int, ...]:
        """Numbers of the sentences that support it."""
        numbers = self.values.get(self.layout.sentences_key or "")
        return (
            tuple(numbers) if isinstance(numbers, list) else () if numbers is None else (numbers,)
        )

    def items(self, field: Field) -> list[tuple[str, Any]]:
        """Path and value of what a field holds, nulls left out; a list gives an item each."""
        value = self.values.get(field.name)
        path = f"{self.path}{field.name}"
        if isinstance(value, list):
            return [(f"{path}[{i}]", item) for i, item in enumerate(value) if item is not None]
        return [] if value is None else [(path, value)]

    def entries(self, field: Field) -> list[Entry]:
        """What a field holds, as entries; a leaf is an entry of that field alone."""
        if field.part is None:
            alone = _alone(field, self.layout.sentences_key)
            return [Entry(self.path, alone, self.values)] if self.items(field) else []
        return [Entry(f"{path}.", field.part, value) for path, value in self.items(field)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing but sentence numbers is there."""
        return all(
            entry.is_empty if field.part else False
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
    """Read the layout of a schema off its types."""
    fields: list[Field] = []
    sentences_key = None
    for name, info in schema.model_fields.items():
        parts = [*info.metadata, *_parts_of_type(info.annotation)]
        if Marker.SENTENCE in parts:
            sentences_key = name
        else:
            fields.append(_field(name, parts))
    return _layout(tuple(fields), sentences_key)


def _parts_of_type(annotation: Any) -> Iterator[Any]:
    """An annotation and what it is made of, depth first; a Literal stays whole."""
    yield annotation
    if get_origin(annotation) is not Literal:
        for argument in get_args(annotation):
            yield from _parts_of_type(argument)


def _field(name: str, parts: list[Any]) -> Field:
    for part in parts:
        if part is Marker.VERBATIM:
            return Field(name, Kind.VERBATIM)
        if part is Marker.STATEMENT:
            return Field(name, Kind.STATEMENT)
        if get_origin(part) is Literal:
            return Field(name, Kind.CHOICE, tuple(str(option) for option in get_args(part)))
        if isinstance(part, type) and issubclass(part, Enum):
            return Field(name, Kind.CHOICE, tuple(str(option.value) for option in part))
        if isinstance(part, type) and issubclass(part, BaseModel):
            return Field(name, Kind.PART, part=layout_of(part))
    return Field(name, Kind.PLAIN)


def _layout(fields: tuple[Field, ...], sentences_key: str | None) -> Layout:
    leading = (f for f in fields if f.kind in {Kind.VERBATIM, Kind.STATEMENT})
    first = next(leading, None)
    head = first if first and first.kind is Kind.VERBATIM else None
    statements = tuple(f for f in fields if f.kind is Kind.STATEMENT)
    details = [f for f in fields if f is not head and f not in statements]
    count = Counter(field.kind for field in details)
    named = ((f, f.label if count[f.kind] > 1 or _needs_label(f) else "") for f in details)
    return Layout(fields, sentences_key, head, statements, tuple(named))


def _needs_label(field: Field) -> bool:
    """Whether even the only detail of its kind doesn't speak for itself."""
    is_vague = field.kind in {Kind.PLAIN, Kind.PART}
    return is_vague or not {"yes", "no", "true", "false"}.isdisjoint(map(str.lower, field.options))


@cache
def _alone(field: Field, sentences_key: str | None) -> Layout:
    """The layout of a leaf that is shown by itself: its column has its name already."""
    alone = _layout((field,), sentences_key)
    return replace(alone, details=tuple((one, "") for one, _ in alone.details))
