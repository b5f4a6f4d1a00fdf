"""The doctor against servers that are played by script, on loopback: what it says of each is true,
and what it recommends works there.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise import cli
from summarise.admission import retry
from summarise.errors import EndpointUnusable
from summarise.servers import examine, to_lines
from summarise.servers.doctor import Basis, Learned, fit, to_toml
from summarise.servers.findings import Caching, Diagnosis, Held, LongRead, Pace, Rung, Served
from summarise.servers.probes import MOST, SENTINEL
from summarise.settings import Mode, Settings, TokenParameter, load_settings
from tests.loopback import LoopbackServer, Reply, answer, draft_answer, status, truncated
from tests.test_endpoint_servers import draft_text, held, modes, with_message

KEY = "sk-invented-0451"
NOTE = "[1] Lamps were counted.\nGlimmer counts lamp-posts at dusk. It found 4,210 of them.\n"
MakeSettings = Callable[..., Settings]


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait between two attempts is slept."""

    async def no_time(_: float) -> None:
        return

    monkeypatch.setattr(retry, "pause", no_time)


@dataclass
class Server:
    """A server with one obedient model, which follows what it is shown.

    Attributes:
        does: What becomes of a mode: enforced where it isn't named; None ignores it, a reply is it.
        pages: What GET and POST give beside the chat, by path.
        context: Tokens that are kept of a request; the rest is cut off silently.
        cached: What is told of the cache for a request that came before; None: nothing is told.
        refuses: Gives a reply for a body that is refused before anything else.
        key: That has to be shown; None: none.
    """

    does: Mapping[str, Reply | None] = field(default_factory=dict)
    pages: Mapping[str, object] = field(default_factory=dict)
    context: int | None = None
    cached: int | None = 0
    refuses: Callable[[Any], Reply | None] = lambda _: None
    key: str | None = None

    @contextlib.contextmanager
    def run(self) -> Iterator[LoopbackServer]:
        server = LoopbackServer(lambda number, body: self.reply(server, number, body), lists=True)
        with server:
            yield server

    def reply(self, server: LoopbackServer, number: int, body: Any) -> Reply:
        request = server.requests[number]
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            shown = request.headers.get("authorization", "")
            return status(401, message=f"Incorrect API key provided: {shown}")
        if not request.path.endswith("/chat/completions"):
            if request.path not in self.pages:
                return status(404, message="no such page")
            return Reply(body=json.dumps(self.pages[request.path]).encode())
        if "messages" not in (body or {}):
            return refused("messages: field required", 422)
        came_before = any(one.body == body for one in server.requests[:number])
        return self.refuses(body) or self.answer(body, came_before)

    def answer(self, body: Any, came_before: bool) -> Reply:
        mode = held(body)
        made = self.does.get(mode, answer(None)) if mode != "prompted" else None
        if made is not None and made.status != 200:
            return made
        text = says(body, is_held=made is not None)
        function = "sky" if mode == "tools" and made is not None else None
        if "[1]" in body["messages"][-1]["content"]:
            text = draft_text(body)
            function = body["tools"][0]["function"]["name"] if function else None
        return answer(text, function=function, usage=self.usage(body, came_before))

    def usage(self, body: Any, came_before: bool) -> dict[str, Any]:
        count = sum(len(message["content"]) for message in body["messages"]) // 5 + 30
        count = min(count, self.context or count)
        cached = {"cached_tokens": count - 1 if came_before else 0}
        told = {} if self.cached is None else {"prompt_tokens_details": cached}
        return {"prompt_tokens": count, "completion_tokens": 40, **told}


def says(body: Any, *, is_held: bool) -> str:
    """What an obedient model says."""
    first, last = body["messages"][0]["content"], body["messages"][-1]["content"]
    shape = json.dumps({"zorvex": "plithe", "quibbet": "drelm"})
    if is_held:
        return shape
    if "is the code word" in first:
        return str(first.split()[0])
    if "JSON schema" in first:
        return shape
    return "one, two, three" if "Count" in last else "Blue."


def listed(*rows: Mapping[str, Any]) -> dict[str, Any]:
    """A list of models."""
    return {"object": "list", "data": [{"object": "model", **row} for row in rows]}


