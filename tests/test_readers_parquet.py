"""Parquet, by the extra of that name."""

from __future__ import annotations

import contextlib
import io
import sys
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from summarise.batch import InputOptions, read_batch
from summarise.errors import InputError
from summarise.models import Document, Skipped
from summarise.readers import load_source, read_documents

ABSTRACT = "Copper nets cut training time by 40% on LoomSet."


def written(columns: dict[str, Any], **options: Any) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), file, **options)
    return file.getvalue()


def read(tmp_path: Path, content: bytes, **columns: str) -> list[Document | Skipped]:
    path = tmp_path / "x.parquet"
    path.write_bytes(content)
    source = load_source(path)
    source.columns = columns or {}
    return list(read_documents(source))


def test_a_row_is_an_entry(tmp_path: Path) -> None:
    """With what its columns are named; a list of names is the authors; a line is a row."""
    table = {
        "title": ["Copper", "Tin", "Zinc"],
        "abstract": [ABSTRACT, None, ABSTRACT.replace("Copper", "Zinc")],
        "authors": [["Ann Roe", "Poe, Bo"], None, []],
        "year": [2024, 2023, None],
        "published": [date(2024, 3, 1), None, None],
        "pmid": [123.0, None, None],
        "embedding": [[0.1] * 9] * 3,
    }
    first, bare, last = read(tmp_path, written(table))
    assert isinstance(first, Document)
    assert (first.title, first.abstract, first.line) == ("Copper", ABSTRACT, 1)
    assert (first.authors, first.published) == (("Ann Roe", "Poe, Bo"), "2024-03-01")
    assert first.reference == {"pmid": "123"}
    assert isinstance(bare, Skipped)
    assert (bare.line, bare.kind.value) == (2, "no_abstract")
    assert (last.line, isinstance(last, Document)) == (3, True)


def test_authors_may_be_objects(tmp_path: Path) -> None:
    """By the names that they have, in whatever column is named."""
    authors = [[{"name": "Ann Roe", "id": "1"}, {"name": "Bo Poe", "id": "2"}]]
    content = written({"Kopf": ["Copper"], "Inhalt": [ABSTRACT], "authors": authors})
    (found,) = read(tmp_path, content, title="Kopf", abstract="Inhalt")
    assert isinstance(found, Document)
    assert (found.title, found.authors) == ("Copper", ("Ann Roe", "Bo Poe"))
    with pytest.raises(InputError, match=r"no column .* abstracts.*Its columns are Kopf, Inhalt"):
        read(tmp_path, content)


def test_it_is_known_by_its_content_and_in_a_pile(tmp_path: Path) -> None:
    """Whatever it is called; compressed with gzip, too."""
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "data").write_bytes(written({"title": ["Tin"], "abstract": [ABSTRACT]}))
    batch = read_batch([str(tmp_path / "refs")], InputOptions())
    assert len(list(batch.entries)) == 1
    assert [one.format for one in batch.accounts] == ["parquet"]


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    content = written({"title": ["Tin"], "abstract": [ABSTRACT]})
    with pytest.raises(InputError, match=r"needs pyarrow.*summarise-abstracts\[parquet\]"):
        read(tmp_path, content)


def test_rows_are_read_in_batches(tmp_path: Path) -> None:
    """However many there are in a group, few are held."""
    many = [f"{ABSTRACT} {n} " + "word " * 400 for n in range(4_000)]
    path = tmp_path / "x.parquet"
    path.write_bytes(written({"title": ["Tin"] * 4_000, "abstract": many}))
    tracemalloc.start()
    entries = read_documents(load_source(path))
    count = sum(1 for _ in entries)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4_000
    assert peak < 4 << 20


def test_a_text_that_cells_share_is_held_once(tmp_path: Path) -> None:
    """Whatever a small file repeats: in rows, in a list, or in a page that is compressed."""
    long = "word " * (1 << 20)
    shared = pyarrow.DictionaryArray.from_arrays([0] * 64, [long])
    table = {"title": [f"Tin {n}" for n in range(64)], "abstract": shared}
    content = written(
        table, compression="zstd", dictionary_pagesize_limit=1 << 30, store_schema=False
    )
    assert len(content) < 10_000
    before = pyarrow.default_memory_pool().max_memory()
    assert len(read(tmp_path, content)) == 64
    assert pyarrow.default_memory_pool().max_memory() < max(before, 64 << 20)


def test_an_entry_that_is_too_long_costs_itself_alone(tmp_path: Path) -> None:
    """By its text, or by the names of its authors."""
    table = {
        "title": ["Copper", "Tin", "Zinc"],
        "abstract": [ABSTRACT, "word " * (2 << 20), ABSTRACT.replace("Copper", "Zinc")],
        "authors": [["Roe"] * 5, ["Poe"], ["A name of many parts"] * 500_000],
    }
    first, *others = read(tmp_path, written(table))
    assert isinstance(first, Document)
    assert [getattr(one, "reason", "") for one in others] == ["the entry is longer than 8 MB"] * 2


def test_what_unpacks_to_far_more_than_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it says itself, before any of it is unpacked."""
    monkeypatch.setattr("summarise.readers.formats.parquet.HELD", 1 << 20)
    table = {"title": ["Tin"], "abstract": ["a" * (2 << 20)]}
    content = written(table, compression="zstd", use_dictionary=False)
    with pytest.raises(InputError, match="unpacks to more than 200 times its size"):
        read(tmp_path, content)


def test_a_cell_that_is_no_date(tmp_path: Path) -> None:
    """A time beyond the calendar costs its row."""
    dates = pyarrow.array([datetime(2024, 1, 2, tzinfo=UTC), None], pyarrow.timestamp("us"))
    beyond = pyarrow.array([None, 1 << 60], pyarrow.int64()).cast(pyarrow.timestamp("us"))
    for column, kinds in ((dates, [True, True]), (beyond, [True, False])):
        texts = [ABSTRACT, ABSTRACT.replace("Copper", "Tin")]
        found = read(tmp_path, written({"abstract": texts, "title": ["a", "b"], "date": column}))
        assert [isinstance(one, Document) for one in found] == kinds


@given(st.data())
def test_what_is_damaged_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Bytes changed or cut: entries or one line, nothing else."""
    content = bytearray(written({"title": ["Tin"] * 9, "abstract": [ABSTRACT] * 9}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(content), len(content) - 1, 40]))
    path = tmp_path_factory.mktemp("p") / "x.parquet"
    path.write_bytes(content[:cut])
    with contextlib.suppress(InputError):
        list(read_documents(load_source(path)))
