"""Tests of the tests' own tools: the loopback server, and the guard against the network."""

from __future__ import annotations

import asyncio
import gc
import http.client
import json
import os
import socket
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest

from summarise.schema import Draft
from tests.conftest import NetworkForbidden
from tests.loopback import LoopbackServer, draft_answer, hang, status

MESSAGES = [
    {"role": "user", "content": "[1] An example.\n[2] Its end."},
    {"role": "assistant", "content": "{}"},
    {"role": "user", "content": "Title: T\n[1] Gulls steal.\n[2] We watched.\n[3] They steal."},
    {"role": "assistant", "content": "{}"},
    {"role": "user", "content": "Mend this."},
]


def post(connection: http.client.HTTPConnection, body: object) -> tuple[int, bytes]:
    """Status and body of the answer to one request."""
    connection.request("POST", "/v1/chat/completions", json.dumps(body))
    answered = connection.getresponse()
    return answered.status, answered.read()


def test_the_script_comes_first_then_valid_drafts() -> None:
    """Over one kept-alive connection; what was asked is kept."""
    with LoopbackServer([status(500)]) as server:
        connection = http.client.HTTPConnection("127.0.0.1", int(server.base_url[17:-3]))
        assert post(connection, {"messages": []})[0] == 500
        code, content = post(connection, {"messages": MESSAGES})
        connection.close()
    assert code == 200
    Draft.model_validate_json(json.loads(content)["choices"][0]["message"]["content"])
    assert [one.body["messages"] for one in server.requests] == [[], MESSAGES]


def test_the_default_reply_cites_sentences_that_exist() -> None:
    """Those of the last user message that has any, reask or not."""
    reply = json.loads(draft_answer({"messages": MESSAGES}).body)
    draft = Draft.model_validate_json(reply["choices"][0]["message"]["content"])
    assert (draft.problem.text, draft.problem.sentences) == ("Gulls steal.", [1])
    assert (draft.method.text, draft.method.sentences) == ("They steal.", [3])


def leave_by_connect() -> None:
    """TCP to another machine."""
    with socket.socket() as out:
        out.connect(("192.0.2.1", 80))


def leave_by_lookup() -> None:
    """A name lookup."""
    socket.getaddrinfo("api.openai.com", 443)


def leave_by_datagram() -> None:
    """UDP to another machine."""
    with socket.socket(type=socket.SOCK_DGRAM) as out:
        out.sendto(b"x", ("192.0.2.1", 53))


def leave_by_bind() -> None:
    """Listening to the world."""
    with socket.socket() as out:
        out.bind(("0.0.0.0", 0))


def leave_by_asyncio() -> None:
    """The same through an event loop."""

    async def main() -> None:
        await asyncio.open_connection("api.openai.com", 443)

    asyncio.run(main())


def leave_by_ipv6() -> None:
    """TCP over IPv6."""
    with socket.socket(socket.AF_INET6) as out:
        out.connect_ex(("2001:db8::1", 80))


@pytest.mark.parametrize(
    "leave",
    [
        leave_by_connect,
        leave_by_lookup,
        leave_by_datagram,
        leave_by_bind,
        leave_by_asyncio,
        leave_by_ipv6,
    ],
)
def test_no_way_leads_out(leave: Any) -> None:
    """Everything but loopback raises what no code under test can swallow."""
    with pytest.raises(NetworkForbidden):
        leave()
    assert not issubclass(NetworkForbidden, Exception)


def test_loopback_is_open() -> None:
    """By number and by name."""
    assert socket.getaddrinfo("localhost", 80)
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_the_environment_is_clean() -> None:
    """No setting of this machine is visible."""
    assert not [name for name in os.environ if name.startswith(("OPENAI_", "SUMMARISE_"))]
    assert not [name for name in os.environ if name.upper().endswith("_PROXY")]


def test_a_server_that_is_stopped_leaves_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever comes in at that moment is closed, so that no later test is blamed for garbage."""
    left: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: left.append(told.exc_value))
    for _ in range(20):
        with LoopbackServer(lambda *_: hang()) as server:
            address = ("127.0.0.1", urlsplit(server.base_url).port)
            clients = [socket.create_connection(address) for _ in range(8)]
            clients[0].sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        for client in clients:
            client.close()
    gc.collect()
    assert left == []
