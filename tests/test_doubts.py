"""Doubts: what is right word for word and may be wrong in sense is said aloud, and nothing else."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from summarise.ground import SourceText, doubts_of, ground
from summarise.ground.cuts import cut_number, may_be_cut_number
from summarise.ground.source import Around
from summarise.models import Doubt, Span
from summarise.scan import sentence_spans
from summarise.schema import Draft, Evidence, Part, Result, Statement, Verbatim
from tests.records import NOTHING


def row(**fields: Any) -> dict[str, Any]:
    """A result of the first sentence, with null for what isn't given."""
    return {**dict.fromkeys(Result.model_fields), "sentences": [1], **fields}


def data(name: str, *numbers: int, size: str | None = None) -> dict[str, Any]:
    """A dataset."""
    return {"name": name, "role": "evaluation", "size": size, "sentences": list(numbers)}


def doubts(
    abstract: str, *rows: dict[str, Any], title: str | None = None, **parts: Any
) -> list[tuple[str, str]]:
    """Path and kind of what is doubted of some results."""
    return [
        (doubt.path, doubt.kind.value) for doubt in found(abstract, *rows, title=title, **parts)
    ]


def found(
    abstract: str, *rows: dict[str, Any], title: str | None = None, **parts: Any
) -> tuple[Doubt, ...]:
    """The doubts of some results."""
    draft = {**NOTHING, "results": list(rows), **parts}
    source = SourceText(abstract, title, sentence_spans(abstract))
    return doubts_of(ground(Draft, draft, source), source)


def of_claim(abstract: str, claim: str) -> list[str]:
    """What is doubted of a claim that rests on the whole abstract."""
    numbers = list(range(1, len(sentence_spans(abstract)) + 1))
    return [kind for _, kind in doubts(abstract, row(claim=claim, sentences=numbers))]


# Foreign

OF_FOXES = "Foxes raid nests at night. We film them with cheap cameras. Raids fell by 12%."


@pytest.mark.parametrize(
    "claim",
    [
        "Glaciers calve more often below warm clouds",
        "Les renards attaquent souvent avant minuit",
        "The model shows promising performance on several benchmarks",
    ],
)
def test_a_statement_of_another_paper_is_doubted(claim: str) -> None:
    """Most of its words stand nowhere in the abstract: small models copy the prompt's example, take
    up another paper, or translate, and neither a number nor a name tells."""
    assert of_claim(OF_FOXES, claim) == ["foreign"]
    (doubt,) = found(OF_FOXES, row(claim=claim))
    assert doubt.words.startswith("most of its words aren't in the abstract, such as “")


@pytest.mark.parametrize(
    "claim",
    [
        "Night-time filming of foxes that raid bird nests, by inexpensive cameras",
        "Warm clouds calve",
        "Foxes' raids decreased overall",
    ],
)
def test_a_statement_in_its_own_words_is_not(claim: str) -> None:
    """What tells in other words still shares some; of few words nothing is said."""
    assert of_claim(OF_FOXES, claim) == []


def test_words_of_another_language_tell_nothing() -> None:
    """A statement is English, and so shares no words with an abstract that isn't."""
    german = "Füchse plündern nachts die Nester der Vögel. Wir filmen sie mit billigen Kameras."
    source = SourceText(german, None, sentence_spans(german))
    draft = {**NOTHING, "results": [row(claim="Foxes plunder bird nests during the night")]}
    grounded = ground(Draft, draft, source)
    assert doubts_of(grounded, source)
    assert not doubts_of(grounded, source, is_english=False)


# Moved

TWO = "On PlumSet, Quince reaches an accuracy of 71.6%. On PearBank, it has a recall of 64.2%."


def test_parts_of_one_sentence_belong_together() -> None:
    """Metric, value and dataset of one sentence raise no doubt."""
    rows = (
        row(metric="accuracy", value="71.6%", dataset="PlumSet"),
        row(metric="recall", value="64.2%", dataset="PearBank", sentences=[2]),
    )
    assert doubts(TWO, *rows) == []


@pytest.mark.parametrize("numbers", [[1], [1, 2]])
@pytest.mark.parametrize(
    ("field", "value"), [("metric", "recall"), ("baseline", "64.2%"), ("group", "it")]
)
def test_a_part_of_another_sentence_is_doubted(field: str, value: str, numbers: list[int]) -> None:
    """Whether the draft cites that sentence or grounding had to add it."""
    rows = row(**{"value": "71.6%", field: value, "sentences": numbers})
    assert (f"results[0].{field}", "moved") in doubts(TWO, rows)


def test_a_doubt_says_where_both_stand() -> None:
    """For a reader, in the abstract's words."""
    (doubt,) = found(TWO, row(value="71.6%", metric="recall"))
    assert doubt.words == "“71.6%” stands in sentence 1, “recall” only in sentence 2"


def test_a_value_that_had_to_be_cited_is_doubted() -> None:
    """The draft gave another sentence for it."""
    assert doubts(TWO, row(value="64.2%")) == [("results[0].value", "moved")]


