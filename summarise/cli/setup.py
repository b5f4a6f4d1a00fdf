"""``prompts``, ``schema``, ``doctor``, ``serve``, ``mcp``: what a run is made with, and by whom."""

from __future__ import annotations

import json as json_
import logging
import os
import shlex
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from summarise.cli.options import Command, Commands, Flags, Json, logged, takes_settings
from summarise.cli.output import LOG, echo, echo_json, echo_result, print_error, write_lines
from summarise.errors import EndpointError, RunError, SettingsError

_PLACE = ("endpoint", "base_url", "api_key_env", "offline", "config")
prompts_app = typer.Typer(cls=Commands, rich_markup_mode=None)
_VERSION = "A version's name, or the path of a folder of your own, with a / in it."


@prompts_app.callback()
@logged
def _prompts() -> None:
    """List, show and check what a model is asked.

    Example: summarise prompts list
    """


@prompts_app.command("list", cls=Command)
def list_() -> None:
    """List the prompt versions, with what every request starts with.

    Example: summarise prompts list
    """
    from summarise.extract import summarise_prompts

    echo(f"{'version':<10}{'fingerprint':<18}{'characters':>10}{'tokens':>9}")
    for one in summarise_prompts():
        default = "  default" if one.is_default else ""
        row = f"{one.version:<10}{one.fingerprint:<18}{one.characters:>10,}{f'~{one.tokens:,}':>9}"
        echo(f"{row}{default}")


@prompts_app.command(cls=Command)
def show(
    version: Annotated[str, typer.Argument(help=_VERSION)],
    document: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Take the first abstract of this file; - is stdin."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the messages as JSON.")] = False,
) -> None:
    """Show the messages of a request as they would be sent.

    Example: summarise prompts show v2 --document page.txt
    """
    from summarise.extract import prompt_messages
    from summarise.models import Document
    from summarise.readers import load_source, read_documents

    entries = () if document is None else read_documents(load_source(document))
    first = next((entry for entry in entries if isinstance(entry, Document)), None)
    messages = prompt_messages(version, first)
    text = "\n\n".join(f"=== {one['role']}\n{one['content']}" for one in messages)
    dumped = partial(json_.dumps, messages, ensure_ascii=False, indent=2)
    echo_result(dumped, partial(text.split, "\n"), json=json)


@prompts_app.command(cls=Command)
def check(
    version: Annotated[str | None, typer.Argument(help=f"{_VERSION} Default: all.")] = None,
) -> None:
    """Check a prompt before it is used.

    Its templates render, its examples are grounded, and no text gets out of its fence.

    Exit code 2 when anything is wrong.

    Example: summarise prompts check ./my-prompt
    """
    from summarise.extract import check_prompts

    verdicts = check_prompts(version)
    for name, faults in verdicts.items():
        for fault in faults:
            print_error(f"summarise: {name}: {fault}")
        if not faults:
            echo(f"{name}: nothing wrong")
    if any(verdicts.values()):
        raise typer.Exit(2)


