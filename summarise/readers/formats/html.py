"""Hugging Face Daily Papers, a search on it or a paper's page, as HTML.

The site embeds what it shows as JSON in ``data-props`` attributes: every object there with a title
and a summary is an entry. Where the attributes are gone (saved by a browser, cleaned by a tool),
the visible structure is read instead: each ``article`` with a linked heading, or a heading
“Abstract”.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from summarise.characters import INVISIBLE
from summarise.errors import InputError
from summarise.readers import InputFormat
from summarise.readers.entry import Entry, one_line, to_edtf
from summarise.readers.fields import PAPERS, daily_paper
from summarise.readers.source import Source, decoded

_PAPER_ID = re.compile(r"[0-9]{4}\.[0-9]{4,5}")
_START = re.compile(
    rf"[\s{INVISIBLE}]*(?:<(?:html|head|body|main|section|article|div)\b"
    r"|(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b)",
    re.IGNORECASE | re.DOTALL,
)
_COUNT = re.compile(r"(?<![0-9])([0-9][0-9,]{0,9}) authors?\b")


def _entries(source: Source) -> Iterator[Entry]:
    text = source.text()
    if nests_too_deep(text):
        raise InputError(
            "nests its elements too deep to be read", where=source.name, hint="Save the page anew."
        )
    return _SavedPage(text, source.name).entries()


class _SavedPage:
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
                    line = self._lines.get(str(paper["id"]), 1)
                    yield daily_paper(paper, {}, self._name, line)

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
            url=PAPERS + paper_id if paper_id else href or None,
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


FORMAT = InputFormat(
    about="papers in data-props attributes, or articles with a heading and a paragraph",
    recognises=lambda head: _START.match(decoded(head)) is not None,
    entries=_entries,
)


# How deep a page nests its elements, before a parser pays for it.
#
# A parser of HTML looks through all open elements at most tags, and copies those that format text
# into every paragraph: on a page that opens elements and closes none, its time and memory grow with
# the square of the text. Pages that people read stay below 100 levels; browsers stop at 512.
DEEPEST = 6_000
"""Most elements that may be open at once."""

_TAG = re.compile(r"<!--|<(?P<slash>/?)(?P<name>[A-Za-z][^\s/<>]*)(?P<rest>[^<>]*)")
# Empty ones, and those that the next of their kind closes.
_NEVER_OPEN = re.compile(
    r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|frame"
    r"|p|li|dd|dt|option|t[dhr]|tbody|thead|tfoot|r[tp]"
)
_RAW = re.compile(r"script|style|textarea|title|iframe|noembed|noframes|xmp")
_FORMAT = re.compile(r"a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u")
_CLOSE_THEIR_KIND = ("a", "nobr", "button")
# A parser keeps three open ones that are alike, and no more.
_ALIKE = 3
# What most pages stay far below: formats that are open at a tag, on average, and in all.
_OPEN_FORMATS = 5
_SPARE = 100_000
# https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inforeign
_NOT_IN_PICTURES = re.compile(
    r"b|big|blockquote|body|br|center|code|d[dlt]|div|em|embed|h[1-6]|head|hr|i|img|li|listing|menu"
    r"|meta|nobr|ol|p|pre|ruby|s|small|span|strong|strike|su[bp]|table|tt|u|ul|var"
)
_PICTURES = ("svg", "math")


class _Open:
    """The elements that are open, as a parser would see them."""

    def __init__(self) -> None:
        self._stack: list[tuple[str, str]] = []
        self._names: Counter[str] = Counter()
        self._alike: Counter[str] = Counter()
        self._formats = self._tags = self._carried = 0

    def start(self, name: str, rest: str) -> None:
        self._tags += 1
        self._carried += self._formats
        picture = next((one for one in _PICTURES if self._names[one]), None)
        if picture and _NOT_IN_PICTURES.fullmatch(name):
            self.end(picture)
        elif picture and rest.endswith("/"):
            return
        if name in _CLOSE_THEIR_KIND:
            self.end(name)
        if not _NEVER_OPEN.fullmatch(name):
            self._push(name, f"{name} {rest}" if _FORMAT.fullmatch(name) else "")

    def end(self, name: str) -> None:
        """Take an end tag: it closes what was opened inside, but a format closes formats alone."""
        if not self._names[name]:
            return
        kept: list[str] = []
        inner = None
        while inner != name:
            inner, key = self._stack.pop()
            self._names[inner] -= 1
            self._count(key, -1)
            if not key:
                kept.append(inner)
        for one in reversed(kept) if _FORMAT.fullmatch(name) else ():
            self._push(one, "")

    def _push(self, name: str, key: str) -> None:
        self._names[name] += 1
        self._stack.append((name, key))
        self._count(key, 1)

    def _count(self, key: str, step: int) -> None:
        if key:
            before = min(self._alike[key], _ALIKE)
            self._alike[key] += step
            self._formats += min(self._alike[key], _ALIKE) - before

    @property
    def too_many(self) -> bool:
        """Whether a parser would take too long, or too much memory."""
        allowed = _OPEN_FORMATS * self._tags + _SPARE
        return len(self._stack) > DEEPEST or self._carried > allowed


def nests_too_deep(text: str) -> bool:
    """Whether a page opens more elements inside of each other than a parser can bear."""
    opened, position = _Open(), 0
    while (found := _TAG.search(text, position)) and not opened.too_many:
        position = found.end()
        name = (found["name"] or "").lower()
        if not name:
            position = text.find("-->", position) % (len(text) + 1)
        elif found["slash"]:
            opened.end(name)
        elif _RAW.fullmatch(name):
            closing = re.compile(rf"</{name}", re.IGNORECASE).search(text, position)
            position = closing.end() if closing else len(text)
        else:
            opened.start(name, found["rest"])
    return opened.too_many
