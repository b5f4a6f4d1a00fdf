"""`eval`: the scorer's arithmetic, who is paired with whom, and the embedded extractor's scores."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from summarise import summarise
from summarise.errors import InputError
from summarise.evaluate import (
    Gold,
    Scores,
    against_gold,
    against_run,
    load_gold,
    signals_of,
)
from summarise.evaluate.gold import Scored, Summary, scored_row
from summarise.evaluate.scores_table import evaluation_lines, named
from summarise.evaluate.scoring import (
    FIELDS,
    ROWS,
    Compared,
    FieldTally,
    agreement,
    matches,
)
from summarise.models import Document, Grounding, Record, Row, Span
from summarise.scan import sentence_spans
from summarise.schema import Draft
from summarise.store import Run
from tests.conftest import GOLD
from tests.records import NOTHING, TERN_ANSWER, make_document, make_failure, make_record


def summary(**fields: Any) -> Summary:
    """A summary that holds these fields and nothing else."""
    return Summary.model_validate({**NOTHING, "links": [], **fields})


def data(*names: str, role: str = "evaluation") -> list[dict[str, str]]:
    return [{"name": name, "role": role} for name in names]


def result(value: str | None, baseline: str | None = None, *sentences: int) -> dict[str, Any]:
    return {"value": value, "baseline": baseline, "sentences": sentences}


def counts(field: str, predicted: Summary | None, expected: Summary | None) -> tuple[int, int, int]:
    tally = matches(predicted, expected)[field].tally
    return tally.matched, tally.predicted, tally.expected


@pytest.mark.parametrize(
    ("right", "values", "wholes", "groups", "intervals"),
    [
        ({}, 1, 1, 1, 1),
        ({"value": "-9.1 %"}, 1, 1, 1, 1),
        ({"value": "9.1%"}, 0, 0, 0, 0),
        ({"value": "-9.1"}, 0, 0, 0, 0),
        ({"metric": "sleep"}, 1, 0, 1, 1),
        ({"dataset": "NIGHTS"}, 1, 0, 1, 1),
        ({"group": "long walks"}, 1, 1, 0, 1),
        ({"uncertainty": "95% CI 2-4"}, 1, 1, 1, 0),
    ],
)
def test_whole_rows(
    right: dict[str, str], values: int, wholes: int, groups: int, intervals: int
) -> None:
    """A row is its value with sign and per cent; then metric and dataset, group, and interval."""
    row = {
        **result("-9.1%"),
        "metric": "weight",
        "group": "warm socks",
        "uncertainty": "95% CI 1-3",
    }
    left, other = summary(results=[row]), summary(results=[{**row, **right}])
    found = [counts(f"row.{name}", left, other)[0] for name in ("value", "whole", "group")]
    assert found == [values, wholes, groups]
    assert counts("row.uncertainty", left, other) == (intervals, 1, 1)


def test_money_has_a_sign() -> None:
    """ "-$83" is another value than "$83"."""
    lost, saved = (summary(results=[result(value)]) for value in ("$83", "-$83"))
    assert counts("row.value", lost, saved) == (0, 1, 1)
    assert counts("row.value", saved, summary(results=[result("\u2212$83")])) == (1, 1, 1)


def test_names_of_any_script_match() -> None:
    """A metric may be a Greek letter, and a name have accents or be in another script."""
    for name in ("β", "ηp²", "Sälen", "سوق"):
        row = summary(results=[{**result("1.2"), "metric": name, "group": f"the {name}"}])
        near = summary(results=[{**result("1.2"), "metric": f"the {name}", "group": name}])
        other = summary(results=[{**result("1.2"), "metric": "α", "group": "α"}])
        assert counts("row.whole", near, row) == counts("row.group", near, row) == (1, 1, 1)
        assert counts("row.whole", other, row) == counts("row.group", other, row) == (0, 1, 1)


def test_the_mean_leaves_rows_out() -> None:
    """Rows are told beside it; parts that the gold lacks aren't."""
    assert {name for name in FIELDS if name.startswith("row.")} == ROWS
    one = Scored("a", "A", "", (), summary(results=[{**result("1"), "metric": "x"}]))
    other = Scored("a", "A", "", (), summary(results=[{**result("1"), "metric": "y"}]))
    compared = (Compared(one, other, matches(one.summary, other.summary)),)
    scores = Scores("l", "r", False, compared, (), ())
    assert (scores.macro_f1, scores.tallies["row.whole"].f1) == (1, 0)
    assert "row.group" not in scores.tallies


