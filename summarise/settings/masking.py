"""Keeping a key out of whatever is kept, logged or told: whole or cut, and however it is spelled.

It is looked for without case, and after NFKC: full-width letters are letters, and later made such.

What a server says may hold the key that it was sent. Eight characters of one help somebody, so they
are masked; but a key that is made of words has many of them in common with any other text, so of
words alone twelve characters count, and half of the key.
"""

from __future__ import annotations

import logging
import re
from array import array
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from sys import maxunicode
from unicodedata import normalize

_MASK = "[key]"
# Shorter ones please a server of this machine (none, ollama), and may stand in any text.
_SHORTEST_SECRET = 8
# Shorter ones, and words, are not looked for in parts.
_SHORTEST_CUT = 12
_FRAGMENT = 8
# Each window of a fragment's size holds a whole one of the blocks that a text is cut into.
_BLOCK = 4
_WORDS = re.compile(r"[^A-Za-z0-9]*+(?:(?:[A-Z]?[a-z]++|[A-Z]++)(?:[^A-Za-z0-9]++|\Z))*+")
_FIRST, _LAST = ord("!"), ord("~")
_UNSEEN = bytes(b for b in range(256) if not _FIRST <= b <= _LAST or b == ord("\\"))
# A visible character of ASCII, one that NFKC makes such, or an invisible one, as JSON, an address
# or HTML may spell it.
_SPELLED = re.compile(
    r"\\(?:x|u(?:00[0-9]|00[aA][0adDA]|00[bB][239aA]|02[bBeE]|034|061|115|116|17[bB]|180|1[dD][2-6]"
    r"|200|202[89a-fA-F]|20[5-9]|21[0-8]|24[6-9a-eA-E]|2[cC]7|2800|3000|3164|[aA]7|[dD][bB]40"
    r"|[dD]83[5cC]|[fF][eE][0156fF]|[fF]{2}[0-5aAfF]))|&#"
)
_PERCENT = re.compile("%[2-7][0-9A-Fa-f]")
# What can stand between two characters of a key, and that or such a character.
_GAP = re.compile(r"\\+[nrt]?|[^!-~]+")
_TOKEN = re.compile(
    r"\\+(?:[ux]([dD]8[0-9a-fA-F]{2}\\+u[dD][c-fC-F][0-9a-fA-F]{2}|[0-9a-fA-F]{2}(?:[0-9a-fA-F]{2})?)"
    r"|[nrt])?"
    r"|%([2-7][0-9a-fA-F])|&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));?|[^!-~]+"
)
_NEXT = re.compile(r"\\+u")
_BY_TENS = 4


def masked(text: str, key: str) -> str:
    """A text with ``[key]`` in the place of a key and of what is left of one."""
    if len(key) < _SHORTEST_SECRET:
        return text
    text = text.replace(key, _MASK)
    shapes = _shapes(key)
    # A plain search goes first, since the pattern takes many times as long.
    has_marks = "\\u" in text or "\\x" in text or "&#" in text
    if (has_marks and _SPELLED.search(text)) or _PERCENT.search(text):
        text = _without(shapes, text, _TOKEN)
    # As _folded leaves it, at a fraction of the time, which each answer takes.
    thin = text.replace("\\n", "").replace("\\r", "").replace("\\t", "")
    if others := _others(thin):
        thin = thin.translate({ord(c): plain for c, plain in others.items()})
    seen = thin.encode("utf-8", "surrogatepass").translate(None, _UNSEEN)
    if not shapes.grams.isdisjoint(_blocks(seen.lower())) and shapes.runs(seen.decode()):
        text = _without(shapes, text, _GAP)
    return text


class Discretion(logging.Filter):
    """Keeps records with a key in them out of some logs of libraries, which show what came."""

    def __init__(self, key: str, *logs: str) -> None:
        super().__init__()
        self._key = key
        self._logs = [logging.getLogger(name) for name in logs]
        for log in self._logs:
            log.addFilter(self)

    def end(self) -> None:
        """Leave the logs alone."""
        for log in self._logs:
            log.removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the key isn't in a record."""
        told = logging.Formatter().format(record)
        return masked(told, self._key) == told


