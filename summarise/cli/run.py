"""``run``, ``estimate``, ``table``, ``report``, ``show``: what makes a run, and what it holds."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise.characters import inert_json
from summarise.cli.inputs import InputFlags, takes_inputs
from summarise.cli.options import (
    Flags,
    FreshAnswers,
    Inputs,
    Json,
    Limit,
    NewestRun,
    Output,
    OutputFile,
    Quiet,
    Refresh,
    TableFormat,
    named_folder,
    newest_run,
    record_option,
    takes_settings,
)
from summarise.cli.output import (
    LOG,
    StandardOutput,
    echo,
    echo_json,
    echo_result,
    print_error,
    print_errors,
    screen_width,
    write_lines,
)
from summarise.errors import SettingsError

if TYPE_CHECKING:
    from summarise.batch import Report

_A_MINUTE = 60.0


@takes_settings()
@takes_inputs
def run(
    flags: Flags,
    inputs: Inputs,
    reading: InputFlags,
    output: Output = None,
    refresh: Refresh = False,
    fresh_answers: FreshAnswers = False,
    append: Annotated[
        bool,
        record_option(
            "--append", help="Add to the documents that the folder holds, else replaced."
        ),
    ] = False,
    limit: Limit = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Do this document; repeatable.")
    ] = None,
    by_batch: Annotated[
        bool,
        record_option(
            "--batch", help="Ask by the provider's batch API, at its lower price, and wait."
        ),
    ] = False,
    every: Annotated[
        float | None,
        record_option(metavar="SECONDS", help="How often to look for a batch; default: 60."),
    ] = None,
    ray: Annotated[
        str | None,
        record_option(
            metavar="ADDRESS", help="Place the shards of a plan by Ray: local, auto, an address."
        ),
    ] = None,
    workers: Annotated[int | None, record_option(min=1, help="Shards at a time, by --ray.")] = None,
    explain_cache: Annotated[
        bool, record_option("--explain-cache", help="Say why an answer isn't in the cache.")
    ] = False,
    log_json: Annotated[
        Path | None, record_option(metavar="FILE", help="Append one JSON line a request.")
    ] = None,
    log_texts: Annotated[
        bool, record_option("--log-texts", help="Log what was asked and answered, too.")
    ] = False,
    json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print records, failures and the account as JSON lines on stdout."
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Make a record of each abstract, and a table of all.

    An input is a file, or what `summarise fetch` takes: arxiv:2310.00426. A plan that `summarise
    shard` made is run part by part.

    Example: summarise run page.txt --model gpt-5-mini
    """
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
    if every is not None and not by_batch:
        raise SettingsError("says how often --batch looks", where="--every", hint="Give both.")
    if workers is not None and ray is None:
        raise SettingsError("says how many --ray places", where="--workers", hint="Give both.")
    settings = flags.settings_of_run()
    flags.warn_of_unused(
        settings, explain_cache=explain_cache, log_json=log_json, log_texts=log_texts
    )
    if len(inputs) == 1:
        from summarise.cli.delegated import place_planned, refuse, run_planned

        beside: dict[str, object] = {"-o": output, "--append": append, "--batch": by_batch}
        beside |= {"--refresh": refresh, "--fresh-answers": fresh_answers, "--only": only}
        beside["--json"] = json
        if ray is not None:
            refuse(beside | {"--explain-cache": explain_cache, "--log-json": log_json})
            place_planned(inputs[0], flags, ray, workers, limit=limit, quiet=quiet)
        planned = run_planned(inputs[0], settings, options, beside, quiet=quiet)
        if planned is not None:
            _close(*planned, json=json, quiet=quiet)
    read_as = reading.options(lambda: settings)
    if append:
        read_as = read_as._replace(adds_to=options.output)
    pile = batch.read_batch(inputs, read_as)
    if by_batch:
        from summarise.delegating import run_by_orders

        tell = LOG.debug if quiet else print_error
        path, report = run_by_orders(
            pile, settings, options, every=_A_MINUTE if every is None else every, tell=tell
        )
    else:
        path, report = batch.run(pile, settings, options)
    _close(path, report, json=json, quiet=quiet)


def _close(path: Path, report: Report, *, json: bool, quiet: bool) -> None:
    """Print what a run has come to, and leave with its exit code."""
    if report.stop is not None:
        print_error(f"summarise: {report.stop}")
    if json:
        write_lines(map(inert_json, report.json_lines(path)))
    # Of a run that made nothing and may be billed for nothing, what stopped it says all.
    if not quiet and not (report.stop and report.left_nothing and not report.lost):
        for line in report.closing_lines():
            print_error(line)
        resumes = report.pending and report.exit_code > 1 and not report.is_capped
        if report.left_nothing:
            print_error("Nothing was made, so no folder is left; the same command begins anew.")
        elif resumes or report.unrendered:
            print_error("Run the same command again to resume.")
    if report.table and not json and not quiet:
        echo(report.table)
    raise typer.Exit(report.exit_code)


