"""A run directory, open for one run."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout
from pydantic import BaseModel
from pydantic_core import to_json

from summarise.digests import DigestTable, digest
from summarise.errors import RunError
from summarise.models import (
    Answer,
    Completion,
    Document,
    Identity,
    Outcome,
    Record,
    SettledRow,
    Skipped,
    Spent,
)
from summarise.schema import Draft
from summarise.store.files import (
    ANSWERS,
    ASIDE_PREFIX,
    ASIDE_SUFFIX,
    DOCUMENTS,
    FAILURES,
    LOCK,
    MANIFEST,
    RECORDS,
    SKIPPED,
    replacing,
    telling,
)
from summarise.store.folders import manifest_for, refuse_foreign
from summarise.store.hashes import Hashes, chained, contents_hash, file_hash, manifest_hash
from summarise.store.journal import Damage, Journal, in_use, read_journal, understood
from summarise.store.lines import Index, keyed_documents, line_at, read_answers, settled_rows
from summarise.store.manifest import (
    Input,
    Manifest,
    Marks,
    RunState,
    Settled,
    load_manifest,
    utc_now,
)

_NEXT = ".next"
_LOG = logging.getLogger("summarise")


class Keep(Enum):
    """Which documents of the last run stay, beside those of this one.

    Attributes:
        NOTHING: The run takes the whole input, so what isn't there any more goes.
        OTHERS: The run takes a part of the input, and does no more than that part.
        ALL: The input is added to what is there.
    """

    NOTHING = "nothing"
    OTHERS = "others"
    ALL = "all"


@dataclass(slots=True)
class _Kept:
    """The answers of a run: what they took, and those that nothing was made of yet, by key."""

    spent: Spent
    unused: dict[str, Completion]


class RunWriter(contextlib.AbstractContextManager["RunWriter"]):
    """A run directory, open for one run. Use ``open_run``.

    Nothing that the directory holds is replaced before there is something to replace it by: where
    other settings take it over, its manifest and documents stay until the first answer is there.

    Attributes:
        path: The directory.
        manifest: What it says about itself.
        bought: What the answers of this run took, those included that the disk had no room for.
        held: Documents that it holds.
        has_begun: Whether the directory says that it is this run's.
    """

    def __init__(
        self, path: Path, manifest: Manifest, lock: FileLock, *, has_begun: bool, refreshes: bool
    ) -> None:
        self.path = path
        self.bought = Spent()
        self.held = 0
        self.has_begun = has_begun
        self._lock = lock
        with contextlib.ExitStack() as stack:
            self._answers = stack.enter_context(Journal(path / ANSWERS))
            self._records = stack.enter_context(Journal(path / RECORDS))
            self._failures = stack.enter_context(Journal(path / FAILURES))
            stack.pop_all()
        self.manifest = manifest.within(self._answers.size, self._records.size, self._failures.size)
        self._damage = Damage()
        self._documents_hash: str | None = None
        self._chosen: DigestTable | None = None
        self._is_refresh = refreshes

    @cached_property
    def _index(self) -> Index:
        # Read when the documents are in place: both at once would be the peak of a run's memory.
        return Index(self.path, self.manifest, self._damage, checks=True)

    @cached_property
    def _kept(self) -> _Kept:
        manifest = self.manifest
        index = self._index
        if self._damage.places[RECORDS]:
            # What is made anew takes its answer from those that were used up.
            manifest = manifest.model_copy(update={"settled": Settled()})
        return _Kept(*read_answers(self.path, manifest, index, self._damage, self._since))

    @property
    def spent(self) -> Spent:
        """What all answers in it took."""
        return self._kept.spent

    def _since(self, doc_id: str) -> Marks:
        """From where on lines about a document count in this run."""
        refresh = self.manifest.refresh
        if refresh is None or not self._is_refresh or not self._is_chosen(doc_id):
            return self.manifest.marks
        return refresh.since

    def _is_chosen(self, doc_id: str) -> bool:
        return self._chosen is None or digest(doc_id) in self._chosen

    def replace_documents(
        self,
        entries: Iterable[Document | Skipped],
        inputs: tuple[Input, ...] = (),
        *,
        keep: Keep = Keep.NOTHING,
    ) -> int:
        """Put the documents of this run in the place of those of the last one.

        Args:
            entries: What the readers yield, each document once.
            inputs: What they come from.
            keep: What to keep of the documents of the last run.

        Returns:
            How many documents are to be done.

        Raises:
            RunError: The directory was made from another input: not one document is the same.
        """
        documents, skipped = self._place(DOCUMENTS), self._place(SKIPPED)
        with replacing(documents) as new, replacing(skipped) as new_skipped:
            if keep is Keep.NOTHING:
                _write_entries(entries, new, new_skipped)
            else:
                chosen = self._merge(entries, new, new_skipped)
                self._chosen = chosen if keep is Keep.OTHERS else None
            new.flush()
            written = Path(new.name)
            self._documents_hash = file_hash(written)
            known, pending = self._count(written)
            is_part = keep is Keep.OTHERS and self._is_of_last(inputs)
            may_go_on = keep is Keep.ALL or is_part or known or self._is_continued(written)
            if not may_go_on:
                raise RunError(
                    "holds the run of another input: not one document is the same",
                    where=str(self.path),
                    hint="Choose another folder with -o, or add to this one with --append.",
                )
        if keep is Keep.ALL:
            again = {(one.name, one.path) for one in inputs}
            others = (i for i in self.manifest.inputs if (i.name, i.path) not in again)
            inputs = (*others, *inputs)
        self._tell_of_lost()
        self.manifest = self.manifest.model_copy(update={"inputs": inputs})
        if self.has_begun:
            # So that the directory is found again by its input, however this run ends.
            self.save_manifest()
        return pending

    def _tell_of_lost(self) -> None:
        """Say that documents leave the views: their records stay, but nobody sees them."""
        counts = self.manifest.counts
        if (fewer := counts.get("documents", 0) + counts.get("kept", 0) - self.held) > 0:
            _LOG.warning(
                "%s: documents that were here and aren't in this input: %d; --append keeps them",
                self.path,
                fewer,
            )

    def _is_of_last(self, inputs: Iterable[Input]) -> bool:
        last = {one.sha256 for one in self.manifest.inputs}
        return any(one.sha256 in last for one in inputs)

    def _place(self, name: str) -> Path:
        """Where a file of this run is: beside the directory's own until the run has begun."""
        return self.path / name if self.has_begun else self.path / f"{name}{_NEXT}"

    def _merge(
        self, entries: Iterable[Document | Skipped], documents: IO[bytes], skipped: IO[bytes]
    ) -> DigestTable:
        """Write the old documents and the new ones, each once; returns the ids of the new ones."""
        ids, offsets = DigestTable(), array("Q")
        noted = DigestTable()
        for _, line in read_journal(self.path / SKIPPED):
            noted.add(digest(line.decode(errors="replace")))
            skipped.write(line + b"\n")
        with tempfile.TemporaryFile(dir=self.path) as incoming:
            for entry in entries:
                line = to_json(entry)
                if isinstance(entry, Document):
                    if ids.add(digest(entry.doc_id)) == len(offsets):
                        offsets.append(incoming.tell())
                        incoming.write(line + b"\n")
                elif digest(line.decode()) not in noted:
                    skipped.write(line + b"\n")
            placed = bytearray(len(offsets))
            for _, (line, doc_id) in understood(self.path / DOCUMENTS, _with_id, self._damage):
                number = ids.number(digest(doc_id))
                if number is None:
                    documents.write(line + b"\n")
                else:
                    documents.write(line_at(incoming, offsets[number]))
                    placed[number] = True
            for number, offset in enumerate(offsets):
                if not placed[number]:
                    documents.write(line_at(incoming, offset))
        return ids

    def _count(self, documents: Path) -> tuple[int, int]:
        """Documents of a file that were attempted before, and those that are to be done."""
        self.held = known = pending = 0
        for key, values in keyed_documents(documents, self._damage):
            doc_id = values["doc_id"]
            self.held += 1
            if self._is_chosen(doc_id):
                attempts = self._index.record_offset(key), self._index.failure_offset(key)
                known += any(offset is not None for offset in attempts)
                pending += not self._is_done(key, doc_id)
        return known, pending

    def _is_done(self, key: int, doc_id: str) -> bool:
        return self._index.record_offset(key, self._since(doc_id).records) is not None

    def _is_continued(self, new: Path) -> bool:
        """Whether the old documents and those of this run have one in common, or are none."""
        ids = DigestTable()
        for _, values in keyed_documents(self.path / DOCUMENTS, self._damage):
            ids.add(digest(values["doc_id"]))
        chosen = (
            v["doc_id"]
            for _, v in keyed_documents(new, self._damage)
            if self._is_chosen(v["doc_id"])
        )
        return not len(ids) or any(digest(doc_id) in ids for doc_id in chosen)

    def pending(self) -> Iterator[Document]:
        """The documents that are to be done, in input order."""
        for key, values in keyed_documents(self._place(DOCUMENTS), self._damage):
            doc_id = values["doc_id"]
            if self._is_chosen(doc_id) and not self._is_done(key, doc_id):
                yield Document.model_validate(values)

    def recall(self, key: str) -> Completion | None:
        """An answer that an earlier run paid for and made nothing of before it was cut off."""
        return self._kept.unused.pop(key, None)

    def append_answer(self, answer: Answer) -> None:
        """Keep an answer, before anything else happens to it.

        Raises:
            RunError: The disk is full or gone.
        """
        if answer.cached:
            self._begin()
            self._answers.append(to_json(answer))
            return
        kept, spent = self._kept, answer.spent
        self.bought = self.bought + spent
        self._begin()
        self._answers.append(to_json(answer))
        kept.spent = kept.spent + spent

    def append(self, outcome: Outcome) -> None:
        """Keep what became of a document.

        Raises:
            RunError: The disk is full or gone.
        """
        index = self._index
        if isinstance(outcome, Record):
            self._begin()
            index.add(outcome, self._records.append(to_json(outcome)))
        else:
            failure = outcome.model_copy(update={"answered_until": self._answers.size})
            index.add(failure, self._failures.append(to_json(failure)))

    def _begin(self) -> None:
        """Make the directory this run's, now that there is something to put into it."""
        if self.has_begun:
            return
        for name in (DOCUMENTS, SKIPPED):
            with telling(self.path / name):
                self._place(name).replace(self.path / name)
        self.has_begun = True
        self.save_manifest(state=RunState.RUNNING)

    def settled_rows(self) -> Iterator[SettledRow]:
        """Each document in input order, with what is shown of it and what has become of it."""
        return settled_rows(self._place(DOCUMENTS), self._index, self._damage, self._since)

    @property
    def contents(self) -> str:
        """Fingerprint of all that a view is made from: documents, records and failures."""
        return contents_hash(
            self._documents_hash,
            (self.manifest.records_from, self._records.size),
            (self.manifest.failures_from, self._failures.size),
        )

    def hashes(self, table: str | None) -> Hashes:
        """What the files are now, for ``verify``.

        Args:
            table: SHA-256 of the table.
        """
        last = self.manifest.hashes or Hashes()
        return Hashes(
            documents=self._documents_hash,
            skipped=file_hash(self.path / SKIPPED),
            table=table,
            answers=chained(self.path / ANSWERS, last.answers),
            records=chained(self.path / RECORDS, last.records),
            failures=chained(self.path / FAILURES, last.failures),
        )

    def settle(self) -> None:
        """Take note that every answer is used: each document has a record or a failure."""
        settled = Settled(answers_until=self._answers.size, spent=self.spent)
        self.manifest = self.manifest.model_copy(update={"settled": settled})

    def end_refresh(self, failures: int) -> None:
        """Take note that each document of the refresh was attempted; and forget one of before.

        Args:
            failures: Documents that failed: where an older record of one is shown, the counts of
                the refresh aren't those of the records.
        """
        refresh = self.manifest.refresh
        if refresh is None or not (self._is_refresh or refresh.is_done):
            return
        is_told = self._is_refresh and failures
        done = refresh.model_copy(update={"is_done": True}) if is_told else None
        self.manifest = self.manifest.model_copy(update={"refresh": done})

    def leave(self) -> None:
        """Leave a directory that wasn't taken over to what it is; a failure stays in its file."""
        held = load_manifest(self.path)
        if held is None or held.hashes is None or self._failures.size == held.hashes.failures.until:
            return
        failures = chained(self.path / FAILURES, held.hashes.failures)
        hashes = held.hashes.model_copy(update={"failures": failures})
        self.manifest = held
        self.save_manifest(hashes=hashes)

    def check_in_place(self) -> None:
        """Make sure that the directory is still there.

        Raises:
            RunError: It was removed or replaced in mid-run.
        """
        for journal in self._journals:
            journal.check_in_place()

    def save_manifest(self, **changes: Any) -> None:
        """Write the manifest, aside and then in place of the old one.

        Raises:
            RunError: The disk is full or gone.
        """
        # After a power cut it must not tell of lines that never reached the disk.
        for journal in self._journals:
            journal.sync()
        manifest = self.manifest.model_copy(update={**changes, "updated": utc_now()})
        own = manifest_hash(to_json(manifest))
        self.manifest = manifest.model_copy(update={"sha256": own})
        with replacing(self.path / MANIFEST) as file:
            file.write(to_json(self.manifest, indent=2) + b"\n")

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Sync and close all files, and release the lock."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._lock.release)
            for journal in self._journals:
                stack.callback(journal.close)
            if not self.has_begun:
                stack.callback(_tidy, self.path)

    @property
    def _journals(self) -> tuple[Journal, ...]:
        return self._answers, self._records, self._failures


