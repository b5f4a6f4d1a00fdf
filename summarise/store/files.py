"""The files of a run, and how a file is written: whole and in place of the old one, or not."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import IO

from summarise.errors import NoRoom, RunError

MANIFEST = "manifest.json"
DOCUMENTS = "documents.jsonl"
SKIPPED = "skipped.jsonl"
ANSWERS = "answers.jsonl"
RECORDS = "records.jsonl"
FAILURES = "failures.jsonl"
TABLE = "table.md"
LOCK = ".lock"

OWN = frozenset({MANIFEST, DOCUMENTS, SKIPPED, ANSWERS, RECORDS, FAILURES, TABLE, LOCK})
"""All files that a run writes in its directory."""

ASIDE_PREFIX, ASIDE_SUFFIX = ".summarise-", ".new"
"""The name of a file that is being written begins and ends so; only a kill leaves one behind."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextlib.contextmanager
def telling(
    path: Path, hint: str = "Make room, or choose another folder with -o."
) -> Iterator[None]:
    """Tell in one line, by a RunError, what the system refused; NoRoom where the disk is full."""
    try:
        yield
    except OSError as error:
        kind = NoRoom if error.errno in _FULL else RunError
        raise kind(f"can't be written ({error.strerror})", where=str(path), hint=hint) from error


@contextlib.contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """Write a file aside and put it in place when all is written; on an error nothing changes.

    What stands at the path is replaced itself: a link there is never followed. One that is private
    is for its owner's eyes only.

    Raises:
        RunError: The file can't be written.
    """
    mode = 0o600 if private else 0o666
    aside = path.with_name(f"{ASIDE_PREFIX}{secrets.token_hex(8)}{ASIDE_SUFFIX}")
    with telling(path):
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
    if path.exists() and not path.is_file():
        with telling(path), path.open("wb") as file:
            yield file
    else:
        with replacing(Path(os.path.realpath(path))) as file:
            yield file


def size_of(path: Path) -> int:
    """Bytes of a file; one that isn't there has none."""
    return path.stat().st_size if path.exists() else 0


@contextlib.contextmanager
def reading(path: Path) -> Iterator[BufferedReader | None]:
    """A file to read, None where there is none.

    Raises:
        RunError: It can't be read, or isn't a plain file.
    """
    if path.exists() and not path.is_file():
        # A pipe may never say anything.
        raise RunError("can't be read (it isn't a plain file)", where=str(path))
    try:
        with path.open("rb") as file:
            yield file
    except (FileNotFoundError, NotADirectoryError):
        yield None
    except OSError as error:
        raise RunError(f"can't be read ({error.strerror})", where=str(path)) from error


def file_hash(path: Path) -> str | None:
    """SHA-256 of a file, None where there is none.

    Raises:
        RunError: It can't be read.
    """
    if not path.is_file():
        return None
    with reading(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if file else None


_NETWORK_FILESYSTEMS = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "lustre", "beegfs", "gpfs", "fuse.sshfs")
)


def network_filesystem(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """The type of the network file system that a folder is on, None where it's local or unknown.

    Args:
        folder: An absolute path.
        mounts: The kernel's list, on Linux; elsewhere there is none, and nothing is known.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    points: dict[Path, str] = {}
    for line in lines:
        _, point, mounted, *_ = line.split(" ")
        # Blanks and backslashes in a mount point are written as octal numbers: see getmntent(3).
        points[Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), point))] = mounted
    real = folder.resolve()
    kind = next((points[point] for point in (real, *real.parents) if point in points), None)
    return kind if kind in _NETWORK_FILESYSTEMS else None
