"""A run, and a record of it, as a page of a notebook.

It is HTML that is escaped, and in which nothing acts. The table is that of the format ``html``;
colours go with a light page and with a dark one; a dollar sign is one, and opens no formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby, islice
from typing import cast

from pydantic import BaseModel

from summarise.characters import counted, for_screen
from summarise.models import Document, Record, Span
from summarise.render import (
    RowCounts,
    Style,
    byline,
    cell_html,
    covered_pieces,
    html_lines_of,
    places_of,
    shown_in_full,
    table_view,
    title_of,
    warnings_of,
    web_address,
)
from summarise.schema import shape_of
from summarise.store import Run

_ROWS = 10
_AUTHORS = 10
_HUES = (210, 130, 35, 290, 0, 175, 55, 330)
_STYLE = """<style>
.summarise-page { font: 0.85rem/1.4 system-ui, sans-serif; overflow-x: auto; }
.summarise-page table { border-collapse: collapse; }
.summarise-page th { background: color-mix(in srgb, currentColor 8%, transparent) !important; }
.summarise-page th, .summarise-page td { padding: 0.3rem 0.6rem; text-align: left !important;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent) !important;
  vertical-align: top; }
.summarise-page td:first-child { overflow-wrap: normal !important; }
.summarise-page small { color: inherit !important; opacity: 0.7; }
.summarise-page mark { color: inherit; border-radius: 2px; padding: 0 1px;
  background: hsl(var(--hue) 80% 50% / 25%); border-bottom: 2px solid hsl(var(--hue) 70% 45%); }
.summarise-page .abstract { max-width: 46rem; font-size: 1.1em; line-height: 1.6; }
</style>"""


def run_page(run: Run) -> str:
    """The first rows of a run's table, what the run has come to, and what the marks mean."""
    view = table_view(islice(run.rows(), _ROWS), run.schema)
    view = view._replace(counts=cast("RowCounts", _OfRun(view.counts, run)))
    return _page(html_lines_of(view))


class _OfRun:
    """What is said below the first rows of a run: it is of all of them."""

    def __init__(self, shown: RowCounts, run: Run) -> None:
        self._shown = shown
        self._told = run.manifest.counts

    def __getattr__(self, name: str) -> object:
        return getattr(self._shown, name)

    def summary(self) -> tuple[str, str]:
        """How many documents, and what became of them."""
        told, shown = self._told, self._shown
        if not told:
            return "Not done", "run.records() has what is made; the same call does the rest."
        failed, pending = told.get("failures", 0), told.get("pending", 0)
        all_ = told.get("records", 0) + failed + pending
        parts = [counted(told.get("records", 0), "record"), counted(failed, "failure")]
        parts += [f"{pending:,} not attempted"] if pending else []
        parts += [f"{told['flagged']:,} flagged ⚠"] if told.get("flagged") else []
        parts += [f"{told['doubtful']:,} with doubts (?)"] if told.get("doubtful") else []
        is_all = all_ <= shown.documents
        more = "" if is_all else f" The first {shown.documents} are shown; run.table() has all."
        told_one = " run.record(1) shows one in its abstract." if told.get("records") else ""
        return counted(all_, "document"), f"{', '.join(parts)}.{more}{told_one}"


def record_page(document: Document, record: Record, schema: type[BaseModel]) -> str:
    """The abstract with what was found in it, what is to be known of that, and the fields."""
    title, address = escape(for_screen(title_of(document))), web_address(document.url)
    shown = f'<a href="{escape(address)}">{title}</a>' if address else title
    about = escape(" · ".join(byline(document, names=_AUTHORS)))
    parts = [f'<p><strong dir="auto">{shown}</strong><br><small>{about}</small></p>']
    parts += _abstract(document, record, schema)
    if told := list(warnings_of(record)):
        items = (f'<li dir="auto">{escape(for_screen(one, reveal=True))}</li>' for one in told)
        parts.append(f"<ul>{''.join(items)}</ul>")
    view = table_view([(document, record)], schema, Style.FULL)
    for row in view.rows:
        fields = zip(view.columns[2:], row.cells, strict=True)
        lines = (
            f"<tr><th>{escape(name)}</th><td>{cell_html(cell)}</td></tr>" for name, cell in fields
        )
        parts += ["<table><tbody>", *lines, "</tbody></table>"]
    return _page(parts)


def _page(parts: Iterable[str]) -> str:
    return "\n".join(
        ['<div class="summarise-page tex2jax_ignore mathjax_ignore">', _STYLE, *parts, "</div>"]
    )


def _abstract(document: Document, record: Record, schema: type[BaseModel]) -> Iterator[str]:
    """The numbered sentences, each value that was found in them marked with its field."""
    if record.content_hash != document.content_hash:
        yield "<p>⚠ The abstract has changed since it was extracted: nothing is marked.</p>"
        return
    text = document.abstract
    found = places_of(record, "abstract")
    fields = [node.name for node in shape_of(schema).inside]
    hues = {name: _HUES[at % len(_HUES)] for at, name in enumerate(fields)}
    sentences = (
        f'<span dir="auto"><small>[{number}]</small> {_marked(text, span, found, hues)}</span>'
        for number, span in enumerate(record.sentence_spans, 1)
    )
    yield f'<p class="abstract">{" ".join(sentences)}</p>'
    used = {name for _, name in found}
    if legend := " ".join(_mark(name, name, hues) for name in fields if name in used):
        yield f"<p><small>Marked: {legend}</small></p>"


def _marked(text: str, span: Span, found: list[tuple[Span, str]], hues: dict[str, int]) -> str:
    shown = []
    pieces = covered_pieces(text, span, found)
    for name, group in groupby(pieces, key=lambda one: one[1][-1] if one[1] else None):
        piece = shown_in_full("".join(part for part, _ in group))
        shown.append(escape(piece) if name is None else _mark(name, piece, hues))
    return "".join(shown)


def _mark(name: str, text: str, hues: dict[str, int]) -> str:
    hue = hues.get(name, _HUES[0])
    return f'<mark style="--hue: {hue}" title="{escape(for_screen(name))}">{escape(text)}</mark>'
