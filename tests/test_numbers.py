"""Tests of what the numbers of a sentence report."""

from __future__ import annotations

import re
from typing import Any

import pytest

from summarise.drafting import embedded_draft
from summarise.models import Document
from summarise.reading import Reading

_FIELDS = ("value", "uncertainty", "group", "baseline", "comparator")


def _rows(sentence: str) -> list[dict[str, Any]]:
    abstract = f"We propose Zeta, a new way to read maps. RESULTS: {sentence}"
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=abstract)))
    return [row for row in draft["results"] if 2 in row["sentences"]]


def _told(sentence: str, *fields: str) -> list[tuple[str | None, ...]]:
    return [tuple(row[field] for field in fields) for row in _rows(sentence)]


@pytest.mark.parametrize(
    ("sentence", "value", "uncertainty"),
    [
        ("The score was 4.78 ± 0.52 at the end.", "4.78", "± 0.52"),
        ("Speed was 4.78 ± 0.52 km·h⁻¹ at the end.", "4.78", "± 0.52 km·h⁻¹"),
        ("The score was 92.2±1.3 at the end.", "92.2", "±1.3"),
        (
            "Life was 92.2 ± 1.3 (stat) ± 0.4 (syst.) ns long.",
            "92.2",
            "± 1.3 (stat) ± 0.4 (syst.) ns",
        ),
        ("The mass was 31.4 +2.2/−1.9 keV at the end.", "31.4", "+2.2/−1.9 keV"),
        (r"The mass was $31.4^{+2.2}_{-1.9}$ at the end.", "31.4", "^{+2.2}_{-1.9}"),
        (
            r"Speed was $31.4 \pm 2.2$ m s$^{-1}$ at the end.",
            "31.4",
            r"$\pm 2.2$ m s$^{-1}$",
        ),
        (
            r"The size was $2.31 \pm 0.06\,R_\oplus$ at the end.",
            "2.31",
            r"$\pm 0.06\,R_\oplus$",
        ),
        ("The rate was (3.1 ± 0.4) × 10⁻⁷ s⁻¹ at the end.", "(3.1 ± 0.4) × 10⁻⁷ s⁻¹", None),
        (
            r"The rate was $(3.1 \pm 0.4) \times 10^{-7}$ s$^{-1}$ at the end.",
            r"$(3.1 \pm 0.4) \times 10^{-7}$ s$^{-1}$",
            None,
        ),
        (r"The point was $T_b = 92.2 \pm 1.3$ K at the end.", r"$T_b = 92.2 \pm 1.3$ K", None),
        (
            "The odds ratio was 0.58 (95% CI, 0.48-0.71; P < .01).",
            "0.58",
            "95% CI, 0.48-0.71; P < .01",
        ),
        (
            "The odds ratio was 3.7, 95% confidence interval 1.2-11.6, P = 0.02.",
            "3.7",
            "95% confidence interval 1.2-11.6, P = 0.02",
        ),
        ("The median burnt area was 11% (range 0.9-80%).", "11%", "range 0.9-80%"),
        ("The median wait was 12 days (IQR 8 to 17).", "12 days", "IQR 8 to 17"),
        ("The odds ratio was 0.71 (0.62-0.80).", "0.71", "0.62-0.80"),
        ("Wages rose by 3.4% (s.e. 0.9).", "3.4%", "s.e. 0.9"),
        ("The ratio was 3.4 plus-minus 0.7 at the end.", "3.4", "plus-minus 0.7"),
        ("The mean score was 4.1 (st.dev. 0.9).", "4.1", "st.dev. 0.9"),
        ("The risk was 31% lower (p &lt; 0.001).", "31%", "p &lt; 0.001"),
        ("The effect was 0.31 (p for trend = 0.02).", "0.31", "p for trend = 0.02"),
    ],
)
def test_how_sure_a_number_is_stands_apart_from_it(
    sentence: str, value: str, uncertainty: str
) -> None:
    """Interval, spread, range and p-value are no outcomes and no part of the value."""
    assert _told(sentence, "value", "uncertainty") == [(value, uncertainty)]


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        (
            "Falls occurred in 12 450 of 98 200 drivers (12.7%).",
            ["12 450 of 98 200 drivers (12.7%)"],
        ),
        ("Asthma occurred in 12 450 (1.0%) with cats.", ["12 450 (1.0%)"]),
        ("The incidence was 412 per 100 000 person-years.", ["412 per 100 000 person-years"]),
        ("The cost was €12 450 (95% CI 10 200 to 14 700).", ["€12 450"]),
        ("Deaths fell from 2 150 to 1 890 per year.", ["1 890 per year"]),
    ],
)
def test_a_number_that_spaces_group_is_never_cut(sentence: str, values: list[str]) -> None:
    """Counts, wholes, rates and ranges have all of their digits, whatever space groups them."""
    for space in " \u00a0\u2009":
        told = re.sub(r"(?<=\d) (?=\d{3}\b)", space, sentence)
        rows = _rows(told)
        assert [row["value"].replace(space, " ") for row in rows] == values
        assert all(
            row["uncertainty"] in (None, f"95% CI 10{space}200 to 14{space}700") for row in rows
        )


