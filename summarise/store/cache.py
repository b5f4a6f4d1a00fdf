"""The answer cache: a ``diskcache.Cache`` that holds texts alone, and never stops a run.

What was pickled is never loaded (CVE-2025-69872): a value is text, or it is refused. An entry whose
key isn't one of ours is another program's, and is left alone.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from urllib.parse import urlsplit

import diskcache
from diskcache.core import MODE_RAW, MODE_TEXT
from pydantic import TypeAdapter, ValidationError

from summarise.characters import counted, for_screen
from summarise.store.files import DATABASE

_log = logging.getLogger("summarise")

UNKNOWN = "unknown"
PARTS_PREFIX = "parts:"
UNWRITABLE = re.compile("readonly|unable to open")
"""What SQLite says where it can't write: a read-only file system, somebody else's folder."""
LOCK_WAIT = 5.0
"""Seconds that a statement waits for another process."""

_SETTINGS = {
    # Nothing is ever dropped: each answer costs money to get again.
    "eviction_policy": "none",
    "cull_limit": 0,
    # A 64 MiB map and a 32 MiB page cache, the defaults, would double the memory of a run.
    "sqlite_mmap_size": 0,
    "sqlite_cache_size": 256,
    "sqlite_synchronous": 1,
    # Long texts have no files of their own, which could be lost or left behind.
    "disk_min_file_size": 2**40,
}
_BATCH = 64
_FINGERPRINT = 16
_LONGEST_SHOWN = 40
_TAG = re.compile(r"(?:([0-9a-f]+/(?:first|reask))/([0-9a-f]{16}))?(?:@(\d{1,11}\.\d{6}))?")
_VALUES = TypeAdapter(dict[str, str])
_FILE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")
# What diskcache has SQLite do by itself: it keeps two sums.
_OWN_TRIGGER = re.compile(
    r"CREATE TRIGGER \w+ AFTER \w+ ON Cache FOR EACH ROW BEGIN "
    r'UPDATE Settings SET value = value [\w.+ -]+ WHERE key = "(count|size)"; END'
)
_NETWORK_FILESYSTEMS = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "lustre", "beegfs", "gpfs", "fuse.sshfs")
)


class Refused(Exception):
    """An entry of the cache that no run of ours has written so; the message says why."""


class _TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Stores and reads text alone.

    Attributes:
        files: Where the files of old long texts are, if not in the folder.
        refusal: Why this is the copy of a cache, which can't be written to; None where it can.
    """

    files: Path | None = None
    refusal: sqlite3.OperationalError | None = None

    def get(self, key: object, raw: bool) -> object:
        """The key in the columns, None where that is somebody else's."""
        return super().get(key, raw) if raw else None

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> str:  # noqa: ARG002
        """The text in the columns, or in the file that they name.

        Raises:
            Refused: It isn't ours.
            OSError: Its file can't be read.
        """
        if mode not in (MODE_RAW, MODE_TEXT):
            raise Refused("a pickled value")
        if filename is not None:
            if not is_our_file(filename):
                raise Refused("a file outside of the folder")
            try:
                return ((self.files or Path(self._directory)) / filename).read_text("utf-8")
            except UnicodeError:
                raise Refused("a text that isn't UTF-8") from None
        if not isinstance(value, str):
            raise Refused("a value that isn't text")
        return value

    def remove(self, file_path: str) -> None:
        """Remove the file of a text."""
        if is_our_file(file_path):
            super().remove(file_path)


def is_our_file(name: str | Path) -> bool:
    """Whether it is a name that diskcache gives: 32 hexadecimal digits in two folders."""
    return _FILE.fullmatch(Path(name).as_posix()) is not None


@contextmanager
def opened(folder: Path, *, make: bool = False) -> Iterator[Any]:
    """The ``diskcache.Cache`` in a folder; a copy of it, where that can't be written to.

    With ``make`` the folder is made, for this user only, if it isn't there.

    Raises:
        OSError: There is no cache, or the folder can't be made.
        sqlite3.Error: It can't be read.
    """
    folder = folder.absolute()
    if make:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not (folder / DATABASE).is_file():
        raise FileNotFoundError(folder / DATABASE)
    with ExitStack() as exits:
        try:
            entries = exits.enter_context(closing(_open(folder)))
        except sqlite3.OperationalError as error:
            if not UNWRITABLE.search(str(error)):
                raise
            # diskcache writes to whatever it opens.
            copy = Path(exits.enter_context(TemporaryDirectory(prefix="summarise-cache-")))
            _copy(folder, copy)
            entries = exits.enter_context(closing(_open(copy)))
            entries.disk.files, entries.disk.refusal = folder, error
        yield entries


