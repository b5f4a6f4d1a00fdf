"""Answers as JSON lines, so that a team can share what was paid for."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from summarise.characters import counted
from summarise.models import Completion
from summarise.store.cache_disk import ANSWERS, Row, Rows, make_rows, opened, told
from summarise.store.cache_entry import Origin, Parts, Refused, demand_whole, read_answer, read_tag

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
    """What an import has come to; ``different`` are answers unlike ours, which were kept.

    Attributes:
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
        parts_of = cache(rows.parts)
        for row in _readable(rows):
            with suppress(Refused, OSError):
                completion = read_answer(rows.text(row))
                line = _Line(
                    key=row.key,
                    stored=datetime.fromtimestamp(int(row.stored), UTC),
                    asked=_asked(row.tag, parts_of),
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
    numbered = enumerate(_lines(file), 1)
    with told(folder), closing(make_rows(folder)) as rows:
        while batch := list(islice(numbered, _BATCH)):
            with rows.transaction():
                for number, line in batch:
                    if line.strip():
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
    try:
        read = _read(line)
    except Refused as refusal:
        imported.refused.append((number, str(refusal)))
        return
    try:
        kept = read_answer(rows.get(read.key) or "")
    except Refused:  # ours can't be read, if there is one
        _put(rows, read)
        imported.added += 1
        return
    if kept.text == read.completion.text:
        imported.present += 1
    else:
        imported.different += 1


def _read(line: bytes) -> _Line:
    """What a line says.

    Raises:
        Refused: It isn't a whole answer that was exported.
    """
    if len(line) > _LONGEST:
        raise Refused(f"has more than {_LONGEST:,} bytes")
    try:
        read = _Line.model_validate_json(line)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"][:3])
        message = f"isn't an exported answer ({place + ': ' if place else ''}{fault['msg']})"
        raise Refused(message) from None
    if missing := _TOLD - read.completion.model_fields_set:
        raise Refused(f"the answer lacks its {min(missing)}")
    try:
        demand_whole(read.completion)
    except Refused as refusal:
        raise Refused(f"the answer {refusal}") from None
    return read


def _put(rows: Rows, read: _Line) -> None:
    tag = None
    # A time to come would keep an answer from ever being old.
    stored = min(max(read.stored.timestamp(), 0.0), time.time())
    if read.asked is not None:
        parts = Parts.of(read.asked.parts)
        tag = Origin(parts, read.asked.document, read.asked.reask).tag
        rows.put(parts.key, parts.to_json(), tag=None, stored=stored)
    rows.put(read.key, read.completion.model_dump_json(), tag=tag, stored=stored)


def _asked(stored: object, parts_of: Callable[[str], Parts | None]) -> _Asked | None:
    """What a tag that was stored says, with the parts spelt out."""
    tag = read_tag(stored)
    parts = parts_of(tag.fingerprint) if tag else None
    if tag is None or parts is None:
        return None
    return _Asked(document=tag.document, reask=tag.is_reask, parts=dict(parts.values))
