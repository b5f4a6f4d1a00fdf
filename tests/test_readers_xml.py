"""Exports in XML: PubMed's articles and books, cut out and parsed one at a time."""

import pytest
from hypothesis import given

from summarise.errors import InputError
from summarise.models import Document, SkipKind
from summarise.readers import load_source, read_documents
from tests.exports import ABSTRACT, EXPORTS, documents_of, entries_of, mutants, read_all, survives

BANDS = EXPORTS / "bands.xml"
TEXT = BANDS.read_text(encoding="utf-8")


def article(inner: str) -> str:
    return (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        f"{inner}</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )


def abstract(text: str) -> str:
    """The abstract that is read of an article with a text for it."""
    [one] = entries_of(article(f"<Abstract>{text}</Abstract>"), "a.xml")
    return one.abstract or ""


def test_metadata_is_kept_whole() -> None:
    """Of an article and of a chapter; a DOI among the references isn't theirs."""
    copper, tin, brass = documents_of(BANDS)
    assert copper.doc_id == "10.1000/bands.2024.12"
    assert "a randomised trial" in (copper.title or "")
    assert copper.authors == ("Roe, Ann", "Doe, Jo", "Band Study Group")
    assert (copper.line, copper.published) == (4, "2024-03-12")
    assert copper.reference == {
        "doi": "10.1000/bands.2024.12",
        "pmid": "40000001",
        "venue": "Journal of metal medicine",
        "volume": "12",
        "issue": "3",
        "language": "eng",
    }
    assert (tin.doc_id, tin.published) == ("PMID:40000002", "2023")
    assert (brass.title, brass.authors) == ("Brass at 10⁻³ of the price", ("Ray, Cy",))
    assert brass.reference["venue"] == "A Handbook of Metals"


def test_a_search_of_pubmed_is_the_same_in_both_formats() -> None:
    """Title, authors, date, abstract and all that it is cited by, as XML and as MEDLINE.

    Labels of sections, groups among the authors, a suffix of a name, dates that are a span or a
    season, an id with a fault, several languages, a retraction and line breaks are among them.
    """
    xml, medline = documents_of(EXPORTS / "fens.xml"), documents_of(EXPORTS / "fens.nbib")
    assert [whole(one) for one in xml] == [whole(one) for one in medline]
    rewetting, peat, mosses, sedges = xml
    assert rewetting.authors[1:3] == ("van den Berg, Jo Jr", "Fen Study Group")
    assert rewetting.abstract.startswith("BACKGROUND: Drained fens lose carbon (p < 0.05 & more).")
    assert [one.published for one in xml] == ["2021", "2020", "2019", "2022-04-07"]
    assert peat.reference.get("status") == "retracted"
    assert (mosses.doc_id, mosses.authors) == ("10.1000/moss(19)3", ("Moss Panel",))
    assert sedges.reference["pmid"] == "41000004"


def whole(document: Document) -> tuple[object, ...]:
    """All of a document but where it stands."""
    told = document.model_dump(exclude={"source", "line"})
    return tuple(told.items())


def test_sections_keep_their_labels() -> None:
    """Each stands behind its label, once."""
    text = '<AbstractText Label="AIMS">We ask.</AbstractText><AbstractText>We do.</AbstractText>'
    assert abstract(text) == "AIMS: We ask. We do."
    assert abstract('<AbstractText Label="AIMS">Aims: we ask.</AbstractText>') == "Aims: we ask."


def test_markup_is_no_text() -> None:
    """Tags go; what is raised or lowered doesn't become another number."""
    text = "<AbstractText><b>Tin</b> at 10<sup>7</sup> m<sup>2</sup>, CO<sub>2</sub> &lt; 3 &amp; x"
    assert abstract(f"{text}<sup>abc</sup></AbstractText>") == "Tin at 10⁷ m², CO₂ < 3 & xabc"
    assert abstract("<AbstractText>At 10<sup>–4</sup> M</AbstractText>") == "At 10⁻⁴ M"


def test_markup_that_was_escaped_is_no_text() -> None:
    """Older entries hold their tags as text."""
    [one] = entries_of(
        article("<ArticleTitle>The &lt;i&gt;TERT&lt;/i&gt; gene</ArticleTitle>"), "a.xml"
    )
    assert one.title == "The TERT gene"
    assert one.repairs == ("its title held markup, which is left out",)


def test_the_other_abstract_is_kept() -> None:
    """It is read where there is none of the article's own, and else said to be left out."""
    tin = documents_of(BANDS)[1]
    assert tin.abstract.startswith("Publisher: Abstract available")
    other = "</Article><OtherAbstract><AbstractText>Otra.</AbstractText></OtherAbstract><Article>"
    text = f"<Abstract><AbstractText>{ABSTRACT}</AbstractText></Abstract>{other}"
    [one] = entries_of(article(text), "a.xml")
    assert (one.abstract, one.repairs) == (ABSTRACT, ("its other abstract isn't read",))


def test_a_title_in_the_original_language() -> None:
    """It is taken where the translated one isn't available."""
    for title in ("", "<ArticleTitle>[Not Available].</ArticleTitle>"):
        [one] = entries_of(article(f"{title}<VernacularTitle>Netze.</VernacularTitle>"), "a.xml")
        assert one.title == "Netze."


def test_a_fault_costs_its_entry_alone() -> None:
    """What isn't well formed, isn't closed or isn't UTF-8 is named; the rest is read."""
    whole = [one.pmid for one in entries_of(TEXT, "a.xml")]
    for old, new, reason in (
        (
            "</Title>",
            "</Titel>",
            "broken XML at line 11, column 49: opening and ending tag mismatch",
        ),
        ("</PubmedArticle>", "", "<PubmedArticle> isn't closed before the next one starts"),
        ("Bands may", "B\udce4nds may", "it isn't UTF-8: byte 0xe4; convert the file to UTF-8"),
    ):
        content = TEXT.replace(old, new, 1).encode(errors="surrogateescape")
        found, [fault] = read_all(content, "a.xml")
        assert [one.pmid for one in found] == whole[1:]
        assert fault.line == 4
        assert fault.reason.startswith(reason)


def test_a_file_that_was_cut_short() -> None:
    """The entry in which it ends is named."""
    found, [fault] = read_all(TEXT[:-400], "a.xml")
    assert len(found) == 3
    assert "isn't closed; the file may have been cut short" in fault.reason


def test_an_entry_without_an_abstract_is_said() -> None:
    """It is named, and counts."""
    letter = list(read_documents(load_source(BANDS)))[2]
    assert not isinstance(letter, Document)
    assert (letter.line, letter.kind) == (55, SkipKind.NO_ABSTRACT)


def test_lines_are_right_far_down() -> None:
    """Line numbers go on where a parser's would end, and any number of entries may share a line."""
    far = "\n" * 70_000
    first, *_ = entries_of(far + TEXT, "a.xml", "pubmed_xml")
    assert first.line == 70_004
    assert [one.line for one in entries_of(TEXT.replace("\n", " "), "a.xml")] == [1, 1, 1, 1]


def test_entities_of_html_are_said() -> None:
    """One that isn't declared is read as the character that it stands for."""
    [one] = entries_of(article("<ArticleTitle>Tin&nbsp;nets &alpha;</ArticleTitle>"), "a.xml")
    assert (one.title, one.repairs) == ("Tin nets α", ("&nbsp; isn't declared; read as in HTML",))
    _, [fault] = read_all(article("<ArticleTitle>Tin &xx; nets</ArticleTitle>"), "a.xml")
    assert "entity 'xx' not defined" in fault.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tin & zinc, T&C", "Tin & zinc, T&C"),
        ("p < 0.05 and n <=4 <", "p < 0.05 and n <=4 <"),
        ("a&b; &1; &; &#; &#xZ;", None),
        ("at &#1114112; &#65;", "at � A"),
        ("a &LT; b", "a < b"),
        ("<![CDATA[a & b < c]]> & d", "a & b < c & d"),
        ("<!-- a & b --> & d", "& d"),
        ("<i title='a&b'>Tin</i> & d", "Tin & d"),
    ],
)
def test_signs_that_open_nothing_are_text(text: str, expected: str | None) -> None:
    """As people write them by hand: the entry is read, and says so; no name is guessed."""
    found, faults = read_all(article(f"<ArticleTitle>{text}</ArticleTitle>"), "a.xml")
    if expected is None:
        assert "entity 'b' not defined" in faults[0].reason
        return
    assert found[0].title == expected
    assert found[0].repairs[0] in {
        "“&” or “<” that opens nothing is read as text",
        "&LT; isn't declared; read as in HTML",
    }


