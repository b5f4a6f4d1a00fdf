"""Belonging: a part of a row that its sentence ties to another number is doubted, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from summarise.ground import SourceText, doubts_of, ground
from summarise.scan import sentence_spans
from summarise.schema import Draft
from tests.test_doubts import doubts, found, row

PREPOSITIONS = "Relapse was 12% with ferolin, 19.5% with mild tarvadol and 31% without treatment."
BY = "Pay rose by 3.9% in treated counties (s.e. 0.6) and by 0.4% in border counties."
BRACKETS = "Gains were larger in plum trees (OR 1.21) than in old pear trees (OR 1.08)."
VERBS = "Recall was 81.6% (95% CI 74.9 to 87.1) and precision was 92.3% (95% CI 89.8 to 94.4)."
PLURALS = "In Lakeset, mills contribute 3.1 t and the harbour contributes 1.4 t."
RANGES = "Methane rose from 0.02 to 0.19 t, while carbon dioxide fell from 28.4 to 7.9 t."
DOTS = "Gains were larger in plum trees (β = .21) than in old pear trees (β = .08)."
AGAINST = "In spring mills cut 6.2 percent of posts, compared with 1.3 percent in larger yards."
THAN = "Losses were 4.5 points lower in open yards than in walled yards."
MOVES = "Stock grew by 3.5 t (p = .02), and pay per clerk rose by 7.1% in a year."
MARKS = "The spelling marks were 0.31 SD better, and drawing marks were 0.02 SD better."
LISTS = "Quince, Medlar and Sorb score 78.4, 70.2 and 66.5 on Orchard-3, respectively."
BEHIND = "Yields of 87% and 79% were seen for larch and young alder, respectively."
TWO_LISTS = (
    "On A1, B2 and C3 it has 71.5, 64.9 and 58.3, respectively; Pip has 70.1, 69.4 and 55.0."
)
RIVALS = "Quince has 83.4%, against 79.1% for Medlar and 76.8% for Sorb."


POINTS = "Tolls cut trips by 7.5 percent (SE 1.9) and pay by 3.1 percentage points (SE 0.8)."
SLOPES = "Mood fell with noise (β = -.31, SE = .07) and with heat (β = -.12, SE = .05)."
SCHOOLS = "Marks were 0.31 SD higher in quiet schools (95% CI 0.11 to 0.51), and skills were"
SCHOOLS += " 0.02 SD higher (95% CI -0.13 to 0.17)."
RATED = "Clerks wrote 9% more notes than those at the desk (3.5 vs. 3.2 a day; p = 0.03), but"
RATED += " heads liked 0.4 points less of them on a long scale (4.1 vs. 4.5; p = 0.21)."


@pytest.mark.parametrize(
    ("abstract", "value", "true", "false"),
    [
        (POINTS, "7.5 percent", "SE 1.9", "SE 0.8"),
        (POINTS, "3.1 percentage points", "SE 0.8", "SE 1.9"),
        (SLOPES, "-.31", "SE = .07", "SE = .05"),
        (SLOPES, "-.12", "SE = .05", "SE = .07"),
        (SCHOOLS, "0.31 SD", "95% CI 0.11 to 0.51", "95% CI -0.13 to 0.17"),
        (SCHOOLS, "0.02 SD", "95% CI -0.13 to 0.17", "95% CI 0.11 to 0.51"),
        (RATED, "9%", "p = 0.03", "p = 0.21"),
        (RATED, "0.4 points", "p = 0.21", "p = 0.03"),
    ],
)
def test_how_sure_a_number_is_stands_in_its_own_brackets(
    abstract: str, value: str, true: str, false: str
) -> None:
    """However long its unit is, and whatever words stand before the brackets."""
    assert doubts(abstract, row(value=value, uncertainty=true)) == []
    told = [("results[0].uncertainty", "swapped")]
    assert doubts(abstract, row(value=value, uncertainty=false)) == told


@pytest.mark.parametrize(
    ("abstract", "name", "true", "false"),
    [
        (PREPOSITIONS, "group", ("12%", "ferolin"), "mild tarvadol"),
        (PREPOSITIONS, "group", ("19.5%", "mild tarvadol"), "ferolin"),
        (PREPOSITIONS, "group", ("31%", "treatment"), "ferolin"),
        (BY, "group", ("0.4%", "border counties"), "treated counties"),
        (BRACKETS, "group", ("1.21", "plum trees"), "old pear trees"),
        (BRACKETS, "group", ("1.08", "old pear trees"), "plum trees"),
        (VERBS, "metric", ("81.6%", "Recall"), "precision"),
        (VERBS, "metric", ("92.3%", "precision"), "Recall"),
        (PLURALS, "group", ("3.1 t", "mills"), "harbour"),
        (PLURALS, "group", ("1.4 t", "harbour"), "mills"),
        (RANGES, "metric", ("7.9 t", "carbon dioxide"), "Methane"),
        (RANGES, "metric", ("0.19 t", "Methane"), "carbon dioxide"),
        (LISTS, "group", ("70.2", "Medlar"), "Quince"),
        (LISTS, "group", ("78.4", "Quince"), "Sorb"),
        (BEHIND, "dataset", ("87%", "larch"), "young alder"),
        (BEHIND, "dataset", ("79%", "young alder"), "larch"),
        (TWO_LISTS, "dataset", ("64.9", "B2"), "C3"),
        (DOTS, "group", (".21", "plum trees"), "old pear trees"),
        (AGAINST, "group", ("6.2 percent", "mills"), "larger yards"),
        (THAN, "group", ("4.5 points", "open yards"), "walled yards"),
        (MOVES, "metric", ("3.5 t", "Stock"), "pay per clerk"),
        (MOVES, "metric", ("7.1%", "pay per clerk"), "Stock"),
        (MARKS, "metric", ("0.31 SD", "spelling marks"), "drawing marks"),
        (MARKS, "metric", ("0.02 SD", "drawing marks"), "spelling marks"),
    ],
)
def test_a_part_that_is_tied_to_another_number_is_doubted(
    abstract: str, name: str, true: tuple[str, str], false: str
) -> None:
    """By a preposition, in brackets, by the same words, in a range, or by "respectively"; as what
    is compared with, or by what changes.
    """
    value, own = true
    assert doubts(abstract, row(value=value, **{name: own})) == []
    assert doubts(abstract, row(value=value, **{name: false})) == [
        (f"results[0].{name}", "swapped")
    ]


def test_a_comparator_goes_with_the_baseline() -> None:
    """Not with the value."""
    told: dict[str, Any] = {"value": "83.4%", "group": "Quince", "comparator": "Medlar"}
    assert doubts(RIVALS, row(**told, baseline="79.1%")) == []
    swapped = [("results[0].comparator", "swapped")]
    assert doubts(RIVALS, row(**told, baseline="76.8%")) == swapped


def test_a_baseline_has_the_place_of_its_value() -> None:
    """Of two lists, "respectively" gives the numbers of one place to each other."""
    told: dict[str, Any] = {"value": "71.5", "dataset": "A1", "comparator": "Pip"}
    assert doubts(TWO_LISTS, row(**told, baseline="70.1")) == []
    assert doubts(TWO_LISTS, row(**told, baseline="69.4")) == [("results[0].baseline", "swapped")]


def test_an_interval_is_that_of_the_number_before_it() -> None:
    """Where the value has one of its own; a p-value may be of both."""
    told = {"metric": "precision", "value": "92.3%"}
    assert doubts(VERBS, row(**told, uncertainty="95% CI 89.8 to 94.4")) == []
    swapped = [("results[0].uncertainty", "swapped")]
    assert doubts(VERBS, row(**told, uncertainty="95% CI 74.9 to 87.1")) == swapped
    abstract = "Deaths were 12% (8 to 15) with ferolin and 19% (14 to 22; P = .02) without."
    assert doubts(abstract, row(value="12%", uncertainty="P = .02")) == []


@pytest.mark.parametrize(
    ("abstract", "fields"),
    [
        ("Ferolin had a recall of 5.1 and a precision of 7.4.",
         {"value": "7.4", "group": "Ferolin"}),
        ("Mortality was 12% in men and was 15% in women.",
         {"value": "15%", "metric": "Mortality"}),
        ("Error of Sorb drops from 44% to 19% on Lake and rises slightly, from 9% to 9.3%, on Fen.",
         {"value": "9.3%", "group": "Sorb", "baseline": "9%"}),
        ("Pain fell from 61 to 38 with salt, from 60 to 47 with sand.",
         {"value": "47", "metric": "Pain", "baseline": "60"}),
        ("Yields fell by 14% in Norland and rose by 3% in 2020.",
         {"value": "3%", "group": "Norland"}),
        ("Treated drivers (n = 96) had fewer crashes than others (0.11 v 0.24 per year).",
         {"value": "0.11", "group": "Treated drivers"}),
        ("Errors fell by 5% on Lake and time by 12% on the same set.",
         {"value": "12%", "dataset": "Lake"}),
        ("Modules of 20 cm2 had an efficiency of 21.7%.", {"value": "21.7%", "group": "Modules"}),
        ("With 12% in A4 and 15% in B5, A4 had 12% and B5 had 15%.",
         {"value": "15%", "group": "A4"}),
        ("Losses were lower in open yards (4.5 t) than in walled yards (6.2 t).",
         {"value": "6.2 t", "group": "walled yards"}),
        ("Walled yards lost 6.2 t, which is 1.7 t more in walled yards than in open yards.",
         {"value": "1.7 t", "group": "walled yards"}),
        ("Yields rose by 9% in loam and those in sand fell by 4%.",
         {"value": "4%", "metric": "Yields"}),
        ("Yields rose by 9% at first, and then fell by 4% in sand.",
         {"value": "4%", "metric": "Yields"}),
        ("Yields of rye rose by 9% and of oats fell by 4%.",
         {"value": "4%", "metric": "Yields"}),
        ("Scores were 12 at dawn, and spelling scores were 15 at noon.",
         {"value": "15", "metric": "spelling scores"}),
    ],
)  # fmt: skip
def test_what_a_sentence_shares_out_otherwise_is_not_doubted(
    abstract: str, fields: dict[str, Any]
) -> None:
    """A subject of several numbers, ranges of one thing, another kind of name, a sample's size."""
    assert doubts(abstract, row(**fields)) == []


