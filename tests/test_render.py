"""The Markdown table: what each cell says, and the whole of it against stored outputs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from summarise.models import Document, FailureKind, Record, Row, Unsupported
from summarise.render import RowCounts, Style, render_record, render_table
from summarise.render.table import title_of
from summarise.schema import Draft, Evidence, Part, Statement, Verbatim
from tests.records import NOTHING, TERN_ANSWER, make_document, make_failure, make_record, result_of

GOLDEN = Path(__file__).parent.parent / "fixtures" / "golden"
ABSENT, FLAG = "–", "⚠"


def golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


def cells(row: Row, schema: type[Part] = Draft, style: Style = Style.FULL) -> list[str]:
    """The cells of the row of one document, without its number."""
    line = list(render_table([row], schema, style))[4]
    return line.removeprefix("| 1 | ").removesuffix(" |").split(" | ")


def result(claim: str, **values: str) -> dict[str, Any]:
    """A result of the fourth sentence, of what is named here and nulls."""
    return result_of(claim, 4, **values)


def record_of(**fields: Any) -> tuple[Document, Record]:
    """The row of a document that reports these fields alone."""
    document = make_document()
    return document, make_record(document, {**NOTHING, **fields})


def hostile_rows() -> Iterator[Row]:
    """Documents whose texts try everything that breaks tables."""
    piped = make_document(
        doc_id="piped",
        title="A | B <script>alert(1)</script> `code` [x](javascript:alert(1)) ![i](//x)",
        authors=("O'Neil | Fils", "Ann_a *B*"),
        organisation="R&D; &lt;Lab&gt; #1 @team",
        published="XXXX-09-18",
        url="https://papers.example/a|b(c) d<e>?x=1&copy=2#$f$",
    )
    answer = {
        **TERN_ANSWER,
        "problem": {"text": "=1+1 costs $5 to $10\nor **more** ~~less~~ :100:", "sentences": [1]},
        "method": {
            "name": "\\TERN|LOOP\\",
            "also": [],
            "text": "x < y && y > z <!-- no",
            "sentences": [],
        },
    }
    yield piped, make_record(piped, answer)
    arabic = make_document(
        doc_id="arabic",
        title="عد الطيور البحرية (2023)",
        abstract="عدد الأعشاش قليل.",
        authors=(),
        author_count=11,
        published="2023-09",
        url="javascript:alert(1)",
    )
    answer = {**NOTHING, "problem": {"text": "عدد الأعشاش قليل | جدا.", "sentences": [1]}}
    yield arabic, make_record(arabic, answer)
    bare = make_document(
        doc_id="bare",
        title=None,
        abstract="Line one\u2028line\x00 two \u202egnp.exe\u202c " + "of many words " * 9,
        authors=("Solo",),
        published="2021",
        url=None,
    )
    yield bare, make_failure(bare, kind=FailureKind.REFUSED, message="I can't | <b>won't</b>.")
    yield make_document(doc_id="late", published="circa 1999"), None


def test_whole_table_of_plain_records() -> None:
    """A reader gets the stored table: columns of the schema, evidence, counts and legend."""
    document = make_document()
    waiting = make_document(doc_id="tern-2", title="Not Yet Read", url=None)
    rows: list[Row] = [(document, make_record(document, TERN_ANSWER)), (waiting, None)]

    assert "\n".join(render_table(rows)) + "\n" == golden("table.md")


def test_whole_table_of_hostile_records() -> None:
    """Pipes, line breaks, HTML, formulas, bidi and bad addresses leave the stored table whole."""
    assert "\n".join(render_table(hostile_rows())) + "\n" == golden("table_hostile.md")


def test_no_rows() -> None:
    """A run without documents is a table without rows, and says so."""
    lines = list(render_table([]))

    assert lines[2].startswith("| # | Paper | Problem |")
    assert lines[-1].startswith("**0 documents**: 0 records, 0 failed. No value")


def test_counts_of_thousands_are_read_as_elsewhere() -> None:
    """With commas, as in the notes above them."""
    counts = RowCounts(records=1_200, pending=3_000, values=5_000, grounded=4_000)
    assert counts.summary()[0] == "4,200 documents"
    assert counts.summary()[1].startswith(
        "1,200 records, 0 failed, 3,000 not attempted. The words of 4,000 of 5,000 values stand"
    )


def test_lines_come_as_rows_do() -> None:
    """Some tens of rows are rendered at a time: no more are drawn before their lines are out."""
    drawn = []

    def rows() -> Iterator[Row]:
        for number in range(100):
            drawn.append(number)
            yield make_document(doc_id=str(number)), None

    lines = render_table(rows())
    for _ in range(4):
        next(lines)
    assert drawn == []
    next(lines)
    assert drawn == list(range(32))


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2023-09-30", "30 Sep 2023"),
        ("2023-09", "Sep 2023"),
        ("2023", "2023"),
        ("XXXX-09-18", "18 Sep"),
        ("2023-13-01", "2023-13-01"),
        ("2004-06~", "2004-06\\~"),
    ],
)
def test_date(published: str, shown: str) -> None:
    """A date is put in words as far as it's known; what is no plain date stays as it is."""
    document = make_document(authors=(), url=None, published=published)

    assert cells((document, None))[0].split("<br>")[1] == shown


