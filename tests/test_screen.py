"""What reaches a screen: nothing from outside acts on it, whatever command prints it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.characters import for_screen, inert, inert_json
from summarise.store import Run
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, status
from tests.processes import Process, ends
from tests.processes import run as summarise
from tests.test_cli import Command
from tests.test_cli import summarise as here

__all__ = ["here"]

PAGE = ROOT / "fixtures" / "daily_papers.txt"
# A clipboard, a link, a title, a cleared screen, 8-bit controls, an override, and two lines in one.
HOSTILE = (
    "\x1b]52;c;QQ==\x07\x1b]8;;http://x.example\x07\x1b]0;o\x07\x1b[2J\x9b31m\x7f\u202ea\r\nb\x00c"
)
# A name of a file holds no null character.
NAME = HOSTILE.replace("\x00", "").replace("/", ":")
ABSTRACT = "We study how things are and find that they are so, again and again and again."
ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def is_inert(*printed: str) -> bool:
    """Whether nothing in what was printed acts, and no traceback is among it."""
    return not any(ACTING.search(text) or "Traceback" in text for text in printed)


@pytest.fixture
def hostile_run(tmp_path: Path) -> Path:
    """A run directory of a hostile name, over documents with hostile texts."""
    entries = [
        {"id": f"a{HOSTILE}", "title": f"T {HOSTILE}", "abstract": ABSTRACT, "authors": [HOSTILE]},
        {"id": "b", "title": f"None {HOSTILE}"},
        {"id": "c", "title": f"Short {HOSTILE}", "abstract": "Too short."},
    ]
    page = tmp_path / f"in{NAME}.jsonl"
    page.write_text("".join(json.dumps(one) + "\n" for one in entries) + "{broken\n")
    done = summarise("run", page, "-o", tmp_path / f"run{NAME}", "--explain-cache")
    assert done.returncode == 1
    assert is_inert(done.stdout.decode(), done.stderr.decode())
    assert "‹U+001B›" in done.stderr.decode()
    return tmp_path / f"run{NAME}"


def test_commands_that_read_a_run(hostile_run: Path, here: Command) -> None:
    """Titles, ids and names of folders are printed so that they do nothing."""
    for command, *rest in (
        *(["table"], ["show", 1], ["show", 1, "--json"], ["show", HOSTILE.replace("\x00", "")]),
        *(["verify"], ["verify", "--json"], ["eval"], ["eval", "--json"], ["eval", "--full"]),
    ):
        done = here(command, hostile_run, *rest)
        assert done.out or done.err
        assert is_inert(done.out, done.err), (command, rest)


@pytest.mark.parametrize(
    "arguments",
    [
        *(["run", f"{NAME}.txt"], ["run", PAGE, "--only", NAME], ["run", PAGE, "--schema", NAME]),
        *(["run", PAGE, "--format", NAME], ["run", PAGE, "--config", NAME], [NAME]),
        *(["run", PAGE, f"--{NAME}"], ["run", PAGE, "--model", "m", "--endpoint", NAME]),
        *(["run", PAGE, "--model", "m", "--prompt-version", NAME], ["run", PAGE, "--limit", NAME]),
        *(["schema", f"{NAME}.toml"], ["schema", f"{NAME}:X"], ["prompts", "show", NAME]),
        *(["cache", "import", NAME], ["cache", "info", "--cache-dir", NAME], ["show", NAME, 1]),
        *(["cache", "prune", "--older-than", NAME], ["serve", NAME], ["table", NAME]),
        ["run", PAGE, "--model", "m", "--base-url", NAME],
        ["compare-models", PAGE, "--model", NAME, "--base-url", "http://127.0.0.1:9/v1"],
        ["doctor", "--model", NAME, "--base-url", "http://127.0.0.1:9/v1"],
        ["estimate", PAGE, "--model", NAME, "--base-url", "http://127.0.0.1:9/v1"],
    ],
)
def test_what_was_typed(arguments: list[object], here: Command) -> None:
    """A message that repeats an argument repeats nothing of it that acts."""
    done = here(*arguments)
    assert is_inert(done.out, done.err)


def test_what_was_typed_stands_in_a_traceback() -> None:
    """With ``--debug``, and acts there no more than elsewhere."""
    told = summarise("run", PAGE, "--schema", NAME, "--debug").stderr.decode()
    assert "Traceback" in told
    assert not ACTING.search(told)


def test_files_that_are_read(tmp_path: Path, here: Command) -> None:
    """What a settings file, a schema, an exported cache or a prompt holds is quoted inertly."""
    (tmp_path / "s.toml").write_text(f"[fields.x]\nkind = {json.dumps(HOSTILE)}\n")
    (tmp_path / "d.toml").write_text(
        f'[fields.x]\nkind = "verbatim"\ndescription = {json.dumps(HOSTILE)}\n'
    )
    (tmp_path / "c.toml").write_text(f"mode = {json.dumps(HOSTILE)}\n")
    (tmp_path / "a.jsonl").write_text(json.dumps({"key": HOSTILE}) + "\n")
    (tmp_path / "p").mkdir()
    for name in ("system.md.jinja", "user.md.jinja"):
        (tmp_path / "p" / name).write_text(f"{HOSTILE} {{{{ x{HOSTILE} }}}}")
    (tmp_path / "p" / "examples.json").write_text("[]")
    for arguments in (
        *(["schema", "s.toml"], ["schema", "d.toml"], ["schema", "d.toml", "--json"]),
        *(["run", PAGE, "--config", "c.toml"], ["cache", "import", "a.jsonl"]),
        ["prompts", "check", "./p"],
    ):
        done = here(*arguments)
        assert is_inert(done.out, done.err), arguments


def test_what_a_server_says(here: Command) -> None:
    """Refusals, names of models and answers of a server are printed inertly."""
    with LoopbackServer(lambda *_: status(404, message=HOSTILE)) as server:
        for command in (["run", PAGE], ["doctor"], ["compare-models", PAGE]):
            done = here(*command, "--model", "m", "--base-url", server.base_url)
            assert is_inert(done.out, done.err), command
            assert done.code == 3


def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    """A file whose name isn't UTF-8 is read, and named, also where only ASCII can be written."""
    page = os.fsencode(tmp_path) + b"/na\xefve.txt"
    try:
        Path(os.fsdecode(page)).write_bytes(PAGE.read_bytes())
    except OSError:
        pytest.skip("this file system has no such names")
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/f\xef")
    assert summarise("run", PAGE, "-o", folder).returncode == 0
    for arguments in (["eval", folder, "--json"], ["estimate", PAGE, "-o", folder, "--json"]):
        assert "f‹U+DCEF›" in summarise(*arguments).stdout.decode()
    for environ in ({}, {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}):
        command = [sys.executable, "-m", "summarise", "table", os.fsdecode(page)]
        done = subprocess.run(
            command, check=False, capture_output=True, env={**os.environ, **environ}
        )
        assert done.returncode == 2
        assert "na‹U+DCEF›ve.txt" in done.stderr.decode()