def test_precision_recall_and_f1() -> None:
    """2 right of 3 predicted and 4 expected: 2/3, 1/2, 4/7."""
    tally = FieldTally(2, 3, 4)
    assert tally.precision == pytest.approx(2 / 3)
    assert tally.recall == pytest.approx(1 / 2)
    assert tally.f1 == pytest.approx(4 / 7)


def test_nothing_to_find_is_all_right() -> None:
    """Where nothing is expected nothing is missed, and where nothing is predicted nothing wrong."""
    assert (FieldTally().precision, FieldTally().recall, FieldTally().f1) == (1, 1, 1)
    assert (FieldTally(0, 2, 0).precision, FieldTally(0, 2, 0).recall, FieldTally(0, 2, 0).f1) == (
        0,
        1,
        0,
    )
    assert (FieldTally(0, 0, 2).precision, FieldTally(0, 0, 2).recall, FieldTally(0, 0, 2).f1) == (
        1,
        0,
        0,
    )
    assert FieldTally(0, 2, 2).f1 == 0


@pytest.mark.parametrize(
    ("field", "predicted", "expected", "wanted"),
    [
        (
            "problem.sentences",
            {"problem": {"sentences": [1, 2, 2]}},
            {"problem": {"sentences": [2, 3]}},
            (1, 2, 2),
        ),
        (
            "method.name",
            {"method": {"name": "the TERNLOOP detector", "sentences": []}},
            {"method": {"name": "TernLoop", "sentences": []}},
            (1, 1, 1),
        ),
        (
            "method.name",
            {"method": {"name": "TernLoops", "sentences": []}},
            {"method": {"name": "TernLoop", "sentences": []}},
            (0, 1, 1),
        ),
        (
            "method.name",
            {"method": {"name": "?", "sentences": []}},
            {"method": {"name": None, "sentences": []}},
            (0, 1, 0),
        ),
        ("data.name", {"data": data("Cove-9", "X")}, {"data": data("the COVE-9 set")}, (1, 2, 1)),
        # 3 of 4 and 5 words are shared: 6/9. Of 3 and 5 words 2: 4/8.
        ("data.name", {"data": data("a b c d")}, {"data": data("a b x c y")}, (1, 1, 1)),
        ("data.name", {"data": data("a b z")}, {"data": data("a x b y w")}, (0, 1, 1)),
        # One entry matches one: a name that comes twice is right once.
        ("data.name", {"data": data("Cove", "Cove")}, {"data": data("Cove")}, (1, 2, 1)),
        (
            "data.role",
            {"data": data("A", role="training") + data("B")},
            {"data": data("A", "B")},
            (1, 2, 2),
        ),
        (
            "compute.value",
            {"compute": [{"value": "8 Moor GPUs"}, {"value": "3 days"}]},
            {"compute": [{"value": "on 8 Moor GPUs"}, {"value": "4 days"}]},
            (1, 2, 2),
        ),
        # The words are alike enough, and the numbers differ.
        (
            "compute.value",
            {"compute": [{"value": "4 Moor GPUs"}]},
            {"compute": [{"value": "8 Moor GPUs"}]},
            (0, 1, 1),
        ),
        (
            "results.numbers",
            {"results": [result("1,200 nests", "up 5."), result(None)]},
            {"results": [result("1200", None), result("5", "7")]},
            (2, 2, 3),
        ),
        (
            "results.sentences",
            {"results": [result("1", None, 3), result("2", None, 3, 4)]},
            {"results": [result("1", None, 3)]},
            (1, 2, 1),
        ),
        ("links", {"links": ["https://a.example", "x", "x"]}, {"links": ["x"]}, (1, 2, 1)),
    ],
)
def test_what_matches(
    field: str, predicted: dict[str, Any], expected: dict[str, Any], wanted: tuple[int, int, int]
) -> None:
    """Matched, predicted and expected entries of one field, counted by hand."""
    assert counts(field, summary(**predicted), summary(**expected)) == wanted


