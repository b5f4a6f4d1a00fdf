"""A schema as plain data: what a file of fields holds, and what a run directory keeps.

    name = "review"
    description = "What a study of birds reports"          # optional

    [fields.population]
    kind = "object"                                        # or "list": of such objects
    description = "Who was studied"
    [fields.population.fields]
    text = { kind = "statement", nullable = true, description = "One plain sentence" }
    size = { kind = "verbatim", nullable = true }
    design = { kind = "choice", options = ["cohort", "trial"] }
    sentences = { kind = "sentences" }

Every kind takes ``description`` and ``nullable``. A list holds ``fields``, or ``items``: one field
of any kind. ``pattern`` goes with text, ``min_items`` and ``max_items`` with lists. ``definition``
describes what is inside: an entry of a list with ``fields``, or a nullable value apart from null.

What code can't hold against the abstract has no form, and so can't be in a schema: numbers that a
model makes, texts of no type. A choice rests on the sentences that are given beside it or around it
(see ``summarise.ground`` for the other kinds); without any it is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Annotated, Any, Literal, Optional

import pydantic_core
from pydantic import BaseModel, Field, TypeAdapter, create_model

from summarise.errors import SchemaError, meant
from summarise.schema.builtin import NUMBERS_OF_EVIDENCE, Part, SentenceRef, Statement, Verbatim
from summarise.schema.shape import Kind, Node, shape_of

_ITEM_LIMITS: Mapping[str, str] = {"min_items": "minItems", "max_items": "maxItems"}
_Form = dict[str, Any]

_TOP = ("name", "description", "fields")
_OF_ALL = ("kind", "description", "nullable")
_OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.VERBATIM: ("pattern",),
    Kind.STATEMENT: ("pattern",),
    Kind.CHOICE: ("options",),
    Kind.SENTENCES: tuple(_ITEM_LIMITS),
    Kind.SENTENCE: (),
    Kind.OBJECT: ("fields",),
    Kind.LIST: ("fields", "items", *_ITEM_LIMITS),
}
# YAML can refer to itself; no schema that strict mode takes comes near.
_MAX_DEPTH = 40
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def to_plain(schema: type[BaseModel]) -> dict[str, Any]:
    """The plain form of a model, as JSON values.

    ``from_plain`` makes a model of them that has the same wire schema.

    Raises:
        SchemaError: The model can't be put on the wire or can't be grounded, with the path of the
            field and the mend.
    """
    shape = shape_of(schema)
    about = {} if shape.about is None else {"description": shape.about}
    return {"name": schema.__name__, **about, "fields": _fields(shape, schema.__name__, False)}


def _fields(node: Node, path: str, has_evidence: bool) -> _Form:
    inner = has_evidence or node.evidence is not None
    return {one.name: _field(one, f"{path}.{one.name}", inner) for one in node.inside}


def _field(node: Node, path: str, has_evidence: bool) -> _Form:
    """The form of a field: its value, with what is said of it outside and inside a union."""
    form = _value(node, path, has_evidence)
    about, definition = node.about, node.definition
    if node.kind is Kind.SENTENCES:
        # Without a description it gets the usual one; an empty one stands for none.
        about = None if about == NUMBERS_OF_EVIDENCE else about or ""
    item = form.get("items", {})
    if item.get("kind") == Kind.OBJECT and definition is None and "nullable" not in item:
        # A list of objects holds their fields itself, unless there is more to say of them.
        del form["items"]
        form |= {"definition": item["description"]} if "description" in item else {}
        form["fields"] = item["fields"]
    said = {"description": about, "definition": definition}
    told = {key: text for key, text in said.items() if text is not None}
    nullable = {"nullable": True} if node.is_nullable else {}
    return {"kind": node.kind.value, **told, **nullable, **form}


def _value(node: Node, path: str, has_evidence: bool) -> _Form:
    """What the form of a field holds besides its kind and what is said of it."""
    match node.kind:
        case Kind.VERBATIM | Kind.STATEMENT:
            return _kept(node, path, {"pattern": "pattern"})
        case Kind.CHOICE:
            return _choice(node, path, has_evidence)
        case Kind.SENTENCE:
            return _kept(node, path, {})
        case Kind.OBJECT:
            return {"fields": _fields(node, path, has_evidence)}
        case Kind.SENTENCES | Kind.LIST:
            kept = _kept(node, path, _ITEM_LIMITS)
            (item,) = node.inside
            if not node.is_evidence:
                return {**kept, "items": _field(item, f"{path}[]", has_evidence)}
            if item.is_nullable or item.told != {"type": "integer"}:
                raise SchemaError(
                    "sentence numbers are a plain list", where=path, hint="Write `Evidence`."
                )
            return kept
    type_ = node.told.get("type")
    if type_ is None:
        message, hint = "grounding can't tell these types apart", "Keep one of them."
    elif type_ == "string":
        message = "a text of no type can't be grounded"
        hint = "Write `Verbatim`, `Statement` or a `Literal` of its choices."
    else:
        message = f"a value of type {type_} can't be grounded"
        hint = "Write `Verbatim`, so that it is copied as it stands, or a `Literal`."
    raise SchemaError(message, where=path, hint=hint)


def _choice(node: Node, path: str, has_evidence: bool) -> _Form:
    if not all(isinstance(option, str) for option in node.choices):
        raise SchemaError("a choice is between texts", where=path, hint="Put them in quotes.")
    if not has_evidence:
        raise SchemaError(
            "no sentence numbers stand beside this choice, so nothing would show where it is from",
            where=path,
            hint='Add `sentences: Evidence`; in a file, sentences = { kind = "sentences" }.',
        )
    _kept(node, path, {"enum": "enum", "const": "const"})
    return {"options": list(node.choices)}


def _kept(node: Node, path: str, names: Mapping[str, str]) -> _Form:
    """What a node says besides its type and description, under the names of the plain form.

    Raises:
        SchemaError: It says more.
    """
    if extra := node.told.keys() - {"type", *names.values()}:
        raise SchemaError(
            f"{', '.join(sorted(extra))} can't be used here",
            where=path,
            hint="Drop it, or say it in the description.",
        )
    return {ours: node.told[theirs] for ours, theirs in names.items() if theirs in node.told}


def from_plain(form: Mapping[str, Any], source: str = "schema") -> type[Part]:
    """Make a model of a plain form, which was read from ``source``.

    Raises:
        SchemaError: The form has a fault, or the model couldn't be sent or grounded.
    """
    root = _Table(form, source, "", 0)
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


class _Table:
    """One mapping of a form, with its place."""

    def __init__(self, form: Any, source: str, path: str, depth: int) -> None:
        self.source, self.path, self._depth = source, path, depth
        if not isinstance(form, Mapping):
            hint = 'Write [fields.NAME], and kind = "verbatim" below it.'
            raise self.fault(f"must be a table, not {form!r}", hint=hint)
        if depth > _MAX_DEPTH:
            raise self.fault("is nested too deeply", hint="Flatten it.")
        self.form = form

    def fault(self, message: str, *, at: str = "", hint: str | None = None) -> SchemaError:
        place = ".".join(filter(None, (self.path, at)))
        where = f"{self.source}: {place}" if place else self.source
        return SchemaError(message, where=where, hint=hint)

    def inner(self, key: str) -> _Table:
        path = ".".join(filter(None, (self.path, key)))
        return _Table(self.form.get(key), self.source, path, self._depth + 1)

    def fields(self) -> dict[str, _Table]:
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
                raise self.fault("unknown key", at=str(key), hint=meant(str(key), known))

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
        known = [one.value for one in _OF_KIND]
        if kind is None:
            self.refuse_unknown((*_OF_ALL, "definition", *chain(*_OF_KIND.values())))
            raise self.fault("has no kind", hint=f"Choose one of {', '.join(known)}.")
        if kind not in known:
            raise self.fault(f"there is no kind {kind!r}", at="kind", hint=meant(str(kind), known))
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
        given = {key: self.form[key] for key in _ITEM_LIMITS if key in self.form}
        for key, value in given.items():
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise self.fault(f"must be a whole number, not {value!r}", at=key)
        return {key.replace("items", "length"): value for key, value in given.items()}

    def pattern(self) -> dict[str, str]:
        pattern = self.text("pattern")
        if pattern is None:
            return {}
        try:
            TypeAdapter(Annotated[str, Field(pattern=pattern)])
        except pydantic_core.SchemaError as error:
            told = " ".join(str(error).split()).rpartition("error: ")[2]
            raise self.fault(f"isn't a regular expression: {told}", at="pattern") from None
        return {"pattern": pattern}


def _model(node: _Table, name: str, doc: str | None) -> type[Part]:
    fields = node.fields().items()
    types: dict[str, Any] = {key: (_annotation(one, f"{name}.{key}"), ...) for key, one in fields}
    # A docstring loses the margin of all lines but its first: so none of its lines is that.
    doc = doc and f"\n{doc}"
    return create_model(name, __base__=Part, __module__=__name__, __doc__=doc, **types)


def _annotation(node: _Table, name: str) -> Any:
    """The type of a field, null and descriptions included."""
    kind, is_nullable = node.kind(), node.flag("nullable")
    holds_model = kind is Kind.OBJECT or (kind is Kind.LIST and "fields" in node.form)
    has_definition = is_nullable or (holds_model and kind is Kind.LIST)
    node.refuse_unknown((*_OF_ALL, *(("definition",) * has_definition), *_OF_KIND[kind]))
    description, definition = node.text("description"), node.text("definition")
    if kind is Kind.SENTENCES:
        # An empty one stands for none: these need no words of one's own.
        description = (NUMBERS_OF_EVIDENCE if description is None else description) or None
    if kind is Kind.OBJECT and not is_nullable:
        return _object(node, name, description)
    value = _type(node, kind, name)
    if is_nullable:
        value = Optional[value if holds_model else _described(value, definition)]  # noqa: UP045
    return _described(value, description)


def _type(node: _Table, kind: Kind, name: str) -> Any:
    """The type of a field that isn't null; ``definition`` goes to the model, where there is one."""
    value: Any
    constraints: dict[str, Any] = {}
    match kind:
        case Kind.VERBATIM | Kind.STATEMENT:
            value = Verbatim if kind is Kind.VERBATIM else Statement
            constraints = node.pattern()
        case Kind.CHOICE:
            value = Literal[node.options()]
        case Kind.SENTENCE:
            value = SentenceRef
        case Kind.OBJECT:
            value = _object(node, name, node.text("definition"))
        case _:
            item = SentenceRef if kind is Kind.SENTENCES else _item(node, name)
            value, constraints = list[item], node.limits()  # type: ignore[valid-type]
    return Annotated[value, Field(**constraints)] if constraints else value


