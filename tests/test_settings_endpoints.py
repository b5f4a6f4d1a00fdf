"""Tests of profiles and presets in ``summarise.settings``: what wins, and who gets which key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from summarise.errors import SettingsError
from summarise.settings import Mode, Settings, TokenParameter, load_settings

KEY = "sk-planted-1234567890"
HERE = "http://here.example/v1"
THERE = "http://there.example/v1"
GROQ = "https://api.groq.com/openai/v1"
OLLAMA = "http://localhost:11434/v1"
Flags = Mapping[str, Any]
Environ = Mapping[str, str]


def load(config: str = "", flags: Flags | None = None, environ: Environ | None = None) -> Settings:
    """The settings with a file that is named; ``test_trust`` is about one that is only found."""
    path = Path("summarise.toml")
    path.write_text(config, encoding="utf-8")
    return load_settings(flags or {}, environ or {}, path)


def told(config: str = "", flags: Flags | None = None, environ: Environ | None = None) -> str:
    """The message of the refusal."""
    with pytest.raises(SettingsError) as caught:
        load(config, flags, environ)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def key_of(settings: Settings) -> str | None:
    return settings.api_key.get_secret_value() if settings.api_key else None


PROFILE = f"""
timeout = 5
[endpoints.lab]
base_url = "{HERE}"
model = "lab-1"
timeout = 6
"""


def test_a_profile_is_chosen_by_name() -> None:
    """Its settings go before those outside it; without the name it counts for nothing."""
    settings = load(PROFILE, {"endpoint": "lab"})
    assert (settings.base_url, settings.model, settings.timeout) == (HERE, "lab-1", 6)
    assert (load(PROFILE).model, load(PROFILE).timeout) == (None, 5)


def test_environment_and_flags_go_before_a_profile() -> None:
    """Flags over SUMMARISE_* over the profile over the rest of the file."""
    environ = {"SUMMARISE_TIMEOUT": "7", "SUMMARISE_ENDPOINT": "lab"}
    assert load(PROFILE, {}, environ).timeout == 7
    assert load(PROFILE, {"timeout": 8}, environ).timeout == 8


def test_the_file_can_choose() -> None:
    """``endpoint`` in the file is the default, and a flag chooses another."""
    config = 'endpoint = "lab"\n' + PROFILE
    assert load(config).base_url == HERE
    assert load(config, {"endpoint": "ollama"}).base_url == OLLAMA


def test_a_profile_goes_before_the_file_around_it() -> None:
    """The address of the profile that the file chooses is the one in use."""
    assert load(f'endpoint = "lab"\nbase_url = "{THERE}"\n' + PROFILE).base_url == HERE


def test_the_file_goes_before_a_preset() -> None:
    """What the user wrote beats what we know; the preset beats the defaults."""
    settings = load("timeout = 5", {"endpoint": "ollama"})
    assert (settings.timeout, settings.deadline, settings.base_url) == (5, 3600, OLLAMA)
    own = load(f'endpoint = "groq"\nbase_url = "{HERE}"')
    assert own.base_url == HERE
    assert own.token_parameter is TokenParameter.MAX_COMPLETION_TOKENS


def test_a_profile_builds_on_a_preset() -> None:
    """``preset`` gives what the profile doesn't say."""
    config = '[endpoints.fast]\npreset = "groq"\nmodel = "gull-8b"\n'
    settings = load(config, {"endpoint": "fast"}, {"GROQ_API_KEY": KEY})
    assert (settings.base_url, settings.model, key_of(settings)) == (GROQ, "gull-8b", KEY)
    assert settings.token_parameter is TokenParameter.MAX_COMPLETION_TOKENS
    assert settings.api_key_env == "GROQ_API_KEY"