def test_a_doubt_quotes_whose_number_it_is() -> None:
    """For a reader, in the abstract's words."""

    def words(abstract: str, **fields: Any) -> list[str]:
        return [doubt.words for doubt in found(abstract, row(**fields))]

    told = words(PREPOSITIONS, value="12%", group="mild tarvadol")
    assert told == ["the abstract says “19.5% with mild tarvadol”"]
    assert words(BRACKETS, value="1.08", group="plum trees") == [
        "the abstract says “plum trees (OR 1.21)”"
    ]
    told = words(LISTS, value="70.2", group="Quince")
    assert told == ["“respectively” gives “78.4” to “Quince”"]
    told = words(VERBS, value="92.3%", uncertainty="95% CI 74.9 to 87.1")
    assert told == ["the abstract has it behind “81.6%”"]


RIVAL = (
    "Quince has a recall of 0.74, while Medlar has 0.41 and 0.52. Medlar on paper had a precision "
    "of 58.2% and an error of 3.1. Quince took 14 hours, whereas Medlar needs 96 hours on 8 racks. "
    "It costs 2.2 dollars, and 14.9 dollars for Medlar. We beat Medlar, which had 9, by 5.5 points."
)
COMPARED = {"value": "0.74", "metric": "recall", "comparator": "Medlar"}


