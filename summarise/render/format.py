"""A way to write a table down: into one file or stream, or into several files beside each other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from summarise.errors import SettingsError
from summarise.render import formats
from summarise.render.view import TableView
from summarise.store import telling, writing


class ByteStream(Protocol):
    """A file, or standard output: it can't be gone back in."""

    def write(self, content: bytes, /) -> object:
        """Take bytes."""


Target = Path | ByteStream
"""Where a table goes: what the user named, or a stream."""


class OutputFormat(NamedTuple):
    """One way to write a table down."""

    suffixes: tuple[str, ...]
    """What the names of its files end with, in lower case; the usual one first."""
    write: Callable[[TableView, Target], None]
    """Writes a table to ``file_of`` or into ``folder_of`` a target."""


def load_format(name: str) -> OutputFormat:
    """The format of a name that is one of ``FORMATS``."""
    return cast("OutputFormat", import_module(f"{formats.__name__}.{name}").FORMAT)


def file_suffixes() -> frozenset[str]:
    """What the names of files in any format may end with."""
    return frozenset().union(*(load_format(name).suffixes for name in formats.FORMATS))


def output_format(name: str | None, path: Path | None) -> OutputFormat:
    """The format of a name, else the one of a file's suffix.

    Raises:
        SettingsError: There is none.
    """
    known = ", ".join(formats.FORMATS)
    if name is not None and name not in formats.FORMATS:
        raise SettingsError(
            f"there is no format {name!r}", where="--format", hint=f"Choose one of {known}."
        )
    suffix = path.suffix.lower() if path and name is None else ""
    if not suffix:
        return load_format(name or formats.FORMATS[0])
    all_ = [load_format(one) for one in formats.FORMATS]
    for one in all_:
        if suffix in one.suffixes:
            return one
    usual = " or ".join(f"{path and path.stem}{one.suffixes[0]}" for one in all_ if one.suffixes)
    raise SettingsError(
        f"{path} is named like no format of a table",
        where="-o",
        hint=f"Name it {usual}, or choose one with --format: {known}.",
    )


@contextlib.contextmanager
def file_of(target: Target) -> Iterator[ByteStream]:
    """The file that a target is; one with a name is replaced when all is written.

    Raises:
        RunError: It can't be written.
    """
    if isinstance(target, Path):
        with writing(target) as file:
            yield file
    else:
        yield target


def folder_of(target: Target, name: str) -> Path:
    """The folder that a target is, made where it isn't there.

    Args:
        target: What the user named; a file in it is a target again, for ``file_of``.
        name: Of the format, to tell what is wrong.

    Raises:
        SettingsError: A stream, or a file, can't hold several files.
        RunError: It can't be made.
    """
    if not isinstance(target, Path) or (target.exists() and not target.is_dir()):
        raise SettingsError(
            f"{name} is written as several files", where="-o", hint="Name a folder for them."
        )
    with telling(target):
        target.mkdir(parents=True, exist_ok=True)
    return target
