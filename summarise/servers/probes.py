"""The questions, asked through the ladder of a run, and what the answers say of the endpoint.

The sentinel schema is one that no model fills in by itself: its names and its only values are words
that don't exist, and the question asks for something else. Who answers in its shape was held to it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx2

from summarise.admission import Patience, characters, send, was_cut
from summarise.endpoint import (
    Caller,
    Dialect,
    Ladder,
    Memory,
    Wire,
    as_object,
    body_of,
    calls_in,
    choice_in,
    follows,
    is_about_wording,
    may_refuse,
    parsed,
    read_json,
    with_schema,
    words_of,
)
from summarise.errors import BudgetReached, EndpointError, TransportError, TransportKind
from summarise.models import Completion, Usage
from summarise.servers.findings import Held, LongRead, Rung
from summarise.settings import Mode, Sampling, Settings

MOST = 20
"""Requests that are sent at most, those included that are refused or sent again."""

SAMPLING = {Sampling.TEMPERATURE: 0.0, Sampling.SEED: 7}
"""What a run may send, and is tried once."""

WORDS = ("vornish", "plithe")
"""The only values that the sentinel schema allows."""

SENTINEL = Wire(
    "sky",
    {
        "type": "object",
        "properties": {
            "zorvex": {"type": "string", "enum": list(WORDS)},
            "quibbet": {"type": "string", "enum": ["drelm"]},
        },
        "required": ["zorvex", "quibbet"],
        "additionalProperties": False,
    },
)
SHORT, LONG = 3_000, 11_000
"""Characters of the two requests that are read: the long one is as long as our longest are."""

_SECONDS = 300.0
# A server that is busy is asked once more, after this many seconds at most.
_ATTEMPTS, _WAITS = 2, 30.0
# Below this part of the expected tokens, the beginning or the end of a request is missing. A chat
# template adds up to a hundred tokens to both, so that a little is always missing.
_WHOLE = 0.75
# llama.cpp: "the request exceeds the available context size"; vLLM and OpenAI: "maximum context
# length": https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
_TOO_LONG = re.compile(r"context|too long|too (many|large)\b|maximum|exceed", re.IGNORECASE)
_SYLLABLES = ("ba", "do", "fen", "gri", "hul", "ka", "lom", "ne", "pra", "sul", "tev", "wim")
_FILLER = (
    "The ferry left the harbour before the lamps along the quay were put out.",
    "A baker carried warm loaves up the hill while the street was still empty.",
    "Two gulls followed the plough and found what the rain had left for them.",
    "Nobody remembered who had painted the old door in such a bright colour.",
    "The train stopped between two stations, and the passengers opened a window.",
    "After the storm the children looked for shells on the other side of the bay.",
    "My neighbour keeps a list of all the birds that have visited her garden.",
)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked: held to a schema or to none, with ``SAMPLING`` or without.

    The limit is of tokens of the answer; None: as many as the interview allows.
    """

    messages: Sequence[Mapping[str, str]]
    mode: Mode = Mode.PROMPTED
    wire: Wire | None = None
    is_sampled: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What came back: as a run reads it, and all of it."""

    completion: Completion
    body: Mapping[str, Any]

    @property
    def message(self) -> Mapping[str, Any]:
        """The message, as received."""
        return as_object(as_object(choice_in(self.body)).get("message"))


class Interview:
    """Asks one endpoint, worded as it takes it: which parameters it refuses, the ladder learns.

    An answer may have ``limit`` tokens, until more are seen to be needed; the client is the
    caller's to close. ``refusals`` are those by which something was learned.
    """

    def __init__(self, settings: Settings, client: httpx2.AsyncClient, limit: int) -> None:
        self.settings = settings
        self.limit = limit
        self.refusals: list[EndpointError] = []
        self.sent = 0
        self.usages: list[Usage] = []
        tried = {**SAMPLING, **dict.fromkeys(settings.omit)}
        self._sampled = settings.model_copy(update={str(n): v for n, v in tried.items()})
        self._ladder = Ladder(self._sampled, SENTINEL.schema)
        self._caller = Caller(settings, "", client)

    @property
    def dialect(self) -> Dialect:
        """What was learned of the endpoint."""
        return self._ladder.dialect

    async def ask(self, inquiry: Inquiry) -> Told:
        """Ask, again for as long as the endpoint refuses the wording and says what of it.

        Raises:
            EndpointError: It doesn't answer, or refuses what can't be worded otherwise.
        """
        self._ladder.stay_at(inquiry.mode)
        while True:
            dialect = self._ladder.dialect
            came = await self._asked(inquiry, dialect)
            if isinstance(came, Told):
                return came
            if not self._ladder.refused(dialect, came):
                raise came
            self.refusals.append(came)

    async def aclose(self) -> None:
        """Give back what the SDK holds."""
        await self._caller.aclose()

    async def _asked(self, inquiry: Inquiry, dialect: Dialect) -> Told | EndpointError:
        """One question in one wording, sent again when the server was busy or the line broke."""
        settings = self._sampled if inquiry.is_sampled else self.settings
        limit = inquiry.limit or self.limit
        body = body_of(settings, inquiry.messages, dialect, limit, inquiry.wire)
        function = inquiry.wire.name if inquiry.wire else ""

        async def attempt() -> Told | EndpointError:
            if self.sent >= MOST:
                raise BudgetReached(f"isn't asked any more, after {MOST} requests")
            self.sent += 1
            seconds = min(settings.timeout, _SECONDS)
            try:
                reply = await self._caller.complete(body, seconds, dialect.mode, function)
            except TransportError as error:
                if is_about_wording(error) or error.kind is TransportKind.TIMEOUT:
                    return error
                raise
            self.usages.append(reply.completion.usage)
            return Told(reply.completion, read_json(reply.body, settings.key))

        try:
            return await send(attempt, _ATTEMPTS, Patience(_WAITS))
        except EndpointError as error:
            return error


class Probe(NamedTuple):
    """What came of asking in one mode, and whether the function was called that was to be."""

    rung: Rung
    came: Completion | EndpointError
    called: bool | None = None


async def probe(interview: Interview, mode: Mode) -> Probe:
    """Ask in one mode, and see what becomes of the schema."""
    try:
        told = await interview.ask(_sentinel(mode))
    except EndpointError as error:
        held = Held.REJECTED if may_refuse(error, mode) else Held.UNCLEAR
        return Probe(Rung(mode=mode, held=held, told=error.message), error)
    held, why = _judged(told.completion, mode)
    called = None
    if mode is Mode.TOOLS:
        called = any(one.get("name") == SENTINEL.name for one in calls_in(told.message))
    return Probe(Rung(mode=mode, held=held, told=why), told.completion, called)


def _sentinel(mode: Mode) -> Inquiry:
    if mode is Mode.PROMPTED:
        asked = [{"role": "user", "content": "Describe the sky."}]
        return Inquiry(with_schema(asked, mode, SENTINEL.schema), mode, SENTINEL)
    # Some take json_object only where the prompt has the word "json":
    # https://api-docs.deepseek.com/guides/json_mode
    words = "What colour is a clear sky at noon? Answer with one plain word, and not with JSON."
    return Inquiry([{"role": "user", "content": words}], mode, SENTINEL)


def _judged(completion: Completion, mode: Mode) -> tuple[Held, str | None]:
    value = parsed(completion.text)
    if mode is Mode.JSON_OBJECT:
        is_held = isinstance(value, dict)
    else:
        is_held = follows(value, SENTINEL.schema)
    if is_held:
        return (Held.FOLLOWED if mode is Mode.PROMPTED else Held.ENFORCED), None
    if completion.refusal is not None:
        return Held.UNCLEAR, "the model declined"
    if completion.finish_reason == "length":
        # Endless talk isn't held; what begins like an object may have become one.
        is_open = (completion.text or "{").lstrip().startswith("{")
        return (Held.UNCLEAR, "the answer was cut off") if is_open else (Held.IGNORED, None)
    if not completion.text:
        return Held.UNCLEAR, "the answer was empty"
    return Held.IGNORED, None


@dataclass(frozen=True, slots=True)
class PaddedText:
    """A text of about so many characters, with a word at its very beginning.

    The word is invented anew each time, so that no server has the text in its cache.
    """

    size: int
    word: str = field(default_factory=lambda: "".join(secrets.choice(_SYLLABLES) for _ in range(5)))

    def question(self, limit: int | None = None) -> Inquiry:
        """The passage, and the question for the word."""
        told = f"{self.word} is the code word. What follows is of no importance.\n"
        lines, size = [told], len(told)
        while size < self.size:
            lines.append(_FILLER[len(lines) % len(_FILLER)] + "\n")
            size += len(lines[-1])
        asked = "Which is the code word at the beginning? Answer with this word alone."
        messages = (
            {"role": "system", "content": "".join(lines)},
            {"role": "user", "content": asked},
        )
        return Inquiry(messages, limit=limit)


def read_long(passage: PaddedText, told: Told, ratio: float | None) -> LongRead:
    """Whether a passage was read whole; the ratio is of tokens a character in a shorter one."""
    spoken = _spoken(passage)
    tokens = told.completion.usage.input_tokens or None
    expected = round(ratio * spoken) if ratio else None
    recalled = passage.word in (told.completion.text or "").lower()
    whole: bool | None = True if recalled else None
    if tokens is not None and was_cut(spoken, tokens):
        whole = False
    elif tokens is not None and expected is not None:
        whole = tokens >= _WHOLE * expected
    return LongRead(whole=whole, tokens=tokens, expected=expected, recalled=recalled)


def not_read(error: EndpointError) -> LongRead:
    """What a refusal of the long request says."""
    too_long = is_about_wording(error) or error.status == 413
    whole = False if too_long and _TOO_LONG.search(words_of(error)) else None
    return LongRead(whole=whole, told=error.message)


def ratio_of(passage: PaddedText, told: Told) -> float | None:
    """Tokens a character, by what the server counted."""
    tokens = told.completion.usage.input_tokens
    return tokens / _spoken(passage) if tokens else None


def _spoken(passage: PaddedText) -> int:
    return sum(characters(message["content"]) for message in passage.question().messages)


def thoughts_in(told: Told) -> str:
    """Where the thoughts of the model stand; "" where it has none."""
    message = told.message
    for name in ("reasoning_content", "reasoning"):
        if message.get(name):
            return name
    if "</think>" in str(message.get("content")) or "<think>" in str(message.get("content")):
        return "<think>"
    details = as_object(as_object(told.body.get("usage")).get("completion_tokens_details"))
    return "counted" if details.get("reasoning_tokens") else ""


def needs_room(told: Told) -> bool:
    """Whether an answer was cut off among its thoughts, so that it needs more tokens."""
    completion = told.completion
    is_cut = completion.finish_reason == "length"
    return is_cut and (not completion.text or thoughts_in(told) != "")


def dialect_of_run(
    settings: Settings, probes: Mapping[Mode, Probe], refusals: Sequence[EndpointError]
) -> Dialect:
    """The dialect that a run of these settings ends up with: its ladder is told what came.

    It is remembered, where the settings keep a cache and it is one that works.
    """
    ladder = Ladder(settings, SENTINEL.schema)
    for error in refusals:
        ladder.refused(ladder.dialect, error)
    dialect = ladder.settle({mode: one.came for mode, one in probes.items()})
    if settings.cache and is_usable(probes, dialect.mode):
        Memory(settings.cache_dir).keep(ladder.key, dialect)
    return dialect


def is_usable(probes: Mapping[Mode, Probe], mode: Mode) -> bool:
    """Whether the answers that a mode gives have the shape of the schema.

    A JSON object alone says nothing of it: it is the prompt that has to be followed then.
    """
    held = probes[mode].rung.held
    if mode is Mode.JSON_OBJECT:
        is_taken = held in (Held.ENFORCED, Held.IGNORED)
        return is_taken and probes[Mode.PROMPTED].rung.held is Held.FOLLOWED
    return held in (Held.ENFORCED, Held.FOLLOWED)
