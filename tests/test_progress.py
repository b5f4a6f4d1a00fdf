"""The progress line: what it says, when, how steadily, and that it leaves a clean terminal."""

from __future__ import annotations

import io
import os
import pty
import random
import re
import signal
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from summarise.batch import ProgressLine
from summarise.batch.progress import RunPace, Standing, fitted, progress_parts, rough
from summarise.models import Spent, Usage
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, draft_answer, slow

PAGE = ROOT / "fixtures" / "daily_papers.txt"


class Terminal(io.StringIO):
    """A stream that says it is a terminal, and is none that rich could draw on."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def set_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the time that the progress line sees, in seconds since its start."""
    now = [1_000.0]
    monkeypatch.setattr("summarise.batch.progress.time.monotonic", lambda: now[0])

    def set_to(seconds: float) -> None:
        now[0] = 1_000.0 + seconds

    return set_to


@pytest.mark.parametrize(
    ("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True), (io.StringIO(), True)]
)
def test_progress_is_silent(stream: io.StringIO, quiet: bool) -> None:
    """Nothing is written where there is no terminal, nor when it isn't wanted."""
    line = ProgressLine(stream, quiet=quiet)
    line.update(Standing(1, 1))
    line.clear()
    assert stream.getvalue() == ""
    assert "rich.progress" not in sys.modules or "rich" in sys.modules


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """By default the line is written to standard error, which is no terminal here."""
    line = ProgressLine()
    line.update(Standing(1, 1))
    line.clear()
    assert capsys.readouterr() == ("", "")


def test_a_log_has_a_line_now_and_then(
    set_time: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Off a terminal: for each tenth part that takes a minute, else each ten minutes."""
    set_time(0)
    line, quiet = ProgressLine(), ProgressLine(quiet=True)
    for done in range(1, 101):
        set_time(done * 4)
        line.update(Standing(done, 100))
        quiet.update(Standing(done, 100))
    line.clear()
    told = capsys.readouterr().err.splitlines()
    assert [one.split(" · ")[0] for one in told] == [
        f"summarise: {done}/100" for done in (15, 30, 45, 60, 75, 90)
    ]
    assert all("/s" in one and "left" in one for one in told)
    set_time(1_000)
    slow_line = ProgressLine()
    for done in range(20):
        set_time(1_000 + done * 200)
        slow_line.update(Standing(done, 10_000))
    told = capsys.readouterr().err.splitlines()
    assert [one.split(" · ")[0] for one in told] == [
        f"summarise: {done}/10,000" for done in (3, 6, 9, 12, 15, 18)
    ]


def test_what_the_line_says(set_time: Callable[[float], None]) -> None:
    """Counts, model, failures by kind, rate, cost, tokens, cached; and what is left, if it is."""
    pace = RunPace(0.0)
    spent = Spent(
        calls=9, cost=Decimal("0.5"), usage=Usage(input_tokens=90_000, output_tokens=9_000)
    )
    failed = {"invalid": 2, "timeout": 1}
    for second in range(31):
        standing = Standing(second, 100, failed, spent, 0, "bee-8b")
        pace.note(float(second), standing)
    line = fitted(progress_parts(standing, pace, 30.0), 200)
    assert line == (
        "30/100 · bee-8b · 3 failed (2 invalid, 1 timeout) · 1.0/s · $0.5000 · 99k tokens · "
        "about 70 s left"
    )


def test_a_narrow_terminal_keeps_what_counts() -> None:
    """What is less important goes first, and no line is longer than the terminal."""
    pace = RunPace(0.0)
    spent = Spent(calls=9, cost=Decimal("0.5"), usage=Usage(input_tokens=9_000, output_tokens=900))
    for second in range(31):
        standing = Standing(second, 100, {"invalid": 2}, spent, 0, "bee-8b")
        pace.note(float(second), standing)
    parts = progress_parts(standing, pace, 30.0)
    for width in range(6, 120):
        line = fitted(parts, width)
        assert len(line) <= width
        assert line.startswith("30/100")
    assert fitted(parts, 45) == "30/100 · 2 failed · 1.0/s · about 70 s left"


def test_nothing_is_foretold_too_early() -> None:
    """Before some documents are done, the time that passed is shown, and none that is left."""
    pace = RunPace(0.0)
    pace.note(3.0, Standing(0, 1_000))
    assert fitted(progress_parts(Standing(0, 1_000), pace, 3.0), 80) == "0/1,000 · 3 s"
    pace.note(13.6, Standing(1, 1_000))
    assert pace.left(13.6) is None
    for second in range(14, 20):
        pace.note(float(second), Standing(16 * (second - 13), 1_000))
    assert pace.left(19.0) == pytest.approx((1_000 - 96) / 16, rel=0.3)


def test_answers_in_waves() -> None:
    """Eight every three seconds, of 80: the third tells it; the rate isn't that within one."""
    pace = RunPace(0.0)
    for wave in range(1, 6):
        for n in range(8):
            now = 3.0 * wave + n / 100
            pace.note(now, Standing(8 * (wave - 1) + n + 1, 80))
        assert wave < 3 or pace.left(now) == pytest.approx(3.0 * (10 - wave), rel=0.25)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_left_does_not_jump(seed: int) -> None:
    """Answers of varied length: once it is shown it falls about as time goes by, and is right."""
    chance = random.Random(seed)
    pace, now, done, total = RunPace(0.0), 0.0, 0, 600
    shown: list[tuple[float, float]] = []
    while done < total:
        now += chance.expovariate(2.0)
        done += 1
        pace.note(now, Standing(done, total))
        if (left := pace.left(now)) is not None:
            shown.append((now, left))
    first, last = shown[0][0], shown[-1][0]
    assert first < 15
    for (before, old), (after, new) in pairwise(shown):
        assert abs(new - (old - (after - before))) <= 0.15 * max(old, 20) * max(after - before, 1)
    late = [(at, left) for at, left in shown if at > last / 10]
    assert all(abs(left - (last - at)) < 0.5 * (last - at) + 15 for at, left in late)


def test_what_the_cache_gives_says_nothing_of_the_rest() -> None:
    """A thousand from the cache in a second don't make the other thousand quick."""
    pace = RunPace(0.0)
    for tenth in range(11):
        pace.note(tenth / 10, Standing(100 * tenth, 2_000, cached=100 * tenth))
    assert pace.left(1.0) is None
    for second in range(2, 40):
        pace.note(float(second), Standing(1_000 + second, 2_000, cached=1_000))
    assert pace.left(39.0) == pytest.approx(2_000 - 1_039, rel=0.2)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.2, "1 s"),
        (9.1, "10 s"),
        (41, "45 s"),
        (119, "120 s"),
        (121, "3 min"),
        (7_730, "2 h 10 min"),
    ],
)
def test_a_time_that_is_not_known_better(seconds: float, told: str) -> None:
    """Steps that are as rough as what is known."""
    assert rough(seconds) == told


