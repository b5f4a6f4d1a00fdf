"""A model from the plain form of a schema; a fault in the form is named with its place."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Annotated, Any, Literal, Optional, assert_never

import pydantic_core
from pydantic import Field, TypeAdapter, create_model

from summarise.errors import SchemaError
from summarise.schema.parts import (
    NUMBERS_OF_EVIDENCE,
    Part,
    SentenceRef,
    Statement,
    Verbatim,
)
from summarise.schema.plain import ITEM_LIMITS, Kind, to_plain

_TOP = ("name", "description", "fields")
_OF_ALL = ("kind", "description", "nullable")
_OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.VERBATIM: ("pattern",),
    Kind.STATEMENT: ("pattern",),
    Kind.CHOICE: ("options",),
    Kind.SENTENCES: tuple(ITEM_LIMITS),
    Kind.SENTENCE: (),
    Kind.OBJECT: ("fields",),
    Kind.LIST: ("fields", "items", *ITEM_LIMITS),
}
# YAML can refer to itself; no schema that strict mode takes comes near.
_MAX_DEPTH = 40


def from_plain(form: Mapping[str, Any], source: str = "schema") -> type[Part]:
    """Make a model of a plain form.

    Args:
        form: See ``summarise.schema.plain``.
        source: What it was read from, for messages.

    Raises:
        SchemaError: The form has a fault, or the model couldn't be sent or grounded.
    """
    root = _Node(form, source, "", 0)
    root.refuse_unknown(_TOP)
    name = root.text("name")
    if not name or not name.isprintable():
        raise root.fault("a schema needs a name", at="name", hint='Write name = "review".')
    schema = _model(root, name, root.text("description"))
    try:
        to_plain(schema)
    except SchemaError as error:
        where = f"{source}: {(error.where or '').removeprefix(f'{name}.')}"
        raise SchemaError(error.message, where=where, hint=error.hint) from None
    return schema


class _Node:
    """One mapping of a form, with its place."""

    def __init__(self, form: Any, source: str, path: str, depth: int) -> None:
        self.source, self.path, self._depth = source, path, depth
        if not isinstance(form, Mapping):
            raise self.fault(f"must be a table, not {form!r}", hint='Such as { kind = "verbatim" }')
        if depth > _MAX_DEPTH:
            raise self.fault("is nested too deeply", hint="Flatten it.")
        self.form = form

    def fault(self, message: str, *, at: str = "", hint: str | None = None) -> SchemaError:
        place = ".".join(filter(None, (self.path, at)))
        where = f"{self.source}: {place}" if place else self.source
        return SchemaError(message, where=where, hint=hint)

    def inner(self, key: str) -> _Node:
        """The mapping that a key holds."""
        path = ".".join(filter(None, (self.path, key)))
        return _Node(self.form.get(key), self.source, path, self._depth + 1)

    def fields(self) -> dict[str, _Node]:
        """The fields of an object, by name."""
        inner = self.inner("fields")
        if not inner.form:
            raise inner.fault("at least one field must be there")
        for name in inner.form:
            if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
                raise inner.fault(
                    f"{name!r} can't be the name of a field",
                    hint="Use letters, digits and _, with a letter first.",
                )
            if hasattr(Part, name):
                raise inner.fault(
                    "this name belongs to every pydantic model", at=name, hint="Rename the field."
                )
        return {name: inner.inner(name) for name in inner.form}

    def refuse_unknown(self, known: Collection[str]) -> None:
        for key in self.form:
            if key not in known:
                raise self.fault(
                    "unknown key", at=str(key), hint=f"Did you mean {_nearest(str(key), known)}?"
                )

    def text(self, key: str) -> str | None:
        """A text, None where there is none."""
        value = self.form.get(key)
        if key in self.form and not isinstance(value, str):
            raise self.fault(f"must be text, not {value!r}", at=key, hint="Put it in quotes.")
        return value

    def flag(self, key: str) -> bool:
        value = self.form.get(key, False)
        if not isinstance(value, bool):
            raise self.fault(f"must be true or false, not {value!r}", at=key)
        return value

    def kind(self) -> Kind:
        kind = self.form.get("kind")
        known = [one.value for one in Kind]
        if kind is None:
            self.refuse_unknown({*_OF_ALL, "definition", *chain(*_OF_KIND.values())})
            raise self.fault("has no kind", hint=f"Choose one of {', '.join(known)}.")
        if kind not in known:
            hint = f"Did you mean {_nearest(str(kind), known)}?"
            raise self.fault(f"there is no kind {kind!r}", at="kind", hint=hint)
        return Kind(kind)

    def options(self) -> tuple[str, ...]:
        options = self.form.get("options")
        if not isinstance(options, list) or not options:
            raise self.fault("a choice needs options", hint='Such as options = ["low", "high"].')
        for option in options:
            if not isinstance(option, str):
                # YAML reads an unquoted yes, no, on or off as true or false.
                raise self.fault(
                    f"must be texts, not {option!r}", at="options", hint="Put each in quotes."
                )
        if len(set(options)) < len(options):
            raise self.fault("the same option twice", at="options")
        return tuple(options)

    def limits(self) -> dict[str, int]:
        """The bounds of a list, in pydantic's names."""
        given = {key: self.form[key] for key in ITEM_LIMITS if key in self.form}
        for key, value in given.items():
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise self.fault(f"must be a whole number, not {value!r}", at=key)
        return {key.replace("items", "length"): value for key, value in given.items()}

    def pattern(self) -> dict[str, str]:
        """The pattern of a text.

        Raises:
            SchemaError: pydantic can't read it.
        """
        pattern = self.text("pattern")
        if pattern is None:
            return {}
        try:
            TypeAdapter(Annotated[str, Field(pattern=pattern)])
        except pydantic_core.SchemaError as error:
            told = " ".join(str(error).split()).rpartition("error: ")[2]
            raise self.fault(f"isn't a regular expression: {told}", at="pattern") from None
        return {"pattern": pattern}


