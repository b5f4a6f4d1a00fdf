"""The answer cache as a run uses it: get, put behind, say why not there; never in the way."""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import diskcache

from summarise.characters import counted, for_screen
from summarise.store import cache_rows as places
from summarise.store.cache_origin import Origin, Parts, read_tag
from summarise.store.cache_rows import Refused, Rows, open_rows

_log = logging.getLogger("summarise")

_BATCH = 64


class AnswerCache(AbstractContextManager["AnswerCache"]):
    """A folder of answers. Whatever is wrong with it is warned of once and never stops a run.

    Answers are written behind, up to 64 in one transaction. Several processes can share a folder;
    one object belongs to one thread. Where the folder can't be written to, it is read all the same.

    Args:
        folder: Where it lives; created, for this user only, if it isn't there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._pending: dict[str, tuple[str, Origin | None]] = {}
        self._has_refused = False
        self._cache: Any = None
        self._read_only: Rows | None = None
        self._explanations: Explanations | None = None
        self._unexplained: str | None = None
        with self._skipped_when_broken():
            self._open()
            if kind := places.network_filesystem(self._folder):
                _log.warning(
                    "%s is on a network file system (%s), where SQLite isn't safe: "
                    "choose a local folder with --cache-dir",
                    self._folder,
                    kind,
                )

    def get(self, key: str) -> str | None:
        """The text that was put under this key, None where there is none."""
        if key in self._pending:
            return self._pending[key][0]
        try:
            return self._read(key)
        except Exception as error:  # noqa: BLE001 - a broken cache can raise anything, and mustn't
            self._give_up(error)
            return None

    def put(self, key: str, text: str, origin: Origin | None = None) -> None:
        """Keep a text. It reaches the disk with the next flush.

        Args:
            key: Hash of all that could change the text.
            text: What to keep.
            origin: What it was asked with, so that it can be listed, removed and explained.
        """
        if self._cache is None:
            return
        self._pending[key] = text, origin
        if len(self._pending) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what is pending, in one transaction."""
        if self._pending and self._cache is not None:
            with self._skipped_when_broken(), self._cache.transact():
                self._write()
        self._pending.clear()

    def explain(self, key: str, origin: Origin) -> str:
        """Why nothing was found under a key, in one line: which part of the request is new.

        It knows what was kept before it was first called, and what has changed since may be told.

        Args:
            key: What was looked for.
            origin: What would have been asked with.
        """
        if self._cache is None and self._read_only is None:
            return "the cache can't be used"
        if self._unexplained is not None:
            return self._unexplained
        try:
            if self._explanations is None:
                self._explanations = Explanations(open_rows(self._folder))
            return self._explanations.reason(key, origin)
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

    def _open(self) -> None:
        try:
            self._cache = places.open_cache(self._folder)
        except (OSError, sqlite3.OperationalError) as error:
            if "locked" in str(error):
                raise
            self._read_only = self._what_can_be_read(error)
            _log.warning(
                "the answer cache in %s can't be written to (%s): its answers are used, new ones "
                "are kept in the run directory alone; choose another with --cache-dir, or "
                "use --no-cache",
                self._folder,
                _one_line(error),
            )

    def _what_can_be_read(self, error: Exception) -> Rows:
        try:
            return open_rows(self._folder)
        except (OSError, sqlite3.Error):
            raise error from None

    def _write(self) -> None:
        # With each transaction anew, since another process may have cleared the cache meanwhile.
        parts = {o.parts.key: o.parts for _, o in self._pending.values() if o is not None}
        for key, one in parts.items():
            self._cache.add(key, one.to_json())
        for key, (text, origin) in self._pending.items():
            self._cache.set(key, text, tag=None if origin is None else origin.tag)

    def _read(self, key: str) -> str | None:
        source = self._read_only or self._cache
        try:
            value = source.get(key) if source is not None else None
        except (Refused, UnicodeDecodeError) as refusal:
            self._warn_refused(refusal)
            return None
        except sqlite3.OperationalError as error:
            # One damaged text is no reason to do without all others.
            if "decode" not in str(error):
                raise
            self._warn_refused("a value that isn't UTF-8")
            return None
        return value if isinstance(value, str) else None

    @contextmanager
    def _skipped_when_broken(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - as above
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Warn, and go on without a cache: nothing later tries it, so nothing warns again."""
        is_locked = isinstance(error, diskcache.Timeout)
        reason = "another process keeps it locked" if is_locked else _one_line(error)
        _log.warning(
            "the answer cache in %s can't be used (%s), so this run goes on without it: "
            "see `summarise cache verify`, choose another with --cache-dir, or use --no-cache",
            self._folder,
            reason,
        )
        self._pending.clear()
        self._let_go()

    def _let_go(self) -> None:
        opened = (self._cache, self._read_only, self._explanations)
        self._cache = self._read_only = self._explanations = None
        for one in opened:
            if one is not None:
                one.close()

    def _warn_refused(self, refusal: Exception | str) -> None:
        if not self._has_refused:
            self._has_refused = True
            _log.warning(
                "the answer cache in %s holds something that isn't an answer (%s) and is not read: "
                "see `summarise cache verify`",
                self._folder,
                refusal,
            )


def _one_line(error: Exception) -> str:
    return for_screen(str(error), reveal=True) or type(error).__name__


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


class Misses:
    """Documents that had no answer in the cache, counted by reason.

    Args:
        listed: How many of them get a line of their own.
    """

    def __init__(self, listed: int = 20) -> None:
        self._listed = listed
        self._reasons: Counter[str] = Counter()

    def add(self, name: str, reason: str) -> str | None:
        """Count a miss.

        Args:
            name: What the document is called in the line.
            reason: Of ``AnswerCache.explain``.

        Returns:
            A line to show, None when enough were shown.
        """
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
