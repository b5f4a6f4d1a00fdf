"""Records by dataset, metric or resource: what shares a row, and what code works out."""

from __future__ import annotations

from typing import Any

import pytest

from summarise.errors import SettingsError
from summarise.models import Doubt, DoubtKind, NormalisedQuantity, Row, Span
from summarise.render.benchmarks import By, fields_of, rows_by
from summarise.render.format import Mark, text_of
from summarise.render.layout import all_columns, layout_of
from summarise.render.table import Placed, Style, TableMaker
from summarise.schema import BUILT_INS, Draft
from tests.records import NOTHING, make_document, make_record, result_of

LAYOUT = layout_of(Draft)


def row_of(title: str, *results: dict[str, Any], **overrides: Any) -> Row:
    document = make_document(title=title, url=None)
    record = make_record(document, {**NOTHING, "results": list(results)}, **overrides)
    return document, record.model_copy(update={"verbatims": ()})


def told(by: By, *rows: Row) -> tuple[list[list[str]], list[str]]:
    """The title and cells of each row, and the notes below."""
    maker = TableMaker(Draft, all_columns(LAYOUT), Style.FACTS)
    placed = maker.counted(Placed(number, row) for number, row in enumerate(rows, 1))
    views = [
        [view.title, *(" / ".join(map(text_of, cell)) for cell in view.cells)]
        for view in rows_by(by, placed, LAYOUT, maker.counts)
    ]
    assert maker.counts.documents == len(rows)
    return views, maker.counts.notes


def fact(value: str, metric: str | None = "recall", **more: str) -> dict[str, Any]:
    return result_of("", 4, metric=metric, value=value, **{"dataset": "COVE-9", **more})


def test_a_row_for_each_dataset_and_measure_of_one_unit() -> None:
    """Values stand beside each other with what the abstracts say of them, unmerged and unranked."""
    views, notes = told(
        By.DATASET,
        row_of("Gulls", fact("60%", baseline="50%", group="deck"), fact("12 ms", metric="delay")),
        row_of("Terns", fact("90%", metric="Recall"), fact("0.9")),
        row_of("Kites", fact("5%", kind="change"), result_of("", 4, metric="recall", value="7%")),
    )
    assert views[0] == [
        "COVE-9", "recall (%)", "2", "1 Gulls: 60% (vs. 50%) [deck] / 2 Terns: 90%",
        "1: 60% − 50% = +10 points",
    ]  # fmt: skip
    assert [view[1] for view in views[1:]] == ["delay (ms)", "recall", "recall (Δ, %)"]
    assert notes == ["1 value left out: no dataset is named"]


@pytest.mark.parametrize(
    ("values", "worked"),
    [
        ({"baseline": "50%"}, "1: 60% − 50% = +10 points"),
        ({"baseline": "70%"}, "1: 60% − 70% = −10 points"),
        ({"baseline": "50 ms"}, ""),
        ({"baseline": "50% to 52%"}, ""),
        ({}, ""),
        ({"baseline": "50%", "kind": "change"}, ""),
    ],
)
def test_what_code_works_out(values: dict[str, str], worked: str) -> None:
    """A difference shows its inputs, and is blank where one is missing or of another unit."""
    views, _ = told(By.METRIC, row_of("Gulls", fact("60%", **values)))
    assert views[0][0] == "recall"
    assert views[0][4] == worked


def test_nothing_is_worked_out_of_what_is_in_doubt() -> None:
    """The value keeps its sign."""
    doubt = Doubt(path="results[0].value", kind=DoubtKind.ORDER, words="the other way round")
    views, _ = told(By.DATASET, row_of("Gulls", fact("60%", baseline="50%"), doubts=(doubt,)))
    assert views[0][3:] == ["1 Gulls: 60% (vs. 50%) (?)", ""]


def test_what_a_table_of_papers_leaves_out_as_unsure() -> None:
    """Is left out here as well and counted; a sign that stands in no row isn't explained."""
    doubts = tuple(
        Doubt(path=path, kind=kind, words="like others")
        for path, kind in (
            ("results[0].value", DoubtKind.UNSURE),
            ("results[1].metric", DoubtKind.UNSURE),  # which is told in words
            ("results[2].metric", DoubtKind.UNSURE),
            ("results[2].value", DoubtKind.ORDER),
            ("problem.text", DoubtKind.ORDER),
        )
    )
    row = row_of("Gulls", fact("60%"), fact("70%"), fact("80%"), fact("90%"), doubts=doubts)
    maker = TableMaker(Draft, all_columns(LAYOUT), Style.FACTS)
    (view,) = rows_by(By.METRIC, maker.counted([Placed(1, row)]), LAYOUT, maker.counts)
    assert [text_of(line) for line in view.cells[2]] == [
        "1 Gulls: 70% (?)",
        "1 Gulls: 80% (?)",
        "1 Gulls: 90%",
    ]
    assert maker.counts.doubtful == 1
    assert maker.counts.legend == [Mark.DOUBT]
    left_out = "1 value left out: unsure, since many like them are wrong; the record has them"
    assert maker.counts.notes == [left_out]


def test_resources_by_unit() -> None:
    """In the package's unit with the arithmetic, the abstract's words beside it."""
    document = make_document(title="Gulls", url=None)
    compute = [
        {"kind": "time", "value": "2 GPU days", "sentences": [3]},
        {"kind": "hardware", "value": "one old laptop", "sentences": [3]},
    ]
    quantity = NormalisedQuantity(
        text="2 GPU days", span=Span(0, 10), value=48, unit="GPU-hours",
        arithmetic="2 × 24 = 48 GPU-hours",
    )  # fmt: skip
    answer = {**NOTHING, "compute": compute}
    record = make_record(document, answer, verbatims=(), quantities=(quantity,))
    views, _ = told(By.COMPUTE, (document, record))
    assert views[0] == [
        "GPU-hours", "time", "1", "1 Gulls: 2 GPU days", "1: 2 × 24 = 48 GPU-hours"
    ]  # fmt: skip
    assert views[1][1:] == ["hardware", "1", "1 Gulls: one old laptop", ""]


def quantity(text: str, value: float, unit: str) -> NormalisedQuantity:
    told = f"{text} = {value:,g} {unit}"
    span = Span(0, len(text))
    return NormalisedQuantity(text=text, span=span, value=value, unit=unit, arithmetic=told)


@pytest.mark.parametrize(
    ("kind", "value", "known", "title"),
    [
        ("model_size", "9B", [quantity("9B", 9e9, "parameters")], "parameters"),
        ("cost", "300 vs. $900", [quantity("$900", 900, "$")], "$"),
        ("model_size", "9B", [], "in words"),
        ("time", "3 hours for $900", [quantity("$900", 900, "$")], "in words"),
        ("hardware", "4 V100 (16 GB)", [], "V100"),
    ],
)
def test_the_unit_of_a_resource(
    kind: str, value: str, known: list[NormalisedQuantity], title: str
) -> None:
    """As its value has it, or its sentence tells it; none where that is of two minds."""
    document = make_document(title="Gulls", url=None)
    answer = {**NOTHING, "compute": [{"kind": kind, "value": value, "sentences": [3]}]}
    record = make_record(document, answer, verbatims=(), quantities=tuple(known))
    views, _ = told(By.COMPUTE, (document, record))
    assert [view[0] for view in views] == [title]


def test_records_without_such_a_field() -> None:
    """Refused in a line that names what there is."""
    with pytest.raises(SettingsError, match=r"no values by dataset\. Choose another of dataset"):
        fields_of(By.DATASET, layout_of(BUILT_INS["pico"]))
