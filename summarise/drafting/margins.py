"""What others are beaten by: a margin is of what the value before it is, unless it says of what.

"Zeta reaches 71% recall on FooBench, surpassing Eta by 2%": that is 2% of recall on FooBench.
"""

from __future__ import annotations

import re

from summarise.models import Span
from summarise.numbers import Figure

_ADJECTIVES = (
    r"(?:(?:large|clear|wide|considerable|significant|substantial|notable|absolute|relative"
    r"|impressive|remarkable|healthy|comfortable) )"
)
# "a large margin of 2%", "4% faster at the same accuracy", "surpassing the state of the art by 2%"
_NO_METRIC = re.compile(
    rf"{_ADJECTIVES}+(?:margins?|gains?)|same [\w -]+"
    r"|(?:(?:previous|prior|existing|current|earlier) (?:[\w-]+ ){0,3}?)?"
    r"(?:state-of-the-arts?|state of the arts?|SOTAs?)(?: (?:methods?|models?|results?))?"
    r"|(?:previous|prior|current) state"
    r"|previous(?: (?:best|[\w-]+ )?(?:methods?|models?|results?))?"
)
# "+2.6 mask AP on COCO"
_METRIC_BEHIND = re.compile(
    r"(?: ?%| points?)? (?P<metric>(?:box|bbox|mask|keypoint|panoptic) (?:m?AP|PQ|AR|IoU))\b"
)
_BEATING = re.compile(
    r"(?:[^;]{0,120}?[^\d\s;(])?,? (?:and )?(?:thus |also )?"
    r"(?:outperform|surpass|exceed|beat)(?:s|ed|ing|es)? [^;,()\d]{2,20}[^;,()]{0,60}?"
    rf" (?:by|with) (?:an? )?(?:{_ADJECTIVES}*(?:average )?(?:margin|gain|improvement)s? of )?"
    r"(?:about |around |over |up to |more than |nearly |\+)?\Z"
)


def tells_metric(metric: str) -> bool:
    """Whether it is what is measured, and not only that others are beaten by so much."""
    return _NO_METRIC.fullmatch(metric) is None


def metric_behind(text: str, value: Span) -> str | None:
    """The metric in two words that a number has behind it as its unit: "+2.6 mask AP"."""
    found = _METRIC_BEHIND.match(text, value.end)
    return found["metric"] if found else None


def is_margin_over(text: str, last: Figure, one: Figure) -> bool:
    """Whether a number is what others are beaten by with the value before it."""
    start = last.whole.end
    if last.is_change or not one.is_change or one.span.start <= start:
        return False
    return _BEATING.fullmatch(text, start, one.span.start) is not None


def has_further(text: str, one: Figure, end: int) -> bool:
    """Whether a margin is that of a value further before: "by 2 and 3 points, respectively".

    ``end`` is where its sentence ends.
    """
    return text.find(" respectively", one.span.end, end) >= 0
