"""Who the two sides of a comparison are, by the words around its numbers, or in words alone."""

from __future__ import annotations

import re
from typing import NamedTuple

from summarise.models import Span
from summarise.numbers.groups import PEOPLE, phrase_before, phrase_behind
from summarise.numbers.values import SentenceNumbers
from summarise.scan import Stretches

_FAR = 160
_IN_BEFORE = re.compile(r"\b(?:in|for|with|among|by|of|under|at) (?:the )?\Z")
_RATIO = (
    r"(?:(?:adjusted |crude |pooled |relative )?(?:odds|hazards?|risk|rate|prevalence|incidence"
    r"|proportion) ratio|relative risk|a?[HOR]RR?|[aI]{1,2}[HOR]R|IRR|PR|SMD|WMD|MD"
    r"|(?:standardi[sz]ed |weighted )?mean difference|β|[Bb]eta)"
)
_RATIO_BRACKET = re.compile(
    rf"[(\[](?:[^()\[\]]{{0,24}}[;,] )?{_RATIO}(?:,? ?[(\[][A-Za-z]{{2,5}}[)\]])?,?(?: ?[=:]"
    rf"| of)? ?\Z"
)
_PREPOSITION = re.compile(r"\b(?:in|of|at|on|for|with|to) (?:the |an? )?\Z")
_EFFECT_BRACKET = re.compile(
    rf"[(\[](?:[\w-]+ ){{0,2}}?(?:{_RATIO}|difference|reduction|effect)(?: for [a-z ]{{2,24}})?"
    r"(?:,? ?[(\[][A-Za-z]{2,5}[)\]])?,?(?: ?[=:]| of)? ?\Z"
)


class Sides(NamedTuple):
    """Whose a value is, and whose the number is that it is compared with."""

    ours: Span | None
    theirs: Span | None


_COMPARED = re.compile(
    r",? (?:as )?(?P<how>than|compared (?:with|to)|(?:as )?opposed to|relative to|versus|vs\.?) "
    r"(?:(?:that|those)(?: of)? )?"
    r"(?:(?:in|for|with|among|of|on|by|after|at|under|treated with|receiving|without) )?"
    r"(?:the )?(?=[A-Za-z])"
)
_TO_BRACKET = re.compile(
    r"(?:(?! (?:and|but|while|whereas) )[^;:()\[\]]){0,60}[(\[][^()\[\]\d]{0,40}"
)


def sides_before(text: str, start: int, value: Span) -> Sides | None:
    """The two sides that are compared before a bracket: "shorter in A than in B (3 vs 5)"."""
    if not any(map(text[start : value.start].__contains__, _COMPARING)):
        return None
    found = [*_COMPARED.finditer(text, max(start, value.start - _FAR), value.start)]
    theirs = phrase_behind(text, found[-1].end(), value.start) if found else None
    if theirs is None or not _TO_BRACKET.fullmatch(text, theirs.end, value.start):
        return None
    ours = side_before_than(text, start, found[-1].start())
    return Sides(ours, None if _PARTICIPLE.fullmatch(text, *theirs) else theirs)


_PARTICIPLE = re.compile(r"[a-z]+(?:ed|ly)\Z")


_COMPARING = (" than ", "compared ", "opposed ", "relative ", "versus ", "vs")
_MORE_WITH = re.compile(
    r"\b(?:more|less|higher|lower|greater|fewer|longer|shorter|better|worse|rarer|commoner)\b"
    r"(?:(?!\bthan\b)[^.;()]){0,60}? (?:with|in|after|under|for|among) (?:the )?"
    r"(?P<name>(?=[A-Za-z])(?:(?!\b(?:than|with|in|after|under|for|among)\b)[^.;(),]){2,40}) \(\Z"
)


def more_with(text: str, start: int, at: int) -> Span | None:
    """Of whom the first of a pair in brackets is: "more frequent with salt (21% vs 9%)"."""
    if text[at - 1 : at] != "(":
        return None
    found = _MORE_WITH.search(text, max(start, at - 140), at)
    return Span(*found.span("name")) if found else None


