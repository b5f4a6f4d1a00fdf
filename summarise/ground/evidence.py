"""The sentence numbers of a draft, while they are put right."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Iterator, Sequence

from summarise.ground.source import Places
from summarise.models import Span
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
        self.known: set[int] = set()
        if holder:
            value = holder.owner.get(holder.sentences_key)
            self.given = tuple(value) if isinstance(value, list) else (value,) if value else ()
            self._take(count)

    def _take(self, count: int) -> None:
        for number in self.given:
            if not 1 <= number <= count:
                self._correct(f"{number} isn't a sentence of this abstract (it has {count})")
            elif number in self.known:
                self._correct(f"{number} was given twice")
            else:
                self.numbers.append(number)
                self.known.add(number)

    def _correct(self, what: str) -> None:
        if self._holder:
            self._corrections.append(f"{self._holder.path}: {what}")

    def covers(self, sentences: Iterable[int]) -> bool:
        """Whether all these sentences are evidence."""
        return self._holder is None or all(map(self.known.__contains__, sentences))

    def holds(self, places: Places) -> bool:
        """Whether one of these places is in the evidence."""
        return next(self.within(places), None) is not None

    def within(self, places: Places) -> Iterator[Span]:
        """Those of the places that are in the evidence."""
        few: Collection[int] = places.by_sentence if self._holder is None else self.known
        if len(places.by_sentence) < len(few):
            few = places.by_sentence
        for number in few:
            if self.covers((number,)):
                yield from places.by_sentence.get(number, ())
        for sentences, span in places.across:
            if self.covers(sentences):
                yield span

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
        self.known.update(sentences)
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
