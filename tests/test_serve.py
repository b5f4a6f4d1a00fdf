"""Serving a local model: plans, hashes, and a child process that never outlives its parent.

The child is the real one; llama.cpp is played by ``STAND_IN``. ``test_local_model`` has the model.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import os
import signal
import socket
import struct
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise import cli
from summarise.errors import EndpointUnusable, SettingsError
from summarise.servers import LocalServer, ServeOptions, local_endpoint
from summarise.servers.gguf import ModelFile, model_digest, read_model
from summarise.servers.server import plan_server, this_machine
from summarise.settings import OPENAI_BASE_URL, Mode, Settings, is_local_model
from tests.processes import ends, is_gone

# In place of xllamacpp: a server that tells its parameters and environment, or misbehaves.
STAND_IN = """
import http.server, json, os, sys, threading, time, types

mode = os.environ.get("STAND_IN", "")
if mode == "import":
    raise ImportError("libgomp.so.1: cannot open shared object file")

class CommonParams:
    def __init__(self):
        for name in ("model", "cpuparams", "cpuparams_batch", "sampling"):
            setattr(self, name, types.SimpleNamespace())

class Reply(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if mode == "dies":
            print("0.01.000 E srv  decode: out of memory", file=sys.stderr, flush=True)
            os._exit(9)
        told = {"path": self.path, "key": self.headers["Authorization"], "host":
                self.headers["Host"], "params": told_params, "environ": dict(os.environ)}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *values):
        pass

class Server:
    def __init__(self, params):
        global told_params
        print("this must not reach the parent")
        print("0.00.001 I srv  init: loading model", file=sys.stderr, flush=True)
        if mode == "fails":
            for line in ("llama_model_load: error loading model: unknown model architecture: 'x'",
                         "srv  load_model: failed to load model, 'm.gguf'"):
                print("0.00.002 E", line, file=sys.stderr, flush=True)
            raise RuntimeError("Failed to init server")
        if mode == "ends":
            os._exit(3)
        if mode == "loads":
            time.sleep(60)
        told_params = {name: vars(value) if isinstance(value, types.SimpleNamespace) else
                       sorted(value) if isinstance(value, set) else value
                       for name, value in vars(params).items()}
        server = http.server.ThreadingHTTPServer((params.hostnames[0], params.port), Reply)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.listening_address = "http://127.0.0.1:%d" % server.server_address[1]
"""
PARENT = """
import sys, time
from pathlib import Path
from summarise.servers import LocalServer, ServeOptions
with LocalServer(ServeOptions(Path(sys.argv[1]))) as server:
    print(server._child.pid, server.base_url.split(":")[2].split("/")[0], flush=True)
    time.sleep(60)
"""

Keys = dict[str, Any]
LLAMA: Keys = {
    "general.architecture": "llama",
    "general.name": "Invented 1B",
    "llama.block_count": 16,
    "llama.context_length": 32768,
    "llama.embedding_length": 2048,
    "llama.attention.head_count": 32,
    "llama.attention.head_count_kv": 8,
    "llama.rope.freq_base": 10000.0,
    "general.tags": ["text", "invented"],
}


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def value(item: object) -> bytes:
    if isinstance(item, str):
        return struct.pack("<I", 8) + text(item)
    if isinstance(item, float):
        return struct.pack("<If", 6, item)
    if isinstance(item, int):
        return struct.pack("<II", 4, item)
    assert isinstance(item, list)
    if item and isinstance(item[0], str):
        return struct.pack("<IIQ", 9, 8, len(item)) + b"".join(text(i) for i in item)
    return struct.pack("<IIQ", 9, 5, len(item)) + struct.pack(f"<{len(item)}i", *item)


def gguf(keys: Keys) -> bytes:
    """A GGUF file without tensors."""
    body = b"".join(text(name) + value(item) for name, item in keys.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys)) + body


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model file whose head is whole."""
    path = tmp_path / "models" / "Invented-1B.gguf"
    path.parent.mkdir()
    path.write_bytes(gguf(LLAMA) + bytes(1000))
    return path


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts the stand-in in the place of xllamacpp, and tells it how to behave."""
    folder = tmp_path / "stand_in"
    folder.mkdir()
    (folder / "xllamacpp.py").write_text(STAND_IN, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ["PYTHONPATH"]]))
    monkeypatch.syspath_prepend(folder)

    def behave(mode: str) -> None:
        monkeypatch.setenv("STAND_IN", mode)

    behave("")
    return behave


Behaviour = Callable[[str], None]


def pid_of(server: LocalServer) -> int | None:
    """Process id of its child, None where there is none."""
    return None if server._child is None else server._child.pid


def ask(server: LocalServer) -> Keys:
    """What the stand-in tells of itself."""
    request = urllib.request.Request(f"{server.base_url}/chat/completions", b"{}")
    with urllib.request.urlopen(request, timeout=10) as reply:
        told: Keys = json.load(reply)
    return told


def is_refused(port: int) -> bool:
    """Whether nobody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        pass  # whoever listened ends just now
    return False


