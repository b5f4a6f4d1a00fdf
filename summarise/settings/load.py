"""Building the settings of a run out of their layers.

    flags > SUMMARISE_* > the chosen profile > the rest of summarise.toml > preset
          > OPENAI_BASE_URL > defaults

Two things are bound to an address. A key goes only to the one that it was set for. And what
describes an endpoint (its prices, its quirks) counts only for the endpoint that it was written
beside: a base URL in ``summarise.toml`` says nothing of another one that a flag names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import SecretStr

from summarise.errors import SettingsError, check_choice
from summarise.models import EMBEDDED
from summarise.settings.layers import (
    CONFIG_VARIABLE,
    File,
    Layer,
    environment_layer,
    flags_layer,
    is_variable,
    openai_layer,
    read_file,
    vet_found,
    vet_key,
)
from summarise.settings.masking import masked
from summarise.settings.model import OPENAI_BASE_URL, Settings, is_local_model, is_same_origin
from summarise.settings.presets import PRESETS, SERVICES, Preset, endpoint_for, preset_of, set_key

# What is true of one endpoint and may be false of the next.
_OF_ADDRESS = frozenset(
    (
        *("base_url", "api_key_env", "ladder", "omit", "token_parameter", "seed_parameter"),
        *("extra_headers", "extra_body", "context", "price_in", "price_out", "price_cached"),
        *("price_cache_written", "prompt_cache"),
    )
)
# A shorter key pleases a server of this machine, and stands in any text.
_SHORTEST, _SHORTEST_UNNAMED = 8, 16
_CALLED_KEY = re.compile(r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD)$")
# Tables: a layer adds to those below it, name by name.
_TABLES = ("extra_headers", "extra_body", "sources")


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """The endpoint that a name stands for: a profile, a preset, or a profile upon a preset."""

    name: str
    profile: Layer | None
    preset: Preset | None

    @property
    def address(self) -> str | None:
        own = self.profile.values.get("base_url") if self.profile else None
        return own or (self.preset.values.get("base_url") if self.preset else None)


def load_settings(
    flags: Mapping[str, Any], environ: Mapping[str, str], config: Path | None = None
) -> Settings:
    """Build the settings. Flags that are None don't count.

    Without a ``config`` that file is read which ``SUMMARISE_CONFIG`` names, else ``summarise.toml``
    in the working directory, if it's there. That one was only found, and may not do all that one
    that was named may: see ``layers``.

    Raises:
        SettingsError: An unknown key, a value that can't be used, or an unreadable file.
    """
    named = environ.get(CONFIG_VARIABLE)
    file = read_file(config or (Path(named) if named else None))
    places = _Origins(flags_layer(flags), environment_layer(environ), file, openai_layer(environ))
    places.refuse_keys(environ)
    for layer in places.written:
        layer.checked()
    places.refuse_foreign_model()
    chooser = next((layer for layer in places.written if "endpoint" in layer.values), None)
    chosen = places.endpoint_of(chooser)
    base_url = places.base_url(chooser, chosen)
    places.vet(chosen)
    settings = places.with_model_or_none(Settings.model_validate(places.merged(base_url, chosen)))
    key = places.key_for(settings.base_url, chosen, environ)
    if key.value and settings.max_cost:
        places.vet(chosen, pays=True)
    if settings.model is not None and not is_local_model(settings.model, settings.base_url):
        refuse_outside(settings)
    return settings.model_copy(
        update={
            "api_key": SecretStr(key.value) if key.value else None,
            "api_key_env": key.variable or settings.api_key_env,
            "withheld_key": key.withheld,
            "service_keys": _service_keys(environ),
        }
    )


class _KeyHolder(NamedTuple):
    """A layer that may name a key, and whether that is for a base URL."""

    layer: Layer
    serves: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Key:
    """What came of the search for a key."""

    value: str | None = None
    variable: str | None = None
    """The one that a layer named for it, None where the key was given itself."""
    withheld: str | None = None
    """Without a key, the name of a variable whose key was set for another address."""


@dataclass(frozen=True, slots=True)
class _Origins:
    """All that settings are taken from."""

    flags: Layer
    environment: Layer
    file: File
    openai: Layer

    @property
    def written(self) -> tuple[Layer, ...]:
        """The layers that are checked as they stand, the first one first."""
        return self.flags, self.environment, self.file.layer, self.openai

    def refuse_keys(self, environ: Mapping[str, str]) -> None:
        """Refuse a key where a setting stands, which is shown and kept.

        Raises:
            SettingsError: A key that is set now stands there.
        """
        layers = (self.flags, self.environment, self.file.layer, *self.file.profiles.values())
        keys = _keys_in(environ, layers) | {str(self.flags.values.get("api_key", ""))}
        for layer, key in product(layers, keys):
            for name, value in layer.values.items():
                if name != "api_key" and len(key) >= _SHORTEST_UNNAMED and key in f"{name} {value}":
                    raise SettingsError(
                        "holds a key, and would be shown and kept",
                        where=masked(layer.spell(name), key),
                        hint="Export the key, and name its variable by --api-key-env.",
                    )

    def refuse_foreign_model(self) -> None:
        """Refuse a model of another provider that would go to OpenAI, as no endpoint is given.

        Raises:
            SettingsError: OpenAI has no such model.
        """
        layer = next((one for one in self.written if "model" in one.values), None)
        is_told = any({"endpoint", "base_url"} & one.values.keys() for one in self.written)
        if layer is None or is_told or is_local_model(layer.values["model"]):
            return
        model = layer.values["model"]
        if (endpoint := endpoint_for(model)) is None:
            return
        hint = f"Add --endpoint {endpoint}."
        name, slash, rest = model.partition("/")
        if slash and rest and name in {*self.file.profiles, *PRESETS}:
            hint = f"Write --endpoint {name} --model {rest}, or add --endpoint {endpoint}."
        raise SettingsError(
            f"OpenAI has no model {model!r}, and no endpoint is given",
            where=layer.spell("model"),
            hint=hint,
        )

    def endpoint_of(self, layer: Layer | None) -> _Endpoint | None:
        """The endpoint that a layer names; raises ``SettingsError`` where there is none such."""
        if layer is None or "endpoint" not in layer.values:
            return None
        name = layer.values["endpoint"]
        profile = self.file.profiles.get(name)
        known = dict.fromkeys((*self.file.profiles, *PRESETS))
        check_choice("endpoint", name, known, layer.spell("endpoint"))
        # A profile that has a preset's name builds on it, unless it names another one.
        on = name if profile is None else profile.values.get("preset", name)
        if profile is not None and "preset" in profile.values:
            check_choice("endpoint", on, PRESETS, profile.spell("preset"))
        return _Endpoint(name, profile, PRESETS.get(on))

    def base_url(self, chooser: Layer | None, chosen: _Endpoint | None) -> str:
        """The address in use.

        An endpoint's own address goes before that of any place less particular than the one that
        chose the endpoint: ``--endpoint`` isn't for an address in the environment.

        Raises:
            SettingsError: The endpoint that was chosen has none, and none is given beside it.
        """
        addresses: list[str | None] = []
        for layer in self.written:
            addresses.append(layer.values.get("base_url"))
            if chosen is not None and layer is chooser:
                # A profile goes before the file that it stands in, a preset behind.
                has_own = chosen.profile is not None and "base_url" in chosen.profile.values
                is_first = layer is self.file.layer and has_own
                addresses.insert(len(addresses) - is_first, chosen.address)
        found = next(filter(None, addresses), None)
        if found is None and chosen is not None and chosen.preset is not None:
            raise SettingsError(
                "has no address of its own",
                where=f"endpoint {chosen.name}",
                hint=f"Give --base-url ({chosen.preset.about}).",
            )
        return str(found or OPENAI_BASE_URL)

    def merged(self, base_url: str, chosen: _Endpoint | None) -> dict[str, Any]:
        layers = [self.flags, self.environment, *self._of_file(chosen)]
        named = chosen.preset if chosen else None
        preset = named or preset_of(base_url)
        model = next((v for la in layers if (v := la.values.get("model"))), None)
        merged = preset.for_model(model) if preset else {}
        if named is None:
            # Its key is only for who names it.
            merged.pop("api_key_env", None)
        for layer in reversed(layers):
            values = layer.checked()
            own = layer.values.get("base_url", base_url)
            if layer in (self.environment, self.file.layer) and not is_same_origin(own, base_url):
                values = {k: v for k, v in values.items() if k not in _OF_ADDRESS}
            for name in _TABLES:
                if name in values:
                    values[name] = {**merged.get(name, {}), **values[name]}
            merged.update(values)
        return {**merged, "base_url": base_url}

    def with_model_or_none(self, settings: Settings) -> Settings:
        """The settings of a model that is named, or of none, where that is what is meant."""
        if settings.model == EMBEDDED:
            return settings.model_copy(update={"model": None})
        if settings.model is not None:
            return settings
        layers = (self.flags, self.environment, self.file.layer)
        lacks = any({"base_url", "endpoint"} & la.values.keys() for la in layers)
        return settings.model_copy(update={"lacks_model": lacks})

    def vet(self, chosen: _Endpoint | None, *, pays: bool = False) -> None:
        """Refuse what a file that was only found may not set, its key apart: see ``vet_found``."""
        if not self.file.is_named:
            vet_found(self._of_file(chosen), (self.flags, self.environment), pays=pays)

    def _of_file(self, chosen: _Endpoint | None) -> list[Layer]:
        """The layers of the file that count."""
        own = [chosen.profile] if chosen and chosen.profile else []
        return [*own, self.file.layer]

    def key_for(self, base_url: str, chosen: _Endpoint | None, environ: Mapping[str, str]) -> _Key:
        """The key that was set for an address, in the first layer that has one.

        Raises:
            SettingsError: The variable that is named for it isn't set or isn't to be trusted, or no
                header could hold the key.
        """
        withheld = None
        # All of them first: an endpoint that isn't there is told of wherever it is named.
        for layer, serves in list(self._holders(chosen)):
            given, variable = (
                layer.values.get("api_key", "").strip(),
                layer.values.get("api_key_env"),
            )
            keys = [(layer.spell("api_key"), given, None)] if given else []
            if variable:
                keys.append((variable, environ.get(variable, "").strip(), variable))
            for name, key, named in keys:
                if serves(base_url):
                    self._vet_key(layer, name, base_url, chosen)
                    return _Key(_usable(name, key, layer), named)
                withheld = withheld or (name if key else None)
        return _Key(withheld=withheld)

    def _holders(self, chosen: _Endpoint | None) -> Iterator[_KeyHolder]:
        """The layers that may name a key, and whom their keys are for."""
        # A flag is typed for this very command, so for the base URL of this command.
        yield _KeyHolder(self.flags, lambda _: True)
        yield self._holder(self.environment)
        if chosen is not None and chosen.profile is not None:
            address = chosen.address or self.file.layer.values.get("base_url")
            yield _bound(chosen.profile, address)
        yield self._holder(self.file.layer)
        if chosen is not None and chosen.preset is not None:
            yield _preset_holder(chosen.name, chosen.preset)
        yield self._holder(self.openai)

    def _holder(self, layer: Layer) -> _KeyHolder:
        """A key is for the base URL beside it, else for the endpoint that is named beside it."""
        named = self.endpoint_of(layer)
        return _bound(layer, layer.values.get("base_url") or (named.address if named else None))

    def _vet_key(self, layer: Layer, name: str, url: str, chosen: _Endpoint | None) -> None:
        """Refuse a key that a file which was only found names, or alone says whom it is for."""
        users, of_file = (self.flags, self.environment), self._of_file(chosen)
        if self.file.is_named or layer not in (*users, *of_file):
            return
        if layer in of_file:
            vet_key(name, url, layer.spell("api_key_env"), is_given=False)
            return
        said, found = ([one.values.get("base_url") for one in ones] for ones in (users, of_file))
        if chosen is not None and chosen.preset is not None:
            is_users = any("endpoint" in one.values for one in users)
            (said if is_users else found).append(chosen.preset.values.get("base_url"))
        is_said, is_found = (any(is_same_origin(u or "", url) for u in us) for us in (said, found))
        if is_found and not is_said:
            own, named = map(layer.spell, ("api_key", "api_key_env"))
            vet_key(name, url, own if name == own else named, is_given=True)


def _usable(name: str, key: str, layer: Layer) -> str:
    """The key itself; raises ``SettingsError`` where it is empty or no header could hold it."""
    if not key:
        # Who puts the key itself there shouldn't see it on the screen.
        if not is_variable(name):
            told, hint = "isn't the name of a variable", "Give the name, not the key."
        else:
            told, hint = f"the variable {name} isn't set", set_key(name)
        raise SettingsError(told, where=layer.spell("api_key_env"), hint=hint)
    _check_key(key, name)
    return key


def _service_keys(environ: Mapping[str, str]) -> dict[str, SecretStr]:
    """The keys that the environment holds, by the name of the service."""
    keys = {}
    for name, site in SERVICES.items():
        variable = site.key_variable or ""
        if key := environ.get(variable, "").strip():
            _check_key(key, variable)
            keys[name] = SecretStr(key)
    return keys


def _check_key(key: str, where: str) -> None:
    """Refuse, by a ``SettingsError``, a key that no header could hold."""
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError(
            "the key holds a blank or another character that no key has",
            where=where,
            hint="Copy it again.",
        )


def _bound(layer: Layer, address: str | None) -> _KeyHolder:
    return _KeyHolder(layer, lambda url: is_same_origin(url, address or OPENAI_BASE_URL))


def _preset_holder(name: str, preset: Preset) -> _KeyHolder:
    """The key of a preset is for its address, or, where the user gives that, for its hosts."""
    layer = Layer(lambda key: f"endpoint {name}: {key}", preset.values)
    if "base_url" in preset.values:
        return _bound(layer, preset.values["base_url"])
    return _KeyHolder(layer, preset.is_key_for)


def keys_set(environ: Mapping[str, str]) -> set[str]:
    """The keys that are set now, of whatever endpoint or service, so that none is given away.

    So may be what any variable holds that is called like one: a flag may have named it for a run.

    Raises:
        SettingsError: The settings file can't be read.
    """
    variable = environ.get(CONFIG_VARIABLE)
    file = read_file(Path(variable) if variable else None)
    return _keys_in(environ, [file.layer, *file.profiles.values(), environment_layer(environ)])


def _keys_in(environ: Mapping[str, str], layers: Sequence[Layer]) -> set[str]:
    presets = (one.values for one in PRESETS.values())
    values: list[Mapping[str, Any]] = [*(one.values for one in layers), *presets]
    named = {str(one.get("api_key_env")) for one in values}
    named |= {site.key_variable for site in SERVICES.values() if site.key_variable}
    named |= {"SUMMARISE_API_KEY"}
    return {
        value
        for name, text in environ.items()
        if len(value := text.strip()) >= (_SHORTEST if name in named else _SHORTEST_UNNAMED)
        if name in named or _CALLED_KEY.search(name)
    }


def refuse_outside(settings: Settings) -> None:
    """With ``offline``, refuse an endpoint that isn't on this machine; raises ``SettingsError``."""
    if settings.offline and not settings.is_local:
        raise SettingsError(
            f"{settings.host} isn't on this machine, and --offline opens nothing else",
            where="base_url",
            hint="Name a server of this machine, such as --endpoint ollama.",
        )
