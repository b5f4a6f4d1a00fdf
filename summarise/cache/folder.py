"""The folder of the cache: how it is opened, and which files in it are ours."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import diskcache

from summarise.cache.disk import TextDisk, is_our_file

DATABASE = "cache.db"
LOCK_WAIT = 5.0
"""Seconds that a statement waits for another process."""

_SETTINGS = {
    # Nothing is ever dropped: each answer costs money to get again.
    "eviction_policy": "none",
    "cull_limit": 0,
    # A 64 MiB map and a 32 MiB page cache, the defaults, would double the memory of a run.
    "sqlite_mmap_size": 0,
    "sqlite_cache_size": 256,
    "sqlite_synchronous": 1,
}
_NETWORK_FILESYSTEMS = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "lustre", "beegfs", "gpfs", "fuse.sshfs")
)


def open_cache(folder: Path) -> diskcache.Cache:
    """Open a folder to read and to write; it is made, for this user only, if it isn't there.

    Raises:
        OSError: The folder can't be made.
        sqlite3.Error: The database can't be used.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # diskcache waits a minute for each of its first statements, and where one fails it leaves the
    # database open; trying a write first fails soon, and cleanly.
    database = sqlite3.connect(folder / DATABASE, timeout=LOCK_WAIT, isolation_level=None)
    with closing(database) as probe:
        probe.execute("BEGIN IMMEDIATE")
        probe.execute("PRAGMA user_version = 0")
        probe.execute("ROLLBACK")
    return diskcache.Cache(str(folder), timeout=LOCK_WAIT, disk=TextDisk, **_SETTINGS)


def database_files(folder: Path) -> Iterator[Path]:
    """The database and the files that SQLite puts beside it, as far as they are there."""
    for end in ("", "-wal", "-shm", "-journal"):
        path = folder / f"{DATABASE}{end}"
        if path.is_file():
            yield path


def text_files(folder: Path) -> Iterator[Path]:
    """The files of long answers."""
    for path in folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*.val"):
        if is_our_file(path.relative_to(folder).as_posix()):
            yield path


def bytes_on_disk(folder: Path) -> int:
    """Size of all that is ours in a folder, in bytes."""
    # What ends in -shm is memory that processes share, and goes with the last of them.
    paths = [path for path in database_files(folder) if not path.name.endswith("-shm")]
    sizes = []
    for path in (*paths, *text_files(folder)):
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:  # another process may remove one meanwhile
            continue
    return sum(sizes)


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
