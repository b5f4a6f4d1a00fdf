"""What a person does to records in the page of a report, in Debian's Chromium, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from benchmarks.browser import Browser
from summarise.report import write_report
from tests.format_goldens import HOSTILE, hostile_rows
from tests.pages import violations
from tests.records import NOTHING, TERN_ANSWER, make_document, make_record
from tests.test_report import run_of

SAVED = """
    const [selector, done] = arguments;
    const kept = URL.createObjectURL;
    URL.createObjectURL = (blob) => { blob.text().then(done); return kept.call(URL, blob); };
    HTMLAnchorElement.prototype.click = () => {};
    document.querySelector(selector).click();
    URL.createObjectURL = kept;
"""


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Path]:
    """The page of one paper, opened, in a browser that holds nothing of it."""
    document = make_document()
    path = tmp_path / "terns.html"
    write_report(run_of(tmp_path, (document, make_record(document, TERN_ANSWER))), path)
    browser.open_page(path)
    browser.execute_script("localStorage.clear()")
    browser.open_page(path)
    browser.find_element(By.CSS_SELECTOR, "tbody .open").click()
    yield path
    browser.execute_script("localStorage.clear(); onbeforeunload = null")


def press(browser: Browser, *keys: str) -> None:
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def retype(browser: Browser, *keys: str) -> None:
    """Write over what is in the box."""
    press(browser, f"{Keys.CONTROL}a{Keys.NULL}", *keys)


def go_to(browser: Browser, path: str) -> None:
    """Set the focus on a value."""
    browser.execute_script("document.querySelector(`[data-value='${arguments[0]}']`).focus()", path)


def said(browser: Browser) -> dict[str, dict[str, Any]]:
    """What the browser keeps of the judgements, by their paths."""
    script = "return Object.entries(localStorage).filter(([k]) => k.startsWith('summarise:'))"
    found: dict[str, dict[str, Any]] = {}
    for key, text in browser.execute_script(script):
        if key != "summarise:name":
            lines = json.loads(text)["judgements"].values()
            found |= {one["line"]["path"]: one["line"] for one in lines}
    return found


def saved(browser: Browser, sort: str = "judgements") -> list[dict[str, Any]]:
    """The lines of the file that the page saves."""
    text = browser.execute_async_script(SAVED, f".save-{sort}")
    return [json.loads(line) for line in text.split("\n") if line]


def test_a_value_is_judged_by_keys(browser: Browser, page: Path) -> None:
    """Right, wrong and taken back, each kept at once, with what the record held."""
    press(browser, Keys.ARROW_DOWN, "c")
    path, line = next(iter(said(browser).items()))
    assert (path, line["verdict"]) == ("problem.text", "checked")
    assert line["was"] == TERN_ANSWER["problem"]["text"]
    go_to(browser, "results[0].value")
    press(browser, "x")
    assert said(browser)["results[0].value"]["verdict"] == "wrong"
    assert "67.2%" in browser.texts(".held .struck")
    assert "67.2%" in browser.texts(".papers .struck")
    press(browser, "z")
    assert said(browser)["results[0].value"]["verdict"] == "undone"
    assert browser.texts(".held .struck") == []
    assert browser.texts(".papers .struck") == []
    assert violations(browser) == []


def test_a_value_is_corrected(browser: Browser, page: Path) -> None:
    """Words of the abstract are marked there; others are told to be the person's, at once."""
    go_to(browser, "results[0].baseline")
    press(browser, Keys.ENTER)
    assert violations(browser) == []
    press(browser, "41.9%")
    assert "not in the abstract" in browser.text(".judging .hint")
    retype(browser, "67.2%")
    assert browser.text(".judging .hint") == "in sentence [4]"
    retype(browser, "41.9%", Keys.ENTER)
    line = said(browser)["results[0].baseline"]
    assert (line["verdict"], line["was"], line["value"]) == ("corrected", "41.5%", "41.9%")
    shown = browser.text("[data-value='results[0].baseline']")
    assert "not in the abstract, by you" in shown
    assert "41.9%" in browser.texts(".papers .given")
    # The words that it stood on are nobody's now.
    assert "41.5%" not in browser.texts(".abstract mark[data-values]")
    press(browser, Keys.ENTER)
    retype(browser, "12K", Keys.ENTER)
    marks = "[data-values~='results[0].baseline']"
    assert browser.texts(f".abstract mark{marks}") == ["12K"]


