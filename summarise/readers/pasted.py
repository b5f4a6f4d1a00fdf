"""Papers pasted one below another, without a heading, a label or a rule: where each begins.

A paper is a title, lines of names and places, and a body, one below another, with blank lines
between them or not. Each is told by its shape:

* A body has two sentences, or is long. So does what ends as a sentence, below a line that doesn't.
* A line of names has people, and nothing else; below it may stand where they are from.
* A title is whatever else stands straight above those two: one sentence at most, on three lines at
  most. Above a body without a blank line, no one width can have wrapped both, or the body begins
  with a capital where other titles of the text stand likewise.

What the first title looks like holds for all: where it is numbered or has a bullet, so have the
others, and numbers go up. Only where it ends in a full stop may another do so, since most
sentences that stand alone belong to an abstract. What looks like a title all the same is a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from summarise.readers.abstracts import is_section_label, section_of
from summarise.readers.blocks import (
    ABSTRACT,
    NEXT_SENTENCE,
    Block,
    EntryLines,
    Line,
    blocks_of,
    is_abstract_label,
    is_title_case,
    label_of,
    looks_like_paragraph,
    looks_like_title,
)
from summarise.readers.entry import BEFORE_INITIALS, MIN_ABSTRACT, one_line, split_names

ASIDE = 150
"""Fewest characters of a paragraph that isn't said by the way."""

_MOST_LINES = 3
_MARK = re.compile(r"(?:(?P<number>[(\[]?(?P<of>[0-9]{1,3})[.)\]])|[-•*–·▪◦+>])\s+(?=\S)")
_STOPS = (".", "!", "?", "。")
# A sentence of an abstract, not a title that ends in a full stop.
_SPEAKS = re.compile(r"\b(?:we|our|us|this|these|here)\b|\b(?:available|registered)\b", re.I)
# A wrapped line may end in these, a title doesn't.
_GOES_ON = re.compile(
    r"\b(?:an?|the|of|in|on|at|to|for|by|with|from|and|or|than|as|is|are)\Z", re.I
)
_NOTE = re.compile(r"©|Copyright\b|\(.*\)\.?\Z|Funded by\b", re.DOTALL)
_ADDRESS = re.compile(r"https?:|www\.|\A\w+:\s")
_FIRST_HAN = "\u2e80"
_BETWEEN_NAMES = re.compile(r"[,;&·]|\band\b")
_NO_NAME = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[\d*†‡§¶¹²³⁰-⁹]|\bet al\b\.?|^By\b")
_INITIALS = re.compile(r"\b[A-Z]{1,2}\.?(?:\Z|\s)")
# Of a list, not of an initial.
_LAST_STOP = re.compile(r"(?<!\b[A-Z])\s*\.\s*\Z")
_PARTICLES = frozenset(
    ("van", "von", "der", "den", "de", "di", "da", "la", "le", "del", "dos", "al", "el")
)
_PLACE = re.compile(
    r"\b(?:Universit\w+|Institut\w*|Departe?ment|Dept|School|College|Hospital|Laborator\w+|Cent(?:er|re)"
    r"|Faculty|Academy|Inc|Ltd|GmbH)\b|\S@\S|(?:19|20)\d\d\b.{0,12};\s?\d"
)


class Pasted(NamedTuple):
    """The papers of a text."""

    papers: list[EntryLines]
    doubt: int | None
    """The number of a line that may begin another paper, or may not."""


@dataclass(frozen=True, slots=True)
class _Cutting:
    """Lines that are one thing: a title, a line of names or of a place, or a paragraph."""

    block: Block
    is_front: bool = False
    """Whether it names people, or a place below them."""

    @property
    def line(self) -> Line:
        return self.block.lines[0]

    @property
    def mark(self) -> re.Match[str] | None:
        """Its number or bullet."""
        return _MARK.match(self.line.text)

    @property
    def kind(self) -> str:
        """Whether it has a number, a bullet or nothing in front."""
        mark = self.mark
        return "" if mark is None else "number" if mark["number"] else "bullet"

    @property
    def bare(self) -> Block:
        """Its lines without that."""
        return _unmarked(self.block)

    @property
    def text(self) -> str:
        return one_line(self.bare.text)


