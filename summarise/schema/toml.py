"""Plain data as TOML: a schema written, and files of fields or settings read, within bounds."""

from __future__ import annotations

import errno
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

MOST_VALUES = 5_000
"""Values in plain data; far more than a schema or a settings file needs, like the other bounds."""
MOST_LEVELS = 100
# Far beyond what a model takes as a schema, and read in a fraction of a second.
MOST_CHARACTERS = 100_000
_MOST_DOTS = 300
_LARGEST = 2**63
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


def from_toml(text: str) -> dict[str, Any]:
    """Read TOML.

    Raises:
        ValueError: It isn't TOML, or more than a schema or a settings file can hold.
    """
    # tomllib takes half a minute for a key of 30,000 parts.
    if any(part.count(".") > _MOST_DOTS for part in re.split("[=\n]", text)):
        raise ValueError("a key is nested too deeply")
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if excess := excess_in(values):
        raise ValueError(f"it {excess}")
    return values


def excess_in(value: Any) -> str | None:
    """Why plain data is too much to work with, None where it isn't.

    What YAML names once and repeats counts each time: ten lines can stand for a billion values.
    """
    count, inside = 0, [(value, 0)]
    while inside:
        one, depth = inside.pop()
        count += 1
        if count > MOST_VALUES:
            return f"holds more than {MOST_VALUES:,} values"
        if depth > MOST_LEVELS:
            return "is nested too deeply"
        if isinstance(one, int) and abs(one) >= _LARGEST:
            return "holds a number that no computer counts to"
        if isinstance(one, (dict, list)):
            items = [*one, *one.values()] if isinstance(one, dict) else one
            inside += [(item, depth + 1) for item in items]
    return None


def read_text(path: Path) -> str:
    """The text of a small file that somebody wrote: UTF-8, with a byte order mark or without.

    Raises:
        OSError: It can't be read, or is no plain file: a device has no end, a pipe may be silent.
        UnicodeDecodeError: It isn't UTF-8.
        ValueError: It is longer than any such file.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it isn't a plain file")
    with path.open(encoding="utf-8-sig") as file:
        text = file.read(MOST_CHARACTERS + 1)
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"it is longer than {MOST_CHARACTERS:,} characters")
    return text
