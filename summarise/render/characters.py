"""How much room a text takes on a screen."""

from __future__ import annotations

import unicodedata


def is_attached(character: str) -> bool:
    """Whether a character takes no column of its own: a combining mark or a format character."""
    return not character.isascii() and unicodedata.category(character) in {"Mn", "Me", "Cf"}


def columns(text: str) -> int:
    """Columns of a terminal that a text takes: two for wide East Asian characters (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(
        0 if is_attached(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )
