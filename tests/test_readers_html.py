"""Pages of Hugging Face as HTML."""

import html
import json
from pathlib import Path
from typing import Any

from summarise.models import Document, Skipped
from summarise.readers import Source, read_documents

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
SUMMARY = "Video models are large. Tide runs a 1.1B model in 3.6 GB."


def read(text: str) -> list[Document | Skipped]:
    return list(read_documents(Source("page", content=text.encode(), format="html")))


def page(name: str) -> list[Document | Skipped]:
    return read((PAGES / name).read_text(encoding="utf-8"))


def with_props(value: Any) -> str:
    return f'<html><body><div data-props="{html.escape(json.dumps(value))}"></div></body></html>'


def test_embedded_json() -> None:
    """Everything that the page knows about a paper arrives, and a second component adds nothing."""
    first, second, third = page("daily_papers.html")
    assert first == Document(
        doc_id="arXiv:2401.00123",
        title="Saltmarsh: Cheap Retrieval with Two-Bit Codes",
        abstract="Dense retrieval needs much memory. Saltmarsh stores each passage in 96 bytes\n"
        "and loses 0.4 points of recall on FenQuery (88.1 vs. 88.5), with a 21-fold smaller index.",
        authors=("Ada Quillon", "Bo Ferrant", "Chi Ostrow"),
        author_count=3,
        published="2024-01-02",
        url="https://huggingface.co/papers/2401.00123",
        reference={"arxiv": "2401.00123"},
        source="page",
        line=6,
    )
    assert isinstance(second, Document)
    assert second.title == "Tide & Time: “Slow” Video Models <4 GB"
    assert second.organisation == "Fen Lab"
    assert isinstance(third, Skipped)
    assert third.reason == "“A Paper Whose Summary Is Empty” has no abstract"


def test_visible_articles() -> None:
    """Without embedded JSON the articles are read: heading, paragraphs, authors, date, address."""
    first, second, third = page("articles.html")
    assert first == Document(
        doc_id="arXiv:2401.00123",
        title="Saltmarsh: Cheap Retrieval with Two-Bit Codes",
        abstract="Dense retrieval needs much memory. Saltmarsh stores each passage in 96 bytes & "
        "loses 0.4 points.",
        author_count=3,
        published="2024-01-02",
        url="https://huggingface.co/papers/2401.00123",
        reference={"arxiv": "2401.00123"},
        source="page",
        line=6,
    )
    assert isinstance(second, Document)
    assert second.abstract.endswith("3.6 GB.\n\nIt makes 14 frames per second.")
    assert isinstance(third, Skipped)
    assert third.line == 16


def test_page_of_one_paper() -> None:
    """A paper's own page is read by its headings; the papers that it links to aren't entries."""
    [document] = page("paper.html")
    assert isinstance(document, Document)
    assert document.doc_id == "arXiv:2401.00123"
    assert document.title == "Saltmarsh: Cheap Retrieval with Two-Bit Codes"
    assert document.abstract.startswith("Dense retrieval needs much memory.")


def test_any_component_will_do() -> None:
    """Search results and papers' pages embed the same objects at other depths."""
    paper = {"id": "2401.00456", "title": "Tide", "summary": SUMMARY}
    for value in (paper, {"paper": paper}, {"query": {"q": "x"}, "papers": [[paper]]}):
        [document] = read(with_props(value))
        assert isinstance(document, Document)
        assert (document.doc_id, document.abstract) == ("arXiv:2401.00456", SUMMARY)


def test_order_of_the_page() -> None:
    """Entries come in the order in which the page lists them."""
    papers = [{"id": f"2401.0000{n}", "title": f"T{n}", "summary": SUMMARY} for n in range(5)]
    titles = [entry.title for entry in read(with_props(papers)) if isinstance(entry, Document)]
    assert titles == ["T0", "T1", "T2", "T3", "T4"]


def test_id_of_another_kind() -> None:
    """An id that isn't arXiv's is kept as it is."""
    [document] = read(with_props({"id": "moss-7", "title": "Tide", "summary": SUMMARY}))
    assert isinstance(document, Document)
    assert (document.doc_id, document.url) == ("moss-7", "https://huggingface.co/papers/moss-7")


def test_odd_values() -> None:
    """Fields of other types than expected are as good as absent."""
    odd = {"id": [1], "title": "Tide", "summary": SUMMARY, "authors": {"a": 1}, "publishedAt": 7}
    [document] = read(with_props({"papers": [odd, {"id": 2, "title": 5, "summary": 6}]}))
    assert isinstance(document, Document)
    assert (document.authors, document.published, document.url) == ((), None, None)


def test_deep_nesting_is_survived() -> None:
    """Neither JSON nor markup nested thousands deep brings the reader down."""
    good = {"id": "2401.00456", "title": "Tide", "summary": SUMMARY}
    deep = f'<div data-props="{"[" * 100_000}"></div>' + "<div>" * 5_000
    [document] = read(with_props(good) + deep)
    assert isinstance(document, Document)