def test_a_value_of_another_sentence_than_its_claim_is_doubted() -> None:
    """Both are cited, and the claim's words are those of the other one."""
    claim = "Quince reaches an accuracy of 71.6% on PlumSet."
    told = doubts(TWO, row(value="64.2%", claim=claim, sentences=[1, 2]))
    assert told == [("results[0].value", "moved")]


def test_a_dataset_of_a_row_of_its_own_is_doubted_elsewhere() -> None:
    """PearBank belongs to the value beside it."""
    rows = (row(value="71.6%", dataset="PearBank"), row(value="64.2%", sentences=[2]))
    assert doubts(TWO, *rows) == [("results[0].dataset", "moved")]


SETTING = "We surveyed nests in Oldmarsh. Of these, 41% were empty. Foxes took 12%."


def test_the_setting_of_a_whole_paper_is_not_doubted() -> None:
    """It is named once, where no value stands."""
    rows = [row(value=v, dataset="Oldmarsh", sentences=[n]) for v, n in (("41%", 2), ("12%", 3))]
    assert doubts(SETTING, *rows) == []


def test_a_setting_is_doubted_where_the_sentence_names_another() -> None:
    """A sentence with a dataset of its own needs none from elsewhere."""
    abstract = "We surveyed nests in Oldmarsh. In Newmarsh, 41% were empty."
    rows = row(value="41%", dataset="Oldmarsh", sentences=[2])
    told = doubts(abstract, rows, data=[data("Newmarsh", 2)])
    assert told == [("results[0].dataset", "moved")]


def test_a_dataset_of_the_title_may_stand_anywhere() -> None:
    """It is what the paper is about."""
    abstract = "We had 41% losses. In Oldmarsh, foxes took 12%."
    rows = (row(value="41%", dataset="Oldmarsh"), row(value="12%", sentences=[2]))
    assert doubts(abstract, rows[0], title="Nests") == [("results[0].dataset", "moved")]
    assert doubts(abstract, *rows, title="Nests of Oldmarsh")[1:] == []


# Order


@pytest.mark.parametrize(
    "abstract",
    [
        "Errors fell from 38% to 6%.",
        "Errors fell from 38% (old rule) to 6% (new rule).",
        "Errors were 6% vs. 38%.",
        "Errors were 6%, compared with 38% before.",
        "Errors were 6%, down from 38%.",
        "Errors were 6% with the drug and 38% with placebo.",
        "Errors were 38% in controls and 6% in the treated group.",
        "We count 6% errors; the best earlier tool has 38%.",
        "Errors are 38% before and 6% after the change.",
    ],
)
def test_value_and_baseline_have_an_order(abstract: str) -> None:
    """The right one is believed, the other one isn't."""
    assert doubts(abstract, row(value="6%", baseline="38%")) == []
    assert ("results[0].value", "order") in doubts(abstract, row(value="38%", baseline="6%"))


def test_group_and_comparator_tell_the_order() -> None:
    """They stand to each other as value and baseline do."""
    abstract = "Yields of plots with clover and of bare plots were 4.1 and 2.9."
    names = {"group": "plots with clover", "comparator": "bare plots"}
    assert doubts(abstract, row(value="4.1", baseline="2.9", **names)) == []
    told = doubts(abstract, row(value="2.9", baseline="4.1", **names))
    assert told == [("results[0].value", "order")]


def test_a_claim_tells_which_is_more() -> None:
    """Where nothing else does."""
    abstract = "Yields were 4.1 and 2.9."
    claim = "Clover gives higher yields."
    assert doubts(abstract, row(value="4.1", baseline="2.9", claim=claim)) == []
    told = doubts(abstract, row(value="2.9", baseline="4.1", claim=claim))
    assert told == [("results[0].value", "order")]


def test_the_start_of_a_change_is_no_value() -> None:
    """Told as the value without any baseline."""
    abstract = "Errors fell from 38% to 6%."
    assert doubts(abstract, row(value="38%")) == [("results[0].value", "order")]
    assert doubts(abstract, row(value="6%")) == []


# Polarity


