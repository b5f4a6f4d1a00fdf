"""The distribution has a name of its own, and whatever advises to install it uses that."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from importlib.metadata import version
from typing import Any

import pytest
import yaml

from summarise import __version__
from summarise.settings import load_settings
from tests.conftest import ROOT

DOCKERFILE = ROOT / "docs" / "Dockerfile"

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


def test_there_is_one_version() -> None:
    """The build takes it from the package; what repeats it says the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"] == {"path": "summarise/__init__.py"}
    assert version("summarise-abstracts") == __version__
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == __version__
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    first, *released = re.findall(r"^## \[([^\]]+)\]", changes, re.MULTILINE)
    assert first == "Unreleased"
    assert released[:1] in ([], [__version__])


def instructions() -> list[tuple[str, str]]:
    """Those of the Dockerfile, with what stands behind each."""
    lines = [line for line in DOCKERFILE.read_text("utf-8").split("\n") if line[:1] != "#"]
    whole = "\n".join(lines).replace("\\\n", " ")
    return [(name, rest) for name, _, rest in (x.partition(" ") for x in whole.split("\n") if x)]


def test_the_container_is_offline_and_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the user says otherwise, it opens no network; it isn't root, and holds no key."""
    said = dict(instructions())
    assert said["ENTRYPOINT"] == '["summarise"]'
    assert said["USER"].split(":")[0] not in {"0", "root"}
    names = [name for name, _ in instructions()]
    assert names.index("USER") < names.index("ENTRYPOINT")
    variables = dict(one.split("=", 1) for one in said["ENV"].split())
    assert not [name for name in variables if "KEY" in name or "TOKEN" in name]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings = load_settings({}, os.environ)
    assert settings.offline
    assert str(settings.cache_dir) == "/cache"
    monkeypatch.setenv("SUMMARISE_OFFLINE", "false")
    assert not load_settings({}, os.environ).offline


def test_the_container_has_all_that_the_wheel_is_built_of() -> None:
    """What is copied is there; what the build reads is copied; what it pins is the lock."""
    copied = [
        rest.split()[:-1]
        for name, rest in instructions()
        if name == "COPY" and "--from" not in rest
    ]
    sources = {source for group in copied for source in group}
    assert all((ROOT / source).exists() for source in sources)
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel: dict[str, Any] = build["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], *build["project"]["license-files"]}
    needed.add(wheel["hooks"]["custom"]["path"])
    assert {*needed, "pyproject.toml", build["project"]["readme"]} <= sources
    (making,) = (rest for name, rest in instructions() if name == "RUN" and "pins.txt" in rest)
    pinning = making.split("&&")[0].replace("> pins.txt", "")
    pins = subprocess.run(["sh", "-c", pinning], capture_output=True, check=True, cwd=ROOT).stdout
    lines = pins.decode().splitlines()
    assert all(re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+( ;.*)?$", line) for line in lines)
    assert len(lines) > 50


def test_the_sdist_has_all_that_is_in_the_repository() -> None:
    """Whoever gets it can build, test and read all; what lies outside is of git alone."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    held = build["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    there = {
        path.name
        for path in ROOT.iterdir()
        if path.name in {"README.md", "docs", ".ci", "training", "prompts", "requirements.lock"}
        or (path.suffix in {".md", ".cff", ".lock"} or (path / "__init__.py").exists())
    }
    assert there <= {*held, "pyproject.toml"}