@pytest.mark.parametrize(
    ("authors", "count", "shown"),
    [
        ((), 11, "11 authors"),
        ((), 1, "1 author"),
        (("A",), None, "A"),
        (("A", "B"), None, "A, B"),
        (("A", "B", "C"), None, "A, B et al."),
        (("Roe, A", "Doe, B", "Fox, C"), None, "Roe, A; Doe, B et al."),
        (("A",), 3, "A et al."),
    ],
)
def test_authors(authors: tuple[str, ...], count: int | None, shown: str) -> None:
    """Two authors are named, the rest is "et al."; without names their number stands."""
    document = make_document(authors=authors, author_count=count, published=None)

    assert cells((document, None))[0].split("<br>")[1] == shown


def test_paper_without_byline() -> None:
    """A document of which nothing is known but its title is a cell of its title."""
    document = make_document(authors=(), published=None, url=None)

    assert cells((document, None))[0] == "TERNLOOP: Counting Seabirds from Kites"


def test_not_reported() -> None:
    """Null and the empty list show as a dash, which the legend explains."""
    document, record = record_of()
    lines = list(render_table([(document, record)]))

    assert cells((document, record))[1:] == [ABSENT] * 5
    assert f"- {ABSENT} : nothing of it was found in the abstract" in lines


def test_not_extracted_is_not_called_not_reported() -> None:
    """A column that the record has no key for isn't filled with "not reported"."""
    document, record = record_of()

    class Other(Part):
        limits: Statement | None

    assert cells((document, record), Other)[1] == "*not extracted*"


def test_details_that_the_claim_lacks() -> None:
    """A value is shown beside a claim only where the claim doesn't contain it as a whole."""
    claim = "Nest recall on COVE-9 rises to 67.2%, not 141.5%."
    row = record_of(
        results=[
            result(claim, metric="nest recall", value="67.2%", baseline="41.5%", dataset="COVE-9")
        ]
    )

    assert cells(row)[5] == f"{claim} (baseline: 41.5%) \\[4\\]"


@pytest.mark.parametrize("claim", ["It rises by 41.5%.", "By 41.5%, it rises.", "41.5%"])
def test_value_inside_the_claim(claim: str) -> None:
    """A value beside punctuation or at an end of the claim counts as said."""
    assert "value" not in cells(record_of(results=[result(claim, value="41.5%")]))[5]


@pytest.mark.parametrize("claim", ["a 141.5% rise", "a 2,41.5% rise", "up x-41.5%", "41.5%a"])
def test_value_inside_a_longer_one(claim: str) -> None:
    """A value that only is a part of another number or word doesn't count as said."""
    assert "(value: 41.5%)" in cells(record_of(results=[result(claim, value="41.5%")]))[5]


def test_missing_value_is_flagged() -> None:
    """A value that stands nowhere is marked, even where the claim repeats it, and counted."""
    row = record_of(results=[result("Recall rises to 99%.", value="99%")])
    lines = list(render_table([row]))

    assert cells(row)[5] == f"Recall rises to 99%. (value: {FLAG} 99%) \\[4\\]"
    assert "The words of 0 of 1 value stand in the abstract or title" in lines[6]
    assert lines[6].endswith("which code has checked; 1 record flagged ⚠.")


