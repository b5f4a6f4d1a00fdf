"""What else a value may be looked for as, where the text doesn't have it as it was given.

All of these read the same: models write "percent" for "%", "8-GPU" for "8 GPUs", a capital, a
plural or a full stop that the abstract lacks, and abstracts write one number in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from summarise.characters import normal_form
from summarise.ground.occurrences import Needle, spellings

_MOST = 40

_PERCENT = re.compile(r"(?<=\d)(?:%| per ?cent(?![\w-]))")
_THOUSANDS = re.compile(
    r"(?<![\w.,-])[1-9]\d{0,2}(?:(?P<by>[, ]?)\d{3})(?:(?P=by)\d{3})*(?![\d,]*\d)"
)
_WITHOUT_ZERO = re.compile(r"(?<![\w.,)])0?(?=\.\d)")
_HALVES = {".5": "1/2", ".25": "1/4", ".75": "3/4"}
_DECIMAL = re.compile(r"(?<![\w.,-])(\d+)(\.5|\.25|\.75)(?!\d)")
_FRACTION = re.compile(r"(?<![\w./-])(?:(\d+) )?(1/2|1/4|3/4)(?![\d/])")
_POWER_OF_UNIT = re.compile(r"(?<=[^\W\d_])\^?(?=-?[1-3](?![\w.]))")
_NUMBER_AND_WORD = re.compile(r"\A([+-]?\d[\d.,]*)[ -](?=[^\W\d_]{2,}(?![\d-]))")
# A word that may be plural: "score", but not "ms", "kbp" or a name ("Adam"); "GPU".
_COUNTED = re.compile(
    r"(?:(?<![\w-])|(?<=\d-))(?:(?=\w*[aeiouy])[a-z]{2,}[a-rt-z]|[A-Z]{2,})(s?)\Z"
)
_CAPITAL = re.compile(r"[A-Z][a-z]{2,}(?:-[a-z]+)*(?![\w-])")


def _numbers(text: str) -> Iterator[str]:
    """A number's other forms: "12 345" for "12,345", ".85" for "0.85", "5 1/2" for "5.5"."""
    grouped = _THOUSANDS.sub(lambda f: f"{int(re.sub('[, ]', '', f[0])):,}", text)
    yield from (re.sub(r"(?<=\d),(?=\d{3})", mark, grouped) for mark in (",", "", " "))
    for zero in ("", "0"):
        yield _WITHOUT_ZERO.sub(zero, text)
    yield _DECIMAL.sub(lambda f: f"{f[1].strip('0') and f[1] + ' '}{_HALVES[f[2]]}", text)
    decimals = {fraction: decimal for decimal, fraction in _HALVES.items()}
    yield _FRACTION.sub(lambda f: f"{f[1] or 0}{decimals[f[2]]}", text)


def _units(text: str) -> Iterator[str]:
    """A unit's other forms: "percent" for "%", "g^-1" for "g-1", "8-GPU" for "8 GPU"."""
    for percent in ("%", " percent", " per cent"):
        yield _PERCENT.sub(percent, text)
    if text[0].isdigit() or text[0] in "+-~<>±":
        for mark in ("", "^"):
            yield _POWER_OF_UNIT.sub(mark, text)
        yield from (_NUMBER_AND_WORD.sub(rf"\1{joint}", text) for joint in (" ", "-"))
    yield re.sub(r"\A± ", "±", text)


def _words(text: str) -> Iterator[str]:
    """A word without its full stop or its first capital, and its plural or singular."""
    text = text.removesuffix(".")
    small = text[0].lower() + text[1:] if _CAPITAL.match(text) else text
    yield from (text, small)
    if found := _COUNTED.search(small):
        yield small[:-1] if found[1] else f"{small}s"


@lru_cache(maxsize=1024)
def variants(value: str) -> tuple[Needle, ...]:
    """A value of a draft in what reads the same, its own spellings left out."""
    text = normal_form(value).strip()
    if not any(map(str.isalnum, text)):
        return ()
    forms = dict.fromkeys((text,))
    for rule in (_numbers, _units, _words):
        forms |= dict.fromkeys([other for form in forms for other in rule(form)][:_MOST])
    needles = (needle for form in forms if form for needle in spellings(form))
    return tuple(dict.fromkeys(needles))
