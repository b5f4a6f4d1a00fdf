"""Tests of ``summarise.settings``: where a setting comes from, what is refused, who gets a key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.errors import SettingsError
from summarise.settings import (
    OPENAI_BASE_URL,
    PRESETS,
    Mode,
    PromptCache,
    Sampling,
    SeedParameter,
    Settings,
    TokenParameter,
    load_settings,
)

KEY = "sk-planted-1234567890"
HERE = "http://here.example/v1"
THERE = "http://there.example/v1"

# For each setting three values, none of which is the default: flag, environment, file.
VALUES: Mapping[str, tuple[Any, Any, Any]] = {
    "model": ("flag-1", "env-1", "file-1"),
    "endpoint": ("openai", "openai", "openai"),
    "base_url": ("http://flag.example/v1", "http://env.example/v1", "http://file.example/v1"),
    "api_key_env": ("FLAG_KEY", "ENV_KEY", "FILE_KEY"),
    "mode": (Mode.TOOLS, Mode.JSON_OBJECT, Mode.PROMPTED),
    "ladder": ((Mode.TOOLS, Mode.PROMPTED), (Mode.PROMPTED,), (Mode.JSON_OBJECT,)),
    "temperature": (0.1, 0.2, 0.3),
    "top_p": (0.4, 0.5, 0.6),
    "seed": (1, 2, 3),
    "reasoning_effort": ("low", "medium", "high"),
    "omit": ((Sampling.SEED, Sampling.TOP_P), (Sampling.SEED,), (Sampling.TEMPERATURE,)),
    "token_parameter": (TokenParameter.MAX_TOKENS,) * 3,
    "seed_parameter": (SeedParameter.RANDOM_SEED,) * 3,
    "prompt_cache": (PromptCache.OPENAI, PromptCache.ANTHROPIC, PromptCache.OPENAI),
    "extra_headers": ({"X-A": "flag"}, {"X-A": "env"}, {"X-A": "file"}),
    "extra_body": ({"a": {"b": 1}}, {"a": [2]}, {"a": "three"}),
    "max_output_tokens": (11, 12, 13),
    "context": (4096, 8192, 16384),
    "timeout": (1.5, 2.5, 3.5),
    "deadline": (61.5, 62.5, 63.5),
    "max_attempts": (6, 7, 8),
    "rpm": (60.5, 70.5, 80.5),
    "tpm": (6000.0, 7000.0, 8000.0),
    "max_cost": (Decimal("0.5"), Decimal("0.6"), Decimal("0.7")),
    "max_tokens": (100_001, 100_002, 100_003),
    "max_calls": (31, 32, 33),
    "price_in": (Decimal("0.15"), Decimal("0.16"), Decimal("0.17")),
    "price_out": (Decimal("1.1"), Decimal("1.2"), Decimal("1.3")),
    "price_cached": (Decimal(0), Decimal("0.01"), Decimal("0.02")),
    "price_cache_written": (Decimal(3), Decimal(4), Decimal(5)),
    "concurrency": (21, 22, 23),
    "processes": (4, 5, 6),
    "max_reasks": (2, 3, 4),
    "prompt_version": ("v7", "v8", "v9"),
    "schema": ("flag.toml", "env.toml", "file.toml"),
    "cache": (False, False, False),
    "cache_dir": (Path("a"), Path("b"), Path("c")),
    "offline": (True, True, True),
    "mailto": ("flag@example.org", "env@example.org", "file@example.org"),
    "sources": ({"arxiv": HERE}, {"arxiv": THERE}, {"arxiv": f"{HERE}/api"}),
}
KEYS = {"FLAG_KEY": KEY, "ENV_KEY": KEY, "FILE_KEY": KEY, "OPENAI_API_KEY": KEY}


def defaults() -> Settings:
    """The settings where nothing is given: what is known of OpenAI comes with its address."""
    return Settings(token_parameter=TokenParameter.MAX_COMPLETION_TOKENS)


def in_toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(in_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{k} = {in_toml(v)}' for k, v in value.items())} }}"
    return str(value) if isinstance(value, (int, float, Decimal)) else f'"{value}"'


def in_environment(value: Any) -> str:
    """A value as a variable spells it: lists with commas, tables as JSON."""
    if isinstance(value, tuple):
        return ",".join(value)
    return json.dumps(value) if isinstance(value, dict) else str(value)


def write_config(text: str | bytes, name: str = "summarise.toml") -> Path:
    """Write a settings file into the working folder, a test's own."""
    path = Path(name)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def told(
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> str:
    """The message of the refusal."""
    with pytest.raises(SettingsError) as caught:
        load_settings(flags or {}, environ or {}, config)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def key_of(settings: Settings) -> str | None:
    return settings.api_key.get_secret_value() if settings.api_key else None


def test_every_setting_is_covered() -> None:
    """A new setting gets its values here; those that code fills in have tests of their own."""
    names = {field.alias or name for name, field in Settings.model_fields.items()}
    assert set(VALUES) == names - {
        *("api_key", "withheld_key", "lacks_model", "parameters", "service_keys"),
    }


def test_nothing_given_is_the_defaults() -> None:
    """Without flags, environment and file: no model, no key, nothing sampled, the cache on."""
    settings = load_settings({}, {})
    assert settings == defaults()
    assert settings.model is None
    assert settings.endpoint is None
    assert settings.concurrency is None
    assert settings.most_in_flight == 256
    assert settings.mode is None
    assert settings.first_mode is Mode.JSON_SCHEMA
    assert settings.offline is False
    assert settings.api_key is None
    assert settings.base_url == OPENAI_BASE_URL
    assert settings.sampling == {}


@pytest.mark.parametrize("name", VALUES)
def test_precedence(name: str) -> None:
    """Flag over environment over file over default, for each setting."""
    flag, env, file = VALUES[name]
    config = write_config(f"{name} = {in_toml(file)}")
    environ = {f"SUMMARISE_{name.upper()}": in_environment(env), **KEYS}
    attribute = next((n for n, f in Settings.model_fields.items() if f.alias == name), name)
    default = getattr(Settings(), attribute)
    layers = [
        (load_settings({name: flag}, environ, config), flag),
        (load_settings({name: None}, environ, config), env),
        (load_settings({}, KEYS, config), file),
    ]
    for settings, expected in layers:
        assert getattr(settings, attribute) == expected != default
    config.unlink()
    # OpenAI's own host is the default, and it takes the limit by its own name.
    known = PRESETS["openai"].values if name == "token_parameter" else {}
    assert getattr(load_settings({}, KEYS), attribute) == known.get(name, default)


def test_the_file_of_the_working_folder_is_read() -> None:
    """``summarise.toml`` is found where the command runs; another file only when it is named."""
    write_config('model = "near"')
    other = write_config('model = "named"', "other.toml")
    assert load_settings({}, {}).model == "near"
    assert load_settings({}, {}, other).model == "named"


def test_an_empty_variable_is_not_set() -> None:
    """``SUMMARISE_MODEL=`` takes nothing away."""
    write_config('model = "near"')
    assert load_settings({}, {"SUMMARISE_MODEL": ""}).model == "near"


def test_other_variables_are_not_ours() -> None:
    """Only names with the prefix are settings."""
    assert load_settings({}, {"MODEL": "x", "SUMMARISER": "y", "PATH": "z"}) == defaults()


@pytest.mark.parametrize(
    ("flags", "environ", "text", "where", "nearest"),
    [
        ({"modle": "x"}, {}, "", "--modle", "--mode or --model"),
        ({"base-url": "x"}, {}, "", "--base-url", "--base-url"),
        ({}, {"SUMMARISE_MODLE": "x"}, "", "SUMMARISE_MODLE", "SUMMARISE_MODE or SUMMARISE_MODEL"),
        ({}, {}, "concurency = 3", "summarise.toml: concurency", "concurrency"),
        ({"withheld_key": "x"}, {}, "", "--withheld-key", "--api-key"),
        ({}, {}, 'withheld_key = "x"', "summarise.toml: withheld_key", "api_key"),
    ],
)
def test_an_unknown_setting_names_the_nearest(
    flags: dict[str, Any], environ: dict[str, str], text: str, where: str, nearest: str
) -> None:
    """A name that isn't known is an error in each layer, in the spelling of that layer."""
    write_config(text)
    message = told(flags, environ)
    assert message.startswith(f"{where}: unknown setting. ")
    assert nearest in message


def test_a_name_like_nothing_lists_all() -> None:
    """Where no name is near, all are shown."""
    message = told({}, {"SUMMARISE_ZZZ": "1"})
    assert all(f"SUMMARISE_{name.upper()}" in message for name in VALUES)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("temperature = 5", "temperature: must be at most 2, not 5"),
        ("temperature = 'hot'", "temperature: must be a number, not 'hot'"),
        ("timeout = nan", "timeout: must be a finite number, not nan"),
        ("concurrency = 'many'", "concurrency: must be a whole number, not 'many'"),
        ("max_tokens = 1.5", "max_tokens: must be a whole number, not 1.5"),
        ("max_cost = 0", "max_cost: must be more than 0, not 0"),
        ("price_in = -1", "price_in: must be at least 0, not -1"),
        ("cache = 'yep'", "cache: must be true or false, not 'yep'"),
        ("model = 3", "model: must be text, not 3"),
        ("model = ''", "model: must have 1 or more characters, not ''"),
        ("cache_dir = 3", "cache_dir: must be text, not 3"),
        ("seed_parameter = 'x'", "seed_parameter: must be 'seed' or 'random_seed', not 'x'"),
        ("ladder = 3", "ladder: must be a list, not 3"),
        ("ladder = []", "ladder: must have 1 or more entries, not []"),
        ("ladder = ['tools', 'tools']", "ladder: must have each mode once, not ['tools', 'tools']"),
        (
            "omit = ['temprature']",
            (
                "omit: each must be 'temperature', 'top_p', 'seed' or 'reasoning_effort', not "
                "['temprature']"
            ),
        ),
        ("extra_headers = 3", "extra_headers: must be a table of names and values"),
        ("extra_headers = 'x'", 'extra_headers: must be a JSON object such as {"name": "value"}'),
        (
            "extra_body = {model = 'x'}",
            (
                "extra_body: must be without model, which follows from other settings, not "
                "{'model': 'x'}"
            ),
        ),
        (
            "base_url = 'localhost'",
            (
                "base_url: must be an http(s) address such as http://localhost:11434/v1, not "
                "'localhost'"
            ),
        ),
        ("mailto = 'x'", "mailto: must be a mail address such as ann@example.org, not 'x'"),
        ("tempereture = 1", "tempereture: unknown setting. Did you mean temperature?"),
    ],
)
def test_one_line_says_what_a_setting_must_be(line: str, told: str) -> None:
    """The file, the setting, what would be right, and the value; no library is heard."""
    write_config(line)
    with pytest.raises(SettingsError) as caught:
        load_settings({}, {})
    assert str(caught.value) == f"summarise.toml: {told}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", ""),
        ("mode", "xml"),
        ("temperature", 3.0),
        ("temperature", float("nan")),
        ("top_p", 0.0),
        ("seed", "many"),
        ("max_output_tokens", 0),
        ("timeout", 0),
        ("timeout", float("inf")),
        ("max_attempts", 0),
        ("concurrency", 0),
        ("concurrency", 5000),
        ("max_reasks", -1),
        ("deadline", 0),
        ("rpm", 0),
        ("tpm", float("inf")),
        ("max_cost", 0),
        ("max_tokens", 0),
        ("max_calls", 0),
        ("price_in", -1),
        ("price_cached", float("nan")),
        ("context", 0),
        ("reasoning_effort", ""),
        ("ladder", "json_schema,prayer"),
        ("ladder", "tools,prompted,tools"),
        ("omit", "model"),
        ("token_parameter", "max_new_tokens"),
        ("extra_body", "{"),
        ("extra_body", "[1]"),
        ("extra_body", '{"messages": []}'),
        ("extra_body", '{"temperature": 1}'),
        ("extra_body", {"a": float("nan")}),
        ("extra_body", {"a": {1, 2}}),
        ("offline", "perhaps"),
        ("cache", "perhaps"),
        ("base_url", "localhost:11434/v1"),
        ("base_url", "ftp://here.example"),
        ("base_url", "http://here.example:99999/v1"),
        ("base_url", "http://he re.example/v1"),
        ("base_url", "http://here.example/v1\n"),
        ("base_url", "http://här.example/v1"),
        ("base_url", "http://a..b/v1"),
        ("base_url", f"http://{'a' * 64}/v1"),
        ("base_url", "http://[::1/v1"),
        ("base_url", "http://here.example/v1/chat/completions"),
        ("mailto", "ann@example.org\r\nX-Planted: 1"),
        ("mailto", "nobody"),
        ("sources", {"arxive": "http://here.example"}),
        ("sources", {"arxiv": "file:///etc/passwd"}),
        ("sources", {"arxiv": "http://ann:secret@here.example"}),
    ],
)
def test_a_value_that_cannot_be_used(name: str, value: Any) -> None:
    """The message names the setting as it was written, and the value."""
    assert told({name: value}).startswith(f"--{name.replace('_', '-')}: ")
    assert told({name: value}).endswith(f", not {value!r}")
    if value != "":
        assert told({}, {f"SUMMARISE_{name.upper()}": str(value)}).startswith(
            f"SUMMARISE_{name.upper()}: "
        )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("model = 3", "summarise.toml: model: "),
        ("[model]\nname = 'x'", "summarise.toml: model: "),
        ("timeout = 'fast'", "summarise.toml: timeout: "),
        ("base_url = ['x']", "summarise.toml: base_url: "),
        ("api_key_env = ['X']", "summarise.toml: api_key_env: "),
        ("mode = 1", "summarise.toml: mode: "),
        ("max_calls = true", "summarise.toml: max_calls: "),
        ("timeout = true", "summarise.toml: timeout: "),
    ],
)
def test_a_wrong_type_in_the_file(text: str, where: str) -> None:
    """The file and the key are named, even when a flag would override the value."""
    config = write_config(text)
    name = where.split(": ")[1]
    environ = {**KEYS, "OPENAI_API_KEY": KEY}
    assert told({}, environ, config).startswith(where)
    assert told({name: VALUES[name][0]}, environ, config).startswith(where)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"model = 'x", "isn't valid TOML: "),
        (b"model: x", "isn't valid TOML: "),
        (b"model = 'x'\nmodel = 'y'", "isn't valid TOML: "),
        (b"model = 'caf\xe9'", "isn't UTF-8"),
    ],
)
def test_a_broken_file(content: bytes, what: str) -> None:
    """A file that can't be read as TOML is an error that says where."""
    assert told(config=write_config(content)).startswith(f"summarise.toml: {what}")


