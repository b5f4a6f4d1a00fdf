"""A local model as a server on loopback: planned, started and stopped; and as a run's endpoint.

A run's own server is started by the first request, and stopped with the run. The run sees a fixed
address that names the model by its content, so that keys, records and what is remembered of an
endpoint don't change with the port. A run that finds all answers in its folder or in the cache
starts nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import logging
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

import httpx2
from pydantic import SecretStr

from summarise.errors import EndpointUnusable, SettingsError
from summarise.servers.gguf import ModelFile, model_digest, read_model
from summarise.settings import Mode, Settings, at_home

_LOG = logging.getLogger("summarise")
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
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model is served: tokens of context for each slot, and documents at the same time."""

    context: int
    slots: int
    threads: int


def plan_server(options: ServeOptions, model: ModelFile, cores: int, memory: int | None) -> Plan:
    """Choose what the options leave open, and warn of what won't fit.

    The context is the longest that is useful, that the model knows, and that fits; there is a slot
    for each pair of cores.
    """
    context = min(_CONTEXT, model.trained_context or _CONTEXT)
    slots = max(1, min(_MOST_SLOTS, cores // _CORES_PER_SLOT))
    needed, cached = model.size + _OVERHEAD, model.cache_bytes or 0
    if memory is not None and cached:
        room = memory - needed
        fits = room // cached // 256 * 256
        context = options.context or min(context, max(fits, min(_LEAST_CONTEXT, context)))
        slots = max(1, min(slots, room // (context * cached)))
    context, slots = options.context or context, options.slots or slots
    needed += context * slots * cached
    if memory is not None and needed > memory:
        _LOG.warning(
            "%s: needs about %.1f GB of memory, and %.1f GB are free: it may be very slow or be "
            "stopped; a smaller model or quantisation, or --context, takes less",
            model.path.name,
            needed / 1e9,
            memory / 1e9,
        )
    return Plan(context, slots, options.threads or cores)


def this_machine(root: Path = Path("/")) -> tuple[int, int | None]:
    """Physical cores and free bytes that the container, or the machine, has; None is unknown."""

    def words(path: str, name: str = "") -> list[str]:
        """Those of a file, or of its line that begins with a name; none where there is no file."""
        with contextlib.suppress(OSError, ValueError):
            for line in (root / path).read_text(encoding="ascii").splitlines():
                if line.startswith(name):
                    return line.removeprefix(name).split()
        return []

    def number(path: str, name: str = "") -> int | None:
        first = "".join(words(path, name)[:1])
        return int(first) if first.isdigit() else None

    has_affinity = hasattr(os, "sched_getaffinity")
    allowed = os.sched_getaffinity(0) if has_affinity else range(os.cpu_count() or 1)
    topology = "sys/devices/system/cpu/cpu{}/topology/core_cpus_list"
    # Siblings of a core are in one list.
    cores = len({"".join(words(topology.format(one))) or str(one) for one in allowed})
    quota = words("sys/fs/cgroup/cpu.max")
    if len(quota) == 2 and quota[0].isdigit():
        cores = min(cores, int(quota[0]) // int(quota[1]))
    free = number("proc/meminfo", "MemAvailable:")
    memory = None if free is None else free * 1024
    if memory is None:
        # macOS tells without a tool only how much there is: count on half of it.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    limit, used = (number(f"sys/fs/cgroup/memory.{name}") for name in ("max", "current"))
    if limit is not None and used is not None:
        # Files that were read count as used, but give way.
        left = max(0, limit - used + (number("sys/fs/cgroup/memory.stat", "inactive_file") or 0))
        memory = left if memory is None else min(memory, left)
    return max(1, cores), memory


_CHILD = Path(__file__).with_name("child.py")
# Without these two busy cores fell from 37 to 2 tokens a second: OpenMP's threads spin.
_OPENMP = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|^OPENAI_|^SUMMARISE_", re.IGNORECASE)
# A slow disk gives 50 MB a second.
_START_SECONDS = 60.0
_BYTES_PER_SECOND = 50e6
_STOP_SECONDS = 5.0
_LOG_TAIL = 64 * 1024
_REASON = re.compile(r"error loading model: (.+)")
_FAULT = re.compile(r"^[\d.]+ E +(?:srv|cmn)? *(?:\S+: )*(.+)")


class LocalServer:
    """llama.cpp's OpenAI-compatible server on 127.0.0.1, in a process of its own.

    Use it as a context manager. The child ends when it is stopped, and when this process ends in
    whatever way. Ctrl-C in the terminal doesn't reach it, so that a run can drain. Its ``key`` is
    what a request has to show; empty for nothing. ``base_url`` is that of the API, up to and
    including ``/v1``, once it is ready.

    Raises:
        SettingsError: The extra isn't installed, or the file can't be a model.
    """

    def __init__(self, options: ServeOptions) -> None:
        self.model = read_model(at_home(options.model))
        if importlib.util.find_spec("xllamacpp") is None:
            raise SettingsError(
                "a local model needs xllamacpp, which isn't installed",
                where=str(options.model),
                hint="Install it: pip install 'summarise-abstracts[local]'.",
            )
        self.options = options
        self.model_id = options.model.stem
        self.plan = plan_server(options, self.model, *this_machine())
        self.key = secrets.token_urlsafe(24) if options.key is None else options.key
        self.base_url = ""
        self._child: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the child and wait until it answers.

        Raises:
            EndpointUnusable: It failed, ended or took too long; the log's own reason is given.
        """
        self.spawn()
        self.await_ready()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def spawn(self) -> None:
        """Start the child, which loads the model."""
        # Opened for appending: the child writes at the end, wherever this process reads.
        self._log = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed by stop
        kept = {name: value for name, value in os.environ.items() if not _SECRET.search(name)}
        self._child = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**kept, **_OPENMP},
            # Out of the terminal's reach: at Ctrl-C the parent lets calls in flight finish.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def await_ready(self) -> None:
        """Tell the child what to serve, and wait until it answers; it is stopped if it doesn't.

        Raises:
            EndpointUnusable: It failed, ended or took too long; the log's own reason is given.
        """
        try:
            self._load()
        except BaseException:
            self.stop()
            raise

    def _load(self) -> None:
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise RuntimeError("the child was not started")
        order = {
            "model": str(self.model.path.resolve()),
            "alias": self.model_id,
            "key": self.key,
            "port": self.options.port,
            "context": self.plan.context,
            "slots": self.plan.slots,
            "threads": self.plan.threads,
        }
        patience = _START_SECONDS + self.model.size / _BYTES_PER_SECOND
        started = time.monotonic()
        timer = threading.Timer(patience, child.kill)
        timer.start()
        try:
            # Through the pipe: arguments and environment can be read by others.
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(json.dumps(order).encode() + b"\n")
                child.stdin.flush()
            answer: dict[str, str] = json.loads(child.stdout.readline() or b"{}")
        finally:
            timer.cancel()
        took = time.monotonic() - started
        if "url" in answer:
            self.base_url = f"{answer['url']}/v1"
            _LOG.debug("%s: ready in %.1f s", self.model_id, took)
            return
        # Its log is whole when it has ended.
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_STOP_SECONDS)
        if took >= patience:
            message = f"wasn't loaded after {patience:.0f} s"
            raise self._unusable(message, "Take a smaller model, or one on a faster disk.")
        if "ImportError" in answer.get("error", ""):
            raise self._unusable(f"xllamacpp can't be used: {answer['error']}")
        raise self._unusable(f"couldn't be loaded: {self._last_words()}")

    def stop(self) -> None:
        """End the child, at once and whatever it is doing; nothing happens when there is none."""
        child, self._child, self.base_url = self._child, None, ""
        if child is not None:
            with child:
                child.kill()
            for line in self._log_lines():
                _LOG.debug("llama.cpp: %s", line)
        if self._log is not None:
            self._log.close()

    def check(self, seconds: float = 0.0) -> None:
        """Wait so long whether the child ends by itself.

        Raises:
            EndpointUnusable: It has ended.
        """
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._child.wait(seconds)
                ending = f"signal {-code}" if code < 0 else f"code {code}"
                raise self._unusable(f"its process ended ({ending}): {self._last_words()}")

    def _log_lines(self) -> list[str]:
        """The end of its log."""
        if self._log is None or self._log.closed:
            return []
        self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - _LOG_TAIL))
        text = self._log.read().decode("utf-8", "replace")
        return [line.strip() for line in text.splitlines() if line.strip()]

    def _last_words(self) -> str:
        """Why the child ended, as far as its log tells."""
        lines = self._log_lines()
        found = [match[1] for one in (_REASON, _FAULT) for match in map(one.search, lines) if match]
        # Of one that didn't start the first fault says why; those after it only that it failed.
        told = found[-1:] if self.base_url else found[:1]
        return (told or lines[-1:] or ["it said nothing"])[0]

    def _unusable(self, message: str, hint: str | None = None) -> EndpointUnusable:
        return EndpointUnusable(message, where=self.options.model.name, hint=hint)


_DIGEST_DIGITS = 16
_ENDING = 1.0  # seconds, until a process that drops its connections has ended
# On a processor a long abstract takes minutes, and waits for nobody else.
_PATIENCE = {"timeout": 1800.0, "deadline": 7200.0}


@contextlib.asynccontextmanager
async def local_endpoint(settings: Settings) -> AsyncIterator[tuple[Settings, httpx2.AsyncClient]]:
    """A model file as an endpoint: settings for it, and the client that reaches it.

    The address is no address to connect to: it holds the model's hash, so that whatever depends on
    the base URL depends on the model, and on nothing of this one process.

    Raises:
        SettingsError: The extra isn't installed, or the file can't be a model.
    """
    server = LocalServer(ServeOptions(Path(settings.model or "")))
    digest = model_digest(server.model, settings.cache_dir)
    update: dict[str, Any] = {
        "model": server.model_id,
        "parameters": server.model.parameters,
        "base_url": f"http://localhost/{digest[:_DIGEST_DIGITS]}/v1",
        "api_key": SecretStr(server.key),
        "withheld_key": None,
        # More would only wait inside the server, with their timeouts running.
        "concurrency": server.plan.slots,
        # llama.cpp holds every model to the schema: there is no ladder to climb down.
        "mode": settings.mode or Mode.JSON_SCHEMA,
        **{n: v for n, v in _PATIENCE.items() if n not in settings.model_fields_set},
    }
    async with httpx2.AsyncClient(transport=LocalTransport(server), trust_env=False) as client:
        try:
            yield settings.model_copy(update=update), client
        finally:
            # Not in a thread: a cancelled run must not leave before the child has ended.
            server.stop()


class LocalTransport(httpx2.AsyncBaseTransport):
    """Sends requests for a fixed address to a server that is started when it is needed."""

    def __init__(self, server: LocalServer) -> None:
        self._server = server
        self._inner = httpx2.AsyncHTTPTransport()
        self._starting = asyncio.Lock()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request.

        Raises:
            EndpointUnusable: The server can't be started, or has ended.
        """
        async with self._starting:
            if not self._server.base_url:
                self._server.spawn()
                await asyncio.to_thread(self._server.await_ready)
        self._server.check()
        request.url = httpx2.URL(self._server.base_url + request.url.path.partition("/v1")[2])
        request.headers["Host"] = request.url.netloc.decode()
        try:
            return await self._inner.handle_async_request(request)
        except (httpx2.NetworkError, httpx2.RemoteProtocolError):
            await asyncio.to_thread(self._server.check, _ENDING)
            raise

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()
