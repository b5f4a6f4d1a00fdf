"""``summarise``, ``asummarise``, ``estimate`` and ``read``: a run in a script or a notebook.

How far it is, is shown on a terminal, in a notebook, or line by line. In a program that nobody
looks at it is quiet unless it is asked for. Warnings are told all the same, where the program has
no log of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

from typing_extensions import Unpack

from summarise.api.inputs import Source, batch_of
from summarise.api.options import (
    Options,
    ReadOptions,
    check_kinds,
    checked,
    config_of,
    in_keywords,
    only_of,
    settings_of,
    shows,
    told_in_keywords,
)
from summarise.api.run import Run
from summarise.batch import InputOptions, ProgressLine, RunOptions, arun, selected
from summarise.characters import for_screen
from summarise.errors import SettingsError
from summarise.models import Document
from summarise.readers import check_format, parse_columns
from summarise.settings import Settings, load_settings

if TYPE_CHECKING:
    from summarise.batch import Estimate

_T = TypeVar("_T")
_LOG = logging.getLogger("summarise")
_LINE_INTERVAL = 5.0
_CLEARS = re.compile(r"\r?\x1b\[K")


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
        adds_to = Path(output) if output is not None and given.get("append") else None
        read_as = _input_options(given, lambda: settings)._replace(adds_to=adds_to)
        batch = batch_of(source, read_as)
        if output is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="summarise-"))
        path = Path(folder if output is None else output)
        run_options = RunOptions(
            output=path,
            limit=given.get("limit"),
            only=only_of(given),
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
        if output is None:
            run._passes_with(stack.pop_all().close)
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
    return _waited(asummarise(source, model=model, output=output, progress=progress, **options))


@shows(Options)
def estimate(
    source: Source,
    *,
    model: str | None = None,
    output: str | os.PathLike[str] | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Say what ``summarise`` would take with the same arguments. No abstract is sent.

    >>> from summarise import estimate
    >>> found = estimate("page.txt", model="gpt-5-mini")
    >>> found.documents, found.calls
    (2, 2)

    Args:
        source: As ``summarise`` takes it.
        model: As for ``summarise``; the embedded extractor calls nobody.
        output: The run directory, of which what is made already isn't counted as calls.
        **options: See ``Options``; none that has made anew what is there.

    Returns:
        Calls, tokens, ``cost`` in US dollars and ``seconds``; None is unknown.

    Raises:
        SummariseError: Nothing could be started, or the directory is of another run.
    """
    from summarise.batch import estimate_run  # noqa: PLC0415 - it needs what can send

    with told_in_keywords(), Progress(None).told(), contextlib.ExitStack() as stack:
        given = checked(options, Options, "estimate")
        check_kinds({"model": model, "output": output})
        for name in ("refresh", "fresh_answers", "append"):
            if given.get(name):
                raise SettingsError("isn't part of an estimate; leave it out", where=name)
        settings = _waited(_with_model(settings_of(given), model, config_of(given)))
        batch = batch_of(source, _input_options(given, lambda: settings))
        if output is None:
            output = stack.enter_context(tempfile.TemporaryDirectory(prefix="summarise-"))
        entries = selected(batch.entries, given.get("limit"), only_of(given))
        return estimate_run(entries, batch.place(Path(output)), settings)


def _waited(work: Coroutine[Any, Any, _T]) -> _T:
    """What a coroutine returns, in a notebook as well."""
    run: Callable[[Coroutine[Any, Any, _T]], _T] = asyncio.run
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop()
        run = _in_a_thread
    return run(work)  # Not while that error is handled: what stops the run isn't due to it.


def _in_a_thread(run: Coroutine[Any, Any, _T]) -> _T:
    """Wait for a run in a loop of its own: that of a notebook is busy with the cell that waits.

    Whoever interrupts the cell interrupts the run.
    """
    made: Future[_T] = Future()
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
    return only.settings(lambda model: _settings({**given, "model": model}, config))


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
        settings=settings,
    )


def in_notebook() -> bool:
    """Whether a kernel runs this, whose output is a page."""
    shell = sys.modules.get("IPython")
    here = shell.get_ipython() if shell is not None else None
    return here is not None and hasattr(here, "kernel")


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False


class Progress:
    """What a user sees of a run.

    Args:
        wanted: None shows it on a terminal and in a notebook.
    """

    def __init__(self, wanted: bool | None) -> None:
        is_terminal, is_page = _is_terminal(), in_notebook()
        self.is_shown = is_terminal or is_page if wanted is None else wanted
        self.line: ProgressLine | None = None
        self._page = _PageLine() if is_page else None
        if self.is_shown:
            stream = sys.stderr if is_terminal else self._page or _PlainLines(sys.stderr)
            self.line = ProgressLine(cast("TextIO", stream))

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Tell meanwhile what the log says, unless the program has it go elsewhere."""
        if _LOG.hasHandlers():
            yield
            return
        handler, level = _LogLines(self.line), _LOG.level
        _LOG.addHandler(handler)
        _LOG.setLevel(logging.INFO if self.is_shown else logging.WARNING)
        try:
            yield
        finally:
            _LOG.removeHandler(handler)
            _LOG.setLevel(level)

    def close(self, line: str) -> None:
        """Say what the run has come to."""
        line = for_screen(line, reveal=True)
        if self.is_shown and self._page is not None:
            self._page.write(line)
        elif self.is_shown:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


class _LogLines(logging.Handler):
    """Says in keywords what the log says in flags; nothing in it acts on a screen."""

    def __init__(self, line: ProgressLine | None) -> None:
        super().__init__()
        self._line = line

    def emit(self, record: logging.LogRecord) -> None:
        if self._line is not None:
            self._line.clear()
        told = for_screen(in_keywords(record.getMessage()), reveal=True)
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"summarise: {told}\n")


class _Drawn:
    """A stream that is no terminal, for what draws a line on one again and again."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if line := _CLEARS.sub("", text):
            self.draw(line)
        return len(text)

    def flush(self) -> None:
        """All is seen at once."""

    def draw(self, line: str) -> None:
        """Show a line in the place of the one before."""
        raise NotImplementedError


class _PageLine(_Drawn):
    """A line of a notebook that is replaced, so that what is saved has the last one alone."""

    def __init__(self) -> None:
        self._display = import_module("IPython.display").display
        self._handle: Any = None

    def draw(self, line: str) -> None:
        shown = {"text/plain": line}
        if self._handle is None:
            self._handle = self._display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)


class _PlainLines(_Drawn):
    """Lines below each other, one every few seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._told = time.monotonic()

    def draw(self, line: str) -> None:
        if time.monotonic() - self._told > _LINE_INTERVAL:
            self._stream.write(f"{line}\n")
            self._stream.flush()
            self._told = time.monotonic()
