"""How a value stands to its abstract, and what is to be known of a record, in words.

A screen and a page say the same. Words of a draft or an abstract are in them as they are: whoever
shows a line cleans it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from summarise.characters import for_screen
from summarise.models import GroundedValue, Grounding, Record
from summarise.render.format import Mark

_FLAG = Mark.FLAG.sign


def numbers_in_words(sentences: Iterable[int]) -> str:
    """Numbers of sentences as they stand before them: ``[2] [4]``."""
    return " ".join(f"[{number}]" for number in sentences)


def grounding_in_words(value: GroundedValue, texts: Mapping[str, str]) -> Iterator[str]:
    """How a value was found; ``texts`` are those of its document by the names of sources."""
    yield value.grounding.value
    if value.grounding is Grounding.NORMALISED and value.span:
        stands = value.span.of(texts.get(value.source, ""))
        yield f"it stands as “{for_screen(stands, reveal=True)}”"
    if value.source != "abstract":
        yield f"in the {for_screen(value.source)}"
    if value.cited is not None:
        yield f"the draft cited {numbers_in_words(value.cited) or 'nothing'}"


def warnings_of(record: Record) -> Iterator[str]:
    """What deserves a second look."""
    if record.provenance.input_was_cut:
        yield f"{_FLAG} the server read only part of what was asked: something may be missing"
    if record.is_unread:
        where = for_screen(record.written_in or "", reveal=True)
        yield f"not read: it seems to be in {where}; the embedded extractor reads English alone"
    for number in record.instructions:
        where = f"[{number}]" if number else "the title"
        yield f"{_FLAG} {where} reads like an instruction, or is hidden from readers: no evidence"
    for found in record.missing:
        where = f"{found.path}: “{found.value}”"
        yield f"{_FLAG} {where} stands neither in the abstract nor in the title"
    for one in record.unsupported:
        yield f"{_FLAG} {one.path}: not in its evidence: {', '.join(one.tokens)}"
    for doubt in record.doubts:
        yield f"{Mark.DOUBT.sign} {doubt.path}: {doubt.words}"


def notes_of(record: Record) -> Iterator[str]:
    """What else is to be known of a record, as ``warnings_of``."""
    for quantity in record.unclaimed:
        at, spans = quantity.span.start, record.sentence_spans
        number = bisect_right(spans, at, key=lambda span: span.start)
        where = f" [{number}]" if number and at < spans[number - 1].end else ""
        yield f"unclaimed: {quantity.text} ({quantity.kind.value.replace('_', ' ')}){where}"
    for correction in record.corrections:
        yield f"corrected: {correction}"
