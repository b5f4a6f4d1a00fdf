"""Formats that are files of a library: what another program reads of them."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from summarise.characters import for_screen
from summarise.errors import RunError, SettingsError
from summarise.models import Row
from summarise.render import Style, table_view
from summarise.render.format import load_format
from summarise.render.formats import xlsx
from summarise.schema import Draft, Evidence, Part, Pico, Statement, Verbatim
from tests.format_goldens import HOSTILE, hostile_rows, rows, written
from tests.records import NOTHING, TERN_ANSWER, make_document, make_record
from tests.test_render_formats_text import row_of

FILES = ("xlsx", "parquet", "sqlite")
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


class Screen(io.BytesIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", FILES)
def test_a_screen_gets_no_bytes(name: str) -> None:
    """A file that isn't text is refused in one line, which names the way out."""
    screen = Screen()
    with pytest.raises(SettingsError, match=r"can't be read on a screen.*Name a file with -o"):
        load_format(name).write(table_view(rows()), screen)
    assert screen.getvalue() == b""


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """What another program reads of a workbook."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_workbook() -> None:
    """A sheet of papers, and one of counts, marks and failures."""
    papers, about = sheets(written("xlsx", rows())).values()
    assert papers[0][:6] == ["#", "Paper", "Authors and year", "Link", "Id", "Notes"]
    assert papers[1][0] == 1
    assert papers[1][8] == "training: KITENEST (12K labelled strips)\nevaluation: COVE-9"
    assert papers[3][6] == "not attempted"
    assert about[1][:2] == ["count", "3 documents"]
    assert ["failed: truncated", "Cut Short", "The answer was cut. Raise --max-output-tokens."] in [
        line[:3] for line in about
    ]


@settings(max_examples=40)
@given(text=any_text)
@example(text="=1+1")
@example(text="https://papers.example")
@example(text="_x0041_")
@example(text="\ufffe\uffff")
@example(text="007")
def test_any_text_is_a_text_of_the_sheet(text: str) -> None:
    """Nothing becomes a formula, a link, a number or a date."""
    view = table_view([row_of(text)], style=Style.FULL)
    title = next(view.rows).title
    content = written("xlsx", iter([row_of(text)]), Style.FULL)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    # XML has no form of two code points that are no characters.
    read = str(sheets(content)["Papers"][1][1])
    assert read.replace("_xFFFE_", "\ufffe").replace("_xFFFF_", "\uffff") == title


def test_hostile_texts_in_a_workbook() -> None:
    """Each stays in its cell."""
    papers = sheets(written("xlsx", hostile_rows()))["Papers"]
    assert len(papers) == 2 + len(HOSTILE)
    assert papers[2][1] == papers[2][6] == "=1+1"


def test_a_cell_holds_what_excel_can_hold() -> None:
    """32,767 units of UTF-16; what is longer ends in an ellipsis."""
    for long in ("a" * 40_000, "😀" * 20_000):
        document = make_document(title="T")
        answer = {**NOTHING, "problem": {"text": long, "sentences": []}}
        row: Row = (document, make_record(document, answer))
        papers = sheets(written("xlsx", iter([row]), Style.FULL))["Papers"]
        shown = str(papers[1][6])
        assert 32_760 <= len(shown.encode("utf-16-le")) // 2 <= 32_767
        assert shown.endswith("…")


def test_a_sheet_that_is_full_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is lost beyond the last one that a sheet has."""
    monkeypatch.setattr(xlsx, "_ROWS", 3)
    names = sheets(written("xlsx", rows()))
    assert list(names) == ["Papers", "Papers 2", "About"]
    assert [len(names[name]) for name in ("Papers", "Papers 2")] == [3, 2]
    monkeypatch.setattr(xlsx, "_COLUMNS", 10)
    with pytest.raises(SettingsError, match="at most 10 columns, this table has 11"):
        written("xlsx", rows())


# SQLite


