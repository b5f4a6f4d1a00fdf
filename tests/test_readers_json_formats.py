"""JSON of reference managers and of bibliographic services: each known by its own keys."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.errors import InputError
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import Source, load_format, load_source, read_documents, sniff
from summarise.readers.entry import Entry
from summarise.readers.fields import date_in_parts, names_in_parts, noted_ids, without_tags
from summarise.readers.json_objects import read_objects

EXPORTS = Path(__file__).parent.parent / "fixtures" / "exports"
ABSTRACT = (
    "We train four copper nets on LoomSet and find that they need a third of the energy of iron "
    "nets."
)
FILES = {
    "csl.json": "csl",
    "zotero.json": "zotero",
    "better_bibtex.json": "zotero",
    "openalex.json": "openalex",
    "semantic_scholar.json": "semantic_scholar",
    "crossref.json": "crossref",
    "datacite.json": "datacite",
    "arxiv_metadata.jsonl": "arxiv_metadata",
    "daily_papers.json": "daily_papers",
}


def read(name: str) -> list[Document | Skipped]:
    return list(read_documents(load_source(EXPORTS / name)))


def documents(name: str) -> list[Document]:
    return [one for one in read(name) if isinstance(one, Document)]


@pytest.mark.parametrize(("name", "format_"), FILES.items())
def test_each_is_known_by_its_keys(name: str, format_: str) -> None:
    """Whatever the file is called, in one line or many, a member alone or in a list, by line."""
    head = (EXPORTS / name).read_bytes()
    assert sniff(head, name) == sniff(head, "stdin") == sniff(head, "a.json") == format_
    assert sniff(head[:300] if name == "csl.json" else head, "stdin") == format_


@pytest.mark.parametrize("name", ["csl.json", "zotero.json"])
def test_an_object_alone_or_a_line_each(tmp_path: Path, name: str) -> None:
    """An answer with one object, or JSON lines of them, is read as the array is."""
    members = json.loads((EXPORTS / name).read_text("utf-8"))
    whole = read(name)
    (tmp_path / "one.json").write_text(json.dumps(members[0], indent=1))
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, members)))
    place = {"source": "", "line": 0}
    for file, expected in (("one.json", whole[:1]), ("lines.jsonl", whole)):
        found = list(read_documents(load_source(tmp_path / file)))
        assert [one.model_copy(update=place) for one in found] == [
            one.model_copy(update=place) for one in expected
        ]


@pytest.mark.parametrize(
    ("value", "format_"),
    [
        ([{"id": "a", "type": "article-journal", "title": "A", "author": []}], "csl"),
        ([{"id": "a", "type": "article", "title": "A", "author": []}], "jsonl"),
        ({"config": {"label": "BetterBibTeX JSON"}, "collections": {"A": {}}}, "zotero"),
        ({"id": "a", "title": "A", "abstract": "B", "year": 2024}, "jsonl"),
        ({"paperId": "a", "title": "A", "abstract": "B"}, "jsonl"),
    ],
)
def test_few_keys(value: object, format_: str) -> None:
    """A type of CSL's own is a sign, too; what has no sign is JSON lines, as ever."""
    text = json.dumps(value)
    assert sniff(text.encode(), "a.json") == sniff(text.encode("utf-16"), "a.json") == format_


def test_a_list_far_behind() -> None:
    """What stands before it may be more than is searched; then the answer is read as a whole."""
    answer = {"config": {"x": "y" * 100_000}, "items": [{"a": 1}, {"b": 2}]}
    assert objects(json.dumps(answer, indent=1), "items") == [(1, {"a": 1}), (1, {"b": 2})]


