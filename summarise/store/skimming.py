"""Records as far as a page shows them: a line is checked whole, and little is built of it.

Most of a line tells where its values stand, and what made it. A page of ten thousand records shows
their drafts, and of the rest what deserves a second look. To check the others takes half as long
as to make the objects of them that a program works with.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Strict, TypeAdapter
from typing_extensions import TypedDict

from summarise.models import GroundedValue, Grounding, Provenance, Record, Span
from summarise.schema import Kind, Node

_MISSING = Grounding.MISSING.value
_SHOWN = ("unsupported", "doubts", "instructions")
"""The fields that a page shows, the draft apart."""

# What else a page would show is the same in nearly all records: others are read as a whole.
_USUAL: dict[tuple[type[BaseModel], str], Any] = {
    (GroundedValue, "grounding"): Literal["exact", "normalised", "missing"],
    (Provenance, "input_was_cut"): Literal[False],
    (Record, "written_in"): None,
}
_TEXT, _NUMBER = Annotated[str, Strict()] | None, Annotated[int, Strict()] | None
_LEAF = _TEXT | Annotated[int, Strict()] | Annotated[float, Strict()] | Annotated[bool, Strict()]


class SkimmedRecord(Record):
    """A record of which is built what a page shows; the rest is, when it is asked for.

    Its input was read, and read whole.
    """

    def __getattr__(self, name: str) -> Any:
        """Build the rest."""
        if name not in Record.model_fields:
            raise AttributeError(name)
        self.__dict__.update(Record.model_validate_json(self.__dict__["line"]).__dict__)
        return self.__dict__[name]

    @property
    def input_was_cut(self) -> bool:
        """Whether the endpoint read only part of what it was asked: it didn't."""
        return False


class RecordSkimmer:
    """Reads the lines of records of a schema. Use ``skimmer_of``."""

    def __init__(self, shape: Node) -> None:
        self._names = tuple(field.name for field in shape.inside)
        own = _fields(Record, skipped=_SHOWN)
        line = _as_dict("Record", own | _draft_fields(shape), "ignore")
        self._validate = TypeAdapter[dict[str, Any]](line).validator.validate_json

    def read(self, line: bytes) -> SkimmedRecord:
        """The record of a line.

        Raises:
            ValidationError: It isn't one, or something in it is to be told that isn't built here.
        """
        read = self._validate(line)
        draft = {name: read[name] for name in self._names if name in read}
        held = {name: read.get(name, ()) for name in _SHOWN}
        verbatims = read.get("verbatims", ())
        held["verbatim_count"] = len(verbatims)
        nowhere = [one for one in verbatims if one["grounding"] == _MISSING]
        held["missing"] = tuple([GroundedValue(**one) for one in nowhere])
        record = SkimmedRecord.__new__(SkimmedRecord)
        put = object.__setattr__  # a record can't be changed, and this one isn't whole yet
        put(record, "__dict__", {**held, "written_in": None, "line": line})
        put(record, "__pydantic_extra__", draft)
        put(record, "__pydantic_fields_set__", set())
        put(record, "__pydantic_private__", None)
        return record


@lru_cache(maxsize=8)
def skimmer_of(shape: Node) -> RecordSkimmer:
    """The one of a schema: to make it takes longer than to read a hundred records."""
    return RecordSkimmer(shape)


def _as_dict(name: str, fields: dict[str, Any], extra: Literal["forbid", "ignore"]) -> Any:
    """A type whose values are checked as those of a model are, and stay dictionaries."""
    made = TypedDict(name, fields)  # type: ignore[misc]
    made.__pydantic_config__ = ConfigDict(extra=extra)  # type: ignore[attr-defined]
    return made


def _fields(model: type[BaseModel], skipped: Iterable[str] = ()) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        told = field.annotation if name in skipped else _plain(field.annotation)
        type_ = _USUAL.get((model, name), told)
        if field.metadata:
            type_ = Annotated[type_, *field.metadata]
        fields[name] = type_ if field.is_required() else NotRequired[type_]
    return fields


def _plain(type_: Any) -> Any:
    """A type without what is made of a value in Python."""
    if type_ is Span:
        return tuple[int, int]
    if isinstance(type_, type) and issubclass(type_, BaseModel):
        return _as_dict(type_.__name__, _fields(type_), "forbid")
    held = tuple(one if one is ... else _plain(one) for one in get_args(type_))
    match get_origin(type_):
        case None:
            return type_
        case origin if origin is UnionType or origin is Union:
            return Union[held]  # noqa: UP007 - of as many as there are
        case origin:
            return origin[held]


def _draft_fields(node: Node) -> dict[str, Any]:
    return {field.name: NotRequired[_checked(field)] for field in node.inside}


def _checked(node: Node) -> Any:
    """What ``misfit`` takes for a value of a field, and nothing else."""
    match node.kind:
        case Kind.VERBATIM | Kind.STATEMENT:
            return _TEXT
        case Kind.SENTENCE:
            return _NUMBER
        case Kind.OBJECT:
            type_ = _as_dict(node.name, _draft_fields(node), "ignore")
        case Kind.LIST | Kind.SENTENCES:
            type_ = list[_checked(node.inside[0])]  # type: ignore[misc]
        case _:
            return _LEAF
    return type_ | None if node.is_nullable else type_
