"""What Windows and macOS lack or have otherwise, as far as it can be shown on another system.

A process is made to look like one there: what those systems don't have is taken away once the
libraries are imported, and then summarise is.
"""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer

from summarise.cli import output
from summarise.cli.options import names_input
from summarise.extract import EmbeddedExtractor
from summarise.schema import Draft
from summarise.store import RunPlace
from tests.conftest import ROOT
from tests.loopback import LoopbackServer

PAGE = ROOT / "fixtures" / "daily_papers.txt"
GOLDEN = ROOT / "outputs" / "example" / "table.md"

_ELSEWHERE = """
import asyncio, importlib, os, pkgutil, signal, sys
import httpcore2, httpx2  # the SDK imports them when it sends, and what they import looks around
import summarise
for module in pkgutil.walk_packages(summarise.__path__, "summarise."):
    if not module.name.endswith(("__main__", "servers.child")):
        importlib.import_module(module.name)
for name in [name for name in sys.modules if name.split(".")[0] == "summarise"]:
    del sys.modules[name]
# Both systems begin where all is imported.
if pid := os.fork():
    _, status = os.waitpid(pid, 0)
    if status:
        sys.exit(os.waitstatus_to_exitcode(status))
    sys.platform, folder = "darwin", sys.argv[2]
else:
    sys.platform, folder = "win32", sys.argv[1]
os.chdir(folder)
os.environ["SUMMARISE_CACHE_DIR"] = os.path.join(folder, "cache")
lacking = [(os, "sched_getaffinity"), (os, "O_NOFOLLOW")]
if sys.platform == "win32":
    lacking += [(os, name) for name in ("fork", "getuid", "geteuid", "killpg", "sysconf", "mkfifo")]
    lacking += [(signal, name) for name in ("SIGHUP", "SIGKILL", "SIGALRM", "pthread_kill")]
    for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty"):
        sys.modules[name] = None
    def refuse(*_):
        raise NotImplementedError
    asyncio.SelectorEventLoop.add_signal_handler = refuse
    asyncio.SelectorEventLoop.remove_signal_handler = refuse
if hasattr(os, "process_cpu_count"):
    os.process_cpu_count = os.cpu_count
for owner, name in lacking:
    if hasattr(owner, name):
        delattr(owner, name)
from summarise.__main__ import main
for line in sys.argv[3:]:
    sys.argv[1:] = line.split("\\t")
    try:
        main()
    except SystemExit as left:
        assert not left.code, line
"""


def elsewhere(folders: Sequence[Path], *commands: tuple[object, ...]) -> bytes:
    """What is printed by some command lines in a row, as if on Windows and then on macOS."""
    lines = ["\t".join(map(str, command)) for command in commands]
    command = [sys.executable, "-c", _ELSEWHERE, *map(str, folders), *lines]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout


def test_the_main_job_needs_nothing_of_linux(tmp_path: Path) -> None:
    """A page becomes the same table, by code and by a model; it is verified, shown and written."""
    folders = [tmp_path / name for name in ("windows", "macos")]
    for folder in folders:
        folder.mkdir()
    with LoopbackServer() as server:
        told = elsewhere(
            folders,
            ("run", PAGE, "-o", "run"),
            ("verify", "run"),
            ("show", "run", 1),
            ("table", "run", "-o", "table.csv"),
            ("run", PAGE, "-o", "asked", "--model", "m", "--base-url", server.base_url),
            ("run", PAGE, "-o", "asked", "--model", "m", "--base-url", server.base_url),
        )
        assert len(server.requests) == 2 * 14
    assert told.count(b"14 records verified, 0 differ\n") == 2
    for folder in folders:
        assert (folder / "run" / "table.md").read_bytes() == GOLDEN.read_bytes()
        assert (folder / "table.csv").stat().st_size


def test_streams_are_the_same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe of Windows would take cp1252 and carriage returns: what is printed is UTF-8 and LF."""
    taken = {name: io.BytesIO() for name in ("stdout", "stderr")}
    for name, raw in taken.items():
        stream = io.TextIOWrapper(raw, encoding="cp1252", newline="\r\n")
        monkeypatch.setattr(sys, name, stream)
    output.prepare_streams()
    output.echo("≠ ″ 大")
    output.print_error("⚠ –")
    assert taken["stdout"].getvalue() == "≠ ″ 大\n".encode()
    assert taken["stderr"].getvalue() == "⚠ –\n".encode()


def test_no_text_file_depends_on_the_system(tmp_path: Path) -> None:
    """Whatever is read or written as text says in which encoding."""
    told = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-m", "summarise", "run", str(PAGE)],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "LC_ALL": "C"},
    )
    own = [line for line in told.stderr.splitlines() if b"EncodingWarning" in line]
    assert [line for line in own if b"site-packages" not in line] == []


def test_a_pipe_that_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows says of it that an argument is invalid; that is no failure there, and one here."""
    monkeypatch.setattr(output, "_disconnect", lambda _: None)
    invalid = OSError(errno.EINVAL, "Invalid argument")
    assert not isinstance(output.unwritten(invalid), typer.Exit)
    monkeypatch.setattr(sys, "platform", "win32")
    left = output.unwritten(invalid)
    assert isinstance(left, typer.Exit)
    assert left.exit_code == 0


@pytest.mark.parametrize(
    ("word", "is_input"),
    [
        (r"C:\papers\refs.ris", True),
        ("C:/papers", True),
        ("doi:10.1000/182", True),
        ("a:b", False),
        ("tabel", False),
    ],
)
def test_a_drive_is_no_scheme(word: str, is_input: bool) -> None:
    """`summarise C:/papers` runs it."""
    assert names_input(word) == is_input


@pytest.mark.parametrize(
    ("name", "folder"),
    [("nul", "_nul"), ("Con.2024", "_Con.2024"), ("COM1", "_COM1"), ("console", "console")],
)
def test_no_folder_is_called_like_a_device(
    name: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows would write to the device; here it's a name like any other."""
    identity = EmbeddedExtractor(Draft).identity
    assert RunPlace(name).folder(identity) == Path("outputs", name)
    monkeypatch.setattr(sys, "platform", "win32")
    assert RunPlace(name).folder(identity) == Path("outputs", folder)