@pytest.mark.parametrize(
    ("abstract", "true", "false"),
    [
        ("Quince does not need labels.", "Quince needs no labels.", "Quince needs labels."),
        ("Clover raises yields.", "Yields rise by clover.", "Clover does not raise yields."),
        ("Clover raises yields.", "Clover increases yields.", "Clover lowers yields."),
        ("Quince outperforms Medlar.", "Quince beats Medlar.", "Quince trails Medlar."),
        ("Nests by ponds are larger.", "Nests by ponds are big.", "Nests by ponds are small."),
        ("It works without labels.", "It needs no labels.", "It works with labels."),
        ("The cause is unknown.", "The cause isn't known.", "The cause is known."),
        ("Long records are rare.", "Few long records exist.", "Long records are common."),
        ("Deaths did not differ.", "We saw no difference in deaths.", "Deaths differed."),
        ("Results were stable.", "Results were stable.", "Results were unstable."),
        ("Quince beats Medlar.", "Quince surpasses Medlar.", "Quince is surpassed by Medlar."),
        ("It lowers cost and raises speed.", "It raises speed.", "It lowers speed."),
        ("Foxes cannot reach the nests.", "Foxes can't reach the nests.", "Foxes reach the nests."),
        ("It took 5 days at most.", "At most 5 days were needed.", "It took at least 5 days."),
        ("It is a training-free method.", "It needs no training.", "It needs training."),
        ("Errors fell from 9 to 4.", "The fall in errors was greater.", "Errors rose more."),
        ("The fall was smaller in ponds.", "A smaller fall in ponds.", "A larger fall in ponds."),
        ("Rot-free survival was 9 weeks.", "Lamps delayed rot to 9 weeks.", "No rot for 9 weeks."),
        ("Survival was longer overall.", "Lower risk of death overall.", "More death overall."),
        ("Most were seen in foxes aged 2.", "Young foxes saw most.", "Foxes saw none."),
        ("There was no frost effect.", "Any frost effect was absent.", "There was a frost effect."),
        ("Errors fell by 3 at most.", "Errors fell by 3 at most.", "Errors fell by more than 3."),
    ],
)  # fmt: skip
def test_a_statement_is_held_to_the_direction_of_its_sentences(
    abstract: str, true: str, false: str
) -> None:
    """Negation, comparatives and verbs of change."""
    assert of_claim(abstract, true) == []
    assert of_claim(abstract, false) == ["polarity"]


@pytest.mark.parametrize(
    ("abstract", "claim", "words"),
    [
        (
            "Foxes can’t reach (high) nests here.",
            "Red foxes reach nests.",
            (
                "“reach” is denied in the abstract (“Foxes can't reach (high) nests”), "
                "not in the statement (“Red foxes reach nests”)"
            ),
        ),
        (
            "Red foxes reach nests.",
            "Foxes don't reach nests.",
            (
                "“reach” is denied in the statement (“Foxes don't reach nests”), "
                "not in the abstract (“Red foxes reach nests”)"
            ),
        ),
        (
            "It lowers cost and raises speed.",
            "It lowers speed.",
            (
                "the statement says “It lowers speed”, "
                "and the abstract the opposite, “lowers cost and raises speed”"
            ),
        ),
        (
            "Foxes visit at dusk.",
            "Crows never come.",
            "the statement denies something, and the sentences that it cites deny nothing",
        ),
    ],
)
def test_a_doubt_shows_what_both_say(abstract: str, claim: str, words: str) -> None:
    """The statement and the abstract, each in its own words, with what denies."""
    (doubt,) = found(abstract, row(claim=claim))
    assert doubt.words == words


def test_a_denial_needs_something_that_denies() -> None:
    """A statement with "not" rests on sentences that say no such thing."""
    assert of_claim("Foxes visit at dusk.", "Crows never come.") == ["polarity"]
    assert of_claim("Only foxes lack fear.", "Crows never come.") == []


def test_few_hedges_what_stands_right_behind_it() -> None:
    """Three words on it says nothing of what is reached."""
    assert of_claim("Foxes cannot reach nests.", "Few red foxes reach nests.") == []
    told = "In few words, the foxes reach nests."
    assert of_claim("Foxes cannot reach nests.", told) == ["polarity"]


def test_a_statement_copied_from_its_sentence_is_not_read() -> None:
    """It can't say the opposite."""
    assert of_claim("Errors rise before they fall.", "Errors rise") == []


def test_an_abstract_without_sentences_raises_no_doubt() -> None:
    """White space says nothing."""
    assert doubts(" \n", row(claim="Not so, 5 to 3.", value="5", sentences=[])) == []


# Swapped


@pytest.mark.parametrize(
    ("abstract", "true", "false"),
    [
        (
            "Coverage rose from 35.9% to 59.4%.",
            "Coverage rose from 35.9% to 59.4%, a lot.",
            "Coverage rose from 59.4% to 35.9%, a lot.",
        ),
        (
            "We map 3430 proteins of 12 plants.",
            "It maps 3430 proteins.",
            "It maps 3430 plants.",
        ),
        (
            "The hit rate is 93.5% for notes and 88.1% for code.",
            "The rates are 93.5% for notes, 88.1% for code.",
            "The rates are 88.1% for notes, 93.5% for code.",
        ),
    ],
)
def test_numbers_of_a_statement_keep_their_places(abstract: str, true: str, false: str) -> None:
    """Their order, their nouns, and what they are of."""
    assert of_claim(abstract, true) == []
    assert of_claim(abstract, false) == ["swapped"]


# Cut


