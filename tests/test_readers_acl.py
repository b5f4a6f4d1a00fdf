"""XML of the ACL Anthology."""

import pytest
from hypothesis import given

from summarise.models import SkipKind, Skipped
from summarise.readers import load_source, read_documents
from tests.exports import ABSTRACT, EXPORTS, documents_of, entries_of, mutants, read_all, survives

NETS = EXPORTS / "2024.nets.xml"
TEXT = NETS.read_text(encoding="utf-8")


def test_metadata_is_kept_whole() -> None:
    """A volume's name and date belong to its papers; formulas and addresses stay, tags go."""
    [copper] = documents_of(NETS)
    assert (copper.doc_id, copper.line) == ("10.1000/2024.nets-long.1", 17)
    assert copper.title == "Copper Nets for Czech"
    assert copper.authors == ("Roe, Ann", "Doe, Jo")
    assert copper.abstract == (
        "Copper nets cost $O(n)$ time & 34% of the energy of iron nets on LoomSet. "
        "Code: https://example.org/nets."
    )
    assert (copper.published, copper.url) == (
        "2024-07",
        "https://aclanthology.org/2024.nets-long.1/",
    )
    assert copper.reference == {
        "doi": "10.1000/2024.nets-long.1",
        "acl": "2024.nets-long.1",
        "venue": "Proceedings of the 3rd Meeting on Nets (Long Papers)",
        "pages": "1-21",
        "citation_key": "roe-doe-2024-copper",
    }


def test_a_paper_without_an_abstract_is_said() -> None:
    """It is named, and counts; front matter is no paper."""
    _, tin = read_documents(load_source(NETS))
    assert isinstance(tin, Skipped)
    assert (tin.line, tin.kind) == (27, SkipKind.NO_ABSTRACT)


@pytest.mark.parametrize(
    ("collection", "volume", "paper", "expected"),
    [
        ("2024.nets", "1", "7", "2024.nets-1.7"),
        ("P19", "1", "7", "P19-1007"),
        ("W19", "52", "7", "W19-5207"),
        ("P19", "1", "x", None),
    ],
)
def test_an_id_is_made_where_no_address_says_it(
    collection: str, volume: str, paper: str, expected: str | None
) -> None:
    """Of the numbers of collection, volume and paper, as the Anthology makes it."""
    text = (
        f'<collection id="{collection}"><volume id="{volume}"><paper id="{paper}">'
        f"<title>Nets</title><abstract>{ABSTRACT}</abstract></paper></volume></collection>"
    )
    [one] = entries_of(text, "a.xml")
    assert (one.acl, one.abstract) == (expected, ABSTRACT)


def test_what_a_volume_says_ends_with_it() -> None:
    """The next volume's papers have its name, or none."""
    second = '<volume id="short"><paper id="1"><title>Zinc</title></paper></volume></collection>'
    found = entries_of(TEXT.replace("</collection>", second), "a.xml")
    assert [one.venue is None for one in found] == [False, False, True]


def test_a_fault_costs_its_paper_alone() -> None:
    """The next one is read."""
    found, [fault] = read_all(TEXT.replace("</fixed-case>opper", "opper"), "a.xml")
    assert [one.title for one in found] == ["Tin Nets"]
    assert (fault.line, "mismatch" in fault.reason) == (17, True)


@given(mutants(NETS.read_bytes()))
def test_any_damage_is_survived(content: bytes) -> None:
    """No crash, and each entry is accounted for."""
    survives(content, "nets.xml", "acl_xml")
