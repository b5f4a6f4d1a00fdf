"""Digests of texts, and tables of them that take little memory for each."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING
from weakref import finalize

if TYPE_CHECKING:
    from sqlite3 import Connection

_FEWEST_SLOTS = 64
_FREE = array("I", [0])
_GONE = 2**63 - 1
_MOST_HELD = 1 << 13
_HALF = 1 << 63  # what SQLite holds has a sign


def digest(text: str) -> int:
    """A text as a number of 64 bits.

    Among a million texts, two share one with a chance of 3 in 100 million.
    """
    hashed = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(hashed.digest(), "big")


class DigestTable:
    """Numbers digests in the order in which they are added, from 0; about 15 bytes each.

    Open addressing over the numbers, with the digests in a dense array beside it: the layout of
    Python's own dict, without an object for each key and value.
    """

    def __init__(self) -> None:
        self._digests = array("Q")
        # The number of the digest plus one; 0 is a free slot.
        self._slots = _FREE * _FEWEST_SLOTS

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
        found = self._slots[self._slot(key)]
        return found - 1 if found else None

    def add(self, key: int) -> int:
        """Add a digest, if it isn't there, and return its number."""
        slot = self._slot(key)
        if found := self._slots[slot]:
            return found - 1
        self._digests.append(key)
        self._slots[slot] = len(self._digests)
        if 5 * len(self._digests) > 4 * len(self._slots):
            self._grow()
        return len(self._digests) - 1

    def _slot(self, key: int) -> int:
        """Where a digest is, or where it would go."""
        slots, digests = self._slots, self._digests
        last = len(slots) - 1
        slot = key & last
        while (found := slots[slot]) and digests[found - 1] != key:
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        size = 2 * len(self._slots)
        # The old slots go first: both together would be the peak of a run's memory.
        self._slots = _FREE
        self._slots = _FREE * size
        for number, key in enumerate(self._digests, 1):
            self._slots[self._slot(key)] = number


class Offsets:
    """Byte offsets by key; the last one put counts.

    Those of some keys are held, at about 25 bytes each, and beyond them on disk.
    """

    def __init__(self, most: int = _MOST_HELD) -> None:
        self._most = most
        self._keys = DigestTable()
        self._offsets = array("Q")
        self._disk: Connection | None = None

    def put(self, key: int, offset: int) -> None:
        """Take an offset in the place of an earlier one."""
        number = self._keys.add(key)
        if number < len(self._offsets):
            self._offsets[number] = offset
        else:
            self._offsets.append(offset)
        if len(self._offsets) == self._most:
            self._write()

    def __len__(self) -> int:
        """How many keys there are, or were."""
        if self._disk is None:
            return len(self._offsets)
        self._write()
        return int(self._disk.execute("SELECT count(*) FROM place").fetchone()[0])

    def get(self, key: int, since: int = 0) -> int | None:
        """The offset of a key, None where there is none from ``since`` on."""
        number = self._keys.number(key)
        offset = self._written(key) if number is None else self._offsets[number]
        return offset if offset is not None and since <= offset < _GONE else None

    def pop(self, key: int) -> int | None:
        """The offset of a key, which has none any more."""
        if (offset := self.get(key)) is not None:
            self.put(key, _GONE)
        return offset

    def _write(self) -> None:
        """Have what is held on disk, in the order of keys, so that few pages are touched."""
        disk = self._disk = self._disk or _private_file(self)
        digests = array("Q", self._keys)
        order = sorted(range(len(digests)), key=digests.__getitem__)
        rows = ((digests[number] - _HALF, self._offsets[number]) for number in order)
        disk.execute("BEGIN")
        disk.executemany("INSERT OR REPLACE INTO place VALUES (?, ?)", rows)
        disk.execute("COMMIT")
        self._keys, self._offsets = DigestTable(), array("Q")

    def _written(self, key: int) -> int | None:
        if self._disk is None:
            return None
        told = "SELECT offset FROM place WHERE key = ?"
        row: tuple[int] | None = self._disk.execute(told, (key - _HALF,)).fetchone()
        return row and row[0]


def _private_file(owner: Offsets) -> Connection:
    """A table on disk that goes with its owner: https://sqlite.org/inmemorydb.html."""
    import sqlite3  # noqa: PLC0415 - few runs are so long

    disk = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    finalize(owner, disk.close)
    for told in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400"):
        disk.execute(f"PRAGMA {told}")
    disk.execute("CREATE TABLE place (key INTEGER PRIMARY KEY, offset INTEGER)")
    return disk
