"""Why the cache holds no answer to a request: which part of the request is new."""

from __future__ import annotations

from collections.abc import Iterator

from summarise.cache.origin import Origin, Parts, read_tag
from summarise.cache.rows import Rows


class Explanations:
    """The answers of a cache by document, as they were when this was made.

    An index that stays would cost each answer that is kept more than half of its time again; this
    one is made when it is wanted, in a second for 100,000 answers, and goes with the connection.

    Args:
        rows: The cache; this closes it.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        rows.execute(
            "CREATE TEMP TABLE IF NOT EXISTS Asked AS"
            " SELECT tag, rowid AS place FROM Cache WHERE typeof(tag) = 'text'"
        )
        rows.execute("CREATE INDEX IF NOT EXISTS temp.Asked_tag ON Asked (tag, place)")

    def reason(self, key: str, origin: Origin) -> str:
        """Why nothing was found under a key, in one line.

        Args:
            key: What was looked for.
            origin: What would have been asked with.
        """
        if any(self._rows.select("key = ? AND raw = 1", key)):
            return "an answer is there but can't be read: see `summarise cache verify`"
        kept = list(self._fingerprints(origin))
        if not kept:
            subject = "corrected answer about" if origin.is_reask else "answer about"
            return f"no {subject} this document yet"
        if origin.parts.fingerprint in kept:
            return (
                "an answer is there to a message that is worded differently, by the same settings"
            )
        known = [parts for one in kept if (parts := self._rows.parts(one)) is not None]
        if not known:
            return "an answer is there by other settings, which aren't known"
        return f"an answer is there by other settings: {_nearest(known, origin.parts)}"

    def close(self) -> None:
        """Let go of the cache."""
        self._rows.close()

    def _fingerprints(self, origin: Origin) -> Iterator[str]:
        """Fingerprints of the settings of the answers to the same question, newest first."""
        # "0" is the character after "/".
        found = self._rows.execute(
            "SELECT tag FROM Asked WHERE tag > ? AND tag < ? GROUP BY tag ORDER BY MAX(place) DESC",
            (f"{origin.scope}/", f"{origin.scope}0"),
        )
        for (stored,) in found:
            if (tag := read_tag(stored)) is not None:
                yield tag.fingerprint


def _nearest(known: list[Parts], now: Parts) -> str:
    """What has changed since the settings that are most alike."""
    changes = [list(parts.changes(now)) for parts in known]
    changes.sort(key=len)
    return ", ".join(changes[0])