def test_a_p_value_without_a_number_makes_a_row_in_words() -> None:
    """What is told in words and a p-value has no value, but says how sure it is."""
    sentence = "Anglers had more trout (p=0.03) and fewer eels (p<0.001) than walkers."
    assert _told(sentence, "value", "uncertainty") == [(None, "p=0.03"), (None, "p<0.001")]


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("The graft failed in 9 (10%) of 87 patients with gout.", ["9 (10%)"]),
        ("Relapse was seen in 68 of 84 (81%) treated patients.", ["68 of 84 (81%)"]),
        ("The variant was present in 7 cases (3.7%).", ["7 cases (3.7%)"]),
        ("Relapse was rarer with Zeta (14/116, 12%).", ["14/116, 12%"]),
        ("Frost was rarer in fields below 600 m (5.4%).", ["5.4%"]),
        ("Relapse was seen within 30 days (4.1%) in both groups.", ["4.1%"]),
        ("Relapse was seen in 12% (14/116) of the patients.", ["12% (14/116)"]),
        (
            "The rot was kiln rot (n = 11, 40.7%), mould (n = 7, 25.9%).",
            ["n = 11, 40.7%", "n = 7, 25.9%"],
        ),
        ("Rot was seen in 13 of 17 KLM boats (76%).", ["13 of 17 KLM boats (76%)"]),
        ("Thirty-four of 91 boats (37%) were leaking.", ["Thirty-four of 91 boats (37%)"]),
        ("Eleven of the 52 boats (21%) sank.", ["Eleven of the 52 boats (21%)"]),
        ("In 10 boats (19.2%), the mast had to be replaced.", ["10 boats (19.2%)"]),
        ("Of all calls, 71.8 percent (2,364) were to the harbour.", ["71.8 percent (2,364)"]),
        ("Moult was seen in 61.2% (n=120/196) of them.", ["61.2% (n=120/196)"]),
        ("Salting (83%, n=64) was common.", ["83%, n=64"]),
        ("Over two thirds (68.4%) of women said no.", ["68.4%"]),
        (r"It reaches an accuracy of \textbf{81.7\%} here.", [r"81.7\%"]),
        # The number of a name counts nothing, and what goes on in the bracket is another share.
    ],
)
def test_a_count_and_its_share_are_one_value(sentence: str, values: list[str]) -> None:
    """A count, the whole that it is of and its percentage tell one outcome."""
    assert [row["value"] for row in _rows(sentence)] == values


