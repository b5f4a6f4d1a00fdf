"""Tests of what keeps a row of results true: what isn't sure is left out or kept in words."""

from __future__ import annotations

from typing import Any

import pytest

from summarise.drafting import embedded_draft
from summarise.models import Document
from summarise.reading import Reading


def _rows(sentence: str) -> list[dict[str, Any]]:
    """The rows in numbers of a sentence that reports results."""
    abstract = f"We propose Zeta, a new way to read maps. RESULTS: {sentence}"
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=abstract)))
    return [row for row in draft["results"] if 2 in row["sentences"] and row["value"]]


def _told(sentence: str, *fields: str) -> list[tuple[str | None, ...]]:
    return [tuple(row[field] for field in fields) for row in _rows(sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The needs of schools in craft 5.0 were told by the weavers.",
        "Most of the moulds sat on exon 7.",
        "Sixty owls aged 2 to 9 years (mean: 4.7 ± 1.6 years) were ringed.",
        "The mean age of the owls was 8.4 years (mean difference -0.3, 95% CI -0.9 to 0.3).",
        "Five-year moults were seen in the wood.",
    ],
)
def test_names_ages_and_sizes_are_no_outcomes(sentence: str) -> None:
    """A version, a numbered thing, a grid and an age aren't what came out."""
    assert not {"5.0", "7", "4,096×", "4.7", "-0.3", "Five-year"} & {
        row["value"].strip() for row in _rows(sentence)
    }


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("A cut-off value of salt at 6.5 had the best accuracy (81%).", ["81%"]),
        ("Salt told owls from gulls at a threshold of 12 g with a recall of 77%.", ["77%"]),
        ("The curve gave 40 ms as the best cut-off value of rest.", []),
        ("They recalled a mean score of 7.1 from a possible score of 20.", ["7.1"]),
    ],
)
def test_what_something_is_measured_by_is_no_outcome(sentence: str, values: list[str]) -> None:
    """A cut-off, the end of a scale, a split of data and the p-values of a list."""
    assert [row["value"] for row in _rows(sentence)] == values


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("The rope raised warmth by 0.06 and the yearly cost by $2,300.", ["0.06", "$2,300"]),
        ("Zeta brings up to 12% map error reduction.", ["up to 12%"]),
        ("Zeta gives 4%, 9% and 6% better recall than rivals.", ["4%", "9%", "6%"]),
    ],
)
def test_a_change_is_no_level(sentence: str, values: list[str]) -> None:
    """What a list or a noun behind makes a difference isn't shown as what was reached."""
    assert _told(sentence, "value", "kind") == [(value, "change") for value in values]


def test_a_loss_of_blood_is_no_change() -> None:
    """What is lost is measured as it is."""
    assert _told("The mean blood loss was 70 mL.", "value", "kind") == [("70 mL", None)]


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Thirty-two gulls (41%) moulted late.", "Thirty-two gulls (41%)"),
        ("Two hundred twelve (38%) moulted late.", "Two hundred twelve (38%)"),
        ("Of these, 12 of those 31 nests (39%) were dry.", "12 of those 31 nests (39%)"),
        ("The share of dry nests was 3.1% (four of 129).", "3.1% (four of 129)"),
    ],
)
def test_a_count_in_words_stands_with_its_share(sentence: str, value: str) -> None:
    """A share isn't torn from what it is of."""
    assert [row["value"] for row in _rows(sentence)] == [value]


@pytest.mark.parametrize(
    "sentence",
    [
        "Sixty owls (80%) were immune against rust with a late moult in 9 owls (12%).",
        "Salt was found on deck in six (20%), below the deck in nine (30%).",
    ],
)
def test_a_word_of_contrast_that_compares_nothing(sentence: str) -> None:
    """What something works against, or lies below, is no rival."""
    assert [row["baseline"] for row in _rows(sentence)] == [None, None]


