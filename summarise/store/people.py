"""What people have done on a run: lines of theirs, kept in its directory, of which none is lost.

A person's file is taken in line by line. What can't be used is named by its line, and costs itself
alone. What is there already isn't written again, so that taking in a file twice, or once more after
a kill, does no harm. To take something back is to write another line: the file is
appended to.

What people decided about documents stands beside the records; what they said of these is laid over
them. Where a run has no such file, nothing here is asked.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from summarise import judging
from summarise.characters import for_screen
from summarise.errors import InputError, told_fault
from summarise.models import (
    Document,
    Judgement,
    Offered,
    Outcome,
    Record,
    ScreeningDecision,
    Stored,
)
from summarise.schema import misfit, shape_of
from summarise.store.document_lines import FEW, StoredRow, document_key, key_of, lines_with
from summarise.store.files import (
    CORRECTIONS,
    DOCUMENTS,
    RECORDS,
    Damage,
    Journal,
    reading,
    understood,
)
from summarise.store.lines import stored_documents

_Work = TypeVar("_Work", bound=Stored)
_Said = TypeVar("_Said", Judgement, ScreeningDecision)


# How a document's line of ours starts; an id with an escape in it is left to the JSON parser.
_START = b'{"doc_id":'
_ID_START = re.compile(re.escape(_START) + rb'"([^"\\]*)"')
_NO_WORK = (".csv", ".tsv", ".xlsx", ".ods", ".md", ".txt", ".html", ".ris", ".nbib", ".bib")
"""Endings of tables, pages and papers, of which each line would be refused."""


class RefusedLine(NamedTuple):
    """A line of a person's file that can't be used: ``file:line``, and what is wrong with it."""

    where: str
    why: str


def read_work(path: Path, kind: type[_Work]) -> Iterator[tuple[str, _Work] | RefusedLine]:
    """The lines of a person's file, each with its place; empty ones are passed over.

    Raises:
        InputError: There is no such file, or it is a table or another file that isn't JSON lines.
        RunError: It can't be read.
    """
    with reading(path) as file:
        if file is None:
            raise InputError("no such file", where=str(path))
        if path.suffix.lower() in _NO_WORK:
            hint = "Give what its page has saved; a table that was edited isn't read back."
            raise InputError("holds no lines that people say of a run", where=str(path), hint=hint)
        for number, line in enumerate(file, 1):
            text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if not text:
                continue
            where = f"{path}:{number}"
            try:
                yield where, kind.model_validate_json(text)
            except ValidationError as error:
                yield RefusedLine(where, for_screen(told_fault(error), 200, reveal=True))


def ids_now(run: Path, said: Iterable[_Said], damage: Damage) -> dict[str, str]:
    """What documents are called now that people have spoken of by ids that a run doesn't have.

    An entry that had no DOI when it was read may have one since, and so another id: it is the
    document with the same title and abstract.
    """
    spoken = {(one.doc_id, one.content_hash) for one in said}
    lost = {doc_id for doc_id, _ in spoken}
    if len(lost) <= FEW:
        path = run / DOCUMENTS
        lost = {one for one in lost if not any(lines_with(path, _START + to_json(one), 0))}
    else:
        lost.difference_update(doc_id for _, doc_id in understood(run / DOCUMENTS, id_of, damage))
    by_content: dict[str, list[str]] = {}
    for doc_id, content in spoken:
        if doc_id in lost:
            by_content.setdefault(content, []).append(doc_id)
    named: dict[str, str] = {}
    for document in stored_documents(run / DOCUMENTS, damage) if by_content else ():
        for doc_id in by_content.get(document.content_hash, ()):
            named.setdefault(doc_id, document.doc_id)
    return named


def id_of(line: bytes) -> str:
    """The id of the document that a line holds."""
    start = _ID_START.match(line)
    return start[1].decode() if start else str(from_json(line)["doc_id"])


def called_now(one: _Said, ids: Mapping[str, str]) -> _Said:
    """What a person has said, of the document as it is called now; see ``ids_now``."""
    doc_id = ids.get(one.doc_id)
    return one if doc_id is None else one.model_copy(update={"doc_id": doc_id})


_Drafts = list[tuple[str, Mapping[str, Any]]]


class JudgedRow(NamedTuple):
    """A document that people have judged.

    Attributes:
        number: Of the row in its run, from 1; None where the run has no such document any more.
        stored: Its record as it was extracted, None where it has none.
        shown: The same with what people said laid over it.
        offered: What of that couldn't be.
    """

    number: int | None
    document: Document | None
    stored: Record | None
    shown: Record | None
    offered: tuple[Offered, ...]


class Overlay:
    """What people said of the records of a run, as far as it stands; read once. See ``overlay_of``.

    What is ``more`` than the file has comes last.

    Attributes:
        judgements: By the id of the document, in the order in which they were made.
    """

    def __init__(
        self, path: Path, schema: type[BaseModel], damage: Damage, more: Iterable[Judgement] = ()
    ) -> None:
        self._path, self._schema, self._damage = path, schema, damage
        self.judgements: dict[str, list[Judgement]] = {}
        self._said = [one for _, one in _lines_of(path, damage)]
        self._ids = ids_now(path, self._said, damage)
        now = (called_now(one, self._ids) for one in self._said)
        for one in judging.standing(chain(now, more)):
            self.judgements.setdefault(one.doc_id, []).append(one)

    def laid(self, document: Document, record: Record) -> judging.Laid:
        """A record as it is shown, and what couldn't be laid over it."""
        judgements = self.judgements.get(document.doc_id, ())
        made = record.provenance.created
        is_anew = any(made[:19] > one.moment.isoformat()[:19] for one in judgements)
        key = document_key(document.doc_id, document.content_hash)
        earlier = self._drafts.get(key, ()) if is_anew else ()
        return judging.lay_over(record, document, judgements, self._schema, earlier)

    def shown(self, document: Document, outcome: Outcome | None) -> Outcome | None:
        """What became of a document, as it is shown."""
        if isinstance(outcome, Record) and document.doc_id in self.judgements:
            return self.laid(document, outcome).record
        return outcome

    def rows(
        self, rows: Iterable[tuple[int, StoredRow]], only: Collection[str] | None = None
    ) -> Iterator[JudgedRow]:
        """Of the numbered rows of a run those that were judged, then what is about others.

        Where some ids are given, of those ``only``.
        """
        ids = self.judgements if only is None else self.judgements.keys() & set(only)
        left = {one: self.judgements[one] for one in ids}
        for number, row in rows:
            judgements = left.pop(row.document.doc_id, None)
            if judgements is None:
                continue
            if (record := self._record(row)) is None:
                offered = tuple(Offered(one, "the document has no record") for one in judgements)
                yield JudgedRow(number, row.document, None, None, offered)
                continue
            laid = self.laid(row.document, record)
            yield JudgedRow(number, row.document, record, laid.record, laid.offered)
        for judgements in left.values():
            offered = tuple(Offered(one, "its paper isn't in this run") for one in judgements)
            yield JudgedRow(None, None, None, None, offered)

    def _record(self, row: StoredRow) -> Record | None:
        """The record of a document, where it has one that can be understood."""
        if row.kind is Record:
            with contextlib.suppress(ValidationError):
                record = Record.model_validate_json(row.line)
                return record if misfit(shape_of(self._schema), record.draft) is None else None
        return None

    def lines(self, lines: Iterable[bytes], rows: Iterable[StoredRow]) -> Iterator[bytes]:
        """Lines of records as these are shown; those that people have judged come first."""
        judged = set()
        for row in self.rows(enumerate(rows, 1)):
            if row.document is not None and row.shown is not row.stored:
                judged.add(document_key(row.document.doc_id, row.document.content_hash))
                yield to_json(row.shown)
        yield from (line for line in lines if key_of(line) not in judged)

    @cached_property
    def _drafts(self) -> dict[int, _Drafts]:
        """All drafts that the run has ever had of the documents that were judged, with times."""
        said = (one for ones in self.judgements.values() for one in ones)
        found: dict[int, _Drafts] = {document_key(o.doc_id, o.content_hash): [] for o in said}
        # Those of a document that was called otherwise are its own.
        for one in self._said:
            now = document_key(self._ids.get(one.doc_id, one.doc_id), one.content_hash)
            found[document_key(one.doc_id, one.content_hash)] = found.setdefault(now, [])

        def read(line: bytes) -> None:
            if (drafts := found.get(key_of(line))) is not None:
                values = from_json(line)
                draft = {n: one for n, one in values.items() if n not in Record.model_fields}
                drafts.append((str(values["provenance"]["created"]), draft))

        for _ in understood(self._path / RECORDS, read, self._damage):
            pass
        return found


