"""The command line in processes of their own that begin at once: forked where all is imported.

An interpreter that has imported the SDK has taken a second or two of CPU, and the tests of kills,
interrupts and full disks start a hundred. What is forked here is a process like any other in all
that they look at: it has its own pid, signals, streams, limits, folder and environment, and ends as
an interpreter ends.
"""

from __future__ import annotations

import atexit
import functools
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import typer.main

from tests import ROOT, make_once

_NUMBER = 20
"""Bytes of a pid or an exit code in a pipe: whoever reads late finds the one behind the other."""


_ORDERING = threading.Lock()


class Ended(NamedTuple):
    """How a process ended: its exit code, or less than 0 the signal; and what it wrote."""

    returncode: int
    stdout: bytes
    stderr: bytes


class Process:
    """``summarise ARGUMENTS``, started; used as ``subprocess.Popen`` is.

    Args:
        arguments: Of the command line.
        cwd: Where it runs; here if not given.
        env: Its environment; ours if not given.
        longest_file: Bytes of which no file may get longer, as on a full disk; without a right
            that a test may not have, and for each file by itself.
        strict: Whether a warning is an error.
        closed: Whether its standard output is, as by ``>&-``.
        together: Whether its errors go where its output goes, as by ``2>&1``.
    """

    def __init__(
        self,
        *arguments: object,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        longest_file: int | None = None,
        strict: bool = False,
        closed: bool = False,
        together: bool = False,
    ) -> None:
        self.returncode: int | None = None
        (out, its_out), (err, its_err), (ended, its_end) = os.pipe(), os.pipe(), os.pipe()
        self.stdout, self.stderr = os.fdopen(out, "rb"), os.fdopen(err, "rb")
        self._ended = ended
        order = {
            "arguments": [str(argument) for argument in arguments],
            "cwd": str(cwd or Path.cwd()),
            "env": dict(os.environ if env is None else env),
            "longest_file": longest_file,
            "strict": strict,
            "closed": closed,
        }
        line = json.dumps(order).encode() + b"\n"
        with _ORDERING:
            connection = _forker().connection
            theirs = [its_out, its_out if together else its_err, its_end]
            sent = socket.send_fds(connection, [line], theirs)
            connection.sendall(line[sent:])
        for descriptor in (its_out, its_err, its_end):
            os.close(descriptor)
        self.pid = int(os.read(ended, _NUMBER))

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        return self._wait(0)

    def wait(self, timeout: float = 240) -> int:
        """Wait for its end.

        Raises:
            TimeoutError: It goes on.
        """
        code = self._wait(timeout)
        if code is None:
            raise TimeoutError(f"process {self.pid} goes on after {timeout} s")
        return code

    def communicate(self, timeout: float = 240) -> tuple[bytes, bytes]:
        """Read what it writes until it ends."""
        with ThreadPoolExecutor(2) as pool:
            out, err = pool.submit(self.stdout.read), pool.submit(self.stderr.read)
            try:
                self.wait(timeout)
            finally:
                self.kill()
                read = out.result(), err.result()
                self.stdout.close()
                self.stderr.close()
        return read

    def read_until(self, words: bytes) -> None:
        """Read its standard error until a line says so."""
        assert any(words in line for line in self.stderr), f"it ended without {words!r}"

    def kill(self) -> None:
        """End it at once, if it runs."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Send a signal, if it runs."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _wait(self, timeout: float) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], timeout)[0]:
            self.returncode = int(os.read(self._ended, _NUMBER))
            os.close(self._ended)
        return self.returncode


def run(*arguments: object, timeout: float = 240, **options: Any) -> Ended:
    """Run ``summarise ARGUMENTS`` to its end; options as those of ``Process``."""
    process = Process(*arguments, **options)
    out, err = process.communicate(timeout)
    return Ended(process.wait(), out, err)


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet has ended too."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")")[-1][1] == "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def ends(condition: Callable[[], bool], seconds: float = 120) -> bool:
    """Whether something comes true before long."""
    end = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return held


class _Forker:
    """The process that has all imported; it ends with ours, however that ends."""

    def __init__(self) -> None:
        self.connection, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.processes", str(theirs.fileno())],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self._end)

    def _end(self) -> None:
        self.connection.close()
        self._process.terminate()
        self._process.wait()


@functools.cache
def _forker() -> _Forker:
    """Of this process, and its forks' none."""
    return _Forker()


def _fork_all(connection: socket.socket) -> None:
    """Fork a process for each order; returns when there are no more, and raises in each of them."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        line, descriptors, _, _ = socket.recv_fds(connection, 1 << 16, 3)
        if not line:
            return
        while not line.endswith(b"\n"):
            line += connection.recv(1 << 16)
        if os.fork() == 0:
            connection.close()
            _watch(json.loads(line), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _watch(order: dict[str, Any], out: int, err: int, end: int) -> None:
    """Fork the process itself, and tell its pid and then its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(end)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        _become(**order)
    os.close(out)
    os.close(err)
    os.write(end, f"{pid:{_NUMBER}}".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(end, f"{code:{_NUMBER}}".encode())
    os._exit(0)


def _become(
    arguments: list[str],
    cwd: str,
    env: dict[str, str],
    longest_file: int | None,
    strict: bool,
    closed: bool,
) -> None:
    """Run the command line, and leave as an interpreter does."""
    from summarise.__main__ import main

    # What the forker's own are at the end of, a pipe isn't.
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    if closed:
        os.close(1)
        sys.stdout = None  # as an interpreter starts then
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["summarise", *arguments]
    if strict:
        warnings.simplefilter("error")
    if longest_file is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (longest_file, longest_file))
    try:
        main()
    except SystemExit:
        if not strict:
            _end()
        raise


def _end() -> None:
    """Do what an interpreter does before it takes apart all modules, which it then can't.

    That takes as long as most commands, and nothing that they print or keep depends on it.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for name in set(sys.modules) - {"builtins", "sys", "threading"}:
        del sys.modules[name]


def _import_all() -> None:
    """Import what commands import when they need it, and make what an interpreter makes once."""
    import instructor  # noqa: F401
    import openai  # noqa: F401

    import summarise
    import summarise.endpoint
    import summarise.store
    from summarise.cli import app
    from summarise.evaluate import Verification
    from summarise.readers import FORMATS, load_format

    for name in summarise.__all__:
        getattr(summarise, name)
    # Commands, formats, patterns, and the types that records and answers are read by.
    make_once()
    _make_all(typer.main.get_command(app))
    for name in FORMATS:
        load_format(name)
    example = summarise.Run(ROOT / "outputs" / "example")
    list(Verification(example).verdicts())
    example.table()


def _make_all(command: Any) -> None:
    """Make how values of flags are read, of a command and those below it."""
    for flag in command.params:
        if hasattr(flag, "get_runtime_param"):
            flag.get_runtime_param()
    for one in getattr(command, "commands", {}).values():
        _make_all(one)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _connection:
        _import_all()
        gc.freeze()
        _fork_all(_connection)
