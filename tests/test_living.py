"""Living with runs: how one stands, which there are, and how one goes, travels and arrives."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import ssl
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.loopback import LoopbackServer, Reply, answer, draft_answer, status, truncated
from tests.records import NOTHING
from tests.test_cli import Command, is_one_line, summarise

__all__ = ["summarise"]


def entry(number: int, change: str = "") -> str:
    abstract = f"Counting bees of kind {number} is slow. We propose to film them{change} at noon."
    fields = {"id": f"d{number}", "title": f"Bees of kind {number}", "abstract": abstract}
    return json.dumps(fields) + "\n"


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    """Four documents as JSON lines."""
    path = tmp_path / "bees.jsonl"
    path.write_text("".join(map(entry, range(4))), "utf-8")
    return path


@pytest.fixture
def folder(summarise: Command, pile: Path) -> Path:
    """A run of them by code alone."""
    return Path(summarise("run", pile.name).out.strip()).parent


class Terminal(io.TextIOWrapper):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def contents(path: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted(path.iterdir()) if f.name != ".lock"}


def test_how_a_run_stands(summarise: Command, folder: Path) -> None:
    """Who made it of what, how much there is, what it cost, and the next command."""
    told = summarise("status", folder).out
    assert told.startswith("outputs/bees: complete\n")
    assert "made by    the embedded extractor" in told
    assert "of         bees.jsonl" in told
    assert "documents  4 → 4 records" in told
    assert "cost       nothing: no model was asked" in told
    assert told.endswith("see the table:\n             summarise table outputs/bees\n")
    found = json.loads(summarise("status", folder, "--json").out)
    assert (found["documents"], found["records"], found["failures"]) == (4, 4, {})
    assert found["next"] == "summarise table outputs/bees"


def test_status_names_the_failures_and_the_command_that_tries_again(
    summarise: Command, pile: Path
) -> None:
    """The commonest reason with an example; the command does the rest, as it stands there."""

    def reply(_: int, body: object) -> object:
        return (
            status(400, message="no bees please") if "kind 2" in str(body) else draft_answer(body)
        )

    with LoopbackServer(reply) as server:  # type: ignore[arg-type]
        run = summarise("run", pile.name, "--model", "m", "--base-url", server.base_url)
        assert run.code == 1
        folder = Path(run.out.strip()).parent
        told = " ".join(summarise("status", folder).out.split())
        assert "3 records, 1 failure (1 rejected)" in told
        assert "“Bees of kind 2” (bees.jsonl:3)" in told
        assert "no bees please" in told
        found = json.loads(summarise("status", folder, "--json").out)
        assert found["commonest_failure"]["title"] == "Bees of kind 2"
        assert found["served_model"] == "invented-1-2026"
        assert found["cost_usd"] is None
        before = len(server.requests)
        server.script = ()
        assert summarise(*found["next"].split()[1:]).code == 0
        assert len(server.requests) == before + 1
    assert json.loads(summarise("status", folder, "--json").out)["failures"] == {}


def test_status_tells_an_input_by_its_shorter_path(
    summarise: Command, pile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From deep within a folder the way up is longer than that from the root."""
    deep = pile.parent.joinpath(*"abcdefgh" * 6)
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert summarise("run", pile, "-o", "run").code == 0
    shown = " ".join(summarise("status", "run").out.split())
    assert f"of {pile.resolve().as_posix()} " in shown
    assert f"../{pile.name}" in summarise("status", "run", "--json").out
    pile.rename(pile.with_name("gone.jsonl"))
    assert f"../{pile.name} " in " ".join(summarise("status", "run").out.split())


