"""An endpoint examined: what is asked, in which order, and what comes of it.

That is a diagnosis, and the settings that suit the endpoint, in TOML: what differs from the
defaults, and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from summarise.admission import Price, format_usd, price_for
from summarise.characters import inert
from summarise.endpoint import Dialect
from summarise.errors import EndpointError, TransportError
from summarise.models import Usage
from summarise.schema import toml_key, toml_value
from summarise.servers.about import Desk, ask_server, knock, reached, told_by_list
from summarise.servers.findings import Caching, Diagnosis, LongRead, Pace, Served
from summarise.servers.probes import (
    LONG,
    MOST,
    SAMPLING,
    SHORT,
    Inquiry,
    Interview,
    PaddedText,
    Probe,
    Told,
    dialect_of_run,
    is_usable,
    needs_room,
    not_read,
    probe,
    ratio_of,
    read_long,
    thoughts_in,
)
from summarise.settings import (
    PRESETS,
    Mode,
    Sampling,
    Settings,
    is_local_model,
    preset_of,
    preset_of_software,
)

T = TypeVar("T", int, Decimal)

# Tokens of an answer; of one that is thought about; of one that is timed; of a word.
_LIMIT, _ROOM, _TIMED, _SHORT_LIMIT = 256, 4096, 64, 32
_TOGETHER = 4
_REQUESTS = 14
# Of all of them; thoughts come on top.
_USUAL = Usage(input_tokens=6_500, output_tokens=1_000)
_COUNTING = "Count from one to thirty in words, and write nothing else."
# A prefix that is kept saves at least half of a time that can be told from chance.
_FASTER, _TELLING = 0.5, 0.5


def examine(settings: Settings, announce: Callable[[str], object] = str) -> Diagnosis:
    """Find out what an endpoint can do; what it will take is announced before anything is sent.

    Raises:
        EndpointError: It can't be reached, or refuses the key or the model.
        SettingsError: The model's file, or a price, can't be used.
    """
    return asyncio.run(_examine(settings, announce))


async def _examine(settings: Settings, announce: Callable[[str], object]) -> Diagnosis:
    # The data of prices takes 70 MB for a moment, openai 30 for good: one after the other.
    price = price_for(settings)
    announce(_announcement(settings, price))
    async with reached(settings) as (target, client):
        desk = Desk(target, client)
        served = told_by_list(desk, await desk.models())
        interview = Interview(target, client, _LIMIT)
        try:
            found = await _ask_all(interview)
        except TransportError as error:
            if not error.connected and target is settings:
                await knock(settings)
            raise
        finally:
            await interview.aclose()
        served = await ask_server(desk, served)
        if target.concurrency is not None and target is not settings:
            served = served.model_copy(update={"slots": target.concurrency})
    return _concluded(settings, served, found, price)


def _announcement(settings: Settings, price: Price | None) -> str:
    cost = f", about {format_usd(price.of(_USUAL))}" if price else ""
    tokens = (_USUAL.total or 0) // 1000 * 1000
    name = settings.model if is_local_model(settings.model, settings.base_url) else settings.host
    return (
        f"{name}: asking {_REQUESTS} short requests, at most {MOST}; "
        f"about {tokens:,} tokens{cost}, thoughts apart"
    )


@dataclass(slots=True)
class _Found:
    """What the answers say, as it comes in."""

    interview: Interview
    probes: dict[Mode, Probe] = field(default_factory=dict)
    reasoning: str = ""
    accepted: dict[str, bool | None] = field(default_factory=dict)
    reading: LongRead = field(default_factory=LongRead)
    caching: Caching = field(default_factory=Caching)
    pace: Pace = field(default_factory=Pace)


async def _ask_all(interview: Interview) -> _Found:
    """Ask everything.

    Raises:
        EndpointError: Of the first question: without it there is nothing to find out.
    """
    found = _Found(interview)
    passage = PaddedText(SHORT)
    first = await interview.ask(passage.question())
    if needs_room(first):
        interview.limit = _ROOM
        first = await interview.ask(passage.question())
    found.reasoning = thoughts_in(first)
    for mode in Mode:
        found.probes[mode] = await probe(interview, mode)
    await _ask_alone(found)
    await _ask_long(found, ratio_of(passage, first))
    await _ask_together(found)
    return found


async def _ask_alone(found: _Found) -> None:
    """One answer that is timed, with the sampling settings that a run may send."""
    interview = found.interview
    found.accepted = dict.fromkeys(map(str, SAMPLING))
    try:
        answer = await interview.ask(_timed(interview, is_sampled=True))
    except EndpointError:
        return
    sent = (str(name) for name in SAMPLING if name not in interview.settings.omit)
    found.accepted.update({name: name not in interview.dialect.unsent for name in sent})
    found.pace = _paced(answer)


async def _ask_long(found: _Found, ratio: float | None) -> None:
    """A request as long as our longest, twice: is it read whole, and is its beginning kept?"""
    passage = PaddedText(LONG)
    question = passage.question(_SHORT_LIMIT if found.interview.limit == _LIMIT else _LIMIT)
    try:
        first = await found.interview.ask(question)
    except EndpointError as error:
        found.reading = not_read(error)
        return
    found.reading = read_long(passage, first, ratio)
    found.caching = Caching(first=first.completion.latency)
    with contextlib.suppress(EndpointError):
        found.caching = _cached(first, await found.interview.ask(question))


def _cached(first: Told, second: Told) -> Caching:
    before, after = first.completion.latency, second.completion.latency
    tokens = second.completion.usage.cached_tokens
    is_faster = after < _FASTER * before and before - after > _TELLING
    # A server that doesn't count them may keep them all the same.
    seen = is_faster if tokens is None else tokens > 0
    written = first.completion.usage.cache_written_tokens
    return Caching(seen=seen, written=written, tokens=tokens, first=before, second=after)


async def _ask_together(found: _Found) -> None:
    """Some requests at once: are they worked on side by side?"""
    interview, alone = found.interview, found.pace
    if alone.latency is None:
        return
    question = _timed(interview)
    started = time.monotonic()
    answers = await asyncio.gather(
        *(interview.ask(question) for _ in range(_TOGETHER)), return_exceptions=True
    )
    seconds = time.monotonic() - started
    if not all(isinstance(answer, Told) for answer in answers) or seconds <= 0:
        return
    # The first answer may have been slow by being the first: the faster of two is the measure.
    with contextlib.suppress(EndpointError):
        alone = _faster(alone, _paced(await interview.ask(question)))
    gain = _TOGETHER * (alone.latency or 0) / seconds
    counted = [a.completion.usage.output_tokens or 0 for a in answers if isinstance(a, Told)]
    if alone.rate and all(counted):
        # Answers of different length: tokens tell more than answers.
        gain = sum(counted) / seconds / alone.rate
    found.pace = alone.model_copy(update={"together": _TOGETHER, "gain": gain})


def _paced(answer: Told) -> Pace:
    latency, tokens = answer.completion.latency, answer.completion.usage.output_tokens
    return Pace(latency=latency, rate=tokens / latency if tokens and latency else None)


def _faster(one: Pace, other: Pace) -> Pace:
    """The one with more tokens a second; where they aren't counted, with the shorter wait."""
    if one.rate and other.rate:
        return max(one, other, key=lambda pace: pace.rate or 0)
    return min(one, other, key=lambda pace: pace.latency or 0)


