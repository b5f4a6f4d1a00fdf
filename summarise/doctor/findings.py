"""What was found out about an endpoint: values only. None is unknown; 0 is known to be 0."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from summarise.models import Stored
from summarise.settings import Mode, TokenParameter


class Held(StrEnum):
    """What an endpoint did with a schema."""

    ENFORCED = "enforced"
    """The answer has its shape, though the question asked for something else."""
    FOLLOWED = "followed"
    """The answer has its shape, as the prompt asked for it: nothing was enforced."""
    IGNORED = "ignored"
    """It was taken, and the answer has another shape."""
    REJECTED = "rejected"
    """The request was refused for it."""
    UNCLEAR = "unclear"
    """No answer came that says anything."""


class Rung(Stored):
    """One way of holding the model to a schema.

    Attributes:
        mode: Which.
        held: What came of it.
        told: The server's words, or why it is unclear.
    """

    mode: Mode
    held: Held
    told: str | None = None


class Served(Stored):
    """What the server says of itself.

    Attributes:
        software: Which server it is, where that is known.
        version: Of the software.
        models: Ids of all models; None where it has no list.
        context: Tokens that it keeps of a request and its answer.
        slots: Requests that it works on at the same time.
        parameters: Of the model.
    """

    software: str | None = None
    version: str | None = None
    models: tuple[str, ...] | None = None
    context: int | None = None
    slots: int | None = None
    parameters: int | None = None


class Reading(Stored):
    """Whether a request as long as our longest is read whole.

    Attributes:
        whole: Whether it is.
        tokens: That the server counted.
        expected: By what it counted for a shorter request of the same words.
        recalled: Whether the model knew the word at the very beginning.
        told: The server's words, where it refused the request.
    """

    whole: bool | None = None
    tokens: int | None = None
    expected: int | None = None
    recalled: bool | None = None
    told: str | None = None


class Caching(Stored):
    """Whether a beginning that was read before is read again, seen on the long request.

    Attributes:
        seen: Whether it is kept.
        tokens: Of the second request, those that the server says it had.
        first: Seconds of the first request.
        second: Seconds of the second.
    """

    seen: bool | None = None
    tokens: int | None = None
    first: float | None = None
    second: float | None = None


class Pace(Stored):
    """How fast answers come.

    Attributes:
        latency: Seconds of a short request.
        rate: Tokens of an answer a second, the wait for its first one included.
        together: Requests that were sent at once.
        gain: How many times as many answers a second came while they were.
    """

    latency: float | None = None
    rate: float | None = None
    together: int | None = None
    gain: float | None = None


class Diagnosis(Stored):
    """All of it.

    Attributes:
        host: Of the endpoint; the model's file, where it was served for this.
        model: That was asked.
        served: What the server says of itself.
        rungs: One for each mode, the strictest first.
        tool_choice: Whether the model called the function that it was told to call.
        reasoning: Where its thoughts stand: ``reasoning_content``, ``reasoning``, ``<think>``, or
            ``counted`` where they are only paid for; "" where there are none.
        token_parameter: The name under which the limit of an answer is taken.
        accepted: Sampling settings, and whether they are taken.
        reading: Of a long request.
        caching: Of its beginning.
        pace: Of answers.
        price: Where the price comes from.
        requests: That were sent.
        tokens: Of all requests and answers, as far as the server told.
        cost: US dollars, likewise.
        mode: That a run ends up with, by the settings recommended.
        works: Whether a run would work.
        problem: Why it wouldn't.
        settings: Recommended, in TOML.
    """

    host: str
    model: str
    served: Served
    rungs: tuple[Rung, ...]
    tool_choice: bool | None
    reasoning: str
    token_parameter: TokenParameter
    accepted: dict[str, bool | None]
    reading: Reading
    caching: Caching
    pace: Pace
    price: str | None
    requests: int
    tokens: int | None
    cost: Decimal | None
    mode: Mode | None
    works: bool
    problem: str | None
    settings: str

    @property
    def exit_code(self) -> int:
        """0 when a run would work, else 3."""
        return 0 if self.works else 3
