"""How far a run is, for whoever waits for it: on a terminal, in a notebook, or line by line.

In a program that nobody looks at it is quiet unless it is asked for. Warnings are told all the
same, where the program has no log of its own.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any, TextIO, cast

from summarise.api.options import in_keywords
from summarise.batch import ProgressLine
from summarise.characters import for_screen

_LOG = logging.getLogger("summarise")
_LINE_INTERVAL = 5.0
_CLEARS = re.compile(r"\r?\x1b\[K")


def in_notebook() -> bool:
    """Whether a kernel runs this, whose output is a page."""
    shell = sys.modules.get("IPython")
    here = shell.get_ipython() if shell is not None else None
    return here is not None and hasattr(here, "kernel")


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False


class Progress:
    """What a user sees of a run.

    Args:
        wanted: None shows it on a terminal and in a notebook.
    """

    def __init__(self, wanted: bool | None) -> None:
        is_terminal, is_page = _is_terminal(), in_notebook()
        self.is_shown = is_terminal or is_page if wanted is None else wanted
        self.line: ProgressLine | None = None
        self._page = _PageLine() if is_page else None
        if self.is_shown:
            stream = sys.stderr if is_terminal else self._page or _PlainLines(sys.stderr)
            self.line = ProgressLine(cast("TextIO", stream))

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Tell meanwhile what the log says, unless the program has it go elsewhere."""
        if _LOG.hasHandlers():
            yield
            return
        handler, level = _LogLines(self.line), _LOG.level
        _LOG.addHandler(handler)
        _LOG.setLevel(logging.INFO if self.is_shown else logging.WARNING)
        try:
            yield
        finally:
            _LOG.removeHandler(handler)
            _LOG.setLevel(level)

    def close(self, line: str) -> None:
        """Say what the run has come to."""
        line = for_screen(line, reveal=True)
        if self.is_shown and self._page is not None:
            self._page.write(line)
        elif self.is_shown:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


class _LogLines(logging.Handler):
    """Says in keywords what the log says in flags; nothing in it acts on a screen."""

    def __init__(self, line: ProgressLine | None) -> None:
        super().__init__()
        self._line = line

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one line, where that of the progress was."""
        if self._line is not None:
            self._line.clear()
        told = for_screen(in_keywords(record.getMessage()), reveal=True)
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"summarise: {told}\n")


class _Drawn:
    """A stream that is no terminal, for what draws a line on one again and again."""

    def isatty(self) -> bool:
        """Whether somebody looks at it: that is what it is for."""
        return True

    def write(self, text: str) -> int:
        """Take the line anew."""
        if line := _CLEARS.sub("", text):
            self.draw(line)
        return len(text)

    def flush(self) -> None:
        """All is seen at once."""

    def draw(self, line: str) -> None:
        """Show a line in the place of the one before."""
        raise NotImplementedError


class _PageLine(_Drawn):
    """A line of a notebook that is replaced, so that what is saved has the last one alone."""

    def __init__(self) -> None:
        self._display = import_module("IPython.display").display
        self._handle: Any = None

    def draw(self, line: str) -> None:
        """Show it below the cell."""
        shown = {"text/plain": line}
        if self._handle is None:
            self._handle = self._display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)


class _PlainLines(_Drawn):
    """Lines below each other, one every few seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._told = time.monotonic()

    def draw(self, line: str) -> None:
        """Print it, if the last one isn't new."""
        if time.monotonic() - self._told > _LINE_INTERVAL:
            self._stream.write(f"{line}\n")
            self._stream.flush()
            self._told = time.monotonic()
