"""What servers do wrong, through the whole path: what is called, kept, failed and told.

How a single request or document takes a fault is in ``test_endpoint*.py``, ``test_retry.py`` and
``test_extract.py``; what becomes of a run directory under kills and full disks is in
``test_durability.py``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import random
import re
import shutil
import sqlite3
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from summarise.admission import Limiter, retry
from summarise.batch import ProgressLine, Report, RunOptions, documents_batch, run, standing_of
from summarise.errors import SettingsError
from summarise.models import Document, Failure
from summarise.settings import Mode, Settings
from summarise.store import Manifest, Run, RunState
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
    truncated,
    with_headers,
)
from tests.test_batch import documents

Go = Callable[..., Report]


@pytest.fixture
def go(make_settings: Callable[..., Settings], tmp_path: Path) -> Go:
    """Runs over invented documents in ``tmp_path/run``; gives the report."""

    def work(
        items: list[Document], server: LoopbackServer, progress: Any = None, **overrides: Any
    ) -> Report:
        options = RunOptions(output=tmp_path / "run", progress=progress)
        settings = make_settings(base_url=server.base_url, **overrides)
        return run(documents_batch(items), settings, options)[1]

    return work


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between two attempts, which take no time here."""
    taken: list[float] = []

    async def pause(seconds: float) -> None:
        taken.append(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr(retry, "pause", pause)
    return taken


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """The lines of a file of the run in ``folder``, each of which must be whole."""
    content = (folder / "run" / f"{name}.jsonl").read_bytes()
    assert content.endswith(b"\n") or not content
    return [json.loads(line) for line in content.splitlines()]


def document_in(body: Any) -> int:
    """The number of the invented document that a request is about."""
    users = [m["content"] for m in body["messages"] if m["role"] == "user"]
    found = re.findall(r"Problem (\d+) is hard", "\n".join(users))
    return int(found[-1])


# A failure is shown as one


def test_a_failure_is_a_failure_everywhere(go: Go, tmp_path: Path) -> None:
    """No default fills a gap: report, manifest, files and table say that it has failed."""

    def script(_: int, body: Any) -> Reply:
        return refusal("I'd rather not.") if document_in(body) == 1 else draft_answer(body)

    with LoopbackServer(script) as server:
        report = go(documents(3), server)
    counts = Manifest.model_validate_json((tmp_path / "run" / "manifest.json").read_text()).counts
    assert (counts["documents"], counts["records"], counts["failures"]) == (3, 2, 1)
    assert "2 records, 1 failure (1 refused)" in report.closing_lines()[0]
    assert report.exit_code == 1
    assert [one["doc_id"] for one in lines(tmp_path, "failures")] == ["d1"]
    assert sorted(one["doc_id"] for one in lines(tmp_path, "records")) == ["d0", "d2"]
    table = (tmp_path / "run" / "table.md").read_text(encoding="utf-8").splitlines()
    rows = [row for row in table if re.match(r"\| \d \| Paper \d", row)]
    assert ["failed" in row for row in rows] == [False, True, False]


BLANKS = answer('{"problem": {"text": "' + " " * 400, finish_reason="length")
FILTERED = answer(None, finish_reason="content_filter")


@pytest.mark.parametrize(
    ("reply", "kind", "room"),
    [
        (refusal(), "refused", [1]),
        (FILTERED, "filtered", [1]),
        (BLANKS, "truncated", [1]),
        (answer(""), "empty", [1]),
        (truncated(), "truncated", [1, 2]),
        (answer("{}"), "invalid", [1, 1]),
    ],
    ids=["refusal", "filter", "white space", "empty", "cut off", "invalid"],
)
def test_what_an_unusable_answer_costs(
    go: Go, tmp_path: Path, reply: Reply, kind: str, room: list[int]
) -> None:
    """Each is bought as often as that can help; all are kept, accounted for, and never cached."""
    with LoopbackServer(lambda *_: reply) as server:
        report = go(documents(1), server, max_output_tokens=500)
        asked = [one.body["max_tokens"] for one in server.requests]
        assert asked == [500 * factor for factor in room]
        assert (report.spent.calls, report.records, report.exit_code) == (len(room), 0, 1)
        (failure,) = lines(tmp_path, "failures")
        assert (failure["kind"], failure["provenance"]["calls"]) == (kind, len(room))
        kept = lines(tmp_path, "answers")
        assert [one["completion"]["text"] for one in kept] == [failure["raw_text"]] * len(room)
        # The next run asks anew: neither the run nor the cache takes a bad answer for a good one.
        report = go(documents(1), server, max_output_tokens=500)
        assert report.spent.calls == len(room)


def test_a_transport_error_never_enters_a_prompt(go: Go, waits: list[float]) -> None:
    """A retry sends the same bytes; a reask shows the answer and its faults, and nothing else."""
    words = "gremlin in rack seven"
    script = [
        status(500, message=words),
        drop(),
        answer("{}"),
        status(429, message=words),
        malformed(words.encode()),
        cut(answer(words)),
    ]
    with LoopbackServer(script) as server:
        report = go(documents(1), server, max_attempts=5, concurrency=1)
        bodies = [one.body for one in server.requests]
    assert (report.records, len(bodies)) == (1, 7)
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[3] == bodies[4] == bodies[5] == bodies[6]
    assert len(bodies[3]["messages"]) == len(bodies[0]["messages"]) + 2
    told = json.dumps(bodies[3]["messages"][-2:])
    for word in (words, "HTTP", "500", "429", "connection", "timeout", "Error("):
        assert word not in told


def test_an_endpoint_that_knows_no_schema_costs_no_document(go: Go) -> None:
    """A mode that the server refuses is left once for the whole run; every document is done."""

    def script(_: int, body: Any) -> Reply:
        if "response_format" in body:
            return status(400, message="response_format 'json_schema' is not supported here")
        return draft_answer(body)

    with LoopbackServer(script) as server:
        report = go(documents(30), server, concurrency=4)
        refused = sum("response_format" in one.body for one in server.requests)
    assert (report.records, report.failures.total(), report.exit_code) == (30, 0, 0)
    assert (report.spent.calls, report.lost) == (30, 0)
    # The documents in hand are refused once a rung: two rungs, two documents for each slot.
    assert refused <= 2 * 2 * 4


KEY = "sk-invented-5f3a9c77d0"


def test_a_key_that_is_repeated_is_kept_nowhere(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """In content, names, headers and errors: no file of the run, the cache or the log has it."""

    def script(number: int, body: Any) -> Reply:
        said = json.loads(json.loads(draft_answer(body).body)["choices"][0]["message"]["content"])
        said["method"]["name"] = f"Bearer {KEY}"
        text = json.dumps(said).replace("invented", "\\u0069nvented" if number % 2 else "invented")
        good = answer(text)
        echoes = [
            replace(good, body=good.body.replace(b"invented-1-2026", KEY.encode())),
            with_headers(good, {"x-request-id": KEY, "x-ratelimit-remaining-requests": KEY}),
            answer(None, refusal=f"not for {KEY}"),
            answer(f'{{"{KEY}": 1}}'),
            status(400, message=f"no: {KEY}", code=KEY),
            malformed(KEY.encode()),
            status(400, message=f"no: {KEY[:-1]}", code=KEY[3:]),
            status(400, message="\u200b".join(KEY)),
            answer(text.replace(KEY, KEY[3:])),
            answer(f"{KEY[:-2]} {b64encode(KEY.encode()).decode()}"),
            malformed(KEY[4:-2].encode()),
        ]
        return echoes[document_in(body) % len(echoes)]

    log = tmp_path / "requests.jsonl"
    with LoopbackServer(script) as server:
        settings = make_settings(base_url=server.base_url, api_key=KEY, max_attempts=1)
        options = RunOptions(output=tmp_path / "run", log=log, log_texts=True)
        report = run(documents_batch(documents(12)), settings, options)[1]
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert (report.records, report.failures.total()) == (4, 8)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"records.jsonl", "failures.jsonl", "answers.jsonl", "table.md", "cache.db"} <= {
        path.name for path in written
    }
    for path in written:
        content = path.read_bytes()
        for left in (KEY[:12], KEY[-12:], b64encode(KEY.encode()).decode()[2:14]):
            assert left.encode() not in content.replace("\u200b".encode(), b""), path
        assert b"u0069nvented-5f3a" not in content, path


ABSURD = {
    "huge": "1" + "0" * 400,
    "too long for Python": "9" * 5000,
    "a trillion and one": str(10**12 + 1),
    "a trillion": str(10**12),
    "negative": "-5",
    "infinite": "1e309",
    "NaN": "NaN",
    "text": '"NaN"',
    "half": "12.5",
    "true": "true",
    "list": "[1]",
}


@pytest.mark.parametrize("name", ABSURD)
def test_an_absurd_count_costs_no_document(go: Go, tmp_path: Path, name: str) -> None:
    """What can't be a count isn't told; the answer is kept, and so is every one after it."""

    def script(number: int, body: Any) -> Reply:
        reply = draft_answer(body)
        if number == 1:
            count = ABSURD[name].encode()
            usage = b'{"prompt_tokens": %b, "completion_tokens": %b}' % (count, count)
            return replace(
                reply, body=re.sub(rb'"usage": {[^}]*}', b'"usage": ' + usage, reply.body)
            )
        return reply

    with LoopbackServer(script) as server:
        limits = {"tpm": 10**15, "price_in": "1", "price_out": "1", "concurrency": 1}
        report = go(documents(6), server, **limits)
        assert len(server.requests) == 6
    assert (report.records, report.exit_code, report.spent.calls) == (6, 0, 6)
    told = [one["completion"]["usage"]["input_tokens"] for one in lines(tmp_path, "answers")]
    assert told == [1500, 10**12 if name == "a trillion" else None, 1500, 1500, 1500, 1500]
    assert report.closing_lines()


# Waiting


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "7"}, 7, 7),
        ({"Retry-After": "0.25"}, 0.25, 0.25),
        ({"retry-after-ms": "1500"}, 1.5, 1.5),
        ({"Retry-After": "9", "retry-after-ms": "1500"}, 1.5, 1.5),
        ({"Retry-After": "in 40 seconds, as a date"}, 30, 40),
    ],
    ids=["seconds", "parts of a second", "milliseconds", "both", "date"],
)
def test_the_wait_that_is_asked_for_is_kept(
    go: Go, waits: list[float], headers: dict[str, str], least: float, most: float
) -> None:
    """Retry-After in seconds, in milliseconds and as a date delays that document, up to a tenth."""
    if most == 40:
        headers = {"Retry-After": formatdate(time.time() + 40, usegmt=True)}
    with LoopbackServer([status(429, headers=headers)]) as server:
        report = go(documents(3), server, concurrency=1)
        first, *others = (document_in(one.body) for one in server.requests)
    assert (report.records, report.exit_code, report.lost) == (3, 0, 0)
    assert (first, len(others)) == (0, 3)
    (wait,) = waits
    assert least <= wait <= most * 1.1