# The file


def test_the_head_of_a_file(model: Path) -> None:
    """Context and size of the KV cache come from the metadata: layers x KV heads x 2 x 64 x 2 B."""
    found = read_model(model)
    assert found == ModelFile(model, (model,), model.stat().st_size, 32768, 16 * 8 * 2 * 64 * 2)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"llama.attention.head_count_kv": [8, 0, 4]}, 12 * 2 * 64 * 2),
        ({"llama.attention.key_length": 128, "llama.attention.value_length": 96}, 16 * 8 * 224 * 2),
        ({"llama.attention.head_count_kv": "eight"}, 16 * 32 * 2 * 64 * 2),
        ({"llama.attention.head_count_kv": [-8]}, None),
        ({"llama.block_count": "many"}, None),
        ({"llama.attention.head_count": 0}, None),
        ({"general.architecture": "other"}, None),
    ],
)
def test_the_size_of_the_cache(model: Path, changes: Keys, expected: int | None) -> None:
    """KV heads may differ by layer, heads may have their own width, and unknown stays unknown."""
    model.write_bytes(gguf({**LLAMA, **changes}))
    assert read_model(model).cache_bytes == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"general.size_label": "135M"}, 135e6),
        ({"general.size_label": "1B", "general.parameter_count": 360_000_000}, 360e6),
        ({"general.size_label": "large", "general.parameter_count": 0}, None),
    ],
)
def test_how_many_parameters_it_has(model: Path, changes: Keys, expected: float | None) -> None:
    """A file counts its model's parameters, or bears a label of its size."""
    model.write_bytes(gguf({**LLAMA, **changes}))
    assert read_model(model).parameters == expected


def test_the_vocabulary_is_not_read(model: Path) -> None:
    """What follows the first key of the tokenizer is left alone."""
    head = gguf({**LLAMA, "tokenizer.ggml.tokens": ["a"]})
    model.write_bytes(head[: -len(value(["a"]))])
    assert read_model(model).trained_context == 32768


def test_long_lists_are_passed_over(model: Path) -> None:
    """A list before the keys that matter doesn't hide them."""
    model.write_bytes(gguf({"other.numbers": list(range(5000)), **LLAMA}))
    assert read_model(model).trained_context == 32768


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it doesn't begin with GGUF"),
        (b"PK\x03\x04 a zip file", "it doesn't begin with GGUF"),
        (b"GGUF\x03\0\0", "it ends within its head"),
        (b"GGUF" + struct.pack("<IQQ", 9, 0, 1), "version 9 with 1 keys"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 40), "version 3 with"),
        (gguf(LLAMA)[:-30], "it ends within its head"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 60), "bytes in its head"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("a") + b"\x63\0\0\0", "unknown type 99"),
    ],
)
def test_what_is_no_model(model: Path, content: bytes, reason: str) -> None:
    """A file that isn't GGUF, or is cut off, is refused in one line that says so."""
    model.write_bytes(content)
    with pytest.raises(SettingsError, match=reason) as raised:
        read_model(model)
    assert str(raised.value).startswith(f"{model}: isn't a whole GGUF file (")
    assert "\n" not in str(raised.value)


@given(cut=st.integers(0, len(gguf(LLAMA))), noise=st.binary(max_size=40))
def test_any_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes
) -> None:
    """Whatever a file holds, it is a model or an error of settings, never another exception."""
    path = tmp_path_factory.getbasetemp() / "any.gguf"
    whole = gguf(LLAMA)
    content = whole[:cut] + noise + whole[cut + len(noise) :]
    path.write_bytes(content)
    try:
        assert read_model(path).size == len(content)
    except SettingsError as error:
        assert "isn't a whole GGUF file" in str(error)  # noqa: PT017 - either outcome is fine


