"""Tests of ``summarise.endpoint``: over the production transport against a server on loopback, and
over an injected client with respx.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import httpx2
import pytest
import respx

from summarise.admission import retry
from summarise.endpoint import Correction, Endpoint, Request
from summarise.endpoint import client as client_module
from summarise.errors import (
    AdmissionClosed,
    EndpointError,
    EndpointUnusable,
    RequestRejected,
    SettingsError,
    TransportError,
)
from summarise.models import Completion, Usage
from summarise.schema import Draft
from summarise.settings import Mode, Settings
from tests.loopback import (
    LoopbackServer,
    Reply,
    answer,
    draft_answer,
    drop,
    hang,
    malformed,
    once,
    refusal,
    slow,
    status,
    truncated,
)

KEY = "sk-invented-5f3a9c77d0"
SYSTEM = ({"role": "system", "content": "Extract."},)
REQUEST = Request("[1] Gulls steal chips.\n[2] We watched them.")
MakeSettings = Callable[..., Settings]
T = TypeVar("T")


async def ask(settings: Settings, *requests: Request) -> list[Completion]:
    """The completions of some requests, sent at once over the production transport."""
    async with Endpoint(settings, SYSTEM, Draft) as endpoint:
        return await asyncio.gather(*(endpoint.complete(request) for request in requests))


def failure_of(job: Coroutine[Any, Any, object], kind: type[T]) -> T:
    """The error, of exactly this kind, that a coroutine raises."""
    with pytest.raises(EndpointError) as caught:
        asyncio.run(job)
    assert type(caught.value) is kind
    return caught.value


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between attempts, in seconds; none is slept."""
    seen: list[float] = []

    async def note(seconds: float) -> None:
        seen.append(seconds)

    monkeypatch.setattr(retry, "pause", note)
    return seen


# Over aiohttp, against a real server.


@pytest.mark.parametrize("mode", list(Mode))
def test_an_answer_arrives(make_settings: MakeSettings, mode: Mode) -> None:
    """One request, one call, one completion with a draft in it, in every mode."""
    with LoopbackServer() as server:
        (got,) = asyncio.run(ask(make_settings(base_url=server.base_url, mode=mode), REQUEST))
    draft = Draft.model_validate_json(got.text or "")
    assert draft.problem.text == "Gulls steal chips."
    assert got.usage == Usage(input_tokens=1500, output_tokens=90)
    assert (got.model, got.finish_reason, got.attempts) == ("invented-1-2026", "stop", 1)
    assert 0 < got.latency < 10
    (received,) = server.requests
    assert (received.method, received.path) == ("POST", "/v1/chat/completions")
    system, user = received.body["messages"]
    assert system["content"].startswith(SYSTEM[0]["content"])
    assert user == {"role": "user", "content": REQUEST.user}
    assert got.mode == mode


def test_tools_that_are_ignored_are_no_loss(make_settings: MakeSettings) -> None:
    """In tools mode an answer in the content counts, too."""
    with LoopbackServer([answer('{"a": 1}')]) as server:
        settings = make_settings(base_url=server.base_url, mode=Mode.TOOLS)
        assert asyncio.run(ask(settings, REQUEST))[0].text == '{"a": 1}'


@pytest.mark.parametrize(
    ("reply", "text", "finish_reason", "refused"),
    [
        (refusal("No."), None, "stop", "No."),
        (truncated('{"prob'), '{"prob', "length", None),
        (answer(None, finish_reason="content_filter"), None, "content_filter", None),
    ],
    ids=["refused", "truncated", "filtered"],
)
def test_an_unwelcome_answer_is_bought_once(
    make_settings: MakeSettings,
    reply: Reply,
    text: str | None,
    finish_reason: str,
    refused: str | None,
) -> None:
    """A refusal, a truncation and a filter are answers: no second call."""
    with LoopbackServer([reply]) as server:
        (got,) = asyncio.run(ask(make_settings(base_url=server.base_url), REQUEST))
    assert (got.text, got.finish_reason, got.refusal) == (text, finish_reason, refused)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        status(429, headers={"Retry-After": "2"}),
        status(500),
        status(503, b"<html>busy</html>"),
        status(408),
        malformed(),
        malformed(b'{"object": "error"}'),
        drop(),
    ],
    ids=["429", "500", "503", "408", "malformed", "no choices", "dropped"],
)
def test_what_may_pass_is_tried_again(
    make_settings: MakeSettings, waits: list[float], reply: Reply
) -> None:
    """Two bad attempts and a good one: the completion knows all three."""
    with LoopbackServer([reply, reply]) as server:
        (got,) = asyncio.run(ask(make_settings(base_url=server.base_url), REQUEST))
    assert got.attempts == len(server.requests) == 3
    assert len(waits) == 2
    assert server.requests[0].body == server.requests[2].body


