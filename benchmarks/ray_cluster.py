"""A cluster of Ray on this machine that outlives who works on it, by the interpreter of a tool."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.loopback import ROOT
from benchmarks.tools import NotInstalled

_PATIENCE = 300.0
_READY = b"Ray runtime started"
# A machine that is busy with other work needs longer to start than Ray waits.
_WAITS = {"RAY_agent_register_timeout_ms": "300000", "RAY_raylet_start_wait_time_s": "300"}


class RayCluster:
    """A context manager around a head node.

    Args:
        python: An interpreter that has Ray.
        cpus: How many it may tell of, whatever the machine has: they wait for answers.

    Attributes:
        address: Of the node, for who works on it.

    Raises:
        NotInstalled: It has no Ray.
    """

    def __init__(self, python: Path, cpus: int) -> None:
        command = python.with_name("ray")
        if not command.exists():
            raise NotInstalled(f"{python} has no Ray")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        flags = [f"--port={port}", f"--num-cpus={cpus}", "--include-dashboard=false"]
        self._command = [str(command), "start", "--head", "--block", *flags]
        self._command += ["--disable-usage-stats"]
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is left
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What leads a driver to it."""
        quiet = {"RAY_AUTH_MODE": "disabled", "RAY_DATA_DISABLE_PROGRESS_BARS": "1"}
        return {"RAY_ADDRESS": self.address, **quiet}

    def __enter__(self) -> Self:
        """Start it and wait until it answers."""
        path = {"PYTHONPATH": str(ROOT), "RAY_AUTH_MODE": "disabled"}
        self._process = subprocess.Popen(
            self._command,
            env={**os.environ, **path, **_WAITS},
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        until = time.monotonic() + _PATIENCE
        while _READY not in self._told():
            if self._process.poll() is not None or time.monotonic() > until:
                self._end()
                raise RuntimeError(f"Ray didn't start: {self._told().decode()[-2000:]}")
            time.sleep(0.2)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._end()
        self._output.close()

    def _told(self) -> bytes:
        return os.pread(self._output.fileno(), 100_000, 0)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        # It ends its children when it is asked to, not when it is killed.
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
