"""What the settings are, what values each may have, and what the address of an endpoint tells."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from summarise.errors import SettingsError
from summarise.settings.presets import SERVICES

OPENAI_BASE_URL = "https://api.openai.com/v1"
CAPS = ("max_cost", "max_tokens", "max_calls")
"""What a run may take in all."""
_ROUTE = "/chat/completions"
_MODEL_SUFFIX = ".gguf"
_MOST_IN_FLIGHT = 256
_SWITCHES = frozenset(("cache", "offline", "lacks_model"))
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}")
# A name that a resolver takes, or an IPv6 address, which ``urlsplit`` checks.
_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?|.*:.*")
# A header that could hold a key, or that the request itself needs as it is.
_OWN_HEADERS = re.compile(
    r"authorization|.*api-?key|.*token|.*secret.*|cookie|host|accept|connection|content-.*|transfer-.*"
    r"|proxy-.*",
    re.IGNORECASE,
)


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an http(s) address, None for anything else."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return None
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)


def is_same_origin(one: str, other: str) -> bool:
    """Whether two addresses have scheme, host and port in common."""
    return origin(one) == origin(other)


def is_loopback(host: str) -> bool:
    """Whether a host, without a port, is this machine itself: ``localhost`` or an address of it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def check_proxies() -> None:
    """Have the proxies of the environment be such that can be asked.

    What is wrong with one isn't quoted, since it may be a part of a password.

    Raises:
        SettingsError: One is no address, or needs a package that isn't installed.
    """
    from urllib.request import getproxies  # noqa: PLC0415 - whoever asks nobody doesn't pay for it

    found = getproxies()
    for kind in ("http", "https", "all") if found.get("no") != "*" else ():
        url = found.get(kind) or "http://none"
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            is_address = bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        is_socks = is_address and parts.scheme in {"socks5", "socks5h"}
        if is_socks and find_spec("socksio") is None:
            told = "is a SOCKS proxy, which needs the package socksio"
            hint = "pip install socksio, or name an HTTP proxy, or unset the variable."
        elif not is_address or not (is_socks or parts.scheme in {"http", "https"}):
            told = "isn't the address of a proxy"
            hint = "Name one as http://HOST:PORT; of a password / is %2F, # is %23 and @ is %40."
        else:
            continue
        raise SettingsError(told, where=f"{kind.upper()}_PROXY", hint=hint)


def at_home(path: str | Path) -> Path:
    """A path with the home folder that its ``~`` stands for.

    Raises:
        SettingsError: There is no such folder.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise SettingsError("there is no home folder of that user", where=str(path)) from None


def is_local_model(model: str | None, base_url: str = OPENAI_BASE_URL) -> bool:
    """Whether a model, as the user names it, is a file to be served here, not an id for a server.

    A file that is there is meant, unless a server on this machine is named: that one serves it. A
    ``.gguf`` that isn't there is a misspelt path where no server is named, and an id where one is.
    """
    if model is None or not model.lower().endswith(_MODEL_SUFFIX):
        return False
    if base_url == OPENAI_BASE_URL:
        return True
    return at_home(model).is_file() and not is_loopback(urlsplit(base_url).hostname or "")


class Mode(StrEnum):
    """How the endpoint is held to the schema: the rungs of the ladder, the strictest first."""

    JSON_SCHEMA = "json_schema"
    """A response format with the schema, ``strict``."""
    JSON_SCHEMA_LOOSE = "json_schema_loose"
    """The same without ``strict``."""
    TOOLS = "tools"
    """A function with the schema as its parameters, which the model has to call."""
    JSON_OBJECT = "json_object"
    """Any JSON object; the schema stands in the prompt."""
    PROMPTED = "prompted"
    """Nothing but the schema in the prompt."""


class TokenParameter(StrEnum):
    """The name under which an endpoint takes the limit of an answer."""

    MAX_TOKENS = "max_tokens"
    MAX_COMPLETION_TOKENS = "max_completion_tokens"


class SeedParameter(StrEnum):
    """The name under which an endpoint takes the seed."""

    SEED = "seed"
    RANDOM_SEED = "random_seed"


class PromptCache(StrEnum):
    """How requests tell a server where their constant part ends, so that it keeps that part.

    Without it, servers that charge for writing their prompt cache write each abstract as well.
    """

    OPENAI = "openai"
    """``prompt_cache_breakpoint``, ``prompt_cache_options`` and ``prompt_cache_key``."""
    ANTHROPIC = "anthropic"
    """``cache_control``."""


class Sampling(StrEnum):
    """What says how an answer is made; sent when it is set."""

    TEMPERATURE = "temperature"
    TOP_P = "top_p"
    SEED = "seed"
    REASONING_EFFORT = "reasoning_effort"


# What the body holds by other settings or by what summarise is.
_OWN_BODY = frozenset(
    (
        *("model", "messages", "stream", "n", "response_format", "tools", "tool_choice"),
        *TokenParameter,
        *SeedParameter,
        *Sampling,
    )
)


def _from_json(value: object) -> object:
    """A table: flags and variables spell it as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError('must be a JSON object such as {"name": "value"}') from None