@given(st.text())
def test_a_line_is_inert_by_either_way(text: str) -> None:
    """Folded or as it stands, a text is one line that does nothing."""
    for line in (for_screen(text), for_screen(text, reveal=True), inert(text)):
        assert not ACTING.search(line)
        assert "\n" not in line
        line.encode()


@pytest.mark.parametrize("code", [0x0A, 0x0D, 0x85, 0x2028, 0x2029, 0x202A])
def test_what_would_end_a_line_or_turn_it_is_shown(code: int) -> None:
    """Where blanks have a meaning, each separator of lines and paragraphs stands as its number."""
    assert inert(f"a  {chr(code)}b") == f"a  ‹U+{code:04X}›b"


@given(st.dictionaries(st.text(), st.text()))
def test_json_means_the_same(value: dict[str, str]) -> None:
    """JSON is printed so that it does nothing, and holds what it held."""
    shown = inert_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(shown) == value
    assert not ACTING.search(shown)


# Output that can't be written, and commands that are interrupted


def _head(*arguments: object) -> tuple[int, bytes]:
    """Exit code and errors of a command of which only the first line is read."""
    process = Process(*arguments)
    process.stdout.readline()
    process.stdout.close()
    with process.stderr:
        return process.wait(), process.stderr.read()


@pytest.fixture
def large_run(tmp_path: Path) -> Path:
    """A run of which neither the rows nor the records fit into a pipe."""
    lines = (
        json.dumps({"id": str(n), "title": f"Paper {n}", "abstract": f"{ABSTRACT} It is no. {n}."})
        for n in range(150)
    )
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    assert summarise("run", "in.jsonl", "-o", "out").returncode == 0
    return tmp_path / "out"


