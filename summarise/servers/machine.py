"""What serves a local model on this machine: a plan by what the machine has, and a child process.

The process has three streams: order in, answer out, log aside.
"""

from __future__ import annotations

import contextlib
import json
import logging
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

from summarise.servers.gguf import ModelFile

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
