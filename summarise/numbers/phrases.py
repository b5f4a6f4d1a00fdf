"""The phrases of a sentence that may say of what, of whom or where its numbers are.

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
    "p": """of in on at for with among from by to between across over under within during after
    before than versus vs vs. per against via through into without using towards toward until since
    compared when where as regarding like including""",
    "d": """the a an its their our his her this these those that each every all both some any no
    such another other""",
    "b": """is was were are be been being has had have having do does did can could may might will
    would should must""",
    "j": """and or but nor while whereas which who whom whose if because although though so then
    thus hence however either not only also alone there it they we he she i you up down out about
    around approximately roughly nearly almost just even still respectively significantly
    substantially e.g i.e namely statistically markedly slightly similarly furthermore moreover
    additionally finally overall specifically notably""",
    "c": """higher lower greater better worse more less fewer larger smaller longer shorter similar
    comparable different faster slower stronger weaker highest lowest best largest smallest most
    least likely equal""",
    "v": """achieve achieves achieving reach reaches reached yield yields yielding show shows
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
# What tells how sure a number is.
_NEVER = words("ci n p sd se sem iqr cri i.e e.g +/- ± interval intervals")
_JOINING = words(
    """of in with on for at from among to by under across between after before during without over
    than against using via and or"""
)
_LEADING = words("at after before during without under in with from over by within")
"""Prepositions that a phrase may begin with: "after the flood", "without salt"."""
_ADVERBS = words("not also only still then even been already")
_MOST_WORDS = 11
_MOST_OF_PREDICATE = 7
_MOST_JOINED = 2


class Token(NamedTuple):
    """A word or a sign of a sentence.

    ``kind`` is one letter: ``n`` for a word that a noun phrase may hold and ``e`` for one of them
    in "-ed"; ``v`` a verb, ``b`` a form of "be" or the like, ``p`` a preposition, ``d`` a
    determiner, ``c`` a word that compares, ``j`` another joint, ``0`` a number; a sign is itself.
    ``form`` is what it is known by beside another word: itself, or of an open kind its kind.
    """

    start: int
    end: int
    low: str
    kind: str
    form: str


class Phrase(NamedTuple):
    """A phrase, from one token to another.

    ``shape`` is ``n`` for a noun phrase, ``j`` for several that are joined, ``p`` for one with its
    preposition, and ``v`` for a predicate. ``head`` is its first noun's last word.
    """

    span: Span
    first: int
    last: int
    head: int
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
            found.append(Token(last, match.end(), word[-1], word[-1], word[-1]))
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
            kind = "0" if any(map(str.isdigit, word)) else "n"
        else:
            is_participle = low.endswith("ed") and len(low) > 4 and "-" not in low
            kind = "e" if is_participle and low not in _NOUNS_IN_ED else "n"
    return Token(start, end, low, kind, kind if kind in "nev0db" else low)


def phrases_of(tokens: Sequence[Token]) -> list[Phrase]:
    """The phrases of a sentence, each once; names of spreads are none."""
    found: dict[tuple[int, int], Phrase] = {}
    runs = list(_runs(tokens))
    for number, (first, last) in enumerate(runs):
        for one in _of_run(tokens, runs, number, first, last):
            found.setdefault((one.first, one.last), one)
    for at, token in enumerate(tokens):
        if token.kind in "bve":
            for one in _predicates(tokens, at):
                found.setdefault((one.first, one.last), one)
    return [
        one
        for one in found.values()
        if one.last - one.first < _MOST_WORDS and tokens[one.last].low not in _NEVER
    ]


_NEAR = 120


def noun_phrase_at(text: str, start: int, end: int) -> Span | None:
    """The noun phrase that begins at a place, with what "of" joins to it; None if none does."""
    tokens = tokens_of(text, start, min(end, start + _NEAR))
    while tokens and tokens[0].kind == "d":
        tokens = tokens[1:]
    runs = list(_runs(tokens))
    if not runs or runs[0][0] > 0:
        return None
    last = runs[0][1]
    if last + 1 < len(tokens) and tokens[last + 1].low == "of" and len(runs) > 1:
        joined = _trimmed(tokens, runs[1]) if _joins(tokens[last + 1 : runs[1][0]]) else None
        last = last if joined is None else joined
    noun = _trimmed(tokens, (0, last))
    last = last if noun is None else noun
    return Span(tokens[0].start, tokens[last].end)


def _trimmed(tokens: Sequence[Token], run: tuple[int, int]) -> int | None:
    """The last noun of a run of words; None where there is none but participles and numbers."""
    return next((at for at in range(run[1], run[0] - 1, -1) if tokens[at].kind == "n"), None)


def _runs(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The stretches of words that a noun phrase may hold."""
    at, count = 0, len(tokens)
    while at < count:
        if tokens[at].kind in "ne0":
            first = at
            while at + 1 < count and tokens[at + 1].kind in "ne0":
                at += 1
            yield first, at
        at += 1


def _of_run(
    tokens: Sequence[Token], runs: Sequence[tuple[int, int]], number: int, first: int, last: int
) -> Iterator[Phrase]:
    """The noun phrases that begin in a run of words, and those that others join to it."""
    yield _made(tokens, first, last, "n")
    start = first
    for at in range(first, last + 1):
        if tokens[at].kind in "e0":
            if at > first:
                yield _made(tokens, first, at - 1, "n")
            if at < last:
                start = at + 1
                yield _made(tokens, start, last, "n")
    end = last
    for onset, behind in runs[number + 1 : number + 1 + _MOST_JOINED]:
        gap = tokens[end + 1 : onset]
        if not _joins(gap):
            break
        end = behind
        yield _made(tokens, first, end, "j", last)
        if start > first:
            yield _made(tokens, start, end, "j", last)
    if first > 0 and tokens[first - 1].low in _LEADING:
        yield _made(tokens, first - 1, last, "p", last)


def _joins(gap: Sequence[Token]) -> bool:
    """Whether words between two noun phrases make one of them: "of the"."""
    if not 1 <= len(gap) <= 2 or gap[0].low not in _JOINING:
        return False
    return len(gap) == 1 or gap[1].kind == "d"


def _predicates(tokens: Sequence[Token], first: int) -> Iterator[Phrase]:
    """A verb with what follows, or what "be" says: up to a sign, and up to a preposition.

    Where the phrase would be torn amid words or before a number, it is up to a preposition alone.
    """
    count, begin = len(tokens), first
    while first < count and (tokens[first].kind == "b" or tokens[first].low in _ADVERBS):
        first += 1
    if first > begin and first < count and tokens[first].kind == "d":
        first += 1
    end, cut = first, None
    while end < count and end - first < _MOST_OF_PREDICATE and tokens[end].kind in "nevbpdcj":
        if cut is None and end > first and tokens[end].kind in "pj":
            cut = end
        end += 1
    # "reached a room by a step-free" (route), "ended before week" (22)
    is_torn = end < count and tokens[end - 1].kind in "nevc" and tokens[end].kind in "ne0"
    while end > first and tokens[end - 1].kind in "pdjb":
        end -= 1
    if end > first + (tokens[begin].kind == "v"):
        if not is_torn:
            yield _made(tokens, first, end - 1, "v")
        if cut is not None and first + is_torn < cut < end:
            yield _made(tokens, first, cut - 1, "v")


def _made(
    tokens: Sequence[Token], first: int, last: int, shape: str, head: int | None = None
) -> Phrase:
    span = Span(tokens[first].start, tokens[last].end)
    return Phrase(span, first, last, last if head is None else head, shape)
