"""What of a text no reader of the page sees: comments, white text, invisible characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarise.characters import INVISIBLE, UNSEEN_STYLE, beyond_ascii
from summarise.models import Span

# So many ranges take long: only a character that isn't ASCII is held against them.
_INVISIBLE = re.compile(rf"[^\x00-\x7f](?<=[{INVISIBLE}])")
_BRACED = r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}"
_WHITE = re.compile(r"\{white\}", re.IGNORECASE)
_START = re.compile(
    rf"(?P<comment><!--)"
    rf"|(?P<whole>\\textcolor\s*(?:\[\w+\])?\{{white\}}\s*{_BRACED}"
    rf"|\{{\s*\\color\s*(?:\[\w+\])?\{{white\}}[^{{}}]*(?:{_BRACED}[^{{}}]*)*\}}"
    # A flag spelled in tags has six; whole sentences can be spelled so.
    rf"|[{INVISIBLE}]{{8,}}"
    # Letters that are kept apart by invisible ones, so that no filter reads the words.
    rf"|(?:[^{INVISIBLE}][{INVISIBLE}]+){{12,}}\S?)"
    rf"|<(?P<tag>span|div|p|font)\b",
    re.DOTALL | re.IGNORECASE,
)
# "p < 0.05" opens no element.
_MARK = re.compile(r"<(?:!--|(?:span|div|p|font)\b)", re.IGNORECASE)


def hidden_spans(text: str) -> tuple[Span, ...]:
    """Find the parts of a text that no reader of the page sees.

    Returns:
        HTML comments, text in white (LaTeX or HTML), text that isn't displayed, long runs of
        invisible characters, and letters that such characters keep apart, in order.
    """
    may_hide = ("<" in text and _MARK.search(text)) or ("{" in text and _WHITE.search(text))
    if not may_hide and (text.isascii() or not _INVISIBLE.search(beyond_ascii(text))):
        return ()
    return tuple(_hidden(text))


def _hidden(text: str) -> Iterator[Span]:
    ahead = _Ahead(text)
    at = 0
    while (match := _START.search(text, at)) is not None:
        end: int | None = match.end()
        if match["comment"]:
            end = ahead.end_of("-->", match.end())
        elif match["tag"]:
            end = _end_of_unseen(ahead, match["tag"].lower(), match.end())
        at = match.end() if end is None else end
        if end is not None:
            yield Span(match.start(), end)


def _end_of_unseen(ahead: _Ahead, tag: str, at: int) -> int | None:
    """Where an element ends whose tag, open at an offset, says that it isn't seen."""
    style = ahead.end_of(UNSEEN_STYLE, at)
    closed = ahead.end_of(">", at)
    if style is None or closed is None or style > closed:
        return None
    return ahead.end_of(f"</{tag}>", closed)


class _Ahead:
    """Finds what comes next of each pattern; what doesn't come is looked for once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, tuple[int, int] | None] = {}

    def end_of(self, pattern: str, at: int) -> int | None:
        """Where the first place of a pattern from an offset on ends; offsets never decrease."""
        found = self._found.get(pattern, (-1, -1))
        if found is not None and found[0] < at:
            match = re.compile(pattern, re.IGNORECASE).search(self._text, at)
            found = self._found[pattern] = match and match.span()
        return found and found[1]


def visible(text: str) -> str:
    """A text without its invisible characters."""
    return text if text.isascii() else _INVISIBLE.sub("", text)
