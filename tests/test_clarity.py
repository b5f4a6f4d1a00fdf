"""How likely each sentence tells a part best: what is weighed, and how weights are stored."""

from __future__ import annotations

import pytest

from summarise.models import Document, Role
from summarise.reading import PaperPart, Reading, clarity, likeliest, shares_in
from summarise.reading.clarity import load_weights, shares_of, signs_of

_ABSTRACT = (
    "Old letters are kept in many archives. However, existing readers fail on faded ink. We "
    "propose Inkwright, a reader that restores the ink before it reads. It is trained on blots "
    "that were drawn by hand. Experiments show that it outperforms earlier readers by 12%."
)


def _reading(text: str) -> Reading:
    return Reading(Document(doc_id="d", title=None, abstract=text))


@pytest.mark.parametrize(
    ("part", "number"),
    [(PaperPart.PROBLEM, 2), (PaperPart.METHOD, 3), (PaperPart.RESULTS, 5)],
)
def test_the_likeliest_sentence_of_a_plain_abstract(part: PaperPart, number: int) -> None:
    """A gap, a proposal, what came out."""
    reading = _reading(_ABSTRACT)
    first, *_ = likeliest(shares_in(reading, "Inkwright")[part], reading.sentences, 0.2)
    assert first.number == number


def test_shares_leave_room_for_no_sentence_at_all() -> None:
    """All of a part come to less than one; what is missing is that none tells it."""
    for shares in shares_in(_reading(_ABSTRACT), None).values():
        assert 0 < sum(shares.values()) < 1
    told = shares_in(_reading("The editor thanks all readers."), None)
    assert sum(told[PaperPart.PROBLEM].values()) < 0.5


def test_each_weight_is_of_a_sign_that_can_be_seen() -> None:
    """A name in the file that no sentence can have would be a slip of the trainer."""
    text = (
        "BACKGROUND: Is ink old? METHODS: First, thirty letters were dated. This is hard. "
        "RESULTS: Here we show that Inkwright can date ink within 12 months, as was to be shown."
    )
    seen = {*clarity.SAID, *clarity.WORDS, *clarity.OPENINGS.values(), *Role}
    for turn in (1, 2, 3, 4):
        sentences = _reading(text).sentences
        for signs in signs_of(sentences, turn, "Dating ink", "Inkwright"):
            seen |= signs.keys()
    bare = {sign.lstrip("<>") for sign in seen} | {"named proposal"}
    weights = load_weights()
    assert {sign for sign in weights.signs if sign.lstrip("<>") not in bare} == set()
    assert all(map(any, (*weights.signs.values(), *weights.words.values())))
    assert {len(own) for own in (weights.none, *weights.words.values())} == {len(PaperPart)}


@pytest.mark.parametrize("text", ["", "Ink.", "?", "12%"])
def test_any_text_is_weighed(text: str) -> None:
    """One of each a sentence, without a title and without words."""
    sentences = _reading(text).sentences
    for shares in shares_of(sentences, 1, "", None).values():
        assert [*shares] == [sentence.number for sentence in sentences]
