"""Tests of the accounts of inputs: in a run's closing lines and manifest, and by ``inspect``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise import summarise
from summarise.batch import InputAccount, InputOptions, Inspection, RunOptions, read_batch, run
from summarise.errors import InputError
from summarise.evaluate import Verification
from summarise.models import Document, SkipKind, Skipped
from summarise.settings import Settings
from summarise.store import InputPlace, Run, file_hash, manifest_hash

GOOD = {"title": "Copper", "abstract": "Copper nets cut training time by 40% on LoomSet."}
LINES = [
    json.dumps({**GOOD, "id": "a"}),
    json.dumps({"title": "Tin"}),
    json.dumps({**GOOD, "id": "b"}),
    "nonsense",
]
READ = {"document": 1, "no_abstract": 1, "duplicate": 1, "unreadable": 1}


def write(path: Path, *lines: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


@given(counts=st.dictionaries(st.sampled_from(["document", *SkipKind]), st.integers(0, 10**6)))
def test_an_account_balances(counts: dict[str, int]) -> None:
    """Whatever was read, the terms of the line add up to the entries that it begins with."""
    line = InputAccount(InputPlace("a.ris"), "ris", Counter(counts)).line()
    total, terms = line.removeprefix("a.ris (ris): ").replace(",", "").split(" = ")
    assert int(total.split()[0]) == sum(int(term.split()[0]) for term in terms.split(" + "))


def test_each_of_several_inputs_is_accounted_for(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """Also two files of one name; a document that is in both counts where it stands first."""
    paths = [write(tmp_path / one / "x.jsonl", *LINES) for one in ("one", "two")]
    folder, report = run(
        read_batch(paths), make_settings(model=None), RunOptions(output=tmp_path / "run")
    )
    first, second, *_ = report.closing_lines()
    what = "1 document + 1 without an abstract + 1 duplicate + 1 unreadable"
    assert first.endswith(f"one/x.jsonl (jsonl): 4 entries = {what}")
    what = "1 without an abstract + 2 duplicates + 1 unreadable"
    assert second.endswith(f"two/x.jsonl (jsonl): 4 entries = {what}")
    told = [one.entries for one in Run(folder).manifest.inputs]
    assert told == [READ, {"no_abstract": 1, "duplicate": 2, "unreadable": 1}]


def test_one_input_needs_no_line_of_its_own(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """The line of the whole run says it all."""
    batch = read_batch([write(tmp_path / "x.jsonl", *LINES)])
    _, report = run(batch, make_settings(model=None), RunOptions(output=tmp_path / "run"))
    assert len(report.closing_lines()) == 2


def test_a_limited_run_accounts_for_what_it_took(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """An entry behind the last document that --limit takes isn't read."""
    path = write(tmp_path / "x.jsonl", LINES[0], json.dumps({**GOOD, "title": "Tin"}), *LINES[1:])
    options = RunOptions(output=tmp_path / "run", limit=1)
    folder, report = run(read_batch([path]), make_settings(model=None), options)
    assert report.entries == 1
    assert [one.entries for one in Run(folder).manifest.inputs] == [{"document": 1}]


TIN = [LINES[0].replace("Copper", "Tin").replace('"a"', '"t"'), json.dumps({"title": "Zinc"})]