def _open(folder: Path) -> diskcache.Cache:
    # diskcache waits a minute for each of its first statements, and where one fails it leaves the
    # database open; trying a write first fails soon, and cleanly.
    with connected(folder, "mode=rwc") as database:
        database.execute("BEGIN IMMEDIATE")
        _demand_cache(database)
        database.execute("PRAGMA user_version = 0")
        database.execute("ROLLBACK")
    return diskcache.Cache(str(folder), timeout=LOCK_WAIT, disk=_TextDisk, **_SETTINGS)


def _demand_cache(database: sqlite3.Connection) -> None:
    """Refuse the database of another program, and one that could change any answer by itself."""
    made = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    tables = {name for kind, name, _ in made if kind == "table"}
    # While another process makes it, the first of diskcache's tables is there alone.
    if tables and "Cache" not in tables and tables != {"Settings"}:
        raise sqlite3.OperationalError("no such table: Cache")
    for kind, name, sql in made:
        if kind == "view" or (kind == "trigger" and not _OWN_TRIGGER.fullmatch(sql)):
            raise sqlite3.DatabaseError(f"it holds a {kind} that isn't diskcache's: {name[:60]}")


def _copy(folder: Path, to: Path) -> None:
    with closing(sqlite3.connect(to / DATABASE)) as copy:
        try:
            with connected(folder, "mode=ro") as source:
                source.backup(copy)
        except sqlite3.OperationalError as error:
            if not UNWRITABLE.search(str(error)):
                raise
            # In a folder that can't be written to, SQLite can't make the shared memory that its log
            # needs, and reads only what it is told doesn't change.
            with connected(folder, "immutable=1") as source:
                source.backup(copy)


def connected(folder: Path, query: str) -> closing[sqlite3.Connection]:
    """A connection to the database of a folder, for what diskcache can't be asked."""
    if linked := next((one.name for one in folder.iterdir() if one.is_symlink()), None):
        raise sqlite3.OperationalError(f"{linked} in it is a link, which isn't followed")
    uri = f"{(folder / DATABASE).as_uri()}?{query}"
    return closing(sqlite3.connect(uri, uri=True, timeout=LOCK_WAIT, isolation_level=None))


def read(entries: diskcache.Cache, key: object) -> tuple[str | None, object]:
    """The text under a key, None where there is none or its file is lost; and its tag.

    Raises:
        Refused: It isn't ours, or is damaged.
    """
    try:
        text, tag = entries.get(key, tag=True)
    except sqlite3.DatabaseError as error:
        if "decode" in str(error):
            raise Refused("a text that isn't UTF-8") from None
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise Refused(str(error)) from None
    return text, tag


def reason_of(error: Exception) -> str:
    """What an error of the cache says, in one line."""
    said = str((error.strerror if isinstance(error, OSError) else None) or error)
    if isinstance(error, diskcache.Timeout) or said == "database is locked":
        return "another process keeps it locked"
    return for_screen(said, reveal=True) or type(error).__name__


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
        """What an answer is to: the document, and whether it was asked first or once more."""
        return f"{self.document}/{'reask' if self.is_reask else 'first'}"


def write_tag(origin: Origin | None, stored: float) -> str:
    """The tag of an answer that was asked so, and stored then (seconds since 1970)."""
    asked = f"{origin.scope}/{origin.parts.fingerprint}" if origin else ""
    return f"{asked}@{stored:.6f}"


def read_tag(tag: object) -> tuple[str, str, float]:
    """The scope, the fingerprint and the time that a tag tells, each empty where it doesn't."""
    match = _TAG.fullmatch(tag) if isinstance(tag, str) else None
    scope, fingerprint, stored = match.groups(default="") if match else ("", "", "")
    return scope, fingerprint, float(stored or 0)


def shown(value: str) -> str:
    """A stored value as one short piece of a line: an imported one may hold anything."""
    return for_screen(value, _LONGEST_SHOWN, reveal=True)


def parts_of(entries: diskcache.Cache, fingerprint: str) -> Parts:
    """The parts with this fingerprint; without values, where they aren't known."""
    with suppress(Refused, ValidationError):
        text, _ = read(entries, PARTS_PREFIX + fingerprint)
        parts = Parts.of(_VALUES.validate_json(text or "", strict=True))
        if parts.fingerprint == fingerprint:
            return parts
    return Parts.of({})


