"""Orders from the outside: handed over, looked at, picked up, called off; and a run that does all.

A run in batches goes round: what is over is picked up and made records of, what lacks an answer, or
deserves another, is posted, until nothing is awaited. Whoever kills it goes on by the same command.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summarise.batch import Batch, Report, RunOptions, arun, run_command
from summarise.delegating.desk import OrderDesk, client_for, made_of
from summarise.errors import EndpointUnusable, RunError, SettingsError
from summarise.settings import CAPS, Settings
from summarise.store import Order, OrderBook, OrderState, demand_manifest

if TYPE_CHECKING:
    from summarise.endpoint import BatchClient, Remote

_NAME_IT = "Name the folder that `summarise batch submit` printed."
Dealt = tuple[Path, Report, OrderDesk]
"""The run directory, what the run has come to, and the desk with its news."""


def submit_orders(
    source: Batch | Path, settings: Settings, options: RunOptions, to: Path | None = None
) -> Dealt:
    """Have what lacks an answer, of inputs or a run directory, answered later; or write a file.

    Raises:
        SummariseError: Nothing could be begun. What stops it later is in the report.
    """
    desk = OrderDesk(collects=False, to=to)
    if isinstance(source, Path):
        path, report = asyncio.run(_again(source, settings, options, desk))
    else:
        _refuse_anew(options)
        path, report = asyncio.run(arun(source, settings, replace(options, desk=desk)))
    return path, report, desk


def collect_orders(
    folder: Path, settings: Settings, options: RunOptions, received: tuple[Path, ...] = ()
) -> Dealt:
    """Make records of what came back, from the provider or in files.

    Raises:
        SummariseError: Nothing could be begun. What stops it later is in the report.
    """
    desk = OrderDesk(sends=False, received=received)
    # What came back is paid for, and nothing is bought.
    free = settings.model_copy(update=dict.fromkeys(CAPS))
    path, report = asyncio.run(_again(folder, free, options, desk))
    return path, report, desk


def look_at_orders(folder: Path, settings: Settings) -> list[tuple[Order, Remote | None]]:
    """The orders of a run, each with what the provider says of it while it is open.

    Raises:
        EndpointError: It can't be heard.
        RunError: The folder is no run's, or its orders can't be read.
    """
    book = _book(folder)

    async def look() -> list[tuple[Order, Remote | None]]:
        if not any(order.state is OrderState.CREATED for order in book):
            return [(order, None) for order in book]
        async with client_for(settings) as client:
            return [
                (order, await client.find(order.batch_id or "") if _is_there(order) else None)
                for order in book
            ]

    return asyncio.run(look())


def cancel_orders(folder: Path, settings: Settings) -> list[Order]:
    """Call off what is open; what is answered already can be collected, and is paid for.

    Raises:
        EndpointError: It isn't done.
        RunError: The folder is no run's, or nothing is open.
    """
    book = _book(folder)
    if not (open_ := book.open):
        raise RunError("has nothing in batches that could be called off")

    async def call_off(client: BatchClient, order: Order) -> Order:
        if order.state is OrderState.HANDED:
            return book.save(order.now(OrderState.DROPPED, reason="it was called off"))
        if order.batch_id is None:
            order = await made_of(client, book, order)
        if order.batch_id is None:
            return order
        remote = await client.cancel(order.batch_id)
        known = {"batch_id": remote.id, "status": remote.status}
        return book.save(order.now(OrderState.CREATED, **known))

    async def all_() -> list[Order]:
        async with client_for(settings) as client:
            return [await call_off(client, order) for order in open_]

    return asyncio.run(all_())


def run_by_orders(
    batch: Batch,
    settings: Settings,
    options: RunOptions,
    *,
    every: float,
    tell: Callable[[str], object],
) -> tuple[Path, Report]:
    """Make a record of each document by batches, and wait for them.

    It is looked for them ``every`` so many seconds; ``tell`` gets each line of news.

    Raises:
        SummariseError: Nothing could be begun. What stops it later is in the report.
    """
    _refuse_anew(options)

    async def rounds() -> tuple[Path, Report]:
        desk, told = OrderDesk(), 0
        path, report = await arun(batch, settings, replace(options, desk=desk))
        while True:
            for line in desk.news[told:]:
                tell(line)
            told = len(desk.news)
            if report.interrupted or report.stopped or not report.awaited:
                return path, report
            earlier = report
            await _until_one_is_over(OrderBook(path), settings, every, tell)
            path, report = await _again(path, settings, options, desk)
            report.follow(earlier)
            if desk.failing is not None and report.stopped is None:
                report.stopped = EndpointUnusable(
                    f"no batch is answered any more: {desk.failing}",
                    where=settings.host,
                    hint="All is kept; run the same command again when that has changed.",
                )

    return asyncio.run(rounds())


def settings_of_orders(folder: Path) -> dict[str, Any]:
    """What was set when the last order of a run was written, as flags would say it.

    Raises:
        RunError: The folder is no run's, or has no order.
    """
    orders = list(_book(folder))
    if not orders:
        held = demand_manifest(folder, _NAME_IT)
        hint = f"`summarise status {folder}` says what it lacks, if anything."
        if held.identity.is_paid:
            # Who submits may be interrupted before an order is written, by the first live answer.
            command = run_command(folder, held, ("batch", "submit"))
            hint = f"`{command}` does so, for what it lacks."
        raise RunError("has asked for nothing in batches", where=str(folder), hint=hint)
    return orders[-1].settings


def _refuse_anew(options: RunOptions) -> None:
    """Refuse what another command would have to go on with: it sees the records that are there."""
    if options.made_anew is not None:
        raise SettingsError(
            "what is answered already isn't asked for in a batch",
            where="--fresh-answers" if options.fresh_answers else "--refresh",
            hint="Leave --batch out; or name a new folder with -o, and --no-cache.",
        )


def _book(folder: Path) -> OrderBook:
    demand_manifest(folder, _NAME_IT)
    return OrderBook(folder)


async def _again(
    folder: Path, settings: Settings, options: RunOptions, desk: OrderDesk
) -> tuple[Path, Report]:
    """Go on with the documents that a run directory holds."""
    held = Batch(iter(()), (), (), tuple, folder.name)
    again = replace(
        options, output=folder, append=True, desk=desk, limit=None, only=frozenset(),
        refresh=False, fresh_answers=False,
    )  # fmt: skip
    return await arun(held, settings, again)


def _is_there(order: Order) -> bool:
    return order.state is OrderState.CREATED and order.batch_id is not None


async def _until_one_is_over(
    book: OrderBook, settings: Settings, every: float, tell: Callable[[str], object]
) -> None:
    seen: dict[str, str] = {}
    async with client_for(settings) as client:
        while True:
            for order in filter(_is_there, book):
                remote = await client.find(order.batch_id or "")
                if remote.is_over:
                    return
                line = how_far(remote)
                if seen.get(order.name) != line:
                    seen[order.name] = line
                    tell(f"batch {order.name}: {line}")
            await asyncio.sleep(every)


def how_far(remote: Remote) -> str:
    """How far a batch is, in words."""
    told = remote.status.replace("_", " ")
    if remote.total:
        told += f", {remote.completed or 0:,} of {remote.total:,} answered"
        told += f", {remote.failed:,} refused" if remote.failed else ""
    return f"{told}: {remote.reason}" if remote.reason else told
