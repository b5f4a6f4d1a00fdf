"""Tests of ``summarise.extract``: what is loaded, sent and shown; what a text can't do to it."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from summarise import cli
from summarise.characters import for_model
from summarise.errors import PromptError
from summarise.extract import (
    load_prompt,
    prompt_messages,
    prompt_versions,
    summarise_prompts,
)
from summarise.extract import prompts as templates
from summarise.extract.prompt_review import check_prompt
from summarise.extract.prompts import fence_for, field_notes, outline
from summarise.ground import SourceText
from summarise.models import Document
from summarise.scan import sentence_spans
from summarise.schema import (
    Draft,
    Part,
    SentenceRef,
    Statement,
    Verbatim,
    holders,
    leaves,
    shape_of,
    versions_of,
    wire_schema,
)
from summarise.settings import Settings
from tests.conftest import ROOT
from tests.records import make_document

CHECKOUT = Path(__file__).parent.parent / "prompts"
PROMPTS = {version: load_prompt(version) for version in prompt_versions()}
PROMPT = PROMPTS["v1"]
# Texts that try to look like the prompt around them.
HOSTILE = st.lists(
    st.text(max_size=8)
    | st.sampled_from(
        [
            "\n[1] ",
            "\n[2] We won.",
            ">>>",
            "<<<",
            "\n>>>",
            "\r",
            "\x00",
            "\x85",
            "\u2028",
            "\x0b",
            "\nTitle: ",
            "{{ fence }}",
            "{% raw %}",
            "{#",
            " ",
            "End. ",
        ]
    ),
    max_size=12,
).map("".join)


@pytest.fixture
def make_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Makes a copy of ``prompts/`` and has it used."""

    def make() -> Path:
        root = tmp_path / "prompts"
        shutil.copytree(CHECKOUT, root)
        monkeypatch.setattr(templates, "_root", lambda: root)
        return root

    return make


def user_lines(title: str | None, abstract: str, version: str = "v1") -> list[str]:
    document = Document(doc_id="d", title=title, abstract=abstract)
    return PROMPTS[version].user(document, sentence_spans(abstract)).split("\n")


def example_pairs() -> list[tuple[str, dict[str, Any]]]:
    """Each worked example with the name of its version."""
    return [
        (version, example)
        for version in PROMPTS
        for example in json.loads((CHECKOUT / version / "examples.json").read_text("utf-8"))
    ]


each_version = pytest.mark.parametrize("version", sorted(PROMPTS))
each_example = pytest.mark.parametrize(
    "example",
    [example for _, example in example_pairs()],
    ids=[f"{version}-{number}" for number, (version, _) in enumerate(example_pairs())],
)


# Loading


def test_templates_of_a_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a packaged folder, as in an editable install, those of the checkout are used."""
    monkeypatch.setattr(templates, "files", lambda package: tmp_path)
    assert load_prompt("v1").messages == PROMPT.messages


def test_templates_of_a_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A packaged folder goes first, and needs no checkout."""
    shutil.copytree(CHECKOUT / "v1", tmp_path / "_prompts" / "v1-packaged")
    monkeypatch.setattr(templates, "files", lambda package: tmp_path)
    assert prompt_versions() == ["v1-packaged"]
    packaged = load_prompt("v1-packaged")
    assert packaged.messages == PROMPT.messages
    assert packaged.fingerprint == PROMPT.fingerprint


@pytest.mark.parametrize("version", ["v99", "", "..", "v1/", "../prompts/v1"])
def test_an_unknown_version_names_those_at_hand(version: str) -> None:
    """A misspelt name, or a folder that isn't there, is told with the right names."""
    with pytest.raises(PromptError) as caught:
        load_prompt(version)
    assert f"there is no prompt version {version!r}" in caught.value.message
    assert caught.value.hint == f"At hand: {', '.join(prompt_versions())}."


