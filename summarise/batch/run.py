"""One run: read, extract, keep, render."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

from pydantic import BaseModel

from summarise.batch.accounts import Report, SettledCounts
from summarise.batch.inputs import Batch, noted, selected
from summarise.batch.opening import RunOptions, opened
from summarise.batch.work import Work
from summarise.errors import RunError
from summarise.models import Row
from summarise.render import render_table
from summarise.schema import load_schema
from summarise.settings import Settings
from summarise.store import TABLE, Hashes, Keep, RunState, RunWriter, file_hash, replacing

_LOG = logging.getLogger("summarise")


def run(batch: Batch, settings: Settings, options: RunOptions) -> tuple[Path, Report]:
    """Make a record of each document of a batch; returns the run directory and the accounts.

    Raises:
        SummariseError: Nothing could be started. What stops a run later is in the report.
    """
    return asyncio.run(arun(batch, settings, options))


async def arun(batch: Batch, settings: Settings, options: RunOptions) -> tuple[Path, Report]:
    """Like ``run``, in a running event loop."""
    started = time.monotonic()
    schema = load_schema(settings.schema_spec)
    async with opened(batch, settings, options, schema) as ready:
        writer, report = ready.writer, Report(ready.extractor.identity)
        entries = selected(batch.entries, options.limit, options.only)
        read = noted(entries, report)
        pending = writer.replace_documents(read, batch.inputs, keep=_kept(options))
        work = Work(ready.extractor, writer, report, options.progress, pending, settings.timeout)
        await work.run(signals=options.signals)
        # An answer may be paid for whose document the run didn't get done with.
        report.spent, report.lost = writer.bought, ready.ledger.budget.uncertain.calls
        _close(writer, report, schema)
        report.seconds = time.monotonic() - started
    return writer.path, report


def _kept(options: RunOptions) -> Keep:
    if options.append:
        return Keep.ALL
    return Keep.OTHERS if options.limit is not None or options.only else Keep.NOTHING


def _close(writer: RunWriter, report: Report, schema: type[BaseModel]) -> None:
    """Write the table and the manifest.

    A full disk takes neither, which is no reason to leave without the accounts. A folder that was
    put in the place of this run's is left alone.
    """
    try:
        writer.check_in_place()
    except RunError as error:
        report.stopped, report.pending = report.stopped or error, writer.held
        return
    if not writer.has_begun:
        # Nothing came that could take the place of what is there.
        report.settle(SettledCounts.of(writer.settled_rows()), writer.held)
        writer.leave()
        return
    rendered: str | None = writer.contents
    table = _noted(writer)
    try:
        table = _render(writer, report, schema)
    except RunError as error:
        report.stopped, rendered = report.stopped or error, None
        report.settle(SettledCounts.of(writer.settled_rows()), writer.held)
    if not report.pending:
        writer.settle(failures=report.failures.total())
    try:
        writer.save_manifest(
            counts=report.counts(),
            state=_state(report),
            spent=writer.spent,
            rendered=rendered,
            hashes=writer.hashes(table),
        )
    except RunError as error:
        report.stopped = report.stopped or error


def _render(writer: RunWriter, report: Report, schema: type[BaseModel]) -> str:
    """Count what has become of each document, and write the table: in one pass over the rows.

    Where nothing has changed since the last time, the counts and the table are still right. What a
    person made of the table meanwhile is put aside, not lost. Returns the SHA-256 of the table.
    """
    table, last = writer.path / TABLE, writer.manifest
    noted, found = _noted(writer), file_hash(table)
    is_current = writer.contents == last.rendered
    is_done = not (last.refresh or last.counts.get("failures") or last.counts.get("pending"))
    if is_current and is_done and found is not None and found == noted:
        records, flagged = last.counts["records"], last.counts["flagged"]
        report.settle(SettledCounts(records=records, flagged=flagged), writer.held)
        return found
    made, counts = sha256(), SettledCounts()

    def shown() -> Iterator[Row]:
        for row in writer.settled_rows():
            counts.settle(row)
            yield row.document, row.shown

    with replacing(table) as file:
        for line in render_table(shown(), schema):
            content = f"{line}\n".encode()
            made.update(content)
            file.write(content)
        report.settle(counts, writer.held)
        is_known = noted is not None or is_current
        if is_known and found not in {None, noted, made.hexdigest()}:
            _put_aside(table)
    return made.hexdigest()


def _noted(writer: RunWriter) -> str | None:
    """SHA-256 of the table that the last run left."""
    return (writer.manifest.hashes or Hashes()).table


def _put_aside(table: Path) -> None:
    """Keep a table that isn't as a run left it under a name that is free."""
    names = (f"{table.stem}.edited{number or ''}{table.suffix}" for number in count())
    aside = next(path for path in map(table.with_name, names) if not path.exists())
    table.rename(aside)
    _LOG.warning("%s: isn't as the last run left it. It is kept as %s", table, aside.name)


def _state(report: Report) -> RunState:
    if report.interrupted:
        return RunState.INTERRUPTED
    return RunState.STOPPED if report.stopped else RunState.COMPLETE
