"""MEDLINE: what PubMed saves as .nbib, whole and damaged."""

import pytest
from hypothesis import given

from summarise.models import Document, SkipKind
from summarise.readers import load_source, read_documents
from tests.exports import ABSTRACT, EXPORTS, documents_of, entries_of, mutants, survives

NETS = EXPORTS / "bands.nbib"
TEXT = NETS.read_text(encoding="utf-8")


def test_metadata_is_kept_whole() -> None:
    """Wrapped lines are joined, names are whole, sections keep their labels."""
    copper, tin = documents_of(NETS)
    assert copper.doc_id == "10.1000/bands.2024.12"
    assert copper.title == (
        "Copper bands for the wrist after a fall: a randomised trial of a very common household "
        "remedy."
    )
    assert copper.abstract.startswith("BACKGROUND: Copper bands are worn by many. METHODS: We")
    assert copper.authors == ("Roe, Ann", "Doe, Jo", "Band Study Group")
    assert (copper.line, copper.published) == (2, "2024-03-12")
    assert copper.reference == {
        "doi": "10.1000/bands.2024.12",
        "pmid": "40000001",
        "venue": "Journal of metal medicine",
        "volume": "12",
        "issue": "3",
        "pages": "101-119",
        "issn": "1234-5678",
        "language": "eng",
    }
    assert (tin.doc_id, tin.line, tin.published) == ("PMID:40000002", 40, "2023")
    assert tin.authors == ("Poe A", "Lee B")


def test_the_other_abstract_is_kept() -> None:
    """One in another language or of another publisher is read where there is no other."""
    tin = documents_of(NETS)[1]
    assert tin.abstract.startswith("Publisher: Abstract available")
    text = f"PMID- 1\nTI  - Nets.\nAB  - {ABSTRACT}\nOAB - Otra cosa.\n"
    [both] = entries_of(text, "a.nbib")
    assert both.abstract == ABSTRACT
    assert both.repairs == ("its other abstract (OAB) isn't read",)


def test_an_entry_without_an_abstract_is_said() -> None:
    """It is named, and counts."""
    *_, letter = read_documents(load_source(NETS))
    assert not isinstance(letter, Document)
    assert (letter.line, letter.kind) == (55, SkipKind.NO_ABSTRACT)


FORMS = {
    "BOM": "\ufeff" + TEXT,
    "CRLF": TEXT.replace("\n", "\r\n"),
    "CR": TEXT.replace("\n", "\r"),
    "no blank lines": TEXT.replace("\n\n", "\n"),
    "numbered": TEXT.replace("\nPMID", "\n1. PMID"),
    "numbered above": TEXT.replace("\nPMID", "\n12\nPMID"),
    "no space behind PMID": TEXT.replace("PMID- ", "PMID-"),
    "tags that aren't padded": TEXT.replace("TI  - ", "TI- ").replace("AB  - ", "AB - "),
    "quoted": "".join(f"> {line}" for line in TEXT.splitlines(keepends=True)),
    "indented": "".join(f"  {line}" for line in TEXT.splitlines(keepends=True)),
    "fenced": f"```\n{TEXT}```\n",
    "values that don't wrap": TEXT.replace("\n      ", " "),
    "values that wrap without an indent": TEXT.replace("\n      ", "\n"),
    "a blank line in an entry": TEXT.replace("\nFAU - Doe", "\n\nFAU - Doe"),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", ["bands.nbib", "bands.txt"])
def test_all_forms_give_the_same_documents(name: str, text: str) -> None:
    """However lines end, wrap and are set off: the same entries."""
    found, plain = entries_of(text, name), entries_of(TEXT, name)
    assert len(found) == 3
    for one, other in zip(found, plain, strict=True):
        assert (one.title, one.abstract) == (other.title, other.abstract)
        assert (one.authors, one.published) == (other.authors, other.published)
        assert (one.doi, one.pmid) == (other.doi, other.pmid)


def test_an_entry_that_lost_its_first_line_stays_apart() -> None:
    """Below a blank line, what stands once in an entry and is there already opens another one."""
    text = TEXT.replace("PMID- 40000002\n", "")
    found = entries_of(text, "a.nbib")
    assert [one.line for one in found] == [2, 40, 54]
    assert [one.pmid for one in found] == ["40000001", None, "40000003"]
    assert [one.repairs for one in found] == [(), ("it starts without PMID",), ()]


def test_what_belongs_to_no_field_is_said() -> None:
    """A line below a blank one that has neither tag nor indent is no part of a value."""
    text = TEXT.replace("\n\nPMID- 40000002", "\n\nSee below.\n\nPMID- 40000002")
    found = entries_of(text, "a.nbib")
    assert found[0].repairs == ("line 40 belongs to no field and wasn't read: “See below.”",)
    assert len(found) == 3


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2006 Mar 1", "2006-03-01"),
        ("2013 06 10", "2013-06-10"),
        ("2002 Sep", "2002-09"),
        ("2002 Sep-Oct", "2002"),
        ("1998 Dec-1999 Jan", "1998"),
        ("20160419", None),
        ("bad", None),
    ],
)
def test_a_bad_date_costs_nothing_else(date: str, expected: str | None) -> None:
    """A date that can't be read is left out; a span of time keeps the year that it opens with."""
    [one] = entries_of(f"PMID- 1\nDP  - {date}\nDEP - nonsense\nAB  - {ABSTRACT}\n", "a.nbib")
    assert (one.published, one.abstract) == (expected, ABSTRACT)


def test_editors_stand_in_for_authors() -> None:
    """Of a book nobody else may be named."""
    [one] = entries_of("PMID- 1\nBTI - Nets\nFED - Lee, Bo\nED  - Lee B\n", "a.nbib")
    assert one.authors == ("Lee, Bo",)


def test_several_titles_are_one() -> None:
    """A title that was cut over several tags is put together."""
    [one] = entries_of("PMID- 1\nTI  - Nets:\nTI  - a review.\n", "a.nbib")
    assert one.title == "Nets: a review."


@given(mutants(NETS.read_bytes()))
def test_any_damage_is_survived(content: bytes) -> None:
    """No crash, and each entry is accounted for."""
    survives(content, "bands.nbib", "medline")
