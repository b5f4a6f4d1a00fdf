"""What the name of an input stands for: a file or standard input; or a pile, and all in it.

A pile is a folder with what is below it, a pattern such as ``refs/**/*.ris``, or a zip archive. Its
members are inputs of their own, in natural order, and one that can't be read costs itself alone.
What is no member, a hidden file or a link, is left out, and said. No name in an archive is ever a
path on the disk: members are read where they are packed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from summarise.batch.archives import members_in
from summarise.batch.members import (
    GivenFormat,
    LeftOut,
    Member,
    check_count,
    is_hidden,
    natural,
    relative,
)
from summarise.errors import InputError
from summarise.readers import Source, find_source, printable
from summarise.store import DOCUMENTS, MANIFEST, InputPlace

_PATTERN = re.compile(r"[*?\[]")


def members_of(name: str, how: GivenFormat) -> list[Member]:
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


def _of_files(files: Iterable[tuple[str, Path]], how: GivenFormat) -> list[Member]:
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
