"""The documents of a run, written down once, in the order in which they are shown."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

from pydantic_core import to_json

from summarise.digests import DigestTable, digest
from summarise.models import Document, Skipped
from summarise.store.files import DOCUMENTS, SKIPPED
from summarise.store.journal import Damage, read_journal, understood
from summarise.store.lines import document_key, line_at


class NewDocuments:
    """The documents that a run takes and those that it keeps, on their way into its files.

    What is known of a document when it is written is kept, about 16 bytes for each, so that nobody
    has to read the file to learn it.

    Args:
        folder: The run directory, with the documents of before.
        documents: Takes the documents.
        skipped: Takes the entries that gave none.
        damage: Takes the lines of before that can't be understood.

    Attributes:
        held: How many are written.
        ids: Digests of the ids of those that the run takes; none where there was no document
            before, as they are of no use then.
    """

    def __init__(
        self, folder: Path, documents: IO[bytes], skipped: IO[bytes], damage: Damage
    ) -> None:
        self.held = 0
        self.ids = DigestTable()
        self._old = folder / DOCUMENTS
        self._old_skipped = folder / SKIPPED
        self._documents, self._skipped = documents, skipped
        self._damage = damage
        self._size = 0
        self._keys, self._offsets = array("Q"), array("Q")
        self._hashes = sha256(), sha256()

    @property
    def hashes(self) -> tuple[str, str]:
        """SHA-256 of the two files."""
        documents, skipped = self._hashes
        return documents.hexdigest(), skipped.hexdigest()

    def taken(self) -> Iterator[tuple[int, int]]:
        """Key and byte offset of the documents that the run takes, in the order of the file."""
        return zip(self._keys, self._offsets, strict=True)

    def replace(self, entries: Iterable[Document | Skipped]) -> None:
        """Write what the readers yield, and nothing of before."""
        has_old = self._old.exists()
        for entry in entries:
            line = to_json(entry) + b"\n"
            if isinstance(entry, Skipped):
                self._skip(line)
                continue
            if has_old:
                self.ids.add(digest(entry.doc_id))
            self._put(line, document_key(entry.doc_id, entry.content_hash))

    def merge(self, entries: Iterable[Document | Skipped], *, takes_old: bool) -> None:
        """Write the documents of before and the new ones, each once.

        A new version of a document takes the place of the old one.

        Args:
            entries: What the readers yield.
            takes_old: Whether the run takes the documents of before as well, and doesn't only keep
                them.
        """
        with tempfile.TemporaryFile(dir=self._old.parent) as incoming:
            keys, offsets = self._spool(entries, incoming)
            is_placed = bytearray(len(keys))
            for _, (line, old) in understood(self._old, _with_document, self._damage):
                number = self.ids.number(digest(old.doc_id))
                if number is None:
                    key = document_key(old.doc_id, old.content_hash)
                    self._put(line + b"\n", key, is_taken=takes_old)
                elif not is_placed[number]:
                    self._put(line_at(incoming, offsets[number]), keys[number])
                    is_placed[number] = True
            for number, offset in enumerate(offsets):
                if not is_placed[number]:
                    self._put(line_at(incoming, offset), keys[number])

    def _spool(
        self, entries: Iterable[Document | Skipped], incoming: IO[bytes]
    ) -> tuple[array[int], array[int]]:
        """Put new documents by; returns the key and the byte offset of each."""
        keys, offsets, noted = array("Q"), array("Q"), DigestTable()
        for _, line in read_journal(self._old_skipped):
            noted.add(digest(line.decode(errors="replace")))
            self._skip(line + b"\n")
        for entry in entries:
            line = to_json(entry)
            if isinstance(entry, Skipped):
                if digest(line.decode()) not in noted:
                    self._skip(line + b"\n")
            elif self.ids.add(digest(entry.doc_id)) == len(keys):
                keys.append(document_key(entry.doc_id, entry.content_hash))
                offsets.append(incoming.tell())
                incoming.write(line + b"\n")
        return keys, offsets

    def continues_old(self) -> bool:
        """Whether a document that the run takes was there before, or none was."""
        is_first = True
        for _, (_, old) in understood(self._old, _with_document, self._damage):
            if digest(old.doc_id) in self.ids:
                return True
            is_first = False
        return is_first

    def _put(self, line: bytes, key: int, *, is_taken: bool = True) -> None:
        self._documents.write(line)
        self._hashes[0].update(line)
        if is_taken:
            self._keys.append(key)
            self._offsets.append(self._size)
        self._size += len(line)
        self.held += 1

    def _skip(self, line: bytes) -> None:
        self._skipped.write(line)
        self._hashes[1].update(line)


def _with_document(line: bytes) -> tuple[bytes, Document]:
    return line, Document.model_validate_json(line)
