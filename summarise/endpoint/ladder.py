"""The ladder: how an endpoint is found to take requests, by asking.

    json_schema (strict) → json_schema_loose → tools → json_object → prompted

The ladder is stepped down when a server refuses what the rung sends, and says so, or when it
plainly ignores the schema: several documents failed, and none was answered well. One that fails on
a rung where others do well fails by itself, so that it says nothing of the rungs above: they are
come back to. On the way it is learned which other parameters the endpoint refuses. Requests in
flight carry the dialect that they were sent with: what an old one is refused changes nothing more.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from summarise import __version__
from summarise.endpoint.answer import parsed
from summarise.endpoint.complaints import (
    SENDS_SCHEMA,
    Complaint,
    complained_of,
    is_about_wording,
    is_astray,
    words_of,
)
from summarise.endpoint.dialect import SECONDS_KEPT, Dialect, Memory
from summarise.errors import EndpointError
from summarise.models import Completion
from summarise.settings import Mode, Sampling, Settings, TokenParameter

_LOG = logging.getLogger("summarise")
# Documents whose answers don't have the structure: one may be a mishap, two are a habit.
_STRIKES = 2
# What a server ignored is tried again sooner than what it refuses: the first documents may be odd.
_SECONDS_OF_HABITS = 24 * 3600.0
_PLAIN: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


class _Trials:
    """How documents fared on the rungs: what a rung that sends the schema is judged by.

    Attributes:
        passed: Rungs on which a document was answered well.
        left: Those that were stepped down from, since all that were asked there had failed.
    """

    def __init__(self) -> None:
        self.passed: set[Mode] = set()
        self.left: set[Mode] = set()
        self._failed: dict[object, set[Mode]] = {}
        self._excused: set[object] = set()

    def knows(self, doc: object) -> bool:
        """Whether what becomes of a document says something of a rung where it failed."""
        return doc in self._failed

    def against(self, mode: Mode) -> int:
        """Documents that failed on a rung, and nowhere where others do well."""
        return sum(mode in modes for modes in self._failed.values())

    def fail(self, doc: object, mode: Mode) -> bool:
        """Note that a document failed; whether that says something against the rung."""
        if doc in self._excused:
            return False
        self._failed.setdefault(doc, set()).add(mode)
        self._excuse()
        return doc not in self._excused

    def succeed(self, mode: Mode) -> None:
        """Note that a document was answered well."""
        self.passed.add(mode)
        self._excuse()

    def _excuse(self) -> None:
        own = [doc for doc, modes in self._failed.items() if modes & self.passed]
        for doc in own:
            del self._failed[doc]
        self._excused.update(own)


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
        self._trials = _Trials()
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

    def refused(self, dialect: Dialect, error: EndpointError, doc_id: str | None = None) -> bool:
        """Learn from a refusal of a request in a dialect; without a ``doc_id``, about any document.

        Returns:
            Whether the request is worth sending again, in the dialect of now.
        """
        if not is_about_wording(error):
            return False
        text = words_of(error)
        if is_astray(text):
            again = self._strike(dialect, "failed to follow", doc_id or object())
            self._climb()
            return again
        part = complained_of(text, dialect.mode, dialect.parameters(self._settings))
        better = self._without(dialect, part) if part else None
        if better is None:
            return False
        if dialect == self.dialect:
            self._move(better, f"was refused: {error.message}", part)
        return True

    def answered(
        self,
        dialect: Dialect,
        completion: Completion,
        doc_id: str | None = None,
        *,
        is_reask: bool = False,
    ) -> None:
        """Learn from an answer; that to a reask says less of the endpoint, if it is a good one."""
        if completion.refusal is not None:
            return
        if completion.finish_reason in {"length", "content_filter"}:
            return
        trials, mode = self._trials, dialect.mode
        is_news = self._is_new and dialect == self.dialect
        is_tried = mode in SENDS_SCHEMA and mode not in trials.passed
        if not (trials.knows(doc_id) or ((is_news or is_tried) and not is_reask)):
            return
        if not follows(parsed(completion.text), self._schema):
            doc = doc_id or object()
            if is_tried and not is_reask:
                self._strike(dialect, "is ignored", doc)
            elif trials.fail(doc, mode):
                return
        elif not is_reask:
            # Of what was refused since, an old dialect tells nothing.
            if dialect == self.dialect or mode in trials.left:
                trials.succeed(mode)
            # Remembered once an answer has shown that it works.
            if is_news:
                self._keep()
        self._climb()

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

    def _strike(self, dialect: Dialect, what: str, doc: object) -> bool:
        """Count an answer that doesn't have the structure; step down when it is a habit."""
        trials, mode = self._trials, dialect.mode
        says_something = trials.fail(doc, mode)
        if dialect != self.dialect:
            return says_something
        lower = self._lower(mode)
        if lower is Mode.JSON_SCHEMA_LOOSE:
            # Who ignores a strict schema won't be bound by a loose one.
            lower = self._lower(lower)
        if trials.against(mode) < _STRIKES or mode in trials.passed or lower is None:
            return False
        trials.left.add(mode)
        self._move(replace(dialect, mode=lower), what, mode)
        return True

    def _climb(self) -> None:
        """Come back to the highest rung against which too little is left."""
        trials, rungs, now = self._trials, self._settings.ladder, self.dialect.mode
        for mode in rungs[: rungs.index(now)] if trials.left and now in rungs else ():
            if mode in trials.left and (mode in trials.passed or trials.against(mode) < _STRIKES):
                trials.left.discard(mode)
                told = "wasn't ignored, but failed at some documents; going on with it"
                _LOG.info("%s, %s: %s %s", *self._names, mode, told)
                self.dialect = replace(self.dialect, mode=mode)
                self._is_new = True
                return

    def _keep(self) -> None:
        self._is_new = False
        if self._memory is not None:
            seconds = _SECONDS_OF_HABITS if self._trials.left else SECONDS_KEPT
            self._memory.keep(self.key, self.dialect, seconds)

    def _move(self, better: Dialect, what: str, part: Complaint | None) -> None:
        self._limits.add(self.dialect.token_parameter)
        if better.mode is not self.dialect.mode:
            _LOG.info("%s, %s: %s %s; going on with %s", *self._names, part, what, better.mode)
        elif isinstance(part, Sampling) and not self._is_held:
            _LOG.warning("%s, %s: %s is left out, since it %s", *self._names, part, what)
        else:
            _LOG.debug("%s, %s: %s %s", *self._names, part, what)
        self.dialect = better
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
