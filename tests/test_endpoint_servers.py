"""Tests of the ladder against servers that behave as their trackers tell: each is played by script,
on loopback, and asked over the production transport.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from summarise.admission import retry
from summarise.endpoint import Endpoint, Request
from summarise.endpoint.dialect import REMEMBERED
from summarise.errors import EndpointUnusable, RequestRejected
from summarise.models import Completion
from summarise.schema import Draft, wire_schema
from summarise.settings import Settings
from tests.loopback import LoopbackServer, Reply, answer, draft_answer, status

SYSTEM = ({"role": "system", "content": "Extract."},)
MakeSettings = Callable[..., Settings]
Server = Callable[[int, Any], Reply]
TEXTS = ("Gulls steal chips.", "Terns don't.", "Crows do.", "Jays might.", "Rooks won't.")


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait between two attempts is slept."""

    async def no_time(_: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(retry, "pause", no_time)


def ask(settings: Settings, texts: Sequence[str] = TEXTS) -> list[Completion]:
    """The completions of some documents, asked one after the other."""

    async def main() -> list[Completion]:
        async with Endpoint(settings, SYSTEM, Draft) as endpoint:
            return [await endpoint.complete(Request(f"[1] {text}")) for text in texts]

    return asyncio.run(main())


def problem(completion: Completion) -> str:
    """What the answer says the problem is; it has to validate."""
    return str(Draft.model_validate_json(completion.text or "").problem.text)


def held(body: Any) -> str:
    """The mode of a request, told by its body."""
    form = body.get("response_format", {})
    if "tools" in body:
        return "tools"
    if form.get("type") == "json_schema":
        return "json_schema" if form["json_schema"].get("strict") else "json_schema_loose"
    return str(form.get("type", "prompted"))


def modes(server: LoopbackServer) -> list[str]:
    """The modes of all requests, in order of arrival."""
    return [held(request.body) for request in server.requests if request.body]


def draft_text(body: Any) -> str:
    """A valid draft of the document that is asked about, as text."""
    message = json.loads(draft_answer({**body, "tools": None}).body)["choices"][0]["message"]
    return str(message["content"])


def with_message(**fields: object) -> Reply:
    """A completion whose message has fields of its own."""
    shaped = json.loads(answer(None).body)
    shaped["choices"][0]["message"].update(fields)
    return Reply(body=json.dumps(shaped).encode())


def lm_studio(_: int, body: Any) -> Reply:
    form = body.get("response_format", {}).get("type", "text")
    if form not in {"json_schema", "text"}:
        return status(400, {"error": "'response_format.type' must be 'json_schema' or 'text'"})
    if not isinstance(body.get("tool_choice", ""), str):
        words = "Invalid tool_choice type: 'object'. Supported string values: none, auto, required"
        return status(400, {"error": words})
    return draft_answer(body)


def test_lm_studio_with_a_model_that_ignores_the_schema(make_settings: MakeSettings) -> None:
    """Two ignored schemas, then neither an object for tool_choice nor json_object is taken:
    https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/670
    https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189."""

    def script(number: int, body: Any) -> Reply:
        if held(body) == "json_schema":
            return answer("Sorry, gulls.")
        return lm_studio(number, body)

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url))
    assert modes(server) == ["json_schema"] * 2 + ["tools", "json_object"] + ["prompted"] * 3
    assert [one.mode for one in got] == ["json_schema"] * 2 + ["prompted"] * 3
    assert [problem(one) for one in got[2:]] == list(TEXTS[2:])


def test_lm_studio_that_puts_the_answer_among_the_thoughts(make_settings: MakeSettings) -> None:
    """The schema binds the thoughts, and the content stays empty: the answer is found there, and
    the rung holds. https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1773."""

    def script(_: int, body: Any) -> Reply:
        return with_message(content="", reasoning_content=draft_text(body))

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url))
    assert [problem(one) for one in got] == list(TEXTS)
    assert modes(server) == ["json_schema"] * len(TEXTS)
    assert all("reasoning_content" in (one.message or "") for one in got)


