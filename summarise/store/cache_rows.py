"""The folder of the cache and its rows: how they are opened, and what of them is ours."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path, PurePath
from typing import Any, NamedTuple, Self

import diskcache
from diskcache.core import MODE_BINARY, MODE_RAW, MODE_TEXT, UNKNOWN

from summarise.errors import CacheError
from summarise.store.cache_origin import PARTS_PREFIX, Parts

_FILE_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")


class Refused(Exception):
    """A row of the cache that only somebody else can have written."""


class TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Stores and reads text alone."""

    def put(self, key: object) -> Any:
        """The columns of a key."""
        _demand_text(key)
        return super().put(key)

    def get(self, key: object, raw: bool) -> Any:
        """The key in the columns."""
        if not raw:
            raise Refused("a pickled key")
        return super().get(key, raw)

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> Any:
        """The columns of a text; a long one goes into a file."""
        _demand_text(value)
        return super().store(value, read, key=key)

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> Any:
        """The text in the columns, or in the file that they name."""
        _refuse_foreign(mode, filename, value)
        return super().fetch(mode, filename, value, read)

    def remove(self, file_path: str) -> None:
        """Remove the file of a text."""
        if is_our_file(file_path):
            super().remove(file_path)


def read_text(folder: Path, mode: int, filename: str | None, value: object) -> str:
    """The text of a row that was read by SQL.

    Raises:
        Refused: It isn't ours.
        OSError: Its file can't be read.
        UnicodeDecodeError: Its file isn't UTF-8.
    """
    _refuse_foreign(mode, filename, value)
    if filename is not None:
        return (folder / filename).read_text(encoding="utf-8")
    if not isinstance(value, str):
        raise Refused("a value that isn't text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Refused("a value that isn't UTF-8") from None
    return value


def is_our_file(filename: str) -> bool:
    """Whether a file's name is one that diskcache gives: 32 hexadecimal digits in two folders."""
    return _FILE_NAME.fullmatch(PurePath(filename).as_posix()) is not None


def _refuse_foreign(mode: int, filename: str | None, value: object) -> None:
    if mode not in (MODE_RAW, MODE_TEXT, MODE_BINARY):
        raise Refused("a pickled value")
    if filename is not None and not is_our_file(filename):
        raise Refused("a file outside of the folder")
    if filename is None and not isinstance(value, str | bytes):
        raise Refused("a value that isn't text")


def _demand_text(value: object) -> None:
    if not isinstance(value, str | bytes):
        raise TypeError(f"the cache keeps text, not {type(value).__name__}")


DATABASE = "cache.db"
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
}
_NETWORK_FILESYSTEMS = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "lustre", "beegfs", "gpfs", "fuse.sshfs")
)


def open_cache(folder: Path) -> diskcache.Cache:
    """Open a folder to read and to write; it is made, for this user only, if it isn't there.

    Raises:
        OSError: The folder can't be made.
        sqlite3.Error: The database can't be used.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # diskcache waits a minute for each of its first statements, and where one fails it leaves the
    # database open; trying a write first fails soon, and cleanly.
    database = sqlite3.connect(folder / DATABASE, timeout=LOCK_WAIT, isolation_level=None)
    with closing(database) as probe:
        probe.execute("BEGIN IMMEDIATE")
        probe.execute("PRAGMA user_version = 0")
        probe.execute("ROLLBACK")
    return diskcache.Cache(str(folder), timeout=LOCK_WAIT, disk=TextDisk, **_SETTINGS)


def database_files(folder: Path) -> Iterator[Path]:
    """The database and the files that SQLite puts beside it, as far as they are there."""
    for end in ("", "-wal", "-shm", "-journal"):
        path = folder / f"{DATABASE}{end}"
        if path.is_file():
            yield path


def text_files(folder: Path) -> Iterator[Path]:
    """The files of long answers."""
    for path in folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*.val"):
        if is_our_file(path.relative_to(folder).as_posix()):
            yield path


def bytes_on_disk(folder: Path) -> int:
    """Size of all that is ours in a folder, in bytes."""
    # What ends in -shm is memory that processes share, and goes with the last of them.
    paths = [path for path in database_files(folder) if not path.name.endswith("-shm")]
    sizes = []
    for path in (*paths, *text_files(folder)):
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:  # another process may remove one meanwhile
            continue
    return sum(sizes)


def network_filesystem(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """The type of the network file system that a folder is on, None where it's local or unknown.

    Args:
        folder: An absolute path.
        mounts: The kernel's list, on Linux; elsewhere there is none, and nothing is known.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    real = folder.resolve()
    points: dict[Path, str] = {}
    for line in lines:
        _, point, mounted, *_ = line.split(" ")
        # Blanks and backslashes in a mount point are written as octal numbers: see getmntent(3).
        points[Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), point))] = mounted
    nearest = next((point for point in (real, *real.parents) if point in points), None)
    kind = points[nearest] if nearest else None
    return kind if kind in _NETWORK_FILESYSTEMS else None


