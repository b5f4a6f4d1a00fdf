"""The phrases of a sentence that may say what its numbers measure: noun phrases and predicates.

They are cut at closed lists of words and at signs, without any grammar: which of them says
something of a number is told by weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarise.models import Span
from summarise.scan import words

_TOKEN = re.compile(r"[^\s,;()\[\]=]+|[,;()\[\]=]")
_OF_KIND = {
    "p": """of in on at for with among by from to between across over under within during after
    before than versus vs vs. per against via through into without using towards toward until since
    compared when where as regarding like including""",
    "d": """the a an its their our his her this these those that each every all both some any no
    such another other""",
    "b": """is was were are be been being has had have do does did can could may might will would
    should must""",
    "j": """and or but nor while whereas which who whom whose if because although though so then
    thus hence however either not only also alone there it they we he she i you up down out about
    around approximately roughly nearly almost just even still respectively significantly
    substantially e.g i.e namely statistically markedly slightly similarly furthermore moreover
    additionally finally overall specifically notably""",
    "c": """higher lower greater better worse more less fewer larger smaller longer shorter similar
    comparable different faster slower stronger weaker highest lowest best largest smallest most
    least likely equal""",
    "v": """achieve achieves achieving reach reaches reaching yield yields yielding show shows
    showing shown obtain obtains obtaining attain attains attaining report reports reporting
    demonstrate demonstrates provide provides exhibit exhibits enable enables enabling outperform
    outperforms outperforming produce produces give gives gave deliver delivers delivered found
    find finds indicate indicates reveal reveals suggest suggests result resulting improves
    improving reduces reducing lowers lowering raises raising cuts cutting increasing decreasing
    boosts boosting surpasses surpassing exceeding exceeds ranging rose fell grew remains saves
    saving led leads leading became made makes took takes chose saw knew felt lost went got kept
    met spent underwent represents representing comprises accounting accounts works runs
    drops rises falls shrinks corresponds improve reduce enhance""",
}
_KINDS = {word: kind for kind, told in _OF_KIND.items() for word in words(told)}
_NOUNS_IN_ED = words("need speed seed bed feed breed weed red reed")
_NEVER = words("ci n p sd se sem iqr cri i.e e.g +/- ± interval intervals")
_MOST_WORDS = 7
_MOST_BEHIND_OF = 5
_BAR = "|"
_NOUN, _PREDICATE, _JOINED = "n", "v", "of"


class Token(NamedTuple):
    """A word or a sign of a sentence.

    ``kind`` is one letter: ``n`` for a word that a noun phrase may hold and ``e`` for one of them
    in "-ed"; ``v`` a verb, ``b`` a form of "be" or the like, ``p`` a preposition, ``d`` a
    determiner, ``c`` a word that compares, ``j`` another joint, ``0`` a number; a sign is itself.
    """

    start: int
    end: int
    low: str
    kind: str


class Fragment(NamedTuple):
    """A phrase, from one token to another.

    ``shape`` is ``n`` for a noun phrase, ``ne`` for one with a participle at its end, ``of`` for
    two that "of" joins, and ``v`` for a predicate.
    """

    span: Span
    first: int
    last: int
    shape: str


def tokens_of(text: str, start: int, end: int) -> list[Token]:
    """The words and signs of a stretch of a text."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text, start, end):
        word, last = match.group(), match.end()
        bare = word.rstrip(".:") if len(word) > 1 else word
        if bare and bare != word:
            last -= len(word) - len(bare)
            found.append(_token(match.start(), last, bare))
            found.append(Token(last, match.end(), word[-1], word[-1]))
        else:
            found.append(_token(match.start(), last, word))
    return found


def _token(start: int, end: int, word: str) -> Token:
    low = word.lower()
    # "OR" is a ratio.
    kind = None if len(word) > 1 and word.isupper() else _KINDS.get(low)
    if kind is None:
        if len(word) == 1 and not word.isalnum():
            kind = word
        elif word[0].isdigit() or not (word[0].isalpha() or word.isalpha()):
            kind = "0" if any(map(str.isdigit, word)) else _NOUN
        else:
            is_participle = low.endswith("ed") and len(low) > 4 and "-" not in low
            kind = "e" if is_participle and low not in _NOUNS_IN_ED else _NOUN
    return Token(start, end, low, kind)


