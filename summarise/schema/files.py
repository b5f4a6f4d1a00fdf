"""Files that hold the plain form of a schema: TOML, or YAML that means the same."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summarise.characters import for_screen
from summarise.errors import SchemaError

if TYPE_CHECKING:
    import yaml

SUFFIXES = (".toml", ".yaml", ".yml")
"""What the name of such a file ends with."""


def read_form(path: Path) -> dict[str, Any]:
    """Read the plain form in a file; whether it is a good one, ``from_plain`` tells.

    Raises:
        SchemaError: The file can't be read, or isn't TOML or YAML.
    """
    try:
        # Editors on Windows put a byte order mark in front.
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SchemaError(
            f"can't be read ({error.strerror})", where=str(path), hint="Check --schema."
        ) from None
    except UnicodeDecodeError:
        raise SchemaError("isn't UTF-8", where=str(path), hint="Save it as UTF-8.") from None
    form = _read_toml(text, path) if path.suffix.lower() == ".toml" else _read_yaml(text, path)
    if not isinstance(form, dict):
        raise SchemaError("holds no fields", where=str(path), hint="See `summarise schema pico`.")
    return form


def _read_toml(text: str, path: Path) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SchemaError(f"isn't valid TOML: {error}", where=str(path)) from None


def _read_yaml(text: str, path: Path) -> Any:
    import yaml  # noqa: PLC0415 - few schemas are YAML

    try:
        if (root := yaml.compose(text, yaml.SafeLoader)) is not None:
            _refuse_doubles(root, path, set())
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        told = for_screen(str(error), reveal=True)
        raise SchemaError(f"isn't valid YAML: {told}", where=str(path)) from None


def _refuse_doubles(node: yaml.Node, path: Path, seen: set[int]) -> None:
    """Refuse a key that stands twice in one mapping: YAML itself would drop the first value."""
    if id(node) in seen or not isinstance(node.value, list):
        return
    seen.add(id(node))
    pairs = [pair for pair in node.value if isinstance(pair, tuple)]
    keys: set[str] = set()
    for key, _ in pairs:
        if str(key.value) in keys:
            raise SchemaError(
                f"{key.value} stands here for the second time",
                where=f"{path}:{key.start_mark.line + 1}",
                hint="Keep one of them.",
            )
        keys.add(str(key.value))
    for inner in [value for _, value in pairs] or node.value:
        _refuse_doubles(inner, path, seen)