@pytest.mark.parametrize(
    ("value", "number"),
    [("0.41", 1), ("0.52", 1), ("58.2%", 2), ("3.1", 2), ("96 hours", 3), ("14.9 dollars", 4)],
)
def test_a_value_of_something_that_is_only_compared_with_is_doubted(
    value: str, number: int
) -> None:
    """Unless the row says that it is that one's."""
    own = row(**COMPARED, sentences=[1])
    told = doubts(RIVAL, own, row(value=value, sentences=[number]))
    assert told == [("results[1].value", "elsewhose")]
    assert doubts(RIVAL, own, row(value=value, group="Medlar", sentences=[number])) == []


def test_a_resource_of_a_rival_is_doubted() -> None:
    """Where the draft compares with it; one's own isn't."""

    def compute(value: str) -> dict[str, Any]:
        return {"kind": "time", "value": value, "sentences": [3]}

    told = [compute("14 hours"), compute("96 hours"), compute("8 racks")]
    assert doubts(RIVAL, row(**COMPARED, sentences=[1]), compute=told) == [
        ("compute[1].value", "elsewhose"),
        ("compute[2].value", "elsewhose"),
    ]
    assert doubts(RIVAL, row(value="0.74"), compute=told) == []


def test_what_a_rival_lends_is_not_doubted() -> None:
    """A share of its value, a lead over it, and a value whose group stands right behind it."""
    abstract = "Quince takes 14.9% of Medlar's budget. It held 412 mg, against 174 mg for Sorb."
    share = row(value="14.9%", kind="change", comparator="Medlar")
    held = row(value="174 mg", group="Sorb", sentences=[2])
    assert doubts(abstract, share, held) == []
    lead = row(value="5.5 points", comparator="Medlar", sentences=[5])
    assert doubts(RIVAL, lead) == []


