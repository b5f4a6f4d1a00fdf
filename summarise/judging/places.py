"""Which judgements count, and where what a person judged stands in the record as it is now.

A place is told by a path, such as ``results[0].value``. The record may have been made anew since it
was judged. Then an entry of a list is found again as a whole, where it is still there; else by the
words that were judged, where they stand at the same path or in one entry alone. Nothing, or one
choice of a few, stands in many entries: there the entry must have half of its texts in common with
the one that was seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from summarise.characters import clip
from summarise.errors import SettingsError, meant, path_of, told_fault
from summarise.models import ADDING, JudgedAs, Judgement, LaidJudgement, Record
from summarise.schema import TEXTS, Kind, Node

Steps = tuple[str | int, ...]
"""Names of fields and numbers in lists, from the draft on."""

_STEP = re.compile(r"\[([0-9]+)\]|\.?([^\s.\[\]]+)")
_SHOWN = 60


def steps_of(path: str) -> Steps:
    """The steps of a path; ``results[]`` leads to its list."""
    found = _STEP.finditer(path.removesuffix(ADDING))
    return tuple(int(one[1]) if one[1] else one[2] for one in found)


def held_at(draft: Any, steps: Sequence[str | int]) -> Any:
    """What a draft holds at a place; None as well where something on the way isn't there."""
    for step in steps:
        if isinstance(step, int):
            draft = draft[step] if isinstance(draft, list) and step < len(draft) else None
        else:
            draft = draft.get(step) if isinstance(draft, Mapping) else None
    return draft


def put_at(draft: dict[str, Any], steps: Sequence[str | int], value: Any) -> None:
    """Put a value at a place, which is there; LookupError or TypeError where it isn't."""
    *way, last = steps
    held: Any = draft
    for step in way:
        held = held[step]
    held[last]  # no field is added, nor an entry
    held[last] = value


def node_at(root: Node, steps: Sequence[str | int]) -> Node | None:
    """The field of a schema that some steps lead to, None where there is none."""
    node: Node | None = root
    for step in steps:
        if node is None:
            return None
        if isinstance(step, int):
            is_list = node.kind in {Kind.LIST, Kind.SENTENCES}
            node = node.inside[0] if is_list else None
        elif node.kind is Kind.OBJECT:
            node = next((one for one in node.inside if one.name == step), None)
        else:
            node = None
    return node


def check_path(root: Node, path: str, where: str) -> Node:
    """The field of a schema that a path leads to; of ``results[]`` what its list holds.

    Raises:
        SettingsError: There is none; the nearest is named.
    """
    found = node_at(root, steps_of(path))
    if path.endswith(ADDING) and found is not None:
        found = found.inside[0] if found.kind is Kind.LIST else None
    if found is not None:
        return found
    known = list(_paths(root))
    plain = re.sub(r"\[[0-9]*\]", "[0]", path)
    told = f"leads to no field of a record: {path}"
    raise SettingsError(told, where=where, hint=meant(plain, known))


def _paths(node: Node, path: str = "") -> list[str]:
    """All paths below a field, the first entry standing for all."""
    found = []
    for one in node.fields if node.kind is Kind.OBJECT else ():
        at = f"{path}.{one.name}" if path else one.name
        found.append(at)
        held = one
        while held.kind is Kind.LIST:
            held, at = held.inside[0], f"{at}[0]"
            found.append(at)
        found += _paths(held, at)
    return found


def leaves_of(node: Node, value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What can be judged of a draft, by its paths: values, null ones too, and lists without any."""
    if isinstance(value, Mapping):
        for field in node.fields:
            at = f"{path}.{field.name}" if path else field.name
            yield from leaves_of(field, value.get(field.name), at)
    elif isinstance(value, list) and value and node.kind is Kind.LIST:
        for number, one in enumerate(value):
            yield from leaves_of(node.inside[0], one, f"{path}[{number}]")
    else:
        yield path, value


def bare(node: Node, value: Any) -> Any:
    """A value without its sentence numbers, which say nothing of what it is."""
    if isinstance(value, list) and node.inside:
        return [bare(node.inside[0], one) for one in value]
    if isinstance(value, Mapping):
        fields = (one for one in node.fields if one.name in value)
        return {one.name: bare(one, value[one.name]) for one in fields}
    return value


def stands_as(node: Node, held: Any, was: Any) -> bool:
    """Whether two values of a field say the same."""
    return bool(bare(node, held) == bare(node, was))


def misfit_of(schema: type[BaseModel], draft: Mapping[str, Any]) -> str | None:
    """What of a draft its schema doesn't take, in words; None where it takes all."""
    try:
        schema.model_validate_json(to_json(draft), strict=True)
    except ValidationError as error:
        return told_fault(error)
    return None


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
    """The one that was judged of a document's drafts, given with their times in their order."""
    judged = judgement.moment.isoformat()[:19]  # in seconds, as records tell when they were made
    before = [draft for made, draft in drafts if made[:19] <= judged]
    return before[-1] if before else drafts[0][1] if drafts else None


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
        tells = node.kind in TEXTS and value is not None
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
    if isinstance(value, str) and node.kind in TEXTS:
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


def path_as_stored(path: str) -> str:
    """A path with numbers in brackets: ``results[0].value`` of ``results.0.value``."""
    first, *rest = path.split(".")
    told = (f"[{step}]" if step.isdecimal() else f".{step}" for step in rest)
    return first + "".join(told)


class StoredPlace(NamedTuple):
    """Where what is shown is stored.

    Attributes:
        path: In the stored record.
        added: Who has added the entry that it is in; the path is then that from this entry on.
    """

    path: str
    added: LaidJudgement | None = None


def stored_place(path: str, shown: Record, stored: Record) -> StoredPlace:
    """Where a place of a record as it is shown is stored."""
    added = [one for one in shown.judgements if one.is_added and one.shown]
    for one in added:
        steps, entry = steps_of(path), steps_of(one.shown or "")
        # One that the record has of itself now is no longer somebody's.
        if steps[: len(entry)] == entry and one.value is not None:
            return StoredPlace(path_of(steps[len(entry) :]), one)
    gone = {steps_of(one.stored) for one in shown.judgements if one.shown is None}
    found: list[str | int] = []
    for step in steps_of(path):
        if isinstance(step, int):
            entries = held_at(stored.draft, found)
            count = len(entries) if isinstance(entries, list) else 0
            left = [n for n in range(count) if (*found, n) not in gone]
            found.append(left[step] if step < len(left) else count + step)
        else:
            found.append(step)
    return StoredPlace(path_of(found))
