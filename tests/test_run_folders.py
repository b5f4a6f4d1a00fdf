"""Whose folder a run goes to, and that nothing made is lost by trying something else."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from summarise.errors import RunError
from summarise.store import OWN, open_run, telling
from tests.caches import fill
from tests.loopback import LoopbackServer, Reply, draft_answer, status
from tests.test_cli import Command, summarise
from tests.test_store import IDENTITY

__all__ = ["summarise"]

PAGE = Path("page.jsonl")
OUTPUTS = Path("outputs")
NOWHERE = ("--base-url", "http://127.0.0.1:9/v1")


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder but the lock."""
    return {f.name: f.read_bytes() for f in sorted(folder.iterdir()) if f.name != ".lock"}


def folders() -> list[str]:
    return sorted(one.name for one in OUTPUTS.iterdir())


def entry(name: str) -> str:
    abstract = f"Problem {name} is hard to solve today. We propose remedy {name} for it."
    return f'{{"id": "{name}", "title": "Paper {name}", "abstract": "{abstract}"}}\n'


@pytest.fixture(autouse=True)
def page(tmp_path: Path) -> Path:
    """Ten documents as JSON lines, in ``PAGE``."""
    path = tmp_path / PAGE
    path.write_text("".join(entry(f"d{n}") for n in range(10)))
    return path


@pytest.mark.parametrize("output", [(), ("-o", "here")])
def test_a_model_that_is_not_there_leaves_the_free_table(
    summarise: Command, output: tuple[str, ...]
) -> None:
    """The embedded extractor's table stands untouched, whatever is tried after it."""
    first = summarise("run", PAGE, *output)
    folder = Path(first.out.strip()).parent
    free = contents(folder)
    tried = summarise("run", PAGE, "--model", "m", *NOWHERE, *output)
    assert (first.code, tried.code) == (0, 3)
    assert "can't be reached" in tried.err
    assert contents(folder) == free
    again = summarise("run", PAGE, *output)
    assert again.code == 0
    assert "10 records (10 from before), 0 failures" in again.err
    assert contents(folder)["table.md"] == free["table.md"]


@pytest.mark.parametrize(
    ("model", "folder"),
    [
        ("gpt-5-mini", "page.gpt-5-mini"),
        ("a/b", "page.a-b"),
        ("qwen3:8b", "page.qwen3-8b"),
        ("../../etc", "page.etc"),
        ("x.gguf", "page.x"),
        ("µ" * 300, "page.model"),
        ("m" * 300, "page." + "m" * 60),
    ],
)
def test_a_models_run_has_a_folder_of_its_own(
    summarise: Command, page: Path, model: str, folder: str
) -> None:
    """Its name is the input's and the model's, safe in any file system."""
    summarise("run", page)
    with LoopbackServer() as server:
        done = summarise("run", page, "--model", model, "--base-url", server.base_url)
    assert done.code == 0
    assert folders() == ["page", folder]


def test_another_schema_or_prompt_is_in_the_name(summarise: Command, page: Path) -> None:
    """Records of two schemas or prompts of one model don't meet in one folder."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "--limit", 1)
        summarise(*line)
        summarise(*line, "--prompt-version", "v1")
        summarise(*line, "--schema", "pico")
    assert folders() == ["page.m", "page.m.Pico", "page.m.v1"]


def test_a_folder_that_a_model_made_before_is_taken_on(summarise: Command, page: Path) -> None:
    """Runs of before models had folders of their own go on where they are, without a call."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "--no-cache")
        summarise(*line, "-o", OUTPUTS / "page")
        again = summarise(*line)
        assert len(server.requests) == 10
    assert folders() == ["page"]
    assert "10 records (10 from before)" in again.err
    free = summarise("run", page)
    assert free.out == f"{OUTPUTS / 'page-2' / 'table.md'}\n"
    assert (
        "outputs/page holds the run of page.jsonl by m; this run goes to outputs/page-2" in free.err
    )


def test_two_inputs_of_one_name_have_two_folders(summarise: Command, tmp_path: Path) -> None:
    """The second says where it goes, each finds its own again, and neither loses a record."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.jsonl").write_text(entry("shared") + entry(name))
    told = [summarise("run", f"{name}/page.jsonl") for name in ("a", "b", "a", "b")]
    assert [one.out for one in told] == [
        f"{OUTPUTS / name / 'table.md'}\n" for name in ("page", "page-2", "page", "page-2")
    ]
    assert "holds the run of a/page.jsonl" in told[1].err
    assert "this run goes to outputs/page-2" in told[1].err
    assert "2 records (2 from before)" in told[2].err
    assert "2 records (2 from before)" in told[3].err


def test_the_refusal_of_another_model_names_the_folder_to_use(
    summarise: Command, page: Path
) -> None:
    """What it names works as it stands, and again."""
    with LoopbackServer() as server:
        line = ("run", page, "--base-url", server.base_url, "--limit", 2)
        summarise(*line, "--model", "a", "-o", "here")
        refused = summarise(*line, "--model", "b", "-o", "here")
        assert refused.code == 2
        assert "-o here.b" in refused.err
        assert summarise(*line, "--model", "b", "-o", "here.b").code == 0
        again = summarise(*line, "--model", "b", "-o", "here")
    assert "-o here.b," in again.err


def test_a_run_that_was_killed_is_found_again(summarise: Command, page: Path) -> None:
    """Its folder knows its input from the start, and one that doesn't is taken for its own."""
    summarise("run", page)
    path = OUTPUTS / "page" / "manifest.json"
    before: dict[str, Any] = json.loads(path.read_text())
    known: list[Any]
    for known in (before["inputs"], []):
        path.write_text(json.dumps({**before, "inputs": known, "state": "running"}))
        summarise("run", page)
    assert folders() == ["page"]


