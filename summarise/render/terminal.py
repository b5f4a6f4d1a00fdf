"""One record for a terminal: the abstract with what was found in it, then the fields and flags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel

from summarise.characters import clip, for_screen
from summarise.models import Document, Failure, Grounding, Outcome, Record, Row, Span
from summarise.render.flags import (
    covered_pieces,
    grounding_in_words,
    marks_of_people,
    notes_of,
    numbers_in_words,
    places_of,
    provenance_in_words,
    shown_in_full,
    warnings_of,
)
from summarise.render.format import Mark
from summarise.render.layout import DraftEntry, Field, Layout, in_words, layout_of
from summarise.render.page import BOLD, DIM, WARNING, Glyph, Page, columns, glyphs_of, joined
from summarise.render.table import byline, title_of
from summarise.schema import Kind

_FLAG, _ABSENT = Mark.FLAG.sign, Mark.ABSENT.sign
_AUTHORS_NAMED = 10
_ANSWER_SHOWN = 1000
_NARROWEST = 20
# Of 256 colours, which no theme changes, ten that are read on white as on black: of the usual
# sixteen yellow is invisible on one, and blue on the other.
_COLOURS = tuple(f"38;5;{one}" for one in (26, 130, 30, 162, 28, 98, 94, 66, 133, 100))
_MARKED = "1;4"


def render_record(
    row: Row, schema: type[BaseModel], *, width: int = 80, color: bool = False
) -> str:
    """Render one document and what became of it, for reading in a terminal.

    Nothing in the texts can act on the terminal: control characters and bidirectional
    controls are shown, as ``‹U+202E›``. No line is wider than the terminal, but 20 columns are
    always taken. Values are marked with ANSI styles, a colour for each field, else with ``«…»``.
    """
    page = Page(max(width, _NARROWEST), color)
    return "".join(f"{line}\n" for line in _lines(page, row, schema))


def _lines(page: Page, row: Row, schema: type[BaseModel]) -> Iterator[str]:
    document, outcome = row
    texts = _MarkedText(page, document, outcome, _colours_of(layout_of(schema)))
    yield from texts.title()
    if about := " · ".join(byline(document, names=_AUTHORS_NAMED)):
        yield from page.text(about)
    if document.url:
        yield from page.text(document.url)
    yield from page.text(f"id {document.doc_id}", DIM)
    if outcome is not None:
        yield from page.text(" · ".join(provenance_in_words(outcome.provenance)), DIM)
    yield from ("", *texts.abstract(), "")
    if outcome is None:
        yield from page.text("Not attempted yet.", BOLD)
    elif isinstance(outcome, Failure):
        yield from _failure(page, outcome)
    else:
        yield from _RecordLines(page, outcome, document, schema).all()


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


class _RecordLines:
    """What a record holds, each value with how it was grounded, and what is to be known of it."""

    def __init__(
        self, page: Page, record: Record, document: Document, schema: type[BaseModel]
    ) -> None:
        self._page = page
        self._record = record
        self._layout = layout_of(schema)
        self._texts = {"abstract": document.abstract, "title": document.title or ""}
        self._grounded = {value.path: value for value in record.verbatims}
        self._unsupported = {one.path: one.tokens for one in record.unsupported}
        self._people = marks_of_people(record) if record.judgements else {}
        self._doubted = {doubt.path for doubt in record.doubts}

    def all(self) -> Iterator[str]:
        """The fields, the quantities in one unit with the arithmetic, and the flags."""
        page, record = self._page, self._record
        colours = _colours_of(self._layout)
        draft = DraftEntry("", self._layout, record.draft)
        for field in self._layout.fields:
            entries = draft.entries(field)
            yield from page.text(field.title, f"{BOLD};{colours[field.name]}")
            yield from self._field(draft, field, entries)
            yield ""
        if sums := [one.arithmetic for one in record.quantities if _says_more(one.arithmetic)]:
            yield from page.text("In one unit", BOLD)
            for arithmetic in sums:
                yield from page.text(arithmetic, indent="  ", rest="    ")
            yield ""
        yield from page.text("Flags", BOLD)
        flags = [
            *((one, WARNING) for one in warnings_of(record)),
            *((one, "") for one in notes_of(record)),
        ]
        for flag, style in flags or [("none", "")]:
            yield from page.text(flag, style, indent="  ", rest="    ")

    def _field(
        self, draft: DraftEntry, field: Field, entries: Sequence[DraftEntry]
    ) -> Iterator[str]:
        """All entries of a field, those of a list by the paths that they have everywhere else."""
        if not entries:
            yield f"  {_ABSENT if field.name in draft.values else 'not extracted'}"
        for entry in entries:
            path = entry.path.removesuffix(".")
            first = f"  {for_screen(path)} " if path.endswith("]") else "  "
            rest = " " * columns(first)
            for line in self._entry(entry, field):
                yield from self._page.lines(line, first, rest + "  ")
                first = rest

    def _entry(self, entry: DraftEntry, field: Field) -> Iterator[list[Glyph]]:
        absent = []
        for inner in entry.layout.fields:
            label = "" if inner is field else f"{inner.label}: "
            if inner.part is not None:
                yield from self._nested(entry, inner)
                continue
            items = entry.items(inner.name)
            if not items:
                absent.append(inner.label)
            for path, value in items:
                said = in_words(value, is_choice=inner.kind is Kind.CHOICE)
                text = for_screen(said, reveal=True)
                doubt = glyphs_of(f" {Mark.DOUBT.sign}", WARNING) if path in self._doubted else []
                mark = self._people.get(path)
                sign = glyphs_of(f" {mark.sign}", BOLD) if mark else []
                yield [*glyphs_of(label + text), *sign, *self._note(path, inner), *doubt]
        if absent:
            named = "" if absent == [field.label] else f" {', '.join(absent)}"
            yield glyphs_of(_ABSENT + named)
        if entry.sentences:
            yield glyphs_of(f"evidence: {numbers_in_words(entry.sentences)}")

    def _nested(self, owner: DraftEntry, field: Field) -> Iterator[list[Glyph]]:
        entries = owner.entries(field)
        if not entries:
            yield glyphs_of(f"{field.label}: {_ABSENT}")
        for entry in entries:
            for line in self._entry(entry, field):
                yield [*glyphs_of(f"{field.label} · "), *line]

    def _note(self, path: str, field: Field) -> list[Glyph]:
        """How a value stands to the abstract."""
        if field.kind is not Kind.VERBATIM:
            if tokens := self._unsupported.get(path):
                named = for_screen(", ".join(tokens), reveal=True)
                return glyphs_of(f" {_FLAG} not in its evidence: {named}", WARNING)
            return []
        value = self._grounded.get(path)
        if value is None:
            return glyphs_of(" (not grounded)", DIM)
        if value.grounding is Grounding.MISSING:
            is_vouched = value in self._record.vouched
            return [] if is_vouched else glyphs_of(f" {_FLAG} missing", WARNING)
        notes = "; ".join(grounding_in_words(value, self._texts))
        return glyphs_of(f" ({notes})", DIM) if notes else []


def _says_more(arithmetic: str) -> bool:
    """Whether the sides of an equation differ, as those of ``4.6× = 4.6 ×`` don't."""
    left, _, right = arithmetic.replace(" ", "").partition("=")
    return left != right


