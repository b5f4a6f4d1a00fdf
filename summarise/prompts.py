"""The prompt templates of ``prompts/``: loading, filling in, fingerprint.

A version is a folder that holds ``system.md.jinja``, ``user.md.jinja`` and ``examples.json``. The
system prompt and the worked examples are the same for every document, so that a provider's or a
local server's prefix cache can serve them; only the user message differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import jinja2
from pydantic import BaseModel, ValidationError

from summarise.errors import PromptError
from summarise.models import Document, Span, content_hash
from summarise.schema import Draft, wire_schema
from summarise.sentences import sentence_spans

_PACKAGED = "_prompts"
_SYSTEM = "system.md.jinja"
_USER = "user.md.jinja"
_EXAMPLES = "examples.json"
# What could end a line or hide in one: a sentence takes exactly one line of the prompt.
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt version, ready for use with one schema.

    Attributes:
        version: Name of its folder.
        messages: What every request starts with: the system prompt, then the examples in turns.
        fingerprint: Hash of the templates and the examples: 16 hexadecimal digits.
    """

    version: str
    messages: tuple[dict[str, str], ...]
    fingerprint: str
    _user: jinja2.Template

    def user(self, document: Document, sentences: Sequence[Span]) -> str:
        """The user message: the document as numbered sentences between two fence lines."""
        return _render_user(self._user, document.title, document.abstract, sentences)


def load_prompt(version: str, schema: type[BaseModel] = Draft) -> Prompt:
    """Load a prompt version and fill in what doesn't change between documents.

    Args:
        version: Name of a folder of ``prompts/``.
        schema: The schema to be filled in. The worked examples are used with the built-in alone.

    Raises:
        PromptError: There is no such version, or its files are broken.
    """
    folder = _folder(version)
    sources = {name: _read(folder, name) for name in (_SYSTEM, _USER, _EXAMPLES)}
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - the output is plain text for a model, not HTML
    )
    try:
        user = environment.from_string(sources[_USER])
        system = environment.from_string(sources[_SYSTEM]).render(
            schema=json.dumps(wire_schema(schema), ensure_ascii=False), builtin=schema is Draft
        )
        turns = _example_turns(sources[_EXAMPLES], user) if schema is Draft else []
    except (jinja2.TemplateError, ValidationError, ValueError, KeyError) as error:
        raise PromptError(f"a template is broken: {error}", where=f"prompts/{version}") from error
    return Prompt(
        version=version,
        messages=({"role": "system", "content": system}, *turns),
        fingerprint=sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()[:16],
        _user=user,
    )


def prompt_versions() -> list[str]:
    """Names of the prompt versions at hand, sorted."""
    return sorted(child.name for child in _root().iterdir() if child.is_dir())


def _root() -> Traversable:
    """``prompts/`` inside the installed package, else in the checkout (editable install)."""
    packaged = files("summarise") / _PACKAGED
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "prompts"


def _folder(version: str) -> Traversable:
    versions = prompt_versions()
    if version not in versions:
        raise PromptError(
            f"there is no prompt version {version!r}", hint=f"At hand: {', '.join(versions)}."
        )
    return _root() / version


def _read(folder: Traversable, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise PromptError(
            f"{name} can't be read ({error.strerror})", where=f"prompts/{folder.name}"
        ) from error


def _example_turns(source: str, user: jinja2.Template) -> list[dict[str, str]]:
    turns: list[dict[str, str]] = []
    examples: list[dict[str, Any]] = json.loads(source)
    for example in examples:
        answer = Draft.model_validate(example["answer"])
        spans = sentence_spans(example["abstract"])
        question = _render_user(user, example["title"], example["abstract"], spans)
        turns.append({"role": "user", "content": question})
        turns.append({"role": "assistant", "content": answer.model_dump_json()})
    return turns


def _render_user(
    template: jinja2.Template, title: str | None, abstract: str, sentences: Sequence[Span]
) -> str:
    # The fence holds a hash of the text, so that no text can hold its own fence.
    return template.render(
        fence=content_hash(title, abstract)[:12],
        title=_BREAKS.sub(" ", title) if title else None,
        sentences=[_BREAKS.sub(" ", span.of(abstract)) for span in sentences],
    ).rstrip("\n")
