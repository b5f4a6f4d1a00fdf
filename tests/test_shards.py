"""Tests of shards: a pile in parts, worked on by many, merged into one run."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest

from summarise.batch import Report, RunOptions, documents_batch, run
from summarise.cli import main
from summarise.delegating import (
    Lease,
    ShardPlan,
    find_shard,
    load_plan,
    make_plan,
    merge_shards,
    run_plan,
    run_shard,
    running,
    standing_of_plan,
)
from summarise.delegating import standing as leases
from summarise.delegating.budget import PlanBudget
from summarise.delegating.plan import batch_of, check_maker
from summarise.errors import BudgetReached, InputError, RunError
from summarise.evaluate import Verification
from summarise.models import Document, Record, SkipKind, Skipped
from summarise.schema import Draft
from summarise.settings import Settings
from summarise.store import (
    MANIFEST,
    PLAN,
    Manifest,
    Run,
    RunState,
    StoredRow,
    load_manifest,
    open_run,
)
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, answer, draft_answer, status
from tests.processes import Process
from tests.processes import run as run_command
from tests.records import bee_papers

FOLDER, MERGED = Path("plan"), Path("merged")
QUIET = RunOptions()
PRICE = {"price_in": "1", "price_out": "1", "max_output_tokens": 500}


def planned(count: int = 11, size: int = 4, max_cost: str | None = None) -> ShardPlan:
    """A plan of some papers."""
    cost = Decimal(max_cost) if max_cost else None
    return make_plan(documents_batch(bee_papers(count)), FOLDER, size, cost)


@pytest.fixture(name="ask")
def _ask(make_settings: Callable[..., Settings]) -> Callable[..., Settings]:
    """Builds settings for a server."""
    return lambda server, **more: make_settings(
        base_url=server.base_url, cache=False, max_attempts=1, **more
    )


def unlike(record: Record) -> dict[str, Any]:
    """A record without times, attempts, latency and cost."""
    return record.model_dump(exclude={"provenance"})


def test_a_pile_is_cut_in_order_and_duplicates_are_settled_once() -> None:
    """Each part has so many documents; what is skipped stands where it stood."""
    entries: list[Document | Skipped] = list(bee_papers(5))
    twin = bee_papers(1)[0].model_copy(update={"doc_id": "twin"})
    plan = make_plan(documents_batch([*entries, twin]), FOLDER, 2)
    assert [(one.name, one.documents, one.skipped) for one in plan.shards] == [
        ("00000", 2, 0),
        ("00001", 2, 0),
        ("00002", 1, 1),
    ]
    assert plan.documents == 5
    assert load_plan(FOLDER) == plan
    last = json.loads((FOLDER / "00002.jsonl").read_text("utf-8").splitlines()[-1])
    assert last["skipped"]["kind"] == SkipKind.DUPLICATE


def test_merged_parts_are_what_one_run_would_have_made(ask: Callable[..., Settings]) -> None:
    """The same records in the same order, balanced accounts, and nothing more to ask."""
    plan = planned()
    with LoopbackServer() as server:
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 0
        path, report = merge_shards(FOLDER, plan, MERGED)
        assert (report.documents, report.records, report.pending) == (11, 11, 0)
        assert len(server.requests) == 11
        single = RunOptions(output=Path("single"))
        run(documents_batch(bee_papers(11)), ask(server), single)
        merged, alone = Run(path), Run(Path("single"))
        assert list(map(unlike, merged.records())) == list(map(unlike, alone.records()))
        assert list(merged.documents()) == list(alone.documents())
        assert merged.manifest.spent == alone.manifest.spent
        _, again = run(documents_batch(bee_papers(11)), ask(server), RunOptions(output=MERGED))
        assert (again.reused, len(server.requests)) == (11, 22)
    table = (MERGED / "table.md").read_text("utf-8")
    assert table == (Path("single") / "table.md").read_text("utf-8")


def test_failures_are_merged_and_told(ask: Callable[..., Settings]) -> None:
    """A part that has some is through; the whole leaves with 1, and tries them again."""
    plan = planned()

    def reply(_: int, body: Any) -> Any:
        return status(400) if "Paper 5 " in json.dumps(body) else draft_answer(body)

    with LoopbackServer(reply) as server:
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 1
        standing = standing_of_plan(FOLDER, plan)
        assert standing.parts == {"done": 2, "failed in part": 1}
        told = "\n".join(standing.lines())
        assert "try what failed again (`summarise merge plan -o RUN` takes all as it is):\n" in told
        _, report = merge_shards(FOLDER, plan, MERGED)
    assert (report.records, report.failures.total(), report.exit_code) == (10, 1, 1)


def test_what_failed_is_tried_again_when_all_is_through(ask: Callable[..., Settings]) -> None:
    """As by a run that is started again: by each start once, and not by two at the same time."""
    plan, asked = planned(), Counter[str]()

    def reply(_: int, body: Any) -> Any:
        told = json.dumps(body)
        named = next((one for one in ("Paper 5 ", "Paper 9 ") if one in told), "others")
        asked[named] += 1
        return draft_answer(body) if named == "others" else status(400)

    with LoopbackServer(reply) as server:

        def start(tell: Callable[..., object]) -> int:
            return run_plan(FOLDER, plan, ask(server), QUIET, tell)

        run_shard(FOLDER, plan, plan.shards[1], ask(server), QUIET)
        assert start(lambda *_: None) == 1
        assert asked == {"others": 9, "Paper 5 ": 1, "Paper 9 ": 1}
        others = [lambda *_: start(lambda *_: None)]
        assert start(lambda *_: others and others.pop()()) == 1
    assert asked == {"others": 9, "Paper 5 ": 3, "Paper 9 ": 2}


def test_what_isnt_done_isnt_merged_unless_that_is_wanted(ask: Callable[..., Settings]) -> None:
    """It is named; merged all the same, its documents are left to a later run."""
    plan = planned()
    with LoopbackServer() as server:
        run_shard(FOLDER, plan, plan.shards[1], ask(server), QUIET)
        with pytest.raises(RunError, match=r"2 shards aren't done: 00000 \(not begun\)"):
            merge_shards(FOLDER, plan, MERGED)
        _, report = merge_shards(FOLDER, plan, MERGED, is_partial=True)
        assert (report.records, report.pending) == (4, 7)
        verification = Verification(Run(MERGED))
        assert not any(verdict.differences for verdict in verification.verdicts())
        assert verification.pending == 7
        _, report = run(documents_batch(bee_papers(11)), ask(server), RunOptions(output=MERGED))
        assert (report.records, len(server.requests)) == (11, 11)


def test_a_part_is_worked_on_by_one(ask: Callable[..., Settings]) -> None:
    """Whoever comes second is told so; a plan goes on with another part, and nothing is amiss."""
    plan = planned()
    lease = Lease(FOLDER, "00000")
    with LoopbackServer() as server:
        assert lease.take()
        with lease:
            with pytest.raises(RunError, match="another process works on it"):
                run_shard(FOLDER, plan, plan.shards[0], ask(server), QUIET)
            assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 0
            assert standing_of_plan(FOLDER, plan).parts == {"done": 2, "at work": 1}
            with pytest.raises(RunError, match=r"1 shard isn't done: 00000 \(at work\)"):
                merge_shards(FOLDER, plan, MERGED)
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 0
        assert len(server.requests) == 11


def test_a_part_whose_holder_died_meanwhile_is_taken_at_the_end(
    ask: Callable[..., Settings],
) -> None:
    """Whoever passed it by looks once more before it leaves."""
    plan = planned()
    path = FOLDER / "00000.lease"
    path.write_text(json.dumps({"machine": "another", "pid": 1, "token": "x"}))

    def reply(_: int, body: Any) -> Any:
        old = time.time() - leases.LONGEST - 5
        if path.exists():
            os.utime(path, (old, old))
        return draft_answer(body)

    with LoopbackServer(reply) as server:
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 0
    assert standing_of_plan(FOLDER, plan).is_done


def test_a_lease_that_nobody_touches_is_anybodys(tmp_path: Path) -> None:
    """One of another machine by its age, or its time to come; one of a process here, once dead."""
    path = tmp_path / "a.lease"
    path.write_text(json.dumps({"machine": "another", "pid": 1, "token": "x"}))
    assert not Lease(path.parent, path.stem).take()
    old = time.time() - leases.LONGEST - 5
    os.utime(path, (old, old))
    lease = Lease(path.parent, path.stem)
    assert lease.take()
    assert not Lease(path.parent, path.stem).take()
    lease.give_back()
    assert list(tmp_path.iterdir()) == []
    path.write_text(json.dumps({"machine": "another", "pid": 1, "token": "x"}))
    to_come = time.time() + 24 * 3600
    os.utime(path, (to_come, to_come))
    lease = Lease(path.parent, path.stem)
    assert lease.take()
    lease.give_back()
    process = Process("--version")
    process.communicate()
    told = {"machine": leases._machine(), "pid": process.pid, "token": "x"}
    path.write_text(json.dumps(told))
    lease = Lease(path.parent, path.stem)
    assert lease.take()
    lease.give_back()


def test_a_holder_whose_lease_was_taken_away_leaves_it_to_the_other(tmp_path: Path) -> None:
    """What isn't its own any more, it doesn't remove."""
    path = tmp_path / "a.lease"
    lease = Lease(path.parent, path.stem)
    assert lease.take()
    path.write_text(json.dumps({"machine": "another", "pid": 1, "token": "other"}))
    lease.give_back()
    assert json.loads(path.read_text())["token"] == "other"


def test_all_parts_are_made_by_the_same_settings(ask: Callable[..., Settings]) -> None:
    """Before anything is asked: what the first one was begun with holds for all."""
    plan = planned()
    with LoopbackServer() as server:
        run_shard(FOLDER, plan, plan.shards[0], ask(server), QUIET)
        asked = len(server.requests)
        moved = server.base_url.replace("127.0.0.1", "localhost")
        for other, named in (
            ({"temperature": 0.5}, "sampling settings none (now {'temperature': 0.5})"),
            ({"model": "invented-2"}, "model invented-1 (now invented-2)"),
            ({"base_url": moved}, "endpoint 127.0.0.1"),
            ({"max_output_tokens": 99}, "other settings of the endpoint"),
        ):
            settings = ask(server).model_copy(update=other)
            with pytest.raises(RunError, match=re.escape(named)) as refused:
                run_shard(FOLDER, plan, plan.shards[1], settings, QUIET)
            assert f"--model invented-1 --base-url {server.base_url}" in str(refused.value)
        assert len(server.requests) == asked


def test_of_those_who_begin_a_plan_at_once_one_says_by_what(ask: Callable[..., Settings]) -> None:
    """The others wait for it, and are refused where they would make it by something else."""
    plan, refused = planned(), list[str]()
    first = leases.Lease(FOLDER, "maker")
    assert first.take()

    def begin(server: LoopbackServer) -> None:
        with pytest.raises(RunError, match=r"model invented-1 \(now invented-2\)") as refusal:
            run_shard(FOLDER, plan, plan.shards[1], ask(server, model="invented-2"), QUIET)
        refused.append(str(refusal.value))

    with LoopbackServer() as server:
        other = threading.Thread(target=begin, args=(server,))
        other.start()
        other.join(1)
        run(documents_batch(bee_papers(1)), ask(server), RunOptions(output=Path("alone")))
        check_maker(FOLDER, Run(Path("alone")).manifest.identity, server.base_url)
        first.give_back()
        other.join()
        assert (len(refused), len(server.requests)) == (1, 1)


def test_all_that_a_plan_may_cost_is_spent_and_no_more(ask: Callable[..., Settings]) -> None:
    """By one command: a part whose share is used up takes more, until no call can be paid.

    The plan is named then, and what helps.
    """
    plan, told = planned(40, 4, "0.06"), list[str | None]()
    with LoopbackServer() as server:
        settings = ask(server, **PRICE)
        assert run_plan(FOLDER, plan, settings, QUIET, lambda _, one: told.append(one.stop)) == 3
        spent = standing_of_plan(FOLDER, plan).spent.cost
        assert Decimal("0.055") < spent <= Decimal("0.06")
        done = standing_of_plan(FOLDER, plan).parts["done"]
        assert done > 1
        assert told[:done] == [None] * done
        stop = told[done] or ""
        assert f"{FOLDER}: the plan may cost $0.0600: ${spent:.4f} spent, too little left" in stop
        assert f"Raise max_cost in {FOLDER / PLAN}" in stop
        assert "--max-cost" not in stop
        raised = plan.model_copy(update={"max_cost": Decimal(1)})
        assert run_plan(FOLDER, raised, settings, QUIET, lambda *_: None) == 0


def test_what_is_held_for_a_part_at_work_is_no_others(ask: Callable[..., Settings]) -> None:
    """Each holds a share of what is left, and gives back what it hasn't taken.

    What is held for one that died is free when another takes its part.
    """
    plan = planned(8, 2, "1")
    first, second, third, last = plan.shards
    budget, other = PlanBudget(FOLDER, plan), PlanBudget(FOLDER, plan)
    assert budget.hold(first) == Decimal("0.25")
    assert other.hold(second, 2) == Decimal("0.5")
    assert budget.hold(third, None) == Decimal("0.25")
    with pytest.raises(BudgetReached, match=r"\$0.00 spent, \$1.00 held for shards at work"):
        other.hold(last)
    with LoopbackServer() as server:
        mine = RunOptions(output=FOLDER / first.name)
        run(batch_of(FOLDER, plan, first), ask(server, **PRICE), mine)
    budget.settle(first)
    spent = standing_of_plan(FOLDER, plan).spent.cost
    assert 0 < spent < Decimal("0.25")
    assert budget.hold(last) == Decimal("0.25") - spent
    assert other.hold(second, None) == Decimal("0.5")


def test_a_named_part_takes_no_more_than_is_left(ask: Callable[..., Settings]) -> None:
    """Nor is it paid from what another part holds."""
    plan = planned(8, 4, "0.01")
    assert PlanBudget(FOLDER, plan).hold(plan.shards[0]) == Decimal("0.005")
    with LoopbackServer() as server:
        _, report = run_shard(FOLDER, plan, plan.shards[1], ask(server, **PRICE), QUIET)
    assert report.exit_code == 3
    assert 0 < report.spent.cost <= Decimal("0.005")
    assert "held for shards at work" in (report.stop or "")
    kept = load_manifest(FOLDER / "00001")
    assert kept is not None
    assert "max_cost" not in kept.settings


def test_a_budget_looks_at_each_part_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many parts there are, and whoever works on them: what they cost is written down."""
    parts = 60
    plan, looked = planned(parts, 1, "3"), 0

    def looks(path: Path) -> Manifest | None:
        nonlocal looked
        looked += 1
        return load_manifest(path)

    monkeypatch.setattr("summarise.delegating.budget.load_manifest", looks)
    for shard in plan.shards:
        budget = PlanBudget(FOLDER, plan)
        assert budget.hold(shard) == Decimal("0.05")
        budget.settle(shard)
    assert looked <= 3 * parts


