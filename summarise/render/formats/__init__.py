"""The formats that a table can be written in, one module each; this list is all that names them."""

from __future__ import annotations

from pathlib import Path

from summarise.errors import SettingsError
from summarise.render.format import OutputFormat
from summarise.render.formats import markdown

FORMATS: tuple[OutputFormat, ...] = (markdown.FORMAT,)
"""The first is the one of a table that nobody named a format for."""


def output_format(name: str | None, path: Path | None) -> OutputFormat:
    """The format of a name, else that of a file's suffix.

    Raises:
        SettingsError: There is none.
    """
    names = ", ".join(one.name for one in FORMATS)
    for one in FORMATS:
        if one.name == name if name is not None else path and path.suffix.lower() in one.suffixes:
            return one
    if name is not None:
        raise SettingsError(
            f"there is no format {name!r}", where="--format", hint=f"Choose one of {names}."
        )
    if path is not None and path.suffix:
        usual = path.with_suffix(FORMATS[0].suffixes[0]).name
        raise SettingsError(
            f"{path} is named like no format of a table",
            where="-o",
            hint=f"Name it {usual}, or choose one with --format: {names}.",
        )
    return FORMATS[0]
