"""A run directory that goes: the files that a run makes, and nothing else that lies there."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from summarise.errors import RunError, refused
from summarise.store.files import (
    ASIDE_PREFIX,
    ASIDE_SUFFIX,
    BY_PEOPLE,
    LOCK,
    MANIFEST,
    OWN,
    READ,
    in_use,
    telling,
)
from summarise.store.manifest import load_manifest
from summarise.store.orders import ORDER_PREFIX
from summarise.store.writer import NEXT

_WAY_OUT = "remove it by hand"


@dataclass(frozen=True, slots=True)
class Removed:
    """What went of a run directory, and what lies there still: files that no run makes."""

    files: int
    left: tuple[str, ...]


def is_at_work(path: Path) -> bool:
    """Whether a process is writing a run now; False where that can't be told.

    Its lock is taken for a moment, and made by nobody who only looks.
    """
    if not (path / LOCK).is_file():
        return False
    try:
        with FileLock(path / LOCK, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # of another user, say
        return False


def check_removable(path: Path) -> None:
    """Make sure that a path is a run directory, and that nobody writes it.

    Raises:
        RunError: It is a link, isn't a run directory, or is in use.
    """
    if path.is_symlink():
        raise RunError(
            "is a link, and what it leads to isn't removed through it",
            where=str(path),
            hint=f"Name the folder itself: {os.path.realpath(path)}",
        )
    if not path.is_dir() or not (path / MANIFEST).is_file() or load_manifest(path) is None:
        raise RunError(
            "isn't a run directory: it has no manifest.json" if path.exists() else "isn't there",
            where=str(path),
            hint="`summarise runs` lists those in outputs.",
        )
    if is_at_work(path):
        raise in_use(path)


def work_in(path: Path) -> list[str]:
    """The files in a run directory that hold what people have done."""
    there = (path / name for name in BY_PEOPLE)
    return [one.name for one in there if one.is_file() and one.stat().st_size]


def remove_run(path: Path, pages: Iterable[str] = (), *, takes_work: bool = False) -> Removed:
    """Remove the files of a run, and its directory where nothing else is in it.

    Of what else lies there the ``pages`` go, too, which were made of the run; what people have done
    goes where that is wanted, as nothing makes it again. The manifest goes last, so that what was
    cut off can be done again; a link goes itself.

    Raises:
        RunError: As ``check_removable``, or a file can't be removed.
    """
    check_removable(path)
    files = 0
    with telling(path, _WAY_OUT):
        lock = FileLock(path / LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:  # an OSError too
            raise in_use(path) from None
        try:
            kept = () if takes_work else work_in(path)
            own = (one for one in _own_files(path, pages) if one.name not in kept)
            for file in sorted(own, key=lambda one: one.name == MANIFEST):
                file.unlink()
                files += 1
        finally:
            lock.release()
        (path / LOCK).unlink(missing_ok=True)
        left = tuple(sorted(one.name for one in path.iterdir()))
        if not left:
            _remove_folder(path)
    return Removed(files, left)


def _own_files(path: Path, pages: Iterable[str]) -> list[Path]:
    """What a run makes, what is made of it, and what one leaves behind that was killed."""
    ours = (OWN - {LOCK}) | {f"{name}{NEXT}" for name in READ} | set(pages)
    left = {*path.glob(f"{ASIDE_PREFIX}*{ASIDE_SUFFIX}"), *path.glob(f"{ORDER_PREFIX}*")}
    there = (one for one in path.iterdir() if one.name in ours or one in left)
    return [one for one in there if one.is_symlink() or one.is_file()]


def _remove_folder(path: Path) -> None:
    try:
        Path(os.path.realpath(path)).rmdir()  # no system removes "."
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:  # something came meanwhile
            raise refused(error, path, "removed") from None
