"""The commands ``summarise cache …``: count, remove, check and share the answers of a cache."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from itertools import islice
from math import ceil
from pathlib import Path
from typing import IO, Annotated, Any, Literal, NamedTuple

import diskcache
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import from_json

from summarise.characters import counted, for_screen, in_columns
from summarise.errors import CacheError, SettingsError, told_fault
from summarise.models import Completion
from summarise.store.cache import (
    PARTS_PREFIX,
    UNKNOWN,
    UNWRITABLE,
    Origin,
    Parts,
    Refused,
    connected,
    is_our_file,
    opened,
    parts_of,
    read,
    read_tag,
    reason_of,
    shown,
    write_tag,
)
from summarise.store.files import DATABASE
from summarise.store.manifest import utc_time

_log = logging.getLogger("summarise")

_AGES = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SIZES = {"": 1, "b": 1}
_SIZES |= {f"{letter}b": 1000**power for power, letter in enumerate("kmgt", 1)}
_SIZES |= {f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", 1)}
_HEADS = ("answers", "size", "oldest", "newest", "model", "endpoint")
_ANSWER = re.compile(r"[0-9a-f]{64}")
_OUR_NAMES = re.compile(r"cache\.db(-wal|-shm|-journal)?|[0-9a-f]{2}|[\w.-]+\.json")
_BATCH = 500  # a run that waits for us waits for so many changes at most
_VACUUMED = 500_000_000
_LONGEST = 16 * 2**20  # bytes of a line: ours have some thousands


def parse_age(text: str) -> float:
    """Seconds in an age such as ``90d``; SettingsError where it is none."""
    hint = "Write 30m, 12h, 90d or 8w: minutes, hours, days or weeks."
    refusal = SettingsError(f"{text!r} isn't an age", where="--older-than", hint=hint)
    return _parsed(text, _AGES, refusal)


def parse_size(text: str) -> int:
    """Bytes in a size such as ``2GB`` (of 1000 MB) or ``2GiB``; SettingsError where it is none."""
    hint = "Write 500MB, 2GB or 1GiB."
    refusal = SettingsError(f"{text!r} isn't a size", where="--max-size", hint=hint)
    return int(_parsed(text, _SIZES, refusal))


def _parsed(text: str, units: Mapping[str, int], refusal: SettingsError) -> float:
    match = re.fullmatch(r"\s*(\d{1,18}(?:\.\d+)?)\s*([a-z]*)\s*", text.lower(), re.ASCII)
    if match is None or match[2] not in units:
        raise refusal
    return float(match[1]) * units[match[2]]


def format_size(size: int) -> str:
    """A number of bytes in the largest unit that it fills."""
    if size < 1000:
        return f"{size} B"
    power = next((power for power in (1, 2, 3) if size < 999.95 * 1000**power), 4)
    return f"{size / 1000**power:.1f} {'kMGT'[power - 1]}B"


class _Absent(CacheError):
    """There is no cache."""


class _Damaged(CacheError):
    """The database itself can't be read, whoever tries."""


@contextmanager
def _opened(folder: Path, *, make: bool = False, to_write: bool = False) -> Iterator[Any]:
    """The cache in a folder, for a command.

    Raises:
        CacheError: There is none, or it can't be used; it says in one line why.
    """
    try:
        with opened(folder, make=make) as entries:
            if to_write and entries.disk.refusal:
                raise entries.disk.refusal
            yield entries
    except (OSError, sqlite3.DatabaseError, diskcache.Timeout) as error:
        reason, kind = reason_of(error), CacheError
        message = f"the answer cache can't be used ({reason})"
        hint = "Choose another with --cache-dir."
        if isinstance(error, FileNotFoundError):
            message, kind = "holds no answer cache", _Absent
        elif type(error) is sqlite3.DatabaseError:
            kind = _Damaged
            hint = "See `summarise cache verify`; `summarise cache clear` starts anew."
        elif "no such" in reason:
            message = "its cache.db isn't an answer cache"
        elif "locked" in reason:
            hint = "Try again when that has ended."
        elif UNWRITABLE.search(reason):
            hint = "Its folder and files have to be writable for this."
        raise kind(message, where=str(folder), hint=hint) from error


def _is_answer(key: object) -> bool:
    """Whether an answer is kept under a key: it is a SHA-256."""
    return isinstance(key, str) and _ANSWER.fullmatch(key) is not None


class _Answer(NamedTuple):
    """A text under the key of an answer, with what its tag tells."""

    key: str
    text: str
    scope: str
    parts: Parts
    stored: float