def test_csl() -> None:
    """Names and dates in parts, ids in the note, markup of titles; the id stays the document's."""
    first, second = documents("csl.json")
    assert first.title == "Copper nets in Urtica dioica: H2O & more"
    assert first.abstract == f"{ABSTRACT} The cost is 10⁻³ of it, p < 0.05."
    assert first.authors == ("Roe, Ann", "van den Berg, Jo", "The Fen Group")
    assert (first.published, first.url) == ("2024-03-01", "https://example.org/nets/1")
    assert first.doc_id == "http://zotero.org/users/1/items/ABCD2345"
    assert first.reference == {
        "doi": "10.1000/nets.1",
        "venue": "Journal of Copper Nets",
        "language": "en",
        "citation_key": "ABCD2345",
    }
    assert (second.authors, second.published) == (("Poe, Al, Jr.",), "2023-03")
    assert second.reference == {
        "arxiv": "2301.00042",
        "pmid": "123456",
        "venue": "arXiv",
        "citation_key": "poe2023",
    }
    assert [one.line for one in read("csl.json")] == [2, 35, 53]


@pytest.mark.parametrize(
    ("given", "is_key"),
    [
        *(("poe2023", True), ("Poe:2023tin", True), ("van-den-berg_tin.2", True)),
        *(("ITEM-1", False), ("ref7", False), ("item", False), ("ABCD2345", False)),
        *(("doi:10.1000", False), ("arXiv:2301.00042", False), ("W2741", False)),
        *(("6f1c4e2a-1c1b-4a7d-9a57-2f6f3c9d1e10", False), ("123", False), ("u/1", False)),
    ],
)
def test_an_id_of_csl_that_is_a_citation_key(given: str, is_key: bool) -> None:
    """What a program has counted or made, or what is an id of another kind, cites nothing."""
    item = {"id": given, "type": "article-journal", "title": "Tin Nets", "abstract": ABSTRACT}
    [one] = read_documents(Source("a.json", content=json.dumps([item]).encode(), format="csl"))
    assert isinstance(one, Document)
    assert (one.doc_id, one.reference.get("citation_key")) == (given, given if is_key else None)


def test_datacite() -> None:
    """Abstracts among other descriptions, the day of issue; alone, or in an answer."""
    one, other = documents("datacite.json")
    assert (one.title, one.abstract) == ("Copper Nets: Weights", f"{ABSTRACT} They are 10⁷.")
    assert one.authors == ("Roe, Ann", "The Fen Group")
    assert (one.published, one.doc_id) == ("2024-02-25", "10.1000/nets.1")
    assert one.reference == {"doi": "10.1000/nets.1", "venue": "Loom Archive", "language": "en"}
    assert (other.published, other.reference["venue"]) == ("2023", "Journal of Nets")
    alone = json.loads((EXPORTS / "datacite.json").read_text("utf-8"))["data"][0]
    for value in (alone["attributes"], {"data": alone}):
        content = json.dumps(value).encode()
        assert sniff(content, "a.json") == "datacite"
        [found] = read_documents(Source("a.json", content=content, format="datacite"))
        assert isinstance(found, Document)
        assert (found.title, found.abstract) == (one.title, one.abstract)


def test_zotero() -> None:
    """Authors before editors, ids of the extra field; what is attached to a paper is no entry."""
    [first] = read("zotero.json")
    assert isinstance(first, Document)
    assert first.doc_id == "10.1000/nets.1"
    assert first.authors == ("Roe, Ann", "The Fen Group")
    assert first.published == "2024-03-01"
    assert first.reference == {
        "doi": "10.1000/nets.1",
        "pmid": "123456",
        "venue": "Journal of Copper Nets",
        "language": "en",
        "citation_key": "roe2024fen",
    }
    item = {"itemType": "book", "title": "Tin", "abstractNote": ABSTRACT, "key": "WXYZ6789"}
    alone = {"itemType": "attachment", "title": "Full Text PDF", "key": "VUTS5432"}
    bare = Source("a.json", content=json.dumps([item, alone]).encode(), format="zotero")
    one, attached = read_documents(bare)
    assert isinstance(attached, Skipped)
    assert attached.reason == "“Full Text PDF” is only the attachment of a paper"
    assert attached.kind is SkipKind.NO_ABSTRACT
    assert isinstance(one, Document)
    assert one.reference == {"citation_key": "WXYZ6789"}
    tin, book = read("better_bibtex.json")
    assert isinstance(tin, Document)
    assert (tin.doc_id, tin.published) == ("arXiv:2301.00042", "2023-03")
    assert tin.reference.get("citation_key") == "poe2023"
    assert isinstance(book, Skipped)


