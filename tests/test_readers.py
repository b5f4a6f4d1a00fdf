"""Sources into documents: the interface, and telling formats apart."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarise.errors import InputError, SettingsError
from summarise.models import Document, SkipKind, Skipped, content_hash
from summarise.readers import (
    FORMATS,
    Source,
    check_format,
    formats,
    load_format,
    load_source,
    read_documents,
    sniff,
    unique,
)
from summarise.readers.entry import one_line

FIXTURES = Path(__file__).parent.parent / "fixtures"
DAILY = FIXTURES / "daily_papers.txt"


def read(path: Path, format_: str | None = None) -> list[Document | Skipped]:
    return list(read_documents(load_source(path, format_)))


def documents(path: Path, format_: str | None = None) -> list[Document]:
    return [entry for entry in read(path, format_) if isinstance(entry, Document)]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file and gives its path."""

    def write_file(text: str, name: str = "input.txt") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        ("", "papers.jsonl", "jsonl"),
        ("", "papers.JSON", "jsonl"),
        ("", "page.html", "html"),
        ('{"title": "A", "abstract": "B"}\n', "stdin", "jsonl"),
        ('\n [ {"title": "A"} ]', "papers.txt", "jsonl"),
        ("{curly braces} open this sentence", "a.txt", "text"),
        ("[12] is a reference", "a.txt", "text"),
        ("<!DOCTYPE html>\n<html>", "stdin", "html"),
        ('<div class="SVELTE_HYDRATER contents">', "stdin", "html"),
        ("<b>Bold</b> words in an abstract", "a.txt", "text"),
        ("A Title\n\nText of it.\n\n  • 3 authors\n·\nJan 2, 2024\n", "a.txt", "hf"),
        ("Daily Papers\n\nbyAK and the research community\n\nTitle", "a.txt", "hf"),
        ("Daily papers\n\nare read here by 3 authors each day.", "a.txt", "text"),
        ("# Title\n\nText.", "a.md", "text"),
        ("", "papers.bib", "bibtex"),
        ("% Encoding: UTF-8\n\n@article{roe,\n title = {A}}", "stdin", "bibtex"),
        (" @  article  { roe ,\n  author = {Roe}}", "stdin", "bibtex"),
        ("My references.\n\n@misc{roe,\n  title = {Nets},\n}", "stdin", "bibtex"),
        ("@copper{nets} is how we call them.", "stdin", "text"),
        ("", "", "text"),
    ],
)
def test_sniff(head: str, name: str, expected: str) -> None:
    """The suffix settles the format where it can, else the content does."""
    assert sniff(head.encode(), name) == expected


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("daily_papers.txt", "hf"),
        ("pages/daily_papers.html", "html"),
        ("pages/documents.jsonl", "jsonl"),
        ("exports/nets.bib", "bibtex"),
        ("pages/reading_list.md", "text"),
    ],
)
def test_naming_the_format_changes_nothing(name: str, format_: str) -> None:
    """Each fixture is told apart as what it is."""
    assert read(FIXTURES / name) == read(FIXTURES / name, format_)


def test_named_format_overrides_suffix(write: Callable[..., Path]) -> None:
    """`--format` wins over the file's name."""
    path = write("An abstract of a few words, saved under a wrong name.", "odd.jsonl")
    assert documents(path, "text")[0].abstract.startswith("An abstract")


def test_nothing_found_says_what_was_looked_for(write: Callable[..., Path]) -> None:
    """An input without any abstract is an error with the format, the first fault and the flag."""
    entries = read_documents(load_source(write('{"title": "Lone"}\n', "a.jsonl")))
    first = next(entries)
    assert isinstance(first, Skipped)
    assert first.kind is SkipKind.NO_ABSTRACT
    with pytest.raises(InputError) as caught:
        next(entries)
    assert str(caught.value) == (
        "a.jsonl: no abstract found: read as jsonl, looking for objects with an “abstract” (or "
        "“summary”) (line 1: “Lone” has no abstract). Fetch the abstract, e.g. `summarise fetch "
        "arxiv:ID` or `summarise fetch doi:DOI`, or export it as .ris or .bib from your reference "
        "manager. If it is in another format, name that with --format."
    )


HELD_BY_SIGNS = {name for name, signs in FORMATS.items() if signs.holds}
OWN_HEADS = [one.read_bytes()[:999] for one in sorted((FIXTURES / "exports").iterdir())]
BINARY = {"xlsx": "is a damaged workbook", "parquet": "is Parquet that can't be read"}


