"""What people say of a record is laid over it: the draft in a copy, and what code knows of that."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from summarise.errors import SettingsError
from summarise.judging import (
    JudgedCounts,
    Laid,
    check_path,
    held_at,
    lay_over,
    node_at,
    said_in_words,
    standing,
    steps_of,
)
from summarise.models import (
    Document,
    Doubt,
    DoubtKind,
    Grounding,
    JudgedAs,
    Judgement,
    Record,
    Unsupported,
)
from summarise.schema import Draft, shape_of
from tests.judgements import any_judgements, judged
from tests.records import TERN_ANSWER, make_document, make_record, result_of

DOCUMENT = make_document()
RECORD = make_record(DOCUMENT, TERN_ANSWER)
AFTER = "2026-11-28T10:00:00Z"
"""Later than the judgements."""


def laid(*judgements: Judgement, record: Record = RECORD, document: Document = DOCUMENT) -> Laid:
    """A record with what people said laid over it."""
    return lay_over(record, document, judgements, Draft)


def anew(judgement: Judgement, answer: dict[str, Any], seen: Any = TERN_ANSWER) -> Laid:
    """What a judgement comes to in a record that was made anew since."""
    record = make_record(DOCUMENT, answer)
    made = record.provenance.model_copy(update={"created": AFTER})
    record = record.model_copy(update={"provenance": made})
    earlier = [("2026-01-02T03:04:05Z", dict(seen)), (AFTER, record.draft)]
    return lay_over(record, DOCUMENT, [judgement], Draft, earlier)


def said(path: str, value: Any = None, **told: Any) -> Judgement:
    """What Ada says of a place of the record."""
    return judged(DOCUMENT, RECORD, path, value, **told)


def value_at(record: Record, path: str) -> Any:
    """What a record holds at a path."""
    return held_at(record.draft, steps_of(path))


def grounding_at(record: Record, path: str) -> Grounding | None:
    """How a value of a record stands in the abstract."""
    return next((one.grounding for one in record.verbatims if one.path == path), None)


def test_a_value_is_corrected_in_a_copy_and_found_in_the_abstract() -> None:
    """The record as it was made stays; the new value has its place."""
    before = RECORD.model_dump_json()
    shown, offered = laid(said("results[0].value", "41.5%"))
    assert value_at(shown, "results[0].value") == "41.5%"
    assert grounding_at(shown, "results[0].value") is Grounding.EXACT
    (found,) = (one for one in shown.verbatims if one.path == "results[0].value")
    assert found.span is not None
    assert found.span.of(DOCUMENT.abstract) == "41.5%"
    assert (RECORD.model_dump_json(), RECORD.judgements, offered) == (before, (), ())


def test_a_value_that_is_not_in_the_abstract_is_a_person_s() -> None:
    """It is known for what it is, and nothing to warn of."""
    shown, _ = laid(said("results[0].value", "99.9%"))
    assert [one.path for one in shown.vouched] == ["results[0].value"]
    assert (shown.missing, shown.is_grounded) == ((), True)
    assert shown.judgements[0].by == "Ada Fenn"


def test_evidence_follows_a_value() -> None:
    """The sentence in which it stands is added; what wasn't touched keeps its own."""
    shown, _ = laid(said("results[0].dataset", "KITENEST"))
    assert value_at(shown, "results[0].sentences") == [3, 4]
    assert value_at(shown, "data[0].sentences") == value_at(RECORD, "data[0].sentences")


