"""Tests of ``summarise.prompts``: what is loaded, what is sent, and what a text can't do to it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.errors import PromptError
from summarise.models import Document
from summarise.prompts import load_prompt, one_line, prompt_versions, versions
from summarise.scan.sentences import sentence_spans
from summarise.schema import Draft, Kind, Part, Verbatim, holders, leaves, wire_schema
from summarise.settings import Settings

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
        monkeypatch.setattr(versions, "_root", lambda: root)
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


def test_the_default_version_is_at_hand() -> None:
    """The version that settings name by default exists."""
    assert Settings().prompt_version in prompt_versions()
    assert prompt_versions() == sorted(prompt_versions())


def test_templates_of_a_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a packaged folder, as in an editable install, those of the checkout are used."""
    monkeypatch.setattr(versions, "files", lambda package: tmp_path)
    assert load_prompt("v1").messages == PROMPT.messages


def test_templates_of_a_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A packaged folder goes first, and needs no checkout."""
    shutil.copytree(CHECKOUT / "v1", tmp_path / "_prompts" / "v1-packaged")
    monkeypatch.setattr(versions, "files", lambda package: tmp_path)
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
        assert Draft.model_validate_json(turn["content"])


def test_the_schema_is_in_the_system_prompt() -> None:
    """A server that doesn't enforce the schema reads it, on a line of its own."""
    schema = json.dumps(wire_schema(Draft), ensure_ascii=False)
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
def test_examples_show_what_is_wanted(example: dict[str, Any]) -> None:
    """Every verbatim value of an example stands in the sentences it cites, or in the title."""
    spans = sentence_spans(example["abstract"])
    answer = Draft.model_validate(example["answer"]).model_dump()
    for leaf in leaves(Draft, answer):
        cited = [spans[n - 1].of(example["abstract"]) for n in leaf.holder.numbers]
        assert cited, leaf.path
        if leaf.kind is Kind.VERBATIM:
            places = [*cited, example["title"] or ""]
            assert any(leaf.value in place for place in places), leaf.path


@each_example
def test_examples_cite_sentences_that_exist(example: dict[str, Any]) -> None:
    """Sentence numbers of an example count from 1, without repetition, in order."""
    count = len(sentence_spans(example["abstract"]))
    for holder in holders(Draft, example["answer"]):
        numbers = holder.numbers
        assert list(numbers) == sorted(set(numbers)), holder.path
        assert all(1 <= number <= count for number in numbers), holder.path


@each_example
def test_numbers_in_examples_are_supported(example: dict[str, Any]) -> None:
    """Each number in an example's free text stands in the sentences that it cites."""
    spans = sentence_spans(example["abstract"])
    for leaf in leaves(Draft, example["answer"]):
        if leaf.kind is Kind.STATEMENT:
            cited = leaf.holder.numbers
            evidence = " ".join(spans[n - 1].of(example["abstract"]) for n in cited)
            assert all(number in evidence for number in re.findall(r"[\d.]*\d", leaf.value))


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
        return "".join(c for c in text if not c.isspace() and one_line(f"a{c}b") == f"a{c}b")

    assert visible(shown) == visible(abstract)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Terns\u200b fly\ufeff.", "Terns fly."),
        ("Terns \u202eylf\u202c.", "Terns ylf."),
        ("Terns\U000e0049\U000e0047 fly.", "Terns fly."),
        ("Ter\u00adns\x00 fly\x1b[1m.", "Terns fly [1m."),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Terns \ud800 fly.", "Terns \ufffd fly."),
    ],
)
def test_what_nobody_sees_is_not_sent(text: str, line: str) -> None:
    """Zero-width, bidirectional, tag and control characters hide nothing; needed joiners stay."""
    assert user_lines(None, text)[1:-1] == [f"[1] {line}"]


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
