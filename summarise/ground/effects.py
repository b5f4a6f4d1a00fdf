"""Statistics in clinical sentences: what a number is by them, and whether they leave an effect."""

from __future__ import annotations

import re

from summarise.ground.lexicon import stem
from summarise.ground.source import Around
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


# What a number is by the marks and the numbers around it

_PEOPLE = (
    r"(?:\w+ ){0,2}?(?:patients|participants|subjects|adults|children|women|men|people|individuals"
    r"|volunteers|respondents|students|infants|athletes|controls|cases|samples|studies|trials|mice"
    r"|rats|users|readers|sessions|workers|households|countries|datasets|benchmarks|tasks)\b"
)
_OF_PEOPLE = re.compile(rf" {_PEOPLE}")
_ARE_PEOPLE = re.compile(rf"[\d,. ]+ {_PEOPLE}\Z")
_SAMPLING = words(
    """among of in from enrolled included recruited randomized randomised analyzed analysed studied
    sampled interviewed surveyed across on with over the these all"""
)
_SAMPLED = re.compile(
    r"\b(?:among|of|in|from|enrolled|included|recruited|randomi[sz]ed|total of|analy[sz]ed"
    r"|studied|sampled|interviewed|surveyed|across|on|with|over)(?: the| these| all)? \Z",
    re.IGNORECASE,
)
# "Rashes were seen in 12 patients": they are what was found.
_FOUND_IN = re.compile(
    r"\b(?:occur|s(?:aw|een)|observ|report|record|not(?:ed|iced)|found|develop|diagnos|detect|present)"
    r"\w* (?:only )?in \Z"
)
_OUT_OF = re.compile(r"\d[\d,]*(?: ?\(\d[\d.]*%\)|%)? of (?:the |all )?\Z")
_WHOLE = re.compile(r"\d[\d,]*(?: [a-z]+)?\Z")
_AT_RISK = re.compile(
    r"\d[\d,. ]*(?: million)? ?(?:person|patient|participant|woman|child)-(?:years|months|days)\Z"
)
_TRIALS = re.compile(r"(?:trials|studies|RCTs|cohorts|comparisons), \Z")
_OF_THEM = re.compile(r"\d[\d,]* [a-z]+\Z")
_TIME = re.compile(r"\d+[ -](?:day|week|month|year|hour|minute|h|min)s?\Z")
_HAPPENS_AT = re.compile(
    r"\b(?:peak|maxim|occur|onset|appear|diagnos|reach|median|mean)\w*(?: [a-z]+)? at \Z"
)
_IN_BRACKET = re.compile(r"\d%? ?(?:[^\W\d_/%]{1,6} )?\(\Z")
_SPREAD_ANNOUNCED = re.compile(r"[(\[±] ?S[DE]M?[)\]]|\bS[DE]M?\)")


def by_statistics(at: Around) -> str | None:
    """What a number is that is none of an outcome: a denominator, a time point, a spread."""
    before, text = at.before, at.text
    if at.last in _SAMPLING and _is_sample(at):
        return "the size of a sample"
    if at.last == "of" and _WHOLE.match(text) and _OUT_OF.search(before):
        return "a number that others are counted of"
    if at.last == "at" and _TIME.match(text) and not _HAPPENS_AT.search(before):
        return "a time of measurement"
    if before.endswith("(") and at.after.startswith(")") and "S" in before:
        is_spread = _SPREAD_ANNOUNCED.search(before) and _IN_BRACKET.search(before)
        return "a spread" if is_spread else None
    if before.endswith("s, ") and _TRIALS.search(before) and _OF_THEM.match(text):
        return "the size of a sample"
    return "a time at risk" if text[-1] == "s" and _AT_RISK.match(text) else None


def _is_sample(at: Around) -> bool:
    is_number = at.text.replace(",", "").isdigit()
    if _FOUND_IN.search(at.before):
        return False
    people = _OF_PEOPLE.match(at.after) if is_number else _ARE_PEOPLE.match(at.text)
    return people is not None and _SAMPLED.search(at.before) is not None
