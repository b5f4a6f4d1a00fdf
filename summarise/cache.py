"""Answers that were paid for, kept on disk as text under a hash of all that could change them."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, Self

import diskcache
from diskcache.core import MODE_BINARY, MODE_RAW, MODE_TEXT, UNKNOWN

_log = logging.getLogger("summarise")

_BATCH = 64
_LOCK_WAIT = 5.0
_SETTINGS = {
    # Nothing is ever dropped: each answer costs money to get again.
    "eviction_policy": "none",
    "cull_limit": 0,
    # A 64 MiB map and a 32 MiB page cache, the defaults, would double the memory of a run.
    "sqlite_mmap_size": 0,
    "sqlite_cache_size": 2048,
    "sqlite_synchronous": 1,
}
_FILE_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")
_NETWORK_FILESYSTEMS = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "lustre", "beegfs", "gpfs", "fuse.sshfs")
)


class AnswerCache:
    """A folder of answers. Whatever is wrong with it is warned of once and never stops a run.

    Answers are written behind, up to 64 in one transaction. Several processes can share a folder;
    one object belongs to one thread.

    Args:
        folder: Where it lives; created, for this user only, if it isn't there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._pending: dict[str, str] = {}
        self._has_refused = False
        self._cache: Any = None
        with self._skipped_when_broken():
            self._cache = _open(self._folder)
            if kind := network_filesystem(self._folder):
                _log.warning(
                    "%s is on a network file system (%s), where SQLite isn't safe: "
                    "choose a local folder with --cache-dir",
                    self._folder,
                    kind,
                )

    def get(self, key: str) -> str | None:
        """The text that was put under this key, None where there is none."""
        if key in self._pending:
            return self._pending[key]
        try:
            return self._read(key)
        except Exception as error:  # noqa: BLE001 - a broken cache can raise anything, and mustn't
            self._give_up(error)
            return None

    def put(self, key: str, text: str) -> None:
        """Keep a text. It reaches the disk with the next flush."""
        if self._cache is None:
            return
        self._pending[key] = text
        if len(self._pending) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what is pending, in one transaction."""
        if self._pending and self._cache is not None:
            with self._skipped_when_broken(), self._cache.transact():
                for key, text in self._pending.items():
                    self._cache.set(key, text)
        self._pending.clear()

    def close(self) -> None:
        """Flush and let go of the folder. Nothing is found or kept after that."""
        self.flush()
        cache, self._cache = self._cache, None
        if cache is not None:
            cache.close()

    def __enter__(self) -> Self:
        """Open since it was made."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it, after whatever happened."""
        self.close()

    def _read(self, key: str) -> str | None:
        try:
            value = self._cache.get(key) if self._cache is not None else None
        except _Refused as refusal:
            self._warn_refused(refusal)
            return None
        return value if isinstance(value, str) else None

    @contextmanager
    def _skipped_when_broken(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - as above
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Warn, and go on without a cache: nothing later tries it, so nothing warns again."""
        is_locked = isinstance(error, diskcache.Timeout)
        reason = "another process keeps it locked" if is_locked else error or type(error).__name__
        _log.warning(
            "the answer cache in %s can't be used (%s), so this run goes on without it: "
            "delete the folder, choose another with --cache-dir, or use --no-cache",
            self._folder,
            " ".join(str(reason).split()),
        )
        cache, self._cache = self._cache, None
        self._pending.clear()
        if cache is not None:
            cache.close()

    def _warn_refused(self, refusal: _Refused) -> None:
        if not self._has_refused:
            self._has_refused = True
            _log.warning(
                "the answer cache in %s holds something that isn't ours (%s), which is not read: "
                "delete the folder",
                self._folder,
                refusal,
            )


class _Refused(Exception):
    """A row of the cache that only somebody else can have written."""


class _TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Stores and reads text alone: a pickle in the cache is never loaded (CVE-2025-69872)."""

    def put(self, key: object) -> Any:
        _demand_text(key)
        return super().put(key)

    def get(self, key: object, raw: bool) -> Any:
        if not raw:
            raise _Refused("a pickled key")
        return super().get(key, raw)

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> Any:
        _demand_text(value)
        return super().store(value, read, key=key)

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> Any:
        if mode not in (MODE_RAW, MODE_TEXT, MODE_BINARY):
            raise _Refused("a pickled value")
        if filename is not None and not _is_ours(filename):
            raise _Refused("a file outside of the folder")
        if filename is None and not isinstance(value, str | bytes):
            raise _Refused("a value that isn't text")
        return super().fetch(mode, filename, value, read)

    def remove(self, file_path: str) -> None:
        if _is_ours(file_path):
            super().remove(file_path)


def _demand_text(value: object) -> None:
    if not isinstance(value, str | bytes):
        raise TypeError(f"the cache keeps text, not {type(value).__name__}")


def _is_ours(filename: str) -> bool:
    """Whether a file's name is one that diskcache gives: 32 hexadecimal digits in two folders."""
    return _FILE_NAME.fullmatch(PurePath(filename).as_posix()) is not None


def _open(folder: Path) -> diskcache.Cache:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # diskcache waits a minute for each of its first statements, and where one fails it leaves the
    # database open; trying a write first fails soon, and cleanly.
    database = sqlite3.connect(folder / "cache.db", timeout=_LOCK_WAIT, isolation_level=None)
    with closing(database) as probe:
        probe.execute("BEGIN IMMEDIATE")
        probe.execute("PRAGMA user_version = 0")
        probe.execute("ROLLBACK")
    return diskcache.Cache(str(folder), timeout=_LOCK_WAIT, disk=_TextDisk, **_SETTINGS)


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
    real = folder.resolve()
    points: dict[Path, str] = {}
    for line in lines:
        _, point, mounted, *_ = line.split(" ")
        # Blanks and backslashes in a mount point are written as octal numbers: see getmntent(3).
        points[Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), point))] = mounted
    nearest = next((point for point in (real, *real.parents) if point in points), None)
    kind = points[nearest] if nearest else None
    return kind if kind in _NETWORK_FILESYSTEMS else None
