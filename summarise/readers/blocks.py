"""Blocks of plain text, how a title is told from a paragraph, and the labels of an entry.

Text that was copied or typed says nowhere what a title is. What tells is its shape (one short line
that isn't a sentence) and its place (straight before a paragraph).

Labels stand at line starts (``Title:``, ``Abstract:``, ``DOI:``). Those of metadata are read above
the abstract, and where the whole file is labelled, below it too. What stands above an abstract's
label without one of its own belongs to no field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from summarise.readers.abstracts import section_of
from summarise.readers.entry import (
    Entry,
    normalise_arxiv,
    normalise_doi,
    one_line,
    split_names,
    to_date,
)
from summarise.readers.fields import joined_words

LONG_LINE = 300
"""From this many characters on, a line is a paragraph that isn't wrapped, never a title."""

_PARAGRAPH = 150
_SENTENCE = 20
_ENDS = (".", "!", "?", "。", '."', ".”", ".)")
_BULLET = re.compile(r"(?:[-•*–·▪◦+>]|\(?(?:[0-9]{1,2}|[ivx]{1,4}|[a-h])[.)])\s")
_ADDRESS = re.compile(r"https?://|www\.|\\url\b|\\href\b", re.IGNORECASE)
# Not "St. John", not "E. coli" or "J. Roe".
NEXT_SENTENCE = re.compile(
    r"(?<!\b[^\W\d_])(?<!\b(?:St|Dr|Mr|Ms|Mt|vs|No))[.!][)\]”\"]?\s+[^\W\d_a-z]|。(?=.)"
)
"""Where a sentence ends and another begins."""
_WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that isn't blank, without the white space around it; ``number`` counts from 1."""

    number: int
    start: int
    end: int
    text: str
    after_blank: bool
    """Whether a blank line or nothing stands before it."""


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines."""

    lines: tuple[Line, ...]

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
    is_sentence = text.endswith((".", "。", "!")) or NEXT_SENTENCE.search(text)
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
    capitals: int = sum(word[0].isupper() for word in words)
    return capitals >= 0.6 * len(words)


_ADDRESSES = frozenset(("doi", "arxiv", "arxiv id", "url", "link"))
_BELOW = frozenset(("keywords", "key words", "index terms"))
"""What ends an abstract wherever it stands."""
TITLE, ABSTRACT = "title", "abstract"
"""Two labels, as ``label_of`` gives them."""

_LABEL = re.compile(
    r"[#>*_\s]*(title|abstract|authors?|date|year|published|doi|arxiv(?: id)?|id|url|link|keywords?"
    r"|key words|index terms|journal|venue)[*_]*\s*(?:[:：]|(?<=words|terms)\s?[—–])[*_]*\s*",
    re.IGNORECASE,
)
# Alone on its line, in bold, or as journals print it: “Abstract—We”, “Abstract. We”.
_ABSTRACT_LABEL = re.compile(
    r"[#>*_\s]*abstract(?:[*_]*\s*[:：.—–]+[*_]*\s*|[*_]+\s*|[*_\s#]*\Z)", re.IGNORECASE
)
# Bounded: each bracket of a text could open one.
_LINK = re.compile(r"\[([^\]]{1,400})\]\((https?://[^)\s]{1,500})\)")


@dataclass(frozen=True, slots=True)
class EntryLines:
    """The lines of an entry, from line ``line`` on, but for its title where the layout gave one."""

    lines: list[Line]
    title: str | None
    line: int
    labelled: bool = False
    """Whether the whole file is."""
    authors: tuple[str, ...] = ()
    """Those that the layout gave."""


def label_of(line: Line) -> str | None:
    """The label that a line starts with, in lower case."""
    if _ABSTRACT_LABEL.match(line.text):
        return ABSTRACT
    found = _LABEL.match(line.text)
    return found[1].lower() if found else None


def is_abstract_label(text: str) -> bool:
    """Whether a text says nothing but “Abstract”."""
    return _ABSTRACT_LABEL.fullmatch(text) is not None


def to_entry(part: EntryLines, text: str, name: str) -> Entry:
    """Read the labels of a part of a whole source; the rest is the abstract."""
    walk = _Walk(Entry(name, part.line, authors=part.authors), part)
    for line in part.lines:
        walk.take(line)
    entry = walk.entry
    title, url = _unlinked(" ".join(walk.title) or part.title or "")
    entry = replace(entry, title=title or None, url=entry.url or url)
    return joined_words(replace(entry, abstract=text[walk.start : walk.end]))


def _unlinked(title: str) -> tuple[str, str | None]:
    """A title without Markdown's marks, and the address that it links to."""
    found = _LINK.search(title)
    title = _LINK.sub(r"\1", title)
    if label := _LABEL.match(title):
        title = title[label.end() :] if label[1].lower() == TITLE else title
    if title[:2] in {"**", "__"} and title[:2] == title[-2:]:
        title = title[2:-2]
    return title.strip(), found[2] if found else None


class _Walk:
    """One pass over the lines of an entry: labels first, then the abstract."""

    def __init__(self, entry: Entry, part: EntryLines) -> None:
        self.entry = entry
        self.title: list[str] = []
        self.start = self.end = 0
        self._labelled = part.labelled
        self._waits = any(label_of(line) == ABSTRACT for line in part.lines)
        self._label: str | None = None

    def take(self, line: Line) -> None:
        label = label_of(line)
        began = self.end > 0
        if label == ABSTRACT and not began:
            self._begin(line)
        elif label and (not began or self._labelled or label in _BELOW):
            self._label = label
            found = _ABSTRACT_LABEL.match(line.text) or _LABEL.match(line.text)
            value = line.text[found.end() if found else 0 :]
            address, _, rest = value.partition(" ")
            is_above = label in _ADDRESSES and not (began or self._waits)
            if is_above and looks_like_paragraph(rest):  # the abstract goes on behind it
                self._extend(replace(line, start=line.end - len(rest), text=rest))
                value = address.rstrip(".,;")
            self._set(label, value.strip("*_ "))
        elif self._label == TITLE and not line.after_blank and not began:
            self.title.append(line.text)
        elif self._label == ABSTRACT or not (began or self._waits):
            self._extend(line)

    def _begin(self, line: Line) -> None:
        self._label, self._waits = ABSTRACT, False
        found = _ABSTRACT_LABEL.match(line.text)
        if found and found.end() < len(line.text):
            self.start, self.end = line.start + found.end(), line.end

    def _extend(self, line: Line) -> None:
        self._label = ABSTRACT
        self.start = self.start if self.end else line.start
        self.end = line.end

    def _set(self, label: str, value: str) -> None:
        if not value:
            return
        match label:
            case "title":
                self.title = [value]
            case "author" | "authors":
                self.entry = replace(self.entry, authors=split_names(value))
            case "date" | "year" | "published":
                self.entry = replace(self.entry, published=to_date(value))
            case "doi" if normalise_doi(value):
                self.entry = replace(self.entry, doi=value)
            case "arxiv" | "arxiv id" if normalise_arxiv(value):
                self.entry = replace(self.entry, arxiv=value)
            case "id":
                self.entry = replace(self.entry, given_id=value)
            case "url" | "link":
                self.entry = replace(self.entry, url=value)
