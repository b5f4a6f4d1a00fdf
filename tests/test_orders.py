"""Tests of orders: what a provider answers later, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
import random
import re
import shlex
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from benchmarks import batch_server
from benchmarks.batch_server import Fate, expire, fail
from summarise.admission import batch_price_for, price_for
from summarise.batch import Report, RunOptions, documents_batch, run, standing_of
from summarise.delegating import (
    OrderDesk,
    cancel_orders,
    collect_orders,
    files,
    look_at_orders,
    run_by_orders,
    settings_of_orders,
    submit_orders,
)
from summarise.endpoint import BatchClient, batches
from summarise.errors import EndpointError, InputError, RunError, SettingsError
from summarise.evaluate import methods_paragraph
from summarise.models import Document, Failure, Record, SkipKind, Skipped, Usage
from summarise.settings import Settings
from summarise.store import BATCHES, Order, OrderBook, OrderState, Run
from tests.loopback import LoopbackServer, Reply, answer, draft_answer, dripping, status
from tests.processes import Process
from tests.processes import run as run_command
from tests.records import bee_papers

FOLDER = Path("run")
AT = RunOptions(output=FOLDER)


class BatchServer(batch_server.BatchServer):
    """A provider whose model's drafts are valid and grounded, unless told otherwise."""

    def __init__(self, *fates: Fate, answer: Callable[[Any], bytes] | None = None) -> None:
        super().__init__(*fates, answer=answer or (lambda body: draft_answer(body).body))


@pytest.fixture(name="ask")
def _ask(make_settings: Callable[..., Settings]) -> Callable[..., Settings]:
    """Builds settings for a server, without what other tests have learned of one."""
    return lambda server, **more: make_settings(base_url=server.base_url, max_attempts=2, **more)


def states() -> list[OrderState]:
    """What has become of the orders of the run."""
    return [order.state for order in OrderBook(FOLDER)]


def records() -> list[Record]:
    """The records of the run."""
    return list(Run(FOLDER).records())


def submit(settings: Settings, count: int = 12) -> tuple[Report, OrderDesk]:
    """Submit some papers."""
    _, report, desk = submit_orders(documents_batch(bee_papers(count)), settings, AT)
    return report, desk


def collect(settings: Settings, *received: Path) -> tuple[Report, OrderDesk]:
    """Collect what has come back."""
    _, report, desk = collect_orders(FOLDER, settings, RunOptions(), received)
    return report, desk


def test_what_a_batch_answers_makes_the_records_of_a_live_run(ask: Callable[..., Settings]) -> None:
    """The same drafts, places and doubts; each request is answered once, the first one live."""
    with BatchServer() as server:
        report, _ = submit(ask(server))
        assert (report.awaited, report.records, report.exit_code) == (11, 1, 0)
        report, desk = collect(ask(server))
        assert (report.records, report.pending, desk.unasked) == (12, 0, 0)
        assert set(server.bought.values()) == {1}
        assert server.live == 1
        live = RunOptions(output=Path("live"))
        run(documents_batch(bee_papers(12)), ask(server, cache=False), live)
    made = {"provenance"}
    of_live = [record.model_dump(exclude=made) for record in Run(Path("live")).records()]
    assert [record.model_dump(exclude=made) for record in records()] == of_live
    assert sum(record.provenance.calls for record in records()) == 12
    assert states() == [OrderState.TAKEN]


def test_nothing_is_left_of_an_order_that_is_over(ask: Callable[..., Settings]) -> None:
    """Its requests, keys and results go; what became of it stays in one line for each step."""
    with BatchServer() as server:
        submit(ask(server))
        assert len(list(FOLDER.glob(".batch-*"))) == 2
        collect(ask(server))
    assert list(FOLDER.glob(".batch-*")) == []
    lines = [json.loads(line) for line in (FOLDER / BATCHES).read_text("utf-8").splitlines()]
    assert [one["state"] for one in lines][:3] == ["written", "creating", "created"]
    assert lines[-1]["answered"] == 11


