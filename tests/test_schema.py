"""Tests of ``summarise.schema``: the wire schema, what it refuses, and the walk over a draft."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel, Field, RootModel, ValidationError, create_model

from summarise.errors import SchemaError
from summarise.models import RESERVED_FIELDS, Record
from summarise.schema import (
    Draft,
    Evidence,
    Kind,
    Part,
    SentenceRef,
    Statement,
    Verbatim,
    holders,
    leaves,
    renumbered,
    schema_fingerprint,
    wire_schema,
)


class Colour(StrEnum):
    """A colour of a plumage."""

    GREY = "grey"
    WHITE = "white"


class Bird(Part):
    """A bird that the abstract names."""

    name: Verbatim
    colour: Colour | None
    remark: Annotated[Statement | None, Field(description="One sentence")]
    sentences: Evidence


class Survey(Part):
    """A count of birds."""

    place: Annotated[Bird, Field(description="Described anew where it is used")]
    second: Bird | None
    birds: list[Bird]
    grid: list[list[Verbatim]]
    flights: list[list[Bird]] | None
    season: Literal["summer", "winter"]
    only: Literal["kites"]
    boats: Annotated[int | None, Field(ge=0, le=99)]
    depth: Annotated[float, Field(multiple_of=0.5)]
    code: Annotated[str, Field(pattern="^[A-Z]+$")]
    day: date
    either: int | str
    names: Annotated[list[Verbatim], Field(min_length=1, max_length=5)]


def inlined(node: Any, defs: dict[str, Any]) -> Any:
    """A JSON schema with its references put in line, and without titles."""
    if isinstance(node, list):
        return [inlined(item, defs) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return inlined({**defs[name], **rest}, defs)
    return {
        key: {name: inlined(child, defs) for name, child in value.items()}
        if key == "properties"
        else inlined(value, defs)
        for key, value in node.items()
        if key not in ("title", "$defs")
    }


def part(**fields: Any) -> type[BaseModel]:
    """A schema of these fields; a bare type is a required field."""
    given: dict[str, Any] = {n: f if isinstance(f, tuple) else (f, ...) for n, f in fields.items()}
    return create_model("Answer", __base__=Part, **given)


def refusal(schema: type[BaseModel]) -> SchemaError:
    with pytest.raises(SchemaError) as caught:
        wire_schema(schema)
    return caught.value


# The wire schema


@pytest.mark.parametrize("schema", [Draft, Survey])
def test_the_wire_schema_is_what_openai_makes(schema: type[BaseModel]) -> None:
    """It equals the strict schema of OpenAI's own library, references in line, titles dropped."""
    strict = to_strict_json_schema(schema)
    assert wire_schema(schema) == inlined(strict, strict.get("$defs", {}))


@pytest.mark.parametrize("schema", [Draft, Survey])
def test_every_object_is_closed_and_complete(schema: type[BaseModel]) -> None:
    """Strict mode wants every key required, nothing else allowed, and no reference is left."""

    def check(node: Any) -> int:
        if isinstance(node, list):
            return sum(check(item) for item in node)
        if not isinstance(node, dict):
            return 0
        assert not node.keys() & {"$ref", "$defs", "default", "title"}
        inner = sum(check(v) for k, v in node.items() if k != "properties")
        if node.get("type") != "object":
            return inner
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False
        return 1 + inner + sum(check(child) for child in node["properties"].values())

    assert check(wire_schema(schema)) >= 5


def test_a_model_used_twice_is_no_recursion() -> None:
    """Two fields of one type are put in line twice."""
    properties = wire_schema(part(left=Bird, right=Bird))["properties"]
    assert properties["left"] == properties["right"]


def test_keywords_strict_mode_does_not_know_are_left_to_validation() -> None:
    """A bound on the length of a text isn't sent, and still holds for the answer."""
    schema = part(code=Annotated[str, Field(max_length=3)])
    assert wire_schema(schema)["properties"]["code"] == {"type": "string"}
    with pytest.raises(ValidationError):
        schema.model_validate({"code": "ABCD"})


class Node(Part):
    """Refers to itself."""

    children: list[Node]


class Open(BaseModel):
    """Takes any key."""

    model_config = {"extra": "allow"}
    name: str


class Empty(Part):
    """Has no field."""