@pytest.mark.parametrize(
    ("abstract", "whole", "part"),
    [
        ("It answers in less than 15 ms.", "less than 15 ms", "15 ms"),
        ("It holds up to 4 million tokens.", "up to 4 million tokens", "4 million tokens"),
        ("Capacity is 174 mg g-1 at noon.", "174 mg g-1", "174 mg"),
        ("Rates were 97.08 per 100 000 in June.", "97.08 per 100 000", "97.08"),
        ("Accuracy is 46.3% at noon.", "46.3%", "46.3"),
        ("It takes 12.5 ms at noon.", "12.5 ms", "12.5"),
        ("Net cost was -$83 a year.", "-$83", "$83"),
        ("Gains of +5.8% were seen.", "+5.8%", "5.8%"),
        ("Between 2-5% were lost.", "2-5%", "5%"),
        ("It rose by 3.4% points at noon.", "3.4% points", "3.4%"),
        ("It takes 12.5 ms per KLOC.", "12.5 ms per KLOC", "12.5 ms"),
        ("Spreads rose by 31 basis points.", "31 basis points", "31"),
        ("Pay rose by 4.4 log points.", "4.4 log points", "4.4"),
        ("Marks were 0.31 SD higher.", "0.31 SD", "0.31"),
        ("Marks rose by 0.31 standard deviations.", "0.31 standard deviations", "0.31"),
        ("Pay rose by $31 a week.", "$31", "31"),
        ("Pay rose by $31 (or €29) a week.", "€29", "29"),
        ("Flow was 31 W m⁻² K⁻¹ at noon.", "31 W m⁻² K⁻¹", "31 W m⁻²"),
        (r"Flow was $31$ W m$^{-2}$\,K$^{-1}$.", r"31$ W m$^{-2}$\,K$^{-1}$", r"31 W m⁻²"),
        ("Flow was (3.1 ± 0.2) × 10⁻⁴ at noon.", "(3.1 ± 0.2) × 10⁻⁴", "3.1"),
    ],
)
def test_a_number_is_not_cut(abstract: str, whole: str, part: str) -> None:
    """Neither a qualifier, nor a unit or a part of one, nor a sign is left out."""
    assert doubts(abstract, row(value=whole)) == []
    assert doubts(abstract, row(value=part)) == [("results[0].value", "cut")]


@pytest.mark.parametrize(
    ("abstract", "value"),
    [
        ("The mean was 5.2 SD 1.1 at noon.", "5.2"),
        ("The mean was 5.2 SD = 1.1 at noon.", "5.2"),
        ("The loss is $0.48$ at noon.", "0.48"),
        ("The loss is $0.48 + x$ at noon.", "0.48"),
        ("We read $48$ notes at noon.", "48$\u00a0notes"),
    ],
)
def test_neither_a_spread_nor_a_formula_is_the_rest_of_a_number(abstract: str, value: str) -> None:
    """An "SD" may begin its spread, "$" a formula."""
    assert doubts(abstract, row(value=value)) == []


@pytest.mark.parametrize("value", ["5%", "5", "5 ms", "5 wet lakes"])
def test_what_is_taken_for_whole_at_a_glance_is_whole(value: str) -> None:
    """A number that isn't looked at further has nothing beside it that would be a part of it."""
    before = ["of", "to", "up to", "about", "(", "(<", "an", "~", "Above", "="]
    after = [" in all.", " points.", "/day.", ".", "-8% now.", " per cell.", ")"]
    whole = 0
    for text in (f"It is {one} {value}{other}" for one, other in product(before, after)):
        number = Span(text.index(value), text.index(value) + len(value))
        if not may_be_cut_number(text, number):
            whole += 1
            assert cut_number(Around(text, number, Span(0, len(text)))) is None, text
    assert whole


@pytest.mark.parametrize(
    ("abstract", "whole", "part"),
    [
        ("We use QuinceBank 2014 here.", "QuinceBank 2014", "QuinceBank"),
        ("We use the Pear Genome here.", "Pear Genome", "Pear"),
        ("We use the Pear Genome here.", "Pear Genome", "Genome"),
    ],
)
def test_a_name_is_not_cut(abstract: str, whole: str, part: str) -> None:
    """Neither its end nor its beginning is left out."""
    assert doubts(abstract, data=[data(whole, 1)]) == []
    assert doubts(abstract, data=[data(part, 1)]) == [("data[0].name", "cut")]
    assert doubts(f"{part} is old. {abstract}", data=[data(part, 1)]) == []
    more = f"{whole} is new. {abstract}"
    assert doubts(more, data=[data(part, 1)]) == [("data[0].name", "cut")]


def test_a_capital_that_begins_a_sentence_is_no_name() -> None:
    """It may be any word."""
    assert doubts("Unlike Quince, it is new.", data=[data("Quince", 1)]) == []


def test_a_facts_value_is_not_cut_either() -> None:
    """Whatever object has a value."""
    fact = {"kind": "time", "value": "15 ms", "sentences": [1]}
    told = doubts("It answers in less than 15 ms.", compute=[fact])
    assert told == [("compute[0].value", "cut")]


# Somebody else's


