"""What a run directory says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, ValidationError

from summarise.errors import RunError
from summarise.models import Identity, Spent, Stored
from summarise.store.files import MANIFEST
from summarise.store.hashes import Hashes

_FORMAT = 1


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


class Input(Stored):
    """One input of a run.

    Attributes:
        name: Of the file.
        sha256: Of its bytes.
        path: Where it was, from the working folder; None for one that isn't a file, and in runs of
            versions that didn't write it down.
    """

    name: str
    sha256: str
    path: str | None = None


class Marks(Stored):
    """From which byte of each file on lines count.

    Attributes:
        answers: Of ``answers.jsonl``.
        records: Of ``records.jsonl``.
        failures: Of ``failures.jsonl``.
    """

    answers: int = Field(default=0, ge=0)
    records: int = Field(default=0, ge=0)
    failures: int = Field(default=0, ge=0)

    def within(self, answers: int, records: int, failures: int) -> Marks:
        """The same for files of these sizes, some of whose last lines may have been lost."""
        return Marks(
            answers=min(self.answers, answers),
            records=min(self.records, records),
            failures=min(self.failures, failures),
        )


class Refresh(Stored):
    """Records that are made anew, whose older ones are shown until then.

    Attributes:
        what: Which documents, and how; another choice is another refresh.
        since: Where the files ended when it began.
        is_done: Whether each of them was attempted; the counts of the run are those of the refresh.
    """

    what: str
    since: Marks
    is_done: bool = False


class Settled(Stored):
    """The beginning of ``answers.jsonl`` of which all is used, so that nobody reads it again.

    Attributes:
        answers_until: Byte offset at which it ends.
        spent: What the answers in it took.
    """

    answers_until: int = 0
    spent: Spent = Spent()


class Manifest(Stored):
    """What a run directory says about itself.

    Attributes:
        format: Version of the layout of the directory.
        identity: What makes its answers.
        schema_form: What its records are made of, as ``schema.to_plain`` writes it, so that the
            directory can be read where the schema's own file or module isn't at hand.
        inputs: What it was last made from.
        state: How far it got.
        counts: The accounts of the last run, as ``batch.Report`` counts them.
        spent: What all answers in this directory took, runs that were cut off included.
        settled: Of those, the answers that are used up.
        rendered: Fingerprint of what the table was made from, None where there is none.
        hashes: Of the files, when the last run ended; None where none ended that wrote them down.
        sha256: Of all else that stands here.
        created: When the directory was made, ISO 8601 in UTC.
        updated: When it was last written.
        answers_from: Byte offset in ``answers.jsonl`` from which lines count.
        records_from: Likewise in ``records.jsonl``; what is before was made by other settings.
        failures_from: Likewise in ``failures.jsonl``.
        shown_from: Byte offset in ``records.jsonl`` from which records have the schema of this run,
            so that one made by other settings is shown until it is made anew; None: as
            ``records_from``.
        refresh: The last ``--refresh``, until a run comes after it; None where there is none.
    """

    format: int = Field(default=_FORMAT, ge=_FORMAT, le=_FORMAT)
    identity: Identity
    schema_form: Mapping[str, Any]
    inputs: tuple[Input, ...] = ()
    state: RunState = RunState.RUNNING
    counts: Mapping[str, int] = {}
    spent: Spent = Spent()
    settled: Settled = Settled()
    rendered: str | None = None
    hashes: Hashes | None = None
    sha256: str | None = None
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

    def within(self, answers: int, records: int, failures: int) -> Manifest:
        """The same for files of these sizes, some of whose last lines may have been lost.

        Args:
            answers: Bytes of ``answers.jsonl``.
            records: Bytes of ``records.jsonl``.
            failures: Bytes of ``failures.jsonl``.
        """
        sizes = (answers, records, failures)
        marks = self.marks.within(*sizes)
        # What an outcome was lost of takes its answer from those that were used up.
        is_whole = marks == self.marks and self.settled.answers_until <= answers
        hashes = self.hashes
        if hashes is not None:
            is_whole = is_whole and hashes.records.until <= records
            is_whole = is_whole and hashes.failures.until <= failures
            hashes = hashes.within(*sizes)
        shown_from, refresh = self.shown_from, self.refresh
        return self.model_copy(
            update={
                "settled": self.settled if is_whole else Settled(),
                "hashes": hashes,
                "answers_from": marks.answers,
                "records_from": marks.records,
                "failures_from": marks.failures,
                "shown_from": None if shown_from is None else min(shown_from, records),
                "refresh": refresh
                and refresh.model_copy(update={"since": refresh.since.within(*sizes)}),
            }
        )


def utc_now() -> str:
    """The time, ISO 8601 in UTC, in whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def load_manifest(path: Path) -> Manifest | None:
    """The manifest of a run directory, None where there is none.

    Raises:
        RunError: It can't be read or understood.
    """
    file = path / MANIFEST
    if file.exists() and not file.is_file():
        raise RunError("can't be read (it isn't a plain file)", where=str(file))
    try:
        text = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RunError(f"can't be read ({error.strerror})", where=str(path / MANIFEST)) from error
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise RunError(
            "can't be understood: it is damaged, or was written by another version of summarise",
            where=str(path / MANIFEST),
            hint="Use that version, or choose another folder with -o.",
        ) from error
