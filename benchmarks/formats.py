"""What each format of a table costs, beside parsing the same files, and what memory it takes.

With plain abstracts, and with the same as they read where they were copied from LaTeX or a page.

python -m benchmarks.formats [markdown ...]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.alone import run
from benchmarks.documents import write
from benchmarks.measure import Cost
from benchmarks.tables import figure, machine, table, times
from summarise.render import FORMATS

_PARSING = """
from pathlib import Path
from summarise.store import Run
for _ in Run(Path("whole")).rows():
    pass
"""


def costs(arguments: Sequence[str], folder: Path, repeats: int) -> tuple[float, Cost]:
    """CPU seconds of a command, the median of some runs, and what the last one cost."""
    all_ = [run(arguments, folder) for _ in range(repeats)]
    return median(one.cpu for one in all_), all_[-1]


def measure(
    names: Sequence[str], count: int, repeats: int, folder: Path, *, copied: bool
) -> Iterator[str]:
    """Measure formats on a run of so many records, and on one of half as many."""
    for name, size in (("half", count // 2), ("whole", count)):
        documents = write(folder / f"{name}.jsonl", size, copied=copied)
        run(["-m", "summarise", "run", str(documents), "-o", name, "--quiet"], folder)
    parsing, parsed = costs(["-c", _PARSING], folder, repeats)
    kind = "copied" if copied else "plain"
    yield f"{machine()}; {count:,} records of {kind} abstracts, median of {repeats}."
    yield ""
    rows = [["parsing the files", figure(parsing), "1.00 ×", "–", figure(parsed.rss, 0), "–"]]
    for name in names:
        command = ["-m", "summarise", "table", "whole", "--format", name, "-o", f"t.{name}"]
        half = run([*command[:3], "half", *command[4:]], folder)
        cpu, last = costs(command, folder, repeats)
        made = (folder / f"t.{name}").stat().st_size / 1e6
        rows.append(
            [
                f"`{name}`",
                figure(cpu),
                times(cpu, parsing),
                figure(made, 1),
                figure(last.rss, 0),
                figure(last.rss - half.rss, 0),
            ]
        )
    header = ["format", "CPU s", "of parsing", "MB", "RSS MB", "more than of half"]
    yield from table(header, rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("formats", nargs="*", default=list(FORMATS), help="default: all")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    for copied in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            told = measure(given.formats, given.count, given.repeats, Path(folder), copied=copied)
            sys.stdout.writelines(f"{line}\n" for line in [*told, ""])


if __name__ == "__main__":
    main()