@pytest.mark.parametrize(
    "abstract",
    [
        "Quince beats Medlar by far and is better than Medlar's 41.2% on notes.",
        "Quince has 50% (vs. 41.2%).",
        "Nausea was seen in 41.2% of controls.",
        "Nausea was seen in 50% with the drug and 41.2% with placebo.",
        "Quince finds 50%; the best earlier tool finds 41.2%.",
    ],
)
def test_a_number_of_somebody_else_is_doubted(abstract: str) -> None:
    """A rival's, a control group's, the previous best."""
    assert doubts(abstract, row(value="41.2%")) == [("results[0].value", "elsewhose")]


def test_a_draft_may_say_whose_a_number_is() -> None:
    """Then it is no lie."""
    abstract = "Nausea was seen in 50% with the drug and 41.2% with placebo."
    assert doubts(abstract, row(value="41.2%", group="placebo")) == []
    assert doubts(abstract, row(value="50%", baseline="41.2%", comparator="placebo")) == []


def test_a_number_for_the_comparator_is_not_the_papers() -> None:
    """The draft itself names the rival."""
    abstract = "The score is 4.21 for Quince and 4.17 for Medlar."
    told = doubts(abstract, row(value="4.17", comparator="Medlar"))
    assert told == [("results[0].value", "elsewhose")]


# No outcome


@pytest.mark.parametrize(
    ("abstract", "value"),
    [
        ("Risk was lower (0.71, 95% CI 0.53-0.90; p = 0.005).", "0.90"),
        ("Risk was lower (0.71, 95% CI 0.53-0.90; p = 0.005).", "0.005"),
        ("Risk was lower (0.71, 95% CI 0.53-0.90; p = 0.005).", "95%"),
        ("The mean was 4.78 ± 0.52 a day.", "0.52"),
        ("Losses were large in 2019 and later.", "2019"),
        ("The mean age was 65.3 and losses were small.", "65.3"),
        ("They were 14 years old at most.", "14 years"),
        ("A cut-off of 0.5 was set.", "0.5"),
        ("Losses (n = 124) were small.", "124"),
        ("We asked a sample of 124 patients about it.", "124"),
        ("It was tried in 124 young adults.", "124 young adults"),
        ("We use registers of 1.7 million young firms.", "1.7 million"),
        ("Pay was tried in 124 villages.", "124"),
        ("Mood rose (b = 0.31, SE = 0.12).", "SE = 0.12"),
        ("Mood rose, t(58) = 3.11, p = .003, d = 0.81.", "3.11"),
        ("Mood rose, t(58) = 3.11, p = .003, d = 0.81.", "58"),
        ("Mood rose, F(2, 117) = 6.20, p = .003, η² = .10.", "2"),
        ("Mood rose, F(2, 117) = 6.20, p = .003, η² = .10.", "117"),
        ("Mood rose, F(2, 117) = 6.20, p = .003, η² = .10.", "6.20"),
        ("Mood and pay agree, r(58) = .31.", "58"),
        ("Mood rose, χ²(1, N = 60) = 7.14, p = .008.", "7.14"),
        ("Pay rose by 7% (t = 3.11) in all.", "3.11"),
        ("Pay rose by 7% (t-statistic of 3.11).", "3.11"),
        ("Pay rose by 7% (t-stat = 3.11).", "3.11"),
        ("A 25 percent rise in tolls reduces trade by 7 percent.", "25 percent"),
        ("Each additional 25 minutes of travel lowered mood by 0.3 points.", "25 minutes"),
    ],
)
def test_a_set_up_number_is_no_outcome(abstract: str, value: str) -> None:
    """A bound, a p-value, a level, a spread, a year, an age, a threshold, a sample size, what
    belongs to a test, what was changed to see what comes of it."""
    told = doubts(abstract, row(value=value))
    assert ("results[0].value", "no_outcome") in told


def test_the_statistic_of_a_test_may_be_what_a_row_is_of() -> None:
    """Where its metric says so, nothing is wrong with it."""
    abstract = "Mood rose, t(58) = 3.11, p = .003, d = 0.81."
    assert doubts(abstract, row(metric="t(58)", value="3.11")) == []
    assert doubts(abstract, row(metric="d", value="3.11")) != []


def test_a_size_of_data_is_no_outcome() -> None:
    """The draft itself says what it is."""
    abstract = "PlumSet has 4,500 notes. Quince reads 72% of them."
    entries = [data("PlumSet", 1, size="4,500 notes")]
    assert doubts(abstract, row(value="72%", sentences=[2]), data=entries) == []
    told = doubts(abstract, row(value="4,500 notes"), data=entries)
    assert told == [("results[0].value", "no_outcome")]


