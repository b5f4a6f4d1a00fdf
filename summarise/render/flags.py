"""Where the values of a record stand, how, and what is to be known of it in words.

A screen and a page say the same. Words of a draft or an abstract are in them as they are: whoever
shows a line cleans it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from summarise.characters import counted, for_screen
from summarise.judging import said_in_words
from summarise.models import (
    DoubtKind,
    GroundedValue,
    Grounding,
    JudgedAs,
    Provenance,
    Record,
    Span,
    top_field,
)
from summarise.render.format import Mark
from summarise.schema import Kind, Node

_T = TypeVar("_T")
_FLAG = Mark.FLAG.sign


def places_of(record: Record, source: str) -> list[tuple[Span, str]]:
    """Where values stand in a text, and of which field; shorter ones last, to show on top."""
    found = [
        (value.span, top_field(value.path))
        for value in record.verbatims
        if value.span and value.source == source
    ]
    return sorted(found, key=lambda one: one[0].start - one[0].end)


def covered_pieces(
    text: str, whole: Span, places: Sequence[tuple[Span, _T]]
) -> Iterator[tuple[str, list[_T]]]:
    """A part of a text, cut wherever a place begins or ends, each piece with what covers it.

    The text is as it is; what covers a piece comes in the order of the places.
    """
    inside = [(s, what) for s, what in places if s.start < whole.end and s.end > whole.start]
    ends = {max(span.start, whole.start) for span, _ in inside}
    ends |= {min(span.end, whole.end) for span, _ in inside}
    for start, end in pairwise(sorted(ends | {whole.start, whole.end})):
        if piece := text[start:end]:
            yield piece, [what for s, what in inside if s.start <= start and s.end >= end]


def shown_in_full(text: str) -> str:
    """A text on one line with each of its blanks, and what would act on a screen revealed."""
    return "".join(" " if one.isspace() else for_screen(one, reveal=True) for one in text)


def numbers_in_words(sentences: Iterable[int]) -> str:
    """Numbers of sentences as they stand before them: ``[2] [4]``."""
    return " ".join(f"[{number}]" for number in sentences)


def grounding_in_words(value: GroundedValue, texts: Mapping[str, str]) -> Iterator[str]:
    """How a value was found, where that isn't to the letter in the abstract.

    ``texts`` are those of its document by the names of sources.
    """
    if value.grounding is not Grounding.EXACT:
        yield value.grounding.value
    if value.grounding is Grounding.NORMALISED and value.span:
        stands = value.span.of(texts.get(value.source, ""))
        yield f"it stands as “{for_screen(stands, reveal=True)}”"
    if value.source != "abstract":
        yield f"in the {for_screen(value.source)}"
    if value.cited is not None:
        yield f"the draft cited {numbers_in_words(value.cited) or 'nothing'}"


def provenance_in_words(origin: Provenance) -> Iterator[str]:
    """Who extracted, with what, at what expense."""
    yield f"{origin.extractor} extractor"
    if origin.model:
        served = origin.served_model
        also = f" (served as {served})" if served and served != origin.model else ""
        yield f"{origin.model}{also} at {origin.endpoint_host or 'unknown host'}"
    if origin.prompt_version:
        yield f"prompt {origin.prompt_version}"
    if origin.calls:
        reasks = f", {counted(origin.reasks, 'reask')}" if origin.reasks else ""
        yield f"{counted(origin.calls, 'call')}{reasks}"
        told = (origin.usage.input_tokens, origin.usage.output_tokens)
        yield "{} tokens in, {} out".format(*("?" if n is None else f"{n:,}" for n in told))
        yield f"{origin.latency:.1f} s"
    if origin.cost:
        yield f"${origin.cost.normalize():f}"
    if origin.cache_hit:
        yield "from the cache"
    yield f"summarise {origin.version}, {origin.created}"


def marks_of_people(record: Record) -> dict[str, Mark]:
    """The marks of what people say of a record, by the paths of what is shown."""
    marks = {path: _MARKS_OF_PEOPLE[one.verdict] for path, one in record.judged.items()}
    for value in record.vouched:
        marks[value.path] = Mark.VOUCHED
    for one in record.judgements:
        if one.shown is None:  # of what it was in, something is gone
            marks.setdefault(top_field(one.path), Mark.PERSON)
    return marks


_MARKS_OF_PEOPLE = {
    JudgedAs.CORRECTED: Mark.PERSON,
    JudgedAs.CHECKED: Mark.CHECKED,
    JudgedAs.WRONG: Mark.WRONG,
}


def warnings_of(record: Record) -> Iterator[str]:
    """What deserves a second look."""
    if record.input_was_cut:
        yield f"{_FLAG} the server read only part of what was asked: something may be missing"
    if record.is_unread:
        where = for_screen(record.written_in or "", reveal=True)
        yield f"not read: it seems to be in {where}; the embedded extractor reads English alone"
    for number in record.instructions:
        where = f"[{number}]" if number else "the title"
        yield f"{_FLAG} {where} reads like an instruction, or is hidden from readers: no evidence"
    for path, mark, words in _doubts_of(record):
        sign = Mark.DOUBT.sign if mark is Mark.UNSURE else mark.sign
        yield f"{sign} {path}: {words}"


def _doubts_of(record: Record) -> Iterator[tuple[str, Mark, str]]:
    """What is doubted of its values: which one, with what sign, and why."""
    for found in record.missing:
        words = f"“{found.value}” stands neither in the abstract nor in the title"
        yield found.path, Mark.FLAG, words
    for one in record.unsupported:
        yield one.path, Mark.FLAG, f"not in its evidence: {', '.join(one.tokens)}"
    for doubt in record.doubts:
        mark = Mark.UNSURE if doubt.kind is DoubtKind.UNSURE else Mark.DOUBT
        yield doubt.path, mark, doubt.words


def entry_doubts(field: Node, record: Record) -> list[str | None]:
    """The doubts of each entry of a field, on a line that begins with a sign; None where none is.

    What a person says is wrong is one as well.
    """
    wrong = (
        (path, Mark.WRONG, "a person says that it is wrong")
        for path, one in record.judged.items()
        if one.verdict is JudgedAs.WRONG
    )
    entry_of = re.compile(re.escape(field.name) + (r"\[\d+\]" if field.kind is Kind.LIST else ""))
    told: dict[str, list[str]] = {}
    for path, mark, words in (*_doubts_of(record), *wrong):
        if found := entry_of.match(path):
            within = path[found.end() :].lstrip(".")
            line = f"{mark.sign} {within}: {words}" if within else f"{mark.sign} {words}"
            told.setdefault(found[0], []).append(for_screen(line))
    count = len(field.entries(record.draft))
    is_list = field.kind is Kind.LIST
    paths = [f"{field.name}[{at}]" if is_list else field.name for at in range(count)]
    return ["; ".join(told[path]) if path in told else None for path in paths]


def notes_of(record: Record) -> Iterator[str]:
    """What else is to be known of a record, as ``warnings_of``."""
    for judgement in record.judgements:
        yield f"{_MARKS_OF_PEOPLE[judgement.verdict].sign} {said_in_words(judgement)}"
    for value in record.vouched:
        yield f"{Mark.VOUCHED.sign} {value.path}: neither in the abstract nor in the title"
    for quantity in record.unclaimed:
        at, spans = quantity.span.start, record.sentence_spans
        number = bisect_right(spans, at, key=lambda span: span.start)
        where = f" [{number}]" if number and at < spans[number - 1].end else ""
        yield f"unclaimed: {quantity.text} ({quantity.kind.value.replace('_', ' ')}){where}"
    if missing := record.provenance.missing_keys:
        yield f"not in the answer, so null or empty: {', '.join(missing)}"
    for correction in record.corrections:
        yield f"corrected: {correction}"
