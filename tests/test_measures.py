"""What a number measures where no rule ties a phrase to it."""

from __future__ import annotations

import pytest

from summarise.drafting import embedded_draft
from summarise.drafting.fragments import fragments_of, tokens_of
from summarise.drafting.measures import Phrases, likely_measure, load_weights
from summarise.models import Document, Span
from summarise.numbers import Figure
from summarise.reading import Reading


def phrases(text: str) -> set[str]:
    return {one.span.of(text) for one in fragments_of(tokens_of(text, 0, len(text)))}


def likely(text: str, value: str, *others: str) -> str | None:
    reading = Reading(Document(doc_id="-", title=None, abstract=text))
    at = text.index(value)
    spans = [Span(text.index(one), text.index(one) + len(one)) for one in others]
    sentence = reading.sentence_at(at)
    kind = next(one.kind for one in sentence.quantities if one.span.start == at)
    figure = Figure(Span(at, at + len(value)), kind)
    found = likely_measure(Phrases(reading, sentence), figure, spans)
    return found and found.of(text)


def test_noun_phrases_end_at_verbs_prepositions_and_signs() -> None:
    found = phrases("The mean leaf width of young oaks, in shade, reached 4.2 cm.")
    assert {"mean leaf width", "young oaks", "mean leaf width of young oaks", "shade"} <= found
    assert not any("," in one or one.endswith("reached") for one in found - {"reached"})


def test_predicates_are_phrases_too() -> None:
    assert "limping by noon" in phrases("Of these, 12 goats were limping by noon (8%).")


def test_a_verb_that_improves_is_no_part_of_what_it_improves() -> None:
    assert "mean weights" in phrases("With salt we improve mean weights by 4%.")


def test_a_number_in_words_is_not_its_own_measure() -> None:
    text = "Twenty-seven (41.5%) patients presented with sore knees; and 92% of them limped."
    assert "Thirty-eight" not in [metric for _, metric in metrics(f"RESULTS: {text}")]
    assert metrics(f"RESULTS: {text}")[0][0] == "Twenty-seven (41.5%)"


def test_units_and_names_of_spreads_are_no_phrases() -> None:
    assert phrases("It was 4.2 cm (SD 0.3)") == set()


def test_a_ratio_in_capitals_is_no_joint() -> None:
    assert "OR" in phrases("With salt (OR 1.9) or sand")


@pytest.mark.parametrize(
    ("text", "value", "measure"),
    [
        ("Overall, egg survival in the two barns rose steadily to 71%.", "71%", "egg survival"),
        ("The model achieves 63.1% recall on kites and 58.4% on gulls.", "58.4%", "recall"),
    ],
)
def test_the_phrase_that_a_number_measures_is_told(text: str, value: str, measure: str) -> None:
    assert likely(text, value) == measure


def test_whose_a_number_is_is_no_measure() -> None:
    text = "The model achieves 63.1% recall on kites and 58.4% on gulls."
    assert likely(text, "58.4%", "recall") != "recall"


def test_nothing_is_told_where_no_phrase_is_likely() -> None:
    assert likely("Then, by and by, it was 7.", "7") is None


def test_a_phrase_that_numbers_of_the_same_looks_may_measure_is_likelier() -> None:
    text = "The mean delay of trains was 12 min, in snow 19 min and, in fog, 25%."
    reading = Reading(Document(doc_id="-", title=None, abstract=text))

    def lead(*others: str) -> float:
        """By how much a phrase is likelier than none to be what 19 min are of."""
        spans = [Span(text.index(one), text.index(one) + len(one)) for one in ("19 min", *others)]
        told, none = Phrases(reading, reading.sentences[0], spans).scored(spans[0])
        return next(one.score for one in told if one.span.of(text) == "mean delay") - none

    assert lead("12 min") > lead()
    assert lead("25%") == lead()


def test_weights_are_of_signs_and_hold_no_text_of_abstracts() -> None:
    weights = load_weights()
    assert len(weights) < 800
    assert max(map(len, weights)) < 30


def metrics(text: str) -> list[tuple[str, str | None]]:
    """The values of an abstract, each with its metric."""
    document = Document(doc_id="-", title="A study of kites", abstract=text)
    return [(row["value"], row["metric"]) for row in embedded_draft(Reading(document))["results"]]


def test_a_speed_or_a_time_is_no_accuracy() -> None:
    text = "It runs at 19.3 tokens per second and loses 0.2 points of the full accuracy."
    assert metrics(text)[0] == ("19.3 tokens per second", None)
    assert likely(text, "0.2 points") == "full accuracy"


def test_how_near_two_numbers_are_measures_neither() -> None:
    text = "On a phone, Zeta stays within 0.2 points of the original accuracy."
    assert likely(text, "0.2 points") is None
    assert likely(text.replace("stays within", "loses"), "0.2 points") == "original accuracy"


def test_what_a_number_measures_is_measured_by_none_of_another_unit() -> None:
    text = "The cell error rate of Zeta-mini was 6.3%, and it runs in 0.2 s on a phone."
    assert metrics(text) == [("6.3%", "cell error rate of Zeta-mini"), ("0.2 s", None)]


def test_a_phrase_with_a_verb_is_no_measure() -> None:
    assert metrics("At a tenth of its size, two runs share 88% of the kites.") == [("88%", None)]


def test_what_stands_right_before_a_number_measures_by_its_noun() -> None:
    assert likely("Farms with a dog merge herds 12.9% of the year.", "12.9%") is None


def test_a_predicate_is_not_torn() -> None:
    found = phrases("Of the riders, 12 reached an old and rather well kept half open barn (8%).")
    assert "reached an old" in found
    assert "reached an old and rather well kept" not in found
    assert "ended before week" not in phrases("Of the rides, 40 (6%) ended before week 22.")


def test_a_list_with_bars_names_no_measure() -> None:
    assert metrics("Results: salt | sand | new clay = 148 | 87 | 41 pots.")[0] == ("148", None)
