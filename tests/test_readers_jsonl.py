"""JSON lines and arrays."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.errors import InputError
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import Source, load_source, read_documents

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
ABSTRACT = "Copper nets cut training time by 40% on LoomSet."


def read(text: str) -> list[Document | Skipped]:
    return read_bytes(text.encode())


def read_bytes(content: bytes) -> list[Document | Skipped]:
    return list(read_documents(Source("input", content=content, format="jsonl")))


def only(**fields: Any) -> Document:
    [document] = read(json.dumps({"title": "Copper", "abstract": ABSTRACT, **fields}))
    assert isinstance(document, Document)
    return document


def test_a_fault_costs_its_own_line() -> None:
    """Each broken entry is named with its line and reason; all others are read."""
    rows = [
        (entry.line, entry.doc_id, entry.title)
        if isinstance(entry, Document)
        else (entry.line, str(entry.kind), entry.reason)
        for entry in read((PAGES / "documents.jsonl").read_text(encoding="utf-8"))
    ]
    assert rows == [
        (1, "17", "Copper Nets"),
        (3, "p-2", "Brass Nets"),
        (4, "unreadable", "broken JSON at line 4, column 54: invalid control character"),
        (5, "unreadable", "not an object with an “abstract”, but a list"),
        (6, "unreadable", "the entry has neither a title nor an abstract"),
        (7, "no_abstract", "“Tin Nets” has no abstract"),
        (8, "no_abstract", "“Zinc Nets” has too short an abstract: “Too short.”"),
        (9, "unreadable", "its “abstract” is an object, not text"),
        (10, "10.5555/iron.1", "Iron Nets"),
        (11, "arXiv:2401.00123", "Gold Nets"),
        (12, "17", "Another"),
        (13, "x", "COPPER nets"),
        (14, "unreadable", "its text holds half of a surrogate pair (\\ud83d)"),
    ]


@pytest.mark.parametrize(
    ("fields", "doc_id"),
    [
        ({"id": 17}, "17"),
        ({"doc_id": "d", "id": "i", "paper_id": "p", "doi": "10.5555/x"}, "d"),
        ({"paperId": "p", "doi": "10.5555/x"}, "p"),
        ({"doi": "https://doi.org/10.5555/ABC", "arxiv_id": "2401.00123"}, "10.5555/abc"),
        ({"DOI": "doi:10.5555/ABC", "pmid": 9}, "10.5555/abc"),
        ({"arxiv_id": "2401.00123v2", "pmid": 9}, "arXiv:2401.00123"),
        ({"arxiv": "arXiv:hep-th/9901001v1"}, "arXiv:hep-th/9901001"),
        ({"url": "https://arxiv.org/abs/2401.00123v2"}, "arXiv:2401.00123"),
        ({"pmid": 9}, "PMID:9"),
        ({"pmid": 9.0}, "PMID:9"),
        ({"id": " ", "doi": "none", "pmid": "9"}, "PMID:9"),
        ({"id": None, "paper_id": True, "pmid": 3.5}, "PMID:3.5"),
        ({"acl_id": "2023.fen-long.1", "openalex_id": "W7"}, "ACL:2023.fen-long.1"),
        ({"openalex": "W7", "citation_key": "roe2024"}, "W7"),
    ],
)
def test_identity(fields: dict[str, Any], doc_id: str) -> None:
    """The given id, else DOI, else arXiv id, else PubMed id, each in one spelling."""
    assert only(**fields).doc_id == doc_id


def test_reference() -> None:
    """What a paper is cited by is kept, each id in one notation; what isn't said has no key."""
    document = only(
        id="own", DOI="doi:10.5555/ABC", url="https://arxiv.org/abs/2401.00123v2", pmid=9,
        journal="Fen  Letters", lang="de", **{"citation-key": "roe2024", "openalex": None},
    )  # fmt: skip
    assert document.doc_id == "own"
    assert document.reference == {
        "doi": "10.5555/abc",
        "arxiv": "2401.00123",
        "pmid": "9",
        "venue": "Fen Letters",
        "language": "de",
        "citation_key": "roe2024",
    }
    assert only(url="https://example.org/a").reference == {}


@pytest.mark.parametrize(
    "answer",
    [
        {"collection": [{"title": "A", "abstract": ABSTRACT, "authors": "Roe, A.; Doe, J."}]},
        {"hits": 1, "resultList": {"result": [{"title": "A", "abstractText": ABSTRACT}]}},
        [{"results": [{"title": "A", "paperAbstract": ABSTRACT}]}],
        {"offset": 0, "data": [{"paperId": "f0", "title": "A", "abstract": ABSTRACT}]},
    ],
)
def test_an_answer_holds_papers(answer: object) -> None:
    """As bioRxiv, Europe PMC and others give them; a paper's own list is none."""
    for text in (json.dumps(answer), json.dumps(answer, indent=1)):
        found = [entry for entry in read(text) if isinstance(entry, Document)]
        assert [(one.title, one.abstract) for one in found] == [("A", ABSTRACT)]
    [one] = read(json.dumps({"title": "A", "abstract": ABSTRACT, "results": [{"title": "B"}]}))
    assert isinstance(one, Document)
    assert one.title == "A"


