"""Atom, as arXiv's services answer with it; other feeds whose entries have a summary are read too.

An entry that tells of an error is named as one: it is all that the answer to a bad request holds.
Answers that a program has kept in JSON (``{"status_code": 200, "body": "<feed …"}``) are taken out
of it; their entries have the line on which the object starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from typing import TYPE_CHECKING, Any

from summarise.models import Skipped
from summarise.readers import InputFormat
from summarise.readers.elements import CutElement, elements_of, plain, read_elements, to_entries
from summarise.readers.entry import Entry, normalise_arxiv, one_line, skipped, to_edtf
from summarise.readers.json_objects import first_keys, read_objects
from summarise.readers.latex import tex_to_text
from summarise.readers.signs import all_of, contains, head_of, is_xml, one_of, opens
from summarise.readers.source import Source

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_IS_FEED = one_of(
    opens(r"<(?:\w+:)?feed\s[^<>]{0,999}www\.w3\.org/2005/Atom"),
    all_of(is_xml, contains(r"<(?:\w+:)?feed\b")),
)
_KEPT = re.compile(
    rb"(?:<|\\u003c)(?:\w+:)?feed[^<>]{0,999}https?:(?:\\?/){2}www\.w3\.org\\?/2005\\?/Atom"
)
_OWN = frozenset(("abstract", "summary", "title"))
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=[ \t])")
_MARKUP = ("html", "xhtml")
_AHEAD = 1_000
"""Characters in which a feed begins."""
_DEEP = 4
"""Objects and lists that one may be held in."""


def _is_kept(head: bytes) -> bool:
    """Whether it is JSON that holds feeds as text."""
    keys = first_keys(head)
    return bool(keys) and not keys & _OWN and _KEPT.search(head) is not None


def _entries(source: Source) -> Iterator[Entry | Skipped]:
    is_kept = source.opening().startswith(("{", "["))
    found = _unpacked(source) if is_kept else read_elements(source, ("entry",))
    return to_entries(found, source.name, _to_entry)


def _unpacked(source: Source) -> Iterator[CutElement | Skipped]:
    """The entries of each feed that an object holds."""
    for line, one in read_objects(source):
        feeds = [] if isinstance(one, Skipped) else [*_feeds(one)]
        for feed in feeds:
            for found in elements_of(StringIO(feed), source.name, ("entry",)):
                if isinstance(found, Skipped):
                    yield found.model_copy(update={"line": line})
                else:
                    yield found._replace(line=line)
        if isinstance(one, Skipped):
            yield one
        elif not feeds:
            yield skipped(source.name, line, "it holds no feed")


def _feeds(value: Any, depth: int = _DEEP) -> Iterator[str]:
    """The texts that are feeds, in an object and in what it holds."""
    if isinstance(value, str) and "<feed" in value[:_AHEAD]:
        yield value
    elif isinstance(value, dict | list) and depth:
        for below in value.values() if isinstance(value, dict) else value:
            yield from _feeds(below, depth - 1)


def _to_entry(found: CutElement, name: str) -> Entry | Skipped:
    entry = found.element
    address, title = _text(entry, "id"), _prose(entry.find("{*}title"))
    if "/api/errors" in address:
        what = _text(entry, "summary") or title
        return skipped(name, found.line, f"arXiv answered with an error: {what}")
    arxiv = address if normalise_arxiv(address) else None
    summary = entry.find("{*}summary")
    summary = entry.find("{*}content") if summary is None else summary
    authors = (_text(author, "name") for author in entry.iterfind("{*}author"))
    return Entry(
        name,
        found.line,
        title=one_line(tex_to_text(title) if arxiv else title),
        abstract=tex_to_text(_prose(summary)) if arxiv else _prose(summary),
        doi=_text(entry, "doi") or None,
        arxiv=arxiv,
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
    recognises=lambda head: _IS_FEED(head_of(head)) or _is_kept(head),
    entries=_entries,
    errors="surrogateescape",
)