def test_what_is_checked_or_corrected_is_in_doubt_no_more() -> None:
    """A part is checked with all that it holds; what is said to be wrong stays in doubt."""
    signs: dict[str, Any] = {
        "doubts": (
            Doubt(path="results[0].value", kind=DoubtKind.MOVED, words="w"),
            Doubt(path="data[0].name", kind=DoubtKind.MOVED, words="w"),
        ),
        "unsupported": (Unsupported(path="results[0].claim", tokens=("x",)),),
    }
    record = make_record(DOCUMENT, TERN_ANSWER, **signs)
    shown, _ = laid(said("results", verdict="checked"), record=record)
    assert [one.path for one in shown.doubts] == ["data[0].name"]
    assert shown.unsupported == ()
    shown, _ = laid(said("results[0].value", verdict="wrong"), record=record)
    assert len(shown.doubts) == 2
    # The nearest of what was said counts.
    both = said("results", verdict="checked"), said("results[0].value", verdict="wrong")
    shown, _ = laid(*both, record=record)
    assert [one.path for one in shown.doubts] == ["results[0].value", "data[0].name"]


def test_a_value_that_stands_nowhere_is_no_warning_once_it_is_checked() -> None:
    """Somebody has looked."""
    answer = {**TERN_ANSWER, "compute": [{"kind": "time", "value": "9 weeks", "sentences": [3]}]}
    record = make_record(DOCUMENT, answer)
    assert not record.is_grounded
    check = judged(DOCUMENT, record, "compute[0].value", verdict="checked")
    shown, _ = laid(check, record=record)
    assert shown.is_grounded
    assert [one.path for one in shown.vouched] == ["compute[0].value"]


def test_entries_are_added_and_removed_while_paths_stay_those_of_the_stored_record() -> None:
    """What else is said of the same list doesn't move with them."""
    extra: dict[str, Any] = {"name": "Moor", "role": "studied", "size": None, "sentences": []}
    shown, offered = laid(
        said("data[0]", None),
        said("data[1].size", "12K labelled strips"),
        said("data[]", extra),
    )
    assert offered == ()
    assert [one["name"] for one in shown.draft["data"]] == ["COVE-9", "Moor"]
    assert value_at(shown, "data[0].size") == "12K labelled strips"
    assert value_at(shown, "data[1].sentences") == [3]
    paths = {one.stored: one.shown for one in shown.judgements}
    assert paths == {"data[0]": None, "data[1].size": "data[0].size", "data[2]": "data[1]"}
    assert grounding_at(shown, "data[0].name") is Grounding.EXACT


def test_a_value_that_the_schema_does_not_take_is_offered_again() -> None:
    """The record stays one; the reason names the field."""
    shown, offered = laid(
        said("data[0].role", "sold"), said("method", {"name": 5}), said("results[0].claim", None)
    )
    assert shown.draft == RECORD.draft
    assert [one.judgement.path for one in offered] == ["method", "data[0].role", "results[0].claim"]
    assert "data.0.role" in offered[1].why.replace("[0]", ".0")


@pytest.mark.parametrize(
    ("judgement", "why"),
    [
        (said("results[0].value", "1", was="5"), "it says “67.2%” now, where “5” was judged"),
        (said("results[4].value", "1", was="5"), "it says nothing now, where “5” was judged"),
        (said("results[0].colour", "1"), "the records have no such field any more"),
        (said("method[]", {"name": "x"}), "the records have no such field any more"),
        (said("method.name", "x", content_hash="0" * 32), "the document has changed since"),
    ],
)
def test_what_cannot_be_placed_is_offered_again(judgement: Judgement, why: str) -> None:
    """Nothing is laid over by guess, and nothing is lost."""
    shown, offered = laid(judgement)
    assert shown is RECORD
    assert [one.why for one in offered] == [why]


