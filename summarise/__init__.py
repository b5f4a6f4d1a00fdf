"""Abstracts in, comparison tables you can trust out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package that imports a name when it is first asked for.

    So ``--help`` pays for none, and who reads a run for nothing that makes one.

    Args:
        package: Its name.
        homes: By module below it, the names that are to be had there, with blanks between them.
    """
    modules = {name: module for module, names in homes.items() for name in names.split()}

    def give(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{modules[name]}"), name)

    return give


if not TYPE_CHECKING:
    __getattr__ = lazily(
        __name__,
        {
            "api": "EvidenceSentence Options ReadOptions Record RecordEntry Run asummarise read"
            " summarise",
            "errors": "SummariseError",
            "models": "Document Failure Skipped",
        },
    )
