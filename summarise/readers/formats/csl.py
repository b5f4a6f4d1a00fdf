"""CSL-JSON, as reference managers and citation processors write it.

Its titles and abstracts may hold a little markup (``<i>``, ``<sup>``). An entry keeps its ``id`` as
``doc_id``, whatever that is; it is the citation key, too, where somebody could cite by it; or the
end of it is, of Zotero's.
"""

from __future__ import annotations

import re

from summarise.readers import InputFormat
from summarise.readers.entry import Entry, one_line
from summarise.readers.fields import (
    cleaned,
    date_in_parts,
    first_text,
    names_in_parts,
    noted_ids,
    without_tags,
)
from summarise.readers.json_objects import Object, first_keys, read_entries

_LISTS = ("items", "references")
_OWN = {"container-title", "issued", "citation-key", "publisher-place", "accessed", "event-title"}
_OWN |= {"collection-title", "number-of-pages", "title-short", "archive_location"}
_SHARED = frozenset(("type", "id", "title", "author", "editor", "abstract", "note", "DOI", "URL"))
_TYPE = re.compile(
    rb'"type"\s{0,9}:\s{0,9}"(?:article-(?:journal|magazine|newspaper)|paper-conference|post-weblog'
    rb'|entry-(?:dictionary|encyclopedia)|motion_picture|personal_communication|legal_case)"'
)
_KEY = re.compile(r"(?=.*[^\W\dA-Z])[^\W\d][\w.+-]*:?[\w.+-]*")
# Counted or made by a program, or an id of another kind.
_NO_KEY = re.compile(
    r"(?:ref|item|id|b|bib|bibr|cite?|cr|gen|te?mp|temp_id|entry|record|source|zotero)[-_.:]?\d*"
    r"|(?:doi|arxiv|pmid|pmc|urn|uuid|isbn|https?|openalex|acl|s2|corpusid)(?::.*|\d+)"
    r"|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{20,64}|temp_id.*",
    re.IGNORECASE,
)
_ZOTERO = re.compile(r"https?://(?:www\.)?zotero\.org/(?:users|groups)/.{1,60}/items/([A-Z0-9]{8})")


def _recognises(head: bytes) -> bool:
    """Whether the first entry has a key or a type that CSL alone has, beside some usual keys."""
    keys = first_keys(head, *_LISTS)
    is_usual = "type" in keys and len(keys & _SHARED) > 2
    return is_usual and (len(keys & _OWN) > 0 or _TYPE.search(head) is not None)


def csl_entry(item: Object, name: str, line: int) -> Entry:
    """The entry of an item."""

    def text(*keys: str) -> str | None:
        return first_text(map(item.get, keys))

    note, given = item.get("note"), text("id")
    ids = noted_ids(note if isinstance(note, str) else None, text("number"))
    abstract = item.get("abstract")
    own = given or ""
    key = own if _KEY.fullmatch(own) and not _NO_KEY.fullmatch(own) else None
    if of_zotero := _ZOTERO.fullmatch(own):
        key = of_zotero[1]
    return cleaned(
        Entry(
            name,
            line,
            title=one_line(without_tags(text("title") or "")),
            abstract=without_tags(abstract) if isinstance(abstract, str) else None,
            given_id=given,
            doi=text("DOI") or ids.get("doi"),
            arxiv=ids.get("arxiv"),
            pmid=text("PMID") or ids.get("pmid"),
            acl=ids.get("acl"),
            openalex=ids.get("openalex"),
            venue=text("container-title", "event-title", "publisher"),
            volume=text("volume"),
            issue=text("issue"),
            pages=text("page"),
            publisher=text("publisher"),
            issn=text("ISSN"),
            language=text("language"),
            citation_key=text("citation-key") or ids.get("citation_key") or key,
            authors=names_in_parts(item.get("author") or item.get("editor")),
            published=date_in_parts(item.get("issued")),
            url=text("URL"),
        )
    )


FORMAT = InputFormat(
    about="CSL-JSON with an “abstract”",
    recognises=_recognises,
    entries=lambda source: read_entries(source, csl_entry, *_LISTS),
    errors="surrogateescape",
)
