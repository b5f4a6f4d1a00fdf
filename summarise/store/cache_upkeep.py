"""What a cache holds, by model and endpoint, and removing answers: nothing that isn't ours goes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from summarise.characters import counted, in_columns
from summarise.errors import CacheError, SettingsError
from summarise.store.cache import UNKNOWN, network_filesystem, parts_of, read_tag, shown
from summarise.store.cache_disk import (
    NO_KEY,
    CachedText,
    CacheFolder,
    is_answer_key,
    is_damage,
    is_our_file,
    is_our_key,
    opened,
    told,
)
from summarise.store.files import DATABASE
from summarise.store.manifest import utc_time

_AGES = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SIZES = {"": 1, "b": 1}
_SIZES |= {f"{letter}b": 1000**power for power, letter in enumerate("kmgt", 1)}
_SIZES |= {f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", 1)}
_HEADS = ("answers", "size", "oldest", "newest", "model", "endpoint")
_PASSES = 5
_OUR_NAMES = re.compile(r"cache\.db(-wal|-shm|-journal)?|[0-9a-f]{2}|[\w.-]+\.json")


def parse_age(text: str) -> float:
    """Seconds in an age such as ``90d``; SettingsError where it is none."""
    hint = "Write 30m, 12h, 90d or 8w: minutes, hours, days or weeks."
    return _parsed(text, _AGES, "an age", where="--older-than", hint=hint)


def parse_size(text: str) -> int:
    """Bytes in a size such as ``2GB`` (of 1000 MB) or ``2GiB``; SettingsError where it is none."""
    hint = "Write 500MB, 2GB or 1GiB."
    return int(_parsed(text, _SIZES, "a size", where="--max-size", hint=hint))


def _parsed(text: str, units: Mapping[str, int], what: str, *, where: str, hint: str) -> float:
    match = re.fullmatch(r"\s*(\d{1,18}(?:\.\d+)?)\s*([a-z]*)\s*", text.lower(), re.ASCII)
    if match is None or match[2] not in units:
        raise SettingsError(f"{text!r} isn't {what}", where=where, hint=hint)
    return float(match[1]) * units[match[2]]


def format_size(size: int) -> str:
    """A number of bytes in the largest unit that it fills."""
    if size < 1000:
        return f"{size} B"
    shown_size = float(size)
    for unit in ("kB", "MB", "GB"):
        shown_size /= 1000
        if shown_size < 999.95:
            return f"{shown_size:.1f} {unit}"
    return f"{shown_size / 1000:.1f} TB"


@dataclass(slots=True)
class Group:
    """The answers of one model at one endpoint, whose names are ``unknown`` where they aren't kept.

    Attributes:
        size: Of their texts, in bytes.
        oldest: When the first was stored, seconds since 1970; 0 where that isn't known.
    """

    model: str
    host: str
    answers: int = 0
    size: int = 0
    oldest: float = 0.0
    newest: float = 0.0

    def add(self, answer: CachedText, stored: float) -> None:
        """Count an answer."""
        self.answers += 1
        self.size += len(answer.text.encode())
        self.oldest = min(filter(None, (self.oldest, stored)), default=0.0)
        self.newest = max(self.newest, stored)

    def cells(self) -> tuple[str, ...]:
        """A row of the table."""
        days = (moment.split("T")[0] if moment else UNKNOWN for moment in self._period())
        names = shown(self.model), shown(self.host)
        return f"{self.answers:,}", format_size(self.size), *days, *names

    def values(self) -> dict[str, str | int | None]:
        """JSON values."""
        oldest, newest = self._period()
        return {
            "model": self.model,
            "endpoint": self.host,
            "answers": self.answers,
            "bytes": self.size,
            "oldest": oldest,
            "newest": newest,
        }

    def _period(self) -> tuple[str | None, str | None]:
        first, last = (utc_time(at) if at else None for at in (self.oldest, self.newest))
        return first, last


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is in a folder.

    Attributes:
        network: Type of the network file system that it is on, None where it's local or unknown.
        groups: By model and endpoint, the largest first.
        foreign: Entries that aren't ours.
        size: Of all files, in bytes.
    """

    folder: Path
    network: str | None
    groups: tuple[Group, ...] = ()
    foreign: int = 0
    size: int = 0

    @property
    def answers(self) -> int:
        """All answers."""
        return sum(group.answers for group in self.groups)

    def lines(self) -> Iterator[str]:
        """What to show: a table of the groups."""
        yield str(self.folder)
        if self.network:
            yield f"on a network file system ({self.network}), where SQLite isn't safe"
        if self.groups:
            yield f"{counted(self.answers, 'answer')}, {format_size(self.size)} on disk"
            yield ""
            rows = [_HEADS, *(group.cells() for group in self.groups)]
            yield from in_columns(rows, texts=range(2, len(_HEADS)))
        else:
            yield "no answers"
        if self.foreign:
            yield ""
            yield f"Entries that aren't ours: {self.foreign:,}; see `summarise cache verify`."

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


