"""How deep a page nests its elements, before a parser pays for it.

A parser of HTML looks through all open elements at most tags, and copies those that format text
into every paragraph: on a page that opens elements and closes none, its time and memory grow with
the square of the text. Pages that people read stay below 100 levels; browsers stop at 512.
"""

from __future__ import annotations

import re
from collections import Counter

DEEPEST = 6_000
"""Most elements that may be open at once."""

_TAG = re.compile(r"<!--|<(?P<slash>/?)(?P<name>[A-Za-z][^\s/<>]*)(?P<rest>[^<>]*)")
# Empty ones, and those that the next of their kind closes.
_NEVER_OPEN = re.compile(
    r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|frame"
    r"|p|li|dd|dt|option|t[dhr]|tbody|thead|tfoot|r[tp]"
)
_RAW = re.compile(r"script|style|textarea|title|iframe|noembed|noframes|xmp")
_FORMAT = re.compile(r"a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u")
_CLOSE_THEIR_KIND = ("a", "nobr", "button")
# A parser keeps three open ones that are alike, and no more.
_ALIKE = 3
# What most pages stay far below: formats that are open at a tag, on average, and in all.
_OPEN_FORMATS = 5
_SPARE = 100_000
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign
_NOT_IN_PICTURES = re.compile(
    r"b|big|blockquote|body|br|center|code|d[dlt]|div|em|embed|h[1-6]|head|hr|i|img|li|listing|menu"
    r"|meta|nobr|ol|p|pre|ruby|s|small|span|strong|strike|su[bp]|table|tt|u|ul|var"
)
_PICTURES = ("svg", "math")


class _Open:
    """The elements that are open, as a parser would see them."""

    def __init__(self) -> None:
        self._stack: list[tuple[str, str]] = []
        self._names: Counter[str] = Counter()
        self._alike: Counter[str] = Counter()
        self._formats = self._tags = self._carried = 0

    def start(self, name: str, rest: str) -> None:
        """Take a start tag."""
        self._tags += 1
        self._carried += self._formats
        picture = next((one for one in _PICTURES if self._names[one]), None)
        if picture and _NOT_IN_PICTURES.fullmatch(name):
            self.end(picture)
        elif picture and rest.endswith("/"):
            return
        if name in _CLOSE_THEIR_KIND:
            self.end(name)
        if not _NEVER_OPEN.fullmatch(name):
            self._push(name, f"{name} {rest}" if _FORMAT.fullmatch(name) else "")

    def end(self, name: str) -> None:
        """Take an end tag: it closes what was opened inside, but a format closes formats alone."""
        if not self._names[name]:
            return
        kept: list[str] = []
        inner = None
        while inner != name:
            inner, key = self._stack.pop()
            self._names[inner] -= 1
            self._count(key, -1)
            if not key:
                kept.append(inner)
        for one in reversed(kept) if _FORMAT.fullmatch(name) else ():
            self._push(one, "")

    def _push(self, name: str, key: str) -> None:
        self._names[name] += 1
        self._stack.append((name, key))
        self._count(key, 1)

    def _count(self, key: str, step: int) -> None:
        if key:
            before = min(self._alike[key], _ALIKE)
            self._alike[key] += step
            self._formats += min(self._alike[key], _ALIKE) - before

    @property
    def too_many(self) -> bool:
        """Whether a parser would take too long, or too much memory."""
        allowed = _OPEN_FORMATS * self._tags + _SPARE
        return len(self._stack) > DEEPEST or self._carried > allowed


def nests_too_deep(text: str) -> bool:
    """Whether a page opens more elements inside of each other than a parser can bear."""
    opened, position = _Open(), 0
    while (found := _TAG.search(text, position)) and not opened.too_many:
        position = found.end()
        name = (found["name"] or "").lower()
        if not name:
            position = text.find("-->", position) % (len(text) + 1)
        elif found["slash"]:
            opened.end(name)
        elif _RAW.fullmatch(name):
            closing = re.compile(rf"</{name}", re.IGNORECASE).search(text, position)
            position = closing.end() if closing else len(text)
        else:
            opened.start(name, found["rest"])
    return opened.too_many
