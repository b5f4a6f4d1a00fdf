"""EndNote's tags and Web of Science's records: what they share with RIS, and what is their own."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.models import Document, SkipKind, Skipped
from summarise.readers import load_source, read_documents
from summarise.readers.entry import LARGEST
from tests.exports import ABSTRACT, EXPORTS, documents_of, entries_of, mutants, read_all, survives

ENDNOTE = EXPORTS / "nets.enw"
ISI = EXPORTS / "nets.isi"
TEXTS = {"endnote": ENDNOTE.read_text("utf-8"), "isi": ISI.read_text("utf-8")}
SUFFIXES = {"endnote": "enw", "isi": "isi"}


def test_endnote_metadata_is_kept_whole() -> None:
    """Date from year and day, key, address; an abstract keeps its paragraphs."""
    copper, tin = documents_of(ENDNOTE)
    assert (copper.doc_id, copper.line, copper.published) == (
        "10.1000/nets.2024.12",
        1,
        "2024-03-12",
    )
    assert copper.authors == ("Roe, Ann", "Doe, Jo")
    assert copper.url == "https://example.org/nets/12"
    assert copper.abstract.startswith("BACKGROUND: Copper nets are cheap to train.\n\nMETHODS: We")
    assert copper.abstract.endswith("31% to 37%).")
    assert copper.reference == {
        "doi": "10.1000/nets.2024.12",
        "venue": "Journal of Metal Nets",
        "volume": "12",
        "issue": "3",
        "pages": "101-119",
        "issn": "1234-5678",
        "language": "en",
        "citation_key": "roe2024copper",
    }
    assert (tin.line, tin.authors) == (21, ("Net Group", "Poe, Al", "Lee, Bo"))


def test_isi_metadata_is_kept_whole() -> None:
    """Whole names win over short ones, a reference's DOI isn't the paper's, lines are joined."""
    copper, tin = documents_of(ISI)
    assert (copper.doc_id, copper.line, copper.published) == (
        "10.1000/nets.2024.12",
        3,
        "2024-03-12",
    )
    assert copper.title == "Copper Nets at a Third of the Energy"
    assert copper.authors == ("Roe, Ann", "Doe, Jo")
    assert copper.abstract.endswith("They need 34% of the energy of iron nets (95% CI 31% to 37%).")
    assert copper.reference == {
        "doi": "10.1000/nets.2024.12",
        "pmid": "40000009",
        "venue": "JOURNAL OF METAL NETS",
        "volume": "12",
        "issue": "3",
        "pages": "101-119",
        "language": "English",
    }
    assert (tin.doc_id, tin.published) == ("PMID:40000010", "2023")
    assert tin.authors == ("Poe, Al", "Lee, Bo")


@pytest.mark.parametrize("path", [ENDNOTE, ISI], ids=SUFFIXES)
def test_an_entry_without_an_abstract_is_said(path: object) -> None:
    """It is named, and counts."""
    *_, book = read_documents(load_source(str(path)))
    assert not isinstance(book, Document)
    assert book.kind is SkipKind.NO_ABSTRACT
    assert "A Handbook of Nets" in book.reason


def small(text: str) -> str:
    lines = text.splitlines(keepends=True)
    tagged = not text.startswith("%")  # EndNote's tags differ by case
    return "".join(
        line[:2].lower() + line[2:] if tagged and line[:2].isupper() else line for line in lines
    )