class Noted(ProgressLine):
    """Instead of a progress line: whether a document is done."""

    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.is_one_done = False

    def update(self, standing: Any) -> None:
        self.is_one_done = self.is_one_done or standing.done > 0


def test_nothing_remaining_pauses_everybody(go: Go) -> None:
    """After an answer that says that no request remains, none is sent before the reset."""
    noted = Noted()
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "700ms"}

    def script(number: int, body: Any) -> Reply:
        reply = draft_answer(body)
        if number == 0:
            return once(server.has(4), with_headers(reply, headers))
        return once(lambda: noted.is_one_done, reply)

    with LoopbackServer(script) as server:
        report = go(documents(20), server, noted, concurrency=4)
        at = [one.at for one in server.requests]
    assert (report.records, report.exit_code) == (20, 0)
    # The fourth was there before the first was answered; no other had left by then.
    assert at[4] - at[3] >= 0.7


def test_a_stalled_server_is_left_after_the_timeout(go: Go, waits: list[float]) -> None:
    """A request that hangs is given up and sent again; it is told that it may be billed."""

    def script(number: int, body: Any) -> Reply:
        return hang() if number < 3 else draft_answer(body)

    with LoopbackServer(script) as server:
        report = go(documents(6), server, concurrency=3, timeout=1)
        lost = len(server.requests) - 6
    # A machine that stands still for a second lets others hang as well.
    assert (report.records, report.exit_code, report.spent.calls, report.lost) == (6, 0, 6, lost)
    assert lost >= 3
    assert f"{lost} calls without an answer, which may be billed" in report.closing_lines()[1]


