"""One record held against its document, and against the answer that it was made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from summarise.evaluate.differences import (
    Difference,
    DifferenceKind,
    compare_fields,
    compare_values,
    shown,
    sides,
    where,
)
from summarise.extract import Fault, read_draft
from summarise.ground import Grounded, normalise
from summarise.models import DERIVED_FIELDS, EMBEDDED, Answer, GroundedValue, Grounding, Record
from summarise.reading import Reading, embedded_draft
from summarise.schema import Draft, Kind, holders, leaves, renumbered
from summarise.version import __version__

_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class RecordCheck:
    """One record and its document, read anew."""

    record: Record
    reading: Reading
    schema: type[BaseModel]

    @property
    def _kind(self) -> DifferenceKind:
        """What a difference in something derived says: the rules of another version may differ."""
        is_ours = self.record.provenance.version == __version__
        return DifferenceKind.ALTERED if is_ours else DifferenceKind.RULES

    def values(self) -> Iterator[Difference]:
        """Each verbatim value of the draft has an entry, and stands where that says."""
        stored = {value.path: value for value in self.record.verbatims}
        for leaf in leaves(self.schema, self.record.draft):
            if leaf.kind is not Kind.VERBATIM:
                continue
            value = stored.pop(leaf.path, None)
            if value is None or value.value != leaf.value:
                was = "not grounded" if value is None else f"“{value.value}” as grounded"
                yield Difference(leaf.path, was, f"“{leaf.value}” in the draft")
            else:
                yield from self._value(value)
        for path, value in stored.items():
            yield Difference(path, f"“{value.value}” as grounded", "not in the draft")

    def _value(self, value: GroundedValue) -> Iterator[Difference]:
        now = self._grounded(value)
        if (now.grounding, now.span, now.source) == (value.grounding, value.span, value.source):
            return
        kind = self._kind if self._holds(value) else DifferenceKind.ALTERED
        yield Difference(value.path, where(value), where(now), kind)

    def _grounded(self, value: GroundedValue) -> GroundedValue:
        """A value grounded again, best in the sentences that it is said to stand in."""
        source = self.reading.source
        in_abstract = value.span is not None and value.source == "abstract"
        cited = source.sentence_numbers(value.span) if in_abstract and value.span else ()
        place, where = source.place(value.value, cited), "abstract"
        if place is None:
            place, where = source.title_place(value.value), "title"
        if place is None:
            return GroundedValue(path=value.path, value=value.value, grounding=Grounding.MISSING)
        grounding = Grounding.EXACT if place.is_exact else Grounding.NORMALISED
        return value.model_copy(
            update={"grounding": grounding, "span": place.span, "source": where}
        )

    def _holds(self, value: GroundedValue) -> bool:
        """Whether the text has the value where the record says, whatever else the rules ask."""
        if value.span is None:
            return value.grounding is Grounding.MISSING
        document = self.reading.document
        text = document.abstract if value.source == "abstract" else document.title or ""
        start, end = value.span
        if value.grounding is Grounding.MISSING or not 0 <= start < end <= len(text):
            return False
        stands = value.span.of(text)
        if value.grounding is Grounding.EXACT:
            return stands == value.value
        return _letters(stands) == _letters(value.value)

    def sentences(self) -> Iterator[Difference]:
        """The sentence spans lie in the abstract, and every number is that of a sentence."""
        abstract, spans = self.reading.document.abstract, self.record.sentence_spans
        ends = [0, *(position for span in spans for position in span)]
        if ends != sorted(ends) or ends[-1] > len(abstract):
            yield Difference("sentence_spans", shown(spans), shown(self.reading.source.sentences))
        for path, numbers in _numbers(self.schema, self.record.draft).items():
            beyond = [number for number in numbers if not 1 <= number <= len(spans)]
            if beyond:
                yield Difference(path, shown(numbers), f"{len(spans)} sentences")

    def derived(self) -> Iterator[Difference]:
        """What code makes of the draft comes out the same."""
        again = self.reading.ground(self.schema, self.record.draft)
        # A value may stand at several places of its evidence. Which one was taken depends on the
        # numbers that the draft gave first, and those aren't stored; ``values`` has checked it.
        again = replace(again, verbatims=self.record.verbatims)
        now = self.reading.record(again, self.record.provenance)
        given = _numbers(self.schema, self.record.draft)
        corrected = _numbers(self.schema, now.draft)
        for path, numbers in given.items():
            yield from compare_values(path, numbers, corrected.get(path, ()), self._kind)
        yield from compare_fields(DERIVED_FIELDS, self.record, now, kind=self._kind)

    def answered(self, kept: Sequence[Answer]) -> Iterator[Difference]:
        """Each field of the draft is that of a kept answer, or what the abstract gives alone."""
        drafts = self._drafts(kept)
        if not drafts:
            yield Difference("answers.jsonl", "a draft", "no answer to make it of")
            return
        made = [self.reading.ground(self.schema, draft) for draft in drafts]
        whole = [one for one in made if one.draft == self.record.draft]
        if whole and not self.record.provenance.reasks:
            yield from self._grounding(whole)
        for name, stored in self.record.draft.items():
            if not any(one.draft.get(name) == stored for one in made):
                yield from self._unanswered(name, stored, [one.draft for one in made])

    def _grounding(self, made: Sequence[Grounded]) -> Iterator[Difference]:
        """What grounding did on the way from an answer to the draft."""
        for name in ("verbatims", "corrections"):
            stored = getattr(self.record, name)
            if all(getattr(one, name) != stored for one in made):
                yield Difference(name, *sides(stored, getattr(made[-1], name)), self._kind)

    def _unanswered(
        self, name: str, stored: Any, made: list[dict[str, Any]]
    ) -> Iterator[Difference]:
        """What tells a field from all answers: its words, or only its sentence numbers."""
        path, was, now = _first_difference(stored, made[-1].get(name), name)
        words = _wording(self.schema, self.record.draft)[name]
        if all(_wording(self.schema, draft).get(name) != words for draft in made):
            yield Difference(path, *sides(was, now))
        elif not self.record.provenance.reasks:
            # The numbers of a draft put together from two answers may be those of neither.
            yield Difference(path, *sides(was, now), self._kind)

    def _drafts(self, kept: Sequence[Answer]) -> list[dict[str, Any]]:
        """What the draft may have been made of."""
        if self.record.provenance.extractor == EMBEDDED:
            return [embedded_draft(self.reading)] if self.schema is Draft else []
        read = [read_draft(one.completion, self.schema) for one in kept]
        return [draft for draft in read if not isinstance(draft, Fault)]


def _numbers(schema: type[BaseModel], draft: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """The sentence numbers of a draft, by path."""
    held = (holder for holder in holders(schema, draft) if holder.node.evidence)
    return {holder.numbers_path: holder.numbers for holder in held}


def _wording(schema: type[BaseModel], draft: dict[str, Any]) -> dict[str, Any]:
    """A draft without its sentence numbers."""
    return renumbered(schema, draft, lambda _: None)


def _first_difference(stored: Any, now: Any, path: str) -> tuple[str, Any, Any]:
    """The first place where two JSON values differ, with both values there."""
    if isinstance(stored, dict) and isinstance(now, dict):
        for key in stored:
            if stored[key] != now.get(key):
                return _first_difference(stored[key], now.get(key), f"{path}.{key}")
    if isinstance(stored, list) and isinstance(now, list) and len(stored) == len(now):
        for index, (left, right) in enumerate(zip(stored, now, strict=True)):
            if left != right:
                return _first_difference(left, right, f"{path}[{index}]")
    return path, stored, now


def _letters(text: str) -> str:
    """The letters and digits of a text: what typography leaves alone."""
    return _NOT_WORD.sub("", normalise(text).text).casefold()
