"""What a run directory says about itself, and whether a run may go on in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from summarise.errors import RunError
from summarise.models import Identity, Spent, Stored
from summarise.schema import to_plain
from summarise.store.files import ANSWERS, FAILURES, MANIFEST, RECORDS

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
        counts: The accounts of the last run, as ``report.Report`` counts them.
        spent: What all answers in this directory took, runs that were cut off included.
        settled: Of those, the answers that are used up.
        rendered: Fingerprint of what the table was made from, None where there is none.
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
    spent: Spent = Spent()
    settled: Settled = Settled()
    rendered: str | None = None
    created: str
    updated: str
    answers_from: int = 0
    records_from: int = 0
    failures_from: int = 0

    def within(self, answers: int, records: int, failures: int) -> Manifest:
        """The same for files of these sizes, some of whose last lines may have been lost.

        Args:
            answers: Bytes of ``answers.jsonl``.
            records: Bytes of ``records.jsonl``.
            failures: Bytes of ``failures.jsonl``.
        """
        settled = self.settled if self.settled.answers_until <= answers else Settled()
        return self.model_copy(
            update={
                "settled": settled,
                "answers_from": min(self.answers_from, answers),
                "records_from": min(self.records_from, records),
                "failures_from": min(self.failures_from, failures),
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
    try:
        text = (path / MANIFEST).read_bytes()
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


def manifest_for(
    path: Path, identity: Identity, schema: type[BaseModel], *, refresh: bool
) -> Manifest:
    """The manifest to go on with: the old one where its records still count, else a new start."""
    old = load_manifest(path)
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
            "answers_from": _size(path / ANSWERS),
            "records_from": _size(path / RECORDS),
            "failures_from": _size(path / FAILURES),
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


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
