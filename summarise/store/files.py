"""The files of a run, and how they are written.

One is written whole and takes the place of the old one, or not at all; or it is a journal, to which
lines of JSON are appended, and which survives a kill, a full disk and a torn last line.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import secrets
import shlex
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BufferedReader, FileIO
from itertools import count
from pathlib import Path
from typing import IO, TypeVar

from pydantic_core import from_json

from summarise.errors import RunError, refused

if sys.platform != "win32":
    import fcntl

MANIFEST = "manifest.json"
DOCUMENTS = "documents.jsonl"
SKIPPED = "skipped.jsonl"
DUPLICATES, GONE = "duplicates.jsonl", "gone.jsonl"
ANSWERS = "answers.jsonl"
RECORDS, FAILURES, BATCHES = "records.jsonl", "failures.jsonl", "batches.jsonl"
CORRECTIONS, SCREENING = "corrections.jsonl", "screening.jsonl"
TABLE, LOCK, DATABASE = "table.md", ".lock", "cache.db"
EXPORT_BEGINNING = b'{"format":"summarise answer '  # of each line, of whatever version

READ = (DOCUMENTS, SKIPPED, DUPLICATES, GONE)
"""The files that tell what a run has read; each is written whole, the last where it tells any."""
BY_PEOPLE = (CORRECTIONS, SCREENING)
"""The files that hold what people have done; a run keeps them as they are."""
OWN = frozenset({MANIFEST, *READ, ANSWERS, RECORDS, FAILURES, BATCHES, *BY_PEOPLE, TABLE, LOCK})
"""All files of a run in its directory."""

ASIDE_PREFIX, ASIDE_SUFFIX = ".summarise-", ".new"
"""The name of a file that is being written begins and ends so; only a kill leaves one behind."""

_SYNC_INTERVAL, _BLOCK, _NAMED = 1.0, 1 << 16, 3
_LOG = logging.getLogger("summarise")
_T = TypeVar("_T")
AGAIN = "then run the same command again"


@contextlib.contextmanager
def telling(path: Path, way_out: str = "choose another folder with -o") -> Iterator[None]:
    """Tell in one line, by a RunError, what the system refused; NoRoom where the disk is full."""
    try:
        yield
    except OSError as error:
        raise refused(error, path, way_out=way_out) from error


_telling = partial(
    telling, way_out="choose another folder with -o, then run the same command again (all is kept)"
)


@contextlib.contextmanager
def replacing(
    path: Path, way_out: str = "choose another folder with -o", *, private: bool = False
) -> Iterator[IO[bytes]]:
    """Write a file aside and put it in place when all is written; on an error nothing changes.

    What stands at the path is replaced itself: a link there is never followed. One that is private
    is for its owner's eyes only.

    Raises:
        RunError: The file can't be written.
    """
    mode = 0o600 if private else 0o666
    aside = path.with_name(f"{ASIDE_PREFIX}{secrets.token_hex(8)}{ASIDE_SUFFIX}")
    with telling(path, way_out):
        try:
            with open(aside, "xb", opener=partial(os.open, mode=mode)) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """Write to where the user points: a file is replaced whole, at the end of a link as well.

    What isn't a plain file, such as a pipe or ``/dev/stdout``, is written to as it is.

    Raises:
        RunError: It can't be written.
    """
    way_out = "name another file"
    with telling(path, way_out):
        is_special = path.exists() and not path.is_file()
        whole = replacing(Path(os.path.realpath(path)), way_out)
        with path.open("wb") if is_special else whole as file:
            yield file


@contextlib.contextmanager
def reading(path: Path) -> Iterator[BufferedReader[FileIO] | None]:
    """A file to read, None where there is none.

    Raises:
        RunError: It can't be read, or isn't a plain file.
    """
    if path.exists() and not path.is_file():
        # A pipe may never say anything.
        raise refused(OSError(errno.EISDIR, "it isn't a plain file"), path, "read")
    try:
        with BufferedReader(FileIO(path), _BLOCK) as file:
            yield file
    except (FileNotFoundError, NotADirectoryError):
        yield None
    except OSError as error:
        raise refused(error, path, "read") from error


def file_hash(path: Path) -> str | None:
    """SHA-256 of a file, None where there is none.

    Raises:
        RunError: It can't be read.
    """
    if not path.is_file():
        return None
    with reading(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if file else None


def put_aside(path: Path, *ours: str | None) -> None:
    """Keep a file that isn't as we left it, by its SHA-256, under a name of its own."""
    found = file_hash(path)
    if found in {None, *ours}:
        return
    names = (f"{path.stem}.edited{number or ''}{path.suffix}" for number in count())
    places = map(path.with_name, names)
    aside = next(one for one in places if not one.exists() or file_hash(one) == found)
    with telling(path):
        path.replace(aside)
    _LOG.warning("%s: isn't as the last run left it. It is kept as %s", path, aside.name)


