"""The run directory: what is kept, what is found again, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summarise.errors import RunError
from summarise.models import (
    Answer,
    Completion,
    Document,
    Failure,
    FailureKind,
    Identity,
    MadeRecord,
    Record,
    SkipKind,
    Skipped,
    Usage,
)
from summarise.schema import Draft
from summarise.store import Run, RunWriter, digest, document_lines, open_run
from summarise.store.document_lines import Lines
from tests.records import NOTHING, PROVENANCE, make_record

IDENTITY = Identity(**{name: getattr(PROVENANCE, name) for name in Identity.model_fields})


def document(name: str, abstract: str | None = None) -> Document:
    return Document(doc_id=name, title=name.title(), abstract=abstract or f"About {name}.")


def failure(of: Document) -> Failure:
    return Failure(
        doc_id=of.doc_id,
        content_hash=of.content_hash,
        title=of.title,
        kind=FailureKind.REFUSED,
        message="declined",
        provenance=PROVENANCE,
    )


def answer(of: Document, key: str = "k", text: str = "{}") -> Answer:
    completion = Completion(text=text, usage=Usage(input_tokens=10, output_tokens=2))
    return Answer(key=key, doc_id=of.doc_id, content_hash=of.content_hash, completion=completion)


def identity(**changes: Any) -> Identity:
    return IDENTITY.model_copy(update={"fingerprint": "f" * 16, **changes})


def fill(path: Path, *documents: Document, adds: bool = False) -> None:
    """Run over these documents: a record for each that has none."""
    with open_run(path, IDENTITY) as writer:
        writer.replace_documents(documents, adds=adds)
        for one in writer.pending():
            writer.append(MadeRecord.of(make_record(one, NOTHING)))


def ids(path: Path) -> list[tuple[str, str | None]]:
    """Each document with the type of its outcome, in order."""
    return [
        (one.doc_id, type(outcome).__name__ if outcome else None)
        for one, outcome in Run(path).rows()
    ]


def pending(path: Path, *documents: Document) -> list[str]:
    with open_run(path, IDENTITY) as writer:
        writer.replace_documents(documents)
        return [one.doc_id for one in writer.pending()]


def test_views_are_in_input_order(tmp_path: Path) -> None:
    """Records are shown in the order of the input, not in the order in which they were made."""
    a, b, c = document("a"), document("b"), document("c")
    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents([a, b, c])
        writer.append(MadeRecord.of(make_record(c, NOTHING)))
        writer.append(failure(a))
    assert ids(tmp_path) == [("a", "Failure"), ("b", None), ("c", "Record")]


def test_only_missing_and_failed_documents_are_pending(tmp_path: Path) -> None:
    """Running again takes up what has no record, and nothing else."""
    a, b, c = document("a"), document("b"), document("c")
    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents([a, b, c])
        writer.append(MadeRecord.of(make_record(a, NOTHING)))
        writer.append(failure(b))
    assert pending(tmp_path, a, b, c) == ["b", "c"]


def test_a_record_outranks_a_failure(tmp_path: Path) -> None:
    """A document that failed and then succeeded has a record, whatever comes after."""
    a = document("a")
    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents([a])
        writer.append(failure(a))
        writer.append(MadeRecord.of(make_record(a, NOTHING)))
    assert ids(tmp_path) == [("a", "Record")]


def test_a_changed_document_needs_a_new_record(tmp_path: Path) -> None:
    """A document matches by id and content: a changed abstract is done anew."""
    fill(tmp_path, document("a"), document("b"))
    assert pending(tmp_path, document("a", "Rewritten."), document("b")) == ["a"]


@pytest.mark.parametrize("searched", [1 << 20, 1, 700])
def test_a_row_that_is_looked_for_is_that_among_all(
    tmp_path: Path, searched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made twice, failed, of an older text, written by hand, torn: search and index agree."""
    monkeypatch.setattr(document_lines, "_SEARCHED", searched)
    twins = [Document(doc_id=name, title="Twin", abstract="The same.") for name in ("t1", 't"2')]
    held = [document("a", "Older."), document("b"), document("c"), document("d"), *twins]
    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents(held)
        writer.append(failure(held[1]))
        writer.append(failure(held[3]))
        for one in (held[0], held[2], *reversed(twins), held[2], held[3]):
            writer.append(MadeRecord.of(make_record(one, NOTHING)))
    fill(tmp_path, document("a", "Newer."), *held[1:])
    with (tmp_path / "records.jsonl").open("ab") as file:
        by_hand = make_record(held[1], NOTHING).model_dump(mode="json")
        file.write(json.dumps(by_hand).encode() + b"\n")
        file.write(MadeRecord.of(make_record(held[2], NOTHING)).line)  # torn: without its end
    run = Run(tmp_path)
    rows, stored = list(run.rows()), list(run.stored_rows())
    assert [type(outcome) for _, outcome in rows] == [Record] * 6
    assert [run.find(number) for number in range(1, 7)] == rows
    assert [run.find(f"id:{row[0].doc_id}") for row in rows] == rows
    alone = Lines(tmp_path, run.manifest, run.damage)
    assert [alone.stored_row(row[0]) for row in rows] == stored


