"""The plain form of a schema: from a model and back, what has no form, and faults in a file."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Optional

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, create_model

from summarise.errors import SchemaError
from summarise.schema import (
    BUILT_INS,
    Draft,
    Evidence,
    Part,
    SentenceRef,
    Statement,
    Verbatim,
    from_plain,
    leaves,
    schema_fingerprint,
    to_plain,
    to_toml,
    wire_schema,
)


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
slowly = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@slowly
@given(schema=parts())
def test_a_model_comes_back_from_its_form(schema: type[Part]) -> None:
    """The model of a model's form has the same wire schema, fingerprint and form."""
    form = to_plain(schema)
    again = from_plain(form)
    assert wire_schema(again) == wire_schema(schema)
    assert schema_fingerprint(again) == schema_fingerprint(schema)
    assert to_plain(again) == form


@slowly
@given(schema=parts())
def test_a_form_is_the_same_in_toml_and_yaml(schema: type[Part]) -> None:
    """Written as TOML or YAML and read again it is the same, in the same order."""
    form = to_plain(schema)
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


def test_the_form_of_the_default_schema() -> None:
    """A form reads like the table that it leads to."""
    form = to_plain(Draft)
    assert list(form["fields"]) == ["problem", "method", "data", "compute", "results"]
    assert form["fields"]["data"] == {
        "kind": "list",
        "definition": "A dataset, benchmark or corpus that the abstract names or sizes.",
        "fields": {
            "name": {"kind": "verbatim", "description": "Verbatim name or short noun phrase"},
            "role": {
                "kind": "choice",
                "options": ["introduced", "training", "evaluation", "unspecified"],
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


def part(**fields: Any) -> type[BaseModel]:
    types: dict[str, Any] = {name: (kind, ...) for name, kind in fields.items()}
    return create_model("Answer", __base__=Part, **types)


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
