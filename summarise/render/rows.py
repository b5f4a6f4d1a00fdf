"""One document of a run as it is shown: its outcome, its title and its byline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarise.characters import clip, for_screen, noun_of
from summarise.models import Document

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4}|XXXX)(?:-(0[1-9]|1[0-2])(?:-([0-3]\d))?)?")
_UNTITLED = 80


def title_of(document: Document) -> str:
    """The title on one line, else the first words of the abstract, else the id."""
    title = for_screen(document.title or "")
    return title or clip(for_screen(document.abstract), _UNTITLED) or for_screen(document.doc_id)


def byline(document: Document, *, names: int) -> tuple[str, ...]:
    """Authors, organisation and date, as far as the input gives them.

    Args:
        document: Whose.
        names: Authors to name at most; the others are "et al.".
    """
    parts = (_authors(document, names), for_screen(document.organisation or ""), _date(document))
    return tuple(part for part in parts if part)


def _authors(document: Document, names: int) -> str:
    known = [name for name in map(for_screen, document.authors) if name]
    count = max(document.author_count or 0, len(known))
    if not known:
        return f"{count} {noun_of(count, 'author')}" if count else ""
    shown = ", ".join(known[:names])
    return shown if count <= min(names, len(known)) else f"{shown} et al."


def _date(document: Document) -> str:
    """A date of EDTF in words; what isn't a plain date stays as it is."""
    text = for_screen(document.published or "")
    match = _DATE.fullmatch(text)
    return " ".join(_date_words(*match.groups())) if match else text


def _date_words(year: str, month: str | None, day: str | None) -> Iterator[str]:
    if day:
        yield str(int(day))
    if month:
        yield _MONTHS[int(month) - 1]
    if year != "XXXX":
        yield year
