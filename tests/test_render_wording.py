"""What a table says in fewer words: whole clauses, what LaTeX left, fields that few report."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.characters import readable, readable_line
from summarise.models import Document, Record, Row
from summarise.render import Mark, Strength, Style, render_table, table_view, text_of
from summarise.render.plans import LAST, rank_of
from summarise.render.wording import leans, points, short_title, shortened
from summarise.schema import Draft
from tests.conftest import GOLD
from tests.records import NOTHING, TERN_ANSWER, make_document, make_record, result_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Larkspur-$\\beta$ and PIX-$α$", "Larkspur-β and PIX-α"),
        ("26,000 vs. \\320,000", "26,000 vs. $320,000"),
        ("up to 10times less, as DTS^star has", "up to 10× less, as DTS* has"),
        ("30\\% of \\textbf{all} at \\url{https://a.example/b_c}", "30% of all at https://a.example/b_c"),
        ("gulls -- and terns, Jensen--Shannon", "gulls – and terns, Jensen–Shannon"),
        ("``kites'' fly", "“kites” fly"),
        ("<i>Sterna</i> &amp; Larus", "Sterna & Larus"),
        # What the author may mean stays.
        ("$5 to $10", "$5 to $10"),
        ("the set {a, b}, 5~10 of them", "the set {a, b}, 5~10 of them"),
        ("Plate~7 and 40~kites of ~300", "Plate 7 and 40~kites of ~300"),
        ("a <b> tag, f''(x), --flag, <!-- no -->", "a <b> tag, f''(x), --flag, <!-- no -->"),
        ("<b></b>", "<b></b>"),
    ],
)  # fmt: skip
def test_what_is_shown_of_latex(text: str, shown: str) -> None:
    """What LaTeX and copying left is read for the reader; money, sets and operators stay."""
    assert readable(text) == shown


@given(text=st.text())
def test_any_text_is_readable(text: str) -> None:
    """No text is refused, and none becomes nothing."""
    assert bool(readable(text)) is bool(text)


def test_a_long_statement_is_cut_between_words() -> None:
    """What is a fifth longer isn't worth a cut; no word that asks for another stands last."""
    text = "Counting nests from boats misses most of them in the wind"
    assert shortened(text, 48) == text
    assert shortened(text, 40) == "Counting nests from boats misses most of them…"
    assert shortened(text, 45) == "Counting nests from boats misses most of them…"


@pytest.mark.parametrize(
    "text",
    [
        "It also sinks",
        "A similar trend was seen",
        "Rain sinks them",
        "Both sank",
        "Neither was wet",
    ],
)
def test_what_leans_on_another_sentence(text: str) -> None:
    """It opens with a word for what that names; the paper itself is known."""
    assert leans(text)
    assert not leans("Both rain and salt sink kites")
    assert not leans("Neither lamp had an effect on sleep")
    assert not leans("This study found more nests")


def test_what_points_to_another_sentence() -> None:
    """A statement that names what it speaks of is shown before one that doesn't."""
    assert points("Zeta finds nests by these two rules")
    assert not points("Those who sleep find more nests than in this study")


@given(title=st.text(min_size=1), limit=st.integers(20, 90))
def test_a_short_title_fits(title: str, limit: int) -> None:
    """However long it was."""
    assert len(short_title(title, limit)) <= limit + 1


def test_a_translated_title_opens_no_bracket() -> None:
    """PubMed sets it in brackets, which would be torn."""
    assert short_title("[Tern colonies: a census of two coasts]. [Danish]", 20) == "Tern colonies"
    assert short_title("[Terns]", 20) == "[Terns]"


NAMES = st.sampled_from(
    ["nest recall", "KITENEST", "COVE-9", "67.2%", "41.5%", "12K", "4 Moor GPUs"]
)
TEXTS = NAMES | st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30)
RESULTS = st.lists(
    st.fixed_dictionaries(
        {name: st.none() | TEXTS for name in ("metric", "value", "baseline", "dataset", "group")}
        | {"kind": st.sampled_from([None, "change"]), "claim": TEXTS}
    ),
    max_size=9,
)


