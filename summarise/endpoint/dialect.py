"""The ladder: how strictly an endpoint holds a model to the schema, found out by asking.

    json_schema (strict) → json_schema_loose → tools → json_object → prompted

It is stepped down when a server refuses what the rung sends, and says so, or when it plainly
ignores the schema. On the way it is learned which other parameters the endpoint refuses. Requests
in flight carry the dialect that they were sent with: what comes of an old one changes nothing more.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from summarise.endpoint.complaints import complained_of, is_astray, other_limit
from summarise.errors import EndpointError, RunError
from summarise.models import Completion
from summarise.settings import Mode, Sampling, Settings, TokenParameter
from summarise.store import replacing, telling
from summarise.version import __version__

_LOG = logging.getLogger("summarise")
# Statuses by which a server may say that it doesn't take a parameter; vLLM does so by a 500 at
# times: https://github.com/vllm-project/vllm/issues/13260
_STATUSES = frozenset({400, 422, 500, 501})
# OpenRouter: no host takes all parameters. Else a 404 is about the address or the model.
_NO_HOST = "no endpoints found"
# Answers in a row that don't have the structure: one may be a mishap, two are a habit.
_STRIKES = 2
# Answers in a row that have it: from then on it isn't looked at any more.
_PROVEN = 8
_ENFORCED = frozenset({Mode.JSON_SCHEMA, Mode.JSON_SCHEMA_LOOSE, Mode.TOOLS})


_PLAIN: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How requests are worded for an endpoint.

    Attributes:
        mode: How it is held to the schema.
        token_parameter: Its name for the limit of an answer.
        unsent: Settings that it refuses, so that they are left out.
    """

    mode: Mode
    token_parameter: TokenParameter = TokenParameter.MAX_TOKENS
    unsent: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, settings: Settings) -> Dialect:
        """The dialect of the first request, before anything was learned."""
        return cls(settings.first_mode, settings.token_parameter or TokenParameter.MAX_TOKENS)


