"""Where a result holds: the data set, benchmark or sample that its own clause names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarise.drafting.purposes import is_learnt_from
from summarise.models import Span
from summarise.reading import Reading, Sentence
from summarise.scan import COLLECTED

_CLAUSE_END = re.compile(
    r"; |, (?:and|while|but|whereas|which|yet|outperform\w*|exceed\w*|surpass\w*) "
    r"|\band (?:[a-z]+ly )?(?:ris|fall|drop|increas|decreas|improv|reduc|reach|achiev|rose|fell"
    r"|lower|rais|outperform|exceed|surpass|cuts?|finds?|match|generaliz|generalis|transfer)\w* "
)
# A set without a name: "five plant benchmarks", "an independent test set of 1,200 proteins".
_UNNAMED = re.compile(
    r"\b(?:[Oo]n|[Ff]or|[Aa]cross|[Oo]ver|[Ii]n|[Aa]mong) (?:the |an? |our |all )?"
    r"(?P<name>(?:(?!(?:of|and|or|in|on|with|the|that|to|for)\b)[\w-]+ ){0,4}"
    r"(?:test sets?|validation sets?|test suites?|data ?sets?|benchmarks?|corpus|corpora|cohorts?"
    r"|leaderboards?|hold-?out sets?|set(?= of \d)|sample(?= of \d)|collection)"
    rf"(?: of \d[\d,]* (?:[\w-]+ ){{0,3}}?(?:{COLLECTED}|\w+s)\b)?)"
)
# Each of its nouns has one of these, which are looked up far faster.
_SET_NOUNS = ("set", "suite", "benchmark", "corp", "cohort", "leaderboard", "sample", "collection")
_VAGUE = re.compile(
    r"(?:(?:the|our|these|this|such|its|their|various|multiple|several|many|existing|public"
    r"|publicly"
    r"|available|diverse|different|same|real|real-world|all|both|other|few|popular|common|standard"
    r"|widely|used|new|large|small|challenging|extensive|entire|first|second|own|main|two"
    r"|three|each"
    r"|any|some|most|additional|more|certain|current|previous) )*"
    r"(?:test sets?|validation sets?|test suites?|data ?sets?|benchmarks?|corpus|corpora|cohorts?"
    r"|leaderboards?|hold-?out sets?|collection)"
)
_HELD_BEFORE = re.compile(
    r"\b(?:[Oo]n|[Ff]or|[Aa]cross|[Oo]ver|[Ii]n|[Aa]mong|[Ww]ithin|[Aa]top|at)"
    r" (?:[\w'’,()/.-]+ ){0,6}?(?:and )?\(?\Z"
)
_VALUE_AFTER = re.compile(r" \([-+−]?\d")
_LIST_GAP = re.compile(r"(?:,| and|, and|/| or|, as well as)(?: the| on)? ?|\s?\(")
_FRONT = re.compile(r"(?:[A-Z][a-z]+(?:ly)?, )?(?:On|In|For|Across|Over|Among)\b")
_OPENS_BRACKET = " ("
_REACH = 60
# What a sentence begins with is its subject, not where it holds.
_SUBJECT = re.compile(r"(?:\w+, )?(?:[Tt]he |[Oo]ur )?")


class _Place(NamedTuple):
    text: str
    span: Span


def place_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    """Where the value at a place of the text holds, None where its clause doesn't tell.

    It is the set right before a bracket with the value, the next of its clause, the one before it
    there, or the one that opens the sentence.
    """
    text = reading.text
    places = _places(reading, sentence)
    index = bisect_right(places, at.start, key=lambda place: place.span.start)
    before, after = places[:index][-1:], places[index:][:1]
    if before and text[before[0].span.end : at.start] == _OPENS_BRACKET:
        return before[0].text
    if after and _is_next(text, at, after[0]):
        return after[0].text
    if before and not _CLAUSE_END.search(text, before[0].span.end, at.start):
        return before[0].text
    return _opening(text, sentence, places, at)


def places_of(reading: Reading, sentence: Sentence) -> str | None:
    """Where a statement in words holds: the sets that stand side by side, as they stand."""
    places = [
        one
        for one in _places(reading, sentence)
        if not _SUBJECT.fullmatch(reading.text, sentence.body_start, one.span.start)
    ]
    if not places:
        return None
    start, end = places[0].span
    for place in places[1:]:
        if not _LIST_GAP.fullmatch(reading.text, end, place.span.start):
            break
        end = place.span.end
    return reading.text[start:end]


def _places(reading: Reading, sentence: Sentence) -> Sequence[_Place]:
    """The sets that a sentence names or describes, in order, but those that are learnt from."""
    named = [
        _Place(mention.text, mention.span)
        for mention in reading.datasets_in(sentence)
        if mention.text not in reading.method_names or _is_held(reading.text, mention.span)
    ]
    found = named + list(_unnamed(sentence, named))
    told = [
        one
        for one in found
        if _VALUE_AFTER.match(reading.text, one.span.end)
        or not is_learnt_from(sentence, reading.text, one.span.start)
    ]
    return sorted(told, key=lambda one: one.span.start)


def _unnamed(sentence: Sentence, named: Sequence[_Place]) -> Iterator[_Place]:
    if not any(map(sentence.text.__contains__, _SET_NOUNS)):
        return
    for match in _UNNAMED.finditer(sentence.text):
        start = sentence.span.start + match.start("name")
        span = Span(start, start + len(match["name"]))
        is_told = any(one.span.start <= span.end + 1 and span.start < one.span.end for one in named)
        if not is_told and not _VAGUE.fullmatch(match["name"]):
            yield _Place(match["name"], span)


def _is_held(text: str, span: Span) -> bool:
    """Whether "on" or the like stands before a name."""
    return _HELD_BEFORE.search(text, max(0, span.start - _REACH), span.start) is not None


def _is_next(text: str, at: Span, place: _Place) -> bool:
    """Whether a set behind a value is where it holds: in its clause, and no value between them."""
    return _CLAUSE_END.search(text, at.end, place.span.start) is None


def _opening(text: str, sentence: Sentence, places: Sequence[_Place], at: Span) -> str | None:
    """The set that opens the sentence, which holds for all that follows."""
    if not places or places[0].span.end > at.start:
        return None
    start = sentence.body_start
    is_first = _FRONT.match(text, start) and places[0].span.start - start <= _REACH
    return places[0].text if is_first else None
