"""What people have judged, in words: how much of some records, and one judgement on a line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from summarise.characters import counted, for_screen, listed, noun_of
from summarise.models import JudgedAs, Judgement, LaidJudgement, Offered, Record

_NAMED = 3
_NAME, _VALUE, _NOTE = 60, 60, 200
NOBODY = "a person"
"""What somebody is called who gave no name."""


def told_name(name: str) -> str:
    """Who has judged, for a reader."""
    return for_screen(name, _NAME, reveal=True) or NOBODY


@dataclass
class JudgedCounts:
    """Judgements that are laid over records, by what they say, and those that are offered again.

    Attributes:
        whose: How many of those that are laid over each has made, by name.
        vouched: Values of theirs that stand neither in the abstract nor in the title.
        offered: Likewise of the others, why, and how many.
        unflagged: Records that are flagged no more, for what was said; ``undoubted`` in doubt.
    """

    judged: Counter[JudgedAs] = field(default_factory=Counter)
    whose: Counter[str] = field(default_factory=Counter)
    vouched: int = 0
    offered: Counter[str] = field(default_factory=Counter)
    unflagged: int = 0
    undoubted: int = 0

    def __bool__(self) -> bool:
        """Whether anybody has said anything."""
        return bool(self.judged or self.offered)

    def take(self, shown: Record | None, stored: Record | None, offered: Iterable[Offered]) -> None:
        """Take one record into account, as it is shown and as it is stored."""
        self.add(shown.judgements if shown else (), offered)
        if shown is not None and stored is not None:
            self.vouched += len(shown.vouched)
            self.unflagged += stored.is_flagged and not shown.is_flagged
            self.undoubted += bool(stored.doubtful) and not shown.doubtful

    def add(self, laid: Iterable[Judgement], offered: Iterable[Offered] = ()) -> None:
        """Take the judgements of one record into account."""
        for one in laid:
            self.judged[one.verdict] += 1
            self.whose[one.by] += 1
        self.offered.update(one.why for one in offered)

    def counts(self) -> dict[str, int]:
        """For machines."""
        named = (JudgedAs.CORRECTED, JudgedAs.CHECKED, JudgedAs.WRONG)
        return {**{one.value: self.judged[one] for one in named}, "offered": self.offered.total()}

    def told(self) -> str:
        """What is laid over, and by whom: ``2 values corrected, 1 checked by Ada Fenn``."""
        parts = [part for part in self._parts() if part]
        return f"{', '.join(parts)} by {self.names()}" if parts else ""

    def told_of_run(self, folder: str) -> str:
        """A run's counts in words, with what is to be offered again, and where that is told."""
        left = self.offered.total()
        again = f"`summarise correct {folder} --list` tells why {left:,}"
        again += noun_of(left, " isn't laid over", " aren't laid over")
        return "; ".join(part for part in (self.told(), again if left else "") if part)

    def _parts(self) -> Iterator[str]:
        noun = True
        for kind, words in (
            (JudgedAs.CORRECTED, "corrected"),
            (JudgedAs.CHECKED, "checked"),
            (JudgedAs.WRONG, "said to be wrong"),
        ):
            if count := self.judged[kind]:
                yield f"{counted(count, 'value') if noun else f'{count:,}'} {words}"
                noun = False

    def names(self) -> str:
        """Who has judged most, in that order; who gave no name comes last."""
        ranked = sorted(self.whose.items(), key=lambda one: (not one[0], -one[1]))
        names = [told_name(name) for name, _ in ranked]
        more = len(names) - _NAMED
        shown = names[:_NAMED] + ([f"{more:,} more"] if more > 0 else [])
        return listed(shown or [NOBODY])


def said_in_words(one: Judgement) -> str:
    """One judgement on a line: ``results[0].value: “67.2%” → “67.3%”, corrected by Ada Fenn``."""
    path = one.path
    if isinstance(one, LaidJudgement) and one.shown not in {None, path}:
        path = one.shown or path
    is_entry = path.endswith("]") or one.is_added
    match one.verdict:
        case JudgedAs.CORRECTED if one.is_added:
            told, deed = _value(one.value), "added"
        case JudgedAs.CORRECTED if one.value is None and is_entry:
            told, deed = _value(one.was), "removed"
        case JudgedAs.CORRECTED:
            told, deed = f"{_value(one.was)} → {_value(one.value)}", "corrected"
        case JudgedAs.CHECKED:
            told, deed = _value(one.was), "checked"
        case _:
            told, deed = _value(one.was), "said to be wrong"
    note = f" ({for_screen(one.note, _NOTE, reveal=True)})" if one.note else ""
    return f"{path}: {told}, {deed} by {told_name(one.by)}, {one.at[:10]}{note}"


def _value(value: Any) -> str:
    if value is None or value == []:
        return "nothing"
    if isinstance(value, dict):
        told = (str(one) for one in value.values() if isinstance(one, str))
        return f"“{for_screen(', '.join(told), _VALUE, reveal=True)}”"
    if isinstance(value, list) and isinstance(value[0], dict):
        return counted(len(value), "entry", "entries")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"“{for_screen(text, _VALUE, reveal=True)}”"
