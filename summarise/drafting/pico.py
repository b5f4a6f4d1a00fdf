"""A clinical study in the words of its abstract: population, intervention, comparison, outcomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from summarise.drafting.clauses import Clauses
from summarise.drafting.endpoints import bare_name, finding_of, outcomes_of, sure_results
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

_STOPS = (
    r"(?:or|versus|vs|for|in|at|to|was|were|is|are|from|once|twice|daily|weekly|between|among|on"
    r"|during|over|compared|than|after|before|who|which|that|every|per|until|as|within|when|while"
    r"|alone|group|groups|arm|arms|had|has|have|by|did|can|may|the|we|using|through|up|not|into)"
)
_THING_WORD = rf"(?!{_STOPS}\b(?!-))[A-Za-z0-9\u0370-\u03ff][\w/%+’'\u2010-\u2013-]*(?:\.\d+)?"
_THING = rf"(?:(?:the|an?|either) )?{_THING_WORD}(?: (?!\d){_THING_WORD}){{0,5}}"
_NONE_OF_IT = (
    r"(?:(?:matching |matched )?placebo|sham(?: [a-z]+)?|usual care|standard (?:of )?care"
    r"|standard (?:treatment|therapy)|no (?:treatment|intervention|exposure|[a-z]+)|rest"
    r"|(?:healthy |waiting[- ]list |wait[- ]?list |active )?controls?(?: group)?|care as usual)"
)
_ASIDE = r"(?: ?[(\[][^()\[\]]{0,80}[)\]])?"
# From what says it best to what says it least.
_COMPARED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"\b(?:random\w*|assigned|allocated)\b[^.;]{0,100}? to (?:receive |undergo |either "
            rf"|be given |treatment with |a |an |the )*(?P<i>{_THING}){_ASIDE}"
            rf"(?:[^,.;()]|[,.] ?(?=\d)){{0,60}}?{_ASIDE},?"
            rf" (?:or|versus|vs\.?|and(?= (?:to |a )?{_NONE_OF_IT}))(?: to)?(?: receive| undergo)?"
            rf" (?P<c>{_NONE_OF_IT}\b|{_THING})"
        ),
        (
            rf"\b(?P<i>{_THING}){_ASIDE} (?:versus|vs\.?) (?:(?:once |twice )?(?:daily|weekly) )?"
            rf"(?P<c>{_NONE_OF_IT}\b|{_THING})"
        ),
        (
            rf"\b(?:to|we) compared? (?P<i>(?:(?!with\b){_THING_WORD} ?){{1,6}}?){_ASIDE}"
            rf" (?:with|to|and|versus|vs\.?) (?P<c>{_NONE_OF_IT}\b|{_THING})"
        ),
        (
            r"\b(?:compar(?:e|ed|ing)|comparison of|effects?|efficacy|effectiveness|safety)"
            rf" (?:of |the )*(?P<i>{_THING}){_ASIDE}"
            rf" (?:with|to|and|or|versus|vs\.?|compared (?:with|to)) (?P<c>{_NONE_OF_IT}\b)"
        ),
        (
            rf"\b(?:received|receive|underwent|took|given|wore|used) (?P<i>{_THING}){_ASIDE}"
            rf" (?:or|and(?= {_NONE_OF_IT}\b)) (?P<c>{_NONE_OF_IT}\b|{_THING})"
        ),
    )
)
_ALONE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"\b(?:effects?|efficacy|effectiveness|impacts?|benefits?|influence|safety)"
            rf"(?:,? (?:and|or) [a-z]+)? of (?P<i>{_THING}){_ASIDE}"
            r" (?:on|in|for|among|at|as|when|compared|during)\b"
        ),
        (
            r"\b(?:associations?|relationships?|links?|correlations?) (?:between|of)"
            rf" (?P<i>{_THING}){_ASIDE} (?:with|on) "
        ),
        (
            r"\b(?:associations?|relationships?|links?|correlations?) between"
            rf" (?P<i>{_THING_WORD}(?: (?!and\b){_THING_WORD}){{0,4}}){_ASIDE} and "
        ),
        (
            rf"\bwhether (?P<i>{_THING}) (?:[a-z]+ly )?(?:is associated|reduces?|improves?"
            r"|increases?|prevents?|lowers?|eases?|affects?|helps?)\b"
        ),
    )
)
_AGAINST = re.compile(
    r"\b(?:than|versus|vs\.?|compared (?:with|to)|or|and|with|in) (?:the |a )?"
    rf"(?P<c>{_NONE_OF_IT})\b",
    re.IGNORECASE,
)
_FIRM = re.compile(r"placebo|sham|usual|standard|no (?:treatment|intervention)|controls?", re.I)
_NO_THING = words(
    """it they this these those treatment intervention groups group participants patients study
    trial studies either one two three each both arm treating early new more less high low
    different evaluate assess determine investigate examine compare explore"""
)
# What is measured was done to nobody: "lesion counts".
_MEASURED = words(
    """count counts score scores rate rates level levels severity mortality outcome outcomes
    incidence prevalence survival symptoms pain risk risks values reduction improvement
    satisfaction response responses quality"""
)
_JOINED = re.compile(r",? (?:or|and|versus|vs\.?|compared (?:with|to)|with|to)(?: to)? ?\Z")
_REGIMEN = re.compile(
    r"\b\d[\d.,]*[- ]?(?:mg|g|µg|μg|mcg|ml|mL|IU|units?|kg|weeks?|months?|days?|years?|sessions?"
    r"|hours?|minutes?|min|cycles|times|doses)\b|\b(?:once|twice|daily|weekly|monthly)\b"
)


class _Named(NamedTuple):
    """A name and the sentence that it was found in; 0 is the title."""

    name: str
    sentence: int


def pico_draft(
    reading: Reading,
    parts: PaperParts,
    data: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The draft of a clinical study, from the parts of a paper and what they say in general.

    Returns:
        JSON values valid for ``schema.Pico``.
    """
    told = _by_relevance(reading, parts)
    intervention, comparison = _compared(told, reading.title)
    sure = sure_results(results, reading.sentences)
    if comparison is None:
        comparison = _comparator(sure)
    arms = {one.name.casefold() for one in (intervention, comparison) if one}
    return {
        "population": _population(reading, parts, data),
        "intervention": _intervention(reading, intervention, comparison),
        "comparison": _as_json(comparison),
        "outcome": list(outcomes_of(told, sure, arms)),
        "results": [finding_of(result) for result in results],
    }


