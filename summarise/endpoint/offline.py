"""A client that can open nothing but this machine's own servers.

The base URL was checked before; this holds for whatever address may come after all. Neither of the
two ways out is left: a name other than ``localhost`` isn't looked up, and a socket to any other
address isn't made.
"""

from __future__ import annotations

import errno
import socket
from typing import Any

import aiohttp
import httpx2
from aiohttp.abc import AbstractResolver, ResolveResult
from openai._vendor.httpx_aiohttp import AiohttpTransport

from summarise.settings import is_loopback

_LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def offline_transport(limits: httpx2.Limits) -> httpx2.AsyncBaseTransport:
    """The transport that the SDK's client over aiohttp has, with a connector of our own.

    Args:
        limits: Of the pool of connections.
    """

    def open_session() -> aiohttp.ClientSession:
        # Made when the first request is sent, since it belongs to the running event loop.
        connector = aiohttp.TCPConnector(
            resolver=_LocalhostResolver(),
            socket_factory=_loopback_socket,
            limit=limits.max_connections or 0,
            keepalive_timeout=limits.keepalive_expiry,
        )
        return aiohttp.ClientSession(connector=connector, trust_env=False)

    transport: httpx2.AsyncBaseTransport = AiohttpTransport(
        limits=limits, trust_env=False, client=open_session
    )
    return transport


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
