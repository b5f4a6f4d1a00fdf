"""The run directory: what a run read, was answered, made and could not make.

    manifest.json      inputs, what made the answers, counts, usage (written aside and replaced)
    documents.jsonl    the documents in input order (likewise)
    skipped.jsonl      entries of the input that gave no document, and why (likewise)
    answers.jsonl      every answer of the endpoint, as received, before it is parsed (appended)
    records.jsonl      records, in the order in which they were made (appended)
    failures.jsonl     failures, likewise (appended)

A document matches a record by ``doc_id`` and content: a changed document needs a new record, and
one that is gone from the input leaves the views. Of several lines about one document the last
counts; a record outranks a failure.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from summarise.errors import RunError
from summarise.journal import Journal, read_journal
from summarise.models import (
    Answer,
    Completion,
    Document,
    Failure,
    Identity,
    Outcome,
    Record,
    Row,
    Skipped,
    Stored,
    Usage,
)
from summarise.schema import Draft, schema_of, to_plain

_MANIFEST = "manifest.json"
_DOCUMENTS = "documents.jsonl"
_SKIPPED = "skipped.jsonl"
_ANSWERS = "answers.jsonl"
_RECORDS = "records.jsonl"
_FAILURES = "failures.jsonl"
_LOCK = ".lock"
_FORMAT = 1


class RunState(StrEnum):
    """How far a run got."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


class Input(Stored):
    """One input of a run: its name and the SHA-256 of its bytes."""

    name: str
    sha256: str


class Manifest(Stored):
    """What a run directory says about itself.

    Attributes:
        format: Version of the layout of the directory.
        identity: What makes its answers.
        schema_form: What its records are made of, as ``schema.to_plain`` writes it, so that the
            directory can be read where the schema's own file or module isn't at hand.
        inputs: What it was last made from.
        state: How far it got.
        counts: The accounts of the last run, as ``report.Report`` counts them.
        usage: Tokens of all answers in this directory, runs that were cut off included.
        created: When the directory was made, ISO 8601 in UTC.
        updated: When it was last written.
        answers_from: Byte offset in ``answers.jsonl`` from which lines count.
        records_from: Likewise in ``records.jsonl``; what is before was made by other settings.
        failures_from: Likewise in ``failures.jsonl``.
    """

    format: int = _FORMAT
    identity: Identity
    schema_form: Mapping[str, Any]
    inputs: tuple[Input, ...] = ()
    state: RunState = RunState.RUNNING
    counts: Mapping[str, int] = {}
    usage: Usage = Usage()
    created: str
    updated: str
    answers_from: int = 0
    records_from: int = 0
    failures_from: int = 0


def utc_now() -> str:
    """The time, ISO 8601 in UTC, in whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


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


class Run:
    """A run directory, read only.

    Args:
        path: The directory.

    Attributes:
        path: The directory.
        manifest: What it says about itself.

    Raises:
        RunError: It isn't a run directory, or one of a later version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        found = _load_manifest(path)
        if found is None:
            raise RunError(
                "isn't a run directory: it has no manifest.json",
                where=str(path),
                hint="Name the folder that `summarise run` printed.",
            )
        self.manifest = found

    @cached_property
    def schema(self) -> type[BaseModel]:
        """What its records were extracted with.

        Raises:
            SchemaError: The manifest is damaged.
        """
        return schema_of(self.manifest.schema_form, str(self.path / _MANIFEST))

    def documents(self) -> Iterator[Document]:
        """The documents in input order."""
        return _documents(self.path)

    def rows(self) -> Iterator[Row]:
        """Each document in input order with its record or failure, None if it has neither yet."""
        return _rows(self.path, _Index(self.path, self.manifest))

    def stored_rows(self) -> Iterator[StoredRow]:
        """Each document in input order with the line that is stored about it, not yet understood.

        Raises:
            RunError: A file is damaged.
        """
        return _stored_rows(self.path, _Index(self.path, self.manifest))

    def answers(self) -> KeptAnswers:
        """The answers that its records were made of, by document."""
        return KeptAnswers(self.path, self.manifest)

    def records(self) -> Iterator[Record]:
        """The records in input order."""
        return (outcome for _, outcome in self.rows() if isinstance(outcome, Record))

    def failures(self) -> Iterator[Failure]:
        """The failures in input order."""
        return (outcome for _, outcome in self.rows() if isinstance(outcome, Failure))


