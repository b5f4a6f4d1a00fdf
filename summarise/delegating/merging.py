"""The parts of a plan as one run, in the order of the pile; nothing is asked, nothing recounted."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

from summarise.batch import Report, close_run
from summarise.characters import counted
from summarise.delegating.plan import ShardPlan, entries_of
from summarise.delegating.standing import standing_of_plan
from summarise.errors import RunError
from summarise.models import Answer, Document, Failure, MadeRecord, Record, Skipped
from summarise.store import ANSWERS, MANIFEST, Damage, Run, RunWriter, open_run, understood

_NAMED = 5


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
