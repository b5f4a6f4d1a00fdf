"""What is scored of a summary, in one form for records and for gold: files of it, and judged runs.

A run that people have corrected is gold for what they have judged of each record, and no more. A
measure counts for a record where all that it is made of was checked or corrected: each value of
each entry that isn't null, itself, with its entry or with the whole list. So does a list without
entries that was judged as a whole. Sentences count where they were judged, or the part or list that
they are in; links never do. What is said to be wrong, and what nobody has looked at, isn't truth.
A list is taken for whole: whoever judges its entries is to add what lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from summarise.errors import InputError, told_fault
from summarise.models import Record, Row, Span
from summarise.store import Run

# Two sentences are one where they share more than this part of the shorter one.
_SHARED = 0.5


class ScoredPart(BaseModel):
    """A part of a summary; what isn't scored of it is left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ScoredStatement(ScoredPart):
    """A statement, of which the sentences are scored."""

    sentences: tuple[int, ...]


class ScoredMethod(ScoredStatement):
    """The method, of which the name is scored too."""

    name: str | None


class ScoredData(ScoredPart):
    """A dataset."""

    name: str
    role: str


class ScoredCompute(ScoredPart):
    """A fact about resources."""

    value: str


class ScoredResult(ScoredStatement):
    """An outcome."""

    value: str | None
    baseline: str | None
    metric: str | None = None
    dataset: str | None = None
    group: str | None = None
    uncertainty: str | None = None


class Summary(ScoredPart):
    """What is scored of a summary; lists are in the order given."""

    problem: ScoredStatement
    method: ScoredMethod
    data: tuple[ScoredData, ...]
    compute: tuple[ScoredCompute, ...]
    results: tuple[ScoredResult, ...]
    links: tuple[str, ...]

    @property
    def sentence_numbers(self) -> set[int]:
        """All sentence numbers that count."""
        parts = (self.problem, self.method, *self.results)
        return {number for part in parts for number in part.sentences}

    def renumbered(self, new: dict[int, list[int]]) -> Summary:
        """This summary with other sentence numbers, of which there may be several for each."""

        def part(old: Any) -> Any:
            numbers = {later for number in old.sentences for later in new.get(number, ())}
            return old.model_copy(update={"sentences": tuple(sorted(numbers))})

        return self.model_copy(
            update={
                "problem": part(self.problem),
                "method": part(self.method),
                "results": tuple(map(part, self.results)),
            }
        )


@dataclass(frozen=True, slots=True)
class Scored:
    """A summary and what it is of."""

    doc_id: str
    """Empty where gold has none."""
    title: str | None
    abstract: str
    sentences: tuple[Span, ...]
    summary: Summary | None
    """None where a run has none: the document failed or wasn't attempted."""
    counting: frozenset[str] | None = None
    """The measures that it is gold for, None for all."""

    def counts(self, measure: str) -> bool:
        """Whether it is gold for a measure."""
        return self.counting is None or measure in self.counting

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
        return self.summary.renumbered(new)

    def is_same_text(self, other: Scored) -> bool:
        """Whether both have the same abstract, white space apart."""
        return "".join(self.abstract.split()) == "".join(other.abstract.split())


def scored_row(row: Row) -> Scored:
    """What a run says of a document.

    Raises:
        InputError: The record isn't one of the built-in schema.
    """
    document, record = row
    sentences: tuple[Span, ...] = ()
    summary = None
    if isinstance(record, Record):
        sentences = record.sentence_spans
        try:
            summary = Summary.model_validate({**record.draft, "links": record.links})
        except ValidationError as error:
            raise InputError(
                f"has no record of the default schema, but of {record.provenance.schema_name}",
                where=document.doc_id,
                hint="Only summaries by the default schema can be scored.",
            ) from error
    return Scored(document.doc_id, document.title, document.abstract, sentences, summary)


def _squeezed(text: str, spans: Iterable[Span]) -> list[Span]:
    """Spans that count only the characters that aren't white space."""
    counts = [0, *accumulate(not character.isspace() for character in text)]
    last = len(text)
    return [Span(counts[min(span.start, last)], counts[min(span.end, last)]) for span in spans]


def _is_same(left: Span, right: Span) -> bool:
    shared = min(left.end, right.end) - max(left.start, right.start)
    return shared > _SHARED * min(left.end - left.start, right.end - right.start)