def _answers(entries: diskcache.Cache) -> Iterator[_Answer]:
    """The answers that can be read, by their keys.

    Where the index is damaged, with a warning, and those behind that from the last one on.
    """
    find = cache(partial(parts_of, entries))
    last: object = None
    for backwards in (False, True):
        try:
            for key in entries.iterkeys(reverse=backwards):
                if backwards and key == last:
                    return
                last = last if backwards else key
                with suppress(Refused):
                    text, told = read(entries, key) if _is_answer(key) else (None, None)
                    if text is not None:
                        scope, fingerprint, stored = read_tag(told)
                        yield _Answer(key, text, scope, find(fingerprint), stored)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            _log.warning("the index of %s is damaged (%s)", entries.directory, error)


def _delete(entries: diskcache.Cache, keys: Iterable[object]) -> int:
    """Remove what is under some keys, and its room; the number of answers among it."""
    removed = 0
    remaining = iter(keys)
    while some := list(islice(remaining, _BATCH)):
        with entries.transact():
            removed += sum(_is_answer(key) for key in some if entries.delete(key))
    # SQLite gives back whole pages with each commit. Joining those that are half empty keeps others
    # out, for some seconds a gigabyte: no run is to lose its cache to that.
    if removed and entries.volume() <= _VACUUMED:
        # What was to be removed has gone: where this fails, the space is for new answers.
        with (
            suppress(sqlite3.OperationalError),
            connected(Path(entries.directory), "mode=rw") as database,
        ):
            database.execute("VACUUM")
    return removed


def _damage(entries: diskcache.Cache) -> list[str]:
    """What SQLite finds wrong with the file of the database, in ten lines at most."""
    try:
        with connected(Path(entries.directory), "mode=ro") as database:
            found = database.execute("PRAGMA integrity_check(10)").fetchall()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        found = [(str(error),)]
    return [" ".join(line.split()) for (line,) in found if line != "ok"]


@dataclass(slots=True)
class Group:
    """The answers of one model at one endpoint, whose names are ``unknown`` where they aren't kept.

    Attributes:
        bytes: Of their texts.
        oldest: When the first was stored; None where that isn't known.
    """

    model: str
    endpoint: str
    answers: int = 0
    bytes: int = 0
    oldest: str | None = None
    newest: str | None = None

    def add(self, text: str, stored: float) -> None:
        """Count an answer."""
        self.answers += 1
        self.bytes += len(text.encode())
        if stored:
            when = utc_time(stored)
            self.oldest = min(self.oldest or when, when)
            self.newest = max(self.newest or when, when)

    def cells(self) -> tuple[str, ...]:
        """A row of the table."""
        days = (when[:10] if when else UNKNOWN for when in (self.oldest, self.newest))
        names = shown(self.model), shown(self.endpoint)
        return f"{self.answers:,}", format_size(self.bytes), *days, *names


