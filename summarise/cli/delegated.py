"""What others do of a run: ``summarise batch …`` a provider; ``shard`` and ``merge``, machines.

A provider answers within a day, at its lower price. What ``run`` and ``status`` do with a plan of
shards is here as well.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise.characters import counted
from summarise.cli.inputs import InputFlags, takes_inputs
from summarise.cli.options import (
    Command,
    Commands,
    Config,
    Flags,
    Inputs,
    Json,
    Limit,
    Output,
    Quiet,
    RunFolder,
    logged,
    named_folder,
    takes_settings,
)
from summarise.cli.output import echo, echo_json, echo_result, print_error
from summarise.errors import InputError, SettingsError

if TYPE_CHECKING:
    from summarise.batch import Report, RunOptions
    from summarise.delegating import Dealt
    from summarise.settings import Settings
    from summarise.store import Order

app = typer.Typer(cls=Commands, rich_markup_mode=None)


@app.callback()
@logged
def _batch() -> None:
    """Have a provider answer within a day, at its lower price.

    Example: summarise batch submit page.txt --model gpt-5-mini
    """


@app.command(cls=Command)
@logged
@takes_settings()
@takes_inputs
def submit(
    flags: Flags,
    inputs: Inputs,
    reading: InputFlags,
    output: Output = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the requests; send nothing.")
    ] = None,
    limit: Limit = None,
    quiet: Quiet = False,
) -> None:
    """Ask for what lacks an answer, of inputs or of a run directory.

    Example: summarise batch submit page.txt --model gpt-5-mini
    """
    from summarise.batch import ProgressLine, RunOptions, read_batch
    from summarise.delegating import submit_orders
    from summarise.store import load_manifest, refuse_overwriting

    if to is not None:
        refuse_overwriting(to, [Path(one) for one in inputs])
    options = RunOptions(
        output=named_folder(output), limit=limit, progress=ProgressLine(quiet=quiet), signals=True
    )
    folder = Path(inputs[0])
    if len(inputs) == 1 and folder.is_dir() and load_manifest(folder) is not None:
        _close(submit_orders(folder, _settings(folder, flags), options, to), quiet=quiet)
    settings = flags.settings_of_run()
    _close(
        submit_orders(read_batch(inputs, reading.options(lambda: settings)), settings, options, to),
        quiet=quiet,
    )


@app.command(cls=Command)
@logged
def status(folder: RunFolder, config: Config = None, json: Json = False) -> None:
    """Say how far the batches of a run are, as their provider says.

    Example: summarise batch status outputs/page.gpt-5-mini
    """
    from pydantic_core import to_json

    from summarise.delegating import how_far, look_at_orders

    for order, remote in look_at_orders(folder, _settings(folder, Flags({}, config))):
        if json:
            told_so_far = order.model_dump(mode="json") | {"remote": remote and remote.model_dump()}
            echo_json(to_json(told_so_far).decode())
            continue
        named = f" ({order.batch_id})" if order.batch_id else ""
        told = how_far(remote) if remote else _told(order)
        echo(f"{order.name}{named}: {counted(order.requests, 'request')}, {told}")


@app.command(cls=Command)
@logged
@takes_settings()
def collect(
    flags: Flags,
    folder: RunFolder,
    received: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="Results that you have; repeatable."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make records of what has come back.

    Example: summarise batch collect outputs/page.gpt-5-mini
    """
    from summarise.batch import ProgressLine, RunOptions
    from summarise.delegating import collect_orders

    for one in received or ():
        if not one.is_file():
            raise InputError("isn't a file", where=str(one), hint="Name the results to take in.")
    options = RunOptions(progress=ProgressLine(quiet=quiet), signals=True)
    dealt = collect_orders(folder, _settings(folder, flags), options, tuple(received or ()))
    _close(dealt, quiet=quiet)


@app.command(cls=Command)
@logged
def cancel(folder: RunFolder, config: Config = None) -> None:
    """Call off what isn't answered yet. What is, is paid for, and can be collected.

    Example: summarise batch cancel outputs/page.gpt-5-mini
    """
    from summarise.delegating import cancel_orders

    for order in cancel_orders(folder, _settings(folder, Flags({}, config))):
        echo(f"{order.name}: {_told(order)}")


def _settings(folder: Path, flags: Flags) -> Settings:
    """Those that a run's requests were made by, with what the user says now."""
    from summarise.delegating import settings_of_orders

    kept = settings_of_orders(folder)
    return flags.settings(**{name: v for name, v in kept.items() if flags.given.get(name) is None})


def _told(order: Order) -> str:
    """What has become of an order, by what is known here."""
    from summarise.store import OrderState

    match order.state:
        case OrderState.TAKEN:
            return order.outcome
        case OrderState.DROPPED:
            return f"nothing came of it: {order.reason}"
        case OrderState.HANDED:
            return f"in {order.to}, which is yours to send"
        case OrderState.CREATED:
            return (order.status or "sent").replace("_", " ")
        case _:
            return "on its way"


