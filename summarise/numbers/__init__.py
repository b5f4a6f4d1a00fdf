"""What the numbers of a sentence report: outcomes, of what, how sure, whose, against what."""

from __future__ import annotations

from typing import NamedTuple

from summarise.models import Span
from summarise.numbers.comparisons import compared
from summarise.numbers.groups import PEOPLE_WORDS, is_label_behind, phrase_behind
from summarise.numbers.naming import ComparedFigure
from summarise.numbers.nouns import (
    CHANGES,
    EMPTY,
    MEASURES,
    NO_HEADS,
    SHARES,
    as_said,
    measure_before,
    measure_behind,
    telling,
    tells_nothing,
)
from summarise.numbers.outcomes import Figure, found_in
from summarise.numbers.set_up import splits_sample
from summarise.numbers.sides import clause_start, named_in_words
from summarise.numbers.subjects import ARCHITECTURE, agent_of, model_of, variant_of
from summarise.numbers.values import SentenceNumbers
from summarise.scan import Stretches

__all__ = [
    "ARCHITECTURE",
    "CHANGES",
    "EMPTY",
    "MEASURES",
    "NO_HEADS",
    "PEOPLE_WORDS",
    "SHARES",
    "ComparedFigure",
    "Figure",
    "Reported",
    "SentenceNumbers",
    "agent_of",
    "as_said",
    "clause_start",
    "is_label_behind",
    "measure_before",
    "measure_behind",
    "model_of",
    "phrase_behind",
    "reported_in",
    "splits_sample",
    "telling",
    "tells_nothing",
    "variant_of",
]


class Reported(NamedTuple):
    """What a sentence reports in numbers.

    Attributes:
        outcomes: The paper's own, in order.
        p_values: Those of outcomes in words.
        names: Whose the outcomes in words are, and what they are compared with.
        has_others: It gives the outcomes of others, too.
    """

    outcomes: list[ComparedFigure]
    p_values: list[Span]
    has_others: bool
    names: tuple[Span | None, Span | None]


def reported_in(
    text: str, sentence: SentenceNumbers, closed: Stretches, named: Stretches
) -> Reported:
    """What a sentence of a text reports in numbers.

    ``closed`` is what is a compute fact or a size of material, ``named`` is where metrics and
    datasets stand.
    """
    found = found_in(text, sentence, closed)
    outcomes = compared(text, sentence, found.outcomes, named)
    names = (None, None) if found.outcomes else named_in_words(text, sentence, named)
    return Reported(outcomes, found.p_values, len(outcomes) < len(found.outcomes), names)