def test_the_wait_that_the_server_asks_for_is_kept(
    make_settings: MakeSettings, waits: list[float]
) -> None:
    """Retry-After reaches the retry policy."""
    with LoopbackServer([status(429, headers={"retry-after-ms": "2500"})]) as server:
        asyncio.run(ask(make_settings(base_url=server.base_url), REQUEST))
    assert 2.5 <= waits[0] <= 2.75


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (status(502), "unavailable"),
        (malformed(), "unavailable"),
        (drop(), "unavailable"),
        (hang(), "timeout"),
    ],
    ids=["502", "malformed", "dropped", "hanging"],
)
def test_what_does_not_pass_is_given_up(
    make_settings: MakeSettings, reply: Reply, kind: str
) -> None:
    """After the last attempt the error says what it was, where, and how often it was tried."""
    # A busy machine may take a while for what is answered at once.
    timeout = 0.3 if kind == "timeout" else 30.0
    with LoopbackServer(lambda *_: reply) as server:
        settings = make_settings(base_url=server.base_url, max_attempts=2, timeout=timeout)
        error = failure_of(ask(settings, REQUEST), TransportError)
    assert (error.kind, error.connected, error.attempts) == (kind, True, 2)
    assert error.where == settings.host
    assert len(server.requests) == 2


def test_a_server_that_is_always_busy_is_given_up(make_settings: MakeSettings) -> None:
    """429 after 429: the document's deadline ends it, however many attempts are allowed."""
    busy = status(429, headers={"retry-after-ms": "1500"})
    with LoopbackServer(lambda *_: busy) as server:
        settings = make_settings(base_url=server.base_url, max_attempts=1, deadline=7.5)
        error = failure_of(ask(settings, REQUEST), TransportError)
    assert error.kind == "rate_limited"
    assert 2 <= error.attempts == len(server.requests) <= 5


def test_a_trickle_does_not_outlast_the_deadline(make_settings: MakeSettings) -> None:
    """The timeout bounds the whole answer; a retry may still get it."""
    started = time.monotonic()
    with LoopbackServer([slow(600, answer("{}"))]) as server:
        (got,) = asyncio.run(ask(make_settings(base_url=server.base_url, timeout=0.5), REQUEST))
    assert got.attempts >= 2
    assert time.monotonic() - started < 60


