"""Tests of ``summarise.settings.presets``: a table of settings that can be used as it stands."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest

from summarise.endpoint.answer import read_completion
from summarise.endpoint.faults import Answered, Site
from summarise.errors import EndpointUnusable, SettingsError
from summarise.settings import (
    PRESETS,
    Mode,
    Preset,
    Sampling,
    Settings,
    TokenParameter,
    is_small,
    load_settings,
    preset_at,
    preset_of_software,
    provider_at,
    software_of,
)

KEY = "sk-planted-1234567890"
# What a user has to give beside a preset that has no address of its own.
ADDRESSES = {"azure": "https://lab.openai.azure.com/openai/v1", "local": "http://localhost:9/v1"}
PROMISED = (
    *("openai", "azure", "openrouter", "groq", "together", "mistral", "deepseek", "gemini"),
    *("anthropic", "xai", "ollama", "lmstudio", "vllm", "llamacpp", "local"),
)


def load(name: str, **flags: object) -> Settings:
    """The settings with a preset, its key exported."""
    variable = PRESETS[name].values.get("api_key_env")
    address = {"base_url": ADDRESSES[name]} if name in ADDRESSES else {}
    environ = {variable: KEY} if variable else {}
    return load_settings({"endpoint": name, **address, **flags}, environ)


def test_the_presets_that_are_promised_are_there() -> None:
    """Each endpoint that the documentation names has its row."""
    assert set(PRESETS) == set(PROMISED)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_settings(name: str) -> None:
    """Every value is a setting that can be used, and ends up in the settings."""
    preset = PRESETS[name]
    settings = load(name)
    expected = Settings.model_validate(dict(preset.values))
    for key in preset.values:
        assert getattr(settings, key) == getattr(expected, key)
    assert settings.endpoint == name


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_names_its_source(name: str) -> None:
    """What is claimed of an endpoint can be looked up."""
    assert re.fullmatch(r"https://[\w./-]+", PRESETS[name].source)
    assert PRESETS[name].about


@pytest.mark.parametrize("name", PRESETS)
def test_only_presets_of_other_machines_have_keys(name: str) -> None:
    """One's own servers ask for no key; what is asked elsewhere goes over TLS."""
    settings = load(name)
    assert settings.is_local is (settings.api_key is None)
    assert settings.is_local or settings.base_url.startswith("https://")


