"""A schema by what a user calls it: a built-in name, a file of fields, or a class of a module."""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from summarise.characters import for_screen
from summarise.errors import SchemaError
from summarise.schema.build import from_plain
from summarise.schema.builtin import BUILT_INS
from summarise.schema.files import SUFFIXES, read_form
from summarise.schema.plain import to_plain

_FORMS = "a built-in name, a .toml or .yaml file, or module:Class"


def load_schema(spec: str | type[BaseModel]) -> type[BaseModel]:
    """Find a schema, and make sure that it can be sent and grounded.

    Args:
        spec: A built-in name (``pico``), a TOML or YAML file of fields (``review.toml``), a class
            in a module that can be imported from the working directory (``my_module:MyDraft``), or
            the class itself. A module is code: it runs when it is loaded.

    Raises:
        SchemaError: There is none, or strict mode or grounding can't take it.
    """
    if not isinstance(spec, str):
        to_plain(spec)
        return spec
    if spec in BUILT_INS:
        return BUILT_INS[spec]
    if Path(spec).suffix.lower() in SUFFIXES:
        return _from_file(Path(spec))
    if ":" in spec[1:]:
        return _from_module(spec)
    near = difflib.get_close_matches(spec, BUILT_INS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Built in: {', '.join(BUILT_INS)}."
    raise SchemaError(f"isn't {_FORMS}", where=f"schema {spec}", hint=hint)


def schema_of(form: Mapping[str, Any], source: str) -> type[BaseModel]:
    """The schema of a stored plain form: the built-in class itself where it is one of those.

    Raises:
        SchemaError: The form has a fault.
    """
    for schema in BUILT_INS.values():
        if to_plain(schema) == form:
            return schema
    return from_plain(form, source)


def _from_file(path: Path) -> type[BaseModel]:
    form = read_form(path)
    return from_plain({"name": path.stem, **form}, str(path))


def _from_module(spec: str) -> type[BaseModel]:
    module_name, _, name = spec.partition(":")
    module = _imported(module_name, spec)
    found = getattr(module, name, None)
    where = f"schema {spec}"
    if found is None:
        classes = [n for n, o in vars(module).items() if _is_model(o)]
        near = difflib.get_close_matches(name, classes, n=1) or classes
        hint = f"Did you mean {' or '.join(near)}?" if near else "Is it the right module?"
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
            f"importing {name} failed: {type(error).__name__}: {told}",
            where=f"schema {spec}",
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
