"""Reading what the server sent: the completion in the body, and what the headers allow.

The JSON of the answer may stand where it belongs, behind the model's thoughts, in a code fence, on
lines of its own, or, by a fault of the server, in the field of the thoughts. It is looked for
there, and never mended.

What remains, and how long to wait, is read from headers, whose resets are

- OpenAI, https://platform.openai.com/docs/guides/rate-limits, and Groq,
  https://console.groq.com/docs/rate-limits: Go durations such as ``6m0s`` and ``20ms``;
- Azure, https://learn.microsoft.com/azure/ai-services/openai/how-to/quota: seconds; -1 is no limit;
- Anthropic, https://docs.anthropic.com/en/api/rate-limits: times of RFC 3339;
- OpenRouter, https://openrouter.ai/docs/api-reference/limits: milliseconds since 1970; of other
  gateways seconds since 1970, or to wait;
- Mistral, https://github.com/mistralai/client-ts/issues/169: none;
- Cerebras, https://inference-docs.cerebras.ai/support/rate-limits: seconds;
- DigitalOcean, seconds since 1970:
  https://docs.digitalocean.com/products/inference/reference/quota-specific-response-headers/.
"""

from __future__ import annotations

import json
import logging
import math
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from summarise.admission import Allowance
from summarise.models import Completion, Usage, checked_count
from summarise.settings import Mode, answer_members, masked

_LOG = logging.getLogger("summarise")
# An object in a code fence; what stands in front and behind is the model's own talk.
_FENCE, _CLOSING = re.compile(r"(?s)```[a-zA-Z]*\s*(\{.*?\})\s*```"), re.compile(r"\}\s*```")
_THOUGHT = "</think>"
# What is no word beside an answer: marks of a chat template that the server didn't take away.
_MARKS = re.compile(r"(?:[\s\ufeff]|<\|\w{1,40}\|>|</?s>)*")
# Of an integer, and of a name: no count and no model has more.
_DIGITS, _NAME = 1000, 200
# Python refuses to read integers of more digits; no count has as many.
_JSON = json.JSONDecoder(parse_int=lambda s: int(s) if len(s) < _DIGITS else None)


class NotACompletion(ValueError):
    """A 200 that isn't a chat completion; the server may have put an error there instead.

    It may be a page for people as well.
    """

    def __init__(self, reason: str, error: object = None, *, is_page: bool = False) -> None:
        super().__init__(reason)
        self.error = error
        self.is_page = is_page


_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)
_PAGE_READ = 10_000


def page_in(body: object) -> str | None:
    """What a page for people is, by its title; None where it is none."""
    if not isinstance(body, str) or not body[:_PAGE_READ].lstrip("\ufeff \t\r\n").startswith("<"):
        return None
    found = _TITLE.search(body[:_PAGE_READ])
    return f"a web page (“{' '.join(found[1].split())}”)" if found else "a web page"


def read_completion(
    content: bytes, mode: Mode, function: str, *, latency: float = 0.0, key: str = ""
) -> Completion:
    """Read the body of a successful answer.

    Nothing is judged here: a refusal, a truncated or an empty answer is a completion that says so.
    In tools mode the function was to be called. ``[key]`` is read where the server repeats the key.

    Raises:
        NotACompletion: It isn't JSON, holds no choice, or holds an error.
    """
    body, choice = _first_choice(content, key)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise NotACompletion("no message in it")
    text, is_whole = _answer(message, function if mode is Mode.TOOLS else None)
    return Completion(
        text=text,
        message=None if is_whole else _text(json.dumps(message, ensure_ascii=False)),
        mode=mode,
        finish_reason=_name(choice.get("finish_reason")),
        refusal=_text(message.get("refusal")),
        model=_name(body.get("model")),
        usage=_usage(as_object(body.get("usage"))),
        latency=latency,
    )


def read_json(content: bytes, key: str = "") -> Any:
    """The JSON of an answer, without the key.

    Raises:
        NotACompletion: It isn't JSON.
    """
    encoding = json.detect_encoding(content)
    try:
        text = masked(content.decode(encoding, "surrogatepass"), key)
        return _JSON.decode(text)
    except (ValueError, RecursionError):
        told = masked(content.decode(encoding, "replace"), key)
        if (page := page_in(told)) is not None:
            raise NotACompletion(page, is_page=True) from None
        raise NotACompletion(f"not JSON: {told[:80]}" if told.strip() else "empty") from None


