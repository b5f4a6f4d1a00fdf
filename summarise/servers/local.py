"""A run's own local model: started by the first request, stopped with the run.

The run sees a fixed address that names the model by its content, so that keys, records and what is
remembered of an endpoint don't change with the port. A run that finds all answers in its folder or
in the cache starts nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
from pydantic import SecretStr

from summarise.errors import EndpointUnusable
from summarise.servers.gguf import model_digest
from summarise.servers.server import LocalServer, ServeOptions
from summarise.settings import Mode, Settings

_DIGEST_DIGITS = 16
_ENDING = 1.0  # seconds, until a process that drops its connections has ended
# On a processor a long abstract takes minutes, and waits for nobody else.
_PATIENCE = {"timeout": 1800.0, "deadline": 7200.0}


@contextlib.asynccontextmanager
async def local_endpoint(
    settings: Settings, options: ServeOptions | None = None
) -> AsyncIterator[tuple[Settings, httpx2.AsyncClient]]:
    """A model file as an endpoint: settings for it, and the client that reaches it.

    Raises:
        SettingsError: The extra isn't installed, or the file can't be a model.
    """
    server = LocalServer(options or _default_options(settings))
    local = local_settings(settings, server)
    async with httpx2.AsyncClient(transport=LocalTransport(server), trust_env=False) as client:
        try:
            yield local, client
        finally:
            # Not in a thread: a cancelled run must not leave before the child has ended.
            server.stop()


def local_settings(settings: Settings, server: LocalServer) -> Settings:
    """The settings of a run with a local model.

    The address is no address to connect to: it holds the model's hash, so that whatever depends on
    the base URL depends on the model, and on nothing of this one process.
    """
    digest = model_digest(server.model, settings.cache_dir)
    update: dict[str, Any] = {
        "model": server.options.model_id,
        "parameters": server.model.parameters,
        "base_url": f"http://localhost/{digest[:_DIGEST_DIGITS]}/v1",
        "api_key": SecretStr(server.key),
        "withheld_key": None,
        # More would only wait inside the server, with their timeouts running.
        "concurrency": server.plan.slots,
        # llama.cpp holds every model to the schema: there is no ladder to climb down.
        "mode": settings.mode or Mode.JSON_SCHEMA,
    }
    patience = {n: v for n, v in _PATIENCE.items() if n not in settings.model_fields_set}
    return settings.model_copy(update={**update, **patience})


def _default_options(settings: Settings) -> ServeOptions:
    return ServeOptions(Path(settings.model or "").expanduser())


class LocalTransport(httpx2.AsyncBaseTransport):
    """Sends requests for a fixed address to a server that is started when it is needed."""

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
