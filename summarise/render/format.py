"""What a format of tables gets, a run as data, and what it is: a way to write that down.

What to show, where to clip it, and what to mark is decided before a format sees it: all is clean,
so that nothing in it acts, but not escaped. The text of a stretch says all by itself; its strength,
evidence and mark say what a format may make of it.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, Protocol, cast
from urllib.parse import quote

from pydantic import BaseModel

from summarise.characters import counted, for_screen, noun_of
from summarise.errors import SettingsError, check_choice
from summarise.judging import JudgedCounts
from summarise.models import OutcomeCounts, Row
from summarise.render import formats
from summarise.schema import Node
from summarise.store import writing

_BLOCK = 1 << 20
_MEASURED = 200
_NARROWEST, _WIDEST = 7.5, 15.0
# What a URL may hold (RFC 3986), less what Markdown could trip over.
_URL_SAFE = "%/:?#@!&'+,;=-._~"
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Strength(StrEnum):
    """How a stretch stands out."""

    PLAIN = "plain"
    STRONG = "strong"
    STRUCK = "struck"
    """What a person says is wrong."""
    NOTE = "note"
    """Words of ours in the place of a value; nothing in them acts in any format."""
    STOP = "stop"
    """Blanks and stops between other stretches; nothing in them acts in any format."""


class Mark(Enum):
    """A sign that the table uses, with its meaning."""

    ABSENT = "–", "nothing of it was found in the abstract"
    EVIDENCE = "[2, 4]", "the sentences of the abstract that support the entry, counted from 1"
    FLAG = (
        "⚠",
        (
            "before a value, it stands neither in the abstract nor in the title; "
            "after an entry, it says more than the sentences that it cites"
        ),
    )
    DOUBT = "(?)", "words of the abstract that may say something else; `summarise show` tells why"
    DITTO = "″", "the same sentence as above"
    CHANGE = "Δ", "before a value, it is a difference, not a level; ↑ a rise, ↓ a fall"
    INSTRUCTION = (
        "⚠ reads like an instruction",
        (
            "the sentence tells a model or a reviewer what to do, "
            "or is hidden from readers; it counts as evidence for nothing"
        ),
    )
    CUT = "⚠ read in part", "the server cut the abstract, so that something may be missing"
    UNREAD = "not read", "it isn't in English, and the embedded extractor reads nothing else"
    DIFFERS = "≠", "before an entry, this run alone has it"
    PERSON = "✎", "a person has corrected it: it isn't what was extracted"
    VOUCHED = "✎†", "a person says so, and it stands neither in the abstract nor in the title"
    CHECKED = "✓", "a person has checked it"
    WRONG = "✗", "before a value, a person says that it is wrong"
    STATUS = ("⚠ retracted", "so its input says; or that it is withdrawn, or tells so of another")
    VERSION = (
        "another version of",
        "a preprint and an article of one work are both kept; duplicates.jsonl tells why",
    )
    CLIPPED = "…", "shortened here, whole in the record"
    UNSURE = (
        "unsure",
        "many entries like it are wrong: `summarise show` tells why; +1 unsure are left out",
    )
    WORDED = "sentence 2", "the abstract seems to tell it there, in words that say little alone"
    MORE = "+1 more", "further entries, left out here, whole in the record"

    def __init__(self, sign: str, meaning: str) -> None:
        self.sign = sign
        self.meaning = meaning

    # Enum's own is in Python, and each cell notes the marks that it uses.
    __hash__ = object.__hash__


DOUBTS = (Mark.DOUBT, Mark.FLAG, Mark.UNSURE, Mark.WRONG)
"""With which what is doubted of an entry can begin."""


class Stretch(NamedTuple):
    """Some characters of a line, alike in what they are."""

    text: str
    """What to show; of evidence, the numbers in brackets."""
    strength: Strength = Strength.PLAIN
    evidence: tuple[int, ...] = ()
    """Numbers of sentences, where the stretch is a reference to them."""
    mark: Mark | None = None
    """What sign it is, or what sign belongs to it."""


Line = list[Stretch]
"""Shown one behind the other; the blanks and stops between them are stretches as well."""

Cell = list[Line]
"""Shown below each other, an entry of the field on each; none where all is blank."""


class Entries(list[Line]):
    """A cell of which line *i* is entry *i* of a list, null or not."""


def text_of(line: Line) -> str:
    """A line as bare text."""
    return "".join(stretch.text for stretch in line)


def quoted_address(url: str) -> str:
    """An address with all percent-encoded that a URL can't hold, brackets and stars as well."""
    return quote(_BARE_PERCENT.sub("%25", url), safe=_URL_SAFE)


