"""How many requests a second the benchmark's own server answers, asked by a raw client.

    python -m benchmarks.throughput

The server is fast enough when this is several times what any tool here reaches.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path

from benchmarks.documents import invent
from benchmarks.loopback import Loopback

_PROMPT = "Copy each value as it stands. " * 200


def request(number: int) -> bytes:
    """A request about a document, of the size that tools send."""
    messages = [
        {"role": "system", "content": _PROMPT},
        {"role": "user", "content": invent(number).abstract},
    ]
    body = json.dumps({"model": "invented", "messages": messages}).encode()
    head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
    return f"{head}{len(body)}\r\n\r\n".encode() + body


class Asker(asyncio.Protocol):
    """A client that asks again as soon as it is answered.

    Args:
        requests: What is still to be asked; shared by all askers.
        done: Set when this one has nothing left to ask.
    """

    def __init__(self, requests: list[bytes], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - told to the type checker
        self._transport = transport
        self._ask()

    def data_received(self, came: bytes) -> None:
        """Count the answer's bytes, and ask again when it is whole."""
        if self._missing == 0:
            head, _, rest = came.partition(b"\r\n\r\n")
            self._missing = int(head.rsplit(b"Content-Length: ", 1)[1]) - len(rest)
        else:
            self._missing -= len(came)
        if self._missing == 0:
            self._ask()

    def _ask(self) -> None:
        if self._requests:
            self._transport.write(self._requests.pop())
        elif not self._done.done():
            self._transport.close()
            self._done.set_result(None)


async def ask_all(port: int, requests: list[bytes], connections: int) -> float:
    """Ask everything; return the seconds that it took."""
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(connections)]
    started = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: Asker(requests, end), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*ends)
    return time.perf_counter() - started


def server_cpu(pid: int) -> float:
    """CPU seconds of a process so far (Linux: fields 14 and 15 of /proc/PID/stat, proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main() -> None:
    """Print requests a second."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=64)
    given = parser.parse_args()
    requests = [request(number) for number in range(given.count)]
    with Loopback(["--documents", str(given.count)]) as server:
        before = server_cpu(server.pid)
        seconds = asyncio.run(ask_all(server.port, requests, given.connections))
        cpu = server_cpu(server.pid) - before
        calls = server.stats()["calls"]
    print(f"{calls} calls in {seconds:.2f} s over {given.connections} connections:")
    print(f"{calls / seconds:,.0f} a second beside its client; {calls / cpu:,.0f} by server CPU")


if __name__ == "__main__":
    main()
