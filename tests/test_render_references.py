"""References out, and in again by our own readers: the same papers, whatever their texts hold."""

from __future__ import annotations

import io
import json
import re
from time import process_time
from typing import Any

import pytest
from ftfy import fix_encoding
from hypothesis import assume, example, given
from hypothesis import strategies as st

from summarise.characters import for_screen
from summarise.models import Document, Row
from summarise.readers import Source, read_documents, sniff
from summarise.readers.fields import without_tags
from summarise.render import output_format, table_view
from summarise.render.format import load_format
from summarise.render.references import Citations
from tests.records import TERN_ANSWER, make_document, make_failure, make_record

FORMATS = {"bibtex": "refs.bib", "ris": "refs.ris", "csl": "refs.json"}
KNOWN = ("title", "authors", "published", "abstract", "url", "reference")
REFERENCE = {
    "doi": "10.9999/tern_1",
    "arxiv": "2310.00426",
    "pmid": "123",
    "acl": "2023.terns-long.12",
    "openalex": "W274",
    "venue": "Journal of Kites & Terns",
    "volume": "12_B",
    "issue": "3",
    "pages": "94-100",
    "publisher": "Kite & Sons",
    "issn": "1234-567X",
    "language": "en",
    "citation_key": "fenn2023tern",
}


def written(name: str, *rows: Row) -> str:
    """Rows in a format."""
    stream = io.BytesIO()
    load_format(name).write(table_view(rows), stream)
    return stream.getvalue().decode()


def read_back(name: str, *rows: Row) -> list[Document]:
    """What our reader makes of that; all entries are documents, and none was mended."""
    content, file = written(name, *rows).encode(), FORMATS[name]
    assert sniff(content, file) == name
    found = list(read_documents(Source(file, content=content, format=name)))
    documents = [one for one in found if isinstance(one, Document)]
    assert len(documents) == len(found)
    # What only may be damage is said, and stays as it is.
    mended = [told for one in documents for told in one.repairs if "may be damage" not in told]
    assert mended == []
    return documents


def waiting(**fields: Any) -> Row:
    """A document without an outcome."""
    return make_document(**fields), None


@pytest.mark.parametrize("name", FORMATS)
def test_all_that_a_paper_is_cited_by_comes_back(name: str) -> None:
    """Names, date, ids, venue, language, key and abstract; the note changes none of them."""
    document = make_document(
        reference=REFERENCE, abstract=f"{make_document().abstract} See arXiv:1234.56789."
    )
    (again,) = read_back(name, (document, make_record(document, TERN_ANSWER)))
    assert {one: getattr(again, one) for one in KNOWN} == {
        one: getattr(document, one) for one in KNOWN
    }


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("date", ["2023", "2023-09", "2023-09-30", "XXXX-09-18", None])
def test_a_date_is_as_precise_as_it_was(name: str, date: str | None) -> None:
    """A year, a month, a day, or none."""
    (again,) = read_back(name, waiting(published=date))
    assert again.published == date


def test_the_summary_is_a_note() -> None:
    """A line for each column that the abstract reports; in RIS on one line."""
    document = make_document(reference=REFERENCE)
    row = (document, make_record(document, {**TERN_ANSWER, "compute": []}))
    (item,) = json.loads(written("csl", row))
    assert item["note"].split("\n") == [
        "arXiv: 2310.00426",
        "ACL: 2023.terns-long.12",
        "OpenAlex: W274",
        "Summary by summarise:",
        "Problem: Counts from boats miss most nests",
        "Method: TERNLOOP: A detector that reads kite photographs in strips",
        "Data: training: KITENEST (12K labelled strips); evaluation: COVE-9",
        "Results: nest recall 67.2% (vs. 41.5%) on COVE-9",
    ]
    text = written("bibtex", row)
    assert "annote = {Summary by summarise:\n\nProblem: Counts from boats" in text
    assert r"recall 67.2\% (vs." in text
    notes = [line for line in written("ris", row).split("\r\n") if line.startswith("N1")]
    assert notes[-1].startswith("N1  - Summary by summarise: Problem: Counts from boats")


def test_a_failure_is_told_in_the_note() -> None:
    """A paper without a record is cited all the same."""
    document = make_document()
    text = written("bibtex", (document, make_failure(document)))
    assert "Problem: failed: truncated" in text


@pytest.mark.parametrize(
    ("authors", "told"),
    [
        (("The Tern Watch", "Fenn, Ada"), "{The Tern Watch} and Fenn, Ada"),
        (("World Tern Organization",), "{World Tern Organization}"),
        (
            ("Ada Fenn", "Terns of the North Study Group"),
            "Ada Fenn and {Terns of the North Study Group}",
        ),
        (("Ada Fenn", "Bo Marl"), "Ada Fenn and Bo Marl"),
        (("Fenn, Ada", "Plato"), "Fenn, Ada and Plato"),
    ],
)
def test_a_group_is_no_person_with_a_family_name(authors: tuple[str, ...], told: str) -> None:
    """A library would file it under the last of its words."""
    row = waiting(authors=authors)
    assert f"  author = {{{told}}}," in written("bibtex", row)
    assert read_back("bibtex", row)[0].authors == authors


