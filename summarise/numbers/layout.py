"""How the words, phrases and numbers of a sentence stand to each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from propcache.api import cached_property

from summarise.models import Span
from summarise.numbers.phrases import Phrase, Token, phrases_of, tokens_of
from summarise.scan import words

FAR = 999
"""How far what isn't there is from a word, in words."""
_NOTHING = ""
_SIDE_BY_SIDE = words(", and or / vs versus vs. the a an ; in for with")
_SEPARATORS = words(", and or vs versus /")
_MOST_GAP, _LONGEST_UNIT = 3, 8


class NumberPlace(NamedTuple):
    """The first and the last token of a number."""

    first: int
    last: int


class SentenceLayout:
    """A stretch of a text by its words and signs."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text, self._start, self._end = text, start, end

    @cached_property
    def tokens(self) -> list[Token]:
        """Its words and signs."""
        return tokens_of(self._text, self._start, self._end)

    @cached_property
    def phrases(self) -> list[Phrase]:
        """All that may say something of a number."""
        return phrases_of(self.tokens)

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    def place_of(self, number: Span) -> NumberPlace:
        """The tokens that a number of the text is in."""
        starts = self._starts
        first = max(0, bisect_right(starts, number.start) - 1)
        return NumberPlace(first, max(first, bisect_left(starts, number.end) - 1))

    @cached_property
    def depths(self) -> list[int]:
        """In how many brackets each token is."""
        depth, depths = 0, []
        for token in self.tokens:
            depth += token.kind in "(["
            depths.append(depth)
            depth -= token.kind in ")]"
        return depths

    @cached_property
    def numbers(self) -> list[int]:
        """Which tokens are numbers."""
        return [at for at, token in enumerate(self.tokens) if token.kind == "0"]

    def to_next_number(self, one: Phrase, place: NumberPlace) -> int:
        """How many words are between a phrase and the nearest number but one and those in it."""
        left = bisect_left(self.numbers, one.first) - 1
        right = bisect_right(self.numbers, one.last)
        while left >= 0 and place.first <= self.numbers[left] <= place.last:
            left -= 1
        while right < len(self.numbers) and place.first <= self.numbers[right] <= place.last:
            right += 1
        before = one.first - self.numbers[left] - 1 if left >= 0 else FAR
        behind = self.numbers[right] - one.last - 1 if right < len(self.numbers) else FAR
        return min(before, behind)

    @cached_property
    def ranks(self) -> dict[int, tuple[int, int]]:
        """Which of how many nouns that are listed a token is of."""
        return {
            at: (rank, len(one))
            for one in self._lists("ne")
            for rank, (first, last) in enumerate(one)
            for at in range(first, last + 1)
        }

    def rank_of(self, place: NumberPlace) -> tuple[int, int]:
        """Which of how many numbers that are listed one is."""
        for one in self._listed_numbers:
            for rank, (first, last) in enumerate(one):
                if first <= place.last and last >= place.first:
                    return rank, len(one)
        return 0, 1

    @cached_property
    def _listed_numbers(self) -> list[list[tuple[int, int]]]:
        return self._lists("0")

    def _lists(self, kinds: str) -> list[list[tuple[int, int]]]:
        """Nouns or numbers that stand side by side: "salt, sand and rust", "3 kg and 5 kg"."""
        tokens, count = self.tokens, len(self.tokens)
        found: list[list[tuple[int, int]]] = []
        at, goes_on = 0, False
        while at < count:
            if tokens[at].kind not in kinds:
                at, goes_on = at + 1, False
                continue
            last = at
            while last + 1 < count and tokens[last + 1].kind in kinds:
                last += 1
            if goes_on:
                found[-1].append((at, last))
            else:
                found.append([(at, last)])
            at = last + 1
            is_unit = kinds == "0" and at < count and tokens[at].kind == "n"
            if is_unit and len(tokens[at].low) < _LONGEST_UNIT:
                at += 1
            gap = at
            while gap < count and gap - at < _MOST_GAP and tokens[gap].low in _SIDE_BY_SIDE:
                gap += 1
            is_joined = any(token.low in _SEPARATORS for token in tokens[at:gap])
            goes_on = is_joined and gap < count and tokens[gap].kind in kinds
            at = gap if goes_on else at
        return [one for one in found if len(one) > 1]

    def word_at(self, at: int) -> str:
        """A word in small letters, or a sign; nothing beyond its ends."""
        return self.tokens[at].low if 0 <= at < len(self.tokens) else _NOTHING

    def form_at(self, at: int) -> str:
        """What a word is known by beside others; nothing beyond the ends."""
        return self.tokens[at].form if 0 <= at < len(self.tokens) else _NOTHING

    @cached_property
    def is_in_order(self) -> bool:
        """Whether it says "respectively"."""
        return any(token.low == "respectively" for token in self.tokens)
