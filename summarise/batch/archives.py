"""Archives and what is compressed: read where it is packed, never written to the disk.

What unpacks to far more than it is, or lists more members than can be held, is refused before it is
read; other members cost themselves alone.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import weakref
import zipfile
from collections.abc import Iterator
from typing import IO, cast

from summarise.batch.members import GivenFormat, LeftOut, Member, check_count, natural
from summarise.errors import InputError
from summarise.readers import DAMAGED, Packed, Source, check_unpacked, load_format, printable

_LARGEST_LIST = 32 << 20
"""Bytes of an archive's list of its members, which is held."""
_LONGEST_NAME = 1_000
_MOST_UNPACKED = 1 << 30
"""Bytes that any archive may unpack to, however small it is."""
_ZIPS, _GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"
_OFFICE = re.compile(rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|mimetype|_rels/)", re.DOTALL)
_LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)", re.DOTALL)
_HINT = "Unpack it, and name the folder."


def members_in(member: Member, head: bytes, how: GivenFormat, left_out: LeftOut) -> list[Member]:
    """An input, unpacked where it is packed; what is in it, where it is an archive."""
    source = member.source
    if head.startswith(_ZIPS) and not _is_office(head, source.name):
        return list(_unzipped(source, how, left_out))
    if head.startswith(_GZIP):
        source.packed = _gunzipped(source)
        head = source.head()
    member.recognise(head, how)
    return [member]


def _is_office(head: bytes, name: str) -> bool:
    return bool(_OFFICE.match(head)) or load_format("xlsx").recognises(head, name)


def _gunzipped(source: Source) -> Packed:
    def opened() -> IO[bytes]:
        return cast("IO[bytes]", gzip.open(source.path or source.open_as_it_is(), "rb"))

    return Packed(opened, _size(source))


def _size(source: Source) -> int:
    with source.open_as_it_is() as stream:
        return stream.seek(0, os.SEEK_END)


class _ArchiveFile(io.BufferedReader):
    """A file of which no more is read at once than a list of members may be long."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _LARGEST_LIST:
            raise zipfile.BadZipFile("it lists too many members")
        return super().read(size)


def _unzipped(source: Source, how: GivenFormat, left_out: LeftOut) -> Iterator[Member]:
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
    how: GivenFormat,
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