def test_no_summary_is_an_empty_one() -> None:
    """A document that failed has no entry in any field."""
    full = summary(data=data("A"), results=[result("1", "2", 3)])
    assert matches(None, full) == matches(summary(), full)
    assert matches(full, None) == matches(full, summary())


@pytest.fixture(scope="module")
def gold() -> Gold:
    """The gold of the fixtures."""
    return load_gold(GOLD)


def verbatims(own: dict[str, Any]) -> Iterator[str | None]:
    """All that an answer says to have copied."""
    yield own["method"]["name"]
    yield from own["method"]["also"]
    yield from own["links"]
    for one in [*own["data"], *own["compute"], *own["results"]]:
        # The kind of a result, or of a resource, is one of ours.
        yield from (one.get(key) for key in VERBATIM)


VERBATIM = (
    *("name", "size", "metric", "value", "uncertainty"),
    *("group", "baseline", "comparator", "dataset"),
)


def test_the_fixture_gold_is_of_one_piece(gold: Gold) -> None:
    """70 abstracts can be used; each answer is of the schema, and its values stand in its text."""
    assert gold.unusable == ()
    assert len(gold.summaries) == 70
    for line in GOLD.read_text("utf-8").splitlines():
        entry = json.loads(line)
        own = dict(entry["gold"])
        for text in verbatims(own):
            assert text is None or text in entry["abstract"] or text in entry["title"], text
        del own["links"]
        Draft.model_validate(own)


def test_the_sentences_of_the_fixture_gold_are_all_of_its_text(gold: Gold) -> None:
    """They leave out nothing but white space, and none begins or ends with it."""
    for one in gold.summaries:
        sentences = [span.of(one.abstract) for span in one.sentences]
        assert [s.strip() for s in sentences] == sentences
        assert "".join("".join(sentences).split()) == "".join(one.abstract.split())


def test_gold_against_itself_is_right_everywhere(gold: Gold) -> None:
    """A summary that is what it should be has 1.0 in every field."""
    for one in gold.summaries:
        for match in matches(one.summary, one.summary).values():
            assert match.tally.f1 == 1
            assert match.extra == match.missed == ()


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    """Summaries of which no two entries of a field resemble each other."""
    numbers = st.lists(st.integers(1, 9), unique=True)
    names = [f"set{n}" for n in draw(numbers)]
    return summary(
        problem={"sentences": draw(numbers)},
        method={"name": draw(st.sampled_from(["Tern", None])), "sentences": draw(numbers)},
        data=[{"name": name, "role": draw(st.sampled_from(["training", "x"]))} for name in names],
        compute=[{"value": f"{n} GPUs"} for n in draw(numbers)],
        results=[result(f"{n}%", None, n) for n in draw(numbers)],
        links=[f"https://{n}.example" for n in draw(numbers)],
    )


LISTS = ("data", "compute", "results", "links")
SCORED_BY = {"data": "data.name", "compute": "compute.value", "results": "results.numbers"}


@given(whole=summaries(), name=st.sampled_from(LISTS), at=st.integers(0, 8))
def test_dropping_an_entry_lowers_recall_alone(whole: Summary, name: str, at: int) -> None:
    """What is left out is missed, and makes nothing else wrong."""
    entries = list(getattr(whole, name))
    if not entries:
        return
    entries.pop(at % len(entries))
    found = matches(whole.model_copy(update={name: tuple(entries)}), whole)
    for field, match in found.items():
        assert match.tally.precision == 1
        assert (match.tally.recall < 1) == bool(match.missed), field
    assert found[SCORED_BY.get(name, name)].tally.recall < 1


@given(whole=summaries(), name=st.sampled_from(LISTS))
def test_adding_an_entry_lowers_precision_alone(whole: Summary, name: str) -> None:
    """What is too much is wrong, and hides nothing."""
    more = summary(
        data=data("another"),
        compute=[{"value": "77 TPUs"}],
        results=[result("88", None, 99)],
        links=["https://more.example"],
    )
    entries = (*getattr(whole, name), *getattr(more, name))
    found = matches(whole.model_copy(update={name: entries}), whole)
    for match in found.values():
        assert match.tally.recall == 1
    assert found[SCORED_BY.get(name, name)].tally.precision < 1