def _colours_of(layout: Layout) -> dict[str, str]:
    """A colour for each top-level field, in turn."""
    return {field.name: _COLOURS[i % len(_COLOURS)] for i, field in enumerate(layout.fields)}


class _MarkedText:
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
            return self._page.lines(self._marked(title, Span(0, len(title)), found))
        return self._page.text(title if for_screen(title) else title_of(self._document), BOLD)

    def abstract(self) -> Iterator[str]:
        """The numbered sentences, and the legend of the marks in them."""
        if self._is_stale:
            warning = "⚠ The abstract has changed since it was extracted: nothing is marked."
            yield from self._page.text(warning, WARNING)
        text = self._document.abstract
        found = self._found("abstract")
        spans = self._record.sentence_spans if self._record else ()
        if not spans:  # what finds them takes longer to load than all else that shows a record
            from summarise.scan import sentence_spans  # noqa: PLC0415

            spans = sentence_spans(text)
        edge = len(f"[{len(spans)}] ")
        for number, span in enumerate(spans, start=1):
            label = f"[{number}]".ljust(edge)
            yield from self._page.lines(self._marked(text, span, found), label, " " * edge)
        if found:
            yield from ("", *self._legend(found))

    def _found(self, source: str) -> list[tuple[Span, str]]:
        return places_of(self._record, source) if self._record else []

    def _style_of(self, name: str) -> str:
        colour = self._colours.get(name)
        return f"{_MARKED};{colour}" if colour else _MARKED

    def _marked(self, text: str, part: Span, found: list[tuple[Span, str]]) -> list[Glyph]:
        """The glyphs of a part of a text, each in the style of the value on top of it."""
        shown = (
            Glyph(one, self._style_of(names[-1]) if names else "")
            for piece, names in covered_pieces(text, part, found)
            for one in shown_in_full(piece)
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
