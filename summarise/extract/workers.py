"""Processes that read and check documents beside the one that asks, where a core is free.

A worker is a fork of this process, so it has everything that was loaded. It is sent documents and
drafts, and sends back questions and records, over a pair of sockets that nobody else can open. What
it was at is done here where it ends before its time. It ends with this process, however that ends.

A frame is its length, the number of a document, what is to be done or has been, and JSON or text.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

_FRAME = struct.Struct("<IQB")
_RECEIVED = 1 << 18
# Seconds of work after which a worker sends what it has: of answers some three records, which take
# less together; each by itself that is read by code alone, so that nobody waits for the next one.
_HELD = 0.002
_THREADS = Path("/proc/self/task")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_FEWEST = 400
"""Documents for which workers are worth their start."""
_MOST = 16
AHEAD = 16
"""Documents that a worker has before it while this process is at one of its own: more than it does
in that time, as this process may have to wait for a core."""
_PATIENCE = 2.0
_LOG = logging.getLogger("summarise")


Work = Callable[[int, int, bytes], tuple[int, bytes] | None]
"""What a worker does with a frame: what is to be done, the number of a document, what it needs. It
answers how that went, and what came of it; or nothing."""
LEAVE = 0
"""To forget a document; it has no answer."""
_BROKEN = 255


class WorkerLost(Exception):
    """A worker has ended before its time."""


class WorkerError(Exception):
    """What was raised in a worker about one document: a bug."""


def count_workers(documents: int, asked_for: int | None, *, waits: bool) -> int:
    """How many workers so many documents are worth; none where this can't be forked.

    Args:
        documents: That are to be made.
        asked_for: By the user; None where that is left to us.
        waits: Whether this process has work of its own: it waits for a model's answers.
    """
    if sys.platform != "linux" or not _is_one_thread():
        return 0  # where forking is unsafe, or not known to be safe
    if asked_for is not None:
        return min(asked_for, documents)
    cores = _cores()
    if documents < _FEWEST or cores == 1:
        return 0
    # Without answers to wait for, this process does a tenth of what a worker does.
    return min(cores - waits, _MOST)


def _is_one_thread() -> bool:
    """Whether nothing else runs in this process; False where the system doesn't tell."""
    try:
        return sum(1 for _ in _THREADS.iterdir()) == 1
    except OSError:
        return False


def _cores() -> int:
    """Cores that this process may use: those of a container, where it is in one.

    A quota is microseconds of each period: https://docs.kernel.org/admin-guide/cgroup-v2.html.
    """
    cores = len(os.sched_getaffinity(0))
    with suppress(OSError, ValueError):
        quota, period = _QUOTA.read_text(encoding="ascii").split()
        cores = min(cores, max(1, round(int(quota) / int(period))))
    return cores


class Worker(asyncio.Protocol):
    """A worker as this process sees it: what it was asked, and not answered yet."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.is_lost = False
        self._waiting: dict[int, asyncio.Future[tuple[int, bytes]]] = {}
        self._came = bytearray()
        self._leaving: list[bytes] = []
        self._transport: asyncio.WriteTransport | None = None

    @property
    def backlog(self) -> int:
        """How much of what it was asked isn't answered."""
        return len(self._waiting)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what leads to it."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - told to the type checker
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand on what it answers."""
        self._came += data
        for task, number, payload in _frames(self._came):
            waiting = self._waiting.pop(number, None)
            if waiting is not None and not waiting.done():
                waiting.set_result((task, payload))

    def connection_lost(self, _: Exception | None) -> None:
        """Tell all who wait for it."""
        self.is_lost = True
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(WorkerLost())
        self._waiting.clear()

    async def ask(self, task: int, number: int, payload: bytes = b"") -> tuple[int, bytes]:
        """Have something done.

        Raises:
            WorkerLost: It is no more.
            WorkerError: It met a bug.
        """
        if self.is_lost or self._transport is None:
            raise WorkerLost
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        self._send(_framed(task, number, payload))
        came, answer = await waiting
        if came == _BROKEN:
            told, trace = json.loads(answer)
            _LOG.debug("in worker %d: %s", self.pid, trace)
            raise WorkerError(told)
        return came, answer

    def leave(self, number: int) -> None:
        """Have it forget a document."""
        self._waiting.pop(number, None)
        if not self.is_lost and self._transport is not None:
            self._send(_framed(LEAVE, number))

    def _send(self, frame: bytes) -> None:
        """Send a frame with all others of this turn of the loop: each time costs both processes."""
        if not self._leaving:
            asyncio.get_running_loop().call_soon(self._post)
        self._leaving.append(frame)

    def _post(self) -> None:
        frames, self._leaving = self._leaving, []
        if not self.is_lost and self._transport is not None:
            self._transport.writelines(frames)

    def close(self) -> None:
        """Let it end: it does where nothing more can come."""
        if self._transport is not None:
            self._transport.abort()


class Workers:
    """Some workers. Use ``employed``."""

    def __init__(self, workers: list[Worker]) -> None:
        self._workers = workers
        self._numbers = 0

    def __len__(self) -> int:
        """How many there still are."""
        return sum(not worker.is_lost for worker in self._workers)

    def number(self) -> int:
        """A number for a document that no other has."""
        self._numbers += 1
        return self._numbers

    def idlest(self) -> Worker | None:
        """The one with the least to do; None where all are lost."""
        there = (worker for worker in self._workers if not worker.is_lost)
        return min(there, key=lambda worker: worker.backlog, default=None)

    def needed(self, *, waits: bool) -> Worker | None:
        """The worker with the least to do; None where this process is to do the next one, or alone.

        That is so where this one ``waits`` for nobody, and all of them have enough before them: no
        core is idle then. Where it waits, it has nothing else to do than to hear what comes.
        """
        worker = self.idlest()
        is_full = worker is not None and not waits and worker.backlog >= AHEAD
        return None if is_full else worker

    async def close(self) -> None:
        """Have all end, and wait for that."""
        for worker in self._workers:
            worker.close()
        by = time.monotonic() + _PATIENCE
        for worker in self._workers:
            while not _has_ended(worker.pid):
                if time.monotonic() > by:
                    with suppress(ProcessLookupError):
                        os.kill(worker.pid, signal.SIGKILL)
                await asyncio.sleep(0.005)


def _has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


@asynccontextmanager
async def employed(count: int, work: Work) -> AsyncIterator[Workers | None]:
    """Some workers for as long as they are needed; None where there are to be none."""
    if not count:
        yield None
        return
    team: list[Worker] = []
    workers = Workers(team)
    try:
        for _ in range(count):
            try:
                team.append(await _employ(work))
            except OSError as error:  # too many processes, or too little memory: it goes without
                _LOG.debug("no worker more than %d: %s", len(team), error)
                break
        yield workers
    finally:
        await workers.close()


async def _employ(work: Work) -> Worker:
    pid, ours = _fork(partial(_serve, work=work))
    worker = Worker(pid)
    await asyncio.get_running_loop().create_connection(lambda: worker, sock=ours)
    return worker


def _fork(live: Callable[[socket.socket], None]) -> tuple[int, socket.socket]:
    """A process that does one thing and ends, and what leads to it."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        theirs.close()
        return pid, ours
    try:
        _settle_in(theirs.fileno())
        live(theirs)
    finally:
        os._exit(0)