def test_openalex() -> None:
    """The index is put in order; that authors are left out is told."""
    first, second = read("openalex.json")
    assert isinstance(first, Document)
    assert first.abstract == f"{ABSTRACT} Abstract nets."
    assert (first.title, first.doc_id) == ("Copper Nets in Urtica", "10.1000/nets.1")
    assert first.authors == ("Ann Roe", "Jo Doe")
    assert first.reference == {
        "doi": "10.1000/nets.1",
        "pmid": "123456",
        "openalex": "W4200000001",
        "venue": "Journal of Copper Nets",
        "language": "en",
    }
    assert isinstance(second, Skipped)
    assert second.reason == "“Tin Nets” has no abstract"
    entry = next(load_format("openalex").entries(load_source(EXPORTS / "openalex.json")))
    assert isinstance(entry, Entry)
    assert entry.repairs == ("OpenAlex names the first 100 authors alone",)


def test_openalex_with_an_abstract_made_ready() -> None:
    """Who has put an abstract beside the index has JSON lines, as ever."""
    work = {"id": "https://openalex.org/W1", "abstract_inverted_index": {"Nets": [0]}}
    assert sniff(json.dumps(work).encode(), "a.jsonl") == "openalex"
    assert sniff(json.dumps({**work, "abstract": ABSTRACT}).encode(), "a.jsonl") == "jsonl"


def test_an_index_cannot_explode() -> None:
    """A word at a place far away makes no gap, and too many places are refused."""
    index = {"Nets": [10**12, -1, "x", None], "of": 7, "copper": [0]}
    work = json.dumps({"id": "W1", "title": "T", "abstract_inverted_index": index})
    many = json.dumps({"id": "W2", "abstract_inverted_index": {"a": list(range(100_001))}})
    content = f"{work}\n{many}".encode()
    short, long = load_format("openalex").entries(Source("n", content=content))
    assert isinstance(short, Entry)
    assert short.abstract == "Nets copper Nets"
    assert isinstance(long, Skipped)
    assert long.reason == "its abstract has more than 100,000 words"


def test_semantic_scholar() -> None:
    """All ids; the paper's own stays the document's, as it is in JSON lines."""
    first, second = read("semantic_scholar.json")
    assert isinstance(first, Document)
    assert first.doc_id == "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"
    assert first.reference == {
        "doi": "10.1000/nets.1",
        "arxiv": "2301.00042",
        "pmid": "123456",
        "acl": "2023.nets-long.1",
        "venue": "Journal of Copper Nets",
        "volume": "3",
    }
    assert (first.authors, first.published) == (("Ann Roe", "Jo Doe"), "2024-03-01")
    assert isinstance(second, Skipped)
    bulk = {"corpusid": 1, "externalids": {"DOI": "10.1000/a"}, "title": "A", "abstract": ABSTRACT}
    assert sniff(json.dumps(bulk).encode(), "a.jsonl") == "semantic_scholar"


def test_crossref() -> None:
    """Tags go, sections keep their labels, a formula stands once, entities were escaped twice."""
    first, second = read("crossref.json")
    assert isinstance(first, Document)
    assert first.title == "Copper Nets & Looms"
    assert first.abstract == (
        f"Methods: {ABSTRACT} It is 10⁻³ of it (p < 0.05 and n < 9).\n\n"
        "Results: The cost is $x_1$ in all."
    )
    assert (first.authors, first.published) == (("Roe, Ann", "The Fen Group"), "2024-03-01")
    assert first.reference["doi"] == "10.1000/nets.1"
    assert isinstance(second, Skipped)


