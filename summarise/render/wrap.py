"""Styled text broken into lines of a terminal's width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from summarise.characters import for_screen
from summarise.render.characters import columns, is_attached

BOLD = "1"
DIM = "2"
WARNING = "1;31"


class Glyph(NamedTuple):
    """What is drawn as one unit: a character with its marks, or an inserted sign.

    Attributes:
        text: What to print.
        style: Parameters of an ANSI "select graphic rendition" (ECMA-48, 8.3.117), such as
            ``1;4``; empty for none.
    """

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The terminal that lines are made for.

    Attributes:
        width: Columns.
        color: Whether it takes ANSI styles.
    """

    width: int
    color: bool

    def paint(self, glyphs: Iterable[Glyph]) -> str:
        """Glyphs as one string; every style is closed again where it ends."""
        runs = groupby(glyphs, key=lambda glyph: glyph.style if self.color else "")
        return "".join(
            f"\x1b[{style}m{text}\x1b[0m" if style else text
            for style, run in runs
            for text in ["".join(glyph.text for glyph in run)]
        )

    def lines(self, glyphs: Iterable[Glyph], first: str = "", rest: str = "") -> Iterator[str]:
        """Break glyphs into lines, at spaces where it can be.

        Args:
            glyphs: The text; runs of spaces count as one.
            first: What the first line begins with.
            rest: What the other lines begin with, as wide as ``first``.
        """
        room = max(self.width - columns(rest), 8)
        for number, line in enumerate(_broken(glyphs, room)):
            yield f"{rest if number else first}{self.paint(line)}"

    def text(self, text: str, style: str = "", *, indent: str = "") -> Iterator[str]:
        """A plain text in one style, cleaned and broken into lines."""
        return self.lines(glyphs_of(for_screen(text, reveal=True), style), indent, indent)


def glyphs_of(text: str, style: str = "") -> list[Glyph]:
    """The glyphs of a cleaned text, all in one style."""
    return joined(Glyph(character, style) for character in text)


def joined(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Put marks that take no column of their own with the character that they follow."""
    whole: list[Glyph] = []
    for glyph in glyphs:
        if whole and is_attached(glyph.text[:1]) and columns(glyph.text) == 0:
            whole[-1] = Glyph(whole[-1].text + glyph.text, whole[-1].style)
        else:
            whole.append(glyph)
    return whole


def _broken(glyphs: Iterable[Glyph], room: int) -> Iterator[list[Glyph]]:
    line: list[Glyph] = []
    used = 0
    for gap, word in _words(glyphs):
        size = sum(columns(glyph.text) for glyph in word)
        if line and used + len(gap) + size > room:
            yield line
            line, used = [], 0
        for glyph in [*gap, *word] if line else word:
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
        if glyph.text == " ":
            if word:
                yield gap, word
                gap, word = [], []
            gap = [glyph]
        else:
            word.append(glyph)
            if columns(glyph.text) > 1:
                yield gap, word
                gap, word = [], []
    if word:
        yield gap, word