@given(left=summaries(), right=summaries(), random=st.randoms(use_true_random=False))
def test_order_does_not_matter(left: Summary, right: Summary, random: Any) -> None:
    """The entries of a field may come in any order."""
    update = {name: random.sample(getattr(left, name), len(getattr(left, name))) for name in LISTS}
    mixed = left.model_copy(update={name: tuple(value) for name, value in update.items()})
    for field in FIELDS:
        assert counts(field, mixed, right) == counts(field, left, right)


NAMES = st.lists(st.sampled_from(["a", "a b", "b", "a b c d", "c d", "d e"]), max_size=5)


@given(left=NAMES, right=NAMES)
def test_agreement_is_symmetric(left: list[str], right: list[str]) -> None:
    """Neither of two runs is the measure, however much their entries resemble each other."""
    there = agreement(summary(data=data(*left)), summary(data=data(*right)))
    back = agreement(summary(data=data(*right)), summary(data=data(*left)))
    for field in FIELDS:
        one, other = there[field].tally, back[field].tally
        assert one.matched == other.matched
        assert (one.predicted, one.expected) == (other.expected, other.predicted)
        assert len(there[field].extra) == one.predicted - one.matched


def scored(abstract: str, *sentences: str, **fields: Any) -> Scored:
    spans = []
    for sentence in sentences:
        start = abstract.index(sentence)
        spans.append(Span(start, start + len(sentence)))
    return Scored("1", "T", abstract, tuple(spans), summary(**fields))


@pytest.mark.parametrize(
    ("ours", "numbers", "theirs", "wanted"),
    [
        (["One. Two. Three."], [1], ["One.", "Two. Three."], [1, 2]),
        (["One.", "Two.", "Three."], [2, 3], ["One.", "Two. Three."], [2]),
        (["One.", "Two. Three."], [1], ["One. Two.", "Three."], [1]),
        # Less than half of either: what begins in the middle of a sentence isn't that sentence.
        (["One. Two.", "Three."], [1, 2], ["One. Two. T", "hree."], [1, 2]),
        (["One.", "Three."], [2], ["One."], []),
        (["One."], [7], ["One.", "Two."], []),
    ],
)
def test_sentence_numbers_follow_the_characters(
    ours: list[str], numbers: list[int], theirs: list[str], wanted: list[int]
) -> None:
    """Where two splittings differ, a sentence becomes those that it shares most characters with."""
    text = "One. Two. Three."
    fields = {"problem": {"sentences": numbers}, "results": [result("3", None, *numbers)]}
    mine = scored(text, *ours, **fields).numbered_as(scored(text, *theirs))
    assert mine is not None
    assert mine.problem.sentences == tuple(wanted)
    assert mine.results[0].sentences == tuple(wanted)


def test_line_breaks_do_not_shift_sentences() -> None:
    """White space may differ between the abstract of the run and that of the gold."""
    ours = scored("One.\n\n  Two.   Three.", "One.", "Two.   Three.", problem={"sentences": [2]})
    theirs = scored("One. Two. Three.", "One.", "Two.", "Three.")
    mine = ours.numbered_as(theirs)
    assert mine is not None
    assert mine.problem.sentences == (2, 3)
    assert ours.is_same_text(theirs)


def gold_of(*documents: Document) -> Gold:
    """Gold that says of each document what ``TERN_ANSWER`` says."""
    fields = {**TERN_ANSWER, "links": []}
    return Gold(
        tuple(
            Scored(
                one.doc_id,
                one.title,
                one.abstract,
                sentence_spans(one.abstract),
                Summary.model_validate(fields),
            )
            for one in documents
        )
    )


def row(answer: Any = TERN_ANSWER, **changes: Any) -> Row:
    document = make_document(**changes)
    return document, make_record(document, answer)


def compare(rows: list[Row], measure: Gold) -> Scores:
    return against_gold(rows, measure, run="run", name="gold.jsonl")