# What stops a run

STOPS = {
    "wrong key": status(401, message="wrong key"),
    "forbidden": status(403, message="not for you"),
    "no quota": status(429, message="pay first", code="insufficient_quota"),
}


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Is set when no more requests are let through."""
    event, close = threading.Event(), Limiter.close

    def note(limiter: Limiter) -> None:
        close(limiter)
        event.set()

    monkeypatch.setattr(Limiter, "close", note)
    return event


@pytest.mark.parametrize("name", STOPS)
def test_a_stop_lets_what_is_in_flight_finish(
    go: Go, closed: threading.Event, tmp_path: Path, name: str
) -> None:
    """Nothing more is sent, what was sent is kept, exit code 3; the same command does the rest."""

    def script(number: int, body: Any) -> Reply:
        return STOPS[name] if number == 3 else once(closed.is_set, draft_answer(body))

    with LoopbackServer(script) as server:
        report = go(documents(40), server, concurrency=4)
        assert len(server.requests) == 4
        assert (report.records, report.pending, report.exit_code) == (3, 37, 3)
        assert report.failures.total() == 0
        assert "not attempted" in report.closing_lines()[0]
        assert len(lines(tmp_path, "answers")) == report.spent.calls == 3
        assert Run(tmp_path / "run").manifest.state is RunState.STOPPED
        server.script = ()
        report = go(documents(40), server, concurrency=4)
        assert (report.records, report.reused, report.spent.calls) == (40, 3, 37)
    assert report.exit_code == 0


def test_a_stop_does_not_cut_off_slow_answers(
    go: Go, closed: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in flight has all the time that a call may take; only a user is in a hurry."""
    monkeypatch.setattr("summarise.batch.work._DRAIN_SECONDS", 0.01)

    def script(number: int, body: Any) -> Reply:
        return status(401) if number == 3 else once(closed.is_set, slow(0.2, draft_answer(body)))

    with LoopbackServer(script) as server:
        report = go(documents(9), server, concurrency=4)
    assert (report.records, report.spent.calls, report.lost, report.exit_code) == (3, 3, 0, 3)


