"""What a scan finds: mentions, each with its place in the abstract."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from summarise.models import Span


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
