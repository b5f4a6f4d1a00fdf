"""One record as phrases and facts, each in as few words as tell it from the next.

What an entry is goes by the names of fields that schemas share: what has a ``value`` and a
``metric`` or ``outcome`` is a fact; what is named and of a kind is grouped by that; the rest is
written as its schema has it. No fact is cut: it is shown whole, or left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from summarise.render.cells import (
    BLANK,
    CLOSE,
    COLON,
    COMMA,
    OPEN,
    PLAIN,
    SEMICOLON,
    STRONG,
    RecordCells,
)
from summarise.render.format import Cell, Line, Mark, Strength, Stretch
from summarise.render.layout import MEASURED, DraftEntry, Field, Layout, is_fact
from summarise.schema import Kind

_AGAINST = ("baseline", "comparator")
_PLACED = frozenset((*MEASURED, *_AGAINST, "value", "kind", "dataset"))
_ASIDE = ("group", "uncertainty")
_TELLING = (*MEASURED, "group", "comparator", "dataset")
_UNTOLD = frozenset(("unspecified", "other"))
"""Kinds that tell nothing."""
_FIGURE = "value"
"""What opens with it is a figure, whose unit tells of which kind it is."""
_CHANGE = "change"
_UNSAID = frozenset((*MEASURED, "claim", "kind", "role"))

_VERSUS, _ON = (Stretch(stop, Strength.STOP) for stop in (" (vs. ", " on "))
# A bracket could open a link, so it is text.
_WITHIN, _WITHOUT = Stretch("["), Stretch("]")
_DELTA = Stretch(Mark.CHANGE.sign, mark=Mark.CHANGE)


class _Plan(NamedTuple):
    """How entries of a layout are written."""

    is_fact: bool
    kind: Field | None
    """The choice that they are grouped by."""
    aside: tuple[str, ...]
    """Fields of a fact that stand in brackets behind it."""


@cache
def _plan_of(layout: Layout) -> _Plan:
    choices = [field for field, _ in layout.details if field.kind is Kind.CHOICE]
    is_named = layout.head is not None and not layout.statements
    kind = choices[0] if is_named and len(choices) == 1 else None
    names = [field.name for field, _ in layout.details]
    others = [name for name in names if name not in _PLACED and name not in _ASIDE]
    return _Plan(is_fact(layout), kind, (*_ASIDE, *others))


class FactCells(RecordCells):
    """Makes the cells of one record, of facts."""

    def cell(self, column: Field) -> Cell:
        """The cell of one top-level field."""
        if column.part is None or not (plan := _plan_of(column.part)).is_fact | bool(plan.kind):
            return super().cell(column)
        entries = [entry for entry in self._draft.entries(column) if not entry.is_empty]
        if not entries:
            return super().cell(column)
        return self._facts(entries) if plan.is_fact else self._groups(entries, plan.kind)

    def _facts(self, entries: Sequence[DraftEntry]) -> Cell:
        """Those with a value, in their order; what is said in words alone where there is none.

        A value whose measure isn't named is told by a sentence, so that it comes behind the others.
        """
        facts = [entry for entry in entries if entry.values.get("value") is not None]
        words = [entry for entry in entries if entry.values.get("value") is None]
        facts.sort(key=lambda entry: not any(map(entry.values.get, MEASURED)))
        shown = self._fitting(facts, self._limits.facts) or self._most_telling(words)
        cell: Cell = []
        bearings = [_bearing(entry) for entry in shown]
        alike = Counter(bearings) if len(shown) > 1 else {}
        apart = [
            alike.get(one, 1) < 2 or not self._lead(e)[1]
            for e, one in zip(shown, bearings, strict=True)
        ]
        measured = [
            self._told(entry, MEASURED) if is_apart and entry.values.get("value") else []
            for entry, is_apart in zip(shown, apart, strict=True)
        ]
        for _, same in groupby(range(len(shown)), lambda at: measured[at] or at):
            numbers = list(same)
            lines = self._alike([shown[at] for at in numbers], measured[numbers[0]])
            # What several values have in common is written once.
            cell += [line for line in lines if line not in cell]
        if hidden := [one.path for one in entries if one not in shown]:
            more = self._more(hidden, self._flagged)
            cell[-1:] = [[*cell[-1], SEMICOLON, more]] if cell else [[more]]
        return cell

    def _fitting(self, entries: Sequence[DraftEntry], most: int | None) -> Sequence[DraftEntry]:
        """The first ones, as many as a cell has room for."""
        room = self._limits.room
        if room is None:
            return entries[:most]
        measured: object = None
        for at, entry in enumerate(entries[:most]):
            texts = entry.texts
            # One measure is named once.
            names = [texts.get(name) for name in MEASURED]
            told = [items for name, items in texts.items() if name not in _UNSAID]
            if any(names) and names != measured:
                told += [items for items in names if items]
            elif not any(names):
                told += [texts.get(one.name, []) for one in entry.layout.statements]
            measured = names
            room -= sum(len(text) for items in told for _, text in items)
            if room < 0 and at:
                return entries[:at]
        return entries[:most]

    def _most_telling(self, words: Sequence[DraftEntry]) -> Sequence[DraftEntry]:
        """The first in words that fits, else the shortest."""
        limit = self._limits.statement
        if limit is None:
            return words
        lengths = [len(self._lead(entry)[0]) for entry in words]
        if best := [entry for entry, n in zip(words, lengths, strict=True) if n <= limit]:
            return best[:1]
        return [] if self._limits.names_alone else [words[lengths.index(min(lengths))]]

    def _alike(self, entries: Sequence[DraftEntry], measured: Line) -> list[Line]:
        """Facts of one measure on a line, which names it once; with its data, where they share it.

        ``metric value (vs. baseline, comparator) on dataset [group; uncertainty]``.
        In words where there is no metric or no value, or where these don't tell it from another.
        """
        if not measured:
            return [self._closed(entry, self._in_words(entry)) for entry in entries]
        places = [self._told(entry, ("dataset",)) for entry in entries]
        is_shared = len(entries) > 1 and bool(places[0]) and places.count(places[0]) == len(places)
        line = [*measured, _ON, *places[0], COLON] if is_shared else [*measured, BLANK]
        for at, (entry, place) in enumerate(zip(entries, places, strict=True)):
            value = self._told(entry, ("value",), strength=STRONG)
            fact = [*self._change(entry), *value, *self._against(entry, "")]
            if place and not is_shared:
                fact += [_ON, *place]
            fact += self._aside(entry, "")
            line = [*line, *([SEMICOLON] if at else []), *self._closed(entry, fact)]
        return [line]

    def value_line(self, entry: DraftEntry) -> Line:
        """A value with what it is compared with, whose it is and how sure, and with its signs."""
        value = self._told(entry, ("value",), strength=STRONG)
        fact = [*self._change(entry), *value, *self._against(entry, ""), *self._aside(entry, "")]
        return self._closed(entry, fact)

    def is_uncertain(self, entry: DraftEntry) -> bool:
        """Whether something in it is doubted, or stands nowhere."""
        return entry.path in self._doubted or entry.path in self._flagged

    def _in_words(self, entry: DraftEntry) -> Line:
        """A fact by its statement; what this says already isn't repeated."""
        said, line = self._lead(entry)
        line = line or self._told(entry, MEASURED)
        if news := self._told(entry, ("value",), said, STRONG):
            line = [*line, COLON, *self._change(entry), *news] if line else news
        line = [*line, *self._against(entry, said)]
        if where := self._told(entry, ("dataset",), said):
            line = [*line, _ON, *where]
        return [*line, *self._aside(entry, said)]

    def _lead(self, entry: DraftEntry) -> tuple[str, Line]:
        """The head and the statements; a head that the statement opens with is there once."""
        said, line = super()._lead(entry)
        if len(line) == 3:  # name, colon, statement
            name, _, (statement, *_) = line
            if self._limits.names_alone and name.text.casefold() != self._title:
                return name.text, [name]
            rest = statement.removeprefix(name.text)
            if rest != statement and not rest[:1].isalnum():
                return said, [name, Stretch(rest)]
        return said, line

    def _against(self, entry: DraftEntry, said: str) -> Line:
        against = self._told(entry, _AGAINST, said)
        return [_VERSUS, *against, CLOSE] if against else against

    def _aside(self, entry: DraftEntry, said: str) -> Line:
        aside = self._told(entry, _plan_of(entry.layout).aside, said, stop=SEMICOLON)
        return [BLANK, _WITHIN, *aside, _WITHOUT] if aside else aside

    def _told(
        self,
        entry: DraftEntry,
        names: Sequence[str],
        said: str = "",
        strength: Strength = PLAIN,
        stop: Stretch = COMMA,
    ) -> Line:
        """What some fields hold, one behind the other, without what was said already."""
        line: Line = []
        texts = entry.texts
        for name in names:
            items = texts.get(name)
            if items and said:
                items = [one for one in items if self._is_news(one, said)]
            if items:
                values = self._values(items, strength)
                line = [*line, stop, *values] if line else values
        return line

    def _change(self, entry: DraftEntry) -> Line:
        if entry.values.get("kind") != _CHANGE:
            return []
        self._marks.add(Mark.CHANGE)
        return [_DELTA, BLANK]

    def _groups(self, entries: Sequence[DraftEntry], kind: Field | None) -> Cell:
        """A line for each kind, in the order in which they come; one line of figures."""
        head = entries[0].layout.head
        is_plain = self._limits.names_alone or (head is not None and head.name == _FIGURE)
        groups: dict[str, list[DraftEntry]] = {}
        shown = self._fitting(entries, self._limits.entries)
        for entry in shown:
            told = "" if is_plain or kind is None else str(entry.values.get(kind.name) or "")
            groups.setdefault("" if told in _UNTOLD else told, []).append(entry)
        cell = [self._group(told.replace("_", " "), group, kind) for told, group in groups.items()]
        if hidden := entries[len(shown) :]:
            more = self._more([one.path for one in hidden], self._flagged)
            cell[-1] = [*cell[-1], SEMICOLON, more]
        return cell

    def _group(self, told: str, entries: Sequence[DraftEntry], kind: Field | None) -> Line:
        line: Line = [Stretch(told, Strength.NOTE), COLON] if told else []
        for at, entry in enumerate(entries):
            said, lead = self._lead(entry)
            details = self._details(entry, said, without=kind)
            shown = [*lead, OPEN, *details, CLOSE] if details else lead
            line = [*line, *([SEMICOLON] if at else []), *self._closed(entry, shown)]
        return line


def _bearing(entry: DraftEntry) -> tuple[str, ...]:
    """What tells of which value a fact is."""
    texts = entry.texts
    return tuple(text for name in _TELLING for _, text in texts.get(name, ()))
