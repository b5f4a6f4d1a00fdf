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

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from summarise.errors import SchemaError
from summarise.schema.parts import NUMBERS_OF_EVIDENCE, Marker
from summarise.schema.walk import shape_of
from summarise.schema.wire import wire_schema


class Kind(StrEnum):
    """What a field holds."""

    VERBATIM = "verbatim"
    STATEMENT = "statement"
    CHOICE = "choice"
    SENTENCES = "sentences"
    SENTENCE = "sentence"
    OBJECT = "object"
    LIST = "list"


ITEM_LIMITS: Mapping[str, str] = {"min_items": "minItems", "max_items": "maxItems"}
"""Names of the bounds of a list, here and on the wire."""

_TEXTS = {Marker.VERBATIM: Kind.VERBATIM, Marker.STATEMENT: Kind.STATEMENT}
_Inside = Marker | type[BaseModel] | None
_Form = dict[str, Any]


def to_plain(schema: type[BaseModel]) -> dict[str, Any]:
    """The plain form of a model.

    Returns:
        JSON values. ``from_plain`` makes a model of them that has the same wire schema.

    Raises:
        SchemaError: The model can't be put on the wire or can't be grounded, with the path of the
            field and the mend.
    """
    wire = wire_schema(schema)
    form: _Form = {"name": schema.__name__}
    if "description" in wire:
        form["description"] = wire["description"]
    form["fields"] = _fields(wire, schema, schema.__name__, is_evidenced=False)
    return form


def _fields(node: _Form, schema: type[BaseModel], path: str, *, is_evidenced: bool) -> _Form:
    shape = shape_of(schema)
    inside: dict[str, _Inside] = {**shape.leaves, **shape.parts}
    if shape.sentences_key:
        inside[shape.sentences_key] = Marker.SENTENCE
        is_evidenced = True
    return {
        name: _field(child, inside.get(name), f"{path}.{name}", is_evidenced=is_evidenced)
        for name, child in node["properties"].items()
    }


def _field(node: _Form, inside: _Inside, path: str, *, is_evidenced: bool) -> _Form:
    """The form of a field: its value, with what is said of it outside and inside a union."""
    value, is_nullable = node, "anyOf" in node
    if is_nullable:
        options = [option for option in node["anyOf"] if option != {"type": "null"}]
        if len(options) != 1:
            raise SchemaError(
                "grounding can't tell these types apart", where=path, hint="Keep one of them."
            )
        value = options[0]
    form = _value(value, inside, path, is_evidenced=is_evidenced)
    if form["kind"] == Kind.LIST and not (is_nullable and "description" in value):
        form = _shortened(form)
    said = {"description": node.get("description")}
    if is_nullable and "description" in value:
        said["definition"] = value["description"]
    if form["kind"] == Kind.SENTENCES:
        # Without a description it gets the usual one; an empty one stands for none.
        given = said["description"] or ""
        said["description"] = None if given == NUMBERS_OF_EVIDENCE else given
    told = {key: text for key, text in said.items() if text is not None}
    nullable = {"nullable": True} if is_nullable else {}
    return {"kind": form.pop("kind"), **told, **nullable, **form}


def _shortened(form: _Form) -> _Form:
    """A list of objects holds their fields itself, unless there is more to say of them."""
    items = form["items"]
    if items["kind"] != Kind.OBJECT or "nullable" in items:
        return form
    rest = {key: value for key, value in form.items() if key != "items"}
    definition = {"definition": items["description"]} if "description" in items else {}
    return {**rest, **definition, "fields": items["fields"]}


def _value(node: _Form, inside: _Inside, path: str, *, is_evidenced: bool) -> _Form:
    """The form of a value that isn't null, without its description."""
    if "enum" in node or "const" in node:
        return _choice(node, path, is_evidenced=is_evidenced)
    match node.get("type"):
        case "object" if isinstance(inside, type):
            fields = _fields(node, inside, path, is_evidenced=is_evidenced)
            return {"kind": Kind.OBJECT.value, "fields": fields}
        case "array":
            return _list(node, inside, path, is_evidenced=is_evidenced)
        case "string" if isinstance(inside, Marker) and inside in _TEXTS:
            kept = _kept(node, path, {"pattern": "pattern"})
            return {"kind": _TEXTS[inside].value, **kept}
        case "integer" if inside is Marker.SENTENCE:
            return {"kind": Kind.SENTENCE.value, **_kept(node, path, {})}
        case "string":
            raise SchemaError(
                "a text of no type can't be grounded",
                where=path,
                hint="Write `Verbatim`, `Statement` or a `Literal` of its choices.",
            )
        case other:
            raise SchemaError(
                f"a value of type {other} can't be grounded",
                where=path,
                hint="Write `Verbatim`, so that it is copied as it stands, or a `Literal`.",
            )


def _choice(node: _Form, path: str, *, is_evidenced: bool) -> _Form:
    options = node["enum"] if "enum" in node else [node["const"]]
    if not all(isinstance(option, str) for option in options):
        raise SchemaError("a choice is between texts", where=path, hint="Put them in quotes.")
    if not is_evidenced:
        raise SchemaError(
            "no sentence numbers stand beside this choice, so nothing would show where it is from",
            where=path,
            hint='Add `sentences: Evidence`; in a file, sentences = { kind = "sentences" }.',
        )
    _kept(node, path, {"enum": "enum", "const": "const"})
    return {"kind": Kind.CHOICE.value, "options": list(options)}


def _list(node: _Form, inside: _Inside, path: str, *, is_evidenced: bool) -> _Form:
    limits = _kept(node, path, {"items": "items", **ITEM_LIMITS})
    items = limits.pop("items")
    if inside is Marker.SENTENCE:
        if items != {"type": "integer"}:
            raise SchemaError(
                "sentence numbers are a plain list", where=path, hint="Write `Evidence`."
            )
        return {"kind": Kind.SENTENCES.value, **limits}
    form = _field(items, inside, f"{path}[]", is_evidenced=is_evidenced)
    return {"kind": Kind.LIST.value, **limits, "items": form}


def _kept(node: _Form, path: str, names: Mapping[str, str]) -> _Form:
    """What a node says besides its type and description, under the names of the plain form.

    Raises:
        SchemaError: It says more.
    """
    extra = node.keys() - {"type", "description", *names.values()}
    if extra:
        raise SchemaError(
            f"{', '.join(sorted(extra))} can't be used here",
            where=path,
            hint="Drop it, or say it in the description.",
        )
    return {ours: node[theirs] for ours, theirs in names.items() if theirs in node}
