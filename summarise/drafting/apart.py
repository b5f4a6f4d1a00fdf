"""Samples whose count stands apart from their noun: "Of 90 nurses, 58 completed the survey"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from summarise.drafting.cues import NOUN
from summarise.models import Quantity, Span
from summarise.reading import OWN, Sentence
from summarise.scan import Section, words

# "Of 90 eligible nurses, 58 completed the survey".
_OF_WHOM = re.compile(
    r"\b(?:Of|Among|From|Out of) (?:the |all |a total of )?\d[\d,]*(?: \([^()]{1,20}\))? "
    rf"(?P<noun>(?:[a-z-]+ ){{0,3}}?{NOUN})\b(?: [a-z][^,;.]{{0,60}})?, "
    r"(?P<count>\d[\d,]*)(?: \([^()]{1,30}\))?(?: \w+){0,2}? "
    r"(?:were (?:included|enrolled|analy[sz]ed|eligible|randomi[sz]ed|recruited)|completed"
    r"|responded|participated|agreed|consented|returned|met)\b"
)
# "604 of 1,386 invited pharmacists took part"
_ANSWERED = re.compile(
    rf"(?P<noun>(?P<count>\b\d[\d,]*) of (?:the )?\d[\d,]* (?:[a-z-]+ ){{0,3}}?{NOUN})\b"
    r"(?: \([^()]{1,30}\))?(?: \w+){0,2}? "
    r"(?:were (?:included|enrolled|analy[sz]ed|randomi[sz]ed|recruited)|completed|responded"
    r"|answered|participated|took part|agreed|consented|returned)\b"
)
# "undergraduates (N = 312)", "all children born in 2010 (N = 800,000)"
_N_IN_BRACKET = re.compile(
    r"(?<![-\w])(?!Methods )(?P<noun>(?:(?!(?:and|or|of|in|with|to|the|for|by|from|on|all|our|were"
    r"|was|are|using|included|enrol+ed|recruited|studied|conducted|surveyed|interviewed|examined"
    r"|findings|selected|assessed|followed|analy[sz]ed)\b)"
    rf"[a-z][\w-]* ){{0,2}}(?i:{NOUN}|sample))['’]?(?: [a-z][^(),.;]{{0,50}})? "
    r"\((?P<count>(?:total )?[Nn] ?= ?\d++(?:,\d++)*+)(?=[);,])"
)
_N_IS = re.compile(r"\b[Nn] ?= ?\d")
# "adults with gout (12 females, 4 males; mean age 50)"
_SEXES = re.compile(
    r"\b(?P<noun>(?:(?!(?:and|or|of|in|with|the|for|from|our)\b)[A-Za-z][\w-]* ){0,2}"
    rf"(?i:{NOUN}))(?: [a-z][^(),.;\d]{{0,50}})? "
    r"\((?P<count>\d+ (?:fe)?(?:males?|men|women)(?:,| and|/|,? and) ?"
    r"\d+ (?:fe)?(?:males?|men|women))\b"
)
_SEXES_BEGIN = re.compile(r"\(\d+ (?:fe)?m|\(\d+ wom")
_SAMPLING = words(
    """included enrolled enroled recruited sampled surveyed interviewed participants participated
    completed responded answered agreed sample cohort survey study respondents interviewees
    examined analysed analyzed randomised randomized"""
)
_ASKED = _SAMPLING | OWN
_SPLITS = ("Of ", "Among ", "From ", "Out of ")
_COUNTED_BY = ("N =", "N=", "n =", "n=")


class Apart(NamedTuple):
    """What a sample is called, its size, and the quantity that its size begins with."""

    name: Span
    size: Span
    quantity: Quantity


def apart_in(sentence: Sentence) -> list[Apart]:
    """Samples whose count stands apart from its noun: "Of 90 nurses, 58 completed the survey"."""
    text = sentence.text
    if not sentence.quantities or not (sentence.section is Section.METHOD or sentence.has(_ASKED)):
        return []
    match = _OF_WHOM.search(text) if text.startswith(_SPLITS, sentence.label_length) else None
    match = match or (_ANSWERED.search(text) if " of " in text else None)
    if match is not None:
        return _of_bracket(sentence, [match])
    if any(map(text.__contains__, _COUNTED_BY)):
        found = list(_N_IN_BRACKET.finditer(text))
        # Of arms not each has its noun: "adults on Zeta (n = 20) or placebo (n = 21)".
        return _of_bracket(sentence, found) if len(found) == len(_N_IS.findall(text)) else []
    sexes = _SEXES.search(text) if _SEXES_BEGIN.search(text) else None
    return _of_bracket(sentence, [sexes]) if sexes else []


def _of_bracket(sentence: Sentence, matches: Sequence[re.Match[str]]) -> list[Apart]:
    """Samples by their nouns and counts; none where a noun is counted itself."""
    start, text = sentence.span.start, sentence.text
    found: list[Apart] = []
    for match in matches:
        noun, count = (
            Span(start + match.start(g), start + match.end(g)) for g in ("noun", "count")
        )
        is_bracket = match.re is _N_IN_BRACKET
        is_whole = count.start - noun.end == len(" (") and text[count.end - start] == ")"
        name = Span(noun.start, count.end + 1) if is_bracket and is_whole else noun
        is_counted = any(q.span.start < noun.end <= q.span.end for q in sentence.quantities)
        quantity = next((q for q in sentence.quantities if q.span.start >= count.start), None)
        if quantity is None or (is_counted and match.re in (_N_IN_BRACKET, _SEXES)):
            return []
        found.append(Apart(name, count, quantity))
    return found
