"""What a cache holds, by model and endpoint, and removing answers: nothing that isn't ours goes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from summarise.characters import counted
from summarise.errors import CacheError, SettingsError
from summarise.store.cache_origin import UNKNOWN, shown
from summarise.store.cache_rows import (
    ANSWERS,
    BYTES,
    DATABASE,
    FINGERPRINT,
    OURS,
    STORED,
    Rows,
    bytes_on_disk,
    database_files,
    is_damage,
    network_filesystem,
    opened,
    text_files,
    told,
)

_AGES = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SIZES = {"": 1, "B": 1}
_SIZES |= {f"{letter}B": 1000**power for power, letter in enumerate("KMGT", 1)}
_SIZES |= {f"{letter}IB": 1024**power for power, letter in enumerate("KMGT", 1)}


def parse_age(text: str) -> float:
    """Seconds in an age such as ``90d``.

    Raises:
        SettingsError: It isn't a number with ``m``, ``h``, ``d`` or ``w``.
    """
    match = re.fullmatch(r"\s*(\d{1,9}(?:\.\d+)?)\s*([mhdw])\s*", text.lower(), re.ASCII)
    if match is None:
        raise SettingsError(
            f"{text!r} isn't an age",
            where="--older-than",
            hint="Write 30m, 12h, 90d or 8w: minutes, hours, days or weeks.",
        )
    return float(match[1]) * _AGES[match[2]]


def parse_size(text: str) -> int:
    """Bytes in a size such as ``2GB`` (of 1000 MB) or ``2GiB`` (of 1024 MiB).

    Raises:
        SettingsError: It isn't a number with a unit of bytes, or none.
    """
    match = re.fullmatch(r"\s*(\d{1,18}(?:\.\d+)?)\s*([a-z]*)\s*", text.lower(), re.ASCII)
    unit = _SIZES.get(match[2].upper()) if match else None
    if match is None or unit is None:
        raise SettingsError(
            f"{text!r} isn't a size", where="--max-size", hint="Write 500MB, 2GB or 1GiB."
        )
    return int(float(match[1]) * unit)


def format_size(size: int) -> str:
    """A number of bytes in the largest unit that it fills."""
    if size < 1000:
        return f"{size} B"
    shown = float(size)
    for unit in ("kB", "MB", "GB"):
        shown /= 1000
        if shown < 999.95:
            return f"{shown:.1f} {unit}"
    return f"{shown / 1000:.1f} TB"


def format_moment(seconds: float) -> str:
    """A time since 1970, ISO 8601 in UTC, in whole seconds; ``unknown`` for one out of bounds."""
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return "unknown"
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def format_day(seconds: float) -> str:
    """The day of a time since 1970, in UTC."""
    return format_moment(seconds).split("T", maxsplit=1)[0]


_HEADS = ("answers", "size", "oldest", "newest", "model", "endpoint")
_NUMBERS = 2


@dataclass(frozen=True, slots=True)
class Group:
    """The answers of one model at one endpoint.

    Attributes:
        model: As requested; ``unknown`` where it wasn't kept.
        host: Of the base URL; ``unknown`` where it wasn't kept.
        answers: How many.
        size: Of their texts, in bytes.
        oldest: When the first was stored, seconds since 1970.
        newest: When the last was stored, seconds since 1970.
    """

    model: str
    host: str
    answers: int
    size: int
    oldest: float
    newest: float

    def joined(self, other: Group) -> Group:
        """Both together, under the name of this one."""
        return Group(
            model=self.model,
            host=self.host,
            answers=self.answers + other.answers,
            size=self.size + other.size,
            oldest=min(self.oldest, other.oldest),
            newest=max(self.newest, other.newest),
        )

    def cells(self) -> tuple[str, ...]:
        """A row of the table."""
        days = format_day(self.oldest), format_day(self.newest)
        names = shown(self.model), shown(self.host)
        return f"{self.answers:,}", format_size(self.size), *days, *names

    def values(self) -> dict[str, str | int]:
        """JSON values."""
        return {
            "model": self.model,
            "endpoint": self.host,
            "answers": self.answers,
            "bytes": self.size,
            "oldest": format_moment(self.oldest),
            "newest": format_moment(self.newest),
        }


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is in a folder.

    Attributes:
        folder: Which.
        groups: By model and endpoint, the largest first.
        foreign: Rows that aren't ours.
        size: Of all files, in bytes.
        network: Type of the network file system that the folder is on, None where it's local or
            unknown.
    """

    folder: Path
    groups: tuple[Group, ...]
    foreign: int
    size: int
    network: str | None

    @property
    def answers(self) -> int:
        """All answers."""
        return sum(group.answers for group in self.groups)

    def lines(self) -> list[str]:
        """What to show: a table of the groups."""
        lines = [str(self.folder)]
        if self.network:
            lines.append(f"on a network file system ({self.network}), where SQLite isn't safe")
        if self.groups:
            whole = f"{counted(self.answers, 'answer')}, {format_size(self.size)} on disk"
            lines += [whole, "", *_table([_HEADS, *(group.cells() for group in self.groups)])]
        else:
            lines.append("no answers")
        if self.foreign:
            lines += [
                "",
                f"Entries that aren't ours: {self.foreign:,}; see `summarise cache verify`.",
            ]
        return lines

    def to_json(self) -> str:
        """All of it as JSON."""
        about = {
            "folder": str(self.folder),
            "network_file_system": self.network,
            "answers": self.answers,
            "bytes": self.size,
            "foreign": self.foreign,
            "groups": [group.values() for group in self.groups],
        }
        return json.dumps(about, ensure_ascii=False, indent=2)


def holdings(folder: Path) -> Holdings:
    """Count what a folder holds; nothing, where there is no cache.

    Raises:
        CacheError: The cache can't be read.
    """
    network = network_filesystem(folder.absolute())
    with told(folder):
        is_there = (folder / DATABASE).is_file()
    if not is_there:
        return Holdings(folder, (), 0, 0, network)
    with opened(folder) as rows:
        groups: dict[tuple[str, str], Group] = {}
        for group in _by_fingerprint(rows):
            name = group.model, group.host
            groups[name] = group.joined(groups[name]) if name in groups else group
        ordered = sorted(groups.values(), key=lambda one: (-one.answers, one.model, one.host))
        (foreign,) = rows.execute(
            f"SELECT COUNT(*) FROM Cache WHERE NOT {OURS}"  # noqa: S608 - no value of a user
        ).fetchone()
        return Holdings(folder, tuple(ordered), foreign, bytes_on_disk(folder), network)


def _by_fingerprint(rows: Rows) -> list[Group]:
    found = rows.execute(
        f"SELECT {FINGERPRINT}, COUNT(*), SUM({BYTES}), MIN({STORED}), MAX({STORED}) "  # noqa: S608
        f"FROM Cache WHERE {ANSWERS} GROUP BY 1"
    ).fetchall()
    return [
        Group(*model_and_host(rows, fingerprint), count, size, oldest, newest)
        for fingerprint, count, size, oldest, newest in found
    ]


def model_and_host(rows: Rows, fingerprint: str) -> tuple[str, str]:
    """Model and host of the answers whose parts have this fingerprint."""
    parts = rows.parts(fingerprint)
    return (parts.model, parts.host) if parts else (UNKNOWN, UNKNOWN)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if column < _NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


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
        went = f"{counted(self.removed, 'answer')} removed, {format_size(self.freed)} freed"
        stays = f"{counted(self.left, 'answer')} left, {format_size(self.size)} on disk"
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
