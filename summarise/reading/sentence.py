"""One abstract as the embedded extractor reads it: sentences with roles, mentions, quantities."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from summarise.models import Document, Quantity, QuantityKind, Role, Span
from summarise.reading import cues
from summarise.scan import Mention, Mentions, section_label

_PREFIX = 2  # of names, which have no fewer characters
_GOES_ON = re.compile(r"-?\w")
_AUTHORS = frozenset({"we", "i", "study", "studies", "paper", "research", "article"})
_OWN_OPENINGS = ("We ", "Our ", "Here we ", "Here, we ", "In this ")
_AGE = frozenset({"age", "aged", "ages"})
_TELLING = frozenset({QuantityKind.INTERVAL, QuantityKind.P_VALUE})
_MEASURED = frozenset(
    {QuantityKind.PERCENT, QuantityKind.POINTS, QuantityKind.NUMBER, QuantityKind.FACTOR}
    | {QuantityKind.MEASURE, QuantityKind.TIME, QuantityKind.MONEY}
)
_SCORED = frozenset(
    {QuantityKind.PERCENT, QuantityKind.POINTS, QuantityKind.NUMBER, QuantityKind.FACTOR}
)


def _start(mention: Mention) -> int:
    return mention.span.start


@dataclass(frozen=True)
class Sentence:
    """A sentence of an abstract and what its words say of its part in the paper.

    Attributes:
        number: Counted from 1.
        span: Where it stands.
        text: Verbatim.
        role: Rhetorical role.
        section: The section it stands in, where the abstract labels its sections.
        quantities: The quantities in it.
        metrics: The metrics named in it.
        words: Its words in lower case.
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
    def is_about_cost(self) -> bool:
        """Whether it speaks of what machines or services cost."""
        return cues.COST_CONTEXT.search(self.text) is not None

    @cached_property
    def is_administrative(self) -> bool:
        """Whether it says where code or data can be had, and nothing else."""
        if not self.has(cues.ADMINISTRATIVE_HINT):
            return False
        return cues.ADMINISTRATIVE.search(self.text) is not None and not self.claims_outcome


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
        told = frozenset(instructions)
        quantities: list[list[Quantity]] = [[] for _ in spans]
        for quantity in mentions.quantities:
            quantities[max(0, bisect_right(starts, quantity.span.start) - 1)].append(quantity)
        metrics: list[list[Mention]] = [[] for _ in spans]
        for metric in mentions.metrics:
            metrics[max(0, bisect_right(starts, metric.span.start) - 1)].append(metric)
        sentences = []
        section: Role | None = None
        for index, (span, role) in enumerate(zip(spans, roles, strict=True)):
            text = document.abstract[span.start : span.end]
            label = section_label(text)
            section = label[0] if label else section
            sentences.append(
                Sentence(
                    number=index + 1,
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
        return cls(document, tuple(sentences), mentions)

    def datasets_in(self, sentence: Sentence) -> list[Mention]:
        """The datasets that a sentence names, each at its first place in it, in order."""
        return self._datasets.get(sentence.number, [])

    def datasets_near(self, part: Span) -> Sequence[Mention]:
        """The datasets whose first telling place is within a part of the abstract."""
        first = bisect_left(self.mentions.datasets, part.start, key=_start)
        last = bisect_right(self.mentions.datasets, part.end, key=_start)
        return self.mentions.datasets[first:last]

    @cached_property
    def _datasets(self) -> dict[int, list[Mention]]:
        found: dict[int, list[Mention]] = {}
        for mention in self.mentions.datasets:
            for sentence, span in self.sentences_with(mention.text):
                if not _GOES_ON.match(self.document.abstract, span.end, sentence.span.end):
                    named = Mention(mention.text, span, mention.kind)
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
        return frozenset(mention.text for mention in self.mentions.methods)

    def is_part_of_name(self, phrase: str) -> bool:
        """Whether a phrase is in the name of a dataset or a proposal, or such a name is in it."""
        starts = range(len(phrase) - _PREFIX + 1)
        heads = {phrase[at : at + _PREFIX] for at in starts} & self._names_by_prefix.keys()
        return phrase in self._all_names or any(
            name in phrase for head in heads for name in self._names_by_prefix[head]
        )

    @cached_property
    def _all_names(self) -> str:
        return "\n".join(self.dataset_names | self.method_names)

    @cached_property
    def _names_by_prefix(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for name in self.dataset_names | self.method_names:
            names.setdefault(name[:_PREFIX], []).append(name)
        return names

    def sentences_with(self, text: str, start: int = 0) -> Iterator[tuple[Sentence, Span]]:
        """The sentences that hold a text, and where they first do, from a place on."""
        abstract = self.document.abstract
        at = abstract.find(text, start)
        while at >= 0:
            sentence = self.sentence_at(at)
            span = Span(at, at + len(text))
            if span.end <= sentence.span.end:
                yield sentence, span
                at = abstract.find(text, sentence.span.end)
            else:
                at = abstract.find(text, at + 1)

    @cached_property
    def _starts(self) -> list[int]:
        return [s.span.start for s in self.sentences]

    def sentence_at(self, position: int) -> Sentence:
        """The sentence that a character of the abstract belongs to."""
        return self.sentences[max(0, bisect_right(self._starts, position) - 1)]

    def number_at(self, position: int) -> int:
        """Number of the sentence that a character of the abstract belongs to."""
        return self.sentence_at(position).number