@dataclass(slots=True)
class Holdings:
    """What is in a folder.

    Attributes:
        bytes: On disk.
        groups: By model and endpoint, the largest first.
    """

    folder: str
    answers: int = 0
    bytes: int = 0
    groups: list[Group] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """What to show: a table of the groups."""
        yield self.folder
        if self.groups:
            yield f"{counted(self.answers, 'answer')}, {format_size(self.bytes)} on disk"
            yield ""
            rows = [_HEADS, *(group.cells() for group in self.groups)]
            yield from in_columns(rows, texts=range(2, len(_HEADS)))
        else:
            yield "no answers"

    def to_json(self) -> str:
        """All of it as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)


def survey_cache(folder: Path) -> Holdings:
    """Count what a folder holds; nothing, where there is no cache.

    Raises:
        CacheError: The cache can't be read.
    """
    held = Holdings(str(folder))
    groups: dict[tuple[str, str], Group] = {}
    with suppress(_Absent), _opened(folder) as entries:
        for one in _answers(entries):
            name = one.parts.model, one.parts.host
            groups.setdefault(name, Group(*name)).add(one.text, one.stored)
        held.answers = sum(group.answers for group in groups.values())
        held.bytes = entries.volume()
    held.groups = sorted(groups.values(), key=lambda one: (-one.answers, one.model, one.endpoint))
    return held


def prune_cache(
    folder: Path,
    *,
    stored_before: float | None = None,
    model: str | None = None,
    host: str | None = None,
    size: int | None = None,
) -> str:
    """Remove the answers that all given limits hold for, then the oldest beyond a size in bytes.

    The time is in seconds since 1970; the host is that of the base URL, with or without its port.

    Returns:
        What went and what stays, in one line.

    Raises:
        CacheError: There is no cache, or it can't be changed.
    """

    def goes(one: _Answer) -> bool:
        its_host = one.parts.host
        return (
            # One whose time isn't known may be new.
            (stored_before is None or 0 < one.stored < stored_before)
            and (host and host.lower()) in {None, its_host, its_host.rsplit(":", 1)[0]}
            and model in {None, one.parts.model}
        )

    with _opened(folder, to_write=True) as entries:
        before, removed = entries.volume(), 0
        if (stored_before, model, host) != (None, None, None):
            removed += _delete(entries, (one.key for one in _answers(entries) if goes(one)))
        if size is not None and entries.volume() > size:
            aged = sorted((one.stored, one.key) for one in _answers(entries))
            while aged and (volume := entries.volume()) > size:
                count = ceil(len(aged) * (1 - size / volume))
                removed += _delete(entries, [key for _, key in aged[:count]])
                aged = aged[count:]
        return _removal(entries, removed, before)


def clear_cache(folder: Path) -> str:
    """Remove all answers, and nothing else; a database that can't be read goes as a file.

    Returns:
        What went and what stays, in one line.

    Raises:
        CacheError: There is no cache, it can't be changed, or the folder isn't ours.
    """
    try:
        with _opened(folder, to_write=True) as entries:
            before = entries.volume()
            ours = (key for key in entries if _is_answer(key) or str(key).startswith(PARTS_PREFIX))
            removed = _delete(entries, ours)
            return _removal(entries, removed, before)
    except _Damaged:
        pass
    foreign = [path.name for path in folder.iterdir() if not _OUR_NAMES.fullmatch(path.name)]
    if foreign:
        raise CacheError(
            f"its cache.db can't be read, and the folder holds more than a cache ({foreign[0]})",
            where=str(folder),
            hint="Nothing was removed: if it is ours, delete cache.db by hand.",
        )
    freed = 0
    for path in (*folder.glob(f"{DATABASE}*"), *folder.glob("??/??/*.val")):
        if path.parent == folder or is_our_file(path.relative_to(folder)):
            freed += path.stat().st_size
            path.unlink()
    return f"0 answers removed, {format_size(freed)} freed; 0 answers left, 0 B on disk"


def _removal(entries: diskcache.Cache, removed: int, before: int) -> str:
    left, size = sum(map(_is_answer, entries)), entries.volume()
    went = f"{counted(removed, 'answer')} removed, {format_size(max(before - size, 0))} freed"
    return f"{went}; {counted(left, 'answer')} left, {format_size(size)} on disk"


@dataclass(slots=True)
class CacheVerdict:
    """What was found.

    Attributes:
        sound: Number of answers that are.
        faults: By key, what stands there instead of one.
        damage: What SQLite says of its file.
        is_repaired: Whether what is at fault was removed.
    """

    sound: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    damage: list[str] = field(default_factory=list)
    is_repaired: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong, or nothing any more."""
        return not self.damage and (self.is_repaired or not self.faults)

    def lines(self) -> Iterator[str]:
        """What to show: each fault, then the counts."""
        yield from (f"cache.db is damaged: {line}" for line in self.damage)
        yield from (f"{key}: {message}" for key, message in self.faults.items())
        if not self.damage:
            did = "removed" if self.is_repaired else "at fault"
            yield f"{counted(self.sound, 'answer')} sound, {len(self.faults):,} {did}"

    @property
    def hint(self) -> str | None:
        """What to do about it, None where there is nothing to do."""
        if self.is_sound:
            return None
        if self.damage:
            return (
                "`summarise cache export FILE` saves what can still be read; then `summarise cache "
                "clear`, and `summarise cache import FILE`"
            )
        return "--repair removes what is at fault, and a run asks it anew"


def verify_cache(folder: Path, *, repair: bool = False) -> CacheVerdict:
    """Read all answers; to ``repair`` is to remove those that aren't sound.

    Raises:
        CacheError: There is no cache, it can't be read at all, or not be changed.
    """
    verdict = CacheVerdict(is_repaired=repair)
    try:
        with _opened(folder, to_write=repair) as entries:
            verdict.damage = _damage(entries)
            for key in filter(_is_answer, entries if not verdict.damage else ()):
                try:
                    _read_answer(read(entries, key)[0])
                except Refused as refusal:
                    verdict.faults[key] = str(refusal)
                else:
                    verdict.sound += 1
            if repair:
                entries.expire()  # what is said to be old isn't found by its key
                _delete(entries, verdict.faults)
    except _Damaged as error:
        verdict.damage = [str(error.__cause__)]
    return verdict


