"""What people say of the records of a run: kept in a file, and laid over whatever shows them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise import api
from summarise.models import JudgedAs, Judgement, Record
from summarise.render import By, View, render_table, view_of
from summarise.store import CORRECTIONS, RECORDS, Damage, Run, append_judgements, ids_now, said_of
from tests.conftest import ROOT
from tests.judgements import judged

EXAMPLE = ROOT / "outputs" / "example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run directory of the embedded extractor."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "example"))


def said(folder: Path, number: int, path: str, value: object = None, **told: object) -> Judgement:
    """What Ada says of a place of the record of a row."""
    document, record = list(Run(folder).rows())[number - 1]
    assert isinstance(record, Record)
    return judged(document, record, path, value, **told)


def name_of(record: object) -> object:
    """The method of a record."""
    assert isinstance(record, Record)
    return record.draft["method"]["name"]


def test_all_that_reads_a_run_has_what_people_said_laid_over(folder: Path) -> None:
    """Rows in order, by place and by name, and records; what was extracted stays in its file."""
    stored = (folder / RECORDS).read_bytes()
    append_judgements(folder, [said(folder, 2, "method.name", "Quillbench")])
    run = Run(folder)
    assert name_of(list(run.rows())[1][1]) == "Quillbench"
    assert name_of(list(run.records())[1]) == "Quillbench"
    assert name_of(run.find("2")[1]) == "Quillbench"
    places = list(run.placed_rows())
    assert name_of(places[1][1][1]) == "Quillbench"
    with run.rows_by_place() as row_at:
        assert name_of(row_at(places[1][0])[1]) == "Quillbench"
    assert [b"Quillbench" in line for line in run.shown_lines()].count(True) == 1
    assert not any(b"Quillbench" in line for line in run.record_lines())
    assert (folder / RECORDS).read_bytes() == stored
    (row,) = run.judged_rows()
    assert (row.number, name_of(row.stored), name_of(row.shown)) == (
        2,
        "QuillBench-18K",
        "Quillbench",
    )


def test_a_program_has_both(folder: Path) -> None:
    """Records as people have them, and as they were made."""
    append_judgements(folder, [said(folder, 2, "method.name", "Quillbench")])
    run = api.Run(folder)
    assert run.record(2).method.name == "Quillbench"
    assert [one.by for one in run.record(2).judgements] == ["Ada Fenn"]
    _, extracted = list(run.extracted_rows())[1]
    assert isinstance(extracted, api.Record)
    assert (extracted.method.name, extracted.judgements) == ("QuillBench-18K", ())


def test_a_record_without_a_judgement_is_the_stored_one(folder: Path) -> None:
    """So a run without corrections is read as it ever was."""
    before = list(Run(folder).rows())
    append_judgements(folder, [said(folder, 2, "method.name", "Quillbench")])
    after = list(Run(folder).rows())
    assert [one == other for one, other in zip(before, after, strict=True)].count(False) == 1
    assert after[1][1] != before[1][1]
    append_judgements(folder, [said(folder, 2, "method.name", verdict="undone")])
    assert list(Run(folder).rows()) == before


def test_who_reads_a_run_without_corrections_imports_nothing_for_them() -> None:
    """It costs a look at whether the file is there."""
    code = (
        "import sys; from pathlib import Path; from summarise.store import Run; "
        f"assert len(list(Run(Path({str(EXAMPLE)!r})).rows())) == 14; "
        "assert 'summarise.judging.overlay' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_damaged_line_is_named_and_costs_itself_alone(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What stands behind it counts."""
    append_judgements(folder, [said(folder, 1, "method.name", "X")])
    file = folder / CORRECTIONS
    file.write_bytes(b'{"doc_id":\n' + file.read_bytes() + b"\xff\n[]\n")
    run = Run(folder)
    assert name_of(next(iter(run.rows()))[1]) == "X"
    assert len(run.damage.places[CORRECTIONS]) == 3
    assert "corrections.jsonl: the line at byte 0 is damaged, and is left out" in caplog.text