def test_a_document_that_left_the_input_leaves_the_views(tmp_path: Path) -> None:
    """What the input no longer holds isn't shown, and is found again when it comes back."""
    a, b = document("a"), document("b")
    fill(tmp_path, a, b)
    fill(tmp_path, b)
    assert ids(tmp_path) == [("b", "Record")]
    assert pending(tmp_path, b, a) == []


def test_another_input_is_refused(tmp_path: Path) -> None:
    """A run directory of other documents is refused, and stays as it was."""
    fill(tmp_path, document("a"))
    with pytest.raises(RunError, match="another input"):
        fill(tmp_path, document("z"))
    assert ids(tmp_path) == [("a", "Record")]
    assert not list(tmp_path.glob("*.new"))


def test_append_keeps_what_is_there(tmp_path: Path) -> None:
    """With --append, documents of before stay in front; a new version takes the old one's place."""
    fill(tmp_path, document("a"), document("b"))
    fill(tmp_path, document("b", "Rewritten."), document("z"), adds=True)
    assert ids(tmp_path) == [("a", "Record"), ("b", "Record"), ("z", "Record")]
    assert [one.abstract for one in Run(tmp_path).documents()][1] == "Rewritten."


@pytest.mark.parametrize(
    "changes",
    [{"model": "other"}, {"prompt_version": "v9"}, {"schema_fingerprint": "9"}, {"sampling": {}}],
)
def test_paid_records_of_other_settings_are_refused(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    """Another model, prompt or schema is refused in one line: what differs, and the way on."""
    fill(tmp_path, document("a"))
    with pytest.raises(RunError, match=r"was made with .*\(now .*--refresh|other settings"):
        open_run(tmp_path, identity(**changes))


def test_other_settings_replace_nothing_before_their_first_record(tmp_path: Path) -> None:
    """A run that takes a folder over and gets no record leaves every file as it was."""
    a = document("a")
    fill(tmp_path, a)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    with open_run(tmp_path, identity(model="other"), refresh="records") as writer:
        writer.replace_documents([a])
        assert [one.doc_id for one in writer.pending()] == ["a"]
        writer.append(failure(a))
    assert ids(tmp_path) == [("a", "Record")]
    assert before.pop("failures.jsonl") == b""
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([*before, "failures.jsonl"])


def test_records_that_cost_nothing_give_way(tmp_path: Path) -> None:
    """The embedded extractor's records are made anew for nothing, so a model needs no --refresh."""
    a = document("a")
    free = identity(extractor="embedded", model=None)
    with open_run(tmp_path, free) as writer:
        writer.replace_documents([a])
        writer.append(MadeRecord.of(make_record(a, NOTHING)))
    assert pending(tmp_path, a) == ["a"]


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """A run directory in use is refused in one line."""
    with (
        open_run(tmp_path, IDENTITY),
        pytest.raises(RunError, match="another process is writing this run"),
    ):
        open_run(tmp_path, IDENTITY)
    open_run(tmp_path, IDENTITY).close()


@pytest.mark.parametrize("cached", [False, True])
def test_the_first_answer_makes_a_folder_its_runs(tmp_path: Path, cached: bool) -> None:
    """Bought or from the cache: what is kept of it is never kept under another run's manifest."""
    a, other = document("a"), identity(model="other")
    fill(tmp_path, a)
    with open_run(tmp_path, other, refresh="records") as writer:
        writer.replace_documents([a])
        writer.append_answer(answer(a).model_copy(update={"cached": cached}))
    assert Run(tmp_path).manifest.identity == other
    assert ids(tmp_path) == [("a", "Record")]


class TestAnswers:
    """An answer that was paid for is used, once."""

    def reopened(self, path: Path, document: Document, work: Callable[[RunWriter], None]) -> Any:
        with open_run(path, IDENTITY) as writer:
            writer.replace_documents([document])
            work(writer)
        with open_run(path, IDENTITY) as writer:
            return writer.recall("k"), writer.recall("k"), writer.spent.usage

    def test_an_answer_without_an_outcome_is_recalled_once(self, tmp_path: Path) -> None:
        """A run that was cut off between answer and record doesn't buy the answer again."""
        a = document("a")
        first, second, usage = self.reopened(
            tmp_path, a, lambda writer: writer.append_answer(answer(a))
        )
        assert (first.text, second) == ("{}", None)
        assert usage == Usage(input_tokens=10, output_tokens=2)

    def test_an_answer_with_a_record_is_used_up(self, tmp_path: Path) -> None:
        """What has become a record isn't recalled."""
        a = document("a")

        def work(writer: RunWriter) -> None:
            writer.append_answer(answer(a))
            writer.append(MadeRecord.of(make_record(a, NOTHING)))

        assert self.reopened(tmp_path, a, work)[0] is None

    def test_trying_a_failure_again_asks_anew(self, tmp_path: Path) -> None:
        """An answer that has failed isn't replayed; one that came after the failure is used."""
        a = document("a")

        def fails(writer: RunWriter) -> None:
            writer.append_answer(answer(a, text="bad"))
            writer.append(failure(a))

        assert self.reopened(tmp_path / "1", a, fails)[0] is None

        def then_answers(writer: RunWriter) -> None:
            fails(writer)
            writer.append_answer(answer(a, text="good"))

        assert self.reopened(tmp_path / "2", a, then_answers)[0].text == "good"

    @pytest.mark.parametrize(("refresh", "text"), [("records", "{}"), ("answers", None)])
    def test_a_refresh_recalls_what_is_used_up(
        self, tmp_path: Path, refresh: str, text: str | None
    ) -> None:
        """To make records anew, what was answered serves, once; not where that is asked anew."""
        a = document("a")
        with open_run(tmp_path, IDENTITY) as writer:
            writer.replace_documents([a])
            writer.append_answer(answer(a))
            writer.append(MadeRecord.of(make_record(a, NOTHING)))
            writer.settle(failures=0)
            writer.save_manifest()
        with open_run(tmp_path, IDENTITY, refresh=refresh) as writer:
            recalled = writer.recall("k")
            assert (recalled.text if recalled else None, writer.recall("k")) == (text, None)
            assert writer.spent.usage == Usage(input_tokens=10, output_tokens=2)


def test_skipped_entries_are_kept(tmp_path: Path) -> None:
    """An entry that gave no document stands in skipped.jsonl with its place and reason."""
    entry = Skipped(source="x.jsonl", line=7, kind=SkipKind.UNREADABLE, reason="no JSON")
    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents([document("a"), entry])
    text = (tmp_path / "skipped.jsonl").read_text()
    assert Skipped.model_validate_json(text) == entry


def test_a_record_reads_back_as_it_was(tmp_path: Path) -> None:
    """What is stored is what was made, the fields of the schema included."""
    a = document("a", "We study ELLA. It gains 3%.")
    made = make_record(a, {**NOTHING, "problem": {"text": "Study ELLA.", "sentences": [1]}})
    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents([a])
        writer.append(MadeRecord.of(made))
    (read,) = Run(tmp_path).records()
    assert isinstance(read, Record)
    assert read == made
    assert read.draft["problem"] == {"text": "Study ELLA.", "sentences": [1]}


@pytest.mark.parametrize("text", [b"{", b'{"format": 1}', b'{"format": "next"}'])
def test_a_damaged_manifest_is_one_clear_line(tmp_path: Path, text: bytes) -> None:
    """A manifest that can't be understood stops the command and names the file."""
    (tmp_path / "manifest.json").write_bytes(text)
    with pytest.raises(RunError, match=r"manifest\.json: can't be understood"):
        open_run(tmp_path, IDENTITY)


def test_a_folder_without_a_manifest_is_no_run(tmp_path: Path) -> None:
    """`table` and `show` on any other folder say so; of a file of a run, whose it is."""
    with pytest.raises(RunError, match="isn't a run directory"):
        Run(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(RunError, match="It is in one: name "):
        Run(tmp_path / "table.md")


def test_an_output_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    """An output path that can't be a folder is refused with the way on."""
    (tmp_path / "x").write_text("")
    with pytest.raises(RunError, match=r"can't be written .*-o"):
        open_run(tmp_path / "x", IDENTITY)


def test_a_directory_is_seen_as_a_run_would_take_it_up(tmp_path: Path) -> None:
    """What is done and what is answered, without opening it; one that isn't there has nothing."""
    a, b = document("a"), document("b")
    missing = Run.to_continue(tmp_path / "none", IDENTITY, Draft)
    assert (missing.has_record(a), len(missing.read_answers()[1])) == (False, 0)
    fill(tmp_path / "run", a)
    with open_run(tmp_path / "run", IDENTITY) as writer:
        writer.append_answer(answer(b))
    run = Run.to_continue(tmp_path / "run", IDENTITY, Draft)
    assert [run.has_record(one) for one in (a, b, document("a", "Rewritten."))] == [
        True,
        False,
        False,
    ]
    assert [run.read_answers()[1].get(digest(key)) for key in "kl"] == [0, None]
    with pytest.raises(RunError, match="was made with"):
        Run.to_continue(tmp_path / "run", identity(model="other"), Draft)
    assert not (tmp_path / "none").exists()