@pytest.mark.parametrize("name", [name for name in PRESETS if PRESETS[name].hosts])
def test_a_preset_is_found_by_its_own_host(name: str) -> None:
    """The host of a preset's address belongs to that preset alone."""
    host = urlsplit(load(name).base_url).hostname or ""
    assert preset_at(host) is PRESETS[name]
    assert [one for one in PRESETS.values() if one.is_at(host)] == [PRESETS[name]]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("eu.api.openai.com", "openai"),
        ("lab.openai.azure.com", "azure"),
        ("api.openai.com.example.org", None),
        ("notapi.openai.com", None),
        ("openai.azure.com.example", None),
        ("xapi.groq.com", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_a_host_is_matched_as_a_whole(host: str, name: str | None) -> None:
    """A name that only looks like a provider's is nobody's."""
    assert preset_at(host) is (PRESETS[name] if name else None)


@pytest.mark.parametrize(
    ("model", "omitted"),
    [
        ("o3-mini", (Sampling.TEMPERATURE, Sampling.TOP_P)),
        ("gpt-5-mini", (Sampling.TEMPERATURE, Sampling.TOP_P)),
        ("gpt-5", (Sampling.TEMPERATURE, Sampling.TOP_P)),
        ("gpt-5-chat-latest", ()),
        ("gpt-5.4", (Sampling.TEMPERATURE, Sampling.TOP_P)),
        ("gpt-5.6-terra", (Sampling.TEMPERATURE, Sampling.TOP_P)),
        ("gpt-6", (Sampling.TEMPERATURE, Sampling.TOP_P)),
        ("gpt-4o", ()),
        ("my-o3", ()),
    ],
)
def test_a_model_has_quirks_of_its_own(model: str, omitted: tuple[Sampling, ...]) -> None:
    """A reasoning model of OpenAI's isn't sent the sampling that it refuses."""
    settings = load("openai", model=model, temperature=0.0, seed=3)
    assert settings.omit == omitted
    assert settings.sampling == ({"seed": 3} if omitted else {"temperature": 0.0, "seed": 3})


@pytest.mark.parametrize(
    ("endpoint", "model", "cache"),
    [
        ("openai", "gpt-5.6", "openai"),
        ("openai", "gpt-6-mini", "openai"),
        ("openai", "gpt-5.4", None),
        ("openrouter", "openai/gpt-5.6-terra", "openai"),
        ("openrouter", "anthropic/claude-sonnet-4.5", "anthropic"),
        ("openrouter", "qwen/qwen3-8b", None),
        ("anthropic", "claude-sonnet-4-5", None),
    ],
)
def test_a_prompt_is_marked_where_the_model_takes_marks(
    endpoint: str, model: str, cache: str | None
) -> None:
    """Others would refuse a request for it, or keep their own cache without."""
    assert load(endpoint, model=model).prompt_cache == cache


def test_quirks_come_with_the_host() -> None:
    """Who gives a known base URL and no preset has the preset's quirks, and not its key."""
    flags = {"base_url": "https://api.groq.com/openai/v1"}
    settings = load_settings(flags, {"GROQ_API_KEY": KEY})
    assert settings.token_parameter is TokenParameter.MAX_COMPLETION_TOKENS
    assert (settings.api_key, settings.endpoint, settings.api_key_env) == (None, None, None)


def test_deepseek_is_asked_what_it_can_do() -> None:
    """DeepSeek has no json_schema: https://github.com/ItzCrazyKns/Vane/issues/969."""
    assert load("deepseek").first_mode is Mode.TOOLS


def test_lmstudio_is_not_asked_for_an_object() -> None:
    """LM Studio refuses json_object:
    https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189."""
    assert Mode.JSON_OBJECT not in load("lmstudio").ladder


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_preset_without_an_address_asks_for_one(name: str) -> None:
    """It never falls back on OpenAI's."""
    with pytest.raises(SettingsError, match="has no address of its own"):
        load_settings({"endpoint": name}, {})


def test_a_quirk_is_a_row_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever meets a new server writes down what is special about it in one place."""
    toy = Preset(
        "a toy",
        "https://toy.example",
        {"base_url": "https://api.toy.example/v1", "omit": ("top_p",)},
        hosts=("api.toy.example",),
        providers={"toy.example": "toy"},
        software="Toy",
        owner="toymaker",
        thoughts=("musing",),
        no_quota=frozenset(("out_of_marbles",)),
    )
    monkeypatch.setitem(PRESETS, "toy", toy)
    settings = load_settings({"endpoint": "toy", "model": "t"}, {})
    assert (settings.host, settings.omit) == ("api.toy.example", (Sampling.TOP_P,))
    assert provider_at("api.toy.example") == "toy"
    assert preset_of_software(software_of("toymaker")) == "toy"
    fault = Site(settings).from_status(Answered(429, {"error": {"code": "out_of_marbles"}}))
    assert isinstance(fault, EndpointUnusable)
    message = {"role": "assistant", "content": None, "musing": '{"a": 1}'}
    body = json.dumps({"choices": [{"message": message}]}).encode()
    assert read_completion(body, Mode.PROMPTED, "f").text == '{"a": 1}'


@pytest.mark.parametrize(
    ("model", "parameters", "expected"),
    [
        ("models/Tern-135M-Instruct.Q4_1.gguf", None, True),
        ("tern3:0.6b", None, True),
        ("tern-1b", None, False),
        ("tern-30B-A3B-500m", None, False),
        ("tern_7b_q4", None, False),
        ("/100m/tern-7b", None, False),
        ("gpt-tern-mini", None, False),
        ("v1.5m2", None, False),
        ("tern", 3.6e8, True),
        ("tern-135m", 8e9, False),
    ],
)
def test_which_models_are_small(model: str, parameters: float | None, expected: bool) -> None:
    """A model is small when its name, or who knows better, says less than a billion parameters."""
    assert is_small(model, parameters) is expected
