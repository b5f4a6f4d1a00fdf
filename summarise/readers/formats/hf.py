"""Hugging Face Daily Papers, as text copied from a browser.

An entry is a title, one or more paragraphs of abstract, and most often some lines of metadata::

    A Title on One Line

    The abstract. It may hold blank lines.

      • 11 authors
    ·
    Sep 30, 2023 11

The last number counts comments. The year is missing when it is the current one. An organisation's
line (``adobe Adobe``: handle, name) may stand in place of the authors, or nothing at all: then only
the shape of the next title tells where an abstract ends. The metadata closes an entry whatever
stands before it, so a title after it may look like anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import groupby

from summarise.readers import InputFormat
from summarise.readers.blocks import (
    LONG_LINE,
    Block,
    Line,
    blocks_of,
    lines_of,
    looks_like_paragraph,
    looks_like_title,
    opens_entry,
)
from summarise.readers.entry import MONTH, Entry, one_line, to_edtf
from summarise.readers.foreign import refuse_foreign
from summarise.readers.source import decoded

_PHRASES = re.compile(
    r"get trending papers in your email inbox!?|daily papers|by ?ak and the research community"
    r"|submitted by(?: \S+)?|upvote(?: [0-9.,]+k?)?|view (?:arxiv page|pdf)|add to collection"
    r"|(?:published on|arxiv:) ?.{0,40}|trending papers|hugging face’s logo|hugging face's logo",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"new|subscribe|previous|next|company|tos|privacy|about|careers|website|models|datasets|spaces"
    r"|buckets|pricing|docs|enterprise|community|solutions|log ?in|sign up|daily|weekly|monthly"
    r"|search|hugging face|system theme|github|papers?",
    re.IGNORECASE,
)
_AUTHORS = re.compile(r"([0-9][0-9,]{0,9}) authors?", re.IGNORECASE)
_COUNT = re.compile(r"[0-9][0-9.,]*k?", re.IGNORECASE)
_DATE = re.compile(rf"({MONTH} [0-9]{{1,2}}(?:, [0-9]{{4}})?)(?: {_COUNT.pattern})?", re.IGNORECASE)
_DOTS = re.compile(r"[·•]")
_HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_USER = 40
_ORGANISATION = 80


class _Kind(Enum):
    TEXT = auto()
    METADATA = auto()
    COUNT = auto()
    PHRASE = auto()
    WORD = auto()


@dataclass(frozen=True, slots=True)
class _Token:
    """A block of text, or lines of another kind."""

    kind: _Kind
    block: Block


def _recognises(head: bytes) -> bool:
    """Whether it is a copied page: its header, or a line that counts authors."""
    phrases, metadata = set(), 0
    for line in lines_of(decoded(head)):
        if _PHRASES.fullmatch(one_line(line.text)):
            phrases.add(one_line(line.text).lower())
        elif _is_metadata(line.text):
            metadata += bool(_DOTS.search(line.text) and _author_count(line.text))
    return metadata > 0 or len(phrases) > 1


class _PastedPage:
    """One walk over the tokens of a page."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._open = Entry(name, 0)
        self._blank = self._open
        self._body: list[Block] = []
        self._closed = False
        self._seen = False

    def entries(self) -> Iterator[Entry]:
        """The entries in order, those with a title alone included."""
        for index, token in enumerate(self._tokens):
            if self._ends_before(index, token):
                yield from self._flush()
            self._take(index, token)
        yield from self._flush()

    def _ends_before(self, index: int, token: _Token) -> bool:
        """Whether the open entry ends where this token starts."""
        if token.kind is _Kind.METADATA:
            return False
        if token.kind is not _Kind.TEXT:
            return token.kind is not _Kind.COUNT or not self._goes_on_after(index)
        if self._closed:
            return True
        has_metadata = self._open.author_count is not None or self._open.published is not None
        if has_metadata and not looks_like_paragraph(token.block.text):
            return True
        starts = _opens_entry(token.block, self._following(index))
        return starts and (bool(self._body) or not looks_like_paragraph(token.block.text))

    def _take(self, index: int, token: _Token) -> None:
        if token.kind is _Kind.METADATA:
            self._add_metadata(token.block)
        elif token.kind is _Kind.TEXT:
            self._add_text(index, token.block)
        elif token.kind is _Kind.COUNT and self._body:
            self._body.append(token.block)

    def _add_text(self, index: int, block: Block) -> None:
        if self._open is not self._blank:
            if self._body and self._is_organisation(index, block):
                self._open = replace(self._open, organisation=_without_handle(block.text))
            else:
                self._body.append(block)
            return
        self._open = replace(self._blank, line=block.lines[0].number)
        if len(block.text) < LONG_LINE and (looks_like_title(block) or self._following(index)):
            self._open = replace(self._open, title=block.text)
        else:
            self._body.append(block)

    def _add_metadata(self, block: Block) -> None:
        if self._open is self._blank:
            return
        for line in block.lines:
            for part in _DOTS.split(one_line(line.text)):
                if count := _author_count(part):
                    self._open = replace(self._open, author_count=count)
                elif found := _DATE.fullmatch(part.strip()):
                    self._open = replace(self._open, published=to_edtf(found[1]))
        self._closed = bool(self._body)

    def _flush(self) -> Iterator[Entry]:
        entry, body = self._open, self._body
        self._open, self._body, self._closed = self._blank, [], False
        if body:
            self._seen = True
            first, last = body[0].lines[0], body[-1].lines[-1]
            yield replace(entry, abstract=self._text[first.start : last.end])
        elif entry.title and (self._seen or entry.author_count or entry.published):
            yield entry  # before the first abstract, a lone line is part of the page's header

    def _following(self, index: int) -> Block | None:
        """The next block of text, if nothing else stands between."""
        if index + 1 < len(self._tokens) and self._tokens[index + 1].kind is _Kind.TEXT:
            return self._tokens[index + 1].block
        return None

    def _goes_on_after(self, index: int) -> bool:
        """Whether a bare number belongs to the abstract: it is one row, say, of a table."""
        following = self._following(index)
        if not self._body or self._closed or following is None:
            return False
        after = self._following(index + 1)
        return not _opens_entry(following, after)

    def _is_organisation(self, index: int, block: Block) -> bool:
        """Whether a block is a short line right above ``·``, which an abstract's end never is."""
        after = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        return (
            after is not None
            and after.kind is _Kind.METADATA
            and after.block.lines[0].number == block.lines[-1].number + 1
            and not after.block.lines[0].text.strip("·•")
            and len(block.lines) == 1
            and len(block.text) <= _ORGANISATION
            and not block.text.endswith((".", "!", "?", ":"))
        )


