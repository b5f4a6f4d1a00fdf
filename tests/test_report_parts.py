"""The parts of a report's page as tabs, in Debian's Chromium."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from benchmarks.browser import Browser
from summarise.report import write_report
from summarise.store import Run
from tests.pages import FEW, becomes, violations
from tests.test_report import run_of

SHOWN = (
    "return [...document.querySelectorAll('[role=tabpanel]')].filter(e => !e.hidden).map(e => e.id)"
)


def test_tabs_are_walked_by_keyboard(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """Arrows go round, one part is shown, the address names it, and a link with it opens it."""
    _, page = gold_page
    browser.open_page(page)
    assert browser.execute_script(SHOWN) == ["part-papers"]
    browser.find_element(By.ID, "tab-papers").send_keys(Keys.ARROW_RIGHT)
    becomes(browser, lambda: browser.execute_script(SHOWN), ["part-overview"])
    becomes(browser, lambda: browser.execute_script("return location.hash"), "#overview")
    browser.switch_to.active_element.send_keys(Keys.HOME)
    becomes(browser, lambda: browser.execute_script(SHOWN), ["part-papers"])
    browser.switch_to.active_element.send_keys(Keys.END)
    becomes(browser, lambda: browser.execute_script(SHOWN) == ["part-papers"], expected=False)
    last = browser.execute_script(SHOWN)
    browser.get("about:blank")
    browser.get(f"{page.as_uri()}#{last[0].removeprefix('part-')}")
    browser.wait_for("return document.documentElement.dataset.ready")
    assert browser.execute_script(SHOWN) == last
    # An address within a part leaves the part.
    browser.execute_script("location.hash = 'sentence-1'")
    assert browser.execute_script(SHOWN) == last


def test_each_part_keeps_nobody_out(
    browser: Browser, tmp_path: Path, gold_page: tuple[Run, Path]
) -> None:
    """Axe finds nothing in any tab."""
    page = tmp_path / "few.html"
    write_report(run_of(tmp_path, *islice(gold_page[0].rows(), FEW)), page)
    browser.open_page(page)
    for tab in browser.find_elements(By.CSS_SELECTOR, "[role=tab]"):
        tab.click()
        assert violations(browser) == []
    assert browser.told() == []
