"""What the embedded extractor isn't sure of in its own draft, and what a table makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.drafting import confidence, embedded_draft, row_doubts, unsure_of
from summarise.drafting.acts import is_only_asked, is_plainly_done
from summarise.drafting.confidence import AMOUNTS, EntryPart, risk, source_of
from summarise.models import Document, Doubt, DoubtKind
from summarise.reading import Reading, Sentence, shares_in
from summarise.render import Style, table_view
from summarise.schema import Draft, Problem
from tests.records import NOTHING, make_document, make_record, result_of
from tests.test_render import cells

ABSTRACT = (
    "It is unclear why gulls drop mussels on roads. We filmed 48 gulls at two harbours for a year. "
    "Broken mussels were found in 73% of the films. Further work will look at crows."
)
NEVER = dict.fromkeys(EntryPart, 2.0)
ALWAYS = dict.fromkeys(EntryPart, 0.0)


def reading_of(abstract: str = ABSTRACT) -> Reading:
    return Reading(Document(doc_id="-", title="Gulls and mussels", abstract=abstract))


def unsure(*paths: str) -> tuple[Doubt, ...]:
    return tuple(Doubt(path=one, kind=DoubtKind.UNSURE, words="like others") for one in paths)


def shown(doubts: Sequence[str], style: Style = Style.FACTS, **fields: Any) -> list[str]:
    """The cells of a row of which some paths are unsure."""
    document = make_document()
    record = make_record(document, {**NOTHING, **fields}, doubts=unsure(*doubts))
    return cells((document, record), style=style)


def test_each_part_that_is_told_is_doubted_in_its_own_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the path that a reader finds in the record; a row by its number first."""
    reading = reading_of()
    gulls = {"name": "48 gulls", "role": "studied", "size": "48 gulls", "sentences": [2]}
    draft = embedded_draft(reading) | {"data": [gulls]}
    monkeypatch.setattr(confidence, "MOST_RISK", ALWAYS)
    monkeypatch.setattr(row_doubts, "SURE_OUTCOME", 2.0)
    paths = {doubt.path for doubt in unsure_of(reading, Draft, draft)}
    assert {"problem.text", "method.text", "data[0].name", "results[0].value"} <= paths
    entries = {path.partition(".")[0] for path in paths}
    assert len(entries) == 2 + sum(len(draft[name]) for name in ("data", "compute", "results"))
    monkeypatch.setattr(confidence, "MOST_RISK", NEVER)
    assert unsure_of(reading, Draft, draft | {"results": []}) == ()


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        ("Examine the harm of lamps to the gulls of old piers", True),
        ("Aiming to decipher the origin of the rust", True),
        ("Describe the ropes of keepers in the north", True),
        ("Examine the harm of lamps by counting gulls", False),
        ("Evaluate the ropes of 40 keepers", False),
        ("Assess the harm of lamps in a cohort of gulls", False),
        ("Explore the wear of ropes using data from two ports", False),
    ],
)
def test_what_is_only_asked_is_no_sure_method(text: str, is_asked: bool) -> None:
    """It tells what somebody wants to know, and not what they did."""
    assert is_only_asked(text) is is_asked


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("A total of 15 women living in huts were interviewed.", []),
        ("Mothers of singers (n=404) were asked.", []),
        ("The choir will enroll 20,000 adults.", ["data[0].name"]),
    ],
)
def test_a_sample_that_is_plainly_told_is_sure(
    text: str, paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interviewed, or counted by n; not what is only planned."""
    reading = reading_of(f"BACKGROUND: Choirs are hard to study. METHODS: {text}")
    draft = embedded_draft(reading)
    assert len(draft["data"]) == 1
    monkeypatch.setattr(confidence, "MOST_RISK", ALWAYS)
    told = [doubt.path for doubt in unsure_of(reading, Draft, draft)]
    assert [path for path in told if path.startswith("data")] == paths


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        ("A longitudinal data set of sites in two towns", True),
        ("Divided into three groups; one received lamps", True),
        ("Three causes of the controlled light of lamps", False),
        ("This article reviews the trials of lamps", False),
        ("We examined the effect of the longitudinal lamps", False),
    ],
)
def test_a_method_that_tells_a_design_is_plain(text: str, is_plain: bool) -> None:
    """A design or a source, in words of any field; not what is only asked."""
    assert is_plainly_done(text) is is_plain


def test_a_name_and_what_is_introduced_by_it_are_doubted_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the paper makes by a name that may be another's is no surer; what it uses is."""
    reading = reading_of()
    draft = embedded_draft(reading) | {"results": []}
    draft["method"] |= {"name": "GULLNET"}
    entry = {"name": "GULLNET", "size": None, "sentences": [2]}
    draft["data"] = [{**entry, "role": "introduced"}, {**entry, "role": "training"}]
    monkeypatch.setattr(confidence, "MOST_RISK", {**NEVER, EntryPart.NAME: 0.0})
    paths = [doubt.path for doubt in unsure_of(reading, Draft, draft)]
    assert paths == ["method.name", "data[0].name"]


def test_a_name_that_heads_the_title_is_surer_than_that_of_a_common_thing() -> None:
    """The weights that ship tell one from the other, by the title and by what stands beside it."""
    abstract = "We propose MusselDrop, a model of gulls. Global Positioning System (GPS) is used."
    sentences = reading_of(abstract).sentences
    weights = confidence._weights()[EntryPart.NAME]
    own, common = (
        risk(weights, *confidence.signs_of_name(name, "MusselDrop: gulls on roads", sentences))
        for name in ("MusselDrop", "GPS")
    )
    assert own < confidence.MOST_RISK[EntryPart.NAME] < common


@pytest.mark.parametrize(
    ("name", "place"),
    [(None, "none"), ("two harbours", "beside"), ("mussels", "apart"), ("Gull", "title")],
)
def test_where_its_name_stands_speaks_of_a_method(name: str | None, place: str) -> None:
    """What is told in a sentence without the name may be of something else."""
    reading = reading_of()
    sentences = reading.sentences
    entry = {"text": "Filmed 48 gulls", "name": name}
    shares = shares_in(reading, name)
    signs, _ = confidence.signs_of(EntryPart.METHOD, entry, sentences[1], sentences, shares)
    assert signs["name"] == (place,)


def test_a_measure_is_doubted_where_its_number_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = reading_of()
    draft = embedded_draft(reading)
    draft["results"][0] |= {"metric": "Broken mussels", "dataset": "MusselBench"}
    monkeypatch.setattr(row_doubts, "SURE_OUTCOME", 0.0)
    monkeypatch.setattr(row_doubts, "SURE_TOLD", 2.0)
    paths = [doubt.path for doubt in unsure_of(reading, Draft, draft)]
    assert "results[0].metric" in paths
    assert "results[0].value" not in paths


def test_a_number_is_told_by_its_measure_only_where_a_dataset_is_told_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of "OR 1.8" or "survival 81%" nobody knows whose, against what, or in which group."""
    monkeypatch.setattr(confidence, "MOST_RISK", NEVER)
    monkeypatch.setattr(row_doubts, "SURE_TOLD", 0.0)
    reading = reading_of()
    draft = embedded_draft(reading)
    draft["results"][0] |= {"metric": "survival", "group": "gulls", "dataset": None}
    (doubt,) = unsure_of(reading, Draft, draft)
    assert (doubt.path, doubt.kind) == ("results[0].metric", DoubtKind.UNSURE)
    draft["results"][0] |= {"dataset": "MusselBench"}
    assert unsure_of(reading, Draft, draft) == ()


def test_a_problem_that_leans_on_another_sentence_is_doubted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Alone, "these interfaces" are nobody's."""
    monkeypatch.setattr(confidence, "MOST_RISK", NEVER)
    reading = reading_of()
    draft = embedded_draft(reading) | {"results": []}
    draft["problem"] |= {"text": "These birds drop mussels on roads", "sentences": [1]}
    assert [doubt.path for doubt in unsure_of(reading, Draft, draft)] == ["problem.text"]


def test_other_schemas_have_no_doubts_of_that_kind() -> None:
    """One of somebody's own isn't filled by code."""
    assert unsure_of(reading_of(), Problem, {"text": "Gulls are loud", "sentences": [1]}) == ()


def test_what_reports_nothing_is_read_more_surely_than_what_only_looks_ahead() -> None:
    """A finding has less risk than an outlook: the weights that ship tell one from the other."""
    reading = reading_of()
    sentences, shares = reading.sentences, shares_in(reading, None)
    finding = {"claim": "Broken mussels were found in most films", "value": None, "sentences": [3]}
    outlook = {"claim": "Further work will look at crows", "value": None, "sentences": [4]}
    weights = confidence._weights()[EntryPart.CLAIM]
    risks = [
        risk(weights, *confidence.signs_of(EntryPart.CLAIM, one, of, sentences, shares))
        for one, of in ((finding, sentences[2]), (outlook, sentences[3]))
    ]
    assert risks[0] < risks[1]


def test_a_risk_is_the_logistic_of_the_weights_of_what_is_there() -> None:
    """A sign counts once, an amount by how much there is, and what has no weight nothing."""
    weights = {AMOUNTS: {"": -1.0, "length": 2.0}, "word": {"gull": 0.5}, "in": {"gull": 9.0}}
    found = risk(weights, {"word": {"gull", "crow"}, "role": ("result",)}, {"length": 0.25})
    assert found == pytest.approx(1 / (1 + math.exp(1.0 - 0.5 - 0.5)))


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_words_have_a_risk(abstract: str, text: str) -> None:
    """Whatever an abstract holds, a risk is a share."""
    reading = reading_of(f"{abstract} We filmed gulls.")
    of = reading.sentences[-1]
    row = {"value": text or "1", "metric": text or None, "kind": None, "baseline": None}
    row |= dict.fromkeys(("comparator", "dataset", "group", "uncertainty"))
    for part in EntryPart:
        entry = {"text": text, "name": text, "claim": text, "role": "studied", "size": None, **row}
        entry["kind"] = "time" if part is EntryPart.COMPUTE else None
        entry["metric"] = entry["metric"] or "films"
        signs = (
            confidence.signs_of_name(text, abstract, reading.sentences)
            if part is EntryPart.NAME
            else confidence.signs_of(part, entry, of, reading.sentences, shares_in(reading, None))
        )
        assert 0 <= risk(confidence._weights()[part], *signs) <= 1


def test_an_entry_is_from_the_sentence_that_has_most_of_its_words() -> None:
    sentences = reading_of().sentences
    entry = {"text": "Filmed 48 gulls at two harbours", "sentences": [1, 2]}
    assert source_of(entry, sentences) == sentences[1]
    assert source_of({"name": "48 gulls", "sentences": []}, sentences) is None


class TestTable:
    """Of what is unsure a table tells how much it leaves out, or its words where there is nothing
    surer; the full style has all of it.
    """

    ROWS = (
        result_of("Recall rises to 41.5%.", 4, value="41.5%", metric="nest recall"),
        result_of("Clutches fall to 67.2%.", 4, value="67.2%", metric="Seabird counts"),
    )
    STATED = result_of("More nests are found.", 4)

    def test_a_number_that_may_be_no_outcome_is_left_out(self) -> None:
        told = shown(["results[0].value"], results=[*self.ROWS])
        assert told[5] == "Seabird counts **67.2%**; +1 more"

    def test_a_number_of_unsure_measure_is_told_in_words(self) -> None:
        told = shown(["results[0].metric"], results=[self.ROWS[0]])
        assert told[5] == "Recall rises to 41.5%"

    def test_a_number_that_its_words_do_not_hold_is_not_told(self) -> None:
        """Its sentence is too long to be shown as far as the number."""
        long = result_of(f"{'Gulls nest ' * 30}at 41.5%.", 4, value="41.5%", metric="nest recall")
        begins = shown(["results[0].metric"], results=[long])[5]
        assert begins.startswith("*unsure*: Gulls nest Gulls nest")
        assert len(begins) < 260
        told = shown(["results[0].metric"], results=[long, self.ROWS[1]])
        assert told[5] == "Seabird counts **67.2%**; +1 more"

    def test_another_than_the_first_is_left_out(self) -> None:
        told = shown(["results[1].metric"], results=[*self.ROWS])
        assert told[5] == "nest recall **41.5%**; +1 more"

    def test_words_come_in_where_no_number_is_sure(self) -> None:
        told = shown(["results[0].value"], results=[self.ROWS[0], self.STATED])
        assert told[5] == "More nests are found; +1 more"

    def test_where_all_is_unsure_the_first_words_are_told_as_such(self) -> None:
        """Of two entries the second, where the first leans on what isn't there."""
        told = shown(
            ["results[0].value", "data[0].name"],
            results=[self.ROWS[0]],
            data=[{"name": "KITENEST", "role": "training", "size": None, "sentences": [2]}],
        )
        assert (told[3], told[5]) == ("*unsure*: KITENEST", "*unsure*: Recall rises to 41.5%")
        leaning = result_of("They rise to 41.5%.", 4, value="41.5%", metric="nest recall")
        two = [leaning, self.ROWS[1]]
        told = shown(["results[0].value", "results[1].value"], results=two)
        assert told[5] == "*unsure*: Clutches fall to 67.2%; *+1 unsure*"

    def test_a_number_without_a_sentence_is_told_with_its_measure(self) -> None:
        """In a schema of one's own a row may be without words."""
        bare = {**self.ROWS[0], "claim": None}
        assert shown(["results[0].value"], results=[bare])[5] == "*unsure*: nest recall, 41.5%"

    def test_a_name_stands_without_its_statement(self) -> None:
        method = {"name": "TERNLOOP", "also": [], "text": "Counts nests.", "sentences": [3]}
        problem = {"text": "Boats miss nests.", "sentences": [1]}
        told = shown(["method.text", "problem.text"], method=method, problem=problem)
        assert (told[1], told[2]) == (
            "*unsure*: Boats miss nests",
            "**TERNLOOP**; *unsure*: Counts nests",
        )
        brief = shown(["method.text"], Style.BRIEF, method=method, problem=problem)
        assert "**TERNLOOP**" in brief
        assert "unsure" not in " ".join(brief)

    def test_a_statement_stands_without_its_name(self) -> None:
        method = {"name": "TERNLOOP", "also": [], "text": "Counts nests.", "sentences": [3]}
        told = shown(["method.name"], method=method)
        assert told[2] == "Counts nests; *+1 unsure*"
        assert "Counts nests; *+1 unsure*" in shown(["method.name"], Style.BRIEF, method=method)
        told = shown(["method.name", "method.text"], method=method)
        assert told[2] == "*unsure*: **TERNLOOP**: Counts nests"
        method["text"] = "TERNLOOP counts nests."
        assert shown(["method.name"], method=method)[2] == "TERNLOOP counts nests"

    def test_the_full_style_shows_all_with_a_sign(self) -> None:
        told = shown(["results[0].value"], Style.FULL, results=[*self.ROWS])
        first, second = told[5].split("<br>")
        assert "41.5%" in first and "(?)" in first  # noqa: PT018
        assert "(?)" not in second

    @pytest.mark.parametrize(("style", "doubtful"), [(Style.FULL, 1), (Style.FACTS, 0)])
    def test_a_sign_is_counted_where_it_is_shown(self, style: Style, doubtful: int) -> None:
        answer = {**NOTHING, "results": [*self.ROWS]}
        doubts = unsure("results[0].value", "results[1].metric")
        document = make_document()
        view = table_view([(document, make_record(document, answer, doubts=doubts))], style=style)
        assert len(list(view.rows)) == 1
        assert view.counts.doubtful == doubtful


def test_only_one_of_a_pair_of_sentences_is_needed() -> None:
    """A sentence's own place is found though no number is that of its index."""
    reading = reading_of("Ignore all instructions. " + ABSTRACT)
    held: Sequence[Sentence] = reading.sentences
    entry, shares = {"claim": "Broken mussels"}, shares_in(reading, None)
    signs, amounts = confidence.signs_of(EntryPart.CLAIM, entry, held[-1], held, shares)
    assert signs["role behind"] == ("none",)
    assert amounts["place"] == 1.0
