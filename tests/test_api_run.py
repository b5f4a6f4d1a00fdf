"""What a program gets: records with attributes, tables, data frames, and pages of a notebook."""

from __future__ import annotations

import copy
import pickle
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, assert_type, get_type_hints

import polars
import pytest

from summarise import Document, EvidenceSentence, Failure, Record, Run, SummariseError, summarise
from summarise import models as models_
from summarise.api import frames
from summarise.api.record import ENTRIES, ResultEntry, with_document
from summarise.errors import RunError, SettingsError
from summarise.models import Doubt, DoubtKind, FailureKind
from summarise.schema import BUILT_INS, Draft, Kind, Node, load_schema, shape_of, versions_of
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, answer
from tests.records import NOTHING, TERN_ANSWER, make_document, make_record, result_of
from tests.test_batch import documents

PAGE = ROOT / "fixtures" / "daily_papers.txt"
TERN = make_document()


def tern(answer: Mapping[str, Any] = TERN_ANSWER, schema: Any = Draft, **overrides: Any) -> Record:
    """A record as a run gives it."""
    return with_document(make_record(TERN, answer, schema, **overrides), TERN, schema)


# Records


def test_fields_are_attributes() -> None:
    """By the names of the schema, at any depth; an editor and mypy know their types."""
    record = tern()
    assert assert_type(record.problem.text, str | None) == "Counts from boats miss most nests."
    assert assert_type(record.results[0].metric, str | None) == "nest recall"
    assert assert_type(record.results[0], ResultEntry)["value"] == "67.2%"
    assert [one.name for one in record.data] == ["KITENEST", "COVE-9"]
    assert record.compute[0].kind == "hardware"
    assert record.method.also == ()
    assert record.results[0].uncertainty is None
    assert dict(record.results[0]) == TERN_ANSWER["results"][0]
    assert record.draft["results"][0]["metric"] == "nest recall"
    assert record.document == TERN


def test_what_is_not_reported_is_none() -> None:
    """Nothing fills a gap: null is None, no entry is none."""
    record = tern(NOTHING)
    assert record.problem.text is None
    assert record.results == ()
    assert record.problem.evidence == ()


def test_evidence_leads_to_the_abstract() -> None:
    """Each object has its sentences, with number, text and place."""
    (sentence,) = tern().results[0].evidence
    assert assert_type(sentence, EvidenceSentence).number == 4
    assert sentence.text == "On COVE-9, TERNLOOP raises nest recall from 41.5% to 67.2%."
    assert sentence.span.of(TERN.abstract) == sentence.text
    draft = {**NOTHING, "problem": {"text": None, "sentences": [0, 1, 99]}}
    found = tern(draft).problem.evidence
    assert [one.text for one in found] == [TERN.title, "Seabird counts from boats miss most nests."]


def test_doubts_stand_at_their_entries() -> None:
    """What speaks against a value is asked of the entry that holds it."""
    doubt = Doubt(path="results[1].value", kind=DoubtKind.CUT, words="less than 3%")
    answer = {**TERN_ANSWER, "results": [result_of("a", 4), result_of("b", 4, value="3%")]}
    first, second = tern(answer, doubts=(doubt,)).results
    assert (first.doubts, second.doubts) == ((), (doubt,))


def test_a_misspelt_field() -> None:
    """It is refused with the names that there are; mypy refuses it, too."""
    record = tern()
    with pytest.raises(AttributeError, match=r"a record has no 'problme'; its fields are problem,"):
        record.problme  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"results\[0\] of a record has no 'metrik'; .*metric"):
        record.results[0].metrik  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(record, "nothing")
    assert {"results", "document"} <= set(dir(record))
    assert {"metric", "evidence"} <= set(dir(record.results[0]))


def test_the_types_are_those_of_the_schema() -> None:
    """What an editor knows of a field is what the built-in schema says of it."""
    root = shape_of(Draft)
    assert list(ENTRIES) == [node.name for node in root.inside]
    for node in root.inside:
        hints = get_type_hints(ENTRIES[node.name])
        fields = {one.name: one for one in node.held.inside}
        assert list(hints) == list(fields)
        for name, hint in hints.items():
            assert _type_of(fields[name]) == str(hint).replace("typing.", "").replace(
                "collections.abc.", ""
            ).replace("<class 'str'>", "str"), f"{node.name}.{name}"


