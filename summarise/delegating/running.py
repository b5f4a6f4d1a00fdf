"""Parts of a plan on their way: one that is named, or one after the other until none is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from summarise.batch import Batch, Report, RunOptions, run
from summarise.delegating.budget import PlanBudget
from summarise.delegating.lease import lease_of
from summarise.delegating.plan import Shard, ShardPlan, check_maker, entries_of
from summarise.delegating.standing import is_done
from summarise.errors import RunError
from summarise.settings import Settings
from summarise.store import Input


def run_shard(
    folder: Path, plan: ShardPlan, shard: Shard, settings: Settings, options: RunOptions
) -> tuple[Path, Report]:
    """Make the records of one part, or go on with it.

    Raises:
        RunError: Somebody works on it, or the plan was begun by other settings.
        SummariseError: As ``batch.run``.
    """
    lease = lease_of(folder, shard.name)
    if not lease.take():
        raise RunError(
            "another process works on it",
            where=str(folder / shard.name),
            hint="`summarise status` of the plan shows who does what; wait for it, or stop it.",
        )
    with lease:
        return _run(folder, shard, _capped(settings, PlanBudget(folder, plan)), options)


def run_plan(
    folder: Path,
    plan: ShardPlan,
    settings: Settings,
    options: RunOptions,
    tell: Callable[[Path, Report], object],
) -> bool:
    """Work on whatever part is left, one after the other; whether all of those were done.

    As many processes as one likes may do so at once, on as many machines as see the folder.

    Raises:
        SummariseError: What a part can't go on with, nor any other.
    """
    is_whole, budget = True, PlanBudget(folder, plan)
    for shard in plan.shards:
        if is_done(folder, shard):
            continue
        lease = lease_of(folder, shard.name)
        if not lease.take():
            continue
        with lease:
            if is_done(folder, shard):
                continue
            path, report = _run(folder, shard, _capped(settings, budget), options)
            budget.took(shard)
        tell(path, report)
        is_whole = is_whole and report.exit_code == 0
        if report.interrupted or report.stopped is not None:
            return False
    return is_whole


def _run(
    folder: Path, shard: Shard, settings: Settings, options: RunOptions
) -> tuple[Path, Report]:
    name = f"{folder.name}/{shard.name}"

    def inputs() -> tuple[Input, ...]:
        counts = {"document": shard.documents}
        return (Input(name=name, sha256=shard.sha256, entries=counts),)

    batch = Batch(entries_of(folder, shard), (), (), inputs, shard.name)
    check = partial(check_maker, folder)
    options = replace(options, output=folder / shard.name, check=check)
    # Others work on this machine, too, each on a part.
    alone = settings.model_copy(update={"processes": settings.processes or 0})
    return run(batch, alone, options)


def _capped(settings: Settings, budget: PlanBudget) -> Settings:
    """The settings, with what the next part may cost."""
    caps = [cap for cap in (settings.max_cost, budget.share()) if cap is not None]
    return settings.model_copy(update={"max_cost": min(caps, default=None)})
