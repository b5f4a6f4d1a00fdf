"""Tests of ``summarise.prompts`` and of ``summarise prompts``: list, show, check."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from summarise import cli
from summarise.errors import PromptError
from summarise.prompts import (
    check_prompt,
    load_prompt,
    prompt_messages,
    prompt_versions,
    summarise_prompts,
)
from summarise.settings import Settings
from tests.conftest import ROOT
from tests.records import make_document

PAGE = ROOT / "fixtures" / "daily_papers.txt"
Edit = Callable[[str, str, str], str]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Makes a copy of version 2 with one thing changed in one file; gives its path."""

    def edit(name: str, old: str, new: str) -> str:
        folder = tmp_path / "mine"
        shutil.copytree(ROOT / "prompts" / "v2", folder)
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        return str(folder)

    return edit


@pytest.fixture
def prompts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs ``summarise prompts`` in this process; gives exit code, output and errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["summarise", "prompts", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return call


@pytest.mark.parametrize("version", prompt_versions())
def test_what_is_shipped_is_right(version: str) -> None:
    """No fault in any version at hand."""
    assert check_prompt(version) == []


def test_the_default_is_listed() -> None:
    """Exactly one version is the default: the one that settings name."""
    (default,) = [one for one in summarise_prompts() if one.is_default]
    assert default.version == Settings().prompt_version == "v2"
    assert default.fingerprint == load_prompt("v2").fingerprint


def test_version_2_is_shorter() -> None:
    """What every request starts with is at least a quarter shorter than in version 1."""
    sizes = {one.version: one.characters for one in summarise_prompts()}
    assert sizes["v2"] < 0.75 * sizes["v1"]


FAULTS = [
    (
        "system.md.jinja",
        "{{ outline }}",
        "{{ outlin }}",
        "system.md.jinja",
        "'outlin' is undefined",
    ),
    ("system.md.jinja", "{{ outline }}", "{{ range(9**4)|random }}", "system.md.jinja", "the same"),
    ("system.md.jinja", "{% else %}", "{% else %}{{ no }}", "system.md.jinja", "'no' is undefined"),
    ("examples.json", '"71.6%", "base', '"71.7%", "base', "results[0].value", "“71.7%”"),
    ("examples.json", '58.9% to 71.6%."', '58.9% to 71.9%."', "results[0].claim", "“71.9%”"),
    ("examples.json", '"name": "MARLOCK"', '"name": "MARLOK"', "method.name", "word for word"),
    ("examples.json", '"sentences": [1, 2]', '"sentences": [1, 9]', "problem.sentences", "9 isn't"),
    (
        "examples.json",
        '"sentences": [7]',
        '"sentences": [6]',
        "results[2].sentences",
        "instruction",
    ),
    ("examples.json", '"role": "training"', '"role": "tuning"', "examples.json", "role"),
    ("user.md.jinja", "<<<{{ mark }}", "<<<", "user.md.jinja", "before and after"),
    ("user.md.jinja", ">>>{{ mark }}", "", "user.md.jinja", "before and after"),
    ("user.md.jinja", "[{{ loop.index }}] ", "", "user.md.jinja", "begin with its number"),
    ("user.md.jinja", "Title: {{ title }}", "", "user.md.jinja", "title and each sentence once"),
    ("user.md.jinja", "{{ sentence }}", "{{ sentence }} {{ sentence.x }}", "user.md.jinja", "'x'"),
]


@pytest.mark.parametrize(("name", "old", "new", "where", "reason"), FAULTS)
def test_faults_are_found(
    edited: Edit, name: str, old: str, new: str, where: str, reason: str
) -> None:
    """Whatever is wrong is told with its file, its place and the reason."""
    faults = [str(fault) for fault in check_prompt(edited(name, old, new))]
    assert faults
    assert name in faults[0]
    assert any(where in fault and reason in fault for fault in faults), faults


def test_a_folder_of_ones_own_is_used(edited: Edit) -> None:
    """A path takes the place of a name, and its content makes the fingerprint."""
    path = edited("system.md.jinja", "comparison table", "table of birds")
    prompt = load_prompt(path)
    assert "table of birds" in prompt.messages[0]["content"]
    assert prompt.fingerprint != load_prompt("v2").fingerprint
    assert check_prompt(path) == []


def test_templates_cannot_run_code(edited: Edit) -> None:
    """A prompt folder that someone hands on is data: Jinja's sandbox holds it."""
    attack = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    with pytest.raises(PromptError, match="unsafe"):
        load_prompt(edited("user.md.jinja", "{% if title %}", f"{attack}{{% if title %}}"))


def test_the_messages_are_those_of_a_request() -> None:
    """System, examples, and the document as the last message."""
    messages = prompt_messages("v2", make_document(abstract="Gulls were counted."))
    assert messages[:-1] == list(load_prompt("v2").messages)
    assert messages[-1]["role"] == "user"
    assert "\n[1] Gulls were counted." in messages[-1]["content"]


def test_the_list_command(prompts: Callable[..., tuple[int, str, str]]) -> None:
    """A line for each version, the default marked."""
    code, out, _ = prompts("list")
    assert code == 0
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == prompt_versions()
    assert [line.split()[0] for line in lines if line.endswith("  default")] == ["v2"]


def test_the_show_command(prompts: Callable[..., tuple[int, str, str]]) -> None:
    """Readable by default, JSON on request."""
    code, out, _ = prompts("show", "v2", "--document", PAGE)
    assert code == 0
    assert out.startswith("=== system\n")
    assert "\n[1] Text-to-speech models that sound natural" in out
    code, out, _ = prompts("show", "v2", "--json")
    assert json.loads(out) == prompt_messages("v2")


def test_the_check_command(prompts: Callable[..., tuple[int, str, str]], edited: Edit) -> None:
    """Exit 0 and a line for each version; exit 2 and a line for each fault."""
    assert prompts("check") == (0, "v1: nothing wrong\nv2: nothing wrong\n", "")
    code, out, err = prompts("check", edited("user.md.jinja", "<<<{{ mark }}", "<<<"))
    assert (code, out) == (2, "")
    assert "user.md.jinja: no line with {{ fence }}" in err
    assert err.count("\n") == 1
    code, _, err = prompts("check", "v9")
    assert (code, err) == (2, "summarise: there is no prompt version 'v9'. At hand: v1, v2.\n")