@pytest.mark.parametrize(
    ("caps", "made"),
    [({"max_calls": 6}, 6), ({"max_cost": Decimal("0.02"), **PRICE}, None)],
    ids=["calls", "cost"],
)
def test_a_cap_holds_for_all_parts_of_a_command(
    ask: Callable[..., Settings], caps: dict[str, Any], made: int | None
) -> None:
    """What one part leaves of it goes to the next; the same command goes on."""
    plan, told = planned(12, 3), list[str | None]()
    with LoopbackServer() as server:
        settings = ask(server, **caps)
        assert run_plan(FOLDER, plan, settings, QUIET, lambda _, one: told.append(one.stop)) == 3
        standing = standing_of_plan(FOLDER, plan)
        assert standing.parts["done"] >= 1
        assert standing.spent.cost <= Decimal("0.02")
        assert made in {None, len(server.requests)}
        assert "the same again goes on" in (told[-1] or "")
        before = len(server.requests)
        run_plan(FOLDER, plan, settings, QUIET, lambda *_: None)
        assert len(server.requests) > before


def test_a_limit_is_for_the_first_documents_of_a_plan(ask: Callable[..., Settings]) -> None:
    """However often the command is given; what is left is told, and isn't merged."""
    plan = planned()
    with LoopbackServer() as server:
        for _ in range(2):
            limited = RunOptions(limit=6)
            assert run_plan(FOLDER, plan, ask(server), limited, lambda *_: None) == 0
            assert len(server.requests) == 6
        assert standing_of_plan(FOLDER, plan).open == [("00001", "stopped"), ("00002", "not begun")]
        with pytest.raises(RunError, match="aren't done: 00001"):
            merge_shards(FOLDER, plan, MERGED)
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 0
        assert merge_shards(FOLDER, plan, MERGED)[1].records == 11


