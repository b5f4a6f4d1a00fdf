"""The command line: a command parses, calls one library function, and prints.

Results go to standard output; progress, warnings and the closing lines go to standard error. What
needs a library is imported inside the command, so that ``--help`` is quick.
"""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from summarise import __version__
from summarise.cli import (
    cache,
    checks,
    compare,
    doctor,
    estimate,
    prompts,
    run,
    schemas,
    serve,
    views,
)
from summarise.cli.options import LOG, print_error
from summarise.errors import SummariseError

app = typer.Typer(
    name="summarise",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(run.run)
app.command()(estimate.estimate)
app.command()(compare.compare_models)
app.command()(views.table)
app.command()(views.show)
app.command()(checks.verify)
app.command("eval")(checks.evaluate)
app.command()(schemas.schema)
app.command()(serve.serve)
app.command()(doctor.doctor)
app.add_typer(prompts.app, name="prompts")
app.add_typer(cache.app, name="cache")


def main() -> None:
    """Run the command line. The only place that turns an exception into a message and a code."""
    _write_utf8()
    try:
        app()
    except SummariseError as error:
        if LOG.isEnabledFor(logging.DEBUG):
            raise
        print_error(f"summarise: {error}")
        sys.exit(error.exit_code)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"summarise {__version__}")
        raise typer.Exit


@app.callback()
def _about(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Abstracts in, comparison tables you can trust out.

    Example: summarise run page.txt
    """


def _write_utf8() -> None:
    """Write UTF-8 wherever output goes to: Windows pipes would take another encoding."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
