"""How many cores and how much memory this process may use, as far as the system tells."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class Machine:
    """What a model can have.

    Attributes:
        cores: Physical cores, those of its siblings not counted; at least 1.
        memory: Free bytes, None where the system doesn't tell.
    """

    cores: int
    memory: int | None


def this_machine(root: Path = _ROOT) -> Machine:
    """Look at the machine, and at the container that this process may be in.

    Args:
        root: Where ``/proc`` and ``/sys`` are.
    """
    return Machine(cores=_cores(root), memory=_memory(root))


def _cores(root: Path) -> int:
    allowed = _allowed()
    siblings = {
        text or str(number)
        for number in allowed
        for text in [_text(root / f"sys/devices/system/cpu/cpu{number}/topology/core_cpus_list")]
    }
    quota = _text(root / "sys/fs/cgroup/cpu.max").split()
    if len(quota) == 2 and quota[0].isdigit():
        return max(1, min(len(siblings), int(quota[0]) // int(quota[1])))
    return max(1, len(siblings))


def _allowed() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


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
