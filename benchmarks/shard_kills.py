"""Shards placed by Ray, whose workers, nodes and drivers are killed; then the accounts.

    python -m benchmarks.shard_kills --shards 50 --kills 20

Needs the extra ``ray``. The merged records are held against those of one run that nobody killed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.accounts import Accounts
from benchmarks.documents import write
from benchmarks.loopback import Loopback
from benchmarks.tools import read_lines

_PATIENCE = 600.0
_CONCURRENCY = 4
_VICTIMS = ("worker", "node", "driver", "worker", "worker")


@dataclass(frozen=True, slots=True)
class Toll:
    """What was killed, and what came of it.

    Attributes:
        kills: That hit something, by what it was.
        calls: That the server got.
        asked: Documents that it was asked about.
        accounts: Of the merged run.
        unlike: Documents whose record isn't that of a run which nobody killed.
    """

    kills: dict[str, int]
    calls: int
    asked: int
    accounts: Accounts
    unlike: int

    def faults(self, documents: int) -> Iterator[str]:
        """What doesn't hold."""
        books, again = self.accounts, self.calls - self.asked
        if not books.documents == books.records == self.asked == documents:
            yield f"{documents} documents, {self.asked} asked about, {books}"
        most = 2 * _CONCURRENCY * sum(self.kills.values())
        if again > most:
            yield f"{again} calls made again, at most {most} were in flight at the kills"
        if books.duplicated or books.lost:
            yield f"lost or doubled: {books}"
        if self.unlike:
            yield f"{self.unlike} records differ from those of a run that nobody killed"


def play(documents: int, shards: int, kills: int, seed: int, folder: Path) -> Toll:
    """Run, kill, run again, merge."""
    from ray.cluster_utils import Cluster  # noqa: PLC0415 - an extra

    os.environ["RAY_AUTH_MODE"] = "disabled"
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    source = write(folder / "documents.jsonl", documents)
    size = -(-documents // shards)
    _summarise(folder, "shard", source, "--size", size, "-o", "plan")
    done = dict.fromkeys(_VICTIMS, 0)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    nodes = [cluster.add_node(num_cpus=1)]
    try:
        with Loopback(["--latency", "0.1", "--documents", str(documents)]) as server:
            flags = ("--model", "invented-1", "--base-url", server.base_url, "--no-cache")
            paced = (*flags, "--concurrency", _CONCURRENCY)
            command = ("run", "plan", "--ray", cluster.address, *paced)
            driver = _start(folder, *command)
            for left, victim in zip(range(kills, 0, -1), cycle(_VICTIMS), strict=False):
                before = server.stats()["calls"]
                # So much of the work is left behind it that the other kills hit something, too.
                after = chance.randint(1, max(1, (documents - before) // (left + 1)))
                while server.stats()["calls"] <= before + after and driver.poll() is None:
                    time.sleep(0.05)
                if driver.poll() is not None:
                    break
                done[victim] += 1
                if victim == "worker":
                    while not _kill_workers() and driver.poll() is None:
                        time.sleep(0.05)
                elif victim == "node":
                    cluster.remove_node(nodes.pop(), allow_graceful=False)
                    nodes.append(cluster.add_node(num_cpus=1))
                else:
                    driver.kill()
                    driver.communicate()
                    driver = _start(folder, *command)
            driver.communicate(timeout=_PATIENCE)
            for _ in range(5):
                if driver.returncode == 0:
                    break
                driver = _start(folder, *command)
                driver.communicate(timeout=_PATIENCE)
            stats: dict[str, Any] = server.stats()
            _summarise(folder, "run", source, *paced, "-q", "-o", "alone")
    finally:
        with suppress(Exception):
            cluster.shutdown()
    _summarise(folder, "merge", "plan", "-o", "merged")
    unlike = sum(one != other for one, other in _pairs(folder / "merged", folder / "alone"))
    accounts = Accounts.of(folder / "merged")
    return Toll(done, stats["calls"], stats["documents"], accounts, unlike)


def _pairs(one: Path, other: Path) -> Iterator[tuple[Any, Any]]:
    """The records of each document, without times, attempts, latency and cost."""
    left, right = (
        {line["doc_id"]: json.dumps({**line, "provenance": None}) for line in read_lines(run)}
        for run in (one / "records.jsonl", other / "records.jsonl")
    )
    for name in left.keys() | right.keys():
        yield left.get(name), right.get(name)


def _start(folder: Path, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "summarise", *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _summarise(folder: Path, *arguments: object) -> None:
    process = _start(folder, *arguments)
    _, told = process.communicate(timeout=_PATIENCE)
    if process.returncode:
        raise RuntimeError(f"{arguments[0]}: {told.decode()}")


def _kill_workers() -> int:
    """Kill the workers of Ray that work on a shard; returns how many there were."""
    killed = 0
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if place.read_bytes().startswith(b"ray::work_on"):
                os.kill(int(place.parent.name), signal.SIGKILL)
                killed += 1
    return killed


def main() -> None:
    """Play, and leave with 1 where something didn't hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--shards", type=int, default=50)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        toll = play(given.documents, given.shards, given.kills, given.seed, Path(folder))
    print(f"{given.documents:,} documents in {given.shards} shards, killed: {toll.kills}")
    print(f"{toll.calls:,} calls for {toll.asked:,} documents, {time.monotonic() - started:.0f} s")
    wrong = list(toll.faults(given.documents))
    for told in wrong:
        print(f"NOT: {told}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