def test_a_reader_that_has_seen_enough(large_run: Path) -> None:
    """``| head`` ends a command quietly, with 0."""
    for arguments in (
        ["table", large_run, "--format", "jsonl"],
        ["run", "in.jsonl", "-o", "out", "--json", "-q"],
    ):
        assert len(summarise(*arguments).stdout) > 1 << 16
        assert _head(*arguments) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_standard_output_that_is_full(hostile_run: Path) -> None:
    """A full disk under standard output is one line and exit 3, under help as well."""
    for arguments in (["table", str(hostile_run)], ["table", "--help"]):
        with Path("/dev/full").open("wb") as full:
            line = [sys.executable, "-m", "summarise", *arguments]
            done = subprocess.run(line, check=False, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 3
        assert done.stderr.startswith(b"summarise: standard output: can't be written")
        assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors as a shell does")
def test_closed_streams_take_no_file_for_themselves(tmp_path: Path) -> None:
    """With ``<&- >&- 2>&-`` what is printed goes nowhere, and never into a file of the run."""
    quoted = f"'{sys.executable}' -m summarise run '{PAGE}' -o out"
    for closed, code in ((">&- -q", 0), ("<&- >&- 2>&-", 2)):
        assert subprocess.call(f"{quoted} {closed}", shell=True, timeout=60) == code
        assert len(list(Run(tmp_path / "out").records())) >= 12


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors as a shell does")
def test_a_result_for_a_closed_stream(hostile_run: Path) -> None:
    """With ``>&-`` a result that nobody gets is one line and exit 2; the run is kept."""
    (folder,) = hostile_run.parent.glob("run*")
    folder.rename("done")
    (page,) = Path().glob("in*")
    page.rename("in.jsonl")
    for asked in (
        *("table done", "show done b", "show done b --json", "--help"),
        "run in.jsonl -o new --json -q",
    ):
        done = summarise(*asked.split(), closed=True)
        told = done.stderr.decode().splitlines()
        assert done.returncode == 2
        assert told[-1] == "summarise: standard output: can't be written (it is closed)"
        assert len([one for one in told if "standard output" in one]) == 1
    assert len(list(Run(Path("new")).records())) == 1


# The command line, for which a file of lines has no end.
ENDLESS = """
from summarise import cli
from summarise.readers.formats import jsonl
once = jsonl._read_line
def read_line(text, name, line):
    if line == 900:
        open("begun", "w").close()
    while line == 900:
        list(once(text, name, line))
    return once(text, name, line)
jsonl._read_line = read_line
cli.main()
"""


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_interrupted_while_reading(tmp_path: Path) -> None:
    """Ctrl-C while the input is read ends the command at once, with a word and 130."""
    line = json.dumps({"title": "T", "abstract": f"{ABSTRACT} %d"})
    (tmp_path / "in.jsonl").write_text("".join(f"{line % number}\n" for number in range(1_000)))
    command = [sys.executable, "-c", ENDLESS, "run", "in.jsonl"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        assert ends((tmp_path / "begun").exists)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (
        errors == b"summarise: interrupted; what was saved is kept. Run the same command again.\n"
    )


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize("again", ["", "signal.raise_signal(signal.SIGINT)"])
def test_an_interrupt_in_a_finalizer_is_not_lost(tmp_path: Path, again: str) -> None:
    """Ctrl-C ends the command even where Python drops what is raised: in a finalizer, for one.

    One that comes while Python says that it has dropped another isn't lost either.
    """
    code = (
        "import signal, sys, time\n"
        "from summarise import batch, cli\n"
        "class Last:\n"
        "    def __del__(self): signal.raise_signal(signal.SIGINT)\n"
        "later = cli._interrupt_later\n"
        "def once():\n"
        "    cli._interrupt_later = later\n"
        f"    {again or 'later()'}\n"
        "def read(*_):\n"
        "    cli._interrupt_later = once\n"
        "    Last()\n"
        "    time.sleep(60)\n"
        "batch.read_batch = read\n"
        "sys.argv = ['summarise', 'run', 'a.txt']\n"
        "cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, timeout=50
    )
    assert done.returncode == 130
    assert (
        done.stderr
        == b"summarise: interrupted; what was saved is kept. Run the same command again.\n"
    )


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_interrupted_while_loading() -> None:
    """Ctrl-C while the program is loaded leaves no traceback of ours."""
    code = (
        "import builtins, sys\n"
        "import summarise.__main__ as main\n"
        "real = builtins.__import__\n"
        "def load(name, *rest, **more):\n"
        "    if name == 'summarise.cli': raise KeyboardInterrupt\n"
        "    return real(name, *rest, **more)\n"
        "builtins.__import__ = load\n"
        "main.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert (done.returncode, done.stderr) == (130, b"")


def test_a_bug_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What nobody foresaw is one line that names it and --debug; with that, it is raised."""
    from summarise import cli, store

    def broken(*_: object) -> None:
        raise ZeroDivisionError(HOSTILE)

    monkeypatch.setattr(store, "Run", broken)
    monkeypatch.setattr(sys, "argv", ["summarise", "table", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    errors = capsys.readouterr().err
    assert left.value.code == 1
    assert errors.startswith("summarise: a bug in summarise: ZeroDivisionError: ‹U+001B›]52")
    assert errors.count("\n") == 1
    assert "--debug" in errors
    monkeypatch.setattr(sys, "argv", ["summarise", "table", str(tmp_path), "--debug"])
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_a_path_that_no_file_can_have() -> None:
    """What the system says of a path is told as such, wherever that was noticed."""
    for arguments in (["table", "x" * 5000], ["run", "y" * 5000], ["run", PAGE, "-o", "z" * 5000]):
        done = summarise(*arguments)
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1
        assert b"File name too long" in done.stderr


def test_main_leaves_no_handler(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a command Ctrl-C does what it did before it."""
    from summarise import cli

    before: Callable[..., Any] | int | None = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(sys, "argv", ["summarise", "--version"])
    with pytest.raises(SystemExit):
        cli.main()
    assert signal.getsignal(signal.SIGINT) is before
