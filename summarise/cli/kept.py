"""Living with what runs have made, and with the answers that are kept.

``status``, ``runs``, ``remove``, ``pack`` and ``unpack`` are about run directories, ``cache …`` is
about answers.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from summarise.characters import counted, for_screen, inert_json
from summarise.cli.options import (
    Command,
    Commands,
    Config,
    Flags,
    Json,
    NewestRun,
    RunFolder,
    logged,
    newest_run,
)
from summarise.cli.output import (
    echo,
    echo_json,
    echo_result,
    print_error,
    screen_width,
    write_lines,
)
from summarise.errors import CacheError, InputError, RunError, SettingsError, SummariseError

cache_app = typer.Typer(cls=Commands, rich_markup_mode=None)

_NAMED = 20

CacheDir = Annotated[
    Path | None, typer.Option("--cache-dir", help="The folder; default: that of the settings.")
]


def status(folder: NewestRun = None, json: Json = False) -> None:
    """Say how a run stands, and what to do next.

    That is what is there, who made it, what failed and why, what it cost, and whether a process is
    at work in it now; likewise of a plan, with all its shards.

    Example: summarise status outputs/page
    """
    from summarise.batch import standing_of
    from summarise.cli.delegated import tell_plan

    folder = folder or newest_run()
    if tell_plan(folder, json=json):
        return
    found = standing_of(folder)
    echo_result(found.to_json, partial(found.lines, screen_width()), json=json)


def runs(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="Where to look; default: outputs.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines, one a run.")] = False,
) -> None:
    """List the runs in a folder and below it, newest first.

    Example: summarise runs
    """
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
) -> None:
    """Remove run directories, after asking. What no run makes stays, and is named.

    What people have corrected or decided there goes when you are asked, and stays with --yes.
    Answers that the cache holds stay there: `summarise cache prune` removes those.

    Example: summarise remove outputs/page
    """
    from summarise.batch import standing_of, told_holding
    from summarise.report import BEGINNING, PAGE
    from summarise.store import check_removable, is_other_file, remove_run

    for folder in folders:
        check_removable(folder)
    for folder in folders:
        if not yes:
            holds = told_holding(standing_of(folder))
            _confirm(f"Remove {folder}: {holds}?", folder, RunError)
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
) -> None:
    """Write a run as one archive, to keep it or to give it away.

    It holds the abstracts, the paths of the inputs and what people have corrected or decided, and
    no key; not the page of `summarise report`, which is made of it.

    Example: summarise pack outputs/page -o page.zip
    """
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
) -> None:
    """Open a packed run, and check that it is as it was packed.

    `summarise verify` holds its records against the abstracts.

    Example: summarise unpack page.zip
    """
    from summarise.store import OUTPUTS, unpack_run

    made = unpack_run(archive, output, outputs=OUTPUTS)
    print_error(f"summarise: {counted(made.files, 'file')}, each as it was packed")
    echo(made.path)


@cache_app.callback()
@logged
def _cache() -> None:
    """List, check, share and remove the answers that are kept.

    Example: summarise cache info
    """


@cache_app.command(cls=Command)
def info(
    cache_dir: CacheDir = None,
    config: Config = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what the cache holds, by model and endpoint.

    Example: summarise cache info
    """
    from summarise.store import survey_cache

    held = survey_cache(_folder(cache_dir, config))
    echo_result(held.to_json, held.lines, json=json)


@cache_app.command(cls=Command)
def prune(
    older_than: Annotated[
        str | None, typer.Option(metavar="AGE", help="Stored longer ago: 12h, 90d, 8w.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Of this model.")] = None,
    endpoint: Annotated[
        str | None, typer.Option(metavar="HOST", help="From this host, such as api.openai.com.")
    ] = None,
    max_size: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Then the oldest, until this is left: 500MB, 2GB."),
    ] = None,
    cache_dir: CacheDir = None,
    config: Config = None,
) -> None:
    """Remove the answers that all given options hold for.

    Example: summarise cache prune --older-than 90d
    """
    from summarise.store import parse_age, parse_size, prune_cache

    if (older_than, model, endpoint, max_size) == (None,) * 4:
        raise SettingsError(
            "nothing says which answers are to go",
            where="cache prune",
            hint="Give --older-than, --model, --endpoint or --max-size.",
        )
    folder = _folder(cache_dir, config)
    line = prune_cache(
        folder,
        stored_before=None if older_than is None else time.time() - parse_age(older_than),
        model=model,
        host=endpoint,
        size=None if max_size is None else parse_size(max_size),
    )
    echo(f"{folder}: {line}")