def test_a_record_of_half_an_abstract_is_flagged() -> None:
    """Where the server read only part of the input, the row says so, and the legend why."""
    document = make_document()
    whole = make_record(document, NOTHING)
    provenance = whole.provenance.model_copy(update={"input_was_cut": True})
    record = whole.model_copy(update={"provenance": provenance})
    table = "\n".join(render_table([(document, record)]))
    assert record.is_flagged
    assert "<br>⚠ read in part |" in table
    assert "- ⚠ read in part : the server cut the abstract" in table
    assert "⚠ the server read only part" in render_record((document, record), Draft)


def test_unsupported_tokens_are_named() -> None:
    """What a statement has from nowhere is named behind it."""
    document, record = record_of(problem={"text": "Boats miss GULLS.", "sentences": [1, 2]})
    surplus = Unsupported(path="problem.text", tokens=("GULLS", "46.3%"))
    record = record.model_copy(update={"unsupported": (surplus,)})

    assert cells((document, record))[1] == (
        f"Boats miss GULLS. {FLAG} not in its evidence: GULLS, 46.3% \\[1, 2\\]"
    )


def test_entries_left_out_are_counted() -> None:
    """A cell has six entries at most; how many more there are stands below, flags included."""
    names = ["KITENEST", "COVE-9", "TERNLOOP", "nest", "recall", "nest", "nest", "NOWHERE"]
    data: list[dict[str, Any]] = [
        {"name": n, "role": "unspecified", "size": None, "sentences": []} for n in names
    ]
    row = record_of(data=data)

    shown = "KITENEST; COVE-9; TERNLOOP; nest; recall; nest"
    assert cells(row, style=Style.FACTS)[3] == f"{shown}; +2 more, 1 {FLAG}"
    assert cells(row)[3].split("<br>")[7] == f"{FLAG} NOWHERE (unspecified)"


def test_a_sentence_of_several_entries_is_written_once() -> None:
    """Entries with the same claim show it once, and each shows the values that are its own."""
    claim = "Recall rises to 41.5% and to 67.2%."
    row = record_of(results=[result(claim, value="41.5%"), result(claim, value="67.2%")])

    shown = [entry.rsplit(" ", 1)[0] for entry in cells(row)[5].split("<br>")]
    assert shown == [f"{claim} (value: 41.5%)", "″ (value: 67.2%)"]
    assert "″ : the same sentence as above" in "\n".join(render_table([row], Draft, Style.FULL))


def test_long_statements_are_clipped_between_words() -> None:
    """A statement of one long clause ends at a word and an ellipsis, unless all is asked for."""
    text = "gull " * 60 + "end"
    row = record_of(problem={"text": text, "sentences": [1]})

    assert cells(row, style=Style.EVIDENCE)[1] == "gull " * 47 + "gull… \\[1\\]"
    assert cells(row)[1] == f"{text} \\[1\\]"


def test_clipped_value_is_not_called_said() -> None:
    """A value that stood in the clipped end of a claim is shown beside it."""
    claim = "gull " * 60 + "41.5%"
    row = record_of(results=[result(claim, value="41.5%")])

    assert cells(row, style=Style.FACTS)[5].endswith("gull…: **41.5%**")
    assert "(value: 41.5%)" not in cells(row)[5]


CLAIM = "Nest recall rises."
PHRASE = CLAIM.removesuffix(".")
ALL = {
    "metric": "nest recall",
    "value": "67.2%",
    "baseline": "41.5%",
    "comparator": "KITENEST",
    "dataset": "COVE-9",
    "group": "night flights",
    "uncertainty": "± 0.4",
}


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (
            ALL,
            "nest recall **67.2%** (vs. 41.5%, KITENEST) on COVE-9 \\[night flights; ± 0.4\\]",
        ),
        ({"metric": "nest recall", "value": "67.2%"}, "nest recall **67.2%**"),
        ({"metric": "nest recall", "value": "4", "kind": "change"}, "nest recall Δ **4**"),
        # Without a metric the claim says of what; what it says isn't repeated.
        ({"value": "67.2%", "dataset": "COVE-9"}, f"{PHRASE}: **67.2%** on COVE-9"),
        ({"dataset": "recall", "uncertainty": "p<0.01"}, f"{PHRASE} \\[p&lt;0.01\\]"),
        ({"metric": "nest recall", "comparator": "KITENEST"}, f"{PHRASE} (vs. KITENEST)"),
    ],
)
def test_a_fact(values: dict[str, str], shown: str) -> None:
    """``metric value (vs. baseline, comparator) on dataset [group; uncertainty]``; in words where
    there is no metric or no value."""
    found = cells(record_of(results=[result(CLAIM, **values)]), style=Style.FACTS)[5]
    assert found.replace(f"{FLAG} ", "") == shown