def test_a_form_is_left_by_escape(browser: Browser, page: Path) -> None:
    """Nothing is kept, the focus is where it was, and the paper stays open."""
    go_to(browser, "method.name")
    press(browser, Keys.ENTER)
    press(browser, "jjj", Keys.ESCAPE)
    assert said(browser) == {}
    assert browser.execute_script("return document.activeElement.dataset.value") == "method.name"
    assert not browser.execute_script("return document.querySelector('.panel').hidden")


def test_an_entry_is_added_and_removed(browser: Browser, page: Path) -> None:
    """Whole, with the sentences that its words stand in; a removed one says what it was."""
    browser.find_element(By.CSS_SELECTOR, "[data-give='data[]']").click()
    press(browser, "COVE-9", Keys.TAB)
    press(browser, "evaluation", Keys.ENTER)
    line = said(browser)["data[]"]
    assert line["value"] == {
        "name": "COVE-9", "role": "evaluation", "size": None, "sentences": [4],
    }  # fmt: skip
    assert line["was"] is None
    assert any("COVE-9" in text for text in browser.texts(".papers .given"))
    go_to(browser, "data[0].name")
    press(browser, Keys.DELETE)
    line = said(browser)["data[0]"]
    assert line["was"] == TERN_ANSWER["data"][0]
    assert line["value"] is None
    assert len(browser.texts(".entry.is-removed")) == 1
    press(browser, "z")
    assert browser.texts(".entry.is-removed") == []
    assert violations(browser) == []


def test_what_an_entry_lacks_is_given(browser: Browser, page: Path) -> None:
    """By the button of its field; one that must be there can't be emptied."""
    path = browser.execute_script(
        "return document.querySelector(`[data-give^='results[0].']`).dataset.give"
    )
    browser.find_element(By.CSS_SELECTOR, ".more summary").click()
    browser.find_element(By.CSS_SELECTOR, f"[data-give='{path}']").click()
    field = browser.find_element(By.CSS_SELECTOR, ".judging :is(textarea, select)")
    field.send_keys("change" if field.tag_name == "select" else "KITENEST", Keys.ENTER)
    assert said(browser)[path]["was"] is None
    go_to(browser, "data[0].name")
    press(browser, Keys.ENTER)
    retype(browser, Keys.BACKSPACE, Keys.ENTER)
    assert "can't be without" in browser.text(".judging .hint")


def test_words_are_used_as_a_value(browser: Browser, page: Path) -> None:
    """Those that are selected in the abstract, by a key, in the place that is chosen."""
    browser.execute_script(
        """
        const item = document.querySelector("#sentence-3");
        const walker = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
        let node;
        while ((node = walker.nextNode()) && !node.data.includes("labelled strips"));
        const at = node.data.indexOf("labelled strips");
        getSelection().setBaseAndExtent(node, at, node, at + "labelled strips".length);
        """
    )
    browser.find_element(By.TAG_NAME, "body").send_keys("v")
    press(browser, "instead of “TERNLOOP”")
    press(browser, Keys.ENTER)
    line = said(browser)["method.name"]
    assert (line["was"], line["value"]) == ("TERNLOOP", "labelled strips")
    assert "labelled strips" in browser.texts(".abstract mark[data-values~='method.name']")


def test_all_of_a_paper_is_checked(browser: Browser, page: Path) -> None:
    """By one key, but for what was judged before; the filters know it."""
    go_to(browser, "method.name")
    press(browser, "x", "a")
    lines = said(browser)
    assert lines["method.name"]["verdict"] == "wrong"
    others = {line["verdict"] for path, line in lines.items() if path != "method.name"}
    assert others == {"checked"}
    go_to(browser, "method.name")
    press(browser, "c", Keys.ESCAPE)
    for choice, count in (("none", 0), ("some", 0), ("all", 1)):
        browser.find_element(By.CSS_SELECTOR, f"#judged [value={choice}]").click()
        assert len(browser.texts("tbody .open")) == count


