"""How large the page of a report is, and how fast: ready, and a search, in Chromium.

    python -m benchmarks.report_page 5000 20000 [--times 5]
    python -m benchmarks.report_page --picture docs/report.png

The documents are those of ``benchmarks.mixed``, read by the embedded extractor. "Ready" is
what the page takes from its start to the first rows; a search is timed from the key to the rows,
in the page, for words that few, some and all documents hold. Medians. The picture is of the
fixture's page, its third paper opened.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.browser import Browser, browsing
from benchmarks.mixed import write_mixed
from benchmarks.tables import figure, table
from summarise import summarise
from summarise.report import write_report

WORDS = ("mixed-000017", "river", "the")
_SEARCH = """
const [word, done] = arguments;
const box = document.querySelector("#search");
const info = document.querySelector(".dt-info");
box.value = word;
const begun = performance.now();
new MutationObserver((_, seen) => {
  seen.disconnect();
  document.body.getBoundingClientRect();
  done(performance.now() - begun);
}).observe(info, { childList: true, characterData: true, subtree: true });
box.dispatchEvent(new Event("input"));
"""


def searched(browser: Browser, word: str) -> float:
    """Milliseconds of a search, the wait for a further key included."""
    taken: float = browser.execute_async_script(_SEARCH, word)
    return taken


def figures(count: int, times: int) -> list[str]:
    """A row of figures about a run of so many documents."""
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        run = summarise(
            write_mixed(Path(folder, "papers.jsonl"), count), output=Path(folder, "run")
        )
        page = Path(folder, "report.html")
        begun = time.process_time()
        write_report(run, page)
        written = time.process_time() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ready, taken = [], []
        browser.set_script_timeout(60)
        for _ in range(times):
            browser.open_page(page)
            told = browser.execute_script("return document.documentElement.dataset.ready")
            ready.append(float(told))
            taken += [searched(browser, word) for word in WORDS]
        return [
            f"{count:,}",
            figure(page.stat().st_size / 1e6, 2),
            figure(written, 1),
            figure(peak, 0),
            figure(median(ready), 0),
            figure(median(taken), 0),
            figure(max(taken), 0),
        ]


def take_picture(picture: Path) -> None:
    """Write what the page of the fixture looks like with a record open."""
    fixture = Path(__file__).parent.parent / "fixtures" / "daily_papers.txt"
    with tempfile.TemporaryDirectory() as folder, browsing(1400, 820) as browser:
        page = Path(folder, "report.html")
        write_report(summarise(fixture, output=Path(folder, "daily_papers")), page)
        browser.open_page(page)
        browser.execute_script("document.querySelectorAll('.open')[2].click()")
        browser.execute_script("scrollTo(0, 0)")
        browser.save_screenshot(str(picture))


def main() -> None:
    """Measure pages, and print what they come to."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("counts", type=int, nargs="*", help="documents")
    parser.add_argument("--picture", type=Path, help="a PNG file, of the fixture's page")
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    if given.picture:
        take_picture(given.picture)
    if not given.counts:
        return
    header = ["records", "MB", "CPU s to write", "peak MB", "ready ms", "search ms", "slowest ms"]
    rows = [figures(count, given.times) for count in given.counts]
    sys.stdout.writelines(f"{line}\n" for line in table(header, rows))


if __name__ == "__main__":
    main()
