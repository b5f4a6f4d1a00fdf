"""Which document of a run somebody means: by its number, an id, or words of its title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from summarise.characters import clip
from summarise.errors import RunError
from summarise.models import Document

_NAMED = 5
# Ids that nobody takes for the number of a row.
_BARE = frozenset(("doi", "arxiv", "acl", "openalex", "citation_key"))
# Of a row; more digits are no number of one.
_NUMBER = re.compile(r"-?[0-9]{1,9}")


def find_document(
    documents: Iterable[Document], wanted: int | str, where: str
) -> tuple[int, Document]:
    """The one of a run's documents that is meant, with its number; see ``Run.find``.

    Raises:
        RunError: There is none, or more than one.
    """
    is_row, text = isinstance(wanted, int), str(wanted)
    number = int(text) if is_row or _NUMBER.fullmatch(text) else None
    ids, phrase = {text.casefold(), text.removeprefix("id:").casefold()}, text.casefold()
    words = phrase.split()
    by_id: tuple[int, Document] | None = None
    in_a_row, scattered = _Titled(), _Titled()
    last = 0
    for last, document in enumerate(documents, 1):
        if last == number:
            return number, document
        title = (document.title or "").casefold()
        if not is_row and not ids.isdisjoint(_ids(document)):
            by_id = by_id or (last, document)
        elif phrase in title:
            in_a_row.take(last, document)
        elif all(word in title for word in words):
            scattered.take(last, document)
    found = in_a_row if in_a_row.count else scattered
    if by_id is not None:
        return by_id
    if number is not None or not found.count:
        shown = text if number is not None else repr(clip(text, 80))
        numbered = "as number" if is_row else "as number or as id"
        places = numbered if number is not None else "as id or in the title"
        raise RunError(
            f"no document has {shown} {places}",
            where=where,
            hint=f"Rows count from 1 to {last:,}, in the order of the table.",
        )
    if found.count == 1:
        return found.first[0]
    raise RunError(
        f"{found.count:,} documents have {clip(text, 80)!r} in the title: {found.named()}",
        where=where,
        hint="Give a number of these, or more words.",
    )


class _Titled:
    """Documents whose titles have some words: how many, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[tuple[int, Document]] = []

    def take(self, number: int, document: Document) -> None:
        self.count += 1
        if self.count <= _NAMED:
            self.first.append((number, document))

    def named(self) -> str:
        """Their numbers and titles, as far as they are held."""
        told = ", ".join(f"{at} ({clip(one.title or '', 40)})" for at, one in self.first)
        left = self.count - len(self.first)
        return f"{told} and {left:,} more" if left else told


def _ids(document: Document) -> Iterator[str]:
    """All that a document may be asked for by, in small letters."""
    yield document.doc_id.casefold()
    for name, value in document.reference.items():
        if name in _BARE:
            yield str(value).casefold()
        yield f"{name}:{value}".casefold()