def refused(words: str, code: int = 400) -> Reply:
    return status(code, message=words)


LLAMA = Server(
    pages={
        "/v1/models": listed(
            {"id": "invented-1", "owned_by": "llamacpp", "meta": {"n_params": 7_600_000_000}}
        ),
        "/props": {
            "default_generation_settings": {"n_ctx": 8192},
            "total_slots": 4,
            "build_info": "b9999-0a1b2c3",
        },
    }
)
IGNORING = Server(does=dict.fromkeys(("json_schema", "json_schema_loose", "tools", "json_object")))
REJECTING = Server(
    does={
        "json_schema": refused("response_format of type json_schema isn't supported"),
        "json_schema_loose": refused("response_format of type json_schema isn't supported"),
        "tools": refused("invented-1 does not support tools"),
        "json_object": refused("response_format: unknown type json_object", 422),
    },
    cached=None,
)
CUTTING = Server(
    pages={
        "/v1/models": listed({"id": "invented-1", "owned_by": "library"}),
        "/api/version": {"version": "0.30.1"},
        "/api/show": {"model_info": {"general.parameter_count": 8_190_000_000}},
        "/api/ps": {"models": [{"name": "invented-1", "context_length": 1024}]},
    },
    context=1024,
)
SERVERS = {"llama": LLAMA, "ignoring": IGNORING, "rejecting": REJECTING, "cutting": CUTTING}


class Result:
    """What a command printed and how it left."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Command = Callable[..., Result]


@pytest.fixture
def summarise(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""

    def call(*arguments: object, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "argv", ["summarise", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return Result(stop.value.code if isinstance(stop.value.code, int) else 0, out, err)

    return call


def timeless(screen: str, server: LoopbackServer) -> str:
    """A screen without what differs from one run to the next."""
    text = screen.replace(server.base_url.split("/")[2], "HOST")
    for pattern, shown in (
        (r"\d+\.\d+ s\b", "N s"),
        (r"\d+\.\d ×", "N ×"),
        (r"[\d,]+ tokens a second", "N tokens a second"),
        (r"about [\d,]+ expected", "about N expected"),
        (r"[\d,]+ tokens (counted|read)", r"N tokens \1"),
        (r"requests, [\d,]+ tokens", "requests, N tokens"),
    ):
        text = re.sub(pattern, shown, text)
    return text


def rungs(found: Diagnosis) -> list[str]:
    return [str(rung.held) for rung in found.rungs]


def test_the_screen_of_a_server_that_enforces(summarise: Command) -> None:
    """All of it on one screen of 80 columns, with what llama.cpp tells of itself; exit code 0."""
    with LLAMA.run() as server:
        result = summarise("doctor", "--base-url", server.base_url)
    assert result.code == 0
    assert timeless(result.out, server) == (
        """\
endpoint       HOST, reachable; llama.cpp b9999-0a1b2c3
model          invented-1, 7.6 billion parameters; listed, and no other
json_schema    enforced
  not strict   enforced
tools          enforced
json_object    enforced
prompted       followed
tool choice    honoured
reasoning      none seen
parameters     max_tokens taken, temperature taken, seed taken
context        8,192 tokens, by the server
long request   read whole: N tokens counted, about N expected
prefix cache   seen: N tokens read; N s, then N s for the same request
at once        4 requests: N × the answers of one at a time; the server has 4
               slots
speed          N s for a short request, N tokens a second
price          unknown; give it with --price-in and --price-out
this took      14 requests, N tokens
a run          would work, by json_schema