def _from_commas(value: object) -> object:
    """A list: flags and variables spell it with commas."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _bare(url: str) -> str:
    """An http(s) address without slashes at its end: it is shown and stored, and paths are added.

    Raises:
        ValueError: It is none, or holds what could be a secret.
    """
    if "@" in url or "?" in url or "#" in url:
        raise ValueError("must hold no user, password, query or fragment")
    if origin(url) is None or not url.isprintable() or " " in url:
        raise ValueError("must be an http(s) address such as http://localhost:11434/v1")
    return url.rstrip("/")


_Price = Annotated[Decimal | None, Field(ge=0)]
_Rate = Annotated[float | None, Field(gt=0, allow_inf_nan=False)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Settings(BaseModel):
    """Everything about a run that isn't its input or its output folder.

    Attributes:
        model: Model id. None selects the embedded extractor, which needs no key and no network; so
            does its name, ``embedded``, over a model or an endpoint of the settings below.
        lacks_model: Whether an endpoint was chosen and none of its models, so that it has to be
            asked for the only one.
        endpoint: Name of a profile of ``summarise.toml``, ``[endpoints.NAME]``, or of a preset.
        base_url: Of an OpenAI-compatible API, up to and including ``/v1``.
        api_key: The key itself; by the environment or Python alone, and never in a file.
        withheld_key: Name of a variable whose key was set for another host, so isn't sent.
        parameters: How many the model has, where its file or its server says so.
        mode: How the schema is enforced; None: by the ladder, as strictly as the endpoint does it.
        ladder: The modes that may be tried, the first one first; a list.
        temperature: Sent only when set, as are ``top_p`` and ``seed``.
        top_p: Share of the likeliest words that an answer is drawn from; sent only when set.
        seed: Number that makes answers repeatable, where the endpoint heeds it; sent only when set.
        reasoning_effort: How long a model may reason, in the endpoint's words; sent only when set.
        omit: What the endpoint refuses of sampling, so that it isn't sent; a list.
        token_parameter: Name under which the endpoint takes ``max_output_tokens``; None: found out,
            ``max_tokens`` first.
        seed_parameter: Name under which the endpoint takes the seed.
        prompt_cache: How requests mark their constant part for the endpoint's prompt cache; None:
            they don't.
        extra_headers: Headers that go with each request, as a table; never a key.
        extra_body: Members that the body of each request has besides, as a table.
        max_output_tokens: Tokens that an answer may have.
        context: Tokens that the server keeps of a request and its answer, where that is known.
        timeout: Seconds for one request, from sending to the whole answer.
        deadline: Seconds for one document, with all its calls and the waits between them.
        max_attempts: How often a request is sent at most, transport retries included.
        concurrency: Requests in flight at most; None: as many as the endpoint is seen to take.
        processes: Further ones that read and check beside the one that asks; None: one a free core,
            where that pays.
        rpm: Requests a minute at most.
        tpm: Tokens a minute at most, of requests and answers; so counts ``max_tokens``, for a run.
        max_cost: US dollars that a run may cost, all that its folder has paid for included.
        price_in: US dollars for a million tokens of requests.
        price_cached: Likewise, where the endpoint read them from its prompt cache.
        price_cache_written: Likewise, where the endpoint wrote them to its prompt cache.
        max_reasks: Corrected requests at most, after an answer that fails validation.
        prompt_version: Name of a folder of ``prompts/``, or the path of a folder of one's own.
        schema_spec: What is filled in, as ``schema.load_schema`` takes it; a setting's name is
            ``schema``, which pydantic has taken.
        offline: Whether nothing but this machine's own servers may be opened.
        cache_dir: Folder of the answers that are kept for other runs.
        mailto: Where the services that papers are fetched from can reach the user; sent to them.
        sources: Other addresses of the services that papers are fetched from, as a table, by the
            names of ``SERVICES``.
        service_keys: Likewise the keys for their own addresses.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    model: str | None = Field(None, min_length=1)
    endpoint: str | None = Field(None, min_length=1)
    base_url: str = OPENAI_BASE_URL
    api_key: SecretStr | None = None
    api_key_env: str | None = None
    withheld_key: str | None = None
    lacks_model: bool = False
    parameters: float | None = None
    mode: Mode | None = None
    ladder: Annotated[tuple[Mode, ...], BeforeValidator(_from_commas)] = Field(
        tuple(Mode), min_length=1
    )
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    seed: int | None = None
    reasoning_effort: str | None = Field(None, min_length=1)
    omit: Annotated[tuple[Sampling, ...], BeforeValidator(_from_commas)] = ()
    token_parameter: TokenParameter | None = None
    seed_parameter: SeedParameter = SeedParameter.SEED
    prompt_cache: PromptCache | None = None
    extra_headers: Annotated[dict[str, str], BeforeValidator(_from_json)] = {}
    extra_body: Annotated[dict[str, Any], BeforeValidator(_from_json)] = {}
    max_output_tokens: PositiveInt = 4096
    context: PositiveInt | None = None
    timeout: _Seconds = 120.0
    deadline: _Seconds = 600.0
    max_attempts: PositiveInt = 5
    concurrency: PositiveInt | None = Field(None, le=4096)
    processes: NonNegativeInt | None = Field(None, le=64)
    rpm: _Rate = None
    tpm: _Rate = None
    max_cost: Decimal | None = Field(None, gt=0)
    max_tokens: PositiveInt | None = None
    max_calls: PositiveInt | None = None
    price_in: _Price = None
    price_out: _Price = None
    price_cached: _Price = None
    price_cache_written: _Price = None
    max_reasks: NonNegativeInt = 1
    prompt_version: str = "v3"
    schema_spec: str | type[BaseModel] = Field("default", alias="schema")
    cache: bool = True
    cache_dir: Annotated[Path, AfterValidator(at_home)] = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("summarise"))
    )
    offline: bool = False
    mailto: str | None = None
    sources: Annotated[dict[str, str], BeforeValidator(_from_json)] = {}
    service_keys: dict[str, SecretStr] = {}

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_switch(cls, value: object, told: ValidationInfo) -> object:
        if isinstance(value, bool) and told.field_name not in _SWITCHES:
            raise ValueError("input should be a number or text")  # pydantic takes true for 1
        return value

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        bare = _bare(url)
        if bare.endswith(_ROUTE):
            raise ValueError(f"must end before {_ROUTE}")
        return bare

    @field_validator("ladder")
    @classmethod
    def _are_rungs(cls, rungs: tuple[Mode, ...]) -> tuple[Mode, ...]:
        if len(set(rungs)) != len(rungs):
            raise ValueError("must have each mode once")
        return rungs

    @field_validator("extra_headers")
    @classmethod
    def _are_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if _OWN_HEADERS.fullmatch(name):
                raise ValueError(f"the header {name} isn't one to add; a key goes by api_key_env")
            if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not (
                value.isascii() and value.isprintable()
            ):
                raise ValueError("a header is a name of letters, digits and dashes, and plain text")
        return headers

    @field_validator("extra_body")
    @classmethod
    def _are_extra(cls, body: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(body.keys() & _OWN_BODY):
            raise ValueError(f"must be without {taken[0]}, which follows from other settings")
        try:
            json.dumps(body, allow_nan=False)
        except (TypeError, ValueError):
            raise ValueError("must have a JSON form") from None
        return body

    @field_validator("mailto")
    @classmethod
    def _is_mail(cls, mail: str | None) -> str | None:
        if mail is not None and not _MAIL.fullmatch(mail):
            raise ValueError("must be a mail address such as ann@example.org")
        return mail

    @field_validator("sources")
    @classmethod
    def _are_services(cls, sources: dict[str, str]) -> dict[str, str]:
        if sources.keys() - SERVICES.keys():
            raise ValueError(f"must have no other names than {', '.join(SERVICES)}")
        return {name: _bare(url) for name, url in sources.items()}

    @property
    def key(self) -> str:
        """The key itself, empty where there is none; never to be shown."""
        return self.api_key.get_secret_value() if self.api_key else ""

    @property
    def host(self) -> str:
        """Host and port of the base URL, without path."""
        return urlsplit(self.base_url).netloc.lower()

    def unusual(self, names: Collection[str]) -> dict[str, Any]:
        """Of some settings, those that aren't as usual, as flags would say them."""
        told = self.model_dump(mode="json", include=set(names), by_alias=True)
        usual = Settings(model=self.model).model_dump(mode="json", by_alias=True)
        return {name: value for name, value in told.items() if value != usual.get(name)}

    def service_url(self, name: str) -> str:
        """The address of a service of ``SERVICES``, the user's own where one is set."""
        return self.sources.get(name, SERVICES[name].base_url)

    @property
    def is_local(self) -> bool:
        """Whether the base URL is on this machine."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def first_mode(self) -> Mode:
        """The mode of the first request: the one that is set, or the first rung of the ladder."""
        return self.mode or self.ladder[0]

    @property
    def most_in_flight(self) -> int:
        """Requests in flight at most, whether that is set or left to the endpoint."""
        return self.concurrency or _MOST_IN_FLIGHT

    @property
    def sampling(self) -> dict[str, float | int | str]:
        """The sampling settings that are sent, by their names here."""
        sent = (name for name in Sampling if name not in self.omit)
        return {str(n): v for n in sent if (v := getattr(self, n)) is not None}