def ollama_cloud(_: int, body: Any) -> Reply:
    return draft_answer(body) if "tools" in body else answer("Gulls steal chips, as they do.")


def test_ollama_cloud_ignores_the_schema(make_settings: MakeSettings) -> None:
    """It answers 200 and prose; tools work. https://github.com/ollama/ollama/issues/12362."""
    with LoopbackServer(ollama_cloud) as server:
        got = ask(make_settings(base_url=server.base_url))
    assert modes(server) == ["json_schema"] * 2 + ["tools"] * 3
    assert [problem(one) for one in got[2:]] == list(TEXTS[2:])


def test_ollama_with_a_model_without_tools(make_settings: MakeSettings) -> None:
    """Where the schema is ignored and tools aren't known, an object is asked for:
    https://github.com/ollama/ollama/issues/11131."""

    def script(number: int, body: Any) -> Reply:
        if "tools" in body:
            words = "registry.ollama.ai/library/gull-r1:14b does not support tools"
            return status(400, message=words, type="api_error")
        return draft_answer(body) if held(body) == "json_object" else ollama_cloud(number, body)

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url))
    assert modes(server) == ["json_schema"] * 2 + ["tools"] + ["json_object"] * 3
    assert [problem(one) for one in got[2:]] == list(TEXTS[2:])


def test_vllm_without_a_tool_parser(make_settings: MakeSettings) -> None:
    """Its 500 of guided generation, then the missing parser, are stepped over:
    https://github.com/vllm-project/vllm/issues/13260
    https://github.com/QwenLM/Qwen-Agent/issues/344."""

    def script(_: int, body: Any) -> Reply:
        if held(body).startswith("json_schema"):
            return status(500, {"object": "error", "message": "guided generation failed"})
        if "tools" in body:
            words = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser'
            return status(400, {"object": "error", "message": words, "code": 400})
        return draft_answer(body)

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url), TEXTS[:2])
    assert modes(server) == [
        *("json_schema", "json_schema_loose", "tools"),
        *("json_object", "json_object"),
    ]
    assert [problem(one) for one in got] == list(TEXTS[:2])


def test_vllm_that_takes_the_answer_for_thoughts(make_settings: MakeSettings) -> None:
    """With some reasoning parsers the enforced JSON arrives as ``reasoning``, the content is null:
    https://github.com/vllm-project/vllm/issues/48863."""

    def script(_: int, body: Any) -> Reply:
        return with_message(content=None, reasoning=draft_text(body))

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url), TEXTS[:3])
    assert [problem(one) for one in got] == list(TEXTS[:3])
    assert modes(server) == ["json_schema"] * 3


def test_llama_cpp_whose_grammar_fails(make_settings: MakeSettings) -> None:
    """Schema, tools and object all go by a grammar; the prompt alone gets the answer, behind a
    thought and in a fence. https://github.com/ggml-org/llama.cpp/issues/23990
    https://github.com/QwenLM/qwen-code/issues/10530."""

    def script(_: int, body: Any) -> Reply:
        if held(body) != "prompted":
            words = "Failed to initialize samplers: failed to parse grammar"
            return status(400, code=400, message=words, type="invalid_request_error")
        return answer(f"<think>Gulls?</think>\n```json\n{draft_text(body)}\n```")

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url), TEXTS[:2])
    assert modes(server) == [
        *("json_schema", "json_schema_loose", "tools", "json_object"),
        *("prompted", "prompted"),
    ]
    assert [problem(one) for one in got] == list(TEXTS[:2])
    assert json.dumps(wire_schema(Draft)) in server.requests[-1].body["messages"][0]["content"]


def test_llama_cpp_that_fails_open(make_settings: MakeSettings) -> None:
    """Older servers go on without the grammar that they couldn't parse, and say nothing:
    https://github.com/ggml-org/llama.cpp/issues/19051."""

    def script(_: int, body: Any) -> Reply:
        return draft_answer(body) if "tools" in body else answer('{"gulls": "steal chips"}')

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url), TEXTS[:3])
    assert modes(server) == ["json_schema"] * 2 + ["tools"]
    assert problem(got[2]) == TEXTS[2]