def _nearest(key: str, known: Collection[str]) -> str:
    return " or ".join(difflib.get_close_matches(key, known, n=2) or known)


def _model(node: _Node, name: str, doc: str | None) -> type[Part]:
    fields = node.fields().items()
    types: dict[str, Any] = {key: (_annotation(one, f"{name}.{key}"), ...) for key, one in fields}
    return create_model(name, __base__=Part, __module__=__name__, __doc__=doc, **types)


def _annotation(node: _Node, name: str) -> Any:
    """The type of a field, null and descriptions included."""
    kind, is_nullable = node.kind(), node.flag("nullable")
    has_definition = is_nullable or (kind is Kind.LIST and "fields" in node.form)
    extra = ("definition",) if has_definition else ()
    node.refuse_unknown((*_OF_ALL, *extra, *_OF_KIND[kind]))
    description, definition = node.text("description"), node.text("definition")
    if kind is Kind.SENTENCES:
        # An empty one stands for none: these need no words of one's own.
        description = (NUMBERS_OF_EVIDENCE if description is None else description) or None
    if kind is Kind.OBJECT and not is_nullable:
        return _object(node, name, description)
    value = _value(node, kind, name)
    if is_nullable:
        is_told = kind is Kind.OBJECT or "fields" in node.form
        value = Optional[value if is_told else _described(value, definition)]  # noqa: UP045
    return _described(value, description)


def _object(node: _Node, name: str, description: str | None) -> Any:
    return _described(_model(node, name, description), description)


def _described(value: Any, description: str | None) -> Any:
    return value if description is None else Annotated[value, Field(description=description)]


def _value(node: _Node, kind: Kind, name: str) -> Any:
    """The type of a field that isn't null; ``definition`` goes to the model, where there is one."""
    value: Any
    constraints: dict[str, Any] = {}
    match kind:
        case Kind.VERBATIM:
            value, constraints = Verbatim, node.pattern()
        case Kind.STATEMENT:
            value, constraints = Statement, node.pattern()
        case Kind.CHOICE:
            value = Literal[node.options()]
        case Kind.SENTENCES:
            value, constraints = list[SentenceRef], node.limits()
        case Kind.SENTENCE:
            value = SentenceRef
        case Kind.OBJECT:
            value = _object(node, name, node.text("definition"))
        case Kind.LIST:
            value, constraints = list[_item(node, name)], node.limits()  # type: ignore[misc]
        case _:
            assert_never(kind)
    return Annotated[value, Field(**constraints)] if constraints else value


def _item(node: _Node, name: str) -> Any:
    if ("fields" in node.form) is ("items" in node.form):
        raise node.fault(
            "a list holds either fields or items", hint="Give it the fields of an entry."
        )
    if "fields" in node.form:
        return _object(node, name, node.text("definition"))
    return _annotation(node.inner("items"), f"{name}.items")
