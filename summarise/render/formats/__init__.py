"""Formats of tables: one module each, which makes ``FORMAT``."""

FORMATS = ("markdown", "csv", "tsv", "json", "jsonl", "html", "xlsx", "bibtex", "ris", "csl")
"""Their modules, which are what ``--format`` calls them; the first is the one of a table that
nobody named a format for. Imported only when needed."""
