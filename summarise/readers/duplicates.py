"""Which entries are the same paper: by an id, by the same words, or by nearly the same ones.

Two papers whose DOIs (or arXiv ids, …) differ are never one, however alike they are, such as Part I
and Part II of a study. An id that comes back with another title is that of what holds both, such as
a book, and makes them no less two. A preprint and its article are two documents of one work: both
stay, and the later one tells of the earlier. Each of these decisions goes with its entry.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, cast

from summarise.digests import DigestTable, digest
from summarise.models import Decided, Decision, Document, SkipKind, Skipped
from summarise.readers.entry import one_line, own_ids, shortened, skipped, without_status

_SCHEMES = {"doi": "DOI", "arxiv": "arXiv id", "pmid": "PMID", "acl": "ACL id"}
_SCHEMES["openalex"] = "OpenAlex id"
# The prefixes of archives: arXiv (https://info.arxiv.org/help/doi.html), bioRxiv and medRxiv,
# Research Square, those of OSF, Preprints.org, ChemRxiv, SSRN, TechRxiv, Authorea.
_PREPRINT = re.compile(
    r"10\.(?:48550/arxiv\.|1101/\d|21203/rs\.|(?:31219|31234|31235|35542)/|20944/preprints"
    r"|26434/chemrxiv|2139/ssrn|36227/techrxiv|22541/au\.)"
)
_APART = re.compile(r"[\W_]+")
# What tells Part I from Part II, and 2023 from 2024.
_PART = re.compile(r"\b(?:[ivx]+|\d+)\b")
_END = 24
_FEWEST_LETTERS = 12
_HEAD = 400
_BITS = 1 << 24
_SAME_TITLE = 92
_SAME_ABSTRACT = 85
_SAME_WORK = 75
_WAITING = 250
_TOLD = 3
"""Decisions that are told of an entry which is kept."""
_LOG = logging.getLogger("summarise")


def unique(
    entries: Iterable[Document | Skipped], *, keep: bool = False, known: Iterable[Document] = ()
) -> Iterator[Document | Skipped]:
    """Pass each document on once, in order, however many sources it comes from.

    A later entry becomes a skipped duplicate where it has an id of an earlier one and a title like
    its, where title and abstract are equal but for white space and case, or nearly so. Two
    different ones under one id that the input gave can't both be stored: the later one becomes
    unreadable. Where duplicates are kept, a later one under a known id gets ``id#2``.

    Memory holds some digests and a line number a document; titles are kept on disk.

    Args:
        entries: As they are read.
        keep: Whether duplicates are passed on, too.
        known: Documents that count as passed on before; a reason names their source and line.
    """
    with closing(_PassedOn(keeps=keep)) as seen:
        for document in known:
            seen.take(document)
        for entry in entries:
            yield entry if isinstance(entry, Skipped) else seen.take(entry)


class _Paper(NamedTuple):
    """What is compared of a document."""

    number: int
    doc_id: str
    title: str
    abstract: str
    """Its beginning, as it stands."""
    ids: dict[str, str]
    keys: tuple[int, ...] = ()
    """Of its ids, and what a title with one letter wrong has one of in common with its own."""

    @classmethod
    def of(cls, document: Document, number: int) -> _Paper:
        """The next one."""
        title = _words(without_status(document.title or ""))
        ids = cast("dict[str, str]", document.reference)
        told = [f"{scheme}:{ids[scheme]}" for scheme in _SCHEMES if scheme in ids]
        letters = title.replace(" ", "")
        if len(letters) >= _FEWEST_LETTERS:
            told += (f"<{letters[:_END]}", f">{letters[-_END:]}")
        keys = tuple(map(hash, told))
        return cls(number, document.doc_id, title, document.abstract[:_HEAD], ids, keys)

    @property
    def is_preprint(self) -> bool | None:
        """Whether an archive of preprints is all that it is known by; None where it isn't known."""
        if doi := self.ids.get("doi"):
            return _PREPRINT.match(doi) is not None
        if "pmid" in self.ids or "acl" in self.ids:
            return False
        return True if "arxiv" in self.ids else None


# One paper is held against several, and those of one series against one another.
@lru_cache(maxsize=128)
def _words(text: str) -> str:
    return _APART.sub(" ", text.casefold()).strip()


