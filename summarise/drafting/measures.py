"""Which phrase of a sentence a number measures, where no rule ties one to it: a linear model.

``training/train_measures.py`` trains the weights on results that were labelled by hand.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from math import exp, log
from typing import NamedTuple

from propcache.api import cached_property

from summarise.drafting.fragments import Fragment, Token, fragments_of, tokens_of
from summarise.drafting.ties import level_in
from summarise.models import QuantityKind, Span
from summarise.numbers import (
    CHANGES,
    EMPTY,
    MEASURES,
    NO_HEADS,
    PEOPLE_WORDS,
    SHARES,
    Figure,
    as_said,
    telling,
    tells_nothing,
)
from summarise.reading import Reading, Sentence
from summarise.scan import Stretches, one_of

SURE = 0.65
"""How likely must be that a phrase is the right one, or one that it holds or that holds it."""
SURE_OF_THINGS = 0.75
"""What ``SURE`` is for a noun that names no measure, which may be whatever stands near a number."""

_LEAN, _LEAST = 0.3, 0.05
"""How much other numbers of a sentence count, and how likely they make each phrase at least."""

_UNITS = frozenset({QuantityKind.TIME, QuantityKind.MEASURE, QuantityKind.MONEY})
"""What no share is told in; devices, memory and the like are no outcomes at all."""


_FAR = 16
_NEAR = tuple(f"gap {3 if 3 <= n < 5 else 5 if 5 <= n < 9 else min(n, 9)}" for n in range(_FAR))
_SIGNS = ";,()"
_SORTS = ("measures", "metric", "shape n", "shape v", "people", "capitals")
_NEAREST = {sort: f"nearest {sort}" for sort in _SORTS}
_MANY = 4
_WORDED = frozenset("pcj;,:()[]=.")
_OF = frozenset({"of", "in"})
_DIGITS = re.compile(r"\d")
SHARE = "share"


class ScoredPhrase(NamedTuple):
    """A phrase, what speaks for it whatever number is asked of, and how much all speak for it."""

    span: Span
    own: tuple[str, ...]
    score: float


class Phrases:
    """The phrases of a sentence, and what and how much speaks for each as what a number measures.

    ``numbers`` are those of it that are asked of.
    """

    def __init__(self, reading: Reading, sentence: Sentence, numbers: Sequence[Span] = ()) -> None:
        self._reading, self._sentence = reading, sentence
        self.text, self.end = reading.text, sentence.span.end
        self._numbers = numbers
        self._scores: dict[str, list[tuple[float, float]]] = {}
        self._likely: dict[Span, dict[Span | None, float]] = {}
        self._known: dict[Span, tuple[list[ScoredPhrase], float]] = {}

    @cached_property
    def _tokens(self) -> list[Token]:
        return tokens_of(self.text, self._sentence.body_start, self._sentence.span.end)

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self._tokens]

    @cached_property
    def _kinds(self) -> str:
        return "".join([token.kind for token in self._tokens])

    @cached_property
    def _words(self) -> list[str]:
        return [token.low if token.kind in _WORDED else token.kind for token in self._tokens]

    @cached_property
    def phrases(self) -> list[tuple[Fragment, tuple[str, ...]]]:
        """All but names and units, each with what speaks for it whatever number is asked of."""
        is_name, text = self._reading.is_part_of_name, self.text
        counts = self._sentence.quantities
        units = Stretches(one.span for one in counts if one.kind is not QuantityKind.COUNT)
        return [
            (one, tuple(self._own_signs(one)))
            for one in fragments_of(self._tokens)
            if not is_name(one.span.of(text)) and not units.overlap(one.span)
        ]

    @cached_property
    def _sorts(self) -> list[list[str]]:
        """Of which sorts each phrase is."""
        return [[sort for sort in _SORTS if sort in own] for _, own in self.phrases]

    @cached_property
    def _of_sort(self) -> list[tuple[str, list[Fragment]]]:
        each = [(one, sorts) for (one, _), sorts in zip(self.phrases, self._sorts, strict=True)]
        return [(sort, [one for one, sorts in each if sort in sorts]) for sort in _SORTS]

    def _own_signs(self, one: Fragment) -> Iterator[str]:
        """What speaks for a phrase whatever number is asked of."""
        tokens = self._tokens
        before = one.first - 1
        if before >= 0 and tokens[before].kind == "d":
            yield "determined"
            before -= 1
        yield f"shape {one.shape}"
        yield f"< {self._word(before)}"
        yield f"> {self._word(one.last + 1)}"
        yield f"words {min(one.last - one.first, _MANY)}"
        is_of = before > 0 and tokens[before].low in _OF
        if is_of and tokens[before - 1].low in CHANGES:
            yield "of change"
        yield from self._of_words(tokens[one.first : one.last + 1], one.shape)
        yield from self._of_text(one.span)

    def _of_words(self, inner: list[Token], shape: str) -> Iterator[str]:
        head = inner[-1]
        if shape == "of":
            head = inner[next(at for at, token in enumerate(inner) if token.low == "of") - 1]
        low = head.low.rpartition("-")[2]
        for name, known in _HEADS:
            if low in known:
                yield name
        if not PEOPLE_WORDS.isdisjoint([token.low for token in inner]):
            yield "people"
        if inner[0].kind == "e":
            yield "ed"
        if low.endswith("ing"):
            yield "ing"

    def _of_text(self, span: Span) -> Iterator[str]:
        start, end = span
        for metric in self._sentence.metrics:
            if start <= metric.span.start and metric.span.end <= end:
                yield "metric"
                break
        phrase = self.text[start:end]
        if _DIGITS.search(phrase):
            yield "digit"
        if not phrase[1:].islower():
            yield "signs" if phrase[1:].lower() == phrase[1:] else "capitals"

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else "$"

    def _at(self, position: int) -> int:
        return max(0, bisect_right(self._starts, position) - 1)

    def is_margin(self, number: Span) -> bool:
        """Whether a number tells how near two others are: "within 0.2 points of the best"."""
        return self._word(self._at(_digit(self.text, number)) - 1) == "within"

    def none(self, number: Span) -> tuple[str, ...]:
        """What speaks for none of them."""
        first = self._at(_digit(self.text, number))
        brackets = self._kinds.count("(0") + self._kinds.count("[0")
        return (
            "none",
            f"none {kind_of(number.of(self.text))}",
            f"none numbers {min(self._kinds.count('0'), 5)}",
            f"none brackets {min(brackets, 3)}",
            f"none < {self._word(first - 1)}",
        )

    def beside(self, number: Span) -> Iterator[tuple[int, bool, list[str]]]:
        """Which phrases are beside a number, whether before it, and what tells where they stand."""
        first, last = self._at(_digit(self.text, number)), self._at(number.end - 1)
        words, kinds, sorts = self._words, self._kinds, self._sorts
        nearest = {
            sort: (
                max((one.first for one in of if one.first < first), default=-1),
                min((one.last for one in of if one.last > last), default=len(words)),
            )
            for sort, of in self._of_sort
        }
        for at, (one, _) in enumerate(self.phrases):
            is_before = one.last < first
            if not (is_before or one.first > last):
                continue
            start, end = (one.last + 1, first) if is_before else (last + 1, one.first)
            signs = [_NEAR[end - start] if end - start < _FAR else "gap far"]
            if start < end:
                signs.append(f"| {words[start]} {words[end - 1]}")
                between = kinds[start:end]
                signs += [sign for sign in _SIGNS if sign in between]
            for sort in sorts[at]:
                left, right = nearest[sort]
                if one.last >= left if is_before else one.first <= right:
                    signs.append(_NEAREST[sort])
            yield at, is_before, signs

    def scored(self, number: Span) -> tuple[list[ScoredPhrase], float]:
        """How much speaks for each phrase beside a number, and for none of them.

        A phrase that numbers of the same looks may measure, too, is likelier.
        """
        told, none = self._alone(number)
        kind = _looks_of(number.of(self.text))
        alike = [
            self._shares(other)
            for other in self._numbers
            if other != number and _looks_of(other.of(self.text)) == kind
        ]
        if not alike:
            return told, none
        lean: dict[Span | None, float] = {}
        for span in {span for of in alike for span in of}:
            share = sum([of.get(span, 0.0) for of in alike]) / len(alike)
            lean[span] = _LEAN * log(1 + share / _LEAST)
        return (
            [
                ScoredPhrase(span, own, score + lean[span]) if span in lean else one
                for one in told
                for span, own, score in (one,)
            ],
            none + lean.get(None, 0.0),
        )

    def _shares(self, number: Span) -> dict[Span | None, float]:
        """How likely each phrase is that may be what a number measures by itself, and none."""
        if number not in self._likely:
            told, none = self._alone(number)
            raised = [exp(one.score) for one in told]
            none = exp(none)
            total = none + sum(raised)
            least = _LEAST * total
            found: dict[Span | None, float] = {None: none / total}
            for one, of in zip(told, raised, strict=True):
                if of > least:
                    found[one.span] = of / total
            self._likely[number] = found
        return self._likely[number]

    def _alone(self, number: Span) -> tuple[list[ScoredPhrase], float]:
        if number not in self._known:
            weights, own_scores = load_weights(), self._own_scores(kind_of(number.of(self.text)))
            told: list[ScoredPhrase] = []
            for at, is_before, beside in self.beside(number):
                one, own = self.phrases[at]
                side = 0 if is_before else 1
                score = sum([weights[sign][side] for sign in beside if sign in weights])
                told.append(ScoredPhrase(one.span, own, own_scores[at][side] + score))
            none = sum([weights.get(sign, _NOTHING)[0] for sign in self.none(number)])
            self._known[number] = (told, none)
        return self._known[number]

    def _own_scores(self, kind: str) -> list[tuple[float, float]]:
        """What each phrase's own signs come to for a number of a kind, on either side."""
        if kind not in self._scores:
            weights = _weights_for(kind)
            known = [[weights[sign] for sign in own if sign in weights] for _, own in self.phrases]
            self._scores[kind] = [
                (sum([one for one, _ in of]), sum([one for _, one in of])) for of in known
            ]
        return self._scores[kind]