def named(abstract: str, name: str, *rows: dict[str, Any], title: str = "A study") -> list[str]:
    """The doubts about the name of a method."""
    spans = sentence_spans(abstract)
    source = SourceText(abstract, title, spans)
    method = {"name": name, "also": [], "text": "A way to prune.", "sentences": [1]}
    draft = {
        "problem": {"text": None, "sentences": []},
        "method": method,
        "data": [],
        "compute": [],
    }
    grounded = ground(Draft, {**draft, "results": list(rows)}, source)
    return [d.kind.value for d in doubts_of(grounded, source) if d.path == "method.name"]


NAMED = (
    "We prune with Quince. Unlike Medlar, it needs no water and is faster than the older Medlar. "
    "It reaches a recall of 0.74, whereas Sorb has 0.41."
)


def test_a_method_is_not_named_as_its_rival() -> None:
    """By the words before each place, or since the record compares with it."""
    compared = row(value="0.74", comparator="Sorb", sentences=[3])
    assert named(NAMED, "Medlar") == ["elsewhose"]
    assert named(NAMED, "Sorb", compared) == ["elsewhose"]
    assert named(NAMED, "Quince", compared) == []
    assert named(NAMED, "Quince", row(value="0.41", comparator="Quince", sentences=[3])) == []


def test_a_name_may_stand_where_others_are_compared() -> None:
    """In the title, as somebody's whose value is told, or where it is explained."""
    compared = row(value="0.74", comparator="Sorb", sentences=[3])
    assert named(NAMED, "Medlar", title="Medlar, a way to prune") == []
    assert named(NAMED, "Sorb") == []
    own = row(value="0.41", group="Sorb", sentences=[3])
    assert named(NAMED, "Sorb", compared, own) == []
    told = "Trees with no pruning die. Sorb, a rule for pruning, has a recall of 0.41."
    assert named(told, "Sorb", row(value="0.41", comparator="Sorb", sentences=[2])) == []


RATIOS = "Falls were rarer (crude OR, 0.61; 95% CI, 0.5-0.7; adjusted OR, 0.83; 95% CI, 0.7-1.0)."
TRIALS = "Scabs shrank (SMD -0.42, 95% CI -0.60 to -0.24; I² = 38%, τ² = 0.04; NNT 11)."
APA = "Mood rose (d = 0.62, η² = .14), as did pay (r = .31), net of age (β = .22)."
TESTS = "The positive predictive value was 71% and the negative predictive value 94%."
RATES = (
    "Rust hit 41/90 (46%) and 22/88 (25%) plots (hazard ratio for rust 0.48; risk difference 21%)."
)


@pytest.mark.parametrize(
    ("abstract", "metric", "true", "false"),
    [
        (RATIOS, "adjusted OR", "0.83", "0.61"),
        (RATIOS, "crude OR", "0.61", "0.83"),
        (RATIOS, "OR", "0.83", "0.61"),
        (TRIALS, "SMD", "-0.42", "38%"),
        (TRIALS, "SMD", "-0.42", "0.04"),
        (TRIALS, "SMD", "-0.42", "11"),
        (TRIALS, "NNT", "11", "-0.42"),
        (APA, "d", "0.62", ".14"),
        (APA, "r", ".31", "0.62"),
        (APA, "η²", ".14", ".31"),
        (APA, "β", ".22", ".31"),
        (TESTS, "positive predictive value", "71%", "94%"),
        (TESTS, "negative predictive value", "94%", "71%"),
        (RATES, "hazard ratio", "0.48", "25%"),
        (RATES, "risk difference", "21%", "46%"),
        (RATES, "hazard ratio", "0.48", "21%"),
    ],
)
def test_a_value_is_the_statistic_that_is_named_before_it(
    abstract: str, metric: str, true: str, false: str
) -> None:
    """An odds ratio, a crude one, heterogeneity: not that of its metric."""
    assert doubts(abstract, row(metric=metric, value=true)) == []
    assert ("results[0].metric", "swapped") in doubts(abstract, row(metric=metric, value=false))