def test_an_input_is_found_again_after_another_was_added(summarise: Command, page: Path) -> None:
    """--append adds to what a run was made from."""
    Path("more.jsonl").write_text(entry("more"))
    summarise("run", page)
    summarise("run", "more.jsonl", "--append", "-o", OUTPUTS / "page")
    summarise("run", page)
    assert folders() == ["page"]


# --limit and --only


def test_a_limit_bounds_the_work_and_takes_nothing_away(summarise: Command, page: Path) -> None:
    """A run over a part does that part; the folder and its table keep the rest, in their order."""
    summarise("run", page)
    table = (OUTPUTS / "page" / "table.md").read_bytes()
    for part in (("--limit", 5), ("--only", "d7"), ("--limit", 1, "--only", "d9")):
        again = summarise("run", page, *part)
        assert again.code == 0
        assert "more in the folder → 10 records (10 from before), 0 failures" in again.err
        assert (OUTPUTS / "page" / "table.md").read_bytes() == table


def test_a_limit_grows_a_run(summarise: Command, page: Path) -> None:
    """Each larger part asks for what is new in it; the whole puts all in the order of the input."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "--no-cache")
        asked = []
        for part in (("--only", "d9"), ("--limit", 2), ("--limit", 5), ()):
            assert summarise(*line, *part).code == 0
            asked.append(len(server.requests))
    assert asked == [1, 3, 6, 10]
    table = (OUTPUTS / "page.m" / "table.md").read_text()
    rows = [line.split("|")[2].strip() for line in table.splitlines() if "Paper d" in line]
    assert rows == [f"Paper d{n}" for n in range(10)]


def test_a_limit_does_not_make_up_for_the_rest(summarise: Command, page: Path) -> None:
    """What is pending outside the part stays so, and is told."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url)
        summarise(*line, "--max-calls", 4)
        told = summarise(*line, "--limit", 6)
        assert len(server.requests) == 6
    assert told.code == 0
    assert "6 documents + 4 more in the folder → 6 records (4 from before)" in told.err
    assert "4 not attempted" in told.err


def test_a_run_that_never_began_leaves_nothing(summarise: Command, page: Path) -> None:
    """Where nothing was made one line says why; there is no folder, but for what was in it."""
    line = ("run", page, "--model", "m", *NOWHERE)
    told = summarise(*line)
    assert told.err == (
        "summarise: stopped: 127.0.0.1:9: can't be reached: Connection refused. "
        "Check the base URL, and that the server runs.\n"
    )
    assert (told.code, told.out, folders()) == (3, "", [])
    log = OUTPUTS / "page.m" / "requests.jsonl"
    log.parent.mkdir()
    log.write_text("")
    summarise(*line, "--log-json", log)
    assert [one.name for one in log.parent.iterdir()] == [log.name]


def test_where_a_model_is_served_can_be_put_right(summarise: Command, page: Path) -> None:
    """A run that was killed before its first answer goes on at another address, and not later."""
    with LoopbackServer() as server, LoopbackServer() as other:
        line = ("run", page, "--model", "m", "-o", "here", "--no-cache")
        summarise(*line, "--base-url", server.base_url)
        path = Path("here")
        refused = summarise(*line, "--base-url", other.base_url)
        assert (refused.code, "endpoint 127.0.0.1" in refused.err) == (2, True)
        for name in ("answers.jsonl", "records.jsonl"):
            (path / name).write_text("")
        manifest = json.loads((path / "manifest.json").read_text())
        killed: dict[str, Any] = {"hashes": None, "rendered": None, "counts": {}}
        killed |= {"settled": {}, "state": "running"}
        (path / "manifest.json").write_text(json.dumps({**manifest, **killed}))
        gone_on = summarise(*line, "--base-url", other.base_url)
        assert gone_on.code == 0
        assert (len(other.requests), "10 records" in gone_on.err) == (10, True)
    assert summarise("verify", "here").code == 0


# --refresh


def test_refreshing_reads_the_cache(summarise: Command, page: Path) -> None:
    """--refresh makes records anew for nothing; --fresh-answers asks for each."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url)
        asked = []
        for more in ((), ("--refresh",), ("--fresh-answers",)):
            told = summarise(*line, *more)
            asked.append(len(server.requests))
            assert "10 records, 0 failures" in told.err
    assert asked == [10, 10, 20]


def test_a_refresh_that_is_cut_short_goes_on(summarise: Command, page: Path) -> None:
    """What was made anew isn't made anew again, nor do older answers count against a cap."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "--no-cache")
        summarise(*line)
        anew = [summarise(*line, "--fresh-answers", "--max-calls", n) for n in (4, 8, 12)]
        assert [one.code for one in anew] == [3, 3, 0]
        assert "6 not attempted, 6 older records stay in the table" in anew[0].err
        assert len(server.requests) == 20
        assert summarise(*line).code == 0
        assert len(server.requests) == 20
        summarise(*line, "--fresh-answers", "--max-calls", 4)
        assert len(server.requests) == 24


def test_refreshing_one_leaves_the_others_paid(summarise: Command, page: Path) -> None:
    """--only d3 makes one anew, and the next plain run asks for nothing."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "--no-cache")
        for more in ((), ("--only", "d3", "--fresh-answers"), ()):
            assert summarise(*line, *more).code == 0
        assert len(server.requests) == 11


def test_a_refresh_against_a_dead_server_loses_nothing(summarise: Command, page: Path) -> None:
    """The records stay, in the files and in the table."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "-o", "here")
        summarise(*line)
    table = Path("here/table.md").read_bytes()
    told = summarise(*line, "--fresh-answers")
    assert told.code == 3
    assert "10 not attempted, 10 older records stay in the table" in told.err
    assert Path("here/table.md").read_bytes() == table
    assert summarise(*line).code == 0


