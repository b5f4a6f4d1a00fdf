"""``summarise``, ``asummarise`` and ``read``: one run in a script, async code or a notebook."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
import threading
import weakref
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from functools import cache, partial
from pathlib import Path
from typing import Any

from typing_extensions import Unpack

from summarise.api.inputs import Source, batch_of
from summarise.api.options import (
    Options,
    ReadOptions,
    check_kinds,
    checked,
    config_of,
    settings_of,
    shows,
    told_in_keywords,
)
from summarise.api.progress import Progress
from summarise.api.run import Run
from summarise.batch import InputOptions, RunOptions, arun
from summarise.models import Document
from summarise.readers import check_format, parse_columns
from summarise.settings import Settings, load_settings

_LOG = logging.getLogger("summarise")


@shows(ReadOptions)
def read(source: Source, **options: Unpack[ReadOptions]) -> list[Document]:
    """Read the documents of inputs, or fetch papers. Entries that give none are named in the log.

    >>> from summarise import read
    >>> [document.title for document in read("page.txt")]
    ['TERNLOOP: Counting Seabirds from Kites', 'Slow Ink']

    Args:
        source: As ``summarise`` takes it; ``-`` is standard input.
        **options: See ``ReadOptions``.

    Raises:
        InputError: One can't be read at all, or there is no abstract.
        SettingsError: There is no such option, or one can't be used.
    """
    documents = []
    with told_in_keywords(), Progress(None).told():
        given = checked(options, ReadOptions, "read")
        settings = cache(partial(_settings, settings_of(given), config_of(given)))
        for entry in batch_of(source, _input_options(given, settings)).entries:
            if isinstance(entry, Document):
                documents.append(entry)
            else:
                _LOG.warning("%s:%d: %s", entry.source, entry.line, entry.reason)
    return documents


@shows(Options)
async def asummarise(
    source: Source,
    *,
    model: str | None = None,
    output: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
    **options: Unpack[Options],
) -> Run:
    """Make a record of each abstract, in async code.

    ``run = await asummarise("page.txt")``; all is as ``summarise`` says.
    """
    shown = Progress(progress if isinstance(progress, bool) else None)
    with told_in_keywords(), shown.told(), contextlib.ExitStack() as stack:
        given = checked(options, Options, "summarise")
        check_kinds({"model": model, "output": output, "progress": progress})
        settings = await _with_model(settings_of(given), model, config_of(given))
        batch = batch_of(source, _input_options(given, lambda: settings))
        if output is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="summarise-"))
        path = Path(folder if output is None else output)
        only = given.get("only", ())
        run_options = RunOptions(
            output=path,
            limit=given.get("limit"),
            only=frozenset([only] if isinstance(only, str) else only),
            refresh=given.get("refresh", False),
            fresh_answers=given.get("fresh_answers", False),
            append=given.get("append", False),
            progress=shown.line,
        )
        _, report = await arun(batch, settings, run_options)
        if report.stopped is not None:
            raise report.stopped
        shown.close(report.account())
        run = Run(path)
        # What there is now goes with its result.
        weakref.finalize(run, stack.pop_all().close)
    return run


@shows(Options)
def summarise(
    source: Source,
    *,
    model: str | None = None,
    output: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
    **options: Unpack[Options],
) -> Run:
    """Make a record of each abstract; in a notebook as well, where an event loop runs already.

    >>> from summarise import summarise
    >>> run = summarise("page.txt")
    >>> run
    Run of 2 documents: 2 records, 0 failures
    >>> record = run.record(1)
    >>> record.method.name, record.results[0].metric, record.results[0].value
    ('TERNLOOP', 'nest recall', '67.2%')
    >>> record.results[0].evidence[0].text
    'On COVE-9, TERNLOOP raises nest recall from 41.5% to 67.2%.'

    Args:
        source: A path, a pattern, an identifier such as ``arxiv:2310.00426``, or the text of an
            abstract, which is told by its length or a line break; a ``Document``, or a mapping with
            an ``abstract``; several of these, a generator too, which is taken one by one; or a data
            frame of pandas or polars.
        model: Model id; ``embedded`` selects the embedded extractor. None, here and in the
            environment and ``summarise.toml``: the only model of the endpoint that is named there,
            and where none is named, the embedded extractor.
        output: The run directory. None makes one that goes when the result goes.
        progress: Whether to show how far it is; None does so on a terminal and in a notebook.
        **options: Any setting, and what a run does: see ``Options``.

    Returns:
        The run: its ``records()``, ``failures()``, ``skipped()``, ``table()``, ``to_dataframe()``.
        A document without a record is a failure among them, not an exception.

    Raises:
        SummariseError: Nothing could be started, or the run was stopped; with ``output``, what was
            made until then is there, and the same call goes on from it.
    """
    run = asummarise(source, model=model, output=output, progress=progress, **options)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run)
    return _in_a_thread(run)


def _in_a_thread(run: Coroutine[Any, Any, Run]) -> Run:
    """Wait for a run in a loop of its own: that of a notebook is busy with the cell that waits.

    Whoever interrupts the cell interrupts the run.
    """
    made: Future[Run] = Future()
    loop = asyncio.new_event_loop()
    task = loop.create_task(run)

    def work() -> None:
        with contextlib.closing(loop):
            try:
                made.set_result(loop.run_until_complete(task))
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                made.set_exception(error)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())

    thread = threading.Thread(target=work, name="summarise")
    thread.start()
    try:
        return made.result()
    except KeyboardInterrupt:
        with contextlib.suppress(RuntimeError):  # it has come to its end meanwhile
            loop.call_soon_threadsafe(task.cancel)
        raise
    finally:
        thread.join()


async def _with_model(given: Mapping[str, Any], model: str | None, config: Path | None) -> Settings:
    """The settings of a run; an endpoint that is named alone is asked for its only model."""
    settings = _settings({"model": model, **given}, config)
    if not settings.lacks_model:
        return settings
    # Only who sends needs what can send.
    from summarise.servers import asked_model  # noqa: PLC0415

    only = await asked_model(settings)
    _LOG.info("%s has one model, %s, which is asked", settings.host, only.model)
    settings = _settings({**given, "model": only.model}, config)
    return settings.model_copy(update={"parameters": only.parameters})


def _settings(given: Mapping[str, Any], config: Path | None) -> Settings:
    return load_settings(given, os.environ, config)


def _input_options(given: Mapping[str, Any], settings: Callable[[], Settings]) -> InputOptions:
    known = given.get("known", ())
    columns = parse_columns(
        (f"{field}={name}" for field, name in given.get("map", {}).items()), "map"
    )
    return InputOptions(
        check_format(given.get("format"), "format"),
        columns,
        given.get("keep_duplicates", False),
        tuple(map(Path, [known] if isinstance(known, str | os.PathLike) else known)),
        settings,
    )
