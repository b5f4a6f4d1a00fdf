"""Untrusted text made fit to show: one line, nothing invisible that acts, clipped, measured."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"

_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
# Embeddings, overrides and isolates: they reorder what follows, beyond the text they came with.
_BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
# Tag characters spell out ASCII that nobody sees (Unicode 16.0, section 23.9).
_TAGS = range(0xE0000, 0xE0080)
# Zero-width space and byte order mark: a value of nothing else would look like none.
_UNSEEN = (0x200B, 0xFEFF)
# Half of a UTF-16 pair can't be written as UTF-8.
_SURROGATES = range(0xD800, 0xE000)

_SAFE: dict[int, str | None] = {
    **{code: None for code in _CONTROLS if not chr(code).isspace()},
    **dict.fromkeys([*_BIDI, *_TAGS, *_UNSEEN]),
    **dict.fromkeys(_SURROGATES, "\ufffd"),
}
_VISIBLE: dict[int, str | None] = {
    **_SAFE,
    **{code: f"‹U+{code:04X}›" for code in [*_BIDI, *_TAGS]},
}
_ATTACHED = frozenset({"Mn", "Mc", "Me", "Cf"})


def clean(text: str, *, reveal: bool = False) -> str:
    """One line of a text, without what could act on the reader's screen.

    White space is folded, line breaks of every kind included. Control characters are dropped, and
    so are bidirectional controls, tag characters and zero-width spaces; half a surrogate pair
    becomes U+FFFD.

    Args:
        text: Any text.
        reveal: Show bidirectional controls and tag characters as ``‹U+202E›`` instead.
    """
    if (
        text.isprintable()
    ):  # so none of its characters is in the tables, and a space is the only blank
        return " ".join(text.split()) if "  " in text else text.strip()
    return " ".join(text.translate(_VISIBLE if reveal else _SAFE).split())


def clip(text: str, limit: int | None) -> str:
    """The beginning of a text, cut between words where it can be, and an ellipsis if it was cut.

    Args:
        text: One line.
        limit: Characters to keep at most, None for all.
    """
    if limit is None or len(text) <= limit:
        return text
    cut = text.rfind(" ", 0, limit + 1)
    if cut < limit // 2:  # no words to speak of: Chinese, or an address
        cut = _start_of_cluster(text, limit)
    return text[:cut].rstrip(" ,;:") + ELLIPSIS


def _start_of_cluster(text: str, index: int) -> int:
    start = index
    while start > 0 and unicodedata.category(text[start]) in _ATTACHED:
        start -= 1
    return start or index


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