@given(results=RESULTS, style=st.sampled_from([Style.FACTS, Style.BRIEF, Style.EVIDENCE]))
def test_every_result_stands_in_the_table_or_is_counted(
    results: list[dict[str, Any]], style: Style
) -> None:
    """Of a record's results with a metric or a value none is lost."""
    made = [result_of(one.pop("claim"), 4, **one) for one in map(dict, results)]
    assert lost(make_document(), {"results": made}, style) == []


@pytest.mark.parametrize("style", [Style.FACTS, Style.BRIEF, Style.EVIDENCE, Style.FULL])
def test_no_result_of_gold_is_lost(style: Style) -> None:
    """Likewise, of every paper of the fixtures, as its annotators read it."""
    counted = 0
    for line in GOLD.read_text("utf-8").splitlines():
        paper = json.loads(line)
        document = make_document(title=paper["title"], abstract=paper["abstract"])
        made = [result_of(one.pop("claim"), 4, **one) for one in paper["gold"]["results"]]
        assert lost(document, {"results": made}, style) == [], paper["id"]
        counted += len(made)
    assert counted > 100


def lost(document: Document, answer: dict[str, Any], style: Style) -> list[dict[str, Any]]:
    """The results with a metric or a value of which a table neither shows that nor counts them.

    A value stands in bold, or in the words of what was found.
    """
    row = document, make_record(document, {**NOTHING, **answer})
    cell = next(table_view([row], Draft, style).rows).cells[-1]
    strong = Counter(
        part.text for line in cell for part in line if part.strength is Strength.STRONG
    )
    text = "\n".join(map(text_of, cell))
    more = next((part.text for part in reversed(cell[-1]) if part.mark is Mark.MORE), "+0 ")
    hidden = int(more[1:].split()[0])
    left, seen = [], []
    for one in answer["results"]:
        told = readable_line(one["value"] or one["metric"] or "")
        if not told or one in seen:  # of two that are the same one is shown
            continue
        seen.append(one)
        if one["value"] and strong[told]:
            strong[told] -= 1
        elif not any(words and readable_line(words) in text for words in (told, one["claim"])):
            left.append(one)
    return left[hidden:]


def rows_of(filled: int, count: int) -> list[tuple[Document, Record]]:
    """Records, some of which report what was computed on."""
    rows = []
    for number in range(count):
        document = make_document(doc_id=str(number))
        answer = TERN_ANSWER if number < filled else {**TERN_ANSWER, "compute": []}
        rows.append((document, make_record(document, answer)))
    return rows


@pytest.mark.parametrize(
    ("filled", "count", "head", "note"),
    [
        (9, 20, "| # | Paper | Problem | Method | Data | Compute | Results |", ""),
        (8, 20, "| # | Paper | Problem | Method | Data, compute | Results |", ""),
        (
            2, 20, "| # | Paper | Problem | Method | Data | Results |",
            "Reported by nearly none of 20 records, so not shown: Compute (2).",
        ),
        (0, 9, "| # | Paper | Problem | Method | Data | Compute | Results |", ""),
    ],
)  # fmt: skip
def test_a_field_that_few_report_takes_no_column(
    filled: int, count: int, head: str, note: str
) -> None:
    """It stands in the cells of the one before, or is named below; with few papers all stay."""
    rows: list[Row] = list(rows_of(filled, count))
    lines = [record.model_dump_json().encode() for _, record in rows_of(filled, count)]
    shown = list(render_table(rows, lines=lines))
    assert shown[2] == head
    assert [line for line in shown if "nearly none" in line] == [note] * bool(note)
    if "Data, compute" in head:
        assert "<br>*compute*: 4 Moor GPUs |" in shown[4]
    full = render_table(rows, Draft, Style.FULL, lines)
    assert "| Data | Compute | Results |" in list(full)[2]