@pytest.mark.parametrize(
    ("claim", "value", "shown"),
    [
        ("Kites cut loss by 4%", "4%", "Δ↓ **4%**"),
        ("Loss grew by 4% at night", "4%", "Δ↑ **4%**"),
        ("A 4% loss reduction", "4%", "Δ↓ **4%**"),
        ("Kites cut the wind but raise loss by 4%", "4%", "Δ↑ **4%**"),
        ("An increase in rain cut the mean loss by 4% and raised gain by 2%", "4%", "Δ↓ **4%**"),
        ("Loss rose by about 4% while gain fell", "4%", "Δ↑ **4%**"),
        ("A rise of the wind with a fall of the loss of 4%", "4%", "Δ **4%**"),
        ("Kites cut loss by -4%", "-4%", "Δ **-4%**"),
        ("Kites change loss by 4%", "4%", "Δ **4%**"),
    ],
)
def test_a_change_says_which_way(claim: str, value: str, shown: str) -> None:
    """Where the verb beside its metric tells of a way, or else all words around it of one alone;
    the value has no sign of its own."""
    metric = "loss" if "loss" in claim else "Loss"
    row = result(claim, metric=metric, value=value, kind="change")
    found = cells(record_of(results=[row]), style=Style.FACTS)[5]
    assert found.replace(f"{FLAG} ", "") == f"{metric} {shown}"


def test_a_share_of_those_without_a_change_is_no_change() -> None:
    """That 72% had no increase is a level, whatever kind a row says."""
    row = result("72% had no rise in loss", metric="no rise in loss", value="72%", kind="change")
    found = cells(record_of(results=[row]), style=Style.FACTS)[5]
    assert found.replace(f"{FLAG} ", "") == "no rise in loss **72%**"


def test_values_stand_before_words() -> None:
    """The first three facts are shown; what else there is, in words or not, is counted."""
    rows = [result("In words."), *(result("", metric="recall", value=f"{n}%") for n in range(4))]
    shown = cells(record_of(results=rows), style=Style.FACTS)[5].replace(f"{FLAG} ", "")
    assert shown.startswith("recall **0%**; **1%**; **2%**; +2 more")
    words = record_of(results=[result("In words."), result("In others.")])
    assert cells(words, style=Style.FACTS)[5] == "In words; +1 more"


def test_values_that_nothing_tells_apart_are_shown_in_words() -> None:
    """Each by the clause that it stands in, and a clause that they share once."""
    rows = [
        result("It reaches 98% on unseen towns", metric="recall", value="98%"),
        result("95% is kept at sea", metric="recall", value="95%"),
    ]
    shown = cells(record_of(results=rows), style=Style.FACTS)[5].replace(f"{FLAG} ", "")
    lines = [line.split(":")[0] for line in shown.split("<br>")]
    assert lines == ["It reaches 98% on unseen towns", "95% is kept at sea"]
    shared = "Nests rose by 67.2% and 67.2%"
    rows = [result(shared, metric="recall", value="67.2%") for _ in range(2)]
    assert cells(record_of(results=rows), style=Style.FACTS)[5] == shared
    rows = [
        result(shared, metric="recall", value="3%", group="Hull"),
        result(shared, metric="recall", value="4%", group="Deck"),
    ]
    shown = cells(record_of(results=rows), style=Style.FACTS)[5].replace(f"{FLAG} ", "")
    assert shown == "recall **3%** \\[Hull\\]; **4%** \\[Deck\\]"


def test_what_is_named_is_grouped_by_its_kind() -> None:
    """A line a role, in the order in which they come; a role that tells nothing is left out."""
    data = [
        {"name": "COVE-9", "role": "evaluation", "size": None, "sentences": []},
        {"name": "TERNLOOP", "role": "introduced", "size": "9 hours", "sentences": []},
        {"name": "KITENEST", "role": "evaluation", "size": None, "sentences": []},
        {"name": "gulls", "role": "unspecified", "size": "", "sentences": []},
    ]
    shown = cells(record_of(data=data), style=Style.FACTS)[3].replace(f"{FLAG} ", "")
    assert shown.split("<br>") == [
        "*evaluation*: COVE-9; KITENEST",
        "*introduced*: TERNLOOP (9 hours)",
        "gulls",
    ]