def _timed(interview: Interview, *, is_sampled: bool = False) -> Inquiry:
    """A question whose answer takes long enough to be timed."""
    # Thoughts take time like any other tokens, and needn't come to an end.
    limit = _TIMED if interview.limit == _LIMIT else _LIMIT
    asked = [{"role": "user", "content": _COUNTING}]
    return Inquiry(asked, is_sampled=is_sampled, limit=limit)


def _concluded(settings: Settings, served: Served, found: _Found, price: Price | None) -> Diagnosis:
    interview, probes = found.interview, found.probes
    is_file = is_local_model(settings.model, settings.base_url)
    refused = interview.dialect.unsent
    # A run that serves the file itself knows its slots.
    told = served.model_copy(update={"slots": None}) if is_file else served
    pace = found.pace.model_copy(update={"gain": None}) if is_file else found.pace
    learned = Learned(told, found.reading, found.caching.first, pace, refused)
    basis = Basis.of_file(settings) if is_file else Basis.of(settings, served)
    fitting = fit(settings, learned, basis)
    # What holds for a file is remembered by the address that its run makes up for it.
    dialect = dialect_of_run(interview.settings if is_file else fitting, probes, interview.refusals)
    works = is_usable(probes, dialect.mode)
    instead = None if works else next((m for m in Mode if is_usable(probes, m)), None)
    # What a run would find out by refusals, or a mode that works instead.
    found_out: dict[str, Any] = {} if instead is None else {"mode": instead}
    if dialect.token_parameter != Dialect.of(fitting).token_parameter:
        found_out["token_parameter"] = dialect.token_parameter
    mode = dialect.mode if works else instead
    problem = _problem(mode, found.reading, thinks=bool(found.reasoning))
    return Diagnosis(
        host=Path(settings.model or "").name if is_file else settings.host,
        model=interview.settings.model or "",
        served=served,
        rungs=tuple(one.rung for one in probes.values()),
        tool_choice=probes[Mode.TOOLS].called,
        reasoning=found.reasoning,
        token_parameter=interview.dialect.token_parameter,
        accepted=found.accepted,
        reading=found.reading,
        caching=found.caching,
        pace=found.pace,
        price=price.source if price else None,
        requests=interview.sent,
        tokens=_sum([usage.total for usage in interview.usages]),
        cost=_sum([price.of(usage) for usage in interview.usages]) if price else None,
        mode=mode,
        works=problem is None,
        problem=problem,
        settings=to_toml(fitting.model_copy(update=found_out), basis),
    )


