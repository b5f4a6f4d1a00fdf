"""The Python API: the same run as on the command line, from a script or a notebook."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from summarise.batch import InputOptions, RunOptions, arun, documents_batch, read_batch
from summarise.models import Document
from summarise.readers import check_format
from summarise.settings import load_settings
from summarise.store import Run

_LOG = logging.getLogger("summarise")


def read(
    path: str | Path,
    format: str | None = None,  # noqa: A002
    columns: Mapping[str, str] | None = None,
) -> list[Document]:
    """Read the documents of a file, or fetch papers. Entries that give none are named in the log.

    Args:
        path: A file, or an identifier such as ``arxiv:2310.00426``; ``-`` is standard input.
        format: Its format, None to find out.
        columns: Which column of a table holds what, as ``{"title": "Titel"}``.

    Raises:
        InputError: The file can't be read at all, or holds no abstract.
    """
    options = InputOptions(
        check_format(format, "format"), columns, settings=lambda: load_settings({}, os.environ)
    )
    batch = read_batch([str(path)], options)
    documents = []
    for entry in batch.entries:
        if isinstance(entry, Document):
            documents.append(entry)
        else:
            _LOG.warning("%s:%d: %s", entry.source, entry.line, entry.reason)
    return documents


async def asummarise(
    source: str | Path | Iterable[Document],
    *,
    model: str | None = None,
    output: str | Path | None = None,
    refresh: bool = False,
    fresh_answers: bool = False,
    **settings: Any,
) -> Run:
    """Make a record of each document.

    Args:
        source: A file, an identifier such as ``arxiv:2310.00426``, or documents.
        model: Model id; ``embedded`` selects the embedded extractor. None, here and in the
            environment and ``summarise.toml``: the only model of the endpoint that is named there,
            and where none is named, the embedded extractor.
        output: The run directory. None makes one that goes when the result goes.
        refresh: Make the records anew that are there; what was answered still serves.
        fresh_answers: Likewise, and ask for every answer anew.
        **settings: Any setting of ``Settings``, such as ``base_url`` or ``api_key_env``; ``schema``
            may be a class too.

    Returns:
        The run: its ``records()``, ``failures()`` and ``rows()`` in input order.

    Raises:
        SummariseError: Nothing could be started, or the run was stopped.
    """
    resolved = load_settings({"model": model, **settings}, os.environ)
    if resolved.lacks_model:
        # Only who sends needs what can send.
        from summarise.servers import asked_model  # noqa: PLC0415

        only = await asked_model(resolved)
        _LOG.info("%s has one model, %s, which is asked", resolved.host, only.model)
        resolved = load_settings({**settings, "model": only.model}, os.environ)
        resolved = resolved.model_copy(update={"parameters": only.parameters})
    if isinstance(source, (str, Path)):
        batch = read_batch([str(source)], InputOptions(settings=lambda: resolved))
    else:
        batch = documents_batch(source)
    folder = None if output else tempfile.TemporaryDirectory(prefix="summarise-")
    path = Path(folder.name) if folder else Path(output or ".")
    with contextlib.ExitStack() as stack:
        if folder:
            stack.callback(folder.cleanup)
        options = RunOptions(output=path, refresh=refresh, fresh_answers=fresh_answers)
        _, report = await arun(batch, resolved, options)
        if report.stopped is not None:
            raise report.stopped
        run = Run(path)
        # What there is now goes with its result.
        weakref.finalize(run, stack.pop_all().close)
    return run


def summarise(
    source: str | Path | Iterable[Document],
    *,
    model: str | None = None,
    output: str | Path | None = None,
    refresh: bool = False,
    fresh_answers: bool = False,
    **settings: Any,
) -> Run:
    """Like ``asummarise``, for code that isn't async; works where an event loop runs already."""
    run = asummarise(
        source, model=model, output=output, refresh=refresh, fresh_answers=fresh_answers, **settings
    )
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run)
    # A notebook's loop is busy with the cell that calls us, so ours gets a thread of its own.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, run).result()
