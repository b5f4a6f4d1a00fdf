"""What becomes of a run's files when its process is killed, its disk is full or its files are torn.

The rule is the same each time: nothing is lost, nothing stands twice, only what was in flight is
paid for again, one clear line says what happened, and the same command does the rest.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from summarise.batch import Report, RunOptions, documents_batch, run
from summarise.extract import EmbeddedExtractor
from summarise.models import Document, MadeRecord, Record
from summarise.settings import Settings
from summarise.store import Run
from summarise.store.files import ASIDE_PREFIX
from tests.caches import age, fill, held
from tests.loopback import (
    LoopbackServer,
    Reply,
    answer,
    cut,
    draft_answer,
    drop,
    hang,
    malformed,
    once,
    refusal,
    slow,
    status,
)
from tests.processes import Process, ends
from tests.test_batch import documents, wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> list[str]:
        """The lines on standard error that say what happened."""
        return [line for line in self.err.splitlines() if line.startswith("summarise: ")]


class Command:
    """``summarise run`` in a process of its own, four requests at a time, on invented documents.

    Args:
        folder: Holds the input, the run directories and the cache.
        server: What is asked.
        count: Documents.
    """

    def __init__(self, folder: Path, server: LoopbackServer, count: int) -> None:
        self.folder, self.server = folder, server
        text = "\n".join(one.model_dump_json() for one in documents(count))
        (folder / "in.jsonl").write_text(text, encoding="utf-8")

    def arguments(self, *flags: str, output: str = "run") -> list[str]:
        """Behind the name of the program."""
        inout = [str(self.folder / "in.jsonl"), "-o", str(self.folder / output)]
        endpoint = ["--base-url", self.server.base_url, "--model", "invented-1"]
        return ["run", *inout, *endpoint, "--concurrency", "4", *flags]

    @property
    def environ(self) -> dict[str, str]:
        """Its environment."""
        return {**os.environ, "SUMMARISE_CACHE_DIR": str(self.folder / "cache")}

    def start(self, *flags: str, output: str = "run", **options: Any) -> Process:
        """Start it."""
        arguments = self.arguments(*flags, output=output)
        return Process(*arguments, cwd=self.folder, env=self.environ, **options)

    def __call__(self, *flags: str, **options: Any) -> Ended:
        """Run it to its end."""
        return ended(self.start(*flags, **options))

    def start_line(self, *line: str) -> subprocess.Popen[bytes]:
        """Start a command line of whatever program."""
        return subprocess.Popen(
            line,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self.environ,
        )


def ended(process: Process | subprocess.Popen[bytes]) -> Ended:
    """Wait for a process."""
    try:
        out, err = process.communicate(timeout=240)
    finally:
        process.kill()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """The lines of a file of a run directory, each of which must be whole."""
    path = folder / f"{name}.jsonl"
    content = path.read_bytes() if path.exists() else b""
    assert content.endswith(b"\n") or not content
    return [json.loads(line) for line in content.splitlines()]


def check_done(folder: Path, count: int) -> None:
    """Every document has one record, no answer stands twice, and the manifest says the same."""
    records = Counter(one["doc_id"] for one in lines(folder, "records"))
    assert records == Counter(f"d{n}" for n in range(count))
    keys = Counter(one["key"] for one in lines(folder, "answers"))
    assert max(keys.values(), default=1) == 1
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    counts = manifest["counts"]
    assert (counts["documents"], counts["records"], counts["failures"]) == (count, count, 0)
    assert manifest["state"] == "complete"


def paced(_: int, body: Any) -> Reply:
    return slow(0.05, draft_answer(body))


Go = Callable[..., Report]


@pytest.fixture
def go(make_settings: Callable[..., Settings], tmp_path: Path) -> Go:
    """Runs over ``count`` invented documents in ``tmp_path/run``, one at a time; the report."""

    def work(
        count: int,
        server: LoopbackServer,
        *,
        fresh_answers: bool = False,
        signals: bool = False,
        **overrides: Any,
    ) -> Report:
        defaults = {"base_url": server.base_url, "cache": False, "concurrency": 1}
        settings = make_settings(**{**defaults, **overrides})
        options = RunOptions(output=tmp_path / "run", fresh_answers=fresh_answers, signals=signals)
        return run(documents_batch(documents(count)), settings, options)[1]

    return work


# Kills and interrupts


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again(tmp_path: Path, seed: int) -> None:
    """kill -9 at random moments, and each time on: only what was in flight is asked again."""
    rng, kills, most = random.Random(seed), 3, 0

    def script(number: int, body: Any) -> Reply:
        return once(lambda: number < most, paced(number, body))

    with LoopbackServer(script) as server:
        command = Command(tmp_path, server, 100)
        for number in range(kills):
            before = len(server.requests)
            # However late the kill comes, it isn't done by then.
            most = before + 100 // (kills + 1)
            process = command.start("--no-cache")
            # Anywhere from the start, and then anywhere from the first call.
            assert not number or ends(server.has(before + 1))
            moment = rng.uniform(0, 0.2 if number else 0.8)
            since = "a call" if number else "the start"
            print(f"seed {seed}: killed {moment:.3f} s after {since}")  # noqa: T201
            time.sleep(moment)
            assert process.poll() is None
            process.kill()
            process.communicate()
        server.script = paced
        done = command("--no-cache")
        asked = len(server.requests)
    assert done.code == 0
    check_done(tmp_path / "run", 100)
    assert len(lines(tmp_path / "run", "answers")) == 100 <= asked <= 100 + 4 * kills


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_interrupt_aborts(tmp_path: Path, number: int) -> None:
    """It waits for nothing more, leaves with 130, and says which calls may be billed."""
    with LoopbackServer(lambda *_: hang()) as server:
        command = Command(tmp_path, server, 9)
        process = command.start("--no-cache")
        wait_for(server, 4)
        process.send_signal(number)
        process.read_until(b"interrupt again to abort")
        started = time.monotonic()
        process.send_signal(number)
        done = ended(process)
        assert time.monotonic() - started < 20
        assert len(server.requests) == 4
        assert done.code == 130
        assert "0 records, 0 failures, 9 not attempted" in done.err
        assert "4 calls without an answer, which may be billed" in done.err
        assert "the same command begins anew" in done.err
        assert "Traceback" not in done.err
        server.script = ()
        assert command("--no-cache").code == 0
    check_done(tmp_path / "run", 9)


def test_an_interrupt_waits_within_a_bound(go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first interrupt a call that doesn't end is waited for only so long."""
    monkeypatch.setattr("summarise.batch.work._DRAIN_SECONDS", 0.3)

    def script(number: int, body: Any) -> Reply:
        if number == 3:
            # The run listens to signals from before its first call to after its last.
            os.kill(os.getpid(), signal.SIGINT)
            return hang()
        return draft_answer(body)

    with LoopbackServer(script) as server:
        report = go(9, server, signals=True)
    assert (report.records, report.pending, report.exit_code) == (3, 6, 130)
    assert (report.spent.calls, report.lost) == (3, 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupt_amid_a_document_read_by_code(
    make_settings: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    times: int,
) -> None:
    """The document is read to its end, and no other begun; the second interrupt aborts it."""
    begun: list[str] = []
    extract = EmbeddedExtractor.extract

    async def interrupted(self: EmbeddedExtractor, document: Document) -> MadeRecord:
        begun.append(document.doc_id)
        if document.doc_id == "d1":
            for _ in range(times):
                os.kill(os.getpid(), number)
        return await extract(self, document)

    monkeypatch.setattr(EmbeddedExtractor, "extract", interrupted)
    options = RunOptions(output=tmp_path / "run", signals=True)
    report = run(documents_batch(documents(4)), make_settings(model=None), options)[1]
    kept = 2 if times == 1 else 1
    assert begun == ["d0", "d1"]
    assert (report.records, report.pending, report.exit_code) == (kept, 4 - kept, 130)


@pytest.mark.parametrize(
    ("handler", "code"), [(signal.default_int_handler, 130), (signal.SIG_IGN, 0)]
)
def test_a_terminal_that_is_closed_interrupts(
    make_settings: Callable[..., Settings], tmp_path: Path, handler: Any, code: int
) -> None:
    """What is in flight is kept, as by Ctrl-C; behind nohup the run goes on."""
    before = signal.signal(signal.SIGHUP, handler)

    def reply(number: int, body: Any) -> Reply:
        if number == 1:
            os.kill(os.getpid(), signal.SIGHUP)
        return draft_answer(body)

    try:
        with LoopbackServer(reply) as server:
            settings = make_settings(base_url=server.base_url, concurrency=2)
            options = RunOptions(output=tmp_path / "run", signals=True)
            report = run(documents_batch(documents(9)), settings, options)[1]
            assert report.records == len(server.requests)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (report.exit_code, report.records == 9) == (code, not code)


# The embedded extractor, for which the second document has no end.
ENDLESS = """
from summarise import cli
from summarise.extract import EmbeddedExtractor
once = EmbeddedExtractor.extract
async def extract(self, document):
    if document.doc_id == "d1":
        open("begun", "w").close()
    while document.doc_id == "d1":
        await once(self, document)
    return await once(self, document)
EmbeddedExtractor.extract = extract
cli.main()
"""


def test_the_second_interrupt_aborts_a_long_document(tmp_path: Path) -> None:
    """In a process of its own, within the document that it is at."""
    items = [
        Document(doc_id=f"d{n}", title=None, abstract=f"{n} " + "5 of 8 " * (7_000 if n else 7))
        for n in range(3)
    ]
    lines = [one.model_dump_json() for one in items]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, "run", "in.jsonl", "-o", "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    assert ends((tmp_path / "begun").exists)
    # Two of one kind, that nobody was in time to hear, would be one.
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    done = ended(process)
    assert done.code == 130
    assert len((tmp_path / "run" / "records.jsonl").read_bytes().splitlines()) == 1
    assert "1 record, 0 failures, 2 not attempted" in done.err
    assert "Run the same command again" in done.err
    assert "Traceback" not in done.err


NOISE = (
    "Traceback",
    "never retrieved",
    "never awaited",
    "Exception ignored",
    "Warning",
    "destroyed but",
)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under every fault, a stop and an interrupt: no warning, no task or file is forgotten."""

    def script(number: int, body: Any) -> Reply:
        if number == 45:
            return status(401)
        faults = [drop(), status(500), answer("{}"), cut(answer("{}")), hang(), malformed()]
        busy = status(429, headers={"retry-after-ms": "20"})
        return [draft_answer(body), refusal(), busy, *faults][number % 9]

    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    with LoopbackServer(script) as server:
        command = Command(tmp_path, server, 40)
        stopped = command("--quiet", "--timeout", "0.5", strict=True)
        assert stopped.code == 3
        # Every second one hangs: with four at a time, seven come at least before all wait.
        server.script = lambda number, body: hang() if number % 2 else draft_answer(body)
        process = command.start("--quiet", strict=True)
        wait_for(server, len(server.requests) + 7)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        interrupted = ended(process)
        assert interrupted.code == 130
    for one in (stopped, interrupted):
        # asyncio's debug mode tells of what took long, which says nothing on a busy machine.
        said = [line for line in one.err.splitlines() if not line.startswith("Executing <")]
        assert not [line for line in said if any(word in line for word in NOISE)]
        assert all(line.startswith("summarise: ") for line in said)


@pytest.mark.parametrize("flags", [("--max-calls", "3"), ("--max-tokens", "12000")])
def test_a_cap_is_told_with_a_way_on(tmp_path: Path, flags: tuple[str, str]) -> None:
    """Exit 3, one line that names the flag, and the same command without it does the rest."""
    with LoopbackServer() as server:
        command = Command(tmp_path, server, 12)
        capped = command("--no-cache", *flags)
        assert (capped.code, len(capped.told)) == (3, 1)
        assert capped.told[0].startswith(f"summarise: stopped: {flags[0]}: the limit is ")
        assert "run the same command again" in capped.told[0]
        assert f"{12 - len(server.requests)} not attempted" in capped.err
        assert command("--no-cache").code == 0
        assert len(server.requests) == 12
    check_done(tmp_path / "run", 12)


# Full disks


@pytest.mark.parametrize("room", [12_000, 30_000])
def test_a_file_that_cannot_grow(tmp_path: Path, room: int) -> None:
    """Wherever the room ends: what was kept is whole, one line, exit 3, and nothing is rebought."""
    with LoopbackServer(paced) as server:
        command = Command(tmp_path, server, 40)
        full = command("--no-cache", longest_file=room)
        asked = len(server.requests)
        assert (full.code, len(full.told)) == (3, 1)
        assert "records.jsonl: can't be written" in full.told[0]
        assert "run the same command again" in full.told[0]
        kept = {name: lines(tmp_path / "run", name) for name in ("answers", "records")}
        assert 0 < len(kept["records"]) < 40
        assert f"→ {len(kept['records'])} records, 0 failures, " in full.err
        # What was paid for is told, whether there is a record of it or not.
        assert f"{asked} calls to " in full.err
        assert len(kept["answers"]) == asked
        done = command("--no-cache")
        assert len(server.requests) == 40
    assert done.code == 0
    check_done(tmp_path / "run", 40)


def test_no_room_to_begin(tmp_path: Path) -> None:
    """Where not even the manifest fits, nothing is asked: exit 3, one line, no file left open."""
    with LoopbackServer(paced) as server:
        command = Command(tmp_path, server, 5)
        full = command(longest_file=2000, strict=True)
        assert (full.code, full.out, server.requests) == (3, "", [])
        assert full.err == full.told[0] + "\n"
        assert "manifest.json: can't be written" in full.err
        assert command().code == 0
    check_done(tmp_path / "run", 5)


def test_an_answer_that_cannot_be_kept_stops_the_run_at_once(tmp_path: Path) -> None:
    """Nothing more is bought than what is in flight, and all that was paid for is told."""
    with LoopbackServer() as server:
        command = Command(tmp_path, server, 30)
        assert command("--no-cache").code == 0
        server.script = lambda _, body: once(server.has(30 + 4), draft_answer(body))
        size = (tmp_path / "run" / "answers.jsonl").stat().st_size
        again = command("--no-cache", "--fresh-answers", longest_file=size + 99)
        assert len(server.requests) == 30 + 4
        assert (again.code, len(again.told)) == (3, 1)
        assert "answers.jsonl: can't be written" in again.told[0]
        assert "0 records, 0 failures, 30 not attempted" in again.err
        assert "30 older records stay in the table" in again.err
        assert "4 calls to " in again.err
        server.script = ()
        done = command("--no-cache", "--fresh-answers")
    assert done.code == 0
    assert "30 documents → 30 records, 0 failures" in done.err


def test_a_table_that_cannot_be_written(go: Go, tmp_path: Path) -> None:
    """It doesn't take the accounts with it: exit 3, and the next run writes it without a call."""
    with LoopbackServer() as server:
        go(4, server)
        (tmp_path / "run" / "table.md").unlink()
        (tmp_path / "run" / "table.md").mkdir()
        report = go(5, server)
        assert (report.records, report.spent.calls, report.exit_code) == (5, 1, 3)
        assert "table.md: can't be written" in str(report.stopped)
        assert (report.unrendered, report.table) == (report.stopped, None)
        (tmp_path / "run" / "table.md").rmdir()
        report = go(5, server)
    assert (report.records, report.spent.calls, report.exit_code) == (5, 0, 0)
    assert "Paper 4" in (tmp_path / "run" / "table.md").read_text(encoding="utf-8")


def can_mount() -> bool:
    """Whether a process of ours may have file systems of its own."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    trial = "mount -t tmpfs none /mnt && mount -o remount,size=1m /mnt"
    return not subprocess.run(
        ["unshare", "-rm", "sh", "-c", trial], capture_output=True, check=False
    ).returncode


needs_mounts = pytest.mark.skipif(not can_mount(), reason="needs user and mount namespaces")


@needs_mounts
def test_a_full_disk(tmp_path: Path) -> None:
    """On a disk that is really full the accounts come all the same, and nothing is rebought."""
    with LoopbackServer(paced) as server:
        command = Command(tmp_path, server, 20)
        (tmp_path / "disk").mkdir()
        line = command.arguments("--no-cache", output="disk/run")
        ours = shlex.join([sys.executable, "-m", "summarise", *line])
        script = f"""
            mount -t tmpfs -o size=28k none disk
            {ours}; echo "left with $?"
            cp -r disk/run before
            cp -r disk/run after
        """
        full = ended(command.start_line("unshare", "-rm", "sh", "-c", script))
        # The same folder on a disk with room.
        done = command("--no-cache", output="after")
        asked = len(server.requests)
    assert full.out.endswith("left with 3\n")
    assert len(full.told) == 1
    assert "can't be written (No space left on device)" in full.told[0]
    kept = {name: lines(tmp_path / "before", name) for name in ("answers", "records")}
    assert f"20 documents → {len(kept['records'])} record" in full.err
    # In flight with the first answer that was not kept were three more at most.
    assert len(kept["answers"]) >= len(kept["records"])
    assert asked <= 20 + 4
    assert done.code == 0
    check_done(tmp_path / "after", 20)


# Torn and damaged files


def tear(path: Path, lost: int) -> None:
    """Take some bytes off the end of a file; a negative number leaves so many of the last line."""
    content = path.read_bytes()
    last = content.splitlines(keepends=True)[-1]
    path.write_bytes(content[: -(lost if lost > 0 else len(last) + lost)])


@pytest.mark.parametrize(
    ("name", "lost", "calls", "records"),
    [
        ("answers", 1, 5, 10),
        ("answers", 40, 5, 10),
        ("records", 1, 5, 10),
        ("records", 40, 5, 10),
        ("records", -1, 5, 10),
        ("failures", 1, 5, 10),
        # Its answer is there, and says once more that the model declined.
        ("failures", 40, 4, 9),
    ],
)
def test_a_torn_last_line(
    go: Go, tmp_path: Path, name: str, lost: int, calls: int, records: int
) -> None:
    """It costs no call and no record: what an answer says is read again, and goes on from there."""
    with LoopbackServer([refusal()]) as server:
        report = go(10, server, max_calls=6)
        assert (report.records, report.failures.total(), report.pending) == (5, 1, 4)
        tear(tmp_path / "run" / f"{name}.jsonl", lost)
        report = go(10, server)
        assert (report.spent.calls, report.records, report.failures.total()) == (
            calls,
            records,
            10 - records,
        )
        report = go(10, server)
        assert (report.records, len(server.requests)) == (10, 11)
    ids = Counter(one["doc_id"] for one in lines(tmp_path / "run", "records"))
    assert set(ids.values()) == {1}


@pytest.mark.parametrize("lost", [1, 40, -1, 1500])
def test_answers_that_end_before_what_is_settled(go: Go, tmp_path: Path, lost: int) -> None:
    """A complete run whose answers were cut off goes on growing, and counts what is there."""
    with LoopbackServer() as server:
        go(10, server)
        tear(tmp_path / "run" / "answers.jsonl", lost)
        for count in (11, 12, 13):
            report = go(count, server)
            assert (report.records, report.spent.calls, report.exit_code) == (count, 1, 0)
    manifest = Run(tmp_path / "run").manifest
    kept = lines(tmp_path / "run", "answers")
    assert manifest.spent.calls == len(kept) == len({one["key"] for one in kept})
    assert manifest.settled.answers_until == (tmp_path / "run" / "answers.jsonl").stat().st_size


@pytest.mark.parametrize("name", ["answers", "records"])
@pytest.mark.parametrize("lost", [1, 40])
def test_refreshing_what_was_torn(go: Go, tmp_path: Path, name: str, lost: int) -> None:
    """New lines begin after whole ones, wherever the old ones end, and all of them are found."""
    with LoopbackServer() as server:
        go(5, server)
        tear(tmp_path / "run" / f"{name}.jsonl", lost)
        report = go(5, server, fresh_answers=True)
        assert (report.records, report.spent.calls) == (5, 5)
        report = go(6, server)
        assert (report.records, report.reused, report.spent.calls) == (6, 5, 1)
    assert all(isinstance(one, Record) for _, one in Run(tmp_path / "run").rows())


@pytest.mark.parametrize("name", ["answers", "records", "failures"])
def test_a_damaged_line_costs_itself(
    go: Go, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """The line is named; what it held is made anew, from its answer where that is there.

    A line whose document is done anew is blank then, and the others stay where they are.
    """
    path = tmp_path / "run" / f"{name}.jsonl"
    with LoopbackServer([refusal()]) as server:
        go(4, server, max_calls=3)
        first, rest = path.read_bytes().split(b"\n", 1)
        damaged = first[:-60] + b"\xff\0[" * 20 + b"\n" + rest
        path.write_bytes(damaged)
        asked = len(server.requests)
        go(4, server)
        assert f"{name}.jsonl: the line at byte 0 is damaged" in caplog.text
        blank = b" " * damaged.index(b"\n") + b"\n" + rest
        assert path.read_bytes().startswith(damaged if name == "answers" else blank)
        # The refused one is tried again, and the one that the cap kept back.
        assert (go(4, server).records, len(server.requests)) == (4, asked + 2)


def test_the_manifest_tells_of_nothing_that_is_not_on_disk(
    go: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines are synced before the manifest that counts them: a power cut can't part them."""
    order: list[str] = []
    sync = os.fsync

    def watch(number: int) -> None:
        name = Path(f"/proc/self/fd/{number}").readlink().name
        order.append("manifest" if name.startswith(ASIDE_PREFIX) else name)
        sync(number)

    if not Path("/proc/self/fd").exists():
        pytest.skip("needs /proc to tell files apart")
    monkeypatch.setattr(os, "fsync", watch)
    with LoopbackServer([refusal()]) as server:
        go(4, server)
    last = len(order) - 1 - order[::-1].index("manifest")
    for name in ("answers.jsonl", "records.jsonl", "failures.jsonl"):
        assert name in order[:last]
        assert name not in order[last:]


# Two at a time, and the cache


def test_two_processes_on_one_run_directory(tmp_path: Path) -> None:
    """The second is refused in one line; it asks for nothing and leaves the files as they are."""
    with LoopbackServer(lambda *_: hang()) as server:
        command = Command(tmp_path, server, 9)
        first = command.start("--no-cache")
        wait_for(server, 4)
        files = {path: path.read_bytes() for path in (tmp_path / "run").iterdir()}
        second = command("--no-cache")
        assert (second.code, second.out, len(server.requests)) == (2, "", 4)
        assert second.err == second.told[0] + "\n"
        assert "another process is writing this run" in second.err
        assert {path: path.read_bytes() for path in (tmp_path / "run").iterdir()} == files
        assert first.poll() is None
        first.kill()
        first.communicate()
        server.script = ()
        # Nothing that a killed process leaves behind keeps others out.
        assert command("--no-cache").code == 0
    check_done(tmp_path / "run", 9)


def test_two_runs_on_one_cache(tmp_path: Path) -> None:
    """At the same time: both are whole, nobody is warned, and a third run asks for nothing."""
    with LoopbackServer(paced) as server:
        command = Command(tmp_path, server, 40)
        both = [command.start(output=name) for name in ("a", "b")]
        for one in [ended(process) for process in both]:
            assert (one.code, one.told) == (0, [])
        assert 40 <= len(server.requests) <= 80
        asked = len(server.requests)
        third = command(output="c")
        assert (third.code, len(server.requests)) == (0, asked)
        assert "0 calls to " in third.err
        assert "40 from kept answers" in third.err
    for name in ("a", "b", "c"):
        check_done(tmp_path / name, 40)


@pytest.mark.parametrize("damage", ["garbage", "cut short", "a file in its place"])
def test_a_broken_cache_never_breaks_a_run(tmp_path: Path, damage: str) -> None:
    """One line, and the run is done without it."""
    folder = tmp_path / "cache"
    with LoopbackServer() as server:
        command = Command(tmp_path, server, 10)
        assert command(output="a").code == 0
        if damage == "a file in its place":
            shutil.rmtree(folder)
            folder.write_bytes(b"no folder")
        else:
            for path in folder.glob("cache.db-*"):
                path.unlink()
            whole = (folder / "cache.db").read_bytes()
            bad = b"garbage " * 999 if damage == "garbage" else whole[: len(whole) // 3]
            (folder / "cache.db").write_bytes(bad)
        done = command(output="b")
        assert len(server.requests) == 20
    assert done.code == 0
    assert len([line for line in done.told if "the answer cache in" in line]) == 1
    assert "Traceback" not in done.err
    check_done(tmp_path / "b", 10)


# Commands for the cache, in one process.
ONE_BEHIND_THE_OTHER = """
import sys
from summarise.cli import main
for line in sys.argv[1:]:
    sys.argv = ["summarise", "cache", *line.split()]
    try:
        main()
    except SystemExit as left:
        print("left with", left.code or 0)
"""


@needs_mounts
def test_a_read_only_cache_says_that_nothing_went(tmp_path: Path) -> None:
    """It is listed and verified; what would remove its answers is refused, and they stay."""
    fill(tmp_path / "cache", "bees", "mice")
    age(tmp_path / "cache", "bees", 5)
    asked = ["info", "verify", "prune --older-than 1m", "clear --yes", "verify --repair"]
    ours = shlex.join([sys.executable, "-c", ONE_BEHIND_THE_OTHER, *asked])
    script = f"mount --bind cache cache && mount -o remount,bind,ro cache && {ours}"
    with LoopbackServer() as server:
        command = Command(tmp_path, server, 0)
        done = ended(command.start_line("unshare", "-rm", "sh", "-c", script))
    left = [line for line in done.out.splitlines() if line.startswith("left with ")]
    assert left == [f"left with {code}" for code in (0, 0, 2, 2, 2)]
    assert "2 answers sound, 0 at fault" in done.out
    assert "removed" not in done.out
    assert done.err.count("have to be writable") == 3
    assert held(tmp_path / "cache", "bees", "mice") == ["bees", "mice"]


@needs_mounts
def test_a_read_only_cache_is_used(tmp_path: Path) -> None:
    """On a file system that takes no writes: its answers count, new ones stay in the run."""
    with LoopbackServer() as server:
        command = Command(tmp_path, server, 10)
        assert command(output="a").code == 0
        bigger = Command(tmp_path, server, 12)
        line = bigger.arguments(output="b")
        ours = shlex.join([sys.executable, "-m", "summarise", *line])
        script = f"mount --bind cache cache && mount -o remount,bind,ro cache && {ours}"
        done = ended(bigger.start_line("unshare", "-rm", "sh", "-c", script))
        assert len(server.requests) == 12
    assert done.code == 0
    assert len(done.told) == 1
    assert "can't be written to" in done.told[0]
    check_done(tmp_path / "b", 12)
