"""The dialect: how requests are worded for one endpoint, found out by asking, and remembered.

    json_schema (strict) → json_schema_loose → tools → json_object → prompted

The ladder is stepped down when a server refuses what the rung sends, and says so, or when it
plainly ignores the schema. On the way it is learned which other parameters the endpoint refuses.
Requests in flight carry the dialect that they were sent with: what comes of an old one changes
nothing more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from summarise import __version__
from summarise.endpoint.answer import parsed
from summarise.endpoint.complaints import (
    SENDS_SCHEMA,
    Complaint,
    FunctionMember,
    Parameter,
    complained_of,
    is_about_wording,
    is_astray,
    words_of,
)
from summarise.errors import EndpointError, RunError
from summarise.models import Completion, Stored
from summarise.settings import Mode, Sampling, Settings, TokenParameter
from summarise.store import replacing, telling

REMEMBERED = "endpoints.json"
"""The file of what was learned, in the folder of the cache."""

_LOG = logging.getLogger("summarise")
# Answers in a row that don't have the structure: one may be a mishap, two are a habit.
_STRIKES = 2
# Answers in a row that have it: from then on it isn't looked at any more.
_PROVEN = 8
# Servers get better: what they refused is tried again after a week.
_SECONDS_KEPT, _MOST_KEPT = 7 * 24 * 3600.0, 1000
_PLAIN: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


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
        """All that is sent beside the messages, and what it is called in a request."""
        named: dict[Parameter, str] = dict(self.sampling(settings).items())
        named[self.token_parameter] = self.token_parameter
        if self.mode is Mode.TOOLS and FunctionMember.STRICT not in self.unsent:
            named[FunctionMember.STRICT] = FunctionMember.STRICT
        return named


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

    def keep(self, key: str, dialect: Dialect) -> None:
        """Keep a dialect for a week, beside what other runs have learned by now."""
        kept = self._kept()
        old = kept.get(key)
        new = _Remembered(
            mode=dialect.mode,
            token_parameter=dialect.token_parameter,
            unsent=tuple(sorted(dialect.unsent)),
            concurrency=old.concurrency if old else None,
            until=self._now() + _SECONDS_KEPT,
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
        return {k: v for k, v in entries.items() if now < v.until <= now + _SECONDS_KEPT}

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


class Ladder:
    """The rung of one endpoint and model; what is learned is kept in the memory, for other runs.

    ``dialect`` is how the next request is to be worded, and ``key`` what it is remembered by; it
    ``is_remembered`` where other runs have found it out.
    """

    def __init__(
        self, settings: Settings, schema: dict[str, Any], memory: Memory | None = None
    ) -> None:
        self._settings = settings
        self._schema = schema
        self._memory = memory
        self._names = settings.host, settings.model
        self._limits: set[TokenParameter] = set()
        self._strikes = self._good = 0
        self._is_new = self._is_held = False
        self.key = f"{settings.base_url} {settings.model} {__version__}"
        known = memory.recall(self.key) if memory else None
        self.is_remembered = known is not None
        self.dialect = self._remembered(known)
        for name in settings.omit:
            if getattr(settings, name) is not None:
                _LOG.warning("%s, %s: %s isn't taken, so it is left out", *self._names, name)

    def stay_at(self, mode: Mode) -> None:
        """Stay on one rung, whatever comes of it; what else is refused is learned, and not told."""
        self._is_held = True
        self.dialect = replace(self.dialect, mode=mode)

    def settle(self, outcomes: Mapping[Mode, Completion | EndpointError]) -> Dialect:
        """Where it comes to rest, by what came in each mode: what it would ask, is known.

        An answer counts as a habit. One that isn't held to the schema says nothing.
        """
        for _ in Mode:
            dialect, outcome = self.dialect, outcomes[self.dialect.mode]
            if isinstance(outcome, EndpointError):
                self.refused(dialect, outcome)
            elif dialect.mode in SENDS_SCHEMA:
                for _ in range(_STRIKES):
                    self.answered(dialect, outcome)
            if self.dialect == dialect:
                break
        return self.dialect

    def refused(self, dialect: Dialect, error: EndpointError) -> bool:
        """Learn from a refusal of a request in a dialect.

        Returns:
            Whether the request is worth sending again, in the dialect of now.
        """
        if not is_about_wording(error):
            return False
        text = words_of(error)
        if is_astray(text):
            return self._strike(dialect, "failed to follow")
        part = complained_of(text, dialect.mode, dialect.parameters(self._settings))
        better = self._without(dialect, part) if part else None
        if better is None:
            return False
        if dialect == self.dialect:
            self._move(better, f"was refused: {error.message}", part)
        return True

    def answered(self, dialect: Dialect, completion: Completion) -> None:
        """Learn from an answer to a first request; a reask's says less of the endpoint."""
        if dialect != self.dialect or completion.refusal is not None:
            return
        if completion.finish_reason in {"length", "content_filter"}:
            return
        watched = dialect.mode in SENDS_SCHEMA and self._good < _PROVEN
        if not (watched or self._is_new):
            return
        if follows(parsed(completion.text), self._schema):
            self._strikes = 0
            self._good += 1
            # Remembered once an answer has shown that it works.
            if self._is_new and self._memory is not None:
                self._memory.keep(self.key, self.dialect)
            self._is_new = False
        elif watched:
            self._strike(dialect, "is ignored")

    def _remembered(self, known: Dialect | None) -> Dialect:
        """The dialect of an earlier run, as far as the settings leave it open."""
        first = Dialect.of(self._settings)
        if known is None:
            return first
        is_open = self._settings.mode is None and known.mode in self._settings.ladder
        limit = self._settings.token_parameter or known.token_parameter
        return Dialect(known.mode if is_open else first.mode, limit, known.unsent)

    def _without(self, dialect: Dialect, part: Complaint) -> Dialect | None:
        """The dialect that does without a part, None where it can't be done without."""
        match part:
            case Mode():
                lower = self._lower(part)
                return replace(dialect, mode=lower) if lower else None
            case TokenParameter():
                other = next(one for one in TokenParameter if one is not part)
                # Who refuses both names means something else.
                return None if other in self._limits else replace(dialect, token_parameter=other)
            case _:
                return replace(dialect, unsent=dialect.unsent | {part})

    def _lower(self, mode: Mode) -> Mode | None:
        """The next rung, None on the last one and where the mode is fixed."""
        rungs = self._settings.ladder
        if self._is_held or self._settings.mode is not None or mode not in rungs:
            return None
        return next(iter(rungs[rungs.index(mode) + 1 :]), None)

    def _strike(self, dialect: Dialect, what: str) -> bool:
        """Count an answer that doesn't have the structure; step down when it is a habit."""
        if dialect != self.dialect:
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

    def _move(self, better: Dialect, what: str, part: Complaint | None) -> None:
        self._limits.add(self.dialect.token_parameter)
        if better.mode is not self.dialect.mode:
            _LOG.info("%s, %s: %s %s; going on with %s", *self._names, part, what, better.mode)
        elif isinstance(part, Sampling) and not self._is_held:
            _LOG.warning("%s, %s: %s is left out, since it %s", *self._names, part, what)
        else:
            _LOG.debug("%s, %s: %s %s", *self._names, part, what)
        self.dialect = better
        self._strikes = self._good = 0
        self._is_new = True


def follows(value: object, schema: dict[str, Any]) -> bool:
    """Whether a JSON value has the structure that a schema of the strict subset asks for.

    Keys, types and choices count; bounds and patterns don't, since not every server enforces them.
    """
    if "anyOf" in schema:
        return any(follows(value, option) for option in schema["anyOf"])
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        return False
    kind = schema.get("type")
    if kind == "object":
        properties = schema["properties"]
        return (
            isinstance(value, dict)
            and value.keys() == properties.keys()
            and all(follows(value[name], child) for name, child in properties.items())
        )
    if kind == "array":
        return isinstance(value, list) and all(follows(one, schema["items"]) for one in value)
    if kind not in _PLAIN:
        return True
    # To Python a truth value is a number.
    return isinstance(value, _PLAIN[kind]) and (kind == "boolean") is isinstance(value, bool)
