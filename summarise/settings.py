"""The settings of a run: flags over environment over ``summarise.toml`` over defaults.

Built once, by ``load_settings``; nobody else reads the environment. A key belongs to the host that
it was set for: each layer pairs its key with its own base URL (OpenAI's where it names none), and a
key whose host isn't the one in use is withheld.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
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
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
)

from summarise.errors import SettingsError

CONFIG_NAME = "summarise.toml"
OPENAI_BASE_URL = "https://api.openai.com/v1"
_PREFIX = "SUMMARISE_"


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
        prompt_version: Folder of ``prompts/``.
        cache: Whether answers are kept in, and taken from, the cache.
        cache_dir: Folder of the cache.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

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
    timeout: PositiveFloat = 120.0
    max_attempts: PositiveInt = 5
    concurrency: PositiveInt = Field(16, le=4096)
    max_reasks: NonNegativeInt = 1
    prompt_version: str = "v1"
    cache: bool = True
    cache_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_cache_dir("summarise")))

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        if _origin(url) is None:
            raise ValueError("not an http(s) address such as http://localhost:11434/v1")
        return url.rstrip("/")

    @property
    def host(self) -> str:
        """Host and port of the base URL, without user, path or query."""
        parts = urlsplit(self.base_url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    @property
    def sampling(self) -> dict[str, float | int | str]:
        """The sampling settings that are sent."""
        names = ("temperature", "top_p", "seed")
        return {n: v for n in names if (v := getattr(self, n)) is not None}


_FROM_FILE = frozenset(Settings.model_fields) - {"api_key", "withheld_key"}
_FROM_ENVIRONMENT = frozenset(Settings.model_fields) - {"withheld_key"}


@dataclass(frozen=True, slots=True)
class _Layer:
    """One place that settings come from."""

    name: str
    values: dict[str, Any]

    def label(self, key: str) -> str:
        """How a user would write the setting there."""
        if self.name == "flag":
            return "--" + key.replace("_", "-")
        return _PREFIX + key.upper() if self.name == "environment" else f"{self.name}: {key}"


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
    layers = [
        _Layer("flag", {k: v for k, v in flags.items() if v is not None}),
        _environment_layer(environ),
        _file_layer(config),
    ]
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        merged.update(layer.values)
    if "base_url" not in merged and environ.get("OPENAI_BASE_URL"):
        merged["base_url"] = environ["OPENAI_BASE_URL"]
    key, withheld = _key_for(merged.get("base_url", OPENAI_BASE_URL), layers, environ)
    merged.update(api_key=key, withheld_key=withheld)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise _explain(error, layers) from None


def _environment_layer(environ: Mapping[str, str]) -> _Layer:
    values = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(_PREFIX) and value != ""
    }
    layer = _Layer("environment", values)
    _refuse_unknown(layer, _FROM_ENVIRONMENT)
    return layer


def _file_layer(config: Path | None) -> _Layer:
    path = config or Path(CONFIG_NAME)
    if config is None and not path.is_file():
        return _Layer(CONFIG_NAME, {})
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"can't be read ({error.strerror})", where=str(path), hint="Check --config."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"isn't valid TOML: {error}", where=str(path)) from None
    layer = _Layer(path.name, values)
    if "api_key" in values:
        raise SettingsError(
            "a key doesn't belong in a file",
            where=layer.label("api_key"),
            hint='Export it, and write api_key_env = "NAME_OF_THE_VARIABLE" instead.',
        )
    _refuse_unknown(layer, _FROM_FILE)
    return layer


def _refuse_unknown(layer: _Layer, known: frozenset[str]) -> None:
    for key in layer.values:
        if key not in known:
            # Nothing alike: list them all.
            near = difflib.get_close_matches(key, sorted(known), n=2) or sorted(known)
            names = [layer.label(name).rsplit(" ", 1)[-1] for name in near]
            raise SettingsError(
                "unknown setting",
                where=layer.label(key),
                hint=f"Did you mean {' or '.join(names)}?",
            )


def _key_for(
    base_url: str, layers: list[_Layer], environ: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """The key that was set for the host in use, else the name of one set for another host."""
    withheld = None
    for name, key, key_url in _keys(base_url, layers, environ):
        if _origin(key_url) == _origin(base_url):
            return key, None
        withheld = withheld or name
    return None, withheld


def _keys(
    base_url: str, layers: list[_Layer], environ: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Each key at hand: the variable's name, the key, and the base URL that it was set for."""
    for layer in layers:
        # A flag is typed for this very command, so for the base URL of this command.
        key_url = base_url if layer.name == "flag" else layer.values.get("base_url")
        if key := layer.values.get("api_key"):
            yield _PREFIX + "API_KEY", key, key_url or OPENAI_BASE_URL
        if name := layer.values.get("api_key_env"):
            if not environ.get(name):
                raise SettingsError(
                    f"names the variable {name}, which isn't set",
                    where=layer.label("api_key_env"),
                    hint=f"Export {name}.",
                )
            yield name, environ[name], key_url or OPENAI_BASE_URL
    if key := environ.get("OPENAI_API_KEY"):
        yield "OPENAI_API_KEY", key, environ.get("OPENAI_BASE_URL") or OPENAI_BASE_URL


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


def _explain(error: ValidationError, layers: list[_Layer]) -> SettingsError:
    """The first fault, in the words of the place that the value came from."""
    fault = error.errors(include_url=False)[0]
    key = str(fault["loc"][0])
    layer = next((one for one in layers if key in one.values), _Layer("environment", {}))
    message = fault["msg"].removeprefix("Value error, ")
    given = "" if key == "api_key" else f", not {fault['input']!r}"
    return SettingsError(f"{message[0].lower()}{message[1:]}{given}", where=layer.label(key))