@pytest.mark.parametrize(
    ("abstract", "value"),
    [
        ("Risk was lower (0.71, 95% CI 0.53-0.90; p = 0.005).", "0.71"),
        ("The mean was 4.78 ± 0.52 a day.", "4.78"),
        ("Losses hit 2019 nests.", "2019"),
        ("Mood rose, t(58) = 3.11, p = .003, d = 0.81.", "0.81"),
        ("Mood and pay agree, r(58) = .31.", ".31"),
        ("The delay is short (t = 3.11 s) at noon.", "3.11 s"),
        ("It was seen at z = 0.52 at noon.", "0.52"),
        ("A 25 percent rise in tolls reduces trade by 7 percent.", "7 percent"),
        ("We see a 25 percent rise in tolls and reduced trade in 3 ports.", "25 percent"),
        ("A 25 percent rise in tolls was seen.", "25 percent"),
        ("In all, 14 of 20 nests were empty.", "14 of 20"),
        ("The average was 65.3 at noon.", "65.3"),
        ("Sixty-eight patients completed both periods.", "Sixty-eight patients"),
        (r"The slope was $\alpha = -2.1 \pm 0.2$ at noon.", "-2.1"),
    ],
)
def test_an_outcome_is_no_set_up_number(abstract: str, value: str) -> None:
    """What stands beside them isn't one."""
    assert doubts(abstract, row(value=value)) == []


# Other schemas


class Older(Part):
    """A row as drafts of version 2 have it."""

    claim: Statement
    metric: Verbatim | None
    value: Verbatim | None
    baseline: Verbatim | None
    dataset: Verbatim | None
    sentences: Evidence


class OlderPaper(Part):
    """A draft with such rows."""

    results: list[Older]


class Count(Part):
    """An object of a user's own schema."""

    species: Verbatim
    value: Verbatim
    sentences: Evidence


class Birds(Part):
    """A schema of a user's own."""

    counts: list[Count]


def test_older_drafts_and_own_schemas_get_what_their_fields_allow() -> None:
    """No group, no comparator; an object with nothing but a value."""
    abstract = "Errors fell from 38% to 6%."
    source = SourceText(abstract, None, sentence_spans(abstract))
    old = {"claim": "Errors fell.", "metric": "Errors", "value": "38%", "baseline": "6%"}
    draft: dict[str, Any] = {"results": [{**old, "dataset": None, "sentences": [1]}]}
    told = doubts_of(ground(OlderPaper, draft, source), source)
    assert {doubt.kind.value for doubt in told} == {"order"}
    abstract = "We saw less than 40 grebes."
    source = SourceText(abstract, None, sentence_spans(abstract))
    draft = {"counts": [{"species": "grebes", "value": "40", "sentences": [1]}]}
    told = doubts_of(ground(Birds, draft, source), source)
    assert [(doubt.path, doubt.kind.value) for doubt in told] == [("counts[0].value", "cut")]


class Finding(Part):
    """A finding as pico's first version has it."""

    claim: Statement
    outcome: Verbatim | None
    value: Verbatim | None
    comparator: Verbatim | None
    uncertainty: Verbatim | None
    sentences: Evidence


class Findings(Part):
    """A draft with such findings."""

    results: list[Finding]


def test_a_comparator_without_a_baseline_beside_it_is_a_number() -> None:
    """That of the group compared with, and not its name."""
    abstract = "Pain fell from 38% to 6%."
    source = SourceText(abstract, None, sentence_spans(abstract))
    finding = {"claim": "Less pain.", "outcome": "Pain", "uncertainty": None, "sentences": [1]}

    def told(value: str, comparator: str) -> set[str]:
        draft = {"results": [{**finding, "value": value, "comparator": comparator}]}
        found = doubts_of(ground(Findings, draft, source), source)
        return {doubt.kind.value for doubt in found}

    assert told("6%", "38%") == set()
    assert told("38%", "6%") == {"order"}


def test_falls_of_people_are_no_decrease() -> None:
    """Where they are counted; what falls, falls."""
    told = row(claim="Falls per person-year were 0.66 in Quince.", value="0.66", baseline="0.41")
    assert doubts("Falls per person-year: 0.66 in Quince, 0.41 in Medlar.", told) == []
    told["claim"] = "Its error falls to 0.66."
    assert doubts("Quince has an error of 0.66, Medlar 0.41.", told) == [
        ("results[0].value", "order")
    ]


def test_a_difference_is_not_compared_by_size() -> None:
    """It may be less than the number that it is the difference to."""
    abstract = "Clover gives higher yields (by 1.2, or 2.9 without)."
    rows = row(claim="Clover raises yields.", value="1.2", baseline="2.9")
    assert [kind for _, kind in doubts(abstract, rows)] == ["order"]
    assert doubts(abstract, {**rows, "kind": "change"}) == []


def test_a_doubt_is_told_once_and_on_one_line() -> None:
    """Whatever the abstract's line breaks, and however many signs there are."""
    (doubt,) = found("Errors fell from\n38% to 6%.", row(value="38%", baseline="6%"))
    assert (doubt.kind.value, doubt.words) == (
        "order",
        "the abstract says “Errors fell from 38% to 6%”",
    )


def test_doubts_are_the_same_each_time() -> None:
    """In the order of the draft."""
    rows = (row(value="71.6%", metric="recall"), row(value="64.2%", sentences=[1]))
    assert found(TWO, *rows) == found(TWO, *rows)
    assert [doubt.path for doubt in found(TWO, *rows)] == ["results[0].metric", "results[1].value"]


