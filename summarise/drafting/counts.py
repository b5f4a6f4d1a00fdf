"""Who of those that a sentence counts is the sample: where a count stands apart, or beside others.

Those taken in are, not those who were only asked; all groups are, or none of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from summarise.drafting.cues import NOUN, REACH, bounded, is_being, is_known, noun_of
from summarise.models import Quantity, QuantityKind, Span
from summarise.reading import OWN, Sentence
from summarise.scan import SPELLED, Section, one_of, words

WORKS = words(
    """trials studies rcts articles publications papers cohorts surveys records reports abstracts
    reviews citations references"""
)

_MANY = r"(?<![\w.,])(?:\d{1,3}(?:[, \u2009\u202f\xa0]\d{3})+(?!\d)|\d+)(?![.,]?\d)"
_TAKEN_IN = (
    r"(?:(?:were|was) (?:[a-z]+ly |then |also )?(?:included|enrol+ed|analy[sz]ed|eligible"
    r"|randomi[sz]ed|recruited|assigned|selected|reviewed|read)|completed|responded|participated"
    r"|agreed|consented|returned|met|satisfied|fulfilled)\b"
)
# "Of 90 eligible nurses, 58 completed the survey".
_OF_WHOM = re.compile(
    rf"\b(?:Of|Among|From|Out of) (?:the |all |a total of )?{_MANY}(?: \([^()]{{1,20}}\))? "
    rf"(?P<noun>(?:[a-z-]+ ){{0,3}}?{NOUN})\b(?: [a-z][^,;.]{{0,60}})?, "
    rf"(?P<count>{_MANY})(?: \([^()]{{1,30}}\))?(?: \w+){{0,2}}? {_TAKEN_IN}"
)
# "We screened 410 charts, of which 58 were read", "410 gulls were selected and 58 randomised"
_ASKED_VERB = (
    r"(?:screened|found|identified|retrieved|yielded|invited|approached|selected"
    r"|assessed for eligibility)"
)
_OF_THEM = re.compile(
    rf"(?P<before>\b(?:{_ASKED_VERB}|[Ss]tarting with) (?:over |about |a total of )?)?{_MANY} "
    rf"(?P<noun>(?:[a-z-]+ ){{0,3}}?{NOUN})\b(?P<between>[^.;:\d()]{{0,110}}"
    r"(?:\([^()]{1,30}\)[^.;:\d()]{0,40}|(?<=after) three [^.;:\d()]{1,60})?)(?:[,;] | and )"
    rf"(?P<how>(?:(?!\b(?:involving|including|with)\b)[^.;:\d(),]){{0,50}}?)(?P<count>{_MANY}) "
    rf"(?P<after>involving \d[\d,]* [a-z]+(?: \([^()]*\))?, |[^.;:\d(),]{{0,70}}?(?={_TAKEN_IN}))?"
)
_ASKED_AFTER = re.compile(rf" (?:who )?(?:were|was) (?:[a-z]+ly )?{_ASKED_VERB}\b")
_TAKING_IN = re.compile(
    r"\b(?:included|enrol+ed|analy[sz]ed|randomi[sz]ed|recruited|reviewed|read) (?:only )?\Z"
)
# "The survey was filled in by 189 of 267 nurses."
_ANSWERED_BY = re.compile(
    rf"\b(?:completed|answered|returned|filled in|filled out) by (?P<noun>(?P<count>{_MANY}) of "
    rf"(?:the )?{_MANY} (?:[a-z-]+ ){{0,3}}?{NOUN})\b"
)
# "604 of 1,386 invited pharmacists took part"
_ANSWERED = re.compile(
    rf"(?P<noun>(?P<count>{_MANY}) of (?:the )?{_MANY} (?:[a-z-]+ ){{0,3}}?{NOUN})\b"
    r"(?: \([^()]{1,30}\))?(?: \w+){0,2}? "
    rf"(?:(?:answered|took part)\b|{_TAKEN_IN})"
)
_SUBSETS = (_OF_WHOM, _OF_THEM, _ANSWERED, _ANSWERED_BY)
# "undergraduates (N = 312)", "all children born in 2010 (N = 800,000)"
_N_IN_BRACKET = re.compile(
    r"(?<![-\w])(?!Methods )(?P<noun>(?:(?!(?:and|or|of|in|with|to|the|for|by|from|on|all|our|were"
    r"|was|are|using|included|enrol+ed|recruited|studied|conducted|surveyed|interviewed|examined"
    r"|findings|selected|assessed|followed|analy[sz]ed)\b)"
    rf"[a-z][\w-]* ){{0,2}}(?i:{NOUN}|sample)"
    r"(?: and (?:women|men|girls|boys|females|males))?)['’]?(?: [a-z][^(),.;]{0,50})? "
    r"\((?P<count>(?:total )?[Nn] ?= ?\d++(?:,\d++)*+)(?=[);,])"
)
_N_IS = re.compile(r"\b[Nn] ?= ?\d")
# "adults with gout (12 females, 4 males; mean age 50)"
_BY_SEX = re.compile(
    r"\b(?P<noun>(?:(?!(?:and|or|of|in|with|the|for|from|our)\b)[A-Za-z][\w-]* ){0,2}"
    rf"(?i:{NOUN}))(?: [a-z][^(),.;\d]{{0,50}})? "
    r"\((?P<count>\d+ (?:fe)?(?:males?|men|women)(?:,| and|/|,? and) ?"
    r"\d+ (?:fe)?(?:males?|men|women))\b"
)
_BY_SEX_BEGIN = re.compile(r"\(\d+ (?:fe)?m|\(\d+ wom")
_SAMPLING = words(
    """included enrolled enroled recruited sampled surveyed interviewed participants participated
    completed responded answered agreed sample cohort survey study respondents interviewees
    examined analysed analyzed randomised randomized assigned screened"""
)
_TOLD_BY = _SAMPLING | OWN
_OPENS_WHOLE = ("Of ", "Among ", "From ", "Out of ")
_N_SIGNS = ("N =", "N=", "n =", "n=")


class Apart(NamedTuple):
    """What a sample is called, its size, and the quantity that its size begins with."""

    name: Span
    size: Span
    quantity: Quantity


def apart_in(sentence: Sentence) -> list[Apart]:
    """Samples whose count stands apart from its noun: "Of 90 nurses, 58 completed the survey"."""
    text = sentence.text
    if not sentence.quantities or not (
        sentence.section is Section.METHOD or sentence.has(_TOLD_BY)
    ):
        return []
    match = _OF_WHOM.search(text) if text.startswith(_OPENS_WHOLE, sentence.label_length) else None
    if match is None and " of " in text:
        match = _ANSWERED.search(text) or _ANSWERED_BY.search(text)
    match = match or _of_them(text)
    if match is not None:
        return _of_bracket(sentence, [match])
    if any(map(text.__contains__, _N_SIGNS)):
        found = list(_N_IN_BRACKET.finditer(text))
        # Of arms not each has its noun: "adults on Zeta (n = 20) or placebo (n = 21)".
        return _of_bracket(sentence, found) if len(found) == len(_N_IS.findall(text)) else []
    sexes = _BY_SEX.search(text) if _BY_SEX_BEGIN.search(text) else None
    return _of_bracket(sentence, [sexes]) if sexes else []


def _of_them(text: str) -> re.Match[str] | None:
    """The first count of those who were asked that those taken in of them are told behind."""
    for match in _OF_THEM.finditer(text):
        is_asked = match["before"] or _ASKED_AFTER.match(match["between"])
        if is_asked and (match["after"] is not None or _TAKING_IN.search(match["how"])):
            return match
    return None


def _of_bracket(sentence: Sentence, matches: Sequence[re.Match[str]]) -> list[Apart]:
    """Samples by their nouns and counts; none where a noun is counted itself."""
    start, text = sentence.span.start, sentence.text
    found: list[Apart] = []
    for match in matches:
        noun, count = (
            Span(start + match.start(g), start + match.end(g)) for g in ("noun", "count")
        )
        is_bracket = match.re is _N_IN_BRACKET
        is_whole = count.start - noun.end == len(" (") and text[count.end - start] == ")"
        name = Span(noun.start, count.end + 1) if is_bracket and is_whole else noun
        is_counted = any(q.span.start < noun.end <= q.span.end for q in sentence.quantities)
        quantity = next((q for q in sentence.quantities if q.span.start >= count.start), None)
        if match.re in _SUBSETS and (quantity is None or quantity.span.start != count.start):
            # A digit alone is no quantity.
            value = float(re.sub(r"\D", "", match["count"]))
            quantity = Quantity(
                text=match["count"], span=count, kind=QuantityKind.COUNT, value=value
            )
        if quantity is None:
            return []
        if match.re is _OF_THEM and is_known(quantity.unit):
            # "We found 90 papers, of which 12 trials were read"
            name = count = quantity.span
        if is_counted and match.re in (_N_IN_BRACKET, _BY_SEX):
            return []
        found.append(Apart(name, count, quantity))
    return found


_ASKED = re.compile(
    r"(?:[^.;:\d]{0,90}?)\b(?:was|were) (?:[a-z]+ly )?(?:(?:invited|approached|contacted|mailed)\b"
    r"|(?:screened|assessed for eligibility)\b(?! (?:for|with|using|by|in|at)\b))"
    r"|(?: who were)? (?:invited|approached|contacted|screened)\b(?! (?:for|with|using|by|in|at)\b)"
)
_ASKED_BEFORE = re.compile(
    r"\b(?:(?:sent|mailed|distributed|emailed|handed) (?:out )?to|[Ww]e screened"
    r"|(?:pre-?tested|piloted|pilot-tested) (?:in|on|with|among|by)"
    r"|target population (?:was|were|of|comprised|included|consisted of)) "
    r"(?:the |all |a total of )*\Z"
    # "the planned sample size of 90 divers"
    r"|\b(?:planned|target|required|calculated|estimated|intended|necessary|minimum|needed) "
    r"(?:sample|enrol?lment|recruitment|number)(?: size)?(?: of [a-z]+)? "
    r"(?:of|was|is|were|will be)(?: a total of)? \Z"
)
# "In all, 90 papers were retrieved": of those few are read.
_FOUND_WORKS = re.compile(
    r"(?:[^.;:\d]{0,40}?)\b(?:was|were) (?:[a-z]+ly )?(?:retrieved|identified|screened"
    r"|found|located)\b"
    r"| (?:retrieved|identified|screened|found)(?: (?:through|by|in|from|for|via|with)\b|, )"
)
# "A search found 90 papers that met the criteria"
_MEETING = re.compile(r"(?: that| which)? (?:met|meeting|fulfil\w*|satisf\w+)\b")
_WORKS_BEFORE = re.compile(
    r"\b(?:yielded|retrieved|identified|returned|found|screened|[Ss]tarting with"
    r"|initially reviewed) (?:a total of )?\Z"
)


def is_asked(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether it counts those who were only asked to take part."""
    start, end = quantity.span
    since = max(sentence.span.start, start - REACH)
    if noun_of(quantity.unit) in WORKS and (
        _WORKS_BEFORE.search(text, since, start) or _FOUND_WORKS.match(text, end)
    ):
        return _MEETING.match(text, end) is None
    asked = _ASKED_BEFORE.search(text, since, start) or _ASKED.match(text, end, sentence.span.end)
    return asked is not None


