"""Who the two sides of a comparison are, by the words around its numbers, or in words alone."""

from __future__ import annotations

import re
from typing import NamedTuple

from summarise.models import Span
from summarise.numbers.groups import PEOPLE, phrase_before, phrase_behind
from summarise.numbers.values import SentenceNumbers
from summarise.scan import Stretches

_FAR = 160
_SIZE = r"(?: ?\([nN] ?= ?\d+\))?"
# "survival of the control group (n = 50) versus the other group (n = 53) was"
_VERSUS = re.compile(
    rf"\b(?:of|in|for|among|with|between) (?:the )?(?P<ours>[\w][\w -]{{1,40}}?){_SIZE},?"
    rf" (?:versus|vs\.?|and) (?:the )?(?P<theirs>[\w][\w -]{{1,40}}?){_SIZE} (?:was|were|is|are)\b"
    r"[^.;()\d]{0,20}\Z"
)
# "was longer (26 vs 22 min; P = .01) in the tube group than in the other"
_IN_BEHIND = re.compile(
    r"(?:[^()]{0,60}[)\]](?:,? and [^()]{0,60}\([^()]{0,90}\))?)? ?(?:in|for|with|among"
    r"|of) (?:the )?"
)
_THAN_BEHIND = re.compile(
    r",? (?:than|versus|vs\.?|compared (?:with|to)) (?:(?:in|for|with|among"
    r"|of) )?(?:the )?(?=[a-z])",
    re.IGNORECASE,
)
_IN_BEFORE = re.compile(r"\b(?:in|for|with|among|by|of|under|at) (?:the )?\Z")
_SUBJECT = re.compile(
    rf"(?:\A|[,;] (?:and |while |whereas |but )?)(?:The |the )?"
    rf"(?P<name>(?:[\w-]+ ){{0,3}}?{PEOPLE.pattern}) (?:had|have|has|showed|were|was|reported)\b"
)
_RATIO = (
    r"(?:(?:adjusted |crude |pooled |relative )?(?:odds|hazards?|risk|rate|prevalence|incidence"
    r"|proportion) ratio|relative risk|a?[HOR]RR?|[aI]{1,2}[HOR]R|IRR|PR|SMD|WMD|MD"
    r"|(?:standardi[sz]ed |weighted )?mean difference|β|[Bb]eta)"
)
_RATIO_BRACKET = re.compile(
    rf"[(\[](?:[^()\[\]]{{0,24}}[;,] )?{_RATIO}(?:,? ?[(\[][A-Za-z]{{2,5}}[)\]])?,?(?: ?[=:]"
    rf"| of)? ?\Z"
)
# "an association of rust with salt (OR 1.8)" is the ratio of salt.
_TIE = re.compile(r"\b(?:associations?|relations?|relationships?|correlations?|links?)\b")
_BRACKETS = re.compile(r"[()\[\]]")
_PREPOSITION = re.compile(
    r"\b(?:in|of|at|on|for|with|to|about|during|since|until|towards?|between|within|regarding"
    r"|against|without|through) (?:the |an? |its |their )?\Z"
)
_EFFECT_BRACKET = re.compile(
    rf"[(\[](?:[\w-]+ ){{0,2}}?(?:{_RATIO}|difference|reduction|effect)(?: for [a-z ]{{2,24}})?"
    r"(?:,? ?[(\[][A-Za-z]{2,5}[)\]])?,?(?: ?[=:]| of)? ?\Z"
)


class Sides(NamedTuple):
    """Whose a value is, and whose the number is that it is compared with."""

    ours: Span | None
    theirs: Span | None


def sides_around(text: str, within: Span, value: Span, baseline: Span) -> Sides | None:
    """The two sides of a pair of numbers, told by words before them or behind their bracket."""
    start = max(within.start, value.start - _FAR)
    if (told := _VERSUS.search(text, start, value.start)) is not None:
        return Sides(Span(*told.span("ours")), Span(*told.span("theirs")))
    behind = _IN_BEHIND.match(text, baseline.end, min(within.end, baseline.end + 2 * _FAR))
    ours = phrase_behind(text, behind.end(), within.end) if behind else None
    than = _THAN_BEHIND.match(text, ours.end, within.end) if ours else None
    if than is None:
        return None
    return Sides(ours, phrase_behind(text, than.end(), within.end))


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
    return Sides(ours, None if _is_part(text, theirs) else theirs)


_PARTICIPLE = re.compile(r"[a-z]+(?:ed|ly)\Z")
_AMOUNT_ENDS = re.compile(r" \d+(?: [a-z]{1,3})?\Z")
_GOES_ON_WITH = re.compile(r" ?[<>=≤≥]")


def _is_part(text: str, name: Span) -> bool:
    """Whether a phrase is only the begin of a name: "the size" of "the size < 3 cm"."""
    if _GOES_ON_WITH.match(text, name.end) or _AMOUNT_ENDS.search(text, *name):
        return True
    return _PARTICIPLE.fullmatch(text, *name) is not None


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


_COMPARING_START = re.compile(r"(?:compared|relative|unlike|contrary|than|versus|among)\b", re.I)
_PRONOUN_ENDS = re.compile(r" (?:they|it|we|he|she|who|that|which|there)\Z")


