"""Documents that come more than once: each is done once, and the others are named."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from summarise.digests import DigestTable, digest
from summarise.models import Document, SkipKind, Skipped
from summarise.readers.entry import shortened, skipped


class _First(NamedTuple):
    source: str
    line: int

    def seen_from(self, source: str) -> str:
        """Its place, as an entry of a source would name it."""
        return f"line {self.line}" + (f" of {self.source}" if self.source != source else "")


class _Places:
    """Where each document that was passed on stands, by its number."""

    def __init__(self) -> None:
        self._lines = array("I")
        self._sources: list[tuple[int, str]] = []

    def add(self, document: Document) -> None:
        if not self._sources or self._sources[-1][1] != document.source:
            self._sources.append((len(self._lines), document.source))
        self._lines.append(document.line or 0)

    def __getitem__(self, number: int) -> _First:
        source = next(name for start, name in reversed(self._sources) if start <= number)
        return _First(source, self._lines[number])


def unique(entries: Iterable[Document | Skipped]) -> Iterator[Document | Skipped]:
    """Pass each document on once, in order, however many sources it comes from.

    Two documents are the same when title and abstract are equal but for white space and case; the
    later one becomes a skipped duplicate. Two different ones under one id can't both be stored: the
    later one becomes unreadable.

    Memory holds two short digests and a line number a document, never its text.
    """
    ids, contents, places = DigestTable(), DigestTable(), _Places()
    for entry in entries:
        if isinstance(entry, Skipped):
            yield entry
            continue
        content = digest(_folded(f"{entry.title or ''}\0{entry.abstract}"))
        key = digest(entry.doc_id)
        if (twin := contents.number(content)) is not None:
            yield _duplicate(entry, places[twin])
        elif (holder := ids.number(key)) is not None:
            yield _clash(entry, places[holder])
        else:
            contents.add(content)
            ids.add(key)
            places.add(entry)
            yield entry


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _duplicate(document: Document, first: _First) -> Skipped:
    reason = f"the same title and abstract as {first.seen_from(document.source)}"
    return skipped(document.source, document.line or 0, reason, SkipKind.DUPLICATE)


def _clash(document: Document, first: _First) -> Skipped:
    reason = (
        f"two different abstracts share the id {shortened(document.doc_id)!r}, which "
        f"{first.seen_from(document.source)} has used first; give one of them another id"
    )
    return skipped(document.source, document.line or 0, reason)
