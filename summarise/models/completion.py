"""What an endpoint answers, and what that takes."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from summarise.models.document import Stored

MOST = 10**12
"""No count of tokens, and no amount of dollars or seconds, is larger: one that is, isn't told."""


def checked_count(value: object) -> int | None:
    """A count that a server tells: a whole number from 0 to ``MOST``; None for anything else."""
    return value if type(value) is int and 0 <= value <= MOST else None


def _dollars(amount: Decimal | None) -> Decimal | None:
    return amount if amount is not None and 0 <= amount <= MOST else None


def _seconds(seconds: float) -> float:
    return seconds if math.isfinite(seconds) and 0 <= seconds <= MOST else 0.0


_Count = Annotated[int | None, BeforeValidator(checked_count)]


class Usage(Stored):
    """Tokens of one or more calls, in the names of OpenTelemetry GenAI. None is "not told".

    So is what can't be a count: it may come from a server, or from a file that somebody shared.

    Attributes:
        input_tokens: Of the whole prompt, those of the two cache counts included.
        cached_tokens: Of these, those that the server read from its prefix cache.
        cache_written_tokens: Of these, those that the server wrote to its prefix cache.
    """

    input_tokens: _Count = None
    output_tokens: _Count = None
    cached_tokens: _Count = None
    cache_written_tokens: _Count = None

    @property
    def total(self) -> int | None:
        """Tokens in and out, None unless both are known."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        """Sum of both; a count that either side doesn't know stays what the other one knows."""
        return Usage(
            input_tokens=_sum(self.input_tokens, other.input_tokens),
            output_tokens=_sum(self.output_tokens, other.output_tokens),
            cached_tokens=_sum(self.cached_tokens, other.cached_tokens),
            cache_written_tokens=_sum(self.cache_written_tokens, other.cache_written_tokens),
        )


def _sum(left: int | None, right: int | None) -> int | None:
    return right if left is None else left if right is None else left + right


class Completion(Stored):
    """The raw answer of the endpoint to one request, as received.

    Attributes:
        text: The JSON text: content, or the arguments of the tool call, or the part of the message
            that is JSON; never mended. None when there is none.
        message: The message as received, in JSON, where ``text`` is only a part of it.
        mode: How the endpoint was held to the schema, None where that wasn't noted.
        unsent: Sampling settings that the endpoint refuses, so that they weren't sent.
        input_was_cut: Whether the endpoint read only part of the request, by its own count.
        finish_reason: ``stop``, ``length``, ``content_filter``, ``tool_calls``, … or None.
        refusal: The model's own words when it declined.
        model: As the server names it.
        cost: US dollars, None where the price isn't known.
        latency: Seconds from sending to the whole answer, last attempt only.
        attempts: How often the request was sent, transport retries included.
    """

    text: str | None
    message: str | None = None
    mode: str | None = None
    unsent: tuple[str, ...] = ()
    input_was_cut: bool = False
    finish_reason: str | None = None
    refusal: str | None = None
    model: str | None = None
    usage: Usage = Usage()
    cost: Annotated[Decimal | None, AfterValidator(_dollars)] = None
    latency: Annotated[float, AfterValidator(_seconds)] = 0.0
    attempts: Annotated[int, AfterValidator(lambda n: checked_count(n) or 1)] = 1


class Spent(Stored):
    """What some calls took.

    Attributes:
        cost: US dollars, of the calls whose price is known.
        unpriced: Calls whose price isn't known.
    """

    calls: int = 0
    usage: Usage = Usage()
    cost: Decimal = Decimal(0)
    unpriced: int = 0

    @classmethod
    def of(cls, completion: Completion) -> Spent:
        """What one answer took."""
        return cls(
            calls=1,
            usage=completion.usage,
            cost=completion.cost or Decimal(0),
            unpriced=int(completion.cost is None),
        )

    def __add__(self, other: Spent) -> Spent:
        """Both together."""
        if not (self.calls and other.calls):
            # Most additions are of nothing: what the cache gave took nothing.
            return self if self.calls else other
        return Spent(
            calls=self.calls + other.calls,
            usage=self.usage + other.usage,
            cost=self.cost + other.cost,
            unpriced=self.unpriced + other.unpriced,
        )

    @property
    def known_cost(self) -> Decimal | None:
        """US dollars of all calls, None where the price of one isn't known."""
        return None if self.unpriced else self.cost

    @property
    def cost_usd(self) -> float | None:
        """US dollars of all calls as a number of JSON, None where the price of one isn't known."""
        return None if self.unpriced else float(self.cost)


class Answer(Stored):
    """One line of ``answers.jsonl``: a completion and what it answers.

    Attributes:
        key: Fingerprint of the request: everything that can change the answer.
        task: Which of several questions about the document it answers, in runs of earlier versions.
        cached: Whether the cache gave it, so that this run bought nothing.
    """

    key: str
    doc_id: str
    content_hash: str
    task: str | None = None
    completion: Completion
    cached: bool = False

    @property
    def spent(self) -> Spent:
        """What it took here: nothing where the cache gave it."""
        return Spent() if self.cached else Spent.of(self.completion)