def test_no_key_comes_twice() -> None:
    """Whatever the case; the citation key first, then the input's id, then name, year and word."""
    rows = [
        waiting(reference={"citation_key": "fenn"}),
        waiting(reference={"citation_key": "Fenn"}),
        waiting(reference={"citation_key": "a key, two}"}),
        waiting(doc_id="10.9999/x", reference={"doi": "10.9999/x"}),
        waiting(doc_id="sha256:ab", authors=("Müller, Ada",), title="A tern, counted"),
        waiting(doc_id="sha256:ac", authors=(), title=None, published=None),
        waiting(doc_id="sha256:ad", authors=()),
        waiting(doc_id="fenn-2"),
    ]
    keys = [one["id"] for one in json.loads(written("csl", *rows))]
    assert keys == [
        *(
            "fenn",
            "Fenn-2",
            "tern-1",
            "fenn2023ternloop",
            "muller2023tern",
            "row6",
            "ternloop2023",
            "fenn-2-2",
        )
    ]
    assert re.findall(r"^@\w+\{(.*),$", written("bibtex", *rows), re.MULTILINE) == keys
    assert re.findall(r"^ID  - (.*)\r$", written("ris", *rows), re.MULTILINE) == keys


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "key", ["ångström2023", "王2018", "o'neill_2019", "DBLP:conf/tern/Fenn23", "10.5555/tern.1"]
)
def test_the_key_of_a_library_goes_back_to_it(name: str, key: str) -> None:
    """Whatever its letters: by it an entry is found again."""
    (again,) = read_back(name, waiting(reference={"citation_key": key}))
    assert again.reference.get("citation_key") == key


def test_a_key_is_made_of_whole_words() -> None:
    """Letters with marks are as good as others."""
    rows = [waiting(doc_id="sha256:ab", authors=("Šťastná, Ö.",), title="Möwen im Nest")]
    assert json.loads(written("csl", *rows))[0]["id"] == "stastna2023mowen"


def test_many_papers_may_want_one_key() -> None:
    """Four times as many take four times as long, and each has its own."""

    def keys(number: int) -> float:
        rows = [waiting(doc_id=f"a:{n}", reference={"citation_key": "fenn"}) for n in range(number)]
        table = table_view(rows)
        citations, views = Citations(table.columns), list(table.rows)
        start = process_time()
        found = [citations.of(view).key for view in views]
        assert (found[0], found[-1], len(set(found))) == ("fenn", f"fenn-{number}", number)
        return process_time() - start

    keys(9)
    assert keys(3_200) < 10 * keys(800)


def test_marks_upon_marks_take_little_time() -> None:
    """To put them in order takes the square of their number."""
    title = "Terns a\u0301 " + "\u0f71\u0f72" * 60_000
    start = process_time()
    for name in (*FORMATS, "latex"):
        assert written(name, waiting(doc_id="a:1", title=title, authors=(title,), reference={}))
    assert process_time() - start < 3


def test_what_kind_of_publication() -> None:
    """By its venue: none is known of a paper without one."""
    kinds = {
        "Journal of Terns": ("article", "JOUR", "article-journal"),
        "Proceedings of the 3rd Tern Workshop": ("inproceedings", "CONF", "paper-conference"),
        "": ("misc", "GEN", "document"),
    }
    for venue, (bibtex, ris, csl) in kinds.items():
        row = waiting(reference={"venue": venue} if venue else {})
        assert written("bibtex", row).startswith(f"@{bibtex}{{tern-1,\n")
        assert written("ris", row).startswith(f"TY  - {ris}\r\n")
        assert json.loads(written("csl", row))[0]["type"] == csl


def test_names() -> None:
    """An organisation stays one name; more authors than are named are told; parts by commas."""
    names = ("Fenn, Ada", "Moor and Fell Ltd", "Cy Quay", "Roe, Jo, Jr.")
    text = written("bibtex", waiting(authors=names, author_count=9))
    told = "{Fenn, Ada and {Moor and Fell Ltd} and Cy Quay and Roe, Jo, Jr. and others}"
    assert f"author = {told}" in text
    (item,) = json.loads(written("csl", waiting(authors=names)))
    assert item["author"] == [
        {"family": "Fenn", "given": "Ada"},
        {"literal": "Moor and Fell Ltd"},
        {"literal": "Cy Quay"},
        {"family": "Roe", "given": "Jo", "suffix": "Jr."},
    ]
    for name in FORMATS:
        (again,) = read_back(name, waiting(authors=names))
        assert again.authors == names


def test_titles_in_bibtex() -> None:
    """Styles lower no acronym and no formula; money is no formula; nothing acts."""
    for title, latex in {
        "TernNet: a $\\beta$-VAE for $N_{max}$ terns": (
            "{TernNet}: a {{$\\beta$}}-{VAE} for {{$N_{max}$}} terns"
        ),
        "It costs $5 and $6 & 10% of #1": r"It costs \$5 and \$6 \& 10\% of \#1",
        r"\input{/etc/passwd} $\input{x}$": (
            r"\textbackslash{}input\textbraceleft{}/etc/passwd\textbraceright{} "
            r"\$\textbackslash{}input\textbraceleft{}x\textbraceright{}\$"
        ),
        "a--b ``c''": "a-{}-b `{}`c'{}'",
    }.items():
        text = written("bibtex", waiting(title=title))
        assert f"title = {{{latex}}}," in text
        (again,) = read_back("bibtex", waiting(title=title))
        assert again.title == title


