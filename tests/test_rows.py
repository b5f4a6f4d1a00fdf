"""Which numbers of a sentence are outcomes, and which phrases say what of them, by weights."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.drafting.outcomes import datasets_in, row_of
from summarise.models import Document, Span
from summarise.numbers import ReportedRow, RowField, noun_phrase_at, reported_in
from summarise.numbers.layout import SentenceLayout
from summarise.numbers.phrases import phrases_of, tokens_of
from summarise.numbers.rows import load_weights
from summarise.numbers.signs import SentenceSigns, looks_of
from summarise.reading import Reading, said_of
from summarise.scan import Stretches


def phrases(text: str) -> set[str]:
    return {one.span.of(text) for one in phrases_of(tokens_of(text, 0, len(text)))}


def reading_of(text: str, title: str | None = None) -> Reading:
    return Reading(Document(doc_id="d", title=title, abstract=text))


def rows(text: str, title: str | None = None) -> list[ReportedRow]:
    reading = reading_of(text, title)
    return [
        row
        for one in reading.sentences
        for row in reported_in(reading.text, one, datasets_in(reading, one), said_of(one)).rows
    ]


def told(text: str, row: ReportedRow, name: RowField) -> str | None:
    found = row.fields.get(name)
    return found and found.span.of(text)


def test_noun_phrases_end_at_verbs_prepositions_and_signs() -> None:
    found = phrases("The mean leaf width of young oaks, in shade, reached 4.2 cm.")
    assert {"mean leaf width", "young oaks", "mean leaf width of young oaks", "shade"} <= found
    assert not any("," in one or one.endswith("reached") for one in found - {"reached"})


def test_predicates_and_phrases_with_their_preposition_are_phrases_too() -> None:
    found = phrases("Of these, 12 goats were limping by noon (8%) after heavy floods.")
    assert {"limping by noon", "after heavy floods", "heavy floods"} <= found


def test_a_predicate_is_not_torn() -> None:
    found = phrases("Of the riders, 12 reached an old and rather well kept half open barn (8%).")
    assert "reached an old and rather well kept" not in found


def test_names_of_spreads_are_no_phrases_and_a_ratio_in_capitals_is_one() -> None:
    found = phrases("With salt (OR 1.9; CI 1.1 to 2.3) or sand")
    assert "OR" in found
    assert "CI" not in found


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("the old lamps of the pier, and", "old lamps of the pier"),
        ("lamps painted in rain", "lamps"),
        ("than lamps", None),
        (", lamps", None),
    ],
)
def test_the_noun_phrase_at_a_place(text: str, phrase: str | None) -> None:
    """With what "of" joins to it, without its article and a participle at its end."""
    found = noun_phrase_at(text, 0, len(text))
    assert (found and found.of(text)) == phrase


def test_what_is_listed_has_the_rank_of_its_number() -> None:
    """The second of three lamps goes with the second of three numbers."""
    text = "Salt, sand and rust were 3%, 5% and 7% of all, respectively."
    layout = SentenceLayout(text, 0, len(text))
    words = [token.low for token in layout.tokens]
    assert [layout.ranks[words.index(one)] for one in ("salt", "sand", "rust")] == [
        *((0, 3), (1, 3), (2, 3)),
    ]
    at = text.index("5%")
    assert layout.rank_of(layout.place_of(Span(at, at + 2))) == (1, 3)
    assert layout.is_in_order


def test_how_far_the_next_number_is() -> None:
    """But for the number itself: a phrase that is nearer to another belongs to that."""
    text = "Salt was 3% and the old sand 5%."
    layout = SentenceLayout(text, 0, len(text))
    salt, sand = (
        next(p for p in layout.phrases if p.span.of(text) == w) for w in ("Salt", "old sand")
    )
    own = layout.place_of(Span(text.index("3%"), text.index("3%") + 2))
    assert layout.to_next_number(sand, own) == 0
    assert layout.to_next_number(salt, own) == 6


@pytest.mark.parametrize(
    ("value", "looks"),
    [
        *(("12/40", "share"), ("3 of 7", "share"), ("9 (10%)", "share"), ("9%", "percent")),
        *(("0.7", "decimal"), ("7 kg", "unit"), ("7", "whole")),
    ],
)
def test_what_a_value_looks_like(value: str, looks: str) -> None:
    assert looks_of(value) == looks


def test_an_outcome_is_told_with_its_metric_its_group_and_what_it_is_compared_with() -> None:
    text = "RESULTS: Mean wear was 12% in the salt group and 31% in the sand group (p = 0.02)."
    first, *_ = rows(text)
    assert first.outcome.span.of(text) == "12%"
    assert told(text, first, RowField.METRIC) in {"Mean wear", "wear"}
    assert told(text, first, RowField.GROUP) == "salt group"


@pytest.mark.parametrize(
    "text",
    [
        "METHODS: Lamps were lit at 30 °C for 12 weeks in 40 gulls aged 3 to 5 years.",
        "BACKGROUND: Lamps have been lit since 1994, and 12 towns use them.",
    ],
)
def test_set_up_and_background_are_no_outcomes(text: str) -> None:
    assert rows(text) == []


def test_a_number_that_another_is_compared_with_is_no_row_of_its_own() -> None:
    """ "From 41% to 67%" is one outcome, with where it began."""
    text = "On QuayBench, Zeta raises accuracy from 41.5% to 67.2%."
    (row,) = rows(text)
    assert row.outcome.span.of(text) == "67.2%"
    assert row.baseline is not None
    assert row.baseline.span.of(text) == "41.5%"


def test_no_phrase_says_two_things_of_a_number() -> None:
    text = "RESULTS: Recall of salt lamps was 71.5% on wet quays, against 60.2% for sand lamps."
    for row in rows(text):
        spans = sorted(one.span for one in row.fields.values())
        assert all(left.end <= right.start for left, right in pairwise(spans))


def test_the_row_of_a_result_is_found_again_by_its_number_and_metric() -> None:
    """Doubts ask how likely it was read; of two numbers alike the one of the same metric."""
    text = "RESULTS: Recall was 71.5% with salt. Precision was 71.5% with sand."
    reading = reading_of(text)
    result = {"value": "71.5%", "metric": "Precision", "sentences": [2]}
    row = row_of(reading, result)
    assert row is not None
    assert row.outcome.span.start == text.rindex("71.5%")
    assert row_of(reading, {**result, "value": "3%"}) is None


@given(st.text(max_size=120), st.text(alphabet="0123456789.,%()[]= vs to of and;-±", max_size=60))
def test_whatever_a_sentence_holds_its_rows_stand_in_it(words: str, numbers: str) -> None:
    """No text breaks the reading of numbers, and shares are shares."""
    text = f"Results: {words} {numbers} was 12% with lamps."
    reading = reading_of(text)
    for one in reading.sentences:
        for row in reported_in(reading.text, one, Stretches([]), ()).rows:
            assert one.span.start <= row.outcome.span.start < row.outcome.span.end
            assert row.outcome.span.end <= one.span.end
            assert 0 <= row.share <= 1
            assert all(0 <= told.share <= 1.0001 for told in row.fields.values())


def test_a_phrase_far_from_a_number_says_nothing_of_it() -> None:
    """Beyond 60 words nothing is weighed: time grows with the text alone."""
    far = " ".join(["lamps"] * 200)
    text = f"Salt, {far}, was 12%."
    reading = reading_of(text)
    sentence = reading.sentences[0]
    signs = SentenceSigns(reading.text, sentence, Stretches([]), ())
    at = text.index("12%")
    told = {
        signs.layout.phrases[one.phrase].span.of(text) for one in signs.beside(Span(at, at + 3))
    }
    assert "Salt" not in told


def test_each_sort_of_sign_has_weights() -> None:
    """A sign of a sort that nothing was trained on would break a run."""
    weights = load_weights()
    text = "RESULTS: After 3 weeks, Zeta-L (n=4) had 5 of 9 of the lamps lit, 12% vs 3% of LampNet."
    reading = reading_of(text)
    sentence = reading.sentences[0]
    signs = SentenceSigns(reading.text, sentence, Stretches([]), ("proposes",))
    sorts = {sort for of in signs.of_phrases for sort, _ in of}
    at = text.index("12%")
    sorts |= {sort for one in signs.beside(Span(at, at + 3)) for sort, _ in one.signs}
    assert sorts <= weights.fields.keys()
    assert {sort for sort, _ in signs.of_none(Span(at, at + 3), 2)} <= weights.none.keys()
    assert {sort for sort, _ in signs.of_sentence(3)} <= weights.outcome.keys()


def test_weights_are_whole_so_that_each_process_reads_a_record_alike() -> None:
    """Sums of decimals depend on their order, which is that of a set: another in each process."""
    weights = load_weights()
    of_all = [
        n for signs in (*weights.outcome.values(), *weights.pair.values()) for n in signs.values()
    ]
    of_all += [n for signs in weights.none.values() for each in signs.values() for n in each]
    sides = [side for signs in weights.fields.values() for each in signs.values() for side in each]
    of_all += [n for side in sides for n in side]
    assert {type(n) for n in (*of_all, weights.no_pair)} == {int}


def test_weights_hold_signs_and_no_text_of_abstracts() -> None:
    """No sign is longer than a path of four words."""
    weights = load_weights()
    signs = [
        sign
        for of in (weights.fields, weights.outcome, weights.pair)
        for s in of.values()
        for sign in s
    ]
    assert max(map(len, signs)) < 60


def test_the_models_are_trained_from_labelled_abstracts(tmp_path: Path) -> None:
    """As the card says: what is labelled is told."""
    pytest.importorskip("scipy")
    from training import train_rows

    lines = []
    for number, thing in enumerate(("gulls", "ropes", "kites", "lamps", "boats", "wicks") * 4):
        text = f"We lit {number + 20} {thing}. The wear of {thing} was {number + 2}.5% at last."
        value = f"{number + 2}.5%"
        result = dict.fromkeys(("group", "comparator", "dataset", "baseline"))
        result |= {"start": text.index(value), "value": value, "metric": f"wear of {thing}"}
        lines.append(json.dumps({"title": "", "abstract": text, "results": [result]}))
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    labelled = train_rows.read([path])
    assert sum(is_outcome for *_, is_outcome in labelled.numbers) == len(lines)
    weights = train_rows.train(labelled)
    assert weights.outcome["kind"]["percent"] > weights.outcome["kind"].get("count", 0)
    train_rows.write(weights, tmp_path / "rows.json")
    assert json.loads((tmp_path / "rows.json").read_text("utf-8"))["fields"].keys() >= {"shape"}
    told = list(train_rows.cross_validate(labelled, 2))
    assert any(line.startswith("metric likelier") for line in told)
