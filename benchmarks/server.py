"""A chat completion server on loopback, in a process of its own, that isn't the bottleneck.

    python -m benchmarks.server --latency 0.2 --documents 2000      # prints {"port": …}

Answers to invented documents (``documents.py``) are faultless drafts, made before the first
request; faults come by flags (``fault_mix.py``). GET /stats and /documents tell the counts, /reset
clears them. HTTP by hand: keep-alive, Content-Length, one request after another on a connection.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any, Literal

from benchmarks.documents import invent, number_in
from benchmarks.fault_mix import Fault, FaultMix, add_flags, draw, from_flags

_LENGTH = re.compile(rb"content-length:[ \t]*(\d+)", re.IGNORECASE)
_FUNCTION = re.compile(rb'"tool_choice":\s*\{[^}]*?"name":\s*"([^"]+)"')
_TOOL = re.compile(rb'"tools":.*?"name":\s*"([^"]+)"', re.DOTALL)
_BACKLOG = 4096
# What a tool asks before the first document, to find out whether a schema is followed.
_PROBE = json.dumps({"name": "Jason", "age": 25})

Shape = Literal["draft", "extractions"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the server answers.

    Attributes:
        latency: Seconds from the whole request to the answer.
        jitter: Share of the latency by which it varies, evenly, up and down.
        shape: Whose answers: drafts of our schema, or the lists of google/langextract.
        faults: What goes wrong.
        always: By number of a document, how each call about it is answered: a status, or 200 and
            prose that isn't what was asked for.
    """

    latency: float = 0.0
    jitter: float = 0.0
    shape: Shape = "draft"
    faults: FaultMix = field(default_factory=FaultMix)
    always: Mapping[int, int] = field(default_factory=dict)

    def delay(self, document: int, attempt: int) -> float:
        """Seconds until an attempt is answered, a stall apart."""
        if not self.jitter:
            return self.latency
        spread = 2 * draw(self.faults.seed, document, attempt, "latency") - 1
        return self.latency * (1 + self.jitter * spread)


@dataclass(slots=True)
class Stats:
    """What the server saw.

    Attributes:
        calls: Requests about a document.
        probes: Requests about none, by which a tool finds out what the endpoint can do.
        answered: Whole, valid answers that were sent.
        faults: How many calls met which fault.
        left: Calls whose connection was closed before the answer.
        most_at_once: Most calls under way at the same time.
        first_arrival: ``time.monotonic()`` of the first call, None before it.
        last_arrival: Of the last call.
        last_end: Of the last answer sent, or connection closed before it.
    """

    calls: int = 0
    probes: int = 0
    answered: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    left: int = 0
    most_at_once: int = 0
    first_arrival: float | None = None
    last_arrival: float | None = None
    last_end: float | None = None


