"""What the embedded extractor takes back: its own grounding and its own doubts refuse nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.drafting import embedded_draft, read_abstract
from summarise.drafting.refusals import without_refused
from summarise.ground import Grounded
from summarise.models import Document, DoubtKind
from summarise.reading import Reading
from summarise.schema import Draft, Pico
from tests.records import NOTHING, result_of

LEAD = "Background: Wells in hills are poorly known. Methods: We saw 40 wells in 2011. Results: "
REFUSING = frozenset(DoubtKind) - {DoubtKind.UNSURE, DoubtKind.POLARITY, DoubtKind.CUT}


def _reading(results: str) -> Reading:
    return Reading(Document(doc_id="d", title="Wells of the hills", abstract=LEAD + results))


def _rows(results: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_abstract(_reading(results)).draft["results"]
    return rows


def _grounded(draft: dict[str, Any], results: str) -> Grounded:
    reading = _reading(results)
    return reading.doubted(reading.ground(Draft, {**NOTHING, **draft}))


ODD = [
    "Women paid US$ 162.56 (157.90-167.22) per visit.",
    "It was cheapest at AUS$ 13,000 +/- 16,000 per year.",
    "The most common was moss (64.5% of the wells) followed by rust (27,5%).",
    "A total of 48 wells at 45.16.1days after rain were seen.",
    "Wells showed a docking energy of -22.43 kcal.mol(-1) in the test.",
    "Use of pumps was lower among hill wells (OR = 0.378,95%CI = 0.145-0.983) than others.",
    "Set back distances were <1/4 mile; 1/4-1/2 mile; 1-1 1/4 mile; and >= 2 mile.",
    "Response, refusal, and contact rates were 31%, 7%, and 39%, respectively.",
    "The sensitivity and specificity was 68% and 97.5% respectively.",
    "Of those traced, a total of 75 wells were reported to have dried.",
]


@pytest.mark.parametrize("results", ODD)
@pytest.mark.parametrize("schema", [Draft, Pico])
def test_nothing_that_is_made_by_code_is_refused_by_code(results: str, schema: type[Any]) -> None:
    """Whatever numbers look like: all values stand in the abstract, none for something else."""
    grounded = read_abstract(_reading(results), schema)
    assert (grounded.missing, grounded.unsupported) == ((), ())
    assert not REFUSING.intersection(one.kind for one in grounded.doubts)


@given(st.lists(st.sampled_from([*ODD, " (vs. ", "12% of A and 4,5 of B"]), max_size=4))
def test_no_mixture_is_refused_either(pieces: list[str]) -> None:
    """The same for any of them in a row."""
    grounded = read_abstract(_reading(" ".join(pieces)))
    assert (grounded.missing, grounded.unsupported) == ((), ())


def test_a_value_that_goes_stays_in_words() -> None:
    """A claim is told without its number, once."""
    claim = "Most of the wells were dry"
    row = result_of(claim, 3, value="12.5%")
    made = without_refused(_grounded({"results": [row, row]}, "Most of the wells were dry by 5%."))
    assert made is not None
    assert [(one["claim"], one["value"]) for one in made["results"]] == [(claim, None)]


def test_a_number_goes_with_its_words() -> None:
    """What is left of it would be a number of nobody knows what."""
    row = result_of("Most of the wells were dry by 12.5%, and 99 by far", 3, value="12.5%")
    made = without_refused(_grounded({"results": [row]}, "Most of the wells were dry by 12.5%."))
    assert made is not None
    assert made["results"] == []


def test_a_part_that_goes_leaves_its_row() -> None:
    """A metric of another number is left out, and the number stays."""
    rows = _rows("The sensitivity and specificity of pumps was 68% and 97.5% respectively.")
    assert [one["value"] for one in rows] == ["68%", "97.5%"]
    assert rows[0]["metric"] != "specificity"


def test_nothing_goes_where_nothing_is_refused() -> None:
    """The draft is that which was made, and isn't made again."""
    reading = _reading("Pumps raised the yield by 12% in dry wells.")
    draft = embedded_draft(reading)
    assert without_refused(reading.doubted(reading.ground(Draft, draft))) is None
    assert read_abstract(reading).draft == draft
