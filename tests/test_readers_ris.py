"""RIS: every form that exports have, nothing lost of a file where a line isn't just so."""

import pytest
from hypothesis import given

from summarise.models import Document, SkipKind, Skipped
from summarise.readers import load_source, read_documents, unique
from summarise.readers.entry import Entry, to_document
from tests.exports import ABSTRACT, EXPORTS, documents_of, entries_of, mutants, read_all, survives

NETS = EXPORTS / "nets.ris"
TEXT = NETS.read_text(encoding="utf-8")


def test_metadata_is_kept_whole() -> None:
    """All that an entry is cited by comes through, and its citation key is no id."""
    copper, tin = documents_of(NETS)
    assert copper.doc_id == "10.1000/nets.2024.12"
    assert copper.title == "Copper Nets at a Third of the Energy"
    assert copper.authors == ("Roe, Ann", "Doe, Jo")
    assert (copper.published, copper.url) == ("2024-03-12", "https://example.org/nets/12")
    assert copper.abstract.startswith("BACKGROUND: Copper nets")
    assert copper.reference == {
        "doi": "10.1000/nets.2024.12",
        "venue": "Journal of Metal Nets",
        "volume": "12",
        "issue": "3",
        "pages": "101-119",
        "language": "en",
        "citation_key": "roe2024copper",
    }
    assert (tin.line, tin.doc_id, tin.published) == (20, "PMID:12345678", "2023")
    assert tin.reference["venue"] == "Proceedings of the Workshop on Nets"
    assert tin.abstract.splitlines()[1].startswith("The gap closes")


@pytest.mark.parametrize(
    "notice",
    [
        "[No abstract available]",
        "There is no abstract available for this article.",
        "Abstract not available",
        "(The abstract is not provided in this record.)",
        "Publisher: Abstract available from the publisher.",
        "[This corrects the article DOI: 10.1000/tin.1.].",
        "[This corrects the article on p. 12 in vol. 3, PMID: 12345678.].",
        "n/a",
    ],
)
def test_a_notice_that_there_is_no_abstract_is_none(notice: str) -> None:
    """It counts as such, and the paper is taken from the entry that has its abstract."""
    entry = "TY  - JOUR\nTI  - Tin cups\nDO  - 10.1000/tin.1\nAB  - {}\nER  - \n"
    found = entries_of(entry.format(notice) + entry.format(ABSTRACT), "a.ris")
    one, other = unique(map(to_document, found))
    assert isinstance(one, Skipped)
    assert (one.kind, one.reason) == (SkipKind.NO_ABSTRACT, "“Tin cups” has no abstract")
    assert isinstance(other, Document)


@pytest.mark.parametrize(
    "text",
    [
        "No abstract domain is needed.",
        "Abstract tools are available.",
        "This corrects the article of faith that tin is soft.",
    ],
)
def test_an_abstract_that_begins_like_a_notice_is_one(text: str) -> None:
    """Only a notice that says nothing more is none."""
    one = to_document(Entry("a.ris", 1, title="Tin", abstract=text))
    assert isinstance(one, Document)


def test_an_entry_without_an_abstract_is_said() -> None:
    """The book counts as an entry, and its title is named."""
    *_, book = read_documents(load_source(NETS))
    assert not isinstance(book, Document)
    assert (book.line, book.kind) == (31, SkipKind.NO_ABSTRACT)
    assert "A Handbook of Nets" in book.reason


