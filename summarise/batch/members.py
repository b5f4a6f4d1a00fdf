"""Inputs, one by one: a file or a pile's member, papers that are fetched; and what is no member."""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from summarise.characters import clip, counted
from summarise.errors import InputError, NoDocumentError
from summarise.models import Document, SkipKind, Skipped
from summarise.readers import Source, printable, read_documents, recognise, unique
from summarise.sources import Identifier, find_identifier, parse_identifier
from summarise.store import DOCUMENTS, Input, InputPlace, Run

if TYPE_CHECKING:
    from summarise.settings import Settings

MOST_MEMBERS = 50_000
"""Files that a pile may hold."""
_NAMED = 3
_NUMBER = re.compile(r"(\d{1,18})")
_OF_SYSTEMS = frozenset(("__macosx", "thumbs.db", "desktop.ini"))
# They tell about the files beside them.
_ABOUT_OTHERS = re.compile(r"(?:readme|licen[cs]e|copying|notice|changelog)(?:\.(?:md|txt|rst))?")
_LOG = logging.getLogger("summarise")
_LONGEST_STEM = 80


class InputOptions(NamedTuple):
    """How inputs are read.

    Attributes:
        format: Of all of them; None to find out.
        columns: Of a ``Source``.
        keep_duplicates: Take a paper as often as it is there.
        known: Run directories whose papers count as read before.
        adds_to: The run directory that the papers are added to, which holds each once.
        settings: Gives those by which papers are fetched; None where nothing is.
    """

    format: str | None = None
    columns: Mapping[str, str] | None = None
    keep_duplicates: bool = False
    known: tuple[Path, ...] = ()
    adds_to: Path | None = None
    settings: Callable[[], Settings] | None = None

    def unique(self, entries: Iterable[Document | Skipped]) -> Iterator[Document | Skipped]:
        """The entries; each paper once, unless all are kept."""
        return unique(
            entries, keep=self.keep_duplicates, known=self._documents(), held=self._held()
        )

    def _held(self) -> Iterator[Document]:
        folder = self.adds_to
        if folder and not self.keep_duplicates and (folder / DOCUMENTS).is_file():
            yield from Run(folder).documents()

    def _documents(self) -> Iterator[Document]:
        for folder in self.known:
            for row, document in enumerate(Run(folder).documents(), 1):
                yield document.model_copy(update={"source": str(folder), "line": row})


@dataclass(slots=True)
class Member:
    """An input.

    Attributes:
        inside: Where it is in its archive, None for a file.
        is_named: Whether the user named it, so that what is wrong with it stops the run.
        fault: What keeps it from being read, or from being read on.
    """

    source: Source
    inside: str | None = None
    is_named: bool = False
    fault: InputError | None = None

    @property
    def format(self) -> str:
        """The name of its format."""
        return "no format" if self.fault else self.source.format

    @property
    def digest(self) -> str | None:
        """SHA-256 of its bytes, None where they can't be read."""
        if self.fault is None:
            try:
                return self.source.digest
            except InputError as error:
                self._refuse(error)
        return None

    @property
    def is_kept(self) -> bool:
        """Whether what was read of it tells all that reading it again would: not of workbooks."""
        return self.fault is None and not self.source.is_binary

    def unread(self) -> Input:
        """It as it is now, before it is read, so that nothing is known of its entries."""
        return Input(**self.place._asdict(), sha256=self.source.hashed())

    @property
    def place(self) -> InputPlace:
        """Where it is."""
        return InputPlace(self.source.name, relative(self.source.path), self.inside)

    def entries(self) -> Iterator[Document | Skipped]:
        """Its entries; of a pile's member, what keeps it from being read is one of them.

        Raises:
            InputError: The user named it, and it can't be read on.
            NoDocumentError: After the last entry: none was a document.
        """
        line, has_document, fault = 0, False, self.fault
        try:
            for entry in () if fault else read_documents(self.source):
                line, has_document = entry.line or 1, has_document or isinstance(entry, Document)
                yield entry
        except NoDocumentError:
            raise
        except InputError as error:
            self._refuse(error)
            fault = error
        if fault:
            reason = f"the file {fault.message}{'; nothing below this line was read' * (line > 0)}"
            reason = f"{reason}. {fault.hint.rstrip('.')}" if fault.hint else reason
            name, kind = self.source.name, SkipKind.UNREADABLE
            yield Skipped(source=name, line=max(line, 1), kind=kind, reason=reason)
            if not has_document:
                raise NoDocumentError(f"holds {name}, which {fault.message}", hint=fault.hint)

    def recognise(self, head: bytes, how: InputOptions) -> None:
        """Find its format; InputError where it has none that is read, and the user named it."""
        self.source.columns = how.columns or {}
        try:
            recognise(self.source, head, how.format)
        except InputError as error:
            self._refuse(error)

    def _refuse(self, error: InputError) -> None:
        if self.is_named:
            raise error
        self.fault = error


class LeftOut:
    """What of a pile is no member."""

    def __init__(self, pile: str) -> None:
        self._pile = pile
        self._kinds: Counter[str] = Counter()
        self._named: list[str] = []

    def add(self, kind: str, name: str) -> None:
        """Take note of one."""
        self._kinds[kind] += 1
        if len(self._named) < _NAMED:
            self._named.append(clip(printable(name), 60))

    def takes(self, name: str, *, size: int) -> bool:
        """Whether a file with this name is left out."""
        parts = PurePath(name.casefold()).parts
        if any(map(is_hidden, parts)):
            self.add("hidden file", name)
        elif _ABOUT_OTHERS.fullmatch(parts[-1]):
            self.add("readme file", name)
        elif not size:
            self.add("empty file", name)
        else:
            return False
        return True

    def tell(self) -> None:
        """Say what there was, with the names of the first."""
        if self._kinds:
            told = ", ".join(
                counted(n, kind, f"{kind[:-1]}ies" if kind.endswith("y") else None)
                for kind, n in self._kinds.items()
            )
            more = ", …" if self._kinds.total() > _NAMED else ""
            _LOG.info("%s: left out: %s (%s%s)", self._pile, told, ", ".join(self._named), more)


def is_hidden(name: str) -> bool:
    """Whether a system hides a file or folder, or keeps notes of its own in it."""
    return (name.startswith(".") and name != "..") or name.casefold() in _OF_SYSTEMS


def natural(name: str) -> tuple[object, ...]:
    """So that ``a2`` comes before ``a10``."""
    parts = (_NUMBER.split(part.casefold()) for part in name.split("/"))
    return (*(tuple(int(p) if n % 2 else p for n, p in enumerate(part)) for part in parts), (name,))


def check_count(count: int, name: str) -> None:
    """Refuse a pile of more members than are held, by an ``InputError``."""
    if count > MOST_MEMBERS:
        hint = "Name a part of it, or put many small files into one."
        raise InputError(f"holds more than {MOST_MEMBERS:,} files", where=name, hint=hint)


def relative(path: Path | None) -> str | None:
    """A path from the working folder, as it is stored; None without one."""
    if path is None:
        return None
    try:
        told = PurePath(os.path.relpath(path)).as_posix()
    except ValueError:  # on another drive
        told = path.absolute().as_posix()
    except FileNotFoundError:  # the working folder was removed
        told = path.as_posix()
    # A name that isn't UTF-8 can't be stored, and still tells this file from another.
    return os.fsencode(told).decode(errors="backslashreplace")


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
        first = re.sub(r"[^\w.-]+", "-", str(self._identifiers[0])).strip("-.")[:_LONGEST_STEM]
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