def _opens_entry(block: Block, following: Block | None) -> bool:
    """Whether a block is a title; a word of the site's menus isn't, wherever it stands."""
    return not _WORDS.fullmatch(block.text) and opens_entry(block, following)


def _tokens(text: str) -> list[_Token]:
    lines = list(lines_of(text))
    kinds = _kinds(lines)
    tokens: list[_Token] = []
    for kind, pairs in groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0]):
        group = [line for _, line in pairs]
        blocks = blocks_of(group) if kind is _Kind.TEXT else [Block(tuple(group))]
        tokens.extend(_Token(kind, block) for block in blocks)
    return tokens


def _kinds(lines: list[Line]) -> list[_Kind]:
    kinds = [_kind(line.text) for line in lines]
    for index, line in enumerate(lines):
        if index and one_line(lines[index - 1].text).lower() == "submitted by":
            kinds[index] = _Kind.PHRASE if len(line.text) <= _USER else kinds[index]
        elif kinds[index] is _Kind.COUNT:
            kinds[index] = _kind_of_count(lines, kinds, index)
    _settle_words(kinds)
    return kinds


def _kind(text: str) -> _Kind:
    text = one_line(text)
    if _COUNT.fullmatch(text):
        return _Kind.COUNT
    if _is_metadata(text):
        return _Kind.METADATA
    if _PHRASES.fullmatch(text):
        return _Kind.PHRASE
    return _Kind.WORD if _WORDS.fullmatch(text) else _Kind.TEXT


def _kind_of_count(lines: list[Line], kinds: list[_Kind], index: int) -> _Kind:
    """What a bare number is: part of the metadata that it touches, or of the text around it."""
    above = kinds[index - 1] if index and not lines[index].after_blank else None
    ends = index + 1 == len(lines) or lines[index + 1].after_blank
    below = None if ends else kinds[index + 1]
    if _Kind.METADATA in (above, below):
        return _Kind.METADATA
    inside = above is _Kind.TEXT and below in (_Kind.TEXT, _Kind.COUNT)
    return _Kind.TEXT if inside else _Kind.COUNT


def _settle_words(kinds: list[_Kind]) -> None:
    """Words of the site's menus count as such in a run, or at either end; alone they are text."""
    start = 0
    for menu, group in groupby(kinds[:], key=lambda kind: kind in {_Kind.WORD, _Kind.PHRASE}):
        end = start + len(list(group))
        if menu:
            is_menu = end - start > 1 or start == 0 or end == len(kinds)
            for index in range(start, end):
                if kinds[index] is _Kind.WORD:
                    kinds[index] = _Kind.PHRASE if is_menu else _Kind.TEXT
        start = end


def _is_metadata(text: str) -> bool:
    """Whether a line is made of dots, a number of authors, a date, and counts beside those."""
    parts = [part.strip() for part in _DOTS.split(one_line(text))]
    filled = [part for part in parts if part]
    if not filled:
        return bool(parts)
    known = [bool(_AUTHORS.fullmatch(part) or _DATE.fullmatch(part)) for part in filled]
    return (any(known) or text.startswith("·")) and all(
        is_known or _COUNT.fullmatch(part) for is_known, part in zip(known, filled, strict=True)
    )


def _author_count(text: str) -> int | None:
    found = _AUTHORS.fullmatch(text.strip(" ·•"))
    return int(found[1].replace(",", "")) if found else None


def _without_handle(line: str) -> str:
    """The name in ``adobe Adobe``; the whole line where its first word is no handle."""
    handle, _, name = one_line(line).partition(" ")
    if not name or not _HANDLE.fullmatch(handle):
        return one_line(line)
    short, full = _squashed(handle), _squashed(name)
    same = short.startswith(full) or full.startswith(short)
    return name if same or (handle.islower() and name[0].isupper()) else one_line(line)


def _squashed(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


FORMAT = InputFormat(
    about="titles, each with an abstract below it",
    recognises=_recognises,
    entries=lambda source: _PastedPage(source.text(), source.name).entries(),
    refuse=refuse_foreign,
)
