"""What the words around a value say: that it is cut, or somebody else's, or no outcome.

Each check looks at one place; ``Stands`` is silent where one of several is beyond suspicion.
"""

from __future__ import annotations

import re

from summarise.ground.effects import by_statistics
from summarise.ground.source import Around
from summarise.ground.words import ANY_DIGIT
from summarise.models import Span
from summarise.scan import AGAINST, unit_behind, words

# Cut

# Some are glued to another word by a dash, a colon or a quotation mark.
_QUALIFYING_ENDS = tuple(
    words(
        """than least most over under above below exceeding nearly almost approximately about around
        roughly"""
    )
)
_QUALIFYING = frozenset((*_QUALIFYING_ENDS, "as", "a", "an"))
_COMPARING = frozenset("<>≤≥~≈=")
_COMMAND_ENDS = frozenset("qmxe")
"""Of LaTeX commands."""
_QUALIFIER = re.compile(
    r"(?:\b(?:(?:less|more|fewer|greater|higher|lower|larger|smaller|better|worse|longer|shorter"
    r"|older|younger) than|at (?:least|most)|up to|as (?:few|much|many|low|high|little) as"
    r"|no (?:more|less|fewer) than|over|under|above|below|exceeding|nearly|almost|approximately"
    r"|about|around|roughly)(?: an?)? |(?<![a-zA-Z/'])[<>≤≥~≈]=? ?"
    r"|\\(?:sim|approx|l?geq?|leq?) ?)\Z",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"(?:^|[^\w)%.])(?P<sign>[-+~])[$€£]?\Z")
_SIGNS = frozenset("-+~")
_RANGE_BEFORE = re.compile(r"(?<![\w.])(?P<other>[$€£]?\d[\d.,]*%?-[$€£]?)\Z")
_RANGE_BEHIND = r"-(?:\d|\.\d)[\d.,]*%?"
_HAS_SIGN = re.compile(r"[-+~±<>≤≥]")
_MEASURED = re.compile(r"\d ?[^\W\d_]+\Z")
_ENDING = frozenset(",.;:)")
_NUMBER_ON = re.compile(rf"{_RANGE_BEHIND}| ?\\?%| ?per ?cent\b")
_POINTS_ON = re.compile(r"[ -]?(?:percentage |absolute )?points?\b")
_UNIT_ON = re.compile(
    r"(?:[ ·⋅*]?(?:[kcmμµn]?[gmLlsWJ]|m?mol|h|d|day|yr|min|ha|Pa|K|M)"
    r"(?:\^?\{?-\d|⁻[¹²³]|\$\^\{-)|[⁻²³]|\^\{?-?\d| ?/ ?[a-zA-Z]\w*"
    r"| per (?:\d[\d ,]*\d|[a-z]+)\b)[\w\d/{}-]*"
)
_COUNT = re.compile(r"\d|(?:one|two|three|four|five|six|seven|eight|nine|ten)\b")
_STARTS_NUMBER = re.compile(rf"{_COUNT.pattern}|[$€£.+-]")
_LAST_NAMED = re.compile(r"(?:^|[\s-])[\w.-]*[A-Z\d][\w.-]*\Z")
_NAME_ON = re.compile(
    r" (?:(?:19|20)\d\d\b"
    r"|v?\d{1,4}(?:\.\d)?[kKMB]?\b(?![.,]?\d| ?[%×)]| [a-z]+s\b)|[A-Z][a-z][\w-]*)"
)
_NAME_BEFORE = re.compile(r"(?:(?<=[a-z,(:;] )|(?<=[(\"“'`‘]))[A-Z][\w-]*(?<!'s) \Z")
_FIRST_WORD = re.compile(r"[A-Z][\w-]* ")
_LONGEST_WORD = 30
_OPENING = frozenset("(\"“'`‘")


def is_count(value: str) -> bool:
    """Whether a value begins with a number."""
    return _COUNT.match(value) is not None


