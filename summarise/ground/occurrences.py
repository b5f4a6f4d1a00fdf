"""Where a value stands in a text, by the rules of the package: whole numbers, whole names."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from summarise.characters import Normalised, normal_form, normalise
from summarise.models import Span

# What a hyphen ties to a name without making another name of it.
SUFFIX = re.compile(
    r"-(?:[a-z]{2,}ed|driven|built|led|like|style|free|level|aware|specific|only|wide|type|related"
    r"|positive|negative|dependent|independent|compatible|agnostic|centric|friendly|using)(?!\w)"
)
"""What may follow a name: participles in "-ed", and adjectives that say how something relates."""

PREFIX = re.compile(r"(?<!\w)(?:[Nn]on|[Pp]re|[Pp]ost|[Pp]er)-\Z")
"""What may come before a name."""

TIME_UNIT = re.compile(r"-(?:hours?|days?|weeks?|months?|years?|minutes?|seconds?|equivalents?)\b")
"""What makes another unit of a unit: GPU-hours, mg-equivalent."""


class Passage(NamedTuple):
    """A text to search, with its normal form."""

    original: str
    normal: Normalised

    @classmethod
    def of(cls, text: str) -> Passage:
        """Normalise a text for searching."""
        return cls(text, normalise(text))

    def span(self, start: int, end: int, value: str) -> Span:
        """The characters of the original behind an interval of the normal form.

        Markup at the edges is left out, unless the value that was looked for has it as well.
        """
        normal, size = self.normal, len(value)
        if normal.passes:
            start, end = normal.original_span(start, end)
        if size != end - start:
            first = min(start, max(0, end - size))
            at = self.original.find(value, first, max(end, start + size))
            if at >= 0:
                return Span(at, at + size)
        return Span(start, end)

    def is_em_dash(self, at: int) -> bool:
        """Whether the hyphen at an offset of the normal form was a dash that parts two phrases."""
        original = Span(*self.normal.original_span(at, at + 1)).of(self.original)
        return original in ("—", "―", "---", "\\textemdash")


class Needle(NamedTuple):
    """A normalised value with what its ends demand of their neighbours."""

    text: str
    """The normal form, without white space around it."""
    may_start: _Edge | None
    """Whether it may start at an offset, by what stands before; None: behind anything."""
    may_end: _Edge | None
    """Whether it may end at an offset, by what stands there; None: before anything."""
    opens: bool = False
    """Whether it has a capital that the value lacks, so must begin a sentence."""

    @classmethod
    def of(cls, text: str) -> Needle:
        """Prepare a text that is normalised and not empty."""
        return cls(text, _left_edge(text), _right_edge(text))

    @property
    def has_unit(self) -> bool:
        """Whether it begins with a number that a unit is joined to: ``7B``."""
        number = _FIRST_NUMBER.match(self.text)
        return number is not None and number["unit"] is not None

    @property
    def ends_in_unit(self) -> bool:
        """Whether it ends in a number with its unit."""
        return _LAST_UNIT.search(self.text) is not None

    def occurrences(self, passage: Passage) -> list[tuple[int, int]]:
        """Where the value stands, as offsets into the passage's normal form, in order."""
        text, (wanted, may_start, may_end, opens) = passage.normal.text, self
        at = text.find(wanted)
        if at < 0 or (opens and self._is_name_in(passage)):
            return []
        found = []
        size, last = len(wanted), len(text)
        while at >= 0:
            end = at + size
            if (
                (at == 0 or may_start is None or may_start(passage, at, self))
                and (end == last or may_end is None or may_end(passage, end, self))
                and not (opens and not _opens_phrase(text, at))
            ):
                found.append((at, end))
            at = text.find(wanted, at + 1)
        return found

    def _is_name_in(self, passage: Passage) -> bool:
        """Whether the first word has its capital elsewhere than where a sentence begins, too."""
        word = re.split(r"[\s,;:)]", self.text, maxsplit=1)[0]
        return Needle.of(word).stands_amid_sentence(passage)

    def stands_amid_sentence(self, passage: Passage) -> bool:
        """Whether it stands somewhere else than where a sentence begins."""
        text = passage.normal.text
        return any(not _opens_phrase(text, start) for start, _ in self.occurrences(passage))


_Edge = Callable[[Passage, int, Needle], bool]

