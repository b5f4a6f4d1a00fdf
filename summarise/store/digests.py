"""Digests of texts, and tables of them that take little memory for each."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator
from hashlib import blake2b
from weakref import finalize

_HALF = 1 << 63  # what SQLite holds has a sign


def digest(text: str) -> int:
    """A text as a number of 64 bits.

    Among a million texts, two share one with a chance of 3 in 100 million.
    """
    hashed = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(hashed.digest(), "big")


class Offsets:
    """Byte offsets by key; the last one put counts.

    They are a table of SQLite's, of which a megabyte is held in memory, and the rest in a private
    file that goes with it: https://sqlite.org/inmemorydb.html.
    """

    def __init__(self) -> None:
        self._table = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        finalize(self, self._table.close)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000"):
            self._table.execute(f"PRAGMA {pragma}")
        self._table.execute("CREATE TABLE place (key INTEGER PRIMARY KEY, offset INTEGER)")
        self._table.execute("BEGIN")

    def put(self, key: int, offset: int) -> None:
        """Take an offset in the place of an earlier one."""
        self._table.execute("INSERT OR REPLACE INTO place VALUES (?, ?)", (key - _HALF, offset))

    def __len__(self) -> int:
        """How many keys there are."""
        return int(self._table.execute("SELECT count(*) FROM place").fetchone()[0])

    def get(self, key: int, since: int = 0) -> int | None:
        """The offset of a key, None where there is none from ``since`` on."""
        sought = "SELECT offset FROM place WHERE key = ? AND offset >= ?"
        found: tuple[int] | None = self._table.execute(sought, (key - _HALF, since)).fetchone()
        return found and found[0]

    def pop(self, key: int) -> int | None:
        """The offset of a key, which has none any more."""
        offset = self.get(key)
        self._table.execute("DELETE FROM place WHERE key = ?", (key - _HALF,))
        return offset


class DigestTable:
    """Numbers digests in the order in which they are added, from 0."""

    def __init__(self) -> None:
        self._digests = array("Q")
        self._numbers = Offsets()

    def __len__(self) -> int:
        """How many digests there are."""
        return len(self._digests)

    def __iter__(self) -> Iterator[int]:
        """The digests, in the order of their numbers."""
        return iter(self._digests)

    def __contains__(self, key: int) -> bool:
        """Whether a digest was added."""
        return self.number(key) is not None

    def number(self, key: int) -> int | None:
        """The number of a digest, None when it wasn't added."""
        return self._numbers.get(key)

    def add(self, key: int) -> int:
        """Add a digest, if it isn't there, and return its number."""
        number = self.number(key)
        if number is None:
            number = len(self._digests)
            self._digests.append(key)
            self._numbers.put(key, number)
        return number
