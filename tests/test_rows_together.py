"""Entries of a list, in columns or rows of a file: from each format the parts are made again."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from summarise import summarise
from summarise.api import frames
from summarise.api.record import with_document
from summarise.characters import INVISIBLE, for_screen
from summarise.errors import SettingsError
from summarise.models import Doubt, DoubtKind, Record
from summarise.render import View, view_of
from summarise.render.format import load_format
from summarise.schema import Evidence, Part, Statement, Verbatim, shape_of
from summarise.schema.shape import Node
from summarise.store import Run
from tests.conftest import ROOT
from tests.records import make_document, make_failure, make_record


class Place(Part):
    """Where."""

    name: Verbatim | None
    depth: int | None


class Count(Part):
    """What was counted."""

    species: Verbatim
    number: Statement | None
    role: Literal["adult", "chick"] | None
    nests: int | None
    is_ringed: bool | None
    others: list[Verbatim | None]
    place: Place
    winter: Place | None
    visits: list[Place]
    mass: float | None
    sentences: Evidence


class Study(Part):
    """A schema of a user's own."""

    counts: list[Count]
    maybe: list[Place | None]
    sites: list[Verbatim | None]


HOSTILE = [
    *(
        "",
        "–",
        "a; b",
        "a;b",
        "x\n=1+1",
        "|",
        '"',
        "'",
        "null",
        "[4]",
        '"a"',
        "{}",
        "=1+1",
        "'=1+1",
    ),
    *(
        "x;\"=cmd|'/c calc'!A1",
        "-5",
        "'-5",
        "＝1",
        "\u200d=1",
        "a\tb",
        " a ",
        "true",
        "\u202ea",
        "a,b",
    ),
]
texts = st.sampled_from(HOSTILE) | st.text(
    # XML has no form of two code points that are no characters.
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=8
)  # fmt: skip
nullable = texts | st.none()
whole = st.integers(-99, 99) | st.none()
places = st.fixed_dictionaries({"name": nullable, "depth": whole})
counts = st.fixed_dictionaries(
    {
        "species": texts,
        "number": nullable,
        "role": st.sampled_from(["adult", "chick", None]),
        "nests": whole,
        "is_ringed": st.booleans() | st.none(),
        "others": st.lists(nullable, max_size=3),
        "place": places,
        "winter": places | st.none(),
        "visits": st.lists(places, max_size=2),
        "mass": st.floats(allow_nan=False, allow_infinity=False) | st.none(),
        "sentences": st.lists(st.integers(1, 9), max_size=2),
    }
)
answers = st.fixed_dictionaries(
    {
        "counts": st.lists(counts, max_size=3),
        "maybe": st.lists(places | st.none(), max_size=3),
        "sites": st.lists(nullable, max_size=3),
    }
)
BARE: dict[str, Any] = {"name": None, "depth": None}
GULL: dict[str, Any] = {
    "species": "gull",
    "number": "a; b",
    "role": None,
    "nests": 4,
    "is_ringed": None,
    "others": ["x\n=1+1", None, ";"],
    "place": BARE,
    "winter": None,
    "visits": [{"name": "=1", "depth": None}, BARE],
    "mass": 1e-05,
    "sentences": [1],
}
MIDDLE: dict[str, Any] = {
    "counts": [GULL, {**GULL, "number": None, "winter": BARE}, {**GULL, "number": "|", "nests": 0}],
    "maybe": [BARE, None, {"name": "=1", "depth": 3}],
    "sites": ["a", None, "b"],
}
"""With a null in the middle of each list."""

DELIMITERS = {"csv": ",", "tsv": "\t"}
_RUNNABLE = rf"[\s\"'{INVISIBLE}]*[=@＝＠]|[\"'{INVISIBLE}]*[+\-＋－]"
# As docs/tables.md says: an apostrophe goes that stands where a cell could begin, before a formula.
_ARMED = re.compile(rf"(?:\A|(?<=[,;\t\n]))'(?={_RUNNABLE})")


def run_of(record: Record | None) -> Run:
    """As much of a run as a table asks for: a paper that failed, a record, one without entries."""
    document = make_document()
    empty: dict[str, Any] = {name: [] for name in ("counts", "maybe", "sites")}
    rows = [
        (make_document(doc_id="failed"), make_failure(make_document(doc_id="failed"))),
        (document, record),
        (document, make_record(document, empty, Study)),
    ]
    return cast(
        "Run",
        SimpleNamespace(
            path=Path("run"),
            schema=Study,
            recorded=2,
            damage=None,
            check_whole=lambda: None,
            placed_rows=lambda **_: iter(enumerate(rows)),
            rows=lambda: iter(rows),
        ),
    )


