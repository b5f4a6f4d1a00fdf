"""The settings of a run: flags over environment over ``summarise.toml`` over defaults.

Built once, by ``load_settings``; nobody else reads the environment. A key belongs to the host that
it was set for: each layer pairs its key with its own base URL (OpenAI's where it names none), and a
key whose host isn't the one in use is withheld.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
)

from summarise.errors import SettingsError

CONFIG_NAME = "summarise.toml"
OPENAI_BASE_URL = "https://api.openai.com/v1"
_PREFIX = "SUMMARISE_"
_ROUTE = "/chat/completions"
# Spelled like this, a value is the name of a variable; any other could be a key put in its place.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")


class Mode(StrEnum):
    """How the endpoint is held to the schema."""

    JSON_SCHEMA = "json_schema"
    TOOLS = "tools"


class Settings(BaseModel):
    """Everything about a run that isn't its input or its output folder.

    Attributes:
        model: Model id. None selects the embedded extractor, which needs no key and no network.
        base_url: Of an OpenAI-compatible API, up to and including ``/v1``.
        api_key: Key for ``base_url``, None where it needs none.
        api_key_env: Name of the variable that holds the key.
        withheld_key: Name of a variable whose key was set for another host, so isn't sent.
        mode: How the schema is enforced.
        temperature: Sent only when set.
        top_p: Sent only when set.
        seed: Sent only when set.
        max_output_tokens: Upper bound of an answer, in tokens.
        timeout: Seconds for one request, from sending to the whole answer.
        max_attempts: How often a request is sent at most, transport retries included.
        concurrency: Requests in flight at most.
        max_reasks: Corrected requests at most, after an answer that fails validation.
        prompt_version: Name of a folder of ``prompts/``, or the path of a folder of one's own.
        schema_spec: What is filled in, as ``schema.load_schema`` takes it; a setting's name is
            ``schema``, which pydantic has taken.
        cache: Whether answers are kept in, and taken from, the cache.
        cache_dir: Folder of the cache.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    model: str | None = Field(None, min_length=1)
    base_url: str = OPENAI_BASE_URL
    api_key: SecretStr | None = None
    api_key_env: str | None = None
    withheld_key: str | None = None
    mode: Mode = Mode.JSON_SCHEMA
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    seed: int | None = None
    max_output_tokens: PositiveInt = 4096
    timeout: float = Field(120.0, gt=0, allow_inf_nan=False)
    max_attempts: PositiveInt = 5
    concurrency: PositiveInt = Field(16, le=4096)
    max_reasks: NonNegativeInt = 1
    prompt_version: str = "v2"
    schema_spec: str | type[BaseModel] = Field("default", alias="schema")
    cache: bool = True
    cache_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_cache_dir("summarise")))

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        # The address is shown and stored, and paths are added to its end.
        if "@" in url or "?" in url or "#" in url:
            raise ValueError("an address can't hold a user, a password, a query or a fragment")
        if _origin(url) is None or re.search(r"\s", url):
            raise ValueError("not an http(s) address such as http://localhost:11434/v1")
        bare = url.rstrip("/")
        if bare.endswith(_ROUTE):
            raise ValueError(f"the address goes without {_ROUTE}")
        return bare

    @field_validator("cache_dir")
    @classmethod
    def _in_home(cls, path: Path) -> Path:
        return path.expanduser()

    @property
    def host(self) -> str:
        """Host and port of the base URL, without path."""
        return urlsplit(self.base_url).netloc.lower()

    @property
    def sampling(self) -> dict[str, float | int | str]:
        """The sampling settings that are sent."""
        names = ("temperature", "top_p", "seed")
        return {n: v for n in names if (v := getattr(self, n)) is not None}


_SETTABLE = frozenset(f.alias or n for n, f in Settings.model_fields.items()) - {"withheld_key"}


@dataclass(frozen=True, slots=True)
class _Layer:
    """One place that settings come from, and how a user writes the name of a setting there."""

    spell: Callable[[str], str]
    values: dict[str, Any]


def load_settings(
    flags: Mapping[str, Any], environ: Mapping[str, str], config: Path | None = None
) -> Settings:
    """Build the settings.

    Args:
        flags: Settings given for this run; None values don't count.
        environ: The environment.
        config: A TOML file; None reads ``summarise.toml`` in the working directory, if it's there.

    Raises:
        SettingsError: An unknown key, a value that can't be used, or an unreadable file.
    """
    given = _Layer(_as_flag, {k: v for k, v in flags.items() if v is not None})
    layers = [given, _environment_layer(environ), _file_layer(config), _openai_layer(environ)]
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        _check(layer)
        merged.update(layer.values)
    settings = Settings.model_validate(merged)
    key, withheld = _key_for(settings.base_url, layers, environ)
    return settings.model_copy(
        update={"api_key": SecretStr(key) if key else None, "withheld_key": withheld}
    )