def test_llama_cpp_python_knows_json_object_alone(make_settings: MakeSettings) -> None:
    """It answers 500 to a json_schema, as recorded from version 0.3.36, and holds a forced tool to
    its parameters. https://github.com/abetlen/llama-cpp-python."""
    words = (
        "1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'response_format', "
        "'type'), 'msg': \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'}"
    )

    def script(_: int, body: Any) -> Reply:
        if held(body).startswith("json_schema"):
            return status(500, message=words, type="internal_server_error", param=None, code=None)
        return draft_answer(body)

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url))
    assert modes(server) == ["json_schema", "json_schema_loose"] + ["tools"] * len(TEXTS)
    assert [problem(one) for one in got] == list(TEXTS)


def deepseek(_: int, body: Any) -> Reply:
    if held(body).startswith("json_schema"):
        return status(400, message="This response_format type is unavailable now")
    if "tool_choice" in body:
        return status(400, message="deepseek-reasoner does not support this tool_choice")
    if "json" not in json.dumps(body["messages"]).lower():
        return status(400, message="Prompt must contain the word 'json' to use response_format")
    return draft_answer(body)


def test_deepseek_takes_neither_a_schema_nor_a_forced_tool(make_settings: MakeSettings) -> None:
    """It does take json_object, where the prompt says so:
    https://github.com/ItzCrazyKns/Vane/issues/969
    https://github.com/deepseek-ai/DeepSeek-R1/issues/836."""
    with LoopbackServer(deepseek) as server:
        got = ask(make_settings(base_url=server.base_url), TEXTS[:3])
    assert modes(server) == [
        *("json_schema", "json_schema_loose", "tools"),
        *("json_object",) * 3,
    ]
    assert [problem(one) for one in got] == list(TEXTS[:3])


def test_groq_with_a_model_that_knows_no_schema(make_settings: MakeSettings) -> None:
    """The format is refused, and the model fails at the function twice:
    https://github.com/TypeWhisper/typewhisper-win/issues/26
    https://console.groq.com/docs/errors."""

    def script(_: int, body: Any) -> Reply:
        if held(body).startswith("json_schema"):
            return status(400, message="The model only supports response formats: [json text].")
        if "tools" in body:
            words = "Failed to call a function. See 'failed_generation' for more details."
            return status(400, message=words, code="tool_use_failed")
        return draft_answer(body)

    with LoopbackServer(script) as server:
        settings = make_settings(base_url=server.base_url)

        async def main() -> list[Completion | BaseException]:
            async with Endpoint(settings, SYSTEM, Draft) as endpoint:
                outcomes: list[Completion | BaseException] = []
                for text in TEXTS[:3]:
                    job = endpoint.complete(Request(f"[1] {text}"))
                    outcomes += await asyncio.gather(job, return_exceptions=True)
                return outcomes

        first, *rest = asyncio.run(main())
    # The first one failed by the model's fault; the ladder moves when that is a habit.
    assert isinstance(first, RequestRejected)
    assert [problem(one) for one in rest if isinstance(one, Completion)] == list(TEXTS[1:3])
    assert modes(server) == [
        *("json_schema", "json_schema_loose", "tools"),
        *("tools", "json_object", "json_object"),
    ]


def test_azure_with_an_old_api_version(make_settings: MakeSettings) -> None:
    """json_schema came with 2024-08-01-preview; functions are older:
    https://github.com/crmne/ruby_llm/issues/600."""

    def script(_: int, body: Any) -> Reply:
        if held(body).startswith("json_schema"):
            words = (
                "response_format value as json_schema is enabled only for api versions "
                "2024-08-01-preview and later"
            )
            return status(400, message=words, code="BadRequest")
        return draft_answer(body)

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url), TEXTS[:2])
    assert modes(server) == ["json_schema", "json_schema_loose", "tools", "tools"]
    assert [problem(one) for one in got] == list(TEXTS[:2])


