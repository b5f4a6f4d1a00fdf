"""The reask: what it says, and which of two answers is better for each field."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from summarise.ground import Grounded
from summarise.models import Grounding
from summarise.reading import Reading


def faults_of(grounded: Grounded, reading: Reading) -> Iterator[str]:
    """What a reask tells the model: what could not be found, and then what was left out."""
    wrong = False
    for value in grounded.verbatims:
        if value.grounding is Grounding.MISSING:
            wrong = True
            yield (
                f"{value.path}: “{value.value}” doesn't stand in the abstract or its title. "
                "Copy it character by character, or answer null."
            )
    for statement in grounded.unsupported:
        wrong = True
        names = ", ".join(f"“{token}”" for token in statement.tokens)
        yield f"{statement.path}: the abstract doesn't hold {names}. Say only what it says."
    # A number that no field holds may be of no interest, so it alone is no reason to ask again.
    if wrong and (unclaimed := reading.unclaimed(grounded)):
        names = ", ".join(f"“{quantity.text}”" for quantity in unclaimed)
        yield f"No field holds these quantities of the abstract; add those that belong: {names}."


def merged(
    first: Grounded, second: Grounded, schema: type[BaseModel], reading: Reading
) -> Grounded:
    """The better of both for each field, so that a reask can't make a good field worse.

    Args:
        first: The answer before the reask.
        second: The answer to it.
        schema: What both fill in.
        reading: The document.
    """
    draft = {
        name: second.draft[name] if _is_better(second, first, name) else first.draft[name]
        for name in first.draft
    }
    return reading.ground(schema, draft)


def _is_better(new: Grounded, old: Grounded, name: str) -> bool:
    """Whether a field has fewer faults than before and holds no fewer values that were found."""
    new_faults, new_found = _tally(new, name)
    old_faults, old_found = _tally(old, name)
    return new_faults < old_faults and new_found >= old_found


def _tally(grounded: Grounded, name: str) -> tuple[int, int]:
    """Faults and found values of a top-level field."""
    values = [v.grounding for v in grounded.verbatims if _field(v.path) == name]
    missing = values.count(Grounding.MISSING)
    unsupported = sum(len(u.tokens) for u in grounded.unsupported if _field(u.path) == name)
    return missing + unsupported, len(values) - missing


def _field(path: str) -> str:
    return path.split(".", 1)[0].split("[", 1)[0]
