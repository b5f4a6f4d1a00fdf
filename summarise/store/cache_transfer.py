"""Answers one by one: whether each is sound, and as JSON lines, so that a team can share them."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import from_json

from summarise.characters import counted
from summarise.errors import CacheError
from summarise.models import Completion
from summarise.store.cache import Origin, Parts, find_parts, read_tag, shown
from summarise.store.cache_disk import (
    ANSWERS,
    PARTS_PREFIX,
    Refused,
    Row,
    Rows,
    is_damage,
    make_rows,
    opened,
    text_files,
    told,
)

_log = logging.getLogger("summarise")

_NEW = 3600.0
"""Seconds: the file of a long text was written before its row, so a new one may get a row."""
_BATCH = 256
_LONGEST = 16 * 2**20  # bytes of a line: ours have some thousands
# What every exported answer says, if only that it isn't known.
_TOLD = frozenset(("text", "finish_reason", "model", "usage", "cost", "mode"))


class CacheFault(NamedTuple):
    """What isn't a sound answer of ours: its key or the name of its file, why, and where it is."""

    name: str
    message: str
    place: int | Path


@dataclass(frozen=True, slots=True)
class CacheVerdict:
    """What was found.

    Attributes:
        without_origin: Sound answers whose model and endpoint aren't known.
        damage: What SQLite says of its file; empty where that is whole.
        repaired: Whether what is at fault was removed.
    """

    sound: int = 0
    without_origin: int = 0
    faults: tuple[CacheFault, ...] = ()
    damage: tuple[str, ...] = ()
    repaired: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong, or nothing any more."""
        return not self.damage and (self.repaired or not self.faults)

    def lines(self) -> Iterator[str]:
        """What to show: each fault, then the counts."""
        for fault in self.faults:
            yield f"{fault.name}: {fault.message}"
        for line in self.damage:
            yield f"cache.db is damaged: {line}"
        if not self.damage:
            unknown = f" ({self.without_origin:,} of unknown model)" if self.without_origin else ""
            did = "removed" if self.repaired else "at fault"
            yield f"{counted(self.sound, 'answer')} sound{unknown}, {len(self.faults):,} {did}"

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
    """Read every row and file of a cache; to ``repair`` is to remove what isn't a sound answer.

    Raises:
        CacheError: There is no cache, it can't be read at all, or not be changed.
    """
    try:
        with opened(folder) as rows:
            check = rows.execute("PRAGMA integrity_check(10)")
            if damage := tuple(" ".join(line.split()) for (line,) in check if line != "ok"):
                return CacheVerdict(damage=damage)
            verdict = _check(rows, repaired=repair)
            if repair:
                _remove(rows, verdict.faults)
            return verdict
    except CacheError as error:
        if not is_damage(error):
            raise
        return CacheVerdict(damage=(str(error.__cause__),))


def _check(rows: Rows, *, repaired: bool) -> CacheVerdict:
    sound = without_origin = 0
    faults = []
    files = text_files(rows.folder)
    parts_of = cache(partial(find_parts, rows))
    for row in rows.select("1"):
        files.pop(row.filename, None)
        try:
            _demand_sound(rows, row)
        except Refused as refusal:
            faults.append(CacheFault(_name(row.key), str(refusal), row.rowid))
        else:
            if _is_answer_key(row.key):
                sound += 1
                tag = read_tag(row.tag)
                without_origin += tag is None or parts_of(tag.fingerprint) is None
    for path in files.values():
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _NEW:
                faults.append(CacheFault(path.name, "is a file that no entry names", path))
    return CacheVerdict(sound, without_origin, tuple(faults), repaired=repaired)


def _demand_sound(rows: Rows, row: Row) -> None:
    if row.raw != 1:
        raise Refused("has a pickled key")
    is_parts = isinstance(row.key, str) and row.key.startswith(PARTS_PREFIX)
    if not is_parts and not _is_answer_key(row.key):
        raise Refused("has a key that isn't ours")
    try:
        text = rows.text(row.mode, row.filename, row.value)
    except FileNotFoundError:
        raise Refused("can't be read (its file is lost)") from None
    except (Refused, OSError) as error:
        raise Refused(f"can't be read ({error})") from None
    if not is_parts:
        _read_answer(text)
    elif (parts := Parts.from_json(text)) is None or parts.key != row.key:
        raise Refused("doesn't hold the settings that it names")


def _remove(rows: Rows, faults: tuple[CacheFault, ...]) -> None:
    with rows.transaction():
        for fault in faults:
            if isinstance(fault.place, int):
                rows.delete("rowid = ?", fault.place)
    for fault in faults:
        if isinstance(fault.place, Path):
            fault.place.unlink(missing_ok=True)
    rows.shrink()


def _is_answer_key(key: object) -> bool:
    return isinstance(key, str) and len(key) == 64 and not set(key) - set("0123456789abcdef")


def _name(key: object) -> str:
    return shown(key) if isinstance(key, str) and not _is_answer_key(key) else str(key)


def _read_answer(text: str) -> Completion:
    """The answer that a text holds; one that no run would have kept is ``Refused``."""
    try:
        completion = Completion.model_validate_json(text)
    except ValidationError:
        raise Refused("isn't an answer of ours") from None
    _demand_whole(completion)
    return completion


def _demand_whole(completion: Completion) -> None:
    if completion.refusal or completion.finish_reason in ("length", "content_filter"):
        raise Refused("is an answer that was declined or cut off")
    try:
        values = from_json(completion.text or "")
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise Refused("holds no JSON object")
    if not values:
        raise Refused("holds an empty object")


_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Digits = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{1,64}$")]
_Short = Annotated[str, StringConstraints(max_length=2000)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    document: _Digits
    reask: bool
    parts: dict[_Short, _Short]


class _Line(BaseModel):
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
        different: Answers unlike ours, which were kept.
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
        parts_of = cache(partial(find_parts, rows))
        for row in _readable(rows):
            with suppress(Refused, OSError):
                completion = _read_answer(rows.text(row.mode, row.filename, row.value))
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
        kept = _read_answer(rows.get(read.key) or "")
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
        _demand_whole(read.completion)
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