def _problem(mode: Mode | None, reading: LongRead, *, thinks: bool) -> str | None:
    """Why a run wouldn't work; None where it would."""
    if mode is None:
        told = "the model answers in the shape of the schema in no mode"
        return f"{told}; it thinks first: switch that off" if thinks else told
    if reading.whole is False:
        return (
            "a request as long as ours can be isn't read whole; let the server keep more: "
            "OLLAMA_CONTEXT_LENGTH for Ollama, --ctx-size for llama.cpp"
        )
    return None


def _sum(known: Sequence[T | None]) -> T | None:
    """The sum of what is known; None where nothing is."""
    values = [value for value in known if value is not None]
    return sum(values[1:], start=values[0]) if values else None


# A key, headers and what is added to a body are the user's own, and may be secret.
_TOLD = (
    *("base_url", "model", "api_key_env", "mode", "ladder", "token_parameter", "seed_parameter"),
    *("omit", *Sampling, "max_output_tokens", "context", "timeout", "deadline", "concurrency"),
    *("rpm", "tpm", "price_in", "price_out", "price_cached", "price_cache_written"),
    "prompt_cache",
)
# Our prompt, a long abstract and the longest answer; see the plan of a local server.
_ROOMY = 8192
# Answers a second, several at once, against one after the other: below, they wait for each other.
_ALONE = 1.3
# Tokens of a long answer.
_LONG_ANSWER = 1500


@dataclass(frozen=True, slots=True)
class Learned:
    """What the advice rests on; ``refused`` are sampling settings of a run."""

    served: Served
    reading: LongRead
    read_seconds: float | None
    pace: Pace
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Basis:
    """What the advice builds on: a preset by its name, and what holds without being written."""

    preset: str | None
    known: Mapping[str, Any]

    @classmethod
    def of(cls, settings: Settings, served: Served) -> Basis:
        """The preset that is named, else the one of the address or of the software."""
        address = preset_of(settings.base_url)
        preset = next((n for n, one in PRESETS.items() if one is address), None)
        if settings.endpoint in PRESETS:
            preset = settings.endpoint
        preset = preset or preset_of_software(served.software)
        return cls(preset, PRESETS[preset].for_model(settings.model) if preset else {})

    @classmethod
    def of_file(cls, settings: Settings) -> Basis:
        """For a model file: it has no endpoint, and what holds for OpenAI's came by its address."""
        held = PRESETS["openai"].for_model(settings.model)
        return cls(None, {n: v for n, v in held.items() if n in settings.model_fields_set})


def fit(settings: Settings, learned: Learned, basis: Basis) -> Settings:
    """The settings, as they suit the endpoint; the mode is left as it is.

    What the user has set stays, unless the endpoint refuses it or needs more time.
    """
    own = {name: getattr(settings, name) for name in settings.model_fields_set}
    base = Settings.model_validate({**basis.known, **own})
    update = {**_kept(base, learned), **_patience(base, learned), **_omitted(base, learned)}
    return base.model_copy(update=update)


def to_toml(settings: Settings, basis: Basis) -> str:
    """Write down what differs from what the settings build on."""
    usual = Settings.model_validate(basis.known)
    told = {n: v for n in _TOLD if (v := getattr(settings, n)) != getattr(usual, n)}
    profile = settings.endpoint if settings.endpoint not in PRESETS else None
    lines = [f"[endpoints.{toml_key(profile)}]"] if profile else []
    if basis.preset:
        lines.append(f"{'preset' if profile else 'endpoint'} = {toml_value(basis.preset)}")
    lines += [f"{name} = {toml_value(value)}" for name, value in told.items() if value is not None]
    unsaid = "# can't be printed as it is, so it isn't recommended: "
    lines = [line if inert(line) == line else f"{unsaid}{inert(line)}" for line in lines]
    return "".join(f"{line}\n" for line in lines)


def _kept(settings: Settings, learned: Learned) -> dict[str, Any]:
    """Context and concurrency, where the server has little of them."""
    update: dict[str, Any] = {}
    context, slots = learned.served.context, learned.served.slots
    is_tight = context is not None and (context < _ROOMY or learned.reading.whole is False)
    if settings.context is None and is_tight:
        update["context"] = context
    if settings.concurrency is None:
        gain = learned.pace.gain
        is_provider = preset_of(settings.base_url) is not None
        is_alone = gain is not None and gain < _ALONE and not is_provider
        if slots is not None or is_alone:
            update["concurrency"] = slots or 1
    return update


def _patience(settings: Settings, learned: Learned) -> dict[str, Any]:
    """Timeouts, where a long document would take nearly as long."""
    rate, read = learned.pace.rate, learned.read_seconds
    if not rate or read is None:
        return {}
    needed = 2 * (read + _LONG_ANSWER / rate)
    if needed <= settings.timeout:
        return {}
    timeout = 60.0 * math.ceil(needed / 60)
    return {"timeout": timeout, "deadline": max(settings.deadline, 4 * timeout)}


def _omitted(settings: Settings, learned: Learned) -> dict[str, Any]:
    """Sampling settings that are better left out."""
    refused = tuple(
        name for name in sorted(Sampling) if name in learned.refused and name not in settings.omit
    )
    return {"omit": (*settings.omit, *refused)} if refused else {}
