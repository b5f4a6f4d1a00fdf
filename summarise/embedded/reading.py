"""One abstract as the embedded extractor reads it: sentences with roles, mentions, quantities."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from summarise.embedded import cues
from summarise.models import Document, Quantity, QuantityKind, Role, Span
from summarise.scan import Mention, Mentions

_TELLING = frozenset({QuantityKind.INTERVAL, QuantityKind.P_VALUE})
_MEASURED = frozenset(
    {QuantityKind.PERCENT, QuantityKind.POINTS, QuantityKind.NUMBER, QuantityKind.FACTOR}
    | {QuantityKind.MEASURE, QuantityKind.TIME, QuantityKind.MONEY, QuantityKind.COUNT}
)


@dataclass(frozen=True)
class Sentence:
    """A sentence of an abstract and what its words say of its part in the paper.

    Attributes:
        number: Counted from 1.
        span: Where it stands.
        text: Verbatim.
        role: Rhetorical role.
        quantities: The quantities in it.
        words: Its words in lower case.
        is_instruction: It addresses a model or a reviewer; never evidence.
    """

    number: int
    span: Span
    text: str
    role: Role
    quantities: tuple[Quantity, ...] = ()
    words: frozenset[str] = field(default_factory=frozenset)
    is_instruction: bool = False

    def has(self, words: frozenset[str]) -> bool:
        """Whether any of the words occurs."""
        return not self.words.isdisjoint(words)

    @property
    def body(self) -> str:
        """The text without a section label ("RESULTS: ") before it."""
        label = cues.LABEL.match(self.text) if ":" in self.text[:44] or "—" in self.text[:44] else None
        return self.text[label.end() :] if label and self.is_labelled else self.text

    @cached_property
    def is_labelled(self) -> bool:
        """Whether it starts with the label of a section."""
        return section_of(self.text) is not None

    @cached_property
    def has_gap(self) -> bool:
        """Whether it names a difficulty, a lack or a contrast."""
        return self.has(cues.GAP)

    @cached_property
    def has_aim(self) -> bool:
        """Whether it states an aim or a question."""
        return self.text.endswith("?") or self.has(cues.AIM)

    @cached_property
    def proposes(self) -> bool:
        """Whether it says that the paper brings something new."""
        return self.has(cues.PROPOSING) and cues.PROPOSES.search(self.text) is not None

    @cached_property
    def works(self) -> bool:
        """Whether it says what the authors did."""
        return ("we" in self.words or "study" in self.words) and self.has(cues.WORKS)

    @cached_property
    def has_outcome(self) -> bool:
        """Whether it reports what came out, in words or in numbers."""
        if self.has(cues.OUTCOME) or (self.has(cues.SHOWING) and self.has(cues.EVIDENCE)):
            return True
        return self.has_measurement

    @cached_property
    def has_measurement(self) -> bool:
        """Whether it reports a number as an outcome."""
        kinds = {q.kind for q in self.quantities}
        if kinds & _TELLING:
            return True
        return bool(kinds & _MEASURED) and self.has(cues.CHANGE)

    @cached_property
    def is_administrative(self) -> bool:
        """Whether it says where code or data can be had, and nothing else."""
        if not self.has(cues.ADMINISTRATIVE_HINT):
            return False
        return cues.ADMINISTRATIVE.search(self.text) is not None and not self.has(cues.OUTCOME)


@dataclass(frozen=True)
class Reading:
    """An abstract, read: what every part of the embedded extractor works from.

    Attributes:
        document: The document.
        sentences: Its sentences.
        mentions: What the scan found.
    """

    document: Document
    sentences: tuple[Sentence, ...]
    mentions: Mentions

    @classmethod
    def of(
        cls,
        document: Document,
        spans: Sequence[Span],
        mentions: Mentions,
        roles: Sequence[Role],
        instructions: Sequence[int],
    ) -> Reading:
        """Put together what the scan gave for one document."""
        starts = [span.start for span in spans]
        quantities: list[list[Quantity]] = [[] for _ in spans]
        for quantity in mentions.quantities:
            quantities[max(0, bisect_right(starts, quantity.span.start) - 1)].append(quantity)
        sentences = []
        for index, (span, role) in enumerate(zip(spans, roles, strict=True)):
            text = document.abstract[span.start : span.end]
            sentences.append(
                Sentence(
                    number=index + 1,
                    span=span,
                    text=text,
                    role=role,
                    quantities=tuple(quantities[index]),
                    words=frozenset(cues.WORD.findall(text.lower())),
                    is_instruction=index + 1 in instructions,
                )
            )
        return cls(document, tuple(sentences), mentions)

    @cached_property
    def _starts(self) -> list[int]:
        return [s.span.start for s in self.sentences]

    def sentence_at(self, position: int) -> Sentence:
        """The sentence that a character of the abstract belongs to."""
        return self.sentences[max(0, bisect_right(self._starts, position) - 1)]

    def number_at(self, position: int) -> int:
        """Number of the sentence that a character of the abstract belongs to."""
        return self.sentence_at(position).number

    def metrics_in(self, sentence: Sentence) -> list[Mention]:
        """The metrics named in a sentence."""
        start, end = sentence.span
        return [m for m in self.mentions.metrics if start <= m.span.start < end]
