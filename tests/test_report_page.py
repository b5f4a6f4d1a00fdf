"""The page of a report as a person uses it, in Debian's Chromium: its table, its records."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from markdown_it import MarkdownIt
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from benchmarks.browser import Browser
from summarise.characters import for_screen
from summarise.models import Record
from summarise.report import write_report
from summarise.store import Run
from tests.format_goldens import hostile_rows, rows
from tests.pages import SAVED, becomes, shows, type_into, violations
from tests.records import make_document
from tests.test_report import run_of


def numbers(browser: Browser) -> list[int]:
    """The rows that are shown."""
    return [int(text) for text in browser.texts("tbody .open")]


def test_a_hostile_run_is_inert(browser: Browser, tmp_path: Path) -> None:
    """No script runs, nothing is asked for, no policy is broken, and each text is shown."""
    page = tmp_path / "hostile.html"
    made = list(hostile_rows())
    write_report(run_of(tmp_path, *made), page)
    browser.asked()
    browser.open_page(page)
    for number in range(1, len(made) + 1):
        browser.execute_script(
            "document.querySelectorAll('.open')[arguments[0]].click()", number - 1
        )
        shown = " ".join(browser.text("#opened").split())
        assert shown == for_screen(made[number - 1][0].title or "", reveal=True)
    assert browser.told() == []
    assert [url for url in browser.asked() if not url.startswith("file:")] == []
    links = browser.execute_script("return [...document.links].map(a => a.protocol)")
    assert set(links) <= {"https:", "file:"}


def test_words_are_searched_for(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """In title, abstract and table; a column by itself; what is left is counted."""
    made, page = gold_page
    browser.open_page(page)
    all_ = list(made.rows())
    word = "archives"
    holding = [n for n, (d, _) in enumerate(all_, 1) if word in f"{d.title} {d.abstract}".lower()]
    assert 0 < len(holding) < 10
    type_into(browser, "#search", word)
    browser.wait_for("return document.querySelectorAll('tbody tr').length < 15")
    assert set(holding) <= set(numbers(browser))
    type_into(browser, "#search", "zzzz")
    browser.wait_for("return document.querySelector('tbody').textContent.includes('Nothing')")


def test_the_order_and_columns(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """A head sorts, and a column goes, with its filter."""
    _, page = gold_page
    browser.open_page(page)
    assert numbers(browser)[:3] == [1, 2, 3]
    head = browser.find_element(By.CSS_SELECTOR, "thead th.number")
    head.click()
    becomes(browser, lambda: numbers(browser)[0] != 1, expected=True)
    assert numbers(browser) == sorted(numbers(browser), reverse=True)
    before = len(browser.texts("thead tr:first-child th"))
    browser.execute_script("document.querySelectorAll('.columns input')[3].click()")
    assert len(browser.texts("thead tr:first-child th")) == before - 1
    visible = "return [...document.querySelectorAll('.filters td')].filter(e => !e.hidden).length"
    assert browser.execute_script(visible) == before - 1


def test_a_record_is_read_by_keyboard(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """Its values are marked where they were found; j goes on, Esc goes back to the table."""
    made, page = gold_page
    browser.open_page(page)
    first = browser.find_element(By.CSS_SELECTOR, "tbody .open")
    first.send_keys(Keys.ENTER)
    all_ = list(made.rows())
    for number, (document, outcome) in enumerate(all_[:12], 1):
        assert browser.text(".bar").startswith(f"{number} of {len(all_)}")
        assert isinstance(outcome, Record)
        expected = {
            for_screen(value.span.of(document.abstract))
            for value in outcome.verbatims
            if value.span and value.source == "abstract"
        }
        assert marked_by_value(browser) == expected
        # That the abstract has nothing is for a person to say.
        assert {"– nothing found"} >= set(browser.texts(".panel .absent"))
        browser.switch_to.active_element.send_keys("j")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.execute_script("return document.querySelector('.panel').hidden")
    assert browser.execute_script("return document.activeElement.textContent") == "13"


def marked_by_value(browser: Browser) -> set[str]:
    """The words in the abstract that each value stands on."""
    script = """
        const found = {};
        for (const mark of document.querySelectorAll('.abstract mark[data-values]'))
          for (const value of mark.dataset.values.split(' '))
            found[value] = (found[value] ?? '') + mark.textContent;
        return Object.values(found);
    """
    return set(browser.execute_script(script))


def test_what_needs_eyes(browser: Browser, tmp_path: Path) -> None:
    """A box leaves the rows that code doubts, and those that failed."""
    page = tmp_path / "mixed.html"
    write_report(run_of(tmp_path, *rows()), page)
    browser.open_page(page)
    assert len(numbers(browser)) == 3
    browser.find_element(By.ID, "eyes").click()
    assert numbers(browser) == [1, 2]


def test_nobody_is_kept_out(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """Axe finds nothing, in the table and with a record open."""
    _, page = gold_page
    browser.open_page(page)
    assert violations(browser) == []
    browser.find_element(By.CSS_SELECTOR, "tbody .open").click()
    assert violations(browser) == []


def test_a_cell_says_whose_it_is_and_what_its_signs_mean(
    browser: Browser, gold_page: tuple[Run, Path]
) -> None:
    """Its paper is the head of the row, and a sign is read aloud by its meaning."""
    _, page = gold_page
    browser.open_page(page)
    assert len(browser.texts(".papers tbody th[scope=row]")) == len(numbers(browser))
    signs = browser.execute_script(
        "return [...document.querySelectorAll('.papers tbody [role=img]')]"
        ".map(e => [e.textContent, e.ariaLabel])"
    )
    found = dict(signs)
    told = {"–": "nothing found", "(?)": "doubtful"}
    assert found == told, "it is seen and copied as it was"


def test_what_an_open_record_covers_takes_no_focus(
    browser: Browser, gold_page: tuple[Run, Path]
) -> None:
    """On a narrow screen, or at 200 %, the record has all of it."""
    _, page = gold_page
    narrow = {"width": 640, "height": 450, "deviceScaleFactor": 2, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    try:
        browser.open_page(page)
        browser.execute_script("document.querySelector('.open').click()")
        covered = (
            "return [...document.querySelectorAll('input, select, button, summary, [tabindex]')]"
            ".filter(e => !e.closest('.panel'))"
            ".filter(e => e.checkVisibility({ visibilityProperty: true })).length"
        )
        assert browser.execute_script(covered) == 0
        browser.switch_to.active_element.send_keys(Keys.ESCAPE)
        assert browser.execute_script(covered) > 20
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_letters_can_be_kept_from_acting(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """Who dictates says letters by chance (WCAG 2.1.4); Esc still closes."""
    _, page = gold_page
    browser.open_page(page)
    browser.execute_script("document.querySelector('.open').click()")
    browser.execute_script("document.querySelector('.keys input').click()")
    browser.switch_to.active_element.send_keys("j")
    assert browser.text(".bar").startswith("1 of")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.execute_script("return document.querySelector('.panel').hidden")


def test_what_papers_share_is_chosen(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """A choice says how many papers it leaves, and leaves so many."""
    _, page = gold_page
    browser.open_page(page)
    browser.execute_script("document.querySelector('.facets').open = true")
    selects = browser.find_elements(By.CSS_SELECTOR, ".facets select")
    assert selects
    for select in selects:
        choice = select.find_elements(By.TAG_NAME, "option")[1]
        papers = int(choice.text.rpartition("(")[2].rstrip(")"))
        assert papers > 1
        choice.click()
        shows(browser, papers)
        select.find_elements(By.TAG_NAME, "option")[0].click()


def test_what_is_left_is_saved(browser: Browser, tmp_path: Path) -> None:
    """As CSV in which nothing is computed, and as a table of GitHub's with as many cells a row."""
    page = tmp_path / "hostile.html"
    titles = ("Nets;=1+1", "x;\"=cmd|'/c calc'!A1", "＝1+1", "\u200d=1+1")
    made = [*hostile_rows(), *((make_document(doc_id=one, title=one), None) for one in titles)]
    write_report(run_of(tmp_path, *made), page)
    browser.open_page(page)
    lines = list(csv.reader(io.StringIO(browser.execute_async_script(SAVED, 0).lstrip("\ufeff"))))
    assert [line[0] for line in lines[1:]] == [str(n) for n in range(1, len(made) + 1)]
    assert {len(line) for line in lines} == {10}
    parts = [part for line in lines for cell in line for part in re.split("[;\n]", cell)]
    assert not any(re.match('["\u200d]?[=＝+@-]', part) for part in parts)
    assert {"'=1+1", "'\"=cmd|'/c calc'!A1", "'＝1+1"} <= {*parts}
    tokens = MarkdownIt("commonmark").enable("table").parse(browser.execute_async_script(SAVED, 1))
    cells = [token for token in tokens if token.type == "td_open"]
    assert len(cells) == 10 * len(made)
    inner = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inner} <= {"text", "text_special", "link_open", "link_close"}
    links = [str(child.attrs["href"]) for child in inner if child.type == "link_open"]
    assert len(links) == len([row for row in made if (row[0].url or "").startswith("https:")])
    assert all(link.startswith("https://papers.example/") for link in links)


