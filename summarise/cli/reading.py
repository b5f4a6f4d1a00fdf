"""How a command is told to read its inputs: flags of several commands, and what they come to."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from summarise.cli.options import INPUT, with_parameters
from summarise.readers import FORMATS

if TYPE_CHECKING:
    from summarise.batch import InputOptions
    from summarise.settings import Settings

_NAMES = sorted(FORMATS)
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format",
        help=f"{', '.join(_NAMES[:-1])} or {_NAMES[-1]}; default: found out.",
        rich_help_panel=INPUT,
    ),
]
ColumnNames = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN",
        help="Which column of a table holds what, e.g. title=Titel,abstract=Zusammenfassung.",
        rich_help_panel=INPUT,
    ),
]
KeepDuplicates = Annotated[
    bool,
    typer.Option(
        "--keep-duplicates", help="Take a paper as often as it is there.", rich_help_panel=INPUT
    ),
]
Known = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="RUN",
        help="Leave out what this run directory holds; repeatable.",
        rich_help_panel=INPUT,
    ),
]
_LAST = ("json", "quiet", "debug")
"""The flags of a command that stand last in ``--help``."""


@dataclass(frozen=True, slots=True)
class InputFlags:
    """What was given on the command line of how inputs are read; a field is a flag."""

    format_: FormatName = None
    columns: ColumnNames = None
    known: Known = None
    keep_duplicates: KeepDuplicates = False

    def options(self, settings: Callable[[], Settings]) -> InputOptions:
        """How inputs are read, and fetched by the settings.

        Raises:
            SettingsError: There is no such format, or a column is named for what is no field.
        """
        from summarise.batch import InputOptions
        from summarise.readers import parse_columns

        columns = parse_columns(self.columns or (), "--map")
        known = tuple(self.known or ())
        return InputOptions(
            named_format(self.format_), columns, self.keep_duplicates, known, settings
        )


def takes_inputs(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the flags of how inputs are read, in the place of its ``reading``."""
    flags = inspect.signature(InputFlags, eval_str=True).parameters

    @wraps(command)
    def with_flags(**values: Any) -> None:
        reading = InputFlags(**{name: values.pop(name) for name in flags})
        command(reading=reading, **values)

    own = inspect.signature(command, eval_str=True).parameters.values()
    first = [p for p in own if p.name not in {"reading", *_LAST}]
    last = [p for p in own if p.name in _LAST]
    return with_parameters(with_flags, [*first, *flags.values(), *last])


def named_format(name: str | None) -> str | None:
    """The format of inputs that ``--format`` names."""
    from summarise.readers import check_format

    return check_format(name, "--format")
