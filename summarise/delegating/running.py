"""Parts of a plan on their way: one that is named, or one after the other; and all as one run.

Where they are merged, in the order of the pile, nothing is asked and nothing recounted.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from summarise.admission import Budget, Caps
from summarise.batch import Report, RunOptions, close_run, run
from summarise.characters import counted
from summarise.delegating.budget import PlanBudget
from summarise.delegating.plan import (
    Shard,
    ShardPlan,
    batch_of,
    check_entries,
    check_maker,
    entries_of,
    maker_of,
)
from summarise.delegating.standing import (
    FAILED,
    Lease,
    alone,
    spent_of,
    standing_of_plan,
    state_left,
    was_through,
)
from summarise.errors import BudgetReached, RunError
from summarise.models import Answer, Document, Failure, Identity, MadeRecord, Record, Skipped
from summarise.settings import Settings
from summarise.store import (
    ANSWERS,
    MANIFEST,
    Damage,
    Marks,
    Run,
    RunWriter,
    load_manifest,
    open_run,
    understood,
)

_NAMED = 5
_CAPS = {"--max-cost", "--max-tokens", "--max-calls"}
_OF_COMMAND = "It holds for one command; the same again goes on, and may take as much."
_LOG = logging.getLogger("summarise")


def run_shard(
    folder: Path, plan: ShardPlan, shard: Shard, settings: Settings, options: RunOptions
) -> tuple[Path, Report]:
    """Make the records of one part, or go on with it.

    Raises:
        RunError: Somebody works on it, or the plan was begun by other settings.
        SummariseError: As ``batch.run``.
    """
    lease = Lease(folder, shard.name)
    if not lease.take():
        raise RunError(
            "another process works on it",
            where=str(folder / shard.name),
            hint="`summarise status` of the plan shows who does what; wait for it, or stop it.",
        )
    with lease:
        check_entries(folder, shard)
        if plan.max_cost is not None:
            before, path = Budget(Caps(), None), folder / shard.name
            if (held := load_manifest(path)) is not None:
                before.count(spent_of(path, held))
            options = replace(options, spent_before=before)
        return _work(folder, plan, shard, settings, options)


def run_plan(
    folder: Path,
    plan: ShardPlan,
    settings: Settings,
    options: RunOptions,
    tell: Callable[[Path, Report], object],
) -> int:
    """Work on whatever part is left, one after the other; returns the exit code of all together.

    One whose entries were altered is left alone, and said to be: the others go on.

    As many processes as one likes may do so at once, on as many machines as see the folder: where
    others are at work on all that is left, nothing is amiss. What caps a run caps all that this one
    does of the plan; a limit is for the first documents of it. Documents that failed are tried
    again, as by a run, once all of the plan is through: until then each is asked about once.

    Raises:
        BudgetReached: Nothing is left of what the plan may cost.
        SummariseError: What a part can't go on with, nor any other.
    """
    code, left, others = 0, deque(_within(plan, options.limit)), list[tuple[Shard, int | None]]()
    options, failed = replace(options, spent_before=Budget(Caps(), None)), _failed(folder, plan)
    while left:
        shard, limit = left.popleft()
        if (over := _over(folder, shard, failed)) is not None:
            code = max(code, over)
            continue
        lease = Lease(folder, shard.name)
        if not lease.take():
            if lease.is_old():
                _LOG.warning("%s is left alone: its process hangs; end that", folder / shard.name)
                code = max(code, 1)
            else:
                others.append((shard, limit))
            continue
        with lease:
            if _over(folder, shard, failed) is not None:
                left.append((shard, limit))
                continue
            try:
                check_entries(folder, shard)
            except RunError as error:
                _LOG.error("%s", error)
                code = max(code, error.exit_code)
                continue
            limited = replace(options, limit=limit)
            path, report = _work(folder, plan, shard, settings, limited)
        if report.stopped is not None and report.stopped.where in _CAPS:
            report.stopped.hint = _OF_COMMAND
        tell(path, report)
        if report.interrupted or report.stopped is not None:
            return report.exit_code
        code = max(code, report.exit_code)
        # Who had those may have died meanwhile.
        left.extend(others)
        others.clear()
    return code


def _failed(folder: Path, plan: ShardPlan) -> dict[str, int]:
    """The size of the failures of each part that has some; of none while one isn't through."""
    sizes = dict[str, int]()
    for shard in plan.shards:
        path = folder / shard.name
        if (held := load_manifest(path)) is None or not was_through(held, shard):
            return {}
        if state_left(path, shard, held) == FAILED:
            sizes[shard.name] = Marks.at_end(path).failures
    return sizes


