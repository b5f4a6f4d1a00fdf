"""Semantic Scholar's JSON: a paper, an answer with many, or papers a line each (its data sets)."""

from __future__ import annotations

from typing import Any

from summarise.readers import InputFormat
from summarise.readers.entry import Entry, first_date
from summarise.readers.fields import cleaned, first_text, names_in_parts
from summarise.readers.json_objects import Object, first_keys, read_entries

_LISTS = ("data", "papers", "recommendedPapers")
_OWN = {"externalids", "corpusid", "citationcount", "influentialcitationcount", "openaccesspdf"}
_OWN |= {"s2fieldsofstudy", "publicationvenue", "tldr", "isopenaccess"}


def _recognises(head: bytes) -> bool:
    keys = {key.lower() for key in first_keys(head, *_LISTS)}
    return len(keys & _OWN) > 0 and ("paperid" in keys or "corpusid" in keys)


def _to_entry(paper: Object, name: str, line: int) -> Entry:
    # Its interface writes paperId, its data sets paperid.
    known = {key.lower(): value for key, value in paper.items()}
    ids = _in_lower_case(known.get("externalids"))

    def text(*keys: str) -> str | None:
        return first_text(map(known.get, keys))

    abstract = known.get("abstract")
    journal = _in_lower_case(known.get("journal"))
    venues = [journal.get("name"), _in_lower_case(known.get("publicationvenue")).get("name")]
    entry = Entry(
        name,
        line,
        title=text("title"),
        abstract=abstract if isinstance(abstract, str) else None,
        given_id=text("paperid"),
        doi=first_text([ids.get("doi")]),
        arxiv=first_text([ids.get("arxiv")]),
        pmid=first_text([ids.get("pubmed")]),
        acl=first_text([ids.get("acl")]),
        venue=first_text([*venues, known.get("venue")]),
        volume=first_text([journal.get("volume")]),
        pages=first_text([journal.get("pages")]),
        authors=names_in_parts(known.get("authors")),
        published=first_date((text("publicationdate"), text("year"))),
        url=text("url"),
    )
    return cleaned(entry)


def _in_lower_case(value: Any) -> dict[str, Any]:
    return {key.lower(): one for key, one in value.items()} if isinstance(value, dict) else {}


FORMAT = InputFormat(
    about="papers of Semantic Scholar with an “abstract”",
    recognises=_recognises,
    entries=lambda source: read_entries(source, _to_entry, *_LISTS),
    errors="surrogateescape",
)
