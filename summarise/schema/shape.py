"""The one walk over a schema: what its fields are, and the values that a draft has for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import BaseModel

from summarise.schema.builtin import MARKER, Marker
from summarise.schema.wire import KEYWORDS, marked_schema, wire_schema

_NULL = {"type": "null"}


class Kind(StrEnum):
    """What a field holds."""

    VERBATIM = "verbatim"
    STATEMENT = "statement"
    CHOICE = "choice"
    SENTENCES = "sentences"
    SENTENCE = "sentence"
    OBJECT = "object"
    LIST = "list"
    PLAIN = "plain"
    """None of these: it can be sent, and not be held against an abstract."""


_OBJECT = Kind.OBJECT
LISTS, TEXTS = (Kind.LIST, Kind.SENTENCES), (Kind.VERBATIM, Kind.STATEMENT)


@dataclass(frozen=True, eq=False)
class Node:
    """A field of a schema, the schema itself, or what a list holds."""

    path: str
    """As in a draft, without numbers: ``results[].value``; empty for the schema itself."""
    name: str
    kind: Kind
    is_nullable: bool
    about: str | None
    """Its description."""
    definition: str | None
    """What is said of the value where it isn't null, besides."""
    told: Mapping[str, Any]
    """The other keywords of its JSON schema: type, pattern, bounds, choices."""
    inside: tuple[Node, ...]
    """The fields of an object; the one kind of item of a list."""

    @property
    def choices(self) -> tuple[Any, ...]:
        """What a choice can be."""
        told = self.told
        return (told["const"],) if "const" in told else tuple(told.get("enum", ()))

    @property
    def held(self) -> Node:
        """What its lists hold, at whatever depth; itself where it is none."""
        return self.inside[0].held if self.kind is Kind.LIST else self

    @cached_property
    def columns(self) -> tuple[tuple[tuple[str, ...], Node], ...]:
        """The values of an entry of it that stand in columns, each by the names that lead there.

        An object that may be null is one, so that null and an object of nulls differ.
        """
        held = self.inside[0] if self.kind is Kind.LIST else self
        if (
            held.kind is not Kind.OBJECT
            or not held.inside
            or (held.is_nullable and held is not self)
        ):
            return (((), held),)
        found: list[tuple[tuple[str, ...], Node]] = []
        for one in held.inside:
            is_parted = one.kind is Kind.OBJECT and not one.is_nullable
            below = one.columns if is_parted else (((), one),)
            found += [((one.name, *path), node) for path, node in below]
        return tuple(found)

    def entries(self, values: Mapping[str, Any]) -> list[Any]:
        """Its entries in an object that has it, nulls among them; what is no list is an entry."""
        value = values.get(self.name)
        return [] if value is None else value if self.kind is Kind.LIST else [value]

    @property
    def is_evidence(self) -> bool:
        """Whether it holds the numbers of sentences."""
        return self.held.kind in {Kind.SENTENCES, Kind.SENTENCE}

    @cached_property
    def evidence(self) -> str | None:
        """Name of an object's field that holds sentence numbers, None where there is none."""
        return next((field.name for field in self.inside if field.is_evidence), None)

    @cached_property
    def fields(self) -> tuple[Node, ...]:
        """The other fields of an object."""
        return tuple(field for field in self.inside if not field.is_evidence)

    @cached_property
    def types(self) -> frozenset[type]:
        """What a value may be in JSON, where it is neither an object nor a list."""
        match self.kind:
            case Kind.OBJECT | Kind.LIST | Kind.SENTENCES:
                return frozenset()
            case Kind.VERBATIM | Kind.STATEMENT:
                return frozenset((str, type(None)))
            case Kind.SENTENCE:
                return frozenset((int, type(None)))
        return frozenset((str, int, float, bool, type(None)))

    @cached_property
    def checked(self) -> tuple[tuple[str, frozenset[type], Node], ...]:
        """The fields of an object with their names, and what their values may be in JSON."""
        return tuple((field.name, field.types, field) for field in self.inside)

    @cached_property
    def texts(self) -> tuple[tuple[str, Kind], ...]:
        """The fields of an object that grounding looks at: verbatim values and statements."""
        held = ((field.name, field.held.kind) for field in self.fields)
        return tuple(one for one in held if one[1] in {Kind.VERBATIM, Kind.STATEMENT})

    @cached_property
    def objects(self) -> tuple[tuple[str, Node], ...]:
        """The fields of an object that hold objects, and what these are."""
        held = ((field.name, field.held) for field in self.fields)
        return tuple(one for one in held if one[1].kind is Kind.OBJECT)


