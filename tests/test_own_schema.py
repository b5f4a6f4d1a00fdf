"""Schemas other than the default, end to end: asked, grounded, shown, resumed, read elsewhere."""

from __future__ import annotations

import json
import pickle
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from summarise import Document, SummariseError, cli, summarise
from summarise import Run as ApiRun
from summarise.schema import Evidence as Sentences
from summarise.schema import Part as Base
from summarise.schema import (
    Pico,
    Statement,
    Verbatim,
    load_schema,
    schema_fingerprint,
    to_plain,
    wire_schema,
)
from summarise.store import Run
from tests.conftest import ROOT
from tests.loopback import LoopbackServer, Reply, answer

SCHEMAS = ROOT / "fixtures" / "schemas"
PAGE = """\
Title: Terns of the Harrow Flats
Abstract: Breeding terns are hard to count from the shore. On the Harrow Flats we flew kites over
every colony from 2011 to 2019. We counted 4,310 little terns, 38% fewer than on older maps. Gulls
held their numbers.

Title: Auks of Cape Fenner
Abstract: Winter storms strand auks in unknown numbers. We walked 61 km of Cape Fenner after each
storm. We found 1,204 stranded razorbills, most of them young.
"""
FIELD_STUDIES: dict[str, Any] = {
    "Harrow": {
        "site": {
            "name": "Harrow Flats",
            "season": "breeding",
            "years": "2011 to 2019",
            "sentences": [2],
        },
        "counts": [
            {
                "species": "little terns",
                "number": "4,310 little terns",
                "change": "38% fewer than on older maps",
                "sentences": [3],
            },
            {"species": "Gulls", "number": None, "change": None, "sentences": [4]},
        ],
    },
    "Fenner": {
        "site": {"name": "Cape Fenner", "season": "winter", "years": None, "sentences": [2]},
        "counts": [
            {
                "species": "razorbills",
                "number": "1,204 stranded razorbills",
                "change": None,
                "sentences": [3],
            }
        ],
    },
}
TRIAL = Document(
    doc_id="trial-1",
    title="Warm socks for cold feet",
    abstract=(
        "Cold feet keep night watchmen awake. We randomised 212 watchmen to warm socks or to "
        "their own socks for six weeks. The primary outcome was hours of sleep. Sleep rose by "
        "0.9 hours (95% CI 0.4 to 1.4) with warm socks."
    ),
)
TRIAL_ANSWER: dict[str, Any] = {
    "population": {"text": "Night watchmen with cold feet.", "size": "212", "sentences": [1, 2]},
    "intervention": {"name": "warm socks", "text": "Worn for six weeks.", "sentences": [2]},
    "comparison": {"name": "their own socks", "text": None, "sentences": [2]},
    "outcome": [{"name": "hours of sleep", "role": "primary", "sentences": [3]}],
    "results": [
        {
            "claim": "Sleep rose by 0.9 hours.",
            "outcome": "Sleep",
            "value": "0.9 hours",
            "kind": "change",
            "uncertainty": "95% CI 0.4 to 1.4",
            "group": None,
            "baseline": None,
            "comparator": None,
            "sentences": [4],
        }
    ],
}


def field_study(_: int, body: Any) -> Reply:
    """The answer about the place that a message names, the one before a correction included."""
    text = "".join(message["content"] or "" for message in body["messages"])
    return next(answer(json.dumps(FIELD_STUDIES[n])) for n in FIELD_STUDIES if n in text)


@pytest.fixture(autouse=True)
def page() -> Iterator[None]:
    """Two abstracts in the working folder; modules that a test imports from there are forgotten."""
    Path("page.txt").write_text(PAGE)
    before, here = set(sys.modules), str(Path.cwd())
    yield
    for name in set(sys.modules) - before:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(here):
            del sys.modules[name]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process; gives its exit code and what it printed."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["summarise", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        code = stop.value.code
        return code if isinstance(code, int) else 0, *capsys.readouterr()

    return call


Command = Callable[..., tuple[int, str, str]]


def run_flags(server: LoopbackServer, spec: str) -> list[str]:
    target = ["--model", "m", "--base-url", server.base_url]
    return ["run", "page.txt", "-o", "out", *target, "--schema", spec]


def test_a_field_may_be_called_line(command: Command) -> None:
    """What is no field of the record is free for a schema: asked, kept, shown and verified."""
    Path("ferry.toml").write_text(
        'description = "A ferry."\n[fields.line]\nkind = "verbatim"\ndescription = "The place"\n'
    )

    def ferry(_: int, body: Any) -> Reply:
        text = body["messages"][-1]["content"]
        return answer(json.dumps({"line": "Harrow Flats" if "Harrow" in text else "Cape Fenner"}))

    with LoopbackServer(ferry) as server:
        code, _, err = command(*run_flags(server, "ferry.toml"))
    assert code == 0, err
    records = [json.loads(line) for line in Path("out/records.jsonl").read_text().splitlines()]
    assert [record["line"] for record in records] == ["Harrow Flats", "Cape Fenner"]
    assert "| Cape Fenner |" in Path("out/table.md").read_text()
    assert "Harrow Flats" in command("show", "out", "Harrow")[1]
    assert command("verify", "out")[0] == 0


