"""Records as people read them: a Markdown comparison table, and one record for the terminal."""

from summarise.render.table import render_table
from summarise.render.terminal import render_record

__all__ = ["render_record", "render_table"]
