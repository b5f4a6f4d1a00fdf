"""Papers are screened in the page of a report, in Debian's Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from benchmarks.browser import Browser
from summarise.characters import for_screen
from summarise.report import write_report
from summarise.store import SCREENING
from tests.format_goldens import HOSTILE
from tests.pages import violations
from tests.records import TERN_ANSWER, make_document, make_record
from tests.test_people import decided as person_decided
from tests.test_report import run_of
from tests.test_report_work import press, saved

COUNT = 5
CHOICES = {"i": "include", "e": "exclude"}


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Path]:
    """The page of some papers, in a browser that holds nothing of it."""
    path = tmp_path / "terns.html"
    documents = [make_document(doc_id=f"tern-{n}", title=f"Tern {n}") for n in range(1, COUNT + 1)]
    made = ((one, make_record(one, TERN_ANSWER)) for one in documents)
    write_report(run_of(tmp_path, *made), path)
    browser.open_page(path)
    browser.execute_script("localStorage.clear()")
    browser.open_page(path)
    yield path
    browser.execute_script("localStorage.clear()")


def decided(browser: Browser) -> dict[str, dict[str, Any]]:
    """What the browser keeps of the decisions, by document."""
    script = "return Object.entries(localStorage).filter(([k]) => k !== 'summarise:name')"
    found: dict[str, dict[str, Any]] = {}
    for _, text in browser.execute_script(script):
        lines = (one["line"] for one in json.loads(text)["decisions"].values())
        found |= {line["doc_id"]: line for line in lines}
    return found


def opened(browser: Browser) -> str:
    return browser.text("#opened")


def test_papers_are_screened_one_by_one(browser: Browser, page: Path) -> None:
    """By keys: the next undecided one opens by itself, and the bar says how far it is."""
    browser.find_element(By.TAG_NAME, "body").send_keys("s")
    assert opened(browser) == "Tern 1"
    assert violations(browser) == []
    press(browser, "i")
    assert opened(browser) == "Tern 2"
    press(browser, "e")
    assert "Why is 2 excluded?" in browser.text(".reasons")
    assert violations(browser) == []
    press(browser, "2")
    assert opened(browser) == "Tern 3"
    press(browser, "m")
    assert "3 of 5, 1 in, 1 out, 1 maybe" in browser.text(".progress")
    press(browser, "u")
    assert opened(browser) == "Tern 3"
    assert "2 of 5, 1 in, 1 out, 0 maybe" in browser.text(".progress")
    press(browser, "j", "e")
    browser.find_element(By.CSS_SELECTOR, ".reasons input").send_keys("a poster", Keys.ENTER)
    assert opened(browser) == "Tern 5"
    # A reason of one's own is one of the list from then on.
    press(browser, "e")
    assert "a poster" in browser.text(".reasons")
    press(browser, Keys.ESCAPE)
    lines = decided(browser)
    told = {name: (one["decision"], one["reason"]) for name, one in lines.items()}
    assert told == {
        "tern-1": ("include", ""),
        "tern-2": ("exclude", "another population"),
        "tern-3": ("undecided", ""),
        "tern-4": ("exclude", "a poster"),
    }
    press(browser, "n")
    assert opened(browser) == "Tern 3"
    # The evidence is marked as ever.
    assert browser.texts(".abstract mark[data-values]")
    assert browser.told() == []


def test_papers_are_screened_in_the_table(browser: Browser, page: Path) -> None:
    """By keys on the row that has the focus, or its buttons; a list leaves those of a decision."""
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys("s")
    press(browser, Keys.ESCAPE)
    assert violations(browser) == []
    browser.execute_script("document.querySelectorAll('tbody .open')[3].focus()")
    press(browser, "i")
    assert decided(browser)["tern-4"]["decision"] == "include"
    assert browser.execute_script("return document.activeElement.textContent") == "4"
    row = browser.find_elements(By.CSS_SELECTOR, "tbody tr")[1]
    row.find_element(By.CSS_SELECTOR, "[data-screen=maybe]").click()
    assert browser.texts(".papers .decided") == ["maybe", "included"]
    browser.find_element(By.CSS_SELECTOR, "#decided [value=include]").click()
    assert browser.texts("tbody .open") == ["4"]
    browser.find_element(By.CSS_SELECTOR, "#decided [value=undecided]").click()
    assert browser.texts("tbody .open") == ["1", "3", "5"]


def test_who_settles_sees_what_people_differ_on(browser: Browser, tmp_path: Path) -> None:
    """A list leaves these papers, each with what was said, before anything is decided here."""
    documents = [make_document(doc_id=f"tern-{n}", title=f"Tern {n}") for n in (1, 2, 3)]
    said = [
        person_decided(one, decision, by=by, reason="a poster" if decision == "exclude" else "")
        for one, decisions in zip(documents, ("ii", "ie", "i-"), strict=True)
        for by, decision in zip(("Ann", "Ben"), map(CHOICES.get, decisions), strict=True)
        if decision
    ]
    (tmp_path / SCREENING).write_text("".join(f"{one.model_dump_json()}\n" for one in said))
    path = tmp_path / "terns.html"
    write_report(run_of(tmp_path, *((d, make_record(d, TERN_ANSWER)) for d in documents)), path)
    browser.open_page(path)
    browser.execute_script("localStorage.clear()")
    browser.find_element(By.CSS_SELECTOR, "#decided [value=conflict]").click()
    assert browser.texts("tbody .open") == ["2"]
    browser.find_element(By.CSS_SELECTOR, "button.screen").click()
    assert opened(browser) == "Tern 2"
    told = "Paper 2 is undecided; Ann: included; Ben: excluded, a poster"
    assert browser.text(".screening .about") == told
    press(browser, "i")
    assert "Nothing that is shown is undecided." in browser.text(".screening .told")
    assert decided(browser)["tern-2"]["decision"] == "include"
    browser.execute_script("localStorage.clear()")


def test_decisions_are_saved(browser: Browser, page: Path) -> None:
    """In the form that the command takes, with the text that was read; and are there again."""
    browser.find_element(By.ID, "by").send_keys("Ada Fenn", Keys.TAB)
    browser.find_element(By.CSS_SELECTOR, "button.screen").click()
    press(browser, "i", "e", "1")
    first, second = saved(browser, "decisions")
    assert list(first) == [
        "doc_id", "content_hash", "decision", "reason", "note", "by", "at",
    ]  # fmt: skip
    assert (first["decision"], first["by"]) == ("include", "Ada Fenn")
    document = make_document(doc_id="tern-1", title="Tern 1")
    assert first["content_hash"] == document.content_hash
    assert (second["decision"], second["reason"]) == ("exclude", "another topic")
    browser.open_page(page)
    assert browser.texts(".papers .decided") == ["included", "excluded: another topic"]
    assert "2 decisions, saved" in browser.texts(".save")[1]
    assert browser.find_element(By.ID, "by").get_property("value") == "Ada Fenn"


def test_hostile_reasons_are_inert(browser: Browser, page: Path) -> None:
    """Whatever a reason is, it is text, in the bar, in the table and in its button."""
    browser.find_element(By.CSS_SELECTOR, "button.screen").click()
    typed = ["<img src=x onerror=alert(1)>", HOSTILE[0], "\u202egnp.exe"]
    for text in typed:
        press(browser, "e")
        browser.execute_script(
            "const box = document.querySelector('.reasons input'); box.value = arguments[0];"
            "box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))",
            text,
        )
    assert browser.texts(".papers .decided") == [
        f"excluded: {for_screen(text, reveal=True)}" for text in typed
    ]
    press(browser, "e")
    assert browser.execute_script("return document.querySelectorAll('img').length") == 0
    press(browser, Keys.ESCAPE)
    browser.find_element(By.ID, "by").send_keys("Bo", Keys.TAB)
    saved(browser, "decisions")
    assert browser.told() == []


def test_screening_fits_a_phone(browser: Browser, page: Path) -> None:
    """Nothing is wider than the screen, and buttons are large enough for a thumb."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True},
    )
    try:
        browser.find_element(By.CSS_SELECTOR, "button.screen").click()
        for key in ("", "e"):
            press(browser, key)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
            buttons = browser.find_elements(By.CSS_SELECTOR, ".buttons > button")
            assert min(button.size["height"] for button in buttons) >= 36
        assert violations(browser) == []
        press(browser, Keys.ESCAPE)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
