"""What a model is asked to fill in: the built-in ``Draft``, its types, and its wire schema.

Grounding is driven by the types, not by field names: a schema of the user's own that is built from
``Verbatim``, ``Statement`` and ``SentenceRef`` is grounded by the same code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from summarise.errors import SchemaError
from summarise.models import RESERVED_FIELDS


class Marker(StrEnum):
    """What code does with a field of the draft."""

    VERBATIM = "verbatim"
    STATEMENT = "statement"
    SENTENCE = "sentence"


Verbatim = Annotated[str, Marker.VERBATIM]
"""Copied character for character from the abstract; grounded to a span."""

Statement = Annotated[str, Marker.STATEMENT]
"""Free text; each number and name in it must occur in its evidence."""

SentenceRef = Annotated[int, Marker.SENTENCE]
"""Number of a sentence of the abstract, counted from 1."""


class Part(BaseModel):
    """Base of a schema's models: closed, and every key is required (null says "not reported")."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Evidence = Annotated[list[SentenceRef], Field(description="Numbers of the supporting sentences")]


class Problem(Part):
    """The gap or difficulty that the paper addresses."""

    text: Annotated[Statement | None, Field(description="One or two plain sentences")]
    sentences: Evidence


class Method(Part):
    """What is proposed and how it works."""

    name: Annotated[Verbatim | None, Field(description="Name of the main proposal, verbatim")]
    text: Annotated[Statement | None, Field(description="One or two plain sentences")]
    sentences: Evidence


class Data(Part):
    """A dataset, benchmark or corpus that the abstract names or sizes."""

    name: Annotated[Verbatim, Field(description="Verbatim name or short noun phrase")]
    role: Literal["introduced", "training", "evaluation", "unspecified"]
    size: Annotated[Verbatim | None, Field(description="Verbatim size, such as '40K pairs'")]
    sentences: Evidence


class Compute(Part):
    """A fact about the resources that the work uses or saves."""

    kind: Literal["hardware", "time", "cost", "model_size", "speedup", "other"]
    value: Annotated[Verbatim, Field(description="Shortest verbatim phrase with the whole fact")]
    sentences: Evidence


class Result(Part):
    """One outcome of the paper's own work."""

    claim: Annotated[Statement, Field(description="One plain sentence")]
    metric: Annotated[Verbatim | None, Field(description="Verbatim metric or measured thing")]
    value: Annotated[Verbatim | None, Field(description="Verbatim number with its unit")]
    baseline: Annotated[Verbatim | None, Field(description="Verbatim number compared against")]
    dataset: Annotated[Verbatim | None, Field(description="Verbatim dataset or task")]
    sentences: Evidence


class Draft(Part):
    """The answer for one abstract, not yet grounded."""

    problem: Problem
    method: Method
    data: list[Data]
    compute: list[Compute]
    results: list[Result]


@dataclass(frozen=True, slots=True)
class Slot:
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
    shape = _shape(schema)
    for name, kind in shape.leaves.items():
        value = draft.get(name)
        values = value if isinstance(value, list) else [value]
        for index, item in enumerate(values):
            if isinstance(item, str):
                at = f"{path}{name}[{index}]" if isinstance(value, list) else f"{path}{name}"
                yield Slot(at, kind, item, draft, shape.sentences_key)
    for name, part in shape.parts.items():
        value = draft.get(name)
        if isinstance(value, dict):
            yield from slots(part, value, f"{path}{name}.")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from slots(part, item, f"{path}{name}[{index}].")


@dataclass(frozen=True, slots=True)
class Holder:
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
    shape = _shape(schema)
    if shape.sentences_key is not None:
        yield Holder(f"{path}{shape.sentences_key}", draft, shape.sentences_key)
    for name, part in shape.parts.items():
        value = draft.get(name)
        if isinstance(value, dict):
            yield from holders(part, value, f"{path}{name}.")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from holders(part, item, f"{path}{name}[{index}].")


@dataclass(frozen=True, slots=True)
class _Shape:
    leaves: dict[str, Marker]
    parts: dict[str, type[BaseModel]]
    sentences_key: str | None


@cache
def _shape(schema: type[BaseModel]) -> _Shape:
    leaves: dict[str, Marker] = {}
    parts: dict[str, type[BaseModel]] = {}
    sentences_key = None
    for name, field in schema.model_fields.items():
        marks = [m for m in field.metadata if isinstance(m, Marker)]
        marker, part = _marker_and_part(field.annotation)
        marker = marks[0] if marks else marker
        if marker is Marker.SENTENCE:
            sentences_key = name
        elif marker is not None:
            leaves[name] = marker
        elif part is not None:
            parts[name] = part
    return _Shape(leaves, parts, sentences_key)


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


def wire_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a model in the subset that OpenAI's strict mode takes.

    Strict mode wants closed objects, every key required, and no default; see
    https://platform.openai.com/docs/guides/structured-outputs (supported schemas). References are
    put in line, since some local servers don't follow them.

    Raises:
        SchemaError: Something that strict mode refuses, with the path of the field and the mend.
    """
    for name in schema.model_fields:
        if name in RESERVED_FIELDS:
            raise SchemaError(
                "this name belongs to the record itself",
                where=f"{schema.__name__}.{name}",
                hint="Rename the field.",
            )
    raw = schema.model_json_schema()
    return _strict(raw, raw.get("$defs", {}), schema.__name__, frozenset())


def schema_fingerprint(schema: type[BaseModel]) -> str:
    """Hash of the wire schema and of the markers: 16 hexadecimal digits."""
    text = json.dumps([wire_schema(schema), _markers(schema)], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def _markers(schema: type[BaseModel]) -> dict[str, Any]:
    shape = _shape(schema)
    return {**shape.leaves, **{name: _markers(part) for name, part in shape.parts.items()}}


_KEPT = ("description", "enum", "const", "type", "format", "pattern")


def _strict(
    node: dict[str, Any], defs: dict[str, Any], path: str, seen: frozenset[str]
) -> dict[str, Any]:
    if "default" in node:
        raise SchemaError(
            "strict mode takes no default",
            where=path,
            hint="Make the field required and nullable (`X | None`).",
        )
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        if name in seen:
            raise SchemaError(
                "the schema refers to itself", where=path, hint="Flatten it into lists."
            )
        merged = {**defs[name], **{k: v for k, v in node.items() if k != "$ref"}}
        return _strict(merged, defs, path, seen | {name})
    out = {key: node[key] for key in _KEPT if key in node}
    if "anyOf" in node:
        out["anyOf"] = [_strict(option, defs, path, seen) for option in node["anyOf"]]
    if node.get("type") == "array":
        if "items" not in node:
            raise SchemaError("a list must say of what", where=path, hint="Write `list[X]`.")
        out["items"] = _strict(node["items"], defs, f"{path}[]", seen)
    elif node.get("type") == "object":
        out.update(_strict_object(node, defs, path, seen))
    elif not out.keys() & {"type", "anyOf", "enum", "const"}:
        raise SchemaError(
            "strict mode needs a type here", where=path, hint="Replace `Any` by a closed type."
        )
    return out


def _strict_object(
    node: dict[str, Any], defs: dict[str, Any], path: str, seen: frozenset[str]
) -> dict[str, Any]:
    properties = node.get("properties")
    if not properties or node.get("additionalProperties") not in (False, None):
        raise SchemaError(
            "strict mode takes no open mapping", where=path, hint="Use a model that derives `Part`."
        )
    return {
        "properties": {
            name: _strict(child, defs, f"{path}.{name}", seen) for name, child in properties.items()
        },
        "required": list(properties),
        "additionalProperties": False,
    }