class _PassedOn:
    """The documents that were passed on."""

    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps
        self._given, self._contents = DigestTable(), DigestTable()
        self._papers = _Papers()
        self._places = _Lines()

    def close(self) -> None:
        """Let go of what is on disk."""
        self._papers.close()

    def take(self, document: Document) -> Document | Skipped:
        """A document, which is known from now on; or why it is none of its own."""
        paper = _Paper.of(document, len(self._places))
        content = digest(one_line(f"{document.title or ''}\0{document.abstract}".casefold()))
        alike: list[tuple[_Paper, _Likeness]] = []
        for earlier, likeness in self._alike(paper, content):
            if likeness.decision is Decision.DUPLICATE and not self._keeps:
                return self._duplicate(document, earlier, likeness)
            alike += [(earlier, likeness)] if len(alike) < _TOLD else []
        named = self._named(document)
        if isinstance(named, Skipped):
            return named
        key = digest(named.doc_id)
        # Of two with the same words and other ids, the later one has a number all the same.
        self._given.add(key)
        if self._contents.add(content) != paper.number:
            self._contents.add(key)
        self._papers.add(paper._replace(doc_id=named.doc_id))
        self._places.add(document)
        if alike or document.decided:
            told = tuple(self._decided(named, *one) for one in alike)
            return named.model_copy(update={"decided": told})
        return named

    def _named(self, document: Document) -> Document | Skipped:
        """A document under an id that no other has; or why it can have none."""
        holder = self._given.number(digest(document.doc_id))
        if holder is None:
            return document
        name, again = document.doc_id, 1
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
        free = name
        while digest(free) in self._given:
            again += 1
            free = f"{name}#{again}"
        return document.model_copy(update={"doc_id": free})

    def _alike(self, paper: _Paper, content: int) -> Iterator[tuple[_Paper, _Likeness]]:
        """The earlier papers that one is like."""
        same = self._contents.number(content)
        equal = [] if same is None else [self._papers.get(same)]
        near = (one for one in self._papers.near(paper) if one.number != same)
        for earlier in chain(equal, near):
            likeness = _compare(earlier, paper, has_same_text=earlier.number == same)
            if likeness is not None:
                yield earlier, likeness

    def _duplicate(self, document: Document, earlier: _Paper, likeness: _Likeness) -> Skipped:
        """A document that is left out; where it alone says that it was retracted, that is told."""
        status = document.reference.get("status")
        if status and "status" not in earlier.ids:
            likeness = likeness._replace(but=f"; here it is marked: {status}")
        decided = self._decided(document, earlier, likeness)
        if likeness.but:
            _LOG.warning("%s:%d: %s", document.source, document.line or 0, decided.reason)
        line, kind = document.line or 0, SkipKind.DUPLICATE
        skip = skipped(document.source, line, decided.reason, kind)
        return skip.model_copy(update={"decided": (decided,)})

    def _decided(self, document: Document, earlier: _Paper, likeness: _Likeness) -> Decided:
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
        )


class _Likeness(NamedTuple):
    """What is made of two papers, in what they are alike, and what else there is to say."""

    decision: Decision
    alike: str
    but: str = ""


def _compare(earlier: _Paper, paper: _Paper, *, has_same_text: bool) -> _Likeness | None:
    """What is made of two papers; None where they aren't alike."""
    both = [scheme for scheme in _SCHEMES if scheme in earlier.ids and scheme in paper.ids]
    shared = next((s for s in both if earlier.ids[s] == paper.ids[s]), None)
    other = next((s for s in both if earlier.ids[s] != paper.ids[s]), None)
    is_one_work = shared is not None and _are_alike(earlier.title, paper.title, _SAME_WORK)
    if has_same_text:
        alike = "the same title and abstract"
    elif shared:
        alike = f"the same {_SCHEMES[shared]}"
    elif _is_nearly(earlier, paper):
        alike = "nearly the same title and abstract"
    else:
        return None
    but = ""
    if shared and not (is_one_work or has_same_text):
        but = ", but another title: it is the id of what holds both"
    elif not shared or other:
        if {earlier.is_preprint, paper.is_preprint} == {True, False}:
            return _Likeness(Decision.GROUP, alike, "; one is a preprint, one an article")
        if other:
            but = f", but another {_SCHEMES[other]}"
        elif _PART.findall(earlier.title) != _PART.findall(paper.title):
            but = ", but another number in the title"
    return _Likeness(Decision.APART if but else Decision.DUPLICATE, alike, but)