def test_what_is_about_nothing_here_is_counted_and_kept(folder: Path) -> None:
    """A paper that is gone, a field that never was, an abstract that changed."""
    one = said(folder, 1, "method.name", "X")
    gone = one.model_copy(update={"doc_id": "nobody", "content_hash": "1" * 32})
    field = one.model_copy(update={"path": "colour"})
    changed = one.model_copy(update={"content_hash": "0" * 32})
    append_judgements(folder, [gone, field, changed])
    rows = list(Run(folder).judged_rows())
    assert [(row.number, [one.why for one in row.offered]) for row in rows] == [
        (1, ["the records have no such field any more", "the document has changed since"]),
        (None, ["its paper isn't in this run"]),
    ]
    assert rows[0].shown is rows[0].stored


def test_a_column_that_people_filled_is_shown(folder: Path) -> None:
    """Which columns hold nearly nothing is asked of what is shown, not of what was extracted."""
    rows = [row for row in Run(folder).rows() if isinstance(row[1], Record)]
    filled = [
        judged(document, record, "compute", [])
        for document, record in rows
        if isinstance(record, Record) and record.draft["compute"]
    ]
    append_judgements(folder, filled)
    run = Run(folder)
    for lines in (
        list(render_table(run.rows(), run.schema, lines=run.shown_lines())),
        view_of([run], View(), is_page=True).columns,
    ):
        assert not any("Compute" in line for line in lines[:6])


def test_a_table_by_dataset_has_what_people_said(folder: Path) -> None:
    """It is made of the same records."""
    append_judgements(folder, [said(folder, 1, "results[1].dataset", "Newset")])
    table = view_of([Run(folder)], View(by=By.DATASET), is_page=True)
    assert any("Newset" in row.title or "Newset" in str(row.cells) for row in table.rows)


@given(cut=st.integers(0, 2_000), count=st.integers(1, 5))
def test_a_kill_in_mid_line_loses_that_line_alone(
    tmp_path_factory: pytest.TempPathFactory, cut: int, count: int
) -> None:
    """What was there before is read, and the next line isn't torn."""
    folder = tmp_path_factory.mktemp("run")
    usual = {"doc_id": "d", "content_hash": "0" * 32, "was": None, "note": "", "by": "é"}
    ones = [
        Judgement(
            **usual, path=f"p{n}", verdict=JudgedAs.CORRECTED, value="“x”", at=f"{day}T01:02:03Z"
        )
        for n, day in enumerate(["2026-11-27"] * count)
    ]
    append_judgements(folder, ones)
    whole = (folder / CORRECTIONS).read_bytes()
    kept = whole[: min(cut, len(whole))]
    (folder / CORRECTIONS).write_bytes(kept)
    left = kept.count(b"\n")
    assert [one for _, one in said_of(folder, Damage())] == ones[:left]
    append_judgements(folder, ones[-1:])
    damage = Damage()
    after = [one for _, one in said_of(folder, damage)]
    assert not damage.places
    assert after in ([*ones[:left], ones[-1]], [*ones[: left + 1], ones[-1]])


def test_what_was_judged_is_found_again_in_a_record_that_was_made_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the run still knows of the one that was seen, at any place of its list.

    What its documents are called now is asked once, though that goes through all of them.
    """
    missing = said(folder, 1, "results[1].group", "children")
    append_judgements(folder, [missing])
    record = next(Run(folder).records())
    stored = next(row.stored for row in Run(folder).judged_rows())
    assert stored is not None
    assert record.draft["results"][1]["group"] == "children"
    made = stored.provenance.model_copy(update={"created": "2026-11-28T00:00:00Z"})
    results = list(reversed(stored.draft["results"]))
    anew = stored.model_copy(update={"provenance": made, "results": results})
    with (folder / RECORDS).open("ab") as file:
        file.write(anew.model_dump_json().encode() + b"\n")
    asked: list[Path] = []

    def counted(path: Path, *rest: Any) -> dict[str, str]:
        asked.append(path)
        return ids_now(path, *rest)

    monkeypatch.setattr("summarise.store.people.ids_now", counted)
    record = next(Run(folder).records())
    assert asked == [folder]
    at = len(results) - 2
    assert [one["group"] for one in record.draft["results"]].index("children") == at
    assert record.judgements[0].shown == f"results[{at}].group"
