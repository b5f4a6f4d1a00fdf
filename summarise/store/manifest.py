"""What a run directory says about itself, hashes of its files included; and its table, written."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any, NamedTuple, Self

from filelock import FileLock, Timeout
from pydantic import Field, StrictInt, ValidationError
from pydantic_core import from_json, to_json

from summarise import __version__
from summarise.errors import RunError
from summarise.models import Identity, Spent, Stored
from summarise.store.files import (
    AGAIN,
    ANSWERS,
    CORRECTIONS,
    FAILURES,
    LOCK,
    MANIFEST,
    RECORDS,
    SCREENING,
    in_use,
    put_aside,
    read_journal,
    reading,
    replacing,
)

_FORMAT = 1
_APPENDED = (ANSWERS, RECORDS, FAILURES, CORRECTIONS, SCREENING)
CHAINED = {Path(name).stem: name for name in _APPENDED}
"""The files that are appended to, by field of ``Hashes``."""


class RunState(StrEnum):
    """How far a run got."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


class InputPlace(NamedTuple):
    """Where an input is, before it is read; see ``Input``."""

    name: str
    path: str | None = None
    member: str | None = None

    def holds(self, one: Input) -> bool:
        """Whether an input was read from here, where several may be: a folder, an archive."""
        if one.path is None or self.path is None:
            return one.path is None and PurePath(one.name).is_relative_to(self.name)
        return PurePath(one.path).is_relative_to(self.path)


class Input(Stored):
    """One input of a run, and the SHA-256 of its bytes.

    Attributes:
        sha256: None for a member of a folder or an archive that couldn't be read.
        path: From the working folder; None where it isn't a file, and in runs of earlier versions.
        member: Its name in the archive that is there.
        entries: How many of those taken were documents, duplicates, …; None likewise.
        is_part: Whether the run took a part of it.
        holds: Of a shard, the names of the inputs that its entries came from, as they still say.
    """

    name: str
    sha256: str | None
    path: str | None = None
    member: str | None = None
    entries: dict[str, int] | None = None
    is_part: bool = False
    holds: tuple[str, ...] = ()


class Marks(Stored):
    """A byte offset in each of the files that are appended to, e.g. where lines begin to count."""

    answers: int = Field(default=0, ge=0)
    records: int = Field(default=0, ge=0)
    failures: int = Field(default=0, ge=0)

    @classmethod
    def at_end(cls, path: Path) -> Self:
        """Where the files of a run directory end."""
        return cls(**{name: size_of(path / CHAINED[name]) for name in cls.model_fields})

    def within(self, sizes: Marks) -> Marks:
        """These marks for files of these sizes, some of whose last lines may have been lost."""
        return Marks(**{name: min(at, getattr(sizes, name)) for name, at in self})


class Chain(Stored):
    """The lines of a file that is appended to, by a hash that goes on from line to line.

    So the next run goes on from here without reading what was there before, and without taking
    over what was changed in it meanwhile.

    Attributes:
        until: Byte offset at which they end.
        sha256: Of the hash before each line and the line, one after the other.
    """

    until: int = Field(default=0, ge=0)
    sha256: str = ""

    def within(self, size: int) -> Chain:
        """This chain for a file of this size: one that was cut since is begun anew."""
        return self if self.until <= size else Chain()


class Hashes(Stored):
    """What the files of a run were when it ended: SHA-256, None where there was no file."""

    documents: str | None = None
    skipped: str | None = None
    duplicates: str | None = None
    gone: str | None = None
    table: str | None = None
    answers: Chain = Chain()
    records: Chain = Chain()
    failures: Chain = Chain()
    corrections: Chain = Chain()
    screening: Chain | None = None  # earlier versions didn't say

    def within(self, sizes: Marks) -> Hashes:
        """These hashes for files of these sizes."""
        return self.model_copy(update={n: getattr(self, n).within(size) for n, size in sizes})


class Refresh(Stored):
    """Records that are made anew, whose older ones are shown until then.

    Attributes:
        what: ``records`` or ``answers``, alone or followed by which; another is another refresh.
        since: Where the files ended when it began.
        is_done: Whether each of them was attempted; the counts of the run are those of the refresh.
    """

    what: str
    since: Marks
    is_done: bool = False

    @property
    def takes_answers(self) -> bool:
        """Whether records alone are made anew, of the answers that are there."""
        return self.what.startswith("records")

    @property
    def is_part(self) -> bool:
        """Whether it is about some of the documents."""
        return " " in self.what