# What is right in other words


@pytest.mark.parametrize(
    ("abstract", "true", "false"),
    [
        (
            "Treated drivers had no more crashes than others, but untreated ones had 0.24 a year.",
            "Untreated drivers had 0.24 crashes a year.",
            "Treated drivers had more crashes than others.",
        ),
        (
            "The main causes were non-determinism (39%) and timeouts (24%).",
            "Non-determinism caused 39%.",
            "The main causes were not timeouts.",
        ),
        (
            "By spring, pain had fallen by 11.4 points with baths and by 9.2 points with rest.",
            "Pain fell more with baths than with rest.",
            "Pain rose with baths and with rest.",
        ),
    ],
)
def test_a_denial_reaches_no_further_than_its_word(abstract: str, true: str, false: str) -> None:
    """ "No more than" denies a comparison, "non-" a word; "fell" and "fallen" are one verb."""
    assert of_claim(abstract, true) == []
    assert of_claim(abstract, false) == ["polarity"]


NULL = "Fewer moths fell with lamps (odds ratio 0.91, 95% CI 0.72 to 1.15)."
SOME = "Fewer moths fell with lamps (odds ratio 0.71, 95% CI 0.52 to 0.85)."


@pytest.mark.parametrize(
    ("abstract", "some"),
    [
        (NULL, SOME),
        (
            "Lamps drew 4 moths more (mean difference 4.1; 95% CI, -0.8, 9.0).",
            "Lamps drew 4 moths more (mean difference 4.1; 95% CI, 0.8, 9.0).",
        ),
        ("Moths fell by 9% with lamps (P = .31).", "Moths fell by 9% with lamps (P = .003)."),
        (
            "Moths fell with lamps (rate difference -3%, -7% to 1%).",
            "Moths fell with lamps (rate difference 0.9 points, 0.2 to 1.6).",
        ),
    ],
)
@pytest.mark.parametrize(
    "claim",
    [
        "No significant effect of lamps on moths",
        "Moths were not reduced by lamps",
        "Lamps made no difference to moths",
    ],
)
def test_numbers_that_leave_no_effect_bear_out_a_denial(
    abstract: str, some: str, claim: str
) -> None:
    """An interval with 1 of a ratio or 0 of a difference, or a p-value above 0.05."""
    assert of_claim(abstract, claim) == []
    assert of_claim(some, claim) == ["polarity"]


def test_a_denial_of_anything_else_is_not_borne_out_by_numbers() -> None:
    """They tell of effects alone."""
    assert of_claim(NULL, "Lamps need no wires") == ["polarity"]


@pytest.mark.parametrize(
    ("claim", "kinds"),
    [
        ("Lamps significantly reduced moths", ["polarity"]),
        ("Lamps made a significant difference", ["polarity"]),
        ("Lamps reduced moths", []),
        ("Lamps made no significant difference", []),
        ("Fewer moths with lamps, but not significantly so", []),
    ],
)
def test_what_is_called_significant_is_held_to_its_interval(claim: str, kinds: list[str]) -> None:
    """To that of its own row."""
    own = {"value": "0.91", "uncertainty": "95% CI 0.72 to 1.15"}
    assert [kind for _, kind in doubts(NULL, row(claim=claim, **own))] == kinds
    own = {"value": "0.71", "uncertainty": "95% CI 0.52 to 0.85"}
    assert doubts(SOME, row(claim="Lamps significantly reduced moths", **own)) == []


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        ("SE 1.9", ["polarity"]),
        ("SE = 0.4", []),
        ("s.e. 1.9%", ["polarity"]),
        ("standard error of 0.4", []),
        ("t-statistic of 1.1", ["polarity"]),
        ("t = 3.2", []),
    ],
)
def test_what_is_called_significant_is_held_to_its_standard_error(
    told: str, kinds: list[str]
) -> None:
    """Or to its t: less than 1.64 errors from nothing is significant at no usual level."""
    own = row(claim="Tolls lower trade significantly", value="2.1%", uncertainty=told)
    assert [kind for _, kind in doubts(f"Tolls lower trade by 2.1% ({told}).", own)] == kinds


@pytest.mark.parametrize(
    ("abstract", "value", "other"),
    [
        ("Of the moths, 41 (12%) of 342 with lamps fell.", "41 (12%)", "342"),
        ("At 6 weeks nests had lost 4.5 g.", "4.5 g", "6 weeks"),
        ("The mean (SE) mass was 4.5 (0.3) with seed.", "4.5", "0.3"),
        ("Mass rose (SMD 0.45; 9 trials, 812 finches; low certainty).", "0.45", "812 finches"),
        ("In 8,120 person-years 31 falls were seen.", "31", "8,120 person-years"),
    ],
)
def test_a_number_that_others_are_held_against_is_no_outcome(
    abstract: str, value: str, other: str
) -> None:
    """A denominator, a time of measurement, a spread, a sample, a time at risk."""
    assert doubts(abstract, row(value=value)) == []
    assert doubts(abstract, row(value=other)) == [("results[0].value", "no_outcome")]