def test_a_byte_order_mark_is_no_fault() -> None:
    """Editors on Windows put one in front of UTF-8."""
    assert load_settings({}, {}, write_config(b"\xef\xbb\xbfmodel = 'x'")).model == "x"


@pytest.mark.parametrize("name", ["absent.toml", "."])
def test_a_named_file_must_be_there(name: str) -> None:
    """A file that was asked for and can't be read stops the command."""
    assert "can't be read (" in told(config=Path(name))


def test_a_file_of_that_name_is_read_or_told() -> None:
    """A broken link or a folder is no file without settings: a cap in it would be lost."""
    path = Path("summarise.toml")
    path.symlink_to("nowhere")
    assert "can't be read" in told({})
    path.unlink()
    path.mkdir()
    assert "can't be read" in told({})


def test_a_home_folder_that_is_nobodys() -> None:
    """It is told, whatever setting it stands in."""
    for flags in ({"cache_dir": "~not-here/x"}, {"model": "~not-here/x.gguf", "base_url": HERE}):
        assert "there is no home folder of that user" in told(flags)


def test_a_home_folder_is_expanded() -> None:
    """``~`` in ``cache_dir`` is the home folder, since no shell expands it in a file."""
    settings = load_settings({}, {}, write_config('cache_dir = "~/kept"'))
    assert settings.cache_dir == Path.home() / "kept"


