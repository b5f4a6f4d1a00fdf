"""What the words around a value say: that it is somebody else's, or no outcome.

Each check looks at one place; ``Stands`` is silent where one of several is beyond suspicion.
"""

from __future__ import annotations

import re

from summarise.ground.effects import by_statistics
from summarise.ground.source import Around, says
from summarise.ground.words import ANY_DIGIT
from summarise.scan import AGAINST, words

_LONGEST_WORD = 30

# No outcome

_P_VALUE = re.compile(r"\b[pP](?:[- ]?values?)?(?: of| was|:)? ?(?:[<>=≤≥]{1,2}|\\leq?)? ?\Z")
_IS_P_VALUE = re.compile(r"[pP] ?[<>=≤≥]")
_IS_SPREAD = re.compile(r"(?:S[DE]M?|[Ss]\.[ed]\.|[Ss]tandard (?:error|deviation)s?)[ ,=:(]")
_LEVEL = re.compile(r" ?%? ?-?(?:CI|CrI|HDI|[Cc]onfidence|[Cc]redible|C\.I\.)")
_SPREADS = ("CI", "nterval", "IQR", "ange", "SD", "SE", "s.e", "s.d", "CrI")
_BOUND = re.compile(
    r"(?:\bC(?:r)?I\b|[Ii]nterval|\bIQR|(?<!in )\b[Rr]ange|\bS[DE]\b|s\.[ed]\.)[)\]]?[^\w.]{0,4}"
    r"(?:of |from |was )?[^\w.]{0,2}(?:-?\d[\d.,]*%?(?: to |[-,; ]{1,3})-?)?\Z"
)
# "The mean (SD) was 5", "risk ratio [95% CI]) was 1.2": what the bracket announces stands behind.
_ANNOUNCED = re.compile(
    r"(?<!erval )(?<!ervals )(?<!iation )(?<!rror )(?<!ange )"
    r"[(\[](?:±|\+/-)? ?(?:\d\d ?% ?)?(?:Cr?I|S[DE]M?|IQR|range)[)\]]{1,2} (?:was|were|of|is) \Z"
)
_SPREAD = re.compile(r"(?:±|\\pm\$?|\+/-) ?\Z")
_YEAR = re.compile(r"(?:1[6-9]|20)\d\d\Z")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|from|between|until|by|during|to|and|of|[A-Z][a-z]+)(?: \d{4}-)?,? ?\Z"
)
_COUNTED = re.compile(r" [a-z]+s\b")
_AGE_BEFORE = re.compile(
    r"[Aa](?<!\w[Aa])ge[ds]?\b(?: (?:of|was|is|at|over|under|between|range)| \([^()]{0,20}\))*"
    r"(?: \d+(?:\.\d+)? (?:and|to))? ?[≥≤<>]?\Z"
)
_AGE_AFTER = re.compile(r"[ -]?(?:years?|yrs?|y|months?)?[ -](?:old\b|of age\b)")
_THRESHOLDS = ("hreshold", "ut-off", "utoff", "significance", "alpha", "α")
_THRESHOLD = re.compile(
    r"\b(?:threshold|cut-?offs?(?: values?| points?)?|significance level|alpha|α)"
    r"(?: (?:of|at|was|is|were|to))? ?[=<>≤≥]? ?\Z",
    re.IGNORECASE,
)
# Of a test; as the name of anything else it has other values.
_LEVEL_OF_ALPHA = re.compile(r"0?\.[01]\d*%?|[15]\s?%|10\s?%")
_SAMPLE_BEFORE = re.compile(r"\b[nN] ?= ?\Z")
_RELATIONS = frozenset("<>=≤≥qef:s")
_SPREAD_ENDS = frozenset("±m$-")


def no_outcome(at: Around) -> str | None:
    """Why a number can't be what was found, in words."""
    if ANY_DIGIT.search(at.text) is None:
        return None
    what = _by_mark(at) or _by_word(at) or by_statistics(at)
    if what is None:
        return None
    near = at.before.rsplit(" ", 3)[-3:]
    return f"“{' '.join(near).lstrip()}{at.text}” is {what}"


def _by_mark(at: Around) -> str | None:
    """What a number is by the marks beside it, or by its form."""
    before, text = at.before, at.text
    end = before.rstrip(" ")[-1:]
    if text[0] in "pP" and _IS_P_VALUE.match(text):
        return "a p-value"
    if end in _RELATIONS:
        if _P_VALUE.search(before):
            return "a p-value"
        if end == "=" and _SAMPLE_BEFORE.search(before):
            return "the size of a sample"
    if text[0] in "89" and _LEVEL.match(at.after):
        return "the level of an interval"
    if end in _SPREAD_ENDS and _SPREAD.search(before):
        return "a spread"
    is_year = len(text) == 4 and _YEAR.match(text) and not _COUNTED.match(at.after)
    return "a year" if is_year and _YEAR_BEFORE.search(before) else None


