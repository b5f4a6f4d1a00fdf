"""Many documents, end to end over loopback: what is called, kept, resumed, and what stops a run."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summarise.batch import Report, RunOptions, documents_batch, read_batch, run
from summarise.errors import InputError, RunError
from summarise.extract import MOST_CHARACTERS
from summarise.models import Document, FailureKind
from summarise.settings import Settings
from summarise.store import Manifest, Run, RunState
from tests.conftest import ROOT
from tests.loopback import (
    LoopbackServer,
    Reply,
    Script,
    answer,
    draft_answer,
    drop,
    malformed,
    once,
    refusal,
    status,
    truncated,
)
from tests.processes import Process, ends

PAGE = str(ROOT / "fixtures" / "daily_papers.txt")


def documents(count: int) -> list[Document]:
    """Invented documents, all different."""
    return [
        Document(
            doc_id=f"d{n}",
            title=f"Paper {n}",
            abstract=f"Problem {n} is hard to solve today. We propose remedy {n} for it.",
        )
        for n in range(count)
    ]


@pytest.fixture
def go(make_settings: Callable[..., Settings], tmp_path: Path) -> Callable[..., Report]:
    """Runs over documents in ``tmp_path/run``; gives the report."""

    def work(items: list[Document], base_url: str, **overrides: Any) -> Report:
        named = ("refresh", "fresh_answers", "append", "limit", "only")
        chosen = {name: overrides.pop(name) for name in named if name in overrides}
        options = RunOptions(output=tmp_path / "run", **chosen)
        settings = make_settings(base_url=base_url, **overrides)
        return run(documents_batch(items), settings, options)[1]

    return work


Go = Callable[..., Report]


def test_a_run_costs_one_call_a_document_and_a_rerun_none(go: Go, tmp_path: Path) -> None:
    """Each document is asked for once; running again calls nothing and gives the same files."""
    with LoopbackServer() as server:
        first = go(documents(30), server.base_url)
        files = {name: (tmp_path / "run" / name).read_bytes() for name in ("table.md",)}
        records = (tmp_path / "run" / "records.jsonl").read_bytes()
        again = go(documents(30), server.base_url)
        assert len(server.requests) == 30
    assert (first.records, first.spent.calls, first.exit_code) == (30, 30, 0)
    assert (again.records, again.reused, again.spent.calls, again.exit_code) == (30, 30, 0, 0)
    assert (tmp_path / "run" / "table.md").read_bytes() == files["table.md"]
    assert (tmp_path / "run" / "records.jsonl").read_bytes() == records


def test_one_more_document_is_one_more_call(go: Go) -> None:
    """A document added to the input, wherever, costs one call."""
    with LoopbackServer() as server:
        go(documents(10), server.base_url)
        go([documents(11)[10], *documents(10)], server.base_url)
        assert len(server.requests) == 11


def test_another_run_takes_the_answers_from_the_cache(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """A new run directory buys nothing that the cache holds; --no-cache and fresh answers do."""
    with LoopbackServer() as server:
        for folder, overrides, fresh, calls in (
            ("a", {}, False, 5),
            ("b", {}, False, 0),
            ("c", {"cache": False}, False, 5),
            ("d", {}, True, 5),
            ("e", {"temperature": 0.5}, False, 5),
            ("f", {"seed": 1}, False, 5),
            ("g", {"max_output_tokens": 99}, False, 5),
        ):
            before = len(server.requests)
            options = RunOptions(output=tmp_path / folder, fresh_answers=fresh)
            settings = make_settings(base_url=server.base_url, **overrides)
            _, report = run(documents_batch(documents(5)), settings, options)
            assert (folder, len(server.requests) - before) == (folder, calls)
            assert report.cached == 5 - calls


def test_concurrency_is_bounded(go: Go) -> None:
    """Never more requests in flight than asked for, and as many as allowed."""
    with LoopbackServer() as server:
        server.script = lambda _, body: once(server.has(4), draft_answer(body))
        go(documents(20), server.base_url, concurrency=4)
        assert server.most_at_once == 4


MIX: dict[str, Callable[[Any], Reply]] = {
    "refused": lambda _: refusal(),
    "truncated": lambda _: truncated(),
    "invalid": lambda _: answer("{}"),
    "empty": lambda _: answer(""),
    "rejected": lambda _: status(400, message="too long"),
    "unavailable": lambda _: status(500),
}


def test_faults_cost_their_own_document_only(go: Go, tmp_path: Path) -> None:
    """Whatever happens to one document, the others get their records, and the accounts balance."""
    kinds = list(MIX)

    def script(_: int, body: Any) -> Reply:
        text = json.dumps(body["messages"])
        for number, kind in enumerate(kinds):
            if f"Problem {number} is" in text:
                return MIX[kind](body)
        return draft_answer(body)

    with LoopbackServer(script) as server:
        report = go(documents(20), server.base_url, max_attempts=2)
    assert (report.records, report.failures.total(), report.pending) == (14, 6, 0)
    assert {kind.value: n for kind, n in report.failures.items()} == dict.fromkeys(kinds, 1)
    assert report.exit_code == 1
    assert len(list(Run(tmp_path / "run").failures())) == 6


def test_passing_faults_are_retried(go: Go) -> None:
    """429, 500, a dropped connection and a malformed body are sent again, and nothing is lost."""
    replies = [
        status(429, headers={"Retry-After": "0.01"}),
        status(503),
        drop(),
        malformed(),
    ]
    with LoopbackServer(replies) as server:
        report = go(documents(8), server.base_url, concurrency=4)
    assert (report.records, report.exit_code) == (8, 0)
    assert len(server.requests) == 12


def test_failures_are_tried_again_on_the_next_run(go: Go) -> None:
    """A rerun asks for what failed, and for nothing else."""
    with LoopbackServer([refusal()]) as server:
        assert go(documents(5), server.base_url, concurrency=1).failures.total() == 1
        report = go(documents(5), server.base_url)
        assert len(server.requests) == 6
    assert (report.records, report.failures.total(), report.exit_code) == (5, 0, 0)


STOPS: dict[str, Script] = {
    "key": lambda *_: status(401, message="wrong key"),
    "forbidden": lambda *_: status(403, message="not for you"),
    "unknown model": lambda *_: status(404, message="no such model"),
    "no quota": lambda *_: status(429, message="pay first", code="insufficient_quota"),
}


@pytest.mark.parametrize("name", STOPS)
def test_what_no_document_can_survive_stops_the_run(go: Go, name: str) -> None:
    """A wrong key, an unknown model or no quota stops at once with exit code 3; work is kept."""
    with LoopbackServer(STOPS[name]) as server:
        report = go(documents(50), server.base_url, concurrency=2)
        assert len(server.requests) <= 8
    assert report.exit_code == 3
    assert report.stopped is not None
    assert "\n" not in str(report.stopped)
    assert (report.records, report.failures.total(), report.pending) == (0, 0, 50)


def test_a_run_that_was_stopped_goes_on(go: Go, tmp_path: Path) -> None:
    """After a stop the same command does the rest, without buying the first part again."""

    def script(number: int, body: Any) -> Reply:
        return draft_answer(body) if number < 4 else status(401)

    with LoopbackServer(script) as server:
        report = go(documents(10), server.base_url, concurrency=1)
        assert (report.records, report.pending, report.exit_code) == (4, 6, 3)
        assert Run(tmp_path / "run").manifest.state is RunState.STOPPED
        url = server.base_url
        server.script = ()
        report = go(documents(10), url)
        assert len(server.requests) - 5 <= 6 + 1
    assert (report.records, report.reused, report.exit_code) == (10, 4, 0)


def test_a_bug_costs_its_own_document_only(go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that we didn't foresee becomes a failure of that document."""
    from summarise.ground import ground as original

    def ground(schema: Any, draft: Any, source: Any) -> Any:
        if "Problem 3 is" in source.abstract:
            raise ZeroDivisionError("planted")
        return original(schema, draft, source)

    monkeypatch.setattr("summarise.reading.reading.ground", ground)
    with LoopbackServer() as server:
        report = go(documents(6), server.base_url)
    assert (report.records, report.failures.total()) == (5, 1)
    assert next(iter(report.failures)) == "internal"