# Addresses


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://localhost:11434/v1", "localhost:11434"),
        ("http://localhost:11434/v1/", "localhost:11434"),
        ("HTTP://LocalHost:11434/v1", "localhost:11434"),
        ("https://api.example/openai/v1", "api.example"),
        ("http://[::1]:8080/v1", "[::1]:8080"),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    """The host is shown in lower case, with the port that was given; the path keeps no slash."""
    settings = load_settings({"base_url": url}, {})
    assert settings.host == host
    assert settings.base_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        f"http://user:{KEY}@here.example/v1",
        f"http://{KEY}@here.example/v1",
        f"http://here.example/v1?key={KEY}",
        f"http://here.example/v1#{KEY}",
        f"ftp://user:{KEY}@here.example",
    ],
)
def test_an_address_holds_no_secret(url: str) -> None:
    """User, password and query are refused, since addresses are stored; the message hides them."""
    for message in (told({"base_url": url}), told({}, {"OPENAI_BASE_URL": url})):
        assert KEY not in message
        assert "must hold no user, password" in message


def test_openai_base_url_is_named() -> None:
    """A fault in ``OPENAI_BASE_URL`` is told under that name."""
    assert told({}, {"OPENAI_BASE_URL": "nowhere"}).startswith(
        "OPENAI_BASE_URL: must be an http(s)"
    )


