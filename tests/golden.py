"""Makes anew what is made of the code: the example run, tables of formats, what docs/ show.

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
from tests import format_goldens, people_files, reference, screens, walks

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "fixtures" / "daily_papers.txt"
EXAMPLE = ROOT / "outputs" / "example"
README = ROOT / "README.md"
RECORD_SCHEMA = ROOT / "summarise" / "schema" / "record.schema.json"
_FIGURES = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- /figures -->)", re.DOTALL)
_ROWS_SHOWN = 2
_EXCERPT = re.compile(r"(?<=<!-- example -->\n).*(?=<!-- /example -->)", re.DOTALL)
_HEADS = ("abstracts", "papers", "values: precision", "recall", "whole rows: F1", "mean F1")


def figures() -> str:
    """How right the embedded extractor is, as the README shows it: the first table of the page."""
    rows = [_HEADS, ("---", *(5 * ["---:"]))]
    for one in accuracy().rows:
        if one.who == "embedded extractor":
            shares = (one.precision, one.recall, one.whole_rows, one.mean_f1)
            rows.append((one.abstracts, one.papers, *shares))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def excerpt() -> str:
    """The head of the example's table and its first rows."""
    lines = (EXAMPLE / "table.md").read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| # | Paper"))
    return "\n".join(lines[start : start + 2 + _ROWS_SHOWN]) + "\n"


def readme() -> str:
    """The README with the first rows of the example, and the figures of accuracy, of today."""
    text = _EXCERPT.sub(lambda _: excerpt(), README.read_text(encoding="utf-8"))
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
    README.write_text(readme(), encoding="utf-8")
    for pages in (people_files, reference, screens, walks):
        pages.main()


if __name__ == "__main__":
    main()
