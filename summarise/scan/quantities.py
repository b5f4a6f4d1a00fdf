"""Quantities in an abstract: every number that carries a fact, with its unit and its kind.

A number that only labels something (a list marker, "3D", a citation, the digits of "GPT-4", a
figure number) never becomes a quantity. They are looked for in the text's normal form, so that no
pattern needs to know how a dash, a space or a power can be typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from summarise.characters import normalise
from summarise.models import Quantity, QuantityKind, Span
from summarise.scan.conversions import spelled_value, value_of
from summarise.scan.neighbours import (
    METRIC_UNIT,
    Found,
    is_behind_metric,
    is_beside_month,
    is_cued,
    is_date,
    is_labelled,
    is_level,
    is_year,
    joined,
    spread_at,
)
from summarise.scan.patterns import (
    P_VALUE_BEFORE,
    Stretches,
    beginnings,
    either_case,
    matches_at,
    one_of,
    original_span,
)
from summarise.scan.units import (
    DEVICE,
    IRREGULAR_PLURALS,
    MATERIAL,
    NO_UNIT,
    PER,
    SINGULAR_ENDS,
    SPELLED,
    STOPS,
    UNIT,
)

_DIGITS = (
    r"\d(?:\d*(?:× ?\d+){1,3}(?![\w^(])"  # a size: 512×512
    r"|(?:\d{0,2}(?:,\d{3})+(?!\d)|\d*)(?:\.\d+)?)"
)
_POWER = (
    r"(?: ?[×*⋅·] ?10(?:\^?\{?[-+]?\d+\}?|\([-+]?\d{1,2}\))"
    r"|[eE][-+]\d+|(?<=10)\^\{?[-+]?\d+(?:\.\d+)?\}?|(?<=10)[-+]\d+(?=[ /][a-zμ]))"
)
_SCALE = (
    r"(?:(?:[KMBk]|bn|T(?= (?:tok|par|wor)))\b(?![⊙⊕])"
    r"|[ -]?(?:thousand|million|billion|trillion)\b)"
)
# It starts with a digit, so that a search is fast; what stands before is looked at afterwards.
_NUMBER = re.compile(rf"(?P<digits>{_DIGITS})(?P<power>{_POWER})?(?P<scale>{_SCALE})?")
_MONEY_BEFORE = re.compile(r"[-+]?(?:(?:US|AU|CA|A|C)?[$€£¥] ?|\\\$?|(?:USD|EUR|GBP) )\Z")
_ONES = one_of(word for word, number in SPELLED.items() if number < 10)
_SPELLED = re.compile(
    rf"(?P<word>{one_of(either_case(SPELLED))})"
    rf"(?:-(?P<ones>{_ONES}))?\b(?P<scale>[ -](?:hundred|thousand|million|billion))?"
    rf"(?:(?<=thousand),? (?:and )?(?P<hundreds>{_ONES})[ -]hundred\b)?"
    rf"(?:(?:(?<=hundred)|(?<=thousand))(?: and)? (?P<rest>{one_of(SPELLED)})"
    rf"(?:-(?P<unit>{_ONES}))?\b)?"
)
_SPELLED_WORDS = beginnings(either_case(SPELLED))
_SINGLE_DEVICE = re.compile(rf"\bsingle (?:(?:consumer|commodity|desktop|standard)\S* )?{DEVICE}\b")
_DASH = re.compile(r"(?<!\d)—|—(?!\d)")
_CITED_BEFORE = re.compile(r"\[(?:\d{1,3}\s?[,;–-]\s?)*\Z")
_CITED_AFTER = re.compile(r"(?:\s?[,;–-]\s?\d{1,3})*\]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\b|\d{1,2}/\d{1,2}/\d{2,4}\b")
_ORDINAL_ENDS = frozenset(("st", "nd", "rd", "th"))
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_NAME_BEFORE = re.compile(r"(?:[a-z,;:)] |\b\w*\d)[A-Z][\w.-]*\s\Z|\b\w*[A-Z][\w-]*[A-Z\d]\w*\s\Z")
_CAPITAL_BEFORE = re.compile(r"\b[A-Z][\w-]* \Z")
_NAME_BRACKET = re.compile(r"\b[A-Z][\w.+-]* \(\Z")
_SAMPLE = re.compile(r"\b[nN]\s?=\s?\Z")
_SAMPLE_ENDS = ("=", "= ")
_BATCH = re.compile(r"\bbatch[ -]sizes?(?: of| is| was|:)?(?: up to)? \Z", re.IGNORECASE)
_YEAR_CUT = re.compile(r"\d\ds?\b(?!['.])")
_TWO_DECIMALS = re.compile(r"\d+\.\d")
_WORD = re.compile(r" (?:\([^()A-Z]{1,40}\) |(?:type|stage|grade) \d )?([A-Za-z][\w'/+-]*)")
_GLUE = frozenset("-/~±")
_UNGLUED = frozenset(("", " ", "("))
_SIGNS = frozenset("+-±")
_SIGN_ENDS = (*_SIGNS, "- ")
_WORD_GOES_ON = frozenset("_^{@#&")
_BEFORE_SIGN = frozenset(("", *" ([{<>=≤≥~≈:;,/|$€£\"'"))
_SIGN_APART = re.compile(r"[=<>≤≥(\[] ?- \Z")
_MODEL_AFTER = re.compile(
    r"[- ]?(?:language |base |backbone )?(?:LLM|LM|VLM|model|variant|scale)s?\b"
)
_P_ENDINGS = ("<", ">", "=", "≤", "≥", "of", "was", "were")
_SHARE_AFTER = re.compile(r" \(\d[\d.]*%| (?:out )?of (?:the )?\d| to [-+]?\d")
_MONEY_ENDINGS = (*"$€£¥\\", "$ ", "€ ", "£ ", "¥ ", "USD ", "EUR ", "GBP ")
# What a p-value, a factor and money end in, but for blanks.
_PREFIX_ENDS = frozenset(end.rstrip(" ")[-1] for end in (*_P_ENDINGS, "factor of", *_MONEY_ENDINGS))
_LOOKBACK = 48
# What is measured is called that: nothing is so many times another thing.
_NAMED_FACTOR = re.compile(
    r"(?:-|\b(?:fill(?:ing)?|power|quality|[Bb]ayes|impact|structure|form|scale|packing|safety"
    r"|emission|load|capacity|noise|shape|[QRg]) )factor of \Z"
)
_MANY = 13


def find_quantities(text: str, masked: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """Find every quantity of a text, in order, none overlapping another or what is ``masked``."""
    # A dash between words is no hyphen and no sign.
    normal = normalise(_DASH.sub(";", text) if "—" in text else text)
    plain = normal.text
    found = [*_numbers(plain), *_spelled(plain), *_single_devices(plain)]
    found.sort(key=lambda f: (f.start, -f.end))
    closed = Stretches(masked) if masked else None
    is_same = not normal.passes
    quantities = []
    for start, end, kind, value, unit, _ in joined(plain, found):
        span = Span(start, end) if is_same else original_span(normal, text, start, end)
        if not (closed and closed.overlap(span)):
            quantity = Quantity(text=span.of(text), span=span, kind=kind, value=value, unit=unit)
            quantities.append(quantity)
    return tuple(quantities)


def _numbers(text: str) -> Iterator[Found]:
    until = 0
    for match in _NUMBER.finditer(text):
        start = match.start()
        if start < until or _is_part_of_word(text, start) or _is_label(text, match):
            continue
        found = _number(text, match)
        if found is not None:
            until = found.end
            yield found


def _is_part_of_word(text: str, start: int) -> bool:
    """Whether the digits go on from letters: "GPT-4", "v1.5", "ViT-B/32", "UCF- 101"."""
    last, second = text[start - 1 : start], text[start - 2 : start - 1]
    match last:
        case " ":
            return second == "-" and text[start - 3 : start - 2].isalnum()
        case "." | "·":
            # ".931.709 lamps": a value and the next sentence
            return second.isalnum() or _TWO_DECIMALS.match(text, start) is not None
        case "-" | "+":
            return second in ("^", "_", "{") or (last == "-" and second.isalpha())
        case "'":
            return second.isalnum() or _YEAR_CUT.match(text, start) is not None
        case "/":
            return second.isalpha() or second == ")"
        case _:
            return last.isalnum() or last in _WORD_GOES_ON


def _is_label(text: str, match: re.Match[str]) -> bool:
    """Whether the number only points or counts off: "(1)", "2)", "[12, 13]", "19th", a date."""
    start, end = match.span()
    after, last = text[end : end + 2], text[start - 1 : start]
    if after in _ORDINAL_ENDS and _ORDINAL.match(text, end):
        return True
    if after[:1] in "-/" and _DATE.match(text, start):
        return True
    if match["power"] or not match["digits"].isdigit() or len(match["digits"]) > 3:
        return False
    if after[:1] == ")" and len(match["digits"]) < 3 and (not last or last in " (\n"):
        # "(n = 63)" is none
        return last == "(" or (after[1:] in ("", " ") and text[start - 2 : start - 1] != "=")
    before = text[max(0, start - 24) : start]
    return "[" in before and bool(_CITED_BEFORE.search(before) and _CITED_AFTER.match(text, end))


def _number(text: str, match: re.Match[str]) -> Found | None:
    start, end = match.span()
    value = value_of(match)
    if text[start - 1 : start] == "." and value is not None:
        start, value = start - 1, value / 10.0 ** len(match["digits"])
    before = text[max(0, start - _LOOKBACK) : start]
    if before.endswith(_SIGN_ENDS) and (sign := _sign_before(before)):
        start, before = start - len(sign), before[: -len(sign)]
        value = -value if sign[0] == "-" and value is not None else value
    if (spread := spread_at(text, before, start)) is not None:
        return Found(*spread, QuantityKind.INTERVAL, None, "CI")
    found = _with_prefix(text, before, start, end, value)
    if found is None and is_level(text, end, match["digits"], before):
        return None
    found = found or _with_unit(text, start, end, value) or _unnamed(text, match, before, value)
    if found is None:
        return None
    if before.endswith(_SAMPLE_ENDS) and (sample := _SAMPLE.search(before)):
        at = start - len(before) + sample.start()
        return found._replace(start=at, kind=QuantityKind.COUNT)
    if before[-1:] in _GLUE and before[-2:-1] not in _UNGLUED:
        return found._replace(start=min(start, found.start), glued=True)
    return found if found.start <= start else found._replace(start=start)


def _sign_before(before: str) -> str:
    """The sign that ends a text, with the space behind it, or nothing."""
    if before[-1:] in _SIGNS:
        return before[-1:] if before[-2:-1] in _BEFORE_SIGN else ""
    return "- " if before.endswith("- ") and _SIGN_APART.search(before) else ""


def _unnamed(text: str, match: re.Match[str], before: str, value: float | None) -> Found | None:
    """A number that no unit stands behind."""
    labelled = is_labelled(before)
    is_short = len(match["digits"]) < 3 or "." in match["digits"]
    counted = None if is_short and labelled else _counted(text, match, before, value)
    return counted or _plain(text, match, before, value, labelled=labelled)


def _with_prefix(text: str, before: str, start: int, end: int, value: float | None) -> Found | None:
    """A number whose kind stands before it: a p-value, a batch size, a sum of money, a factor."""
    at = start - len(before)
    bare = before.rstrip(" ")
    may_be = bare[-1:] in _PREFIX_ENDS
    if may_be and bare.endswith(_P_ENDINGS) and (prefix := P_VALUE_BEFORE.search(before)):
        return Found(at + prefix.start(), end, QuantityKind.P_VALUE, value)
    if "batch" in before and (prefix := _BATCH.search(before)):
        return Found(at + prefix.start(), end, QuantityKind.BATCH_SIZE, value, "batch size")
    if not may_be:
        return None
    if before.endswith("factor of ") and not (
        _NAMED_FACTOR.search(before) or UNIT.match(text, end)
    ):
        return Found(at + len(before) - 10, end, QuantityKind.FACTOR, value, "factor")
    if before.endswith(_MONEY_ENDINGS) and (prefix := _MONEY_BEFORE.search(before[-5:])):
        sign = prefix.group()
        if sign[0] in "-+" and before[-len(sign) - 1 : -len(sign)] not in _BEFORE_SIGN:
            sign = sign[1:]
        value = -value if sign[0] == "-" and value is not None else value
        return Found(start - len(sign), end, QuantityKind.MONEY, value, sign.strip("-+ "))
    return None


def _with_unit(text: str, start: int, end: int, value: float | None) -> Found | None:
    if text[end : end + 1] in NO_UNIT:
        return None
    if (unit := UNIT.match(text, end)) is not None:
        if text[end - 4 : end].isdigit() and unit.group() == "s":
            return None
        kind = _KINDS[unit.lastgroup or ""]
        return Found(start, unit.end(), kind, value, unit.group().strip(" -"))
    if (unit := PER.match(text, end)) is not None:
        return Found(start, unit.end(), QuantityKind.MEASURE, value, unit.group().strip())
    if (unit := METRIC_UNIT.match(text, end)) is not None:
        return Found(start, unit.end(), QuantityKind.POINTS, value, unit.group().strip())
    return None


_KINDS = {str(kind): kind for kind in QuantityKind}


def _counted(text: str, match: re.Match[str], before: str, value: float | None) -> Found | None:
    """A number of things: up to five words behind it, to the first plural."""
    if is_date(text, match, before):
        return None
    start, end = match.span()
    noun_end = _noun_end(text, end, is_one=value == 1)
    if noun_end is None or ("." in match["digits"] and _is_of_name(text, end, before)):
        return None
    if (rate := PER.match(text, noun_end)) is not None:
        unit = text[end : rate.end()].strip()
        return Found(start, rate.end(), QuantityKind.MEASURE, value, unit)
    return Found(start, noun_end, QuantityKind.COUNT, value, text[end:noun_end].strip())


def _is_of_name(text: str, end: int, before: str) -> bool:
    """Whether a decimal number stands among capitals, as a version: "Zeta 3.5 Verse"."""
    return text[end + 1 : end + 2].isupper() or _NAME_BEFORE.search(before) is not None


def _noun_end(text: str, end: int, *, is_one: bool) -> int | None:
    if text[end : end + 1] != " ":
        return None
    for _ in range(5):
        match = _WORD.match(text, end)
        if match is None:
            return None
        word = match[1].lower()
        if word in STOPS or match[1].endswith("'s"):
            return None
        end = match.end()
        if is_one or _is_plural(word):
            return end
    return None


def _is_plural(word: str) -> bool:
    last = word.rpartition("-")[2].rstrip("'")
    if last in IRREGULAR_PLURALS:
        return True
    return len(last) > 3 and last[-1] == "s" and not last.endswith(SINGULAR_ENDS)


def _plain(
    text: str, match: re.Match[str], before: str, value: float | None, *, labelled: bool
) -> Found | None:
    """A number with neither unit nor counted noun, unless it is a label or a part of a name."""
    start, end = match.span()
    if is_year(text, match, before, _measures):
        end += text[end : end + 1] == "s"
        return Found(start, end, QuantityKind.YEAR, value)
    if _goes_on(text, end) or is_beside_month(text, end, before):
        return None
    if value is None:
        return Found(start, end, QuantityKind.MEASURE, value)
    kind = _bare_kind(text, match, before, labelled=labelled)
    return Found(start, end, kind, value) if kind else None


def _measures(text: str, end: int) -> bool:
    """Whether a unit or a counted noun stands behind a number."""
    has_unit = UNIT.match(text, end) or METRIC_UNIT.match(text, end)
    return has_unit is not None or _noun_end(text, end, is_one=False) is not None


def _bare_kind(
    text: str, match: re.Match[str], before: str, *, labelled: bool
) -> QuantityKind | None:
    """Kind of a number without unit by what stands before it; None where it is a label."""
    end, scale = match.end(), match["scale"]
    kind = QuantityKind.COUNT if scale else QuantityKind.NUMBER
    if scale in ("B", "M") and _sizes_model(text, before, end):
        return QuantityKind.PARAMETERS
    if text[end : end + 1] == "±" or is_behind_metric(before):
        return kind
    # A name has a capital, which few last words have.
    may_be_named = not before.rstrip().rpartition(" ")[2].islower()
    if labelled or (may_be_named and _NAME_BEFORE.search(before)):
        return None
    if text[end + 1 : end + 2].isupper() and _CAPITAL_BEFORE.search(before):
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
    if before[-1:] in _GLUE or text[end : end + 1] in _GLUE:
        return True
    return is_cued(before) or _SHARE_AFTER.match(text, end) is not None


def _spelled(text: str) -> Iterator[Found]:
    """Spelled numbers, where a unit, a scale or the counted material makes them a fact."""
    for match in matches_at(_SPELLED, text, _SPELLED_WORDS):
        start, end = match.span()
        if start and text[start - 1].isalnum():
            continue
        word, scale, value = match["word"].lower(), match["scale"], spelled_value(match)
        unit = _with_unit(text, start, end, value)
        if unit and unit.kind is not QuantityKind.POINTS:
            if word != "one" or unit.unit not in ("day", "time"):
                yield unit
            continue
        noun_end = _noun_end(text, end, is_one=False)
        opens = value >= _MANY and text[start].isupper()  # "Forty-two wells were drilled"
        if noun_end and (scale or opens or MATERIAL.search(text[end:noun_end])):
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