def test_what_is_checked_needs_no_eyes(browser: Browser, tmp_path: Path) -> None:
    """A doubt that a person has looked at lets go of its paper."""
    document = make_document()
    wrong = {**TERN_ANSWER, "results": [{**TERN_ANSWER["results"][0], "value": "99%"}]}
    path = tmp_path / "doubt.html"
    write_report(run_of(tmp_path, (document, make_record(document, wrong))), path)
    browser.open_page(path)
    assert "needs my eyes (1)" in browser.texts(".controls label")[1]
    browser.find_element(By.CSS_SELECTOR, "tbody .open").click()
    go_to(browser, "results[0].value")
    press(browser, "c")
    assert "needs my eyes (0)" in browser.texts(".controls label")[1]
    browser.execute_script("localStorage.clear()")


def numbers_of(browser: Browser) -> list[str]:
    return browser.texts("tbody .open")


def test_work_outlives_the_page(browser: Browser, page: Path) -> None:
    """It is there again, also for a page that was written anew with one more paper."""
    go_to(browser, "method.name")
    press(browser, "x")
    document, added = make_document(), make_document(doc_id="tern-0", title="Before")
    made = [(added, None), (document, make_record(document, TERN_ANSWER))]
    write_report(run_of(page.parent, *made), page)
    browser.open_page(page)
    assert browser.texts(".papers .struck") == ["TERNLOOP"]
    assert numbers_of(browser) == ["1", "2"]
    assert said(browser)["method.name"]["verdict"] == "wrong"


def test_a_file_is_saved(browser: Browser, page: Path) -> None:
    """Of the form that the command takes; the page says what to type, and that it is saved."""
    go_to(browser, "method.name")
    press(browser, "x")
    assert "1 not saved" in browser.text(".save")
    browser.find_element(By.CSS_SELECTOR, ".save-judgements").click()
    assert browser.execute_script("return document.activeElement.id") == "by"
    browser.execute_script(
        "const by = document.activeElement; by.value = 'Ada Fenn';"
        "HTMLAnchorElement.prototype.click = () => {}; by.dispatchEvent(new Event('change'))"
    )
    (line,) = saved(browser)
    assert list(line) == [
        "doc_id", "content_hash", "path", "verdict", "was", "value", "note", "by", "at",
    ]  # fmt: skip
    assert line["doc_id"] == "tern-1"
    assert line["content_hash"] == make_document().content_hash
    assert (line["by"], line["note"], line["value"]) == ("Ada Fenn", "", None)
    assert "summarise correct " in browser.text(".work-bar code")
    assert "not saved" not in browser.text(".save")
    assert violations(browser) == []
    browser.find_elements(By.CSS_SELECTOR, ".work-bar .told button")[1].click()
    assert "1 not saved" in browser.text(".save")


def test_what_is_not_saved_is_warned_of(browser: Browser, page: Path) -> None:
    """Before a page is left; not once all is saved."""
    leaving = (
        "const e = new Event('beforeunload', {cancelable: true});"
        "dispatchEvent(e); return e.defaultPrevented"
    )
    assert not browser.execute_script(leaving)
    go_to(browser, "method.name")
    press(browser, "x")
    assert browser.execute_script(leaving)
    browser.execute_script(
        "const by = document.querySelector('#by'); by.value = 'Bo';"
        "by.dispatchEvent(new Event('change'))"
    )
    assert len(saved(browser)) == 1
    assert not browser.execute_script(leaving)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("throw new DOMException('full', 'QuotaExceededError')", "its storage is full"),
        ("throw new DOMException('no', 'SecurityError')", "it allows no storage here"),
    ],
)
def test_a_browser_that_keeps_nothing(browser: Browser, page: Path, fault: str, why: str) -> None:
    """Is told of for as long as it is so; the work is in the page, and can be saved."""
    browser.execute_script(f"Storage.prototype.setItem = () => {{ {fault}; }}")
    go_to(browser, "method.name")
    press(browser, "x")
    assert why in browser.text(".failure")
    press(browser, Keys.ARROW_DOWN, "c")
    assert why in browser.text(".failure")
    browser.execute_script(
        "const by = document.querySelector('#by'); by.value = 'Bo';"
        "by.dispatchEvent(new Event('change'))"
    )
    assert len(saved(browser)) == 2
    assert violations(browser) == []