@pytest.mark.parametrize(
    "sentence",
    [
        "Spectra at temperatures below 45 K show two signals.",
        "Patients aged 75 years did not differ in recovery.",
        "Keepers were more likely to work <60% of the week outdoors.",
        "Recovery was better in adults heavier than 50 kg.",
        "Maps were ready within 10 min in all rooms.",
        "Growth was faster in the pH range 4.5 to 8.5.",
        "The acid (pH = 2) improved the yield.",
        "Zeta outperforms Claude 3.5 Sonnet on every metric.",
        "Models improved on 24 benchmarks and 12 languages.",
        "At a follow-up of 24 months the difference remained.",
        "The 12-week course improved sleep.",
        "Results improved after 5 years of follow-up.",
        "Those who took part (mean age, 64.7 ± 7.3 years) walked more.",
        "The median follow-up was 21.7 months.",
        "We recommend rest if the level exceeds 3.5 mmol/L after a fall.",
        "At a depth of 3.5 km, growth was slower.",
        "For every 10% of shade, growth was slower.",
        "Growth was slower in the poorest 20% of farms.",
        "On a 0–10 scale, walkers felt better.",
        "The exponent agrees, close to the 0.63 of theory.",
        "Walkers differed from sitters (chi(2) = 3.67).",
        "Two knots fitted best [2 (231)=367.41].",
    ],
)
def test_how_and_where_it_was_measured_is_no_outcome(sentence: str) -> None:
    """Ages, thresholds, horizons, conditions, settings, sizes and digits of names are no values."""
    assert [row["value"] for row in _rows(sentence) if row["value"]] == []


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Yields improve at least 3-fold in the dark.", "at least 3-fold"),
        ("Coverage was higher, with improvements ranging from 6% to 21%.", "6% to 21%"),
        ("We found that about 1-3% of the tests failed.", "about 1-3%"),
        ("Waits fell from 94 min to 31 min after the reform.", "31 min"),
        ("Inflation rose from 2.1% in 2020 to 8.0% in 2022.", "8.0%"),
        ("Zeta achieves $25\\%$ accuracy on maps.", "25\\%"),
    ],
)
def test_a_value_keeps_what_qualifies_it(sentence: str, value: str) -> None:
    """Comparing words, both ends of a range and the unit belong to the number."""
    assert [row["value"] for row in _rows(sentence)] == [value]


@pytest.mark.parametrize(
    ("sentence", "row"),
    [
        (
            "Relapse was rare in men with gout (14/116, 12%) than in controls (9/29, 31%) (P=.01).",
            ("14/116, 12%", "P=.01", "men with gout", "9/29, 31%", "controls"),
        ),
        ("Errors fell from an average of 38% to 6%.", ("6%", None, None, "38%", None)),
    ],
)
def test_whose_a_value_is_and_what_it_is_compared_with(
    sentence: str, row: tuple[str | None, ...]
) -> None:
    """Group, baseline and comparator are the words that the sentence has for them."""
    assert _told(sentence, *_FIELDS) == [row]


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "Recovery in Alder, Birch and Cedar was 16%, 50% and 71%, respectively.",
            [("16%", "Alder"), ("50%", "Birch"), ("71%", "Cedar")],
        ),
        (
            "The causes were noise (OR 4.2, 95% CI 3.6 to 5.8) and heat (OR 3.1, 95% CI 1 to 4).",
            [("4.2", "noise"), ("3.1", "heat")],
        ),
        (
            "Yields were 0.31 and 0.44 for Alder and Birch, respectively.",
            [("0.31", "Alder"), ("0.44", "Birch")],
        ),
        (
            "Attacks fell by 3.9 with daily use, 3.1 with weekly use, and 2.0 with placebo.",
            [("3.9", "daily use"), ("3.1", "weekly use")],
        ),
    ],
)
def test_each_of_a_list_has_its_own_row(sentence: str, rows: list[tuple[str, str]]) -> None:
    """Numbers and names of a list belong to each other in their order."""
    assert _told(sentence, "value", "group") == rows


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("Zeta reaches 28.4 BLEU, improving by over 2 BLEU.", [None, "change"]),
        ("Zeta improves accuracy by 3.7%.", ["change"]),
        ("Sites saw 31% fewer visits.", ["change"]),
        ("Sites saw 31%, 12% and 8% fewer visits.", ["change"] * 3),
        ("Zeta attains a recall of 61.7%, 4.2 points higher than Eta.", [None, "change"]),
        ("Zeta attains a recall of 61.7%, 4.2% higher than Eta.", [None, "change"]),
        ("Noise was followed by a 4.2% (95% CI 1.1 to 7.4) increase in falls.", ["change"]),
        ("Visits recovered to 91% of the level at dark sites.", ["change"]),
        ("Zeta reaches an accuracy of 91%.", [None]),
    ],
)
def test_a_difference_is_told_from_a_level(sentence: str, kinds: list[str | None]) -> None:
    """A gain, and a share of another value, are changes; neither is a baseline."""
    rows = _rows(sentence)
    assert [row["kind"] for row in rows] == kinds
    assert all(row["baseline"] is None for row in rows)


