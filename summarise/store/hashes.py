"""Hashes of what a run wrote, so that a later reader can tell what was changed since."""

from __future__ import annotations

import hashlib
import json
from hashlib import sha256
from pathlib import Path

from pydantic import Field
from pydantic_core import from_json

from summarise.errors import RunError
from summarise.models import Stored
from summarise.store.files import size_of
from summarise.store.journal import read_journal
from summarise.version import __version__


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
        """The same for a file of this size: one that was cut since is begun anew."""
        return self if self.until <= size else Chain()


class Hashes(Stored):
    """What the files of a run were when it ended; None where there was none.

    Attributes:
        documents: SHA-256 of ``documents.jsonl``.
        skipped: Likewise of ``skipped.jsonl``.
        table: Likewise of the table.
        answers: The lines of ``answers.jsonl``.
        records: Likewise of ``records.jsonl``.
        failures: Likewise of ``failures.jsonl``.
    """

    documents: str | None = None
    skipped: str | None = None
    table: str | None = None
    answers: Chain = Chain()
    records: Chain = Chain()
    failures: Chain = Chain()

    def within(self, answers: int, records: int, failures: int) -> Hashes:
        """The same for files of these sizes."""
        return self.model_copy(
            update={
                "answers": self.answers.within(answers),
                "records": self.records.within(records),
                "failures": self.failures.within(failures),
            }
        )


def file_hash(path: Path) -> str | None:
    """SHA-256 of a file, None where there is none.

    Raises:
        RunError: It can't be read.
    """
    if not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RunError(f"can't be read ({error.strerror})", where=str(path)) from error


def chained(path: Path, chain: Chain, until: int | None = None) -> Chain:
    """Go on with a chain.

    Args:
        path: The file.
        chain: Of its beginning; one that is longer than the file is begun anew.
        until: Byte offset at which to end, None for the last whole line.
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


def manifest_hash(text: bytes) -> str:
    """SHA-256 of what a manifest says, its own hash apart, however it is laid out."""
    values = from_json(text)
    values.pop("sha256", None)
    return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def contents_hash(
    documents: str | None, records: tuple[int, int], failures: tuple[int, int]
) -> str:
    """Fingerprint of all that a view is made from.

    Args:
        documents: SHA-256 of ``documents.jsonl``.
        records: Bytes of ``records.jsonl`` at which its lines begin to count, and in all.
        failures: Likewise of ``failures.jsonl``.
    """
    parts = (__version__, documents or "", *records, *failures)
    return sha256(repr(parts).encode()).hexdigest()[:32]
