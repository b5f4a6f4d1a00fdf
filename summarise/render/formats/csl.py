"""Documents as CSL-JSON: https://docs.citationstyles.org/en/stable/specification.html.

The record's row is a note, below the ids that CSL has no variable for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from summarise.render.format import TableView, text_format
from summarise.render.references import Publication, Published, ReferenceView, references

_TYPES = {
    Publication.ARTICLE: "article-journal",
    Publication.PAPER: "paper-conference",
    Publication.OTHER: "document",
}


def _item(one: ReferenceView) -> dict[str, Any]:
    ids = dict(one.ids)
    known = {
        "id": one.key,
        "type": _TYPES[one.kind],
        "citation-key": one.key,
        "title": one.title,
        "author": [_name(name) for name in one.authors],
        "issued": _date(one.published),
        "container-title": one.venue,
        "volume": one.printed["volume"],
        "issue": one.printed["issue"],
        "page": one.printed["pages"],
        "publisher": one.printed["publisher"],
        "ISSN": one.printed["issn"],
        "DOI": one.doi,
        "PMID": ids.pop("PMID", None),
        "URL": one.url,
        "language": one.language,
        "abstract": "\n\n".join(one.abstract),
        "note": "\n".join([*(f"{name}: {value}" for name, value in ids.items()), *one.summary]),
    }
    return {name: value for name, value in known.items() if value}


def _name(name: str) -> dict[str, str]:
    """A name in the parts that a comma tells; where none does, which part is which is unknown."""
    parts = name.split(", ")
    if 1 < len(parts) < 4 and all(parts) and "," not in "".join(parts):
        return dict(zip(("family", "given", "suffix"), parts, strict=False))
    return {"literal": name}


def _date(date: Published) -> dict[str, Any]:
    year, month, day, text = date
    if year:
        return {"date-parts": [[int(part) for part in (year, month, day) if part]]}
    return {"raw": text} if text else {}


def _pieces(table: TableView) -> Iterator[str]:
    between = "[\n"
    for one in references(table):
        yield f"{between}{json.dumps(_item(one), ensure_ascii=False)}"
        between = ",\n"
    yield "\n]\n" if between == ",\n" else "[]\n"


FORMAT = text_format(_pieces)
