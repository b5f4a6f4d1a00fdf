"""One record as phrases and facts, each in as few words as tell it from the next.

What an entry is goes by the names of fields that schemas share: what has a ``value`` and a
``metric`` or ``outcome`` is a fact; what is named and of a kind is grouped by that; the rest is
written as its schema has it. No fact is cut: it is shown whole, or left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from summarise.render.cells import DraftEntry, Field, Layout, RecordCells, texts_of
from summarise.render.format import Cell, Line, Mark, Strength, Stretch
from summarise.schema import Kind

_MEASURED = ("metric", "outcome")
_PLACED = frozenset((*_MEASURED, "value", "kind", "baseline", "comparator", "dataset"))
_ASIDE = ("group", "uncertainty")
_TELLING = frozenset((*_MEASURED, "group", "comparator", "dataset"))
_UNTOLD = frozenset(("unspecified", "other"))
"""Kinds that tell nothing."""
_CHANGE = "change"

_BLANK, _COMMA, _SEMICOLON, _COLON, _OPEN, _CLOSE, _VERSUS, _ON = (
    Stretch(stop, Strength.STOP) for stop in (" ", ", ", "; ", ": ", " (", ")", " (vs. ", " on ")
)
# A bracket could open a link, so it is text.
_WITHIN, _WITHOUT = Stretch("["), Stretch("]")
_DELTA = Stretch(Mark.CHANGE.sign, mark=Mark.CHANGE)


def is_fact(layout: Layout) -> bool:
    """Whether an object is a measured value."""
    names = {field.name for field in layout.fields}
    return "value" in names and not names.isdisjoint(_MEASURED)


class FactCells(RecordCells):
    """Makes the cells of one record, of facts."""

    def cell(self, column: Field) -> Cell:
        """The cell of one top-level field."""
        entries = [entry for entry in self._draft.entries(column) if not entry.is_empty]
        if not entries:
            return super().cell(column)
        layout = entries[0].layout
        if is_fact(layout):
            return self._facts(entries)
        if (kind := _kind_of(layout)) is not None:
            return self._groups(entries, kind)
        return super().cell(column)

    def _facts(self, entries: Sequence[DraftEntry]) -> Cell:
        """Those with a value, in their order; what is said in words alone where there is none."""
        facts: list[DraftEntry] = []
        words: list[DraftEntry] = []
        for entry in entries:
            (words if entry.values.get("value") is None else facts).append(entry)
        shown = facts[: self._limits.facts] or words[: self._limits.words]
        cell: Cell = []
        alike = Counter(map(_bearing, shown))
        for entry in shown:
            is_apart = alike[_bearing(entry)] < 2 or not self._lead(entry)[1]
            # What several values have in common is written once.
            if (line := self._closed(entry, self._fact(entry, is_apart=is_apart))) not in cell:
                cell.append(line)
        if hidden := [*facts, *words][len(shown) :]:
            cell.append([self._more(hidden, self._flagged)])
        return cell

    def _lead(self, entry: DraftEntry) -> tuple[str, Line]:
        """The head and the statements; a head that the statement opens with is there once."""
        said, line = super()._lead(entry)
        if len(line) == 3:  # name, colon, statement
            name, _, (statement, *_) = line
            rest = statement.removeprefix(name.text)
            if rest != statement and not rest[:1].isalnum():
                return said, [name, Stretch(rest)]
        return said, line

    def _fact(self, entry: DraftEntry, *, is_apart: bool) -> Line:
        """``metric value (vs. baseline, comparator) on dataset [group; uncertainty]``.

        In words where there is no metric or no value, or where these don't tell it from another;
        then what they say already isn't repeated.
        """
        measured = self._told(entry, _MEASURED)
        value = self._told(entry, ["value"], strength=Strength.STRONG)
        said = ""
        if measured and value and is_apart:
            line = [*measured, _BLANK, *self._change(entry), *value]
        else:
            said, line = self._lead(entry)
            line = line or measured
            if news := self._told(entry, ["value"], said, Strength.STRONG):
                line = [*line, _COLON, *self._change(entry), *news] if line else news
        if against := self._told(entry, ["baseline", "comparator"], said):
            line = [*line, _VERSUS, *against, _CLOSE]
        if where := self._told(entry, ["dataset"], said):
            line = [*line, _ON, *where]
        others = [
            field.name
            for field, _ in entry.layout.details
            if field.name not in _PLACED and field.name not in _ASIDE
        ]
        if aside := self._told(entry, [*_ASIDE, *others], said, stop=_SEMICOLON):
            line = [*line, _BLANK, _WITHIN, *aside, _WITHOUT]
        return line

    def _told(
        self,
        entry: DraftEntry,
        names: Sequence[str],
        said: str = "",
        strength: Strength = Strength.PLAIN,
        stop: Stretch = _COMMA,
    ) -> Line:
        """What some fields hold, one behind the other, without what was said already."""
        line: Line = []
        fields = {field.name: field for field in entry.layout.fields}
        for field in map(fields.get, names):
            if field is None:
                continue
            items = [one for one in texts_of(entry, field) if self._is_news(one, said)]
            if items:
                line = [*line, *([stop] if line else []), *self._values(items, strength)]
        return line

    def _change(self, entry: DraftEntry) -> Line:
        if entry.values.get("kind") != _CHANGE:
            return []
        self._marks.add(Mark.CHANGE)
        return [_DELTA, _BLANK]

    def _groups(self, entries: Sequence[DraftEntry], kind: Field) -> Cell:
        """A line for each kind, in the order in which they come."""
        groups: dict[str, list[DraftEntry]] = {}
        shown = entries[: self._limits.entries]
        for entry in shown:
            told = next((text for _, text in texts_of(entry, kind)), "")
            groups.setdefault("" if told in _UNTOLD else told, []).append(entry)
        cell = [self._group(told, group, kind) for told, group in groups.items()]
        if hidden := entries[len(shown) :]:
            cell.append([self._more(hidden, self._flagged)])
        return cell

    def _group(self, told: str, entries: Sequence[DraftEntry], kind: Field) -> Line:
        line: Line = [Stretch(told, Strength.NOTE), _COLON] if told else []
        for at, entry in enumerate(entries):
            said, lead = self._lead(entry)
            details = self._details(entry, said, without=kind)
            shown = [*lead, _OPEN, *details, _CLOSE] if details else lead
            line = [*line, *([_SEMICOLON] if at else []), *self._closed(entry, shown)]
        return line


def _bearing(entry: DraftEntry) -> tuple[str, ...]:
    """What tells of which value a fact is."""
    fields = [f for f in entry.layout.fields if f.name in _TELLING]
    return tuple(text for field in fields for _, text in texts_of(entry, field))


def _kind_of(layout: Layout) -> Field | None:
    """The choice that what has a name is grouped by."""
    choices = [field for field, _ in layout.details if field.kind is Kind.CHOICE]
    return choices[0] if layout.head and not layout.statements and len(choices) == 1 else None
