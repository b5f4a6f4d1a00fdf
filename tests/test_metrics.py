"""The metric of a number: a noun phrase that the grammar ties to it, or none."""

from __future__ import annotations

import pytest

from summarise.drafting.metrics import metric_of
from summarise.models import Document, Span
from summarise.numbers import measure_before, measure_behind, telling
from summarise.reading import Reading


def _metric(text: str, value: str, *, before: str = "We propose Zeta. ") -> str | None:
    """What the first place of a value in a sentence measures."""
    reading = Reading(Document(doc_id="d", title="A study", abstract=before + text))
    at = reading.text.index(value, len(before))
    return metric_of(reading, reading.sentence_at(at), Span(at, at + len(value)))


@pytest.mark.parametrize(
    ("text", "value", "metric"),
    [
        ("They were related (hazard ratio 0.71, 95% CI 0.6-0.8).", "0.71", "hazard ratio"),
        ("The risk fell (adjusted odds ratio [aOR] 2.3).", "2.3", "adjusted odds ratio"),
        ("The scores were related (r=0.48, p<0.001).", "0.48", "r"),
        ("Sleep was related to pain (total scores, r = -0.31).", "-0.31", "r"),
        ("Dose mattered (arm A: β, 0.146; 95% CI, 0.1 to 0.2).", "0.146", "β"),
        ("Risks were raised (OR Q4 =4.76).", "4.76", "OR"),
        ("It reaches an AUC of 0.87.", "0.87", "AUC"),
        ("Kites fell (n = 9; R(2) = 0.64).", "0.64", "R(2)"),
        ("Of gulls 12 sank [SMR 1.31 (95% CI, 1.1-1.6)].", "1.31", "SMR"),
        ("It has 2.1 ± 0.4 dB in PSNR, 0.87 ± 0.01 in SSIM.", "0.87", "SSIM"),
        ("Drawings improve (3-12% on RMSE).", "3-12%", "RMSE"),
        ("It has 87% precision, 64% recall and is small.", "64%", "recall"),
        ("It has 51.2% mIoU on FooSet and 38.1% on BarSet.", "38.1%", "mIoU"),
        ("It has a BLEU of 28.4.", "28.4", "BLEU"),
        ("The groups differed little (ES: 0.08).", "0.08", "ES"),
        ("Zeta has a character error rate of 6.4%.", "6.4%", "character error rate"),
        ("It has a Scaled Rope Error (SRE) of 6.4 percent.", "6.4 percent", "Scaled Rope Error"),
        ("It has a sensitivity of 81.35±3.08.", "81.35±3.08", "sensitivity"),
        ("Foams gave MIC50/MIC90 values of ≤0.25 mg/L.", "≤0.25 mg/L", "MIC50/MIC90"),
        ("with a detection rate exceeding 70% in most cases.", "70%", "detection rate"),
        ("with a detection rate exceeding 70% in most cases.", "exceeding 70%", "detection rate"),
        ("It has a coefficient of variation: 7%.", "7%", "coefficient of variation"),
        ("Deaths were fewer (hazard ratio for death, 0.74).", "0.74", "hazard ratio"),
        ("It was stronger after two nights (aRR 1.51).", "1.51", "aRR"),
        ("Rust was commoner [OR (95% CI) ranged from 1.30 (1.1, 1.6)].", "1.30", "OR"),
        ("They had a longer hospital stay (median 17 vs. 9 days).", "17", "hospital stay"),
        ("It gets $25\\%$ accuracy on maps.", "25\\%", "accuracy"),
        ("Zeta achieves 31.6 BLEU on Foo.", "31.6 BLEU", "BLEU"),
    ],
)
def test_before_a_number(text: str, value: str, metric: str) -> None:
    """A statistic, or a noun that "of" ties to the number."""
    assert _metric(text, value) == metric


@pytest.mark.parametrize(
    ("text", "value", "metric"),
    [
        ("It has 67.4% accuracy on Foo.", "67.4%", "accuracy"),
        ("It reaches a 15 meV/atom resolution at 300 K.", "15 meV/atom", "resolution"),
        ("It had 0.76 for the correlation coefficient between the two.", "0.76", None),
        ("We saw 37% fewer visits than before.", "37%", "visits"),
        ("We saw a 12% reduction in hospital stay.", "12%", "hospital stay"),
        ("It brings an up to nine-fold enhancement in precision.", "nine-fold", "precision"),
        ("Light explains 29% of the variance.", "29%", "variance"),
        ("It needs a 12 times shorter rope length.", "12 times", "rope length"),
        ("It reaches 4.1 percent and 3.7 percent RGE in ponds.", "4.1 percent", "RGE"),
        ("Kites show 12% growth degradation.", "12%", "growth degradation"),
        ("There is a 0.4‐percentage‐point increase in moult.", "0.4", "moult"),
    ],
)
def test_behind_a_number(text: str, value: str, metric: str | None) -> None:
    """A noun right behind, or what the number is a change of."""
    expected = metric or "correlation coefficient"
    assert _metric(text, value) == expected