def database(content: bytes) -> sqlite3.Connection:
    """What another program opens."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return connection


def test_a_database() -> None:
    """Papers, and below them what a record holds; searched by words."""
    with closing(database(written("sqlite", rows()))) as data:
        papers = "SELECT number, title, doi, outcome, failure_kind, data FROM papers"
        first, second, third = data.execute(papers).fetchall()
        assert first[:4] == (
            1,
            "TERNLOOP: Counting Seabirds from Kites",
            "10.5555/tern.1",
            "record",
        )
        assert first[5] == "training: KITENEST (12K labelled strips)\nevaluation: COVE-9"
        assert second[3:5] == ("failure", "truncated")
        assert third[3] == "pending"
        joined = (
            "SELECT title, metric, value, results.sentences FROM results"
            " JOIN papers ON paper = number"
        )
        assert data.execute(joined).fetchall() == [(first[1], "nest recall", "67.2%", "[4]")]
        assert data.execute("SELECT * FROM method").fetchone()[2:5:2] == (
            "TERNLOOP",
            "A detector that reads kite photographs in strips.",
        )
        assert data.execute("SELECT path FROM doubts").fetchall() == [("results[0].baseline",)]
        keys = data.execute("PRAGMA foreign_key_list(results)").fetchall()
        assert [key[2:5] for key in keys] == [("papers", "paper", "key")]
        found = "SELECT rowid FROM papers_fts WHERE papers_fts MATCH 'seabird kites'"
        assert (1,) in data.execute(found).fetchall()
        # By this Datasette knows that the table can be searched.
        made = data.execute("SELECT sql FROM sqlite_master WHERE name = 'papers_fts'").fetchone()
        assert 'content="papers"' in made[0]
        about = data.execute("SELECT what, which FROM about").fetchall()
        assert about[0] == ("count", "3 documents")
        assert ("failed: truncated", "Cut Short") in about


def test_a_paper_may_stand_in_a_database_more_than_once() -> None:
    """In several groups, or under the number that a paper of another run has: each has a key."""
    table = table_view([next(rows())] * 4, style=Style.FULL)
    numbered = zip(table.rows, (2, 1, 2, 2), strict=True)
    again = table._replace(rows=(row._replace(number=number) for row, number in numbered))
    stream = io.BytesIO()
    load_format("sqlite").write(again, stream)
    with closing(database(stream.getvalue())) as data:
        assert data.execute("SELECT number, key FROM papers").fetchall() == [
            *((1, 1), (2, 2), (2, 3), (2, 4))
        ]
        joined = "SELECT key, value FROM results JOIN papers ON paper = key ORDER BY key"
        assert data.execute(joined).fetchall() == [(at, "67.2%") for at in (1, 2, 3, 4)]


@settings(max_examples=40)
@given(text=any_text)
@example(text="'); DROP TABLE papers; --")
def test_any_text_is_a_text_of_the_database(text: str) -> None:
    """It is a value, never a part of what is asked."""
    title = for_screen(text) or next(table_view([row_of(text)], style=Style.FULL).rows).title
    with closing(database(written("sqlite", iter([row_of(text)]), Style.FULL))) as data:
        ((found,),) = data.execute("SELECT title FROM papers").fetchall()
        assert found == title


class Odd(Part):
    """Names that a database has of its own, or can't tell apart."""

    papers: list[Verbatim]
    number: Statement | None
    Number: Statement | None
    nested: list[Pico]
    sentences: Evidence


@pytest.mark.parametrize("name", ["sqlite", "parquet"])
@pytest.mark.parametrize("schema", [Odd, Pico, Draft])
def test_any_schema_has_its_tables(name: str, schema: type[Part], tmp_path: Path) -> None:
    """Whatever its fields are called and hold."""
    document = make_document()
    values: dict[str, Any] = dict.fromkeys(schema.model_fields)
    values |= {"papers": ["Tern"], "number": "3", "Number": "4"} if schema is Odd else {}
    row: Row = (document, make_record(document, values, schema, verbatims=()))
    path = tmp_path / "table"
    load_format(name).write(table_view([row], schema), path)
    if name == "sqlite" and schema is Odd:
        with closing(database(path.read_bytes())) as data:
            assert data.execute("SELECT * FROM papers_").fetchall() == [(1, 1, "Tern", None)]
            assert data.execute('SELECT * FROM "Number_"').fetchall() == [(1, 1, "4", None)]