def test_answers_of_a_run_that_was_killed_are_told(summarise: Command, pile: Path) -> None:
    """The manifest doesn't know of them: the file does, and the next run takes them up."""
    with LoopbackServer() as server:
        line = ("run", pile.name, "--model", "m", "--base-url", server.base_url, "--no-cache")
        folder = Path(summarise(*line).out.strip()).parent
        (folder / "records.jsonl").write_text("")
        path = folder / "manifest.json"
        killed: dict[str, Any] = {"hashes": None, "rendered": None, "counts": {}}
        killed |= {"settled": {}, "spent": {}, "state": "running"}
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **killed}), "utf-8")
        told = " ".join(summarise("status", folder).out.split())
        assert "4 → 0 records, 0 failures, 4 not attempted" in told
        assert "4 calls, 6,000 tokens in, 360 out, cost unknown; 4 answers are kept" in told
        found = json.loads(summarise("status", folder, "--json").out)
        assert (found["calls"], found["answers_kept"]) == (4, 4)
        before = len(server.requests)
        assert "4 records" in summarise(*line).err
        assert len(server.requests) == before


def test_a_process_at_work_is_told(summarise: Command, folder: Path) -> None:
    """Who looks doesn't wait, and says that somebody writes; such a run isn't removed or packed."""
    with FileLock(folder / ".lock"):
        assert "a process is at work in it now" in summarise("status", folder).out
        assert json.loads(summarise("status", folder, "--json").out)["at_work"] is True
        assert "at work" in summarise("runs").out
        before = contents(folder)
        for command in (("remove", folder, "--yes"), ("pack", folder)):
            refused = summarise(*command)
            assert (refused.code, is_one_line(refused.err)) == (2, True)
            assert "another process is writing" in refused.err
        assert contents(folder) == before
    assert "complete" in summarise("status", folder).out


def test_status_leaves_no_trace(summarise: Command, folder: Path) -> None:
    """To look changes no file, and makes none."""
    (folder / ".lock").unlink()
    before = {one.name: one.stat().st_mtime_ns for one in folder.iterdir()}
    summarise("status", folder)
    summarise("runs")
    assert {one.name: one.stat().st_mtime_ns for one in folder.iterdir()} == before


