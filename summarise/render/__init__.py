"""Records as people read them: a table in one of several formats, one record on a screen."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from summarise.render.formats import FORMATS as FORMATS

if TYPE_CHECKING:
    from summarise.render.format import file_suffixes, output_format
    from summarise.render.table import Style, render_table, table_view
    from summarise.render.terminal import render_record

__all__ = [
    "FORMATS",
    "Style",
    "file_suffixes",
    "output_format",
    "render_record",
    "render_table",
    "table_view",
]

_HOMES = {"file_suffixes": "format", "output_format": "format", "render_record": "terminal"}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for, so that ``--help`` pays for none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'table')}"), name)
