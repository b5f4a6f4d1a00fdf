"""What is compared: which endpoint with which model, by what name, in which folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from summarise.errors import SettingsError
from summarise.models import EMBEDDED
from summarise.settings import Settings, is_local_model

# What every file system takes, whatever letter case it tells apart.
_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_FOLDER_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of those that are compared, with a name and a run directory of its own."""

    name: str
    folder: str
    settings: Settings

    @classmethod
    def embedded(cls, settings: Settings) -> Candidate:
        """The embedded extractor, with the settings of one of the models."""
        return cls(EMBEDDED, EMBEDDED, settings.model_copy(update={"model": None}))


class _Choice(NamedTuple):
    """An endpoint and a model, as far as they were named."""

    endpoint: str | None
    model: str | None


def named_candidates(
    endpoints: Sequence[str], models: Sequence[str], load: Callable[..., Settings]
) -> tuple[Candidate, ...]:
    """The candidates that a user names: each endpoint ``NAME`` or ``NAME=MODEL``.

    Several models may be named for one endpoint, or one for several. ``load`` builds the settings
    for ``endpoint`` and ``model``, each a name or None. The embedded extractor runs beside them,
    named or not.

    Raises:
        SettingsError: It isn't clear who is meant, one has no model, or two are the same.
    """
    choices = list(_choices(endpoints, [one for one in models if one != EMBEDDED]))
    settings = [load(endpoint=one.endpoint, model=one.model) for one in choices]
    for choice, own in zip(choices, settings, strict=True):
        if own.model is None:
            raise _without_model(choice)
    named = [_Choice(c.endpoint, s.model) for c, s in zip(choices, settings, strict=True)]
    candidates = [
        Candidate(name, _folder(choice, own), own)
        for name, choice, own in zip(_names(named), named, settings, strict=True)
    ]
    _refuse_twins(candidates)
    return tuple(candidates)


def _choices(endpoints: Sequence[str], models: Sequence[str]) -> Iterator[_Choice]:
    """Each endpoint with each of its models, in the order in which they were named."""
    parts = [endpoint.partition("=") for endpoint in endpoints]
    open_ = [name for name, _, model in parts if not model]
    if len(open_) > 1 and len(models) > 1:
        raise SettingsError(
            f"it isn't clear which of {len(models)} models is at which of {len(open_)} endpoints",
            where="--model",
            hint="Write --endpoint NAME=MODEL for each.",
        )
    if endpoints and models and not open_:
        raise SettingsError(
            "every endpoint has a model of its own, so none is left for this one",
            where=f"--model {models[0]}",
            hint="Write --endpoint NAME=MODEL for it, too.",
        )
    named: list[str | None] = [*models] or [None]
    for name, _, model in parts:
        yield from (_Choice(name, one) for one in ([model] if model else named))
    if not endpoints:
        yield from (_Choice(None, one) for one in named)


def _without_model(choice: _Choice) -> SettingsError:
    name = choice.endpoint
    if name is None:
        return SettingsError(
            "no model is named, so there is nothing to compare",
            where="compare-models",
            hint="Name some with --model, or with --endpoint NAME=MODEL.",
        )
    return SettingsError(
        "has no model",
        where=f"--endpoint {name}",
        hint=f"Write --endpoint {name}=MODEL, or model in [endpoints.{name}] of summarise.toml.",
    )


def _names(choices: Sequence[_Choice]) -> Iterator[str]:
    """The shortest name of each that tells it from the others: its endpoint's, its model's, both.

    Where all are at one endpoint, the models are what differs.
    """
    places = Counter(choice.endpoint for choice in choices)
    for endpoint, model in choices:
        name = str(model if endpoint is None or len(places) == 1 else endpoint)
        is_own = len(places) == 1 or places[endpoint] == 1 or endpoint is None
        yield name if is_own and name != EMBEDDED else f"{endpoint or ''}={model}"


def _folder(choice: _Choice, settings: Settings) -> str:
    """A name for a run directory that depends on nothing but this endpoint and this model."""
    model = str(choice.model)
    if is_local_model(model, settings.base_url):
        place, shown = "file", Path(model).stem
    else:
        place, shown = choice.endpoint or settings.host, model
    full = f"{place}-{shown}"
    safe = _UNSAFE.sub("-", full.lower())[:_FOLDER_CHARACTERS].strip("-.")
    if safe == full and shown == model:
        return safe
    # What was changed could have been another name's, too.
    exact = sha256("\0".join((place, model)).encode())
    return f"{safe}-{exact.hexdigest()[:6]}"


def _refuse_twins(candidates: Sequence[Candidate]) -> None:
    """Refuse two with the same settings, by a ``SettingsError``: one would agree with itself."""
    bare = [one.settings.model_copy(update={"endpoint": None}) for one in candidates]
    for at, own in enumerate(bare):
        if own in bare[:at]:
            raise SettingsError(
                f"is the same model with the same settings as {candidates[bare.index(own)].name}",
                where=candidates[at].name,
                hint="Name each once; --base-url counts for every endpoint.",
            )
