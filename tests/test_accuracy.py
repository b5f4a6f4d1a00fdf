"""How right the embedded extractor is: floors on the own gold, and the page of figures."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from benchmarks import accuracy
from benchmarks.accuracy import BEGIN, END, Answered, Set, report, scored, written
from summarise import summarise
from tests.conftest import GOLD, ROOT

PAGE = ROOT / "docs" / "accuracy.md"

FLOORS = {"macro": 0.70, "row.value": 0.50, "row.whole": 0.28}
"""F1 on all papers; raise them with the extractor."""

KIND_FLOORS = {"AI": 0.80, "clinical": 0.58, "observational": 0.57, "review": 0.60}
"""Mean F1 of the kinds with several papers."""


@pytest.fixture(scope="module")
def own() -> Answered:
    """The embedded extractor on the project's own gold."""
    of = Set("own", tuple(GOLD))
    return scored(of, "embedded", of.embedded())


def test_the_embedded_extractor_stays_above_its_floors(own: Answered) -> None:
    """Neither the mean of the fields nor the rows go below what was reached."""
    found = {name: own.all.tallies[name].f1 for name in FLOORS if name != "macro"}
    found["macro"] = own.all.macro_f1
    assert {name for name, floor in FLOORS.items() if found[name] < floor} == set(), found


def test_no_kind_of_paper_is_left_behind(own: Answered) -> None:
    """What is won on one kind isn't paid by another."""
    found = {kind: own.by_kind[kind].macro_f1 for kind in KIND_FLOORS}
    assert {kind for kind, floor in KIND_FLOORS.items() if found[kind] < floor} == set(), found


def test_each_paper_counts_in_one_kind(own: Answered) -> None:
    """Kinds are parts of the whole: papers, and each field's entries, add up."""
    kinds = own.by_kind.values()
    assert sum(len(scores.compared) for scores in kinds) == len(own.all.compared)
    assert min(map(len, own.by_kind)) > 0
    for name, tally in own.all.tallies.items():
        parts = [scores.tallies[name] for scores in kinds if name in scores.tallies]
        assert sum(part.matched for part in parts) == tally.matched
        assert sum(part.expected for part in parts) == tally.expected


def test_the_gold_has_papers_of_all_kinds() -> None:
    """At least 20 of medicine, 15 of artificial intelligence, and 10 of other sciences."""
    kinds = [one for path in GOLD for one in Set("own", (path,)).kinds().values()]
    medicine = ("clinical", "observational", "laboratory", "review")
    counts = [sum(kind in group for kind in kinds) for group in (medicine, ("AI",))]
    assert counts[0] >= 20
    assert counts[1] >= 15
    assert len(kinds) - sum(counts) >= 10


def test_figures_are_written_between_the_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands around them stays; a run of somebody else is scored beside the extractor."""
    gold, page, run = tmp_path / "g.jsonl", tmp_path / "page.md", tmp_path / "run"
    gold.write_text("".join(GOLD[0].read_text("utf-8").splitlines(keepends=True)[:3]), "utf-8")
    summarise(gold, output=run)
    page.write_text(f"# How right\n\n{BEGIN}\nstale\n{END}\n\nLimits.\n", "utf-8")
    answers = ["--answers", "own", "a model", str(run)]
    arguments = ["accuracy", "--gold", "own", str(gold), *answers, "--write", str(page)]
    for _ in range(2):
        monkeypatch.setattr(sys, "argv", arguments)
        accuracy.main()
        text = page.read_text("utf-8")
        assert text.startswith(f"# How right\n\n{BEGIN}\n\nMeasured on ")
        assert text.endswith(f"|\n\n{END}\n\nLimits.\n")
        assert "stale" not in text
    who = re.findall(r"^\| own \| ([\w ]+) \| 3 \| (.*)", text, re.MULTILINE)
    assert [name for name, _ in who] == ["embedded extractor", "a model"]
    assert who[0][1] == who[1][1]
    assert text.count("by kind of paper") == 2


def test_gold_may_tell_no_kinds(tmp_path: Path) -> None:
    """Then there is no table by kind; and values that nobody asks for have no figure."""
    entry = json.loads(GOLD[0].read_text("utf-8").splitlines()[0])
    del entry["kind"]
    entry["gold"]["results"] = []
    path = tmp_path / "g.jsonl"
    path.write_text(json.dumps(entry), "utf-8")
    of = Set("own", (path,))
    text = "\n".join(report([scored(of, "embedded", of.embedded())]))
    assert "by field" in text
    assert "by kind" not in text
    assert re.search(r"^\| own \| embedded \| 1 \| 0\.\d\d \| – \| – \|", text, re.MULTILINE)


def test_a_page_without_marks_is_refused() -> None:
    """Nothing is written where it isn't known where."""
    with pytest.raises(SystemExit, match="figures: begin"):
        written(f"{END} {BEGIN}", ["x"])


def test_the_documentation_has_its_marks_once() -> None:
    """So that one command can write its figures."""
    text = PAGE.read_text("utf-8")
    assert (text.count(BEGIN), text.count(END)) == (1, 1)
