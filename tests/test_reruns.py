"""The same run again: what hasn't changed is neither read nor written once more, the rest is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from summarise.batch import inputs
from summarise.store import RunWriter
from tests.exports import EXPORTS
from tests.loopback import LoopbackServer, draft_answer, status
from tests.test_cli import Command, summarise

__all__ = ["summarise"]

RUN = Path("outputs/ants")


def entry(number: int, **fields: Any) -> str:
    abstract = f"Counting ants of kind {number} is slow. We propose to film them at noon."
    told = {"id": f"d{number}", "title": f"Ants of kind {number}", "abstract": abstract}
    return json.dumps({**told, **fields}) + "\n"


PILE = (
    entry(0)
    + entry(1, title="<i>Ants</i> of kind &amp;amp; 1", doi="10.5555/ant.1")
    + entry(2, abstract="Short.")
    + entry(1, id="other", doi="10.5555/ant.1", title="Retracted: Ants of kind 1")
    + entry(3, abstract="We film ants at noon and count\ud83d them by hand, kind 3.")
    + entry(4)
)


@pytest.fixture
def pile() -> Path:
    """Six entries, of which not all are documents."""
    path = Path("ants.jsonl")
    path.write_text(PILE, "utf-8")
    return path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each run that reads its input."""
    found: list[str] = []
    replace = RunWriter.replace_documents

    def noting(*given: Any, **named: Any) -> int:
        found.append("read")
        return replace(*given, **named)

    monkeypatch.setattr(RunWriter, "replace_documents", noting)
    return found


def state(folder: Path = RUN) -> dict[str, Any]:
    """What a run directory holds: files by their bytes, the manifest without its times."""
    files: dict[str, Any] = {
        one.name: one.read_bytes() for one in folder.iterdir() if one.name != ".lock"
    }
    manifest = json.loads(files.pop("manifest.json"))
    for name in ("created", "updated", "sha256"):
        del manifest[name]
    files["manifest"] = manifest
    return files


def without_times(text: str) -> str:
    return re.sub(r" in [0-9.]+ m?s\b", "", text)


def test_what_has_not_changed_is_not_read_again(
    summarise: Command, pile: Path, reads: list[str]
) -> None:
    """The same files, untouched, and the same words, as where the input is read again."""
    summarise("run", pile)
    RUN.rename("first")
    summarise("run", pile)
    manifest = json.loads((RUN / "manifest.json").read_text("utf-8"))
    # A run of a version that didn't write it down is read again.
    (RUN / "manifest.json").write_text(json.dumps({**manifest, "read_as": None}), "utf-8")
    again = summarise("run", pile)
    read, held = state(), len(reads)
    before = {one.name: one.stat().st_mtime_ns for one in RUN.iterdir()}
    kept = summarise("run", pile)
    after = {one.name: one.stat().st_mtime_ns for one in RUN.iterdir()}
    assert (held, len(reads)) == (3, 3)
    assert {name for name in after if after[name] != before[name]} <= {"manifest.json", ".lock"}
    assert state() == read
    assert without_times(kept.err) == without_times(again.err)
    assert "marked: retracted" in kept.err
    assert "too short an abstract" in kept.err
    assert (kept.code, kept.out) == (again.code, again.out)
    assert summarise("verify", RUN).code == summarise("verify", "first").code == 0


EDITED = {
    "the input": ("ants.jsonl", b"kind 4", b"kind 5"),
    "documents": ("outputs/ants/documents.jsonl", b"kind 4", b"kind 5"),
    "skipped": ("outputs/ants/skipped.jsonl", b"Short", b"SHORT"),
    "duplicates": ("outputs/ants/duplicates.jsonl", b"line 2", b"line 3"),
}
ASKED = {
    "the name": ("bees.jsonl",),
    "how": ("ants.jsonl", "--keep-duplicates"),
    "more": ("ants.jsonl", "more.jsonl"),
    "a part": ("ants.jsonl", "--limit", "2"),
    "only": ("ants.jsonl", "--only", "d4"),
    "added": ("ants.jsonl", "--append"),
}


@pytest.mark.parametrize("change", [*EDITED, *ASKED])
def test_what_has_changed_is_read_again(
    summarise: Command, pile: Path, reads: list[str], change: str
) -> None:
    """Another byte, name, number or way of reading; and what the folder holds, edited."""
    Path("bees.jsonl").write_text(PILE, "utf-8")
    Path("more.jsonl").write_text(entry(9), "utf-8")
    summarise("run", pile)
    summarise("run", pile)
    assert len(reads) == 1
    if change in EDITED:
        name, old, new = EDITED[change]
        text = Path(name).read_bytes()
        assert old in text
        Path(name).write_bytes(text.replace(old, new))
    summarise("run", *ASKED.get(change, (pile,)), "-o", RUN)
    assert len(reads) == 2
    assert summarise("verify", RUN).code == 0
    # Nor is a part, or another input, taken for the whole of this one.
    summarise("run", pile, "-o", RUN)
    assert len(reads) == (2 if change in EDITED else 3)