class RunWriter:
    """A run directory, open for one run. Use ``open_run``.

    Attributes:
        path: The directory.
        manifest: What it says about itself.
        usage: Tokens of all answers in it.
    """

    def __init__(self, path: Path, manifest: Manifest, lock: FileLock) -> None:
        self.path = path
        self.manifest = manifest
        self._lock = lock
        self._answers = Journal(path / _ANSWERS)
        self._records = Journal(path / _RECORDS)
        self._failures = Journal(path / _FAILURES)
        self._index = _Index(path, manifest)
        self.usage, self._recalled = _read_answers(path, manifest, self._index)

    def replace_documents(
        self, entries: Iterable[Document | Skipped], *, keep: bool = False
    ) -> None:
        """Put the documents of this run, in input order, in the place of those of the last one.

        Args:
            entries: What the readers yield, each document once.
            keep: Keep the documents of the last run before them, those with a new version apart.

        Raises:
            RunError: The directory was made from another input: not one document is the same.
        """
        with (
            replacing(self.path / _DOCUMENTS) as documents,
            replacing(self.path / _SKIPPED) as skipped,
            tempfile.TemporaryFile(dir=self.path) as incoming,
        ):
            ids = _write_entries(entries, incoming if keep else documents, skipped)
            old = {_digest(document.doc_id) for document in _documents(self.path)}
            if keep:
                for document in _documents(self.path):
                    if _digest(document.doc_id) not in ids:
                        documents.write(_line(document))
                incoming.seek(0)
                shutil.copyfileobj(incoming, documents)
            elif old and old.isdisjoint(ids):
                raise RunError(
                    "holds the run of another input: not one document is the same",
                    where=str(self.path),
                    hint="Choose another folder with -o, or add to this one with --append.",
                )

    def pending(self) -> Iterator[Document]:
        """The documents that have no record yet, in input order."""
        return (d for d in _documents(self.path) if not self._index.has_record(d))

    def recall(self, key: str) -> Completion | None:
        """An answer that an earlier run paid for and made nothing of before it was cut off."""
        return self._recalled.pop(key, None)

    def append_answer(self, answer: Answer) -> None:
        """Keep an answer, before anything else happens to it.

        Raises:
            RunError: The disk is full or gone.
        """
        self._answers.append(to_json(answer))
        self.usage = self.usage + answer.completion.usage

    def append(self, outcome: Outcome) -> None:
        """Keep what became of a document.

        Raises:
            RunError: The disk is full or gone.
        """
        if isinstance(outcome, Record):
            self._index.add(outcome, self._records.append(to_json(outcome)))
        else:
            failure = outcome.model_copy(update={"answered_until": self._answers.size})
            self._index.add(failure, self._failures.append(to_json(failure)))

    def rows(self) -> Iterator[Row]:
        """Each document in input order with its record or failure, None if it has neither yet."""
        return _rows(self.path, self._index)

    def save_manifest(self, **changes: Any) -> None:
        """Write the manifest, aside and then in place of the old one."""
        self.manifest = self.manifest.model_copy(update={**changes, "updated": utc_now()})
        with replacing(self.path / _MANIFEST) as file:
            file.write(to_json(self.manifest, indent=2) + b"\n")

    def close(self) -> None:
        """Sync and close all files, and release the lock."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._lock.release)
            for journal in (self._answers, self._records, self._failures):
                stack.callback(journal.close)

    def __enter__(self) -> Self:
        """The run itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


