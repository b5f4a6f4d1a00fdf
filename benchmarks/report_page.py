"""How large the page of a report is, and how fast: ready, and a search, in Chromium.

    python -m benchmarks.report_page 5000 20000 [--times 5]
    python -m benchmarks.report_page --pictures docs

The documents are those of ``benchmarks.mixed``, read by the embedded extractor. "Ready" is
what the page takes from its start to the first rows; a search is timed from the key to the rows,
in the page, for words that few, some and all documents hold. Medians. The pictures are of the
fixture's page: a record that is corrected, and papers that are screened on a phone; and of an
overview of such documents.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

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


_DESK = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
_PHONE = {"width": 390, "height": 760, "deviceScaleFactor": 1, "mobile": True}


def take_pictures(folder: Path) -> None:
    """Write what the page of the fixture looks like with a record open, and on a phone."""
    fixture = Path(__file__).parent.parent / "fixtures" / "daily_papers.txt"
    with tempfile.TemporaryDirectory() as place, browsing(1280, 860) as browser:
        page = Path(place, "report.html")
        write_report(summarise(fixture, output=Path(place, "daily_papers")), page)
        browser.open_page(page)
        browser.execute_script("document.querySelectorAll('.open')[2].click()")
        words = "Runtime that prefetches experts by how they follow each other"
        for path, keys in (
            ("problem.text", ["c"]),
            ("method.text", [Keys.ENTER, f"{Keys.CONTROL}a{Keys.NULL}", words, Keys.ENTER]),
            ("method.name", [""]),
        ):
            browser.find_element(By.CSS_SELECTOR, f"[data-value='{path}']").send_keys("")
            for key in keys:
                browser.switch_to.active_element.send_keys(key)
        browser.save_screenshot(str(folder / "report.png"))
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", _PHONE)
        browser.find_element(By.TAG_NAME, "body").send_keys("s")
        for key in ("i", "e", "1", "m", "i"):
            browser.switch_to.active_element.send_keys(key)
        browser.save_screenshot(str(folder / "screening.png"))
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", _DESK)
        papers = write_mixed(Path(place, "papers.jsonl"), 300)
        write_report(summarise(papers, output=Path(place, "papers")), page)
        browser.open_page(page)
        browser.find_element(By.ID, "tab-overview").click()
        browser.execute_script("document.querySelector('nav').scrollIntoView()")
        browser.save_screenshot(str(folder / "overview.png"))


def main() -> None:
    """Measure pages, and print what they come to."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("counts", type=int, nargs="*", help="documents")
    parser.add_argument("--pictures", type=Path, help="a folder for PNGs of the fixture's page")
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    if given.pictures:
        take_pictures(given.pictures)
    if not given.counts:
        return
    header = ["records", "MB", "CPU s to write", "peak MB", "ready ms", "search ms", "slowest ms"]
    rows = [figures(count, given.times) for count in given.counts]
    sys.stdout.writelines(f"{line}\n" for line in table(header, rows))


if __name__ == "__main__":
    main()