def test_a_profile_with_a_presets_name_builds_on_it() -> None:
    """``[endpoints.ollama]`` is Ollama, with more said of it."""
    settings = load('[endpoints.ollama]\nmodel = "gull:8b"', {"endpoint": "ollama"})
    assert (settings.base_url, settings.model) == (OLLAMA, "gull:8b")


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("claude-sonnet-4-5", "Add --endpoint anthropic."),
        ("gemini-2.5-flash", "Add --endpoint gemini."),
        ("mistral-large-latest", "Add --endpoint mistral."),
        ("deepseek-chat", "Add --endpoint deepseek."),
        ("grok-4", "Add --endpoint xai."),
        ("qwen3:8b", "Add --endpoint ollama."),
        ("vendor/big", "Add --endpoint openrouter."),
        (
            "anthropic/claude-x",
            "Write --endpoint anthropic --model claude-x, or add --endpoint openrouter.",
        ),
        ("lab/own", "Write --endpoint lab --model own, or add --endpoint openrouter."),
    ],
)
def test_a_model_of_another_provider_goes_nowhere_unasked(model: str, hint: str) -> None:
    """Without an endpoint it is refused, wherever it is named; any endpoint is heeded."""
    lab = f'[endpoints.lab]\nbase_url = "{HERE}"\n'
    message = f"OpenAI has no model '{model}', and no endpoint is given. {hint}"
    assert told(lab, {"model": model}) == f"--model: {message}"
    assert told(lab, {}, {"SUMMARISE_MODEL": model}) == f"SUMMARISE_MODEL: {message}"
    assert told(f'model = "{model}"\n{lab}') == f"summarise.toml: model: {message}"
    for config, flags, environ in (
        (lab, {"endpoint": "lab"}, {}),
        (lab, {"base_url": THERE}, {}),
        (lab, {}, {"SUMMARISE_ENDPOINT": "lab"}),
        (lab, {}, {"SUMMARISE_BASE_URL": THERE}),
        (lab, {}, {"OPENAI_BASE_URL": THERE}),
        (f'endpoint = "lab"\n{lab}', {}, {}),
        (f'base_url = "{THERE}"\n{lab}', {}, {}),
    ):
        assert load(config, {**flags, "model": model}, environ).model == model


@pytest.mark.parametrize("model", ["gpt-5-mini", "o3", "chatgpt-9", "ft:gpt-9:lab::abc", "x.gguf"])
def test_a_model_of_openai_needs_no_endpoint(model: str) -> None:
    """Fine-tuned ones have colons; a file is served here; what is unknown may be new."""
    assert load("", {"model": model}).model == model


def test_tables_add_up() -> None:
    """A header or a member of the body is added to those of the layers below."""
    config = """
    extra_headers = { X-A = "file", X-B = "file" }
    [endpoints.or]
    preset = "openrouter"
    extra_body = { transforms = [] }
    extra_headers = { X-B = "profile" }
    """
    settings = load(config, {"endpoint": "or"}, {"OPENROUTER_API_KEY": KEY})
    assert settings.extra_headers == {"X-A": "file", "X-B": "profile"}
    assert settings.extra_body == {"provider": {"require_parameters": True}, "transforms": []}


def test_an_endpoint_is_not_for_another_address() -> None:
    """``--endpoint`` goes to that endpoint, not to an address of the environment or the file."""
    config = f'base_url = "{HERE}"'
    environ = {"SUMMARISE_BASE_URL": THERE}
    assert load(config, {"endpoint": "ollama"}, environ).base_url == OLLAMA
    assert load(config, {}, {"SUMMARISE_ENDPOINT": "ollama"}).base_url == OLLAMA
    assert load(config, {}, {**environ, "SUMMARISE_ENDPOINT": "ollama"}).base_url == THERE
    assert load(config, {"endpoint": "ollama", "base_url": THERE}).base_url == THERE
    assert load("", {"endpoint": "ollama"}, {"OPENAI_BASE_URL": THERE}).base_url == OLLAMA


def test_what_describes_an_endpoint_stays_with_it() -> None:
    """Prices and quirks beside one address say nothing of another."""
    config = f"""
    base_url = "{HERE}"
    price_in = 1.5
    token_parameter = "max_completion_tokens"
    extra_headers = {{ X-Lab = "7" }}
    timeout = 5
    """
    settings = load(config, {"endpoint": "ollama"})
    assert (settings.price_in, settings.token_parameter, settings.extra_headers) == (None, None, {})
    assert settings.timeout == 5
    elsewhere = load(config, {"base_url": THERE})
    assert (elsewhere.price_in, elsewhere.extra_headers) == (None, {})
    assert load(config, {"base_url": HERE + "/deeper"}).extra_headers == {"X-Lab": "7"}
    assert load("price_in = 1.5", {"base_url": THERE}).price_in is not None


# Keys


