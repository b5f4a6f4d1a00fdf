"""What a number measures where no rule ties a phrase to it."""

from __future__ import annotations

import pytest

from summarise.drafting.fragments import fragments_of, tokens_of
from summarise.drafting.measures import Phrases, likely_measure, load_weights
from summarise.models import Document, Span
from summarise.reading import Reading


def phrases(text: str) -> set[str]:
    return {one.span.of(text) for one in fragments_of(tokens_of(text, 0, len(text)))}


def likely(text: str, value: str, *others: str) -> str | None:
    reading = Reading(Document(doc_id="-", title=None, abstract=text))
    at = text.index(value)
    spans = [Span(text.index(one), text.index(one) + len(one)) for one in others]
    found = likely_measure(
        Phrases(reading, reading.sentence_at(at)), Span(at, at + len(value)), spans
    )
    return found and found.of(text)


def test_noun_phrases_end_at_verbs_prepositions_and_signs() -> None:
    found = phrases("The mean leaf width of young oaks, in shade, reached 4.2 cm.")
    assert {"mean leaf width", "young oaks", "mean leaf width of young oaks", "shade"} <= found
    assert not any("," in one or one.endswith("reached") for one in found - {"reached"})


def test_predicates_are_phrases_too() -> None:
    assert "limping by noon" in phrases("Of these, 12 goats were limping by noon (8%).")


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


def test_weights_are_of_signs_and_hold_no_text_of_abstracts() -> None:
    weights = load_weights()
    assert len(weights) < 400
    assert max(map(len, weights)) < 30
