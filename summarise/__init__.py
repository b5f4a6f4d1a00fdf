"""Abstracts in, comparison tables you can trust out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from summarise.version import __version__ as __version__

if TYPE_CHECKING:
    from summarise.api import asummarise, read, summarise
    from summarise.errors import SummariseError
    from summarise.models import Document, Failure, Record
    from summarise.store import Run

__all__ = [
    "Document",
    "Failure",
    "Record",
    "Run",
    "SummariseError",
    "asummarise",
    "read",
    "summarise",
]

_HOMES = dict.fromkeys(("asummarise", "read", "summarise"), "summarise.api")
_HOMES |= dict.fromkeys(("Document", "Failure", "Record"), "summarise.models")
_HOMES |= {"Run": "summarise.store", "SummariseError": "summarise.errors"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that ``--help`` pays for none."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
