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
from summarise.evaluate.gold import Summary
from tests.conftest import GOLD, ROOT

PAGE = ROOT / "docs" / "accuracy.md"

FLOORS = {"macro": 0.72, "row.value": 0.74, "row.whole": 0.42, "row.uncertainty": 0.72}
"""F1 on all papers; raise them with the extractor."""

KIND_FLOORS = {"AI": 0.82, "clinical": 0.61, "observational": 0.61, "review": 0.68}
"""Mean F1 of the kinds with several papers."""

TRAPS = {
    "age": "22:41.3 52:64.7 26:38.4 18:46.2 08:81",
    "threshold": "27:0.35 25:1000 30:3.5 39:20 57:125.00",
    "horizon or period": "51:72 47:24 39:90 22:12 34:48",
    "bit width or context": "50:16 45:32 50:128 51:512",
    "sample size": "40:212 28:1,263 52:418 22:305 47:480",
    "bound of an interval": "24:0·95 26:2.6 39:0.65 24:1·06",
    "p-value": "25:0.27 24:0·0001 33:0.55 52:0.041 28:0.18",
    "spread": "36:14.0 26:11.3 46:23 51:0.1",
    "part of a range": "37:87 37:81 42:19",
    "digits of a name": "48:14 33:10 45:28",
    "rival's": "48:30.9 49:71 27:0.79 01:4.17 39:0.77",
    "earlier work's": "55:2.2 15:2 51:5.3",
    "control arm's": "23:11.2 34:30 38:1,560 46:142 08:20.4",
    "resource": "51:11 49:90 48:2.5 37:6",
    "follow-up or year": "23:21.7 24:2017 46:2018 53:2022",
    "dose or setting": "23:10 57:70 22:20 41:25 49:28",
}
"""Numbers of an abstract that are no outcome of it, by what they are: paper and number."""

MOST_FALLS = 9
"""How many of them stand alone as a value of the embedded extractor; may only fall."""

_NUMBER = re.compile(r"\d(?:[\d,.·]*\d)?")


@pytest.fixture(scope="module")
def own() -> Answered:
    """The embedded extractor on the project's own gold."""
    of = Set("own", (GOLD,))
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


def values(summary: Summary | None, number: str) -> list[str]:
    """The values that hold this number and no other."""
    told = [one.value or "" for one in (summary.results if summary else ())]
    return [value for value in told if _NUMBER.findall(value) == [number]]


def test_what_is_no_outcome_is_seldom_told_as_one(own: Answered) -> None:
    """Each number stands in its abstract, in no true row as the value, and in few of ours."""
    papers = {one.right.doc_id: one for one in own.all.compared}
    fallen = []
    for what, traps in TRAPS.items():
        for at, number in (trap.split(":") for trap in traps.split()):
            paper = papers[f"fixture-{at}"]
            assert number in _NUMBER.findall(paper.right.abstract), (at, number)
            assert not values(paper.right.summary, number), (at, number)
            fallen += [(what, at, value) for value in values(paper.left.summary, number)]
    assert len(fallen) <= MOST_FALLS, fallen


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
    kinds = list(Set("own", (GOLD,)).kinds().values())
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
    gold.write_text("".join(GOLD.read_text("utf-8").splitlines(keepends=True)[:3]), "utf-8")
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
    entry = json.loads(GOLD.read_text("utf-8").splitlines()[0])
    del entry["kind"]
    entry["gold"]["results"] = []
    path = tmp_path / "g.jsonl"
    path.write_text(json.dumps(entry), "utf-8")
    of = Set("own", (path,))
    text = "\n".join(report([scored(of, "embedded", of.embedded())]))
    assert "by field" in text
    assert "by kind" not in text
    assert re.search(r"^\| own \| embedded \| 1 \| 0\.\d\d \| – \| – \|", text, re.MULTILINE)


def test_a_source_may_stand_for_a_kind(tmp_path: Path) -> None:
    """Gold that tells where a paper is from, and not of what kind it is, is sorted by that."""
    path = tmp_path / "g.jsonl"
    lines = [{"id": "a", "source": "pmid:12"}, {"title": "B", "source": "elsewhere x"}]
    lines += [{"id": "c", "source": "pmid:13", "kind": "review"}]
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    kinds = Set("own", (path,), {"pmid": "medicine"}).kinds()
    assert kinds == {"a": "medicine", "B": "not told", "c": "review"}


def test_a_page_without_marks_is_refused() -> None:
    """Nothing is written where it isn't known where."""
    with pytest.raises(SystemExit, match="figures: begin"):
        written(f"{END} {BEGIN}", ["x"])


def test_the_documentation_has_its_marks_once() -> None:
    """So that one command can write its figures."""
    text = PAGE.read_text("utf-8")
    assert (text.count(BEGIN), text.count(END)) == (1, 1)
