"""What a run is made from: files and documents as one stream of entries, and their accounts."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath
from typing import NamedTuple

from summarise.batch.accounts import InputAccount
from summarise.errors import InputError, NoDocumentError
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import Source, checked, load_source, read_documents, unique
from summarise.store import Input, InputPlace, Run, RunPlace

# Of a file's name, at most.
_WORDS = 12


class InputOptions(NamedTuple):
    """How inputs are read.

    Attributes:
        format: Of all of them; None to find out.
        columns: Of ``load_source``.
        keep_duplicates: Take a paper as often as it is there.
        known: Run directories whose papers count as read before.
    """

    format: str | None = None
    columns: Mapping[str, str] | None = None
    keep_duplicates: bool = False
    known: tuple[Path, ...] = ()

    def unique(self, entries: Iterable[Document | Skipped]) -> Iterator[Document | Skipped]:
        """The entries; each paper once, unless all are kept."""
        return unique(entries, keep=self.keep_duplicates, known=self._documents())

    def _documents(self) -> Iterator[Document]:
        for folder in self.known:
            for row, document in enumerate(Run(folder).documents(), 1):
                yield document.model_copy(update={"source": str(folder), "line": row})


_AS_THEY_ARE = InputOptions()


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run is made from.

    Attributes:
        entries: Documents and skipped entries, in order, each document once.
        accounts: What was read of each input, while the entries are taken.
        inputs: Likewise as a manifest has it; to be asked when all entries are.
        name: What the run directory is called by default.
    """

    entries: Iterator[Document | Skipped]
    accounts: tuple[InputAccount, ...]
    inputs: Callable[[], tuple[Input, ...]]
    name: str

    @property
    def places(self) -> tuple[InputPlace, ...]:
        """Where they come from."""
        return tuple(account.place for account in self.accounts)

    @property
    def paths(self) -> list[Path]:
        """The files among the places."""
        return [Path(one.path) for one in self.places if one.path]

    def place(self, wanted: Path | None = None) -> RunPlace:
        """Where a run of it goes; ``wanted`` is the folder that the user names."""
        return RunPlace(self.name, self.places, wanted)


def read_batch(paths: Sequence[str], options: InputOptions = _AS_THEY_ARE) -> Batch:
    """Read files, of which ``-`` is standard input.

    Raises:
        InputError: One can't be read at all, or holds no abstract.
    """
    if paths.count("-") > 1:
        raise InputError("is named twice, and can be read only once", where="stdin")
    sources = [_load(paths, index, options) for index in range(len(paths))]
    accounts = tuple(InputAccount(_place(source), source.format) for source in sources)
    entries = _accounted(_each(sources), accounts, options)
    first = next(entries, None)
    if first is None:
        raise InputError("no document in the input")

    def inputs() -> tuple[Input, ...]:
        return tuple(
            Input(**one.place._asdict(), sha256=source.digest, entries=dict(one.counts))
            for one, source in zip(accounts, sources, strict=True)
        )

    return Batch(itertools.chain([first], entries), accounts, inputs, _name(sources))


def _each(sources: Sequence[Source]) -> Iterator[Iterator[Document | Skipped]]:
    """The entries of each source. One without a document is no fault beside others that have some.

    Raises:
        InputError: One can't be read on; or none has a document.
    """
    empty: list[NoDocumentError] = []

    def read(source: Source) -> Iterator[Document | Skipped]:
        try:
            yield from read_documents(source)
        except NoDocumentError as error:
            empty.append(error)

    yield from map(read, sources)
    if len(empty) == len(sources):
        raise empty[0]


def _accounted(
    inputs: Iterable[Iterable[Document | Skipped]],
    accounts: Sequence[InputAccount],
    options: InputOptions,
) -> Iterator[Document | Skipped]:
    """The entries of all inputs, each document once, each counted where it stands."""
    at = 0

    def entries() -> Iterator[Document | Skipped]:
        nonlocal at
        for at, read in enumerate(inputs):  # noqa: B007 - asked for below, entry by entry
            yield from read

    for entry in options.unique(entries()):
        accounts[at].read(entry)
        yield entry


class Inspection:
    """What would be read of some inputs. One that can't be read costs none of the others.

    Attributes:
        accounts: Of the inputs that could be opened, as far as the entries have been taken.
        refused: Why others couldn't, or gave no document, likewise.
    """

    def __init__(self, paths: Sequence[str], options: InputOptions = _AS_THEY_ARE) -> None:
        self._options = options
        self.refused: list[InputError] = []
        self._sources = []
        for index in range(len(paths)):
            try:
                self._sources.append(_load(paths, index, options))
            except InputError as error:
                self.refused.append(error)
        self.accounts = tuple(InputAccount(_place(one), one.format) for one in self._sources)

    def entries(self) -> Iterator[Document | Skipped]:
        """Each entry, in order; can be asked for once."""
        return _accounted(map(self._read, self._sources), self.accounts, self._options)

    def _read(self, source: Source) -> Iterator[Document | Skipped]:
        is_empty = True
        try:
            for entry in read_documents(source):
                is_empty = False
                yield entry
        except InputError as error:
            # What became of its entries is told already.
            if is_empty or not isinstance(error, NoDocumentError):
                self.refused.append(error)

    @property
    def exit_code(self) -> int:
        """0 all read; 1 entries are unreadable; 2 an input is."""
        if self.refused:
            return InputError.exit_code
        return int(any(account.counts[SkipKind.UNREADABLE] for account in self.accounts))


def _place(source: Source) -> InputPlace:
    if source.path is None:
        return InputPlace(source.name)
    try:
        path = PurePath(os.path.relpath(source.path)).as_posix()
    except ValueError:  # on another drive
        path = source.path.absolute().as_posix()
    # A name that isn't UTF-8 can't be stored, and still tells this file from another.
    return InputPlace(source.name, os.fsencode(path).decode(errors="backslashreplace"))


def _load(paths: Sequence[str], index: int, options: InputOptions) -> Source:
    """One of the inputs; where it isn't there, the shell may have split a name at its spaces."""
    try:
        return load_source(paths[index], options.format, options.columns)
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
    account = InputAccount(InputPlace("documents"), "documents")
    return Batch(iter(entries), (account,), lambda: inputs, name)


def selected(
    entries: Iterable[Document | Skipped], limit: int | None, only: frozenset[str] = frozenset()
) -> Iterator[Document | Skipped]:
    """The entries that a run takes: the first so many documents, or those with these ids.

    Raises:
        InputError: ``--only`` names a document that the input doesn't hold.
    """
    wanted, taken = set(only), 0
    for entry in entries:
        if isinstance(entry, Document):
            if only and entry.doc_id not in only:
                continue
            wanted.discard(entry.doc_id)
            taken += 1
        yield entry
        if taken == limit:
            break
    if wanted:
        raise InputError(
            f"the input holds no document {', '.join(sorted(wanted))}",
            where="--only",
            hint="The ids stand in documents.jsonl of a run directory.",
        )
