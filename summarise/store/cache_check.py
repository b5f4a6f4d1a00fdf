"""Whether a cache is sound: the database, and each row as an answer that can be read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from summarise.characters import counted
from summarise.errors import CacheError
from summarise.store.cache_disk import Row, Rows, is_damage, opened, text_files
from summarise.store.cache_entry import PARTS_PREFIX, Parts, Refused, read_answer, read_tag, shown

_NEW = 3600.0
"""Seconds: the file of a long text was written before its row, so a new one may get a row."""


@dataclass(frozen=True, slots=True)
class CacheFault:
    """Something in a cache that isn't a sound answer of ours.

    Attributes:
        name: Its key, or the name of its file.
        message: What is wrong with it.
        place: Its row, or its file.
    """

    name: str
    message: str
    place: int | Path


@dataclass(frozen=True, slots=True)
class CacheVerdict:
    """What was found.

    Attributes:
        sound: Answers that nothing is wrong with.
        without_origin: Those of them whose model and endpoint aren't known.
        faults: What is wrong with the others.
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
    """Read every row and file of a cache.

    Args:
        folder: Of the cache.
        repair: Whether to remove what isn't a sound answer of ours.

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
    parts_of = cache(rows.parts)
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
        text = rows.text(row)
    except FileNotFoundError:
        raise Refused("can't be read (its file is lost)") from None
    except (Refused, OSError) as error:
        raise Refused(f"can't be read ({error})") from None
    if not is_parts:
        read_answer(text)
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
