"""One record as the cells of a row, by the types of its schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from summarise.characters import clip, for_screen, noun_of
from summarise.models import Record
from summarise.render.layout import DraftEntry, Field, Layout, in_words
from summarise.render.view import Cell, Line, Mark, Strength, Stretch
from summarise.schema import Kind

_NO_ENTRIES: Cell = [[Stretch(Mark.ABSENT.sign, mark=Mark.ABSENT)]]
_NOT_EXTRACTED: Cell = [[Stretch("not extracted", Strength.NOTE)]]
_DITTO = Stretch(Mark.DITTO.sign, mark=Mark.DITTO)
_FLAG = Stretch(f"{Mark.FLAG.sign} ", Strength.STOP, mark=Mark.FLAG)
_SURPLUS = Stretch(f"{Mark.FLAG.sign} not in its evidence: ", mark=Mark.FLAG)
_BLANK, _COMMA, _SEMICOLON, _COLON, _OPEN, _CLOSE = (
    Stretch(stop, Strength.STOP) for stop in (" ", ", ", "; ", ": ", " (", ")")
)

_Text = tuple[str, str]
"""Path and clean text of a value."""


@dataclass(frozen=True, slots=True)
class Clipping:
    """How much is shown, None for all: characters of a value or a statement, entries of a cell."""

    text: int | None = 200
    entries: int | None = 6
    message: int | None = 100


class RecordCells:
    """Makes the cells of one record; ``marks`` takes up each mark that is used."""

    def __init__(self, record: Record, layout: Layout, limits: Clipping, marks: set[Mark]) -> None:
        self._draft = DraftEntry("", layout, record.draft)
        self._limits = limits
        self._marks = marks
        self._missing = {value.path for value in record.missing}
        self._unsupported = {one.path: one.tokens for one in record.unsupported}

    def cell(self, column: Field) -> Cell:
        """The cell of one top-level field."""
        if column.name not in self._draft.values:
            return _NOT_EXTRACTED
        entries = self._draft.entries(column)
        leads = [self._lead(entry) for entry in entries]
        # One sentence can give several entries: it's written once, and each shows what is its own.
        shared: Counter[tuple[object, ...]] = Counter()
        if len({said for said, _ in leads}) < len(leads):
            shared.update((said, *lead) for said, lead in leads if said)
        cell: Cell = []
        previous = None
        for entry, (said, lead) in zip(entries[: self._limits.entries], leads, strict=False):
            key = (said, *lead) if shared else None
            if key is None or shared[key] < 2:
                key = None
            elif key == previous:
                self._marks.add(Mark.DITTO)
                said, lead = "", [_DITTO]  # noqa: PLW2901 - what stands for it
            else:
                said = ""  # noqa: PLW2901 - all details are told, since others follow
            cell.append(self._entry(entry, lead, said))
            previous = key
        if hidden := entries[len(cell) :]:
            cell.append([self._more(len(hidden), sum(map(self._is_flagged, hidden)))])
        return cell or self._absent()

    def _absent(self) -> Cell:
        self._marks.add(Mark.ABSENT)
        return _NO_ENTRIES

    def _entry(self, entry: DraftEntry, lead: Line, said: str) -> Line:
        """One entry: its lead, then the details that ``said`` doesn't say yet."""
        line = self._details(entry, said)
        if lead:
            line = [*lead, _OPEN, *line, _CLOSE] if line else lead
        if not line:
            return self._absent()[0]
        if self._unsupported:
            line = line + self._surplus(entry)
        if numbers := entry.sentences:
            self._marks.add(Mark.EVIDENCE)
            text = f"[{for_screen(', '.join(map(str, numbers)))}]"
            line = [*line, _BLANK, Stretch(text, Strength.PLAIN, numbers, Mark.EVIDENCE)]
        return line

    def _lead(self, entry: DraftEntry) -> tuple[str, Line]:
        """The head and the statements: as bare words, and as they are shown."""
        layout = entry.layout
        line: Line = []
        said: list[str] = []
        if layout.head:
            items = _texts(entry, layout.head)
            # Beside a sentence a head needs to stand out.
            line = self._values(items, Strength.STRONG if layout.statements else Strength.PLAIN)
            said = [self._clipped(text) for _, text in items]
        texts = [
            self._clipped(text) for part in layout.statements for _, text in _texts(entry, part)
        ]
        if statement := " ".join(filter(None, texts)):
            line = [*line, _COLON, Stretch(statement)] if line else [Stretch(statement)]
        said.append(statement)
        return " ".join(said), line

    def _details(self, entry: DraftEntry, said: str) -> Line:
        """What the lead doesn't say yet."""
        line: Line = []
        for field, label in entry.layout.details:
            if field.part is not None:
                shown = self._nested(entry, field)
            else:
                items = _texts(entry, field)
                if items and field.kind is Kind.VERBATIM:
                    items = [item for item in items if self._is_news(item, said)]
                if not items:
                    continue
                shown = self._values(items, Strength.PLAIN)
            if shown:
                if line:
                    line.append(_SEMICOLON)
                if label:
                    line += (Stretch(label), _COLON)
                line += shown
        return line

    def _nested(self, owner: DraftEntry, field: Field) -> Line:
        """The entries of a nested part, one behind the other."""
        line: Line = []
        entries = [entry for entry in owner.entries(field) if not entry.is_empty]
        shown = entries[: self._limits.entries]
        for entry in shown:
            if line:
                line.append(_COMMA)
            said, lead = self._lead(entry)
            line += self._entry(entry, lead, said)
        if hidden := entries[len(shown) :]:
            line += (_COMMA, self._more(len(hidden), sum(map(self._is_flagged, hidden))))
        return line

    def _is_news(self, item: _Text, said: str) -> bool:
        path, text = item
        if path in self._missing:
            return True
        # A sentence capitalises the word that it begins with.
        return not _holds(said, text) and not _holds(said, text[:1].upper() + text[1:])

    def _values(self, items: Sequence[_Text], strength: Strength) -> Line:
        line: Line = []
        shown = items[: self._limits.entries]
        for path, text in shown:
            if line:
                line.append(_COMMA)
            mark = None
            if path in self._missing:
                mark = Mark.FLAG
                self._marks.add(mark)
                line.append(_FLAG)
            line.append(Stretch(self._clipped(text) or '""', strength, (), mark))
        if hidden := items[len(shown) :]:
            flagged = sum(path in self._missing for path, _ in hidden)
            line += (_COMMA, self._more(len(hidden), flagged))
        return line

    def _surplus(self, entry: DraftEntry) -> Line:
        """The numbers and names that the statements of an entry have from nowhere."""
        tokens = [
            token
            for part in entry.layout.statements
            for path, _ in entry.items(part)
            for token in self._unsupported.get(path, ())
        ]
        if not tokens:
            return []
        self._marks.add(Mark.FLAG)
        named = self._clipped(for_screen(", ".join(tokens)))
        return [_BLANK, _SURPLUS, Stretch(named, mark=Mark.FLAG)]

    def _is_flagged(self, entry: DraftEntry) -> bool:
        return any(path.startswith(entry.path) for path in (*self._missing, *self._unsupported))

    def _more(self, hidden: int, flags: int) -> Stretch:
        """How many entries are left out, with the flags among those."""
        self._marks.add(Mark.MORE)
        if not flags:
            return Stretch(f"+{hidden} more", mark=Mark.MORE)
        self._marks.add(Mark.FLAG)
        return Stretch(f"+{hidden} more ({flags} {Mark.FLAG.sign})", mark=Mark.MORE)

    def _clipped(self, text: str) -> str:
        """A text that was cleaned, as far as it is shown."""
        limit = self._limits.text
        if limit is None or len(text) <= limit:
            return text
        self._marks.add(Mark.CLIPPED)
        return clip(text, limit)


