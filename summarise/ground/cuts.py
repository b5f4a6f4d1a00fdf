"""What a number or a name lacks of what stands around it: a qualifier, a sign, a unit, a word."""

from __future__ import annotations

import re

from summarise.ground.source import Around, says
from summarise.models import Span
from summarise.scan import unit_behind, words

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
_CURRENCIES = frozenset("$€£¥")
_RANGE_BEFORE = re.compile(r"(?<![\w.])(?P<other>[$€£]?\d[\d.,]*%?-[$€£]?)\Z")
_RANGE_BEHIND = r"-(?:\d|\.\d)[\d.,]*%?"
# "$18.50", but neither the end of a formula nor the start of one: "$0.48$"
_CURRENCY = re.compile(r"(?:(?<![\w$])|(?<=\bUS)|(?<=\bA)|(?<=\bC))[$€£¥]\Z")
_FORMULA_ON = re.compile(r"[^$]{0,40}\$(?![\d.])")
_HAS_SIGN = re.compile(r"[-+~±<>≤≥]")
_MEASURED = re.compile(r"\d ?[^\W\d_]+\Z")
_ENDING = frozenset(",.;:)")
_NUMBER_ON = re.compile(rf"{_RANGE_BEHIND}| ?\\?%| ?per ?cent\b")
_POINTS_ON = re.compile(r"[ -]?(?:percentage |absolute )?points?\b")
_UNIT_ON = re.compile(
    r"(?:[ ·⋅*]?(?:[kcmμµn]?[gmLlsWJ]|m?mol|h|d|day|yr|min|ha|Pa|K|M)"
    r"(?:\^?\{?-\d|⁻[¹²³]|\$\^\{-)|[⁻²³]|\^\{?-?\d| ?/ ?[a-zA-Z]\w*"
    r"| per (?:\d[\d ,]*\d|[A-Za-z]+)\b)[\w\d/{}-]*"
)
# A value that ends in a power of a unit: "W m^-2", of which " K^-1" may be left out.
_POWER_END = re.compile(r"(?:\^\{?[-−]\d\}?\$?|⁻[¹²³⁴])\Z")
_FURTHER_UNIT = re.compile(
    r"\}?\$?(?:\\,|[ ·⋅*])(?:[kcmμµnMG]?(?:[gmLlsWJVAK]|eV|pc|Pa|mol|Hz)|h|d|yr|min|ha)"
    r"(?:\^\{?[-−]\d\}?|⁻[¹²³⁴]|\$\^\{[-−]\d\}\$?)"
)
# "(1.2" of "(1.2 ± 0.3) × 10^-4"
_SHARED_POWER = re.compile(r"\s?(?:±|\\pm)[^()]{1,40}\)\s?(?:×|\\times)\s?10\b")
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


def cut_number(at: Around) -> str | None:
    """What a number lacks of what stands in the abstract, in words; None where it is whole."""
    if _STARTS_NUMBER.match(at.text) and (start := _cut_start(at)):
        return says(start, at.text)
    if at.before.endswith("(") and (power := _SHARED_POWER.match(at.after)):
        return says("(", at.text, power.group())
    end = _cut_end(at)
    return says(at.text, end) if end else None


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
    if before[-1:] in _CURRENCIES and (sign := _CURRENCY.search(before)):
        return None if _FORMULA_ON.match(at.text + at.after) else sign.group()
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
    last, further = at.text[-1:], _UNIT_ON
    if _POWER_END.search(at.text):
        further = _FURTHER_UNIT
    elif last.isdigit():
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
    on = further.match(after)
    return on.group() if on else None


def cut_name(at: Around) -> str | None:
    """What a name lacks of what stands in the abstract, in words; None where it stands alone."""
    if (on := _NAME_ON.match(at.after)) and _LAST_NAMED.search(at.text):
        return says(at.text, on.group())
    if at.text[:1].isupper():
        near = max(0, len(at.before) - _LONGEST_WORD)
        if on := _NAME_BEFORE.search(at.before, near):
            return says(on.group(), at.text)
    return None


def cut_name_amid(at: Around) -> str | None:
    """As ``cut_name``; "" of a sentence's second word, since the first tells nothing."""
    return "" if _FIRST_WORD.fullmatch(at.before) else cut_name(at)
