"""What the pages of commands and settings in docs/ say, made of the code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from typer.main import get_command

from summarise.cli import app
from summarise.settings import PRESETS, Settings
from summarise.settings.layers import _SETTABLE

DOCS = Path(__file__).parent.parent / "docs"
COMMANDS = DOCS / "commands.md"
SETTINGS = DOCS / "settings.md"
_WIDTH = 80
_TAKERS = {"run", "fetch"}
"""Whose flags are settings; other commands have flags of their own by such names."""


def commands() -> Iterator[tuple[Any, str]]:
    """Every command, those below others too, with the help that it prints."""
    yield from _below(get_command(app), "summarise", None)


def _below(command: Any, name: str, above: Any) -> Iterator[tuple[Any, str]]:
    sizes = {"terminal_width": _WIDTH, "max_content_width": _WIDTH}
    context = command.context_class(
        command, info_name=name, parent=above, **sizes, **command.context_settings
    )
    yield context, command.get_help(context)
    for below, one in getattr(command, "commands", {}).items():
        yield from _below(one, below, context)


def commands_page() -> str:
    """The page of commands: a list, and below it the help of each."""
    found = list(commands())
    lines = [
        "# Commands",
        "",
        "This page is made of the program: it says what `--help` says.",
        "",
        "| command | what it does |",
        "| --- | --- |",
    ]
    for context, _ in found[1:]:
        path = context.command_path
        about = (context.command.help or "").strip().partition("\n\n")[0].replace("\n", " ")
        about = about.partition(". ")[0].rstrip(".")
        lines.append(f"| [`{path}`](#{path.replace(' ', '-')}) | {about} |")
    for context, text in found:
        lines += ["", f"## {context.command_path}", "", "```text", text.rstrip(), "```"]
    return "\n".join(lines) + "\n"


def settings_table() -> str:
    """A row for each setting that a user may set."""
    takers = [c.command for c, _ in commands() if c.info_name in _TAKERS]
    flags = {option.name: option for taker in reversed(takers) for option in taker.params}
    about = dict(_attributes(Settings))
    rows = ["| setting | flag | what it is |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        spelt = field.alias or name
        if spelt not in _SETTABLE:
            continue
        flag = flags.get(spelt)
        told = flag.help if flag is not None else about[name]
        told = told.replace("``", "`").replace("None: ", "unset: ").rstrip(".")
        told = f"{told}.{_choices(field.annotation)}{_default(name)}"
        shown = f"`{'`, `'.join([*flag.opts, *flag.secondary_opts])}`" if flag else "–"
        rows.append(f"| `{spelt}` | {shown} | {told} |")
    return "\n".join(rows) + "\n"


def presets_table() -> str:
    """A row for each preset."""
    rows = ["| name | what it is | address | variable of the key |", "| --- | --- | --- | --- |"]
    for name, preset in PRESETS.items():
        address, key = (preset.values.get(one) for one in ("base_url", "api_key_env"))
        cells = (f"`{one}`" if one else "–" for one in (address, key))
        rows.append(f"| `{name}` | {preset.about} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def settings_page(text: str) -> str:
    """The page of settings, with its tables made anew."""
    for name, table in (("settings", settings_table()), ("presets", presets_table())):
        before, begin, rest = text.partition(f"<!-- {name} -->\n\n")
        _, end, after = rest.partition(f"\n<!-- /{name} -->")
        text = f"{before}{begin}{table}{end}{after}"
    return text


def _attributes(of: type) -> Iterator[tuple[str, str]]:
    """What the docstring of a class says of each of its attributes."""
    section = (inspect.getdoc(of) or "").partition("Attributes:\n")[2]
    for part in re.split(r"^    (?=\w)", section, flags=re.MULTILINE)[1:]:
        name, _, told = part.partition(": ")
        yield name, " ".join(told.split())


def _choices(annotation: Any) -> str:
    """The values of an enum, wherever it stands in a type."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return f" Known: `{'`, `'.join(annotation)}`."
    return next(filter(None, map(_choices, get_args(annotation))), "")


def _default(name: str) -> str:
    """The default as a user reads it; nothing where there is none."""
    if name == "cache_dir":  # another on each system
        return " Default: the user's cache folder."
    value = Settings.model_fields[name].default
    if value is None or value in ((), {}):
        return ""
    if isinstance(value, tuple):
        return " Default: all of them, in this order."
    shown = str(value).lower() if isinstance(value, bool) else value
    return f" Default: `{value:g}`." if isinstance(value, float) else f" Default: `{shown}`."


def main() -> None:
    """Make them anew."""
    COMMANDS.write_text(commands_page(), "utf-8")
    SETTINGS.write_text(settings_page(SETTINGS.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
