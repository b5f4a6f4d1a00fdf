"""Tests of ``summarise.schema``: on the wire, as a tree, in a file, and found by a name."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel, Field, RootModel, ValidationError, create_model

from summarise.errors import SchemaError
from summarise.models import RESERVED_FIELDS, Record
from summarise.schema import (
    BUILT_INS,
    Draft,
    Evidence,
    Kind,
    Part,
    SentenceRef,
    Statement,
    Verbatim,
    describe,
    describe_built_ins,
    holders,
    leaves,
    load_schema,
    renumbered,
    schema_fingerprint,
    schema_of,
    to_plain,
    wire_schema,
)
from summarise.schema.forms import from_plain, to_toml
from tests.conftest import ROOT


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
        "method": {"name": None, "also": [], "text": None, "sentences": []},
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
    code = "from summarise.schema import Draft, schema_fingerprint as f; print(f(Draft))"
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


# The plain form


class Shade(StrEnum):
    """A shade of plumage."""

    PALE = "pale"
    DARK = "dark"


# Models as a user could write them: any nesting, with descriptions wherever one may stand.

NAMES = st.sampled_from(["site", "birds", "kind", "fields", "größe", "name", "x1", "items", "n"])
WORDS = st.text("abc \t\n\"'\\=#[]{}é雪😀\x7f\x01", min_size=1, max_size=12)
COUNTS = st.integers(0, 9)
LEAVES = st.sampled_from(
    [
        Verbatim,
        Statement,
        Shade,
        Literal["kites"],
        Literal["low", "high", 'a "b" \\ \x7f'],
        Annotated[Verbatim, Field(pattern=r"^\d+ [a-z]+$")],
    ]
)
REFERENCES = st.sampled_from(
    [
        Evidence,
        list[SentenceRef],
        Annotated[list[SentenceRef], Field(min_length=1, max_length=3)],
        SentenceRef,
        Evidence | None,
        SentenceRef | None,
    ]
)
_numbers = itertools.count()


def described(types: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return types | st.builds(lambda t, words: Annotated[t, Field(description=words)], types, WORDS)


def nullable(types: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return types | st.builds(lambda t: Optional[t], types)  # noqa: UP045


def listed(types: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def bounded(item: Any, least: int, most: int) -> Any:
        return Annotated[list[item], Field(min_length=least, max_length=least + most)]

    return st.builds(lambda t: list[t], types) | st.builds(bounded, types, COUNTS, COUNTS)  # type: ignore[valid-type]


@st.composite
def parts(draw: st.DrawFn, depth: int = 0) -> type[Part]:
    inner = LEAVES if depth > 1 else LEAVES | parts(depth + 1)
    one = described(nullable(described(inner)))
    types = st.lists(one | described(nullable(described(listed(one)))), min_size=1, max_size=4)
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    fields: dict[str, Any] = dict(zip(names, draw(types), strict=False))
    fields["evidence"] = draw(described(REFERENCES))
    order = draw(st.permutations(list(fields)))
    typed: dict[str, Any] = {name: (fields[name], ...) for name in order}
    doc = draw(st.none() | WORDS.filter(str.strip))
    return create_model(f"Part{next(_numbers)}", __base__=Part, __doc__=doc, **typed)


# Making models costs milliseconds.
slowly = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@slowly
@given(schema=parts())
def test_a_model_comes_back_from_its_form(schema: type[Part]) -> None:
    """The model of a model's form has the same wire schema, fingerprint and form.

    Written as TOML or YAML and read again the form is the same, in the same order.
    """
    form = to_plain(schema)
    again = from_plain(form)
    assert wire_schema(again) == wire_schema(schema)
    assert schema_fingerprint(again) == schema_fingerprint(schema)
    assert to_plain(again) == form
    told = tomllib.loads(to_toml(form))
    assert repr(told) == repr(form)
    assert yaml.safe_load(yaml.safe_dump(form)) == form


@pytest.mark.parametrize("name", BUILT_INS)
def test_built_in_schemas_have_a_form(name: str) -> None:
    """So does each schema that goes by a name, and its drafts are walked likewise."""
    schema = BUILT_INS[name]
    again = from_plain(to_plain(schema))
    assert schema_fingerprint(again) == schema_fingerprint(schema)
    assert again.__name__ == schema.__name__


def test_a_description_keeps_the_margin_of_its_lines() -> None:
    """Each line of a description comes back as it was given."""
    form = {"name": "A", "description": "B:\n  c", "fields": {"d": {"kind": "verbatim"}}}
    assert to_plain(from_plain(form)) == form


def test_the_form_of_the_default_schema() -> None:
    """A form reads like the table that it leads to."""
    form = to_plain(Draft)
    assert list(form["fields"]) == ["problem", "method", "data", "compute", "results"]
    assert form["fields"]["data"] == {
        "kind": "list",
        "definition": "A dataset, benchmark, corpus, registry or sample that the abstract names or "
        "sizes.",
        "fields": {
            "name": {"kind": "verbatim", "description": "Verbatim name or short noun phrase"},
            "role": {
                "kind": "choice",
                "options": ["introduced", "studied", "training", "evaluation", "unspecified"],
            },
            "size": {
                "kind": "verbatim",
                "description": "Verbatim size, such as '40K pairs'",
                "nullable": True,
            },
            "sentences": {"kind": "sentences"},
        },
    }


def test_a_model_from_a_form_is_walked() -> None:
    """Its values are found by type, and those of an object without sentences have no key."""
    schema = from_plain(
        {
            "name": "walk",
            "fields": {
                "note": {"kind": "statement"},
                "sizes": {"kind": "list", "items": {"kind": "verbatim"}},
                "birds": {
                    "kind": "list",
                    "fields": {"name": {"kind": "verbatim"}, "at": {"kind": "sentences"}},
                },
            },
        }
    )
    draft = {"note": "A.", "sizes": ["1", "2"], "birds": [{"name": "Tern", "at": [1]}]}
    found = [(one.path, one.kind.value, one.holder.node.evidence) for one in leaves(schema, draft)]
    assert found == [
        ("note", "statement", None),
        ("sizes[0]", "verbatim", None),
        ("sizes[1]", "verbatim", None),
        ("birds[0].name", "verbatim", "at"),
    ]


# What has no form


def deep(levels: int) -> type[BaseModel]:
    schema = part(name=Verbatim)
    for _ in range(levels - 1):
        schema = part(inner=schema)
    return schema


@pytest.mark.parametrize(
    ("schema", "where", "message", "hint"),
    [
        (part(a=str), "Answer.a", "no type can't be grounded", "`Verbatim`, `Statement`"),
        (part(a=list[part(b=int)]), "Answer.a[].b", "type integer", "`Verbatim`"),  # type: ignore[misc]
        (part(a=float | None), "Answer.a", "type number", "`Verbatim`"),
        (part(a=bool), "Answer.a", "type boolean", "a `Literal`"),
        (part(a=None), "Answer.a", "type null", "`Verbatim`"),
        (part(a=Verbatim | int), "Answer.a", "can't tell these types apart", "Keep one"),
        (part(a=Literal[1, 2], s=Evidence), "Answer.a", "between texts", "in quotes"),
        (part(a=Literal["x"]), "Answer.a", "no sentence numbers", "sentences: Evidence"),
        (part(a=part(b=Shade)), "Answer.a.b", "no sentence numbers", "sentences: Evidence"),
        (part(a=list[list[SentenceRef]]), "Answer.a", "a plain list", "`Evidence`"),
        (part(a=Annotated[SentenceRef, Field(ge=1)]), "Answer.a", "minimum can't", "Drop it"),
        (deep(11), "Answer" + 10 * ".inner", "10 levels", "Flatten"),
        (part(url=Verbatim), "Answer.url", "the record itself", "Rename"),
    ],
)
def test_what_cannot_be_grounded_has_no_form(
    schema: type[BaseModel], where: str, message: str, hint: str
) -> None:
    """It is refused with the path of the field and the mend."""
    with pytest.raises(SchemaError) as caught:
        to_plain(schema)
    assert caught.value.where == where
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.filterwarnings("ignore:Field name:UserWarning")
def test_names_that_pydantic_has_taken() -> None:
    """A class with one is refused, whatever pydantic makes of it."""
    with pytest.raises(SchemaError, match=r"Answer\.a\.copy: .* every pydantic model\. Rename"):
        to_plain(part(a=part(copy=Verbatim)))


def test_what_is_just_inside_the_limits() -> None:
    """Ten levels of objects have a form; sentences around a choice are its evidence."""
    assert to_plain(deep(10))
    assert to_plain(part(a=part(b=Shade), s=Evidence))


# Faults of a file


def form_of(**fields: Any) -> dict[str, Any]:
    return {"name": "review", "fields": fields}


BIRD: Mapping[str, Any] = {"kind": "verbatim"}


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (
            {"name": "r", "feilds": {"a": BIRD}},
            "r.toml: feilds: unknown key. Did you mean fields?",
        ),
        (
            form_of(a={"kind": "verbatim", "nulable": True}),
            "r.toml: fields.a.nulable: unknown key. Did you mean nullable?",
        ),
        (
            form_of(a={"kind": "list", "fields": {"b": {**BIRD, "discription": "x"}}}),
            "r.toml: fields.a.fields.b.discription: unknown key. Did you mean description?",
        ),
        (
            form_of(a={"kind": "verbatm"}),
            "r.toml: fields.a.kind: there is no kind 'verbatm'. Did you mean verbatim?",
        ),
        (
            form_of(a={"kind": ["verbatim"]}),
            "r.toml: fields.a.kind: there is no kind ['verbatim']. Did you mean verbatim?",
        ),
        (
            form_of(a={"description": "x"}),
            "r.toml: fields.a: has no kind. Choose one of verbatim, statement, choice, ",
        ),
        (form_of(a="verbatim"), "r.toml: fields.a: must be a table, not 'verbatim'."),
        (form_of(), "r.toml: fields: at least one field"),
        ({"name": "r"}, "r.toml: fields: must be a table, not None."),
        (form_of(a={"kind": "object"}), "r.toml: fields.a.fields: must be a table, not None."),
        (form_of(a={"kind": "list"}), "r.toml: fields.a: a list holds either fields or items."),
        (
            form_of(a={"kind": "list", "items": BIRD, "fields": {"b": BIRD}}),
            "r.toml: fields.a: a list holds either fields or items.",
        ),
        (
            form_of(a={"kind": "list", "items": {"kind": "verbatim", "x": 1}}),
            "r.toml: fields.a.items.x: unknown key.",
        ),
        (form_of(a={"kind": "choice"}), "r.toml: fields.a: a choice needs options."),
        (
            form_of(a={"kind": "choice", "options": ["no", True]}),
            "r.toml: fields.a.options: must be texts, not True. Put each in quotes.",
        ),
        (
            form_of(a={"kind": "choice", "options": ["x", "x"]}),
            "r.toml: fields.a.options: the same option twice",
        ),
        (
            form_of(a={"kind": "choice", "options": ["x", "y"]}),
            "r.toml: a: no sentence numbers stand beside this choice",
        ),
        (
            form_of(a={**BIRD, "nullable": "yes"}),
            "r.toml: fields.a.nullable: must be true or false, not 'yes'",
        ),
        (
            form_of(a={**BIRD, "description": 3}),
            "r.toml: fields.a.description: must be text, not 3.",
        ),
        (
            form_of(a={**BIRD, "definition": "x"}),
            "r.toml: fields.a.definition: unknown key. Did you mean description?",
        ),
        (
            form_of(a={**BIRD, "pattern": "("}),
            "r.toml: fields.a.pattern: isn't a regular expression: unclosed group",
        ),
        (
            form_of(a={"kind": "sentences", "max_items": "3"}),
            "r.toml: fields.a.max_items: must be a whole number, not '3'",
        ),
        (form_of(**{"a b": BIRD}), "r.toml: fields: 'a b' can't be the name of a field."),
        (form_of(_a=BIRD), "r.toml: fields: '_a' can't be the name of a field."),
        (form_of(title=BIRD), "r.toml: title: this name belongs to the record itself. Rename"),
        (
            form_of(copy=BIRD),
            "r.toml: fields.copy: this name belongs to every pydantic model. Rename",
        ),
        ({"name": "", "fields": {"a": BIRD}}, "r.toml: name: a schema needs a name."),
    ],
)
def test_a_fault_is_named_with_its_place(form: dict[str, Any], told: str) -> None:
    """An unknown key names the nearest right one; every message says which field of which file."""
    with pytest.raises(SchemaError) as caught:
        from_plain(form, "r.toml")
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


def test_a_form_that_holds_itself() -> None:
    """YAML can say so; it is refused like any other that is too deep."""
    form = form_of(a={"kind": "object", "fields": {}})
    form["fields"]["a"]["fields"]["b"] = form["fields"]["a"]
    with pytest.raises(SchemaError, match="too deeply"):
        from_plain(form)


# Found by a name

SCHEMAS = ROOT / "fixtures" / "schemas"

MODULE = """
from summarise.schema import Evidence, Part, Verbatim

