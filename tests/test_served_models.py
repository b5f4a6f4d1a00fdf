"""Models and servers: which there are, whose name counts, and servers that aren't ready or none."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summarise.servers import catalogue
from summarise.settings import PRESETS, Preset
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, Reply, draft_answer, malformed, status
from tests.test_cli import Command, is_one_line, summarise

__all__ = ["summarise"]

PAGE = ROOT / "fixtures" / "daily_papers.txt"
LLAMA = {"id": "Bee-8B", "owned_by": "llamacpp", "meta": {"n_ctx": 8192, "n_params": 8_000_000_000}}


def paged(pages: dict[str, Any], script: Callable[[Any], Reply] = draft_answer) -> LoopbackServer:
    """A server with these pages of JSON; what is asked about an abstract, the script answers."""

    def reply(number: int, body: Any) -> Reply:
        request = server.requests[number]
        if request.method == "POST" and "messages" in (body or {}):
            return script(body)
        page = pages.get(request.path)
        return status(404) if page is None else Reply(body=json.dumps(page).encode())

    server = LoopbackServer(reply, lists=True)
    return server


def gguf(path: Path, context: int) -> None:
    """A file with a head that tells architecture, context and size."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    keys = [
        text("general.architecture") + struct.pack("<I", 8) + text("bee"),
        text("bee.context_length") + struct.pack("<II", 4, context),
        text("general.size_label") + struct.pack("<I", 8) + text("3B"),
    ]
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys)) + b"".join(keys))


def test_what_a_server_lists(summarise: Command) -> None:
    """Id, parameters, context and whether it is loaded, as llama.cpp tells them."""
    with paged({"/v1/models": {"data": [LLAMA]}}) as server:
        told = summarise("models", "--base-url", server.base_url)
        found = json.loads(summarise("models", "--base-url", server.base_url, "--json").out)
    assert "(llama.cpp)" in told.out
    assert told.out.splitlines()[1].split() == ["Bee-8B", "8.0B", "8,192", "tokens", "loaded"]
    assert found["models"][0] == {
        "id": "Bee-8B",
        "parameters": 8_000_000_000,
        "context": 8192,
        "is_loaded": True,
        "size": None,
        "fault": None,
    }


def test_what_ollama_tells_beside(summarise: Command) -> None:
    """Which of its models are loaded, with what context, and how large their files are."""
    names = ("bee:8b", "wasp:1b")
    pages = {
        "/v1/models": {"data": [{"id": one, "owned_by": "library"} for one in names]},
        "/api/tags": {
            "models": [
                {"name": one, "size": 5_000_000_000, "details": {"parameter_size": "8.2B"}}
                for one in names
            ]
        },
        "/api/ps": {"models": [{"name": "bee:8b", "context_length": 4096}]},
    }
    with paged(pages) as server:
        lines = summarise("models", "--base-url", server.base_url).out.splitlines()
    assert "(Ollama)" in lines[0]
    assert lines[1].split() == ["bee:8b", "8.2B", "5.0", "GB", "4,096", "tokens", "loaded"]
    assert lines[2].split() == ["wasp:1b", "8.2B", "5.0", "GB", "not", "loaded"]


def test_the_servers_of_this_machine(summarise: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an endpoint each usual one is asked; no key goes there, and nobody is no error."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-12345")
    with paged({"/v1/models": {"data": [LLAMA]}}) as server:
        usual = {
            **{name: one for name, one in PRESETS.items() if name == "openai"},
            "up": Preset("", "", {"base_url": server.base_url}),
            "down": Preset("", "", {"base_url": "http://127.0.0.1:9/v1"}, software="Down"),
        }
        monkeypatch.setattr(catalogue, "PRESETS", usual)
        told = summarise("models")
    assert told.code == 0
    assert "--endpoint up" in told.out
    assert "Bee-8B" in told.out
    assert "127.0.0.1:9 (Down): nobody answers there" in told.out
    assert all("authorization" not in one.headers for one in server.requests)


