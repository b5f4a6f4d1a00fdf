"""Which digits belong to a name, a formula or the size of a grid: no number that was found."""

from __future__ import annotations

import re

from summarise.models import QuantityKind
from summarise.numbers.nouns import MEASURES
from summarise.numbers.values import SentenceNumbers, ToldNumber
from summarise.scan import words

_NAME_BEFORE = re.compile(r"\b[A-Z][\w-]* \Z")
_SPREAD_BEFORE = re.compile(r"\d\s?[(\[](?:\d[\d.]*; )?\Z")
_OUT_OF_ENDS = ("of", "of ", "/", "/ ")
_OUT_OF = re.compile(r"\d[.·]\d+ (?:out of|/) ?\Z")
_MATH_AROUND = re.compile(r":\d|\s?(?:\\(?:leq?|geq?|in|lt|gt|to|log|cdot|sqrt)\b|[{}^_])")
_MATH_ENDS = frozenset("{^_√/*+:×'’(")
_MATH_BEFORE = re.compile(
    r"(?:[{^_√/*]|\w\+|\d:|[×*]\s?|\\(?:leq?|geq?|in|log|frac|cdot)\s?|'|’|O\()\Z"
)
_LATITUDE = re.compile(r"\s?°\s?[NSEW]\b")
_TESLA = re.compile(r"\d(?:\.\d+)? ?T")
_SIZE = re.compile(r"\d ?[x×] ?\d|\d ?\\times ?\d")
_NUMBERED = words(
    """exon intron codon chromosome chapter item question figure table version zone lead class phase
    type grade stage line task step layer subtype genotype serotype section criterion category tier
    scenario experiment study trial aim objective hypothesis"""
)
"""What is told from others by a number: "exon 7", "non-type 2"."""
_FRACTION = re.compile(r"\d+/\d+\b")
_WORD_AFTER = re.compile(
    r" (?:pattern|type|stain|expression|phenotype|profile|status|genotype|allele|antibod)"
)
_VERSION = re.compile(r"\d{1,2}\.0")
_NO_NOUNS = MEASURES | words(
    """with from about over under only than between until after mean median average approximately
    nearly almost around roughly exactly least most versus plus minus equals above below were took
    rose fell grew reach reaches equal cost costs need needs used lasts"""
)


def is_label(
    text: str, sentence: SentenceNumbers, one: ToldNumber, before: str, after: str
) -> bool:
    """Whether its digits belong to a name, a formula or the size of a grid."""
    if _is_in_formula(before) or _MATH_AROUND.match(after) or _LATITUDE.match(after):
        return True
    # "4,096× 512 cells"
    is_grid = one.kind is QuantityKind.FACTOR and after.lstrip()[:1].isdigit()
    if (
        is_grid
        or _is_stain(text, one, before, after)
        or _SIZE.search(text, *one.span)
        or _TESLA.fullmatch(text, *one.span)
    ):
        return True
    return one.kind is QuantityKind.NUMBER and _is_named(text, sentence, one, before, after)


def _is_named(
    text: str, sentence: SentenceNumbers, one: ToldNumber, before: str, after: str
) -> bool:
    """Whether a bare number goes on what stands before it."""
    if _SPREAD_BEFORE.search(before) and after[:1] in (")", "]", ";"):
        return True
    word = before[:-1].rpartition(" ")[2].rpartition("-")[2].lower()
    if (before.endswith(" ") and word in _NUMBERED) or _is_version(text, one, before):
        return True
    if not _NAME_BEFORE.search(before):
        return False
    at = one.span.start
    if any(m.span.end <= at <= m.span.end + 2 for m in sentence.metrics):
        return False
    return at - sentence.span.start > len(before.split(" ", maxsplit=1)[0]) and after[:1] != "%"


def _is_in_formula(before: str) -> bool:
    """Whether what stands before it is an operator, or the first part of a score."""
    may_be = before[-1:] in _MATH_ENDS or before[-2:-1] in _MATH_ENDS or "\\" in before
    if may_be and _MATH_BEFORE.search(before):
        return True
    return before.endswith(_OUT_OF_ENDS) and _OUT_OF.search(before) is not None


def _is_version(text: str, one: ToldNumber, before: str) -> bool:
    """Whether a number is the version of what stands right before it: "craft 5.0"."""
    return bool(_VERSION.fullmatch(text, *one.span)) and _is_behind_noun(before)


def _is_stain(text: str, one: ToldNumber, before: str, after: str) -> bool:
    """Whether a fraction stands within a name: "rust 5/30 patterns"."""
    is_fraction = _FRACTION.match(text, *one.span) is not None
    return is_fraction and _WORD_AFTER.match(after) is not None and _is_behind_noun(before)


def _is_behind_noun(before: str) -> bool:
    """Whether a noun that measures nothing stands right before a number."""
    if not before.endswith(" "):
        return False
    word = before[:-1].rpartition(" ")[2]
    is_noun = len(word) > 3 and word.isalpha() and not word.endswith(("ed", "ly", "er", "ing"))
    return is_noun and word.lower() not in _NO_NOUNS
