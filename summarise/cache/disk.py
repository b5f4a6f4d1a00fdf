"""Text alone, in and out: a pickle in the cache is never loaded (CVE-2025-69872)."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import Any

import diskcache
from diskcache.core import MODE_BINARY, MODE_RAW, MODE_TEXT, UNKNOWN

_FILE_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}\.val")


class Refused(Exception):
    """A row of the cache that only somebody else can have written."""


class TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Stores and reads text alone."""

    def put(self, key: object) -> Any:
        """The columns of a key."""
        _demand_text(key)
        return super().put(key)

    def get(self, key: object, raw: bool) -> Any:
        """The key in the columns."""
        if not raw:
            raise Refused("a pickled key")
        return super().get(key, raw)

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> Any:
        """The columns of a text; a long one goes into a file."""
        _demand_text(value)
        return super().store(value, read, key=key)

    def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> Any:
        """The text in the columns, or in the file that they name."""
        _refuse_foreign(mode, filename, value)
        return super().fetch(mode, filename, value, read)

    def remove(self, file_path: str) -> None:
        """Remove the file of a text."""
        if is_our_file(file_path):
            super().remove(file_path)


def read_text(folder: Path, mode: int, filename: str | None, value: object) -> str:
    """The text of a row that was read by SQL.

    Raises:
        Refused: It isn't ours.
        OSError: Its file can't be read.
        UnicodeDecodeError: Its file isn't UTF-8.
    """
    _refuse_foreign(mode, filename, value)
    if filename is not None:
        return (folder / filename).read_text(encoding="utf-8")
    if not isinstance(value, str):
        raise Refused("a value that isn't text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Refused("a value that isn't UTF-8") from None
    return value


def is_our_file(filename: str) -> bool:
    """Whether a file's name is one that diskcache gives: 32 hexadecimal digits in two folders."""
    return _FILE_NAME.fullmatch(PurePath(filename).as_posix()) is not None


def _refuse_foreign(mode: int, filename: str | None, value: object) -> None:
    if mode not in (MODE_RAW, MODE_TEXT, MODE_BINARY):
        raise Refused("a pickled value")
    if filename is not None and not is_our_file(filename):
        raise Refused("a file outside of the folder")
    if filename is None and not isinstance(value, str | bytes):
        raise Refused("a value that isn't text")


def _demand_text(value: object) -> None:
    if not isinstance(value, str | bytes):
        raise TypeError(f"the cache keeps text, not {type(value).__name__}")
