"""A local model as a server on loopback: started, watched and stopped with whoever wants it."""

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
from typing import Any, Self

from summarise.errors import EndpointUnusable, SettingsError
from summarise.servers.gguf import ModelFile, read_model
from summarise.servers.plan import ServeOptions, plan_server, this_machine
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