def openai_reasoning(_: int, body: Any) -> Reply:
    if "max_tokens" in body:
        words = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead."
        )
        return status(400, message=words, param="max_tokens", code="unsupported_parameter")
    if "temperature" in body:
        words = (
            "Unsupported value: 'temperature' does not support 0 with this model. "
            "Only the default (1) value is supported."
        )
        return status(400, message=words, param="temperature", code="unsupported_value")
    return draft_answer(body)


def test_a_reasoning_model_behind_an_unknown_address(make_settings: MakeSettings) -> None:
    """The limit is renamed and the temperature left out, once each; the mode stays:
    https://github.com/Mai-with-u/MaiBot/issues/1406
    https://github.com/decolua/9router/issues/560."""
    with LoopbackServer(openai_reasoning) as server:
        got = ask(make_settings(base_url=server.base_url, temperature=0.0, seed=1), TEXTS[:3])
    assert len(server.requests) == 5
    assert modes(server) == ["json_schema"] * 5
    assert [one.unsent for one in got] == [("temperature",)] * 3
    last = server.requests[-1].body
    assert (last["max_completion_tokens"], last["seed"]) == (4096, 1)


def test_openrouter_without_a_host_for_the_schema(make_settings: MakeSettings) -> None:
    """Its 404 is about the parameters, not the model: https://github.com/block/buzz/issues/3018."""

    def script(_: int, body: Any) -> Reply:
        if "tools" in body or "response_format" in body:
            words = "No endpoints found that can handle the requested parameters."
            return status(404, message=words, code=404)
        return draft_answer(body)

    with LoopbackServer(script) as server:
        got = ask(make_settings(base_url=server.base_url), TEXTS[:1])
    assert problem(got[0]) == TEXTS[0]
    assert modes(server)[-1] == "prompted"


def test_a_model_that_is_not_there_is_still_the_end(make_settings: MakeSettings) -> None:
    """Another 404 stops the run at once."""
    with LoopbackServer([status(404, message="model 'gull-tool' not found")]) as server:
        with pytest.raises(EndpointUnusable, match="not found"):
            ask(make_settings(base_url=server.base_url), TEXTS[:1])
        assert len(server.requests) == 1


def test_a_burst_is_answered_whole(make_settings: MakeSettings) -> None:
    """Many documents at once over a server that refuses three rungs: each is answered, and none
    costs more refusals than there are rungs."""
    texts = [f"Gull {n} steals." for n in range(32)]

    async def main(settings: Settings) -> list[Completion]:
        async with Endpoint(settings, SYSTEM, Draft) as endpoint:
            jobs = [endpoint.complete(Request(f"[1] {text}")) for text in texts]
            return await asyncio.gather(*jobs)

    with LoopbackServer(deepseek) as server:
        got = asyncio.run(main(make_settings(base_url=server.base_url, concurrency=32)))
        assert [problem(one) for one in got] == texts
        assert modes(server).count("json_object") == 32
        assert len(server.requests) <= 4 * 32


def ollama_with_a_small_context(tokens: Sequence[int]) -> Server:
    """Answers well, and counts as many tokens of each request as is said."""

    def script(number: int, body: Any) -> Reply:
        counts = {"prompt_tokens": tokens[number], "completion_tokens": 90}
        return answer(draft_text(body), usage=counts)

    return script


LONG = ({"role": "system", "content": "Extract what the abstract says. " * 300},)


def ask_at_length(settings: Settings, texts: Sequence[str]) -> list[Completion]:
    """The completions of some documents below a prompt of 9,600 characters."""

    async def main() -> list[Completion]:
        async with Endpoint(settings, LONG, Draft) as endpoint:
            return [await endpoint.complete(Request(f"[1] {text}")) for text in texts]

    return asyncio.run(main())


