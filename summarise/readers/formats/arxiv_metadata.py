"""arXiv's metadata as JSON lines, the data set that arXiv gives away: one paper a line."""

from __future__ import annotations

from typing import Any

from summarise.readers import InputFormat
from summarise.readers.entry import Entry, one_line, split_names, to_edtf
from summarise.readers.fields import first_text
from summarise.readers.json_objects import Object, first_keys, read_entries
from summarise.readers.latex import tex_to_text


def _recognises(head: bytes) -> bool:
    keys = first_keys(head)
    return "authors_parsed" in keys or {"id", "submitter", "update_date"} <= keys


def _to_entry(paper: Object, name: str, line: int) -> Entry:
    def text(key: str) -> str | None:
        return first_text([paper.get(key)])

    abstract = paper.get("abstract")
    return Entry(
        name,
        line,
        title=tex_to_text(text("title") or ""),
        abstract=tex_to_text(abstract) if isinstance(abstract, str) else None,
        given_id=text("id"),
        doi=(text("doi") or "").partition(" ")[0],
        arxiv=text("id"),
        venue=text("journal-ref"),
        authors=_authors(paper.get("authors_parsed"))
        or split_names(tex_to_text(text("authors") or "")),
        published=_first_version(paper.get("versions")) or to_edtf(text("update_date") or ""),
    )


def _authors(people: Any) -> tuple[str, ...]:
    """Names from lists such as ``["Roe", "Ann", "Jr"]``, which may end with an affiliation."""
    lists = (one[:3] for one in people if isinstance(one, list)) if isinstance(people, list) else ()
    parts = (
        [one_line(tex_to_text(part)) for part in one if isinstance(part, str)] for one in lists
    )
    return tuple(filter(None, (", ".join(filter(None, one)) for one in parts)))


def _first_version(versions: Any) -> str | None:
    """The day of ``Mon, 2 Apr 2007 19:18:42 GMT``, on which the first version was handed in."""
    first = versions[0] if isinstance(versions, list) and versions else None
    created = first.get("created") if isinstance(first, dict) else None
    return to_edtf(" ".join(str(created or "").replace(",", " ").split()[1:4]))


FORMAT = InputFormat(
    about="papers of arXiv's metadata with an “abstract”",
    recognises=_recognises,
    entries=lambda source: read_entries(source, _to_entry),
    errors="surrogateescape",
)
