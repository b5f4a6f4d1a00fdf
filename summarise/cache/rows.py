"""The rows of the cache by SQL of our own: what the commands, and a read-only cache, go by.

diskcache writes whenever it opens a folder, and knows neither of models nor of documents.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

from summarise.cache import folder as places
from summarise.cache.disk import Refused, is_our_file, read_text
from summarise.cache.origin import PARTS_PREFIX, Parts
from summarise.errors import CacheError

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
            if (self.folder / places.DATABASE).stat().st_size <= _VACUUMED:
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
    path = folder.absolute() / places.DATABASE
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
    database = sqlite3.connect(uri, uri=True, timeout=places.LOCK_WAIT, isolation_level=None)
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
