"""A draft by its schema's shape: what leads an entry, what the rest is called, what has a column.

On a page, a field that few abstracts report takes no column of its own.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from summarise.characters import counted, for_screen, readable_line
from summarise.models import Record, Row
from summarise.render.format import Cell
from summarise.schema import MEASURED, Kind, Node, shape_of

# An attribute of an enumeration takes longer to look up than most of what is done with it.
_CHOICE, _VERBATIM, _STATEMENT = Kind.CHOICE, Kind.VERBATIM, Kind.STATEMENT

_FEWEST = 10
"""Records of a table in which a column may say little; with fewer, one paper is much."""
_NEARLY_NONE = 0.1
"""Share of the records, up to which a field is named below the table."""
_FEW = 0.4
"""Share of the records, up to which a field stands in the cells of the one before it."""
_BLOCK = 100
# How pydantic writes a field of which nothing is reported, its sentence numbers apart.
_EMPTY = re.compile(rb'null|\[\]|\{(?:"[^"\\]*":(?:null|\[[\d,]*\]),?)+\}')
# The last of what stands before the draft.
_DRAFT = b'"created":'


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field of a schema, its sentence numbers apart."""

    name: str
    kind: Kind
    """Of what it holds, or its lists hold."""
    label: str
    """The name in words: ``study_design`` → ``study design``."""
    part: Layout | None
    """Layout of the objects that it holds."""
    needs_label: bool
    """Whether it doesn't speak for itself even where it is the only detail of its kind."""
    choices: tuple[Any, ...] = ()
    """What it can be, where it is a choice."""

    @property
    def title(self) -> str:
        """The label as a heading."""
        return self.label[:1].upper() + self.label[1:]


Details = tuple[tuple[Field, str], ...]
"""Fields, each with its label where a reader couldn't tell it apart without."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The fields of one object, in the order of the schema."""

    fields: tuple[Field, ...]
    sentences_key: str | None
    """Key that holds the sentence numbers, None where there is none."""
    head: Field | None
    """Verbatim field that an entry opens with: one that stands before every statement."""
    statements: tuple[Field, ...]
    details: Details
    """The fields that are neither the head nor statements."""
    leaves: Mapping[str, bool]
    """Names of the fields that aren't objects, each with whether it is a choice."""
    parts: tuple[Field, ...]
    """The others."""


