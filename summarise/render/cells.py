"""One record as the cells of a Markdown table, by the types of its schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from summarise.characters import ELLIPSIS, clip, for_screen
from summarise.models import Record
from summarise.render.layout import Entry, Field, Kind, Layout, in_words
from summarise.render.markdown import escape

BREAK = "<br>"
_FLAG = "⚠"
_ABSENT = "–"
_DITTO = "″"
_Item = TypeVar("_Item")
_Lead = tuple[str, str]
_Text = tuple[str, str]


class Mark(Enum):
    """A sign that the table uses, with its meaning."""

    ABSENT = f"{_ABSENT} : the abstract doesn't report it"
    EVIDENCE = "\\[2, 4\\] : the sentences of the abstract that support the entry, counted from 1"
    FLAG = (
        f"{_FLAG} : before a value, it stands neither in the abstract nor in the title; "
        "after an entry, it says more than the sentences that it cites"
    )
    DITTO = f"{_DITTO} : the same sentence as above"
    INSTRUCTION = (
        f"{_FLAG} reads like an instruction : the sentence tells a model or a reviewer what to do, "
        "or is hidden from readers; it counts as evidence for nothing"
    )
    CUT = f"{_FLAG} read in part : the server cut the abstract, so that something may be missing"
    CLIPPED = f"{ELLIPSIS} : shortened here, whole in the record"
    MORE = "+1 more : further entries, left out here, whole in the record"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a record a cell shows; None is all.

    Attributes:
        text: Characters of one value or statement.
        entries: Entries of one cell.
        message: Characters of a failure's message.
    """

    text: int | None = 200
    entries: int | None = 6
    message: int | None = 100