def test_a_document_that_fails_to_be_made_anew_keeps_its_record(
    summarise: Command, page: Path
) -> None:
    """The failure is told, by the line and the exit code; the older record is shown."""

    def fails_then(number: int, body: object) -> Reply:
        return status(400) if number == 10 else draft_answer(body)

    with LoopbackServer(fails_then) as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "-o", "here")
        summarise(*line)
        told = summarise(*line, "--fresh-answers")
    assert told.code == 1
    assert "9 records, 1 failure (1 rejected), 1 older record stays in the table" in told.err
    assert "failed:" not in Path("here/table.md").read_text()


def test_another_model_takes_a_folder_over_record_by_record(summarise: Command, page: Path) -> None:
    """With --refresh the old model's records are shown until the new one's are there."""
    with LoopbackServer() as server:
        line = ("run", page, "--base-url", server.base_url, "-o", "here")
        summarise(*line, "--model", "a")
        told = summarise(*line, "--model", "b", "--refresh", "--max-calls", 4)
        assert told.code == 3
        assert "4 records, 0 failures, 6 not attempted, 6 older records stay" in told.err
        assert "| not attempted" not in Path("here/table.md").read_text()
        assert summarise(*line, "--model", "b").code == 0
        assert len(server.requests) == 20


V2 = ("--prompt-version", "v2")


def identity_of(folder: str) -> dict[str, Any]:
    """What made a run."""
    identity: dict[str, Any] = json.loads(Path(folder, "manifest.json").read_text())["identity"]
    return identity


@pytest.mark.parametrize(
    ("part", "output"),
    [
        (("--fresh-answers", "--only", "d2"), ()),
        (("--fresh-answers", "--only", "d2"), ("-o", "here")),
        (("--refresh", "--limit", "3"), ()),
        (("--refresh", "--only", "d2", "--temperature", "0.7"), ("-o", "here")),
    ],
)
def test_a_part_that_is_made_anew_goes_on_with_the_prompt_of_the_run(
    summarise: Command, page: Path, part: tuple[str, ...], output: tuple[str, ...]
) -> None:
    """Records of an earlier schema stay in the table, and nothing is bought twice."""
    with LoopbackServer(lambda _, body: draft_answer(body)) as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url)
        summarise(*line, *V2, "-o", output[1] if output else "outputs/page.m")
        told = summarise(*line, *output, *part)
        assert told.code == 0
        folder = Path(told.out.strip()).parent
        assert "| not attempted" not in (folder / "table.md").read_text()
        assert identity_of(str(folder))["prompt_version"] == "v2"
        assert summarise("verify", folder).code == 0
        before = len(server.requests)
        if "--temperature" not in part:
            assert summarise(*line, *output).code == 0
            assert len(server.requests) == before


@pytest.mark.parametrize(
    "changes",
    [
        ("--model", "m", "--prompt-version", "v3"),
        ("--model", "m", "--schema", "pico"),
        (),
    ],
)
@pytest.mark.parametrize("how", ["--refresh", "--fresh-answers"])
def test_a_part_changes_no_schema_and_takes_no_paid_folder_over(
    summarise: Command, page: Path, changes: tuple[str, ...], how: str
) -> None:
    """It is refused before anything is changed, and says where to go instead."""
    with LoopbackServer(lambda _, body: draft_answer(body)) as server:
        line, at = ("run", page, "-o", "here"), ("--base-url", server.base_url)
        summarise(*line, *at, "--model", "m", *V2)
        before = contents(Path("here"))
        told = summarise(*line, *(at if changes else ()), *changes, how, "--only", "d2")
        assert len(server.requests) == 10
    assert told.code == 2
    assert "here: was made with" in told.err
    assert "Write to another folder with -o here" in told.err
    assert "--refresh and without --limit and --only" in told.err
    assert contents(Path("here")) == before


def test_a_part_by_the_embedded_extractor_takes_no_paid_run_over(
    summarise: Command, page: Path
) -> None:
    """Nor where the schema is the same: the model was forgotten."""
    with LoopbackServer() as server:
        summarise("run", page, "--model", "m", "--base-url", server.base_url, "-o", "here")
    before = contents(Path("here"))
    told = summarise("run", page, "-o", "here", "--refresh", "--only", "d2")
    assert (told.code, contents(Path("here"))) == (2, before)


def test_records_of_another_schema_that_are_not_shown_are_told(
    summarise: Command, page: Path
) -> None:
    """Where all is made anew with other fields and that is cut short, nothing goes in silence."""
    with LoopbackServer(lambda _, body: draft_answer(body)) as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "-o", "here")
        summarise(*line, *V2)
        told = summarise(*line, "--refresh", "--max-calls", 4)
        assert "6 not attempted, 6 older records are kept, not shown" in told.err
        rest = summarise(*line)
        assert (rest.code, "older" in rest.err) == (0, False)
        assert len(server.requests) == 20
    assert "last refresh" not in summarise("verify", "here").out
    told = summarise(*line, "--refresh", *V2, "--no-cache")  # the server has gone
    assert "10 not attempted, 10 older records stay in the table" in told.err


# --append with a part