def lower(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(line[:2].lower() + line[2:] if "  - " in line else line for line in lines)


def indented(text: str) -> str:
    return "".join(f"   {line}" for line in text.splitlines(keepends=True))


FORMS = {
    "BOM": "\ufeff" + TEXT,
    "CRLF": TEXT.replace("\n", "\r\n"),
    "CR": TEXT.replace("\n", "\r"),
    "UTF-16": TEXT.encode("utf-16"),
    "one space": TEXT.replace("  - ", " - "),
    "three spaces": TEXT.replace("  - ", "   - "),
    "no space behind": TEXT.replace("  - ", "  -"),
    "no space at all": TEXT.replace("  - ", "-"),
    "a long dash": TEXT.replace("  - ", "  – "),
    "lower case": lower(TEXT),
    "indented": indented(TEXT),
    "quoted": "".join(f"> {line}" for line in TEXT.splitlines(keepends=True)),
    "fenced": f"```\n{TEXT}```\n",
    "numbered": TEXT.replace("TY  -", "7.\nTY  -"),
    "numbered on the line": TEXT.replace("TY  -", "7. TY  -"),
    "headed": "Provider: Loom\nContent: text/plain\n\n" + TEXT,
    "no last ER": TEXT.rstrip().removesuffix("ER  -"),
    "no ER": TEXT.replace("ER  - \n", ""),
    "ER with a rest": TEXT.replace("ER  - ", "ER  - end of it"),
    "blank lines": TEXT.replace("\n", "\n\n"),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", ["nets.ris", "nets.txt"])
def test_all_forms_give_the_same_documents(name: str, text: str | bytes) -> None:
    """However tags are spaced, cased, indented or ended: the same entries."""
    found, plain = entries_of(text, name), entries_of(TEXT, name)
    assert len(found) == 3
    for one, other in zip(found, plain, strict=True):
        assert (one.title, one.authors, one.published) == (
            other.title,
            other.authors,
            other.published,
        )
        assert (one.abstract or "").split() == (other.abstract or "").split()
        assert (one.doi, one.citation_key) == (other.doi, other.citation_key)


def test_what_was_repaired_is_said() -> None:
    """A line that is missing is no reason to lose an entry, and none to say nothing."""
    assert [one.repairs for one in entries_of(TEXT, "a.ris")] == [(), (), ()]
    found = entries_of(TEXT.replace("ER  - \n", ""), "a.ris")
    assert [one.repairs for one in found] == [("it ends without ER",)] * 3
    found = entries_of(TEXT.replace("TY  - CONF\n", ""), "a.ris")
    assert [one.repairs for one in found] == [(), ("it starts without TY",), ()]


def test_an_entry_without_an_abstract_can_be_found_again() -> None:
    """People screen it by title and full text: title and id are whole; half a character is none."""
    title = "Tin cups, zinc cups and copper cups for the carriage of water in the high hills"
    entry = Entry("a.ris", 1, title=f"{title} \ud83d", doi="10.1000/cups.1")
    one = to_document(entry)
    assert isinstance(one, Skipped)
    assert (one.title, one.doc_id) == (f"{title} ?", "10.1000/cups.1")
    assert Skipped.model_validate_json(one.model_dump_json()) == one


def test_what_stands_behind_the_end_of_an_entry_is_no_entry() -> None:
    """Ovid writes a journal's short name and an address there; whatever tells of a paper counts."""
    behind = "NL  - J Nets\n\nLink to the Ovid Full Text or citation: https://example.org/1\n\n"
    found = entries_of(f"1.\n{TEXT.replace('ER  - ', f'ER  - {chr(10)}{behind}2.')}", "a.ris")
    assert [one.title for one in found] == [one.title for one in entries_of(TEXT, "a.ris")]
    assert len(entries_of(f"{TEXT}NL  - J Nets\nDO  - 10.1000/nets.1\n", "a.ris")) == 4


def test_each_first_line_counts() -> None:
    """An entry that lost all but its first line is an entry; two never become one."""
    found = entries_of("TY  - JOUR\nTY  - BOOK\nTY  - JOUR\nTI  - Nets\nER  - \n", "a.ris")
    assert [(one.line, one.title) for one in found] == [(1, None), (2, None), (3, "Nets")]


def test_entries_that_nothing_opens_or_closes_stay_apart() -> None:
    """Below a blank line, a second title is the next entry's; a catalogue's own tags are tags."""
    text = "TI- Tin\nAU- Roe, Ann\nPU- Loom\n\nTI- Zinc\nAU- Doe, Jo\nHL- Loomtown\n"
    found = entries_of(text, "a.txt")
    assert [(one.line, one.title) for one in found] == [(1, "Tin"), (5, "Zinc")]
    assert [one.authors for one in found] == [("Roe, Ann",), ("Doe, Jo",)]


def test_no_abstract_is_dropped() -> None:
    """A second one is kept below the first; the same one under both tags counts once."""
    [one] = entries_of(f"TY  - JOUR\nAB  - {ABSTRACT}\nAB  - And more.\nER  - \n", "a.ris")
    assert one.abstract == f"{ABSTRACT}\nAnd more."
    assert one.repairs == ("its 2 abstracts are read as one",)
    [one] = entries_of(f"TY  - JOUR\nAB  - {ABSTRACT}\nN2  - {ABSTRACT}\nER  - \n", "a.ris")
    assert (one.abstract, one.repairs) == (ABSTRACT, ())
    twice = f"TY  - JOUR\nN2  - Abstract {ABSTRACT}\nAB  - {ABSTRACT[:-1]}, all in all.\nER  - \n"
    [one] = entries_of(twice, "a.ris")
    assert (one.abstract, one.repairs) == (f"{ABSTRACT[:-1]}, all in all.", ())


@pytest.mark.parametrize(
    "line",
    [
        "we - the authors - find it",
        "ER then a second line",
        "ER - positive cells grow",
        "CO-operative nets are cheap",
        "AI - based nets are cheap",
        "- an item of a list",
        "* another one",
    ],
)
def test_text_that_looks_like_a_tag_is_text(line: str) -> None:
    """A line of an abstract goes on with it unless it is written as a tag is."""
    [one] = entries_of(
        f"TY  - JOUR\nTI  - Nets\nAB  - {ABSTRACT}\n{line}\nPY  - 2024\nER  - \n", "a.ris"
    )
    assert one.abstract == f"{ABSTRACT}\n{line}"
    assert one.published == "2024"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("PY  - 1948/07//", "1948-07"),
        ("PY  - 2001///", "2001"),
        ("PY  - 2001/00/00/", "2001"),
        ("PY  - 1999///Spring", "1999"),
        ("PY  - 2004\nDA  - 2004/05/06/", "2004-05-06"),
        ("PY  - 2004\nDA  - MAR", "2004-03"),
        ("Y1  - 1992///Aug.", "1992-08"),
        ("PY  - 2013/May/3", "2013-05-03"),
        ("PY  - 2004\nDA  - 2005/05/06/", "2004"),
        ("Y1  - 2013\nPY  - 2013/04/18\nPY  - 2013/02/15/received", "2013-04-18"),
        ("PY  - c2009", "2009"),
        ("Y1  - 1900/01/01\nDA  - 1950/01/01", "1950-01-01"),
        ("YR  - 2019\nDP  - Sep 2019", "2019-09"),
        ("DA  - 12 Mar 2024", "2024-03-12"),
        ("Y1  - 2019年3月", "2019-03"),
        ("PY  - n.d.", None),
    ],
)
def test_dates(lines: str, expected: str | None) -> None:
    """The first date counts, and one that says the same more precisely; no day is made up."""
    [one] = entries_of(f"TY  - JOUR\nTI  - Nets\n{lines}\nER  - \n", "a.ris")
    assert one.published == expected


