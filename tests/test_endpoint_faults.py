"""Tests of ``summarise.endpoint.faults``: every SDK error and every status in our own words."""

from __future__ import annotations

import inspect
import json
import ssl
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.endpoint import faults
from summarise.endpoint.answer import NotACompletion
from summarise.endpoint.faults import Answered, Site
from summarise.errors import EndpointError, EndpointUnusable, RequestRejected, TransportError
from summarise.settings import Settings

KEY = "sk-invented-5f3a9c"
MakeSettings = Callable[..., Settings]
REQUEST = httpx2.Request("POST", "http://127.0.0.1:9/v1/chat/completions")


def keyed(**overrides: Any) -> Site:
    """A site with a key."""
    fields = {"model": "invented-1", "base_url": "https://llm.example/v1", "api_key": KEY}
    return Site(Settings.model_validate({**fields, "api_key_env": "INVENTED_KEY", **overrides}))


def status_error(kind: type[openai.APIStatusError], status: int, body: object) -> Exception:
    """An SDK error for an HTTP status."""
    response = httpx2.Response(status, json=body, request=REQUEST)
    if kind is openai.OAuthError:
        return openai.OAuthError(response=response, body=body)
    return kind(f"Error code: {status} - {body}", response=response, body=body)


def sdk_errors() -> list[type[Exception]]:
    """Every exception class that the SDK exports."""
    named = (getattr(openai, name) for name in openai.__all__)
    return [one for one in named if inspect.isclass(one) and issubclass(one, Exception)]


@pytest.mark.parametrize("kind", sdk_errors())
def test_every_error_of_the_sdk_is_mapped(kind: type[Exception]) -> None:
    """A new class of the SDK has to be given a meaning here, more than "some error"."""
    explicit = [base for base in kind.__mro__ if base in faults._MAPPED]
    assert explicit
    assert explicit[0] is not openai.OpenAIError or kind is openai.OpenAIError


@pytest.mark.parametrize("kind", sdk_errors())
def test_every_error_of_the_sdk_becomes_ours(kind: type[Exception]) -> None:
    """Whatever the SDK raises leaves this module as an EndpointError."""
    error: Any = kind.__new__(kind)
    response = httpx2.Response(418, request=REQUEST)
    vars(error).update(body=None, response=response, status_code=418, request=REQUEST)
    ours = Site(keyed().settings).from_sdk(error)
    assert isinstance(ours, EndpointError)
    assert str(ours)


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (openai.AuthenticationError, 401, EndpointUnusable),
        (openai.OAuthError, 401, EndpointUnusable),
        (openai.PermissionDeniedError, 403, EndpointUnusable),
        (openai.NotFoundError, 404, EndpointUnusable),
        (openai.APIStatusError, 402, EndpointUnusable),
        (openai.APIStatusError, 405, EndpointUnusable),
        (openai.APIStatusError, 301, EndpointUnusable),
        (openai.APIStatusError, 304, EndpointUnusable),
        (openai.RateLimitError, 429, TransportError),
        (openai.APIStatusError, 408, TransportError),
        (openai.ConflictError, 409, TransportError),
        (openai.InternalServerError, 500, TransportError),
        (openai.InternalServerError, 529, TransportError),
        (openai.BadRequestError, 400, RequestRejected),
        (openai.APIStatusError, 413, RequestRejected),
        (openai.UnprocessableEntityError, 422, RequestRejected),
        (openai.APIStatusError, 418, RequestRejected),
    ],
)
def test_a_status_decides_what_happens_next(
    kind: type[openai.APIStatusError], status: int, expected: type[EndpointError]
) -> None:
    """Stop the run, try again, or fail one document."""
    error: Any = status_error(kind, status, {"error": {"message": "because"}})
    ours = keyed().from_sdk(error)
    assert type(ours) is expected
    if isinstance(ours, TransportError):
        assert ours.kind == ("rate_limited" if status == 429 else "unavailable")
        assert ours.connected


def test_a_refused_key_is_named() -> None:
    """The message names the variable, the host, and what the server says."""
    body = {"error": {"message": f"Incorrect API key provided: {KEY}."}}
    told = str(keyed().from_status(Answered(401, body)))
    assert "the key in INVENTED_KEY was refused by llm.example" in told
    assert "Incorrect API key provided: [key]." in told


def test_a_withheld_key_is_hinted_at() -> None:
    """Where a key was set for another host, the hint says why it isn't sent and how to send it."""
    told = str(keyed(api_key=None, withheld_key="OTHER_KEY").from_status(Answered(401)))
    assert "a key is needed" in told
    assert "OTHER_KEY was set for another host, so it isn't sent" in told
    assert "--api-key-env OTHER_KEY" in told


def test_a_missing_key_is_asked_for() -> None:
    """Without any key the hint says how to name one."""
    assert "--api-key-env NAME" in str(keyed(api_key=None).from_status(Answered(403)))


