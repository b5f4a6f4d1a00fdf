"""What a run holds of people's work, as its page is told of it, and what the browser then keeps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from benchmarks.browser import Browser
from summarise.models import Judgement, Record, ScreeningDecision
from summarise.report import write_report
from summarise.report.lines import lines_of
from summarise.store import Run, add_decisions, append_judgements
from tests.conftest import ROOT
from tests.judgements import judged
from tests.pages import violations
from tests.processes import run
from tests.test_report_screening import decided
from tests.test_report_work import go_to, press, said, saved

EXAMPLE = ROOT / "outputs" / "example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run of the embedded extractor."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "example"))


def told(folder: Path, number: int) -> dict[str, Any]:
    """What the page is told of a row."""
    line: dict[str, Any] = json.loads(list(lines_of(Run(folder)))[number])
    return line


def said_of(folder: Path, number: int, path: str, value: Any = None, **others: Any) -> Judgement:
    """What Ada says of a place of the record of a row."""
    document, record = list(Run(folder).rows())[number - 1]
    assert isinstance(record, Record)
    return judged(document, record, path, value, **others)


def decision(folder: Path, number: int, **others: Any) -> ScreeningDecision:
    """What Ada decides about the document of a row."""
    document = list(Run(folder).documents())[number - 1]
    usual = {
        "doc_id": document.doc_id,
        "content_hash": document.content_hash,
        "decision": "include",
        "reason": "",
        "note": "",
        "by": "Ada Fenn",
        "at": "2026-11-27T09:30:00Z",
    }
    return ScreeningDecision.model_validate({**usual, **others})


def test_a_record_is_told_as_it_was_extracted(folder: Path) -> None:
    """With what was said of it beside; the table's cells have it already."""
    before = told(folder, 2)
    append_judgements(folder, [said_of(folder, 2, "method.name", "Quillbench")])
    after = told(folder, 2)
    assert after["values"] == before["values"]
    (line,) = after["judgements"]
    assert (line["path"], line["stored"], line["value"]) == ("method.name",) * 2 + ("Quillbench",)
    assert line["was"] == "QuillBench-18K"
    assert "Quillbench" in json.dumps(after["cells"])
    assert "judgements" not in told(folder, 1)


def test_what_is_no_place_of_the_record_is_told_with_the_reason(folder: Path) -> None:
    """A judgement on another text, and one that was taken back."""
    other = said_of(folder, 2, "method.name", "Quillbench", content_hash="0" * 32)
    gone = said_of(folder, 3, "method.name", "A name")
    append_judgements(
        folder, [other, gone, gone.model_copy(update={"verdict": "undone", "value": None})]
    )
    (line,) = told(folder, 2)["judgements"]
    assert line["offered"] == "the document has changed since"
    assert [one["verdict"] for one in told(folder, 3)["judgements"]] == ["undone"]


def test_each_persons_last_decision_is_told(folder: Path) -> None:
    """Also where it comes first in the file, or takes one back."""
    later = decision(folder, 1, decision="undecided", at="2026-11-27T09:30:00.500Z")
    bo = decision(folder, 1, by="Bo", decision="exclude", reason="another topic")
    add_decisions(folder, [later, decision(folder, 1), bo])
    lines = told(folder, 1)["decisions"]
    assert {one["by"]: one["decision"] for one in lines} == {
        "Ada Fenn": "undecided",
        "Bo": "exclude",
    }


def take_in(browser: Browser, folder: Path) -> None:
    """Type what the page says, with the files that it saves, and write the page anew."""
    for sort, command, name in (
        ("judgements", "correct", "corrections.jsonl"),
        ("decisions", "screen", "screening.jsonl"),
    ):
        lines = saved(browser, sort)
        if not lines:
            continue
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (folder.parent / name).write_text(text, "utf-8")
        done = run(command, folder.name, name, cwd=folder.parent)
        assert done.returncode == 0, done.stderr
    assert run("report", folder.name, cwd=folder.parent).returncode == 0


