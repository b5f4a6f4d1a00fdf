"""The text that a draft is grounded in: an abstract in numbered sentences, and its title.

And what stands in it around a value: the text before it and behind it, at each of its places.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from importlib.resources import files
from typing import NamedTuple

from propcache.api import cached_property

from summarise.ground.occurrences import Needle, Passage, spellings
from summarise.ground.variants import around_errors, variants
from summarise.ground.words import NameWord, Number, NumberIndex
from summarise.models import Span


class Place(NamedTuple):
    """Where a value was found."""

    span: Span
    is_exact: bool
    """Whether the original text has it character for character."""
    sentences: tuple[int, ...]
    """Numbers of the sentences that it stands in."""


class Places(NamedTuple):
    """Where a number or a name stands in the abstract."""

    first: tuple[int, ...]
    """Numbers of the sentences of the first place; empty where it stands nowhere."""
    by_sentence: dict[int, list[Span]]
    """The places within one sentence, by its number."""
    across: list[tuple[tuple[int, ...], Span]]
    """The others, each with its sentences."""


class _ValuePlaces:
    """All places of a value, the preferred first, to find the best for some cited sentences."""

    __slots__ = ("__dict__", "_across", "_first", "all")

    def __init__(self, places: list[Place]) -> None:
        self.all = places
        # Most values stand in one place, which is the best.
        if len(places) < 2:
            return
        self._first: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._across: tuple[list[int], list[int]] = ([], [])
        for at, (_, is_exact, sentences) in enumerate(places):
            if len(sentences) == 1:
                self._first[is_exact].setdefault(sentences[0], at)
            else:
                self._across[is_exact].append(at)

    @cached_property
    def _begun(self) -> dict[int, list[int]]:
        """Which of ``all`` begin in a sentence."""
        found: dict[int, list[int]] = {}
        for at, place in enumerate(self.all):
            found.setdefault(min(place.sentences, default=0), []).append(at)
        return found

    def within(self, cited: Collection[int]) -> Sequence[Place]:
        """As ``SourceText.places`` says."""
        if len(self.all) < 2:
            return self.all
        found = sorted(at for number in set(cited) for at in self._begun.get(number, ()))
        places = map(self.all.__getitem__, found)
        return [p for p in places if all(map(cited.__contains__, p.sentences))] or self.all

    def best(self, cited: Collection[int]) -> Place | None:
        """As ``SourceText.place`` says."""
        if len(self.all) < 2:
            return self.all[0] if self.all else None
        for is_exact in (True, False):
            if (at := self._cited(cited, is_exact=is_exact)) is not None:
                return self.all[at]
        return _first_exact(self.all)

    def _cited(self, cited: Collection[int], *, is_exact: bool) -> int | None:
        first = self._first[is_exact]
        few = min((cited, first), key=len)
        found = [first[number] for number in few if number in first and number in cited]
        found += (
            at
            for at in self._across[is_exact]
            if all(map(cited.__contains__, self.all[at].sentences))
        )
        return min(found, default=None)


def _first_exact(places: list[Place]) -> Place | None:
    """The first exact one, else the first."""
    return next((one for one in places if one.is_exact), places[0] if places else None)


def _found(value: str, passage: Passage, *, is_title: bool = False) -> list[Span]:
    """Where a passage has a value in its own spellings, in their order; else in others."""
    for forms in (spellings, variants):
        found: list[Span] = []
        for needle in forms(value):
            # A title begins with a name too often for its first capital to mean nothing.
            if is_title and needle.opens:
                continue
            for start, end in needle.occurrences(passage):
                found.append(passage.span(start, end, value))
        if found:
            return found
    return list(around_errors(value, passage))


# A search for each is ten times as fast as one look at each character.
_PLAIN = (*zip("−–‐‑", "----", strict=True), *zip("\u2009\u202f\u00a0’", "   '", strict=True))
_ENDINGS = re.compile(
    r"[a-z]{3,}(?:ings?|[ts]ions?|ments?|ness|ility|ilities|ates|[ai]bles?|ical|ental|ive|ous|ional|ures)"
    r"|[a-z]{4,}(?:ed|ly)"
)
# What statements begin with in words of their own.
# "GPS": three letters and more, so that few words in a row happen to begin with them.
_ACRONYM = re.compile("[A-Z]{3,8}")
# Of two letters only what all shorten so: many words in a row begin with some two.
_SHORT = {
    "HR": "hazards? ratio",
    "OR": "odds ratio",
    "RR": "(?:relative risk|risk ratio|rate ratio)",
    "MD": "mean difference",
    "CI": "confidence interval",
    "SD": "standard deviation",
    "SE": "standard error",
    "OS": "overall survival",
}
_PARTS = re.compile("[-'/]")
OPENING, CLOSING = "([{\"'“", ".,;:!?)]}\"'”"
"""Punctuation that may stand before a word, and behind it, without being of it."""
_FEW = 4
_PARTED_BEFORE = re.compile(rf"(?<!\S)[{re.escape(OPENING)}]*\Z")
_PARTED_BEHIND = re.compile(rf"[{re.escape(CLOSING)}]*(?!\S)")
_BEFORE_WORD = frozenset(" \n\t(-/\"'“‘$")
_OPENERS = frozenset(files("summarise.ground").joinpath("openers.txt").read_text("ascii").split())


class SourceText:
    """What grounding searches. Normal forms and indexes are made when first needed.

    Sentence n is item n - 1 of ``sentences``: spans into the abstract, in order.
    """

    def __init__(self, abstract: str, title: str | None, sentences: tuple[Span, ...]) -> None:
        self.abstract = abstract
        self.title = title
        self.sentences = sentences
        # What was looked for once, so that a value, a number or a name that returns in every
        # sentence of a draft takes no longer than one.
        self._values: dict[str, _ValuePlaces] = {}
        self._numbers: dict[tuple[str, str | None], Places] = {}
        self._names: dict[str, Places] = {}
        self._ordinary: dict[str, bool] = {}

    @cached_property
    def passage(self) -> Passage:
        """The abstract, ready to search."""
        return Passage.of(self.abstract)

    @cached_property
    def plain(self) -> str:
        """The abstract with plain dashes, spaces and quotes, each character in its place."""
        text = self.abstract.replace("\n", " ").replace("\t", " ")
        if not text.isascii():
            for typographic, plain in _PLAIN:
                text = text.replace(typographic, plain)
        return text

    @cached_property
    def title_passage(self) -> Passage:
        """The title, ready to search; empty where there is none."""
        return Passage.of(self.title or "")

    @cached_property
    def numbers(self) -> NumberIndex:
        """The numbers of the abstract."""
        return NumberIndex(self.passage.normal.text)

    @cached_property
    def title_numbers(self) -> NumberIndex:
        """The numbers of the title."""
        return NumberIndex(self.title_passage.normal.text)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(span.start for span in self.sentences)

    def sentence_numbers(self, span: Span) -> tuple[int, ...]:
        """Numbers of the sentences that a span of the abstract lies in, in order."""
        start, end = span
        first = bisect_right(self._starts, start) or 1
        if first <= len(self.sentences):
            begun, ended = self.sentences[first - 1]
            if begun <= start < end <= ended:
                return (first,)
            first += ended <= start
        last = bisect_right(self._starts, end - 1)
        return (first,) if first == last else tuple(range(first, last + 1))

    def place(self, value: str, cited: Collection[int]) -> Place | None:
        """The best place of a value in the abstract, None where it stands nowhere.

        That is the first exact one in the cited sentences; else the first other one there; else
        the first exact one; else the first.
        """
        return (self._values.get(value) or self._look_for(value)).best(cited)

    def _look_for(self, value: str) -> _ValuePlaces:
        text, numbers = self.abstract, self.sentence_numbers
        spans = _found(value, self.passage)
        places = [Place(s, text[s[0] : s[1]] == value, numbers(s)) for s in spans]
        found = self._values[value] = _ValuePlaces(places)
        return found

    def places(self, value: str, cited: Collection[int] = ()) -> Sequence[Place]:
        """Where a value stands in the cited sentences alone; anywhere, where that is nowhere.

        First come those in its own spelling.
        """
        return (self._values.get(value) or self._look_for(value)).within(cited)

    def number_places(self, stated: Number) -> Places:
        """Where the abstract bears out a stated number."""
        key = (stated.key, stated.unit)
        found = self._numbers.get(key)
        if found is None:
            numbers = ((number.start, number.end) for number in self.numbers.supporting(stated))
            found = self._numbers[key] = self._by_sentence(numbers)
        return found

    def name_places(self, spelling: str) -> Places:
        """Where the abstract has a name in one spelling, normalised."""
        found = self._names.get(spelling)
        if found is None:
            is_there = spelling in self.passage.normal.text
            named = Needle.of(spelling).occurrences(self.passage) if is_there else []
            found = self._names[spelling] = self._by_sentence(named)
        return found

    def word_places(self, words: str) -> Places:
        """Where words, normalised, stand parted from others by white space and punctuation."""
        text = self.passage.normal.text
        return self._by_sentence(
            (start, end)
            for start, end in Needle.of(words).occurrences(self.passage)
            if _PARTED_BEFORE.search(text, max(0, start - _FEW), start)
            and _PARTED_BEHIND.match(text, end)
        )

    def _by_sentence(self, found: Iterable[tuple[int, int]]) -> Places:
        """Offsets into the normal form as places of the abstract."""
        by_sentence: dict[int, list[Span]] = {}
        across: list[tuple[tuple[int, ...], Span]] = []
        first: tuple[int, ...] = ()
        original_span = self.passage.normal.original_span
        for place in sorted({original_span(start, end) for start, end in found}):
            span = Span(*place)
            sentences = self.sentence_numbers(span)
            first = first or sentences
            if len(sentences) == 1:
                by_sentence.setdefault(sentences[0], []).append(span)
            else:
                across.append((sentences, span))
        return Places(first, by_sentence, across)

    def title_has(self, spelling: str) -> bool:
        """Whether the title has a name in one spelling, normalised."""
        title = self.title_passage
        return spelling in title.normal.text and bool(Needle.of(spelling).occurrences(title))

    def spells_out(self, acronym: str) -> bool:
        """Whether words in a row begin with its letters: "Global positioning system" for GPS."""
        initials = _SHORT.get(acronym)
        if initials is None:
            if not _ACRONYM.fullmatch(acronym):
                return False
            initials = r"\w*[ -]".join(acronym)
        text = f"{self.passage.normal.text}\n{self.title_passage.normal.text}"
        return re.search(rf"\b{initials}", text, re.IGNORECASE) is not None

    def is_ordinary(self, name: NameWord) -> bool:
        """Whether a word that begins a sentence is no name, by what it is or what stands here."""
        text = name.text
        found = self._ordinary.get(text)
        if found is None:
            found = self._ordinary[text] = self._is_common(text) and not any(
                text in passage.normal.text and Needle.of(text).stands_amid_sentence(passage)
                for passage in (self.passage, self.title_passage)
            )
        return found

    def _is_common(self, name: str) -> bool:
        """Whether a word is ordinary English, or one with its stem stands here ("repaired")."""
        word = name.lower()
        if word in _OPENERS:
            return True
        word = _PARTS.split(word, maxsplit=1)[0]
        if word in _OPENERS or _ENDINGS.fullmatch(word):
            return True
        stem = word[:-3] if len(word) > 7 else word[:5].removesuffix("s")
        at = self._low.find(stem)
        while at >= 0:
            if self._low[at - 1] in _BEFORE_WORD:
                return True
            at = self._low.find(stem, at + 1)
        return False

    @cached_property
    def _low(self) -> str:
        return f" {self.title}\n{self.abstract}".lower()

    def title_place(self, value: str) -> Place | None:
        """The best place of a value in the title: the first exact one, else the first."""
        title = self.title_passage
        found = _found(value, title, is_title=True)
        return _first_exact([Place(s, s.of(title.original) == value, ()) for s in found])


_REACH = 90


def says(*parts: str) -> str:
    """What the abstract says in a place, as a doubt tells it."""
    return f"the abstract says “{''.join(parts).strip()}”"


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

    def everywhere(self, check: Callable[..., str | None], *given: object) -> str | None:
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