def test_ids_in_other_places() -> None:
    """A DOI may stand in a note or an address, a PubMed id behind the name of its database."""
    fields = "M3  - doi:10.1000/X.1\nDB  - PubMed\nAN  - 123\nUR  - http://a.b/;http://c.d/"
    [one] = entries_of(f"TY  - JOUR\n{fields}\nER  - \n", "a.ris")
    assert (one.doi, one.pmid, one.url) == ("10.1000/x.1", "123", "http://a.b/")
    [one] = entries_of("TY  - JOUR\nDB  - Scopus\nAN  - 123\nER  - \n", "a.ris")
    assert one.pmid is None
    [one] = entries_of("TY  - JOUR\nDB  - Embase\nU2  - L6\nC5  - 123\nER  - \n", "a.ris")
    assert one.pmid == "123"
    names = "LA  - eng\nDOI  - 10.1000/X.1\nPMID- 123\nAB  - Of its own.\nDOI - of no paper.\n"
    [one] = entries_of(f"TY  - JOUR\n{names}ER  - \n", "a.ris")
    assert (one.doi, one.pmid, one.language) == ("10.1000/x.1", "123", "eng")
    assert one.abstract == "Of its own.\nDOI - of no paper."


def test_a_title_of_what_is_unpublished_comes_before_that_of_its_book() -> None:
    """As the standard has them."""
    [one] = entries_of("TY  - UNPB\nBT  - A Book\nCT  - Nets\nER  - \n", "a.ris")
    assert (one.title, one.venue) == ("Nets", "A Book")


