"""The answer cache as a run uses it, never in the way, and what its answers were asked with."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from summarise.characters import counted, for_screen
from summarise.store import cache_disk as disk
from summarise.store.cache_disk import PARTS_PREFIX, CacheFolder, Refused

_log = logging.getLogger("summarise")

UNKNOWN = "unknown"
_BATCH = 64
_FINGERPRINT = 16
_LONGEST_SHOWN = 40
_TAG = re.compile(r"(?:([0-9a-f]+)/(first|reask)/([0-9a-f]{16}))?(?:@(\d{1,12}\.\d{6}))?")
_LATEST = 253_402_300_799  # the year 9999
_VALUES = TypeAdapter(dict[str, str])
_NETWORK_FILESYSTEMS = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "lustre", "beegfs", "gpfs", "fuse.sshfs")
)


@dataclass(frozen=True, slots=True)
class Parts:
    """All that can change an answer, the document apart. Use ``Parts.of``.

    Attributes:
        values: Readable values, or short hashes, by name: ``base_url``, ``model``, ``prompt``, ….
    """

    values: Mapping[str, str]
    fingerprint: str

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Self:
        """Parts by name. Answers are listed and removed by ``model`` and ``base_url``."""
        ordered = dict(sorted(values.items()))
        return cls(ordered, sha256(json.dumps(ordered).encode()).hexdigest()[:_FINGERPRINT])

    @classmethod
    def from_json(cls, text: str) -> Self | None:
        """Parts that were stored, None where they can't be read."""
        try:
            return cls.of(_VALUES.validate_json(text, strict=True))
        except ValidationError:
            return None

    def to_json(self) -> str:
        """The values, to be stored."""
        return json.dumps(dict(self.values))

    @property
    def key(self) -> str:
        """What they are stored under in the cache."""
        return PARTS_PREFIX + self.fingerprint

    @property
    def model(self) -> str:
        """The model, ``unknown`` where that isn't among them."""
        return self.values.get("model", UNKNOWN)

    @property
    def host(self) -> str:
        """Host and port of the base URL, ``unknown`` where that isn't among them."""
        try:
            return urlsplit(self.values.get("base_url", "")).netloc.lower() or UNKNOWN
        except ValueError:
            return UNKNOWN

    def changes(self, now: Parts) -> Iterator[str]:
        """What is different now, such as ``prompt v1 → v2``."""
        for name in sorted({*self.values, *now.values}):
            before, after = self.values.get(name, "none"), now.values.get(name, "none")
            if before != after:
                yield f"{shown(name)} {shown(before)} → {shown(after)}"


@dataclass(frozen=True, slots=True)
class Origin:
    """What one answer was asked with: the settings, and the content hash of the document."""

    parts: Parts
    document: str
    is_reask: bool = False

    @property
    def scope(self) -> str:
        """What the tags of all answers to the same question about the document start with."""
        return Tag(self.document, self.is_reask).scope


class Tag(NamedTuple):
    """What stands beside an answer, each part empty where it isn't known.

    It was stored so many seconds after the beginning of 1970.
    """

    document: str = ""
    is_reask: bool = False
    fingerprint: str = ""
    stored: float = 0.0

    @property
    def scope(self) -> str:
        """What an answer is to: the document, and whether it was asked first or once more."""
        return f"{self.document}/{'reask' if self.is_reask else 'first'}"


def write_tag(origin: Origin | None, stored: float) -> str:
    """The tag of an answer that was asked so, and stored then (seconds since 1970)."""
    asked = f"{origin.scope}/{origin.parts.fingerprint}" if origin else ""
    return f"{asked}@{stored:.6f}"


def read_tag(tag: object) -> Tag:
    """What a tag says; nothing, where it isn't one of ours."""
    match = _TAG.fullmatch(tag) if isinstance(tag, str) else None
    if match is None:
        return Tag()
    document, question, fingerprint, stored = match.groups(default="")
    when = float(stored or 0)
    return Tag(document, question == "reask", fingerprint, when if when <= _LATEST else 0.0)