def test_a_version_of_ones_own(tmp_path: Path) -> None:
    """A path names a folder of templates anywhere; a bare word never does."""
    shutil.copytree(CHECKOUT / "v1", tmp_path / "mine")
    own = load_prompt(str(tmp_path / "mine"))
    assert (own.messages, own.fingerprint) == (PROMPT.messages, PROMPT.fingerprint)
    assert load_prompt("./mine").messages == PROMPT.messages
    with pytest.raises(PromptError, match="there is no prompt version 'mine'"):
        load_prompt("mine")


@pytest.mark.parametrize("name", ["system.md.jinja", "user.md.jinja", "examples.json"])
@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "can't be read (No such file"), (b"caf\xe9", "can't be read (it isn't UTF-8)")],
)
def test_a_file_that_cannot_be_read(
    make_root: Callable[[], Path], name: str, content: bytes | None, message: str
) -> None:
    """The error names the version and the file."""
    path = make_root() / "v1" / name
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(PromptError) as caught:
        load_prompt("v1")
    assert str(caught.value).startswith(f"prompts/v1: {name} {message}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("system.md.jinja", "{{ schema"),
        ("system.md.jinja", "{{ unheard_of }}"),
        ("user.md.jinja", "{% for x in %}"),
        ("user.md.jinja", "{{ unheard_of }}"),
        ("examples.json", "[{"),
        ("examples.json", '{"title": null}'),
        ("examples.json", '[{"title": null}]'),
        ("examples.json", '[{"title": null, "abstract": "A.", "answer": {"problem": null}}]'),
    ],
)
def test_a_broken_template(make_root: Callable[[], Path], name: str, content: str) -> None:
    """What is wrong in a template is told in one line, before anything is sent."""
    (make_root() / "v1" / name).write_text(content, encoding="utf-8")
    with pytest.raises(PromptError, match="a template is broken: ") as caught:
        load_prompt("v1")
    assert caught.value.where == f"prompts/v1/{name}"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["system.md.jinja", "user.md.jinja", "examples.json"])
def test_the_fingerprint_covers_every_file(make_root: Callable[[], Path], name: str) -> None:
    """A changed template or example gives another fingerprint; nothing else does."""
    path = make_root() / "v1" / name
    assert load_prompt("v1").fingerprint == PROMPT.fingerprint
    path.write_text(path.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    assert load_prompt("v1").fingerprint != PROMPT.fingerprint


# What is sent


@each_version
def test_the_messages(version: str) -> None:
    """The system prompt, then each example as a question and its answer, which is valid."""
    system, *turns = PROMPTS[version].messages
    assert system["role"] == "system"
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2)
    assert turns
    for turn in turns[1::2]:
        assert PROMPTS[version].schema.model_validate_json(turn["content"])


def test_a_prompt_brings_the_schema_that_it_was_written_for() -> None:
    """The version of the default schema that its examples fit; with another schema, that one."""
    earlier = versions_of(Draft)[1]
    assert [PROMPTS[one].schema for one in ("v1", "v2", "v3")] == [earlier, earlier, Draft]
    assert load_prompt("v2", Sighting).schema is Sighting
    assert load_prompt("v2", earlier).messages == PROMPTS["v2"].messages
    with pytest.raises(PromptError, match=r"v3/examples.json.*results\.0\.kind"):
        load_prompt("v3", earlier)


def test_the_schema_is_in_the_system_prompt() -> None:
    """A server that doesn't enforce the schema reads it, on a line of its own."""
    schema = json.dumps(wire_schema(PROMPT.schema), ensure_ascii=False)
    assert schema in PROMPT.messages[0]["content"].split("\n")


class Sighting(Part):
    """A schema of a user's own."""

    bird: Verbatim


