"""``run`` and ``estimate``: abstracts in, records and a table out, or what that would take."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise.characters import inert_json
from summarise.cli.options import (
    Debug,
    Flags,
    FormatName,
    FreshAnswers,
    Inputs,
    Json,
    Limit,
    Output,
    Quiet,
    Refresh,
    configure_log,
    named_folder,
    named_format,
    takes_settings,
)
from summarise.cli.output import echo, echo_result, print_error, write_lines

if TYPE_CHECKING:
    from summarise.batch import Report


@takes_settings()
def run(
    flags: Flags,
    inputs: Inputs,
    output: Output = None,
    refresh: Refresh = False,
    fresh_answers: FreshAnswers = False,
    append: Annotated[
        bool, typer.Option("--append", help="Add to the documents that the folder holds.")
    ] = False,
    limit: Limit = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Do this document; repeatable.")
    ] = None,
    format_: FormatName = None,
    explain_cache: Annotated[
        bool, typer.Option("--explain-cache", help="Say why an answer isn't in the cache.")
    ] = False,
    log_json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append one JSON line a request.")
    ] = None,
    log_texts: Annotated[
        bool, typer.Option("--log-texts", help="Log what was asked and answered, too.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print the records as JSON lines on stdout.")
    ] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Make a record of each abstract, and a comparison table of all.

    Example: summarise run page.txt --model gpt-5-mini
    """
    configure_log(debug=debug, quiet=quiet)
    from summarise import batch
    from summarise.batch import ProgressLine

    options = batch.RunOptions(
        output=named_folder(output),
        limit=limit,
        only=frozenset(only or ()),
        refresh=refresh,
        fresh_answers=fresh_answers,
        append=append,
        progress=ProgressLine(quiet=quiet),
        signals=True,
        log=log_json,
        log_texts=log_texts,
        explain_cache=explain_cache,
    )
    settings = flags.settings_of_run()
    path, report = batch.run(batch.read_batch(inputs, named_format(format_)), settings, options)
    _close(path, report, json=json, quiet=quiet)


def _close(path: Path, report: Report, *, json: bool, quiet: bool) -> None:
    """Print what a run has come to, and leave with its exit code."""
    from summarise.store import TABLE, Run

    if report.stopped is not None:
        print_error(f"summarise: stopped: {report.stopped}")
    if json and report.records:
        write_lines(inert_json(record.model_dump_json()) for record in Run(path).records())
    if not quiet:
        for line in report.closing_lines():
            print_error(line)
        if report.pending and report.exit_code > 1:
            print_error("Run the same command again to go on from here.")
    if not json and not quiet and (path / TABLE).exists():
        echo(path / TABLE)
    raise typer.Exit(report.exit_code)


@takes_settings()
def estimate(
    flags: Flags,
    inputs: Inputs,
    output: Output = None,
    limit: Limit = None,
    format_: FormatName = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Say what a run would take: calls, tokens, cost and time. No abstract is sent.

    Example: summarise estimate page.txt --model gpt-5-mini
    """
    configure_log(debug=debug)
    from summarise.batch import estimate_run, read_batch, run_folder, selected

    settings = flags.settings_of_run()
    batch = read_batch(inputs, named_format(format_))
    folder = partial(run_folder, batch, named_folder(output))
    found = estimate_run(selected(batch.entries, limit), folder, settings)
    echo_result(found.model_dump_json, found.lines, json=json)
