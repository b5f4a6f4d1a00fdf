"""A run directory, open for one run."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from filelock import FileLock, Timeout
from pydantic import BaseModel
from pydantic_core import to_json

from summarise.errors import RunError
from summarise.journal import Journal
from summarise.models import Answer, Completion, Document, Identity, Outcome, Record, Row, Skipped
from summarise.schema import Draft
from summarise.store.files import (
    ANSWERS,
    DOCUMENTS,
    FAILURES,
    LOCK,
    MANIFEST,
    RECORDS,
    SKIPPED,
    replacing,
)
from summarise.store.lines import Index, digest, read_answers, rows, stored_documents
from summarise.store.manifest import Manifest, RunState, manifest_for, utc_now


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
        self._answers = Journal(path / ANSWERS)
        self._records = Journal(path / RECORDS)
        self._failures = Journal(path / FAILURES)
        self._index = Index(path, manifest)
        self.usage, self._recalled = read_answers(path, manifest, self._index)

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
            replacing(self.path / DOCUMENTS) as documents,
            replacing(self.path / SKIPPED) as skipped,
            tempfile.TemporaryFile(dir=self.path) as incoming,
        ):
            ids = _write_entries(entries, incoming if keep else documents, skipped)
            old = {digest(document.doc_id) for document in stored_documents(self.path)}
            if keep:
                for document in stored_documents(self.path):
                    if digest(document.doc_id) not in ids:
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
        return (d for d in stored_documents(self.path) if not self._index.has_record(d))

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
        return rows(self.path, self._index)

    def save_manifest(self, **changes: Any) -> None:
        """Write the manifest, aside and then in place of the old one."""
        self.manifest = self.manifest.model_copy(update={**changes, "updated": utc_now()})
        with replacing(self.path / MANIFEST) as file:
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
    lock = FileLock(path / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise RunError(
            "another process is writing this run",
            where=str(path),
            hint="Wait until it is done, or choose another folder with -o.",
        ) from None
    try:
        manifest = manifest_for(path, identity, schema, refresh=refresh)
        writer = RunWriter(path, manifest, lock)
    except BaseException:
        lock.release()
        raise
    writer.save_manifest(state=RunState.RUNNING)
    return writer


def _write_entries(
    entries: Iterable[Document | Skipped], documents: IO[bytes], skipped: IO[bytes]
) -> set[int]:
    ids: set[int] = set()
    for entry in entries:
        if isinstance(entry, Document):
            documents.write(_line(entry))
            ids.add(digest(entry.doc_id))
        else:
            skipped.write(_line(entry))
    return ids


def _line(value: Document | Skipped) -> bytes:
    return to_json(value) + b"\n"


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