def test_a_rival_of_a_contrasting_clause_is_named() -> None:
    """What others reach in a clause of their own isn't told as the paper's."""
    sentence = "Errors fell from 38% to 6%, while the river experts reach 4%."
    assert _told(sentence, "value", "group") == [("6%", None), ("4%", "river experts")]


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Zeta is faster than Gallowtone as a layer.", (None, "Gallowtone")),
        ("The maps outperform older atlases in all rooms.", (None, "older atlases")),
    ],
)
def test_a_comparison_in_words_names_who_is_compared(
    sentence: str, names: tuple[str | None, str | None]
) -> None:
    """A row without a number still says whose the outcome is, and against whom."""
    assert _told(sentence, "group", "comparator") == [names]


def test_a_solution_is_no_outcome() -> None:
    """Its strength is how something was done."""
    sentence = (
        "Two fixes were tested: 0.17 M sodium chloride containing a concentration of 15% milk."
    )
    assert _told(sentence, "value") == []


@pytest.mark.parametrize(
    ("sentence", "rival"),
    [
        ("Zeta is more accurate than hand drawing.", "hand drawing"),
        ("Zeta improves maps while achieving 6x greater efficiency than linear search.", None),
        ("Zeta agrees better with walkers than other rule-based or learnt maps.", None),
    ],
)
def test_a_rival_is_of_the_clause_that_is_told(sentence: str, rival: str | None) -> None:
    """Not of another, and not a phrase without its noun."""
    assert {row["comparator"] for row in _rows(sentence) if not row["value"]} <= {rival}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            (
                "A damp cellar (OR = 1.8; 95% CI 1.1-2.9) and a wood stove (OR = 1.3; 95% CI "
                "0.8-2.0) came with moths."
            ),
            [("1.8", "damp cellar"), ("1.3", "wood stove")],
        ),
        (
            "Decay was 0.21 ± 0.04 in aged knockouts and 0.36 ± 0.05 in aged controls.",
            [("0.21", "aged knockouts")],
        ),
    ],
)
def test_whose_a_number_is_in_the_forms_of_trials(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    """Before or behind the brackets, before "versus", or that of the pair that a ratio is of."""
    assert _told(sentence, "value", "group") == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The scans were sharper at 3 T.",
        "The decline of moths 6-10 yr after fire reflects their lives.",
        "Two predictors were significant (P <.007 and .001, respectively).",
        "Studies 2 and 3 showed a fall.",
    ],
)
def test_a_field_a_delay_and_a_label_are_no_outcomes(sentence: str) -> None:
    """Nor is a second p-value."""
    assert all(row["value"] is None for row in _rows(sentence))


