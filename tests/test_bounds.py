"""Small files that stand for much: each is refused in one line, and none takes time or memory."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from summarise.errors import PromptError, SchemaError, SettingsError, SummariseError
from summarise.extract import load_prompt
from summarise.models import Document
from summarise.scan import sentence_spans
from summarise.schema import load_schema
from summarise.settings import load_settings
from tests.conftest import ROOT

_LEVELS = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
_DOUBLED = "{% set ns = namespace(x='x') %}{% for a in range(60) %}…{% endfor %}"
_DIGITS = "9" * 5000
_HEX = "0x" + "f" * 5000
_FIELD = '[fields.x]\nkind = "list"\nitems = { kind = "sentences" }\nmax_items = '


def refusal(error: type[SummariseError], *arguments: object) -> str:
    """The one line by which a file is refused."""
    loads = {SchemaError: load_schema, PromptError: load_prompt, SettingsError: settings_of}
    with pytest.raises(error) as caught:
        loads[error](*arguments)  # type: ignore[operator]
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 1000
    return message


def settings_of(text: str) -> object:
    Path("summarise.toml").write_text(text)
    return load_settings({}, {})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("aliases.yaml", "\n".join(["a0: &a0 [x, x]", *_LEVELS, "fields: *a9"])),
        ("aliases-as-fields.yaml", "\n".join(["a0: &a0 {kind: verbatim}", *_LEVELS])),
        ("itself.yaml", "fields: &f\n  x: {kind: object, fields: *f}\n"),
        ("deep.yaml", "[" * 50_000),
        ("deep-block.yaml", "\n".join(" " * n + "a:" for n in range(300))),
        ("deep-dashes.yaml", "- " * 40_000),
        ("many.yaml", "fields:\n" + "  - a\n" * 10_000),
        ("long.yaml", "a: b\n" * 100_000),
        ("digits.yaml", f"fields: {_DIGITS}"),
        ("hex.yaml", f"fields: {{x: {{kind: {_HEX}}}}}"),
        ("date.yaml", "fields: 2001-99-99"),
        ("name.yaml", "name: 2001-01-01\nfields: {x: {kind: verbatim}}"),
        ("deep.toml", "a = " + "[" * 20_000),
        ("dots.toml", ".".join("a" * 30_000) + " = 1"),
        ("tables.toml", "a = " + "{a = " * 5_000),
        ("digits.toml", f"fields = {_DIGITS}"),
        ("hex.toml", f"{_FIELD}{_HEX}"),
        ("long.toml", "#" * 200_000),
    ],
)
def test_schemas(name: str, text: str) -> None:
    """Aliases that multiply, nesting, length, and numbers without end, in YAML and TOML."""
    Path(name).write_text(text)
    assert refusal(SchemaError, name).startswith(name)


def test_yaml_that_repeats_a_little_is_read() -> None:
    """An alias is an abbreviation, and a schema may use some."""
    Path("a.yaml").write_text(
        "fields:\n  a: &one\n    kind: list\n    fields:\n      name: {kind: verbatim}\n"
        "      sentences: {kind: sentences}\n  b: *one\n"
    )
    assert list(load_schema("a.yaml").model_fields) == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        *(f"seed = {_DIGITS}", f"seed = {_HEX}", f"max_cost = {_HEX}", f"timeout = {_DIGITS}"),
        *("[endpoints.x]\npreset = 1", '[endpoints.x]\npreset = ["a"]', "endpoints.x = 1"),
        *("model = " + "[" * 20_000, ".".join("a" * 3_000) + " = 1", f'mode = "{"x" * 10_000}"'),
        *("endpoint = 1", 'endpoint = "x"\n[endpoints.x]\npreset = {}'),
    ],
)
def test_settings(text: str) -> None:
    """Whatever stands in a settings file is a line, not a traceback."""
    assert refusal(SettingsError, text).startswith("summarise.toml")


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in range(10**9) %}{% endfor %}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        *('{{ "x" * 10**9 }}', "{{ 10**9 * 'x' }}", "{{ [1] * 10**9 }}", "{{ 9**9**9 }}"),
        *('{{ "x"|center(10**9) }}', '{{ "x".center(10**9) }}', '{{ "x".zfill(999999999) }}'),
        *('{{ "%1000000000d" % 1 }}', '{{ "%*d" % (999999999, 1) }}', "{{ lipsum(n=99999) }}"),
        *('{{ "{:1000000000}".format(1) }}', '{{ "{:{w}}".format(1, w="999999999") }}'),
        _DOUBLED.replace("…", "{% set ns.x = ns.x ~ ns.x %}"),
        _DOUBLED.replace("…", "{% set ns.x = ns.x + ns.x %}"),
        _DOUBLED.replace("…", "{% set y %}{{ ns.x }}{{ ns.x }}{% endset %}{% set ns.x = y %}"),
        "{% set x = 'x' * 9999 %}{% for a in range(9999) %}{{ x }}{% endfor %}",
        "{% set x = 'x' * 9999 %}{{ x|replace('x', x)|replace('x', x) }}",
        *("{{ {}.a.b }}", "{{ none + 1 }}", "{% for a in 1 %}{% endfor %}"),
    ],
)
@pytest.mark.parametrize("name", ["system.md.jinja", "user.md.jinja"])
def test_templates(tmp_path: Path, name: str, text: str) -> None:
    """A template that would loop, repeat, pad or double without end is broken."""
    assert "a template is broken" in refusal(PromptError, prompt(tmp_path, **{name: text}))


def prompt(tmp_path: Path, **files: str) -> str:
    """A prompt of one's own, version 2 but for these files."""
    own = tmp_path / "own"
    own.mkdir()
    for source in (ROOT / "prompts" / "v2").iterdir():
        (own / source.name).write_bytes(source.read_bytes())
    for name, text in files.items():
        (own / name).write_text(text)
    return str(own)