def test_nobody_there_is_told_after_three_attempts(make_settings: MakeSettings) -> None:
    """A port that nobody listens on: never connected, with the mend as a hint."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        error = failure_of(ask(make_settings(base_url=url), REQUEST), TransportError)
    assert (error.kind, error.connected, error.attempts) == ("unavailable", False, 3)
    assert "can't be reached" in str(error)
    assert "Check the base URL" in str(error)


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (status(401, message="bad key"), EndpointUnusable, "was refused by 127.0.0.1"),
        (status(404, message="model not found"), EndpointUnusable, "model not found"),
        (status(429, code="insufficient_quota"), EndpointUnusable, "no quota left"),
        (status(400, message="the context is too long"), RequestRejected, "context is too long"),
        (status(413, b"too large"), RequestRejected, "too large"),
        (status(307, headers={"Location": "https://x.example/"}), EndpointUnusable, "x.example"),
    ],
    ids=["wrong key", "unknown model", "no quota", "rejected", "too large", "redirect"],
)
def test_what_cannot_pass_is_sent_once(
    make_settings: MakeSettings, reply: Reply, kind: type[EndpointError], words: str
) -> None:
    """No retry for what sending again can't mend, and a redirect isn't followed."""
    with LoopbackServer([reply]) as server:
        settings = make_settings(base_url=server.base_url, api_key=KEY)
        error = failure_of(ask(settings, REQUEST), kind)
    assert words in str(error)
    assert len(server.requests) == 1


def test_a_reask_shows_the_answer_and_its_faults(make_settings: MakeSettings) -> None:
    """The model sees its own answer and our list of faults after the same beginning."""
    faults = ("results[0].value: '7%' is not in the abstract", "data[1].role is missing")
    correction = Correction(Completion(text='{"a": 1}'), faults)
    with LoopbackServer([answer("{}")]) as server:
        asyncio.run(ask(make_settings(base_url=server.base_url), Request("[1] One.", correction)))
    *_, user, shown, told = server.requests[0].body["messages"]
    assert user == {"role": "user", "content": "[1] One."}
    assert shown == {"role": "assistant", "content": '{"a": 1}'}
    assert told["role"] == "user"
    assert told["content"].endswith("\n".join(f"- {fault}" for fault in faults))
    assert "Error(" not in told["content"]


def test_a_reask_in_tools_mode_answers_the_call(make_settings: MakeSettings) -> None:
    """The answer goes back as a call to our function, the faults as its outcome."""
    correction = Correction(Completion(text='{"a": 1}'), ("no.",))
    with LoopbackServer([answer("{}", function="Draft")]) as server:
        settings = make_settings(base_url=server.base_url, mode=Mode.TOOLS)
        asyncio.run(ask(settings, Request("[1] One.", correction)))
    *_, shown, told = server.requests[0].body["messages"]
    (call,) = shown["tool_calls"]
    assert call["function"] == {"name": "Draft", "arguments": '{"a": 1}'}
    assert (told["role"], told["tool_call_id"]) == ("tool", call["id"])
    assert "- no." in told["content"]


@pytest.mark.parametrize("mode", list(Mode))
def test_a_reask_after_an_empty_answer(make_settings: MakeSettings, mode: Mode) -> None:
    """Where there was no text, the faults are told all the same."""
    correction = Correction(Completion(text=None), ("nothing came.",))
    with LoopbackServer([answer("{}")]) as server:
        settings = make_settings(base_url=server.base_url, mode=mode)
        asyncio.run(ask(settings, Request("[1] One.", correction)))
    shown, told = server.requests[0].body["messages"][-2:]
    assert (shown["role"], shown["content"]) == ("assistant", "")
    assert told["role"] == "user"
    assert "- nothing came." in told["content"]


def test_no_more_calls_than_slots(make_settings: MakeSettings) -> None:
    """64 requests over 8 slots: never more than 8 at once, and all are answered."""
    with LoopbackServer() as server:
        server.script = lambda _, body: once(server.has(8), draft_answer(body))
        settings = make_settings(base_url=server.base_url, concurrency=8)
        got = asyncio.run(ask(settings, *(Request(f"[1] Number {n}.") for n in range(64))))
    assert server.most_at_once == 8
    texts = [Draft.model_validate_json(one.text or "").problem.text for one in got]
    assert texts == [f"Number {n}." for n in range(64)]


def test_64_calls_run_at_once(make_settings: MakeSettings) -> None:
    """The pool of connections is as large as the concurrency."""
    with LoopbackServer() as server:
        server.script = lambda _, body: once(server.has(64), draft_answer(body))
        settings = make_settings(base_url=server.base_url, concurrency=64)
        asyncio.run(ask(settings, *(Request(f"[1] Number {n}.") for n in range(64))))
    assert server.most_at_once == 64


def test_waiting_for_a_retry_holds_no_slot(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one slot, a second request gets through while the first one waits."""

    async def main(settings: Settings) -> list[str]:
        order: list[str] = []
        served = asyncio.Event()

        async def pause(_: float) -> None:
            await asyncio.wait_for(served.wait(), 60)

        async def one(endpoint: Endpoint, name: str) -> None:
            await endpoint.complete(Request(f"[1] {name}"))
            order.append(name)
            served.set()

        monkeypatch.setattr(retry, "pause", pause)
        async with Endpoint(settings, SYSTEM, Draft) as endpoint:
            await asyncio.gather(one(endpoint, "first"), one(endpoint, "second"))
        return order

    with LoopbackServer([status(429)]) as server:
        settings = make_settings(base_url=server.base_url, concurrency=1)
        assert asyncio.run(main(settings)) == ["second", "first"]


