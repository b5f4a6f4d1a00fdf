"""The way to a local model: the first request starts it, and each is led to its port."""

from __future__ import annotations

import asyncio

import httpx2

from summarise.errors import EndpointUnusable
from summarise.serve.server import LocalServer

_ENDING = 1.0


class LocalTransport(httpx2.AsyncBaseTransport):
    """Sends requests for a fixed address to a server that is started when it is needed.

    Args:
        server: Not started yet; the caller stops it.
    """

    def __init__(self, server: LocalServer) -> None:
        self._server = server
        self._inner = httpx2.AsyncHTTPTransport()
        self._starting = asyncio.Lock()
        self._started = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request.

        Raises:
            EndpointUnusable: The server can't be started, or has ended.
        """
        await self._start()
        _refuse(self._server.ended())
        request.url = httpx2.URL(self._server.base_url + request.url.path.partition("/v1")[2])
        request.headers["Host"] = request.url.netloc.decode()
        try:
            return await self._inner.handle_async_request(request)
        except (httpx2.NetworkError, httpx2.RemoteProtocolError):
            # A process that ends drops its connections a little before it has ended.
            _refuse(await asyncio.to_thread(self._server.wait, _ENDING))
            raise

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _start(self) -> None:
        async with self._starting:
            if not self._started:
                await self._server.astart()
                self._started = True


def _refuse(ended: EndpointUnusable | None) -> None:
    if ended is not None:
        raise ended
