"""Which entries are the same paper: by an id, by the same words, or by nearly the same ones.

Two papers whose DOIs (or arXiv ids, …) differ are never one, however alike they are, such as Part I
and Part II of a study. An id that comes back with another title is that of what holds both, such as
a book, and makes them no less two. A preprint and its article are two documents of one work: both
stay, and the later one tells of the earlier. Each of these decisions goes with its entry.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import closing
from operator import itemgetter
from typing import NamedTuple

from summarise.models import Decided, Decision, Document, SkipKind, Skipped
from summarise.readers import ID_NAMES
from summarise.readers.entry import one_line, own_ids, shortened, skipped
from summarise.readers.papers import Key, Paper, Papers, alike

_SAME_WORK = 75
_TOLD = 3
"""Decisions that are told of an entry which is kept."""
_WORDS = "words"


def unique(
    entries: Iterable[Document | Skipped],
    *,
    keep: bool = False,
    known: Iterable[Document] = (),
    held: Iterable[Document] = (),
) -> Iterator[Document | Skipped]:
    """Pass each document on once, in order, however many sources it comes from.

    A later entry becomes a skipped duplicate where it has an id of an earlier one and a title like
    its, where title and abstract are equal but for white space and case, or nearly so. Two
    different ones under one id that the input gave can't both be stored: the later one becomes
    unreadable. Where duplicates are kept, a later one under a known id gets ``id#2``.

    Memory holds a line number a document; what is compared is kept on disk.

    Args:
        entries: As they are read.
        keep: Whether duplicates are passed on, too.
        known: Documents that count as passed on before; a reason names their source and line.
        held: Likewise, but one under its own id is passed on once more, in the place of that.
    """
    with closing(_PassedOn(keeps=keep)) as seen:
        for document in known:
            seen.take(document)
        for document in held:
            seen.hold(document)
        for entry in entries:
            yield entry if isinstance(entry, Skipped) else seen.take(entry)


class _PassedOn:
    """The documents that were passed on."""

    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps
        self._papers = Papers()
        self._places = _Lines()
        self._copies: dict[Key, int] = {}
        """By ids that came again, the last number that made another of it."""
        self._held: set[str] = set()
        """Ids of those that are held, and whose new version hasn't come."""
        self._of_before = 0
        """How many were passed on before, those that are held among them."""

    def close(self) -> None:
        self._papers.close()

    def hold(self, document: Document) -> None:
        """Take a document in whose place a new version may come."""
        if isinstance(taken := self.take(document), Document):
            self._held.add(taken.doc_id)
            self._of_before = len(self._places)

    def take(self, document: Document) -> Document | Skipped:
        """A document, which is known from now on; or why it is none of its own."""
        paper = Paper.of(document, len(self._places))
        texts = document.title or "", document.abstract
        words = hash((_WORDS, *(one_line(text.casefold()) for text in texts)))
        alike: list[tuple[Paper, _Likeness]] = []
        is_version = document.doc_id in self._held
        self._held.discard(document.doc_id)
        for earlier, likeness in self._alike(paper, words):
            if is_version and earlier.number < self._of_before:
                continue
            if likeness.decision is Decision.DUPLICATE and not self._keeps:
                return self._duplicate(document, earlier, likeness)
            alike += [(earlier, likeness)] if len(alike) < _TOLD else []
        named = document if is_version else self._named(document)
        if isinstance(named, Skipped):
            return named
        self._papers.add(paper._replace(doc_id=named.doc_id), words, _key_of(named.doc_id))
        self._places.add(document)
        if alike or document.decided:
            told = tuple(self._decided(named, *one) for one in alike)
            return named.model_copy(update={"decided": told})
        return named

    def _named(self, document: Document) -> Document | Skipped:
        """A document under an id that no other has; or why it can have none."""
        holder = self._papers.first(_key_of(document.doc_id))
        if holder is None:
            return document
        name = document.doc_id
        if not self._keeps:
            if name not in own_ids(document.reference):
                reason = (
                    f"two different abstracts share the id {shortened(name)!r}, which "
                    f"{self._places.told(holder, document.source)} has used first; "
                    "give one of them another id"
                )
                return skipped(document.source, document.line or 0, reason)
            # The id of what holds both.
            name = f"sha256:{document.content_hash[:16]}"
        free, again = name, self._copies.get(_key_of(name), 1)
        while self._papers.first(_key_of(free)) is not None:
            again += 1
            free = f"{name}#{again}"
        self._copies[_key_of(name)] = again
        return document.model_copy(update={"doc_id": free})

    def _alike(self, paper: Paper, words: Key) -> Iterator[tuple[Paper, _Likeness]]:
        """The earlier papers that one is like."""
        same = self._papers.first(words)
        if same is not None:
            yield (earlier := self._papers.get(same)), _compare(earlier, paper, has_same_text=True)
        for earlier in self._papers.near(paper):
            if earlier.number != same:
                yield earlier, _compare(earlier, paper, has_same_text=False)

    def _duplicate(self, document: Document, earlier: Paper, likeness: _Likeness) -> Skipped:
        """A document that is left out; where it alone says that it was retracted, that is kept."""
        status = document.reference.get("status")
        marked = status if status and not earlier.is_marked else None
        if marked:
            likeness = likeness._replace(but=f"; here it is marked: {marked}")
        decided = self._decided(document, earlier, likeness, marked)
        decided = decided.model_copy(update={"content_hash": document.content_hash})
        line, kind = document.line or 0, SkipKind.DUPLICATE
        skip = skipped(document.source, line, decided.reason, kind)
        return skip.model_copy(update={"decided": (decided,)})

    def _decided(
        self, document: Document, earlier: Paper, likeness: _Likeness, marked: str | None = None
    ) -> Decided:
        is_kept = likeness.decision is Decision.DUPLICATE and self._keeps
        source, line = self._places.of(earlier.number)
        place = self._places.told(earlier.number, document.source)
        return Decided(
            decision=Decision.KEPT if is_kept else likeness.decision,
            doc_id=document.doc_id,
            title=document.title,
            source=document.source,
            line=document.line,
            of=earlier.doc_id,
            of_source=source,
            of_line=line,
            reason=f"{likeness.alike} as {place}{likeness.but}",
            marked=marked,
        )