def test_a_plan_is_left_with_the_code_of_a_run(ask: Callable[..., Settings]) -> None:
    """3 where the endpoint stopped it, 130 where it was interrupted; no other part is begun."""
    plan, is_refused = planned(), True

    def reply(_: int, body: Any) -> Any:
        if is_refused:
            return status(401)
        if "Paper 5 " in json.dumps(body):
            os.kill(os.getpid(), signal.SIGTERM)
        return draft_answer(body)

    with LoopbackServer(reply) as server:
        options = RunOptions(signals=True)
        assert run_plan(FOLDER, plan, ask(server), options, lambda *_: None) == 3
        assert not (FOLDER / "00001").exists()
        is_refused = False
        assert run_plan(FOLDER, plan, ask(server), options, lambda *_: None) == 130
        assert (FOLDER / "00001").exists()
        assert not (FOLDER / "00002").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_between_two_parts_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    """As one amid a part is: Slurm sends SIGTERM before it kills, at any moment."""
    planned()
    account = Report.account

    def interrupted(report: Report) -> str:
        os.kill(os.getpid(), number)
        return account(report)

    monkeypatch.setattr(Report, "account", interrupted)
    monkeypatch.setattr("sys.argv", ["summarise", "run", str(FOLDER)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 130
    assert (
        "interrupted; what was saved is kept. Run the same command again."
        in capsys.readouterr().err
    )
    assert not list(FOLDER.glob("*.lease"))
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    parts = json.loads(run_command("status", FOLDER, "--json").stdout)["states"]
    assert parts == {"done": 1, "not begun": 2}


def test_a_part_whose_process_hangs_is_left_alone(
    ask: Callable[..., Settings], caplog: pytest.LogCaptureFixture
) -> None:
    """Its lease, too: it goes on when it wakes. Another goes on with the next part."""
    plan = planned()
    with LoopbackServer() as server:
        identity = run_shard(FOLDER, plan, plan.shards[0], ask(server), RunOptions(limit=1))[1]
        path = FOLDER / "00000.lease"
        path.write_text(json.dumps({"machine": "another", "pid": 1, "token": "x"}))
        old = time.time() - leases.LONGEST - 5
        os.utime(path, (old, old))
        with open_run(FOLDER / "00000", identity.identity, Draft):
            assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 1
        assert "00000 is left alone: its process hangs" in caplog.text
        assert json.loads(path.read_text("utf-8"))["token"] == "x"
        assert path.stat().st_mtime == pytest.approx(old)
        assert [*FOLDER.glob("*.lease*")] == [path]
        assert standing_of_plan(FOLDER, plan).parts["done"] == 2
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 0


def test_a_part_that_was_stopped_is_not_done(ask: Callable[..., Settings]) -> None:
    """Even where each document has its record: what is missing may be the table."""
    plan = planned()
    with LoopbackServer() as server:
        run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None)
        path = FOLDER / "00001" / "manifest.json"
        held = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**held, "state": RunState.STOPPED}), "utf-8")
        assert standing_of_plan(FOLDER, plan).open == [("00001", "stopped")]
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 0
        assert standing_of_plan(FOLDER, plan).is_done
        assert len(server.requests) == 11


