"""What needs no endpoint: start-up of commands, the embedded extractor, a scan, grounding.

python -m benchmarks.alone
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.documents import write
from benchmarks.loopback import ROOT
from benchmarks.measure import Cost, environment, measured
from benchmarks.tables import figure, machine, table

_SDKS = ("openai", "instructor", "aiohttp", "httpx2")


def run(arguments: Sequence[str], folder: Path) -> Cost:
    """Run a module of this checkout, with bytecode, as users have it: kept in the folder.

    Raises:
        SystemExit: It failed.
    """
    command = [sys.executable, *arguments]
    told = environment(folder, PYTHONPATH=str(ROOT), PYTHONPYCACHEPREFIX=str(folder / "bytecode"))
    told.pop("PYTHONDONTWRITEBYTECODE", None)
    cost = measured(command, cwd=folder, env=told)
    if cost.exit_code:
        raise SystemExit(f"{' '.join(arguments)} left with {cost.exit_code}: {cost.errors[-500:]}")
    return cost


def start_up(arguments: Sequence[str], folder: Path, repeats: int) -> float:
    """CPU milliseconds of a command, the median of some runs after a first one."""
    command = ["-m", "summarise", *arguments]
    run(command, folder)
    return 1000 * median(run(command, folder).cpu for _ in range(repeats))


def sdks(arguments: Sequence[str], folder: Path) -> str:
    """Which SDKs a command imports."""
    told = run(["-X", "importtime", "-m", "summarise", *arguments], folder).errors
    names = {line.rsplit("|", 1)[-1].strip() for line in told.splitlines()}
    return ", ".join(sorted(names.intersection(_SDKS))) or "none"


def measure(count: int, repeats: int, folder: Path) -> Iterator[str]:
    """Measure everything and tell it."""
    documents = write(folder / "documents.jsonl", count)
    embedded = run(["-m", "summarise", "run", str(documents), "-o", "run", "--quiet"], folder)
    reading = json.loads(run(["-m", "benchmarks.reading_time", str(count)], folder).output)
    yield f"{machine()}; {count} abstracts, median of {repeats}."
    yield ""
    rows = [
        ("`summarise --help`, CPU ms", figure(start_up(["--help"], folder, repeats), 0), "≤ 100"),
        ("`run --help`, CPU ms", figure(start_up(["run", "--help"], folder, repeats), 0), "≤ 200"),
        ("`table`, SDKs imported", sdks(["table", "run"], folder), "none"),
        ("`verify`, SDKs imported", sdks(["verify", "run"], folder), "none"),
        ("embedded extractor, abstracts/s", figure(1000 / reading["embedded"], 0), "≥ 400"),
        ("embedded, whole run, abstracts a CPU second", figure(count / embedded.cpu, 0), "–"),
        ("scan on every answer, ms an abstract", figure(reading["needed"], 3), "≤ 0.25"),
        ("scan for everything, ms an abstract", figure(reading["everything"], 3), "–"),
        ("ground and doubt an answer, ms a record", figure(reading["doubted"], 3), "≤ 0.6"),
    ]
    yield from table(["what", "measured", "goal"], rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = measure(given.count, given.repeats, Path(folder))
        sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
