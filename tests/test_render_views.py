"""Other tables of the same records: columns, conditions, order, groups, several runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.batch import RunOptions, documents_batch, run
from summarise.errors import SettingsError
from summarise.models import Row
from summarise.render import View, view_of
from summarise.render.conditions import FieldNames, measures_of, parse_condition
from summarise.render.format import text_of
from summarise.render.formats import csv, markdown
from summarise.schema import BUILT_INS, Draft
from summarise.settings import load_settings
from summarise.store import Run
from tests.records import NOTHING, TERN_ANSWER, make_document, make_failure, make_record, result_of

NAMES = FieldNames(Draft)


def row_of(**fields: Any) -> Row:
    document = make_document()
    return document, make_record(document, {**TERN_ANSWER, **fields})


TERN = row_of()
TWO = row_of(
    results=[
        result_of("a", 4, metric="recall", value="90%", dataset="COVE-9"),
        result_of("b", 4, metric="precision", value="40%", dataset="KITENEST"),
    ],
    compute=[{"kind": "time", "value": "2 GPU days", "sentences": [3]}],
)

F1 = row_of(
    results=[
        result_of("a", 4, metric="macro-F1", value="0.81", dataset="COVE-9"),
        result_of("b", 4, metric="LDL", value="70 mg/dL", dataset="KITENEST"),
        result_of("c", 4, metric="error", value="3.5%", dataset="KITENEST"),
    ],
    compute=[
        {"kind": "time", "value": "5 minutes", "sentences": [3]},
        {"kind": "time", "value": "40 ms", "sentences": [3]},
    ],
)

# What a rival took isn't the paper's own.
VERSUS = row_of(compute=[{"kind": "time", "value": "2 vs. 400 GPU days", "sentences": [3]}])

AGAINST = row_of(compute=[{"kind": "time", "value": "2 GPU days against 400", "sentences": [3]}])


@pytest.mark.parametrize(
    ("row", "condition", "holds"),
    [
        (TERN, "data ~ kitenest", True),
        (TERN, "data ~ kitenest and year > 2022", True),
        (TERN, "year < 2023 or title ~ 'from kites'", True),
        (TERN, "not data.role = evaluation", False),
        (TERN, "Data and not (compute or doi)", False),
        (TERN, "metric = NEST RECALL", True),
        (TERN, "status = record and not flagged", True),
        ((TERN[0], make_failure(TERN[0])), "status = failed and status != record", True),
        ((TERN[0], None), "status = pending and not data", True),
        # What "and" joins is asked of one entry.
        (TWO, "metric = recall and results.value > 80", True),
        (TWO, "metric = precision and results.value > 80", False),
        (TWO, "results.value > 80 and dataset = COVE-9 and metric != precision", True),
        # Units as the package's quantities have them.
        (TWO, "compute = 48 GPU-hours", True),
        (TWO, "compute > 40 GPU hours", True),
        (TWO, "compute > 40 gpu hours and compute < 60 gpu-hours", True),
        (TWO, "compute = 2 a100 days", True),
        (TWO, "compute > 40 TPU hours", False),
        (TWO, "compute < 3", False),
        (TWO, "results.value >= 90%", True),
        (VERSUS, "compute > 100 GPU days", False),
        (VERSUS, "compute < 3 GPU days", True),
        (AGAINST, "compute > 100 GPU days", False),
        (AGAINST, "compute < 3 GPU days", True),
        (TWO, "results.value >= 90 ms", False),
        # A metric stands for its values; a share is one as a number or in percent.
        (F1, "f1 > 80%", True),
        (F1, "F1 >= 0.81 and f1 = 81%", True),
        (F1, "f1 > 81%", False),
        (F1, "error > 80%", False),
        (F1, "error < 0.04 and error > 0.03 and error > 3", True),
        # Units of one kind.
        (F1, "ldl < 1 g/L and ldl >= 700 mg/L", True),
        (F1, "ldl < 100 mmol/L", False),
        (F1, "compute > 20 s and not compute > 1 h", True),
        (F1, "compute = 0.04 s", True),
    ],
)  # fmt: skip
def test_what_a_condition_picks(row: Row, condition: str, holds: bool) -> None:
    """FieldNames, signs, brackets, and quantities of one unit."""
    assert parse_condition(condition, NAMES).holds(row) is holds


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("daat ~ x", "'daat' at character 1 is the name of no field. Did you mean data"),
        ("year > 1 and valeu > 3", "'valeu' at character 14 is the name of no field. Did you mean"),
        (
            "value > 3",
            "'value' at character 1 may be compute.value or results.value. Name it in full",
        ),
        ("year > soon", "'soon' at character 8 is no quantity. > compares numbers"),
        ("Title contains nets", "no field. Write Title ~ net, Title = net or Title > 3."),
        ("compute > 300 foo", "'foo' at character 15 is no unit that is known"),
        ("compute > 300 $", "'$' at character 15 is no unit that is known"),
        ("year >", "ends too early. Here belongs what year is held against"),
        ("", "ends too early. Here belongs a field"),
        ("(year", "ends too early. A bracket is open"),
        ("year = 2023 )", "')' at character 13 isn't expected"),
        ("year = = 3", "'=' at character 8 isn't expected"),
        ("not " * 60 + "year", "is nested too deep"),
        ("(" * 60 + "year" + ")" * 60, "is nested too deep"),
        ("judged = right", "there is no judged 'right'. Choose one of corrected, checked, wrong"),
        ("data.role != sold", "there is no data.role 'sold'. Choose one of "),
        ("__import__('os').system('ls')", "is the name of no field"),
        ("results.valeu > 3", "is the name of no field. Did you mean results.value"),
        ("f1 ~ 80", "'f1' at character 1 is the name of no field"),
    ],
)
def test_a_condition_that_is_none(condition: str, told: str) -> None:
    """One line says which word is wrong, where it stands, and what is known."""
    with pytest.raises(SettingsError) as refused:
        parse_condition(condition, NAMES)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_name_that_is_near_stands_alone() -> None:
    """All fields are listed where none is near."""
    for text, told in (("yera > 1", "Did you mean year?"), ("qqqq", "Choose one of ")):
        with pytest.raises(SettingsError) as refused:
            parse_condition(text, NAMES)
        assert str(refused.value.hint).startswith(told)
        assert ("Choose" in str(refused.value.hint)) is told.startswith("Choose")


@given(st.text(st.sampled_from("year data.value <>=!~()'\"andort 0239%ü\x00\n")) | st.text())
def test_any_condition_is_understood_or_refused(text: str) -> None:
    """Nothing else happens, and nothing that is understood fails on a row."""
    try:
        condition = parse_condition(text, NAMES)
    except SettingsError:
        return
    for row in (TERN, TWO, (TERN[0], None)):
        assert condition.holds(row) in {True, False}


def test_quantities_of_one_unit() -> None:
    """By one name for all its spellings."""
    assert measures_of("5 hours") == measures_of("5 h") == measures_of("5 hrs")
    assert measures_of("15,000 A100 GPU days")[0].value == 360_000


def made(folder: Path, *texts: tuple[str, str]) -> Run:
    """A run of documents with a title and a date."""
    documents = [
        make_document(
            doc_id=f"{folder.name}-{title}", title=title, published=date or None, url=None
        )
        for title, date in texts
    ]
    path, _ = run(documents_batch(documents), load_settings({}, {}), RunOptions(output=folder))
    return Run(path)


@pytest.fixture
def kites(tmp_path: Path) -> Run:
    return made(tmp_path / "kites", ("B", "2021"), ("A", "2023"), ("C", ""), ("D", "2022-05"))


def shown(*runs: Run, **view: Any) -> tuple[list[str], list[list[str]], list[str]]:
    """Titles of the columns, the cells of the rows with their numbers, and the notes below."""
    table = view_of(runs, View(**view), is_page=False)
    rows = [
        [str(row.number), row.title, *("; ".join(map(text_of, cell)) for cell in row.cells)]
        for row in table.rows
    ]
    return table.columns, rows, table.counts.notes


def test_an_order_keeps_the_numbers(kites: Run) -> None:
    """``show`` takes them; what has no value comes last, whichever way the others go."""
    for sort, order in (("year", "1423"), ("year:desc", "2413"), ("title", "2134")):
        _, rows, notes = shown(kites, sort=sort, columns=["year"])
        assert "".join(row[0] for row in rows) == order
        assert notes == []
    _, rows, notes = shown(kites, sort="year:desc", limit=2, columns=["year"])
    assert rows == [["2", "A", "2023"], ["4", "D", "2022"]]
    assert notes == ["2 of 4 documents shown"]
    with pytest.raises(SettingsError, match="Write year:asc or year:desc"):
        shown(kites, sort="year:descending")


def test_rows_that_a_condition_picks(kites: Run) -> None:
    """How many they are, and of how many, stands below."""
    columns, rows, notes = shown(kites, where="year < 2023", columns=["year", "method.name"])
    assert columns == ["#", "Paper", "Year", "Method: name"]
    assert rows == [["1", "B", "2021", "TERNLOOP"], ["4", "D", "2022", "TERNLOOP"]]
    assert notes == ["2 of 4 documents shown: where year < 2023"]
    *_, notes = shown(kites, where="year < 2023", limit=1)
    assert notes == ["1 of 4 documents shown: where year < 2023; more may be, beyond --limit 1"]


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("results.value > 1 mg", "results.value can be compared with 1 mg. Units found: %."),
        ("year > 80%", "year can be compared with 80%. Units found: none."),
        (
            "not recall > 3 s or year > 3000",
            ("results.value with the metric “recall” can be compared with 3 s. Units found: %."),
        ),
        ("auc > 0.9", "results.value with the metric “auc” was found."),
        ("recall > 10% or year > 3000", None),
    ],
)
def test_one_line_says_that_no_value_can_be_compared(
    kites: Run, condition: str, told: str | None
) -> None:
    """Below the table, with the units that the values have."""
    *_, notes = shown(kites, where=condition)
    assert notes[1:] == ([] if told is None else [f"No value of {told}"])


def test_a_word_that_screening_never_says_is_refused(kites: Run) -> None:
    """None of the papers would have it, and 0 of 4 would read as an answer."""
    with pytest.raises(SettingsError, match=r"Did you mean include or exclude\?"):
        shown(kites, where="screening = included")


def test_groups(kites: Run) -> None:
    """A row stands under each value, and is counted once."""
    table = view_of([kites], View(group_by="data.name", columns=["year"]), is_page=True)
    rows = list(table.rows)
    assert table.columns[2] == "Data: name"
    assert [text_of(row.cells[0][0]) for row in rows] == ["COVE-9"] * 4 + ["KITENEST"] * 4
    assert table.counts.documents == 4


def test_a_column_that_is_the_grouping_stands_once(kites: Run) -> None:
    """But where a paper may have several, of which the group of a row is one."""
    heads = [
        view_of([kites], View(group_by=one, columns=[f"{one},id"]), is_page=True).columns
        for one in ("year", "authors")
    ]
    assert heads == [["#", "Paper", "Year", "Id"], ["#", "Paper", "Authors", "Authors", "Id"]]


def test_groups_of_entries_are_called_after_them(tmp_path: Path) -> None:
    """By the name, not by each of their details; what was only counted is behind, by number."""
    run = made(tmp_path / "run", ("A", "2020"))
    path = run.path / "records.jsonl"
    record = json.loads(path.read_text("utf-8"))
    first = record["data"][0]
    named = (
        {"name": "Zebra"},
        {"name": "12,400 letters"},
        {"name": "900 letters"},
        {"name": "ant"},
    )
    record["data"] = [{**first, **one} for one in named]
    path.write_text(json.dumps(record) + "\n", "utf-8")
    assert heads(run, "data") == ["ant", "Zebra", "900 letters", "12,400 letters"]
    unsure = {"path": "data[0].name", "kind": "unsure", "words": "many like it are wrong"}
    path.write_text(json.dumps(record | {"doubts": [unsure]}) + "\n", "utf-8")
    for group_by in ("data", "data.name"):
        assert heads(run, group_by)[0] == "ant"
        assert "Zebra" not in heads(run, group_by)


def heads(run: Run, group_by: str) -> list[str]:
    """What the rows stand below."""
    table = view_of([Run(run.path)], View(group_by=group_by), is_page=True)
    return [text for row in table.rows if (text := text_of(row.cells[0][0]))]


def test_fields_down(kites: Run) -> None:
    """Papers across, a few of them."""
    columns, rows, _ = shown(kites, is_transposed=True, limit=2)
    assert columns == ["#", "Field", "1. B", "2. A"]
    assert [row[1] for row in rows][:2] == ["Authors and year", "Problem"]
    assert rows[2][2].startswith("TERNLOOP: Detector")


@pytest.mark.parametrize(
    ("view", "heads"),
    [
        (View(is_transposed=True, limit=2), "#,Field,1. B,2. A"),
        (View(by="metric"), "#,Metric,Dataset,Papers,As reported,Worked out"),
        (View(), "#,Paper,Authors and year,Link,Id,Notes,Problem,Method,Data,Compute,Results"),
    ],
)
def test_rows_of_fields_have_no_columns_of_papers(kites: Run, view: View, heads: str) -> None:
    """Authors, address and id of those would be blank in each row; the heading names the rows."""
    table = view_of([kites], view, is_page=False)
    lines = [line.rstrip("\r\n") for line in csv.lines_of(table)]
    assert lines[0] == heads
    assert lines[1].count(",") >= heads.count(",")
    table = view_of([kites], view, is_page=True)
    assert next(iter(markdown.lines_of(table))) == f"# {heads.split(',')[1]}s"


def test_too_many_to_stand_side_by_side(tmp_path: Path) -> None:
    """Refused, with a way out."""
    many = made(tmp_path / "many", *((f"T{n}", "2020") for n in range(21)))
    with pytest.raises(SettingsError, match=r"side by side, 20 at most\. Choose some with --where"):
        shown(many, is_transposed=True)


def test_several_runs(kites: Run, tmp_path: Path) -> None:
    """One behind the other, each row with its run and its number; other fields are refused."""
    gulls = made(tmp_path / "gulls", ("E", "2020"))
    columns, rows, _ = shown(kites, gulls, columns=["year"], sort="year", limit=2)
    assert columns == ["#", "Paper", "Run", "Year"]
    assert rows == [["1", "E", "gulls", "2020"], ["1", "B", "kites", "2021"]]
    settings = load_settings({"schema": "pico"}, {})
    path, _ = run(
        documents_batch([make_document()]), settings, RunOptions(output=tmp_path / "pico")
    )
    with pytest.raises(SettingsError, match=r"pico: was made with other fields than .*kites"):
        shown(kites, Run(path))
    assert FieldNames(BUILT_INS["pico"]).selector("results.value", "--columns").inner == "value"


def test_a_row_leads_back_to_the_library_by_its_key() -> None:
    """The one that people cite by, and the ids of services, are columns and have conditions."""
    ids = {"citation_key": "ångström2023", "openalex": "W12", "pmid": "31"}
    row = make_document(reference=ids), None
    assert [NAMES.selector(name, "--columns").values(row) for name in ids] == [
        [value] for value in ids.values()
    ]
    assert parse_condition("citation_key = Ångström2023", NAMES).holds(row)


def test_columns_with_marks_and_failures(kites: Run) -> None:
    """A chosen column keeps its signs; a document says of itself also what failed."""
    titles, *_ = shown(kites, columns=["year, data.name", "method"])
    assert titles == ["#", "Paper", "Year", "Data: name", "Method", "Data: doubts"]
    selector = NAMES.selector("Results value".replace(" ", "."), "--columns")
    assert selector.entries(TWO) == [["90%"], ["40%"]]
    assert selector.entries((TERN[0], None)) == []
    assert NAMES.selector("authors", "").values(TERN) == ["Ada Fenn", "Bo Marl", "Cy Quay"]
    assert make_record(TERN[0], NOTHING).draft["data"] == []
