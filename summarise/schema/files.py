"""Files that hold the plain form of a schema: TOML, or YAML that means the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from summarise.characters import for_screen
from summarise.errors import SchemaError
from summarise.schema.toml import MOST_LEVELS, MOST_VALUES, excess_in, from_toml, read_text

if TYPE_CHECKING:
    import yaml

# What yaml raises where a value isn't of the type that its tag names.
_UNREADABLE = (RecursionError, ValueError, LookupError, TypeError, AttributeError)
SUFFIXES = (".toml", ".yaml", ".yml")
"""What the name of such a file ends with."""


def read_form(path: Path) -> dict[str, Any]:
    """Read the plain form in a file; whether it is a good one, ``from_plain`` tells.

    Raises:
        SchemaError: The file can't be read, or isn't TOML or YAML.
    """
    try:
        text = read_text(path)
    except OSError as error:
        raise SchemaError(
            f"can't be read ({error.strerror})", where=str(path), hint="Check --schema."
        ) from None
    except UnicodeDecodeError:
        raise SchemaError("isn't UTF-8", where=str(path), hint="Save it as UTF-8.") from None
    except ValueError as error:
        hint = "No model takes such a schema: leave fields out."
        raise SchemaError(f"can't be read: {error}", where=str(path), hint=hint) from None
    form = _read_toml(text, path) if path.suffix.lower() == ".toml" else _read_yaml(text, path)
    if not isinstance(form, dict):
        raise SchemaError("holds no fields", where=str(path), hint="See `summarise schema pico`.")
    return form


def _read_toml(text: str, path: Path) -> Any:
    try:
        return from_toml(text)
    except ValueError as error:
        told = for_screen(str(error), 400, reveal=True)
        raise SchemaError(f"isn't valid TOML: {told}", where=str(path)) from None


def _read_yaml(text: str, path: Path) -> Any:
    import yaml  # noqa: PLC0415 - few schemas are YAML

    class Bounded(yaml.SafeLoader):
        """Gives up on what nests so deeply, or holds so much, that reading it takes seconds."""

        depth = count = 0

        def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
            self.depth, self.count = self.depth + 1, self.count + 1
            if self.depth > MOST_LEVELS or self.count > MOST_VALUES:
                raise yaml.YAMLError("it is nested too deeply, or holds too much")
            node: yaml.Node | None = super().compose_node(parent, index)
            self.depth -= 1
            return node

    try:
        loader = Bounded(text)
        root = loader.get_single_node()
        if root is None:
            return None
        _refuse_doubles(root, path, set())
        form = loader.construct_document(root)
    except (*_UNREADABLE, yaml.YAMLError) as error:
        told = for_screen(str(error), 400, reveal=True)
        raise SchemaError(f"isn't valid YAML: {told}", where=str(path)) from None
    if excess := excess_in(form):
        raise SchemaError(excess, where=str(path), hint="No model takes such a schema.")
    return form


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
