"""What the page is told of a row that is opened: its texts, its record, and people's work on it.

A person may correct what is shown, so beside each text stands where it is in the record, and what
it is there: ``shown`` texts are clean, which what is held needn't be. The page lays judgements over
the record that was extracted, as the store does; so paths are those of that record. Who works in a
page is shown what the run holds, and keeps what it doesn't hold yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from summarise.characters import for_screen
from summarise.models import (
    Document,
    DoubtKind,
    Failure,
    Grounding,
    JudgedAs,
    Judgement,
    Outcome,
    Record,
    Row,
    ScreeningDecision,
    ScreeningState,
    Span,
)
from summarise.render import (
    DraftEntry,
    Field,
    Layout,
    Mark,
    Strength,
    Stretch,
    covered_pieces,
    grounding_in_words,
    in_words,
    provenance_in_words,
    warnings_of,
    year_of,
)
from summarise.scan import sentence_spans
from summarise.schema import Kind, Node
from summarise.store import JudgedRow, Run, Screening, decisions_of, said_of

Piece = str | list[Any]
"""Some characters of a text; in a list, with what is to be known of them."""

_KINDS = {Strength.STRONG: "strong", Strength.NOTE: "note", Strength.STRUCK: "struck"}
_MARKS = {Mark.DOUBT: "doubt", Mark.FLAG: "flag", Mark.ABSENT: "absent", Mark.WRONG: "flag"}
_MARKS |= dict.fromkeys((Mark.PERSON, Mark.VOUCHED, Mark.CHECKED), "said")
_MARKS |= {Mark.DIFFERS: "differs"}
_DOUBTED = {
    DoubtKind.MOVED: "It may belong to another sentence than its value",
    DoubtKind.ORDER: "Value and baseline may be the other way round",
    DoubtKind.POLARITY: "It denies or reverses what its sentences say",
    DoubtKind.SWAPPED: "Its numbers stand at each other's nouns",
    DoubtKind.CUT: "What goes on with it changes it",
    DoubtKind.ELSEWHOSE: "Its sentence gives it to somebody else",
    DoubtKind.UNSURE: "The extractor itself isn't sure",
    DoubtKind.NO_OUTCOME: "It may be no outcome, but a bound, p-value, year, age or sample size",
}


def stretches_told(line: Iterable[Stretch]) -> list[Piece]:
    """A line, each stretch that is more than text with what it is."""
    told: list[Piece] = []
    for stretch in line:
        kind = _MARKS.get(stretch.mark) if stretch.mark else None
        kind = kind or _KINDS.get(stretch.strength)
        if kind is not None:
            told.append([stretch.text, kind])
        elif told and isinstance(told[-1], str):
            told[-1] += stretch.text
        else:
            told.append(stretch.text)
    return told


def shape_told(node: Node) -> list[dict[str, Any]]:
    """The fields of an object, as a form for a new one needs them; keys say what isn't usual."""
    return [_field_told(field) for field in node.fields]


def _field_told(field: Node) -> dict[str, Any]:
    held = field.held
    told: dict[str, Any] = {
        "name": field.name,
        "label": for_screen(field.name.replace("_", " ")),
        "kind": held.kind.value,
    }
    if field.kind is Kind.LIST:
        told["isList"] = True
    if field.about or held.definition:
        told["about"] = for_screen(field.about or held.definition or "")
    if held.choices:
        told["choices"] = list(held.choices)
    elif held.kind is Kind.PLAIN and isinstance(held.told.get("type"), str):
        told["type"] = held.told["type"]
    if field.is_nullable:
        told["isNullable"] = True
    if held.kind is Kind.OBJECT:
        told["inside"] = shape_told(held)
        if held.evidence:
            evidence = next(one for one in held.inside if one.name == held.evidence)
            told["evidence"] = [held.evidence, evidence.kind is Kind.SENTENCES]
    return told