def reported(cell: Cell) -> Iterator[str]:
    """The entries of a cell as bare text; none where the abstract doesn't report the field."""
    for line in cell:
        if not (line and line[0].mark is Mark.ABSENT):
            yield text_of(line)


class RowView(NamedTuple):
    """A document and what became of it."""

    number: int
    """Of the row, from 1: what ``show`` takes."""
    title: str
    """Or what stands for it."""
    url: str | None
    """An absolute http or https address of it."""
    byline: list[str]
    """Authors, organisation and date, as far as they are known."""
    notes: list[Stretch]
    """What is to be known of the record as a whole."""
    cells: list[Cell]
    """One for each column but the first two."""
    row: Row | None
    """The document and its record or failure themselves, for formats that are read by programs;
    None where the row is no document's but, say, a benchmark's: then the cells are all there is."""
    entry: int | None = None
    """Which entry of the field of ``TableView.part`` it is of, from 0; None for none."""

    @property
    def whole_title(self) -> str:
        """The title as its document has it, on one line, not shortened."""
        document = self.row[0] if self.row else None
        return (document and for_screen(document.title or "")) or self.title


class FailureView(NamedTuple):
    """A failure in the list below the table."""

    kind: str
    title: str
    url: str | None
    message: str


@dataclass
class RowCounts(OutcomeCounts):
    """What the rows come to that were shown so far. Its size doesn't grow with their number."""

    flagged: int = 0
    doubtful: int = 0
    """Cells in which something is doubted."""
    statuses: Counter[str] = field(default_factory=Counter)
    """Of papers that are no longer relied on, in words."""
    values: int = 0
    grounded: int = 0
    judged: JudgedCounts = field(default_factory=JudgedCounts)
    """What people have said of the values."""
    listed: list[FailureView] = field(default_factory=list)
    marks: set[Mark] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    """What is to be said below the table, a line each, such as columns that hold nearly nothing;
    names of fields, and what the user asked for, may be in them."""

    @property
    def unlisted(self) -> int:
        """Failures that ``listed`` leaves out."""
        return self.failures.total() - len(self.listed)

    @property
    def legend(self) -> list[Mark]:
        """The marks that were used, in their order."""
        return [mark for mark in Mark if mark in self.marks]

    def summary(self) -> tuple[str, str]:
        """How many documents, and what became of them; in words of ours."""
        failed = self.failures.total()
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.failures.items()))
        failures = f"{failed:,} failed{f' ({kinds})' if kinds else ''}"
        left = f", {self.pending:,} not attempted" if self.pending else ""
        became = f"{counted(self.records, 'record')}, {failures}{left}. {self._copied()}"
        return counted(self.documents, "document"), f"{'; '.join([became, *self._signs()])}."

    def _signs(self) -> Iterator[str]:
        """What is marked; where nothing is, no sign stands that nobody finds in a row."""
        if self.doubtful:
            be = noun_of(self.doubtful, "is", "are")
            yield f"{counted(self.doubtful, 'cell')} {be} doubtful {Mark.DOUBT.sign}"
        if self.flagged:
            yield f"{counted(self.flagged, 'record')} flagged {Mark.FLAG.sign}"
        for status, count in self.statuses.most_common():
            yield f"{counted(count, 'paper')} {Mark.FLAG.sign} {status}"

    def _copied(self) -> str:
        if not self.values:
            return "No value was copied from an abstract or title"
        of = counted(self.values, "value")
        return (
            f"The words of {self.grounded:,} of {of} stand in the abstract or title, "
            "which code has checked"
        )

    def accounts(self) -> Iterator[tuple[str, ...]]:
        """The notes for formats of rows: what is told, of which, in which words, and an address.

        The counts come first, then notes, what the marks mean, and the failures.
        """
        yield ("count", *self.summary())
        yield from (("note", "", note) for note in self.notes)
        yield from (("mark", mark.sign, mark.meaning) for mark in self.legend)
        for one in self.listed:
            yield (f"failed: {one.kind}", one.title, one.message, one.url or "")
        if self.unlisted:
            yield ("failed", f"and {self.unlisted:,} more", "marked in the rows")


class TableView(NamedTuple):
    """A run as a table."""

    columns: list[str]
    """Titles; the first column is that of the row's number, the next that of title, byline and
    notes."""
    rows: Iterator[RowView]
    """Can be gone through once; no more than some tens are held."""
    counts: RowCounts
    """What the rows come to, once they have been gone through."""
    schema: type[BaseModel]
    """What the records were made with."""
    tells_papers: bool = True
    """Whether a row is about one paper, rather than about a dataset, say."""
    part: Node | None = None
    """The field whose entries are the rows, where that is what they are; the rows of a paper stand
    together, and one without entries has one row."""


