"""``summarise correct``: what people say is taken in, told, and taken back."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from summarise import cli
from summarise.batch import RunOptions, read_batch, run, standing_of
from summarise.errors import RunError, SettingsError
from summarise.evaluate import Verification, methods_paragraph
from summarise.models import JudgedAs, Judgement, Record
from summarise.people import (
    CellWish,
    judge_cell,
    take_in,
    taken_lines,
    taking,
    undo_cell,
    undo_last,
)
from summarise.settings import Settings
from summarise.store import CORRECTIONS, TABLE, Run, lines, pack_run, unpack_run
from tests.conftest import ROOT
from tests.judgements import any_judgements, judged

EXAMPLE = ROOT / "outputs" / "example"
ROWS = list(Run(EXAMPLE).rows())
DOCUMENT, FIRST = ROWS[0]
assert isinstance(FIRST, Record)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run directory of the embedded extractor."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "example"))


def said(path: str, value: Any = None, **told: Any) -> Judgement:
    """What Ada says of the first record."""
    assert isinstance(FIRST, Record)
    return judged(DOCUMENT, FIRST, path, value, **told)


def file_of(folder: Path, ones: Iterable[Judgement], name: str = "ada.jsonl") -> Path:
    """A file as the page saves it."""
    path = folder.parent / name
    path.write_text("".join(f"{one.model_dump_json()}\n" for one in ones), "utf-8")
    return path


def first(folder: Path) -> Record:
    """The first record as it is shown."""
    return next(Run(folder).records())


def cell(folder: Path, path: str, *words: str, **told: Any) -> Any:
    """One cell of the first record, judged."""
    judge_cell(folder, CellWish("1", path, words, **told))
    return first(folder)


def is_verified(folder: Path) -> bool:
    """Whether ``verify`` finds nothing."""
    verification = Verification(Run(folder))
    told = [line for one in verification.verdicts() for line in one.lines()]
    assert told == []
    return verification.exit_code == 0


def test_one_cell_waits_for_no_long_table(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is taken away, as it would no longer be right; what comes next writes it, and verifies."""
    later = said("results[1].value", "4.24", at="2126-01-01T00:00:00Z")
    take_in(folder, [file_of(folder, [said("method", verdict="checked")])])
    monkeypatch.setattr(taking, "_AT_ONCE", 1)
    assert cell(folder, "results[1].value", "4.23").draft["results"][1]["value"] == "4.23"
    assert not (folder / TABLE).exists()
    assert is_verified(folder)
    assert "gone until the next run" in "".join(standing_of(folder).lines())
    taken = judge_cell(folder, CellWish("1", "data", says=JudgedAs.CHECKED))
    assert (taken.has_table, taken.drops_table) == (False, True)
    assert is_verified(folder)
    take_in(folder, [file_of(folder, [later])])
    assert "4.24" in (folder / TABLE).read_text("utf-8")
    assert is_verified(folder)
    (folder / TABLE).write_text("# Mine\n", "utf-8")
    undo_cell(folder, "1", "method")
    assert not (folder / TABLE).exists()
    kept = caplog.messages[-1].rpartition("It is kept as ")[2]
    assert (folder / kept).read_text("utf-8") == "# Mine\n"
    assert is_verified(folder)
    rerun(folder, tmp_path)
    assert "4.24" in (folder / TABLE).read_text("utf-8")
    assert is_verified(folder)


