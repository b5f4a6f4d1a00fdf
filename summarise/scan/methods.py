"""Names that a paper gives to what it proposes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from summarise.models import Span
from summarise.scan.names import GENERIC, KNOWN_MODEL, Mention, Name
from summarise.scan.patterns import one_of, words

_STEMS = words(
    """propos present introduc develop design devis describ releas creat construct build built
    contribut offer unveil establish formulat"""
)
_PROPOSES = rf"{one_of(_STEMS)}\w*"
_VERB = re.compile(_PROPOSES)
_VERB_BEFORE = re.compile(rf"\b{_PROPOSES}(?:,? (?!that\b)[\w'’()/-]+){{0,3}}? \Z")
_APPOSITION = re.compile(rf"\b{_PROPOSES}\b[^.;]{{0,120}}, \Z")
_CALLED = (
    "called ", "termed ", "named ", "dubbed ", "namely ", "denoted ", "denoted as ", "we call ",
    "coined ", "referred to as ", "which we call ", "known as ", "call it ", "abbreviated as ",
    "called the ", "termed the ", "named the ", "termed as ", "named as ", "dubbed as ",
)  # fmt: skip
_IS_PROPOSED = re.compile(
    rf"(?: \([^()]{{1,40}}\))?,? (?:is|are|was) (?:then |therefore |hereby )?{_PROPOSES}\b"
)
_ARTICLE_AFTER = re.compile(r"(?: \([^()]{1,80}\))?(?:,| --| —| –) (?:an?|the|our|which)\b")
_ABBREVIATION_AFTER = re.compile(r"(?: [\w-]+){0,4}? \(([A-Za-z][\w+.^-]{1,24})\)")
_LOWER_CALLED = re.compile(
    r"\b(?:called|termed|dubbed|named) ((?:[a-z]++(?:-[a-z]++|(?<=[a-z][a-z])) ){0,2}"
    r"[a-z]++(?:-[a-z]++|(?<=[a-z][a-z])))"
    r"(?= and\b|[,.;]| that\b| which\b| for\b| to\b)"
)
# "Our decoding rule, Zeta, keeps …", "The method, Zeta, scores …".
_OWN_THING_BEFORE = re.compile(
    r"(?:\b[Oo]ur (?:[a-z][\w-]* ){0,3}[a-z][\w-]*"
    r"|\b(?:[Tt]he|[Tt]his) (?:(?:new|proposed|resulting) )?"
    r"(?:method|approach|model|system|framework|algorithm|tool|scheme|procedure|technique|benchmark"
    r"|dataset|data set|corpus|toolkit)), \Z"
)
# "Zeta contains 40 maps", "Zeta replaces them with one network".
_SUBJECT_AFTER = re.compile(
    r" (?:is (?:an?|the) |(?:contain|compris|consist|includ|provid|combin|replac|learn|us|cover"
    r"|collect|offer|tak|turn|lets?|mak|join)(?:e?s)?\b)"
)
_TRIAL = re.compile(
    r"\b(?:[Tt]he )?([A-Z][A-Z\d-]{3,40}) "
    r"(?:(?:[Rr]andomi[sz]ed|[Cc]linical|[Cc]ontrolled|[Cc]luster)[ -])*[Tt]rial\b"
)
_TITLE_NAME = re.compile(r"\A([^:]{2,60}?)(?::| -- | — | – )\s?\S")
_MIXED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}|\d")
_REACH = 160
_MAX_TITLE_WORDS = 4


def find_methods(text: str, names: Sequence[Name]) -> tuple[Mention, ...]:
    """Find the names that a text introduces, the likeliest first.

    Returns:
        Mentions at the place of introduction, ordered by how clearly they are introduced and how
        often they return.
    """
    counts = Counter(name.text for name in names)
    verbs = [match.start() for match in _VERB.finditer(text)]
    starts = {name.span.start: name for name in names}
    scores: dict[str, tuple[float, Name]] = {}
    for name in names:
        clarity = _introduction(text, name, verbs)
        if clarity <= 0:
            continue
        best = _abbreviated(text, name, starts) or name
        total = clarity + min(counts[best.text], 4) - best.span.start / (4 * len(text))
        if best.text not in scores or scores[best.text][0] < total:
            scores[best.text] = (total, best)
    ranked = sorted(scores.values(), key=lambda item: -item[0])
    found = [Mention(n.text, n.span) for _, n in ranked]
    if not found and (match := _LOWER_CALLED.search(text)) is not None:
        found.append(Mention(match[1], Span(*match.span(1))))
    return tuple(found) or tuple(_subjects(text, names, counts))


def _subjects(text: str, names: Sequence[Name], counts: Counter[str]) -> Iterator[Mention]:
    """A name that is never introduced but opens a sentence and returns: "Zeta contains …"."""
    seen: set[str] = set()
    for name in names:
        start, end = name.span
        is_first = name.text not in seen and counts[name.text] > 1
        seen.add(name.text)
        if not is_first or not name.is_strong or KNOWN_MODEL.match(name.text):
            continue
        if text[max(0, start - 2) : start] in ("", ". ", ".\n") and _SUBJECT_AFTER.match(text, end):
            yield Mention(name.text, name.span)
            return


def _introduction(text: str, name: Name, verbs: Sequence[int]) -> float:
    """How clearly the words around a name say that it is new here; 0 when they don't."""
    start, end = name.span
    if text[start - 1 : start] == "(" or name.text in GENERIC:
        return 0.0
    if text[max(0, start - 20) : start].rstrip("`'\"‘“").endswith(_CALLED):
        return 5.0
    if _IS_PROPOSED.match(text, end):
        return 4.0
    if text[end : end + 1] == "," and _OWN_THING_BEFORE.search(text[max(0, start - 60) : start]):
        return 3.5
    at = bisect_left(verbs, start) - 1
    return _as_object(text, name, verbs[at]) if at >= 0 and start - verbs[at] <= _REACH else 0.0


def _as_object(text: str, name: Name, verb: int) -> float:
    """How clearly a name is what "we propose"."""
    start, end = name.span
    before = text[verb:start]
    if _VERB_BEFORE.match(before):
        return 4.0 if _ARTICLE_AFTER.match(text, end) else 2.5
    if before.endswith(", ") and _APPOSITION.match(before):
        is_name = name.is_strong or name.is_acronym or _ABBREVIATION_AFTER.match(text, end)
        return 3.0 if is_name else 0.0
    return 0.0


def _abbreviated(text: str, name: Name, starts: Mapping[int, Name]) -> Name | None:
    """The abbreviation in brackets that follows the long form of a name."""
    match = _ABBREVIATION_AFTER.match(text, name.span.end)
    return starts.get(match.start(1)) if match else None


def title_name(title: str | None) -> str | None:
    """The name before the colon of a title ("X: A Benchmark for Y"), or that of a trial.

    Returns:
        The name, verbatim, or None where the title has none. Of two names ("X & Y: …") the first.
    """
    trial = _TRIAL.search(title) if title else None
    if trial is not None and trial[1] not in GENERIC:
        return trial[1]
    match = _TITLE_NAME.match(title) if title else None
    if match is None:
        return None
    name = re.split(r" (?:&|and) ", match[1].strip())[0]
    parts = name.split()
    if len(parts) > _MAX_TITLE_WORDS or not all(_opens_name(part) for part in parts):
        return None
    return name if _MIXED.search(name) or len(parts) <= 2 else None


def _opens_name(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit() or _MIXED.search(word) is not None
