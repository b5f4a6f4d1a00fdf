"""What a run is made from: files and documents as one stream of entries, and their accounts."""

from __future__ import annotations

import itertools
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Self

from summarise import __version__
from summarise.batch.members import FetchedInput, InputOptions, Member, together
from summarise.batch.piles import members_of, place_of, stem_of
from summarise.characters import counted
from summarise.errors import InputError, NoDocumentError
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import checked
from summarise.store import DOCUMENTS, Input, InputPlace, RunPlace, file_hash, refuse_plan

# Of a file's name, at most.
_WORDS = 12
_TELLING = frozenset(("csv",))
"""Formats of which a reader says how it takes them."""
_DOCUMENT = "document"
_NAMES = {
    _DOCUMENT: ("document", "documents"),
    SkipKind.NO_ABSTRACT: ("without an abstract", "without an abstract"),
    SkipKind.DUPLICATE: ("duplicate", "duplicates"),
    SkipKind.UNREADABLE: ("unreadable", "unreadable"),
}


_AS_THEY_ARE = InputOptions()
_AnyMember = Member | FetchedInput


@dataclass(frozen=True, slots=True)
class Unread:
    """Inputs that needn't be read by whoever holds what they gave, and how they would be."""

    members: Sequence[Member]
    options: InputOptions

    @classmethod
    def of(cls, members: Sequence[_AnyMember], options: InputOptions) -> Self | None:
        """None where only reading tells what they give, or what is to be told of them."""
        files = [one for one in members if isinstance(one, Member) and one.is_kept]
        # What is told of a table is told before its first entry, which is taken from one input.
        tells = any(one.format in _TELLING for one in files[1:])
        return None if tells or len(files) < len(members) else cls(files, options)

    def read_as(self) -> str:
        """Fingerprint of all that counts beside their bytes.

        Raises:
            RunError: A run directory whose papers are known can't be read.
        """
        columns, known = self.options.columns or {}, self.options.known
        parts = (
            __version__,
            [one.format for one in self.members],
            sorted(columns.items()),
            self.options.keep_duplicates,
            [(str(folder), file_hash(folder / DOCUMENTS)) for folder in known],
        )
        return sha256(repr(parts).encode()).hexdigest()[:32]

    def inputs(self) -> tuple[Input, ...]:
        """As ``Batch.inputs``, without the counts of their entries; InputError as reading them."""
        return tuple(one.unread() for one in self.members)


