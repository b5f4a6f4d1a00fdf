"""What the page of a report saves as references, in Debian's Chromium: what Python would write."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.browser import Browser
from summarise.batch import read_batch
from summarise.models import Document, Row
from summarise.render import output_format, table_view
from summarise.report import write_report
from summarise.store import Run
from tests.format_goldens import hostile_rows, rows
from tests.pages import SAVED, type_into
from tests.records import make_document, make_record
from tests.test_report import run_of

FORMATS = {"bibtex": 2, "ris": 3}
SUFFIXES = {"bibtex": "bib", "ris": "ris"}


def cited_rows() -> list[Row]:
    """Papers with all that a reference can have, and signs that mean something in LaTeX."""
    full = make_document(
        doc_id="roe-2024",
        title=r"fenNet: 5% of $O(n^2)$ costs $5, and $6 -- as {K}nown as \alpha_1~GPUs",
        authors=("Roe, Ann", "Fen and Sons", "Castellan, B., Jr., III", "others", "Øystein Å",
                 "Tern Watch of Two Rivers"),
        author_count=9,
        published="2024-05-03",
        reference={
            "doi": "10.1000/x{1}", "arxiv": "2405.00001", "pmid": "123", "acl": "2024.acl-long.1",
            "venue": "Proceedings of R&D_Letters", "language": "eng",
            "issue": "3",
            "pages": "S94-S100",
            "publisher": "Kite & Sons",
            "issn": "1234-567X",
        },
    )  # fmt: skip
    dated = make_document(
        doc_id="a b", title="Terns  and “kites”", published="XXXX-09-18", url=None
    )
    journal = make_document(
        doc_id="j",
        title="On ties of $x$",
        authors=("The Fen Group", "Ann Roe", "Groupe"),
        reference={"venue": "Annals of Kites", "volume": "12_B", "pages": "7, 94-100"},
    )
    untitled = make_document(
        doc_id="u", title=None, published="2020", abstract="@x = {y}.\n=\n'' <<"
    )
    made = [full, dated, journal, untitled]
    return [(document, make_record(document, {"problem": None})) for document in made]


def saved(browser: Browser, format_: str) -> str:
    return str(browser.execute_async_script(SAVED, FORMATS[format_]))


@pytest.mark.parametrize("format_", list(FORMATS))
def test_it_is_what_python_writes(browser: Browser, tmp_path: Path, format_: str) -> None:
    """Sign for sign, whatever stands in a title, a name, an id or a cell."""
    made = [*rows(), *cited_rows()]
    page, expected = tmp_path / "x.html", tmp_path / f"x.{SUFFIXES[format_]}"
    run = run_of(tmp_path, *made)
    write_report(run, page)
    output_format(format_, None).write(table_view(run.rows(), run.schema), expected)
    browser.open_page(page)
    assert saved(browser, format_).splitlines() == expected.read_text("utf-8").splitlines()


def papers_in(path: Path) -> list[tuple[str | None, str]]:
    """The titles and ids of the papers of a file, as every command reads it."""
    entries = list(read_batch([str(path)]).entries)
    return [
        (one.title, one.reference.get("doi", "")) for one in entries if isinstance(one, Document)
    ]


@pytest.mark.parametrize("format_", list(FORMATS))
def test_what_is_left_is_read_again(
    browser: Browser, tmp_path: Path, gold_page: tuple[Run, Path], format_: str
) -> None:
    """Our own reader finds the same papers, and of the filters' alone."""
    run, page = gold_page
    browser.open_page(page)
    type_into(browser, "#search", "archives")
    browser.wait_for("return document.querySelectorAll('tbody .open').length < 15")
    numbers = [int(text) for text in browser.texts("tbody .open")]
    all_ = [document for document, _ in run.rows()]
    file = tmp_path / f"saved.{SUFFIXES[format_]}"
    file.write_text(saved(browser, format_), "utf-8", newline="")
    assert 0 < len(numbers) < len(all_)
    assert [title for title, _ in papers_in(file)] == [all_[n - 1].title for n in numbers]


@pytest.mark.parametrize("format_", list(FORMATS))
def test_hostile_papers_stay_apart(browser: Browser, tmp_path: Path, format_: str) -> None:
    """No text ends its entry, or begins another: as many are read as of what Python writes."""
    made = list(hostile_rows())
    page, file = tmp_path / "hostile.html", tmp_path / f"saved.{SUFFIXES[format_]}"
    write_report(run_of(tmp_path, *made), page)
    browser.open_page(page)
    file.write_text(saved(browser, format_), "utf-8", newline="")
    written = tmp_path / f"written.{SUFFIXES[format_]}"
    run = run_of(tmp_path, *made)
    output_format(format_, None).write(table_view(run.rows(), run.schema), written)
    assert len(papers_in(file)) == len(papers_in(written)) > 3
    assert browser.told() == []