@pytest.mark.parametrize("place", ["x.jsonl", "other/x.jsonl", None])
def test_what_is_appended_and_what_was_there_tell_their_inputs(
    tmp_path: Path, place: str | None
) -> None:
    """Where the file was overwritten, has the name of another, or isn't a file."""

    def go(lines: list[str], name: str, *, append: bool) -> Run:
        source: Any = [json.loads(one) for one in lines if one != "nonsense"]
        if place is not None:
            source = write(tmp_path / name, *lines)
        return summarise(source, output=tmp_path / "run", append=append)

    def origins(run: Run) -> list[str]:
        """Of each document, each skip and each duplicate the hash of its input."""
        sums = {one.name: one.sha256 or "" for one in run.manifest.inputs}
        assert len(sums) == len(run.manifest.inputs)
        files = ("documents.jsonl", "skipped.jsonl", "duplicates.jsonl")
        told = [(run.path / name).read_text("utf-8").splitlines() for name in files]
        return [sums[json.loads(line)["source"]] for lines in told for line in lines]

    (old,) = set(origins(go(LINES, "x.jsonl", append=False)))
    both = go(TIN, place or "", append=True)
    new = both.manifest.inputs[-1].sha256
    skips = 2 if place is None else 3
    assert origins(both) == [old, new, *skips * [old], new, old]
    assert go(TIN, place or "", append=True).manifest.inputs == both.manifest.inputs
    assert not any(one.differences for one in Verification(Run(both.path)).verdicts())
    if place == "x.jsonl":
        grown = go([*TIN, LINES[0]], "x.jsonl", append=True)  # it holds all of its last state
        assert [one.name for one in grown.manifest.inputs] == [f"x.jsonl ({old[:8]})", "x.jsonl"]


def test_an_input_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    """``inspect`` goes on with the next one, and leaves with the code of the worst."""
    good, bad = write(tmp_path / "x.jsonl", LINES[0]), write(tmp_path / "y.jsonl", "nonsense")
    empty = write(tmp_path / "z.jsonl", "")
    inspection = Inspection([str(tmp_path / "absent"), empty, bad, good])
    entries = list(inspection.entries())
    assert [isinstance(entry, Skipped) for entry in entries] == [True, False]
    assert [error.message for error in inspection.refused] == ["no such file", "is empty"]
    assert inspection.exit_code == 2


