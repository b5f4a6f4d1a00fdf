"""What a program calls: the same run as on the command line, and its records to go on with."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summarise.api.call import asummarise, read, summarise
    from summarise.api.options import Options, ReadOptions
    from summarise.api.record import EvidenceSentence, Record, RecordEntry
    from summarise.api.run import Run

__all__ = [
    "EvidenceSentence",
    "Options",
    "ReadOptions",
    "Record",
    "RecordEntry",
    "Run",
    "asummarise",
    "read",
    "summarise",
]

_HOMES = dict.fromkeys(("asummarise", "read", "summarise"), "call")
_HOMES |= dict.fromkeys(("Options", "ReadOptions"), "options") | {"Run": "run"}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for: who reads a run needs nothing that makes one."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'record')}"), name)
