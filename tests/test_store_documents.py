"""Tests of ``summarise.store.documents``: what is written once isn't read to learn what it was."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_json

from summarise.batch import RunOptions, documents_batch, run
from summarise.errors import InputError, RunError
from summarise.models import Document
from summarise.settings import Settings
from summarise.store import documents, open_run
from tests.records import make_document
from tests.test_store import IDENTITY, document, fill, ids

KEEPS: list[dict[str, Any]] = [
    {"adds": adds, "is_part": is_part} for adds in (False, True) for is_part in (False, True)
]


def test_a_document_is_written_once_and_parsed_once_and_again_for_the_table(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of documents that have no record yet touches each of them three times."""
    touched: Counter[str] = Counter()

    def counted(kind: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def inner(value: Any, *args: Any, **kwargs: Any) -> Any:
            done = work(value, *args, **kwargs)
            touched[kind] += isinstance(value if kind == "written" else done, Document)
            return done

        return inner

    monkeypatch.setattr(documents, "to_json", counted("written", to_json))
    for name in ("model_validate_json", "model_validate"):
        monkeypatch.setattr(Document, name, counted("parsed", getattr(Document, name)))
    papers = [make_document(doc_id=f"d{n}", title=f"Paper {n}") for n in range(5)]
    batch = documents_batch(papers)
    touched.clear()
    path, report = run(batch, make_settings(model=None), RunOptions(output=Path("run")))
    assert report.records == 5
    assert touched == {"written": 5, "parsed": 10}
    assert len((path / "documents.jsonl").read_text("utf-8").splitlines()) == 5


@pytest.mark.parametrize("keep", KEEPS)
def test_an_input_that_breaks_off_replaces_nothing(tmp_path: Path, keep: dict[str, Any]) -> None:
    """What can't be read to its end costs nothing: the documents of before are there, whole."""
    fill(tmp_path, document("a"), document("b"))
    before = (tmp_path / "documents.jsonl").read_bytes()

    def entries() -> Iterator[Document]:
        yield document("a", "Rewritten.")
        raise InputError("isn't UTF-8")

    with open_run(tmp_path, IDENTITY) as writer, pytest.raises(InputError):
        writer.replace_documents(entries(), **keep)
    assert (tmp_path / "documents.jsonl").read_bytes() == before
    assert not list(tmp_path.glob("*.new"))


def test_inputs_are_asked_when_all_entries_are_read(tmp_path: Path) -> None:
    """What an input's bytes were is known no earlier."""
    asked: list[str] = []

    def entries() -> Iterator[Document]:
        yield document("a")
        asked.append("read")

    def inputs() -> tuple[()]:
        asked.append("inputs")
        return ()

    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents(entries(), inputs)
    assert asked == ["read", "inputs"]


def test_the_hashes_are_those_of_the_files(tmp_path: Path) -> None:
    """What is hashed on the way to the disk is what is there."""
    fill(tmp_path, document("a"), document("b"))
    for keep in KEEPS:
        with open_run(tmp_path, IDENTITY) as writer:
            writer.replace_documents([document("b", "Rewritten."), document("c")], **keep)
            hashes = writer.hashes(None)
        for name, value in (("documents", hashes.documents), ("skipped", hashes.skipped)):
            assert value == sha256((tmp_path / f"{name}.jsonl").read_bytes()).hexdigest()


def test_old_documents_that_stay_are_done_with_append_alone(tmp_path: Path) -> None:
    """Those that a part of the input leaves out wait; what is added to goes on as a whole."""
    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents([document("a"), document("b"), document("c")])
    with open_run(tmp_path, IDENTITY) as writer:
        assert writer.replace_documents([document("b")], is_part=True) == 1
        assert [one.doc_id for one in writer.pending()] == ["b"]
    with open_run(tmp_path, IDENTITY) as writer:
        assert writer.replace_documents([document("d")], adds=True) == 4
        assert [one.doc_id for one in writer.pending()] == ["a", "b", "c", "d"]


def test_documents_without_an_outcome_tell_one_run_from_another(tmp_path: Path) -> None:
    """Where nothing was attempted yet, one document in common makes it the same run."""
    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents([document("a"), document("b")])
    with open_run(tmp_path, IDENTITY) as writer:
        with pytest.raises(RunError, match="another input"):
            writer.replace_documents([document("z")])
        assert writer.replace_documents([document("z"), document("b", "Rewritten.")]) == 2
    assert ids(tmp_path) == [("z", None), ("b", None)]


def test_a_line_that_is_damaged_meanwhile_costs_itself(tmp_path: Path) -> None:
    """A document that can't be read back isn't attempted."""
    with open_run(tmp_path, IDENTITY) as writer:
        writer.replace_documents([document("a"), document("b")])
        file = tmp_path / "documents.jsonl"
        first, second = file.read_bytes().splitlines(keepends=True)
        file.write_bytes(b"?" + first[1:] + second)
        assert [one.doc_id for one in writer.pending()] == ["b"]
    assert json.loads(second)["doc_id"] == "b"