def test_openai_base_url_is_last() -> None:
    """``OPENAI_BASE_URL`` counts where nothing of ours names an address."""
    environ = {"OPENAI_BASE_URL": THERE}
    assert load_settings({}, environ).base_url == THERE
    assert load_settings({}, environ, write_config(f"base_url = '{HERE}'")).base_url == HERE


# Keys


@pytest.mark.parametrize(
    "url",
    [
        None,
        OPENAI_BASE_URL,
        "https://api.openai.com/v1/",
        "https://api.openai.com:443/v1",
        "HTTPS://API.OpenAI.com/v2",
    ],
)
def test_an_exported_key_goes_to_openai(url: str | None) -> None:
    """``OPENAI_API_KEY`` is for api.openai.com, however the address is spelled."""
    settings = load_settings({"base_url": url}, {"OPENAI_API_KEY": KEY})
    assert key_of(settings) == KEY
    assert settings.withheld_key is None


@pytest.mark.parametrize(
    "url",
    [
        HERE,
        "http://localhost:11434/v1",
        "http://api.openai.com/v1",
        "https://api.openai.com:8443/v1",
        "https://api.openai.com.there.example/v1",
        "https://eu.api.openai.com/v1",
        "https://there.example/api.openai.com/v1",
    ],
)
def test_an_exported_key_goes_nowhere_else(url: str) -> None:
    """Another scheme, host or port doesn't get it; which one was kept back is known."""
    settings = load_settings({"base_url": url}, {"OPENAI_API_KEY": KEY})
    assert settings.api_key is None
    assert settings.withheld_key == "OPENAI_API_KEY"


