"""Keywords of the Python API: they are those of the settings, and are told instead of flags."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, get_args, get_type_hints

import polars
import pytest
from pydantic import BaseModel, TypeAdapter
from typer.main import get_command

from summarise import Options, ReadOptions, Run, asummarise, read, summarise
from summarise.api.options import OF_READING, OF_RUN, in_keywords
from summarise.cli import app
from summarise.errors import SettingsError
from summarise.settings import Settings
from tests.conftest import ROOT

HINTS = get_type_hints(Options)
TEXT = "We present Foo, a method that reaches 93.5% accuracy on the set Bar of 12 thousand trees."
# Filled in by other settings, or by what a server says.
FILLED_IN = {"withheld_key", "lacks_model", "parameters", "service_keys"}
FIELDS = {field.alias or name: field for name, field in Settings.model_fields.items()}


def flags_of(command: str) -> set[str]:
    """The options of a command, by the names of its parameters."""
    return {str(one.name).rstrip("_") for one in get_command(app).commands[command].params}  # type: ignore[attr-defined]


def test_each_setting_is_a_keyword() -> None:
    """All of them and no other: one that is added or goes has to be here."""
    own = OF_READING | OF_RUN | {"config"}
    assert (set(HINTS) - own) | {"model"} == set(FIELDS) - FILLED_IN
    assert set(get_type_hints(ReadOptions)) <= set(HINTS)


def test_each_flag_of_a_run_is_a_keyword() -> None:
    """What the command line can, a program can, but for how it is printed and logged."""
    printed = {"json", "quiet", "debug", "log_json", "log_texts", "explain_cache"}
    printed |= {"by_batch", "every"}  # nobody waits a day in a program
    printed |= {"ray", "workers"}  # a plan is for many processes
    known = set(HINTS) | set(inspect.signature(summarise).parameters)
    renamed = {"inputs": "source", "columns": "map"}
    wanted = {renamed.get(name, name) for name in flags_of("run")} - printed - {"help"}
    assert wanted - known == set()


def test_each_flag_of_a_table_is_a_keyword() -> None:
    """``Run.table`` takes what ``summarise table`` does."""
    known = set(inspect.signature(Run.table).parameters) - {"self", "path"}
    assert flags_of("table") - {"folders", "output", "debug", "help"} == known


@pytest.mark.parametrize("name", sorted(set(HINTS) & set(FIELDS) - {"schema"}))
def test_a_keyword_takes_what_its_setting_takes(name: str) -> None:
    """Its type is one of those of the setting, and has the same choices."""
    hint, setting = (_kinds(one) for one in (HINTS[name], FIELDS[name].annotation))
    assert hint - {"null"} <= setting
    assert {one for one in hint if one.startswith("=")} == {
        one for one in setting if one.startswith("=")
    }


def test_each_keyword_takes_none() -> None:
    """It is as if it weren't there, which a type checker is to know, too."""
    assert [name for name, hint in HINTS.items() if type(None) not in get_args(hint)] == []


def _kinds(annotation: Any) -> set[str]:
    """The JSON types of an annotation, and what can be chosen."""
    schema = TypeAdapter(annotation).json_schema(mode="validation")
    found: set[str] = set()

    def walk(node: Any, *, is_outer: bool) -> None:
        if not isinstance(node, dict):
            return
        if "$ref" in node:
            walk(schema["$defs"][node["$ref"].rpartition("/")[2]], is_outer=is_outer)
        found.update(
            f"={one}" for one in node.get("enum", [node["const"]] if "const" in node else [])
        )
        if is_outer and "type" in node:
            found.add(node["type"])
        for one in node.get("anyOf", []):
            walk(one, is_outer=is_outer)
        walk(node.get("items"), is_outer=False)

    walk(schema, is_outer=True)
    return found


def test_an_editor_sees_them() -> None:
    """So does a notebook, which completes them; those of both functions are the same."""
    assert inspect.signature(summarise) == inspect.signature(asummarise).replace(
        return_annotation=inspect.signature(summarise).return_annotation
    )
    shown = inspect.signature(summarise).parameters
    assert set(shown) == {"source", "model", "output", "progress", *HINTS}
    assert set(inspect.signature(read).parameters) == {"source", *get_type_hints(ReadOptions)}


class Own(BaseModel):
    """A schema that is a class."""