AND_BEFORE = re.compile(r"(?:,| and| or| with|,? and in| versus)(?: the| another)? \Z")
_TIME = r"\d+(?:\.\d+)? (?:years?|months?|weeks?|days?|hours?)\b"
# "18 adults with gout (cases) and 36 nurses", "were matched to 84 adults"
_SECOND_BEFORE = re.compile(
    r"(?:(?!\b(?:were|was|been|including|screened|which|whom|than)\b)"
    rf"(?:[^.;:\d()]|{_TIME})){{0,110}}?"
    r"\b(?:and|versus|vs\.?|as well as|compared (?:with|to)"
    r"|(?:age-|sex-)?matched (?:to|with)|(?:were|was) compared (?:with|to)"
    r"|were [a-z]+ed,? as well as)"
    r"(?: (?:in|with|to|from|of|by|for|among|the|another|a|an|group|control|sample|set|data))* \Z"
)
# "58 gulls were allocated to the lamp and 61 gulls to the rope"
_ALLOTTED_BEFORE = re.compile(
    r" (?:were|was) (?:[a-z]+ly )?(?:allocated|assigned|randomi[sz]ed) (?:to|into|in) "
    r"[^.;:\d()]{1,90}? (?:and|while|whereas)(?: the| another)? \Z"
)
_ALLOTTED_AFTER = re.compile(r" (?:(?:were|was) [a-z ]{0,30})?(?:to|into|in|received) ")
# "(i) 90 divers with a lamp; (ii) 84 divers without one"
_ENUMERATED = re.compile(r"[^.:]{0,140}?[;,] (?:and )?\((?:i{1,3}|iv|v|[1-9a-e])\) (?:the )?\Z")
_BRACKETS = re.compile(r" ?\([^()]*\)| ?\[[^\[\]]*\]")
_SEXES = words("men women boys girls males females")
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:, ?|[ \u2009\u202f\xa0])\Z")
# "1,204 rural and 3,310 urban nurses", "Twelve old and nine new": the first has no noun of its own.
_PAIR_BEFORE = re.compile(
    r"(?<![\w.,-])"
    r"(?:(?<!between )(?<!aged )(?<!from )(?!(?:19|20)\d\d )"
    r"(?:\d(?:\d+|,\d{3})(?:,\d{3})*, )*\d(?:\d+|,\d{3})(?:,\d{3})*(?=,? and )"
    rf"|(?:\d[\d,]*|(?i:{one_of(SPELLED)})(?:[-‐‑][a-z]+)?) "
    r"(?P<whose>(?!(?:or|to|in|of|for|with|at|on)\b)(?:[a-z‐-]+[a-rt-z] ){0,2}[a-z‐-]*[a-rt-z]))"
    r",? and \Z"
)
# "90 divers with a lamp and 12 without": the second has none.
_TWIN_AFTER = re.compile(
    r" (?P<how>from|in|with|without) [^.;:,()\d]{1,60}? and (?:another |the other )?\d[\d,]* "
    r"(?:(?P=how)|with|without)(?: [^\s.;:,()\d]+){1,6}?"
    r"(?=[.,;:(]| (?:were|was|who|underwent|had|completed|participated|received|using|during"
    r"|between|by|for|at|over)\b)"
)
_REST = re.compile(r"\d{3}(?!\d)")
_BOTH_SEXES = re.compile(
    r"(?:(?<=\bmen) and women|(?<=\bwomen) and men|(?<=\bboys) and girls|(?<=\bgirls) and boys"
    r"|(?<=\bmales) and females|(?<=\bfemales) and males)\b"
)
# "four groups of ten": how many there are of each
_GROUPS_BEFORE = re.compile(
    r"\b(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[2-9]) (?:[a-z-]+ ){0,2}groups of \Z"
)
_OF_EACH_BEFORE = re.compile(
    r"\b(?:(?:sub-?)?groups|blocks?|teams|FGDs?|clusters|batches|pairs|sessions) of \Z"
    r"|\bper [a-z]+ ?\( ?[~≈∼]?\Z"
)
_OF_EACH_AFTER = re.compile(r" (?:per|each|(?:in|from|for|at) each|apiece)\b")
_CONTROL_BEFORE = re.compile(
    r"\b[Cc]ontrols?(?: (?:group|subjects|patients|population))? "
    r"(?:consisted of|comprised|included|were|was|of|contained) (?:the |a total of )?\Z"
)


