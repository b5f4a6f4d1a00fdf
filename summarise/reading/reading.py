"""A document as code reads it, and the record that comes of it and a grounded draft."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from propcache.api import cached_property
from pydantic import BaseModel

from summarise.characters import unmarked
from summarise.ground import Grounded, SourceText, ground, unclaimed
from summarise.models import (
    REPEATED_FIELDS,
    Document,
    Provenance,
    Quantity,
    Record,
    Span,
    Unsupported,
)
from summarise.reading.kinds import language_of
from summarise.reading.sentence import Sentence, sentences_of
from summarise.scan import (
    Mention,
    Mentions,
    TrustedText,
    hidden_spans,
    normalised,
    scan,
    sentence_spans,
    trusted_text,
)
from summarise.schema import Kind, leaves

# The end of a long line, not that of a paragraph or of a label on a line of its own.
_WRAP = re.compile(r"(?<=.{50})(?<=\S)\n(?=\S)")
_GOES_ON = re.compile(r"-?\w")


class Reading:
    """A document, its numbered sentences, and what is found in it: made once, when asked for.

    A sentence that tells a model or a reviewer what to do, and text that is hidden from readers,
    have their number and are no evidence. ``source`` has blanks in their place; ``text``, ``title``
    and what is found in them are as if they had never been there, with places of their own.
    """

    def __init__(self, document: Document) -> None:
        self.document = document

    # The whole document.

    @cached_property
    def source(self) -> SourceText:
        """Abstract and title, ready to ground a draft in."""
        title, told = self.document.title, self._trusted_title
        return SourceText(
            _blanked(self.document.abstract, self._trusted),
            _blanked(title, told) if title is not None and told else None,
            self._spans,
        )

    @cached_property
    def instructions(self) -> tuple[int, ...]:
        """Numbers of the sentences that hold instructions or hidden text; 0 is the title."""
        title = self._trusted_title
        return ((0,) if title and title.instructions else ()) + self._trusted.instructions

    @cached_property
    def _spans(self) -> tuple[Span, ...]:
        return sentence_spans(self.document.abstract, self._hidden)

    @cached_property
    def _hidden(self) -> tuple[Span, ...]:
        return hidden_spans(self.document.abstract)

    @cached_property
    def _trusted(self) -> TrustedText:
        return trusted_text(_unwrapped(self.document.abstract), self._spans, self._hidden)

    @cached_property
    def _trusted_title(self) -> TrustedText | None:
        title = self.document.title
        if title is None:
            return None
        hidden = hidden_spans(title)
        return trusted_text(title, sentence_spans(title, hidden), hidden)

    # What of it is evidence.

    @cached_property
    def text(self) -> str:
        """The abstract."""
        return self._trusted.text

    @cached_property
    def language(self) -> str | None:
        """The language of ``text``, None where it is English or can't be told."""
        return language_of(self.text)

    @property
    def title(self) -> str:
        """The title, empty where there is none."""
        return self._trusted_title.text if self._trusted_title else ""

    @cached_property
    def mentions(self) -> Mentions:
        """What ``text`` mentions."""
        return scan(self.text, self._trusted.sentences)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of ``text``, with the numbers that they have in the whole abstract."""
        return sentences_of(self._trusted, self.mentions)

    def sentence_at(self, position: int) -> Sentence:
        """The sentence that a character of ``text`` belongs to."""
        return self.sentences[max(0, bisect_right(self._starts, position) - 1)]

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.span.start for sentence in self.sentences]

    def sentences_with(self, text: str, start: int = 0) -> Iterator[tuple[Sentence, Span]]:
        """The sentences that hold some words, and where they first do, from a place on."""
        at = self.text.find(text, start)
        while at >= 0:
            sentence = self.sentence_at(at)
            span = Span(at, at + len(text))
            if span.end <= sentence.span.end:
                yield sentence, span
                at = self.text.find(text, sentence.span.end)
            else:
                at = self.text.find(text, at + 1)

    def datasets_in(self, sentence: Sentence) -> list[Mention]:
        """The datasets that a sentence names, each at its first place in it, in order."""
        return self._datasets.get(sentence.number, [])

    @cached_property
    def _datasets(self) -> dict[int, list[Mention]]:
        found: dict[int, list[Mention]] = {}
        for mention in self.mentions.datasets:
            for sentence, span in self.sentences_with(mention.text):
                is_inner = span.start > 0 and self.text[span.start - 1].isalnum()
                if not is_inner and not _GOES_ON.match(self.text, span.end, sentence.span.end):
                    named = mention._replace(span=span)
                    found.setdefault(sentence.number, []).append(named)
        for mentions in found.values():
            mentions.sort(key=lambda mention: mention.span)
        return found

    @cached_property
    def dataset_names(self) -> frozenset[str]:
        """The names of the datasets."""
        return frozenset(mention.text for mention in self.mentions.datasets)

    @cached_property
    def method_names(self) -> frozenset[str]:
        """The names of what is proposed."""
        return frozenset(proposal.text for proposal in self.mentions.proposals)

    def ground(self, schema: type[BaseModel], draft: dict[str, Any]) -> Grounded:
        """Ground a draft, in JSON values valid for the schema, in what of the document is evidence.

        A statement that rests on instructions alone is unsupported as a whole.
        """
        grounded = ground(schema, draft, self.source)
        if not self.instructions:
            return grounded
        told = tuple(_on_instructions(schema, grounded.draft, frozenset(self.instructions)))
        paths = {statement.path for statement in told}
        others = (one for one in grounded.unsupported if one.path not in paths)
        return replace(grounded, unsupported=(*others, *told))

    def doubted(self, grounded: Grounded) -> Grounded:
        """A grounded draft, with where it may say something else than the abstract."""
        # Its patterns and its words take longer to load than most commands to run.
        from summarise.ground import doubts_of  # noqa: PLC0415

        found = doubts_of(grounded, self.source, is_english=self.language is None)
        doubts = (one.model_copy(update={"words": unmarked(one.words)}) for one in found)
        return replace(grounded, doubts=tuple(doubts)) if found else grounded

    def unclaimed(self, grounded: Grounded) -> tuple[Quantity, ...]:
        """The quantities of the abstract that no field of a draft holds."""
        return unclaimed(self._facts, grounded, self.source)

    @cached_property
    def _facts(self) -> tuple[Quantity, ...]:
        """The facts that ``text`` mentions, where they stand in the whole abstract."""
        facts = self.mentions.facts
        if not self._trusted.removed:
            return facts
        moved = ((fact, self._trusted.original_span(fact.span)) for fact in facts)
        return tuple(
            fact.model_copy(update={"span": span})
            for fact, span in moved
            if span.of(self.document.abstract) == fact.text
        )

    def record(self, grounded: Grounded, provenance: Provenance) -> Record:
        """The record of the document, of a draft that is grounded in ``source``.

        Its texts have no markup of a page; its spans are those of the document, which may have.
        """
        document = self.document
        quantities = filter(None, map(normalised, map(_unmarked, self._facts)))
        return Record(
            doc_id=document.doc_id,
            content_hash=document.content_hash,
            title=document.title and unmarked(document.title),
            **{name: getattr(document, name) for name in REPEATED_FIELDS},
            links=tuple(unmarked(link.text) for link in self.mentions.links),
            sentence_spans=self.source.sentences,
            verbatims=grounded.verbatims,
            unsupported=grounded.unsupported,
            doubts=grounded.doubts,
            quantities=tuple(quantities),
            unclaimed=tuple(map(_unmarked, self.unclaimed(grounded))),
            corrections=grounded.corrections,
            instructions=self.instructions,
            written_in=self.language,
            provenance=provenance,
            **grounded.draft,
        )


def _unmarked(quantity: Quantity) -> Quantity:
    if "<" not in quantity.text and "&" not in quantity.text:
        return quantity
    told = {"text": unmarked(quantity.text), "unit": quantity.unit and unmarked(quantity.unit)}
    return quantity.model_copy(update=told)


def _unwrapped(text: str) -> str:
    """A text with a blank for each break of a line within a paragraph, so that all stays in place.

    What a sentence says is known by words with blanks between them.
    """
    return _WRAP.sub(" ", text) if "\n" in text else text


def _blanked(text: str, trusted: TrustedText) -> str:
    """A text with blanks in the place of its instructions, so that all else stays where it is."""
    if not trusted.removed:
        return text
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
    for leaf in leaves(schema, draft):
        numbers = leaf.holder.numbers
        if leaf.kind is Kind.STATEMENT and numbers and instructions.issuperset(numbers):
            yield Unsupported(path=leaf.path, tokens=(leaf.value,))