def test_the_list_of_runs(summarise: Command, folder: Path, pile: Path) -> None:
    """Each with day, model, documents, done, failed and cost; those deeper down as well."""
    summarise("run", pile.name, "-o", "outputs/deep/er/run")
    (folder.parent / "notes").mkdir()
    broken = folder.parent / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{")
    lines = summarise("runs").out.splitlines()
    assert lines[0].split() == ["last", "written", "by", "docs", "done", "failed", "cost", "run"]
    assert {line.split()[-1] for line in lines[1:3]} == {"outputs/bees", "outputs/deep/er/run"}
    assert lines[1].split()[2:6] == ["embedded", "4", "4", "0"]
    assert "outputs/broken: can't be understood" in lines[3]
    found = [json.loads(line) for line in summarise("runs", "--json").out.splitlines()]
    assert [one["records"] for one in found if one["fault"] is None] == [4, 4]


def test_no_run_and_no_folder(summarise: Command, tmp_path: Path) -> None:
    """One line says so."""
    absent = summarise("runs")
    assert (absent.code, is_one_line(absent.err)) == (2, True)
    (tmp_path / "outputs").mkdir()
    assert "there is no run in it" in summarise("runs").err


def test_removal_takes_what_a_run_makes_alone(summarise: Command, folder: Path) -> None:
    """What else lies there stays and is named; a link goes itself, not what it leads to."""
    (folder / "notes.txt").write_text("mine")
    elsewhere = folder.parent / "table-of-mine.md"
    elsewhere.write_text("mine")
    (folder / "table.md").unlink()
    (folder / "table.md").symlink_to(elsewhere.resolve())
    gone = summarise("remove", folder, "--yes")
    assert gone.code == 0
    assert "notes.txt" in gone.err
    assert [one.name for one in folder.iterdir()] == ["notes.txt"]
    assert elsewhere.read_text() == "mine"


def test_removal_asks(summarise: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody there to be asked: nothing goes; no: nothing goes; with --yes all of it."""
    before = contents(folder)
    refused = summarise("remove", folder, stdin=b"")
    assert (refused.code, is_one_line(refused.err)) == (2, True)
    assert contents(folder) == before
    assert summarise("remove", folder, "--yes").code == 0
    assert not folder.exists()


@pytest.mark.parametrize("what", ["link", "folder", "file", "nothing"])
def test_what_is_no_run_is_not_removed(summarise: Command, folder: Path, what: str) -> None:
    """A link to a run, a folder without one, a file, and what isn't there are refused."""
    path = Path("other")
    make: dict[str, Callable[[], object]] = {
        "link": lambda: path.symlink_to(folder.resolve()),
        "folder": path.mkdir,
        "file": lambda: path.write_text("mine"),
        "nothing": lambda: None,
    }
    make[what]()
    if what == "folder":
        (path / "records.jsonl").write_text("mine")
    before = contents(folder)
    refused = summarise("remove", folder, path, "--yes")
    assert (refused.code, is_one_line(refused.err)) == (2, True)
    assert contents(folder) == before
    assert (path / "records.jsonl").exists() or what in {"file", "nothing"}


def test_a_folder_whose_name_is_no_utf8_is_packed(summarise: Command, pile: Path) -> None:
    """What can't stand in an archive becomes a question mark; the run is whole."""
    summarise("run", pile, "-o", os.fsdecode(b"r\xff"))
    assert summarise("pack", os.fsdecode(b"r\xff"), "-o", "a.zip").code == 0
    assert summarise("unpack", "a.zip").code == 0
    assert summarise("verify", "outputs/r?").code == 0


def test_a_packed_run_is_the_same_elsewhere(summarise: Command, folder: Path, pile: Path) -> None:
    """Packed, opened, verified, and gone on with; twice the same archive."""
    packed = summarise("pack", folder, "-o", "a.zip")
    assert packed.out == "a.zip\n"
    summarise("pack", folder, "-o", "b.zip")
    assert Path("a.zip").read_bytes() == Path("b.zip").read_bytes()
    opened = summarise("unpack", "a.zip", "-o", "there")
    assert opened.out == "there\n"
    assert contents(Path("there")) == contents(folder)
    assert summarise("verify", "there").code == 0
    again = summarise("unpack", "a.zip", "-o", "there")
    assert (again.code, is_one_line(again.err)) == (2, True)
    assert "4 from before" in summarise("run", pile.name, "-o", "there").err


def test_another_archive_is_not_written_over(summarise: Command, folder: Path) -> None:
    """A packed run is replaced; whatever else is named so stays."""
    with zipfile.ZipFile("a.zip", "w") as own:
        own.writestr("thesis.txt", "mine")
    before = Path("a.zip").read_bytes()
    refused = summarise("pack", folder, "-o", "a.zip")
    assert refused.code == 2
    assert "a.zip: is another file, and isn't written over" in refused.err
    assert Path("a.zip").read_bytes() == before
    for _ in range(2):
        assert summarise("pack", folder, "-o", "b.zip").code == 0


def test_no_key_is_packed(
    summarise: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that holds a key of the environment isn't packed, and no archive is left."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-12345")
    assert summarise("pack", folder, "-o", "a.zip").code == 0
    with (folder / "table.md").open("a") as file:
        file.write("sk-planted-12345\n")
    refused = summarise("pack", folder, "-o", "b.zip")
    assert refused.code == 2
    assert "table.md: holds a key" in refused.err
    assert not Path("b.zip").exists()


@pytest.mark.parametrize("named_by", ["file", "variable", "flag"])
def test_the_key_of_an_own_variable_is_looked_for(
    summarise: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, named_by: str
) -> None:
    """Whatever names the variable; by a flag, of an earlier command, it is known by its name."""
    name = "OUR_LAB_KEY" if named_by == "flag" else "OUR_LAB"
    monkeypatch.setenv(name, "planted-1234567890")
    if named_by == "variable":
        monkeypatch.setenv("SUMMARISE_API_KEY_ENV", name)
    if named_by == "file":
        lines = ["[endpoints.lab]", 'base_url = "http://127.0.0.1:9/v1"', f'api_key_env = "{name}"']
        Path("summarise.toml").write_text("\n".join(lines))
    assert summarise("pack", folder, "-o", "a.zip").code == 0
    with (folder / "answers.jsonl").open("a") as file:
        file.write("planted-1234567890\n")
    assert "answers.jsonl: holds a key" in summarise("pack", folder, "-o", "b.zip").err


def test_what_people_have_done_travels_and_is_not_lost(
    summarise: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is packed, the page isn't; removal names it, and takes it from who was asked alone."""
    summarise("report", folder)
    (folder / "corrections.jsonl").write_text('{"mine": 1}\n')
    summarise("pack", folder, "-o", "a.zip")
    summarise("unpack", "a.zip", "-o", "there")
    assert (Path("there") / "corrections.jsonl").read_text() == '{"mine": 1}\n'
    assert not (Path("there") / "report.html").exists()
    gone = summarise("remove", folder, "--yes")
    assert "holds what no run makes: corrections.jsonl" in gone.err
    assert [one.name for one in folder.iterdir()] == ["corrections.jsonl"]
    monkeypatch.setattr("sys.stdin", Terminal(io.BytesIO(b"y\n")))
    question = summarise("remove", "there")
    assert "which nothing makes again: corrections.jsonl" in question.err
    assert not Path("there").exists()


def test_a_run_that_one_stands_in_is_removed(
    summarise: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No system removes the folder "." by that name."""
    whole = folder.resolve()
    monkeypatch.chdir(whole)
    assert summarise("remove", ".", "--yes").code == 0
    assert not whole.exists()


def test_where_no_run_can_be_opened(
    summarise: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder that one is in, empty or not, and a file: each with a name that would do."""
    summarise("pack", folder, "-o", "a.zip")
    there = summarise("unpack", "a.zip", "-o", ".")
    assert "is the folder that you are in. Name a new one with -o, such as bees" in there.err
    Path("empty").mkdir()
    archive = Path("a.zip").resolve()
    monkeypatch.chdir("empty")
    assert summarise("unpack", archive, "-o", ".").code == 2
    monkeypatch.chdir("..")
    taken = summarise("unpack", "a.zip", "-o", folder)
    assert f"is there already. Name a new one with -o, such as {folder}-2." in taken.err
    assert summarise("unpack", "a.zip", "-o", "empty").code == 0


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_a_damaged_archive_is_told_in_one_line(
    summarise: Command, folder: Path, method: int
) -> None:
    """However it is packed, as a run and as an input."""
    summarise("pack", folder, "-o", "a.zip")
    with zipfile.ZipFile("a.zip") as archive, zipfile.ZipFile("b.zip", "w", method) as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name))
    assert summarise("unpack", "b.zip", "-o", "whole").code == 0
    with zipfile.ZipFile("b.zip") as archive:
        at = archive.getinfo("bees/records.jsonl").header_offset + 60
    content = bytearray(Path("b.zip").read_bytes())
    content[at : at + 80] = bytes(byte ^ 0x55 for byte in content[at : at + 80])
    Path("b.zip").write_bytes(content)
    refused = summarise("unpack", "b.zip", "-o", "there")
    assert (refused.code, is_one_line(refused.err)) == (2, True)
    assert "b.zip: isn't a whole packed run" in refused.err
    read = summarise("run", "b.zip", "-o", "of-it")
    assert "a bug in summarise" not in read.err
    assert "b.zip/bees/records.jsonl" in read.err


def rewritten(change: Callable[[zipfile.ZipFile, dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile("a.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        change(archive, files)
        for name, content in files.items():
            archive.writestr(name, content)


def _edited(_: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    files["bees/records.jsonl"] += b"{}\n"


def _led_out(_: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    files["../evil.txt"] = b"out"


def _added(_: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    files["bees/run.py"] = b"import os"


def _lost(_: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    del files["bees/records.jsonl"]


def _linked(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    one = zipfile.ZipInfo("bees/table.md")
    one.external_attr = 0o120777 << 16
    archive.writestr(one, "/etc/passwd")
    del files["bees/table.md"]


def _bomb(_: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    files["bees/table.md"] = b"0" * (1 << 27)


def _absolute(_: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    files["/bees/table.md"] = files.pop("bees/table.md")


@pytest.mark.parametrize("change", [_edited, _led_out, _added, _lost, _linked, _bomb, _absolute])
def test_only_a_whole_packed_run_is_opened(
    summarise: Command,
    folder: Path,
    change: Callable[[zipfile.ZipFile, dict[str, bytes]], None],
    tmp_path: Path,
) -> None:
    """What was changed, leads out, was added, lost, linked or blown up: one line, and no file."""
    summarise("pack", folder, "-o", "a.zip")
    rewritten(change)
    before = {str(one) for one in tmp_path.rglob("*")}
    refused = summarise("unpack", "a.zip", "-o", "there")
    assert (refused.code, is_one_line(refused.err)) == (2, True)
    assert {str(one) for one in tmp_path.rglob("*")} == before


def test_what_is_no_archive(summarise: Command, pile: Path) -> None:
    """A text, and half of an archive, are told of in one line."""
    for name in (pile.name, "absent.zip"):
        refused = summarise("unpack", name)
        assert (refused.code, is_one_line(refused.err)) == (2, True)


def test_the_commonest_failure_closes_a_run(summarise: Command, pile: Path) -> None:
    """Its kind, an example by title and line, the reason and what may help."""
    with LoopbackServer(lambda *_: answer("Sure! Gladly.")) as server:
        run = summarise("run", pile.name, "--model", "m", "--base-url", server.base_url)
    assert run.code == 1
    (line,) = (one for one in run.err.splitlines() if one.startswith("Most often"))
    assert "invalid, 4 of 4" in line
    assert "“Bees of kind 0” (bees.jsonl:1)" in line
    assert line.endswith("Another model, or --max-reasks 2, may do better.")


def many(path: Path, count: int) -> None:
    path.write_text("".join(map(entry, range(count))), "utf-8")


def test_a_run_in_which_all_fail_alike_stops_early(summarise: Command, pile: Path) -> None:
    """After five of sixty, with the reason; the same command goes on, and looks at more of them."""
    many(pile, 60)
    arguments = ("run", pile.name, "--model", "m", "--concurrency", "1", "--mode", "json_schema")
    with LoopbackServer(lambda *_: status(400, message="no room for 99 bees")) as server:
        run = summarise(*arguments, "--base-url", server.base_url)
        assert run.code == 3
        assert "the first 5 documents failed alike, and none has a record" in run.err
        assert "no room for 99 bees" in run.err
        assert len(server.requests) <= 8
        again = summarise(*arguments, "--base-url", server.base_url)
        assert "the first 1" in again.err
        server.script = ()
        assert summarise(*arguments, "--base-url", server.base_url).code == 0


def test_a_model_that_thinks_for_ever_stops_the_run(summarise: Command, pile: Path) -> None:
    """It is no fault of the documents, of which each would take a laptop minutes, twice."""
    many(pile, 60)
    arguments = ("run", pile.name, "--model", "m", "--concurrency", "1")
    with LoopbackServer(lambda *_: truncated("<think>\nLet me see, bees.")) as server:
        run = summarise(*arguments, "--base-url", server.base_url)
        assert len(server.requests) <= 16
    assert run.code == 3
    assert "began no answer up to the token limit; switch its thinking off" in run.err


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (400, "This model's maximum context length is 9 tokens"),
        (400, "the request exceeds the available context size, try increasing it"),
        (400, "The response was filtered by the content management policy"),
        (403, "Request blocked by content policy"),
    ],
)
def test_inputs_that_are_refused_stop_nothing(
    summarise: Command, pile: Path, code: int, message: str
) -> None:
    """Whether too long or not let through: others may be answered."""
    many(pile, 12)

    def reply(number: int, body: object) -> object:
        return draft_answer(body) if number > 7 else status(code, message=message)

    arguments = ("run", pile.name, "--model", "m", "--concurrency", "1", "--mode", "json_schema")
    with LoopbackServer(reply) as server:  # type: ignore[arg-type]
        run = summarise(*arguments, "--base-url", server.base_url)
    assert run.code == 1
    assert "0 not attempted" in run.err or "not attempted" not in run.err


def test_failures_that_differ_stop_nothing(summarise: Command, pile: Path) -> None:
    """One record, or another reason, and the run goes to its end."""
    many(pile, 30)

    def reply(number: int, body: object) -> object:
        return draft_answer(body) if number == 3 else status(400, message="no bees")

    arguments = ("run", pile.name, "--model", "m", "--concurrency", "1", "--mode", "json_schema")
    with LoopbackServer(reply) as server:  # type: ignore[arg-type]
        run = summarise(*arguments, "--base-url", server.base_url)
    assert run.code == 1
    assert "29 failures (29 rejected)" in run.err


def test_an_answer_that_holds_nothing_is_no_record(summarise: Command, pile: Path) -> None:
    """Of a notice of two lines it may be; of an abstract it is asked for again, and fails."""
    films = " We film them from a hide of reeds, and count by eye." * 8
    pile.write_text(entry(0) + entry(1, films) + entry(2, films), "utf-8")

    def reply(_: int, body: Any) -> Reply:
        asked = str(body["messages"])
        is_reask = "all of it is empty" in asked and "kind 2 is" in asked
        return draft_answer(body) if is_reask else answer(json.dumps(NOTHING))

    with LoopbackServer(reply) as server:
        run = summarise("run", pile.name, "--model", "m", "--base-url", server.base_url)
        assert len(server.requests) == 5
    assert run.code == 1
    assert "3 documents → 2 records, 1 failure (1 empty)" in run.err
    assert "the model answered that nothing stands in the abstract" in run.err
    verified = summarise("verify", "outputs/bees.m")
    assert (verified.code, "2 records verified, 0 differ" in verified.out + verified.err) == (
        0,
        True,
    )


def test_a_context_that_is_too_small_says_what_to_set(summarise: Command, pile: Path) -> None:
    """The server's words, and how servers are told to keep more."""
    words = "request (3122 tokens) exceeds the available context size (2048 tokens)"
    with LoopbackServer(lambda *_: status(400, message=words)) as server:
        run = summarise("run", pile.name, "--model", "m", "--base-url", server.base_url)
    assert run.code == 1
    assert f"{words} (HTTP 400). Have the server keep more: OLLAMA_CONTEXT_LENGTH" in run.err


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate by openssl")
def test_a_server_with_a_certificate_of_its_own(
    summarise: Command, pile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused with what to do; reached where SSL_CERT_FILE names it, on this machine, too."""
    made = "req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj /CN=hive"
    told = [*made.split(), "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", *told], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain("c.pem", "k.pem")
    line = ("run", pile.name, "--model", "m", "--base-url")
    with LoopbackServer(tls=tls) as server:
        refused = summarise(*line, server.base_url)
        assert refused.code == 3
        assert "(_ssl.c:" in refused.err
        assert "SSL_CERT_FILE=FILE.pem names the certificate that it goes by." in refused.err
        monkeypatch.setenv("SSL_CERT_FILE", "c.pem")
        for offline in ((), ("--offline",)):
            assert summarise(*line, server.base_url, *offline, "-o", f"o{len(offline)}").code == 0
    listed = Reply(body=b'{"data": [{"id": "hive-7b"}]}')
    with LoopbackServer(lambda *_: listed, lists=True, tls=tls) as server:
        assert "hive-7b" in summarise("models", "--base-url", server.base_url).out


def test_an_address_without_its_version_is_suspected(summarise: Command, pile: Path) -> None:
    """Most end in /v1, and a server that has nothing there may say so in any form."""
    with LoopbackServer(lambda *_: status(404, message="not found")) as server:
        bare = server.base_url.removesuffix("/v1")
        for url, is_told in ((bare, True), (server.base_url, False)):
            run = summarise("run", pile.name, "--model", "m", "--base-url", url)
            assert ("the base URL (most end in /v1); `summarise models`" in run.err) is is_told


def test_a_404_that_one_document_meets_costs_that_one(summarise: Command, pile: Path) -> None:
    """While others are answered; where nobody is, or nobody any more, it stops all."""
    many(pile, 12)
    line = ("run", pile.name, "--model", "m", "--base-url")
    for concurrency in (1, 4):

        def reply(_: int, body: object) -> object:
            is_found = not any(f"kind {n} is" in str(body) for n in (0, 7))
            return draft_answer(body) if is_found else status(404, message="no route for it")

        with LoopbackServer(reply) as server:  # type: ignore[arg-type]
            where = (server.base_url, "--concurrency", concurrency, "-o", f"of{concurrency}")
            run = summarise(*line, *where, "--no-cache")
        assert "12 documents → 10 records, 2 failures (2 rejected)" in run.err
        assert "no route for it (HTTP 404). `summarise doctor`" in run.err

    def unloaded(number: int, body: object) -> object:
        return draft_answer(body) if number < 4 else status(404, message="model 'm' not found")

    many(pile, 60)
    with LoopbackServer(unloaded) as server:  # type: ignore[arg-type]
        run = summarise(*line, server.base_url, "--concurrency", "1", "-o", "gone", "--no-cache")
        assert len(server.requests) == 7
    assert (run.code, "model 'm' not found (HTTP 404). Check the model (m)" in run.err) == (3, True)
    assert "60 documents → 4 records, 2 failures (2 rejected), 54 not attempted" in run.err
    many(pile, 12)
    with LoopbackServer(lambda *_: status(404, message="no route for it")) as server:
        run = summarise(*line, server.base_url, "-o", "of-none")
        assert len(server.requests) <= 5
    assert run.err.startswith("summarise: stopped: 127.0.0.1")
    assert run.err.endswith("`summarise models` lists what is served.\n")
    assert run.err.count("\n") == 1


def grown(pile: Path) -> None:
    """The pile a month later: d0 as it was, d1 with other words, d2 gone, d3 as it was, d4 new."""
    lines = [entry(0), entry(1, " and count them"), entry(3), entry(4)]
    pile.write_text("".join(lines), "utf-8")


def test_what_is_new_changed_and_gone_is_told(summarise: Command, folder: Path, pile: Path) -> None:
    """The same command on the new export says so, and with what command to see it."""
    grown(pile)
    run = summarise("run", pile.name)
    (line,) = (one for one in run.err.splitlines() if one.startswith("Since the last time"))
    assert "1 new, 1 changed, 1 gone" in line
    found = json.loads(summarise("status", folder, "--json").out)
    assert found["changes"] == {"new": 1, "changed": 1, "gone": 1}
    assert summarise("verify", folder).code == 0
    again = summarise("run", pile.name)
    assert "Since the last time" not in again.err


@pytest.mark.parametrize("since", ["run", "pack"])
def test_changes_as_a_table(summarise: Command, folder: Path, pile: Path, since: str) -> None:
    """Rows of what is new or changed, with its number in the run; what is gone stands below."""
    summarise("pack", folder, "-o", "old.zip")
    summarise("unpack", "old.zip", "-o", "old")
    grown(pile)
    summarise("run", pile.name)
    old = {"run": "old", "pack": "old.zip"}[since]
    told = summarise("table", folder, "--changes-since", old, "--format", "tsv")
    table = told.out.splitlines()
    # What is gone has no row, so it is told beside the file.
    assert "Gone: " in told.err
    rows = [line.split("\t") for line in table]
    at = rows[0].index("Change")
    assert [(row[0], row[at]) for row in rows[1:]] == [("2", "changed"), ("4", "new")]
    page = summarise("table", folder, "--changes-since", old, "--format", "markdown").out
    assert "1 new, 1 changed, 1 gone; the rest of 4 documents is as it was." in page
    assert "Gone: “Bees of kind 2”" in page


def test_changes_of_one_folder_since_a_time(summarise: Command, folder: Path, pile: Path) -> None:
    """The folder itself tells what it was; a day counts to its end."""
    for name in ("records.jsonl", "manifest.json"):
        path = folder / name
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"20\d\d-\d\d-\d\dT", "2026-01-31T", text), "utf-8")
    grown(pile)
    told = summarise("run", pile.name).err
    assert "Since the last time (2026-01-31): 1 new, 1 changed, 1 gone" in told
    command = re.findall(r"`summarise (table [^`]*)`", told)[0].split()
    for since in (command[-1], "2026-02-01"):
        page = summarise(*command[:-1], since, "--format", "markdown").out
        assert "1 new, 1 changed, 1 gone; the rest of 4 documents" in page
        assert "Gone: “Bees of kind 2”" in page
    before = summarise(*command[:-1], "2025-12-31", "--format", "markdown").out
    assert "4 new, 0 changed, 0 gone" in before


def test_what_had_gone_before_a_time_is_not_gone_since(
    summarise: Command, folder: Path, pile: Path
) -> None:
    """The folder keeps when a paper left and came back, so that each counts at its own time."""
    first = pile.read_text("utf-8")

    def run(text: str, day: str) -> None:
        """A run of this pile as if it had been on a day."""
        pile.write_text(text, "utf-8")
        summarise("run", pile.name)
        for name in ("records.jsonl", "manifest.json", "gone.jsonl"):
            if (path := folder / name).exists():
                today = r"20\d\d-\d\d-\d\dT(?!00:00:0[0-9])[\d:.]*"
                path.write_text(re.sub(today, f"{day}T00:00:01", path.read_text("utf-8")), "utf-8")

    def since(day: str) -> str:
        page = summarise("table", folder, "--changes-since", day, "--format", "markdown").out
        return next(line for line in page.splitlines() if "gone;" in line)

    run(first, "2026-01-01")
    assert not (folder / "gone.jsonl").exists()
    run("".join(map(entry, (0, 1))), "2026-01-03")
    run("".join(map(entry, (0, 1, 3))), "2026-01-05")
    assert "0 new, 0 changed, 1 gone" in since("2026-01-02")
    assert "1 new, 0 changed, 0 gone" in since("2026-01-04")
    assert "0 new, 0 changed, 0 gone" in since("2026-01-06")


def test_changes_since_what_is_neither_run_nor_day(summarise: Command, folder: Path) -> None:
    """One line says what to name."""
    refused = summarise("table", folder, "--changes-since", "yesterday")
    assert (refused.code, is_one_line(refused.err)) == (2, True)
    two = summarise("table", folder, folder, "--changes-since", "2026-01-01")
    assert (two.code, is_one_line(two.err)) == (2, True)


def test_a_server_that_breaks_at_every_request_is_one_to_ask_what_it_takes(
    summarise: Command, pile: Path
) -> None:
    """HTTP 500 may be an outage, or how a server meets a parameter unknown to it: both are said."""
    (pile.parent / "summarise.toml").write_text("max_attempts = 1\n", encoding="utf-8")
    with LoopbackServer(lambda *_: status(500)) as server:
        run = summarise("run", pile.name, "--model", "m", "--base-url", server.base_url)
    assert run.code == 1
    (line,) = (one for one in run.err.splitlines() if one.startswith("Most often"))
    assert line.endswith("again later. `summarise doctor` finds out what the server takes.")
