"""The README and the pages of docs/: short where they must be, whole, and true of what is there."""

from __future__ import annotations

import ast
import re
import shlex
import struct
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.exceptions import TyperException
from typer.main import get_command

import summarise
from benchmarks.picture import PICTURE, WIDTH
from summarise import errors
from summarise.batch import INTERRUPTED
from summarise.cli import app
from summarise.models import DoubtKind, FailureKind, SkipKind
from summarise.render import FORMATS as TABLE_FORMATS
from summarise.render import file_suffixes
from summarise.settings import load_settings
from summarise.settings.layers import CONFIG_NAME
from summarise.store.files import OWN
from tests import reference, screens, walks
from tests.conftest import ROOT

README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
ALL = [README, ROOT / "CONTRIBUTING.md", *PAGES]
AGAIN = "; `python -m tests.golden` makes it anew"
_CODE_SHOWN = 98
_MOST_WORDS = 900
_NOT_PROSE = re.compile(r"^```.*?^```|^\|.*?$|<!--.*?-->", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->|^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_GAP = "…"
_WRONG = {"--modle", "tabel"}
"""What is misspelt on purpose, to show what comes of it."""
_OF_SHELL = {"|", "||", "&&", "<", ">"}


def text_of(page: str) -> str:
    """The text of a page of docs/."""
    return (DOCS / f"{page}.md").read_text("utf-8")


def test_the_readme_is_short() -> None:
    """Words without code and tables."""
    assert len(_NOT_PROSE.sub("", README.read_text("utf-8")).split()) <= _MOST_WORDS


def test_the_first_screen() -> None:
    """What it is, two commands and the picture come before anything else."""
    first = README.read_text("utf-8").partition("\n## ")[0]
    code = re.findall(r"```\w*\n(.*?)\n```", first, re.DOTALL)[0]
    assert len(code.split("\n")) == 2
    assert first.index(code) < first.index("](docs/table.png)")


def test_code_is_as_wide_as_the_page() -> None:
    """GitHub shows so many letters of a line of code beside its own column; the rest is cut off."""
    code = re.findall(r"^```\w*\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert max(len(line) for block in code for line in block.splitlines()) <= _CODE_SHOWN


def test_the_picture() -> None:
    """As wide as GitHub shows a README, and quick to load."""
    content = PICTURE.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", content[16:20]) == (WIDTH,)
    assert len(content) < 200_000


@pytest.mark.parametrize("page", ALL, ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A link to a file of ours names one, and a heading that is in it."""
    links = _LINK.findall(_COMMENT.sub("", page.read_text("utf-8")))
    for link in (one for one in links if "://" not in one):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_one_click_away() -> None:
    """The index links to each, and its trees hold each: a heading in it is the second click."""
    index = text_of("index")
    others = {page.stem for page in PAGES} - {"index"}
    linked = {link.partition(".md")[0] for link in _LINK.findall(index) if ".md" in link}
    trees = re.findall(r"```\{toctree\}\n(.*?)```", index, re.DOTALL)
    assert linked == others
    assert sorted(w for tree in trees for w in tree.split() if w in others) == sorted(others)


def test_the_pages_of_the_code_are_of_today() -> None:
    """Every command, and every setting and preset, stands in them."""
    assert text_of("commands") == reference.commands_page(), AGAIN
    assert text_of("settings") == reference.settings_page(text_of("settings")), AGAIN


@pytest.mark.parametrize("page", walks.walks(), ids=lambda path: path.stem)
def test_a_page_shows_what_its_commands_print(page: Path) -> None:
    """Typed anew in an empty folder, times apart."""
    assert walks.differences(page) == [], AGAIN


def test_what_a_page_shows_wrongly_is_found(tmp_path: Path) -> None:
    """Times may differ, and lines where … stands; nothing else, and … alone holds of nothing."""
    page = tmp_path / "page.md"
    shown = "$ echo took 1.0 s\ntook 2.0 s\n$ seq 4\n1\n…\n4\n"
    page.write_text(f"```console\n{shown}```\n", "utf-8")
    assert walks.differences(page) == []
    for right, wrong in (
        ("took 2.0", "takes 2.0"),
        ("4\n1", "4\n0"),
        ("\n4\n", "\n5\n"),
        ("1\n…\n4", "…"),
    ):
        page.write_text(f"```console\n{shown.replace(right, wrong)}```\n", "utf-8")
        assert walks.differences(page), wrong


def test_the_pictures_of_a_terminal_are_of_today() -> None:
    """They show what the commands print, and load nothing."""
    for name, content in screens.pictures().items():
        shown = (DOCS / f"{name}.svg").read_text("utf-8")
        assert walks.bare(shown) == walks.bare(content), AGAIN
        assert "url(http" not in shown


def test_every_command_that_is_shown_is_one() -> None:
    """A line of code that begins with the program's name is one that the program takes."""
    shown = [line for page in ALL for line in shown_commands(page)]
    assert len(shown) > 60
    assert fault_of("summarise run page.txt --modle qwen3")
    assert {line: fault for line in shown if (fault := fault_of(line))} == {}


def test_every_settings_file_that_is_shown_is_one(tmp_path: Path) -> None:
    """A block that begins with the file's name is read, each of its endpoints too."""
    blocks = [code for page in ALL for name, code in _CODE.findall(page.read_text("utf-8"))]
    files = [code for code in blocks if code.startswith(f"# {CONFIG_NAME}\n")]
    assert len(files) >= 3
    for number, code in enumerate(files):
        path = tmp_path / f"{number}.toml"
        path.write_text(code, "utf-8")
        for endpoint in [None, *tomllib.loads(code)["endpoints"]]:
            load_settings({"endpoint": endpoint}, {}, path)


def test_every_flag_in_a_sentence_exists() -> None:
    """A flag of the README or a page is an option of a command."""
    texts = "".join(page.read_text("utf-8") for page in (README, *PAGES))
    known = {"--help", *_options(program())}
    assert {"--model", "--no-cache"} <= known
    # Those of our benchmarks, and of other programs, aren't ours.
    ours = re.sub(
        r"python -m\s+benchmarks.*|`--(?:gold NAME|answers|kind|write)[^`]*`|"
        r"^(?:pip|docker|vllm|parallel|#SBATCH) .*$|`(?:pip|pipx|uv|uvx|docker|vllm) [^`]*`",
        "",
        texts,
        flags=re.MULTILINE,
    )
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", ours))
    assert shown - known == {"--modle"}


def test_every_file_of_a_run_is_in_the_docs() -> None:
    """With every reason why an entry or a document came to nothing."""
    text = text_of("files")
    for name in (*OWN, *FailureKind, *SkipKind):
        assert f"`{name}`" in text, name


def test_every_exit_code_is_in_the_docs() -> None:
    """Those of all errors, of Ctrl-C, and of what commands find."""
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", text_of("files"), re.MULTILINE)}
    tree = [errors.SummariseError]
    for one in tree:
        tree += one.__subclasses__()
    assert told == {0, 1, INTERRUPTED, *(one.exit_code for one in tree)}


def test_every_doubt_is_in_the_docs() -> None:
    """A mark that somebody asks about has an explanation."""
    assert [kind for kind in DoubtKind if f"| `{kind}` |" not in text_of("checking")] == []


def test_every_format_of_a_table_is_in_the_docs() -> None:
    """With an ending by which it is chosen."""
    text = text_of("tables")
    assert [name for name in TABLE_FORMATS if f"`{name}`" not in text] == []
    endings = set(re.findall(r"`(\.[a-z.0-9]+)`", text))
    assert endings <= set(file_suffixes()) | {".csl.json"}


def test_every_message_that_is_quoted_is_one() -> None:
    """A heading of the page of troubleshooting stands in the code, … for what differs."""
    headings = re.findall(r"^### `(.+)`$", text_of("troubleshooting"), re.MULTILINE)
    assert len(headings) > 40
    assert [heading for heading in headings if not is_said(heading)] == []


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in a link, on GitHub as in the site."""
    headings = _HEADING.findall(_COMMENT.sub("", page.read_text("utf-8")))
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {one.replace(" ", "-") for one in kept}


def shown_commands(page: Path) -> Iterator[str]:
    """The command lines of ours in the code of a page, what is wrong on purpose apart."""
    for language, code in _CODE.findall(page.read_text("utf-8")):
        for line in code.replace("\\\n", "").splitlines():
            typed = line.removeprefix("$ ") if language == "console" else line
            is_ours = typed.startswith("summarise ") and (language != "console" or line != typed)
            if is_ours and language in {"", "sh", "console"} and not set(line.split()) & _WRONG:
                yield typed


@cache
def program() -> Any:
    """The commands, which take a moment to be put together."""
    return get_command(app)


def fault_of(line: str) -> str:
    """What the program says to a command line before it does anything; empty where it goes on."""
    words = takewhile(lambda word: word not in _OF_SHELL, shlex.split(line, comments=True))
    try:
        parse(program(), list(words))
    except typer.Exit:  # --version and --help
        return ""
    except TyperException as error:
        return str(error.message)
    return ""


def parse(command: Any, words: list[str], above: Any = None) -> None:
    """Parse the name of a command and the words after it; raises what the program would."""
    with command.make_context(words[0], words[1:], parent=above) as context:
        if hasattr(command, "commands"):
            rest = [*context._protected_args, *context.args]
            name, below, rest = command.resolve_command(context, rest)
            parse(below, [name, *rest], context)


@cache
def templates() -> tuple[str, ...]:
    """Every text in the code in small letters, with … where something is filled in."""
    roots = (Path(summarise.__file__).parent, Path(typer.__file__).parent)
    found = []
    for module in (path for root in roots for path in root.rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else _GAP for p in node.values)
                found.append("".join(map(str, parts)).lower())
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.sub(r"%(?:\.\d+)?[a-z]", _GAP, node.value).lower())
    return tuple(found)


def is_said(quoted: str) -> bool:
    """Whether a text of the code holds the words of a message, in their order."""
    # What a library says with a capital is told without.
    pieces = [piece.strip().lower() for piece in quoted.split(_GAP)]
    return any(_holds(one, pieces) for one in templates())


def _holds(text: str, pieces: list[str]) -> bool:
    """Whether some pieces stand in a text, one behind the other."""
    at = 0
    for piece in pieces:
        if (at := text.find(piece, at)) < 0:
            return False
        at += len(piece)
    return True


def _options(command: Any) -> Iterator[str]:
    """The options of a command and of all below it."""
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)
    for below in getattr(command, "commands", {}).values():
        yield from _options(below)