def _read_answer(text: str | None) -> Completion:
    """The answer that a text holds.

    Raises:
        Refused: It holds none, or one that no run would have kept.
    """
    if text is None:
        raise Refused("a text that is lost")
    try:
        completion = Completion.model_validate_json(text)
    except ValidationError:
        raise Refused("no answer of ours") from None
    _demand_whole(completion)
    return completion


def _demand_whole(completion: Completion) -> None:
    """Refuse an answer that was declined or cut off, or is no JSON object with something in it."""
    if completion.refusal or completion.finish_reason in ("length", "content_filter"):
        raise Refused("an answer that was declined or cut off")
    values = None
    with suppress(ValueError):
        values = from_json(completion.text or "")
    if not values or not isinstance(values, dict):
        raise Refused("no JSON object, or an empty one")


_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Asked(BaseModel):
    """What an answer was asked with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    reask: bool
    parts: dict[str, str]


class _Line(BaseModel):
    """One answer, in a file that is shared."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["summarise answer 1"] = "summarise answer 1"
    key: _Hash
    stored: AwareDatetime
    asked: _Asked | None
    completion: Completion


def export_answers(folder: Path) -> Iterator[bytes]:
    """The answers of a cache as lines, ordered by key; one that isn't sound is left out.

    Of a damaged database, what can still be read, with a warning.

    Raises:
        CacheError: There is no cache, or it can't be read.
    """
    with _opened(folder) as entries:
        for fault in _damage(entries)[:1]:
            _log.warning("%s is damaged, some answers can't be read: %s", folder, fault)
        for one in _answers(entries):
            document, _, question = one.scope.partition("/")
            values = dict(one.parts.values)
            asked = _Asked(document=document, reask=question == "reask", parts=values)
            with suppress(Refused):
                line = _Line(
                    key=one.key,
                    stored=datetime.fromtimestamp(int(one.stored), UTC),
                    asked=asked if values else None,
                    completion=_read_answer(one.text),
                )
                yield line.model_dump_json().encode() + b"\n"


@dataclass(slots=True)
class Imported:
    """What an import has come to.

    Attributes:
        present: Answers that were here already, and stay as they are.
        refused: Lines that aren't ours: their number, and why.
    """

    added: int = 0
    present: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    def line(self) -> str:
        """What to show."""
        refused = f", {len(self.refused):,} refused" if self.refused else ""
        return f"{counted(self.added, 'answer')} added, {self.present:,} here already{refused}"


def import_answers(folder: Path, file: IO[bytes]) -> Imported:
    """Add the answers of a file to a cache, which is made if it isn't there.

    The lines are as ``export_answers`` gives them; an answer that is here already stays as it is.
    To import is to trust: an imported answer is taken for what the model said, and is grounded like
    any other.

    Raises:
        CacheError: The cache can't be changed.
    """
    imported = Imported()
    # Of a line that is too long, each piece counts as a line that isn't ours.
    numbered = enumerate(iter(partial(file.readline, _LONGEST), b""), 1)
    with _opened(folder, make=True, to_write=True) as entries:
        while batch := list(islice(numbered, _BATCH)):
            with entries.transact():
                for number, line in batch:
                    try:
                        if line.strip():
                            _take(entries, line, imported)
                    except Refused as refusal:
                        imported.refused.append((number, str(refusal)))
    return imported


def _take(entries: diskcache.Cache, line: bytes, imported: Imported) -> None:
    try:
        new = _Line.model_validate_json(line)
    except ValidationError as error:
        told = for_screen(told_fault(error), 200, reveal=True)
        raise Refused(f"isn't an exported answer ({told})") from None
    _demand_whole(new.completion)
    with suppress(Refused):  # where ours can't be read, if there is one, it is replaced
        _read_answer(read(entries, new.key)[0])
        imported.present += 1
        return
    origin = None
    if new.asked is not None:
        parts = Parts.of(new.asked.parts)
        origin = Origin(parts, new.asked.document, new.asked.reask)
        entries.set(parts.key, parts.to_json())
    # A time to come would keep an answer from ever being old.
    stored = min(max(new.stored.timestamp(), 0.0), time.time())
    entries.set(new.key, new.completion.model_dump_json(), tag=write_tag(origin, stored))
    imported.added += 1
