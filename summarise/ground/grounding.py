"""Ground a draft: values to spans, statements to their evidence, sentence numbers to the facts."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

from pydantic import BaseModel

from summarise.characters import listed, normal_form, noun_of, unmarked
from summarise.ground.lexicon import directions
from summarise.ground.source import CLOSING, OPENING, Places, SourceText
from summarise.ground.words import NameWord, Number, statement_tokens
from summarise.models import Doubt, GroundedValue, Grounding, Quantity, Span, Unsupported, top_field
from summarise.schema import Holder, Kind, holders, renumbered, rewritten_texts, shape_of


class GroundedObject(NamedTuple):
    """One object of a draft after grounding."""

    holder: Holder
    """As it was given."""
    numbers: tuple[int, ...]
    """Of its sentences, put right."""
    parts: dict[str, GroundedValue]
    """Its verbatim values that stand in the abstract or the title, by field."""


@dataclass(frozen=True, slots=True)
class Grounded:
    """A draft after grounding; values and statements are in the order of the schema."""

    draft: dict[str, Any]
    """Without markup, and with its sentence numbers put right."""
    verbatims: tuple[GroundedValue, ...]
    unsupported: tuple[Unsupported, ...]
    """The statements that say more than their evidence."""
    corrections: tuple[str, ...]
    """What was put right, in words."""
    missing_keys: tuple[str, ...] = ()
    """As in ``Provenance``."""
    doubts: tuple[Doubt, ...] = ()
    """Where words stand in the abstract whose sense may be another, once somebody has asked."""
    stated: tuple[Span, ...] = ()
    """Where the numbers of the statements stand in their evidence, in order."""
    objects: tuple[GroundedObject, ...] = field(default=(), repr=False, compare=False)
    """The objects of the draft, outer ones first, with what was found of each."""

    @property
    def missing(self) -> tuple[GroundedValue, ...]:
        """The verbatim values that stand nowhere in the abstract or the title."""
        return tuple(one for one in self.verbatims if one.grounding is Grounding.MISSING)

    def missing_in(self, name: str) -> list[str]:
        """The keys that a top-level field lacked."""
        return [path for path in self.missing_keys if top_field(path) == name]

    def with_verbatims(self, verbatims: tuple[GroundedValue, ...]) -> Grounded:
        """This draft with its values found elsewhere, such as when its record was made."""
        parts: dict[str, dict[str, GroundedValue]] = {}
        for one in verbatims:
            if one.span is not None:
                path, dot, name = one.path.rpartition(".")
                parts.setdefault(path + dot, {})[name] = one
        objects = (one._replace(parts=parts.get(one.holder.path, {})) for one in self.objects)
        return replace(self, verbatims=verbatims, objects=tuple(objects))


def ground(schema: type[BaseModel], draft: dict[str, Any], source: SourceText) -> Grounded:
    """Find each verbatim value of a draft in its source, and check each statement.

    The draft is JSON values that are valid for the schema; it stays as it is. Its texts are read
    without the markup of a page, and found where the source has them, with markup or without.
    """
    draft = rewritten_texts(shape_of(schema), draft, _unmarked)
    corrections: list[str] = []
    count = len(source.sentences)
    objects = [_Cited(one, count, corrections) for one in holders(schema, draft)]
    verbatims: list[GroundedValue] = []
    checks: list[_Check] = []
    for one in objects:
        path = one.holder.path
        for name, kind, text in one.holder.texts():
            if kind is Kind.VERBATIM:
                value = _verbatim(path + name, text, one, source)
                verbatims.append(value)
                if value.span is not None:
                    one.parts[name] = value
            else:
                checks.append(_Check(path + name, text, one, source))
    # Values first: they say best which sentences a statement rests on.
    unsupported = tuple(_unsupported(checks))
    if corrections:
        # Most drafts need none, and are taken as they are.
        evidence = {one.holder.path: one for one in objects}
        draft = renumbered(schema, draft, lambda holder: evidence[holder.path].written())
    told = {check.key: check for check in checks}
    stated = {span for check in told.values() for span in check.stated()}
    return Grounded(
        draft,
        tuple(verbatims),
        unsupported,
        tuple(corrections),
        stated=tuple(sorted(stated)),
        objects=tuple(one.grounded() for one in objects),
    )


def _unmarked(text: str) -> str:
    """A text without markup, on one line where it had some: a paragraph's could part lines."""
    plain = unmarked(text)
    return text if plain == text else " ".join(plain.split())


