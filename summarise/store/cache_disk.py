"""The folder of the cache: a ``diskcache.Cache`` that holds texts alone, and is asked by its API.

What was pickled is never loaded (CVE-2025-69872): a value is text, or it is refused. What diskcache
can't tell, SQLite is asked: whether its file is whole, and holds nothing that acts by itself.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import diskcache
from diskcache.core import MODE_BINARY, MODE_RAW, MODE_TEXT

from summarise.errors import CacheError
from summarise.store.files import DATABASE

PARTS_PREFIX = "parts:"
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
_FILE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")
_ANSWER = re.compile(r"[0-9a-f]{64}")
# What diskcache has SQLite do by itself: it keeps two sums.
_OWN_TRIGGER = re.compile(
    r"CREATE TRIGGER \w+ AFTER \w+ ON Cache FOR EACH ROW BEGIN "
    r'UPDATE Settings SET value = value [\w.+ -]+ WHERE key = "(count|size)"; END'
)
_OWN_SETTINGS = re.compile(r"CREATE TABLE Settings \(\s*key TEXT NOT NULL UNIQUE,\s*value\s*\)")
# What SQLite says where it can't write: to a read-only file system, to a folder of somebody else's.
_UNWRITABLE = "readonly|unable to open"
_BATCH = 500  # a run that waits for us waits for so many removals at most
_VACUUMED = 500_000_000


class Refused(Exception):
    """An entry of the cache that no run of ours has written so; the message says why."""


class PickledKey(NamedTuple):
    """A key that somebody else has pickled, which nobody loads; or none, where it is NULL."""

    content: object


NO_KEY = PickledKey(None)


class CachedText(NamedTuple):
    """A text of the cache, and what stands beside it."""

    key: str
    text: str
    tag: object


class TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Stores and reads text alone; ``files`` of old long texts may be in another folder."""

    def __init__(self, directory: str, files: str = "", **settings: Any) -> None:
        super().__init__(files or directory, **settings)

    def put(self, key: object) -> Any:
        """The columns of a key."""
        if isinstance(key, PickledKey):
            return key.content, False
        if not isinstance(key, str | bytes | int | float):
            raise TypeError(f"a key of the cache is text, not {type(key).__name__}")
        return super().put(key)

    def get(self, key: object, raw: bool) -> Any:
        """The key in the columns."""
        if not raw or key is None:
            return PickledKey(key)
        return super().get(key, raw)

    def store(self, value: object, *rest: Any, **named: Any) -> Any:
        """The columns of a text."""
        if not isinstance(value, str):
            raise TypeError(f"the cache keeps text, not {type(value).__name__}")
        return super().store(value, *rest, **named)

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> Any:
        """The text in the columns, or in the file that they name.

        Raises:
            Refused: It isn't ours.
            OSError: Its file can't be read.
        """
        if mode not in (MODE_RAW, MODE_TEXT, MODE_BINARY):
            raise Refused("a pickled value")
        if filename is not None and not is_our_file(filename):
            raise Refused("a file outside of the folder")
        if filename is None and not isinstance(value, str):
            raise Refused("a value that isn't text")
        try:
            text = super().fetch(mode, filename, value, read)
        except UnicodeError:
            raise Refused("a text that isn't UTF-8") from None
        return text.decode(errors="replace") if isinstance(text, bytes) else text

    def remove(self, file_path: str) -> None:
        """Remove the file of a text."""
        if is_our_file(file_path):
            super().remove(file_path)