@each_version
def test_a_schema_of_ones_own_has_no_examples(version: str) -> None:
    """The examples and the notes on fields are about the built-in schema."""
    (system,) = load_prompt(version, Sighting).messages
    assert '"bird"' in system["content"]
    assert "compute" in PROMPTS[version].messages[0]["content"]
    assert "compute" not in system["content"]


@each_version
def test_a_document_is_numbered_sentences_in_a_fence(version: str) -> None:
    """The whole user message, with and without a title."""
    first, *inner, last = user_lines("TERNLOOP", "Terns fly. They land.\n\nThey rest.", version)
    assert inner == ["Title: TERNLOOP", "[1] Terns fly.", "[2] They land.", "[3] They rest."]
    assert re.fullmatch(r"<<<[0-9a-f]{4,}", first)
    assert last == ">>>" + first[3:]
    for title in (None, "", " \n"):
        assert user_lines(title, "Terns fly.", version)[1:-1] == ["[1] Terns fly."]


@each_version
def test_the_prefix_is_the_same_for_all_documents(version: str) -> None:
    """What a provider's prefix cache can keep doesn't depend on the document, nor on the load."""
    before = json.dumps(PROMPTS[version].messages)
    user_lines("One", "Terns fly.", version)
    user_lines("Two", "Gulls land.", version)
    assert json.dumps(PROMPTS[version].messages) == before
    assert json.dumps(load_prompt(version).messages) == before


# The examples


@each_example
def test_examples_cite_sentences(example: dict[str, Any]) -> None:
    """Whatever an example says, it cites sentences: counted from 1, none twice, in order."""
    count = len(sentence_spans(example["abstract"]))
    for leaf in leaves(Draft, example["answer"]):
        assert leaf.holder.numbers, leaf.path
    for holder in holders(Draft, example["answer"]):
        assert list(holder.numbers) == sorted(set(holder.numbers)), holder.path
        assert all(1 <= number <= count for number in holder.numbers), holder.path


# What a text can't do


@each_version
@given(title=st.none() | HOSTILE, abstract=HOSTILE)
def test_no_text_leaves_its_line(version: str, title: str | None, abstract: str) -> None:
    """Two fence lines, a title at most, and one line for each sentence, whatever they hold."""
    first, *inner, last = user_lines(title, abstract, version)
    assert first.startswith("<<<")
    assert last == ">>>" + first[3:]
    numbered = inner[1:] if inner and inner[0].startswith("Title: ") else inner
    assert len(numbered) == len(sentence_spans(abstract))
    for number, line in enumerate(numbered, 1):
        assert f"{line} ".startswith(f"[{number}] ")


@each_version
@given(title=st.none() | HOSTILE, abstract=HOSTILE)
def test_no_text_holds_its_own_fence(version: str, title: str | None, abstract: str) -> None:
    """The fence depends on the text, so that the text can't be written around it."""
    first, *inner, _ = user_lines(title, abstract, version)
    assert all(first[3:] not in line for line in inner)


@given(abstract=HOSTILE)
def test_nothing_that_a_reader_sees_is_changed(abstract: str) -> None:
    """Apart from white space and characters that nobody sees, the model sees every character."""
    _, *inner, _ = user_lines(None, abstract)
    shown = "".join(line.partition("]")[2] for line in inner)

    def visible(text: str) -> str:
        return "".join(c for c in text if not c.isspace() and for_model(f"a{c}b") == f"a{c}b")

    assert visible(shown) == visible(abstract)


def test_template_code_in_a_text_is_text() -> None:
    """Braces in an abstract are shown, never run."""
    assert "[1] {{ 7 * 7 }} is {% x %}." in user_lines(None, "{{ 7 * 7 }} is {% x %}.")


def test_texts_are_not_escaped() -> None:
    """A model reads plain text: no HTML escapes."""
    assert '[1] p < 0.05 & "so".' in user_lines(None, 'p < 0.05 & "so".')