def is_second_group(text: str, quantity: Quantity, first: Quantity) -> bool:
    """Whether people stand beside others of the sentence: "20 adults with gout and 30 nurses"."""
    if not is_being(quantity.unit):
        return False
    raw = text[first.span.end : quantity.span.start]
    between = _BRACKETS.sub("", raw)
    if _SECOND_BEFORE.fullmatch(between) or _ENUMERATED.fullmatch(raw):
        return True
    if _ALLOTTED_BEFORE.fullmatch(between):
        return _ALLOTTED_AFTER.match(text, quantity.span.end) is not None
    if between.endswith("; ") and noun_of(quantity.unit) == "controls":
        return True
    # "30 divers (9 of one boat), 84 sailors"; men and women are those who stand before them
    is_beside = between != raw and AND_BEFORE.fullmatch(between) and is_being(first.unit)
    return bool(is_beside) and noun_of(quantity.unit) not in _SEXES


def is_of_each(text: str, quantity: Quantity) -> bool:
    """Whether it counts those of one group among several: "blocks of six", "12 per site"."""
    start, end = quantity.span
    since = max(0, start - 60)
    if _GROUPS_BEFORE.search(text, since, start):
        return False
    return bool(_OF_EACH_BEFORE.search(text, since, start) or _OF_EACH_AFTER.match(text, end))


