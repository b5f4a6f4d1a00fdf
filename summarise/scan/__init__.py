"""What code reads in an abstract by itself: quantities, links, names and sentence roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from summarise.models import Quantity, QuantityKind, Span
from summarise.scan.datasets import HEAD, find_datasets
from summarise.scan.instructions import instruction_like
from summarise.scan.links import find_links
from summarise.scan.mentions import Mention, MentionKind, Mentions
from summarise.scan.methods import find_methods, title_name
from summarise.scan.metrics import find_metrics
from summarise.scan.names import find_names
from summarise.scan.quantities import find_quantities
from summarise.scan.roles import sentence_roles

__all__ = [
    "HEAD",
    "Mention",
    "MentionKind",
    "Mentions",
    "facts",
    "instruction_like",
    "scan",
    "sentence_roles",
    "title_name",
    "unclaimed",
]


def scan(abstract: str, sentences: Sequence[Span]) -> Mentions:
    """Find the quantities, links and names of an abstract, without a model.

    Args:
        abstract: An abstract.
        sentences: Its sentences; the names are read sentence by sentence.

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
        datasets=find_datasets(abstract, names),
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
        The quantities whose number lies in none of the spans. Touching one in part is enough:
        "5M image-text pairs" is claimed by "5M".
    """
    spans = sorted(claimed)
    return tuple(
        q for q in facts(quantities) if not any(s.start < q.span.end and q.span.start < s.end for s in spans)
    )
