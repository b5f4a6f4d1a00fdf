"""One run, killed at random moments and started again until it is done; then the accounts.

    python -m benchmarks.kill --kills 20

Half of the kills come at any moment after the start, half at any moment after the first call.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.accounts import Accounts
from benchmarks.documents import write
from benchmarks.loopback import Loopback
from benchmarks.tools import TOOLS, Call, Installed

_POLL = 0.01
_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run and how it is killed.

    Attributes:
        documents: How many.
        concurrency: Requests at a time.
        latency: Of the server, in seconds.
        kills: How many at most; fewer when the run is done before.
        start_up: Seconds after the start within which a kill may come.
        seed: Of the moments.
    """

    documents: int
    concurrency: int
    latency: float
    kills: int
    start_up: float
    seed: int

    @property
    def span(self) -> float:
        """Seconds after the first call within which a kill may come."""
        return 2 * self.documents * self.latency / self.concurrency / (self.kills + 1)


@dataclass(frozen=True, slots=True)
class Survival:
    """What was left.

    Attributes:
        kills: That hit a running process.
        moments: Of each, in seconds after its start.
        exit_code: Of the last run, which nobody killed.
        accounts: Of the run directory.
        calls: That the server got.
        asked: Documents that it was asked about.
    """

    kills: int
    moments: tuple[float, ...]
    exit_code: int
    accounts: Accounts
    calls: int
    asked: int

    def checks(self, plan: Plan) -> Iterator[tuple[str, bool]]:
        """What has to hold, and whether it does."""
        books = self.accounts
        again = self.calls - self.asked
        yield f"the last run leaves with 0: {self.exit_code}", self.exit_code == 0
        yield (
            f"documents {books.documents} = records {books.records} + failures {books.failures}",
            books.documents == plan.documents == books.records + books.failures,
        )
        yield f"no document has two records: {books.duplicated} has", books.duplicated == 0
        yield f"answers {books.answers} ≤ calls {self.calls}", books.answers <= self.calls
        most = plan.concurrency * self.kills
        yield f"calls made again {again} ≤ in flight at {self.kills} kills {most}", again <= most


def play(plan: Plan, folder: Path) -> Survival:
    """Run, kill, run again."""
    ours = Installed.of(TOOLS[0], folder)
    documents = write(folder / "documents.jsonl", plan.documents)
    rng = random.Random(plan.seed)  # noqa: S311 - nothing secret
    moments: list[float] = []
    flags = ["--latency", str(plan.latency), "--documents", str(plan.documents)]
    with Loopback(flags) as server:
        call = Call(documents, server.base_url, plan.concurrency, None, folder)
        for _ in range(plan.kills):
            after = _killed(ours, call, server, _moment(plan, rng))
            if after is None:
                break
            moments.append(after)
        last = _start(ours, call)
        try:
            exit_code = last.wait(_PATIENCE)
        finally:
            last.kill()
        stats: dict[str, Any] = server.stats()
    accounts = Accounts.of(call.run)
    calls, asked = stats["calls"], stats["documents"]
    return Survival(len(moments), tuple(moments), exit_code, accounts, calls, asked)


def _moment(plan: Plan, rng: random.Random) -> tuple[bool, float]:
    """Whether to wait for the first call, and the seconds to wait then."""
    waits = rng.random() < 0.5
    return waits, rng.uniform(0, plan.span if waits else plan.start_up)


def _killed(
    ours: Installed, call: Call, server: Loopback, moment: tuple[bool, float]
) -> float | None:
    """Start a run and kill it; the seconds it had, None where it was done before."""
    waits, seconds = moment
    calls = server.stats()["calls"]
    started = time.monotonic()
    process = _start(ours, call)
    while waits and process.poll() is None and server.stats()["calls"] == calls:
        time.sleep(_POLL)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return time.monotonic() - started
    return None


def _start(ours: Installed, call: Call) -> subprocess.Popen[bytes]:
    with (call.folder / "output.txt").open("ab") as output:
        return subprocess.Popen(
            ours.command(call),
            cwd=call.folder,
            env=ours.environment(call),
            stdout=output,
            stderr=output,
        )


def main() -> None:
    """Run, kill, tell; leave with 1 where something doesn't hold."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.2, metavar="SECONDS")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--start-up", type=float, default=1.5, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    asked = (given.count, given.concurrency, given.latency, given.kills)
    plan = Plan(*asked, given.start_up, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        survival = play(plan, Path(folder))
        said = (Path(folder) / "output.txt").read_text(encoding="utf-8").strip()
    checks = list(survival.checks(plan))
    print(f"{survival.kills} kills, after {', '.join(f'{m:.2f}' for m in survival.moments)} s")
    for text, holds in checks:
        print(f"{'ok' if holds else 'WRONG'}: {text}")
    if not all(holds for _, holds in checks):
        print(said[-2000:], file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
