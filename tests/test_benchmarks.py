"""The benchmark's server behaves as its flags say, its books add up, and its tables print."""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import compare, engines, faults, kill, large_run, million, simulate
from benchmarks.accounts import Accounts
from benchmarks.documents import invent, number_in, write
from benchmarks.fault_mix import USUAL, Fault, FaultMix
from benchmarks.loopback import Loopback
from benchmarks.measure import Cost
from benchmarks.rounds import Outcome, Round, middle, play
from benchmarks.simulate import Patience
from benchmarks.tools import TOOLS, Installed, NotInstalled, Tool, chosen
from summarise.characters import readable_line
from summarise.cli import app
from summarise.scan import sentence_spans
from tests.processes import run

_COST = Cost(wall=2.0, cpu=0.5, rss=50.0, exit_code=0, output="", errors="")


def ask(server: Loopback, *numbers: int, **more: Any) -> list[tuple[int, dict[str, str], Any]]:
    """Ask about documents, one after the other on one connection: status, headers, answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    found = []
    for number in numbers:
        content = invent(number).abstract
        body = {"model": "invented", "messages": [{"role": "user", "content": content}], **more}
        connection.request("POST", "/v1/chat/completions", json.dumps(body))
        answer = connection.getresponse()
        found.append((answer.status, dict(answer.getheaders()), json.loads(answer.read())))
    connection.close()
    return found


def message(answer: Any) -> Any:
    """The message of a completion."""
    return answer["choices"][0]["message"]


def test_a_copied_abstract_has_signs_to_read_over_and_one_in_two_no_values() -> None:
    """What stands for a plain word or sign is there; nothing else of the paper changes."""
    for paper in map(invent, range(10)):
        assert readable_line(paper.abstract) == paper.abstract
        assert readable_line(paper.copied) != paper.copied
        assert all(
            sign in paper.copied for sign in ("~GPU", r"$\alpha$", "—", "“", "±", "α", "_", "[")
        )
        assert (r"\%" in paper.copied) == (paper.number % 2 == 0)
        assert json.loads(paper.line(copied=True))["abstract"] == paper.copied
        assert json.loads(paper.line())["abstract"] == paper.abstract


def test_documents_are_the_same_each_time() -> None:
    """Document n is one document, with its number in it, and of an abstract's length."""
    papers = [invent(number) for number in range(200)]
    assert papers == [invent(number) for number in range(200)]
    assert len({paper.title for paper in papers}) == 200
    for paper in papers:
        assert number_in(paper.abstract.encode()) == paper.number
        assert 900 <= len(paper.abstract) <= 1500


def test_drafts_are_faultless() -> None:
    """Each value of an answer stands in a sentence that it cites, by the program's numbers."""
    for paper in map(invent, range(50)):
        found = [span.of(paper.abstract) for span in sentence_spans(paper.abstract)]
        assert found == list(paper.sentences)
        for entry in (*paper.draft["data"], *paper.draft["compute"], *paper.draft["results"]):
            cited = " ".join(found[number - 1] for number in entry["sentences"])
            values = [entry.get(name) for name in ("name", "size", "value", "baseline", "dataset")]
            assert all(value in cited for value in values if value)


def test_the_server_answers_with_the_draft_of_the_document() -> None:
    """One connection serves several requests; calls and answers are counted by document."""
    with Loopback(["--documents", "2"]) as server:
        answers = ask(server, 0, 7, 0)
        texts = [json.loads(message(answer)["content"]) for _, _, answer in answers]
        assert texts == [invent(number).draft for number in (0, 7, 0)]
        assert server.per_document() == {0: (2, 2), 7: (1, 1)}
        stats = server.stats()
        assert (stats["calls"], stats["answered"], stats["documents"]) == (3, 3, 2)
        assert stats["wall"] >= 0
        server.reset()
        assert server.stats()["calls"] == 0
        assert server.per_document() == {}


def test_the_server_calls_the_function_that_is_asked_for() -> None:
    """In tools mode the draft comes as the arguments of the function of the request."""
    tools = [{"type": "function", "function": {"name": "Draft", "parameters": {}}}]
    with Loopback() as server:
        ((_, _, answer),) = ask(server, 3, tools=tools)
    (call,) = message(answer)["tool_calls"]
    assert call["function"]["name"] == "Draft"
    assert json.loads(call["function"]["arguments"]) == invent(3).draft


