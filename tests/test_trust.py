"""A ``summarise.toml`` that was only found sends no secret, imports no code, stays in its folder.

One that the user names may do all of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from summarise.errors import PromptError, SettingsError
from summarise.extract import load_prompt
from summarise.settings import Settings, load_settings
from tests.conftest import ROOT

KEY = "sk-planted-1234567890"
EVIL = "https://evil.example/v1"
ENVIRON = dict.fromkeys(("AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY", "GROQ_API_KEY", "MINE"), KEY)
NAMED = Path("summarise.toml")


def found(text: str, **flags: str) -> Settings:
    """The settings with a file that nobody named."""
    NAMED.write_text(text)
    return load_settings(flags, ENVIRON)


def refusal(text: str, **flags: str) -> str:
    """The line by which a file that nobody named is refused."""
    with pytest.raises(SettingsError) as caught:
        found(text, **flags)
    message = str(caught.value)
    assert message.startswith(("summarise.toml: ", "--"))
    assert "\n" not in message
    assert KEY not in message
    assert "--config summarise.toml" in message
    return message


def key_of(settings: Settings) -> str | None:
    return settings.api_key.get_secret_value() if settings.api_key else None


@pytest.mark.parametrize("variable", ["AWS_SECRET_ACCESS_KEY", "MINE", "OPENAI_API_KEY", "HOME"])
@pytest.mark.parametrize(
    "shape",
    [
        'base_url = "{url}"\napi_key_env = "{variable}"',
        'endpoint = "x"\n[endpoints.x]\nbase_url = "{url}"\napi_key_env = "{variable}"',
        'endpoint = "x"\nbase_url = "{url}"\n[endpoints.x]\napi_key_env = "{variable}"',
        'endpoint = "openai"\n[endpoints.openai]\nbase_url = "{url}"\napi_key_env = "{variable}"',
        '[endpoints.groq]\nbase_url = "{url}"\napi_key_env = "{variable}"\n[endpoints.x]\n',
    ],
)
def test_no_secret_goes_where_a_found_file_says(shape: str, variable: str) -> None:
    """Neither any variable nor the key of a known endpoint goes to an address of the file's own."""
    text = shape.format(url=EVIL, variable=variable)
    if "groq" in text:
        text = f'endpoint = "groq"\n{text}'
    assert "api_key_env" in refusal(text)
    named = load_settings({}, {**ENVIRON, "HOME": KEY}, NAMED)
    assert key_of(named) == KEY
    assert load_settings({}, {**ENVIRON, "HOME": KEY, "SUMMARISE_CONFIG": str(NAMED)}) == named


@pytest.mark.parametrize(
    "text",
    [
        f'base_url = "{EVIL}"',
        f'endpoint = "x"\n[endpoints.x]\npreset = "openai"\nbase_url = "{EVIL}"',
        f'endpoint = "openai"\nbase_url = "{EVIL}"\n[endpoints.openai]\nbase_url = "{EVIL}"',
        'base_url = "http://api.openai.com/v1"',
        'base_url = "https://api.openai.com.evil.example/v1"',
    ],
)
def test_a_key_of_the_environment_stays(text: str) -> None:
    """Without naming a variable a found file gets no key either."""
    assert found(text).api_key is None


def test_the_keys_of_known_endpoints() -> None:
    """Their variables may be named at their own addresses."""
    for text in (
        'endpoint = "groq"',
        'base_url = "https://api.groq.com/openai/v1"\napi_key_env = "GROQ_API_KEY"',
        'endpoint = "x"\n[endpoints.x]\npreset = "groq"\napi_key_env = "GROQ_API_KEY"',
        'model = "gpt-5-mini"',
    ):
        assert key_of(found(text)) == KEY


@pytest.mark.parametrize("name", ["price_in", "price_out", "price_cached"])
@pytest.mark.parametrize("where", ["", '[endpoints.openai]\nmodel = "gpt-5"\n'])
def test_a_found_file_makes_no_cap_void(where: str, name: str) -> None:
    """Where the user's key pays, its prices don't count for --max-cost; the user's own do."""
    text = f'endpoint = "openai"\nmodel = "gpt-5"\n{where}{name} = 0'
    assert f"{name}: a summarise.toml that was only found" in refusal(text, max_cost="1")
    assert found(text, max_cost="1", **{name: "2"}).max_cost == 1
    assert found(text).max_cost is None
    own = f'base_url = "{EVIL}"\nmodel = "m"\n{name} = 0'
    assert found(own, max_cost="1").api_key is None


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "MINE"])
@pytest.mark.parametrize(
    ("text", "flags"),
    [
        (f'base_url = "{EVIL}"', {}),
        (f'[endpoints.ollama]\nbase_url = "{EVIL}"', {"endpoint": "ollama"}),
        (f'[endpoints.lab]\npreset = "groq"\nbase_url = "{EVIL}"', {"endpoint": "lab"}),
        (f'endpoint = "lab"\n[endpoints.lab]\nbase_url = "{EVIL}"', {}),
        (f'base_url = "{EVIL}"\n[endpoints.lab]\nmodel = "x"', {"endpoint": "lab"}),
    ],
)
def test_a_key_of_the_users_is_for_a_host_of_the_users(
    text: str, flags: dict[str, str], variable: str
) -> None:
    """A key of a flag or of the environment goes where the user says, not where a file leads."""
    typed = {**flags, "api_key_env": variable}
    told = refusal(text, **typed)
    assert f"leads to {EVIL}" in told
    assert f"--base-url {EVIL}" in told
    assert key_of(found(text, **typed, base_url=EVIL)) == KEY
    assert key_of(load_settings(typed, ENVIRON, NAMED)) == KEY
    exported = {f"SUMMARISE_{name.upper()}": value for name, value in typed.items()}
    for environ in (exported, {**exported, "SUMMARISE_API_KEY": KEY}):
        both = {**ENVIRON, **environ}
        if flags and f'{EVIL}"\n[' not in text:
            with pytest.raises(
                SettingsError, match=r"^SUMMARISE_API_KEY(_ENV)?: .*leads"
            ) as caught:
                load_settings({}, both)
            assert KEY not in str(caught.value)
        else:
            # Without an address of its own a key of the environment is OpenAI's, so withheld.
            assert load_settings({}, both).api_key is None
        said = {**both, "SUMMARISE_BASE_URL": EVIL}
        assert key_of(load_settings(flags | {"base_url": EVIL}, said)) == KEY


