"""The questions, and what the answers to them say of the endpoint.

The sentinel schema is one that no model fills in by itself: its names and its only values are words
that don't exist, and the question asks for something else. Who answers in its shape was held to it.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from summarise.admission import characters, was_cut
from summarise.endpoint import Wire
from summarise.endpoint.complaints import complained_of, is_astray
from summarise.endpoint.dialect import Dialect, follows
from summarise.endpoint.request import with_schema
from summarise.errors import EndpointError
from summarise.models import Completion
from summarise.servers.findings import Held, Reading, Rung
from summarise.servers.line import Answer, Line, Question, is_refusal
from summarise.settings import Mode

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

_ENFORCED = (Mode.JSON_SCHEMA, Mode.JSON_SCHEMA_LOOSE, Mode.TOOLS)
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
class Probe:
    """What came of asking in one mode.

    Attributes:
        rung: For people.
        completion: The answer.
        error: What came instead of one.
        called: Whether the function was called that was to be called.
    """

    rung: Rung
    completion: Completion | None = None
    error: EndpointError | None = None
    called: bool | None = None


async def probe(line: Line, mode: Mode) -> Probe:
    """Ask in one mode, and see what becomes of the schema."""
    try:
        answer = await line.ask(_sentinel(mode))
    except EndpointError as error:
        held = Held.REJECTED if _is_about(error, mode) else Held.UNCLEAR
        return Probe(Rung(mode=mode, held=held, told=error.message), error=error)
    held, told = _judged(answer.completion, mode)
    called = _is_called(answer) if mode is Mode.TOOLS else None
    return Probe(Rung(mode=mode, held=held, told=told), answer.completion, called=called)


def _is_called(answer: Answer) -> bool:
    """Whether the answer is a call of our function."""
    calls = answer.message.get("tool_calls")
    called = [c.get("function") for c in calls or () if isinstance(c, dict)]
    return any(isinstance(one, dict) and one.get("name") == SENTINEL.name for one in called)


def _sentinel(mode: Mode) -> Question:
    if mode is Mode.PROMPTED:
        asked = [{"role": "user", "content": "Describe the sky."}]
        return Question(with_schema(asked, mode, SENTINEL.schema), mode, SENTINEL)
    # Some take json_object only where the prompt has the word "json":
    # https://api-docs.deepseek.com/guides/json_mode
    words = "What colour is a clear sky at noon? Answer with one plain word, and not with JSON."
    return Question([{"role": "user", "content": words}], mode, SENTINEL)


def _is_about(error: EndpointError, mode: Mode) -> bool:
    """Whether an error refuses the mode; a 400 of any other words may do so, too."""
    text = error.told or error.message
    if not is_refusal(error) or is_astray(text):
        return False
    return error.status in (400, 422) or complained_of(text, Dialect(mode), {}) == mode


def _judged(completion: Completion, mode: Mode) -> tuple[Held, str | None]:
    value = _parsed(completion.text)
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


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except (ValueError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Page:
    """A text to be read, with a word at its very beginning.

    Attributes:
        size: Characters, about.
        word: Invented anew each time, so that no server has the page in its cache.
    """

    size: int
    word: str = field(default_factory=lambda: "".join(secrets.choice(_SYLLABLES) for _ in range(5)))

    def question(self, limit: int | None = None) -> Question:
        """The page, and the question for the word.

        Args:
            limit: Tokens of the answer, as in ``Question``.
        """
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
        return Question(messages, limit=limit)


def read_long(page: Page, answer: Answer, ratio: float | None) -> Reading:
    """Whether a page was read whole.

    Args:
        page: That was asked about.
        answer: That came.
        ratio: Tokens a character, in a shorter request of the same words; None: not told.
    """
    spoken = _spoken(page)
    tokens = answer.completion.usage.input_tokens or None
    expected = round(ratio * spoken) if ratio else None
    recalled = page.word in (answer.completion.text or "").lower()
    whole: bool | None = True if recalled else None
    if tokens is not None and was_cut(spoken, tokens):
        whole = False
    elif tokens is not None and expected is not None:
        whole = tokens >= _WHOLE * expected
    return Reading(whole=whole, tokens=tokens, expected=expected, recalled=recalled)


def not_read(error: EndpointError) -> Reading:
    """What a refusal of the long request says."""
    too_long = is_refusal(error) or error.status == 413
    whole = False if too_long and _TOO_LONG.search(error.told or error.message) else None
    return Reading(whole=whole, told=error.message)


def ratio_of(page: Page, answer: Answer) -> float | None:
    """Tokens a character, by what the server counted."""
    tokens = answer.completion.usage.input_tokens
    return tokens / _spoken(page) if tokens else None


def _spoken(page: Page) -> int:
    return sum(characters(message["content"]) for message in page.question().messages)


def thoughts_in(answer: Answer) -> str:
    """Where the thoughts of the model stand; "" where it has none."""
    message = answer.message
    for name in ("reasoning_content", "reasoning"):
        if message.get(name):
            return name
    if "</think>" in str(message.get("content")) or "<think>" in str(message.get("content")):
        return "<think>"
    usage = answer.body.get("usage")
    details = usage.get("completion_tokens_details") if isinstance(usage, dict) else None
    counted = details.get("reasoning_tokens") if isinstance(details, dict) else None
    return "counted" if counted else ""


def needs_room(answer: Answer) -> bool:
    """Whether an answer was cut off among its thoughts, so that it needs more tokens."""
    completion = answer.completion
    is_cut = completion.finish_reason == "length"
    return is_cut and (not completion.text or thoughts_in(answer) != "")