def test_the_answers_of_a_batch_are_kept_for_other_runs(ask: Callable[..., Settings]) -> None:
    """The cache has them, so that another folder buys nothing."""
    with BatchServer() as server:
        submit(ask(server))
        collect(ask(server))
        elsewhere = RunOptions(output=Path("other"))
        _, report = run(documents_batch(bee_papers(12)), ask(server), elsewhere)
        assert (report.records, report.cached) == (12, 12)
        assert set(server.bought.values()) == {1}


@pytest.mark.parametrize(
    "fate",
    [
        expire(5),
        Fate(answers=5),
        Fate("cancelled", 5),
        Fate(answers=5, errors=(500, "server_error")),
        Fate(answers=5, errors=(429, "rate_limit_exceeded")),
        Fate(twice=True),
    ],
    ids=["expired", "left out", "cancelled", "500", "429", "twice"],
)
def test_what_lacks_an_answer_is_asked_again_and_nothing_else(
    ask: Callable[..., Settings], fate: Fate
) -> None:
    """Each request is answered once, whatever becomes of the first batch."""
    with BatchServer(fate) as server:
        _, report = run_by_orders(
            documents_batch(bee_papers(12)), ask(server), AT, every=0.01, tell=lambda _: None
        )
        assert set(server.bought.values()) == {1}
        assert len(server.bought) == 12
    assert (report.records, report.failures.total(), report.pending) == (12, 0, 0)
    assert report.spent.calls == 12


def test_a_batch_that_fails_as_a_whole_says_why(ask: Callable[..., Settings]) -> None:
    """Nothing came of it, so its requests go into the next one."""
    with BatchServer(fail("too many tokens enqueued")) as server:
        submit(ask(server))
        report, desk = collect(ask(server))
        assert (report.records, report.pending) == (1, 11)
        assert "too many tokens enqueued" in desk.news[-1]
        _, report, _ = submit_orders(FOLDER, ask(server), RunOptions())
        assert report.awaited == 11
        report, _ = collect(ask(server))
        assert report.records == 12
        assert set(server.bought.values()) == {1}
    assert states() == [OrderState.DROPPED, OrderState.TAKEN]


def test_batches_that_fail_again_and_again_end_a_run(ask: Callable[..., Settings]) -> None:
    """It isn't tried for ever, and the reason is told."""
    with BatchServer(*(fail("no quota for this model") for _ in range(9))) as server:
        _, report = run_by_orders(
            documents_batch(bee_papers(12)), ask(server), AT, every=0.01, tell=lambda _: None
        )
        assert [one.status for one in server.batches.values()] == ["failed"] * 2
    assert report.exit_code == EndpointError.exit_code
    assert "no quota for this model" in str(report.stopped)


def test_a_batch_whose_making_was_not_heard_of_is_found(ask: Callable[..., Settings]) -> None:
    """The provider's list tells it by its file: it isn't made again."""
    with BatchServer(Fate(lost=True)) as server:
        report, _ = submit(ask(server))
        assert report.exit_code == EndpointError.exit_code
        assert states() == [OrderState.CREATING]
        report, _ = submit(ask(server))
        assert (report.exit_code, report.awaited) == (0, 11)
        report, _ = collect(ask(server))
        assert len(server.batches) == 1
    assert report.records == 12


def test_without_a_list_nothing_is_taken_for_unmade(ask: Callable[..., Settings]) -> None:
    """Where it can't be known whether a batch is paid for, none is made in its place."""
    with BatchServer(Fate(lost=True)) as server:
        server.has_list = False
        submit(ask(server))
        with pytest.raises(EndpointError, match="404"):
            submit(ask(server))
        assert len(server.batches) == 1
    assert states() == [OrderState.CREATING]


