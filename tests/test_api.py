"""The Python API: one run from a script, from async code, and from a notebook."""

from __future__ import annotations

import ast
import asyncio
import doctest
import io
import itertools
import logging
import re
import signal
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import polars
import pytest

from summarise import (
    Document,
    Record,
    Run,
    SummariseError,
    api,
    asummarise,
    estimate,
    read,
    summarise,
)
from summarise.api import call, record
from summarise.api import run as run_module
from summarise.errors import InputError, SettingsError
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, answer, hang, status
from tests.records import make_document
from tests.test_batch import documents

PAGE = ROOT / "fixtures" / "daily_papers.txt"
TERN = make_document().abstract
SLOW = (
    "Ink dries fast in the sun, and few know why. We present SLOWINK, an ink of 4 salts. It dries "
    "41% slower than Quillo."
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Two papers, as the examples of docstrings have them."""
    path = tmp_path / "page.txt"
    text = f"# {make_document().title}\n\n{TERN}\n\n# Slow Ink\n\n{SLOW}\n"
    path.write_text(text, encoding="utf-8")
    return path


SHOWN = [sys.modules["summarise"], call, record, run_module]


@pytest.mark.parametrize("module", SHOWN, ids=lambda one: one.__name__)
def test_the_examples_of_docstrings(module: ModuleType, page: Path) -> None:
    """What a docstring shows is what comes out."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    found = finder.find(module, globs={})
    for one in found:
        told = io.StringIO()
        runner.run(one, out=told.write)
        assert told.getvalue() == ""


def test_there_are_examples() -> None:
    """Whoever asks for help on a public name that does something gets one."""
    for one in (SHOWN[0], read, summarise, Run, Run.table, Run.to_dataframe, Record):
        assert ">>>" in str(one.__doc__), one


# Inputs


def titles(source: Any, **options: Any) -> list[str | None]:
    return [document.title for document in read(source, **options)]


def test_a_file_by_the_embedded_extractor() -> None:
    """summarise(path) gives the records in input order, without writing into the working folder."""
    run = summarise(PAGE)
    assert [record.title for record in run.records()] == titles(PAGE)
    assert not list(run.failures())
    assert not Path("outputs").exists()


def test_documents_by_a_model(tmp_path: Path) -> None:
    """Documents of a program go to the model that is named, into the folder that is named."""
    with LoopbackServer() as server:
        run = summarise(
            documents(3), model="m", base_url=server.base_url, output=tmp_path / "r", cache=False
        )
        assert len(server.requests) == 3
    assert run.path == tmp_path / "r"
    assert all(isinstance(outcome, Record) for _, outcome in run.rows())


@pytest.mark.parametrize(
    "text",
    [
        f"{TERN}",
        f"Slow Ink\n\n{SLOW}",
        f"\n    {SLOW[:44]}\n    {SLOW[45:]}\n    ",
        "Methods: We dry ink.\n\nResults: It is dry after 4 hours and 2 minutes.",
        f"'{SLOW}'",
        "We present SLOWINK, an ink of 4 salts, for slow letters.",
    ],
)
def test_a_text_is_an_abstract(text: str) -> None:
    """What no file is called so is one: by its length, a line break, or as a sentence ends."""
    (document,) = read(text)
    assert "".join(document.abstract.split()) in "".join(text.split())


@pytest.mark.parametrize(
    "name",
    [
        "page.tx",
        "Roe 2020 - a study of nine kinds of ink, dried slowly in the sun.pdf",
        "refs/*.riss",
        "an ink of 4 salts",
    ],
)
def test_a_path_that_is_misspelt_is_no_abstract(name: str) -> None:
    """It is refused by its name, whatever words it has."""
    with pytest.raises(InputError) as caught:
        read(name)
    assert str(caught.value).startswith(name)
    assert "no such file" in str(caught.value) or "fits no file" in str(caught.value)
    assert ('given as {"abstract": text}' in str(caught.value)) is (" " in name)


def test_what_is_there_is_a_file(tmp_path: Path) -> None:
    """A file is read, though its name could be that of an abstract."""
    name = "We present an ink of nine salts for slow letters."
    Path(name).write_text(f"{SLOW}\n", encoding="utf-8")
    assert read(name)[0].abstract == SLOW
    assert read(Path(name))[0].source == name


def test_a_pasted_export_is_read_as_one() -> None:
    """A text in another format is several papers, as it were from a file."""
    ris = "TY  - JOUR\nTI  - {}\nAB  - {}\nER  - \n"
    text = ris.format("Kites", TERN) + ris.format("Slow Ink", SLOW)
    assert titles(text) == ["Kites", "Slow Ink"]


def test_dicts(caplog: pytest.LogCaptureFixture) -> None:
    """A dict is read as a line of JSON, one that lacks an abstract is skipped with its number."""
    given = {"title": "Slow Ink", "abstract": SLOW, "year": 2020.0, "authors": ("A Fenn", "B Quay")}
    (document,) = read([given, {"title": "Empty", "abstract": float("nan")}])
    assert (document.published, document.authors) == ("2020", ("A Fenn", "B Quay"))
    assert (document.source, document.line) == ("documents", 1)
    assert "documents:2: “Empty” has no abstract" in caplog.text
    assert titles({"Titel": "Ink", "abstract": SLOW}, map={"title": "Titel"}) == ["Ink"]


def test_several_of_all_kinds(page: Path) -> None:
    """Paths, texts, dicts and documents side by side; a paper is taken once."""
    mixed: list[Any] = [
        page,
        TERN,
        {"title": "Tar", "abstract": f"{SLOW} So does tar."},
        make_document(),
    ]
    assert titles(mixed) == [make_document().title, "Slow Ink", None, "Tar"]
    assert len(read(mixed, keep_duplicates=True)) == 5
    assert titles([str(page), page]) == [make_document().title, "Slow Ink"]


NOT_THERE = ["", " \n", "N/A", "Abstract not available", "kites.tx", "doi:abc"]


@pytest.mark.parametrize("pile", [list, iter, polars.Series], ids=["list", "generator", "column"])
def test_a_text_among_others_that_is_none_costs_itself_alone(
    pile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """What a column of abstracts holds for a paper without one stops no run, and is named."""
    assert titles(pile([TERN, *NOT_THERE, SLOW])) == [None, None]
    assert re.findall(r"documents:(\d):", caplog.text) == ["2", "3", "4", "5", "6", "7"]
    assert "documents:5: “Abstract not available”: no such file" in caplog.text
    with pytest.raises(InputError, match=r"no abstract found \(it holds nothing\)"):
        read(pile(["", ""]))
    with pytest.raises(InputError, match=r"^kites\.tx: no such file"):
        read([TERN, Path("kites.tx")])


def test_a_generator_is_taken_one_by_one() -> None:
    """What has no end can be begun, and no more is taken than is asked for."""
    taken = []

    def papers() -> Iterator[dict[str, str]]:
        for number in itertools.count():
            taken.append(number)
            words = " ".join(f"word{number}x{at}" for at in range(9))
            yield {"id": f"p{number}", "title": f"Paper {number}", "abstract": words}

    run = summarise(papers(), limit=3)
    assert [one.doc_id for one in run.documents()] == ["p0", "p1", "p2"]
    assert len(taken) == 3


def test_what_a_generator_raises_is_raised() -> None:
    """A fault of the caller's code is none of ours."""

    def papers() -> Iterator[str]:
        yield TERN
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        summarise(papers())


FRAME = {
    "Titel": ["Slow Ink", "Nothing"],
    "Zusammenfassung": [SLOW, None],
    "Jahr": [2020, None],
    "Autoren": [["A Fenn", "B Quay"], None],
}


def pandas() -> Any:
    return pytest.importorskip("pandas")


@pytest.mark.parametrize("library", [lambda: polars, pandas], ids=["polars", "pandas"])
def test_a_data_frame(library: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Columns are found by their names, which is said, or as ``map`` says; a row is an entry."""
    frame = library().DataFrame(FRAME)
    with caplog.at_level(logging.INFO):
        (document,) = read(frame)
    assert (document.title, document.abstract, document.published) == ("Slow Ink", SLOW, "2020")
    assert document.authors == ("A Fenn", "B Quay")
    assert (document.source, document.line) == ("DataFrame", 1)
    assert "title=Titel, abstract=Zusammenfassung" in caplog.text
    assert "DataFrame:2: “Nothing” has no abstract" in caplog.text
    assert titles(frame, map={"title": "Autoren"}) == ["A Fenn; B Quay"]
    assert len(read(frame["Zusammenfassung"])) == 1


def test_a_frame_without_abstracts() -> None:
    """What to write is told in Python."""
    with pytest.raises(InputError, match=r"name one with map=\{\"abstract\": \"COLUMN\"\}"):
        read(polars.DataFrame({"a": ["x"], "b": ["y"]}))
    with pytest.raises(InputError, match=r"frame\.collect\(\)"):
        read(polars.DataFrame(FRAME).lazy())


@pytest.mark.parametrize("source", [3, None, [3], b"bytes"])
def test_what_is_no_input(source: Any) -> None:
    """Its type is named, and what could be given."""
    with pytest.raises(InputError, match=r"type (int|NoneType|bytes).* no input|holds nothing"):
        read(source)


def test_nothing_at_all() -> None:
    """No document is an error, and of several the first reason is told."""
    with pytest.raises(InputError, match="no document"):
        summarise([])
    with pytest.raises(InputError, match=r"no abstract found \(“A” has no abstract\)"):
        summarise([{"title": "A"}, {"title": "B"}])


# Settings


def test_an_unknown_setting_is_named() -> None:
    """A misspelt one is an error that names the nearest, before anything is done."""
    with pytest.raises(SettingsError) as caught:
        summarise(documents(1), max_costs=3)  # type: ignore[call-arg]
    assert str(caught.value) == (
        "summarise() has no keyword 'max_costs'. Did you mean max_cost or max_calls?"
    )
    assert caught.value.__context__ is None, "a traceback shows this error alone"
    with pytest.raises(SettingsError, match="Did you mean concurrency"):
        summarise(documents(1), concurency=3)  # type: ignore[call-arg]
    with pytest.raises(
        SettingsError, match=r"read\(\) has no keyword 'columns'\. Choose one of format, "
    ):
        read(PAGE, columns={"a": "b"})  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"temperature": 9}, "temperature: "),
        ({"model": "m", "offline": True}, "offline=True opens nothing else"),
        ({"model": "m", "base_url": "http://127.0.0.1:9/v1", "max_cost": 1}, "price_in= and"),
        ({"map": {"titel": "a"}}, "map: “titel=a” names no field"),
        ({"format": "docx"}, "format: there is no format 'docx'"),
        ({"schema": "none"}, "schema"),
    ],
)
def test_what_is_wrong_is_told_in_keywords(options: dict[str, Any], told: str) -> None:
    """No flag of the command line stands in what a program is told."""
    with pytest.raises(SummariseError) as caught:
        summarise(PAGE, **options)
    assert told in str(caught.value)
    assert "--" not in str(caught.value)


def test_a_stop_is_an_exception() -> None:
    """What stops a run on the command line raises here."""
    with LoopbackServer(lambda *_: status(401)) as server, pytest.raises(SummariseError):
        summarise(documents(1), model="m", base_url=server.base_url)


def test_a_failure_is_data(tmp_path: Path) -> None:
    """A document that comes to nothing is among the failures, with its kind and its reason."""
    with LoopbackServer(lambda *_: answer("no JSON")) as server:
        run = summarise(
            documents(2), model="m", base_url=server.base_url, output=tmp_path, cache=False
        )
    failures = list(run.failures())
    assert [one.doc_id for one in failures] == [one.doc_id for one in run.documents()]
    assert failures[0].kind == "invalid"
    with pytest.raises(SummariseError, match="failed: invalid: "):
        run.record(1)
    assert repr(run) == "Run of 2 documents: 0 records, 2 failures"


# Loops, threads, signals


def test_in_a_running_loop() -> None:
    """Where a loop runs, as in a notebook, summarise() works and asummarise() can be awaited."""

    async def cell() -> tuple[int, int]:
        blocking = summarise(documents(2))
        awaited = await asummarise(documents(3))
        return len(list(blocking.records())), len(list(awaited.records()))

    assert asyncio.run(cell()) == (2, 3)


def test_an_estimate_is_that_of_the_command(page: Path, tmp_path: Path) -> None:
    """Nothing is sent; what a folder holds isn't counted again; in a running loop, too."""

    async def cell() -> int:
        return estimate(page, model="m").calls

    with LoopbackServer() as server:
        folder, url = tmp_path / "run", server.base_url
        found = estimate(page, model="m", base_url=url, output=folder, limit=1, cache=False)
        assert (found.model, found.documents, found.made, found.calls) == ("m", 1, 0, 1)
        assert (folder.exists(), server.requests) == (False, [])
        summarise(page, model="m", base_url=url, output=folder, limit=1, cache=False)
        sent = len(server.requests)
        found = estimate(page, model="m", base_url=url, output=folder, cache=False)
        assert (found.documents, found.made, found.calls) == (2, 1, 1)
        assert len(server.requests) == sent
    assert asyncio.run(cell()) == 2
    assert (estimate(page).calls, estimate(page).cost) == (0, Decimal(0))
    with pytest.raises(SettingsError, match=r"^refresh: isn't part of an estimate"):
        estimate(page, refresh=True)
    with pytest.raises(SettingsError, match=r"estimate\(\) has no keyword 'max_costs'\. Did"):
        estimate(page, max_costs=2)  # type: ignore[call-arg]


def test_what_stops_a_run_in_a_running_loop_is_raised() -> None:
    """The thread of a run takes nothing with it."""

    async def cell() -> None:
        summarise("nowhere.txt")

    with pytest.raises(InputError, match="no such file"):
        asyncio.run(cell())
    assert not [one for one in threading.enumerate() if one.name == "summarise"]


def test_interrupting_a_cell_interrupts_its_run() -> None:
    """Ctrl-C, or the square button, ends what waits for a server, and comes back as it is."""
    asked = threading.Event()

    def silent(*_: Any) -> Any:
        asked.set()
        return hang()

    def interrupt() -> None:
        asked.wait(30)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    async def cell(base_url: str) -> None:
        # A kernel takes it as Python does, not as asyncio.run.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        summarise(documents(1), model="m", base_url=base_url, cache=False)

    with LoopbackServer(silent) as server:
        waiting = threading.Thread(target=interrupt)
        waiting.start()
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(cell(server.base_url))
        waiting.join()
    assert not [one for one in threading.enumerate() if one.name == "summarise"]


# Progress


class Stream(io.StringIO):
    """Standard error, of a terminal or not."""

    def __init__(self, *, is_terminal: bool = False) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def said(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, **options: Any) -> str:
    stream = Stream(is_terminal=terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(logging.getLogger("summarise"), "propagate", False)
    summarise([TERN, SLOW], **options)
    return stream.getvalue()


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a kernel has displayed; a line that is updated stands there once."""
    shown: list[str] = []

    def update(bundle: dict[str, str], *, raw: bool) -> None:
        shown[-1] = bundle["text/plain"]

    def display(bundle: dict[str, str], *, raw: bool, display_id: bool) -> SimpleNamespace:
        shown.append(bundle["text/plain"])
        return SimpleNamespace(update=update)

    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=display))
    return shown


def test_a_program_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks at it, so nothing is said unless it is asked for."""
    assert said(monkeypatch, terminal=False) == ""
    assert "2 documents → 2 records, 0 failures" in said(monkeypatch, terminal=False, progress=True)


def test_a_terminal_shows_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does by default, and doesn't when told so."""
    assert "2 documents → 2 records, 0 failures" in said(monkeypatch, terminal=True)
    assert said(monkeypatch, terminal=True, progress=False) == ""


def test_a_notebook_shows_progress(monkeypatch: pytest.MonkeyPatch, kernel: list[str]) -> None:
    """One line is replaced, so that the last one is saved with the notebook."""
    assert said(monkeypatch, terminal=False) == ""
    (line,) = kernel
    assert line.startswith("2 documents → 2 records, 0 failures")
    assert said(monkeypatch, terminal=False, progress=False) == ""
    assert len(kernel) == 1


def test_warnings_are_told_and_can_do_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that is left out is named, without what could act on a screen."""
    stream = Stream()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(logging.getLogger("summarise"), "propagate", False)
    run = summarise([TERN, {"title": "\x1b[2JGone"}])
    assert stream.getvalue() == "summarise: documents:2: “‹U+001B›[2JGone” has no abstract\n"
    (skipped,) = run.skipped()
    assert (skipped.source, skipped.line, skipped.kind) == ("documents", 2, "no_abstract")
    assert logging.getLogger("summarise").level == logging.NOTSET


# The folder


def test_temporary_runs_go_with_their_result() -> None:
    """Without an output the run directory is removed with the result."""
    run = summarise(documents(1))
    path = run.path
    assert path.exists()
    del run
    assert not path.exists()


def test_a_run_without_a_name_gives_what_it_holds() -> None:
    """Its folder stays for as long as somebody goes through it."""
    assert len(list(summarise(documents(3)).rows())) == 3
    assert len(list(summarise(documents(3)).records())) == 3
    assert len(list(summarise(documents(3)).documents())) == 3
    assert len(list(summarise(documents(3)).skipped())) == 0


def test_a_folder_of_before() -> None:
    """A run is opened again by its path, and taken on by the same call."""
    summarise(documents(2), output="out")
    assert [one.doc_id for one in Run("out").records()] == [one.doc_id for one in documents(2)]
    again = summarise(documents(3), output="out", append=True)
    assert len(list(again.records())) == 3
    other_ids = [one.model_copy(update={"doc_id": f"other-{one.doc_id}"}) for one in documents(3)]
    again = summarise(other_ids, output="out", append=True)
    assert (len(list(again.records())), len(list(again.skipped()))) == (3, 3)
    assert api.Run is Run


def test_a_run_that_was_cut_off_says_so() -> None:
    """It has no accounts, which isn't that it has no documents; what was made is there."""

    async def cut() -> None:
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()

        def silent(*_: Any) -> Any:
            loop.call_soon_threadsafe(asked.set)
            return hang()

        with LoopbackServer(silent) as server:
            work = asummarise(documents(2), model="m", base_url=server.base_url, output="out")
            task = asyncio.create_task(work)
            await asked.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(cut())
    run = Run("out")
    assert repr(run) == "Run in 'out' that isn't done: records() has what is made so far"
    assert "Not done" in run._repr_html_()
    assert len(list(run.documents())) == 2


def test_a_document_is_one() -> None:
    """A single one needs no list."""
    one = Document(doc_id="d", title="T", abstract=SLOW)
    assert [r.doc_id for r in summarise(one).records()] == ["d"]


# The page of the documentation

_CELL = re.compile(r"^```(python|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_cells_of_the_documentation(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/python.md says that a cell shows is what it shows."""
    monkeypatch.setenv("POLARS_FMT_STR_LEN", "30")
    told, *cells = _CELL.findall((ROOT / "docs" / "python.md").read_text("utf-8"))
    assert told == ("text", page.read_text("utf-8"))
    names: dict[str, Any] = {}
    checked = 0
    for (kind, code), (after, expected) in itertools.pairwise([*cells, ("", "")]):
        if kind != "python" or "await" in code:
            continue
        body = ast.parse(code).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "cell", "exec"), names)
        if last is None:
            continue
        assert isinstance(last, ast.Expr)
        try:
            shown = repr(eval(compile(ast.Expression(last.value), "cell", "eval"), names))
        except SummariseError as error:
            shown = f"{type(error).__name__}: {error}"
        if after == "text":
            assert shown.strip() == expected.strip()
            checked += 1
    assert checked == 7
