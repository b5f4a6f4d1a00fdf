"""One record for a terminal: the abstract with what was found in it, then the fields and flags."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain, repeat

from pydantic import BaseModel

from summarise.characters import clip, counted, for_screen
from summarise.models import Document, Failure, Provenance, Quantity, Record, Row, Span
from summarise.render.fields import FieldWriter
from summarise.render.layout import Entry, layout_of
from summarise.render.marked import MarkedText, colours_of
from summarise.render.table import byline
from summarise.render.wrap import BOLD, DIM, WARNING, Page, glyphs_of

_FLAG = "⚠"
_AUTHORS_NAMED = 10
_ANSWER_SHOWN = 1000


def render_record(
    row: Row, schema: type[BaseModel], *, width: int = 80, color: bool = False
) -> str:
    """Render one document and what became of it, for reading in a terminal.

    Nothing in the texts can act on the terminal: control characters and bidirectional
    controls are shown, as ``‹U+202E›``.

    Args:
        row: The document with its record, its failure, or None where it wasn't attempted yet.
        schema: What the record was extracted with.
        width: Columns of the terminal.
        color: Mark with ANSI styles, a colour for each field; else with ``«…»``.

    Returns:
        Lines of at most ``width`` columns (and at least 20), each with its line end.
    """
    document, outcome = row
    page = Page(max(width, 20), color)
    texts = MarkedText(page, document, outcome, colours_of(layout_of(schema)))
    lines = chain(
        texts.title(),
        _about(page, document, outcome),
        ("",),
        texts.abstract(),
        ("",),
        _outcome(page, row, schema),
    )
    return "".join(f"{line}\n" for line in lines)


def _about(page: Page, document: Document, outcome: Record | Failure | None) -> Iterator[str]:
    """Byline, address, identity and provenance."""
    if about := " · ".join(byline(document, names=_AUTHORS_NAMED)):
        yield from page.text(about)
    if document.url:
        yield from page.text(document.url)
    yield from page.text(f"id {document.doc_id}", DIM)
    if outcome is not None:
        yield from page.text(" · ".join(_provenance(outcome.provenance)), DIM)


def _outcome(page: Page, row: Row, schema: type[BaseModel]) -> Iterator[str]:
    document, outcome = row
    if outcome is None:
        yield from page.text("Not attempted yet.", BOLD)
    elif isinstance(outcome, Failure):
        yield from _failure(page, outcome)
    else:
        yield from _fields(page, document, outcome, schema)
        yield from _quantities(page, outcome)
        yield from _flags(page, outcome)


def _fields(
    page: Page, document: Document, record: Record, schema: type[BaseModel]
) -> Iterator[str]:
    layout = layout_of(schema)
    colours = colours_of(layout)
    draft = Entry("", layout, record.draft)
    writer = FieldWriter(page, record, document)
    for field in layout.fields:
        yield from page.text(field.title, f"{BOLD};{colours[field.name]}")
        yield from writer.field(draft, field)
        yield ""


def _provenance(origin: Provenance) -> Iterator[str]:
    """Who extracted, with what, at what expense."""
    yield f"{origin.extractor} extractor"
    if origin.model:
        served = origin.served_model
        also = f" (served as {served})" if served and served != origin.model else ""
        yield f"{origin.model}{also} at {origin.endpoint_host or 'unknown host'}"
    if origin.prompt_version:
        yield f"prompt {origin.prompt_version}"
    if origin.calls:
        reasks = f", {counted(origin.reasks, 'reask')}" if origin.reasks else ""
        yield f"{counted(origin.calls, 'call')}{reasks}"
        told = (origin.usage.input_tokens, origin.usage.output_tokens)
        tokens = ("?" if count is None else f"{count:,}" for count in told)
        yield "{} tokens in, {} out".format(*tokens)
        yield f"{origin.latency:.1f} s"
    if origin.cache_hit:
        yield "from the cache"
    yield f"summarise {origin.version}, {origin.created}"


def _quantities(page: Page, record: Record) -> Iterator[str]:
    """What the record has in one unit, with the arithmetic."""
    if record.quantities:
        yield from page.text("In one unit", BOLD)
        for quantity in record.quantities:
            yield from page.lines(
                glyphs_of(for_screen(quantity.arithmetic, reveal=True), ""), "  ", "    "
            )
        yield ""


def _flags(page: Page, record: Record) -> Iterator[str]:
    """What deserves a second look."""
    warnings = [*_cut(record), *_instructions(record), *_missing(record), *_surplus(record)]
    notes = [*_unclaimed(record), *(f"corrected: {one}" for one in record.corrections)]
    yield from page.text("Flags", BOLD)
    if not warnings and not notes:
        yield "  none"
    styled = chain(zip(warnings, repeat(WARNING)), zip(notes, repeat("")))
    for flag, style in styled:
        yield from page.lines(glyphs_of(for_screen(flag, reveal=True), style), "  ", "    ")


def _cut(record: Record) -> Iterator[str]:
    if record.provenance.input_was_cut:
        yield f"{_FLAG} the server read only part of what was asked: something may be missing"


def _instructions(record: Record) -> Iterator[str]:
    for number in record.instructions:
        where = f"[{number}]" if number else "the title"
        yield f"{_FLAG} {where} reads like an instruction, or is hidden from readers: no evidence"


def _missing(record: Record) -> Iterator[str]:
    for one in record.missing:
        yield f"{_FLAG} {one.path}: “{one.value}” stands neither in the abstract nor in the title"


def _surplus(record: Record) -> Iterator[str]:
    for one in record.unsupported:
        yield f"{_FLAG} {one.path}: not in its evidence: {', '.join(one.tokens)}"


def _unclaimed(record: Record) -> Iterator[str]:
    for quantity in record.unclaimed:
        number = _sentence_of(quantity, record.sentence_spans)
        kind = quantity.kind.value.replace("_", " ")
        yield f"unclaimed: {quantity.text} ({kind}){f' [{number}]' if number else ''}"


def _sentence_of(quantity: Quantity, spans: tuple[Span, ...]) -> int | None:
    at = quantity.span.start
    number = bisect_right(spans, at, key=lambda span: span.start)
    return number if number and at < spans[number - 1].end else None


def _failure(page: Page, failure: Failure) -> Iterator[str]:
    yield from page.text(f"Failed: {failure.kind.value}", WARNING)
    yield from page.text(failure.message, indent="  ")
    if failure.raw_text is None:
        return
    yield from ("", *page.text("What was answered", BOLD))
    answer = for_screen(failure.raw_text, reveal=True)
    shown = clip(answer, _ANSWER_SHOWN)
    yield from page.text(shown or "nothing", indent="  ")
    if shown != answer:
        yield from page.text(f"({len(answer):,} characters in all)", DIM, indent="  ")
