"""The part of a summary that is scored, in one form for records and for gold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from summarise.errors import InputError
from summarise.models import Document, Record, Row, Span

# Two sentences are one where they share more than this part of the shorter one.
_SHARED = 0.5


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Statement(_Part):
    """A statement, of which the sentences are scored."""

    sentences: tuple[int, ...]


class Method(Statement):
    """The method, of which the name is scored too."""

    name: str | None


class Data(_Part):
    """A dataset."""

    name: str
    role: str


class Compute(_Part):
    """A fact about resources."""

    value: str


class Result(Statement):
    """An outcome."""

    value: str | None
    baseline: str | None


class Summary(_Part):
    """What is scored of a summary.

    Attributes:
        problem: The gap.
        method: What is proposed.
        data: Datasets, in the order given.
        compute: Resources, in the order given.
        results: Outcomes, in the order given.
        links: Addresses.
    """

    problem: Statement
    method: Method
    data: tuple[Data, ...]
    compute: tuple[Compute, ...]
    results: tuple[Result, ...]
    links: tuple[str, ...]

    @property
    def sentence_numbers(self) -> set[int]:
        """All sentence numbers that count."""
        parts = (self.problem, self.method, *self.results)
        return {number for part in parts for number in part.sentences}


@dataclass(frozen=True, slots=True)
class Scored:
    """A summary and what it is of.

    Attributes:
        doc_id: Id of the abstract; empty where gold has none.
        title: Title of the abstract, None where it has none.
        abstract: The abstract.
        sentences: Its numbered sentences.
        summary: What is scored; None where a run has none, since the document failed or wasn't
            attempted.
    """

    doc_id: str
    title: str | None
    abstract: str
    sentences: tuple[Span, ...]
    summary: Summary | None

    @property
    def name(self) -> str:
        """What to call it."""
        return self.title or self.doc_id

    def numbered_as(self, other: Scored) -> Summary | None:
        """The summary with the sentence numbers of another splitting of the same abstract.

        A sentence becomes those of the other splitting that it shares more than half of the
        shorter one with. Positions count the characters that aren't white space, so that line
        breaks may differ.
        """
        if self.summary is None or self.sentences == other.sentences:
            return self.summary
        theirs = _squeezed(other.abstract, other.sentences)
        ours = _squeezed(self.abstract, self.sentences)
        new = {
            number: [at for at, span in enumerate(theirs, 1) if _is_same(ours[number - 1], span)]
            for number in self.summary.sentence_numbers
            if 1 <= number <= len(ours)
        }
        return _renumbered(self.summary, new)

    def is_same_text(self, other: Scored) -> bool:
        """Whether both have the same abstract, white space apart."""
        return "".join(self.abstract.split()) == "".join(other.abstract.split())


def scored_row(row: Row) -> Scored:
    """What a run says of a document.

    Raises:
        InputError: The record isn't one of the built-in schema.
    """
    document, outcome = row
    record = outcome if isinstance(outcome, Record) else None
    sentences = record.sentence_spans if record else ()
    summary = _record_summary(document, record) if record else None
    return Scored(document.doc_id, document.title, document.abstract, sentences, summary)


def _record_summary(document: Document, record: Record) -> Summary:
    try:
        return Summary.model_validate({**record.draft, "links": record.links})
    except ValidationError as error:
        raise InputError(
            f"has no record of the default schema, but of {record.provenance.schema_name}",
            where=document.doc_id,
            hint="Only summaries by the default schema can be scored.",
        ) from error


def _renumbered(summary: Summary, new: dict[int, list[int]]) -> Summary:
    def part(old: Any) -> Any:
        numbers = {later for number in old.sentences for later in new.get(number, ())}
        return old.model_copy(update={"sentences": tuple(sorted(numbers))})

    return summary.model_copy(
        update={
            "problem": part(summary.problem),
            "method": part(summary.method),
            "results": tuple(part(result) for result in summary.results),
        }
    )


def _squeezed(text: str, spans: Iterable[Span]) -> list[Span]:
    """Spans that count only the characters that aren't white space."""
    counts = [0, *accumulate(not character.isspace() for character in text)]
    last = len(text)
    return [Span(counts[min(span.start, last)], counts[min(span.end, last)]) for span in spans]


def _is_same(left: Span, right: Span) -> bool:
    shared = min(left.end, right.end) - max(left.start, right.start)
    return shared > _SHARED * min(left.end - left.start, right.end - right.start)
