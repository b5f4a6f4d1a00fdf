"""Records as people read them: a table in one of several formats, one record on a screen."""

# mypy: implicit-reexport

from __future__ import annotations

from typing import TYPE_CHECKING

from summarise import lazily
from summarise.render.formats import FORMATS as FORMATS

if TYPE_CHECKING:
    from summarise.render.benchmarks import (
        HEADS,
        By,
        ReportedValue,
        amounts_of,
        fields_of,
        told_left_out,
        values_by,
    )
    from summarise.render.cells import Clipping
    from summarise.render.facts import FactCells
    from summarise.render.flags import (
        covered_pieces,
        entry_doubts,
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
    from summarise.render.formats.html import cell_html, html_lines_of
    from summarise.render.layout import DraftEntry, Field, Layout, in_words, layout_of
    from summarise.render.references import Citations, ReferenceView, year_of
    from summarise.render.table import (
        Contrast,
        PaperPair,
        Style,
        byline,
        render_table,
        table_view,
        title_of,
        web_address,
    )
    from summarise.render.terminal import render_record
    from summarise.render.views import View, view_of
else:
    __getattr__ = lazily(__name__)