@pytest.mark.parametrize(
    ("schema", "where", "message", "hint"),
    [
        (part(a=(str, "x")), "Answer.a", "no default", "required and nullable"),
        (part(a=(str | None, None)), "Answer.a", "no default", "required and nullable"),
        (part(a=(list[str], Field(default_factory=list))), "Answer.a", "no default", "nullable"),
        (part(a=list[part(b=(int, 1))]), "Answer.a[].b", "no default", "nullable"),  # type: ignore[misc]
        (part(a=dict[str, int]), "Answer.a", "no open mapping", "derives `Part`"),
        (part(a=list[dict[str, str]]), "Answer.a[]", "no open mapping", "derives `Part`"),
        (part(a=Open), "Answer.a", "no open mapping", "derives `Part`"),
        (part(a=Empty), "Answer.a", "without a field", "derives `Part`"),
        (part(), "Answer", "without a field", "derives `Part`"),
        (part(a=Any), "Answer.a", "needs a type", "Replace `Any`"),
        (part(a=list[Any]), "Answer.a[]", "needs a type", "Replace `Any`"),
        (part(a=tuple[int, str]), "Answer.a", "a list must say of what", "list[X]"),
        (part(a=Callable[[], int]), "Answer", "no JSON form", "lists and models"),
        (Node, "Node.children[]", "refers to itself", "Flatten"),
        (RootModel[list[Bird]], "RootModel[list[Bird]]", "must be an object", "in a field"),
        (part(a=Bird | str), "Answer.a", "can't tell a model", "nullable fields"),
        (part(a=Bird | Survey | None), "Answer.a", "can't tell a model", "nullable fields"),
        (part(a=list[Bird] | Bird), "Answer.a", "can't tell a model", "nullable fields"),
        (part(a=(str, Field(alias="b"))), "Answer.a", "an alias hides", "as the answer should"),
        (
            part(a=(str, Field(validation_alias="b"))),
            "Answer.a",
            "an alias hides",
            "as the answer should",
        ),
        (
            part(a=list[part(b=(str, Field(alias="c")))]),  # type: ignore[misc]
            "Answer.a.b",
            "an alias hides",
            "as the answer should",
        ),
        (part(a=Evidence, b=SentenceRef), "Answer", "stand in a and b", "one field of them"),
    ],
)
def test_refusals(schema: type[BaseModel], where: str, message: str, hint: str) -> None:
    """What strict mode or grounding can't take is refused with its path and the mend."""
    error = refusal(schema)
    assert error.where == where
    assert message in error.message
    assert hint in (error.hint or "")


@pytest.mark.parametrize("name", sorted(RESERVED_FIELDS - set(dir(BaseModel))))
def test_reserved_names(name: str) -> None:
    """A field of the record itself can't be a field of the answer; deeper down it can."""
    error = refusal(part(**{name: str}))
    assert error.where == f"Answer.{name}"
    assert error.hint == "Rename the field."
    assert wire_schema(part(inner=part(**{name: str})))


def test_the_record_has_no_field_of_the_draft() -> None:
    """The fields of the built-in schema stand beside the record's own."""
    assert not set(Draft.model_fields) & set(Record.model_fields)


def test_nothing_of_the_draft_has_a_default() -> None:
    """An answer that leaves a key out is invalid: no default ever fills a gap."""
    complete: dict[str, Any] = {
        "problem": {"text": None, "sentences": []},
        "method": {"name": None, "text": None, "sentences": []},
        "data": [],
        "compute": [],
        "results": [],
    }
    assert Draft.model_validate(complete).model_dump() == complete
    for key in complete:
        with pytest.raises(ValidationError, match=key):
            Draft.model_validate({k: v for k, v in complete.items() if k != key})
    with pytest.raises(ValidationError, match="extra"):
        Draft.model_validate({**complete, "verdict": "accept"})


# Fingerprint


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    """It doesn't depend on the order of hashes."""
    code = "from summarise.schema import *; print(schema_fingerprint(Draft))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {schema_fingerprint(Draft)}


def test_the_fingerprint_tells_schemas_apart() -> None:
    """Each change of a type, a marker, a name or a description gives another one."""
    schemas: list[type[BaseModel]] = [
        part(a=str, sentences=list[int]),
        part(a=Verbatim, sentences=list[int]),
        part(a=Statement, sentences=list[int]),
        part(a=Verbatim, sentences=list[SentenceRef]),
        part(a=Verbatim | None, sentences=list[SentenceRef]),
        part(a=list[Verbatim], sentences=list[SentenceRef]),
        part(b=Verbatim, sentences=list[SentenceRef]),
        part(a=Annotated[Verbatim, Field(description="A name")], sentences=list[SentenceRef]),
        part(inner=part(a=str)),
        part(inner=part(a=Verbatim)),
        Draft,
    ]
    assert len({schema_fingerprint(schema) for schema in schemas}) == len(schemas)


