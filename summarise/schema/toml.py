"""The plain form of a schema, written as TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(form: Mapping[str, Any]) -> str:
    """Write a plain form: a table for each object, a line for each leaf, in the form's order."""
    top = (f"{key} = {_inline(value)}" for key, value in form.items() if key != "fields")
    tables = (_table(field, f"fields.{_key(name)}") for name, field in form["fields"].items())
    return "".join(f"{line}\n" for line in chain(top, *tables))


def _table(field: Mapping[str, Any], path: str) -> Iterator[str]:
    yield from ("", f"[{path}]")
    yield from (f"{key} = {_inline(value)}" for key, value in field.items() if key != "fields")
    if "fields" not in field:
        return
    yield f"[{path}.fields]"
    # After the first table in it, TOML has no way back to the lines of this one.
    on_lines = True
    for name, inner in field["fields"].items():
        on_lines = on_lines and "fields" not in inner
        if on_lines:
            yield f"{_key(name)} = {_inline(inner)}"
        else:
            yield from _table(inner, f"{path}.fields.{_key(name)}")


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    # A JSON string is a TOML string, but for the one character that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _inline(name)
