"""Abstracts in, comparison tables you can trust out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.3.0"

if TYPE_CHECKING:
    from summarise.api import (
        EvidenceSentence,
        Options,
        ReadOptions,
        Record,
        RecordEntry,
        Run,
        asummarise,
        read,
        summarise,
    )
    from summarise.errors import SummariseError
    from summarise.models import Document, Failure, Skipped

__all__ = [
    "Document",
    "EvidenceSentence",
    "Failure",
    "Options",
    "ReadOptions",
    "Record",
    "RecordEntry",
    "Run",
    "Skipped",
    "SummariseError",
    "asummarise",
    "read",
    "summarise",
]

_HOMES = dict.fromkeys(("Document", "Failure", "Skipped"), "summarise.models")
_HOMES |= {"SummariseError": "summarise.errors"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that ``--help`` pays for none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "summarise.api")), name)