def fragments_of(tokens: Sequence[Token]) -> list[Fragment]:
    """The phrases of a sentence, each once; units, names of spreads and of columns are none."""
    found: dict[Span, Fragment] = {}
    for one in _fragments(tokens):
        low = tokens[one.last].low
        is_short = one.first == one.last and len(low) < 3
        before = tokens[one.first - 1].kind if one.first > 0 else ""
        is_unit = is_short and before == "0"
        # "salt | sand = 3 | 5"
        if low not in _NEVER and not is_unit and before != _BAR:
            found.setdefault(one.span, one)
    return list(found.values())


def _fragments(tokens: Sequence[Token]) -> Iterator[Fragment]:
    at = 0
    while at < len(tokens):
        kind = tokens[at].kind
        if kind in "ne":
            end = _run_end(tokens, at)
            yield from _of_run(tokens, at, end)
            at = end
        elif kind in "bv":
            yield from _predicate(tokens, at)
        at += 1


def _run_end(tokens: Sequence[Token], at: int, most: int = 1_000) -> int:
    """The last word of a noun phrase that begins at a place."""
    last = min(len(tokens) - 1, at + most)
    while at < last and tokens[at + 1].kind in "ne":
        at += 1
    return at


def _of_run(tokens: Sequence[Token], first: int, last: int) -> Iterator[Fragment]:
    """The noun phrases of a run of words, and the predicates that begin in it."""
    starts = [first]
    for at in range(first, last + 1):
        if tokens[at].kind == "e":
            yield from _predicate(tokens, at)
            if at > first:
                yield _made(tokens, first, at - 1, _NOUN)
            if at < last:
                starts.append(at + 1)
    yield from _ending(tokens, starts, last)
    yield from _joined(tokens, starts[-1], last + 1)


def _ending(tokens: Sequence[Token], starts: Sequence[int], last: int) -> Iterator[Fragment]:
    """The noun phrases from some places of a run to its last noun, and to its end."""
    end = last
    while end >= starts[0] and tokens[end].kind == "e":
        end -= 1
    for start in starts:
        if end >= start:
            yield _made(tokens, start, end, _NOUN)
        if end < last:
            yield _made(tokens, start, last, "ne")


def _joined(tokens: Sequence[Token], first: int, behind: int) -> Iterator[Fragment]:
    """The noun phrase from a place on with what "of" joins to it right behind."""
    if behind + 1 < len(tokens) and tokens[behind].low == "of":
        behind += 2 if tokens[behind + 1].kind == "d" else 1
        if behind < len(tokens) and tokens[behind].kind in "ne":
            end = _run_end(tokens, behind, _MOST_BEHIND_OF)
            yield _made(tokens, first, end, _JOINED)


def _predicate(tokens: Sequence[Token], first: int) -> Iterator[Fragment]:
    """A verb with what follows, or what "be" says: up to a sign, and up to a preposition.

    Where the phrase would be torn amid words or before a number, it is up to a preposition alone.
    """
    count, begin = len(tokens), first
    while first < count and (tokens[first].kind == "b" or tokens[first].low in _ADVERBS):
        first += 1
    if first > begin and first < count and tokens[first].kind == "d":
        first += 1
    end, cut = first, None
    while end < count and end - first < _MOST_WORDS and tokens[end].kind in "nevbpdcj":
        if cut is None and end > first and tokens[end].kind in "pj":
            cut = end
        end += 1
    # "reached a room by a step-free" (route), "ended before week" (22)
    is_torn = end < count and tokens[end - 1].kind in "nevc" and tokens[end].kind in "ne0"
    while end > first and tokens[end - 1].kind in "pdjb":
        end -= 1
    if end > first + (tokens[begin].kind == "v"):
        if not is_torn:
            yield _made(tokens, first, end - 1, _PREDICATE)
        if cut is not None and first + is_torn < cut < end:
            yield _made(tokens, first, cut - 1, _PREDICATE)


_ADVERBS = words("not also only still then even been already")


def _made(tokens: Sequence[Token], first: int, last: int, shape: str) -> Fragment:
    return Fragment(Span(tokens[first].start, tokens[last].end), first, last, shape)