def test_a_path_to_nothing(tmp_path: Path) -> None:
    """A misspelt path is named."""
    with pytest.raises(SettingsError, match=r"no.gguf: there is no such file\. Name a GGUF file"):
        read_model(tmp_path / "no.gguf")


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    """What can't be opened as a file is refused with the system's reason."""
    with pytest.raises(SettingsError, match="can't be read"):
        read_model(tmp_path)


def test_a_model_in_parts(tmp_path: Path) -> None:
    """The first part stands for all; one that lacks is named."""
    for number in (1, 2):
        part = tmp_path / f"big-0000{number}-of-00002.gguf"
        part.write_bytes(gguf(LLAMA) + bytes(number))
    first = tmp_path / "big-00001-of-00002.gguf"
    assert read_model(first).size == 2 * len(gguf(LLAMA)) + 3
    before = model_digest(read_model(first), tmp_path)
    part.write_bytes(gguf(LLAMA) + b"xy")
    assert model_digest(read_model(first), tmp_path) != before
    part.unlink()
    with pytest.raises(SettingsError, match=r"big-00002-of-00002\.gguf: there is no such file"):
        read_model(first)


# The plan


def a_model(**overrides: Any) -> ModelFile:
    path = Path("invented.gguf")
    defaults = {"path": path, "parts": (path,), "size": 5 * 10**9, "trained_context": 40960}
    return ModelFile(**{**defaults, "cache_bytes": 147_456, **overrides})


@pytest.mark.parametrize(
    ("cores", "memory", "model", "expected"),
    [
        (2, 24, {}, (8192, 1)),
        (8, 24, {}, (8192, 4)),
        (64, 240, {}, (8192, 4)),
        (8, 8, {}, (8192, 2)),
        (8, 6.2, {}, (5120, 1)),
        (8, 5, {}, (4096, 1)),
        (8, None, {}, (8192, 4)),
        (8, 24, {"trained_context": 2048}, (2048, 4)),
        (8, 24, {"trained_context": None, "cache_bytes": None}, (8192, 4)),
    ],
)
def test_the_plan(cores: int, memory: float | None, model: Keys, expected: tuple[int, int]) -> None:
    """Context for the longest document, as trained and as fits; a slot for each pair of cores."""
    free = None if memory is None else int(memory * 1e9)
    plan = plan_server(ServeOptions(Path("invented.gguf")), a_model(**model), cores, free)
    assert (plan.context, plan.slots) == expected
    assert plan.threads == cores


def test_what_the_user_says_counts() -> None:
    """Options override the plan."""
    options = ServeOptions(Path("invented.gguf"), context=1024, slots=3, threads=5)
    plan = plan_server(options, a_model(), 2, 24 * 10**9)
    assert (plan.context, plan.slots, plan.threads) == (1024, 3, 5)


@pytest.mark.parametrize(("memory", "warns"), [(24, False), (5, True)])
def test_a_model_that_does_not_fit(
    caplog: pytest.LogCaptureFixture, memory: int, warns: bool
) -> None:
    """It is told, and tried."""
    with caplog.at_level(logging.WARNING, "summarise"):
        plan_server(ServeOptions(Path("m.gguf")), a_model(), 2, memory * 10**9)
    assert ("invented.gguf: needs about 6.0 GB of memory, and 5.0 GB are" in caplog.text) is warns
    assert caplog.text.count("WARNING") == warns


def put(root: Path, **files: str) -> Path:
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="ascii")
    return root


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs Linux's affinity")
def test_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Siblings of a core count once, and a container's limits count."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)))
    cores = {
        f"sys__devices__system__cpu__cpu{n}__topology__core_cpus_list": f"{n % 4},{n % 4 + 4}\n"
        for n in range(8)
    }
    root = put(tmp_path, **cores)
    put(root, proc__meminfo="MemTotal: 9 kB\nMemAvailable:   8000000 kB\n")
    assert this_machine(root) == (4, 8_192_000_000)
    (root / "sys/fs/cgroup").mkdir(parents=True)
    for name, content in {
        "cpu.max": "150000 100000",
        "memory.max": "5000",
        "memory.current": "3000",
        "memory.stat": "anon 1\ninactive_file 500\n",
    }.items():
        (root / "sys/fs/cgroup" / name).write_text(content, encoding="ascii")
    assert this_machine(root) == (1, 2500)


def test_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    """Without /proc and /sys there is at least one core, and memory is a guess or unknown."""
    cores, memory = this_machine(tmp_path)
    assert cores >= 1
    assert memory is None or memory > 0


