"""Append-only files of JSON lines that survive a kill, a full disk and a torn last line."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from pydantic_core import from_json

from summarise.closing import Closing
from summarise.errors import RunError

_SYNC_INTERVAL = 1.0
_BLOCK = 1 << 16


class Journal(Closing):
    """A file of JSON lines, open for appending by one process.

    A last line that was torn by a kill is cut off on opening; one that only lacks its line break
    gets it. Each line is written by one system call, and reaches the disk within a second.

    Args:
        path: The file; it is created when absent.

    Attributes:
        size: Bytes in the file: where the next line starts.

    Raises:
        RunError: The file can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _told(path):
            # Unbuffered: one write is one system call, and nothing waits in this process.
            self._file = path.open("ab+", buffering=0)
            try:
                self.size = _repair_tail(self._file)
            except OSError:
                self._file.close()
                raise
        self._synced = time.monotonic()
        self._dirty = False

    def append(self, line: bytes) -> int:
        """Write one line.

        Args:
            line: A JSON object, without a line break.

        Returns:
            Byte offset of the line.

        Raises:
            RunError: The disk is full or gone. What was there before stays whole.
        """
        whole = line + b"\n"
        with _told(self._path):
            try:
                self._write(whole)
            except OSError:
                with contextlib.suppress(OSError):
                    self._file.truncate(self.size)
                raise
        offset, self.size = self.size, self.size + len(whole)
        self._dirty = True
        if time.monotonic() - self._synced >= _SYNC_INTERVAL:
            self.sync()
        return offset

    def _write(self, rest: bytes) -> None:
        # A disk that runs full takes a part, and refuses the rest by an error on the next call.
        while rest:
            written = self._file.write(rest)
            if not written:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            rest = rest[written:]

    def sync(self) -> None:
        """Have the system put on disk what was appended.

        Raises:
            RunError: The disk is full or gone.
        """
        if self._dirty:
            with _told(self._path):
                os.fsync(self._file.fileno())
            self._dirty = False
        self._synced = time.monotonic()

    def close(self) -> None:
        """Sync and close."""
        try:
            self.sync()
        finally:
            self._file.close()


def read_journal(path: Path, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """The whole lines of a journal, each with its byte offset; a torn last line is left out.

    Args:
        path: The file; one that isn't there has no lines.
        start: Byte offset of the first line to read.

    Raises:
        RunError: The file can't be opened.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(f"can't be read ({error.strerror})", where=str(path)) from error
    with file:
        file.seek(start)
        offset = start
        for line in file:
            if line.endswith(b"\n"):
                yield offset, line[:-1]
            offset += len(line)


def _repair_tail(file: FileIO) -> int:
    """Make a file end in a whole line, and return its size."""
    size = file.seek(0, os.SEEK_END)
    start = _last_line_start(file, size)
    if start == size:
        return size
    file.seek(start)
    try:
        from_json(file.readall())
    except ValueError:
        file.truncate(start)
        return start
    file.write(b"\n")
    return size + 1


def _last_line_start(file: FileIO, size: int) -> int:
    """Offset behind the last line break."""
    end = size
    while end > 0:
        begin = max(0, end - _BLOCK)
        file.seek(begin)
        found = (file.read(end - begin) or b"").rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell in one line what the system refused."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"can't be written ({error.strerror})",
            where=str(path),
            hint="What was written before is kept; make room or choose another folder with -o, "
            "then run the same command again.",
        ) from error
