"""What commands take on a large run: to look at one record, to correct one, to check all.

Beside what no command can do without: to start, to read the files' bytes, to parse the records.

python -m benchmarks.large_run --work DIR
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.alone import run
from benchmarks.documents import write
from benchmarks.tables import figure, machine, table

_BYTES = "import sys; [open(name, 'rb').read() for name in sys.argv[1:]]"
_LINES = "import json, sys; [json.loads(line) for line in open(sys.argv[1], 'rb')]"
_FILES = ("documents.jsonl", "records.jsonl")
_AT_ONCE = "≤ 0.5"
_CELL = "results[0].value"


def commands(name: str, count: int) -> Iterator[tuple[str, str, Sequence[str]]]:
    """What is measured, its goal in seconds of CPU, and its arguments."""
    files = [f"{name}/{one}" for one in _FILES]
    own, last = ["-m", "summarise"], count - 1
    yield "start: `--version`", "–", [*own, "--version"]
    yield "the bytes of documents and records", "–", ["-c", _BYTES, *files]
    yield "a plain loop of `json.loads` over records", "–", ["-c", _LINES, files[1]]
    yield "`show 1`", _AT_ONCE, [*own, "show", name, "1"]
    yield f"`show {count}`", _AT_ONCE, [*own, "show", name, str(count)]
    yield "`show` by id", _AT_ONCE, [*own, "show", name, f"doc-{last:06}"]
    yield "`show` by words of a title", _AT_ONCE, [*own, "show", name, f"Arbour-{last:06}"]
    yield "`inspect` of the input", "–", [*own, "inspect", f"{name}.jsonl"]
    yield "`status`", "–", [*own, "status", name]
    yield "`table --limit 10`", "–", [*own, "table", name, "--limit", "10", "-o", "ten.md"]
    where = ["--where", "compute > 400 GPU hours"]
    yield "`table --where`", "–", [*own, "table", name, *where, "-o", "chosen.md"]
    yield "`diff` with a copy", "–", [*own, "diff", name, "copy", "-o", "diff.md"]
    again = ["run", f"{name}.jsonl", "-o", name, "--quiet"]
    yield "`run` with nothing to do", "–", [*own, *again]
    for what, number in (("first, which takes the table away", last), ("second", last - 1)):
        cell = ["correct", name, f"doc-{number:06}", _CELL, "71.2%", "--by", "Ada"]
        yield f"`correct` of a cell, the {what}", _AT_ONCE, [*own, *cell]
    yield "`correct --undo`", _AT_ONCE, [*own, "correct", name, "--undo"]
    yield "`run`, which writes the table", "–", [*own, *again]
    yield "`verify`", "–", [*own, "verify", name]


def prepare(folder: Path, count: int) -> str:
    """Make a run of so many records, unless it is there, and a copy of it; gives its name."""
    name = f"run{count}"
    if not (folder / name / "table.md").exists():
        documents = write(folder / f"{name}.jsonl", count)
        run(["-m", "summarise", "run", str(documents), "-o", name, "--quiet"], folder)
    shutil.rmtree(folder / "copy", ignore_errors=True)
    shutil.copytree(folder / name, folder / "copy")
    return name


def measure(folder: Path, count: int) -> Iterator[str]:
    """Measure each command once, after it has run for its bytecode, and tell it."""
    name = prepare(folder, count)
    size = sum((folder / name / one).stat().st_size for one in _FILES) / 1e6
    yield f"{machine()}, load {os.getloadavg()[0]:.1f}; {count:,} records, {size:,.0f} MB."
    yield ""
    rows = []
    for what, goal, arguments in commands(name, count):
        cost = run(arguments, folder)
        if cost.cpu < 1 and "correct" not in arguments:  # the first time is that of its imports
            cost = run(arguments, folder)
        rows.append((what, figure(cost.cpu), goal, figure(cost.wall), figure(cost.rss, 0)))
    yield from table(["what", "CPU s", "goal", "wall s", "RSS MB"], rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--work", type=Path, help="keeps the run here, for the next time")
    parser.add_argument("--rm", action="store_true", help="remove what was made in that folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = given.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        sys.stdout.writelines(f"{line}\n" for line in measure(work.absolute(), given.count))
        if given.rm and given.work:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