def test_an_unknown_model_is_quoted_with_a_hint() -> None:
    """The server's own words, the model, and the base URL as the other suspect."""
    told = str(keyed().from_status(Answered(404, {"error": {"message": "no such model"}})))
    assert told.startswith("llm.example: no such model")
    assert "invented-1" in told
    assert "base URL" in told


@pytest.mark.parametrize(
    "error",
    [
        {"code": "insufficient_quota"},
        {"type": "insufficient_quota"},
        {"code": "billing_hard_limit_reached"},
        {"code": "billing_not_active"},
    ],
)
@pytest.mark.parametrize("is_unpacked", [True, False])
def test_an_empty_account_stops_the_run(error: dict[str, str], is_unpacked: bool) -> None:
    """A 429 that waiting can't mend isn't tried again."""
    told = {"message": "quota", **error}
    ours = keyed().from_status(Answered(429, told if is_unpacked else {"error": told}))
    assert isinstance(ours, EndpointUnusable)
    assert "billing" in str(ours)


@pytest.mark.parametrize("body", [None, "slow down", {"error": {"code": "rate_limit_exceeded"}}])
def test_any_other_429_is_tried_again(body: object) -> None:
    """With the wait that the server asks for."""
    ours = keyed().from_status(Answered(429, body, httpx2.Headers({"Retry-After": "7"})))
    assert isinstance(ours, TransportError)
    assert (ours.kind, ours.retry_after) == ("rate_limited", 7.0)


def test_flagged_input_fails_one_document() -> None:
    """A router's 403 about this input alone doesn't stop the run."""
    policy = {"error": {"message": "Request blocked by content policy"}}
    assert type(keyed().from_status(Answered(403, policy))) is RequestRejected
    error = {"message": "moderated", "metadata": {"flagged_input": "x", "reasons": ["y"]}}
    assert type(keyed().from_status(Answered(403, {"error": error}))) is RequestRejected


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://elsewhere.example/v1/chat/completions", "to elsewhere.example "),
        ("https://user:secret@elsewhere.example:8443/", "to elsewhere.example:8443 "),
        ("/v2/chat/completions", "to llm.example "),
        ("http://[broken", "redirects (HTTP 307)"),
        ("", "redirects (HTTP 307)"),
    ],
)
def test_a_redirect_names_its_target(location: str, target: str) -> None:
    """The host that it leads to, and nothing else of the address."""
    url = "https://llm.example/v1/chat/completions"
    told = str(keyed().from_status(Answered(307, None, {"location": location}, url)))
    assert target in told
    assert "secret" not in told
    assert "--base-url" in told


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": "the\n\tcontext\x1b[31m is \u202etoo long"}}, "the context [31m is"),
        ({"error": "plain"}, "plain (HTTP 400)"),
        ({"object": "error", "message": "as vLLM has it"}, "as vLLM has it (HTTP 400)"),
        ({"detail": [{"msg": "as FastAPI has it"}]}, "as FastAPI has it"),
        ("just text", "just text (HTTP 400)"),
        ("<html><body>Bad Request</body></html>", "HTTP 400"),
        (None, "HTTP 400"),
        ({"error": {}}, "HTTP 400"),
    ],
)
def test_the_server_is_quoted_in_one_clean_line(body: object, message: str) -> None:
    """In whatever shape it answers, without control characters or markup."""
    told = keyed().from_status(Answered(400, body)).message
    assert message in told
    assert told.isprintable()


@given(text=st.text(max_size=400), repeats=st.integers(1, 3), before=st.text(max_size=250))
def test_no_echo_of_the_key_gets_through(text: str, repeats: int, before: str) -> None:
    """However the server echoes the key, no message holds it, nor more than 200 characters."""
    told = keyed().quote(before + f"{KEY}{text}" * repeats)
    assert KEY not in told
    assert KEY[:12] not in told.replace("[key]", "") or KEY[:12] in before + text
    assert len(told) <= 200
    assert told.isprintable()


def test_an_error_inside_a_success_is_judged_by_its_code() -> None:
    """A router's 200 with an error in it counts as that error."""
    error = {"code": 429, "message": "upstream is busy"}
    ours = keyed().from_body(NotACompletion("no choices in it", error))
    assert isinstance(ours, TransportError)
    assert ours.kind == "rate_limited"
    assert "upstream is busy" in str(ours)


@pytest.mark.parametrize("error", [None, {"message": "strange"}, "strange", {"code": 200}])
def test_a_body_that_is_no_completion_is_tried_again(error: object) -> None:
    """It says so, quoting what came instead."""
    ours = keyed().from_body(NotACompletion("no choices in it", error))
    assert isinstance(ours, TransportError)
    assert ours.kind == "unavailable"
    assert "the answer isn't a chat completion: " in str(ours)