@pytest.mark.parametrize(
    ("kind", "relation", "expected"),
    [
        ("is-preprint-of", [{"id-type": "doi", "id": "10.1000/Nets.9"}], "10.1000/nets.9"),
        ("has-preprint", [{"id-type": "uri", "id": "x"}, {"id-type": "doi", "id": "10.1/9"}], None),
        ("has-preprint", [{"id-type": "doi", "id": "10.1101/9"}], "10.1101/9"),
        ("references", [{"id-type": "doi", "id": "10.1101/9"}], None),
        ("has-preprint", [{"id-type": "doi", "id": "10.1000/nets.1"}], None),  # its own
        ("has-preprint", {"id": "10.1101/9"}, None),
    ],
)
def test_crossref_names_other_versions(kind: str, relation: object, expected: str | None) -> None:
    """A preprint its article, and an article its preprint; what else is related isn't one."""
    work = {"DOI": "10.1000/nets.1", "title": ["Nets"], "abstract": ABSTRACT}
    keys = {"member": "1", "prefix": "10.1000", "relation": {kind: relation}}
    source = Source("a.json", content=json.dumps(work | keys).encode(), format="crossref")
    [one] = read_documents(source)
    assert isinstance(one, Document)
    assert one.reference.get("other_version") == expected


def test_datacite_names_other_versions() -> None:
    """As arXiv registers the article of a preprint."""
    told = ("DOI", "IsVersionOf", "10.1000/nets.1"), ("DOI", "Cites", "10.1000/nets.2")
    keys = ("relatedIdentifierType", "relationType", "relatedIdentifier")
    work = {
        "doi": "10.48550/arxiv.2301.00042",
        "titles": [{"title": "Nets"}],
        "creators": [],
        "descriptions": [{"descriptionType": "Abstract", "description": ABSTRACT}],
        "relatedIdentifiers": [dict(zip(keys, one, strict=True)) for one in told],
    }
    source = Source("a.json", content=json.dumps(work).encode(), format="datacite")
    [one] = read_documents(source)
    assert isinstance(one, Document)
    assert one.reference["other_version"] == "10.1000/nets.1"


def test_crossref_alone(tmp_path: Path) -> None:
    """One work, as it is asked for by DOI."""
    answer = json.loads((EXPORTS / "crossref.json").read_text("utf-8"))
    [work, _] = answer["message"]["items"]
    path = tmp_path / "work.json"
    path.write_text(json.dumps({"status": "ok", "message-type": "work", "message": work}))
    [one] = read_documents(load_source(path))
    assert isinstance(one, Document)
    assert one.title == "Copper Nets & Looms"


def test_crossref_of_few_fields() -> None:
    """An answer to ``select=`` has of each work what was asked for."""
    work = {"DOI": "10.1000/nets.1", "title": ["Nets"], "abstract": f"<jats:p>{ABSTRACT}</jats:p>"}
    answer = {"status": "ok", "message-type": "work-list", "message": {"items": [work]}}
    assert sniff(json.dumps(answer).encode(), "works.json") == "crossref"


def test_arxiv_metadata() -> None:
    """The date is that of the first version; an id of the old kind is one."""
    first, second = read("arxiv_metadata.jsonl")
    assert isinstance(first, Document)
    assert (first.doc_id, first.title) == ("2301.00042", "Copper Nets on LoomSet")
    assert (first.abstract, first.published) == (ABSTRACT, "2023-01-02")
    assert first.authors == ("Roe, Ann", "Doe, Jo, Jr.")
    assert first.reference["arxiv"] == "2301.00042"
    assert first.reference["doi"] == "10.1000/nets.1"
    assert isinstance(second, Skipped)
    assert second.line == 2


