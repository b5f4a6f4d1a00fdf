"""``summarise table`` and ``summarise show``: what a run holds, to read."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from summarise.cli.options import Debug, OutputFile, RunFolder, configure_log
from summarise.cli.output import StandardOutput, echo_json, write_lines
from summarise.render import FORMATS


def table(
    folder: RunFolder,
    output: OutputFile = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            help=f"{', '.join(FORMATS)}; default: by the suffix of -o.",
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Nothing clipped: all entries, whole texts.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Print the comparison table of a run, in Markdown unless another format is named.

    Example: summarise table outputs/page --full
    """
    configure_log(debug=debug)
    from summarise.render import output_format, table_view
    from summarise.store import Run

    chosen = output_format(format_, output)
    run = Run(folder)
    chosen.write(table_view(run.rows(), run.schema, full=full), output or StandardOutput())


def show(
    folder: RunFolder,
    document: Annotated[
        str,
        typer.Argument(metavar="DOC", help="Row number, id (also id:3), or part of the title."),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the stored JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Show one record, with its evidence highlighted in the abstract.

    Example: summarise show outputs/page 3
    """
    configure_log(debug=debug)
    from shutil import get_terminal_size

    from summarise.render import render_record
    from summarise.store import Run

    run = Run(folder)
    row = run.find(document)
    if json:
        echo_json((row[1] or row[0]).model_dump_json())
        return
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = min(get_terminal_size((80, 24)).columns, 100)
    write_lines([render_record(row, run.schema, width=width, color=colour)])
