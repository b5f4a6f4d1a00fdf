"""Formats of inputs: one module each, which makes ``FORMAT``.

What is known of each without importing it stands here, so that an input costs few of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class FormatSigns(NamedTuple):
    """By what an input may be in a format."""

    suffixes: str = ""
    """Of file names that settle the format, with blanks between them."""
    holds: bytes = b""
    """A regular expression for what stands somewhere in the head of any input in the format."""


_JSON = FormatSigns(".json .jsonl .ndjson", b"{")


def _json_with(keys: bytes) -> FormatSigns:
    """An object with one of some keys."""
    return FormatSigns(_JSON.suffixes, keys)


FORMATS: Mapping[str, FormatSigns] = {
    "csl": _json_with(b'"type"'),
    "zotero": _json_with(b'"itemType"|BetterBibTeX|"version"'),
    "openalex": _json_with(b'"abstract_inverted_index"|"authorships"|"primary_location"'),
    "semantic_scholar": _json_with(b'(?i:"(?:paper|corpus)id")'),
    "crossref": _json_with(b'"DOI"|"message-type"'),
    "datacite": _json_with(b'"titles"|"creators"|"descriptions"'),
    "arxiv_metadata": _json_with(b'"authors_parsed"|"submitter"'),
    "daily_papers": _json_with(b'"paper"|"upvotes"'),
    "atom": FormatSigns(f"{_JSON.suffixes} .atom", rb"<|\\u003c"),
    "jsonl": _JSON,
    "html": FormatSigns(".html .htm .xhtml", b"<"),
    "pubmed_xml": FormatSigns(holds=b"<"),
    "acl_xml": FormatSigns(holds=b"<"),
    "endnote_xml": FormatSigns(holds=b"<"),
    "medline": FormatSigns(".nbib .medline", b"-"),
    "isi": FormatSigns(".isi .ciw .ris"),
    "ris": FormatSigns(".ris"),
    "endnote": FormatSigns(".enw", b"%"),
    "pubmed_text": FormatSigns(),
    "arxiv_text": FormatSigns(),
    "hf": FormatSigns(),
    "bibtex": FormatSigns(".bib .bibtex", b"@"),
    "csv": FormatSigns(".csv .tsv .tab"),
    "xlsx": FormatSigns(".xlsx .xlsm", b"PK"),
    "parquet": FormatSigns(".parquet .pq", b"PAR"),
    "text": FormatSigns(),
}
"""By their modules, which are what ``--format`` calls them, in the order in which an input is
tried; the last one takes whatever the others leave. Imported only when needed."""
