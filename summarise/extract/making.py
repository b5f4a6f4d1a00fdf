"""What is made of one document by code alone, without waiting: its question, and its record.

All of it can be done in another process than the one that asks: see ``workers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from summarise.drafting import read_abstract, unsure_of
from summarise.extract.drafts import Read
from summarise.extract.prompts import Prompt
from summarise.ground import Grounded
from summarise.models import Document, Grounding, Identity, MadeRecord, Provenance, top_field
from summarise.reading import Reading
from summarise.store import utc_now

_COUNT = re.compile("two|three|four|five|six", re.IGNORECASE)


class Making:
    """A document on its way to the record of what a model says of it."""

    def __init__(self, document: Document, prompt: Prompt) -> None:
        self._reading = Reading(document)
        self._prompt = prompt
        self._best: Grounded | None = None
        self._dropped: dict[str, None] = {}

    def question(self) -> str:
        """The user message that it is asked about with."""
        return self._prompt.user(self._reading.document, self._reading.source.sentences)

    def take(self, read: Read) -> tuple[str, ...]:
        """Ground the draft of an answer; returns what a reask should have put right, if one is due.

        Of several drafts the best part of each is kept.
        """
        self._dropped.update(dict.fromkeys(read.dropped))
        schema, reading = self._prompt.schema, self._reading
        found = replace(_grounded(read.draft, schema, reading), missing_keys=read.missing)
        best = merged(self._best, found, schema, reading) if self._best else found
        self._best = best
        return tuple(faults_of(best, reading))

    def record(self, provenance: Provenance) -> MadeRecord | None:
        """The record of the drafts; None where there was none."""
        if self._best is None:
            return None
        best = self._best
        if self._dropped:
            best = replace(best, corrections=(*self._dropped, *best.corrections))
        if best.missing_keys:
            provenance = provenance.model_copy(update={"missing_keys": best.missing_keys})
        return MadeRecord.of(self._reading.record(best, provenance))


def read_by_code(document: Document, schema: type[BaseModel], identity: Identity) -> MadeRecord:
    """The record that the embedded extractor makes of a document."""
    reading = Reading(document)
    grounded = read_abstract(reading, schema)
    unsure = unsure_of(reading, schema, grounded.draft)
    grounded = replace(grounded, doubts=(*grounded.doubts, *unsure))
    provenance = Provenance(**dict(identity), cost=Decimal(0), created=utc_now())
    return MadeRecord.of(reading.record(grounded, provenance))


def faults_of(grounded: Grounded, reading: Reading) -> Iterator[str]:
    """What a reask tells the model, if one is due: what could not be found, and what goes with it.

    None is due where statements merely count what the abstract lists; nor for what is only doubted,
    since it may be right, nor for a number that no field holds, which may be of no interest.
    """
    tokens = (token for statement in grounded.unsupported for token in statement.tokens)
    if not grounded.missing and all(map(_COUNT.fullmatch, tokens)):
        return
    for value in grounded.missing:
        yield (
            f"{value.path}: “{value.value}” doesn't stand in the abstract or its title. "
            "Copy it character by character, or answer null."
        )
    for statement in grounded.unsupported:
        names = ", ".join(f"“{token}”" for token in statement.tokens)
        yield f"{statement.path}: the abstract doesn't hold {names}. Say only what it says."
    for doubt in grounded.doubts:
        yield f"{doubt.path}: is it so? {doubt.words}."
    if unclaimed := reading.unclaimed(grounded):
        names = ", ".join(f"“{quantity.text}”" for quantity in unclaimed)
        yield f"No field holds these quantities of the abstract; add those that belong: {names}."


def merged(
    first: Grounded, second: Grounded, schema: type[BaseModel], reading: Reading
) -> Grounded:
    """The better of both for each field, so that a reask can't make a good field worse."""
    best = {name: second if _is_better(second, first, name) else first for name in first.draft}
    draft = {name: one.draft[name] for name, one in best.items()}
    missing = (path for name, one in best.items() for path in one.missing_in(name))
    return replace(_grounded(draft, schema, reading), missing_keys=tuple(missing))


def _grounded(draft: dict[str, Any], schema: type[BaseModel], reading: Reading) -> Grounded:
    return reading.doubted(reading.ground(schema, draft))


def _is_better(new: Grounded, old: Grounded, name: str) -> bool:
    """Whether a field has fewer faults than before and holds no fewer values that were found."""
    (new_faults, new_found), (old_faults, old_found) = _tally(new, name), _tally(old, name)
    return new_faults < old_faults and new_found >= old_found


def _tally(grounded: Grounded, name: str) -> tuple[tuple[int, int], int]:
    """Faults and doubts, and found values of a top-level field."""
    values = [v.grounding for v in grounded.verbatims if top_field(v.path) == name]
    missing = values.count(Grounding.MISSING)
    unsupported = sum(len(u.tokens) for u in grounded.unsupported if top_field(u.path) == name)
    doubts = sum(top_field(doubt.path) == name for doubt in grounded.doubts)
    return (missing + unsupported, doubts), len(values) - missing