def test_two_tabs_lose_nothing(browser: Browser, page: Path) -> None:
    """What one does is in the other, and neither writes over it."""
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.open_page(page)
    browser.find_element(By.CSS_SELECTOR, "tbody .open").click()
    go_to(browser, "method.name")
    press(browser, "x")
    second = browser.current_window_handle
    browser.switch_to.window(first)
    browser.wait_for("return document.querySelector('.papers .struck')")
    go_to(browser, "results[0].value")
    press(browser, "x")
    browser.switch_to.window(second)
    browser.wait_for("return document.querySelectorAll('.papers .struck').length === 2")
    assert set(said(browser)) == {"method.name", "results[0].value"}
    browser.close()
    browser.switch_to.window(first)


def test_hostile_judgements_are_inert(browser: Browser, tmp_path: Path) -> None:
    """Whatever is typed, and wherever it is kept, is text: in the record, the table, the bar."""
    path = tmp_path / "hostile.html"
    write_report(run_of(tmp_path, *hostile_rows()), path)
    browser.open_page(path)
    typed = [text for text in HOSTILE if text.isprintable()]
    typed += ["<img src=x onerror=alert(1)>", "javascript:alert(1)", "\u202egnp.exe"]
    browser.asked()
    browser.execute_script(
        """
        const [texts] = arguments;
        const by = document.querySelector("#by");
        by.value = texts.at(-3);
        by.dispatchEvent(new Event("change"));
        texts.forEach((text, at) => {
          document.querySelectorAll(".open")[at % 7].click();
          const value = document.querySelectorAll(".held dd")[at % 5];
          value.focus();
          value.querySelector("[data-act=edit]").click();
          const form = document.querySelector(".judging");
          const box = form.querySelector("textarea, select");
          if (box.tagName === "TEXTAREA") box.value = text;
          form.querySelector("input").value = text;
          form.requestSubmit();
        });
        """,
        typed,
    )
    shown = browser.texts(".papers .given")
    assert any("<img" in text or "<script" in text for text in shown)
    lines = saved(browser)
    assert {line["note"] for line in lines} <= set(typed)
    browser.open_page(path)
    assert browser.texts(".papers .given") == shown
    assert browser.told() == []
    assert [url for url in browser.asked() if not url.startswith("file:")] == []
    assert browser.execute_script("return document.querySelectorAll('img').length") == 0
    browser.execute_script("localStorage.clear()")


def test_nothing_is_right_as_well(browser: Browser, tmp_path: Path) -> None:
    """That a record has nothing is checked like a value, and stops to be so when one is given."""
    document = make_document()
    path = tmp_path / "empty.html"
    write_report(run_of(tmp_path, (document, make_record(document, NOTHING))), path)
    browser.open_page(path)
    browser.find_element(By.CSS_SELECTOR, "tbody .open").click()
    press(browser, "a")
    lines = said(browser)
    assert {(path, json.dumps(line["was"])) for path, line in lines.items()} == {
        ("problem.text", "null"),
        ("method.name", "null"),
        ("method.text", "null"),
        ("data", "[]"),
        ("compute", "[]"),
        ("results", "[]"),
    }
    assert {line["verdict"] for line in lines.values()} == {"checked"}
    go_to(browser, "method.name")
    press(browser, Keys.ENTER)
    press(browser, "TERNLOOP", Keys.ENTER)
    assert said(browser)["method.name"]["value"] == "TERNLOOP"
    go_to(browser, "data")
    press(browser, Keys.ENTER)
    press(browser, "KITENEST", Keys.TAB, "training", Keys.ENTER)
    assert said(browser)["data[]"]["value"]["name"] == "KITENEST"
    assert browser.find_elements(By.CSS_SELECTOR, "[data-value='data']") == []
    assert violations(browser) == []
    browser.execute_script("localStorage.clear()")


def test_a_note_is_kept(browser: Browser, page: Path) -> None:
    """With what was said, and after that as well."""
    go_to(browser, "method.name")
    press(browser, "x", "t")
    press(browser, "the <b>second</b> of two", Keys.ENTER)
    line = said(browser)["method.name"]
    assert (line["verdict"], line["note"]) == ("wrong", "the <b>second</b> of two")
    assert "note: the <b>second</b> of two" in browser.text("[data-value='method.name']")
    press(browser, "x")
    assert said(browser)["method.name"]["note"] == "the <b>second</b> of two"