def written(name: str, record: Record, **view: Any) -> bytes:
    stream = io.BytesIO()
    chosen = load_format(name)
    chosen.write(view_of([run_of(record)], View(**view), is_page=chosen.is_page), stream)
    return stream.getvalue()


def sheet_of(name: str, content: bytes) -> list[dict[str, str]]:
    """The rows of the second paper, by the heads of their columns."""
    if name == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_name("Papers").to_python()
        lines = [[str(cell) for cell in row] for row in rows]
    else:
        text = io.StringIO(content.decode(), newline="")
        read = csv.reader(text, delimiter=DELIMITERS[name])
        lines = [[_ARMED.sub("", cell) for cell in row] for row in read]
    return [dict(zip(lines[0], row, strict=True)) for row in lines[1:] if float(row[0]) == 2]


def read_value(text: str, node: Node) -> Any:
    """A value that was written as text: JSON, or a text as it is."""
    is_json = node.told.get("type") in {"integer", "number", "boolean", "array", "object"}
    return json.loads(text) if is_json or text.startswith(('"', "[", "{")) else text


def nested(columns: list[tuple[tuple[str, ...], Any]]) -> Any:
    """An entry, of its values and the names that lead to each."""
    if columns[0][0] == ():
        return columns[0][1]
    made: dict[str, Any] = {}
    for (*owners, name), value in columns:
        held = made
        for one in owners:
            held = held.setdefault(one, {})
        held[name] = value
    return made


def node_of(name: str) -> Node:
    return next(one for one in shape_of(Study).inside if one.name == name)


def title(path: tuple[str, ...], name: str) -> str:
    return " ".join(path or (name,)).replace("_", " ").capitalize()


def clean(value: Any) -> Any:
    """As what a screen may show: so are the texts of Parquet, SQLite and data frames."""
    if isinstance(value, list):
        return [clean(one) for one in value]
    if isinstance(value, dict):
        return {name: clean(one) for name, one in value.items()}
    return for_screen(value) if isinstance(value, str) else value


def rows_of_text(name: str, record: Record, field: str) -> list[Any]:
    """What another program makes of the rows of a sheet."""
    columns = node_of(field).columns
    rows = [one for one in sheet_of(name, written(name, record, rows=field)) if one["Entry"]]
    return [
        nested(
            [
                (path, read_value(text, node) if (text := row[title(path, field)]) else None)
                for path, node in columns
            ]
        )
        for row in rows
    ]


def columns_of_text(name: str, record: Record, field: str) -> list[Any]:
    """What another program makes of a sheet with a row for each paper."""
    inner = {one.name: one for one in node_of(field).inside[0].inside}
    wanted = ",".join(f"{field}.{one}" for one in inner)
    (row,) = sheet_of(name, written(name, record, columns=[wanted]))
    lists = []
    for one, node in inner.items():
        head = f"{field.capitalize()}: {one.replace('_', ' ')}"
        lines = row[head].split("; " if name == "tsv" else "\n") if row[head] else []
        lists.append([None if line == "–" else read_value(line, node) for line in lines])
    assert len({len(one) for one in lists}) == 1
    return [
        nested([((n,), v) for n, v in zip(inner, e, strict=True)]) for e in zip(*lists, strict=True)
    ]


settled = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@pytest.mark.parametrize("name", ["csv", "tsv", "xlsx"])
@settled
@given(answer=answers)
@example(answer=MIDDLE)
def test_parts_are_made_again_of_a_sheet(name: str, answer: dict[str, Any]) -> None:
    """To the character, in both layouts, whatever stands in them; a value keeps its metric."""
    record = make_record(make_document(), answer, Study)
    for field, entries in answer.items():
        assert rows_of_text(name, record, field) == entries
    assert columns_of_text(name, record, "counts") == answer["counts"]


@settled
@given(answer=answers)
@example(answer=MIDDLE)
def test_parts_are_made_again_of_json(answer: dict[str, Any]) -> None:
    """To the character, in both layouts."""
    record = make_record(make_document(), answer, Study)
    whole_records = [json.loads(line) for line in written("jsonl", record).splitlines()]
    assert whole_records[1]["fields"] == answer
    for field, entries in answer.items():
        lines = [json.loads(line) for line in written("jsonl", record, rows=field).splitlines()]
        assert [one["value"] for one in lines if one["entry"] and one["number"] == 2] == entries


