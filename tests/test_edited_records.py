"""Records that somebody edited by hand, so that a field holds something else than it should."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from summarise.batch import RunOptions, documents_batch, run
from summarise.errors import RunError
from summarise.evaluate import diff_view, methods_paragraph
from summarise.models import Record
from summarise.render import FORMATS, By, Style, View, view_of
from summarise.render.format import load_format
from summarise.schema import Draft, misfit, shape_of
from summarise.settings import load_settings
from summarise.store import Run
from tests.records import NOTHING, TERN_ANSWER, make_document

WRONG: list[tuple[str, Any, str]] = [
    ("results", 7, "results"),
    ("results", None, "results"),
    ("results", "none", "results"),
    ("results", ["84.1%"], "results[0]"),
    ("results", [{**TERN_ANSWER["results"][0], "value": 84.1}], "results[0].value"),
    ("results", [{**TERN_ANSWER["results"][0], "metric": {"a": 1}}], "results[0].metric"),
    ("results", [{**TERN_ANSWER["results"][0], "sentences": [[1]]}], "results[0].sentences[0]"),
    ("problem", [], "problem"),
    ("problem", {"text": ["a"], "sentences": []}, "problem.text"),
    ("method", {**NOTHING["method"], "also": "Tern"}, "method.also"),
    ("method", {**NOTHING["method"], "also": [["Tern"]]}, "method.also[0]"),
    ("data", None, "data"),
    ("data", {"name": "GullSet"}, "data"),
    ("compute", [{"kind": [], "value": "9", "sentences": []}], "compute[0].kind"),
]


@pytest.fixture(name="folder")
def make_run(tmp_path: Path) -> Path:
    """A run of two documents, by the embedded extractor."""
    documents = [make_document(doc_id=f"d{n}", title=f"Tern {n}: Gulls") for n in (1, 2)]
    run(documents_batch(documents), load_settings({}, {}), RunOptions(output=tmp_path / "run"))
    return tmp_path / "run"


def edit(folder: Path, field: str, value: Any) -> None:
    """Put another value into the first record."""
    path = folder / "records.jsonl"
    first, *others = path.read_text("utf-8").splitlines()
    edited = json.dumps({**json.loads(first), field: value}, separators=(",", ":"))
    path.write_text("\n".join([edited, *others, ""]), "utf-8")


@pytest.mark.parametrize(("field", "value", "path"), WRONG)
def test_the_record_alone_is_left_out_and_told(
    field: str, value: Any, path: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line says in which file, where in it, and which value; the other record stays."""
    edit(folder, field, value)
    assert [type(one[1]).__name__ for one in Run(folder).rows()] == ["NoneType", "Record"]
    (line,) = caplog.messages
    assert line == (
        f"{folder / 'records.jsonl'}: the line at byte 0 is damaged, and is left out: "
        f"{path} isn't what its field holds"
    )


@pytest.mark.parametrize(("field", "value"), [one[:2] for one in WRONG[::5]])
def test_every_view_and_format_shows_the_others(
    field: str, value: Any, folder: Path, tmp_path: Path
) -> None:
    """None of them meets the value."""
    edit(folder, field, value)
    views = [View(), View(sort="title:desc"), View(where="results.value or title"), *map(_by, By)]
    views += [View(group_by="data.name"), View(is_transposed=True), View(columns=(field, "title"))]
    for view in views:
        table = view_of([Run(folder)], view._replace(style=Style.FULL), is_page=True)
        assert list(table.rows) or view.by
    for name in FORMATS:
        if name != "parquet":
            table = view_of([Run(folder)], View(), is_page=False)
            load_format(name).write(table, tmp_path / f"table.{name}")
    assert list(diff_view(Run(folder), Run(folder))[0].rows) == []


def _by(by: By) -> View:
    return View(by=by)


def test_who_looks_one_up_is_told_of_that_alone(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The others aren't read for it, so that it is shown at once, however many there are."""
    edit(folder, "results", 7)
    assert isinstance(Run(folder).find("2")[1], Record)
    assert caplog.messages == []
    assert Run(folder).find("1")[1] is None
    assert "results isn't what its field holds" in caplog.text


def test_on_the_command_line(folder: Path) -> None:
    """The line is told, the table is written, and the run says by itself what to do next."""
    edit(folder, "results", 7)
    command = [sys.executable, "-m", "summarise", "table", str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    assert "results isn't what its field holds" in done.stderr
    assert "1 record, 0 failed, 1 not attempted" in done.stdout


def test_no_paragraph_is_written_of_it(folder: Path) -> None:
    """What a paper says of its methods rests on whole runs."""
    assert methods_paragraph(Run(folder))
    edit(folder, "results", 7)
    with pytest.raises(RunError, match="holds 1 damaged line, so nothing is told of it"):
        methods_paragraph(Run(folder))


def test_the_next_run_makes_it_anew(folder: Path) -> None:
    """Of the same documents; afterwards all is as it was."""
    before = list(Run(folder).rows())
    edit(folder, "results", 7)
    documents = [document for document, _ in before]
    _, report = run(documents_batch(documents), load_settings({}, {}), RunOptions(output=folder))
    assert report.exit_code == 0
    again = Run(folder)
    drafts = [outcome.draft for _, outcome in again.rows() if isinstance(outcome, Record)]
    assert drafts == [outcome.draft for _, outcome in before if isinstance(outcome, Record)]


def test_what_a_draft_may_hold() -> None:
    """All that an answer may have, nulls included, and fields that are missing or unknown."""
    shape = shape_of(Draft)
    assert misfit(shape, dict(TERN_ANSWER)) is None
    assert misfit(shape, dict(NOTHING)) is None
    assert misfit(shape, {"other": 7}) is None
    assert misfit(shape, {}) is None