def _texts(entry: DraftEntry, field: Field) -> list[_Text]:
    """Path and text of what a field holds, each on one line."""
    return [(path, for_screen(in_words(field, value))) for path, value in entry.items(field)]


def notes(record: Record, marks: set[Mark]) -> list[Stretch]:
    """What is to be known of a record as a whole: of its input, and of instructions in it."""
    told = []
    if record.provenance.input_was_cut:
        marks.add(Mark.CUT)
        told.append(Stretch(Mark.CUT.sign, mark=Mark.CUT))
    if found := record.instructions:
        marks.add(Mark.INSTRUCTION)
        numbers = [str(number) for number in found if number]
        places = ["title"] if 0 in found else []
        if numbers:
            places.append(f"{noun_of(len(numbers), 'sentence')} {', '.join(numbers)}")
        verb = noun_of(len(found), "reads", "read")
        text = f"{Mark.FLAG.sign} {' and '.join(places)} {verb} like an instruction"
        told.append(Stretch(text, mark=Mark.INSTRUCTION))
    return told


def _holds(text: str, value: str) -> bool:
    """Whether a text holds a value as a whole: "5" is in "5%", but not in "15" nor in "5.7"."""
    at = text.find(value)
    while at >= 0:
        end = at + len(value)
        if not _runs_on(text[max(0, at - 2) : at][::-1]) and not _runs_on(text[end : end + 2]):
            return True
        at = text.find(value, at + 1)
    return False


def _runs_on(outside: str) -> bool:
    """Whether what stands outside an end of a value, read away from it, goes on with a word."""
    nearest, next_one = outside[:1], outside[1:]
    if nearest in {"-", "_"}:
        return next_one.isalnum()
    return nearest.isalnum() or (nearest in {".", ","} and next_one.isdigit())
