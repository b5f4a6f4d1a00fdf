"""The documents of one run on their way through an extractor: the only event loop's work."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

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
        """The first Ctrl-C or SIGTERM lets calls in flight finish; the second aborts them."""

        def interrupt() -> None:
            if self.report.interrupted:
                self.end(Ending.ABORTED)
                return
            self.report.interrupted = True
            self.end(Ending.HURRIED)
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

    async def _attempt(self, document: Document) -> None:
        try:
            outcome = await self._outcome(document)
            self.writer.append(outcome)
        except (EndpointUnusable, BudgetReached, RunError) as error:
            self.report.stopped = self.report.stopped or error
            self.end(Ending.STOPPED)
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