def _by_relevance(reading: Reading, parts: PaperParts) -> list[Sentence]:
    """The sentences of method, aim and results; each once."""
    ordered = (*parts.method, *parts.problem, *parts.results, *reading.sentences)
    return list({s.number: s for s in ordered if not s.is_instruction}.values())


# Population.


def _population(
    reading: Reading, parts: PaperParts, data: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
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


# Intervention and comparison.


def _compared(sentences: Iterable[Sentence], title: str) -> tuple[_Named | None, _Named | None]:
    """What was done, and what it was compared with."""
    texts = [(0, title), *((s.number, s.body) for s in sentences)]
    for pattern in _COMPARED:
        for number, text in texts:
            match = pattern.search(text)
            if match and _is_thing(match["i"]) and _is_thing(match["c"]):
                return _pair(match, number)
    alone = next(
        (
            _Named(bare_name(match["i"]), number)
            for pattern in _ALONE
            for number, text in texts
            if (match := pattern.search(text)) and _is_thing(match["i"])
        ),
        None,
    )
    against = (
        _Named(bare_name(match["c"]), number)
        for number, text in texts
        for match in _AGAINST.finditer(text)
        if _FIRM.search(match["c"])
    )
    return alone, next(against, None) if alone else None


def _pair(match: re.Match[str], number: int) -> tuple[_Named, _Named | None]:
    first, second = bare_name(match["i"]), bare_name(match["c"])
    is_one_noun = " " not in first and " " in second and not _FIRM.search(second)
    if is_one_noun and match.string[match.end("i") : match.start("c")] == " or ":
        # "tinted or clear lenses": the first has no noun of its own.
        return _Named(f"{first} or {second}", number), None
    return _Named(first, number), _Named(second, number)


def _is_thing(name: str) -> bool:
    bare = bare_name(name).lower().split()
    if not bare or bare[0] in _NO_THING or bare[0][0].isdigit():
        return False
    return bare[-1] not in _MEASURED


def _comparator(results: Iterable[Mapping[str, Any]]) -> _Named | None:
    """What the first result that names something is compared with."""
    found = ((r["comparator"], r["sentences"]) for r in results if r["comparator"])
    return next((_Named(name, at[0]) for name, at in found if at), None)


def _as_json(named: _Named | None, text: str | None = None) -> dict[str, Any]:
    cited = [named.sentence] if named and named.sentence else []
    return {"name": named.name if named else None, "text": text, "sentences": cited}


def _intervention(reading: Reading, named: _Named | None, against: _Named | None) -> dict[str, Any]:
    """With dose, schedule or duration, where the clause of its name goes on with them."""
    sentence = next((s for s in reading.sentences if named and s.number == named.sentence), None)
    if named is None or sentence is None:
        return _as_json(named)
    start = sentence.body.find(named.name)
    clauses = Clauses(sentence.body)
    stop = re.compile(r"[,;:.](?= |$)|\)").search(sentence.body, start + len(named.name))
    end = stop.start() if stop else len(sentence.body)
    other = sentence.body.find(against.name, start + len(named.name), end) if against else -1
    if other >= 0:
        end = len(_JOINED.sub("", sentence.body[:other]))
    regimen = _REGIMEN.search(sentence.body, start, end)
    if regimen is None:
        return _as_json(named)
    fitting = clauses.fitting(start, _MOST_WORDS, past=regimen.end(), bare=True, whole=end)
    told = clauses.phrase(start, fitting)
    return _as_json(named, told + ")" * (told.count("(") - told.count(")")))
