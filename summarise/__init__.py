"""Abstracts in, comparison tables you can trust out; ``docs/python.md`` says more.

>>> from summarise import summarise
>>> run = summarise("page.txt")  # or texts, a data frame, "arxiv:2310.00426"; model= asks a model
>>> [(record.title, record.method.name) for record in run.records()]
[('TERNLOOP: Counting Seabirds from Kites', 'TERNLOOP'), ('Slow Ink', 'SLOWINK')]
>>> run.table(path="table.xlsx")
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import get_data
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
        estimate,
        read,
        summarise,
    )
    from summarise.batch import Estimate
    from summarise.errors import (
        BudgetReached,
        EndpointUnusable,
        InputError,
        NoRoom,
        RunError,
        SettingsError,
        SummariseError,
    )
    from summarise.models import Document, Failure, Skipped

__all__ = [
    "BudgetReached",
    "Document",
    "EndpointUnusable",
    "Estimate",
    "EvidenceSentence",
    "Failure",
    "InputError",
    "NoRoom",
    "Options",
    "ReadOptions",
    "Record",
    "RecordEntry",
    "Run",
    "RunError",
    "SettingsError",
    "Skipped",
    "SummariseError",
    "asummarise",
    "estimate",
    "read",
    "summarise",
]


_IMPORTS = re.compile(r"^    from (summarise\.[\w.]+) import (\([^)]*\)|.*)", re.MULTILINE)


def lazily(package: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package that imports a name when it is first asked for.

    So ``--help`` pays for none, and who reads a run for nothing that makes one. Which names these
    are, and of which module each, stands once: in what the package imports for type checkers.
    """

    @cache
    def homes() -> dict[str, str]:
        face = (get_data(package, "__init__.py") or b"").decode()
        own = (one for one in _IMPORTS.findall(face) if one[0].startswith(f"{package}."))
        return {name: home for home, names in own for name in re.findall(r"\w+", names)}

    @cache
    def give(name: str) -> Any:
        if name not in homes():
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes()[name]), name)

    return give


if not TYPE_CHECKING:
    __getattr__ = lazily(__name__)


def __dir__() -> list[str]:
    """For completion, which would see none of what is imported when it is asked for."""
    return sorted({*globals(), *__all__})