def test_a_name_that_the_phrase_opens_with_is_there_once() -> None:
    """It stands out where it stands."""
    method = {"name": "KITENEST", "also": [], "text": "KITENEST, a kite", "sentences": [2]}
    assert cells(record_of(method=method), style=Style.FACTS)[2] == "**KITENEST**, a kite"
    assert cells(record_of(method=method))[2] == "**KITENEST**: KITENEST, a kite \\[2\\]"


def test_a_brief_table_has_what_is_proposed_and_found() -> None:
    """Neither problem nor resources; of the results the first fact."""
    row = record_of(results=[result("", metric="recall", value=f"{n}%") for n in range(2)])
    lines = list(render_table([row], Draft, Style.BRIEF))
    assert lines[2] == "| # | Paper | Method | Data | Results |"
    assert lines[4].replace(f"{FLAG} ", "").count("recall") == 1


def test_results_in_words_alone_are_told_or_counted() -> None:
    """A brief table has the first that fits, else how the first begins, and how many follow."""
    long = "the count of nests in the northern strips of the island kept growing year after year "
    short = result("Nests are found sooner.")
    told = cells(record_of(results=[result(long * 2), short]), style=Style.BRIEF)[-1]
    assert told == "Nests are found sooner; +1 more"
    begins = f"{long}the count of nests in the northern…"
    told_of_long = cells(record_of(results=[result(long * 2)] * 2), style=Style.BRIEF)[-1]
    assert told_of_long == f"*sentence 4*: {begins}; +1 more"
    leaning = [result("It also sinks."), result("Nests are found sooner.")]
    assert cells(record_of(results=leaning), style=Style.BRIEF)[-1] == told, "it names nothing"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Kites", "Kites"),
        ("Counting Seabirds.", "Counting Seabirds"),
        ("Counting Seabirds: " + "from kites " * 9, "Counting Seabirds"),
        ("from kites " * 9, "from kites " * 5 + "from kites…"),
        ("TERN: " + "from kites " * 9, "TERN"),
    ],
)
def test_a_long_title_is_shortened(title: str, shown: str) -> None:
    """To the part before its colon where that tells enough; beside it one author and the year."""
    document = make_document(title=title, url=None, authors=("Ann Roe", "Jo Doe"))
    paper, *_ = cells((document, None), style=Style.FACTS)
    assert paper.split("<br>")[0] == shown
    assert paper.endswith("<br>Ann Roe and Jo Doe · 2023")


@pytest.mark.parametrize(
    ("authors", "count", "shown"),
    [
        (("Roe, Ann",), None, "Roe"),
        (("Roe, Ann", "van der Doe, Jo"), None, "Roe and van der Doe"),
        (("Roe, Ann", "Doe, Jo", "Fox, D."), None, "Roe et al."),
        (("Roe, Ann",), 2, "Roe et al."),
    ],
)
def test_a_paper_is_cited_by_family_names(
    authors: tuple[str, ...], count: int | None, shown: str
) -> None:
    """By that of its first author, or of both of two, where it stands before a comma."""
    document = make_document(title="Kites", url=None, authors=authors, author_count=count)
    paper, *_ = cells((document, None), style=Style.FACTS)
    assert paper == f"Kites<br>{shown} · 2023"


def test_failure_row_and_list() -> None:
    """A failure says its kind and reason in its row, leaves the rest blank, and is listed."""
    document = make_document()
    failure = make_failure(document)
    lines = list(render_table([(document, failure)]))

    assert lines[4].endswith(
        "| *failed: truncated*<br>The answer was cut. Raise --max-output-tokens. |  |  |  |  |"
    )
    assert "0 records, 1 failed (1 truncated). No value was copied" in lines[6]
    assert lines[-1].startswith("- **truncated**: [TERNLOOP: Counting Seabirds from Kites](https:")


def test_many_failures() -> None:
    """The list of failures is bounded, and says how many it leaves out."""
    rows = [(one := make_document(doc_id=str(n)), make_failure(one)) for n in range(53)]
    lines = list(render_table(rows))

    assert sum(line.startswith("- **truncated**") for line in lines) == 50
    assert lines[-1] == "- and 3 more, marked in the table"


class Dose(Part):
    """A nested part of a user's schema."""

    drug: Verbatim
    amount: Verbatim | None
    sentences: Evidence