@pytest.mark.parametrize(
    ("more", "calls"),
    [
        (("--fresh-answers", "--only", "d8"), 1),
        (("--fresh-answers", "--limit", "2"), 2),
        (("--limit", "2"), 0),
        ((), 0),
    ],
)
def test_a_part_of_what_is_added_bounds_the_work(
    summarise: Command, tmp_path: Path, more: tuple[str, ...], calls: int
) -> None:
    """--append keeps what the folder holds; --only and --limit say what is done."""
    for name, numbers in (("a", range(6)), ("b", range(6, 12))):
        (tmp_path / f"{name}.jsonl").write_text("".join(entry(f"d{n}") for n in numbers))
    with LoopbackServer() as server:
        line = ("--model", "m", "--base-url", server.base_url, "-o", "here")
        summarise("run", "a.jsonl", *line)
        summarise("run", "b.jsonl", *line, "--append", "--limit", 1)
        assert len(server.requests) == 7
        summarise("run", "b.jsonl", *line, "--append")
        assert len(server.requests) == 12
        told = summarise("run", "b.jsonl", *line, "--append", *more)
        assert (told.code, len(server.requests)) == (0, 12 + calls)
        assert "→ 12 records" in told.err
    assert summarise("verify", "here").code == 0
    inputs = json.loads(Path("here/manifest.json").read_text())["inputs"]
    assert [one["name"] for one in inputs] == ["a.jsonl", "b.jsonl"]


# Folders of others


@pytest.mark.parametrize("name", ["table.md", "failures.jsonl", "notes.txt", "sub/x"])
def test_a_folder_with_other_files_is_refused(
    summarise: Command, tmp_path: Path, name: str
) -> None:
    """Before a byte is written: what is there stays, and nothing is added."""
    folder = tmp_path / "mine"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text("years of work")
    refused = summarise("run", PAGE, "-o", folder)
    assert refused.code == 2
    assert "isn't empty and holds no run" in refused.err
    assert [one.name for one in folder.rglob("*") if one.is_file()] == [Path(name).name]
    assert (folder / name).read_text() == "years of work"


@pytest.mark.parametrize("name", ["documents.jsonl", "skipped.jsonl", "records.jsonl"])
def test_an_input_is_never_written_over(summarise: Command, tmp_path: Path, name: str) -> None:
    """Not even in a folder that holds a run."""
    summarise("run", PAGE, "-o", "here")
    for folder in (Path("here"), tmp_path):
        shutil.copy("here/documents.jsonl", "keep")
        shutil.copy("keep", folder / name)
        before = (folder / name).read_bytes()
        refused = summarise("run", folder / name, "-o", folder)
        assert refused.code == 2
        assert (folder / name).read_bytes() == before


@pytest.mark.parametrize("name", ["documents.jsonl", "records.jsonl"])
def test_what_a_run_has_lost_is_made_again(summarise: Command, name: str) -> None:
    """Until then no table is printed, not even its head."""
    summarise("run", PAGE, "-o", "here")
    before = summarise("table", "here")
    Path("here", name).unlink()
    refused = summarise("table", "here")
    assert (refused.code, refused.out) == (2, "")
    assert f"here/{name}: is gone, with 10 {name.removesuffix('.jsonl')}" in refused.err
    shutil.copytree("here", "there")
    refused = summarise("diff", "here", "there")
    assert (refused.code, refused.out) == (2, "")
    assert summarise("run", PAGE, "-o", "here").code == 0
    assert summarise("table", "here").out == before.out


@pytest.mark.parametrize(
    ("name", "told"),
    [("documents.jsonl", "3 of 10 documents"), ("records.jsonl", "{} of {} bytes")],
)
def test_of_what_was_cut_a_reader_is_told(summarise: Command, name: str, told: str) -> None:
    """Once, by whatever reads the run, until the same command has made it again."""
    summarise("run", PAGE, "-o", "here")
    before, file = summarise("table", "here"), Path("here", name)
    assert "holds" not in before.err
    whole = file.read_bytes()
    cut = b"".join(whole.splitlines(keepends=True)[:3])
    file.write_bytes(cut)
    said = f"here: {name} holds {told.format(f'{len(cut):,}', f'{len(whole):,}')} of the last run;"
    for words in (["table"], ["diff", "here"], ["status"], ["show", "99"], ["report"]):
        read = summarise(words[0], "here", *words[1:])
        assert read.err.count(said) == 1 + (words[0] == "diff"), read.err
        assert "put the file back, or make the run again" in read.err
    status = summarise("status", "here").out
    assert status.startswith("here: damaged\n")
    assert "make anew what was lost:\n             summarise run " in status
    assert json.loads(summarise("status", "here", "--json").out)["state"] == "damaged"
    refused = summarise("methods", "here")
    assert (refused.code, refused.out) == (2, "")
    assert "has lost lines, so nothing is told of it" in refused.err
    assert summarise("run", PAGE, "-o", "here").code == 0
    after = summarise("table", "here")
    assert (after.out, after.err) == (before.out, before.err)
    assert summarise("status", "here").out.startswith("here: complete\n")


@pytest.mark.parametrize("name", ["...jsonl", "..jsonl", "-.jsonl"])
def test_an_odd_name_is_no_way_out_of_outputs(
    summarise: Command, tmp_path: Path, name: str
) -> None:
    """The folder is inside of outputs/, whatever the input is called."""
    (tmp_path / name).write_text(entry("a"))
    done = summarise("run", "--", tmp_path / name)
    assert done.code == 0
    assert Path(done.out.strip()).parent.parent == OUTPUTS
    assert Path(done.out.strip()).parent.name not in {"", ".", ".."}


def test_a_folder_is_called_like_its_input(summarise: Command, tmp_path: Path) -> None:
    """In whatever script."""
    (tmp_path / "Übersicht 総説.jsonl").write_text(entry("a"))
    assert summarise("run", "Übersicht 総説.jsonl").out.startswith("outputs/Übersicht 総説/")