ANSWERS = "raw = 1 AND typeof(key) = 'text' AND length(key) = 64 AND key NOT GLOB '*[^0-9a-f]*'"
"""Which rows hold an answer: the key is a SHA-256."""

OURS = f"(({ANSWERS}) OR (raw = 1 AND key GLOB '{PARTS_PREFIX}*'))"
"""Which rows are ours: answers, and what they were asked with."""

FINGERPRINT = "CASE WHEN typeof(tag) = 'text' THEN substr(tag, -16) ELSE '' END"
"""Fingerprint of the parts of an answer; empty where they aren't known."""

STORED = "CAST(coalesce(store_time, 0) AS REAL)"
"""When an answer was stored, seconds since 1970."""

BYTES = "(length(CAST(coalesce(value, '') AS BLOB)) + size)"
"""Size of an answer."""

_VACUUMED = 500_000_000

_INSERT = (
    "INSERT OR IGNORE INTO Cache"
    " (key, raw, store_time, access_time, access_count, tag, size, mode, filename, value)"
    " VALUES (?, 1, ?, ?, 0, ?, 0, 1, NULL, ?)"
)


class Row(NamedTuple):
    """One row of the cache: the text and its file aren't looked at yet."""

    key: Any
    stored: Any
    tag: Any
    mode: int
    filename: str | None
    value: Any


