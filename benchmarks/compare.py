"""Ours and the peers, in turn, on the same documents and the same loopback server.

    python -m benchmarks.compare --count 2000 --concurrency 64 --latency 0.2
    python -m benchmarks.compare --only ours,openai --work /tmp/bench

Each tool has a virtual environment of its own, kept in ``--work``. Two rounds: one in which nothing
goes wrong, run twice by the same command, and one with faults. The table is Markdown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fault_mix import USUAL
from benchmarks.rounds import Outcome, Round, middle, play
from benchmarks.tables import figure, machine, table, times
from benchmarks.tools import Installed, Tool, chosen, installed

_BASE = "openai"


@dataclass(frozen=True, slots=True)
class Row:
    """What is told of one tool.

    Attributes:
        tool: Which.
        version: Its version; where it couldn't be installed, why.
        speed: The round without faults, None where it couldn't be played.
        faults: The round with them, None where it wasn't played.
    """

    tool: Tool
    version: str
    speed: Outcome | None = None
    faults: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The rounds.

    Attributes:
        speed: Without faults.
        faults: With them; None to leave it out.
        repeats: How often the first one is played; the median counts.
        folder: Where everything is kept.
    """

    speed: Round
    faults: Round | None
    repeats: int
    folder: Path


def note(text: str) -> None:
    """Say on standard error what is going on."""
    print(text, file=sys.stderr, flush=True)


def measure(ready: Installed, plan: Plan) -> Row:
    """Play the rounds with a tool."""
    folder = plan.folder / "rounds" / ready.tool.name
    outcomes = []
    for number in range(plan.repeats):
        note(f"{ready.tool.name} {ready.version}: speed, {number + 1} of {plan.repeats}")
        outcomes.append(play(ready, plan.speed, folder / "speed"))
    speed = middle(outcomes)
    _note_trouble(speed)
    faults = None
    if plan.faults is not None:
        note(f"{ready.tool.name} {ready.version}: faults")
        faults = play(ready, plan.faults, folder / "faults")
    return Row(ready.tool, ready.version, speed, faults)


def _note_trouble(outcome: Outcome) -> None:
    if outcome.lost:
        last = outcome.cost.errors.strip().splitlines()[-3:]
        note(f"  {outcome.lost} lost without any fault: {outcome.cost.output.strip()} {last}")


def rows(tools: list[Tool], plan: Plan) -> Iterator[Row]:
    """A row for each tool, one after the other."""
    for ready in installed(tools, plan.folder / "environments", note):
        if isinstance(ready, Installed):
            yield measure(ready, plan)
        else:
            yield Row(*ready)


def report(found: list[Row], plan: Plan) -> Iterator[str]:
    """The table, with what was asked of whom on which machine."""
    speed = plan.speed
    base = next((row.speed for row in found if row.tool.name == _BASE), None)
    yield f"{machine()}."
    yield (
        f"{speed.documents} documents, {speed.concurrency} at a time, {speed.latency:g} s each: "
        f"at best {figure(speed.ideal)} s, {figure(speed.documents / speed.ideal, 0)} records/s; "
        f"median of {plan.repeats}."
    )
    if plan.faults is not None:
        bad = plan.faults
        yield (
            f"Faults: {bad.documents} documents, {bad.concurrency} at a time, {bad.faults.told()}; "
            f"timeout {bad.timeout:g} s where it can be set."
        )
    yield ""
    header = ["tool", "records/s", "of openai", "CPU ms/record", "of openai", "RSS MB"]
    header += ["asking, of ideal", "rerun s", "rerun calls", "lost", "lost under faults"]
    header += ["duplicated", "calls", "wall s"]
    yield from table(header, (_cells(row, speed, base) for row in found))


def _cells(row: Row, task: Round, base: Outcome | None) -> list[str]:
    if row.speed is None:
        return [f"{row.tool.name}: {row.version}", *["–"] * 13]
    cost, rerun = row.speed.cost, row.speed.rerun
    got = task.documents - row.speed.lost
    rate, cpu = _rate(row.speed, task), _cpu(row.speed, task)
    return [
        f"{row.tool.name} {row.version}",
        figure(rate, 0),
        times(rate, _rate(base, task)),
        figure(cpu),
        times(cpu, _cpu(base, task)),
        figure(cost.rss, 0),
        times(row.speed.asking, task.ideal) if got else "–",
        figure(rerun.wall) if rerun else "–",
        str(row.speed.recalls) if rerun else "–",
        str(row.speed.lost),
        *_fault_cells(row.faults),
    ]


def _fault_cells(outcome: Outcome | None) -> list[str]:
    if outcome is None:
        return ["–"] * 4
    counts = [outcome.lost, outcome.duplicated, outcome.calls]
    return [*map(str, counts), figure(outcome.cost.wall, 1)]


def _rate(outcome: Outcome | None, task: Round) -> float | None:
    return (task.documents - outcome.lost) / outcome.cost.wall if outcome else None


def _cpu(outcome: Outcome | None, task: Round) -> float | None:
    got = task.documents - outcome.lost if outcome else 0
    return 1000 * outcome.cost.cpu / got if outcome and got else None


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=2000, help="documents of the speed round")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.2, metavar="SECONDS")
    parser.add_argument("--fault-count", type=int, default=400, help="0: no fault round")
    parser.add_argument("--timeout", type=float, default=10.0, help="of the fault round")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", metavar="NAMES", help="such as ours,openai")
    parser.add_argument("--work", type=Path, help="folder that is kept; default: one that isn't")
    return parser.parse_args(arguments)


def planned(given: argparse.Namespace, folder: Path) -> Plan:
    """The rounds that the command line asks for."""
    ask = (given.concurrency, given.latency)
    return Plan(
        speed=Round(given.count, *ask, rerun=True),
        faults=Round(given.fault_count, *ask, timeout=given.timeout, faults=USUAL)
        if given.fault_count
        else None,
        repeats=given.repeats,
        folder=folder,
    )


def main() -> None:
    """Compare, and print the table."""
    given = parsed()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.work or Path(temporary)).resolve()
        plan = planned(given, folder)
        found = list(rows(chosen(given.only), plan))
        sys.stdout.writelines(f"{line}\n" for line in report(found, plan))


if __name__ == "__main__":
    main()
