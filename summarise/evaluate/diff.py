"""Two runs side by side: the papers of both, and what their tables say of each differently.

Which papers are the same, ``store.paired`` says.

Cells are compared as ``--style full`` shows them: every entry, its sentences, its signs.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel

from summarise.characters import clip, counted, for_screen, noun_of
from summarise.evaluate.differences import contrasted
from summarise.models import Record, Row
from summarise.render import (
    Cell,
    Contrast,
    Line,
    Mark,
    PaperPair,
    RowCounts,
    RowView,
    Strength,
    Stretch,
    Style,
    TableView,
    table_view,
    text_of,
)
from summarise.store import Run, paired

_TITLE_SHOWN = 80
_STOP = re.compile(r"\.(?=(?: \[[\d, ]+\])?\Z)")
# What is compared besides the fields of a schema, whose titles have a capital.
_TITLE, _ABSTRACT, _SIGNS, _RECORD = "title", "abstract", "signs", "record"
_DIFFERS = Stretch(f"{Mark.DIFFERS.sign} ", Strength.STOP, mark=Mark.DIFFERS)
_ABSENT: Cell = [[Stretch("not in this run", Strength.NOTE)]]
_MADE: Cell = [[Stretch("a record", Strength.NOTE)]]
_UNASKED: Cell = [[Stretch("not a field of this run", Strength.NOTE)]]


class _Side:
    """One of the runs: its rows as cells by the titles of their fields."""

    def __init__(self, schema: type[BaseModel]) -> None:
        self._schema = schema
        self.titles = table_view((), schema, Style.FULL).columns[2:]

    def view(self, row: Row) -> tuple[RowView, dict[str, Cell]]:
        """A row as a table shows it, with what is compared of it, by name."""
        document, outcome = row
        (view,) = table_view((row,), self._schema, Style.FULL).rows
        compared: dict[str, Cell] = {
            _TITLE: [[Stretch(for_screen(document.title or ""))]],
            _ABSTRACT: [[Stretch(for_screen(document.abstract))]],
            _SIGNS: [[note] for note in view.notes],
        }
        if isinstance(outcome, Record):
            compared |= zip(self.titles, view.cells, strict=True)
        else:
            compared[_RECORD] = view.cells[0]
        return view, compared


@dataclass
class DiffCounts(RowCounts):
    """What two runs come to, side by side."""

    both: int = 0
    left_only: int = 0
    right_only: int = 0
    papers: int = 0
    """That differ, of those in both."""
    differing: Counter[str] = field(default_factory=Counter)
    """How many of them differ in a field, by field."""
    fields: tuple[tuple[str, ...], ...] = ((), (), ())
    """Those that both runs have, and those that the first and the second alone have."""

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.papers or self.left_only or self.right_only or any(self.fields[1:]))

    def told_fields(self) -> str:
        """Which fields one run alone has, so that they aren't compared; empty where none is."""
        both, *alone = (", ".join(names) for names in self.fields)
        runs = ("Only the first run", "Only the second")
        told = [f"{run} has {names}." for run, names in zip(runs, alone, strict=True) if names]
        compared = f"Compared: {both}." if both else "They have no field in common."
        return " ".join([*told, compared]) if told else ""

    def summary(self) -> tuple[str, str]:
        """How many papers are in both, and what is different; in words of ours."""
        fields = self.differing.most_common()
        told = ", ".join(f"{name} of {count:,}" for name, count in fields)
        parts = [
            f"{self.papers:,} {noun_of(self.papers, 'differs', 'differ')}{told and f' ({told})'}",
            f"{self.left_only:,} only in the first run",
            f"{self.right_only:,} only in the second",
        ]
        both = counted(self.both, "paper is in both runs", "papers are in both runs")
        differs = self.papers or self.left_only or self.right_only
        told = f"{', '.join(parts)}." if differs else "nothing differs."
        return both, " ".join(filter(None, (told, self.told_fields())))


def diff_view(left: Run, right: Run) -> tuple[TableView, DiffCounts]:
    """What differs, as a table: a row for each field of each paper, with the cells of both runs.

    A field that one run alone has is told by the counts, not in each paper. What the second alone
    has comes last. The counts tell all once the rows have been gone through.
    """
    for run in (left, right):
        run.check_whole()  # before a head is printed
    ours, theirs = (_Side(run.schema).titles for run in (left, right))
    both = tuple(name for name in ours if name in theirs)
    alone = (tuple(n for n in names if n not in both) for names in (ours, theirs))
    counts = DiffCounts(fields=(both, *alone))
    names = [for_screen(str(run.path)) for run in (left, right)]
    titles = ["#", "Paper", "Differs", names[0], names[1] + (" (2)" * (names[0] == names[1]))]
    return TableView(titles, _views(left, right, counts), counts, left.schema), counts


