"""What the embedded extractor takes back: what its own grounding and its own doubts refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from summarise.ground import Grounded
from summarise.models import DoubtKind, Grounding

_PATH = re.compile(r"(\w+)(?:\[(\d+)\])?\.(\w+)")
_NO_RESULT = frozenset((DoubtKind.ELSEWHOSE, DoubtKind.NO_OUTCOME))
_MISPLACED = frozenset((DoubtKind.SWAPPED, DoubtKind.CUT))
# Without one of them an entry of a list says nothing.
_CORE = frozenset(("value", "name", "claim"))
_WORDS = frozenset(("claim", "sentences"))


def without_refused(grounded: Grounded) -> dict[str, Any] | None:
    """A draft without what its abstract doesn't bear out; None where that is nothing.

    A row whose value goes stays in words, where no other row has them.
    """
    paths = list(_refused(grounded))
    if not paths:
        return None
    draft: dict[str, Any] = {
        name: [dict(one) for one in part] if isinstance(part, list) else dict(part)
        for name, part in grounded.draft.items()
    }
    for name, at, field in (match.groups() for path in paths for match in _PATH.finditer(path)):
        if at is None:
            draft[name][field] = None
            continue
        entry = draft[name][int(at)]
        if field == "value" and entry.get("claim"):
            entry.update(dict.fromkeys(entry.keys() - _WORDS))
        else:
            entry[field] = None
    return {
        name: list(_telling(part)) if isinstance(part, list) else part
        for name, part in draft.items()
    }


def _refused(grounded: Grounded) -> Iterator[str]:
    """Paths of the fields that don't stand in the abstract, or not for what they are given as."""
    yield from (one.path for one in grounded.verbatims if one.grounding is Grounding.MISSING)
    yield from (one.path for one in grounded.unsupported)
    for doubt in grounded.doubts:
        path, kind = doubt.path, doubt.kind
        entry, _, field = path.rpartition(".")
        if kind in _NO_RESULT or (kind in _MISPLACED and "[" in path and field not in _CORE):
            yield path
        elif kind is DoubtKind.ORDER:
            yield from (f"{entry}.baseline", f"{entry}.comparator")


def _telling(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The entries that still say something, and nothing that another says.

    A number whose words went says nothing: of what it is, nobody knows.
    """
    said = {entry["claim"] for entry in entries if entry.get("claim") and entry.get("value")}
    for entry in entries:
        claim = entry.get("claim")
        is_number = entry.get("value") and (claim or "claim" not in entry)
        if is_number or entry.get("name") or (claim and claim not in said):
            said.add(claim)
            yield entry
