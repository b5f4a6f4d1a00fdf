"""``summarise doctor`` and ``summarise serve``: what a server can do, and one of our own."""

from __future__ import annotations

import json as json_
import logging
import os
import shlex
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from summarise.cli.options import (
    LOG,
    Debug,
    Flags,
    Json,
    configure_log,
    takes_settings,
)
from summarise.cli.output import echo, echo_json, echo_result, print_error


@takes_settings(
    *("model", "temperature", "deadline", "concurrency", "rpm", "tpm", "max_cost", "max_tokens"),
    *("max_calls", "max_reasks", "prompt_version", "schema"),
)
def doctor(
    flags: Flags,
    model: Annotated[
        str | None,
        typer.Option(help="Model id, or a GGUF file; default: the only one of the endpoint."),
    ] = None,
    json: Json = False,
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
    echo_result(found.model_dump_json, partial(to_lines, found), json=json)
    raise typer.Exit(found.exit_code)


def serve(
    model: Annotated[Path, typer.Argument(metavar="MODEL.gguf", help="A model in GGUF.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="On 127.0.0.1; default: a free one.")
    ] = 0,
    slots: Annotated[
        int | None, typer.Option(min=1, max=64, help="Documents at the same time.")
    ] = None,
    context: Annotated[
        int | None, typer.Option(min=512, help="Tokens of context for each slot.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads that compute; default: the cores.")
    ] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="Variable with the key to ask for.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Serve a local model on 127.0.0.1 until Ctrl-C; needs the extra `local`.

    Prints its base URL. A run of its own needs no server: summarise run page.txt --model MODEL.gguf

    Example: summarise serve Qwen3-8B-Q4_K_M.gguf
    """
    configure_log(debug=debug)
    from summarise.servers import LocalServer, ServeOptions, serve_until_interrupted

    key = _key(api_key_env)
    options = ServeOptions(
        model.expanduser(), context=context, slots=slots, threads=threads, port=port, key=key
    )
    server = LocalServer(options)
    print_error(f"summarise: loading {model.name}")
    with server:
        plan = server.plan
        print_error(
            f"summarise: {options.model_id}: {plan.slots} at a time, {plan.context} tokens each, "
            f"{plan.threads} threads; Ctrl-C stops it"
        )
        echo(server.base_url)
        named = f" --api-key-env {api_key_env}" if api_key_env else ""
        print_error(
            f"summarise run page.txt --model {shlex.quote(options.model_id)} "
            f"--base-url {server.base_url} --concurrency {plan.slots}{named}"
        )
        serve_until_interrupted(server)
    print_error("summarise: stopped")


def _key(name: str | None) -> str:
    """The key of a variable, empty where none is named.

    Raises:
        SettingsError: The variable isn't set.
    """
    from summarise.errors import SettingsError

    key = os.environ.get(name, "") if name else ""
    if name and not key:
        raise SettingsError(
            "names a variable that isn't set",
            where="--api-key-env",
            hint="It takes the name of an exported variable, not the key.",
        )
    return key