def test_several_authors_on_a_line() -> None:
    """Semicolons part names, a comma stands inside of one; a list that comes twice counts once."""
    [one] = entries_of(
        "TY  - JOUR\nAU  - Roe,Ann; Doe, Jo\nAU  - Net Group\nA1  - Roe,Ann; Doe, Jo\nER  - \n",
        "a.ris",
    )
    assert one.authors == ("Roe, Ann", "Doe, Jo", "Net Group")
    [one] = entries_of("TY  - JOUR\nAU  - 王五；赵六\nER  - \n", "a.ris")
    assert one.authors == ("王五", "赵六")


def test_bytes_that_are_not_utf8_are_read_and_said() -> None:
    """Those of Western Europe as such, others where there are enough of them to tell."""
    [_, one, _] = entries_of(TEXT.encode().replace(b"Poe, Al", b"Po\xeb, Al"), "a.ris")
    assert one.authors[0] == "Poë, Al"
    assert one.repairs == ("bytes that aren't UTF-8 were read as Western European (Windows-1252)",)
    text = "Мы обучаем четыре медные сети: они потребляют треть энергии железных."
    russian = f"TY  - JOUR\nTI  - Медные сети\nAB  - {text}\nER  - \n".encode("cp1251")
    [one, two] = entries_of(russian + b"TY  - JOUR\nTI  - \xcc\xe5\xe4\xfc\nER  - \n", "a.ris")
    assert (one.title, one.abstract, two.title) == ("Медные сети", text, "Медь")
    assert one.repairs == ("bytes that aren't UTF-8 were read as cp1251, which is a guess",)
    [fault] = read_all(b"TY  - JOUR\nTI  - \xcc\xe5\xe4\xfc\nER  - \n", "a.ris")[1]
    assert fault.reason.startswith("isn't UTF-8; convert the file to it, e.g. iconv")


def test_entries_of_ovid_open_with_their_number() -> None:
    """Nothing closes them; what they hold stands under tags of its own."""
    text = (
        "<1. >\nVN  - Ovid Technologies\nDB  - Ovid MEDLINE(R)\nAN  - 123\nAU  - Roe, A. [Author]\n"
        f"TI  - Copper\nAB  - {ABSTRACT}\nLG  - English\nYR  - 2015\n\n<241. >\n"
        f"VN  - Ovid Technologies\nTI  - Tin\nAB  - {ABSTRACT} A <3. > of it.\n"
    )
    for form in (text, text.replace("\n", "\n ").join((" ", ""))):
        one, two = entries_of(form, "citation.cgi")
        assert (one.title, one.authors, one.published) == ("Copper", ("Roe, A.",), "2015")
        assert (one.pmid, one.language, one.repairs) == ("123", "English", ())
        assert (two.title, two.line) == ("Tin", 11)


def test_letters_that_were_decoded_twice() -> None:
    """They are read as what they were; those that only look alike stay."""
    fields = "TI  - Netze fÃ¼r KÃ¶ln\nAU  - MÃ¼ller, Jo\nAB  - ItÃ¢â‚¬â„¢s cheap.\n"
    [one] = entries_of(f"TY  - JOUR\n{fields}ER  - \n", "a.ris")
    assert (one.title, one.authors) == ("Netze für Köln", ("Müller, Jo",))
    told = "its title, abstract and authors held letters that were decoded twice; read as one"
    assert one.repairs == (told,)
    [one] = entries_of("TY  - JOUR\nTI  - São Paulo, Ñandú, «Â»\nER  - \n", "a.ris")
    assert (one.title, one.repairs) == ("São Paulo, Ñandú, «Â»", ())