@pytest.mark.parametrize("spec", ["field_study.toml", "field_study.yaml", "field_study:FieldStudy"])
def test_a_schema_of_ones_own(command: Command, spec: str) -> None:
    """Asked, grounded and shown by its own fields; a rerun calls nothing."""
    for file in SCHEMAS.iterdir():
        if file.is_file():
            shutil.copy(file, ".")
    with LoopbackServer(field_study) as server:
        code, out, err = command(*run_flags(server, spec))
        assert code == 0, err
        assert out == f"{Path('out/table.md')}\n"
        body = server.requests[0].body
        assert command(*run_flags(server, spec))[0] == 0
        assert len(server.requests) == 2
    schema = load_schema(spec)
    assert body["response_format"]["json_schema"]["schema"] == wire_schema(schema)
    assert body["response_format"]["json_schema"]["name"] == schema.__name__
    assert len(body["messages"]) == 2
    run = Run(Path("out"))
    documents = {document.doc_id: document for document in run.documents()}
    records = list(run.records())
    assert len(records) == 2
    for record in records:
        assert record.is_grounded
        assert record.provenance.schema_fingerprint == schema_fingerprint(schema)
        for value in record.verbatims:
            assert value.span is not None
            abstract = documents[record.doc_id].abstract
            assert value.source == "title" or value.span.of(abstract) == value.value
    assert records[0].draft == FIELD_STUDIES["Harrow"]
    table = Path("out/table.md").read_text("utf-8")
    assert "| # | Paper | Site | Counts |" in table
    assert "**little terns**: 38% fewer than on older maps (4,310 little terns)<br>" in table


def test_a_run_is_read_where_its_module_is_not(command: Command) -> None:
    """`table`, `show` and `verify` need the run directory alone."""
    shutil.copy(SCHEMAS / "field_study.py", "gone.py")
    with LoopbackServer(field_study) as server:
        command(*run_flags(server, "gone:FieldStudy"))
    table = Path("out/table.md").read_text("utf-8")
    Path("gone.py").unlink()
    del sys.modules["gone"]
    code, out, _ = command("table", "out")
    assert (code, out) == (0, table)
    assert command("verify", "out")[0] == 0
    code, out, _ = command("show", "out", "Auks")
    assert code == 0
    for words in ("Site", "Cape Fenner", "season: winter", "Counts", "1,204 stranded razorbills"):
        assert words in out


def test_a_record_crosses_to_another_process() -> None:
    """It takes its schema along, whose class is in no module there."""
    with LoopbackServer(field_study) as server:
        run = summarise(
            "page.txt",
            model="m",
            base_url=server.base_url,
            schema=SCHEMAS / "field_study.toml",
        )
    for record in run.records():
        assert record == ApiRun(run.path).record(record.doc_id)
        again, count = pickle.loads(pickle.dumps((record, record["counts"][0])))
        assert again == record
        assert again["site"].name == record["site"].name
        assert (count, count.evidence) == (record["counts"][0], record["counts"][0].evidence)


def test_another_schema_in_the_same_folder(command: Command) -> None:
    """Paid records of one schema aren't mixed with those of another; --refresh makes them anew."""
    toml = str(SCHEMAS / "field_study.toml")
    with LoopbackServer(field_study) as server:
        command(*run_flags(server, toml))
        for other in ("pico", "default"):
            code, _, err = command(*run_flags(server, other))
            assert code == 2
            assert f"schema field_study (now {load_schema(other).__name__})" in err
            assert "--refresh" in err
        assert len(server.requests) == 2
        assert Run(Path("out")).schema.__name__ == "field_study"
        # The server answers by the old schema: all fail, and the folder is of the new one.
        code, _, _ = command(*run_flags(server, "pico"), "--refresh")
        assert code == 1
    assert Run(Path("out")).schema is Pico
    assert "| Paper | Population | Intervention |" in command("table", "out")[1]


def test_a_field_that_becomes_a_statement_is_another_schema(command: Command) -> None:
    """What code does with a field is part of the schema, though the wire doesn't show it."""
    text = (SCHEMAS / "field_study.toml").read_text("utf-8")
    Path("a.toml").write_text('name = "a"\n' + text, "utf-8")
    Path("b.toml").write_text(
        'name = "a"\n'
        + text.replace('species = { kind = "verbatim"', 'species = { kind = "statement"'),
        "utf-8",
    )
    with LoopbackServer(field_study) as server:
        assert command(*run_flags(server, "a.toml"))[0] == 0
        code, _, err = command(*run_flags(server, "b.toml"))
    assert code == 2
    assert "schema fields" in err


def test_the_prompt_says_what_the_fields_are(command: Command) -> None:
    """The descriptions and which values are verbatim are in the system prompt; no example is."""
    with LoopbackServer(field_study) as server:
        for version in ("v1", "v2"):
            command(
                *run_flags(server, str(SCHEMAS / "field_study.toml")),
                *("--prompt-version", version, "--refresh"),
            )
            messages = server.requests[-1].body["messages"]
            assert [message["role"] for message in messages] == ["system", "user"]
            system = messages[0]["content"]
            assert "A species that was counted." in system
            assert "Verbatim name of the place" in system
            assert '"species": verbatim' in system
            assert "compute" not in system