@pytest.mark.parametrize(
    ("sentence", "value", "baseline"),
    [
        ("The mean iron level rose from 15.1 +/- 5.8 to 23.3 +/- 11.8 ng/ml.", "23.3", "15.1"),
        (r"Zeta raises recall from 61.4 to \textbf{72.5}.", "72.5", "61.4"),
        ("We raise the F-score of the mown distance from 0.81 to 0.93.", "0.93", "0.81"),
        ("Zeta's loss drops from 44.6% to 19.2% on speech and then rises.", "19.2%", "44.6%"),
    ],
)
def test_what_a_value_was_before_is_its_baseline(sentence: str, value: str, baseline: str) -> None:
    """A spread behind either number, or a noun of settings before them, hides no change."""
    (row,) = _rows(sentence)
    assert row["value"] == value
    assert str(row["baseline"]).startswith(baseline)


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Arsenic levels in reeds varied from 0.09 to 0.28 mg/kg.", "0.09 to 0.28 mg/kg"),
    ],
)
def test_a_range_is_one_value_and_no_change(sentence: str, value: str) -> None:
    """What ranges from one number to another did not change."""
    assert _told(sentence, "value", "baseline") == [(value, None)]


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        ("The mean pain score was 5.3 in the massage group.", [("5.3", "massage group")]),
        ("In the massage group, pain fell to 2.1.", [("2.1", "massage group")]),
        ("Two ropes were used by 202 (70%) old sailors.", [("202 (70%)", None)]),
        ("Lice were seen in 202 (70%) old farmers.", [("202 (70%)", "old farmers")]),
        ("Two ropes were used by 202 (70%) participants.", [("202 (70%)", None)]),
    ],
)
def test_whose_a_value_is_in_lists_of_counts_and_arms(
    sentence: str, rows: list[tuple[str, str | None]]
) -> None:
    """The name stands behind a count, before it in a list, or is that of an arm."""
    assert _told(sentence, "value", "group") == rows


@pytest.mark.parametrize(
    ("sentence", "group", "comparator"),
    [
        (
            (
                "Flow was higher in the treated group (3.02 ± 1.04 cm) than in the control group "
                "(1.98 ± 0.64 cm)."
            ),
            "treated group",
            "control group",
        ),
    ],
)
def test_who_is_compared_in_a_pair(
    sentence: str, group: str | None, comparator: str | None
) -> None:
    """People told apart are the subject of their numbers; where rain was kept is no rival."""
    (row,) = _rows(sentence)
    assert (row["group"], row["comparator"]) == (group, comparator)


def test_the_numbers_of_further_rivals_are_no_outcomes() -> None:
    """What follows a rival's number in a list is of other rivals."""
    sentence = "Loss was greater in group IV (245 versus 151, 131, and 195 ml, respectively)."
    assert _told(sentence, "value") == [("245",)]


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("Zeta has a recall of 71%, outperforming existing methods by 14%.", ["71%", "14%"]),
    ],
)
def test_both_ends_of_a_range_and_both_parts_of_a_sentence_are_told(
    sentence: str, values: list[str]
) -> None:
    """A range has no start, and "outperforming existing methods by" is no name of a rival."""
    assert [row["value"] for row in _rows(sentence)] == values


def test_ratios_with_their_own_tests_are_not_compared() -> None:
    """What differs from nothing by itself isn't what another ratio is compared with."""
    sentence = (
        "The risk of loss (risk ratio [95% CI]) was 1.12 (0.94-1.34) in the A-only group, 1.26 "
        "(1.15-1.38) in the B-only group, and 1.48 (1.28-1.72) in the no-A/B group."
    )
    assert _told(sentence, "value", "baseline") == [("1.12", None), ("1.26", None), ("1.48", None)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Rats given 5 min of cues pressed the lever more often.",
        "Moult was late in males from 21 to 60 years of age.",
        "One-hundred-fourteen owls were initiated on salt.",
        "There were 212 owls, of which 96 were young.",
        "Patterns were taken at a heating rate of 2 K/min.",
        "Noise was flat at frequencies 0.2, 2, 20, and 500 Hz.",
        "The traps held alike at slack=0.4.",
        "Gulls and owls slept alike (p 0.04).",
        "Gulls were calmer after only six sessions of 7-11 minutes.",
        "Owls were shyer after 2, 4 and 9 years in the wood.",
        "Gulls that were given 10 mg salt slept badly.",
        "Sleep was worse in cases of leave exceeding 8 weeks.",
    ],
)
def test_exposures_ages_and_thresholds_are_no_outcomes(sentence: str) -> None:
    """How long, how old and at which mark something was measured isn't what came out."""
    assert [row["value"] for row in _rows(sentence) if row["value"]] == []