def count_judged(rows: Iterable[JudgedRow]) -> judging.JudgedCounts:
    """What people have said of a run, in numbers."""
    counts = judging.JudgedCounts()
    for row in rows:
        counts.take(row.shown, row.stored, row.offered)
    return counts


def said_of(path: Path, damage: Damage) -> Iterator[tuple[int, Judgement]]:
    """All that was ever said of the records of a run, with the byte offsets of its lines.

    The documents are those that they are called now.
    """
    lines = list(_lines_of(path, damage))
    ids = ids_now(path, (one for _, one in lines), damage)
    return ((at, called_now(one, ids)) for at, one in lines)


def _lines_of(path: Path, damage: Damage) -> Iterator[tuple[int, Judgement]]:
    return understood(path / CORRECTIONS, Judgement.model_validate_json, damage)


def overlay_of(path: Path, schema: type[BaseModel], damage: Damage) -> Overlay | None:
    """What people said of the records in a directory; None where nobody has."""
    return Overlay(path, schema, damage) if (path / CORRECTIONS).exists() else None


def append_judgements(path: Path, judgements: Iterable[Judgement]) -> None:
    """Put judgements into a run directory; they are on the disk when this returns.

    Raises:
        RunError: The file can't be written, or another process writes it.
    """
    with Journal(path / CORRECTIONS) as journal:
        for one in judgements:
            journal.append(to_json(one))
