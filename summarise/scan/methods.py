"""Names that a paper gives to what it proposes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from summarise.models import Span
from summarise.scan.mentions import Mention, MentionKind
from summarise.scan.names import Name

_PROPOSES = (
    r"(?:propos|present|introduc|develop|design|devis|describ|releas|creat|construct|build|built"
    r"|contribut|offer|unveil|establish|formulat)\w*"
)
_PROPOSED_BEFORE = re.compile(
    rf"\b(?:{_PROPOSES}|with|via|through|of)(?: (?:the|a|an|our|in this paper,?|here|its|novel|new|simple|yet|effective)\b)*\s\Z",
    re.IGNORECASE,
)
_VERB_BEFORE = re.compile(
    rf"\b{_PROPOSES}(?:,? (?!that\b)[\w'’()/-]+){{0,3}}? \Z", re.IGNORECASE
)
_CALLED_BEFORE = re.compile(
    r"\b(?:called|termed|named|dubbed|namely|denoted(?: as)?|abbreviated(?: as)?|coined|referred to as|which we call|we call(?: it)?|known as)[ :]+(?:the |as )?[`'\"‘“]?\Z"
)
_APPOSITION = re.compile(rf"\b{_PROPOSES}\b[^.;]{{0,120}}, \Z", re.IGNORECASE)
_IS_PROPOSED = re.compile(
    rf"(?: \([^()]{{1,40}}\))?,? (?:is|are|was) (?:then |therefore |hereby )?(?:{_PROPOSES}|described)\b"
)
_ARTICLE_AFTER = re.compile(r"(?: \([^()]{1,80}\))?(?:,| --| —| –) (?:a|an|the|our|which)\b")
_ABBREVIATION_AFTER = re.compile(r"(?: [\w-]+){0,4}? \(([A-Za-z][\w+.^-]{1,24})\)")
_LOWER_CALLED = re.compile(r"\b(?:called|termed|dubbed|named) ((?:[a-z]+-?[a-z]+ ){0,2}[a-z]+-?[a-z]+)(?= and\b|[,.;]| that\b| which\b| for\b| to\b)")
_TITLE_NAME = re.compile(r"\A([^:]{2,60}?)(?::| -- | — | – )\s?\S")
_SMALL = frozenset({"a", "an", "and", "for", "in", "of", "on", "the", "to", "with", "by", "via", "&"})
_MAX_TITLE_WORDS = 4


def find_methods(text: str, names: Sequence[Name]) -> tuple[Mention, ...]:
    """Find the names that a text introduces, the likeliest first.

    Args:
        text: An abstract.
        names: Its name-like runs.

    Returns:
        Mentions at the place of introduction, ordered by how clearly they are introduced and how
        often they return.
    """
    counts = Counter(name.text for name in names)
    scores: dict[str, tuple[float, Name]] = {}
    for name in names:
        score = _introduction(text, name)
        if score <= 0:
            continue
        short = _abbreviated(text, name, names)
        best = short or name
        total = score + min(counts[best.text], 4) - best.span.start / (4 * len(text) + 1)
        if best.text not in scores or scores[best.text][0] < total:
            scores[best.text] = (total, best)
    ranked = sorted(scores.values(), key=lambda item: -item[0])
    found = [Mention(n.text, n.span, MentionKind.METHOD) for _, n in ranked]
    if not found and (match := _LOWER_CALLED.search(text)) is not None:
        found.append(Mention(match[1], Span(*match.span(1)), MentionKind.METHOD))
    return tuple(found)


def _introduction(text: str, name: Name) -> float:
    """How clearly the words around a name say that it is new here; 0 when they don't."""
    before = text[max(0, name.span.start - 160) : name.span.start]
    after = text[name.span.end : name.span.end + 100]
    if before.endswith("("):
        return 0.0
    if _CALLED_BEFORE.search(before):
        return 5.0
    if _IS_PROPOSED.match(after):
        return 4.0
    if _VERB_BEFORE.search(before):
        return 4.0 if _ARTICLE_AFTER.match(after) else 2.5
    if _APPOSITION.search(before) and (name.is_strong or name.is_acronym):
        return 3.0
    return 0.0


def _abbreviated(text: str, name: Name, names: Sequence[Name]) -> Name | None:
    """The abbreviation in brackets that follows the long form of a name."""
    match = _ABBREVIATION_AFTER.match(text, name.span.end)
    if match is None:
        return None
    return next((n for n in names if n.span.start == match.start(1)), None)


def title_name(title: str | None) -> str | None:
    """The name before the colon of a title ("X: A Benchmark for Y"), if it looks like one.

    Args:
        title: Title of a paper, or None.

    Returns:
        The name, verbatim, or None where the title has none.
    """
    match = _TITLE_NAME.match(title) if title else None
    if match is None:
        return None
    name = match[1].strip()
    words = name.split()
    if len(words) > _MAX_TITLE_WORDS or not all(w[:1].isupper() or w[:1].isdigit() or _is_mixed(w) for w in words):
        return None
    return name if _is_mixed(name) or len(words) <= 2 else None


def _is_mixed(name: str) -> bool:
    return bool(re.search(r"[a-z0-9][A-Z]|[A-Z]{2}|\d", name))
