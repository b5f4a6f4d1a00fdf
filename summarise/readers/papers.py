"""What is compared of documents, kept on disk; and those of them that may be one found again.

Two are held against each other where they have an id in common, or a title that begins or ends with
the same letters and is nearly the same. How many begin or end like “a systematic review” costs
nothing: those that come after the first fifty are told apart by more letters.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple, cast

from summarise.models import Document, without_status
from summarise.readers import ID_NAMES

# Of a hundred letters, as many are equal in nearly the same title, and abstract.
_SAME_TITLE, _SAME_ABSTRACT = 92, 85
# The prefixes of archives: arXiv (https://info.arxiv.org/help/doi.html), bioRxiv and medRxiv,
# Research Square, those of OSF, Preprints.org, ChemRxiv, SSRN, TechRxiv, Authorea.
_PREPRINT = re.compile(
    r"10\.(?:48550/arxiv\.|1101/\d|21203/rs\.|(?:31219|31234|31235|35542)/|20944/preprints"
    r"|26434/chemrxiv|2139/ssrn|36227/techrxiv|22541/au\.)"
)
_APART = re.compile(r"[\W_]+")
# The same for ASCII, in a third of the time.
_ASCII = "".join(one.lower() if one.isalnum() else " " for one in map(chr, range(128)))
_SHORT, _LONG = 24, 48
"""Letters by which a title's beginning or end is known; more where many titles have those."""
_FEWEST_LETTERS = 12
_HEAD = 400
_BITS = 1 << 24
_WAITING = 500
_VERSION = "version"
_MOST = 50
"""Papers with one key that are compared."""
_FEW = 5
"""Papers that are as good as told apart, of which it is said."""
_CROWDS = 64
"""Keys which more papers have, whose first ones are held."""

Key = int


class Paper(NamedTuple):
    """What is compared of a document."""

    number: int
    doc_id: str
    title: str
    """Its beginning, in lower case, without punctuation."""
    abstract: str
    """Its beginning, as it stands."""
    ids: dict[str, str]
    """By which papers are told apart, in the order of ``ID_NAMES``."""
    other_version: str | None
    """Its DOI."""
    is_marked: bool
    """Whether it is said to be retracted, or to tell of that."""
    parts: list[str]
    """Numbers of its title: what tells Part I from Part II, and 2023 from 2024."""
    is_preprint: bool | None
    """Whether an archive of preprints is all that it is known by; None where it isn't known."""
    keys: tuple[Key, ...] = ()
    """Of its ids, and of that of its other version; as are those below, of one that is new."""
    sought: tuple[Key, ...] = ()
    """By which those with one of its ids are found, and its other version."""
    title_keys: tuple[tuple[Key, Key], ...] = ()
    """Of how its title begins and ends, in few letters and in more. Of two titles that differ in
    one letter, one is the same."""

    @classmethod
    def of(cls, document: Document, number: int) -> Paper:
        """The next one."""
        given = cast("dict[str, str]", document.reference)
        ids = {scheme: given[scheme] for scheme in ID_NAMES if scheme in given}
        other_version = given.get("other_version")
        title = _words(without_status(document.title or "")[:_HEAD])
        head, is_marked = document.abstract[:_HEAD], "status" in given
        keys = sought = tuple(map(hash, ids.items()))
        if doi := ids.get("doi"):
            sought = (*keys, hash((_VERSION, doi)))
        if other_version:
            keys = (*keys, hash((_VERSION, other_version)))
            sought = (*sought, hash(("doi", other_version)))
        letters = title.replace(" ", "")
        title_keys: tuple[tuple[Key, Key], ...] = ()
        if len(letters) >= _FEWEST_LETTERS:
            title_keys = (
                (hash(f"<{letters[:_SHORT]}"), hash(f"<<{letters[:_LONG]}")),
                (hash(f">{letters[-_SHORT:]}"), hash(f">>{letters[-_LONG:]}")),
            )
        told = (number, document.doc_id, title, head, ids, other_version, is_marked)
        return cls(*told, _parts(title), _is_preprint(ids), keys, sought, title_keys)

    def has_id_of(self, other: Paper) -> bool:
        """Whether an id is another paper's, or names it as another version."""
        theirs = other.ids
        is_shared = any(theirs.get(scheme) == own for scheme, own in self.ids.items())
        return is_shared or self.is_named_by(other)

    def is_named_by(self, other: Paper) -> bool:
        """Whether one of two papers is named by the other as another version of it."""
        return (self.other_version is not None and self.other_version == other.ids.get("doi")) or (
            other.other_version is not None and other.other_version == self.ids.get("doi")
        )

    def other_id(self, other: Paper) -> str | None:
        """Which of its ids is another one than another paper's."""
        for scheme, own in self.ids.items():
            if (its := other.ids.get(scheme)) and its != own:
                return f"another {ID_NAMES[scheme]}"
        return None

    def difference(self, other: Paper) -> str | None:
        """What tells it from another paper, however alike they are."""
        its = self.other_id(other)
        return its or ("another number in the title" if self.parts != other.parts else None)

    def is_version_of(self, other: Paper) -> bool:
        """Whether one of two like papers is a preprint, and one an article."""
        own, its = self.is_preprint, other.is_preprint
        return own is not its and own is not None and its is not None

    def is_apart_from(self, other: Paper) -> bool:
        """Whether something tells it from a like paper that is no other version of it."""
        return self.difference(other) is not None and not self.is_version_of(other)


