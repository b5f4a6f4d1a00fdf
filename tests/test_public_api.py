"""Tests of what a user imports, and of what a command doesn't: a help text should be quick."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import summarise
from summarise.batch import RunOptions, documents_batch, run
from summarise.errors import (
    EndpointError,
    EndpointUnusable,
    InputError,
    PromptError,
    RequestRejected,
    RunError,
    SchemaError,
    SettingsError,
    SummariseError,
    TransportError,
    TransportKind,
)
from summarise.settings import load_settings
from tests.records import make_document

SDK = {"openai", "instructor", "aiohttp", "httpx2", "httpx"}
# What costs a start-up more than it can be worth to a help text.
HEAVY = SDK | {"pydantic", "asyncio", "jinja2", "rich", "diskcache", "tenacity", "selectolax"}


def imported(code: str, *arguments: str) -> set[str]:
    """The top-level modules that a new interpreter holds after this code."""
    tail = "print(*{m.split('.')[0] for m in sys.modules}, file=sys.stderr)"
    program = f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\n{tail}"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(done.stderr.split("\n")[-2].split())


def commands(*lines: list[str]) -> set[str]:
    """What a new interpreter holds after some command lines, one behind the other."""
    code = """
    import json
    from summarise.cli import main
    for line in json.loads(sys.argv[1]):
        sys.argv[1:] = line
        try:
            main()
        except SystemExit:
            pass
    """
    return imported(code.strip(), json.dumps(lines))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The run directory of one document."""
    settings = load_settings({}, {})
    path, _ = run(documents_batch([make_document()]), settings, RunOptions(output=tmp_path / "run"))
    return path


def test_the_public_names() -> None:
    """This is the whole public API: sorted, importable, and a change of it is a decision."""
    assert summarise.__all__ == [
        "BudgetReached",
        "Document",
        "EndpointUnusable",
        "Estimate",
        "EvidenceSentence",
        "Failure",
        "InputError",
        "NoRoom",
        "Options",
        "ReadOptions",
        "Record",
        "RecordEntry",
        "Run",
        "RunError",
        "SettingsError",
        "Skipped",
        "SummariseError",
        "asummarise",
        "estimate",
        "read",
        "summarise",
    ]
    assert summarise.__all__ == sorted(summarise.__all__)
    for name in summarise.__all__:
        assert getattr(summarise, name).__name__ == name


def test_completion_sees_the_public_names() -> None:
    """Before any of them was imported."""
    code = "import sys, summarise; print(*dir(summarise)); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, modules = (set(line.split()) for line in done.stdout.splitlines())
    assert {*summarise.__all__, "__version__"} <= names
    assert "summarise.api" not in modules


def test_a_name_that_is_not_there() -> None:
    """A misspelt name is the usual error."""
    with pytest.raises(AttributeError, match="'summarise' has no attribute 'summarize'"):
        summarise.summarize  # type: ignore[attr-defined]  # noqa: B018


def test_every_public_name_is_documented() -> None:
    """Each public name has a docstring."""
    assert all(getattr(summarise, name).__doc__ for name in summarise.__all__)


def test_importing_the_package_imports_nothing_else() -> None:
    """``import summarise`` is free; its names are imported when they are asked for."""
    assert not imported("import summarise") & HEAVY


def test_help_is_quick() -> None:
    """The help and the version import no library but typer's own needs."""
    assert not commands(["--help"], ["-h"], ["--version"], []) & HEAVY


def test_help_of_a_command_is_quick() -> None:
    """The help of a command needs no SDK, no event loop and no template."""
    names = ("run", "table", "show", "compare-models")
    assert not commands(*([name, "--help"] for name in names)) & (HEAVY - {"pydantic"})


def test_reading_a_run_needs_no_sdk(folder: Path) -> None:
    """``table`` and ``show`` read what is stored, and import nothing that could call a model.

    Nor does what renders and verifies.
    """
    shown = commands(["table", str(folder)], ["show", str(folder), "1"])
    assert not shown & (SDK | {"asyncio", "jinja2"})
    read = (
        "from summarise.render import render_record, render_table; "
        f"from summarise import Run; Run({str(folder)!r}).table()"
    )
    assert not imported(read) & (SDK | {"asyncio", "jinja2", "tenacity", "polars", "rich"})
    assert not imported("from summarise.evaluate import Verification") & (SDK | {"asyncio"})


def test_a_run_without_a_model_loads_what_it_uses(tmp_path: Path) -> None:
    """No SDK, and nothing that runs shards, tells how far runs are or merges decisions."""
    document = make_document()
    line = json.dumps({"title": document.title, "abstract": document.abstract})
    source = tmp_path / "one.jsonl"
    source.write_text(line + "\n", encoding="utf-8")
    code = "import sys\nfrom summarise.cli import main\ntry: main()\n"
    code += "except SystemExit: print(*sys.modules, file=sys.stderr)"
    arguments = ["run", str(source), "-o", str(tmp_path / "out"), "--quiet"]
    command_ = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command_, capture_output=True, encoding="utf-8", check=True)
    loaded = set(done.stderr.split("\n")[-2].split())
    assert (tmp_path / "out" / "records.jsonl").stat().st_size > 0
    assert {"summarise.batch.work", "summarise.reading"} <= loaded
    assert not loaded & SDK
    assert not loaded & {
        "summarise.people",
        "summarise.batch.standing",
        "summarise.delegating.running",
    }


# Errors


@pytest.mark.parametrize(
    ("error", "base", "code"),
    [
        (SettingsError, SummariseError, 2),
        (InputError, SummariseError, 2),
        (SchemaError, SummariseError, 2),
        (PromptError, SummariseError, 2),
        (RunError, SummariseError, 2),
        (EndpointUnusable, EndpointError, 3),
        (TransportError, EndpointError, 3),
        (RequestRejected, EndpointError, 3),
    ],
)
def test_the_tree_of_errors(
    error: type[SummariseError], base: type[SummariseError], code: int
) -> None:
    """One base for all; 2 is a fault of usage, configuration or input, 3 one of the endpoint."""
    assert issubclass(error, base)
    assert issubclass(base, SummariseError)
    assert error.exit_code == code


ERRORS = [
    (SummariseError("it broke"), "it broke"),
    (SummariseError("it broke", where="a.txt:3"), "a.txt:3: it broke"),
    (SummariseError("it broke", hint="Mend it."), "it broke. Mend it."),
    (SummariseError("it broke!", where="a", hint="Mend it."), "a: it broke! Mend it."),
    (
        TransportError("down", kind=TransportKind.TIMEOUT, where="h", hint="Wait."),
        "h: down. Wait.",
    ),
]


@pytest.mark.parametrize(("error", "line"), ERRORS)
def test_an_error_crosses_processes(error: SummariseError, line: str) -> None:
    """It is told there as here, with all that it holds."""
    other = pickle.loads(pickle.dumps(error))
    assert (type(other), str(other), vars(other)) == (type(error), line, vars(error))


@pytest.mark.parametrize(("error", "line"), ERRORS)
def test_an_error_is_one_line(error: SummariseError, line: str) -> None:
    """Where, what, and the next step, with one full stop between."""
    assert str(error) == line
