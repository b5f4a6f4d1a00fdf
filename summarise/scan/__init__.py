"""What code reads in an abstract by itself: quantities, links, names and sentence roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from summarise.models import Quantity, QuantityKind, Span
from summarise.scan.datasets import DATASET_NOUN, find_datasets
from summarise.scan.links import find_links
from summarise.scan.mentions import Mention, MentionKind, Mentions
from summarise.scan.methods import find_methods, title_name
from summarise.scan.metrics import find_metrics
from summarise.scan.names import find_names
from summarise.scan.quantities import find_quantities
from summarise.scan.roles import section_label, sentence_roles
from summarise.scan.trusted import TrustedText, instruction_like, trusted_text
from summarise.scan.units import COLLECTED

__all__ = [
    "COLLECTED",
    "DATASET_NOUN",
    "Mention",
    "MentionKind",
    "Mentions",
    "TrustedText",
    "facts",
    "instruction_like",
    "scan",
    "section_label",
    "sentence_roles",
    "title_name",
    "trusted_text",
    "unclaimed",
]


def scan(abstract: str, sentences: Sequence[Span]) -> Mentions:
    """Find the quantities, links and names of an abstract, without a model.

    Args:
        abstract: An abstract.
        sentences: Its sentences.

    Returns:
        All mentions; each span satisfies ``abstract[start:end] == text``.
    """
    links = find_links(abstract)
    masked = [link.span for link in links]
    quantities = find_quantities(abstract, masked)
    names = find_names(abstract, masked)
    return Mentions(
        quantities=quantities,
        links=links,
        datasets=find_datasets(abstract, names, sentences),
        hardware=tuple(
            Mention(q.text, q.span, MentionKind.HARDWARE)
            for q in quantities
            if q.kind is QuantityKind.HARDWARE
        ),
        methods=find_methods(abstract, names),
        metrics=find_metrics(abstract),
    )


def facts(quantities: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """The quantities that a record should hold: all but years."""
    return tuple(q for q in quantities if q.kind is not QuantityKind.YEAR)


def unclaimed(quantities: Iterable[Quantity], claimed: Iterable[Span]) -> tuple[Quantity, ...]:
    """The facts that no claimed span covers.

    Args:
        quantities: Of one abstract.
        claimed: Spans of the same abstract that some field holds.

    Returns:
        The quantities of which at least one number lies outside all spans. The unit may: "5M
        image-text pairs" is claimed by "5M".
    """
    spans = list(claimed)
    return tuple(
        q for q in facts(quantities) if not all(_covered(part, spans) for part in _numerals(q))
    )


# The level of an interval ("95% CI") is no outcome of its own.
_NUMERAL = re.compile(r"\d(?:[\d.,·]*\d)?(?!\d*(?:\.\d+)? ?% ?-?(?:C|conf|cred))")


def _numerals(quantity: Quantity) -> list[Span]:
    """Where the numbers of a quantity stand; its first word where they are spelled out."""
    text, start = quantity.text, quantity.span.start
    found = [Span(start + m.start(), start + m.end()) for m in _NUMERAL.finditer(text)]
    return found or [Span(start, start + len(text.split()[0]))]


def _covered(part: Span, spans: Sequence[Span]) -> bool:
    return any(span.start <= part.start and part.end <= span.end for span in spans)