def is_one_of_several(
    text: str, sentence: Sentence, quantity: Quantity, told: Sequence[Quantity]
) -> bool:
    """Whether another group is counted in brackets as it is, and not told.

    "Before the flood (n = 90) and after it (n = 84 divers)": neither is the sample.
    """
    form = _form_in_bracket(text, quantity)
    is_people = form == "n" or is_being(form)
    return is_people and any(
        q not in told and _form_in_bracket(text, q) == form for q in sentence.quantities
    )


def _form_in_bracket(text: str, quantity: Quantity) -> str | None:
    if quantity.kind is not QuantityKind.COUNT:
        return None
    if quantity.text[:1] in "nN" and "=" in quantity.text:
        return "n"
    is_last = text.startswith(")", quantity.span.end) and quantity.unit is not None
    return noun_of(quantity.unit) if is_last else None


def is_control(text: str, quantity: Quantity) -> bool:
    """Whether it counts those alone with whom others are compared."""
    start = quantity.span.start
    if "control" in (quantity.unit or "").lower():
        return True
    return _CONTROL_BEFORE.search(text, max(0, start - 60), start) is not None


def whole_count(text: str, span: Span) -> Span:
    """A count with its thousands before a space, and with what bounds it: "over 25 866 women".

    And with a second count that shares its noun: "1,204 rural and 3,310 urban nurses".
    """
    counted = text[span.start : span.end]
    if is_known(counted):
        span = _with_twin(text, span)
    both = _BOTH_SEXES.match(text, span.end) if is_being(counted) else None
    span = Span(span.start, both.end()) if both else span
    before = _THOUSANDS.search(text, max(0, span.start - 5), span.start)
    is_rest = before is not None and _REST.match(text, span.start)
    return bounded(text, Span(before.start(), span.end) if before and is_rest else span)