@pytest.mark.parametrize(
    ("text", "value", "metric"),
    [
        ("Median overall survival was 5.6 months.", "5.6 months", "Median overall survival"),
        ("In men, the mean age-adjusted rate was 12%.", "12%", "mean age-adjusted rate"),
        ("Rents near the lines rose by 2.1%.", "2.1%", "Rents"),
        ("Falls at home fell from 11.3% to 7.8%.", "11.3% to 7.8%", "Falls at home"),
        (
            "The number of stays of old patients rose to 10.2.",
            "10.2",
            "number of stays of old patients",
        ),
        ("Average accuracy after training increased by 12%.", "12%", "Average accuracy"),
        ("It lowers the word error rate from 3.8% to 2%.", "3.8% to 2%", "word error rate"),
        ("Zeta cuts the peak load of a grid by 40%.", "40%", "peak load"),
        ("with a reduction in fuel needs by up to 37%.", "37%", "fuel needs"),
        (
            "The frequency of the Q12 mutation was higher in patients (12%) than in controls.",
            "12%",
            "frequency of the Q12 mutation",
        ),
        ("There was no difference in the rate of falls between arms (3%).", "3%", "rate of falls"),
        ("It wins on defect detection rate (96% vs. 55%).", "96%", "defect detection rate"),
        ("Mortality did not differ (4.1% vs 4.6%).", "4.1%", "Mortality"),
        ("The mean ratio (90% CI) of film to pill was 97.4% for Foo.", "97.4%", "mean ratio"),
        ("The share of right labels, judged by two, was 81%.", "81%", "share of right labels"),
        ("Fat intake dropped by a median of 3.4 g.", "3.4 g", "Fat intake"),
        ("Decay of old leaves was below 2% at night.", "below 2%", "Decay of old leaves"),
        ("Worms numbered 142 in one plot.", "142", "Worms"),
        ("Rust was present in 41% of nets.", "41%", "Rust"),
        ("Salt has an effect on rope wear (=0.41).", "0.41", "rope wear"),
        ("The difference in rust scores is 0.4 points.", "0.4 points", "rust scores"),
        ("The mean difference between rust levels was 4%.", "4%", "rust levels"),
        ("Salt lowers wear by 7% and hull rust by 4%.", "4%", "hull rust"),
        ("Salt lowers wear by half and rust to 4% of it.", "4%", "rust"),
    ],
)
def test_of_a_clause(text: str, value: str, metric: str) -> None:
    """What rises, falls or is, and what something raises or lowers."""
    assert _metric(text, value) == metric


def test_subjects_and_values_pair_off() -> None:
    """As many values as subjects: each has its own."""
    text = "Sensitivity and specificity were 90% and 85%, respectively."
    assert _metric(text, "90%") == "Sensitivity"
    assert _metric(text, "85%") == "specificity"
    text = "Precision, recall and the F1 score were 0.91, 0.85 and 0.88."
    assert [_metric(text, v) for v in ("0.91", "0.85", "0.88")] == [
        *("Precision", "recall", "F1 score"),
    ]


def test_what_differs_with_a_p_value() -> None:
    """What stands before a p-value in brackets needn't be a measure, where it is said to differ."""
    text = "Boys scored lower in terms of garden value (p<0.004) than girls."
    assert _metric(text, "p<0.004") == "garden value"
    assert _metric("It was given to men (p=0.02).", "p=0.02") is None


def test_objects_and_values_pair_off() -> None:
    """As many values as objects: each has its own; of one object with two parts, none is told."""
    text = "Salt reduced moult rates and wear to 14% and 3% of those of sand, respectively."
    assert [_metric(text, v) for v in ("14%", "3%")] == ["moult rates", "wear"]
    text = "Salt lowers the delay between first and last calls by 14% and 3% in two ponds."
    assert [_metric(text, v) for v in ("14%", "3%")] == [None, None]
    text = "It has a recall of 81% at rust = 0.5 and 70% at rust = 0.9."
    assert [_metric(text, v) for v in ("81%", "70%")] == ["recall"] * 2
    text = "Salt cuts wear to 14% in owls, and to 3% in gulls."
    assert [_metric(text, v) for v in ("14%", "3%")] == ["wear"] * 2