def opened(row: Row, layout: Layout) -> dict[str, Any]:
    """What is shown of a row that is opened."""
    document, outcome = row
    record = outcome if isinstance(outcome, Record) else None
    # A record of other words has no places in these.
    is_stale = record is not None and record.content_hash != document.content_hash
    held = _HeldValues(document, record, layout)
    places = {} if is_stale else held.places
    sentences = record.sentence_spans if record and not is_stale else ()
    spans = sentences or sentence_spans(document.abstract)
    title, in_abstract = document.title or "", places.get("abstract", [])
    told: dict[str, Any] = {
        "id": for_screen(document.doc_id),
        "hash": document.content_hash,
        "year": year_of(document),
        "venue": for_screen(document.reference.get("venue", "")),
        "sentences": [_pieces(document.abstract, span, in_abstract) for span in spans],
    }
    if told["id"] != document.doc_id:
        told["rawId"] = document.doc_id
    if title:
        told["whole"] = _pieces(title, Span(0, len(title)), places.get("title", []))
    if outcome is not None:
        told["origin"] = list(map(for_screen, provenance_in_words(outcome.provenance)))
    if isinstance(outcome, Failure):
        told["failure"] = [outcome.kind.value, for_screen(outcome.message)]
    if record is not None:
        told |= {"values": held.values, "entries": held.entries}
        put_right = (f"put right by code: {one}" for one in record.corrections)
        flags = (*warnings_of(record), *put_right)
        told["flags"] = [for_screen(flag, reveal=True) for flag in flags]
        told["unclaimed"] = [
            [for_screen(one.text, reveal=True), one.kind.value.replace("_", " ")]
            for one in record.unclaimed
        ]
        told |= _signs(record)
        told["isUnread"] = record.is_unread
        told["instructions"] = record.instructions
        told["isStale"] = is_stale
    return told


class _HeldValues:
    """The values of a record, numbered.

    Attributes:
        values: Label, text, state, notes and path of each, then what the record holds there, where
            that isn't the text; the state is ``doubt``, ``missing``, ``unsupported`` or empty.
        entries: For each field, the entries that it holds: numbers of sentences and of values, and
            the path of the entry.
        places: Where values stand in each text, and the number of each, from 0; of quantities that
            no value holds, the number is below 0: -1 is the first.
    """

    def __init__(self, document: Document, record: Record | None, layout: Layout) -> None:
        self.values: list[list[Any]] = []
        self.entries: list[list[Any]] = []
        self.places: dict[str, list[tuple[Span, int]]] = {}
        if record is None:
            return
        self._texts = {"abstract": document.abstract, "title": document.title or ""}
        self._grounded = {value.path: value for value in record.verbatims}
        self._unsupported = {one.path: one.tokens for one in record.unsupported}
        self._doubts: dict[str, list[str]] = {}
        for doubt in record.doubts:
            told = f"{_DOUBTED[doubt.kind]}: {doubt.words}"
            self._doubts.setdefault(doubt.path, []).append(told)
        draft = DraftEntry("", layout, record.draft)
        for field in layout.fields:
            self.entries.append(list(self._entries(draft, field)))
        for number, quantity in enumerate(record.unclaimed, 1):
            self.places.setdefault("abstract", []).append((quantity.span, -number))

    def _entries(self, owner: DraftEntry, field: Field) -> Iterator[list[Any]]:
        for entry in owner.entries(field):
            numbers = list(self._numbered(entry, field, ""))
            yield [entry.sentences, numbers, entry.path.removesuffix(".")]

    def _numbered(self, entry: DraftEntry, field: Field, owner: str) -> Iterator[int]:
        """The numbers of what an entry holds; what stands deeper says in what."""
        for inner in entry.layout.fields:
            label = "" if inner is field else f"{owner}{inner.label}"
            if inner.part is not None:
                for nested in entry.entries(inner):
                    yield from self._numbered(nested, inner, f"{label} · ")
                continue
            for path, value in entry.items(inner.name):
                yield len(self.values)
                self._add(path, label, inner, value)

    def _add(self, path: str, label: str, field: Field, value: Any) -> None:
        state = ""
        notes: list[str] = []
        grounded = self._grounded.get(path)
        if grounded is not None:
            notes += grounding_in_words(grounded, self._texts)
            if grounded.grounding is Grounding.MISSING:
                state = "missing"
            elif grounded.span is not None:
                here = self.places.setdefault(grounded.source, [])
                here.append((grounded.span, len(self.values)))
        elif field.kind is Kind.VERBATIM:
            notes.append("not grounded")
        if tokens := self._unsupported.get(path):
            state = "unsupported"
            notes.append(f"not in its evidence: {', '.join(tokens)}")
        if doubts := self._doubts.get(path):
            state = state or "doubt"
            notes += doubts
        text = for_screen(in_words(value, is_choice=field.kind is Kind.CHOICE), reveal=True)
        told = [for_screen(note, reveal=True) for note in notes]
        self.values.append([label, text, state, told, path, *([] if text == value else [value])])


