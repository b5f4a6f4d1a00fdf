"""Tests of prompt caching and of the bill, against servers that keep an account of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from summarise.models import Usage
from tests.loopback import LoopbackServer, Reply, draft_answer
from tests.test_cli import Command, summarise

__all__ = ["summarise"]

# US dollars a million tokens: sent, answered, read from the cache, written to it.
SENT, ANSWERED, READ, WRITTEN = (Decimal(text) for text in ("2.5", "15", "0.25", "3.125"))
PRICES = f"price_in = {SENT}\nprice_out = {ANSWERED}\n"
CACHE_PRICES = f"{PRICES}price_cached = {READ}\nprice_cache_written = {WRITTEN}\n"
SHORTEST = 1024
ABSTRACTS = 12


def tokens(value: object) -> int:
    """As a tokenizer of 3.6 characters a token counts."""
    return ceil(len(value if isinstance(value, str) else json.dumps(value)) / 3.6)


class Provider:
    """A server with a prompt cache, or with none, that writes down what each request costs.

    It reads a prefix only at a mark, and writes what is marked, as OpenAI's documentation says of
    GPT-5.6: https://developers.openai.com/api/docs/guides/prompt-caching. In ``implicit`` mode the
    end of the prompt is marked as well.
    """

    def __init__(self, dialect: str | None) -> None:
        self.dialect = dialect
        self.kept: set[tuple[str, str]] = set()
        self.cost = Decimal(0)
        self.usages: list[Usage] = []

    def __call__(self, _: int, body: Any) -> Reply:
        rendered, marks = json.dumps(body.get("tools") or body.get("response_format")), []
        for message in body["messages"]:
            parts = message["content"]
            for part in [{"text": parts}] if isinstance(parts, str) else parts:
                rendered += part["text"]
                if "prompt_cache_breakpoint" in part or "cache_control" in part:
                    marks.append(rendered)
        if self.dialect == "openai" and body.get("prompt_cache_options") != {"mode": "explicit"}:
            marks.append(rendered)
        place = str(body.get("prompt_cache_key"))
        long = [mark for mark in marks if tokens(mark) >= SHORTEST] if self.dialect else []
        read = max((tokens(mark) for mark in long if (place, mark) in self.kept), default=0)
        written = max((tokens(mark) for mark in long), default=0) - read
        self.kept.update((place, mark) for mark in long)
        reply = draft_answer(body)
        answer = json.loads(reply.body)
        usage = Usage(
            input_tokens=tokens(rendered),
            output_tokens=520,
            cached_tokens=read,
            cache_written_tokens=written,
        )
        plain = tokens(rendered) - read - written
        spent = plain * SENT + read * READ + written * WRITTEN + 520 * ANSWERED
        self.cost += spent / 1_000_000
        self.usages.append(usage)
        answer["usage"] = {"prompt_tokens": usage.input_tokens, "completion_tokens": 520}
        if self.dialect:
            counts = {"cached_tokens": read, "cache_write_tokens": written}
            answer["usage"]["prompt_tokens_details"] = counts
        return Reply(body=json.dumps(answer).encode(), headers=reply.headers)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A file of invented abstracts."""
    path = tmp_path / "page.jsonl"
    abstract = "Gulls near harbour {0} eat more. We counted {0}00 gulls. Their number rose by {0}%."
    lines = [
        {"title": f"Gulls {n}", "abstract": abstract.format(n)} for n in range(1, ABSTRACTS + 1)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


@pytest.fixture
def profile(tmp_path: Path) -> Callable[[LoopbackServer, str], Path]:
    """Writes a settings file with one endpoint."""

    def write(server: LoopbackServer, more: str) -> Path:
        path = tmp_path / "own.toml"
        named = 'endpoint = "own"\nmodel = "invented-1"\n'
        own = f'[endpoints.own]\nbase_url = "{server.base_url}"\n{more}'
        path.write_text(named + own, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("dialect", "more"),
    [
        ("openai", f'prompt_cache = "openai"\n{CACHE_PRICES}'),
        ("anthropic", f'prompt_cache = "anthropic"\n{CACHE_PRICES}'),
        (None, PRICES),
    ],
)
def test_the_bill_is_the_servers_own(
    dialect: str | None,
    more: str,
    page: Path,
    profile: Callable[[LoopbackServer, str], Path],
    summarise: Command,
    tmp_path: Path,
) -> None:
    """The prompt is written once and read afterwards, and all commands tell the server's price."""
    provider = Provider(dialect)
    out = tmp_path / "run"
    with LoopbackServer(provider) as server:
        said = ("--config", str(profile(server, more)))
        before = json.loads(summarise("estimate", page, *said, "--json").out)
        assert summarise("run", page, *said, "-o", out, "--max-cost", "1").code == 0
    assert len(server.requests) == ABSTRACTS
    if dialect:
        assert [bool(usage.cache_written_tokens) for usage in provider.usages] == [
            True,
            *[False] * (ABSTRACTS - 1),
        ]
        assert all(usage.cached_tokens for usage in provider.usages[1:])
    manifest = json.loads((out / "manifest.json").read_text())
    assert Decimal(str(manifest["spent"]["cost"])) == provider.cost
    answers = (json.loads(line) for line in (out / "answers.jsonl").read_text().splitlines())
    assert sum(Decimal(answer["completion"]["cost"]) for answer in answers) == provider.cost
    assert f"${provider.cost:.4f}" in summarise("status", out).out
    assert f"${provider.cost:.4f}" in summarise("methods", out).out
    assert abs(Decimal(str(before["cost"])) / provider.cost - 1) < Decimal("0.1")


def test_a_key_is_spread_where_the_rate_asks_for_it(
    profile: Callable[[LoopbackServer, str], Path], summarise: Command, tmp_path: Path
) -> None:
    """A key serves 15 requests a minute; keys and constant bytes are those of the next run, too."""
    keys: list[set[str]] = []
    heads: set[str] = set()
    for out in ("one", "two"):
        page = tmp_path / f"{out}.jsonl"
        lines = [
            {"title": f"T {n}", "abstract": f"In run {out}, {n} gulls ate."} for n in range(40)
        ]
        page.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        with LoopbackServer() as server:
            said = ("--config", profile(server, 'prompt_cache = "openai"'), "-o", tmp_path / out)
            summarise("run", page, *said, "--base-url", server.base_url)
        bodies = [request.body for request in server.requests]
        keys.append({body["prompt_cache_key"].rpartition("-")[2] for body in bodies})
        for body in bodies:
            own = body["messages"][-1]
            assert "gulls ate" in own["content"]
            before, _, _ = json.dumps(body).partition(json.dumps(own["content"]))
            assert "gulls ate" not in before
            heads.add(before)
    assert keys == [{"0", "1", "2"}] * 2
    assert len(heads) == 1


def test_nothing_is_said_to_servers_without_a_prompt_cache(
    page: Path, profile: Callable[[LoopbackServer, str], Path], summarise: Command, tmp_path: Path
) -> None:
    """Who isn't known to take breakpoints gets plain messages."""
    with LoopbackServer() as server:
        summarise("run", page, "--config", profile(server, ""), "-o", tmp_path / "run")
    for request in server.requests:
        assert not re.search("cache", json.dumps(request.body))
        assert all(isinstance(message["content"], str) for message in request.body["messages"])