def test_another_version_reads_again(
    summarise: Command, pile: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader may have become another."""
    summarise("run", pile)
    monkeypatch.setattr(inputs, "__version__", "99")
    summarise("run", pile)
    assert len(reads) == 2


def test_known_papers_count(summarise: Command, pile: Path, reads: list[str]) -> None:
    """The papers of an earlier run are held against: where those are others, it is read again."""
    Path("before.jsonl").write_text(entry(0), "utf-8")
    summarise("run", "before.jsonl")
    for number, total in ((0, 2), (0, 2), (4, 4)):
        Path("before.jsonl").write_text(entry(0) + entry(number), "utf-8")
        if number:
            summarise("run", "before.jsonl")
        summarise("run", pile, "--known", "outputs/before")
        assert len(reads) == total


def test_a_workbook_is_read_each_time(summarise: Command, reads: list[str]) -> None:
    """What was read of it doesn't tell all that reading it again would."""
    for total in (1, 2):
        assert summarise("run", EXPORTS / "papers.xlsx").code == 0
        assert len(reads) == total


def test_of_tables_it_is_told_what_was_taken(
    summarise: Command, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table's columns are told each time, which only reading it does where it isn't the first."""
    abstract = "Counting ants is slow. We propose to film them at noon."
    Path("a.csv").write_text(f"Article Title,Abstract\nAnts,{abstract}\n", "utf-8")
    Path("b.csv").write_text(f"Article Title,Abstract\nBees,{abstract} So be it.\n", "utf-8")
    for names, total in ((["a.csv"], 1), (["a.csv", "b.csv"], 3)):
        told = [summarise("run", *names).err for _ in range(2)]
        assert told[0].count("columns were taken") == told[1].count("columns were taken")
        assert told[1].count("columns were taken") == len(names)
        assert len(reads) == total


def test_a_damaged_record_of_the_same_size_is_noticed(
    summarise: Command, pile: Path, reads: list[str]
) -> None:
    """That nothing has changed is known by the bytes: a record is made anew where it is damaged."""
    summarise("run", pile)
    made = (RUN / "records.jsonl").read_bytes()
    line = made.splitlines()[0]
    (RUN / "records.jsonl").write_bytes(made.replace(line, b"x" * len(line)))
    summarise("run", pile)
    assert (RUN / "records.jsonl").read_bytes().splitlines()[-1][:40] == line[:40]
    assert len(reads) == 1


def test_failures_are_tried_again_without_reading(
    summarise: Command, pile: Path, reads: list[str]
) -> None:
    """What failed is attempted once more, of the documents that are there; nothing else is."""

    def reply(_: int, body: object) -> Any:
        return status(400) if "kind 4" in str(body) else draft_answer(body)

    with LoopbackServer(reply) as server:
        flags = ("run", pile, "--model", "m", "--base-url", server.base_url, "-o", RUN)
        summarise(*flags)
        asked = len(server.requests)
        summarise(*flags)
        assert len(server.requests) == asked + 1
        server.script = ()
        summarise(*flags)
        assert len(server.requests) == asked + 2
        summarise(*flags)
        assert len(server.requests) == asked + 2
    assert len(reads) == 1
    counts = json.loads((RUN / "manifest.json").read_text("utf-8"))["counts"]
    assert (counts["records"], counts["failures"]) == (counts["documents"], 0)


def test_a_refresh_makes_them_anew_without_reading(
    summarise: Command, pile: Path, reads: list[str]
) -> None:
    """Of the same documents each record is made once more."""
    summarise("run", pile)
    lines = (RUN / "records.jsonl").read_bytes().count(b"\n")
    summarise("run", pile, "--refresh")
    assert (RUN / "records.jsonl").read_bytes().count(b"\n") == 2 * lines
    assert len(reads) == 1


def test_a_table_that_is_gone_or_edited_comes_back(
    summarise: Command, pile: Path, reads: list[str]
) -> None:
    """Whatever else is there, the table is that of the records; an edited one is put aside."""
    summarise("run", pile)
    table = (RUN / "table.md").read_bytes()
    (RUN / "table.md").unlink()
    summarise("run", pile)
    assert (RUN / "table.md").read_bytes() == table
    (RUN / "table.md").write_bytes(table + b"note\n")
    summarise("run", pile)
    assert (RUN / "table.md").read_bytes() == table
    assert (RUN / "table.edited.md").read_bytes() == table + b"note\n"
    assert len(reads) == 1
