"""A run directory, open for one run."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout
from pydantic import BaseModel
from pydantic_core import to_json

from summarise import __version__
from summarise.closing import Closing
from summarise.digests import DigestTable, digest
from summarise.errors import RunError
from summarise.journal import Journal
from summarise.models import (
    Answer,
    Completion,
    Document,
    Identity,
    Outcome,
    Record,
    Row,
    Skipped,
    Spent,
)
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
from summarise.store.lines import (
    Index,
    keyed_documents,
    read_answers,
    rows,
    stored_documents,
)
from summarise.store.manifest import Manifest, RunState, Settled, manifest_for, utc_now


@dataclass(slots=True)
class _Kept:
    """The answers of a run: what they took, and those that nothing was made of yet, by key."""

    spent: Spent
    unused: dict[str, Completion]


class RunWriter(Closing):
    """A run directory, open for one run. Use ``open_run``.

    Attributes:
        path: The directory.
        manifest: What it says about itself.
        bought: What the answers of this run took, those included that the disk had no room for.
    """

    def __init__(self, path: Path, manifest: Manifest, lock: FileLock) -> None:
        self.path = path
        self.bought = Spent()
        self._lock = lock
        with contextlib.ExitStack() as stack:
            self._answers = stack.enter_context(Journal(path / ANSWERS))
            self._records = stack.enter_context(Journal(path / RECORDS))
            self._failures = stack.enter_context(Journal(path / FAILURES))
            stack.pop_all()
        self.manifest = manifest.within(self._answers.size, self._records.size, self._failures.size)
        self._documents_digest = ""

    @cached_property
    def _index(self) -> Index:
        # Read when the documents are in place: both at once would be the peak of a run's memory.
        return Index(self.path, self.manifest)

    @cached_property
    def _kept(self) -> _Kept:
        return _Kept(*read_answers(self.path, self.manifest, self._index))

    @property
    def spent(self) -> Spent:
        """What all answers in it took."""
        return self._kept.spent

    def replace_documents(
        self, entries: Iterable[Document | Skipped], *, keep: bool = False
    ) -> int:
        """Put the documents of this run, in input order, in the place of those of the last one.

        Args:
            entries: What the readers yield, each document once.
            keep: Keep the documents of the last run before them, those with a new version apart.

        Returns:
            How many of them have no record yet.

        Raises:
            RunError: The directory was made from another input: not one document is the same.
        """
        path = self.path / DOCUMENTS
        with (
            replacing(path) as documents,
            replacing(self.path / SKIPPED) as skipped,
            tempfile.TemporaryFile(dir=self.path) as incoming,
        ):
            ids = _write_entries(entries, incoming if keep else documents, skipped, keep=keep)
            if ids is not None:
                for document in stored_documents(self.path):
                    if digest(document.doc_id) not in ids:
                        documents.write(_line(document))
                incoming.seek(0)
                shutil.copyfileobj(incoming, documents)
            documents.flush()
            new = Path(documents.name)
            self._documents_digest = _file_digest(new)
            known, pending = self._count(new)
            if not known and not _have_ids_in_common(path, new):
                raise RunError(
                    "holds the run of another input: not one document is the same",
                    where=str(self.path),
                    hint="Choose another folder with -o, or add to this one with --append.",
                )
        return pending

    def _count(self, documents: Path) -> tuple[int, int]:
        """Documents of a file that were attempted before, and those that have no record."""
        known = pending = 0
        for key, _ in keyed_documents(documents):
            has_record = self._index.record_offset(key) is not None
            known += has_record or self._index.failure_offset(key) is not None
            pending += not has_record
        return known, pending

    def pending(self) -> Iterator[Document]:
        """The documents that have no record yet, in input order."""
        for key, values in keyed_documents(self.path / DOCUMENTS):
            if self._index.record_offset(key) is None:
                yield Document.model_validate(values)

    def recall(self, key: str) -> Completion | None:
        """An answer that an earlier run paid for and made nothing of before it was cut off."""
        return self._kept.unused.pop(key, None)

    def append_answer(self, answer: Answer) -> None:
        """Keep an answer, before anything else happens to it.

        Raises:
            RunError: The disk is full or gone.
        """
        kept, spent = self._kept, Spent.of(answer.completion)
        self.bought = self.bought + spent
        self._answers.append(to_json(answer))
        kept.spent = kept.spent + spent

    def append(self, outcome: Outcome) -> None:
        """Keep what became of a document.

        Raises:
            RunError: The disk is full or gone.
        """
        index = self._index
        if isinstance(outcome, Record):
            index.add(outcome, self._records.append(to_json(outcome)))
        else:
            failure = outcome.model_copy(update={"answered_until": self._answers.size})
            index.add(failure, self._failures.append(to_json(failure)))

    def rows(self) -> Iterator[Row]:
        """Each document in input order with its record or failure, None if it has neither yet."""
        return rows(self.path, self._index)

    @property
    def contents(self) -> str:
        """Fingerprint of all that a view is made from: documents, records and failures."""
        parts = (
            __version__,
            self._documents_digest,
            *(self.manifest.records_from, self._records.size),
            *(self.manifest.failures_from, self._failures.size),
        )
        return sha256(repr(parts).encode()).hexdigest()[:32]

    def settle(self) -> None:
        """Take note that every answer is used: each document has a record or a failure."""
        settled = Settled(answers_until=self._answers.size, spent=self.spent)
        self.manifest = self.manifest.model_copy(update={"settled": settled})

    def save_manifest(self, **changes: Any) -> None:
        """Write the manifest, aside and then in place of the old one.

        Raises:
            RunError: The disk is full or gone.
        """
        # After a power cut it must not tell of lines that never reached the disk.
        for journal in self._journals:
            journal.sync()
        self.manifest = self.manifest.model_copy(update={**changes, "updated": utc_now()})
        with replacing(self.path / MANIFEST) as file:
            file.write(to_json(self.manifest, indent=2) + b"\n")

    def close(self) -> None:
        """Sync and close all files, and release the lock."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._lock.release)
            for journal in self._journals:
                stack.callback(journal.close)

    @property
    def _journals(self) -> tuple[Journal, ...]:
        return self._answers, self._records, self._failures


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
        _mend(path)
        manifest = manifest_for(path, identity, schema, refresh=refresh)
        writer = RunWriter(path, manifest, lock)
    except BaseException:
        lock.release()
        raise
    with contextlib.ExitStack() as stack:
        stack.push(writer)
        writer.save_manifest(state=RunState.RUNNING)
        stack.pop_all()
    return writer


def _mend(path: Path) -> None:
    """Put torn tails in order, so that a new start is counted from the end of whole lines."""
    for name in (ANSWERS, RECORDS, FAILURES):
        if (path / name).exists():
            Journal(path / name).close()


def _write_entries(
    entries: Iterable[Document | Skipped], documents: IO[bytes], skipped: IO[bytes], *, keep: bool
) -> DigestTable | None:
    """Write entries where they belong; where the old ones are kept, the ids of the new ones."""
    ids = DigestTable() if keep else None
    for entry in entries:
        if isinstance(entry, Document):
            documents.write(_line(entry))
            if ids is not None:
                ids.add(digest(entry.doc_id))
        else:
            skipped.write(_line(entry))
    return ids


def _have_ids_in_common(old: Path, new: Path) -> bool:
    """Whether a file of documents continues another; anything continues an empty one."""
    ids = DigestTable()
    for _, values in keyed_documents(old):
        ids.add(digest(values["doc_id"]))
    return not len(ids) or any(digest(v["doc_id"]) in ids for _, v in keyed_documents(new))


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
