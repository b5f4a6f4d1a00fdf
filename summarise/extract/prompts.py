"""The prompt templates of ``prompts/``: what a model is asked, and how a document is shown to it.

A version is a folder that holds ``system.md.jinja``, ``user.md.jinja`` and ``examples.json``. The
system prompt and the worked examples are the same for every document, so that a provider's or a
local server's prefix cache can serve them; only the user message differs.

A template may use, in the system prompt:

============  ====================================================================================
``schema``    the JSON schema that the answer has to fit
``outline``   the same on one line: names, types and choices alone
``fields``    ``path`` and ``description`` of each field that has one
``builtin``   whether this is the built-in schema, which the worked examples are for
============  ====================================================================================

and in the user message:

=============  ===================================================================================
``title``      the title, empty where there is none
``sentences``  the sentences of the abstract
``fence``      twelve characters or more that stand nowhere in the text
``mark``       four or more, likewise
=============  ===================================================================================

The text of a document is untrusted. Each part of it is one line without control, zero-width and
bidirectional characters (see ``for_model``), and no part holds the fence, so nothing in it can end
the text or begin a numbered line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from pydantic import BaseModel, ValidationError

from summarise.characters import for_model, for_screen
from summarise.errors import PromptError
from summarise.extract.sandbox import Sandbox
from summarise.models import Document, Span
from summarise.scan import sentence_spans
from summarise.schema import Draft, Kind, Node, shape_of, versions_of, wire_schema

# What a template or an example can come to: both are others' text.
_BROKEN = (
    *(jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError),
    *(RecursionError, TypeError, ValueError),
)
_WORDS = {
    Kind.VERBATIM: "verbatim",
    Kind.STATEMENT: "text",
    Kind.SENTENCE: "n",
    Kind.PLAIN: "string",
}
_PACKAGED = "_prompts"
SYSTEM = "system.md.jinja"
USER = "user.md.jinja"
EXAMPLES = "examples.json"


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: what would be asked, and how it's answered."""

    document: Document
    answer: dict[str, Any]
    """JSON values valid for the schema of the prompt."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt version, ready for use with one schema."""

    version: str
    """Name of its folder, or its path."""
    messages: tuple[dict[str, str], ...]
    """What every request starts with: the system prompt, then the examples in turns."""
    schema: type[BaseModel]
    """What is filled in."""
    fingerprint: str
    """Hash of the templates and the examples: 16 hexadecimal digits."""
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
            raise _broken(error, f"{self.version}/{USER}") from error


