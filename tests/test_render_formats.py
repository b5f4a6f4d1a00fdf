"""The formats of a table: how one is chosen, and what it takes to add one."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarise.batch import RunOptions, documents_batch, run
from summarise.cli.output import StandardOutput
from summarise.errors import SettingsError
from summarise.models import Doubt, DoubtKind, Row
from summarise.render import FORMATS, Style, output_format, render_table, table_view
from summarise.render.format import Strength, load_format
from summarise.schema import Draft
from summarise.settings import load_settings
from tests.conftest import ROOT
from tests.records import TERN_ANSWER, make_document, make_record, result_of

TOY = '''
"""A page of titles."""
from summarise.render.format import OutputFormat, Target, file_of
from summarise.render.format import TableView


def _write(table: TableView, target: Target) -> None:
    with file_of(target) as file:
        for row in table.rows:
            file.write(f"{row.title}\\n".encode())


FORMAT = OutputFormat(_write)
'''


TABLES = """
import sys
from summarise.cli import main
for line in sys.argv[1:]:
    sys.argv = ["summarise", "table", *line.split()]
    try:
        main()
    except SystemExit as left:
        print("left with", left.code or 0)
"""


def test_a_format_is_added_in_one_file_and_one_name(tmp_path: Path) -> None:
    """``--help`` names it; ``--format`` and the suffix of ``-o`` choose it."""
    others = shutil.ignore_patterns("__pycache__", "node_modules")
    shutil.copytree(ROOT / "summarise", tmp_path / "summarise", ignore=others)
    formats = tmp_path / "summarise" / "render" / "formats"
    (formats / "toy.py").write_text(TOY, "utf-8")
    face = formats / "__init__.py"
    named = face.read_text("utf-8").replace('    "json"', '    "toy": (".toy",),\n    "json"')
    face.write_text(named, "utf-8")
    settings = load_settings({}, {})
    options = RunOptions(output=tmp_path / "here")
    run(documents_batch([make_document(title="A | B")]), settings, options)

    # In one process, since each would compile what it imports.
    lines = ["--help", "here --format toy -o there", "here -o there.toy", "here --format toy"]
    done = subprocess.run(
        [sys.executable, "-c", TABLES, *lines],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    told, *printed = done.stdout.split("left with 0\n")
    assert "tsv, toy" in told
    assert (done.returncode, printed, done.stderr) == (0, ["", "", "A | B\n", ""], "")
    for name in ("there", "there.toy"):
        assert (tmp_path / name).read_text("utf-8") == "A | B\n"


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_the_same_twice(name: str, tmp_path: Path) -> None:
    """Neither time nor machine enters, whether a stream or a file is written."""
    document = make_document()

    def written() -> bytes:
        stream = io.BytesIO()
        rows = [(document, make_record(document, TERN_ANSWER))]
        load_format(name).write(table_view(rows), stream)
        return stream.getvalue()

    assert written() == written()


@pytest.mark.parametrize("name", [one for one in FORMATS if load_format(one).is_page])
def test_a_page_tells_what_is_noted_of_the_table(name: str) -> None:
    """Below it, such as a column that was left out since it holds nearly nothing."""
    table = table_view([])
    table.counts.notes.append("Left out: Compute")
    stream = io.BytesIO()
    load_format(name).write(table, stream)
    assert "Left out: Compute" in stream.getvalue().decode()


def test_the_format_that_is_named_or_that_a_suffix_names() -> None:
    """A name comes first, then the suffix in any case; without both it's Markdown."""
    markdown = load_format("markdown")
    for name, path in (
        *(("markdown", None), (None, None), (None, Path("t.md")), (None, Path("t.MARKDOWN"))),
        *((None, Path("t")), ("markdown", Path("t.docx"))),
    ):
        assert output_format(name, path) is markdown
    with pytest.raises(SettingsError, match=r"t\.docx is named like no .*one of \.md, \.txt"):
        output_format(None, Path("t.docx"))
    with pytest.raises(SettingsError, match=r"there is no format 'word'\. Choose one of markdown"):
        output_format("word", None)


def test_a_view_is_clean_and_not_escaped() -> None:
    """What acts on a screen is gone; what acts in one format is a matter of that format."""
    document = make_document(title="A | B\x1b[2J\u202e", url="javascript:alert(1)")
    answer = {**TERN_ANSWER, "problem": {"text": "x < y\n| *z*", "sentences": [2]}}
    rows: list[Row] = [(document, make_record(document, answer))]
    table = table_view(rows, Draft, Style.EVIDENCE)
    row = next(table.rows)
    assert (row.title, row.url) == ("A | B[2J", None)
    statement, stop, evidence = row.cells[0][0][0], row.cells[0][0][-2], row.cells[0][0][-1]
    assert statement.text == "x < y | *z*"
    assert stop.strength is Strength.STOP
    assert (evidence.text, evidence.evidence) == ("[2]", (2,))
    assert table.counts.records == 1
    assert "x &lt; y &#124; \\*z\\*" in list(render_table(rows))[4]


