"""Documents as references: what each is cited by, with its record's row as a note.

Formats that reference managers read are made of these; all is clean, and not escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from summarise.characters import for_screen
from summarise.errors import SettingsError
from summarise.models import Document
from summarise.readers import SUMMARY_BEGINS
from summarise.render.format import RowView, TableView, reported

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4}|XXXX)(?:-(0[1-9]|1[0-2])(?:-([0-3]\d))?)?")


class Published(NamedTuple):
    """A date of EDTF, in digits; an empty part isn't known."""

    year: str = ""
    month: str = ""
    day: str = ""
    text: str = ""
    """In words, where no year is known; what stands in its place where it is no plain date."""

    @classmethod
    def of(cls, date: str) -> Published:
        """The parts of a clean text."""
        found = _DATE.fullmatch(date)
        if found is None:
            return cls(text=date)
        year, month, day = (part or "" for part in found.groups())
        if year.isdigit():
            return cls(year, month, day)
        return cls("", month, day, _words("", month, day))

    def in_words(self) -> str:
        """``23 Dec 2024``; what isn't a plain date stays as it is."""
        return self.text or _words(self.year, self.month, self.day)


def _words(year: str, month: str, day: str) -> str:
    return " ".join(filter(None, (day and str(int(day)), month and MONTHS[int(month) - 1], year)))


def year_of(document: Document) -> str:
    """The year of publication in digits, empty where none is known."""
    year = for_screen(document.published or "")[:4]
    return year if year.isascii() and year.isdigit() else ""


_KEY = re.compile(r"[^\W_][\w.+/:'-]*")
_OWN_ID = re.compile(r"[A-Za-z][\w.+-]*", re.ASCII)
_PARAGRAPH = re.compile(r"\n\s*\n")
_WORD = re.compile(r"[A-Za-z0-9]{4,}")
_MARK = re.compile("[\u0300-\u036f]")
_LOOKED_AT = 500
_GATHERING = re.compile(r"\b(?:proceedings|conference|workshop|symposium|meeting of)\b", re.I)
_IDS = {"pmid": "PMID", "arxiv": "arXiv", "acl": "ACL", "openalex": "OpenAlex"}

PRINTED = ("volume", "issue", "pages", "publisher", "issn")
"""What a reference list needs of an article besides its venue."""


class Publication(Enum):
    """What a reference is, as far as its venue tells."""

    ARTICLE = "article"
    """There is a venue, which isn't known for one of papers given at a gathering."""
    PAPER = "paper"
    OTHER = "other"
    """No venue is known."""


class ReferenceView(NamedTuple):
    """A document as it is cited; what isn't known is empty."""

    key: str
    """Of letters, digits and ``.+/:_'-``; another one for each row, whatever the case."""
    kind: Publication
    title: str
    authors: list[str]
    has_more_authors: bool
    """Than are named, where some are."""
    published: Published
    venue: str
    printed: dict[str, str]
    """Where in the venue, and by whom, as far as it is known: keys of ``PRINTED``."""
    url: str
    doi: str
    ids: dict[str, str]
    """Others, by the names that they are noted with: ``PMID``, ``arXiv``, ``ACL``, ``OpenAlex``."""
    language: str
    abstract: list[str]
    """Its paragraphs."""
    summary: list[str]
    """Lines that begin with ``SUMMARY_BEGINS``, then a line for each column that has something."""


class Citations:
    """Makes the references of a table, one by one; beside a row, a number for each key is held."""

    def __init__(self, columns: list[str]) -> None:
        self._columns = columns
        self._taken: dict[int, int] = {}
        self._key = ""

    def of(self, row: RowView) -> ReferenceView:
        """The reference of the next row.

        Raises:
            SettingsError: It is of something else.
        """
        if row.row is None:
            raise SettingsError("the rows of this table are no papers", where="--format")
        return _reference(row.row[0], row, self.key_of(row), _summary(row, self._columns[2:]))

    def key_of(self, row: RowView) -> str:
        """By which the next row is cited, if it is of a paper: what its reference would have."""
        if row.row and not row.entry:  # the rows of a paper's entries cite it by one key
            self._key = _own_key(_wanted_key(row.row[0], row.number), self._taken)
        return self._key if row.row else ""


def references(table: TableView) -> Iterator[ReferenceView]:
    """The references of a table, in its order.

    Raises:
        SettingsError: It is a table of something else.
    """
    return map(Citations(table.columns).of, (row for row in table.rows if not row.entry))


def _reference(document: Document, row: RowView, key: str, summary: list[str]) -> ReferenceView:
    told = {name: for_screen(value) for name, value in document.reference.items()}  # type: ignore[arg-type]
    authors = list(filter(None, map(for_screen, document.authors)))
    return ReferenceView(
        key,
        _kind(told),
        for_screen(document.title or ""),
        authors,
        0 < len(authors) < (document.author_count or 0),
        Published.of(for_screen(document.published or "")),
        told.get("venue", ""),
        {name: told.get(name, "") for name in PRINTED},
        row.url or "",
        told.get("doi", ""),
        {_IDS[name]: told[name] for name in _IDS if told.get(name)},
        told.get("language", ""),
        list(filter(None, map(for_screen, _PARAGRAPH.split(document.abstract)))),
        summary,
    )


def _kind(told: dict[str, str]) -> Publication:
    venue = told.get("venue", "")
    if told.get("acl") or _GATHERING.search(venue):
        return Publication.PAPER
    return Publication.ARTICLE if venue else Publication.OTHER


def _summary(row: RowView, columns: list[str]) -> list[str]:
    """What the row says of its record, a line for each column."""
    lines = [SUMMARY_BEGINS, *(note.text for note in row.notes)]
    for column, cell in zip(columns, row.cells, strict=True):
        if told := "; ".join(reported(cell)):
            lines.append(f"{column}: {told}")
    return lines


def _own_key(wanted: str, taken: dict[int, int]) -> str:
    """A key that no row before has; of each that was wanted the last number is kept."""
    first = hash(wanted.casefold())
    key, number = wanted, taken.get(first, 1)
    while (mark := hash(key.casefold())) in taken:
        number += 1
        key = f"{wanted}-{number}"
    taken[mark] = 1
    taken[first] = number
    return key


def _wanted_key(document: Document, number: int) -> str:
    """What its input's user cites it by, else its id, else first author, year and a word."""
    given = document.reference.get("citation_key", "")
    if _KEY.fullmatch(given):
        return given
    ids = {value.casefold() for value in document.reference.values()}  # type: ignore[attr-defined]
    if _OWN_ID.fullmatch(document.doc_id) and document.doc_id.casefold() not in ids:
        return document.doc_id
    names = document.authors[0] if document.authors else ""
    family = names.partition(",")[0] if "," in names else names.rpartition(" ")[2]
    family = re.sub(r"[^A-Za-z]", "", _without_accents(family))
    word = _WORD.search(_without_accents(document.title or ""))
    parts = (family, year_of(document), word[0] if word else "")
    return "".join(parts if family else reversed(parts)).lower() or f"row{number}"


def _without_accents(text: str) -> str:
    # Marks upon marks are put in order in a time that grows with their square.
    return _MARK.sub("", unicodedata.normalize("NFKD", text[:_LOOKED_AT]))
