"""Which times and measures say how far or how long: "at 45 K", "a 12-week course"."""

from __future__ import annotations

import re

from summarise.models import QuantityKind
from summarise.numbers.values import ToldNumber

EXTENTS = frozenset({QuantityKind.MEASURE, QuantityKind.TIME})
_ABOUT = (
    r"(?:(?:about|around|approximately|only|up to|over|nearly|almost|at least|at most|just"
    r"|more than|less than|fewer than|~|≈) ?)?"
)
_WITHIN = re.compile(
    r"\b(?:within|along|every|for|after|over|during|below|above|per|between|until|till|before|since"
    r"|throughout|up to|older than|younger than|links of|(?<!compared )with|in|every|exceeding"
    r"|first|last|past|next|at)"
    rf" (?:the |a |an |each |only |(?:first|last|past|next|previous) ){{0,2}}{_ABOUT}\Z",
    re.IGNORECASE,
)
# "at 6 and 9 kHz", "at 2, 4, and 9 years"
_LISTED_AT = re.compile(
    r"\b(?:at|after|for|over|during|within) (?:\d[\d.]*(?:°|[ -](?:hour|day|week|month|year)s?)?"
    r"(?:, (?:and |or )?| and | or )){1,6}\Z"
)
_LIST_ENDS = (", ", " and ", " or ")
_LIST_OF_TIMES = re.compile(
    r"(?:, (?:and |or )?| and | or )(?:\d[\d.]*(?:, (?:and |or )?| and | or )){0,5}\d[\d.]*[ -]?"
    r"(?:(?:second|minute|hour|day|week|month|year)s?|min|h|[kMG]?Hz|[cmk]?m|K|°C)\b"
)
_AT = re.compile(r"\b(?:at|after|for|over|during|within) (?:\d[\d.]*, ){0,5}\Z")
_GIVEN_DOSE = re.compile(
    r"\b(?:given|receiv\w+|administered|injected|taking|infus\w+|doses? of) (?:an? |only )?\Z"
)
_DOSE = re.compile(r"[\d.,]+ ?(?:[mµμ]?g|mL|ml|IU|Gy|mmol|units?)(?:/\w+)*\Z")
_STANDS = re.compile(
    r"\b(?:works?|operat\w+|stood|stands?|stays?|stayed|remain\w*|peak\w*|estimated|measured|valued"
    r"|converg\w+|saturat\w+|mapped|run|runs|complet\w+|finish\w*|take[sn]?|solved|processed"
    r"|generated|done) (?:at|in|with) [a-z ]{0,12}\Z"
)
_OF_TIME_AFTER = re.compile(
    r"[\s-]?(?:of )?(?:follow|later\b|ago\b|old\b|apart\b|prior\b|or (?:more|older|longer|less"
    r"|younger|above|below|higher)|post|after (?:the|treatment|surgery|baseline|\w+ion\b)|from now"
    r"|of (?:age|treatment|therapy|training|data|audio|video|speech|experience|storage|culture))"
)
_PERIOD_AFTER = re.compile(
    r"(?! ?[a-zµμ]{1,3}(?:[-−]\d|[⁻¹²³^]))[ -](?!(?:\w+[ -]){0,2}?(?:benefit|gain|improvement"
    r"|increase|reduction|difference|delay"
    r"|extension|decrease|longer|shorter|faster|slower|lag|loss|advantage)s?\b)"
    r"(?!(?:in|with|for|vs|versus|and|or|compared|than|per|on|to|from|at|after|before|when|while|is"
    r"|was|but|by|the|as|under|over|during|without|within|among|between|across|through|against|of"
    r"|which|that|then|only|using|via|higher|lower|more|less|better|worse|older|later|and|so|since"
    r"|because|if|where|overall|relative|above|below|were|are|has|had|have|whereas|respectively"
    r"|until|into|along|each|both|rather|instead|compared)\b)[A-Za-z]"
)
# The first of "30 day and 1 year mortality"
_TIMES_GO_ON = re.compile(r"(?:,| and| or) \d+[ -](?:hour|day|week|month|year)s?[ -](?!\()[a-z]")
_REACHED = re.compile(
    r"\b(?:achiev|reach|attain|yield|obtain|deliver|provid|show|exhibit|giv)\w* (?:an? )?\Z"
)
_RATHER_AFTER = re.compile(r",? (?:rather than|instead of|compared (?:with|to)|versus|vs\.?) ")
_CHANGED = re.compile(r"\bfrom (?:[^.;]|\.\d){1,40} to (?:about |only )?\Z")
_CHANGED_FROM = re.compile(r"\bfrom (?:about |only )?\Z")
_ADJECTIVE = re.compile(r"(?:[\d.,]+|[A-Za-z]+)[-‐](?!one\b|two\b)[^\W\d_]\S*\Z")
_FROM_BEFORE = re.compile(r"\bfrom (?:[\d.]+ ?\S{0,4} to )?\Z", re.IGNORECASE)
_CHANGING = re.compile(
    r"\b(?:increas|decreas|ris|rose|fell|fall|drop|reduc|improv|shorten|lengthen|gr[eo]w"
    r"|declin|chang"
    r"|lower|rais|cut|shr[aiu]nk|extend|slow|went|prolong|boost|slash)\w*\b",
    re.IGNORECASE,
)
# "Yields ranged from 2 to 5 t", not "ages ranged from".
_RANGED = re.compile(
    r"\b(?:(?:varied|ranged|varies|ranges?|vary) (?:from|between)"
    r"|(?:was|were|is|are|lay|lies?|fell) (?:with)?in (?:the|a) range(?: of| from| between)?"
    r"|levels from) \Z"
)
_PEOPLE_RANGE = re.compile(
    r"\b(?:[Aa]ges?|[Dd]os(?:es?|ages?)|[Ff]ollow-up|[Tt]imes?)\b[^.;]{0,40}\Z"
)
_SINCE_AFTER = re.compile(r" (?:after|before|following|post|prior to)\b")
_TOLD = re.compile(r"(?:\b(?:is|was|were|of|by|to|averaged|lasted|took|than)|[=(]) ?\Z")
_FOR_SO_LONG = re.compile(r" of (?!the\b|benefit|gain|delay|improvement|reduction|life)[a-z-]+")
_TOOK = re.compile(
    r"\b(?:is|was|were|are|took|takes?|requir\w+|needs?|needed|by|to|than|of|mean|median"
    r"|average|sav\w+"
    r"|lost|gain\w*) (?:about |only |an? |approximately )?\Z"
)
_PEOPLE_BEFORE = re.compile(
    r"\b(?:men|women|males|females|patients|children|adults|girls|boys|people|participants"
    r"|subjects)"
    r" (?:from |between |of )?(?:\d+ (?:to|and) )?\Z"
)


