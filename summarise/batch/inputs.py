"""What a run is made from: the documents of its inputs, each once."""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath

from summarise.batch.accounts import Report
from summarise.errors import InputError
from summarise.models import Document, Skipped
from summarise.readers import Source, checked, load_source, read_documents, unique
from summarise.store import Input, InputPlace

_NOTED_SKIPS = 20
# Of a file's name, at most.
_WORDS = 12
_LOG = logging.getLogger("summarise")


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run is made from.

    Attributes:
        entries: Documents and skipped entries, in order, each document once.
        places: Where they come from.
        inputs: Likewise with what was read there; to be asked when all entries are.
        name: What the run directory is called by default.
    """

    entries: Iterator[Document | Skipped]
    places: tuple[InputPlace, ...]
    inputs: Callable[[], tuple[Input, ...]]
    name: str


def read_batch(paths: Sequence[str], format_: str | None = None) -> Batch:
    """Read inputs.

    Args:
        paths: Files; ``-`` is standard input.
        format_: Name of their format, None to find out for each.

    Raises:
        InputError: One can't be read at all, or holds no abstract.
    """
    sources = [_load(paths, index, format_) for index in range(len(paths))]
    entries = unique(itertools.chain.from_iterable(map(read_documents, sources)))
    first = next(entries, None)
    if first is None:
        raise InputError("no document in the input")
    places = tuple(map(_place, sources))

    def inputs() -> tuple[Input, ...]:
        read = zip(places, sources, strict=True)
        return tuple(Input(**place._asdict(), sha256=source.digest) for place, source in read)

    return Batch(itertools.chain([first], entries), places, inputs, _name(sources))


def _place(source: Source) -> InputPlace:
    if source.path is None:
        return InputPlace(source.name)
    try:
        path = PurePath(os.path.relpath(source.path)).as_posix()
    except ValueError:  # on another drive
        path = source.path.absolute().as_posix()
    # A name that isn't UTF-8 can't be stored, and still tells this file from another.
    return InputPlace(source.name, os.fsencode(path).decode(errors="backslashreplace"))


def _load(paths: Sequence[str], index: int, format_: str | None) -> Source:
    """One of the inputs; where it isn't there, the shell may have split a name at its spaces."""
    try:
        return load_source(paths[index], format_)
    except InputError as error:
        name = next(filter(os.path.isfile, _joined(paths, index)), None)
        if name is None or Path(paths[index]).is_file():
            raise
        hint = f"There is “{name}”: put quotes around a name with spaces."
        raise InputError(error.message, where=error.where, hint=hint) from None


def _joined(paths: Sequence[str], index: int) -> Iterator[str]:
    """Names of several arguments with spaces between them, one of them being this one."""
    for start in range(max(0, index - _WORDS), index + 1):
        for end in range(max(index + 1, start + 2), min(len(paths), start + _WORDS) + 1):
            yield " ".join(paths[start:end])


def _name(sources: Sequence[Source]) -> str:
    first = sources[0]
    # Standard input has no name: two texts that are piped in must not end up in one folder.
    stem = f"stdin-{first.digest[:8]}" if first.path is None else PurePath(first.name).stem
    return stem if len(sources) == 1 else f"{stem}-and-{len(sources) - 1}-more"


def documents_batch(documents: Iterable[Document]) -> Batch:
    """A batch of documents that a program made.

    Raises:
        InputError: There is none.
    """
    entries = list(unique(map(checked, documents)))
    if not entries:
        raise InputError("no document in the input")
    digest = sha256()
    for entry in entries:
        digest.update(entry.model_dump_json().encode())
    inputs = (Input(name="documents", sha256=digest.hexdigest()),)
    name = f"documents-{digest.hexdigest()[:8]}"
    return Batch(iter(entries), (InputPlace("documents"),), lambda: inputs, name)


def selected(
    entries: Iterable[Document | Skipped], limit: int | None, only: frozenset[str] = frozenset()
) -> Iterator[Document | Skipped]:
    """The entries that a run takes.

    Args:
        entries: Of the inputs.
        limit: Take the first so many documents.
        only: Take the documents with these ids; none takes all.

    Raises:
        InputError: ``--only`` names a document that the input doesn't hold.
    """
    wanted = set(only)
    taken = 0
    for entry in entries:
        if isinstance(entry, Document):
            if only and entry.doc_id not in only:
                continue
            if limit is not None and taken >= limit:
                break
            wanted.discard(entry.doc_id)
            taken += 1
        yield entry
    if wanted:
        raise InputError(
            f"the input holds no document {', '.join(sorted(wanted))}",
            where="--only",
            hint="The ids stand in documents.jsonl of a run directory.",
        )


def noted(entries: Iterable[Document | Skipped], report: Report) -> Iterator[Document | Skipped]:
    """Count entries as they pass, and name those that give no document."""
    for entry in entries:
        report.read(entry)
        if isinstance(entry, Skipped):
            _note(entry, report.skipped.total())
        yield entry


def _note(entry: Skipped, number: int) -> None:
    if number <= _NOTED_SKIPS:
        _LOG.warning("%s:%d: %s", entry.source, entry.line, entry.reason)
    elif number == _NOTED_SKIPS + 1:
        _LOG.warning("more entries gave no document; skipped.jsonl in the run directory has all")
