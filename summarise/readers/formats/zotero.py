"""Zotero's own JSON, of its API or as Better BibTeX exports it."""

from __future__ import annotations

from summarise.models import SkipKind, Skipped
from summarise.readers import InputFormat
from summarise.readers.entry import Entry, shortened, skipped, to_date
from summarise.readers.fields import (
    cleaned,
    first_text,
    names_in_parts,
    noted_ids,
    objects_in,
)
from summarise.readers.json_objects import Object, first_keys, read_entries

_LISTS = ("items",)
_VENUES = ["publicationTitle", "proceedingsTitle", "conferenceName", "bookTitle", "repository"]
_VENUES += ["university", "institution", "websiteTitle", "publisher"]
_BESIDE = frozenset(("attachment", "note", "annotation"))


def _recognises(head: bytes) -> bool:
    keys = first_keys(head, *_LISTS)
    if "config" in keys and ("collections" in keys or "items" in keys):
        return b"BetterBibTeX" in head
    return "itemType" in keys or {"key", "version", "data"} <= keys


def _to_entry(item: Object, name: str, line: int) -> Entry | Skipped | None:
    of_api = item.get("data")
    item = of_api if isinstance(of_api, dict) else item

    def text(*keys: str) -> str | None:
        return first_text(map(item.get, keys))

    title, abstract = text("title"), item.get("abstractNote")
    if (kind := text("itemType")) in _BESIDE:
        if text("parentItem"):
            return None  # its paper is an item of its own, and counts once
        told = f"“{shortened(title)}” is" if title else "this is"
        return skipped(name, line, f"{told} only the {kind} of a paper", SkipKind.NO_ABSTRACT)
    extra = item.get("extra")
    ids = noted_ids(
        extra if isinstance(extra, str) else None, text("archiveID"), text("reportNumber", "number")
    )
    entry = Entry(
        name,
        line,
        title=title,
        abstract=abstract if isinstance(abstract, str) else None,
        doi=text("DOI") or ids.get("doi"),
        arxiv=ids.get("arxiv"),
        pmid=text("PMID") or ids.get("pmid"),
        acl=ids.get("acl"),
        openalex=ids.get("openalex"),
        venue=text(*_VENUES),
        volume=text("volume"),
        issue=text("issue"),
        pages=text("pages"),
        publisher=text("publisher"),
        issn=text("ISSN"),
        language=text("language"),
        citation_key=text("citationKey", "citekey")
        or ids.get("citation_key")
        or text("key", "itemKey"),
        authors=_authors(item.get("creators")),
        published=to_date(text("date") or ""),
        url=text("url"),
    )
    return cleaned(entry)


def _authors(creators: object) -> tuple[str, ...]:
    """Those who wrote it; where nobody is said to have, all who made it."""
    people = objects_in(creators)
    writers = [one for one in people if one.get("creatorType") in {"author", "presenter"}]
    return names_in_parts(writers or people)


FORMAT = InputFormat(
    about="items of Zotero with an “abstractNote”",
    recognises=_recognises,
    entries=lambda source: read_entries(source, _to_entry, *_LISTS),
    errors="surrogateescape",
)