def test_the_key_of_a_preset_goes_to_its_address_alone() -> None:
    """Another base URL doesn't get it; which one was kept back is known."""
    environ = {"GROQ_API_KEY": KEY}
    assert key_of(load("", {"endpoint": "groq"}, environ)) == KEY
    elsewhere = load("", {"endpoint": "groq", "base_url": THERE}, environ)
    assert (elsewhere.api_key, elsewhere.withheld_key) == (None, "GROQ_API_KEY")


def test_the_key_of_a_preset_must_be_exported() -> None:
    """The message names the endpoint and the variable."""
    assert told("", {"endpoint": "groq"}) == (
        "endpoint groq: api_key_env: the variable GROQ_API_KEY isn't set. "
        "Run `export GROQ_API_KEY=KEY`, or give another variable with --api-key-env NAME."
    )


def test_the_key_of_a_preset_without_address_goes_to_its_hosts() -> None:
    """Azure's key goes to Azure over TLS, at whatever resource, and to nobody else."""
    environ = {"AZURE_OPENAI_API_KEY": KEY}
    for url, expected in (
        ("https://lab.openai.azure.com/openai/v1", KEY),
        ("http://lab.openai.azure.com/openai/v1", None),
        ("https://lab.openai.azure.com.example/v1", None),
        (HERE, None),
    ):
        assert key_of(load("", {"endpoint": "azure", "base_url": url}, environ)) == expected


def test_openais_key_is_for_no_preset_but_its_own() -> None:
    """``OPENAI_API_KEY`` alone goes to OpenAI, whatever endpoint is chosen."""
    environ = {"OPENAI_API_KEY": KEY}
    assert key_of(load("", {"endpoint": "openai"}, environ)) == KEY
    ollama = load("", {"endpoint": "ollama"}, environ)
    assert (ollama.api_key, ollama.withheld_key) == (None, "OPENAI_API_KEY")


def test_the_key_of_a_profile_goes_to_its_address_alone() -> None:
    """``api_key_env`` of a profile is for the profile's base URL, or its preset's."""
    config = f'[endpoints.lab]\nbase_url = "{HERE}"\napi_key_env = "LAB_KEY"'
    environ = {"LAB_KEY": KEY}
    assert key_of(load(config, {"endpoint": "lab"}, environ)) == KEY
    elsewhere = load(config, {"endpoint": "lab", "base_url": THERE}, environ)
    assert (elsewhere.api_key, elsewhere.withheld_key) == (None, "LAB_KEY")
    on_groq = '[endpoints.lab]\npreset = "groq"\napi_key_env = "LAB_KEY"'
    assert key_of(load(on_groq, {"endpoint": "lab"}, environ)) == KEY


def test_a_key_in_the_file_is_for_the_files_address() -> None:
    """The key beside one base URL isn't sent to an endpoint that a flag chooses."""
    config = f'base_url = "{HERE}"\napi_key_env = "HERE_KEY"'
    environ = {"HERE_KEY": KEY}
    settings = load(config, {"endpoint": "ollama"}, environ)
    assert (settings.api_key, settings.withheld_key) == (None, "HERE_KEY")


def test_a_key_beside_an_endpoints_name_is_for_that_endpoint() -> None:
    """``SUMMARISE_ENDPOINT`` with ``SUMMARISE_API_KEY``: for that address, and no other."""
    environ = {"SUMMARISE_ENDPOINT": "groq", "SUMMARISE_API_KEY": KEY}
    assert key_of(load("", {}, environ)) == KEY
    assert load("", {"endpoint": "ollama"}, environ).api_key is None
    assert load("", {"base_url": THERE}, environ).api_key is None
    named = 'endpoint = "groq"\napi_key_env = "MINE"'
    assert key_of(load(named, {}, {"MINE": KEY})) == KEY
    assert load(named, {"endpoint": "ollama"}, {"MINE": KEY}).api_key is None


def test_a_profile_without_an_address_takes_none_of_the_environment() -> None:
    """Its key is for the file's address or OpenAI's, not for what SUMMARISE_BASE_URL says."""
    config = '[endpoints.lab]\napi_key_env = "LAB_KEY"'
    environ = {"LAB_KEY": KEY, "SUMMARISE_BASE_URL": THERE}
    assert load(config, {"endpoint": "lab"}, environ).api_key is None
    assert key_of(load(f'base_url = "{THERE}"\n' + config, {"endpoint": "lab"}, environ)) == KEY


