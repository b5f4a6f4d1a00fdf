"""What a clinical study did to people, and what it compared that with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from summarise.drafting.clauses import Clauses
from summarise.reading import Reading, Sentence
from summarise.scan import words

_MOST_WORDS = 15

_LEADING = re.compile(
    r"(?:(?:the|an?|either) |(?:[a-z-]+ )?(?:trials?|stud(?:y|ies)|use|effects?|administration)"
    r" of )+",
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


class NamedArm(NamedTuple):
    """A name and the sentence that it was found in; 0 is the title."""

    name: str
    sentence: int


def bare_name(name: str) -> str:
    """The name of a thing without an article or “use of” before it."""
    return _LEADING.sub("", name)


def arms_of(sentences: Iterable[Sentence], title: str) -> tuple[NamedArm | None, NamedArm | None]:
    """What was done, and what it was compared with."""
    texts = [(0, title), *((s.number, s.body) for s in sentences)]
    for pattern in _COMPARED:
        for number, text in texts:
            match = pattern.search(text)
            if match and _is_thing(match["i"]) and _is_thing(match["c"]):
                return _pair(match, number)
    alone = next(
        (
            NamedArm(bare_name(match["i"]), number)
            for pattern in _ALONE
            for number, text in texts
            if (match := pattern.search(text)) and _is_thing(match["i"])
        ),
        None,
    )
    against = (
        NamedArm(bare_name(match["c"]), number)
        for number, text in texts
        for match in _AGAINST.finditer(text)
        if _FIRM.search(match["c"])
    )
    return alone, next(against, None) if alone else None


def _pair(match: re.Match[str], number: int) -> tuple[NamedArm, NamedArm | None]:
    first, second = bare_name(match["i"]), bare_name(match["c"])
    is_one_noun = " " not in first and " " in second and not _FIRM.search(second)
    if is_one_noun and match.string[match.end("i") : match.start("c")] == " or ":
        # "tinted or clear lenses": the first has no noun of its own.
        return NamedArm(f"{first} or {second}", number), None
    return NamedArm(first, number), NamedArm(second, number)


def _is_thing(name: str) -> bool:
    bare = bare_name(name).lower().split()
    if not bare or bare[0] in _NO_THING or bare[0][0].isdigit():
        return False
    return bare[-1] not in _MEASURED


def comparator_of(results: Iterable[Mapping[str, Any]]) -> NamedArm | None:
    """What the first result that names something is compared with."""
    found = ((r["comparator"], r["sentences"]) for r in results if r["comparator"])
    return next((NamedArm(name, at[0]) for name, at in found if at), None)


def arm_as_json(named: NamedArm | None, text: str | None = None) -> dict[str, Any]:
    """An arm as the draft has it, with nothing where none is named."""
    cited = [named.sentence] if named and named.sentence else []
    return {"name": named.name if named else None, "text": text, "sentences": cited}


def intervention_as_json(
    reading: Reading, named: NamedArm | None, against: NamedArm | None
) -> dict[str, Any]:
    """With dose, schedule or duration, where the clause of its name goes on with them."""
    sentence = next((s for s in reading.sentences if named and s.number == named.sentence), None)
    if named is None or sentence is None:
        return arm_as_json(named)
    start = sentence.body.find(named.name)
    clauses = Clauses(sentence.body)
    stop = re.compile(r"[,;:.](?= |$)|\)").search(sentence.body, start + len(named.name))
    end = stop.start() if stop else len(sentence.body)
    other = sentence.body.find(against.name, start + len(named.name), end) if against else -1
    if other >= 0:
        end = len(_JOINED.sub("", sentence.body[:other]))
    regimen = _REGIMEN.search(sentence.body, start, end)
    if regimen is None:
        return arm_as_json(named)
    fitting = clauses.fitting(start, _MOST_WORDS, past=regimen.end(), bare=True, whole=end)
    told = clauses.phrase(start, fitting)
    return arm_as_json(named, told + ")" * (told.count("(") - told.count(")")))
