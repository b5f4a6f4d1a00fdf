"""``inspect``, ``fetch``, and the flags by which every command is told how to read its inputs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial, wraps
from inspect import signature
from logging import DEBUG
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from summarise.characters import for_screen, inert, inert_json
from summarise.cli.options import (
    Config,
    Flags,
    Inputs,
    Json,
    Offline,
    OutputFile,
    Quiet,
    with_parameters,
)
from summarise.cli.output import LOG, echo, echo_json, print_error, write_lines
from summarise.errors import InputError
from summarise.readers import FORMATS

if TYPE_CHECKING:
    from summarise.batch import InputOptions
    from summarise.models import Document, Skipped
    from summarise.settings import Settings

_NAMES = sorted(FORMATS)
_input_option = partial(typer.Option, rich_help_panel="Input")
FormatName = Annotated[
    str | None,
    _input_option(
        "--format", help=f"{', '.join(_NAMES[:-1])} or {_NAMES[-1]}; default: found out."
    ),
]
ColumnNames = Annotated[
    list[str] | None,
    _input_option(
        "--map",
        metavar="FIELD=COLUMN",
        help="Which column of a table holds what, e.g. title=Titel,abstract=Zusammenfassung.",
    ),
]
KeepDuplicates = Annotated[
    bool, _input_option("--keep-duplicates", help="Take a paper as often as it is there.")
]
Known = Annotated[
    list[Path] | None,
    _input_option(metavar="RUN", help="Leave out what this run directory holds; repeatable."),
]
_LAST = ("json", "quiet")
"""The flags of a command that stand last in ``--help``."""
_STDIN = "-"


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
            named_format(self.format_), columns, self.keep_duplicates, known, settings=settings
        )


def takes_inputs(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the flags of how inputs are read, in the place of its ``reading``."""
    flags = signature(InputFlags, eval_str=True).parameters

    @wraps(command)
    def with_flags(**values: Any) -> None:
        reading = InputFlags(**{name: values.pop(name) for name in flags})
        command(reading=reading, **values)

    own = signature(command, eval_str=True).parameters.values()
    first = [p for p in own if p.name not in {"reading", *_LAST}]
    last = [p for p in own if p.name in _LAST]
    return with_parameters(with_flags, [*first, *flags.values(), *last])


def named_format(name: str | None) -> str | None:
    """The format of inputs that ``--format`` names."""
    from summarise.readers import check_format

    return check_format(name, "--format")


@takes_inputs
def inspect(
    inputs: Inputs, reading: InputFlags, offline: Offline = False, json: Json = False
) -> None:
    """Say what would be read of inputs, entry by entry. Nothing is extracted or sent.

    Exit code 1 when an entry is unreadable, 2 when an input is.

    Example: summarise inspect refs.ris more.bib
    """
    from summarise.batch import Inspection

    settings = Flags({"offline": offline or None}, None).settings
    inspection = Inspection(inputs, reading.options(settings))
    write_lines(
        inert_json(entry.model_dump_json()) if json else inert(inspected(entry))
        for entry in inspection.entries()
    )
    for error in inspection.refused:
        print_error(f"summarise: {error}")
    for account in inspection.accounts:
        if json:
            echo_json(account.to_json())
        else:
            echo(account.line())
    raise typer.Exit(inspection.exit_code)


def inspected(entry: Document | Skipped) -> str:
    """An entry of an input in one line."""
    from summarise.models import Decision, Document

    place = f"{entry.source}:{entry.line}: "
    if isinstance(entry, Document):
        status = entry.status
        parts = [f"⚠ {status}"] if status else []
        parts += [f"mended: {'; '.join(entry.repairs)}"] if entry.repairs else []
        parts += [one.reason for one in entry.decided if one.decision is not Decision.APART]
        told = f" ({'; '.join(parts)})" if parts else ""
        return f"{place}{for_screen(entry.title or 'no title', 100)} [{entry.doc_id}]{told}"
    return f"{place}{entry.kind.replace('_', ' ')}: {entry.reason}"


def fetch(
    identifiers: Annotated[
        list[str],
        typer.Argument(
            metavar="ID", help="arxiv:…, doi:…, pmid:…, hf:DAY, openalex:…, acl:…, s2:…, zotero:…"
        ),
    ],
    output: OutputFile = None,
    mailto: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Whom the services may write to.")
    ] = None,
    cache: Annotated[
        bool | None, typer.Option("--cache/--no-cache", help="Keep what was fetched for 30 days.")
    ] = None,
    offline: Offline = False,
    config: Config = None,
    known: Known = None,
    keep_duplicates: KeepDuplicates = False,
    quiet: Quiet = False,
) -> None:
    """Fetch papers by their identifiers, as JSON lines.

    They are documents as every command reads them. - reads identifiers, one a line.

    Exit code 1 when an identifier, or an entry of a list, gave no document.

    Example: summarise fetch arxiv:2310.00426 doi:10.1000/182 -o papers.jsonl
    """
    from summarise.batch import Inspection
    from summarise.models import Document, SkipKind
    from summarise.sources import parse_identifier

    typed = filter(None, map(str.strip, sys.stdin))
    given = (text for one in identifiers for text in (typed if one == _STDIN else [one]))
    wanted = [str(parse_identifier(one)) for one in given]
    if not wanted:
        raise InputError("holds no identifier", where="stdin", hint="Write one a line.")
    flags = Flags({"mailto": mailto, "cache": cache, "offline": offline or None}, config)
    settings = flags.settings()
    reading = InputFlags(known=known, keep_duplicates=keep_duplicates).options(lambda: settings)
    inspection = Inspection(wanted, reading)
    lines = _DocumentLines(output)
    with lines:
        for entry in inspection.entries():
            if isinstance(entry, Document):
                lines.write(entry.model_dump_json())
            elif entry.kind is not SkipKind.DUPLICATE or LOG.isEnabledFor(DEBUG):
                # Of several its identifier stands there.
                about = f"{entry.source}: " if len(wanted) == 1 else ""
                LOG.warning("%s%s", about, entry.reason)
    for account in () if quiet else inspection.accounts:
        print_error(account.line())
    if output is not None and not lines.any:
        LOG.warning("%s wasn't written: there is no document", output)
    kinds = (SkipKind.NO_ABSTRACT, SkipKind.UNREADABLE)
    is_short = any(account.counts[kind] for account in inspection.accounts for kind in kinds)
    raise typer.Exit(int(is_short))


class _DocumentLines(ExitStack):
    """Where lines of JSON go: they are printed, or make a file that replaces another when whole."""

    def __init__(self, path: Path | None) -> None:
        super().__init__()
        self._path = path
        self._file: IO[bytes] | None = None
        self.any = False

    def write(self, line: str) -> None:
        """Take a line; the first one opens the file."""
        self.any = True
        if self._path is None:
            write_lines([inert_json(line)])
            return
        if self._file is None:
            from summarise.store import writing

            self._file = self.enter_context(writing(self._path))
        self._file.write(f"{line}\n".encode())
