"""``status``, ``runs``, ``remove``, ``pack`` and ``unpack``: living with what runs have made."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from summarise.characters import counted, for_screen
from summarise.cli.options import Debug, Json, RunFolder, configure_log
from summarise.cli.output import echo, echo_json, print_error, screen_width, write_lines
from summarise.errors import RunError, SettingsError


def status(folder: RunFolder, json: Json = False, debug: Debug = False) -> None:
    """Say how a run stands, and what to do next.

    That is what is there, who made it, what failed and why, what it cost, and whether a process is
    at work in it now; likewise of a plan, with all its shards.

    Example: summarise status outputs/page
    """
    configure_log(debug=debug)
    from summarise.batch import standing_of
    from summarise.cli.delegated import tell_plan

    if tell_plan(folder, json=json):
        return
    found = standing_of(folder)
    if json:
        echo_json(found.to_json())
    else:
        write_lines(found.lines(screen_width()))


def runs(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="Where to look; default: outputs.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines, one a run.")] = False,
    debug: Debug = False,
) -> None:
    """List the runs in a folder and below it, newest first.

    Example: summarise runs
    """
    configure_log(debug=debug)
    from summarise.batch import listed_runs, run_lines
    from summarise.store import OUTPUTS

    place = folder or OUTPUTS
    found = listed_runs(place)
    for one in found if json else ():
        echo_json(one.to_json())
    if not found:
        print_error(f"summarise: {place}: there is no run in it")
    elif not json:
        write_lines(run_lines(found))


def remove(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN", help="Run directories.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    debug: Debug = False,
) -> None:
    """Remove run directories, after asking. What no run makes stays, and is named.

    What people have corrected or decided there goes when you are asked, and stays with --yes.
    Answers that the cache holds stay there: `summarise cache prune` removes those.

    Example: summarise remove outputs/page
    """
    configure_log(debug=debug)
    from summarise.batch import standing_of, told_holding
    from summarise.report import BEGINNING, PAGE
    from summarise.store import check_removable, is_other_file, remove_run

    for folder in folders:
        check_removable(folder)
    if not yes and not sys.stdin.isatty():
        raise RunError(
            "nobody is there to be asked", where=str(folders[0]), hint="--yes doesn't ask."
        )
    for folder in folders:
        if not yes:
            holds = told_holding(standing_of(folder))
            typer.confirm(for_screen(f"Remove {folder}: {holds}?"), abort=True, err=True)
        pages = () if is_other_file(folder / PAGE, BEGINNING) else (PAGE,)
        gone = remove_run(folder, pages, takes_work=not yes)
        echo(f"{folder}: {counted(gone.files, 'file')} removed")
        if gone.left:
            names = ", ".join(gone.left)
            print_error(f"summarise: {folder}: stays, since it holds what no run makes: {names}")


def pack(
    folder: RunFolder,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The archive; default: the run's name and .zip, here."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Write a run as one archive, to keep it or to give it away.

    It holds the abstracts, the paths of the inputs and what people have corrected or decided, and
    no key; not the page of `summarise report`, which is made of it.

    Example: summarise pack outputs/page -o page.zip
    """
    configure_log(debug=debug)
    from summarise.settings import keys_set
    from summarise.store import Run, pack_run, refuse_overwriting

    target = output or Path(f"{folder.resolve().name}.zip")
    refuse_overwriting(target, (), [Run(folder).manifest], beginning=b"PK\x03\x04")
    if target.suffix.lower() != ".zip":
        raise SettingsError("is a zip archive", where="-o", hint="Name one that ends in .zip.")
    made = pack_run(folder, target, keys_set(os.environ))
    print_error(
        f"summarise: {counted(made.files, 'file')} packed; "
        f"`summarise unpack {made.path}` opens them elsewhere"
    )
    echo(made.path)


def unpack(
    archive: Annotated[
        Path, typer.Argument(metavar="ARCHIVE", help="What `summarise pack` has written.")
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A new folder; default: in outputs.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Open a packed run, and check that it is as it was packed.

    `summarise verify` holds its records against the abstracts.

    Example: summarise unpack page.zip
    """
    configure_log(debug=debug)
    from summarise.store import OUTPUTS, unpack_run

    made = unpack_run(archive, output, outputs=OUTPUTS)
    print_error(f"summarise: {counted(made.files, 'file')}, each as it was packed")
    echo(made.path)
