"""The files of a run directory."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from summarise.journal import read_journal

MANIFEST = "manifest.json"
DOCUMENTS = "documents.jsonl"
SKIPPED = "skipped.jsonl"
ANSWERS = "answers.jsonl"
RECORDS = "records.jsonl"
FAILURES = "failures.jsonl"
TABLE = "table.md"
LOCK = ".lock"

OWN = frozenset({MANIFEST, DOCUMENTS, SKIPPED, ANSWERS, RECORDS, FAILURES, TABLE, LOCK})
"""All files that a run writes in its directory."""

_NAMED = 3
_LOG = logging.getLogger("summarise")
_T = TypeVar("_T")


def size_of(path: Path) -> int:
    """Bytes of a file; one that isn't there has none."""
    return path.stat().st_size if path.exists() else 0


class Damage:
    """The lines of a run directory that can't be understood. Each costs itself alone, and is told.

    Attributes:
        places: Byte offsets of such lines, by the name of their file.
    """

    def __init__(self) -> None:
        self.places: defaultdict[str, set[int]] = defaultdict(set)

    def tell(self, path: Path, offset: int) -> None:
        """Take note of a line; the first ones of a file are named in the log."""
        places = self.places[path.name]
        if offset in places:
            return
        places.add(offset)
        if len(places) <= _NAMED:
            _LOG.warning("%s: the line at byte %d is damaged, and is left out", path, offset)
        elif len(places) == _NAMED + 1:
            _LOG.warning("%s: more lines are damaged", path)


def understood(
    path: Path, understand: Callable[[bytes], _T], damage: Damage, start: int = 0
) -> Iterator[tuple[int, _T]]:
    """The lines of a file as values, each with its byte offset.

    Args:
        path: The file; one that isn't there has no lines.
        understand: Makes a value of a line, or raises a ``ValueError``, ``LookupError`` or
            ``TypeError``.
        damage: Takes the lines that can't be understood.
        start: Byte offset of the first line to read.

    Raises:
        RunError: The file can't be read.
    """
    for offset, line in read_journal(path, start):
        try:
            value = understand(line)
        except (ValueError, LookupError, TypeError):
            damage.tell(path, offset)
        else:
            yield offset, value