@pytest.mark.parametrize(
    ("sentence", "metric"),
    [
        ("Zeta has a fair precision with a recall of 71%.", "recall"),
        ("It has a high precision with recall rates of 71%.", "recall rates"),
    ],
)
def test_a_metric_keeps_the_words_that_turn_it(sentence: str, metric: str) -> None:
    """What was suspected or failed isn't what was found, and what it came with isn't measured."""
    assert [row["metric"] for row in _rows(sentence)] == [metric]


_GROUPS = ("value", "group", "baseline", "comparator")


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "Salt was given at 2.3 ± 0.4 units per owl in group 1 versus 0.8 ± 0.2 in group 2.",
            [("2.3", "group 1", "0.8", "group 2")],
        ),
    ],
)
def test_whose_a_number_is_follows_the_order_and_the_words(
    sentence: str, rows: list[tuple[str, str | None, str | None, str | None]]
) -> None:
    """No arm's value stands under another's name; one that its words turn round is turned."""
    assert _told(sentence, *_GROUPS) == rows


def test_an_interval_behind_a_semicolon_is_no_second_value() -> None:
    """What holds the value between its ends says how sure it is."""
    sentence = "Salt (0.23; 0.05 to 0.41) and rest (0.66; 0.21 to 1.11) told the moult."
    assert _told(sentence, "value", "uncertainty") == [
        ("0.23", "0.05 to 0.41"),
        ("0.66", "0.21 to 1.11"),
    ]


@pytest.mark.parametrize(
    ("sentence", "metric"),
    [
        ("Four had rust of the wing after rain (12.5%).", "Four"),
        ("In 31 of 64 (48%) patients no leaks were noted.", "noted"),
        ("The main reasons for wing surgery were leaks (31%).", "wing surgery"),
    ],
)
def test_a_part_of_a_statement_is_no_metric(sentence: str, metric: str) -> None:
    """The statement is told as a whole, or in words."""
    told = [row["metric"] for row in _rows(sentence)]
    assert told == [metric] if " was " in metric else metric not in told


def test_the_groups_of_a_list_are_not_what_it_measures() -> None:
    """The last of a list of groups is one of them."""
    sentence = "The yearly growth of rust in dry, damp, and wet plots was 12%, 25%, and 41%"
    for ending in (".", ", respectively."):
        assert "wet plots" not in [row["metric"] for row in _rows(sentence + ending)]


def test_what_is_saved_of_something_is_a_change() -> None:
    """A share of the costs isn't what they are."""
    sentence = "About 9% of the net costs can be saved by the rope."
    assert [row["kind"] for row in _rows(sentence)] == ["change"]


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "A late moult was seen in 14 (9.2%) different patients.",
            [("14 (9.2%)", None, None, None)],
        ),
    ],
)
def test_a_rival_a_start_and_a_torn_name_are_no_group(
    sentence: str, rows: list[tuple[str, str | None, str | None, str | None]]
) -> None:
    """Rivals of a list stay rivals, what was before is what a value is compared with."""
    assert _told(sentence, *_GROUPS) == rows


@pytest.mark.parametrize(
    "sentence",
    [
        "A cut of the drying time to 9 days is advisable.",
        "The width of the 95% LoA was judged by eye.",
        "There were 71 owls: some were ringed.",
        "Rust 5/30 pattern was seen by few.",
        "Using ranges of 40 to 60 mmHg, it told owls from gulls.",
    ],
)
def test_advice_levels_samples_and_names_are_no_outcomes(sentence: str) -> None:
    """Nothing that was measured stands there."""
    assert _rows(sentence) == []


def test_what_each_of_two_changes_measures() -> None:
    """The second of two changes has a name of its own before it."""
    sentence = "The veil lowers guest PSNR by up to 3 dB and SSIM by 40-55%."
    assert _told(sentence, "metric", "value")[-1] == ("SSIM", "40-55%")