def _is_time(before: str, after: str) -> bool:
    """Whether a time is since when, for how long, or how old: "within 5 min of cues"."""
    if _SINCE_AFTER.match(after) and not _TOLD.search(before):
        return True
    if _FOR_SO_LONG.match(after) and not _TOOK.search(before):
        return True
    return _PEOPLE_BEFORE.search(before) is not None


def is_extent(text: str, one: ToldNumber, before: str, after: str) -> bool:
    """Whether a time or a measure says how far or how long: "at 45 K", "12-week course"."""
    if one.kind not in EXTENTS:
        is_first = one.kind is QuantityKind.NUMBER and _LIST_OF_TIMES.match(after)
        return bool(is_first and _AT.search(before))
    is_dose = _DOSE.match(text, *one.span) and _GIVEN_DOSE.search(before)
    if is_dose or (before.endswith(_LIST_ENDS) and _LISTED_AT.search(before)):
        return True
    if _RATHER_AFTER.match(after) or (_CHANGED.search(before) and _CHANGING.search(before)):
        return False
    if (
        _TIMES_GO_ON.match(after)
        or _OF_TIME_AFTER.match(after)
        or (one.kind is QuantityKind.TIME and _is_time(before, after))
    ):
        return True
    is_period = _PERIOD_AFTER.match(after) and not _REACHED.search(before)
    if is_period or _ADJECTIVE.match(text, *one.span):
        return True
    return _is_reach(before)


def _is_reach(before: str) -> bool:
    """Whether what stands before a number says from where, till where or how far."""
    if _RANGED.search(before) and not _PEOPLE_RANGE.search(before):
        return False
    is_from = before[-5:].lower().endswith(("from ", " to ")) and _FROM_BEFORE.search(before)
    if is_from and not _CHANGING.search(before):
        return True
    return _WITHIN.search(before) is not None and not _STANDS.search(before)


def tells_change(before: str) -> bool:
    """Whether what stands before a number says that something changed from or to it."""
    is_from = _CHANGED.search(before) or _CHANGED_FROM.search(before)
    return is_from is not None and _CHANGING.search(before) is not None