def test_an_input_without_documents_is_no_fault_beside_others(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """Its account says what its entries were; alone, or beside its like, it is refused."""
    good, bare = write(tmp_path / "x.jsonl", LINES[0]), write(tmp_path / "y.jsonl", LINES[1])
    batch = read_batch([bare, good])
    _, report = run(batch, make_settings(model=None), RunOptions(output=tmp_path / "run"))
    assert (report.exit_code, report.documents) == (0, 1)
    assert report.closing_lines()[0].endswith("1 entry = 1 without an abstract")
    for paths in ([bare], [bare, bare]):
        with pytest.raises(InputError, match="no abstract found"):
            list(read_batch(paths).entries)


@pytest.mark.parametrize(("lines", "code"), [(LINES[:1], 0), (LINES[:3], 0), (LINES, 1)])
def test_inspect_leaves_with_what_is_unreadable(
    tmp_path: Path, lines: list[str], code: int
) -> None:
    """A duplicate, or an entry without an abstract, is no fault of the file."""
    inspection = Inspection([write(tmp_path / "x.jsonl", *lines)])
    assert len(list(inspection.entries())) == len(lines)
    assert inspection.exit_code == code


def test_what_another_run_holds_is_left_out(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """--known: a paper of an earlier run is a duplicate of its row there; the rest is read."""
    old, settings = tmp_path / "old", make_settings(model=None)
    run(read_batch([write(tmp_path / "x.jsonl", LINES[0])]), settings, RunOptions(output=old))
    new = json.dumps({**GOOD, "title": "Tin", "abstract": "Tin nets are slower by 3% on LoomSet."})
    path = write(tmp_path / "y.jsonl", LINES[0], new)
    inspection = Inspection([path], InputOptions(known=(old,)))
    first, second = inspection.entries()
    assert isinstance(first, Skipped)
    assert first.reason == f"the same title and abstract as line 1 of {old}"
    assert isinstance(second, Document)


def test_nothing_new_is_no_failure(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    """A run whose papers are all known says so, and leaves with 0."""
    old, settings = tmp_path / "old", make_settings(model=None)
    path = write(tmp_path / "x.jsonl", LINES[0])
    run(read_batch([path]), settings, RunOptions(output=old))
    batch = read_batch([path], InputOptions(known=(old,)))
    _, report = run(batch, settings, RunOptions(output=tmp_path / "new"))
    assert (report.exit_code, report.documents, report.entries) == (0, 0, 1)


def test_what_was_mended_is_told(
    make_settings: Callable[..., Settings], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With file and line, in the log of a run and in the document."""
    abstract = "Copper nets cut training time by 40% on LoomSet."
    path = write(
        tmp_path / "x.bib", "@misc{a,", ' title = "Copper"', f' abstract = "{abstract}"', "}"
    )
    batch = read_batch([path])
    folder, _ = run(batch, make_settings(model=None), RunOptions(output=tmp_path / "run"))
    (document,) = Run(folder).documents()
    assert document.abstract == abstract
    assert document.repairs == ("a comma is missing before “abstract”",)
    assert "x.bib:1: mended: a comma is missing before “abstract”" in caplog.text


def test_what_is_told_of_a_line_is_told_once(
    make_settings: Callable[..., Settings], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A feed that is kept in JSON has all of its papers on one line, each mended likewise."""
    entries = "".join(
        f"<entry><title>Net {n}</title><summary>Net {n} takes \b{n} hours.</summary></entry>"
        for n in range(18)
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'
    path = write(tmp_path / "x.json", json.dumps({"answers": [{"body": feed}]}))
    run(read_batch([path]), make_settings(model=None), RunOptions(output=tmp_path / "run"))
    told = [message for message in caplog.messages if "mended" in message]
    assert told == ["x.json:1: mended: control characters are left out"]


def twice(folder: Path) -> str:
    """An input with a duplicate and two versions of one work."""
    work = {**GOOD, "title": "Copper nets in training"}
    lines = [work, {**work, "doi": "10.5555/a"}, {**work, "arxiv": "2101.00001"}, GOOD, GOOD]
    return write(folder / "x.jsonl", *(json.dumps(one) for one in lines))


def decided(folder: Path) -> list[tuple[str, int]]:
    lines = (folder / "duplicates.jsonl").read_text("utf-8").splitlines()
    return [(one["decision"], one["line"]) for one in map(json.loads, lines)]


def test_decisions_stand_in_a_file_of_the_run(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """``verify`` holds it against documents and skips; it is made anew, and added to."""
    settings, folder = make_settings(model=None), tmp_path / "run"
    path = twice(tmp_path)
    options = RunOptions(output=folder)
    run(read_batch([path]), settings, options)
    found = [("duplicate", 2), ("duplicate", 3), ("duplicate", 5)]
    assert decided(folder) == found
    assert not list(verify(folder))
    run(read_batch([path]), settings, options)
    assert decided(folder) == found
    other = write(tmp_path / "y.jsonl", LINES[0], LINES[2])
    run(read_batch([other]), settings, RunOptions(output=folder, append=True))
    assert decided(folder) == [*found, ("duplicate", 2)]
    run(read_batch([path], InputOptions(keep_duplicates=True)), settings, options)
    assert [kind for kind, _ in decided(folder)] == ["kept", "kept", "group", "kept"]
    (folder / "duplicates.jsonl").write_text("")
    assert "duplicates.jsonl" in list(verify(folder))


def test_a_paper_that_is_added_again_under_another_id_is_there_once(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """What a folder holds is a paper's own before what is added; a new version takes its place."""
    settings, folder = make_settings(model=None), tmp_path / "run"
    work = {"title": "Copper nets in training", "abstract": f"{GOOD['abstract']} It is cheap."}
    held = write(tmp_path / "held.jsonl", *map(json.dumps, (work, {**GOOD, "id": "a"})))
    run(read_batch([held]), settings, RunOptions(output=folder))
    again = json.dumps({**work, "title": "Copper Nets in Training.", "doi": "10.5555/a"})
    version = json.dumps({**GOOD, "id": "a", "abstract": f"{GOOD['abstract']} It is new."})
    added = write(tmp_path / "added.jsonl", again, version, version)
    before = [one.doc_id for one in Run(folder).documents()]
    for _ in range(2):
        batch = read_batch([added], InputOptions(adds_to=folder))
        _, report = run(batch, settings, RunOptions(output=folder, append=True))
        now = list(Run(folder).documents())
        assert [one.doc_id for one in now] == before
        assert now[-1].abstract.endswith("It is new.")
        assert (report.documents, report.skipped) == (1, {SkipKind.DUPLICATE: 2})
        assert not list(verify(folder))


def verify(folder: Path) -> Iterator[str]:
    return (one.file for one in Verification(Run(folder)).verdicts() if one.differences)


@pytest.mark.parametrize("change", ["decision", "reason", "of", "line"])
def test_a_decision_that_was_altered_is_noticed(
    make_settings: Callable[..., Settings], tmp_path: Path, change: str
) -> None:
    """Also where the hashes are as they would be."""
    folder, _ = run(
        read_batch([twice(tmp_path)]), make_settings(model=None), RunOptions(output=tmp_path / "r")
    )
    file, manifest = folder / "duplicates.jsonl", folder / "manifest.json"
    first, *rest = file.read_text("utf-8").splitlines()
    new = {"decision": "apart", "reason": "no", "of": "x", "line": 9}[change]
    file.write_text("\n".join([json.dumps({**json.loads(first), change: new}), *rest, ""]))
    values = json.loads(manifest.read_text("utf-8"))
    values["hashes"]["duplicates"] = file_hash(file)
    values["sha256"] = manifest_hash(json.dumps(values).encode())
    manifest.write_text(json.dumps(values))
    assert list(verify(folder)) == ["duplicates.jsonl"]


def test_versions_of_one_work_are_told(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """In the table, and in a later run by --known."""
    lines = [{**GOOD, "doi": "10.5555/a"}, {**GOOD, "arxiv": "2101.00001"}]
    paths = [write(tmp_path / f"{n}.jsonl", json.dumps(one)) for n, one in enumerate(lines)]
    settings = make_settings(model=None)
    folder, report = run(read_batch(paths), settings, RunOptions(output=tmp_path / "run"))
    assert report.documents == 2
    assert "another version of 10.5555/a" in (folder / "table.md").read_text("utf-8")
    (entry,) = read_batch(paths[1:], InputOptions(known=(folder,))).entries
    assert isinstance(entry, Skipped)
    old, _ = run(read_batch(paths[:1]), settings, RunOptions(output=tmp_path / "old"))
    (entry,) = read_batch(paths[1:], InputOptions(known=(old,))).entries
    assert isinstance(entry, Document)
    assert (entry.version_of, entry.decided[0].of_source) == ("10.5555/a", str(old))


def test_a_retracted_paper_is_marked_in_the_table(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """And counted as that, with what the mark means below; nothing is said of marks without use."""
    path = write(tmp_path / "x.jsonl", json.dumps({**GOOD, "title": "RETRACTED: Copper"}))
    folder, _ = run(
        read_batch([path]), make_settings(model=None), RunOptions(output=tmp_path / "run")
    )
    table = (folder / "table.md").read_text("utf-8")
    assert "<br>⚠ retracted |" in table
    assert "; 1 paper ⚠ retracted.\n" in table
    assert "so its input says" in table
    assert "flagged" not in table
    assert "(?)" not in table
    assert "not attempted" not in table


def test_a_retraction_that_only_a_duplicate_tells_is_in_the_table(
    make_settings: Callable[..., Settings], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """However late it comes, in the table of a rerun, too; it is told, once."""
    first = {**GOOD, "title": "Copper in bogs", "doi": "10.5555/bog.1"}
    others = [{**GOOD, "doi": f"10.5555/{n}"} for n in range(30)]
    again = {**first, "title": "RETRACTED: Copper in bogs"}
    lines = map(json.dumps, [first, *others, *others, again])
    path = write(tmp_path / "x.jsonl", "\n".join(lines))
    for _ in range(2):
        caplog.clear()
        out = RunOptions(output=tmp_path / "run")
        folder, report = run(read_batch([path]), make_settings(model=None), out)
        table = (folder / "table.md").read_text("utf-8")
        assert (report.documents, table.count("<br>⚠ retracted")) == (31, 1)
        assert caplog.text.count("here it is marked: retracted") == 1
    assert not list(verify(folder))
    assert Run(folder).find("Copper in bogs")[0].reference["status"] == "retracted"


def test_an_empty_name_is_no_input() -> None:
    """To a system it names the folder that one is in: a variable that isn't set sends nothing."""
    with pytest.raises(InputError, match="an input has an empty name"):
        read_batch(["", "page.txt"])
