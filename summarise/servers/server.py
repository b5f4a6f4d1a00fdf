"""A local model as a server on loopback: started, watched and stopped; and as a run's endpoint.

A run's own server is started by the first request, and stopped with the run. The run sees a fixed
address that names the model by its content, so that keys, records and what is remembered of an
endpoint don't change with the port. A run that finds all answers in its folder or in the cache
starts nothing.
"""

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
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Self

import httpx2
from pydantic import SecretStr

from summarise.errors import EndpointUnusable, SettingsError
from summarise.servers.gguf import ModelFile, model_digest, read_model
from summarise.servers.machine import ServeOptions, ServerProcess, plan_server, this_machine
from summarise.settings import Mode, Settings

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
        with self._starting() as child:
            self._await_ready(child)

    async def astart(self) -> None:
        """Like ``start``, in a running event loop.

        Raises:
            EndpointUnusable: As ``start``.
        """
        # In this thread, not in a worker: the child dies with the thread that started it.
        with self._starting() as child:
            await asyncio.to_thread(self._await_ready, child)

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

    @contextlib.contextmanager
    def _starting(self) -> Iterator[ServerProcess]:
        """The child, which is stopped where it doesn't get ready."""
        if self._child is not None:
            raise RuntimeError("the server was started already")
        child = self._child = ServerProcess.spawn(os.environ)
        try:
            yield child
        except BaseException:
            self.stop()
            raise

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


_DIGEST_DIGITS = 16
_ENDING = 1.0  # seconds, until a process that drops its connections has ended
# On a processor a long abstract takes minutes, and waits for nobody else.
_PATIENCE = {"timeout": 1800.0, "deadline": 7200.0}


@contextlib.asynccontextmanager
async def local_endpoint(
    settings: Settings, options: ServeOptions | None = None
) -> AsyncIterator[tuple[Settings, httpx2.AsyncClient]]:
    """A model file as an endpoint: settings for it, and the client that reaches it.

    Raises:
        SettingsError: The extra isn't installed, or the file can't be a model.
    """
    server = LocalServer(options or _default_options(settings))
    local = local_settings(settings, server)
    async with httpx2.AsyncClient(transport=LocalTransport(server), trust_env=False) as client:
        try:
            yield local, client
        finally:
            # Not in a thread: a cancelled run must not leave before the child has ended.
            server.stop()


def local_settings(settings: Settings, server: LocalServer) -> Settings:
    """The settings of a run with a local model.

    The address is no address to connect to: it holds the model's hash, so that whatever depends on
    the base URL depends on the model, and on nothing of this one process.
    """
    digest = model_digest(server.model, settings.cache_dir)
    update: dict[str, Any] = {
        "model": server.options.model_id,
        "parameters": server.model.parameters,
        "base_url": f"http://localhost/{digest[:_DIGEST_DIGITS]}/v1",
        "api_key": SecretStr(server.key),
        "withheld_key": None,
        # More would only wait inside the server, with their timeouts running.
        "concurrency": server.plan.slots,
        # llama.cpp holds every model to the schema: there is no ladder to climb down.
        "mode": settings.mode or Mode.JSON_SCHEMA,
    }
    patience = {n: v for n, v in _PATIENCE.items() if n not in settings.model_fields_set}
    return settings.model_copy(update={**update, **patience})


def _default_options(settings: Settings) -> ServeOptions:
    return ServeOptions(Path(settings.model or "").expanduser())


class LocalTransport(httpx2.AsyncBaseTransport):
    """Sends requests for a fixed address to a server that is started when it is needed."""

    def __init__(self, server: LocalServer) -> None:
        self._server = server
        self._inner = httpx2.AsyncHTTPTransport()
        self._starting = asyncio.Lock()
        self._started = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request.

        Raises:
            EndpointUnusable: The server can't be started, or has ended.
        """
        await self._start()
        _refuse(self._server.ended())
        request.url = httpx2.URL(self._server.base_url + request.url.path.partition("/v1")[2])
        request.headers["Host"] = request.url.netloc.decode()
        try:
            return await self._inner.handle_async_request(request)
        except (httpx2.NetworkError, httpx2.RemoteProtocolError):
            _refuse(await asyncio.to_thread(self._server.wait, _ENDING))
            raise

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _start(self) -> None:
        async with self._starting:
            if not self._started:
                await self._server.astart()
                self._started = True


def _refuse(ended: EndpointUnusable | None) -> None:
    if ended is not None:
        raise ended
