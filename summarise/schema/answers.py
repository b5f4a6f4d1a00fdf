"""An answer in the form of its schema, where a model wrote another one that has but one sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from summarise.schema.shape import LISTS, TEXTS, Kind, Node, shape_of


def formed(schema: type[BaseModel], answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Give, in place, the form of a schema to what has but one sense; where, and what was there.

    That is null for an empty list, or for an object without anything; one item for a list of it,
    and a list of one text for the text.
    """
    found: list[tuple[str, str]] = []
    _form(shape_of(schema), answer, "", found)
    return found


def _form(node: Node, value: Any, path: str, found: list[tuple[str, str]]) -> Any:
    """What stands for a value in the form of its field."""
    is_list = node.kind in LISTS
    if value is None and not node.is_nullable and (is_list or _can_be_empty(node)):
        found.append((path, "null"))
        return [] if is_list else {f.name: [] if f.kind in LISTS else None for f in node.inside}
    if node.kind in TEXTS:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
            found.append((path, "list of one"))
            return value[0]
    elif (
        is_list
        and value is not None
        and not isinstance(value, list)
        and isinstance(value, dict) is (node.inside[0].kind is Kind.OBJECT)
    ):
        found.append((path, "one without a list"))
        value = [value]
    if isinstance(value, list) and node.kind is Kind.LIST:
        value[:] = [
            _form(node.inside[0], one, f"{path}[{n}]", found) for n, one in enumerate(value)
        ]
    elif isinstance(value, dict) and node.kind is Kind.OBJECT:
        for field in node.inside:
            if field.name in value:
                at = f"{path}.{field.name}" if path else field.name
                value[field.name] = _form(field, value[field.name], at, found)
    return value


def _can_be_empty(node: Node) -> bool:
    """Whether it is an object all of whose fields may say that there is nothing."""
    return node.kind is Kind.OBJECT and all(f.is_nullable or f.kind in LISTS for f in node.inside)


def emptied(
    schema: type[BaseModel], draft: dict[str, Any], is_nothing: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Take out of a draft, in place, each text that only says that there is none; path and text.

    A field becomes null, where it may. From a list the item goes: the text, or the object that has
    it where null can't stand.
    """
    found: list[tuple[str, str]] = []
    _empty(shape_of(schema), draft, "", is_nothing, found)
    return found


def _empty(
    node: Node,
    value: Any,
    path: str,
    is_nothing: Callable[[str], bool],
    found: list[tuple[str, str]],
) -> str | None:
    """As ``emptied``; returns the text for which a value has to go from its list, if it has to."""
    if isinstance(value, str) and node.kind in TEXTS:
        return value if is_nothing(value) else None
    gone: str | None = None
    if isinstance(value, dict):
        for field in node.inside:
            at = f"{path}.{field.name}" if path else field.name
            text = _empty(field, value[field.name], at, is_nothing, found)
            if text is not None and field.is_nullable:
                value[field.name] = None
                found.append((at, text))
            elif text is not None:
                gone = text
    elif isinstance(value, list) and node.kind is Kind.LIST:
        texts = [
            _empty(node.inside[0], item, f"{path}[{index}]", is_nothing, found)
            for index, item in enumerate(value)
        ]
        found += [(f"{path}[{index}]", text) for index, text in enumerate(texts) if text]
        value[:] = [item for item, text in zip(value, texts, strict=True) if text is None]
    return gone
