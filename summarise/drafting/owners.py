"""Whose a result is: what its own clause names.

"Zeta-L reaches 91%" and "the error of Zeta-L was 9%" tell Zeta-L from other variants. What the
paper proposes isn't told from anything by its name, nor are data sets and the authors.
"""

from __future__ import annotations

import re

from summarise.drafting.openings import opened
from summarise.models import Span
from summarise.numbers import agent_of, clause_start, model_of, phrase_behind, variant_of
from summarise.reading import Reading, Sentence

_CLAUSE_START = re.compile(r"; (?:and )?|, (?:while|whereas|but|and) |: ")
_NAME = r"[A-Z][\w/+.-]*(?:[ -][A-Z\d][\w/+.-]*){0,3}"
_BEGINS = re.compile(
    r"(?:(?:[Tt]he|[Oo]ur|[Oo]f them|[Aa]mong them),? )?"
    rf"(?P<name>{_NAME}),? (?:also |only |even |still |then |[a-z]+ly )?"
    r"(?:ha[sd]|would|reach(?:es|ed)?|achieve[sd]?|attain(?:s|ed)?|scores?|scored|solve[sd]?"
    r"|wins?|won"
    r"|drops?|dropped|agree[sd]?|obtain(?:s|ed)?|yield(?:s|ed)?|gets?|got|leads?|led"
    r"|match(?:es|ed)?"
    r"|shows?|showed|exhibit(?:s|ed)?|needs?|needed|takes?|took|runs?|ran|finds?|found"
    r"|identif(?:ies|ied)"
    r"|detects?|detected|performs?|performed|outperform(?:s|ed)?|surpass(?:es|ed)?|exceed(?:s|ed)?"
    r"|improve[sd]?|raise[sd]?|lower(?:s|ed)?|reduce[sd]?|increase[sd]?|decrease[sd]?)\b"
)
_OF_WHOM = re.compile(
    r"(?: \([^()]{1,30}\))? (?:of|for) (?:(?:the|an?|our|all) )?"
    r"(?=[^\W\d_]|\d[\d.]*[BMK])(?!\w+ing\b)"
)
_TO_NUMBER = re.compile(
    r" (?:is|was|were|are|(?:rose|rises?|fell|falls?|dropp?(?:s|ed)"
    r"|increase[sd]?"
    r"|decrease[sd]?|improve[sd]?|reach(?:es|ed)|averaged?s?|equal|amount(?:s|ed)|exceed(?:s"
    r"|ed)|grew"
    r"|declined?)|from|to|by|at)\b(?:(?! (?:than|in|on|for|with|among) )[^,;.()]){0,40}?[ ~$(]\Z"
)
_FAR = 120


def owner_of(reading: Reading, sentence: Sentence, value: Span, metric: str | None) -> str | None:
    """Name whose a value of a sentence is, in words of its clause, or None where none is told.

    ``value`` is where it stands, the number that it is compared with included.
    """
    text, start = reading.text, sentence.body_start
    if model := model_of(text, start, value, sentence.span.end):
        return model.of(text)
    if variant := variant_of(text, start, value.start):
        told = variant.of(text)
        # Where it is all that is proposed, it isn't told from others.
        return None if reading.method_names == {told} else told
    name = _subject(text, start, value.start) or _of_metric(text, start, value.start, metric)
    told = name.of(text).rstrip(".") if name else ""
    if not any(map(str.isupper, told[1:])):
        begins = start + opened(sentence.body, value.start - start, claims=True)
        name = agent_of(text, begins, value.start)
        told = name.of(text) if name else ""
        if metric and (metric.lower() in told.lower() or told.lower() in metric.lower()):
            return None
    return None if not told or reading.is_part_of_name(told) else told


def _subject(text: str, start: int, at: int) -> Span | None:
    """The name that the clause of a place begins with and says something of."""
    found = _BEGINS.match(text, clause_start(text, start, at, _CLAUSE_START), at)
    return Span(*found.span("name")) if found else None


def _of_metric(text: str, start: int, at: int, metric: str | None) -> Span | None:
    """What a metric that leads to a place is of: "the error of Zeta-L was"."""
    begins = text.rfind(metric, max(start, at - _FAR), at) if metric else -1
    of = _OF_WHOM.match(text, begins + len(metric), at) if metric and begins >= 0 else None
    name = phrase_behind(text, of.end(), at) if of else None
    if name is None or _TO_NUMBER.fullmatch(text, name.end, at) is None:
        return None
    return name


def is_measure(group: str, metric: str | None) -> bool:
    """Whether a group is what is measured, and not whose that is."""
    if group == metric:
        return group[0].islower()
    if metric is None or " " not in group:
        return False
    is_part = group.startswith(metric) or (group.endswith(metric) and " of " not in group)
    return " " in metric and is_part
