"""Answers as JSON lines, so that a team can share what was paid for."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from summarise.characters import counted
from summarise.models import Completion
from summarise.store.cache_check import answer_fault, completion_fault
from summarise.store.cache_origin import Origin, Parts, read_tag
from summarise.store.cache_rows import ANSWERS, Refused, Row, Rows, open_cache, opened, told

_log = logging.getLogger("summarise")

_BATCH = 256
_LONGEST = 16 * 2**20  # bytes of a line: ours have some thousands
# What every exported answer says, if only that it isn't known.
_TOLD = frozenset(("text", "finish_reason", "model", "usage", "cost", "mode"))

_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Digits = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,64}$")]
_Short = Annotated[str, StringConstraints(max_length=2000)]


class _Asked(BaseModel):
    """What an answer was asked with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: _Digits
    reask: bool
    parts: dict[_Short, _Short]


class _Line(BaseModel):
    """One answer, in a file that is shared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["summarise answer 1"] = "summarise answer 1"
    key: _Hash
    stored: AwareDatetime
    asked: _Asked | None
    completion: Completion


@dataclass(slots=True)
class Imported:
    """What an import has come to.

    Attributes:
        added: Answers that are new here.
        present: Answers that were here already.
        different: Answers that differ from ours, which were kept.
        refused: Lines that aren't ours: their number, and why.
    """

    added: int = 0
    present: int = 0
    different: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    def line(self) -> str:
        """What to show."""
        counts = [f"{counted(self.added, 'answer')} added", f"{self.present:,} here already"]
        if self.different:
            counts.append(f"{self.different:,} unlike ours, which stay")
        if self.refused:
            counts.append(f"{len(self.refused):,} refused")
        return ", ".join(counts)


def export_answers(folder: Path) -> Iterator[bytes]:
    """The answers of a cache as lines, ordered by key; one that isn't sound is left out.

    Of a damaged database, what can still be read, with a warning.

    Raises:
        CacheError: There is no cache, or it can't be read.
    """
    with opened(folder) as rows:
        known: dict[str, Parts | None] = {}
        for row in _readable(rows):
            completion = _sound(rows, row)
            if completion is None:
                continue
            line = _Line(
                key=row.key,
                stored=_moment(row.stored),
                asked=_asked(rows, row, known),
                completion=completion,
            )
            yield line.model_dump_json().encode() + b"\n"


def import_answers(folder: Path, file: IO[bytes]) -> Imported:
    """Add the answers of a file to a cache, which is made if it isn't there.

    An answer that is here already stays as it is. To import is to trust: an imported answer is
    taken for what the model said, and is grounded like any other.

    Args:
        folder: Of the cache.
        file: Lines as ``export_answers`` gives them.

    Raises:
        CacheError: The cache can't be changed.
    """
    imported = Imported()
    with told(folder):
        open_cache(folder.absolute()).close()
    numbered = enumerate(_lines(file), 1)
    with opened(folder) as rows:
        while batch := list(islice(numbered, _BATCH)):
            with rows.transaction():
                for number, line in batch:
                    _take(rows, number, line, imported)
    return imported


def _readable(rows: Rows) -> Iterator[Row]:
    """The answers by key, and, where the database is damaged there, those beyond one by one."""
    last = ""
    try:
        for row in rows.select(ANSWERS, order="key"):
            yield row
            last = row.key
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        _log.warning("%s is damaged (%s): some answers can't be read", rows.folder, error)
        yield from _beyond(rows, last)


def _beyond(rows: Rows, last: str) -> Iterator[Row]:
    (rowids,) = rows.execute("SELECT MAX(rowid) FROM Cache").fetchone()
    for rowid in range(1, rowids + 1):
        with suppress(sqlite3.DatabaseError):
            yield from rows.select(f"rowid = ? AND key > ? AND {ANSWERS}", rowid, last)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file; of one that is too long, as much as shows that it is."""
    while line := file.readline(_LONGEST + 1):
        end = line
        while len(end) > _LONGEST and not end.endswith(b"\n"):
            end = file.readline(_LONGEST + 1)
        yield line


def _take(rows: Rows, number: int, line: bytes, imported: Imported) -> None:
    if not line.strip():
        return
    read = _read(line)
    if isinstance(read, str):
        imported.refused.append((number, read))
        return
    ours = next(rows.select("key = ? AND raw = 1", read.key), None)
    kept = None if ours is None else _sound(rows, ours)
    if kept is None:
        # Ours can't be read, if there is one.
        rows.delete("key = ? AND raw = 1", read.key)
        _insert(rows, read)
        imported.added += 1
    elif kept.text == read.completion.text:
        imported.present += 1
    else:
        imported.different += 1


def _read(line: bytes) -> _Line | str:
    """What a line says, or why it is refused."""
    if len(line) > _LONGEST:
        return f"has more than {_LONGEST:,} bytes"
    try:
        read = _Line.model_validate_json(line)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"][:3])
        return f"isn't an exported answer ({place + ': ' if place else ''}{fault['msg']})"
    if missing := _TOLD - read.completion.model_fields_set:
        return f"the answer lacks its {min(missing)}"
    if (reason := completion_fault(read.completion)) is not None:
        return f"the answer {reason}"
    return read


def _insert(rows: Rows, read: _Line) -> None:
    tag = None
    # A time to come would keep an answer from ever being old.
    stored = min(max(read.stored.timestamp(), 0.0), time.time())
    if read.asked is not None:
        parts = Parts.of(read.asked.parts)
        tag = Origin(parts, read.asked.document, read.asked.reask).tag
        rows.insert(parts.key, parts.to_json(), tag=None, stored=stored)
    rows.insert(read.key, read.completion.model_dump_json(), tag=tag, stored=stored)


def _sound(rows: Rows, row: Row) -> Completion | None:
    """The answer of a row, None where it can't be read or isn't a whole one."""
    try:
        text = rows.text(row)
    except (Refused, OSError, UnicodeDecodeError):
        return None
    return None if answer_fault(text) else Completion.model_validate_json(text)


def _asked(rows: Rows, row: Row, known: dict[str, Parts | None]) -> _Asked | None:
    tag = read_tag(row.tag)
    if tag is None:
        return None
    if tag.fingerprint not in known:
        known[tag.fingerprint] = rows.parts(tag.fingerprint)
    parts = known[tag.fingerprint]
    if parts is None:
        return None
    return _Asked(document=tag.document, reask=tag.is_reask, parts=dict(parts.values))


def _moment(stored: object) -> datetime:
    """When a row was stored, in whole seconds; long ago, where the row doesn't tell."""
    is_told = isinstance(stored, float | int) and 0 <= stored <= time.time()
    return datetime.fromtimestamp(int(stored) if is_told else 0, UTC)  # type: ignore[call-overload]