def is_other_file(path: Path, beginning: bytes) -> bool:
    """Whether there is a file that has something in it, and doesn't begin as ours do.

    What isn't a plain file, such as a device or a pipe, is whatever the user made it.
    """
    first = b""
    with contextlib.suppress(OSError):  # it is told when it is opened
        if path.is_file():
            with path.open("rb") as file:
                first = file.readline(_BLOCK)
    return bool(first.strip()) and not first.startswith(beginning)


class Journal(contextlib.AbstractContextManager["Journal"]):
    """A file of JSON lines, open for appending by one process; it is created when absent.

    A last line that was torn by a kill is cut off on opening; one that only lacks its line break
    gets it. Each line is written by one system call, and reaches the disk within a second. The next
    one starts at byte ``size``.

    Raises:
        RunError: The file can't be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _telling(path):
            # Unbuffered: one write is one system call, and nothing waits in this process.
            self._file = os.fdopen(_open_itself(path), "ab+", buffering=0)
            try:
                _claim(self._file, path)
                self.size = _repair_tail(self._file)
            except BaseException:
                self._file.close()
                raise
        self._synced = time.monotonic()
        self._dirty = False
        self._fault: RunError | None = None

    def append(self, line: bytes) -> int:
        """Write a JSON object, without a line break, as one line; returns its byte offset.

        Raises:
            RunError: The disk is full or gone, or others wrote to the file. What we wrote before
                stays whole, as far as they left it.
        """
        self._check_size()
        whole = line + b"\n"
        try:
            self._write(whole)
        except OSError:
            with _telling(self._path):
                with contextlib.suppress(OSError):
                    self._file.truncate(self.size)
                raise
        offset, self.size = self.size, self.size + len(whole)
        self._dirty = True
        if self._fault or time.monotonic() - self._synced >= _SYNC_INTERVAL:
            self.sync()
            self.check_in_place()
        return offset

    def _write(self, rest: bytes) -> None:
        # A disk that runs full takes a part, and refuses the rest by an error on the next call.
        while rest:
            written = self._file.write(rest)
            if not written:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            rest = rest[written:]

    def blank(self, offsets: Iterable[int]) -> None:
        """Overwrite lines by spaces, so that the others stay where they are.

        Raises:
            RunError: The file can't be written.
        """
        with _telling(self._path), self._path.open("r+b") as file:
            for offset in offsets:
                file.seek(offset)
                length = len(file.readline().rstrip(b"\n"))
                file.seek(offset)
                file.write(b" " * length)
            file.flush()
            os.fsync(file.fileno())

    def sync(self) -> None:
        """Have the system put on disk what was appended; RunError where it can't."""
        if self._dirty:
            with _telling(self._path):
                os.fsync(self._file.fileno())
            self._dirty = False
        self._synced = time.monotonic()

    def _check_size(self) -> None:
        """Note where others wrote to the file; what they added is taken out again."""
        if (size := os.fstat(self._file.fileno()).st_size) == self.size:
            return
        self._fault = RunError(
            f"was changed by something else: it had {size:,} bytes, {self.size:,} were written",
            where=str(self._path),
            hint="Run the same command again: what is lost is made anew from what is there.",
        )
        self.size = min(size, self.size)
        with _telling(self._path):
            self._file.truncate(self.size)

    def check_in_place(self) -> None:
        """Make sure that what is written is still found under the file's name, and nothing else.

        Raises:
            RunError: The file, or a folder above it, was removed, moved, replaced or written to.
        """
        try:
            there = os.path.samestat(self._path.lstat(), os.fstat(self._file.fileno()))
        except OSError:
            there = False
        if not there:
            raise RunError(
                "was removed or replaced while it was written to",
                where=str(self._path),
                hint="Run the same command again; valid answers are in the cache, if that is on.",
            )
        self._check_size()
        if self._fault is not None:
            raise self._fault

    def __exit__(self, *_: object) -> None:
        """Sync and close."""
        self.close()

    def close(self) -> None:
        """Sync and close."""
        try:
            self.sync()
        finally:
            self._file.close()


