"""The folder of the cache: one SQLite table of texts, which no other module speaks SQL to.

Its layout is that of diskcache 5, by which it was written once, so that an old cache is read,
exported and removed like a new one. Long texts have files of their own there, which are read and
removed but no longer made. What was pickled is never loaded (CVE-2025-69872): a row is text, or it
is refused.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from summarise.errors import CacheError

DATABASE = "cache.db"
PARTS_PREFIX = "parts:"
LOCK_WAIT = 5.0
"""Seconds that a statement waits for another process."""

ANSWERS = "raw = 1 AND typeof(key) = 'text' AND length(key) = 64 AND key NOT GLOB '*[^0-9a-f]*'"
"""Which rows hold an answer: the key is a SHA-256."""

_PARTS = f"raw = 1 AND key GLOB '{PARTS_PREFIX}*'"
OURS = f"(({ANSWERS}) OR ({_PARTS}))"
"""Which rows are ours: answers, and what they were asked with."""

_TABLE = (
    "CREATE TABLE IF NOT EXISTS Cache (rowid INTEGER PRIMARY KEY, key BLOB, raw INTEGER,"
    " store_time REAL, expire_time REAL, access_time REAL, access_count INTEGER DEFAULT 0,"
    " tag BLOB, size INTEGER DEFAULT 0, mode INTEGER DEFAULT 0, filename TEXT, value BLOB)"
)
_INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS Cache_key_raw ON Cache (key, raw)"
_STORED = (
    "CASE WHEN typeof(store_time) IN ('real', 'integer')"
    " AND store_time BETWEEN 0 AND 253402300799 THEN store_time ELSE 0 END AS stored"
)
_FINGERPRINT = "CASE WHEN typeof(tag) = 'text' THEN substr(tag, -16) ELSE '' END"
_ROW = f"SELECT rowid, key, raw, {_STORED}, tag, mode, filename, value FROM Cache"  # noqa: S608
_GET = "SELECT mode, filename, value FROM Cache WHERE key = ? AND raw = 1"
_MEASURE = (
    f"SELECT rowid, {_FINGERPRINT}, {_STORED}, length(CAST(coalesce(value, '') AS BLOB)) + size"  # noqa: S608
    f" FROM Cache WHERE {ANSWERS} ORDER BY stored DESC, rowid DESC"
)
_PUT = (
    "INSERT OR REPLACE INTO Cache (key, raw, store_time, access_time, tag, mode, value)"
    " VALUES (?, 1, ?, ?, ?, 1, ?)"
)
_PICKLE = 4
_FILE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")
_BATCH = 500  # a run that waits for us waits for so many rows at most
_VACUUMED = 500_000_000
_NETWORK_FILESYSTEMS = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "lustre", "beegfs", "gpfs", "fuse.sshfs")
)


class Refused(Exception):
    """An entry of the cache that no run of ours has written so; the message says why."""


class Row(NamedTuple):
    """One row of the cache, the text and its file as yet unseen; ``raw`` is 1 but for pickled keys.

    ``stored`` is in seconds since 1970, 0 where that isn't known.
    """

    rowid: int
    key: Any
    raw: Any
    stored: float
    tag: Any
    mode: Any
    filename: Any
    value: Any


class Measure(NamedTuple):
    """One answer without its text, of ``size`` bytes; no ``fingerprint`` where none is known."""

    rowid: int
    fingerprint: str
    stored: float
    size: int


class Rows:
    """The open database of a cache. Use ``open_rows`` or ``make_rows``."""

    def __init__(self, folder: Path, database: sqlite3.Connection) -> None:
        self.folder = folder
        self._database = database
        self._doomed: list[str] = []

    def get(self, key: str) -> str | None:
        """The text under a key, None where there is none, or its file can't be read.

        Raises:
            Refused: What is there isn't ours.
        """
        found = self.execute(_GET, key).fetchone()
        if found is not None:
            with suppress(OSError):
                return self.text(*found)
        return None

    def text(self, mode: object, filename: str | None, value: object) -> str:
        """The text of a row.

        Raises:
            Refused: It isn't ours.
            OSError: Its file can't be read.
        """
        if mode == _PICKLE:
            raise Refused("a pickled value")
        try:
            if filename is not None:
                if not _is_our_file(filename):
                    raise Refused("a file outside of the folder")
                return (self.folder / filename).read_text(encoding="utf-8")
            if not isinstance(value, str):
                raise Refused("a value that isn't text")
            if not value.isascii():
                value.encode()
        except UnicodeError:
            raise Refused("a text that isn't UTF-8") from None
        return value

    def select(self, where: str, *values: object, order: str = "rowid") -> Iterator[Row]:
        """The rows that a condition holds for."""
        return map(Row._make, self.execute(f"{_ROW} WHERE {where} ORDER BY {order}", *values))

    def measures(self) -> Iterator[Measure]:
        """All answers, the newest first."""
        return map(Measure._make, self.execute(_MEASURE))

    def count(self, where: str, *values: object) -> int:
        """How many rows a condition holds for."""
        (number,) = self.execute(f"SELECT COUNT(*) FROM Cache WHERE {where}", *values).fetchone()  # noqa: S608
        return int(number)

    def index_tags(self) -> None:
        """Make ``tags`` quick, for what is there now and as long as this is open.

        An index that stays would cost each answer that is kept more than half of its time again;
        this one is made in a second for 100,000 answers.
        """
        tags = "SELECT tag, rowid AS place FROM Cache WHERE typeof(tag) = 'text'"
        self.execute(f"CREATE TEMP TABLE Asked AS {tags}")
        self.execute("CREATE INDEX temp.Asked_tag ON Asked (tag, place)")

    def tags(self, start: str) -> Iterator[str]:
        """The tags of answers that start so, those of the newest first; after ``index_tags``."""
        within = "SELECT tag FROM Asked WHERE tag >= ? AND tag < ? GROUP BY tag"
        found = self.execute(f"{within} ORDER BY MAX(place) DESC", start, f"{start}~")
        return (tag for (tag,) in found)

    def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Execute one statement."""
        return self._database.execute(statement, values)

    def put(self, key: str, text: str, *, tag: str | None, stored: float | None = None) -> None:
        """Keep a text, instead of what is under this key. In a transaction."""
        self._doom_files("key = ? AND raw = 1", key)
        stored = time.time() if stored is None else stored
        self.execute(_PUT, key, stored, stored, tag, text)

    def delete(self, where: str, *values: object) -> int:
        """Remove the rows that a condition holds for; the number of them. In a transaction."""
        self._doom_files(where, *values)
        return self.execute(f"DELETE FROM Cache WHERE {where}", *values).rowcount  # noqa: S608

    def delete_answers(self, rowids: Sequence[int]) -> int:
        """Remove answers, and parts that none is left of, and give the space back."""
        removed = 0
        for start in range(0, len(rowids), _BATCH):
            some = rowids[start : start + _BATCH]
            with self.transaction():
                removed += self.delete(f"rowid IN ({', '.join('?' * len(some))})", *some)
        used = f"SELECT {_FINGERPRINT} FROM Cache WHERE tag IS NOT NULL"  # noqa: S608
        if removed:
            with self.transaction():
                self.delete(f"{_PARTS} AND substr(key, 7) NOT IN ({used})")
            self.shrink()
        return removed

    def _doom_files(self, where: str, *values: object) -> None:
        files = f"SELECT filename FROM Cache WHERE ({where}) AND filename IS NOT NULL"  # noqa: S608
        self._doomed += [name for (name,) in self.execute(files, *values) if _is_our_file(name)]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the files of removed rows go when their rows have gone."""
        self._doomed.clear()
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self.execute("ROLLBACK")
            raise
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


def make_rows(folder: Path) -> Rows:
    """Open a folder to read and to write; it is made, for this user only, if it isn't there.

    Raises:
        OSError: The folder can't be made.
        sqlite3.Error: The database can't be written to.
    """
    folder = folder.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _connected(folder, "mode=rwc") as rows:
        # It stays in the file, and has to be said before the first table.
        rows.execute("PRAGMA auto_vacuum = FULL")
        with rows.transaction():
            rows.execute(_TABLE)
            rows.execute(_INDEX)
        _let_read_while_written(rows)
        rows.execute("PRAGMA synchronous = NORMAL")
    return rows


def _let_read_while_written(rows: Rows) -> None:
    """Turn the log on, which stays in the file."""
    until = time.monotonic() + LOCK_WAIT
    while True:
        try:
            rows.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # Another process is doing the same to the new file, and SQLite doesn't wait for it.
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def open_rows(folder: Path) -> Rows:
    """Open what there is, to read, and to write where that is allowed. Nothing is made.

    Raises:
        FileNotFoundError: There is no cache.
        sqlite3.Error: It can't be read.
    """
    folder = folder.absolute()
    if not (folder / DATABASE).is_file():
        raise FileNotFoundError(folder / DATABASE)
    # In a folder that can't be written to, SQLite can't make the shared memory that its log needs,
    # and reads only what it is told doesn't change.
    for query in ("mode=rw", "mode=ro", "immutable=1"):
        try:
            with _connected(folder, query) as rows:
                rows.execute("SELECT key, tag, store_time FROM Cache LIMIT 1").fetchall()
                return rows
        except sqlite3.OperationalError as error:
            refusal = error
            if not re.search("readonly|unable to open", str(error)):
                break
    raise refusal


@contextmanager
def _connected(folder: Path, query: str) -> Iterator[Rows]:
    """The rows, which are closed on an error only."""
    uri = f"{(folder / DATABASE).as_uri()}?{query}"
    database = sqlite3.connect(uri, uri=True, timeout=LOCK_WAIT, isolation_level=None)
    # A text that was damaged is to be found and named, not to stop the reading of all others.
    database.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
    try:
        yield Rows(folder, database)
    except BaseException:
        database.close()
        raise


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
    except (OSError, sqlite3.DatabaseError) as error:
        reason = str(error.strerror if isinstance(error, OSError) else error)
        message, hint = (
            f"the answer cache can't be used ({reason})",
            "Choose another with --cache-dir.",
        )
        if isinstance(error, FileNotFoundError):
            message = "holds no answer cache"
        elif is_damage(error):
            hint = "`summarise cache clear` starts anew."
        elif "no such" in reason:
            message = "its cache.db isn't an answer cache"
        elif "locked" in reason:
            hint = "Another process keeps it locked: try again when that has ended."
        elif "readonly" in reason:
            hint = "Its folder and files have to be writable for this."
        raise CacheError(message, where=str(folder), hint=hint) from error


def is_damage(error: BaseException) -> bool:
    """Whether the database itself can't be read, whoever tries."""
    cause = error.__cause__ if isinstance(error, CacheError) else error
    is_passing = isinstance(cause, sqlite3.OperationalError)
    return isinstance(cause, sqlite3.DatabaseError) and not is_passing


