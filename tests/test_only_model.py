"""An endpoint that is named without a model is asked for its only one: never nothing in silence."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from summarise import Run, api, cli
from summarise.errors import SettingsError
from summarise.settings import load_settings
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, Reply, draft_answer, status

PAGE = ROOT / "fixtures" / "daily_papers.txt"
NOBODY = "http://127.0.0.1:9/v1"
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def summarise(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process; gives its exit code and all that it printed."""

    def call(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["summarise", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, out + err

    return call


@contextlib.contextmanager
def serving(*models: str, meta: object = None) -> Iterator[LoopbackServer]:
    """A server that lists these models, and answers for each."""

    def script(number: int, body: Any) -> Reply:
        if server.requests[number].path == "/v1/models":
            rows = [{"id": one, "meta": meta} for one in models]
            return Reply(body=json.dumps({"data": rows}).encode())
        return draft_answer(body) if body and "messages" in body else status(422)

    server = LoopbackServer(script, lists=True)
    with server:
        yield server


@pytest.mark.parametrize("said", ["flag", "profile", "environment", "file"])
def test_the_only_model_is_taken(
    summarise: Command, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """Wherever the endpoint is named: its one model is asked, and the user is told."""
    with serving("only-1") as server:
        flags = ["--base-url", server.base_url] if said == "flag" else []
        config = Path("summarise.toml")
        if said == "environment":
            monkeypatch.setenv("SUMMARISE_BASE_URL", server.base_url)
        elif said == "file":
            config.write_text(f'base_url = "{server.base_url}"')
        elif said == "profile":
            config.write_text(f'[endpoints.lab]\nbase_url = "{server.base_url}"')
            flags = ["--endpoint", "lab"]
        code, printed = summarise("run", PAGE, "--limit", 2, *flags)
    assert code == 0
    assert "has one model, only-1, which is asked" in printed
    assert "Made by only-1: 2 calls" in printed


def test_of_several_one_has_to_be_named(summarise: Command) -> None:
    """Several models: exit 2, one line that names some and both ways on; nothing is made."""
    with serving(*(f"model-{n}" for n in range(40))) as server:
        for command in ("run", "estimate", "compare-models"):
            code, printed = summarise(command, PAGE, "--base-url", server.base_url)
            assert code == 2
            assert printed.count("\n") == 1
            assert "has 40 models: model-0, model-1" in printed
            assert "and 28 more" in printed
            assert "--model; --model embedded asks none" in printed
        assert all(request.path == "/v1/models" for request in server.requests)
    assert not Path("outputs").exists()


def test_nobody_there(summarise: Command) -> None:
    """A server that can't be reached, or refuses the key: one line, exit 3, with its address."""
    for command in ("run", "estimate", "compare-models"):
        code, printed = summarise(command, PAGE, "--base-url", NOBODY)
        assert (code, printed.count("\n")) == (3, 1)
        assert "127.0.0.1:9" in printed
    with LoopbackServer(lambda *_: status(401), lists=True) as server:
        assert summarise("run", PAGE, "--base-url", server.base_url)[0] == 3


def test_offline_asks_nobody_elsewhere(summarise: Command) -> None:
    """With --offline an address elsewhere isn't asked for its models either."""
    code, printed = summarise("run", PAGE, "--base-url", "https://x.example/v1", "--offline")
    assert (code, printed.count("\n")) == (2, 1)
    assert "--offline opens nothing else" in printed


def test_estimate_and_comparison_take_it_too(summarise: Command) -> None:
    """``estimate`` and ``compare-models`` ask for the only model as ``run`` does."""
    with serving("only-1") as server:
        code, printed = summarise("estimate", PAGE, "--base-url", server.base_url)
        assert (code, "only-1" in printed) == (0, True)
        more = ("--limit", 1, "--base-url", server.base_url)
        code, printed = summarise("compare-models", PAGE, *more)
        assert (code, "only-1" in printed) == (0, True)


def test_the_embedded_extractor_by_name(
    summarise: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--model embedded`` asks nobody, whatever the settings below name."""
    Path("summarise.toml").write_text(f'base_url = "{NOBODY}"\nmodel = "m"')
    monkeypatch.setenv("SUMMARISE_ENDPOINT", "ollama")
    code, printed = summarise("run", PAGE, "--model", "embedded")
    assert code == 0
    assert "Made by the embedded extractor" in printed
    assert summarise("estimate", PAGE, "--model", "embedded")[0] == 0


WARNING = "the embedded extractor does better than a model below a billion parameters"


@pytest.mark.parametrize(
    ("model", "meta", "told"),
    [
        ("tiny-135M", {}, 1),
        ("tiny", {"n_params": 135_000_000}, 1),
        ("tiny-135M", {"n_params": 7_000_000_000}, 0),
        ("tiny", {}, 0),
    ],
)
def test_a_small_model_is_asked_after_one_warning(
    summarise: Command, model: str, meta: dict[str, int], told: int
) -> None:
    """Its name tells its size, or the server does, which knows better."""
    with serving(model, meta=meta) as server:
        code, printed = summarise("run", PAGE, "--limit", 2, "--base-url", server.base_url)
    assert (code, printed.count(WARNING)) == (0, told)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--prompt-version", "NOSUCH"), "--prompt-version"),
        (("--temperature", 0, "--rpm", 3), "--temperature, --rpm"),
        (
            ("--model", "embedded", "--base-url", NOBODY, "--api-key-env", "X", "--max-cost", 1),
            "--base-url, --api-key-env, --max-cost",
        ),
        (("--no-cache", "--offline", "--schema", "default"), None),
        ((), None),
    ],
)
@pytest.mark.parametrize("command", ["run", "estimate"])
def test_what_only_a_model_heeds_is_told(
    summarise: Command, monkeypatch: pytest.MonkeyPatch, command: str, *, flags: Any, told: Any
) -> None:
    """Without a model no flag is ignored in silence."""
    monkeypatch.setenv("X", "sk-invented-5f3a9c")
    code, output = summarise(command, PAGE, "--limit", 1, *flags)
    assert code == 0
    assert output.count("effect") == (told is not None)
    assert f"no model is asked, so without effect: {told}; name one" in output or told is None
    logged = summarise("run", PAGE, "--limit", 1, "--log-json", "x.jsonl", "--explain-cache")[1]
    assert "without effect: --explain-cache, --log-json;" in logged


def test_openais_own_variables_name_no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exported OPENAI_BASE_URL or key alone asks nobody."""
    environ = {"OPENAI_BASE_URL": NOBODY, "OPENAI_API_KEY": "x"}
    assert load_settings({}, environ).lacks_model is False


def test_from_python(tmp_path: Path) -> None:
    """The Python API asks for the only model, too."""
    with serving("only-1") as server:
        run = api.summarise(PAGE, base_url=server.base_url)
        assert isinstance(run, Run)
        assert run.manifest.identity.model == "only-1"


# Files


def test_a_model_file_is_one_whatever_its_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GGUF file is local by one rule: ``--offline`` takes what a run would serve itself."""
    Path("here.gguf").touch()
    for model, base_url in (
        *(("X.GGUF", None), ("x.gguf", None), ("here.gguf", "https://x.example/v1")),
        ("gone.gguf", "http://localhost:9/v1"),
    ):
        flags = {"model": model, "base_url": base_url, "offline": True}
        assert load_settings(flags, {}).model == model
    with pytest.raises(SettingsError, match="--offline opens nothing else"):
        load_settings({**flags, "base_url": "https://x.example/v1"}, {})


@pytest.mark.parametrize("name", ["x.docx", "X.ODS", "x.md.pdf"])
def test_a_table_in_a_format_that_is_not_there(summarise: Command, name: str) -> None:
    """A suffix that no format of a table has is refused; nothing is written."""
    assert summarise("run", PAGE, "-o", "r")[0] == 0
    code, printed = summarise("table", "r", "-o", name)
    assert (code, printed.count("\n")) == (2, 1)
    assert "choose one with --format." in printed
    assert not Path(name).exists()
    for good in ("t.md", "t.MARKDOWN", "t"):
        assert summarise("table", "r", "-o", good)[0] == 0


def test_a_folder_that_is_named_like_a_file(summarise: Command) -> None:
    """``run -o out.csv`` would make a folder of that name; a version in a name is none."""
    for command in (["run"], ["estimate"], ["compare-models", "--model", "m"]):
        code, printed = summarise(*command, PAGE, "-o", "out.csv")
        assert (code, printed.count("\n")) == (2, 1)
        assert "named like a file" in printed
    assert not Path("out.csv").exists()
    assert summarise("run", PAGE, "-o", "page.qwen2.5")[0] == 0


def test_an_id_that_cannot_be_printed_is_not_taken_for_another(summarise: Command) -> None:
    """What would stand there instead names no model: exit 2, one line, nothing is asked."""
    with serving("only\x1b]0;own\n1") as server:
        for command in (("run", PAGE), ("doctor",)):
            code, printed = summarise(*command, "--base-url", server.base_url)
            assert (code, printed.count("\n")) == (2, 1)
            assert "its only model's id can't be printed as it is" in printed
        assert all(request.path == "/v1/models" for request in server.requests)