def test_a_sign_of_a_feed_costs_nothing() -> None:
    """An entry of Atom is read with all that stands behind the sign."""
    entry = f"<entry><title>Tin & zinc</title><summary>{ABSTRACT} p < 0.05</summary></entry>"
    [one] = entries_of(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>', "a.xml")
    assert (one.title, one.abstract) == ("Tin & zinc", f"{ABSTRACT} p < 0.05")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "head",
    [
        f"{BOMB}]>",
        '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY i SYSTEM "http://127.0.0.1:9/x">]>',
    ],
    ids=["bomb", "file", "network"],
)
def test_no_entity_is_resolved(head: str) -> None:
    """What a file declares is neither expanded nor fetched."""
    text = head + article(f"<Abstract><AbstractText>{ABSTRACT} &i;</AbstractText></Abstract>")
    found, [fault] = read_all(text, "a.xml", "pubmed_xml")
    assert found == []
    assert "entity 'i' not defined" in fault.reason


def test_what_is_too_deep_or_too_long_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs its entry, and the next one is read."""
    monkeypatch.setattr("summarise.readers.elements.LARGEST", 1 << 20)
    rest = TEXT.partition("<PubmedArticleSet>")[2]
    for inner in ("<b>" * 9_000, f"{ABSTRACT}\n" * 9_000, ABSTRACT * 9_000):
        text = f"<PubmedArticleSet><PubmedArticle>{inner}</PubmedArticle>{rest}"
        found, faults = read_all(text, "a.xml")
        assert (len(found), len(faults)) == (4, 1)


def test_xml_of_endnote() -> None:
    """Texts stand in styles, of which an exponent is one; a book has its editors."""
    path = EXPORTS / "endnote.xml"
    [copper], [book] = documents_of(path), entries_of(path.read_bytes(), "a.xml")[1:]
    assert copper.title == "Copper nets in Urtica: at 10⁻³ of the cost"
    assert copper.abstract.endswith("of iron nets. RESULTS: p < 0.05.")
    assert copper.authors == ("Roe, Ann", "Müller, Änne")
    assert (copper.published, copper.url) == ("2024-03-01", "https://example.org/nets/1")
    assert copper.reference == {
        "doi": "10.1000/nets.1",
        "pmid": "123456",
        "venue": "Journal of Copper Nets",
        "volume": "3",
        "language": "eng",
    }
    assert (book.title, book.authors, book.published) == ("A Book of Nets", ("Lee, Bo",), "2020")


def test_other_xml_is_refused_by_its_name() -> None:
    """A file of another kind isn't read as if it held no entries."""
    with pytest.raises(InputError, match="is XML, not prose"):
        entries_of("<?xml version='1.0'?><papers><paper>Nets</paper></papers>", "a.xml")


@given(mutants(BANDS.read_bytes()))
def test_any_damage_is_survived(content: bytes) -> None:
    """No crash, and each entry is accounted for."""
    survives(content, "bands.xml", "pubmed_xml")
