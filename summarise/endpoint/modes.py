"""How a model is held to the schema: what each mode adds to a body, and what an answer keeps to.

A dialect is how requests are worded for one endpoint: the mode, and what else it takes otherwise
than others do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, assert_never

from summarise.settings import Mode, Settings, TokenParameter

STRICT = "strict"
"""Left out of a function's definition where it is among a dialect's ``unsent``."""

_SHOWN = frozenset({Mode.JSON_OBJECT, Mode.PROMPTED})
"""Modes in which the endpoint isn't told the schema, so that the model is."""

_PLAIN: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How requests are worded for an endpoint.

    Attributes:
        mode: How it is held to the schema.
        token_parameter: Its name for the limit of an answer.
        unsent: Settings that it refuses, so that they are left out.
    """

    mode: Mode
    token_parameter: TokenParameter = TokenParameter.MAX_TOKENS
    unsent: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, settings: Settings) -> Dialect:
        """The dialect of the first request, before anything was learned."""
        return cls(settings.first_mode, settings.token_parameter or TokenParameter.MAX_TOKENS)


def hold(dialect: Dialect, function: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The part of the body that holds the model to the schema.

    Args:
        dialect: Of the endpoint.
        function: The name of the schema on the wire.
        schema: As ``wire_schema`` makes it.
    """
    strict = {"strict": True} if STRICT not in dialect.unsent else {}
    match dialect.mode:
        case Mode.JSON_SCHEMA:
            return _format({"name": function, "strict": True, "schema": schema})
        case Mode.JSON_SCHEMA_LOOSE:
            return _format({"name": function, "schema": schema})
        case Mode.TOOLS:
            wire = {"name": function, **strict, "parameters": schema}
            return {
                "tools": [{"type": "function", "function": wire}],
                "tool_choice": {"type": "function", "function": {"name": function}},
            }
        case Mode.JSON_OBJECT:
            return {"response_format": {"type": "json_object"}}
        case Mode.PROMPTED:
            return {}
        case _:
            assert_never(dialect.mode)


def _format(wire: dict[str, Any]) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": wire}}


def with_schema(
    messages: list[dict[str, Any]], mode: Mode, schema: dict[str, Any]
) -> list[dict[str, Any]]:
    """The static messages, with the schema in the system prompt where the mode needs it there.

    It joins the message that is there, since some chat templates take one system message only.
    """
    if mode not in _SHOWN:
        return messages
    told = (
        "Answer with one JSON object and nothing else: no other words, no code fence. "
        f"It has to fit this JSON schema:\n{json.dumps(schema, ensure_ascii=False)}"
    )
    if messages and messages[0]["role"] == "system":
        system = {**messages[0], "content": f"{messages[0]['content'].rstrip()}\n\n{told}\n"}
        return [system, *messages[1:]]
    return [{"role": "system", "content": told}, *messages]


def follows(value: object, schema: dict[str, Any]) -> bool:
    """Whether a JSON value has the structure that a schema of the strict subset asks for.

    Keys, types and choices count; bounds and patterns don't, since not every server enforces them.

    Args:
        value: What ``json.loads`` made of an answer.
        schema: As ``wire_schema`` makes it.
    """
    if "anyOf" in schema:
        return any(follows(value, option) for option in schema["anyOf"])
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        return False
    kind = schema.get("type")
    if kind == "object":
        return isinstance(value, dict) and _has_all(value, schema["properties"])
    if kind == "array":
        return isinstance(value, list) and all(follows(one, schema["items"]) for one in value)
    return kind not in _PLAIN or _is_plain(value, kind)


def _has_all(value: dict[str, Any], properties: dict[str, Any]) -> bool:
    return value.keys() == properties.keys() and all(
        follows(value[name], child) for name, child in properties.items()
    )


def _is_plain(value: object, kind: str) -> bool:
    # To Python a truth value is a number.
    return isinstance(value, _PLAIN[kind]) and (kind == "boolean") is isinstance(value, bool)
