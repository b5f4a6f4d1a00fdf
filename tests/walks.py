"""The commands that a page of docs/ shows, typed anew, so that what it shows of their output holds.

A page says in a comment what lies in the folder that they are typed in, under which name, and
whether a server stands by, a stand-in that answers as the embedded extractor would:

    <!-- walk: page.txt=fixtures/daily_papers.txt server=8000 -->

A ``toml`` block whose first line is a comment of a name lies there, too.
In its ``console`` blocks a line that begins with ``$`` is typed; below it stands what comes, where
a line ``…`` stands for any number of lines. Times and dates may differ.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from summarise import read, summarise
from tests.loopback import Reply, answer
from tests.processes import Process
from tests.test_doctor import Server

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
GAP = "…"
_SET_UP = re.compile(r"<!-- walk: (.*?) -->")
_SETTINGS = re.compile(r"^```toml\n# (\S+)\n.*?(?=^```$)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_MAY_DIFFER = re.compile(
    r"\d{4}-\d\d-\d\d(T[\d:]+Z)?|\b[\d.]+ s\b|[\d.]+ × the answers|[\d,]+ tokens a second"
    r"|(?<=genai-prices )[\d.]+\d"
)
_PLAIN = re.compile(r"summarise (?:[^|<>&;$*?~`#()\\]|\\\n)*\Z")


class Walk:
    """The commands of a page, in order.

    Attributes:
        page: Where they stand.
    """

    def __init__(self, page: Path) -> None:
        self.page = page
        self._text = page.read_text("utf-8")
        told = _SET_UP.search(self._text)
        self._files = dict(part.split("=") for part in told[1].split()) if told else {}
        self._port = self._files.pop("server", None)

    @property
    def is_empty(self) -> bool:
        """Whether the page shows no command with what comes of it."""
        return _BLOCK.search(self._text) is None

    def typed(self) -> str:
        """The page, with what its commands print today in place of what they don't."""
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            for name, source in self._files.items():
                target = Path(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, target)
            port = ""
            if self._port:
                inputs = [Path(folder, name) for name in self._files]
                server = stack.enter_context(StandIn(inputs).run())
                port = server.base_url.removesuffix("/v1").rpartition(":")[2]
            for shown in _SETTINGS.finditer(self._text):
                content = shown[0].removeprefix("```toml\n").replace(f":{self._port}", f":{port}")
                Path(folder, shown[1]).write_text(content, "utf-8")

            def block(found: re.Match[str]) -> str:
                steps = re.split(r"^(?=\$ )", found[0], flags=re.MULTILINE)
                return "".join(self._step(step, Path(folder), port) for step in steps if step)

            return _BLOCK.sub(block, self._text)

    def _step(self, step: str, folder: Path, port: str) -> str:
        """A command and its output: as it stands there, where that holds."""
        command, shown = _parted(step)
        own, ours = f":{self._port}", f":{port}"
        printed = _printed(command.replace(own, ours) if port else command, folder)
        printed = printed.replace(ours, own) if port else printed
        return f"$ {command}\n" + _kept(shown, printed.replace(str(folder), "~"))


class StandIn(Server):
    """A server that calls itself vLLM, and answers to documents as the embedded extractor would."""

    def __init__(self, inputs: list[Path]) -> None:
        model = {"id": "qwen3-8b", "object": "model", "owned_by": "vllm", "max_model_len": 32768}
        super().__init__(pages={"/v1/models": {"object": "list", "data": [model]}})
        documents = [document for path in inputs for document in read(path)]
        drafts = {one.doc_id: one.draft for one in summarise(documents, model="embedded").records()}
        # By the first words of an abstract, which the request holds.
        self._texts = {one.abstract[:40]: json.dumps(drafts[one.doc_id]) for one in documents}

    def answer(self, body: Any, came_before: bool) -> Reply:
        """The answer to a document, and to whatever ``doctor`` asks besides, under its own name."""
        reply = self._answer(body, came_before)
        shown = {**json.loads(reply.body), "model": "qwen3-8b"}
        return replace(reply, body=json.dumps(shown).encode())

    def _answer(self, body: Any, came_before: bool) -> Reply:
        asked = body["messages"][-1]["content"]
        for start, text in self._texts.items():
            if start in asked:
                usage = {**self.usage(body, came_before), "completion_tokens": len(text) // 4}
                return answer(text, usage=usage)
        return super().answer(body, came_before)


def _parted(step: str) -> tuple[str, str]:
    """A command, which may go on after a backslash, and what is shown of its output."""
    lines = step.removeprefix("$ ").splitlines(keepends=True)
    end = next(number for number, line in enumerate(lines, 1) if not line.endswith("\\\n"))
    return "".join(lines[:end]).rstrip("\n"), "".join(lines[end:])


def _printed(command: str, folder: Path) -> str:
    """What a command prints, at 80 columns, on both streams."""
    kept = ("HOME", "LANG", "SYSTEMROOT", "PYTHONPYCACHEPREFIX", "PYTHONPATH")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SUMMARISE_CACHE_DIR": str(folder / ".cache"),
        "COLUMNS": "80",
    }
    if _PLAIN.match(command):
        # Nothing for a shell to do: a process that begins at once prints the same.
        words = shlex.split(command.replace("\\\n", ""))
        return (
            Process(*words[1:], cwd=folder, env=environment, together=True)
            .communicate()[0]
            .decode()
        )
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.stdout.decode()


def _kept(shown: str, printed: str) -> str:
    """What is shown, where it is what was printed; else those parts of that which were shown."""
    parts = _parts(shown)
    if not any(parts) and printed:  # a gap alone would hold of whatever is printed
        return printed
    between = [re.escape(bare("".join(part))) for part in parts]
    if re.fullmatch(r"(?:.*\n)?".join(between), bare(printed), re.DOTALL):
        return shown
    return f"{GAP}\n".join("".join(part) for part in _found_again(parts, printed))


def _parts(shown: str) -> list[list[str]]:
    """The lines between gaps; one part where there is no gap."""
    parts: list[list[str]] = [[]]
    for line in shown.splitlines(keepends=True):
        if line == f"{GAP}\n":
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def _found_again(parts: list[list[str]], printed: str) -> list[list[str]]:
    """The same parts of what was printed: the first, the last, and those that begin alike."""
    lines = printed.splitlines(keepends=True)
    if len(parts) == 1:
        return [lines]
    first, *middle, last = parts
    found = [lines[: len(first)]]
    for part in middle:
        at = next((n for n, line in enumerate(lines) if bare(line) == bare(part[0])), None)
        if at is not None:
            found.append(lines[at : at + len(part)])
    return [*found, lines[-len(last) :] if last else []]


def bare(text: str) -> str:
    """A text without what differs from day to day."""
    return "".join(f"{line.rstrip()}\n" for line in _MAY_DIFFER.sub("#", text).splitlines())


def differences(page: Path) -> list[str]:
    """Where a page doesn't show what its commands print."""
    walk = Walk(page)
    old, new = page.read_text("utf-8").splitlines(), walk.typed().splitlines()
    return list(difflib.unified_diff(old, new, page.name, "printed", lineterm="", n=1))


def walks() -> list[Path]:
    """The pages that show commands with what comes of them."""
    return [page for page in PAGES if not Walk(page).is_empty]


def main() -> None:
    """Show in each page what its commands print today."""
    with ThreadPoolExecutor() as threads:
        typed = threads.map(lambda page: (page, Walk(page).typed()), walks())
        for page, text in typed:
            page.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
