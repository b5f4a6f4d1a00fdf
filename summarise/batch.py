"""Many documents: read, extract, keep, render. The only event loop of the program."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import signal
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel

from summarise.cache import AnswerCache
from summarise.endpoint import Endpoint
from summarise.errors import (
    EndpointUnusable,
    InputError,
    RunError,
    SettingsError,
    SummariseError,
)
from summarise.extract import (
    AnswerSources,
    EmbeddedExtractor,
    Extractor,
    LLMExtractor,
    internal_failure,
    llm_identity,
)
from summarise.models import Document, Failure, Outcome, Skipped
from summarise.prompts import load_prompt
from summarise.readers import Format, Source, load_source, read_documents, unique
from summarise.render import render_table
from summarise.report import ProgressLine, Report
from summarise.schema import Draft, load_schema
from summarise.settings import Settings
from summarise.store import Input, RunState, RunWriter, open_run, replacing

TABLE = "table.md"
_OUTPUTS = Path("outputs")
_DRAIN_SECONDS = 30.0
_NOTED_SKIPS = 20
_LOG = logging.getLogger("summarise")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run does with its input and its folder; none of it can change an answer.

    Attributes:
        output: The run directory, None for ``outputs/<name of the input>``.
        format: Format of the inputs, None to find out.
        limit: Take the first so many documents.
        only: Take the documents with these ids.
        refresh: Make everything anew, whatever the run directory and the cache hold.
        append: Keep the documents that the run directory holds already.
        progress: Where progress is shown, None for nowhere.
        signals: Whether Ctrl-C and SIGTERM first let calls in flight finish.
    """

    output: Path | None = None
    format: Format | None = None
    limit: int | None = None
    only: frozenset[str] = frozenset()
    refresh: bool = False
    append: bool = False
    progress: ProgressLine | None = None
    signals: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run is made from.

    Attributes:
        entries: Documents and skipped entries, in order, each document once.
        inputs: Where they come from.
        name: What the run directory is called by default.
    """

    entries: Iterator[Document | Skipped]
    inputs: tuple[Input, ...]
    name: str


def read_batch(paths: Sequence[str], format_: Format | None = None) -> Batch:
    """Read inputs.

    Args:
        paths: Files; ``-`` is standard input.
        format_: Their format, None to find out for each.

    Raises:
        InputError: One can't be read at all, or holds no abstract.
    """
    sources = [load_source(path) for path in paths]
    entries = unique(itertools.chain(*(read_documents(source, format_) for source in sources)))
    first = next(entries, None)
    if first is None:
        raise InputError("no document in the input")
    return Batch(
        entries=itertools.chain([first], entries),
        inputs=tuple(Input(name=s.name, sha256=s.digest) for s in sources),
        name=_name(sources),
    )


def _name(sources: Sequence[Source]) -> str:
    first = sources[0]
    # Standard input has no name: two texts that are piped in must not end up in one folder.
    stem = f"stdin-{first.digest[:8]}" if first.path is None else first.path.stem
    return stem if len(sources) == 1 else f"{stem}-and-{len(sources) - 1}-more"


def documents_batch(documents: Iterable[Document]) -> Batch:
    """A batch of documents that a program made.

    Raises:
        InputError: There is none.
    """
    entries = list(unique(documents))
    if not entries:
        raise InputError("no document in the input")
    digest = sha256()
    for entry in entries:
        digest.update(entry.model_dump_json().encode())
    name = f"documents-{digest.hexdigest()[:8]}"
    return Batch(iter(entries), (Input(name="documents", sha256=digest.hexdigest()),), name)


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
    path = options.output or _OUTPUTS / batch.name
    schema = load_schema(settings.schema_spec)
    async with _opened(path, settings, options, schema) as (extractor, writer):
        report = Report(extractor.identity)
        entries = _selected(batch.entries, options)
        writer.replace_documents(_counted(entries, report), keep=options.append)
        work = _Work(extractor, writer, report, options.progress)
        await work.run(settings.concurrency, signals=options.signals)
        report.settle(outcome for _, outcome in writer.rows())
        with replacing(path / TABLE) as file:
            file.writelines(f"{line}\n".encode() for line in render_table(writer.rows(), schema))
        report.seconds = time.monotonic() - started
        writer.save_manifest(
            inputs=batch.inputs, counts=report.counts(), state=_state(report), usage=writer.usage
        )
    return path, report


@contextlib.asynccontextmanager
async def _opened(
    path: Path, settings: Settings, options: RunOptions, schema: type[BaseModel]
) -> AsyncIterator[tuple[Extractor, RunWriter]]:
    """The extractor that the settings name, and the run directory opened for it.

    Raises:
        SettingsError: The schema needs a model, and none is named.
    """
    if settings.model is None:
        if schema is not Draft:
            raise SettingsError(
                "needs a model: the embedded extractor fills in the default schema alone",
                where=f"schema {schema.__name__}",
                hint="Name one with --model.",
            )
        embedded = EmbeddedExtractor()
        with open_run(path, embedded.identity, refresh=options.refresh) as writer:
            yield embedded, writer
        return
    if settings.withheld_key and settings.api_key is None:
        _LOG.warning(
            "%s was set for another host, so it isn't sent to %s; --api-key-env %s sends it",
            settings.withheld_key,
            settings.host,
            settings.withheld_key,
        )
    prompt = load_prompt(settings.prompt_version, schema)
    async with Endpoint(settings, prompt.messages, schema) as endpoint:
        identity = llm_identity(settings, prompt, endpoint, schema)
        with open_run(path, identity, schema, refresh=options.refresh) as writer:
            cache = AnswerCache(settings.cache_dir) if settings.cache else None
            with cache or contextlib.nullcontext():
                sources = AnswerSources(writer, cache, reads=not options.refresh)
                llm = LLMExtractor(
                    identity,
                    prompt,
                    endpoint,
                    sources,
                    max_reasks=settings.max_reasks,
                    schema=schema,
                )
                yield llm, writer


def _selected(
    entries: Iterable[Document | Skipped], options: RunOptions
) -> Iterator[Document | Skipped]:
    """The entries that ``--limit`` and ``--only`` leave.

    Raises:
        InputError: ``--only`` names a document that the input doesn't hold.
    """
    wanted = set(options.only)
    taken = 0
    for entry in entries:
        if isinstance(entry, Document):
            if options.only and entry.doc_id not in options.only:
                continue
            if options.limit is not None and taken >= options.limit:
                break
            wanted.discard(entry.doc_id)
            taken += 1
        yield entry
    if wanted:
        raise InputError(
            f"the input holds no document {', '.join(sorted(wanted))}",
            where="--only",
            hint="The ids stand in documents.jsonl of a run directory.",
        )


def _counted(entries: Iterable[Document | Skipped], report: Report) -> Iterator[Document | Skipped]:
    for entry in entries:
        report.read(entry)
        if isinstance(entry, Skipped):
            _note(entry, report.skipped.total())
        yield entry


def _note(entry: Skipped, number: int) -> None:
    if number <= _NOTED_SKIPS:
        _LOG.warning("%s:%d: %s", entry.source, entry.line, entry.reason)
    elif number == _NOTED_SKIPS + 1:
        _LOG.warning("more entries gave no document; skipped.jsonl in the run directory has all")


def _state(report: Report) -> RunState:
    if report.interrupted:
        return RunState.INTERRUPTED
    return RunState.STOPPED if report.stopped else RunState.COMPLETE


@dataclass(slots=True)
class _Work:
    """The documents of one run on their way through an extractor."""

    extractor: Extractor
    writer: RunWriter
    report: Report
    progress: ProgressLine | None
    _failed: int = 0
    _done: int = 0
    _total: int = 0
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, concurrency: int, *, signals: bool) -> None:
        """Extract every document that has no record yet."""
        self._total = sum(1 for _ in self.writer.pending())
        # Twice as many workers as calls in flight: one that waits to retry holds no slot.
        workers = 2 * concurrency if self.extractor.identity.is_paid else 1
        queue: asyncio.Queue[Document | None] = asyncio.Queue(maxsize=workers)
        tasks = [asyncio.create_task(self._worker(queue)) for _ in range(workers)]
        tasks.append(asyncio.create_task(self._feed(queue, workers)))
        try:
            with self._listening(tasks) if signals else contextlib.nullcontext():
                await self._finished(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self.progress is not None:
                self.progress.clear()

    async def _finished(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        """Wait for the work; once the run is stopping, not for longer than a bound."""
        working = asyncio.create_task(asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait([working], timeout=_DRAIN_SECONDS)
        finally:
            working.cancel()
            stopping.cancel()
        for task in tasks:
            if task.done() and not task.cancelled():
                task.result()

    @contextlib.contextmanager
    def _listening(self, tasks: Sequence[asyncio.Task[None]]) -> Iterator[None]:
        """The first Ctrl-C or SIGTERM lets calls in flight finish; the second aborts them."""

        def interrupt() -> None:
            if self.report.interrupted:
                for task in tasks:
                    task.cancel()
                return
            self.report.interrupted = True
            self._stopping.set()
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
        self._stopping.set()

    async def _feed(self, queue: asyncio.Queue[Document | None], workers: int) -> None:
        for document in self.writer.pending():
            if self._stopping.is_set():
                break
            await queue.put(document)
        for _ in range(workers):
            await queue.put(None)

    async def _worker(self, queue: asyncio.Queue[Document | None]) -> None:
        while (document := await queue.get()) is not None:
            if self._stopping.is_set():
                continue
            try:
                outcome = await self._outcome(document)
                self.writer.append(outcome)
            except (EndpointUnusable, RunError) as error:
                self._stop(error)
                continue
            self.report.made(outcome)
            self._done += 1
            self._failed += isinstance(outcome, Failure)
            if self.progress is not None:
                self.progress.update(self._done, self._total, self._failed)

    async def _outcome(self, document: Document) -> Outcome:
        try:
            return await self.extractor.extract(document)
        except SummariseError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug met by one document costs no other
            _LOG.debug("%s", document.doc_id, exc_info=True)
            return internal_failure(document, error, self.extractor.identity)