@contextmanager
def streaming(count: int, make: Callable[[int, int], Iterable[bytes]]) -> Iterator[list[Stream]]:
    """Some forks of this process, each of which makes its share of something by itself.

    ``make`` is told which one it is of how many, and gives what it makes piece by piece, in order.
    It is to open its own files: those of this process are closed there, and the log is silent.
    """
    held: list[tuple[int, Stream]] = []
    try:
        for number in range(count):
            try:
                pid, ours = _fork(partial(_send_pieces, make=partial(make, number, count)))
                held.append((pid, Stream(ours)))
            except OSError as error:  # whose share is done here, then
                _LOG.debug("no worker more than %d: %s", number, error)
                held.append((0, Stream(None)))
        yield [stream for _, stream in held]
    finally:
        for pid, stream in held:
            stream.close()
            if pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)


class Stream:
    """What a fork makes, in order. See ``streaming``."""

    def __init__(self, ours: socket.socket | None) -> None:
        self._file: IO[bytes] | None = None
        if ours is not None:
            self._file = ours.makefile("rb")
            ours.close()

    def read(self) -> bytes | None:
        """The next piece; None where there is no more, as it has ended before its time, say."""
        if self._file is None:
            return None
        try:
            (size, *_) = _FRAME.unpack(self._file.read(_FRAME.size))
            piece = self._file.read(size)
        except (OSError, struct.error):
            piece = b""
        if not piece:
            self.close()
        return piece or None

    def close(self) -> None:
        """Take no more of it, so that it ends."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _send_pieces(theirs: socket.socket, make: Callable[[], Iterable[bytes]]) -> None:
    logging.disable(logging.CRITICAL)
    for piece in make():
        theirs.sendall(_framed(LEAVE, 0, piece))


def _settle_in(kept: int) -> None:
    """Leave to the other process what is its own: signals, the terminal, locks, connections."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    import resource  # noqa: PLC0415 - Windows has none, nor forks

    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(3, kept)
    os.closerange(kept + 1, most if most != resource.RLIM_INFINITY else 1 << 20)
    # What was made before is never looked through, so its pages stay shared.
    gc.freeze()


def _serve(theirs: socket.socket, work: Work) -> None:
    """Do what comes until nothing more can come."""
    came, leaving = bytearray(), bytearray()
    with suppress(ConnectionError):
        while data := theirs.recv(_RECEIVED):
            came += data
            since = time.monotonic()
            for task, number, payload in _frames(came):
                try:
                    answer = work(task, number, payload)
                except Exception as error:  # noqa: BLE001 - a bug met by one document
                    told = f"{type(error).__name__}: {error}", traceback.format_exc()
                    answer = _BROKEN, json.dumps(told).encode()
                if answer is not None:
                    leaving += _framed(answer[0], number, answer[1])
                if (now := time.monotonic()) - since >= _HELD:
                    since = now
                    _send_all(theirs, leaving)
            _send_all(theirs, leaving)


def _send_all(theirs: socket.socket, leaving: bytearray) -> None:
    if leaving:
        theirs.sendall(leaving)
        leaving.clear()


def _framed(task: int, number: int, payload: bytes = b"") -> bytes:
    return _FRAME.pack(len(payload), number, task) + payload


def _frames(came: bytearray) -> Iterator[tuple[int, int, bytes]]:
    """The frames that are whole; they are taken away from what came."""
    at, head = 0, _FRAME.size
    while len(came) - at >= head:
        size, number, task = _FRAME.unpack_from(came, at)
        end = at + head + size
        if len(came) < end:
            break
        yield task, number, bytes(came[at + head : end])
        at = end
    del came[:at]
