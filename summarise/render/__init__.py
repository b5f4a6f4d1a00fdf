"""Records as people read them: a table in one of several formats, one record on a screen."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from summarise.render.formats import FORMATS as FORMATS

if TYPE_CHECKING:
    from summarise.render.benchmarks import (
        HEADS,
        By,
        ReportedValue,
        amounts_of,
        fields_of,
        values_by,
    )
    from summarise.render.cells import Clipping
    from summarise.render.facts import FactCells
    from summarise.render.flags import (
        covered_pieces,
        grounding_in_words,
        places_of,
        provenance_in_words,
        shown_in_full,
        warnings_of,
    )
    from summarise.render.format import (
        Cell,
        Line,
        Mark,
        RowCounts,
        RowView,
        Strength,
        Stretch,
        TableView,
        file_suffixes,
        output_format,
        reported,
        text_of,
    )
    from summarise.render.formats.html import cell_html
    from summarise.render.layout import MEASURED, DraftEntry, Field, Layout, in_words, layout_of
    from summarise.render.references import Citations, ReferenceView
    from summarise.render.table import (
        Style,
        byline,
        render_table,
        table_view,
        title_of,
        web_address,
        year_of,
    )
    from summarise.render.terminal import render_record
    from summarise.render.views import View, names_in, view_of

__all__ = [
    "FORMATS",
    "HEADS",
    "MEASURED",
    "By",
    "Cell",
    "Citations",
    "Clipping",
    "DraftEntry",
    "FactCells",
    "Field",
    "Layout",
    "Line",
    "Mark",
    "ReferenceView",
    "ReportedValue",
    "RowCounts",
    "RowView",
    "Strength",
    "Stretch",
    "Style",
    "TableView",
    "View",
    "amounts_of",
    "byline",
    "cell_html",
    "covered_pieces",
    "fields_of",
    "file_suffixes",
    "grounding_in_words",
    "in_words",
    "layout_of",
    "names_in",
    "output_format",
    "places_of",
    "provenance_in_words",
    "render_record",
    "render_table",
    "reported",
    "shown_in_full",
    "table_view",
    "text_of",
    "title_of",
    "values_by",
    "view_of",
    "warnings_of",
    "web_address",
    "year_of",
]

_HOMES = {"render_record": "terminal"}
_HOMES |= dict.fromkeys(("Cell", "Line", "Mark", "RowCounts", "RowView", "Strength"), "format")
_HOMES |= dict.fromkeys(("Stretch", "TableView", "file_suffixes", "output_format"), "format")
_HOMES |= dict.fromkeys(("reported", "text_of"), "format") | {"cell_html": "formats.html"}
_HOMES |= dict.fromkeys(("grounding_in_words", "warnings_of"), "flags")
_HOMES |= dict.fromkeys(("covered_pieces", "places_of", "shown_in_full"), "flags")
_HOMES |= {"provenance_in_words": "flags"}
_HOMES |= dict.fromkeys(("DraftEntry", "Field", "Layout", "MEASURED"), "layout")
_HOMES |= dict.fromkeys(("in_words", "layout_of"), "layout")
_HOMES |= dict.fromkeys(("View", "names_in", "view_of"), "views")
_HOMES |= dict.fromkeys(("HEADS", "By", "ReportedValue", "amounts_of"), "benchmarks")
_HOMES |= dict.fromkeys(("fields_of", "values_by"), "benchmarks")
_HOMES |= dict.fromkeys(("Citations", "ReferenceView"), "references")
_HOMES |= {"Clipping": "cells", "FactCells": "facts"}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for, so that ``--help`` pays for none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'table')}"), name)