def test_markup_of_europe_pmc_is_no_text() -> None:
    """Its headings are labels."""
    text = "<h4>Aims</h4>We ask. <h4>Results</h4>p &lt; 0.05 in all of them."
    [one] = read(json.dumps({"title": "A", "abstractText": text}))
    assert isinstance(one, Document)
    assert one.abstract == "Aims: We ask.\n\nResults: p < 0.05 in all of them."


def test_what_a_run_knows_of_a_paper_is_read_back() -> None:
    """A status and another version count where a run wrote them; elsewhere they mean anything."""
    told = {"doi": "10.5555/abc", "other_version": "10.1/1", "status": "withdrawn"}
    assert only(reference=told).reference == {"doi": "10.5555/abc", "status": "withdrawn"}
    told["other_version"] = "10.1101/2020.1"
    assert only(reference=told).reference == told
    assert only(**told).reference == {"doi": "10.5555/abc"}


def test_half_a_character_in_a_reference_costs_that_entry() -> None:
    """As in any other field."""
    good = {"title": "T", "abstract": ABSTRACT}
    lines = [json.dumps(one) for one in (good, {**good, "id": "b", "venue": "\ud83d"})]
    assert [type(entry) for entry in read("\n".join(lines))] == [Document, Skipped]


def test_identity_by_content() -> None:
    """Without any id, title and abstract are the identity: other fields don't change it."""
    first, second = only(year=2020), only(year=2021)
    assert first.doc_id == second.doc_id == f"sha256:{first.content_hash[:16]}"
    assert only(title="Brass").doc_id != first.doc_id


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        (["Ann Roe", " Jo  Doe "], ("Ann Roe", "Jo Doe")),
        ([{"name": "Ann Roe"}, {"id": 3}, None], ("Ann Roe",)),
        ([{"given": "Ann", "family": "Roe"}, {"firstName": "Jo"}], ("Roe, Ann", "Jo")),
        ("Roe, Ann; Doe, Jo", ("Roe, Ann", "Doe, Jo")),
        ("Roe, Ann and Doe, Jo", ("Roe, Ann", "Doe, Jo")),
        ("Ann Roe, Jo Doe and Al Poe", ("Ann Roe", "Jo Doe", "Al Poe")),
        ("Anders Sand", ("Anders Sand",)),
        ("Roe, A., Doe, J. B., & Poe, C.-D.", ("Roe, A.", "Doe, J. B.", "Poe, C.-D.")),
        ("Roe, A. and Doe, J.", ("Roe, A.", "Doe, J.")),
        ("Roe, A., Doe, J. & Poe, B.", ("Roe, A.", "Doe, J.", "Poe, B.")),
        ("Roe, A., Doe, J., et al.", ("Roe, A.", "Doe, J.")),
        ("Ann Roe et al", ("Ann Roe",)),
        (["Ann Roe", "others"], ("Ann Roe",)),
        ("Roe, Ann, Doe, Jo", ("Roe, Ann, Doe, Jo",)),
        (None, ()),
        (7, ()),
    ],
)
def test_authors(authors: Any, names: tuple[str, ...]) -> None:
    """Names come from lists, objects and text; their number is known only with them."""
    document = only(authors=authors)
    assert document.authors == names
    assert document.author_count == (len(names) or None)


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ({"year": 2023}, "2023"),
        ({"year": "2023", "date": "2023-04-05T10:00:00Z"}, "2023-04-05"),
        ({"publication_date": "2023/4/5"}, "2023-04-05"),
        ({"published": "5 April 2023"}, "2023-04-05"),
        ({"published": "April 2023"}, "2023-04"),
        ({"published": "2023 Apr 5"}, "2023-04-05"),
        ({"published": "Apr. 5"}, "XXXX-04-05"),
        ({"published": "04/05/2023"}, "2023"),
        ({"published": "2023-02-30"}, "2023"),
        ({"published": "Spring 2023", "year": "2023.0"}, "2023"),
        ({"published": "04/05/2023", "date": "2023-05-04"}, "2023-05-04"),
        ({"published": "soon", "year": 2024}, "2024"),
    ],
)
def test_dates(fields: dict[str, Any], published: str | None) -> None:
    """Dates become EDTF; of what is ambiguous or no date the year is kept."""
    assert only(**fields).published == published


