"""The draft of the assisted mode: code's own, with what the answers of a small model choose.

All of it is a pure function of the document and the answers, so that a stored run can be held
against both without a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from summarise.assist.choices import (
    TextChoices,
    method_choices,
    method_sentences,
    name_choices,
    problem_choices,
)
from summarise.assist.tasks import Task, load_questions, user_message
from summarise.models import Completion
from summarise.reading import DocumentReading
from summarise.schema import Draft

MODEL, CODE = "model", "code"
"""Who made a part of a record."""

NAME, METHOD, PROBLEM = "method.name", "method.text", "problem.text"
PARTS = (PROBLEM, NAME, METHOD)
"""The parts of a record that a small model may choose; all others are code's."""

_NAME_ALONE = "method.name:alone"


@dataclass(frozen=True, slots=True)
class AssistedDraft:
    """A draft and who made what of it.

    Attributes:
        draft: JSON values valid for ``schema.Draft``.
        parts: ``model`` or ``code`` for each of ``PARTS``: ``model`` where the draft has something
            else there than code alone would have put.
    """

    draft: dict[str, Any]
    parts: Mapping[str, str]


def assisted_draft(
    reading: DocumentReading, answers: Mapping[str, Completion | None]
) -> AssistedDraft:
    """The draft that comes of a document and the answers about it.

    Args:
        reading: The document.
        answers: By task id; None for one that was asked and got no answer. What is missing or
            isn't one of the choices leaves that part to code.
    """
    state = _State.of(reading, answers)
    for _ in state.tasks():
        pass
    own = reading.embedded_draft()
    values = {part: _get(state.draft, part) for part in PARTS}
    parts = {part: MODEL if values[part] != _get(own, part) else CODE for part in PARTS}
    return AssistedDraft(state.draft, parts)


def pending_tasks(
    reading: DocumentReading, answers: Mapping[str, Completion | None]
) -> tuple[Task, ...]:
    """What is still to be asked about a document; what depends on an open answer comes later.

    Args:
        reading: The document.
        answers: As for ``assisted_draft``.
    """
    tasks = _State.of(reading, answers).tasks()
    return tuple(task for task in tasks if task.task_id not in answers)


def unvouched(reading: DocumentReading, draft: dict[str, Any]) -> tuple[str, ...]:
    """What of a stored draft no answer can have given, whatever the model said.

    For a record whose answers aren't at hand.

    Args:
        reading: The document.
        draft: As stored, grounded.

    Returns:
        The parts that are neither code's own nor among the choices; where there are none, the
        top-level fields that differ from what code and these choices make together.
    """
    own = reading.embedded_draft()
    given = _with_parts(own, {part: _get(draft, part) for part in PARTS})
    named = _with_parts(own, {NAME: _get(draft, NAME)})
    offers = {
        PROBLEM: _wordings(problem_choices(reading, own)),
        NAME: name_choices(reading, own),
        METHOD: _wordings(method_choices(reading, named)),
    }
    beyond = tuple(p for p in PARTS if _get(draft, p) not in (_get(own, p), *offers[p]))
    if beyond:
        return beyond
    expected = reading.ground(Draft, given).draft
    return tuple(name for name in expected if draft.get(name) != expected[name])


@dataclass(slots=True)
class _State:
    """A draft while answers are taken in."""

    reading: DocumentReading
    answers: Mapping[str, Completion | None]
    draft: dict[str, Any]

    @classmethod
    def of(cls, reading: DocumentReading, answers: Mapping[str, Completion | None]) -> _State:
        return cls(reading, answers, reading.embedded_draft())

    def tasks(self) -> Iterator[Task]:
        """All tasks that can be told with the answers so far; each answer is taken in on the way.

        The texts of the method are told with its name, so they wait for it.
        """
        yield from self._text_task(PROBLEM, problem_choices(self.reading, self.draft))
        naming = self._name_tasks()
        yield from naming
        if all(task.task_id in self.answers for task in naming):
            self._take_name(naming)
            yield from self._text_task(METHOD, method_choices(self.reading, self.draft))

    def _name_tasks(self) -> tuple[Task, ...]:
        """The name is asked twice, on different sights of the text: a guess seldom repeats."""
        choices = name_choices(self.reading, self.draft)
        if not choices:
            return ()
        lines = list(method_sentences(self.reading, self.draft))
        question = load_questions().by_name["name"]
        full = user_message(" ".join(lines), title=self.reading.source.title)
        alone = user_message(" ".join(reversed(lines)))
        return (
            Task(NAME, question, full, choices),
            Task(_NAME_ALONE, question, alone, choices),
        )

    def _take_name(self, naming: tuple[Task, ...]) -> None:
        said = {self._choice(task) for task in naming}
        if len(said) == 1 and (name := said.pop()) is not None:
            self.draft = _with_parts(self.draft, {NAME: name})

    def _text_task(self, part: str, choices: TextChoices | None) -> Iterator[Task]:
        if choices is None:
            return
        name = self.draft["method"]["name"] if part == METHOD else None
        question = load_questions().by_name["definition" if name else "wording"]
        user = user_message(choices.source, name=name)
        task = Task(part, question, user, choices.wordings)
        yield task
        choice = self._choice(task)
        # Code's own text stays as the abstract has it, line breaks and all.
        if choice is not None and choice != choices.wordings[0]:
            self.draft = _with_parts(self.draft, {part: choice})

    def _choice(self, task: Task) -> str | None:
        completion = self.answers.get(task.task_id)
        return None if completion is None else task.chosen(completion)


def _wordings(choices: TextChoices | None) -> tuple[str, ...]:
    return choices.wordings[1:] if choices else ()


def _get(draft: dict[str, Any], part: str) -> Any:
    name, _, field = part.partition(".")
    return draft[name][field]


def _with_parts(draft: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with other values at some parts."""
    copy = {**draft, "problem": dict(draft["problem"]), "method": dict(draft["method"])}
    for part, value in values.items():
        name, _, field = part.partition(".")
        copy[name][field] = value
    return copy