class TestAnew:
    """The record was made anew since it was judged."""

    first = result_of("Speed doubles.", 4, metric="speed", value="41.5%")
    second = TERN_ANSWER["results"][0]

    def answer(self, *results: Any) -> dict[str, Any]:
        """An answer with these results."""
        return {**TERN_ANSWER, "results": list(results)}

    def test_an_entry_is_found_at_another_place(self) -> None:
        """As a whole, also where what was judged is nothing."""
        shown, offered = anew(
            said("results[0].group", "kites"), self.answer(self.first, self.second)
        )
        assert offered == ()
        assert [one["group"] for one in shown.draft["results"]] == [None, "kites"]

    def test_an_entry_that_changed_is_found_by_what_was_judged(self) -> None:
        """By its words, where one entry alone has them."""
        changed = {**self.second, "metric": "recall"}
        shown, _ = anew(said("results[0].value", "67%"), self.answer(self.first, changed))
        assert [one["value"] for one in shown.draft["results"]] == ["41.5%", "67%"]

    def test_nothing_is_put_where_nothing_tells_which_entry_it_is(self) -> None:
        """Nothing and a choice stand in many entries."""
        other = result_of("Cost halves.", 4, metric="cost", value="50%")
        _, offered = anew(said("results[0].group", "kites"), self.answer(self.first, other))
        assert "was made anew" in offered[0].why
        data: list[Any] = [{"name": "Elm", "role": "training", "size": None, "sentences": []}]
        _, offered = anew(said("data[0].role", "studied"), {**TERN_ANSWER, "data": data})
        assert "was made anew" in offered[0].why

    def test_what_the_record_says_of_itself_now_is_checked(self) -> None:
        """The correction was right."""
        right = {**self.second, "value": "67%"}
        shown, _ = anew(said("results[0].value", "67%"), self.answer(self.first, right))
        (one,) = shown.judgements
        assert (one.verdict, one.shown) == (JudgedAs.CHECKED, "results[1].value")
        shown, _ = anew(said("results[]", self.first), self.answer(self.first, self.second))
        assert len(shown.draft["results"]) == 2
        assert shown.judgements[0].verdict is JudgedAs.CHECKED

    def test_of_two_that_meet_in_one_place_now_the_last_counts(self) -> None:
        """The other is offered again."""
        record = make_record(DOCUMENT, self.answer(self.first, self.second))
        made = record.provenance.model_copy(update={"created": AFTER})
        record = record.model_copy(update={"provenance": made})
        earlier = [("2026-01-02T03:04:05Z", dict(TERN_ANSWER)), (AFTER, record.draft)]
        old = said("results[0].value", "67%")
        new = judged(DOCUMENT, record, "results[1].value", "68%", at="2026-11-29T09:00:00Z")
        for order in ((old, new), (new, old)):
            shown, offered = lay_over(record, DOCUMENT, order, Draft, earlier)
            assert shown.draft["results"][1]["value"] == "68%"
            assert [one.judgement for one in offered] == [old]

    def test_an_entry_that_was_removed_and_is_gone_needs_nothing(self) -> None:
        """It isn't asked for again."""
        shown, offered = anew(said("results[0]", None), self.answer(self.first))
        assert (shown.draft["results"], offered) == ([self.first], ())

    def test_a_field_that_is_no_list_s_is_found_by_what_it_said(self) -> None:
        """Or offered again."""
        name = {**TERN_ANSWER["method"], "name": "KITELOOP"}
        _, offered = anew(said("method.name", "TERN"), {**TERN_ANSWER, "method": name})
        assert offered[0].why == "it says “KITELOOP” now, where “TERNLOOP” was judged"
        shown, _ = anew(said("method.name", "KITELOOP"), {**TERN_ANSWER, "method": name})
        assert shown.judgements[0].verdict is JudgedAs.CHECKED


def test_of_one_place_the_last_counts_and_what_is_undone_is_gone() -> None:
    """Added entries are told apart by their times."""
    one, two = said("method.name", "A"), said("method.name", "B", by="Bo")
    undone = said("method.name", verdict="undone")
    assert standing([one, two]) == [two]
    assert standing([one, two, undone]) == []
    assert standing([one, undone, two]) == [two]
    added = [said("data[]", {"name": n}, at=f"2026-11-27T09:30:0{n}Z") for n in "12"]
    assert standing([*added, said("data[]", verdict="undone", at=added[0].at)]) == added[1:]


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "results[0]value"},
        {"path": ""},
        {"path": "a b"},
        {"path": "results[].value"},
        {"verdict": "right"},
        {"verdict": "checked", "value": "x"},
        {"path": "results[]", "verdict": "wrong"},
        {"path": "results[]"},
        {"at": "yesterday"},
        {"at": "2026-11-27T09:30:00"},
        {"content_hash": "x"},
        {"doc_id": ""},
        {"by": "x" * 201},
        {"more": 1},
    ],
)
def test_a_line_that_is_no_judgement_is_refused(wrong: dict[str, Any]) -> None:
    """So is one in which a key lacks."""
    told = {**said("method.name", "A").model_dump(mode="json"), "value": None, **wrong}
    with pytest.raises(ValidationError):
        Judgement.model_validate_json(json.dumps(told))
    del told[next(iter(wrong))]
    with pytest.raises(ValidationError):
        Judgement.model_validate_json(json.dumps({**told, "was": None} | {"by": 1}))