def _is_our_file(name: object) -> bool:
    return isinstance(name, str) and _FILE.fullmatch(Path(name).as_posix()) is not None


def text_files(folder: Path) -> dict[str, Path]:
    """The files of long answers, by their names in rows."""
    paths = folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*.val")
    names = {str(path.relative_to(folder)): path for path in paths}
    return {name: path for name, path in names.items() if _is_our_file(name)}


def our_files(folder: Path) -> list[Path]:
    """The files of long answers, the database, and what SQLite puts beside it."""
    paths = (folder / f"{DATABASE}{end}" for end in ("", "-wal", "-shm", "-journal"))
    return [*text_files(folder).values(), *filter(Path.is_file, paths)]


def bytes_on_disk(folder: Path) -> int:
    """Size of all that is ours in a folder, in bytes."""
    size = 0
    for path in our_files(folder):
        # What ends in -shm is memory that processes share, and goes with the last of them.
        with suppress(FileNotFoundError):  # another process may remove one meanwhile
            size += 0 if path.name.endswith("-shm") else path.stat().st_size
    return size


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
    points: dict[Path, str] = {}
    for line in lines:
        _, point, mounted, *_ = line.split(" ")
        # Blanks and backslashes in a mount point are written as octal numbers: see getmntent(3).
        points[Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), point))] = mounted
    real = folder.resolve()
    kind = next((points[point] for point in (real, *real.parents) if point in points), None)
    return kind if kind in _NETWORK_FILESYSTEMS else None
