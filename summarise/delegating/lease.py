"""A lease: who works on a part of a plan, so that nobody else does.

It is a file that comes into being by one system call, or not at all, and is touched again and again
by its holder. One that wasn't for long is taken away by a rename, which only one can do. Times are
those of the file system, of which all machines have the same.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from summarise.store import telling

LONGEST = 120.0
"""Seconds after which a lease that wasn't touched is anybody's."""
_EVERY = LONGEST / 6


class Lease:
    """A lease on a part; a context manager that gives it back.

    Args:
        path: Its file.
        longest: Seconds after which it is anybody's when it isn't touched.
    """

    def __init__(self, path: Path, longest: float = LONGEST) -> None:
        self.path = path
        self._longest = longest
        self._token = secrets.token_hex(8)
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self) -> bool:
        """Take it, if nobody has it.

        Raises:
            RunError: The folder can't be written.
        """
        with telling(self.path):
            if self.is_old():
                aside = self.path.with_name(f"{self.path.name}.{self._token}")
                with suppress(FileNotFoundError):
                    self.path.rename(aside)
                aside.unlink(missing_ok=True)
            told = {"machine": _machine(), "pid": os.getpid(), "token": self._token}
            try:
                with self.path.open("x", encoding="utf-8") as file:
                    json.dump(told, file)
            except FileExistsError:
                return False
        self._thread = threading.Thread(target=self._hold, daemon=True)
        self._thread.start()
        return True

    def is_old(self) -> bool:
        """Whether somebody has it who is dead here, or hasn't been heard of for long."""
        try:
            touched = self.path.stat().st_mtime
        except FileNotFoundError:
            return False
        if self._is_of_dead():
            return True
        # What is now, the file system says: clocks of machines differ.
        probe = self.path.with_name(f"{self.path.name}.{self._token}.now")
        try:
            probe.touch()
            return probe.stat().st_mtime - touched > self._longest
        finally:
            probe.unlink(missing_ok=True)

    @property
    def is_taken(self) -> bool:
        """Whether somebody works on it, as far as can be told."""
        return self.path.exists() and not self.is_old()

    def give_back(self) -> None:
        """Let others have it."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(self._longest)
        if self._is_ours():
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """It is taken already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self.give_back()

    def _hold(self) -> None:
        """Touch it until it is given back; stop the run where somebody has taken it away."""
        while not self._over.wait(min(_EVERY, self._longest / 6)):
            if not self._is_ours():
                # Who was asleep for so long finds another at work: as by Ctrl-C, all is kept.
                signal.raise_signal(signal.SIGTERM)
                return
            with suppress(OSError):
                os.utime(self.path)

    def _is_ours(self) -> bool:
        return self._told().get("token") == self._token

    def _is_of_dead(self) -> bool:
        """Whether its holder was a process of this machine, and isn't any more."""
        told = self._told()
        if told.get("machine") != _machine() or type(pid := told.get("pid")) is not int:
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False

    def _told(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            told = json.loads(self.path.read_text("utf-8"))
            return told if isinstance(told, dict) else {}
        return {}


def _machine() -> str:
    """What processes share that see each other's numbers: host, boot and, in containers, theirs."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
    with suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def lease_of(folder: Path, name: str) -> Lease:
    """The lease on a part of the plan in a folder."""
    return Lease(folder / f"{name}.lease")
