"""One record as the cells of a row, each entry as its schema has it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

from summarise.characters import clip, for_screen, readable_line
from summarise.judging import told_name
from summarise.models import Document, Doubt, Record
from summarise.render.flags import marks_of_people
from summarise.render.format import Cell, Line, Mark, Strength, Stretch
from summarise.render.layout import Details, DraftEntry, Field, Layout
from summarise.render.wording import as_phrase, is_news, shortened
from summarise.schema import Kind

# An attribute of an enumeration takes longer to look up than most of what is done with it.
PLAIN, STRONG = Strength.PLAIN, Strength.STRONG
_VERBATIM = Kind.VERBATIM
_ABSENT, _FLAGGED, _CLIPPED, _MORE = Mark.ABSENT, Mark.FLAG, Mark.CLIPPED, Mark.MORE
_NONE: frozenset[str] = frozenset()
_NO_ENTRIES: Cell = [[Stretch(_ABSENT.sign, mark=_ABSENT)]]
_NOT_EXTRACTED: Cell = [[Stretch("not extracted", Strength.NOTE)]]
_DITTO = Stretch(Mark.DITTO.sign, mark=Mark.DITTO)
_FLAG = Stretch(f"{Mark.FLAG.sign} ", Strength.STOP, mark=Mark.FLAG)
_DOUBT = Stretch(Mark.DOUBT.sign, mark=Mark.DOUBT)
_SURPLUS = Stretch(f"{Mark.FLAG.sign} not in its evidence: ", mark=Mark.FLAG)
BLANK, COMMA, SEMICOLON, COLON, OPEN, CLOSE = (
    Stretch(stop, Strength.STOP) for stop in (" ", ", ", "; ", ": ", " (", ")")
)


@dataclass(frozen=True, slots=True)
class Clipping:
    """How much is shown, None for all.

    Attributes:
        text: Characters of a value.
        statement: Characters of a statement, at least of its first clause.
        title: Characters of a title; a longer one that begins with a name is told by that.
        room: Characters of entries with a value or a name, but for the first of them.
        entries: Entries of a cell.
        message: Characters of why a document failed.
        facts: Entries with a value, of those that can have one; without any, one in words.
    """

    text: int | None = 220
    statement: int | None = 200
    title: int = 72
    room: int | None = 100
    entries: int | None = 6
    message: int | None = 100
    facts: int | None = 3
    names_alone: bool = False
    """Whether what has a name isn't told in words as well, unless the title is that name."""
    evidence: bool = False
    """Whether the numbers of the sentences that support an entry are shown."""


def is_absent(cell: Cell) -> bool:
    """Whether a cell says that the abstract doesn't report the field."""
    if cell is _NO_ENTRIES:
        return True
    return len(cell) == 1 and bool(cell[0]) and cell[0][0].mark is Mark.ABSENT