def _without(shapes: _Shapes, text: str, tokens: re.Pattern[str]) -> str:
    folded, starts, ends = _folded(text, tokens)
    told: list[str] = []
    last = 0
    for start, end in shapes.runs(folded):
        told += text[last : starts[start]], _MASK
        last = ends[end - 1]
    return "".join(told) + text[last:]


@dataclass(frozen=True, slots=True)
class _Shapes:
    """A key, itself and in base64, in small letters: windows of a size, and their blocks."""

    length: int
    size: int
    windows: frozenset[str]
    grams: frozenset[int]

    def runs(self, folded: str) -> list[tuple[int, int]]:
        """Where a folded text holds what is to be masked, in order."""
        found, low = [(0, 0)], folded.lower()
        for index, gram in enumerate(_blocks(low.encode("ascii"))):
            if gram not in self.grams:
                continue
            at = _BLOCK * index
            for start in range(max(0, at + _BLOCK - self.size), at + 1):
                if low[start : start + self.size] in self.windows:
                    begin = found.pop()[0] if start <= found[-1][1] else start
                    found.append((begin, start + self.size))
        return [run for run in found if self._tells(folded[slice(*run)])]

    def _tells(self, run: str) -> bool:
        """Whether a run of a key's characters would help anybody."""
        is_long = len(run) >= max(_SHORTEST_CUT, self.length / 2)
        return bool(run) and (is_long or self.length < _SHORTEST_CUT or not _WORDS.fullmatch(run))


@lru_cache(maxsize=4)
def _shapes(key: str) -> _Shapes:
    own = _folded(key, _GAP)[0]
    shapes = {own}
    size = _FRAGMENT
    if len(own) < _SHORTEST_CUT:
        size = max(len(own), _SHORTEST_SECRET)
    else:
        for before, mixed in enumerate((0, 2, 3)):
            whole = b64encode(bytes(before) + key.encode())
            # What stands in front of the key, or behind it, has a part in these.
            sure = whole.decode()[mixed:].rstrip("=")[: -1 if b"=" in whole else None]
            shapes |= {sure, sure.replace("+", "-").replace("/", "_")}
    windows = {
        shape[at : at + size].lower() for shape in shapes for at in range(len(shape) - size + 1)
    }
    grams = {gram for w in windows for at in range(_BLOCK) for gram in _blocks(w[at:].encode())}
    return _Shapes(len(own), size, frozenset(windows), frozenset(grams))


def _blocks(text: bytes) -> memoryview:
    return memoryview(text)[: len(text) // _BLOCK * _BLOCK].cast("I")


def _folded(text: str, tokens: re.Pattern[str]) -> tuple[str, array[int], array[int]]:
    """What a text has but for some tokens, or spells by them; where each character is in it."""
    seen: list[str] = []
    starts, ends = array("I"), array("I")
    last = 0
    others = _others(text)
    for token in chain(tokens.finditer(text), [None]):
        start, end = token.span() if token else (len(text), len(text))
        seen.append(text[last:start])
        starts.extend(range(last, start))
        ends.extend(range(last + 1, start + 1))
        last = end
        told: list[tuple[str, int, int]] = []
        if token and (group := token.lastindex):
            codes = (int(n, 10 if group == _BY_TENS else 16) for n in _NEXT.split(token[group]))
            told = [(_plain("".join(chr(c) for c in codes if c <= maxunicode)), start, end)]
        elif others:
            told = [(others.get(text[at], ""), at, at + 1) for at in range(start, end)]
        for plain, begin, stop in told:
            seen.append(plain)
            starts.extend([begin] * len(plain))
            ends.extend([stop] * len(plain))
    return "".join(seen), starts, ends


def _others(text: str) -> dict[str, str]:
    """What a text has beside ASCII that is such by NFKC."""
    odd = set("" if text.isascii() else text)
    return {c: plain for c in odd if not c.isascii() and (plain := _plain(c))}


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """The visible characters of ASCII that NFKC makes of one; a pair of surrogates is one."""
    whole = character.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(c for c in normalize("NFKC", whole) if "!" <= c <= "~" and c != "\\")