class DraftEntry:
    """An object of the draft with its layout.

    Attributes:
        path: What the paths of its values begin with: ``results[0].``; empty for the draft itself.
    """

    __slots__ = ("_texts", "layout", "path", "values")

    def __init__(self, path: str, layout: Layout, values: Mapping[str, Any]) -> None:
        self.path = path
        self.layout = layout
        self.values = values
        self._texts: dict[str, list[str]] = {}

    def texts(self, name: str) -> list[str]:
        """What a field holds that is no object: each on one line, made readable and safe to show.

        Made when it is first asked for: much of a draft isn't shown.
        """
        texts = self._texts.get(name)
        if texts is None:
            is_choice = self.layout.leaves.get(name)
            if type(value := self.values.get(name)) is str and is_choice is False:
                texts = [readable_line(value)]
            elif value is None or is_choice is None:
                texts = []
            else:
                held = [in_words(item, is_choice=is_choice) for _, item in self.items(name)]
                texts = [*map(readable_line, held)]
            self._texts[name] = texts
        return texts

    def texts_of(self, names: Iterable[str]) -> list[list[str]]:
        """The texts of each of some fields of which anything is reported."""
        read, known = self.values.get, self._texts.get
        return [known(name) or self.texts(name) for name in names if read(name) is not None]

    @property
    def sentences(self) -> tuple[int, ...]:
        """Numbers of the sentences that support it."""
        numbers = self.values.get(self.layout.sentences_key or "")
        if isinstance(numbers, list):
            return tuple(numbers)
        return () if numbers is None else (numbers,)

    def items(self, name: str) -> list[tuple[str, Any]]:
        """Path and value of what a field holds, nulls left out; a list gives an item each."""
        value = self.values.get(name)
        if value is None:
            return []
        path = self.path + name
        if isinstance(value, list):
            return [(f"{path}[{i}]", item) for i, item in enumerate(value) if item is not None]
        return [(path, value)]

    def filled(self, field: Field) -> list[DraftEntry]:
        """The entries of a field that say something."""
        return [entry for entry in self.entries(field) if not entry.is_empty]

    def entries(self, field: Field, *, keeps_null: bool = False) -> list[DraftEntry]:
        """What a field holds, as entries; a leaf is an entry of that field alone."""
        part, value = field.part, self.values.get(field.name)
        if part is None:
            alone = _alone(field, self.layout.sentences_key)
            held = self.items(field.name)
            return [DraftEntry(self.path, alone, self.values)] if held else []
        if value is None:
            return []
        path = self.path + field.name
        if type(value) is list:
            return [
                DraftEntry(f"{path}[{at}].", part, one or {})
                for at, one in enumerate(value)
                if one is not None or keeps_null
            ]
        return [DraftEntry(f"{path}.", part, value)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing but sentence numbers is there."""
        read = self.values.get
        for name in self.layout.leaves:
            value = read(name)
            if value is not None and (type(value) is not list or self.items(name)):
                return False
        nested = (entry for field in self.layout.parts for entry in self.entries(field))
        return all(entry.is_empty for entry in nested)


def in_words(value: Any, *, is_choice: bool) -> str:
    """A leaf's value as text: ``model_size`` of a choice is "model size", True is "yes"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ") if is_choice else str(value)


@cache
def layout_of(schema: type[BaseModel]) -> Layout:
    """The layout of a schema, from its shape."""
    return _layout_of(shape_of(schema))


def _layout_of(node: Node) -> Layout:
    return _layout(tuple(map(_field, node.fields)), node.evidence)


def _field(node: Node) -> Field:
    held = node.held
    part = _layout_of(held) if held.kind is Kind.OBJECT else None
    answers = {str(choice).lower() for choice in held.choices}
    is_vague = held.kind in {Kind.PLAIN, Kind.OBJECT} or answers & {"yes", "no", "true", "false"}
    label = for_screen(node.name.replace("_", " "))
    is_list = node.kind is Kind.LIST and part is None
    needs_label = bool(is_vague or is_list)
    return Field(node.name, held.kind, label, part, needs_label, tuple(held.choices))


def _layout(fields: tuple[Field, ...], sentences_key: str | None) -> Layout:
    leading = (f for f in fields if f.kind in {_VERBATIM, _STATEMENT})
    first = next(leading, None)
    head = first if first and first.kind is _VERBATIM else None
    statements = tuple(f for f in fields if f.kind is _STATEMENT)
    details = [f for f in fields if f is not head and f not in statements]
    count = Counter(field.kind for field in details)
    named = ((f, f.label if count[f.kind] > 1 or f.needs_label else "") for f in details)
    leaves = {f.name: f.kind is _CHOICE for f in fields if f.part is None}
    parts = tuple(f for f in fields if f.part is not None)
    return Layout(fields, sentences_key, head, statements, tuple(named), leaves, parts)


@cache
def _alone(field: Field, sentences_key: str | None) -> Layout:
    """The layout of a leaf that is shown by itself: its column has its name already."""
    alone = _layout((field,), sentences_key)
    return replace(alone, details=tuple((one, "") for one, _ in alone.details))


def is_fact(layout: Layout) -> bool:
    """Whether an object is a measured value."""
    names = {field.name for field in layout.fields}
    return "value" in names and not names.isdisjoint(MEASURED)


# The columns of a table


class Selector(NamedTuple):
    """What rows hold under a name."""

    name: str
    title: str
    """As the head of a column."""
    about: Callable[[Row], list[str]] | None = None
    """How a document or its outcome tells it; None for a field of the schema."""
    field: Field | None = None
    """Of the schema, at the top."""
    inner: str | None = None
    """The field of its entries, None for all of them."""
    layout: Layout | None = None
    """Of the schema."""

    @property
    def options(self) -> list[str]:
        """All that can stand under the name, where that is a choice."""
        inside = self.field.part.fields if self.field and self.field.part else ()
        held = next((one for one in inside if one.name == self.inner), self.field)
        return [in_words(one, is_choice=True).lower() for one in held.choices] if held else []

    def entries(self, row: Row) -> list[list[str]]:
        """The texts under the name, those of each entry of a list apart."""
        if self.about is not None:
            shown = map(readable_line, self.about(row))
            return [[text for text in shown if text]]
        return [self._texts(entry) for entry in self._held(row)]

    def _held(self, row: Row) -> Iterator[DraftEntry]:
        if isinstance(row[1], Record) and self.field is not None and self.layout is not None:
            yield from DraftEntry("", self.layout, row[1].draft).entries(self.field)

    def _texts(self, entry: DraftEntry) -> list[str]:
        if self.inner is not None and self.inner == entry.layout.sentences_key:
            return [*map(str, entry.sentences)]
        held = [entry.texts(name) for name in entry.layout.leaves if self.inner in (None, name)]
        for field in entry.layout.fields:
            if field.part is not None and self.inner in (None, field.name):
                held += [e.texts(name) for e in entry.entries(field) for name in e.layout.leaves]
        return [text for texts in held for text in texts]

    def heads(self, row: Row) -> list[str]:
        """What entries are called: of each the first value, else statement; else all texts.

        What no cell has, since the record is unsure of it, heads no row.
        """
        if self.field is None or self.field.part is None:
            return self.values(row)
        found: list[str] = []
        left_out = row[1].unsure_entries[0] if isinstance(row[1], Record) else ()
        for entry in (one for one in self._held(row) if one.path not in left_out):
            if self.inner is not None:
                found += self._texts(entry)
                continue
            stated = {one.name for one in entry.layout.statements}
            names = [name for name, is_choice in entry.layout.leaves.items() if not is_choice]
            names.sort(key=stated.__contains__)
            found += next((texts for name in names if (texts := entry.texts(name))), [])
        return found

    def values(self, row: Row) -> list[str]:
        """All texts under the name."""
        return [text for entry in self.entries(row) for text in entry]


class Column(NamedTuple):
    """A field, with those that stand in its cells under their own names; or a part of one."""

    field: Field | None
    beside: tuple[Field, ...] = ()
    chosen: Selector | None = None
    """One of its inner fields, or what a document says of itself."""
    entries: Callable[[Row], Cell] | None = None
    """Its cell, where that has entries of a field as data rather than as words."""
    head: str = ""
    tells_doubts: bool = False

    @property
    def title(self) -> str:
        """Its name as a heading: "Data, compute"."""
        if self.head:
            return self.head
        if self.chosen is not None or self.field is None:
            return self.chosen.title if self.chosen else ""
        return ", ".join([self.field.title, *(one.label for one in self.beside)])


class Columns(NamedTuple):
    """The columns of a table, and the fields that have none since they hold nearly nothing."""

    shown: list[Column]
    left_out: list[Field]

    def note(self, records: int, reported: Sequence[int]) -> str:
        """The line below the table; ``reported`` counts the records that fill each left out."""
        told = ", ".join(
            f"{field.title} ({count:,})"
            for field, count in zip(self.left_out, reported, strict=True)
        )
        return f"Reported by nearly none of {counted(records, 'record')}, so not shown: {told}."


def all_columns(layout: Layout, *, brief: bool = False) -> Columns:
    """A column for each field; brief, neither one of resources, nor one of a statement alone."""
    fields = [one for one in layout.fields if not brief or _is_chief(one)]
    return Columns([Column(one) for one in fields or layout.fields], [])


def page_columns(
    columns: Columns, layout: Layout, lines: Iterable[bytes], known: int | None = None
) -> Columns:
    """The columns of a page, by what the lines of the records hold.

    With few records, all of them. Where it is ``known`` how many lines there are, only as many are
    read as it takes to tell.
    """
    fields = [column.field for column in columns.shown if column.field is not None]
    filled, records = _filled(fields, layout, lines, known)
    if records < _FEWEST:
        return columns
    shown: list[Column] = []
    left_out: list[Field] = []
    for field, count in zip(fields, filled, strict=True):
        if count <= records * _NEARLY_NONE:
            left_out.append(field)
        elif shown and count <= records * _FEW:
            last = shown[-1]
            shown[-1] = last._replace(beside=(*last.beside, field))
        else:
            shown.append(Column(field))
    return Columns(shown, left_out) if shown else columns


def _filled(
    fields: Sequence[Field], layout: Layout, lines: Iterable[bytes], known: int | None
) -> tuple[list[int], int]:
    """How many records report each field, and how many there are, without parsing them.

    Of as many as are ``known``, more than a few aren't counted further. A line that something else
    has written may be taken for one that reports a field.
    """
    twice = set(_names_below(layout))
    keys = [b"" if one.name in twice else f'"{one.name}":'.encode() for one in fields]
    enough = sys.maxsize if known is None else known * _FEW
    counts, records = [0] * len(fields), 0
    left = list(enumerate(keys))
    for records, line in enumerate(lines, 1):
        start = max(line.rfind(_DRAFT), 0)
        for at, key in left:
            place = line.find(key, start) if key else -1
            if place < 0 or not _EMPTY.match(line, place + len(key)):
                counts[at] += 1
        if not records % _BLOCK:
            left = [one for one in left if counts[one[0]] <= enough]
            if not left:
                break
    return counts, records if known is None else known


def _names_below(layout: Layout) -> Iterable[str]:
    for field in layout.fields:
        if field.part is not None:
            yield from (one.name for one in field.part.fields)
            yield from _names_below(field.part)


def _is_chief(field: Field) -> bool:
    """Whether a field names things, or has what was measured."""
    part = field.part
    return part is None or is_fact(part) or bool(part.head and part.head.name == "name")
