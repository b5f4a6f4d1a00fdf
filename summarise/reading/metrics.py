"""What a number measures, in words of its sentence."""

from __future__ import annotations

import re

from summarise.models import Span
from summarise.reading.reading import Reading
from summarise.reading.sentence import Sentence
from summarise.scan import Mention, words

_REACH = 80
_LONGEST = 400
_GAIN_BEFORE = re.compile(
    r"\b(?P<metric>(?:(?!(?:an?|the|by|and|with|of|to|in|on|achiev\w+|yield\w*|show\w*|impl\w+)\b)"
    r"[\w-]+ ){1,2}(?:gains?|improvements?|boosts?|reductions?|increases?|decreases?"
    r"|declines?|score|rate|ratio)) (?:of|by) "
    r"(?:(?:about|up to|around|approximately|over|nearly) )?\Z"
)
_METRIC_AFTER = re.compile(
    r" (?P<metric>(?:(?!(?:on|in|of|for|and|with|over|to|by|from|at|the|than|as|vs|compared|when"
    r"|while|or|using|across|respectively|is|are|was|were|improvement)\b)[\w-]+ ){0,3}?"
    r"(?:accuracy|precision|recall|reduction|improvement|increase|decrease|gain|error|score|rate"
    r"|success|performance|sensitivity|specificity|probing|classification))\b"
)
_WORD = r"(?!(?:on|in|for|at|by|from|to|with|after|among|and|that|which|we|it|than|of)\b)[\w’'-]+"
# "has a character error rate of 6.4%"
_OF_BEFORE = re.compile(
    rf"\b(?:an?|the) (?P<metric>{_WORD}(?: {_WORD}){{0,3}}) of"
    r"(?: (?:about|around|up to|over|only|nearly|approximately))? \Z"
)
_DIRECTLY = re.compile(r"[ (=:]{0,3}(?:of|was|is|at)?[ =]{0,3}")
# "lowers the word error rate from 3.8% to"
_OBJECT = re.compile(
    r"\b(?:increas|reduc|lower|rais|cut|improv|decreas|narrow|lift|boost|shorten|extend|halv|doubl"
    r"|enhanc|chang)(?:e|es|ed|ing|s|ts|ting)? (?:the |its |a |an |their |annual |reported )?"
    rf"(?P<metric>{_WORD}(?: {_WORD}){{0,3}}?)"
    r"(?= (?:on|in|for|at|of|by|from|to|with|after|among)\b)"
)
# "Falls at home fell from 11.3% to", "Mortality did not differ"
_SUBJECT = re.compile(
    rf"^(?:[Tt]he |[Aa]n? |[Ii]ts |that )?(?P<metric>{_WORD}(?: of)?(?: {_WORD}){{0,3}}?)"
    r"(?: (?:on|in|for|at|among|of|between|within) [^,;]{1,60}?)? "
    r"(?:fell|falls?|rose|rises?|drops?|dropped|increase[sd]?|decrease[sd]?|declin(?:e|es|ed)|grew"
    r"|grows?|was|is|are|were|improve[sd]?|reache[sd]|occurred|did not|stays?|stayed|change[sd]?"
    r"|differed|went|shrank|shrinks?|doubled)\b"
)
_METRIC_CLAUSE_END = re.compile(r"; |, (?:and|while|but|whereas) | and (?=that of )")
_NO_METRIC = words(
    """we it this that these those they which results result experiments findings participants
    patients there one two three both each all most more half study trial analysis"""
)
_NO_METRIC_ALONE = words("median mean total average maximum minimum level factor corridor")


def metric_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    """Name what a number measures in words of its sentence, or None where they don't tell.

    ``at`` is where the number stands, the number that it is compared with included.
    """
    abstract = reading.text
    before = abstract[max(sentence.span.start, at.start - _REACH) : at.start]
    for pattern in (_GAIN_BEFORE, _OF_BEFORE):
        match = pattern.search(before)
        if match is not None and _is_metric(match["metric"], reading):
            return match["metric"]
    last = next((m for m in reversed(sentence.metrics) if m.span.end <= at.start), None)
    if last is not None and _DIRECTLY.fullmatch(abstract, last.span.end, at.start):
        return last.text
    if (match := _METRIC_AFTER.match(abstract, at.end, sentence.span.end)) is not None:
        return _without_datasets(match["metric"], reading)
    if (framed := _framed(reading, sentence, at.start)) is not None:
        return framed
    if last is not None and at.start - last.span.end <= _REACH:
        return last.text
    return _following(abstract, sentence, at)


def _framed(reading: Reading, sentence: Sentence, start: int) -> str | None:
    """What the clause before a number says that rises, falls or is."""
    body = sentence.span.start + sentence.label_length
    clause = _METRIC_CLAUSE_END.split(reading.text[max(body, start - _LONGEST) : start])[-1]
    for match in (*reversed(list(_OBJECT.finditer(clause))), _SUBJECT.match(clause)):
        if match is not None and _is_metric(match["metric"], reading):
            return match["metric"]
    return None


def _is_metric(phrase: str, reading: Reading) -> bool:
    """Whether a noun phrase can name what is measured: no pronoun, count or name of a thing."""
    if any(c.isdigit() for c in phrase) or not _NO_METRIC.isdisjoint(phrase.lower().split()[:1]):
        return False
    if phrase.lower() in _NO_METRIC_ALONE:
        return False
    return not reading.is_part_of_name(phrase)


def _without_datasets(metric: str, reading: Reading) -> str:
    """The words behind the names of datasets that a metric begins with."""
    words = metric.split(" ")
    at = 0
    for end in range(1, len(words)):
        if " ".join(words[at:end]) in reading.dataset_names:
            at = end
    return " ".join(words[at:])


def _following(abstract: str, sentence: Sentence, at: Span) -> str | None:
    """The first metric behind a number, if no other number stands between them."""
    first: Mention | None = next((m for m in sentence.metrics if m.span.start >= at.end), None)
    if first is None or first.span.start - at.end > _REACH:
        return None
    between = abstract[at.end : first.span.start]
    return None if any(c.isdigit() or c in ";" for c in between) else first.text