class Rows:
    """The open database of a cache. Use ``open_rows``.

    Args:
        folder: Of the cache.
        database: Its database.
    """

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        self.folder = folder
        self._database = database
        self._doomed: list[str] = []

    def get(self, key: str) -> str | None:
        """The text under a key, None where there is none.

        Raises:
            Refused: The row isn't ours.
        """
        for row in self.select("key = ? AND raw = 1", key):
            try:
                return self.text(row)
            except FileNotFoundError:
                break
        return None

    def select(self, where: str, *values: object, order: str = "rowid") -> Iterator[Row]:
        """Rows that a condition holds for; it is ours, never a user's."""
        columns = "key, store_time, tag, mode, filename, value"
        yield from map(
            Row._make,
            self.execute(
                f"SELECT {columns} FROM Cache WHERE {where} ORDER BY {order}",  # noqa: S608
                values,
            ),
        )

    def execute(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Execute one statement."""
        return self._database.execute(sql, values)

    def text(self, row: Row) -> str:
        """The text of a row.

        Raises:
            Refused: It isn't ours.
            OSError: Its file can't be read.
            UnicodeDecodeError: Its file isn't UTF-8.
        """
        return read_text(self.folder, row.mode, row.filename, row.value)

    def parts(self, fingerprint: str) -> Parts | None:
        """The parts with this fingerprint, None where they aren't known."""
        try:
            text = self.get(PARTS_PREFIX + fingerprint)
        except (Refused, OSError, ValueError):
            return None
        parts = None if text is None else Parts.from_json(text)
        return parts if parts and parts.fingerprint == fingerprint else None

    def insert(self, key: str, text: str, *, tag: str | None, stored: float) -> None:
        """Add a text, unless there is one under this key."""
        self.execute(_INSERT, (key, stored, stored, tag, text))

    def delete(self, where: str, *values: object) -> int:
        """Remove the rows that a condition holds for; the number of them. In a transaction."""
        self._doomed += [
            name
            for (name,) in self.execute(
                f"SELECT filename FROM Cache WHERE ({where}) AND filename IS NOT NULL",  # noqa: S608
                values,
            )
            if isinstance(name, str) and is_our_file(name)
        ]
        return self.execute(f"DELETE FROM Cache WHERE {where}", values).rowcount  # noqa: S608

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the files of removed rows go when their rows have gone."""
        self._doomed.clear()
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")
        for name in self._doomed:
            (self.folder / name).unlink(missing_ok=True)

    def shrink(self) -> None:
        """Give the space of removed rows back to the disk."""
        # What was to be removed has gone: where this fails, the space is for new answers.
        with suppress(sqlite3.OperationalError):
            # SQLite has given back whole pages with each commit. Joining those that are half empty
            # keeps others out, for some seconds a gigabyte: no run is to lose its cache to that.
            if (self.folder / DATABASE).stat().st_size <= _VACUUMED:
                self.execute("VACUUM")
            self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        """Open since it was made."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, after whatever happened."""
        self.close()


def open_rows(folder: Path) -> Rows:
    """Open what there is, to read, and to write where that is allowed. Nothing is made.

    Raises:
        FileNotFoundError: There is no cache.
        sqlite3.Error: It can't be read.
    """
    path = folder.absolute() / DATABASE
    if not path.is_file():
        raise FileNotFoundError(path)
    # In a folder that can't be written to, SQLite can't make the shared memory that its log needs,
    # and reads only what it is told doesn't change.
    for query in ("mode=rw", "mode=ro", "immutable=1"):
        try:
            return Rows(path.parent, _connect(f"{path.as_uri()}?{query}"))
        except sqlite3.OperationalError as error:
            refusal = error
            if not re.search("readonly|unable to open", str(error)):
                break
    raise refusal


def _connect(uri: str) -> sqlite3.Connection:
    database = sqlite3.connect(uri, uri=True, timeout=LOCK_WAIT, isolation_level=None)
    try:
        # A text that was damaged is to be found and named, not to stop the reading of all others.
        database.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
        database.execute("SELECT key, tag, store_time FROM Cache LIMIT 1").fetchall()
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def opened(folder: Path) -> Iterator[Rows]:
    """The cache in a folder, for a command.

    Raises:
        CacheError: There is none, or it can't be used.
    """
    with told(folder), closing(open_rows(folder)) as rows:
        yield rows


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Say in one line what is wrong with a cache.

    Raises:
        CacheError: Instead of what SQLite and the file system raise.
    """
    try:
        yield
    except FileNotFoundError:
        raise CacheError(
            "holds no answer cache", where=str(folder), hint="Choose another with --cache-dir."
        ) from None
    except sqlite3.OperationalError as error:
        raise _in_use(folder, error) from error
    except sqlite3.DatabaseError as error:
        raise CacheError(
            f"the answer cache can't be used ({error})",
            where=str(folder),
            hint="`summarise cache clear` starts anew.",
        ) from error
    except OSError as error:
        raise CacheError(
            f"the answer cache can't be used ({error.strerror})",
            where=str(folder),
            hint="Choose another with --cache-dir.",
        ) from error


def _in_use(folder: Path, error: sqlite3.OperationalError) -> CacheError:
    hint = "Choose another with --cache-dir."
    if "no such" in str(error):
        return CacheError("its cache.db isn't an answer cache", where=str(folder), hint=hint)
    if "locked" in str(error):
        hint = "Another process keeps it locked: try again when that has ended."
    elif "readonly" in str(error):
        hint = "Its folder and files have to be writable for this."
    return CacheError(f"the answer cache can't be used ({error})", where=str(folder), hint=hint)


def is_damage(error: CacheError) -> bool:
    """Whether the database itself can't be read, whoever tries."""
    cause = error.__cause__
    is_passing = isinstance(cause, sqlite3.OperationalError)
    return isinstance(cause, sqlite3.DatabaseError) and not is_passing
