"""The command line: a command parses, calls one library function, and prints.

Results go to standard output; progress, warnings and the closing lines go to standard error. What
needs a library is imported inside the command, so that ``--help`` is quick.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise import __version__, prompt_commands
from summarise.errors import SummariseError

if TYPE_CHECKING:
    from summarise.evaluate import Comparison, Signals
    from summarise.readers import Format
    from summarise.report import Report

app = typer.Typer(
    name="summarise",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(prompt_commands.app, name="prompts")
_LOG = logging.getLogger("summarise")

Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks and details.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.")]


def main() -> None:
    """Run the command line. The only place that turns an exception into a message and a code."""
    _write_utf8()
    try:
        app()
    except SummariseError as error:
        if _LOG.isEnabledFor(logging.DEBUG):
            raise
        _print_error(f"summarise: {error}")
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


@prompt_commands.app.callback()
def _prompts(debug: Debug = False) -> None:
    """List, show and check what a model is asked.

    Example: summarise prompts list
    """
    _configure_log(debug=debug)


@app.command()
def run(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files of abstracts; - is stdin.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Run directory; default outputs/<input name>."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model id; without one, the embedded extractor runs.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="OpenAI-compatible API, such as http://localhost:11434/v1.")
    ] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="Variable that holds the key for it.")
    ] = None,
    mode: Annotated[
        str | None, typer.Option(help="How the schema is enforced: json_schema or tools.")
    ] = None,
    temperature: Annotated[float | None, typer.Option(help="Sent only when set.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds for one request.")] = None,
    concurrency: Annotated[int | None, typer.Option(help="Requests in flight at most.")] = None,
    max_reasks: Annotated[
        int | None, typer.Option(help="Corrected requests for an answer with faults.")
    ] = None,
    prompt_version: Annotated[
        str | None, typer.Option(help="A version of `summarise prompts list`, or a folder's path.")
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            metavar="SPEC", help="What to fill in: pico, a .toml or .yaml file, or module:Class."
        ),
    ] = None,
    cache: Annotated[
        bool | None, typer.Option("--cache/--no-cache", help="Keep answers for other runs.")
    ] = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Make everything anew.")] = False,
    append: Annotated[
        bool, typer.Option("--append", help="Keep the documents that the folder holds.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Take the first so many documents.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Take this document; repeatable.")
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="hf, html, jsonl or text; default: found out.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Settings file; default ./summarise.toml, if present.")
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the records as JSON lines on stdout.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress and no closing lines.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Make a record of each abstract, and a comparison table of all.

    Example: summarise run page.txt --model gpt-5-mini
    """
    _configure_log(debug=debug, quiet=quiet)
    from summarise import batch
    from summarise.report import ProgressLine
    from summarise.settings import load_settings

    flags = {
        "model": model,
        "base_url": base_url,
        "api_key_env": api_key_env,
        "mode": mode,
        "temperature": temperature,
        "timeout": timeout,
        "concurrency": concurrency,
        "max_reasks": max_reasks,
        "prompt_version": prompt_version,
        "schema": schema,
        "cache": cache,
    }
    settings = load_settings(flags, os.environ, config)
    options = batch.RunOptions(
        output=output,
        limit=limit,
        only=frozenset(only or ()),
        refresh=refresh,
        append=append,
        progress=ProgressLine(quiet=quiet),
        signals=True,
    )
    path, report = batch.run(batch.read_batch(inputs, _format(format_)), settings, options)
    _close(path, report, json=json, quiet=quiet)


