"""What code reads in an abstract by itself: sentences, quantities, links, names and roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from propcache.api import cached_property

from summarise.models import Quantity, QuantityKind, Span
from summarise.scan.conversions import normalised
from summarise.scan.datasets import DATA_WORDS, DATASET_NOUN, find_datasets
from summarise.scan.hidden import hidden_spans
from summarise.scan.names import Mention, Name, find_links, find_names
from summarise.scan.neighbours import find_metrics
from summarise.scan.patterns import (
    AGAINST,
    BRACKETED,
    DIGITS,
    MIXED,
    Ended,
    Gated,
    Stretches,
    bare_words,
    closed_formula,
    decimal_commas,
    one_of,
    words,
)
from summarise.scan.proposals import Proposal, find_proposals, title_name
from summarise.scan.quantities import find_quantities
from summarise.scan.roles import PRELUDE, sentence_roles
from summarise.scan.sections import (
    METHOD_SECTIONS,
    PRELUDES,
    Section,
    section_label,
    section_labels,
    sections_of,
)
from summarise.scan.sentences import is_cut_off, sentence_spans
from summarise.scan.trusted import TrustedText, trusted_text
from summarise.scan.units import COLLECTED, COMPUTING, DEVICE_MODEL, NO_UNIT, SPELLED, unit_behind

__all__ = [
    "AGAINST",
    "BRACKETED",
    "COLLECTED",
    "COMPUTING",
    "DATASET_NOUN",
    "DATA_WORDS",
    "DEVICE_MODEL",
    "DIGITS",
    "METHOD_SECTIONS",
    "MIXED",
    "NO_UNIT",
    "PRELUDE",
    "PRELUDES",
    "SPELLED",
    "Ended",
    "Gated",
    "Mention",
    "Mentions",
    "Proposal",
    "Section",
    "Stretches",
    "TrustedText",
    "bare_words",
    "closed_formula",
    "hidden_spans",
    "is_cut_off",
    "normalised",
    "one_of",
    "scan",
    "section_label",
    "section_labels",
    "sections_of",
    "sentence_roles",
    "sentence_spans",
    "title_name",
    "trusted_text",
    "unit_behind",
    "words",
]


@dataclass(frozen=True)
class Mentions:
    """The quantities, links and names of an abstract, each kind in the order of the text.

    Each kind is looked for when it is first asked for: a model's answer is checked against the
    quantities alone. Each span satisfies ``abstract[start:end] == text``.
    """

    abstract: str
    sentences: Sequence[Span]

    @cached_property
    def links(self) -> tuple[Mention, ...]:
        """URLs, without the punctuation around them."""
        return find_links(self.abstract)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Numbers with unit and kind; list markers, citations and parts of names are none."""
        return find_quantities(self.abstract, [*self._masked, *decimal_commas(self.abstract)])

    @cached_property
    def facts(self) -> tuple[Quantity, ...]:
        """The quantities that a record should hold: all but years."""
        return tuple(q for q in self.quantities if q.kind is not QuantityKind.YEAR)

    @cached_property
    def datasets(self) -> tuple[Mention, ...]:
        """Names of datasets, benchmarks and corpora, each at its first telling place."""
        return find_datasets(self.abstract, self._names, self.sentences)

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        """Names that the paper gives to what it proposes."""
        return find_proposals(self.abstract, self._names, self.sentences)

    @cached_property
    def metrics(self) -> tuple[Mention, ...]:
        """Names of what is measured."""
        return find_metrics(self.abstract)

    @cached_property
    def _masked(self) -> list[Span]:
        return [link.span for link in self.links]

    @cached_property
    def _names(self) -> Sequence[Name]:
        return find_names(self.abstract, self._masked)


def scan(abstract: str, sentences: Sequence[Span]) -> Mentions:
    """Find the quantities, links and names of an abstract, without a model."""
    return Mentions(abstract, sentences)
