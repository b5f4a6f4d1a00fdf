"""Tests of ``summarise.store.manifest``: what is settled holds as long as what it rests on."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from summarise.models import Identity, Spent
from summarise.schema import Draft, to_plain
from summarise.store import Manifest
from summarise.store.manifest import Marks, Settled
from tests.records import PROVENANCE

SETTLED = Settled(answers_until=100, spent=Spent(calls=3))


def manifest() -> Manifest:
    """One of a run whose answers are settled."""
    identity = {name: getattr(PROVENANCE, name) for name in Identity.model_fields}
    return Manifest.model_validate(
        {
            "identity": identity,
            "schema_form": to_plain(Draft),
            "settled": SETTLED,
            "created": "2026-01-01T00:00:00Z",
            "updated": "2026-01-01T00:00:00Z",
            "answers_from": 90,
            "records_from": 80,
            "failures_from": 70,
        }
    )


def sizes(answers: int, records: int, failures: int) -> Marks:
    return Marks(answers=answers, records=records, failures=failures)


@pytest.mark.parametrize(
    ("answers", "settled"), [(99, Settled()), (100, SETTLED), (101, SETTLED), (0, Settled())]
)
def test_settled_figures_hold_while_their_answers_are_there(answers: int, settled: Settled) -> None:
    """Where answers are gone that the figures rest on, all that is left is counted anew."""
    assert manifest().within(sizes(answers, 1000, 1000)).settled == settled


def test_lines_begin_to_count_within_the_files() -> None:
    """Where the end of a file is lost, lines that are written there count."""
    found = manifest().within(sizes(10, 20, 30))
    assert (found.answers_from, found.records_from, found.failures_from) == (10, 20, 30)
    whole = manifest().within(sizes(1000, 1000, 1000))
    assert (whole.answers_from, whole.records_from, whole.failures_from) == (90, 80, 70)


@pytest.mark.parametrize("count", ["1", 1.0, True])
def test_counts_are_whole_numbers(count: object) -> None:
    """No other spelling of a number is one."""
    with pytest.raises(ValidationError, match="counts"):
        Manifest.model_validate({**manifest().model_dump(), "counts": {"records": count}})
