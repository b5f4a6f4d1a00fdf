"""A million documents by the embedded extractor: in shards, merged, as tables; what each step took.

    python -m benchmarks.million --documents 1000000 --work DIR

What is done is written down in the folder, and the same command goes on after it. An hour of CPU
and 30 GB of disk are for the million.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.documents import write
from benchmarks.measure import Cost, environment, measured
from benchmarks.tables import figure, machine, table
from benchmarks.tools import read_lines

_LIMIT = 24 * 3600.0
_NOTES = "steps.jsonl"


@dataclass(frozen=True, slots=True)
class Step:
    """What a step took.

    Attributes:
        wall: Seconds from its start to its end.
        cpu: Seconds of all its processes.
        rss: Peak memory of its largest process, in MB.
        disk: MB (10⁶ bytes) that it has put on disk.
    """

    name: str
    wall: float
    cpu: float
    rss: float
    disk: float


def steps(size: int, processes: int) -> Iterator[tuple[str, list[Sequence[str]], str]]:
    """Name, commands that run at once, and the file or folder that each step makes."""
    yield "shard", [["shard", "documents.jsonl", "--size", str(size), "-o", "plan"]], "plan"
    yield "run", [["run", "plan", "--no-cache", "--quiet"]] * processes, "plan"
    yield "status", [["status", "plan"]], ""
    yield "merge", [["merge", "plan", "-o", "merged"]], "merged"
    for name in ("table.md", "table.parquet"):
        yield f"table -o {name}", [["table", "merged", "-o", name]], name


def play(folder: Path, size: int, processes: int) -> Iterator[Step]:
    """Make the steps that aren't noted yet.

    Raises:
        RuntimeError: A command failed.
    """
    noted = {line["name"]: Step(**line) for line in read_lines(folder / _NOTES)}
    for name, commands, made in steps(size, processes):
        if name not in noted:
            step = _made(folder, name, commands, folder / made if made else None)
            with (folder / _NOTES).open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(step)) + "\n")
            noted[name] = step
        yield noted[name]


def _made(folder: Path, name: str, commands: list[Sequence[str]], made: Path | None) -> Step:
    before = _size(made)

    def run(at: int) -> Cost:
        # The output of each is kept apart from that of the others.
        beside = folder / f"{name.split(maxsplit=1)[0]}{at}"
        beside.mkdir(exist_ok=True)
        line = [sys.executable, "-m", "summarise", *commands[at]]
        script = ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *line]
        return measured(script, cwd=beside, env=environment(folder), limit=_LIMIT)

    with ThreadPoolExecutor(len(commands)) as pool:
        costs = list(pool.map(run, range(len(commands))))
    codes = [cost.exit_code for cost in costs]
    if any(codes):
        raise RuntimeError(f"{name}: {costs[codes.index(max(codes))].errors.strip()}")
    wall, rss = (max(getattr(cost, of) for cost in costs) for of in ("wall", "rss"))
    return Step(name, wall, sum(cost.cpu for cost in costs), rss, _size(made) - before)


def _size(path: Path | None) -> float:
    if path is None or not path.exists():
        return 0.0
    files = [path] if path.is_file() else path.rglob("*")
    return sum(one.stat().st_size for one in files if one.is_file()) / 1e6


def report(folder: Path, documents: int, made: list[Step]) -> Iterator[str]:
    """The table, and how many records there are."""
    yield f"{machine()}."
    yield ""
    header = ["step", "wall s", "CPU s", "CPU ms/document", "RSS MB", "MB on disk"]
    yield from table(
        header,
        (
            [
                f"`{one.name}`",
                figure(one.wall, 0),
                figure(one.cpu, 0),
                figure(1000 * one.cpu / documents),
                figure(one.rss, 0),
                figure(one.disk, 0),
            ]
            for one in made
        ),
    )
    yield ""
    yield f"{documents:,} documents, {_merged(folder):,} records."


def _merged(folder: Path) -> int:
    manifest = json.loads((folder / "merged" / "manifest.json").read_bytes())
    return int(manifest["counts"]["records"])


def main() -> None:
    """Play and print; leaves with 1 where documents have no record."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=2000, help="of a shard")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--work", type=Path, help="folder that is kept; default: one that isn't")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.work or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / _NOTES).exists():
            write(folder / "documents.jsonl", given.documents)
        made = list(play(folder, given.size, given.processes))
        sys.stdout.writelines(f"{line}\n" for line in report(folder, given.documents, made))
        sys.exit(_merged(folder) != given.documents)


if __name__ == "__main__":
    main()