def may_be_cut(text: str, name: Span) -> bool:
    """Whether what stands right before a name, or behind it, looks like a part of it."""
    start, end = name
    after = text[end + 1 : end + 2]
    if text[end : end + 1] == " " and (after.isupper() or after.isdigit() or after == "v"):
        return True
    if text[start - 1 : start] != " " or not text[start].isupper():
        return False
    word = text.rfind(" ", max(0, start - _LONGEST_WORD), start - 1) + 1
    return text[word].isupper() or (text[word] in _OPENING and text[word + 1].isupper())


def may_be_cut_number(text: str, number: Span) -> bool:
    """Whether what stands right before a number, or behind it, looks like a part of it.

    Most numbers stand between plain words, and those are told by less than a search.
    """
    start, end = number
    before, after, last = text[start - 1 : start], text[end : end + 1], text[end - 1]
    if before == " ":
        word = text[text.rfind(" ", 0, start - 1) + 1 : start - 1]
        if not word.isalpha() or word.lower() in _QUALIFYING:
            return True
        if word == "to" and text[max(0, start - 6) : start - 3].lower() == "up ":
            return True
    elif before != "(" or text[start - 2] in _SIGNS:
        return True
    if not after or after in _ENDING:
        return False
    if last == "%":
        return (_POINTS_ON.match(text, end) or _UNIT_ON.match(text, end)) is not None
    return not last.isalpha() or _MEASURED.search(text, start, end) is not None


def _says(*parts: str) -> str:
    return f"the abstract says “{''.join(parts).strip()}”"


def cut_number(at: Around) -> str | None:
    """What a number lacks of what stands in the abstract, in words; None where it is whole."""
    if _STARTS_NUMBER.match(at.text) and (start := _cut_start(at)):
        return _says(start, at.text)
    end = _cut_end(at)
    return _says(at.text, end) if end else None


def whole_number(text: str, number: Span, within: Span) -> Span:
    """A number of a sentence with its qualifier, its sign and the rest of its unit."""
    for _ in range(2):
        at = Around(text, number, within)
        before = _cut_start(at) if _STARTS_NUMBER.match(at.text) else None
        after = _cut_end(at)
        if not (before or after):
            break
        number = Span(number.start - len(before or ""), number.end + len(after or ""))
    return number


def _cut_start(at: Around) -> str | None:
    """The qualifier, the sign or the other end of a range right before a number."""
    before = at.before
    near = max(0, len(before) - _LONGEST_WORD)
    if _may_qualify(at) and (qualifier := _QUALIFIER.search(before, near)):
        return qualifier.group()
    if _SIGNS.isdisjoint(before[-2:]) or _HAS_SIGN.match(at.text):
        return None
    if sign := _SIGNED.search(before):
        return before[sign.start("sign") :]
    other = _RANGE_BEFORE.search(before)
    return other.group() if other else None


def _may_qualify(at: Around) -> bool:
    """Whether the last word before a number is one of a qualifier, or a sign of one."""
    before = at.before
    if at.last == "to":
        return "up to" in before[-_LONGEST_WORD:].lower()
    tail = before[-_LONGEST_WORD:].rstrip(" ").lower()
    if at.last in _QUALIFYING or tail[-1:] in _COMPARING or tail.endswith(_QUALIFYING_ENDS):
        return True
    return tail[-1:] in _COMMAND_ENDS and "\\" in before


def _cut_end(at: Around) -> str | None:
    """What goes on from a number or its unit: the other end of a range, a unit, a power of one."""
    after = at.after
    if not after or after[0] in _ENDING:
        return None
    last = at.text[-1]
    if last.isdigit():
        if on := _NUMBER_ON.match(after):
            return on.group()
        if unit := unit_behind(after, 0):
            on = _UNIT_ON.match(after, unit[1])
            return after[: on.end() if on else unit[1]]
    elif last == "%":
        on = _POINTS_ON.match(after) or _UNIT_ON.match(after)
        return on.group() if on else None
    elif not (last.isalpha() and _MEASURED.search(at.text)):
        return None
    on = _UNIT_ON.match(after)
    return on.group() if on else None


def cut_name(at: Around) -> str | None:
    """What a name lacks of what stands in the abstract, in words; None where it stands alone."""
    if (on := _NAME_ON.match(at.after)) and _LAST_NAMED.search(at.text):
        return _says(at.text, on.group())
    if at.text[:1].isupper():
        near = max(0, len(at.before) - _LONGEST_WORD)
        if on := _NAME_BEFORE.search(at.before, near):
            return _says(on.group(), at.text)
    return None