_WHO = rf"(?P<name>(?:[\w-]+ ){{0,3}}?{PEOPLE.pattern}"
_SUBJECT_OF_CLAUSE = re.compile(
    rf"(?:(?:The|the|All|Our|Among these,) )?{_WHO}(?: (?:who|with|without|undergoing|receiving"
    r"|treated|assigned|given|randomi[sz]ed|on|from|living"
    r"|born)\b[^,;:.()]{1,70}?)?)(?: \([^()]{1,24}\))? "
    r"(?:had|has|have|showed|show|required|experienced|reported|developed|achieved|spent|gained"
    r"|lost|scored|demonstrated|exhibited|reached|received|lived|survived|were|was|fell|slept|used"
    r"|needed|felt|took|rated|preferred|performed|earned|paid|worked)\b",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(r"; (?:and )?|, (?:while|whereas|but) ")
_ANYBODY = re.compile(
    r"(?:[Mm]ost |[Mm]any |[Ss]ome |[Nn]o |[Ff]ew |[Aa]ll |[Oo]ther |[Oo]ur |[Tt]hese |[Tt]he"
    r" |[Dd]ifferent |[Cc]onsecutive |[Ee]ligible |[Ii]ncluded |[Ee]nrolled )*"
    r"(?:patients|participants|subjects|people|individuals|respondents|volunteers|cases|samples"
    r"|users|groups?|cohort|students|animals)",
    re.IGNORECASE,
)


_COUNT = re.compile(
    r"(?:only |another |about |over |nearly |almost )?(?:\d|(?:an?|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|[a-z]+ty"
    r"|hundred)\b)",
    re.IGNORECASE,
)


def is_anybody(text: str, name: Span) -> bool:
    """Whether a name tells nobody from the others: "the patients"."""
    return _ANYBODY.fullmatch(text, *name) is not None


def clause_start(text: str, start: int, at: int, cuts: re.Pattern[str]) -> int:
    """Where the clause of a place begins: behind the last cut that no bracket holds."""
    begins = start
    for cut in cuts.finditer(text, start, at):
        if text.count("(", start, cut.start()) <= text.count(")", start, cut.start()):
            begins = cut.end()
    return begins


def subject_of(text: str, start: int, at: int) -> Span | None:
    """Who has what a place of a sentence tells, where they are told apart from others.

    "Patients who smoked had", not "The patients had". The sentence begins at ``start``.
    """
    begins = clause_start(text, start, at, _CLAUSE_START)
    subject = _SUBJECT_OF_CLAUSE.match(text, begins, at)
    if subject is None or " " not in subject["name"]:
        return None
    return None if _COUNT.match(subject["name"]) else Span(*subject.span("name"))


def side_before_than(text: str, start: int, than: int) -> Span | None:
    """Whose the value is that is compared: "in men than"."""
    name = phrase_before(text, start, than)
    if name and _IN_BEFORE.search(text, max(start, name.start - 12), name.start):
        return name
    return None


def ratio_of(text: str, start: int, value: Span) -> Span | None:
    """What stands before the bracket that gives its ratio: "a damp room (OR = 1.8"."""
    bracket = _RATIO_BRACKET.search(text, max(start, value.start - 60), value.start)
    name = phrase_before(text, start, bracket.start()) if bracket else None
    if name is None:
        return None
    link = _PREPOSITION.search(text, start, name.start)
    if link is None:
        return name
    outer = phrase_before(text, start, link.start())
    return Span(outer.start, name.end) if outer else None


_TIED = re.compile(
    r"(?:\A|[.;:,] (?:and |that |while |whereas |but )?|\bthat )(?:[A-Z]{4,}: )?"
    r"(?:[Tt]he |[Aa]n? )?"
    r"(?P<name>(?!this\b|that\b|these\b|it\b|they\b|there\b|which\b|we\b)"
    r"[^\s,;:.()]+(?: [^\s,;:.()]+){0,9}?)"
    r" (?:was|were|is|are|remained|had)(?: (?!not\b|no\b)\w+){0,3}?"
    r" (?:associated with|associations? with|related to|predictive of|correlated with|linked to"
    r"|(?:\w+ ){0,3}(?:predictors?|risk factors?|determinants?) (?:of|for))\b[^;()\[\]]{0,90}[(\[]"
    r"[^()\[\]\d]{0,40}\Z"
)


def tied_subject(text: str, start: int, at: int) -> Span | None:
    """What a bracket is the ratio of by its clause: "Salt was associated with rust (OR = 2"."""
    # With the stop before the sentence, behind which it begins.
    found = _TIED.search(text, max(0, start - 2), at)
    return Span(*found.span("name")) if found else None


def is_effect(text: str, start: int, value: Span) -> bool:
    """Whether a bracket gives it as the ratio or the difference of what stands before."""
    return _EFFECT_BRACKET.search(text, max(start, value.start - 70), value.start) is not None


_BETTER = re.compile(
    r"\b(?:(?:\w+er|more|less|worse)\b[^.;,]{0,90}? than|[Cc]ompared (?:with|to)|relative to"
    r"|superior to|inferior to|outperform\w*|surpass\w*|exceed(?:s|ed|ing)) (?:(?:that|those) )?"
    r"(?:(?:in|with|for|of|on|by|among) )?(?=[^\d\W])"
)
# Each match has one of them, which are looked up far faster.
_BETTER_HINTS = (" than", "ompared ", "relative to", "erior to", "outperform", "surpass", "exceed")
# The phrase may be longer: "state-of-the-art instruction tuned models".
_GOES_ON = re.compile(r" [a-z]+ed (?!(?:with|by|in|at|for|to|from|as|on)\b)[a-z]")
# "rule-based or learnt metrics", "tests based on grids"
_OPEN_END = re.compile(r"(?:-\w+ed|-free|-aware|-level|\bbased)\Z")


def _is_cut(text: str, name: Span) -> bool:
    """Whether a phrase ends before its noun."""
    return bool(_GOES_ON.match(text, name.end) or _OPEN_END.search(text, *name))


_OPENING = re.compile(
    rf"(?:(?:though|although|while) )?(?:the )?(?P<name>(?:[\w-]+ ){{0,2}}?{PEOPLE.pattern})(?= )",
    re.IGNORECASE,
)


_WITHOUT = re.compile(r" without (?:the )?")


def named_in_words(
    text: str, sentence: SentenceNumbers, named: Stretches
) -> tuple[Span | None, Span | None]:
    """Who is compared with whom in a sentence of words: "Men slept less than boys"."""
    start, end = sentence.body_start, sentence.span.end
    if not any(map(text[start:end].__contains__, _BETTER_HINTS)):
        return None, None
    found = list(_BETTER.finditer(text, start, end))
    if len(found) != 1:
        return None, None
    rival = phrase_behind(text, found[0].end(), end)
    if rival and (without := _WITHOUT.match(text, rival.end, end)):
        more = phrase_behind(text, without.end(), end)
        rival = Span(rival.start, more.end) if more else rival
    if (
        rival is None
        or named.overlap(rival)
        or _is_cut(text, rival)
        or _PARTICIPLE.fullmatch(text, *rival)
    ):
        return None, None
    subject = _OPENING.match(text, start, found[0].start())
    return (Span(*subject.span("name")) if subject else None), rival
