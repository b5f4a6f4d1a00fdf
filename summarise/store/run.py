"""A run directory, read only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from summarise.errors import RunError
from summarise.models import Document, Failure, Record, Row
from summarise.schema import schema_of
from summarise.store.files import DOCUMENTS, MANIFEST, Damage
from summarise.store.lines import Index, KeptAnswers, StoredRow, rows, stored_documents, stored_rows
from summarise.store.manifest import load_manifest


class Run:
    """A run directory, read only.

    Args:
        path: The directory.

    Attributes:
        path: The directory.
        manifest: What it says about itself.
        damage: The lines that were met so far and can't be understood.

    Raises:
        RunError: It isn't a run directory, or one of a later version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        found = load_manifest(path)
        if found is None:
            raise RunError(
                "isn't a run directory: it has no manifest.json",
                where=str(path),
                hint="Name the folder that `summarise run` printed.",
            )
        self.manifest = found
        self.damage = Damage()

    @cached_property
    def schema(self) -> type[BaseModel]:
        """What its records were extracted with.

        Raises:
            SchemaError: The manifest is damaged.
        """
        return schema_of(self.manifest.schema_form, str(self.path / MANIFEST))

    def documents(self) -> Iterator[Document]:
        """The documents in input order."""
        return stored_documents(self.path / DOCUMENTS, self.damage)

    def rows(self) -> Iterator[Row]:
        """Each document in input order with its record or failure, None if it has neither yet."""
        return rows(self.path, self._index(), self.damage)

    def stored_rows(self) -> Iterator[StoredRow]:
        """Each document in input order with the line about it, not yet understood."""
        return stored_rows(self.path, self._index(), self.damage, self.manifest.records_from)

    def _index(self) -> Index:
        return Index(self.path, self.manifest, self.damage)

    def answers(self) -> KeptAnswers:
        """The answers that its records were made of, by document."""
        return KeptAnswers(self.path, self.manifest, self.damage)

    def records(self) -> Iterator[Record]:
        """The records in input order."""
        return (outcome for _, outcome in self.rows() if isinstance(outcome, Record))

    def failures(self) -> Iterator[Failure]:
        """The failures in input order."""
        return (outcome for _, outcome in self.rows() if isinstance(outcome, Failure))

    def find(self, wanted: str) -> Row:
        """The row with this number or id, else the only one whose title holds these words.

        Args:
            wanted: Number of a row, counted from 1 in the order of the table; an id; or words.

        Raises:
            RunError: There is none, or more than one.
        """
        matches: list[Row] = []
        for number, row in enumerate(self.rows(), 1):
            if wanted in {str(number), row[0].doc_id}:
                return row
            if wanted.casefold() in (row[0].title or "").casefold():
                matches.append(row)
        if len(matches) == 1:
            return matches[0]
        found = f"{len(matches)} documents have" if matches else "no document has"
        raise RunError(
            f"{found} {wanted!r} as number, as id or in the title",
            where=str(self.path),
            hint="Rows count from 1, in the order of the table.",
        )
