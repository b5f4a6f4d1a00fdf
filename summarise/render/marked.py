"""A title and an abstract for a terminal, with the values of a record marked where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from summarise.characters import for_screen
from summarise.models import Document, GroundedValue, Outcome, Record, Span
from summarise.render.layout import Layout
from summarise.render.page import BOLD, DIM, WARNING, Glyph, Page, glyphs_of, joined
from summarise.render.table import title_of
from summarise.scan import sentence_spans

_COLOURS = ("36", "32", "33", "35", "34", "96", "92", "93", "95", "94")
_MARKED = "1;4"
_TOP_LEVEL = re.compile(r"[^.\[]*")


def colours_of(layout: Layout) -> dict[str, str]:
    """A colour for each top-level field, in turn."""
    return {field.name: _COLOURS[i % len(_COLOURS)] for i, field in enumerate(layout.fields)}


class MarkedText:
    """The texts of a document; only a record of this very abstract marks anything in them."""

    def __init__(
        self, page: Page, document: Document, outcome: Outcome | None, colours: dict[str, str]
    ) -> None:
        self._page = page
        self._document = document
        self._colours = colours
        record = outcome if isinstance(outcome, Record) else None
        self._is_stale = record is not None and record.content_hash != document.content_hash
        self._record = None if self._is_stale else record

    def title(self) -> Iterator[str]:
        """The title, plain where nothing was found in it."""
        title = self._document.title or ""
        if found := self._found("title"):
            styles = self._styles(title, found)
            return self._page.lines(self._marked(title, Span(0, len(title)), styles))
        return self._page.text(title if for_screen(title) else title_of(self._document), BOLD)

    def abstract(self) -> Iterator[str]:
        """The numbered sentences, and the legend of the marks in them."""
        if self._is_stale:
            warning = "⚠ The abstract has changed since it was extracted: nothing is marked."
            yield from self._page.text(warning, WARNING)
        text = self._document.abstract
        found = self._found("abstract")
        spans = (self._record and self._record.sentence_spans) or sentence_spans(text)
        edge = len(f"[{len(spans)}] ")
        styles = self._styles(text, found)
        for number, span in enumerate(spans, start=1):
            label = f"[{number}]".ljust(edge)
            yield from self._page.lines(self._marked(text, span, styles), label, " " * edge)
        if found:
            yield from ("", *self._legend(found))

    def _found(self, source: str) -> list[tuple[Span, str]]:
        """Where values stand in a text, and of which field; shorter ones last, to show on top."""
        values = self._record.verbatims if self._record else ()
        found = [(v.span, _field_of(v)) for v in values if v.span and v.source == source]
        return sorted(found, key=lambda one: one[0].start - one[0].end)

    def _styles(self, text: str, found: list[tuple[Span, str]]) -> list[str]:
        """The style of each character: that of the value that covers it."""
        styles = [""] * len(text)
        for span, name in found:
            covered = slice(*span)
            styles[covered] = [self._style_of(name)] * len(styles[covered])
        return styles

    def _style_of(self, name: str) -> str:
        colour = self._colours.get(name)
        return f"{_MARKED};{colour}" if colour else _MARKED

    def _marked(self, text: str, part: Span, styles: list[str]) -> list[Glyph]:
        """The glyphs of a part of a text, cleaned one by one, so that each keeps its style."""
        shown = (
            Glyph(one, styles[index])
            for index in range(part.start, min(part.end, len(text)))
            for one in (" " if text[index].isspace() else for_screen(text[index], reveal=True))
        )
        return joined(shown if self._page.color else _bracketed(shown))

    def _legend(self, found: list[tuple[Span, str]]) -> Iterator[str]:
        if not self._page.color:
            return self._page.text("«…» marks a value of the record where it was found", DIM)
        used = {name for _, name in found}
        glyphs = glyphs_of("Marked:", DIM)
        for name in self._colours:
            if name in used:
                glyphs += [Glyph(" "), *glyphs_of(name, self._style_of(name))]
        return self._page.lines(glyphs)


def _field_of(value: GroundedValue) -> str:
    """The top-level field that a value is in."""
    name = _TOP_LEVEL.match(value.path)
    return name.group() if name else ""


def _bracketed(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """Each styled stretch between «…»."""
    is_inside = False
    for glyph in glyphs:
        if bool(glyph.style) is not is_inside:
            yield Glyph("»" if is_inside else "«")
            is_inside = not is_inside
        yield glyph
    if is_inside:
        yield Glyph("»")
