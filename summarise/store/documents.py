"""The documents of a run as they come: each written once, and which of before have gone or come."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from heapq import merge
from itertools import compress, count
from operator import attrgetter
from pathlib import Path
from typing import IO

from pydantic import AwareDatetime
from pydantic_core import from_json, to_json

from summarise.models import Document, Skipped, Stored
from summarise.store.digests import DigestTable, digest
from summarise.store.document_lines import document_key, line_at
from summarise.store.files import (
    DOCUMENTS,
    DUPLICATES,
    GONE,
    READ,
    RECORDS,
    SKIPPED,
    Damage,
    file_hash,
    read_journal,
    understood,
)
from summarise.store.manifest import Chain, Input, Manifest, RunState, chained, contents_hash

# Of an input; where it is may be another place.
_told = attrgetter("name", "member", "sha256")
# No text holds them: there quotation marks have a backslash before them.
_DECIDED, _MENDED = b'"decided":[{', b'"repairs":["'


class Departure(Stored):
    """A document that a run directory doesn't hold any more, or holds again.

    Attributes:
        at: When the run noticed it.
    """

    doc_id: str
    at: AwareDatetime
    is_gone: bool


def gone_by(path: Path, until: datetime, damage: Damage) -> set[str]:
    """The ids of the documents that had left a run directory at a time."""
    gone: set[str] = set()
    for _, one in understood(path / GONE, Departure.model_validate_json, damage):
        if one.at <= until:
            (gone.add if one.is_gone else gone.discard)(one.doc_id)
    return gone


class HeldDocuments:
    """The documents of a run directory, as they are told by its last run.

    Attributes:
        hashes: SHA-256 of their files, by name, as they were then; empty where nobody wrote it.
        inputs: What they are made of, as it is named now.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder, self._manifest = folder, manifest
        told = dict(manifest.hashes or ())
        every = {name: told.get(name.removesuffix(".jsonl")) for name in READ}
        self.hashes = {name: own for name, own in every.items() if own}
        self.inputs = manifest.inputs

    def are_of(self, read_as: str | None, inputs: Callable[[], tuple[Input, ...]]) -> bool:
        """Whether they are what inputs give that are read so: nothing has changed since."""
        then = self._manifest
        if read_as is None or read_as != then.read_as or not self.hashes:
            return False
        now = inputs()
        if [*map(_told, now)] != [*map(_told, then.inputs)]:
            return False
        if any(file_hash(self._folder / name) != self.hashes.get(name) for name in READ):
            return False
        counts = (one.entries for one in then.inputs)
        self.inputs = tuple(
            one.model_copy(update={"entries": n}) for one, n in zip(now, counts, strict=True)
        )
        return True

    def are_done(self) -> bool:
        """Whether the last run had a record of each, and no file has changed since."""
        then, counts = self._manifest, self._manifest.counts
        if then.hashes is None or then.refresh or then.state is not RunState.COMPLETE:
            return False
        if counts.get("kept") or counts.get("records") != counts.get("documents"):
            return False
        is_same = contents_hash(self._folder, then, self.hashes[DOCUMENTS]) == then.rendered
        return is_same and chained(self._folder / RECORDS, Chain()) == then.hashes.records

    @property
    def count(self) -> int:
        """How many there are."""
        return sum((one.entries or {}).get("document", 0) for one in self.inputs)

    def taken(self) -> Iterator[tuple[int, int]]:
        """As ``NewDocuments.taken``."""
        for number, (_, line) in enumerate(read_journal(self._folder / DOCUMENTS)):
            one = Document.model_validate_json(line)
            yield document_key(one.doc_id, one.content_hash), number

    def notable(self) -> Iterator[Document | Skipped]:
        """The entries that gave none and the documents that were mended, in input order."""
        order = {one.name: number for number, one in reversed(list(enumerate(self.inputs)))}
        skipped = (
            Skipped.model_validate_json(line) for _, line in read_journal(self._folder / SKIPPED)
        )
        mended = (
            Document.model_validate_json(line)
            for _, line in read_journal(self._folder / DOCUMENTS)
            if _MENDED in line
        )
        return merge(skipped, mended, key=lambda one: (order.get(one.source, 0), one.line or 0))


