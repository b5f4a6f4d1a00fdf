"""What a statement in words compares with, and on which data sets it holds."""

from __future__ import annotations

import re

from summarise.drafting.purposes import is_learnt_from
from summarise.models import Span
from summarise.numbers import noun_phrase_at
from summarise.reading import Reading, Sentence

_BETTER = re.compile(
    r"\b(?:(?:\w+er|more|less|worse)\b[^.;,]{0,90}? than|[Cc]ompared (?:with|to)|relative to"
    r"|superior to|inferior to|outperform\w*|surpass\w*|exceed(?:s|ed|ing)) (?:(?:that|those) )?"
    r"(?:(?:in|with|for|of|on|by|among) )?(?=[^\d\W])"
)
# Each match has one of them, which are looked up far faster.
_BETTER_HINTS = (" than", "ompared ", "relative to", "erior to", "outperform", "surpass", "exceed")
# "compared to salt and rest, respectively" names a rival for each value
_EACH = re.compile(r",? and [^,;.]{1,40},? respectively\b")
# The phrase may be longer: "state-of-the-art instruction tuned models", "the size < 3 cm".
_GOES_ON = re.compile(r" [a-z]+ed (?!(?:with|by|in|at|for|to|from|as|on)\b)[a-z]| ?[<>=≤≥]| \d")
# "rule-based or learnt metrics", "tests based on grids"
_OPEN_END = re.compile(r"(?:-\w+ed|-free|-aware|-level|\bbased)\Z")
_LIST_GAP = re.compile(r"(?:,| and|, and|/| or|, as well as)(?: the| on)? ?|\s?\(")
# What a sentence begins with is its subject, not where it holds.
_SUBJECT = re.compile(r"(?:\w+, )?(?:[Tt]he |[Oo]ur )?")


def rival_in_words(reading: Reading, sentence: Sentence) -> Span | None:
    """What a sentence compares with in words: "sleep was longer than with salt"."""
    text, (start, end) = reading.text, (sentence.body_start, sentence.span.end)
    if not any(map(sentence.text.__contains__, _BETTER_HINTS)):
        return None
    found = list(_BETTER.finditer(text, start, end))
    rival = noun_phrase_at(text, found[0].end(), end) if len(found) == 1 else None
    if rival is None or any(one.span == rival for one in sentence.metrics):
        return None
    behind = (rival.end, end)
    is_torn = _GOES_ON.match(text, *behind) or _OPEN_END.search(text, *rival)
    return None if is_torn or _EACH.match(text, *behind) else rival


def datasets_in_words(reading: Reading, sentence: Sentence) -> Span | None:
    """Where a statement in words holds: the sets that stand side by side, as they stand."""
    text, body = reading.text, sentence.body_start
    spans = [
        one.span
        for one in reading.datasets_in(sentence)
        if one.text not in reading.method_names
        and not is_learnt_from(sentence, text, one.span.start)
        and not _SUBJECT.fullmatch(text, body, one.span.start)
    ]
    if not spans:
        return None
    start, end = spans[0]
    for span in spans[1:]:
        if not _LIST_GAP.fullmatch(text, end, span.start):
            break
        end = span.end
    return Span(start, end)
