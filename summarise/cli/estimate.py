"""``summarise estimate``: what a run would take, before anything is spent."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summarise.cli.options import (
    Debug,
    Flags,
    FormatName,
    Inputs,
    Limit,
    Output,
    configure_log,
    named_format,
    takes_settings,
)

if TYPE_CHECKING:
    from summarise.models import Document, Skipped

# Where ``run`` makes its folders.
_OUTPUTS = Path("outputs")


@takes_settings
def estimate(
    flags: Flags,
    inputs: Inputs,
    output: Output = None,
    limit: Limit = None,
    format_: FormatName = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON; null is unknown.")] = False,
    debug: Debug = False,
) -> None:
    """Say what a run would take: calls, tokens, cost and time. Nothing is sent.

    Example: summarise estimate page.txt --model gpt-5-mini
    """
    configure_log(debug=debug)
    from summarise.batch import read_batch
    from summarise.estimate import estimate_run

    settings = flags.settings()
    batch = read_batch(inputs, named_format(format_))
    folder = output or _OUTPUTS / batch.name
    found = estimate_run(_first(batch.entries, limit), folder, settings)
    for line in [found.model_dump_json()] if json else found.lines():
        typer.echo(line)


def _first(
    entries: Iterable[Document | Skipped], limit: int | None
) -> Iterator[Document | Skipped]:
    """The entries up to so many documents."""
    from summarise.models import Document

    taken = itertools.count(1)
    for entry in entries:
        if isinstance(entry, Document) and limit is not None and next(taken) > limit:
            return
        yield entry
