"""kill -9 against Ray Data and Daft: the same documents, the same server, the same kills.

    python -m benchmarks.engines --work DIR

Each is configured as its own pages show it (``peers/``) and started again by the same command. A
cluster of Ray that nobody kills is there for whoever runs on one. Then one document of some is
answered wrongly, each time, and it is counted what the tool makes of it, and of the others.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.compare import note
from benchmarks.documents import write
from benchmarks.loopback import Loopback
from benchmarks.ray_cluster import RayCluster
from benchmarks.tables import figure, machine, table
from benchmarks.tools import ENGINES, TOOLS, Call, Installed, NotInstalled, read_lines

_FILE, _SHARD = 50, 50
_POLL = 0.1
# The document that is answered wrongly.
_BAD = 7
BAD = {400: "HTTP 400", 500: "HTTP 500", 200: "prose"}


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of each.

    Attributes:
        documents: How many.
        concurrency: Requests at a time.
        latency: Of the server, in seconds.
        kills: How many at most; fewer where it is done before.
        patience: Seconds for the last start, or for the only one.
        seed: Of the moments.
    """

    documents: int
    concurrency: int
    latency: float
    kills: int
    patience: float
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Contestant:
    """One tool, in one way of running it.

    Attributes:
        name: With its version.
        commands: Made one after the other; the last one is killed and started again.
        after: Made in the end.
        env: What surrounds them.
        python: The interpreter that has it.
        kept: Its records: a run directory of ours, or a folder of Parquet.
        folder: Where it works.
    """

    name: str
    commands: tuple[Sequence[str], ...]
    after: tuple[Sequence[str], ...]
    env: dict[str, str]
    python: Path
    kept: Path
    folder: Path

    def rows(self) -> list[dict[str, Any]]:
        """The rows that it gives as its result."""
        if (self.kept / "manifest.json").is_file():
            return list(read_lines(self.kept / "records.jsonl"))
        command = [str(self.python), "-m", "benchmarks.peers.rows", str(self.kept)]
        told = subprocess.run(command, env=self.env, capture_output=True, check=True, text=True)
        return [json.loads(line) for line in told.stdout.splitlines()]

    def start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start it."""
        with (self.folder / "output.txt").open("ab") as output:
            return subprocess.Popen(
                command, cwd=self.folder, env=self.env, stdout=output, stderr=output
            )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        exit_code: Of the last start; None where it was still at it when patience was at an end.
        kills: That hit it.
        calls: That the server got.
        asked: Documents that it was asked about.
        most: Requests in flight at most.
        good: Documents with a row that holds an answer.
        doubled: Rows beyond one for each document.
        wrong: Rows that hold no answer, and aren't told apart from those that do.
        wall: Seconds, all starts together.
    """

    exit_code: int | None
    kills: int
    calls: int
    asked: int
    most: int
    good: int
    doubled: int
    wrong: int
    wall: float


