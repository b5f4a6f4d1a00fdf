"""What was learned of an endpoint, kept for a week, so that a run doesn't begin with refusals.

A file of its own in the cache folder. Servers get better: what they refused is tried again when the
entry is old. A file that can't be read or written costs a warning, never a run.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from summarise.endpoint.modes import Dialect
from summarise.errors import RunError
from summarise.files import replacing, telling
from summarise.settings import Mode, TokenParameter

NAME = "endpoints.json"
_LOG = logging.getLogger("summarise")
_SECONDS = 7 * 24 * 3600.0
_MOST = 1000


class _Entry(BaseModel):
    """A dialect, and until when it is taken for granted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode
    token_parameter: TokenParameter
    unsent: tuple[str, ...]
    until: float


_FILE = TypeAdapter(dict[str, _Entry])


class Memory:
    """Dialects of endpoints, in one file.

    Args:
        folder: Of the cache.
        now: The time, in seconds since 1970.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._path = folder / NAME
        self._now = now
        self._has_warned = False

    def recall(self, key: str) -> Dialect | None:
        """The dialect that was learned; None where nothing was, or too long ago."""
        entry = self._entries().get(key)
        if entry is None:
            return None
        return Dialect(entry.mode, entry.token_parameter, frozenset(entry.unsent))

    def keep(self, key: str, dialect: Dialect) -> None:
        """Keep a dialect for a week, beside what other runs have learned by now."""
        entry = _Entry(
            mode=dialect.mode,
            token_parameter=dialect.token_parameter,
            unsent=tuple(sorted(dialect.unsent)),
            until=self._now() + _SECONDS,
        )
        # The oldest make room: a dict keeps the order in which they came.
        others = [(k, v) for k, v in self._entries().items() if k != key][1 - _MOST :]
        try:
            with telling(self._path.parent):
                self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path, private=True) as file:
                file.write(_FILE.dump_json(dict([*others, (key, entry)]), indent=1))
        except RunError as error:
            self._warn(error.message)

    def _entries(self) -> dict[str, _Entry]:
        """What the file holds that isn't too old."""
        try:
            entries = _FILE.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._warn(f"can't be read ({error.strerror})")
            return {}
        except ValidationError:
            self._warn("isn't a file of ours, so it is ignored")
            return {}
        now = self._now()
        # A clock that was set back would make an entry eternal.
        return {k: v for k, v in entries.items() if now < v.until <= now + _SECONDS}

    def _warn(self, what: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            _LOG.warning("%s %s; endpoints are found out anew", self._path, what)
