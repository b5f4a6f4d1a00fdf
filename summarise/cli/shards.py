"""The commands ``shard`` and ``merge``, and what ``run`` and ``status`` do with a plan."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise.characters import counted, inert
from summarise.cli.options import (
    Debug,
    Flags,
    Inputs,
    Quiet,
    configure_log,
    named_folder,
)
from summarise.cli.output import echo, echo_json, print_error
from summarise.cli.reading import InputFlags, takes_inputs
from summarise.errors import InputError

if TYPE_CHECKING:
    from summarise.batch import Report, RunOptions
    from summarise.settings import Settings


@takes_inputs
def shard(
    inputs: Inputs,
    reading: InputFlags,
    output: Annotated[Path, typer.Option("-o", "--output", help="A new folder for the plan.")],
    size: Annotated[int, typer.Option(min=1, help="Documents in each shard.")] = 2000,
    max_cost: Annotated[
        float | None, typer.Option(metavar="USD", help="What all shards together may cost.")
    ] = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Cut a large pile into shards, for many machines.

    Duplicates are settled once, before.

    Example: summarise shard arxiv.jsonl --size 2000 -o PLAN
    """
    configure_log(debug=debug, quiet=quiet)
    from summarise.batch import read_batch
    from summarise.delegating import make_plan

    settings = Flags({}, None).settings
    folder = named_folder(output) or output
    batch = read_batch(inputs, reading.options(settings))
    plan = make_plan(batch, folder, size, None if max_cost is None else Decimal(str(max_cost)))
    if not quiet:
        for account in batch.accounts:
            print_error(inert(account.line()))
        print_error(
            f"{counted(plan.documents, 'document')} in {counted(len(plan.shards), 'shard')}; "
            f"`summarise run {folder}` works on them, on as many machines as you like."
        )
    echo(str(folder))


def merge(
    folder: Annotated[Path, typer.Argument(metavar="PLAN", help="The folder of a plan.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A new run directory.")],
    partial: Annotated[
        bool, typer.Option("--partial", help="Take what is there of shards that aren't done.")
    ] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Make one run of all shards of a plan.

    Example: summarise merge PLAN -o outputs/arxiv
    """
    configure_log(debug=debug, quiet=quiet)
    from summarise.delegating import load_plan, merge_shards

    plan = load_plan(folder)
    if plan is None:
        hint = "Name the folder that `summarise shard` made."
        raise InputError("holds no plan", where=str(folder), hint=hint)
    target = named_folder(output) or output
    path, report = merge_shards(folder, plan, target, is_partial=partial)
    if report.stop is not None:
        print_error(f"summarise: {report.stop}")
    if not quiet:
        print_error(report.account())
    echo(str(report.table or path))
    raise typer.Exit(report.exit_code)


def run_planned(
    name: str, settings: Settings, options: RunOptions, *, quiet: bool
) -> tuple[Path, Report] | None:
    """Run a shard that is named; None where the name is none of a shard.

    A plan is run to its end, and left with its exit code.
    """
    from summarise.delegating import find_shard, load_plan

    path = Path(name)
    # What runs them takes a while to load, and nearly no run needs it.
    if (found := find_shard(path)) is not None:
        from summarise.delegating import run_shard

        return run_shard(*found, settings, options)
    plan = load_plan(path)
    if plan is None:
        return None
    from summarise.delegating import run_plan

    def tell(place: Path, report: Report) -> None:
        if report.stop is not None:
            print_error(f"summarise: {report.stop}")
        if not quiet:
            print_error(inert(f"{place.name}: {report.account()}"))

    is_whole = run_plan(path, plan, settings, options, tell)
    if not quiet:
        tell_plan(path, json=False)
    raise typer.Exit(0 if is_whole else 1)


def place_planned(
    name: str, flags: Flags, address: str, workers: int | None, *, quiet: bool
) -> None:
    """Have Ray place the shards of a plan; leaves with the exit code."""
    from summarise.delegating import load_plan, place_shards

    folder = Path(name)
    plan = load_plan(folder)
    if plan is None:
        hint = "--ray places the shards of a folder that `summarise shard` made."
        raise InputError("holds no plan", where=name, hint=hint)

    def tell(line: str) -> None:
        if not quiet:
            print_error(inert(line))

    told = [*flags.spelled(), "--quiet"]
    is_whole = place_shards(folder, plan, told, address=address, workers=workers, tell=tell)
    if not quiet:
        tell_plan(folder, json=False)
    raise typer.Exit(0 if is_whole else 1)


def tell_plan(folder: Path, *, json: bool) -> bool:
    """Print how a plan stands; False where the folder holds none."""
    from summarise.delegating import load_plan, standing_of_plan

    plan = load_plan(folder)
    if plan is None:
        return False
    standing = standing_of_plan(folder, plan)
    if json:
        echo_json(standing.to_json())
    for line in () if json else standing.lines():
        echo(inert(line))
    return True
