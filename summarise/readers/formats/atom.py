"""Atom, as arXiv's services answer with it; other feeds whose entries have a summary are read too.

An entry that tells of an error is named as one: it is all that the answer to a bad request holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from summarise.models import Skipped
from summarise.readers import InputFormat
from summarise.readers.elements import CutElement, plain, read_elements
from summarise.readers.entry import Entry, normalise_arxiv, one_line, skipped, to_edtf
from summarise.readers.signs import all_of, contains, head_of, is_xml, one_of, opens
from summarise.readers.source import Source

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_IS_FEED = one_of(
    opens(r"<(?:\w+:)?feed\s[^<>]{0,999}www\.w3\.org/2005/Atom"),
    all_of(is_xml, contains(r"<(?:\w+:)?feed\b")),
)
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=[ \t])")
_MARKUP = ("html", "xhtml")


def _recognises(head: bytes, _: str) -> bool:
    return _IS_FEED(head_of(head))


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    for found in read_elements(source, ("entry",)):
        yield found if isinstance(found, Skipped) else _to_entry(found, source.name)


def _to_entry(found: CutElement, name: str) -> Entry | Skipped:
    entry = found.element
    address, title = _text(entry, "id"), _prose(entry.find("{*}title"))
    if "/api/errors" in address:
        what = _text(entry, "summary") or title
        return skipped(name, found.line, f"arXiv answered with an error: {what}")
    summary = entry.find("{*}summary")
    summary = entry.find("{*}content") if summary is None else summary
    authors = (_text(author, "name") for author in entry.iterfind("{*}author"))
    return Entry(
        name,
        found.line,
        title=one_line(title),
        abstract=_prose(summary),
        doi=_text(entry, "doi") or None,
        arxiv=address if normalise_arxiv(address) else None,
        venue=_text(entry, "journal_ref") or None,
        language=entry.get("{http://www.w3.org/XML/1998/namespace}lang"),
        authors=tuple(filter(None, authors)),
        published=to_edtf(_text(entry, "published") or _text(entry, "updated")),
        url=_link(entry) or (address if address.startswith("http") else None),
        repairs=found.repairs,
    )


def _text(entry: Element, name: str) -> str:
    return plain(entry.find(f"{{*}}{name}"))


def _link(entry: Element) -> str | None:
    """The page of the paper, rather than its file."""
    links = entry.iterfind("{*}link")
    return next(
        (one.get("href") for one in links if one.get("rel", "alternate") == "alternate"), None
    )


def _prose(element: Element | None) -> str:
    """A text without its wraps; paragraphs stay apart, as arXiv indents them."""
    if element is None:
        return ""
    if element.get("type") not in _MARKUP:
        text = "".join(element.itertext()).strip()
        return "\n\n".join(filter(None, map(one_line, _PARAGRAPH.split(text))))
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only feeds with markup need it

    inner = "".join(element.itertext())
    return plain(element) if len(element) else one_line(LexborHTMLParser(inner).text())


FORMAT = InputFormat(
    about="entries of an Atom feed with a summary",
    recognises=_recognises,
    entries=_entries,
    suffixes=frozenset({".atom"}),
    errors="surrogateescape",
)