def test_the_accounts_are_in_the_manifest(go: Go, tmp_path: Path) -> None:
    """manifest.json holds the counts, the inputs and the tokens of every answer."""
    with LoopbackServer() as server:
        go(documents(3), server.base_url)
        go(documents(5), server.base_url)
    manifest = Manifest.model_validate_json((tmp_path / "run" / "manifest.json").read_text())
    assert manifest.counts["documents"] == manifest.counts["records"] == 5
    assert manifest.spent.usage.input_tokens == 7500
    assert manifest.state is RunState.COMPLETE


def test_limit_and_only(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    """--limit takes the first documents, --only the named ones; an unknown name is an error."""
    settings = make_settings(model=None)
    _, report = run(read_batch([PAGE]), settings, RunOptions(output=tmp_path / "a", limit=3))
    assert report.documents == 3
    _, report = run(
        documents_batch(documents(9)),
        settings,
        RunOptions(output=tmp_path / "b", only=frozenset({"d2", "d7"})),
    )
    assert report.documents == 2
    assert [one.doc_id for one in Run(tmp_path / "b").documents()] == ["d2", "d7"]
    with pytest.raises(InputError, match="no document d99"):
        run(
            documents_batch(documents(9)),
            settings,
            RunOptions(output=tmp_path / "c", only=frozenset({"d99"})),
        )


def test_documents_of_a_program_are_taken_once(make_settings: Any, tmp_path: Path) -> None:
    """A document that stands twice in the input is reported and done once."""
    twice = [*documents(2), documents(1)[0]]
    _, report = run(
        documents_batch(twice), make_settings(model=None), RunOptions(output=tmp_path / "r")
    )
    assert (report.entries, report.documents, report.records) == (3, 2, 2)


def test_half_a_character_costs_its_document_alone(make_settings: Any, tmp_path: Path) -> None:
    """A program's document that no file can store is skipped, in whatever field the fault is."""
    first, *others = documents(3)
    items = [first.model_copy(update={"organisation": "\ud83d"}), *others]
    _, report = run(
        documents_batch(items), make_settings(model=None), RunOptions(output=tmp_path / "r")
    )
    assert (report.entries, report.documents, report.records) == (3, 2, 2)


def test_a_file_whose_name_is_not_utf8(
    make_settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read like any other, and its folder has a name that can be stored and printed."""
    monkeypatch.chdir(tmp_path)
    path = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.txt"))
    path.write_text(documents(1)[0].abstract, encoding="utf-8")
    folder, report = run(read_batch([str(path)]), make_settings(model=None), RunOptions())
    assert (folder.name, report.records) == ("caf\ufffd", 1)


@pytest.mark.parametrize("split", [["my", "long", "page.txt"], ["a.txt", "my", "long", "page.txt"]])
def test_a_name_that_the_shell_has_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, split: list[str]
) -> None:
    """A path with spaces needs quotes: where the joined name is there, the message says so."""
    monkeypatch.chdir(tmp_path)
    text = documents(1)[0].abstract
    for name in ("my long page.txt", "a.txt"):
        Path(name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_batch(split)
    assert str(caught.value) == (
        "my: no such file. There is “my long page.txt”: put quotes around a name with spaces."
    )
    with pytest.raises(InputError, match=r"no such file. Check the path"):
        read_batch(["my", "short", "page.txt"])


def too_long(doc_id: str, seed: str = "A heron waits. ") -> Document:
    """A document with more text than is read of one."""
    text = seed * (MOST_CHARACTERS // len(seed) + 1)
    return Document(doc_id=doc_id, title=None, abstract=text)


def test_a_document_that_is_too_long_costs_only_itself(go: Go, tmp_path: Path) -> None:
    """It is a failure with its reason, and is never sent; every other document has its record."""
    items = [*documents(1), too_long("long"), *documents(3)[1:]]
    with LoopbackServer() as server:
        report = go(items, server.base_url)
        assert len(server.requests) == 3
    assert (report.records, dict(report.failures)) == (3, {FailureKind.TOO_LONG: 1})
    assert any("1 failure (1 too_long)" in line for line in report.closing_lines())
    failure = json.loads((tmp_path / "run" / "failures.jsonl").read_text())
    assert (failure["doc_id"], failure["kind"]) == ("long", "too_long")
    assert "50,010 characters, and no more than 50,000 are read" in failure["message"]
    assert "1 failed (1 too_long)" in (tmp_path / "run" / "table.md").read_text()


def test_the_embedded_extractor_reads_no_more_than_that_either(
    make_settings: Any, tmp_path: Path
) -> None:
    """The limit is the same without a model; title and abstract count together."""
    abstract = "We count herons. " * 100
    title = "x" * (MOST_CHARACTERS - len(abstract))
    fits = Document(doc_id="fits", title=title, abstract=abstract)
    longer = Document(doc_id="longer", title="y" * (len(title) + 1), abstract=abstract)
    options = RunOptions(output=tmp_path / "run")
    _, report = run(documents_batch([fits, longer]), make_settings(model=None), options)
    assert (report.records, dict(report.failures)) == (1, {FailureKind.TOO_LONG: 1})


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupt_is_heard_between_the_longest_documents(tmp_path: Path) -> None:
    """A run over documents of the largest size ends soon after Ctrl-C, with what was done kept."""
    items = [
        Document(doc_id=f"d{n}", title=None, abstract=f"{n} " + "5 of 8 " * 7_000)
        for n in range(40)
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(one.model_dump_json() for one in items))
    process = Process("run", source, "-o", tmp_path / "run")
    records = tmp_path / "run" / "records.jsonl"
    assert ends(lambda: records.exists() and records.stat().st_size > 0)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 130, errors
    assert 0 < len(records.read_text().splitlines()) < 40


def test_a_model_run_is_refused_for_another_model(go: Go) -> None:
    """Paid records of one model aren't replaced by another's unless --refresh says so."""
    with LoopbackServer() as server:
        go(documents(2), server.base_url)
        with pytest.raises(RunError, match=r"model invented-1 \(now other\)"):
            go(documents(2), server.base_url, model="other")
        report = go(documents(2), server.base_url, model="other", refresh=True)
    assert (report.records, report.spent.calls) == (2, 2)


def start(server: LoopbackServer, tmp_path: Path, count: int) -> Process:
    """The command line in its own process, on a file of documents."""
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(one.model_dump_json() for one in documents(count)))
    flags = ["--model", "m", "--base-url", server.base_url, "--no-cache", "--concurrency", "4"]
    return Process("run", source, "-o", tmp_path / "run", *flags)


def wait_for(server: LoopbackServer, requests: int) -> None:
    """Until so many requests have come in."""
    assert ends(server.has(requests)), f"{len(server.requests)} requests came in"


def wait_for_kept(folder: Path, answers: int) -> None:
    """Until so many answers are on the disk: a moment later than they came in."""
    kept = folder / "answers.jsonl"
    assert ends(lambda: kept.exists() and kept.read_bytes().count(b"\n") >= answers)


def held_after(count: int, is_due: Callable[[], bool]) -> Callable[[int, Any], Reply]:
    """So many requests are answered at once, the others when that is due."""

    def script(number: int, body: Any) -> Reply:
        return draft_answer(body) if number < count else once(is_due, draft_answer(body))

    return script


def test_a_killed_run_goes_on_without_a_duplicate(tmp_path: Path) -> None:
    """kill -9, then the same command: all done, no record twice, only calls in flight anew."""
    with LoopbackServer(held_after(14, lambda: False)) as server:
        process = start(server, tmp_path, 40)
        wait_for(server, 14 + 4)
        wait_for_kept(tmp_path / "run", 14)
        process.kill()
        process.communicate()
        server.script = ()
        process = start(server, tmp_path, 40)
        process.communicate(timeout=240)
        assert process.returncode == 0
        assert len(server.requests) == 40 + 4
    lines = (tmp_path / "run" / "records.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["doc_id"] for line in lines) == sorted(
        f"d{n}" for n in range(40)
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_lets_calls_in_flight_finish(tmp_path: Path, number: int) -> None:
    """Ctrl-C and SIGTERM stop admission, keep what is in flight, and exit 130 with a way on."""
    stopping = threading.Event()
    with LoopbackServer(held_after(10, stopping.is_set)) as server:
        process = start(server, tmp_path, 60)
        wait_for(server, 10 + 4)
        process.send_signal(number)
        process.read_until(b"calls in flight may finish")
        stopping.set()
        _, errors = process.communicate(timeout=240)
        asked = len(server.requests)
    assert process.returncode == 130
    assert b"Run the same command again" in errors
    assert b"Traceback" not in errors
    records = (tmp_path / "run" / "records.jsonl").read_text().splitlines()
    assert len(records) == asked == 10 + 4


def test_standard_input_is_named_once() -> None:
    """It gives its bytes once, so that the second time it would seem to be empty."""
    with pytest.raises(InputError, match="stdin: is named twice"):
        read_batch(["-", "papers.jsonl", "-"])


def test_an_input_that_stops_being_text_halfway_costs_nothing(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """It is read once, so that shows late: a new folder goes again, an old one is as it was."""
    path, folder = tmp_path / "papers.jsonl", tmp_path / "run"
    lines = b"".join(one.model_dump_json().encode() + b"\n" for one in documents(2_000))
    for limit in (None, 1):
        path.write_bytes(lines + b"\0")
        with pytest.raises(InputError, match="is binary"):
            run(
                read_batch([str(path)]),
                make_settings(model=None),
                RunOptions(output=folder, limit=limit),
            )
        assert not folder.exists()
    path.write_bytes(lines)
    run(read_batch([str(path)]), make_settings(model=None), RunOptions(output=folder, limit=3))
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    path.write_bytes(lines + b"\0")
    with pytest.raises(InputError, match="is binary"):
        run(read_batch([str(path)]), make_settings(model=None), RunOptions(output=folder))
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before
