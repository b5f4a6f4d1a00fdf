"""One run: read, extract in the only event loop, keep, render."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from pathlib import Path

from pydantic import BaseModel

from summarise.batch.accounts import Report, SettledCounts
from summarise.batch.advice import BOUNDS, AllAlike
from summarise.batch.inputs import Batch
from summarise.batch.opening import PostOffice, RunOptions, opened, take_documents
from summarise.batch.progress import ProgressLine, Standing
from summarise.errors import (
    AdmissionClosed,
    BudgetReached,
    EndpointUnusable,
    RunError,
    SummariseError,
)
from summarise.extract import Extractor, count_workers, employed, internal_failure, length_failure
from summarise.models import Document, Failure, Made, Row
from summarise.render import render_table
from summarise.schema import load_schema
from summarise.settings import Settings
from summarise.store import (
    TABLE,
    Damage,
    Hashes,
    RunState,
    RunWriter,
    count_judged,
    file_hash,
    load_screening,
    overlay_of,
    write_table,
)

_DRAIN_SECONDS = 30.0
# Beyond the timeout of a call, for what is made of its answer.
_MARGIN_SECONDS = 2.0
_LOG = logging.getLogger("summarise")


class Ending(IntEnum):
    """Why no more documents are taken; a later one leaves less time to what is in flight.

    Attributes:
        STOPPED: By a cap or the endpoint. What is in flight is paid for, and has all the time that
            a call may take.
        HURRIED: The user wants to leave, or the program has failed: half a minute.
        ABORTED: At once.
    """

    STOPPED = 1
    HURRIED = 2
    ABORTED = 3


@dataclass(slots=True)
class Work:
    """The documents of one run on their way through an extractor.

    Attributes:
        total: Documents that have no record yet.
        longest: Seconds that a call in flight can take.
        alike: What notices that all fail alike; None where some have a record already.
    """

    extractor: Extractor
    writer: RunWriter
    report: Report
    progress: ProgressLine | None
    total: int
    longest: float = _DRAIN_SECONDS
    alike: AllAlike | None = None
    _failed: Counter[str] = field(default_factory=Counter)
    _done: int = 0
    _is_reading: bool = False
    _crash: BaseException | None = None
    _ending: Ending | None = None
    _deadline: asyncio.TimerHandle | None = None
    _feeding: asyncio.Task[None] | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, *, signals: bool) -> None:
        """Extract every document that has no record yet."""
        self._feeding = feeding = asyncio.create_task(self._feed())
        try:
            with self._listening() if signals else contextlib.nullcontext():
                self._tell()
                await asyncio.wait([feeding])
            if self._crash is not None:
                raise self._crash
            if not feeding.cancelled():
                feeding.result()
        finally:
            if self._deadline is not None:
                self._deadline.cancel()
            left = [feeding, *self._tasks]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            if self.progress is not None:
                self.progress.clear()

    def end(self, how: Ending) -> None:
        """Take no more documents, and wait for those in flight no longer than a bound."""
        if self._ending is not None and how <= self._ending:
            return
        self._ending = how
        self.extractor.close()
        if self._deadline is not None:
            self._deadline.cancel()
        patience = {
            Ending.STOPPED: self.longest + _MARGIN_SECONDS,
            Ending.HURRIED: _DRAIN_SECONDS,
            Ending.ABORTED: 0.0,
        }
        if self._feeding is not None:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(patience[how], self._feeding.cancel)

    async def _feed(self) -> None:
        """Start on one document after the other, as many at a time as keep the extractor busy."""
        for document in self.writer.pending():
            while len(self._tasks) >= self.extractor.width:
                self._changed.clear()
                await self._changed.wait()
            if self._ending is not None:
                break
            task = asyncio.create_task(self._attempt(document))
            self._tasks.add(task)
            task.add_done_callback(self._leave)
        while self._tasks:
            self._changed.clear()
            await self._changed.wait()

    def _leave(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._changed.set()
        if not task.cancelled() and (error := task.exception()):
            self._crash = self._crash or error
            self.end(Ending.HURRIED)

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """The first Ctrl-C, SIGTERM or SIGHUP lets calls in flight finish; the second aborts them.

        Each is noted at once, and heeded when the loop comes to it. What keeps the loop from that
        is a document that is read by code: the second interrupt breaks into it.
        """
        heeded = count()

        def note(*_: object) -> None:
            if self.report.interrupted and self._is_reading:
                raise KeyboardInterrupt
            self.report.interrupted = True

        def heed() -> None:
            if next(heeded):
                self.end(Ending.ABORTED)
            elif self._ending is not Ending.ABORTED:
                self.end(Ending.HURRIED)
                _LOG.warning("stopping: calls in flight may finish; interrupt again to abort them")

        loop = asyncio.get_running_loop()
        # Windows has no SIGHUP, which comes when a terminal or a connection is closed.
        caught = {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}
        # What is ignored stays so, as by nohup.
        before = {one: was for one in caught if (was := signal.getsignal(one)) != signal.SIG_IGN}
        # Windows has no such handlers: there Ctrl-C aborts at once, and what was kept is kept.
        with contextlib.suppress(NotImplementedError):
            for number in before:
                loop.add_signal_handler(number, heed)
                # In the place of one that does nothing: the loop hears by a file descriptor.
                signal.signal(number, note)
        try:
            yield
        finally:
            with contextlib.suppress(NotImplementedError):
                for number, was in before.items():
                    # A loop has one handler, and removes it for what Python has by itself.
                    if loop.remove_signal_handler(number) and was is not None:
                        signal.signal(number, was)

    async def _attempt(self, document: Document) -> None:
        if self.report.interrupted:
            return
        try:
            made = await self._made(document)
            self.writer.append(made)
        except (EndpointUnusable, BudgetReached, RunError) as error:
            self.report.stopped = self.report.stopped or error
            self.end(Ending.STOPPED)
            return
        except AdmissionClosed:
            return
        except KeyboardInterrupt:
            self.end(Ending.ABORTED)
            return
        self.report.made(made)
        self._done += 1
        if isinstance(made, Failure):
            self._failed[made.kind.value] += 1
        if self.alike and (stop := self.alike.take(made, self.total - self._done)):
            self.report.stopped = self.report.stopped or stop
            self.end(Ending.STOPPED)
        self._tell()

    def _tell(self) -> None:
        """Show how far it is, where somebody looks."""
        if self.progress is not None and self.total:
            made, model = self.report, self.extractor.identity.model
            standing = Standing(
                self._done, self.total, self._failed, self.writer.bought, made.cached, model
            )
            self.progress.update(standing)

    async def _made(self, document: Document) -> Made:
        if (too_long := length_failure(document, self.extractor.identity)) is not None:
            return too_long
        try:
            self._is_reading = not (self.extractor.waits or self.extractor.workers)
            return await self.extractor.extract(document)
        except SummariseError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug met by one document costs no other
            _LOG.debug("%s", document.doc_id, exc_info=True)
            return internal_failure(document, error, self.extractor.identity)
        finally:
            self._is_reading = False


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
        writer = ready.writer
        uncertain = ready.ledger.budget.uncertain
        lost_before = uncertain.calls
        report = Report(ready.extractor.identity, batch.accounts)
        before = writer.manifest.counts if writer.has_begun else {}
        report.since = writer.manifest.updated
        writer.manifest = writer.manifest.model_copy(update={"settings": settings.unusual(BOUNDS)})
        pending = take_documents(batch, options, writer, report)
        if options.spent_before is None and ready.ledger.budget.is_capped:
            # What a run may take it may take in all, however often it is begun again.
            ready.ledger.budget.count(writer.paid)
        if not report.entries:
            report.recall(writer.manifest.counts, writer.held)
        desk = options.desk
        if desk is not None:
            await desk.begin()
        work = Work(ready.extractor, writer, report, options.progress, pending, settings.timeout)
        if not before.get("records"):
            work.alike = AllAlike(before.get("failures", 0))
        extractor = ready.extractor
        count = count_workers(pending, settings.processes, waits=extractor.waits)
        async with employed(count, extractor.work()) as extractor.workers:
            await work.run(signals=options.signals)
        # An answer may be paid for whose document the run didn't get done with.
        report.spent, report.lost = writer.bought, uncertain.calls - lost_before
        if desk is not None:
            report.lost = 0
            await _hand_over(desk, report)
        close_run(writer, report, ready.schema)
        report.seconds = time.monotonic() - started
    return writer.path, report


async def _hand_over(desk: PostOffice, report: Report) -> None:
    """Have the rest answered later; what keeps that from being done stops the run."""
    is_through = not report.interrupted and report.stopped is None
    sends = is_through or report.is_capped
    try:
        report.awaited = await desk.end(is_through=is_through, sends=sends)
    except SummariseError as error:
        report.stopped = report.stopped or error


def close_run(writer: RunWriter, report: Report, schema: type[BaseModel]) -> None:
    """Write the table and the manifest.

    A full disk takes neither, which is no reason to leave without the accounts. A folder that was
    put in the place of this run's is left alone.
    """
    try:
        writer.check_in_place()
    except RunError as error:
        report.stopped = report.stopped or error
        with contextlib.suppress(RunError):
            report.settle(SettledCounts.of(writer.settled_rows(afresh=True)), writer.held)
        report.pending = writer.held - report.records - report.failures.total()
        return
    table = writer.path / TABLE
    if writer.held and writer.leave_nothing():
        report.settle(SettledCounts.of(writer.settled_rows()), writer.held)
        report.left_nothing = True
        return
    if not writer.has_begun:
        # Nothing came that could take the place of what is there.
        report.settle(SettledCounts.of(writer.settled_rows()), writer.held)
        report.outdated += writer.hidden
        writer.leave()
        report.table = table if table.is_file() else None
        return
    if (overlay := overlay_of(writer.path, schema, Damage())) is not None:
        report.judged = count_judged(overlay.rows(enumerate(writer.stored_rows(), 1)))
    if screening := load_screening({writer.path: Damage()}):
        from summarise.people import count_screened, told_screening  # noqa: PLC0415 - few need it

        survey = count_screened(writer.path, screening, writer.stored_rows())
        report.screening = told_screening(survey)
    rendered: str | None = writer.contents
    digest = (writer.manifest.hashes or Hashes()).table
    try:
        digest = _render(writer, report, schema)
        report.table = table
    except RunError as error:
        report.stopped, report.unrendered, rendered = report.stopped or error, error, None
        report.settle(SettledCounts.of(writer.settled_rows()), writer.held)
    if report.pending or report.failures:
        report.hidden = writer.hidden
    # Of shards that are merged before all are done, some is left though nothing stopped.
    is_left = report.stopped or report.awaited or (report.pending and not report.kept)
    state = RunState.STOPPED if is_left else RunState.COMPLETE
    try:
        if not report.pending:
            writer.settle(failures=report.failures.total())
        writer.save_manifest(
            counts=report.counts(),
            state=RunState.INTERRUPTED if report.interrupted else state,
            spent=writer.spent,
            rendered=rendered,
            hashes=writer.hashes(digest),
        )
    except RunError as error:
        report.stopped = report.stopped or error


def _render(writer: RunWriter, report: Report, schema: type[BaseModel]) -> str:
    """Count what has become of each document, and write the table: in one pass over the rows.

    Where nothing has changed since the last time, the counts and the table are still right. What a
    person made of the table meanwhile is put aside, not lost. Returns the SHA-256 of the table.
    """
    table, last = writer.path / TABLE, writer.manifest
    noted, found = (last.hashes or Hashes()).table, file_hash(table)
    is_current = writer.contents == last.rendered
    is_done = not (last.refresh or last.counts.get("failures") or last.counts.get("pending"))
    if is_current and is_done and found is not None and found == noted:
        settled = SettledCounts(last.counts["records"])
        settled.flagged, settled.doubtful = last.counts["flagged"], last.counts.get("doubtful", 0)
        settled.unread = last.counts.get("unread", 0)
        settled.clinical = last.counts.get("clinical", 0)
        report.settle(settled, writer.held)
        return found
    counts, overlay = SettledCounts(), overlay_of(writer.path, schema, Damage())

    def rows() -> Iterator[Row]:
        for row in writer.settled_rows():
            counts.settle(row)
            shown = row.shown if overlay is None else overlay.shown(row.document, row.shown)
            yield row.document, shown

    lines = writer.record_lines()
    if overlay is not None:
        lines = overlay.lines(lines, writer.stored_rows())
    return write_table(
        table,
        render_table(rows(), schema, lines=lines),
        noted,
        keeps=noted is not None or is_current,
        check=lambda: report.settle(counts, writer.held),
    )