class Arm(Part):
    """A part with every kind of field."""

    label: Verbatim
    blinded: Literal["yes", "no"]
    patients: int | None
    outcome: Statement | None
    p_value: Verbatim | None
    doses: list[Dose]
    sentences: Evidence


class Trial(Part):
    """A schema of a user's own."""

    study_design: Literal["cohort", "randomised_trial"]
    registered: bool | None
    countries: list[Verbatim]
    arms: list[Arm]
    note: str | None
    sentences: Evidence


TRIAL: dict[str, Any] = {
    "study_design": "randomised_trial",
    "registered": True,
    "countries": ["Norway", "Peru"],
    "arms": [
        {
            "label": "Arm A",
            "blinded": "yes",
            "patients": 40,
            "outcome": "Sleep was longer.",
            "p_value": "p = 0.03",
            "doses": [
                {"drug": "somnol", "amount": "5 mg", "sentences": [2]},
                {"drug": "placebo", "amount": None, "sentences": []},
            ],
            "sentences": [3],
        }
    ],
    "note": None,
    "sentences": [1],
}


def trial_row(**fields: Any) -> Row:
    document = make_document(
        title="Sleep",
        abstract="In Norway and Peru we ran a trial. Arm A took 5 mg somnol or placebo. p = 0.03.",
    )
    return document, make_record(document, {**TRIAL, **fields}, Trial)


def test_columns_of_an_own_schema() -> None:
    """Columns are the fields of any schema, titled from their names."""
    lines = list(render_table([trial_row()], Trial))

    assert lines[2] == "| # | Paper | Study design | Registered | Countries | Arms | Note |"


def test_cells_of_an_own_schema() -> None:
    """Cells follow the types: choices in words, heads in bold, nested parts with their evidence."""
    arms = (
        "**Arm A**: Sleep was longer. (blinded: yes; patients: 40; p = 0.03; "
        "doses: somnol (5 mg) \\[2\\], placebo) \\[3\\]"
    )
    assert cells(trial_row(), Trial)[1:] == [
        "randomised trial \\[1\\]",
        "yes \\[1\\]",
        "Norway, Peru \\[1\\]",
        arms,
        ABSENT,
    ]


def test_missing_item_of_a_list() -> None:
    """Of a list of verbatim values, each that stands nowhere is marked by itself."""
    row = trial_row(countries=["Norway", "Atlantis"])

    assert cells(row, Trial)[3] == f"Norway, {FLAG} Atlantis \\[1\\]"


def test_empty_verbatim_stays_visible() -> None:
    """A verbatim value of nothing, or nothing visible, shows as empty quotes, not as absent."""
    assert '""' in cells(trial_row(countries=["\x07"]), Trial)[3]


def test_equal_rows_give_equal_bytes() -> None:
    """Rendering twice gives the same text: no time, machine or order of a set enters."""
    code = (
        "import test_render as t\n"
        "from summarise.render import render_table\n"
        "print(ascii(list(render_table(t.hostile_rows()))))"
    )
    path = os.pathsep.join([str(GOLDEN.parent.parent), str(Path(__file__).parent)])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(outputs) == 1


def test_where_no_phrase_stands_by_itself_the_sentence_is_quoted() -> None:
    """With its number, since no one made a value of it; it is cut where it takes more room."""
    cited = {"text": None, "sentences": [2]}
    said = "*sentence 2*: We present TERNLOOP, a detector that reads kite photographs in strips"
    assert cells(record_of(problem=cited), style=Style.FACTS)[1] == said
    assert cells(record_of(problem={**cited, "sentences": []}))[1] == ABSENT
    long = make_document(abstract=f"Kites fly. Kites {'and gulls ' * 40}fly.")
    record = make_record(long, {**NOTHING, "problem": cited})
    told = cells((long, record), style=Style.FACTS)[1]
    assert told.endswith(("gulls…", "and…"))
    assert len(told) < 260
    changed = make_document(abstract="Kites fly. Nothing else does.")
    told = cells((changed, record), style=Style.FACTS)[1]
    assert told == "*sentence 2*", "of another abstract no one knows which sentence it is"


@pytest.mark.parametrize("label", ["BACKGROUND", "Objective", "Aims of the study", "AIM & SCOPE"])
def test_the_label_of_a_section_is_no_title(label: str) -> None:
    document = make_document(title=None, abstract=f"{label}: Kites count gulls at sea.")
    assert title_of(document) == "Kites count gulls at sea."
