"""An answer that the cache gave is kept in the run, and costs nothing there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summarise.batch import Report, RunOptions, documents_batch, estimate_run, run
from summarise.evaluate import Verification
from summarise.models import Answer, Spent
from summarise.settings import Settings
from summarise.store import Run, RunPlace
from tests.loopback import LoopbackServer, answer
from tests.records import TERN_ANSWER, make_document

WRONG = {**TERN_ANSWER, "results": [{**TERN_ANSWER["results"][0], "value": "99%"}]}
DOCUMENTS = [make_document(doc_id=f"d{n}", title=f"Paper {n}") for n in range(4)]


@pytest.fixture
def go(make_settings: Callable[..., Settings]) -> Callable[..., Report]:
    """Runs over documents in a folder, one at a time; gives the report."""

    def work(server: LoopbackServer, folder: str, **overrides: Any) -> Report:
        named = ("refresh", "fresh_answers", "only")
        chosen = {name: overrides.pop(name) for name in named if name in overrides}
        settings = make_settings(
            base_url=server.base_url, concurrency=1, price_in=1, price_out=2, **overrides
        )
        options = RunOptions(output=Path(folder), **chosen)
        return run(documents_batch(DOCUMENTS), settings, options)[1]

    return work


def kept(folder: str) -> list[Answer]:
    lines = Path(folder, "answers.jsonl").read_bytes().splitlines()
    return [Answer.model_validate_json(line) for line in lines]


def replies() -> LoopbackServer:
    """A server of which the first document needs a correction."""
    return LoopbackServer([answer(json.dumps(one)) for one in (WRONG, *[TERN_ANSWER] * 4)])


def test_what_the_cache_gave_is_in_the_run(go: Callable[..., Report]) -> None:
    """Each answer that a record was made of stands in its folder, as it was bought elsewhere."""
    with replies() as server:
        go(server, "bought")
        go(server, "filled")
    bought, filled = kept("bought"), kept("filled")
    assert len(filled) == len(bought) == 5
    answers = [{one.key: one.completion for one in run} for run in (bought, filled)]
    assert answers[0] == answers[1]
    assert {one.cached for one in bought} == {False}
    assert {one.cached for one in filled} == {True}


def test_what_the_cache_gave_costs_nothing(go: Callable[..., Report]) -> None:
    """Neither the manifest nor the closing line counts it as spent, then or in a later run."""
    with replies() as server:
        first = go(server, "bought")
        filled, again = go(server, "filled"), go(server, "filled")
    manifest = Run(Path("filled")).manifest
    assert (first.spent.calls, len(server.requests)) == (5, 5)
    assert filled.spent == again.spent == manifest.spent == manifest.settled.spent == Spent()
    size = Path("filled", "answers.jsonl").stat().st_size
    assert manifest.settled.answers_until == size
    assert filled.saved == first.spent
    assert "0 calls to" in filled.closing_lines()[1]
    assert "4 from kept answers, which saved" in filled.closing_lines()[1]
    assert len(kept("filled")) == 5


def test_a_run_that_was_cut_off_after_the_cache_answered(go: Callable[..., Report]) -> None:
    """A record that is missing is made of the copy, and the copy isn't made twice."""
    with replies() as server:
        first = go(server, "bought")
        go(server, "filled")
        Path("filled", "records.jsonl").write_bytes(b"")
        manifest = json.loads(Path("filled", "manifest.json").read_text("utf-8"))
        manifest.update(state="running", settled={})
        Path("filled", "manifest.json").write_text(json.dumps(manifest), "utf-8")
        again = go(server, "filled", cache=False)
    assert (again.records, again.spent, again.saved) == (4, Spent(), first.spent)
    assert (len(kept("filled")), len(server.requests)) == (5, 5)
    assert Run(Path("filled")).manifest.spent == Spent()


def test_an_estimate_counts_a_copy_as_seen(
    go: Callable[..., Report], make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """What an answer is like is learned from copies too; what is made isn't asked for."""
    more = [*DOCUMENTS, make_document(doc_id="new", title="New")]
    with replies() as server:
        go(server, "bought")
        go(server, "filled")
        settings = make_settings(base_url=server.base_url, price_in=1, price_out=2)
        bought, filled = (
            estimate_run(iter(more), RunPlace(folder, wanted=Path(folder)), settings)
            for folder in ("bought", "filled")
        )
    assert (filled.calls, filled.made, filled.cost) == (1, 4, bought.cost)
    assert (filled.reasks, filled.answers_seen) == (bought.reasks, bought.answers_seen)


@pytest.mark.parametrize("chosen", [{}, {"only": frozenset({"d0", "d2"})}])
def test_a_refresh_takes_what_the_run_was_answered(
    go: Callable[..., Report], chosen: dict[str, Any]
) -> None:
    """Corrections too; nothing is bought or copied, again and again, without a cache."""
    count = len(chosen.get("only", DOCUMENTS))
    with replies() as server:
        first = go(server, "here", cache=False)
        size = Path("here", "answers.jsonl").stat().st_size
        for _ in range(2):
            again = go(server, "here", cache=False, refresh=True, **chosen)
            assert (again.new, again.cached, again.spent) == (count, count, Spent())
            verification = Verification(Run(Path("here")))
            assert [one.differences for one in verification.verdicts()] == [()] * 4
        assert len(server.requests) == 5
    assert f"{count} from kept answers, which saved" in again.closing_lines()[1]
    assert Path("here", "answers.jsonl").stat().st_size == size
    assert Run(Path("here")).manifest.spent == first.spent


def test_fresh_answers_are_the_ones_that_a_refresh_takes(go: Callable[..., Report]) -> None:
    """Asked anew, nothing of before serves; of two answers to one request the last does."""
    other = {**TERN_ANSWER, "compute": []}
    with LoopbackServer([answer(json.dumps(one)) for one in [TERN_ANSWER] * 4 + [other] * 4]) as s:
        go(s, "here")
        go(s, "here", fresh_answers=True)
        asked = len(s.requests)
        go(s, "here", refresh=True, cache=False)
        assert (asked, len(s.requests)) == (8, 8)
    assert {str(one.draft["compute"]) for one in Run(Path("here")).records()} == {"[]"}


def test_a_document_that_failed_is_asked_for_again(go: Callable[..., Report]) -> None:
    """What gave no record is no answer to make one of."""
    answers = [answer("{}"), *[answer(json.dumps(TERN_ANSWER))] * 4]
    with LoopbackServer(answers) as server:
        first = go(server, "here", cache=False, max_reasks=0)
        again = go(server, "here", cache=False, max_reasks=0, refresh=True)
        assert len(server.requests) == 5
    assert (first.failures.total(), again.failures.total(), again.spent.calls) == (1, 0, 1)
