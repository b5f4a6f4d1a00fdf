"""What people say of values is seen wherever they are shown, and told for what it is."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from summarise.api.frames import to_frame
from summarise.api.record import with_document
from summarise.judging import lay_over
from summarise.models import Document, JudgedAs, Record
from summarise.render import Style, output_format, render_record, render_table, table_view
from summarise.render.conditions import FieldNames, parse_condition
from summarise.schema import Draft
from tests.judgements import judged
from tests.records import TERN_ANSWER, make_document, make_record

DOCUMENT = make_document()
RECORD = make_record(DOCUMENT, TERN_ANSWER)


def shown(*said: Any) -> Record:
    """The record with what Ada says: paths with a value, or with what it is."""
    judgements = [
        judged(DOCUMENT, RECORD, path, None, verdict=value, at=f"2026-11-27T09:30:0{at}Z")
        if isinstance(value, JudgedAs)
        else judged(DOCUMENT, RECORD, path, value, at=f"2026-11-27T09:30:0{at}Z")
        for at, (path, value) in enumerate(said)
    ]
    return lay_over(RECORD, DOCUMENT, judgements, Draft).record


def table(record: Record, style: Style = Style.FACTS) -> list[str]:
    """The lines of its table in Markdown."""
    return list(render_table([(DOCUMENT, record)], style=style))


def cell(record: Record, column: str, style: Style = Style.FACTS) -> str:
    """One cell of the table."""
    lines = table(record, style)
    heads, cells = (line.split(" | ") for line in (lines[2], lines[4]))
    return cells[[head.strip("| ") for head in heads].index(column)].strip(" |")


NEW: dict[str, Any] = {"name": "ELM", "role": "training", "size": None, "sentences": []}
CHECKED, WRONG = JudgedAs.CHECKED, JudgedAs.WRONG


@pytest.mark.parametrize(
    ("said", "column", "text"),
    [
        (("results[0].value", "41.5%"), "Results", "nest recall **41.5%** ✎ (vs. 41.5%) on COVE-9"),
        (("results[0].value", "9%"), "Results", "nest recall **9%** ✎† (vs. 41.5%) on COVE-9"),
        (("results[0].value", WRONG), "Results", "nest recall ✗ ~~67.2%~~ (vs. 41.5%) on COVE-9"),
        (("results[0].value", CHECKED), "Results", "nest recall **67.2%** ✓ (vs. 41.5%) on COVE-9"),
        (("results[0]", CHECKED), "Results", "nest recall **67.2%** (vs. 41.5%) on COVE-9 ✓"),
        (("results", CHECKED), "Results", "nest recall **67.2%** (vs. 41.5%) on COVE-9 ✓"),
        (("problem.text", "Boats are slow."), "Problem", "Boats are slow ✎"),
        (("problem.text", WRONG), "Problem", "✗ ~~Counts from boats miss most nests~~"),
        (("data[]", NEW), "Data", "*training*: KITENEST (12K labelled strips); ELM ✎†"),
        (("compute", []), "Compute", "– ✎"),
        (("compute[0]", None), "Compute", "– ✎"),
        (("data[0].role", "studied"), "Data", "*studied*: KITENEST (12K labelled strips) ✎"),
    ],
)
def test_a_cell_says_what_a_person_said(said: Any, column: str, text: str) -> None:
    """Beside the value, else beside its entry, else beside all."""
    assert cell(shown(said), column).split("<br>")[0] == text


def test_in_the_style_of_evidence_a_person_is_named() -> None:
    """As the sentences are that support the rest."""
    record = shown(("results[0].value", "9%"), ("method", CHECKED))
    assert "**9%** ✎† Ada Fenn (vs." in cell(record, "Results", Style.EVIDENCE)
    assert "✓ Ada Fenn \\[2\\]" in cell(record, "Method", Style.EVIDENCE)


def test_below_the_table_stands_how_much_was_said_and_what_the_marks_mean() -> None:
    """A value that a person vouches for isn't counted among those that were found."""
    record = shown(("results[0].value", "9%"), ("method", CHECKED), ("data[0].name", WRONG))
    lines = table(record)
    count = len(record.verbatims)
    told = next(line for line in lines if line.startswith("**1 document**"))
    assert f"The words of {count - 1} of {count} values stand" in told
    assert (
        "Of what is shown: 1 value corrected, 1 checked, 1 said to be wrong by Ada Fenn." in lines
    )
    assert {line[2:4].strip() for line in lines if line.startswith("- ✎")} == {"✎†"}
    assert any(line.startswith("- ✓ : a person has checked it") for line in lines)
    assert any(line.startswith("- ✗ :") for line in lines)