def test_a_checker_knows_them() -> None:
    """mypy takes what is right, and refuses what isn't: see CI."""

    def never() -> None:
        summarise("a", max_cost=0.5, mode="tools", schema=Own, known=["out"], limit=3)
        summarise("a", limit="3")  # type: ignore[arg-type]
        summarise("a", mode="loose")  # type: ignore[arg-type]
        summarise("a", max_costs=3)  # type: ignore[call-arg]
        read("a", model="m")  # type: ignore[call-arg]
        read(3)  # type: ignore[arg-type]
        read(polars.DataFrame())
        read(polars.Series(["a"]))

    assert callable(never)


@pytest.mark.parametrize(
    ("told", "here"),
    [
        ("Name one with --model; --model embedded asks none.",
         'Name one with model=; model="embedded" asks none.'),
        ("--max-cost", "max_cost"),
        ("--offline opens nothing else", "offline=True opens nothing else"),
        ("use --no-cache", "use cache=False"),
        ("Say it by --base-url http://127.0.0.1:1/v1, or: --config summarise.toml, or",
         'Say it by base_url="http://127.0.0.1:1/v1", or: config="summarise.toml", or'),
        ("with --api-key-env NAME.", 'with api_key_env="NAME".'),
        ("Write --endpoint anthropic --model claude-x-4.5, or add --endpoint openrouter.",
         'Write endpoint="anthropic" model="claude-x-4.5", or add endpoint="openrouter".'),
        ("Choose another folder with -o, or add to this one with --append.",
         "Choose another folder with output=, or add to this one with append=True."),
        ("see --debug, --help or a--b, x --full", "see --debug, --help or a--b, x --full"),
    ],
)  # fmt: skip
def test_flags_are_told_as_keywords(told: str, here: str) -> None:
    """What isn't a keyword stays as it is."""
    assert in_keywords(told) == here


@pytest.mark.parametrize("limit", [0, -1, 1.5, "x", True])
def test_a_limit_is_a_number_from_one_on(limit: Any) -> None:
    """Whatever else it is would be no limit, and everything paid for."""
    with pytest.raises(SettingsError, match=r"^limit: .* is no whole number from 1 on"):
        summarise("Terns nest here.\nWe count 40 terns in 2 colonies.\n", limit=limit)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"map": ["a"]}, 'map: must be a dict such as {"title": "Titel"}, not [\'a\']'),
        ({"output": 3}, "output: must be a path, not 3"),
        ({"model": b"m"}, "model: must be text, not b'm'"),
        ({"api_key": b"sk-planted-12345"}, "api_key: must be text, not bytes"),
        ({"only": 3}, "only: must be ids of documents, not 3"),
        ({"known": [3]}, "known: must be folders of runs, not [3]"),
        ({"config": True}, "config: must be a path, not True"),
        ({"refresh": 1}, "refresh: must be True or False, not 1"),
        (
            {"schema": 3},
            "schema: must be a name, the path of a file of fields, or a model class, not 3",
        ),
        ({"temperature": "hot"}, "temperature: must be a number, not 'hot'"),
        ({"max_tokens": 1.5}, "max_tokens: must be a whole number, not 1.5"),
        ({"modl": "x"}, "summarise() has no keyword 'modl'. Did you mean model or mode?"),
    ],
)
def test_a_value_of_another_kind_is_told_by_its_keyword(options: Any, told: str) -> None:
    """No error of Python's own comes out, whatever is given."""
    with pytest.raises(SettingsError) as caught:
        summarise(TEXT, **options)
    assert str(caught.value) == told


def test_views_of_another_kind_are_told_likewise(tmp_path: Path) -> None:
    """``table()`` and ``Run()``; what is no run and no day is told by the keyword."""
    run = summarise(TEXT, output=tmp_path / "run")
    table: Any = run.table
    for name in ("where", "columns", "sort", "path", "changes_since"):
        with pytest.raises(SettingsError, match=rf"^{name}: must be "):
            table(**{name: 3})
    with pytest.raises(SettingsError, match=r"^changes_since: 'x' is neither"):
        run.table(changes_since="x")
    with pytest.raises(SettingsError, match=r"^path: must be a path, not 3"):
        Run(3)  # type: ignore[arg-type]


def test_paths_are_taken_where_names_of_files_are(tmp_path: Path) -> None:
    """A schema, and one known run rather than several."""
    fields = ROOT / "fixtures" / "schemas" / "field_study.toml"
    with pytest.raises(SettingsError, match="needs a model: the embedded extractor fills in"):
        summarise(TEXT, schema=fields)
    summarise(TEXT, output=tmp_path / "before")
    again = summarise(TEXT, known=tmp_path / "before")
    assert [*again.documents()] == []