def _by_word(at: Around) -> str | None:
    """What a number is by the words before it."""
    before, near = at.before, at.before[-_LONGEST_WORD:]
    if at.text[0] in "Ss" and _IS_SPREAD.match(at.text):
        return "a spread"
    if any(map(near.__contains__, _SPREADS)) and _BOUND.search(before):
        return None if _ANNOUNCED.search(before) else "a bound or a spread"
    if "ge" in before and _AGE_BEFORE.search(before):
        return "an age"
    if ("old" in at.after or " age" in at.after or "old" in at.text) and _is_age(at):
        return "an age"
    if any(map(before.__contains__, _THRESHOLDS)) and (found := _THRESHOLD.search(before)):
        is_level = found.group()[0] not in "aAα" or _LEVEL_OF_ALPHA.match(at.text)
        return "a threshold" if is_level else None
    return None


def _is_age(at: Around) -> bool:
    return (_AGE_AFTER.match(at.after) or _AGE_AFTER.search(at.text)) is not None


# Somebody else's

_OTHERS = (
    r"(?:control|controls|placebo|usual care|standard care|sham|comparison|untreated|conventional"
    r"|baselines?|existing|previous|prior|earlier|others?|standard)"
)
_AGAINST = re.compile(
    r"\bthan (?:(?:the|an?|its|their) (?:[\w/.-]+'s? )?|[\w/.-]+'s? )\(?\Z"
    rf"|\b(?:{AGAINST}"
    r"|(?:previous|prior|earlier|best|existing|old) (?:best|record|state[- ]of[- ]the[- ]art"
    r"|results?|baselines?|methods?|models?)(?: (?:of|is|was|at))?|baseline of"
    r"|(?:classical|theoretical) limit of"
    r"|(?:best|highest|strongest) (?:(?:published|reported|known|previous|prior|earlier|existing"
    r"|competing) )+(?:(?!(?:of|by|with|for|in|on)\b)[\w@-]+ ){1,3}(?:of|is|was|at))"
    r" (?:the |an? |its |their |only |about )?(?:[\w/.-]+'s? )?\(?\Z"
)
_AGAINST_WORDS = words("than vs vs. versus against to with of about only the its their a an")
_PRIOR = ("previous", "prior", "earlier", "existing", "best", "strongest", "old")
_FOR = (
    r"(?: \([^()]{0,30}\)|%?)?\)? (?:in|with|for|of|under|among|on|from|by) (?:the |those |an? )?"
)
_OF_OTHERS = re.compile(rf"{_FOR}(?P<who>(?:\w+ )?{_OTHERS})\b")
_OTHERS_BESIDE = re.compile(rf"\b(?P<who>{_OTHERS})(?: groups?| arms?| patients?)? \(\Z")
_OF_WHOM = re.compile(_FOR)
_PAIR_ON = re.compile(r"[^()]{0,30}?\b(?:vs?\.?|versus|against|compared) ")
_RIVAL_CLAUSE = re.compile(
    r"[;,(] ?(?:while |whereas |but |and )?"
    r"(?P<who>(?:the )?(?:(?!\w{3,}ing (?<!leading ))\w+ ){0,2}?(?:previous|prior|earlier|existing"
    r"|next[- ]best|second[- ]best|(?:best|strongest) (?:\w+ )?(?:baselines?|competitors?"
    r"|rivals?|alternatives?|earlier|prior|previous|existing))\b"
    r"(?:(?! but | while | whereas | than | our | we | ours )[^;]){0,60})\Z"
    # "While earlier papers told of 96%, ours"
    r"|(?:\A|: )(?:While|Whereas|Although|Though) (?P<they>(?:previous|prior|earlier) (?:\w+ )?"
    r"(?:papers|studies|works?|reports|authors)\b(?:(?! our | we | ours | this )[^;])*)\Z"
)
_STARTS = re.compile(
    r"\bfrom (?:(?:an?|the|about|around|approximately|only|initial|baseline|just|average|mean"
    r"|median|of) ){0,3}\Z",
    re.IGNORECASE,
)
# "ranged from 2 in ponds to 9 in lakes"
_RANGED = ("ranged ", "ranges ", "ranging ", "range ", "varied ", "varies ", "varying ", "vary ")
_GOES_ON = re.compile(
    r"(?:(?!\bfrom\b)[^;]){0,60}?\bto (?:[^;\d]{0,24} )?(?:[-+~$€£]|\\[a-z]+\{)?\d[\d.,]*%?"
    r"|[^;\d.]{0,12} before[^;\d]{1,12}\d[\d.,]*[^;,.\d]{0,16} after\b"
)


def is_start(at: Around) -> str | None:
    """Whether a value is what something was before it changed, in words."""
    if "to " not in at.after and "before" not in at.after:
        return None
    if (on := _GOES_ON.match(at.after)) is None:
        return None
    start = _STARTS.search(at.before)
    if start and at.before.endswith(_RANGED, 0, start.start()) and not at.after.startswith(" to "):
        return None
    if start is None and " before" not in on.group():
        return None
    return says(start.group() if start else "", at.text, on.group())