def test_what_a_kill_left_at_the_very_beginning_is_no_obstacle(
    summarise: Command, tmp_path: Path
) -> None:
    """A folder with empty files of ours and no manifest is taken for what it is."""
    folder = tmp_path / "run"
    folder.mkdir()
    for name in (".lock", "answers.jsonl", "records.jsonl", ".summarise-0123456789abcdef.new"):
        (folder / name).touch()
    assert summarise("run", PAGE, "-o", folder).code == 0
    assert not list(folder.glob(".summarise-*"))


@pytest.mark.parametrize("name", ["records.jsonl", "answers.jsonl", "failures.jsonl", ".lock"])
def test_a_planted_link_is_not_followed(summarise: Command, tmp_path: Path, name: str) -> None:
    """A file that a run appends to is never one elsewhere: one clear line, and it is untouched."""
    summarise("run", PAGE, "-o", "here")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    Path("here", name).unlink()
    Path("here", name).symlink_to(victim)
    refused = summarise("run", PAGE, "-o", "here")
    assert (refused.code, victim.read_text()) == (2, "precious")
    assert "can't be written" in refused.err


@pytest.mark.parametrize("name", ["records.jsonl", "documents.jsonl", "manifest.json", ".lock"])
def test_a_folder_in_the_place_of_a_file(summarise: Command, name: str) -> None:
    """One clear line says what stands there and what to do: there is room."""
    summarise("run", PAGE, "-o", "here")
    Path("here", name).unlink()
    Path("here", name).mkdir()
    refused = summarise("run", PAGE, "-o", "here", "--refresh")
    told = refused.err.splitlines()[-1]
    assert (refused.code, refused.out) == (2, "")
    assert told.startswith(f"summarise: here/{name}: can't be ")
    assert "). Move away " in told
    assert "ake room" not in told


def test_a_table_that_cannot_be_put_in_place(summarise: Command) -> None:
    """It is told, no path of one is printed, and the records are kept; the next run writes it."""
    table = Path("here/table.md")
    summarise("run", PAGE, "-o", "here")
    table.unlink()
    table.mkdir()
    done = summarise("run", PAGE, "-o", "here", "--refresh")
    assert (done.code, done.out) == (3, "")
    told = "summarise: the table wasn't written: here/table.md: can't be written (Is a directory)."
    assert f"{told} Move away what stands in its place, or " in done.err
    assert "10 records, 0 failures" in done.err
    assert done.err.endswith("Run the same command again to resume.\n")
    table.rmdir()
    done = summarise("run", PAGE, "-o", "here")
    assert (done.code, done.out, table.is_file()) == (0, "here/table.md\n", True)


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("circle", "Remove the link "),
        ("circle/below", "Remove the link "),
        ("file", "Move away the file "),
        ("file/below", "Move away the file "),
        ("x" * 300, "Shorten its name, "),
    ],
)
def test_an_output_that_cannot_be(summarise: Command, output: str, remedy: str) -> None:
    """Each refusal of the system comes with what mends it; room mends a full disk alone."""
    Path("circle").symlink_to("circle")
    Path("file").touch()
    refused = summarise("run", PAGE, "-o", output)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert f"). {remedy}" in refused.err
    assert refused.err.endswith(", or choose another folder with -o.\n")


def test_rights_and_room() -> None:
    """What can't be brought about here is worded by the same rule; a full disk has its own code."""
    for number, remedy in (
        *((errno.EACCES, "See with ls -ld "), (errno.EROFS, "Have its file system mounted ")),
        *((errno.EIO, "Choose another folder"), (errno.ENOSPC, "Make room, or choose another ")),
    ):
        with pytest.raises(RunError) as told, telling(Path("here")):
            raise OSError(number, os.strerror(number))
        assert str(told.value).startswith(f"here: can't be written ({os.strerror(number)}). ")
        assert str(told.value.hint).startswith(remedy)
        assert told.value.exit_code == (3 if number == errno.ENOSPC else 2)


def test_links_in_a_circle_beside_the_files_of_a_run(summarise: Command) -> None:
    """They are no bug: one in the place of a file that is written whole is replaced."""
    summarise("run", PAGE, "-o", "here")
    for name in ("table.md", "other"):
        Path("here", name).unlink(missing_ok=True)
        Path("here", name).symlink_to(name)
    done = summarise("run", PAGE, "-o", "here", "--refresh")
    assert (done.code, Path("here/table.md").is_symlink()) == (0, False)


@pytest.mark.parametrize("name", ["table.md", "documents.jsonl", "manifest.json", "table.md.new"])
def test_a_link_in_the_place_of_a_file_is_replaced_itself(
    summarise: Command, tmp_path: Path, name: str
) -> None:
    """What a run writes whole takes the place of a link, and leaves alone what it leads to."""
    summarise("run", PAGE, "-o", "here")
    victim = tmp_path / "victim"
    shutil.copy(f"here/{name}", victim) if Path("here", name).exists() else victim.touch()
    before = victim.read_bytes()
    Path("here", name).unlink(missing_ok=True)
    Path("here", name).symlink_to(victim)
    (tmp_path / "more.jsonl").write_text(entry("more"))
    assert summarise("run", "more.jsonl", "-o", "here", "--append").code == 0
    assert victim.read_bytes() == before


def test_a_paper_that_is_added_under_another_id_is_there_already(
    summarise: Command, page: Path, tmp_path: Path
) -> None:
    """Two databases name it otherwise; the folder holds it once."""
    summarise("run", page, "-o", "here")
    first = json.loads(page.read_text().splitlines()[0])
    (tmp_path / "more.jsonl").write_text(json.dumps({**first, "id": "other"}))
    done = summarise("run", "more.jsonl", "-o", "here", "--append")
    assert "0 documents (and 1 duplicate)" in done.err
    assert len(Path("here/documents.jsonl").read_text().splitlines()) == 10