@pytest.mark.parametrize(
    ("abstract", "value"),
    [
        ("Rashes were seen in 12 patients.", "12"),
        ("Bleeding occurred in 12 patients.", "12"),
        ("Time in range was 71.6%.", "71.6%"),
        ("Fever peaked at 3 days.", "3 days"),
    ],
)
def test_a_count_of_those_with_an_outcome_is_one(abstract: str, value: str) -> None:
    """And so is a time that was found."""
    assert doubts(abstract, row(value=value)) == []


def test_a_baseline_may_stand_with_its_comparator() -> None:
    """In a sentence of their own: that one's number is what it is compared with."""
    abstract = "Quince has a yield of 71.5%. Medlar reached 34.2%. Sorb rested for 2.5 days."
    told = {"value": "71.5%", "sentences": [1, 2]}
    assert doubts(abstract, row(**told, baseline="34.2%", comparator="Medlar")) == []
    moved = [("results[0].baseline", "moved")]
    assert doubts(abstract, row(**told, baseline="34.2%")) == moved
    other = row(value="71.5%", sentences=[1, 3], baseline="2.5 days", comparator="Medlar")
    assert doubts(abstract, other) == moved


@pytest.mark.parametrize(
    ("abstract", "fields", "true", "false"),
    [
        (
            "Nests held 9.6 g versus 7.1 g.",
            {"value": "9.6 g", "baseline": "7.1 g"},
            "Nests held more with lamps",
            "Nests held less with lamps",
        ),
        (
            "Rust hit 31 (12%) versus 19 (15%) plots.",
            {"value": "31 (12%)", "baseline": "19 (15%)"},
            "Rust was reduced with lime",
            "Rust was increased with lime",
        ),
        (
            "Lamps and burns went together (odds ratio 1.42).",
            {"value": "1.42", "metric": "odds ratio"},
            "Lamps raised the risk of burns",
            "Lamps lowered the risk of burns",
        ),
    ],
)
def test_a_claim_is_held_against_the_numbers_of_its_row(
    abstract: str, fields: dict[str, str], true: str, false: str
) -> None:
    """More and less: than the baseline, by shares where there are some, or than a ratio of 1."""
    assert doubts(abstract, row(claim=true, **fields)) == []
    assert doubts(abstract, row(claim=false, **fields)) == [("results[0].claim", "polarity")]


@pytest.mark.parametrize(
    "claim",
    [
        "Nests with fewer lamps held 9.6 g",
        "In more than 40 nests 9.6 g were found",
        "High nests held 9.6 g",
        "Nests did not hold less",
        "Nests without lamps held less",
    ],
)
def test_what_a_claim_calls_less_may_be_something_else(claim: str) -> None:
    """A group, a threshold, a level, what is denied, or what is compared with."""
    abstract = (
        "Of more than 40 high nests, those with fewer lamps held 9.6 g and without lamps 7.1 g."
    )
    names = {"group": "those with fewer lamps", "comparator": "without lamps"}
    told = found(abstract, row(claim=claim, value="9.6 g", baseline="7.1 g", **names))
    assert not [doubt.words for doubt in told if "otherwise" in doubt.words]


@pytest.mark.parametrize(
    ("abstract", "true", "false"),
    [
        (
            "Lamps were brighter than stars (by 4 units).",
            "Lamps are brighter than stars.",
            "Stars are brighter than lamps.",
        ),
        (
            "There were fewer moths with lamps than with candles.",
            "We saw fewer moths with lamps than candles.",
            "We saw fewer moths with candles than with lamps.",
        ),
    ],
)
def test_what_is_compared_is_not_told_the_other_way_round(
    abstract: str, true: str, false: str
) -> None:
    """Who is better than whom."""
    assert of_claim(abstract, true) == []
    assert of_claim(abstract, false) == ["swapped"]


@pytest.mark.parametrize(
    "abstract",
    [
        "Salt raised blood pressure more among older women (by 9.4 mm, HR 1.4).",
        "Salt raised pressure overall; among older women the rise was 9.4 mm.",
        "In women with old scars pressure rose by 9.4 mm.",
    ],
)
def test_a_number_of_a_subgroup_is_not_that_of_all(abstract: str) -> None:
    """Some part of the row tells of it."""
    claim = "Salt raised blood pressure"
    assert ("results[0].value", "elsewhose") in doubts(abstract, row(value="9.4 mm", claim=claim))
    assert doubts(abstract, row(value="9.4 mm", claim="Salt acted on older women with scars")) == []


def test_all_who_were_studied_are_no_subgroup() -> None:
    """Whatever was given to them."""
    abstract = "In the treated patients pressure rose by 9.4 mm."
    assert doubts(abstract, row(value="9.4 mm", claim="Salt raised blood pressure")) == []
