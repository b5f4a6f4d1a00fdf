"""The overview of a report's page, in Debian's Chromium: what is counted, and what a bar does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from benchmarks.browser import Browser
from summarise.models import Record, Row
from summarise.render import year_of
from summarise.report import write_report
from summarise.store import Run
from tests.format_goldens import hostile_rows
from tests.pages import open_part, violations
from tests.test_report import run_of

CHARTS = """
    return Object.fromEntries([...document.querySelectorAll('.card')].map(card => [
        card.querySelector('h2').textContent,
        [...card.querySelectorAll('[data-choice]')].map(e =>
            [e.dataset.choice, e.querySelector('.count').textContent]),
    ]));
"""
CHOOSE = """
    const card = [...document.querySelectorAll('.card')].find(
        e => e.querySelector('h2').textContent === arguments[0]);
    const bar = [...card.querySelectorAll('[data-choice]')].find(
        e => e.dataset.choice === arguments[1]);
    bar.focus();
    bar.click();
"""


def charts(browser: Browser) -> dict[str, dict[str, str]]:
    """What each chart says of each choice."""
    found = browser.execute_script(CHARTS)
    return {title: dict(bars) for title, bars in found.items()}


def shared(records: list[Record], field: str, name: str) -> Counter[str]:
    """How many papers have each value."""
    found: Counter[str] = Counter()
    for record in records:
        found.update({entry[name].lower() for entry in record.draft[field] if entry[name]})
    return found


@pytest.fixture(scope="module")
def rows(gold_page: tuple[Run, Path]) -> list[Row]:
    return list(gold_page[0].rows())


def test_what_is_counted(browser: Browser, gold_page: tuple[Run, Path], rows: list[Row]) -> None:
    """Papers that report something, by year, and by what they share, as the records have it."""
    browser.open_page(gold_page[1])
    open_part(browser, "overview")
    found = charts(browser)
    records = [outcome for _, outcome in rows if isinstance(outcome, Record)]
    with_data = sum(1 for record in records if record.draft["data"])
    with_number = sum(1 for r in records if any(one["value"] for one in r.draft["results"]))
    told = found["What the papers report"]
    assert told["Data"] == f"{with_data} ({100 * with_data / len(rows):.0f}%)"
    assert told["Results: a number"].startswith(f"{with_number} (")
    doubtful = sum(1 for one in records if one.is_flagged or one.doubtful or one.is_unread)
    assert found["How reading them went"]["needs my eyes"].startswith(f"{doubtful} (")
    roles = shared(records, "data", "role")
    assert found["Data: role"] == {role: str(count) for role, count in roles.most_common()}
    metrics = shared(records, "results", "metric").most_common(3)
    assert {name.lower(): n for name, n in found["Results: metric"].items()}.items() >= {
        (name, str(count)) for name, count in metrics
    }


def test_a_bar_leaves_its_papers(
    browser: Browser, gold_page: tuple[Run, Path], rows: list[Row]
) -> None:
    """In every part; what is chosen is named above, and its button, or the bar, takes it back."""
    browser.open_page(gold_page[1])
    open_part(browser, "overview")
    count = int(charts(browser)["What the papers report"]["Compute"].partition(" ")[0])
    browser.execute_script(CHOOSE, "What the papers report", "Compute")
    left = f"{count} of {len(rows)} papers"
    assert browser.text(".left") == left
    assert browser.execute_script("return document.activeElement.dataset.choice") == "Compute"
    assert browser.execute_script("return document.activeElement.ariaPressed") == "true"
    assert browser.text(".chips") == "Reported: Compute ×"
    assert violations(browser) == []
    browser.execute_script(CHOOSE, "What the papers report", "Compute")
    assert browser.text(".left") == f"all {len(rows)} papers"
    browser.execute_script(CHOOSE, "What the papers report", "Compute")
    open_part(browser, "papers")
    assert f"of {count} " in browser.text(".dt-info")
    browser.find_element(By.CSS_SELECTOR, ".chips button").click()
    assert browser.text(".left") == f"all {len(rows)} papers"
    assert browser.text(".chips") == ""


def test_compute_by_year(browser: Browser, tmp_path: Path, gold_page: tuple[Run, Path]) -> None:
    """Each amount that is sure is a point, and a line of the table beside the chart."""
    made = [
        (document.model_copy(update={"published": f"{2019 + at % 4}"}), outcome)
        for at, (document, outcome) in enumerate(gold_page[0].rows())
    ]
    page = tmp_path / "dated.html"
    write_report(run_of(tmp_path, *made), page)
    browser.open_page(page)
    open_part(browser, "overview")
    assert {year: int(n) for year, n in charts(browser)["Papers by year"].items()} == Counter(
        year_of(document) for document, _ in made
    )
    unit = browser.execute_script("return document.querySelector('.card select').value")
    amounts = sorted(
        (int(year_of(document)), amount.value)
        for document, record in made
        if isinstance(record, Record)
        for amount in record.quantities
        for at, fact in enumerate(record.draft["compute"])
        if amount.unit == unit and amount.text in fact["value"]
        if f"compute[{at}].value" not in {doubt.path for doubt in record.doubts}
    )
    assert len(amounts) > 3
    lines = browser.execute_script(
        "return [...document.querySelectorAll('.amounts tbody tr')]"
        ".map(row => [row.cells[0].textContent, row.cells[1].textContent])"
    )
    assert [(int(year), float(amount.replace(",", ""))) for year, amount in lines] == amounts
    assert len(browser.find_elements(By.CSS_SELECTOR, ".scatter .dot")) == len(amounts)
    assert violations(browser) == []


def test_a_hostile_run_is_inert_in_each_part(browser: Browser, tmp_path: Path) -> None:
    """No script runs, nothing is asked for, no policy is broken, and axe finds nothing."""
    made = list(hostile_rows())
    page = tmp_path / "hostile.html"
    write_report(run_of(tmp_path, *made, *made), page)
    browser.asked()
    browser.open_page(page)
    for tab in browser.find_elements(By.CSS_SELECTOR, "[role=tab]"):
        tab.click()
        assert violations(browser) == []
    open_part(browser, "overview")
    for bar in browser.find_elements(By.CSS_SELECTOR, ".bars button")[:1]:
        bar.click()
    assert browser.told() == []
    assert [url for url in browser.asked() if not url.startswith("file:")] == []
