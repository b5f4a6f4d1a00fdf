"""Quantities in an abstract: every number that carries a fact, with its unit and its kind.

A number that only labels something (a list marker, "3D", a citation, the digits of "GPT-4", a
figure number) never becomes a quantity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from summarise.models import Quantity, QuantityKind, Span
from summarise.scan.neighbours import (
    METRIC_BEFORE,
    METRIC_UNIT,
    Found,
    is_beside_month,
    is_date,
    is_year,
    joined,
)
from summarise.scan.patterns import Stretches, either_case, one_of
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
    r"\d(?:\d*(?: ?(?:x|×|\\times) ?\d+){1,3}(?![\w^])"  # a size: 512x512
    r"|(?:\d{0,2}(?:(?:,|[\u2009\u202f\u00a0 ](?=\d{3}\b))\d{3})+(?!\d)|\d*)(?:[.·]\d+)?)"
)
_POWER = (
    r"(?: ?(?:×|x|\*|\\times|\\cdot|·) ?10(?:\^?\{?[-−+]?\d+\}?|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|[eE][-+]\d+|(?<=10)\^?\{?[-−+]?\d+\}?|(?<=10)[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
)
_SCALE = r"(?:(?:[KMBk]|bn|T(?= (?:tok|par|wor)))\b|[ -]?(?:thousand|million|billion|trillion)\b)"
# It starts with a digit, so that a search is fast; what stands before is looked at afterwards.
_NUMBER = re.compile(rf"(?P<digits>{_DIGITS})(?P<power>{_POWER})?(?P<scale>{_SCALE})?")
_MONEY_BEFORE = re.compile(r"(?:(?:US|AU|CA|A|C)?[$€£¥] ?|\\\$?|(?:USD|EUR|GBP) )\Z")
_SPELLED = re.compile(
    rf"(?P<word>{one_of(either_case(SPELLED))})"
    rf"(?:-(?P<ones>{one_of(word for word, number in SPELLED.items() if number < 10)}))?\b"
    r"(?P<scale>[ -](?:hundred|thousand|million|billion))?"
)
_SINGLE_DEVICE = re.compile(rf"\bsingle (?:(?:consumer|commodity|desktop|standard)\S* )?{DEVICE}\b")
_INTERVAL = re.compile(
    r"9(?<!\w9)[059](?:\.9)? ?% ?-?(?:CI|CrI|HDI|confidence intervals?|credible intervals?)\b"
    r"(?: ?[(\[]C(?:r)?I[)\]])?(?P<range>[\s,:;=]*(?:of )?[(\[]?\s?"
    r"[-−+]?\d+(?:[.·]\d+)? ?%?\s?(?:-|–|—|to|,|;)\s?[-−+]?\d+(?:[.·]\d+)?(?: ?%)?[)\]]?)?"
)
_CITED_BEFORE = re.compile(r"\[(?:\d{1,3}\s?[,;–-]\s?)*\Z")
_CITED_AFTER = re.compile(r"(?:\s?[,;–-]\s?\d{1,3})*\]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\b|\d{1,2}/\d{1,2}/\d{2,4}\b")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_LABEL_WORD = (
    r"(?:fig(?:ure)?s?\.?|tab(?:le)?s?\.?|sec(?:tion)?s?\.?|eqs?\.?|equations?|chapter|appendix"
    r"|algorithm|theorem|lemma|steps?|stages?|phases?|types?|grades?|version|levels?|tier|class"
    r"|rq|refs?\.?|no\.|task|track|part|question|hypothesis|group|study|experiment|top|layer"
    r"|python|cuda|fold)"
)
_LABELLED = re.compile(rf"\b{_LABEL_WORD}[\s-](?:\d+\w?(?:,| and|-|–| or| to)\s)?\Z", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"(?:[a-z,;:)] |\b\w*\d)[A-Z][\w.-]*\s\Z|\b\w*[A-Z][\w-]*[A-Z\d]\w*\s\Z")
_NAME_BRACKET = re.compile(r"\b[A-Z][\w.+-]* \(\Z")
_P_VALUE = re.compile(r"\b[pP](?:[ -]?values?)?\s?(?:of |was |[<>=≤≥]{1,2}\s?|\\leq?\s?)\Z")
_SAMPLE = re.compile(r"\b[nN]\s?=\s?\Z")
_BATCH = re.compile(r"\bbatch[ -]sizes?(?: of| is| was|:)?(?: up to)? \Z", re.IGNORECASE)
_CUE = re.compile(
    r"\b(?:of|was|is|by|to|from|than|at|under|over|below|above|about|only|and|or|with|reached"
    r"|median|mean|between|average|averaging|=|≈|~|<|>|≤|≥) ?\Z"
)
_WORD = re.compile(r" (?:\([^()]{1,40}\) )?([A-Za-z][\w'’/+-]*)")

_GLUE = frozenset("-–—−/~±")
_SIGNS = frozenset("+-−±")
_MODEL_AFTER = re.compile(
    r"[- ]?(?:language |base |backbone )?(?:LLM|LM|VLM|model|variant|scale)s?\b"
)
_P_ENDINGS = ("<", ">", "=", "≤", "≥", "leq", "le", "of", "was")
_MONEY_ENDINGS = frozenset("$€£¥\\ ")
_LOOKBACK = 40


def find_quantities(text: str, masked: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """Find every quantity of a text, in order, none overlapping another or what is ``masked``."""
    found = list(_intervals(text))
    closed = Stretches((*(Span(f.start, f.end) for f in found), *masked))
    found = [f for f in found if f.unit]
    found += _numbers(text, closed)
    found += _spelled(text)
    found += _single_devices(text)
    found.sort(key=lambda f: (f.start, -f.end))
    return tuple(
        Quantity(text=text[start:end], span=Span(start, end), kind=kind, value=value, unit=unit)
        for start, end, kind, value, unit, _ in joined(text, found)
    )


def _intervals(text: str) -> Iterator[Found]:
    """Confidence intervals; without a unit where only the level is given ("95% CI")."""
    if "%" not in text:
        return
    for match in _INTERVAL.finditer(text):
        end = match.end()
        whole = match.group()
        if whole.endswith((")", "]")) and whole.count("(") + whole.count("[") < 1:
            end -= 1
        unit = "CI" if match["range"] else None
        yield Found(match.start(), end, QuantityKind.INTERVAL, None, unit)


def _numbers(text: str, closed: Stretches) -> Iterator[Found]:
    until = 0
    for match in _NUMBER.finditer(text):
        start = match.start()
        if start < until or closed.cover(start):
            continue
        if _is_part_of_word(text, start) or _is_label(text, match):
            continue
        found = _number(text, match)
        if found is not None:
            until = found.end
            yield found


def _is_part_of_word(text: str, start: int) -> bool:
    """Whether the digits go on from letters: "GPT-4", "v1.5", "ViT-B/32", "UCF- 101"."""
    before = text[max(0, start - 3) : start]
    if not before:
        return False
    last, second = before[-1], before[-2:-1]
    if last.isalnum() or last in "_^{@#&":
        return True
    if last in ".·":
        return second.isalnum()
    if last in "-–−":
        return second.isalpha()
    if last == "/":
        return second.isalpha() or second == ")"
    return last == " " and second in ("-", "–") and before[:1].isalnum()


def _is_label(text: str, match: re.Match[str]) -> bool:
    """Whether the number only points or counts off: "(1)", "2)", "[12, 13]", "19th", a date."""
    start, end = match.span()
    after, last = text[end : end + 2], text[start - 1 : start]
    if _ORDINAL.match(text, end) or (after[:1] in "-/" and _DATE.match(text, start)):
        return True
    if not match["digits"].isdigit() or len(match["digits"]) > 3:
        return False
    if after[:1] == ")" and len(match["digits"]) < 3 and (not last or last in " (\n"):
        return last == "(" or after[1:] in ("", " ")
    before = text[max(0, start - 24) : start]
    return "[" in before and bool(_CITED_BEFORE.search(before) and _CITED_AFTER.match(text, end))


def _number(text: str, match: re.Match[str]) -> Found | None:
    start, end = match.span()
    value = _value(match)
    if text[start - 1 : start] == "." and value is not None:
        start, value = start - 1, value / 10.0 ** len(match["digits"])
    if text[start - 1 : start] in _SIGNS and not text[start - 2 : start - 1].isalnum():
        start -= 1
        value = -value if text[start] in "-−" and value is not None else value
    before = text[max(0, start - _LOOKBACK) : start]
    glued = before[-1:] in _GLUE and before[-2:-1] not in ("", " ", "(")
    if (prefixed := _with_prefix(before, start, end, value)) is not None:
        return prefixed._replace(glued=glued)
    found = _with_unit(text, start, end, value)
    is_short = len(match["digits"]) < 3 or "." in match["digits"]
    if found is None and not (is_short and _LABELLED.search(before)):
        found = _counted(text, match, before, value)
    if found is None:
        found = _plain(text, match, before, value)
    if found is None:
        return None
    sample = _SAMPLE.search(before) if before.endswith(("=", "= ")) else None
    if sample is not None:
        at = start - len(before) + sample.start()
        return found._replace(start=at, kind=QuantityKind.COUNT)
    if glued or start < found.start:
        return found._replace(start=min(start, found.start), glued=glued)
    return found


def _with_prefix(before: str, start: int, end: int, value: float | None) -> Found | None:
    """A number whose kind stands before it: a p-value, a batch size, a sum of money, a factor."""
    at = start - len(before)
    if before.rstrip(" ").endswith(_P_ENDINGS) and (prefix := _P_VALUE.search(before)):
        return Found(at + prefix.start(), end, QuantityKind.P_VALUE, value)
    if "batch" in before and (prefix := _BATCH.search(before)):
        return Found(at + prefix.start(), end, QuantityKind.BATCH_SIZE, value, "batch size")
    if before.endswith("factor of "):
        return Found(at + len(before) - 10, end, QuantityKind.FACTOR, value, "factor")
    if before[-1:] in _MONEY_ENDINGS and (prefix := _MONEY_BEFORE.search(before[-4:])):
        sign = prefix.group()
        return Found(start - len(sign), end, QuantityKind.MONEY, value, sign.strip())
    return None


def _value(match: re.Match[str]) -> float | None:
    """The number with its power of ten and its scale; None for a size such as 512x512."""
    digits = match["digits"].replace(",", "").replace("·", ".")
    try:
        value = float("".join(digits.split()))
    except ValueError:
        return None
    if value == float("inf"):
        return None
    if match["power"]:
        value *= _power(match["power"])
    if match["scale"]:
        value *= SCALES[match["scale"].strip(" -").lower()]
    return value


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−", "0123456789-+-")
_EXPONENT = re.compile(r"(?:10|[eE]|\A)\^?\{?([-+]?\d+)\}?\Z")
_OWN_BASE = re.compile(r" ?\D*10|[eE]")
_MAX_EXPONENT = 300


def _power(text: str) -> float:
    """Factor of "× 10^-5", "e-5", or of the exponent alone that follows a 10."""
    plain = text.translate(_SUPERSCRIPTS)
    match = _EXPONENT.search(plain)
    exponent = int(match[1]) if match and len(match[1]) < 5 else 0
    if not _OWN_BASE.match(plain):
        exponent -= 1
    return float(10.0 ** max(-_MAX_EXPONENT, min(_MAX_EXPONENT, exponent)))


def _with_unit(text: str, start: int, end: int, value: float | None) -> Found | None:
    if (unit := UNIT.match(text, end)) is not None:
        if text[end - 4 : end].isdigit() and unit.group() == "s":
            return None
        kind = QuantityKind(str(unit.lastgroup))
        return Found(start, unit.end(), kind, value, unit.group().strip(" -"))
    if (unit := METRIC_UNIT.match(text, end)) is not None:
        return Found(start, unit.end(), QuantityKind.POINTS, value, unit.group().strip())
    return None


def _counted(text: str, match: re.Match[str], before: str, value: float | None) -> Found | None:
    """A number of things: up to five words behind it, to the first plural."""
    if is_date(text, match, before):
        return None
    start, end = match.span()
    noun_end = _noun_end(text, end, is_one=value == 1)
    if noun_end is None:
        return None
    return Found(start, noun_end, QuantityKind.COUNT, value, text[end:noun_end].strip())


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


def _plain(text: str, match: re.Match[str], before: str, value: float | None) -> Found | None:
    """A number with neither unit nor counted noun, unless it is a label or a part of a name."""
    start, end = match.span()
    if is_year(text, match, before, _measures):
        end += text[end : end + 1] == "s"
        return Found(start, end, QuantityKind.YEAR, value)
    if _goes_on(text, end) or is_beside_month(text, end, before):
        return None
    kind = QuantityKind.MEASURE if value is None else _bare_kind(text, match, before)
    return Found(start, end, kind, value) if kind else None


def _measures(text: str, end: int) -> bool:
    """Whether a unit or a counted noun stands behind a number."""
    has_unit = UNIT.match(text, end) or METRIC_UNIT.match(text, end)
    return has_unit is not None or _noun_end(text, end, is_one=False) is not None


def _bare_kind(text: str, match: re.Match[str], before: str) -> QuantityKind | None:
    """Kind of a number without unit by what stands before it; None where it is a label."""
    end, scale = match.end(), match["scale"]
    kind = QuantityKind.COUNT if scale else QuantityKind.NUMBER
    if scale in ("B", "M") and _sizes_model(text, before, end):
        return QuantityKind.PARAMETERS
    if METRIC_BEFORE.search(before):
        return kind
    if _LABELLED.search(before) or _NAME_BEFORE.search(before):
        return None
    return kind if scale or len(match["digits"]) > 1 or _tells(text, before, end) else None


def _sizes_model(text: str, before: str, end: int) -> bool:
    """Whether it is the size of a model: "a 7B model", "FooNet (770M)" beside "parameters"."""
    if _MODEL_AFTER.match(text, end):
        return True
    if not (text.startswith(")", end) and _NAME_BRACKET.search(before)):
        return False
    return _has_parameters(text)


@lru_cache(maxsize=8)
def _has_parameters(text: str) -> bool:
    return "param" in text


def _goes_on(text: str, end: int) -> bool:
    """Whether letters follow that are no unit: "4-class", "3D", "1/n"."""
    following = text[end : end + 2]
    return following[:1].isalpha() or (following[:1] in "-/" and following[1:].isalpha())


def _tells(text: str, before: str, end: int) -> bool:
    """Whether a bare digit stands where a measurement stands, or is part of a range."""
    return before[-1:] in _GLUE or text[end : end + 1] in _GLUE or bool(_CUE.search(before))


def _spelled(text: str) -> Iterator[Found]:
    """Spelled numbers, where a unit, a scale or the counted material makes them a fact."""
    for match in _SPELLED.finditer(text):
        if match.start() and text[match.start() - 1].isalnum():
            continue
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
            yield Found(start, noun_end, QuantityKind.COUNT, value, noun)
        elif scale:
            yield Found(start, end, QuantityKind.COUNT, value)


def _single_devices(text: str) -> Iterator[Found]:
    if "single " not in text:
        return
    for match in _SINGLE_DEVICE.finditer(text):
        unit = match.group().removeprefix("single ")
        yield Found(match.start(), match.end(), QuantityKind.HARDWARE, 1.0, unit)
