"""A run directory, open for one run."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import IO, Any

from filelock import FileLock
from pydantic_core import to_json

from summarise.errors import RunError
from summarise.models import (
    Answer,
    Completion,
    Document,
    Made,
    MadeRecord,
    SettledRow,
    Skipped,
    Spent,
)
from summarise.store.digests import DigestTable, Offsets, digest
from summarise.store.document_lines import StoredRow
from summarise.store.documents import HeldDocuments, NewDocuments
from summarise.store.files import (
    ANSWERS,
    ASIDE_PREFIX,
    ASIDE_SUFFIX,
    BATCHES,
    BY_PEOPLE,
    DOCUMENTS,
    FAILURES,
    GONE,
    OWN,
    READ,
    RECORDS,
    Damage,
    Journal,
    replacing,
    telling,
)
from summarise.store.lines import Index, answer_at, marked_documents, spent_since
from summarise.store.manifest import (
    CHAINED,
    Chain,
    Hashes,
    Input,
    Manifest,
    Marks,
    RunState,
    Settled,
    chained,
    chains,
    contents_hash,
    load_manifest,
    utc_now,
    write_manifest,
)
from summarise.store.pairing import PileChanges, compare_files

_input_key = attrgetter("name", "path", "member", "sha256")
NEXT = ".next"
"""What is read by a run that has not begun is in files whose names end so."""
_LOG = logging.getLogger("summarise")


@dataclass(slots=True)
class _Kept:
    """The answers of a run: what they took, and where those are, by key, that it may use."""

    spent: Spent
    unused: Offsets


class RunWriter(contextlib.AbstractContextManager["RunWriter"]):
    """A run directory, open for one run. Use ``open_run``.

    Nothing that the directory holds is replaced before there is something to replace it by: where
    other settings take it over, its manifest and documents stay until the first answer is there.

    Attributes:
        bought: What the answers of this run took, those included that the disk had no room for.
        has_begun: Whether the directory says that it is this run's.
        is_new: Whether this run made the directory; ``is_void``, whether its files go again.
        changes: What is new, changed and gone among the documents; None where they are the same, or
            where there were none before.
    """

    def __init__(
        self, path: Path, manifest: Manifest, lock: FileLock, *, has_begun: bool, refreshes: bool
    ) -> None:
        self.path = path
        self.bought, self.held = Spent(), 0
        self.has_begun = has_begun
        self.is_new = self.is_void = False
        self.changes: PileChanges | None = None
        self._lock = lock
        with contextlib.ExitStack() as stack:
            self._answers = stack.enter_context(Journal(path / ANSWERS))
            self._records = stack.enter_context(Journal(path / RECORDS))
            self._failures = stack.enter_context(Journal(path / FAILURES))
            stack.pop_all()
        self.manifest = manifest.within(Marks.at_end(path))
        self._damage = Damage()
        self._read_hashes: dict[str, str] = {}
        self._pending = bytearray()
        self._chosen: DigestTable | None = None
        refresh = self.manifest.refresh if refreshes else None
        self._is_refresh = refreshes
        # Nothing that was answered by these settings is asked again, unless the user wants that.
        self._takes_used = refresh is not None and refresh.takes_answers
        used = {"answers": self.manifest.answers_from} if self._takes_used else {}
        since = refresh.since if refresh else self.manifest.marks
        self._since_refresh = since.model_copy(update=used)

    @cached_property
    def _index(self) -> Index:
        # Read when the documents are in place, or both would be the peak of a run's memory.
        return Index(self.path, self.manifest, self._damage, checks=True)

    @cached_property
    def _kept(self) -> _Kept:
        index = self._index
        # What is made anew of a damaged record takes its answer from those that were used up.
        reads_all = self._takes_used or self._damage.places[RECORDS]
        settled = Settled() if reads_all else self.manifest.settled
        return _Kept(*index.read_answers(settled, self._since))

    @property
    def spent(self) -> Spent:
        """What all answers in it took."""
        settled = self.manifest.settled
        is_told = settled.answers_until == self._answers.size
        return settled.spent if is_told else self._kept.spent

    @property
    def paid(self) -> Spent:
        """What those took that were bought for this run: by its settings, since its refresh."""
        return spent_since(self.path, n) if (n := self._since_refresh.answers) else self.spent

    def _since(self, doc_id: str) -> Marks:
        """From where on lines about a document count in this run."""
        if self._chosen is not None and digest(doc_id) not in self._chosen:
            return self.manifest.marks
        return self._since_refresh

    def keep_documents(self, held: HeldDocuments) -> int:
        """Go on with the documents that are there; returns how many are to be done."""
        self.held, self._read_hashes = held.count, held.hashes
        if not held.are_done():
            self._find_pending(held.taken())
        self._take_over(held.inputs, self.manifest.read_as)
        return self._pending.count(1)

    def replace_documents(
        self,
        entries: Iterable[Document | Skipped],
        inputs: Callable[[], tuple[Input, ...]] = tuple,
        *,
        read_as: str | None = None,
        adds: bool = False,
        is_part: bool = False,
    ) -> int:
        """Put the documents of this run in the place of those of the last one.

        The entries hold each document once; what they come from is asked when all are read. What
        isn't there any more goes, unless the run ``adds`` them or they are a part of the input: of
        a part it does no more than that part.

        Returns:
            How many documents are to be done.

        Raises:
            RunError: The directory was made from another input: not one document is the same.
        """
        with contextlib.ExitStack() as stack:
            files = {name: stack.enter_context(replacing(self._place(name))) for name in READ}
            documents = NewDocuments(self.path, files, self._damage)
            names: Mapping[str, str] = {}
            if adds or is_part:
                names = documents.merge(
                    entries,
                    takes_old=not is_part,
                    renamed=lambda: dict(self._renamed(inputs()) if adds else ()),
                )
            else:
                documents.replace(entries)
            self._chosen = documents.ids if is_part else None
            read = tuple(one.model_copy(update={"is_part": is_part}) for one in inputs())
            is_known = self._find_pending(documents.taken())
            last = {one.sha256 for one in self.manifest.inputs if one.sha256}
            is_last = is_part and any(one.sha256 in last for one in read)
            if not (adds or is_last or is_known or documents.continues_old()):
                raise RunError(
                    "holds the run of another input: not one document is the same",
                    where=str(self.path),
                    hint="Choose another folder with -o, or add to this one with --append.",
                )
            self.changes = self._changes(files[DOCUMENTS], documents.hashes)
        self.held, self._read_hashes = documents.held, documents.hashes
        if not (gone := self._place(GONE)).stat().st_size:  # as in nearly every run
            gone.unlink()
            del self._read_hashes[GONE]
        if adds or is_part:
            again = {(one.name, one.path) for one in read}
            others = [
                one.model_copy(update={"name": names.get(one.name, one.name)})
                for one in self.manifest.inputs
                if (one.name, one.path) not in again or names.get(one.name) in documents.sources
            ]
            read = (*others, *read)
        self._tell_of_lost()
        self._take_over(read, None if adds or is_part else read_as)
        return self._pending.count(1)

    def _renamed(self, read: Collection[Input]) -> Iterator[tuple[str, str]]:
        """The names of earlier inputs that other inputs have now, each with a name of its own."""
        taken, same = {one.name for one in read}, {_input_key(one) for one in read}
        for one in self.manifest.inputs:
            if one.sha256 and one.name in taken and _input_key(one) not in same:
                yield one.name, f"{one.name} ({one.sha256[:8]})"

    def _take_over(self, inputs: tuple[Input, ...], read_as: str | None) -> None:
        """Note what the documents are of."""
        self.manifest = self.manifest.model_copy(update={"inputs": inputs, "read_as": read_as})
        if self.has_begun:
            # So that the directory is found again by its input, however this run ends.
            self.save_manifest(state=RunState.RUNNING)
        self.is_void = False

    def _changes(self, written: IO[bytes], hashes: Mapping[str, str]) -> PileChanges | None:
        """What is new, changed and gone among the documents that are about to be put in place."""
        old, last = self.path / DOCUMENTS, self.manifest.hashes
        is_same = last is not None and last.documents == hashes[DOCUMENTS]
        if is_same or not self.has_begun or not old.is_file() or not old.stat().st_size:
            return None
        written.flush()
        return compare_files(old, Path(written.name), self._damage) or None

    def _find_pending(self, taken: Iterable[tuple[int, int]]) -> bool:
        """Find the documents that are to be done; returns whether one was attempted before."""
        index, since, is_known = self._index, self._since_refresh.records, False
        self._pending = bytearray()
        for key, number in taken:
            record = index.records.get(key)
            is_known = is_known or record is not None or index.failures.get(key) is not None
            self._pending += bytes(number - len(self._pending))  # others aren't taken
            self._pending.append(record is None or record < since)
        return is_known

    def _tell_of_lost(self) -> None:
        """Say that documents leave the views: their records stay, but nobody sees them."""
        counts = self.manifest.counts
        if (fewer := counts.get("documents", 0) + counts.get("kept", 0) - self.held) > 0:
            _LOG.warning(
                "%s: documents that were here and aren't in this input: %d; --append keeps them",
                self.path,
                fewer,
            )

    def _place(self, name: str) -> Path:
        """Where a file of this run is: beside the directory's own until the run has begun."""
        return self.path / name if self.has_begun else self.path / f"{name}{NEXT}"

    def pending(self) -> Iterator[Document]:
        """The documents that are to be done, in input order."""
        return marked_documents(self._place(DOCUMENTS), self._pending, self._damage)

    def recall(self, key: str) -> Completion | None:
        """An answer that the run directory holds, once; of a used one only a refresh makes more."""
        if (offset := self._kept.unused.pop(digest(key))) is None:
            return None
        answer = answer_at(self.path, offset, self._damage)
        return answer.completion if answer and answer.key == key else None

    def append_answer(self, answer: Answer) -> None:
        """Keep an answer, before anything else happens to it; RunError where the disk is full."""
        kept, spent = self._kept, answer.spent  # read before the answer is there
        self.bought = self.bought + spent
        self.begin()
        self._answers.append(to_json(answer))
        kept.spent = kept.spent + spent

    def append(self, made: Made) -> None:
        """Keep what became of a document; RunError where the disk is full."""
        index = self._index
        if isinstance(made, MadeRecord):
            self.begin()
            index.add(made, self._records.append(made.line))
        else:
            failure = made.model_copy(update={"answered_until": self._answers.size})
            index.add(failure, self._failures.append(to_json(failure)))

    def begin(self) -> None:
        """Make the directory this run's, now that there is something to put into it."""
        if self.has_begun:
            return
        self.check_in_place()
        for name in READ:
            with telling(self.path / name), contextlib.suppress(FileNotFoundError):
                self._place(name).replace(self.path / name)
        self.has_begun = True
        self.save_manifest(state=RunState.RUNNING)

    def settled_rows(self, *, afresh: bool = False) -> Iterator[SettledRow]:
        """Each document in input order, with what is shown of it and what has become of it."""
        if afresh:  # what the files hold now, whatever was written
            self.__dict__.pop("_index", None)
        return self._index.settled_rows(self._place(DOCUMENTS), self._since)

    def record_lines(self) -> Iterator[bytes]:
        """As ``Run.record_lines``."""
        return self._index.record_lines()

    def stored_rows(self) -> Iterator[StoredRow]:
        """As ``Run.stored_rows``."""
        return self._index.stored_rows()

    @property
    def hidden(self) -> int:
        """Documents of which there is an older record that the new columns can't show."""
        return self._index.count_hidden(self._place(DOCUMENTS))

    @property
    def contents(self) -> str:
        """Fingerprint of all that a view is made from: documents, records and failures."""
        return contents_hash(self.path, self.manifest, self._read_hashes.get(DOCUMENTS))

    def hashes(self, table: str | None) -> Hashes:
        """What the files are now, for ``verify``; the table by its SHA-256."""
        read = {name.removesuffix(".jsonl"): self._read_hashes.get(name) for name in READ}
        last = self.manifest.hashes or Hashes()
        return Hashes(**read, table=table, **chains(self.path, last))

    def settle(self, failures: int) -> None:
        """Take note that every document has a record or a failure, so that every answer is used.

        Where an older record of one that failed is shown, the counts of a refresh aren't those of
        the records.
        """
        settled = Settled(answers_until=self._answers.size, spent=self.spent)
        refresh = self.manifest.refresh
        # By other settings than before, whatever has a record was made since it began.
        begun = self.manifest.records_from
        if refresh and (self._is_refresh or refresh.is_done or refresh.since.records <= begun):
            is_told = self._is_refresh and failures
            refresh = refresh.model_copy(update={"is_done": True}) if is_told else None
        self.manifest = self.manifest.model_copy(update={"settled": settled, "refresh": refresh})
        for journal, field in ((self._records, "records"), (self._failures, "failures")):
            if damaged := self._damage.places[CHAINED[field]]:
                self._blank(journal, field, damaged)

    def _blank(self, journal: Journal, field: str, damaged: Iterable[int]) -> None:
        """Blank damaged lines, whose content was made again, and hash the file anew."""
        if self.manifest.hashes:
            # Before the lines: after a kill between the two the old hash would be wrong for good.
            self.save_manifest(hashes=self.manifest.hashes.model_copy(update={field: Chain()}))
        journal.blank(damaged)

    def leave_nothing(self) -> bool:
        """Have the directory go again, unless a record, failure, answer or batch is there."""
        has_more = self.manifest.counts.get("records") or (self.path / BATCHES).exists()
        self.is_void = not (has_more or any(one.size for one in self._journals))
        return self.is_void

    def leave(self) -> None:
        """Leave a directory that wasn't taken over to what it is; a failure stays in its file."""
        held = load_manifest(self.path)
        if held is None or held.hashes is None or self._failures.size == held.hashes.failures.until:
            return
        failures = chained(self.path / FAILURES, held.hashes.failures)
        self.manifest = held
        self.save_manifest(hashes=held.hashes.model_copy(update={"failures": failures}))

    def check_in_place(self) -> None:
        """Raise a RunError where the directory was removed, replaced or changed in mid-run."""
        with contextlib.ExitStack() as stack:
            for journal in self._journals:
                stack.callback(journal.check_in_place)

    def save_manifest(self, **changes: Any) -> None:
        """Write the manifest; RunError where the disk is full."""
        # After a power cut it must not tell of lines that never reached the disk.
        for journal in self._journals:
            journal.sync()
        manifest = self.manifest.model_copy(update={**changes, "updated": utc_now()})
        self.manifest = write_manifest(self.path, manifest)

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Sync and close all files, and release the lock."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._lock.release)
            if self.is_void and not any(journal.size for journal in self._journals):
                stack.callback(_clear, self.path, is_whole=self.is_new)
            for journal in self._journals:
                stack.callback(journal.close)
            if not self.has_begun:
                stack.callback(tidy, self.path)

    @property
    def _journals(self) -> tuple[Journal, ...]:
        return self._answers, self._records, self._failures


def _clear(path: Path, *, is_whole: bool) -> None:
    """Remove the files of a run, and the directory where it is this run's and holds no others."""
    with contextlib.suppress(OSError):
        for name in OWN.difference(BY_PEOPLE):
            (path / name).unlink(missing_ok=True)
        if is_whole:
            path.rmdir()


def tidy(path: Path) -> None:
    """Remove what a run left behind that was killed while it wrote a file, or never began."""
    for file in (*path.glob(f"{ASIDE_PREFIX}*{ASIDE_SUFFIX}"), *path.glob(f"*{NEXT}")):
        file.unlink(missing_ok=True)
