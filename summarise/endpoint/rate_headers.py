"""What the headers of an answer say about the next requests: what remains, how long to wait.

Read are the rate-limit headers of

- OpenAI, https://platform.openai.com/docs/guides/rate-limits ("Rate limits in headers"):
  ``x-ratelimit-remaining-requests``, ``x-ratelimit-reset-tokens``, …; resets are Go durations
  such as ``6m0s`` and ``20ms``. Groq, https://console.groq.com/docs/rate-limits, likewise.
- Azure, https://learn.microsoft.com/azure/ai-services/openai/how-to/quota: the same names; resets
  are seconds, and -1 means that there is no such limit.
- Anthropic, https://docs.anthropic.com/en/api/rate-limits ("Response headers"):
  ``anthropic-ratelimit-requests-remaining``, ``anthropic-ratelimit-tokens-reset``, …, also for
  input and output tokens apart; resets are times of RFC 3339.
- OpenRouter, https://openrouter.ai/docs/api-reference/limits: ``X-RateLimit-Remaining`` and
  ``X-RateLimit-Reset``, in milliseconds since 1970. Other gateways send the same names with seconds
  since 1970, or with seconds to wait.
- Mistral, https://github.com/mistralai/client-ts/issues/169:
  ``x-ratelimit-remaining-req-minute`` and ``x-ratelimit-remaining-tokens-minute``, without a reset.
- Cerebras, https://inference-docs.cerebras.ai/support/rate-limits:
  ``x-ratelimit-remaining-requests-day``, ``x-ratelimit-reset-tokens-minute``, …; resets are
  seconds.
- DigitalOcean, https://docs.digitalocean.com/products/inference/reference/quota-specific-response-headers/:
  ``x-ratelimit-remaining-tokens-per-minute``, …; resets are seconds since 1970.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from summarise.admission import Allowance

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
    *_pairs("tokens tokens-minute tokens-hour tokens-day", _OPENAI),
    *_pairs("tokens-per-minute tokens-per-day", _OPENAI),
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
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _tightest(
    limits: Mapping[str, str], pairs: tuple[tuple[str, str], ...], now: float
) -> tuple[int | None, float | None]:
    """The smallest remainder and its reset; of equal ones the latest reset."""
    best: tuple[int, float | None] | None = None
    for remaining, reset in pairs:
        if (count := _count(limits.get(remaining))) is None:
            continue
        seconds = _reset(limits.get(reset), now)
        if best is None or (count, -(seconds or 0.0)) < (best[0], -(best[1] or 0.0)):
            best = count, seconds
    return best or (None, None)


def _count(text: str | None) -> int | None:
    number = _number(text)
    return int(number) if number is not None and number >= 0 else None


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
    return _until(text, now)


def _until(text: str, now: float) -> float | None:
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