def test_the_run_takes_over_what_the_browser_kept(browser: Browser, folder: Path) -> None:
    """Once its page says that the run holds it; all is still shown, and can be taken back."""
    page = folder / "report.html"
    write_report(Run(folder), page)
    browser.open_page(page)
    browser.execute_script("localStorage.clear()")
    browser.open_page(page)
    browser.find_element(By.ID, "by").send_keys("Ada Fenn", Keys.TAB)
    browser.execute_script("document.querySelectorAll('.open')[1].click()")
    go_to(browser, "method.name")
    press(browser, Keys.ENTER)
    press(browser, "Quillbench", Keys.ENTER)
    browser.find_element(By.CSS_SELECTOR, "[data-give='data[]']").click()
    press(browser, "OtherPages", Keys.TAB)
    press(browser, "evaluation", Keys.ENTER)
    go_to(browser, "data[0].name")
    press(browser, Keys.DELETE)
    go_to(browser, "results[0].claim")
    press(browser, "c")
    browser.find_element(By.CSS_SELECTOR, "button.screen").click()
    press(browser, "e", "1")
    assert len(said(browser)) == 4
    take_in(browser, folder)
    record = list(Run(folder).records())[1]
    assert record.draft["method"]["name"] == "Quillbench"
    assert record.draft["data"][-1]["name"] == "OtherPages"
    browser.open_page(page)
    assert said(browser) == {}
    assert decided(browser) == {}
    assert browser.texts(".save:not([hidden])") == []
    assert browser.texts(".papers .decided") == ["excluded: another topic"]
    browser.execute_script("document.querySelectorAll('.open')[1].click()")
    assert "Quillbench" in browser.texts(".held .given")
    assert {"Quillbench", "OtherPages"} <= set(browser.texts(".papers .given"))
    assert "by Ada Fenn" in browser.text("[data-value='method.name']")
    assert len(browser.texts(".entry.is-removed")) == 1
    assert any("added" in text for text in browser.texts(".entry.is-judged"))
    assert violations(browser) == []
    # Taken back here, it is saved as a line, and the record is as it was.
    go_to(browser, "method.name")
    press(browser, "z")
    assert "Quillbench" not in browser.texts(".held .given")
    cell = browser.texts(".papers tbody tr:nth-child(2) td")[2]
    assert "Quillbench" not in cell
    assert "QuillBench-18K" in cell
    take_in(browser, folder)
    assert list(Run(folder).records())[1].draft["method"]["name"] == "QuillBench-18K"
    browser.open_page(page)
    assert said(browser) == {}
    browser.execute_script("localStorage.clear()")


def test_one_sign_says_that_a_cell_is_checked(browser: Browser, folder: Path) -> None:
    """Not one behind each value, once all are; its words are as they were, where all were shown."""
    page = folder / "report.html"
    write_report(Run(folder), page)
    browser.open_page(page)
    before = browser.texts("tbody tr:first-child td")[1:]
    paths = [value[4] for value in told(folder, 1)["values"]]
    append_judgements(folder, [said_of(folder, 1, path, verdict="checked") for path in paths])
    write_report(Run(folder), page)
    browser.open_page(page)
    after = browser.texts("tbody tr:first-child td")[1:]
    assert all(cell.endswith("✓ checked") and cell.count("✓") == 1 for cell in after)
    whole = [(one, now) for one, now in zip(before, after, strict=True) if "+" not in one]
    assert whole
    # Of what a person has checked nothing is unsure.
    assert all(now == f"{one.replace('unsure: ', '')}✓ checked" for one, now in whole)


def test_what_was_said_of_another_text_is_offered(browser: Browser, folder: Path) -> None:
    """It is said again, or let go, by a button; till then it isn't laid over."""
    texts = {"method.name": "Quillbench", "problem.text": "Costly"}
    lines = [said_of(folder, 2, *one, content_hash="0" * 32) for one in texts.items()]
    append_judgements(folder, lines)
    page = folder / "report.html"
    write_report(Run(folder), page)
    browser.open_page(page)
    browser.execute_script("document.querySelectorAll('.open')[1].click()")
    assert browser.texts(".held .given") == []
    assert violations(browser) == []
    (say,) = (
        one for one in browser.find_elements(By.CSS_SELECTOR, "[data-again]")
        if "method.name" in one.find_element(By.XPATH, "..").text
    )  # fmt: skip
    say.click()
    assert browser.texts(".held .given") == ["Quillbench"]
    browser.find_element(By.CSS_SELECTOR, "[data-let-go]").click()
    assert browser.find_elements(By.CSS_SELECTOR, "[data-again]") == []
    verdicts = {path: line["verdict"] for path, line in said(browser).items()}
    assert verdicts == {"method.name": "corrected", "problem.text": "undone"}
    browser.execute_script("localStorage.clear()")


def test_a_paper_more_loses_nothing(browser: Browser, tmp_path: Path) -> None:
    """What the run holds, and what the browser alone has, is there after the run went on."""
    texts = {
        "a.txt": "A Tern\n\nTerns nest here. We present TERNLOOP, which counts 40 terns.\n",
        "b.txt": "A Gull\n\nGulls nest there. We present GULLBOX, which counts 30 gulls.\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)

    def work_on(*names: str) -> None:
        done = run("run", *names, "-o", "r", "--format", "text", cwd=tmp_path)
        assert done.returncode == 0
        assert run("report", "r", cwd=tmp_path).returncode == 0

    work_on("b.txt")
    page = tmp_path / "r" / "report.html"
    browser.open_page(page)
    browser.find_element(By.ID, "by").send_keys("Ada Fenn", Keys.TAB)
    browser.find_element(By.CSS_SELECTOR, "tbody .open").click()
    go_to(browser, "method.name")
    press(browser, Keys.ENTER)
    press(browser, "GULLCASE", Keys.ENTER)
    take_in(browser, tmp_path / "r")
    browser.open_page(page)
    browser.find_element(By.CSS_SELECTOR, "button.screen").click()
    press(browser, "i")
    saved(browser, "decisions")
    work_on("a.txt", "b.txt")
    browser.open_page(page)
    assert browser.texts("tbody .open") == ["1", "2"]
    assert "GULLCASE" in browser.texts(".papers .given")
    assert browser.texts(".papers .decided") == ["included"]
    assert browser.texts(".save:not([hidden])") == ["1 decision, saved Save screening.jsonl"]
    browser.execute_script("localStorage.clear()")