# summarise.toml
endpoint = "llamacpp"
base_url = "http://HOST/v1"
model = "invented-1"
concurrency = 4
"""
    )
    assert all(len(line) <= 80 for line in result.out.splitlines())
    assert len(result.out.splitlines()) < 30
    assert result.err.count("\n") == 1
    assert "asking 14 short requests, at most 20" in result.err


def test_the_screen_of_a_server_that_ignores_schemas(summarise: Command) -> None:
    """A 200 that doesn't keep to the schema is no enforcement: a run rests on the prompt."""
    Path("summarise.toml").write_text("concurrency = 3\n", encoding="utf-8")
    with IGNORING.run() as server:
        result = summarise("doctor", "--base-url", server.base_url, "--model", "invented-1")
    assert result.code == 0
    assert timeless(result.out, server) == (
        """\
endpoint       HOST, reachable; software not told
model          invented-1; the server lists no models
json_schema    ignored
  not strict   ignored
tools          ignored
json_object    ignored
prompted       followed
tool choice    not honoured
reasoning      none seen
parameters     max_tokens taken, temperature taken, seed taken
context        not told
long request   read whole: N tokens counted, about N expected
prefix cache   seen: N tokens read; N s, then N s for the same request
at once        4 requests: N × the answers of one at a time
speed          N s for a short request, N tokens a second
price          unknown; give it with --price-in and --price-out
this took      14 requests, N tokens
a run          would work, by json_object; answers are checked, and nothing
               enforces them

# summarise.toml
base_url = "http://HOST/v1"
model = "invented-1"
concurrency = 3
"""
    )


def test_a_server_that_rejects_schemas(make_settings: MakeSettings) -> None:
    """A refusal that names the mode is told in the server's words, and the prompt is left."""
    with REJECTING.run() as server:
        found = examine(make_settings(base_url=server.base_url))
    assert rungs(found) == ["rejected"] * 4 + ["followed"]
    assert found.rungs[2].told == "invented-1 does not support tools (HTTP 400)"
    assert "tool choice    rejected" in list(to_lines(found))
    assert found.tool_choice is None
    assert (found.works, found.mode, found.exit_code) == (True, Mode.PROMPTED, 0)


def test_a_server_that_cuts_the_input(make_settings: MakeSettings) -> None:
    """Fewer tokens than the words have, and no error: a run wouldn't work, and the way out is told;
    Ollama says how much it keeps: https://docs.ollama.com/api/ps."""
    with CUTTING.run() as server:
        found = examine(make_settings(base_url=server.base_url))
    assert found.reading.whole is False
    assert found.reading.tokens == 1024
    assert found.reading.expected is not None
    assert found.reading.expected > 2000
    assert (found.works, found.exit_code) == (False, 3)
    assert "OLLAMA_CONTEXT_LENGTH" in (found.problem or "")
    assert found.served == Served(
        software="Ollama",
        version="0.30.1",
        models=("invented-1",),
        context=1024,
        parameters=8_190_000_000,
    )
    settings = tomllib.loads(found.settings)
    assert (settings["endpoint"], settings["context"]) == ("ollama", 1024)
    assert any(line.startswith("long request   CUT: 1,024") for line in to_lines(found))


def test_a_request_that_is_too_long(make_settings: MakeSettings) -> None:
    """A server that refuses what it can't keep whole says so, and it isn't called cut."""

    def refuses(body: Any) -> Reply | None:
        size = sum(len(message["content"]) for message in body["messages"])
        return refused("the request exceeds the available context size") if size > 8000 else None

    with Server(refuses=refuses).run() as server:
        found = examine(make_settings(base_url=server.base_url))
    assert found.reading.whole is False
    assert any(line.startswith("long request   refused: the request") for line in to_lines(found))
    assert found.exit_code == 3


@pytest.mark.parametrize("lists_openly", [False, True])
@pytest.mark.parametrize("model", [(), ("--model", "invented-1")])
def test_a_wrong_key(
    summarise: Command,
    monkeypatch: pytest.MonkeyPatch,
    lists_openly: bool,
    model: tuple[str, ...],
) -> None:
    """One line, the one of a run, with exit code 3; the key is shown nowhere."""
    monkeypatch.setenv("INVENTED_KEY", KEY)
    locked = Server(key="another")
    rows = Reply(body=json.dumps(listed({"id": "invented-1"})).encode())

    def script(number: int, body: Any) -> Reply:
        is_list = server.requests[number].path == "/v1/models"
        return rows if is_list and lists_openly else locked.reply(server, number, body)

    with LoopbackServer(script, lists=True) as server:
        address = ("--base-url", server.base_url, "--api-key-env", "INVENTED_KEY")
        result = summarise("doctor", *address, *model)
        as_json = summarise("doctor", *address, *model, "--json")
        run = summarise("run", "-", *address, "--model", "invented-1", stdin=NOTE)
    assert (result.code, result.out) == (3, "")
    told = result.err.splitlines()[-1]
    assert told.startswith("summarise: the key in INVENTED_KEY was refused by 127.0.0.1:")
    assert told.removeprefix("summarise: ") in run.err
    found = json.loads(as_json.out)
    assert found["works"] is False
    assert "was refused" in found["problem"]
    assert as_json.code == 3
    assert KEY not in result.out + result.err + as_json.out + as_json.err