class Ladder:
    """The rung of one endpoint and model.

    Args:
        settings: Which rungs there are, whether one is fixed, and what is sampled.
        schema: On the wire.
        memory: Where it is kept for other runs; None: nowhere.
    """

    def __init__(
        self, settings: Settings, schema: dict[str, Any], memory: Memory | None = None
    ) -> None:
        self._settings = settings
        self._schema = schema
        self._memory = memory
        self._key = f"{settings.base_url} {settings.model} {__version__}"
        self._names = settings.host, settings.model
        self._limits: set[TokenParameter] = set()
        self._strikes = 0
        self._good = 0
        self._dialect = self._remembered()
        self._is_new = False
        for name in settings.omit:
            if getattr(settings, name) is not None:
                _LOG.warning("%s, %s: %s isn't taken, so it is left out", *self._names, name)

    @property
    def dialect(self) -> Dialect:
        """How the next request is to be worded."""
        return self._dialect

    def refused(self, dialect: Dialect, error: EndpointError) -> bool:
        """Learn from a refusal.

        Args:
            dialect: In which the request was worded that was refused.
            error: What came of it.

        Returns:
            Whether the request is worth sending again, in the dialect of now.
        """
        text = error.told or error.message
        about_route = error.status == 404 and _NO_HOST in text.lower()
        if error.status not in _STATUSES and not about_route:
            return False
        if is_astray(text):
            return self._strike(dialect, "failed to follow")
        part = complained_of(text, dialect, self._sent(dialect))
        better = self._without(dialect, part) if part else None
        if better is None:
            return False
        if dialect == self._dialect:
            self._move(better, f"was refused: {error.message}", part or "")
        return True

    def answered(
        self, dialect: Dialect, completion: Completion, schema: dict[str, Any] | None = None
    ) -> None:
        """Learn from an answer to a first request; a reask's says less of the endpoint.

        Args:
            dialect: In which the request was worded.
            completion: The answer.
            schema: That it was asked for by, where it isn't the usual one.
        """
        if dialect != self._dialect or completion.refusal is not None:
            return
        if completion.finish_reason in {"length", "content_filter"}:
            return
        watched = dialect.mode in _ENFORCED and self._good < _PROVEN
        if not (watched or self._is_new):
            return
        if _follows(completion.text, schema or self._schema):
            self._strikes = 0
            self._good += 1
            self._keep()
        elif watched:
            self._strike(dialect, "is ignored")

    def _remembered(self) -> Dialect:
        """The dialect of an earlier run, as far as the settings leave it open."""
        first = Dialect.of(self._settings)
        known = self._memory.recall(self._key) if self._memory else None
        if known is None:
            return first
        is_open = self._settings.mode is None and known.mode in self._settings.ladder
        limit = self._settings.token_parameter or known.token_parameter
        return Dialect(known.mode if is_open else first.mode, limit, known.unsent)

    def _sent(self, dialect: Dialect) -> dict[str, str]:
        """The sampling settings of a request, and what they are called in it."""
        spelled = {str(Sampling.SEED): str(self._settings.seed_parameter)}
        sent = (name for name in self._settings.sampling if name not in dialect.unsent)
        return {name: spelled.get(name, name) for name in sent}

    def _without(self, dialect: Dialect, part: str) -> Dialect | None:
        """The dialect that does without a part, None where it can't be done without."""
        if part == dialect.mode:
            lower = self._lower(dialect.mode)
            return replace(dialect, mode=lower) if lower else None
        if part == dialect.token_parameter:
            other = other_limit(dialect.token_parameter)
            # Who refuses both names means something else.
            return None if other in self._limits else replace(dialect, token_parameter=other)
        return replace(dialect, unsent=dialect.unsent | {part})

    def _lower(self, mode: Mode) -> Mode | None:
        """The next rung, None on the last one and where the mode is fixed."""
        rungs = self._settings.ladder
        if self._settings.mode is not None or mode not in rungs:
            return None
        return next(iter(rungs[rungs.index(mode) + 1 :]), None)

    def _strike(self, dialect: Dialect, what: str) -> bool:
        """Count an answer that doesn't have the structure; step down when it is a habit."""
        if dialect != self._dialect:
            return True
        self._strikes += 1
        lower = self._lower(dialect.mode)
        if lower is Mode.JSON_SCHEMA_LOOSE:
            # Who ignores a strict schema won't be bound by a loose one.
            lower = self._lower(lower)
        if self._strikes < _STRIKES or lower is None:
            return False
        self._move(replace(dialect, mode=lower), what, dialect.mode)
        return True

    def _move(self, better: Dialect, what: str, part: str) -> None:
        self._limits.add(self._dialect.token_parameter)
        if better.mode is not self._dialect.mode:
            _LOG.info("%s, %s: %s %s; going on with %s", *self._names, part, what, better.mode)
        elif part in tuple(Sampling):
            _LOG.warning("%s, %s: %s is left out, since it %s", *self._names, part, what)
        else:
            _LOG.debug("%s, %s: %s %s", *self._names, part, what)
        self._dialect = better
        self._strikes = self._good = 0
        self._is_new = True

    def _keep(self) -> None:
        """Remember what was learned, once an answer has shown that it works."""
        if self._is_new:
            self._is_new = False
            if self._memory is not None:
                self._memory.keep(self._key, self._dialect)


def _follows(text: str | None, schema: dict[str, Any]) -> bool:
    try:
        return follows(json.loads(text or ""), schema)
    except (ValueError, RecursionError):
        return False


def follows(value: object, schema: dict[str, Any]) -> bool:
    """Whether a JSON value has the structure that a schema of the strict subset asks for.

    Keys, types and choices count; bounds and patterns don't, since not every server enforces them.

    Args:
        value: What ``json.loads`` made of an answer.
        schema: As ``wire_schema`` makes it.
    """
    if "anyOf" in schema:
        return any(follows(value, option) for option in schema["anyOf"])
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        return False
    kind = schema.get("type")
    if kind == "object":
        return isinstance(value, dict) and _has_all(value, schema["properties"])
    if kind == "array":
        return isinstance(value, list) and all(follows(one, schema["items"]) for one in value)
    return kind not in _PLAIN or _is_plain(value, kind)


def _has_all(value: dict[str, Any], properties: dict[str, Any]) -> bool:
    return value.keys() == properties.keys() and all(
        follows(value[name], child) for name, child in properties.items()
    )


def _is_plain(value: object, kind: str) -> bool:
    # To Python a truth value is a number.
    return isinstance(value, _PLAIN[kind]) and (kind == "boolean") is isinstance(value, bool)


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
