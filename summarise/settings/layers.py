"""The places that settings come from, and what can't be used of them, told in the user's spelling.

A place is a layer: flags, environment, a profile of the settings file, the rest of that file, a
preset, and what OpenAI's own clients read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from summarise.characters import for_screen
from summarise.errors import SettingsError
from summarise.schema import from_toml, read_text
from summarise.settings.model import Settings

CONFIG_NAME = "summarise.toml"
CONFIG_VARIABLE = "SUMMARISE_CONFIG"
_PREFIX = "SUMMARISE_"
_PROFILES = "endpoints"
_FILLED_IN = {"withheld_key", "lacks_model", "parameters"}
_SETTABLE = frozenset(f.alias or n for n, f in Settings.model_fields.items()) - _FILLED_IN
# A profile is what an endpoint is called by; it can't call itself another one.
_IN_PROFILES = (_SETTABLE | {"preset"}) - {"endpoint"}


@dataclass(frozen=True, slots=True)
class Layer:
    """One place that settings come from, as they were written.

    Attributes:
        spell: How a user writes the name of a setting there.
        known: What may stand there.
    """

    spell: Callable[[str], str]
    values: Mapping[str, Any]
    known: frozenset[str] = _SETTABLE

    def checked(self) -> dict[str, Any]:
        """The values as settings have them, by the name of the attribute, without a preset.

        Raises:
            SettingsError: A name isn't known, or a value can't be used.
        """
        for key in self.values:
            if key == "assist":
                raise assist_has_left(self.spell(key))
            if key not in self.known:
                raise SettingsError(
                    "unknown setting",
                    where=self.spell(key),
                    hint=f"Did you mean {' or '.join(self._nearest(key))}?",
                )
        try:
            settings = Settings.model_validate(
                {name: value for name, value in self.values.items() if name != "preset"}
            )
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            key = str(fault["loc"][0])
            message = fault["msg"].removeprefix("Value error, ")
            told = f"{message[0].lower()}{message[1:]}{_not(key, self.values.get(key))}"
            raise SettingsError(told, where=self.spell(key)) from None
        return {name: getattr(settings, name) for name in settings.model_fields_set}

    def _nearest(self, key: str) -> list[str]:
        """The settings whose names are most alike, as they are written there; all if none is."""
        known = sorted(self.known)
        near = difflib.get_close_matches(key, known, n=2) or known
        return [self.spell(name).rsplit(" ", 1)[-1] for name in near]


@dataclass(frozen=True, slots=True)
class File:
    """A settings file: its profiles ``[endpoints.NAME]``, and what stands outside of them.

    Attributes:
        profiles: By name; ``preset`` may stand among their values.
        is_named: Whether the user named the file; else it was only found.
    """

    layer: Layer
    profiles: Mapping[str, Layer]
    is_named: bool = True


def assist_has_left(where: str) -> SettingsError:
    """What to tell whoever asks for a mode in which a small model chose among what code had found.

    Measured on a model of 135 million parameters, its records were those of code alone, and cost
    32 calls.
    """
    return SettingsError(
        "has left, since the embedded extractor does better than a small model that chooses",
        where=where,
        hint="Leave it out; --model embedded asks no model.",
    )


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
    values = {} if config is None and not path.is_file() else _toml(path)
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
        _refuse_key(one)
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


def _refuse_key(layer: Layer) -> None:
    if "api_key" in layer.values:
        raise SettingsError(
            "a key doesn't belong in a file",
            where=layer.spell("api_key"),
            hint='Export it, and write api_key_env = "NAME_OF_THE_VARIABLE" instead.',
        )


def _not(key: str, value: object) -> str:
    """The value that can't be used, unless it holds a secret or could hold one."""
    is_secret = key in {"api_key", "extra_headers"} or (
        key == "base_url" and re.search("[@?#]", str(value))
    )
    return "" if is_secret else f", not {for_screen(repr(value), 200, reveal=True)}"
