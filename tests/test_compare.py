"""`compare-models`: who is compared, what the table says, and that a failure stops nobody else."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from summarise.batch import INTERRUPTED, documents_batch
from summarise.errors import InputError, RunError, SettingsError
from summarise.evaluate import (
    CompareOptions,
    against_run,
    compare_models,
    comparison_lines,
    load_gold,
    named_candidates,
)
from summarise.evaluate.models import Candidate, Figures, ModelComparison
from summarise.evaluate.signals import RunCounts
from summarise.models import Document, SkipKind, Skipped, Spent, Usage
from summarise.scan import sentence_spans
from summarise.settings import Settings, load_settings
from summarise.store import Run
from tests.loopback import LoopbackServer, Reply, answer, status
from tests.records import NOTHING, TERN_ANSWER, make_document
from tests.test_cli import Command, summarise

__all__ = ["summarise"]

DOWN = "http://127.0.0.1:9/v1"
MOSS = make_document(
    doc_id="moss-2",
    title="MossNet: Roofs That Count Rain",
    abstract=(
        "Rain gauges are rare in towns. We propose MossNet, which reads rain from 31 photographs "
        "of roofs. It is right in 88.0% of all hours."
    ),
)
MOSS_ANSWER: Mapping[str, Any] = {
    **NOTHING,
    "problem": {"text": "Rain gauges are rare in towns.", "sentences": [1]},
    "method": {
        "name": "MossNet",
        "also": [],
        "text": "It reads rain from roofs.",
        "sentences": [2],
    },
}
DOCUMENTS = (make_document(), MOSS)
LEGEND = (
    "- values: names, numbers and sizes copied from the abstracts; in brackets, here",
    "  and below, for each record",
    "- grounded: values that stand in the abstract or its title",
    "- missing: values that stand in neither",
    "- unsupported: statements with a number or name that their evidence doesn't hold",
    "- unclaimed: quantities of the abstracts that no field holds; not all of them",
    "  matter",
    "- agreement, models: with each other model, in the same way, and the mean of",
    "  these",
    "- reasks: corrected requests after an answer with faults",
    "- calls: answers, reasks included",
    "- cost: of these answers when they were bought, in this run or an earlier one;",
    "  ≥, here and for tokens: a part isn't known",
)
"""What the rows of every comparison mean."""
ANSWERS: Mapping[str, Mapping[str, Any]] = {"TERNLOOP": TERN_ANSWER, "MossNet": MOSS_ANSWER}

Compare = Callable[..., ModelComparison]


def hand_made(body: Any) -> Mapping[str, Any]:
    """The answer for the document that a request holds."""
    asked = body["messages"][-1]["content"]
    return next(found for name, found in ANSWERS.items() if name in asked)


def careful(_: int, body: Any) -> Reply:
    """A model that answers as a person would."""
    return answer(json.dumps(hand_made(body)))


def careless(_: int, body: Any) -> Reply:
    """A model that invents a dataset, and a number in what it says of the problem."""
    # The last user message of a reask holds no abstract: it is answered like any other.
    invented = {"name": "GULL-7", "role": "training", "size": None, "sentences": [1]}
    problem = {"text": "It is 99.9% unsolved.", "sentences": [1]}
    return answer(json.dumps({**NOTHING, "problem": problem, "data": [invented]}))


@pytest.fixture
def make_candidate(make_settings: Callable[..., Settings]) -> Callable[..., Candidate]:
    """Builds candidates, each with a model that is called as the candidate is."""

    def make(name: str, base_url: str = DOWN, **overrides: Any) -> Candidate:
        settings = {"model": f"{name}-1", "max_attempts": 1, "max_reasks": 1, **overrides}
        return Candidate(name, f"{name}-run", make_settings(base_url=base_url, **settings))

    return make


@pytest.fixture
def compare() -> Compare:
    """Compares candidates on two documents, in the folder ``models``."""

    def work(*candidates: Candidate, **options: Any) -> ModelComparison:
        given = CompareOptions(**{"output": Path("models"), **options})
        return compare_models(documents_batch(DOCUMENTS), candidates, given)

    return work


def by_name(comparison: ModelComparison) -> dict[str, Figures]:
    return {one.name: one for one in comparison.models}


def counts_of(figures: Figures) -> RunCounts:
    assert figures.counts is not None
    return figures.counts


def gold_file(path: Path, *documents: Document) -> Path:
    """Gold that says of each document what the careful model says."""
    lines = [
        {
            "id": document.doc_id,
            "title": document.title,
            "abstract": document.abstract,
            "sentence_spans": sentence_spans(document.abstract),
            "gold": {**next(a for n, a in ANSWERS.items() if n in document.abstract), "links": []},
        }
        for document in documents
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


# What is compared


@pytest.fixture
def load() -> Callable[..., Settings]:
    """Builds settings from flags and a file of two endpoints, one of them with a model."""
    config = Path("summarise.toml")
    config.write_text(
        f'[endpoints.moor]\nbase_url = "{DOWN}"\nmodel = "fen-2"\n'
        f'[endpoints.bog]\nbase_url = "{DOWN}"\n[endpoints.embedded]\nbase_url = "{DOWN}"\n',
        encoding="utf-8",
    )
    return lambda **flags: load_settings(flags, {}, config)


@pytest.mark.parametrize(
    ("endpoints", "models", "wanted"),
    [
        (["moor"], [], {"fen-2": "fen-2"}),
        (["moor", "bog=peat:3b"], [], {"moor": "fen-2", "bog": "peat:3b"}),
        (["bog=a=b", "bog=c", "moor"], [], {"bog=a=b": "a=b", "bog=c": "c", "moor": "fen-2"}),
        (["bog"], ["x", "y"], {"x": "x", "y": "y"}),
        (["moor=q", "bog"], ["x", "y"], {"moor": "q", "bog=x": "x", "bog=y": "y"}),
        (["moor", "ollama"], ["x"], {"moor": "x", "ollama": "x"}),
        ([], ["x", "y-1"], {"x": "x", "y-1": "y-1"}),
        ([], ["x", "embedded"], {"x": "x"}),
        (["moor=q"], ["x", "y"], {"moor": "q", "x": "x", "y": "y"}),
        (["embedded=x", "moor"], [], {"embedded=x": "x", "moor": "fen-2"}),
    ],
)
def test_each_endpoint_is_asked_for_its_models(
    load: Callable[..., Settings], endpoints: list[str], models: list[str], wanted: dict[str, str]
) -> None:
    """--model is at the endpoint without one, or the usual one; a profile may name its own."""
    found = named_candidates(endpoints, models, load)
    assert {one.name: one.settings.model for one in found} == wanted
    assert len({one.folder for one in found}) == len(found)


@pytest.mark.parametrize(
    ("endpoints", "models", "message"),
    [
        ([], [], "compare-models: no model is named"),
        (["bog"], [], "--endpoint bog: no model is named"),
        (["moor", "bog"], ["x", "y"], "it isn't clear which of 2 models is at which of 2"),
        (["mooor"], [], "there is no endpoint 'mooor'. Did you mean moor"),
        (["moor", "moor"], [], "fen-2: is the same model with the same settings as fen-2"),
        (["bog=x", "moor=x"], [], "moor: is the same model with the same settings as bog"),
    ],
)
def test_who_is_meant_must_be_clear(
    load: Callable[..., Settings], endpoints: list[str], models: list[str], message: str
) -> None:
    """What can't be compared is refused before anything is spent, with the right spelling."""
    with pytest.raises(SettingsError) as refused:
        named_candidates(endpoints, models, load)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("spec", "folder"),
    [
        ("bog=fen-2", "bog-fen-2"),
        ("bog=org/Fen:2", "bog-org-fen-2-"),
        ("bog=org-fen-2", "bog-org-fen-2"),
        ("bog=../../etc", "bog-..-..-etc-"),
        ("bog=FEN-2", "bog-fen-2-"),
        ("bog=" + "x" * 300, "bog-" + "x" * 56 + "-"),
        ("bog=models/Small.gguf", "bog-models-small.gguf-"),
    ],
)
def test_a_folder_is_named_safely(load: Callable[..., Settings], spec: str, folder: str) -> None:
    """A folder's name is one part of a path; where that changed it, six digits tell it apart."""
    (found,) = named_candidates([spec], [], load)
    if folder.endswith("-"):
        assert found.folder[:-6] == folder
        assert set(found.folder[-6:]) <= set("0123456789abcdef")
    else:
        assert found.folder == folder


