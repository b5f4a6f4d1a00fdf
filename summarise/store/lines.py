"""The lines of a run directory: each document written once, and which line is about it."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import from_json

from summarise.models import (
    Answer,
    Document,
    Failure,
    Made,
    MadeRecord,
    SettledRow,
    Spent,
)
from summarise.schema import misfit
from summarise.store.digests import Offsets, digest
from summarise.store.document_lines import (
    Lines,
    StoredRow,
    document_key,
    key_of,
    key_of_document,
    line_at,
    stored_at,
)
from summarise.store.files import (
    ANSWERS,
    DOCUMENTS,
    FAILURES,
    RECORDS,
    Damage,
    read_journal,
    understood,
)
from summarise.store.manifest import Manifest, Marks, Settled


class Index(Lines):
    """As ``Lines``, for all documents: read once, where the line about each of them starts.

    A key is a hash of the document's id and content. Where it ``checks``, no damaged line is taken
    for a record.
    """

    def __init__(
        self, path: Path, manifest: Manifest, damage: Damage, *, checks: bool = False
    ) -> None:
        super().__init__(path, manifest, damage)
        self.records, self.failures = Offsets(), Offsets()
        record_key = self._fitting_key if checks else key_of
        for offset, key in understood(path / RECORDS, record_key, damage, self._shown_from):
            self.records.put(key, offset)
        for offset, key in understood(path / FAILURES, key_of, damage, manifest.failures_from):
            self.failures.put(key, offset)

    def _fitting_key(self, line: bytes) -> int:
        """The key of a record that its reader will take; another is made anew."""
        if misfit(self._shape, values := from_json(line)) is not None:
            raise ValueError
        return document_key(values["doc_id"], values["content_hash"])

    def add(self, made: Made, offset: int) -> None:
        """Take up a line that was just written."""
        offsets = self.records if isinstance(made, MadeRecord) else self.failures
        offsets.put(document_key(made.doc_id, made.content_hash), offset)

    def settled_rows(
        self,
        documents: Path | None = None,
        since: Callable[[str], Marks] | None = None,
    ) -> Iterator[SettledRow]:
        """Each document in input order, with what is shown of it and what has become of it.

        Their file may be another than the run directory's, and lines about a document may count
        ``since`` elsewhere, by its id, than the manifest says.
        """
        return (row for _, row in self.placed_rows(documents, since))

    def _places(self, document: Document) -> tuple[int | None, int | None]:
        return self.records.get(key := key_of_document(document)), self.failures.get(key)

    def placed_rows(
        self,
        documents: Path | None = None,
        since: Callable[[str], Marks] | None = None,
    ) -> Iterator[tuple[int, SettledRow]]:
        """As ``settled_rows``, each with where its document starts in its file."""
        path, parse = documents or self._path / DOCUMENTS, Document.model_validate_json
        status = self._read_status()
        with self._opened() as files:
            for at, document in understood(path, parse, self._damage):
                marks = since(document.doc_id) if since else self._marks
                yield at, self._settled(files, status(document), marks)

    @contextlib.contextmanager
    def rows_by_place(self) -> Iterator[Callable[[int], SettledRow]]:
        """What reads the row of the document that starts at a place in its file."""
        status = self._read_status()
        with self._opened() as files, (self._path / DOCUMENTS).open("rb") as documents:

            def row_at(place: int) -> SettledRow:
                document = Document.model_validate_json(line_at(documents, place))
                return self._settled(files, status(document), self._marks)

            yield row_at

    def record_lines(self) -> Iterator[bytes]:
        """The lines of the records, not understood, in the order in which they were written."""
        path = self._path / RECORDS
        keyed = understood(path, lambda line: (key_of(line), line), self._damage, self._shown_from)
        for at, (key, line) in keyed:
            if self.records.get(key) == at:
                yield line

    def count_hidden(self, documents: Path) -> int:
        """Documents without a record that can be shown, of which one of another schema is kept."""
        lines = understood(self._path / RECORDS, key_of, self._damage)
        older = {
            key for _, key in itertools.takewhile(lambda one: one[0] < self._shown_from, lines)
        }
        held = stored_documents(documents, self._damage) if older else iter(())
        return sum(
            key in older and self.records.get(key) is None for key in map(key_of_document, held)
        )

    def stored_rows(self) -> Iterator[StoredRow]:
        """Each document in input order with the line that is stored about it."""
        with self._opened() as files:
            for document in stored_documents(self._path / DOCUMENTS, self._damage):
                yield self._stored(files, document)

    def read_answers(
        self, settled: Settled, since: Callable[[str], Marks] | None = None
    ) -> tuple[Spent, Offsets]:
        """What all answers took, and where, by key, those are that nothing has been made of yet.

        Those that are settled aren't read; ``since`` is that of ``settled_rows``.
        """
        parse, path = Failure.model_validate_json, self._path / FAILURES
        used_until = {
            (failure.doc_id, failure.content_hash): failure.answered_until
            for _, failure in understood(path, parse, self._damage, self._marks.failures)
        }
        spent = settled.spent
        unused = Offsets()
        for offset, answer in understood(
            self._path / ANSWERS, Answer.model_validate_json, self._damage, settled.answers_until
        ):
            spent = spent + answer.spent
            document = (answer.doc_id, answer.content_hash)
            marks = since(answer.doc_id) if since else self._marks
            is_used = self.records.get(document_key(*document), marks.records) is not None
            if not is_used and offset >= max(marks.answers, used_until.get(document, 0)):
                unused.put(digest(answer.key), offset)
        return spent, unused


class KeptAnswers:
    """The answers of a run that still count, by document. Use ``Run.answers``."""

    def __init__(self, path: Path, manifest: Manifest, damage: Damage) -> None:
        self._path = path / ANSWERS
        self._start, self._damage = manifest.answers_from, damage

    @cached_property
    def _offsets(self) -> dict[int, list[int]]:
        offsets: dict[int, list[int]] = {}
        for offset, key in understood(self._path, key_of, self._damage, self._start):
            offsets.setdefault(key, []).append(offset)
        return offsets

    def counting(self) -> Iterator[Answer]:
        """All of them, in the order received."""
        parse = Answer.model_validate_json
        return (one for _, one in understood(self._path, parse, self._damage, self._start))

    def of(self, document: Document) -> list[Answer]:
        """What the endpoint answered about a document, in the order received."""
        offsets = self._offsets.get(key_of_document(document))
        if not offsets:
            return []
        with self._path.open("rb") as file:
            read = [stored_at(file, offset, Answer, self._damage) for offset in offsets]
        return [answer for answer in read if answer is not None]

    def all(self) -> Iterator[tuple[int, Answer]]:
        """Every answer of the file, counting or not, with the byte offset at which it ends."""
        parse = Answer.model_validate_json
        measured = understood(self._path, lambda line: (parse(line), len(line) + 1), self._damage)
        return ((offset + length, answer) for offset, (answer, length) in measured)


def answer_at(path: Path, offset: int, damage: Damage) -> Answer | None:
    """The answer that starts at a byte offset; None where it is damaged."""
    with (path / ANSWERS).open("rb") as file:
        return stored_at(file, offset, Answer, damage)


def spent_since(path: Path, start: int) -> Spent:
    """What the answers took that a run directory has from a byte offset on."""
    lines = understood(path / ANSWERS, Answer.model_validate_json, Damage(), start)
    return sum((answer.spent for _, answer in lines), Spent())


def stored_documents(path: Path, damage: Damage) -> Iterator[Document]:
    """The documents in a file, in its order."""
    return (document for _, document in understood(path, Document.model_validate_json, damage))


def marked_documents(path: Path, marks: Iterable[int], damage: Damage) -> Iterator[Document]:
    """Those of the documents in a file that are marked, line by line."""
    for offset, line in itertools.compress(read_journal(path), marks):
        try:
            document = Document.model_validate_json(line)
        except ValidationError:
            damage.tell(path, offset)
        else:
            yield document
