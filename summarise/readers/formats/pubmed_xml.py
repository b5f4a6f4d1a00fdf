"""PubMed's XML, as its site saves it and its services send it: articles, books and their chapters.

Sections of an abstract are joined as MEDLINE has them, each behind its label (“METHODS: …”). Where
an entry has no abstract of its own, the other one (of another publisher, or in another language) is
read in its place; a title that is “not available” gives way to the one in the original language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from summarise.models import Skipped, status_of_types
from summarise.readers import InputFormat
from summarise.readers.elements import (
    CutElement,
    local_name,
    plain,
    read_elements,
    texts_at,
    to_entries,
)
from summarise.readers.entry import Entry, normalise_doi, one_line, to_date
from summarise.readers.signs import all_of, contains, head_of, is_xml, one_of, opens
from summarise.readers.source import Source

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ROOT = r"<Pubmed(?:Book)?Article(?:Set)?\b"
_IS_PUBMED = one_of(opens(_ROOT), all_of(is_xml, contains(_ROOT)))
_NOT_AVAILABLE = re.compile(r"\[?not available\]?\.?", re.IGNORECASE)
# Where the two kinds of entry keep the same thing; the first place that has it counts.
_PMID = ("MedlineCitation/PMID", "BookDocument/PMID")
_TITLE = (
    *("MedlineCitation/Article/ArticleTitle", "MedlineCitation/Article/VernacularTitle"),
    *("BookDocument/ArticleTitle", "BookDocument/VernacularTitle", "BookDocument/Book/BookTitle"),
)
_ABSTRACT = ("MedlineCitation/Article/Abstract", "BookDocument/Abstract")
_OTHER = ("MedlineCitation/OtherAbstract", "BookDocument/OtherAbstract")
_DOI = (
    *("MedlineCitation/Article/ELocationID", "BookDocument/ELocationID"),
    *("BookDocument/Book/ELocationID", "PubmedData/ArticleIdList/ArticleId"),
    *("BookDocument/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId"),
)
_VENUE = (
    *("MedlineCitation/Article/Journal/Title", "MedlineCitation/MedlineJournalInfo/MedlineTA"),
    *("BookDocument/Book/BookTitle", "BookDocument/Book/Publisher/PublisherName"),
)
_ISSUE = "MedlineCitation/Article/Journal/JournalIssue"
_PAGES = (
    "MedlineCitation/Article/Pagination/MedlinePgn",
    "BookDocument/Pagination/MedlinePgn",
)
_LANGUAGE = ("MedlineCitation/Article/Language", "BookDocument/Language")
_TYPES = (
    "MedlineCitation/Article/PublicationTypeList/PublicationType",
    "BookDocument/PublicationType",
)
_AUTHORS = (
    *("MedlineCitation/Article/AuthorList", "BookDocument/AuthorList"),
    "BookDocument/Book/AuthorList",
)
_DATE = (
    *("MedlineCitation/Article/Journal/JournalIssue/PubDate", "BookDocument/Book/PubDate"),
    *("MedlineCitation/Article/ArticleDate", "BookDocument/ContributionDate"),
)


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    names = ("PubmedArticle", "PubmedBookArticle")
    return to_entries(read_elements(source, names), source.name, _to_entry)


def _to_entry(found: CutElement, name: str) -> Entry:
    article = found.element
    title = next((t for t in texts_at(article, *_TITLE) if not _NOT_AVAILABLE.fullmatch(t)), None)
    abstracts = list(filter(None, map(_abstract, _each(article, *_ABSTRACT))))
    others = list(filter(None, map(_abstract, _each(article, *_OTHER))))
    left_out = ("its other abstract isn't read",) if abstracts and others else ()
    return Entry(
        name,
        found.line,
        title=title,
        abstract=next(iter([*abstracts, *others]), None),
        doi=_doi(article),
        pmid=next(texts_at(article, *_PMID), None),
        venue=next((venue for venue in texts_at(article, *_VENUE) if venue != title), None),
        volume=next(texts_at(article, f"{_ISSUE}/Volume"), None),
        issue=next(texts_at(article, f"{_ISSUE}/Issue"), None),
        pages=next(texts_at(article, *_PAGES), None),
        publisher=next(texts_at(article, "BookDocument/Book/Publisher/PublisherName"), None),
        issn=next(texts_at(article, "MedlineCitation/Article/Journal/ISSN"), None),
        language=next(texts_at(article, *_LANGUAGE), None),
        status=status_of_types(texts_at(article, *_TYPES)),
        authors=_authors(article),
        published=next(filter(None, map(_date, _each(article, *_DATE))), None),
        repairs=(*found.repairs, *left_out),
    )


def _each(article: Element, *places: str) -> Iterator[Element]:
    for place in places:
        yield from article.iterfind(place)


def _abstract(abstract: Element) -> str:
    """Its sections in order, each behind its label unless it stands there already."""
    sections = []
    for section in abstract.iterfind("AbstractText"):
        text, label = plain(section), one_line(section.get("Label") or "")
        if label and text and not text.casefold().startswith(f"{label.casefold()}:"):
            text = f"{label}: {text}"
        sections.append(text)
    return " ".join(filter(None, sections))


def _doi(article: Element) -> str | None:
    for one in _each(article, *_DOI):
        kind = one.get("EIdType") or one.get("IdType")
        if kind == "doi" and one.get("ValidYN") != "N" and (doi := normalise_doi(plain(one))):
            return doi
    return None


def _authors(article: Element) -> tuple[str, ...]:
    """The first list that isn't one of editors; a name that was corrected later isn't taken."""
    for list_ in _each(article, *_AUTHORS):
        if list_.get("Type") != "editors":
            return tuple(filter(None, (_name(one) for one in list_ if one.get("ValidYN") != "N")))
    return ()


def _name(author: Element) -> str:
    part = {local_name(one): plain(one) for one in author if isinstance(one.tag, str)}
    given = part.get("ForeName") or part.get("FirstName") or part.get("Initials") or ""
    given = " ".join(filter(None, (given, part.get("Suffix"))))
    last = part.get("LastName") or part.get("CollectiveName") or ""
    return ", ".join(filter(None, (last, given)))


def _date(date: Element) -> str | None:
    """Of an issue's date the year at least; a season or a span of months says no more."""
    parts = [plain(date.find(name)) for name in ("Year", "Month", "Day")]
    return to_date(" ".join(filter(None, parts)) or plain(date.find("MedlineDate")))


FORMAT = InputFormat(
    about="PubmedArticle and PubmedBookArticle elements with an Abstract",
    recognises=lambda head: _IS_PUBMED(head_of(head)),
    entries=_entries,
    errors="surrogateescape",
)
