"""Groups, orders and fields of one's own in a report's page, in Debian's Chromium."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from benchmarks.browser import Browser
from summarise.batch import RunOptions, read_batch, run
from summarise.models import Record, Row
from summarise.report import write_report
from summarise.schema import Evidence, Part, Verbatim
from summarise.settings import load_settings
from summarise.store import Run
from tests.conftest import GOLD
from tests.pages import FEW, SAVED, becomes, open_part, shows, type_into, violations
from tests.records import make_document, make_record
from tests.test_report import run_of

GROUPS = """
    const found = [];
    for (const row of document.querySelectorAll('.papers tbody tr')) {
        if (row.className === 'group') found.push([row.textContent, []]);
        else found.at(-1)[1].push(row.querySelector('.open').textContent);
    }
    return found;
"""


def choose(browser: Browser, selector: str, text: str) -> None:
    """Choose an entry of a list that begins with a text."""
    for option in browser.find_elements(By.CSS_SELECTOR, f"{selector} option"):
        if option.text.startswith(text):
            option.click()
            return
    pytest.fail(f"nothing begins with {text}")


def groups(browser: Browser) -> dict[str, list[int]]:
    """The heads of the groups that are shown, and the papers in each."""
    return {head: list(map(int, held)) for head, held in browser.execute_script(GROUPS)}


@pytest.fixture(scope="module")
def dated(gold_page: tuple[Run, Path]) -> list[Row]:
    """Papers of three years and of none."""
    years = (None, "2021", "2023-05", "2022")
    return [
        (document.model_copy(update={"published": years[at % 4]}), outcome)
        for at, (document, outcome) in enumerate(gold_page[0].rows())
    ][:FEW]


def test_rows_stand_in_groups(browser: Browser, tmp_path: Path, dated: list[Row]) -> None:
    """The latest year first, those without one last; each with its count, of what is left."""
    page = tmp_path / "dated.html"
    write_report(run_of(tmp_path, *dated), page)
    browser.open_page(page)
    choose(browser, "#group", "Year")
    assert groups(browser) == {
        f"{year} 5 papers": [n for n in range(1, 21) if (n - 1) % 4 == at]
        for year, at in (("2023", 2), ("2022", 3), ("2021", 1), ("no year", 0))
    }
    browser.find_element(By.CSS_SELECTOR, "thead th.number").click()
    becomes(browser, lambda: next(iter(groups(browser).values())), [19, 15, 11, 7, 3])
    assert violations(browser) == []
    type_into(browser, "#search", str(dated[6][0].title))
    shows(browser, 1)
    assert groups(browser) == {"2023 1 paper": [7]}
    type_into(browser, "#search", "")
    choose(browser, "#group", "nothing")
    assert browser.texts("tr.group") == []


def test_a_paper_may_be_in_several_groups(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """Under each of its roles, and counted, saved and gone through once."""
    made, page = gold_page
    rows = list(made.rows())
    roles = Counter[str]()
    for _, record in rows:
        assert isinstance(record, Record)
        roles.update({one["role"] for one in record.draft["data"]} or {"no data: role"})
    browser.open_page(page)
    choose(browser, "#group", "Data: role")
    found = groups(browser)
    for head in list(found)[:-1]:
        role = head.removesuffix(" papers").removesuffix(" paper").rpartition(" ")
        assert roles[role[0]] == int(role[2])
    assert browser.text(".left") == f"all {len(rows)} papers"
    csv = browser.execute_async_script(SAVED, 0)
    assert csv.count("\r\n") == len(rows) + 1
    browser.find_element(By.CSS_SELECTOR, "tbody .open").click()
    seen = set()
    for _ in range(5):
        seen.add(browser.text(".bar").partition(" ")[0])
        browser.switch_to.active_element.send_keys("j")
    assert len(seen) == 5
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)


class Flock(Part):
    """Fields that are one value each."""

    size: Verbatim | None
    habitat: Literal["shore", "forest"] | None
    sentences: Evidence


def test_numbers_are_sorted_as_numbers(browser: Browser, tmp_path: Path) -> None:
    """Where each cell of a column is one; a field that is a choice by itself can be chosen by."""
    sizes = ("9", "1,204", None, "77")
    made: list[Row] = []
    for at, size in enumerate(sizes):
        document = make_document(doc_id=f"d{at}", title=f"Flock {at}", abstract=f"We saw {size}.")
        habitat = "shore" if at % 2 else "forest"
        answer = {"size": size, "habitat": habitat, "sentences": [1]}
        made.append((document, make_record(document, answer, Flock)))
    folder = cast("Any", run_of(tmp_path, *made))
    page = tmp_path / "flocks.html"
    write_report(cast("Run", SimpleNamespace(**{**vars(folder), "schema": Flock})), page)
    browser.open_page(page)
    browser.find_elements(By.CSS_SELECTOR, "thead tr:first-child th")[2].click()
    becomes(browser, lambda: browser.texts("tbody .open"), ["3", "1", "4", "2"])
    browser.execute_script("document.querySelector('.facets').open = true")
    choose(browser, ".facets select:last-of-type", "shore")
    shows(browser, 2)
    open_part(browser, "overview")
    assert "Habitat" in browser.texts(".card h2")


@contextmanager
def phone(browser: Browser) -> Iterator[None]:
    """As a telephone shows it."""
    screen = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_telephone_sorts_by_a_list(browser: Browser, tmp_path: Path, dated: list[Row]) -> None:
    """Where heads have no room; nothing is wider than the screen in any part."""
    page = tmp_path / "dated.html"
    write_report(run_of(tmp_path, *dated), page)
    with phone(browser):
        browser.open_page(page)
        assert not browser.find_element(By.CSS_SELECTOR, "thead th").is_displayed()
        choose(browser, "#part-papers .sorts", "Paper ▼")
        titles = ".papers th.paper .paper > :first-child"
        last = max(str(document.title).casefold() for document, _ in dated)
        becomes(browser, lambda: last.startswith(browser.text(titles).casefold()[:20]), True)
        for tab in browser.find_elements(By.CSS_SELECTOR, "[role=tab]"):
            tab.click()
            wide = "return document.documentElement.scrollWidth - innerWidth"
            assert browser.execute_script(wide) <= 0, tab.text
            assert violations(browser) == []


def test_pico_makes_sense(browser: Browser, tmp_path: Path) -> None:
    """Columns, what papers share, and what they report go by the fields of the run."""
    settings = load_settings({"schema": "pico"}, {})
    made, _ = run(read_batch([str(GOLD)]), settings, RunOptions(output=tmp_path / "pico"))
    page = tmp_path / "pico.html"
    write_report(Run(made), page)
    browser.open_page(page)
    heads = browser.texts(".papers thead tr:first-child th")
    assert [head for head in heads if head.startswith("Population")]
    open_part(browser, "overview")
    reported = browser.texts(".card:first-child .bars .name")
    assert {"Population", "Intervention", "Comparison", "Results: a number"} <= set(reported)
    open_part(browser, "by-metric")
    assert browser.texts("#part-by-metric tbody tr")
    assert not browser.find_elements(By.ID, "tab-by-compute")
    assert violations(browser) == []
    assert browser.told() == []