def open_run(
    path: Path,
    identity: Identity,
    schema: type[BaseModel] = Draft,
    *,
    refresh: str | None = None,
    besides: Path | None = None,
) -> RunWriter:
    """Open or make a run directory for one run.

    Args:
        path: The directory.
        identity: What will make the answers.
        schema: What they will be answers to.
        refresh: What is to be made anew: see ``Refresh.what``; None for nothing.
        besides: A file that a new directory may hold already: the log of requests.

    Raises:
        RunError: It is in use, can't be written, holds other files, or holds paid records of
            another model, prompt or schema and nothing is to be made anew.
    """
    refuse_foreign(path, besides=besides)
    _make_folder(path)
    lock = FileLock(path / LOCK, timeout=0)
    with telling(path / LOCK):
        try:
            lock.acquire()
        except Timeout:  # an OSError too
            raise in_use(path) from None
    try:
        _tidy(path)
        _mend(path)
        held = load_manifest(path)
        manifest = manifest_for(path, identity, schema, refresh=refresh)
        begun = held is None or held.identity.fingerprint == identity.fingerprint
        refreshes = refresh is not None
        writer = RunWriter(path, manifest, lock, has_begun=begun, refreshes=refreshes)
    except BaseException:
        lock.release()
        raise
    with contextlib.ExitStack() as stack:
        stack.push(writer)
        if writer.has_begun:
            writer.save_manifest(state=RunState.RUNNING)
        stack.pop_all()
    return writer


def _mend(path: Path) -> None:
    """Put torn tails in order, so that a new start is counted from the end of whole lines."""
    for name in (ANSWERS, RECORDS, FAILURES):
        if (path / name).exists():
            Journal(path / name).close()


def _tidy(path: Path) -> None:
    """Remove what a run left behind that was killed while it wrote a file, or never began."""
    left = (*path.glob(f"{ASIDE_PREFIX}*{ASIDE_SUFFIX}"), *path.glob(f"*{_NEXT}"))
    for file in left:
        file.unlink(missing_ok=True)


def _write_entries(
    entries: Iterable[Document | Skipped], documents: IO[bytes], skipped: IO[bytes]
) -> None:
    for entry in entries:
        (documents if isinstance(entry, Document) else skipped).write(to_json(entry) + b"\n")


def _with_id(line: bytes) -> tuple[bytes, str]:
    return line, Document.model_validate_json(line).doc_id


def _make_folder(path: Path) -> None:
    with telling(path, "Choose another folder with -o."):
        path.mkdir(parents=True, exist_ok=True)
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