@given(host=st.from_regex(r"\A[a-z0-9]{1,12}(\.[a-z0-9]{1,12}){0,3}\Z"), port=st.integers(1, 65535))
def test_no_other_host_gets_the_key(host: str, port: int) -> None:
    """Whatever the host: if it isn't OpenAI's, the key stays."""
    settings = load_settings({"base_url": f"https://{host}:{port}/v1"}, {"OPENAI_API_KEY": KEY})
    assert settings.api_key is None


def test_openai_key_belongs_to_openai_base_url() -> None:
    """With ``OPENAI_BASE_URL`` exported, ``OPENAI_API_KEY`` is for that host alone."""
    environ = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": THERE}
    assert key_of(load_settings({}, environ)) == KEY
    assert key_of(load_settings({"base_url": THERE + "/deeper"}, environ)) == KEY
    assert load_settings({"base_url": OPENAI_BASE_URL}, environ).withheld_key == "OPENAI_API_KEY"


def test_a_key_of_the_environment_belongs_to_its_address() -> None:
    """``SUMMARISE_API_KEY`` is for ``SUMMARISE_BASE_URL``; no other host gets it."""
    environ = {"SUMMARISE_API_KEY": KEY, "SUMMARISE_BASE_URL": HERE}
    assert key_of(load_settings({}, environ)) == KEY
    elsewhere = load_settings({"base_url": THERE}, environ)
    assert (elsewhere.api_key, elsewhere.withheld_key) == (None, "SUMMARISE_API_KEY")


