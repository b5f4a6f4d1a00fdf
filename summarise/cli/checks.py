"""``summarise verify`` and ``summarise eval``: whether a run is right, and how good it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise.characters import inert
from summarise.cli.options import LOG, Debug, OutputFile, RunFolder, configure_log
from summarise.cli.output import echo, echo_json

if TYPE_CHECKING:
    from summarise.evaluate import Scores, Signals


def verify(
    folder: RunFolder,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print JSON lines: what differs, then counts."),
    ] = False,
    debug: Debug = False,
) -> None:
    """Hold the files of a run against each other and its abstracts again, offline.

    Exit code 1 when anything differs. Whoever changes all files alike, hashes included, isn't
    noticed.

    Example: summarise verify outputs/page
    """
    configure_log(debug=debug)
    from summarise.evaluate import Verification
    from summarise.store import Run

    verification = Verification(Run(folder))
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


def evaluate(
    folder: RunFolder,
    against: Annotated[
        Path | None,
        typer.Argument(metavar="GOLD|RUN", help="JSON lines of gold, or another run directory."),
    ] = None,
    output: OutputFile = None,
    full: Annotated[
        bool, typer.Option("--full", help="Name every document and entry that differs.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of Markdown.")] = False,
    debug: Debug = False,
) -> None:
    """Score a run against gold, hold two runs against each other, or count signs of quality.

    Example: summarise eval outputs/page gold.jsonl
    """
    configure_log(debug=debug)
    from summarise.evaluate import evaluation_lines
    from summarise.store import writing

    found = _evaluation(folder, against)
    text = found.to_json() if json else "\n".join(evaluation_lines(found, full=full))
    if output is not None:
        with writing(output) as file:
            file.write(f"{text}\n".encode())
    elif json:
        echo_json(text)
    else:
        for line in text.split("\n"):
            echo(line)


def _evaluation(folder: Path, against: Path | None) -> Scores | Signals:
    """What the two arguments of ``eval`` ask for."""
    from summarise.evaluate import against_gold, against_run, load_gold, signals_of
    from summarise.store import Run

    rows, run = Run(folder).rows(), inert(str(folder))
    if against is None:
        return signals_of(rows, run=run)
    if against.is_dir():
        return against_run(rows, Run(against).rows(), run=run, other=inert(str(against)))
    gold = load_gold(against)
    for reason in gold.unusable:
        LOG.warning("%s", reason)
    return against_gold(rows, gold, run=run, name=inert(str(against)))
