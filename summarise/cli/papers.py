"""``fetch``: papers from the services that have them, as JSON lines that every command reads."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Annotated

import typer

from summarise.characters import inert_json
from summarise.cli.options import (
    LOG,
    Config,
    Debug,
    Flags,
    Offline,
    OutputFile,
    Quiet,
    configure_log,
)
from summarise.cli.output import print_error, write_lines
from summarise.cli.reading import InputFlags, KeepDuplicates, Known

_STDIN = "-"


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
    debug: Debug = False,
) -> None:
    """Fetch papers by their identifiers, as JSON lines.

    They are documents as every command reads them. - reads identifiers, one a line.

    Exit code 1 when an identifier, or an entry of a list, gave no document.

    Example: summarise fetch arxiv:2310.00426 doi:10.1000/182 -o papers.jsonl
    """
    configure_log(debug=debug, quiet=quiet)
    from summarise.batch import Inspection
    from summarise.models import Document, SkipKind
    from summarise.sources import parse_identifier

    given = [text for one in identifiers for text in (_of_stdin() if one == _STDIN else [one])]
    wanted = [str(parse_identifier(one)) for one in given]
    flags = Flags({"mailto": mailto, "cache": cache, "offline": offline or None}, config)
    settings = flags.settings()
    reading = InputFlags(known=known, keep_duplicates=keep_duplicates).options(lambda: settings)
    inspection = Inspection(wanted, reading)
    lines = _DocumentLines(output)
    with lines:
        for entry in inspection.entries():
            if isinstance(entry, Document):
                lines.write(entry.model_dump_json())
            elif entry.kind is not SkipKind.DUPLICATE or debug:
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


def _of_stdin() -> list[str]:
    return [line.strip() for line in sys.stdin if line.strip()]


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