def test_a_field_in_the_cells_of_another_has_one_label() -> None:
    """The kind of an entry stands with the name of its field, on each line that has a kind."""
    data = [
        {"name": "60 gulls", "role": "studied", "size": None, "sentences": [3]},
        {"name": "COVE-9", "role": "evaluation", "size": None, "sentences": [3]},
    ]
    document = make_document()
    told_of = [data, data, *([[]] * 8)]
    records = [make_record(document, {**TERN_ANSWER, "data": one}) for one in told_of]
    lines = [record.model_dump_json().encode() for record in records]
    told = list(render_table([(document, one) for one in records], lines=lines))
    assert told[2].startswith("| # | Paper | Problem | Method, data |")
    assert "<br>*data (studied)*: ⚠ 60 gulls<br>*data (evaluation)*: COVE-9 |" in told[4]


@pytest.mark.parametrize(
    "kind",
    ["RETRACTED", "RETRACTED ARTICLE", "Erratum", "WITHDRAWN", "Study protocol", "Case report"],
)
def test_what_a_paper_is_does_not_stand_for_its_title(kind: str) -> None:
    """Two retracted papers in a row are told from each other; their status stands beside it."""
    title = f"{kind}: A trial of kites among the gulls of two long and windy coasts"
    assert short_title(title, 40) == "A trial of kites among the gulls of two…"


@pytest.mark.parametrize(
    ("claim", "rank"),
    [
        ("Zeta outperforms lamps on wet quays", 0),
        ("The errors of Zeta and of wicks were lower than those of lamps", 0),
        ("Sleep was longest with wicks and lowest with lamps", 0),
        ("Gulls slept on wet quays", 1),
        ("Students were sleeping on quays (27%)", 1),
        ("Students were in year one or in year two (46% and 54%)", LAST - 1),
        ("The expression of the night model was Y = 3386.7 - 3289.2", LAST - 1),
        ("At baseline, 12% of gulls slept", LAST - 1),
        ("The baseline rate of sleep was 12 per 100 nights", LAST - 1),
        ("The baseline was beaten on wet quays", 1),
        ("Of 90 keepers to whom questionnaires were sent, 61 answered", LAST - 1),
        ("The objective response rate was 31%", 1),
        ("The survey response rate was 31%", LAST - 1),
        ("Baseline sleep showed no significant differences between quays", LAST - 1),
        ("At enrolment, the sleep of both crews was similar", LAST - 1),
        ("Sleep was similar at both quays", 1),
        ("In all, 61 keepers fulfilled all eligibility criteria", LAST - 1),
        ("The mean age was 31 years", LAST - 1),
        ("There is a lack of large field trials of lamps", LAST - 1),
        ("There was a lack of trust among keepers", 1),
        ("Only two trials were run on dry quays", LAST - 1),
        ("Only two trials found longer sleep", 1),
        ("Four field trials looked at lamps", LAST - 1),
        ("Four field trials showed longer sleep", 1),
        ("Sleep was measured by only seven studies", LAST - 1),
        ("Most of the studies were small", LAST - 1),
        ("The overall quality of the studies was poor", LAST - 1),
        ("Interventions included lamps and wicks", LAST - 1),
    ],
)
def test_what_compares_comes_before_a_detail(claim: str, rank: int) -> None:
    """Who took part comes behind, unless the title asks that, and so do an equation and set-up."""
    assert rank_of(claim, "How students sleep on quays: a survey of sleeping") == rank


def test_a_cell_begins_with_what_compares() -> None:
    """A reader looks there for the answer, not for the first detail."""
    document = make_document()
    told = ("Gulls slept on wet quays", "Zeta outperforms lamps on wet quays")
    record = make_record(document, {**NOTHING, "results": [result_of(one, 4) for one in told]})
    (row,) = [line for line in render_table([(document, record)]) if "quays" in line]
    assert "Gulls" not in row
    assert row.index(told[1]) < row.index("+1 more")