def _parts(title: str) -> list[str]:
    return [one for one in title.split() if one.isdecimal() or not one.strip("ivx")]


def _is_preprint(ids: Mapping[str, str]) -> bool | None:
    if doi := ids.get("doi"):
        return _PREPRINT.match(doi) is not None
    if "pmid" in ids or "acl" in ids:
        return False
    return True if "arxiv" in ids else None


def _words(text: str) -> str:
    """A text in lower case, a space for whatever is no letter and no digit."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    return _APART.sub(" ", text.casefold()).strip()


# Papers of one series are held against the same first ones.
_head_words = lru_cache(maxsize=1024)(_words)


class Papers:
    """What is compared of the documents that were read."""

    def __init__(self) -> None:
        # Most papers have no key in common with another: a bit tells that without a look.
        self._bits = bytearray(_BITS // 8)
        self._waiting: dict[int, Paper] = {}
        self._waiting_with: dict[Key, list[Paper]] = {}
        self._crowds: dict[Key, list[Paper]] = {}
        # A private file, which goes with the connection: https://sqlite.org/inmemorydb.html
        self._disk = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for told in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000"):
            self._disk.execute(f"PRAGMA {told}")
        self._disk.execute(
            "CREATE TABLE paper"
            " (number INTEGER PRIMARY KEY, doc_id, title, abstract, other_version,"
            " is_marked,"
            f" {', '.join(ID_NAMES)})"
        )
        self._disk.execute(
            "CREATE TABLE key (key INTEGER, number INTEGER, PRIMARY KEY (key, number))"
            " WITHOUT ROWID"
        )

    def close(self) -> None:
        """Let go of the file, and of the words of what was compared: a megabyte."""
        self._disk.close()
        _head_words.cache_clear()

    def add(self, paper: Paper, *others: Key) -> None:
        """Keep one that was looked for, with other keys by which it is the ``first``."""
        titled = (long if short in self._crowds else short for short, long in paper.title_keys)
        for key in (*paper.keys, *titled, *others):
            self._bits[key % _BITS >> 3] |= 1 << (key & 7)
            self._waiting_with.setdefault(key, []).append(paper)
        self._waiting[paper.number] = paper
        if len(self._waiting) >= _WAITING:
            self._write()

    def _write(self) -> None:
        rows = (
            (*one[:4], *one[5:7], *map(one.ids.get, ID_NAMES)) for one in self._waiting.values()
        )
        keys = {(key, one.number) for key, all_ in self._waiting_with.items() for one in all_}
        self._disk.execute("BEGIN")
        self._disk.executemany("INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._disk.executemany("INSERT INTO key VALUES (?, ?)", sorted(keys))
        self._disk.execute("COMMIT")
        self._waiting.clear()
        self._waiting_with.clear()

    def get(self, number: int) -> Paper:
        """One by its number."""
        if (paper := self._waiting.get(number)) is not None:
            return paper
        return _of_row(*self._disk.execute("SELECT * FROM paper WHERE number = ?", (number,)))

    def first(self, key: Key) -> int | None:
        """The number of the first with a key, None where there is none."""
        if not self._bits[key % _BITS >> 3] >> (key & 7) & 1:
            return None
        told = "SELECT min(number) FROM key WHERE key = ?"
        row: tuple[int | None] = self._disk.execute(told, (key,)).fetchone()
        if row[0] is not None:
            return row[0]
        waiting = self._waiting_with.get(key)
        return waiting[0].number if waiting else None

    def near(self, paper: Paper) -> Iterable[Paper]:
        """Those with an id of one, or nearly its title and abstract, in order.

        Of those that something tells from it, the first few.
        """
        found: dict[int, Paper] = {}
        for key in paper.sought:
            for one in self._with(key):
                if paper.has_id_of(one):
                    found[one.number] = one
        titled: dict[int, Paper] = {}
        for key in chain(*paper.title_keys):
            if papers := self._with(key):
                for at in alike(paper.title, [one.title for one in papers], _SAME_TITLE):
                    titled[papers[at].number] = papers[at]
        if titled:
            apart: list[Paper] = []
            others: list[Paper] = []
            for _, one in sorted(titled.items()):
                (apart if paper.is_apart_from(one) else others).append(one)
            for one in chain(_with_head(paper, others), _with_head(paper, apart[:_FEW])):
                found[one.number] = one
        return [found[number] for number in sorted(found)] if found else ()

    def _with(self, key: Key) -> Sequence[Paper]:
        """The first ones with a key."""
        if not self._bits[key % _BITS >> 3] >> (key & 7) & 1:
            return ()
        if (crowd := self._crowds.get(key)) is not None:
            return crowd
        rows = self._disk.execute(
            "SELECT paper.* FROM key JOIN paper USING (number)"
            " WHERE key = ? ORDER BY number LIMIT ?",
            (key, _MOST),
        )
        papers = [*map(_of_row, rows), *self._waiting_with.get(key, ())][:_MOST]
        if len(papers) == _MOST:
            if len(self._crowds) == _CROWDS:
                del self._crowds[next(iter(self._crowds))]
            self._crowds[key] = papers
        return papers


def _of_row(row: tuple[Any, ...]) -> Paper:
    number, doc_id, title, abstract, other_version, is_marked, *given = row
    ids = {scheme: own for scheme, own in zip(ID_NAMES, given, strict=True) if own}
    told = (number, doc_id, title, abstract, ids, other_version, bool(is_marked))
    return Paper(*told, _parts(title), _is_preprint(ids))


def _with_head(paper: Paper, papers: Sequence[Paper]) -> Sequence[Paper]:
    """Those of some papers whose abstract begins nearly as one's."""
    if not papers:
        return ()
    heads = [_head_words(one.abstract) for one in papers]
    return [papers[at] for at in alike(_head_words(paper.abstract), heads, _SAME_ABSTRACT)]


def alike(text: str, others: Sequence[str], least: float) -> list[int]:
    """Which texts share so many of a hundred letters with one, in the same order: their indexes.

    A letter in common is one of each. How many there are at most comes of sums over a number in
    which each letter of the text is a bit: Hyyrö, "Bit-parallel LCS-length computation revisited",
    AWOCA 2004.
    """
    places: dict[str, int] = {}
    for at, letter in enumerate(text):
        places[letter] = places.get(letter, 0) | 1 << at
    size, found = len(text), list[int]()
    for index, other in enumerate(others):
        enough = least * (size + len(other)) / 200
        if min(size, len(other)) < enough:
            continue
        lone = -1
        for letter in other:
            met = lone & places.get(letter, 0)
            lone = (lone + met) | (lone - met)
        if size - (lone & (1 << size) - 1).bit_count() >= enough:
            found.append(index)
    return found
