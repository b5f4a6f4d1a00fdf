"""Text that readers don't see and a model does: comments, white letters, invisible characters."""

from __future__ import annotations

import re

from summarise.models import Span

INVISIBLE = (
    # Format characters (Unicode category Cf): soft hyphen, zero-width and bidirectional controls,
    # tags. The joiners U+200C and U+200D are among them, and needed by some scripts and by emoji.
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    # Fillers and variation selectors.
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f"
)
"""Characters that take no place on the page, as the inside of a regular expression's ``[…]``."""

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_BRACED = r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}"
_HIDDEN = re.compile(
    rf"<!--.*?-->"
    rf"|\\textcolor\s*(?:\[\w+\])?\{{white\}}\s*{_BRACED}"
    rf"|\{{\s*\\color\s*(?:\[\w+\])?\{{white\}}[^{{}}]*(?:{_BRACED}[^{{}}]*)*\}}"
    rf"|<(?P<tag>span|div|p|font)\b[^>]*(?:display\s*:\s*none|color\s*[:=]\s*[\"']?(?:white|#fff))"
    rf"[^>]*>.*?</(?P=tag)>"
    # A flag spelled in tags has six; whole sentences can be spelled so.
    rf"|[{INVISIBLE}]{{8,}}"
    # Letters that are kept apart by invisible ones, so that no filter reads the words.
    rf"|(?:[^{INVISIBLE}][{INVISIBLE}]+){{12,}}\S?",
    re.DOTALL | re.IGNORECASE,
)


def hidden_spans(text: str) -> tuple[Span, ...]:
    """Find the parts of a text that no reader of the page sees.

    Returns:
        HTML comments, text in white (LaTeX or HTML), text that isn't displayed, long runs of
        invisible characters, and letters that such characters keep apart, in order.
    """
    if text.isascii() and "<" not in text and "{white}" not in text:
        return ()
    return tuple(Span(*match.span()) for match in _HIDDEN.finditer(text))


def visible(text: str) -> str:
    """A text without its invisible characters."""
    return text if text.isascii() else _INVISIBLE.sub("", text)