def test_a_rate_limit_by_flag() -> None:
    """With every attempt limited, each answer is a 429 that names the wait."""
    with Loopback(FaultMix(rate_limited=1.0, retry_after=2.5).flags()) as server:
        ((status, headers, answer),) = ask(server, 0)
        assert server.stats()["faults"] == {"rate_limited": 1}
        assert server.per_document() == {0: (1, 0)}
    assert (status, headers["Retry-After"]) == (429, "2.5")
    assert answer["error"]["code"] == "rate_limit_exceeded"


def test_invalid_answers_by_flag() -> None:
    """With every attempt invalid, each answer ends in the middle, as if it were whole."""
    with Loopback(FaultMix(invalid=1.0).flags()) as server:
        ((status, _, answer),) = ask(server, 0)
        assert server.stats()["answered"] == 0
    assert (status, answer["choices"][0]["finish_reason"]) == (200, "stop")
    with pytest.raises(json.JSONDecodeError):
        json.loads(message(answer)["content"])


def test_a_stall_by_flag() -> None:
    """A stalled attempt is answered when the stall is over, and a client that leaves is counted."""
    with Loopback(FaultMix(stalled=1.0, stall=0.01).flags()) as server:
        ((status, _, answer),) = ask(server, 0)
        assert server.stats()["faults"] == {"stalled": 1}
    assert (status, json.loads(message(answer)["content"])) == (200, invent(0).draft)


@pytest.mark.parametrize("status", [400, 500])
def test_a_document_that_is_always_answered_wrongly_by_flag(status: int) -> None:
    """By that status each time, and no other document is; 200 is an answer in prose."""
    with Loopback(["--always", "7", str(status)]) as server:
        found = [status for status, _, _ in ask(server, 7, 0, 7)]
        assert server.per_document() == {0: (1, 1), 7: (2, 0)}
    assert found == [status, 200, status]


def test_a_row_is_good_where_it_holds_an_answer() -> None:
    """Prose, the body of an error, or nothing, is none."""
    answer = json.dumps(invent(0).draft)
    rows: list[dict[str, Any]] = [{"problem": None}, {"record": answer}]
    rows += [{"record": None}, {"record": "I'm sorry."}]
    rows.append({"record": json.dumps({"error": {"message": "no"}})})
    assert [engines.holds_answer(row) for row in rows] == [True, True, False, False, False]


def test_our_run_against_the_engines_is_counted(tmp_path: Path) -> None:
    """Killed, it is started again by the same command; a document that is refused is lost."""
    task = engines.Task(8, 2, 0.3, 1, 60)
    flags = ["--latency", "0.3", "--always", "7", "400"]
    with Loopback(flags) as server:
        ours = next(iter(engines.contestants(tmp_path, task, server.base_url, bad=True)))
        assert isinstance(ours, engines.Contestant)
        found = engines.play(ours, task, server)
    assert (found.kills, found.good, found.doubled, found.wrong) == (1, 7, 0, 0)
    assert found.exit_code == 1
    assert found.calls - found.asked <= 2
    assert found.most <= 2


def test_faults_are_decided_by_seed_document_and_attempt() -> None:
    """The same three meet the same fault, in about the shares that were asked for."""
    met = [USUAL.fault(document, attempt) for document in range(5000) for attempt in range(2)]
    assert met == [USUAL.fault(document, attempt) for document in range(5000) for attempt in (0, 1)]
    shares = {fault: met.count(fault) / len(met) for fault in Fault}
    assert shares[Fault.RATE_LIMITED] == pytest.approx(0.10, abs=0.01)
    assert shares[Fault.INVALID] == pytest.approx(0.05, abs=0.01)
    assert shares[Fault.STALLED] == pytest.approx(0.02, abs=0.01)
    other = FaultMix(rate_limited=0.1, invalid=0.05, stalled=0.02, seed=1)
    assert met[::2] != [other.fault(document, 0) for document in range(5000)]


def test_the_simulated_scheduler_needs_the_ideal_without_faults() -> None:
    """Without faults the wall is N·L/C, rounded up to whole rounds."""
    patience = Patience(concurrency=4, latency=0.5, timeout=10)
    assert simulate.wall(8, FaultMix(), patience) == pytest.approx(1.0)
    assert simulate.wall(9, FaultMix(), patience) == pytest.approx(1.5)


