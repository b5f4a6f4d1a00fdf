"""The text that a draft is grounded in: an abstract in numbered sentences, and its title."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from summarise.ground.occurrences import Needle, Passage, spellings
from summarise.ground.tokens import Name, Number, NumberIndex
from summarise.models import Span


class Place(NamedTuple):
    """Where a value was found.

    Attributes:
        span: In the original text.
        is_exact: Whether the original text has it character for character.
        sentences: Numbers of the sentences that it stands in.
    """

    span: Span
    is_exact: bool
    sentences: tuple[int, ...]


class NumberPlace(NamedTuple):
    """Where a number stands.

    Attributes:
        span: In the abstract.
        sentences: Numbers of the sentences that it stands in.
    """

    span: Span
    sentences: tuple[int, ...]


@dataclass(frozen=True)
class SourceText:
    """What grounding searches. Normal forms and indexes are made when first needed.

    Attributes:
        abstract: The abstract as the document holds it.
        title: The title, or None.
        sentences: Spans into ``abstract``, in order; sentence n is item n - 1.
    """

    abstract: str
    title: str | None
    sentences: tuple[Span, ...]

    @cached_property
    def passage(self) -> Passage:
        """The abstract, ready to search."""
        return Passage.of(self.abstract)

    @cached_property
    def title_passage(self) -> Passage:
        """The title, ready to search; empty where there is none."""
        return Passage.of(self.title or "")

    @cached_property
    def numbers(self) -> NumberIndex:
        """The numbers of the abstract."""
        return NumberIndex(self.passage.normal.text)

    @cached_property
    def title_numbers(self) -> NumberIndex:
        """The numbers of the title."""
        return NumberIndex(self.title_passage.normal.text)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(span.start for span in self.sentences)

    def sentence_numbers(self, span: Span) -> tuple[int, ...]:
        """Numbers of the sentences that a span of the abstract lies in, in order."""
        start, end = span
        first = bisect_right(self._starts, start) or 1
        if first <= len(self.sentences) and self.sentences[first - 1].end <= start:
            first += 1
        last = bisect_right(self._starts, end - 1)
        return (first,) if first == last else tuple(range(first, last + 1))

    def place(self, value: str, cited: Collection[int]) -> Place | None:
        """The best place of a value in the abstract.

        Args:
            value: As the draft has it.
            cited: Numbers of the sentences to prefer.

        Returns:
            The first exact place in the cited sentences; else the first other one there; else the
            first exact one; else the first; None where it stands nowhere.
        """
        best: Place | None = None
        best_rank = 4
        passage = self.passage
        for needle in spellings(value):
            for start, end in needle.occurrences(passage):
                span = passage.span(start, end, value)
                is_exact = span.of(self.abstract) == value
                sentences = self.sentence_numbers(span)
                is_cited = bool(sentences) and all(map(cited.__contains__, sentences))
                rank = 2 * (not is_cited) + (not is_exact)
                if rank < best_rank:
                    best, best_rank = Place(span, is_exact, sentences), rank
                if rank == 0:
                    return best
        return best

    def number_places(self, stated: Number) -> list[NumberPlace]:
        """Where the abstract bears out a stated number: spans, with their sentences, in order."""
        spans = {
            self.passage.normal.original_span(number.start, number.end)
            for number in self.numbers.supporting(stated)
        }
        return [NumberPlace(span, self.sentence_numbers(span)) for span in sorted(spans)]

    def name_sentences(self, spelling: str, cited: Collection[int]) -> tuple[int, ...] | None:
        """Where the abstract has a name in one spelling.

        Args:
            spelling: Normalised.
            cited: Numbers of the sentences to prefer.

        Returns:
            Numbers of the sentences of the first cited place, else of the first; None without one.
        """
        first: tuple[int, ...] | None = None
        if spelling not in self.passage.normal.text:
            return None
        for start, end in Needle.of(spelling).occurrences(self.passage):
            sentences = self.sentence_numbers(self.passage.normal.original_span(start, end))
            if all(map(cited.__contains__, sentences)):
                return sentences
            first = sentences if first is None else first
        return first

    def title_has(self, spelling: str) -> bool:
        """Whether the title has a name in one spelling, normalised."""
        return spelling in self.title_passage.normal.text and any(
            True for _ in Needle.of(spelling).occurrences(self.title_passage)
        )

    def has_amid_sentence(self, name: Name) -> bool:
        """Whether the abstract or the title has a name elsewhere than where a sentence begins."""
        return any(
            name.text in passage.normal.text and Needle.of(name.text).stands_amid_sentence(passage)
            for passage in (self.passage, self.title_passage)
        )

    def title_place(self, value: str) -> Place | None:
        """The best place of a value in the title: the first exact one, else the first."""
        first: Place | None = None
        title = self.title_passage
        # A title begins with a name too often for its first capital to mean nothing.
        for needle in (n for n in spellings(value) if not n.opens):
            for start, end in needle.occurrences(title):
                span = title.span(start, end, value)
                place = Place(span, span.of(title.original) == value, ())
                if place.is_exact:
                    return place
                first = first or place
        return first
