"""Which phrase of a sentence a number measures, where no rule ties one to it: a linear model.

``training/train_measures.py`` trains the weights on results that were labelled by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from importlib.resources import files
from math import exp, log
from typing import NamedTuple

from summarise.drafting.signs import SHARE, Phrases, kind_of
from summarise.models import QuantityKind, Span
from summarise.numbers import (
    PEOPLE_WORDS,
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
"""The same for a noun that names no measure, which may be whatever stands near a number."""

_LEAN, _LEAST = 0.3, 0.05
"""How much other numbers of a sentence count, and how likely they make each phrase at least."""

_UNITS = frozenset({QuantityKind.TIME, QuantityKind.MEASURE, QuantityKind.MONEY})
"""What no share is told in; devices, memory and the like are no outcomes at all."""


class ScoredPhrase(NamedTuple):
    """A phrase, what speaks for it whatever number is asked of, and how much all speak for it."""

    span: Span
    own: tuple[str, ...]
    score: float


class WeighedPhrases(Phrases):
    """The phrases of a sentence, and how much speaks for each.

    ``numbers`` are those of it that are asked of.
    """

    def __init__(self, reading: Reading, sentence: Sentence, numbers: Sequence[Span] = ()) -> None:
        super().__init__(reading, sentence)
        self._numbers = numbers
        self._scores: dict[str, list[tuple[float, float]]] = {}
        self._likely: dict[Span, dict[Span | None, float]] = {}
        self._known: dict[Span, tuple[list[ScoredPhrase], float]] = {}

    def scored(self, number: Span) -> tuple[list[ScoredPhrase], float]:
        """How much speaks for each phrase of ``of_number``, and for none of them.

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


def _looks_of(value: str) -> str:
    """As ``kind_of``, a share and per cent alike."""
    kind = kind_of(value)
    return "percent" if kind == "share" else kind


def likely_measure(
    phrases: WeighedPhrases,
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
    return as_said(phrases.text, best, phrases.end)


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
