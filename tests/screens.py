"""Pictures of what commands print on a terminal, for docs/; ``tests.golden`` makes them."""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from tests.processes import run
from tests.walks import bare

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGE = ROOT / "fixtures" / "daily_papers.txt"
_WIDTH = 84
# A picture in a page loads nothing from elsewhere, fonts included.
_FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code, monospace", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
)
SCREENS = {
    "terminal": ("summarise table outputs/page --limit 2", 40),
    "show": ("summarise show outputs/page 10", 19),
}
"""What is typed, and how many lines of what comes are shown, by the name of the picture."""


def pictures() -> dict[str, str]:
    """The content of each picture, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(PAGE, Path(folder, "page.txt"))
        run("run", "page.txt", cwd=Path(folder))
        return {name: _picture(name, folder, *screen) for name, screen in SCREENS.items()}


def _picture(name: str, folder: str, command: str, lines: int) -> str:
    """What a command shows at first, as SVG."""
    shown = _seen(command, folder).splitlines()[:lines]
    console = Console(
        file=io.StringIO(), record=True, width=_WIDTH, force_terminal=True, legacy_windows=False
    )
    console.print(Text.from_ansi("\n".join([f"$ {command}", *shown])), no_wrap=True)
    return console.export_svg(title="", code_format=_FORMAT, unique_id=name)


def _seen(command: str, folder: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": str(_WIDTH - 2),
        "TERM": "xterm-256color",
    }
    child = subprocess.Popen(
        command.split(), cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = bytearray()
    try:
        while part := os.read(ours, 1 << 16):
            written += part
    except OSError:  # Linux says so where the other side is closed
        pass
    os.close(ours)
    child.wait()
    return written.decode().replace("\r\n", "\n")


def main() -> None:
    """Make them anew."""
    for name, content in pictures().items():
        picture = DOCS / f"{name}.svg"
        if not picture.exists() or bare(picture.read_text("utf-8")) != bare(content):
            picture.write_text(content, "utf-8")


if __name__ == "__main__":
    main()
