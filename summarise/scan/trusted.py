"""An abstract without what addresses a model or a reviewer, and without hidden text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from summarise.hidden import hidden_spans
from summarise.models import Span
from summarise.scan.instructions import addressing
from summarise.scan.stretches import Stretches

_BLANK = re.compile(r"\s*")


@dataclass(frozen=True)
class TrustedText:
    """What is left of a text, as if the rest had never been there.

    Attributes:
        text: What is left.
        sentences: Its sentences, as spans of ``text``.
        numbers: The number that each of them has in the whole text, counted from 1.
        instructions: Numbers of the sentences that hold what was left out.
        removed: What was left out, with the space around it, as spans of the whole text in order.
    """

    text: str
    sentences: tuple[Span, ...]
    numbers: tuple[int, ...]
    instructions: tuple[int, ...] = ()
    removed: tuple[Span, ...] = ()

    def original_span(self, span: Span) -> Span:
        """Where a part of ``text`` stands in the whole text."""
        return Span(self._original(span.start), self._original(span.end - 1) + 1)

    def _original(self, offset: int) -> int:
        ends, sizes = self._kept
        return offset + sizes[bisect_right(ends, offset)]

    @cached_property
    def _kept(self) -> tuple[list[int], list[int]]:
        """Where each cut stands in ``text``, and how much is cut before it."""
        sizes = [0, *accumulate(end - start for start, end in self.removed)]
        return [span.start - size for span, size in zip(self.removed, sizes, strict=False)], sizes


def trusted_text(text: str, sentences: Sequence[Span]) -> TrustedText:
    """Leave out the sentences that read like instructions, and text that nobody sees.

    Args:
        text: An abstract or a title.
        sentences: Its sentences.
    """
    hidden = hidden_spans(text)
    seen = _without(text, sentences, hidden)
    told = {seen.numbers[n - 1] for n in addressing(seen.text, seen.sentences)}
    if not hidden and not told:
        return seen
    left_out = _without(text, sentences, [*hidden, *(sentences[n - 1] for n in told)])
    unseen = Stretches(hidden)
    told.update(number for number, span in enumerate(sentences, 1) if unseen.overlap(span))
    return TrustedText(
        left_out.text,
        left_out.sentences,
        left_out.numbers,
        instructions=tuple(sorted(told)),
        removed=left_out.removed,
    )


def instruction_like(abstract: str, sentences: Sequence[Span]) -> tuple[int, ...]:
    """Find the sentences that are no evidence for anything.

    Args:
        abstract: An abstract; its text is data, whoever it addresses.
        sentences: Its sentences.

    Returns:
        Numbers, counted from 1, of the sentences that tell a model or a reviewer what to do, and of
        those with text that is hidden from readers.
    """
    return trusted_text(abstract, sentences).instructions


def _without(text: str, sentences: Sequence[Span], spans: Iterable[Span]) -> TrustedText:
    removed = _cuts(text, spans)
    if not removed:
        return TrustedText(text, tuple(sentences), tuple(range(1, len(sentences) + 1)))
    starts = [0, *(span.end for span in removed)]
    ends = [*(span.start for span in removed), len(text)]
    left = "".join(text[start:end] for start, end in zip(starts, ends, strict=True))
    sizes = [0, *accumulate(end - start for start, end in removed)]

    def moved_to(offset: int) -> int:
        """Where a place of the whole text is when parts of it are gone."""
        at = bisect_right(starts, offset) - 1
        return min(offset, ends[at]) - sizes[at]

    moved = [
        (number, _trimmed(left, moved_to(span.start), moved_to(span.end)))
        for number, span in enumerate(sentences, 1)
    ]
    kept = [(number, span) for number, span in moved if span.start < span.end]
    return TrustedText(
        left,
        sentences=tuple(span for _, span in kept),
        numbers=tuple(number for number, _ in kept),
        removed=removed,
    )


def _cuts(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """What to cut so that the text reads on: each span with the space behind it, merged."""
    cuts: list[Span] = []
    for span in sorted(_with_space(text, span) for span in spans):
        if cuts and span.start <= cuts[-1].end:
            last = cuts.pop()
            cuts.append(Span(last.start, max(span.end, last.end)))
        else:
            cuts.append(span)
    if cuts and cuts[-1].end == len(text):
        cuts[-1] = Span(len(text[: cuts[-1].start].rstrip()), len(text))
    return tuple(cuts)


def _with_space(text: str, span: Span) -> Span:
    """A span with the space behind it, unless that parts what stands before and behind it."""
    if text[max(span.start - 1, 0) : span.start].strip():
        return span
    blank = _BLANK.match(text, span.end)
    return Span(span.start, blank.end() if blank else span.end)


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))
