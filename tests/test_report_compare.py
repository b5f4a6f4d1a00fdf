"""Two runs in the page of a report, in Debian's Chromium: what ``summarise diff`` says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.browser import Browser
from summarise.batch import RunOptions, documents_batch, run
from summarise.errors import RunError
from summarise.evaluate import diff_view, side_by_side
from summarise.render import RowView, text_of
from summarise.report import Against, write_report
from summarise.report.lines import lines_of
from summarise.settings import load_settings
from summarise.store import Run
from tests.pages import open_part, violations
from tests.processes import run as run_command
from tests.records import make_document

PAIRS = """
    const lines = cell => [...cell.querySelectorAll('.line')].map(e => e.textContent);
    return [...document.querySelectorAll('#part-compare .pairs tbody tr')].map(row => [
        row.querySelector('.open')?.textContent ?? null,
        row.cells[2].textContent, lines(row.cells[3]), lines(row.cells[4]),
    ]);
"""
TICK = "document.getElementById('differing').click()"
CHOOSE = """
    [...document.querySelectorAll('.agreement [data-choice]')]
        .find(e => e.dataset.choice === arguments[0]).click()
"""
TEXTS = {
    "a": "Terns nest on flat roofs. We count 40 terns in 2 colonies with RoofEye.",
    "b": "Gulls eat chips. We present ChipNet, which finds 91% of them on PierSet.",
    "c": "Kites hang in the wind. We train KiteNet on 8 A100 GPUs for 3 days.",
    "d": "Swifts sleep in flight. Wing beats fell from 12% to 7%.",
}
CHANGED = {"b": "Gulls eat chips. We present ChipNet, which finds 93% of them on <b>PierSet</b>."}


def made(folder: Path, texts: dict[str, str], **settings: object) -> Run:
    documents = [
        make_document(doc_id=name, title=f"On {name}", abstract=text, url=None)
        for name, text in texts.items()
    ]
    options = RunOptions(output=folder)
    path, _ = run(documents_batch(documents), load_settings(settings, {}), options)
    return Run(path)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """One without the last paper, and one without the first, and another text of the second."""
    folder = tmp_path_factory.mktemp("runs")
    first = {name: TEXTS[name] for name in "abc"}
    second = {name: (TEXTS | CHANGED)[name] for name in "bcd"}
    return made(folder / "one", first), made(folder / "two", second)


def compared(browser: Browser, folder: Path, left: Run, right: Run) -> None:
    """Open the page of two runs."""
    page = folder / "compared.html"
    write_report(left, page, Against(right, side_by_side(left, right)))
    browser.open_page(page)
    open_part(browser, "compare")


def shown_of(row: RowView) -> list[Any]:
    name, *cells = ([text_of(line) for line in cell] for cell in row.cells)
    return [name[0], *cells]


def test_what_differs_is_what_diff_says(
    browser: Browser, tmp_path: Path, runs: tuple[Run, Run]
) -> None:
    """The same fields of the same papers, with the same marks; what is alone is told as such."""
    compared(browser, tmp_path, *runs)
    table, counts = diff_view(*runs)
    rows = list(table.rows)
    assert {row.number for row in rows} == {1, 2, 3}
    pairs = browser.execute_script(PAIRS)
    assert [pair[1:] for pair in pairs] == [shown_of(row) for row in rows]
    assert [pair[0] for pair in pairs[:-1]] == [str(row.number) for row in rows[:-1]]
    assert pairs[-1] == [None, "paper", ["not in this run"], ["a record"]]
    told = "2 papers are in both runs, 1 of them differs; 1 only in this one, 1 only in the other."
    assert told in browser.text(".agreement")
    agreement = browser.execute_script(
        "return Object.fromEntries([...document.querySelectorAll('.agreement [data-choice]')]"
        ".map(e => [e.dataset.choice, e.querySelector('.count').textContent]))"
    )
    assert {"Problem", "Results", "abstract"} <= set(agreement)
    for name, count in agreement.items():
        assert count.startswith(f"{counts.both - counts.differing[name]} of {counts.both} ")
    assert violations(browser) == []
    assert browser.told() == []


def test_what_is_the_same_can_be_seen(
    browser: Browser, tmp_path: Path, runs: tuple[Run, Run]
) -> None:
    """Behind what differs; a bar leaves a field, and the page's filters leave papers."""
    compared(browser, tmp_path, *runs)
    differing = len(browser.execute_script(PAIRS))
    browser.execute_script(TICK)
    pairs = browser.execute_script(PAIRS)
    assert len(pairs) > differing
    equal = pairs[differing:]
    assert all(name.endswith(" =") and left == right for _, name, left, right in equal)
    browser.execute_script(CHOOSE, "Method")
    assert {name.removesuffix(" =") for _, name, *_ in browser.execute_script(PAIRS)} == {"Method"}
    assert violations(browser) == []


def test_runs_of_other_fields_say_so(
    browser: Browser, tmp_path: Path, runs: tuple[Run, Run]
) -> None:
    """Which fields were asked for in one alone."""
    other = made(tmp_path / "pico", {name: TEXTS[name] for name in "abc"}, schema="pico")
    compared(browser, tmp_path, runs[0], other)
    assert "made with different fields: Compute, Data, Method" in browser.text(".about .flag")
    assert ["not a field of this run"] in [pair[3] for pair in browser.execute_script(PAIRS)]


def test_what_is_the_same_is_told_once(runs: tuple[Run, Run]) -> None:
    """A field in which the runs agree has one cell; the page takes no more than it needs."""
    _, *rows, accounts = map(json.loads, lines_of(runs[0], Against(runs[1], side_by_side(*runs))))
    fields = accounts["compare"]["fields"]
    lengths = {fields[number]: len(cells) for number, *cells in rows[2]["compared"]}
    assert set(lengths.values()) == {1}
    assert rows[0]["other"] is None
    assert [one["title"] for one in accounts["compare"]["alone"]] == ["On d"]


def test_pairs_of_other_rows_are_refused(runs: tuple[Run, Run]) -> None:
    """A run that changes meanwhile isn't held against what it was."""
    pairs = side_by_side(runs[1], runs[0])
    next(pairs)
    with pytest.raises(RunError, match="has changed while it was compared"):
        list(lines_of(runs[0], Against(runs[1], pairs)))


def test_the_command_compares(runs: tuple[Run, Run], tmp_path: Path) -> None:
    """``--against`` names the other run; one that isn't there is told of."""
    one, two = (str(each.path) for each in runs)
    done = run_command("report", one, "--against", two, "-o", "both.html", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, b"both.html")
    missing = run_command("report", one, "--against", "nowhere", cwd=tmp_path)
    assert missing.returncode != 0
    assert b"nowhere" in missing.stderr