def test_pairs_by_title() -> None:
    """Titles are compared without letter case and punctuation, and before ids."""
    measure = gold_of(
        make_document(doc_id="x", title="A B: c"), make_document(doc_id="y", title="D")
    )
    found = compare([row(doc_id="x", title="d."), row(doc_id="y", title="a b – C!")], measure)
    pairs = [(one.left.title, one.right.title) for one in found.compared]
    assert pairs == [("d.", "D"), ("a b – C!", "A B: c")]
    assert found.macro_f1 == 1


def test_pairs_by_id() -> None:
    """Without a title, or with one that several have, the ids decide."""
    documents = [make_document(doc_id=n, title=t) for n, t in (("1", "S"), ("2", "S"), ("3", "日"))]
    rows = [row(doc_id="2", title="s"), row(doc_id="1", title="s"), row(doc_id="3", title=None)]
    found = compare(rows, gold_of(*documents))
    assert [(one.left.doc_id, one.right.doc_id) for one in found.compared] == [
        ("2", "2"),
        ("1", "1"),
        ("3", "3"),
    ]


def test_what_has_no_partner_is_named() -> None:
    """A record without gold doesn't count; gold without a record counts as answered by nothing."""
    measure = gold_of(make_document(), make_document(doc_id="g", title="Only gold"))
    found = compare([row(), row(doc_id="r", title="Only run")], measure)
    assert [one.title for one in found.left_only] == ["Only run"]
    assert [one.title for one in found.right_only] == ["Only gold"]
    assert found.tallies["data.name"] == FieldTally(2, 2, 4)
    text = "\n".join(evaluation_lines(found))
    assert "1 of 2 gold summaries of `gold.jsonl` are in the run; the others count" in text
    assert "- `Only run`" in text
    assert "- `Only gold`" in text


def test_a_failed_document_is_answered_by_nothing() -> None:
    """It counts against recall, and is named."""
    document = make_document()
    found = compare([(document, make_failure(document))], gold_of(document))
    assert found.tallies["data.name"] == FieldTally(0, 0, 2)
    assert found.without_summary == (document.title,)


def test_another_text_is_named() -> None:
    """Sentence numbers can't be relied on where the abstracts differ: the report says so."""
    found = compare([row()], gold_of(make_document(abstract="We count seabirds from kites.")))
    assert len(found.other_text) == 1
    assert "another text" in "\n".join(evaluation_lines(found))


def test_nothing_in_common_is_refused() -> None:
    """Scores of two files that have nothing to do with each other would all be 0."""
    with pytest.raises(InputError, match="no abstract in common"):
        compare([row()], gold_of(make_document(doc_id="x", title="Y")))


def test_another_schema_is_refused() -> None:
    """A record without the fields of the default schema can't be scored."""
    document = make_document()
    record = make_record(document, TERN_ANSWER)
    values = record.model_dump(exclude=set(TERN_ANSWER))
    other = Record.model_validate({**values, "outcome": "x"})
    with pytest.raises(InputError, match="default schema"):
        scored_row((document, other))


def test_two_runs() -> None:
    """Two runs agree where they say the same; what they don't is listed by document and field."""
    changed = {**TERN_ANSWER, "data": TERN_ANSWER["data"][:1], "compute": []}
    lefts = [row(), row(doc_id="b", title="B")]
    rights = [row(changed), row(doc_id="b", title="B"), row(doc_id="c", title="C")]
    found = against_run(lefts, rights, run="one", other="two")
    back = against_run(rights, lefts, run="two", other="one")
    assert found.tallies["data.name"] == FieldTally(3, 4, 3)
    assert found.macro_f1 == back.macro_f1
    assert found.tallies["links"].f1 == 1
    title = "`TERNLOOP: Counting Seabirds from Kites`"
    assert "\n".join(evaluation_lines(found)).count(title) == 1
    full = list(evaluation_lines(found, full=True))
    assert full[full.index(f"- {title}") + 1] == "  - data.name: only first: `COVE-9`"