def test_results_that_are_cut_off_are_fetched_again(ask: Callable[..., Settings]) -> None:
    """Nothing of them is taken, and nothing is asked again, before they are whole."""
    with BatchServer(Fate(torn=1)) as server:
        submit(ask(server))
        with pytest.raises(InputError, match="cut off"):
            collect(ask(server))
        assert (len(records()), states()) == (1, [OrderState.CREATED])
        report, _ = collect(ask(server))
        assert report.records == 12
        assert set(server.bought.values()) == {1}


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_a_provider_refuses_of_one_document_is_its_failure(
    ask: Callable[..., Settings], status: int
) -> None:
    """It is told, isn't asked again in the same run, and holds up no answer of another line."""
    with BatchServer(Fate(answers=8, errors=(status, "context_length_exceeded"))) as server:
        submit(ask(server))
        report, desk = collect(ask(server))
    assert (report.records, report.failures.total(), report.pending) == (9, 3, 0)
    assert "3 refused" in desk.news[-1]
    failures = [one for _, one in Run(FOLDER).rows() if isinstance(one, Failure)]
    assert {one.kind.value for one in failures} == {"rejected"}


def test_what_a_provider_fails_to_answer_is_asked_three_times(
    ask: Callable[..., Settings],
) -> None:
    """Then it is a failure of the document: a run in batches comes to an end."""
    fates = [Fate(answers=0 if n else 8, errors=(500, "server_error")) for n in range(9)]
    with BatchServer(*fates) as server:
        _, report = run_by_orders(
            documents_batch(bee_papers(12)), ask(server), AT, every=0.01, tell=lambda _: None
        )
        assert len(server.batches) == 3
    assert (report.records, report.failures.total(), report.pending) == (9, 3, 0)


def test_a_reask_goes_into_the_next_batch(ask: Callable[..., Settings]) -> None:
    """An answer with faults is corrected there, and the better one is taken."""

    def corrected(body: Any) -> bytes:
        if "NOWHERE-9" in json.dumps(body):
            return draft_answer(body).body
        draft = json.loads(json.loads(draft_answer(body).body)["choices"][0]["message"]["content"])
        draft["method"]["name"] = "NOWHERE-9"
        return answer(json.dumps(draft)).body

    with BatchServer(answer=corrected) as server:
        report, _ = submit(ask(server), 3)
        assert (report.records, report.awaited) == (0, 3)
        report, desk = collect(ask(server))
        assert (report.records, desk.unasked) == (1, 2)
        submit_orders(FOLDER, ask(server), RunOptions())
        report, _ = collect(ask(server))
        assert report.records == 3
        # The first one was asked live, and corrected with the others.
        assert [len(one.requests) for one in server.batches.values()] == [3, 2]
    assert {record.provenance.reasks for record in records()} == {1}
    assert not any(record.missing for record in records())


def test_what_is_in_a_batch_is_not_asked_live(ask: Callable[..., Settings]) -> None:
    """A run of the same folder says what to do instead; it would pay twice."""
    with BatchServer(Fate(looks=99)) as server:
        submit(ask(server))
        with pytest.raises(RunError, match="11 of its requests are in batches"):
            run(documents_batch(bee_papers(12)), ask(server), AT)
        submit(ask(server))
        assert len(server.batches) == 1
        assert server.live == 1


def test_what_is_called_off_can_be_collected(ask: Callable[..., Settings]) -> None:
    """What was answered is taken, the rest is left to be asked."""
    with BatchServer(Fate(looks=99)) as server:
        submit(ask(server))
        assert [one.status for one in cancel_orders(FOLDER, ask(server))] == ["cancelled"]
        report, desk = collect(ask(server))
        assert (report.records, report.pending, desk.unasked) == (2, 10, 10)
        with pytest.raises(RunError, match="nothing in batches"):
            cancel_orders(FOLDER, ask(server))