class Settled(Stored):
    """The beginning of ``answers.jsonl`` of which all is used, so that nobody reads it again."""

    answers_until: int = 0
    spent: Spent = Spent()


class Manifest(Stored):
    """What a run directory says about itself.

    Attributes:
        corrected: From where to where in ``corrections.jsonl`` stands what can be undone.
        schema_form: What its records are made of, as ``schema.to_plain`` writes it, so that the
            directory can be read where the schema's own file or module isn't at hand.
        settings: Those of the last run that bound what it takes, as flags would say them.
        inputs: What it was last made from.
        read_as: How, and by which version, where they hold its documents and nothing else: the same
            inputs needn't be read again.
        counts: The accounts of the last run, as ``batch.Report`` counts them.
        spent: What all answers in this directory took, runs that were cut off included.
        settled: Of those, the answers that are used up.
        rendered: Fingerprint of what the table was made from, None where there is none.
        hashes: Of the files, when the last run ended; None where none ended that wrote them down.
        sha256: Of all else that stands here.
        created: When the directory was made, ISO 8601 in UTC.
        answers_from: Byte offset in ``answers.jsonl`` from which lines count.
        failures_from: Likewise in ``failures.jsonl``.
        records_from: Likewise in ``records.jsonl``; what is before was made by other settings.
        shown_from: Likewise where they begin to have the schema of this run, so that one made by
            other settings is shown until it is made anew; None: as ``records_from``.
        refresh: The last ``--refresh``, until a run comes after it; None where there is none.
    """

    format: int = Field(default=_FORMAT, ge=_FORMAT, le=_FORMAT)
    identity: Identity
    schema_form: Mapping[str, Any]
    settings: Mapping[str, Any] = {}
    inputs: tuple[Input, ...] = ()
    read_as: str | None = None
    state: RunState = RunState.RUNNING
    counts: Mapping[str, StrictInt] = {}
    spent: Spent = Spent()
    settled: Settled = Settled()
    rendered: str | None = None
    hashes: Hashes | None = None
    sha256: str | None = None
    corrected: tuple[tuple[int, int], ...] = ()
    created: str
    updated: str
    answers_from: int = Field(default=0, ge=0)
    records_from: int = Field(default=0, ge=0)
    failures_from: int = Field(default=0, ge=0)
    shown_from: int | None = Field(default=None, ge=0)
    refresh: Refresh | None = None

    @property
    def marks(self) -> Marks:
        """From where on lines count."""
        return Marks(
            answers=self.answers_from, records=self.records_from, failures=self.failures_from
        )

    def within(self, sizes: Marks) -> Manifest:
        """This manifest for files of these sizes, some of whose last lines may have been lost."""
        marks, hashes = self.marks.within(sizes), self.hashes
        # What an outcome was lost of takes its answer from those that were used up.
        is_whole = marks == self.marks and self.settled.answers_until <= sizes.answers
        if hashes is not None:
            ends = hashes.records.until, hashes.failures.until
            is_whole = is_whole and ends[0] <= sizes.records and ends[1] <= sizes.failures
            hashes = hashes.within(sizes)
        shown_from, refresh = self.shown_from, self.refresh
        return self.model_copy(
            update={
                "settled": self.settled if is_whole else Settled(),
                "hashes": hashes,
                "answers_from": marks.answers,
                "records_from": marks.records,
                "failures_from": marks.failures,
                "shown_from": None if shown_from is None else min(shown_from, sizes.records),
                "refresh": refresh
                and refresh.model_copy(update={"since": refresh.since.within(sizes)}),
            }
        )


def utc_now(timespec: str = "seconds") -> str:
    """The time, as ``utc_time`` writes it."""
    return utc_time(time.time(), timespec)


def utc_time(seconds: float, timespec: str = "seconds") -> str:
    """A time since 1970, ISO 8601 in UTC; what is finer than ``timespec`` is cut off."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def size_of(path: Path) -> int:
    """Bytes of a file; one that isn't there has none."""
    return path.stat().st_size if path.exists() else 0