def connection_error(*causes: BaseException, timeout: bool = False) -> openai.OpenAIError:
    """An SDK error with a chain of causes."""
    error: openai.OpenAIError = (
        openai.APITimeoutError(REQUEST) if timeout else openai.APIConnectionError(request=REQUEST)
    )
    last: BaseException = error
    for cause in causes:
        last.__cause__ = cause
        last = cause
    return error


def no_route() -> aiohttp.ClientConnectorError:
    """Nobody listens there."""
    key = aiohttp.client_reqrep.ConnectionKey("h", 1, False, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError(111, "Connect call failed"))


@pytest.mark.parametrize(
    ("error", "kind", "connected"),
    [
        # A dropped connection comes dressed up as a timeout.
        (
            connection_error(
                httpx2.ConnectTimeout("gone"), aiohttp.ServerDisconnectedError(), timeout=True
            ),
            "unavailable",
            True,
        ),
        (
            connection_error(
                httpx2.ConnectTimeout("reset"), aiohttp.ClientOSError(104, "reset"), timeout=True
            ),
            "unavailable",
            True,
        ),
        (
            connection_error(
                httpx2.ReadTimeout("slow"), aiohttp.SocketTimeoutError("slow"), timeout=True
            ),
            "timeout",
            True,
        ),
        (
            connection_error(
                httpx2.ConnectTimeout("no"),
                aiohttp.ConnectionTimeoutError("no"),
                TimeoutError(),
                timeout=True,
            ),
            "timeout",
            False,
        ),
        (connection_error(httpx2.ConnectError("no"), no_route()), "unavailable", False),
        (
            connection_error(httpx2.ReadError("cut"), aiohttp.ClientPayloadError()),
            "unavailable",
            True,
        ),
        # The same over httpx2's own transport.
        (connection_error(httpx2.ReadTimeout("slow"), timeout=True), "timeout", True),
        (connection_error(httpx2.ConnectTimeout("no"), timeout=True), "timeout", False),
        (connection_error(httpx2.ConnectError("no"), OSError(111, "no")), "unavailable", False),
        (connection_error(httpx2.RemoteProtocolError("cut")), "unavailable", True),
        (connection_error(httpx2.DecodingError("zip")), "unavailable", True),
        (connection_error(), "unavailable", True),
    ],
)
def test_a_connection_is_judged_by_its_deepest_cause(
    error: openai.OpenAIError, kind: str, connected: bool
) -> None:
    """Timed out, dropped, or never there: whatever the layers above call it."""
    ours = keyed().from_sdk(error)
    assert isinstance(ours, TransportError)
    assert (ours.kind, ours.connected) == (kind, connected)
    assert ours.where == "llm.example"


def test_the_system_says_why_nobody_was_reached() -> None:
    """Its words, without the reprs that aiohttp puts around them."""
    refused = keyed().from_sdk(connection_error(httpx2.ConnectError("no"), no_route()))
    assert refused.message == "can't be reached: Connection refused"
    key = aiohttp.client_reqrep.ConnectionKey("h", 1, True, True, None, None, None)
    untrusted = ssl.SSLCertVerificationError(1, "certificate verify failed")
    wrapped = aiohttp.ClientConnectorCertificateError(key, untrusted)
    refused = keyed().from_sdk(connection_error(httpx2.ConnectError("no"), wrapped))
    assert refused.message == "can't be reached: certificate verify failed"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "SSL_CERT_FILE=FILE.pem"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "Is it http:// rather than https://?"),
        ("[SSL] record layer failure", "Is it http:// rather than https://?"),
        ("Connection refused", "Check the base URL, and that the server runs."),
    ],
)
def test_what_to_do_where_nobody_was_reached(words: str, hint: str) -> None:
    """By what the system says: certificates and plain http have their own remedies."""
    refused = keyed().from_sdk(connection_error(httpx2.ConnectError(words)))
    assert refused.hint is not None
    assert refused.hint.startswith(hint)


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("http://localhost:11434/v1", "`ollama serve` starts Ollama."),
        ("http://127.0.0.1:1234/v1", "`lms server start` starts LM Studio."),
        ("http://localhost:8000/v1", "`vllm serve MODEL` starts vLLM."),
        ("http://localhost:8080/v1", "`llama-server -m FILE.gguf` starts llama.cpp."),
        ("http://other.example:11434/v1", "Check the base URL, and that the server runs."),
        ("http://localhost:9/v1", "Check the base URL, and that the server runs."),
    ],
)
def test_a_server_of_this_machine_that_does_not_run_is_to_be_started(url: str, hint: str) -> None:
    """By its port; of another machine the user may not start one."""
    site = Site(Settings(base_url=url))
    refused = site.from_sdk(connection_error(httpx2.ConnectError("Connection refused")))
    assert str(refused).endswith(f": can't be reached: Connection refused. {hint}")


def test_no_repr_shows_the_key() -> None:
    """A site can be printed."""
    assert KEY not in repr(keyed())
    assert KEY not in json.dumps(keyed().settings.model_dump(mode="json"))