def test_daily_papers() -> None:
    """As the same page gives them."""
    [one] = read("daily_papers.json")
    assert isinstance(one, Document)
    assert one.doc_id == "arXiv:2301.00042"
    assert (one.authors, one.organisation) == (("Ann Roe", "Jo Doe"), "The Fen Group")
    assert (one.published, one.url) == ("2023-01-02", "https://huggingface.co/papers/2301.00042")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b and p<0.05 > c", "a < b and p<0.05 > c"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<b>METHODS:</b> text", "METHODS: text"),
        ("<jats:sec><jats:title>Aims</jats:title> <jats:p>x", "Aims: x"),
        ("&lt;p&gt;One &amp;amp; two&lt;/p&gt;", "One & two"),
        ("x<sup>2</sup>, 1<sup>st</sup>, CO<sub>2</sub>", "x², 1st, CO2"),
        ("10<sup>7.1</sup>", "10^7.1"),
        ("41<jats:sub>−6</jats:sub><jats:sup>+7</jats:sup> keV", "41 +7/−6 keV"),
        ("0.52<sup>+0.02</sup><sub>-0.03</sub>", "0.52 +0.02/-0.03"),
        ("3×<mml:msup><mml:mn>10</mml:mn><mml:mn>−6</mml:mn></mml:msup> K", "3×10⁻⁶ K"),
        ("<msup><mi>m</mi><mrow><mo>−</mo><mn>6</mn></mrow></msup>", "m⁻⁶"),
        ("<msubsup><mn>5</mn><mn>−2</mn><mn>+3</mn></msubsup> m", "5 +3/−2 m"),
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("R&D at AT&T", "R&D at AT&T"),
        ("<unknown>", "<unknown>"),
        ("A<jats:x> </jats:x>b", "A b"),
    ],
)
def test_tags(text: str, expected: str) -> None:
    """Only known elements are tags."""
    assert without_tags(text) == expected


def test_parts() -> None:
    """Names, dates and ids in the shapes that occur."""
    assert names_in_parts([{"given": "Plato"}, "Roe, A.", 7, {"family": ""}]) == (
        "Plato",
        "Roe, A.",
    )
    assert date_in_parts({"date-parts": [["2024", "2", "30"]]}) == "2024-02"
    assert date_in_parts({"date-parts": [[None]], "literal": "in press"}) is None
    assert date_in_parts("2024") == "2024"
    assert noted_ids("DOI: none\nPMID:  12 \nsee arXiv:2301.00042, page 3") == {
        "pmid": "12",
        "arxiv": "2301.00042",
    }


def objects(text: str, *lists: str) -> list[tuple[int, object]]:
    found = read_objects(Source("n", content=text.encode(), format="csl"), *lists)
    return [(line, one.reason if isinstance(one, Skipped) else one) for line, one in found]


def test_a_broken_object_costs_itself() -> None:
    """Its braces tell where the next one starts; where they don't, that is said."""
    text = '[\n{"a": 1},\n{"b": x, "c": "}]"},\n{"d": "\\"}"}\n, 7, {"e": 2}'
    assert objects(text) == [
        (2, {"a": 1}),
        (3, "broken JSON at line 3, column 7: expecting value"),
        (4, {"d": '"}'}),
        (5, "no object starts here; nothing below was read"),
    ]
    assert objects('[{"a": 1}, {"b": "x}]')[1] == (
        1,
        "an object isn't closed, or is too long; nothing below its start was read",
    )
    assert objects('{"a": 1}\n\n[2]\n{"b": 2}') == [
        (1, {"a": 1}),
        (3, "not an object, but a list"),
        (4, {"b": 2}),
    ]


def test_a_list_inside_of_an_answer() -> None:
    """Its members are read, whatever stands beside it."""
    text = (
        '{\n"meta": {"items": [1]}, "results": [\n{"a": 1}, {"b": [{}]}\n], "x": {"y": [1]}, "z": 2'
    )
    text += "}"
    assert objects(text, "results") == [(3, {"a": 1}), (3, {"b": [{}]})]
    assert objects('{"message": {"items": [{"a": 1}, 5]}}', "message.items") == [
        (1, {"a": 1}),
        (1, "not an object, but a number"),
    ]


