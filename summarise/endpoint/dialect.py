"""The dialect: how requests are worded for one endpoint, and where that is remembered."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from summarise.endpoint.complaints import Extra, Parameter
from summarise.errors import RunError
from summarise.models import Stored
from summarise.settings import Mode, PromptCache, Sampling, Settings, TokenParameter
from summarise.store import replacing, telling

REMEMBERED = "endpoints.json"
"""The file of what was learned, in the folder of the cache."""

SECONDS_KEPT = 7 * 24 * 3600.0
"""Servers get better: what they refused is tried again after a week."""

_LOG = logging.getLogger("summarise")
_MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How requests are worded for an endpoint; parameters that it refuses are left out."""

    mode: Mode
    token_parameter: TokenParameter = TokenParameter.MAX_TOKENS
    unsent: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, settings: Settings) -> Dialect:
        """The dialect of the first request, before anything was learned."""
        return cls(settings.first_mode, settings.token_parameter or TokenParameter.MAX_TOKENS)

    def sampling(self, settings: Settings) -> dict[Sampling, str]:
        """The sampling settings that are sent, and what each is called in a request."""
        sent = (Sampling(name) for name in settings.sampling if name not in self.unsent)
        return {n: settings.seed_parameter if n is Sampling.SEED else n for n in sent}

    @property
    def left_out(self) -> tuple[str, ...]:
        """The sampling settings that the endpoint refuses, as an answer tells of them."""
        return tuple(str(name) for name in Sampling if name in self.unsent)

    def parameters(self, settings: Settings) -> dict[Parameter, str]:
        """All that is sent beside the messages, and a pattern of what it is called there."""
        named: dict[Parameter, str] = dict(self.sampling(settings).items())
        named[self.token_parameter] = self.token_parameter
        if self.mode is Mode.TOOLS and Extra.STRICT not in self.unsent:
            named[Extra.STRICT] = Extra.STRICT
        if self.prompt_cache(settings):
            named[Extra.PROMPT_CACHE] = r"prompt_cache_\w+|cache_control"
        return named

    def prompt_cache(self, settings: Settings) -> PromptCache | None:
        """How the constant part of a request is marked for the endpoint's prompt cache."""
        return None if Extra.PROMPT_CACHE in self.unsent else settings.prompt_cache


class Memory:
    """Dialects of endpoints in one file, so that a run doesn't begin with refusals.

    A file that can't be read or written costs a warning, never a run.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._path = folder / REMEMBERED
        self._now = now
        self._has_warned = False

    def recall(self, key: str) -> Dialect | None:
        """The dialect that was learned; None where nothing was, or too long ago."""
        kept = self._kept().get(key)
        if kept is None:
            return None
        return Dialect(kept.mode, kept.token_parameter, frozenset(kept.unsent))

    def recall_concurrency(self, key: str) -> int | None:
        """How many requests in flight helped, the last time; None where that wasn't found out."""
        kept = self._kept().get(key)
        return kept.concurrency if kept else None

    def keep_concurrency(self, key: str, limit: int) -> None:
        """Keep how many requests in flight help, beside the dialect that was learned."""
        kept = self._kept()
        if key in kept and kept[key].concurrency != limit:
            self._write({**kept, key: kept[key].model_copy(update={"concurrency": limit})})

    def keep(self, key: str, dialect: Dialect, seconds: float = SECONDS_KEPT) -> None:
        """Keep a dialect for a while, beside what other runs have learned by now."""
        kept = self._kept()
        old = kept.get(key)
        new = _Remembered(
            mode=dialect.mode,
            token_parameter=dialect.token_parameter,
            unsent=tuple(sorted(dialect.unsent)),
            concurrency=old.concurrency if old else None,
            until=self._now() + seconds,
        )
        # The oldest make room: a dict keeps the order in which they came.
        others = [(k, v) for k, v in kept.items() if k != key][1 - _MOST_KEPT :]
        self._write(dict([*others, (key, new)]))

    def _write(self, entries: dict[str, _Remembered]) -> None:
        try:
            with telling(self._path.parent):
                self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path, private=True) as file:
                file.write(_FILE.dump_json(entries, indent=1, exclude_none=True))
        except RunError as error:
            self._warn(error.message)

    def _kept(self) -> dict[str, _Remembered]:
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
        return {k: v for k, v in entries.items() if now < v.until <= now + SECONDS_KEPT}

    def _warn(self, what: str) -> None:
        if not self._has_warned:
            _LOG.warning("%s %s; endpoints are found out anew", self._path, what)
        self._has_warned = True


class _Remembered(Stored):
    """A dialect, how many requests at once help, and until when that is taken for granted."""

    mode: Mode
    token_parameter: TokenParameter
    unsent: tuple[str, ...]
    concurrency: int | None = Field(None, ge=1)
    until: float


_FILE = TypeAdapter(dict[str, _Remembered])
