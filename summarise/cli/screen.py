"""``screen``: which papers a review takes, by the decisions of several people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from summarise.cli.options import LOG, Debug, Json, RunFolder, configure_log
from summarise.cli.output import echo, echo_json, print_error
from summarise.errors import SettingsError


def screen(
    folder: RunFolder,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="screening.jsonl of one or several people."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose the decisions without a name are.")
    ] = None,
    settle: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose decisions settle what others differ on."),
    ] = None,
    undo: Annotated[
        str | None, typer.Option(metavar="NAME", help="Take back what this person has decided.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="DOC", help="With --undo: about this document; repeatable."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Take in once more what was taken back.")
    ] = False,
    flow: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A PRISMA 2020 flow: .svg or .json; repeatable."),
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Merge people's screening decisions, and say how it stands.

    That is how far they agree, on which papers they differ and why, and what is left to decide.
    The decisions are kept in the run, each with its person.

    Exit code 1 when lines of the files can't be used.

    Example: summarise screen outputs/page ann.jsonl ben.jsonl
    """
    configure_log(debug=debug)
    from shutil import get_terminal_size

    from summarise.people import (
        merge_decisions,
        merging_faults,
        merging_lines,
        survey_json,
        survey_lines,
        survey_screening,
        take_back,
        write_flow,
    )
    from summarise.store import Run

    _check(files, by or settle, undo, only)
    run = Run(folder)
    merging = None
    if undo is not None:
        documents = [run.find(one)[0] for one in only] if only else None
        number = take_back(run, undo, documents)
        LOG.info("%d decisions of %s taken back", number, undo)
    elif files:
        merging = merge_decisions(run, files, by=by, settling=settle, again=again)
        for line in merging_faults(merging):
            print_error(f"summarise: {line}")
    survey = survey_screening(Run(folder))
    if json:
        echo_json(survey_json(survey, merging))
    else:
        for line in merging_lines(merging) if merging else ():
            echo(line)
        for line in survey_lines(survey, min(get_terminal_size((80, 24)).columns, 100)):
            echo(line)
    write_flow(run, survey, flow or ())
    for path in () if json else flow or ():
        echo(path)
    raise typer.Exit(int(merging is not None and bool(merging.refused)))


def _check(
    files: list[Path] | None, name: str | None, undo: str | None, only: list[str] | None
) -> None:
    """Refuse options that have nothing to work on.

    Raises:
        SettingsError: There are such.
    """
    if undo is not None and (files or name):
        hint = "Take in files with another command."
        raise SettingsError("takes back, and takes in no files", where="--undo", hint=hint)
    if name is not None and not files:
        raise SettingsError("is about files, and none is named", where="--by and --settle")
    if only and undo is None:
        raise SettingsError("is about what --undo takes back", where="--only")
