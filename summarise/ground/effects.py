"""Effects as clinical sentences report them: whether an interval or a p-value leaves none."""

from __future__ import annotations

import re

from summarise.ground.lexicon import stem
from summarise.scan import words

_EFFECTS = words(
    """effect difference differ association associated interaction evidence impact influence affect
    modify clear relation correlation advantage detectable apparent"""
)
EFFECTS = frozenset(map(stem, _EFFECTS))
"""Stems of what a study may find none of."""

_NUMBER = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)"
# The second number of one match may be the first of the next: "-0.6%, -3.9% to 2.8%".
_INTERVAL = re.compile(
    rf"(?<![\w.+-])(?=(?P<low>{_NUMBER}) ?%?(?: to |, ?|; ?|-)(?P<high>{_NUMBER})"
    r"(?![\w.]*\d|% ?C))"
)
_RATIO = re.compile(
    r"\b(?:ratios?|relative risks?|a?(?:[HOR]|SH|IR|P)R)\b(?:(?!difference|reduction|points).)*\Z"
)
_P_VALUE = re.compile(r"\b[pP][^\d<;,.()]{0,20}(?:=|(?P<above>[>≥])) ?(?P<p>0?\.\d+)")
_SIGNIFICANT = re.compile(r"\b[Ss]ignificant(?:ly)?\b")
_DENIED = re.compile(
    r"\b(?:non?|not|never|neither|nor|without|lost|barely|fail\w*|clinically|\w+n't)\b",
    re.IGNORECASE,
)
_LEVEL = 0.05
_FARTHEST = 80


def leaves_no_effect(sentence: str, start: int = 0, end: int | None = None) -> bool:
    """Whether an interval of a sentence holds no effect, or a p-value of it is above 0.05.

    0 is in the interval of a difference, 1 in that of a ratio. What stands before ``start`` or
    behind ``end`` is only read for what an interval is of.
    """
    end = len(sentence) if end is None else end
    for found in _P_VALUE.finditer(sentence, start, end):
        p = float(found["p"])
        if p > _LEVEL or (found["above"] and p == _LEVEL):
            return True
    for found in _INTERVAL.finditer(sentence, start, end):
        low, high = float(found["low"]), float(found["high"])
        if low < 0 <= high:
            return True
        if 0 < low <= 1 <= high:
            at = found.start()
            if _RATIO.search(sentence, max(0, at - _FARTHEST), at):
                return True
    return False


def is_called_significant(statement: str) -> bool:
    """Whether a statement speaks of something significant, and doesn't deny it."""
    found = _SIGNIFICANT.search(statement)
    return found is not None and _DENIED.search(statement, 0, found.start()) is None
