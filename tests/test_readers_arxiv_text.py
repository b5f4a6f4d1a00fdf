"""arXiv's pages, as text copied from a browser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.models import SkipKind, Skipped
from summarise.readers import load_source, read_documents
from tests.exports import ABSTRACT, EXPORTS, documents_of, entries_of, mutants, read_all, survives

PAGE = EXPORTS / "arxiv_page.txt"
LISTING = EXPORTS / "arxiv_listing.txt"


def test_a_page_is_read_whole() -> None:
    """What the page shows around title, authors and abstract is none of them."""
    [copper] = documents_of(PAGE)
    assert (copper.doc_id, copper.line) == ("10.1000/nets.2024.12", 2)
    assert copper.title == "Copper Nets at a Third of the Energy"
    assert copper.authors == ("Ann Roe", "Jo Doe")
    assert copper.published == "2024-01-02"
    assert copper.abstract.startswith("Copper nets are cheap")
    assert copper.abstract.endswith("iron nets.\nThey forget no more.")
    assert copper.reference == {
        "doi": "10.1000/nets.2024.12",
        "arxiv": "2401.00123",
        "venue": "J. Metal Nets 12 (2024) 101",
    }


def test_a_page_without_labels() -> None:
    """The labels aren't shown by every browser: then the order tells."""
    text = PAGE.read_text("utf-8").replace("Title:", "").replace("Authors:", "")
    [one], [plain] = entries_of(text.replace("Abstract:", ""), "a.txt"), entries_of(text, "a.txt")
    assert one == plain


def test_pages_one_below_the_other() -> None:
    """Each opens with its date; the history of one is no part of the next."""
    text = PAGE.read_text("utf-8")
    found = entries_of(f"{text}\n{text.replace('Copper', 'Brass')}", "a.txt")
    assert [one.line for one in found] == [2, 24]
    assert (found[1].title or "").startswith("Brass")


def test_a_listing_is_read_whole() -> None:
    """With labels or without, over several lines, with an abstract or none."""
    copper, tin, zinc = read_documents(load_source(LISTING))
    assert not isinstance(copper, Skipped)
    assert not isinstance(zinc, Skipped)
    assert (copper.doc_id, copper.line) == ("arXiv:2401.00123", 3)
    assert copper.authors == ("Ann Roe", "Jo Doe")
    assert copper.abstract.endswith("energy of iron nets.")
    assert isinstance(tin, Skipped)
    assert (tin.line, tin.kind) == (11, SkipKind.NO_ABSTRACT)
    assert (zinc.title, zinc.authors) == ("Zinc Nets", ("Bo Lee", "Di Kay"))
    assert zinc.abstract.startswith("Zinc nets forget 4.1 points")


@pytest.mark.parametrize(
    ("cut", "title", "authors", "line"),
    [
        (["[1] arXiv:2401.00123 [pdf, html, other]\n", "Title: "], "Copper Nets", "Ann Roe", 3),
        (["[1] arXiv:2401.00123 [pdf, html, other]\n"], "Copper Nets", "Ann Roe", 3),
    ],
)
def test_a_first_item_that_lost_its_beginning(
    cut: list[str], title: str, authors: str, line: int
) -> None:
    """Without its id, and without the label of its title: it is read, and that is said."""
    text = LISTING.read_text("utf-8")
    for part in cut:
        text = text.replace(part, "", 1)
    found, faults = read_all(text, "a.txt")
    assert faults == []
    assert [one.title for one in found][1:] == ["Tin Strings", "Zinc Nets"]
    assert (found[0].title or "").startswith(title)
    assert found[0].authors[0] == authors
    assert found[0].line == line
    assert found[0].repairs == ("it starts without its id",)
    assert "four of them on LoomSet" in (found[0].abstract or "")


def test_an_item_between_others_that_lost_its_beginning() -> None:
    """A second line of authors, behind an abstract, is of the next paper."""
    again = "Authors: Al Poe\nAbstract: Lead is soft.\n"
    *_, one, two = entries_of(f"{LISTING.read_text('utf-8')}\n{again}", "a.txt")
    assert (one.authors, two.authors) == (("Bo Lee", "Di Kay"), ("Al Poe",))
    assert (two.abstract, two.repairs) == ("Lead is soft.", ("it starts without its id",))


def test_a_search_is_read_whole() -> None:
    """An abstract that the page shows in part is said to be one."""
    item = (
        "{n}. arXiv:2401.0012{n}  [pdf, other]  cs.NE\nCopper nets\nAuthors: Ann Roe, Jo Doe\n"
        "Abstract: {text}\nSubmitted 2 January, 2024; originally announced January 2024.\n"
        "Comments: 9 pages\n"
    )
    text = item.format(n=1, text=f"{ABSTRACT} △ Less") + item.format(
        n=2, text=f"{ABSTRACT}… ▽ More"
    )
    whole, cut = entries_of(f"Showing 1–2 of 2 results\n{text}", "a.txt")
    assert (whole.title, whole.abstract, whole.arxiv) == ("Copper nets", ABSTRACT, "2401.00121")
    assert (whole.published, whole.repairs) == ("2024-01-02", ())
    assert (cut.abstract, cut.repairs) == (
        ABSTRACT,
        ("its abstract is cut short on the page (“More”)",),
    )


def test_an_entry_without_end_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no entry is that long is not held."""
    monkeypatch.setattr("summarise.readers.formats.arxiv_text.LARGEST", 1 << 10)
    text = LISTING.read_text("utf-8").replace("iron nets.", "iron nets.\n" * 999)
    found, faults = read_all(text, "a.txt")
    assert (len(found), len(faults)) == (2, 1)


@given(st.one_of(mutants(PAGE.read_bytes()), mutants(LISTING.read_bytes())))
def test_any_damage_is_survived(content: bytes) -> None:
    """No crash, and each entry is accounted for."""
    survives(content, "arxiv.txt", "arxiv_text")