def test_parts_are_merged_one_after_the_other(
    ask: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known of the documents of a part is forgotten before the next one is read.

    How long that took is told.
    """
    plan, alive, most = planned(12, 1), WeakSet[Run](), 0

    class Watched(Run):
        def stored_rows(self) -> Iterator[StoredRow]:
            nonlocal most
            alive.add(self)
            most = max(most, len(alive))
            return super().stored_rows()

    with LoopbackServer() as server:
        run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None)
    monkeypatch.setattr(running, "Run", Watched)
    began = time.monotonic()
    _, report = merge_shards(FOLDER, plan, MERGED)
    assert most <= 2
    assert 0 < report.seconds <= time.monotonic() - began


def test_a_part_is_hashed_once(
    ask: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where its share of the budget is used up, and more is taken."""
    plan, hashed = planned(12, 4, "0.06"), Counter[str]()

    def hashes(file: Any, name: str) -> Any:
        hashed[Path(file.name).name] += 1
        return file_digest(file, name)

    file_digest = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", hashes)
    with LoopbackServer() as server:
        run_plan(FOLDER, plan, ask(server, **PRICE), QUIET, lambda *_: None)
    assert hashed == {"00000.jsonl": 1, "00001.jsonl": 1, "00002.jsonl": 1}


def test_what_was_changed_in_a_plan_is_refused(ask: Callable[..., Settings]) -> None:
    """A part's entries are those that were planned; each id is there once."""
    plan = planned()
    path = FOLDER / "00001.jsonl"
    path.write_bytes(path.read_bytes().replace(b"hill 5", b"hill 6"))
    with LoopbackServer() as server, pytest.raises(RunError, match="it was changed since"):
        run_shard(FOLDER, plan, plan.shards[1], ask(server), QUIET)
    with pytest.raises(RunError, match="isn't empty"):
        planned()


@pytest.mark.parametrize("content", [b"", b"{oops", b"[]"])
def test_a_damaged_file_of_a_plan_is_told(ask: Callable[..., Settings], content: bytes) -> None:
    """Of what makes its records as of the plan itself, in one line that names it."""
    plan = planned()
    (FOLDER / "maker.json").write_bytes(content)
    with pytest.raises(RunError, match=r"maker\.json: isn't a plan that"):
        standing_of_plan(FOLDER, plan).to_json()
    with LoopbackServer() as server, pytest.raises(RunError, match=r"maker\.json: isn't a plan"):
        run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None)


