"""The sentence numbers of a draft, while they are put right."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence

from summarise.schema import Holder


class Evidence:
    """The sentence numbers that one object of a draft gives, checked and added to.

    Numbers keep their order; an added one goes where an ascending list stays ascending, else to
    the end. A field that holds one number instead of a list takes the added one in its place.

    Args:
        holder: The object and where its numbers are; None when it has none, so that the whole
            abstract is its evidence.
        count: How many sentences the abstract has.
        corrections: Takes, in words, what was put right.
    """

    def __init__(self, holder: Holder | None, count: int, corrections: list[str]) -> None:
        self._holder = holder
        self._corrections = corrections
        self.given: tuple[int, ...] = ()
        self.numbers: list[int] = []
        if holder:
            value = holder.owner.get(holder.sentences_key)
            self.given = tuple(value) if isinstance(value, list) else (value,) if value else ()
            self._take(count)

    def _take(self, count: int) -> None:
        for number in self.given:
            if not 1 <= number <= count:
                self._correct(f"{number} isn't a sentence of this abstract (it has {count})")
            elif number in self.numbers:
                self._correct(f"{number} was given twice")
            else:
                self.numbers.append(number)

    def _correct(self, what: str) -> None:
        if self._holder:
            self._corrections.append(f"{self._holder.path}: {what}")

    def covers(self, sentences: Iterable[int]) -> bool:
        """Whether all these sentences are evidence."""
        return self._holder is None or all(map(self.numbers.__contains__, sentences))

    def add(self, path: str, sentences: Sequence[int], token: str | None = None) -> None:
        """Add the sentences that a value, or a word of a statement, was found in.

        Args:
            path: Of the field.
            sentences: Where it was found.
            token: The word of the statement, None for a verbatim value.
        """
        before = self.numbers.copy()
        for number in sentences:
            if number not in before and before == sorted(before):
                insort(self.numbers, number)
            elif number not in before:
                self.numbers.append(number)
        subject = "found" if token is None else f"“{token}” stands"
        instead = f"not in {_listed(before)}" if before else "none was cited"
        plural = "s" if len(sentences) > 1 else ""
        self._corrections.append(
            f"{path}: {subject} in sentence{plural} {_listed(sentences)}, {instead}"
        )

    def write(self) -> None:
        """Put the numbers back into the draft."""
        if self._holder is None:
            return
        owner, key = self._holder.owner, self._holder.sentences_key
        if isinstance(owner.get(key), list):
            owner[key] = self.numbers
        elif self.numbers:
            owner[key] = self.numbers[-1] if len(self.numbers) > 1 else self.numbers[0]


def _listed(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last