def test_cancelling_frees_the_slot(make_settings: MakeSettings) -> None:
    """A cancelled request leaves nothing behind: the next one gets its slot."""

    async def main() -> Completion:
        loop, arrived = asyncio.get_running_loop(), asyncio.Event()

        def script(number: int, body: Any) -> Reply:
            loop.call_soon_threadsafe(arrived.set)
            return draft_answer(body) if number else hang()

        with LoopbackServer(script) as server:
            settings = make_settings(base_url=server.base_url, concurrency=1)
            async with Endpoint(settings, SYSTEM, Draft) as endpoint:
                task = asyncio.create_task(endpoint.complete(REQUEST))
                await arrived.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                return await endpoint.complete(REQUEST)

    assert asyncio.run(main()).text


def test_closing_twice_and_unused_is_fine(make_settings: MakeSettings) -> None:
    """An endpoint that sent nothing opened nothing."""

    async def main() -> None:
        endpoint = Endpoint(make_settings(), SYSTEM, Draft)
        await endpoint.aclose()
        await endpoint.aclose()

    asyncio.run(main())


# What of this machine and its environment reaches the server.

PLANTED = {
    "OPENAI_API_KEY": "sk-planted",
    "OPENAI_ADMIN_KEY": "sk-planted",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/planted",
    "OPENAI_ORG_ID": "org-planted",
    "OPENAI_PROJECT_ID": "proj-planted",
    "OPENAI_WEBHOOK_SECRET": "whsec-planted",
    "OPENAI_CUSTOM_HEADERS": "X-Planted: planted\nAuthorization: Bearer planted",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}


@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("http://ann:hunter/2@proxy.example:80", "isn't the address of a proxy"),
        ("http://ann:hunter#2@proxy.example:80", "isn't the address of a proxy"),
        ("http://ann:hunter@proxy.example:hunter", "isn't the address of a proxy"),
        ("ftp://ann:hunter@proxy.example:80", "isn't the address of a proxy"),
        ("socks5://ann:hunter@proxy.example:80", "needs the package socksio"),
    ],
)
def test_a_proxy_that_cannot_be_asked_is_told_of(
    monkeypatch: pytest.MonkeyPatch, proxy: str, told: str
) -> None:
    """By the name of its variable, and without what may be a part of its password."""
    monkeypatch.setattr("summarise.settings.model.find_spec", lambda _: None)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(SettingsError, match=told) as found:
        client_module.open_http_client(Settings(model="m"))
    assert "HTTPS_PROXY" in str(found.value)
    assert "hunter" not in str(found.value)
    client_module.open_http_client(Settings(model="m", base_url="http://localhost:1/v1"))
    monkeypatch.setenv("NO_PROXY", "*")
    client_module.open_http_client(Settings(model="m"))


def test_a_proxy_may_be_named_in_many_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its scheme or without, with a password whose signs are escaped, or not at all."""
    for proxy in ("proxy.example:80", "http://ann:a%2Fb@proxy.example", "https://[::1]:8", ""):
        monkeypatch.setenv("ALL_PROXY", proxy)
        client_module.open_http_client(Settings(model="m"))


@pytest.mark.parametrize("key", [None, KEY])
def test_nothing_is_taken_from_the_environment(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    """No OPENAI_* variable, and no proxy on the way to loopback, changes what is sent."""
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    with LoopbackServer() as server:
        asyncio.run(ask(make_settings(base_url=server.base_url, api_key=key), REQUEST))
    (received,) = server.requests
    assert "planted" not in json.dumps([received.path, received.headers]).lower()
    assert not [name for name in received.headers if name.startswith("openai-")]
    assert received.headers.get("authorization") == (f"Bearer {key}" if key else None)
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"].startswith("summarise/")


@pytest.mark.parametrize(
    ("base_url", "is_loopback"),
    [
        ("http://localhost:11434/v1", True),
        ("http://127.8.0.1/v1", True),
        ("http://[::1]:1/v1", True),
        ("https://llm.example/v1", False),
        ("http://10.0.0.1/v1", False),
    ],
)
def test_a_proxy_is_for_other_machines(base_url: str, is_loopback: bool) -> None:
    """This machine's own servers are spoken to directly, all others as the environment says."""
    client = client_module.open_http_client(Settings(model="m", base_url=base_url))
    assert client.trust_env is not is_loopback
    assert client.follow_redirects is False