def open_run(
    path: Path, identity: Identity, schema: type[BaseModel] = Draft, *, refresh: bool = False
) -> RunWriter:
    """Open or make a run directory for one run.

    Args:
        path: The directory.
        identity: What will make the answers.
        schema: What they will be answers to.
        refresh: Make everything anew.

    Raises:
        RunError: It is in use, can't be written, or holds paid records of another model, prompt or
            schema and ``refresh`` isn't set.
    """
    _make_folder(path)
    lock = FileLock(path / _LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise RunError(
            "another process is writing this run",
            where=str(path),
            hint="Wait until it is done, or choose another folder with -o.",
        ) from None
    try:
        manifest = _manifest_for(path, identity, schema, refresh=refresh)
        writer = RunWriter(path, manifest, lock)
    except BaseException:
        lock.release()
        raise
    writer.save_manifest(state=RunState.RUNNING)
    return writer


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Write a file aside and put it in place when all is written; on an error nothing changes.

    Raises:
        RunError: The file can't be written.
    """
    aside = path.with_name(path.name + ".new")
    try:
        with aside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise RunError(
            f"can't be written ({error.strerror})",
            where=str(path),
            hint="Make room, or choose another folder with -o.",
        ) from error
    finally:
        aside.unlink(missing_ok=True)


class _Index:
    """Where the line about each document starts: its record, else its last failure.

    A key is a hash of the document's id and content, so that a record of an older version of the
    document isn't found.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._records: dict[int, int] = {}
        self._failures: dict[int, int] = {}
        for offset, line in read_journal(path / _RECORDS, manifest.records_from):
            self._records[_key_in(line, path / _RECORDS, offset)] = offset
        for offset, line in read_journal(path / _FAILURES, manifest.failures_from):
            self._failures[_key_in(line, path / _FAILURES, offset)] = offset

    def has_record(self, document: Document) -> bool:
        return _key(document.doc_id, document.content_hash) in self._records

    def add(self, outcome: Outcome, offset: int) -> None:
        offsets = self._records if isinstance(outcome, Record) else self._failures
        offsets[_key(outcome.doc_id, outcome.content_hash)] = offset

    def record_offset(self, key: int) -> int | None:
        return self._records.get(key)

    def failure_offset(self, key: int) -> int | None:
        return self._failures.get(key)


class KeptAnswers:
    """The answers of a run that still count, by document. Use ``Run.answers``."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self._path = path / _ANSWERS
        self._offsets: dict[int, list[int]] = {}
        for offset, line in read_journal(self._path, manifest.answers_from):
            self._offsets.setdefault(_key_in(line, self._path, offset), []).append(offset)

    def of(self, document: Document) -> list[Completion]:
        """What the endpoint answered about a document, in the order received.

        Raises:
            RunError: The file is damaged.
        """
        offsets = self._offsets.get(_key(document.doc_id, document.content_hash))
        if not offsets:
            return []
        completions = []
        with self._path.open("rb") as file:
            for offset in offsets:
                try:
                    answer = Answer.model_validate_json(_line_at(file, offset))
                except ValidationError as error:
                    raise _damaged(self._path, offset) from error
                completions.append(answer.completion)
        return completions


def _rows(path: Path, index: _Index) -> Iterator[Row]:
    for document, kind, line in _stored_rows(path, index):
        yield document, kind.model_validate_json(line) if kind else None


def _stored_rows(path: Path, index: _Index) -> Iterator[StoredRow]:
    with contextlib.ExitStack() as stack:
        files = {
            name: stack.enter_context((path / name).open("rb"))
            for name in (_RECORDS, _FAILURES)
            if (path / name).exists()
        }
        for document in _documents(path):
            key = _key(document.doc_id, document.content_hash)
            if (offset := index.record_offset(key)) is not None:
                yield StoredRow(document, Record, _line_at(files[_RECORDS], offset))
            elif (offset := index.failure_offset(key)) is not None:
                yield StoredRow(document, Failure, _line_at(files[_FAILURES], offset))
            else:
                yield StoredRow(document)


def _read_answers(
    path: Path, manifest: Manifest, index: _Index
) -> tuple[Usage, dict[str, Completion]]:
    """Tokens of all answers, and, by key, the answers that nothing has been made of yet."""
    used_until = {
        (failure.doc_id, failure.content_hash): failure.answered_until
        for failure in _failures(path, manifest)
    }
    usage = Usage()
    unused: dict[str, Completion] = {}
    for offset, line in read_journal(path / _ANSWERS):
        answer = Answer.model_validate_json(line)
        usage = usage + answer.completion.usage
        document = (answer.doc_id, answer.content_hash)
        used = index.record_offset(_key(*document)) is not None
        if not used and offset >= max(manifest.answers_from, used_until.get(document, 0)):
            unused[answer.key] = answer.completion
    return usage, unused


def _failures(path: Path, manifest: Manifest) -> Iterator[Failure]:
    for _, line in read_journal(path / _FAILURES, manifest.failures_from):
        yield Failure.model_validate_json(line)


def _documents(path: Path) -> Iterator[Document]:
    for offset, line in read_journal(path / _DOCUMENTS):
        try:
            yield Document.model_validate_json(line)
        except ValidationError as error:
            raise _damaged(path / _DOCUMENTS, offset) from error


def _write_entries(
    entries: Iterable[Document | Skipped], documents: IO[bytes], skipped: IO[bytes]
) -> set[int]:
    ids: set[int] = set()
    for entry in entries:
        if isinstance(entry, Document):
            documents.write(_line(entry))
            ids.add(_digest(entry.doc_id))
        else:
            skipped.write(_line(entry))
    return ids


def _line(value: Document | Skipped) -> bytes:
    return to_json(value) + b"\n"


def _line_at(file: IO[bytes], offset: int) -> bytes:
    file.seek(offset)
    return file.readline()


def _key_in(line: bytes, path: Path, offset: int) -> int:
    try:
        values = from_json(line)
        return _key(values["doc_id"], values["content_hash"])
    except (ValueError, LookupError, TypeError) as error:
        raise _damaged(path, offset) from error


def _damaged(path: Path, offset: int) -> RunError:
    return RunError(
        f"is damaged: the line at byte {offset} can't be understood",
        where=str(path),
        hint="Restore it from a copy, or make the run anew in another folder with -o.",
    )


def _key(doc_id: str, content_hash: str) -> int:
    return _digest(f"{doc_id}\0{content_hash}")


def _digest(text: str) -> int:
    # 64 bits: among a million documents, two share one with a chance of 3 in 100 million.
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _manifest_for(
    path: Path, identity: Identity, schema: type[BaseModel], *, refresh: bool
) -> Manifest:
    """The manifest to go on with: the old one where its records still count, else a new start."""
    old = _load_manifest(path)
    form = to_plain(schema)
    if old is None:
        now = utc_now()
        return Manifest(identity=identity, schema_form=form, created=now, updated=now)
    if old.identity.fingerprint == identity.fingerprint and not refresh:
        return old
    if old.identity.is_paid and not refresh:
        raise RunError(
            f"was made with {_differences(old.identity, identity)}",
            where=str(path),
            hint="Choose another folder with -o, or make it anew here with --refresh.",
        )
    # The old lines stay in the files, for whoever wants them; they just don't count any more.
    return old.model_copy(
        update={
            "identity": identity,
            "schema_form": form,
            "answers_from": _size(path / _ANSWERS),
            "records_from": _size(path / _RECORDS),
            "failures_from": _size(path / _FAILURES),
        }
    )


def _differences(old: Identity, new: Identity) -> str:
    """What the old run has that the new one hasn't: ``model a (now b)``."""
    names = {
        "extractor": "extractor",
        "model": "model",
        "endpoint_host": "endpoint",
        "prompt_version": "prompt",
        "prompt_fingerprint": "prompt text",
        "schema_name": "schema",
        "schema_fingerprint": "schema fields",
        "sampling": "sampling settings",
    }
    changed = [
        f"{label} {getattr(old, name) or 'none'} (now {getattr(new, name) or 'none'})"
        for name, label in names.items()
        if getattr(old, name) != getattr(new, name)
    ]
    return ", ".join(changed) or "other settings of the endpoint"


def _load_manifest(path: Path) -> Manifest | None:
    try:
        text = (path / _MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RunError(f"can't be read ({error.strerror})", where=str(path / _MANIFEST)) from error
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise RunError(
            "can't be understood: it is damaged, or was written by another version of summarise",
            where=str(path / _MANIFEST),
            hint="Use that version, or choose another folder with -o.",
        ) from error


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise RunError(
            f"can't be written ({error.strerror})",
            where=str(path),
            hint="Choose another folder with -o.",
        ) from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