def test_progress_is_shown_ten_times_a_second_at_most(set_time: Callable[[float], None]) -> None:
    """Many documents a second write few lines; the last is always shown."""
    terminal = Terminal()
    line = ProgressLine(terminal)
    for done in range(1, 1_001):
        set_time(done / 1_000)
        line.update(Standing(done, 1_000))
    assert 9 <= terminal.getvalue().count("\r") <= 12
    assert "1,000/1,000" in terminal.getvalue()


def test_progress_is_cleared() -> None:
    """At the end the line is taken away, so that the closing lines stand alone."""
    terminal = Terminal()
    line = ProgressLine(terminal)
    line.update(Standing(1, 1))
    line.clear()
    assert terminal.getvalue().endswith("\r\x1b[K")


class Session:
    """A command in a terminal of 80 columns, and what stands on its screen."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.environ.update(COLUMNS="80", LINES="24", TERM="xterm")
            os.execv(sys.executable, [sys.executable, "-m", "summarise", *arguments])
        self.written = b""

    def read_until(self, wanted: bytes, seconds: float = 60.0) -> None:
        """Read on until something was written."""
        until = time.monotonic() + seconds
        while wanted not in self.written:
            assert time.monotonic() < until, self.written
            self._read()

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self) -> bytes:
        try:
            got = os.read(self._terminal, 1 << 16)
        except OSError:  # the other end is closed
            got = b""
        self.written += got
        return got

    def screen(self) -> list[str]:
        """The lines as they stand there at the end."""
        lines, at, row = [""], 0, 0
        for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|.|\n", self.written.decode(), re.DOTALL):
            if piece == "\r":
                at = 0
            elif piece == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif piece.startswith("\x1b["):
                if piece == "\x1b[2K":
                    lines[row] = ""
                elif piece == "\x1b[K":
                    lines[row] = lines[row][:at]
                elif piece.endswith("A"):
                    row = max(0, row - int(piece[2:-1] or 1))
            else:
                lines[row] = f"{lines[row]:<{at}}"[:at] + piece + lines[row][at + 1 :]
                at += 1
        return [line.rstrip() for line in lines]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such terminal")
def test_ctrl_c_leaves_a_clean_terminal(tmp_path: Path) -> None:
    """The bar is there while nothing is done, is gone at the end, and every line stands alone."""
    with LoopbackServer(lambda _, body: slow(1.0, draft_answer(body))) as server:
        session = Session(
            tmp_path,
            *("run", str(PAGE), "--model", "bee-8b", "--base-url", server.base_url),
            *("--concurrency", "1", "--no-cache"),
        )
        session.read_until(b"bee-8b")
        while not server.requests:
            time.sleep(0.01)
        os.kill(session.pid, signal.SIGINT)
        assert session.end() == 130
    lines = [line for line in session.screen() if line]
    assert not any("━" in line for line in lines)
    assert any(line.startswith("summarise: stopping: calls in flight may finish") for line in lines)
    assert lines[-1] == "outputs/daily_papers.bee-8b/table.md"
    assert session.written.count(b"\x1b[?25l") == session.written.count(b"\x1b[?25h")
    assert "\x1b[90m━".encode() in session.written, "what is left is grey on a light screen, too"
