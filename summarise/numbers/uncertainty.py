"""Where a sentence tells how sure its numbers are: intervals, spreads, ranges and p-values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarise.characters import BOTH_ERRORS
from summarise.models import Quantity, Span
from summarise.scan import DIGITS, unit_behind

_NUMBER = rf"[-−–+]?\$?(?:{DIGITS}(?:[.·]\d+)?|[.·]\d+)"
_TO = r"\s?(?:-{1,2}|–|—|−|to|,|;)\s?"
_OPEN = r"[(\[{]?\s?"
_P_VALUE = re.compile(
    r"[pP](?<![\w-].)(?:[\s_-]?values?)?(?:[\s_-]*(?:for\s)?(?:(?:the\s)?differences?|trend|interaction"
    r"|heterogeneity|adj))?"
    r"\s{0,2}(?:[<>=≤≥]{1,2}|&[lg]t;|\\(?:leq?|lt|geq?|gt)\b|of|was|is)\s{0,2}=?\s?"
    r"(?:[01]?[.·]\d+|0,\d{2,4}(?!\d)|[01]\b(?![.·,]\d))(?:\s?(?:×|x|\\times"
    r"|\*)\s?10\s?\^?[{(]?[-−–]?\d+[)}]?|e-\d+)?"
)
_INTERVAL = re.compile(
    r"(?:(?<![\d.])\d\d(?:\.\d+)?\s?(?:%|per\s?cent)\s?-?\s?)?(?:\bC(?:r?Is?\b|l\b(?<=%Cl)|\.\s?I\.)|\bHDI\b"
    r"|(?:[Cc]onfidence|[Cc]redible)"
    r" (?:intervals?|limits?)\b)"
    rf"(?:\s?[(\[](?:\d\d\s?%\s?)?Cr?Is?[)\]])?(?P<range>[\s,:;=]{{0,3}}(?:of |from "
    rf"|was )?{_OPEN}{_NUMBER}\s?%?"
    rf"{_TO}{_NUMBER}(?:\s?\\?%)?)?"
)
_SPREAD = re.compile(
    rf"(?:±|\+/?[-−–]|plus[ -](?:or[ -])?minus|\$?\\pm\$?)\s?{_NUMBER}"
    r"(?:\s?\((?:stat|sys|exp|theo?r?)[a-z]{0,8}\.?\))?"
)
# "5^{+2}_{-1}", and "5 +2/-1"
_BOTH_ERRORS = re.compile(rf"\$?{BOTH_ERRORS}|\+\s?\d*\.?\d+(?:\s?[/,]\s?|\s)[-−–]\s?\d*\.?\d+")
_SPREAD_NAME = re.compile(
    r"\b(?:S\.?[DE]\.?M?\.?|s\.\s?[de]\.(?:m\.)?|[Ss]t\.?\s?dev\.?|IQRs?|[Ii]nterquartile ranges?"
    r"|(?<!in the )(?<!within the )(?<!in a )[Rr]ange"
    r"|[Ss]tandard (?:deviations?|errors?))(?:\s?[(\[](?:SD|SEM?|IQR)[)\]])?"
    r"(?!\s?[(\[]\d\d(?:\.\d+)?\s?%?\s?-?\s?(?:C[rI.]|[Cc]onf|[Cc]red))"
    rf"[\s,:=]{{0,3}}(?:of |from |was )?{_OPEN}{_NUMBER}(?:\s?\\?%)?"
    rf"(?:{_TO}{_NUMBER}(?:\s?\\?%)?)?"
)
_BARE_RANGE = re.compile(
    rf"(?:\s?[(\[]"
    rf"|[,;]\s)(?P<range>(?P<low>{_NUMBER})(?:\s?%|\s[a-z]{{1,3}})?{_TO}(?P<high>{_NUMBER})"
    r"(?:\s?%|\s[a-z]{1,3})?)(?=[)\];,]|\s[pP]\s?[<>=])"
)
_BARE_SPREAD = re.compile(rf"\s?[(\[](?P<spread>{_NUMBER})[)\]]")
_NAMED_SPREAD = re.compile(r"[(\[±](?: ?SD|SEM?)[)\]]|± ?S[DE]")
_JOINT = re.compile(
    r"(?:\s\(?SDs?\)?(?=\s[(\[]))?[)\]]?\s?"
    r"(?:\\?%)?[\s,;:]{0,3}[(\[]?[\s,;]{0,2}(?:and |with (?:an? )?(?:associated )?)?"
)
_NEXT = re.compile(
    r"(?: (?!(?:in|of|vs|to|at|for|and|by|or|on)\b)[A-Za-zµμ%°/]{1,4}(?= [(\[,]))?"
    r"[)\]]?[\s,;]{0,3}[(\[]?(?:and )?"
)
IS_P_VALUE = re.compile(r"[pP][\s_-]?\w{0,8}\s?[<>=≤≥&\\]")
"""How a p-value begins."""
_HINTS = ("CI", "%Cl", "C.I", "C. I", "nterval", "imits", "CrI", "HDI")
_SPREADS = ("SD", "SE", "s.e", "s.d", "s. d", "dev", "IQR", "ange", "tandard", "S.E", "S.D")
_PLUS_OR_MINUS = ("±", "\\pm", "+/", "+-", "minus")
_BEFORE_SPREAD = re.compile(r"\d(?:\s?[^\W\d_]{1,6}|\s?%|°|\s?\([a-z]+\.?\))?\s?\(?\Z")
_MOST = 80


class UncertaintyMark(NamedTuple):
    """A stretch that tells how sure a number is."""

    span: Span
    is_p_value: bool = False
    is_level: bool = False
    """It says how wide an interval is meant to be ("95% CI"), and no bounds."""


def marks_of(text: str, within: Span) -> list[UncertaintyMark]:
    """The intervals, spreads, ranges and p-values of a sentence, in order; no two overlap."""
    found = sorted(set(_marks(text, within)))[:_MOST]
    apart: list[UncertaintyMark] = []
    for mark in found:
        if not apart or mark.span.start >= apart[-1].span.end:
            apart.append(mark)
    return apart


def _marks(text: str, within: Span) -> Iterator[UncertaintyMark]:
    start, end = within
    sentence = text[start:end]
    if "p" in sentence or "P" in sentence:
        for match in _P_VALUE.finditer(text, start, end):
            yield UncertaintyMark(Span(*match.span()), is_p_value=True)
    if any(map(sentence.__contains__, _HINTS)):
        for match in _INTERVAL.finditer(text, start, end):
            yield UncertaintyMark(
                _closed(text, Span(*match.span())), is_level=match["range"] is None
            )
    for pattern in _spreads_of(sentence):
        for match in pattern.finditer(text, start, end):
            if _BEFORE_SPREAD.search(text, max(start, match.start() - 18), match.start()):
                yield UncertaintyMark(Span(match.start(), _unit_end(text, match.end())))
    if any(map(sentence.__contains__, _SPREADS)):
        for match in _SPREAD_NAME.finditer(text, start, end):
            yield UncertaintyMark(_closed(text, Span(*match.span())))


def _spreads_of(sentence: str) -> Iterator[re.Pattern[str]]:
    """What may tell the errors of a number in a sentence."""
    if any(map(sentence.__contains__, _PLUS_OR_MINUS)):
        yield _SPREAD
    if "+" in sentence:
        yield _BOTH_ERRORS


def with_units(
    marks: Sequence[UncertaintyMark], quantities: Sequence[Quantity]
) -> list[UncertaintyMark]:
    """The marks, with the unit that stands behind one and belongs to its quantity."""
    whole = [one.span for one in quantities if one.unit and one.text[0] != "("]
    return [
        next(
            (
                mark._replace(span=Span(mark.span.start, span.end))
                for span in whole
                if span.start < mark.span.start and mark.span.end < span.end
            ),
            mark,
        )
        for mark in marks
    ]


_POWER = re.compile(r"(?:[-−]\d|[²³⁻¹]|\^\{?[-−]?\d\}?)+|(?:[/·]\w+(?:⁻[¹²³]|\^\{?[-−]\d\}?)?)+")
_FURTHER = re.compile(r"(?:[ ·][a-zA-Zμµ]{1,4}(?:[-−]\d|[²³⁻¹]+))+")


def _unit_end(text: str, at: int) -> int:
    """Where the unit behind a number ends."""
    unit = unit_behind(text, at)
    if unit is None:
        return at
    power = _POWER.match(text, unit[1])
    end = power.end() if power else unit[1]
    further = _FURTHER.match(text, end)
    return further.end() if further else end


def _closed(text: str, span: Span) -> Span:
    """A stretch with the bracket that it opens closed."""
    start, end = span
    inner = text[start:end]
    for opener, closer in ("()", "[]"):
        if inner.count(opener) > inner.count(closer) and text[end : end + 1] == closer:
            return Span(start, end + 1)
    return span


def uncertainty_behind(text: str, end: int, marks: Sequence[UncertaintyMark]) -> Span | None:
    """The marks right behind a number, from the first to the last as one stretch.

    ``end`` is where the number ends, ``marks`` are those of its sentence.
    """
    marks = [mark for mark in marks if mark.span.start >= end and not mark.is_level]
    first = marks[0] if marks else None
    if first is None or not _JOINT.fullmatch(text, end, first.span.start):
        return None
    stretch = first.span
    for mark in marks:
        if mark.span.start < stretch.end:
            continue
        if not _NEXT.fullmatch(text, stretch.end, mark.span.start):
            break
        stretch = Span(stretch.start, mark.span.end)
    whole = _closed(text, stretch)
    inner = text[whole.start : whole.end]
    is_whole = all(inner.count(opener) == inner.count(closer) for opener, closer in ("()", "[]"))
    return whole if is_whole else _closed(text, first.span)


# "0.31 SD higher in quiet schools (95% CI 0.1 to 0.5)"
_WORDS_BETWEEN = re.compile(
    r" (?:(?!(?:and|or|but|while|whereas|than|vs|versus)\b)[a-z][\w'’-]*+ ){1,6}[(\[]"
)


def uncertainty_in_bracket(text: str, end: int, marks: Sequence[UncertaintyMark]) -> Span | None:
    """An interval or a spread that opens the first brackets behind a number and its words."""
    opened = _WORDS_BETWEEN.match(text, end)
    if opened is None or not any(
        mark.span.start == opened.end() and not mark.is_p_value for mark in marks
    ):
        return None
    return uncertainty_behind(text, opened.end(), marks)


def bare_range_behind(
    text: str, number: Span, within: Span, marks: Sequence[UncertaintyMark]
) -> Span | None:
    """An interval without a name behind a number that lies in it: "0.71 (0.62-0.80)".

    Where the sentence says that brackets hold a deviation, one number in them is one.
    """
    if (found := _BARE_RANGE.match(text, number.end, within.end)) is not None:
        low, high, value = map(
            _float, (found["low"], found["high"], text[number.start : number.end])
        )
        if None not in (low, high, value) and low <= value <= high:  # type: ignore[operator]
            end = found.end("range")
            more = uncertainty_behind(text, end, marks) if text[end] in ";," else None
            return Span(found.start("range"), more.end if more else end)
    if (found := _BARE_SPREAD.match(text, number.end, within.end)) is None:
        return None
    return Span(*found.span("spread")) if _NAMED_SPREAD.search(text, *within) else None


_FIRST_NUMBER = re.compile(r"[-−–]?(?:\d[\d,]*(?:[.·]\d+)?|[.·]\d+)")


def _float(text: str) -> float | None:
    found = _FIRST_NUMBER.search(text)
    if found is None:
        return None
    plain = found.group().replace(",", "").replace("·", ".").replace("−", "-").replace("–", "-")
    return float(plain)


_P_VALUES = ("p-values ", "P-values ", "p values ", "P values ", "p-Values ")
_P_VALUES_OF = re.compile(
    r"\b[pP][- ][vV]alues (?:(?:of|for) [^;()\d]{1,90})?(?:were|was|are|is|of|:|=)"
    r" (?:[<>≤]? ?[\d.·]+,? (?:and |or )?)*\Z"
)
_P_REACH = 160


def is_p_value(text: str, within: Span, at: int) -> bool:
    """Whether a number is one of several p-values, or one whose sign was lost: "(p 0.05)"."""
    if text.startswith(("p ", "P "), at - 2) and text[at - 3] in "(,; ":
        return True
    first = max(within.start, at - _P_REACH)
    found = any(text.find(one, first, at) >= 0 for one in _P_VALUES)
    return found and _P_VALUES_OF.search(text, first, at) is not None
