"""Records that further processes make: the same ones, whatever becomes of these processes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_json

from summarise.extract import (
    EmbeddedExtractor,
    count_workers,
    elsewhere,
    load_prompt,
    prompt_versions,
    workers,
)
from summarise.models import Provenance
from summarise.store import utc_now
from tests.loopback import LoopbackServer, Reply, answer, draft_answer
from tests.processes import Process, ends, is_gone, run
from tests.test_batch import held_after, wait_for, wait_for_kept

COUNT = 40


def write_pile(folder: Path, count: int = COUNT) -> Path:
    """Invented documents."""
    path = folder / "in.jsonl"
    texts = (
        f"Counting gulls on pier {n} is hard. We propose GULLNET-{n}, which counts from a kite. "
        f"On TIDEPIX it reaches an accuracy of {50 + n / 10}%, up from {40 + n / 10}%."
        for n in range(count)
    )
    lines = ({"id": f"d{n}", "title": f"Gulls, {n}", "abstract": t} for n, t in enumerate(texts))
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def children(pid: int) -> list[int]:
    """The processes that a process has begun."""
    with suppress(FileNotFoundError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def records(folder: Path) -> list[dict[str, Any]]:
    """The records by their documents, without when they were made and how long that took."""
    read = map(json.loads, (folder / "records.jsonl").read_text(encoding="utf-8").splitlines())
    found = sorted(read, key=lambda one: str(one["doc_id"]))
    for one in found:
        one["provenance"].update(created="", latency=0.0, endpoint_host="", fingerprint="")
    return found


def faulty_at_first(_: int, body: Any) -> Reply:
    """A number that stands nowhere in every third document, until that is said to be wrong."""
    reply = draft_answer(body)
    told = json.dumps(body)
    if "GULLNET-3" in told and "doesn't stand" not in told:
        completion = json.loads(reply.body)
        draft = json.loads(completion["choices"][0]["message"]["content"])
        draft["method"]["name"] = "GULLNET-99"
        return answer(json.dumps(draft))
    return reply


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    """A file of invented documents."""
    return write_pile(tmp_path)


def options(pile: Path, name: str, *flags: object) -> list[object]:
    """A run of them, into a folder beside them."""
    return ["run", pile, "-o", pile.parent / name, "--no-cache", *flags]


def test_workers_make_the_same_records_by_code(pile: Path) -> None:
    """The embedded extractor's records don't depend on who makes them."""
    for name, count in (("alone", 0), ("shared", 2)):
        assert run(*options(pile, name, "--processes", count)).returncode == 0
    assert records(pile.parent / "alone") == records(pile.parent / "shared")
    tables = [(pile.parent / name / "table.md").read_bytes() for name in ("alone", "shared")]
    assert tables[0] == tables[1]


def test_workers_make_the_same_records_of_answers(pile: Path) -> None:
    """Nor do those of a model's answers, reasks included."""
    asked = []
    for name, count in (("alone", 0), ("shared", 2)):
        with LoopbackServer(faulty_at_first) as server:
            flags = ["--model", "invented-1", "--base-url", server.base_url, "--concurrency", "4"]
            done = run(*options(pile, name, *flags, "--processes", count))
            assert done.returncode == 0, done.stderr
            asked.append(len(server.requests))
    alone = records(pile.parent / "alone")
    assert alone == records(pile.parent / "shared")
    assert asked[0] == asked[1] > COUNT
    assert sum(one["provenance"]["reasks"] for one in alone) == asked[0] - COUNT


def started(pile: Path, server: LoopbackServer, *flags: object) -> Process:
    """A run by two workers that has been answered six times, and waits for four answers more."""
    ask = ["--model", "invented-1", "--base-url", server.base_url, "--concurrency", "4"]
    process = Process(*options(pile, "run", *ask, "--processes", 2, *flags), cwd=pile.parent)
    wait_for(server, 6 + 4)
    wait_for_kept(pile.parent / "run", 6)
    assert len(children(process.pid)) == 2
    return process


def test_what_a_dead_worker_was_at_is_done_all_the_same(pile: Path) -> None:
    """Workers are killed in the midst of it: each document has its record, asked for once."""
    killed = threading.Event()
    with LoopbackServer(held_after(6, killed.is_set)) as server:
        process = started(pile, server)
        for pid in children(process.pid):
            os.kill(pid, signal.SIGKILL)
        killed.set()
        process.communicate()
        assert process.wait() == 0
        assert len(server.requests) == COUNT
    assert len(records(pile.parent / "run")) == COUNT