_LOWER_WORD = re.compile(r"[^\W\d_A-Z]{2,}(?:-[^\W\d_A-Z]+)*(?![\w-])")
_SPACED_UNIT = re.compile(r"(?P<number>[+-]?\d[\d.,]*)(?P<gap> ?)(?P<unit>°?[^\W\d_]{1,4})(?!\w)")


@lru_cache(maxsize=1024)
def spellings(value: str) -> tuple[Needle, ...]:
    """A value of a draft in the spellings that count as the same, its own first."""
    text = normal_form(value).strip()
    first = text[:1]
    if not (first.isalnum() or any(map(str.isalnum, text))):
        return ()
    own = Needle.of(text)
    if first.islower():
        capital = first.upper() + text[1:]
        is_word = _LOWER_WORD.match(text) is not None
        return (own, Needle(capital, own.may_start, own.may_end, opens=True)) if is_word else (own,)
    if not first.isupper() and (spaced := _SPACED_UNIT.match(text)):
        gap = "" if spaced["gap"] else " "
        return own, Needle.of(spaced["number"] + gap + text[spaced.start("unit") :])
    return (own,)


_JOINTS = "-+@&^_/±"
_FIRST_NUMBER = re.compile(r"\d[\d.,]*(?P<unit>[^\W\d_]{1,4}(?=[\s),;]|-[a-z]|\Z))?")
_LAST_NUMBER = re.compile(r"[(\[<>=~≈≤≥±+$€£-]*\d[\d.,]*%?(?:[-/:±×]\d[\d.,]*)*(?:\^-?\d+)?\Z")
_LAST_UNIT = re.compile(r"(?:\A|[\s(])[+-]?[$€£]?\d[\d.,]* ?[^\W\d_]+\Z")


def _left_edge(text: str) -> _Edge | None:
    """What may stand before a text."""
    first, is_number = text[0], text[1:2].isdigit()
    if first.isalpha() or first == "_":
        return _word_may_start
    if first.isdigit() or (first == "." and is_number):
        return _number_may_start
    if first in "+-" and is_number:
        return _sign_may_start
    if first in "$€£¥" or (first == "," and is_number):
        return lambda passage, at, _: not passage.normal.text[at - 1].isdigit()
    if first in _JOINTS and first != "±":
        return lambda passage, at, _: not passage.normal.text[at - 1].isalnum()
    return None


def _right_edge(text: str) -> _Edge | None:
    last = text[-1]
    if last.isalnum() or last == "_":
        if last.isdigit() and _LAST_NUMBER.fullmatch(text.rsplit(" ", 1)[-1]):
            return _number_may_end
        return _word_may_end
    if last == "×" or last in ".,":
        return lambda passage, end, _: not passage.normal.text[end].isdigit()
    if last in _JOINTS:
        return lambda passage, end, _: not passage.normal.text[end].isalnum()
    return None


def _sign_may_start(passage: Passage, at: int, _: Needle) -> bool:
    before = passage.normal.text[at - 1]
    return not (before.isalnum() or before in "_%)")


def _opens_phrase(text: str, at: int) -> bool:
    """Whether a sentence, or what follows a colon, begins here."""
    before = text[max(0, at - 4) : at].rstrip(" \"'([")
    return not before or before[-1] in ".!?:;"


_POSSESSIVE = re.compile(r"'s(?!\w)")
# "7B-parameter", but not "GPU-hours".
_UNIT_SUFFIX = re.compile(rf"-(?!{TIME_UNIT.pattern[1:]})[^\W\d_A-Z]")


def _word_may_start(passage: Passage, at: int, _: Needle) -> bool:
    text = passage.normal.text
    before = text[at - 1]
    if before == " ":
        return True
    earlier = text[at - 2 : at - 1]
    match before:
        case "-":
            fits = (
                not (earlier.isalnum() or earlier in tuple(")]%"))
                or passage.is_em_dash(at - 1)
                or PREFIX.search(text, max(0, at - 8), at) is not None
            )
        case "&":
            fits = not earlier.isalnum()
        case ".":
            fits = not (earlier.isalnum() and text[at].islower())
        case _:
            fits = not (before.isalnum() or before in "_^@")
    return fits


