"""OpenAlex's JSON: a work, an answer with many, or works a line each.

An abstract is an inverted index, from each word to the places where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from summarise.models import Skipped
from summarise.readers import InputFormat
from summarise.readers.entry import Entry, first_date, one_line, page_range, skipped
from summarise.readers.fields import first_text, objects_in, without_tags
from summarise.readers.json_objects import Object, first_keys, read_entries

_LISTS = ("results",)
_INDEX = "abstract_inverted_index"
_OWN = frozenset(("authorships", "primary_location", "cited_by_count", "display_name"))
_MOST_WORDS = 100_000


def _recognises(head: bytes) -> bool:
    keys = first_keys(head, *_LISTS)
    if {"abstract", "summary"} & keys:  # then it has been made ready for reading
        return False
    return _INDEX in keys or ("id" in keys and len(keys & _OWN) > 2)


def _to_entry(work: Object, name: str, line: int) -> Entry | Skipped:
    places = [
        (place, word)
        for word, found in _inner(work, _INDEX).items()
        for place in (found if isinstance(found, list) else ())
        if isinstance(place, int)
    ]
    if len(places) > _MOST_WORDS:
        return skipped(name, line, f"its abstract has more than {_MOST_WORDS:,} words")
    source = _inner(_inner(work, "primary_location"), "source")
    pmid = first_text([_inner(work, "ids").get("pmid")]) or ""
    dates = (first_text([work.get(key)]) for key in ("publication_date", "publication_year"))
    many = "OpenAlex names the first 100 authors alone"
    return Entry(
        name,
        line,
        title=one_line(
            without_tags(first_text([work.get("title"), work.get("display_name")]) or "")
        ),
        abstract=without_tags(" ".join(word for _, word in sorted(places))),
        doi=first_text([work.get("doi")]),
        pmid=pmid.rpartition("/")[2] or None,
        openalex=(first_text([work.get("id")]) or "").rpartition("/")[2] or None,
        venue=first_text([source.get("display_name")]),
        volume=first_text([_inner(work, "biblio").get("volume")]),
        issue=first_text([_inner(work, "biblio").get("issue")]),
        pages=page_range(
            first_text([_inner(work, "biblio").get("first_page")]),
            first_text([_inner(work, "biblio").get("last_page")]),
        ),
        publisher=first_text([source.get("host_organization_name")]),
        issn=first_text([source.get("issn_l"), source.get("issn")]),
        language=first_text([work.get("language")]),
        status="retracted" if work.get("is_retracted") is True else None,
        authors=tuple(_authors(work.get("authorships"))),
        published=first_date(dates),
        url=first_text([_inner(work, "primary_location").get("landing_page_url")]),
        repairs=(many,) if work.get("is_authors_truncated") is True else (),
    )


def _inner(value: Object, key: str) -> dict[str, Any]:
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def _authors(authorships: Any) -> Iterator[str]:
    for one in objects_in(authorships):
        names = (_inner(one, "author").get("display_name"), one.get("raw_author_name"))
        if name := first_text(names):
            yield name


FORMAT = InputFormat(
    about="works of OpenAlex with an “abstract_inverted_index”",
    recognises=_recognises,
    entries=lambda source: read_entries(source, _to_entry, *_LISTS),
    errors="surrogateescape",
)
