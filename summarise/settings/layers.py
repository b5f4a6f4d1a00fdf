"""The places that settings come from, and what can't be used of them, told in the user's spelling.

A place is a layer: flags, environment, a profile of the settings file, the rest of that file, a
preset, and what OpenAI's own clients read.

Whoever unpacks a folder and works in it has not read its ``summarise.toml``. So such a file, which
was only found, names no secret but the key of a known endpoint, for that endpoint alone; no key of
the user's goes to a host that it leads to; it imports no code, and reads and writes nothing outside
its folder. One that the user names may do all of it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from summarise.characters import for_screen
from summarise.errors import SettingsError, first_fault, meant
from summarise.schema import SUFFIXES, from_toml, read_text
from summarise.settings.model import Settings, is_same_origin
from summarise.settings.presets import PRESETS

CONFIG_NAME = "summarise.toml"
CONFIG_VARIABLE = "SUMMARISE_CONFIG"
_PREFIX = "SUMMARISE_"
_PROFILES = "endpoints"
_FILLED_IN = {"withheld_key", "lacks_model", "parameters", "service_keys"}
_SETTABLE = frozenset(f.alias or n for n, f in Settings.model_fields.items()) - _FILLED_IN
# A profile is what an endpoint is called by; it can't call itself another one.
_IN_PROFILES = (_SETTABLE | {"preset"}) - {"endpoint"}
# Spelled like this, a value is the name of a variable; any other could be a key put in its place.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_FOUND = f"a {CONFIG_NAME} that was only found in the folder"


@dataclass(frozen=True, slots=True)
class Layer:
    """One place that settings come from, as they were written."""

    spell: Callable[[str], str]
    """How a user writes the name of a setting there."""
    values: Mapping[str, Any]
    known: frozenset[str] = _SETTABLE

    def checked(self) -> dict[str, Any]:
        """The values as settings have them, by the name of the attribute, without a preset.

        Raises:
            SettingsError: A name isn't known, or a value can't be used.
        """
        for key in self.values:
            if key not in self.known:
                hint = meant(
                    key, sorted(self.known), lambda one: self.spell(one).rsplit(" ", 1)[-1]
                )
                raise SettingsError("unknown setting", where=self.spell(key), hint=hint)
        try:
            settings = Settings.model_validate(
                {name: value for name, value in self.values.items() if name != "preset"}
            )
        except ValidationError as error:
            (at, *inside), told = first_fault(error)
            key = str(at)
            told = f"{'each ' if inside else ''}{told}{_not(key, self.values.get(key))}"
            raise SettingsError(told, where=self.spell(key)) from None
        return {name: getattr(settings, name) for name in settings.model_fields_set}


@dataclass(frozen=True, slots=True)
class File:
    """A settings file: what stands outside of its profiles ``[endpoints.NAME]``, and those."""

    layer: Layer
    profiles: Mapping[str, Layer]
    is_named: bool = True
    """Whether the user named the file; else it was only found."""


def flags_layer(flags: Mapping[str, Any]) -> Layer:
    """What was given for this run; a None doesn't count."""
    given = {key: value for key, value in flags.items() if value is not None}
    return Layer(lambda key: "--" + key.replace("_", "-"), given)


def environment_layer(environ: Mapping[str, str]) -> Layer:
    """The variables that begin with ``SUMMARISE_``."""
    values = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(_PREFIX) and value != "" and name != CONFIG_VARIABLE
    }
    return Layer(lambda key: _PREFIX + key.upper(), values)


def openai_layer(environ: Mapping[str, str]) -> Layer:
    """The variables that OpenAI's own clients read."""
    values = {key: environ.get(f"OPENAI_{key.upper()}") for key in ("base_url", "api_key")}
    return Layer(lambda key: f"OPENAI_{key.upper()}", {k: v for k, v in values.items() if v})


def read_file(config: Path | None) -> File:
    """Read a settings file; None reads ``summarise.toml`` in the working folder, if it's there.

    Raises:
        SettingsError: It can't be read, holds a key, or a profile has something that can't be used.
    """
    path = config or Path(CONFIG_NAME)
    # A folder or a broken link of that name is told: it holds no setting that somebody counts on.
    values = {} if config is None and not os.path.lexists(path) else _toml(path)
    tables = values.pop(_PROFILES, {})
    layer = Layer(lambda key: f"{path.name}: {key}", values)
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise SettingsError(
            "isn't a table of endpoints",
            where=layer.spell(_PROFILES),
            hint=f"Write [{_PROFILES}.NAME], and the settings below it.",
        )
    profiles = {name: _profile(path.name, name, table) for name, table in tables.items()}
    for one in (layer, *profiles.values()):
        if "api_key" in one.values:
            raise SettingsError(
                "a key doesn't belong in a file",
                where=one.spell("api_key"),
                hint='Export it, and write api_key_env = "NAME_OF_THE_VARIABLE" instead.',
            )
    for one in profiles.values():
        if not isinstance(one.values.get("preset", ""), str):
            raise SettingsError(
                "isn't the name of a preset", where=one.spell("preset"), hint="Put it in quotes."
            )
        one.checked()
    return File(layer, profiles, is_named=config is not None)