@dataclass(frozen=True, slots=True)
class InputAccount:
    """What the entries of one input were, as far as it has been read."""

    place: InputPlace
    format: str
    counts: Counter[str] = field(default_factory=Counter)

    def read(self, entry: Document | Skipped) -> None:
        """Count an entry."""
        self.counts[_DOCUMENT if isinstance(entry, Document) else entry.kind] += 1

    def held(self, one: Input) -> None:
        """Take over what was counted when it was read before."""
        self.counts.clear()
        self.counts.update(one.entries or {})

    def to_json(self) -> str:
        """The account, for machines."""
        return json.dumps({**self.place._asdict(), "format": self.format, "entries": self.counts})

    def line(self) -> str:
        """The account, as an equation in words; it balances, since each entry is one of its terms.

        ``refs.ris (ris): 12 entries = 9 documents + 2 without an abstract + 1 duplicate``
        """
        terms = [counted(self.counts[k], *_NAMES[k]) for k in _NAMES if self.counts[k]]
        told = counted(self.counts.total(), "entry", "entries")
        path, member = self.place.path, self.place.member
        where = f"{path}/{member}" if path and member else path or self.place.name
        return f"{where} ({self.format}): {told} = {' + '.join(terms) or '0 documents'}"


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run is made from.

    Attributes:
        entries: Documents and skipped entries, in order, each document once.
        places: Of what the user named: files, and folders or archives of files.
        accounts: What was read of each input, while the entries are taken.
        inputs: Likewise as a manifest has it; to be asked when all entries are.
        name: What the run directory is called by default.
        unread: What tells whether a run directory holds it already, None where only reading does.
    """

    entries: Iterator[Document | Skipped]
    places: tuple[InputPlace, ...]
    accounts: tuple[InputAccount, ...]
    inputs: Callable[[], tuple[Input, ...]]
    name: str
    unread: Unread | None = None

    @property
    def paths(self) -> list[Path]:
        """The files among the places."""
        return [Path(one.path) for one in self.places if one.path]

    def place(self, wanted: Path | None = None) -> RunPlace:
        """Where a run of it goes; ``wanted`` is the folder that the user names."""
        return RunPlace(self.name, self.places, wanted)


def read_batch(names: Sequence[str], options: InputOptions = _AS_THEY_ARE) -> Batch:
    """Read inputs: files, folders, patterns, archives, and ``-``, which is standard input.

    What is none of them and is an identifier is fetched.

    Raises:
        InputError: One can't be read at all, or holds no abstract.
    """
    if names.count("-") > 1:
        raise InputError("is named twice, and can be read only once", where="stdin")
    if "" in names:
        # To a system it names the folder that one is in.
        hint = (
            "Is a variable of the shell unset? The folder that you are in is named by a full stop."
        )
        raise InputError("an input has an empty name", hint=hint)
    named = list(together(names, options.settings))
    members = [one for which in named for one in _load(names, which, options)]
    accounts = _accounts(members)
    entries = _accounted(_each(members), accounts, options)
    first = next(entries, None)
    if first is None:
        raise InputError("no document in the input")

    def inputs() -> tuple[Input, ...]:
        return tuple(
            Input(**one.place._asdict(), sha256=member.digest, entries=dict(one.counts))
            for one, member in zip(accounts, members, strict=True)
        )

    places = tuple(place_of(names[one]) if isinstance(one, int) else one.place for one in named)
    if isinstance(named[0], FetchedInput):
        stem = named[0].stem
    else:
        # Standard input has no name: two texts that are piped in must not end up in one folder.
        stem = f"stdin-{str(members[0].digest)[:8]}" if names[0] == "-" else stem_of(names[0])
    name = stem if len(named) == 1 else f"{stem}-and-{len(named) - 1}-more"
    unread = Unread.of(members, options)
    return Batch(itertools.chain([first], entries), places, accounts, inputs, name, unread)


def _accounts(members: Iterable[_AnyMember]) -> tuple[InputAccount, ...]:
    return tuple(InputAccount(one.place, one.format) for one in members)


def _each(members: Sequence[_AnyMember]) -> Iterator[Iterator[Document | Skipped]]:
    """The entries of each input. One without a document is no fault beside others that have some.

    Raises:
        InputError: One can't be read on; or none has a document.
    """
    empty: list[NoDocumentError] = []

    def read(member: _AnyMember) -> Iterator[Document | Skipped]:
        try:
            yield from member.entries()
        except NoDocumentError as error:
            empty.append(error)

    yield from map(read, members)
    if len(empty) == len(members):
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

    def __init__(self, names: Sequence[str], options: InputOptions = _AS_THEY_ARE) -> None:
        self._options = options
        self.refused: list[InputError] = []
        self._members: list[_AnyMember] = []
        for which in together(names, options.settings):
            try:
                self._members += _load(names, which, options)
            except InputError as error:
                self.refused.append(error)
        self.accounts = _accounts(self._members)

    def entries(self) -> Iterator[Document | Skipped]:
        """Each entry, in order; can be asked for once."""
        return _accounted(map(self._read, self._members), self.accounts, self._options)

    def _read(self, member: _AnyMember) -> Iterator[Document | Skipped]:
        is_empty = True
        try:
            for entry in member.entries():
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


def _load(
    names: Sequence[str], which: int | FetchedInput, options: InputOptions
) -> Sequence[_AnyMember]:
    """What one of the names stands for; of one that isn't there, the shell may have split it."""
    if isinstance(which, FetchedInput):
        return [which]
    index = which
    refuse_plan(Path(names[index]), "an input", InputError)
    try:
        return members_of(names[index], options)
    except InputError as error:
        name = next(filter(os.path.isfile, _joined(names, index)), None)
        if name is None or Path(names[index]).is_file():
            raise
        hint = f"There is “{name}”: put quotes around a name with spaces."
        raise InputError(error.message, where=error.where, hint=hint) from None


def _joined(paths: Sequence[str], index: int) -> Iterator[str]:
    """Names of several arguments with spaces between them, one of them being this one."""
    for start in range(max(0, index - _WORDS), index + 1):
        for end in range(max(index + 1, start + 2), min(len(paths), start + _WORDS) + 1):
            yield " ".join(paths[start:end])


def documents_batch(
    documents: Iterable[Document | Skipped],
    name: str = "documents",
    options: InputOptions = _AS_THEY_ARE,
) -> Batch:
    """A batch of what a program made, taken one by one.

    Raises:
        InputError: There is none.
    """
    place, digest = InputPlace(name), sha256()
    account = InputAccount(place, name)

    def read() -> Iterator[Document | Skipped]:
        fault, found = None, False
        for one in documents:
            entry = checked(one) if isinstance(one, Document) else one
            found = found or isinstance(entry, Document)
            fault = fault or (entry if isinstance(entry, Skipped) else None)
            digest.update(entry.model_dump_json().encode())
            yield entry
        if fault and not found:
            raise NoDocumentError(f"no abstract found ({fault.reason})", where=name)

    entries = _accounted([read()], [account], options)
    first = next(entries, None)
    if first is None:
        raise InputError("no document in the input")
    stem = f"{name}-{sha256(first.model_dump_json().encode()).hexdigest()[:8]}"

    def inputs() -> tuple[Input, ...]:
        counts = dict(account.counts)
        return (Input(name=name, sha256=digest.hexdigest(), entries=counts),)

    return Batch(itertools.chain([first], entries), (place,), (account,), inputs, stem)


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