def test_a_path_that_leads_nowhere_names_the_nearest() -> None:
    """A slip is told with what was meant."""
    root = shape_of(Draft)
    assert check_path(root, "results[3].value", "FIELD").name == "value"
    with pytest.raises(SettingsError, match=r"Did you mean results\[0\] or"):
        check_path(root, "result[0]", "FIELD")
    assert check_path(root, "data[]", "FIELD") is node_at(root, ("data", 0))
    for path, near in (("results[0].vlaue", "results[0].value"), ("methd", "method")):
        with pytest.raises(SettingsError, match=f"Did you mean .*{near.replace('[', '.')[:7]}"):
            check_path(root, path, "FIELD")
    with pytest.raises(SettingsError, match="Choose one of problem,"):
        check_path(root, "zzzzz", "FIELD")


def test_a_judgement_on_a_line() -> None:
    """What was, what is right, by whom, on which day, and why."""
    one = said("method.name", "Tern", at="2026-11-27T23:59:59Z", note="see page 2")
    was = value_at(RECORD, "method.name")
    assert said_in_words(one) == (
        f"method.name: “{was}” → “Tern”, corrected by Ada Fenn, 2026-11-27 (see page 2)"
    )


def test_counts_tell_what_was_judged_and_by_whom() -> None:
    """A name that acts on a screen is shown."""
    counts = JudgedCounts()
    counts.add([said("a", "x"), said("b", "x"), said("c", verdict="checked", by="Bo\x1b[2J")])
    assert counts.told() == "2 values corrected, 1 checked by Ada Fenn and Bo‹U+001B›[2J"
    assert JudgedCounts().told() == ""
    counts.add([said("d", verdict="wrong", by=name) for name in ("", "C", "D")])
    assert counts.told().endswith("3 said to be wrong by Ada Fenn, Bo‹U+001B›[2J, C and 2 more")


@given(any_judgements(DOCUMENT, RECORD))
def test_whatever_is_said_the_record_stays_valid(judgements: list[Judgement]) -> None:
    """By its schema; each value has its grounding, each span its words, each sign its place."""
    before = RECORD.model_dump_json()
    ones = standing(judgements)
    shown, offered = lay_over(RECORD, DOCUMENT, ones, Draft)
    Draft.model_validate(shown.draft, strict=True)
    Record.model_validate_json(shown.model_dump_json())
    for one in shown.verbatims:
        assert value_at(shown, one.path) == one.value
        if one.grounding is Grounding.EXACT and one.span and one.source == "abstract":
            assert one.span.of(DOCUMENT.abstract) == one.value
    assert len({one.path for one in shown.verbatims}) == len(shown.verbatims)
    assert len(shown.judgements) + len(offered) == len(ones)
    assert RECORD.model_dump_json() == before


@given(any_judgements(DOCUMENT, RECORD))
def test_with_all_undone_the_record_is_as_it_was(judgements: list[Judgement]) -> None:
    """Whatever was said."""
    undone = [
        one.model_copy(update={"verdict": JudgedAs.UNDONE, "value": None}) for one in judgements
    ]
    assert standing([*judgements, *undone]) == []
    assert lay_over(RECORD, DOCUMENT, (), Draft) == Laid(RECORD, ())
