"""``verify``, ``diff``, ``methods``, ``eval``, ``compare-models``: how good a run or model is."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise.characters import inert
from summarise.cli.inputs import FormatName, named_format
from summarise.cli.options import (
    Flags,
    FreshAnswers,
    Inputs,
    Json,
    Limit,
    NewestRun,
    OutputFile,
    Quiet,
    Refresh,
    RunFolder,
    TableFormat,
    named_folder,
    newest_run,
    takes_settings,
)
from summarise.cli.output import LOG, StandardOutput, echo, echo_json, echo_result, print_error
from summarise.errors import SettingsError

if TYPE_CHECKING:
    from summarise.evaluate import Gold, Scores, Signals


def verify(
    folder: NewestRun = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON lines: what differs, then counts.")
    ] = False,
) -> None:
    """Check a run's files against each other and its abstracts.

    Nothing is asked.

    Exit code 1 when anything differs. Whoever changes all files alike, hashes included, isn't
    noticed.

    Example: summarise verify outputs/page
    """
    from summarise.evaluate import Verification
    from summarise.store import Run

    verification = Verification(Run(folder or newest_run()))
    for verdict in verification.verdicts():
        if json and verdict.differences:
            echo_json(verdict.to_json())
        for line in () if json and verdict.differences else verdict.lines():
            echo(line)
    if json:
        echo_json(verification.to_json())
    else:
        echo(verification.closing_line())
    raise typer.Exit(verification.exit_code)


def diff(
    folder: RunFolder,
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="Another run directory.")],
    output: OutputFile = None,
    format_: TableFormat = None,
) -> None:
    """Show two runs side by side, where they differ.

    That is each field of each paper in which their tables, in full, aren't the same. Fields that
    one run alone has are told first, and not compared.

    Exit code 1 when anything differs, as of diff.

    Example: summarise diff outputs/page outputs/page.gpt-5-mini
    """
    from summarise.evaluate import diff_view
    from summarise.render import output_format
    from summarise.store import Run, refuse_overwriting

    chosen = output_format(format_, output, is_seen=sys.stdout.isatty())
    runs = Run(folder), Run(other)
    if output is not None:
        refuse_overwriting(output, (), [run.manifest for run in runs])
    table, counts = diff_view(*runs)
    if told := counts.told_fields():
        print_error(f"summarise: {told}")
    chosen.write(table, output or StandardOutput())
    raise typer.Exit(0 if counts.is_equal else 1)


def methods(
    folder: NewestRun = None,
    accuracy: Annotated[
        bool, typer.Option("--accuracy", help="Print the page of all that was measured instead.")
    ] = False,
) -> None:
    """Print a paragraph for a methods section.

    It tells who made the records of what, how many there are, how they were checked, and how right
    such records were found to be.

    Example: summarise methods outputs/page
    """
    from summarise.evaluate import accuracy_page, methods_paragraph
    from summarise.store import Run

    run = Run(folder or newest_run())
    for line in accuracy_page().splitlines() if accuracy else [methods_paragraph(run)]:
        echo(line)


def evaluate(
    folder: RunFolder,
    against: Annotated[
        Path | None,
        typer.Argument(metavar="GOLD|RUN", help="JSON lines of gold, or another run directory."),
    ] = None,
    gold: Annotated[
        Path | None,
        typer.Option(
            metavar="GOLD|RUN", help="The same; of a run what people have corrected and checked."
        ),
    ] = None,
    output: OutputFile = None,
    full: Annotated[
        bool, typer.Option("--full", help="Name every document and entry that differs.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of Markdown.")] = False,
) -> None:
    """Score a run against gold or another run.

    Of a run alone, signs of its quality are counted. With --gold another run is the measure where
    people have judged it, by `summarise correct`, and nowhere else; the run is scored as it was
    extracted, so that its own corrections can be the measure, too.

    Example: summarise eval outputs/page gold.jsonl
    """
    from summarise.evaluate import evaluation_lines
    from summarise.store import Run, refuse_overwriting, writing

    if output is not None:
        named = [path for path in (folder, against, gold) if path is not None]
        manifests = [Run(path).manifest for path in named if path.is_dir()]
        refuse_overwriting(output, named[1:] or named, manifests)
    found = _evaluation(folder, against, gold)
    text = found.to_json() if json else "\n".join(evaluation_lines(found, full=full))
    if output is not None:
        with writing(output) as file:
            file.write(f"{text}\n".encode())
    else:
        echo_result(lambda: text, partial(text.split, "\n"), json=json)


@takes_settings("endpoint", "model")
def compare_models(
    flags: Flags,
    inputs: Inputs,
    endpoint: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[=MODEL]", help="A preset or one of summarise.toml; repeatable."),
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Model id; repeatable, at one endpoint.")
    ] = None,
    gold: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON lines of gold, for F1.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Folder; default outputs/<input name>-models."),
    ] = None,
    limit: Limit = None,
    refresh: Refresh = False,
    fresh_answers: FreshAnswers = False,
    format_: FormatName = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run several models on the same documents, and compare.

    The embedded extractor runs beside them. Each run has a directory of its own in the folder, so
    that the same command asks for nothing twice. A limit such as --max-cost is for each model.

    Example: summarise compare-models page.txt --limit 20 --model gpt-5-mini --model gpt-5-nano
    """
    from summarise import batch, evaluate
    from summarise.store import OUTPUTS

    candidates = evaluate.named_candidates(endpoint or (), model or (), flags.settings_of_run)
    reading = batch.InputOptions(named_format(format_), settings=flags.settings)
    read = batch.read_batch(inputs, reading)
    options = evaluate.CompareOptions(
        output=named_folder(output) or OUTPUTS / f"{read.name}-models",
        limit=limit,
        gold=None if gold is None else _gold(gold),
        refresh=refresh,
        fresh_answers=fresh_answers,
        signals=True,
        quiet=quiet,
        tell=(lambda _: None) if quiet else print_error,
    )
    found = evaluate.compare_models(read, candidates, options)
    lines = partial(evaluate.comparison_lines, found)
    echo_result(found.to_json, lines, json=json)
    raise typer.Exit(found.exit_code)


def _evaluation(folder: Path, against: Path | None, gold: Path | None) -> Scores | Signals:
    """What the arguments of ``eval`` ask for."""
    from summarise.evaluate import against_gold, against_run, gold_of_run, signals_of
    from summarise.store import Run

    rows, run = Run(folder).rows(), inert(str(folder))
    if gold is not None and against is not None:
        hint = "Name one thing to hold it against."
        raise SettingsError("is given beside another measure", where="--gold", hint=hint)
    if gold is not None:
        measure = gold_of_run(Run(gold)) if gold.is_dir() else _gold(gold)
        extracted = Run(folder).extracted_rows()
        return against_gold(extracted, measure, run=run, name=inert(str(gold)))
    if against is None:
        return signals_of(rows, run=run)
    if against.is_dir():
        return against_run(rows, Run(against).rows(), run=run, other=inert(str(against)))
    return against_gold(rows, _gold(against), run=run, name=inert(str(against)))


def _gold(path: Path) -> Gold:
    """The gold of a file; lines of it that can't be used are told."""
    from summarise.evaluate import load_gold

    gold = load_gold(path)
    for reason in gold.unusable:
        LOG.warning("%s", reason)
    return gold