def survey_cache(folder: Path) -> Holdings:
    """Count what a folder holds; nothing, where there is no cache.

    Raises:
        CacheError: The cache can't be read.
    """
    network = network_filesystem(folder.absolute())
    with told(folder):
        if not (folder / DATABASE).is_file():
            return Holdings(folder, network)
    with opened(folder) as entries:
        groups: dict[tuple[str, str], Group] = {}
        names_of = _names(entries)
        foreign = 0
        for key in entries:
            foreign += not is_our_key(key)
            if (answer := entries.answer(key)) is None:
                continue
            tag = read_tag(answer.tag)
            name = names_of(tag.fingerprint)
            groups.setdefault(name, Group(*name)).add(answer, tag.stored)
        ordered = sorted(groups.values(), key=lambda one: (-one.answers, one.model, one.host))
        return Holdings(folder, network, tuple(ordered), foreign, bytes_on_disk(folder))


def _names(entries: CacheFolder) -> Callable[[str], tuple[str, str]]:
    """Finds model and host of answers by the fingerprint of their parts."""

    @cache
    def find(fingerprint: str) -> tuple[str, str]:
        parts = parts_of(entries, fingerprint)
        return (parts.model, parts.host) if parts else (UNKNOWN, UNKNOWN)

    return find


@dataclass(frozen=True, slots=True)
class Pruning:
    """Which answers go: those that the first three all hold for, then the oldest beyond a size.

    Attributes:
        stored_before: Seconds since 1970.
        host: Of the base URL, with or without its port.
        size: Bytes that may stay on disk.
    """

    stored_before: float | None = None
    model: str | None = None
    host: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed: answers that went and that stay, bytes that were freed and are in use."""

    removed: int
    left: int
    freed: int
    size: int

    def line(self) -> str:
        """What to show."""
        went = f"{counted(self.removed, 'answer')} removed, {format_size(self.freed)} freed"
        return f"{went}; {counted(self.left, 'answer')} left, {format_size(self.size)} on disk"


def database_files(folder: Path) -> Iterator[Path]:
    """The database and the files that SQLite puts beside it, as far as they are there."""
    paths = (folder / f"{DATABASE}{end}" for end in ("", "-wal", "-shm", "-journal"))
    return filter(Path.is_file, paths)


def text_files(folder: Path) -> Iterator[Path]:
    """The files of old long answers."""
    paths = folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*.val")
    return (path for path in paths if is_our_file(path.relative_to(folder)))


def bytes_on_disk(folder: Path) -> int:
    """Size of all that is ours in a folder, in bytes."""
    size = 0
    for path in (*database_files(folder), *text_files(folder)):
        # What ends in -shm is memory that processes share, and goes with the last of them.
        with suppress(FileNotFoundError):  # another process may remove one meanwhile
            size += 0 if path.name.endswith("-shm") else path.stat().st_size
    return size


def prune_cache(folder: Path, pruning: Pruning) -> Removal:
    """Remove the answers that are named.

    Raises:
        CacheError: There is no cache, or it can't be changed.
    """
    with opened(folder) as entries:
        before = bytes_on_disk(folder)
        removed = 0
        if (pruning.stored_before, pruning.model, pruning.host) != (None, None, None):
            removed += entries.delete(_matching(entries, pruning))
        if pruning.size is not None:
            # How much room an answer takes is estimated, so that a second pass may be needed.
            for _ in range(_PASSES):
                removed += entries.delete(_oldest_beyond(entries, pruning.size))
        return _removal(entries, removed, before)


def clear_cache(folder: Path) -> Removal:
    """Remove all answers, and nothing else; a database that can't be read goes as a file.

    Raises:
        CacheError: There is no cache, it can't be changed, or the folder isn't ours.
    """
    try:
        with opened(folder) as entries:
            before = bytes_on_disk(folder)
            removed = entries.delete(filter(is_our_key, entries))
            if all(key == NO_KEY or is_our_key(key) for key in entries):
                entries.clear()
            return _removal(entries, removed, before)
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


def _matching(entries: CacheFolder, pruning: Pruning) -> Iterator[str]:
    names_of = _names(entries)
    for answer in entries.answers():
        tag = read_tag(answer.tag)
        # One whose time isn't known may be new.
        before = pruning.stored_before
        if before is not None and not 0 < tag.stored < before:
            continue
        model, host = names_of(tag.fingerprint)
        hosts = {None, host, host.rsplit(":", 1)[0]}
        if (pruning.host and pruning.host.lower()) in hosts and pruning.model in (None, model):
            yield answer.key


def _oldest_beyond(entries: CacheFolder, size: int) -> list[str]:
    """The oldest answers, so many that the rest takes no more than a size on disk."""
    total = bytes_on_disk(entries.path)
    if total <= size:
        return []
    measures = sorted(
        (read_tag(one.tag).stored, one.key, len(one.text.encode())) for one in entries.answers()
    )
    # Keys, indexes and half-filled pages are shared out among the answers by size.
    room = size * (sum(measure[-1] for measure in measures) or 1) / total
    beyond = []
    for _, key, answer_size in reversed(measures):
        room -= answer_size
        if room < 0:
            beyond.append(key)
    return beyond


def _removal(entries: CacheFolder, removed: int, before: int) -> Removal:
    size = bytes_on_disk(entries.path)
    left = sum(map(is_answer_key, entries))
    return Removal(removed, left, freed=max(before - size, 0), size=size)