def test_addresses() -> None:
    """A given address wins; else a DOI or an arXiv id gives one."""
    assert only(link="https://example.org/a", doi="10.5555/x").url == "https://example.org/a"
    assert only(doi="10.5555/X").url == "https://doi.org/10.5555/x"
    assert only(arxiv_id="2401.00123v1").url == "https://arxiv.org/abs/2401.00123"
    assert only().url is None


def test_abstract_keeps_its_characters() -> None:
    """Only outer white space goes."""
    inner = "  One <b>line</b>.\n\n\tAnother\u00a0line with 5\u2009%.  "
    assert only(abstract=inner).abstract == inner.strip()


def test_empty_abstract_gives_way_to_summary() -> None:
    """An empty field is as good as none."""
    assert only(abstract=" ", summary=ABSTRACT).abstract == ABSTRACT


@pytest.mark.parametrize(
    "line", ["null", "3", "true", '"text"', "[" * 100_000, "9" * 5_000, '{"abstract": 5}', "{", "}"]
)
def test_odd_lines(line: str) -> None:
    """Whatever a line holds, the next one is read."""
    good = json.dumps({"abstract": ABSTRACT})
    first, second, third = read(f"{good}\n{line}\n{good}")
    assert isinstance(second, Skipped)
    assert second.line == 2
    assert isinstance(first, Document)
    assert isinstance(third, Document)


def test_array_over_several_lines() -> None:
    """Entries of an array carry the line on which each starts."""
    value = [{"id": n, "title": "T", "abstract": f"{n} {ABSTRACT}"} for n in range(3)]
    entries = read("\n" + json.dumps(value, indent=2))
    assert [(e.doc_id, e.line) for e in entries if isinstance(e, Document)] == [
        ("0", 3),
        ("1", 8),
        ("2", 13),
    ]


def test_objects_over_several_lines() -> None:
    """Indented objects one after another are read like an array."""
    one = json.dumps({"title": "T", "abstract": ABSTRACT}, indent=1)
    assert [entry.line for entry in read(f"{one}\n{one}")] == [1, 5]


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "T",\n "abstract": "A"}',
        '{"title": "T"\n\n, "abstract":\n"A"}\n',
        '{"papers": [{"title": "T", "abstract": "A"},\n{"title": "T", "abstract": "A"}\n]}',
        '{"papers":\n[{"title": "T", "abstract": "A"}]}',
    ],
)
def test_an_object_is_broken_wherever_its_writer_likes(text: str) -> None:
    """Its first line needn't be a brace alone."""
    for entry in read(text.replace('"A"', json.dumps(ABSTRACT))):
        assert isinstance(entry, Document), entry
        assert (entry.title, entry.abstract) == ("T", ABSTRACT)


@pytest.mark.parametrize("cut", ['{"title": "T",', '{"title": "T'])
def test_a_first_line_that_lost_its_end_costs_itself(cut: str) -> None:
    """An object on the next line doesn't go on with it."""
    whole = json.dumps({"title": "T", "abstract": ABSTRACT})
    first, second = read(f"{cut}\n{whole}")
    assert isinstance(first, Skipped)
    assert (first.line, "broken JSON" in first.reason) == (1, True)
    assert isinstance(second, Document)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('[{"abstract": "%s"},\n{"abs', 2, "nothing below it was read"),
        ('[{"abstract": "%s"}\n', 2, "the array isn't closed"),
        ('[{"abstract": "%s"}]\n{"a": 1}', 1, "nothing below the end of the array"),
    ],
)
def test_array_with_a_fault(text: str, line: int, reason: str) -> None:
    """What can't be read of an array is named, and what stands above it is kept."""
    document, fault = read(text % ABSTRACT)
    assert isinstance(document, Document)
    assert isinstance(fault, Skipped)
    assert (fault.line, fault.kind) == (line, SkipKind.UNREADABLE)
    assert reason in fault.reason


@pytest.mark.parametrize("broken", ['{"title": kites}', '{"title": "K",\n "abstract" "x"}', "{,}"])
@pytest.mark.parametrize("layout", ["[{0},\n{1},\n{0}]", "{0}\n{1}\n{0}"])
def test_an_object_that_is_broken_costs_itself_alone(layout: str, broken: str) -> None:
    """In an array and over several lines, too, as long as its braces tell where it ends."""
    good = json.dumps({"title": "T", "abstract": ABSTRACT}, indent=1)
    first, fault, last = read(layout.replace("{0}", good).replace("{1}", broken))
    assert isinstance(first, Document)
    assert isinstance(fault, Skipped)
    assert (fault.line, "broken JSON at line" in fault.reason) == (5, True)
    assert isinstance(last, Document)
    assert last.line == 6 + broken.count("\n")


