"""Parts of a plan on their way: one that is named, or one after the other until none is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

from summarise.batch import Batch, Report, RunOptions, run
from summarise.delegating.lease import lease_of
from summarise.delegating.plan import Shard, ShardPlan, check_maker, entries_of
from summarise.delegating.standing import is_done, spent_by
from summarise.errors import RunError
from summarise.settings import Settings
from summarise.store import Input

_ZERO = Decimal(0)


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
        return _run(folder, plan, shard, settings, options)


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
    is_whole = True
    for shard in _free(folder, plan):
        lease = lease_of(folder, shard.name)
        if not lease.take():
            continue
        with lease:
            if is_done(folder, shard):
                continue
            path, report = _run(folder, plan, shard, settings, options)
        tell(path, report)
        is_whole = is_whole and report.exit_code == 0
        if report.interrupted or report.stopped is not None:
            return False
    return is_whole


def _free(folder: Path, plan: ShardPlan) -> Iterator[Shard]:
    for shard in plan.shards:
        if not is_done(folder, shard):
            yield shard


def _run(
    folder: Path, plan: ShardPlan, shard: Shard, settings: Settings, options: RunOptions
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
    return run(batch, _within_budget(folder, plan, alone), options)


def _within_budget(folder: Path, plan: ShardPlan, settings: Settings) -> Settings:
    """The settings, with what a part may cost of what the plan may.

    It is its share of what is left, so that parts at work at the same time can't take it twice.

    Raises:
        RunError: Nothing is left.
    """
    if plan.max_cost is None:
        return settings
    left = plan.max_cost - spent_by(folder, plan)
    parts = sum(1 for _ in _free(folder, plan)) or 1
    share = left / parts
    if share <= _ZERO:
        raise RunError(
            f"may cost ${plan.max_cost:,.2f} in all, and has",
            where=str(folder),
            hint="Raise max_cost in plan.json.",
        )
    own = settings.max_cost
    return settings.model_copy(update={"max_cost": share if own is None else min(own, share)})