@pytest.mark.parametrize("line", [b"[]\n", b"{}\n", b"5\n", b"oops\n", b'{"skipped":{}}\n'])
def test_a_plan_that_fits_entries_that_are_none_is_told(
    ask: Callable[..., Settings], line: bytes
) -> None:
    """Whoever made it can make its hashes fit."""
    plan = planned()
    first, *others = plan.shards
    (FOLDER / "00000.jsonl").write_bytes(line)
    first = first.model_copy(update={"sha256": hashlib.sha256(line).hexdigest()})
    plan = plan.model_copy(update={"shards": (first, *others)})
    with LoopbackServer() as server, pytest.raises(RunError, match=r"00000\.jsonl: isn't a plan"):
        run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None)


def test_a_part_with_the_records_of_another_is_named(ask: Callable[..., Settings]) -> None:
    """Else its documents would be missing among what is merged, and nobody would know."""
    plan = planned()
    with LoopbackServer() as server:
        run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None)
    foreign = (FOLDER / "00000" / "records.jsonl").read_bytes()
    (FOLDER / "00001" / "records.jsonl").write_bytes(foreign * 2)
    with pytest.raises(RunError, match=r"00001: holds what was made of 0 of its \d documents"):
        merge_shards(FOLDER, plan, MERGED)


