"""Tests of ``summarise.endpoint.dialect``: what was learned outlives the run, for a week."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from summarise.endpoint import Endpoint, Request
from summarise.endpoint.dialect import REMEMBERED, Dialect, Memory
from summarise.endpoint.ladder import Ladder
from summarise.models import Completion
from summarise.schema import Draft, wire_schema
from summarise.settings import Mode, Settings, TokenParameter
from tests.loopback import LoopbackServer, answer
from tests.records import NOTHING

MakeSettings = Callable[..., Settings]

DAY = 24 * 3600.0
LEARNED = Dialect(
    Mode.TOOLS, TokenParameter.MAX_COMPLETION_TOKENS, frozenset({"temperature", "seed"})
)


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_is_kept_is_recalled(tmp_path: Path, clock: Clock) -> None:
    """By another run too, and only under its own key."""
    Memory(tmp_path / "new", clock).keep("a", LEARNED)
    assert Memory(tmp_path / "new", clock).recall("a") == LEARNED
    assert Memory(tmp_path / "new", clock).recall("b") is None


def test_nothing_is_made_before_something_is_kept(tmp_path: Path, clock: Clock) -> None:
    """Asking leaves no folder behind."""
    assert Memory(tmp_path / "new", clock).recall("a") is None
    assert not (tmp_path / "new").exists()


def test_a_week_later_it_is_forgotten(tmp_path: Path, clock: Clock) -> None:
    """What a server refused is tried again, and old entries leave the file."""
    memory = Memory(tmp_path, clock)
    memory.keep("a", LEARNED)
    clock.at += 7 * DAY - 1
    assert memory.recall("a") == LEARNED
    memory.keep("b", Dialect(Mode.PROMPTED))
    clock.at += 1
    assert memory.recall("a") is None
    memory.keep("c", LEARNED)
    assert json.loads((tmp_path / REMEMBERED).read_bytes()).keys() == {"b", "c"}


def test_a_habit_is_forgotten_in_a_day(
    tmp_path: Path, clock: Clock, make_settings: MakeSettings
) -> None:
    """What a server ignored is tried again sooner than what it refused."""
    memory = Memory(tmp_path, clock)
    steps = Ladder(make_settings(), wire_schema(Draft), memory)
    for text in ("no", "no", json.dumps(NOTHING)):
        steps.answered(steps.dialect, Completion(text=text, finish_reason="stop"))
    clock.at += DAY - 1
    assert memory.recall(steps.key) == steps.dialect == Dialect(Mode.TOOLS)
    clock.at += 1
    assert memory.recall(steps.key) is None


def test_a_clock_that_was_set_back_makes_nothing_eternal(tmp_path: Path, clock: Clock) -> None:
    """An entry from the future isn't trusted."""
    memory = Memory(tmp_path, clock)
    memory.keep("a", LEARNED)
    clock.at -= 1
    assert memory.recall("a") is None


def test_two_runs_keep_each_others_entries(tmp_path: Path, clock: Clock) -> None:
    """The file is read again before it is written, and the newest entry of a key stays."""
    one, other = Memory(tmp_path, clock), Memory(tmp_path, clock)
    one.keep("a", LEARNED)
    other.keep("b", LEARNED)
    one.keep("b", Dialect(Mode.PROMPTED))
    assert other.recall("a") == LEARNED
    assert other.recall("b") == Dialect(Mode.PROMPTED)


def test_the_oldest_make_room(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file stays small whatever is asked."""
    monkeypatch.setattr("summarise.endpoint.dialect._MOST_KEPT", 3)
    memory = Memory(tmp_path, clock)
    for key in "abcde":
        memory.keep(key, LEARNED)
    assert json.loads((tmp_path / REMEMBERED).read_bytes()).keys() == {"c", "d", "e"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"a": {}}',
        b'{"a": {"mode": "xml", "token_parameter": "max_tokens", "unsent": [], "until": 1}}',
    ],
)
def test_a_broken_file_is_ignored(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    """One warning, and the next entry replaces it."""
    (tmp_path / REMEMBERED).write_bytes(content)
    memory = Memory(tmp_path, clock)
    assert memory.recall("a") is None
    assert memory.recall("a") is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "isn't a file of ours, so it is ignored" in caplog.text
    memory.keep("a", LEARNED)
    assert Memory(tmp_path, clock).recall("a") == LEARNED


def test_a_folder_that_takes_nothing_stops_nobody(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be written, there is one warning, and no rest of a file."""
    (tmp_path / "taken").write_text("a file, no folder")
    memory = Memory(tmp_path / "taken", clock)
    memory.keep("a", LEARNED)
    memory.keep("a", LEARNED)
    assert len(caplog.records) == 1


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is replaced whole or not at all, and what was begun is cleared away."""
    memory = Memory(tmp_path, clock)
    memory.keep("a", LEARNED)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    memory.keep("b", LEARNED)
    assert [path.name for path in tmp_path.iterdir()] == [REMEMBERED]
    assert memory.recall("a") == LEARNED


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_file_is_its_owners(tmp_path: Path, clock: Clock) -> None:
    """Addresses of endpoints are nobody else's business."""
    Memory(tmp_path, clock).keep("a", LEARNED)
    assert (tmp_path / REMEMBERED).stat().st_mode & 0o077 == 0


def test_how_many_at_once_is_remembered(make_settings: MakeSettings) -> None:
    """A later run begins where the last one had come to; not where the user says how many."""
    settings = make_settings()
    before = Endpoint(settings, [], Draft).concurrency
    memory = Memory(settings.cache_dir)
    key = Ladder(settings, {}).key
    memory.keep_concurrency(key, before + 7)
    assert memory.recall_concurrency(key) is None  # nothing else is known of it
    memory.keep(key, LEARNED)
    memory.keep_concurrency(key, before + 7)
    memory.keep(key, LEARNED)
    assert memory.recall(key) == LEARNED
    assert Endpoint(settings, [], Draft).concurrency == before + 7
    fixed = settings.model_copy(update={"concurrency": 3})
    assert Endpoint(fixed, [], Draft).concurrency == 3


def test_a_run_keeps_how_many_at_once_helped(make_settings: MakeSettings) -> None:
    """After some answers; of fewer nothing is known."""
    reply = answer(json.dumps(NOTHING))
    with LoopbackServer(lambda *_: reply) as server:
        settings = make_settings(base_url=server.base_url)
        key, memory = Ladder(settings, {}).key, Memory(settings.cache_dir)
        memory.keep(key, Dialect.of(settings))
        for number, is_known in ((7, False), (8, True)):
            last = asyncio.run(learned(settings, number))
            assert memory.recall_concurrency(key) == (last if is_known else None)


async def learned(settings: Settings, number: int) -> int:
    """How many requests may be in flight after so many."""
    async with Endpoint(settings, [], Draft) as endpoint:
        for n in range(number):
            await endpoint.complete(Request(f"[1] Number {n}."))
        return endpoint.concurrency
