"""Formats of inputs: one module each, which makes ``FORMAT``."""

FORMATS = (
    "csl",
    "zotero",
    "openalex",
    "semantic_scholar",
    "crossref",
    "arxiv_metadata",
    "daily_papers",
    "atom",
    "jsonl",
    "html",
    "pubmed_xml",
    "acl_xml",
    "medline",
    "isi",
    "ris",
    "endnote",
    "pubmed_text",
    "arxiv_text",
    "hf",
    "bibtex",
    "csv",
    "xlsx",
    "parquet",
    "text",
)
"""Their modules, which are what ``--format`` calls them, in the order in which an input is tried;
the last one takes whatever the others leave. Imported only when needed."""
