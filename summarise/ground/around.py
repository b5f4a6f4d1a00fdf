"""What stands around a value: the text before it and behind it, at each of its places."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from propcache.api import cached_property

from summarise.ground.source import Place, SourceText
from summarise.models import Span

_REACH = 90


class Around:
    """A place of a value, with the text before it and behind it, and the last word before it."""

    __slots__ = ("after", "before", "last", "text")

    def __init__(self, text: str, span: Span, within: Span) -> None:
        start, end = span
        first, last = within
        first = start - _REACH if start - first > _REACH else first
        last = end + _REACH if last - end > _REACH else last
        self.before = before = text[first:start]
        self.text = text[start:end]
        self.after = text[end:last]
        self.last = before.rstrip(" (").rpartition(" ")[2].lstrip("(").lower() if before else ""

    @classmethod
    def at(cls, place: Place, source: SourceText) -> Around:
        """A place in the abstract, with its sentence."""
        spans, numbers = source.sentences, place.sentences
        within = spans[numbers[0] - 1]
        if len(numbers) > 1:
            within = Span(within.start, spans[numbers[-1] - 1].end)
        return cls(source.plain, place.span, within)


class Stands:
    """Where a value stands, in some sentences or anywhere, and what is said of all these places.

    The rows of a draft share it, so that each place is looked at once, however many they are.
    """

    def __init__(self, places: Sequence[Place], source: SourceText) -> None:
        self.places = places
        self._source = source
        self._said: dict[tuple[object, ...], str | None] = {}

    @cached_property
    def around(self) -> list[Around]:
        """What stands around it, at each of its places."""
        return [Around.at(place, self._source) for place in self.places if place.sentences]

    @cached_property
    def sentences(self) -> frozenset[int]:
        """The sentences of all places."""
        return frozenset(number for place in self.places for number in place.sentences)

    def everywhere(self, check: Callable[..., str | None], *given: str) -> str | None:
        """What a check says of the first place, if it says something of all."""
        key = (check, *given)
        if key not in self._said:
            said = ""
            for at in self.around:
                words = check(at, *given)
                if words is None:
                    break
                said = said or words
            else:
                words = said or None
            self._said[key] = words
        return self._said[key]
