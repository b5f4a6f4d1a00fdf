"""The distribution has a name of its own, and whatever advises to install it uses that."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT

# `summarise` on the package index is another project.
_ADVICE = re.compile(r"pip (?:un)?install (?:--?[\w-]+ )*['\"]?summarise(?![\w-])")
_KINDS = {".py", ".md", ".toml", ".yml", ".yaml", ".lock", ""}
_FOLDERS = ("summarise", "tests", "benchmarks", ".ci", "prompts", "training")


def test_the_name() -> None:
    """The distribution is summarise-abstracts, and its command is summarise."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "summarise-abstracts"
    assert list(project["scripts"]) == ["summarise"]


def test_no_advice_installs_another_project() -> None:
    """Nothing in the code, the docs or CI tells to install what only has the command's name."""
    paths = [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*")]
    for path in (*paths, *ROOT.glob("*.md")):
        if path.is_file() and path.suffix in _KINDS:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not _ADVICE.search(text), path