@settled
@given(answer=answers)
@example(answer=MIDDLE)
def test_parts_are_made_again_of_parquet(answer: dict[str, Any]) -> None:
    """Nested in a row of a paper, or a row each; texts are clean."""
    record = make_record(make_document(), answer, Study)
    content = written("parquet", record)
    paper = parquet.read_table(io.BytesIO(content)).to_pylist()[1]
    assert typed(paper, answer) == clean(answer)
    for field, entries in answer.items():
        node = node_of(field)
        rows = parquet.read_table(io.BytesIO(written("parquet", record, rows=field))).to_pylist()
        made = [
            nested([(p, as_typed(row[".".join((field, *p))], n)) for p, n in node.columns])
            for row in rows
            if row["number"] == 2 and row["entry"]
        ]
        assert made == clean(entries)


def typed(paper: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    return {name: as_typed(paper[name], node_of(name)) for name in answer}


def as_typed(value: Any, node: Node) -> Any:
    """A value of Parquet: a number of a schema is a text there."""
    if isinstance(value, list):
        return [as_typed(one, node.inside[0]) for one in value]
    if isinstance(value, dict):
        return {one.name: as_typed(value[one.name], one) for one in node.inside}
    is_text = node.told.get("type") in {"integer", "number", "boolean"} and isinstance(value, str)
    return json.loads(value) if is_text else value


@settled
@given(answer=answers)
@example(answer=MIDDLE)
def test_parts_are_made_again_of_sqlite(answer: dict[str, Any]) -> None:
    """A row each, what is nested as JSON, whichever the rows of the table are; texts are clean."""
    record = make_record(make_document(), answer, Study)
    for view in ({}, {"rows": "counts"}):
        with closing(sqlite3.connect(":memory:")) as data:
            data.deserialize(written("sqlite", record, **view))
            data.row_factory = sqlite3.Row
            assert data.execute("SELECT count(*) FROM papers").fetchone()[0] == 3
            for field, entries in answer.items():
                found = data.execute(f"SELECT * FROM {field} WHERE paper = 2 ORDER BY entry")
                held = node_of(field).inside[0]
                parts = () if held.is_nullable else held.inside
                made = [
                    {one.name: of_sql(row[one.name], one) for one in parts}
                    if parts
                    else of_sql(row["value"], held)
                    for row in found
                ]
                assert clean(made) == clean(entries)


def of_sql(value: Any, node: Node) -> Any:
    """A value of SQLite: a truth is a number there, what is nested is JSON."""
    kind = node.told.get("type")
    if value is None or kind not in {"boolean", "array", "object"}:
        return value
    return bool(value) if kind == "boolean" else json.loads(value)


@pytest.mark.parametrize("library", ["polars", "pandas"])
@settled
@given(answer=answers)
@example(answer=MIDDLE)
def test_parts_are_made_again_of_a_frame(library: Any, answer: dict[str, Any]) -> None:
    """Lists beside each other in a row of a paper, or a row each; texts are clean."""
    pytest.importorskip(library)
    document = make_document()
    record = with_document(make_record(document, answer, Study), document, Study)
    frame = frames.to_frame([(document, record)], Study, library, None)
    for field, entries in answer.items():
        columns = node_of(field).columns
        lists = [list(frame[".".join((field, *path))][0]) for path, _ in columns]
        assert of_lists(columns, lists) == clean(entries)
        exploded = frames.to_frame([(document, record)], Study, library, field)
        lists = [list(exploded[".".join((field, *path))]) for path, _ in columns]
        assert of_lists(columns, lists)[: len(entries)] == clean(entries)
        assert len(exploded) == max(1, len(entries))


def of_lists(columns: Any, lists: list[list[Any]]) -> list[Any]:
    def plain(value: Any, node: Node) -> Any:
        if hasattr(value, "__len__") and not isinstance(value, str):
            return [plain(one, node.inside[0]) for one in value]
        value = None if value is None or str(value) in {"<NA>", "nan"} else value
        is_json = node.told.get("type") == "object" and value is not None
        return clean(json.loads(value)) if is_json else value

    return [
        nested([(p, plain(v, n)) for (p, n), v in zip(columns, entry, strict=True)])
        for entry in zip(*lists, strict=True)
    ]


DOUBTS: dict[str, Callable[[bytes], list[Any]]] = {
    "csv": lambda content: [row["Doubts"] or None for row in sheet_of("csv", content)],
    "tsv": lambda content: [row["Doubts"] or None for row in sheet_of("tsv", content)],
    "xlsx": lambda content: [row["Doubts"] or None for row in sheet_of("xlsx", content)],
    "jsonl": lambda content: [json.loads(line)["doubts"] for line in content.splitlines()[1:4]],
    "parquet": lambda content: parquet.read_table(io.BytesIO(content))["counts.doubts"].to_pylist()[
        1:4
    ],
}


def test_doubts_stand_beside_their_entry() -> None:
    """With the sign and the reason, in both layouts of each format, and on a page."""
    doubts = [
        {"path": "counts[1].number", "kind": kind, "words": f"it is {kind.value}"}
        for kind in (DoubtKind.ORDER, DoubtKind.UNSURE)
    ]
    of_site = Doubt(path="sites[2]", kind=DoubtKind.ORDER, words="it is order")
    document = make_document(abstract="Here are gull, a; b and x. One. Two.")
    answer = {
        **MIDDLE,
        "counts": [{**one, "others": [], "visits": [], "number": None} for one in MIDDLE["counts"]],
    }
    answer["counts"][2]["species"] = "auk"
    record = make_record(document, answer, Study, doubts=doubts)
    told = [
        None,
        "(?) number: it is order; unsure number: it is unsure",
        "⚠ species: “auk” stands neither in the abstract nor in the title",
    ]
    for name, read in DOUBTS.items():
        assert read(written(name, record, rows="counts")) == told, name
    for name in ("markdown", "html", "latex", "terminal"):
        assert "it is order" in " ".join(written(name, record, rows="counts").decode().split())
    (row,) = sheet_of("csv", written("csv", record, columns=["counts.species"]))
    assert row["Counts: doubts"].split("\n") == ["–", *told[1:]]
    whole_record = json.loads(written("jsonl", record).splitlines()[1])
    assert whole_record["entry_doubts"]["counts"] == told
    nested_ = parquet.read_table(io.BytesIO(written("parquet", record)))["counts.doubts"][1]
    assert nested_.as_py() == told
    with closing(sqlite3.connect(":memory:")) as data:
        data.deserialize(written("sqlite", record))
        assert [one for (one,) in data.execute("SELECT doubts FROM counts")] == told
    record = record.model_copy(update={"doubts": (*record.doubts, of_site)})
    seen = with_document(record, document, Study)
    frame = frames.to_frame([(document, seen)], Study, "polars", "sites")
    assert frame["sites.doubts"].to_list() == [None, None, "(?) it is order"]
    for explode in (None, "counts"):
        frame = frames.to_frame([(document, seen)], Study, "polars", explode)
        found = frame["counts.doubts"].to_list()
        assert (found if explode else found[0]) == told


def test_a_page_has_a_line_for_each_entry() -> None:
    """Also where an entry or its value is null: a sign stands for it; its doubts stand beside."""
    doubt = {"path": "counts[1].nests", "kind": "unsure", "words": "it is unsure"}
    record = make_record(make_document(), MIDDLE, Study, doubts=[doubt])
    for names in ("counts.number,counts.nests", "maybe.name,maybe.depth"):
        page = written("markdown", record, columns=[names]).decode()
        row = next(line for line in page.splitlines() if line.startswith("| 2 "))
        cells = row.removesuffix(" |").split(" | ")[2:]
        assert [cell.count("<br>") for cell in cells] == [2, 2, 2]
        assert ("unsure nests: it is unsure<br>" in cells[2]) is names.startswith("counts")
        assert ("- unsure : " in page) is names.startswith("counts")


def test_what_no_rows_can_be_made_of() -> None:
    """It is told in one line, with what could."""
    record = make_record(make_document(), MIDDLE, Study)
    with pytest.raises(SettingsError, match=r"--rows: there is no list of entries 'count'"):
        written("csv", record, rows="count")
    with pytest.raises(SettingsError, match=r"--rows: goes with neither --by nor --transpose"):
        written("csv", record, rows="counts", is_transposed=True)


def test_rows_of_python_are_told_in_keywords() -> None:
    """What is wrong with them names the keyword, not the flag."""
    run = summarise(ROOT / "fixtures" / "daily_papers.txt", limit=1)
    with pytest.raises(SettingsError, match=r"^rows: there is no list of entries 'result'"):
        run.table(rows="result")
    with pytest.raises(SettingsError, match=r"^rows: must be text, not 3"):
        run.table(rows=cast("str", 3))


def test_a_paper_is_one_reference() -> None:
    """Though its entries are rows."""
    record = make_record(make_document(), MIDDLE, Study)
    assert written("bibtex", record, rows="counts").count(b"@") == 3


def test_the_docs_show_real_tables() -> None:
    """The two tables in docs/tables.md are those of the example."""
    run = summarise(ROOT / "fixtures" / "daily_papers.txt", limit=1)
    told = (ROOT / "docs" / "tables.md").read_text("utf-8")
    names = "results.metric,results.value,results.baseline"
    rows = run.table(rows="results", columns=f"year,{names}") or ""
    assert "".join(f"{one}\n" for one in rows.splitlines() if one.startswith("|")) in told
    assert (run.table(columns=names, format="csv") or "").replace("\r", "") in told
