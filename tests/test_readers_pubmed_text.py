"""PubMed's “Abstract (text)”."""

import pytest
from hypothesis import given

from summarise.models import SkipKind, Skipped
from summarise.readers import load_source, read_documents
from tests.exports import EXPORTS, documents_of, entries_of, mutants, read_all, survives

BANDS = EXPORTS / "bands.txt"
TEXT = BANDS.read_text(encoding="utf-8")


def test_metadata_is_kept_whole() -> None:
    """Wrapped lines are joined; where authors work and what they declare is no abstract."""
    copper, tin = documents_of(BANDS)
    assert (copper.doc_id, copper.line) == ("10.1000/bands.2024.12", 1)
    assert (copper.title or "").endswith("a very common household remedy.")
    assert copper.authors == ("Roe A", "Doe J", "Band Study Group")
    assert copper.published == "2024-03-12"
    assert copper.reference == {
        "doi": "10.1000/bands.2024.12",
        "pmid": "40000001",
        "venue": "J Metal Med",
    }
    assert copper.abstract.split("\n\n") == [
        "BACKGROUND: Copper bands are worn by many.",
        "METHODS: We randomised 240 adults to a copper band or to none:",
        "1. Band, worn by day. 2. None.",
        "RESULTS: Pain fell by 1.2 points (95% CI 0.4 to 2.0) in the band group. Bands may help.",
    ]
    assert (tin.doc_id, tin.published, tin.authors) == ("PMID:40000002", "2023", ("Poe A", "Lee B"))
    assert tin.abstract.startswith("Tin cups were used")


def test_an_entry_without_an_abstract_is_said() -> None:
    """It is named, and counts."""
    *_, letter = read_documents(load_source(BANDS))
    assert isinstance(letter, Skipped)
    assert (letter.line, letter.kind) == (50, SkipKind.NO_ABSTRACT)


FORMS = {
    "BOM": "\ufeff" + TEXT,
    "CRLF": TEXT.replace("\n", "\r\n"),
    "CR": TEXT.replace("\n", "\r"),
    "one blank line between": TEXT.replace("\n\n\n", "\n\n"),
    "fenced": f"```\n{TEXT}```\n",
    "numbered anew": TEXT.replace("\n2. Rev", "\n1. Rev"),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_all_forms_give_the_same_documents(text: str) -> None:
    """However lines end and are set off: the same entries."""
    found, plain = entries_of(text, "a.txt"), entries_of(TEXT, "a.txt")
    assert [one.abstract for one in found] == [one.abstract for one in plain]
    assert [one.pmid for one in found] == ["40000001", "40000002", "40000003"]


def test_an_entry_that_lost_its_end_stays_apart() -> None:
    """The next number and a citation are enough."""
    text = TEXT.replace("PMID: 40000001 [Indexed for MEDLINE]\n", "")
    assert [one.pmid for one in entries_of(text, "a.txt")] == [None, "40000002", "40000003"]


def test_a_section_that_opens_like_a_notice_is_text() -> None:
    """“Comment in” alone on its line heads a notice; a sentence that opens so is text."""
    sentence = "Summary of what we know: bands are worn. Copyright law doesn't matter."
    text = TEXT.replace("BACKGROUND: Copper bands are worn by many.", sentence)
    found = entries_of(text, "a.txt")
    assert (found[0].abstract or "").startswith(sentence)


def test_an_entry_without_end_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no entry is that long is not held."""
    monkeypatch.setattr("summarise.readers.formats.pubmed_text.LARGEST", 1 << 10)
    found, faults = read_all(TEXT.replace("Bands may help.", "Bands may help.\n" * 99), "a.txt")
    assert (len(found), len(faults)) == (2, 1)


def test_an_entry_that_holds_another_says_so() -> None:
    """Where its first line is lost, nothing else tells where the next one begins."""
    lost = TEXT.replace("2. Rev", "Rev")
    assert lost != TEXT
    told = [one.repairs for one in entries_of(lost, "a.txt") if one.repairs]
    assert told == [("it holds 2 PMIDs: the first line of another entry may be lost above it",)]


@given(mutants(BANDS.read_bytes()))
def test_any_damage_is_survived(content: bytes) -> None:
    """No crash, and each entry is accounted for."""
    survives(content, "bands.txt", "pubmed_text")
