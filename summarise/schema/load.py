"""A schema by what a user calls it: a built-in name, a file of fields, or a class of a module."""

from __future__ import annotations

import errno
import importlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from summarise.characters import for_screen
from summarise.errors import SchemaError, meant
from summarise.schema.builtin import BUILT_INS
from summarise.schema.forms import from_plain, to_plain, to_toml
from summarise.schema.wire import record_schema, wire_schema

if TYPE_CHECKING:
    import yaml

_FORMS = "a built-in name, a .toml or .yaml file, or module:Class"
SUFFIXES = (".toml", ".yaml", ".yml")
"""What the name of a file of fields ends with."""
_MOST_VALUES = 5_000
"""Values in plain data; far more than a schema or a settings file needs, like the other bounds."""
_MOST_LEVELS = 100
# Far beyond what a model takes as a schema, and read in a fraction of a second.
_MOST_CHARACTERS = 100_000
_MOST_DOTS = 300
_LARGEST = 2**63
# What yaml raises where a value isn't of the type that its tag names.
_UNREADABLE = (RecursionError, LookupError, TypeError, AttributeError)


def load_schema(spec: str | type[BaseModel]) -> type[BaseModel]:
    """Find a schema, and make sure that it can be sent and grounded.

    It is a built-in name (``pico``), a TOML or YAML file of fields (``review.toml``), a class in a
    module that can be imported from the working directory (``my_module:MyDraft``), or the class
    itself. A module is code: it runs when it is loaded.

    Raises:
        SchemaError: There is none, or strict mode or grounding can't take it.
    """
    if not isinstance(spec, str):
        to_plain(spec)
        return spec
    if spec in BUILT_INS:
        return BUILT_INS[spec]
    if Path(spec).suffix.lower() in SUFFIXES:
        path = Path(spec)
        return from_plain({"name": path.stem, **_read_form(path)}, str(path))
    if ":" in spec[1:]:
        return _from_module(spec)
    raise SchemaError(f"isn't {_FORMS}", where=f"schema {spec}", hint=meant(spec, BUILT_INS))


def schema_of(form: Mapping[str, Any], source: str) -> type[BaseModel]:
    """The schema of a stored plain form: the built-in class itself where it is one of those.

    One form has one class, so that what is made by it can be compared.

    Raises:
        SchemaError: The form has a fault.
    """
    for built_in in BUILT_INS.values():
        for schema in versions_of(built_in):
            if to_plain(schema) == form:
                return schema
    text = json.dumps(form)
    if text not in _OWN:
        _OWN[text] = from_plain(form, source)
    return _OWN[text]


_OWN: dict[str, type[BaseModel]] = {}


@cache
def versions_of(schema: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    """A schema and, where it is built in, its earlier versions, the newest first.

    Runs go on with the version that they were begun with, and prompts with the one that they were
    written for.
    """
    names = [name for name, built_in in BUILT_INS.items() if built_in is schema]
    folder = files("summarise.schema") / "earlier"
    found = (path for path in folder.iterdir() if path.name.rpartition("-")[0] in names)
    newest_first = sorted(found, key=lambda path: path.name, reverse=True)
    forms = (from_toml(path.read_text(encoding="utf-8")) for path in newest_first)
    return (schema, *map(from_plain, forms))


def _from_module(spec: str) -> type[BaseModel]:
    module_name, _, name = spec.partition(":")
    module = _imported(module_name, spec)
    found = getattr(module, name, None)
    where = f"schema {spec}"
    if found is None:
        classes = [n for n, o in vars(module).items() if _is_model(o)]
        hint = meant(name, classes) if classes else "Is it the right module?"
        place = getattr(module, "__file__", None) or module_name
        raise SchemaError(f"{place} has no {name or 'class of no name'}", where=where, hint=hint)
    if not _is_model(found):
        raise SchemaError(
            "isn't a model", where=where, hint="Derive it from summarise.schema.Part."
        )
    to_plain(found)
    return found  # type: ignore[no-any-return]


def _is_model(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _imported(name: str, spec: str) -> ModuleType:
    try:
        with _working_directory_importable():
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or name
        is_own = name == missing or name.startswith(f"{missing}.")
        what = f"there is no module {missing}" if is_own else f"{name} needs {missing}"
        raise SchemaError(
            what, where=f"schema {spec}", hint="Install it, or run where it can be imported."
        ) from None
    except Exception as error:
        told = for_screen(str(error), reveal=True)
        raise SchemaError(
            f"importing {name} failed: {type(error).__name__}: {told}", where=f"schema {spec}"
        ) from error


@contextmanager
def _working_directory_importable() -> Iterator[None]:
    """Modules of the working directory come last, so that they hide nothing that is installed."""
    here = str(Path.cwd())
    sys.path.append(here)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(here)


def describe(spec: str, *, wire: bool = False, records: bool = False) -> str:
    """A schema as a TOML file of fields.

    Or, as ``wire``, the JSON schema that a model is held to; or that of the ``records`` of a run.

    Raises:
        SchemaError: As ``load_schema`` says.
    """
    schema = load_schema(spec)
    if wire or records:
        told = record_schema(schema) if records else wire_schema(schema)
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    return to_toml(to_plain(schema))


def describe_built_ins() -> str:
    """The built-in schemas, one a line: name and fields."""
    return "".join(f"{n:<9}{', '.join(s.model_fields)}\n" for n, s in BUILT_INS.items())


def _read_form(path: Path) -> dict[str, Any]:
    """Read the plain form in a file; whether it is a good one, ``from_plain`` tells."""
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
    is_toml = path.suffix.lower() == ".toml"
    try:
        form = from_toml(text) if is_toml else _from_yaml(text, path)
    except ValueError as error:
        told = for_screen(str(error), 400, reveal=True)
        format_ = "TOML" if is_toml else "YAML"
        raise SchemaError(f"isn't valid {format_}: {told}", where=str(path)) from None
    if not isinstance(form, dict):
        raise SchemaError("holds no fields", where=str(path), hint="See `summarise schema pico`.")
    return form


def _from_yaml(text: str, path: Path) -> Any:
    import yaml  # noqa: PLC0415 - few schemas are YAML

    class Bounded(yaml.SafeLoader):
        """Gives up on what nests so deeply, or holds so much, that reading it takes seconds."""

        depth = count = 0

        def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
            self.depth, self.count = self.depth + 1, self.count + 1
            if self.depth > _MOST_LEVELS or self.count > _MOST_VALUES:
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
        raise ValueError(str(error)) from None
    if excess := _excess_in(form):
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
    if excess := _excess_in(values):
        raise ValueError(f"it {excess}")
    return values


def _excess_in(value: Any) -> str | None:
    """Why plain data is too much to work with, None where it isn't.

    What YAML names once and repeats counts each time: ten lines can stand for a billion values.
    """
    count, inside = 0, [(value, 0)]
    while inside:
        one, depth = inside.pop()
        count += 1
        if count > _MOST_VALUES:
            return f"holds more than {_MOST_VALUES:,} values"
        if depth > _MOST_LEVELS:
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
        text = file.read(_MOST_CHARACTERS + 1)
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"it is longer than {_MOST_CHARACTERS:,} characters")
    return text
