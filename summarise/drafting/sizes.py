"""Sizes of the paper's own models, in their names or beside them, and what bounds a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarise.models import Quantity, QuantityKind, Span
from summarise.reading import Reading, Sentence
from summarise.scan import Ended

# "Zeta-VL-72B", "LLaMA 7B and 13B", "8B"; a collection may be called that, too.
_SIZED = re.compile(
    r"(?<![\w.])[A-Z][\w.]*(?:[- ][A-Z\d][\w.]*){0,3}[- ](?P<size>\d{1,4}(?:\.\d+)?[BM])\b"
    r"(?![-\w]| (?:tokens|pairs|images|samples|examples|parameters|params|frames|sentences))"
)
_SIZED_END = re.compile(r"\d[BM]\b")
_OTHERS_BEFORE = re.compile(
    r"\b(?:than|over|against|versus|vs\.?|outperform\w*|surpass\w*|beat\w*|exceed\w*|such as|like"
    r"|compared (?:to|with)|compar\w+ to|match\w*|rival\w*|baselines?|existing|previous|prior|last)"
    r" (?:[^.;,]{0,60}[ (])?\Z"
)
_MODELS = re.compile(r"[- ](?:models?|variants?)\b")
SIZE = re.compile(r"\d{1,4}(?:\.\d+)?B")
"""How many billions."""
_SIZE_AFTER = re.compile(
    r"(?:,? (?:and|or) \d[\d.]*B)?[- ](?:[A-Z][\w.-]* )?"
    r"(?:model|method|M?LLM|LM|VLM|VLA|backbone|variant|version)s?\b"
)
_LARGER = re.compile(r" (?:more|larger|bigger|smaller|fewer)\b")
# Where something is a mean of many, or tells of them, "over" and "about" bound nothing.
_BOUND = Ended(
    (
        *("than", "least", "most", "to", "as", "over", "under", "nearly", "almost"),
        *("approximately", "about", "around", "roughly", "exceeding"),
    ),
    r"(?<!averaged )(?<!averaging )(?<!average )(?<!data )(?<!mean )(?<!gains )(?<!information )"
    r"\b(?P<bound>(?:less|more|fewer) than|at (?:least|most)|up to"
    r"|as (?:few|much|many|low|high|little) as|over|under|nearly|almost|approximately|about|around"
    r"|roughly|exceeding) \Z",
    re.IGNORECASE,
)
_NEAR = 32
_REACH = 120


def bounded(text: str, span: Span) -> Span:
    """A number with the words before it that bound it: "over 1,400 people", "up to 8 FPS"."""
    bound = _BOUND.search(text, max(0, span.start - _NEAR), span.start)
    return span if bound is None else Span(bound.start("bound"), span.end)


def has_sizes(abstract: str, span: Span) -> bool:
    """Whether a number of billions or millions stands in a part of a text."""
    return _SIZED_END.search(abstract, *span) is not None


def is_model_size(abstract: str, size: Span) -> bool:
    """Whether a number of billions is of parameters: "a parameter budget of 6B", "our 6B model"."""
    is_named = "param" in abstract[max(0, size.start - 40) : size.start]
    return is_named or _SIZE_AFTER.match(abstract, size.end) is not None


def tells_size(sentence: Sentence, factor: Quantity) -> bool:
    """Whether a factor is of a number of parameters before it: "7B parameters, 10 times fewer"."""
    if not _LARGER.match(sentence.text, factor.span.end - sentence.span.start):
        return False
    before = [q for q in sentence.quantities if q.span.end <= factor.span.start]
    return bool(before) and before[-1].kind is QuantityKind.PARAMETERS


def sized(reading: Reading, sentence: Sentence) -> Iterator[Span]:
    """Sizes that stand in the names of the paper's own models."""
    start, end = sentence.span
    for match in _SIZED.finditer(reading.text, start, end):
        before = reading.text[max(start, match.start() - _REACH) : match.start()]
        name = match.group()
        is_material = any(name in dataset or dataset in name for dataset in reading.dataset_names)
        if is_material or _OTHERS_BEFORE.search(before):
            continue
        if match["size"].endswith("B") or _MODELS.match(reading.text, match.end(), end):
            yield Span(*match.span("size"))
