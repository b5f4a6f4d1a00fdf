"""Which sentence tells most of the method: what is weighed, and how weights are stored."""

from __future__ import annotations

import pytest

from summarise.models import Document, Role
from summarise.reading import Reading, clarity
from summarise.reading.clarity import clarity_of, load_weights, signs_of

_ABSTRACT = (
    "Old letters are kept in many archives. However, existing readers fail on faded ink. We "
    "propose Inkwright, a reader that restores the ink before it reads. It is trained on blots "
    "that were drawn by hand. Experiments show that it outperforms earlier readers by 12%."
)
_TURN = 3


def _reading(text: str) -> Reading:
    return Reading(Document(doc_id="d", title=None, abstract=text))


def test_the_clearest_of_a_plain_abstract() -> None:
    """The proposal tells most of the method."""
    told = clarity_of(_reading(_ABSTRACT).sentences, _TURN, "", "Inkwright", range(1, 6))
    assert max(told, key=lambda number: told[number]) == _TURN


def test_what_is_not_asked_for_speaks_for_its_neighbours_alone() -> None:
    """It isn't weighed itself; what is said of the others stays the same."""
    sentences = _reading(_ABSTRACT).sentences
    told = clarity_of(sentences, _TURN, "", "Inkwright", range(1, 6))
    del told[5]
    assert clarity_of(sentences, _TURN, "", "Inkwright", range(1, 5)) == told


def test_each_weight_is_of_a_sign_that_can_be_seen() -> None:
    """A name in the file that no sentence can have would be a slip of the trainer."""
    text = (
        "BACKGROUND: Is ink old? METHODS: First, thirty letters were dated. This is hard. "
        "RESULTS: Here we show that Inkwright can date ink within 12 months, as was to be shown."
    )
    seen = {*clarity.SAID, *clarity.WORDS, *clarity.OPENINGS.values(), *Role}
    for turn in (1, 2, 3, 4):
        sentences = _reading(text).sentences
        numbers = range(1, len(sentences) + 1)
        for signs in signs_of(sentences, turn, "Dating ink", "Inkwright", numbers).values():
            seen |= signs.keys()
    bare = {sign.lstrip("<>") for sign in seen} | {"named proposal"}
    assert {sign for sign in load_weights() if sign.lstrip("<>") not in bare} == set()
    assert all(load_weights().values())


@pytest.mark.parametrize("text", ["", "Ink.", "?", "12%"])
def test_any_text_is_weighed(text: str) -> None:
    """One of each a sentence, without a title and without words."""
    sentences = _reading(text).sentences
    numbers = range(1, len(sentences) + 1)
    assert [*clarity_of(sentences, 1, "", None, numbers)] == [*numbers]
