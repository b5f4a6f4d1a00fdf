"""What the numbers of a sentence report: outcomes, of what, how sure, whose, against what."""

from __future__ import annotations

from summarise.numbers.nouns import EMPTY
from summarise.numbers.outcomes import Figure
from summarise.numbers.phrases import noun_phrase_at
from summarise.numbers.rows import Reported, ReportedRow, RowField, ToldPhrase, reported_in
from summarise.numbers.values import SentenceNumbers

__all__ = [
    "EMPTY",
    "Figure",
    "Reported",
    "ReportedRow",
    "RowField",
    "SentenceNumbers",
    "ToldPhrase",
    "noun_phrase_at",
    "reported_in",
]