@dataclass(frozen=True, slots=True)
class Gold:
    """The hand-made summaries of a file, as far as they can be used."""

    summaries: tuple[Scored, ...]
    unusable: tuple[str, ...] = ()
    """What is wrong with the other lines, each with file and line."""
    path: Path | None = None


class _GoldLine(ScoredPart):
    id: Annotated[str, BeforeValidator(lambda value: str(value) if value else "")] = ""
    title: str | None = None
    abstract: str
    sentence_spans: tuple[Span, ...]
    gold: Summary

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if not self.id and not self.title:
            raise ValueError("it has neither a title nor an id")
        ends = [0, *(end for span in self.sentence_spans for end in span)]
        if ends != sorted(ends) or ends[-1] > len(self.abstract):
            raise ValueError("its sentence_spans overlap, or leave the abstract")
        count = len(self.sentence_spans)
        beyond = [n for n in sorted(self.gold.sentence_numbers) if not 1 <= n <= count]
        if beyond:
            raise ValueError(f"it cites sentence {beyond[0]} of {count}")
        return self


def load_gold(path: Path) -> Gold:
    """Read JSON lines of gold, as ``summarise.evaluate`` describes them.

    Raises:
        InputError: The file can't be read, or no line of it can be used.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise InputError(f"can't be read ({reason})", where=str(path)) from error
    lines = list(_lines(text, path))
    summaries = tuple(line for line in lines if isinstance(line, Scored))
    unusable = tuple(line for line in lines if isinstance(line, str))
    if not summaries:
        first = f" ({unusable[0]})" if unusable else ""
        raise InputError(
            f"holds no gold summary that can be used{first}",
            where=str(path),
            hint="One JSON object a line: title, abstract, sentence_spans, gold.",
        )
    return Gold(summaries, unusable, path)


def _lines(text: str, path: Path) -> Iterator[Scored | str]:
    """Each line as gold, or as what is wrong with it."""
    # Not splitlines: JSON may hold other line breaks in its texts.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = _GoldLine.model_validate_json(line)
        except ValidationError as error:
            yield f"{path.name}:{number}: {told_fault(error)}"
        else:
            spans = entry.sentence_spans
            yield Scored(entry.id, entry.title, entry.abstract, spans, entry.gold)


class _Needs(NamedTuple):
    """What must be judged of a part for a measure to count."""

    part: str
    names: tuple[str, ...]


_VALUES = ("value", "baseline")
NEEDS = {
    "problem.sentences": _Needs("problem", ("sentences",)),
    "method.sentences": _Needs("method", ("sentences",)),
    "method.name": _Needs("method", ("name",)),
    "data.name": _Needs("data", ("name",)),
    "data.role": _Needs("data", ("name", "role")),
    "compute.value": _Needs("compute", ("value",)),
    "results.numbers": _Needs("results", _VALUES),
    "results.sentences": _Needs("results", ("sentences",)),
    "row.value": _Needs("results", ("value",)),
    "row.whole": _Needs("results", ("value", "metric", "dataset")),
    "row.group": _Needs("results", ("value", "group")),
    "row.uncertainty": _Needs("results", ("value", "uncertainty")),
}
"""Of each measure that can count; links, which code finds, are no person's."""


def gold_of_run(run: Run) -> Gold:
    """What people have judged of a run, as gold.

    Raises:
        InputError: That is nothing that is scored, or the run isn't by the default schema.
    """
    summaries = []
    for document, outcome in run.rows():
        if isinstance(outcome, Record) and outcome.judgements:
            counting = frozenset(
                measure
                for measure, needs in NEEDS.items()
                if _is_judged(outcome, needs, outcome.draft.get(needs.part))
            )
            if counting:
                scored = scored_row((document, outcome))
                summaries.append(replace(scored, counting=counting))
    if not summaries:
        raise InputError(
            "holds nothing that people have judged and that is scored",
            where=str(run.path),
            hint="`summarise correct RUN PAPER results --checked` judges a list as a whole.",
        )
    return Gold(tuple(summaries), path=run.path)


def _is_judged(record: Record, needs: _Needs, held: Any) -> bool:
    """Whether all that a measure needs of a part was checked or corrected."""
    if isinstance(held, dict):
        return all(record.is_settled(f"{needs.part}.{name}") for name in needs.names)
    if not held:
        return record.is_settled(needs.part)
    return all(
        record.is_settled(f"{needs.part}[{at}].{name}")
        for at, entry in enumerate(held)
        for name in needs.names
        if entry.get(name) is not None
    )