def parsed(text: str | None) -> Any:
    """The JSON in a text, None where it is none."""
    with suppress(ValueError, RecursionError):
        return json.loads(text or "")
    return None


def as_object(value: object) -> dict[str, Any]:
    """A JSON value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def rows_in(value: object) -> list[dict[str, Any]] | None:
    """The objects of a list; None where it is none."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else None


def choice_in(body: Mapping[str, Any]) -> Any:
    """The first choice of an answer, None where there is none."""
    choices = body.get("choices")
    return choices[0] if isinstance(choices, list) and choices else None


def calls_in(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The functions that a message calls."""
    return [as_object(call.get("function")) for call in rows_in(message.get("tool_calls")) or ()]


def _first_choice(content: bytes, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    body = read_json(content, key)
    if not isinstance(body, dict):
        raise NotACompletion("not a JSON object")
    choice = choice_in(body)
    # OpenRouter reports what failed upstream in a 200, beside the choices or inside one:
    # https://openrouter.ai/docs/api-reference/errors
    error = body.get("error") or as_object(choice).get("error")
    if error or not isinstance(choice, dict):
        raise NotACompletion("no choices in it", error)
    return body, choice


def _answer(message: dict[str, Any], function: str | None) -> tuple[str | None, bool]:
    """The text of the answer, and whether that is the whole of what the model said to us."""
    called = _arguments(message, function) if function is not None else None
    if called is not None:
        return called, True
    content = _text(message.get("content"))
    is_whole = not isinstance(message.get("content"), list)
    bare = (content or "").strip()
    if bare.startswith("{") and bare.endswith("}") and _THOUGHT not in bare:
        # It looks like one JSON object; whether it is one, is found later.
        return content, is_whole
    spoken = (content or "").rpartition(_THOUGHT)[2].strip()
    # Behind the last end of a fence no end is looked for, from each of a thousand beginnings.
    ends = [closing.end() for closing in _CLOSING.finditer(spoken)]
    fenced = _FENCE.findall(spoken, 0, ends[-1]) if ends else []
    thoughts = [_text(message.get(name)) or "" for name in answer_members()]
    # Of two fences neither is known to be the answer.
    fenced = fenced if len(fenced) == 1 else []
    for text in (spoken, *fenced, _alone(spoken), *thoughts):
        if isinstance(parsed(text), dict):
            return text.strip(), text == content
    return content, is_whole


def _alone(text: str) -> str:
    """What stands from the first to the last brace, where those lines hold nothing else.

    So it is one object or none, and nothing is cut out of prose.
    """
    start, end = text.find("{"), text.rfind("}") + 1
    line = text[:start].rpartition("\n")[2], text[end:].partition("\n")[0]
    return text[start:end] if start >= 0 and all(map(_MARKS.fullmatch, line)) else ""


def _arguments(message: dict[str, Any], function: str) -> str | None:
    """The arguments of the call to our function; None when the server ignored the tools."""
    for called in calls_in(message):
        if called.get("name") == function:
            arguments = called.get("arguments")
            # A string by the specification; some servers send the object itself.
            return json.dumps(arguments) if isinstance(arguments, dict) else _text(arguments)
    return None


def _text(value: object) -> str | None:
    """A text that UTF-8 can hold, None for none; a list of text parts becomes one text."""
    if isinstance(value, list):
        value = "".join(str(part.get("text") or "") for part in value if isinstance(part, dict))
    if not isinstance(value, str) or not value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        # JSON can spell half a surrogate pair; no file can store it.
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value


def _name(value: object) -> str | None:
    return (_text(value) or "")[:_NAME] or None


# Where servers count the tokens of a prompt that they had in their cache, and those that they put
# there: OpenAI and OpenRouter; DeepSeek (https://api-docs.deepseek.com/guides/kv_cache); LiteLLM
# (https://docs.litellm.ai/docs/completion/prompt_caching).
_CACHED = ("cached_tokens", "prompt_cache_hit_tokens", "cache_read_input_tokens")
_CACHE_WRITTEN = ("cache_write_tokens", "cache_creation_tokens", "cache_creation_input_tokens")


def _usage(usage: dict[str, Any]) -> Usage:
    counts = {**usage, **as_object(usage.get("prompt_tokens_details"))}
    sent, answered = (checked_count(usage.get(f"{of}_tokens")) for of in ("prompt", "completion"))
    if sent == answered == 0:
        sent = answered = None  # no call takes none: a server that counts nothing says so
    cached, written = (
        next((n for name in names if (n := checked_count(counts.get(name))) is not None), None)
        for names in (_CACHED, _CACHE_WRITTEN)
    )
    if sent is not None and (cached or 0) + (written or 0) > sent:
        _warn_of_nonsense()
        cached = min(cached or 0, sent)
        written = min(written or 0, sent - cached)
    return Usage(
        input_tokens=sent,
        output_tokens=answered,
        cached_tokens=cached,
        cache_written_tokens=written,
    )


@cache
def _warn_of_nonsense() -> None:
    """Once for all answers of a process."""
    _LOG.warning(
        "the server counts more tokens in its prompt cache than it was sent; the cost counts as "
        "many as were sent"
    )


_OPENAI = ("x-ratelimit-remaining-{}", "x-ratelimit-reset-{}")
_ANTHROPIC = ("anthropic-ratelimit-{}-remaining", "anthropic-ratelimit-{}-reset")


def _pairs(names: str, pattern: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    remaining, reset = pattern
    return tuple((remaining.format(name), reset.format(name)) for name in names.split())


# Remaining and reset; a server has one limit or several.
_REQUESTS = (
    *_pairs("requests req-minute requests-minute requests-hour requests-day", _OPENAI),
    *_pairs("requests", _ANTHROPIC),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
)
_TOKENS = (
    *_pairs(
        "tokens tokens-minute tokens-hour tokens-day tokens-per-minute tokens-per-day", _OPENAI
    ),
    *_pairs("tokens input-tokens output-tokens", _ANTHROPIC),
)

# Go's time.Duration as text, and days, which it doesn't write.
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|us|µs|ns|d|h|m|s))+")
_PART = re.compile(r"([0-9.]+)(ms|us|µs|ns|d|h|m|s)")
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
# No wait is as long as the seconds since 1970, and no seconds since 1970 as many as milliseconds.
_EPOCH_SECONDS, _EPOCH_MILLISECONDS = 1e9, 1e11
_LONGEST_TEXT = 64


def read_allowance(headers: Mapping[str, str], now: float | None = None) -> Allowance | None:
    """What an answer says of the requests and tokens that remain; None where it says nothing.

    Of several limits of one kind, the one of which least remains counts. What can't be understood
    is taken for unsaid. Resets at a point of time are relative to ``now``, in seconds since 1970.
    """
    limits = {k.lower(): v for k, v in headers.items() if "ratelimit" in k.lower()}
    if not limits:
        return None
    now = time.time() if now is None else now
    requests, requests_reset = _tightest(limits, _REQUESTS, now)
    tokens, tokens_reset = _tightest(limits, _TOKENS, now)
    if requests is None and tokens is None:
        return None
    return Allowance(requests, tokens, requests_reset, tokens_reset)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: ``retry-after-ms``, or ``Retry-After`` (RFC 9110).

    None where it asks for nothing, or for nothing that can be understood.
    """
    milliseconds, asked = _number(headers.get("retry-after-ms")), headers.get("retry-after")
    if milliseconds is not None and milliseconds >= 0:
        return milliseconds / 1000
    seconds = _number(asked)
    if asked is None or (seconds is not None and seconds >= 0):
        return seconds
    with suppress(ValueError, OverflowError):
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    return None


def _tightest(
    limits: Mapping[str, str], pairs: tuple[tuple[str, str], ...], now: float
) -> tuple[int | None, float | None]:
    """The smallest remainder and its reset; of equal ones the latest reset."""
    best: tuple[int, float | None] | None = None
    for remaining, reset in pairs:
        number = _number(limits.get(remaining))
        if number is None or number < 0:
            continue
        count, seconds = int(number), _reset(limits.get(reset), now)
        if best is None or (count, -(seconds or 0.0)) < (best[0], -(best[1] or 0.0)):
            best = count, seconds
    return best or (None, None)


def _reset(text: str | None, now: float) -> float | None:
    """Seconds until a reset that is given as a number, a duration or a time."""
    if text is None or len(text) > _LONGEST_TEXT:
        return None
    text = text.strip()
    if (number := _number(text)) is not None:
        if number >= _EPOCH_MILLISECONDS:
            number = number / 1000 - now
        elif number >= _EPOCH_SECONDS:
            number -= now
        return max(0.0, number)
    if _DURATION.fullmatch(text):
        return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, zoned.timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    if text is None or len(text) > _LONGEST_TEXT:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