def test_workers_end_with_the_run_that_is_killed(pile: Path) -> None:
    """None is left behind, none keeps the run directory locked, and nothing is bought twice."""
    with LoopbackServer(held_after(6, lambda: False)) as server:
        process = started(pile, server)
        left = children(process.pid)
        process.kill()
        process.communicate()
        server.script = ()
        assert ends(lambda: all(map(is_gone, left)))
        ask = ["--model", "invented-1", "--base-url", server.base_url, "--concurrency", "4"]
        assert run(*options(pile, "run", *ask, "--processes", 2)).returncode == 0
        assert len(server.requests) == COUNT + 4
    assert len(records(pile.parent / "run")) == COUNT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_for_the_run_alone(pile: Path, number: int) -> None:
    """Ctrl-C reaches workers, too, who finish what is in flight; the rest is done next time."""
    stopping = threading.Event()
    with LoopbackServer(held_after(6, stopping.is_set)) as server:
        process = started(pile, server)
        if number == signal.SIGINT:
            for pid in children(process.pid):
                os.kill(pid, number)
        process.send_signal(number)
        process.read_until(b"calls in flight may finish")
        stopping.set()
        _, err = process.communicate()
        assert process.wait() in {130, 143}, err
        kept = (pile.parent / "run" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(records(pile.parent / "run")) == len(kept) == len(server.requests) == 6 + 4


class _Line(asyncio.WriteTransport):
    """What leads to a worker: keeps what it is given, each time apart."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[bytes] = []

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.given.append(b"".join(list_of_data))


def test_what_is_asked_at_once_is_sent_at_once() -> None:
    """Five questions are one piece on their way: each piece wakes two processes."""

    async def main() -> list[tuple[int, bytes]]:
        worker, line = workers.Worker(0), _Line()
        worker.connection_made(line)
        asked = [asyncio.create_task(worker.ask(7, n, b"%d" % n)) for n in range(5)]
        for _ in range(3):  # they ask, then it is sent
            await asyncio.sleep(0)
        (frames,) = line.given
        worker.data_received(frames)  # they come back as they are
        return list(await asyncio.gather(*asked))

    assert asyncio.run(main()) == [(7, b"%d" % n) for n in range(5)]


def test_where_nobody_is_waited_for_a_share_is_done_here() -> None:
    """Answers that are kept come at once: a worker has some before it, and the next is ours."""

    async def main() -> None:
        worker, line = workers.Worker(0), _Line()
        worker.connection_made(line)
        team = workers.Workers([worker])
        asked: list[asyncio.Task[tuple[int, bytes]]] = []
        while (one := team.needed(waits=False)) is not None:
            asked.append(asyncio.create_task(one.ask(7, len(asked))))
            await asyncio.sleep(0)
        assert len(asked) == workers.AHEAD
        await asyncio.sleep(0)
        worker.data_received(line.given[0])
        assert team.needed(waits=False) is worker
        worker.connection_lost(None)
        assert team.needed(waits=False) is None
        await asyncio.gather(*asked, return_exceptions=True)

    asyncio.run(main())


def test_what_took_long_waits_for_nothing() -> None:
    """An answer is sent before the next one is begun, where it took longer than sending does."""
    is_heard = threading.Event()

    def work(_: int, number: int, __: bytes) -> tuple[int, bytes]:
        if number:
            return 11, b"%d" % is_heard.wait(30)
        time.sleep(2 * workers._HELD)
        return 11, b""

    async def main() -> bytes:
        ours, theirs = socket.socketpair()
        serving = threading.Thread(target=workers._serve, args=(theirs, work))
        serving.start()
        worker = workers.Worker(pid=0)
        await asyncio.get_running_loop().create_connection(lambda: worker, sock=ours)
        first, second = (asyncio.create_task(worker.ask(1, n)) for n in range(2))
        await first
        is_heard.set()
        _, answered = await second
        worker.close()
        await asyncio.to_thread(serving.join)
        theirs.close()
        return answered

    assert asyncio.run(main()) == b"1"


def test_a_worker_forgets_a_document_with_its_record() -> None:
    """What it holds of documents doesn't grow with their number: nobody says which may go."""
    prompt = load_prompt(prompt_versions()[-1])
    example, identity = prompt.examples[0], EmbeddedExtractor().identity
    provenance = Provenance(**identity.model_dump(), created=utc_now())
    work = elsewhere.work_on_answers(prompt)
    work(elsewhere._QUESTION, 1, to_json(example.document))
    work(elsewhere._TAKE, 1, to_json((example.answer, (), (), provenance)))
    with pytest.raises(KeyError):
        work(elsewhere._RECORD, 1, to_json(provenance))


def test_a_bug_met_by_one_document_costs_no_other() -> None:
    """What is raised in a worker is told to who waits for that document; the next is done."""

    def work(_: int, number: int, payload: bytes) -> tuple[int, bytes]:
        if number == 1:
            raise ValueError("an odd document")
        return 11, payload * 2

    async def ask() -> bytes:
        ours, theirs = socket.socketpair()
        serving = threading.Thread(target=workers._serve, args=(theirs, work))
        serving.start()
        worker = workers.Worker(pid=0)
        await asyncio.get_running_loop().create_connection(lambda: worker, sock=ours)
        with pytest.raises(workers.WorkerError, match="ValueError: an odd document"):
            await worker.ask(1, 1, b"odd")
        _, answered = await worker.ask(1, 2, b"even" * 100_000)
        worker.close()
        await asyncio.to_thread(serving.join)
        theirs.close()
        return answered

    assert asyncio.run(ask()) == b"even" * 200_000


@pytest.mark.parametrize(
    ("documents", "asked_for", "waits", "count"),
    [
        (10_000, None, True, 7),
        (10_000, None, False, 8),
        (100, None, False, 0),
        (100, 3, True, 3),
        (2, 3, True, 2),
        (10_000, 0, False, 0),
    ],
)
def test_as_many_as_pay(
    threads: Path, documents: int, asked_for: int | None, waits: bool, count: int
) -> None:
    """One a core where there is much to do, or what the user says; none beside threads."""
    (threads / "1").mkdir()
    assert count_workers(documents, asked_for, waits=waits) == count
    workers._QUOTA.write_text("300000 100000\n")
    assert count_workers(10_000, None, waits=False) == 3
    (threads / "2").mkdir()
    assert count_workers(documents, asked_for, waits=waits) == 0
    shutil.rmtree(threads)  # as where /proc isn't mounted
    assert count_workers(documents, asked_for, waits=waits) == 0


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the system tells of the threads of this process; it has eight cores."""
    folder = tmp_path / "task"
    folder.mkdir()
    monkeypatch.setattr(workers, "_THREADS", folder)
    monkeypatch.setattr(workers, "_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    return folder
