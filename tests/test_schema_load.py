"""Finding a schema by name, file, module or class; and the command that shows one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from summarise.errors import SchemaError
from summarise.schema import (
    BUILT_INS,
    Draft,
    Part,
    Pico,
    Verbatim,
    describe,
    describe_built_ins,
    load_schema,
    schema_fingerprint,
    schema_of,
    to_plain,
)
from tests.conftest import ROOT

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


def test_built_in_names() -> None:
    """``default`` and ``pico`` are built in."""
    assert load_schema("default") is Draft
    assert load_schema("pico") is Pico


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
        ("review.json", "Built in: default, pico."),
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
        ("nest_study:NestStdy", "nest_study.py has no NestStdy. Did you mean NestStudy?"),
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
