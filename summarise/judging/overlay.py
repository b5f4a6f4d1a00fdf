"""Judgements laid over one record: its draft changed in a copy, and what code knows of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from summarise.errors import path_of
from summarise.ground import Grounded, SourceText, ground, unclaimed
from summarise.judging.places import (
    Steps,
    Unfit,
    Unplaced,
    held_at,
    misfit_of,
    place,
    put_at,
    shown_record,
    steps_of,
)
from summarise.models import (
    Document,
    Doubt,
    GroundedValue,
    JudgedAs,
    JudgedRecord,
    Judgement,
    LaidJudgement,
    Offered,
    Record,
    Unsupported,
    by_shown_path,
    paths_above,
    settles,
)
from summarise.schema import Holder, holders, renumbered, shape_of

_Sign = TypeVar("_Sign", GroundedValue, Unsupported, Doubt)


class Laid(NamedTuple):
    """A record with what people said of it, and what of that couldn't be laid over it."""

    record: Record
    offered: tuple[Offered, ...]


def lay_over(
    record: Record,
    document: Document,
    judgements: Sequence[Judgement],
    schema: type[BaseModel],
    earlier: Sequence[tuple[str, Mapping[str, Any]]] = (),
) -> Laid:
    """A record of a document as its judges want it; the given one stays as it is.

    The judgements are those of the document that stand. ``earlier`` are the drafts, with the times
    at which they were made, of all records of this document in their order, this one included;
    without any it is taken for the only one.
    """
    change = _Change(record.draft, schema)
    drafts = earlier or ((record.provenance.created, record.draft),)
    for one in sorted(judgements, key=_order):
        if one.content_hash != document.content_hash:
            change.offered.append(Offered(one, "the document has changed since"))
            continue
        seen = shown_record(drafts, one)
        # The last of them is this one.
        same = record.draft if drafts and seen is drafts[-1][1] else seen
        change.take(one, same)
    shown = _regrounded(record, document, change, schema) if change.judged else record
    return Laid(shown, tuple(change.offered))


def _order(one: Judgement) -> tuple[bool, int, float]:
    """Wholes before what is in them; of two that meet in one place now the one made last."""
    depth, at = one.path.count(".") + one.path.count("["), one.moment.timestamp()
    return one.is_added, depth, at if one.is_added else -at


@dataclass
class _Change:
    """A draft on its way: places are those of the stored one, till removed entries go at the end.

    Attributes:
        judged: The judgements that were taken, with their places and whether the draft says so of
            itself.
    """

    stored: Mapping[str, Any]
    schema: type[BaseModel]
    judged: list[tuple[Judgement, Steps, bool]] = field(default_factory=list)
    offered: list[Offered] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._root = shape_of(self.schema)
        self._draft = deepcopy(dict(self.stored))
        self._removed: set[Steps] = set()
        self._places: set[Steps] = set()

    def take(self, one: Judgement, seen: Mapping[str, Any] | None) -> None:
        """Take one up, or offer it again."""
        try:
            steps, is_said = self._placed(one, seen)
            if one.verdict is JudgedAs.CORRECTED and not is_said:
                steps = self._changed(one, steps)
        except Unplaced as error:
            self.offered.append(Offered(one, str(error), isinstance(error, Unfit)))
            return
        if steps:
            self._places.add(steps)
        self.judged.append((one, steps, is_said))

    def _placed(self, one: Judgement, seen: Mapping[str, Any] | None) -> tuple[Steps, bool]:
        steps, is_said = place(one, self.stored, seen, self._root)
        if steps in self._places:
            raise Unplaced("another judgement is about the same place now")
        return steps, is_said

    def _changed(self, one: Judgement, steps: Steps) -> Steps:
        """Put a value in its place, which is given back."""
        is_entry = isinstance(steps[-1], int)
        if one.value is None and is_entry:
            removed = {*self._removed, steps}
            if why := misfit_of(self.schema, _without(self._draft, removed)):
                raise Unfit(f"without it the record isn't one: {why}")
            self._removed = removed
            return steps
        draft = deepcopy(self._draft)
        if one.is_added:
            entries = held_at(draft, steps)
            if not isinstance(entries, list):
                raise Unplaced("there is no list that it could be added to")
            steps = (*steps, len(entries))
            entries.append(one.value)
        else:
            try:
                put_at(draft, steps, one.value)
            except (LookupError, TypeError):
                raise Unplaced("what it is in was corrected as a whole") from None
        if why := misfit_of(self.schema, draft):
            raise Unfit(f"its field doesn't hold such a value: {why}")
        self._draft = draft
        return steps

    def shown(self, steps: Steps) -> Steps | None:
        """Where a place is once removed entries are gone; None where it is in one of them."""
        told: list[str | int] = []
        for at, step in enumerate(steps):
            if isinstance(step, str):
                told.append(step)
                continue
            if steps[: at + 1] in self._removed:
                return None
            told.append(step - sum((*steps[:at], n) in self._removed for n in range(step)))
        return tuple(told)

    def result(self) -> tuple[dict[str, Any], tuple[LaidJudgement, ...]]:
        """The draft, and what is laid over it, in the order in which it was said."""
        laid = []
        for one, steps, is_said in sorted(self.judged, key=lambda told: told[0].moment):
            shown = self.shown(steps) if steps else None
            told = {name: getattr(one, name) for name in Judgement.model_fields}
            if is_said and steps:
                told |= {"verdict": JudgedAs.CHECKED, "was": one.value, "value": None}
            laid.append(
                LaidJudgement.model_construct(
                    **told,
                    stored=path_of(steps) or one.path,
                    shown=None if shown is None else path_of(shown),
                )
            )
        return _without(self._draft, self._removed), tuple(laid)


