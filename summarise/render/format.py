"""A way to write a table down: into one file or stream, or into several files beside each other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

from summarise.errors import SettingsError
from summarise.render.view import TableView

Target = Path | IO[bytes]
"""Where a table goes: what the user named, or a stream that only takes bytes."""


class OutputFormat(NamedTuple):
    """One way to write a table down.

    Attributes:
        name: Of ``--format``.
        suffixes: What the names of its files end with, in lower case; the usual one first.
        write: Writes a table to ``file_of`` or into ``folder_of`` a target.
    """

    name: str
    suffixes: tuple[str, ...]
    write: Callable[[TableView, Target], None]


@contextlib.contextmanager
def file_of(target: Target) -> Iterator[IO[bytes]]:
    """The file that a target is; one with a name is replaced when all is written.

    Raises:
        RunError: It can't be written.
    """
    from summarise.store import writing  # noqa: PLC0415 - the names of the formats are quick

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
        SettingsError: A stream, or the name of a file, can't hold several files.
        RunError: It can't be made.
    """
    if not isinstance(target, Path) or (target.exists() and not target.is_dir()):
        raise SettingsError(
            f"{name} is written as several files", where="-o", hint="Name a folder for them."
        )
    from summarise.store import telling  # noqa: PLC0415 - likewise

    with telling(target):
        target.mkdir(parents=True, exist_ok=True)
    return target
