"""Answers without end, from a server that writes raw bytes on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from summarise.admission import Budget, Caps
from summarise.batch import RunOptions, documents_batch, run
from summarise.endpoint import Endpoint, Ledger, Request
from summarise.endpoint.client import LONGEST
from summarise.errors import EndpointError, RequestRejected
from summarise.schema import Draft
from summarise.servers import only_model
from summarise.settings import Settings
from tests.loopback import LoopbackServer, Reply, draft_answer
from tests.test_batch import documents
from tests.test_endpoint import failure_of

MakeSettings = Callable[..., Settings]
MB = 2**20


def bomb() -> bytes:
    """A gigabyte in a megabyte: two layers of gzip would make it a kilobyte."""
    piece = gzip.compress(b" " * (64 * MB))
    return b"Content-Encoding: gzip\r\n\r\n" + piece * 16


def doubly_packed() -> bytes:
    """The same in two layers."""
    packed = gzip.compress(gzip.compress(b" " * (64 * MB)) * 16)
    return b"Content-Encoding: gzip, gzip\r\n\r\n" + packed


ENDLESS: dict[str, Callable[[], bytes]] = {
    "white space": lambda: b"\r\n" + b" " * MB,
    "chunks": lambda: b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b" " * 65536 + b"\r\n",
    "gzip": bomb,
    "gzip in gzip": doubly_packed,
}


@dataclass
class Torrent:
    """A server that answers with a beginning, and with its last megabyte again and again.

    Attributes:
        head: Of the first line on.
        is_endless: Whether a request that holds this text gets the torrent; others a draft.
        pause: Seconds between two writes.
        again: What is written after the head; by default its last megabyte.
        lists: Whether who asks for the list of models gets the torrent, too; else there is none.
        written: Bytes that somebody took.
    """

    head: bytes
    status: int = 200
    is_endless: Callable[[bytes], bool] = lambda _: True
    pause: float = 0.0
    again: bytes = b""
    lists: bool = False
    written: int = 0
    _threads: list[threading.Thread] = field(default_factory=list)

    @contextlib.contextmanager
    def run(self) -> Iterator[str]:
        """Serve; gives the base URL."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.1)
            stopping = threading.Event()
            accepting = threading.Thread(target=self._accept, args=(server, stopping))
            accepting.start()
            try:
                yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"
            finally:
                stopping.set()
                for thread in (accepting, *self._threads):
                    thread.join(10)

    def _accept(self, server: socket.socket, stopping: threading.Event) -> None:
        while not stopping.is_set():
            with contextlib.suppress(TimeoutError):
                taken, _ = server.accept()
                taken.settimeout(10)
                thread = threading.Thread(target=self._answer, args=(taken,))
                self._threads.append(thread)
                thread.start()

    def _answer(self, taken: socket.socket) -> None:
        with taken, contextlib.suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request:
                request += taken.recv(65536)
            head, _, body = request.partition(b"\r\n\r\n")
            length = next(
                (
                    int(line[15:])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                0,
            )
            while len(body) < length:
                body += taken.recv(65536)
            if head.startswith(b"GET ") and not self.lists:
                taken.sendall(b"HTTP/1.1 404 None\r\nConnection: close\r\n\r\n")
                return
            if not self.is_endless(body):
                good = draft_answer(json.loads(body)).body
                taken.sendall(b"HTTP/1.1 200 Fine\r\nConnection: close\r\n\r\n" + good)
                return
            taken.sendall(f"HTTP/1.1 {self.status} Invented\r\nConnection: close\r\n".encode())
            first, again = self.head, self.again or self.head.partition(b"\r\n\r\n")[2]
            while self.written < 40 * LONGEST:
                taken.sendall(first)
                self.written += len(first)
                first = again or b" " * MB
                time.sleep(self.pause)


@pytest.mark.parametrize("transport", ["aiohttp", "httpx2"])
@pytest.mark.parametrize(
    ("kind", "code"), [*((kind, 200) for kind in ENDLESS), ("chunks", 400), ("white space", 500)]
)
def test_no_answer_is_read_without_end(
    make_settings: MakeSettings, kind: str, transport: str, code: int
) -> None:
    """Beyond 16 MB, unpacked, an answer is dropped; it is asked for once, and may be billed."""

    async def main(url: str) -> None:
        ledger = Ledger(Budget(Caps(), None))
        ours = httpx2.AsyncClient(trust_env=False) if transport == "httpx2" else None
        settings = make_settings(base_url=url, timeout=60.0)
        async with (
            ours or contextlib.nullcontext(),
            Endpoint(settings, (), Draft, ledger=ledger, http_client=ours) as endpoint,
        ):
            try:
                await endpoint.complete(Request("[1] One."))
            finally:
                assert (ledger.budget.uncertain.calls, ledger.budget.held.calls) == (1, 0)

    server = Torrent(ENDLESS[kind](), code)
    with server.run() as url:
        error = failure_of(main(url), RequestRejected)
    assert "the answer has more than 16 MB" in str(error)
    # What the sockets and the transport hold in their buffers was written, and not kept.
    assert server.written < 2 * LONGEST


def test_an_endless_answer_costs_its_document_alone(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    """One failure, with its reason; the others are done."""
    server = Torrent(b"\r\n", is_endless=lambda body: b"Problem 1 is hard" in body)
    with server.run() as url:
        settings = make_settings(base_url=url, timeout=60.0, concurrency=2)
        options = RunOptions(output=tmp_path / "run")
        report = run(documents_batch(documents(4)), settings, options)[1]
    assert (report.records, report.failures, report.exit_code) == (3, {"rejected": 1}, 1)
    assert "more than 16 MB" in (tmp_path / "run" / "failures.jsonl").read_text()


def test_no_list_of_models_is_read_without_end(make_settings: MakeSettings) -> None:
    """What a server says of itself is bounded likewise."""
    server = Torrent(ENDLESS["gzip"](), lists=True)
    with server.run() as url, pytest.raises(EndpointError, match="more than 16 MB"):
        only_model(make_settings(base_url=url, model=None))
    assert server.written < 2 * LONGEST


@pytest.mark.parametrize("transport", ["aiohttp", "httpx2"])
def test_a_packed_answer_is_read(make_settings: MakeSettings, transport: str) -> None:
    """One that is short enough is read as before, packed or not."""

    async def main(url: str) -> str | None:
        ours = httpx2.AsyncClient(trust_env=False) if transport == "httpx2" else None
        async with (
            ours or contextlib.nullcontext(),
            Endpoint(make_settings(base_url=url), (), Draft, http_client=ours) as endpoint,
        ):
            return (await endpoint.complete(Request("[1] Terns dive."))).text

    def script(_: int, body: Any) -> Reply:
        good = draft_answer(body)
        return replace(good, body=gzip.compress(good.body), headers={"Content-Encoding": "gzip"})

    with LoopbackServer(script) as server:
        assert "Terns dive." in (asyncio.run(main(server.base_url)) or "")


@pytest.mark.parametrize("is_packed", [False, True])
def test_an_answer_that_was_read_goes_at_once(make_settings: MakeSettings, is_packed: bool) -> None:
    """No answer is part of a cycle: with its connection's buffers it would stay for thousands."""
    left: list[object] = []

    async def main(url: str) -> None:
        async with Endpoint(make_settings(base_url=url), (), Draft) as endpoint:
            for number in range(3):
                await endpoint.complete(Request(f"[1] Tern {number} dives."))
                if number == 0:  # what is opened once is still referred to
                    gc.collect()
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            left.extend(type(one).__name__ for one in gc.garbage)

    def script(_: int, body: Any) -> Reply:
        good = draft_answer(body)
        packed = replace(good, body=gzip.compress(good.body), headers={"Content-Encoding": "gzip"})
        return packed if is_packed else good

    gc.disable()
    try:
        with LoopbackServer(script) as server:
            asyncio.run(main(server.base_url))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not {"_Bounded", "ClientResponse", "Response", "StreamReader"}.intersection(left)


def test_a_list_of_models_that_drips_is_left(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole answer has to be there in time, not only the next piece of it."""
    monkeypatch.setattr("summarise.servers.about._SECONDS", 0.5)
    server = Torrent(b"\r\n", pause=0.2, again=b" ", lists=True)
    with server.run() as url, pytest.raises(EndpointError, match="no answer within"):
        only_model(make_settings(base_url=url, model=None, timeout=0.5))