@pytest.mark.parametrize(
    ("sentence", "uncertainty"),
    [
        (
            "The bias was 5.6 +/- 6.9 mmHg (95% C.I. 5.11-6.09).",
            "+/- 6.9 mmHg (95% C.I. 5.11-6.09)",
        ),
        ("The odds ratio was 1.34, 95% confidence interval [95% CI]1.05-1.69.", None),
        (
            "Salt mattered [odds ratio (OR) 0.93 per 10 mm rise in rain, 95% CI 0.89-0.98].",
            "95% CI 0.89-0.98",
        ),
        ("Rain fell by 12% (p<0,05).", "p<0,05"),
        (
            "The rate ratio was 0.37 (95 percent CI 0.22 to 0.58, p<0.001).",
            "95 percent CI 0.22 to 0.58, p<0.001",
        ),
        ("The mean length was 47.6 mm (41 mm to 53 mm).", "41 mm to 53 mm"),
        ("Marks were 0.31 SD higher in quiet schools (SE 0.08).", "SE 0.08"),
        ("Being shy (OR: 1.71; 95%Cl: 1.12-2.63) mattered.", "95%Cl: 1.12-2.63"),
        ("The gap in marks was 0.31 SD (95% CI -0.1, 0.7).", "95% CI -0.1, 0.7"),
        ("The gap was 0.31 standard deviations (SD) (95% CI -0.1, 0.7).", "95% CI -0.1, 0.7"),
        (
            "Marks were 0.31 SD higher in quiet schools (95% CI [0.15, 0.47], p = .002).",
            "95% CI [0.15, 0.47], p = .002",
        ),
    ],
)
def test_how_sure_a_number_is_in_other_spellings(sentence: str, uncertainty: str | None) -> None:
    """Points in "C.I.", a unit before the interval, what a ratio is per, a decimal comma, and some
    words before the brackets.
    """
    (row,) = _rows(sentence)
    if uncertainty is None:
        uncertainty = "95% confidence interval [95% CI]1.05-1.69"
    assert row["uncertainty"] == uncertainty


def test_counts_in_words_keep_their_share() -> None:
    """A count in words and its share are one value, without the noun behind them."""
    sentence = "Thirty-seven (51%) patients had lice."
    assert _told(sentence, "value") == [("Thirty-seven (51%)",)]


@pytest.mark.parametrize(
    ("sentence", "value", "group"),
    [
        ("The word error rate for Wren-7B fell from 38% to 6%.", "6%", "Wren-7B"),
        ("Nausea was more frequent with velantrone (21% vs. 9%).", "21%", "velantrone"),
        ("Carbon was 4.4 t ha−1 higher with marl than without.", "4.4 t ha−1", None),
        ("Zeta reaches an accuracy of 91%.", "91%", None),
        ("ABTS was 12% in reeds.", "12%", None),
    ],
)
def test_a_named_subject_is_whose_a_value_is(sentence: str, value: str, group: str | None) -> None:
    """A variant by name, or what a metric is of; neither the proposal nor a metric."""
    (row,) = _rows(sentence)
    assert (row["value"], row["group"]) == (value, group)


def test_a_unit_goes_on_behind_a_space() -> None:
    """What follows a measure may be the rest of its unit, and no course of so many days."""
    sentence = "Its volume was 0.61 cm3 g-1 and its capacity was 8 mg g-1."
    assert _told(sentence, "value") == [("0.61 cm3 g-1",), ("8 mg g-1",)]