def _word_may_end(passage: Passage, end: int, needle: Needle) -> bool:
    text = passage.normal.text
    after = text[end]
    if after == " ":
        return True
    later = text[end + 1 : end + 2]
    match after:
        case "-":
            suffix = _UNIT_SUFFIX if needle.ends_in_unit else SUFFIX
            fits = not later.isalnum() or bool(suffix.match(text, end)) or passage.is_em_dash(end)
        case "+":
            fits = later.isalnum()
        case ".":
            fits = not (later.isdigit() or later.islower())
        case ",":
            fits = not (text[end - 1].isdigit() and later.isdigit())
        case "/":
            fits = not (later.isalpha() and needle.ends_in_unit)
        case "@" | "&":
            fits = not later.isalnum()
        case "'":
            fits = not later.isalpha() or _POSSESSIVE.match(text, end) is not None
        case "^":
            # "Mpc" of "km/s/Mpc" is that of "Mpc^-1", but "5 Mpc" isn't "5 Mpc^-1".
            fits = later == "-" and needle.text.isalpha()
        case _:
            fits = not (after.isalnum() or after == "_")
    return fits


# The number at the other end of a range, a fraction or a ratio.
_RANGE_START = re.compile(r"(?<![\w.-])[$€£]?\d[\d.,]*(?:%|[KMB])?-\Z")
_WHOLE_BEFORE = re.compile(r"(?<![\w.,])\d+/\Z")
_WHOLE = re.compile(r"\d+(?![\d.,]*\d)")
_WHOLE_END = re.compile(r"(?<![\d.,])\d+\Z")
_WHOLE_AFTER = re.compile(r"/\d+(?![\d.,]*\d)")
_HALF_AFTER = re.compile(r" [13]/[24](?![\d/])")
_MULTIPLIED = re.compile(
    r"[ -](?:(?:hundred|thousand|million|billion|trillion)s?(?![a-z])|[KMBT](?![\w-]))"
)
_ISOTOPE = re.compile(r"\d{1,3}[A-Z]")
# "0.38,95%CI 0.2-0.9" holds both.
_LEVEL = re.compile(r"\d\d(?:\.\d+)? ?%[ -]?(?:Cr?I(?!\w)|C\.I\.|[Cc]onf|[Cc]red)")
_REACH = 24


def _number_may_start(passage: Passage, at: int, needle: Needle) -> bool:
    text = passage.normal.text
    before, earlier = text[at - 1], text[at - 2 : at - 1]
    near = max(0, at - _REACH)
    match before:
        case "-":
            fits = _number_may_follow_hyphen(passage, at, needle)
        case "," | ":":
            fits = not earlier.isdigit() or _LEVEL.match(needle.text) is not None
        case "/":
            fits = not (_WHOLE_BEFORE.search(text, near, at) and _WHOLE.match(needle.text))
        case "×":
            is_power = needle.text.startswith("10^")
            fits = not (earlier.isdigit() and (needle.has_unit or is_power))
        case ".":
            fits = text.endswith("vs.", near, at)
        case "^":
            fits = _ISOTOPE.match(needle.text) is not None and not earlier.isalnum()
        case _:
            fits = not (before.isalnum() or before in "_@")
    return fits


def _number_may_follow_hyphen(passage: Passage, at: int, needle: Needle) -> bool:
    """After a hyphen: the end of a range, or a size within a name; never a negative number."""
    text = passage.normal.text
    earlier, end = text[at - 2 : at - 1], at + len(needle.text)
    if passage.is_em_dash(at - 1):
        return True
    if needle.has_unit:
        return earlier.isalnum()
    if text[end : end + 1] == "-" and text[end + 1 : end + 2].isdigit():
        return False
    return bool(_RANGE_START.search(text, max(0, at - _REACH), at))


def _number_may_end(passage: Passage, end: int, needle: Needle) -> bool:
    text = passage.normal.text
    after, later = text[end], text[end + 1 : end + 2]
    match after:
        case "." | "," | ":":
            fits = not later.isdigit() or _LEVEL.match(text, end + 1) is not None
        case "/":
            fits = not (_WHOLE_AFTER.match(text, end) and _WHOLE_END.search(needle.text))
        case "×":
            fits = not text.startswith("10^", end + 1)
        case "-":
            fits = passage.is_em_dash(end) or not (later.isupper() or _MULTIPLIED.match(text, end))
        case " ":
            fits = not (_MULTIPLIED.match(text, end) or _HALF_AFTER.match(text, end))
        case _:
            fits = not (after.isalnum() or after in "_^")
    return fits
