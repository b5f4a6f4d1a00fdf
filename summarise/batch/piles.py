"""What the name of an input stands for: a file or standard input; or a pile, and all in it.

A pile is a folder with what is below it, a pattern such as ``refs/**/*.ris``, or a zip archive. Its
members are inputs of their own, in natural order, and one that can't be read costs itself alone.
What is no member, a hidden file or a link, is left out, and said.

No name in an archive is ever a path on the disk: members are read where they are packed, and never
written. One that unpacks to far more than it is, or lists more members than can be held, is refused
before it is read; other members cost themselves alone.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import weakref
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import IO, NamedTuple, cast

from summarise.batch.members import (
    InputOptions,
    LeftOut,
    Member,
    check_count,
    is_hidden,
    natural,
    relative,
)
from summarise.errors import InputError
from summarise.readers import (
    DAMAGED,
    Packed,
    Source,
    check_unpacked,
    find_source,
    is_paper,
    load_format,
    printable,
)
from summarise.store import DOCUMENTS, MANIFEST, InputPlace

_PATTERN = re.compile(r"[*?\[]")
_LARGEST_LIST = 32 << 20
"""Bytes of an archive's list of its members, which is held."""
_LONGEST_NAME = 1_000
_MOST_UNPACKED = 1 << 30
"""Bytes that any archive may unpack to, however small it is."""
_ZIPS, _GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"
_OFFICE = re.compile(rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|mimetype|_rels/)", re.DOTALL)
_LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)", re.DOTALL)
_HINT = "Unpack it, and name the folder."


def members_of(name: str, how: InputOptions) -> list[Member]:
    """The inputs that a name stands for.

    Raises:
        InputError: It is absent, or can't be read; or it is a pile without members, or with more
            than can be held.
    """
    path = Path(name)
    left_out = LeftOut(name)
    if path.is_dir():
        files = _taken(_below(path, left_out), left_out, name)
        members = _of_files(((str(PurePath(path.name, below)), one) for below, one in files), how)
    elif is_pattern(name):
        members = _of_files(_taken(_matching(name, left_out), left_out, name), how)
    else:
        source, head = find_source(name)
        members = members_in(Member(source, is_named=True), head, how, left_out)
    left_out.tell()
    if not members:
        told = "fits no file" if is_pattern(name) else "holds no file"
        raise InputError(f"{told} that can be read", where=name, hint="Check the name.")
    return members


def is_pattern(name: str) -> bool:
    """Whether a name is none of a file, but a pattern of names."""
    return _PATTERN.search(name) is not None and not os.path.lexists(name)


def place_of(name: str) -> InputPlace:
    """Where an input or a pile is that a user names: all of its members are there."""
    if name == "-":
        return InputPlace("stdin")
    path = _fixed(name) if is_pattern(name) else Path(name)
    return InputPlace(printable(path.name), relative(path))


def stem_of(name: str) -> str:
    """What a run directory is called after an input with this name."""
    path = _fixed(name) if is_pattern(name) else Path(name)
    if path.is_dir():
        return printable(path.resolve().name)
    return PurePath(printable(path.name).removesuffix(".gz")).stem


class _PileFile(NamedTuple):
    """A file of a pile."""

    name: str
    path: Path
    size: int


def _taken(files: Iterable[_PileFile], left_out: LeftOut, pile: str) -> list[tuple[str, Path]]:
    """Those of some files that are members, in natural order.

    Raises:
        InputError: There are too many.
    """
    taken: list[tuple[str, Path]] = []
    for one in files:
        if not left_out.takes(one.name, size=one.size):
            taken.append((one.name, one.path))
            check_count(len(taken), pile)
    return sorted(taken, key=lambda one: natural(one[0]))


def _below(folder: Path, left_out: LeftOut) -> Iterator[_PileFile]:
    """The files in a folder and in those below it, no link among them, by their names from there.

    Raises:
        InputError: It is a run directory.
    """
    pending = [folder]
    while pending:
        here = pending.pop()
        if here == folder and _is_run(here):
            hint = f"To read its documents anew, name {here / DOCUMENTS}."
            raise InputError("is a run directory, not an input", where=str(here), hint=hint)
        try:
            found = os.scandir(here)
        except OSError:  # it is told when it is opened
            yield _PileFile(here.relative_to(folder).as_posix(), here, size=1)
            continue
        with found:
            for one in found:
                path = Path(one.path)
                name = path.relative_to(folder).as_posix()
                if kind := _no_member(one):
                    left_out.add(kind, name)
                elif one.is_dir():
                    pending.append(path)
                else:
                    yield _PileFile(name, path, one.stat().st_size)


def _no_member(one: os.DirEntry[str]) -> str | None:
    """What an entry of a folder is that is neither a file nor a folder of files."""
    if one.is_symlink():
        return "link"
    if one.is_dir():
        if is_hidden(one.name):
            return "hidden folder"
        return "run directory" if _is_run(Path(one.path)) else None
    return None if one.is_file() else "pipe or device"


