"""``summarise schema``: what can be filled in."""

from __future__ import annotations

from typing import Annotated

import typer

from summarise.cli.options import Debug, configure_log
from summarise.cli.output import echo, echo_json


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
    if spec is not None and json:
        echo_json(text.removesuffix("\n"))
    else:
        for line in text.removesuffix("\n").split("\n"):
            echo(line)
