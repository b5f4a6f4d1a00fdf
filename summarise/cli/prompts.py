"""``summarise prompts …`` and ``summarise schema``: what a model is asked, and to fill in."""

from __future__ import annotations

from functools import partial
from json import dumps
from typing import Annotated

import typer

from summarise.cli.options import Debug, configure_log
from summarise.cli.output import echo, echo_result, print_error

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
_VERSION = "A version's name, or the path of a folder of your own, with a / in it."


@app.callback()
def _prompts(debug: Debug = False) -> None:
    """List, show and check what a model is asked.

    Example: summarise prompts list
    """
    configure_log(debug=debug)


@app.command("list")
def list_() -> None:
    """List the prompt versions, with what every request starts with.

    Example: summarise prompts list
    """
    from summarise.prompts import summarise_prompts

    echo(f"{'version':<10}{'fingerprint':<18}{'characters':>10}{'tokens':>9}")
    for one in summarise_prompts():
        default = "  default" if one.is_default else ""
        row = f"{one.version:<10}{one.fingerprint:<18}{one.characters:>10,}{f'~{one.tokens:,}':>9}"
        echo(f"{row}{default}")


@app.command()
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
    from summarise.models import Document
    from summarise.prompts import prompt_messages
    from summarise.readers import load_source, read_documents

    entries = () if document is None else read_documents(load_source(document))
    first = next((entry for entry in entries if isinstance(entry, Document)), None)
    messages = prompt_messages(version, first)
    text = "\n\n".join(f"=== {one['role']}\n{one['content']}" for one in messages)
    dumped = partial(dumps, messages, ensure_ascii=False, indent=2)
    echo_result(dumped, partial(text.split, "\n"), json=json)


@app.command()
def check(
    version: Annotated[str | None, typer.Argument(help=f"{_VERSION} Default: all.")] = None,
) -> None:
    """Check that templates render, examples are grounded and no text gets out of its fence.

    Exit code 2 when anything is wrong.

    Example: summarise prompts check ./my-prompt
    """
    from summarise.prompts import check_prompts

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
        typer.Argument(metavar="[SPEC]", help="A name, a file of fields, or module:Class."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print the JSON schema that a model is held to.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Show a schema as a file of fields, to start one of your own; without SPEC, list them.

    Example: summarise schema pico > review.toml
    """
    configure_log(debug=debug)
    from summarise.schema import describe, describe_built_ins

    text = describe_built_ins() if spec is None else describe(spec, wire=json)
    text = text.removesuffix("\n")
    echo_result(lambda: text, partial(text.split, "\n"), json=json and spec is not None)