class RecordCells:
    """Writes the cells of one record.

    Args:
        record: What to show.
        layout: Of its schema.
        limits: How much of it.
        marks: Takes up each mark that is used.
    """

    def __init__(self, record: Record, layout: Layout, limits: Limits, marks: set[Mark]) -> None:
        self._draft = Entry("", layout, record.draft)
        self._limits = limits
        self._marks = marks
        self._missing = {value.path for value in record.missing}
        self._unsupported = {one.path: one.tokens for one in record.unsupported}

    def cell(self, column: Field) -> str:
        """The cell of one top-level field."""
        if column.name not in self._draft.values:
            return "*not extracted*"
        entries = self._draft.entries(column)
        # One sentence can give several entries: it's written once, and each shows what is its own.
        led = [(entry, self._lead(entry)) for entry in entries]
        shared = _repeated(led) if len(led) > 1 else frozenset()
        previous = None

        def show(item: tuple[Entry, _Lead]) -> str:
            nonlocal previous
            entry, lead = item
            if lead not in shared:
                previous = None
                return self._entry(entry, *lead)
            ditto, previous = lead == previous, lead
            return self._entry(entry, self._use(Mark.DITTO, _DITTO) if ditto else lead[0], "")

        shown = self._capped(led, show, lambda item: self._is_flagged(item[0]))
        return BREAK.join(shown) or self._use(Mark.ABSENT, _ABSENT)

    def _entry(self, entry: Entry, lead: str, said: str) -> str:
        """One entry: its lead, then the details that ``said`` doesn't say yet."""
        details = "; ".join(self._details(entry, said))
        body = f"{lead} ({details})" if lead and details else lead or details
        if not body:
            return self._use(Mark.ABSENT, _ABSENT)
        return " ".join(filter(None, (body, self._surplus(entry), self._evidence(entry))))

    def _nested(self, entry: Entry) -> str:
        return self._entry(entry, *self._lead(entry))

    def _lead(self, entry: Entry) -> _Lead:
        """The head and the statements, as Markdown and as the bare words."""
        layout = entry.layout
        head = ""
        said: list[str] = []
        if layout.head:
            items = _texts(entry, layout.head)
            # Beside a sentence a head needs to stand out.
            head = self._values(items, bold=bool(layout.statements))
            said = [self._clipped(text) for _, text in items]
        texts = (text for part in layout.statements for _, text in _texts(entry, part))
        statement = " ".join(filter(None, map(self._clipped, texts)))
        lead = ": ".join(filter(None, (head, statement and escape(statement))))
        return lead, " ".join([*said, statement])

    def _details(self, entry: Entry, said: str) -> Iterator[str]:
        """What the lead doesn't say yet."""
        for part in entry.layout.details:
            if part.kind is Kind.PART:
                inner = [nested for nested in entry.entries(part) if not nested.is_empty]
                text = ", ".join(self._capped(inner, self._nested, self._is_flagged))
            else:
                items = _texts(entry, part)
                if part.kind is Kind.VERBATIM:
                    items = [item for item in items if self._is_news(item, said)]
                text = self._values(items)
            if text:
                yield f"{escape(part.label)}: {text}" if part.name in entry.layout.named else text

    def _is_news(self, item: _Text, said: str) -> bool:
        path, text = item
        if path in self._missing:
            return True
        # A sentence capitalises the word that it begins with.
        return not _holds(said, text) and not _holds(said, text[:1].upper() + text[1:])

    def _values(self, items: list[_Text], *, bold: bool = False) -> str:
        def show(item: _Text) -> str:
            path, text = item
            text = escape(self._clipped(text)) or '""'
            text = f"**{text}**" if bold else text
            return self._use(Mark.FLAG, f"{_FLAG} {text}") if path in self._missing else text

        if not items:
            return ""
        return ", ".join(self._capped(items, show, lambda item: item[0] in self._missing))

    def _surplus(self, entry: Entry) -> str:
        """The numbers and names that the statements of an entry have from nowhere."""
        if not self._unsupported:
            return ""
        tokens = [
            token
            for part in entry.layout.statements
            for path, _ in entry.items(part)
            for token in self._unsupported.get(path, ())
        ]
        if not tokens:
            return ""
        named = escape(self._clipped(for_screen(", ".join(tokens))))
        return self._use(Mark.FLAG, f"{_FLAG} not in its evidence: {named}")

    def _evidence(self, entry: Entry) -> str:
        numbers = escape(", ".join(map(str, entry.sentences)))
        return self._use(Mark.EVIDENCE, f"\\[{numbers}\\]") if numbers else ""

    def _is_flagged(self, entry: Entry) -> bool:
        return any(path.startswith(entry.path) for path in (*self._missing, *self._unsupported))

    def _capped(
        self, items: list[_Item], show: Callable[[_Item], str], flagged: Callable[[_Item], bool]
    ) -> list[str]:
        """The first items, and how many more there are, with the flags among those."""
        limit = self._limits.entries
        if limit is None or len(items) <= limit:
            return [show(item) for item in items]
        shown = [show(item) for item in items[:limit]]
        hidden = items[limit:]
        flags = sum(map(flagged, hidden))
        note = self._use(Mark.FLAG, f" ({flags} {_FLAG})") if flags else ""
        return [*shown, self._use(Mark.MORE, f"+{len(hidden)} more{note}")]

    def _clipped(self, text: str) -> str:
        """A text that was cleaned, as far as it is shown."""
        short = clip(text, self._limits.text)
        return text if short == text else self._use(Mark.CLIPPED, short)

    def _use(self, mark: Mark, text: str) -> str:
        self._marks.add(mark)
        return text


def _texts(entry: Entry, part: Field) -> list[_Text]:
    """Path and text of what a field holds, each on one line."""
    return [(path, for_screen(in_words(part, value))) for path, value in entry.items(part)]


def _repeated(led: list[tuple[Entry, _Lead]]) -> frozenset[_Lead]:
    """The leads that several entries share."""
    counts = Counter(lead for _, lead in led)
    return frozenset(lead for lead, count in counts.items() if count > 1 and lead[1])


def notes(record: Record, marks: set[Mark]) -> Iterator[str]:
    """What is to be known of a record as a whole: of its input, and of instructions in it."""
    if record.provenance.input_was_cut:
        marks.add(Mark.CUT)
        yield f"{_FLAG} read in part"
    if record.instructions:
        yield _instructions_note(record, marks)


def _instructions_note(record: Record, marks: set[Mark]) -> str:
    """Which sentences of a record's abstract read like instructions."""
    marks.add(Mark.INSTRUCTION)
    numbers = [str(number) for number in record.instructions if number]
    parts = ["title"] * (0 in record.instructions)
    if numbers:
        parts.append(f"sentence{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}")
    verb = "reads" if len(record.instructions) == 1 else "read"
    return f"{_FLAG} {' and '.join(parts)} {verb} like an instruction"


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