class Site:
    """The answers, the counts and the faults; knows nothing of sockets.

    Args:
        behaviour: How to answer.
        documents: For how many documents the answers are made beforehand.
    """

    def __init__(self, behaviour: Behaviour, documents: int = 0) -> None:
        self.behaviour = behaviour
        self.calls_per_document: Counter[int] = Counter()
        self.answers_per_document: Counter[int] = Counter()
        self.stats = Stats()
        self._under_way = 0
        self._ready = {number: self._made(number, None) for number in range(documents)}

    def reset(self) -> None:
        """Forget all counts, and so start each document's attempts anew."""
        self.calls_per_document.clear()
        self.answers_per_document.clear()
        self.stats = Stats()

    def begin(self, body: bytes) -> tuple[float, bytes, int | None]:
        """Take a call.

        Returns:
            Seconds to wait, what to send then, and the document that it would be a valid answer
            for, if any.
        """
        self._under_way += 1
        document = number_in(body)
        if document is None:
            self.stats.probes += 1
            return 0.0, _completion(_PROBE, _function(body)), None
        self._count()
        attempt = self.calls_per_document[document]
        self.calls_per_document[document] += 1
        return self._reply(document, attempt, _function(body))

    def end(self, document: int | None, *, left: bool) -> None:
        """A call was answered, or its client ``left``."""
        self._under_way -= 1
        if self.stats.calls:
            self.stats.last_end = time.monotonic()
        if left:
            self.stats.left += 1
        elif document is not None:
            self.stats.answered += 1
            self.answers_per_document[document] += 1

    def _count(self) -> None:
        now, stats = time.monotonic(), self.stats
        stats.calls += 1
        stats.first_arrival = stats.first_arrival or now
        stats.last_arrival = now
        stats.most_at_once = max(stats.most_at_once, self._under_way)

    def report(self) -> dict[str, Any]:
        """The counts, for /stats."""
        return {**asdict(self.stats), "documents": len(self.calls_per_document)}

    def per_document(self) -> dict[str, list[int]]:
        """For each document its calls and its valid answers."""
        calls, answers = self.calls_per_document, self.answers_per_document
        return {str(number): [calls[number], answers[number]] for number in sorted(calls)}

    def _reply(
        self, document: int, attempt: int, function: str | None
    ) -> tuple[float, bytes, int | None]:
        delay = self.behaviour.delay(document, attempt)
        if (status := self.behaviour.always.get(document)) is not None:
            return delay, _refusal(status, function), None
        mix = self.behaviour.faults
        fault = mix.fault(document, attempt)
        if fault is Fault.NONE:
            return delay, self._answer(document, function), document
        self.stats.faults[fault] = self.stats.faults.get(fault, 0) + 1
        if fault is Fault.RATE_LIMITED:
            return delay, _rate_limited(mix.retry_after), None
        if fault is Fault.INVALID:
            text = _text(document, self.behaviour.shape)
            return delay, _completion(text[: len(text) // 2], function), None
        return mix.stall, self._answer(document, function), document

    def _answer(self, document: int, function: str | None) -> bytes:
        ready = self._ready.get(document) if function is None else None
        return ready or self._made(document, function)

    def _made(self, document: int, function: str | None) -> bytes:
        return _completion(_text(document, self.behaviour.shape), function)


def _text(document: int, shape: Shape) -> str:
    draft = invent(document).draft
    if shape == "draft":
        return json.dumps(draft, separators=(",", ":"))
    extractions = [
        {"method": draft["method"]["name"], "method_attributes": {}},
        *({"data": entry["name"], "data_attributes": {}} for entry in draft["data"]),
        *({"compute": entry["value"], "compute_attributes": {}} for entry in draft["compute"]),
        *(
            {"result": entry["value"], "result_attributes": {"metric": entry["metric"]}}
            for entry in draft["results"]
            if entry["value"]
        ),
    ]
    return json.dumps({"extractions": extractions}, separators=(",", ":"))


def _function(body: bytes) -> str | None:
    """The function that a request wants called, None where it wants text."""
    if b'"tools":' not in body:
        return None
    found = _FUNCTION.search(body) or _TOOL.search(body)
    return found[1].decode() if found else None


def _completion(text: str, function: str | None) -> bytes:
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    if function is not None:
        call = {"name": function, "arguments": text}
        message["content"] = None
        message["tool_calls"] = [{"id": "call_0", "type": "function", "function": call}]
    completion = {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": 0,
        "model": "invented-1",
        "choices": [
            {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"},
        ],
        "usage": {"prompt_tokens": 1500, "completion_tokens": 400, "total_tokens": 1900},
    }
    return _http("200 OK", completion)


def _rate_limited(retry_after: float) -> bytes:
    error = {"message": "Rate limit reached", "type": "requests", "code": "rate_limit_exceeded"}
    seconds = f"{retry_after:g}"
    return _http("429 Too Many Requests", {"error": error}, f"Retry-After: {seconds}\r\n")


def _refusal(status: int, function: str | None) -> bytes:
    if status == HTTPStatus.OK:
        return _completion("I'm sorry, I can't help with this abstract.", function)
    error = {"message": "This can't be answered", "type": "invalid", "code": None}
    return _http(f"{status} {HTTPStatus(status).phrase}", {"error": error})


def _http(status: str, content: object, headers: str = "") -> bytes:
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One connection of a client.

    Args:
        site: What answers.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._came = b""
        self._timer: asyncio.TimerHandle | None = None
        self._document: int | None = None
        self._is_busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - told to the type checker
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        """A client went; a call under way is over."""
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        if self._is_busy:
            self._is_busy = False
            self._site.end(None, left=True)

    def data_received(self, came: bytes) -> None:
        """A part of a request came."""
        self._came = self._came + came if self._came else came
        while not self._is_busy and self._take_one():
            pass

    def _take_one(self) -> bool:
        """Take one whole request from what came, if there is one."""
        end = self._came.find(b"\r\n\r\n")
        if end < 0:
            return False
        found = _LENGTH.search(self._came, 0, end)
        size = end + 4 + (int(found[1]) if found else 0)
        if len(self._came) < size:
            return False
        request, self._came = self._came[:size], self._came[size:]
        if request.startswith(b"POST"):
            self._begin(request[end + 4 :])
        else:
            self._tell(request.split(b" ", 2)[1].decode())
        return True

    def _begin(self, body: bytes) -> None:
        delay, answer, self._document = self._site.begin(body)
        self._is_busy = True
        if delay > 0:
            self._timer = self._loop.call_later(delay, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: bytes) -> None:
        self._timer = None
        self._is_busy = False
        if self._transport is not None:
            self._transport.write(answer)
        self._site.end(self._document, left=False)
        if self._came:
            self._loop.call_soon(self.data_received, b"")

    def _tell(self, path: str) -> None:
        if path == "/reset":
            self._site.reset()
        pages: dict[str, object] = {
            "/reset": {},
            "/stats": self._site.report(),
            "/v1/models": {"object": "list", "data": [{"id": "invented", "object": "model"}]},
        }
        page = self._site.per_document() if path == "/documents" else pages.get(path)
        if self._transport is not None:
            status = "404 Not Found" if page is None else "200 OK"
            self._transport.write(_http(status, {} if page is None else page))


async def serve(site: Site, port: int, *, attached: bool) -> None:
    """Serve until cancelled, or, ``attached``, until standard input is closed."""
    loop = asyncio.get_running_loop()
    listener = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
    server = await loop.create_server(lambda: Connection(site), sock=listener, backlog=_BACKLOG)
    sys.stdout.write(json.dumps({"port": listener.getsockname()[1]}) + "\n")
    sys.stdout.flush()
    if attached:
        threading.Thread(target=_leave_with_parent, daemon=True).start()
    await server.serve_forever()


def _leave_with_parent() -> None:
    sys.stdin.read()
    # At once: connections may wait for answers that are a minute away.
    os._exit(0)


def main() -> None:
    """Start a server and print its port."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--jitter", type=float, default=0.0, metavar="SHARE")
    parser.add_argument("--shape", choices=["draft", "extractions"], default="draft")
    parser.add_argument("--documents", type=int, default=0, metavar="N", help="answers made ahead")
    parser.add_argument("--always", nargs=2, type=int, metavar=("N", "STATUS"), help="of one")
    parser.add_argument("--attached", action="store_true", help="leave when stdin is closed")
    add_flags(parser)
    given = parser.parse_args()
    always = dict([given.always]) if given.always else {}
    behaviour = Behaviour(given.latency, given.jitter, given.shape, from_flags(given), always)
    try:
        asyncio.run(serve(Site(behaviour, given.documents), given.port, attached=given.attached))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