def test_files_of_models(summarise: Command, tmp_path: Path) -> None:
    """Size and context come from the file's own head; one that is broken is named so."""
    gguf(tmp_path / "bee.gguf", 32_768)
    (tmp_path / "lower").mkdir()
    (tmp_path / "lower" / "torn.gguf").write_bytes(b"GGUF")
    lines = summarise("models", tmp_path).out.splitlines()
    assert lines[1].split()[-6:] == ["bee.gguf", "3.0B", "0.0", "GB", "32,768", "tokens"] or (
        "32,768 tokens" in lines[2]
    )
    assert any("isn't a whole GGUF file" in line for line in lines)
    empty = tmp_path / "none"
    empty.mkdir()
    for path in (empty, tmp_path / "absent"):
        refused = summarise("models", path)
        assert (refused.code, is_one_line(refused.err)) == (2, True)


def test_a_name_that_llama_cpp_does_not_serve_is_an_error(summarise: Command) -> None:
    """It answers to any name; so its list is asked, and the run stops before a document is sent."""
    with paged({"/v1/models": {"data": [LLAMA]}}) as server:
        arguments = ("run", PAGE, "--base-url", server.base_url, "--model")
        refused = summarise(*arguments, "wrongname")
        assert refused.code == 3
        assert "has no model 'wrongname'; it serves Bee-8B" in refused.err
        assert all(one.method == "GET" for one in server.requests)
        assert summarise(*arguments, "Bee-8B").code == 0


@pytest.mark.parametrize("listed", [None, {"data": [{"id": "other", "owned_by": "vllm"}]}, {}])
def test_other_servers_know_their_names_themselves(summarise: Command, listed: Any) -> None:
    """One that refuses unknown names itself, or has no list, is asked as it is."""
    pages = {} if listed is None else {"/v1/models": listed}
    with paged(pages) as server:
        run = summarise("run", PAGE, "--limit", 1, "--model", "m", "--base-url", server.base_url)
    assert run.code == 0
    assert "the server calls it invented-1-2026" in run.err


def test_a_server_that_loads_is_waited_for(summarise: Command) -> None:
    """503 "Loading model": it is said once, and the run goes on when the model is there."""
    loading = status(503, message="Loading model")
    with LoopbackServer([loading] * 3) as server:
        run = summarise("run", PAGE, "--limit", 2, "--model", "m", "--base-url", server.base_url)
    assert run.code == 0
    assert run.err.count("Loading model") == 1
    assert "waiting" in run.err


def test_the_list_of_a_server_that_loads(
    summarise: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`models` and `doctor` say that it loads; a run that needs to know the model waits for it."""
    monkeypatch.setattr("summarise.servers.about._AGAIN", 0.01)
    loading = status(503, message="Loading model")

    def reply(number: int, body: object) -> Reply:
        listed = json.dumps({"data": [{"id": "only"}]}).encode()
        return loading if number < 5 else draft_answer(body) if body else Reply(body=listed)

    with LoopbackServer(reply, lists=True) as server:
        there = ("--base-url", server.base_url)
        for command in ("models", "doctor"):
            told = summarise(command, *there, *(("--model", "m") if command == "doctor" else ()))
            assert told.code == 3
            assert "Loading model (HTTP 503). It isn't ready yet: ask again" in told.err
        run = summarise("run", PAGE, "--limit", 1, *there)
        assert run.code == 0
        assert run.err.count("waiting: 127.0.0.1") == 1
        assert "Made by only" in run.err
    with LoopbackServer(lambda *_: loading) as server:  # without a list, too
        assert "Loading model (HTTP 503)" in summarise("models", "--base-url", server.base_url).err


def test_loading_without_end_stops_the_run(summarise: Command) -> None:
    """Not longer than a deadline."""
    with LoopbackServer(lambda *_: status(503, message="Loading model")) as server:
        run = summarise(
            *("run", PAGE, "--limit", 2, "--model", "m", "--base-url", server.base_url),
            *("--deadline", 1),
        )
    assert run.code == 3
    assert "Loading model" in run.err


def test_a_page_in_the_place_of_an_api_is_named(summarise: Command) -> None:
    """By its title, after a moment, whether it comes with 200 or 404; nothing may be billed."""
    page = b"<!DOCTYPE html>\n<html><title>Welcome to Bees</title></html>"
    for folder, reply in (("a", malformed(page)), ("b", status(404, page))):
        with LoopbackServer(lambda *_, reply=reply: reply) as server:
            there = ("--base-url", server.base_url, "-o", folder)
            run = summarise("run", PAGE, "--model", "m", *there)
        assert run.code == 3
        assert "a web page (“Welcome to Bees”)" in run.err
        assert "Check the base URL: most end in /v1." in run.err
        assert "may be billed" not in run.err
