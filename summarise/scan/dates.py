"""Days and years among the numbers of an abstract."""

from __future__ import annotations

import re
from collections.abc import Callable

from summarise.scan.names import METRIC

_YEAR = re.compile(r"(?:19|20)\d\d")
# Years before 1900 look like counts: something must say that they are none.
_EARLY_YEAR = re.compile(r"1[0-8]\d\d")
_ANY_YEAR = r"(?:1\d|20)\d\d"
_YEARS_BEFORE = re.compile(rf"\b(?:between|from) (?:{_ANY_YEAR} (?:and|to) )?\Z")
_YEARS_AFTER = re.compile(rf" (?:and|to) {_ANY_YEAR}(?![\w%]|[.,]\d)")
_YEARS_IN_BRACKETS = re.compile(rf"\s?[-–—]\s?{_ANY_YEAR}\)")
_MEASURED_BEFORE = re.compile(
    rf"\b(?:{METRIC}|(?:temperature|energ|elevation|altitude|wavelength|frequen|rating|value|cost"
    r"|price|size|number|rang)\w*)",
    re.IGNORECASE,
)
_CHANGED_BEFORE = re.compile(
    r"\b(?:rose|ris|fell|fall|increas|decreas|improv|reduc|drop|gr[eo]w|rais|lower|declin|gain|cut"
    r"|scal)\w*\b.* from (?:\d{4} to )?\Z",
    re.IGNORECASE,
)
_SHARE_AFTER = re.compile(r" \(\d| (?:of|out of|vs\.?|versus)\b|[/±]")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_AFTER_MONTH = re.compile(rf"\b{_MONTH}\.?,? (?:\d{{1,2}},? )?\Z", re.IGNORECASE)
_BEFORE_MONTH = re.compile(rf" {_MONTH}\b", re.IGNORECASE)
_DATE_CUE = re.compile(
    r"\b(?:in|since|during|until|till|early|late|mid|year|al\.?,?|before|after)[\s(]\Z",
    re.IGNORECASE,
)


def is_date(text: str, match: re.Match[str], before: str) -> bool:
    """Whether a number, were it counted, is a day or a year beside a month or "since"."""
    if match["digits"].isdigit() and len(match["digits"]) <= 2:
        return bool(_BEFORE_MONTH.match(text, match.end()))
    return bool(
        _YEAR.fullmatch(match["digits"])
        and not match["scale"]
        and (_DATE_CUE.search(before) or _AFTER_MONTH.search(before))
    )


def is_beside_month(text: str, end: int, before: str) -> bool:
    """Whether a month stands before a number or behind its end."""
    return bool(_AFTER_MONTH.search(before) or _BEFORE_MONTH.match(text, end))


def is_year(
    text: str, match: re.Match[str], before: str, measures: Callable[[str, int], bool]
) -> bool:
    """Whether a number with neither unit nor counted noun is a year: "between 1640 and 1890".

    ``measures`` tells whether a unit or a counted noun stands in the text at a position.
    """
    if match["power"] or match["scale"]:
        return False
    if _EARLY_YEAR.fullmatch(match["digits"]):
        return _is_early_year(text, match.end(), before, measures)
    return _YEAR.fullmatch(match["digits"]) is not None


def _is_early_year(text: str, end: int, before: str, measures: Callable[[str, int], bool]) -> bool:
    if before.endswith("("):
        return _YEARS_IN_BRACKETS.match(text, end) is not None
    if _SHARE_AFTER.match(text, end) or _MEASURED_BEFORE.search(before):
        return False
    if _CHANGED_BEFORE.search(before):
        return False
    if (cue := _YEARS_BEFORE.search(before)) is None:
        return _DATE_CUE.search(before) is not None
    if cue.group().strip() not in ("between", "from"):
        return True
    later = _YEARS_AFTER.match(text, end)
    return later is not None and not measures(text, later.end())
