"""The walk over a draft that grounding makes: driven by the types of its schema, not by names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from summarise.schema.parts import Marker


class Slot(NamedTuple):
    """One leaf of a draft that grounding looks at.

    Attributes:
        path: ``results[0].claim``.
        marker: What to do with it.
        value: The text.
        owner: The mapping that holds it, whose sentence numbers are its evidence.
        sentences_key: Key of ``owner`` that holds the sentence numbers, None where it has none.
    """

    path: str
    marker: Marker
    value: str
    owner: dict[str, Any]
    sentences_key: str | None


def slots(schema: type[BaseModel], draft: dict[str, Any], path: str = "") -> Iterator[Slot]:
    """Walk a draft, as JSON values, in the order of its schema.

    Yields:
        One slot for each verbatim value and each statement that isn't null.
    """
    for at, owner, shape in _objects(schema, draft, path):
        for name, kind in shape.leaves.items():
            value = owner.get(name)
            if isinstance(value, str):
                yield Slot(at + name, kind, value, owner, shape.sentences_key)
            elif value:
                for place, item in _items(value, at + name):
                    if isinstance(item, str):
                        yield Slot(place, kind, item, owner, shape.sentences_key)


def _objects(
    schema: type[BaseModel], draft: dict[str, Any], path: str
) -> list[tuple[str, dict[str, Any], Shape]]:
    """The objects of a draft, the draft first: what their paths begin with, values and shape."""
    shape = shape_of(schema)
    found = [(path, draft, shape)]
    for name, part in shape.parts.items():
        for at, item in _items(draft.get(name), path + name):
            if isinstance(item, dict):
                found += _objects(part, item, f"{at}.")
    return found


def _items(value: Any, path: str) -> list[tuple[str, Any]]:
    """What a field holds, with its path: the value, or each item of lists at any depth."""
    if not isinstance(value, list):
        return [(path, value)]
    return [found for index, item in enumerate(value) for found in _items(item, f"{path}[{index}]")]


class Holder(NamedTuple):
    """One object of a draft that holds sentence numbers.

    Attributes:
        path: Of the numbers: ``results[0].sentences``.
        owner: The mapping that holds them.
        sentences_key: Their key.
    """

    path: str
    owner: dict[str, Any]
    sentences_key: str


def holders(schema: type[BaseModel], draft: dict[str, Any], path: str = "") -> Iterator[Holder]:
    """Walk the objects of a draft that hold sentence numbers, null values or not."""
    for at, owner, shape in _objects(schema, draft, path):
        if shape.sentences_key is not None:
            yield Holder(at + shape.sentences_key, owner, shape.sentences_key)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the walk needs to know of a model.

    Attributes:
        leaves: The fields that are verbatim values or statements, alone or in lists.
        parts: The fields that hold another model, alone or in lists.
        sentences_key: The field that holds sentence numbers, None where there is none.
    """

    leaves: dict[str, Marker]
    parts: dict[str, type[BaseModel]]
    sentences_key: str | None


@cache
def shape_of(schema: type[BaseModel]) -> Shape:
    """Read a model's shape off its types."""
    leaves: dict[str, Marker] = {}
    parts: dict[str, type[BaseModel]] = {}
    sentences_key = None
    for name, field in schema.model_fields.items():
        marker = marker_of(field)
        _, part = _marker_and_part(field.annotation)
        if marker is Marker.SENTENCE:
            sentences_key = name
        elif marker is not None:
            leaves[name] = marker
        elif part is not None:
            parts[name] = part
    return Shape(leaves, parts, sentences_key)


def marker_of(field: FieldInfo) -> Marker | None:
    """What code does with a field: its own marker, else that of the values which it holds."""
    for item in field.metadata:
        if isinstance(item, Marker):
            return item
    return _marker_and_part(field.annotation)[0]


def _marker_and_part(annotation: Any) -> tuple[Marker | None, type[BaseModel] | None]:
    """Look through Annotated, unions with None and lists for a marker or a nested model."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return None, annotation
    for argument in get_args(annotation):
        if isinstance(argument, Marker):
            return argument, None
        found = _marker_and_part(argument)
        if found != (None, None):
            return found
    return None, None
