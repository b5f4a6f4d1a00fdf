"""Attacks: of lies told of the project's own gold so many are noticed, and of its truths none."""

from __future__ import annotations

import json

import pytest

from benchmarks.attacks import Tally, attack, false_alarms, papers, report
from benchmarks.lies import LIES, TRUTHS, Paper, flips
from tests.conftest import GOLD, ROOT

FLIPS = ROOT / "fixtures" / "flips.jsonl"

LEAST = {
    "digits of a value": 0.99,
    "letters of a value": 1.0,
    "unit of a value": 1.0,
    "value and baseline swapped": 0.8,
    "moved metric": 0.99,
    "moved metric, its sentence cited": 0.99,
    "moved value": 1.0,
    "moved value, its sentence cited": 0.95,
    "moved baseline": 0.95,
    "moved baseline, its sentence cited": 0.95,
    "moved group": 0.95,
    "moved group, its sentence cited": 0.95,
    "moved dataset": 0.9,
    "moved dataset, its sentence cited": 0.9,
    "dataset of another row of the sentence": 0.3,
    "group of another row of the sentence": 0.6,
    "uncertainty of another row of the sentence": 0.75,
    "metric of another row of the sentence": 0.2,
    "numbers of a statement swapped": 0.8,
    "cut unit": 0.95,
    "cut sign": 1.0,
    "a rival's number": 0.7,
    "a bound, a p-value or a size": 0.95,
}
"""Shares that are noticed; the gold has few qualifiers and few names of two words.

A true "7.9$^{+0.6}_{-0.4}$ yr" isn't found, so that no lie about it is either."""


@pytest.fixture(scope="module")
def gold() -> list[Paper]:
    """The project's own abstracts with their true drafts."""
    return list(papers(GOLD))


def noticed(tally: Tally) -> float:
    """The share that is caught or doubted."""
    return (tally.caught + tally.doubted) / tally.made


@pytest.mark.parametrize("lie", LEAST)
def test_lies_are_noticed(lie: str, gold: list[Paper]) -> None:
    """So many of each class, and there are some to notice."""
    tally = attack(gold, LIES[lie])
    assert tally.made >= 2
    assert noticed(tally) >= LEAST[lie], tally.missed


def test_statements_turned_round_are_noticed(gold: list[Paper]) -> None:
    """Six in ten of those that were written before there was a checker, nine in ten negations."""
    told = [json.loads(line) for line in FLIPS.read_text("utf-8").splitlines()]
    negations = [one for one in told if one["kind"] == "negation"]
    assert min(len(told), len(negations) * 4) >= 200
    assert noticed(attack(gold, flips(told))) >= 0.6
    assert noticed(attack(gold, flips(negations))) >= 0.85


def test_lies_are_the_same_each_time(gold: list[Paper]) -> None:
    """The numbers of two versions can be compared."""
    few = gold[:6]
    assert attack(few, LIES["digits of a value"]) == attack(few, LIES["digits of a value"])


def test_other_typography_is_no_lie(gold: list[Paper]) -> None:
    """It raises no doubt that the draft didn't raise before."""
    tally = attack(gold, TRUTHS["typography"])
    assert tally.made > 100
    assert tally.doubted == 0


def test_true_drafts_are_seldom_doubted(gold: list[Paper]) -> None:
    """At most 3 in a hundred objects by a kind, and 6 by any."""
    objects, counts, told = false_alarms(gold)
    kinds = {kind: count for kind, count in counts.items() if kind != "any"}
    assert max(kinds.values(), default=0) <= 0.03 * objects, told
    assert counts["any"] <= 0.06 * objects, told


def test_the_tables_tell_what_is_missed(gold: list[Paper]) -> None:
    """One line for each class, with those of somebody's flips; and each lie that passed."""
    flipped = {"id": "fixture-08", "path": "results[2].claim", "kind": "verb"}
    told = flips([{**flipped, "text": "Falls at home rose."}])
    missed = flips([{**flipped, "text": "Falls at home fell."}])
    lines = list(report(gold[7:8], {"flip: verb": told, "none": missed}, missed=True))
    assert "| flip: verb | 1 | 0 | 1 | 0 | 100% |" in lines
    assert "| none | 1 | 0 | 0 | 1 | 0% |" in lines
    assert [line for line in lines if line.startswith("    fixture-08 results[2] flip verb")]
    assert any("doubted though true" in line for line in lines)
