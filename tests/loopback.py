"""A chat completion server on loopback that behaves, or misbehaves, by script.

    with LoopbackServer([status(429, headers={"Retry-After": "0.1"})]) as server:
        ...                     # server.base_url; the second request gets the default reply
    server.requests[0].body     # what was asked

A script is a list of replies, one a request (the default reply follows the last), or a function of
the request's number, counted from 0, and its body.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server does with one request.

    Attributes:
        status: HTTP status.
        body: As sent.
        headers: Sent besides Content-Length.
        delay: Seconds to wait before answering.
        is_due: Whether it may be answered yet; asked again and again until it may.
        drops: Whether the connection is closed instead of an answer.
        cuts: Whether it is closed in the middle of the body.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    is_due: Callable[[], bool] = lambda: True
    drops: bool = False
    cuts: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in.

    Attributes:
        method: HTTP method.
        path: With the query.
        headers: Names in lower case.
        body: Parsed JSON, or None where it isn't JSON.
        at: ``time.monotonic()`` when it was complete.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    at: float


Script = Callable[[int, Any], Reply] | Sequence[Reply]


def answer(
    text: str | None,
    *,
    function: str | None = None,
    finish_reason: str = "stop",
    refusal: str | None = None,
    usage: Mapping[str, Any] | None = None,
) -> Reply:
    """A chat completion that says ``text``: as arguments of a call where ``function`` is given."""
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": refusal}
    if function is not None:
        call = {"name": function, "arguments": text}
        message["content"] = None
        message["tool_calls"] = [{"id": "call_0", "type": "function", "function": call}]
    # As many as the prompts of this project have: fewer would say that they were cut off.
    counts = {"prompt_tokens": 1500, "completion_tokens": 90, "total_tokens": 1590}
    completion = {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": 0,
        "model": "invented-1-2026",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": counts if usage is None else usage,
    }
    return Reply(body=json.dumps(completion).encode(), headers={"Content-Type": "application/json"})


def refusal(words: str = "I can't help with that.") -> Reply:
    """The model declines."""
    return answer(None, refusal=words)


def truncated(text: str = '{"problem": {"text": "Cut o') -> Reply:
    """The answer ran into the token limit."""
    return answer(text, finish_reason="length")


def malformed(body: bytes = b"<html>502 Bad Gateway</html>") -> Reply:
    """A 200 that isn't a chat completion."""
    return Reply(body=body, headers={"Content-Type": "text/html"})


def status(
    code: int, /, body: object = None, headers: Mapping[str, str] | None = None, **error: object
) -> Reply:
    """An HTTP error: with this body, else in OpenAI's shape with the fields of ``error``."""
    shaped = {"error": {"message": f"invented {code}", "type": None, "code": None, **error}}
    content = body if isinstance(body, bytes) else json.dumps(body or shaped).encode()
    return Reply(code, content, headers or {})


def slow(seconds: float, reply: Reply) -> Reply:
    """The same reply, later."""
    return replace(reply, delay=seconds)


def once(is_due: Callable[[], bool], reply: Reply) -> Reply:
    """The same reply, held back until something is true, however long that takes."""
    return replace(reply, is_due=is_due)


def drop() -> Reply:
    """The connection is closed without an answer."""
    return Reply(drops=True)


def cut(reply: Reply) -> Reply:
    """The same reply, but the connection is closed in the middle of its body."""
    return replace(reply, cuts=True)


def with_headers(reply: Reply, headers: Mapping[str, str]) -> Reply:
    """The same reply, with more headers."""
    return replace(reply, headers={**reply.headers, **headers})


def hang() -> Reply:
    """No answer as long as the server lives."""
    return Reply(delay=1e9)


def draft_answer(body: Any) -> Reply:
    """The default reply: a valid, grounded draft of the abstract in the request, in its mode.

    The problem is the first numbered sentence of the last user message that has any, the method
    the last one; nothing else is reported.
    """
    sentences = _numbered(body["messages"])
    first, last = min(sentences), max(sentences)
    draft: dict[str, Any] = {
        "problem": {"text": sentences[first], "sentences": [first]},
        "method": {"name": None, "also": [], "text": sentences[last], "sentences": [last]},
        "data": [],
        "compute": [],
        "results": [],
    }
    if "One or two plain sentences" in json.dumps(body):  # an earlier version of the schema
        del draft["method"]["also"]
    tools = body.get("tools")
    return answer(json.dumps(draft), function=tools[0]["function"]["name"] if tools else None)