def test_lines_are_streamed(tmp_path: Path) -> None:
    """Memory doesn't grow with the file: neither the text nor the documents are kept."""
    path = tmp_path / "many.jsonl"
    line = json.dumps({"abstract": ABSTRACT * 20}) + "\n"
    path.write_text(line * 1_500)
    source = load_source(path)
    tracemalloc.start()
    count = sum(1 for _ in read_documents(source))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1_500
    assert peak < 1_000_000 < path.stat().st_size


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
_KEYS = st.sampled_from(["id", "doi", "authors", "year", "url", "pmid", "arxiv_id", "x"])


@given(fields=st.dictionaries(_KEYS, _JSON))
def test_any_metadata_is_survived(fields: dict[str, Any]) -> None:
    """No value of any field but title and abstract costs the document, half characters apart."""
    text = json.dumps({"title": "T", "abstract": ABSTRACT, **fields})
    [entry] = read(text)
    assert isinstance(entry, Document) or "surrogate" in entry.reason


@pytest.mark.parametrize(
    "fields",
    [
        {"doi": "10.1000/n\ud83d"},
        {"authors": ["Ann \ud83d Roe"]},
        {"url": "https://example.org/\udc00"},
        {"id": "\ud83d"},
        {"pmid": "\ud83d"},
        {"title": "\ud83d"},
    ],
)
def test_half_a_character_costs_its_entry_alone(fields: dict[str, Any]) -> None:
    """No file can store half a surrogate pair, in whatever field it stands."""
    broken = json.dumps({"abstract": ABSTRACT, **fields})
    entry, good = read(broken + "\n" + json.dumps({"abstract": f"{ABSTRACT} Again."}))
    assert isinstance(entry, Skipped)
    assert "half of a surrogate pair" in entry.reason
    assert isinstance(good, Document)


def test_half_a_character_in_a_field_that_is_dropped_costs_nothing() -> None:
    """What isn't a date or a DOI isn't stored, so it can hold anything."""
    assert only(doi="\ud83d", year="\ud83d").doc_id.startswith("sha256:")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"abstract": "x",\n', "line 1, column 18: expecting property name"),
        ('{"abstract": "x"  \n', "line 1, column 17: expecting ',' delimiter"),
        ('{"abstract":\n', "line 1, column 13: expecting value"),
        ('{"abstract": "words\n', "line 1, column 20: invalid control character"),
        ('\n{"abstract": "x",\n', "line 2, column 18: expecting property name"),
        ('[\n{"abstract": "x",\n\n', "line 2, column 18: expecting property name"),
    ],
)
def test_a_line_that_breaks_off_tells_its_end(text: str, told: str) -> None:
    """The column is that behind its last sign, not one of the line below."""
    with pytest.raises(InputError, match=f"broken JSON at {told}"):
        read(text)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("layout", ["{0}\n{1}\n{2}\n", "[\n{0},\n{1},\n{2}]", "[{0},{1},{2}]"])
def test_a_byte_that_is_no_text_costs_its_entry(layout: str, indent: int | None) -> None:
    """Whether an entry has one line, several, or all of them one: the others are read."""
    lines = [
        json.dumps(
            {"id": n, "abstract": f"{ABSTRACT} Straße {n}."}, ensure_ascii=False, indent=indent
        )
        for n in "abc"
    ]
    content = layout.replace("{0}", lines[0]).replace("{1}", lines[1]).replace("{2}", lines[2])
    first, second, third = read_bytes(content.encode().replace("ß".encode() + b"e b", b"\xdfe b"))
    assert isinstance(first, Document)
    assert isinstance(second, Skipped)
    assert isinstance(third, Document)
    before = content[: content.index("ße b")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert second.line == line - (2 if indent else 0)
    assert second.reason == (
        f"isn't UTF-8: byte 0xdf at line {line}, column {column}; convert it from its own encoding"
    )


@pytest.mark.parametrize(
    ("url", "doc_id"),
    [
        ("https://arxiv.org/html/2401.00042v1", "arXiv:2401.00042"),
        ("https://export.arxiv.org/abs/2401.00042", "arXiv:2401.00042"),
        ("https://aclanthology.org/2023.acl-long.12.pdf", "ACL:2023.acl-long.12"),
        ("https://www.aclweb.org/anthology/P19-1001/", "ACL:P19-1001"),
        ("https://dx.doi.org/10.5555/ABC", "10.5555/abc"),
        ("https://aclanthology.org/people", None),
    ],
)
def test_an_address_tells_an_id(url: str, doc_id: str | None) -> None:
    """In each format; what is no paper's address tells none."""
    document = only(url=url)
    assert document.doc_id == doc_id or (doc_id is None and document.reference == {})
