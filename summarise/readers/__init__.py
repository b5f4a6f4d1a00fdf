"""Inputs into documents: what a source is, which format it is in, one stream of entries.

A format is a module in ``formats`` that makes an ``InputFormat``, and a name in ``FORMATS``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from summarise.readers.formats import FORMATS as FORMATS

if TYPE_CHECKING:
    from summarise.readers.entry import checked, unique
    from summarise.readers.format import (
        check_format,
        file_suffixes,
        load_source,
        read_documents,
        sniff,
    )
    from summarise.readers.source import Source

__all__ = [
    "FORMATS",
    "Source",
    "check_format",
    "checked",
    "file_suffixes",
    "load_source",
    "read_documents",
    "sniff",
    "unique",
]

_HOMES = {"Source": "source", "checked": "entry", "unique": "entry"}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for, so that ``--help`` pays for none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - see above

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'format')}"), name)