def test_two_splittings_agree_either_way() -> None:
    """Records of two versions that split sentences differently are told apart by neither's."""
    document = make_document()
    record = make_record(document, TERN_ANSWER)
    one = record.model_copy(update={"sentence_spans": (Span(0, len(document.abstract)),)})
    there = against_run([(document, record)], [(document, one)], run="a", other="b")
    back = against_run([(document, one)], [(document, record)], run="b", other="a")
    assert there.macro_f1 == back.macro_f1


def test_the_list_of_differences_is_limited() -> None:
    """Ten documents are shown, all with --full."""
    rows = [row(NOTHING, doc_id=f"d{n}", title=f"T {n}") for n in range(15)]
    measure = gold_of(*(document for document, _ in rows))
    found = compare(rows, measure)
    assert "And 5 more; --full has all." in list(evaluation_lines(found))
    assert sum(line.startswith("- `T") for line in evaluation_lines(found, full=True)) == 15


def test_the_report_fits_80_columns(gold: Gold, embedded: Scores) -> None:
    """Lines are wrapped where they can be, and tables are narrow."""
    assert all(
        len(line) <= 80 for full in (True, False) for line in evaluation_lines(embedded, full=full)
    )


def test_names_cannot_act_in_markdown() -> None:
    """Titles and values are inline code on one line, whatever they hold."""
    title = "a`b\n# c | <b> \u202e\x1b[31m"
    found = compare([row(NOTHING, title=title)], gold_of(make_document(title=title)))
    text = "\n".join(evaluation_lines(found, full=True))
    assert "`a'b # c | <b> ‹U+202E›‹U+001B›[31m`" in text
    assert all(one.isprintable() or one == "\n" for one in text)


def test_wrapping_breaks_no_inline_code() -> None:
    """A name that is broken over lines stays code on each, so that it can open no block."""
    words = ["<script>alert(1)</script>", "# head", "- item", "> quote", "```", "1. one", "|", "a"]
    for at in range(len(words)):
        title = " ".join([*words[at:], *words[:at]] * 5)
        found = compare([row(NOTHING, title=title)], gold_of(make_document(title=title)))
        html = MarkdownIt("commonmark", {"html": True}).render(
            "\n".join(evaluation_lines(found, full=True))
        )
        assert "<script" not in html
        lines = list(named("Only here", [title], None))
        assert max(map(len, lines)) <= 80
        text = "\n".join(lines)
        html = MarkdownIt("commonmark", {"html": True}).render(text)
        assert re.fullmatch(
            r"<p>Only here: 1</p>\n<ul>\n<li>(<code>[^<]*</code>\s*)+</li>\n</ul>\n", html
        ), html


def test_json_holds_all(embedded: Scores) -> None:
    """--json has the scores, the counts and every difference."""
    found = json.loads(embedded.to_json())
    assert found["macro_f1"] == embedded.macro_f1
    assert set(found["fields"]) == set(FIELDS)
    assert set(found["fields"]["links"]) == {
        *("precision", "recall", "f1", "matched", "predicted", "expected")
    }
    assert found["paired"] == 70


