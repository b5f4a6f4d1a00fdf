"""How the documentation is built: ``sphinx-build -W docs docs/_build``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from summarise.cli import app
from summarise.version import __version__

project = "summarise"
release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"summarise {release}"
_WIDTH = 100


def _help(command: Any, name: str, above: Any = None) -> Iterator[str]:
    """A command's heading and its ``--help``, then those of the commands below it."""
    context = command.context_class(
        command, info_name=name, parent=above, terminal_width=_WIDTH, max_content_width=_WIDTH
    )
    yield from (f"## {context.command_path}", "", "```text", command.get_help(context), "```", "")
    for below, one in getattr(command, "commands", {}).items():
        yield from _help(one, below, context)


def setup(_: object) -> None:
    """Write the page of commands, of the code."""
    lines = ["# Commands", "", "What `--help` says of each.", "", *_help(get_command(app), project)]
    Path(__file__).with_name("commands.md").write_text("\n".join(lines), "utf-8")