def test_a_changed_document_changes_the_fence() -> None:
    """The same document always gives the same message, so that a cache can hit."""
    assert user_lines("T", "A.") == user_lines("T", "A.")
    assert user_lines("T", "A.")[0] != user_lines("T", "B.")[0]
    assert user_lines("T", "A.")[0] != user_lines(None, "A.")[0]


def test_a_prompt_does_not_change() -> None:
    """A prompt is frozen."""
    with pytest.raises(AttributeError):
        PROMPT.version = "v2"  # type: ignore[misc]


@pytest.mark.parametrize("name", ["system.md.jinja", "user.md.jinja", "examples.json"])
@pytest.mark.parametrize("is_folder", [False, True])
def test_no_template_leads_outside_its_folder(tmp_path: Path, name: str, is_folder: bool) -> None:
    """A link in a folder of templates sends nothing but a file of that folder to a model."""
    mine, secret = tmp_path / "mine", tmp_path / "secret"
    shutil.copytree(CHECKOUT / "v2", mine)
    secret.mkdir() if is_folder else secret.write_text("[]")
    (mine / name).unlink()
    (mine / name).symlink_to(secret)
    with pytest.raises(PromptError, match=f"{name} leads out of the folder, to .*secret"):
        load_prompt(str(mine))


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    """So is a folder that is itself reached by a link."""
    mine = tmp_path / "mine"
    shutil.copytree(CHECKOUT / "v2", mine)
    (mine / "user.md.jinja").rename(mine / "asked.jinja")
    (mine / "user.md.jinja").symlink_to("asked.jinja")
    (tmp_path / "linked").symlink_to(mine)
    assert load_prompt(str(tmp_path / "linked")).messages == load_prompt("v2").messages


# A document and a schema in its words


def test_a_fence_that_stands_in_the_text_is_not_used() -> None:
    """However few digits a fence has, and whatever stands in the text, the fence doesn't."""
    seed = "0123456789abcdef" * 2
    assert fence_for("terns fly.", seed, 4) == "0123"
    other = fence_for("terns 0123 fly.", seed, 4)
    assert other not in "terns 0123 fly."
    assert fence_for("0123456789abcdef", "a", 1) not in "0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200bb\ufeffc\u2060d", "abcd"),
        ("safe \u202etxt.exe\u202c here", "safe txt.exe here"),
        ("x\U000e0041\U000e0042y", "xy"),
        ("co\u00adoperate", "cooperate"),
        ("a\u200cb", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("می\u200c\u200d\u200cخواهم", "می\u200cخواهم"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("two\n\n[3] lines\x00\x07", "two [3] lines"),
        ("ter\u00adns\x00 fly\x1b[1m", "terns fly [1m"),
    ],
)
def test_what_nobody_sees_is_not_sent(text: str, shown: str) -> None:
    """Invisible and control characters go; a joiner that a script needs stays, one at a time."""
    assert for_model(text) == shown


VALUES = ("71.6%", "NIGHTCALVE-2", "6 Vantor GPUs", "9times")