FORMS = {
    "BOM": lambda text: "\ufeff" + text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "quoted": lambda text: "".join(f"> {line}" for line in text.splitlines(keepends=True)),
    "indented": lambda text: "".join(f" {line}" for line in text.splitlines(keepends=True)),
    "fenced": lambda text: f"```\n{text}```\n",
    "blanks above": lambda text: f"\n\n{text}",
    "no blank lines": lambda text: text.replace("\n\n", "\n"),
    "no end": lambda text: text.replace("\nER\n", "\n").replace("\nEF\n", "\n"),
    "small tags": small,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("format_", TEXTS)
@pytest.mark.parametrize("suffix", ["own", "txt"])
def test_all_forms_give_the_same_documents(suffix: str, format_: str, form: str) -> None:
    """However lines end and are set off: the same entries."""
    text = TEXTS[format_]
    name = f"nets.{SUFFIXES[format_] if suffix == 'own' else suffix}"
    found, plain = entries_of(FORMS[form](text), name), entries_of(text, name)
    assert len(found) == 3
    for one, other in zip(found, plain, strict=True):
        assert (one.title, one.authors, one.doi) == (other.title, other.authors, other.doi)
        assert (one.abstract or "").split() == (other.abstract or "").split()
        assert (one.published, one.pmid) == (other.published, other.pmid)


def test_an_address_is_no_part_of_a_name() -> None:
    """Web of Science puts the mail of the corresponding author behind it."""
    text = "PT J\nAU Roe, A. (roe@example.org)\n   Doe, J.\nTI Nets\nER\n"
    [one] = entries_of(text, "a.isi", "isi")
    assert one.authors == ("Roe, A.", "Doe, J.")


def test_a_suffix_that_two_formats_share() -> None:
    """Web of Science names its records .ris too: the content tells."""
    assert len(entries_of(TEXTS["isi"], "savedrecs.ris")) == 3
    assert len(entries_of("TY  - JOUR\nTI  - Nets\nER  - \n", "savedrecs.ris")) == 1


def test_a_suffix_of_another_format() -> None:
    """A file that was named for the program that should open it is what its content is."""
    for name in ("bands.nbib", "nets.enw", "nets.isi", "bands.xml"):
        text = (EXPORTS / name).read_text("utf-8")
        assert entries_of(text, "export.ris")[0].title == entries_of(text, name)[0].title


def test_an_entry_without_a_title_is_named_by_its_id(tmp_path: Path) -> None:
    """So that whoever exported it finds it again."""
    path = tmp_path / "a.ris"
    path.write_text(f"TY  - JOUR\nDO  - 10.1000/X\nER  -\nTY  - JOUR\nAB  - {ABSTRACT}\nER  -\n")
    first, _ = read_documents(load_source(path))
    assert isinstance(first, Skipped)
    assert first.reason == "the entry 10.1000/x has neither a title nor an abstract"


def test_what_was_repaired_is_said() -> None:
    """An end that is missing, an abstract that comes twice."""
    found = entries_of(TEXTS["isi"].replace("\nER\n", "\n"), "a.isi")
    assert [one.repairs for one in found] == [("it ends without ER",)] * 3
    [one] = entries_of(f"%0 Book\n%X {ABSTRACT}\n%X And more.\n", "a.enw")
    assert (one.abstract, one.repairs) == (
        f"{ABSTRACT}\nAnd more.",
        ("its 2 abstracts are read as one",),
    )


def test_an_entry_that_begins_with_what_cannot_be_held() -> None:
    """It costs itself alone, below a blank line, too."""
    endless = "x" * (LARGEST + 1)
    text = f"TY  - JOUR\nTI  - Tin\nAB  - {ABSTRACT}\n\nTI  - {endless}\nER  - \n"
    [tin], [fault] = read_all(text, "a.ris")
    assert (tin.title, fault.line) == ("Tin", 5)
    assert fault.reason.startswith("the entry is longer than 8 MB")


def test_endnote_entries_without_their_first_line() -> None:
    """Blank lines keep them apart, as the older Refer has it."""
    text = f"%A Roe, Ann\n%T Tin\n%X {ABSTRACT}\n\n%A Doe, Jo\n%T Zinc\n%X {ABSTRACT}\n"
    assert [(one.line, one.title) for one in entries_of(text, "a.enw")] == [(1, "Tin"), (5, "Zinc")]


def test_a_format_that_is_not_read_costs_no_library() -> None:
    """Telling formats apart imports the library of none."""
    code = (
        "import sys; from summarise.readers import FORMATS, load_format, sniff\n"
        "assert sniff(b'Nets are cheap.', 'a.txt') == 'text'\n"
        "assert all(map(load_format, FORMATS))\n"
        "assert not {'pylatexenc', 'lxml', 'lxml.etree'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(
    st.sampled_from(list(TEXTS)).flatmap(
        lambda name: st.tuples(st.just(name), mutants(TEXTS[name].encode()))
    )
)
def test_any_damage_is_survived(case: tuple[str, bytes]) -> None:
    """No crash, and each entry is accounted for."""
    format_, content = case
    survives(content, f"nets.{SUFFIXES[format_]}", format_)


GLUED = (
    "BackgroundFerries of Brill run late.Methods/designWe asked 212 captains (n=212)."
    "ResultsOver half (57.1%) blamed the tide.Trial registrationXYZ012. Registered 3 May 2019."
)
PARTED = """Background: Ferries of Brill run late.

Methods/design: We asked 212 captains (n=212).

Results: Over half (57.1%) blamed the tide.

Trial registration: XYZ012. Registered 3 May 2019."""


@pytest.mark.parametrize(
    ("abstract", "read"),
    [
        (GLUED, PARTED),
        ("ContextGen draws ferries. ContextGen is fast, and has a Background.", None),
        ("MethodsWe asked 212 captains of ferries, and iPhoneDesigns were shown.", None),
    ],
)
def test_section_labels_that_grew_together_with_words_are_parted(
    abstract: str, read: str | None
) -> None:
    """As in Web of Science. One that is alone may be a name."""
    text = f"FN Clarivate\nVR 1.0\nPT J\nTI Ferries\nAB {abstract}\nER\n\nEF\n"
    (entry,), _ = read_all(text, "a.isi")
    assert entry.abstract == (read or abstract)
    told = "its abstract held labels grown together with words; they are parted"
    assert entry.repairs == ((told,) if read else ())


@pytest.mark.parametrize(
    "imprint",
    [
        "© 2020 Fen Press Ltd. All rights reserved.",
        "(C) 2010 Fen B V All rights reserved",
        "2010 Fen B V All rights reserved.",
        "Crown Copyright 2003 Published by Fen Science Ltd.",
        "(PsycINFO Database Record (c) 2019 APA, all rights reserved)",
        (
            "© 2019 The Author(s). This is an open access article under the CC BY license"
            " (https://fen.example/by/4.0/)."
        ),
        (
            "[ABSTRACT FROM AUTHOR] Copyright of Fen Letters is the property of Fen Press and its"
            " content may not be copied or emailed to multiple sites. Users may print articles."
        ),
        "© 2019",
    ],
)
def test_what_a_publisher_says_of_rights_is_no_part_of_an_abstract(imprint: str) -> None:
    """It is left out, and said; an item (c) of a list is none."""
    own = "Ferries run late: (a) in fog, (b) in storms, (c) 2019 was the worst year of all."
    for abstract, repairs in (
        (own, ()),
        (
            f"{own} {imprint}",
            ("its abstract ended with what a publisher says of its rights, which is left out",),
        ),
    ):
        (entry,), _ = read_all(f"FN Clarivate\nPT J\nTI Ferries\nAB {abstract}\nER\n", "a.isi")
        assert (entry.abstract, entry.repairs) == (own, repairs)


@pytest.mark.parametrize(
    ("abstract", "own"),
    [
        ("ABSTRACT Ferries run late.", "Ferries run late."),
        ("Abstract: Ferries run late.", "Ferries run late."),
        ("Abstract—Ferries run late.", "Ferries run late."),
        ("Abstract algebra runs late.", None),
        ("Abstract Interpretation runs late.", None),
        ("ABSTRACT ALGEBRA runs late.", None),
        ("Abstract.", None),
    ],
)
def test_the_word_above_an_abstract_is_no_part_of_it(abstract: str, own: str | None) -> None:
    """It is left out, and said; a sentence may begin with it."""
    (entry,), _ = read_all(f"FN Clarivate\nPT J\nTI Ferries\nAB {abstract}\nER\n", "a.isi")
    told = ("its abstract began with the word “Abstract”, which is left out",)
    assert (entry.abstract, entry.repairs) == (own or abstract, told if own else ())
