"""Blocks of plain text, and how a title is told from a paragraph.

Text that was copied or typed says nowhere what a title is. What tells is its shape (one short line
that isn't a sentence) and its place (straight before a paragraph).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from summarise.readers.entry import one_line

LONG_LINE = 300
"""From this many characters on, a line is a paragraph that isn't wrapped, never a title."""

_PARAGRAPH = 150
_SENTENCE = 20
_ENDS = (".", "!", "?", "。", '."', ".”", ".)")
_SECTIONS = (
    "abstract|aims?|background|introduction|context|objectives?|purpose|motivation|design|setting"
    "|participants|patients|interventions?|(?:materials and |patients and )?methods?|methodology"
    "|measurements?|main outcomes?(?: and measures)?|data sources?|findings|results?|discussion"
    "|interpretation|conclusions?|significance|relevance|limitations|funding|registration"
)
_NAME = rf"((?:{_SECTIONS})(?:(?:/| and | & )(?:{_SECTIONS}))*)"
_SECTION = re.compile(rf"[#*_\s]*{_NAME}[*_]*(?:[:.][*_]*)?", re.IGNORECASE)
_LABELLED = re.compile(rf"[*_]*{_NAME}[*_]*\s?[:.—–-][*_]*\s+\S", re.IGNORECASE)
_BULLET = re.compile(r"(?:[-•*–·▪◦+>]|\(?(?:[0-9]{1,2}|[ivx]{1,4}|[a-h])[.)])\s")
_ADDRESS = re.compile(r"https?://|www\.|\\url\b|\\href\b", re.IGNORECASE)
_NEXT_SENTENCE = re.compile(r"[.!] [A-Z]")
_WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that isn't blank.

    Attributes:
        number: Counted from 1.
        start: Offset of its first character that isn't white space.
        end: Offset after its last one.
        text: What stands between.
        after_blank: Whether a blank line or nothing stands before it.
    """

    number: int
    start: int
    end: int
    text: str
    after_blank: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines."""

    lines: tuple[Line, ...]

    @property
    def start(self) -> int:
        """Offset of its first character."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """Offset after its last character."""
        return self.lines[-1].end

    @property
    def first_line(self) -> int:
        """Number of its first line."""
        return self.lines[0].number

    @property
    def last_line(self) -> int:
        """Number of its last line."""
        return self.lines[-1].number

    @property
    def text(self) -> str:
        """Its lines with a newline between them."""
        return "\n".join(line.text for line in self.lines)


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text that aren't blank."""
    offset, after_blank = 0, True
    for number, raw in enumerate(text.split("\n"), 1):
        stripped = raw.strip()
        if stripped:
            start = offset + raw.index(stripped)
            yield Line(number, start, start + len(stripped), stripped, after_blank)
        after_blank = not stripped
        offset += len(raw) + 1


def blocks_of(lines: list[Line]) -> list[Block]:
    """Group lines into blocks: up to a blank line, and each unwrapped paragraph for itself."""
    groups: list[list[Line]] = []
    for line in lines:
        joins = (
            groups
            and groups[-1][-1].number == line.number - 1
            and max(len(line.text), len(groups[-1][-1].text)) < LONG_LINE
        )
        if joins:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [Block(tuple(group)) for group in groups]


def opens_entry(block: Block, following: Block | None) -> bool:
    """Whether a block inside an entry is the title of the next one.

    It must look like a title, and a paragraph must follow. Where no blank line sets it off, it must
    be written like a title too.
    """
    return (
        following is not None
        and looks_like_title(block)
        and looks_like_paragraph(following.text)
        and (block.lines[0].after_blank or is_title_case(block.text))
    )


def looks_like_title(block: Block) -> bool:
    """Whether a block has the shape of a title: short, no sentence, no list, no address."""
    text = one_line(block.text)
    if not 3 <= len(text) < LONG_LINE or len(block.lines) > 3:
        return False
    if _BULLET.match(text) or _ADDRESS.search(text):
        return False
    if sum(map(str.isalpha, text)) <= sum(map(str.isdigit, text)):
        return False
    if text.endswith((",", ";", ":")) or section_of(text):
        return False
    is_sentence = text.endswith((".", "。", "!")) or _NEXT_SENTENCE.search(text)
    return not is_sentence or is_title_case(text)


def looks_like_paragraph(text: str) -> bool:
    """Whether a text has the shape of running prose, rather than of a title."""
    text = one_line(text)
    if len(text) >= _PARAGRAPH:
        return True
    return len(text) >= _SENTENCE and text.endswith(_ENDS) and not is_title_case(text)


def is_title_case(text: str) -> bool:
    """Whether most words of four letters and more start with a capital."""
    words = [word for word in _WORD.findall(text) if len(word) > 3 and word[0].isalpha()]
    if not words:
        return False
    return sum(not word[0].islower() for word in words) >= 0.6 * len(words)


def is_section_label(text: str) -> bool:
    """Whether a text is nothing but the name of a section, such as “Methods:”."""
    return _SECTION.fullmatch(text.strip()) is not None


def section_of(text: str) -> str | None:
    """The section of a structured abstract that a text opens, in lower case.

    “Methods: We …” and “**METHODS**” above a paragraph both give ``methods``.
    """
    found = _LABELLED.match(text) or _SECTION.fullmatch(text.partition("\n")[0].strip())
    return found[1].lower() if found else None
