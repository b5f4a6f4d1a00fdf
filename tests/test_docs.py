"""The README and the pages of docs/: short where they must be, and about what is there."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from benchmarks.picture import PICTURE, WIDTH
from summarise.cli import app
from tests.conftest import ROOT

README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").glob("*.md"))
_MOST_WORDS = 900
_NOT_PROSE = re.compile(r"^```.*?^```|^\|.*?$|<!--.*?-->", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_the_readme_is_short() -> None:
    """Words without code and tables."""
    assert len(_NOT_PROSE.sub("", README.read_text("utf-8")).split()) <= _MOST_WORDS


def test_the_first_screen() -> None:
    """What it is, two commands and the picture come before anything else."""
    first = README.read_text("utf-8").partition("<!-- example -->")[0]
    (code,) = re.findall(r"```\n(.*?)\n```", first, re.DOTALL)
    assert len(code.split("\n")) == 2
    assert first.index(code) < first.index("](docs/table.png)")
    assert "\n## " not in first


def test_the_picture() -> None:
    """As wide as GitHub shows a README, and quick to load."""
    content = PICTURE.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", content[16:20]) == (WIDTH,)
    assert len(content) < 200_000


@pytest.mark.parametrize("page", [README, *PAGES], ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A link to a file of ours names one."""
    links = _LINK.findall(_NOT_PROSE.sub("", page.read_text("utf-8")))
    ours = [link.partition("#")[0] for link in links if "://" not in link]
    assert [link for link in ours if link and not (page.parent / link).exists()] == []


def test_every_page_is_in_the_index() -> None:
    """None is there that nobody finds."""
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    (tree,) = re.findall(r"```\{toctree\}\n(.*?)```", index, re.DOTALL)
    written = {page.stem for page in PAGES} - {"index"}
    # That of the commands is made by docs/conf.py, of the code.
    assert sorted(tree.split()) == sorted(written | {"commands"})


def test_every_flag_that_is_shown_exists() -> None:
    """A flag of the README or a page is an option of a command."""
    texts = "".join(page.read_text("utf-8") for page in (README, *PAGES))
    known = {"--help", *_options(get_command(app))}
    assert {"--model", "--no-cache"} <= known
    # Those of our benchmarks have a page of their own: benchmarks/README.md.
    benchmarks = r"python -m benchmarks.*|`--(?:gold NAME|answers|kind|write)[^`]*`"
    others = r"^(?:pip|docker) .*$|`(?:pip|pipx|uv|uvx|docker) [^`]*`"
    commands = re.sub(f"{benchmarks}|{others}", "", texts, flags=re.MULTILINE)
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", commands))
    assert shown - known == set()


def test_every_command_is_in_the_readme() -> None:
    """Somebody who reads it knows what there is."""
    text = README.read_text("utf-8")
    names = get_command(app).commands  # type: ignore[attr-defined]
    assert [name for name in names if f"\nsummarise {name} " not in text] == []


def _options(command: Any) -> Iterator[str]:
    """The options of a command and of all below it."""
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)
    for below in getattr(command, "commands", {}).values():
        yield from _options(below)