def schema(
    spec: Annotated[
        str | None,
        typer.Argument(metavar="SPEC", help="A name, a file of fields, or module:Class."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the JSON schema that a model is held to.")
    ] = False,
    records: Annotated[
        bool, typer.Option("--records", help="Print the JSON schema of a line of records.jsonl.")
    ] = False,
) -> None:
    """Show a schema as a file of fields, to start your own.

    Without SPEC, list them.

    Example: summarise schema pico > review.toml
    """
    from summarise.schema import describe, describe_built_ins

    spec = "default" if records and spec is None else spec
    text = describe_built_ins() if spec is None else describe(spec, wire=json, records=records)
    text = text.removesuffix("\n")
    is_json = (json or records) and spec is not None
    echo_result(lambda: text, partial(text.split, "\n"), json=is_json)


@takes_settings("model", only=(*_PLACE, "mode", "timeout", "price_in", "price_out", "cache"))
def doctor(
    flags: Flags,
    model: Annotated[
        str | None,
        typer.Option(help="Model id, or a GGUF file; default: the only one of the endpoint."),
    ] = None,
    json: Json = False,
) -> None:
    """Ask an endpoint what it can do, and recommend settings.

    At most 20 short requests are sent.

    Leaves with 0 when a run would work, with 3 when not.

    Example: summarise doctor --endpoint ollama --model qwen3:8b
    """
    if not LOG.isEnabledFor(logging.DEBUG):
        # What the ladder says on its way stands on the screen.
        LOG.setLevel(logging.WARNING)
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


@takes_settings(only=_PLACE)
def models(
    flags: Flags,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="GGUF files, or folders with some."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines, one a server.")] = False,
) -> None:
    """List the models that can be asked, with their context.

    Those that an endpoint lists, or without one the usual servers of this machine; or those in
    files, by their own metadata. Nothing is spent.

    Example: summarise models --endpoint ollama
    """
    from summarise.servers import file_models, local_servers, served_models
    from summarise.settings import OPENAI_BASE_URL

    settings = flags.settings()
    is_chosen = settings.endpoint or settings.base_url != OPENAI_BASE_URL
    if paths:
        found = list(file_models(paths))
    elif is_chosen:
        found = [served_models(settings, f"--base-url {settings.base_url}")]
    else:
        found = local_servers(settings)
    for one in found:
        echo_result(one.to_json, one.lines, json=json)
    if not (paths or is_chosen or json):
        print_error("summarise: --endpoint NAME asks another server, or a provider")


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
) -> None:
    """Serve a local model on 127.0.0.1 until Ctrl-C.

    Needs the extra `local`.

    Prints its base URL. A run of its own needs no server: summarise run page.txt --model MODEL.gguf

    Example: summarise serve Qwen3-8B-Q4_K_M.gguf
    """
    from summarise.servers import LocalServer, ServeOptions

    key = Flags({"api_key_env": api_key_env}, None).settings().key if api_key_env else ""
    options = ServeOptions(model, context=context, slots=slots, threads=threads, port=port, key=key)
    server = LocalServer(options)
    print_error(f"summarise: loading {model.name}")
    with suppress(KeyboardInterrupt), server:
        plan = server.plan
        print_error(
            f"summarise: {server.model_id}: {plan.slots} at a time, {plan.context} tokens each, "
            f"{plan.threads} threads; Ctrl-C stops it"
        )
        named = f" --api-key-env {api_key_env}" if api_key_env else ""
        print_error(
            f"summarise run page.txt --model {shlex.quote(server.model_id)} "
            f"--base-url {server.base_url} --concurrency {plan.slots}{named}"
        )
        echo(server.base_url)  # last: who reads it may have it stopped at once
        while True:
            server.check(1.0)  # Windows tells of Ctrl-C only in between
    print_error("summarise: stopped")


@takes_settings()
def mcp(
    flags: Flags,
    root: Annotated[
        Path, typer.Option(metavar="FOLDER", help="What the agent may read and write in.")
    ],
) -> None:
    """Serve an agent over stdin and stdout, by MCP.

    MCP is the Model Context Protocol; it needs the extra `mcp`.

    The agent can inspect, estimate, run, table, show, verify and diff, below FOLDER alone. All is
    done as if it were typed there. A model is asked if one is named here, with a cap: --max-cost,
    --max-tokens or --max-calls. The cap is for all that the agent does.

    Example: summarise mcp --root ~/papers --model gpt-5-mini --max-cost 2
    """
    from summarise.models import EMBEDDED

    if find_spec("mcp") is None:
        raise SettingsError(
            "serving an agent needs the package mcp, which isn't installed",
            where="summarise mcp",
            hint="Install it: pip install 'summarise-abstracts[mcp]'.",
        )
    from summarise.cli.mcp_server import serve
    from summarise.cli.workplace import Workplace
    from summarise.settings import CAPS

    if not root.is_dir():
        raise RunError("is no folder", where=f"--root {root}", hint="Name one that is there.")
    may_spend = any(flags.given[name] is not None for name in CAPS)
    if not may_spend and flags.given["model"] not in {None, EMBEDDED}:
        raise SettingsError(
            "is asked for an agent only under a cap",
            where=f"--model {flags.given['model']}",
            hint="Add --max-cost USD, --max-tokens N or --max-calls N.",
        )
    config = flags.config and flags.config.absolute()
    here = Path(os.path.realpath(root))
    os.chdir(here)
    flags = replace(flags, config=config)
    settings = flags.settings_of_run() if may_spend else flags.settings()
    if settings.model is not None and not may_spend:
        LOG.warning("%s isn't asked: no cap is set, such as --max-cost", settings.model)
    serve(Workplace(here, settings, may_spend))


def skill() -> None:
    """Print what an agent should know of the commands.

    Example: summarise skill > .agents/skills/summarise/SKILL.md
    """
    from importlib.resources import files

    text = files(__package__).joinpath("SKILL.md").read_text(encoding="utf-8")
    write_lines(text.removesuffix("\n").split("\n"))
