"""Which papers of two piles are the same, and so what is new in one, changed, and gone.

A paper of one pile is that of the other with the same id, else with the same DOI, arXiv id, PMID
and so on, else with the same words in title and abstract, else with the same title where it is the
only one there. Two different DOIs are two papers whatever they are called.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

from summarise.models import Document, Failure, Record, Reference
from summarise.readers import ID_NAMES
from summarise.store.digests import Offsets, digest
from summarise.store.documents import gone_by
from summarise.store.files import FAILURES, RECORDS, Damage, understood
from summarise.store.lines import stored_documents

_LEVELS = ("doc_id", *ID_NAMES, "words", "title")
"""What papers are known by, in the order in which it counts."""
_FEWEST_LETTERS = 12
_NONE = 0
_NAMED = 20


class Known(NamedTuple):
    """What a paper is known by; of one that is only remembered there may be no abstract."""

    doc_id: str
    title: str | None
    reference: Reference
    content_hash: str
    abstract: str | None = None

    @classmethod
    def of(cls, document: Document) -> Self:
        """What a document is known by."""
        one = document
        return cls(one.doc_id, one.title, one.reference, one.content_hash, one.abstract)

    def by(self) -> Iterator[str]:
        """What it is known by at each level, empty where it isn't."""
        title = "".join(filter(str.isalnum, (self.title or "").casefold()))
        yield self.doc_id
        for scheme in ID_NAMES:
            yield str(self.reference.get(scheme, ""))
        words = f"{self.title or ''}\0{self.abstract or ''}" if self.abstract else ""
        yield " ".join(words.casefold().split())
        yield title if len(title) >= _FEWEST_LETTERS else ""


class _PaperKeys:
    """What the papers of a pile are known by: 72 bytes each."""

    def __init__(self, papers: Iterable[Known]) -> None:
        self._keys = {level: array("Q") for level in _LEVELS}
        self.contents = array("Q")
        self.number = 0
        for self.number, paper in enumerate(papers, 1):
            self.contents.append(digest(paper.content_hash))
            for level, text in zip(_LEVELS, paper.by(), strict=True):
                self._keys[level].append(digest(text) if text else _NONE)

    def keys(self, level: str) -> array[int]:
        """The key of each paper at a level, in their order; 0 where it has none."""
        return self._keys[level]

    def are_apart(self, own: int, other: Self, its: int) -> bool:
        """Whether two papers have different ids of a kind."""
        for scheme in ID_NAMES:
            one, two = self._keys[scheme][own], other._keys[scheme][its]
            if one != two and _NONE not in {one, two}:
                return True
        return False


def paired(lefts: Iterable[Document], rights: Iterable[Document]) -> list[int | None]:
    """For each document of the first the number, from 0, of the same one in the other."""
    return _partners(_PaperKeys(map(Known.of, lefts)), _PaperKeys(map(Known.of, rights)))


def _partners(left: _PaperKeys, right: _PaperKeys) -> list[int | None]:
    partners: list[int | None] = [None] * left.number
    taken = bytearray(right.number)
    for level in _LEVELS:
        keys = right.keys(level)
        known, several = Offsets(), set[int]()
        for at, key in enumerate(keys):
            if key == _NONE or taken[at]:
                continue
            if known.get(key) is not None:
                several.add(key)
            else:
                known.put(key, at)
        for own, key in enumerate(left.keys(level)):
            if partners[own] is not None or key == _NONE or (its := known.get(key)) is None:
                continue
            is_open = not taken[its] and not (level == "title" and key in several)
            if is_open and not (level != "doc_id" and left.are_apart(own, right, its)):
                partners[own], taken[its] = its, 1
    return partners


class Change(IntEnum):
    """What became of a paper of a pile since an earlier state of it."""

    SAME = 0
    NEW = 1
    CHANGED = 2


@dataclass(frozen=True, slots=True)
class PileChanges:
    """What is new, changed and gone in a pile.

    Attributes:
        kinds: A ``Change`` for each paper that is there, in their order.
        gone: How many of before aren't there any more; ``gone_titles`` are the first of them.
    """

    kinds: bytes
    gone: int
    gone_titles: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """For machines."""
        new, changed = map(self.kinds.count, (Change.NEW, Change.CHANGED))
        return {"new": new, "changed": changed, "gone": self.gone}

    def __bool__(self) -> bool:
        """Whether anything is new, changed or gone."""
        return any(self.counts().values())

    def told(self) -> str:
        """The counts, in words."""
        return ", ".join(f"{number:,} {name}" for name, number in self.counts().items())


def compare_piles(
    old: Callable[[], Iterable[Known]], new: Callable[[], Iterable[Known]]
) -> PileChanges:
    """What is new, changed and gone; what was there is gone through twice, in the same order."""
    before, now = _PaperKeys(old()), _PaperKeys(new())
    partners = _partners(now, before)
    kinds, left = bytearray(now.number), bytearray(b"\1" * before.number)
    for own, its in enumerate(partners):
        if its is None:
            kinds[own] = Change.NEW
            continue
        left[its] = 0
        if now.contents[own] != before.contents[its]:
            kinds[own] = Change.CHANGED
    titles: list[str] = []
    if any(left):
        lost = (paper for paper, is_left in zip(old(), left, strict=False) if is_left)
        titles = [one.title or one.doc_id for one, _ in zip(lost, range(_NAMED), strict=False)]
    return PileChanges(bytes(kinds), sum(left), tuple(titles))


def compare_files(old: Path, new: Path, damage: Damage) -> PileChanges:
    """What is new, changed and gone in a file of documents, against an older one."""

    def known(path: Path) -> Iterator[Known]:
        return map(Known.of, stored_documents(path, damage))

    return compare_piles(partial(known, old), partial(known, new))


def remembered(path: Path, until: datetime, damage: Damage) -> list[Known]:
    """The papers that a run directory was about at a time, by the lines that it keeps for ever.

    Of a paper that was changed since, what it was. What hadn't been attempted then isn't known, nor
    that a paper had gone, where a version of summarise did it that didn't write it down.
    """
    gone = gone_by(path, until, damage)
    papers: dict[str, Known] = {}
    for _, failure in understood(path / FAILURES, Failure.model_validate_json, damage):
        if _moment(failure.provenance.created) <= until:
            one = Known(failure.doc_id, failure.title, Reference(), failure.content_hash)
            papers[one.doc_id] = one
    for _, record in understood(path / RECORDS, Record.model_validate_json, damage):
        if _moment(record.provenance.created) <= until:
            one = Known(record.doc_id, record.title, record.reference, record.content_hash)
            papers[one.doc_id] = one
    return [one for one in papers.values() if one.doc_id not in gone]


def _moment(text: str) -> datetime:
    """A time of ours; what can't be read is as late as can be."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