# Where a table goes


def test_a_table_goes_where_a_link_leads(summarise: Command, tmp_path: Path) -> None:
    """The user's own link is followed: the file at its end is replaced, the link stays."""
    summarise("run", PAGE, "-o", "here")
    target = tmp_path / "target.md"
    target.write_text("old")
    Path("link.md").symlink_to(target)
    assert summarise("table", "here", "-o", "link.md").code == 0
    assert Path("link.md").is_symlink()
    assert target.read_bytes() == Path("here/table.md").read_bytes()


def test_an_edited_table_is_kept_when_the_table_is_written_again(summarise: Command) -> None:
    """By ``table RUN -o RUN/table.md``, once, however often; the run's own is just replaced."""
    summarise("run", PAGE, "-o", "here")
    again = ("table", "here", "-o", "here/table.md")
    for told in ("", "", "It is kept as table.edited.md", "It is kept as table.edited.md"):
        if told:
            Path("here/table.md").write_text("mine")
        done = summarise(*again)
        assert (done.code, told in done.err, bool(done.err)) == (0, True, bool(told))
    assert Path("here/table.edited.md").read_text() == "mine"
    assert len(list(Path("here").glob("table*"))) == 2
    assert summarise("verify", "here").code == 0


@pytest.mark.skipif(os.name == "nt", reason="no such files")
def test_what_is_no_plain_file_is_written_to_as_it_is(summarise: Command, tmp_path: Path) -> None:
    """A pipe or a device stays what it is, and gets the table."""
    summarise("run", PAGE, "-o", "here")
    assert summarise("table", "here", "-o", "/dev/null").code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert summarise("table", "here", "-o", pipe).code == 0
    assert os.read(reader, 8) == b"# Papers"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def writing_to(name: str) -> list[tuple[str, ...]]:
    """The commands that write to a file, which is named."""
    return [
        ("table", "here", "--format", "markdown", "-o", name),
        ("eval", "here", "-o", name),
        ("eval", "other", "here", "-o", name),
        ("cache", "export", name, "--cache-dir", "cache"),
    ]


@pytest.fixture
def two_runs(summarise: Command, tmp_path: Path) -> Path:
    """The folder of two runs of ``page.md``, ``here`` and ``other``, and of a cache."""
    papers = (f"# Paper {n}\n\n{json.loads(entry(f'd{n}'))['abstract']}\n\n" for n in range(3))
    Path("page.md").write_text("".join(papers))
    for folder in ("here", "other"):
        assert summarise("run", "page.md", "-o", folder).code == 0
    fill(tmp_path / "cache", "bees")
    return tmp_path


@pytest.mark.usefixtures("two_runs")
@pytest.mark.parametrize("page", ["edited", "moved"])
def test_what_is_needed_is_never_written_over(summarise: Command, page: str) -> None:
    """Neither a file of any run or cache, be it there yet or not, nor an input."""
    Path("link.md").symlink_to("here/answers.jsonl")
    Path("gone").mkdir()
    Path("new").mkdir()
    Path("page.md").rename("gone/page.md")
    names = ["page.md"]
    if page == "edited":
        shutil.copy("gone/page.md", "page.md")
    else:
        names = [f"here/{name}" for name in sorted(OWN - {"table.md"})]
        names += ["other/failures.jsonl", "link.md", "gone/page.md"]
        names += ["cache/cache.db", "new/cache.db", "other/table.md"]
    with Path("page.md").open("a") as edited:
        edited.write(" ")
    for name in names:
        path = Path(name)
        before = path.read_bytes() if path.exists() else None
        for command in writing_to(name):
            refused = summarise(*command)
            assert refused.code == 2, command
            assert refused.err.startswith(f"summarise: {name}: is a")
            assert refused.err.count("\n") == 1
            assert (path.read_bytes() if path.exists() else None) == before, command


@pytest.mark.usefixtures("two_runs")
def test_a_result_is_written_over_by_the_same_command(summarise: Command) -> None:
    """A table may be a run's own; nothing else may take its place."""
    for command in writing_to("NAME"):
        free = f"{command[0]}.{'jsonl' if command[0] == 'cache' else 'md'}"
        for _ in range(2):
            assert summarise(*(free if one == "NAME" else one for one in command)).code == 0
    for command in writing_to("here/table.md")[1:]:
        assert summarise(*command).code == 2


def test_an_export_takes_the_place_of_an_export_alone(summarise: Command, tmp_path: Path) -> None:
    """Whatever else is there, such as one's abstracts, stays; an empty file is none."""
    fill(tmp_path / "cache", "bees")
    command = ("cache", "export", "--cache-dir", tmp_path / "cache")
    Path("mine.jsonl").write_text(entry("a"))
    refused = summarise(*command, "mine.jsonl")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert refused.err.startswith("summarise: mine.jsonl: is another file, and isn't written over.")
    assert Path("mine.jsonl").read_text() == entry("a")
    Path("mine.jsonl").write_text("")
    for _ in range(2):
        assert summarise(*command, "mine.jsonl").code == 0


def test_an_edited_comparison_is_put_aside(summarise: Command, page: Path) -> None:
    """What a person made of it is kept beside the new one; one of before is just replaced."""
    command = ("compare-models", "--model", "m", *NOWHERE, "-o", "models", page)
    for _ in range(2):
        summarise(*command)
    with Path("models/comparison.md").open("a") as edited:
        edited.write("mine")
    assert "It is kept as comparison.edited.md" in summarise(*command).err
    assert Path("models/comparison.edited.md").read_text().endswith("mine")
    Path("models/comparison.json").write_text("{}")
    summarise(*command)
    assert Path("models/comparison.edited.json").read_text() == "{}"
    left = sorted(one.name for one in Path("models").glob("comparison.*"))
    ends = ("edited.json", "edited.md", "edited1.md", "json", "md")
    assert left == [f"comparison.{end}" for end in ends]


