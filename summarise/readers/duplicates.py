"""Documents that come more than once: each is done once, and the others are named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from summarise.models import Document, SkipKind, Skipped
from summarise.readers.entry import skipped


class _First(NamedTuple):
    source: str
    line: int

    def seen_from(self, source: str) -> str:
        """Its place, as an entry of a source would name it."""
        return f"line {self.line}" + (f" of {self.source}" if self.source != source else "")


def unique(entries: Iterable[Document | Skipped]) -> Iterator[Document | Skipped]:
    """Pass each document on once, in order, however many sources it comes from.

    Two documents are the same when title and abstract are equal but for white space and case; the
    later one becomes a skipped duplicate. Two different ones under one id can't both be stored: the
    later one becomes unreadable.

    Memory holds two short digests a document, never its text.
    """
    by_id: dict[bytes, _First] = {}
    by_content: dict[bytes, _First] = {}
    for entry in entries:
        if isinstance(entry, Skipped):
            yield entry
            continue
        content = _digest(_folded(f"{entry.title or ''}\0{entry.abstract}"))
        key = _digest(entry.doc_id)
        if twin := by_content.get(content):
            yield _duplicate(entry, twin)
        elif holder := by_id.get(key):
            yield _clash(entry, holder)
        else:
            by_id[key] = by_content[content] = _First(entry.source, entry.line or 0)
            yield entry


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _duplicate(document: Document, first: _First) -> Skipped:
    reason = f"the same title and abstract as {first.seen_from(document.source)}"
    return skipped(document.source, document.line or 0, reason, SkipKind.DUPLICATE)


def _clash(document: Document, first: _First) -> Skipped:
    reason = (
        f"two different abstracts share the id {document.doc_id!r}, which "
        f"{first.seen_from(document.source)} has used first; give one of them another id"
    )
    return skipped(document.source, document.line or 0, reason)