def papers_of(lines: list[Line]) -> Pasted | None:
    """The papers of some lines by their titles, None where there is no title."""
    pieces = list(_pieces(lines))
    starts = _titles(pieces)
    if any(piece.is_front for piece in pieces) and (stray := _stray(pieces, starts)):
        # "Copper Nets and Iron Nets", below no title of a paper
        pieces = [replace(p, is_front=False) if at in stray else p for at, p in enumerate(pieces)]
        starts = _titles(pieces)
    if not starts:
        return None
    above, known = pieces[: starts[0]], {*starts}
    papers = [_paper(above)] if any(is_body(piece.text) for piece in above) else []
    papers += (_paper(pieces[a:b], titled=True) for a, b in pairwise([*starts, len(pieces)]))
    inner = (at for at in range(starts[0] + 1, len(pieces) - 1) if at not in known)
    doubt = next((pieces[at].line.number for at in inner if _may_open(pieces, at)), None)
    return Pasted(papers, doubt)


def _titles(pieces: Sequence[_Cutting]) -> list[int]:
    """Where the titles are: those that look like the first, if no body stands above that."""
    below = _below(pieces)
    titles = [at for at, piece in enumerate(pieces) if _is_title_above(piece, below[at])]
    # Of two such lines one below another the lower one is.
    later = {id(pieces[at]) for at in titles}
    titles = [at for at in titles if id(below[at]) not in later]
    full = next((at for at, piece in enumerate(pieces) if _is_full(piece)), len(pieces))
    lead = titles[0] if titles and titles[0] < full else None
    return _alike(pieces, titles, lead)


def _stray(pieces: Sequence[_Cutting], starts: Sequence[int]) -> set[int]:
    """What looks like names and places, but stands below no title."""
    stray, known = set[int](), {*starts}
    is_below_title = False
    for at, piece in enumerate(pieces):
        is_below_title = at in known or (is_below_title and piece.is_front)
        if piece.is_front and not is_below_title:
            stray.add(at)
    return stray


def _alike(pieces: Sequence[_Cutting], titles: Sequence[int], lead: int | None) -> list[int]:
    """Those titles that look like the first one."""
    kind = "" if lead is None else pieces[lead].kind
    may_stop = lead is not None and (bool(kind) or pieces[lead].text.endswith(_STOPS))
    starts: list[int] = []
    number: int | None = None
    for at in titles:
        piece = pieces[at]
        if piece.kind != kind or (_is_stopped(piece) and not may_stop):
            continue
        if kind == "number" and (mark := piece.mark):
            if number is not None and int(mark["of"]) <= number:
                continue
            number = int(mark["of"])
        starts.append(at)
    return _past_header(pieces, starts)


def _past_header(pieces: Sequence[_Cutting], starts: list[int]) -> list[int]:
    """The line above the first paper may head a list: then what looks like names is a title."""
    if not starts or starts[0] + 1 >= len(pieces):
        return starts
    first, names = pieces[starts[0]], pieces[starts[0] + 1]
    is_names = names.is_front and names.line.after_blank and looks_like_title(names.block)
    has_more = len(starts) > 1 and not any(pieces[at + 1].is_front for at in starts[1:])
    if is_names and (has_more or len(first.text) < MIN_ABSTRACT):
        return [starts[0] + 1, *starts[1:]]
    return starts


def _may_open(pieces: Sequence[_Cutting], at: int) -> bool:
    """Whether what is no title stands where one would, between two bodies."""
    piece, text = pieces[at], pieces[at].text
    if not (piece.line.after_blank and _is_full(pieces[at - 1]) and len(text) < ASIDE):
        return False
    says_else = section_of(text) or _SPEAKS.search(text) or _ADDRESS.search(text)
    return not (piece.is_front or says_else) and _is_full(pieces[at + 1])


def _paper(pieces: Sequence[_Cutting], *, titled: bool = False) -> EntryLines:
    first, *rest = pieces
    if not titled:
        lines = [line for piece in pieces for line in piece.block.lines]
        return EntryLines(lines, None, first.line.number)
    names: list[str] = []
    while rest and rest[0].is_front:
        names += _people(rest[0].block.text) or []
        rest = rest[1:]
    lines = [line for piece in rest for line in piece.block.lines]
    title = first.text[:-1] if first.text.endswith(".") else first.text
    return EntryLines(lines, title, first.line.number, authors=tuple(names))


