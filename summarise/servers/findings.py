"""What was found out about an endpoint: values only. None is unknown; 0 is known to be 0."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from summarise.admission import format_usd
from summarise.characters import counted, noun_of
from summarise.models import Stored
from summarise.settings import EMBEDDED_IS_BETTER, Mode, TokenParameter, is_small


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
    """One way of holding the model to a schema; the server's words, or why it is unclear."""

    mode: Mode
    held: Held
    told: str | None = None


class Served(Stored):
    """What the server says of itself, and of the model.

    The context is in tokens, of a request with its answer; a slot is for one request at a time.
    """

    software: str | None = None
    version: str | None = None
    models: tuple[str, ...] | None = None
    context: int | None = None
    slots: int | None = None
    parameters: int | None = None


class LongRead(Stored):
    """Whether a request as long as our longest is read whole.

    Tokens are counted by the server; as many are expected as it counts for a shorter request of the
    same words. ``recalled``: the model knew the word at the beginning; ``told``: why it is refused.
    """

    whole: bool | None = None
    tokens: int | None = None
    expected: int | None = None
    recalled: bool | None = None
    told: str | None = None


class Caching(Stored):
    """Whether a beginning that was read before is read again, seen on the long request.

    ``first`` and ``second`` are its seconds. By the server's word the first time ``written`` tokens
    went into its cache, and the second time ``tokens`` were read from there.
    """

    seen: bool | None = None
    written: int | None = None
    tokens: int | None = None
    first: float | None = None
    second: float | None = None


class Pace(Stored):
    """How fast answers come: seconds of a short request, and tokens of an answer a second.

    ``gain``: how many times as many answers came a second while requests were sent together.
    """

    latency: float | None = None
    rate: float | None = None
    together: int | None = None
    gain: float | None = None


class Diagnosis(Stored):
    """All of it, and what it took; the rungs are one for each mode, the strictest first."""

    host: str
    """The endpoint's host; the model's file, where it was served for this."""
    model: str
    served: Served
    rungs: tuple[Rung, ...]
    tool_choice: bool | None
    """Whether the model called the function that it was told to call."""
    reasoning: str
    """Where its thoughts stand; ``counted`` where they are only paid for; "" without any."""
    token_parameter: TokenParameter
    accepted: dict[str, bool | None]
    reading: LongRead
    caching: Caching
    pace: Pace
    price: str | None
    """Where it comes from."""
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


_LABEL = 15
_WIDTH = 80
# Of the server's words; --json has them as a run would quote them.
_WORDS = 120
_NAMES = {Mode.JSON_SCHEMA: "json_schema", Mode.JSON_SCHEMA_LOOSE: "  not strict"}


def to_lines(found: Diagnosis) -> Iterator[str]:
    """The screen, line by line."""
    for label, text in _rows(found):
        yield from textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=label.ljust(_LABEL),
            subsequent_indent=" " * _LABEL,
            break_long_words=True,
            break_on_hyphens=False,
        )
    yield ""
    yield "# summarise.toml"
    yield from found.settings.splitlines()


def _rows(found: Diagnosis) -> Iterator[tuple[str, str]]:
    served = found.served
    software = f"{served.software} {served.version or '(version not told)'}"
    yield (
        "endpoint",
        f"{found.host}, reachable; {software if served.software else 'software not told'}",
    )
    yield "model", _model(found)
    for rung in found.rungs:
        yield _NAMES.get(rung.mode, str(rung.mode)), _rung(rung)
    yield "tool choice", _choice(found)
    yield "reasoning", _reasoning(found.reasoning)
    taken = {True: "taken", False: "refused", None: "unknown"}
    states = [f"{name} {taken[state]}" for name, state in found.accepted.items()]
    yield "parameters", ", ".join([f"{found.token_parameter} taken", *states])
    context = served.context
    yield "context", f"{context:,} tokens, by the server" if context else "not told"
    yield "long request", _reading(found.reading)
    yield "prefix cache", _caching(found.caching)
    yield "at once", _together(found.pace, served.slots)
    yield "speed", _speed(found.pace)
    yield "price", found.price or "unknown; give it with --price-in and --price-out"
    paid = f", {format_usd(found.cost)}" if found.cost is not None else ""
    tokens = "tokens unknown" if found.tokens is None else f"{found.tokens:,} tokens"
    yield "this took", f"{found.requests} requests, {tokens}{paid}"
    yield "a run", _verdict(found)


