"""The files of a run directory: their names, and how one is replaced."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from summarise.errors import RunError

MANIFEST = "manifest.json"
DOCUMENTS = "documents.jsonl"
SKIPPED = "skipped.jsonl"
ANSWERS = "answers.jsonl"
RECORDS = "records.jsonl"
FAILURES = "failures.jsonl"
LOCK = ".lock"


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


def damaged(path: Path, line: int | str) -> RunError:
    """The error of a line that can't be understood.

    Args:
        path: The file.
        line: Where it starts, in bytes, or the id of the document that it is about.
    """
    place = f"at byte {line}" if isinstance(line, int) else f"about {line}"
    return RunError(
        f"is damaged: the line {place} can't be understood",
        where=str(path),
        hint="Restore it from a copy, or make the run anew in another folder with -o.",
    )
