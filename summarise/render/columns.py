"""Which fields make columns: on a page, one that few abstracts report takes none of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from summarise.characters import counted
from summarise.render.facts import is_fact
from summarise.render.layout import Field, Layout

_FEWEST = 10
"""Records of a table in which a column may say little; with fewer, one paper is much."""
_NEARLY_NONE = 0.1
"""Share of the records, up to which a field is named below the table."""
_FEW = 0.4
"""Share of the records, up to which a field stands in the cells of the one before it."""
# How pydantic writes a field of which nothing is reported, its sentence numbers apart.
_EMPTY = rb'"%s":(?:null|\[\]|\{(?:"[^"\\]*":(?:null|\[[\d,]*\]),?)+\})'
# The last of what stands before the draft.
_DRAFT = b'"created":'


class Column(NamedTuple):
    """A field, with those that stand in its cells under their own names."""

    field: Field
    beside: tuple[Field, ...] = ()

    @property
    def title(self) -> str:
        """As a heading: "Data, compute"."""
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


def page_columns(columns: Columns, layout: Layout, lines: Iterable[bytes]) -> Columns:
    """The columns of a page, by what the lines of the records hold.

    With few records, all of them.
    """
    fields = [column.field for column in columns.shown]
    filled, records = _filled(fields, layout, lines)
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
    fields: Sequence[Field], layout: Layout, lines: Iterable[bytes]
) -> tuple[list[int], int]:
    """How many records report each field, and how many there are, without parsing them.

    A line that something else has written may be taken for one that reports it.
    """
    twice = set(_names_below(layout))
    empty = [
        None if one.name in twice else re.compile(_EMPTY % re.escape(one.name).encode())
        for one in fields
    ]
    counts, records = [0] * len(fields), 0
    for line in lines:
        records += 1
        start = max(line.rfind(_DRAFT), 0)
        for at, pattern in enumerate(empty):
            counts[at] += pattern is None or pattern.search(line, start) is None
    return counts, records


def _names_below(layout: Layout) -> Iterable[str]:
    for field in layout.fields:
        if field.part is not None:
            yield from (one.name for one in field.part.fields)
            yield from _names_below(field.part)


def _is_chief(field: Field) -> bool:
    """Whether a field names things, or has what was measured."""
    part = field.part
    return part is None or is_fact(part) or bool(part.head and part.head.name == "name")
