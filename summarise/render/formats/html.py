"""A table as a page of HTML, or a part of another: no script, and no address but of the web.

What makes a page of it stands before the part, and says nothing within another page.

Each text is escaped, for content and for attributes (HTML, section 13.1.2); right-to-left text is
isolated by ``bdi``. The style is bound to the class of the fragment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from summarise.characters import has_right_to_left
from summarise.render.format import Cell, Line, RowCounts, Strength, TableView, text_format

_CODE = re.compile("`([^`]*)`")
# Tags of head and body may be left out (HTML, section 13.1.2.4).
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE</title>"""
# The page around it may be light or dark, so its colours let that shine through. What is wider than
# the page is scrolled by keys as well, once it has the focus.
_OPENING = """<section class="summarise" lang="en" aria-label="TITLE" tabindex="0">
<style>
.summarise { font: 0.95rem/1.4 system-ui, sans-serif; overflow-x: auto; }
.summarise table { border-collapse: collapse; }
.summarise th, .summarise td { border: 1px solid #8c959f73; padding: 0.3rem 0.6rem;
  text-align: left; vertical-align: top; overflow-wrap: anywhere; min-width: 7rem; }
.summarise th:first-child, .summarise td:first-child { min-width: 0; text-align: right;
  white-space: nowrap; }
.summarise thead th { background: #8c959f26; }
.summarise tbody th { font-weight: inherit; }
.summarise small { opacity: 0.8; }
.summarise h2 { font-size: 1.1rem; }
</style>"""
# A sign is read aloud by its meaning: of most, a screen reader says nothing. The page of a report
# has the same (cells.ts).
_SPOKEN = {
    "–": "nothing found",
    "⚠": "not in the abstract",
    "(?)": "doubtful",
    "≠": "in this run alone",
    "✎": "corrected by a person",
    "✎†": "vouched for by a person",
    "✓": "checked by a person",
    "✗": "wrong, a person says",
}


def _text(text: str) -> str:
    """A clean text as HTML that reads as that text."""
    escaped = escape(text)
    return f"<bdi>{escaped}</bdi>" if has_right_to_left(escaped) else escaped


def _link(text: str, url: str | None) -> str:
    return _text(text) if url is None else f'<a href="{escape(url)}">{_text(text)}</a>'


def _line(line: Line) -> str:
    tags = {Strength.NOTE: "em", Strength.STRONG: "strong", Strength.STRUCK: "s"}
    pieces = []
    for text, strength, _, mark in line:
        shown, tag = _text(text), tags.get(strength)
        if mark is not None and (spoken := _SPOKEN.get(text.strip())):
            shown = f'<span role="img" aria-label="{spoken}">{shown}</span>'
        pieces.append(f"<{tag}>{shown}</{tag}>" if tag else shown)
    return "".join(pieces)


def cell_html(cell: Cell) -> str:
    """The entries of a cell below each other."""
    return "<br>".join(map(_line, cell))


def html_lines_of(table: TableView) -> Iterator[str]:
    """The lines of a part of a page: the table, counts, what the marks mean, and the failures."""
    name = _text(f"{table.columns[1]}s")
    yield _OPENING.replace("TITLE", name)
    titles = "".join(f'<th scope="col">{_text(title)}</th>' for title in table.columns)
    yield f'<table aria-label="{name}">\n<thead><tr>{titles}</tr></thead>\n<tbody>'
    for row in table.rows:
        about = " · ".join(map(_text, row.byline))
        notes = [_text(note.text) for note in row.notes]
        paper = [_link(row.title, row.url), f"<small>{about}</small>" if about else "", *notes]
        # The paper is the head of its row: who hears a cell is told whose it is.
        head = f'<th scope="row">{"<br>".join(filter(None, paper))}</th>'
        cells = "".join(f"<td>{cell_html(cell)}</td>" for cell in row.cells)
        yield f"<tr><td>{row.number}</td>{head}{cells}</tr>"
    yield "</tbody>\n</table>"
    yield from _closing(table.counts)
    yield "</section>"


def lines_of(table: TableView) -> Iterator[str]:
    """The lines of a page that is nothing but the table."""
    yield _PAGE.replace("TITLE", _text(f"{table.columns[1]}s"))
    yield from html_lines_of(table)


def _closing(counts: RowCounts) -> Iterator[str]:
    yield from (f"<p>{_text(note)}</p>" for note in counts.notes)
    documents, became = counts.summary()
    yield f"<p><strong>{documents}</strong>: {_text(became)}</p>"
    if legend := counts.legend:
        yield "<h2>Marks</h2>\n<ul>"
        for mark in legend:  # words of ours, which name commands between backticks
            meaning = _CODE.sub(r"<code>\1</code>", escape(mark.meaning))
            yield f"<li>{_text(mark.sign)} : {meaning}</li>"
        yield "</ul>"
    if counts.listed:
        yield "<h2>Failures</h2>\n<ul>"
        for one in counts.listed:
            told = f"{_link(one.title, one.url)}: {_text(one.message)}"
            yield f"<li><strong>{one.kind}</strong>: {told}</li>"
        if counts.unlisted:
            yield f"<li>and {counts.unlisted:,} more, marked in the table</li>"
        yield "</ul>"


FORMAT = text_format(lines_of, end="\n", is_page=True)