def test_the_key_stays_at_its_origin(make_settings: MakeSettings) -> None:
    """A redirect to another server, or to another path, is an error: nothing arrives there."""
    with LoopbackServer() as other:
        away = status(308, headers={"Location": f"{other.base_url}/chat/completions"})
        with LoopbackServer([away]) as server:
            settings = make_settings(base_url=server.base_url, api_key=KEY)
            error = failure_of(ask(settings, REQUEST), EndpointUnusable)
    assert other.requests == []
    assert other.base_url.split("/")[2] in str(error)


@pytest.mark.parametrize("key", ["sk-\u2019abc", "sk-a b", "sk-abc\n", '"sk-abc"\r'])
def test_a_key_that_cannot_be_sent_is_told_not_shown(make_settings: MakeSettings, key: str) -> None:
    """Before anything is sent, and without the key in the message."""
    settings = make_settings(api_key=key, api_key_env="INVENTED_KEY")
    error = failure_of(ask(settings, REQUEST), EndpointUnusable)
    assert "INVENTED_KEY" in str(error)
    assert key.strip() not in str(error)


ECHOES = [
    status(401, message=f"Incorrect API key provided: {KEY}"),
    status(400, json.dumps({"error": {"message": "x" * 190 + KEY}}).encode()),
    status(404, f"no such path for Bearer {KEY}".encode()),
    status(500, message=KEY),
    status(429, message=KEY, code="insufficient_quota"),
    status(307, headers={"Location": f"https://{KEY}.example/?key={KEY}"}),
    malformed(KEY.encode()),
    malformed(json.dumps({"error": {"message": KEY}}).encode()),
]


@pytest.mark.parametrize("reply", ECHOES, ids=range(len(ECHOES)))
def test_no_error_shows_the_key(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture, reply: Reply
) -> None:
    """Whatever the server echoes: not in the message, the repr, the traceback, or a log."""
    caplog.set_level(logging.DEBUG)
    with LoopbackServer(lambda *_: reply) as server:
        settings = make_settings(base_url=server.base_url, api_key=KEY, max_attempts=1)
        with pytest.raises(EndpointError) as caught:
            asyncio.run(ask(settings, REQUEST))
    error = caught.value
    shown = [str(error), repr(error), *traceback.format_exception(error), caplog.text]
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in "".join(shown)
    assert error.__context__ is None
    assert "Sending HTTP Request" in caplog.text


def test_nothing_is_left_at_the_loggers(make_settings: MakeSettings) -> None:
    """Closing takes back the filters that kept the key out of the SDK's logs."""
    loggers = [logging.getLogger(name) for name in client_module.SDK_LOGS]
    before = [list(logger.filters) for logger in loggers]
    with LoopbackServer() as server:
        asyncio.run(ask(make_settings(base_url=server.base_url, api_key=KEY), REQUEST))
    assert [logger.filters for logger in loggers] == before


def test_an_endpoint_can_be_printed(make_settings: MakeSettings) -> None:
    """Its repr and its attributes don't show the key."""
    endpoint = Endpoint(make_settings(api_key=KEY), SYSTEM, Draft)
    assert KEY not in repr(endpoint) + repr(vars(endpoint))


# Over an injected client.

URL = "http://127.0.0.1:9/v1/chat/completions"


async def over_injected(
    settings: Settings, use: Callable[[Endpoint], Awaitable[T]]
) -> tuple[T, bool]:
    """What ``use`` returns, and whether the injected client is still open after it."""
    async with httpx2.AsyncClient(follow_redirects=True) as client:
        async with Endpoint(settings, SYSTEM, Draft, http_client=client) as endpoint:
            result = await use(endpoint)
        return result, not client.is_closed


