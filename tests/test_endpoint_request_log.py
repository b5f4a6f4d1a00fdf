"""Tests of ``summarise.endpoint.request_log``: the log of requests."""

from __future__ import annotations

import errno
import json
import logging
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.endpoint.request_log import RequestEvent, RequestLog
from summarise.models import Usage


def event(**fields: Any) -> RequestEvent:
    """An event with a value for what every event has."""
    given: dict[str, Any] = {
        "doc_id": "d1",
        "key": "0f" * 32,
        "attempt": 1,
        "model": "gpt-5-mini",
        "base_url": "https://api.openai.com/v1",
        "latency": 1.25,
    }
    return RequestEvent(**(given | fields))


def logged(path: Path) -> list[dict[str, Any]]:
    """The lines of a log, without their times."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        assert row.pop("time").endswith("Z")
    return rows


def written(path: Path, *events: RequestEvent, **options: Any) -> list[dict[str, Any]]:
    """What a log writes of these events."""
    with closing(RequestLog(path, **options)) as log:
        for one in events:
            log.append(one)
    return logged(path)


def test_an_answer_has_the_names_of_the_conventions(tmp_path: Path) -> None:
    """A line holds OpenTelemetry's names, ours where it has none, and no text."""
    answer = event(
        status=200,
        usage=Usage(input_tokens=812, output_tokens=301, cached_tokens=640),
        finish_reason="stop",
        served_model="gpt-5-mini-2026-08-01",
        request='{"messages": []}',
        response='{"choices": []}',
    )
    assert written(tmp_path / "requests.jsonl", answer) == [
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "server.address": "api.openai.com",
            "server.port": 443,
            "gen_ai.request.model": "gpt-5-mini",
            "gen_ai.response.model": "gpt-5-mini-2026-08-01",
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.usage.input_tokens": 812,
            "gen_ai.usage.output_tokens": 301,
            "gen_ai.usage.cache_read.input_tokens": 640,
            "http.response.status_code": 200,
            "summarise.doc_id": "d1",
            "summarise.key": "0f" * 32,
            "summarise.attempt": 1,
            "summarise.latency": 1.25,
        }
    ]


def test_a_failure_has_its_kind_and_leaves_out_what_is_not_known(tmp_path: Path) -> None:
    """``error.type`` is the kind that is named, else the status; unknown tokens aren't 0."""
    rows = written(
        tmp_path / "requests.jsonl",
        event(status=429, retry_after=2.5),
        event(error="timeout", attempt=2),
        event(status=200, error="unavailable", attempt=3),
    )
    assert [row["error.type"] for row in rows] == ["429", "timeout", "unavailable"]
    assert rows[0]["summarise.retry_after"] == 2.5
    assert "http.response.status_code" not in rows[1]
    assert not any(name.startswith("gen_ai.usage") for row in rows for name in row)


@pytest.mark.parametrize(
    ("base_url", "provider", "port"),
    [
        ("https://api.groq.com/openai/v1", "groq", 443),
        ("https://ours.openai.azure.com/openai/v1", "azure.ai.openai", 443),
        ("http://localhost:11434/v1", "openai_compatible", 11434),
        ("http://models.internal/v1", "openai_compatible", 80),
        ("https://notopenai.com/v1", "openai_compatible", 443),
    ],
)
def test_the_provider_is_known_by_its_host(
    tmp_path: Path, base_url: str, provider: str, port: int
) -> None:
    """A host that isn't known isn't called OpenAI, though it speaks its language."""
    (row,) = written(tmp_path / "requests.jsonl", event(base_url=base_url))
    assert (row["gen_ai.provider.name"], row["server.port"]) == (provider, port)


def test_texts_are_kept_only_when_asked_for(tmp_path: Path) -> None:
    """A log of texts holds both bodies; the lone surrogate that JSON allows doesn't break it."""
    bodies = event(request='{"a": "µ"}', response="\ud800 half")
    (row,) = written(tmp_path / "texts.jsonl", bodies, texts=True)
    assert row["summarise.request"] == '{"a": "µ"}'
    assert row["summarise.response"].endswith(" half")
    (bare,) = written(tmp_path / "bare.jsonl", bodies)
    assert {"summarise.request", "summarise.response"}.isdisjoint(bare)


