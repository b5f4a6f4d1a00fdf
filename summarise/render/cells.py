"""One record as the cells of a row: its schema's shape says what leads and what has a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from summarise.characters import clip, for_screen
from summarise.models import Record
from summarise.render.format import Cell, Line, Mark, Strength, Stretch
from summarise.schema import Kind, Node, shape_of

_NO_ENTRIES: Cell = [[Stretch(Mark.ABSENT.sign, mark=Mark.ABSENT)]]
_NOT_EXTRACTED: Cell = [[Stretch("not extracted", Strength.NOTE)]]
_DITTO = Stretch(Mark.DITTO.sign, mark=Mark.DITTO)
_FLAG = Stretch(f"{Mark.FLAG.sign} ", Strength.STOP, mark=Mark.FLAG)
_DOUBT = Stretch(Mark.DOUBT.sign, mark=Mark.DOUBT)
_SURPLUS = Stretch(f"{Mark.FLAG.sign} not in its evidence: ", mark=Mark.FLAG)
_BLANK, _COMMA, _SEMICOLON, _COLON, _OPEN, _CLOSE = (
    Stretch(stop, Strength.STOP) for stop in (" ", ", ", "; ", ": ", " (", ")")
)

_Text = tuple[str, str]
"""Path and clean text of a value."""


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

    @property
    def title(self) -> str:
        """The label as a heading."""
        return self.label[:1].upper() + self.label[1:]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The fields of one object, in the order of the schema."""

    fields: tuple[Field, ...]
    sentences_key: str | None
    """Key that holds the sentence numbers, None where there is none."""
    head: Field | None
    """Verbatim field that an entry opens with: one that stands before every statement."""
    statements: tuple[Field, ...]
    details: tuple[tuple[Field, str], ...]
    """The fields that are neither the head nor statements, each with its label where a reader
    couldn't tell it apart without."""