def test_an_injected_client_is_used_and_left_open(
    make_settings: MakeSettings, respx_mock: respx.MockRouter
) -> None:
    """The caller owns the client that it gives."""
    route = respx_mock.post(URL).respond(content=answer('{"a": 1}').body)
    job = over_injected(make_settings(), lambda endpoint: endpoint.complete(REQUEST))
    completion, is_open = asyncio.run(job)
    assert completion.text == '{"a": 1}'
    assert is_open
    assert route.call_count == 1


def test_an_injected_client_follows_no_redirect_either(
    make_settings: MakeSettings, respx_mock: respx.MockRouter
) -> None:
    """Even where it would by itself."""
    respx_mock.post(URL).respond(302, headers={"Location": "https://elsewhere.example/"})
    job = over_injected(make_settings(api_key=KEY), lambda endpoint: endpoint.complete(REQUEST))
    assert "elsewhere.example" in str(failure_of(job, EndpointUnusable))


@pytest.mark.parametrize(
    ("raised", "kind", "connected", "attempts"),
    [
        (httpx2.ReadTimeout("slow"), "timeout", True, 4),
        (httpx2.ConnectError("nobody"), "unavailable", False, 3),
        (httpx2.RemoteProtocolError("cut"), "unavailable", True, 4),
    ],
)
def test_errors_of_an_injected_client_are_told_alike(
    make_settings: MakeSettings,
    respx_mock: respx.MockRouter,
    raised: Exception,
    kind: str,
    connected: bool,
    attempts: int,
) -> None:
    """Its own exceptions mean the same as aiohttp's."""
    respx_mock.post(URL).mock(side_effect=raised)
    settings = make_settings(max_attempts=4)
    job = over_injected(settings, lambda endpoint: endpoint.complete(REQUEST))
    error = failure_of(job, TransportError)
    assert (error.kind, error.connected, error.attempts) == (kind, connected, attempts)


async def arrival(server: LoopbackServer) -> None:
    """Wait until a request has come in."""
    # The server lives in another thread, so no event of this loop tells.
    while not server.requests:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def test_what_waits_for_its_turn_is_not_sent_once_admission_is_closed(
    make_settings: MakeSettings,
) -> None:
    """A run that stops lets the call in flight finish; those behind it are never sent."""

    async def work(server: LoopbackServer) -> list[object]:
        settings = make_settings(base_url=server.base_url, concurrency=1)
        async with Endpoint(settings, SYSTEM, Draft) as endpoint:
            calls = [asyncio.create_task(endpoint.complete(REQUEST)) for _ in range(3)]
            await arrival(server)
            endpoint.close_admission()
            closed.set()
            return await asyncio.gather(*calls, return_exceptions=True)

    closed = threading.Event()
    with LoopbackServer(lambda *_: once(closed.is_set, answer("{}"))) as server:
        first, *others = asyncio.run(work(server))
    assert isinstance(first, Completion)
    assert [type(one) for one in others] == [AdmissionClosed, AdmissionClosed]
    assert len(server.requests) == 1


def test_what_waits_to_be_sent_again_is_called_off(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request in its backoff doesn't keep a run that stops from ending."""
    monkeypatch.setattr(retry, "pause", asyncio.sleep)
    busy = status(503, headers={"Retry-After": "30"})

    async def work(server: LoopbackServer) -> object:
        async with Endpoint(make_settings(base_url=server.base_url), SYSTEM, Draft) as endpoint:
            call = asyncio.create_task(endpoint.complete(REQUEST))
            await arrival(server)
            await asyncio.sleep(0.2)
            endpoint.close_admission()
            (outcome,) = await asyncio.gather(call, return_exceptions=True)
            return outcome

    started = time.monotonic()
    with LoopbackServer([busy]) as server:
        assert isinstance(asyncio.run(work(server)), AdmissionClosed)
        assert len(server.requests) == 1
    # Far less than the wait that was asked for.
    assert time.monotonic() - started < 25
