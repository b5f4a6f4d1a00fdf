"""A corrected run as gold: what people have judged is the measure, and nothing else is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from summarise.errors import InputError
from summarise.evaluate import against_gold, gold_of_run
from summarise.evaluate.gold import NEEDS
from summarise.evaluate.scoring import FIELDS
from summarise.models import JudgedAs, Record
from summarise.store import Run, append_judgements
from tests.conftest import ROOT
from tests.judgements import judged

EXAMPLE = ROOT / "outputs" / "example"
CHECKED, WRONG = JudgedAs.CHECKED, JudgedAs.WRONG


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A run that people correct."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "gold"))


def say(folder: Path, number: int, path: str, value: Any = None, **told: Any) -> None:
    """Judge a place of a record."""
    document, record = list(Run(folder).extracted_rows())[number - 1]
    assert isinstance(record, Record)
    append_judgements(folder, [judged(document, record, path, value, **told)])


def scores(gold: Path) -> Any:
    """The example against it."""
    return against_gold(Run(EXAMPLE).rows(), gold_of_run(Run(gold)), run="a", name="b")


def test_every_measure_but_links_can_count() -> None:
    """What code finds is no person's."""
    assert set(NEEDS) == set(FIELDS) - {"links"}


def test_only_what_was_judged_is_scored(gold: Path) -> None:
    """Of the papers and of the fields."""
    say(gold, 1, "method.name", "Larkspur")
    say(gold, 2, "data", verdict=CHECKED)
    found = scores(gold)
    assert set(found.tallies) == {"method.name", "data.name", "data.role"}
    assert found.tallies["method.name"].expected == 1
    assert found.tallies["data.name"].f1 == 1.0
    assert len(found.compared) == 2
    assert found.macro_f1 == 1.0


def test_a_correction_costs_the_run_that_got_it_wrong(gold: Path) -> None:
    """As extracted, the same run is measured by its own corrections."""
    say(gold, 2, "method.name", "Slateboard")
    assert scores(gold).tallies["method.name"].matched == 0
    own = against_gold(Run(gold).extracted_rows(), gold_of_run(Run(gold)), run="a", name="b")
    assert own.tallies["method.name"].matched == 0


def test_a_list_counts_where_each_of_its_values_was_judged(gold: Path) -> None:
    """One that is wrong, or that nobody looked at, keeps all of it out."""
    say(gold, 1, "data[0]", verdict=CHECKED)
    with pytest.raises(InputError, match="nothing that people have judged"):
        scores(gold)
    say(gold, 1, "data[1].name", verdict=CHECKED)
    assert set(scores(gold).tallies) == {"data.name"}
    say(gold, 1, "data[1].role", verdict=WRONG)
    assert set(scores(gold).tallies) == {"data.name"}
    say(gold, 1, "data[1].role", "studied")
    assert set(scores(gold).tallies) == {"data.name", "data.role"}
    say(gold, 1, "data[1].name", verdict=WRONG)
    with pytest.raises(InputError, match="nothing that people have judged"):
        scores(gold)


def test_an_entry_that_was_added_or_removed_is_judged(gold: Path) -> None:
    """What the run has too much, or lacks, costs it."""
    say(gold, 1, "data[0]", verdict=CHECKED)
    say(gold, 1, "data[1]", None)
    extra: dict[str, Any] = {"name": "Brassmoor", "role": "studied", "size": None, "sentences": []}
    say(gold, 1, "data[]", extra)
    tally = scores(gold).tallies["data.name"]
    assert (tally.matched, tally.predicted, tally.expected) == (1, 2, 2)


def test_sentences_count_where_their_part_was_judged_as_a_whole(gold: Path) -> None:
    """A corrected phrase says nothing of the sentences that code gave it."""
    say(gold, 1, "problem.text", "Costly.")
    with pytest.raises(InputError):
        scores(gold)
    say(gold, 1, "problem", verdict=CHECKED)
    assert "problem.sentences" in scores(gold).tallies


def test_command(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By --gold; not beside another measure."""
    from tests.test_correct import command_line

    say(gold, 2, "method.name", "Slateboard")
    assert command_line("eval", EXAMPLE, "--gold", gold, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["fields"]) == ["method.name"]
    assert told["differences"][0]["fields"]["method.name"]["right_only"] == ["Slateboard"]
    assert command_line("eval", EXAMPLE, gold, "--gold", gold) == 2
    assert "Name one thing to hold it against" in capsys.readouterr().err