class CacheFolder:
    """An open cache, or a copy of it. Use ``make_folder`` or ``opened``."""

    def __init__(self, path: Path, cache: diskcache.Cache) -> None:
        self.path = path
        self._cache = cache

    def __contains__(self, key: str) -> bool:
        """Whether something is kept under a key."""
        return key in self._cache

    def get(self, key: object) -> CachedText | None:
        """What is kept under a key; None where there is nothing, or its file is lost.

        Raises:
            Refused: It isn't ours.
        """
        try:
            text, tag = self._cache.get(key, tag=True)
        except sqlite3.OperationalError as error:
            if "decode" in str(error):
                raise Refused("a text that isn't UTF-8") from None
            raise
        return None if text is None else CachedText(str(key), text, tag)

    def __iter__(self) -> Iterator[object]:
        """All keys in their order, also those that aren't ours."""
        for key in self._cache.iterkeys():
            yield key
            if key == NO_KEY:
                # NULL stands before all, and nothing behind it: nothing compares with it.
                yield from reversed([key for key in reversed(self) if key != NO_KEY])

    def __reversed__(self) -> Iterator[object]:
        """All keys, the last one first."""
        return iter(self._cache.iterkeys(reverse=True))

    def answer(self, key: object) -> CachedText | None:
        """The answer under a key, None where there is none that can be read."""
        with suppress(Refused):
            return self.get(key) if is_answer_key(key) else None
        return None

    def answers(self) -> Iterator[CachedText]:
        """All answers that can be read, by their keys."""
        return filter(None, map(self.answer, self))

    def put(self, key: str, text: str, *, tag: str | None = None) -> None:
        """Keep a text, instead of what is under this key."""
        self._cache.set(key, text, tag=tag)

    def delete(self, keys: Iterable[object]) -> int:
        """Remove what is under these keys, and its room; the number of answers among it."""
        removed = answers = 0
        remaining = iter(keys)
        while some := list(islice(remaining, _BATCH)):
            with self.transaction():
                gone = [key for key in some if self._cache.delete(key)]
            removed += len(gone)
            answers += sum(map(is_answer_key, gone))
        if removed:
            self._shrink()
        return answers

    def clear(self) -> None:
        """Remove all, also what no key leads to."""
        self._cache.clear()

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing."""
        return self._cache.transact()  # type: ignore[no-any-return]

    def _shrink(self) -> None:
        """Give the space of what was removed back to the disk."""
        # What was to be removed has gone: where this fails, the space is for new answers.
        with (
            suppress(sqlite3.OperationalError),
            closing(_connect(self.path, "mode=rw")) as database,
        ):
            # SQLite has given back whole pages with each commit. Joining those that are half empty
            # keeps others out, for some seconds a gigabyte: no run is to lose its cache to that.
            if (self.path / DATABASE).stat().st_size <= _VACUUMED:
                database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def damage(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file of the database, in ten lines at most."""
        with closing(_connect(Path(self._cache.directory), "mode=ro")) as database:
            found = database.execute("PRAGMA integrity_check(10)").fetchall()
        return tuple(" ".join(line.split()) for (line,) in found if line != "ok")

    def close(self) -> None:
        """Let go of it."""
        self._cache.close()


class _Copy(CacheFolder):
    """A copy of a cache that can't be written to, as diskcache writes to whatever it opens.

    The reason says why; where that is something planted, the copy is without it.
    """

    def __init__(self, path: Path, reason: sqlite3.DatabaseError) -> None:
        self._reason = reason
        self._temporary = tempfile.TemporaryDirectory(prefix="summarise-cache-")
        try:
            self._take(path)
            files = {"disk_files": str(path)}
            super().__init__(path, _open(Path(self._temporary.name), **files))
        except BaseException:
            self._temporary.cleanup()
            raise

    def _take(self, path: Path) -> None:
        copy = Path(self._temporary.name) / DATABASE
        # In a folder that can't be written to, SQLite can't make the shared memory that its log
        # needs, and reads only what it is told doesn't change.
        for query in ("mode=ro", "immutable=1"):
            try:
                with closing(_connect(path, query)) as source, closing(sqlite3.connect(copy)) as to:
                    source.backup(to)
                    for kind, name in _planted(to):
                        to.execute(f"DROP {kind} {name}")
            except sqlite3.OperationalError as error:
                if query != "mode=ro" or not re.search(_UNWRITABLE, str(error)):
                    raise
            else:
                return

    def delete(self, keys: Iterable[object]) -> int:  # noqa: ARG002
        """Nothing: what went from the copy would be told, and would still be there."""
        raise self._reason

    def damage(self) -> tuple[str, ...]:
        """What is damaged in the copy, and what was planted there."""
        return ((str(self._reason),) if is_damage(self._reason) else ()) + super().damage()

    def close(self) -> None:
        """Let go of it."""
        super().close()
        self._temporary.cleanup()


def is_answer_key(key: object) -> bool:
    """Whether an answer is kept under a key: it is a SHA-256."""
    return isinstance(key, str) and _ANSWER.fullmatch(key) is not None


def is_our_key(key: object) -> bool:
    """Whether an answer, or what one was asked with, is kept under a key."""
    return is_answer_key(key) or (isinstance(key, str) and key.startswith(PARTS_PREFIX))


