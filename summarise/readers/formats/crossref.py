"""Crossref's JSON: a work, an answer with many, or works a line each; abstracts are JATS."""

from __future__ import annotations

from summarise.models import status_of_types
from summarise.readers import InputFormat
from summarise.readers.entry import Entry, one_line
from summarise.readers.fields import (
    cleaned,
    date_in_parts,
    first_text,
    names_in_parts,
    objects_in,
    without_tags,
)
from summarise.readers.json_objects import Object, first_keys, read_entries

_LISTS = ("message.items", "items")
_OWN = frozenset(("indexed", "deposited", "reference-count", "member", "prefix", "content-domain"))
_DATES = ("published", "issued", "published-print", "published-online", "posted", "created")

_VERSIONS = ("is-preprint-of", "has-preprint", "is-version-of", "has-version")
# What a work is that was updated so.
_UPDATES = {
    "retraction": "retracted",
    "withdrawal": "withdrawn",
    "removal": "withdrawn",
    "expression of concern": "concern",
}


def _recognises(head: bytes) -> bool:
    keys = first_keys(head, *_LISTS)
    # An answer may hold no more of its works than was asked for (``select=``).
    return ("DOI" in keys and len(keys & _OWN) > 1) or "message-type" in first_keys(head)


def _to_entry(work: Object, name: str, line: int) -> Entry:
    inner = work.get("message")
    work = inner if isinstance(inner, dict) else work

    def text(*keys: str) -> str | None:
        return first_text(map(work.get, keys))

    abstract = work.get("abstract")
    dates = (date_in_parts(work.get(key)) for key in _DATES)
    return cleaned(
        Entry(
            name,
            line,
            title=one_line(without_tags(text("title") or "")),
            abstract=without_tags(abstract) if isinstance(abstract, str) else None,
            doi=text("DOI"),
            venue=one_line(without_tags(text("container-title", "publisher") or "")),
            volume=text("volume"),
            issue=text("issue"),
            pages=text("page", "article-number"),
            publisher=text("publisher"),
            issn=text("ISSN"),
            language=text("language"),
            status=_status(work),
            other_version=_other_version(work),
            authors=names_in_parts(work.get("author") or work.get("editor")),
            published=next(filter(None, dates), None),
            url=text("URL"),
        )
    )


def _status(work: Object) -> str | None:
    """By what updates it; of a notice of a retraction, by what that updates."""

    def types(key: str) -> list[str]:
        return [str(one.get("type")).replace("_", " ") for one in objects_in(work.get(key))]

    own = filter(None, map(_UPDATES.get, types("updated-by")))
    return next(own, None) or status_of_types(types("update-to"))


def _other_version(work: Object) -> str | None:
    """The first work that it is the preprint or another version of, or that is one of it."""
    relations = work.get("relation")
    told_of = relations if isinstance(relations, dict) else {}
    for told in map(told_of.get, _VERSIONS):
        for one in objects_in(told):
            if one.get("id-type") == "doi" and one.get("id"):
                return first_text([one["id"]])
    return None


FORMAT = InputFormat(
    about="works of Crossref with an “abstract”",
    recognises=_recognises,
    entries=lambda source: read_entries(source, _to_entry, *_LISTS),
    errors="surrogateescape",
)
