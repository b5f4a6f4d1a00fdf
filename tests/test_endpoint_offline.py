"""Tests of ``--offline`` at the level of sockets: nothing but loopback is looked up or opened."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import textwrap
from collections.abc import Callable

import httpx2
import pytest

from summarise.endpoint.client import open_http_client
from summarise.settings import Settings
from tests.conftest import NetworkForbidden
from tests.loopback import LoopbackServer

MakeSettings = Callable[..., Settings]
OUTSIDE = (
    "http://192.0.2.1/v1",
    "http://10.0.0.1:11434/v1",
    "http://[2001:db8::1]/v1",
    "http://endpoint.example/v1",
    "https://endpoint.example/v1",
    "http://localhost.example/v1",
    "http://0.0.0.0:9/v1",
)


async def post(settings: Settings) -> httpx2.Response:
    """One request by the client that the endpoint opens."""
    client = open_http_client(settings)
    try:
        return await client.post(f"{settings.base_url}/chat/completions", json={"messages": []})
    finally:
        await client.aclose()


@pytest.mark.parametrize("url", OUTSIDE)
def test_nothing_outside_is_opened(make_settings: MakeSettings, url: str) -> None:
    """An address elsewhere is refused before a name is looked up or a socket is connected; the
    fixture that watches both would raise, and no code could catch it."""
    settings = make_settings(base_url=url, offline=True)
    with pytest.raises(httpx2.TransportError, match="isn't on this machine, and --offline opens"):
        asyncio.run(post(settings))


@pytest.mark.parametrize("url", [url for url in OUTSIDE if "0.0.0.0" not in url])
def test_without_offline_the_watch_would_see_it(make_settings: MakeSettings, url: str) -> None:
    """The test above can fail: without the setting the same request tries to leave."""
    with pytest.raises(NetworkForbidden):
        asyncio.run(post(make_settings(base_url=url)))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_this_machines_server_is_reached(make_settings: MakeSettings, host: str) -> None:
    """Loopback works as before, by name too."""
    with LoopbackServer() as server:
        url = server.base_url.replace("127.0.0.1", host)
        answered = asyncio.run(post(make_settings(base_url=url, offline=True)))
        assert answered.status_code == 200
        assert len(server.requests) == 1


def test_a_proxy_is_not_asked(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy on loopback would carry the request outside, so the environment's isn't used."""
    with LoopbackServer() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.base_url.removesuffix("/v1"))
        with pytest.raises(httpx2.TransportError, match="--offline"):
            asyncio.run(post(make_settings(base_url="http://endpoint.example/v1", offline=True)))
        assert proxy.requests == []


# Python itself reports each name that is looked up and each socket that is connected or sent to.
WATCHED = """
    import json, os, sys
    seen = []
    names = {"socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto"}
    def watch(event, args):
        if event in names:
            host = args[0] if event in ("socket.getaddrinfo", "socket.gethostbyname") else args[1]
            seen.append([event, host if isinstance(host, str) else list(host)[:1]])
    sys.addaudithook(watch)
    from summarise.cli import main
    try:
        main()
    finally:
        print(json.dumps(seen), file=sys.stderr)
        sys.stderr.flush()
"""


def test_a_whole_run_opens_only_loopback() -> None:
    """``run --offline`` against a server on this machine, watched from before the first import to
    the end: every connection goes to 127.0.0.1, and no name is looked up."""
    with open("page.txt", "w", encoding="utf-8") as page:  # noqa: PTH123
        page.write("Gulls steal chips\n\nGulls steal chips. We watched 31 of them for 2 days.\n")
    with LoopbackServer() as server:
        url = server.base_url.replace("127.0.0.1", "localhost")
        command = ["run", "page.txt", "--offline", "--model", "invented-1", "--base-url", url]
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(WATCHED), *command, "--quiet"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert server.requests
    seen = json.loads(done.stderr.splitlines()[-1])
    connected = [host for event, (host,) in seen if event == "socket.connect"]
    assert connected
    assert set(connected) <= {"127.0.0.1", "::1"}
    assert {event for event, _ in seen} <= {"socket.connect"}
