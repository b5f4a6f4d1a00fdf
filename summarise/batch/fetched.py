"""Papers that are fetched by their identifiers, as an input; those side by side are one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from summarise.errors import InputError, NoDocumentError
from summarise.models import Document, Skipped
from summarise.sources import Identifier, find_identifier, parse_identifier
from summarise.store import InputPlace

if TYPE_CHECKING:
    from summarise.settings import Settings

_LONGEST = 80


class FetchedInput:
    """Papers of services. Nothing is asked before the entries are taken.

    Raises:
        InputError: One of the texts is no identifier.
    """

    format = "fetched"

    def __init__(self, texts: Sequence[str], settings: Callable[[], Settings]) -> None:
        self._identifiers: list[Identifier] = [parse_identifier(text) for text in texts]
        self._settings = settings
        self._hash = sha256()
        first, *others = map(str, self._identifiers)
        # Another list that begins alike is another input.
        digest = sha256("\n".join(others).encode()).hexdigest()[:8]
        self._name = f"{first} and {len(others)} more ({digest})" if others else first

    @property
    def place(self) -> InputPlace:
        """What it is called."""
        return InputPlace(self._name)

    @property
    def stem(self) -> str:
        """What a folder can be called after it."""
        first = re.sub(r"[^\w.-]+", "-", str(self._identifiers[0])).strip("-.")[:_LONGEST]
        more = len(self._identifiers) - 1
        return f"{first}-and-{more}-more" if more else first

    @property
    def digest(self) -> str:
        """SHA-256 of the documents, as far as they have been taken."""
        return self._hash.hexdigest()

    def entries(self) -> Iterator[Document | Skipped]:
        """The documents, and why identifiers gave none.

        Raises:
            NoDocumentError: After the last one: none gave any.
        """
        from summarise.sources import fetch_entries  # noqa: PLC0415 - only who fetches pays for it

        fault: Skipped | None = None
        found = False
        for line, entry in enumerate(fetch_entries(self._identifiers, self._settings()), 1):
            changes = {"source": self._name, "line": line}
            if isinstance(entry, Document):
                found = True
                self._hash.update(f"{entry.model_dump_json()}\n".encode())
            elif entry.source != self._name:
                changes["reason"] = f"{entry.source}: {entry.reason}"
            one = entry.model_copy(update=changes)
            fault = one if fault is None and isinstance(one, Skipped) else fault
            yield one
        if not found:
            told = f" ({fault.reason})" if fault else ""
            raise NoDocumentError(f"no abstract was found{told}", where=self._name)


def together(
    names: Sequence[str], settings: Callable[[], Settings] | None
) -> Iterator[int | FetchedInput]:
    """What a user names: the number of what isn't fetched; identifiers side by side as one.

    Raises:
        InputError: What begins like an identifier is none.
    """
    if settings is None:
        yield from range(len(names))
        return
    for is_fetched, numbers in groupby(range(len(names)), lambda at: _is_identifier(names[at])):
        if is_fetched:
            yield FetchedInput([names[at] for at in numbers], settings)
        else:
            yield from numbers


def _is_identifier(text: str) -> bool:
    """Whether an input isn't a file and is meant to be an identifier, be it a wrong one."""
    if os.path.lexists(text):
        return False
    try:
        return find_identifier(text) is not None
    except InputError:
        return True
