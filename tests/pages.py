"""Pages of reports in a browser, for tests.

Without ``chromium``, ``chromium-driver``, or what Node builds of the sources here, tests of them
are skipped; where ``CHROMIUM_REQUIRED`` is set, as in CI, that is a failure.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from benchmarks.browser import BROWSER, DRIVER, PATIENCE, Browser, browsing
from summarise.batch import RunOptions, read_batch, run
from summarise.report import write_report
from summarise.report.built import Built, built_in
from summarise.settings import Settings
from summarise.store import Run
from tests.conftest import GOLD, ROOT

T = TypeVar("T")
WEB = ROOT / "summarise" / "report" / "web"
FEW = 20
"""Papers of a page that axe goes through element by element."""
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
SAVED = """
    const done = arguments[1];
    const kept = URL.createObjectURL;
    URL.createObjectURL = (blob) => { blob.text().then(done); return kept.call(URL, blob); };
    HTMLAnchorElement.prototype.click = () => {};
    document.querySelectorAll('.saves button')[arguments[0]].click();
    URL.createObjectURL = kept;
"""
"""What a button for saving makes, by its number."""


def require(*, is_there: bool, what: str) -> None:
    """Skip a test that lacks something, or fail where nothing may be missing."""
    if not is_there:
        (pytest.fail if os.environ.get("CHROMIUM_REQUIRED") else pytest.skip)(f"needs {what}")


def browser() -> Iterator[Browser]:
    """A browser, where there is one, and a page for it."""
    require(is_there=bool(BROWSER and DRIVER), what="chromium and chromium-driver")
    require(
        is_there=isinstance(built_in(WEB), Built),
        what="the page, built of these sources: npm ci && npm run build in summarise/report/web",
    )
    with browsing() as one:
        yield one


def page_of_gold(folder: Path) -> tuple[Run, Path]:
    """A run of the invented papers, and its page."""
    path, _ = run(read_batch([str(GOLD)]), Settings(), RunOptions(output=folder / "run"))
    page = folder / "gold.html"
    write_report(Run(path), page)
    return Run(path), page


def violations(browser: Browser) -> list[str]:
    """What axe says against the page as it is shown."""
    require(is_there=AXE.exists(), what="axe-core: npm ci in summarise/report/web")
    if browser.execute_script("return !window.axe"):
        browser.execute_script(AXE.read_text("utf-8"))
    # What it finds right, of each element, takes longer than the rest.
    found = browser.execute_async_script(
        "const done = arguments[0]; axe.run({ resultTypes: ['violations'] }).then("
        "r => done(r.violations.map("
        "v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' '))))"
    )
    return list(found)


def type_into(browser: Browser, selector: str, text: str) -> None:
    """Put words into a box, in the place of those that are there, and wait for the search.

    It begins a moment after the last key, or after one that was long in coming: what is set to
    happen later than that, does, however slow the machine is.
    """
    box = browser.find_element(By.CSS_SELECTOR, selector)
    box.send_keys(Keys.CONTROL + "a")
    box.send_keys(text or Keys.DELETE)
    browser.execute_async_script("setTimeout(arguments[0], 60)")


def open_part(browser: Browser, name: str) -> None:
    """Choose a tab."""
    browser.find_element(By.ID, f"tab-{name}").click()
    script = "return !document.getElementById(`part-${arguments[0]}`).hidden"
    assert browser.execute_script(script, name)


def shows(browser: Browser, count: int) -> None:
    """Wait for so many rows to be left of a search."""
    script = "return document.querySelector('.dt-info').textContent.includes(arguments[0])"
    browser.wait_for(script, f"of {count} " if count else "none")


def becomes(browser: Browser, read: Callable[[], T], expected: T) -> None:
    """Wait until what is read is what is expected: a head sorts a moment after it is clicked."""
    with contextlib.suppress(TimeoutException):
        WebDriverWait(browser, PATIENCE).until(lambda _: read() == expected)
    assert read() == expected