def test_the_key_is_never_written(tmp_path: Path) -> None:
    """Where a server repeats the key, in whatever field, the log says ``[key]``."""
    secret = 'sk-"quoted\\-7'
    path = tmp_path / "requests.jsonl"
    echo = event(
        response=f"bad key {secret}", finish_reason=secret, served_model=secret, error=secret
    )
    (row,) = written(path, echo, texts=True, secret=secret)
    assert row["summarise.response"] == "bad key [key]"
    assert row["gen_ai.response.finish_reasons"] == ["[key]"]
    assert row["gen_ai.response.model"] == row["error.type"] == "[key]"
    assert "quoted" not in path.read_text(encoding="utf-8")


def test_each_line_is_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that share a file don't mix their lines: no line takes two writes."""
    writes: list[bytes] = []
    real = os.write

    def note(file: int, line: bytes) -> int:
        writes.append(line)
        return real(file, line)

    monkeypatch.setattr(os, "write", note)
    with (
        closing(RequestLog(tmp_path / "r.jsonl")) as one,
        closing(RequestLog(tmp_path / "r.jsonl")) as other,
    ):
        for log in (one, other, one):
            log.append(event())
    assert len(writes) == 3
    assert len(logged(tmp_path / "r.jsonl")) == 3


def test_a_log_is_continued_below_a_torn_line(tmp_path: Path) -> None:
    """What a kill left of a line stays alone on it."""
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b'{"time":"2026-01-0')
    with closing(RequestLog(path)) as log:
        log.append(event())
        log.append(event())
    torn, *lines = path.read_bytes().splitlines()
    assert torn == b'{"time":"2026-01-0'
    assert [json.loads(line)["summarise.doc_id"] for line in lines] == ["d1", "d1"]


def test_a_full_disk_is_warned_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A line that can't be written is lost with one warning, and later ones are written again."""
    path, real, full = tmp_path / "requests.jsonl", os.write, [True]

    def write(file: int, line: bytes) -> int:
        if full[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(file, line)

    with closing(RequestLog(path)) as log:
        monkeypatch.setattr(os, "write", write)
        log.append(event(attempt=1))
        log.append(event(attempt=2))
        full[0] = False
        log.append(event(attempt=3))
    assert [row["summarise.attempt"] for row in logged(path)] == [3]
    (warning,) = caplog.records
    assert warning.levelno == logging.WARNING
    assert str(path) in warning.getMessage()
    assert "No space left" in warning.getMessage()


def test_a_line_that_a_full_disk_took_in_part_ends_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next line starts on a line of its own, and the loss is told."""
    path, real = tmp_path / "requests.jsonl", os.write
    with closing(RequestLog(path)) as log:
        monkeypatch.setattr(os, "write", lambda file, line: real(file, line[:20]))
        log.append(event(attempt=1))
        monkeypatch.setattr(os, "write", real)
        log.append(event(attempt=2))
    torn, line = path.read_bytes().splitlines()
    assert len(torn) == 20
    assert json.loads(line)["summarise.attempt"] == 2
    assert len(caplog.records) == 1


def test_a_log_that_cannot_be_opened_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A folder that isn't there costs one warning, however many requests follow."""
    with closing(RequestLog(tmp_path / "absent" / "requests.jsonl")) as log:
        log.append(event())
        log.append(event())
    assert len(caplog.records) == 1


def test_a_closed_log_takes_nothing(tmp_path: Path) -> None:
    """A request that ends after the log was closed is lost without an error."""
    path = tmp_path / "requests.jsonl"
    log = RequestLog(path)
    log.append(event())
    log.close()
    log.close()
    log.append(event())
    assert len(logged(path)) == 1


@given(st.text(), st.text())
def test_whatever_a_server_names_is_one_line(
    tmp_path_factory: pytest.TempPathFactory, model: str, reason: str
) -> None:
    """Line breaks and odd characters of a server's names stay inside one JSON line."""
    path = tmp_path_factory.mktemp("log") / "requests.jsonl"
    with closing(RequestLog(path)) as log:
        log.append(event(served_model=model, finish_reason=reason))
    (line,) = path.read_bytes().removesuffix(b"\n").split(b"\n")
    assert json.loads(line)["gen_ai.response.model"] == model