def test_how_far_a_batch_is(ask: Callable[..., Settings]) -> None:
    """It is the provider's word, and nothing changes by asking."""
    with BatchServer(Fate(looks=99)) as server:
        submit(ask(server))
        before = (FOLDER / BATCHES).read_bytes()
        ((order, remote),) = look_at_orders(FOLDER, ask(server))
        assert remote is not None
        assert (order.name, remote.status, remote.total) == ("0001", "in_progress", 11)
    assert (FOLDER / BATCHES).read_bytes() == before


def test_files_are_cut_by_what_a_provider_takes(
    ask: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many requests in each, every request once."""
    monkeypatch.setattr(files, "MOST_REQUESTS", 5)
    with BatchServer() as server:
        submit(ask(server))
        assert [len(one.requests) for one in server.batches.values()] == [5, 5, 1]
        report, _ = collect(ask(server))
        assert report.records == 12
        assert set(server.bought.values()) == {1}


def test_a_cap_holds_for_what_is_answered_later(ask: Callable[..., Settings]) -> None:
    """What may be spent is asked for; the rest is left, and what stopped it is told."""
    with BatchServer(Fate(looks=1)) as server:
        report, _ = submit(ask(server, max_calls=6))
        assert (report.awaited, report.records) == (5, 1)
        assert "--max-calls" in str(report.stopped)
        # What is under way counts.
        report, _ = submit(ask(server, max_calls=6))
        assert report.awaited <= 6
        assert sum(len(one.requests) for one in server.batches.values()) <= 6


def test_the_price_of_a_batch_is_the_providers_or_unknown(
    make_settings: Callable[..., Settings],
) -> None:
    """Half of it where that is said of all models; what is known of live answers alone isn't it."""
    usage = Usage(input_tokens=1_000_000, output_tokens=100_000)
    known = make_settings(model="gpt-4o-mini", base_url="https://api.openai.com/v1")
    live, later = price_for(known), batch_price_for(known)
    assert live is not None
    assert later is not None
    assert later.of(usage) == (live.of(usage) or Decimal(0)) / 2
    assert later.worst(1000, 1000) == live.worst(1000, 1000) / 2
    unknown = make_settings(model="llama-3.1-8b-instant", base_url="https://api.groq.com/openai/v1")
    assert price_for(unknown) is not None
    assert batch_price_for(unknown) is None
    own = make_settings(price_in="2", price_out="4")
    assert batch_price_for(own) == price_for(own)


def test_a_capped_cost_needs_the_price_of_a_batch(ask: Callable[..., Settings]) -> None:
    """Of an unknown price nobody can say when the cap is reached."""
    with BatchServer() as server:
        with pytest.raises(SettingsError, match="no price is known"):
            submit(ask(server, max_cost="1"))
        own = {"price_in": "1", "price_out": "1"}
        report, _ = submit(ask(server, max_cost="1", **own))
        assert report.awaited == 11
        report, _ = collect(ask(server, **own))
    costs = [record.provenance.cost for record in records()]
    assert costs == [Decimal("0.00159")] * 12


def test_by_files_nobody_is_asked(ask: Callable[..., Settings], tmp_path: Path) -> None:
    """The requests are written as they would be sent, and answers are taken in from files."""
    asked, results = tmp_path / "asked.jsonl", tmp_path / "results.jsonl"
    with BatchServer() as server:
        _, report, _ = submit_orders(documents_batch(bee_papers(12)), ask(server), AT, asked)
        assert (report.awaited, server.live) == (12, 0)
    assert states() == [OrderState.HANDED]
    lines = [json.loads(line) for line in asked.read_text("utf-8").splitlines()]
    assert {(one["method"], one["url"]) for one in lines} == {("POST", "/v1/chat/completions")}
    with results.open("w", encoding="utf-8") as file:
        for one in lines[:7]:
            body = json.loads(draft_answer(one["body"]).body)
            response = {"status_code": 200, "body": body}
            told = {"custom_id": one["custom_id"], "response": response, "error": None}
            file.write(f"{json.dumps(told)}\n")
        strange = {"custom_id": "somebody else's", "response": {"status_code": 200, "body": {}}}
        file.write(f"{json.dumps(strange)}\n")
    settings = ask(server)
    report, desk = collect(settings, results)
    assert (report.records, report.pending, desk.unasked) == (7, 5, 5)
    assert "1 lines of other requests" in desk.news[-1]


def test_what_others_asked_meanwhile_does_not_hide_what_a_batch_was_paid_for(
    ask: Callable[..., Settings],
) -> None:
    """Its own answers make the records, and are counted; the cache is for what nobody was asked."""
    elsewhere = RunOptions(output=Path("other"))
    with BatchServer() as server:
        submit(ask(server))
        run(documents_batch(bee_papers(12)), ask(server), elsewhere)
        report, _ = collect(ask(server))
        assert (report.records, report.cached, report.spent.calls) == (12, 0, 11)
        assert sum(server.bought.values()) == 1 + 11 + 11
    spent, _ = Run(FOLDER).read_answers()
    assert spent.calls == 12


def test_who_wants_no_cache_is_asked_once(ask: Callable[..., Settings]) -> None:
    """The run knows it, so that whoever collects neither reads the cache nor writes to it."""
    with BatchServer() as server:
        submit(ask(server, cache=False))
    assert settings_of_orders(FOLDER)["cache"] is False


@pytest.mark.parametrize("status", [400, 500])
def test_what_a_batch_failed_at_comes_from_the_cache(
    ask: Callable[..., Settings], status: int
) -> None:
    """Nothing was paid for, and what others were answered in the meantime is there."""
    elsewhere = RunOptions(output=Path("other"))
    with BatchServer(Fate(answers=5, errors=(status, "server_error"))) as server:
        submit(ask(server))
        run(documents_batch(bee_papers(12)), ask(server), elsewhere)
        report, desk = collect(ask(server))
    assert (report.records, report.cached, report.spent.calls, desk.unasked) == (12, 6, 5, 0)


def test_what_is_awaited_is_waited_for(ask: Callable[..., Settings], tmp_path: Path) -> None:
    """Nothing of the cache takes its place, and whoever has the file is told to bring it back."""
    with BatchServer() as server:
        submit_orders(documents_batch(bee_papers(12)), ask(server), AT, tmp_path / "asked.jsonl")
        run(documents_batch(bee_papers(12)), ask(server), RunOptions(output=Path("other")))
        report, desk = collect(ask(server))
    assert (report.records, report.awaited, report.pending) == (0, 12, 12)
    told = "summarise batch collect run --from RESULTS"
    assert shlex.join(desk.orders.collecting) == told
    assert standing_of(FOLDER).next_step[1] == told


@pytest.mark.parametrize("name", [None, "asked.jsonl"])
def test_where_nothing_is_left_to_ask_that_is_said(
    ask: Callable[..., Settings], tmp_path: Path, name: str | None
) -> None:
    """All answers were there already, so that there is no file to send, and none to take in."""
    to = tmp_path / name if name else None
    with BatchServer() as server:
        run(documents_batch(bee_papers(3)), ask(server), RunOptions(output=Path("other")))
        _, report, desk = submit_orders(documents_batch(bee_papers(3)), ask(server), AT, to)
    assert (report.records, report.awaited) == (3, 0)
    wanted = f"{to} wasn't written" if to else "no batch was made"
    assert desk.news == [f"Nothing more is left to ask, so {wanted}."]
    assert not (to and to.exists())


def test_a_run_in_batches_accounts_for_its_input(ask: Callable[..., Settings]) -> None:
    """Whoever goes on with it reads nothing, and keeps what was read: methods tell of it."""
    skipped = Skipped(kind=SkipKind.NO_ABSTRACT, source="x.ris", line=9, reason="")
    papers: list[Document | Skipped] = [*bee_papers(3), skipped]
    with BatchServer() as server:
        submit_orders(documents_batch(papers), ask(server), AT)
        report, _ = collect(ask(server))
    told = "3 documents (and 1 entry without an abstract) → 3 records"
    assert report.account().startswith(told)
    expected = {"entries": 4, "documents": 3, "kept": 0, "no_abstract": 1}
    assert expected.items() <= Run(FOLDER).manifest.counts.items()
    told = "1 input held 4 entries: 3 documents and 1 entry without an abstract."
    assert told in methods_paragraph(Run(FOLDER))


def test_files_of_something_else_are_refused(ask: Callable[..., Settings], tmp_path: Path) -> None:
    """They close no order: what was asked is still awaited."""
    asked, results = tmp_path / "asked.jsonl", tmp_path / "results.jsonl"
    results.write_text('{"custom_id": "x", "response": {"status_code": 200, "body": {}}}\n')
    with BatchServer() as server:
        submit_orders(documents_batch(bee_papers(12)), ask(server), AT, asked)
        with pytest.raises(RunError, match="no line answers a request"):
            collect(ask(server), results)
        results.write_text("not a line\n")
        with pytest.raises(InputError, match=re.escape(f"{results}:1")):
            collect(ask(server), results)
    assert states() == [OrderState.HANDED]


def test_results_that_an_editor_saved_are_read(
    ask: Callable[..., Settings], tmp_path: Path
) -> None:
    """A byte order mark and Windows' line ends are no damage."""
    asked, results = tmp_path / "asked.jsonl", tmp_path / "results.jsonl"
    with BatchServer() as server:
        submit_orders(documents_batch(bee_papers(3)), ask(server), AT, asked)
        requests = map(json.loads, asked.read_text().splitlines())
        lines = [
            {"custom_id": one["custom_id"], "response": json.loads(draft_answer(one["body"]).body)}
            for one in requests
        ]
        text = "\r\n".join(map(json.dumps, lines))
        results.write_text(text, encoding="utf-8-sig")
        collect(ask(server), results)
    assert len(records()) == 3


def test_a_server_without_batches_says_what_to_do(ask: Callable[..., Settings]) -> None:
    """Nothing is lost: the requests can be written into a file."""
    with LoopbackServer(lambda n, body: draft_answer(body) if body else NOT_FOUND) as server:
        report, _ = submit(ask(server))
    assert report.exit_code == EndpointError.exit_code
    assert "has no batch API" in str(report.stopped)
    assert "--to FILE" in str(report.stopped)
    assert report.records == 1


NOT_FOUND = status(404)


def test_no_key_is_written_down(ask: Callable[..., Settings]) -> None:
    """Neither among the settings of an order nor in any other file of the run."""
    key = "sk-invented-77777"
    with BatchServer() as server:
        settings = ask(server, temperature=0.2, extra_headers={"X-Team": "secret-team"})
        settings = settings.model_copy(update={"api_key": SecretStr(key)})
        submit(settings)
        for path in FOLDER.iterdir():
            content = path.read_bytes()
            assert key.encode() not in content
            assert b"secret-team" not in content
    assert settings_of_orders(FOLDER) == {
        "model": "invented-1",
        "base_url": server.base_url,
        "temperature": 0.2,
    }


@pytest.mark.parametrize(
    "options",
    [RunOptions(FOLDER, refresh=True), RunOptions(FOLDER, fresh_answers=True)],
    ids=["refresh", "fresh-answers"],
)
def test_nothing_is_made_anew_by_a_batch(ask: Callable[..., Settings], options: RunOptions) -> None:
    """Whoever collects would find the records of before, and lose what was paid for."""
    with BatchServer() as server:
        submit(ask(server))
        collect(ask(server))
        with pytest.raises(SettingsError, match="isn't asked for in a batch"):
            submit_orders(documents_batch(bee_papers(12)), ask(server), options)


def test_the_embedded_extractor_has_nobody_to_ask(make_settings: Callable[..., Settings]) -> None:
    """A batch needs a provider."""
    with pytest.raises(SettingsError, match="no provider is asked"):
        submit(make_settings(model=None))


def test_orders_survive_a_torn_line(ask: Callable[..., Settings]) -> None:
    """What was being written when the power went is as if it hadn't been begun."""
    with BatchServer() as server:
        submit(ask(server))
        with (FOLDER / BATCHES).open("ab") as file:
            file.write(b'{"name":"0001","state":"taken","requ')
        assert states() == [OrderState.CREATED]
        report, _ = collect(ask(server))
    assert report.records == 12


def test_names_of_a_hostile_server_reach_no_path(ask: Callable[..., Settings]) -> None:
    """A batch whose name leads elsewhere isn't taken."""
    with BatchServer() as server:
        handle = server.handle

        def hostile(method: str, path: str, headers: Any, content: bytes) -> Any:
            if (method, path) == ("POST", "/v1/batches"):
                return 200, {"id": "../../files?x", "status": "completed"}
            return handle(method, path, headers, content)

        server.handle = hostile  # type: ignore[method-assign]
        report, _ = submit(ask(server))
    assert report.exit_code == EndpointError.exit_code
    assert states() == [OrderState.CREATING]


def heard(settings: Settings, *files: str) -> EndpointError:
    """Why nothing is heard of the batch of a file, or of files of results."""

    async def ask() -> None:
        async with BatchClient(settings) as client:
            await (client.download(files, Path("results")) if files else client.made_of("file-1"))

    with pytest.raises(EndpointError) as caught:
        asyncio.run(ask())
    return caught.value


def test_only_a_file_of_results_may_be_long(make_settings: Callable[..., Settings]) -> None:
    """What else a provider tells is read up to a bound."""
    with LoopbackServer(lambda *_: Reply(body=b" " * (17 << 20))) as server:
        settings = make_settings(base_url=server.base_url, max_attempts=1)
        assert "the answer has more than 16 MB" in str(heard(settings))


def test_a_list_of_batches_comes_to_an_end(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though each page says that there are more, and holds others."""
    monkeypatch.setattr(batches, "_MOST_PAGES", 5)

    def page(number: int, _: Any) -> Reply:
        one = {"id": f"batch-{number}", "status": "completed", "input_file_id": "another"}
        return Reply(body=json.dumps({"data": [one], "has_more": True}).encode())

    with LoopbackServer(page) as server:
        assert "without an end" in str(heard(make_settings(base_url=server.base_url)))
        assert len(server.requests) == 5


def test_a_provider_that_answers_drop_by_drop(make_settings: Callable[..., Settings]) -> None:
    """The time for a request is that for the whole answer."""
    with dripping(b"HTTP/1.1 200 OK\r\n\r\n{") as url:
        settings = make_settings(base_url=url, max_attempts=1, timeout=0.4)
        assert "no answer within 0.4 s" in str(heard(settings))
        assert "no answer within 0.4 s" in str(heard(settings, "file-1"))


@pytest.mark.parametrize("beside", [0, (1 << 16) - 20])
@pytest.mark.parametrize("key", ["sk-invented-0123456789abcdef", "short", None])
def test_a_key_in_a_file_of_results_is_not_kept(
    make_settings: Callable[..., Settings], beside: int, key: str | None
) -> None:
    """Whatever pieces it comes in; a word that is no secret stays."""
    text = f"{'x' * beside}{key}, short"

    async def receive(settings: Settings) -> None:
        async with BatchClient(settings) as client:
            await client.download(("file-1", "file-2"), Path("results"))

    with LoopbackServer(lambda *_: Reply(body=text.encode())) as server:
        secret = SecretStr(key) if key else None
        asyncio.run(receive(make_settings(base_url=server.base_url, api_key=secret)))
    told = text.replace("sk-invented-0123456789abcdef", "[key]")
    assert Path("results").read_text("utf-8") == f"{told}\n{told}\n"


@pytest.fixture(name="pile")
def _pile(tmp_path: Path) -> Path:
    path = tmp_path / "bees.jsonl"
    lines = (json.dumps({"title": one.title, "abstract": one.abstract}) for one in bee_papers(60))
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_kills_lose_and_double_nothing(pile: Path, tmp_path: Path) -> None:
    """Killed at whatever moment, a run in batches goes on: each request is answered once."""
    chance = random.Random(5)
    fates = [expire(20), fail("busy"), Fate(answers=9, looks=2), Fate(lost=True), Fate(looks=1)]
    with BatchServer(*fates) as server:
        command = (
            *("run", pile, "--model", "invented-1", "--base-url", server.base_url),
            *("-o", tmp_path / "run", "--no-cache", "--batch", "-q"),
            *("--every", "0.05"),
        )
        for _ in range(6):
            process = Process(*command, cwd=tmp_path)
            try:
                process.wait(chance.uniform(0.05, 1.0))
            except TimeoutError:
                process.kill()
            process.communicate()
        for _ in range(3):
            ended = run_command(*command, cwd=tmp_path)
            if ended.returncode == 0:
                break
        assert ended.returncode == 0, ended.stderr.decode()
        assert len(server.bought) == 60
        # What was asked live when it was killed may be asked again; a batch never is.
        assert sum(server.bought.values()) - 60 <= server.live - 1
    rows = list(Run(tmp_path / "run").rows())
    assert [isinstance(outcome, Record) for _, outcome in rows] == [True] * 60
    answers = (tmp_path / "run" / "answers.jsonl").read_bytes().splitlines()
    assert len({json.loads(line)["key"] for line in answers}) == 60
    assert len(answers) == 60


def test_the_commands_as_they_are_typed(pile: Path, tmp_path: Path) -> None:
    """Submitted, looked at, collected: settings are told once."""
    with BatchServer(Fate(looks=1)) as server:
        about = ("--model", "invented-1", "--base-url", server.base_url)
        ended = run_command("batch", "submit", pile, "-o", "bees", *about, cwd=tmp_path)
        assert ended.returncode == 0, ended.stderr.decode()
        assert b"59 in batches" in ended.stderr
        ended = run_command("batch", "status", "bees", cwd=tmp_path)
        assert ended.stdout.decode().startswith("0001 (batch_0): 59 requests, in progress")
        ended = run_command("status", "bees", cwd=tmp_path)
        assert b"1 record, 0 failures, 59 in batches" in ended.stdout
        assert b"summarise batch collect bees" in ended.stdout
        ended = run_command("batch", "collect", "bees", cwd=tmp_path)
        assert ended.returncode == 0, ended.stderr.decode()
        assert b"60 documents" in ended.stderr
        ended = run_command("batch", "status", "bees", "--json", cwd=tmp_path)
        assert json.loads(ended.stdout)["answered"] == 59


def test_who_was_interrupted_before_an_order_is_told_the_way_on(pile: Path, tmp_path: Path) -> None:
    """A run directory with the first live answer has no order to take settings from."""
    with BatchServer() as server:
        about = ("--model", "invented-1", "--base-url", server.base_url)
        run_command("run", pile, "-o", "bees", "--limit", "1", *about, cwd=tmp_path)
        for verb in ("submit", "collect"):
            ended = run_command("batch", verb, "bees", cwd=tmp_path)
            assert ended.returncode == RunError.exit_code
            told = ended.stderr.decode()
            assert "bees: has asked for nothing in batches. `summarise batch submit " in told
        command = shlex.split(told.split("`")[1])[1:]
        ended = run_command(*command, cwd=tmp_path)
        assert ended.returncode == 0, ended.stderr.decode()
        assert b"59 in batches" in ended.stderr


def test_an_order_says_nothing_of_headers() -> None:
    """What is kept of settings has no place for them."""
    assert "extra_headers" not in Order.model_fields
