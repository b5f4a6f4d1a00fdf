"""The questions that a small model is asked: tiny, each with the answers that it may give."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from summarise.models import Completion
from summarise.prompts import one_line

_SOURCE = "tasks.toml"
_BYTES_PER_TOKEN = 2  # no tokenizer of ours needs more tokens than that for text
_JSON_TOKENS = 32


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of question, the same for all documents.

    Attributes:
        name: ``name``, ``definition`` or ``wording``.
        field: The one field of the answer.
        messages: What each request starts with: the system prompt, then the examples in turns.
    """

    name: str
    field: str
    messages: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Task:
    """One question about one document.

    Attributes:
        task_id: Which part of the record it is for: ``method.name``; unique within a document.
        question: Its kind.
        user: The user message.
        choices: The answers that code can vouch for; the first is code's own.
    """

    task_id: str
    question: Question
    user: str
    choices: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """JSON schema of the answer: an object with one field, which is one of the choices."""
        return {
            "type": "object",
            "properties": {self.question.field: {"type": "string", "enum": list(self.choices)}},
            "required": [self.question.field],
            "additionalProperties": False,
        }

    @property
    def max_output_tokens(self) -> int:
        """Room for the longest choice, whatever the tokenizer."""
        longest = max(len(choice.encode()) for choice in self.choices)
        return _JSON_TOKENS + longest // _BYTES_PER_TOKEN

    def chosen(self, completion: Completion) -> str | None:
        """The choice in an answer; None where it is cut off, declined, or none of the choices.

        The schema may not have been enforced, so nothing else is taken, however close.
        """
        if completion.refusal or completion.finish_reason in ("length", "content_filter"):
            return None
        try:
            answer = json.loads(completion.text or "")
        except (ValueError, RecursionError):
            return None
        choice = answer.get(self.question.field) if isinstance(answer, dict) else None
        return choice if isinstance(choice, str) and choice in self.choices else None


@dataclass(frozen=True, slots=True)
class Questions:
    """All kinds of questions.

    Attributes:
        version: Their version, which records name.
        fingerprint: Hash of all their words: 16 hexadecimal digits.
        by_name: The questions.
    """

    version: str
    fingerprint: str
    by_name: Mapping[str, Question]


@cache
def load_questions() -> Questions:
    """Read the questions that ship with the package, once."""
    source = files("summarise.assist").joinpath(_SOURCE).read_text(encoding="utf-8")
    kinds = tomllib.loads(source)
    version = kinds.pop("version")
    return Questions(
        version=version,
        fingerprint=sha256(source.encode()).hexdigest()[:16],
        by_name={name: _question(name, kind) for name, kind in kinds.items()},
    )


def user_message(text: str, *, title: str | None = None, name: str | None = None) -> str:
    """What is asked about, on one to three lines.

    Args:
        text: Sentences of the abstract.
        title: Of the document, where it may help.
        name: What the paper calls its proposal, where the question is about it.
    """
    lines = {"Title": title, "Name": name, "Text": text}
    return "\n".join(f"{label}: {one_line(line)}" for label, line in lines.items() if line)


def _question(name: str, kind: dict[str, Any]) -> Question:
    messages = [{"role": "system", "content": kind["system"]}]
    for example in kind["examples"]:
        answer = json.dumps({kind["field"]: example.pop("answer")})
        messages.append({"role": "user", "content": user_message(**example)})
        messages.append({"role": "assistant", "content": answer})
    return Question(name, kind["field"], tuple(messages))