def test_what_is_only_called_a_comparison_is_no_folder_of_ours(
    summarise: Command, page: Path
) -> None:
    """Nothing is written to it."""
    Path("models").mkdir()
    for name, text in (("comparison.md", "mine"), ("comparison.json", "{}")):
        Path("models", name).write_text(text)
        before = contents(Path("models"))
        refused = summarise("compare-models", "--model", "m", *NOWHERE, "-o", "models", page)
        assert (refused.code, "holds no run" in refused.err) == (2, True)
        assert contents(Path("models")) == before


def test_a_comparison_is_no_input_of_itself(summarise: Command, page: Path) -> None:
    """Neither a page nor gold is written over by the comparison's own files."""
    command = ("compare-models", "--model", "m", *NOWHERE, "-o", "models")
    assert summarise(*command, page).code == 3
    for name in ("comparison.md", "comparison.json"):
        shutil.copy(page, Path("models") / name)
        refused = summarise(*command, Path("models") / name)
        assert (refused.code, "is an input" in refused.err) == (2, True)
        assert (Path("models") / name).read_bytes() == page.read_bytes()


# Mishaps in mid-run


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize(("interval", "has_begun"), [(0.0, False), (0.0, True), (600.0, True)])
def test_a_folder_that_goes_away_in_mid_run_is_an_error(
    summarise: Command,
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    replaced: bool,
    interval: float,
    has_begun: bool,
) -> None:
    """Exit 3 and the reason, no accounts of nothing; a folder in its place is left alone.

    Whether that is noticed at the next answer or at the end: no answer is bought twice.
    """
    monkeypatch.setattr("summarise.store.files._SYNC_INTERVAL", interval)

    def removes(number: int, body: object) -> Reply:
        if number == (9 if has_begun else 0):
            while has_begun and not Path("here/answers.jsonl").stat().st_size:
                time.sleep(0.01)
            Path("here").rename("gone")
            if replaced:
                Path("here").mkdir()
                Path("here/mine.txt").write_text("mine")
        return draft_answer(body)

    with LoopbackServer(removes) as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "-o", "here")
        told = summarise(*line)
        assert told.code == 3
        assert "was removed or replaced while it was written to" in told.err
        assert "10 documents → 0 records" in told.err
        if replaced:
            assert [one.name for one in Path("here").iterdir()] == ["mine.txt"]
            return
        again = summarise(*line)
        assert (again.code, len(server.requests)) == (0, 10)


@pytest.mark.parametrize(
    ("name", "garbage"),
    [
        *(("records.jsonl", bad) for bad in (None, b'{"foo\n', b'{"foo": 1}\n', b"torn")),
        *(("answers.jsonl", bad) for bad in (None, b'{"foo": 1}\n')),
    ],
)
def test_what_others_write_to_a_run_in_mid_run_is_told_and_mended(
    summarise: Command, page: Path, name: str, garbage: bytes | None
) -> None:
    """Cut or added to: exit 3, true accounts, and the same command again buys nothing twice."""
    path = Path("here", name)

    def changes(number: int, body: object) -> Reply:
        if number == 5:
            with path.open("ab") as file:
                file.truncate(0) if garbage is None else file.write(garbage)
        return draft_answer(body)

    with LoopbackServer(changes) as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "-o", "here")
        told = summarise(*line, "--concurrency", 1)
        assert f"{path}: was changed by something else: it had" in told.err
        assert told.code == 3
        count = len(path.with_name("records.jsonl").read_bytes().splitlines())
        assert f"10 documents → {count} record" in told.err
        again = summarise(*line)
        assert (again.code, len(server.requests)) == (0, 10)
        assert "10 records" in again.err
    if (name, garbage) != ("answers.jsonl", None):
        assert summarise("verify", "here").out == "10 records verified, 0 differ\n"


def test_a_removed_lock_lets_no_second_writer_in() -> None:
    """The files themselves are locked too."""
    here = Path("here")
    with open_run(here, IDENTITY):
        (here / ".lock").unlink()
        with pytest.raises(RunError, match="another process is writing this run"):
            open_run(here, IDENTITY)


def test_a_line_damaged_in_any_way_is_made_anew_for_nothing(summarise: Command, page: Path) -> None:
    """Not JSON, not UTF-8, cut, empty, of another kind: the answer is there, so nobody is asked."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "--no-cache")
        summarise(*line, "-o", "here")
        table = Path("here/table.md").read_bytes()
        path = Path("here/records.jsonl")
        lines = path.read_bytes().splitlines(keepends=True)
        lines[1] = b"\n"
        lines[2] = lines[2][:-50] + b"\n"
        lines[3] = b'{"doc_id":"\xff","content_hash":"' + b"0" * 32 + b'"}\n'
        lines[4] = b"[" * 5000 + b"\n"
        lines[5] = b'{"doc_id": 5}\n'
        path.write_bytes(b"".join(lines))
        told = summarise(*line, "-o", "here")
        assert told.code == 0
        assert len(server.requests) == 10
    assert "10 records (5 from before), 0 failures" in told.err
    assert "records.jsonl: the line at byte" in told.err
    assert Path("here/table.md").read_bytes() == table


@pytest.mark.parametrize("left", ["none", "empty", "three", "torn", "beyond"])
def test_lost_records_are_made_anew_for_nothing(summarise: Command, page: Path, left: str) -> None:
    """Gone, cut or no longer counted: the answers are in the folder; and then the run verifies."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "--no-cache")
        summarise(*line, "-o", "here")
        table, path = Path("here/table.md").read_bytes(), Path("here/records.jsonl")
        whole = path.read_bytes()
        if left == "none":
            path.unlink()
        elif left == "beyond":
            manifest = Path("here/manifest.json")
            told = manifest.read_text().replace('"records_from": 0', f'"records_from": {10**18}')
            manifest.write_text(told)
        else:
            kept = {"empty": b"", "three": b"".join(whole.splitlines(keepends=True)[:3])}
            path.write_bytes(kept.get(left, whole[:-5]))
        estimated = summarise("estimate", *line[1:], "-o", "here")
        assert "calls          0" in estimated.out
        assert summarise(*line, "-o", "here").code == 0
        assert len(server.requests) == 10
    assert Path("here/table.md").read_bytes() == table
    assert summarise("verify", "here").code == 0


