"""Styled text broken into lines of a terminal's width."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from summarise.characters import for_screen

BOLD, DIM, WARNING = "1", "2", "1;31"


class Glyph(NamedTuple):
    """What is drawn as one unit: a character with its marks, or an inserted sign."""

    text: str
    style: str = ""
    """Parameters of an ANSI "select graphic rendition" (ECMA-48, 8.3.117), such as ``1;4``."""


@dataclass(frozen=True, slots=True)
class Page:
    """The terminal that lines are made for: its columns, and whether it takes ANSI styles."""

    width: int
    color: bool

    def paint(self, glyphs: Iterable[Glyph]) -> str:
        """Glyphs as one string; every style is closed again where it ends."""
        painted = []
        for style, run in groupby(glyphs, key=lambda glyph: glyph.style if self.color else ""):
            text = "".join(glyph.text for glyph in run)
            painted.append(f"\x1b[{style}m{text}\x1b[0m" if style else text)
        return "".join(painted)

    def lines(self, glyphs: Iterable[Glyph], first: str = "", rest: str = "") -> Iterator[str]:
        """Break glyphs into lines, at spaces where it can be; runs of spaces count as one.

        The first line begins with ``first``, the others with ``rest``, which is as wide.
        """
        room = max(self.width - columns(rest), 8)
        for number, line in enumerate(_broken(glyphs, room)):
            yield f"{rest if number else first}{self.paint(line)}"

    def text(
        self, text: str, style: str = "", *, indent: str = "", rest: str | None = None
    ) -> Iterator[str]:
        """A plain text in one style, cleaned and broken into lines."""
        shown = glyphs_of(for_screen(text, reveal=True), style)
        return self.lines(shown, indent, indent if rest is None else rest)


def columns(text: str) -> int:
    """Columns of a terminal that a text takes: two for wide East Asian characters (UAX #11)."""
    if text.isascii():
        return len(text)
    return sum(
        0 if _is_attached(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def _is_attached(character: str) -> bool:
    """Whether it takes no column of its own: a combining mark or a format character."""
    return not character.isascii() and unicodedata.category(character) in {"Mn", "Me", "Cf"}


def glyphs_of(text: str, style: str = "") -> list[Glyph]:
    """The glyphs of a cleaned text, all in one style."""
    known = {character: Glyph(character, style) for character in set(text)}
    glyphs = map(known.__getitem__, text)
    return list(glyphs) if text.isascii() else joined(glyphs)


def joined(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Put marks that take no column of their own with the character that they follow."""
    whole: list[Glyph] = []
    for glyph in glyphs:
        if whole and not glyph.text.isascii() and all(map(_is_attached, glyph.text)):
            whole[-1] = Glyph(whole[-1].text + glyph.text, whole[-1].style)
        else:
            whole.append(glyph)
    return whole


def _broken(glyphs: Iterable[Glyph], room: int) -> Iterator[list[Glyph]]:
    line: list[Glyph] = []
    used = 0
    for gap, word in _words(glyphs):
        size = columns("".join(glyph.text for glyph in word))
        if line and used + len(gap) + size <= room:
            line += (*gap, *word)
            used += len(gap) + size
            continue
        if line:
            yield line
            line, used = [], 0
        for glyph in word:
            wide = columns(glyph.text)
            if line and used + wide > room:  # a word that is longer than a line
                yield line
                line, used = [], 0
            line.append(glyph)
            used += wide
    yield line


def _words(glyphs: Iterable[Glyph]) -> Iterator[tuple[list[Glyph], list[Glyph]]]:
    """Each word with the space before it. A line may also end after a wide character."""
    gap: list[Glyph] = []
    word: list[Glyph] = []
    for glyph in glyphs:
        is_space = glyph.text == " "
        if not is_space:
            word.append(glyph)
        if word and (is_space or columns(glyph.text) > 1):
            yield gap, word
            gap, word = [], []
        if is_space:
            gap = [glyph]
    if word:
        yield gap, word
