"""The lines of a run directory: which one is about which document."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import IO, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from summarise.journal import read_journal
from summarise.models import Answer, Completion, Document, Failure, Outcome, Record, Row, Usage
from summarise.store.files import ANSWERS, DOCUMENTS, FAILURES, RECORDS, damaged
from summarise.store.manifest import Manifest


class StoredRow(NamedTuple):
    """A document and the line that is stored about it.

    Attributes:
        document: The document.
        kind: What the line holds, None where there is none.
        line: JSON; empty where there is none.
    """

    document: Document
    kind: type[Record | Failure] | None = None
    line: bytes = b""


class Index:
    """Where the line about each document starts: its record, else its last failure.

    A key is a hash of the document's id and content, so that a record of an older version of the
    document isn't found.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._records: dict[int, int] = {}
        self._failures: dict[int, int] = {}
        for offset, line in read_journal(path / RECORDS, manifest.records_from):
            self._records[key_in(line, path / RECORDS, offset)] = offset
        for offset, line in read_journal(path / FAILURES, manifest.failures_from):
            self._failures[key_in(line, path / FAILURES, offset)] = offset

    def has_record(self, document: Document) -> bool:
        """Whether a document has a record."""
        return document_key(document.doc_id, document.content_hash) in self._records

    def add(self, outcome: Outcome, offset: int) -> None:
        """Take up a line that was just written."""
        offsets = self._records if isinstance(outcome, Record) else self._failures
        offsets[document_key(outcome.doc_id, outcome.content_hash)] = offset

    def record_offset(self, key: int) -> int | None:
        """Where the record with this key starts, None where there is none."""
        return self._records.get(key)

    def failure_offset(self, key: int) -> int | None:
        """Where the last failure with this key starts, None where there is none."""
        return self._failures.get(key)


class KeptAnswers:
    """The answers of a run that still count, by document. Use ``Run.answers``."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._path = path / ANSWERS
        self._offsets: dict[int, list[int]] = {}
        for offset, line in read_journal(self._path, manifest.answers_from):
            self._offsets.setdefault(key_in(line, self._path, offset), []).append(offset)

    def of(self, document: Document) -> list[Completion]:
        """What the endpoint answered about a document, in the order received.

        Raises:
            RunError: The file is damaged.
        """
        offsets = self._offsets.get(document_key(document.doc_id, document.content_hash))
        if not offsets:
            return []
        completions = []
        with self._path.open("rb") as file:
            for offset in offsets:
                try:
                    answer = Answer.model_validate_json(line_at(file, offset))
                except ValidationError as error:
                    raise damaged(self._path, offset) from error
                completions.append(answer.completion)
        return completions


def stored_documents(path: Path) -> Iterator[Document]:
    """The documents of a run directory in input order.

    Raises:
        RunError: The file is damaged.
    """
    for offset, line in read_journal(path / DOCUMENTS):
        try:
            yield Document.model_validate_json(line)
        except ValidationError as error:
            raise damaged(path / DOCUMENTS, offset) from error


def rows(path: Path, index: Index) -> Iterator[Row]:
    """Each document in input order with its record or failure."""
    for document, kind, line in stored_rows(path, index):
        yield document, kind.model_validate_json(line) if kind else None


def stored_rows(path: Path, index: Index) -> Iterator[StoredRow]:
    """Each document in input order with the line that is stored about it."""
    with contextlib.ExitStack() as stack:
        files = {
            name: stack.enter_context((path / name).open("rb"))
            for name in (RECORDS, FAILURES)
            if (path / name).exists()
        }
        for document in stored_documents(path):
            key = document_key(document.doc_id, document.content_hash)
            if (offset := index.record_offset(key)) is not None:
                yield StoredRow(document, Record, line_at(files[RECORDS], offset))
            elif (offset := index.failure_offset(key)) is not None:
                yield StoredRow(document, Failure, line_at(files[FAILURES], offset))
            else:
                yield StoredRow(document)


def read_answers(
    path: Path, manifest: Manifest, index: Index
) -> tuple[Usage, dict[str, Completion]]:
    """Tokens of all answers, and, by key, the answers that nothing has been made of yet."""
    used_until = {
        (failure.doc_id, failure.content_hash): failure.answered_until
        for failure in _failures(path, manifest)
    }
    usage = Usage()
    unused: dict[str, Completion] = {}
    for offset, line in read_journal(path / ANSWERS):
        answer = Answer.model_validate_json(line)
        usage = usage + answer.completion.usage
        document = (answer.doc_id, answer.content_hash)
        used = index.record_offset(document_key(*document)) is not None
        if not used and offset >= max(manifest.answers_from, used_until.get(document, 0)):
            unused[answer.key] = answer.completion
    return usage, unused


def _failures(path: Path, manifest: Manifest) -> Iterator[Failure]:
    for _, line in read_journal(path / FAILURES, manifest.failures_from):
        yield Failure.model_validate_json(line)


def line_at(file: IO[bytes], offset: int) -> bytes:
    """The line that starts at a byte offset."""
    file.seek(offset)
    return file.readline()


def key_in(line: bytes, path: Path, offset: int) -> int:
    """The key of the document that a line is about.

    Raises:
        RunError: The line is damaged.
    """
    try:
        values = from_json(line)
        return document_key(values["doc_id"], values["content_hash"])
    except (ValueError, LookupError, TypeError) as error:
        raise damaged(path, offset) from error


def document_key(doc_id: str, content_hash: str) -> int:
    """Key of a document with this id and content."""
    return digest(f"{doc_id}\0{content_hash}")


def digest(text: str) -> int:
    """A text as a number of 64 bits."""
    # 64 bits: among a million documents, two share one with a chance of 3 in 100 million.
    hashed = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(hashed.digest(), "big")
