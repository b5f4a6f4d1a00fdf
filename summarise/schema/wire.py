"""What a schema is on the wire, and what is refused on the way there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from summarise.errors import SchemaError
from summarise.models import RESERVED_FIELDS, Record
from summarise.schema.builtin import MARKER, Marker

_MAX_LEVELS = 10
"""Objects inside each other that OpenAI takes; see the address at ``wire_schema``."""


def wire_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a model in the subset that OpenAI's strict mode takes.

    Strict mode wants closed objects, every key required, and no default; see
    https://platform.openai.com/docs/guides/structured-outputs (supported schemas). References are
    put in line, since some local servers don't follow them.

    Raises:
        SchemaError: Something that strict mode refuses, with the path of the field and the mend.
    """
    plain: dict[str, Any] = _unmarked(marked_schema(schema))
    return plain


def record_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a line of ``records.jsonl``: a record, with the fields of its schema.

    That is draft 2020-12. Fields that records of earlier versions lack aren't required.

    Raises:
        SchemaError: As ``wire_schema`` says.
    """
    draft, record = wire_schema(schema), _described(Record.model_json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A line of records.jsonl, schema {schema.__name__}",
        "description": record["description"],
        "type": "object",
        "properties": draft["properties"] | record["properties"],
        "required": [*draft["required"], *record["required"]],
        "additionalProperties": False,
        "$defs": {name: _described(one) for name, one in record["$defs"].items()},
    }


_ATTRIBUTE = re.compile(r"^    (\w+): (.*(?:\n        .*)*)", re.MULTILINE)


def _described(raw: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema with what the docstring of its model says, at the fields that it is about."""
    about, _, attributes = raw.get("description", "").partition("\n\nAttributes:\n")
    told = {name: " ".join(text.split()) for name, text in _ATTRIBUTE.findall(attributes)}
    described = raw | {"description": about}
    if "properties" in raw:
        described["properties"] = {
            name: {key: value for key, value in one.items() if key != "title"}
            | ({"description": told[name]} if name in told else {})
            for name, one in raw["properties"].items()
        }
    return described


@cache
def marked_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The wire schema with each marker beside what it marks, under the key ``MARKER``.

    Raises:
        SchemaError: As ``wire_schema`` says.
    """
    for name in schema.model_fields:
        if name in RESERVED_FIELDS:
            raise _taken("the record itself", f"{schema.__name__}.{name}")
    try:
        raw = schema.model_json_schema(schema_generator=_MarkingSchema)
    except PydanticInvalidForJsonSchema as error:
        raise SchemaError(
            f"a field has no JSON form ({error.message})",
            where=schema.__name__,
            hint="Use text, numbers, booleans, lists and models.",
        ) from error
    except PydanticUserError as error:
        raise SchemaError(
            f"the model isn't complete ({error.message.splitlines()[0]})",
            where=schema.__name__,
            hint="Define or import at module level all that it names.",
        ) from error
    strict = _strict(raw, raw.get("$defs", {}), schema.__name__, frozenset())
    if strict.get("type") != "object":
        raise SchemaError(
            "the answer must be an object", where=schema.__name__, hint="Put it in a field."
        )
    _refuse_names(schema, schema.__name__)
    return strict


class _MarkingSchema(GenerateJsonSchema):
    """JSON schemas as pydantic makes them, with the markers."""

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        """The JSON schema of a part of a model."""
        made = super().generate_inner(schema)
        marker = schema.get("metadata", {}).get(MARKER)
        return {**made, MARKER: marker} if marker else made


def _unmarked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _unmarked(item) for key, item in value.items() if key != MARKER}


def _refuse_names(schema: type[BaseModel], path: str) -> None:
    """Refuse fields that a draft has by another name than the model."""
    for name, field in schema.model_fields.items():
        where = f"{path}.{name}"
        if hasattr(BaseModel, name):
            raise _taken("every pydantic model", where)
        if field.alias is not None or field.validation_alias is not None:
            raise SchemaError(
                "an alias hides the field's name",
                where=where,
                hint="Name the field as the answer should.",
            )
        for part in _models_in(field.annotation):
            _refuse_names(part, where)


def _taken(owner: str, where: str) -> SchemaError:
    return SchemaError(f"this name belongs to {owner}", where=where, hint="Rename the field.")


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


KEYWORDS = (
    *("description", "enum", "const", "type", "format", "pattern"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minItems", "maxItems"),
)
"""The keywords of strict mode besides those that nest; others are left to validation."""


def _strict(
    node: dict[str, Any], defs: dict[str, Any], path: str, seen: frozenset[str]
) -> dict[str, Any]:
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        if name in seen:
            raise SchemaError(
                "the schema refers to itself", where=path, hint="Flatten it into lists."
            )
        merged = {**defs[name], **{k: v for k, v in node.items() if k != "$ref"}}
        return _strict(merged, defs, path, seen | {name})
    out = {key: node[key] for key in (*KEYWORDS, MARKER) if key in node}
    if "anyOf" in node or "oneOf" in node:
        options = [_strict(o, defs, path, seen) for o in node.get("anyOf") or node["oneOf"]]
        _refuse_mixture(options, path)
        out["anyOf"] = options
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


def _refuse_mixture(options: list[dict[str, Any]], path: str) -> None:
    """Refuse a choice between a model and something else: grounding follows one model a field."""
    others = [option for option in options if option.get("type") != "null"]
    if len(others) > 1 and any(_holds_object(option) for option in others):
        raise SchemaError(
            "grounding can't tell a model from the other types here",
            where=path,
            hint="Merge them into one model with nullable fields.",
        )


def _holds_object(node: dict[str, Any]) -> bool:
    return node.get("type") == "object" or any(map(_holds_object, _inside(node)))


def _holds_numbers(node: dict[str, Any]) -> bool:
    return node.get(MARKER) is Marker.SENTENCE or any(map(_holds_numbers, _inside(node)))


def _inside(node: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """What a union or a list holds."""
    return (*node.get("anyOf", ()), *((node["items"],) if "items" in node else ()))


def _strict_object(
    node: dict[str, Any], defs: dict[str, Any], path: str, seen: frozenset[str]
) -> dict[str, Any]:
    # Every model but the outermost came by a reference.
    if len(seen) >= _MAX_LEVELS:
        raise SchemaError(
            f"strict mode takes {_MAX_LEVELS} levels of objects", where=path, hint="Flatten it."
        )
    properties = node.get("properties")
    if not properties or node.get("additionalProperties") not in (False, None):
        raise SchemaError(
            "strict mode takes no open mapping and no model without a field",
            where=path,
            hint="Use a model that derives `Part`.",
        )
    # A default that a function makes doesn't show in the JSON schema.
    optional = [name for name in properties if name not in node.get("required", ())]
    if optional:
        raise SchemaError(
            "strict mode takes no default",
            where=f"{path}.{optional[0]}",
            hint="Make the field required and nullable (`X | None`).",
        )
    strict = {name: _strict(one, defs, f"{path}.{name}", seen) for name, one in properties.items()}
    numbered = [name for name, one in strict.items() if _holds_numbers(one)]
    if len(numbered) > 1:
        raise SchemaError(
            f"sentence numbers stand in {' and '.join(numbered)}",
            where=path,
            hint="Keep one field of them in each model.",
        )
    return {"properties": strict, "required": list(properties), "additionalProperties": False}