def test_formulas_in_bibtex() -> None:
    """Letters of Greek are commands there, as LaTeX sets no others; fonts are let through."""
    for title, latex in {
        "Gulls-$β$ and $λx$": r"Gulls-{{$\beta$}} and {{$\lambda x$}}",
        r"In $\mathcal{O}(n \log n)$ time": r"In {{$\mathcal{O}(n \log n)$}} time",
        r"$\mathcal{\input}$": (
            r"\$\textbackslash{}mathcal\textbraceleft{}\textbackslash{}input\textbraceright{}\$"
        ),
    }.items():
        assert f"title = {{{latex}}}," in written("bibtex", waiting(title=title))


def test_addresses_in_bibtex() -> None:
    """They stand as they are, since styles print them so; no brace gets out."""
    url = "https://papers.example/a_b%20c?d={e}&f=~g#h"
    row = waiting(url=url, reference={"doi": "10.9999/a_b"})
    text = written("bibtex", row)
    assert "doi = {10.9999/a_b}," in text
    assert "url = {https://papers.example/a_b%20c?d=%7Be%7D&f=~g#h}," in text
    assert "url" not in written("bibtex", waiting(url="javascript:alert(1)"))


HOSTILE = (
    "}\n\n@article{evil,\n title = {Evil}}",
    "ER  - \r\n\r\nTY  - JOUR\r\nTI  - Evil",
    '"}, {"title": "Evil"}, {"a": "',
    "@string{x = {y}}",
    'note = "x", language = BERT',
    "\n@comment{",
    "<script>alert(1)",
    "% \\ { } $ ^ _ ~ # & -- ``''",
    "TY  - JOUR",
    "arXiv:1234.56789 PMID: 7 DOI: 10.1/x",
    "\x1b[31m\u202eevil",
)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_opens_an_entry(name: str, hostile: str) -> None:
    """Wherever it stands there is one entry, and it says the same."""
    abstract = f"{make_document().abstract}\n\n{hostile}\n\nTerns."
    document = make_document(
        title=f"A {hostile}",
        abstract=abstract,
        authors=("Ada Fenn",),
        reference={"venue": f"J {hostile}", "citation_key": hostile, "language": hostile},
    )
    answer = {**TERN_ANSWER, "problem": {"text": hostile, "sentences": [1]}}
    (again,) = read_back(name, (document, make_record(document, answer)))
    assert again.title == for_screen(document.title or "")
    assert for_screen(again.abstract) == for_screen(abstract)
    assert again.authors == ("Ada Fenn",)
    assert "\x1b" not in written(name, (document, None))


# Letters that were decoded twice, and words that a line's end broke, are mended when they are read.
TEXT = st.text(st.characters(blacklist_categories=["Cs", "Co", "Cn"]), max_size=80).map(
    lambda text: fix_encoding(text.replace("-\n", "\n"))
)
NAMED = TEXT.map(lambda text: f"A{text}")


@pytest.mark.parametrize("name", FORMATS)
@given(title=NAMED, abstract=TEXT, author=NAMED)
@example(title="$a$ $", abstract="{", author="a\\")
@example(title="a$", abstract="$b", author="}")
@example(title="A", abstract="", author="A[]")
@example(title="A $<$ and {$<$}", abstract="$<$ and {$<$}", author="A")
def test_any_text_comes_back(name: str, title: str, abstract: str, author: str) -> None:
    """Clean of what acts on a screen, white space folded."""
    abstract = f"Terns nest here, and more. {abstract}"
    # Signs that part names, or set off what databases write behind one.
    author = for_screen(author.translate(dict.fromkeys(map(ord, ";,[]"))))
    title = for_screen(title)
    # What a publisher left of a page is taken out of all that is read.
    assume(all(without_tags(text) == for_screen(text) for text in (title, abstract)))
    assume(
        all(fix_encoding(text) == text for text in (title, abstract, for_screen(abstract), author))
    )
    row = waiting(title=title, abstract=abstract, authors=(author,))
    (again,) = read_back(name, row)
    assert again.title == title
    assert for_screen(again.abstract) == for_screen(abstract)
    assert again.authors == (author,)


def test_the_names_and_suffixes() -> None:
    """``bib`` is a name as well; ``.csl.json`` is no other JSON."""
    from pathlib import Path

    for name, path in (("bibtex", "a.bib"), ("ris", "a.RIS"), ("csl", "a.csl.json")):
        assert output_format(None, Path(path)) is load_format(name)
    assert output_format("bib", None) is load_format("bibtex")


def test_no_reference_at_all() -> None:
    """An empty list is a list."""
    assert json.loads(written("csl")) == []
