"""Markdown tables of figures."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table; the first column is text, the others are figures."""
    yield _line(header)
    yield _line(["---", *["---:"] * (len(header) - 1)])
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def figure(value: float | None, digits: int = 2, unit: str = "") -> str:
    """A number, or – where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}{unit}"


def times(value: float | None, base: float | None) -> str:
    """A ratio, or – where there is none."""
    return "–" if value is None or not base else f"{value / base:.2f} ×"


def machine() -> str:
    """This machine in a line."""
    cpu = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                cpu = line.partition(":")[2].strip()
                break
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {cpu}; {sys.platform}; Python {python}"