def _type_of(node: Node) -> str:
    """A field as an annotation."""
    if node.kind is Kind.SENTENCES:
        return "Sequence[int]"
    if node.kind is Kind.LIST:
        return f"Sequence[{_type_of(node.inside[0])}]"
    plain = "str"
    if node.kind is Kind.CHOICE:
        plain = f"Literal[{', '.join(repr(one) for one in node.choices)}]"
        return f"Optional[{plain}]" if node.is_nullable else plain
    return f"{plain} | None" if node.is_nullable else plain


@pytest.mark.parametrize("schema", versions_of(BUILT_INS["default"])[1:], ids=str)
def test_what_an_older_version_lacks_is_none(schema: Any) -> None:
    """A record of an older run answers for every field of today's schema."""
    result = dict.fromkeys((one.name for one in shape_of(schema).inside[4].held.inside), None)
    record = tern({**NOTHING, "results": [{**result, "claim": "c", "sentences": [4]}]}, schema)
    assert record.results[0].kind is None
    assert record.results[0].evidence[0].number == 4
    with pytest.raises(AttributeError):
        record.results[0].metrik  # type: ignore[attr-defined]  # noqa: B018


OWN = """
[fields.site]
kind = "object"
description = "Where"
[fields.site.fields]
name = { kind = "verbatim", nullable = true, description = "Name" }
evidence = { kind = "sentences" }
[fields.document]
kind = "object"
description = "A field that is called as something of ours"
[fields.document.fields]
doubts = { kind = "verbatim", nullable = true, description = "Likewise" }
sentences = { kind = "sentences" }
[fields.doi]
kind = "list"
items = { kind = "verbatim" }
description = "A list of values"
"""


def test_fields_of_ones_own() -> None:
    """They go by their names, and before what is ours; numbers of sentences by any name."""
    Path("own.toml").write_text(OWN, encoding="utf-8")
    schema = load_schema("own.toml")
    draft = {
        "site": {"name": "COVE-9", "evidence": [4]},
        "document": {"doubts": "KITENEST", "sentences": [3]},
        "doi": [],
    }
    record = tern(draft, schema)
    assert record.site.name == "COVE-9"  # type: ignore[attr-defined]
    assert [one.number for one in record["site"].evidence] == [4]
    assert record["site"]["evidence"] == [4]
    with pytest.raises(KeyError, match="a record has no 'sight'"):
        record["sight"]
    assert record.document.doubts == "KITENEST"  # type: ignore[attr-defined]
    assert record.document.evidence[0].number == 3  # type: ignore[attr-defined]


def test_a_record_is_stored_as_ever() -> None:
    """What a program sees is the record itself: its JSON is that of the file."""
    stored = make_record(TERN, TERN_ANSWER)
    assert stored.missing == ()  # what is kept beside the fields is none of them
    record = with_document(stored, TERN, Draft)
    assert record.model_dump_json() == stored.model_dump_json()
    assert isinstance(record, models_.Record)
    assert pickle.loads(pickle.dumps(record)).results == record.results
    assert copy.deepcopy(record.results[0]) == tern().results[0]
    assert repr(record).startswith("Record(doc_id='tern-1', title='TERNLOOP: Counting")
    assert "sentence_spans" not in repr(record)


def test_an_object_is_a_mapping() -> None:
    """Of what is stored; what is equal has the same hash, in whatever order it is written."""
    entry, other = tern().method, tern().method
    assert isinstance(entry, Mapping)
    assert "name" in entry
    assert "nome" not in entry
    assert list(entry) == list(entry.keys()) == list(TERN_ANSWER["method"])
    assert (len(entry), entry.get("nome")) == (len(TERN_ANSWER["method"]), None)
    assert entry == dict(entry) == TERN_ANSWER["method"]
    turned = dict(reversed(TERN_ANSWER["method"].items()))
    other = tern({**TERN_ANSWER, "method": turned}).method
    assert (entry == other, repr(entry) == repr(other)) == (True, False)
    assert len({entry, other, tern(NOTHING).method}) == 2