def _without(draft: dict[str, Any], removed: Iterable[Steps]) -> dict[str, Any]:
    """A draft without some entries, the last ones first."""
    made = deepcopy(draft)
    for *way, number in sorted(removed, key=lambda one: (len(one), one[-1]), reverse=True):
        entries = held_at(made, way)
        if isinstance(entries, list) and isinstance(number, int) and number < len(entries):
            del entries[number]
    return made


def _regrounded(
    record: Record, document: Document, change: _Change, schema: type[BaseModel]
) -> Record:
    """The record of a changed draft: what wasn't touched of it is as it was."""
    draft, laid = change.result()
    judged = by_shown_path(laid)
    corrected = {path for path, one in judged.items() if one.verdict is JudgedAs.CORRECTED}
    source = _evidence(record, document)
    grounded = ground(schema, draft, source)

    def is_touched(path: str) -> bool:
        return not corrected.isdisjoint(paths_above(path))

    before = {one.path: one for one in _moved(record.verbatims, change)}
    unsupported, doubts = _moved(record.unsupported, change), _moved(record.doubts, change)
    changed = {
        "verbatims": tuple(
            one if is_touched(one.path) else before.get(one.path, one) for one in grounded.verbatims
        ),
        "unsupported": tuple(o for o in unsupported if not settles(judged, o.path)),
        "doubts": tuple(o for o in doubts if not settles(judged, o.path)),
        "unclaimed": unclaimed(record.unclaimed, grounded, source),
    }
    kept = {name: getattr(record, name) for name in Record.model_fields}
    made = JudgedRecord.model_construct(
        record.model_fields_set,
        **{**kept, **changed},
        **_with_evidence(schema, draft, grounded, is_touched),
    )
    made._judgements = laid
    return made


def _moved(signs: Iterable[_Sign], change: _Change) -> Iterator[_Sign]:
    """What code said of a stored record, at the paths of what is shown."""
    for one in signs:
        steps = change.shown(steps_of(one.path))
        if steps is not None:
            path = path_of(steps)
            yield one if path == one.path else one.model_copy(update={"path": path})


def _with_evidence(
    schema: type[BaseModel],
    draft: dict[str, Any],
    grounded: Grounded,
    is_touched: Callable[[str], bool],
) -> dict[str, Any]:
    """A draft in which what was touched rests on the sentences that it stands in."""
    found = {one.path: one.values for one in holders(schema, grounded.draft)}

    def numbers(holder: Holder) -> Any:
        name = holder.node.evidence or ""
        texts = (leaf.path for leaf in holder.leaves())
        values = found[holder.path] if any(map(is_touched, texts)) else holder.values
        return values.get(name)

    return renumbered(schema, draft, numbers)


def _evidence(record: Record, document: Document) -> SourceText:
    """What a person's values are looked for in; sentences that hold instructions are blank."""
    text, spans = document.abstract, record.sentence_spans
    for number in record.instructions:
        if 0 < number <= len(spans):
            start, end = spans[number - 1]
            text = text[:start] + " " * (end - start) + text[end:]
    title = None if 0 in record.instructions else document.title
    return SourceText(text, title, spans)