def _profile(file: str, name: str, table: dict[str, Any]) -> Layer:
    return Layer(lambda key: f"{file}: {_PROFILES}.{name}.{key}", table, _IN_PROFILES)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return from_toml(read_text(path))
    except OSError as error:
        raise SettingsError(
            f"can't be read ({error.strerror})", where=str(path), hint="Check --config."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError("isn't UTF-8", where=str(path), hint="Save it as UTF-8.") from None
    except ValueError as error:
        told = for_screen(str(error), 400, reveal=True)
        raise SettingsError(f"isn't valid TOML: {told}", where=str(path)) from None


def _not(key: str, value: object) -> str:
    """The value that can't be used, unless it holds a secret or could hold one."""
    is_secret = key in {"api_key", "extra_headers"} or (
        key == "base_url" and re.search("[@?#]", str(value))
    )
    return "" if is_secret else f", not {for_screen(repr(value), 200, reveal=True)}"


def is_variable(name: str) -> bool:
    """Whether a name is spelled as that of a variable, so that it can't be a key."""
    return _VARIABLE.fullmatch(name) is not None


def vet_found(layers: Sequence[Layer], over: Sequence[Layer], *, pays: bool = False) -> None:
    """Refuse what the layers of a file that was only found may not set, unless one goes over it.

    With ``pays``, the user's key pays, up to a cost.
    """
    for name, (reaches, what) in (_PRICING if pays else _REACHING).items():
        layer = next((one for one in (*over, *layers) if name in one.values), None)
        if layer is not None and layer in layers and reaches(layer.values[name]):
            value = layer.values[name]
            # Not every setting has a flag.
            has_flag = name not in {"cache_dir", "sources", "price_cached", "price_cache_written"}
            spelt = f"--{name.replace('_', '-')} " if has_flag else f"{_PREFIX}{name.upper()}="
            value = json.dumps(value) if isinstance(value, dict) else value
            raise SettingsError(
                f"{_FOUND} {what}, so not {value!r}",
                where=layer.spell(name),
                hint=f"Say it by {_by_hand(f'{spelt}{value}')}.",
            )


def vet_key(name: str, base_url: str, where: str, *, is_given: bool) -> None:
    """Refuse a key where a file that was only found names it, or, if it is given, where it goes.

    A key of a known endpoint may go there, by its variable's name; a given one that is none of
    theirs, to any of them.
    """
    owners = [one for one, preset in PRESETS.items() if preset.values.get("api_key_env") == name]
    for one in owners or (PRESETS if is_given else ()):
        known = PRESETS[one]
        own_url = known.values.get("base_url", "")
        if known.is_key_for(base_url) or is_same_origin(own_url, base_url):
            return
    # Who puts the key itself there shouldn't see it on the screen.
    shown = name if is_variable(name) else "NAME"
    flag = f"--base-url {base_url}" if is_given else f"--api-key-env {shown}"
    if is_given:
        whose = f"is the key of {owners[0]}" if owners else "was not set for a host"
        told = f"{shown} {whose}, and {_FOUND} leads to {base_url}"
    elif owners:
        told = f"{_FOUND} names no other address for the key of {owners[0]} than its own"
    else:
        told = f"{_FOUND} names no variable but the keys of known endpoints"
    raise SettingsError(told, where=where, hint=f"Say it by {_by_hand(flag)}.")


def _by_hand(flag: str) -> str:
    return f"{flag}, or name the file: --config {CONFIG_NAME}, or {CONFIG_VARIABLE}={CONFIG_NAME}"


def _is_outside(path: Any) -> bool:
    """Whether a path leads out of the working folder, by itself or by a link on its way."""
    here = Path.cwd().resolve()
    try:
        return not (here / Path(str(path)).expanduser()).resolve().is_relative_to(here)
    except (OSError, RuntimeError, ValueError):
        return True


def _is_foreign(spec: Any) -> bool:
    """Whether what a schema is named by is a module to import, or a path out of the folder."""
    is_path = not isinstance(spec, str) or ":" not in spec[1:]
    return _is_outside(spec) or not (is_path or Path(spec).suffix.lower() in SUFFIXES)


_REACHING: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "schema": (_is_foreign, "imports no module, and names no schema outside of it"),
    "prompt_version": (_is_outside, "names no prompts outside of it"),
    "cache_dir": (_is_outside, "names no cache outside of it"),
    "sources": (bool, "says nothing of where papers are fetched from"),
}
_PRICING: Mapping[str, tuple[Callable[[Any], bool], str]] = dict.fromkeys(
    ("price_in", "price_out", "price_cached", "price_cache_written"),
    (lambda _: True, "sets no price where your key pays up to --max-cost"),
)