class Nest(Part):
    eggs: Verbatim
    sentences: Evidence

class NestStudy(Part):
    nests: list[Nest]

class Loose(Part):
    count: int

VALUE = 3
"""


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    """Forgets the modules that a test imports."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(name: str, text: str | bytes) -> str:
    """Write a file into the working folder, a test's own."""
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def told(spec: str | type[BaseModel]) -> str:
    with pytest.raises(SchemaError) as caught:
        load_schema(spec)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_the_three_ways_to_write_a_schema_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class, a TOML file and a YAML file that say the same are the same schema."""
    monkeypatch.chdir(SCHEMAS)
    specs = ["field_study:FieldStudy", "field_study.toml", "field_study.yaml"]
    assert len({schema_fingerprint(load_schema(spec)) for spec in specs}) == 1


def test_a_module_of_the_working_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found there, a package too, and the search path is left as it was."""
    write("nest_study.py", MODULE)
    write("nests/__init__.py", "")
    write("nests/study.py", MODULE)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p not in ("", str(Path.cwd()))])
    before = list(sys.path)
    assert load_schema("nest_study:NestStudy").__name__ == "NestStudy"
    assert load_schema("nests.study:NestStudy").__module__ == "nests.study"
    assert sys.path == before


def test_a_module_hides_nothing_that_is_installed() -> None:
    """A file called like a module of Python is not taken for it."""
    write("fractions.py", "raise RuntimeError('imported')")
    assert "fractions.py has no NestStudy" in told("fractions:NestStudy")


