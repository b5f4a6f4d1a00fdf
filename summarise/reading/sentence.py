"""A sentence as the embedded extractor reads it: with its role, its quantities, its cues."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from summarise.models import Quantity, QuantityKind, Role, Span
from summarise.reading import cues
from summarise.scan import (
    Mention,
    Mentions,
    TrustedText,
    section_label,
    sentence_roles,
    trusted_text,
)

_AUTHORS = frozenset({"we", "i", "study", "studies", "paper", "research", "article"})
_OWN_OPENINGS = ("We ", "Our ", "Here we ", "Here, we ", "In this ")
_AGE = frozenset({"age", "aged", "ages"})
_TELLING = frozenset({QuantityKind.INTERVAL, QuantityKind.P_VALUE})
_SCORED = frozenset(
    {QuantityKind.PERCENT, QuantityKind.POINTS, QuantityKind.NUMBER, QuantityKind.FACTOR}
)
_MEASURED = _SCORED | {QuantityKind.MEASURE, QuantityKind.TIME, QuantityKind.MONEY}


@dataclass(frozen=True, eq=False)
class Sentence:
    """A sentence of an abstract and what its words say of its part in the paper.

    Attributes:
        number: Counted from 1, in the whole abstract.
        span: Where it stands in the text that it is a sentence of.
        section: The section it stands in, where the abstract labels its sections.
        words: In lower case.
        is_instruction: It addresses a model or a reviewer; never evidence.
    """

    number: int
    span: Span
    text: str
    role: Role
    section: Role | None = None
    quantities: tuple[Quantity, ...] = ()
    metrics: tuple[Mention, ...] = ()
    words: frozenset[str] = field(default_factory=frozenset)
    is_instruction: bool = False

    def has(self, words: frozenset[str]) -> bool:
        """Whether any of the words occurs."""
        return not self.words.isdisjoint(words)

    @cached_property
    def is_about_cost(self) -> bool:
        """Whether it speaks of what machines or services cost; asked once for each quantity."""
        return cues.COST_CONTEXT.search(self.text) is not None

    @cached_property
    def label_length(self) -> int:
        """Length of a section label ("RESULTS: ") at its start, 0 where there is none."""
        label = section_label(self.text)
        return label[1] if label else 0

    @property
    def body(self) -> str:
        """The text without a section label."""
        return self.text[self.label_length :]

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
        if self.has(cues.SAMPLING) and any(q.kind is QuantityKind.COUNT for q in self.quantities):
            return True
        return self.has(_AUTHORS) and self.has(cues.WORKS)

    @cached_property
    def tells_own_work(self) -> bool:
        """Whether the authors are its subject and it names no difficulty."""
        return self.body.startswith(_OWN_OPENINGS) and not self.has_gap

    @cached_property
    def claims_outcome(self) -> bool:
        """Whether it reports in words what came out."""
        if self.has(cues.OUTCOME) or (self.has(cues.REACHING) and self.has(cues.REACHED)):
            return True
        if self.has(cues.EVIDENCE):
            return self.has(cues.FINDING) or self.has(cues.SUPPORTING)
        return self.has(cues.FINDING) and self.has(_AUTHORS)

    @cached_property
    def has_outcome(self) -> bool:
        """Whether it reports what came out, in words or in numbers."""
        return self.claims_outcome or self.has_measurement

    @cached_property
    def hints_at_outcome(self) -> bool:
        """Whether any word or number in it speaks of what came out."""
        return self.has_outcome or self.has(cues.HINTS)

    @cached_property
    def is_outlook(self) -> bool:
        """Whether it only says what the work may lead to."""
        return self.has(cues.OUTLOOK) and not (self.has_measurement or self.has(cues.EVIDENCE))

    @cached_property
    def is_about_others(self) -> bool:
        """Whether it opens with the work of others and doesn't come to the paper's own."""
        opening = self.body[:40].lower().split()[:2]
        return not cues.OTHERS.isdisjoint(opening) and self.words.isdisjoint(cues.OWN)

    @cached_property
    def has_estimate(self) -> bool:
        """Whether it gives a number with its uncertainty, the age of a sample apart."""
        if any(q.kind in _TELLING for q in self.quantities):
            return True
        return self.words.isdisjoint(_AGE) and any("±" in q.text for q in self.quantities)

    @cached_property
    def has_measurement(self) -> bool:
        """Whether it reports a number as an outcome."""
        if self.has_estimate:
            return True
        kinds = {q.kind for q in self.quantities}
        if kinds & _MEASURED and (self.has(cues.CHANGE) or self.has(cues.BEING)):
            return True
        if kinds & _SCORED and (self.metrics or self.has(cues.SCORING)):
            return True
        return QuantityKind.COUNT in kinds and self.has(cues.CHANGE)

    @cached_property
    def only_counts_sample(self) -> bool:
        """Whether it only says how many took part: "48 studies with 3,120 adults were included"."""
        if not self.has(cues.SAMPLING) or self.has(cues.CHANGE) or not self.quantities:
            return False
        return all(q.kind is QuantityKind.COUNT for q in self.quantities)

    @cached_property
    def is_administrative(self) -> bool:
        """Whether it says where code or data can be had, and nothing else."""
        if not self.has(cues.ADMINISTRATIVE_HINT):
            return False
        return cues.ADMINISTRATIVE.search(self.text) is not None and not self.claims_outcome


def sentences_of(trusted: TrustedText, mentions: Mentions) -> tuple[Sentence, ...]:
    """The sentences of a text, with what a scan found in each."""
    spans = trusted.sentences
    starts = [span.start for span in spans]
    quantities: list[list[Quantity]] = [[] for _ in spans]
    for quantity in mentions.quantities:
        quantities[max(0, bisect_right(starts, quantity.span.start) - 1)].append(quantity)
    metrics: list[list[Mention]] = [[] for _ in spans]
    for metric in mentions.metrics:
        metrics[max(0, bisect_right(starts, metric.span.start) - 1)].append(metric)
    # Only where some are gone can others read like instructions that didn't before.
    told = trusted_text(trusted.text, spans).instructions if trusted.removed else ()
    sentences = []
    section: Role | None = None
    roles = sentence_roles(trusted.text, spans)
    for index, (span, role) in enumerate(zip(spans, roles, strict=True)):
        text = span.of(trusted.text)
        label = section_label(text)
        section = label[0] if label else section
        sentences.append(
            Sentence(
                number=trusted.numbers[index],
                span=span,
                text=text,
                role=role,
                section=section,
                quantities=tuple(quantities[index]),
                metrics=tuple(metrics[index]),
                words=frozenset(cues.WORD.findall(text.lower())),
                is_instruction=index + 1 in told,
            )
        )
    return tuple(sentences)