def _close(dealt: Dealt, *, quiet: bool) -> None:
    """Print what was done, and what is to be done next; leave with the exit code of the run."""
    path, report, desk = dealt
    if report.stop is not None:
        print_error(f"summarise: {report.stop}")
    if not quiet:
        for line in (*desk.news, *report.closing_lines()):
            print_error(line)
        if report.awaited:
            print_error(f"`{shlex.join(desk.orders.collecting)}` takes in what comes.")
        elif desk.unasked:
            asked = counted(desk.unasked, "request")
            print_error(
                f"{asked} left, for abstracts without an answer and for better ones: "
                f"`summarise batch submit {path}` asks in one more batch, `run` at once."
            )
    echo(str(path) if report.table is None else str(report.table))
    raise typer.Exit(report.exit_code)


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
) -> None:
    """Cut a large pile into shards, for many machines.

    Duplicates are settled once, before.

    Example: summarise shard arxiv.jsonl --size 2000 -o PLAN
    """
    from summarise.batch import read_batch
    from summarise.delegating import make_plan

    settings = Flags({}, None).settings
    folder = named_folder(output) or output
    batch = read_batch(inputs, reading.options(settings))
    plan = make_plan(batch, folder, size, None if max_cost is None else Decimal(str(max_cost)))
    if not quiet:
        for account in batch.accounts:
            print_error(account.line())
        print_error(
            f"{counted(plan.documents, 'document')} in {counted(len(plan.shards), 'shard')}; "
            f"`summarise run {folder} --model MODEL` works on them, on any number of machines."
        )
    echo(str(folder))


def merge(
    folder: Annotated[Path, typer.Argument(metavar="PLAN", help="The folder of a plan.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="A new run directory.")],
    partial: Annotated[
        bool, typer.Option("--partial", help="Take what is there of shards that aren't done.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Make one run of all shards of a plan.

    Example: summarise merge PLAN -o outputs/arxiv
    """
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
    name: str, settings: Settings, options: RunOptions, beside: Mapping[str, object], *, quiet: bool
) -> tuple[Path, Report] | None:
    """Run a shard that is named; None where the name is none of a shard.

    A plan is run to its end, and left with its exit code; what stands ``beside`` is refused.
    """
    from summarise.delegating import find_shard, load_plan

    path = Path(name)
    # What runs them takes a while to load, and nearly no run needs it.
    if (found := find_shard(path)) is not None:
        from summarise.delegating import run_shard

        is_elsewhere = options.output not in {None, path}
        refuse({**{flag: beside[flag] for flag in ("--append", "--batch")}, "-o": is_elsewhere})
        return run_shard(*found, settings, options)
    plan = load_plan(path)
    if plan is None:
        return None
    refuse(beside)
    from summarise.delegating import run_plan

    def tell(place: Path, report: Report) -> None:
        if report.stop is not None:
            print_error(f"summarise: {report.stop}")
        if not quiet:
            print_error(f"{place.name}: {report.account()}")

    code = run_plan(path, plan, settings, options, tell)
    if not quiet:
        tell_plan(path, json=False)
    raise typer.Exit(code)


def refuse(beside: Mapping[str, object]) -> None:
    """Refuse a flag that would go unheeded."""
    if flag := next((name for name, value in beside.items() if value), None):
        hint = "Leave it out. One shard, named, takes --refresh, --fresh-answers, --only, --json."
        raise SettingsError("isn't taken by the shards of a plan", where=flag, hint=hint)


def place_planned(
    name: str, flags: Flags, address: str, workers: int | None, *, limit: int | None, quiet: bool
) -> None:
    """Have Ray place the shards of a plan; leaves with the exit code."""
    from summarise.delegating import load_plan, place_shards
    from summarise.settings import CAPS

    bounds = {"limit": limit, **flags.settings().model_dump(include=set(CAPS))}
    if bound := next((one for one, value in bounds.items() if value is not None), None):
        raise SettingsError(
            "would hold for each shard by itself",
            where=f"--{bound.replace('_', '-')} with --ray",
            hint="`summarise shard --max-cost` caps what all cost together.",
        )
    folder = Path(name)
    plan = load_plan(folder)
    if plan is None:
        hint = "--ray places the shards of a folder that `summarise shard` made."
        raise InputError("holds no plan", where=name, hint=hint)

    def tell(line: str) -> None:
        if not quiet:
            print_error(line)

    told = [*flags.spelled(), "--quiet"]
    code = place_shards(folder, plan, told, address=address, workers=workers, tell=tell)
    if not quiet:
        tell_plan(folder, json=False)
    raise typer.Exit(code)


def tell_plan(folder: Path, *, json: bool) -> bool:
    """Print how a plan stands; False where the folder holds none."""
    from summarise.delegating import load_plan, standing_of_plan

    plan = load_plan(folder)
    if plan is None:
        return False
    standing = standing_of_plan(folder, plan)
    echo_result(standing.to_json, standing.lines, json=json)
    return True
