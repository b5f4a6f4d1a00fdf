"""What a command costs: wall, CPU and memory of its process tree, as the system counts them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

_VARIABLES = ("OPENAI_", "SUMMARISE_", "LLM_", "CURATOR_", "LANGEXTRACT_")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command cost.

    Attributes:
        wall: Seconds from start to end.
        cpu: CPU seconds, user and system, of the process and all that it waited for.
        rss: Peak resident set of its largest process, in MB (10⁶ bytes).
        exit_code: Negative for a signal.
        output: Standard output.
        errors: Standard error.
    """

    wall: float
    cpu: float
    rss: float
    exit_code: int
    output: str
    errors: str


def measured(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], limit: float = 900.0
) -> Cost:
    """Run a command and say what it cost.

    Args:
        command: Program and arguments.
        cwd: Where it runs; its output is kept there in two files.
        env: All of its environment.
        limit: Seconds after which it is killed.
    """
    out, err = cwd / "stdout.txt", cwd / "stderr.txt"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=dict(env), stdout=stdout, stderr=stderr)
        timer = Timer(limit, process.kill)
        timer.start()
        # Not RUSAGE_CHILDREN: its peak is that of all children so far.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        rss=usage.ru_maxrss * 1024 / 1e6,
        exit_code=process.returncode,
        output=out.read_text(encoding="utf-8", errors="replace"),
        errors=err.read_text(encoding="utf-8", errors="replace"),
    )


def environment(folder: Path, **more: str) -> dict[str, str]:
    """This environment without settings of any tool, and with homes of their own in a folder."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_VARIABLES) and not name.lower().endswith("_proxy")
    }
    homes = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "xdg-cache")}
    return {**kept, **homes, "TELEMETRY_ENABLED": "false", "NO_COLOR": "1", **more}
