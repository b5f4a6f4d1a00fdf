"""The child process with its three streams: order in, answer out, log aside."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

_CHILD = Path(__file__).with_name("child.py")
# Without these two busy cores fell from 37 to 2 tokens a second: OpenMP's threads spin.
_OPENMP = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|^OPENAI_|^SUMMARISE_", re.IGNORECASE)
_STOP_SECONDS = 5.0
_LOG_TAIL = 64 * 1024
_NOTHING = "it said nothing"
_REASON = re.compile(r"error loading model: (.+)")
_FAULT = re.compile(r"^[\d.]+ E +(?:srv|cmn)? *(?:\S+: )*(.+)")


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A child that serves one model; its log is read here and appended to by the child."""

    process: subprocess.Popen[bytes]
    log: IO[bytes]

    @classmethod
    def spawn(cls, environ: Mapping[str, str]) -> Self:
        """Start the program; it waits for its order.

        On Linux the child is killed with the thread that calls this, for as long as it loads.
        """
        # Opened for appending: the child writes at the end, wherever this process reads.
        log = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed by close
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=child_environment(environ),
                **_own_group(),
            )
        except BaseException:
            log.close()
            raise
        return cls(process, log)

    def order(self, order: Mapping[str, Any], patience: float) -> dict[str, Any]:
        """Tell what to serve, and wait for the answer, so many seconds.

        The order goes through the pipe: arguments and environment can be read by others.

        Returns:
            The answer, empty when the child ended without one.

        Raises:
            TimeoutError: There was none in time.
        """
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._read_answer, args=(lines,), daemon=True).start()
        with contextlib.suppress(BrokenPipeError):
            self._stdin.write(json.dumps({**order, "parent": os.getpid()}).encode() + b"\n")
            self._stdin.flush()
        try:
            line = lines.get(timeout=patience)
        except queue.Empty:
            raise TimeoutError from None
        answer: dict[str, Any] = json.loads(line or b"{}")
        if "url" not in answer:
            # Its log is whole when it has ended.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_STOP_SECONDS)
        return answer

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End it, at once and whatever it is doing."""
        with contextlib.suppress(OSError):
            self._stdin.close()
        for harder in (self.process.terminate, self.process.kill):
            try:
                self.process.wait(_STOP_SECONDS)
                break
            except subprocess.TimeoutExpired:
                harder()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def close(self) -> None:
        """Let go of the log."""
        self.log.close()

    def log_lines(self) -> list[str]:
        """The end of its log."""
        size = self.log.seek(0, os.SEEK_END)
        self.log.seek(max(0, size - _LOG_TAIL))
        return self.log.read().decode("utf-8", "replace").splitlines()

    def why_not_started(self) -> str:
        """Why it didn't start, as far as its log tells."""
        lines = self._said()
        reasons = [match[1] for line in lines if (match := _REASON.search(line))]
        # The first fault says why; those after it only say that it failed.
        return (reasons[:1] or _faults(lines)[:1] or lines[-1:] or [_NOTHING])[0]

    def last_words(self) -> str:
        """Why it ended while it served, as far as its log tells."""
        lines = self._said()
        return (_faults(lines)[-1:] or lines[-1:] or [_NOTHING])[0]

    def _said(self) -> list[str]:
        return [line.strip() for line in self.log_lines() if line.strip()]

    @property
    def _stdin(self) -> IO[bytes]:
        if self.process.stdin is None:
            raise RuntimeError("the child was started without a pipe")
        return self.process.stdin

    def _read_answer(self, lines: queue.SimpleQueue[bytes]) -> None:
        line = b""
        # Stopped while it loads, the pipe is closed under this thread.
        with contextlib.suppress(OSError, ValueError):
            if self.process.stdout is not None:
                line = self.process.stdout.readline()
        lines.put(line)


def _faults(lines: Sequence[str]) -> list[str]:
    return [match[1] for line in lines if (match := _FAULT.search(line))]


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of the child: without anything secret, and with threads that wait quietly."""
    kept = {name: value for name, value in environ.items() if not _SECRET.search(name)}
    return {**kept, **_OPENMP}


def _own_group() -> dict[str, Any]:
    """Out of the terminal's reach: Ctrl-C is for the parent, which lets calls in flight finish."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
