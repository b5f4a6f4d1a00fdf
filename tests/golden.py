"""Makes the example run, what the README shows, a record's schema and tables of formats anew.

That is: ``python -m tests.golden``.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from summarise.batch import RunOptions, read_batch, run
from summarise.evaluate.methods import accuracy
from summarise.schema import describe
from summarise.settings import Settings
from summarise.store import Run
from tests import format_goldens

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "fixtures" / "daily_papers.txt"
EXAMPLE = ROOT / "outputs" / "example"
README = ROOT / "README.md"
RECORD_SCHEMA = ROOT / "summarise" / "schema" / "record.schema.json"
_ROWS_SHOWN = 3
_EXCERPT = re.compile(r"(?<=<!-- example -->\n).*(?=<!-- /example -->)", re.DOTALL)
_FIGURES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- /figures -->)", re.DOTALL)
_HEADS = ("abstracts", "papers", "values: precision", "recall", "whole rows: F1", "mean F1")


def excerpt(table: str) -> str:
    """The head of a table and its first rows, as the README shows them."""
    lines = table.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| # | Paper"))
    return "\n".join(lines[start : start + 2 + _ROWS_SHOWN]) + "\n"


def figures() -> str:
    """How right the embedded extractor is, as the README shows it: the first table of the page."""
    rows = [_HEADS, ("---", *(5 * ["---:"]))]
    for one in accuracy().rows:
        if one.who == "embedded extractor":
            shares = (one.precision, one.recall, one.whole_rows, one.mean_f1)
            rows.append((one.abstracts, one.papers, *shares))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def readme_with(table: str) -> str:
    """The README with this table's excerpt, and with the figures of accuracy."""
    text = _EXCERPT.sub(lambda _: excerpt(table), README.read_text(encoding="utf-8"))
    return _FIGURES.sub(lambda _: figures(), text)


def example(folder: Path) -> Path:
    """Run the embedded extractor over the fixture page."""
    path, _ = run(read_batch([str(PAGE)]), Settings(), RunOptions(output=folder))
    return path


def main() -> None:
    """Replace them."""
    RECORD_SCHEMA.write_text(describe("default", records=True), encoding="utf-8")
    format_goldens.main()
    shutil.rmtree(EXAMPLE, ignore_errors=True)
    path = example(EXAMPLE)
    assert Run(path).manifest.counts["failures"] == 0
    (path / ".lock").unlink(missing_ok=True)
    README.write_text(readme_with((path / "table.md").read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