def test_what_an_attempt_costs_the_scheduler() -> None:
    """A 429 waits outside its slot, a stall holds it until the timeout, invalid is asked again."""
    patience = Patience(concurrency=1, latency=0.5, timeout=3, max_attempts=2, total=8)
    limited = FaultMix(rate_limited=1.0, retry_after=7)
    assert simulate.wall(1, limited, patience) == pytest.approx(0.5 + 7 + 0.5)
    assert simulate.wall(1, FaultMix(stalled=1.0), patience) == pytest.approx(3 + 3)
    assert simulate.wall(1, FaultMix(stalled=1.0, stall=2), patience) == pytest.approx(2)
    assert simulate.wall(1, FaultMix(invalid=1.0), patience) == pytest.approx(0.5 + 0.5)


@given(
    count=st.integers(1, 60),
    slots=st.integers(1, 16),
    mix=st.builds(
        FaultMix,
        rate_limited=st.floats(0, 0.4),
        invalid=st.floats(0, 0.3),
        stalled=st.floats(0, 0.3),
        seed=st.integers(0, 99),
    ),
)
def test_no_schedule_beats_its_own_work(count: int, slots: int, mix: FaultMix) -> None:
    """The wall is never below the work shared by all slots, nor below the longest document."""
    patience = Patience(concurrency=slots, latency=0.2, timeout=10)
    chains = [simulate.steps(number, mix, patience) for number in range(count)]
    work = sum(step.busy for chain in chains for step in chain)
    # The last wait of a chain counts for nothing where no attempt follows it.
    longest = max(sum(s.busy + s.wait for s in chain) - chain[-1].wait for chain in chains)
    found = simulate.wall(count, mix, patience)
    assert found >= max(work / slots, longest) - 1e-9
    assert found <= work + sum(s.wait for chain in chains for s in chain) + 1e-9


def test_accounts_count_lines(tmp_path: Path) -> None:
    """A record outranks a failure, a torn line counts for nothing, a missing document is lost."""

    def put(name: str, ids: Sequence[str], tail: str = "") -> None:
        lines = "".join(json.dumps({"doc_id": doc_id}) + "\n" for doc_id in ids)
        (tmp_path / name).write_text(lines + tail, encoding="utf-8")

    put("documents.jsonl", ["a", "b", "c", "d"])
    put("records.jsonl", ["a", "b", "b"], tail='{"doc_id": "c"')
    put("failures.jsonl", ["a", "d"])
    put("answers.jsonl", ["a", "b", "b", "d"])
    books = Accounts.of(tmp_path)
    assert books == Accounts(documents=4, records=2, failures=1, lost=1, duplicated=1, answers=4)


def test_ours_and_a_peer_on_the_same_server(tmp_path: Path) -> None:
    """Without faults nothing is lost, one call is made a document, and our rerun makes none."""
    here = Path(sys.executable)
    task = Round(documents=6, concurrency=3, latency=0.001, rerun=True)
    ours, plain = (
        play(Installed(tool, here, "0"), asked, tmp_path / tool.name)
        for tool, asked in zip(TOOLS[:2], (task, replace(task, rerun=False)), strict=True)
    )
    assert (ours.lost, ours.duplicated, ours.calls, ours.recalls) == (0, 0, 6, 0), ours.cost.errors
    assert (plain.lost, plain.duplicated, plain.calls) == (0, 0, 6), plain.cost.errors
    assert min(ours.cost.rss, ours.cost.cpu, plain.cost.rss, plain.cost.cpu) > 0