def test_a_stop_waits_no_longer_than_a_call_may_take(
    go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits to be sent again when the run is stopped, for however long, isn't waited for."""
    monkeypatch.setattr("summarise.batch.work._MARGIN_SECONDS", 0.1)

    def script(number: int, body: Any) -> Reply:
        if document_in(body) == 0:
            return status(429, headers={"Retry-After": "60"})
        return slow(0.1, status(401))

    started = time.monotonic()
    with LoopbackServer(script) as server:
        report = go(documents(9), server, concurrency=4, timeout=5)
    assert time.monotonic() - started < 30
    assert (report.records, report.pending, report.lost, report.exit_code) == (0, 9, 0, 3)


# Caps


@pytest.mark.parametrize("concurrency", [1, 4, None])
def test_n_calls_are_n_calls(go: Go, concurrency: int | None) -> None:
    """--max-calls N makes exactly N calls, keeps their work, exits 3; a new run does the rest."""
    with LoopbackServer(lambda _, body: slow(0.02, draft_answer(body))) as server:
        report = go(documents(12), server, concurrency=concurrency, max_calls=5)
        assert len(server.requests) == report.spent.calls == report.records == 5
        assert (report.pending, report.failures.total(), report.exit_code) == (7, 0, 3)
        assert str(report.stopped).startswith("--max-calls: the limit is 5 calls: 5 spent")
        report = go(documents(12), server, concurrency=concurrency, max_calls=100)
        assert (report.records, report.exit_code, len(server.requests)) == (12, 0, 12)


def test_a_cap_in_the_middle_of_a_document_loses_nothing(go: Go, tmp_path: Path) -> None:
    """An answer with faults whose reask exceeds the cap is counted, kept, and used later."""
    with LoopbackServer([answer("{}")]) as server:
        report = go(documents(2), server, concurrency=1, max_calls=1)
        assert (report.records, report.pending, report.exit_code) == (0, 2, 3)
        assert report.spent.calls == len(lines(tmp_path, "answers")) == 1
        assert "1 call to " in report.closing_lines()[1]
        report = go(documents(2), server, concurrency=1)
        # The reask of the first, and the second: the first question isn't bought again.
        assert (report.records, report.spent.calls, len(server.requests)) == (2, 2, 3)


def test_a_cap_on_tokens(go: Go) -> None:
    """--max-tokens: what is spent never exceeds it, and a run with a higher one does the rest."""
    with LoopbackServer() as server:
        report = go(documents(10), server, max_tokens=12_000, max_output_tokens=2000)
        used = report.spent.usage.total
        assert used is not None
        assert 0 < used <= 12_000
        assert 0 < report.records < 10
        assert (report.records + report.pending, report.exit_code) == (10, 3)
        assert "--max-tokens" in str(report.stopped)
        report = go(documents(10), server, max_tokens=10**6, max_output_tokens=2000)
        assert (report.records, report.exit_code, len(server.requests)) == (10, 0, 10)


def test_a_cap_on_cost(go: Go, tmp_path: Path) -> None:
    """--max-cost: never more is spent; without a price it is refused before anything is sent."""
    with LoopbackServer() as server:
        with pytest.raises(SettingsError, match="no price is known"):
            go(documents(10), server, max_cost="1")
        assert server.requests == []
        prices = {"price_in": "2", "price_out": "8", "max_output_tokens": 1000}
        report = go(documents(10), server, max_cost="0.03", **prices)
        # 1,500 tokens in and 90 out: 0.3 and 0.072 cents.
        assert report.spent.known_cost is not None
        assert 0 < report.spent.known_cost <= 0.03
        assert float(report.spent.known_cost) == pytest.approx(report.records * 0.00372)
        assert (report.records + report.pending, report.exit_code) == (10, 3)
        assert "--max-cost" in str(report.stopped)
        report = go(documents(10), server, max_cost="1", **prices)
        assert (report.records, report.exit_code, len(server.requests)) == (10, 0, 10)


@pytest.mark.parametrize(
    "cap", [{"max_cost": "0.03"}, {"max_calls": 4}, {"max_tokens": 10_000}], ids=str
)
def test_a_cap_is_for_a_run_with_all_its_restarts(
    go: Go, tmp_path: Path, cap: dict[str, Any]
) -> None:
    """The same command spends nothing more; a higher cap is what the run may take in all."""
    prices = {"price_in": "2", "price_out": "8", "max_output_tokens": 1000}
    with LoopbackServer() as server:
        first = go(documents(10), server, **cap, **prices)
        asked = len(server.requests)
        again = go(documents(10), server, **cap, **prices)
        assert len(server.requests) == asked
        assert (again.records, again.exit_code, again.spent.calls) == (first.records, 3, 0)
        assert "of it in earlier runs" in str(again.stopped)
        ((name, most),) = cap.items()
        report = go(documents(10), server, **{name: type(most)(2 * float(most))}, **prices)
        assert asked < len(server.requests) <= 2 * asked + 2
        assert report.records == len(server.requests)


def test_the_next_step_keeps_the_bounds_of_a_run(go: Go, tmp_path: Path) -> None:
    """What `status` proposes may take no more than what was typed, and knows its price."""
    told = {"price_in": "2", "price_out": "8", "max_output_tokens": 1000, "cache": False}
    with LoopbackServer() as server:
        go(documents(10), server, max_cost="0.03", **told)
    _, command = standing_of(tmp_path / "run").next_step
    assert "--max-cost 0.03 --price-in 2 --price-out 8 --no-cache -o" in command


def counted(body: Any, reply: Reply) -> Reply:
    """The reply, with as many tokens as its request may have and its answer is allowed."""
    sent = math.ceil(len(json.dumps(body)) / 3.5)
    usage = b'"usage": {"prompt_tokens": %d, "completion_tokens": %d}' % (sent, body["max_tokens"])
    return replace(reply, body=re.sub(rb'"usage": {[^}]*}', usage, reply.body))


@pytest.mark.parametrize("cap", [{"max_tokens": 60_000}, {"max_cost": "0.06"}])
def test_a_cap_holds_with_what_a_reask_sends_back(go: Go, cap: dict[str, Any]) -> None:
    """The answer that is sent back, and its faults, are reserved like the rest of a request."""
    wordy = answer(json.dumps({f"key {n}": "wrong" for n in range(500)}))
    with LoopbackServer(lambda _, body: counted(body, wordy)) as server:
        prices = {"price_in": "1", "price_out": "1", "max_output_tokens": 500}
        report = go(documents(9), server, concurrency=9, max_reasks=4, **prices, **cap)
        asked = [len(one.body["messages"]) for one in server.requests]
    assert len(set(asked)) == 2, "there was no reask"
    used = report.spent.usage.total
    assert used is not None
    assert 30_000 < used <= 60_000
    assert report.exit_code == 3


@pytest.mark.parametrize("mode", [Mode.JSON_SCHEMA, Mode.TOOLS])
def test_a_reask_is_bounded(go: Go, mode: Mode) -> None:
    """An answer of 5,000 unknown keys and 1,802 faults is quoted in part, and ten of its faults."""
    unknown = {f"key {n}": n for n in range(5_000)}
    wrong = answer(json.dumps({"compute": [{}] * 900, **unknown}))
    with LoopbackServer([wrong]) as server:
        report = go(documents(1), server, mode=mode)
        first, reask = (json.dumps(one.body) for one in server.requests)
    assert report.records == 1
    assert len(reask) - len(first) < 20_000
    assert reask.count("Field required") == 10
    assert "and 1,792 more of the kind" in reask


def test_a_refusal_to_serve_is_no_call(go: Go, waits: list[float]) -> None:
    """A 429 or 503 was refused before any work: it doesn't count against --max-calls."""
    busy = [status(429, headers={"retry-after-ms": "10"}), status(503)] * 2
    with LoopbackServer(busy) as server:
        report = go(documents(9), server, concurrency=1, max_calls=3)
        assert len(server.requests) == 7
    assert (report.records, report.spent.calls, report.lost, report.exit_code) == (3, 3, 0, 3)


def test_a_call_that_may_be_billed_counts(go: Go, waits: list[float]) -> None:
    """A request that timed out counts against --max-calls, and the closing line tells it apart."""
    with LoopbackServer([hang()]) as server:
        report = go(documents(9), server, concurrency=1, max_calls=3, timeout=1)
        assert len(server.requests) == 3
    # A machine that stands still for a second lets others hang as well.
    assert (report.records, report.exit_code) == (report.spent.calls, 3)
    assert report.lost == 3 - report.spent.calls >= 1
    assert f"up to {report.lost} by calls without an answer" in str(report.stopped)
    assert "without an answer, which may be billed" in report.closing_lines()[1]


# What the cache holds


@pytest.mark.parametrize(
    ("planted", "max_reasks"),
    [
        ('{"text": "{}"}', 0),
        ('{"text": "{}"}', 1),
        ('{"text": "{\\"problem\\": {}}", "finish_reason": "stop"}', 0),
        ('{"text": null, "refusal": "no"}', 1),
        ('{"text": "[]"}', 1),
        ('{"text": 7}', 1),
        ("{}", 1),
        ('{"text"', 1),
        ("[]", 1),
    ],
)
def test_what_no_run_would_have_cached_is_asked_anew(
    go: Go, tmp_path: Path, planted: str, max_reasks: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A planted or half-broken row isn't taken for an answer, is told once, and is replaced."""
    with LoopbackServer() as server:
        for _ in range(3):
            report = go(documents(3), server, max_reasks=max_reasks)
            assert (report.records, report.exit_code) == (3, 0)
            shutil.rmtree(tmp_path / "run")
            if len(server.requests) == 3:
                with contextlib.closing(sqlite3.connect(tmp_path / "cache" / "cache.db")) as rows:
                    rows.execute("UPDATE Cache SET value = ? WHERE length(key) = 64", (planted,))
                    rows.commit()
                if len(caplog.records):
                    caplog.clear()
        # Bought, then bought anew for the planted rows, then found.
        assert len(server.requests) == 6
    told = [one.getMessage() for one in caplog.records if "cache holds" in one.getMessage()]
    assert len(told) == 1


# The log of requests


@pytest.mark.parametrize(
    "name",
    ["run/records.jsonl", "run/table.md", "run/.lock", "run/manifest.json", "in.jsonl", "run"],
)
def test_the_log_is_no_file_of_the_run(
    make_settings: Callable[..., Settings], tmp_path: Path, name: str
) -> None:
    """--log-json names no file of the run, be it there yet or not, and no other that holds text."""
    (tmp_path / "in.jsonl").write_text('{"abstract": "We count bees."}\n')
    (tmp_path / "link.jsonl").symlink_to(tmp_path / name)
    for log in (tmp_path / name, tmp_path / "link.jsonl"):
        with LoopbackServer() as server:
            settings = make_settings(base_url=server.base_url)
            options = RunOptions(output=tmp_path / "run", log=log)
            with pytest.raises(SettingsError, match=r"--log-json: .* is another file"):
                run(documents_batch(documents(1)), settings, options)
            assert server.requests == []
    assert (tmp_path / "in.jsonl").read_text() == '{"abstract": "We count bees."}\n'
    assert not (tmp_path / "run").exists()


def test_the_log_of_a_new_run_lies_in_its_folder(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """It isn't lost, also where the run comes to nothing."""
    for number, script in enumerate((lambda _, body: draft_answer(body), lambda *_: status(401))):
        output = tmp_path / f"run{number}"
        with LoopbackServer(script) as server:
            options = RunOptions(output=output, log=output / "log.jsonl")
            run(documents_batch(documents(1)), make_settings(base_url=server.base_url), options)
            assert len(server.requests) == len((output / "log.jsonl").read_text().splitlines()) == 1


def test_a_log_is_added_to(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    """One of an earlier run, also beside the run's own files, and a device."""
    for log in (tmp_path / "run" / "log.jsonl", Path("/dev/null")):
        for number in (1, 2):
            with LoopbackServer() as server:
                settings = make_settings(base_url=server.base_url, cache=False)
                options = RunOptions(output=tmp_path / "run", log=log, refresh=True)
                (tmp_path / "run").mkdir(exist_ok=True)
                run(documents_batch(documents(1)), settings, options)
            if log.is_file():
                assert len(log.read_text().splitlines()) == number


# Many


class TaskCount(ProgressLine):
    """Instead of a progress line: how many tasks the event loop has."""

    def __init__(self) -> None:
        super().__init__(quiet=True)
        self.most = 0

    def update(self, *_: Any) -> None:
        self.most = max(self.most, len(asyncio.all_tasks()))


def test_no_task_for_each_input(go: Go) -> None:
    """However many documents there are, only as many are in hand as keep the endpoint busy."""
    count = TaskCount()
    with LoopbackServer() as server:
        assert go(documents(100), server, progress=count, concurrency=4).records == 100
    assert 1 < count.most <= 2 * 4 + 8


TRANSPORT: dict[str, Callable[[], Reply]] = {
    "429": lambda: status(429, headers={"retry-after-ms": "3"}),
    "500": lambda: status(500),
    "dropped": drop,
    "cut": lambda: cut(answer("{}")),
    "malformed": malformed,
}
ANSWERS: dict[str, Callable[[], Reply]] = {
    "invalid": lambda: answer('{"problem": 1}'),
    "refused": refusal,
    "filtered": lambda: FILTERED,
    "truncated": truncated,
    "rejected": lambda: status(400, message="too long for me"),
}
ATTEMPTS = 4


def fault(seed: int, number: int, attempt: int) -> str:
    """What the server does to an attempt at a document: one in three goes wrong."""
    rng = random.Random(f"{seed}/{number}/{attempt}")
    if rng.random() < 0.67:
        return "good"
    return rng.choice([*TRANSPORT, *TRANSPORT, *ANSWERS])


def expected(seed: int, number: int) -> tuple[str, int, int]:
    """What should become of a document: ``record`` or a kind; answers paid for; requests."""
    attempt = failed = paid = 0
    asked = {"room": False, "reask": False}
    while True:
        did = fault(seed, number, attempt)
        attempt += 1
        if did in TRANSPORT:
            # 429 is bounded by patience alone, and a request begins anew after each answer.
            failed += did != "429"
            if failed == ATTEMPTS:
                return "unavailable", paid, attempt
            continue
        failed = 0
        paid += did != "rejected"
        if did == "good":
            return "record", paid, attempt
        step = {"truncated": "room", "invalid": "reask"}.get(did)
        # A cut-off answer to a reask has no second try with more room, if there was one before.
        if step is None or asked[step]:
            return did, paid, attempt
        asked[step] = True


def faulty(seed: int) -> Callable[[int, Any], Reply]:
    """A server whose faults depend on the document and the attempt, not on the order of arrival."""
    attempts: Counter[int] = Counter()

    def script(_: int, body: Any) -> Reply:
        number = document_in(body)
        did = fault(seed, number, attempts[number])
        attempts[number] += 1
        return draft_answer(body) if did == "good" else (TRANSPORT | ANSWERS)[did]()

    return script


def test_hundreds_of_documents_under_random_faults(
    go: Go, waits: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records and failures are exactly those that the faults leave; nothing is lost or doubled."""
    # A busy machine may answer nobody for a while, which would be an outage: its waits aren't
    # counted as attempts.
    monkeypatch.setattr("summarise.admission.retry._OUTAGE_SECONDS", math.inf)
    items, seed = documents(250), 1
    plan = [expected(seed, number) for number in range(250)]
    settings = {"concurrency": 32, "max_attempts": ATTEMPTS, "mode": Mode.JSON_SCHEMA}
    with LoopbackServer(faulty(seed)) as server:
        report = go(items, server, **settings)
        assert len(server.requests) == sum(requests for *_, requests in plan)
        assert report.spent.calls == sum(paid for _, paid, _ in plan)
        check_books(tmp_path, report)
        got = dict(outcomes(tmp_path))
        assert got == {f"d{n}": outcome for n, (outcome, *_) in enumerate(plan)}
        assert len(set(got.values())) >= 5
        before = len(server.requests)
        server.script = ()
        again = go(items, server, **settings)
        failures = report.failures.total()
        assert len(server.requests) - before == again.spent.calls == failures
        assert (again.records, again.reused, again.exit_code) == (250, 250 - failures, 0)


def outcomes(folder: Path) -> Iterator[tuple[str, str]]:
    """What became of each document, by its id: ``record``, or the kind of the failure."""
    for document, outcome in Run(folder / "run").rows():
        assert outcome is not None
        yield document.doc_id, outcome.kind if isinstance(outcome, Failure) else "record"


def check_books(folder: Path, report: Report) -> None:
    """The report, the files and the server agree, and nothing stands twice."""
    records = Counter(one["doc_id"] for one in lines(folder, "records"))
    failures = Counter(one["doc_id"] for one in lines(folder, "failures"))
    kept = Counter(one["key"] for one in lines(folder, "answers"))
    assert report.documents == report.records + report.failures.total()
    assert (len(records), len(failures)) == (report.records, report.failures.total())
    assert not records.keys() & failures.keys()
    assert max([*records.values(), *failures.values(), *kept.values()]) == 1
    assert sum(kept.values()) == report.spent.calls