def cut_name_amid(at: Around) -> str | None:
    """As ``cut_name``; "" of a sentence's second word, since the first tells nothing."""
    return "" if _FIRST_WORD.fullmatch(at.before) else cut_name(at)


# No outcome

_P_VALUE = re.compile(r"\b[pP](?:[- ]?values?)?(?: of| was|:)? ?(?:[<>=≤≥]{1,2}|\\leq?)? ?\Z")
_IS_P_VALUE = re.compile(r"[pP] ?[<>=≤≥]")
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
    if any(map(near.__contains__, _SPREADS)) and _BOUND.search(before):
        return None if _ANNOUNCED.search(before) else "a bound or a spread"
    if "ge" in before and _AGE_BEFORE.search(before):
        return "an age"
    if ("old" in at.after or " age" in at.after or "old" in at.text) and _is_age(at):
        return "an age"
    if any(map(before.__contains__, _THRESHOLDS)) and _THRESHOLD.search(before):
        return "a threshold"
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
    r"[;,(] ?(?:while |whereas |but |and )?(?P<who>(?:the )?(?:\w+ ){0,2}?(?:previous|prior|earlier"
    r"|existing|next[- ]best|second[- ]best|(?:best|strongest) (?:\w+ )?(?:baselines?|competitors?"
    r"|rivals?|alternatives?|earlier|prior|previous|existing))\b"
    r"(?:(?! but | while | whereas | than | our | we | ours )[^;]){0,60})\Z"
)
_STARTS = re.compile(
    r"\bfrom (?:(?:an?|the|about|around|approximately|only|initial|baseline|just|average|mean"
    r"|median|of) ){0,3}\Z",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:(?!\bfrom\b)[^;]){0,60}?\bto (?:[^;\d]{0,24} )?[-+~$€£]?\d[\d.,]*%?"
    r"|[^;\d.]{0,12} before[^;\d]{1,12}\d[\d.,]*[^;,.\d]{0,16} after\b"
)


def why_no_outcome(text: str, number: Span, within: Span) -> str | None:
    """What doubts would say of a number of a sentence that can't be what was found."""
    return no_outcome(Around(text, number, within))


def why_not_own(
    text: str, number: Span, within: Span, *, group: str = "", rival: str = ""
) -> str | None:
    """What doubts would say of a number of a sentence that is given to somebody else, or a start.

    ``group`` is whose it is said to be, ``rival`` what it is compared with.
    """
    at = Around(text, number, within)
    return somebody_elses(at, group, rival) or is_start(at)


def is_start(at: Around) -> str | None:
    """Whether a value is what something was before it changed, in words."""
    if "to " not in at.after and "before" not in at.after:
        return None
    if (on := _GOES_ON.match(at.after)) is None:
        return None
    start = _STARTS.search(at.before)
    if start is None and " before" not in on.group():
        return None
    return _says(start.group() if start else "", at.text, on.group())


def somebody_elses(at: Around, group: str, rival: str) -> str | None:
    """To whom but its group a sentence gives a value, or that it is the rival's, in words."""
    before, after = at.before, at.after
    is_prior = any(map(before.__contains__, _PRIOR))
    if is_prior or at.last in _AGAINST_WORDS or at.last.endswith(("'s", "'")):
        against = _AGAINST.search(before)
        if against and not (_is_said(against.group(), group) or _goes_to(after, group)):
            return _says(against.group(), " ", at.text)
    if before.endswith("(") and not _PAIR_ON.match(after) and (of := _OTHERS_BESIDE.search(before)):
        return None if _is_said(of["who"], group) else _says(of.group(), at.text)
    if (of := _OF_OTHERS.match(after)) and not _is_said(of["who"], group):
        return _says(at.text, of.group())
    if is_prior and (of := _RIVAL_CLAUSE.search(before)) and not _is_said(of["who"], group):
        return _says(of["who"], at.text)
    of_rival = _goes_to(after, rival) if rival not in group else None
    return _says(at.text, of_rival) if of_rival else None


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