# Pieces.


def _pieces(lines: list[Line]) -> Iterator[_Cutting]:
    blocks = [item for block in blocks_of(lines) for item in _items(block)]
    heights = _heights(blocks)
    is_below_title = has_names = False
    for block, height in zip(blocks, heights, strict=True):
        rest = block.lines
        if height:
            yield _Cutting(Block(rest[:height]))
            rest, is_below_title, has_names = rest[height:], True, False
        while is_below_title and rest and _is_front(rest[0].text, has_names=has_names):
            yield _Cutting(Block(rest[:1]), is_front=True)
            rest, has_names = rest[1:], True
        if rest:
            is_below_title, has_names = _is_title(_unmarked(Block(rest))), False
            yield _Cutting(Block(rest))


def _heights(blocks: Sequence[Block]) -> list[int]:
    """How many lines of each block are a title above the others.

    One with a full stop is one where the first is, and half of the blocks of lines have one.
    """
    for may_stop in (True, False):
        heights = [_height(block, may_stop=may_stop) for block in blocks]
        if any(heights):
            heights = [
                height or _height(block, likewise=True, may_stop=may_stop)
                for height, block in zip(heights, blocks, strict=True)
            ]
        first = one_line(Block(blocks[0].lines[: heights[0] or None]).text) if blocks else ""
        is_marked = _MARK.match(first) is not None
        is_layout = is_marked or (first.endswith(_STOPS) and len(heights) > 1)
        if is_layout and 2 * sum(map(bool, heights)) >= sum(len(one.lines) > 1 for one in blocks):
            break
    return heights


def _items(block: Block) -> list[Block]:
    """The papers of a block that no blank line parts.

    Each is a line with a mark, and others below it; or every other line is a title.
    """
    lines = block.lines
    if len(lines) > 3 and len(lines) % 2 == 0 and not _MARK.match(lines[0].text):
        is_title = [looks_like_title(Block((line,))) for line in lines]
        stops = all(line.text.endswith(_STOPS) for line in lines[1::2])
        bodies = (is_body(line.text, firmly=True) for line in lines[1::2])
        opens = not any(line.text[0].islower() for line in lines)
        if stops and opens and all(is_title[::2]) and all(bodies):
            return [Block(lines[at : at + 2]) for at in range(0, len(lines), 2)]
    marked = [at for at, line in enumerate(lines) if _MARK.match(line.text)]
    ends = [*marked[1:], len(lines)]
    if len(marked) < 2 or marked[0] or any(b - a < 2 for a, b in zip(marked, ends, strict=True)):
        return [block]
    return [Block(lines[a:b]) for a, b in zip(marked, ends, strict=True)]


def _height(block: Block, *, likewise: bool = False, may_stop: bool = False) -> int:
    """How many lines of a block are a title above the others; 0 where there is none."""
    lines = _unmarked(block).lines
    for height in range(1, min(_MOST_LINES, len(lines) - 1) + 1):
        head, rest = Block(lines[:height]), lines[height:]
        below = rest[0].text
        if not _is_title(head, may_stop=may_stop) or _GOES_ON.search(head.text):
            continue
        is_short_name = is_title_case(head.text) and len(_people(below) or ()) == 1
        if (_is_front(below) and not is_short_name) or label_of(rest[0]) or section_of(below):
            return height
        is_small = below[0].islower() or not below[0].isalpha()
        if is_small or (is_title_case(below) and not looks_like_paragraph(below)):
            continue
        is_apart = likewise or _is_apart(lines[height - 1].text, rest)
        if is_apart and is_body(Block(rest).text, firmly=may_stop):
            return height
    return 0


def _is_apart(last: str, rest: Sequence[Line]) -> bool:
    """Whether no one width can have wrapped a line and the lines below it.

    The next line's first word would have fitted in; or the line is longer than one of those could
    have been without taking in a word of the next.
    """
    # Chinese and Japanese are wrapped behind any character.
    words = [line.text.split(maxsplit=1)[0] for line in rest]
    words = [word[0] if word[0] >= _FIRST_HAN else word for word in words]
    if len(last) + 1 + len(words[0]) <= max(len(line.text) for line in rest):
        return True
    wrapped = zip(rest[:-1], words[1:], strict=True)
    return any(len(line.text) + 1 + len(word) <= len(last) for line, word in wrapped)


