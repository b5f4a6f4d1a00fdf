"""Tests of ``summarise.models``: values that don't change, and lines that come back the same."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from summarise import summarise
from summarise.models import (
    DERIVED_FIELDS,
    EMBEDDED,
    REPEATED_FIELDS,
    Answer,
    Completion,
    Document,
    Failure,
    GroundedValue,
    Grounding,
    Identity,
    Quantity,
    QuantityKind,
    Record,
    SkipKind,
    Skipped,
    Span,
    Stored,
    Unsupported,
    Usage,
    content_hash,
)
from tests.records import PROVENANCE, TERN_ANSWER, make_document, make_failure, make_record

DOCUMENT = make_document()
RECORD = make_record(
    DOCUMENT,
    TERN_ANSWER,
    unsupported=(Unsupported(path="method.text", tokens=("99%",)),),
    unclaimed=(
        Quantity(text="4 Moor GPUs", span=Span(3, 14), kind=QuantityKind.HARDWARE, value=4.0),
    ),
)
COUNTS = st.none() | st.integers(0, 1_000_000)
PRINTABLE = st.text(st.characters(exclude_categories=["C"]), max_size=5)
USAGES = st.builds(Usage, input_tokens=COUNTS, output_tokens=COUNTS, cached_tokens=COUNTS)


@pytest.mark.parametrize(
    "value",
    [
        DOCUMENT,
        Document(doc_id="d", title=None, abstract="Caf\u00e9 \u2028 \U0001f600 \x00."),
        Skipped(source="page.txt", line=1, kind=SkipKind.DUPLICATE, reason="As line 3."),
        Answer(key="k", doc_id="d", content_hash="h", completion=Completion(text="{}")),
        RECORD,
        make_failure(DOCUMENT, raw_text='{"problem":'),
        PROVENANCE,
    ],
)
def test_a_stored_value_comes_back_the_same(value: Stored) -> None:
    """What is written as a line of JSON reads as an equal value."""
    line = value.model_dump_json()
    assert "\n" not in line
    again = type(value).model_validate_json(line)
    assert again == value
    assert again.model_dump_json() == line


@pytest.mark.parametrize("kind", [Document, Skipped, Completion, Answer, Failure, Usage, Identity])
def test_unknown_keys_are_refused(kind: type[BaseModel]) -> None:
    """A line that another program or version wrote isn't half understood."""
    with pytest.raises(ValidationError, match="extra"):
        kind.model_validate({"unheard_of": 1})


def test_stored_values_do_not_change() -> None:
    """Documents, records and failures are frozen."""
    for value in (DOCUMENT, RECORD, make_failure(DOCUMENT), Usage()):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(value, next(iter(type(value).model_fields)), "other")


# Spans and hashes


@given(text=st.text(max_size=20), cut=st.tuples(st.integers(0, 20), st.integers(0, 20)))
def test_a_span_is_half_open(text: str, cut: tuple[int, int]) -> None:
    """A span gives ``text[start:end]``."""
    span = Span(*sorted(cut))
    assert span.of(text) == text[span.start : span.end]


def test_a_span_is_stored_as_a_pair() -> None:
    """``[start, end]`` in JSON, a span again when it is read."""
    value = GroundedValue(path="a", value="b", grounding=Grounding.EXACT, span=Span(3, 4))
    assert '"span":[3,4]' in value.model_dump_json()
    assert GroundedValue.model_validate_json(value.model_dump_json()).span == Span(3, 4)
    assert isinstance(GroundedValue.model_validate_json(value.model_dump_json()).span, Span)


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"doc_id": "other"}, True),
        ({"authors": ("Di Reed",), "url": None, "published": None, "source": "x"}, True),
        ({"title": "Another"}, False),
        ({"title": None}, False),
        ({"abstract": "Another."}, False),
    ],
)
def test_the_content_hash_covers_what_a_model_sees(changes: dict[str, Any], is_same: bool) -> None:
    """Title and abstract change it, nothing else does."""
    assert (make_document(**changes).content_hash == DOCUMENT.content_hash) is is_same