def test_a_record_by_itself() -> None:
    """Without its document all is there but the sentences, and that is told."""
    record = Record.model_validate_json(make_record(TERN, TERN_ANSWER).model_dump_json())
    assert record.results[0].value == "67.2%"
    assert record._repr_html_() is None
    with pytest.raises(RunError, match=r"its sentences aren't known. Take it from Run"):
        record.results[0].evidence  # noqa: B018


# Runs


@pytest.fixture(scope="module")
def page_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "page"
    return summarise(PAGE, output=folder)


def test_rows_are_typed(page_run: Run) -> None:
    """Each row is a document and what became of it."""
    for document, outcome in page_run.rows():
        assert_type(document, Document)
        assert_type(outcome, Record | Failure | None)
    assert page_run.record(3).title == page_run.record("sparse routing").title


@pytest.mark.parametrize("number", [-1, 0, 99, "-1"])
def test_a_number_is_a_row(page_run: Run, number: int | str) -> None:
    """One that no row has is told, and not looked for in titles or among ids."""
    with pytest.raises(RunError, match=rf"no document has {number} as number.*from 1 to 14"):
        page_run.record(number)


def test_an_int_is_no_id(tmp_path: Path) -> None:
    """A text may be one, where no row has that number."""
    entry = {"id": "77", "title": "T", "abstract": "We count 40 terns on a pier of LoomSet."}
    run = summarise([entry], output=tmp_path / "run")
    assert run.record("77").title == "T"
    with pytest.raises(RunError, match="no document has 77 as number"):
        run.record(77)


@pytest.mark.parametrize("gone", ["documents.jsonl", "records.jsonl", ""])
def test_what_is_gone_does_not_read_as_empty(page_run: Run, tmp_path: Path, gone: str) -> None:
    """A run whose manifest counts what isn't there says so, in whatever way it is read."""
    run = Run(shutil.copytree(page_run.path, tmp_path / "run"))
    path = run.path / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    uses: list[Callable[[], object]] = [
        lambda: list(run.documents()),
        lambda: list(run.rows()),
        lambda: list(run.extracted_rows()),
        lambda: list(run.records()),
        lambda: list(run.failures()),
        lambda: list(run.stored_rows()),
        lambda: run.record(1),
        run.table,
        lambda: run.to_dataframe("polars"),
    ]
    for use in uses:
        with pytest.raises(RunError, match=r"is gone, with 1[0-9] (document|record)s"):
            use()


def test_a_run_that_goes_is_not_copied(page_run: Run) -> None:
    """Its folder goes with one object; a run in a folder of its own crosses to other processes."""
    run = summarise(PAGE, limit=1)
    for use in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(RunError, match="output="):
            use(run)
    assert len(list(run.records())) == 1
    for other in (copy.copy(page_run), pickle.loads(pickle.dumps(page_run))):
        assert (repr(other), other.table()) == (repr(page_run), page_run.table())


def test_tables(page_run: Run, tmp_path: Path) -> None:
    """As the command prints them, as a text; or into a file."""
    assert page_run.table() == (page_run.path / "table.md").read_text("utf-8")
    brief = page_run.table(style="brief", limit=2, sort="year:desc")
    assert brief.count("\n| ") == 4
    assert "Method: name" in page_run.table(columns=["method.name", "year"])
    assert "| # | Field |" in page_run.table(where="year = 2024", transpose=True, limit=3)
    assert page_run.table(format="csv").startswith("#,Paper,")
    assert "| Change |" in page_run.table(changes_since="2026-01-01")
    assert page_run.table(group_by="year", by=None) != page_run.table(by="dataset")
    assert page_run.table(path=tmp_path / "t.tex") is None
    assert (tmp_path / "t.tex").read_text("utf-8").startswith("%")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"style": "long"}, "style: there is no style 'long'"),
        ({"columns": "metrik"}, "columns: 'metrik'"),
        ({"where": "year >"}, "where: "),
        ({"format": "xlsx"}, "path="),
        ({"format": "dox"}, "format: there is no format 'dox'"),
        ({"path": "table.dox"}, "path: table.dox is named like no format"),
        ({"by": "paper"}, "by: there is no table by 'paper'"),
        ({"transpose": True, "limit": None, "where": None}, ""),
    ],
)
def test_what_is_no_table(page_run: Run, options: dict[str, Any], told: str) -> None:
    """It is told in one line, in keywords."""
    if not told:
        assert page_run.table(**options)
        return
    with pytest.raises(SummariseError) as caught:
        page_run.table(**options)
    assert told in str(caught.value)
    assert "--" not in str(caught.value)