def _views(left: Run, right: Run, counts: DiffCounts) -> Iterator[RowView]:
    alone = {name for names in counts.fields[1:] for name in names}
    for pair in side_by_side(left, right):
        found = [one for one in pair.fields if one.differs and one.name not in alone]
        if pair.left is None:
            counts.right_only += 1
        elif pair.right is None:
            counts.left_only += 1
        else:
            counts.both += 1
            counts.papers += bool(found)
            counts.differing.update(one.name for one in found)
        for one in found:
            yield _row(pair, one, counts)


def side_by_side(left: Run, right: Run) -> Iterator[PaperPair]:
    """The papers of the first run in their order, then those that the second alone has."""
    partners = paired(left.documents(), right.documents())
    sides = _Side(left.schema), _Side(right.schema)
    extractors = {run.manifest.identity.extractor for run in (left, right)}
    told = text_of if len(extractors) == 1 else _as_said
    with right.rows_by_place() as row_at:
        places = array("Q", (place for place, _ in right.placed_rows()))
        alone = bytearray(b"\1" * len(places))
        for number, row in enumerate(left.rows(), 1):
            view, own = sides[0].view(row)
            its = partners[number - 1]
            if its is None:
                yield PaperPair(number, None, view, [Contrast("paper", _whole(row), _ABSENT)])
                continue
            alone[its] = 0
            fields = _compared(own, sides[1].view(row_at(places[its]))[1], told)
            yield PaperPair(number, its + 1, view, list(fields))
        for its in filter(alone.__getitem__, range(len(places))):
            row = row_at(places[its])
            view, _ = sides[1].view(row)
            yield PaperPair(None, its + 1, view, [Contrast("paper", _ABSENT, _whole(row))])


def _whole(row: Row) -> Cell:
    """What stands for a paper that one run alone has."""
    outcome = row[1]
    if isinstance(outcome, Record):
        return _MADE
    told = f"failed: {outcome.kind.value}" if outcome else "not attempted"
    return [[Stretch(told, Strength.NOTE)]]


def _row(pair: PaperPair, found: Contrast, counts: DiffCounts) -> RowView:
    cells: list[Cell] = [[[Stretch(found.name, Strength.STRONG)]], found.left, found.right]
    stretches = (one for cell in cells for line in cell for one in line)
    counts.marks.update(one.mark for one in stretches if one.mark is not None)
    number, title = pair.left or pair.right or 0, clip(pair.view.title, _TITLE_SHOWN)
    return RowView(number, title, pair.view.url, [], [], cells, None)


def _as_said(line: Line) -> str:
    """An entry without what each extractor has its own way of.

    That is (?), since one says of its own which it isn't sure of, and others can't; and the stop
    of a sentence.
    """
    text = " ".join(text_of([one for one in line if one.mark is not Mark.DOUBT]).split())
    return _STOP.sub("", text)


def _compared(
    left: dict[str, Cell], right: dict[str, Cell], told: Callable[[Line], str]
) -> Iterator[Contrast]:
    """The fields of a paper; without a record on a side, that is the difference."""
    is_record = [_RECORD not in one for one in (left, right)]
    for name in dict.fromkeys((*left, *right)):
        if name in left and name in right:
            yield _contrast(name, left[name], right[name], told)
        elif name == _RECORD:
            yield Contrast(name, left.get(name, _MADE), right.get(name, _MADE))
        elif all(is_record):
            yield Contrast(name, left.get(name, _UNASKED), right.get(name, _UNASKED))


def _contrast(name: str, left: Cell, right: Cell, told: Callable[[Line], str]) -> Contrast:
    """The cells of a field; where they differ, each entry marked that the other one lacks."""
    own, others = (Counter(map(told, cell)) for cell in (left, right))
    if own == others:
        return Contrast(name, left, right, differs=False)
    if name == _ABSTRACT:
        texts = contrasted(text_of(left[0]), text_of(right[0]))
        left, right = ([[Stretch(text)]] for text in texts)
        own, others = Counter(), Counter()
    return Contrast(name, _marked(left, others, told), _marked(right, own, told))


def _marked(cell: Cell, others: Counter[str], told: Callable[[Line], str]) -> Cell:
    left = Counter(others)
    lines: list[Line] = []
    for line in cell:
        text = told(line)
        is_shared = left[text] > 0 or line[0].mark is Mark.ABSENT
        left[text] -= 1
        lines.append(line if is_shared else [_DIFFERS, *line])
    return lines