def test_a_list_has_one_metric() -> None:
    """What stands for the first number of a list holds for the others."""
    text = "It has an accuracy of 88% on Foo, 92% on Bar and 95% on Baz."
    assert [_metric(text, v) for v in ("88%", "92%", "95%")] == ["accuracy"] * 3
    text = "Pain relief was 14.8 (95% CI, 13 to 16) with Foo and 11.2 (95% CI, 9 to 12) with Bar."
    assert [_metric(text, v) for v in ("14.8", "11.2")] == ["Pain relief"] * 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Its performance is 18%.", "18%"),
        ("Zeta is a dataset of 450 poems.", "450 poems"),
        ("Zeta was tested on a benchmark of 20 services.", "20 services"),
        ("The patients were 54% women.", "54%"),
        ("The membrane of 61% of the cells was damaged.", "61%"),
        ("These models give better suites, with improvements averaging 12%.", "12%"),
        ("Zeta was 12% in practice.", "12%"),
        ("Sites within 50 m took part.", "50 m"),
        ("The best model used only 3 features.", "3 features"),
        ("The old rule reached 0.66.", "0.66"),
        ("Taxes raise rents, while grants lower them by 12%.", "12%"),
    ],
)
def test_no_metric_rather_than_a_wrong_one(text: str, value: str) -> None:
    """No filler, pronoun, name, verb, group or material."""
    assert _metric(text, value, before="We propose Zeta, a rule. Zeta is new. ") is None


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("It substantially lowers latency on phones.", "latency"),
        ("There was no difference in overall survival between the arms.", "overall survival"),
        ("Pain intensity was lower in the first group.", "Pain intensity"),
        ("Zeta improves performance on all tasks.", None),
        ("The trial was stopped early.", None),
    ],
)
def test_in_words(text: str, metric: str | None) -> None:
    """A sentence without numbers has the measure that is said to change or to differ."""
    reading = Reading(Document(doc_id="d", title="A study", abstract=f"We asked. {text}"))
    assert metric_of(reading, reading.sentences[-1], None) == metric


def test_a_noun_phrase_starts_with_its_measure() -> None:
    """From the place back to the measure that "of" leads from; the article is no part of it."""
    text = "the yearly rate of colonisation in ponds"
    assert measure_before(text, len("the yearly rate of colonisation"), 0) == Span(4, 31)
    found = measure_behind(text, 4, len(text))
    assert found == Span(4, 31)


def test_what_tells_nothing_is_left_out() -> None:
    """A change of a measure is about the measure; a filler alone is nothing."""
    text = "accuracy improvement"
    assert telling(text, Span(0, len(text))) == Span(0, 8)
    assert telling("performance", Span(0, 11)) is None
    assert telling("patients", Span(0, 8)) is None
    assert telling("green tea", Span(0, 9), must_measure=True) is None


@pytest.mark.parametrize(
    ("text", "value", "metric"),
    [
        (
            "The well-being score (1 best; 10, worst) was 8.6 before salt.",
            "8.6",
            "well-being score",
        ),
        ("The mean (SD) mobility was 3.4 in reeds.", "3.4", "mobility"),
        (
            "The area under the receiver curve was 72.4%.",
            "72.4%",
            "area under the receiver curve",
        ),
        ("Zeta shows 78.9% and 76.3% mAP on two ponds.", "78.9%", "mAP"),
        ("Owls needed more splints (68% vs 44%).", "68% vs 44%", "splints"),
        ("They were related in owls (rho = -0.28, p = 0.01).", "-0.28", "rho"),
    ],
)
def test_past_brackets_lists_and_labels(text: str, value: str, metric: str) -> None:
    """A bracket in a subject, "between A and B", a list behind a colon, a shared unit."""
    assert _metric(text, value) == metric


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("At Y15, 45.1% of owls had lice.", "45.1%"),
        ("Size on CT and DT was 9.27 and 8.87 mm, respectively.", "9.27"),
        ("Free gulls are the most common sign and account for 70% of the calls.", "70%"),
        ("Differences were observed in gulls (1.30 D).", "1.30 D"),
    ],
)
def test_who_and_when_are_no_metrics(text: str, value: str) -> None:
    """A time, a name in a list of groups and the subject of another verb measure nothing."""
    assert _metric(text, value) is None


def test_an_example_is_no_metric_of_a_statement() -> None:
    """What is listed in a bracket, or names an analysis, isn't what the statement is of."""
    for text in (
        "Rules are tried with both kinds of marks (e.g., accuracy).",
        "Zeta was better than Eta on all tasks [accuracy, recall].",
        "The ties were linear in all sensitivity analyses.",
    ):
        reading = Reading(Document(doc_id="d", title=None, abstract=f"We propose Zeta. {text}"))
        assert metric_of(reading, reading.sentences[1], None) is None


@pytest.mark.parametrize(
    ("text", "value", "metric"),
    [
        ("At 12 weeks mean purr scores were 6.4 with lamps.", "6.4", "mean purr scores"),
        ("Purring was rarer (unadjusted OR, 0.64; adjusted OR, 0.73).", "0.64", "unadjusted OR"),
        ("Purring was rarer (unadjusted OR, 0.64; adjusted OR, 0.73).", "0.73", "adjusted OR"),
        ("The crude hazard ratio was 0.64.", "0.64", "crude hazard ratio"),
    ],
)
def test_a_ratio_says_whether_it_is_adjusted(text: str, value: str, metric: str) -> None:
    """And no measure begins with the time at which it was taken."""
    assert _metric(text, value) == metric
