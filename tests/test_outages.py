"""Servers that answer nobody, for a while or for ever: what is waited for, told and kept."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from tenacity import wait_random, wait_random_exponential

from summarise.admission import Silence, retry
from summarise.batch import Report, RunOptions, documents_batch, run
from summarise.settings import Settings
from summarise.store import Run, RunState
from tests.loopback import LoopbackServer, Reply, draft_answer, hang, slow, status, with_headers
from tests.test_batch import documents

Go = Callable[..., Report]


@pytest.fixture
def go(
    make_settings: Callable[..., Settings],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Go:
    """Runs over invented documents in ``tmp_path/run``, in a hurry; gives the report."""
    caplog.set_level(logging.INFO, logger="summarise")
    monkeypatch.setattr(retry, "_outage_wait", wait_random(0.05, 0.3))
    monkeypatch.setattr(retry, "_backoff", wait_random_exponential(multiplier=0.2, max=2))
    # In a hurry, all attempts at a document may fail within the half second that tells an outage.
    monkeypatch.setattr(retry, "_OUTAGE_SECONDS", 0.02)

    def work(
        count: int, base_url: str, *, silence: float | None = None, **overrides: Any
    ) -> Report:
        # What nobody is answered for may be short where each document still has all its time.
        if silence is not None:
            short = lambda _, few: Silence(silence, few)  # noqa: E731
            monkeypatch.setattr("summarise.endpoint.endpoint.Silence", short)
        options = RunOptions(output=tmp_path / "run")
        settings = make_settings(base_url=base_url, **overrides)
        return run(documents_batch(documents(count)), settings, options)[1]

    return work


@pytest.fixture
def wait_for_others(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets a document that waits do so until so many others are answered, and for no time more.

    A deadline is held against the waits that were asked for, not against how fast the machine is.
    """
    answered, now = 0, 0.0
    note = Silence.answered

    def count(silence: Silence) -> None:
        nonlocal answered
        answered += 1
        note(silence)

    def wait_for(others: int) -> None:
        async def pause(seconds: float) -> None:
            nonlocal now
            while answered < others:  # noqa: ASYNC110 - the loop is the run's own
                await asyncio.sleep(0.01)
            now += seconds

        monkeypatch.setattr(Silence, "answered", count)
        monkeypatch.setattr(retry, "pause", pause)
        monkeypatch.setattr(retry, "time", SimpleNamespace(monotonic=lambda: now))

    return wait_for


def waits_told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines that say that is waited."""
    told = [record.getMessage() for record in caplog.records]
    return [line for line in told if line.startswith("waiting ")]


NEVER: dict[str, Callable[[int, Any], Reply]] = {
    "always busy": lambda *_: status(429),
    "always busy for a while": lambda *_: status(429, headers={"Retry-After": "0.35"}),
    "always out for a moment": lambda *_: status(503, headers={"Retry-After": "0.0001"}),
    "always out": lambda *_: status(503, headers={"Retry-After": "0.15"}),
    "always nothing remains": lambda *_: status(
        429,
        headers={
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-requests": "3600s",
        },
    ),
    "never an answer": lambda *_: hang(),
}


@pytest.mark.parametrize(
    ("name", "concurrency"),
    [*((name, 4) for name in NEVER), *(("never an answer", count) for count in (1, None))],
)
def test_no_answer_for_a_deadline_stops_the_run(
    go: Go, tmp_path: Path, name: str, concurrency: int | None
) -> None:
    """Exit 3 with the server's words; the same command does the rest."""
    started = time.monotonic()
    with LoopbackServer(NEVER[name]) as server:
        settings = {"concurrency": concurrency, "max_attempts": 50}
        report = go(80, server.base_url, deadline=0.6, timeout=0.3, **settings)
        seconds = time.monotonic() - started
        assert (report.exit_code, report.records) == (3, 0)
        assert "no answer for " in str(report.stopped)
        assert "127.0.0.1" in str(report.stopped)
        assert report.failures.total() <= 64
        assert report.pending + report.failures.total() == 80
        assert seconds < 30
        if concurrency == 4:
            server.script = ()
            assert go(80, server.base_url, concurrency=8).records == 80


def test_after_answers_that_nothing_remains_the_run_stops(
    go: Go, caplog: pytest.LogCaptureFixture
) -> None:
    """Headers that close a server for longer than a deadline: said once, and what came is kept."""
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "3600s"}
    with LoopbackServer(lambda _, body: with_headers(draft_answer(body), headers)) as server:
        report = go(50, server.base_url, silence=0.5, concurrency=4)
        assert report.records == len(server.requests) <= 4
    assert (report.exit_code, report.failures.total()) == (3, 0)
    assert "nothing remains, by its headers" in str(report.stopped)
    (line,) = waits_told(caplog)
    assert line.startswith("waiting 300 s: 127.0.0.1:")