@takes_settings()
@takes_inputs
def estimate(
    flags: Flags,
    inputs: Inputs,
    reading: InputFlags,
    output: Output = None,
    limit: Limit = None,
    json: Json = False,
) -> None:
    """Say what a run would take: calls, tokens, cost and time. No abstract is sent.

    Example: summarise estimate page.txt --model gpt-5-mini
    """
    from summarise.batch import estimate_run, read_batch, selected

    settings = flags.settings_of_run()
    flags.warn_of_unused(settings)
    batch = read_batch(inputs, reading.options(lambda: settings))
    place = batch.place(named_folder(output))
    found = estimate_run(selected(batch.entries, limit), place, settings)
    echo_result(found.model_dump_json, partial(found.lines, screen_width()), json=json)


def table(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="RUN", help="Run directories; default: the newest in outputs."),
    ] = None,
    output: OutputFile = None,
    format_: TableFormat = None,
    style: Annotated[
        str, typer.Option(help="facts, brief, evidence (with sentence numbers) or full.")
    ] = "facts",
    columns: Annotated[
        list[str] | None, typer.Option(metavar="NAMES", help="Columns: method,results.value,year.")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(metavar="CONDITION", help="Rows: 'data ~ ImageNet and year > 2022'."),
    ] = None,
    sort: Annotated[
        str | None, typer.Option(metavar="FIELD[:desc]", help="Order: year, compute:desc.")
    ] = None,
    group_by: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Rows of one value together: data.name.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The first so many rows.")] = None,
    by: Annotated[
        str | None, typer.Option(help="A row for each dataset, metric or compute, of all papers.")
    ] = None,
    rows: Annotated[
        str | None, typer.Option(metavar="FIELD", help="A row for each entry of a list: results.")
    ] = None,
    transpose: Annotated[
        bool, typer.Option("--transpose", help="Fields down, papers across.")
    ] = False,
    changes_since: Annotated[
        str | None,
        typer.Option(
            metavar="RUN|DATE", help="What is new, changed and gone since an older run, or a day."
        ),
    ] = None,
) -> None:
    """Print the comparison table of runs, or write it.

    Example: summarise table outputs/page --where "compute > 100 GPU hours" --sort year:desc
    """
    from summarise.render import View, output_format, view_of
    from summarise.store import TABLE, Hashes, Run, put_aside, refuse_overwriting

    chosen = output_format(format_, output, is_seen=sys.stdout.isatty())
    folders = folders or [newest_run()]
    runs = [Run(folder) for folder in folders]
    since = changes_since
    asked = View(columns or (), where, sort, group_by, limit, transpose, by, since, style, rows)
    view = view_of(runs, asked, is_page=chosen.is_page)
    if output is not None:
        own = Path(os.path.realpath(folders[0] / TABLE)) if len(runs) == 1 else None
        refuse_overwriting(output, (), [run.manifest for run in runs], table=own)
        if own is not None and os.path.realpath(output) == str(own):
            put_aside(own, (runs[0].manifest.hashes or Hashes()).table)
    chosen.write(view, output or StandardOutput())
    if not chosen.is_page:
        # What is gone, or was left out, has no row there.
        print_errors(view.counts.notes)


def report(
    folder: NewestRun = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The page; else report.html in the run directory."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="OTHER", help="Another run, to show where the two differ."),
    ] = None,
) -> None:
    """Write a run as one page to search, filter and read.

    Example: summarise report outputs/page
    """
    from summarise.report import BEGINNING, PAGE, Against, write_report
    from summarise.store import Run, refuse_overwriting

    folder = folder or newest_run()
    run = Run(folder)
    other = Run(against) if against is not None else None
    target = output or folder / PAGE
    manifests = [one.manifest for one in (run, other) if one is not None]
    refuse_overwriting(target, (), manifests, beginning=BEGINNING)
    held = None
    if other is not None:
        from summarise.evaluate import side_by_side

        held = Against(other, side_by_side(run, other))
    if why := write_report(run, target, held):
        print_error(f"summarise: {why}")
        if held is not None:
            print_error("summarise: nor does it compare: summarise diff does, in a table")
    echo(str(target))


def show(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[RUN] DOC",
            help="Run directory, default the newest run; row number, id (also id:3), DOI, or words "
            "of a title.",
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the stored JSON.")] = False,
) -> None:
    """Show one record, its evidence marked in the abstract.

    Example: summarise show outputs/page 3
    """
    from summarise.render import render_record
    from summarise.store import MANIFEST, Run

    folder, document = Path(words[0]), " ".join(words[1:])
    if len(words) == 1:
        if (folder / MANIFEST).is_file():
            hint = f"Add one: `summarise show {folder} 1` shows the first row."
            raise SettingsError("no document is named", where=str(folder), hint=hint)
        folder, document = newest_run(), words[0]
    run = Run(folder)
    row = run.find(document)
    if json:
        echo_json((row[1] or row[0]).exported())
        return
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    write_lines([render_record(row, run.schema, width=screen_width(), color=colour)])
