"""Formats that are files of a library: what another program reads of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from summarise.errors import SettingsError
from summarise.models import Row
from summarise.render import Style, table_view
from summarise.render.format import load_format
from summarise.render.formats import xlsx
from tests.format_goldens import HOSTILE, hostile_rows, rows, written
from tests.records import NOTHING, make_document, make_record
from tests.test_render_formats_text import row_of

FILES = ("xlsx",)
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
    assert papers[0][:6] == ["#", "Paper", "Authors and year", "Link", "Notes", "Problem"]
    assert papers[1][0] == 1
    assert papers[1][7] == "training: KITENEST (12K labelled strips)\nevaluation: COVE-9"
    assert papers[3][5] == "not attempted"
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
    assert papers[2][1] == papers[2][5] == "=1+1"


def test_a_cell_holds_what_excel_can_hold() -> None:
    """32,767 units of UTF-16; what is longer ends in an ellipsis."""
    for long in ("a" * 40_000, "😀" * 20_000):
        document = make_document(title="T")
        answer = {**NOTHING, "problem": {"text": long, "sentences": []}}
        row: Row = (document, make_record(document, answer))
        papers = sheets(written("xlsx", iter([row]), Style.FULL))["Papers"]
        shown = str(papers[1][5])
        assert 32_760 <= len(shown.encode("utf-16-le")) // 2 <= 32_767
        assert shown.endswith("…")


def test_a_sheet_that_is_full_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is lost beyond the last one that a sheet has."""
    monkeypatch.setattr(xlsx, "_ROWS", 3)
    names = sheets(written("xlsx", rows()))
    assert list(names) == ["Papers", "Papers 2", "About"]
    assert [len(names[name]) for name in ("Papers", "Papers 2")] == [3, 2]
    monkeypatch.setattr(xlsx, "_COLUMNS", 9)
    with pytest.raises(SettingsError, match="at most 9 columns, this table has 10"):
        written("xlsx", rows())


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_there_whole_or_not_at_all(name: str, tmp_path: Path) -> None:
    """What breaks off while rows come leaves what was there before."""

    def broken() -> object:
        yield from rows()
        raise KeyError

    path = tmp_path / "table"
    path.write_text("mine", "utf-8")
    with pytest.raises(KeyError):
        load_format(name).write(table_view(broken()), path)  # type: ignore[arg-type]
    assert [one.name for one in tmp_path.iterdir()] == ["table"]
    assert path.read_text("utf-8") == "mine"
    load_format(name).write(table_view(rows()), path)
    assert path.read_bytes() == written(name, rows())
