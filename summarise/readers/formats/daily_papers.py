"""Hugging Face Daily Papers as its interface gives them: an array, each with its ``paper``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from summarise.readers import InputFormat
from summarise.readers.entry import Entry, normalise_arxiv, to_edtf
from summarise.readers.fields import first_text
from summarise.readers.json_objects import Object, first_keys, read_entries
from summarise.readers.latex import tex_to_text

_PAPERS = "https://huggingface.co/papers/"
_OWN = frozenset(("publishedAt", "upvotes", "numComments", "submittedBy", "thumbnail"))


def _recognises(head: bytes, _: str) -> bool:
    keys = first_keys(head)
    return ("paper" in keys and len(keys & _OWN) > 0) or {"summary", "upvotes", "id"} <= keys


def _to_entry(one: Object, name: str, line: int) -> Entry:
    inner = one.get("paper")
    paper: Object = inner if isinstance(inner, dict) else one
    paper_id = first_text([paper.get("id")])
    summary = paper.get("summary") or one.get("summary")
    dates = (first_text([paper.get("publishedAt")]), first_text([one.get("publishedAt")]))
    return Entry(
        name,
        line,
        title=tex_to_text(first_text([paper.get("title"), one.get("title")]) or ""),
        abstract=tex_to_text(summary) if isinstance(summary, str) else None,
        given_id=None if normalise_arxiv(paper_id) else paper_id,
        arxiv=paper_id,
        authors=tuple(_authors(paper.get("authors"))),
        organisation=_organisation(paper.get("organization") or one.get("organization")),
        published=next(filter(None, (to_edtf(date or "") for date in dates)), None),
        url=f"{_PAPERS}{paper_id}" if paper_id else None,
    )


def _authors(authors: Any) -> Iterator[str]:
    for one in authors if isinstance(authors, list) else ():
        if name := first_text([one.get("name") if isinstance(one, dict) else one]):
            yield name


def _organisation(group: Any) -> str | None:
    return (
        first_text([group.get("fullname"), group.get("name")]) if isinstance(group, dict) else None
    )


FORMAT = InputFormat(
    about="papers with a “summary”",
    recognises=_recognises,
    entries=lambda source: read_entries(source, _to_entry),
    errors="surrogateescape",
)