def subject_of(text: str, start: int, at: int) -> Span | None:
    """Who has what a place of a sentence tells, where they are told apart from others.

    "Patients who smoked had", not "The patients had". The sentence begins at ``start``.
    """
    begins = clause_start(text, start, at, _CLAUSE_START)
    subject = _SUBJECT_OF_CLAUSE.match(text, begins, at)
    if subject is None or " " not in subject["name"]:
        return None
    name = subject["name"]
    if (
        _COMPARING_START.match(name)
        or _ANYBODY.fullmatch(name)
        or _COUNT.match(name)
        or _PRONOUN_ENDS.search(name)
    ):
        return None
    return Span(*subject.span("name"))


def side_before_than(text: str, start: int, than: int) -> Span | None:
    """Whose the value is that is compared: "in men than", "men had more pain than"."""
    name = phrase_before(text, start, than)
    if name and _IN_BEFORE.search(text, max(start, name.start - 12), name.start):
        return name
    subject = _SUBJECT.search(text, start, than)
    return Span(*subject.span("name")) if subject else _opening(text, start, than)


def _opening(text: str, start: int, at: int) -> Span | None:
    """The people that a sentence begins with, who have what it tells: "Boys had more"."""
    subject = _SUBJECT_OF_CLAUSE.match(text, start, at)
    name = Span(*subject.span("name")) if subject else None
    return None if name is None or is_anybody(text, name) else name


_RIVAL_BEFORE = re.compile(r"\b(?:than|versus|vs\.?|compared (?:with|to)) (?:the |those )?\Z")


def ratio_of(text: str, start: int, value: Span) -> Span | None:
    """What stands before the bracket that gives its ratio: "a damp room (OR = 1.8"."""
    bracket = _RATIO_BRACKET.search(text, max(start, value.start - 60), value.start)
    name = phrase_before(text, start, bracket.start()) if bracket else None
    if name is None or _RIVAL_BEFORE.search(text, max(start, name.start - 24), name.start):
        return None
    link = _PREPOSITION.search(text, start, name.start)
    if link is None:
        return name
    outer = phrase_before(text, start, link.start())
    if outer and (_TIE.search(text, *outer) or text.startswith("between ", outer.start - 8)):
        return name
    whole = Span(outer.start, name.end) if outer else None
    return None if whole is None or _BRACKETS.search(text, *whole) else whole


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


# "compared to salt and rest, respectively" names a rival for each value
_EACH = re.compile(r",? and [^,;.]{1,40},? respectively\b")
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
    if rival is None or named.overlap(rival) or _is_cut(text, rival) or _is_part(text, rival):
        return None, None
    if _EACH.match(text, rival.end, end):
        return None, None
    subject = _OPENING.match(text, start, found[0].start())
    return (Span(*subject.span("name")) if subject else None), rival


# "rust was less in group 2 (40 vs 25)"
_LESS_IN = re.compile(
    r"\b(?:(?P<less>less|fewer|lower|shorter|smaller|rarer)|more|higher|greater|longer|larger)\b"
    r"(?!(?: [a-z]+)? (?:increase|decrease|reduction|improvement|drop|gain|loss|change|fall"
    r"|decline|rise))(?:(?!\bthan\b)[^.;()]){0,60} (?:in|with|for|among|under) (?:the )?"
    rf"(?=[^()]*(?:{PEOPLE.pattern}))[^.;(),]{{2,40}} \(\Z"
)
_PLAIN = re.compile(r"\d+(?:\.\d+)?")


# "weights decreased significantly (33 vs. 25 g)"
_CHANGED = re.compile(
    r"\b(?:(?:(?P<less>decreased|declined|fell|dropped)|increased|rose|grew|improved)"
    r"(?: [a-z]+ly)?"
    r"|(?<!er )(?<!more )(?<!less )(?:(?P<drop>decrease|decline|fall|drop|reduction)|increase"
    r"|rise) in "
    r"(?:(?! (?:in|for|with|among|of) )[^().;]){2,40}) \(\Z"
)


def _has_gone(text: str, first: Span, second: Span) -> bool:
    """Whether the first of a bracket is where a change began that goes to the second."""
    if text[first.start - 1 : first.start] != "(":
        return False
    said = _CHANGED.search(text, max(0, first.start - _FAR), first.start)
    one, other = _PLAIN.match(text, *first), _PLAIN.match(text, *second)
    if not (said and one and other):
        return False
    begin, end = float(one.group()), float(other.group())
    return begin > end if said["less"] or said["drop"] else begin < end


def _goes_against(text: str, first: Span, second: Span) -> bool:
    """Whether the sentence says that its group has the second number: the first is no less."""
    if text[first.start - 1 : first.start] != "(":
        return False
    said = _LESS_IN.search(text, max(0, first.start - 140), first.start)
    one, other = _PLAIN.match(text, *first), _PLAIN.match(text, *second)
    if not (said and one and other):
        return False
    ours, theirs = float(one.group()), float(other.group())
    return ours > theirs if said["less"] else ours < theirs


def is_turned_round(text: str, first: Span, second: Span) -> bool:
    """Whether the second of two numbers in a bracket is the value, by the words before it."""
    return _goes_against(text, first, second) or _has_gone(text, first, second)