def test_ratios_of_two_groups_are_not_compared() -> None:
    """Each is compared with what the ratio is to."""
    sentence = (
        "The risk ratio was 1.6 (1.1-2.4) in the 12-h group and 2.7 (1.9-3.9) in the 16-h group."
    )
    assert _told(sentence, "value", "baseline") == [("1.6", None), ("2.7", None)]


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("Comparisons were made between 107 patients who rowed and 113 who received salt.", []),
        ("Mean 24 h QTc was alike in owls and gulls.", []),
        ("The gulls were tried on a board, and 263 tests were performed.", []),
        (
            (
                "Eels were tied to lice [less than once a week (OR = 1.4, 95% CI: 1.1-1.9)] and to "
                "mites [less than once a week (OR = 1.2, 95% CI: 1.0-1.5)]."
            ),
            ["1.4", "1.2"],
        ),
    ],
)
def test_what_only_looks_like_an_outcome_or_a_rival(sentence: str, values: list[str]) -> None:
    """Folds of findings, parts of a sample, lengths of recordings; "than once" rivals nobody."""
    rows = _told(sentence, "value", "baseline")
    assert [row for row in rows if row[0]] == [(value, None) for value in values]


def test_what_happened_in_so_many_is_an_outcome() -> None:
    """A count behind what happened is one; "in 4 patients" of a clause of its own is none."""
    assert _told("Rust occurred in 4 cases.", "value") == [("4 cases",)]
    assert _told("Sails were studied in 4 cases.", "value") == []


def test_the_ratio_of_an_age_is_no_age() -> None:
    """An age in years is told of people; its ratio is an outcome, and of what it is tied to."""
    sentence = (
        "We saw an association of rust with age (OR 1.31, 95% CI 1.12-1.53), and salt (OR 0.27, "
        "95% CI 0.13-0.56)."
    )
    assert _told(sentence, "value", "group") == [("1.31", "age"), ("0.27", "salt")]


@pytest.mark.parametrize(
    ("sentence", "group", "comparator"),
    [
        (
            "Rust was lower in the salt group compared with the non-salt group (16% versus 33%).",
            "salt group",
            "non-salt group",
        ),
        (
            "Leaks were rarer in the oak group than in boats with keels done 24 h ago (4% vs 9%).",
            "oak group",
            None,
        ),
        (
            "Rust was rarer with salt: 79 of 562 boats (14.1%) against 115 of 564 (20.4%).",
            None,
            None,
        ),
        (
            "Only 3 of 9 rats in the salt group had fever versus 8 of 11 in the oak group.",
            "salt group",
            "oak group",
        ),
        ("The use of salt was linked to rust (OR 1.7, 95% CI 1.2 to 2.6).", "use of salt", None),
    ],
)
def test_whose_a_number_in_a_bracket_is(
    sentence: str, group: str | None, comparator: str | None
) -> None:
    """The two that are compared before it, or what it is the ratio of; no half of a name."""
    assert _told(sentence, "group", "comparator")[0] == (group, comparator)


@pytest.mark.parametrize(
    ("sentence", "comparators"),
    [
        ("Compared to the plain chart, Zeta achieves a 44% improvement.", ["plain chart"]),
    ],
)
def test_the_one_rival_of_a_sentence_is_told(sentence: str, comparators: list[str | None]) -> None:
    """It stands before the numbers or behind them, in their clause; several have one each."""
    assert [row["comparator"] for row in _rows(sentence)] == comparators


@pytest.mark.parametrize(
    ("sentence", "groups"),
    [
        ("The wait was 37.4 ± 2.0 s in farmers with a dog.", ["farmers with a dog"]),
        ("Rust hit 12% for Profiles A and B.", [None]),
        ("Rust hit 12% in the sea trial task.", [None]),
        ("Among 367 old sailors, 14% had rust.", [None]),
    ],
)
def test_a_name_behind_a_value_or_before_its_bracket(
    sentence: str, groups: list[str | None] | None
) -> None:
    """People and names behind a value are whose it is; no task, no half of a list, no sample."""
    told = [row["group"] for row in _rows(sentence)]
    assert told == (groups or ["long gales", "neap tides", "short fogs"])


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "Rust fell in all: oak (25% to 12.5%), elm-4 (12.5% to 0%).",
            [("12.5%", "25%"), ("0%", "12.5%")],
        ),
        ("Leaks were higher after gales (boat A: 6 to 31%, P < 0.02).", [("31%", "6")]),
        ("Rust fell in all boats (5% to 12%).", [("5% to 12%", None)]),
        ("Rust fell by a share in all boats (12% to 5%).", [("12% to 5%", None)]),
    ],
)
def test_the_two_ends_of_a_change_in_a_bracket(
    sentence: str, rows: list[tuple[str, str | None]]
) -> None:
    """They are apart where they go the way that the sentence says; else they are a range."""
    assert _told(sentence, "value", "baseline") == rows


