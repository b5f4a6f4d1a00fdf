"""The JSON schema of records.jsonl: it ships, it is of today, and records are as it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from summarise.batch import RunOptions, documents_batch, run
from summarise.models import Record
from summarise.schema import Draft, Pico, record_schema
from summarise.settings import load_settings
from tests import golden
from tests.records import TERN_ANSWER, make_document, make_record
from tests.test_cli import Command, summarise

__all__ = ["summarise"]


def faults(line: str, schema: dict[str, Any]) -> list[str]:
    """What of a line isn't as a schema says."""
    return [error.message for error in Draft202012Validator(schema).iter_errors(json.loads(line))]


def test_the_file_that_ships_is_of_today() -> None:
    """It is made of the models by code; ``python -m tests.golden`` makes it anew."""
    shipped = json.loads(golden.RECORD_SCHEMA.read_text("utf-8"))
    assert shipped == record_schema(Draft)
    Draft202012Validator.check_schema(shipped)


def test_every_record_of_the_example_is_as_it_says() -> None:
    """All lines of the committed run."""
    schema = json.loads(golden.RECORD_SCHEMA.read_text("utf-8"))
    lines = (golden.EXAMPLE / "records.jsonl").read_text("utf-8").splitlines()
    assert len(lines) > 10
    assert [found for line in lines for found in faults(line, schema)] == []


def test_what_else_is_no_record() -> None:
    """A field too many, one too few, and one of another type."""
    line = make_record(make_document(), TERN_ANSWER).model_dump_json()
    schema, whole = record_schema(Draft), json.loads(line)
    assert faults(line, schema) == []
    for other in (
        {**whole, "surplus": 1},
        {name: value for name, value in whole.items() if name != "results"},
        {**whole, "doc_id": 3},
        {**whole, "results": [{**whole["results"][0], "value": 67.2}]},
    ):
        assert faults(json.dumps(other), schema)


def test_the_fields_of_another_schema(tmp_path: Path) -> None:
    """The record's own are the same, and those of the schema stand beside them."""
    settings = load_settings({"schema": "pico"}, {})
    path, _ = run(documents_batch([make_document()]), settings, RunOptions(output=tmp_path / "p"))
    (line,) = (path / "records.jsonl").read_text("utf-8").splitlines()
    assert faults(line, record_schema(Pico)) == []
    assert faults(line, record_schema(Draft))


def test_what_a_field_means_is_told_at_the_field() -> None:
    """By the docstrings of the models, whose form in Python isn't shown."""
    schema = record_schema(Draft)
    assert schema["properties"]["sentence_spans"]["description"].startswith(
        "The numbered sentences"
    )
    assert set(schema["properties"]) == {*Record.model_fields, *Draft.model_fields}
    assert "Attributes:" not in json.dumps(schema)


@pytest.mark.parametrize("spec", [[], ["default"]])
def test_the_command(summarise: Command, spec: list[str]) -> None:
    """`summarise schema --records` prints what ships; with a SPEC that of its runs."""
    told = summarise("schema", *spec, "--records")
    assert (told.code, told.err) == (0, "")
    assert told.out == golden.RECORD_SCHEMA.read_text("utf-8")
    assert "Population" not in told.out
    assert "population" in summarise("schema", "pico", "--records").out
