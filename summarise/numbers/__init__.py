"""What the numbers of a sentence report: outcomes, of what, how sure, whose, against what."""

from __future__ import annotations

from summarise.numbers.nouns import EMPTY
from summarise.numbers.phrases import noun_phrase_at
from summarise.numbers.rows import Reported, ReportedRow, RowField, ToldPhrase, reported_in

__all__ = [
    "EMPTY",
    "Reported",
    "ReportedRow",
    "RowField",
    "ToldPhrase",
    "noun_phrase_at",
    "reported_in",
]