class DraftEntry(NamedTuple):
    """An object of the draft with its layout."""

    path: str
    """What the paths of its values begin with: ``results[0].``; empty for the draft itself."""
    layout: Layout
    values: Mapping[str, Any]

    @property
    def sentences(self) -> tuple[int, ...]:
        """Numbers of the sentences that support it."""
        numbers = self.values.get(self.layout.sentences_key or "")
        if isinstance(numbers, list):
            return tuple(numbers)
        return () if numbers is None else (numbers,)

    def items(self, field: Field) -> list[tuple[str, Any]]:
        """Path and value of what a field holds, nulls left out; a list gives an item each."""
        value = self.values.get(field.name)
        if value is None:
            return []
        path = self.path + field.name
        if isinstance(value, list):
            return [(f"{path}[{i}]", item) for i, item in enumerate(value) if item is not None]
        return [(path, value)]

    def entries(self, field: Field) -> list[DraftEntry]:
        """What a field holds, as entries; a leaf is an entry of that field alone."""
        if field.part is None:
            alone = _alone(field, self.layout.sentences_key)
            return [DraftEntry(self.path, alone, self.values)] if self.items(field) else []
        return [DraftEntry(f"{path}.", field.part, value) for path, value in self.items(field)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing but sentence numbers is there."""
        return all(
            field.part is not None and entry.is_empty
            for field in self.layout.fields
            for entry in self.entries(field)
        )


def in_words(field: Field, value: Any) -> str:
    """A leaf's value as text: ``model_size`` of a choice is "model size", True is "yes"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ") if field.kind is Kind.CHOICE else str(value)


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
    return Field(node.name, held.kind, label, part, needs_label=bool(is_vague or is_list))


def _layout(fields: tuple[Field, ...], sentences_key: str | None) -> Layout:
    leading = (f for f in fields if f.kind in {Kind.VERBATIM, Kind.STATEMENT})
    first = next(leading, None)
    head = first if first and first.kind is Kind.VERBATIM else None
    statements = tuple(f for f in fields if f.kind is Kind.STATEMENT)
    details = [f for f in fields if f is not head and f not in statements]
    count = Counter(field.kind for field in details)
    named = ((f, f.label if count[f.kind] > 1 or f.needs_label else "") for f in details)
    return Layout(fields, sentences_key, head, statements, tuple(named))


@cache
def _alone(field: Field, sentences_key: str | None) -> Layout:
    """The layout of a leaf that is shown by itself: its column has its name already."""
    alone = _layout((field,), sentences_key)
    return replace(alone, details=tuple((one, "") for one, _ in alone.details))


@dataclass(frozen=True, slots=True)
class Clipping:
    """How much is shown, None for all.

    Attributes:
        text: Characters of a value or a statement.
        entries: Entries of a cell.
        message: Characters of why a document failed.
        facts: Entries with a value, of those that can have one.
        words: Likewise, entries in words, where none has a value.
    """

    text: int | None = 200
    entries: int | None = 6
    message: int | None = 100
    facts: int | None = 3
    words: int | None = 1
    evidence: bool = False
    """Whether the numbers of the sentences that support an entry are shown."""


class RecordCells:
    """Makes the cells of one record; ``marks`` takes up each mark that is used."""

    def __init__(self, record: Record, layout: Layout, limits: Clipping, marks: set[Mark]) -> None:
        self._draft = DraftEntry("", layout, record.draft)
        self._limits = limits
        self._marks = marks
        self._missing = {value.path for value in record.missing}
        self._unsupported = {one.path: one.tokens for one in record.unsupported}
        self._flagged = _with_owners((*self._missing, *self._unsupported))
        self._doubted = _with_owners(doubt.path for doubt in record.doubts)

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
            cell.append([self._more(hidden, self._flagged)])
        return cell or self._absent()

    def _absent(self) -> Cell:
        self._marks.add(Mark.ABSENT)
        return _NO_ENTRIES

    def _entry(self, entry: DraftEntry, lead: Line, said: str) -> Line:
        """One entry: its lead, then the details that ``said`` doesn't say yet."""
        line = self._details(entry, said)
        if lead:
            line = [*lead, _OPEN, *line, _CLOSE] if line else lead
        return self._closed(entry, line)

    def _closed(self, entry: DraftEntry, line: Line) -> Line:
        """A line with the signs of an entry, and what supports it."""
        if not line:
            return self._absent()[0]
        if self._unsupported:
            line = line + self._surplus(entry)
        if self._doubted and self._is_doubted(entry):
            self._marks.add(Mark.DOUBT)
            line = [*line, _BLANK, _DOUBT]
        if self._limits.evidence and (numbers := entry.sentences):
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
            items = texts_of(entry, layout.head)
            # Beside a sentence a head needs to stand out.
            line = self._values(items, Strength.STRONG if layout.statements else Strength.PLAIN)
            said = [self._clipped(text) for _, text in items]
        texts = [
            self._clipped(text) for part in layout.statements for _, text in texts_of(entry, part)
        ]
        if statement := " ".join(filter(None, texts)):
            line = [*line, _COLON, Stretch(statement)] if line else [Stretch(statement)]
        said.append(statement)
        return " ".join(said), line

    def _details(self, entry: DraftEntry, said: str, *, without: Field | None = None) -> Line:
        """What the lead doesn't say yet."""
        line: Line = []
        for field, label in entry.layout.details:
            if field is without:
                continue
            if field.part is not None:
                shown = self._nested(entry, field)
            else:
                items = texts_of(entry, field)
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
            line += (_COMMA, self._more(hidden, self._flagged))
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
            line += (_COMMA, self._more(hidden, self._missing))
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

    def _is_doubted(self, entry: DraftEntry) -> bool:
        return entry.path in self._doubted or (
            not entry.path and any(one.name in self._doubted for one in entry.layout.fields)
        )

    def _more(self, hidden: Sequence[_Text | DraftEntry], flagged: set[str]) -> Stretch:
        """How many values or entries are left out, with the signs among those, by their paths."""
        self._marks.add(Mark.MORE)
        signs = []
        for mark, paths in ((Mark.FLAG, flagged), (Mark.DOUBT, self._doubted)):
            if count := sum(one[0] in paths for one in hidden):
                self._marks.add(mark)
                signs.append(f"{count} {mark.sign}")
        told = f" ({', '.join(signs)})" if signs else ""
        return Stretch(f"+{len(hidden)} more{told}", mark=Mark.MORE)

    def _clipped(self, text: str) -> str:
        """A text that was cleaned, as far as it is shown."""
        limit = self._limits.text
        if limit is None or len(text) <= limit:
            return text
        self._marks.add(Mark.CLIPPED)
        return clip(text, limit)


def _with_owners(paths: Iterable[str]) -> set[str]:
    """Paths, with those of the objects that hold them: ``results[0].`` of its ``value``."""
    return {
        part
        for path in paths
        for part in (path, *(path[: at + 1] for at, sign in enumerate(path) if sign == "."))
    }


def texts_of(entry: DraftEntry, field: Field) -> list[_Text]:
    """Path and text of what a field holds, each on one line."""
    return [(path, for_screen(in_words(field, value))) for path, value in entry.items(field)]


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