def test_the_fingerprint_is_stable() -> None:
    """Two classes of the same shape have the same one."""
    assert schema_fingerprint(part(a=Verbatim)) == schema_fingerprint(part(a=Verbatim))


# The walk


def bird(name: str | None, remark: str | None = None, sentences: Any = ()) -> dict[str, Any]:
    return {"name": name, "colour": None, "remark": remark, "sentences": list(sentences)}


def walked(schema: type[BaseModel], draft: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(leaf.path, leaf.kind.value, leaf.value) for leaf in leaves(schema, draft)]


def test_the_walk_finds_every_marked_value() -> None:
    """Leaves, lists of leaves, nested models, lists of lists: each with its path."""
    draft = {
        "place": bird("Cove-9", "It is grey."),
        "second": None,
        "birds": [bird("Tern"), bird("Gull", "It is white.")],
        "grid": [["a", "b"], [], ["c"]],
        "flights": [[bird("Auk")], [bird("Skua"), bird("Petrel")]],
        "season": "summer",
        "code": "verbatim",
        "names": ["Tern", "Gull"],
    }
    assert walked(Survey, draft) == [
        ("grid[0][0]", "verbatim", "a"),
        ("grid[0][1]", "verbatim", "b"),
        ("grid[2][0]", "verbatim", "c"),
        ("names[0]", "verbatim", "Tern"),
        ("names[1]", "verbatim", "Gull"),
        ("place.name", "verbatim", "Cove-9"),
        ("place.remark", "statement", "It is grey."),
        ("birds[0].name", "verbatim", "Tern"),
        ("birds[1].name", "verbatim", "Gull"),
        ("birds[1].remark", "statement", "It is white."),
        ("flights[0][0].name", "verbatim", "Auk"),
        ("flights[1][0].name", "verbatim", "Skua"),
        ("flights[1][1].name", "verbatim", "Petrel"),
    ]


def test_a_text_knows_its_evidence() -> None:
    """Its holder is the object itself, with the sentence numbers that it gives."""
    draft = {"place": bird("Tern", sentences=[1, 2]), "names": ["Gull"]}
    names, place = leaves(Survey, draft)
    assert place.holder.values is draft["place"]
    assert place.holder.numbers == (1, 2)
    assert place.holder.numbers_path == "place.sentences"
    assert names.holder.node.evidence is None
    assert names.holder.numbers == ()
    assert names.kind is Kind.VERBATIM


def test_holders_are_found_whether_values_are_null_or_not() -> None:
    """Each object, at any depth, the draft itself first."""
    draft = {"place": bird(None), "second": None, "birds": [], "flights": [[bird(None)]]}
    assert [holder.path for holder in holders(Survey, draft)] == ["", "place.", "flights[0][0]."]


def test_a_draft_with_other_numbers() -> None:
    """All else is as before, and so is the draft that it was made of."""
    draft = {"place": bird("Tern", sentences=[1, 2]), "second": None, "flights": [[bird("Auk")]]}
    before = json.dumps(draft)
    again = renumbered(Survey, draft, lambda one: [*one.numbers, 9])
    assert again == {
        "place": bird("Tern", sentences=[1, 2, 9]),
        "second": None,
        "flights": [[bird("Auk", sentences=[9])]],
    }
    assert json.dumps(draft) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*Survey.model_fields, *Bird.model_fields, "x"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(draft=st.dictionaries(st.sampled_from([*Survey.model_fields, "x"]), JSON, max_size=6))
def test_the_walk_survives_any_shape(draft: dict[str, Any]) -> None:
    """A draft of the wrong shape is walked as far as it fits, and each slot holds a text."""
    before = json.dumps(draft)
    for leaf in leaves(Survey, draft):
        assert isinstance(leaf.value, str)
    for holder in holders(Survey, draft):
        assert isinstance(holder.values, dict)
    assert isinstance(renumbered(Survey, draft, lambda one: list(one.numbers)), dict)
    assert json.dumps(draft) == before
