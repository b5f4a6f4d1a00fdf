"""How clearly a sentence tells the problem or the method: a linear model over its signs.

``training/train_parts.py`` trains the weights on abstracts that were labelled by hand.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Sequence
from functools import cache
from importlib.resources import files
from operator import attrgetter
from typing import NamedTuple

from summarise.models import Role
from summarise.reading.lexicon import EVIDENCE, FINDING, OUTCOME, OWN, WORKS
from summarise.reading.sentence import Sentence
from summarise.scan import Section, words


class Clarity(NamedTuple):
    """What a sentence tells; above 0 it is a part of the problem, or of the method.

    Attributes:
        problem: How clearly it states a gap, a difficulty or an aim.
        method: How clearly it tells something of what was proposed or done.
        work: Whether, of those of the method, it is the one that tells most of it.
    """

    problem: float
    method: float
    work: float


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
    "unknown": words(
        """unclear unknown unexplored underexplored understudied unresolved remain remains little
        few lack lacks lacking"""
    ),
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
    "then": words(
        """first second third then next finally additionally moreover furthermore further also
        besides"""
    ),
    "result": words("extensive comprehensive experiment experiments experimental result results"),
}
_HERE = (
    *("here", "in this ", "in the present ", "the present "),
    *("this paper ", "this study ", "this work ", "this article ", "this survey ", "our study "),
)
OPENINGS = {word: f"{name} …" for name, known in _OPENING.items() for word in known}
"""What the first word of a sentence says."""
_NEAR = frozenset({"has_clear_gap", "has_gap", "proposes", "states_aim", "work", *Role})
"""Signs that speak of the sentences beside their own."""

_SHORT, _LONG = 45, 400
_MANY = 4
_STEM = 6
_EMPTY = words("the and for with from are via using based towards toward")


def signs_of(
    sentences: Sequence[Sentence],
    turn: int,
    title: str,
    name: str | None,
    told: Container[int] = (),
) -> list[dict[str, float]]:
    """What of each sentence is weighed, by name; ``<`` and ``>`` mark what stands beside it.

    Args:
        sentences: All of an abstract.
        turn: Number of the one in which the paper turns to its own work.
        title: That of the paper.
        name: What it calls its proposal.
        told: Numbers of those that only what stands beside them is weighed of.
    """
    titled = _stems(title)
    own = [
        _near_signs(sentence) if sentence.number in told else _own_signs(sentence, titled)
        for sentence in sentences
    ]
    near = [signs.keys() & _NEAR for signs in own]
    last = len(own) - 1
    is_sorted = any(sentence.section in _METHODS for sentence in sentences)
    for index, (sentence, signs) in enumerate(zip(sentences, own, strict=True)):
        if index:
            for sign in near[index - 1]:
                signs[_BEFORE[sign]] = 1.0
        else:
            signs["first"] = 1.0
        if index < last:
            for sign in near[index + 1]:
                signs[_BEHIND[sign]] = 1.0
        signs["place"] = index / max(1, last)
        if is_sorted and sentence.section in _PRELUDES:
            signs["before methods"] = 1.0
        ahead = sentence.number - turn
        if ahead < _FAR:
            signs.update(_AT_TURN.get(ahead, _BEFORE_TURN))
        if name is not None and name in sentence.text:
            signs.update(dict.fromkeys(_naming(sentence), 1.0))
    return own


def _near_signs(sentence: Sentence) -> dict[str, float]:
    signs = {name: 1.0 for name, tells in SAID.items() if name in _NEAR and tells(sentence)}
    if sentence.has(WORKS):
        signs["work"] = 1.0
    signs[sentence.role.value] = 1.0
    return signs


def _naming(sentence: Sentence) -> Iterator[str]:
    yield "named"
    if sentence.proposes:
        yield "named proposal"


_BEFORE = {sign: f"<{sign}" for sign in _NEAR}
_BEHIND = {sign: f">{sign}" for sign in _NEAR}
_BEFORE_TURN = {"before turn": 1.0}
_AT_TURN = {-1: {"turn next": 1.0, **_BEFORE_TURN}, 0: {"turn": 1.0}, 1: {"turn before": 1.0}}
_FAR = 2
_METHODS = frozenset({Section.METHOD, Section.STUDY})
_PRELUDES = frozenset({Section.BACKGROUND, Section.OBJECTIVE})


def _own_signs(sentence: Sentence, titled: frozenset[str]) -> dict[str, float]:
    signs = {name: 1.0 for name, tells in SAID.items() if tells(sentence)}
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
    return signs


_LEANINGS = ("~background", "~objective", "~method", "~result", "~other")


def _stems(text: str) -> frozenset[str]:
    found = (w.strip(".,:;()?").lower() for w in text.split())
    return frozenset(w[:_STEM] for w in found if len(w) > 2 and w not in _EMPTY)


def clarity_of(
    sentences: Sequence[Sentence],
    turn: int,
    title: str,
    name: str | None,
    told: Container[int] = (),
) -> dict[int, Clarity]:
    """How clearly sentences of an abstract tell its parts, by number, but those that are told.

    Arguments as ``signs_of``.
    """
    weights = load_weights()
    found = {}
    of_each = signs_of(sentences, turn, title, name, told)
    for sentence, signs in zip(sentences, of_each, strict=True):
        if sentence.number in told:
            continue
        problem, method, work = weights[""]
        for sign, amount in signs.items():
            of_problem, of_method, of_work = weights.get(sign, _NONE)
            problem += amount * of_problem
            method += amount * of_method
            work += amount * of_work
        found[sentence.number] = Clarity(problem, method, work)
    return found


_NONE = (0.0, 0.0, 0.0)


@cache
def load_weights() -> dict[str, Clarity]:
    """How much each sign speaks for each part, and none by ``""``, as it ships."""
    text = files("summarise.reading").joinpath("clarity.json").read_text("utf-8")
    return {name: Clarity(*weights) for name, weights in json.loads(text).items()}