@pytest.mark.parametrize("model", [(), ("--model", "invented-1")])
def test_nobody_there(summarise: Command, model: tuple[str, ...]) -> None:
    """An endpoint that can't be reached is told in the line of a run, with exit code 3."""
    with LoopbackServer(lists=True) as server:
        address = ("--base-url", server.base_url)
    result = summarise("doctor", *address, *model)
    run = summarise("run", "-", *address, "--model", "invented-1", stdin=NOTE)
    told = result.err.splitlines()[-1]
    assert (result.code, result.out) == (3, "")
    assert "can't be reached" in told
    assert told.removeprefix("summarise: ") in run.err


def test_a_model_that_is_not_there(summarise: Command) -> None:
    """The server's 404 for a model ends the examination, as it would end a run."""
    missing = Server(refuses=lambda _: refused("model 'invented-1' not found", 404))
    with missing.run() as server:
        result = summarise("doctor", "--base-url", server.base_url, "--model", "invented-1")
        assert len(server.requests) == 2
    assert result.code == 3
    assert "model 'invented-1' not found (HTTP 404)" in result.err


@pytest.mark.parametrize("name", SERVERS)
def test_what_is_recommended_works(summarise: Command, name: str) -> None:
    """The settings are TOML that a run takes, and with them it makes a record on that server."""
    with SERVERS[name].run() as server:
        found = summarise(
            "doctor", "--base-url", server.base_url, "--model", "invented-1", "--json", "--no-cache"
        )
        advised = json.loads(found.out)["settings"]
        Path("summarise.toml").write_text(advised, encoding="utf-8")
        settings = load_settings({}, {})
        assert (settings.model, settings.base_url) == ("invented-1", server.base_url)
        run = summarise("run", "-", "--json", stdin=NOTE)
    assert run.code == 0, run.err
    assert json.loads(run.out.splitlines()[0])["provenance"]["model"] == "invented-1"


def test_what_was_learned_is_remembered(summarise: Command) -> None:
    """The run after an examination begins with the mode that works."""
    with REJECTING.run() as server:
        address = ("--base-url", server.base_url, "--model", "invented-1")
        assert summarise("doctor", *address).code == 0
        server.requests.clear()
        assert summarise("run", "-", *address, stdin=NOTE).code == 0
        assert modes(server) == ["prompted"]


def test_an_old_memory_is_corrected(summarise: Command) -> None:
    """A server that enforces by now is asked strictly again, whatever was remembered of it."""
    with REJECTING.run() as server:
        address = ("--base-url", server.base_url, "--model", "invented-1")
        summarise("doctor", *address)
        server.script = lambda number, body: LLAMA.reply(server, number, body)
        summarise("doctor", *address)
        server.requests.clear()
        summarise("run", "-", *address, stdin=NOTE)
        assert modes(server) == ["json_schema"]


def test_a_mode_that_the_ladder_would_miss(make_settings: MakeSettings) -> None:
    """Where the ladder wouldn't get to what works, the mode is recommended; else it is left out."""
    vague = Server(does={"json_schema": refused("Bad request."), "json_object": None})
    with vague.run() as server:
        found = examine(make_settings(base_url=server.base_url))
    assert rungs(found)[:2] == ["rejected", "enforced"]
    assert found.mode is Mode.JSON_SCHEMA_LOOSE
    assert tomllib.loads(found.settings)["mode"] == "json_schema_loose"
    with REJECTING.run() as server:
        found = examine(make_settings(base_url=server.base_url))
    assert "mode" not in tomllib.loads(found.settings)


def test_a_mode_of_ones_own_that_does_not_work(make_settings: MakeSettings) -> None:
    """A mode that is set stays where it works, and is replaced where it doesn't."""
    with REJECTING.run() as server:
        found = examine(make_settings(base_url=server.base_url, mode="tools"))
        assert tomllib.loads(found.settings)["mode"] == "prompted"
    with LLAMA.run() as server:
        found = examine(make_settings(base_url=server.base_url, mode="tools"))
        assert tomllib.loads(found.settings)["mode"] == "tools"