def test_the_accounts_after_kills(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that is killed and started again ends with a record for each document, once."""
    flags = ["--kills", "1", "--count", "40", "--concurrency", "4", "--latency", "0.02"]
    monkeypatch.setattr(sys, "argv", ["benchmarks.kill", *flags])
    kill.main()
    assert capsys.readouterr().out.count("ok: ") == 5


def test_the_table_of_the_comparison() -> None:
    """A line for each tool, with ratios to the plain loop; one that isn't there says why."""
    speed = Round(documents=100, concurrency=10, latency=0.1)
    plan = compare.Plan(speed, None, repeats=1, folder=Path())
    fast = Outcome(_COST, asking=1.5, lost=0, duplicated=0, calls=100, rerun=_COST, recalls=4)
    slow = Outcome(_COST, asking=3.0, lost=50, duplicated=0, calls=100)
    rows = [
        compare.Row(TOOLS[0], "1.0", fast, slow),
        compare.Row(TOOLS[1], "3.3", slow),
        compare.Row(Tool("absent"), "can't be installed: no match"),
    ]
    *_, first, second, third = compare.report(rows, plan)
    assert first == (
        "| summarise 1.0 | 50 | 2.00 × | 5.00 | 0.50 × | 50 | 1.50 × | 2.00 | 4 | 0 "
        "| 50 | 0 | 100 | 2.0 |"
    )
    assert second.startswith("| openai 3.3 | 25 | 1.00 × | 10.00 | 1.00 × | 50 | 3.00 × | – | – |")
    assert third.startswith("| absent: can't be installed: no match | – |")


def test_the_table_of_faults_tells_wrong_accounts() -> None:
    """A lost document, or one that was paid twice, is called wrong."""
    books = Accounts(documents=4, records=4, failures=0, lost=0, duplicated=0, answers=4)
    right = faults.Seeded(1, 1.5, 1.0, books, calls=4, needed=4, paid_twice=0, exit_code=0)
    twice = faults.Seeded(2, 1.5, 1.0, books, calls=5, needed=4, paid_twice=1, exit_code=0)
    patience = Patience(concurrency=2, latency=0.1, timeout=1)
    *_, told = faults.report([right], 4, patience)
    assert told == "Accounts: right."
    *_, wall, told = faults.report([right, twice], 4, patience)
    assert wall == "Wall: 1.50 × simulated in the median, 1.50 × at most."
    assert told == "Accounts: WRONG."


def test_the_median_outcome_is_one_that_was_measured() -> None:
    """Of several rounds the one with the middle wall counts, whole."""
    walls = (3.0, 1.0, 2.0)
    rounds = [
        Outcome(Cost(wall, wall, 1.0, 0, "", ""), asking=wall, lost=0, duplicated=0, calls=1)
        for wall in walls
    ]
    assert middle(rounds).cost.wall == 2.0
    assert middle(rounds[:1]).cost.wall == 3.0


def test_tools_are_chosen_by_name(tmp_path: Path) -> None:
    """``ours`` is a name too, an unknown one ends the program, an absent package is told."""
    assert [tool.name for tool in chosen("openai,ours")] == ["summarise", "openai"]
    with pytest.raises(SystemExit, match="nothing-like-it"):
        chosen("nothing-like-it")
    with pytest.raises(NotInstalled, match="no-such-package"):
        Installed.of(Tool("x", package="no-such-package"), tmp_path)


def test_the_steps_of_many_documents_are_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its figures, and a document its record; the same command then makes nothing.

    They are told of processes that are forked here: that those of others are measured is seen where
    ours runs beside a peer.
    """

    def measured(script: Sequence[str], **options: Any) -> Cost:
        _, _, _, folder, _, _, _, *arguments = script
        ended = run(*arguments, cwd=Path(folder), env=options["env"])
        return replace(_COST, exit_code=ended.returncode, errors=ended.stderr.decode())

    monkeypatch.setattr(million, "measured", measured)
    write(tmp_path / "documents.jsonl", 9)
    made = list(million.play(tmp_path, 4, 2))
    assert [one.name for one in made] == [name for name, _, _ in million.steps(4, 2)]
    assert all(one.cpu > 0 and one.rss > 0 for one in made)
    assert list(million.report(tmp_path, 9, made))[-1] == "9 documents, 9 records."
    (tmp_path / "table.md").unlink()
    assert list(million.play(tmp_path, 4, 2)) == made
    assert not (tmp_path / "table.md").exists()


def test_a_large_run_is_measured_by_commands_that_there_are() -> None:
    """Each is one of the command line, and what stands beside them is Python."""
    there = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    measured = [arguments for _, _, arguments in large_run.commands("run", 20)]
    asked = {one[2] for one in measured if one[:2] == ["-m", "summarise"]}
    assert asked - {"--version"} <= there
    for code in (one[1] for one in measured if one[0] == "-c"):
        compile(code, "beside", "exec")