def _with_twin(text: str, span: Span) -> Span:
    start, end = span
    if " and " in text[start - 5 : start]:
        pair = _PAIR_BEFORE.search(text, max(0, start - 60), start)
        if pair is not None and not (pair["whose"] and is_known(pair["whose"])):
            return Span(pair.start(), end)
    groups = _GROUPS_BEFORE.search(text, max(0, start - 60), start)
    if groups is not None:
        return Span(groups.start(), end)
    twin = _TWIN_AFTER.match(text, end)
    return span if twin is None else Span(start, twin.end())


# "killing 40 people", "60 people lost their homes": whom a disaster struck, nobody studied
_HARMING = re.compile(
    r"\b(?:(?:kill|injur|drown|displac|evacuat|wound|maim|strand|claim|destroy)\w*|(?:took|taking)"
    r" the lives of|(?:deaths?|loss) of)"
    r" (?:the lives of |a total of |over |about |nearly |at least |more than |up to |some"
    r" |around )*\Z",
    re.IGNORECASE,
)
_HARMED = re.compile(
    r" (?:were |was |have been |had been )?(?:killed|drowned|displaced|evacuated|stranded|perished"
    r"|lost their (?:lives|homes?|jobs|livelihoods?))\b"
)
_TAKING = words("included enrolled recruited interviewed surveyed we participants sample")


def is_harmed(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether it counts those whom an event struck, of whom no sample is told."""
    start, end = quantity.span
    since = max(sentence.span.start, start - REACH)
    struck = _HARMING.search(text, since, start) or _HARMED.match(text, end)
    return struck is not None and not sentence.has(_TAKING)