@app.command()
def table(
    folder: RunFolder,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file; default standard output.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Nothing clipped: all entries, whole texts.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Print the comparison table of a run, in Markdown.

    Example: summarise table outputs/page --full
    """
    _configure_log(debug=debug)
    from summarise.render import render_table
    from summarise.store import Run, replacing

    run = Run(folder)
    lines = (f"{line}\n" for line in render_table(run.rows(), run.schema, full=full))
    if output is None:
        for line in lines:
            sys.stdout.write(line)
    else:
        with replacing(output) as file:
            file.writelines(line.encode() for line in lines)


@app.command()
def show(
    folder: RunFolder,
    document: Annotated[
        str, typer.Argument(metavar="DOC", help="Row number, id, or part of the title.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the stored JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Show one record, with its evidence highlighted in the abstract.

    Example: summarise show outputs/page 3
    """
    _configure_log(debug=debug)
    from shutil import get_terminal_size

    from summarise.render import render_record
    from summarise.store import Run

    run = Run(folder)
    row = run.find(document)
    if json:
        typer.echo((row[1] or row[0]).model_dump_json())
        return
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = min(get_terminal_size((80, 24)).columns, 100)
    typer.echo(render_record(row, run.schema, width=width, color=colour), color=True)


@app.command()
def verify(
    folder: RunFolder,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print JSON lines: each record that differs, then counts."),
    ] = False,
    debug: Debug = False,
) -> None:
    """Hold each record of a run against its documents and answers again, offline.

    Exit code 1 when anything differs.

    Example: summarise verify outputs/page
    """
    _configure_log(debug=debug)
    from summarise.store import Run
    from summarise.verify import Verification

    verification = Verification(Run(folder))
    for verdict in verification.verdicts():
        for line in [verdict.to_json()] if json and verdict.differences else verdict.lines():
            typer.echo(line)
    typer.echo(verification.to_json() if json else verification.closing_line())
    raise typer.Exit(verification.exit_code)


@app.command("eval")
def evaluate(
    folder: RunFolder,
    against: Annotated[
        Path | None,
        typer.Argument(metavar="GOLD|RUN", help="JSON lines of gold, or another run directory."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file; default standard output.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Name every document and entry that differs.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of Markdown.")] = False,
    debug: Debug = False,
) -> None:
    """Score a run against gold, hold two runs against each other, or count signs of quality.

    Example: summarise eval outputs/page gold.jsonl
    """
    _configure_log(debug=debug)
    from summarise.store import replacing

    found = _evaluation(folder, against)
    text = found.to_json() if json else "\n".join(found.lines(full=full))
    if output is None:
        typer.echo(text)
    else:
        with replacing(output) as file:
            file.write(f"{text}\n".encode())


def _evaluation(folder: Path, against: Path | None) -> Comparison | Signals:
    """What the two arguments of ``eval`` ask for."""
    from summarise.evaluate import against_gold, against_run, load_gold, signals_of
    from summarise.store import Run

    rows, run = Run(folder).rows(), str(folder)
    if against is None:
        return signals_of(rows, run=run)
    if against.is_dir():
        return against_run(rows, Run(against).rows(), run=run, other=str(against))
    gold = load_gold(against)
    for reason in gold.unusable:
        _LOG.warning("%s", reason)
    return against_gold(rows, gold, run=run, name=str(against))


@app.command()
def schema(
    spec: Annotated[
        str | None,
        typer.Argument(metavar="[SPEC]", help="A name, a file of fields, or module:Class."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the JSON schema that a model is held to.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Show a schema as a file of fields, to start one of your own; without SPEC, list them.

    Example: summarise schema pico > review.toml
    """
    _configure_log(debug=debug)
    from summarise.schema import describe, describe_built_ins

    typer.echo(describe_built_ins() if spec is None else describe(spec, wire=json), nl=False)


def _close(path: Path, report: Report, *, json: bool, quiet: bool) -> None:
    """Print what a run has come to, and leave with its exit code."""
    from summarise.batch import TABLE
    from summarise.store import Run

    if report.stopped is not None:
        _print_error(f"summarise: stopped: {report.stopped}")
    if json:
        for record in Run(path).records():
            sys.stdout.write(record.model_dump_json() + "\n")
    if not quiet:
        for line in report.closing_lines():
            typer.echo(line, err=True)
        if report.pending:
            typer.echo("Run the same command again to go on from here.", err=True)
    if not json and not quiet:
        typer.echo(path / TABLE)
    raise typer.Exit(report.exit_code)


def _format(name: str | None) -> Format | None:
    from summarise.errors import SettingsError
    from summarise.readers import Format

    if name is None:
        return None
    try:
        return Format(name)
    except ValueError:
        known = ", ".join(Format)
        raise SettingsError(
            f"there is no format {name!r}", where="--format", hint=f"Choose one of {known}."
        ) from None


def _configure_log(*, debug: bool, quiet: bool = False) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("summarise: %(message)s"))
    _LOG.handlers[:] = [handler]
    _LOG.propagate = False
    _LOG.setLevel(logging.DEBUG if debug else logging.ERROR if quiet else logging.INFO)


def _print_error(line: str) -> None:
    typer.echo(line, err=True)


def _write_utf8() -> None:
    """Write UTF-8 wherever output goes to: Windows pipes would take another encoding."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