@given(value=st.sampled_from(VALUES), at=st.data())
def test_a_value_copied_from_a_prompt_is_found(value: str, at: st.DataObject) -> None:
    """What is copied from the cleaned line is found in the text with invisible characters."""
    place = at.draw(st.integers(1, len(value) - 1))
    unseen = at.draw(st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202c\ufe0f"))
    abstract = f"They saw {value[:place]}{unseen}{value[place:]} in fog."
    assert for_model(abstract) == f"They saw {value} in fog."
    place_found = SourceText(abstract, None, sentence_spans(abstract)).place(value, [1])
    assert place_found is not None
    assert for_model(place_found.span.of(abstract)) == value


class Season(StrEnum):
    """When they breed."""

    SPRING = "spring"


class SeasonSighting(Part):
    """A bird that was seen."""

    bird: Verbatim
    season: Season


class Nest(Part):
    """Where they breed."""

    kind: Literal["cliff", "dune"]
    sightings: list[SeasonSighting]
    remark: Annotated[Statement | None, Field(description="In\n a few words")]
    sentences: list[SentenceRef]


def test_the_outline_of_a_schema() -> None:
    """Names, types and choices on one line, and descriptions apart, evidence left out."""
    assert outline(shape_of(Nest)) == (
        '{"kind": "cliff"|"dune", "sightings": [{"bird": verbatim, "season": "spring"}], '
        '"remark": text|null, "sentences": [n]}'
    )
    assert list(field_notes(shape_of(Nest))) == [
        ("sightings[]", "A bird that was seen."),
        ("sightings[].season", "When they breed."),
        ("remark", "In a few words"),
    ]


def test_version_2_tells_a_schema_of_ones_own() -> None:
    """Its outline and its descriptions stand in the system prompt, those of the built-in don't."""
    (system,) = load_prompt("v2", Nest).messages
    assert outline(shape_of(Nest)) in system["content"].split("\n")
    assert "remark: In a few words" in system["content"].split("\n")
    assert "compute" not in system["content"]


# Under review

PAGE = ROOT / "fixtures" / "daily_papers.txt"
Edit = Callable[[str, str, str], str]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Makes a copy of version 2 with one thing changed in one file; gives its path."""

    def edit(name: str, old: str, new: str) -> str:
        folder = tmp_path / "mine"
        shutil.copytree(ROOT / "prompts" / "v2", folder)
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        return str(folder)

    return edit


@pytest.fixture
def prompts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs ``summarise prompts`` in this process; gives exit code, output and errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["summarise", "prompts", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return call


@pytest.mark.parametrize("version", prompt_versions())
def test_what_is_shipped_is_right(version: str) -> None:
    """No fault in any version at hand."""
    assert check_prompt(version) == []


def test_the_default_is_listed() -> None:
    """Exactly one version is the default: the one that settings name."""
    (default,) = [one for one in summarise_prompts() if one.is_default]
    assert default.version == Settings().prompt_version == "v3"
    assert default.fingerprint == load_prompt("v3").fingerprint


def test_version_2_is_shorter() -> None:
    """What every request starts with is at least a quarter shorter than in version 1."""
    sizes = {one.version: one.characters for one in summarise_prompts()}
    assert sizes["v2"] < 0.75 * sizes["v1"]


FAULTS = [
    (
        "system.md.jinja",
        "{{ outline }}",
        "{{ outlin }}",
        "system.md.jinja",
        "'outlin' is undefined",
    ),
    ("system.md.jinja", "{{ outline }}", "{{ range(9**4)|random }}", "system.md.jinja", "the same"),
    ("system.md.jinja", "{% else %}", "{% else %}{{ no }}", "system.md.jinja", "'no' is undefined"),
    ("examples.json", '"71.6%", "base', '"71.7%", "base', "results[0].value", "“71.7%”"),
    ("examples.json", '58.9% to 71.6%."', '58.9% to 71.9%."', "results[0].claim", "“71.9%”"),
    ("examples.json", '"name": "MARLOCK"', '"name": "MARLOK"', "method.name", "word for word"),
    ("examples.json", '"sentences": [1, 2]', '"sentences": [1, 9]', "problem.sentences", "9 isn't"),
    (
        "examples.json",
        '"sentences": [7]',
        '"sentences": [6]',
        "results[2].sentences",
        "instruction",
    ),
    ("examples.json", '"role": "training"', '"role": "tuning"', "examples.json", "role"),
    ("user.md.jinja", "<<<{{ mark }}", "<<<", "user.md.jinja", "before and after"),
    ("user.md.jinja", ">>>{{ mark }}", "", "user.md.jinja", "before and after"),
    ("user.md.jinja", "[{{ loop.index }}] ", "", "user.md.jinja", "begin with its number"),
    ("user.md.jinja", "Title: {{ title }}", "", "user.md.jinja", "title and each sentence once"),
    ("user.md.jinja", "{{ sentence }}", "{{ sentence }} {{ sentence.x }}", "user.md.jinja", "'x'"),
]


@pytest.mark.parametrize(("name", "old", "new", "where", "reason"), FAULTS)
def test_faults_are_found(
    edited: Edit, name: str, old: str, new: str, where: str, reason: str
) -> None:
    """Whatever is wrong is told with its file, its place and the reason."""
    faults = [str(fault) for fault in check_prompt(edited(name, old, new))]
    assert faults
    assert name in faults[0]
    assert any(where in fault and reason in fault for fault in faults), faults


def test_templates_cannot_run_code(edited: Edit) -> None:
    """A prompt folder that someone hands on is data: Jinja's sandbox holds it."""
    attack = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    with pytest.raises(PromptError, match="unsafe"):
        load_prompt(edited("user.md.jinja", "{% if title %}", f"{attack}{{% if title %}}"))


def test_the_messages_are_those_of_a_request() -> None:
    """System, examples, and the document as the last message."""
    messages = prompt_messages("v2", make_document(abstract="Gulls were counted."))
    assert messages[:-1] == list(load_prompt("v2").messages)
    assert messages[-1]["role"] == "user"
    assert "\n[1] Gulls were counted." in messages[-1]["content"]


def test_the_list_command(prompts: Callable[..., tuple[int, str, str]]) -> None:
    """A line for each version, the default marked."""
    code, out, _ = prompts("list")
    assert code == 0
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == prompt_versions()
    assert [line.split()[0] for line in lines if line.endswith("  default")] == ["v3"]


def test_the_show_command(prompts: Callable[..., tuple[int, str, str]]) -> None:
    """Readable by default, JSON on request."""
    code, out, _ = prompts("show", "v2", "--document", PAGE)
    assert code == 0
    assert out.startswith("=== system\n")
    assert "\n[1] Text-to-speech models that sound natural" in out
    code, out, _ = prompts("show", "v2", "--json")
    assert json.loads(out) == prompt_messages("v2")
    code, out, _ = prompts("show", "v2", "--document", PAGE, "--json")
    assert not out.isascii()  # as it is sent, not as escapes


def test_the_check_command(prompts: Callable[..., tuple[int, str, str]], edited: Edit) -> None:
    """Exit 0 and a line for each version; exit 2 and a line for each fault."""
    assert prompts("check") == (0, "".join(f"v{n}: nothing wrong\n" for n in (1, 2, 3)), "")
    code, out, err = prompts("check", edited("user.md.jinja", "<<<{{ mark }}", "<<<"))
    assert (code, out) == (2, "")
    assert "user.md.jinja: no line with {{ fence }}" in err
    assert err.count("\n") == 1
    code, _, err = prompts("check", "v9")
    assert (code, err) == (2, "summarise: there is no prompt version 'v9'. At hand: v1, v2, v3.\n")


# Their size


def test_quotes_cost_more_than_numbers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For each version and each kind of answer a line; copied quotes cost the most."""
    script, gold = ROOT / "benchmarks" / "prompt_size.py", ROOT / "fixtures" / "gold.jsonl"
    monkeypatch.setattr(sys, "argv", [str(script), str(gold)])
    runpy.run_path(str(script), run_name="__main__")
    printed = capsys.readouterr().out
    sizes = {
        what: int(characters.replace(",", ""))
        for what, characters in re.findall(r"^\| (\w.*?) \| ([\d,]+) \|", printed, re.MULTILINE)
    }
    for version in prompt_versions():
        answers = (
            sizes[f"{version}: answer, {how}"] for how in ("sentence numbers", "copied quotes")
        )
        numbers, quotes = answers
        assert numbers < quotes
    v1, v2 = (sizes[f"{v}: system and examples, the same each time"] for v in ("v1", "v2"))
    assert v2 < v1