class RecordCells:
    """Makes the cells of one record; ``marks`` takes up each mark that is used."""

    def __init__(
        self,
        record: Record,
        layout: Layout,
        limits: Clipping,
        marks: set[Mark],
        document: Document | None = None,
        title: str = "",
    ) -> None:
        self._record = record
        self._document = document
        self._draft = DraftEntry("", layout, record.draft)
        self._limits = limits
        self._longest = sys.maxsize if limits.text is None else limits.text
        self._marks = marks
        self._title = title.casefold()
        missing, unsupported = record.missing, record.unsupported
        self._missing = {value.path for value in missing} if missing else _NONE
        self._unsupported = {one.path: one.tokens for one in unsupported} if unsupported else {}
        self._has_signs = bool(missing or record.judgements)
        self._flagged = _with_owners([*self._missing, *self._unsupported])
        # Only what is shown of people's words is looked for: most records have none.
        self._people: dict[str, Mark] = {}
        if record.judgements:
            self._people = marks_of_people(record)
            self._names = {path: told_name(one.by) for path, one in record.judged.items()}
            self._told_of: set[str] = set()
        self._doubt(record.doubts)
        always = self._unsupported or self._people or limits.evidence
        self._is_marked = bool(always or self._doubted)

    def _doubt(self, doubts: Sequence[Doubt]) -> None:
        """Take up what is doubted of what is shown."""
        self._doubted = _with_owners([one.path for one in doubts])

    def cell(self, column: Field) -> Cell:
        """The cell of one top-level field."""
        cell = self._cell(column)
        if self._people and column.name in self._people.keys() - self._told_of:
            *lines, last = cell or [[]]
            return [*lines, [*last, *self._sign_of(column.name)]]
        return cell

    def _cell(self, column: Field) -> Cell:
        if column.name not in self._draft.values:
            return _NOT_EXTRACTED
        entries = self._draft.entries(column)
        if not entries:
            return self._absent()
        if len(entries) == 1:
            said, lead = self._lead(entries[0])
            return [self._entry(entries[0], lead, said)]
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
            cell.append([self._more([one.path for one in hidden], self._flagged)])
        return cell

    def inner_cell(self, column: Field, name: str) -> Cell:
        """What the entries of a top-level field hold in one of theirs: line i is of entry i."""
        cell: Cell = []
        for entry in self._draft.entries(column, keeps_null=True):
            nested = next((one for one in entry.layout.parts if one.name == name), None)
            line = self._nested(entry, nested) if nested else self._values(entry, name)
            if name == entry.layout.sentences_key and entry.sentences:
                line = [Stretch(", ".join(map(str, entry.sentences)))]
            cell.append(self._closed(entry, line) if line else self._absent()[0])
        return cell or self._absent()

    def _absent(self) -> Cell:
        self._marks.add(_ABSENT)
        return _NO_ENTRIES

    def _entry(self, entry: DraftEntry, lead: Line, said: str) -> Line:
        """One entry: its lead, then the details that ``said`` doesn't say yet."""
        line = self._details(entry, said) if entry.layout.details else []
        if lead:
            line = [*lead, OPEN, *line, CLOSE] if line else lead
        return self._closed(entry, line)

    def _closed(self, entry: DraftEntry, line: Line) -> Line:
        """A line with the signs of an entry, and what supports it."""
        if not line:
            return self._untold(entry)
        if not self._is_marked:
            return line
        if self._unsupported:
            line = line + self._surplus(entry)
        if self._people:
            line = line + self._signs_of(entry, line)
        fields = () if entry.path else entry.layout.fields
        if entry.path in self._doubted or any(one.name in self._doubted for one in fields):
            line = [*line, BLANK, self._marked_doubt()]
        if self._limits.evidence and (numbers := entry.sentences):
            self._marks.add(Mark.EVIDENCE)
            text = f"[{for_screen(', '.join(map(str, numbers)))}]"
            line = [*line, BLANK, Stretch(text, PLAIN, numbers, Mark.EVIDENCE)]
        return line

    def _untold(self, entry: DraftEntry) -> Line:
        """What stands for an entry that has no words of its own: the sentence that it names."""
        if not entry.sentences:
            return self._absent()[0]
        document, record, number = self._document, self._record, entry.sentences[0]
        # Of an abstract that has changed since, nobody knows where that sentence is.
        if document is None or document.content_hash != record.content_hash:
            return self._quoted(entry, [])
        parts = record.sentence_spans[number - 1 : number] if number > 0 else ()
        texts = [readable_line(document.abstract[part.start : part.end]) for part in parts]
        return self._quoted(entry, [Stretch(self._shortened(t)) for t in texts])

    def _quoted(self, entry: DraftEntry, words: Line) -> Line:
        """Words that say little by themselves, with the number of their sentence."""
        self._marks.add(Mark.WORDED)
        told = f"sentence {entry.sentences[0]}" if entry.sentences else "in words"
        label = Stretch(told, Strength.NOTE, mark=Mark.WORDED)
        return [label, COLON, *words] if words else [label]

    def _lead(self, entry: DraftEntry) -> tuple[str, Line]:
        """The head and the statements: as bare words, and as they are shown."""
        layout = entry.layout
        line: Line = []
        said = ""
        if layout.head and (heads := entry.texts(layout.head.name)):
            # Beside a sentence a head needs to stand out.
            line = self._values(entry, layout.head.name, STRONG if layout.statements else PLAIN)
            said = " ".join(map(self._clipped, heads))
        statement = ""
        for part in layout.statements:
            for text in entry.texts(part.name):
                if text:
                    shown = self._shortened(text)
                    statement = f"{statement} {shown}" if statement else shown
        if statement:
            told = self._statement(entry, statement) if self._people else [Stretch(statement)]
            line = [*line, COLON, *told] if line else told
        return f"{said} {statement}" if said else statement, line

    def _statement(self, entry: DraftEntry, text: str) -> Line:
        """What an entry says in words, struck where a person says that it is wrong."""
        paths = (path for part in entry.layout.statements for path, _ in entry.items(part.name))
        wrong = next((one for one in paths if self._people.get(one) is Mark.WRONG), None)
        if wrong is None:
            return [Stretch(text)]
        return [*self._sign_of(wrong), Stretch(text, Strength.STRUCK)]

    def _details(self, entry: DraftEntry, said: str, details: Details | None = None) -> Line:
        """What the lead doesn't say yet."""
        line: Line = []
        for field, label in entry.layout.details if details is None else details:
            if entry.values.get(field.name) is None:
                continue
            if field.part is not None:
                shown = self._nested(entry, field)
            else:
                known = said if field.kind is _VERBATIM else ""
                shown = self._values(entry, field.name, said=known)
            if shown:
                if line:
                    line.append(SEMICOLON)
                if label:
                    line += (Stretch(label), COLON)
                line += shown
        return line

    def _nested(self, owner: DraftEntry, field: Field) -> Line:
        """The entries of a nested part, one behind the other."""
        line: Line = []
        entries = owner.filled(field)
        shown = entries[: self._limits.entries]
        for entry in shown:
            if line:
                line.append(COMMA)
            said, lead = self._lead(entry)
            line += self._entry(entry, lead, said)
        if hidden := entries[len(shown) :]:
            line += (COMMA, self._more([one.path for one in hidden], self._flagged))
        return line

    def _values(
        self, entry: DraftEntry, name: str, strength: Strength = PLAIN, said: str = ""
    ) -> Line:
        """What a field holds, one behind the other, without what was said already."""
        texts = entry.texts(name)
        if len(texts) < 2 and not self._has_signs:
            if not texts or (said and not is_news(texts[0], said)):
                return []
            text = texts[0]
            shown = text if len(text) <= self._longest else self._clipped(text)
            return [Stretch(shown or '""', strength)]
        items = [(path, text) for (path, _), text in zip(entry.items(name), texts, strict=False)]
        if said:
            items = [one for one in items if one[0] in self._missing or is_news(one[1], said)]
        line: Line = []
        first = items[: self._limits.entries]
        for path, text in first:
            if line:
                line.append(COMMA)
            mark, shown_as = None, strength
            said_of = self._people.get(path)
            if said_of is Mark.WRONG:
                line += self._sign_of(path)
                shown_as = Strength.STRUCK
            if path in self._missing:
                mark = _FLAGGED
                self._marks.add(mark)
                line.append(_FLAG)
            line.append(Stretch(self._clipped(text) or '""', shown_as, (), mark))
            if said_of not in {None, Mark.WRONG}:
                line += self._sign_of(path)
        if hidden := items[len(first) :]:
            line += (COMMA, self._more([path for path, _ in hidden], self._missing))
        return line

    def _sign_of(self, path: str) -> Line:
        """The sign of what a person says of a place, which is then told."""
        mark = self._people[path]
        self._marks.add(mark)
        self._told_of.add(path)
        name = self._names.get(path) if self._limits.evidence else None
        sign = Stretch(f"{mark.sign} {name}" if name else mark.sign, mark=mark)
        return [sign, BLANK] if mark is Mark.WRONG else [BLANK, sign]

    def _signs_of(self, entry: DraftEntry, before: Line) -> Line:
        """Those of an entry and of its statements, and of what isn't told of it; each once."""
        own = entry.path.removesuffix(".")
        marks = {one.mark for one in before}
        # An entry of a person's in whose values that is said needs no other sign.
        if self._people.get(own) is Mark.PERSON and Mark.VOUCHED in marks:
            self._told_of.add(own)
        line: Line = []
        for path in self._people:
            is_in = path == own or (entry.path and path.startswith(entry.path))
            if is_in and path not in self._told_of:
                sign = self._sign_of(path)
                line += [] if sign[-1] in line else [BLANK, *(s for s in sign if s is not BLANK)]
        return line

    def _surplus(self, entry: DraftEntry) -> Line:
        """The numbers and names that the statements of an entry have from nowhere."""
        tokens = [
            token
            for part in entry.layout.statements
            for path, _ in entry.items(part.name)
            for token in self._unsupported.get(path, ())
        ]
        if not tokens:
            return []
        self._marks.add(_FLAGGED)
        named = self._clipped(for_screen(", ".join(tokens)))
        return [BLANK, _SURPLUS, Stretch(named, mark=Mark.FLAG)]

    def _marked_doubt(self) -> Stretch:
        self._marks.add(Mark.DOUBT)
        return _DOUBT

    def _more(self, hidden: Sequence[str], flagged: Set[str], kind: Mark = _MORE) -> Stretch:
        """How many values or entries are left out, by their paths, with the signs among those.

        The sign alone where all of them have it.
        """
        self._marks.add(kind)
        signs = []
        if flagged or self._doubted:
            for mark, paths in ((_FLAGGED, flagged), (Mark.DOUBT, self._doubted)):
                if count := sum(path in paths for path in hidden):
                    self._marks.add(mark)
                    if count == len(hidden):
                        return Stretch(f"+{count} {mark.sign}", mark=kind)
                    signs.append(f"{count} {mark.sign}")
        told = ", ".join(("", *signs))
        return Stretch(f"+{len(hidden)} {kind.sign[3:]}{told}", mark=kind)

    def _clipped(self, text: str) -> str:
        """A value, as far as it is shown."""
        if len(text) <= self._longest:
            return text
        self._marks.add(_CLIPPED)
        return clip(text, self._longest)

    def _shortened(self, text: str) -> str:
        """A statement, as far as it is shown."""
        limit = self._limits.statement
        if limit is None:
            return text
        text = as_phrase(text)
        if (shown := shortened(text, limit)) != text:
            self._marks.add(_CLIPPED)
        return shown


def _with_owners(paths: Sequence[str]) -> Set[str]:
    """Paths, with those of the objects that hold them: ``results[0].`` of its ``value``."""
    if not paths:
        return _NONE
    owners = set(paths)
    for path in paths:
        end = path.find(".") + 1
        while end:
            owners.add(path[:end])
            end = path.find(".", end) + 1
    return owners