def test_where_a_change_ends_is_a_level() -> None:
    """From one number to another tells two levels, whatever it is compared with."""
    sentence = "Zeta cuts the error rate from 6.4% to 1.9% compared with the usual method."
    assert _told(sentence, "value", "kind", "baseline") == [("1.9%", None, "6.4%")]


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "It has a sensitivity of 98% versus 61% and 74% by the old and the new net.",
            [("98%", None, "61%", None)],
        ),
    ],
)
def test_the_second_rival_and_a_torn_name_are_left_out(
    sentence: str, rows: list[tuple[str, str | None, str | None, str | None]]
) -> None:
    """A rival's number is no row, and one name for both sides tells nothing."""
    assert _told(sentence, *_GROUPS) == rows


@pytest.mark.parametrize(
    ("sentence", "fields", "rows"),
    [
        (
            "Zeta raises recall upon FoxNet by up to ≈ 30%.",
            ("value", "kind"),
            [("≈ 30%", "change")],
        ),
        (
            "No difference was found in rest (adjusted hazard ratio (AHR) = 1.04, 95% CI 0.9-1.2).",
            ("metric",),
            [("adjusted hazard ratio",)],
        ),
        (
            "More than a third of these faults (36%) involved users' understanding of maps.",
            ("group",),
            [(None,)],
        ),
    ],
)
def test_what_stands_beside_a_number_is_read_as_it_is_meant(
    sentence: str, fields: tuple[str, ...], rows: list[tuple[str | None, ...]]
) -> None:
    """Further means, changes "by up to", brackets in lists, gaps, correlations and short forms."""
    assert _told(sentence, *fields) == rows


@pytest.mark.parametrize(
    ("sentence", "fields", "rows"),
    [
        ("Forty one percent of them were shy.", ("value",), [("Forty one percent",)]),
        (
            "The rope cut strain by between 31.2% and 44.5% and wear by between 12.1% and 18.4%.",
            ("value", "kind"),
            [("31.2% and 44.5%", "change"), ("12.1% and 18.4%", "change")],
        ),
        (
            "The rule outperforms a net baseline with 43.21 % vs 36.12 % mean accuracy.",
            ("comparator",),
            [("net baseline",)],
        ),
        ("There were 412 notes and 871 letters with a mark.", ("value",), []),
    ],
)
def test_words_ranges_and_samples_are_no_pairs(
    sentence: str, fields: tuple[str, ...], rows: list[tuple[str | None, ...]]
) -> None:
    """Numbers in two words, ranges, sizes of a sample and ratios that are tested apart."""
    assert _told(sentence, *fields) == rows


@pytest.mark.parametrize(
    ("sentence", "fields", "rows"),
    [
        (
            "Owls had a greater decrease in weight (41 vs 28 g, P = .02).",
            ("value", "baseline"),
            [("41", "28 g")],
        ),
        (
            "Moult was later in the wet group (88.1%) than in the dry one (47.2%).",
            ("value", "baseline"),
            [("88.1%", "47.2%")],
        ),
        (
            "Wing survival was better than their first wing survival (68% vs. 31%; P=0.01).",
            ("metric",),
            [("Wing survival",)],
        ),
        ("The recommended range of the guidelines (≈ 40% load) was kept.", ("value",), []),
        (
            "Nine, four and six owls showed a moult a, b and c, respectively.",
            ("value",),
            [],
        ),
        (
            "Rates at 2 weeks and 5 weeks were 6.1% and 7.2%.",
            ("value",),
            [("6.1%",), ("7.2%",)],
        ),
    ],
)
def test_changes_rivals_and_times_beside_a_number(
    sentence: str, fields: tuple[str, ...], rows: list[tuple[str | None, ...]]
) -> None:
    """Where a change began, what is outdone, what is advised and when it was measured."""
    assert _told(sentence, *fields) == rows


@pytest.mark.parametrize(
    ("sentence", "fields", "rows"),
    [
        (
            "It lowered the toll over time ($30) compared with the other counties ($170).",
            ("value",),
            [("$30",)],
        ),
        (
            "There was no tie of rust with rain and wind (r = 0.19, 0.12 respectively, p>0.05).",
            ("baseline",),
            [(None,), (None,)],
        ),
    ],
)
def test_rivals_correlations_and_bounds_in_brackets(
    sentence: str, fields: tuple[str, ...], rows: list[tuple[str | None, ...]]
) -> None:
    """A rival's number, two correlations, pairs of several measures, bounds with a p-value."""
    assert _told(sentence, *fields) == rows