def read_journal(path: Path, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """The whole lines of a journal from a byte offset on, each with its own.

    A torn last line is left out; a file that isn't there has none.

    Raises:
        RunError: The file can't be read.
    """
    with reading(path) as file:
        if file is None:
            return
        file.seek(start)
        offset = start
        for line in file:
            if line.endswith(b"\n"):
                yield offset, line[:-1]
            offset += len(line)


class Damage:
    """The lines of a run directory that can't be understood. Each costs itself alone, and is told.

    Attributes:
        places: Their byte offsets, by the name of their file.
        cut: What a file has lost at its end, in words, by its name.
    """

    def __init__(self) -> None:
        self.places: defaultdict[str, set[int]] = defaultdict(set)
        self.cut: dict[str, str] = {}

    def tell(self, path: Path, offset: int, why: str = "") -> None:
        """Take note of a line; the first ones of a file are named in the log, ``why`` behind it."""
        places = self.places[path.name]
        if offset in places:
            return
        places.add(offset)
        if len(places) <= _NAMED:
            _LOG.warning("%s: the line at byte %d is damaged, and is left out%s", path, offset, why)
        elif len(places) == _NAMED + 1:
            _LOG.warning("%s: more lines are damaged", path)


def understood(
    path: Path, understand: Callable[[bytes], _T], damage: Damage, start: int = 0
) -> Iterator[tuple[int, _T]]:
    """The lines of a file from a byte offset on as values, each with its own; not the blank ones.

    What makes a value of a line may raise a ``ValueError``, ``LookupError`` or ``TypeError``.
    """
    for offset, line in read_journal(path, start):
        if not line.strip():
            continue
        try:
            value = understand(line)
        except (ValueError, LookupError, TypeError):
            damage.tell(path, offset)
        else:
            yield offset, value


def _open_itself(path: Path) -> int:
    """Open a file for appending, and nothing that a link of its name leads to."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), 0o666)


def _claim(file: FileIO, path: Path) -> None:
    """Keep other processes from appending, also where somebody has removed the lock file."""
    # What would be changed under another name, too, may be no file of ours.
    if os.fstat(file.fileno()).st_nlink > 1:
        name = shlex.quote(str(path))
        raise RunError(
            "has another name, which is a hard link to it, so it isn't written to",
            where=str(path),
            hint=f"Give it a copy of its own: cp {name} {name}.new && mv {name}.new {name}",
        )
    if sys.platform == "win32":  # the lock file is all there is
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise in_use(path.parent) from None
    except OSError:
        # A file system without such locks still has the lock file.
        return


def in_use(folder: Path, then: str = AGAIN) -> RunError:
    """The error of a second process at the same folder, who waits, and what else there is."""
    told = "another process is writing this run"
    return RunError(told, where=str(folder), hint=f"Wait until it is done, {then}.")


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
