"""The documents of one run on their way through an extractor: the only event loop's work."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field

from summarise.batch.accounts import ProgressLine, Report
from summarise.errors import (
    AdmissionClosed,
    BudgetReached,
    EndpointUnusable,
    RunError,
    SummariseError,
)
from summarise.extract import Extractor, internal_failure, length_failure
from summarise.models import Document, Failure, Outcome
from summarise.store import RunWriter

_DRAIN_SECONDS = 30.0
# Beyond the timeout of a call, for what is made of its answer.
_MARGIN_SECONDS = 2.0
_LOG = logging.getLogger("summarise")


@dataclass(slots=True)
class Work:
    """The documents of one run on their way through an extractor.

    Attributes:
        extractor: Makes records.
        writer: Keeps them.
        report: Counts them.
        progress: Where progress is shown, None for nowhere.
        total: Documents that have no record yet.
        longest: Seconds that a call in flight can take.
    """

    extractor: Extractor
    writer: RunWriter
    report: Report
    progress: ProgressLine | None
    total: int
    longest: float = _DRAIN_SECONDS
    _failed: int = 0
    _done: int = 0
    _crash: BaseException | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _hurried: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, *, signals: bool) -> None:
        """Extract every document that has no record yet."""
        feed = asyncio.create_task(self._feed())
        try:
            with self._listening(feed) if signals else contextlib.nullcontext():
                await self._finished(feed)
        finally:
            await self._abort(feed)
            if self.progress is not None:
                self.progress.clear()

    async def _feed(self) -> None:
        """Start on one document after the other, as many at a time as keep the extractor busy."""
        for document in self.writer.pending():
            while len(self._tasks) >= self.extractor.width:
                self._changed.clear()
                await self._changed.wait()
            if self._stopping.is_set():
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
            self._hurry()

    async def _abort(self, feed: asyncio.Task[None]) -> None:
        tasks = [feed, *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _finished(self, feed: asyncio.Task[None]) -> None:
        """Wait for the work; once the user wants to leave, not for longer than a bound.

        Where a cap or the endpoint stops the run, what is in flight is paid for, and has all the
        time that a call may take.
        """
        stopping = asyncio.create_task(self._stopping.wait())
        hurried = asyncio.create_task(self._hurried.wait())
        first = asyncio.FIRST_COMPLETED
        try:
            await asyncio.wait([feed, stopping], return_when=first)
            most = self.longest + _MARGIN_SECONDS
            await asyncio.wait([feed, hurried], timeout=most, return_when=first)
            if hurried.done():
                await asyncio.wait([feed], timeout=_DRAIN_SECONDS)
        finally:
            stopping.cancel()
            hurried.cancel()
        if self._crash is not None:
            raise self._crash
        if feed.done() and not feed.cancelled():
            feed.result()

    @contextlib.contextmanager
    def _listening(self, feed: asyncio.Task[None]) -> Iterator[None]:
        """The first Ctrl-C or SIGTERM lets calls in flight finish; the second aborts them."""

        def interrupt() -> None:
            if self.report.interrupted:
                feed.cancel()
                return
            self.report.interrupted = True
            self._hurry()
            _LOG.warning("stopping: calls in flight may finish; interrupt again to abort them")

        loop = asyncio.get_running_loop()
        caught = (signal.SIGINT, signal.SIGTERM)
        # Windows has no such handlers: there Ctrl-C aborts at once, and what was kept is kept.
        with contextlib.suppress(NotImplementedError):
            for number in caught:
                loop.add_signal_handler(number, interrupt)
        try:
            yield
        finally:
            with contextlib.suppress(NotImplementedError):
                for number in caught:
                    loop.remove_signal_handler(number)

    def _stop(self, error: SummariseError) -> None:
        """Take no more documents; what is in flight may finish."""
        if self.report.stopped is None:
            self.report.stopped = error
        self._close()

    def _hurry(self) -> None:
        """Take no more documents, and wait no longer than a bound for those in flight."""
        self._close()
        self._hurried.set()

    def _close(self) -> None:
        self.extractor.close()
        self._stopping.set()

    async def _attempt(self, document: Document) -> None:
        try:
            outcome = await self._outcome(document)
            self.writer.append(outcome)
        except (EndpointUnusable, BudgetReached, RunError) as error:
            self._stop(error)
            return
        except AdmissionClosed:
            return
        self.report.made(outcome)
        self._done += 1
        self._failed += isinstance(outcome, Failure)
        if self.progress is not None:
            self.progress.update(self._done, self.total, self._failed, self.report.spent)

    async def _outcome(self, document: Document) -> Outcome:
        if (too_long := length_failure(document, self.extractor.identity)) is not None:
            return too_long
        try:
            return await self.extractor.extract(document)
        except SummariseError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug met by one document costs no other
            _LOG.debug("%s", document.doc_id, exc_info=True)
            return internal_failure(document, error, self.extractor.identity)
