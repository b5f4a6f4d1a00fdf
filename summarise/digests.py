"""Digests of texts, and tables of them that take little memory for each."""

from __future__ import annotations

from array import array
from hashlib import blake2b

_FEWEST_SLOTS = 64
_FREE = array("I", [0])
_GONE = 2**64 - 1


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
    """Byte offsets by key; the last one put counts. Takes about 25 bytes for each."""

    def __init__(self) -> None:
        self._keys = DigestTable()
        self._offsets = array("Q")

    def put(self, key: int, offset: int) -> None:
        """Take an offset in the place of an earlier one."""
        number = self._keys.add(key)
        if number < len(self._offsets):
            self._offsets[number] = offset
        else:
            self._offsets.append(offset)

    def __len__(self) -> int:
        """How many keys there are, or were."""
        return len(self._offsets)

    def get(self, key: int, since: int = 0) -> int | None:
        """The offset of a key, None where there is none from ``since`` on."""
        number = self._keys.number(key)
        if number is None or not since <= self._offsets[number] < _GONE:
            return None
        return self._offsets[number]

    def pop(self, key: int) -> int | None:
        """The offset of a key, which has none any more."""
        if (offset := self.get(key)) is not None:
            self.put(key, _GONE)
        return offset