# The hash


def test_the_hash_is_of_the_content(model: Path, tmp_path: Path) -> None:
    """A copy elsewhere is the same model; one byte makes another."""
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(model.read_bytes())
    first = model_digest(read_model(model), tmp_path)
    assert model_digest(read_model(copy), tmp_path) == first
    copy.write_bytes(model.read_bytes()[:-1] + b"\1")
    assert model_digest(read_model(copy), tmp_path) != first


def test_the_hash_is_remembered(model: Path, tmp_path: Path) -> None:
    """A file is hashed once, until it changes; what others remember stays."""
    memo = tmp_path / "cache"
    digest = model_digest(read_model(model), memo)
    stored = json.loads((memo / "models.json").read_text(encoding="utf-8"))
    stored[str(model.resolve())]["sha256"] = "remembered"
    stored["other"] = {}
    (memo / "models.json").write_text(json.dumps(stored), encoding="utf-8")
    assert model_digest(read_model(model), memo) == "remembered"
    os.utime(model, ns=(1, 1))
    assert model_digest(read_model(model), memo) == digest
    assert "other" in json.loads((memo / "models.json").read_text(encoding="utf-8"))
    assert [p.name for p in memo.iterdir()] == ["models.json"]


@pytest.mark.parametrize("memo", ["", "[1]", "not json", "\xff"])
def test_a_broken_memo_is_no_memo(model: Path, tmp_path: Path, memo: str) -> None:
    """What can't be read is hashed anew, and replaced."""
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "models.json").write_text(memo, encoding="latin-1")
    digest = model_digest(read_model(model), folder)
    assert digest == model_digest(read_model(model), tmp_path)
    assert digest in (folder / "models.json").read_text(encoding="utf-8")


def test_a_memo_that_cannot_be_written(model: Path, tmp_path: Path) -> None:
    """A cache folder that isn't one costs time, not the run."""
    (tmp_path / "cache").write_text("a file", encoding="ascii")
    assert model_digest(read_model(model), tmp_path / "cache") == model_digest(
        read_model(model), tmp_path
    )


# Whether a model is a file


@pytest.mark.parametrize(
    ("name", "base_url", "expected"),
    [
        (None, OPENAI_BASE_URL, False),
        ("gpt-5-mini", OPENAI_BASE_URL, False),
        ("there.gguf", OPENAI_BASE_URL, True),
        ("THERE.GGUF", OPENAI_BASE_URL, True),
        ("not-there.gguf", OPENAI_BASE_URL, True),
        ("there.gguf", "https://api.example.org/v1", True),
        ("not-there.gguf", "https://api.example.org/v1", False),
        ("there.gguf", "http://localhost:8080/v1", False),
        ("there.gguf", "http://127.0.0.1:8080/v1", False),
    ],
)
def test_a_model_that_is_a_file(
    tmp_path: Path, name: str | None, base_url: str, expected: bool
) -> None:
    """A file that is there stays here, unless a server of this machine is named."""
    (tmp_path / "there.gguf").touch()
    assert is_local_model(name, base_url) is expected


# The child


def test_without_the_extra(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install 'summarise-abstracts\[local\]'"):
        LocalServer(ServeOptions(model))


def test_a_server_comes_and_goes(
    model: Path, stand_in: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told the plan and no secret, answers at a port of its own, and leaves nothing."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SUMMARISE_MODEL", "HF_TOKEN", "Db_Password"):
        monkeypatch.setenv(name, "planted")
    server = LocalServer(ServeOptions(model, context=1024, slots=2, threads=3, key="k"))
    with server:
        assert server.base_url.startswith("http://127.0.0.1:")
        pid = pid_of(server)
        told = ask(server)
        server.check()
    assert pid is not None
    assert is_gone(pid)
    assert pid_of(server) is None
    params = told["params"]
    assert params["model"] == {"path": str(model.resolve())}
    assert (params["n_ctx"], params["n_parallel"]) == (2048, 2)
    assert (params["hostnames"], params["api_keys"]) == (["127.0.0.1"], ["k"])
    assert params["model_alias"] == ["Invented-1B"]
    assert params["cpuparams"] == params["cpuparams_batch"] == {"n_threads": 3}
    assert params["cors_origins"] == ""
    assert "planted" not in told["environ"].values()
    assert told["environ"]["OMP_WAIT_POLICY"] == "passive"
    with server:
        assert ask(server)["path"] == "/v1/chat/completions"


def test_a_key_of_its_own(model: Path, stand_in: Behaviour) -> None:
    """Unless told otherwise, each server has a key that nobody else knows."""
    keys = {LocalServer(ServeOptions(model)).key for _ in range(2)}
    assert len(keys) == 2
    assert min(map(len, keys)) >= 32


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("fails", "Invented-1B.gguf: couldn't be loaded: unknown model architecture: 'x'"),
        ("ends", "Invented-1B.gguf: couldn't be loaded: 0.00.001 I srv  init: loading model"),
        ("import", "Invented-1B.gguf: xllamacpp can't be used: ImportError: libgomp.so.1: cannot"),
    ],
)
def test_a_child_that_fails_to_start(
    model: Path, stand_in: Behaviour, mode: str, message: str
) -> None:
    """The reason stands in one line, and no process is left."""
    stand_in(mode)
    server = LocalServer(ServeOptions(model))
    with pytest.raises(EndpointUnusable) as raised, server:
        pass
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
    assert pid_of(server) is None


