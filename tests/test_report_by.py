"""The tables by dataset, metric and resource in the page of a report, in Debian's Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By as Find
from selenium.webdriver.common.keys import Keys

from benchmarks.browser import Browser
from summarise.render import By, RowView, View, text_of, view_of
from summarise.store import Run
from tests.pages import becomes, open_part, type_into

ROWS = """
    const list = (row, of) => [...row.querySelectorAll('.values li')].map(of);
    return [...document.querySelectorAll(`#part-${arguments[0]} tbody tr`)].map(row => ({
        of: row.cells[0].textContent,
        beside: row.cells[1].textContent,
        papers: parseInt(row.cells[2].textContent),
        values: list(row, e => [
            e.querySelector('.open').textContent,
            [...e.childNodes].slice(4).filter(n => n.tagName !== 'SMALL')
                .map(n => n.textContent).join(''),
            e.querySelector('small')?.textContent ?? '',
        ]),
    }));
"""


def rows_in(browser: Browser, by: By) -> list[dict[str, Any]]:
    """The rows that a tab shows."""
    found: list[dict[str, Any]] = browser.execute_script(ROWS, f"by-{by.value}")
    return found


def rows_of(run: Run, by: By) -> list[RowView]:
    """The rows that ``summarise table --by`` writes."""
    return list(view_of([run], View(by=by), is_page=False).rows)


@pytest.mark.parametrize("by", list(By))
def test_the_rows_are_those_of_the_table(
    browser: Browser, gold_page: tuple[Run, Path], by: By
) -> None:
    """In the same order, with the same values and what was worked out, each beside its paper."""
    run, page = gold_page
    expected = rows_of(run, by)
    assert len(expected) > 5
    browser.open_page(page)
    open_part(browser, f"by-{by.value}")
    shown = rows_in(browser, by)
    assert len(shown) == min(len(expected), 50)
    for row, view in zip(shown, expected, strict=False):
        assert [row["of"], row["beside"]] == [view.title, text_of(view.cells[0][0])]
        assert row["papers"] == int(text_of(view.cells[1][0]))
        lines = [text_of(line) for line in view.cells[2]]
        for (number, told, _), line in zip(row["values"], lines, strict=False):
            assert line.startswith(f"{number} ")
            assert line.endswith(f": {told}")
        worked = [f"{number}: {told}" for number, _, told in row["values"] if told]
        assert worked == [text_of(line) for line in view.cells[3]][: len(worked)]


def test_a_row_opens_its_papers(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """The number of a paper opens its record beside the table; Esc goes back to that number."""
    _, page = gold_page
    browser.open_page(page)
    open_part(browser, "by-metric")
    button = browser.find_element(Find.CSS_SELECTOR, ".values .open")
    button.click()
    assert browser.text(".bar").startswith(f"{button.text} of ")
    assert browser.execute_script("return !document.querySelector('.panel').hidden")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.switch_to.active_element == button


def test_it_is_searched_and_follows_the_filters(
    browser: Browser, gold_page: tuple[Run, Path]
) -> None:
    """Its own box leaves rows of the table; the page's filters leave papers in the rows."""
    run, page = gold_page
    browser.open_page(page)
    open_part(browser, "by-dataset")
    type_into(browser, "#part-by-dataset input", "voxparlour")
    browser.wait_for("return document.querySelectorAll('#part-by-dataset tbody tr').length < 5")
    assert {row["of"] for row in rows_in(browser, By.DATASET)} == {"VoxParlour"}
    type_into(browser, "#part-by-dataset input", "")
    type_into(browser, "#search", "QuillBench")
    browser.wait_for("return document.querySelector('.left').textContent.includes(' of ')")
    left = {number for row in rows_in(browser, By.DATASET) for number, *_ in row["values"]}
    holding = {
        str(number)
        for number, (document, _) in enumerate(run.rows(), 1)
        if "quillbench" in f"{document.title} {document.abstract}".lower()
    }
    assert left
    assert left <= holding


def test_a_head_sorts(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """By name, or by how many papers; by the size of values there is no order."""
    run, page = gold_page
    browser.open_page(page)
    open_part(browser, "by-dataset")
    heads = browser.find_elements(Find.CSS_SELECTOR, "#part-by-dataset thead th")
    heads[0].click()

    def first() -> str:
        return str(rows_in(browser, By.DATASET)[0]["of"]).lower()

    becomes(browser, first, min(view.title.lower() for view in rows_of(run, By.DATASET)))
    names = [row["of"].lower() for row in rows_in(browser, By.DATASET)]
    assert names == sorted(names)
    assert [head.get_attribute("aria-sort") for head in heads[1:]] == [None, None, None]
    assert "dt-orderable-none" in (heads[3].get_attribute("class") or "")
