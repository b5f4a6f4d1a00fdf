"""What a format is, and which one an input is in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path, PurePath
from typing import NamedTuple, cast

from summarise.errors import InputError, SettingsError
from summarise.models import Document, Skipped
from summarise.readers import formats
from summarise.readers.entry import Entry, to_document
from summarise.readers.source import Source, find_source


class InputFormat(NamedTuple):
    """One way that abstracts are written down: text or binary, one file or an archive."""

    about: str
    """What it looks for, for the message when there is none."""
    recognises: Callable[[bytes, str], bool]
    """From the first 64 KB and the file's name."""
    entries: Callable[[Source], Iterator[Entry | Skipped]]
    """Raises `InputError` where the whole can't be read."""
    suffixes: frozenset[str] = frozenset()
    """File names that settle the format: ``.jsonl``."""
    refuse: Callable[[bytes, str], None] | None = None
    """Raises `InputError` where something is only taken for the format that no reader takes."""
    is_binary: bool = False
    """Whether it isn't text, so that any bytes may stand there."""


@cache
def load_format(name: str) -> InputFormat:
    """The format of a name that is one of ``FORMATS``."""
    return cast("InputFormat", import_module(f"{formats.__name__}.{name}").FORMAT)


def check_format(name: str | None, where: str) -> str | None:
    """A format as a user names it, None where none is named.

    Raises:
        SettingsError: There is none of that name.
    """
    if name is not None and name not in formats.FORMATS:
        known = ", ".join(sorted(formats.FORMATS))
        raise SettingsError(
            f"there is no format {name!r}", where=where, hint=f"Choose one of {known}."
        )
    return name


def file_suffixes() -> frozenset[str]:
    """What the names of files in any format may end with."""
    return frozenset().union(*(load_format(name).suffixes for name in formats.FORMATS))


def sniff(head: bytes, name: str) -> str:
    """The format of an input, by its first 64 KB; a file name such as ``a.jsonl`` settles it."""
    suffix = PurePath(name).suffix.lower()
    all_ = [(one, load_format(one)) for one in formats.FORMATS]
    named = (one for one, format_ in all_ if suffix in format_.suffixes)
    return next(named, None) or next(n for n, one in all_ if one.recognises(head, name))


def load_source(path: Path | str, format: str | None = None) -> Source:  # noqa: A002
    """Find an input, and what it is written in, where that isn't named.

    Raises:
        InputError: See ``find_source``; or it is binary, in another encoding, or in a format that
            no reader takes.
    """
    source, head = find_source(path)
    source.format = format or sniff(head, source.name)
    kind = load_format(source.format)
    source.is_binary = kind.is_binary
    if not kind.is_binary:
        source.check(head)
    if format is None and kind.refuse is not None:
        kind.refuse(head, source.name)
    return source


def read_documents(source: Source) -> Iterator[Document | Skipped]:
    """Read the documents of a source, in its order; JSON lines are streamed.

    Yields:
        Each entry, as a document or as what is wrong with it. The same document may come twice:
        see ``unique``.

    Raises:
        InputError: It can't be read; or, after the last entry, none was a document.
    """
    fault: Skipped | None = None
    found = False
    for entry in load_format(source.format).entries(source):
        one = to_document(entry) if isinstance(entry, Entry) else entry
        if isinstance(one, Document):
            found = True
        else:
            fault = fault or one
        yield one
    if not found:
        raise _nothing_found(source, fault)


def _nothing_found(source: Source, fault: Skipped | None) -> InputError:
    detail = f" (line {fault.line}: {fault.reason})" if fault else ""
    others = ", ".join(sorted({*formats.FORMATS} - {source.format}))
    about = load_format(source.format).about
    return InputError(
        f"no abstract found: read as {source.format}, looking for {about}{detail}",
        where=source.name,
        hint=f"If it is in another format, name it with --format ({others}).",
    )