def test_a_model_that_never_loads(
    model: Path, stand_in: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Patience ends, and so does the child."""
    stand_in("loads")
    monkeypatch.setattr("summarise.servers.server._START_SECONDS", 0.5)
    monkeypatch.setattr("summarise.servers.server._STOP_SECONDS", 0.1)
    server = LocalServer(ServeOptions(model))
    with pytest.raises(EndpointUnusable, match="wasn't loaded after"), server:
        pass
    assert pid_of(server) is None


def test_the_log_is_shown_for_debugging(
    model: Path, stand_in: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    """llama.cpp's log goes to the debug log alone; what it prints breaks nothing."""
    with caplog.at_level(logging.INFO, "summarise"), LocalServer(ServeOptions(model)):
        pass
    assert caplog.text == ""
    with caplog.at_level(logging.DEBUG, "summarise"), LocalServer(ServeOptions(model)):
        pass
    assert "llama.cpp: this must not reach the parent" in caplog.text
    assert "srv  init: loading model" in caplog.text


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_no_orphan(model: Path, stand_in: Behaviour, number: str) -> None:
    """Whatever ends the parent, the child ends too."""
    command = [sys.executable, "-c", PARENT, str(model)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        pid, port = map(int, parent.stdout.readline().split())
        assert not is_refused(port)
        parent.send_signal(getattr(signal, number))
        parent.wait(60)
    assert ends(lambda: is_gone(pid))
    assert ends(lambda: is_refused(port))


@pytest.mark.skipif(os.name == "nt", reason="needs process groups")
def test_ctrl_c_does_not_reach_the_child(model: Path, stand_in: Behaviour) -> None:
    """It stands outside the terminal's group, so that calls in flight can finish."""
    with LocalServer(ServeOptions(model)) as server:
        assert os.getpgid(pid_of(server) or 0) != os.getpgid(0)


def test_a_child_that_ends_by_itself(model: Path, stand_in: Behaviour) -> None:
    """It is noticed, with the last fault of its log."""
    stand_in("dies")
    with LocalServer(ServeOptions(model)) as server:
        server.check(0.01)
        with pytest.raises(OSError, match=r".*"):
            ask(server)
        with pytest.raises(EndpointUnusable, match=r"process ended \(code 9\): out of memory"):
            server.check(60)


# A run's own model


def settings_for(model: Path, tmp_path: Path, **more: Any) -> Settings:
    return Settings.model_validate({"model": str(model), "cache_dir": tmp_path / "c", **more})


def settings_of(model: Path, tmp_path: Path, **more: Any) -> Settings:
    """What a run with a model file goes on with."""

    async def scenario() -> Settings:
        async with local_endpoint(settings_for(model, tmp_path, **more)) as (settings, _):
            return settings

    return asyncio.run(scenario())


def test_the_address_names_the_model(model: Path, stand_in: Behaviour, tmp_path: Path) -> None:
    """Settings depend on the content of the file, not on its folder nor on the port."""
    first = settings_of(model, tmp_path)
    assert first.base_url == f"http://localhost/{model_digest(read_model(model), tmp_path)[:16]}/v1"
    assert first.model == "Invented-1B"
    moved = tmp_path / model.name
    moved.write_bytes(model.read_bytes())
    second = settings_of(moved, tmp_path)
    assert (second.base_url, second.model) == (first.base_url, first.model)
    moved.write_bytes(model.read_bytes()[:-1] + b"\1")
    assert settings_of(moved, tmp_path).base_url != first.base_url


def test_the_settings_of_a_local_model(model: Path, stand_in: Behaviour, tmp_path: Path) -> None:
    """As many requests as slots, patience for a processor, and its own key, not another's."""
    settings = settings_of(model, tmp_path, api_key="sk-planted")
    slots = LocalServer(ServeOptions(model)).plan.slots
    assert (settings.concurrency, settings.timeout, settings.deadline) == (slots, 1800.0, 7200.0)
    assert settings.mode is Mode.JSON_SCHEMA
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() != "sk-planted"
    patient = settings_of(model, tmp_path, timeout=7)
    assert (patient.timeout, patient.deadline) == (7, 7200.0)


def test_it_starts_with_the_first_request(model: Path, stand_in: Behaviour, tmp_path: Path) -> None:
    """A fixed address leads to the child, which is started once, and stopped with the run."""

    async def scenario() -> list[Keys]:
        async with local_endpoint(settings_for(model, tmp_path)) as (settings, client):
            url = f"{settings.base_url}/chat/completions"
            replies = await asyncio.gather(*(client.post(url, json={}) for _ in range(3)))
        return [reply.json() for reply in replies]

    told = asyncio.run(scenario())
    assert {t["path"] for t in told} == {"/v1/chat/completions"}
    assert len({t["host"] for t in told}) == 1
    assert told[0]["host"].startswith("127.0.0.1:")
    port = int(told[0]["host"].split(":")[1])
    assert ends(lambda: is_refused(port))


def test_a_run_without_requests_starts_nothing(
    model: Path, stand_in: Behaviour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds all answers elsewhere doesn't wait for a model to load."""
    monkeypatch.setattr(
        "summarise.servers.server.subprocess.Popen", lambda *a, **k: pytest.fail("started")
    )

    async def scenario() -> None:
        async with local_endpoint(settings_for(model, tmp_path)):
            pass

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("mode", "message"), [("fails", "unknown model architecture"), ("dies", "out of memory")]
)
def test_a_model_that_fails_stops_the_run(
    model: Path, stand_in: Behaviour, tmp_path: Path, mode: str, message: str
) -> None:
    """That no request can succeed is said as such, not as a lost connection."""
    stand_in(mode)

    async def scenario() -> None:
        async with local_endpoint(settings_for(model, tmp_path)) as (settings, client):
            url = f"{settings.base_url}/chat/completions"
            with pytest.raises((EndpointUnusable, httpx2.TransportError)):
                await client.post(url, json={})
            await client.post(url, json={})

    with pytest.raises(EndpointUnusable, match=message):
        asyncio.run(scenario())


# The command


def test_serve_prints_the_base_url(
    model: Path,
    stand_in: Behaviour,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The base URL alone goes to stdout; a line to paste, with the key's variable, to stderr."""
    monkeypatch.setenv("MY_KEY", "planted")

    def interrupt(server: LocalServer, seconds: float) -> None:
        """Ctrl-C is the usual end, not an error."""
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalServer, "check", interrupt)
    arguments = ["serve", str(model), "--slots", "2", "--api-key-env", "MY_KEY"]
    monkeypatch.setattr(sys, "argv", ["summarise", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out, err = capsys.readouterr()
    assert stop.value.code in {0, None}
    assert err.endswith("\nsummarise: stopped\n")
    base_url = out.strip()
    assert out == f"{base_url}\n"
    assert base_url.startswith("http://127.0.0.1:")
    assert (
        f"\nsummarise run page.txt --model Invented-1B --base-url {base_url} --concurrency 2 "
        "--api-key-env MY_KEY\n"
    ) in err
    assert "planted" not in out + err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["no.gguf"], "summarise: no.gguf: there is no such file. Name a GGUF file with its path."),
        (["model.txt"], "summarise: model.txt: isn't a whole GGUF file"),
        (["no.gguf", "--api-key-env", "UNSET"], "summarise: --api-key-env: the variable UNSET"),
    ],
)
def test_what_serve_refuses(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    line: str,
) -> None:
    """One line and exit code 2."""
    Path("model.txt").write_text("not a model", encoding="ascii")
    monkeypatch.setattr(sys, "argv", ["summarise", "serve", *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    err = capsys.readouterr().err
    assert stop.value.code == 2
    assert err.startswith(line)
    assert err.count("\n") == 1