def _is_nearly(one: _Paper, other: _Paper) -> bool:
    return _are_alike(one.title, other.title, _SAME_TITLE) and _are_alike(
        _words(one.abstract), _words(other.abstract), _SAME_ABSTRACT
    )


def _are_alike(one: str, other: str, least: float) -> bool:
    """Whether so many of a hundred letters of two texts are equal; an empty one tells nothing."""
    if one == other or not (one and other):
        return True
    from rapidfuzz import fuzz  # noqa: PLC0415 - few inputs have two that are compared

    return fuzz.ratio(one, other, score_cutoff=least) >= least


class _Papers:
    """What is compared of the documents, on disk; found by an id, or how a title begins or ends."""

    def __init__(self) -> None:
        # Most papers have no key in common with another: a bit tells that without a look.
        self._bits = bytearray(_BITS // 8)
        self._waiting: dict[int, _Paper] = {}
        # A private file, which goes with the connection: https://sqlite.org/inmemorydb.html
        self._disk = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for told in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000"):
            self._disk.execute(f"PRAGMA {told}")
        self._disk.execute(
            "CREATE TABLE paper (number INTEGER PRIMARY KEY, doc_id, title, abstract, ids)"
        )
        self._disk.execute(
            "CREATE TABLE key (key INTEGER, number INTEGER, PRIMARY KEY (key, number))"
            " WITHOUT ROWID"
        )

    def close(self) -> None:
        """Let go of the file."""
        self._disk.close()

    def add(self, paper: _Paper) -> None:
        """Keep one."""
        for key in paper.keys:
            at = key % _BITS
            self._bits[at >> 3] |= 1 << (at & 7)
        self._waiting[paper.number] = paper
        if len(self._waiting) >= _WAITING:
            self._write()

    def _write(self) -> None:
        papers = self._waiting.values()
        rows = ((*one[:4], json.dumps(one.ids)) for one in papers)
        self._disk.execute("BEGIN")
        self._disk.executemany("INSERT INTO paper VALUES (?, ?, ?, ?, ?)", rows)
        keys = {(key, one.number) for one in papers for key in one.keys}
        self._disk.executemany("INSERT INTO key VALUES (?, ?)", sorted(keys))
        self._disk.execute("COMMIT")
        self._waiting.clear()

    def get(self, number: int) -> _Paper:
        """One by its number."""
        if (paper := self._waiting.get(number)) is not None:
            return paper
        found = self._disk.execute("SELECT * FROM paper WHERE number = ?", (number,))
        _, doc_id, title, abstract, ids = found.fetchone()
        return _Paper(number, doc_id, title, abstract, json.loads(ids))

    def near(self, paper: _Paper) -> Iterator[_Paper]:
        """Those with a key in common with one, the first fifty."""
        keys = [key for key in paper.keys if self._bits[key % _BITS >> 3] >> (key & 7) & 1]
        if not keys:
            return
        if self._waiting:
            self._write()
        marks = ", ".join("?" * len(keys))
        found = self._disk.execute(
            f"SELECT DISTINCT number FROM key WHERE key IN ({marks}) ORDER BY number LIMIT 50",  # noqa: S608
            keys,
        )
        yield from map(self.get, [number for (number,) in found])


class _Lines:
    """Where each document that was passed on stands, by its number."""

    def __init__(self) -> None:
        self._lines = array("I")
        self._sources: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, document: Document) -> None:
        """Take the next one."""
        if not self._sources or self._sources[-1][1] != document.source:
            self._sources.append((len(self._lines), document.source))
        self._lines.append(document.line or 0)

    def of(self, number: int) -> tuple[str, int | None]:
        """Its source and line."""
        source = next(name for start, name in reversed(self._sources) if start <= number)
        return source, self._lines[number] or None

    def told(self, number: int, source: str) -> str:
        """A place, as an entry of a source would name it."""
        own, line = self.of(number)
        return f"line {line or 0}" + (f" of {own}" if own != source else "")