def test_documents_that_leave_a_run_are_told(summarise: Command, page: Path) -> None:
    """A plain run of one input after another was added takes the other's out of the table."""
    Path("more.jsonl").write_text(entry("more"))
    summarise("run", page)
    summarise("run", "more.jsonl", "--append", "-o", OUTPUTS / "page")
    told = summarise("run", page)
    assert "outputs/page: documents that were here and aren't in this input: 1;" in told.err


@pytest.mark.parametrize("more", ["--refresh", "--fresh-answers"])
def test_a_finished_refresh_verifies_like_any_run(
    summarise: Command, page: Path, more: str
) -> None:
    """All was made anew, so counts are held again, and what lacks hashes is told."""
    with LoopbackServer() as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url, "-o", "here")
        summarise(*line)
        summarise(*line, more)
    assert summarise("verify", "here").out == "10 records verified, 0 differ\n"
    path = Path("here/manifest.json")
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "sha256": None, "created": manifest["updated"]}))
    assert summarise("verify", "here").code == 1
    path.write_text(json.dumps({**manifest, "sha256": None, "hashes": None}))
    assert "no hashes to hold its files against" in summarise("verify", "here").out


def test_an_embedded_run_with_a_document_too_long_verifies(summarise: Command) -> None:
    """Nothing was spent on what was never attempted."""
    Path("long.jsonl").write_text(
        entry("a") + json.dumps({"id": "long", "title": "Long", "abstract": "We count. " * 6000})
    )
    assert summarise("run", "long.jsonl").code == 1
    assert summarise("verify", OUTPUTS / "long").code == 0


@pytest.mark.parametrize("name", ["failures.jsonl", "records.jsonl", "manifest.json"])
def test_a_pipe_among_the_files_of_a_run_is_never_waited_for(summarise: Command, name: str) -> None:
    """A folder from somebody else can't hang what only reads it."""
    summarise("run", PAGE, "-o", "here")
    Path("here", name).unlink()
    os.mkfifo(Path("here", name))
    for line in (("table", "here"), ("show", "here", 1), ("run", PAGE, "-o", "here")):
        refused = summarise(*line)
        assert refused.code == 2, line
    assert summarise("verify", "here").code in {1, 2}


def test_a_layout_of_another_version_is_refused(summarise: Command) -> None:
    """What another version may have written otherwise isn't run over."""
    summarise("run", PAGE, "-o", "here")
    path = Path("here/manifest.json")
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    assert summarise("run", PAGE, "-o", "here").code == 2


def test_a_manifest_with_a_negative_place_is_one_clear_line(summarise: Command) -> None:
    """No traceback: it is damaged, and said to be."""
    summarise("run", PAGE, "-o", "here")
    path = Path("here/manifest.json")
    path.write_text(path.read_text().replace('"records_from": 0', '"records_from": -5'))
    for line in (("run", PAGE, "-o", "here"), ("table", "here"), ("show", "here", 1)):
        refused = summarise(*line)
        assert refused.code == 2
        assert "manifest.json: can't be understood" in refused.err


@pytest.mark.parametrize("output", [(), ("-o", "outputs/page.m")])
def test_a_run_goes_on_with_the_prompt_that_it_was_begun_with(
    summarise: Command, page: Path, output: tuple[str, ...]
) -> None:
    """A new default buys nothing twice: one added paper is one call, until all is made anew."""
    with LoopbackServer(lambda _, body: draft_answer(body)) as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url)
        # As it was when this version was the default.
        summarise(*line, "-o", "outputs/page.m", "--prompt-version", "v2")
        before = len(server.requests)
        with page.open("a") as file:
            file.write(entry("added"))
        later = summarise(*line, *output)
        assert (later.code, len(server.requests) - before) == (0, 1)
        assert "page.m was begun with prompt v2 and goes on with it; --refresh" in later.err
        assert folders() == ["page.m"]
        manifest = json.loads(Path("outputs/page.m/manifest.json").read_text())
        assert manifest["identity"]["prompt_version"] == "v2"
        assert summarise("verify", "outputs/page.m").code == 0
        again = summarise(*line, *output, "--refresh")
        assert (again.code, len(server.requests) - before) == (0, 1 + 11)
        manifest = json.loads(Path("outputs/page.m/manifest.json").read_text())
        assert manifest["identity"]["prompt_version"] == "v3"


def test_a_version_that_is_named_has_its_own_folder(summarise: Command, page: Path) -> None:
    """What was tried with another prompt isn't taken for the usual run."""
    with LoopbackServer(lambda _, body: draft_answer(body)) as server:
        line = ("run", page, "--model", "m", "--base-url", server.base_url)
        summarise(*line, "--prompt-version", "v2")
        summarise(*line)
    assert folders() == ["page.m", "page.m.v2"]
