"""Many documents: CPU of a cold run, reruns, and memory that must not grow with their number.

    python -m benchmarks.scale

A cold run of ``--medium`` documents by ours and by a plain openai loop; a cold run of ``--large``
by ours, run again in the same directory, and in a new one from the cache; memory at ``--small``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.compare import note
from benchmarks.documents import write
from benchmarks.loopback import ROOT, Loopback
from benchmarks.measure import Cost, measured
from benchmarks.rounds import Outcome, Round, play
from benchmarks.tables import figure, machine, table
from benchmarks.tools import TOOLS, Call, Installed, NotInstalled, Tool


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement.

    Attributes:
        what: That was measured.
        documents: How many.
        cost: Of the command.
        calls: That the server got meanwhile.
        lost: Documents without a record afterwards.
    """

    what: str
    documents: int
    cost: Cost
    calls: int
    lost: int

    @property
    def cpu(self) -> float:
        """CPU milliseconds a document."""
        return 1000 * self.cost.cpu / self.documents

    def cells(self) -> list[str]:
        """For the table."""
        cost = self.cost
        figures = [figure(cost.wall), figure(self.documents / cost.wall, 0), figure(self.cpu)]
        counts = [figure(cost.rss, 0), str(self.calls), str(self.lost)]
        return [self.what, f"{self.documents:,}", *figures, *counts]


def cold(ready: Installed, task: Round, folder: Path) -> Line:
    """A run from nothing."""
    note(f"{ready.tool.name}: cold, {task.documents} documents")
    outcome: Outcome = play(ready, task, folder)
    what = f"{ready.tool.name} {ready.version}, cold"
    return Line(what, task.documents, outcome.cost, outcome.calls, outcome.lost)


def reruns(ours: Installed, task: Round, folder: Path) -> Iterator[Line]:
    """A cold run, the same again, and one in another directory that has but the cache."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    documents = write(folder / "documents.jsonl", task.documents)
    flags = ["--latency", str(task.latency), "--documents", str(task.documents)]
    with Loopback(flags) as server:
        first = Call(documents, server.base_url, task.concurrency, None, folder)
        for what, call in (
            ("cold", first),
            ("again, same directory", first),
            ("again, new directory, from the cache", replace(first, name="new")),
        ):
            note(f"ours: {what}, {task.documents} documents")
            server.reset()
            cost = measured(ours.command(call), cwd=folder, env=ours.environment(call), limit=3600)
            lost = task.documents - len(set(ours.made(call)))
            calls = server.stats()["calls"]
            yield Line(f"ours, {what}", task.documents, cost, calls, lost)


def plain_loop(task: Round, work: Path) -> Line | None:
    """The plain openai loop, None where it can't be installed."""
    tool: Tool = next(tool for tool in TOOLS if tool.name == "openai")
    try:
        ready = Installed.of(tool, work / "environments")
    except NotInstalled as error:
        note(str(error))
        return None
    return cold(ready, task, work / "rounds" / "openai" / "scale")


def measure(sizes: tuple[int, int, int], task: Round, work: Path) -> Iterator[str]:
    """Measure everything and tell it."""
    # As users have it, and as the plain loop is: what tests need is imported where it is found.
    ours = Installed.of(replace(TOOLS[0], requirements=(str(ROOT),)), work / "environments")
    folder = work / "rounds" / "ours" / "scale"
    few, many, most = (replace(task, documents=size) for size in sizes)
    small, medium = cold(ours, few, folder), cold(ours, many, folder)
    plain = plain_loop(many, work)
    large = list(reruns(ours, most, folder))
    yield f"{machine()}; {task.concurrency} at a time, {task.latency:g} s each."
    yield ""
    lines = [small, medium, *([plain] if plain else []), *large]
    header = ["run", "documents", "wall s", "records/s", "CPU ms/record", "RSS MB", "calls", "lost"]
    yield from table(header, (line.cells() for line in lines))
    yield ""
    if plain:
        yield f"CPU of a cold record: {medium.cpu / plain.cpu:.2f} × the plain loop."
    grown = large[0].cost.rss - small.cost.rss
    yield f"Memory from {sizes[0]:,} to {sizes[2]:,} documents: {grown:+.1f} MB."


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--medium", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.02, metavar="SECONDS")
    parser.add_argument("--work", type=Path, help="folder that is kept; default: one that isn't")
    given = parser.parse_args()
    sizes = (given.small, given.medium, given.large)
    with tempfile.TemporaryDirectory() as temporary:
        work = (given.work or Path(temporary)).resolve()
        task = Round(0, given.concurrency, given.latency)
        sys.stdout.writelines(f"{line}\n" for line in measure(sizes, task, work))


if __name__ == "__main__":
    main()