def somebody_elses(at: Around, group: str, rival: str) -> str | None:
    """To whom but its group a sentence gives a value, or that it is the rival's, in words."""
    before, after = at.before, at.after
    is_prior = any(map(before.__contains__, _PRIOR))
    if is_prior or at.last in _AGAINST_WORDS or at.last.endswith(("'s", "'")):
        against = _AGAINST.search(before)
        if against and not (_is_said(against.group(), group) or _goes_to(after, group)):
            return says(against.group(), " ", at.text)
    if before.endswith("(") and not _PAIR_ON.match(after) and (of := _OTHERS_BESIDE.search(before)):
        return None if _is_said(of["who"], group) else says(of.group(), at.text)
    if (of := _OF_OTHERS.match(after)) and not _is_said(of["who"], group):
        return says(at.text, of.group())
    if is_prior and (of := _RIVAL_CLAUSE.search(before)):
        who = of["who"] or of["they"]
        if not _is_said(who, group):
            return says(who, at.text)
    of_rival = _goes_to(after, rival) if rival not in group else None
    return says(at.text, of_rival) if of_rival else None


def _goes_to(after: str, name: str) -> str | None:
    """What stands from a number to the name behind it, with that name."""
    of = _OF_WHOM.match(after) if name else None
    return of.group() + name if of and after.startswith(name, of.end()) else None


_LONG_WORD = re.compile(r"[a-z]{4,}")


def _is_said(who: str, group: str) -> bool:
    """Whether the draft itself says whose value it is."""
    return bool(group) and not set(_LONG_WORD.findall(who.lower())).isdisjoint(
        _LONG_WORD.findall(group.lower())
    )


# A rival has something: "B has 0.41 and 0.52", but not "B, of which ours has 0.52".
_HAS = re.compile(
    r"(?:[^,;]|, ?(?=[-+~<>$€£]?\d))*?\b(?:ha[sd]|have|is|was|are|were|reach(?:es|ed)?|achieve[sd]?"
    r"|obtain(?:s|ed)?|score[sd]?|gets?|got|gives?|gave|attain(?:s|ed)?|yield(?:s|ed)?|takes?|took"
    r"|need(?:s|ed)?|require[sd]?|use[sd]?|costs?|loses?|lost|retain(?:s|ed)?|solve[sd]?)\b"
    r"(?:[^,;]|, ?(?=(?:and )?[-+~<>$€£]?\d))*\Z"
)
_OURS = re.compile(
    r"\b(?:while|whereas|but|than|over|versus|vs|against|by|below|above|ours?|we|which|it)\b"
)
_SUBJECT = re.compile(r"(?:\A|[,;:(.] ?|\b(?:while|whereas|where|but) )(?:the |an? )?\Z")
_FOR_OF_RIVAL = re.compile(r"%?\)? (?:in|with|for|of|under|from|by) (?:the |an? )?")


def given_to_rival(at: Around, names: tuple[str, ...], group: str) -> str | None:
    """Which of some rivals a sentence gives a number to, in words."""
    if "respectively" in at.after or ANY_DIGIT.search(at.text) is None:
        return None
    for name in names:
        if name in group:
            continue
        if (
            name in at.after
            and (of := _FOR_OF_RIVAL.match(at.after))
            and at.after.startswith(name, of.end())
        ):
            return says(at.text + of.group() + name)
        start = at.before.rfind(name)
        if start < 0 or not _SUBJECT.search(at.before, 0, start):
            continue
        gap = at.before[start + len(name) :]
        if gap[:1] == " " and not _OURS.search(gap) and (gap == " (" or _HAS.match(gap)):
            return says(at.before[start:] + at.text)
    return None


# What is only compared with, right before its name; and who or what has a name of its own.
_THAN = re.compile(
    r"\b(?:than|unlike|versus|vs\.?|compared (?:to|with)|in contrast to|relative to|baselines?"
    r"|outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|beats?|exceed(?:s|ed|ing)?)"
    r" (?:that of )?(?:the |an? )?(?:(?!our\b|using\b|with\b|by\b)[a-z-]+ ){0,2}\Z",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:we|ours?|propos\w+|introduc\w+|present(?:s|ed)?|develop\w*|design\w*|describ\w+"
    r"|releas\w+|called|named|termed|dubbed|this|th(?:is|e) (?:paper|study)|novel|new"
    r"|(?:by|using|via|through)(?: the)?(?= \Z))\b[^.;]{0,60}\Z",
    re.IGNORECASE,
)
_EXPLAINED = re.compile(r",? (?:an?|our|which|that|(?:is|are) (?:an?|our|proposed))\b| \([A-Za-z ]")


def only_compared(at: Around, is_comparator: bool) -> str | None:
    """Whether a place of a name is one of what is compared with, in words."""
    if than := _THAN.search(at.before):
        return says(than.group() + at.text)
    if not is_comparator or _OWN.search(at.before) or _EXPLAINED.match(at.after):
        return None
    return "the record compares with it, and the abstract doesn't say that it is the paper's"
