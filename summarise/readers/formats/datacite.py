"""DataCite's JSON: a record, an answer with many (JSON:API), or records a line each."""

from __future__ import annotations

from typing import Any

from summarise.readers import InputFormat
from summarise.readers.entry import Entry, first_date, one_line, page_range
from summarise.readers.fields import cleaned, first_text, names_in_parts, objects_in
from summarise.readers.json_objects import Object, first_keys, read_entries

_LISTS = ("data",)
# https://datacite-metadata-schema.readthedocs.io/
_VERSIONS = frozenset(("IsVersionOf", "HasVersion"))
_OWN = frozenset(("titles", "creators", "descriptions", "publicationYear", "rightsList", "types"))


def _recognises(head: bytes) -> bool:
    keys = first_keys(head, *_LISTS)
    if len(keys & _OWN) > 3:
        return True
    is_answer = "data" in keys or {"attributes", "type"} <= keys
    return is_answer and b'"attributes"' in head and b'"creators"' in head


def _to_entry(record: Object, name: str, line: int) -> Entry:
    inner = record.get("data", record)
    inner = inner.get("attributes", inner) if isinstance(inner, dict) else record
    work: Object = inner if isinstance(inner, dict) else record
    dates = {one.get("dateType"): one.get("date") for one in objects_in(work.get("dates"))}
    told = (dates.get("Issued"), work.get("publicationYear"), dates.get("Created"))
    container = objects_in([work.get("container")])
    return cleaned(
        Entry(
            name,
            line,
            title=first_text(_each(work.get("titles"), "title")),
            abstract="\n\n".join(
                one_line(text)
                for one in objects_in(work.get("descriptions"))
                if one.get("descriptionType") == "Abstract"
                and isinstance(text := one.get("description"), str)
            ),
            doi=first_text([work.get("doi")]),
            venue=first_text([*_each(container, "title"), _publisher(work.get("publisher"))]),
            volume=first_text(_each(container, "volume")),
            issue=first_text(_each(container, "issue")),
            pages=page_range(
                first_text(_each(container, "firstPage")), first_text(_each(container, "lastPage"))
            ),
            publisher=first_text([_publisher(work.get("publisher"))]),
            language=first_text([work.get("language")]),
            authors=names_in_parts(work.get("creators")),
            published=first_date(first_text([one]) for one in told),
            url=first_text([work.get("url")]),
            other_version=_other_version(work),
        )
    )


def _other_version(work: Object) -> str | None:
    """As arXiv names the article of a preprint."""
    related = objects_in(work.get("relatedIdentifiers"))
    named = (one for one in related if one.get("relatedIdentifierType") == "DOI")
    return first_text(
        one.get("relatedIdentifier") for one in named if one.get("relationType") in _VERSIONS
    )


def _publisher(value: Any) -> Any:
    return value.get("name") if isinstance(value, dict) else value


def _each(values: Any, key: str) -> list[Any]:
    return [one.get(key) for one in objects_in(values)]


FORMAT = InputFormat(
    about="records of DataCite with a description that is an “Abstract”",
    recognises=_recognises,
    entries=lambda source: read_entries(source, _to_entry, *_LISTS),
    errors="surrogateescape",
)
