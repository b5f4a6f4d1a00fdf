"""Text and links as inline GitHub-flavoured Markdown that reads as the same characters.

Nothing in the text can open a cell, a tag, a link, an image, emphasis, code or math. Where
renderers differ the form is the one that GitHub, pandoc and markdown-it all take: backslash escapes
(CommonMark 0.31, section 2.4), entities where a backslash isn't enough.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from summarise.characters import for_screen

_ESCAPES = str.maketrans(
    {
        # "#", "!", "+" and "." act only at the start of a line or before a bracket: not in a cell.
        **{character: "\\" + character for character in "\\`*_~^[]$"},
        # Tables are split at pipes before backslashes are read, so "\\|" would be ambiguous.
        "|": "&#124;",
        "<": "&lt;",
        ">": "&gt;",
        "&": "&amp;",
        "\u200b": "&#8203;",
    }
)
# Without any of these, and without "www.", there is nothing to escape.
_MAY_ACT = re.compile(r"[^ !\"%'()+,\-./0-9;=?A-Za-z]")
# GitHub looks for @user and :emoji: in the finished page, where no escape is left to stop it. Only
# a character between does; the zero-width space is what Dependabot and Renovate use as well. An
# address such as a@b.example can't call anybody; it may become a mailto link.
_ACTS_LATER = re.compile(r"(?<![^\W_])@(?=[A-Za-z0-9])|:(?=[a-z0-9+_-]+:)")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
# What a URL may hold (RFC 3986), less what Markdown could trip over.
_URL_SAFE = "%/:?#@!&'+,;=-._~"
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def escape(text: str) -> str:
    """A text as Markdown that renders as that text.

    White space is folded and what ``for_screen`` drops is dropped. Bare addresses aren't links.
    Right-to-left text is isolated, so that it can't reorder what stands beside it.
    """
    escaped = for_screen(text)
    if not (_MAY_ACT.search(escaped) or "www." in escaped):
        return escaped
    if "@" in escaped or ":" in escaped:
        escaped = _ACTS_LATER.sub("\\g<0>\u200b", escaped)
    escaped = escaped.translate(_ESCAPES)
    # GitHub reads a bare address from the source, escapes and all: keep it from seeing one.
    escaped = escaped.replace("://", "&#58;//").replace("www.", "www&#46;")
    if not escaped.isascii() and _RIGHT_TO_LEFT.search(escaped):
        return f"{_FIRST_STRONG_ISOLATE}{escaped}{_POP_ISOLATE}"
    return escaped


def link(text: str, url: str | None) -> str:
    """A text, linked where the address is an absolute http or https one.

    Args:
        text: Any text.
        url: Any text too; what isn't such an address makes no link.
    """
    target = _target(url or "")
    return f"[{escape(text)}]({target})" if target else escape(text)


def _target(url: str) -> str | None:
    address = for_screen(url)
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return quote(_BARE_PERCENT.sub("%25", address), safe=_URL_SAFE).replace("&", "&amp;")
