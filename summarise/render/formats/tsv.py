"""A table as tab-separated values: as ``csv``, and each row is one line."""

from __future__ import annotations

from summarise.render.format import OutputFormat, TableView, Target
from summarise.render.formats.csv import write_values


def _write(table: TableView, target: Target) -> None:
    write_values(table, target, "\t", "; ")


FORMAT = OutputFormat(_write)
