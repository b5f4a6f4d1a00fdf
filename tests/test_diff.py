"""Two runs side by side: which papers are the same, what differs, and how that is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.batch import RunOptions, documents_batch, run
from summarise.evaluate import DiffCounts, diff_view
from summarise.models import Document, DoubtKind
from summarise.render import RowView, text_of
from summarise.settings import load_settings
from summarise.store import Run, paired
from tests.loopback import LoopbackServer, answer
from tests.records import make_document
from tests.test_cli import Command, summarise

__all__ = ["summarise"]

UNSURE = (
    "Kites drift in gusts, and nobody knows how far. We tie kites to posts. Kites on posts drift "
    "by 3 m, which is 12% of what they were known for."
)
Make = Callable[..., Run]
Difference = tuple[int, str, list[str], list[str]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a run of some documents, by the embedded extractor."""

    def made(name: str, *documents: Document, **settings: object) -> Run:
        options = RunOptions(output=tmp_path / name)
        path, _ = run(documents_batch(documents), load_settings(settings, {}), options)
        return Run(path)

    return made


def differences(
    left: Run, right: Run
) -> tuple[list[tuple[int, str, list[str], list[str]]], DiffCounts]:
    """What differs: number, field, and the entries of both."""
    table, counts = diff_view(left, right)

    def told(row: RowView) -> Difference:
        name, *cells = ([text_of(line) for line in cell] for cell in row.cells)
        return row.number, name[0], cells[0], cells[1]

    return [told(row) for row in table.rows], counts


def test_a_run_differs_from_itself_in_nothing(make: Make) -> None:
    """Nor from one that was made of the same documents in another order."""
    documents = [make_document(), make_document(doc_id="b", title="Another", abstract="Gulls eat.")]
    found, counts = differences(make("a", *documents), make("b", *reversed(documents)))
    assert found == []
    assert counts.is_equal
    assert counts.summary() == ("2 papers are in both runs", "nothing differs.")


def test_what_differs_is_marked(make: Make) -> None:
    """An entry that the other run lacks, not the ones beside it; of an abstract where it begins."""
    document = make_document()
    changed = make_document(abstract=document.abstract.replace("67.2%", "69.9%"))
    found, counts = differences(make("a", document), make("b", changed))
    assert [(number, name) for number, name, *_ in found] == [(1, "abstract"), (1, "Results")]
    (_, _, left, right), (_, _, *results) = found
    assert "67.2%" in left[0]
    assert "69.9%" in right[0]
    assert [line for cell in results for line in cell if line.startswith("≠ ")]
    assert counts.papers == 1
    assert dict(counts.differing) == {"abstract": 1, "Results": 1}


def test_who_is_unsure_says_the_same(make: Make) -> None:
    """A model that answers what the embedded extractor has, and doubts of its own, differs not.

    Nor does it where it ends a phrase with a stop.
    """
    document = make_document(abstract=UNSURE)
    left = make("a", document)
    (record,) = left.records()
    assert {one.kind for one in record.doubts} == {DoubtKind.UNSURE}
    draft = json.loads(json.dumps(record.draft))
    for one in (draft["problem"], draft["method"]):
        one["text"] = one["text"] and f"{one['text'].removesuffix('.')}."
    assert draft != record.draft
    with LoopbackServer(lambda *_: answer(json.dumps(draft))) as server:
        right = make("b", document, model="m", base_url=server.base_url, cache=False)
    found, counts = differences(left, right)
    assert (found, counts.is_equal) == ([], True)


def test_papers_that_one_run_lacks(make: Make) -> None:
    """They are listed, those of the second run last."""
    here = make_document(doc_id="a", title="Terns of the Moor", abstract="Terns nest on moors.")
    there = make_document(doc_id="b", title="Gulls of the Fell", abstract="Gulls nest on fells.")
    found, counts = differences(make("a", make_document(), here), make("b", there, make_document()))
    assert found == [
        (2, "paper", ["a record"], ["not in this run"]),
        (1, "paper", ["not in this run"], ["a record"]),
    ]
    assert (counts.both, counts.left_only, counts.right_only) == (1, 1, 1)
    assert not counts.is_equal


def test_runs_by_other_schemas(make: Make) -> None:
    """Fields that only one asks for are told once, as those; what both have is compared."""
    runs = make("a", make_document()), make("b", make_document(), schema="pico")
    found, counts = differences(*runs)
    assert {name for _, name, *_ in found} <= {"Results", "signs"}
    told = counts.told_fields()
    assert told.startswith("Only the first run has Problem, Method, Data, Compute. Only the second")
    assert told.endswith("Compared: Results.")
    assert counts.summary()[1].endswith(told)
    assert not counts.is_equal
    same, counts = differences(runs[0], runs[0])
    assert (same, counts.told_fields(), counts.is_equal) == ([], "", True)


def test_which_papers_are_the_same() -> None:
    """By the id first, whoever else is like it; then by other ids, by words, by a title alone."""
    base = make_document()

    def like(**fields: object) -> Document:
        return base.model_copy(update=fields)

    doi, other = {"doi": "10.9999/a"}, {"doi": "10.9999/b"}
    for left, right, expected in (
        ([like()], [like(abstract="x" * 30)], [0]),
        ([like(doc_id="1", reference=doi)], [like(doc_id="2", reference=doi, title="?")], [0]),
        ([like(doc_id="1")], [like(doc_id="2", title=base.title.upper())], [0]),  # type: ignore[union-attr]
        ([like(doc_id="1")], [like(doc_id="2", abstract="x" * 30)], [0]),
        ([like(doc_id="1")], [like(doc_id=n, abstract=n * 30) for n in "xy"], [None]),
        ([like(doc_id="1", reference=doi)], [like(doc_id="2", reference=other)], [None]),
        ([like(doc_id="1"), like(doc_id="2")], [like(doc_id="2")], [None, 0]),
        ([], [like()], []),
    ):
        assert paired(left, right) == expected


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=8), st.randoms()
)
def test_no_paper_is_two(known: list[tuple[str, str]], random: object) -> None:
    """However alike they are, each is paired once at most, and all are with themselves."""
    documents = [
        make_document(doc_id=f"{at}", title=f"A tern of the moor {a}", abstract=b * 30)
        for at, (a, b) in enumerate(known)
    ]
    shuffled = list(documents)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    partners = paired(documents, shuffled)
    assert [shuffled[at].doc_id for at in partners if at is not None] == [
        one.doc_id for one in documents
    ]


def test_the_command(make: Make, summarise: Command, tmp_path: Path) -> None:
    """0 when nothing differs and 1 when anything does; in every format; no input is overwritten."""
    document = make_document()
    changed = make_document(abstract=document.abstract.replace("67.2%", "69.9%"))
    one, two = (str(make(name, x).path) for name, x in (("a", document), ("b", changed)))
    assert summarise("diff", one, one).code == 0
    told = summarise("diff", one, two)
    assert (told.code, told.err) == (1, "")
    assert "| **Results** |" in told.out
    assert "**1 paper is in both runs**: 1 differs (abstract of 1, Results of 1)" in told.out
    told = summarise("diff", one, two, "--format", "json")
    assert told.code == 1
    rows = json.loads(told.out)["rows"]
    assert [row["cells"]["Differs"] for row in rows] == [["abstract"], ["Results"]]
    told = summarise("diff", one, two, "--format", "ris")
    assert (told.code, told.out) == (2, "")
    assert "are no papers" in told.err
    told = summarise("diff", one, str(tmp_path))
    assert (told.code, told.out) == (2, "")
    assert "isn't a run directory" in told.err
