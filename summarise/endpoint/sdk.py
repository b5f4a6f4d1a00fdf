"""The SDK client, told everything, so that it takes nothing from the environment."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient, Omit, OpenAIError

from summarise.endpoint.answer import NotACompletion, read_completion
from summarise.endpoint.bounds import bound
from summarise.endpoint.faults import Site
from summarise.endpoint.offline import offline_transport
from summarise.errors import EndpointError
from summarise.models import Completion
from summarise.settings import Mode, Settings, masked
from summarise.version import __version__

# uvicorn, and so vLLM, closes idle connections after 5 s: we must be the first to let go.
_KEEPALIVE = 4.0
_CONNECT = 10.0
_LOGGERS = ("openai._base_client", "httpx2")
_HEADERS: dict[str, str | Omit] = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "User-Agent": f"summarise/{__version__}",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        completion: The answer.
        headers: Of the HTTP response.
    """

    completion: Completion
    headers: Mapping[str, str]


class Caller:
    """Sends one request at a time to the endpoint and reads the answer.

    Args:
        settings: Base URL, key, timeout, mode and concurrency.
        function: In tools mode, the function that is usually to be called.
        http_client: To send with; the caller closes it. None opens one over aiohttp.

    Raises:
        EndpointUnusable: The key can't be sent.
    """

    def __init__(
        self, settings: Settings, function: str, http_client: httpx2.AsyncClient | None
    ) -> None:
        key = settings.key
        self._site = Site(settings)
        if not all("!" <= character <= "~" for character in key):
            raise self._site.bad_key()
        self._settings = settings
        self._function = function
        self._http_client = http_client or _open_http_client(settings)
        self._is_ours = http_client is None
        bound(self._http_client)
        self._sdk = _Client(settings.base_url, key, _timeout(settings), self._http_client)
        # Without a key the SDK wants to be told that the header is left out on purpose.
        self._headers: dict[str, str | Omit] = dict(settings.extra_headers)
        if not key:
            self._headers["Authorization"] = Omit()
        self._discretion = _Discretion(key)
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self._discretion)

    async def complete(
        self, body: bytes, seconds: float, mode: Mode, function: str | None = None
    ) -> Reply:
        """Send one request.

        Args:
            body: A chat completion request, in JSON.
            seconds: Within which the whole answer must be there.
            mode: In which the body holds the model to the schema.
            function: In tools mode, the function to be called, where it isn't the usual one.

        Raises:
            EndpointError: What went wrong, in our own terms.
        """
        fault: EndpointError
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                response = await self._post(body)
            completion = read_completion(
                response.content,
                mode,
                function or self._function,
                latency=time.monotonic() - started,
                key=self._settings.key,
            )
            return Reply(completion, response.headers)
        except TimeoutError:
            fault = self._site.timed_out(seconds)
        except NotACompletion as error:
            fault = self._site.from_body(error)
        except OpenAIError as error:
            fault = self._site.from_sdk(error)
        # Raised outside the handlers: an SDK error, with whatever the server echoed into it, must
        # not stay attached as the context.
        raise fault

    async def aclose(self) -> None:
        """Close the connections that were opened here."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self._discretion)
        if self._is_ours:
            await self._http_client.aclose()

    async def _post(self, body: bytes) -> httpx2.Response:
        return await self._sdk.post(
            "/chat/completions",
            cast_to=httpx2.Response,
            content=body,
            options={"headers": self._headers, "follow_redirects": False},
        )


class _Discretion(logging.Filter):
    """Keeps records with the key in them out of the logs: the SDK's debug log shows what came."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def filter(self, record: logging.LogRecord) -> bool:
        told = logging.Formatter().format(record)
        return masked(told, self._key) == told


class _Client(AsyncOpenAI):
    """An ``AsyncOpenAI`` without retries, and without anything from ``OPENAI_*`` variables."""

    def __init__(
        self, base_url: str, key: str, timeout: httpx2.Timeout, http_client: httpx2.AsyncClient
    ) -> None:
        super().__init__(
            base_url=base_url,
            # None would be looked up in the environment, and an empty key is refused.
            api_key=key or "none",
            admin_api_key="",
            organization="",
            project="",
            webhook_secret="",
            timeout=timeout,
            max_retries=0,
            http_client=http_client,
        )

    @property
    def default_headers(self) -> dict[str, str | Omit]:
        """Ours alone: the SDK's hold OPENAI_CUSTOM_HEADERS, and describe this machine."""
        return _HEADERS


def _timeout(settings: Settings) -> httpx2.Timeout:
    return httpx2.Timeout(settings.timeout, connect=min(_CONNECT, settings.timeout))


def _open_http_client(settings: Settings) -> httpx2.AsyncClient:
    limits = httpx2.Limits(
        max_connections=settings.most_in_flight,
        max_keepalive_connections=settings.most_in_flight,
        keepalive_expiry=_KEEPALIVE,
    )
    return DefaultAioHttpClient(
        timeout=_timeout(settings),
        limits=limits,
        follow_redirects=False,
        # A proxy of the environment can't reach this machine's own servers.
        trust_env=not (settings.is_local or settings.offline),
        transport=offline_transport(limits) if settings.offline else None,
    )
