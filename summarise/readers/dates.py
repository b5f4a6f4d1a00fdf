"""Dates as inputs write them, into EDTF (ISO 8601-2, https://www.loc.gov/standards/datetime/)."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
"""Regular expression for the English name of a month, whole or short."""

_YEAR = r"(?P<year>[12][0-9]{3})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}(?:[-/.](?P<month>[0-9]{{1,2}})(?:[-/.](?P<day>[0-9]{{1,2}}))?)?(?:[T ][0-9].*)?",
        rf"{_YEAR} (?P<month>{MONTH})(?: (?P<day>[0-9]{{1,2}}))?",
        rf"(?P<month>{MONTH}) (?P<day>[0-9]{{1,2}})(?:, ?{_YEAR})?",
        rf"(?P<day>[0-9]{{1,2}}) (?P<month>{MONTH}),?(?: {_YEAR})?",
        rf"(?P<month>{MONTH}),? {_YEAR}",
    )
)


def to_edtf(text: str) -> str | None:
    """Write a date in EDTF.

    Args:
        text: ``2024-12-23T08:00:00Z``, ``2024/12``, ``2024``, ``Dec 23, 2024``, ``23 December``, …

    Returns:
        ``2024-12-23``, ``2024-12``, ``2024`` or, without a year, ``XXXX-12-23``; None when it is no
        date, isn't in the calendar, or could be read in more than one way.
    """
    text = " ".join(text.split())
    for pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            return _edtf(parts["year"], parts.get("month"), parts.get("day"))
    return None


def _edtf(year: str | None, month: str | None, day: str | None) -> str | None:
    if month is None:
        return year
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        # 2000 is a leap year: 29 February without a year is a day of the calendar.
        date(int(year or 2000), number, int(day or 1))
    except ValueError:
        return None
    parts = [year or "XXXX", f"{number:02}"]
    return "-".join([*parts, f"{int(day):02}"] if day else parts)
