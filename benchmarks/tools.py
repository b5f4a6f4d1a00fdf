"""The tools that are compared: how each is installed, called and counted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from benchmarks.loopback import ROOT
from benchmarks.measure import environment

OURS = "summarise"
_DISTRIBUTION = "summarise-abstracts"


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool.

    Attributes:
        name: As given to ``--only``.
        requirements: What is installed for it; nothing for ours.
        package: Whose version is shown.
        module: Script in ``peers/``.
        shape: Whose answers the server gives.
    """

    name: str
    requirements: tuple[str, ...] = ()
    package: str = _DISTRIBUTION
    module: str = ""
    shape: str = "draft"


TOOLS = (
    Tool(OURS),
    Tool("openai", ("openai",), "openai", "openai_loop"),
    # Without a lower bound pip goes back to a version of 2024, whose pins fit anything.
    Tool("instructor", ("instructor[diskcache]>=1.17",), "instructor", "instructor_loop"),
    Tool("curator", ("bespokelabs-curator",), "bespokelabs-curator", "curator"),
    Tool("llm", ("llm",), "llm", "llm_api"),
    Tool("langextract", ("langextract[openai]",), "langextract", "langextract_api", "extractions"),
)

ENGINES = (
    Tool("ray-data", ("ray[data]", "aiohttp", "pydantic"), "ray", "ray_data"),
    Tool("daft", ("daft[openai,ray]", "pydantic"), "daft", "daft_prompt"),
)
"""What runs a function over the rows of a table, on many machines."""


class NotInstalled(Exception):
    """A tool could not be installed here; the message is the installer's last line."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a tool is to do.

    Attributes:
        documents: JSON lines.
        base_url: Of the endpoint.
        concurrency: Requests at a time.
        timeout: Seconds for a request, None for the tool's default.
        folder: For its output and whatever it keeps; the same one in a rerun.
        name: Of our run directory in that folder; another one finds the answers in the cache.
    """

    documents: Path
    base_url: str
    concurrency: int
    timeout: float | None
    folder: Path
    name: str = "run"

    @property
    def run(self) -> Path:
        """Our run directory."""
        return self.folder / self.name


@dataclass(frozen=True, slots=True)
class Installed:
    """A tool that can run.

    Attributes:
        tool: Which.
        python: The interpreter that has it.
        version: Its version.
    """

    tool: Tool
    python: Path
    version: str

    @classmethod
    def of(cls, tool: Tool, environments: Path) -> Self:
        """Install a tool into ``environments/<name>``, unless it is there.

        Raises:
            NotInstalled: The installer failed.
        """
        python = Path(sys.executable)
        if tool.requirements:
            python = environments / tool.name / "bin" / "python"
            if not _version(python, tool.package):
                _install(environments / tool.name, tool.requirements)
        version = _version(python, tool.package)
        if not version:
            raise NotInstalled(f"{python} has no {tool.package}")
        return cls(tool, python, version)

    def command(self, call: Call) -> list[str]:
        """The command line for a task; it runs in the task's folder."""
        ask = ["--base-url", call.base_url, "--concurrency", str(call.concurrency)]
        if call.timeout is not None:
            ask += ["--timeout", str(call.timeout)]
        python = str(self.python)
        if not self.tool.module:
            what = ["-m", OURS, "run", str(call.documents), "--model", "invented"]
            return [python, *what, *ask, "-o", str(call.run), "--quiet"]
        output = str(call.folder / "records.jsonl")
        what = ["-m", f"benchmarks.peers.{self.tool.module}", str(call.documents), output]
        return [python, *what, *ask, "--folder", str(call.folder)]

    def environment(self, call: Call) -> dict[str, str]:
        """What surrounds the command: this checkout on the path, and homes in the folder."""
        return environment(call.folder, PYTHONPATH=str(ROOT))

    def made(self, call: Call) -> list[str]:
        """The ids of the documents for which there is a record, in the order of the file."""
        folder = call.folder if self.tool.module else call.run
        return [line["doc_id"] for line in read_lines(folder / "records.jsonl")]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON lines of a file, as far as they are whole; none where there is no file."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield json.loads(line)


def chosen(names: str | None) -> list[Tool]:
    """The tools that ``--only`` leaves.

    Raises:
        SystemExit: A name that isn't known.
    """
    if names is None:
        return list(TOOLS)
    known = {"ours": OURS}
    wanted = [known.get(name, name) for name in names.split(",")]
    unknown = set(wanted) - {tool.name for tool in TOOLS}
    if unknown:
        raise SystemExit(f"--only: unknown tool {', '.join(sorted(unknown))}")
    return [tool for tool in TOOLS if tool.name in wanted]


def installed(
    tools: Iterable[Tool], environments: Path, note: Callable[[str], None]
) -> Iterator[Installed | tuple[Tool, str]]:
    """Each tool ready to run, or with the reason why it isn't."""
    for tool in tools:
        note(f"installing {tool.name}")
        try:
            yield Installed.of(tool, environments)
        except NotInstalled as error:
            yield tool, str(error)


def _version(python: Path, package: str) -> str:
    if not python.exists():
        return ""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _install(folder: Path, requirements: Sequence[str]) -> None:
    """Make a virtual environment: by uv where it is at hand, else by venv and pip."""
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    python = str(folder / "bin" / "python")
    if uv:
        make = [uv, "venv", "--clear", "--quiet", "--python", sys.executable, str(folder)]
        fill = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
        fill += requirements
    else:
        make = [sys.executable, "-m", "venv", "--clear", str(folder)]
        fill = [python, "-m", "pip", "install", "--quiet", *requirements]
    for command in (make, fill):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = done.stderr.strip().splitlines() or ["no message"]
            raise NotInstalled(f"{folder.name} can't be installed: {last[-1]}")