def test_statistics_of_the_same_kind_go_by_several_names() -> None:
    """And a metric that is none of them is not held against any."""
    abstract = "Rust was rarer (hazard ratio (HR) 0.48), and the relative risk of blight was 0.7."
    assert doubts(abstract, row(metric="HR", value="0.48")) == []
    assert doubts(abstract, row(metric="blight", value="0.7")) == []
    abstract = "The correlation was r = .31, the standardised mean difference d = 0.62."
    assert doubts(abstract, row(metric="correlation", value=".31")) == []
    assert doubts(abstract, row(metric="standardised mean difference", value="0.62")) == []


GIVEN = "Rot was seen in 18 (6%) of 302 trees given lime and 44 (15%) of 300 given ash."
SHARES = (
    "Rot hit 18 of 302 trees (6%) in the lime group and 44 of 300 trees (15%) in the ash group."
)
YEARS = "Mass rose by 1.4 (0.2), 2.7 (0.3) and 3.9 (0.3) g in the first, second and third years."
COLONS = "Both helped (lime: difference -2.1 g, p = 0.03; ash: -4.6 g, p = 0.20)."
TWO_RISES = "Mass rose from 2.1 g to 4.6 g with lime and from 2.3 g to 3.1 g with ash."
HEDGES = "Moths were 47% fewer in lit hedges (4.9 g) than in dark hedges (9.3 g)."
PERCENTS = "More ripened (odds ratio 1.6, 95% CI 1.3 to 2.0; risk difference 2.3%, 1.7% to 2.8%)."


@pytest.mark.parametrize(
    ("abstract", "name", "true", "false"),
    [
        (GIVEN, "group", ("18 (6%)", "lime"), "ash"),
        (GIVEN, "group", ("44 (15%)", "ash"), "lime"),
        (SHARES, "group", ("6%", "lime group"), "ash group"),
        (SHARES, "group", ("15%", "ash group"), "lime group"),
        (YEARS, "group", ("1.4", "first"), "second"),
        (YEARS, "group", ("3.9", "third years"), "first"),
        (COLONS, "group", ("-4.6 g", "ash"), "lime"),
        (COLONS, "group", ("-2.1 g", "lime"), "ash"),
        (COLONS, "uncertainty", ("-2.1 g", "p = 0.03"), None),
        (TWO_RISES, "baseline", ("4.6 g", "2.1 g"), "2.3 g"),
        (TWO_RISES, "baseline", ("3.1 g", "2.3 g"), "2.1 g"),
        (HEDGES, "group", ("4.9 g", "lit hedges"), None),
        (PERCENTS, "uncertainty", ("2.3%", "1.7% to 2.8%"), "95% CI 1.3 to 2.0"),
    ],
)
def test_what_trials_give_to_one_arm_is_not_the_others(
    abstract: str, name: str, true: tuple[str, str], false: str | None
) -> None:
    """Of so many given it, in a list without "respectively", behind a colon, from and to."""
    value, own = true
    assert doubts(abstract, row(**{"value": value, name: own})) == []
    if false:
        told = doubts(abstract, row(**{"value": value, name: false}))
        assert (f"results[0].{name}", "swapped") in told


def test_a_p_value_of_other_brackets_is_doubted() -> None:
    """Where those of the value have one."""
    abstract = "Lime (-2.1 g; P = .03) and ash (-4.6 g; P = .20) were tried; chalk was not."
    assert doubts(abstract, row(value="-2.1 g", uncertainty="P = .03")) == []
    told = [("results[0].uncertainty", "swapped")]
    assert doubts(abstract, row(value="-2.1 g", uncertainty="P = .20")) == told
