"""Formats of tables: one module each, which makes ``FORMAT``.

What is known of each without importing it stands here, so that a table imports its own alone.
"""

from __future__ import annotations

from collections.abc import Mapping

FORMATS: Mapping[str, tuple[str, ...]] = {
    "markdown": (".md", ".markdown"),
    "terminal": (".txt",),
    "csv": (".csv",),
    "tsv": (".tsv", ".tab"),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson"),
    "html": (".html", ".htm"),
    "latex": (".tex",),
    "xlsx": (".xlsx",),
    "parquet": (".parquet",),
    "sqlite": (".db", ".sqlite", ".sqlite3"),
    "bibtex": (".bib", ".bibtex"),
    "ris": (".ris",),
    "csl": (".csl.json",),
}
"""Their modules, which are what ``--format`` calls them, with what the names of files in each end
with, in lower case, the usual one first."""

USUAL = "markdown"
"""The one of a table that nobody named a format for."""

ON_TERMINAL = "terminal"
"""The one of a table that is printed where somebody looks at it."""
