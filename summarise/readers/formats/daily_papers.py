"""Hugging Face Daily Papers as its interface gives them: an array, each with its ``paper``."""

from __future__ import annotations

from dataclasses import replace

from summarise.readers import InputFormat
from summarise.readers.entry import Entry
from summarise.readers.fields import daily_paper
from summarise.readers.json_objects import Object, first_keys, read_entries
from summarise.readers.latex import tex_to_text

_OWN = frozenset(("publishedAt", "upvotes", "numComments", "submittedBy", "thumbnail"))


def _recognises(head: bytes) -> bool:
    keys = first_keys(head)
    return ("paper" in keys and len(keys & _OWN) > 0) or {"summary", "upvotes", "id"} <= keys


def _to_entry(one: Object, name: str, line: int) -> Entry:
    inner = one.get("paper")
    entry = daily_paper(inner if isinstance(inner, dict) else one, one, name, line)
    abstract = None if entry.abstract is None else tex_to_text(entry.abstract)
    return replace(entry, title=tex_to_text(entry.title or ""), abstract=abstract)


FORMAT = InputFormat(
    about="papers with a “summary”",
    recognises=_recognises,
    entries=lambda source: read_entries(source, _to_entry),
    errors="surrogateescape",
)