def test_a_request_that_was_cut_is_flagged(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """Ollama reads what its context holds and says nothing; its own count tells:
    https://github.com/ollama/ollama/issues/3427. One warning names the remedy."""
    with LoopbackServer(ollama_with_a_small_context([1024, 1024])) as server:
        got = ask_at_length(make_settings(base_url=server.base_url), TEXTS[:2])
    assert [one.input_was_cut for one in got] == [True, True]
    (record,) = caplog.records
    assert "read only part of a request (1024 tokens)" in record.getMessage()
    assert "OLLAMA_CONTEXT_LENGTH" in record.getMessage()


def test_what_was_read_once_can_be_read(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """A count without what the server had in its cache is no cut, and no count isn't one either:
    https://github.com/ollama/ollama/pull/16428
    https://github.com/ollama/ollama/issues/5370."""
    with LoopbackServer(ollama_with_a_small_context([2100, 60, 0])) as server:
        got = ask_at_length(make_settings(base_url=server.base_url), TEXTS[:3])
    assert [one.input_was_cut for one in got] == [False] * 3
    assert caplog.records == []


def test_a_context_that_is_known_to_be_too_small(make_settings: MakeSettings) -> None:
    """``context`` tells it even where the server counts what it was sent."""
    with LoopbackServer(ollama_with_a_small_context([2100, 2100])) as server:
        small = make_settings(base_url=server.base_url, context=1024)
        large = make_settings(base_url=server.base_url, context=8192)
        (cut,), (whole,) = (ask_at_length(settings, TEXTS[:1]) for settings in (small, large))
    assert (cut.input_was_cut, whole.input_was_cut) == (True, False)


def test_a_cut_request_teaches_nothing(make_settings: MakeSettings) -> None:
    """What was cut off may have been the schema: the ladder stays."""

    def script(_: int, body: Any) -> Reply:
        return answer("Hm?", usage={"prompt_tokens": 512, "completion_tokens": 2})

    with LoopbackServer(script) as server:
        ask_at_length(make_settings(base_url=server.base_url), TEXTS[:4])
    assert modes(server) == ["json_schema"] * 4


def test_the_next_run_knows(make_settings: MakeSettings) -> None:
    """What a run has learned is kept in the cache folder: the next one is refused nothing."""
    with LoopbackServer(deepseek) as server:
        settings = make_settings(base_url=server.base_url)
        ask(settings, TEXTS[:1])
        before = len(server.requests)
        (got,) = ask(settings, TEXTS[1:2])
        assert modes(server)[before:] == ["json_object"]
        assert (problem(got), got.mode) == (TEXTS[1], "json_object")
    assert (settings.cache_dir / REMEMBERED).is_file()


def test_without_a_cache_nothing_is_kept(make_settings: MakeSettings) -> None:
    """``--no-cache`` leaves the folder alone."""
    with LoopbackServer(deepseek) as server:
        settings = make_settings(base_url=server.base_url, cache=False)
        ask(settings, TEXTS[:1])
    assert not settings.cache_dir.exists()


def test_a_reask_goes_down_with_the_ladder(make_settings: MakeSettings) -> None:
    """The correction of an answer that ignored the schema is worded for the rung of now."""
    from summarise.endpoint import Correction

    async def main(settings: Settings) -> Completion:
        async with Endpoint(settings, SYSTEM, Draft) as endpoint:
            for text in TEXTS[:2]:
                completion = await endpoint.complete(Request(f"[1] {text}"))
            correction = Correction(completion, ("it isn't JSON.",))
            return await endpoint.complete(Request(f"[1] {TEXTS[1]}", correction))

    with LoopbackServer(ollama_cloud) as server:
        got = asyncio.run(main(make_settings(base_url=server.base_url)))
    assert problem(got) == TEXTS[1]
    assert modes(server)[-1] == "tools"


def test_a_fixed_mode_is_asked_for_and_nothing_else(make_settings: MakeSettings) -> None:
    """Who sets a mode is told that it is refused."""
    with LoopbackServer(deepseek) as server:
        with pytest.raises(RequestRejected, match="response_format type is unavailable"):
            ask(make_settings(base_url=server.base_url, mode="json_schema"), TEXTS[:1])
        assert modes(server) == ["json_schema"]
