"""The server of ``server.py`` as a child process: started, asked for its counts, ended."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, from which ``python -m benchmarks.X`` works."""


class Loopback:
    """A context manager around the server's process.

    Args:
        flags: As ``python -m benchmarks.server`` takes them.

    Attributes:
        port: Where it listens.
    """

    def __init__(self, flags: Sequence[str] = ()) -> None:
        self._command = [sys.executable, "-m", "benchmarks.server", "--attached", *flags]
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @property
    def base_url(self) -> str:
        """Up to and including ``/v1``."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def pid(self) -> int:
        """Of the server's process; 0 while it doesn't run."""
        return self._process.pid if self._process else 0

    def __enter__(self) -> Self:
        """Start it and wait for its port."""
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._end()
            raise RuntimeError(f"the server didn't start: {' '.join(self._command)}")
        self.port = json.loads(line)["port"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._end()

    def stats(self) -> dict[str, Any]:
        """The counts, and ``wall``: seconds from the first arrival to the end of the last call."""
        stats = self._get("/stats")
        first, last = stats["first_arrival"], stats["last_end"]
        stats["wall"] = None if first is None or last is None else last - first
        return stats

    def per_document(self) -> dict[int, tuple[int, int]]:
        """By the number of a document its calls and its valid answers."""
        return {int(number): (c, a) for number, (c, a) in self._get("/documents").items()}

    def reset(self) -> None:
        """Clear the counts."""
        self._get("/reset")

    def _get(self, path: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            page: dict[str, Any] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return page

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()
