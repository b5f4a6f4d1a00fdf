"""Records of tagged lines, as RIS, MEDLINE, ISI and EndNote have them, cut out of a stream.

A line starts a field, or goes on with the one above it. Where a record starts and ends its format
says by tags, blank lines or both; where one of them is missing the record is read all the same, and
its ``repairs`` say so. A record is held, the stream isn't.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from summarise.models import Skipped
from summarise.readers.entry import LARGEST, Entry, one_line, shortened, skipped
from summarise.readers.fields import OTHER_BYTES, OtherBytes, cleaned
from summarise.readers.source import Source

_MOST_REPAIRS = 9


@dataclass(slots=True)
class TaggedRecord:
    """The fields of a record in order: a tag, and the lines of its value without outer spaces."""

    line: int
    opening: str
    """The line that started it, whole."""
    fields: list[tuple[str, list[str]]] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    size: int = 0
    is_ascii: bool = True

    def add(self, tag: str, line: str, value: str) -> None:
        """Take a line that starts a field."""
        self.size += len(line)
        if self.size <= LARGEST:
            self.fields.append((tag, [value.strip()]))
        if not line.isascii():
            self.is_ascii = False

    def all(self, *tags: str) -> list[str]:
        """The values of some tags, in order, each on one line; none is blank."""
        values = (one_line(" ".join(value)) for tag, value in self.fields if tag in tags)
        return list(filter(None, values))

    def texts(self, *tags: str) -> list[str]:
        """The values of some tags, in order, each with its lines; none is blank."""
        values = ("\n".join(value).strip() for tag, value in self.fields if tag in tags)
        return list(filter(None, values))

    def lines(self, *tags: str) -> list[str]:
        """The lines of the values of some tags, where each line is one of several values."""
        lines = (one_line(line) for tag, value in self.fields if tag in tags for line in value)
        return list(filter(None, lines))

    def first(self, *tags: str) -> str | None:
        """The value of the first of some tags that has one, on one line."""
        return next((value for tag in tags for value in self.all(tag)), None)


def what_is_several(titles: Sequence[str], abstracts: Sequence[str]) -> tuple[str, ...]:
    """What is to be said of a record with several titles, as where two became one, or abstracts."""
    told = []
    if len(set(titles)) > 1:
        told.append(f"of its {len(titles)} titles the first was taken")
    if len(abstracts) > 1:
        told.append(f"its {len(abstracts)} abstracts are read as one")
    return tuple(told)


class Grammar(NamedTuple):
    """How a format writes its records."""

    field: Callable[[str, TaggedRecord | None], tuple[str, str] | None]
    """Tag and value of a line that starts a field, given the record that is open."""
    opens: frozenset[str]
    """Tags that start a record wherever they stand."""
    closes: frozenset[str] = frozenset()
    unclosed: str = ""
    """A tag that starts records which nothing closes."""
    ignored: frozenset[str] = frozenset()
    """Tags that belong to no record."""
    once: frozenset[str] = frozenset()
    """Tags by which the next record is known below a blank line: one that stands there already.
    Where there are none, blank lines are part of a value."""
    strays: bool = True
    """Whether a line without tag and indent below a blank one belongs to no field."""
    must_open: bool = True
    """Whether a record that none of ``opens`` started has lost its first line."""
    told: frozenset[str] = frozenset()
    """Tags of which such a record has one: what has none stands between records."""
    mark: tuple[int, str] = (0, "")
    """Where on a line that is written as the standard says what stands behind the tag. ``field``
    takes it for that whatever record is open, so that it is asked once for each tag."""


def undressed(line: str, record: TaggedRecord | None, dress: re.Pattern[str]) -> str:
    """A line without what stands before each line of its record: an indent, marks of a quotation.

    ``dress`` matches that before the tag that opens a record, and nothing else.
    """
    found = dress.match(line) or (record and dress.match(record.opening))
    return line[found.end() :] if found and line.startswith(found[0]) else line


def read_records(
    source: Source, grammar: Grammar, to_entry: Callable[[TaggedRecord, str], Entry]
) -> Iterator[Entry | Skipped]:
    """The records of a source as entries, with what was repaired of each."""
    bytes_ = OtherBytes()
    for record in records(source.lines(), grammar):
        if fault := _fault(record, bytes_):
            yield skipped(source.name, record.line, fault)
        else:
            entry = cleaned(to_entry(record, source.name))
            repairs = tuple(record.repairs)
            yield replace(entry, repairs=entry.repairs + repairs) if repairs else entry


def _fault(record: TaggedRecord, bytes_: OtherBytes) -> str | None:
    """Why a record can't be read; bytes that aren't UTF-8 become text."""
    if record.size > LARGEST:
        return f"the entry is longer than {LARGEST >> 20} MB; look whether the next one has a start"
    if record.is_ascii:
        return None
    found = bytes_.read("\0".join("\n".join(value) for _, value in record.fields))
    if found is None:
        return OTHER_BYTES
    text, told = found
    if told:
        record.repairs.append(told)
        values = (value.split("\n") for value in text.split("\0"))
        tags = (tag for tag, _ in record.fields)
        record.fields = list(zip(tags, values, strict=True))
    return None


def records(lines: Iterable[str], grammar: Grammar) -> Iterator[TaggedRecord]:
    """The records of a stream, in order."""
    cutter = _Cutter(grammar)
    start, mark = grammar.mark
    end = start + len(mark)
    inner = cutter.inner
    record = None
    for number, line in enumerate(lines, 1):
        # Most lines: the next field of the record that is open.
        if record and line[start:end] == mark and (tag := inner.get(line[:start])):
            record.add(tag, line, line[end:])
        else:
            if done := cutter.take(number, line):
                yield done
            record = cutter.going_on()
    if done := cutter.finish(closed=False):
        yield done


class _Cutter:
    """One pass over lines; holds the record that is open."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._field = grammar.field
        self._bounds = grammar.opens | grammar.closes | grammar.ignored
        self._open: TaggedRecord | None = None
        self._below_blank = False
        self._mark = self._mark_line = 0
        """Where in the fields of the record the last blank line stands, and what line is below."""
        self.inner: dict[str, str] = {}
        """What stands before the mark of a standard line, and the tag that it is; of those alone
        that neither open nor close a record."""

    def going_on(self) -> TaggedRecord | None:
        """The record that is open, where no blank line stands in it."""
        return None if self._below_blank or self._mark else self._open

    def take(self, number: int, line: str) -> TaggedRecord | None:
        """Read the next line; gives the record that it ends."""
        record = self._open
        found = self._field(line, record)
        if found is None:
            self._go_on(number, line)
            return None
        if record is None or found[0] in self._bounds:
            return self._bound(number, line, found)
        done = None
        if self._below_blank or self._mark:
            done, record = self._below(number, line, found[0], record)
        start, mark = self._grammar.mark
        if mark and line[start:].startswith(mark) and line[:start].rstrip() == found[0]:
            self.inner[line[:start]] = found[0]
        record.add(found[0], line, found[1])
        return done

    def _bound(self, number: int, line: str, found: tuple[str, str]) -> TaggedRecord | None:
        """Read a line that starts a record, ends one or belongs to none."""
        grammar, tag = self._grammar, found[0]
        if tag in grammar.ignored:
            return None
        if tag in grammar.closes:
            return self.finish(closed=True)
        done = self.finish(closed=False)
        record = self._open = self._opened(number, line, tag)
        record.fields.append((tag, [found[1]]))
        record.size, record.is_ascii = len(line), line.isascii()
        return done

    def _below(
        self, number: int, line: str, tag: str, record: TaggedRecord
    ) -> tuple[TaggedRecord | None, TaggedRecord]:
        """The record that ended at the blank line above a field, if one did, and the field's."""
        if self._below_blank:
            self._mark, self._mark_line = len(record.fields), number
            self._below_blank = False
        return self._cut(tag, line, record) if tag in self._grammar.once else (None, record)

    def finish(self, *, closed: bool) -> TaggedRecord | None:
        """End the record that is open, if there is one."""
        done, self._open, self._mark, self._below_blank = self._open, None, 0, False
        if done and self._is_between(done):
            return None
        # One that begins with what is too large to be held has no field.
        opened_by = done.fields[0][0] if done and done.fields else ""
        if done and self._grammar.closes and not closed and opened_by != self._grammar.unclosed:
            done.repairs.append(f"it ends without {' or '.join(sorted(self._grammar.closes))}")
        return done

    def _is_between(self, record: TaggedRecord) -> bool:
        """Whether nothing opened a record, and it tells nothing of a paper."""
        told, tags = self._grammar.told, {tag for tag, _ in record.fields}
        return bool(told and tags) and not tags & (told | self._grammar.opens)

    def _opened(self, number: int, line: str, tag: str) -> TaggedRecord:
        record = TaggedRecord(number, line)
        if self._grammar.must_open and tag not in self._grammar.opens:
            usual = sorted(self._grammar.opens - {self._grammar.unclosed})
            record.repairs.append(f"it starts without {' or '.join(usual)}")
        return record

    def _go_on(self, number: int, line: str) -> None:
        """Read a line that starts no field; what stands between records belongs to none."""
        record, text = self._open, line.strip()
        if record is None:
            return
        if record.opening.startswith(">"):  # quoted, as in a mail
            text = text.removeprefix(">").strip()
        if self._grammar.once and not text:
            self._below_blank = True
        elif self._below_blank and self._grammar.strays and not line[0].isspace():
            told = f"line {number} belongs to no field and wasn't read: “{shortened(text)}”"
            record.repairs = [*record.repairs[:_MOST_REPAIRS], told]
        else:
            record.size += len(line)
            record.is_ascii = record.is_ascii and line.isascii()
            if record.size <= LARGEST:
                record.fields[-1][1].extend(["", text] if self._below_blank else [text])
            self._below_blank = False

    def _cut(
        self, tag: str, line: str, record: TaggedRecord
    ) -> tuple[TaggedRecord | None, TaggedRecord]:
        """Cut a record at its last blank line, where a tag shows that another one began there."""
        if all(tag != above for above, _ in record.fields[: self._mark]):
            return None, record
        first = next((above for above, _ in record.fields[self._mark :]), tag)
        below = self._open = self._opened(self._mark_line, line, first)
        below.fields, below.is_ascii = record.fields[self._mark :], record.is_ascii
        del record.fields[self._mark :]
        self._mark = 0
        return record, below