def load_prompt(version: str, schema: type[BaseModel] = Draft) -> Prompt:
    """Load a prompt version and fill in what doesn't change between documents.

    It is the name of a folder of ``prompts/``, or the path of a folder of one's own, with a ``/``
    in it, whose templates can't run code (Jinja's sandbox). The worked examples are used with the
    default schema alone; where they were written for an earlier version of it, that is filled in.

    Raises:
        PromptError: There is no such version, or its files are broken.
    """
    folder, label = _folder(version)
    sources = {name: _read(folder, name, label) for name in (SYSTEM, USER, EXAMPLES)}
    environment = Sandbox(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # the output is plain text for a model, not HTML
    )
    at = USER
    try:
        user = environment.from_string(sources[USER])
        at = EXAMPLES
        schema, examples = _examples(sources[EXAMPLES], schema)
        at = SYSTEM
        system = _render(environment.from_string(sources[SYSTEM]), _described(schema))
        at = USER
        _render_user(user, Document(doc_id="", title=None, abstract=""), ())
        turns = [turn for example in examples for turn in _turns(example, user)]
    except _BROKEN as error:
        raise _broken(error, f"{label}/{at}") from error
    return Prompt(
        version=version,
        messages=({"role": "system", "content": system}, *turns),
        schema=schema,
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
    if isinstance(folder, Path):
        _refuse_outside(folder, name, label)
    try:
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it isn't UTF-8"
        raise PromptError(f"{name} can't be read ({why})", where=label) from error


def _refuse_outside(folder: Path, name: str, label: str) -> None:
    """Refuse a template that is a link out of the folder, or to what isn't a file."""
    target, home = Path(os.path.realpath(folder / name)), os.path.realpath(folder)
    if target.exists() and not (target.is_file() and target.is_relative_to(home)):
        raise PromptError(
            f"{name} leads out of the folder, to {target}, which would be sent to the model",
            where=label,
            hint="Put a copy of the file in its place.",
        )


def _described(schema: type[BaseModel]) -> dict[str, Any]:
    """What a system prompt may say of a schema."""
    shape = shape_of(schema)
    return {
        "schema": json.dumps(wire_schema(schema), ensure_ascii=False),
        "outline": outline(shape),
        "fields": list(field_notes(shape)),
        "builtin": schema in versions_of(Draft),
    }


def _examples(source: str, schema: type[BaseModel]) -> tuple[type[BaseModel], tuple[Example, ...]]:
    """The examples, and the version of the schema that they are written for."""
    versions = versions_of(Draft)
    if schema not in versions:
        return schema, ()
    given = json.loads(source)
    for version in versions if schema is Draft else (schema,):
        try:
            return version, _fitted(given, version)
        except ValidationError:
            continue
    # What doesn't fit is told in terms of the version that was asked for.
    return schema, _fitted(given, schema)


def _fitted(given: list[dict[str, Any]], schema: type[BaseModel]) -> tuple[Example, ...]:
    return tuple(
        Example(
            Document(doc_id=f"example-{n}", title=one["title"], abstract=one["abstract"]),
            schema.model_validate(one["answer"]).model_dump(mode="json"),
        )
        for n, one in enumerate(given, 1)
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
    title = for_model(document.title or "")
    lines = [for_model(span.of(document.abstract)) for span in sentences]
    seed, low = document.content_hash, "\n".join((title, *lines)).lower()
    given = {
        "fence": fence_for(low, seed, 12),
        "mark": fence_for(low, seed, 4),
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


class FieldNote(NamedTuple):
    """What a schema says of one of its fields, in its own words, on one line."""

    path: str
    description: str


def outline(node: Node) -> str:
    """Names, types and choices of a schema, on one line.

    ``{"name": verbatim|null, "role": "training"|"evaluation", "sentences": [n]}``: a verbatim
    value, free text and the number of a sentence go by these names, everything else by JSON's.
    """
    if node.kind is Kind.OBJECT:
        fields = (f'"{one.name}": {outline(one)}' for one in node.inside)
        told = f"{{{', '.join(fields)}}}"
    elif node.inside:
        told = f"[{outline(node.inside[0])}]"
    elif node.kind is Kind.CHOICE:
        told = "|".join(json.dumps(choice, ensure_ascii=False) for choice in node.choices)
    else:
        told = _WORDS[node.kind]
    return f"{told}|null" if node.is_nullable else told


def field_notes(node: Node) -> Iterator[FieldNote]:
    """The descriptions of a schema's fields, in order; for a part without one, its docstring."""
    for field in node.inside:
        if field.is_evidence and not field.is_nullable:
            continue  # what these are is the same in every schema
        at, held, said = field, field.held, field.about
        if held.kind is Kind.OBJECT:
            at, said = held, said or field.definition or held.about or held.definition
        if said:
            yield FieldNote(at.path, " ".join(said.split()))
        yield from field_notes(held)


def fence_for(text: str, seed: str, digits: int) -> str:
    """A word that stands nowhere in a text, of so many hexadecimal digits, or more if need be.

    The text is in lower case, and the seed a hash of it: equal texts get equal fences.
    """
    while (word := seed[:digits]) in text:
        seed = sha256(seed.encode()).hexdigest()
        digits += 1
    return word
