"""A local model as a server on loopback: planned by the machine, started, watched and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import os
import secrets
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from summarise.errors import EndpointUnusable, SettingsError
from summarise.servers.gguf import ModelFile, read_model
from summarise.servers.process import ServerProcess

# A slow disk gives 50 MB a second.
_START_SECONDS = 60.0
_BYTES_PER_SECOND = 50e6
# Seconds between two looks at the parent.
_POLL = 1.0
_LOG = logging.getLogger("summarise")


class LocalServer:
    """llama.cpp's OpenAI-compatible server on 127.0.0.1, in a process of its own.

    Use it as a context manager. The child ends when it is stopped, and when this
    process ends in whatever way. Ctrl-C in the terminal doesn't reach it, so that a run can drain.
    Its ``key`` is what a request has to show; empty for nothing.

    Raises:
        SettingsError: The extra isn't installed, or the file can't be a model.
    """

    def __init__(self, options: ServeOptions) -> None:
        self.options = options
        self.model: ModelFile = read_model(options.model)
        if importlib.util.find_spec("xllamacpp") is None:
            raise SettingsError(
                "a local model needs xllamacpp, which isn't installed",
                where=str(options.model),
                hint="Install it: pip install 'summarise-abstracts[local]'.",
            )
        self.plan = plan_server(options, self.model, this_machine())
        self.key = secrets.token_urlsafe(24) if options.key is None else options.key
        self._patience = _START_SECONDS + self.model.size / _BYTES_PER_SECOND
        self._child: ServerProcess | None = None
        self._url = ""

    @property
    def base_url(self) -> str:
        """Base URL of the API, up to and including ``/v1``; known once the server is ready."""
        if not self._url:
            raise RuntimeError("the server isn't running")
        return f"{self._url}/v1"

    @property
    def pid(self) -> int | None:
        """Process id of the child, None when there is none."""
        return None if self._child is None else self._child.process.pid

    def start(self) -> None:
        """Start the child and wait until it answers.

        Raises:
            EndpointUnusable: It failed, ended or took too long; the log's own reason is given.
        """
        child = self._spawn()
        try:
            self._await_ready(child)
        except BaseException:
            self.stop()
            raise

    async def astart(self) -> None:
        """Like ``start``, in a running event loop.

        Raises:
            EndpointUnusable: As ``start``.
        """
        # In this thread, not in a worker: the child dies with the thread that started it.
        child = self._spawn()
        try:
            await asyncio.to_thread(self._await_ready, child)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the child, at once and whatever it is doing; nothing happens when there is none."""
        child, self._child, self._url = self._child, None, ""
        if child is None:
            return
        child.stop()
        if _LOG.isEnabledFor(logging.DEBUG):
            for line in child.log_lines():
                _LOG.debug("llama.cpp: %s", line)
        child.close()

    def wait(self, seconds: float) -> EndpointUnusable | None:
        """Wait so long, or until the child ends by itself; gives why it did."""
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.process.wait(seconds)
        return self.ended()

    def ended(self) -> EndpointUnusable | None:
        """Why the child has ended by itself; None while it runs."""
        child = self._child
        if child is None or child.alive():
            return None
        code = child.process.returncode
        ending = f"signal {-code}" if code < 0 else f"code {code}"
        return self._unusable(f"its process ended ({ending}): {child.last_words()}")

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def _spawn(self) -> ServerProcess:
        if self._child is not None:
            raise RuntimeError("the server was started already")
        self._child = ServerProcess.spawn(os.environ)
        return self._child

    def _await_ready(self, child: ServerProcess) -> None:
        started = time.monotonic()
        try:
            answer = child.order(self._order(), self._patience)
        except TimeoutError:
            raise self._unusable(
                f"wasn't loaded after {self._patience:.0f} s",
                "Take a smaller model, or one on a faster disk.",
            ) from None
        if "url" not in answer:
            if "ImportError" in answer.get("error", ""):
                raise self._unusable(f"xllamacpp can't be used: {answer['error']}")
            raise self._unusable(f"couldn't be loaded: {child.why_not_started()}")
        self._url = answer["url"]
        _LOG.debug("%s: ready in %.1f s", self.options.model_id, time.monotonic() - started)

    def _order(self) -> dict[str, Any]:
        return {
            "model": str(self.options.model.resolve()),
            "alias": self.options.model_id,
            "key": self.key,
            "port": self.options.port,
            "context": self.plan.context,
            "slots": self.plan.slots,
            "threads": self.plan.threads,
        }

    def _unusable(self, message: str, hint: str | None = None) -> EndpointUnusable:
        return EndpointUnusable(message, where=self.options.model.name, hint=hint)


def serve_until_interrupted(server: LocalServer) -> None:
    """Keep a server until Ctrl-C, or until the process that started this one has ended.

    Under ``nohup``, which is there for this, the end of that process doesn't count.

    Raises:
        EndpointUnusable: The child ended by itself.
    """
    hangup = getattr(signal, "SIGHUP", None)
    outlives = hangup is not None and signal.getsignal(hangup) is signal.SIG_IGN
    parent = None if outlives else os.getppid()
    try:
        while parent is None or os.getppid() == parent:
            ended = server.wait(_POLL)
            if ended is not None:
                raise ended
    except KeyboardInterrupt:
        return