def make_folder(path: Path) -> CacheFolder:
    """Open a folder to read and to write; it is made, for this user only, if it isn't there.

    Raises:
        OSError: The folder can't be made.
        sqlite3.Error: The database can't be written to.
    """
    path = path.absolute()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return CacheFolder(path, _open(path))


def _open(path: Path, **settings: object) -> diskcache.Cache:
    # diskcache waits a minute for each of its first statements, and where one fails it leaves the
    # database open; trying a write first fails soon, and cleanly.
    with closing(_connect(path, "mode=rwc")) as database:
        database.execute("BEGIN IMMEDIATE")
        _demand_cache(database)
        database.execute("PRAGMA user_version = 0")
        database.execute("ROLLBACK")
    return diskcache.Cache(str(path), timeout=LOCK_WAIT, disk=TextDisk, **_SETTINGS, **settings)


def _demand_cache(database: sqlite3.Connection) -> None:
    """Refuse the database of another program, in which diskcache would make its tables."""
    found = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    tables = dict(found.fetchall())
    # While another process makes it, the first of diskcache's tables is there alone.
    is_begun = list(tables) == ["Settings"] and _OWN_SETTINGS.fullmatch(tables["Settings"])
    if tables and "Cache" not in tables and not is_begun:
        raise sqlite3.OperationalError("no such table: Cache")
    for kind, name in _planted(database):
        raise sqlite3.DatabaseError(f"it holds a {kind} that isn't diskcache's: {name[:60]}")


def _planted(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Kind and quoted name of what could change any answer by itself, and isn't diskcache's."""
    names = """SELECT type, '"' || replace(name, '"', '""') || '"', sql FROM sqlite_master"""
    acting = database.execute(f"{names} WHERE type IN ('trigger', 'view')")
    return [(kind, name) for kind, name, sql in acting if not _OWN_TRIGGER.fullmatch(sql)]


def _connect(path: Path, query: str) -> sqlite3.Connection:
    uri = f"{(path / DATABASE).as_uri()}?{query}"
    return sqlite3.connect(uri, uri=True, timeout=LOCK_WAIT, isolation_level=None)


def open_folder(path: Path) -> CacheFolder:
    """Open what there is, to read, and to write where that is allowed. Nothing is made.

    Raises:
        FileNotFoundError: There is no cache.
        sqlite3.Error: It can't be read.
    """
    path = path.absolute()
    if not (path / DATABASE).is_file():
        raise FileNotFoundError(path / DATABASE)
    try:
        return CacheFolder(path, _open(path))
    except sqlite3.DatabaseError as error:
        if not re.search(f"{_UNWRITABLE}|isn't diskcache's", str(error)):
            raise
        return _Copy(path, error)


@contextmanager
def opened(path: Path) -> Iterator[CacheFolder]:
    """The cache in a folder, for a command.

    Raises:
        CacheError: There is none, or it can't be used.
    """
    with told(path), closing(open_folder(path)) as folder:
        yield folder


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Say in one line what is wrong with a cache.

    Raises:
        CacheError: Instead of what SQLite and the file system raise.
    """
    try:
        yield
    except (OSError, sqlite3.DatabaseError, diskcache.Timeout) as error:
        reason = reason_of(error)
        message = f"the answer cache can't be used ({reason})"
        hint = "Choose another with --cache-dir."
        if isinstance(error, FileNotFoundError):
            message = "holds no answer cache"
        elif is_damage(error):
            hint = "See `summarise cache verify`; `summarise cache clear` starts anew."
        elif "no such" in reason:
            message = "its cache.db isn't an answer cache"
        elif "locked" in reason:
            hint = "Another process keeps it locked: try again when that has ended."
        elif re.search(_UNWRITABLE, reason):
            hint = "Its folder and files have to be writable for this."
        raise CacheError(message, where=str(folder), hint=hint) from error


def reason_of(error: Exception) -> str:
    """What an error of the cache says."""
    if isinstance(error, diskcache.Timeout):
        return "database is locked"
    return str((error.strerror if isinstance(error, OSError) else None) or error)


def is_damage(error: BaseException | None) -> bool:
    """Whether the database itself can't be read, whoever tries."""
    cause = error.__cause__ if isinstance(error, CacheError) else error
    is_passing = isinstance(cause, sqlite3.OperationalError)
    return isinstance(cause, sqlite3.DatabaseError) and not is_passing


def is_our_file(name: str | Path) -> bool:
    """Whether it is a name that diskcache gives: 32 hexadecimal digits in two folders."""
    return _FILE.fullmatch(Path(name).as_posix()) is not None