class NewDocuments:
    """The documents that a run takes and those that it keeps, on their way into its files.

    What is known of a document when it is written is kept, some 10 bytes for each, so that nobody
    has to read the file to learn it. The folder holds the documents of before.

    Attributes:
        ids: Digests of the ids of those that the run takes; none where there was no document
            before, as they are of no use then.
        sources: New names of earlier inputs that some entries still come from.
    """

    def __init__(self, folder: Path, files: Mapping[str, IO[bytes]], damage: Damage) -> None:
        self.ids = DigestTable()
        self.sources: set[str] = set()
        self._old, self._old_skipped = folder / DOCUMENTS, folder / SKIPPED
        self._files, self._damage = files, damage
        self._keys, self._is_taken = array("Q"), bytearray()
        self._hashes = {name: sha256() for name in files}
        self._now = datetime.now(UTC)
        self._gone = set(self._gone_before(folder / GONE))

    @property
    def held(self) -> int:
        """How many documents were written."""
        return len(self._is_taken)

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of the files, by name."""
        return {name: one.hexdigest() for name, one in self._hashes.items()}

    def taken(self) -> Iterator[tuple[int, int]]:
        """Key and line, from 0, of the documents that the run takes, in the order of the file."""
        return zip(self._keys, compress(count(), self._is_taken), strict=True)

    def replace(self, entries: Iterable[Document | Skipped]) -> None:
        """Write what the readers yield, and nothing of before."""
        has_old = self._old.exists()
        for entry in entries:
            line = to_json(entry) + b"\n"
            if isinstance(entry, Skipped):
                self._write(SKIPPED, line)
                continue
            if has_old:
                self.ids.add(digest(entry.doc_id))
            self._welcome(entry)
            self._put(line, document_key(entry.doc_id, entry.content_hash))
        for _, (_, old) in understood(self._old, _with_document, self._damage):
            if digest(old.doc_id) not in self.ids:
                self._tell(Departure(doc_id=old.doc_id, at=self._now, is_gone=True))

    def merge(
        self,
        entries: Iterable[Document | Skipped],
        *,
        takes_old: bool,
        renamed: Callable[[], Mapping[str, str]],
    ) -> Mapping[str, str]:
        """Write the documents of before and the new ones, each once.

        A new version of a document takes the place of the old one. The run ``takes_old`` as well,
        or only keeps them. When all entries are read, ``renamed`` is asked for the new names of
        earlier inputs, whose names other inputs have now; they are returned.
        """
        with tempfile.TemporaryFile(dir=self._old.parent) as incoming:
            keys, offsets, skips = self._spool(entries, incoming)
            names, is_placed = renamed(), bytearray(len(keys))
            for _, line in read_journal(self._old_skipped):
                is_read_again = skips.pop(digest(line.decode(errors="replace")), None) is not None
                self._write(SKIPPED, (line if is_read_again else self._under(line, names)) + b"\n")
            for offset in skips.values():
                self._write(SKIPPED, line_at(incoming, offset))
            for _, (line, old) in understood(self._old, _with_document, self._damage):
                number = self.ids.number(digest(old.doc_id))
                if number is None:
                    key = document_key(old.doc_id, old.content_hash)
                    self._put(self._under(line, names) + b"\n", key, is_taken=takes_old)
                elif not is_placed[number]:
                    self._put(line_at(incoming, offsets[number]), keys[number])
                    is_placed[number] = True
            for number, offset in enumerate(offsets):
                if not is_placed[number]:
                    self._put(line_at(incoming, offset), keys[number])
        return names

    def _spool(
        self, entries: Iterable[Document | Skipped], incoming: IO[bytes]
    ) -> tuple[array[int], array[int], dict[int, int]]:
        """Put new entries by: keys and byte offsets of documents, offsets of skips by digest."""
        keys, offsets = array("Q"), array("Q")
        skips: dict[int, int] = {}
        for entry in entries:
            line, offset = to_json(entry), incoming.tell()
            if isinstance(entry, Skipped):
                if skips.setdefault(digest(line.decode()), offset) == offset:
                    incoming.write(line + b"\n")
            elif self.ids.add(digest(entry.doc_id)) == len(keys):
                self._welcome(entry)
                keys.append(document_key(entry.doc_id, entry.content_hash))
                offsets.append(offset)
                incoming.write(line + b"\n")
        return keys, offsets, skips

    def _under(self, line: bytes, names: Mapping[str, str]) -> bytes:
        """The line of an earlier entry, with the new name of its input."""
        if not names:
            return line
        try:
            values = from_json(line)
            self.sources.add(names.get(values["source"], ""))
        except (ValueError, LookupError, TypeError):
            return line  # a damaged skip
        for one in (values, *values["decided"]):
            for key in {"source", "of_source"}.intersection(one):
                one[key] = names.get(one[key], one[key])
        return to_json(values)

    def _gone_before(self, path: Path) -> Iterator[int]:
        """Digests of the ids of those that have left and aren't back; what tells it is kept."""
        gone: dict[int, bool] = {}
        for _, one in understood(path, Departure.model_validate_json, self._damage):
            gone[digest(one.doc_id)] = one.is_gone
            self._tell(one)
        return (one for one, is_gone in gone.items() if is_gone)

    def _welcome(self, document: Document) -> None:
        """Note a document that had left and is back."""
        if self._gone and digest(document.doc_id) in self._gone:
            self._tell(Departure(doc_id=document.doc_id, at=self._now, is_gone=False))

    def _tell(self, one: Departure) -> None:
        self._write(GONE, to_json(one) + b"\n")

    def continues_old(self) -> bool:
        """Whether a document that the run takes was there before, or none was."""
        read = understood(self._old, _with_document, self._damage)
        are_there = (digest(old.doc_id) in self.ids for _, (_, old) in read)
        return next(are_there, True) or any(are_there)

    def _put(self, line: bytes, key: int, *, is_taken: bool = True) -> None:
        self._write(DOCUMENTS, line)
        if is_taken:
            self._keys.append(key)
        self._is_taken.append(is_taken)

    def _write(self, name: str, line: bytes) -> None:
        """Write a line; what it tells of duplicates is written where all of that stands, too."""
        self._files[name].write(line)
        self._hashes[name].update(line)
        if _DECIDED in line:
            for one in from_json(line)["decided"]:
                self._write(DUPLICATES, to_json(one) + b"\n")


def _with_document(line: bytes) -> tuple[bytes, Document]:
    return line, Document.model_validate_json(line)
