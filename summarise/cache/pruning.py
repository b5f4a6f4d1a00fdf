"""Removing answers: by age, model, endpoint or size, or all. Nothing that isn't ours is touched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from summarise.cache.folder import bytes_on_disk, database_files, text_files
from summarise.cache.holdings import model_and_host
from summarise.cache.measures import format_answers, format_size
from summarise.cache.rows import (
    ANSWERS,
    BYTES,
    FINGERPRINT,
    OURS,
    STORED,
    Rows,
    is_damage,
    opened,
    told,
)
from summarise.errors import CacheError

_BATCH = 500  # a run that waits for us waits for so many rows at most
_PASSES = 5
_OUR_NAMES = re.compile(r"cache\.db(-wal|-shm|-journal)?|[0-9a-f]{2}|[\w.-]+\.json")


@dataclass(frozen=True, slots=True)
class Limits:
    """Which answers go: those that the first three all hold for, then the oldest beyond a size.

    Attributes:
        stored_before: Seconds since 1970.
        model: As requested.
        host: Of the base URL, with or without its port.
        size: Bytes that may stay on disk.
    """

    stored_before: float | None = None
    model: str | None = None
    host: str | None = None
    size: int | None = None

    @property
    def has_filter(self) -> bool:
        """Whether anything but the size is limited."""
        return (self.stored_before, self.model, self.host) != (None, None, None)


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed.

    Attributes:
        removed: Answers that went.
        left: Answers that stay.
        freed: Bytes that the disk got back.
        size: Bytes that are left on disk.
    """

    removed: int
    left: int
    freed: int
    size: int

    def line(self) -> str:
        """What to show."""
        went = f"{format_answers(self.removed)} removed, {format_size(self.freed)} freed"
        stays = f"{format_answers(self.left)} left, {format_size(self.size)} on disk"
        return f"{went}; {stays}"


def prune_cache(folder: Path, limits: Limits) -> Removal:
    """Remove the answers that limits name.

    Raises:
        CacheError: There is no cache, or it can't be changed.
    """
    with opened(folder) as rows:
        before = bytes_on_disk(folder)
        removed = _remove(rows, _matching(rows, limits)) if limits.has_filter else 0
        if limits.size is not None:
            removed += _remove_oldest(rows, limits.size)
        return _removal(rows, removed, before)


def clear_cache(folder: Path) -> Removal:
    """Remove all answers, and nothing else; a database that can't be read goes as a file.

    Raises:
        CacheError: There is no cache, it can't be changed, or the folder isn't ours.
    """
    try:
        with opened(folder) as rows:
            before = bytes_on_disk(folder)
            every = [rowid for (rowid,) in rows.execute(f"SELECT rowid FROM Cache WHERE {ANSWERS}")]  # noqa: S608
            removed = _remove(rows, every)
            with rows.transaction():
                rows.delete(OURS)
            rows.shrink()
            return _removal(rows, removed, before)
    except CacheError as error:
        if not is_damage(error):
            raise
        return _remove_files(folder)


def _remove_files(folder: Path) -> Removal:
    """Remove a database that can't be read, with the files of its long answers."""
    foreign = [path.name for path in folder.iterdir() if not _OUR_NAMES.fullmatch(path.name)]
    if foreign:
        raise CacheError(
            f"its cache.db can't be read, and the folder holds more than a cache ({foreign[0]})",
            where=str(folder),
            hint="Nothing was removed: if it is ours, delete cache.db by hand.",
        )
    freed = bytes_on_disk(folder)
    with told(folder):
        for path in (*text_files(folder), *database_files(folder)):
            path.unlink(missing_ok=True)
    return Removal(removed=0, left=0, freed=freed, size=bytes_on_disk(folder))


def _matching(rows: Rows, limits: Limits) -> list[int]:
    found = rows.execute(
        f"SELECT rowid, {FINGERPRINT}, {STORED} FROM Cache WHERE {ANSWERS}"  # noqa: S608
    )
    kept: dict[str, bool] = {}
    matching = []
    for rowid, fingerprint, stored in found.fetchall():
        if fingerprint not in kept:
            kept[fingerprint] = _is_meant(*model_and_host(rows, fingerprint), limits)
        is_old = limits.stored_before is None or stored < limits.stored_before
        if kept[fingerprint] and is_old:
            matching.append(rowid)
    return matching


def _is_meant(model: str, host: str, limits: Limits) -> bool:
    hosts = {host, host.rsplit(":", 1)[0]}
    return limits.model in (None, model) and (limits.host is None or limits.host.lower() in hosts)


def _remove_oldest(rows: Rows, size: int) -> int:
    """Remove the oldest answers, until all files together take no more than a size."""
    removed = 0
    # How much room an answer takes is estimated, so that a second pass may be needed.
    for _ in range(_PASSES):
        beyond = _oldest_beyond(rows, size)
        if not beyond:
            break
        removed += _remove(rows, beyond)
    return removed


def _oldest_beyond(rows: Rows, size: int) -> list[int]:
    """The oldest answers, so many that the rest takes no more than a size on disk."""
    total = bytes_on_disk(rows.folder)
    if total <= size:
        return []
    found = rows.execute(
        f"SELECT rowid, {BYTES} FROM Cache WHERE {ANSWERS} ORDER BY {STORED} DESC, rowid DESC"  # noqa: S608
    ).fetchall()
    texts = sum(text for _, text in found) or 1
    # Keys, indexes and half-filled pages are shared out among the answers by size.
    room = size * texts / total
    beyond = []
    for rowid, text in found:
        room -= text
        if room < 0:
            beyond.append(rowid)
    return beyond


def _remove(rows: Rows, rowids: list[int]) -> int:
    """Remove answers, and settings that no answer is left of, and give the space back."""
    removed = 0
    for start in range(0, len(rowids), _BATCH):
        batch = rowids[start : start + _BATCH]
        marks = ", ".join("?" * len(batch))
        with rows.transaction():
            removed += rows.delete(f"rowid IN ({marks})", *batch)
    if removed:
        used = f"SELECT {FINGERPRINT} FROM Cache WHERE tag IS NOT NULL"  # noqa: S608 - ours
        with rows.transaction():
            rows.delete(f"raw = 1 AND key GLOB 'parts:*' AND substr(key, 7) NOT IN ({used})")
        rows.shrink()
    return removed


def _removal(rows: Rows, removed: int, before: int) -> Removal:
    (left,) = rows.execute(f"SELECT COUNT(*) FROM Cache WHERE {ANSWERS}").fetchone()  # noqa: S608
    size = bytes_on_disk(rows.folder)
    return Removal(removed=removed, left=left, freed=max(before - size, 0), size=size)
