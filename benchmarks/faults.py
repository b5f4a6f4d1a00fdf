"""The fault mix over several seeds: our wall against a scheduler without pauses, and the accounts.

    python -m benchmarks.faults --seeds 1,2,3,4,5

The scheduler is that of ``simulate.py``, on the same faults. The accounts come from the run
directory and from the server: nothing lost, nothing twice, no valid answer paid twice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks import simulate
from benchmarks.accounts import Accounts
from benchmarks.documents import write
from benchmarks.fault_mix import USUAL, FaultMix
from benchmarks.loopback import Loopback
from benchmarks.measure import measured
from benchmarks.simulate import Patience
from benchmarks.tables import figure, machine, table, times
from benchmarks.tools import TOOLS, Call, Installed


@dataclass(frozen=True, slots=True)
class Seeded:
    """What came of one seed.

    Attributes:
        seed: Of the faults.
        asking: Seconds from the first arrival to the end of the last call, None without a call.
        simulated: Of the scheduler without pauses.
        accounts: Of the run directory.
        calls: That the server got.
        needed: Calls that the faults make necessary.
        paid_twice: Documents with more than one valid answer sent.
        exit_code: Of the run; 1 where documents failed.
    """

    seed: int
    asking: float | None
    simulated: float
    accounts: Accounts
    calls: int
    needed: int
    paid_twice: int
    exit_code: int

    def is_kept(self) -> bool:
        """Whether nothing was lost, doubled or paid twice."""
        books = self.accounts
        return self.exit_code in {0, 1} and not (books.lost or books.duplicated or self.paid_twice)


def play(count: int, mix: FaultMix, patience: Patience, folder: Path) -> Seeded:
    """Run ours on one seed."""
    folder.mkdir(parents=True)
    ours = Installed.of(TOOLS[0], folder)
    documents = write(folder / "documents.jsonl", count)
    flags = ["--latency", str(patience.latency), "--documents", str(count), *mix.flags()]
    with Loopback(flags) as server:
        call = Call(documents, server.base_url, patience.concurrency, patience.timeout, folder)
        cost = measured(ours.command(call), cwd=folder, env=ours.environment(call))
        stats, answered = server.stats(), server.per_document()
    return Seeded(
        seed=mix.seed,
        asking=stats["wall"],
        simulated=simulate.wall(count, mix, patience),
        accounts=Accounts.of(call.run),
        calls=stats["calls"],
        needed=sum(len(simulate.steps(number, mix, patience)) for number in range(count)),
        paid_twice=sum(answers > 1 for _, answers in answered.values()),
        exit_code=cost.exit_code,
    )


def report(found: list[Seeded], count: int, patience: Patience) -> Iterator[str]:
    """The table, and whether the accounts are right."""
    yield f"{machine()}."
    yield (
        f"{count} documents, {patience.concurrency} at a time, {patience.latency:g} s each, "
        f"timeout {patience.timeout:g} s; {USUAL.told()}."
    )
    yield ""
    header = ["seed", "wall s", "simulated s", "of simulated", "records", "failures", "lost"]
    header += ["duplicated", "calls", "needed", "paid twice"]
    yield from table(header, map(_cells, found))
    ratios = [s.asking / s.simulated for s in found if s.asking is not None]
    yield ""
    if ratios:
        yield f"Wall: {median(ratios):.2f} × simulated in the median, {max(ratios):.2f} × at most."
    yield "Accounts: right." if all(s.is_kept() for s in found) else "Accounts: WRONG."


def _cells(seeded: Seeded) -> list[str]:
    books = seeded.accounts
    counts = [books.records, books.failures, books.lost, books.duplicated]
    counts += [seeded.calls, seeded.needed, seeded.paid_twice]
    ratio = times(seeded.asking, seeded.simulated)
    walls = [figure(seeded.asking), figure(seeded.simulated), ratio]
    return [str(seeded.seed), *walls, *map(str, counts)]


def main() -> None:
    """Run all seeds; leave with 1 where the accounts are wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.2, metavar="SECONDS")
    parser.add_argument("--timeout", type=float, default=10.0, metavar="SECONDS")
    given = parser.parse_args()
    patience = Patience(given.concurrency, given.latency, given.timeout)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in map(int, given.seeds.split(",")):
            print(f"seed {seed}", file=sys.stderr, flush=True)
            mix = replace(USUAL, seed=seed)
            found.append(play(given.count, mix, patience, Path(folder) / str(seed)))
    sys.stdout.writelines(f"{line}\n" for line in report(found, given.count, patience))
    sys.exit(not all(seeded.is_kept() for seeded in found))


if __name__ == "__main__":
    main()
