"""Which of two numbers is the value and which is compared with, by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from summarise.ground.effects import is_ratio
from summarise.ground.lexicon import LEXICON, NEGATORS, directions
from summarise.ground.rows import Row
from summarise.ground.source import Place, SourceText, says
from summarise.ground.words import ANY_DIGIT
from summarise.models import Doubt, DoubtKind, Span
from summarise.scan import AGAINST
from summarise.scan import words as word_set
from summarise.schema import MEASURED

_REACH = 60
_LONGEST_GAP = 160

_FROM = re.compile(
    r"\bfrom (?:(?:an?|the|about|around|approximately|only|initial|baseline|just|average|mean"
    r"|median|of) ){0,3}[-+~$€£]?\Z",
    re.IGNORECASE,
)
_TO = re.compile(r"[^;]{0,90}?\bto (?:[^;\d]{0,24} )?(?:[-+~$€£]|\\[a-z]+\{)?\Z")
_BACK_FROM = re.compile(
    r"[^;\d]{0,20}?\b(?:up|down|increased|reduced|decreased|improved|rising|falling)? ?from\b"
    r"[^;\d]{0,30}\Z|[^;\d]{0,60}[,(] ?(?:up|down) from (?:[a-z]+ )?\Z"
)
_VERSUS = re.compile(
    r"(?:(?<![a-z])vs\.?|\A[)\]]? v\.?(?= )"
    rf"|\b(?:{AGAINST}|than(?! (?:once|twice|one|two|three|four|five|half|an?)\b)|over|above|below"
    r"|beyond|exceeding|beating)\b)[^;\d]{0,60}\Z"
)
_RIVAL = re.compile(
    r"[;,(—] ?(?:while |whereas |but |and )?(?:the |an? )?(?:[\w-]+ ){0,2}?(?:(?:strongest|best"
    r"|next[- ]best|second[- ]best|previous|prior|earlier|existing|competing|baselines?)\b)[^;]*\Z"
)
_BEFORE_AND = re.compile(
    r"[^;\d]*\b(?:before|at (?:baseline|admission|entry|enrol?ment)|pre-?operatively)\b[^;\d]*\Z"
)
_AFTER_IT = re.compile(
    r"[^;,.\d]{0,20}\b(?:after(?:wards)?|at (?:(?:final |last )?follow-?up|discharge|the end)"
    r"|post-?operatively)\b"
)
_OTHERS = re.compile(
    r"(?: ?\([^()]{0,30}\)| ?%)?\)?,? (?:of [a-z]+ )?(?:in|with|for|of|under|among|on)"
    r" (?:the |those |an? )?(?:[\w-]+ )?(?:controls?|placebo|usual|standard|sham|comparison"
    r"|comparators?|untreated|conventional|baselines?|existing|previous|prior|earlier|others?)\b"
)


def value_first(text: str, first: Span, second: Span) -> bool | None:
    """Whether the first of two numbers of a sentence is what the second is compared with.

    Returns:
        True where the second is compared with ("A vs. B"), False where the first is ("from B to
        A"), None where nothing tells.
    """
    gap = text[first.end : second.start]
    if len(gap) > _LONGEST_GAP:
        return None
    if _FROM.search(text, max(0, first.start - _REACH), first.start):
        return False if _TO.fullmatch(gap) else None
    if _BEFORE_AND.fullmatch(gap) and _AFTER_IT.match(text, second.end):
        return False
    if any(search(gap) for search in (_VERSUS.search, _BACK_FROM.fullmatch, _RIVAL.search)):
        return True
    first_is_theirs = _OTHERS.match(gap) is not None
    if first_is_theirs is (_OTHERS.match(text, second.end) is not None):
        return None
    return not first_is_theirs


class _Pair(NamedTuple):
    """A value and the number that it is compared with, in one sentence."""

    value: Span
    other: Span
    sentence: Span

    @property
    def ordered(self) -> tuple[Span, Span]:
        """The two, as they stand."""
        return (self.value, self.other) if self.value < self.other else (self.other, self.value)


class OrderCheck:
    """Whether value and baseline of a row stand the right way round."""

    def __init__(self, source: SourceText) -> None:
        self._source = source

    def of_pair(self, row: Row) -> Iterator[Doubt]:
        """Sum up what speaks for the order and what against it."""
        name = row.compared
        if name not in row.parts or not ANY_DIGIT.search(row.parts[name].value):
            return
        pair = self._nearest(row, name)
        if pair is None:
            return
        text = self._source.plain
        first, second = pair.ordered
        is_first = first == pair.value
        told = value_first(text, first, second)
        if told is is_first:
            return
        votes = 0 if told is None else -2
        votes += self._parity(row, pair) if name == "baseline" else 0
        votes += self._claimed(row, name)
        size = self._direction(row, pair, name)
        if votes + size >= 0:
            return
        if votes:
            start = max(pair.sentence.start, text.rfind(" ", 0, max(0, first.start - 12)) + 1)
            words = says(text[start : second.end])
        else:
            value, other = row.text("value"), row.text(name)
            words = f"“{value}” against “{other}” goes the other way than the words say"
        yield Doubt(path=row.parts["value"].path, kind=DoubtKind.ORDER, words=words)

    def of_claim(self, row: Row) -> Iterator[Doubt]:
        """Whether a claim says more where the value is less: than its baseline; a ratio, than 1."""
        if row.is_change or not row.statements:
            return
        path, claim = row.statements[0]
        named = f"{row.text('group')} {row.text('comparator')}".lower().split()
        tokens = [w for w in _CLAIM_WORD.findall(claim.lower()) if w not in named]
        signs = _signs(tokens)
        if len(signs) != 1 or not NEGATORS.isdisjoint(tokens) or row.is_of_rival(claim):
            return
        value, span = row.parts["value"].value, row.parts["value"].span
        other = row.text(row.compared)
        if is_ratio(next((row.parts[name].value for name in MEASURED if name in row.parts), "")):
            signs, other = _signs(tokens, _RISKS), "1"
        elif other is None or (span and self._source.plain.endswith("by ", 0, span.start)):
            return
        pair = _amounts(value, other)
        if any(number not in f"{value} {other}" for number in _FIGURE.findall(claim)):
            return  # of which it may say more or less
        if pair is None or len(signs) != 1 or pair[0] == pair[1]:
            return
        if (1 in signs) is not (pair[0] > pair[1]):
            side = "more" if pair[0] > pair[1] else "less"
            words = f"the claim says otherwise, and “{value}” is {side} than {other}"
            yield Doubt(path=path, kind=DoubtKind.POLARITY, words=words)

    def _nearest(self, row: Row, name: str) -> _Pair | None:
        """The places of a value and its baseline that are nearest to each other."""
        best: _Pair | None = None
        size = _LONGEST_GAP * 2
        for value in row.stands("value").places[:8]:
            for other in row.stands(name).places[:8]:
                if value.sentences != other.sentences or value.span == other.span:
                    continue
                distance = abs(value.span.start - other.span.start)
                if distance < size and value.sentences:
                    sentence = self._source.sentences[value.sentences[0] - 1]
                    best, size = _Pair(value.span, other.span, sentence), distance
        return best

    def _parity(self, row: Row, pair: _Pair) -> int:
        """Whether the group stands to the comparator as the value to its baseline."""
        if not {"group", "comparator"} <= row.parts.keys():
            return 0
        groups = self._within(row.stands("group").places, pair.sentence)
        others = self._within(row.stands("comparator").places, pair.sentence)
        if len(groups) != 1 or len(others) != 1:
            return 0
        is_first = pair.value < pair.other
        return 2 if (groups[0] < others[0]) is is_first else -2

    @staticmethod
    def _claimed(row: Row, name: str) -> int:
        """Whether the row's claim compares the two in that order."""
        for _, text in row.statements:
            value = _only_number(text, row.parts["value"].value)
            other = _only_number(text, row.parts[name].value)
            if value is None or other is None:
                continue
            told = value_first(text, min(value, other), max(value, other))
            if told is not None:
                return 2 if told is (value < other) else -2
        return 0

    @staticmethod
    def _within(places: Sequence[Place], sentence: Span) -> list[Span]:
        return [p.span for p in places if sentence.start <= p.span.start < sentence.end]

    def _direction(self, row: Row, pair: _Pair, name: str) -> int:
        """Whether the value lies above or below its baseline, as its claim or sentence says."""
        amounts = _amounts(row.parts["value"].value, row.parts[name].value)
        if row.is_change or amounts is None or amounts[0] == amounts[1]:
            return 0
        first, _ = pair.ordered
        text = self._source.plain
        near = text[max(pair.sentence.start, first.start - 90) : first.start]
        for said in (*(text for _, text in row.statements), near.rpartition(";")[2]):
            signs = directions(said)
            if len(signs) == 1:
                is_up = 1 in signs
                return 1 if is_up is (amounts[0] > amounts[1]) else -1
        return 0


_FIRST_NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")


def _number(text: str) -> float | None:
    found = _FIRST_NUMBER.search(text)
    return float(found.group().replace(",", "").replace("−", "-")) if found else None


# Levels and losses are no comparisons: "high doses", "weight loss".
_LEVELS = word_set(
    """high low large small long short great big wide up down minimal highest lowest most least loss
    losses lost lose saving savings growth gain gains add adds cut cutting fall falls extended"""
)
# "Fell asleep", "in more than 80%" compare nothing.
_CLAIM_WORD = re.compile(
    r"(?:fell|fallen) asleep|[a-z]+ than (?=\d|half|one|two|three|four|five|ten)|[a-z][a-z']*"
)
_RISKS = word_set("risk risks odds hazard hazards likelihood incidence mortality death deaths")
_BESIDE = 4
_FIGURE = re.compile(r"\d[\d.,]*\d|\d(?! (?:day|week|month|year))")
_PERCENT = re.compile(r"([-+]?\d[\d.]*) ?%")


def _signs(tokens: list[str], of: frozenset[str] = frozenset()) -> set[int]:
    """Whether words compare upwards (1) or downwards (-1); only beside some, where given."""
    found = set()
    for at, word in enumerate(tokens):
        signs = LEXICON.get(word)
        if signs is None or word in _LEVELS:
            continue
        sign = signs.get("size") or signs.get("length")
        near = tokens[max(0, at - _BESIDE) : at + _BESIDE + 1]
        if sign and (not of or not of.isdisjoint(near)):
            found.add(sign)
    return found


def _amounts(value: str, other: str) -> tuple[float, float] | None:
    """Two values as numbers: their percentages, where both have one."""
    shares = _PERCENT.search(value), _PERCENT.search(other)
    if shares[0] and shares[1]:
        return float(shares[0][1].rstrip(".")), float(shares[1][1].rstrip("."))
    first, second = _number(value), _number(other)
    return None if first is None or second is None else (first, second)


def _only_number(text: str, value: str) -> Span | None:
    """Where a text has the first number of a value, if it has it once."""
    found = _FIRST_NUMBER.search(value)
    if found is None:
        return None
    places = [m for m in _NUMBER.finditer(text) if m.group() == found.group().lstrip("-−")]
    return Span(*places[0].span()) if len(places) == 1 else None


# Two numbers of a statement

_NUMBER = re.compile(r"\d(?<![\w.]\d)(?:\d{0,2}(?:[ ,]\d{3})+(?!\d)|\d*)(?:\.\d+)?(?!\w)")
_NEXT_WORDS = re.compile(r"[%\d]*[ -]?((?:[A-Za-z][\w-]*)?)[ -]?((?:[A-Za-z][\w-]*)?)")
_FUNCTION = word_set(
    """with for in on of by under at from to and or the a an vs versus than points percent is was
    are were have has had been as per times more less fewer compared against when while after
    before that which but"""
)


# Who is counted goes by several names.
_PEOPLE = word_set(
    "patient participant subject individual people case adult person volunteer woman man"
)
_MOST = 40
_ON = frozenset("0123456789.,")


def swapped(statement: str, sentences: Iterable[str]) -> str | None:
    """What speaks against the numbers of a statement standing where they do, in words."""
    found = islice(_NUMBER.finditer(statement), _MOST)
    stated = [(Span(*one.span()), one.group()) for one in found]
    if not stated:
        return None
    # Most claims copy what stands between their numbers: then the last alone may be another's.
    copied = statement[stated[0][0].start : stated[-1][0].end]
    for sentence in sentences:
        held = stated[-1:] if copied in sentence else stated
        told = [(one, there) for one, text in held if (there := _only(sentence, text))]
        for said, there in told:
            if against := _other_noun(statement, said, sentence, there):
                return against
        for (a, there_a), (b, there_b) in pairwise(told):
            if against := _other_order(statement, (a, b), sentence, (there_a, there_b)):
                return against
    return None


def _only(text: str, number: str) -> Span | None:
    """Where a text has a number, if it has it once."""
    found: Span | None = None
    at = text.find(number)
    while at >= 0:
        end = at + len(number)
        is_whole = text[end : end + 2].strip(".,")[:1] not in _ON or not text[end : end + 1]
        if is_whole and text[at - 1 : at] not in _ON:
            if found:
                return None
            found = Span(at, end)
        at = text.find(number, end)
    return found


def _nouns(text: str, at: int) -> list[str]:
    found = _NEXT_WORDS.match(text, at)
    return _telling([word for word in found.groups() if word] if found else [])


def _other_noun(statement: str, said: Span, sentence: str, there: Span) -> str | None:
    """Whether another number of the sentence has the noun that a statement gives this one."""
    if statement[said.end : said.end + 9] == sentence[there.end : there.end + 9]:
        return None
    noun = _NEXT_WORDS.match(statement, said.end)
    if noun is None or not noun[1] or noun[1] in _FUNCTION:
        return None
    wanted = noun[1].lower().rstrip("s")
    behind = _NEXT_WORDS.match(sentence, there.end)
    if behind is None or not behind[1] or behind[1] in _FUNCTION:
        return None
    own = _nouns(sentence, there.end)
    if (
        sentence[there.end] == "%"
        or wanted in own
        or (wanted in _PEOPLE and not _PEOPLE.isdisjoint(own))
    ):
        return None
    for other in islice(_NUMBER.finditer(sentence), _MOST):
        shown = _NEXT_WORDS.match(sentence, other.end())
        if shown and other.start() != there.start and wanted in _nouns(sentence, other.end())[:1]:
            return says(sentence[other.start() : shown.end(1)])
    return None


_COMPARING = re.compile(r"from|\bto\b|vs|than|versus|against|compared|over|above|below")


def _other_order(
    statement: str, said: tuple[Span, Span], sentence: str, there: tuple[Span, Span]
) -> str | None:
    """Whether two numbers are compared, or given to two names, the other way round."""
    first, second = sorted(there)
    is_kept = there[0] < there[1]
    gap = statement[said[0].end : said[1].start]
    if is_kept and (gap in sentence or not _COMPARING.search(gap)):
        return None
    told, found = value_first(statement, *said), value_first(sentence, first, second)
    if told is not None and found is not None:
        is_same = told is (found if is_kept else not found)
        return None if is_same else says(_shown(sentence, first, second))
    around = [_around(statement, one) for one in said]
    around_there = [_around(sentence, one) for one in there]
    straight = sum(map(_alike, around, around_there))
    crossed = sum(map(_alike, around, reversed(around_there)))
    if crossed < straight + 2:
        return None
    return says(_shown(sentence, first, second))


_WORDS = re.compile(r"[A-Za-z][\w-]*|%")
_Around = tuple[list[str], list[str]]


def _around(text: str, number: Span) -> _Around:
    """The words before and behind a number that tell what it is of."""
    before = _WORDS.findall(text, max(0, number.start - 40), number.start)[-4:]
    behind = _WORDS.findall(text, number.end, number.end + 40)[:4]
    return _telling(before), _telling(behind)


def _telling(around: list[str]) -> list[str]:
    return [word.lower().rstrip("s") for word in around if word not in _FUNCTION]


def _alike(one: _Around, other: _Around) -> int:
    """How many words two surroundings share; those on the same side count twice."""
    same = sum(len(set(a) & set(b)) for a, b in zip(one, other, strict=True))
    return same + len({*one[0], *one[1]} & {*other[0], *other[1]})


def _shown(sentence: str, first: Span, second: Span) -> str:
    start = sentence.rfind(" ", 0, max(0, first.start - 6)) + 1
    end = sentence.find(" ", min(len(sentence), second.end + 12))
    return sentence[start : end if end >= 0 else len(sentence)].rstrip(".,;")