def test_a_stream_that_takes_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output may have been put in another's place, as notebooks do."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    StandardOutput().write("漢 ⚠\n".encode())
    assert stream.getvalue() == "漢 ⚠\n"


def values(rows: list[Row], name: str, **dialect: Any) -> list[list[str]]:
    """What another program reads of a table."""
    stream = io.BytesIO()
    load_format(name).write(table_view(rows), stream)
    return list(csv.reader(io.StringIO(stream.getvalue().decode(), newline=""), **dialect))


def test_values_for_a_spreadsheet() -> None:
    """A column each, entries below each other; what isn't reported is empty."""
    document = make_document()
    waiting = make_document(doc_id="tern-2", url=None)
    answer = {**TERN_ANSWER, "compute": []}
    head, first, second = values(
        [(document, make_record(document, answer)), (waiting, None)], "csv"
    )
    assert head[:6] == ["#", "Paper", "Authors and year", "Link", "Id", "Notes"]
    assert first[:4] == [
        "1", "TERNLOOP: Counting Seabirds from Kites", "Ada Fenn et al., 2023",
        "https://papers.example/tern-1",
    ]  # fmt: skip
    assert first[8] == "training: KITENEST (12K labelled strips)\nevaluation: COVE-9"
    assert first[9] == ""
    assert first[10] == "nest recall 67.2% (vs. 41.5%) on COVE-9"
    assert second[6:8] == ["not attempted", ""]


def test_a_row_of_tabs_is_a_line() -> None:
    """Entries of a cell stand side by side there."""
    document = make_document()
    head, first = values([(document, make_record(document, TERN_ANSWER))], "tsv", delimiter="\t")
    assert len(head) == len(first)
    assert first[8] == "training: KITENEST (12K labelled strips); evaluation: COVE-9"


@given(text=st.text(st.characters(blacklist_categories=["Cs"])))
@example(text="=1+1")
@example(text="+cmd|' /C calc'!A0")
@example(text='a"b,c\nd\te')
def test_any_text_is_one_value_that_no_spreadsheet_runs(text: str) -> None:
    """Quotes, separators and line breaks stay within their cell; a formula is text."""
    document = make_document(title=text, url=None)
    for name, dialect in (("csv", {}), ("tsv", {"delimiter": "\t"})):
        head, row = values([(document, None)], name, **dialect)
        assert len(row) == len(head)
        assert not row[1].startswith(("=", "+", "-", "@", "\t", "\r"))


UNSEEN = "\u00ad\u2060\u200d\u200e\u061c\u034f\ufe0f"
HIDING = f'["{UNSEEN}]'
FORMULAS = [
    *("=1+1", "@SUM(A1)", "+cmd|'/C calc'!A0", "-1+1", "-A1", "\"=cmd|'/c calc'!A1", '"-A1'),
    *("＝1+1", "＋A1", "－A1", "＠SUM(A1)", *(f"{sign}=1+1" for sign in UNSEEN)),
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_formula_begins_inside_of_a_cell(formula: str) -> None:
    """Where a comma is decimal, cells are parted at semicolons, and by the lines of ours."""
    results = [result_of(claim, 1) for claim in ("It rises.", formula, f"x;{formula};y")]
    document = make_document(title=f"Terns;{formula}", url=None)
    record = make_record(document, {**TERN_ANSWER, "results": results})
    for name, dialect in (("csv", {}), ("tsv", {"delimiter": "\t"})):
        told = "\n".join(values([(document, record)], name, **dialect)[1])
        assert formula in told
        cells = [re.sub(HIDING, "", cell) for cell in re.split("[,;\n]", told)]
        assert [cell for cell in cells if re.match("[=@＝＠]|[+\\-＋－]([^0-9]|1[+])", cell)] == []


def test_a_signed_number_inside_of_a_cell_stays_one() -> None:
    """Nothing is computed of it, with a word behind it or without."""
    title = "Terns;-3 points;+5%;-1,200"
    _, row = values([(make_document(title=title), None)], "csv")
    assert row[1] == title


def test_a_spreadsheet_has_whole_titles_ids_and_no_formula_of_ours() -> None:
    """What a table shortens is whole there; what is unsure begins with that word, no sign."""
    title = f"A kite for {'very ' * 30}small gulls"
    document = make_document(title=title)
    unsure = (Doubt(path="problem.text", kind=DoubtKind.UNSURE, words="like others"),)
    _, row = values([(document, make_record(document, TERN_ANSWER, doubts=unsure))], "csv")
    said = "unsure: Counts from boats miss most nests"
    assert (row[1], row[4], row[6]) == (title, document.doc_id, said)


@pytest.mark.parametrize("value", ["-22.8", "+5.81%", "-1,200"])
def test_a_signed_number_is_a_number_in_a_spreadsheet(value: str) -> None:
    """It acts as nothing else, and programs for statistics read it."""
    document = make_document(title=value)
    _, row = values([(document, None)], "csv")
    assert row[1] == value