class _Cited:
    """The sentence numbers that one object of a draft gives, checked and added to.

    Numbers keep their order; an added one goes where an ascending list stays ascending, else to
    the end. A field that holds one number instead of a list takes the added one in its place.
    Where the object has no field of numbers, the whole abstract is its evidence. What was put right
    is added to the corrections, in words.
    """

    __slots__ = ("_corrections", "given", "holder", "is_whole", "known", "numbers", "parts")

    def __init__(self, holder: Holder, count: int, corrections: list[str]) -> None:
        self.holder = holder
        self.parts: dict[str, GroundedValue] = {}
        self.is_whole = holder.node.evidence is None
        self._corrections = corrections
        self.given = holder.numbers
        self.numbers: list[int] = []
        self.known: set[int] = set()
        for number in self.given:
            if not 1 <= number <= count:
                what = f"{number} isn't a sentence of this abstract (it has {count})"
            elif number in self.known:
                what = f"{number} was given twice"
            else:
                self.numbers.append(number)
                self.known.add(number)
                continue
            corrections.append(f"{holder.numbers_path}: {what}")

    def covers(self, sentences: Iterable[int]) -> bool:
        """Whether all these sentences are evidence."""
        return self.is_whole or self.known.issuperset(sentences)

    def holds(self, places: Places) -> bool:
        """Whether one of these places is in the evidence."""
        if self.is_whole:
            return bool(places.by_sentence or places.across)
        return not places.by_sentence.keys().isdisjoint(self.known) or any(
            self.covers(sentences) for sentences, _ in places.across
        )

    def within(self, places: Places) -> Iterator[Span]:
        """Those of the places that are in the evidence."""
        held = places.by_sentence
        few: Collection[int] = held if self.is_whole else self.known
        if len(held) < len(few):
            few = held
        for number in few:
            if number in held and (self.is_whole or number in self.known):
                yield from held[number]
        for sentences, span in places.across:
            if self.covers(sentences):
                yield span

    def add(self, path: str, sentences: Sequence[int], token: str | None = None) -> None:
        """Add the sentences that a value, or a word (``token``) of a statement, was found in."""
        before = self.numbers.copy()
        for number in sentences:
            if number not in before and before == sorted(before):
                insort(self.numbers, number)
            elif number not in before:
                self.numbers.append(number)
        self.known.update(sentences)
        subject = "found" if token is None else f"“{token}” stands"
        instead = f"not in {listed(map(str, before))}" if before else "none was cited"
        where = f"{noun_of(len(sentences), 'sentence')} {listed(map(str, sentences))}"
        self._corrections.append(f"{path}: {subject} in {where}, {instead}")

    def written(self) -> list[int] | int | None:
        """The numbers as they stand in the draft."""
        given = self.holder.values.get(self.holder.node.evidence or "")
        if isinstance(given, list):
            return self.numbers
        return self.numbers[-1] if self.numbers else given

    def grounded(self) -> GroundedObject:
        """The object with its numbers as they stand in the draft now, and what was found of it."""
        numbers = tuple(self.numbers)
        if len(numbers) > 1 and not isinstance(self.written(), list):
            numbers = numbers[-1:]
        return GroundedObject(self.holder, numbers, self.parts)


def _verbatim(path: str, value: str, cited: _Cited, source: SourceText) -> GroundedValue:
    place = source.place(value, cited.known)
    where = "abstract"
    given = None
    if place is None:
        place, where = source.title_place(value), "title"
        if place is None:
            return GroundedValue(path=path, value=value, grounding=Grounding.MISSING)
    elif not cited.covers(place.sentences):
        cited.add(path, place.sentences)
        given = cited.given
    # Defaults are left out: checking them takes as long as checking the span.
    others: dict[str, Any] = {"source": where} if where == "title" else {}
    if given is not None:
        others["cited"] = given
    return GroundedValue(
        path=path,
        value=value,
        grounding=Grounding.EXACT if place.is_exact else Grounding.NORMALISED,
        span=place.span,
        **others,
    )


class _Check:
    """One statement, its numbers and its names, held to its evidence."""

    __slots__ = ("_cited", "_names", "_numbers", "_source", "_text", "path")

    def __init__(self, path: str, text: str, cited: _Cited, source: SourceText) -> None:
        self.path = path
        self._text = text
        self._cited = cited
        self._source = source
        self._numbers, self._names = _tokens(text)

    @property
    def key(self) -> tuple[str, bool, tuple[int, ...]]:
        """The statement and its evidence as it is now: what one says holds for all that equal it.

        Many results share a sentence.
        """
        return self._text, self._cited.is_whole, tuple(self._cited.numbers)

    def surplus(self) -> tuple[str, ...]:
        """What stands nowhere; what stands in other sentences adds them to the evidence."""
        return (
            *(number.text for number in self._numbers if not self._number_stands(number)),
            *(
                name.text
                for name in self._names
                if not (self._name_stands(name) or self._stands_as_written(name.text))
            ),
        )

    def stated(self) -> Iterator[Span]:
        """Where the numbers stand in the evidence."""
        for number in self._numbers:
            yield from self._cited.within(self._source.number_places(number))

    def _number_stands(self, number: Number) -> bool:
        places = self._source.number_places(number)
        if not places.first and -1 in directions(self._text):
            # "Fell by 72%" of "(-72%)".
            places = self._source.number_places(number._replace(key=f"-{number.key}"))
        if places.first:
            return self._settle(number.text, places)
        if self._source.title_numbers.supporting(number):
            return True
        # Where the number is read there with another unit, that is no accident.
        return not self._source.numbers.has(number.key) and self._stands_as_written(number.text)

    def _stands_as_written(self, token: str) -> bool:
        """Whether the words that a token is in stand in the evidence, parted by the same signs.

        "200-hPa" and "euro10,077" bear themselves out, whatever numbers and names are made of them.
        """
        text = _normal(self._text)
        found = re.finditer(re.escape(token), text)
        # Each once, in order: what is added to the evidence doesn't depend on a hash.
        words = dict.fromkeys(_whole_words(text, *match.span()) for match in found)
        places = map(self._source.word_places, words)
        return bool(words) and all(one.first and self._settle(token, one) for one in places)

    def _name_stands(self, name: NameWord) -> bool:
        if name.opens and self._source.is_ordinary(name):
            return True
        elsewhere: Places | None = None
        for spelling in name.spellings():
            places = self._source.name_places(spelling)
            if self._cited.holds(places) or self._source.title_has(spelling):
                return True
            elsewhere = elsewhere or (places if places.first else None)
        if elsewhere is None:
            return self._source.spells_out(name.text)
        return self._settle(name.text, elsewhere)

    def _settle(self, token: str, places: Places) -> bool:
        """Add the first sentence of a token, which stands somewhere, if none of its is cited."""
        if not self._cited.holds(places):
            self._cited.add(self.path, places.first, token)
        return True


