"""A document as code reads it, and the record that comes of it and a grounded draft."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from summarise.ground import Grounded, SourceText, ground, unclaimed
from summarise.models import Document, Provenance, Quantity, Record, Unsupported
from summarise.reading.draft import draft as embedded_draft
from summarise.scan import Mentions, TrustedText, normalised, scan, sentence_spans, trusted_text
from summarise.schema import Draft, Marker, holders, slots


@dataclass(frozen=True)
class DocumentReading:
    """A document, its numbered sentences, and what a scan finds in it.

    A sentence that tells a model or a reviewer what to do, and text that is hidden from readers,
    have their number and are no evidence: nothing is found in them, by a scan or by grounding.

    Attributes:
        document: The document.
        source: Its abstract and title, ready to ground a draft in.
        trusted: Its abstract without instructions.
        trusted_title: Its title, likewise; None where it has none.
        mentions: What the trusted abstract mentions.
    """

    document: Document
    source: SourceText
    trusted: TrustedText
    trusted_title: TrustedText | None
    mentions: Mentions

    @classmethod
    def of(cls, document: Document) -> DocumentReading:
        """Read a document."""
        abstract, title = document.abstract, document.title
        spans = sentence_spans(abstract)
        trusted = trusted_text(abstract, spans)
        heading = None if title is None else trusted_text(title, sentence_spans(title))
        source = SourceText(
            _blanked(abstract, trusted),
            _blanked(title, heading) if title is not None and heading else None,
            spans,
        )
        return cls(document, source, trusted, heading, scan(trusted.text, trusted.sentences))

    @property
    def instructions(self) -> tuple[int, ...]:
        """Numbers of the sentences that hold instructions or hidden text; 0 is the title."""
        title = self.trusted_title
        return ((0,) if title and title.instructions else ()) + self.trusted.instructions

    def embedded_draft(self) -> dict[str, Any]:
        """The draft that code makes of the document, as if no instruction had been there."""
        if not self.instructions:
            return embedded_draft(self.document, self.source.sentences, self.mentions)
        title = self.trusted_title.text or None if self.trusted_title else None
        document = Document(doc_id=self.document.doc_id, title=title, abstract=self.trusted.text)
        draft = embedded_draft(document, self.trusted.sentences, self.mentions)
        for holder in holders(Draft, draft):
            given = holder.owner[holder.sentences_key]
            holder.owner[holder.sentences_key] = [self.trusted.numbers[n - 1] for n in given]
        return draft

    def ground(self, schema: type[BaseModel], draft: dict[str, Any]) -> Grounded:
        """Ground a draft in what of the document is evidence.

        A statement that rests on instructions alone is unsupported as a whole.

        Args:
            schema: The model that the draft is an answer to.
            draft: JSON values that are valid for the schema; left as they are.
        """
        grounded = ground(schema, draft, self.source)
        if not self.instructions:
            return grounded
        told = tuple(_on_instructions(schema, grounded.draft, frozenset(self.instructions)))
        paths = {statement.path for statement in told}
        others = (one for one in grounded.unsupported if one.path not in paths)
        return replace(grounded, unsupported=(*others, *told))

    def unclaimed(self, grounded: Grounded) -> tuple[Quantity, ...]:
        """The quantities of the abstract that no field of a draft holds."""
        return unclaimed(self._quantities, grounded, self.source)

    @cached_property
    def _quantities(self) -> tuple[Quantity, ...]:
        """The facts that the trusted abstract mentions, where they stand in the whole one."""
        facts = self.mentions.facts
        return tuple(self._moved(facts)) if self.trusted.removed else facts

    def _moved(self, facts: Iterable[Quantity]) -> Iterator[Quantity]:
        for quantity in facts:
            span = self.trusted.original_span(quantity.span)
            if span == quantity.span:
                yield quantity
            elif span.of(self.document.abstract) == quantity.text:
                yield quantity.model_copy(update={"span": span})

    def record(self, grounded: Grounded, provenance: Provenance) -> Record:
        """The record of the document.

        Args:
            grounded: The draft, grounded in ``source``.
            provenance: Where the draft comes from.
        """
        document = self.document
        return Record(
            doc_id=document.doc_id,
            content_hash=document.content_hash,
            title=document.title,
            authors=document.authors,
            author_count=document.author_count,
            published=document.published,
            url=document.url,
            links=tuple(link.text for link in self.mentions.links),
            sentence_spans=self.source.sentences,
            verbatims=grounded.verbatims,
            unsupported=grounded.unsupported,
            quantities=tuple(filter(None, map(normalised, self._quantities))),
            unclaimed=self.unclaimed(grounded),
            corrections=grounded.corrections,
            instructions=self.instructions,
            provenance=provenance,
            **grounded.draft,
        )


def _blanked(text: str, trusted: TrustedText) -> str:
    """A text with blanks in the place of its instructions, so that all else stays where it is."""
    pieces: list[str] = []
    at = 0
    for start, end in trusted.removed:
        pieces += (text[at:start], " " * (end - start))
        at = end
    return "".join((*pieces, text[at:]))


def _on_instructions(
    schema: type[BaseModel], draft: dict[str, Any], instructions: frozenset[int]
) -> Iterator[Unsupported]:
    """The statements of a draft that cite nothing but instructions."""
    for slot in slots(schema, draft):
        if slot.marker is Marker.STATEMENT and slot.sentences_key:
            cited = slot.owner[slot.sentences_key]
            numbers = set(cited if isinstance(cited, list) else [cited])
            if numbers and numbers <= instructions:
                yield Unsupported(path=slot.path, tokens=(slot.value,))