def test_a_template_that_breaks_at_a_document(tmp_path: Path) -> None:
    """What is too much only for one document is a line as well."""
    text = "{{ title }}{% if title == 'T' %}{{ 'x' * 9999 * 999 }}{% endif %}"
    loaded = load_prompt(prompt(tmp_path, **{"user.md.jinja": text}))
    document = Document(doc_id="d", title="T", abstract="One is here. " * 9)
    with pytest.raises(PromptError, match="a template is broken"):
        loaded.user(document, sentence_spans(document.abstract))


def test_usual_means_of_a_template_stay(tmp_path: Path) -> None:
    """Filters, small sums, ranges and formats work as before."""
    text = (
        "{{ title|upper|center(20) }}{% for n in range(3) %}{{ n + 1 }}{{ '%03d' % n }}{% endfor %}"
        "{{ '{:>5}'.format(7) }}{{ 'ab' * 2 ~ 'c' }}{{ {'a': 1}|tojson(indent=2) }}"
    )
    loaded = load_prompt(prompt(tmp_path, **{"user.md.jinja": text}))
    document = Document(doc_id="d", title="T", abstract="One.")
    shown = loaded.user(document, [])
    assert shown.split() == ["T", "100020013002", "7ababc{", '"a":', "1", "}"]


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 100_000, '{"a":' * 100_000, f"[{_DIGITS}]", "[1]", "1", '["x"]', "null", "[null]"),
        *('[{"title": 1}]', '[{"title": "T", "abstract": 1, "answer": []}]', "[{}]"),
        json.dumps([{"title": "T", "abstract": "\ud800", "answer": {}}]),
    ],
)
def test_examples(tmp_path: Path, text: str) -> None:
    """Examples that are nested, not examples or not text."""
    assert "a template is broken" in refusal(
        PromptError, prompt(tmp_path, **{"examples.json": text})
    )


@pytest.mark.parametrize(
    "text", ["\0", 'fields: !!int ""', 'fields: !!bool "x"', 'fields: !!timestamp "x"', "\x1b[2J"]
)
def test_yaml_that_its_own_reader_trips_over_is_refused(text: str) -> None:
    """Whatever the library raises is one line with the name of the file."""
    Path("x.yaml").write_text(text)
    assert "x.yaml: isn't valid YAML" in refusal(SchemaError, "x.yaml")


@pytest.mark.parametrize("suffix", ["toml", "yaml"])
def test_what_is_no_plain_file_is_no_schema(suffix: str) -> None:
    """A device has no end, and a pipe may never say anything: neither is opened."""
    Path(f"device.{suffix}").symlink_to("/dev/zero")
    os.mkfifo(f"pipe.{suffix}")
    for name in ("device", "pipe"):
        assert "it isn't a plain file" in refusal(SchemaError, f"{name}.{suffix}")


def test_settings_that_nest_without_end_are_refused() -> None:
    """In a variable as in a file."""
    with pytest.raises(SettingsError, match="EXTRA_BODY"):
        load_settings({}, {"SUMMARISE_EXTRA_BODY": "[" * 20_000})


def test_an_address_with_a_control_character_is_refused() -> None:
    """Before a document fails by it."""
    with pytest.raises(SettingsError, match=r"must be an http\(s\) address"):
        load_settings({"model": "m", "base_url": "http://127.0.0.1:1/\x1b]0;x\a"}, {})
