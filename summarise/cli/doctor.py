"""``summarise doctor``: what an endpoint can do, and the settings that suit it."""

from __future__ import annotations

import json as json_
import logging
from typing import Annotated

import typer

from summarise.cli.options import (
    LOG,
    Debug,
    Flags,
    configure_log,
    takes_settings_without,
)
from summarise.cli.output import echo, echo_json, print_error


@takes_settings_without(
    *("model", "temperature", "deadline", "concurrency", "rpm", "tpm", "max_cost", "max_tokens"),
    *("max_calls", "max_reasks", "prompt_version", "schema"),
)
def doctor(
    flags: Flags,
    model: Annotated[
        str | None,
        typer.Option(help="Model id, or a GGUF file; default: the only one of the endpoint."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON; null is unknown.")] = False,
    debug: Debug = False,
) -> None:
    """Ask an endpoint what it can do, by at most 20 short requests, and recommend settings.

    Leaves with 0 when a run would work, with 3 when not.

    Example: summarise doctor --endpoint ollama --model qwen3:8b
    """
    configure_log(debug=debug)
    if not debug:
        # What the ladder says on its way stands on the screen.
        LOG.setLevel(logging.WARNING)
    from summarise.errors import EndpointError
    from summarise.servers import examine, only_model, to_lines

    settings = flags.settings(model=model)
    try:
        if settings.model is None:
            settings = flags.settings(model=only_model(settings).model)
        found = examine(settings, lambda line: print_error(f"summarise: {line}"))
    except EndpointError as error:
        if json:
            failed = {"host": settings.host, "model": settings.model, "works": False}
            echo_json(json_.dumps({**failed, "problem": str(error)}))
        raise
    if json:
        echo_json(found.model_dump_json())
    for line in () if json else to_lines(found):
        echo(line)
    raise typer.Exit(found.exit_code)
