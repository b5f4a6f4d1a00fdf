"""The example's table as a picture: ``python -m benchmarks.picture`` writes ``docs/table.png``.

The Markdown is that of ``outputs/example/table.md``; it is laid out as GitHub lays out a README,
1,012 pixels wide, by a Chromium that is installed here. The rows that don't fit wholly on a screen
are left out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "table.png"
WIDTH = 1012
_HIGHEST = 760
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Type, measures and colours of GitHub's light theme.
_STYLE = """
body { margin: 0; width: 1012px; background: #fff; color: #1f2328;
       font: 16px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", Arial, sans-serif; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0; vertical-align: top; text-align: left; }
th { font-weight: 600; } tr { background: #fff; } tr:nth-child(2n) { background: #f6f8fa; }
a { color: #0969da; text-decoration: none; } strong { font-weight: 600; }
"""
# What fits is found out by the browser itself; it tells the height as the page's title.
_MEASURE = f"""<script>
const rows = document.querySelector("tbody").rows, page = document.body;
while (rows.length > 1 && page.offsetHeight > {_HIGHEST}) rows[rows.length - 1].remove();
document.title = page.offsetHeight;
</script>"""


def page_of(table: str) -> str:
    """A page that shows a Markdown table as far as it fits."""
    shown = "\n".join(line for line in table.splitlines() if line.startswith("| "))
    body = MarkdownIt("commonmark").enable("table").render(shown)
    return f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>{body}{_MEASURE}'


def take_picture(page: str, picture: Path) -> None:
    """Write what a browser makes of a page, as a PNG as high as the page."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.exit(f"no browser is installed here: {', '.join(_BROWSERS)}")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, "utf-8")
        command = [browser, "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"]
        command += [f"--user-data-dir={folder}/profile", f"--window-size={WIDTH},400"]
        dumped = subprocess.run(
            [*command, "--dump-dom", source.as_uri()], check=True, capture_output=True, text=True
        ).stdout
        height = int(dumped.partition("<title>")[2].partition("<")[0])
        command[-1] = f"--window-size={WIDTH},{height}"
        subprocess.run(
            [*command, f"--screenshot={picture}", source.as_uri()], check=True, capture_output=True
        )


def main() -> None:
    """Make the picture anew."""
    table = (ROOT / "outputs" / "example" / "table.md").read_text("utf-8")
    take_picture(page_of(table), PICTURE)
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
