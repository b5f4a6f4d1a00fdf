"""The SDK client, told everything, so that it takes nothing from the environment."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any, NamedTuple

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient, Omit, OpenAIError, RequestOptions

from summarise import __version__
from summarise.endpoint.answer import NotACompletion, as_object, read_completion, read_json, rows_in
from summarise.endpoint.faults import Site
from summarise.errors import EndpointError, EndpointUnusable, RequestRejected
from summarise.models import Completion
from summarise.settings import Discretion, Mode, Settings, check_proxies, is_loopback, software_of

# uvicorn, and so vLLM, closes idle connections after 5 s: we must be the first to let go.
_KEEPALIVE = 4.0
_CONNECT = 10.0
_COMPLETIONS = b"chat/completions"
# What is asked before the first document, in seconds; and who takes any name for its model's.
_INTRODUCTION, _TAKES_ANY = 5.0, "llama.cpp"
SDK_LOGS = ("openai._base_client", "httpx2")
_HEADERS: dict[str, str | Omit] = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "User-Agent": f"summarise/{__version__}",
}


class Reply(NamedTuple):
    """What came back: the answer, read and as received, and the headers."""

    completion: Completion
    headers: Mapping[str, str]
    body: bytes


class Caller:
    """Sends requests to the endpoint and reads the answers.

    In tools mode, ``function`` is usually to be called. An HTTP client that is given is the
    caller's to close; without one, one over aiohttp is opened.

    Raises:
        EndpointUnusable: The key can't be sent.
    """

    def __init__(
        self, settings: Settings, function: str, http_client: httpx2.AsyncClient | None
    ) -> None:
        key = settings.key
        self._site = Site(settings)
        if fault := self._site.key_fault():
            raise fault
        self._settings = settings
        self._function = function
        self._http_client = http_client or open_http_client(settings)
        self._is_ours = http_client is None
        bound(self._http_client)
        self._sdk, headers = open_sdk(settings, self._http_client)
        # What is the same for each request is said once, and in full: the SDK copies each default
        # anew, and a path would be joined to the base URL anew.
        self._options: RequestOptions = {
            "headers": headers,
            "params": {},
            # Of the whole there is a clock already.
            "timeout": httpx2.Timeout(None, connect=min(_CONNECT, settings.timeout)),
            "max_retries": 0,
            "follow_redirects": False,
            "security": {"bearer_auth": True},
        }
        base = self._sdk.base_url
        self._url = str(base.copy_with(raw_path=base.raw_path + _COMPLETIONS))
        self._discretion = Discretion(key, *SDK_LOGS)

    async def complete(
        self, body: bytes, seconds: float, mode: Mode, function: str | None = None
    ) -> Reply:
        """Send one request, and have the whole answer within some seconds.

        The body is a chat completion request in JSON, which holds the model to the schema by a
        mode; in tools mode, by a function, where that isn't the usual one.

        Raises:
            EndpointError: What went wrong, in our own terms.
        """
        fault: EndpointError
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                response = await self._sdk.post(
                    self._url, cast_to=httpx2.Response, content=body, options=self._options
                )
            completion = read_completion(
                response.content,
                mode,
                function or self._function,
                latency=time.monotonic() - started,
                key=self._settings.key,
            )
            return Reply(completion, response.headers, response.content)
        except TimeoutError:
            fault = self._site.timed_out(seconds)
        except NotACompletion as error:
            fault = self._site.from_body(error)
        except OpenAIError as error:
            fault = self._site.from_sdk(error)
        # Raised outside the handlers: an SDK error, with whatever the server echoed into it, must
        # not stay attached as the context.
        raise fault

    async def check_model(self) -> None:
        """Make sure that a server which answers to any name serves a model of this one.

        That is llama.cpp; others refuse a name that they don't know, or know more than they list.
        What can't be heard is no reason to stop.

        Raises:
            EndpointUnusable: It serves others alone.
        """
        told: object = None
        with contextlib.suppress(OpenAIError, NotACompletion, TimeoutError):
            async with asyncio.timeout(_INTRODUCTION):
                response = await self._sdk.get(
                    "/models", cast_to=httpx2.Response, options=self._options
                )
            told = as_object(read_json(response.content, self._settings.key)).get("data")
        listed = rows_in(told) or []
        names = [self._site.quote(str(row["id"])) for row in listed if row.get("id")]
        takes_any = any(software_of(row.get("owned_by")) == _TAKES_ANY for row in listed)
        if takes_any and self._settings.model not in {*names, *(row.get("id") for row in listed)}:
            raise EndpointUnusable(
                f"has no model {self._settings.model!r}; it serves {', '.join(names)}",
                where=self._settings.host,
                hint="Name that one with --model, or none: its only model is asked then.",
            )

    async def aclose(self) -> None:
        """Close the connections that were opened here."""
        self._discretion.end()
        if self._is_ours:
            await self._http_client.aclose()


class _Client(AsyncOpenAI):
    """An ``AsyncOpenAI`` without retries, and without anything from ``OPENAI_*`` variables."""

    def __init__(self, settings: Settings, http_client: httpx2.AsyncClient) -> None:
        super().__init__(
            base_url=settings.base_url,
            # None would be looked up in the environment, and an empty key is refused.
            api_key=settings.key or "none",
            admin_api_key="",
            organization="",
            project="",
            webhook_secret="",
            timeout=_timeout(settings),
            max_retries=0,
            http_client=http_client,
        )

    @property
    def default_headers(self) -> dict[str, str | Omit]:
        """Ours alone: the SDK's hold OPENAI_CUSTOM_HEADERS, and describe this machine."""
        return _HEADERS