@cache_app.command(cls=Command)
def clear(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    cache_dir: CacheDir = None,
    config: Config = None,
) -> None:
    """Remove all answers, after asking. Nothing else in the folder is touched.

    Example: summarise cache clear --yes
    """
    from summarise.store import clear_cache

    folder = _folder(cache_dir, config)
    if not yes:
        _confirm(f"Remove every answer in {folder}?", folder, CacheError)
    echo(f"{folder}: {clear_cache(folder)}")


@cache_app.command(cls=Command)
def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Remove what isn't a sound answer.")
    ] = False,
    cache_dir: CacheDir = None,
    config: Config = None,
) -> None:
    """Check every answer, and the database. --repair removes what is wrong.

    Exit code 1 when anything is wrong and wasn't repaired.

    Example: summarise cache verify --repair
    """
    from summarise.store import verify_cache

    folder = _folder(cache_dir, config)
    verdict = verify_cache(folder, repair=repair)
    for line in verdict.lines():
        echo(line)
    if verdict.hint is not None:
        print_error(f"summarise: {folder}: {verdict.hint}")
    raise typer.Exit(0 if verdict.is_sound else 1)


@cache_app.command(cls=Command)
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="To write; - is stdout.")],
    cache_dir: CacheDir = None,
    config: Config = None,
) -> None:
    """Write the answers as JSON lines, one each, ordered by key.

    The file holds what the models said about your documents, and no abstracts.

    Example: summarise cache export answers.jsonl
    """
    from summarise.store import EXPORT_BEGINNING, export_answers, refuse_overwriting, writing

    folder = _folder(cache_dir, config)
    if str(file) == "-":
        lines = (line.decode().removesuffix("\n") for line in export_answers(folder))
        write_lines(map(inert_json, lines))
        return
    refuse_overwriting(file, beginning=EXPORT_BEGINNING)
    with writing(file) as target:
        count = sum(bool(target.write(line)) for line in export_answers(folder))
    print_error(f"{counted(count, 'answer')} written to {file}")


@cache_app.command("import", cls=Command)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="To read; - is stdin.")],
    cache_dir: CacheDir = None,
    config: Config = None,
) -> None:
    """Add the answers of an exported file. One that is here already stays as it is.

    To import is to trust whoever made the file: runs take its answers for what the model said. They
    are grounded in the abstracts like any other answer. Exit code 1 when a line was refused.

    Example: summarise cache import answers.jsonl
    """
    from summarise.store import import_answers

    folder = _folder(cache_dir, config)
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as lines:
            got = import_answers(folder, lines)
    except FileNotFoundError:
        raise InputError("no such file", where=str(file)) from None
    except OSError as error:
        raise InputError(f"can't be read ({error.strerror})", where=str(file)) from None
    for number, reason in got.refused[:_NAMED]:
        print_error(f"summarise: {file}:{number}: {reason}; refused")
    echo(f"{folder}: {got.line()}")
    raise typer.Exit(1 if got.refused else 0)


def _confirm(question: str, folder: Path, refusal: type[SummariseError]) -> None:
    """Leave unless what can't be undone is wanted; raises where nobody is there to be asked."""
    if not sys.stdin.isatty():
        raise refusal("nobody is there to be asked", where=str(folder), hint="--yes doesn't ask.")
    typer.confirm(for_screen(question), abort=True, err=True)


def _folder(cache_dir: Path | None, config: Path | None) -> Path:
    """The folder of the cache, by the flag or the other settings."""
    return Flags({"cache_dir": cache_dir}, config).settings().cache_dir
