"""EndNote's XML, as EndNote, Zotero and others write it: texts of a reference stand in styles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summarise.readers import InputFormat
from summarise.readers.elements import CutElement, read_elements, texts_at, to_entries
from summarise.readers.entry import Entry, most_precise, normalise_doi, to_date
from summarise.readers.signs import all_of, contains, head_of, is_xml

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_IS_ENDNOTE = all_of(is_xml, contains(r"<xml>\s{0,99}<records>|<ref-type\b"))
_TITLES = ("titles/title", "titles/short-title")
_VENUES = ("titles/secondary-title", "periodical/full-title", "publisher")
_ADDRESSES = ("urls/web-urls/url", "urls/related-urls/url")
_PMID = re.compile(r"[0-9]{1,9}")


def _to_entry(found: CutElement, name: str) -> Entry:
    record = found.element
    address = _first(record, *_ADDRESSES)
    places = texts_at(record, "electronic-resource-num", *_ADDRESSES)
    database = (_first(record, "remote-database-name") or "").casefold()
    number = _first(record, "accession-num") or ""
    year = next(filter(None, map(to_date, texts_at(record, "dates/year"))), "")
    days = [
        one
        for text in texts_at(record, "dates/pub-dates/date")
        for one in (text, f"{year} {text}", f"{text} {year}")
    ]
    people = tuple(texts_at(record, "contributors/authors/author"))
    editors = texts_at(record, "contributors/secondary-authors/author")
    return Entry(
        name,
        found.line,
        title=_first(record, *_TITLES),
        abstract=_first(record, "abstract"),
        doi=next(filter(None, map(normalise_doi, places)), None),
        pmid=number if "medline" in database and _PMID.fullmatch(number) else None,
        venue=_first(record, *_VENUES),
        volume=_first(record, "volume"),
        issue=_first(record, "number"),
        pages=_first(record, "pages"),
        publisher=_first(record, "publisher"),
        issn=_first(record, "isbn"),
        language=_first(record, "language"),
        citation_key=_first(record, "label"),
        authors=people or tuple(editors),
        published=most_precise([year, *days]),
        url=address,
        repairs=found.repairs,
    )


def _first(record: Element, *places: str) -> str | None:
    return next(texts_at(record, *places), None)


FORMAT = InputFormat(
    about="record elements with an abstract",
    recognises=lambda head: _IS_ENDNOTE(head_of(head)),
    entries=lambda source: to_entries(read_elements(source, ("record",)), source.name, _to_entry),
    errors="surrogateescape",
)
