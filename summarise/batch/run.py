"""One run: read, extract, keep, render."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from pathlib import Path

from pydantic import BaseModel

from summarise.batch.inputs import Batch, counted, selected
from summarise.batch.opening import opened
from summarise.batch.options import RunOptions
from summarise.batch.work import Work
from summarise.errors import RunError
from summarise.render import render_table
from summarise.report import Report
from summarise.schema import load_schema
from summarise.settings import Settings
from summarise.store import RunState, RunWriter, replacing

TABLE = "table.md"
OUTPUTS = Path("outputs")


def run(batch: Batch, settings: Settings, options: RunOptions) -> tuple[Path, Report]:
    """Make a record of each document of a batch, in a run directory.

    Returns:
        The run directory and the accounts.

    Raises:
        SummariseError: Nothing could be started. What stops a run later is in the report.
    """
    return asyncio.run(arun(batch, settings, options))


async def arun(batch: Batch, settings: Settings, options: RunOptions) -> tuple[Path, Report]:
    """Like ``run``, in a running event loop."""
    started = time.monotonic()
    path = options.output or OUTPUTS / batch.name
    schema = load_schema(settings.schema_spec)
    async with opened(path, settings, options, schema) as ready:
        writer, report = ready.writer, Report(ready.extractor.identity)
        entries = selected(batch.entries, options.limit, options.only)
        pending = writer.replace_documents(counted(entries, report), keep=options.append)
        work = Work(ready.extractor, writer, report, options.progress, pending, settings.timeout)
        await work.run(signals=options.signals)
        # An answer may be paid for whose document the run didn't get done with.
        report.spent, report.lost = writer.bought, ready.ledger.budget.uncertain.calls
        _close(batch, writer, report, schema)
        report.seconds = time.monotonic() - started
    return path, report


def _close(batch: Batch, writer: RunWriter, report: Report, schema: type[BaseModel]) -> None:
    """Write the table and the manifest.

    A full disk takes neither, which is no reason to leave without the accounts.
    """
    rendered: str | None = writer.contents
    try:
        _render(writer, report, schema)
    except RunError as error:
        report.stopped, rendered = report.stopped or error, None
        deque(report.settling(writer.rows()), maxlen=0)
    if not report.pending:
        writer.settle()
    try:
        writer.save_manifest(
            inputs=batch.inputs,
            counts=report.counts(),
            state=_state(report),
            spent=writer.spent,
            rendered=rendered,
        )
    except RunError as error:
        report.stopped = report.stopped or error


def _render(writer: RunWriter, report: Report, schema: type[BaseModel]) -> None:
    """Count what has become of each document, and write the table: in one pass over the rows.

    Where nothing has changed since the last time, the counts and the table are still right.
    """
    table, last = writer.path / TABLE, writer.manifest
    if writer.contents == last.rendered and table.exists() and not last.counts["failures"]:
        report.settle_as(last.counts)
        return
    rows = report.settling(writer.rows())
    with replacing(table) as file:
        file.writelines(f"{line}\n".encode() for line in render_table(rows, schema))


def _state(report: Report) -> RunState:
    if report.interrupted:
        return RunState.INTERRUPTED
    return RunState.STOPPED if report.stopped else RunState.COMPLETE