def open_sdk(
    settings: Settings, http_client: httpx2.AsyncClient | None = None
) -> tuple[AsyncOpenAI, dict[str, str | Omit]]:
    """The SDK's client, and the headers that go with each request; closing it closes the HTTP one.

    Without an HTTP client of the caller's it has one of its own, whose answers are bounded.
    """
    if http_client is None:
        bound(http_client := open_http_client(settings))
    headers: dict[str, str | Omit] = dict(settings.extra_headers)
    if not settings.key:
        # Without a key the SDK wants to be told that the header is left out on purpose.
        headers["Authorization"] = Omit()
    return _Client(settings, http_client), headers


def _timeout(settings: Settings) -> httpx2.Timeout:
    return httpx2.Timeout(settings.timeout, connect=min(_CONNECT, settings.timeout))


def trust_of(settings: Settings) -> dict[str, Any]:
    """What a client takes from the environment: proxies, and the certificates that it goes by."""
    # A proxy of the environment can't reach this machine's own servers.
    if not (settings.is_local or settings.offline):
        check_proxies()
        return {"trust_env": True}
    if not settings.base_url.startswith("https:"):
        return {"trust_env": False}
    # SSL_CERT_FILE holds for them as for others: OpenSSL reads it itself.
    return {"trust_env": False, "verify": ssl.create_default_context()}


def open_http_client(settings: Settings) -> httpx2.AsyncClient:
    """The HTTP client for an endpoint. Its answers have any length."""
    limits = httpx2.Limits(
        max_connections=settings.most_in_flight,
        max_keepalive_connections=settings.most_in_flight,
        keepalive_expiry=_KEEPALIVE,
    )
    return DefaultAioHttpClient(
        timeout=_timeout(settings),
        limits=limits,
        follow_redirects=False,
        transport=_LoopbackTransport(limits=limits, trust_env=False) if settings.offline else None,
        **trust_of(settings),
    )


class _LoopbackTransport(httpx2.AsyncHTTPTransport):
    """Looks up no name, and connects to nothing but this machine."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        if not is_loopback(host):
            told = f"{host} isn't on this machine, and --offline opens nothing else"
            raise httpx2.ConnectError(told, request=request)
        if host.lower() == "localhost":
            request.url = request.url.copy_with(host="127.0.0.1")
            with contextlib.suppress(httpx2.ConnectError):
                return await super().handle_async_request(request)
            request.url = request.url.copy_with(host="::1")
        return await super().handle_async_request(request)


LONGEST = 16 * 2**20
"""Bytes of an answer, unpacked. Ours have some thousands, the longest lists of models a million."""


def bound(client: httpx2.AsyncClient) -> None:
    """Have a client read no answer that is longer; once more does nothing.

    Where an answer is longer, its ``send`` raises ``RequestRejected``.
    """
    hooks = client.event_hooks
    others = [hook for hook in hooks.get("response", []) if hook is not _cut]
    # Whoever else reads the answer reads the bounded one.
    client.event_hooks = {**hooks, "response": [_cut, *others]}


async def _cut(response: httpx2.Response) -> None:
    response.stream = _Bounded(response)
    # What comes of the stream now is unpacked.
    response.headers.pop("content-encoding", None)


class _Bounded(httpx2.AsyncByteStream):
    """The body of an answer, unpacked piece by piece.

    It doesn't refer to itself, by a method of its own or otherwise: it goes as soon as it is read,
    and the connection's buffers with it.
    """

    def __init__(self, response: httpx2.Response) -> None:
        self._packed = response.stream
        self._url = response.request.url
        self._unpacked: httpx2.Response | None = None
        if "content-encoding" in response.headers:
            self._unpacked = httpx2.Response(
                response.status_code,
                headers=response.headers,
                stream=response.stream,
                request=response.request,
            )

    async def _as_they_come(self) -> AsyncGenerator[bytes]:
        if isinstance(self._packed, httpx2.AsyncByteStream):
            async for piece in self._packed:
                yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read, unpacked = 0, self._unpacked
        pieces = self._as_they_come() if unpacked is None else unpacked.aiter_bytes()
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                read += len(piece)
                if read > LONGEST:
                    raise RequestRejected(
                        f"the answer has more than {LONGEST // 2**20} MB, and isn't read",
                        where=self._url.netloc.decode("ascii", "replace"),
                        hint="Check the base URL: no model answers that much.",
                    )
                yield piece

    async def aclose(self) -> None:
        if isinstance(self._packed, httpx2.AsyncByteStream):
            await self._packed.aclose()
