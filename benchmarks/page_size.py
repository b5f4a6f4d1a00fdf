"""How large a table is on a page: screens, and the height of its rows, as Chromium lays them out.

    python -m benchmarks.page_size outputs/example/table.md [--picture table.png]

The page has what GitHub's style sheet says of Markdown: 1,012 pixels of text, 16 pixels a letter,
1.5 lines, 6 and 13 pixels around a cell. Nothing is scaled. A screen is 900 pixels.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.tables import figure, table

_WIDTH, _SCREEN = 1012, 900
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_STYLE = """
* { box-sizing: border-box }
body { margin: 0; background: #fff; color: #1f2328; font: 16px/1.5 -apple-system,
  BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif;
  overflow-wrap: break-word; width: 1012px }
h1, h2 { margin: 24px 0 16px; font-weight: 600; line-height: 1.25; padding-bottom: .3em;
  border-bottom: 1px solid #d1d9e0b3 }
h1 { font-size: 2em } h2 { font-size: 1.5em } body > :first-child { margin-top: 0 }
p, ul, ol, table { margin: 0 0 16px } ul, ol { padding-left: 2em } li + li { margin-top: .25em }
a { color: #0969da } em, i { font-style: italic }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-spacing: 0;
  border-collapse: collapse }
th { font-weight: 600 } th, td { padding: 6px 13px; border: 1px solid #d1d9e0 }
tr { background: #fff; border-top: 1px solid #d1d9e0b3 } tr:nth-child(2n) { background: #f6f8fa }
"""
_MEASURE = """
addEventListener("load", () => {
  const heights = [...document.querySelectorAll("tbody tr")].map(
    row => row.getBoundingClientRect().height).sort((a, b) => a - b);
  const one = document.querySelector("table");
  const widths = [...document.querySelectorAll("thead th")].map(
    cell => [cell.textContent, Math.round(cell.getBoundingClientRect().width)]);
  document.body.dataset.measured = JSON.stringify({height: document.documentElement.scrollHeight,
    heights, widths, over: one ? one.scrollWidth - one.clientWidth : 0});
});
"""


def measured(markdown: str, browser: str, picture: Path | None) -> dict[str, object]:
    """The height of a page with a Markdown text, and of the rows of its table, in pixels."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - of the extra `dev`

    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    page = (
        f"<!doctype html><html><head><meta charset=utf-8><style>{_STYLE}</style>"
        f"<script>{_MEASURE}</script></head><body>{body}</body></html>"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        base = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        base += [f"--user-data-dir={folder}/browser", f"--window-size={_WIDTH},{_SCREEN}"]
        done = subprocess.run(
            [*base, "--dump-dom", file.as_uri()], capture_output=True, encoding="utf-8", check=True
        )
        found = re.search(r'data-measured="([^"]*)"', done.stdout)
        if found is None:
            raise SystemExit(f"{browser} measured nothing")
        told: dict[str, object] = json.loads(html.unescape(found[1]))
        if picture is not None:
            size = f"--window-size={_WIDTH},{told['height']}"
            shot = [*base[:-1], size, f"--screenshot={picture.resolve()}", file.as_uri()]
            subprocess.run(shot, capture_output=True, check=True)
    return told


def figures(path: Path, browser: str, picture: Path | None = None) -> list[str]:
    """A row of figures about a file."""
    told = measured(path.read_text(encoding="utf-8"), browser, picture)
    heights: list[float] = told["heights"]  # type: ignore[assignment]
    widths = ", ".join(f"{name} {width}" for name, width in told["widths"])  # type: ignore[attr-defined]
    screens = float(told["height"]) / _SCREEN  # type: ignore[arg-type]
    middle = heights[len(heights) // 2] if heights else None
    largest = heights[-1] if heights else None
    return [
        path.name,
        str(len(heights)),
        figure(screens, 1),
        figure(middle, 0),
        figure(largest, 0),
        f"{widths}; {told['over']} too wide",
    ]


def main() -> None:
    """Measure files, and print what they come to."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tables", type=Path, nargs="+", help="Markdown files")
    parser.add_argument("--picture", type=Path, help="of the last one, a PNG file")
    given = parser.parse_args()
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.exit(f"no browser to measure with: install one of {', '.join(_BROWSERS)}")
    last = given.tables[-1]
    rows = [
        figures(path, browser, given.picture if path is last else None) for path in given.tables
    ]
    header = ["table", "rows", "screens", "median row px", "tallest row px", "columns px"]
    sys.stdout.writelines(f"{line}\n" for line in table(header, rows))


if __name__ == "__main__":
    main()
