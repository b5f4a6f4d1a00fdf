"""Documents as RIS, the format of tags that every reference manager takes.

A value takes one line, so that nothing in it can be a tag. The record's row is a note (N1); ids
that RIS has no tag for are notes of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarise.render.format import text_format
from summarise.render.references import Publication, ReferenceView, references

_TYPES = {Publication.ARTICLE: "JOUR", Publication.PAPER: "CONF", Publication.OTHER: "GEN"}

_RANGE = re.compile(r"(?P<first>[^-,;\s]+)-(?P<last>[^-,;\s]+)")


def _fields(one: ReferenceView) -> Iterator[tuple[str, str]]:
    """Tags and values, in order; a value may be empty."""
    ids = dict(one.ids)
    yield "TY", _TYPES[one.kind]
    yield "ID", one.key
    yield "TI", one.title
    for name in one.authors:
        yield "AU", name
    year, month, day, text = one.published
    yield "PY", year
    yield "DA", "/".join(filter(None, (year, month, day))) if year and month else text
    yield "T2", one.venue
    printed = one.printed
    yield "VL", printed["volume"]
    yield "IS", printed["issue"]
    found = _RANGE.fullmatch(printed["pages"])
    yield "SP", found["first"] if found else printed["pages"]
    yield "EP", found["last"] if found else ""
    yield "PB", printed["publisher"]
    yield "SN", printed["issn"]
    yield "DO", one.doi
    yield "UR", one.url
    yield "LA", one.language
    if pmid := ids.pop("PMID", None):
        yield from (("AN", pmid), ("DB", "PubMed"))
    yield "AB", " ".join(one.abstract)
    for name, value in ids.items():
        yield "N1", f"{name}: {value}"
    yield "N1", " ".join((one.summary[0], "; ".join(one.summary[1:])))


def _entry(one: ReferenceView) -> str:
    lines = [f"{tag}  - {value}\r\n" for tag, value in _fields(one) if value]
    return f"{''.join(lines)}ER  - \r\n\r\n"


FORMAT = text_format(lambda table: map(_entry, references(table)))
