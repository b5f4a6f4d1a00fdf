"""One record as phrases and facts, each in as few words as tell it from the next.

What an entry is goes by the names of fields that schemas share: what has a ``value`` and a
``metric`` or ``outcome`` is a fact; what is named and of a kind is grouped by that; the rest is
written as its schema has it. No fact is cut: it is shown whole, or left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from summarise.models import Document, Doubt, DoubtKind, Record
from summarise.render.cells import (
    BLANK,
    CLOSE,
    COLON,
    COMMA,
    OPEN,
    PLAIN,
    SEMICOLON,
    STRONG,
    Clipping,
    RecordCells,
)
from summarise.render.format import Cell, Line, Mark, Strength, Stretch, text_of
from summarise.render.layout import DraftEntry, Field, Layout
from summarise.render.plans import DATASET, LAST, ON, FactPlan, plan_of, rank_of
from summarise.render.wording import leans, points, trend_of
from summarise.schema import MEASURED

_TELLING = (*MEASURED, "group", "comparator", DATASET)
_UNTOLD = frozenset(("unspecified", "other"))
"""Kinds that tell nothing."""
_FIGURE = "value"
"""What opens with it is a figure, whose unit tells of which kind it is."""
_CHANGE = "change"
_METRIC = "metric"
_Entries = Sequence[DraftEntry]

# "no increase 72%" is a share of those without.
_NONE = re.compile(r"(?:no|without|lack of|absence of)\b", re.IGNORECASE)
_DELTA = Stretch(Mark.CHANGE.sign, mark=Mark.CHANGE)
_ARROWS = {1: Stretch("↑", mark=Mark.CHANGE), -1: Stretch("↓", mark=Mark.CHANGE)}


class FactCells(RecordCells):
    """Makes the cells of one record, of facts."""

    def __init__(
        self,
        record: Record,
        layout: Layout,
        limits: Clipping,
        marks: set[Mark],
        document: Document | None = None,
        title: str = "",
    ) -> None:
        self._leads: dict[str, tuple[str, Line]] = {}
        self._unsure, self._untied = record.unsure_entries
        super().__init__(record, layout, limits, marks, document, title)

    def _doubt(self, doubts: Sequence[Doubt]) -> None:
        self._doubtful = {one.path for one in doubts if one.kind is DoubtKind.UNSURE}
        if self._doubtful:
            doubts = [one for one in doubts if one.kind is not DoubtKind.UNSURE]
        super()._doubt(doubts)

    def _cell(self, column: Field) -> Cell:
        if self._draft.values.get(column.name) == []:
            return self._absent()
        if column.part is None or not ((plan := plan_of(column.part)).is_fact or plan.kind):
            if f"{column.name}." in self._unsure:
                return self._in_part(column)
            return super()._cell(column)
        entries = self._draft.filled(column)
        if not entries:
            return super()._cell(column)
        sure = [one for one in entries if one.path not in self._unsure] if self._unsure else entries
        if not sure:
            return self._unsure_words(entries)
        return self._facts(entries, sure) if plan.is_fact else self._groups(entries, sure, plan)

    def _left_out(self, count: int) -> Stretch:
        """How much is left out since it is in doubt."""
        self._marks.add(Mark.UNSURE)
        return Stretch(f"+{count} {Mark.UNSURE.sign}", Strength.NOTE, mark=Mark.UNSURE)

    def _unsure_words(self, entries: _Entries) -> Cell:
        """What stands in a cell of which all is in doubt: the first words that tell something.

        A count alone would send a reader to each of these records; words can be judged.
        """
        plan = plan_of(entries[0].layout)
        told = [self._bare(entry, plan) for entry in entries]
        line = next((one for one in told if not leans(text_of(one))), told[0])
        self._marks.add(Mark.UNSURE)
        label = Stretch(Mark.UNSURE.sign, Strength.NOTE, mark=Mark.UNSURE)
        line = [label, COLON, *line]
        if len(entries) > 1:
            line += (SEMICOLON, self._left_out(len(entries) - 1))
        return [line]

    def _bare(self, entry: DraftEntry, plan: FactPlan) -> Line:
        """The words of an entry alone: a statement without what its row makes of it, or a name."""
        if plan.kind:
            return self._named(entry, plan)
        _, line = self._sentence(entry) if plan.is_fact else self._lead(entry)
        return self._closed(entry, line or self._told(entry, (*MEASURED, _FIGURE)))

    def _in_part(self, column: Field) -> Cell:
        """An entry without those of its name and its statement that are in doubt."""
        (entry,) = self._draft.entries(column)
        hidden = [name for name in entry.values if f"{entry.path}{name}" in self._doubtful]
        sure = DraftEntry(entry.path, entry.layout, {**entry.values, **dict.fromkeys(hidden)})
        said, lead = self._lead(sure)
        shown = self._entry(sure, lead, said) if lead else []
        head = entry.layout.head
        if shown and self._limits.names_alone and head and head.name not in hidden:
            return [shown]
        # A name that the statement has as well isn't left out.
        left_out = [name for name in hidden if str(entry.values[name]) not in said]
        if not (shown and left_out):
            return self._unsure_words([entry]) if left_out else [shown]
        if left_out == [part.name for part in entry.layout.statements]:
            words = {name: one if name in left_out else None for name, one in entry.values.items()}
            unsure = self._unsure_words([DraftEntry(entry.path, entry.layout, words)])
            return [[*shown, SEMICOLON, *chain.from_iterable(unsure)]]
        return [[*shown, SEMICOLON, self._left_out(len(left_out))]]

    def _facts(self, entries: _Entries, sure: _Entries) -> Cell:
        """Those with a value, in their order; what is said in words alone where there is none.

        A value whose measure isn't named is told by a sentence, so that it comes behind the others.
        """
        facts: list[DraftEntry] = []
        words: list[DraftEntry] = []
        for entry in sure if self._limits.statement is None else sorted(sure, key=self._rank):
            (words if entry.values.get(_FIGURE) is None else facts).append(entry)
        told = self._telling(facts)
        if words and facts and self._rank(facts[0]) > max(1, self._rank(words[0])):
            told = self._most_telling(words) or told
        shown = self._fitting(told, self._limits.facts) or self._most_telling(words)
        cell: Cell = []
        for measured, alike in self._by_measure(shown):
            line = self._alike(alike, measured)
            # What several values have in common is written once.
            if line not in cell:
                cell.append(line)
        if len(shown) < len(entries):
            if facts and not cell:
                return self._unsure_words(entries)
            if not cell:  # all words lean on other sentences: they are told as a part of theirs
                shown = words[:1]
                cell = [self._quoted(shown[0], self._lead(shown[0])[1])]
            if hidden := [one.path for one in entries if one not in shown]:
                cell[-1] = [*cell[-1], SEMICOLON, self._more(hidden, self._flagged)]
        return cell

    def _rank(self, entry: DraftEntry) -> int:
        """How late a result comes in a cell that doesn't show all; doubted ones are the last."""
        if entry.path in self._doubted:
            return LAST
        rank = rank_of(str(entry.values.get("claim") or ""), self._title)
        return max(rank, 1) if entry.values.get(_FIGURE) is not None else rank

    def _telling(self, facts: Sequence[DraftEntry]) -> Sequence[DraftEntry]:
        """The first, those whose measure is named, and those that a sentence tells by itself.

        Where the first is told in words, not what these say as well.
        """
        first = [one for one in facts[:1] if self._is_told(one)]
        is_brief = self._limits.names_alone
        measured = [one for one in first if self._leads_in_words(one) and not is_brief]
        said = self._sentence(measured[0])[0] if measured else ""
        leading = measured[0] if measured else None
        others: list[DraftEntry] = []
        for one in facts:
            is_first = one is leading
            if one.path not in self._untied and not is_first and one.texts(_FIGURE)[0] not in said:
                (measured if any(map(one.values.get, MEASURED)) else others).append(one)
        return [*measured, *filter(self._stands_alone, others)] or first

    def _leads_in_words(self, entry: DraftEntry) -> bool:
        """Whether the first of some facts is told by its sentence, before those with a measure."""
        if entry.path in self._untied:
            return True
        return not any(map(entry.values.get, MEASURED)) and self._stands_alone(entry)

    def _is_told(self, entry: DraftEntry) -> bool:
        """Whether its number is in the words by which it is told, where that is by words alone."""
        in_words = entry.path in self._untied
        return not in_words or entry.texts(_FIGURE)[0] in self._sentence(entry)[0]

    def _stands_alone(self, entry: DraftEntry) -> bool:
        """Whether its sentence says something by itself."""
        said, _ = self._leads[entry.path] = self._lead(entry)
        return not (leans(said) or points(said))

    def _by_measure(self, entries: Sequence[DraftEntry]) -> list[tuple[Line, list[DraftEntry]]]:
        """What was measured, with those in a row whose value is of it.

        Nothing, with each by itself, where that isn't named or doesn't tell it from another.
        """
        if len(entries) == 1:
            (entry,) = entries
            return [(self._measured(entry), [entry])]
        # What tells of which value a fact is.
        bearings = [entry.texts_of(_TELLING) for entry in entries]
        found: list[tuple[Line, list[DraftEntry]]] = []
        for at, entry in enumerate(entries):
            is_apart = bearings.count(bearings[at]) < 2 or not self._lead(entry)[1]
            measured = self._measured(entry) if is_apart else []
            if measured and found and found[-1][0] == measured:
                found[-1][1].append(entry)
            else:
                found.append((measured, [entry]))
        return found

    def _measured(self, entry: DraftEntry) -> Line:
        """What the value of an entry measures, nothing where that is in doubt."""
        is_tied = entry.values.get("value") and entry.path not in self._untied
        return self._told(entry, MEASURED) if is_tied else []

    def _fitting(self, entries: Sequence[DraftEntry], most: int | None) -> Sequence[DraftEntry]:
        """The first ones, as many as a cell has room for."""
        room = self._limits.room
        if room is None or len(entries) < 2:
            return entries[:most]
        plan = plan_of(entries[0].layout)
        before: list[list[str]] = []
        for at, entry in enumerate(entries[:most]):
            measured = entry.texts_of(plan.measures) if plan.measures else []
            told = entry.texts_of(plan.sized if measured else (*plan.sized, *plan.statements))
            if measured != before:
                told += measured  # one measure is named once
            room -= sum(map(len, chain.from_iterable(told)))
            before = measured
            if room < 0 and at:
                return entries[:at]
        return entries[:most]

    def _most_telling(self, words: Sequence[DraftEntry]) -> Sequence[DraftEntry]:
        """The first in words that stands by itself and about fits, else the shortest that does."""
        limit = self._limits.statement
        if limit is None:
            return words
        most = limit if self._limits.names_alone else limit + limit // 8
        pointing: list[DraftEntry] = []
        longer: list[DraftEntry] = []
        for entry in words:
            said, _ = self._leads[entry.path] = self._lead(entry)
            # What leans on another sentence tells a reader of the row nothing.
            if leans(said):
                continue
            # What compares may take more room.
            if len(said) > most + (0 if self._rank(entry) else limit // 2):
                longer.append(entry)
            elif points(said):
                pointing.append(entry)
            else:
                return [entry]
        if pointing or self._limits.names_alone or not longer:
            return pointing[:1]
        return [min(longer, key=lambda entry: len(self._leads[entry.path][0]))]

    def _alike(self, entries: Sequence[DraftEntry], measured: Line) -> Line:
        """Facts of one measure on a line, which names it once; with its data, where they share it.

        ``metric value (vs. baseline, comparator) on dataset [group; uncertainty]``.
        In words where what was measured isn't given.
        """
        if not measured:
            return self._closed(entries[0], self._in_words(entries[0]))
        place: Line = []
        if len(entries) > 1 and all(one.texts(DATASET) for one in entries):
            place, *others = [self._values(one, DATASET) for one in entries]
            place = place if others.count(place) == len(others) else []
        line = [*measured, ON, *place, COLON] if place else [*measured, BLANK]
        for at, entry in enumerate(entries):
            if at:
                line.append(SEMICOLON)
            line += self.value_line(entry, is_placed=not place)
        return line

    def value_line(self, entry: DraftEntry, *, is_placed: bool = False) -> Line:
        """A value with what it is compared with, where it holds, whose and how sure it is.

        And with its signs.
        """
        value = self._values(entry, "value", STRONG)
        line = [*self._change(entry), *value, *self._around(entry, is_placed=is_placed)]
        line = self._closed(entry, line)
        is_marked = entry.path not in self._untied or entry.path in self._doubted
        return line if is_marked else [*line, BLANK, self._marked_doubt()]

    def is_left_out(self, entry: DraftEntry) -> bool:
        """Whether no table shows it, since many like it are wrong."""
        return entry.path in self._unsure

    def is_uncertain(self, entry: DraftEntry) -> bool:
        """Whether something in it is doubted, or stands nowhere."""
        return any(entry.path in one for one in (self._doubted, self._flagged, self._untied))

    def _in_words(self, entry: DraftEntry) -> Line:
        """A fact by its statement; what this says isn't repeated."""
        said, line = self._sentence(entry)
        is_untied = entry.path in self._untied
        if line and (is_untied or len(entry.texts_of(entry.layout.leaves)) == 1):
            return line
        line = line or self._told(entry, MEASURED)
        if news := self._told(entry, ("value",), said, STRONG):
            line = [*line, COLON, *self._change(entry), *news] if line else news
        return [*line, *self._around(entry, said)]

    def _sentence(self, entry: DraftEntry) -> tuple[str, Line]:
        """The statement of a fact: the whole, where that holds the number and its beginning not."""
        said, line = self._leads.get(entry.path) or self._lead(entry)
        value, names = " ".join(entry.texts(_FIGURE)), plan_of(entry.layout).statements
        whole = " ".join([text for held in entry.texts_of(names) for text in held])
        if value in whole and value not in said and len(whole) <= self._longest:
            return whole, [Stretch(whole)]
        return said, line

    def _around(self, entry: DraftEntry, said: str = "", *, is_placed: bool = True) -> Line:
        """What stands behind a value, without what was said already; or without where it holds."""
        line: Line = []
        for opening, names, stop, closing in plan_of(entry.layout).around:
            if not is_placed and names == (DATASET,):
                continue
            if told := self._told(entry, names, said, stop=stop):
                line += (*opening, *told, *closing)
        return line

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
        read = entry.values.get
        for name in names:
            if read(name) is not None and (values := self._values(entry, name, strength, said)):
                line = [*line, stop, *values] if line else values
        return line

    def _change(self, entry: DraftEntry) -> Line:
        if entry.values.get("kind") != _CHANGE or _NONE.match(str(entry.values.get(_METRIC))):
            return []
        self._marks.add(Mark.CHANGE)
        told = (str(entry.values.get(name) or "") for name in ("claim", _METRIC, _FIGURE))
        return [_DELTA, *([_ARROWS[way]] if (way := trend_of(*told)) else ()), BLANK]

    def _groups(self, entries: _Entries, sure: _Entries, plan: FactPlan) -> Cell:
        """A line for each kind, in the order in which they come; one line of figures."""
        head = entries[0].layout.head
        is_plain = self._limits.names_alone or (head is not None and head.name == _FIGURE)
        groups: dict[str, Line] = {}
        shown = self._fitting(sure, self._limits.entries)
        for entry in shown:
            told = "" if is_plain else str(entry.values.get(plan.kind or "") or "")
            told = "" if told in _UNTOLD else told.replace("_", " ")
            if line := groups.get(told):
                line.append(SEMICOLON)
            else:
                line = groups[told] = [Stretch(told, Strength.NOTE), COLON] if told else []
            line += self._named(entry, plan)
        cell = list(groups.values())
        if len(shown) < len(entries):
            hidden = [one.path for one in entries if one not in shown]
            cell[-1] = [*cell[-1], SEMICOLON, self._more(hidden, self._flagged)]
        return cell

    def _named(self, entry: DraftEntry, plan: FactPlan) -> Line:
        head = entry.layout.head
        lead = self._values(entry, head.name) if head else []
        if plan.details and (entry.layout.parts or entry.texts_of(plan.tells)):
            heads = entry.texts(head.name) if head else []
            # The blank behind the last one is where a size without a letter is found: no news.
            said = "".join([f"{self._clipped(one)} " for one in heads])
            if told := self._details(entry, said, plan.details):
                lead = [*lead, OPEN, *told, CLOSE]
        return self._closed(entry, lead)