def test_white_space_holds_no_abstract(write: Callable[..., Path]) -> None:
    """A file of blank lines is refused, whatever it is read as."""
    path = write(" \n\n\t\n")
    for format_ in (None, *FORMATS):
        told = BINARY.get(format_ or "", "no abstract found")
        with pytest.raises(InputError, match=told):
            read(path, format_)


def test_very_long_abstract_is_legal(write: Callable[..., Path]) -> None:
    """200,000 characters come through unchanged."""
    abstract = "We measure 12 things. " * 9_100
    [document] = documents(write(abstract))
    assert document.abstract == abstract.strip()


def test_newlines_of_any_system_read_alike(tmp_path: Path) -> None:
    """CRLF and CR give the documents that LF gives, on the same lines."""
    expected = documents(DAILY)
    for newline in (b"\r\n", b"\r"):
        path = tmp_path / "daily_papers.txt"
        path.write_bytes(DAILY.read_bytes().replace(b"\n", newline))
        assert documents(path) == expected


def test_abstract_is_a_slice_of_the_source() -> None:
    """Spans point into the abstract, so it's exactly what stands in the file from its line on."""
    text = DAILY.read_text(encoding="utf-8")
    lines = text.split("\n")
    for document in documents(DAILY):
        assert document.abstract in text
        assert document.abstract == document.abstract.strip()
        assert document.line is not None
        assert lines[document.line - 1] == document.title


def test_same_source_same_ids() -> None:
    """Reading twice gives the same documents, so that a run can be resumed."""
    assert documents(DAILY) == documents(DAILY)


def test_unique_passes_all_but_the_duplicate() -> None:
    """The page holds one document twice."""
    entries = list(unique(read_documents(load_source(DAILY))))
    [skipped] = [entry for entry in entries if isinstance(entry, Skipped)]
    assert (len(entries), skipped.line, skipped.kind) == (15, 117, SkipKind.DUPLICATE)


_ODD = st.sampled_from(
    [
        *("• 3 authors", "·", "Jan 2, 2024 7", "Feb 30", "42", "Submitted by", "Next", "Docs"),
        *("Title:", "Abstract:", "# A", "---", "===", "```", "", "[", "{", '{"a":'),
        "<article><h3><a>T</a></h3><p>x</p>",
        "A Title of Some Kind",
        "We measure it, and it is 3.5 times better than before. " * 4,
    ]
)
_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(_ODD, max_size=12).map("\n".join),
    st.lists(_ODD, max_size=12).map("\n\n".join),
)


@given(text=_TEXTS, format_=st.sampled_from([None, *FORMATS]))
def test_any_text_is_survived(text: str, format_: str | None) -> None:
    """Whatever the text, the readers give entries or an `InputError` of one line."""
    kept, error = outcome(text.encode(), format_)
    assert all(len(document.abstract) >= 20 for document in kept)
    assert kept or error
    assert "\n" not in error


@given(content=st.binary())
def test_any_bytes_are_survived(content: bytes) -> None:
    """Whatever the bytes, the readers give entries or an `InputError` of one line."""
    kept, error = outcome(content, None)
    assert kept or error
    assert "\n" not in error


def outcome(content: bytes, format_: str | None) -> tuple[list[Document], str]:
    """The documents of an input, and the error that its reading ended with."""
    kept: list[Document] = []
    with TemporaryDirectory() as folder:
        path = Path(folder, "input")
        path.write_bytes(content)
        try:
            entries = unique(read_documents(load_source(path, format_)))
            kept.extend(entry for entry in entries if isinstance(entry, Document))
        except InputError as error:
            return kept, str(error)
    return kept, ""


TOY = """
from summarise.readers import InputFormat
from summarise.readers.entry import Entry


def entries(source):
    with source.open() as stream:
        stream.seek(4)
        while size := stream.read(1):
            title, abstract = stream.read(ord(size)).split(b"\\0")
            yield Entry(source.name, 1, title=title.decode(), abstract=abstract.decode())


FORMAT = InputFormat(
    about="records of bytes",
    recognises=lambda head: head.startswith(b"TOY\\xff"),
    entries=entries,
    is_binary=True,
)
"""