@pytest.fixture(scope="module")
def run_of_gold(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of the embedded extractor on the abstracts of the fixture gold."""
    return summarise(GOLD, output=tmp_path_factory.mktemp("gold") / "run")


@pytest.fixture(scope="module")
def embedded(gold: Gold, run_of_gold: Run) -> Scores:
    """What it scores."""
    return compare(list(run_of_gold.rows()), gold)


def test_each_fixture_has_its_record(embedded: Scores) -> None:
    """Every abstract of the gold gives a record of the same text, and all links are found."""
    assert len(embedded.compared) == 70
    assert embedded.other_text == embedded.without_summary == ()
    assert embedded.tallies["links"].f1 == 1


def line(**changes: Any) -> str:
    document = make_document()
    gold = {**TERN_ANSWER, "links": [], **changes.pop("gold", {})}
    entry = {
        "title": document.title,
        "abstract": document.abstract,
        "sentence_spans": sentence_spans(document.abstract),
        "gold": gold,
    }
    return json.dumps({**entry, **changes})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "JSON"),
        ("[]", "object"),
        ("{}", "abstract: is missing"),
        (line(title=None), "neither a title nor an id"),
        (line(gold={"problem": {"sentences": [9]}}), "cites sentence 9 of 4"),
        (line(gold={"problem": {"sentences": [0]}}), "cites sentence 0 of 4"),
        (line(gold={"data": [{"role": "training"}]}), "gold.data[0].name: is missing"),
        (line(sentence_spans=[[0, 9], [5, 12]]), "overlap"),
        (line(sentence_spans=[[0, 9999]]), "leave the abstract"),
        (line().replace('"gold"', '"golden"'), "gold: is missing"),
    ],
)
def test_an_unusable_line_is_named(tmp_path: Path, text: str, reason: str) -> None:
    """It costs only itself; file and line are told. A file of nothing else is refused."""
    path = tmp_path / "g.jsonl"
    path.write_text(f"{line()}\n\n{text}\n", encoding="utf-8")
    found = load_gold(path)
    assert len(found.summaries) == 1
    assert found.unusable[0].startswith("g.jsonl:3: ")
    assert reason in found.unusable[0]
    path.write_text(f"{text}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"g\.jsonl: holds no gold summary .*g\.jsonl:1: "):
        load_gold(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"\xff\xfe\x00", "not UTF-8"), (b"\n", "holds no gold")],
)
def test_a_file_that_is_no_gold(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """A file that is absent, binary or empty is one clear line."""
    path = tmp_path / "g.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=reason):
        load_gold(path)


def test_ids_may_be_numbers(tmp_path: Path) -> None:
    """An id is text or a number; a byte order mark and other line breaks in texts do no harm."""
    path = tmp_path / "g.jsonl"
    path.write_text("\ufeff" + line(id=7, title="A\u2028B"), encoding="utf-8")
    (one,) = load_gold(path).summaries
    assert (one.doc_id, one.title) == ("7", "A\u2028B")


def test_signals_without_gold() -> None:
    """Values by grounding, flags, unclaimed quantities, empty fields, failures by kind: counted."""
    wrong = {**TERN_ANSWER, "compute": [], "results": []}
    wrong["method"] = {**TERN_ANSWER["method"], "name": "Nowhere"}
    document = make_document(doc_id="f")
    rows = [row(), row(wrong, doc_id="b"), (document, make_failure(document)), (document, None)]
    found = signals_of(rows, run="run")
    assert found.values == {Grounding.EXACT: 12, Grounding.MISSING: 1}
    assert (found.records, found.pending, found.flagged) == (2, 1, 1)
    assert found.empty == {"compute": 1, "results": 1, "problem": 0, "method": 0, "data": 0}
    as_json = json.loads(found.to_json())
    assert as_json["failures"] == {"truncated": 1}
    assert as_json["documents"] == 4
    text = "\n".join(evaluation_lines(found))
    assert "| failed: truncated |     1 | 25.0% |" in text
    assert "| missing         |     1 |  7.7% |" in text


def test_signals_of_nothing() -> None:
    """A run without a record has shares of nothing."""
    assert "0.0 a record" in "\n".join(evaluation_lines(signals_of([], run="run")))


def test_the_command(tmp_path: Path, run_of_gold: Run) -> None:
    """`eval` takes gold, a run, or nothing; -o writes a file; a bad line of gold is a warning."""
    from typer.testing import CliRunner

    from summarise.cli import app

    run = str(run_of_gold.path)
    path = tmp_path / "gold.jsonl"
    text = GOLD.read_text("utf-8")
    count = text.count("\n")
    path.write_text(text + "{}\n", encoding="utf-8")
    invoke = CliRunner().invoke
    scores = invoke(app, ["eval", run, str(path)])
    assert scores.exit_code == 0
    assert "| **macro mean**" in scores.output
    assert f"gold.jsonl:{count + 1}: abstract: is missing" in scores.output
    same = json.loads(invoke(app, ["eval", run, run, "--json"]).output)
    assert (same["macro_f1"], same["differences"]) == (1, [])
    signs = invoke(app, ["eval", run, "-o", str(tmp_path / "signs.md")])
    assert signs.output == ""
    assert (tmp_path / "signs.md").read_text("utf-8").startswith("# `")
    clean = invoke(app, ["verify", run])
    assert (clean.exit_code, clean.output) == (0, f"{count} records verified, 0 differ\n")