def test_a_class_itself() -> None:
    """A program gives the class; it is checked like any other."""

    class Own(Part):
        name: Verbatim

    class Loose(Part):
        count: int

    assert load_schema(Own) is Own
    assert told(Loose).startswith("Loose.count: a value of type integer can't be grounded.")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("pcio", "schema pcio: isn't a built-in name, a .toml or .yaml file, or module:Class."),
        ("pcio", "Did you mean pico?"),
        ("review.json", "Choose one of default, pico."),
        ("none.toml", "none.toml: can't be read (No such file or directory)."),
        ("bad.toml", "bad.toml: isn't valid TOML: "),
        ("bad.yaml", "bad.yaml: isn't valid YAML: "),
        ("latin.toml", "latin.toml: isn't UTF-8."),
        ("list.yaml", "list.yaml: holds no fields."),
        ("empty.yaml", "empty.yaml: holds no fields."),
        ("empty.toml", "empty.toml: fields: must be a table"),
        ("twice.yaml", "twice.yaml:4: a stands here for the second time."),
        ("cycle.yml", "is nested too deeply"),
        ("typo.toml", "typo.toml: fields.a.nulable: unknown key. Did you mean nullable?"),
        ("nowhere:Nest", "schema nowhere:Nest: there is no module nowhere."),
        ("nest_study:NestStdy", "nest_study.py has no NestStdy. Did you mean NestStudy"),
        ("nest_study:", "nest_study.py has no class of no name."),
        ("nest_study:VALUE", "schema nest_study:VALUE: isn't a model. Derive it from summarise."),
        ("nest_study:Loose", "Loose.count: a value of type integer can't be grounded."),
        ("broken:Nest", "schema broken:Nest: importing broken failed: NameError: "),
        ("needy:Nest", "schema needy:Nest: needy needs no_such_thing."),
        ("half:Study", "Study: the model isn't complete"),
        (":Nest", "schema :Nest: isn't a built-in name"),
    ],
)
def test_a_schema_that_is_not_there(spec: str, words: str) -> None:
    """Each gives one line that says what, where and what to do."""
    write("bad.toml", "fields = {")
    write("bad.yaml", "fields: [}")
    write("latin.toml", 'name = "Größe"'.encode("latin-1"))
    write("list.yaml", "- a\n- b\n")
    write("empty.yaml", "")
    write("empty.toml", "")
    write(
        "twice.yaml", "fields:\n  a: {kind: verbatim}\n  b: {kind: verbatim}\n  a: {kind: list}\n"
    )
    write("cycle.yml", "fields: &x\n  a: {kind: object, fields: *x}\n")
    write("typo.toml", '[fields.a]\nkind = "verbatim"\nnulable = true\n')
    write("nest_study.py", MODULE)
    write("broken.py", "Nest = Part")
    write("needy.py", "import no_such_thing")
    write(
        "half.py",
        "from __future__ import annotations\nfrom summarise.schema import Part\n"
        "class Study(Part):\n    nest: Nest\n",
    )
    assert words in told(spec)


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    """Editors on Windows put one there."""
    write("bom.toml", b"\xef\xbb\xbf" + b'[fields.a]\nkind = "verbatim"\n')
    assert load_schema("bom.toml").__name__ == "bom"


def test_a_stored_form_of_a_built_in_schema_is_that_schema() -> None:
    """So code that serves a built-in schema alone knows it again."""
    for schema in BUILT_INS.values():
        assert schema_of(to_plain(schema), "manifest.json") is schema
    form: dict[str, Any] = {"name": "x", "fields": {"a": {"kind": "verbatim"}}}
    assert schema_of(form, "manifest.json").__name__ == "x"


@pytest.mark.parametrize("name", BUILT_INS)
def test_a_described_schema_can_be_used(name: str) -> None:
    """What the command prints is a file of the same fields."""
    write("again.toml", describe(name))
    assert schema_fingerprint(load_schema("again.toml")) == schema_fingerprint(BUILT_INS[name])


def test_the_list_of_built_ins() -> None:
    """One line each: the name, and the columns of its table."""
    assert describe_built_ins() == (
        "default  problem, method, data, compute, results\n"
        "pico     population, intervention, comparison, outcome, results\n"
    )