def _pieces(text: str, whole: Span, places: Sequence[tuple[Span, int]]) -> list[Piece]:
    """A part of a text, clean, with the numbers of the values that stand in its pieces."""
    pieces = ((_shown(piece), over) for piece, over in covered_pieces(text, whole, places))
    return [[shown, over] if over else shown for shown, over in pieces if shown]


def _shown(text: str) -> str:
    """Like ``for_screen``, but a blank at an end stays: it parts this piece from the next."""
    return for_screen(f"|{text}|", reveal=True)[1:-1]


class HeldWork:
    """Judgements and decisions of a run, by document; asked for its rows in their order."""

    def __init__(self, run: Run) -> None:
        self._judged = run.judged_rows()
        self._next = next(self._judged, None)
        self._undone = _undone(run)
        decisions = decisions_of(run.path, run.damage)
        self._decided = _last_of(decisions)
        self._screening = Screening(decisions)

    def of(self, number: int, row: Row) -> tuple[Row, dict[str, Any]]:
        """A row as it was extracted, and what people have done to it."""
        document, outcome = row
        told: dict[str, Any] = {}
        judged = self._judged_at(number)
        lines = list(self._undone.get(document.doc_id, ()))
        if judged is not None:
            lines += _judgements(judged)
            row = document, judged.stored or outcome
            told |= _signs(judged.shown)
        if lines:
            told["judgements"] = lines
        if decisions := self._decided.get(document.doc_id):
            told["decisions"] = decisions
        if self._screening.of(document).state is ScreeningState.CONFLICT:
            told["isConflict"] = True
        return row, told

    def _judged_at(self, number: int) -> JudgedRow | None:
        """What was judged of a row; those come in the order of the rows."""
        found = self._next
        if found is None or found.number != number:
            return None
        self._next = next(self._judged, None)
        return found


def _judgements(judged: JudgedRow) -> Iterator[dict[str, Any]]:
    for one in judged.shown.judgements if judged.shown else ():
        yield _line(one) | {"stored": one.stored}
    for offered in judged.offered:
        yield _line(offered.judgement) | {"offered": offered.why}


def _line(judgement: Judgement) -> dict[str, Any]:
    """A judgement as its line has it, but for the document; a person's words are as they are."""
    own = set(Judgement.model_fields) - {"doc_id"}
    return judgement.model_dump(mode="json", include=own)


def _signs(shown: Outcome | None) -> dict[str, Any]:
    """Whether something still needs a look, once people have looked."""
    if not isinstance(shown, Record):
        return {}
    return {"needsEyes": shown.is_flagged or bool(shown.doubtful) or shown.is_unread}


def _undone(run: Run) -> dict[str, list[dict[str, Any]]]:
    """What was taken back, so that a page that has kept it lets go of it."""
    last: dict[tuple[str, str, str], Judgement] = {}
    for _, one in said_of(run.path, run.damage):
        last[one.place] = one
    found = defaultdict(list)
    for one in last.values():
        if one.verdict is JudgedAs.UNDONE:
            found[one.doc_id].append(_line(one))
    return found


def _last_of(decisions: Iterable[ScreeningDecision]) -> dict[str, list[dict[str, Any]]]:
    """The last decision of each person on each document, those of earlier texts included."""
    last: dict[tuple[str, str], ScreeningDecision] = {}
    for one in decisions:
        known = last.get((one.doc_id, one.by))
        if not one.settles and (known is None or known.moment <= one.moment):
            last[one.doc_id, one.by] = one
    found = defaultdict(list)
    for one in last.values():
        told = one.model_dump(mode="json", exclude={"doc_id", "settles"})
        found[one.doc_id].append(told)
    return found