def test_a_model_file_is_named_by_its_name(load: Callable[..., Settings]) -> None:
    """A model that is served here has no host in its folder's name, nor the path to it."""
    (found,) = named_candidates([], ["/srv/models/Peat-1B.gguf"], load)
    assert found.folder.startswith("file-peat-1b-")
    one, other = named_candidates([], ["a/peat.gguf", "b/peat.gguf"], load)
    assert one.folder != other.folder


# What they come to


def test_the_table_of_two_models(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """Each figure of two models of different quality, one of them without a known price."""
    prices = {"price_in": Decimal(1), "price_out": Decimal(10)}
    with LoopbackServer(careful) as one, LoopbackServer(careless) as other:
        found = compare(
            make_candidate("careful", one.base_url, **prices),
            make_candidate("careless", other.base_url),
        )
    assert found.exit_code == 0
    assert [counts_of(one).cost for one in found.models] == [0, Decimal("0.0048"), None]
    # The embedded extractor has tests of its own, and seconds are the machine's.
    models = tuple(
        figures.model_copy(
            update={
                "endpoint": "127.0.0.1",
                "records_per_second": None,
                "agreement_embedded": None,
                "counts": counts_of(figures).model_copy(update={"answer_seconds": None}),
            }
        )
        for figures in found.models[1:]
    )
    folder = Path("models")
    assert list(comparison_lines(found.model_copy(update={"models": models}))) == [
        f"# Models compared on `{found.input}`",
        "",
        "2 documents.",
        "",
        f"- careful: `careful-1` at `127.0.0.1`, in `{folder / 'careful-run'}`",
        f"- careless: `careless-1` at `127.0.0.1`, in `{folder / 'careless-run'}`",
        "",
        "|                   |   careful | careless |",
        "| ----------------- | --------: | -------: |",
        "| records           |         2 |        2 |",
        "| failures          |         0 |        0 |",
        "| values            | 10 (5.00) | 2 (1.00) |",
        "| grounded          |    100.0% |     0.0% |",
        "| missing           |  0 (0.00) | 2 (1.00) |",
        "| unsupported       |  0 (0.00) | 2 (1.00) |",
        "| unclaimed         |  2 (1.00) | 5 (2.50) |",
        # Of nine fields, the sentence of the problem and the links agree, and nothing else.
        "| agreement, models |     0.222 |    0.222 |",
        "| reasks            |         0 |        2 |",
        "| calls             |         2 |        4 |",
        "| tokens in         |     3,000 |    6,000 |",
        "| tokens out        |       180 |      360 |",
        "| cost              |   $0.0048 |  unknown |",
        "",
        "- failures: documents that were tried and have no record",
        *LEGEND,
    ]


def test_the_embedded_extractor_is_compared_with_all(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """It comes first, costs nothing, and each pair agrees as ``eval`` says of the two runs."""
    with LoopbackServer(careful) as one, LoopbackServer(careless) as other:
        found = compare(
            make_candidate("careful", one.base_url), make_candidate("careless", other.base_url)
        )
    names = [(pair.left, pair.right) for pair in found.pairs]
    assert names == [("embedded", "careful"), ("embedded", "careless"), ("careful", "careless")]
    for pair in found.pairs:
        left, right = (Run(Path(by_name(found)[n].folder)) for n in (pair.left, pair.right))
        scores = against_run(left.rows(), right.rows(), run="", other="")
        assert (pair.documents, pair.agreement) == (2, scores.macro_f1)
    embedded, careful_, _ = found.models
    first, second, third = (pair.agreement for pair in found.pairs)
    assert first is not None
    assert second is not None
    assert (embedded.agreement_embedded, embedded.agreement_models) == (None, (first + second) / 2)
    assert (careful_.agreement_embedded, careful_.agreement_models) == (first, third)
    assert counts_of(embedded).spent == Spent()


def test_a_document_that_failed_says_nothing_of_agreement(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """Agreement is over the documents of which both have a record; the failure is counted."""

    def fails_on_moss(number: int, body: Any) -> Reply:
        is_moss = "MossNet" in body["messages"][-1]["content"]
        return status(400, message="no rain") if is_moss else careful(number, body)

    with LoopbackServer(careful) as one, LoopbackServer(fails_on_moss) as other:
        found = compare(
            make_candidate("whole", one.base_url),
            make_candidate("half", other.base_url, mode="json_schema"),
        )
    assert found.exit_code == 1
    half = by_name(found)["half"]
    assert (counts_of(half).records, counts_of(half).failures) == (1, {"rejected": 1})
    assert (found.pairs[2].documents, half.agreement_models) == (1, 1.0)


def test_a_model_that_cannot_be_asked_stops_nobody_else(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """A server that is down and a key that is refused are told in their columns; exit code 3."""
    told: list[str] = []
    with (
        LoopbackServer(lambda *_: status(401, message="bad key")) as refusing,
        LoopbackServer(careful) as one,
    ):
        found = compare(
            make_candidate("down"),
            make_candidate("refused", refusing.base_url),
            make_candidate("careful", one.base_url),
            tell=told.append,
        )
    assert found.exit_code == 3
    figures = by_name(found)
    assert "stopped: 127.0.0.1:9: can't be reached" in str(figures["down"].trouble)
    assert "bad key" in str(figures["refused"].trouble)
    assert figures["careful"].trouble is None
    assert counts_of(figures["careful"]).records == 2
    assert [counts_of(figures[name]).pending for name in ("down", "refused")] == [2, 2]
    assert f"down: {figures['down'].trouble}" in told
    lines = list(comparison_lines(found))
    table = {line.split("|")[1].strip(): line.split("|")[3:5] for line in lines if "|" in line}
    dash = ["–", "–"]
    # Without a record no count of faults is a praise, and nothing was bought.
    for label in ("grounded", "missing", "unsupported", "unclaimed", "agreement, models", "cost"):
        assert [cell.strip() for cell in table[label]] == dash
    assert [cell.strip() for cell in table["records"]] == ["0", "0"]
    assert any("can't be reached: Connection refused" in line for line in lines)


def test_what_cannot_start_stops_nobody_else(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """A run directory of other settings is refused for its model alone, and says so."""
    with LoopbackServer(careful) as one:
        compare(make_candidate("changed", one.base_url))
        found = compare(
            make_candidate("changed", one.base_url, temperature=0.5),
            make_candidate("careful", one.base_url),
        )
    changed, other = found.models[1:]
    assert found.exit_code == 2
    assert str(changed.trouble).startswith(f"not run: {Path('models/changed-run')}: was made with")
    assert (changed.counts, changed.agreement_models) == (None, None)
    assert counts_of(other).records == 2
    assert [(pair.left, pair.right) for pair in found.pairs] == [("embedded", "careful")]


def test_comparing_again_asks_nothing_and_says_the_same(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """The second time costs nothing, and keeps cost and speed of the first."""
    with LoopbackServer(careful) as one:
        candidate = make_candidate("careful", one.base_url, price_in=1, price_out=1)
        first = compare(candidate)
        told: list[str] = []
        second = compare(candidate, tell=told.append)
        assert len(one.requests) == 2
    assert second == first
    assert told[0] == "careful: nothing to ask, all answers are there"
    assert all(figures.records_per_second for figures in first.models)


def test_answers_from_the_cache_have_a_cost_and_no_speed(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """What an answer took when it was bought is shown; how quick the model is can't be told."""
    with LoopbackServer(careful) as one:
        candidate = make_candidate("careful", one.base_url, price_in=1, price_out=1)
        bought = counts_of(compare(candidate).models[1]).spent
        found = compare(candidate, output=Path("again")).models[1]
        assert len(one.requests) == 2
    assert bought.cost > 0
    assert counts_of(found).spent == bought
    assert (found.records_per_second, counts_of(found).answer_seconds) == (None, None)


def test_the_estimates_come_first(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """Before anything is sent each model's calls and cost are told; fresh answers are asked for."""
    told: list[str] = []

    def notes(number: int, body: Any) -> Reply:
        told.append("request")
        return careful(number, body)

    with LoopbackServer(notes) as one:
        host = one.base_url.removeprefix("http://").removesuffix("/v1")
        candidates = (
            make_candidate("priced", one.base_url, price_in=1, price_out=10),
            make_candidate("other", one.base_url),
        )
        compare(*candidates, tell=told.append)
        assert told[0].startswith(f"priced: 2 calls to {host}, about $0.0")
        assert ", at most $0." in told[0]
        assert told[1] == f"other: 2 calls to {host}, cost unknown"
        assert told.index("request") > 1
        told.clear()
        compare(*candidates, tell=told.append, fresh_answers=True)
    assert told[1] == f"other: 2 calls to {host}, cost unknown"
    assert told.count("request") == 4


def test_an_interruption_ends_the_comparison(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """Ctrl-C lets the calls in flight finish, starts no other model, and shows what there is."""

    def interrupts(number: int, body: Any) -> Reply:
        if number == 0:
            os.kill(os.getpid(), signal.SIGINT)
        return careful(number, body)

    with LoopbackServer(interrupts) as one, LoopbackServer(careful) as other:
        found = compare(
            make_candidate("first", one.base_url, concurrency=1),
            make_candidate("second", other.base_url),
            signals=True,
        )
        assert not other.requests
    assert found.exit_code == INTERRUPTED
    first, second = found.models[1:]
    assert (first.trouble, counts_of(first).records > 0) == ("interrupted", True)
    assert (second.trouble, second.counts) == (
        "not run: the comparison was interrupted before",
        None,
    )
    assert list(comparison_lines(found))


def test_entries_without_a_document_are_told_once(
    make_candidate: Callable[..., Candidate], caplog: pytest.LogCaptureFixture
) -> None:
    """The first run names and stores what gave no document; exit code 1."""
    batch = documents_batch(DOCUMENTS)
    skipped = Skipped(source="p.txt", line=3, kind=SkipKind.UNREADABLE, reason="no text")
    mixed = replace(batch, entries=iter([skipped, *DOCUMENTS]))
    with LoopbackServer(careful) as one:
        found = compare_models(
            mixed, [make_candidate("careful", one.base_url)], CompareOptions(output=Path("models"))
        )
    assert (found.exit_code, found.documents) == (1, 2)
    assert caplog.text.count("p.txt:3") == 1
    stored = [Path(one.folder, "skipped.jsonl").read_bytes() for one in found.models]
    assert [bool(one) for one in stored] == [True, False]


def test_the_first_documents(compare: Compare, make_candidate: Callable[..., Candidate]) -> None:
    """With a limit every run has the same first documents; without it, the rest is added."""
    with LoopbackServer(careful) as one:
        found = compare(make_candidate("careful", one.base_url), limit=1)
        assert len(one.requests) == 1
        both = compare(make_candidate("careful", one.base_url))
        assert len(one.requests) == 2
    assert [counts_of(figures).records for figures in found.models] == [1, 1]
    assert [counts_of(figures).records for figures in both.models] == [2, 2]
    # Made in two goes: neither is the speed of both.
    assert None not in [figures.records_per_second for figures in found.models]
    assert [figures.records_per_second for figures in both.models] == [None, None]


# Gold and schemas


def test_gold_gives_f1(
    compare: Compare, make_candidate: Callable[..., Candidate], tmp_path: Path
) -> None:
    """Each model is scored against the gold of the documents; other gold counts for nothing."""
    other = make_document(doc_id="x-9", title="Of Nobody's Input", abstract=MOSS.abstract + " Yes.")
    gold = load_gold(gold_file(tmp_path / "gold.jsonl", *DOCUMENTS, other))
    with LoopbackServer(careful) as one, LoopbackServer(careless) as two:
        found = compare(
            make_candidate("careful", one.base_url),
            make_candidate("careless", two.base_url),
            make_candidate("down"),
            gold=gold,
        )
    _, good, bad, down = found.models
    assert (found.gold, found.gold_elsewhere) == (2, 1)
    assert (good.macro_f1, set(good.f1.values())) == (1.0, {1.0})
    assert bad.macro_f1 == pytest.approx(2 / 9)
    assert (bad.f1["problem.sentences"], bad.f1["data.name"]) == (1.0, 0.0)
    assert (down.macro_f1, down.f1) == (None, {})
    lines = list(comparison_lines(found))
    assert "2 documents. Gold summaries of them: 2 (1 of others)." in lines
    assert [line for line in lines if line.startswith("| F1 data.name ")]


def test_gold_of_nothing_is_refused_before_anything_is_asked(
    compare: Compare, make_candidate: Callable[..., Candidate], tmp_path: Path
) -> None:
    """Gold of other abstracts is an error of usage, and costs nothing."""
    other = make_document(doc_id="x-9", title="Of Nobody's Input", abstract=MOSS.abstract)
    gold = load_gold(gold_file(tmp_path / "gold.jsonl", other))
    with (
        LoopbackServer(careful) as one,
        pytest.raises(InputError, match="has no abstract in common"),
    ):
        compare(make_candidate("careful", one.base_url), gold=gold)
    assert not one.requests


def pico(_: int, body: Any) -> Reply:
    """An answer of the schema pico that reports nothing."""
    named: dict[str, Any] = {"name": None, "text": None, "sentences": []}
    who: dict[str, Any] = {"text": None, "size": None, "sentences": []}
    draft = {"population": who, "intervention": named, "comparison": named}
    return answer(json.dumps({**draft, "outcome": [], "results": []}))


def test_another_schema_has_no_agreement(
    compare: Compare, make_candidate: Callable[..., Candidate], tmp_path: Path
) -> None:
    """What fills in another schema has counts and no agreement; gold isn't for it."""
    with LoopbackServer(pico) as one:
        candidates = [
            make_candidate(name, one.base_url, schema="pico", max_reasks=0) for name in ("a", "b")
        ]
        found = compare(*candidates)
        gold = load_gold(gold_file(tmp_path / "gold.jsonl", *DOCUMENTS))
        with pytest.raises(SettingsError, match="a: fills in a schema of its own, and gold is"):
            compare(*candidates, gold=gold)
    assert [figures.name for figures in found.models] == ["embedded", "a", "b"]
    assert [counts_of(figures).records for figures in found.models] == [2, 2, 2]
    assert {(pair.documents, pair.agreement) for pair in found.pairs} == {(2, None)}


# The table


def figures(name: str, **overrides: Any) -> Figures:
    """Invented figures of a model."""
    ours = {
        "name": name,
        "model": f"org/{name}",
        "endpoint": "api.example",
        "folder": f"out/{name}",
        "counts": counts(),
    }
    return Figures.model_validate({**ours, **overrides})


def counts(**overrides: Any) -> RunCounts:
    """Invented counts of a run of 40 documents."""
    ours: dict[str, Any] = {
        "records": 40,
        "failures": {},
        "pending": 0,
        "values": 3000,
        "missing": 1,
        "unsupported": 4,
        "unclaimed": 50,
        "reasks": 2,
        "spent": Spent(
            calls=42,
            usage=Usage(input_tokens=60_000, output_tokens=9_000),
            cost=Decimal("0.025"),
        ),
        "untold": 0,
        "answer_seconds": 1.234,
    }
    given = {**ours, **overrides}
    return RunCounts.model_validate({**given, "cost": given["spent"].known_cost})


def test_names_that_would_not_fit_become_numbers() -> None:
    """What doesn't fit stands in the list; unknown isn't 0, nor is 1 of 3,000 missing 100 %."""
    long = figures("an-endpoint-with-a-very-long-name-indeed-70b")
    cut = counts(
        records=30,
        failures={"invalid": 3, "truncated": 1},
        pending=6,
        untold=2,
        spent=Spent(calls=30, usage=Usage(input_tokens=900), cost=Decimal("0.01"), unpriced=7),
    )
    broken = figures(
        "pipe|d",
        counts=cut,
        trouble="stopped: api.example: no quota | <b>left</b> `now`",
        records_per_second=2.0,
        agreement_models=0.5,
    )
    absent = figures("nobody", counts=None, trouble="not run: the comparison was interrupted")
    comparison = ModelComparison(
        input="page|s",
        documents=40,
        gold=None,
        models=(long, broken, absent),
        pairs=(),
        exit_code=3,
    )
    assert list(comparison_lines(comparison)) == [
        "# Models compared on `page|s`",
        "",
        "40 documents.",
        "",
        "- 1, `an-endpoint-with-a-very-long-name-indeed-70b`:",
        "  `org/an-endpoint-with-a-very-long-name-indeed-70b` at `api.example`, in",
        "  `out/an-endpoint-with-a-very-long-name-indeed-70b`",
        "- 2, `pipe|d`: `org/pipe|d` at `api.example`, in `out/pipe|d`",
        "  - `stopped: api.example: no quota | <b>left</b> 'now'`",
        "- 3, `nobody`: `org/nobody` at `api.example`, in `out/nobody`",
        "  - `not run: the comparison was interrupted`",
        "",
        "|                   |             1 |              2 |   3 |",
        "| ----------------- | ------------: | -------------: | --: |",
        "| records           |            40 |             30 |   – |",
        "| failures          |             0 |              4 |   – |",
        "| not attempted     |             – |              6 |   – |",
        "| values            | 3,000 (75.00) | 3,000 (100.00) |   – |",
        "| grounded          |         99.9% |          99.9% |   – |",
        "| missing           |      1 (0.03) |       1 (0.03) |   – |",
        "| unsupported       |      4 (0.10) |       4 (0.13) |   – |",
        "| unclaimed         |     50 (1.25) |      50 (1.67) |   – |",
        "| agreement, models |             – |          0.500 |   – |",
        "| reasks            |             2 |              2 |   – |",
        "| calls             |            42 |             30 |   – |",
        "| tokens in         |        60,000 |          ≥ 900 |   – |",
        "| tokens out        |         9,000 |        unknown |   – |",
        "| cost              |       $0.0250 |      ≥ $0.0100 |   – |",
        "| seconds/answer    |          1.23 |           1.23 |   – |",
        "| records/s         |             – |           2.00 |   – |",
        "",
        "- failures: documents that were tried and have no record",
        "- not attempted: documents that a stop left",
        *LEGEND,
        "- seconds/answer: from a request to its answer, mean",
        "- records/s: when all records were made in one go, none of them from the cache",
    ]


@pytest.mark.parametrize(
    ("names", "heads"),
    [
        (("a", "gpt_5"), ["a", "gpt_5"]),
        (("a", "b|c"), ["1", "2"]),
        (("_a_", "b"), ["1", "2"]),
        (("a" * 30, "b" * 26), ["a" * 30, "b" * 26]),
        (("a" * 31, "b" * 26), ["1", "2"]),
    ],
)
def test_a_column_is_called_by_a_name_that_fits(names: tuple[str, ...], heads: list[str]) -> None:
    """A name stands above its column where the line keeps to 80 characters and nothing acts."""
    comparison = ModelComparison(
        input="p", documents=40, gold=None, models=tuple(map(figures, names)), pairs=(), exit_code=0
    )
    row = next(line for line in comparison_lines(comparison) if line.startswith("| "))
    assert row.replace("|", " ").split() == heads
    assert len(row) <= 80


def test_what_is_stored_is_what_is_shown(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """The folder has the table and the figures; a damaged file of figures is made anew."""
    with LoopbackServer(careful) as one:
        compare(make_candidate("careful", one.base_url))
        Path("models/comparison.json").write_text("{", encoding="utf-8")
        found = compare(make_candidate("careful", one.base_url))
    text = Path("models/comparison.md").read_text(encoding="utf-8")
    assert text.splitlines() == list(comparison_lines(found))
    stored = Path("models/comparison.json").read_text(encoding="utf-8")
    assert ModelComparison.model_validate_json(stored) == found


def test_a_folder_that_cannot_be_made_is_refused_first(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """Where the results can't be written nothing is asked."""
    Path("taken").write_text("", encoding="utf-8")
    with LoopbackServer(careful) as one, pytest.raises(RunError, match="taken: can't be written"):
        compare(make_candidate("careful", one.base_url), output=Path("taken"))
    assert not one.requests


# The command


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Both documents as JSON lines."""
    path = tmp_path / "page.jsonl"
    lines = [json.dumps({"title": one.title, "abstract": one.abstract}) for one in DOCUMENTS]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_command_prints_the_table(summarise: Command, page: Path) -> None:
    """The table goes to stdout and the folder, the rest to stderr; a rerun prints the same."""
    with LoopbackServer(careful) as one, LoopbackServer(careless) as other:
        Path("summarise.toml").write_text(
            f'[endpoints.a]\nbase_url = "{one.base_url}"\nmodel = "careful-1"\n'
            f'[endpoints.b]\nbase_url = "{other.base_url}"\n',
            encoding="utf-8",
        )
        command = ("compare-models", page, "--endpoint", "a", "--endpoint", "b=careless-1")
        result = summarise(*command)
        again = summarise(*command)
        assert (len(one.requests), len(other.requests)) == (2, 4)
    folder = Path("outputs/page-models")
    assert (result.code, again.code, again.out) == (0, 0, result.out)
    assert result.out == (folder / "comparison.md").read_text(encoding="utf-8")
    assert "careless-1: 2 calls" not in result.err
    assert "b: 2 calls to 127.0.0.1" in result.err
    assert "a: 2 documents → 2 records, 0 failures" in result.err
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == [
        "a-careful-1",
        "b-careless-1",
        "embedded",
    ]


def test_the_command_prints_json_and_leaves_with_the_code(
    summarise: Command, page: Path, tmp_path: Path
) -> None:
    """--json prints the figures, --quiet nothing else; the exit code is that of the gravest run."""
    gold = gold_file(tmp_path / "gold.jsonl", *DOCUMENTS)
    with LoopbackServer(careful) as one:
        result = summarise(
            *("compare-models", page, "--base-url", one.base_url, "--model", "careful-1"),
            *("--model", "x-2", "-o", "out", "--gold", gold, "--json", "--quiet", "--limit", "1"),
        )
    assert (result.code, result.err) == (0, "")
    found = ModelComparison.model_validate_json(result.out)
    assert [one.name for one in found.models] == ["embedded", "careful-1", "x-2"]
    assert (found.documents, found.gold, found.gold_elsewhere) == (1, 1, 1)
    down = summarise("compare-models", page, "--base-url", DOWN, "--model", "d", "-o", "down")
    assert down.code == 3
    assert "d: stopped: 127.0.0.1:9" in down.err


def test_a_command_without_models_is_refused(summarise: Command, page: Path) -> None:
    """Without a model there is nothing to compare: one line, exit code 2, no folder."""
    result = summarise("compare-models", page)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("summarise: compare-models: no model is named")
    assert not Path("outputs").exists()


def test_the_help_shows_an_example(summarise: Command) -> None:
    """--help names the flags of the command and of the settings once each."""
    result = summarise("compare-models", "--help")
    assert (result.code, "Example: summarise compare-models page.txt" in result.out) == (0, True)
    for flag in ("--endpoint NAME[=MODEL]", "--model ID", "--gold FILE", "--max-cost", "--schema"):
        assert result.out.count(f"  {flag}") == 1


def test_a_cap_without_a_price_keeps_its_model_alone_from_running(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """A limit is for each model: where its cost can't be told, the model isn't asked."""
    with LoopbackServer(careful) as one:
        found = compare(
            make_candidate("capped", one.base_url, max_cost=1, price_in=1, price_out=1),
            make_candidate("unpriced", one.base_url, max_cost=1),
        )
        assert len(one.requests) == 2
    assert found.exit_code == 2
    assert str(found.models[2].trouble).startswith("not run: ")


def test_gold_that_cannot_be_used_is_told(summarise: Command, page: Path, tmp_path: Path) -> None:
    """A line of gold that says nothing usable is named with its number, and the rest counts."""
    gold = gold_file(tmp_path / "gold.jsonl", *DOCUMENTS)
    gold.write_text(gold.read_text(encoding="utf-8") + "\n{}\n", encoding="utf-8")
    with LoopbackServer(careful) as one:
        result = summarise(
            *("compare-models", page, "--base-url", one.base_url, "--model", "m", "--gold", gold)
        )
    assert result.code == 0
    assert "summarise: gold.jsonl:3: abstract: is missing" in result.err
    assert "2 documents. Gold summaries of them: 2." in result.out
    # The legend says what a 1 is worth.
    flat = " ".join(result.out.split())
    assert "a field that both leave empty counts as 1, and 1 isn't to say right" in flat


def test_cells_stand_side_by_side(
    compare: Compare, make_candidate: Callable[..., Candidate]
) -> None:
    """For each two runs a file shows the fields of each paper in which they differ."""
    told: list[str] = []
    with LoopbackServer(careful) as good, LoopbackServer(careless) as bad:
        candidates = [make_candidate("moor", good.base_url), make_candidate("bog", bad.base_url)]
        compare(*candidates, tell=told.append)
    written = sorted(path.name for path in Path("models").glob("*.vs.*.md"))
    assert len(written) == 3
    text = Path("models/moor-run.vs.bog-run.md").read_text("utf-8")
    (row,) = [line for line in text.splitlines() if "MossNet" in line and "**Data**" in line]
    assert "GULL-7" in row
    assert "≠" in row
    assert any(line.endswith("moor-run.vs.bog-run.md") for line in told)
