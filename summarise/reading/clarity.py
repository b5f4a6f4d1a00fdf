"""How likely each sentence tells a part of the paper best: a linear model over signs and words.

``training/train_parts.py`` trains the weights on abstracts that language models labelled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import exp
from operator import attrgetter
from typing import NamedTuple

from summarise.models import Role
from summarise.reading.lexicon import EVIDENCE, FINDING, OUTCOME, OWN, WORKS
from summarise.reading.sentence import Sentence
from summarise.scan import METHOD_SECTIONS, PRELUDES, Section, words

SAID = {
    name: attrgetter(name)
    for name in (
        "has_clear_gap",
        "has_gap",
        "states_aim",
        "is_aim_alone",
        "has_aim",
        "has_purpose",
        "proposes",
        "tells_topic",
        "tells_own_work",
        "only_tells_doing",
        "is_about_others",
        "is_concluding",
        "has_measurement",
        "tells_finding",
        "tells_relation",
    )
}
"""Properties of a sentence."""

WORDS = {
    "evidence": EVIDENCE,
    "finding": FINDING,
    "outcome": OUTCOME,
    "own": OWN,
    "work": WORKS,
    "paper": words("paper article study work"),
    "modal": words("can could may might would will should must need needs needed"),
    "others": words("existing previous current prior conventional traditional most"),
    "needs": words(
        """take takes require requires requiring need needs rely relies relying depend depends cost
        costs demand demands assume assumes face faces"""
    ),
    "thing": words(
        """method approach framework model algorithm system architecture network strategy technique
        procedure protocol"""
    ),
    "made": words(
        """prepared synthesised synthesized grown fabricated constructed designed investigated
        studied examined explored simulated characterised characterized"""
    ),
}
_OF_WORD = {
    word: {name: 1.0 for name, known in WORDS.items() if word in known}
    for word in frozenset().union(*WORDS.values())
}
_KNOWN = frozenset(_OF_WORD)
_OPENING = {
    "but": words("however yet but unfortunately nevertheless nonetheless"),
    "result": words("extensive comprehensive experiment experiments experimental result results"),
}
_HERE = (
    *("here", "in this ", "in the present ", "the present "),
    *("this paper ", "this study ", "this work ", "this article ", "this survey ", "our study "),
)
OPENINGS = {word: f"{name} …" for name, known in _OPENING.items() for word in known}
"""What the first word of a sentence says."""
_NEAR_SAID = [(name, SAID[name]) for name in ("has_clear_gap", "has_gap", "states_aim", "proposes")]
_NEAR = (*(name for name, _ in _NEAR_SAID), "work", *Role)
"""Signs that speak of the sentences beside their own."""

_SHORT, _LONG = 45, 400
_MANY = 4
_STEM = 6
_EMPTY = words("the and for with from are via using based towards toward")


def signs_of(
    sentences: Sequence[Sentence], turn: int, title: str, name: str | None
) -> list[dict[str, float]]:
    """What of each sentence is weighed beside its words, by name; ``<`` and ``>`` mark neighbours.

    Args:
        sentences: All of an abstract.
        turn: Number of the one in which the paper turns to its own work.
        title: That of the paper.
        name: What it calls its proposal.
    """
    titled = _stems(title)
    is_sorted = any(sentence.section in METHOD_SECTIONS for sentence in sentences)
    near = [_near_signs(sentence) for sentence in sentences]
    last = len(sentences) - 1
    found = []
    for index, sentence in enumerate(sentences):
        signs = _own_signs(sentence, titled, name)
        before = [_BEFORE[sign] for sign in near[index - 1]] if index else ["first"]
        behind = [_BEHIND[sign] for sign in near[index + 1]] if index < last else []
        signs.update(dict.fromkeys((*before, *behind), 1.0))
        signs["place"] = index / max(1, last)
        if is_sorted and sentence.section in PRELUDES:
            signs["before methods"] = 1.0
        ahead = sentence.number - turn
        if ahead < _FAR:
            signs.update(_AT_TURN.get(ahead, _BEFORE_TURN))
        found.append(signs)
    return found


def _near_signs(sentence: Sentence) -> list[str]:
    """The signs that speak of the sentences beside a sentence."""
    signs = [name for name, tells in _NEAR_SAID if tells(sentence)]
    if sentence.has(WORKS):
        signs.append("work")
    signs.append(sentence.role.value)
    return signs


_BEFORE = {sign: f"<{sign}" for sign in _NEAR}
_BEHIND = {sign: f">{sign}" for sign in _NEAR}
_BEFORE_TURN = {"before turn": 1.0}
_AT_TURN = {-1: {"turn next": 1.0, **_BEFORE_TURN}, 0: {"turn": 1.0}, 1: {"turn before": 1.0}}
_FAR = 2


def said_of(sentence: Sentence) -> list[str]:
    """Which of the properties in ``SAID`` a sentence has, by name."""
    return [name for name, tells in SAID.items() if tells(sentence)]


def _own_signs(sentence: Sentence, titled: frozenset[str], name: str | None) -> dict[str, float]:
    signs = dict.fromkeys(said_of(sentence), 1.0)
    said = sentence.words
    for word in said & _KNOWN:
        signs.update(_OF_WORD[word])
    opening = sentence.lower.split(" ", 1)[0].rstrip(",")
    if opening in OPENINGS:
        signs[OPENINGS[opening]] = 1.0
    elif sentence.lower.startswith(_HERE):
        signs["here …"] = 1.0
    signs[sentence.role.value] = 1.0
    signs.update(zip(_LEANINGS, [one / 100 for one in sentence.leanings], strict=False))
    length = len(sentence.text)
    signs["length"] = min(length, _LONG) / _LONG
    signs["short"] = float(length < _SHORT)
    signs["numbers"] = min(len(sentence.quantities), _MANY) / _MANY
    if sentence.section is Section.RESULT:
        signs["results"] = 1.0
    if sentence.text.endswith("?"):
        signs["?"] = 1.0
    if titled:
        repeated = len(titled.intersection([word[:_STEM] for word in said]))
        signs["title"] = repeated / max(3, len(titled))
    if name is not None and name in sentence.text:
        signs["named"] = 1.0
        if sentence.proposes:
            signs["named proposal"] = 1.0
    return signs


_LEANINGS = ("~background", "~objective", "~method", "~result", "~other")


def _stems(text: str) -> frozenset[str]:
    found = (w.strip(".,:;()?").lower() for w in text.split())
    return frozenset(w[:_STEM] for w in found if len(w) > 2 and w not in _EMPTY)


class PaperPart(StrEnum):
    """The parts of a paper that a sentence can tell."""

    PROBLEM = "problem"
    METHOD = "method"
    RESULTS = "results"


class Weights(NamedTuple):
    """What speaks for a sentence, a weight for each part in the order of ``PaperPart``.

    Attributes:
        none: That no sentence tells it.
        signs: By name, as ``signs_of`` has them.
        words: By word.
    """

    none: Sequence[float]
    signs: Mapping[str, Sequence[float]]
    words: Mapping[str, Sequence[float]]


Shares = Mapping[int, float]
"""By the number of each sentence, how likely it is the one that tells a part best."""


def shares_of(
    sentences: Sequence[Sentence], turn: int, title: str, name: str | None
) -> dict[PaperPart, Shares]:
    """How likely each sentence is the one that tells a part best; none may, for what is left to 1.

    Arguments as ``signs_of``.
    """
    none, weights, known = load_weights()
    # That no sentence tells a part stands beside them, at the end.
    totals: list[list[float]] = [[] for _ in PaperPart]
    for sentence, signs in zip(sentences, signs_of(sentences, turn, title, name), strict=True):
        problem = method = results = 0.0
        for sign, amount in signs.items():
            if (weight := weights.get(sign)) is not None:
                problem += amount * weight[0]
                method += amount * weight[1]
                results += amount * weight[2]
        for word in sentence.words:
            if (weight := known.get(word)) is not None:
                problem += weight[0]
                method += weight[1]
                results += weight[2]
        for total, of in zip(totals, (problem, method, results), strict=True):
            total.append(of)
    numbers = [sentence.number for sentence in sentences]
    return {
        part: dict(zip(numbers, _softmax([*total, least]), strict=False))
        for part, total, least in zip(PaperPart, totals, none, strict=True)
    }


def likeliest(shares: Shares, sentences: Iterable[Sentence], least: float) -> list[Sentence]:
    """The sentences of at least a share of a part, the likeliest first."""
    likely = [one for one in sentences if shares[one.number] >= least]
    return sorted(likely, key=lambda one: -shares[one.number])


def _softmax(totals: Sequence[float]) -> list[float]:
    most = max(totals)
    raised = [exp(total - most) for total in totals]
    whole = sum(raised)
    return [one / whole for one in raised]


@cache
def load_weights() -> Weights:
    """How much each sign and word speaks for a part, as it ships."""
    told = json.loads(files("summarise.reading").joinpath("clarity.json").read_text("utf-8"))
    return Weights(told["none"], told["signs"], told["words"])
