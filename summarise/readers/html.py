"""Hugging Face Daily Papers, a search on it or a paper's page, as HTML.

The site embeds what it shows as JSON in ``data-props`` attributes: every object there with a title
and a summary is an entry. Where the attributes are gone (saved by a browser, cleaned by a tool),
the visible structure is read instead: each ``article`` with a linked heading, or a heading
“Abstract”.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from selectolax.lexbor import LexborHTMLParser, LexborNode

from summarise.errors import InputError
from summarise.models import Document, Skipped
from summarise.readers.dates import to_edtf
from summarise.readers.entry import Entry, normalise_arxiv, one_line, to_document
from summarise.readers.nesting import nests_too_deep
from summarise.readers.source import read_whole

LOOKED_FOR = "papers in data-props attributes, or articles with a heading and a paragraph"
"""What this reader looks for, for the message when there is none."""

SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
"""File names that settle the format."""

_PAPERS = "https://huggingface.co/papers/"
_PAPER_ID = re.compile(r"[0-9]{4}\.[0-9]{4,5}")
_START = re.compile(
    r"\s*(?:<(?:html|head|body|main|section|article|div)\b"
    r"|(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b)",
    re.IGNORECASE | re.DOTALL,
)
_COUNT = re.compile(r"(?<![0-9])([0-9][0-9,]{0,9}) authors?\b")


def recognises(head: str) -> bool:
    """Whether a text starts like HTML."""
    return _START.match(head) is not None


def read_html(stream: TextIO, name: str) -> Iterator[Document | Skipped]:
    """Read a page.

    Args:
        stream: The text.
        name: Name of the source.

    Raises:
        InputError: It can't be parsed in bearable time and memory.
    """
    text = read_whole(stream, name)
    if nests_too_deep(text):
        raise InputError(
            "nests its elements too deep to be read", where=name, hint="Save the page anew."
        )
    return map(to_document, _Page(text, name).entries())


class _Page:
    """A parsed page, and the line on which each paper's id first stands."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._tree = LexborHTMLParser(text)
        self._lines: dict[str, int] = {}
        line, counted = 1, 0
        for found in _PAPER_ID.finditer(text):
            line, counted = line + text.count("\n", counted, found.start()), found.start()
            self._lines.setdefault(found[0], line)

    def entries(self) -> Iterator[Entry]:
        """The entries in order, from the first place on the page that has abstracts."""
        found = [list(read()) for read in (self._embedded, self._articles, self._paper)]
        with_abstracts = [entries for entries in found if any(one.abstract for one in entries)]
        # Titles alone still show the user what was found.
        return iter(next(filter(None, [*with_abstracts, *found]), []))

    def _embedded(self) -> Iterator[Entry]:
        """A page may embed a paper in several components: it counts once."""
        seen: set[tuple[str, str]] = set()
        for node in self._tree.css("[data-props]"):
            for paper in _papers(_json(node.attributes.get("data-props"))):
                key = (str(paper["id"]), paper["title"])
                if key not in seen:
                    seen.add(key)
                    yield self._from_json(paper)

    def _from_json(self, paper: dict[str, Any]) -> Entry:
        paper_id = _text(paper.get("id"))
        authors = paper.get("authors")
        return Entry(
            self._name,
            self._lines.get(paper_id or "", 1),
            title=paper["title"],
            abstract=_text(paper.get("summary")),
            given_id=None if normalise_arxiv(paper_id) else paper_id,
            arxiv=paper_id,
            authors=tuple(_authors(authors if isinstance(authors, list) else [])),
            organisation=_organisation(paper.get("organization")),
            published=to_edtf(_text(paper.get("publishedAt")) or ""),
            url=_PAPERS + paper_id if paper_id else None,
        )

    def _articles(self) -> Iterator[Entry]:
        for article in self._innermost("article"):
            link = article.css_first("h1 a, h2 a, h3 a, h4 a")
            if link is not None:
                yield self._visible(article, link.text(), link.attributes.get("href") or "")

    def _innermost(self, tag: str) -> Iterator[LexborNode]:
        """Elements that hold none of their kind; one around others is the page's frame."""
        frames = set()
        for inner in self._tree.css(f"{tag} {tag}"):
            outer = inner.parent
            while outer is not None and outer.tag != tag:
                outer = outer.parent
            if outer is not None:
                frames.add(outer.mem_id)
        return (node for node in self._tree.css(tag) if node.mem_id not in frames)

    def _paper(self) -> Iterator[Entry]:
        """The page of one paper: its heading, and what stands below the heading “Abstract”."""
        heading = self._tree.css_first("h1")
        for label in self._tree.css("h2, h3"):
            if heading is not None and label.parent and one_line(label.text()) == "Abstract":
                address = self._tree.css_first("link[rel=canonical]")
                href = (address.attributes.get("href") if address else None) or ""
                yield self._visible(label.parent, heading.text(), href)
                return

    def _visible(self, node: LexborNode, title: str, href: str) -> Entry:
        found = _PAPER_ID.search(href) if "/papers/" in href else None
        paper_id = found[0] if found else None
        paragraphs = [p.text().strip() for p in node.css("p")]
        count = _COUNT.search(node.text(separator=" "))
        time = node.css_first("time[datetime]")
        return Entry(
            self._name,
            self._lines.get(paper_id or "", 1),
            title=title,
            abstract="\n\n".join(filter(None, paragraphs)),
            arxiv=paper_id,
            author_count=int(count[1].replace(",", "")) if count else None,
            published=to_edtf((time.attributes.get("datetime") if time else None) or ""),
            url=_PAPERS + paper_id if paper_id else href or None,
        )


def _json(attribute: str | None) -> Any:
    try:
        return json.loads(attribute or "null")
    except (ValueError, RecursionError):
        return None  # a component that isn't about papers, or one cut short


def _papers(value: Any) -> Iterator[dict[str, Any]]:
    """Every paper in a JSON value, in order; without recursion, however deep it is."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(reversed(item))
        elif isinstance(item, dict):
            if isinstance(item.get("title"), str) and "id" in item and "summary" in item:
                yield item
            else:
                pending.extend(reversed(item.values()))


def _authors(authors: list[Any]) -> Iterator[str]:
    for author in authors:
        if isinstance(author, dict):
            name = _text(author.get("name"))
            if name:
                yield one_line(name)


def _organisation(value: Any) -> str | None:
    return (
        _text(value.get("fullname")) or _text(value.get("name"))
        if isinstance(value, dict)
        else None
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
