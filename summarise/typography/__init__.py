"""One spelling for what differs in typography alone, and the way back to the text as it stands."""

from __future__ import annotations

from summarise.typography.normal import (
    Normalised,
    are_readable_lines,
    normal_form,
    normalise,
    readable,
    readable_line,
)

__all__ = [
    "Normalised",
    "are_readable_lines",
    "normal_form",
    "normalise",
    "readable",
    "readable_line",
]