def _model(found: Diagnosis) -> str:
    count, models = found.served.parameters, found.served.models
    size = f", {(count or 0) / 1e6:.0f} million parameters" if count else ""
    if count and count >= 1e9:
        size = f", {count / 1e9:.1f} billion parameters"
    if models is None:
        return f"{found.model}{size}; the server lists no models"
    others = len(models) - (found.model in models)
    more = f"and {others} {noun_of(others, 'other')}" if others else "and no other"
    listed = f"listed, {more}" if found.model in models else f"not among the {others} listed"
    return f"{found.model}{size}; {listed}"


def _rung(rung: Rung) -> str:
    if rung.told is None:
        # Without anything to enforce, it is the model that does or doesn't.
        is_loose = rung.mode is Mode.PROMPTED and rung.held is Held.IGNORED
        return "not followed" if is_loose else str(rung.held)
    told = textwrap.shorten(rung.told, _WORDS, placeholder=" …")
    return f"{rung.held}: {told}"


def _choice(found: Diagnosis) -> str:
    """Whether the model called the function that it was told to call."""
    if found.tool_choice is None:
        held = next(rung.held for rung in found.rungs if rung.mode is Mode.TOOLS)
        return str(held) if held is Held.REJECTED else "unknown"
    return "honoured" if found.tool_choice else "not honoured"


def _reasoning(where: str) -> str:
    return {
        "": "none seen",
        "counted": "tokens of it are counted, and not shown",
        "<think>": "in the answer itself, up to </think>; it is left out",
    }.get(where, f"in the field {where}")


def _reading(reading: LongRead) -> str:
    if reading.told is not None:
        state = "unknown" if reading.whole is None else "refused"
        return f"{state}: {textwrap.shorten(reading.told, _WORDS, placeholder=' …')}"
    if reading.tokens is None:
        no_count = "the server counts no tokens"
        return f"read whole, by the answer; {no_count}" if reading.whole else f"unknown: {no_count}"
    counted = f"{reading.tokens:,} tokens counted"
    if reading.expected is not None:
        counted += f", about {reading.expected:,} expected"
    state = {True: "read whole", False: "CUT", None: "unknown"}[reading.whole]
    return f"{state}: {counted}"


def _caching(caching: Caching) -> str:
    if caching.first is None or caching.second is None:
        return "unknown"
    times = f"{caching.first:.2f} s, then {caching.second:.2f} s for the same request"
    written = "" if caching.written is None else f"{caching.written:,} tokens written, then "
    read = "" if caching.tokens is None else f"{caching.tokens:,} tokens read; "
    return f"{'seen' if caching.seen else 'not seen'}: {written}{read}{times}"


def _together(pace: Pace, slots: int | None) -> str:
    told = f"; the server has {counted(slots, 'slot')}" if slots else ""
    if pace.gain is None:
        return f"unknown{told}"
    return f"{pace.together} requests: {pace.gain:.1f} × the answers of one at a time{told}"


def _speed(pace: Pace) -> str:
    if pace.latency is None:
        return "unknown"
    rate = f"{pace.rate:,.0f} tokens a second" if pace.rate else "tokens a second unknown"
    return f"{pace.latency:.2f} s for a short request, {rate}"


def _verdict(found: Diagnosis) -> str:
    if not found.works:
        return f"would not work: {found.problem}"
    held = {rung.mode: rung.held for rung in found.rungs}
    mode = found.mode or Mode.PROMPTED
    weak = "" if held[mode] is Held.ENFORCED else "; answers are checked, and nothing enforces them"
    small = f"; {EMBEDDED_IS_BETTER}" if is_small(found.model, found.served.parameters) else ""
    return f"would work, by {mode}{weak}{small}"