# Many results share a claim.
@lru_cache(maxsize=64)
def _tokens(statement: str) -> tuple[list[Number], list[NameWord]]:
    return statement_tokens(_normal(statement))


def _normal(statement: str) -> str:
    # An em dash parts two phrases; as a mere hyphen it would make one name of two words.
    return normal_form(statement.replace("—", " — "))


def _whole_words(text: str, start: int, end: int) -> str:
    """A part of a text, up to the white space on both sides, without punctuation at its edges.

    What is a word by itself says little, so that its neighbours come with it.
    """
    first, last = text.rfind(" ", 0, start) + 1, text.find(" ", end)
    if text[first : last if last >= 0 else None].strip(OPENING + CLOSING) == text[start:end]:
        first = text.rfind(" ", 0, max(0, first - 1)) + 1
        last = text.find(" ", last + 1) if last >= 0 else last
    lead = text[first:start].lstrip(OPENING)
    return lead + text[start:end] + text[end : last if last >= 0 else None].rstrip(CLOSING)


def _unsupported(checks: Iterable[_Check]) -> Iterator[Unsupported]:
    told: dict[tuple[str, bool, tuple[int, ...]], tuple[str, ...]] = {}
    for check in checks:
        key = check.key
        tokens = told.get(key)
        if tokens is None:
            tokens = check.surplus()
            if check.key == key:
                told[key] = tokens
        if tokens:
            yield Unsupported(path=check.path, tokens=tokens)


def claimed_spans(grounded: Grounded) -> tuple[Span, ...]:
    """The parts of the abstract that a draft accounts for, in order.

    They are the verbatim values that were found in the abstract, and the numbers of statements
    where they stand in their evidence.
    """
    spans = {
        value.span
        for value in grounded.verbatims
        if value.span is not None and value.source == "abstract"
    }
    return tuple(sorted(spans.union(grounded.stated)))


def unclaimed(
    quantities: Sequence[Quantity], grounded: Grounded, source: SourceText
) -> tuple[Quantity, ...]:
    """Those quantities of the abstract that no field of a draft accounts for, in the order given.

    A quantity is claimed when claimed spans cover each number in it (its unit needn't be), or when
    a verbatim value that was found in the same sentence reads the same (two results can share one
    number).
    """
    spans = claimed_spans(grounded)
    whole = frozenset(spans)
    claimed = _Claimed(spans)
    uncovered = [
        quantity
        for quantity in quantities
        if quantity.span not in whole and not all(map(claimed.holds, _numerals(quantity)))
    ]
    if not uncovered:
        return ()
    texts = {
        (normal_form(value.value).strip(), source.sentence_numbers(value.span))
        for value in grounded.verbatims
        if value.span is not None and value.source == "abstract"
    }
    return tuple(
        quantity
        for quantity in uncovered
        if (normal_form(quantity.text).strip(), source.sentence_numbers(quantity.span)) not in texts
    )


# The level of an interval ("95% CI") is no outcome of its own.
_NUMERAL = re.compile(r"\d(?:[\d.,·]*\d)?(?!\d{0,9}(?:\.\d+)? ?% ?-?(?:C|conf|cred))")


def _numerals(quantity: Quantity) -> list[Span]:
    """Where the numbers of a quantity stand; its first word where they are spelled out."""
    text, start = quantity.text, quantity.span.start
    found = [Span(start + m.start(), start + m.end()) for m in _NUMERAL.finditer(text)]
    return found or [Span(start, start + len(text.split()[0]))]


class _Claimed:
    """Spans in order, which may overlap, to ask whether one of them holds another span."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._starts = [span.start for span in spans]
        self._reach = list(accumulate((span.end for span in spans), max))

    def holds(self, part: Span) -> bool:
        """Whether one of the spans holds the whole of it."""
        at = bisect_right(self._starts, part.start)
        return at > 0 and part.end <= self._reach[at - 1]
