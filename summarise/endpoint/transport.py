"""HTTP to an endpoint: an httpx2 client that sends by aiohttp, which takes a third of the time.

It sends as the SDK's own client over aiohttp does, and needs no SDK.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from ssl import SSLContext
from typing import Any
from urllib.request import getproxies

import aiohttp
import httpx2
from aiohttp.abc import AbstractResolver, ResolveResult

from summarise.errors import RequestRejected
from summarise.settings import Settings, is_loopback

# uvicorn, and so vLLM, closes idle connections after 5 s: we must be the first to let go.
_KEEPALIVE = 4.0
_CONNECT = 10.0
_PIECE = 1 << 14
_PROXIED = frozenset(("http", "https", "all"))
# The first that an error of aiohttp is one of; whoever asks why looks at that error itself.
_KINDS: tuple[tuple[type[Exception], type[httpx2.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx2.ReadTimeout),
    (aiohttp.ClientConnectorError, httpx2.ConnectError),
    (aiohttp.InvalidURL, httpx2.UnsupportedProtocol),
    (aiohttp.ClientError, httpx2.ReadError),
)


def open_http_client(settings: Settings) -> httpx2.AsyncClient:
    """A client that leaves redirects alone; by a proxy it sends as httpx2 does, which knows them.

    A proxy of the environment can't reach this machine's own servers.
    """
    trusts = not (settings.is_local or settings.offline)
    has_proxy = trusts and not _PROXIED.isdisjoint(getproxies())
    most = settings.most_in_flight
    return httpx2.AsyncClient(
        timeout=timeout_of(settings),
        limits=httpx2.Limits(
            max_connections=most, max_keepalive_connections=most, keepalive_expiry=_KEEPALIVE
        ),
        follow_redirects=False,
        trust_env=trusts,
        transport=None if has_proxy else AiohttpTransport(most, offline=settings.offline),
    )


def timeout_of(settings: Settings) -> httpx2.Timeout:
    """How long a request may take, and its connection."""
    return httpx2.Timeout(settings.timeout, connect=min(_CONNECT, settings.timeout))


class AiohttpTransport(httpx2.AsyncBaseTransport):
    """Sends by aiohttp, from the running event loop of the first request.

    ``most`` are the connections at a time; ``offline`` opens one to this machine alone. What
    certificates are trusted, the environment may say.
    """

    def __init__(self, most: int, *, offline: bool) -> None:
        self._most = most
        self._is_offline = offline
        self._session: aiohttp.ClientSession | None = None
        self._tls: SSLContext | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request whose body is at hand; the answer's body is read as it is asked for."""
        self._session = session = self._session or self._opened()
        told = request.extensions.get("timeout", {})
        timeout = aiohttp.ClientTimeout(
            sock_connect=told.get("connect"),
            sock_read=told.get("read"),
            connect=told.get("pool"),
        )
        try:
            response = await session.request(
                request.method,
                str(request.url),
                headers=request.headers.multi_items(),
                data=await request.aread() or None,
                allow_redirects=False,
                timeout=timeout,
                ssl=self._context() if request.url.scheme == "https" else True,
            )
        except aiohttp.ClientError as error:
            raise _told(error) from error
        return httpx2.Response(
            response.status,
            headers=response.raw_headers,
            stream=_Body(response),
            request=request,
            extensions={
                "http_version": b"HTTP/1.1",
                "reason_phrase": (response.reason or "").encode(),
            },
        )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        ways: dict[str, Any] = {"limit": self._most, "keepalive_timeout": _KEEPALIVE}
        if self._is_offline:
            ways |= {"resolver": _LocalhostResolver(), "socket_factory": _loopback_socket}
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(**ways),
            # Both are the client's to do.
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    def _context(self) -> SSLContext:
        # Made where it is needed: what it takes to make one takes 2 MB.
        self._tls = self._tls or httpx2.create_ssl_context()
        return self._tls


class _Body(httpx2.AsyncByteStream):
    """The body of an answer, packed as it came."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._response.content.iter_chunked(_PIECE):
                yield piece
        except aiohttp.ClientError as error:
            raise _told(error) from error

    async def aclose(self) -> None:
        await self._response.__aexit__(None, None, None)


def _told(error: aiohttp.ClientError) -> httpx2.TransportError:
    return next(kind for ours, kind in _KINDS if isinstance(error, ours))(str(error))


_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


class _LocalhostResolver(AbstractResolver):
    """Knows ``localhost`` by heart, and asks nobody for any other name."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if not is_loopback(host):
            raise _refusal(host)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)
            for kind, address in _LOOPBACK
            if family in (socket.AF_UNSPEC, kind)
        ]

    async def close(self) -> None:
        """Nothing was opened."""


def _loopback_socket(address: tuple[Any, ...]) -> socket.socket:
    family, kind, proto, _, target = address
    if not is_loopback(str(target[0])):
        raise _refusal(str(target[0]))
    made = socket.socket(family, kind, proto)
    made.setblocking(False)
    return made


def _refusal(host: str) -> OSError:
    return OSError(errno.EACCES, f"{host} isn't on this machine, and --offline opens nothing else")


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
