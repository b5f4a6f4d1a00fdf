"""Tests of ``summarise.batch.estimate``: what is counted, what can't be known."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from summarise.batch import Estimate, RunOptions, documents_batch, estimate_run, run
from summarise.endpoint import Endpoint, Request
from summarise.errors import RunError, SettingsError
from summarise.extract import llm_identity, load_prompt
from summarise.models import Answer, Completion, Document, SkipKind, Skipped, Usage
from summarise.scan import sentence_spans
from summarise.schema import Draft
from summarise.settings import Settings
from summarise.store import AnswerCache, RunPlace, open_run
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, draft_answer
from tests.test_batch import documents
from tests.test_cli import Command, summarise

__all__ = ["summarise"]

PAGE = ROOT / "fixtures" / "daily_papers.txt"
PRICES = {"price_in": Decimal(1), "price_out": Decimal(10)}


@pytest.fixture
def estimated(make_settings: Callable[..., Settings], tmp_path: Path) -> Callable[..., Estimate]:
    """Estimates a run over documents in ``tmp_path/run``."""

    def work(items: list[Document | Skipped], **overrides: Any) -> Estimate:
        return estimate_run(
            iter(items), RunPlace("run", wanted=tmp_path / "run"), make_settings(**overrides)
        )

    return work


@pytest.fixture
def ran(make_settings: Callable[..., Settings], tmp_path: Path) -> Callable[..., str]:
    """Runs over documents in ``tmp_path/run`` against a server that answers; gives its address."""

    def work(items: list[Document], **overrides: Any) -> str:
        with LoopbackServer(lambda _, body: draft_answer(body)) as server:
            settings = make_settings(base_url=server.base_url, **overrides)
            run(documents_batch(items), settings, RunOptions(output=tmp_path / "run"))
            return server.base_url

    return work


def keys(settings: Settings, items: list[Document]) -> list[str]:
    """The keys under which the answers to documents are kept."""
    prompt = load_prompt(settings.prompt_version, Draft)
    endpoint = Endpoint(settings, prompt.messages, Draft)
    return [
        endpoint.key(Request(prompt.user(item, sentence_spans(item.abstract)))) for item in items
    ]


def test_each_document_without_a_record_or_an_answer_is_a_call(
    estimated: Callable[..., Estimate],
) -> None:
    """A new run asks for every document; entries without one cost nothing."""
    skipped = Skipped(source="p", line=3, kind=SkipKind.UNREADABLE, reason="no text")
    found = estimated([*documents(3), skipped])
    assert (found.documents, found.skipped, found.calls) == (3, 1, 3)
    assert (found.made, found.kept, found.cached) == (0, 0, 0)
    assert found.input_tokens > 3 * 1000
    assert found.output_tokens == 3 * 500


def test_what_is_not_known_is_none(estimated: Callable[..., Estimate]) -> None:
    """Without a price and an answer seen, cost, time and corrections are unknown, not 0."""
    found = estimated(documents(2))
    assert (found.cost, found.highest_cost, found.seconds, found.reasks) == (None,) * 4
    assert (found.price, found.answers_seen) == (None, 0)


def test_the_cost_is_that_of_the_tokens(estimated: Callable[..., Estimate]) -> None:
    """The cost is the price of the tokens; at the highest, every answer is as long as allowed."""
    found = estimated(documents(4), **PRICES, max_output_tokens=2000, max_reasks=0)
    assert found.price == "settings"
    assert found.cost == Decimal(found.input_tokens + 10 * found.output_tokens) / 10**6
    assert found.highest_cost == Decimal(found.input_tokens + 10 * 4 * 2000) / 10**6


def test_corrections_are_part_of_the_highest_cost(estimated: Callable[..., Estimate]) -> None:
    """Each correction sends the answer along and may be answered at full length."""
    once = estimated(documents(1), **PRICES, max_output_tokens=1000, max_reasks=0)
    twice = estimated(documents(1), **PRICES, max_output_tokens=1000, max_reasks=1)
    assert once.highest_cost is not None
    assert twice.highest_cost == 2 * once.highest_cost + Decimal(1000) / 10**6


def test_an_answer_is_not_taken_for_longer_than_allowed(
    estimated: Callable[..., Estimate],
) -> None:
    """A small max_output_tokens bounds the guess."""
    assert estimated(documents(2), max_output_tokens=64).output_tokens == 128


def test_records_of_the_run_directory_are_not_asked_for_again(
    estimated: Callable[..., Estimate], ran: Callable[..., str]
) -> None:
    """A document more costs one call, sized by the answers that the run has had."""
    url = ran(documents(3))
    found = estimated(documents(4), base_url=url)
    assert (found.made, found.calls, found.answers_seen) == (3, 1, 3)
    assert found.reasks is not None
    assert found.seconds is not None
    assert found.output_tokens != 500


def test_a_changed_document_is_asked_for_again(
    estimated: Callable[..., Estimate], ran: Callable[..., str]
) -> None:
    """A record is for one text; another one under the same id is a call."""
    url = ran(documents(2))
    changed = documents(2)[1].model_copy(update={"abstract": "All of it is new. Nothing remains."})
    found = estimated([documents(2)[0], changed], base_url=url)
    assert (found.made, found.calls) == (1, 1)


def test_when_nothing_is_left_nothing_is_spent(
    estimated: Callable[..., Estimate], ran: Callable[..., str]
) -> None:
    """A finished run takes 0 calls, tokens, dollars and seconds, price or not."""
    url = ran(documents(2))
    found = estimated(documents(2), base_url=url)
    assert (found.calls, found.input_tokens, found.output_tokens, found.seconds) == (0, 0, 0, 0)
    assert found.cost == 0
    assert found.reasks == 0


def test_answers_in_the_cache_are_not_bought(
    estimated: Callable[..., Estimate], make_settings: Callable[..., Settings]
) -> None:
    """Another folder finds the answers that a run has put into the cache, and learns from them."""
    settings = make_settings()
    told = Completion(
        text="{}", usage=Usage(input_tokens=2000, output_tokens=321), latency=1.5, model="m"
    )
    with AnswerCache(settings.cache_dir) as cache:
        for key in keys(settings, documents(2)):
            cache.put(key, told.model_dump_json())
    found = estimated(documents(3))
    assert (found.cached, found.calls, found.output_tokens) == (2, 1, 321)
    assert found.seconds == 2
    assert estimated(documents(3), cache=False).calls == 3


def test_answers_of_a_run_that_was_cut_off_are_not_bought_again(
    estimated: Callable[..., Estimate], make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """An answer that the run directory kept and made nothing of is used, and teaches its size."""
    settings, (document, other) = make_settings(), documents(2)
    prompt = load_prompt(settings.prompt_version, Draft)
    identity = llm_identity(settings, prompt, Endpoint(settings, prompt.messages, Draft))
    told = Completion(text="{}", usage=Usage(input_tokens=2000, output_tokens=321), latency=2.0)
    with open_run(tmp_path / "run", identity, Draft) as writer:
        for key in (keys(settings, [document])[0], "the key of a correction"):
            writer.append_answer(
                Answer(
                    key=key,
                    doc_id=document.doc_id,
                    content_hash=document.content_hash,
                    completion=told,
                )
            )
    found = estimated([document, other])
    assert (found.kept, found.made, found.calls) == (1, 0, 1)
    assert (found.reasks, found.output_tokens, found.answers_seen) == (1, 2 * 321, 2)


def test_time_is_bounded_by_the_users_limits(
    estimated: Callable[..., Estimate], make_settings: Callable[..., Settings]
) -> None:
    """Two requests a minute take minutes, however fast answers come; so do few tokens a minute."""
    settings = make_settings()
    with AnswerCache(settings.cache_dir) as cache:
        cache.put(
            keys(settings, documents(1))[0], Completion(text="{}", latency=1.0).model_dump_json()
        )
    assert estimated(documents(33), concurrency=8).seconds == 4
    assert estimated(documents(33), rpm=2).seconds == 16 * 60
    by_tokens = estimated(documents(33), tpm=1000)
    tokens = by_tokens.input_tokens + by_tokens.output_tokens
    assert by_tokens.seconds == pytest.approx(60 * tokens / 1000, abs=1)


def test_a_folder_of_other_settings_is_refused_as_the_run_would_be(
    estimated: Callable[..., Estimate], ran: Callable[..., str]
) -> None:
    """The error of ``run`` comes before the money, too."""
    url = ran(documents(1))
    with pytest.raises(RunError, match="sampling settings"):
        estimated(documents(1), base_url=url, temperature=0.5)


def test_half_a_price_is_refused(estimated: Callable[..., Estimate]) -> None:
    """A price for prompts alone gives no cost."""
    with pytest.raises(SettingsError, match="--price-out"):
        estimated(documents(1), price_in=1)


def test_the_embedded_extractor_spends_nothing(estimated: Callable[..., Estimate]) -> None:
    """Without a model there is no call, and the cost is known to be 0."""
    found = estimated(documents(2), model=None)
    assert (found.documents, found.calls) == (2, 0)
    assert found.cost == 0


def test_nothing_is_sent_and_nothing_is_written(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """No request, no run directory, no cache."""
    with LoopbackServer(lambda _, body: draft_answer(body)) as server:
        settings = make_settings(base_url=server.base_url)
        estimate_run(iter(documents(2)), RunPlace("run", wanted=tmp_path / "run"), settings)
        assert server.requests == []
    assert list(tmp_path.iterdir()) == []


def test_the_command_tells_people(summarise: Command) -> None:
    """A figure after the other on standard output, no line of them wider than the screen."""
    result = summarise("estimate", PAGE, "--model", "invented", "--base-url", "http://localhost/v1")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [label for line in lines if (label := line[:15].strip())] == [
        "documents",
        "already made",
        "answers known",
        "calls",
        "tokens in",
        "tokens out",
        "cost",
        "time",
    ]
    assert "unknown: no price is known for invented at localhost" in result.out
    assert "$" not in result.out
    assert "unknown until an answer was seen" in result.out


def test_the_command_tells_programs(summarise: Command) -> None:
    """``--json`` prints one object; null is unknown, and amounts are exact."""
    prices = ("--price-in", 1, "--price-out", 2)
    result = summarise("estimate", PAGE, "--model", "m", *prices, "--limit", 2, "--json")
    found = json.loads(result.out)
    assert (found["documents"], found["calls"], found["seconds"]) == (2, 2, None)
    tokens = (found["input_tokens"], found["output_tokens"])
    assert Decimal(found["cost"]) == Decimal(tokens[0] + 2 * tokens[1]) / 10**6


def test_the_command_says_that_without_a_model_nothing_is_asked(summarise: Command) -> None:
    """The embedded extractor is named."""
    assert "embedded extractor" in summarise("estimate", PAGE).out


def test_the_lines_tell_all_that_is_known() -> None:
    """Amounts, what is left, and hours."""
    found = Estimate(
        model="m",
        endpoint="h",
        folder="outputs/x",
        documents=12_000,
        skipped=1,
        made=1000,
        kept=20,
        cached=300,
        calls=10_680,
        reasks=400,
        input_tokens=30_000_000,
        output_tokens=5_000_000,
        answers_seen=1000,
        price="settings",
        cost=Decimal("17.5"),
        highest_cost=Decimal(210),
        seconds=3720,
    )
    assert list(found.lines()) == [
        "documents      12,000 (1 entry gives none)",
        "already made   1,000 in outputs/x",
        "answers known  300 in the cache, 20 in the run directory",
        "calls          10,680, and about 400 that ask for a correction",
        "tokens in      30,000,000",
        "tokens out     5,000,000",
        "cost           about $17.50, at the highest $210.00 (settings)",
        "time           about 1 h 02 min",
    ]
    assert list(found.lines(40))[-4:-1] == [
        "cost           about $17.50, at the",
        "               highest $210.00",
        "               (settings)",
    ]