# The plan

# The prompt takes about 1,250 tokens, a long abstract 1,000, the longest answer 4,096.
_CONTEXT = 8192
_LEAST_CONTEXT = 4096
_CORES_PER_SLOT = 2
_MOST_SLOTS = 4
# Beside weights and KV cache: compute buffers, the vocabulary, Python.
_OVERHEAD = 400 * 2**20


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What a user may say about a local model, a GGUF file; None leaves it to ``plan_server``.

    The context is in tokens for each slot, and a slot is for one document at a time. Port 0 is any
    free one; the key None is a random one, an empty one is none.
    """

    model: Path
    context: int | None = None
    slots: int | None = None
    threads: int | None = None
    port: int = 0
    alias: str | None = None
    key: str | None = None

    @property
    def model_id(self) -> str:
        """Model id in requests and records."""
        return self.alias or self.model.stem


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model is served: tokens of context for each slot, documents at the same time, bytes."""

    context: int
    slots: int
    threads: int
    memory: int | None


def plan_server(options: ServeOptions, model: ModelFile, machine: Machine) -> Plan:
    """Choose what the options leave open, and warn of what won't work well."""
    room = None if machine.memory is None else machine.memory - model.size - _OVERHEAD
    context = options.context or _context(model, room)
    slots = options.slots or _slots(model, machine, room, context)
    needed = None
    if model.cache_bytes is not None:
        needed = model.size + _OVERHEAD + context * slots * model.cache_bytes
    _warn(options, model, needed, machine.memory)
    return Plan(context, slots, options.threads or machine.cores, needed)


def _context(model: ModelFile, room: int | None) -> int:
    """The longest that is useful, that the model knows, and that fits."""
    context = min(_CONTEXT, model.trained_context or _CONTEXT)
    if room is None or model.cache_bytes is None:
        return context
    fits = room // model.cache_bytes // 256 * 256
    return min(context, max(fits, min(_LEAST_CONTEXT, context)))


def _slots(model: ModelFile, machine: Machine, room: int | None, context: int) -> int:
    slots = max(1, min(_MOST_SLOTS, machine.cores // _CORES_PER_SLOT))
    if room is None or model.cache_bytes is None:
        return slots
    return max(1, min(slots, room // (context * model.cache_bytes)))


def _warn(options: ServeOptions, model: ModelFile, needed: int | None, free: int | None) -> None:
    trained = model.trained_context
    if options.context and trained and options.context > trained:
        _LOG.warning(
            "%s: trained for a context of %d tokens; its answers may suffer beyond it",
            model.path.name,
            trained,
        )
    least = needed or model.size
    if free is not None and least > free:
        _LOG.warning(
            "%s: needs about %.1f GB of memory, and %.1f GB are free: it may be very slow or be "
            "stopped; a smaller model or quantisation, or --context, takes less",
            model.path.name,
            least / 1e9,
            free / 1e9,
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """What a model can have: physical cores, at least 1, and free bytes; None isn't told."""

    cores: int
    memory: int | None


def this_machine(root: Path = Path("/")) -> Machine:
    """Look at the machine, and at the container that this process may be in."""
    return Machine(cores=_cores(root), memory=_memory(root))


def _cores(root: Path) -> int:
    has_affinity = hasattr(os, "sched_getaffinity")
    allowed = os.sched_getaffinity(0) if has_affinity else range(os.cpu_count() or 1)
    siblings = {
        text or str(number)
        for number in allowed
        for text in [_text(root / f"sys/devices/system/cpu/cpu{number}/topology/core_cpus_list")]
    }
    quota = _text(root / "sys/fs/cgroup/cpu.max").split()
    if len(quota) == 2 and quota[0].isdigit():
        return max(1, min(len(siblings), int(quota[0]) // int(quota[1])))
    return max(1, len(siblings))


def _memory(root: Path) -> int | None:
    """Free memory, by the kernel's own estimate and by the limit of the container."""
    free = _available(root)
    limit = _text(root / "sys/fs/cgroup/memory.max")
    used = _text(root / "sys/fs/cgroup/memory.current")
    if not (limit.isdigit() and used.isdigit()):
        return free
    # Files that were read count as used, but give way.
    cached = _field(root / "sys/fs/cgroup/memory.stat", "inactive_file") or 0
    left = max(0, int(limit) - int(used) + cached)
    return left if free is None else min(free, left)


def _available(root: Path) -> int | None:
    kilobytes = _field(root / "proc/meminfo", "MemAvailable:")
    if kilobytes is not None:
        return kilobytes * 1024
    try:
        # macOS tells without a tool only how much there is: count on half of it.
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return None


def _field(path: Path, name: str) -> int | None:
    for line in _text(path).splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == name and words[1].isdigit():
            return int(words[1])
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