def test_a_pause_is_told_once_and_waited_for(
    go: Go, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause of all admission that ends within the deadline costs nothing but its time."""
    monkeypatch.setattr("summarise.endpoint.endpoint._WORTH_TELLING", 0.0)
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "500ms"}

    def script(number: int, body: Any) -> Reply:
        return with_headers(draft_answer(body), headers) if number < 2 else draft_answer(body)

    with LoopbackServer(script) as server:
        report = go(12, server.base_url, deadline=30, concurrency=2)
    assert (report.records, report.exit_code) == (12, 0)
    assert len(waits_told(caplog)) == 1


@pytest.mark.parametrize(
    ("concurrency", "asked"), [(1, "1e9"), (4, "Fri, 31 Dec 9999 23:59:59 GMT")]
)
@pytest.mark.parametrize("case", [(30, 3, 600), (4, 0, 20), (4, 3, 20)])
def test_an_absurd_wait_costs_its_document_alone(
    go: Go,
    wait_for_others: Callable[[int], None],
    concurrency: int,
    asked: str,
    case: tuple[int, int, int],
) -> None:
    """One document is told to come back in thirty years; the others are done."""
    count, at, deadline = case
    wait_for_others(count - 1)

    def script(number: int, body: Any) -> Reply:
        if number == at:
            return status(429, headers={"Retry-After": asked})
        return draft_answer(body)

    with LoopbackServer(script) as server:
        report = go(count, server.base_url, concurrency=concurrency, deadline=deadline)
    assert (report.records, report.failures, report.exit_code) == (count - 1, {"unavailable": 1}, 1)


def test_a_wait_that_nearly_takes_the_deadline_stops_nobody_else(
    go: Go, wait_for_others: Callable[[int], None]
) -> None:
    """Whoever is told so waits in vain or fails at once; the others' answers are waited for."""
    wait_for_others(3)

    def script(number: int, body: Any) -> Reply:
        if number == 0:
            return status(429, headers={"Retry-After": "29.99"})
        return draft_answer(body)

    with LoopbackServer(script) as server:
        report = go(4, server.base_url, concurrency=4, deadline=30)
    assert (report.records, report.exit_code) == (3, 1)
    # Told within the first 10 ms there is time to wait, and none left to be answered.
    assert report.failures in ({"unavailable": 1}, {"timeout": 1})


def test_absurd_waits_for_everybody_stop_the_run(go: Go) -> None:
    """As many in a row as are in flight: nobody would get through, and the server says when."""
    with LoopbackServer(lambda *_: status(429, headers={"Retry-After": "7200"})) as server:
        report = go(100, server.base_url, concurrency=4)
        assert len(server.requests) <= 8
    assert report.exit_code == 3
    assert "asks to wait 7,200 s" in str(report.stopped)


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("code", [500, 503])
def test_an_outage_is_waited_for(
    go: Go, caplog: pytest.LogCaptureFixture, concurrency: int, code: int
) -> None:
    """Nothing but 5xx in mid-run, and on after that was told: every document is done."""
    refused = 0

    def script(number: int, body: Any) -> Reply:
        nonlocal refused
        if number < 10 or refused >= 3:
            return draft_answer(body)
        refused += bool(waits_told(caplog))
        return status(code)

    with LoopbackServer(script) as server:
        report = go(20, server.base_url, concurrency=concurrency)
    assert (report.records, report.failures.total(), report.exit_code) == (20, 0, 0)
    assert len(waits_told(caplog)) == 1


def test_a_server_that_comes_back_is_waited_for(go: Go, caplog: pytest.LogCaptureFixture) -> None:
    """Connections refused in mid-run, and on after that was told: every document is done."""
    again: list[LoopbackServer] = []

    def restart(server: LoopbackServer) -> None:
        while len(server.requests) < 12:
            time.sleep(0.01)
        server.stop()
        until = time.monotonic() + 60
        while not waits_told(caplog) and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.3)
        port = urlsplit(server.base_url).port or 0
        again.append(LoopbackServer(port=port).__enter__())

    with LoopbackServer(lambda _, body: slow(0.05, draft_answer(body))) as server:
        thread = threading.Thread(target=restart, args=(server,))
        thread.start()
        try:
            report = go(40, server.base_url, concurrency=4)
        finally:
            thread.join()
            again[0].stop()
    assert (report.records, report.failures.total(), report.exit_code) == (40, 0, 0)
    assert again[0].requests
    (line,) = waits_told(caplog)
    # Those in flight are cut off first, and may be enough to tell.
    assert "can't be reached" in line or "the connection broke" in line


def test_a_server_that_stays_away_stops_the_run(go: Go, tmp_path: Path) -> None:
    """After a deadline: exit 3, no failure made of it, and the work is kept."""

    def script(number: int, body: Any) -> Reply:
        if number == 12:
            threading.Thread(target=server.stop).start()
            return hang()
        return draft_answer(body)

    with LoopbackServer(script) as server:
        report = go(40, server.base_url, concurrency=4, silence=1)
    assert (report.exit_code, report.failures.total()) == (3, 0)
    assert 8 <= report.records == 40 - report.pending
    assert "no answer for " in str(report.stopped)
    assert Run(tmp_path / "run").manifest.state is RunState.STOPPED


@pytest.mark.parametrize("is_hanging", [False, True])
def test_a_document_that_a_server_fails_at_alone_is_no_outage(go: Go, *, is_hanging: bool) -> None:
    """When the others are done, and when it alone is tried again: the run is through each time."""

    def script(_: int, body: Any) -> Reply:
        if "Problem 1 is hard" in body["messages"][-1]["content"]:
            return hang() if is_hanging else status(500)
        return draft_answer(body)

    with LoopbackServer(script) as server:
        # As by default, its attempts take all of its time.
        patience = {"timeout": 0.2, "max_attempts": 5} if is_hanging else {"max_attempts": 3}
        for _ in range(2):
            report = go(4, server.base_url, deadline=1, silence=0.3, **patience)
            failed = {"timeout": 1} if is_hanging else {"unavailable": 1}
            assert (report.records, report.failures, report.exit_code) == (3, failed, 1)


def test_a_document_that_a_server_fails_at_is_no_outage(go: Go) -> None:
    """Among others that are answered, its attempts count."""

    def script(_: int, body: Any) -> Reply:
        if "Problem 1 is hard" in body["messages"][-1]["content"]:
            return status(500)
        return slow(0.05, draft_answer(body))

    with LoopbackServer(script) as server:
        report = go(30, server.base_url, concurrency=2, max_attempts=3)
    assert (report.records, report.failures, report.exit_code) == (29, {"unavailable": 1}, 1)