def test_words_are_found_as_they_stand(browser: Browser, tmp_path: Path) -> None:
    """Nothing in a text is read as HTML when it is searched, and the end of a long title counts."""
    page = tmp_path / "signs.html"
    title = (
        "Counting terns from kites along a coast of many small and quite remote islands: wombats"
    )
    document = make_document(
        title=title, abstract='N<M pelargonium & M>K. R&D <img src="https://x.example/a.png"> ends.'
    )
    write_report(run_of(tmp_path, (document, None)), page)
    browser.asked()
    browser.open_page(page)
    for word in ("pelargonium", "wombats", "R&D", "a.png"):
        type_into(browser, "#search", "none of it")
        browser.wait_for("return document.querySelectorAll('tbody .open').length === 0")
        type_into(browser, "#search", word)
        browser.wait_for("return document.querySelectorAll('tbody .open').length === 1")
    assert browser.told() == []
    assert [url for url in browser.asked() if not url.startswith("file:")] == []


def test_keys_follow_what_is_shown(browser: Browser, tmp_path: Path) -> None:
    """The first of the rows that are left is opened; a box for ticks keeps no key."""
    page = tmp_path / "mixed.html"
    write_report(run_of(tmp_path, *rows()), page)
    browser.open_page(page)
    type_into(browser, "#search", "Cut Short")
    shows(browser, 1)
    browser.find_element(By.ID, "eyes").click()
    browser.switch_to.active_element.send_keys("j")
    assert browser.text(".bar").startswith("2 of 3")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.execute_script("return document.activeElement.textContent") == "2"


def test_all_of_it_is_printed(browser: Browser, gold_page: tuple[Run, Path]) -> None:
    """Paper can't be scrolled or turned over: each column fits, each row is there, in dark ink."""
    run, page = gold_page
    browser.open_page(page)
    shown = len(browser.texts(".papers tbody tr"))
    assert browser.execute_script("return !document.querySelector('.dt-paging').hidden")
    dark = {"name": "prefers-color-scheme", "value": "dark"}
    sheet = {"width": 1000, "height": 700, "deviceScaleFactor": 1, "mobile": False}
    try:
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", sheet)
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": "print", "features": [dark]}
        )
        browser.execute_script("dispatchEvent(new Event('beforeprint'))")
        assert shown < len(browser.texts(".papers tbody tr")) == run.manifest.counts["records"]
        over = "return document.documentElement.scrollWidth - innerWidth"
        assert browser.execute_script(over) <= 0
        ink = "return getComputedStyle(document.querySelector('.papers td')).color"
        assert browser.execute_script(ink) == "rgb(31, 35, 40)"
        browser.execute_script("dispatchEvent(new Event('afterprint'))")
        assert len(browser.texts(".papers tbody tr")) == shown
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
