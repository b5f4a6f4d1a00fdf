"""Papers from the services that have them, by identifier. Nothing here runs before it is asked for.

A service is a module that makes a ``Service``; which ones are asked about what stands in
``fetching``. Their answers are read by the formats of ``readers``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from summarise.sources.identifiers import SCHEMES, Identifier, find_identifier, parse_identifier

if TYPE_CHECKING:
    from summarise.sources.fetching import fetch_entries

__all__ = ["SCHEMES", "Identifier", "fetch_entries", "find_identifier", "parse_identifier"]


def __getattr__(name: str) -> Any:
    """Import what needs an HTTP client when it is first asked for."""
    if name != "fetch_entries":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.fetching").fetch_entries