# Parquet


def test_a_parquet_file() -> None:
    """Nested as the schema; the counts are in its metadata."""
    content = io.BytesIO(written("parquet", rows()))
    first, second, third = parquet.read_table(content).to_pylist()
    assert (first["doi"], first["outcome"]) == ("10.5555/tern.1", "record")
    assert first["results"][0]["value"] == "67.2%"
    assert first["results"][0]["sentences"] == [4]
    assert first["doubts"][0]["kind"] == "order"
    assert (second["failure_kind"], second["results"]) == ("truncated", None)
    assert third["outcome"] == "pending"
    told = json.loads(parquet.read_metadata(content).metadata[b"summarise"])
    assert told[0][:2] == ["count", "3 documents"]


def test_rows_of_parquet_stand_in_few_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as fill some megabytes stand together, whatever is made at once, and in order."""
    row: Row = (make_document(), make_record(make_document(), NOTHING))
    path = tmp_path / "x.parquet"
    load_format("parquet").write(table_view([row] * 1100), path)
    assert parquet.read_metadata(path).num_row_groups == 1
    monkeypatch.setattr("summarise.render.formats.parquet._GROUP", 1)
    load_format("parquet").write(table_view([row] * 1100), path)
    assert parquet.read_metadata(path).num_row_groups == 3
    numbers = parquet.read_table(path, columns=["number"])["number"].to_pylist()
    assert numbers == list(range(1, 1101))


def test_hostile_texts_in_a_parquet_file() -> None:
    """Each is a text of its row, and none acts on the screen that a frame is printed on."""
    content = io.BytesIO(written("parquet", hostile_rows()))
    made = parquet.read_table(content).to_pylist()
    assert made[1]["problem"]["text"] == "=1+1"
    assert "\x1b" not in str(made)
    assert "\\x1b" not in repr(made)


def test_a_record_that_isnt_as_its_schema() -> None:
    """It is told in one line; nothing is guessed of it."""
    document, odd = make_document(), {"text": None, "sentences": ["first"]}
    row: Row = (document, make_record(document, {**TERN_ANSWER, "problem": odd}))
    with pytest.raises(RunError, match=r"isn't as the schema .*problem.*Choose jsonl"):
        written("parquet", iter([row]), Style.BRIEF)


def test_parquet_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is told in one line."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SettingsError, match=r"pip install 'summarise-abstracts\[parquet\]'"):
        written("parquet", rows())


@pytest.mark.parametrize("name", FILES)
def test_rows_that_are_no_documents(name: str) -> None:
    """Their cells are all there is."""
    view = table_view(rows())
    stream = io.BytesIO()
    shown = (row._replace(row=None) for row in view.rows)
    load_format(name).write(view._replace(rows=shown), stream)
    if name == "parquet":
        made = parquet.read_table(stream).to_pylist()
        assert list(made[0])[:3] == ["number", "title", "Problem"]
        assert made[0]["Compute"] == "4 Moor GPUs"
    elif name == "sqlite":
        with closing(database(stream.getvalue())) as data:
            assert data.execute("SELECT compute FROM papers").fetchone() == ("4 Moor GPUs",)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_there_whole_or_not_at_all(name: str, tmp_path: Path) -> None:
    """What breaks off while rows come leaves what was there before."""

    def broken() -> Iterator[Row]:
        yield from rows()
        raise KeyError

    path = tmp_path / "table"
    path.write_text("mine", "utf-8")
    with pytest.raises(KeyError):
        load_format(name).write(table_view(broken()), path)
    assert [one.name for one in tmp_path.iterdir()] == ["table"]
    assert path.read_text("utf-8") == "mine"
    load_format(name).write(table_view(rows()), path)
    assert path.read_bytes() == written(name, rows())