def test_parameters_that_are_refused(make_settings: MakeSettings) -> None:
    """The other name of the limit, and sampling that is better left out, are found and written:
    https://github.com/decolua/9router/issues/560."""

    def refuses(body: Any) -> Reply | None:
        if "max_tokens" in body:
            return refused("Unsupported parameter: 'max_tokens' is not supported with this model.")
        if "temperature" in body:
            return refused("Unsupported value: 'temperature' does not support 0 with this model.")
        return None

    with Server(refuses=refuses).run() as server:
        found = examine(make_settings(base_url=server.base_url))
        assert len(server.requests) <= MOST + 6
    assert found.token_parameter is TokenParameter.MAX_COMPLETION_TOKENS
    assert found.accepted == {"temperature": False, "seed": True}
    settings = tomllib.loads(found.settings)
    assert settings["token_parameter"] == "max_completion_tokens"
    assert settings["omit"] == ["temperature"]
    assert rungs(found) == ["enforced"] * 4 + ["followed"]


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_thoughts_in_a_field(make_settings: MakeSettings, name: str) -> None:
    """Thoughts are named by their field, and get the room that they need to come to an end."""

    def script(number: int, body: Any) -> Reply:
        made = LLAMA.reply(server, number, body)
        if not (body and "messages" in body):
            return made
        content = json.loads(made.body)
        choice = content["choices"][0]
        choice["message"][name] = "Let me think about gulls."
        if body["max_tokens"] <= 256 and "code word" in body["messages"][0]["content"]:
            choice["message"]["content"] = None
            choice["finish_reason"] = "length"
        return Reply(body=json.dumps(content).encode())

    with LoopbackServer(script, lists=True) as server:
        found = examine(make_settings(base_url=server.base_url))
        asked = [r.body["max_tokens"] for r in server.requests if r.body and "messages" in r.body]
    assert asked[:2] == [256, 4096]
    assert found.reasoning == name
    assert f"reasoning      in the field {name}" in list(to_lines(found))
    assert found.works


def test_thoughts_in_the_answer(make_settings: MakeSettings) -> None:
    """Thoughts before </think> are seen, and what follows them is the answer."""

    def script(number: int, body: Any) -> Reply:
        text = says(body, is_held=held(body) != "prompted") if body else ""
        return with_message(content=f"<think>Gulls.</think>\n{text}") if body else status(404)

    with LoopbackServer(script, lists=True) as server:
        found = examine(make_settings(base_url=server.base_url))
    assert found.reasoning == "<think>"
    assert rungs(found)[0] == "enforced"


def test_thoughts_without_an_answer(make_settings: MakeSettings) -> None:
    """A model that gets no further is told of as one that thinks, with what to do."""

    def script(_: int, body: Any) -> Reply:
        return truncated("<think>Gulls, or terns?") if body else status(404)

    with LoopbackServer(script, lists=True) as server:
        found = examine(make_settings(base_url=server.base_url))
    assert not found.works
    assert (found.problem or "").endswith("; it thinks first: switch that off")


def test_vllm(make_settings: MakeSettings) -> None:
    """What vLLM tells: its version, and the context in its list of models."""
    pages = {
        "/v1/models": listed({"id": "invented-1", "owned_by": "vllm", "max_model_len": 4096}),
        "/version": {"version": "0.28.0"},
    }
    with Server(pages=pages, cached=None).run() as server:
        found = examine(make_settings(base_url=server.base_url))
    assert found.served == Served(
        software="vLLM", version="0.28.0", models=("invented-1",), context=4096
    )
    settings = tomllib.loads(found.settings)
    assert (settings["endpoint"], settings["context"]) == ("vllm", 4096)
    assert found.caching.tokens is None