def _numbered(messages: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    for message in reversed(messages):
        if message["role"] == "user":
            found = re.findall(r"^\[(\d+)\] (.*)$", message["content"], re.MULTILINE)
            if found:
                return {int(number): sentence for number, sentence in found}
    return {1: "Nothing was numbered."}


@contextlib.contextmanager
def dripping(beginning: bytes) -> Iterator[str]:
    """The address of a server whose answers begin like this, and go on drop by drop forever."""

    def drip(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with contextlib.suppress(OSError), connection:
                    connection.sendall(beginning)
                    while True:
                        connection.sendall(b"a")
                        time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class LoopbackServer:
    """The server: a context manager with a thread and an event loop of its own.

    Args:
        script: What to answer; valid drafts where it isn't given or has run out.
        port: Where to listen; 0 takes a free one.

        lists: Whether the script answers who asks for the list of models, too; else there is none,
            and who asks isn't among the requests.
        tls: With which it speaks https.

    Attributes:
        requests: What came in, in order of arrival.
    """

    def __init__(
        self,
        script: Script = (),
        port: int = 0,
        *,
        lists: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._lists = lists
        self._tls = tls
        self.requests: list[Received] = []
        self.script = script
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._port = port
        self._busy = 0
        self.most_at_once = 0
        self._stop: Callable[[], object] = lambda: None

    def has(self, count: int) -> Callable[[], bool]:
        """Whether so many requests have come in, for ``once``."""
        return lambda: len(self.requests) >= count

    @property
    def base_url(self) -> str:
        """Up to and including ``/v1``."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(10):
            raise RuntimeError("the loopback server didn't start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Let go of the port and of all connections; once more does nothing."""
        if self._thread.is_alive():
            self._stop()
            self._thread.join(10)

    async def _serve(self) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        connections: set[asyncio.Task[None]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            connections.add(task)
            try:
                await self._converse(reader, writer)
            except asyncio.CancelledError:
                # What nobody has read by now, nobody will: to wait for it would keep the socket.
                writer.transport.abort()
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            finally:
                connections.discard(task)
                writer.close()

        server = await asyncio.start_server(
            connected, "127.0.0.1", self._port, backlog=512, ssl=self._tls
        )
        self._port = server.sockets[0].getsockname()[1]
        self._stop = lambda: loop.call_soon_threadsafe(stop.set)
        self._started.set()
        await stop.wait()
        for listening in server.sockets:
            loop.remove_reader(listening.fileno())
        await _begun(connections)
        server.close()
        for task in tuple(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        # The transports close their sockets in the next round of the loop.
        await asyncio.sleep(0)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await _read(reader)
            if request.method == "GET" and request.path.endswith("/models") and not self._lists:
                writer.write(_head(none := status(404)) + none.body)
                await writer.drain()
                continue
            self.requests.append(request)
            self._busy += 1
            self.most_at_once = max(self.most_at_once, self._busy)
            try:
                reply = self._reply(len(self.requests) - 1, request.body)
                await asyncio.sleep(reply.delay)
                while not reply.is_due():  # noqa: ASYNC110 - what is waited for is another thread's
                    await asyncio.sleep(0.005)
            finally:
                self._busy -= 1
            if reply.drops:
                return
            half = len(reply.body) // 2 if reply.cuts else None
            writer.write(_head(reply) + reply.body[:half])
            await writer.drain()
            if reply.cuts:
                return

    def _reply(self, number: int, body: Any) -> Reply:
        if callable(self.script):
            return self.script(number, body)
        return self.script[number] if number < len(self.script) else draft_answer(body)


async def _begun(connections: set[asyncio.Task[None]]) -> None:
    """Wait until all that was accepted is among the connections; nothing more may be accepted.

    A server that is closed in the midst of it leaves a socket that nobody closes, as does a task
    that is cancelled before its first step: it would be collected as garbage in the middle of some
    later test, which the warning would then fail.
    """
    own = {asyncio.current_task()}
    await asyncio.sleep(0)
    while asyncio.all_tasks() - own - connections:  # noqa: ASYNC110 - no event tells of it
        await asyncio.sleep(0)


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines if line)
    headers = {name.lower(): value.strip() for name, value in pairs}
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    return Received(method, path, headers, body, time.monotonic())


def _head(reply: Reply) -> bytes:
    headers = {**reply.headers, "Content-Length": str(len(reply.body))}
    lines = [f"HTTP/1.1 {reply.status} Invented", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
