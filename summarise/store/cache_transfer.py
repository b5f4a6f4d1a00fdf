"""The answers of a cache one by one: whether each is sound, out as JSON lines, and in again."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic_core import from_json

from summarise.characters import counted
from summarise.errors import CacheError
from summarise.models import Completion
from summarise.store.cache import Origin, Parts, Tag, parts_of, read_tag, shown, write_tag
from summarise.store.cache_disk import (
    NO_KEY,
    CachedText,
    CacheFolder,
    PickledKey,
    Refused,
    is_answer_key,
    is_damage,
    is_our_key,
    make_folder,
    opened,
    told,
)

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
    with opened(folder) as entries:
        find_parts = cache(partial(parts_of, entries))
        for entry in _readable(entries):
            with suppress(Refused):
                tag = read_tag(entry.tag)
                line = _Line(
                    key=entry.key,
                    stored=datetime.fromtimestamp(int(tag.stored), UTC),
                    asked=_asked(tag, find_parts(tag.fingerprint)),
                    completion=_read_answer(entry.text),
                )
                yield line.model_dump_json().encode() + b"\n"


def import_answers(folder: Path, file: IO[bytes]) -> Imported:
    """Add the answers of a file to a cache, which is made if it isn't there.

    The lines are as ``export_answers`` gives them; an answer that is here already stays as it is.
    To import is to trust: an imported answer is taken for what the model said, and is grounded like
    any other.

    Raises:
        CacheError: The cache can't be changed.
    """
    imported = Imported()
    numbered = enumerate(_lines(file), 1)
    with told(folder), closing(make_folder(folder)) as entries:
        while batch := list(islice(numbered, _BATCH)):
            with entries.transaction():
                for number, line in batch:
                    if line.strip():
                        _take(entries, number, line, imported)
    return imported


def _readable(entries: CacheFolder) -> Iterator[CachedText]:
    """The answers; where the database is damaged, those before the damage and those behind it."""
    last = ""
    try:
        for entry in entries.answers():
            yield entry
            last = entry.key
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        _log.warning("%s is damaged (%s): some answers can't be read", entries.path, error)
        yield from _behind(entries, last)


def _behind(entries: CacheFolder, last: str) -> Iterator[CachedText]:
    """The answers behind a key, from the last one on, each by itself."""
    with suppress(sqlite3.DatabaseError):
        for key in reversed(entries):
            if not is_answer_key(key):
                continue
            if str(key) <= last:
                return
            with suppress(Refused, sqlite3.DatabaseError):
                if entry := entries.get(key):
                    yield entry


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file; of one that is too long, as much as shows that it is."""
    while line := file.readline(_LONGEST + 1):
        end = line
        while len(end) > _LONGEST and not end.endswith(b"\n"):
            end = file.readline(_LONGEST + 1)
        yield line


def _take(entries: CacheFolder, number: int, line: bytes, imported: Imported) -> None:
    try:
        read = _read(line)
    except Refused as refusal:
        imported.refused.append((number, str(refusal)))
        return
    try:
        ours = entries.get(read.key)
        kept = _read_answer(ours.text if ours else "")
    except Refused:  # ours can't be read, if there is one
        _put(entries, read)
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
    _demand_whole(read.completion)
    return read


def _put(entries: CacheFolder, read: _Line) -> None:
    origin = None
    if read.asked is not None:
        parts = Parts.of(read.asked.parts)
        origin = Origin(parts, read.asked.document, read.asked.reask)
        entries.put(parts.key, parts.to_json())
    # A time to come would keep an answer from ever being old.
    stored = min(max(read.stored.timestamp(), 0.0), time.time())
    tag = write_tag(origin, stored)
    entries.put(read.key, read.completion.model_dump_json(), tag=tag)


def _asked(tag: Tag, parts: Parts | None) -> _Asked | None:
    """What a tag says, with the parts spelt out."""
    if parts is None:
        return None
    return _Asked(document=tag.document, reask=tag.is_reask, parts=dict(parts.values))


@dataclass(frozen=True, slots=True)
class CacheFault:
    """Something in a cache that isn't a sound answer of ours; its key may be anything."""

    key: object
    message: str

    @property
    def name(self) -> str:
        """The key, as it is shown."""
        key = self.key.content if isinstance(self.key, PickledKey) else self.key
        return str(key) if is_answer_key(key) else shown(str(key))


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
    """Read every row and file of a cache; to ``repair`` is to remove what isn't sound and ours.

    Raises:
        CacheError: There is no cache, it can't be read at all, or not be changed.
    """
    try:
        with opened(folder) as entries:
            if damage := entries.damage():
                return CacheVerdict(damage=damage)
            verdict = _check(entries, repaired=repair)
            if repair:
                entries.delete(fault.key for fault in verdict.faults)
            if repair and verdict.faults:
                # By its key a row isn't found that has none, or is said to have expired.
                stay = _check(entries, repaired=True).faults
                damage = tuple(f"{f.name}: {f.message}, and can't be removed" for f in stay)
                return replace(verdict, damage=damage[:10])
            return verdict
    except CacheError as error:
        if not is_damage(error):
            raise
        return CacheVerdict(damage=(str(error.__cause__),))


def _check(entries: CacheFolder, *, repaired: bool) -> CacheVerdict:
    sound = without_origin = 0
    faults = []
    find_parts = cache(partial(parts_of, entries))
    for key in entries:
        try:
            tag = _read_sound(entries, key)
        except Refused as refusal:
            faults.append(CacheFault(key, str(refusal)))
        else:
            if is_answer_key(key):
                sound += 1
                without_origin += find_parts(read_tag(tag).fingerprint) is None
    return CacheVerdict(sound, without_origin, tuple(faults), repaired=repaired)


def _read_sound(entries: CacheFolder, key: object) -> object:
    """The tag of a sound answer, or of sound settings."""
    if isinstance(key, PickledKey):
        raise Refused("has no key" if key == NO_KEY else "has a pickled key")
    if not is_our_key(key):
        raise Refused("has a key that isn't ours")
    try:
        found = entries.get(key)
    except Refused as error:
        raise Refused(f"can't be read ({error})") from None
    if found is None:
        raise Refused("can't be read (its file is lost)")
    if is_answer_key(key):
        _read_answer(found.text)
    elif (parts := Parts.from_json(found.text)) is None or parts.key != key:
        raise Refused("doesn't hold the settings that it names")
    return found.tag


def _read_answer(text: str) -> Completion:
    """The answer that a text holds.

    Raises:
        Refused: It holds none, or one that no run would have kept.
    """
    try:
        completion = Completion.model_validate_json(text)
    except ValidationError:
        raise Refused("isn't an answer of ours") from None
    _demand_whole(completion)
    return completion


def _demand_whole(completion: Completion) -> None:
    """Refuse an answer that no run would have kept.

    Raises:
        Refused: It was declined or cut off, or is no JSON object with something in it.
    """
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