_HEADS = (
    *(("measures", MEASURES), ("empty", EMPTY), ("no head", NO_HEADS)),
    *(("changes", CHANGES), (SHARE, SHARES)),
)


def _digit(text: str, number: Span) -> int:
    """Where the first digit of a number stands."""
    found = _DIGITS.search(text, *number)
    return found.start() if found else number.start


def kind_of(value: str) -> str:
    """What a value is by its looks."""
    if "(" in value or "/" in value or " of " in value:
        return "share"
    if "%" in value:
        return "percent"
    if "." in value:
        return "decimal"
    return "unit" if any(map(str.isalpha, value)) else "whole"


def _looks_of(value: str) -> str:
    """As ``kind_of``, a share and per cent alike."""
    kind = kind_of(value)
    return "percent" if kind == "share" else kind


def likely_measure(
    phrases: Phrases,
    figure: Figure,
    others: Iterable[Span | None] = (),
    unlike: Collection[str] = (),
) -> Span | None:
    """The phrase that a number most likely measures, None where that isn't likely enough.

    ``others`` is where it is told whose the number is, which is no measure; ``unlike`` is what
    numbers of other units measure in the sentence.
    """
    number, has_unit = figure.span, figure.kind in _UNITS
    if phrases.is_margin(number):
        return None
    taken = Stretches([number, *(other for other in others if other)])
    scored, none_score = phrases.scored(number)
    likely = [
        (exp(one.score), one.span, one.own)
        for one in scored
        if not (taken.overlap(one.span) or (has_unit and SHARE in one.own))
    ]
    none = exp(none_score)
    most, best, own = max(likely, key=lambda one: one[0], default=(0.0, number, ()))
    if most <= none:
        return None
    phrase = best.of(phrases.text)
    kin = [x for x, span, _ in likely if (of := span.of(phrases.text)) in phrase or phrase in of]
    is_thing = _OF_MEASURES.isdisjoint(own)
    sure = SURE_OF_THINGS if is_thing else SURE
    if sum(kin) <= sure * (none + sum([x for x, *_ in likely])):
        return None
    # "two runs share 88%": what stands right before a number may be a verb.
    is_beside = best.end + 1 == number.start
    if "shape v" not in own and telling(phrases.text, best, must_measure=is_beside) is None:
        return None
    is_torn = phrase.endswith((">", ">or", "<or", " less", " more", " greater"))
    rivals = _RIVALS_OWN.search(phrases.text, max(0, best.start - 30), best.start)
    is_other = is_torn or rivals is not None or tells_nothing(phrase)
    is_other = is_other or any(phrase in one or one in phrase for one in unlike)
    if is_other or (_SURE_SIGNS.isdisjoint(own) and _is_aside(phrases.text, best, number)):
        return None
    return (level_in if "shape v" in own else as_said)(phrases.text, best, phrases.end)


