"""The fields of one record for a terminal, each value with how it was grounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from summarise.characters import for_screen
from summarise.models import Document, GroundedValue, Grounding, Record
from summarise.render.characters import columns
from summarise.render.layout import Entry, Field, Kind, in_words
from summarise.render.wrap import DIM, WARNING, Glyph, Page, glyphs_of

_FLAG = "⚠"
_ABSENT = "–"


class FieldWriter:
    """Writes the values of one record.

    Args:
        page: Where they are shown.
        record: Whose.
        document: That the spans point into.
    """

    def __init__(self, page: Page, record: Record, document: Document) -> None:
        self._page = page
        self._record = record
        self._texts = {"abstract": document.abstract, "title": document.title or ""}
        self._grounded = {value.path: value for value in record.verbatims}
        self._unsupported = {one.path: one.tokens for one in record.unsupported}

    def field(self, owner: Entry, field: Field, indent: str = "  ") -> Iterator[str]:
        """All entries of a field, numbered where there are several."""
        if field.name not in owner.values:
            yield f"{indent}not extracted"
            return
        entries = owner.entries(field)
        if not entries:
            yield f"{indent}{_ABSENT}"
        for number, entry in enumerate(entries, start=1):
            first = f"{indent}{number}. " if len(entries) > 1 else indent
            rest = " " * columns(first)
            for line in self._entry(entry, field):
                yield from self._page.lines(line, first, rest + "  ")
                first = rest

    def _entry(self, entry: Entry, field: Field) -> Iterator[list[Glyph]]:
        for inner in entry.layout.fields:
            label = "" if inner is field else f"{inner.label}: "
            if inner.kind is Kind.PART:
                yield from self._nested(entry, inner)
                continue
            items = entry.items(inner)
            if not items:
                yield glyphs_of(f"{label}{_ABSENT}")
            for path, value in items:
                text = for_screen(in_words(inner, value), reveal=True)
                yield [*glyphs_of(label + text), *self._note(path, inner)]
        if entry.sentences:
            yield glyphs_of(f"evidence: {_numbers(entry.sentences)}")

    def _nested(self, owner: Entry, field: Field) -> Iterator[list[Glyph]]:
        entries = owner.entries(field)
        if not entries:
            yield glyphs_of(f"{field.label}: {_ABSENT}")
        for entry in entries:
            lead = f"{field.label} · "
            yield from ([*glyphs_of(lead), *line] for line in self._entry(entry, field))

    def _note(self, path: str, field: Field) -> list[Glyph]:
        """How a value stands to the abstract."""
        if field.kind is Kind.VERBATIM:
            return self._grounding(path)
        if tokens := self._unsupported.get(path):
            named = for_screen(", ".join(tokens), reveal=True)
            return glyphs_of(f" {_FLAG} not in its evidence: {named}", WARNING)
        return []

    def _grounding(self, path: str) -> list[Glyph]:
        value = self._grounded.get(path)
        if value is None:
            return glyphs_of(" (not grounded)", DIM)
        if value.grounding is Grounding.MISSING:
            return glyphs_of(f" {_FLAG} missing", WARNING)
        return glyphs_of(f" ({'; '.join(self._how(value))})", DIM)

    def _how(self, value: GroundedValue) -> Iterator[str]:
        yield value.grounding.value
        if value.grounding is Grounding.NORMALISED and value.span:
            stands = value.span.of(self._texts.get(value.source, ""))
            yield f"it stands as “{for_screen(stands, reveal=True)}”"
        if value.source != "abstract":
            yield f"in the {for_screen(value.source)}"
        if value.cited is not None:
            yield f"the draft cited {_numbers(value.cited) or 'nothing'}"


def _numbers(sentences: Iterable[int]) -> str:
    return " ".join(f"[{number}]" for number in sentences)
