"""A schema in a few words: what a model needs to see of it when the endpoint enforces the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from summarise.schema import Marker

_MARKED = {Marker.VERBATIM: "verbatim", Marker.STATEMENT: "text", Marker.SENTENCE: "n"}
_PLAIN: dict[Any, str] = {NoneType: "null", bool: "true|false", int: "integer", float: "number"}


class FieldNote(NamedTuple):
    """What a schema says of one of its fields.

    Attributes:
        path: ``results[].value``.
        description: In its own words, on one line.
    """

    path: str
    description: str


def outline(schema: type[BaseModel]) -> str:
    """Names, types and choices of a schema, on one line.

    ``{"name": verbatim|null, "role": "training"|"evaluation", "sentences": [n]}``: a verbatim
    value, free text and the number of a sentence go by these names, everything else by JSON's.
    """
    fields = (f'"{name}": {_of_field(field)}' for name, field in schema.model_fields.items())
    return f"{{{', '.join(fields)}}}"


def field_notes(schema: type[BaseModel], path: str = "") -> Iterator[FieldNote]:
    """The descriptions of a schema's fields, in order; for a part without one, its docstring."""
    for name, field in schema.model_fields.items():
        if _of_field(field) in ("n", "[n]"):
            continue  # what these are is the same in every schema
        part, is_list = _part(field.annotation)
        at = f"{path}{name}{'[]' if is_list else ''}"
        said = field.description or (part.__doc__ if part else None)
        if said:
            yield FieldNote(at, " ".join(said.split()))
        if part is not None:
            yield from field_notes(part, f"{at}.")


def _of_field(field: FieldInfo) -> str:
    return _marked(field.metadata) or _of_type(field.annotation)


def _marked(metadata: Iterable[object]) -> str | None:
    return next((_MARKED[item] for item in metadata if isinstance(item, Marker)), None)


def _of_type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _marked(arguments[1:]) or _of_type(arguments[0])
    if origin in (Union, UnionType):
        return "|".join(map(_of_type, arguments))
    if origin is list:
        return f"[{_of_type(arguments[0])}]"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return outline(annotation)
    return _choices(annotation) or _PLAIN.get(annotation, "string")


def _choices(annotation: Any) -> str:
    """The values of a choice; empty where it isn't one."""
    values: Iterable[object] = ()
    if get_origin(annotation) is Literal:
        values = get_args(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        values = (member.value for member in annotation)
    return "|".join(json.dumps(value, ensure_ascii=False) for value in values)


def _part(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model that a field holds, if it holds one, and whether it holds a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for argument in get_args(annotation):
        part, is_list = _part(argument)
        if part is not None:
            return part, is_list or get_origin(annotation) is list
    return None, False