def shown(value: str) -> str:
    """A stored value as one short piece of a line: an imported one may hold anything."""
    return for_screen(value, _LONGEST_SHOWN, reveal=True)


def parts_of(folder: CacheFolder, fingerprint: str) -> Parts | None:
    """The parts with this fingerprint, None where they aren't known."""
    with suppress(Refused):
        found = folder.get(PARTS_PREFIX + fingerprint)
        parts = Parts.from_json(found.text) if found else None
        return parts if parts and parts.fingerprint == fingerprint else None
    return None


class AnswerCache(AbstractContextManager["AnswerCache"]):
    """A folder of answers. Whatever is wrong with it is warned of once and never stops a run.

    Answers are written behind, up to 64 in one transaction. Several processes can share a folder;
    one object belongs to one thread. The folder is made, for this user only, if it isn't there;
    where it can't be written to, it is read all the same.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._pending: dict[str, tuple[str, Origin | None]] = {}
        self._open: CacheFolder | None = None
        self._is_writable = True
        self._has_refused = False
        self._asked: dict[str, list[str]] | None = None
        self._unexplained: str | None = None
        with self._skipped_when_broken():
            self._open = self._opened()
            if kind := network_filesystem(self._folder):
                _log.warning(
                    "%s is on a network file system (%s), where SQLite isn't safe: "
                    "choose a local folder by SUMMARISE_CACHE_DIR",
                    self._folder,
                    kind,
                )

    def get(self, key: str) -> str | None:
        """The text that was put under this key, None where there is none."""
        if key in self._pending:
            return self._pending[key][0]
        try:
            found = None if self._open is None else self._open.get(key)
        except Refused as refusal:
            # One damaged text is no reason to do without all others.
            self._warn_refused(refusal)
        except Exception as error:  # noqa: BLE001 - a broken cache can raise anything, and mustn't
            self._give_up(error)
        else:
            return found.text if found else None
        return None

    def put(self, key: str, text: str, origin: Origin | None = None) -> None:
        """Keep a text under a hash of all that could change it; the next flush takes it to disk.

        By its origin it can be listed, removed and explained.
        """
        if self._open is not None and self._is_writable:
            self._pending[key] = text, origin
            if len(self._pending) >= _BATCH:
                self.flush()

    def flush(self) -> None:
        """Write what is pending, in one transaction."""
        if self._pending and self._open is not None:
            with self._skipped_when_broken(), self._open.transaction():
                # With each anew, since another process may have cleared the cache meanwhile.
                origins = [origin for _, origin in self._pending.values() if origin is not None]
                for parts in {origin.parts.key: origin.parts for origin in origins}.values():
                    self._open.put(parts.key, parts.to_json())
                for key, (text, origin) in self._pending.items():
                    self._open.put(key, text, tag=write_tag(origin, time.time()))
        self._pending.clear()

    def explain(self, key: str, origin: Origin) -> str:
        """Why nothing was found under a key, in one line: which part of the request is new.

        It knows what was kept before it was first called, and what has changed since may be told.
        """
        if self._open is None:
            return "the cache can't be used"
        if self._unexplained is None:
            try:
                return self._reason(self._open, key, origin)
            except Exception as error:  # noqa: BLE001 - as above
                # Kept, since to find it out again for each document could take a second each.
                self._unexplained = f"the cache can't say ({_one_line(error)})"
        return self._unexplained

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Flush and let go of the folder. Nothing is found or kept after that."""
        self.flush()
        self._let_go()

    def _opened(self) -> CacheFolder:
        try:
            return disk.make_folder(self._folder)
        except (OSError, sqlite3.OperationalError) as error:
            if "locked" in str(error):
                raise
            try:
                folder = disk.open_folder(self._folder)
            except (OSError, sqlite3.Error):
                raise error from None
            self._is_writable = False
            _log.warning(
                "the answer cache in %s can't be written to (%s): its answers are used, new ones "
                "are kept in the run directory alone; choose another by SUMMARISE_CACHE_DIR, or "
                "use --no-cache",
                self._folder,
                _one_line(error),
            )
            return folder

    @contextmanager
    def _skipped_when_broken(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - as above
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Warn, and go on without a cache: nothing later tries it, so nothing warns again."""
        reason = _one_line(error)
        if reason == "database is locked":
            reason = "another process keeps it locked"
        _log.warning(
            "the answer cache in %s can't be used (%s), so this run goes on without it: "
            "see `summarise cache verify`, choose another by SUMMARISE_CACHE_DIR, or "
            "use --no-cache",
            self._folder,
            reason,
        )
        self._pending.clear()
        self._let_go()

    def _let_go(self) -> None:
        folder, self._open = self._open, None
        if folder is not None:
            folder.close()

    def _warn_refused(self, refusal: Refused) -> None:
        if not self._has_refused:
            self._has_refused = True
            _log.warning(
                "the answer cache in %s holds something that isn't an answer (%s) and is not read: "
                "see `summarise cache verify`",
                self._folder,
                refusal,
            )

    def _reason(self, folder: CacheFolder, key: str, origin: Origin) -> str:
        if key in folder:
            return "an answer is there but can't be read: see `summarise cache verify`"
        if self._asked is None:
            self._asked = _asked(folder)
        kept = self._asked.get(origin.scope)
        if not kept:
            subject = "corrected answer about" if origin.is_reask else "answer about"
            return f"no {subject} this document yet"
        if origin.parts.fingerprint in kept:
            return (
                "an answer is there to a message that is worded differently, by the same settings"
            )
        known = [parts for one in kept if (parts := parts_of(folder, one))]
        if not known:
            return "an answer is there by other settings, which aren't known"
        nearest = min((list(parts.changes(origin.parts)) for parts in known), key=len)
        return f"an answer is there by other settings: {', '.join(nearest)}"


def _asked(folder: CacheFolder) -> dict[str, list[str]]:
    """By what settings each question was asked, the last ones first."""
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for key in folder:
        with suppress(Refused):
            kept = folder.get(key)
            tag = read_tag(kept.tag if kept else None)
            found[tag.scope].append((tag.stored, tag.fingerprint))
    return {
        scope: [one for _, one in sorted(asked, reverse=True)] for scope, asked in found.items()
    }


class Misses:
    """What ``--explain-cache`` says: a line for the first ones, then how often each reason came."""

    def __init__(self, listed: int = 20) -> None:
        self._listed = listed
        self._reasons: Counter[str] = Counter()

    def add(self, name: str, reason: str) -> str | None:
        """Count a miss; returns a line to show, None when enough were shown."""
        self._reasons[reason] += 1
        if self._reasons.total() > self._listed:
            return None
        return f"{name}: not in the cache: {reason}"

    def closing_lines(self) -> Iterator[str]:
        """The counts by reason, the most frequent first."""
        total = self._reasons.total()
        yield f"{counted(total, 'request')} not in the cache"
        for reason, count in self._reasons.most_common():
            yield f"  {count:,}: {reason}"


def _one_line(error: Exception) -> str:
    return for_screen(disk.reason_of(error), reveal=True) or type(error).__name__


def network_filesystem(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """The type of the network file system that an absolute path is on.

    None where it's local, or unknown, as it is anywhere but on Linux.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    # Blanks and backslashes in a mount point are written as octal numbers: see getmntent(3).
    points = {
        Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), point)): mounted
        for _, point, mounted, *_ in (line.split(" ") for line in lines)
    }
    real = folder.resolve()
    kind = next((points[point] for point in (real, *real.parents) if point in points), None)
    return kind if kind in _NETWORK_FILESYSTEMS else None