# What is refused


@pytest.mark.parametrize(
    ("config", "flags", "start"),
    [
        ("", {"endpoint": "grok"}, "--endpoint: there is no endpoint 'grok'. Did you mean groq"),
        ('endpoint = "olama"', {}, "summarise.toml: endpoint: there is no endpoint 'olama'."),
        (
            'endpoint = "olama"',
            {"endpoint": "groq", "api_key_env": "LAB_KEY"},
            "summarise.toml: endpoint: there is no endpoint 'olama'.",
        ),
        (
            '[endpoints.a]\npreset = "groc"',
            {"endpoint": "a"},
            "summarise.toml: endpoints.a.preset: there is no endpoint 'groc'. Did you mean groq",
        ),
        (
            '[endpoints.a]\nmodle = "x"',
            {},
            "summarise.toml: endpoints.a.modle: unknown setting. Did you mean endpoints.a.mode",
        ),
        (
            '[endpoints.a]\nendpoint = "b"',
            {},
            "summarise.toml: endpoints.a.endpoint: unknown setting.",
        ),
        ("[endpoints.a]\ntimeout = 0", {}, "summarise.toml: endpoints.a.timeout: must be more"),
        (
            f"[endpoints.a]\napi_key = '{KEY}'",
            {},
            "summarise.toml: endpoints.a.api_key: a key doesn't belong in a file.",
        ),
        ("endpoints = 3", {}, "summarise.toml: endpoints: isn't a table of endpoints."),
        ("endpoints.a = 3", {}, "summarise.toml: endpoints: isn't a table of endpoints."),
        ('preset = "groq"', {}, "summarise.toml: preset: unknown setting."),
        ("", {"preset": "groq"}, "--preset: unknown setting."),
    ],
)
def test_what_is_refused(config: str, flags: Flags, start: str) -> None:
    """The place is named as the user wrote it, and the nearest right name."""
    message = told(config, flags)
    assert message.startswith(start)
    assert KEY not in message


@pytest.mark.parametrize(
    "name", ["Authorization", "api-key", "X-API-KEY", "x-auth-token", "Cookie", "Content-Type"]
)
def test_an_extra_header_holds_no_key(name: str) -> None:
    """A key goes by a variable, to one host; the value of a refused header isn't shown."""
    for message in (
        told("", {"extra_headers": {name: KEY}}),
        told(f'extra_headers = {{ {name} = "{KEY}" }}'),
    ):
        assert KEY not in message
        assert name in message


@pytest.mark.parametrize("headers", [{"X A": "b"}, {"X-A": "b\r\nX-B: c"}, {"X-A": "é"}, {"": "b"}])
def test_an_extra_header_is_one_header(headers: dict[str, str]) -> None:
    """Nothing can be put into a header that begins another."""
    assert told("", {"extra_headers": headers}).startswith("--extra-headers: a header is a name")


# Offline


@pytest.mark.parametrize("url", [HERE, "https://10.0.0.1/v1", "http://localhost.example/v1"])
def test_offline_refuses_an_address_elsewhere(url: str) -> None:
    """The message names the host and a way out."""
    message = told("", {"offline": True, "model": "m", "base_url": url})
    assert "isn't on this machine, and --offline opens nothing else" in message
    assert "--endpoint ollama" in message
    assert told("", {"model": "m", "offline": True}).startswith("base_url: api.openai.com isn't")


@pytest.mark.parametrize("url", [OLLAMA, "http://127.8.9.1:80/v1", "http://[::1]:8000/v1"])
def test_offline_takes_this_machines_servers(url: str) -> None:
    """``localhost`` and every loopback address are this machine."""
    assert load("", {"offline": True, "model": "m", "base_url": url}).is_local


def test_offline_asks_nothing_of_who_asks_no_model() -> None:
    """The embedded extractor and a model file need no address."""
    assert load("", {"offline": True}).offline
    assert load("", {"offline": True, "model": "models/gull.gguf"}).offline


def test_a_ladder_begins_with_its_first_rung() -> None:
    """A mode that is set is the only one; else the ladder's first."""
    assert load('ladder = ["tools", "prompted"]').first_mode is Mode.TOOLS
    assert load('ladder = ["tools"]\nmode = "prompted"').first_mode is Mode.PROMPTED
