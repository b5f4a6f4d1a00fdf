"""The parts of a report's page as tabs, in Debian's Chromium."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from benchmarks.browser import Browser
from summarise.models import Record
from summarise.store import Run
from tests.pages import open_part, violations

SHOWN = (
    "return [...document.querySelectorAll('[role=tabpanel]')].filter(e => !e.hidden).map(e => e.id)"
)


def test_tabs_are_walked_by_keyboard(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """Arrows go round, one part is shown, the address names it, and a link with it opens it."""
    _, page = gold_page
    browser.open_page(page)
    assert browser.execute_script(SHOWN) == ["part-papers"]
    browser.find_element(By.ID, "tab-papers").send_keys(Keys.ARROW_RIGHT)
    assert browser.execute_script(SHOWN) == ["part-overview"]
    assert browser.current_url.endswith("#overview")
    browser.switch_to.active_element.send_keys(Keys.HOME)
    assert browser.execute_script(SHOWN) == ["part-papers"]
    browser.switch_to.active_element.send_keys(Keys.END)
    last = browser.execute_script(SHOWN)
    browser.get("about:blank")
    browser.get(f"{page.as_uri()}#{last[0].removeprefix('part-')}")
    browser.wait_for("return document.documentElement.dataset.ready")
    assert browser.execute_script(SHOWN) == last
    # An address within a part leaves the part.
    browser.execute_script("location.hash = 'sentence-1'")
    assert browser.execute_script(SHOWN) == last


def test_each_part_keeps_nobody_out(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """Axe finds nothing in any tab."""
    _, page = gold_page
    browser.open_page(page)
    for tab in browser.find_elements(By.CSS_SELECTOR, "[role=tab]"):
        tab.click()
        assert violations(browser) == []
    assert browser.told() == []


def shares(browser: Browser) -> dict[str, list[str]]:
    """What the overview says of each field: how many papers, and which share."""
    rows = browser.execute_script(
        "return [...document.querySelectorAll('.shares tbody tr')]"
        ".map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return {title: told for title, *told in rows}


def test_what_the_papers_report(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """The overview counts the papers that have something in a field, of those that are left."""
    made, page = gold_page
    browser.open_page(page)
    open_part(browser, "overview")
    records = [outcome for _, outcome in made.rows() if isinstance(outcome, Record)]
    with_data = [one for one in records if one.draft["data"]]
    assert 0 < len(with_data) < len(records)
    percent = f"{100 * len(with_data) / len(records):.0f}%"
    assert shares(browser)["Data"] == [str(len(with_data)), percent]
    browser.execute_script("document.querySelector('#eyes').click()")
    open_part(browser, "papers")
    open_part(browser, "overview")
    eyes = [one for one in records if one.is_flagged or one.doubts or one.is_unread]
    assert shares(browser)["Needs my eyes"] == [str(len(eyes)), "100%"]
