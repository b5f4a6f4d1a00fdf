"""Wall over the ideal N·L/C at several concurrencies, start-up not counted.

    python -m benchmarks.wall --only ours,openai

The wall is the server's: from the first call's arrival to the end of the last one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.compare import note
from benchmarks.rounds import Outcome, Round, middle, play
from benchmarks.tables import figure, machine, table, times
from benchmarks.tools import Installed, chosen, installed

Found = list[tuple[str, Round, Outcome]]


def measure(ready: Installed, tasks: list[Round], repeats: int, folder: Path) -> Found:
    """Play each round so often; the median of each."""
    found: Found = []
    for task in tasks:
        note(f"{ready.tool.name}: {task.documents} documents, {task.concurrency} at a time")
        outcomes = [play(ready, task, folder) for _ in range(repeats)]
        found.append((f"{ready.tool.name} {ready.version}", task, middle(outcomes)))
    return found


def report(found: Found, repeats: int) -> Iterator[str]:
    """The table."""
    yield f"{machine()}; median of {repeats}."
    yield ""
    header = ["tool", "at a time", "documents", "ideal s", "wall s", "of ideal", "CPU ms/record"]
    header += ["lost"]
    yield from table(header, (_cells(*one) for one in found))


def _cells(name: str, task: Round, outcome: Outcome) -> list[str]:
    got = task.documents - outcome.lost
    return [
        name,
        str(task.concurrency),
        str(task.documents),
        figure(task.ideal),
        figure(outcome.asking),
        times(outcome.asking, task.ideal) if got else "–",
        figure(1000 * outcome.cost.cpu / got) if got else "–",
        str(outcome.lost),
    ]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--concurrencies", default="16,64,256", metavar="N,N")
    parser.add_argument("--rounds", type=int, default=40, help="documents for each slot")
    parser.add_argument("--latency", type=float, default=0.2, metavar="SECONDS")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="ours", metavar="NAMES")
    parser.add_argument("--work", type=Path, help="folder that is kept; default: one that isn't")
    given = parser.parse_args()
    slots = map(int, given.concurrencies.split(","))
    tasks = [Round(n * given.rounds, n, given.latency) for n in slots]
    found: Found = []
    with tempfile.TemporaryDirectory() as temporary:
        work = (given.work or Path(temporary)).resolve()
        for ready in installed(chosen(given.only), work / "environments", note):
            if isinstance(ready, Installed):
                folder = work / "rounds" / ready.tool.name / "wall"
                found += measure(ready, tasks, given.repeats, folder)
            else:
                note(ready[1])
    sys.stdout.writelines(f"{line}\n" for line in report(found, given.repeats))


if __name__ == "__main__":
    main()
