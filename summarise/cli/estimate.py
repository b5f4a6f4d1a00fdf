"""``summarise estimate``: what a run would take, before anything is spent."""

from __future__ import annotations

from typing import Annotated

import typer

from summarise.cli.options import (
    Debug,
    Flags,
    FormatName,
    Inputs,
    Limit,
    Output,
    configure_log,
    named_folder,
    named_format,
    takes_settings,
)
from summarise.cli.output import echo, echo_json


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
    """Say what a run would take: calls, tokens, cost and time. No abstract is sent.

    Example: summarise estimate page.txt --model gpt-5-mini
    """
    configure_log(debug=debug)
    from functools import partial

    from summarise.batch import estimate_run, read_batch, run_folder, selected

    settings = flags.settings_of_run()
    batch = read_batch(inputs, named_format(format_))
    folder = partial(run_folder, batch, named_folder(output))
    found = estimate_run(selected(batch.entries, limit), folder, settings)
    if json:
        echo_json(found.model_dump_json())
    for line in () if json else found.lines():
        echo(line)
