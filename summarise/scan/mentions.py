"""What a scan finds: mentions, each with its place in the abstract."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from summarise.models import Quantity, Span


class MentionKind(StrEnum):
    """What a mention names."""

    LINK = "link"
    DATASET = "dataset"
    HARDWARE = "hardware"
    METHOD = "method"
    METRIC = "metric"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name or a link in an abstract.

    Attributes:
        text: Verbatim: ``abstract[span.start:span.end]``.
        span: Where it stands in the abstract.
        kind: What it names.
    """

    text: str
    span: Span
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class Mentions:
    """All that a scan finds in one abstract, each kind in the order of the text.

    Attributes:
        quantities: Numbers that carry a fact, with unit and kind.
        links: URLs, without the punctuation around them.
        datasets: Names of datasets, benchmarks and corpora, each at its first telling place.
        hardware: Devices, with their count where one is given.
        methods: Names that the paper gives to what it proposes.
        metrics: Names of what is measured.
    """

    quantities: tuple[Quantity, ...] = ()
    links: tuple[Mention, ...] = ()
    datasets: tuple[Mention, ...] = ()
    hardware: tuple[Mention, ...] = ()
    methods: tuple[Mention, ...] = ()
    metrics: tuple[Mention, ...] = ()