def _is_run(folder: Path) -> bool:
    return (folder / MANIFEST).exists() and (folder / DOCUMENTS).exists()


def _fixed(pattern: str) -> Path:
    """The folder that a pattern begins with."""
    parts = PurePath(pattern).parts
    first = next(n for n, part in enumerate(parts) if _PATTERN.search(part))
    return Path(*parts[:first])


def _matching(pattern: str, left_out: LeftOut) -> Iterator[_PileFile]:
    """The files that a pattern fits, by their names below its beginning.

    Raises:
        InputError: It is none.
    """
    start = _fixed(pattern)
    rest = PurePath(pattern).relative_to(start)
    try:
        for path in start.glob(str(rest)):
            below = path.relative_to(start)
            if any((start / one).is_symlink() for one in (below, *below.parents)):
                left_out.add("link", below.as_posix())
            elif path.is_file():
                yield _PileFile(below.as_posix(), path, path.stat().st_size)
    except (ValueError, OSError, RecursionError) as error:
        raise InputError(f"is no pattern of names ({error})", where=pattern) from None


def _of_files(files: Iterable[tuple[str, Path]], how: InputOptions) -> list[Member]:
    members: list[Member] = []
    for name, path in files:
        left_out = LeftOut(name)
        try:
            source, head = find_source(path)
            source.name = printable(name)
            members += members_in(Member(source), head, how, left_out)
        except InputError as error:
            members.append(Member(Source(printable(name), path=path), fault=error))
        left_out.tell()
    return members


def members_in(member: Member, head: bytes, how: InputOptions, left_out: LeftOut) -> list[Member]:
    """An input, unpacked where it is packed; what is in it, where it is an archive."""
    source = member.source
    is_office = _OFFICE.match(head) or load_format("xlsx").recognises(head)
    if head.startswith(_ZIPS) and not is_office and not is_paper(source.name):
        return list(_unzipped(source, how, left_out))
    if head.startswith(_GZIP):

        def opened() -> IO[bytes]:
            return cast("IO[bytes]", gzip.open(source.path or source.open_as_it_is(), "rb"))

        source.packed = Packed(opened, _size(source))
        head = source.head()
    member.recognise(head, how)
    return [member]


def _size(source: Source) -> int:
    with source.open_as_it_is() as stream:
        return stream.seek(0, os.SEEK_END)


class _ArchiveFile(io.BufferedReader):
    """A file of which no more is read at once than a list of members may be long."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LARGEST_LIST:
            raise zipfile.BadZipFile("it lists too many members")
        return super().read(size)


def _unzipped(source: Source, how: InputOptions, left_out: LeftOut) -> Iterator[Member]:
    """The members of a zip archive.

    Raises:
        InputError: It is damaged, or holds more than can be.
    """
    stream = _ArchiveFile(source.open_as_it_is())  # type: ignore[arg-type]
    try:
        archive = zipfile.ZipFile(stream)
        found = archive.infolist()
    except (OSError, *DAMAGED) as error:
        stream.close()
        told = f"is a zip archive that can't be read ({error})"
        raise InputError(told, where=source.name, hint=_HINT) from None
    weakref.finalize(archive, stream.close)
    check_count(len(found), source.name)
    if (unpacked := sum(one.file_size for one in found)) > _MOST_UNPACKED:
        check_unpacked(unpacked, _size(source), source.name)
    seen: set[str] = set()
    for one in sorted(found, key=lambda one: natural(one.filename)):
        if one.is_dir() or left_out.takes(one.filename, size=one.file_size):
            continue
        if stat.S_ISLNK(one.external_attr >> 16):
            left_out.add("link", one.filename)
            continue
        fault = "is in the archive twice" if one.filename in seen else _fault(one)
        seen.add(one.filename)
        yield _packed_member(source, archive, one, how, fault)


def _fault(one: zipfile.ZipInfo) -> str | None:
    """What keeps a member of an archive from being read at all."""
    if one.flag_bits & 1:
        return "is encrypted"
    if _LEADS_OUT.match(one.filename):
        return "has a path that leads out of its archive"
    return "has too long a name" if len(one.filename) > _LONGEST_NAME else None


def _packed_member(
    source: Source,
    archive: zipfile.ZipFile,
    one: zipfile.ZipInfo,
    how: InputOptions,
    fault: str | None,
) -> Member:
    inside = printable(one.filename[:_LONGEST_NAME])
    name = f"{source.name}/{inside}"
    packed = Packed(lambda: archive.open(one), one.compress_size)
    member = Member(Source(name, path=source.path, packed=packed), inside)
    if fault:
        member.fault = InputError(fault, where=name, hint=_HINT)
        return member
    try:
        member.recognise(member.source.head(), how)
    except InputError as error:
        member.fault = error
    return member