@pytest.mark.parametrize("other", ["another part", "another plan"])
def test_a_part_with_the_run_of_another_is_refused(
    ask: Callable[..., Settings], other: str, tmp_path: Path
) -> None:
    """As many documents are in it, and they are others: it is named, and nothing is merged."""
    plan = planned()
    with LoopbackServer() as server:
        run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None)
        foreign = FOLDER / plan.shards[0].name
        if other == "another plan":
            make = make_plan(documents_batch(bee_papers(30)[20:24]), tmp_path / "other", 4)
            run_plan(tmp_path / "other", make, ask(server), QUIET, lambda *_: None)
            foreign = tmp_path / "other" / "00000"
        shutil.rmtree(FOLDER / "00001")
        shutil.copytree(foreign, FOLDER / "00001")
        asked = len(server.requests)
        with pytest.raises(RunError, match=r"00001 \(stopped\)"):
            merge_shards(FOLDER, plan, MERGED)
        with pytest.raises(RunError, match="holds the run of other entries"):
            merge_shards(FOLDER, plan, MERGED, is_partial=True)
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 2
        assert len(server.requests) == asked


def test_what_is_merged_again_verifies(ask: Callable[..., Settings]) -> None:
    """Into the same folder: each document counts once, in the choice of columns as well."""
    plan = planned()
    with LoopbackServer() as server:
        run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None)
    merge_shards(FOLDER, plan, MERGED)
    table = (MERGED / "table.md").read_bytes()
    merge_shards(FOLDER, plan, MERGED)
    assert (MERGED / "table.md").read_bytes() == table


def test_a_part_that_was_altered_stops_no_other(
    ask: Callable[..., Settings], caplog: pytest.LogCaptureFixture
) -> None:
    """It is refused by its name, nothing of it is asked, and the exit code tells."""
    plan = planned()
    path = FOLDER / "00000.jsonl"
    planned_entries = path.read_bytes()
    path.write_bytes(planned_entries.replace(b"hill 1", b"hill 2"))
    with LoopbackServer() as server:
        code = run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None)
        assert (code, len(server.requests)) == (RunError.exit_code, 7)
        assert "00000.jsonl: isn't as the plan was made" in caplog.text
        assert standing_of_plan(FOLDER, plan).parts == {"not begun": 1, "done": 2}
        path.write_bytes(planned_entries)
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 0


def test_other_files_of_that_name_are_no_plan(tmp_path: Path) -> None:
    """Neither is a folder beside one; one of ours that is damaged is told of."""
    (tmp_path / PLAN).write_text('{"name": "holidays"}')
    assert load_plan(tmp_path) is None
    assert find_shard(tmp_path / "00000") is None
    assert find_shard(tmp_path / "page.txt") is None
    (tmp_path / PLAN).write_text('{"shards": 7}')
    with pytest.raises(RunError, match="isn't a plan"):
        load_plan(tmp_path)


@pytest.mark.parametrize("name", ["../other", "/other", "00000/../../other", "00000\n", "0"])
def test_a_part_lies_in_the_folder_of_its_plan(name: str) -> None:
    """One whose name leads elsewhere makes no plan: nothing is read or written there."""
    plan = planned().model_dump(mode="json")
    plan["shards"][0]["name"] = name
    (FOLDER / PLAN).write_text(json.dumps(plan))
    with pytest.raises(RunError, match="isn't a plan"):
        load_plan(FOLDER)


def test_a_lease_of_nonsense_is_nobodys(tmp_path: Path) -> None:
    """However deep it is nested."""
    path = tmp_path / "a.lease"
    path.write_text("[" * 100_000)
    assert not Lease(path.parent, path.stem).take()
    os.utime(path, (1, 1))
    assert Lease(path.parent, path.stem).is_old()


