"""`verify` and what becomes of honest runs: retried, resumed, refreshed, added to, cut off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from summarise.admission import retry
from summarise.batch import Report, RunOptions, documents_batch, run
from summarise.evaluate import Verification
from summarise.models import Document
from summarise.settings import Settings
from summarise.store import Run
from summarise.store.manifest import manifest_hash
from tests.loopback import LoopbackServer, Reply, answer, drop, refusal, status, truncated
from tests.records import TERN_ANSWER, make_document

GOOD = answer(json.dumps(TERN_ANSWER))
WRONG = answer(
    json.dumps({**TERN_ANSWER, "results": [{**TERN_ANSWER["results"][0], "value": "99%"}]})
)
GARBLED = answer("nothing like JSON")
UNFIT = answer(json.dumps({"problem": 7}))
UNCOUNTED = answer(json.dumps(TERN_ANSWER), usage={})
FOLDER = Path("run")


def papers(*numbers: int, **changes: Any) -> list[Document]:
    return [make_document(**{"doc_id": f"d{n}", "title": f"Paper {n}", **changes}) for n in numbers]


@pytest.fixture
def go(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Report]]:
    """Runs over documents with these replies, then all good ones; gives the report.

    No wait between two attempts is waited.
    """

    async def no_time(_: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(retry, "pause", no_time)
    with LoopbackServer() as server:

        def work(documents: list[Document], *replies: Reply, **changes: Any) -> Report:
            names = ("refresh", "append", "limit", "only", "output")
            options = {name: changes.pop(name) for name in names if name in changes}
            server.requests.clear()
            server.script = [*replies, *[GOOD] * 50]
            ours = {"base_url": server.base_url, "concurrency": 1, "mode": "json_schema"}
            settings = make_settings(**{**ours, **changes})
            batch = documents_batch(documents)
            return run(batch, settings, RunOptions(**{"output": FOLDER, **options}))[1]

        yield work


def told(path: Path = FOLDER) -> tuple[int, list[str], str]:
    verification = Verification(Run(path))
    lines = [line for verdict in verification.verdicts() for line in verdict.lines()]
    return verification.exit_code, lines, verification.closing_line()


def assert_clean(path: Path = FOLDER) -> str:
    code, lines, closing = told(path)
    assert (code, lines) == (0, []), closing
    return closing


@pytest.mark.parametrize(
    "replies",
    [
        (WRONG,),
        (WRONG, WRONG),
        (WRONG, status(500), status(500)),
        (status(503), WRONG, status(503)),
        (GARBLED,),
        (GARBLED, GARBLED, WRONG),
        (GARBLED, GARBLED, GARBLED),
        (UNFIT,),
        (UNFIT, UNFIT),
        (UNFIT, WRONG),
        (truncated(),),
        (truncated(), truncated()),
        (truncated(), UNFIT, WRONG),
        (refusal(),),
        (answer(""),),
        (answer(None),),
        (answer("", finish_reason="content_filter"),),
        (WRONG, refusal()),
        (UNFIT, drop(), drop()),
        (status(400),),
        (WRONG, status(400)),
        (UNCOUNTED,),
        (status(429, headers={"Retry-After": "0"}), WRONG, UNCOUNTED),
    ],
    ids=lambda replies: "-".join(f"{one.status}.{len(one.body)}" for one in replies),
)
def test_whatever_is_answered(go: Callable[..., Report], replies: tuple[Reply, ...]) -> None:
    """Corrections, repeats, refusals, cut answers, retries and failures are all accounted for."""
    price = {"price_in": 1, "price_out": 2}
    go(papers(1, 2), *replies, max_attempts=2, **price)
    assert_clean()
    go(papers(1, 2), output=Path("other"), max_attempts=2, **price)
    assert_clean(Path("other"))


def test_a_run_that_is_stopped_and_goes_on(go: Callable[..., Report]) -> None:
    """At a cap, and after it; the answers of a failure are left behind when it is tried again."""
    assert go(papers(1, 2, 3), UNFIT, UNFIT, GOOD, max_calls=3).pending
    assert_clean()
    assert go(papers(1, 2, 3), WRONG).records == 3
    assert_clean()


def test_a_run_that_is_made_anew(go: Callable[..., Report]) -> None:
    """By the same model and by another; what was before stays in the files and counts no more."""
    go(papers(1, 2), WRONG)
    go(papers(1, 2), refresh=True)
    assert_clean()
    go(papers(1, 2), UNFIT, UNFIT, model="another", refresh=True)
    assert_clean()


def test_a_run_that_is_made_anew_in_two_goes(go: Callable[..., Report]) -> None:
    """By another model: once every document is settled by it, nothing is being made anew."""
    go(papers(1, 2, 3))
    assert go(papers(1, 2, 3), model="another", refresh=True, max_calls=1).pending
    assert Run(FOLDER).manifest.refresh is not None
    assert go(papers(1, 2, 3), model="another").records == 3
    assert Run(FOLDER).manifest.refresh is None
    assert_clean()


def test_a_run_that_is_added_to(go: Callable[..., Report]) -> None:
    """Documents that are kept, that are gone, and that were chosen."""
    go(papers(1, 2))
    go(papers(3), append=True)
    assert_clean()
    go(papers(1, 2, 3, 4), only=frozenset({"d4"}), append=True)
    assert_clean()
    go(papers(2, 3))
    assert_clean()
    go(papers(1, 2, 3), limit=1)
    assert_clean()


def test_a_later_input_may_know_better(go: Callable[..., Report]) -> None:
    """Authors, dates and addresses of an input that was corrected make no record wrong."""
    go(papers(1, 2))
    better = {"authors": ("Ada Fenn-Moor",), "url": "https://papers.example/v2"}
    assert go(papers(1, 2, **better)).reused == 2
    assert_clean()
    assert go(papers(1, 2, 3, **better)).new == 1
    assert_clean()


def cut_off(*, records: int = 0) -> None:
    """Leave a run as one does that is killed: answers, fewer records, no accounts."""
    path = FOLDER / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    empty = {"calls": 0}
    manifest.update(state="running", counts={}, spent=empty, settled={}, hashes=None, rendered=None)
    manifest["sha256"] = manifest_hash(json.dumps(manifest).encode())
    path.write_text(json.dumps(manifest), "utf-8")
    lines = (FOLDER / "records.jsonl").read_bytes().splitlines(keepends=True)
    (FOLDER / "records.jsonl").write_bytes(b"".join(lines[:records]))


@pytest.mark.parametrize("price", [{}, {"price_in": 1, "price_out": 2}], ids=["free", "priced"])
def test_a_run_that_was_cut_off(go: Callable[..., Report], price: dict[str, int]) -> None:
    """While it lies there, and when it goes on with answers that it had paid for."""
    go(papers(1, 2, 3), WRONG, GARBLED, cache=False, **price)
    cut_off(records=1)
    assert "cut off or goes on, so its counts and its table aren't held" in assert_clean()
    assert go(papers(1, 2, 3), cache=False, **price).saved.calls
    assert "cut off" not in assert_clean()


def test_a_run_that_is_cut_off_later(go: Callable[..., Report]) -> None:
    """What the run before it left is held; the documents and the table may be new."""
    go(papers(1, 2))
    manifest = (FOLDER / "manifest.json").read_text("utf-8")
    go(papers(1, 2, 3, 4), WRONG)
    values = {**json.loads(manifest), "state": "running"}
    values["sha256"] = manifest_hash(json.dumps(values).encode())
    (FOLDER / "manifest.json").write_text(json.dumps(values), "utf-8")
    assert "cut off" in assert_clean()
    lines = (FOLDER / "records.jsonl").read_text("utf-8").replace("rises to", "falls to", 1)
    (FOLDER / "records.jsonl").write_text(lines, "utf-8")
    assert "changed: records.jsonl" in told()[2]


def test_a_run_that_was_begun_without_hashes(go: Callable[..., Report]) -> None:
    """An older run is taken on: from its next end on it has hashes of all that it holds."""
    go(papers(1, 2))
    path = FOLDER / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    del manifest["hashes"], manifest["sha256"]
    path.write_text(json.dumps(manifest), "utf-8")
    assert "there are no hashes" in assert_clean()
    go(papers(1, 2, 3))
    assert "hashes" not in assert_clean()
    assert Run(FOLDER).manifest.hashes


def test_hashes_go_on_from_line_to_line(go: Callable[..., Report]) -> None:
    """A later run doesn't take over what was changed in a file since the last one."""
    go(papers(1, 2))
    forged = FOLDER / "records.jsonl"
    text = forged.read_text("utf-8")
    forged.write_text(text.replace('"corrections":[]', '"corrections":["x"]', 1), "utf-8")
    assert forged.read_text("utf-8") != text
    go(papers(1, 2, 3))
    assert told()[0] == 1
    assert "records.jsonl" in told()[2]


def test_a_failure_whose_answers_are_gone(go: Callable[..., Report]) -> None:
    """It can't be held, which is said; that it differs isn't, unless its own file was changed."""
    go(papers(1, 2), refusal("no"), refusal("no"))
    (FOLDER / "answers.jsonl").unlink()
    code, lines, closing = told()
    assert (code, [one for one in lines if one.startswith("d")]) == (1, [])
    gone = "2 failures without a record, 2 not held: the answers are gone"
    assert closing.endswith(f"changed: answers.jsonl, manifest.json; {gone}")
    go(papers(1, 2), only=frozenset({"d1"}))
    assert assert_clean() == "1 record verified, 0 differ; 1 failure" + gone[10:].replace("2", "1")
    failures = FOLDER / "failures.jsonl"
    failures.write_text(failures.read_text("utf-8").replace("refused", "filtered"), "utf-8")
    assert "d2: answers.jsonl: stored 1 answer, now 0 kept" in told()[1]