def test_words_that_a_line_has_broken() -> None:
    """They are joined as the text writes them elsewhere; where a tenth of the lines and more end
    in one, the others as well. Parts of compounds keep their hyphen."""
    broken = "gate-\nkeepers: a high-\nrisk net and a tra-\nding net, pre-\nand post-train-\ning"
    text = f"Recall of {broken}; gatekeepers at high-risk."
    [one] = entries_of(f"TY  - JOUR\nTI  - Nets\nAB  - {text}\nER  - \n", "a.ris")
    assert one.abstract == (
        "Recall of gatekeepers: a high-risk net and a trading net, pre-\nand post-train-\ning; "
        "gatekeepers at high-risk."
    )
    lines = "A tra-\nding" + 30 * "\nnet"
    [few] = entries_of(f"TY  - JOUR\nTI  - Nets\nAB  - {lines}\nER  - \n", "a.ris")
    assert "A tra-\nding" in str(few.abstract)
    told = "its abstract held words broken at the end of a line; they are joined"
    assert one.repairs == (told,)


def test_a_mark_inside_of_a_word_is_doubted() -> None:
    """Damage has joined two lines, perhaps; nothing tells, so that nothing is changed."""
    [one] = entries_of("TY  - JOUR\nTI  - Tin<Poe, Al\nER  - \n", "a.ris")
    assert (one.title, one.repairs) == ("Tin<Poe, Al", ("“n<Po” in its title may be damage",))


def test_authors_stand_in_the_order_of_the_file() -> None:
    """Whichever tag they have; editors where there are no authors; “et al.” is nobody."""
    names = "A1  - Roe, Ann\nAU  - Doe, Jo\nA1  - Poe, Al\nAU  - et al.\nED  - Lee, Bo\n"
    [one] = entries_of(f"TY  - JOUR\nTI  - Nets\n{names}AB  - {ABSTRACT}\nER  - \n", "a.ris")
    document = to_document(one)
    assert isinstance(document, Document)
    assert document.authors == ("Roe, Ann", "Doe, Jo", "Poe, Al")
    assert document.repairs == ("it has more authors than are named",)
    [one] = entries_of("TY  - BOOK\nTI  - Nets\nA2  - Lee, Bo\nER  - \n", "a.ris")
    assert one.authors == ("Lee, Bo",)


def test_an_entry_without_end_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no entry is that long is not held, and the next one is read."""
    monkeypatch.setattr("summarise.readers.tagged.LARGEST", 1 << 20)
    long = "TY  - JOUR\nAB  - x\n" + f"{ABSTRACT}\n" * 9_000
    found, faults = read_all(long + TEXT, "a.ris")
    assert (len(found), len(faults)) == (3, 1)
    assert "longer than 1 MB" in faults[0].reason


def test_markup_of_a_page_is_left_out_and_said() -> None:
    """Publishers export their pages' tags; a comparison is none."""
    title = "The <i>TERT</i> gene at 10<sup>7</sup> cells &amp; more"
    text = f"TY  - JOUR\nTI  - {title}\nAB  - <p>We test it.</p><p>p &lt; 0.05</p>\nER  - \n"
    [one] = entries_of(text, "a.ris")
    assert one.title == "The TERT gene at 10⁷ cells & more"
    assert one.abstract == "We test it.\n\np < 0.05"
    assert one.repairs == ("its title and abstract held markup, which is left out",)
    [one] = entries_of("TY  - JOUR\nTI  - When a <b and c> d, R&D pays\nER  - \n", "a.ris")
    assert (one.title, one.repairs) == ("When a <b and c> d, R&D pays", ())


@given(mutants(NETS.read_bytes()))
def test_any_damage_is_survived(content: bytes) -> None:
    """No crash, and each entry is accounted for."""
    survives(content, "nets.ris", "ris")