def test_a_format_is_known_by_any_of_its_keys() -> None:
    """What stands for it without its module is in whatever that knows, be it UTF-16."""
    known = {
        "zotero": ["itemType", "key version data"],
        "openalex": ["abstract_inverted_index", "id authorships cited_by_count display_name"],
        "semantic_scholar": ["paperId tldr", "corpusid citationcount"],
        "crossref": ["DOI indexed member", "message message-type"],
        "datacite": [
            f"{own} publicationYear rightsList types"
            for own in ("titles", "creators", "descriptions")
        ],
        "arxiv_metadata": ["authors_parsed", "id submitter update_date"],
        "daily_papers": ["paper publishedAt", "summary upvotes id"],
        "csl": ["type id title author issued"],
    }
    known["openalex"].append("id primary_location cited_by_count display_name")
    for format_, objects in known.items():
        for keys in objects:
            text = json.dumps(dict.fromkeys(keys.split(), "BetterBibTeX"))
            found = sniff(text.encode(), "a.json"), sniff(text.encode("utf-16"), "a.json")
            assert found == (format_, format_), keys
    assert sniff(b'{"config": "BetterBibTeX", "items": ""}', "a.json") == "zotero"


@pytest.mark.parametrize("date", ["Spring 2019", "13/05/2019", "05-13-2019", "2019-03-00 2019"])
def test_what_is_no_date_keeps_its_year(date: str) -> None:
    """As CSL and Zotero hold what a user typed."""
    paper = {"title": "Nets", "abstract": ABSTRACT}
    known = {
        "csl": {**paper, "type": "book", "issued": {"raw": date}},
        "zotero": {"itemType": "book", "title": "Nets", "abstractNote": ABSTRACT, "date": date},
    }
    for format_, one in known.items():
        [entry] = load_format(format_).entries(Source("n", content=json.dumps(one).encode()))
        assert isinstance(entry, Entry)
        assert entry.published == "2019"


def test_only_one_object_is_held() -> None:
    """An array on one line may be longer than memory."""
    one = json.dumps({"type": "book", "title": "T", "issued": {}, "abstract": ABSTRACT * 5})
    source = Source("n", content=f"[{','.join([one] * 4_000)},{{}}]".encode())
    entries = load_format("csl").entries
    list(entries(Source("n", content=one.encode())))  # what this imports isn't held by it
    tracemalloc.start()
    count = sum(1 for _ in entries(source))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_001
    assert peak < 1_000_000


@pytest.mark.parametrize("indent", [None, 1])
def test_a_byte_that_is_no_text_is_told_by_its_line(indent: int | None) -> None:
    """In an object of several lines, too, whose own line is that of the entry."""
    members = [
        {"id": n, "type": "article-journal", "title": "Straße", "abstract": ABSTRACT} for n in "ab"
    ]
    text = json.dumps(members, indent=indent, ensure_ascii=False)
    content = text.encode("cp1252").replace(b"Stra\xdf", "Straß".encode(), 1)
    _, one = read_documents(Source("n", content=content, format="csl"))
    before = text[: text.rindex("ß")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert isinstance(one, Skipped)
    # Brace, id and type come before the title.
    assert one.line == line - (3 if indent else 0)
    assert f"byte 0xdf at line {line}, column" in one.reason
    assert indent is None or f"column {column};" in one.reason


@given(data=st.data(), name=st.sampled_from(sorted(FILES)))
def test_any_damage_is_survived(data: st.DataObject, name: str) -> None:
    """Whatever bytes are changed: entries, or one error of one line."""
    content = bytearray((EXPORTS / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 30))
        changed = st.sampled_from([b"{", b"}", b"[", b"]", b'"', b",", b"\\", b"null", b"1"])
        content[place : place + length] = data.draw(st.one_of(st.binary(max_size=4), changed))
    source = Source("n", content=bytes(content), format=FILES[name])
    found: list[Document | Skipped] = []
    told = ""
    try:
        found.extend(read_documents(source))
    except InputError as error:
        told = str(error)
    assert found or told
    assert "\n" not in told
