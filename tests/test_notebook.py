"""A notebook in a kernel of its own: the cells of docs/python.md, and what is shown of them.

nbclient and ipykernel aren't among what development needs; ``.ci/run`` installs them and asks for
this by NOTEBOOK_REQUIRED.
"""

from __future__ import annotations

import gc
import os
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

IS_REQUIRED = bool(os.environ.get("NOTEBOOK_REQUIRED"))
if not IS_REQUIRED:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")

_CELL = re.compile(r"^```(python|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGE = ROOT / "fixtures" / "daily_papers.txt"


def shown(cell: Any) -> dict[str, str]:
    """What a cell shows, by its kind of content, and what stopped it."""
    told: dict[str, str] = {}
    for one in cell.outputs:
        told |= {kind: "".join(text) for kind, text in one.get("data", {}).items()}
        if one["output_type"] == "error":
            told["error"] = f"{one['ename']}: {one['evalue']}"
        if one["output_type"] == "stream":
            told[one["name"]] = told.get(one["name"], "") + one["text"]
    return told


@pytest.fixture
def run_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs cells in a kernel, in a folder with the fixture page as ``page.txt``."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    (tmp_path / "page.txt").write_bytes(PAGE.read_bytes())
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(cells: list[str]) -> list[dict[str, str]]:
        book = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
        with warnings.catch_warnings():
            # It lets go of the kernel's process before that was waited for.
            warnings.simplefilter("ignore", ResourceWarning)
            client = nbclient.NotebookClient(book, timeout=300, allow_errors=True)
            client.execute(cwd=str(tmp_path))
            del client
            gc.collect()
        return [shown(cell) for cell in book.cells]

    return run


def test_the_cells_of_the_documentation_run_in_a_notebook(run_cells: Any) -> None:
    """On the fixture page: each cell comes to its end, but for the one that shows an error."""
    cells = _CELL.findall((ROOT / "docs" / "python.md").read_text("utf-8"))
    code = [text for kind, text in cells if kind == "python" and "gpt-5-mini" not in text]
    first, *rest, last = run_cells([*code, "[*run.failures()]"])
    assert "<table" in first["text/html"]
    assert "text/plain" in first
    stopped = [one["error"] for one in rest if "error" in one]
    assert len(stopped) == 1
    assert "no keyword 'max_costs'. Did you mean max_cost or max_calls?" in stopped[0]
    assert last == {"text/plain": "[]"}


ASKED = """
from summarise import asummarise, summarise
run = await asummarise("page.txt", limit=3)
len([*run.records()])
"""


def test_a_loop_that_runs_already_is_no_obstacle(run_cells: Any) -> None:
    """``summarise`` and ``await asummarise`` in cells; a record beside its abstract; progress."""
    shown_ = "summarise('page.txt', progress=True, output='run').path.name"
    asked, record, progress = run_cells([ASKED, "run.record(1)", shown_])
    assert asked["text/plain"] == "3"
    assert "<" in record["text/html"]
    assert progress["text/plain"] == "'run'"