def _as_flag(key: str) -> str:
    return "--" + key.replace("_", "-")


def _environment_layer(environ: Mapping[str, str]) -> _Layer:
    values = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(_PREFIX) and value != ""
    }
    return _Layer(lambda key: _PREFIX + key.upper(), values)


def _openai_layer(environ: Mapping[str, str]) -> _Layer:
    """The variables that OpenAI's own clients read."""
    values = {key: environ.get(f"OPENAI_{key.upper()}") for key in ("base_url", "api_key")}
    return _Layer(lambda key: f"OPENAI_{key.upper()}", {k: v for k, v in values.items() if v})


def _file_layer(config: Path | None) -> _Layer:
    path = config or Path(CONFIG_NAME)
    if config is None and not path.is_file():
        return _Layer(str, {})
    try:
        # Editors on Windows put a byte order mark in front.
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(
            f"can't be read ({error.strerror})", where=str(path), hint="Check --config."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError("isn't UTF-8", where=str(path), hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"isn't valid TOML: {error}", where=str(path)) from None
    layer = _Layer(lambda key: f"{path.name}: {key}", values)
    if "api_key" in values:
        raise SettingsError(
            "a key doesn't belong in a file",
            where=layer.spell("api_key"),
            hint='Export it, and write api_key_env = "NAME_OF_THE_VARIABLE" instead.',
        )
    return layer


def _check(layer: _Layer) -> None:
    """Refuse what can't be used, in the words of the place that it came from."""
    for key in layer.values:
        if key not in _SETTABLE:
            raise SettingsError(
                "unknown setting",
                where=layer.spell(key),
                hint=f"Did you mean {' or '.join(_nearest(key, layer))}?",
            )
    try:
        Settings.model_validate(layer.values)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        key = str(fault["loc"][0])
        message = fault["msg"].removeprefix("Value error, ")
        told = f"{message[0].lower()}{message[1:]}{_not(key, fault['input'])}"
        raise SettingsError(told, where=layer.spell(key)) from None


def _nearest(key: str, layer: _Layer) -> list[str]:
    """The settings whose names are most alike, as they are written there; all if none is."""
    near = difflib.get_close_matches(key, sorted(_SETTABLE), n=2) or sorted(_SETTABLE)
    return [layer.spell(name).rsplit(" ", 1)[-1] for name in near]


def _not(key: str, value: object) -> str:
    """The value that can't be used, unless it holds a secret or could hold one."""
    is_secret = key == "api_key" or (key == "base_url" and re.search("[@?#]", str(value)))
    return "" if is_secret else f", not {value!r}"


def _key_for(
    base_url: str, layers: list[_Layer], environ: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """The key that was set for the host in use, else the name of one set for another host."""
    withheld = None
    for layer in layers:
        # A flag is typed for this very command, so for the base URL of this command.
        key_url = base_url if layer.spell is _as_flag else layer.values.get("base_url")
        is_ours = _origin(key_url or OPENAI_BASE_URL) == _origin(base_url)
        for name, key in _keys(layer, environ):
            if is_ours:
                return _usable(name, key, layer), None
            withheld = withheld or (name if key else None)
    return None, withheld


def _keys(layer: _Layer, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The keys of a layer, by name of the variable; an empty one where that isn't set."""
    if key := layer.values.get("api_key", "").strip():
        yield layer.spell("api_key"), key
    if name := layer.values.get("api_key_env"):
        yield name, environ.get(name, "").strip()


def _usable(name: str, key: str, layer: _Layer) -> str:
    """The key itself.

    Raises:
        SettingsError: It is empty, or could never be sent in a header.
    """
    if not key:
        # Who puts the key itself there shouldn't see it on the screen.
        what = f"the variable {name}, which" if _VARIABLE.fullmatch(name) else "a variable that"
        raise SettingsError(
            f"names {what} isn't set",
            where=layer.spell("api_key_env"),
            hint="It takes the name of an exported variable, not the key.",
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError(
            "the key holds a blank or another character that no key has",
            where=name,
            hint="Copy it again.",
        )
    return key


def _origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an http(s) address, None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)