def _item(node: _Table, name: str) -> Any:
    if ("fields" in node.form) is ("items" in node.form):
        raise node.fault(
            "a list holds either fields or items", hint="Give it the fields of an entry."
        )
    if "fields" in node.form:
        return _object(node, name, node.text("definition"))
    return _annotation(node.inner("items"), f"{name}.items")


def _object(node: _Table, name: str, description: str | None) -> Any:
    return _described(_model(node, name, description), description)


def _described(value: Any, description: str | None) -> Any:
    return value if description is None else Annotated[value, Field(description=description)]


def to_toml(form: Mapping[str, Any]) -> str:
    """Write a plain form: a table for each object, a line for each leaf, in the form's order."""
    top = (f"{key} = {toml_value(value)}" for key, value in form.items() if key != "fields")
    tables = (_table(field, f"fields.{toml_key(name)}") for name, field in form["fields"].items())
    return "".join(f"{line}\n" for line in chain(top, *tables))


def _table(field: Mapping[str, Any], path: str) -> Iterator[str]:
    yield from ("", f"[{path}]")
    yield from (f"{key} = {toml_value(value)}" for key, value in field.items() if key != "fields")
    if "fields" not in field:
        return
    yield f"[{path}.fields]"
    # After the first table in it, TOML has no way back to the lines of this one.
    on_lines = True
    for name, inner in field["fields"].items():
        on_lines = on_lines and "fields" not in inner
        if on_lines:
            yield f"{toml_key(name)} = {toml_value(inner)}"
        else:
            yield from _table(inner, f"{path}.fields.{toml_key(name)}")


def toml_value(value: Any) -> str:
    """A value in TOML, on one line."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{toml_key(key)} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Decimal):
        value = float(value)
    # A JSON string is a TOML string, but for the one character that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(name: str) -> str:
    """A name as TOML has it on the left of a line."""
    return name if _BARE_KEY.fullmatch(name) else toml_value(name)