def test_lm_studio(make_settings: MakeSettings) -> None:
    """LM Studio takes neither an object for tool_choice nor json_object; the context is that of the
    loaded model, and what its preset says needn't be written down:
    https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/670."""
    does = {
        "tools": refused("Invalid tool_choice type: 'object'. Supported: none, auto, required"),
        "json_object": refused("'response_format.type' must be 'json_schema' or 'text'"),
    }
    rows = [{"id": "invented-1", "max_context_length": 32768, "loaded_context_length": 4096}]
    pages = {
        "/v1/models": listed({"id": "invented-1", "owned_by": "organization_owner"}),
        "/api/v0/models": {"data": rows},
    }
    with Server(does=does, pages=pages).run() as server:
        found = examine(make_settings(base_url=server.base_url))
    assert rungs(found) == ["enforced", "enforced", "rejected", "rejected", "followed"]
    assert (found.served.software, found.served.context) == ("LM Studio", 4096)
    settings = tomllib.loads(found.settings)
    assert settings["endpoint"] == "lmstudio"
    assert "ladder" not in settings


def test_a_small_model_is_told_by_the_server(make_settings: MakeSettings) -> None:
    """A model is small where the server says so; a run of it would work, and isn't the best."""
    row = {"id": "invented-1", "owned_by": "llamacpp", "meta": {"n_params": 360_000_000}}
    with Server(pages={"/v1/models": listed(row)}).run() as server:
        found = examine(make_settings(base_url=server.base_url))
    assert found.works
    assert "the embedded extractor does better" in " ".join(to_lines(found))


def test_the_only_model_is_used(summarise: Command) -> None:
    """Without a model, the one that the server has is asked; of several one has to be named."""
    two = listed({"id": "invented-1"}, {"id": "other-\u202e2"})
    with Server(pages={"/v1/models": two}).run() as server:
        result = summarise("doctor", "--base-url", server.base_url)
        assert len(server.requests) == 1
    assert (result.code, result.out) == (2, "")
    assert "has 2 models: invented-1, other- 2. Name one with --model." in result.err
    with Server().run() as server:
        result = summarise("doctor", "--base-url", server.base_url)
    assert result.code == 2
    assert "tells no models. Name one with --model." in result.err


def test_json_is_one_object(summarise: Command) -> None:
    """--json prints a diagnosis that reads back as it is; nothing else is on standard output."""
    with LLAMA.run() as server:
        result = summarise("doctor", "--base-url", server.base_url, "--json")
    found = Diagnosis.model_validate_json(result.out)
    assert result.out.count("\n") == 1
    assert found.works
    assert found.requests == 14
    assert found.cost is None