def test_a_key_named_in_the_file_belongs_to_its_address() -> None:
    """``api_key_env`` of a file goes to the ``base_url`` of that file."""
    config = write_config(f"base_url = '{HERE}'\napi_key_env = 'HERE_KEY'")
    environ = {"HERE_KEY": KEY}
    assert key_of(load_settings({}, environ, config)) == KEY
    elsewhere = load_settings({"base_url": THERE}, environ, config)
    assert (elsewhere.api_key, elsewhere.withheld_key) == (None, "HERE_KEY")


def test_a_key_named_by_a_flag_goes_to_the_address_in_use() -> None:
    """``--api-key-env`` is typed for this very command, wherever its address comes from."""
    config = write_config(f"base_url = '{HERE}'")
    settings = load_settings({"api_key_env": "MINE"}, {"MINE": KEY, "OPENAI_API_KEY": "x"}, config)
    assert key_of(settings) == KEY
    assert settings.api_key_env == "MINE"


def test_the_first_fitting_key_wins() -> None:
    """A key of ours goes before OpenAI's variable; one that was withheld doesn't hide it."""
    both = {"SUMMARISE_API_KEY": "ours", "OPENAI_API_KEY": KEY}
    assert key_of(load_settings({}, both)) == "ours"
    elsewhere = {**both, "SUMMARISE_BASE_URL": HERE}
    openai = load_settings({"base_url": OPENAI_BASE_URL}, elsewhere)
    assert (key_of(openai), openai.withheld_key) == (KEY, None)


def test_a_key_in_the_file_is_refused() -> None:
    """A file only names the variable; the message doesn't show the key."""
    message = told(config=write_config(f"api_key = '{KEY}'"))
    assert message.startswith("summarise.toml: api_key: a key doesn't belong in a file.")
    assert "api_key_env" in message
    assert KEY not in message


def test_a_named_variable_must_be_set() -> None:
    """The message names the place and the variable."""
    for environ in ({}, {"GONE": ""}, {"GONE": "  "}):
        assert told({"api_key_env": "GONE"}, environ) == (
            "--api-key-env: the variable GONE isn't set. "
            "Run `export GONE=KEY`, or give another variable with --api-key-env NAME."
        )


def test_a_variable_for_another_host_may_be_unset() -> None:
    """A file's key isn't missed where it wouldn't be sent."""
    config = write_config(f"base_url = '{HERE}'\napi_key_env = 'HERE_KEY'")
    settings = load_settings({"base_url": "http://localhost:1/v1"}, {}, config)
    assert (settings.api_key, settings.withheld_key) == (None, None)


@pytest.mark.parametrize("key", [KEY, "gsk_abcDEF123", "abcdef0123456789"])
def test_a_key_given_as_a_name_is_not_shown(key: str) -> None:
    """Who puts the key in the place of the variable's name doesn't see it on the screen."""
    message = told({"api_key_env": key})
    assert key not in message
    assert "not the key" in message