def test_many_processes_share_the_parts_of_a_plan(tmp_path: Path) -> None:
    """Three of them, of which one is killed: each document is asked about once or was in flight."""
    source = tmp_path / "bees.jsonl"
    lines = (json.dumps({"title": one.title, "abstract": one.abstract}) for one in bee_papers(60))
    source.write_text("\n".join(lines), "utf-8")
    run_command("shard", source, "--size", "6", "-o", "plan", cwd=tmp_path)

    def reply(_: int, body: Any) -> Any:
        time.sleep(0.01)
        return draft_answer(body)

    with LoopbackServer(reply) as server:
        command = ("run", "plan", "--model", "m", "--base-url", server.base_url, "--no-cache")
        first, *others = [Process(*command, cwd=tmp_path) for _ in range(3)]
        while len(server.requests) < 10 and first.poll() is None:
            time.sleep(0.01)
        first.kill()
        for one in (first, *others):
            one.communicate()
        assert [one.returncode for one in others] == [0, 0]
        ended = run_command(*command, cwd=tmp_path)
        assert ended.returncode == 0, ended.stderr.decode()
        asked = Counter(request.body["messages"][-1]["content"] for request in server.requests)
    assert len(asked) == 60
    assert asked.total() - 60 <= 12  # what one process has in flight
    ended = run_command("merge", "plan", "-o", "all", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr.decode()
    assert ended.stderr.decode().startswith("60 documents → 60 records, 0 failures")
    assert run_command("verify", "all", cwd=tmp_path).returncode == 0


def test_the_commands_as_they_are_typed(tmp_path: Path) -> None:
    """A plan without a model; its standing, a part of it, the rest, all of it as one run."""
    source = tmp_path / "bees.jsonl"
    lines = [json.dumps({"title": one.title, "abstract": one.abstract}) for one in bee_papers(7)]
    source.write_text("\n".join(lines), "utf-8")
    ended = run_command("shard", source, "--size", "3", "-o", "plan", cwd=tmp_path)
    assert b"7 documents in 3 shards" in ended.stderr
    ended = run_command("run", "plan/00001", cwd=tmp_path)
    assert (ended.returncode, ended.stdout.strip()) == (0, b"plan/00001/table.md")
    told = json.loads(run_command("status", "plan", "--json", cwd=tmp_path).stdout)
    assert told["states"] == {"not begun": 2, "done": 1}
    ended = run_command("run", "plan", cwd=tmp_path)
    assert b"3 shards of 7 documents: 3 done" in ended.stdout
    ended = run_command("merge", "plan", "-o", "all", cwd=tmp_path)
    assert ended.stdout.strip() == b"all/table.md"
    ended = run_command("merge", "bees.jsonl", "-o", "all2", cwd=tmp_path)
    assert (ended.returncode, b"holds no plan" in ended.stderr) == (InputError.exit_code, True)


def test_parts_and_what_is_merged_of_them_verify(ask: Callable[..., Settings]) -> None:
    """Documents of a part keep their source in the pile; calls count whose record was lost."""
    plan = planned()

    is_able = False

    def reply(_: int, body: Any) -> Any:
        is_asked_in_vain = "Paper 9 " in json.dumps(body) and not is_able
        return answer("I can't.") if is_asked_in_vain else draft_answer(body)

    with LoopbackServer(reply) as server:
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 1
        assert standing_of_plan(FOLDER, plan).parts == {"done": 2, "failed in part": 1}
        lose_a_line(FOLDER / "00001" / "records.jsonl")
        is_able = True
        assert run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None) == 0
    path, report = merge_shards(FOLDER, plan, MERGED)
    assert (report.records, report.spent.calls) == (11, len(server.requests))
    assert report.spent.calls > 11
    for folder in (path, *(FOLDER / shard.name for shard in plan.shards)):
        verdicts = Verification(Run(folder)).verdicts()
        assert [one for verdict in verdicts for one in verdict.differences] == []


def test_what_a_part_that_was_cut_off_has_is_counted(ask: Callable[..., Settings]) -> None:
    """By its files: its manifest is of before."""
    plan = planned()
    with LoopbackServer() as server:
        run_plan(FOLDER, plan, ask(server), QUIET, lambda *_: None)
    lose_a_line(FOLDER / "00000" / "records.jsonl")
    path = FOLDER / "00001" / MANIFEST
    held = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**held, "state": RunState.RUNNING, "counts": {}}), "utf-8")
    standing = standing_of_plan(FOLDER, plan)
    assert standing.parts == {"done": 1, "cut off": 2}
    assert (standing.records, standing.spent.calls) == (10, 11)
    assert "10 records, 1 not attempted" in "\n".join(standing.lines())


