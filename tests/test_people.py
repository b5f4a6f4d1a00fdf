"""What people have done on a run: their files are taken in line by line, and none of it is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.errors import InputError
from summarise.models import (
    Document,
    Inclusion,
    Opinion,
    Screened,
    ScreeningDecision,
    ScreeningState,
)
from summarise.store import SCREENING, RefusedLine, Screening, add_decisions, read_work

BANDS = Document(doc_id="bands", title="Copper bands", abstract="Bands of copper were worn.")
NETS = Document(doc_id="nets", title="Tin nets", abstract="Nets of tin were cast.")


def decided(document: Document = BANDS, decision: str = "include", **told: Any) -> Any:
    """A decision: of Ann, at noon, without a reason, unless told otherwise."""
    usual = {"reason": "", "note": "", "by": "Ann", "at": "2026-11-27T12:00:00Z"}
    about = {"doc_id": document.doc_id, "content_hash": document.content_hash}
    return ScreeningDecision.model_validate({**about, "decision": decision, **usual, **told})


def test_a_line_that_cannot_be_used_is_named_and_costs_itself_alone(tmp_path: Path) -> None:
    """File and line are told, with what is wrong there."""
    good = decided().model_dump_json().encode()
    wrong = [
        b"no json",
        b"[1]",
        b"\xff",
        good.replace(b"include", b"perhaps"),
        good.replace(b"T12:00:00Z", b" noon"),
        good.replace(b"00Z", b"00+01:00"),
        good.replace(b'"note":"",', b""),
        good.replace(BANDS.content_hash.encode(), b"short"),
        b'{"a":"\x1b[2J\xe2\x80\xae"}',
    ]
    file = tmp_path / "ann.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n\n" + b"\n".join([*wrong, good]))
    read = list(read_work(file, ScreeningDecision))
    refused = [one for one in read if isinstance(one, RefusedLine)]
    assert [one for one in read if not isinstance(one, RefusedLine)] == [
        (f"{file}:1", decided()),
        (f"{file}:{3 + len(wrong)}", decided()),
    ]
    assert [one.where for one in refused] == [f"{file}:{n}" for n in range(3, 3 + len(wrong))]
    choices = "'include', 'exclude', 'maybe' or 'undecided'"
    assert refused[3].why == f"decision: must be {choices}, not 'perhaps'"
    assert "isn't a time in UTC" in refused[4].why
    assert "isn't a time in UTC" in refused[5].why
    assert refused[6].why == "note: is missing"
    assert all(one.why.isprintable() for one in refused)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    """It is the user who named it."""
    with pytest.raises(InputError, match="no such file"):
        list(read_work(tmp_path / "none.jsonl", ScreeningDecision))


def test_lines_are_kept_once_however_often_they_are_taken_in(tmp_path: Path) -> None:
    """Taking in a file again, or after a kill that tore a line, adds what isn't there."""
    lines = [decided(), decided(NETS), decided(by="Ben")]
    assert add_decisions(tmp_path, lines[:2]) == 2
    file = tmp_path / SCREENING
    file.write_bytes(file.read_bytes()[:-9])
    assert add_decisions(tmp_path, lines) == 2
    assert add_decisions(tmp_path, lines) == 0
    assert [json.loads(line)["by"] for line in file.read_bytes().splitlines()] == [
        "Ann",
        "Ann",
        "Ben",
    ]


def test_the_last_decision_of_a_person_counts() -> None:
    """By its time, then by its place; what is taken back is as if it had never been."""
    later, latest = "2026-11-27T12:00:01Z", "2026-11-27T12:00:01.5Z"
    out = decided(decision="exclude", reason="wrong metal", at=later)
    assert Screening([out, decided()]).of(BANDS).reasons == ("wrong metal",)
    assert Screening([out, decided(at=later)]).of(BANDS).state is ScreeningState.INCLUDE
    back = decided(decision="undecided", at=latest)
    taken_back = Screening([decided(), out, back])
    assert taken_back.of(BANDS) == Screened()
    assert not taken_back
    assert taken_back.people == ()


def test_a_document_that_changed_is_to_be_decided_again() -> None:
    """What was said of it as it was counts no more, and comes back with the old words."""
    screening = Screening([decided()])
    changed = BANDS.model_copy(update={"abstract": "Bands of copper were lost."})
    changed = Document.model_validate(changed.model_dump())
    assert (screening.is_changed(changed), screening.of(changed)) == (True, Screened())
    assert not screening.is_changed(BANDS)
    assert not screening.is_changed(NETS)
    both = Screening([decided(), decided(changed, "exclude")])
    assert not both.is_changed(changed)
    assert both.of(BANDS).state is ScreeningState.INCLUDE


def test_what_settles_stands_above_all() -> None:
    """Whoever settles a conflict needs not agree with anybody; their own opinion stays apart."""
    ann, ben = decided(), decided(decision="exclude", by="Ben", reason="wrong metal")
    assert Screening([ann, ben]).of(BANDS).state is ScreeningState.CONFLICT
    settling = decided(decision="maybe", by="Cleo", settles=True)
    found = Screening([ann, ben, settling])
    assert found.of(BANDS).state is ScreeningState.MAYBE
    assert found.people == ("Ann", "Ben")
    own = Screening([ann, ben, decided(decision="exclude", settles=True)]).of(BANDS)
    assert (own.state, own.reasons) == (ScreeningState.EXCLUDE, ())
    assert own.opinions == (Opinion("Ann", Inclusion.INCLUDE, at=ann.at), ben_says(ben))
    gone = Screening([ann, ben, settling, decided(decision="undecided", by="Cleo", settles=True)])
    assert gone.of(BANDS).state is ScreeningState.CONFLICT


def ben_says(decision: ScreeningDecision) -> Opinion:
    """A decision as what its person says."""
    return Opinion(decision.by, decision.decision, decision.reason, decision.note, decision.at)


@given(st.permutations([(d, s) for d in ("include", "exclude", "undecided") for s in (1, 2, 3)]))
def test_the_order_of_lines_with_different_times_does_not_matter(order: Any) -> None:
    """People's files may be taken in in any order."""
    at = {d: n for n, d in enumerate(("exclude", "undecided", "include"))}
    lines = [decided(decision=d, at=f"2026-11-27T12:0{s}:0{at[d]}Z") for d, s in order]
    assert Screening(lines).of(BANDS).state is ScreeningState.INCLUDE
