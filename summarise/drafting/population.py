"""Who a clinical study looked at, and how many, in the words of its abstract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from summarise.drafting.clauses import Clauses
from summarise.models import QuantityKind, Span
from summarise.reading import PaperParts, Reading, Sentence
from summarise.scan import DIGITS, SPELLED, one_of, words

_MOST_WORDS = 15
_MOST_SENTENCES = 12

# A share of people, arms, and what goes on behind them: "45% whereas patients".
_NO_PEOPLE = re.compile(
    r"\A(?:\d[\d.,]*\s?%|(?:our|their|these|those|such|most|many|some|few|both|other)\b)"
    r"|\b(?:whereas|while|although|between|arms?|bias|allows?|using|alike|require)\b|%"
    r"|\A[a-z]{3,}ing\b",
    re.IGNORECASE,
)
_PEOPLE = (
    r"(?:(?:in|out)?patients|participants|subjects|adults|children|adolescents|individuals|women"
    r"|men|infants|neonates|newborns|boys|girls|volunteers|nurses|physicians|students|survivors"
    r"|veterans|residents|workers|people|persons|mothers|athletes|controls|cases|smokers|donors"
    r"|recipients|users|carriers|twins|singletons|households|citizens|teachers|drivers|farmers"
    r"|miners|rats|mice)"
)
_WHO = re.compile(rf"\b{_PEOPLE}\b", re.IGNORECASE)
# "31 per 100 000 children" counts nobody.
_RATE = re.compile(r"\bper (?:[\d ,]+ )?\Z")
_ENDS_ON_THE_LEFT = words(
    """in of among the a an for with to and or from on were was we is are by at that this these
    between than as who enrolled included recruited randomised randomized included invited
    analysed analyzed studied examined followed compared total involving when whether
    participants our all eligible where which if had have did do can could may"""
)
_ENDS_ON_THE_RIGHT = re.compile(
    r"[,;:.()\[\]]|$| (?:to (?=either|receive|undergo)|and (?:were|was)\b)"
)
_SPELLED = rf"{one_of(SPELLED)}(?:-{one_of(SPELLED)})?"
_SIZE = re.compile(
    rf"(?:{DIGITS}(?:\.\d+)?|\b{_SPELLED}\b)"
    rf"(?: (?:hundred|thousand|million)\b(?:(?: and)? {_SPELLED}\b)?)*",
    re.IGNORECASE,
)


def population_of(
    reading: Reading, parts: PaperParts, data: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The people of a study as the draft has them; ``data`` is what the paper is taken to use."""
    size = None
    sentences = list(dict.fromkeys((*parts.method, *parts.problem, *parts.own)))
    for entry in data:
        if entry["role"] == "studied" and _WHO.search(entry["name"]):
            size = _size(entry["size"] or "")
            first = [s for s in reading.sentences if s.number in entry["sentences"]]
            sentences = [*first, *sentences]
            break
    told = [
        (one, s.number)
        for s in sentences[:_MOST_SENTENCES]
        for one in _who(s)
        if not _NO_PEOPLE.search(one)
    ]
    counted = [one for one in told if _SIZE.match(one[0])]
    text, number = next(iter((*counted, *told)), (None, 0))
    if text and size is None and _SIZE.match(text):
        size = _size(text)
    return {"text": text, "size": size, "sentences": [number] if number else []}


def _size(counted: str) -> str | None:
    """The number in what counts people, as it stands: "1.2 million", "One hundred and forty"."""
    found = _SIZE.search(counted)
    return found.group() if found else None


def _who(sentence: Sentence) -> Iterator[str]:
    """The people that a sentence counts or describes."""
    text = sentence.body
    clauses = Clauses(text)
    counts = [
        Span(q.span.start - sentence.body_start, q.span.end - sentence.body_start)
        for q in sentence.quantities
        if q.kind is QuantityKind.COUNT
    ]
    for match in _WHO.finditer(text):
        if _RATE.search(text, max(0, match.start() - 20), match.start()):
            continue
        found = _people(clauses, *match.span(), counts)
        if " " in found:
            yield found


def _people(clauses: Clauses, start: int, end: int, counts: Sequence[Span]) -> str:
    """The noun phrase around a word for people, from its whole number on where it has one."""
    text = clauses.text
    counted = next((one.start for one in counts if one.start < start <= one.end), None)
    for word in reversed(text[:start].split(" ")[-7:-1]):
        if not word or word.lower() in _ENDS_ON_THE_LEFT or word[-1] in ",;:.()":
            break
        start -= len(word) + 1
    start = start if counted is None else counted
    stop = _ENDS_ON_THE_RIGHT.search(text, end)
    right = stop.start() if stop else len(text)
    verb = clauses.verb(end, right)
    if verb and re.match(r" (?:who|that) ", text[end:]):
        verb = clauses.verb(verb.end, right)
    right = min(right, verb.start if verb else right)
    fitting = clauses.fitting(start, _MOST_WORDS, bare=True, whole=right)
    return clauses.phrase(start, fitting)
