"""Quantities in an abstract: every number that carries a fact, with its unit and its kind.

A number that only labels something (a list marker, "3D", a citation, the digits of "GPT-4", a
figure number) never becomes a quantity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarise.models import Quantity, QuantityKind, Span
from summarise.scan.metrics import METRIC_BEFORE, METRIC_UNIT
from summarise.scan.units import (
    DEVICE,
    IRREGULAR_PLURALS,
    MATERIAL,
    SCALES,
    SINGULAR_S,
    SPELLED,
    STOPS,
    UNIT,
)

_DIGITS = (
    r"\d+(?: ?(?:x|×|\\times) ?\d+)+(?![\w^])"  # a size: 512x512
    r"|(?:\d{1,3}(?:(?:,|[\u2009\u202f\u00a0 ](?=\d{3}\b))\d{3})+(?!\d)|\d+)(?:[.·]\d+)?|\.\d+"
)
_POWER = (
    r"(?: ?(?:×|x|\*|\\times|\\cdot|·) ?10(?:\^?\{?[-−+]?\d+\}?|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|[eE][-+]\d+|(?<=10)\^?\{?[-−+]?\d+\}?|(?<=10)[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
)
_SCALE = r"(?:(?:[KMBk]|bn|T(?= (?:tok|par|wor)))\b|[ -]?(?:thousand|million|billion|trillion)\b)"
_MONEY_SIGN = r"(?:US|AU|CA|A|C)?[$€£¥] ?|\\\$?(?=\d)|(?:USD|EUR|GBP) "
_NUMBER = re.compile(
    r"(?<![\w.·^_{@#&])(?<![A-Za-z)]/)(?<![A-Za-z][-–−])(?<!\w[-–−] )"
    rf"(?P<sign>[+−±-](?=[\d.]))?(?P<money>{_MONEY_SIGN})?"
    rf"(?P<digits>{_DIGITS})(?P<power>{_POWER})?(?P<scale>{_SCALE})?"
)
_SPELLED = re.compile(
    r"\b(?P<word>" + "|".join(SPELLED) + r")\b(?:-(?P<ones>"
    + "|".join(w for w, n in SPELLED.items() if n < 10)
    + r")\b)?(?P<scale>[ -](?:hundred|thousand|million|billion))?",
    re.IGNORECASE,
)
_SINGLE_DEVICE = re.compile(rf"\bsingle (?:(?:consumer|commodity|desktop|standard)\S* )?{DEVICE}\b")
_INTERVAL = re.compile(
    r"\b9[059](?:\.9)? ?% ?-?(?:CI|CrI|HDI|confidence intervals?|credible intervals?)\b"
    r"(?: ?[(\[]C(?:r)?I[)\]])?(?P<range>[\s,:;=]*(?:of )?[(\[]?\s?"
    r"[-−+]?\d+(?:[.·]\d+)? ?%?\s?(?:-|–|—|to|,|;)\s?[-−+]?\d+(?:[.·]\d+)?(?: ?%)?[)\]]?)?"
)
_LABELS_ALONE = re.compile(
    r"\(\d{1,2}\)|(?<![\w(.-])\d{1,2}\)(?=\s)|\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\]"
    r"|\b\d+(?:st|nd|rd|th)\b|\b[1-9]D\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
)
_LABEL_WORD = (
    r"(?:fig(?:ure)?s?\.?|tab(?:le)?s?\.?|sec(?:tion)?s?\.?|eqs?\.?|equations?|chapter|appendix"
    r"|algorithm|theorem|lemma|steps?|stages?|phases?|types?|grades?|version|levels?|tier|class"
    r"|rq|refs?\.?|no\.|task|track|part|question|hypothesis|group|study|experiment|top|layer"
    r"|python|cuda|fold)"
)
_LABELLED = re.compile(
    rf"\b{_LABEL_WORD}[\s-](?:\d+\w?(?:,| and|-|–| or| to)\s)?\Z", re.IGNORECASE
)
_NAME_BEFORE = re.compile(r"(?:[a-z,;:)] |\b\w*\d)[A-Z][\w.-]*\s\Z|\b\w*[A-Z][\w-]*[A-Z\d]\w*\s\Z")
_P_VALUE = re.compile(r"\b[pP](?:[ -]?values?)?\s?(?:of |was |[<>=≤≥]{1,2}\s?|\\leq?\s?)\Z")
_SAMPLE = re.compile(r"\b[nN]\s?=\s?\Z")
_BATCH = re.compile(r"\bbatch[ -]sizes?(?: of| is| was|:)?(?: up to)? \Z", re.IGNORECASE)
_SENTENCE_CUE = re.compile(
    r"\b(?:of|was|is|by|to|from|than|at|under|over|below|above|about|only|and|or|with|reached"
    r"|median|mean|between|average|averaging|=|≈|~|<|>|≤|≥) ?\Z"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_AFTER_MONTH = re.compile(rf"\b{_MONTH}\.?,? (?:\d{{1,2}},? )?\Z", re.IGNORECASE)
_BEFORE_MONTH = re.compile(rf" {_MONTH}\b", re.IGNORECASE)
_DATE_CUE = re.compile(
    r"\b(?:in|since|during|until|till|early|late|mid|year|al\.?,?|before|after)[\s(]\Z", re.IGNORECASE
)
_WORD = re.compile(r" (?:\([^()]{1,40}\) )?([A-Za-z][\w'’/+-]*)")

_RANGE_GAP = re.compile(r"\s?[-–—−~]\s?|\sto\s")
_PLUS_MINUS_GAP = re.compile(r"\s?(?:±|\+/?[-−]|\\pm)\s?")
_SLASH_GAP = re.compile(r"\s?/\s?")
_SHARED_UNIT_GAP = re.compile(
    r"[,;]?\s(?:vs\.?|versus|against|compared (?:to|with)|to|and|or|than)\s|,\s(?:and\s|or\s)?"
)
_GLUE = frozenset("-–—−/~")
_BARE = frozenset({QuantityKind.NUMBER, QuantityKind.YEAR})
_UNSHARED = _BARE | {QuantityKind.P_VALUE, QuantityKind.INTERVAL, QuantityKind.HARDWARE}
_LOOKBACK = 40


class _Found(NamedTuple):
    """A quantity in the making."""

    start: int
    end: int
    kind: QuantityKind
    value: float | None
    unit: str | None = None
    glued: bool = False
    """Stands right behind a dash or a slash, so that it must join what is before it."""


def find_quantities(text: str, masked: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """Find every quantity of a text.

    Args:
        text: An abstract.
        masked: Stretches to leave out, such as URLs.

    Returns:
        The quantities in order, none overlapping another.
    """
    intervals = list(_intervals(text))
    labels = [(m.start(), m.end()) for m in _LABELS_ALONE.finditer(text)]
    closed = [(f.start, f.end) for f in intervals] + labels + [(s.start, s.end) for s in masked]
    found = [f for f in intervals if f.unit]
    found += _numbers(text, closed)
    found += _spelled(text)
    found += _single_devices(text)
    found.sort(key=lambda f: (f.start, -f.end))
    return tuple(
        Quantity.model_construct(
            text=text[f.start : f.end],
            span=Span(f.start, f.end),
            kind=f.kind,
            value=f.value,
            unit=f.unit,
        )
        for f in _joined(text, found)
    )


def _intervals(text: str) -> Iterator[_Found]:
    """Confidence intervals; without a unit where only the level is given ("95% CI")."""
    if "%" not in text:
        return
    for match in _INTERVAL.finditer(text):
        end = match.end()
        if text[end - 1] in ")]" and text[match.start() : end].count("(") < 1 and (
            "[" not in match.group()
        ):
            end -= 1
        unit = "CI" if match["range"] else None
        yield _Found(match.start(), end, QuantityKind.INTERVAL, None, unit)


def _numbers(text: str, closed: Sequence[tuple[int, int]]) -> Iterator[_Found]:
    until = 0
    for match in _NUMBER.finditer(text):
        start = match.start()
        if start < until or any(a <= start < b for a, b in closed):
            continue
        found = _number(text, match)
        if found is not None:
            until = found.end
            yield found


def _number(text: str, match: re.Match[str]) -> _Found | None:
    start, end = match.span()
    before = text[max(0, start - _LOOKBACK) : start]
    glued = before[-1:] in _GLUE and before[-2:-1] not in ("", " ")
    value = _value(match)
    if (prefix := _P_VALUE.search(before)) is not None:
        return _Found(start - len(before) + prefix.start(), end, QuantityKind.P_VALUE, value)
    if (prefix := _BATCH.search(before)) is not None:
        start += prefix.start() - len(before)
        return _Found(start, end, QuantityKind.BATCH_SIZE, value, "batch size")
    if match["money"]:
        return _Found(start, end, QuantityKind.MONEY, value, match["money"].strip(), glued)
    found = _with_unit(text, start, end, value)
    if found is None and not (len(match["digits"]) < 3 and _LABELLED.search(before)):
        found = _counted(text, match, value)
    if found is None:
        found = _plain(text, match, before, value)
    if found is not None and (prefix := _SAMPLE.search(before)) is not None:
        found = found._replace(
            start=start - len(before) + prefix.start(), kind=QuantityKind.COUNT
        )
    return found._replace(glued=glued) if found is not None and glued else found


def _value(match: re.Match[str]) -> float | None:
    """The number with its power of ten and its scale; None for a size such as 512x512."""
    digits = re.sub(r"[,\s]", "", match["digits"]).replace("·", ".")
    try:
        value = float(digits)
    except ValueError:
        return None
    if match["power"]:
        value *= _power(match["power"])
    if match["scale"]:
        value *= SCALES[match["scale"].strip(" -").lower()]
    return -value if match["sign"] in ("-", "−") else value


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−", "0123456789-+-")
_EXPONENT = re.compile(r"(?:10|[eE]|\A)\^?\{?([-+]?\d+)\}?\Z")


def _power(text: str) -> float:
    """Factor of "× 10^-5", "e-5", or of the exponent alone that follows a 10."""
    plain = text.translate(_SUPERSCRIPTS)
    match = _EXPONENT.search(plain)
    exponent = int(match[1]) if match else 0
    if abs(exponent) > 300:
        return float("nan")
    alone = not re.match(r" ?\D*10|[eE]", plain)
    return float(10.0 ** (exponent - 1 if alone else exponent))


def _with_unit(text: str, start: int, end: int, value: float | None) -> _Found | None:
    if (unit := UNIT.match(text, end)) is not None:
        if text[end - 4 : end].isdigit() and unit.group() == "s":
            return None
        kind = QuantityKind(str(unit.lastgroup))
        return _Found(start, unit.end(), kind, value, unit.group().strip(" -"))
    if (unit := METRIC_UNIT.match(text, end)) is not None:
        return _Found(start, unit.end(), QuantityKind.POINTS, value, unit.group().strip())
    return None


def _counted(text: str, match: re.Match[str], value: float | None) -> _Found | None:
    """A number of things: up to five words behind it, to the first plural."""
    if _is_date(text, match):
        return None
    start, end = match.span()
    noun_end = _noun_end(text, end, is_one=value == 1)
    if noun_end is None:
        return None
    return _Found(start, noun_end, QuantityKind.COUNT, value, text[end:noun_end].strip())


def _noun_end(text: str, end: int, *, is_one: bool) -> int | None:
    for _ in range(5):
        match = _WORD.match(text, end)
        if match is None:
            return None
        word = match[1].lower()
        if word in STOPS or match[1].endswith(("'s", "’s")):
            return None
        end = match.end()
        if is_one or _is_plural(word):
            return end
    return None


def _is_plural(word: str) -> bool:
    last = word.rsplit("-", 1)[-1].rstrip("'’")
    if last in IRREGULAR_PLURALS:
        return True
    return len(last) > 3 and last.endswith("s") and not SINGULAR_S.search(last)


def _is_date(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _LOOKBACK) : match.start()]
    if match["digits"].isdigit() and len(match["digits"]) <= 2:
        return bool(_BEFORE_MONTH.match(text, match.end()))
    return bool(
        _YEAR.fullmatch(match["digits"])
        and not match["scale"]
        and (_DATE_CUE.search(before) or _AFTER_MONTH.search(before))
    )


def _plain(
    text: str, match: re.Match[str], before: str, value: float | None
) -> _Found | None:
    """A number with neither unit nor counted noun, unless it is a label or a part of a name."""
    start, end = match.span()
    digits, scale = match["digits"], match["scale"]
    if _YEAR.fullmatch(digits) and not match["power"] and not scale:
        end += text[end : end + 1] == "s"
        return _Found(start, end, QuantityKind.YEAR, value)
    following = text[end : end + 2]
    if following[:1].isalpha() or (following[:1] == "-" and following[1:].isalpha()):
        return None
    if _AFTER_MONTH.search(before) or _BEFORE_MONTH.match(text, end):
        return None
    named = METRIC_BEFORE.search(before)
    if not named and (_LABELLED.search(before) or _NAME_BEFORE.search(before)):
        return None
    if scale in ("B", "M") and re.match(r"[- ]?(?:LLM|LM|VLM|model|variant|scale)s?\b", text[end:end+9]):
        return _Found(start, end, QuantityKind.PARAMETERS, value, scale)
    small = digits.isdigit() and len(digits) < 2 and not match["sign"] and not scale
    if small and not named and not _SENTENCE_CUE.search(before) and before[-1:] not in _GLUE:
        kind = None if text[end : end + 1] not in _GLUE else QuantityKind.NUMBER
        return _Found(start, end, kind, value) if kind else None
    return _Found(start, end, QuantityKind.COUNT if scale else QuantityKind.NUMBER, value)


def _spelled(text: str) -> Iterator[_Found]:
    """Spelled numbers, where a unit, a scale or the counted material makes them a fact."""
    for match in _SPELLED.finditer(text):
        word, scale = match["word"].lower(), match["scale"]
        value = float(SPELLED[word] + SPELLED.get((match["ones"] or "").lower(), 0))
        value *= SCALES[scale[1:].lower()] if scale else 1.0
        start, end = match.span()
        unit = _with_unit(text, start, end, value)
        if unit is not None and unit.kind is not QuantityKind.POINTS:
            if not (word == "one" and unit.unit in ("day", "time")):
                yield unit
            continue
        noun_end = _noun_end(text, end, is_one=False)
        if noun_end and (scale or MATERIAL.search(text[end:noun_end])):
            noun = text[end:noun_end].strip()
            yield _Found(start, noun_end, QuantityKind.COUNT, value, noun)
        elif scale:
            yield _Found(start, end, QuantityKind.COUNT, value)


def _single_devices(text: str) -> Iterator[_Found]:
    if "single " not in text:
        return
    for match in _SINGLE_DEVICE.finditer(text):
        unit = match.group().removeprefix("single ")
        yield _Found(match.start(), match.end(), QuantityKind.HARDWARE, 1.0, unit)


def _joined(text: str, found: Sequence[_Found]) -> list[_Found]:
    """Join ranges, ± and slashes, and pass a unit back to the numbers that share it."""
    joined: list[_Found] = []
    for left in reversed(found):
        if not joined:
            joined.append(left)
            continue
        right = joined[-1]
        if right.start < left.end:
            joined[-1] = left if left.end - left.start >= right.end - right.start else right
            continue
        gap = text[left.end : right.start]
        whole = _whole(text, left, right, gap) if len(gap) <= 4 else None
        if whole is not None:
            joined[-1] = whole
            continue
        if right.glued:
            joined.pop()
        elif len(gap) <= 20 and _SHARED_UNIT_GAP.fullmatch(gap):
            left, joined[-1] = _sharing(left, right)
        joined.append(left)
    if joined and joined[-1].glued:
        joined.pop()
    joined.reverse()
    return joined


def _whole(text: str, left: _Found, right: _Found, gap: str) -> _Found | None:
    """One quantity of two, or None where they are two."""
    if left.kind not in _BARE and left.kind is not right.kind:
        return None
    if left.unit is not None and left.kind is QuantityKind.COUNT:
        return None
    value: float | None = None
    if _PLUS_MINUS_GAP.fullmatch(gap):
        value = left.value
    elif _RANGE_GAP.fullmatch(gap):
        if gap == " to " and text[max(0, left.start - 5) : left.start].lower() == "from ":
            return None
    elif not _SLASH_GAP.fullmatch(gap):
        return None
    kind = right.kind if right.kind not in _BARE else left.kind
    return _Found(left.start, right.end, kind, value, right.unit or left.unit, left.glued)


def _sharing(left: _Found, right: _Found) -> tuple[_Found, _Found]:
    """Give the unit of one number to its bare neighbour: "675 vs. 6,250 GPU days"."""
    if left.kind is QuantityKind.NUMBER and right.kind not in _UNSHARED:
        left = left._replace(kind=right.kind, unit=right.unit)
    elif right.kind is QuantityKind.NUMBER and left.kind is QuantityKind.MONEY:
        right = right._replace(kind=left.kind, unit=left.unit)
    elif left.kind is QuantityKind.NUMBER and right.kind is QuantityKind.MONEY:
        left = left._replace(kind=right.kind, unit=right.unit)
    return left, right
