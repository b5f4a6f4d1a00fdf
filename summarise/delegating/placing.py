"""The shards of a plan, placed by Ray on the machines of a cluster.

Ray says where there is room; who works on what, the leases say. So nothing rests on Ray's memory:
a worker, a machine or the driver may die, and the next driver finds in the folder what is left. A
shard is worked on by a process of its own, which takes keys from the environment of its machine.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from summarise.delegating.plan import Shard, ShardPlan
from summarise.delegating.standing import Lease, is_done
from summarise.errors import EndpointError, SettingsError

LOCAL = "local"
"""The address of a Ray of this machine's own, that begins and ends with the run."""

_LOOK = 2.0
_TRIES = 20
_TOLD = 2000


def place_shards(
    folder: Path,
    plan: ShardPlan,
    flags: Sequence[str],
    *,
    address: str,
    workers: int | None,
    tell: Callable[[str], object],
) -> int:
    """Have all shards worked on; returns the exit code: 0 all done, 3 stopped, 1 else.

    The flags are those of ``summarise run`` for each shard; ``--rpm`` and ``--tpm`` hold for all
    together. The address is that of a cluster, ``auto``, or ``local``; of workers there are as many
    as the cluster has CPUs where nothing is said. A line about each shard is for ``tell``.

    Raises:
        SettingsError: Ray isn't installed, or can't be reached.
    """
    ray, folder = _connect(address), folder.resolve()

    def most() -> int:
        """Shards at a time, now: machines come and go."""
        cpus = int(ray.cluster_resources().get("CPU", 1))
        return max(1, min(workers or cpus, len(plan.shards)))

    left = deque(one for one in plan.shards if not is_done(folder, one))
    running: dict[Any, Shard] = {}
    tries: Counter[str] = Counter()
    is_stopped = False
    try:
        shared = _shared(flags, most())
        work = ray.remote(num_cpus=1, max_retries=0)(work_on)
        while running or (left and not is_stopped):
            while left and not is_stopped and len(running) < most():
                shard = left.popleft()
                tries[shard.name] += 1
                running[work.remote(str(folder), shard.name, shared)] = shard
            ready, _ = ray.wait(list(running), num_returns=1, timeout=_LOOK)
            for one in ready:
                shard = running.pop(one)
                try:
                    code, told = ray.get(one)
                except ray.exceptions.RayError as error:
                    # Its worker or machine is gone; what was answered is in its folder.
                    code, told = None, type(error).__name__
                if is_done(folder, shard):
                    tell(f"{shard.name}: done")
                    continue
                tell(f"{shard.name}: {told.strip().splitlines()[-1] if told.strip() else code}")
                # The endpoint or a cap stopped it, so it would stop the others.
                is_stopped = is_stopped or code == EndpointError.exit_code
                if code is None and tries[shard.name] < _TRIES:
                    left.append(shard)
    finally:
        ray.shutdown()
    if all(is_done(folder, one) for one in plan.shards):
        return 0
    return EndpointError.exit_code if is_stopped else 1


def _connect(address: str) -> Any:
    try:
        import ray  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SettingsError(
            "needs the package ray", where="--ray", hint="pip install 'summarise-abstracts[ray]'"
        ) from error
    is_local = address == LOCAL
    try:
        ray.init(
            None if is_local else address,
            log_to_driver=False,
            include_dashboard=False if is_local else None,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SettingsError(
            f"no cluster answers: {told}", where=f"--ray {address}", hint="Is `ray start` done?"
        ) from error
    return ray


def work_on(folder: str, name: str, flags: Sequence[str]) -> tuple[int, str]:
    """Work on a shard where Ray has placed this; returns the exit code and what was told."""
    path = Path(folder)
    lease = Lease(path, name)
    command = [sys.executable, "-m", "summarise", "run", str(path / name), *flags]
    while True:
        # A process whose worker was killed may still be at it: it isn't disturbed.
        while lease.is_taken:
            time.sleep(_LOOK)
        ended = subprocess.run(  # noqa: S603 - our own
            command, capture_output=True, check=False, text=True, errors="replace"
        )
        if ended.returncode != SettingsError.exit_code or not lease.is_taken:
            return ended.returncode, ended.stderr[-_TOLD:]


def _shared(flags: Sequence[str], workers: int) -> list[str]:
    """The flags of one worker, of rates its part."""
    shared: list[str] = []
    for at, flag in enumerate(flags):
        before = flags[at - 1] if at else ""
        shared.append(f"{float(flag) / workers:g}" if before in {"--rpm", "--tpm"} else flag)
    return shared
