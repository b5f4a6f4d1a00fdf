"""What is sent to the endpoint, told everything, so that it takes nothing from the environment."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from typing import NamedTuple

import httpx2

from summarise import __version__
from summarise.endpoint.answer import NotACompletion, as_object, read_completion, read_json
from summarise.endpoint.faults import Site
from summarise.endpoint.transport import bound, open_http_client, timeout_of
from summarise.errors import EndpointError, EndpointUnusable
from summarise.models import Completion
from summarise.settings import Mode, Settings, masked, software_of

# What is asked before the first document, in seconds; and who takes any name for its model's.
_INTRODUCTION, _TAKES_ANY = 5.0, "llama.cpp"
_LOGGERS = ("openai._base_client", "httpx2")
OWN_HEADERS = {
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
        self._site = Site(settings)
        if fault := self._site.key_fault():
            raise fault
        self._settings = settings
        self._function = function
        self._http_client = http_client or open_http_client(settings)
        self._is_ours = http_client is None
        bound(self._http_client)
        self._headers = _headers(settings)
        self._timeout = timeout_of(settings)
        self._completions = self._address("chat/completions")
        self._discretion = Discretion(settings.key)

    def _address(self, path: str) -> httpx2.URL:
        """That of a path below the base URL."""
        base = httpx2.URL(self._settings.base_url)
        whole = base.raw_path.removesuffix(b"/") + b"/" + path.encode()
        return base.copy_with(raw_path=whole)

    async def _send(
        self, method: str, address: httpx2.URL, body: bytes | None = None
    ) -> httpx2.Response:
        """Send a request, once; what isn't answered by a success is an EndpointError."""
        client = self._http_client
        request = client.build_request(
            method, address, content=body, headers=self._headers, timeout=self._timeout
        )
        fault: EndpointError
        try:
            response = await client.send(request, follow_redirects=False)
        except Exception as error:  # noqa: BLE001 - whatever keeps it from being sent is told
            fault = self._site.from_transport(error)
        else:
            if response.is_success:
                return response
            fault = self._site.from_response(response)
        # Raised outside the handler: an error, with whatever the server echoed into it, must not
        # stay attached as the context.
        raise fault

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
                response = await self._send("POST", self._completions, body)
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
        raise fault  # as above

    async def check_model(self) -> None:
        """Make sure that a server which answers to any name serves a model of this one.

        That is llama.cpp; others refuse a name that they don't know, or know more than they list.
        What can't be heard is no reason to stop.

        Raises:
            EndpointUnusable: It serves others alone.
        """
        rows: object = None
        with contextlib.suppress(EndpointError, NotACompletion, TimeoutError):
            async with asyncio.timeout(_INTRODUCTION):
                response = await self._send("GET", self._address("models"))
            rows = as_object(read_json(response.content, self._settings.key)).get("data")
        listed = [as_object(row) for row in rows] if isinstance(rows, list) else []
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


class Discretion(logging.Filter):
    """Keeps records with the key in them out of the logs: a debug log shows what came."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)

    def end(self) -> None:
        """Leave the logs alone."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the key isn't in a record."""
        told = logging.Formatter().format(record)
        return masked(told, self._key) == told


def _headers(settings: Settings) -> httpx2.Headers:
    """What goes with each request: the user's own in the place of ours."""
    headers = httpx2.Headers(OWN_HEADERS)
    if settings.key:
        headers["Authorization"] = f"Bearer {settings.key}"
    headers.update(settings.extra_headers)
    return headers