# "it fell during rest in 9%": no rest is measured
_ASIDE = re.compile(
    r"\b(?:at|from|by|when|after|before|via|using|under|through|against|despite|during|within"
    r"|without|until|since|that|whether|exception of"
    r"|(?:correlat|associat|relat|link)ed (?:to|with)"
    rf"|{one_of(PEOPLE_WORDS)} with)(?: (?:the|an?|their|its))? \Z"
)


# A measure, a verb, an acronym or a subject.
_RIVALS_OWN = re.compile(
    r"\b(?:than|close to|similar to|comparable (?:to|with)|different from"
    r"|(?:compared|in comparison) (?:to|with)|(?:predictors?|determinants?) of|factors? (?:of|for))"
    r" (?:(?:the|their|its|those) )?(?:[\w'’-]+ )?\Z"
)
_OF_MEASURES = frozenset({"measures", "metric", "shape v", "capitals", "> b"})
_SURE_SIGNS = frozenset({"measures", "metric"})


def _is_aside(text: str, phrase: Span, number: Span) -> bool:
    """Whether a phrase that names no measure only tells when, where or how, or something else."""
    if "; " in text[phrase.end : number.start]:
        return True
    return _ASIDE.search(text, max(0, phrase.start - 24), phrase.start) is not None


_NOTHING = (0.0, 0.0)


@cache
def load_weights() -> dict[str, tuple[float, float]]:
    """How much each sign speaks for a phrase before the number, and for one behind it."""
    text = files("summarise.drafting").joinpath("measures.json").read_text("utf-8")
    return {sign: (before, behind) for sign, (before, behind) in json.loads(text).items()}


@cache
def _weights_for(kind: str) -> dict[str, tuple[float, float]]:
    """How much a phrase's own signs speak for it where a number is of a kind."""
    weights = dict(load_weights())
    for sign, (before, behind) in load_weights().items():
        if sign.startswith(f"{kind} "):
            plain = weights.get(own := sign.removeprefix(f"{kind} "), _NOTHING)
            weights[own] = (plain[0] + before, plain[1] + behind)
    return weights