@cache
def shape_of(schema: type[BaseModel]) -> Node:
    """A schema as a tree.

    Raises:
        SchemaError: It can't be sent (see ``wire_schema``).
    """
    return _node(marked_schema(schema), "", "", None)


def _node(node: dict[str, Any], path: str, name: str, marker: Marker | None) -> Node:
    """A part of a marked schema; a marker goes for what is inside, too."""
    value, others = node, [one for one in node.get("anyOf", ()) if one != _NULL]
    if len(others) == 1:
        value = others[0]
    marker = marker or node.get(MARKER) or value.get(MARKER)
    inside = tuple(
        _node(child, f"{path}.{name}" if path else name, name, None)
        for name, child in value.get("properties", {}).items()
    )
    if "items" in value:
        inside = (_node(value["items"], path if path.endswith("[]") else f"{path}[]", "", marker),)
    return Node(
        path=path,
        name=name,
        kind=_kind(value, marker, inside),
        is_nullable="anyOf" in node,
        about=node.get("description"),
        definition=None if value is node else value.get("description"),
        told={key: value[key] for key in KEYWORDS if key in value and key != "description"},
        inside=inside,
    )


def _kind(value: dict[str, Any], marker: Marker | None, inside: tuple[Node, ...]) -> Kind:
    if "enum" in value or "const" in value:
        return Kind.CHOICE
    match value.get("type"):
        case "object":
            return Kind.OBJECT
        case "array":
            is_evidence = inside[0].kind is Kind.SENTENCE
            return Kind.SENTENCES if is_evidence else Kind.LIST
        case "string" if marker in {Marker.VERBATIM, Marker.STATEMENT}:
            return Kind(marker)
        case "integer" if marker is Marker.SENTENCE:
            return Kind.SENTENCE
    return Kind.PLAIN


def value_at(value: Any, path: tuple[str, ...]) -> Any:
    """What stands in a value under names, one in the other; None where one of them is missing."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def misfit(node: Node, draft: Mapping[str, Any]) -> str | None:
    """The path of the first value in a draft that isn't of the kind of its field, None for none.

    A field may be missing, and a value may be null; a list or an object only where that is allowed.
    """
    found = _misfit(node, draft)
    return None if found is None else found.removeprefix(".")


def _misfit(node: Node, value: Any) -> str | None:
    """The path, from a value on, of what in it isn't what the schema says; None where all is."""
    if type(value) in node.types or (value is None and node.is_nullable):
        return None
    if node.kind is _OBJECT and type(value) is dict:
        read = value.get
        for name, types, field in node.checked:
            # A record has a hundred values, and nearly all are what they should be.
            held = read(name)
            if type(held) not in types and (held is not None or name in value):
                found = _misfit(field, held)
                if found is not None:
                    return f".{name}{found}"
        return None
    if node.kind in LISTS and type(value) is list:
        (inner,) = node.inside
        for at, item in enumerate(value):
            if type(item) not in inner.types and (found := _misfit(inner, item)) is not None:
                return f"[{at}]{found}"
        return None
    return ""


