"""The sentences of an abstract, as character spans into the original text."""

from __future__ import annotations

import re

import sentencex

from summarise.models import Span

# A segment that is nothing but a list marker belongs to the sentence that it opens.
_MARKER = re.compile(r"\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])[.)]|[-•*–]", re.IGNORECASE)
# After these a sentence goes on: a number, a name or an example follows.
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|al|figs?|eqs?|eqns?|secs?|refs?|tabs?|approx|resp|ca|viz|nos?"
    r"|w\.r\.t|dr|prof|mrs?|ms|spp|subsp))\.\Z",
    re.IGNORECASE,
)
_CLOSERS = {"(": ")", "[": "]"}
_MASK = "x"


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Split a text into sentences.

    Args:
        text: An abstract, of one or several paragraphs, of any length.

    Returns:
        Spans in order, without surrounding white space. Together they cover every character that
        isn't white space.
    """
    spans: list[Span] = []
    joins = False
    for segment in sentencex.get_sentence_boundaries("en", _mask_lone_brackets(text)):
        if segment["is_paragraph_break"]:
            joins = False
            continue
        span = _trimmed(text, segment["start_index"], segment["end_index"])
        if span.start == span.end:
            continue
        if joins:
            span = Span(spans.pop().start, span.end)
        spans.append(span)
        joins = _goes_on(span.of(text))
    return tuple(spans)


def _goes_on(segment: str) -> bool:
    return bool(_MARKER.fullmatch(segment) or _ABBREVIATION.search(segment[-12:]))


def _trimmed(text: str, start: int, end: int) -> Span:
    segment = text[start:end]
    return Span(start + len(segment) - len(segment.lstrip()), start + len(segment.rstrip()))


def _mask_lone_brackets(text: str) -> str:
    """Replace brackets without a partner: sentencex reads on to the end of the text after one."""
    opened: list[int] = []
    lone: list[int] = []
    for index, character in enumerate(text):
        if character in _CLOSERS:
            opened.append(index)
        elif character in ")]":
            if opened and _CLOSERS[text[opened[-1]]] == character:
                opened.pop()
            else:
                lone.append(index)
    if not lone and not opened:
        return text
    characters = list(text)
    for index in (*lone, *opened):
        characters[index] = _MASK
    return "".join(characters)
