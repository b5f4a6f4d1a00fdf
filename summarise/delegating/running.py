"""Parts of a plan on their way: one that is named, or one after the other; and all as one run.

Each may cost its share of what is left of what the plan may. Where they are merged, in the order of
the pile, nothing is asked and nothing recounted.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

from summarise.batch import Report, RunOptions, close_run, run
from summarise.characters import counted
from summarise.delegating.plan import Shard, ShardPlan, batch_of, check_maker, entries_of
from summarise.delegating.standing import is_done, is_whole, lease_of, spent_of, standing_of_plan
from summarise.errors import RunError
from summarise.models import Answer, Document, Failure, MadeRecord, Record, Skipped
from summarise.settings import Settings
from summarise.store import (
    ANSWERS,
    MANIFEST,
    Damage,
    Run,
    RunWriter,
    load_manifest,
    open_run,
    understood,
)

_ZERO = Decimal(0)
_LOOKS = 50
_NAMED = 5


class PlanBudget:
    """What is left of what a plan may cost, for parts that are done one after the other.

    A part may cost its share of what is left, so that parts at work at the same time can't take it
    twice. What others have done meanwhile is looked for only when a fiftieth of what was left is
    done, or the looks at ten thousand parts would take longer than the work: until then their parts
    count as not begun, with a share each, so nothing is given away twice.
    """

    def __init__(self, folder: Path, plan: ShardPlan) -> None:
        self._folder, self._plan = folder, plan
        self._open = {shard.name: shard for shard in plan.shards}
        self._costs: dict[str, Decimal] = {}
        self._spent = _ZERO
        self._until_look = 0

    def share(self, shard: Shard) -> Decimal | None:
        """US dollars that a part may cost in all; None where a plan may cost anything.

        That is its share of what is left, and what it has cost already.

        Raises:
            RunError: Nothing is left.
        """
        if self._plan.max_cost is None:
            return None
        if self._until_look == 0:
            self._look(list(self._open.values()))
            self._until_look = max(1, len(self._open) // _LOOKS)
        self._until_look -= 1
        share = (self._plan.max_cost - self._spent) / max(1, len(self._open))
        if share <= _ZERO:
            raise RunError(
                f"may cost ${self._plan.max_cost:,.2f} in all, and has",
                where=str(self._folder),
                hint="Raise max_cost in plan.json.",
            )
        return share + self._costs.get(shard.name, _ZERO)

    def took(self, shard: Shard) -> None:
        """Take note of what a part has cost that was just worked on."""
        if self._plan.max_cost is not None:
            self._look([shard])

    def _look(self, shards: Iterable[Shard]) -> None:
        for shard in shards:
            path = self._folder / shard.name
            if (held := load_manifest(path)) is None:
                continue
            cost = spent_of(path, held).cost
            self._spent += cost - self._costs.get(shard.name, _ZERO)
            self._costs[shard.name] = cost
            if is_whole(held, shard):
                self._open.pop(shard.name, None)


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
        return _run(
            folder, plan, shard, _capped(settings, PlanBudget(folder, plan), shard), options
        )


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
    all_done, budget = True, PlanBudget(folder, plan)
    for shard in plan.shards:
        if is_done(folder, shard):
            continue
        lease = lease_of(folder, shard.name)
        if not lease.take():
            continue
        with lease:
            if is_done(folder, shard):
                continue
            path, report = _run(folder, plan, shard, _capped(settings, budget, shard), options)
            budget.took(shard)
        tell(path, report)
        all_done = all_done and report.exit_code == 0
        if report.interrupted or report.stopped is not None:
            return False
    return all_done


def _run(
    folder: Path, plan: ShardPlan, shard: Shard, settings: Settings, options: RunOptions
) -> tuple[Path, Report]:
    batch = batch_of(folder, plan, shard)
    check = partial(check_maker, folder, base_url=settings.base_url)
    options = replace(options, output=folder / shard.name, check=check)
    # Others work on this machine, too, each on a part.
    alone = settings.model_copy(update={"processes": settings.processes or 0})
    return run(batch, alone, options)


def _capped(settings: Settings, budget: PlanBudget, shard: Shard) -> Settings:
    """The settings, with what a part may cost."""
    caps = [cap for cap in (settings.max_cost, budget.share(shard)) if cap is not None]
    return settings.model_copy(update={"max_cost": min(caps, default=None)})


def merge_shards(
    folder: Path, plan: ShardPlan, target: Path, *, is_partial: bool = False
) -> tuple[Path, Report]:
    """Write one run of all parts; a document is in memory at a time.

    Where it ``is_partial``, what isn't done is left to a later run of the whole.

    Raises:
        RunError: A part isn't done, was made by others, holds other documents than the plan says,
            or the target can't be written.
    """
    started = time.monotonic()
    standing = standing_of_plan(folder, plan)
    is_at_work = standing.parts["at work"] > 0
    is_open = bool(standing.open) and any(state != "failed in part" for _, state in standing.open)
    if is_at_work or (is_open and not is_partial):
        told = counted(len(standing.open), "shard isn't", "shards aren't")
        named = ", ".join(f"{name} ({state})" for name, state in standing.open[:_NAMED])
        raise RunError(
            f"{told} done: {named}",
            where=str(folder),
            hint=f"`summarise run {folder}` does the rest; --partial merges what is there.",
        )
    if len(standing.makers) != 1:
        several = "its shards were made by different settings"
        raise RunError(
            several if standing.makers else "nothing of it is made yet",
            where=str(folder),
            hint=f"`summarise status {folder}` shows how it stands.",
        )
    begun = [path for one in plan.shards if ((path := folder / one.name) / MANIFEST).is_file()]
    first = Run(begun[0])
    with open_run(target, first.manifest.identity, first.schema) as writer:
        report = Report(first.manifest.identity)
        ids = hashlib.sha256()

        def entries() -> Iterator[Document | Skipped]:
            for shard in plan.shards:
                for entry in entries_of(folder, shard):
                    report.read(entry)
                    if isinstance(entry, Document):
                        ids.update(f"{entry.doc_id}\n".encode("utf-8", "surrogatepass"))
                    yield entry

        writer.replace_documents(entries(), lambda: plan.inputs)
        if ids.hexdigest() != plan.ids:
            raise RunError("its documents aren't those of the plan", where=str(folder))
        for path in begun:
            # What is known of the documents of a part goes with it: of all, it would be much.
            _copy(Run(path), writer, report)
        report.spent = writer.bought
        close_run(writer, report, first.schema)
    report.seconds = time.monotonic() - started
    return writer.path, report


def _copy(run: Run, writer: RunWriter, report: Report) -> None:
    """Take over what a part was answered, made, and couldn't make.

    Raises:
        RunError: A line of it is damaged, or the disk is full.
    """
    damage = Damage()
    for _, answer in understood(run.path / ANSWERS, Answer.model_validate_json, damage):
        writer.append_answer(answer)
    for row in run.stored_rows():
        if row.kind is Record and row.became is Record:
            record = Record.model_validate_json(row.line)
            made = MadeRecord(
                record.doc_id, record.content_hash, record.provenance, row.line.rstrip()
            )
            writer.append(made)
            report.made(made)
        elif row.kind is Failure:
            failure = Failure.model_validate_json(row.line)
            writer.append(failure)
            report.made(failure)
    if damage.places or run.damage.places:
        raise RunError(
            "holds lines that can't be understood, so it isn't merged",
            where=str(run.path),
            hint=f"`summarise run {run.path}` makes them anew.",
        )
