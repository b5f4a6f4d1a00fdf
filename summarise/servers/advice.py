"""The settings that suit an endpoint, in TOML: what differs from the defaults, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from summarise.characters import inert
from summarise.endpoint import Dialect, Ladder, Memory
from summarise.errors import EndpointError
from summarise.schema import toml_key, toml_value
from summarise.servers.about import is_provider
from summarise.servers.findings import Held, LongRead, Pace, Served
from summarise.servers.probes import SENTINEL, Probe
from summarise.settings import PRESETS, Mode, Sampling, Settings, preset_at, preset_of_software

# A key, headers and what is added to a body are the user's own, and may be secret.
_TOLD = (
    *("base_url", "model", "api_key_env", "mode", "ladder", "token_parameter", "seed_parameter"),
    *("omit", *Sampling, "max_output_tokens", "context", "timeout", "deadline", "concurrency"),
    *("rpm", "tpm", "price_in", "price_out", "price_cached"),
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
        address = preset_at((urlsplit(settings.base_url).hostname or "").lower())
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


def with_dialect(settings: Settings, dialect: Dialect, instead: Mode | None) -> Settings:
    """The settings, with what a run would find out by refusals, or a mode that works instead."""
    update: dict[str, Any] = {}
    if instead is not None:
        update["mode"] = instead
    if dialect.token_parameter != Dialect.of(settings).token_parameter:
        update["token_parameter"] = dialect.token_parameter
    return settings.model_copy(update=update)


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
        is_alone = gain is not None and gain < _ALONE and not is_provider(settings)
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
