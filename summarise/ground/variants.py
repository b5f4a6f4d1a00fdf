"""What reads the same as a value: its number, its unit and its words in other forms.

Models write "percent" for "%", "8-GPU" for "8 GPUs", "km/s" for "km s^-1", a capital, a plural or a
full stop that the abstract lacks, and leave out the errors between a number and its unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from summarise.characters import normal_form
from summarise.ground.occurrences import Needle, Passage, spellings
from summarise.models import Span

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
_OVER = re.compile(r"(?<=[^\W_])/(?P<unit>[^\W\d_]{1,6})\^?(?P<power>[234]?)(?![\w^])")
_INVERSE = re.compile(r"[ ⋅](?P<unit>[^\W\d_]{1,6})\^-(?P<power>[1-4])(?!\w)")
_LOWERED = re.compile(r"(?<=[^\W\d_])_\{?(?=[^\W_])")
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
    if text[0] in "<>≤≥~≈≲≳":
        yield from (text[0] + blank + text[1:].lstrip() for blank in ("", " "))


def _units(text: str) -> Iterator[str]:
    """A unit's other forms: "percent" for "%", "g^-1" for "g-1" and "/g", "8-GPU" for "8 GPU"."""
    if "/" in text:
        over = _OVER.sub(lambda f: f" {f['unit']}^-{f['power'] or 1}", text)
        yield from (over, over.replace("^-", "-"))
    if "^-" in text:
        yield _INVERSE.sub(
            lambda f: f"/{f['unit']}{'^' * (f['power'] != '1')}{f['power'].strip('1')}", text
        )
    for percent in ("%", " percent", " per cent"):
        yield _PERCENT.sub(percent, text)
    if text[0].isdigit() or text[0] in "+-~<>±":
        for mark in ("", "^"):
            yield _POWER_OF_UNIT.sub(mark, text)
        yield from (_NUMBER_AND_WORD.sub(rf"\1{joint}", text) for joint in (" ", "-"))
    yield re.sub(r"\A± ", "±", text)


def _words(text: str) -> Iterator[str]:
    """A word without its full stop or its first capital, its plural or singular; "H0" for "H_0"."""
    text = text.removesuffix(".")
    if "_" in text:
        yield _LOWERED.sub("", text)
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
    needles = (needle for form in forms if form for needle in _spelled(form))
    return tuple(dict.fromkeys(needles))


def _spelled(form: str) -> tuple[Needle, ...]:
    """The spellings of a form, and itself: the space of "by 12 450 mg pills" groups nothing."""
    found = spellings(form)
    return found if not found or found[0].text == form else (Needle.of(form), *found)


_ERROR = r"(?:±[\d.,]*\d| \+[\d.]*\d/-[\d.]*\d)(?: ?\([a-z]{3,12}\.?\))?"
_NUMBER_AND_UNIT = re.compile(
    r"(?P<number>(?:[<>≤≥~≈] ?)?[-+]?\d[\d.,]*(?:×10\^-?\d+)?) ?(?P<unit>[^\W\d_].{0,40}|%)"
)


def around_errors(value: str, passage: Passage) -> Iterator[Span]:
    """Where a number and its unit stand with the errors between them: "5 m" of "5 ± 1 m"."""
    text = passage.normal.text
    if "±" not in text and "/-" not in text:
        return
    for needle in variants(value):
        parts = _NUMBER_AND_UNIT.fullmatch(needle.text)
        if parts is None or parts["number"] not in text or parts["unit"] not in text:
            continue
        whole = f"{re.escape(parts['number'])}(?:{_ERROR}){{1,4}} ?{re.escape(parts['unit'])}"
        for found in re.finditer(whole, text):
            start, end = found.span()
            begins = not start or not needle.may_start or needle.may_start(passage, start, needle)
            ends = end == len(text) or not needle.may_end or needle.may_end(passage, end, needle)
            if begins and ends:
                yield passage.span(start, end, value)
