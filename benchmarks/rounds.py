"""One tool, one server, one task: what it cost and what came of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from benchmarks.documents import write
from benchmarks.fault_mix import FaultMix
from benchmarks.loopback import Loopback
from benchmarks.measure import Cost, measured
from benchmarks.tools import Call, Installed


@dataclass(frozen=True, slots=True)
class Round:
    """What is asked of a tool.

    Attributes:
        documents: How many.
        concurrency: Requests at a time.
        latency: Of the server, in seconds.
        timeout: Seconds for a request, None for the tool's default.
        faults: What goes wrong.
        rerun: Whether the same command runs once more.
    """

    documents: int
    concurrency: int
    latency: float
    timeout: float | None = None
    faults: FaultMix = field(default_factory=FaultMix)
    rerun: bool = False

    @property
    def ideal(self) -> float:
        """Seconds that the calls alone take, N·L/C."""
        return self.documents * self.latency / self.concurrency


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a round.

    Attributes:
        cost: Of the first run.
        asking: Seconds from the first call's arrival to the last one's end, as the server saw it;
            None where no call came.
        lost: Documents without a record.
        duplicated: Records too many.
        calls: That the server got about documents, in the first run.
        rerun: Cost of the same command again, None where it wasn't run.
        recalls: Calls of the rerun.
    """

    cost: Cost
    asking: float | None
    lost: int
    duplicated: int
    calls: int
    rerun: Cost | None = None
    recalls: int = 0


def play(tool: Installed, task: Round, folder: Path) -> Outcome:
    """Play a round in a folder that is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    documents = write(folder / "documents.jsonl", task.documents)
    flags = ["--latency", str(task.latency), "--shape", tool.tool.shape]
    flags += ["--documents", str(task.documents), *task.faults.flags()]
    with Loopback(flags) as server:
        call = Call(documents, server.base_url, task.concurrency, task.timeout, folder)
        cost = _run(tool, call)
        stats = server.stats()
        made = tool.made(call)
        outcome = Outcome(
            cost=cost,
            asking=stats["wall"],
            lost=task.documents - len(set(made)),
            duplicated=len(made) - len(set(made)),
            calls=stats["calls"],
        )
        if task.rerun:
            server.reset()
            rerun = _run(tool, call)
            outcome = replace(outcome, rerun=rerun, recalls=server.stats()["calls"])
    return outcome


def _run(tool: Installed, call: Call) -> Cost:
    return measured(tool.command(call), cwd=call.folder, env=tool.environment(call))


def middle(outcomes: list[Outcome]) -> Outcome:
    """The outcome with the median wall; of an even number, the slower one in the middle."""
    by_wall = sorted(outcomes, key=lambda outcome: outcome.cost.wall)
    wanted = median(range(len(by_wall)))
    return by_wall[int(wanted + 0.5)]
