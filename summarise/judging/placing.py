"""Which judgements count, and where what a person judged stands in the record as it is now.

The record may have been made anew since. Then an entry of a list is found again as a whole, where
it is still there; else by the words that were judged, where they stand at the same path or in one
entry alone. Nothing, or one choice of a few, stands in many entries: there the entry must have
half of its texts in common with the one that was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from summarise.characters import clip
from summarise.judging.paths import Steps, held_at, node_at, stands_as, steps_of
from summarise.models import JudgedAs, Judgement
from summarise.schema import Kind, Node

_TEXTS = (Kind.VERBATIM, Kind.STATEMENT)
_SHOWN = 60


def standing(judgements: Iterable[Judgement]) -> list[Judgement]:
    """Those that count, in the order in which they were made: of one place the last."""
    last: dict[tuple[str, str, str], Judgement] = {}
    for one in judgements:
        last.pop(one.place, None)
        if one.verdict is not JudgedAs.UNDONE:
            last[one.place] = one
    return list(last.values())


def shown_record(
    drafts: Sequence[tuple[str, Mapping[str, Any]]], judgement: Judgement
) -> Mapping[str, Any] | None:
    """Of the drafts of a document with their times, in their order, the one that was judged."""
    before = [draft for made, draft in drafts if not _is_later(made, judgement)]
    return before[-1] if before else drafts[0][1] if drafts else None


def _is_later(made: str, judgement: Judgement) -> bool:
    """Whether a record was made after it was judged, in seconds as records tell them."""
    return made[:19] > judgement.moment.isoformat()[:19]


class Unplaced(Exception):
    """What was judged isn't in the record any more; the message says what is there."""


class Unfit(Unplaced):
    """The record can't hold it; the message says why."""


def place(
    judgement: Judgement, draft: Mapping[str, Any], seen: Mapping[str, Any] | None, root: Node
) -> tuple[Steps, bool]:
    """Where in a draft a judgement belongs, and whether the draft has its value of itself.

    ``seen`` is the draft that was judged, the same one where it wasn't made anew; None where that
    isn't known. Of an added entry the place is that of its twin, else of its list; of a removed one
    that isn't there, empty.

    Raises:
        Unplaced: It belongs nowhere.
    """
    steps = steps_of(judgement.path)
    node = node_at(root, steps)
    if node is None or (judgement.is_added and node.kind is not Kind.LIST):
        raise Unplaced("the records have no such field any more")
    if judgement.is_added:
        twins = _numbers(draft, steps, lambda one: stands_as(node.inside[0], one, judgement.value))
        return ((*steps, twins[0]), True) if twins else (steps, False)
    number = next((at for at, step in enumerate(steps) if isinstance(step, int)), None)
    if number is None or seen is draft:
        return _at_same_path(judgement, draft, steps, node)
    return _in_list(judgement, draft, seen, steps, root)


def _at_same_path(
    judgement: Judgement, draft: Mapping[str, Any], steps: Steps, node: Node
) -> tuple[Steps, bool]:
    held = held_at(draft, steps)
    is_there = held is not None or _is_in(draft, steps)
    if is_there and stands_as(node, held, judgement.was):
        return steps, False
    is_corrected = judgement.verdict is JudgedAs.CORRECTED
    if is_there and is_corrected and stands_as(node, held, judgement.value):
        return steps, True
    raise Unplaced(f"it says {_told(held)} now, where {_told(judgement.was)} was judged")


def _in_list(
    judgement: Judgement,
    draft: Mapping[str, Any],
    seen: Mapping[str, Any] | None,
    steps: Steps,
    root: Node,
) -> tuple[Steps, bool]:
    """Likewise of what is in an entry of a list of a record that was made anew."""
    at = next(at for at, step in enumerate(steps) if isinstance(step, int))
    head, number, rest = steps[:at], steps[at], steps[at + 1 :]
    entry, node = node_at(root, steps[: at + 1]), node_at(root, steps)
    if entry is None or node is None:
        raise Unplaced("the records have no such field any more")
    was = judgement.was if not rest else held_at(seen, steps[: at + 1])
    seen_texts = set(_texts(entry, was))
    few = len(seen_texts) / 2

    def is_twin(one: Any) -> bool:
        return was is not None and stands_as(entry, one, was)

    def is_alike(one: Any, value: Any = judgement.was) -> bool:
        if not stands_as(node, held_at(one, rest), value):
            return False
        tells = node.kind in _TEXTS and value is not None
        return tells or 0 < few <= len(seen_texts.intersection(_texts(entry, one)))

    for is_it in (is_twin, is_alike) if rest else (is_twin,):
        numbers = _numbers(draft, head, is_it)
        if number in numbers or len(numbers) == 1:
            return (*head, number if number in numbers else numbers[0], *rest), False
    if judgement.verdict is JudgedAs.CORRECTED:
        if not rest and judgement.value is None:
            return (), True
        numbers = _numbers(draft, head, lambda one: is_alike(one, judgement.value))
        if number in numbers or len(numbers) == 1:
            return (*head, number if number in numbers else numbers[0], *rest), True
    raise Unplaced(f"the record was made anew, and {_told(judgement.was)} isn't in it as it was")


def _numbers(draft: Mapping[str, Any], head: Steps, is_it: Callable[[Any], bool]) -> list[int]:
    entries = held_at(draft, head)
    return [n for n, one in enumerate(entries) if is_it(one)] if isinstance(entries, list) else []


def _is_in(draft: Mapping[str, Any], steps: Steps) -> bool:
    """Whether there is such a place, whatever it holds."""
    *way, last = steps
    held = held_at(draft, way)
    if isinstance(last, int):
        return isinstance(held, list) and last < len(held)
    return isinstance(held, Mapping) and last in held


def _texts(node: Node, value: Any) -> Iterator[tuple[str, str]]:
    """The words of an entry by which it is known again, with their fields."""
    if isinstance(value, str) and node.kind in _TEXTS:
        yield node.path, value
    elif isinstance(value, list) and node.inside:
        for one in value:
            yield from _texts(node.inside[0], one)
    elif isinstance(value, Mapping):
        for field in node.fields:
            yield from _texts(field, value.get(field.name))


def _told(value: Any) -> str:
    """A value for a reader, in few words."""
    if value is None or value == []:
        return "nothing"
    text = value if isinstance(value, str) else to_json(value).decode()
    return f"“{clip(text, _SHOWN)}”"