@pytest.mark.parametrize(
    ("sentence", "uncertainty"),
    [
        ("Rust fell (HR 0.71 [95% CI 0.60-0.85]; p = 0.002).", "95% CI 0.60-0.85"),
        ("Rust fell (HR 0.71, 95% CI 0.60-0.85; p = 0.002).", "95% CI 0.60-0.85; p = 0.002"),
    ],
)
def test_an_interval_never_has_half_a_bracket(sentence: str, uncertainty: str) -> None:
    """Square ones count as round ones do."""
    assert _told(sentence, "uncertainty") == [(uncertainty,)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Among young gulls 9.7% became regular readers.",
        "Compared with gulls who never read, the hazard ratio for ink was 1.62.",
    ],
)
def test_what_somebody_became_or_is_compared_with_is_no_group(sentence: str) -> None:
    """Nor is half a phrase."""
    ((group,),) = _told(sentence, "group")
    assert group is None or group.endswith("young gulls")


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("A 25 percent rise in tolls lowers trade by 7 percent.", [("trade", "7 percent")]),
    ],
)
def test_the_statistic_of_a_test_is_no_outcome(
    sentence: str, told: list[tuple[str | None, str]]
) -> None:
    """Nor are its degrees of freedom, or what was changed to see what comes of it."""
    found = _told(sentence, "metric", "value")
    assert [(metric, value) for metric, value in found if value] == told


def test_a_share_that_something_is_is_a_result() -> None:
    """Without any word for a change or a metric, and amid what reads like methods."""
    abstract = (
        "We examine how nets tell of wear. We develop a novel measure, ROPE, to capture the "
        "power of knots to explain it. Average ROPE is 41% after controlling for salt. We explain "
        "variations in ROPE through costs and benefits."
    )
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=abstract)))
    assert [row["value"] for row in draft["results"] if row["value"]] == ["41%"]


def test_a_p_value_that_opens_a_bracket_is_that_of_what_follows() -> None:
    """And not that of the number in the bracket before."""
    sentence = "Moult went with salt (P = 0.02; OR = 1.71) and shade (P = 0.3; OR = 1.14)."
    assert _told(sentence, "value", "uncertainty") == [("1.71", "P = 0.02"), ("1.14", "P = 0.3")]


def test_a_ratio_that_is_named_once_is_that_of_the_list() -> None:
    """Where each number has its interval, and no other statistic stands between."""
    sentence = (
        "Shyness went with salt (odds ratio, 2.4 (1.2, 4.8)), dark sheds, 3.1 (1.4, 6.9), and the "
        "call of owls, 0.4 (0.2, 0.8)."
    )
    assert _told(sentence, "metric", "value") == [
        ("odds ratio", "2.4"),
        ("odds ratio", "3.1"),
        ("odds ratio", "0.4"),
    ]


@pytest.mark.parametrize(
    ("sentence", "metric"),
    [
        (
            "Some 61% participants suffered from at least one leak.",
            "suffered from at least one leak",
        ),
        ("Of 90 gulls (61%) some sang.", None),
    ],
)
def test_what_is_said_of_a_share_is_what_it_measures(sentence: str, metric: str | None) -> None:
    """Where nothing else is; a bracket has to stand behind a word for so many."""
    assert [row["metric"] for row in _rows(sentence) if row["value"]] == [metric]