@pytest.mark.parametrize(
    ("sentence", "fields", "rows"),
    [
        (
            "Zeta improves map recall by 4.1% and net coverage by 7.2%, compared to chance.",
            ("value", "kind"),
            [("4.1%", "change"), ("7.2%", "change")],
        ),
        (
            "Haem fell from 51.6±8.1 g in men aged 40 to 54 years to 38.1±4.3 g later.",
            ("value", "comparator"),
            [("38.1", None)],
        ),
        ("The depth at 10° and 20° angles was compared.", ("value",), []),
    ],
)
def test_changes_go_on_and_cut_names_are_none(
    sentence: str, fields: tuple[str, ...], rows: list[tuple[str | None, ...]]
) -> None:
    """The second of two changes, a name that an age goes on, and angles at which was measured."""
    assert _told(sentence, *fields) == rows


@pytest.mark.parametrize(
    ("sentence", "fields", "rows"),
    [
        (
            "The weight rose with every cup of tea (+0.62 kg/m(2), p<0.001).",
            ("value", "uncertainty"),
            [("+0.62 kg/m(2)", "p<0.001")],
        ),
        (
            "The loss of sand was 2-9 mm year(-1) and 5.3 mm century(-1) in the dunes.",
            ("value",),
            [("2-9 mm year(-1)",), ("5.3 mm century(-1)",)],
        ),
        (
            "The share of red owls was 41% (95% CI 25%-62%, p-value for difference is 0.414).",
            ("value", "uncertainty"),
            [("41%", "95% CI 25%-62%, p-value for difference is 0.414")],
        ),
    ],
)
def test_raised_numbers_in_brackets_and_p_values_that_are(
    sentence: str, fields: tuple[str, ...], rows: list[tuple[str | None, ...]]
) -> None:
    """A power in brackets is of the unit; what a p-value is tells how sure a value is."""
    assert _told(sentence, *fields) == rows


@pytest.mark.parametrize(
    ("sentence", "fields", "rows"),
    [
        (
            "Moult was commoner in wet barns after controlling for salt (16.8 vs 14.3, p = 0.02).",
            ("value", "group"),
            [("16.8", None)],
        ),
        ("The share was 2.7% -4.9% in sand.", ("value",), [("2.7% -4.9%",)]),
        (
            "Among 31 young owls, 7 (23%) were thin.",
            ("value", "group"),
            [("7 (23%)", None)],
        ),
    ],
)
def test_a_group_is_a_whole_name_and_no_quality(
    sentence: str, fields: tuple[str, ...], rows: list[tuple[str | None, ...]]
) -> None:
    """Neither its end alone, nor an adjective, nor what was controlled for."""
    assert _told(sentence, *fields) == rows


@pytest.mark.parametrize(
    ("sentence", "fields", "rows"),
    [
        (
            "Rest of 0-3 months (OR = 1.9, 95% CI: 1, 3) and 4-6 months (OR = 3.6, 95% CI: 2, 5).",
            ("value",),
            [("1.9",), ("3.6",)],
        ),
        (
            "High zeal (defined as singing for at least 2-3 hours) was seen in 41% of owls.",
            ("value",),
            [("41%",)],
        ),
        (
            "The gap grows to 13.6 p.p. for the richest 1% of farms.",
            ("value",),
            [("13.6 p.p.",)],
        ),
    ],
)
def test_which_part_and_what_was_defined_are_no_values(
    sentence: str, fields: tuple[str, ...], rows: list[tuple[str | None, ...]]
) -> None:
    """An age that a ratio is of, a definition, a part of a whole; a bracket names its people."""
    assert _told(sentence, *fields) == rows
