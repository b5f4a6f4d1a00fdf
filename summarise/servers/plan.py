"""How a model is served: context, slots and threads, by the model and the machine."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from summarise.servers.gguf import ModelFile

# The prompt takes about 1,250 tokens, a long abstract 1,000, the longest answer 4,096.
_CONTEXT = 8192
_LEAST_CONTEXT = 4096
_CORES_PER_SLOT = 2
_MOST_SLOTS = 4
# Beside weights and KV cache: compute buffers, the vocabulary, Python.
_OVERHEAD = 400 * 2**20
_LOG = logging.getLogger("summarise")


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What a user may say about a local model; None leaves it to ``plan_server``.

    Attributes:
        model: A GGUF file; of a model in parts, the first.
        context: Tokens of context for each slot.
        slots: Documents at the same time.
        port: On 127.0.0.1; 0 lets the system choose a free one.
        alias: Model id in requests and records, None for the file's name.
        key: What a request has to show, None for a random one, empty for none.
    """

    model: Path
    context: int | None = None
    slots: int | None = None
    threads: int | None = None
    port: int = 0
    alias: str | None = None
    key: str | None = None

    @property
    def model_id(self) -> str:
        """Model id in requests and records."""
        return self.alias or self.model.stem


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model is served: tokens of context for each slot, documents at the same time, bytes."""

    context: int
    slots: int
    threads: int
    memory: int | None


def plan_server(options: ServeOptions, model: ModelFile, machine: Machine) -> Plan:
    """Choose what the options leave open, and warn of what won't work well."""
    room = None if machine.memory is None else machine.memory - model.size - _OVERHEAD
    context = options.context or _context(model, room)
    slots = options.slots or _slots(model, machine, room, context)
    needed = None
    if model.cache_bytes is not None:
        needed = model.size + _OVERHEAD + context * slots * model.cache_bytes
    _warn(options, model, needed, machine.memory)
    return Plan(context, slots, options.threads or machine.cores, needed)


def _context(model: ModelFile, room: int | None) -> int:
    """The longest that is useful, that the model knows, and that fits."""
    context = min(_CONTEXT, model.trained_context or _CONTEXT)
    if room is None or model.cache_bytes is None:
        return context
    fits = room // model.cache_bytes // 256 * 256
    return min(context, max(fits, min(_LEAST_CONTEXT, context)))


def _slots(model: ModelFile, machine: Machine, room: int | None, context: int) -> int:
    slots = max(1, min(_MOST_SLOTS, machine.cores // _CORES_PER_SLOT))
    if room is None or model.cache_bytes is None:
        return slots
    return max(1, min(slots, room // (context * model.cache_bytes)))


def _warn(options: ServeOptions, model: ModelFile, needed: int | None, free: int | None) -> None:
    trained = model.trained_context
    if options.context and trained and options.context > trained:
        _LOG.warning(
            "%s: trained for a context of %d tokens; its answers may suffer beyond it",
            model.path.name,
            trained,
        )
    least = needed or model.size
    if free is not None and least > free:
        _LOG.warning(
            "%s: needs about %.1f GB of memory, and %.1f GB are free: it may be very slow or be "
            "stopped; a smaller model or quantisation, or --context, takes less",
            model.path.name,
            least / 1e9,
            free / 1e9,
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """What a model can have: physical cores, at least 1, and free bytes; None isn't told."""

    cores: int
    memory: int | None


def this_machine(root: Path = Path("/")) -> Machine:
    """Look at the machine, and at the container that this process may be in."""
    return Machine(cores=_cores(root), memory=_memory(root))


def _cores(root: Path) -> int:
    has_affinity = hasattr(os, "sched_getaffinity")
    allowed = os.sched_getaffinity(0) if has_affinity else range(os.cpu_count() or 1)
    siblings = {
        text or str(number)
        for number in allowed
        for text in [_text(root / f"sys/devices/system/cpu/cpu{number}/topology/core_cpus_list")]
    }
    quota = _text(root / "sys/fs/cgroup/cpu.max").split()
    if len(quota) == 2 and quota[0].isdigit():
        return max(1, min(len(siblings), int(quota[0]) // int(quota[1])))
    return max(1, len(siblings))


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