def written(name: str, record: Record) -> str:
    """A table in a format, as text."""

    class Stream(io.BytesIO):
        def isatty(self) -> bool:
            return False

    stream = Stream()
    output_format(name, None).write(table_view([(DOCUMENT, record)]), stream)
    return stream.getvalue().decode("utf-8", "replace")


@pytest.mark.parametrize("name", ["markdown", "html", "latex", "csv", "tsv", "terminal"])
def test_every_format_of_people_has_the_marks(name: str) -> None:
    """What is struck in one has the sign alone in another."""
    text = written(name, shown(("results[0].value", WRONG), ("method.name", "KITELOOP")))
    signs = (
        ("\\ensuremath{\\otimes}", "\\textbf{*}\\textdagger") if name == "latex" else ("✗", "✎†")
    )
    for sign in signs:
        assert sign in text
    assert name != "html" or "<s>67.2%</s>" in text


def test_json_has_what_was_said_beside_what_is_shown() -> None:
    """With the path in the stored record, and without the key where nobody said anything."""
    record = shown(("data[0]", None), ("data[1].size", "41.5%"))
    row = json.loads(written("jsonl", record))
    assert [(one["stored"], one["shown"], one["by"]) for one in row["judgements"]] == [
        ("data[0]", None, "Ada Fenn"),
        ("data[1].size", "data[0].size", "Ada Fenn"),
    ]
    assert json.loads(written("json", record))["counts"]["judged"]["corrected"] == 2
    assert "judgements" not in json.loads(written("jsonl", RECORD))
    assert json.loads(record.exported())["judgements"][0]["verdict"] == "corrected"
    assert RECORD.exported() == RECORD.model_dump_json()


def test_papers_are_chosen_by_what_was_said() -> None:
    """By whether, and by what."""
    names = FieldNames(Draft)
    record = shown(("results[0].value", WRONG), ("method", CHECKED))
    for condition, holds in (
        ("judged", (True, False)),
        ("not judged", (False, True)),
        ("judged = wrong", (True, False)),
        ("judged = corrected", (False, False)),
    ):
        found = parse_condition(condition, names)
        assert tuple(found.holds((DOCUMENT, one)) for one in (record, RECORD)) == holds


def test_databases_have_what_was_said(tmp_path: Path) -> None:
    """Beside the values that are shown."""
    record = shown(("results[0].value", "9%"), ("data[0]", None))
    for name in ("t.db", "t.parquet"):
        target = tmp_path / name
        output_format(None, target).write(table_view([(DOCUMENT, record)]), target)
    with closing(sqlite3.connect(tmp_path / "t.db")) as database:
        rows = database.execute("SELECT paper, path, verdict, value, by FROM judgements").fetchall()
    assert rows == [
        (1, "results[0].value", "corrected", "9%", "Ada Fenn"),
        (1, "data[0]", "corrected", None, "Ada Fenn"),
    ]
    (row,) = pyarrow.parquet.read_table(tmp_path / "t.parquet").to_pylist()
    assert row["judgements"][0]["was"] == "67.2%"
    assert row["results"][0]["value"] == "9%"


def test_one_record_says_who_said_what_and_when() -> None:
    """Beside the value a sign, below it all in words."""
    text = render_record((DOCUMENT, shown(("results[0].value", "9%"))), Draft, width=100)
    assert "value: 9% ✎†\n" in text
    assert "✎ results[0].value: “67.2%” → “9%”, corrected by Ada Fenn, 2026-11-27" in text
    assert "missing" not in text


def test_a_program_sees_them_too() -> None:
    """Records, and frames of them."""
    seen = with_document(shown(("results[0].value", "9%")), DOCUMENT, Draft)
    assert (seen.results[0].value, seen.judgements[0].by) == ("9%", "Ada Fenn")

    def rows() -> Iterator[tuple[Document, Any]]:
        yield DOCUMENT, seen

    frame = to_frame(rows(), Draft, "polars", "results")
    assert frame["results.value"].to_list() == ["9%"]


def test_what_people_write_acts_nowhere() -> None:
    """Names, notes and values are shown as the text that they are."""
    evil = "<script>|\x1b[2J\u202e*"
    judgement = judged(DOCUMENT, RECORD, "method.name", evil, by=evil, note=evil)
    record = lay_over(RECORD, DOCUMENT, [judgement], Draft).record
    for name in ("markdown", "html", "latex", "csv", "terminal", "json"):
        text = written(name, record)
        assert "\x1b[2J" not in text
        assert "\u202e" not in text
        assert name in {"terminal", "csv", "json", "latex"} or "<script>" not in text
    assert "\x1b" not in render_record((DOCUMENT, record), Draft)
    markdown = cell(record, "Method", Style.EVIDENCE)
    assert "|" not in markdown.replace("\\|", "")