def test_pico() -> None:
    """The built-in schema for clinical studies; a setting names it, in Python too."""
    with LoopbackServer(lambda *_: answer(json.dumps(TRIAL_ANSWER))) as server:
        run = summarise([TRIAL], model="m", base_url=server.base_url, schema="pico", output="out")
        assert len(server.requests) == 1
    assert run.schema is Pico
    (record,) = run.records()
    assert record.is_grounded
    assert record.draft == TRIAL_ANSWER
    assert not record.unclaimed
    table = Path("out/table.md").read_text("utf-8")
    assert "| Paper | Population | Intervention | Comparison | Outcome | Results |" in table


def test_values_of_ones_own_schema_are_checked() -> None:
    """A value that doesn't stand in the abstract is reasked once, and then flagged."""
    false = {**TRIAL_ANSWER["population"], "size": "213"}
    told = json.dumps({**TRIAL_ANSWER, "population": false})
    with LoopbackServer(lambda *_: answer(told)) as server:
        run = summarise([TRIAL], model="m", base_url=server.base_url, schema="pico")
        assert len(server.requests) == 2
        assert "population.size" in json.dumps(server.requests[1].body)
    (record,) = run.records()
    assert [value.path for value in record.missing] == ["population.size"]


class Sleep(Base):
    """How the subjects slept."""

    gain: Verbatim
    why: Statement | None
    sentences: Sentences


class SleepStudy(Base):
    """A study of sleep."""

    sleep: Sleep


def test_a_class_from_python() -> None:
    """`schema=` takes the class itself."""
    told = {"sleep": {"gain": "0.9 hours", "why": None, "sentences": [4]}}
    with LoopbackServer(lambda *_: answer(json.dumps(told))) as server:
        run = summarise([TRIAL], model="m", base_url=server.base_url, schema=SleepStudy)
    (record,) = run.records()
    assert record.draft == told
    assert record.is_grounded
    assert run.manifest.schema_form["name"] == "SleepStudy"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (
            ["--schema", "open.toml", "--model", "embedded"],
            "schema open: needs a model: .* pico alone. Name one with --model.",
        ),
        (["--schema", "pcio", "--model", "m"], "Did you mean pico?"),
        (["--schema", "open.py:Open", "--model", "m"], "there is no module open"),
        (["--schema", "loose:Loose", "--model", "m"], r"Loose\.sizes\[\]: .* Write `Verbatim`"),
        (["--schema", "typo.toml", "--model", "m"], "typo.toml: fields.a.kidn: unknown key"),
    ],
)
def test_refusals(command: Command, flags: list[str], words: str) -> None:
    """A schema that can't be used is one line and exit 2, before anything is sent or made."""
    Path("open.toml").write_text('[fields.a]\nkind = "verbatim"\nnullable = true\n')
    Path("typo.toml").write_text('[fields.a]\nkidn = "verbatim"\n')
    Path("loose.py").write_text(
        "from summarise.schema import Part\nclass Loose(Part):\n    sizes: list[int]\n"
    )
    with LoopbackServer() as server:
        asked = [] if "embedded" in flags else ["--base-url", server.base_url]
        code, out, err = command("run", "page.txt", *asked, *flags)
        assert not server.requests
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert re.search(words, err)
    assert not Path("outputs").exists()


def test_a_setting_like_all_others(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """summarise.toml and the environment name it too."""
    Path("open.toml").write_text('[fields.a]\nkind = "verbatim"\nnullable = true\n')
    Path("summarise.toml").write_text('schema = "open.toml"\n')
    assert "schema open: needs a model" in command("run", "page.txt")[2]
    monkeypatch.setenv("SUMMARISE_SCHEMA", "default")
    assert command("run", "page.txt")[0] == 0
    with pytest.raises(SummariseError, match="needs a model"):
        summarise("page.txt", schema="open.toml")


def test_the_example_of_the_documentation() -> None:
    """The file and the class that it shows are good ones, and say the same."""
    text = (ROOT / "docs" / "fields.md").read_text("utf-8")
    for name in ("review.toml", "my_review.py"):
        (example,) = re.findall(rf"```\w+\n(# {re.escape(name)}.*?)```", text, re.DOTALL)
        Path(name).write_text(example)
    file, shown = (to_plain(load_schema(one)) for one in ("review.toml", "my_review:Review"))
    assert list(file["fields"]) == ["site"]
    assert file["fields"] == shown["fields"]


def test_the_command(command: Command) -> None:
    """`summarise schema` lists, shows and, with --json, gives what a model is held to."""
    assert "pico " in command("schema")[1]
    Path("mine.toml").write_text(command("schema", "pico")[1])
    code, out, _ = command("schema", "mine.toml", "--json")
    assert code == 0
    assert json.loads(out) == wire_schema(Pico)
    code, out, err = command("schema", "mine")
    assert (code, out) == (2, "")
    assert err.startswith("summarise: schema mine: isn't")