@pytest.mark.parametrize("key", [f"“{KEY}”", f"{KEY} {KEY}", f"{KEY}\x00"])
def test_a_key_that_no_header_takes(key: str) -> None:
    """What an editor or a slip added is told before anything is sent, without the key."""
    message = told({}, {"OPENAI_API_KEY": key})
    assert message.startswith("OPENAI_API_KEY: ")
    assert KEY not in message


def test_blanks_around_a_key_are_left_out() -> None:
    """A line break at the end of an exported key isn't part of it."""
    assert key_of(load_settings({}, {"OPENAI_API_KEY": f" {KEY}\n"})) == KEY


def test_a_key_is_never_shown() -> None:
    """Neither the settings' forms as text nor the messages about other settings hold the key."""
    settings = load_settings({}, {"OPENAI_API_KEY": KEY})
    assert key_of(settings) == KEY
    for text in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.api_key}"):
        assert KEY not in text
    for flags in ({"timeout": "x"}, {"base_url": "x"}, {"modle": "x"}):
        assert KEY not in told(flags, {"OPENAI_API_KEY": KEY, "SUMMARISE_API_KEY": KEY})
    assert KEY not in told({"api_key": [KEY]})


def test_settings_do_not_change() -> None:
    """Settings are frozen once built."""
    with pytest.raises(ValueError, match="frozen"):
        load_settings({}, {}).model = "other"  # type: ignore[misc]


def test_sampling_holds_what_was_set() -> None:
    """Zero is a setting; None isn't sent."""
    settings = load_settings({"temperature": 0.0, "seed": 0}, {})
    assert settings.sampling == {"temperature": 0.0, "seed": 0}


def test_keys_of_services_come_from_their_variables() -> None:
    """Each by its service; none is shown, and none can be set elsewhere."""
    settings = load_settings(
        {}, {"OPENALEX_API_KEY": f" {KEY} ", "S2_API_KEY": "", "HF_TOKEN": KEY}
    )
    assert {name: key.get_secret_value() for name, key in settings.service_keys.items()} == {
        "openalex": KEY
    }
    assert KEY not in repr(settings)
    assert "unknown setting" in told({"service_keys": {"openalex": KEY}})


@pytest.mark.parametrize("key", ["xyz xyz", "schlüssel", "xyz\nxyz"])
def test_a_service_key_that_no_request_takes(key: str) -> None:
    """It is refused by the name of its variable, and not shown."""
    message = told(environ={"NCBI_API_KEY": key})
    assert message.startswith("NCBI_API_KEY: ")
    assert key not in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("model", KEY), ("endpoint", KEY), ("mode", KEY), ("base_url", f"{HERE}/{KEY}")),
        *(("timeout", KEY), ("schema", f"{KEY}.toml"), ("unknown", KEY), ("api_key_env", KEY)),
        *(("extra_headers", {"X-Lab": KEY}), ("extra_body", {"a": [KEY]}), (KEY, 1)),
    ],
)
def test_no_setting_holds_a_key(name: str, value: Any) -> None:
    """A key that is set now, wherever it stands, is neither shown nor kept nor sent."""
    text = json.dumps(value) if isinstance(value, dict) else str(value)
    Path("named.toml").write_text(
        f'"{name}" = {text if text == "1" else json.dumps(text)}\n', "utf-8"
    )
    for flags, environ, config in (
        ({name: value}, {"OPENAI_API_KEY": KEY}, None),
        ({name: value}, {"LAB_TOKEN": KEY}, None),
        ({name: value, "api_key": KEY}, {}, None),
        ({}, {"OPENAI_API_KEY": KEY, f"SUMMARISE_{name.upper()}": text}, None),
        ({}, {"OPENAI_API_KEY": KEY}, Path("named.toml")),
    ):
        if name == KEY and not config:  # whose case a variable doesn't keep
            continue
        with pytest.raises(SettingsError, match="holds a key, and would be shown") as caught:
            load_settings(flags, environ, config)
        assert KEY not in str(caught.value)