def _over(folder: Path, shard: Shard, failed: Mapping[str, int]) -> int | None:
    """The exit code of a part that is left as it is; None of one to be worked on.

    One whose failures aren't those that ``failed`` has was tried by another meanwhile.
    """
    path = folder / shard.name
    held = load_manifest(path)
    state = state_left(path, shard, held) if held else None
    if state == FAILED and failed.get(shard.name) != Marks.at_end(path).failures:
        return 1
    return 0 if state == "done" else None


def _within(plan: ShardPlan, limit: int | None) -> Iterator[tuple[Shard, int | None]]:
    """The parts that hold the first so many documents, and of the last one how many."""
    left = plan.documents if limit is None else limit
    for shard in plan.shards:
        if limit is not None and left <= 0:
            return
        yield shard, left if left < shard.documents else None
        left -= shard.documents


def _work(
    folder: Path, plan: ShardPlan, shard: Shard, settings: Settings, options: RunOptions
) -> tuple[Path, Report]:
    """Work on a part until it is through, or what it may take is taken.

    Who has used up its share of what the plan may cost gets more while there is some.
    """
    budget, before, earlier = PlanBudget(folder, plan), options.spent_before, None
    shares: int | None = 1
    while True:
        try:
            held = budget.hold(shard, shares)
        except BudgetReached as error:
            if earlier is None:
                raise
            earlier.stopped = error
            return folder / shard.name, earlier
        share = None if held is None or before is None else held + before.spent.cost
        try:
            shared = replace(options, share=share)
            path, report = _run(folder, plan, shard, settings, shared)
        finally:
            budget.settle(shard)
        calls = report.spent.calls
        if earlier is not None:
            report.follow(earlier)
        stop = report.stopped
        if stop is None or stop.where != "--max-cost" or share is None:
            return path, report
        if settings.max_cost is not None and settings.max_cost <= share:
            return path, report
        if not calls and shares is None:
            report.stopped = budget.reached()
            return path, report
        earlier, shares = report, 2 * shares if calls and shares else None


def _run(
    folder: Path, plan: ShardPlan, shard: Shard, settings: Settings, options: RunOptions
) -> tuple[Path, Report]:
    batch = batch_of(folder, plan, shard)

    def check(identity: Identity) -> None:
        # Of those who begin a plan at the same time, one says what makes it.
        with nullcontext() if maker_of(folder) else alone(folder, "maker"):
            check_maker(folder, identity, settings.base_url)

    options = replace(options, output=folder / shard.name, check=check)
    # Others work on this machine, too, each on a part.
    single = settings.model_copy(update={"processes": settings.processes or 0})
    return run(batch, single, options)


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
        told = several if standing.makers else "nothing of it is made yet"
        hint = f"`summarise status {folder}` shows how it stands."
        raise RunError(told, where=str(folder), hint=hint)
    begun = [one for one in plan.shards if (folder / one.name / MANIFEST).is_file()]
    first = Run(folder / begun[0].name)
    with open_run(target, first.manifest.identity, first.schema) as writer:
        report = Report(first.manifest.identity)
        ids = hashlib.sha256()

        def entries() -> Iterator[Document | Skipped]:
            for shard in plan.shards:
                check_entries(folder, shard)
                for entry in entries_of(folder, shard):
                    report.read(entry)
                    if isinstance(entry, Document):
                        ids.update(f"{entry.doc_id}\n".encode("utf-8", "surrogatepass"))
                    yield entry

        writer.replace_documents(entries(), lambda: plan.inputs)
        if ids.hexdigest() != plan.ids:
            raise RunError("its documents aren't those of the plan", where=str(folder))
        for shard in begun:
            # What is known of the documents of a part goes with it: of all, it would be much.
            made = _copy(Run(folder / shard.name), writer, report)
            if made < shard.documents and not is_partial:
                raise RunError(
                    f"holds what was made of {made:,} of its {shard.documents:,} documents",
                    where=str(folder / shard.name),
                    hint=f"Move it away; `summarise run {folder}` makes it anew.",
                )
        report.spent = writer.bought
        close_run(writer, report, first.schema)
    report.seconds = time.monotonic() - started
    return writer.path, report


def _copy(run: Run, writer: RunWriter, report: Report) -> int:
    """Take over what a part was answered, made, and couldn't make; of how many documents.

    Raises:
        RunError: A line of it is damaged, or the disk is full.
    """
    damage, documents = Damage(), 0
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
            documents += 1
        elif row.kind is Failure:
            failure = Failure.model_validate_json(row.line)
            writer.append(failure)
            report.made(failure)
            documents += 1
    if damage.places or run.damage.places or run.damage.cut:
        raise RunError(
            "has lost lines, or holds lines that can't be understood, so it isn't merged",
            where=str(run.path),
            hint=f"`summarise run {run.path}` makes them anew.",
        )
    return documents