def test_an_address_of_the_environment_is_not_that_of_a_file() -> None:
    """Only the address that is used counts as said, not another one beside it."""
    NAMED.write_text(f'[endpoints.ollama]\nbase_url = "{EVIL}"')
    typed = {"endpoint": "ollama", "api_key_env": "MINE"}
    with pytest.raises(SettingsError, match="leads to"):
        load_settings(typed, {**ENVIRON, "SUMMARISE_BASE_URL": "https://other.example/v1"})


def test_a_typed_key_is_for_a_known_endpoint() -> None:
    """A found file may choose one, for its own key or for one that belongs to no other."""
    evil = f'base_url = "{EVIL}"'
    assert key_of(found(evil, api_key_env="OPENAI_API_KEY", endpoint="openai")) == KEY
    assert key_of(found('endpoint = "groq"', api_key_env="MINE")) == KEY
    assert key_of(found('base_url = "http://localhost:11434/v1"', api_key_env="MINE")) == KEY
    for text in ('endpoint = "groq"', 'base_url = "https://api.groq.com/openai/v1"'):
        assert key_of(found(text, api_key_env="GROQ_API_KEY")) == KEY
        assert "OPENAI_API_KEY is the key of openai" in refusal(text, api_key_env="OPENAI_API_KEY")


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ('schema = "evilmod:X"', "--schema evilmod:X"),
        ('schema = "../x.toml"', "--schema ../x.toml"),
        ('schema = "link/x.yaml"', "--schema link/x.yaml"),
        ('prompt_version = "../prompts"', "--prompt-version ../prompts"),
        ('prompt_version = "/etc"', "--prompt-version /etc"),
        ('cache_dir = "../elsewhere"', "SUMMARISE_CACHE_DIR=../elsewhere"),
        ('cache_dir = "~/x"', "SUMMARISE_CACHE_DIR=~/x"),
        ('cache_dir = "link/x"', "SUMMARISE_CACHE_DIR=link/x"),
    ],
)
def test_nothing_is_imported_and_nothing_reached_outside(line: str, flag: str) -> None:
    """A module, and a folder that isn't inside of the file's, has to be said by hand."""
    Path("link").symlink_to("/tmp")
    for text in (line, f'endpoint = "x"\n[endpoints.x]\nbase_url = "{EVIL}"\n{line}'):
        assert flag in refusal(text)
        load_settings({}, ENVIRON, NAMED)
    name, _, value = line.partition(" = ")
    assert found(line, **{name: value.strip('"')})


def test_what_lies_in_the_folder_may_be_named() -> None:
    """A schema's file, prompts and a cache inside the folder are as good as the file itself."""
    assert found('schema = "review.toml"\nprompt_version = "./p"\ncache_dir = "cache"')


def test_a_link_in_a_prompt_is_not_followed_outside(tmp_path: Path) -> None:
    """A template that is a link to a file elsewhere isn't sent to anybody."""
    (tmp_path / "secret").write_text("secret")
    own = tmp_path / "own"
    own.mkdir()
    for source in (ROOT / "prompts" / "v1").iterdir():
        (own / source.name).write_bytes(source.read_bytes())
    load_prompt(str(own))
    (own / "system.md.jinja").unlink()
    (own / "system.md.jinja").symlink_to(tmp_path / "secret")
    with pytest.raises(PromptError, match="leads out of the folder"):
        load_prompt(str(own))


def test_where_papers_come_from_is_said_by_hand() -> None:
    """Nobody who unpacks a folder fetches from an address that its file names."""
    line = 'sources = { arxiv = "http://10.0.0.7/api" }'
    assert "SUMMARISE_SOURCES={" in refusal(line)
    own = {"arxiv": "http://localhost:8000"}
    assert load_settings({"sources": own}, ENVIRON).sources == own
    assert load_settings({}, ENVIRON, NAMED).sources == {"arxiv": "http://10.0.0.7/api"}
