"""The commands ``summarise cache …``: what answers are kept, and which of them go."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from summarise.characters import counted, for_screen, inert_json
from summarise.cli.options import Config, Debug, Flags, configure_log
from summarise.cli.output import echo, echo_result, print_error, write_lines
from summarise.errors import CacheError, InputError, SettingsError

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

_NAMED = 20

CacheDir = Annotated[
    Path | None, typer.Option("--cache-dir", help="The folder; default: that of the settings.")
]


@app.callback()
def _cache(debug: Debug = False) -> None:
    """List, check, share and remove the answers that are kept.

    Example: summarise cache info
    """
    configure_log(debug=debug)


@app.command()
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


@app.command()
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
    from summarise.store import Pruning, parse_age, parse_size, prune_cache

    if (older_than, model, endpoint, max_size) == (None,) * 4:
        raise SettingsError(
            "nothing says which answers are to go",
            where="cache prune",
            hint="Give --older-than, --model, --endpoint or --max-size.",
        )
    pruning = Pruning(
        stored_before=None if older_than is None else time.time() - parse_age(older_than),
        model=model,
        host=endpoint,
        size=None if max_size is None else parse_size(max_size),
    )
    folder = _folder(cache_dir, config)
    echo(f"{folder}: {prune_cache(folder, pruning).line()}")


@app.command()
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
        if not sys.stdin.isatty():
            raise CacheError(
                "nobody is there to be asked", where=str(folder), hint="--yes doesn't ask."
            )
        typer.confirm(for_screen(f"Remove every answer in {folder}?"), abort=True, err=True)
    echo(f"{folder}: {clear_cache(folder).line()}")


@app.command()
def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Remove what isn't a sound answer.")
    ] = False,
    cache_dir: CacheDir = None,
    config: Config = None,
) -> None:
    """Check every answer, and the database; --repair removes what is wrong.

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


@app.command()
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


@app.command("import")
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


def _folder(cache_dir: Path | None, config: Path | None) -> Path:
    """The folder of the cache, by the flag or the other settings."""
    return Flags({"cache_dir": cache_dir}, config).settings().cache_dir
