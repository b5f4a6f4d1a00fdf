"""Which entries are the same paper: by an id, by the same words, or by nearly the same ones.

Two papers whose DOIs (or arXiv ids, …) differ are never one, however alike they are: Part I and
Part II of a study, a preprint and its article. An id that comes back with another title is that of
what holds both, such as a book, and makes them no less two.
"""

from __future__ import annotations

import json
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import NamedTuple, cast

from summarise.digests import DigestTable, digest
from summarise.models import Document, SkipKind, Skipped, content_hash
from summarise.readers.entry import one_line, own_ids, shortened, skipped

_SCHEMES = {"doi": "DOI", "arxiv": "arXiv id", "pmid": "PMID", "acl": "ACL id"}
_SCHEMES["openalex"] = "OpenAlex id"
# DataCite's prefix of arXiv: https://info.arxiv.org/help/doi.html
_ARXIV_DOI = "10.48550/arxiv."
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
    if keep:
        yield from _numbered(entries)
        return
    with closing(_PassedOn()) as seen:
        for document in known:
            seen.take(document)
        for entry in entries:
            yield entry if isinstance(entry, Skipped) else seen.take(entry)


def _numbered(entries: Iterable[Document | Skipped]) -> Iterator[Document | Skipped]:
    """All entries, under ids that are each there once."""
    known = DigestTable()
    for entry in entries:
        if isinstance(entry, Document):
            name, again = entry.doc_id, 1
            while digest(name) in known:
                again += 1
                name = f"{entry.doc_id}#{again}"
            known.add(digest(name))
            yield entry if again == 1 else entry.model_copy(update={"doc_id": name})
        else:
            yield entry


class _Paper(NamedTuple):
    """What is compared of a document."""

    number: int
    title: str
    abstract: str
    """Its beginning, as it stands."""
    ids: dict[str, str]
    keys: tuple[int, ...] = ()
    """Of its ids, and what a title with one letter wrong has one of in common with its own."""

    @classmethod
    def of(cls, document: Document, number: int) -> _Paper:
        """The next one."""
        title = _words(document.title or "")
        ids = cast("dict[str, str]", document.reference)
        told = [f"{scheme}:{ids[scheme]}" for scheme in _SCHEMES if scheme in ids]
        letters = title.replace(" ", "")
        if len(letters) >= _FEWEST_LETTERS:
            told += (f"<{letters[:_END]}", f">{letters[-_END:]}")
        return cls(number, title, document.abstract[:_HEAD], ids, tuple(map(hash, told)))


def _words(text: str) -> str:
    return _APART.sub(" ", text.casefold()).strip()


class _PassedOn:
    """The documents that were passed on."""

    def __init__(self) -> None:
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
        if (reason := self._twin(document, paper, content)) is not None:
            return skipped(document.source, document.line or 0, reason, SkipKind.DUPLICATE)
        key = digest(document.doc_id)
        if (holder := self._given.number(key)) is not None:
            if document.doc_id not in own_ids(document.reference):
                reason = (
                    f"two different abstracts share the id {shortened(document.doc_id)!r}, which "
                    f"{self._told(holder, document)} has used first; give one of them another id"
                )
                return skipped(document.source, document.line or 0, reason)
            # The id of what holds both.
            name = f"sha256:{content_hash(document.title, document.abstract)[:16]}"
            document, key = document.model_copy(update={"doc_id": name}), digest(name)
        # Of two with the same words and other ids, the later one has a number all the same.
        self._given.add(key)
        if self._contents.add(content) != paper.number:
            self._contents.add(key)
        self._papers.add(paper)
        self._places.add(document)
        return document

    def _twin(self, document: Document, paper: _Paper, content: int) -> str | None:
        """Which earlier document it is, and how that is known; None where it is none of them."""
        same = self._contents.number(content)
        if same is not None and not _are_apart(self._papers.get(same), paper):
            return f"the same title and abstract as {self._told(same, document)}"
        for earlier in self._papers.near(paper):
            scheme = next((s for s in _SCHEMES if _same(s, earlier, paper)), None)
            if scheme and _are_alike(earlier.title, paper.title, _SAME_WORK):
                return f"the same {_SCHEMES[scheme]} as {self._told(earlier.number, document)}"
            if _is_nearly(earlier, paper):
                told = self._told(earlier.number, document)
                return f"nearly the same title and abstract as {told}"
        return None

    def _told(self, number: int, document: Document) -> str:
        return self._places.told(number, document.source)


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
        self._disk.execute("CREATE TABLE paper (number INTEGER PRIMARY KEY, title, abstract, ids)")
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
        rows = ((one.number, one.title, one.abstract, json.dumps(one.ids)) for one in papers)
        self._disk.execute("BEGIN")
        self._disk.executemany("INSERT INTO paper VALUES (?, ?, ?, ?)", rows)
        keys = {(key, one.number) for one in papers for key in one.keys}
        self._disk.executemany("INSERT INTO key VALUES (?, ?)", sorted(keys))
        self._disk.execute("COMMIT")
        self._waiting.clear()

    def get(self, number: int) -> _Paper:
        """One by its number."""
        if (paper := self._waiting.get(number)) is not None:
            return paper
        found = self._disk.execute("SELECT * FROM paper WHERE number = ?", (number,))
        _, title, abstract, ids = found.fetchone()
        return _Paper(number, title, abstract, json.loads(ids))

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


def _are_apart(one: _Paper, other: _Paper) -> bool:
    return any(
        one.ids[scheme] != other.ids[scheme]
        for scheme in _SCHEMES
        if scheme in one.ids and scheme in other.ids
    )


def _same(scheme: str, one: _Paper, other: _Paper) -> bool:
    return scheme in one.ids and one.ids[scheme] == other.ids.get(scheme)


def _is_nearly(one: _Paper, other: _Paper) -> bool:
    if _are_apart(one, other) or _is_preprint(one) != _is_preprint(other):
        return False
    if _PART.findall(one.title) != _PART.findall(other.title):
        return False
    return _are_alike(one.title, other.title, _SAME_TITLE) and _are_alike(
        _words(one.abstract), _words(other.abstract), _SAME_ABSTRACT
    )


def _is_preprint(paper: _Paper) -> bool:
    """Whether an archive of preprints is all that it is known by."""
    doi = paper.ids.get("doi")
    return doi.startswith(_ARXIV_DOI) if doi else "arxiv" in paper.ids


def _are_alike(one: str, other: str, least: float) -> bool:
    """Whether so many of a hundred letters of two texts are equal; an empty one tells nothing."""
    if one == other or not (one and other):
        return True
    from rapidfuzz import fuzz  # noqa: PLC0415 - few inputs have two that are compared

    return fuzz.ratio(one, other, score_cutoff=least) >= least


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

    def told(self, number: int, source: str) -> str:
        """A place, as an entry of a source would name it."""
        own = next(name for start, name in reversed(self._sources) if start <= number)
        return f"line {self._lines[number]}" + (f" of {own}" if own != source else "")