def test_the_key_is_shown_nowhere(summarise: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a server that echoes the key everywhere doesn't get it onto the screen."""
    monkeypatch.setenv("INVENTED_KEY", KEY)
    pages = {
        "/v1/models": listed({"id": "invented-1", "owned_by": "vllm"}, {"id": f"x-{KEY}"}),
        "/version": {"version": KEY},
    }
    does = {"tools": refused(f"{KEY} may not use tools"), "json_object": refused(f"no, {KEY}")}
    with Server(does=does, pages=pages, key=KEY).run() as server:
        address = ("--base-url", server.base_url, "--api-key-env", "INVENTED_KEY")
        shown = [
            summarise("doctor", *address, "--model", "invented-1", *more)
            for more in ((), ("--json",))
        ]
        assert summarise("doctor", *address).code == 2
    for result in shown:
        assert result.code == 0
        assert KEY not in result.out + result.err
        assert "[key]" in result.out
        assert "INVENTED_KEY" in result.out


def test_a_busy_server_is_not_called_bad(make_settings: MakeSettings) -> None:
    """What can't be asked is unclear; no more requests are sent than were announced."""
    calls = 0

    def refuses(_: Any) -> Reply | None:
        nonlocal calls
        calls += 1
        return status(429, headers={"Retry-After": "1"}) if calls > 1 else None

    with Server(refuses=refuses).run() as server:
        found = examine(make_settings(base_url=server.base_url))
    assert calls == found.requests
    assert calls <= MOST
    assert rungs(found) == ["unclear"] * 5
    assert found.works is False
    assert found.accepted == {"temperature": None, "seed": None}
    assert found.pace == Pace()
    assert found.reading.whole is None
    assert found.settings


def test_without_counts_nothing_is_made_up(make_settings: MakeSettings) -> None:
    """Where no tokens are counted, unknown stays unknown, and the word at the beginning tells."""

    def script(number: int, body: Any) -> Reply:
        made = REJECTING.reply(server, number, body)
        content = json.loads(made.body)
        content.pop("usage", None)
        return Reply(made.status, json.dumps(content).encode())

    with LoopbackServer(script, lists=True) as server:
        found = examine(make_settings(base_url=server.base_url))
    assert (found.tokens, found.cost, found.pace.rate) == (None, None, None)
    assert found.reading == LongRead(whole=True, recalled=True)
    lines = list(to_lines(found))
    assert "long request   read whole, by the answer; the server counts no tokens" in lines
    assert "this took      14 requests, tokens unknown" in lines


def test_a_price_is_told_before_and_after(summarise: Command) -> None:
    """With a price, what it will cost is said before, and what it cost after."""
    with LLAMA.run() as server:
        prices = ("--price-in", "1", "--price-out", "2")
        result = summarise("doctor", "--base-url", server.base_url, *prices)
    assert "about 7,000 tokens, about $0.0085" in result.err
    assert re.search(r"this took      14 requests, [\d,]+ tokens, \$0\.00\d\d\n", result.out)
    assert "price          settings" in result.out


def test_offline_without_a_model(summarise: Command) -> None:
    """--offline asks nobody outside for a list of models, either."""
    result = summarise("doctor", "--offline")
    assert result.code == 2
    assert "isn't on this machine" in result.err


def test_a_profile_is_written_as_one(summarise: Command) -> None:
    """The settings of a profile come back as its table, built upon the preset of the software."""
    with LLAMA.run() as server:
        profile = f'[endpoints.fleet]\nbase_url = "{server.base_url}"\nmodel = "invented-1"\n'
        Path("summarise.toml").write_text(profile, encoding="utf-8")
        result = summarise("doctor", "--endpoint", "fleet")
        advised = result.out.split("# summarise.toml\n")[1]
        assert advised.startswith('[endpoints.fleet]\npreset = "llamacpp"\nbase_url = ')
        Path("summarise.toml").write_text(advised, encoding="utf-8")
        settings = load_settings({"endpoint": "fleet"}, {})
    assert (settings.base_url, settings.concurrency) == (server.base_url, 4)


def learned(**more: Any) -> Learned:
    defaults = {"served": Served(), "reading": LongRead(), "read_seconds": 1.0, "pace": Pace()}
    return Learned(**{**defaults, **more})


def test_a_slow_server_gets_time(make_settings: MakeSettings) -> None:
    """Where a long answer takes minutes, the timeouts allow it; a faster one keeps the usual."""
    settings = make_settings(timeout=120.0)
    ground = Basis.of(settings, Served())
    slow = fit(settings, learned(read_seconds=90.0, pace=Pace(rate=5.0)), ground)
    assert (slow.timeout, slow.deadline) == (780.0, 3120.0)
    fast = fit(settings, learned(pace=Pace(rate=100.0)), ground)
    assert fast.timeout == settings.timeout


def test_a_server_that_works_on_one_at_a_time(make_settings: MakeSettings) -> None:
    """Four at once that are no faster than one after the other: one at a time is recommended, but
    not of a provider, and not over what the user has set."""
    one = learned(pace=Pace(gain=1.0))
    settings = make_settings()
    assert fit(settings, one, Basis.of(settings, Served())).concurrency == 1
    own = make_settings(concurrency=2)
    assert fit(own, one, Basis.of(own, Served())).concurrency == 2
    groq = make_settings(base_url="https://api.groq.com/openai/v1")
    assert fit(groq, one, Basis.of(groq, Served())).concurrency is None


def test_a_provider_is_written_as_its_preset() -> None:
    """At a known address the preset holds all but the model."""
    settings = load_settings({"endpoint": "openai", "model": "gpt-5-mini"}, {"OPENAI_API_KEY": KEY})
    ground = Basis.of(settings, Served())
    advised = to_toml(fit(settings, learned(), ground), ground)
    assert advised == 'endpoint = "openai"\nmodel = "gpt-5-mini"\n'


@given(
    model=st.text(min_size=1).filter(lambda text: text.isprintable()),
    temperature=st.none() | st.floats(0, 2),
    timeout=st.floats(0.001, 1e6),
    price=st.none() | st.decimals(0, 1000, places=4),
    omit=st.lists(st.sampled_from(["top_p", "seed"]), unique=True),
)
def test_settings_survive_the_file(
    model: str, temperature: float | None, timeout: float, price: Decimal | None, omit: list[str]
) -> None:
    """What is written reads back as the settings that it stands for."""
    given_ = {"temperature": temperature, "timeout": timeout, "price_in": price, "omit": omit}
    settings = Settings.model_validate({"model": model, **given_})
    read = Settings.model_validate(tomllib.loads(to_toml(settings, Basis(None, {}))))
    assert read == settings


def test_a_diagnosis_of_unknowns_has_a_screen() -> None:
    """What isn't known is called so on the screen, never 0."""
    found = Diagnosis(
        host="127.0.0.1:9",
        model="invented-1",
        served=Served(),
        rungs=tuple(Rung(mode=mode, held=Held.UNCLEAR, told="no answer") for mode in Mode),
        tool_choice=None,
        reasoning="",
        token_parameter=TokenParameter.MAX_TOKENS,
        accepted={"temperature": None, "seed": None},
        reading=LongRead(),
        caching=Caching(),
        pace=Pace(),
        price=None,
        requests=1,
        tokens=None,
        cost=None,
        mode=None,
        works=False,
        problem="no answer",
        settings="",
    )
    screen = "\n".join(to_lines(found))
    assert " 0 " not in screen
    for label in ("tool choice    unknown", "prefix cache   unknown", "speed          unknown"):
        assert label in screen


def test_the_sentinel_is_no_draft() -> None:
    """No answer to a real question has the shape of the sentinel, and it is strict."""
    assert SENTINEL.schema["required"] == list(SENTINEL.schema["properties"])
    assert SENTINEL.schema["additionalProperties"] is False
    body = {"messages": [{"role": "user", "content": NOTE}]}
    assert b"zorvex" not in draft_answer(body).body


def test_a_server_that_ends_while_it_is_asked(make_settings: MakeSettings) -> None:
    """The first question decides: an error that stops a run stops the examination."""
    quota = status(429, code="insufficient_quota", message="You exceeded your quota.")
    with Server(refuses=lambda _: quota).run() as server, pytest.raises(EndpointUnusable) as caught:
        examine(make_settings(base_url=server.base_url))
    assert "no quota left" in str(caught.value)


@pytest.mark.parametrize("count", ["1" + "0" * 400, "9" * 5000, "-3", "1e309", '"NaN"'])
def test_an_absurd_count_is_not_told(summarise: Command, count: str) -> None:
    """Of tokens, of a context, of parameters: the doctor goes on without it."""

    def script(number: int, body: Any) -> Reply:
        absurd = f'"prompt_tokens": {count}, "completion_tokens": {count}'
        if body is None:
            row = (
                f'{{"id": "invented-1", "max_model_len": {count}, "meta": {{"n_params": {count}}}}}'
            )
            return Reply(body=f'{{"data": [{row}]}}'.encode())
        reply = draft_answer(body)
        return replace(reply, body=re.sub(rb'"prompt_tokens.*?(?=})', absurd.encode(), reply.body))

    with LoopbackServer(script, lists=True) as server:
        address = ("--base-url", server.base_url, "--model", "invented-1")
        result = summarise("doctor", *address, "--json", "--price-in", "1", "--price-out", "1")
    assert "Traceback" not in result.err
    assert json.loads(result.out)["served"]["context"] is None
    assert json.loads(result.out)["tokens"] is None


def test_a_redirect_never_takes_the_key_along(
    summarise: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by what a server says of itself nor by a question; and no name makes a header."""
    monkeypatch.setenv("INVENTED_KEY", KEY)
    with LoopbackServer(lists=True) as other:
        away = status(307, headers={"Location": f"{other.base_url}/chat/completions"})
        with LoopbackServer(lambda *_: away, lists=True) as server:
            address = ("--base-url", server.base_url, "--api-key-env", "INVENTED_KEY")
            result = summarise("doctor", *address, "--model", "m\r\nX-Evil: 1")
            assert all("x-evil" not in one.headers for one in server.requests)
            assert server.requests
    assert other.requests == []
    assert result.code == 3
    assert "redirects to 127.0.0.1" in result.err
    assert KEY not in result.out + result.err
