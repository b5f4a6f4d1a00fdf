"""How much of some records people have judged, in numbers and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from summarise.characters import counted, for_screen
from summarise.models import JudgedAs, Judgement, Offered

_NAMED = 3
_NAME = 60
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
        offered: Likewise of the others, why, and how many.
    """

    judged: Counter[JudgedAs] = field(default_factory=Counter)
    whose: Counter[str] = field(default_factory=Counter)
    offered: Counter[str] = field(default_factory=Counter)

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
        *first, last = shown or [NOBODY]
        return f"{', '.join(first)} and {last}" if first else last