class ByteStream(Protocol):
    """A file, or standard output: it can't be gone back in."""

    def write(self, content: bytes, /) -> object:
        """Take bytes."""

    def isatty(self) -> bool:
        """Whether somebody looks at it."""


Target = Path | ByteStream
"""Where a table goes: what the user named, or a stream."""


class OutputFormat(NamedTuple):
    """One way to write a table down."""

    write: Callable[[TableView, Target], None]
    """Writes a table to ``file_of`` a target."""
    is_page: bool = False
    """Whether people read it as a page, on which a column that holds nearly nothing is named below
    the table instead; programs get all columns."""


def load_format(name: str) -> OutputFormat:
    """The format of a name that is one of ``FORMATS``."""
    return cast("OutputFormat", import_module(f"{formats.__name__}.{name}").FORMAT)


def file_suffixes() -> frozenset[str]:
    """What the names of files in any format may end with."""
    return frozenset().union(*formats.FORMATS.values())


def output_format(name: str | None, path: Path | None, *, is_seen: bool = False) -> OutputFormat:
    """The format of a name, which may be a suffix as well, else the one of a file's suffix.

    Without both, the one for where it is printed; there it ``is_seen`` or sent on.

    Raises:
        SettingsError: There is none.
    """
    if name is not None and name in formats.FORMATS:
        return load_format(name)
    wanted = f".{name}" if name else path.name.lower() if path else ""
    by_suffix = {suffix: one for one, ends in formats.FORMATS.items() for suffix in ends}
    # The longest is meant: table.csl.json is no other JSON.
    for suffix in sorted(by_suffix, key=len, reverse=True):
        if wanted == suffix or (name is None and wanted.endswith(suffix)):
            return load_format(by_suffix[suffix])
    if name is not None:
        check_choice("format", name, formats.FORMATS, "--format")
    if path is None or not path.suffix:
        printed = formats.ON_TERMINAL if is_seen and path is None else formats.USUAL
        return load_format(printed)
    known = ", ".join(suffixes[0] for suffixes in formats.FORMATS.values())
    raise SettingsError(
        f"{path} is named like no format of a table",
        where="-o",
        hint=f"End its name in one of {known}, or choose one with --format.",
    )


def shares_of(table: TableView) -> tuple[list[float], Iterator[RowView]]:
    """The parts of a page's width that suit the columns behind the first, and the table's rows.

    By what the first rows hold: what is longer is wider, but not as much.
    """
    first = list(islice(table.rows, _MEASURED))
    longest = [len(title) for title in table.columns[1:]]
    squares = [length**2 for length in longest]
    for row in first:
        for at, cell in enumerate([[[Stretch(row.title)]], *row.cells]):
            lengths = [len(text_of(line)) for line in cell]
            squares[at] += sum(lengths) ** 2
            longest[at] = max([longest[at], *lengths])
    roots = [(square / (len(first) or 1)) ** 0.25 for square in squares]
    # A column of years, or of single digits, has no need of more than its longest line.
    weights = [
        min(max(root, min(_NARROWEST, length)), _WIDEST)
        for root, length in zip(roots, longest, strict=True)
    ]
    return [weight / sum(weights) for weight in weights], chain(first, table.rows)


@contextlib.contextmanager
def file_of(target: Target) -> Iterator[ByteStream]:
    """The file that a target is; one with a name is replaced when all is written.

    Raises:
        RunError: It can't be written.
    """
    if isinstance(target, Path):
        with writing(target) as file:
            yield file
    else:
        yield target


def text_format(
    pieces: Callable[[TableView], Iterable[str]], *, end: str = "", is_page: bool = False
) -> OutputFormat:
    """A format of text, by what gives a table in pieces; ``end`` is written behind each."""

    def write(table: TableView, target: Target) -> None:
        with file_of(target) as file:
            for piece in pieces(table):
                file.write(f"{piece}{end}".encode())

    return OutputFormat(write, is_page)


@contextlib.contextmanager
def made_file_of(target: Target, name: str) -> Iterator[Path]:
    """Where a library that goes back and forth may make a file; whole, it goes to the target.

    Raises:
        SettingsError: The target is a screen, on which a format of that ``name`` says nothing.
        RunError: It can't be written.
    """
    if not isinstance(target, Path) and target.isatty():
        raise SettingsError(
            f"{name} can't be read on a screen", where="--format", hint="Name a file with -o."
        )
    with file_of(target) as file, tempfile.TemporaryDirectory(prefix="summarise-") as folder:
        made = Path(folder) / "table"
        yield made
        with made.open("rb") as whole:
            while block := whole.read(_BLOCK):
                file.write(block)
