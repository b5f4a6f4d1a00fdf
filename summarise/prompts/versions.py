"""Prompt versions: finding, loading and filling in their templates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import jinja2
from pydantic import BaseModel

from summarise.characters import for_screen
from summarise.errors import PromptError
from summarise.models import Document, Span
from summarise.prompts.lines import fence_for, one_line
from summarise.prompts.outline import field_notes, outline
from summarise.prompts.sandbox import Sandbox
from summarise.scan import sentence_spans
from summarise.schema import Draft, wire_schema

# What a template or an example can come to: both are others' text.
_BROKEN = (
    *(jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError),
    *(RecursionError, TypeError, ValueError),
)
_PACKAGED = "_prompts"
_SYSTEM = "system.md.jinja"
_USER = "user.md.jinja"
_EXAMPLES = "examples.json"


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: what would be asked, and how it's answered.

    Attributes:
        document: What the question is about.
        answer: JSON values valid for the built-in schema.
    """

    document: Document
    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt version, ready for use with one schema.

    Attributes:
        version: Name of its folder, or its path.
        messages: What every request starts with: the system prompt, then the examples in turns.
        fingerprint: Hash of the templates and the examples: 16 hexadecimal digits.
        examples: The examples in ``messages``.
    """

    version: str
    messages: tuple[dict[str, str], ...]
    fingerprint: str
    examples: tuple[Example, ...]
    _user: jinja2.Template

    def user(self, document: Document, sentences: Sequence[Span]) -> str:
        """The user message: the document as numbered sentences between two fence lines.

        Raises:
            PromptError: The template can't show this document.
        """
        try:
            return _render_user(self._user, document, sentences)
        except _BROKEN as error:
            raise _broken(error, f"{self.version}/{_USER}") from error


def load_prompt(version: str, schema: type[BaseModel] = Draft) -> Prompt:
    """Load a prompt version and fill in what doesn't change between documents.

    Args:
        version: Name of a folder of ``prompts/``, or the path of a folder of one's own, with a
            ``/`` in it. Its templates can't run code (Jinja's sandbox).
        schema: The schema to be filled in. The worked examples are used with the built-in alone.

    Raises:
        PromptError: There is no such version, or its files are broken.
    """
    folder, label = _folder(version)
    sources = {name: _read(folder, name, label) for name in (_SYSTEM, _USER, _EXAMPLES)}
    environment = Sandbox(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # the output is plain text for a model, not HTML
    )
    at = _USER
    try:
        user = environment.from_string(sources[_USER])
        at = _SYSTEM
        system = _render(environment.from_string(sources[_SYSTEM]), _described(schema))
        at = _EXAMPLES
        examples = _examples(sources[_EXAMPLES]) if schema is Draft else ()
        at = _USER
        _render_user(user, Document(doc_id="", title=None, abstract=""), ())
        turns = [turn for example in examples for turn in _turns(example, user)]
    except _BROKEN as error:
        raise _broken(error, f"{label}/{at}") from error
    return Prompt(
        version=version,
        messages=({"role": "system", "content": system}, *turns),
        fingerprint=sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()[:16],
        examples=examples,
        _user=user,
    )


def prompt_versions() -> list[str]:
    """Names of the prompt versions at hand, sorted."""
    return sorted(child.name for child in _root().iterdir() if child.is_dir())


def _root() -> Traversable:
    """``prompts/`` inside the installed package, else in the checkout (editable install)."""
    packaged = files("summarise") / _PACKAGED
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "prompts"


def _folder(version: str) -> tuple[Traversable, str]:
    """The folder of a version, and what to call it in a message."""
    versions = prompt_versions()
    if version in versions:
        return _root() / version, f"prompts/{version}"
    path = Path(version)
    # A bare word is always the name of a version: a typo never reads a folder that lies about.
    if path.name != version and path.is_dir():
        return path, str(path)
    raise PromptError(
        f"there is no prompt version {version!r}", hint=f"At hand: {', '.join(versions)}."
    )


def _read(folder: Traversable, name: str, label: str) -> str:
    file = folder / name
    if isinstance(folder, Path):
        _refuse_outside(folder, name, label)
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it isn't UTF-8"
        raise PromptError(f"{name} can't be read ({why})", where=label) from error


def _refuse_outside(folder: Path, name: str, label: str) -> None:
    """Refuse a template that is a link: what it leads to would be sent to the model.

    Raises:
        PromptError: It leads out of the folder, or to what isn't a file.
    """
    target = (folder / name).resolve()
    if target.exists() and not (target.is_file() and target.is_relative_to(folder.resolve())):
        raise PromptError(
            f"{name} leads out of the folder, to {target}, which would be sent to the model",
            where=label,
            hint="Put a copy of the file in its place.",
        )


def _described(schema: type[BaseModel]) -> dict[str, Any]:
    """What a system prompt may say of a schema."""
    return {
        "schema": json.dumps(wire_schema(schema), ensure_ascii=False),
        "outline": outline(schema),
        "fields": list(field_notes(schema)),
        "builtin": schema is Draft,
    }


def _examples(source: str) -> tuple[Example, ...]:
    return tuple(
        Example(
            Document(doc_id=f"example-{n}", title=given["title"], abstract=given["abstract"]),
            Draft.model_validate(given["answer"]).model_dump(mode="json"),
        )
        for n, given in enumerate(json.loads(source), 1)
    )


def _turns(example: Example, user: jinja2.Template) -> list[dict[str, str]]:
    spans = sentence_spans(example.document.abstract)
    # Without spaces, which cost tokens: a model answers as it was shown.
    answer = json.dumps(example.answer, ensure_ascii=False, separators=(",", ":"))
    return [
        {"role": "user", "content": _render_user(user, example.document, spans)},
        {"role": "assistant", "content": answer},
    ]


def _render_user(template: jinja2.Template, document: Document, sentences: Sequence[Span]) -> str:
    title = one_line(document.title or "")
    lines = [one_line(span.of(document.abstract)) for span in sentences]
    seed = document.content_hash
    given = {
        "fence": fence_for([title, *lines], seed, 12),
        "mark": fence_for([title, *lines], seed, 4),
        "title": title,
        "sentences": lines,
    }
    return _render(template, given).rstrip("\n")


def _broken(error: Exception, where: str) -> PromptError:
    told = for_screen(str(error), 400, reveal=True) or type(error).__name__
    return PromptError(f"a template is broken: {told}", where=where)


def _render(template: jinja2.Template, given: dict[str, Any]) -> str:
    if isinstance(template.environment, Sandbox):
        template.environment.start()
    return template.render(given)
