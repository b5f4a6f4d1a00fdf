"""How a line reaches the user: results on standard output, all else on standard error, as the log.

Whatever is printed may hold text from outside, so all of it is made inert here, where it leaves.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from shutil import get_terminal_size
from types import TracebackType
from typing import Any, TextIO, TypeVar

import typer

from summarise.characters import for_screen, inert, inert_json
from summarise.errors import RunError, SummariseError, refused

LOG = logging.getLogger("summarise")
_Content = TypeVar("_Content")
_BUG = 1


def prepare_streams() -> None:
    """Make the standard streams usable whatever they are connected to.

    They write UTF-8 and plain line feeds: Windows' pipes would take another encoding, and a table
    that is sent to a file should be the same on each system. One that was closed leads nowhere;
    left as it is, the next file to be opened would take its number, and with it what is printed.
    Standard output then takes nothing: a result that nobody gets is to be told.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            setattr(sys, name, open(nowhere, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")


def echo(line: object) -> None:
    """Print one line of a result."""
    write_lines([inert(str(line))])
    flush_output()


def echo_json(text: str) -> None:
    """Print JSON, on one line or on several."""
    write_lines([inert_json(text)])
    flush_output()


def screen_width() -> int:
    """Columns for what is to be read on a screen: not too wide for an eye."""
    return min(get_terminal_size((80, 24)).columns, 100)


class StandardOutput:
    """Where the bytes of a result go that nobody named a file for."""

    def write(self, content: bytes) -> None:
        """Print what can't act on a screen; a stream of a notebook takes text alone."""
        if hasattr(sys.stdout, "buffer"):
            _print(sys.stdout.buffer.write, content)
        else:
            _print(sys.stdout.write, content.decode(errors="replace"))

    def isatty(self) -> bool:
        """Whether somebody looks at it."""
        return sys.stdout.isatty()


def echo_result(
    to_json: Callable[[], str], lines: Callable[[], Iterable[str]], *, json: bool
) -> None:
    """Print a result as ``--json`` asks for it."""
    if json:
        echo_json(to_json())
    for line in () if json else lines():
        echo(line)


def write_lines(lines: Iterable[str]) -> None:
    """Print lines of a result as they are: nothing in them may act on a screen."""
    for line in lines:
        _print(sys.stdout.write, f"{line}\n")


def flush_output() -> None:
    """Let go of what is printed."""
    _print(lambda _: sys.stdout.flush(), None)


def _print(write: Callable[[_Content], object], content: _Content) -> None:
    try:
        write(content)
    except (OSError, ValueError) as error:
        raise unwritten(error) from None


def print_error(line: str) -> None:
    """Print a line for the user that is no result."""
    print_errors([for_screen(line, reveal=True)])


def print_errors(lines: Iterable[str]) -> None:
    """Print lines that are no result as they stand, blanks included.

    A terminal that is gone is no reason to stop: the work goes on.
    """
    try:
        for line in lines:
            sys.stderr.write(f"{inert(line)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        _disconnect(sys.stderr)


def as_told(error: Exception) -> tuple[str, int]:
    """What stopped a command, in one line, and its exit code."""
    if isinstance(error, FileNotFoundError) and error.filename is None:
        error = RunError("is gone; change to another", where="the folder that you are in")
    elif isinstance(error, OSError) and error.filename is not None:
        # Of a path that no file can have, for one.
        error = refused(error, error.filename, "used")
    elif isinstance(error, UnicodeEncodeError) and (
        error.encoding == sys.getfilesystemencoding() != "utf-8"
    ):
        told = f"can't be the name of a file: this system's encoding is {error.encoding}"
        error = RunError(told, where=error.object, hint="Set LC_ALL=C.UTF-8 and PYTHONUTF8=1.")
    if isinstance(error, SummariseError):
        return str(error), error.exit_code
    told = f"a bug in summarise: {type(error).__name__}: {error}"
    return f"{told}; run the same command again with --debug to see where", _BUG


def unwritten(error: OSError | ValueError) -> Exception:
    """What it comes to that standard output takes no more.

    Whoever reads it may have seen enough (``| head``), which is no failure.
    """
    _disconnect(sys.stdout)
    # Windows has no word of its own for a pipe that nobody reads any more.
    is_unread = sys.platform == "win32" and getattr(error, "errno", None) == errno.EINVAL
    if is_unread or isinstance(error, BrokenPipeError):
        return typer.Exit(0)
    if not isinstance(error, OSError):
        error = OSError(None, str(error))
    elif error.errno == errno.EBADF:
        error.strerror = "it is closed"
    return refused(error, "standard output")


def _disconnect(stream: TextIO) -> None:
    """Lead a stream nowhere, so that what is still in it does no harm when Python ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass


def print_traceback(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print a traceback whose message may come from outside."""
    told = "".join(traceback.format_exception(kind, error, trace))
    print_errors(told.rstrip("\n").split("\n"))


def configure_log(*, debug: bool, quiet: bool) -> None:
    """Send the log to standard error: warnings and notes, all with ``--debug``."""
    handler = _LogStream()
    handler.setFormatter(_Formatter("summarise: %(message)s"))
    LOG.handlers[:] = [handler]
    LOG.propagate = False
    LOG.setLevel(logging.DEBUG if debug else logging.ERROR if quiet else logging.INFO)


class _LogStream(logging.StreamHandler[TextIO]):
    """Writes to what standard error is now: a progress line has what is printed stand above it."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None:
        """Nothing else can be set."""


class _Formatter(logging.Formatter):
    """A message as one line, whatever it quotes; below it the traceback, where there is one."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return for_screen(super().formatMessage(record), reveal=True)

    def formatException(self, exc_info: Any) -> str:  # noqa: N802 - logging's name
        return "\n".join(map(inert, super().formatException(exc_info).split("\n")))