# Shapes.


def _unmarked(block: Block) -> Block:
    first, *rest = block.lines
    if (mark := _MARK.match(first.text)) is None:
        return block
    end = mark.end()
    bare = Line(first.number, first.start + end, first.end, first.text[end:], first.after_blank)
    return Block((bare, *rest))


def _is_title(block: Block, *, may_stop: bool = True) -> bool:
    """Whether a block has the shape of a title; with a full stop, where it ``may_stop``."""
    text = one_line(block.text)
    if looks_like_title(block) or _NOTE.match(text):
        return _NOTE.match(text) is None
    if not may_stop or not text.endswith(".") or _SPEAKS.search(text):
        return False
    last, stop = block.lines[-1], len(block.lines[-1].text) - 1
    bare = Line(last.number, last.start, last.end - 1, last.text[:stop], last.after_blank)
    return stop > 0 and looks_like_title(Block((*block.lines[:-1], bare)))


def _has_subtitle(block: Block) -> bool:
    """Whether a block is short and breaks off behind a sentence, as in "Naps. A field trial"."""
    text = one_line(block.text)
    if len(text) >= ASIDE or any(_MARK.match(line.text) for line in block.lines[1:]):
        return False
    if text.endswith((*_STOPS, ",", ";", ":", ")")) or section_of(text):
        return False
    return len(NEXT_SENTENCE.findall(text)) == 1 and not _SPEAKS.search(text)


def _is_stopped(piece: _Cutting) -> bool:
    return piece.text.endswith(".") and not is_title_case(piece.text)


def _is_title_above(piece: _Cutting, below: _Cutting | None) -> bool:
    if piece.is_front or below is None:
        return False
    if not (_is_title(piece.bare) or (piece.line.after_blank and _has_subtitle(piece.bare))):
        return False
    return is_body(below.text, firmly=_is_stopped(piece) or bool(piece.kind))


def is_body(text: str, *, firmly: bool = False) -> bool:
    """Whether a text has two sentences or is long; or, but ``firmly``, ends as a sentence does."""
    text = one_line(text)
    return (
        len(text) >= ASIDE
        or bool(NEXT_SENTENCE.search(text))
        or (not firmly and looks_like_paragraph(text))
    )


def _is_full(piece: _Cutting) -> bool:
    is_title = _is_title(piece.bare) or _has_subtitle(piece.bare)
    return is_body(piece.text, firmly=True) and not is_title


def _below(pieces: Sequence[_Cutting]) -> list[_Cutting | None]:
    """The piece below each one, past people, places, labels and “Abstract” alone."""
    found: list[_Cutting | None] = []
    below: _Cutting | None = None
    for piece in reversed(pieces):
        found.append(below)
        text = piece.block.text
        says_nothing = piece.is_front or is_abstract_label(text) or is_section_label(text)
        is_labelled = all(label_of(line) not in (None, ABSTRACT) for line in piece.block.lines)
        below = below if says_nothing or is_labelled else piece
    return found[::-1]


def _is_front(text: str, *, has_names: bool = False) -> bool:
    if len(text) >= 4 * ASIDE:
        return False
    is_place = has_names and len(text) < ASIDE and _PLACE.search(text) is not None
    return is_place or _people(text) is not None


def _people(text: str) -> tuple[str, ...] | None:
    """The names of people, footnotes and places in brackets apart."""
    bare = _NO_NAME.sub(" ", one_line(text)).strip(" ,;")
    parts = _BETWEEN_NAMES.split(BEFORE_INITIALS.sub("", bare))
    names = [_LAST_STOP.sub("", name).split() for name in parts if name.strip()]
    is_bare = bare == text.strip() or _INITIALS.search(bare) is not None
    is_many = len(names) > 1
    if not (is_many or (names and is_bare and len(names[0]) < 4)):
        return None
    is_names = all(
        1 < len(name) < 6
        and any(not word.isupper() for word in name)
        and all(word[0].isupper() or word in _PARTICLES for word in name)
        for name in names
    )
    return split_names("; ".join(map(" ".join, names))) if is_names else None