def test_a_cell_is_found_without_reading_other_records(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it is corrected at once, however many there are; its table apart."""
    monkeypatch.setattr(taking, "_AT_ONCE", 1)
    monkeypatch.setattr(lines.Index, "__init__", None)
    taken = judge_cell(folder, CellWish("1", "results[0].value", ("4.22",)))
    assert [one.value for one in taken.new] == ["4.22"]
    assert undo_last(folder).new[0].verdict is JudgedAs.UNDONE


def test_the_same_file_twice_changes_nothing(folder: Path) -> None:
    """It is told what was there already; table and manifest know of it, so all verifies."""
    file = file_of(folder, [said("results[1].value", "4.22"), said("method", verdict="checked")])
    taken = take_in(folder, [file])
    assert (len(taken.new), taken.known, taken.has_table) == (2, 0, True)
    assert "4.22" in (folder / TABLE).read_text("utf-8")
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    taken = take_in(folder, [file, file])
    assert (len(taken.new), taken.known, taken.has_table) == (0, 4, False)
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before
    assert is_verified(folder)


def test_lines_that_cannot_be_used_are_named_with_file_and_line(folder: Path) -> None:
    """Each costs itself alone; nothing of it is written."""
    gone = {"doc_id": "nobody", "content_hash": "1" * 32}
    other = said("method.name", "X").model_copy(update=gone)
    ones = [other, said("methd.name", "X"), said("data[0].role", "sold"), said("method.name", "Y")]
    file = file_of(folder, ones)
    file.write_text("{}\n" + file.read_text("utf-8"), "utf-8")
    taken = take_in(folder, [file])
    assert [(one.where.rpartition(":")[2], one.why[:40]) for one in taken.refused] == [
        ("1", "doc_id: is missing"),
        ("2", "no paper of the run has the id nobody"),
        ("3", "leads to no field of a record: methd.nam"),
        ("4", "its field doesn't hold such a value: dat"),
    ]
    assert "Did you mean method.name" in taken.refused[2].why
    assert [one.path for one in taken.new] == ["method.name"]
    assert (folder / CORRECTIONS).read_bytes().count(b"\n") == 1


def test_what_does_not_fit_the_record_is_kept_and_offered_again(folder: Path) -> None:
    """With the paper, and why."""
    ones = [said("method.name", "X", was="Other"), said("data[0].name", "X", content_hash="0" * 32)]
    lines = list(taken_lines(take_in(folder, [file_of(folder, ones)])))
    assert lines[0].endswith(": 2 new")
    assert lines[1] == "To be offered again: 2"
    assert "1. Larkspur" in lines[2]
    assert "now, where “Other” was judged" in lines[2]
    assert lines[3].endswith("the document has changed since")


def test_a_name_is_given_to_lines_without_one(folder: Path) -> None:
    """Once it is given, the same file without it says nothing new."""
    file = file_of(folder, [said("method.name", "X", by="")])
    assert take_in(folder, [file]).new[0].by == ""
    assert take_in(folder, [file], by="Ada").new[0].by == "Ada"
    assert take_in(folder, [file]).known == 1
    assert first(folder).judgements[0].by == "Ada"


def test_of_two_people_the_later_counts_in_whichever_order_their_files_come(folder: Path) -> None:
    """And it is told that it stands in the place of another's."""
    ada = said("method.name", "A", at="2026-11-27T09:00:00Z")
    bo = said("method.name", "B", at="2026-11-27T10:00:00Z", by="Bo")
    files = [file_of(folder, [ada], "a.jsonl"), file_of(folder, [bo], "b.jsonl")]
    for order in permutations(files):
        copy = Path(shutil.copytree(EXAMPLE, folder.parent / f"run-{order[0].stem}"))
        taken = [take_in(copy, [file]) for file in order]
        assert first(copy).draft["method"]["name"] == "B"
        assert [(len(one.older), one.instead) for one in taken][1] == (
            (0, 1) if order[0] == files[0] else (1, 0)
        )
        told = "\n".join(taken_lines(taken[1]))
        assert (f"{ada.doc_id}: method.name" in told) is (order[0] == files[1])
        assert ("corrected by Ada Fenn, 2026-11-27; later: method.name" in told) is (
            order[0] == files[1]
        )


class TestCell:
    """One cell from the command line."""

    def test_a_value_is_typed_as_its_field_holds_it(self, folder: Path) -> None:
        """Texts, choices in words, lists, numbers of sentences."""
        draft = cell(folder, "results[0].value", "4.22").draft
        assert draft["results"][0]["value"] == "4.22"
        assert cell(folder, "data.0.role", "Training").draft["data"][0]["role"] == "training"
        assert cell(folder, "method.also", "A", "B").draft["method"]["also"] == ["A", "B"]
        assert cell(folder, "problem.sentences", "1,3").draft["problem"]["sentences"] == [1, 3]
        record = cell(folder, "compute[1].kind", "model size")
        assert record.draft["compute"][1]["kind"] == "model_size"

    def test_entries_are_added_changed_and_removed(self, folder: Path) -> None:
        """By the numbers that are shown, also of one that a person has added."""
        count = len(first(folder).draft["data"])
        record = cell(folder, "data", "name=VoxParlour", "role=studied")
        assert record.draft["data"][count]["size"] is None
        record = cell(folder, f"data[{count}].size", "12,400 hours")
        assert record.draft["data"][count]["size"] == "12,400 hours"
        record = cell(folder, "data[0]", removes=True)
        assert [one["name"] for one in record.draft["data"]] == ["VoxParlour", "VoxParlour"]
        record = cell(folder, "data[1].size", "5 hours")
        assert record.draft["data"][1]["size"] == "5 hours"
        record = cell(folder, "data[1]", removes=True)
        assert len(record.draft["data"]) == count - 1
        assert is_verified(folder)

    def test_checked_wrong_and_nothing(self, folder: Path) -> None:
        """What says what the record says is a check."""
        cell(folder, "method", says=JudgedAs.CHECKED)
        cell(folder, "data[0].name", says=JudgedAs.WRONG)
        cell(folder, "compute", empties=True)
        cell(folder, "results[0].baseline", empties=True)
        record = cell(folder, "method.name", "Larkspur-beta")
        assert {one.path: one.verdict.value for one in record.judgements} == {
            "method": "checked",
            "data[0].name": "wrong",
            "compute": "corrected",
            "results[0].baseline": "corrected",
            "method.name": "checked",
        }
        assert (record.draft["compute"], record.draft["results"][0]["baseline"]) == ([], None)

    @pytest.mark.parametrize("says", [JudgedAs.CHECKED, JudgedAs.WRONG])
    def test_what_was_corrected_stays(self, folder: Path, says: JudgedAs) -> None:
        """A mark on the value that is shown doesn't bring back the one below it."""
        cell(folder, "data[0].name", "OakRead")
        for path in ("data[0].name", "data.0.name"):
            with pytest.raises(SettingsError, match="was corrected by a person"):
                judge_cell(folder, CellWish("1", path, says=says))
        assert first(folder).draft["data"][0]["name"] == "OakRead"
        assert cell(folder, "data", says=says).draft["data"][0]["name"] == "OakRead"

    @pytest.mark.parametrize(
        ("path", "words", "told"),
        [
            ("results[0].vlaue", ["5"], "Did you mean results"),
            ("results[9].value", ["5"], "The last one is"),
            ("data[0].role", ["sold"], "Choose one of introduced"),
            ("data[]", ["name=X"], "lacks role. Write role=…"),
            ("data[]", ["nme=X", "role=studied"], "“nme=X” names no field. There are name"),
            ("data[]", ["X"], "isn't NAME=VALUE"),
            ("data[]", ["{"], "isn't JSON"),
            ("results[0].sentences", ["two"], "Write the numbers of sentences"),
            ("results[0].value", [], "Give a value"),
            ("data[0].name", [], "says nothing"),
        ],
    )
    def test_what_cannot_be_said_is_refused_in_one_line(
        self, folder: Path, path: str, words: list[str], told: str
    ) -> None:
        """With what helps; nothing is written."""
        with pytest.raises(SettingsError, match=None) as caught:
            judge_cell(folder, CellWish("1", path, tuple(words)))
        assert told in str(caught.value)
        assert not (folder / CORRECTIONS).exists()

    def test_a_field_that_must_be_there_cannot_be_nothing(self, folder: Path) -> None:
        """The schema says so."""
        with pytest.raises(SettingsError, match="doesn't hold such a value"):
            judge_cell(folder, CellWish("1", "data[0].name", empties=True))


def test_undo_takes_back_the_last_command_then_the_one_before(folder: Path) -> None:
    """What stood before stands again; when nothing is left, that is said."""
    before = first(folder)
    cell(folder, "method.name", "A")
    take_in(folder, [file_of(folder, [said("method.name", "B", at="2036-01-01T00:00:00Z")])])
    assert undo_last(folder).new[0].value == "A"
    assert first(folder).draft["method"]["name"] == "A"
    undo_last(folder)
    assert first(folder) == before
    assert is_verified(folder)
    with pytest.raises(RunError, match="no command is known"):
        undo_last(folder)


def test_what_was_taken_back_comes_again_where_that_is_wanted(folder: Path) -> None:
    """Not by taking in the same file."""
    file = file_of(folder, [said("method.name", "B")])
    take_in(folder, [file])
    undo_last(folder)
    taken = take_in(folder, [file])
    assert (taken.known, taken.gone, len(taken.new)) == (1, 1, 0)
    assert "--again" in list(taken_lines(taken))[1]
    assert len(take_in(folder, [file], again=True).new) == 1
    assert first(folder).draft["method"]["name"] == "B"


def test_a_paper_or_a_cell_is_undone(folder: Path) -> None:
    """By what is shown; the rest stays."""
    for path, word in (("method.name", "A"), ("results[0].value", "9"), ("data[0].name", "D")):
        cell(folder, path, word)
    cell(folder, "data", "name=VoxParlour", "role=studied")
    assert len(undo_cell(folder, "1", "results.0").new) == 1
    count = len(first(folder).draft["data"])
    assert len(undo_cell(folder, "1", f"data[{count - 1}]").new) == 1
    assert {one.path for one in first(folder).judgements} == {"method.name", "data[0].name"}
    undo_cell(folder, "1")
    assert first(folder).judgements == ()
    with pytest.raises(RunError, match="nobody has said anything"):
        undo_cell(folder, "1")


def test_a_run_that_is_written_now_is_left_alone(folder: Path) -> None:
    """The lock is that of runs."""
    with FileLock(folder / ".lock"), pytest.raises(RunError, match="another process"):
        judge_cell(folder, CellWish("1", "method.name", ("X",)))


def test_a_command_that_was_killed_is_finished_by_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines are there: the same file says so, and table and manifest follow."""
    file = file_of(folder, [said("method.name", "B")])

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("summarise.store.amending.write_manifest", killed)
        with pytest.raises(KeyboardInterrupt):
            take_in(folder, [file])
    taken = take_in(folder, [file])
    assert (taken.known, taken.has_table) == (1, True)
    assert is_verified(folder)
    undo_last(folder)
    assert first(folder).judgements == ()


def test_a_table_that_a_person_has_edited_is_kept(folder: Path) -> None:
    """As a run keeps it."""
    (folder / TABLE).write_text("mine", "utf-8")
    cell(folder, "method.name", "X")
    assert (folder / "table.edited.md").read_text("utf-8") == "mine"


def test_hand_edited_corrections_are_named_by_verify(folder: Path) -> None:
    """A line more, one less, or another word."""
    cell(folder, "method.name", "X")
    file = folder / CORRECTIONS
    whole = file.read_bytes()
    for changed in (whole + whole, b"", whole.replace(b'"X"', b'"Z"')):
        file.write_bytes(changed)
        verification = Verification(Run(folder))
        list(verification.verdicts())
        assert CORRECTIONS in verification.altered_files
        assert verification.exit_code == 1


def command_line(*arguments: object) -> int:
    """Run a command line; gives its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["summarise", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.mark.parametrize("command", ["correct", "screen"])
def test_an_edited_table_is_refused_in_one_line(
    folder: Path, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not with one for each of its own."""
    table = tmp_path / "Edited.CSV"
    table.write_text("#,Paper\n1,Kites\n", "utf-8")
    assert command_line(command, folder, table) == 2
    err = capsys.readouterr().err
    assert "a table that was edited isn't read back" in err
    assert err.count("\n") == 1


def test_an_option_behind_the_value_of_a_dash_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would have become a part of the value."""
    assert command_line("correct", folder, 1, "results[0].value", "--", "-4", "--by", "A") == 2
    assert "--by: stands behind --. Write options first" in capsys.readouterr().err
    assert not (folder / CORRECTIONS).exists()


def test_commands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files, a cell, a list, an undo; as JSON, too; 1 where lines can't be used."""
    file = file_of(folder, [said("method.name", "B"), said("none", "x")])
    assert command_line("correct", folder, file) == 1
    out, err = capsys.readouterr()
    assert out == (
        f"{folder}: 1 new (1 value corrected by Ada Fenn), 1 refused\n"
        "  1 of the values stands neither in the abstract nor in the title\n"
    )
    assert f"summarise: {file}:2: leads to no field" in err
    cell = "1", "data[0].role", "training", "--by", "Bo"
    assert command_line("correct", folder, *cell, "--json") == 0
    assert json.loads(capsys.readouterr().out)["laid_over"]["corrected"] == 1
    assert command_line("correct", folder) == 0
    line = "method.name: “Larkspur-beta” → “B”, corrected by Ada Fenn, 2026-11-27"
    assert line in capsys.readouterr().out
    assert command_line("correct", folder, "--list", "--json") == 0
    lines = capsys.readouterr().out.splitlines()
    assert {json.loads(line)["by"] for line in lines} == {"Ada Fenn", "Bo"}
    assert command_line("correct", folder, "--undo", "1", "data[0].role") == 0
    title = "  Larkspur-$β$: Training a Multi-Speaker Voice Model on a…"
    assert capsys.readouterr().out == f"{folder}: 1 taken back\n{title}\n"
    assert command_line("correct", folder, "1", "compute", "--checked", "--by", "Bo") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[1] == title
    assert told[2].startswith("    compute: ")
    assert "checked by Bo" in told[2]
    assert command_line("correct", folder, "1", "method", "--checked", "--wrong") == 2
    assert "takes nothing more, such as --wrong" in capsys.readouterr().err
    assert command_line("correct", folder, "1", "--checked") == 2
    assert "names no field" in capsys.readouterr().err


def test_of_a_file_that_is_none_not_every_line_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first ones are enough; for machines all are there."""
    file = tmp_path / "other.jsonl"
    file.write_text("nothing\n" * 30, "utf-8")
    assert command_line("correct", folder, file) == 1
    lines = capsys.readouterr().err.splitlines()
    assert (len(lines), lines[-1]) == (21, "summarise: and 10 more; --json names all")
    assert command_line("correct", folder, file, "--json") == 1
    assert len(json.loads(capsys.readouterr().out)["refused"]) == 30


def test_a_paper_alone_lists_its_fields(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the paths that are shown, with who has said so; each can be given as it is."""
    cell(folder, "results[0].value", "4.22", by="Ada")
    assert command_line("correct", folder, "1") == 0
    title, *lines = capsys.readouterr().out.splitlines()
    assert title.startswith("Larkspur")
    assert "  results[0].value: 4.22  (corrected by Ada)" in lines
    assert "  method.also: –" in lines
    paths = [line.split(":")[0].strip() for line in lines]
    for path in {re.sub(r"\d+", "0", path): path for path in paths}.values():  # one of each kind
        judge_cell(folder, CellWish("1", path, says=JudgedAs.CHECKED))
    assert command_line("correct", EXAMPLE, "nothing such") == 2


@settings(max_examples=10)
@given(any_judgements(DOCUMENT, FIRST), st.data())
def test_whatever_is_taken_in_undoing_it_leaves_the_records_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, ones: list[Judgement], data: st.DataObject
) -> None:
    """However it was parted into files."""
    folder = Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("run") / "example"))
    cut = data.draw(st.integers(0, len(ones)))
    parts = [file_of(folder, part, f"{n}.jsonl") for n, part in enumerate((ones[:cut], ones[cut:]))]
    for part in parts:
        take_in(folder, [part])
    Run(folder).schema.model_validate(first(folder).draft)
    while Run(folder).manifest.corrected:
        undo_last(folder)
    assert list(Run(folder).rows()) == ROWS


