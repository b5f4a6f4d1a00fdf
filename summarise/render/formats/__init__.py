"""Formats of tables: one module each, which makes ``FORMAT``."""

FORMATS = (
    *("markdown", "terminal", "csv", "tsv", "json", "jsonl", "html", "latex", "xlsx"),
    *("parquet", "sqlite"),
    *("bibtex", "ris", "csl"),
)
"""Their modules, which are what ``--format`` calls them; the first is the one of a table that
nobody named a format for. Imported only when needed."""

ON_TERMINAL = "terminal"
"""The one of a table that is printed where somebody looks at it."""