def test_a_plan_that_cant_be_written_can_be_looked_at(
    ask: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its leases age by the clock of whoever looks, who may merge what is there elsewhere."""
    plan = planned()
    with LoopbackServer() as server:
        run_shard(FOLDER, plan, plan.shards[1], ask(server), QUIET)
    path = FOLDER / "00000.lease"
    path.write_text(json.dumps({"machine": "another", "pid": 1, "token": "x"}))

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "touch", refuse)
        assert standing_of_plan(FOLDER, plan).parts == {"done": 1, "at work": 1, "not begun": 1}
        old = time.time() - leases.LONGEST - 5
        os.utime(path, (old, old))
        assert standing_of_plan(FOLDER, plan).parts == {"done": 1, "not begun": 2}
        _, report = merge_shards(FOLDER, plan, MERGED, is_partial=True)
    assert report.records == 4


def test_a_plan_is_no_run_and_no_input(tmp_path: Path) -> None:
    """Whoever takes it for one is told what it is, and what to do with it."""
    run_command("shard", ROOT / "fixtures" / "daily_papers.txt", "-o", "my plan", cwd=tmp_path)
    for command in ("table", "verify", "report", "estimate", "inspect"):
        ended = run_command(command, "my plan", cwd=tmp_path)
        told = ended.stderr.decode()
        assert ended.returncode == InputError.exit_code
        assert "my plan: is a plan of shards, not " in told
        assert "`summarise merge 'my plan' -o RUN`" in told


def test_a_flag_that_shards_would_not_heed_is_refused(tmp_path: Path) -> None:
    """Before anything is asked: who wants the price of a batch isn't to pay another."""
    run_command("shard", ROOT / "fixtures" / "daily_papers.txt", "-o", "plan", cwd=tmp_path)
    for flag in (["--batch"], ["--refresh"], ["--json"], ["--only", "some"], ["-o", "elsewhere"]):
        ended = run_command("run", "plan", *flag, cwd=tmp_path)
        assert ended.returncode == InputError.exit_code
        assert f"{flag[0]}: isn't taken by the shards of a plan" in ended.stderr.decode()
        ended = run_command("run", "plan", "--ray", "local", *flag, cwd=tmp_path)
        assert f"{flag[0]}: isn't taken by the shards of a plan" in ended.stderr.decode()
    for flag in (["--explain-cache"], ["--log-json", "log"]):
        ended = run_command("run", "plan", "--ray", "local", *flag, cwd=tmp_path)
        assert ended.returncode == InputError.exit_code
        assert f"{flag[0]}: isn't taken by the shards of a plan" in ended.stderr.decode()
    for flag in (["--batch"], ["-o", "elsewhere"]):
        ended = run_command("run", "plan/00000", *flag, cwd=tmp_path)
        assert ended.returncode == InputError.exit_code
    assert not (tmp_path / "plan" / "00000").exists()
    assert run_command("run", "plan/00000", "--refresh", cwd=tmp_path).returncode == 0


def test_a_flag_that_says_how_without_what_is_refused(tmp_path: Path) -> None:
    """Who forgets --batch beside --every isn't to pay the whole price."""
    page = ROOT / "fixtures" / "daily_papers.txt"
    for flag, value in (("--every", "300"), ("--workers", "4")):
        ended = run_command("run", page, flag, value, "-o", "run", cwd=tmp_path)
        assert ended.returncode == InputError.exit_code
        assert f"{flag}: says " in ended.stderr.decode()
    assert not (tmp_path / "run").exists()


def test_the_next_step_is_a_command_that_works(tmp_path: Path) -> None:
    """It names a model where none is chosen, then the flags that the plan was begun with."""
    source = tmp_path / "bees.jsonl"
    lines = (json.dumps({"title": one.title, "abstract": one.abstract}) for one in bee_papers(6))
    source.write_text("\n".join(lines), "utf-8")
    run_command("shard", source, "--size", "2", "-o", "plan", cwd=tmp_path)

    def next_step(folder: str = "plan") -> list[str]:
        told = json.loads(run_command("status", folder, "--json", cwd=tmp_path).stdout)
        return shlex.split(told["next"])[1:]

    assert next_step() == ["run", "plan", "--model", "MODEL"]
    with LoopbackServer() as server:
        begun = ("--model", "m", "--base-url", server.base_url, "--temperature", "0.5")
        run_command("run", "plan/00001", *begun, "--no-cache", cwd=tmp_path)
        assert next_step() == ["run", "plan", *begun, "--no-cache"]
        lose_a_line(tmp_path / "plan" / "00001" / "records.jsonl")
        assert run_command(*next_step("plan/00001"), cwd=tmp_path).returncode == 0
        assert run_command(*next_step(), cwd=tmp_path).returncode == 0
    assert next_step() == ["merge", "plan", "-o", "RUN"]


def lose_a_line(path: Path) -> None:
    """Cut the last line off, as a machine does that loses its power."""
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
