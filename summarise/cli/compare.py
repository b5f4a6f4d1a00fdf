"""``summarise compare-models``: several models on the same documents, in one table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise.cli.options import (
    LOG,
    Debug,
    Flags,
    FormatName,
    FreshAnswers,
    Inputs,
    Limit,
    Quiet,
    Refresh,
    configure_log,
    named_folder,
    named_format,
    takes_settings_without,
)
from summarise.cli.output import echo, echo_json, print_error

if TYPE_CHECKING:
    from summarise.evaluate import Gold


@takes_settings_without("endpoint", "model")
def compare_models(
    flags: Flags,
    inputs: Inputs,
    endpoint: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[=MODEL]", help="A preset or one of summarise.toml; repeatable."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Model id; repeatable, at one endpoint."),
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
    json: Annotated[bool, typer.Option("--json", help="Print JSON; null is unknown.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Run several models on the same documents, and show in one table how they did.

    The embedded extractor runs beside them. Each run has a directory of its own in the folder, so
    that the same command asks for nothing twice. A limit such as --max-cost is for each model.

    Example: summarise compare-models page.txt --limit 20 --model gpt-5-mini --model gpt-5-nano
    """
    configure_log(debug=debug, quiet=quiet)
    from summarise import batch, evaluate
    from summarise.batch import ProgressLine

    candidates = evaluate.named_candidates(endpoint or (), model or (), flags.settings_of_run)
    read = batch.read_batch(inputs, named_format(format_))
    options = evaluate.CompareOptions(
        output=named_folder(output) or batch.OUTPUTS / f"{read.name}-models",
        limit=limit,
        gold=_gold(gold),
        refresh=refresh,
        fresh_answers=fresh_answers,
        progress=lambda: ProgressLine(quiet=quiet),
        signals=True,
        tell=(lambda _: None) if quiet else print_error,
    )
    found = evaluate.compare_models(read, candidates, options)
    if json:
        echo_json(found.to_json())
    for line in () if json else evaluate.comparison_lines(found):
        echo(line)
    raise typer.Exit(found.exit_code)


def _gold(path: Path | None) -> Gold | None:
    """The gold of a file; lines of it that can't be used are told."""
    from summarise.evaluate import load_gold

    if path is None:
        return None
    gold = load_gold(path)
    for reason in gold.unusable:
        LOG.warning("%s", reason)
    return gold