def _key_of(doc_id: str) -> Key:
    return hash(("doc_id", doc_id))


class _Likeness(NamedTuple):
    """What is made of two papers, in what they are alike, and what else there is to say."""

    decision: Decision
    alike: str
    but: str = ""


def _compare(earlier: Paper, paper: Paper, *, has_same_text: bool) -> _Likeness:
    """What is made of two papers that are alike."""
    shared = next((s for s, own in paper.ids.items() if earlier.ids.get(s) == own), None)
    if has_same_text:
        alike = "the same title and abstract"
    else:
        alike = f"the same {ID_NAMES[shared]}" if shared else "nearly the same title and abstract"
        if paper.is_named_by(earlier):
            told = "; one names the other as another version of it"
            return _Likeness(Decision.GROUP, "the same work", told)
        if shared and not _are_alike(earlier.title, paper.title, _SAME_WORK):
            but = ", but another title: it is the id of what holds both"
            return _Likeness(Decision.APART, alike, but)
    difference = paper.other_id(earlier) if shared else paper.difference(earlier)
    if (difference or not shared) and paper.is_version_of(earlier):
        return _Likeness(Decision.GROUP, alike, "; one is a preprint, one an article")
    if difference:
        return _Likeness(Decision.APART, alike, f", but {difference}")
    return _Likeness(Decision.DUPLICATE, alike)


def _are_alike(one: str, other: str, least: float) -> bool:
    """Whether so many of a hundred letters of two texts are equal; an empty one tells nothing."""
    if one == other or not (one and other):
        return True
    return bool(alike(one, (other,), least))


class _Lines:
    """Where each document that was passed on stands, by its number."""

    def __init__(self) -> None:
        self._lines = array("I")
        self._sources: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, document: Document) -> None:
        if not self._sources or self._sources[-1][1] != document.source:
            self._sources.append((len(self._lines), document.source))
        self._lines.append(document.line or 0)

    def of(self, number: int) -> tuple[str, int | None]:
        at = bisect_right(self._sources, number, key=itemgetter(0)) - 1
        return self._sources[at][1], self._lines[number] or None

    def told(self, number: int, source: str) -> str:
        """A place, as an entry of a source would name it."""
        own, line = self.of(number)
        return f"line {line or 0}" + (f" of {own}" if own != source else "")