def play(one: Contestant, task: Task, server: Loopback) -> Outcome:
    """Run, kill, run again."""
    chance = random.Random(task.seed)  # noqa: S311 - nothing secret
    started, kills = time.monotonic(), 0
    for command in one.commands[:-1]:
        one.start(command).wait(task.patience)
    process = one.start(one.commands[-1])
    for _ in range(task.kills):
        before = server.stats()["calls"]
        wanted = before + chance.randint(1, 2 * task.documents // (task.kills + 1))
        while server.stats()["calls"] < wanted and process.poll() is None:
            time.sleep(_POLL)
        if process.poll() is not None:
            break
        process.kill()
        process.wait()
        kills += 1
        process = one.start(one.commands[-1])
    try:
        code: int | None = process.wait(task.patience)
    except subprocess.TimeoutExpired:
        process.kill()
        code = None
    for command in one.after:
        one.start(command).wait(task.patience)
    wall, stats = time.monotonic() - started, server.stats()
    rows = one.rows()
    good = [row["doc_id"] for row in rows if holds_answer(row)]
    return Outcome(
        code,
        kills,
        stats["calls"],
        stats["documents"],
        stats["most_at_once"],
        len(set(good)),
        len(good) - len(set(good)),
        len(rows) - len(good),
        wall,
    )


def holds_answer(row: dict[str, Any]) -> bool:
    """Whether a row has what was asked for; of the engines, the answer is text."""
    try:
        return "problem" in (row if "record" not in row else json.loads(row["record"]))
    except (TypeError, ValueError):
        return False


def contestants(work: Path, task: Task, url: str, *, bad: bool) -> Iterator[Contestant | str]:
    """Each with a folder of its own, or why it can't be had. Those that need a cluster have it."""
    ours = Installed.of(TOOLS[0], work)
    call = _call(work / "ours", task, url)
    yield Contestant(
        f"summarise {ours.version}",
        (ours.command(call),),
        (),
        ours.environment(call),
        ours.python,
        call.run,
        call.folder,
    )
    if not bad:
        yield from _by_shards(ours, work / "shards", task, url)
    for tool in ENGINES:
        note(f"installing {tool.name}")
        try:
            ready = Installed.of(tool, work / "environments")
        except NotInstalled as error:
            yield f"{tool.name}: {error}"
            continue
        for lenient in (False, True) if bad else (False,):
            call = _call(work / f"{tool.name}{'-lenient' * lenient}", task, url)
            with RayCluster(ready.python, 2 * task.concurrency) as cluster:
                yield Contestant(
                    f"{tool.name} {ready.version}" + ", told to go on" * lenient,
                    ([*ready.command(call), *["--lenient"] * lenient],),
                    (),
                    {**ready.environment(call), **cluster.environment},
                    ready.python,
                    call.folder / "output",
                    call.folder,
                )


def _by_shards(ours: Installed, folder: Path, task: Task, url: str) -> Iterator[Contestant | str]:
    call = _call(folder, task, url)
    program = [str(ours.python), "-m", "summarise"]
    asked = ["--model", "invented", "--base-url", url, "--no-cache"]
    each = ["--concurrency", str(task.concurrency // 2)]
    try:
        cluster = RayCluster(ours.python, 2)
    except NotInstalled as error:
        yield f"summarise {ours.version}, shards by Ray: {error}"
        return
    with cluster:
        place = ["--ray", cluster.address, "--workers", "2"]
        yield Contestant(
            f"summarise {ours.version}, shards by Ray",
            (
                [*program, "shard", str(call.documents), "--size", str(_SHARD), "-o", "plan"],
                [*program, "run", "plan", *asked, *each, *place],
            ),
            ([*program, "merge", "plan", "-o", "merged"],),
            {**ours.environment(call), **cluster.environment},
            ours.python,
            folder / "merged",
            folder,
        )


def _call(folder: Path, task: Task, url: str) -> Call:
    """A folder with the documents, as one file and as several."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "input").mkdir(parents=True)
    documents = write(folder / "documents.jsonl", task.documents)
    lines = documents.read_text("utf-8").splitlines(keepends=True)
    for start in range(0, len(lines), _FILE):
        part = folder / "input" / f"{start:06}.jsonl"
        part.write_text("".join(lines[start : start + _FILE]), "utf-8")
    return Call(documents, url, task.concurrency, None, folder)


def rounds(work: Path, task: Task, answers: Sequence[int | None]) -> Iterator[list[str]]:
    """The cells of a row for each contestant, and each way of answering the bad document."""
    for bad in answers:
        flags = ["--latency", str(task.latency), "--documents", str(task.documents)]
        flags += ["--always", str(_BAD), str(bad)] if bad else []
        with Loopback(flags) as server:
            for one in contestants(work, task, server.base_url, bad=bad is not None):
                if isinstance(one, str):
                    yield [one]
                    continue
                note(f"{one.name}: {BAD[bad] if bad else f'{task.kills} kills'}")
                server.reset()
                yield cells(one.name, task, bad, play(one, task, server))


def cells(name: str, task: Task, bad: int | None, found: Outcome) -> list[str]:
    """A row of one of the two tables."""
    lost = task.documents - found.good
    code = "at it still" if found.exit_code is None else str(found.exit_code)
    if bad:
        # The bad document can't have a good row.
        told = (found.calls, found.good, found.wrong, lost - 1)
        return [name, BAD[bad], code, *map(str, told)]
    again = found.calls - found.asked
    counts = (found.kills, found.calls, again, found.most, found.good, found.doubled, lost)
    return [name, code, *map(str, counts), figure(found.wall, 0)]


def main() -> None:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--bad-documents", type=int, default=64, help="0: no round with a bad one")
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--latency", type=float, default=0.5, metavar="SECONDS")
    parser.add_argument("--kills", type=int, default=5, help="0: no round with kills")
    parser.add_argument("--patience", type=float, default=600.0, metavar="SECONDS")
    parser.add_argument("--work", type=Path, help="folder that is kept; default: one that isn't")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = (given.work or Path(temporary)).resolve()
        asked = (given.concurrency, given.latency)
        if given.kills:
            task = Task(given.documents, *asked, given.kills, given.patience)
            header = ["tool", "exit code", "kills", "calls", "bought again", "in flight at most"]
            header += ["records", "doubled", "lost", "wall s"]
            tell(header, rounds(work, task, [None]))
        if given.bad_documents:
            task = Task(given.bad_documents, *asked, 0, given.patience)
            header = ["tool", "one document is answered by", "exit code", "calls", "good rows"]
            header += ["wrong rows passed on", "others lost"]
            tell(header, rounds(work, task, list(BAD)))
    print(f"{machine()}.")


def tell(header: list[str], rows: Iterator[list[str]]) -> None:
    """Print a table as it grows."""
    for line in table(header, rows):
        print(line, flush=True)
    print(flush=True)


if __name__ == "__main__":
    main()
