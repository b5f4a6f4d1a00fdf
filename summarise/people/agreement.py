"""How far two people agree, beyond what chance would do: Cohen's kappa.

J. Cohen (1960), "A coefficient of agreement for nominal scales", Educational and Psychological
Measurement 20(1), 37-46, https://doi.org/10.1177/001316446002000104: of the documents that both
have decided on, p_o is the share on which they say the same, p_e what that share would be if each
of them gave as many documents to each category by lot, and kappa = (p_o - p_e) / (1 - p_e). It
isn't weighted; include, exclude and maybe are three categories.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from summarise.models import Inclusion, Opinion

UNWEIGHTED = "Cohen 1960, doi:10.1177/001316446002000104"
"""Where the coefficient comes from."""


@dataclass(slots=True)
class Agreement:
    """What two people have said of the documents that both have decided on.

    Attributes:
        said: How many documents there are of each two decisions, that of the first person first.
    """

    one: str
    other: str
    said: Counter[tuple[Inclusion, Inclusion]] = field(default_factory=Counter)

    def add(self, one: Opinion, other: Opinion) -> None:
        """Count a document."""
        self.said[one.decision, other.decision] += 1

    @property
    def documents(self) -> int:
        """How many both have decided on."""
        return self.said.total()

    @property
    def agreed(self) -> int:
        """On how many of these they say the same."""
        return sum(number for (one, other), number in self.said.items() if one is other)

    @property
    def has_maybe(self) -> bool:
        """Whether a category besides include and exclude was used."""
        return any(Inclusion.MAYBE in pair for pair, number in self.said.items() if number)

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa, from -1 to 1; None where it is undefined: see ``undefined``."""
        # Both sides times the square of the number of documents, so that nothing is rounded.
        possible = self.documents**2 - self._by_chance
        by_more = self.agreed * self.documents - self._by_chance
        return by_more / possible if possible else None

    @property
    def undefined(self) -> str | None:
        """Why there is no kappa; None where there is one."""
        if not self.documents:
            return "there is no document that both have decided on"
        if self.kappa is None:
            (decision, _), *_ = +self.said
            return f"both say {decision} of all, as they would by chance"
        return None

    @property
    def _by_chance(self) -> int:
        """The share on which they would agree by chance, times the square of the documents."""
        ones, others = Counter[Inclusion](), Counter[Inclusion]()
        for (one, other), number in self.said.items():
            ones[one] += number
            others[other] += number
        return sum(number * others[decision] for decision, number in ones.items())
