"""Text for a screen or a model: nothing from outside acts or hides, and numbers have nouns."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence

ELLIPSIS = "…"

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

_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
# Embeddings, overrides and isolates: they reorder what follows, beyond the text they came with.
_BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
# Tag characters spell out ASCII that nobody sees (Unicode 16.0, section 23.9).
_TAGS = range(0xE0000, 0xE0080)
# Zero-width space and byte order mark: a value of nothing else would look like none.
_UNSEEN = (0x200B, 0xFEFF)
# Half of a UTF-16 pair can't be written as UTF-8. Python puts one for each byte of a file's name
# that isn't UTF-8.
_SURROGATES = range(0xD800, 0xE000)
_BREAKS = (0x2028, 0x2029)

_SAFE: dict[int, str | None] = {
    **{code: None for code in _CONTROLS if not chr(code).isspace()},
    **dict.fromkeys([*_BIDI, *_TAGS, *_UNSEEN]),
    **dict.fromkeys(_SURROGATES, "\ufffd"),
}


def _named(codes: list[int]) -> dict[int, str | None]:
    return {code: f"‹U+{code:04X}›" for code in codes}


_VISIBLE: dict[int, str | None] = {
    **_SAFE,
    **_named([code for code in _CONTROLS if not chr(code).isspace()]),
    **_named([*_BIDI, *_TAGS, *_SURROGATES]),
}
# Of a line whose blanks have a meaning: what would end it or move the cursor is shown as well.
_INERT: dict[int, str | None] = {**_VISIBLE, **_named([*_CONTROLS, *_BREAKS]), 0x09: "\t"}
_ACTING = re.compile(f"[{re.escape(''.join(map(chr, {*_INERT, *_UNSEEN} - {0x09, 0x0A})))}]")
_ATTACHED = frozenset({"Mn", "Mc", "Me", "Cf"})


def for_screen(text: str, limit: int | None = None, *, reveal: bool = False) -> str:
    """One line of a text, without what could act on the reader's screen.

    White space is folded, line breaks of every kind included. Control characters are dropped, and
    so are bidirectional controls, tag characters and zero-width spaces; half a surrogate pair
    becomes U+FFFD; ``reveal`` shows what is dropped as ``‹U+202E›``, zero-width spaces apart. At
    most ``limit`` characters are kept.
    """
    if text.isprintable():
        # None of its characters is in the tables, and a space is the only blank.
        line = " ".join(text.split()) if "  " in text else text.strip()
    else:
        line = " ".join(text.translate(_VISIBLE if reveal else _SAFE).split())
    return line if limit is None else clip(line, limit)


# What could end a line or hide in one: a sentence takes exactly one line of a prompt.
_LINE_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# A joiner between two letters of a script that needs it (Persian, Hindi, emoji) stays.
_JOINER = "[\u200c\u200d]"
_HIDING = re.compile(
    f"(?!{_JOINER})[{INVISIBLE}]"
    rf"|{_JOINER}(?![^\x00-\x7f])|(?<![^\x00-\x7f]){_JOINER}|(?<={_JOINER}){_JOINER}"
)
RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
"""Digits and signs as they stand in an exponent."""
HALF_CHARACTER = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair, which no file in UTF-8 can hold."""


def for_model(text: str) -> str:
    """A text as one line, without what a reader of the page wouldn't see.

    Line breaks of every kind and control characters become spaces; zero-width, bidirectional and
    tag characters go, and half a surrogate pair becomes U+FFFD. Grounding compares normal forms
    that lack the same characters, so a value that is copied from this line is found in the text.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if not text.isascii():
        text = HALF_CHARACTER.sub("\ufffd", _HIDING.sub("", text))
        # With one joiner gone the next may stand where it isn't needed.
        text = _HIDING.sub("", text)
    return _LINE_BREAKS.sub(" ", text).strip()


_ASCII = bytes(range(0x80))


def beyond_ascii(text: str) -> str:
    """The characters of a text that aren't ASCII, in order: few, and so searched in no time."""
    others = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return others.decode("utf-8", "surrogatepass")


_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def has_right_to_left(text: str) -> bool:
    """Whether a text holds letters that could reorder what stands beside it."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(beyond_ascii(text)) is not None


def inert(line: str) -> str:
    """A line as it stands, its blanks included, with all that could act or end it shown."""
    return line if line.isprintable() else line.translate(_INERT)


_HIDDEN = re.compile(f"[{INVISIBLE}]")


def exposed(text: str) -> str:
    """A text as it stands on one line, each character named that isn't seen or looks like a space.

    So that two texts that differ also look different.
    """
    seen = (one.isprintable() and not _HIDDEN.match(one) for one in text)
    return "".join(
        one if is_seen else f"‹U+{ord(one):04X}›" for one, is_seen in zip(text, seen, strict=True)
    )


def inert_json(text: str) -> str:
    """JSON that means the same, with all that could act on a screen in JSON's own escapes."""
    return text if text.isprintable() else _ACTING.sub(lambda one: json.dumps(one[0])[1:-1], text)


def noun_of(number: int, noun: str, plural: str | None = None) -> str:
    """The form of a noun that goes with a number."""
    return noun if number == 1 else plural or f"{noun}s"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: ``1 record``, ``1,200 records``."""
    return f"{number:,} {noun_of(number, noun, plural)}"


def listed(parts: Iterable[str]) -> str:
    """Words as a list: ``a, b and c``; there is at least one."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def in_columns(
    rows: Sequence[Sequence[str]], texts: Container[int], gap: str = "  "
) -> Iterator[str]:
    """A table's lines: columns as wide as their widest cell, all but ``texts`` to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.ljust(width) if at in texts else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield gap.join(cells).rstrip()


def clip(text: str, limit: int | None) -> str:
    """The beginning of one line, cut between words where it can be, and an ellipsis if it was cut.

    At most so many characters are kept, all where the limit is None.
    """
    if limit is None or len(text) <= limit:
        return text
    cut = text.rfind(" ", 0, limit + 1)
    if cut < limit // 2:  # no words to speak of: Chinese, or an address
        cut = limit
        while cut > 0 and unicodedata.category(text[cut]) in _ATTACHED:
            cut -= 1
        cut = cut or limit
    return text[:cut].rstrip(" ,;:") + ELLIPSIS