def test_a_binary_format_is_one_file_and_one_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by content or suffix, listed among the formats, hashed as any other."""
    folder = tmp_path / "formats"
    folder.mkdir()
    (folder / "toy.py").write_text(TOY)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(folder)])
    signs = {"toy": formats.FormatSigns(".toy"), **FORMATS}
    monkeypatch.setattr("summarise.readers.FORMATS", signs)
    record = b"A Toy\0We measure it, and it is faster than before."
    path = tmp_path / "papers"
    path.write_bytes(b"TOY\xff" + bytes([len(record)]) + record)
    source = load_source(path)
    [document] = read_documents(source)
    assert isinstance(document, Document)
    assert (source.format, document.title) == ("toy", "A Toy")
    assert source.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sniff(b"", "a.toy") == "toy"
    with pytest.raises(SettingsError, match=r"Choose one of .*\btoy\b"):
        check_format("none", "format")


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("RETRACTED: Copper nets", "retracted"),
        ("RETRACTED ARTICLE: Copper nets", "retracted"),
        ("[Retracted] Copper nets", "retracted"),
        ("Retracted: copper nets", "retracted"),
        ("Copper nets (Retracted article. See vol. 5, pg. 3, 2010)", "retracted"),
        ("WITHDRAWN: Copper nets", "withdrawn"),
        ("Retraction notice to “Copper nets”", "notice"),
        ("Retraction: Copper nets", "notice"),
        ("Retraction Note: Copper nets", "notice"),
        ("Expression of Concern: Copper nets", "concern"),
        ("Retraction of tissue in copper nets", None),
        ("Retracted gestures of speakers (a study)", None),
        ("Withdrawn children and copper nets", None),
        ("Copper nets", None),
    ],
)
def test_what_was_retracted_is_told_by_its_title(title: str, status: str | None) -> None:
    """As publishers mark it; a paper about retracting is none."""
    source = made(json.dumps({"title": title, "abstract": "Of nets and words. " * 3}))
    (document,) = read_documents(source)
    assert isinstance(document, Document)
    assert document.reference.get("status") == status


ABSTRACT = "Of nets and of words. " * 3
MEDLINE = f"PMID- 1\nTI  - Nets\nAB  - {ABSTRACT}\nPT  - Review\nPT  - Retracted Publication\n"
PUBMED = (
    "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>Nets</ArticleTitle>"
    f"<Abstract><AbstractText>{ABSTRACT}</AbstractText></Abstract><PublicationTypeList>"
    "<PublicationType>Retraction of Publication</PublicationType></PublicationTypeList></Article>"
    "</MedlineCitation></PubmedArticle>"
)
OPENALEX = json.dumps(
    {
        "id": "W1",
        "title": "Nets",
        "is_retracted": True,
        "abstract_inverted_index": {"Nets": [0, 2, 4], "cut": [1, 3, 5], "time": [6, 7]},
    }
)


def crossref(key: str) -> str:
    work = {"DOI": "10.5555/a", "title": ["Nets"], "abstract": ABSTRACT}
    return json.dumps({**work, key: [{"type": "correction"}, {"type": "retraction"}, 3]})


@pytest.mark.parametrize(
    ("format_", "text", "status"),
    [
        ("medline", MEDLINE, "retracted"),
        ("pubmed_xml", PUBMED, "notice"),
        ("crossref", crossref("updated-by"), "retracted"),
        ("crossref", crossref("update-to"), "notice"),
        ("openalex", OPENALEX, "retracted"),
        ("jsonl", '{"title": "Nets", "abstract": "This paper has been withdrawn."}', "withdrawn"),
    ],
)
def test_what_was_retracted_is_told_by_its_source(format_: str, text: str, status: str) -> None:
    """By the types of databases, updates and flags, or the first words of the abstract."""
    (document,) = read_documents(made(text, format_))
    assert isinstance(document, Document)
    assert document.reference["status"] == status


def made(text: str, format_: str = "jsonl") -> Source:
    return Source("x", content=text.encode(), format=format_)


@pytest.mark.parametrize(
    ("name", "head", "imported"),
    [
        ("a.bib", b"@article{a,\n title = {Tin}\n}\n", {"bibtex"}),
        ("a.enw", b"%0 Journal Article\n%T Tin\n%X Of tin.\n", {"endnote"}),
        ("a.txt", b"Of tin and words.\n", {*FORMATS} - HELD_BY_SIGNS),
    ],
)
def test_a_format_that_cannot_be_is_not_imported(
    name: str, head: bytes, imported: set[str]
) -> None:
    """By the suffix of the name, or by what the text would hold."""
    code = (
        "import sys; from summarise.readers import sniff\n"
        f"found = sniff({head!r}, {name!r})\n"
        "names = [one for one in sys.modules if '.readers.formats.' in one]\n"
        "print(found, *(one.rsplit('.', 1)[1] for one in names))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found, *modules = told.stdout.split()
    assert set(modules) | {found} == imported


@given(
    st.lists(
        st.sampled_from(
            ["{", "[", '"', "<feed ", "@a{b,", "%0 ", "PMID- 1", "TY  - ", "\n", "x", ":"]
        )
        | st.text(max_size=3)
    ).map("".join)
)
@example("\n".join(["PMID- 1", "TI  - Tin", "OWN - NLM"]))
def test_what_is_in_a_format_holds_its_signs(text: str) -> None:
    """A format that isn't asked wouldn't have recognised the text; nor any of our own files."""
    heads = [text.encode(), *OWN_HEADS]
    for head in heads:
        for name, signs in FORMATS.items():
            if not re.search(signs.holds, head):
                assert not load_format(name).recognises(head)


def test_white_space_becomes_single_spaces() -> None:
    """Whatever is white space, wherever it stands; what is printed as nothing stays."""
    spaces = [one for one in map(chr, range(sys.maxunicode + 1)) if one.isspace()]
    for space in (*spaces, "  ", " \n"):
        for text in (f"{space}a b", f"a b{space}", f"a{space}b", f" a {space} b "):
            assert one_line(text) == "a b"
    assert one_line("a\u200b b") == "a\u200b b"
    assert one_line(" ") == one_line("") == ""


_WORK = {"title": "Tin nets", "volume": "12", "issue": "3"}
_PAGES = {"volume": "12", "issue": "3", "pages": "94-100"}


@pytest.mark.parametrize(
    ("format_", "text", "told"),
    [
        (
            "bibtex",
            "@article{a, title={T}, abstract={%}, volume=12, number={3}, pages={94--100}}",
            _PAGES,
        ),
        ("bibtex", "@book{a, title={T}, abstract={%}, publisher={Fen}}", {"venue": "Fen"}),
        (
            "ris",
            (
                "TY  - JOUR\nTI  - T\nAB  - %\nSP  - No\nEP  - Specified\nSN  - 978-0-262-03561-8\n"
                "SN  - 1234567x (ISSN)\nPB  - Fen\nT2  - Tin\nER  - \n"
            ),
            {"venue": "Tin", "publisher": "Fen", "issn": "1234-567X"},
        ),
        ("isi", "FN ISI\nPT J\nTI T\nAB %\nVL 12\nAR e94\nER\n", {"volume": "12", "pages": "e94"}),
        (
            "crossref",
            json.dumps({**_WORK, "DOI": "10.1000/1", "abstract": "%", "page": "94-100"}),
            {"doi": "10.1000/1", **_PAGES},
        ),
        ("csl", json.dumps([{**_WORK, "type": "book", "abstract": "%", "page": "94–100"}]), _PAGES),
        ("zotero", json.dumps([{**_WORK, "abstractNote": "%", "pages": "94 - 100"}]), _PAGES),
        ("jsonl", json.dumps({**_WORK, "volume": 12, "abstract": "%", "pages": "94-100"}), _PAGES),
        (
            "openalex",
            json.dumps(
                {
                    "title": "T",
                    "abstract_inverted_index": {"%": [0]},
                    "biblio": {**_WORK, "first_page": "94", "last_page": "100"},
                    "primary_location": {"source": {"issn_l": "1234-5678"}},
                }
            ),
            {**_PAGES, "issn": "1234-5678"},
        ),
        (
            "datacite",
            json.dumps(
                {
                    "titles": [{"title": "T"}],
                    "descriptions": [{"descriptionType": "Abstract", "description": "%"}],
                    "container": {**_WORK, "firstPage": "94", "lastPage": "94"},
                }
            ),
            {"venue": "Tin nets", "volume": "12", "issue": "3", "pages": "94"},
        ),
        ("csv", "Title,Abstract,Volume,Issue,Page start,Page end\nT,%,12,3,94,100\n", _PAGES),
        ("csv", "Title,Abstract,Art. No.,Page start,Page end\nT,%,e94,,\n", {"pages": "e94"}),
    ],
)
def test_what_a_reference_list_needs_is_read(format_: str, text: str, told: dict[str, str]) -> None:
    """Pages have plain hyphens; what is no page, and no ISSN, isn't taken for one."""
    content = text.replace("%", "Terns loop over kites. " * 3).encode()
    (one,) = read_documents(Source("x", content=content, format=format_))
    assert isinstance(one, Document)
    known = {name: text for name, text in one.reference.items() if name != "citation_key"}
    assert known == told
    assert one.content_hash == content_hash(one.title, one.abstract)
