"""Whether a cache is sound: the database, and each row as an answer that can be read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import from_json

from summarise.characters import counted
from summarise.errors import CacheError
from summarise.models import Completion
from summarise.store.cache_origin import PARTS_PREFIX, Parts, read_tag, shown
from summarise.store.cache_rows import Refused, Row, Rows, is_damage, opened, text_files

_NEW = 3600.0
"""Seconds: diskcache writes the file of a long text before its row, so a new one may get a row."""


@dataclass(frozen=True, slots=True)
class CacheFault:
    """Something in a cache that isn't a sound answer of ours.

    Attributes:
        name: Its key, or the name of its file.
        message: What is wrong with it.
    """

    name: str
    message: str


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
            if damage := tuple(_damage(rows)):
                return CacheVerdict(damage=damage)
            checked = _Checked()
            checked.read(rows)
            if repair:
                checked.remove(rows)
            return checked.verdict(repaired=repair)
    except CacheError as error:
        if not is_damage(error):
            raise
        return CacheVerdict(damage=(str(error.__cause__),))


def answer_fault(text: str) -> str | None:
    """Why a text isn't a whole answer, None where it is one."""
    try:
        completion = Completion.model_validate_json(text)
    except ValidationError:
        return "isn't an answer of ours"
    return completion_fault(completion)


def completion_fault(completion: Completion) -> str | None:
    """Why a completion would not have been kept, None where it would."""
    if completion.refusal or completion.finish_reason in ("length", "content_filter"):
        return "is an answer that was declined or cut off"
    try:
        values = from_json(completion.text or "")
    except ValueError:
        values = None
    if not isinstance(values, dict):
        return "holds no JSON object"
    return None if values else "holds an empty object"


class _Checked:
    """The rows and files as they are read."""

    def __init__(self) -> None:
        self.sound = 0
        self.without_origin = 0
        self.faults: list[tuple[CacheFault, tuple[str, tuple[object, ...]] | Path]] = []

    def read(self, rows: Rows) -> None:
        files = set()
        known: dict[str, bool] = {}
        for row in rows.select("raw = 1"):
            files.add(row.filename)
            if (message := _row_fault(rows, row)) is not None:
                where = "key IS ? AND raw = 1", (row.key,)
                self.faults.append((CacheFault(_name(row.key), message), where))
            elif not row.key.startswith(PARTS_PREFIX):
                self.sound += 1
                tag = read_tag(row.tag)
                fingerprint = tag.fingerprint if tag else ""
                if fingerprint not in known:
                    known[fingerprint] = rows.parts(fingerprint) is not None
                self.without_origin += not known[fingerprint]
        for (key,) in rows.execute("SELECT key FROM Cache WHERE raw IS NOT 1"):
            where = "key IS ? AND raw IS NOT 1", (key,)
            self.faults.append((CacheFault(_name(key), "has a pickled key"), where))
        self.faults += [(_orphan(path), path) for path in _orphans(rows.folder, files)]

    def verdict(self, *, repaired: bool) -> CacheVerdict:
        faults = tuple(fault for fault, _ in self.faults)
        return CacheVerdict(self.sound, self.without_origin, faults, repaired=repaired)

    def remove(self, rows: Rows) -> None:
        with rows.transaction():
            for _, where in self.faults:
                if not isinstance(where, Path):
                    rows.delete(where[0], *where[1])
        for _, where in self.faults:
            if isinstance(where, Path):
                where.unlink(missing_ok=True)
        rows.shrink()


def _damage(rows: Rows) -> Iterator[str]:
    for (line,) in rows.execute("PRAGMA integrity_check(10)"):
        if line != "ok":
            yield " ".join(line.split())


def _row_fault(rows: Rows, row: Row) -> str | None:
    """What is wrong with a row, None where it is sound."""
    is_parts = isinstance(row.key, str) and row.key.startswith(PARTS_PREFIX)
    if not is_parts and not _is_answer_key(row.key):
        return "has a key that isn't ours"
    try:
        text = rows.text(row)
    except (Refused, OSError, UnicodeDecodeError) as error:
        reason = "its file is lost" if isinstance(error, FileNotFoundError) else str(error)
        return f"can't be read ({reason})"
    if not is_parts:
        return answer_fault(text)
    parts = Parts.from_json(text)
    return None if parts and parts.key == row.key else "doesn't hold the settings that it names"


def _is_answer_key(key: object) -> bool:
    return isinstance(key, str) and len(key) == 64 and not set(key) - set("0123456789abcdef")


def _name(key: object) -> str:
    return shown(key) if isinstance(key, str) and not _is_answer_key(key) else str(key)


def _orphans(folder: Path, files: set[str | None]) -> Iterator[Path]:
    for path in text_files(folder):
        name = path.relative_to(folder).as_posix()
        if name not in files and time.time() - path.stat().st_mtime > _NEW:
            yield path


def _orphan(path: Path) -> CacheFault:
    return CacheFault(path.name, "is a file that no entry names")