@given(PRINTABLE, PRINTABLE)
def test_the_content_hash_knows_where_the_title_ends(title: str, abstract: str) -> None:
    """The same letters, divided otherwise, are another document."""
    whole = content_hash(None, title + abstract)
    assert len(whole) == 32
    assert (content_hash(title, abstract) == whole) is (title == "")


def test_a_lone_surrogate_has_a_hash() -> None:
    """Text that isn't valid Unicode, as some inputs hold, is no reason to fail."""
    assert content_hash("\ud800", "x") != content_hash("\ud801", "x")


# Usage


@given(USAGES, USAGES, USAGES)
def test_usage_adds_up(a: Usage, b: Usage, c: Usage) -> None:
    """In any order and grouping; nothing added changes nothing."""
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Usage() == a


def test_what_is_not_told_is_not_zero() -> None:
    """A count that neither side tells stays unknown; one that one side tells is kept."""
    total = Usage(input_tokens=3) + Usage(input_tokens=4, output_tokens=0)
    assert total == Usage(input_tokens=7, output_tokens=0, cached_tokens=None)


# Records


def test_a_record_reads_like_the_answer() -> None:
    """The fields of the schema stand at the top level, and ``draft`` gives them alone."""
    assert RECORD.draft == dict(TERN_ANSWER)
    assert RECORD.model_dump()["problem"] == TERN_ANSWER["problem"]


def test_the_spans_of_a_record_point_into_the_abstract() -> None:
    """A planted value has its interval, and the interval gives the value."""
    (name,) = (v for v in RECORD.verbatims if v.path == "method.name")
    assert name.span == Span(54, 62)
    assert name.span.of(DOCUMENT.abstract) == "TERNLOOP"
    assert RECORD.sentence_spans[0].of(DOCUMENT.abstract).startswith("Seabird counts")


def test_a_record_is_grounded_when_nothing_is_missing_or_unsupported() -> None:
    """One missing value or one unsupported statement is enough to flag it."""
    assert make_record(DOCUMENT, TERN_ANSWER).is_grounded
    assert not RECORD.is_grounded
    method = {**TERN_ANSWER["method"], "name": "GULLNET"}
    missing = make_record(DOCUMENT, {**TERN_ANSWER, "method": method})
    assert [value.path for value in missing.missing] == ["method.name"]
    assert not missing.is_grounded


@pytest.mark.parametrize(("extractor", "paid"), [("llm", True), (EMBEDDED, False)])
def test_only_the_embedded_extractor_is_free(extractor: str, paid: bool) -> None:
    """Whatever else made an answer may have cost something."""
    assert PROVENANCE.model_copy(update={"extractor": extractor}).is_paid is paid


def test_equal_values_have_one_hash(tmp_path: Path) -> None:
    """So that a program can have a set of documents, of records, and of failures."""
    for one in (DOCUMENT, RECORD, make_failure(DOCUMENT)):
        assert {one, type(one).model_validate_json(one.model_dump_json())} == {one}
    record = summarise(DOCUMENT, output=tmp_path / "run").record(1)
    assert {record, copy(record)} == {record}


def test_a_record_needs_its_provenance() -> None:
    """No default stands in for where a record comes from."""
    fields = RECORD.model_dump()
    del fields["provenance"]
    with pytest.raises(ValidationError, match="provenance"):
        Record.model_validate(fields)


def test_each_field_of_a_record_is_held_against_something() -> None:
    """``verify`` makes derived fields again and compares repeated ones; for the rest it has rules.

    A new field is marked as derived, or ``verify`` learns what to hold it against.
    """
    known = {*DERIVED_FIELDS, *REPEATED_FIELDS}
    assert set(Record.model_fields) - known == {"verbatims", "corrections", "provenance"}