def load_manifest(path: Path) -> Manifest | None:
    """The manifest of a run directory, None where there is none.

    Raises:
        RunError: It can't be read or understood.
    """
    with reading(path / MANIFEST) as file:
        if file is None:
            return None
        text = file.read()
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise RunError(
            "can't be understood: it is damaged, or was written by another version of summarise",
            where=str(path / MANIFEST),
            hint="Use that version, or choose another folder with -o.",
        ) from error


def demand_manifest(path: Path, hint: str = "`summarise runs` lists those in outputs.") -> Manifest:
    """As ``load_manifest``, and a RunError with a hint where there is none."""
    if (manifest := load_manifest(path)) is None:
        hint = f"It is in one: name {path.parent}." if (path.parent / MANIFEST).exists() else hint
        raise RunError("isn't a run directory: it has no manifest.json", where=str(path), hint=hint)
    return manifest


def lock_run(path: Path, then: str = AGAIN) -> FileLock:
    """Take the lock of whoever writes in a run directory; RunError where another process has it.

    What the system refuses is left to the caller.
    """
    lock = FileLock(path / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise in_use(path, then) from None
    return lock


def is_at_work(path: Path) -> bool:
    """Whether a process is writing a run now; False where that can't be told.

    Its lock is taken for a moment, and made by nobody who only looks.
    """
    if not (path / LOCK).is_file():
        return False
    try:
        lock_run(path).release()
    except (RunError, OSError) as error:  # OSError: it is of another user, say
        return isinstance(error, RunError)
    return False


def chained(path: Path, chain: Chain, until: int | None = None) -> Chain:
    """Go on with a chain to a byte offset of its file, None for the end of the last whole line.

    A chain that is longer than the file is begun anew.
    """
    start = chain.within(size_of(path))
    end, value = start.until, start.sha256
    for offset, line in read_journal(path, start.until):
        if until is not None and offset >= until:
            break
        link = sha256(value.encode())
        link.update(line)
        end, value = offset + len(line) + 1, link.hexdigest()
    return Chain(until=end, sha256=value)


def chains(path: Path, last: Hashes, fields: Iterable[str] = CHAINED) -> dict[str, Chain]:
    """Go on with the chains of those files, by the same fields."""
    return {one: chained(path / CHAINED[one], getattr(last, one) or Chain()) for one in fields}


def write_manifest(path: Path, manifest: Manifest) -> Manifest:
    """Put a manifest in its place, with its own hash; RunError where the disk is full."""
    written = manifest.model_copy(update={"sha256": manifest_hash(to_json(manifest))})
    with replacing(path / MANIFEST) as file:
        file.write(to_json(written, indent=2) + b"\n")
    return written


def write_table(
    table: Path,
    lines: Iterable[str],
    noted: str | None,
    *,
    keeps: bool = True,
    check: Callable[[], object] = lambda: None,
) -> str:
    """Write the table of a run, and return its SHA-256.

    One that isn't as it was ``noted`` is a person's work, and kept under another name where that is
    wanted. All is written before anything is checked, and checked before anything is replaced.

    Raises:
        RunError: It can't be written.
    """
    made = sha256()
    with replacing(table) as file:
        for line in lines:
            content = f"{line}\n".encode()
            made.update(content)
            file.write(content)
        check()
        if keeps:
            put_aside(table, noted, made.hexdigest())
    return made.hexdigest()


def manifest_hash(text: bytes) -> str:
    """SHA-256 of what a manifest says, its own hash apart, however it is laid out."""
    values = from_json(text)
    values.pop("sha256", None)
    return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def contents_hash(path: Path, manifest: Manifest, documents: str | None) -> str:
    """Fingerprint of all that a view of a run directory is made from.

    Of the documents the SHA-256 of their file; of records and failures at which byte of their file
    lines begin to count, and its size; of corrections the size.
    """
    ends, corrections = Marks.at_end(path), size_of(path / CORRECTIONS)
    begun = manifest.records_from, manifest.failures_from
    parts = (__version__, documents or "", begun[0], ends.records, begun[1], ends.failures)
    told = parts if not corrections else (*parts, corrections)
    return sha256(repr(told).encode()).hexdigest()[:32]
