"""What a schema is on the wire, its fingerprint, and what is refused on the way there."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError

from summarise.errors import SchemaError
from summarise.models import RESERVED_FIELDS
from summarise.schema.parts import Marker
from summarise.schema.walk import marker_of, shape_of

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
    for name in schema.model_fields:
        if name in RESERVED_FIELDS:
            raise SchemaError(
                "this name belongs to the record itself",
                where=f"{schema.__name__}.{name}",
                hint="Rename the field.",
            )
    try:
        raw = schema.model_json_schema()
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
    _refuse_ungroundable(schema, schema.__name__)
    return strict


def _refuse_ungroundable(schema: type[BaseModel], path: str) -> None:
    """Refuse what strict mode takes but the walk over a draft would miss."""
    for name, field in schema.model_fields.items():
        if hasattr(BaseModel, name):
            raise SchemaError(
                "this name belongs to every pydantic model",
                where=f"{path}.{name}",
                hint="Rename the field.",
            )
        if field.alias is not None or field.validation_alias is not None:
            raise SchemaError(
                "an alias hides the field's name",
                where=f"{path}.{name}",
                hint="Name the field as the answer should.",
            )
    numbered = [n for n, f in schema.model_fields.items() if marker_of(f) is Marker.SENTENCE]
    if len(numbered) > 1:
        raise SchemaError(
            f"sentence numbers stand in {' and '.join(numbered)}",
            where=path,
            hint="Keep one field of them in each model.",
        )
    for name, part in shape_of(schema).parts.items():
        _refuse_ungroundable(part, f"{path}.{name}")


def schema_fingerprint(schema: type[BaseModel]) -> str:
    """Hash of the wire schema and of the markers: 16 hexadecimal digits."""
    text = json.dumps([wire_schema(schema), _markers(schema)], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def _markers(schema: type[BaseModel]) -> dict[str, Any]:
    shape = shape_of(schema)
    evidence = {shape.sentences_key: Marker.SENTENCE} if shape.sentences_key else {}
    parts = {name: _markers(part) for name, part in shape.parts.items()}
    return {**shape.leaves, **evidence, **parts}


_KEPT = (
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
    out = {key: node[key] for key in _KEPT if key in node}
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
    inner = [*node.get("anyOf", ()), *([node["items"]] if "items" in node else [])]
    return node.get("type") == "object" or any(map(_holds_object, inner))


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
    return {
        "properties": {
            name: _strict(child, defs, f"{path}.{name}", seen) for name, child in properties.items()
        },
        "required": list(properties),
        "additionalProperties": False,
    }