class AnswerCache(AbstractContextManager["AnswerCache"]):
    """A folder of answers. Whatever is wrong with it is warned of once and never stops a run.

    Answers are written behind, up to 64 in one transaction. Several processes can share a folder;
    one object belongs to one thread. The folder is made, for this user only, if it isn't there;
    where it can't be written to, it is read all the same.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._pending: dict[str, tuple[str, Origin | None]] = {}
        self._exits = ExitStack()
        self._entries: Any = None
        self._has_refused = False
        self._asked: dict[str, list[str]] | None = None
        with self._skipped_when_broken():
            self._entries = self._exits.enter_context(opened(self._folder, make=True))
            if error := self._entries.disk.refusal:
                self._warn(
                    f"can't be written to ({reason_of(error)}): its answers are used, new ones are "
                    "kept in the run directory alone; choose another by SUMMARISE_CACHE_DIR, or "
                    "use --no-cache"
                )
            if kind := network_filesystem(self._folder):
                self._warn(
                    f"is on a network file system ({kind}), where SQLite isn't safe: "
                    "choose a local folder by SUMMARISE_CACHE_DIR"
                )

    def get(self, key: str) -> str | None:
        """The text that was put under this key, None where there is none."""
        if key in self._pending:
            return self._pending[key][0]
        if self._entries is not None:
            with self._skipped_when_broken():
                return read(self._entries, key)[0]
        return None

    def put(self, key: str, text: str, origin: Origin | None = None) -> None:
        """Keep a text under a hash of all that could change it; the next flush takes it to disk.

        By its origin it can be listed, removed and explained.
        """
        if self._entries is not None and self._entries.disk.refusal is None:
            self._pending[key] = text, origin
            if len(self._pending) >= _BATCH:
                self.flush()

    def flush(self) -> None:
        """Write what is pending, in one transaction."""
        if self._pending and self._entries is not None:
            with self._skipped_when_broken(), self._entries.transact():
                # With each anew, since another process may have cleared the cache meanwhile.
                origins = filter(None, (origin for _, origin in self._pending.values()))
                for parts in {origin.parts.key: origin.parts for origin in origins}.values():
                    self._entries.set(parts.key, parts.to_json())
                for key, (text, origin) in self._pending.items():
                    self._entries.set(key, text, tag=write_tag(origin, time.time()))
        self._pending.clear()

    def explain(self, key: str, origin: Origin) -> str:
        """Why nothing was found under a key, in one line: which part of the request is new.

        It knows what was kept before it was first called, and what has changed since may be told.
        """
        if self._entries is not None:
            with self._skipped_when_broken():
                return self._reason(key, origin)
        return "the cache can't be used"

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Flush and let go of the folder. Nothing is found or kept after that."""
        self.flush()
        self._entries = None
        self._exits.close()

    @contextmanager
    def _skipped_when_broken(self) -> Iterator[None]:
        """Warn, and go on without a cache: nothing later tries it, so nothing warns again."""
        try:
            yield
        except Refused as refusal:
            # One damaged text is no reason to do without all others.
            if not self._has_refused:
                self._warn(
                    f"holds something that isn't an answer ({refusal}) and is not read: "
                    "see `summarise cache verify`"
                )
            self._has_refused = True
        except Exception as error:  # noqa: BLE001 - a broken cache can raise anything, and mustn't
            self._warn(
                f"can't be used ({reason_of(error)}), so this run goes on without it: "
                "see `summarise cache verify`, choose another by SUMMARISE_CACHE_DIR, or "
                "use --no-cache"
            )
            self._pending.clear()
            self.close()

    def _warn(self, what: str) -> None:
        _log.warning("the answer cache in %s %s", self._folder, what)

    def _reason(self, key: str, origin: Origin) -> str:
        if key in self._entries:
            return "an answer is there but can't be read: see `summarise cache verify`"
        if self._asked is None:
            self._asked = _asked(self._entries)
        saved = self._asked.get(origin.scope)
        if not saved:
            subject = "corrected answer about" if origin.is_reask else "answer about"
            return f"no {subject} this document yet"
        if origin.parts.fingerprint in saved:
            return (
                "an answer is there to a message that is worded differently, by the same settings"
            )
        known = [parts for one in saved if (parts := parts_of(self._entries, one)).values]
        if not known:
            return "an answer is there by other settings, which aren't known"
        nearest = min((list(parts.changes(origin.parts)) for parts in known), key=len)
        return f"an answer is there by other settings: {', '.join(nearest)}"


def _asked(entries: diskcache.Cache) -> dict[str, list[str]]:
    """By what settings each question was asked, the last ones first."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in reversed(entries):
        with suppress(Refused):
            scope, fingerprint, _ = read_tag(read(entries, key)[1])
            found[scope].append(fingerprint)
    return found


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


def network_filesystem(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """The type of the network file system that an absolute path is on.

    None where it's local, or unknown, as it is anywhere but on Linux.
    """
    lines: list[str] = []
    with suppress(OSError):
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    # Blanks in a mount point are written as octal numbers: see getmntent(3).
    fields = (line.split(" ") for line in lines)
    points = {Path(point.replace(r"\040", " ")): kind for _, point, kind, *_ in fields}
    real = folder.resolve()
    kind = next((points[point] for point in (real, *real.parents) if point in points), None)
    return kind if kind in _NETWORK_FILESYSTEMS else None