def schema_fingerprint(schema: type[BaseModel]) -> str:
    """Hash of the wire schema and of the markers: 16 hexadecimal digits."""
    text = json.dumps([wire_schema(schema), _markers(shape_of(schema))], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def _markers(node: Node) -> dict[str, Any]:
    evidence = {node.evidence: Marker.SENTENCE} if node.evidence else {}
    parts = {name: _markers(part) for name, part in node.objects}
    return {**dict(node.texts), **evidence, **parts}


# A draft of a schema


class Holder(NamedTuple):
    """One object of a draft: values, and the numbers of the sentences that they rest on."""

    path: str
    """What the paths of its values begin with: ``results[0].``; empty for the draft itself."""
    node: Node
    values: dict[str, Any]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The sentence numbers that it gives."""
        given = self.values.get(self.node.evidence) if self.node.evidence else None
        return tuple(given) if isinstance(given, list) else (given,) if given else ()

    @property
    def numbers_path(self) -> str:
        """Where they stand: ``results[0].sentences``."""
        return f"{self.path}{self.node.evidence}"

    def texts(self) -> list[tuple[str, Kind, str]]:
        """Its verbatim values and statements that aren't null: name, with what item, and kind."""
        values = self.values
        found = []
        for name, kind in self.node.texts:
            value = values.get(name)
            if isinstance(value, str):
                found.append((name, kind, value))
            elif value:
                found += [(at, kind, it) for at, it in _items(value, name) if isinstance(it, str)]
        return found

    def leaves(self) -> list[Leaf]:
        """Its verbatim values and statements that aren't null, with their paths."""
        own = self.path
        return [Leaf(own + name, kind, value, self) for name, kind, value in self.texts()]


class Leaf(NamedTuple):
    """A text of a draft that grounding looks at."""

    path: str
    """``results[0].claim``."""
    kind: Kind
    """``VERBATIM`` or ``STATEMENT``."""
    value: str
    holder: Holder


def leaves(schema: type[BaseModel], draft: dict[str, Any]) -> Iterator[Leaf]:
    """Walk a draft, as JSON values, in the order of its schema: each text that isn't null."""
    for holder in holders(schema, draft):
        yield from holder.leaves()


def holders(schema: type[BaseModel], draft: dict[str, Any]) -> list[Holder]:
    """The objects of a draft, outer ones first, the draft itself included."""
    found: list[Holder] = []
    _add_holders(shape_of(schema), draft, "", found)
    return found


def _add_holders(node: Node, values: dict[str, Any], path: str, found: list[Holder]) -> None:
    found.append(Holder(path, node, values))
    for name, part in node.objects:
        held = values.get(name)
        if isinstance(held, dict):
            _add_holders(part, held, f"{path}{name}.", found)
        elif held:
            for at, item in _items(held, path + name):
                if isinstance(item, dict):
                    _add_holders(part, item, f"{at}.", found)


def _items(value: Any, path: str) -> list[tuple[str, Any]]:
    """What a field holds, with its path: the value, or each item of lists at any depth."""
    if not isinstance(value, list):
        return [(path, value)]
    return [found for index, item in enumerate(value) for found in _items(item, f"{path}[{index}]")]


def renumbered(
    schema: type[BaseModel], draft: dict[str, Any], numbers: Callable[[Holder], Any]
) -> dict[str, Any]:
    """A draft with other sentence numbers; the one that is given stays as it is.

    ``numbers`` gives them for each object that has a field of them: a list, or a number where the
    schema has one alone.
    """
    made: dict[str, Any] = _renumbered(shape_of(schema), draft, "", numbers)
    return made


def _renumbered(node: Node, value: Any, path: str, numbers: Callable[[Holder], Any]) -> Any:
    if isinstance(value, list):
        each = enumerate(value)
        return [_renumbered(node, item, f"{path}[{index}]", numbers) for index, item in each]
    if not isinstance(value, dict):
        return value
    at = f"{path}." if path else ""
    made = dict(value)
    for name, part in node.objects:
        if held := value.get(name):
            made[name] = _renumbered(part, held, at + name, numbers)
    if node.evidence:
        made[node.evidence] = numbers(Holder(at, node, value))
    return made


def rewritten_texts(node: Node, value: Any, new: Callable[[str], str]) -> Any:
    """A value with other texts; the one that is given, and what is one of few choices, stay."""
    if isinstance(value, str):
        return value if node.kind is Kind.CHOICE else new(value)
    if isinstance(value, dict):
        fields = {field.name: field for field in node.inside}
        each = ((name, fields.get(name, node), held) for name, held in value.items())
        return {name: rewritten_texts(field, held, new) for name, field, held in each}
    if isinstance(value, list) and node.inside:
        return [rewritten_texts(node.inside[0], held, new) for held in value]
    return value