@settings(max_examples=5)
@given(st.permutations(range(4)))
def test_files_give_the_same_in_whichever_order_they_come(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    """Where nothing was taken back and no two were made at the same time."""
    folder = Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("run") / "example"))
    ones = [
        said(
            ("method.name", "data[0].name")[at // 2],
            f"{at}",
            by="AB"[at % 2],
            at=f"2026-11-27T09:30:0{at}Z",
        )
        for at in range(4)
    ]
    for at in order:
        take_in(folder, [file_of(folder, [ones[at]], f"{at}.jsonl")])
    record = first(folder)
    assert (record.draft["method"]["name"], record.draft["data"][0]["name"]) == ("1", "3")


def rerun(folder: Path, tmp_path: Path, *flags: object, more: str = "") -> tuple[Any, str]:
    """The run of the example's page, once more in the same folder; its report and what it tells."""
    page = tmp_path / "daily_papers.txt"
    shutil.copy(ROOT / "fixtures" / "daily_papers.txt", page)
    files = [str(page)]
    if more:
        (tmp_path / "more.jsonl").write_text(more, "utf-8")
        files.append(str(tmp_path / "more.jsonl"))
    options = RunOptions(output=folder, refresh="--refresh" in flags, append="--append" in flags)
    _, report = run(read_batch(files), Settings(), options)
    return report, "\n".join(report.closing_lines())


def test_corrections_stay_on_rerun_refresh_and_append(folder: Path, tmp_path: Path) -> None:
    """Each closing line says so, each table has them, and all verifies."""
    cell(folder, "results[1].value", "4.22", by="Ada")
    cell(folder, "results[1].group", "children", by="Ada")
    added = json.dumps({"id": "new", "title": "New", "abstract": "We present KITE, a kite."})
    before = (folder / CORRECTIONS).read_bytes()
    for flags, more in (((), ""), (("--refresh",), ""), (("--append",), added)):
        _, told = rerun(folder, tmp_path, *flags, more=more)
        assert "Kept of what people said: 2 values corrected by Ada" in told
        results = first(folder).draft["results"]
        assert (results[1]["value"], results[1]["group"]) == ("4.22", "children")
        assert "4.22" in (folder / TABLE).read_text("utf-8")
        assert is_verified(folder)
    assert (folder / CORRECTIONS).read_bytes() == before
    assert len(list(Run(folder).rows())) == len(ROWS) + 1


def test_of_a_document_that_changed_they_are_offered_again(folder: Path, tmp_path: Path) -> None:
    """Told by the run, by status and by verify; laid over again when it is what it was."""
    document = ROWS[1][0]
    judge_cell(folder, CellWish("2", "method.name", ("Quill",), by="Ada"))
    file = folder / "documents.jsonl"
    whole = file.read_text("utf-8")
    file.write_text(whole.replace(document.abstract[:20], "Once upon a time, we"), "utf-8")
    told = "\n".join(standing_of(folder).lines(200))
    assert f"`summarise correct {folder} --list` tells why 1 isn't laid over" in told
    assert json.loads(standing_of(folder).to_json())["judged"]["offered"] == 1
    file.write_text(whole, "utf-8")
    assert "1 value corrected by Ada" in "\n".join(standing_of(folder).lines(200))


def test_they_stay_with_a_document_that_was_given_another_id(tmp_path: Path) -> None:
    """A DOI was added to an entry of the library: undone, taken in and undone again as before."""
    folder, library = tmp_path / "run", tmp_path / "library.jsonl"
    values = {"title": "Cups", "abstract": "We present KILNER, a kiln of clay. It fires 41 cups."}
    other = {"id": "x", "title": "Tin", "abstract": "We present TINKER, a tin. It holds 5 spoons."}

    def make(**ids: str) -> None:
        library.write_text("\n".join(map(json.dumps, ({**values, **ids}, other))), "utf-8")
        run(read_batch([str(library)]), Settings(), RunOptions(output=folder))

    make()
    document, record = next(iter(Run(folder).rows()))
    assert isinstance(record, Record)
    saved = judged(document, record, "method.text", "A kiln of clay", at="2026-11-27T09:31:00Z")
    judge_cell(folder, CellWish("1", "method.name", ("Kilner",), by="Ada"))
    make(doi="10.1000/clay.1")
    assert first(folder).doc_id == "10.1000/clay.1" != document.doc_id
    assert first(folder).draft["method"]["name"] == "Kilner"
    assert is_verified(folder)
    files = [file_of(folder, [saved], "ada.jsonl")]
    assert (len(take_in(folder, files).new), len(take_in(folder, files).new)) == (1, 0)
    assert first(folder).draft["method"]["text"] == "A kiln of clay"
    undo_cell(folder, "1", "method.name")
    assert first(folder).draft["method"] == {**record.draft["method"], "text": "A kiln of clay"}
    make()
    assert first(folder).draft["method"] == {**record.draft["method"], "text": "A kiln of clay"}
    assert is_verified(folder)


def test_what_is_settled_is_in_no_count_of_what_to_look_at(folder: Path, tmp_path: Path) -> None:
    """Status and the closing line tell of what is still to be looked at."""
    doubted = next(
        n for n, (_, one) in enumerate(ROWS, 1) if isinstance(one, Record) and one.doubtful
    )
    assert "with doubts" in "\n".join(standing_of(folder).lines(200))
    record = ROWS[doubted - 1][1]
    assert isinstance(record, Record)
    for doubt in record.doubts:
        judge_cell(folder, CellWish(str(doubted), doubt.path, says=JudgedAs.CHECKED))
    assert "with doubts" not in "\n".join(standing_of(folder).lines(200))
    assert "with doubts" not in rerun(folder, tmp_path)[1]


def test_the_paragraph_for_methods_says_what_people_did(folder: Path) -> None:
    """How much, who, and what of it no abstract has."""
    cell(folder, "results[0].value", "4.22", by="Ada")
    cell(folder, "method", says=JudgedAs.CHECKED, by="Ada")
    told = methods_paragraph(Run(folder))
    assert "Ada corrected 1 value and checked 1 value; what was corrected is told" in told
    assert "stand there, and 1 is vouched for by a person." in told


def test_verify_tells_of_them(folder: Path) -> None:
    """How many are laid over, and how many of those no abstract has."""
    cell(folder, "results[0].value", "4.22", by="Ada")
    verification = Verification(Run(folder))
    list(verification.verdicts())
    told = "1 value corrected by Ada, each valid for its field, 1 of them not in the abstract"
    assert told in verification.closing_line()
    assert json.loads(verification.to_json())["judged"]["corrected"] == 1


def test_a_packed_run_has_them(folder: Path, tmp_path: Path) -> None:
    """And has them again when it is opened."""
    cell(folder, "method.name", "X", by="Ada")
    pack_run(folder, tmp_path / "run.zip")
    opened = unpack_run(tmp_path / "run.zip", tmp_path / "opened", outputs=tmp_path)
    assert first(opened.path).draft["method"]["name"] == "X"
    assert is_verified(opened.path)
    undo_last(opened.path)
    assert first(opened.path).judgements == ()


def test_corrections_that_are_gone_are_missed_by_a_rerun(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The run goes on from the file as it is, so that nobody would miss them afterwards."""
    page = str(ROOT / "fixtures" / "daily_papers.txt")
    settings, out = Settings(cache_dir=tmp_path / "cache"), RunOptions(output=tmp_path / "run")
    folder, _ = run(read_batch([page]), settings, out)
    judge_cell(folder, CellWish("1", "method.name", ("Gull",)))
    (folder / CORRECTIONS).unlink()
    run(read_batch([page]), settings, out)
    assert "corrections.jsonl holds 0 of " in caplog.text
    assert caplog.text.count("of the last run; put the file back\n") == 1