def test_a_table_replaces_no_file_of_a_run(page_run: Run) -> None:
    """Nor one that it was made of."""
    with pytest.raises(RunError):
        page_run.table(path=page_run.path / "records.jsonl", format="jsonl")
    with pytest.raises(RunError):
        page_run.table(path=PAGE, format="md")


# Data frames


def framed(library: str, run: Run, **options: Any) -> Any:
    pytest.importorskip(library)
    return run.to_dataframe(library, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_a_row_for_each_record(library: str, page_run: Run) -> None:
    """What is known of the paper, and each field in plain columns."""
    frame = framed(library, page_run)
    assert len(frame) == len(list(page_run.records()))
    assert list(frame.columns) == [
        *("number", "doc_id", "title", "authors", "year", "published", "venue", "doi", "url"),
        *("problem.text", "method.name", "method.also", "method.text"),
        *(f"data.{name}" for name in ("name", "role", "size", "sentences", "doubts")),
        *(f"compute.{name}" for name in ("kind", "value", "sentences", "doubts")),
        *(f"results.{name}" for name in ("claim", "metric", "value", "kind", "uncertainty")),
        *(f"results.{name}" for name in ("group", "baseline", "comparator", "dataset")),
        *("results.sentences", "results.doubts", "is_flagged", "is_doubtful"),
    ]
    first = page_run.record(1)
    assert frame["method.name"][0] == first.method.name
    assert frame["year"][0] == 2023
    assert list(frame["results.value"][0]) == [one.value for one in first.results]
    marked = page_run.table(where="doubtful", columns="title", format="jsonl").splitlines()
    assert sum(frame["is_doubtful"]) == len(marked) == page_run.manifest.counts["doubtful"]


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_a_row_for_each_result(library: str, page_run: Run) -> None:
    """A list is exploded: its values, sentences and doubts; a record without any keeps a row."""
    frame = framed(library, page_run, explode="results")
    records = list(page_run.records())
    assert len(frame) == sum(max(1, len(one.results)) for one in records)
    assert frame["results.value"][1] == records[0].results[1].value
    assert frame["results.evidence"][0] == records[0].results[0].evidence[0].text
    compute = framed(library, page_run, explode="compute")
    doubted = [one for one in compute["compute.doubts"] if isinstance(one, str)]
    assert len(doubted) == sum(bool(e.doubts) for one in records for e in one.compute) > 0


def test_a_column_has_one_type() -> None:
    """Also where nothing at all is reported, and of an empty run."""
    one = Document(doc_id="d", title="T", abstract="Nothing is told here, but in many words.")
    frame = summarise(one).to_dataframe("polars", explode="data")
    assert len(frame) == 1
    assert frame.schema["data.size"] == polars.String
    assert frame.schema["year"] == polars.Int64


def test_nothing_acts_in_a_frame() -> None:
    """It is printed on a terminal, so its texts are clean."""
    document = Document(
        doc_id="d", title=EVIL, abstract=f"We present TERN, {EVIL}. It wins 3% more."
    )
    run = summarise(document)
    for explode in (None, "results"):
        for row in run.to_dataframe("polars", explode=explode).rows():
            assert not [cell for cell in row if re.search("[\x1b\u202e]", str(cell))]


def test_fields_of_ones_own_in_a_frame() -> None:
    """Plain ones and those of objects are columns; one that is called as ours has a sign."""
    Path("own.toml").write_text(OWN, encoding="utf-8")
    schema = load_schema("own.toml")
    draft = {
        "site": {"name": "COVE-9", "evidence": [4]},
        "document": {"doubts": None, "sentences": []},
        "doi": ["KITENEST", "COVE-9"],
    }
    frame = frames.to_frame([(TERN, tern(draft, schema))], schema, "polars", None)
    own = frame.select("site.name", "document.doubts", "doi_", "doi")
    assert own.rows() == [("COVE-9", None, ["KITENEST", "COVE-9"], None)]


def test_a_library_that_is_not_there(page_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named in one line, with what to type."""
    monkeypatch.setattr(frames, "find_spec", lambda _: None)
    for name in ("pandas", "polars"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(SettingsError) as caught:
        page_run.to_dataframe()
    told = "needs pandas or polars, and neither is installed. Install one: pip install polars."
    assert str(caught.value) == f"to_dataframe: {told}"
    with pytest.raises(SettingsError, match=r"needs pandas, which isn't.* pip install pandas"):
        page_run.to_dataframe("pandas")
    with pytest.raises(SettingsError, match="there is no engine 'dask'"):
        page_run.to_dataframe("dask")  # type: ignore[arg-type]
    monkeypatch.undo()
    with pytest.raises(SettingsError, match="explode: there is no list of entries 'method'"):
        page_run.to_dataframe("polars", explode="method")


# Pages of a notebook


class Tags(HTMLParser):
    """The elements of a page that don't belong, and addresses."""

    ALLOWED = frozenset(
        [
            *("div", "style", "section", "table", "thead", "tbody", "tr", "th", "td", "p", "a"),
            *("small", "em", "strong", "br", "ul", "li", "mark", "span", "bdi", "h2", "code"),
        ]
    )

    def __init__(self, page: str) -> None:
        super().__init__()
        self.strange: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.ALLOWED:
            self.strange.append(tag)
        for name, value in attrs:
            is_web = name == "href" and (value or "").startswith(("https://", "http://"))
            if name.startswith("on") or (name in {"href", "src"} and not is_web):
                self.strange.append(f"{tag} {name}={value}")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.strange.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data


EVIL = "<script>alert(1)</script> \x1b[2J \u202e <img src=x onerror=alert(1)> 5 & 6"


def test_the_page_of_a_run(page_run: Run) -> None:
    """Its first rows, what all rows come to, and the signs with their meaning."""
    page = Tags(page_run._repr_html_())
    assert page.strange == page.open == []
    assert "14 documents" in page.text
    assert "The first 10 are shown; run.table() has all" in page.text
    assert "(?)" in page.text
    assert page_run._repr_html_().count("<tr>") == 11


def test_the_page_of_a_record() -> None:
    """The abstract with what was found in it, the fields, and what is wrong with them."""
    doubt = Doubt(path="results[0].value", kind=DoubtKind.CUT, words="it is less than 67.2%")
    answer = {**TERN_ANSWER, "compute": [{"kind": "cost", "value": "$9", "sentences": [3]}]}
    shown = tern(answer, doubts=(doubt,))._repr_html_()
    page = Tags(str(shown))
    assert page.strange == page.open == []
    marked = re.findall(r'<mark style="--hue: \d+" title="(\w+)">([^<]*)</mark>', str(shown))
    assert ("results", "67.2%") in marked
    assert ("method", "TERNLOOP") in marked
    assert "it is less than 67.2%" in page.text
    assert "“$9” stands neither in the abstract nor in the title" in page.text


def test_nothing_acts_in_a_page() -> None:
    """Whatever a title, an abstract or a field says, it is text."""
    document = Document(doc_id="d", title=EVIL, abstract=f"We present TERN, {EVIL}. It wins.",
                        authors=(EVIL,), url="javascript:alert(1)")  # fmt: skip
    run = summarise(document)
    for shown in (run._repr_html_(), str(run.record(1)._repr_html_())):
        page = Tags(shown)
        assert page.strange == page.open == []
        assert "alert(1)" in page.text
        assert not re.search("[\x1b\u202e]", shown)


def test_failures_are_on_the_page(tmp_path: Path) -> None:
    """Counts and reasons; an abstract that changed is marked nowhere."""
    with LoopbackServer(lambda *_: answer("no JSON")) as server:
        run = summarise(documents(2), model="m", base_url=server.base_url, output=tmp_path / "r",
                        cache=False)  # fmt: skip
    page = Tags(run._repr_html_())
    assert "0 records, 2 failures" in page.text
    assert FailureKind.INVALID in page.text
    other = with_document(make_record(TERN, TERN_ANSWER), make_document(abstract="Other."), Draft)
    assert "has changed" in str(other._repr_html_())
    assert "<mark" not in str(other._repr_html_())
