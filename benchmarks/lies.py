"""Lies to tell of a true draft: one change each, seeded, with what it changes.

A lie is a copy of a draft in which one field says something else than the abstract. The classes are
those of ``LIES``; ``TRUTHS`` changes typography alone, so that whatever is said of it is false.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

Draft = dict[str, Any]


class Paper(NamedTuple):
    """A document with its true draft."""

    doc_id: str
    title: str
    abstract: str
    sentences: tuple[str, ...]
    draft: Draft


class Lie(NamedTuple):
    """A draft with one change.

    Attributes:
        at: The object that was changed: ``results[0]``.
        what: The change in words.
    """

    at: str
    what: str
    draft: Draft


Maker = Callable[[Paper, random.Random], Iterator[Lie]]

_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[a-z]")
_NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:[ ,]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?!\w)")
_JOINS = frozenset(("", ",", "/", "-", "–", "and", "K and", "B and", "or", "to", "of", "per"))
_UNITS = {
    "%": " ms", "ms": "s", " s": " ms", "hours": "days", "days": "hours", "mg": "g", "GB": "MB",
    "points": "percent", "million": "billion", "times": "%", "x": "%",
}  # fmt: skip
_QUALIFIER = re.compile(
    r"(?:(?:less|more|fewer|greater) than|at (?:least|most)|up to|over|under|about|approximately"
    r"|nearly|almost|around|roughly|below|above|as many as|[<>≤≥~]) ?",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[-−–+](?=[$€£]?\d)")
_UNIT = re.compile(
    r"(?P<number>\d[\d.,]*)(?P<unit>%| ?%| ?[a-zA-Zμµ°]{1,4}\b(?:[-−][1-3]|/[a-zA-Z]\w*)?"
    r"| per \d[\d ]*\d| [a-z]+-[12]\b)\Z"
)
_COMPOUND = re.compile(
    r"(?P<head>\d[\d.,]* ?[a-zA-Zμµ°%]{1,6})"
    r"(?:[ ·]?[a-zA-Zμµ]{1,4}[-−⁻][1-3¹²³]|/[a-z]\w*| per [\w ]+)\Z"
)
_SAYS = re.compile(r"\d|[^\W\d_]{2}")
_NAMES = ("dataset", "group", "comparator", "name")
_VERBATIM = ("metric", "value", "baseline", "dataset", "group", "comparator", "uncertainty")


def _entries(draft: Draft, *lists: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in lists:
        for index, entry in enumerate(draft.get(name) or ()):
            yield f"{name}[{index}]", entry


def _changed(paper: Paper, at: str, what: str, **fields: Any) -> Lie:
    """The draft of a paper with other fields in one of its objects."""
    draft = copy.deepcopy(paper.draft)
    name, _, index = at.partition("[")
    entry = draft[name][int(index[:-1])] if index else draft[name]
    before = {field: entry.get(field) for field in fields}
    entry.update(fields)
    told = "; ".join(f"{f}: {before[f]!r} → {v!r}" for f, v in fields.items() if f != "sentences")
    return Lie(at, f"{paper.doc_id} {at} {what}: {told}", draft)


def _values(paper: Paper) -> Iterator[tuple[str, str, str]]:
    """Each verbatim value: where, which field, and what it is."""
    for at, entry in _entries(paper.draft, "data", "compute", "results"):
        for field in ("name", "size", *_VERBATIM):
            if isinstance(entry.get(field), str):
                yield at, field, entry[field]


def digits(paper: Paper, chance: random.Random) -> Iterator[Lie]:
    """One digit of a value is another."""
    for at, field, value in _values(paper):
        places = [m.start() for m in _DIGIT.finditer(value)]
        if not places:
            continue
        place = chance.choice(places)
        digit = chance.choice([d for d in "123456789" if d != value[place]])
        told = value[:place] + digit + value[place + 1 :]
        if not _stands(told, paper.abstract) and told not in paper.title:
            yield _changed(paper, at, "digit", **{field: told})


def letters(paper: Paper, chance: random.Random) -> Iterator[Lie]:
    """One letter of a name is another."""
    for at, field, value in _values(paper):
        places = [m.start() for m in _LETTER.finditer(value)]
        if len(places) < 3:
            continue
        place = chance.choice(places)
        letter = chance.choice([c for c in "bcdfghkmnprtvwz" if c != value[place]])
        told = value[:place] + letter + value[place + 1 :]
        if told not in paper.abstract:
            yield _changed(paper, at, "letter", **{field: told})


def units(paper: Paper, _: random.Random) -> Iterator[Lie]:
    """A value has another unit."""
    for at, field, value in _values(paper):
        unit = next((u for u in _UNITS if value.endswith(u.strip()) and _DIGIT.match(value)), None)
        if unit and field in {"value", "baseline", "size"}:
            told = value[: -len(unit.strip())] + _UNITS[unit].strip()
            if told not in paper.abstract:
                yield _changed(paper, at, "unit", **{field: told})


def swaps(paper: Paper, _: random.Random) -> Iterator[Lie]:
    """Value and baseline change places."""
    for at, entry in _entries(paper.draft, "results"):
        if entry.get("value") and entry.get("baseline"):
            other = {"value": entry["baseline"], "baseline": entry["value"]}
            yield _changed(paper, at, "swap", **other)


def moves(field: str, *, cited: bool) -> Maker:
    """A part of a row is that of a row of another sentence, which is cited as well, or isn't."""

    def make(paper: Paper, chance: random.Random) -> Iterator[Lie]:
        rows = list(_entries(paper.draft, "results"))
        for at, entry in rows:
            if not (entry.get("value") and entry.get(field)):
                continue
            own = " ".join(paper.sentences[n - 1] for n in entry["sentences"])
            others = [
                other
                for _, other in rows
                if other.get(field)
                and other[field].casefold() != entry[field].casefold()
                and not _stands(other[field], own)
                and not set(other["sentences"]) & set(entry["sentences"])
                and _stands(other[field], paper.abstract)
            ]
            if others:
                other = chance.choice(others)
                numbers = sorted({*entry["sentences"], *other["sentences"]})
                more = {"sentences": numbers} if cited else {}
                yield _changed(paper, at, f"moved {field}", **{field: other[field], **more})

    return make


def neighbours(field: str) -> Maker:
    """A part of a row is that of another row of the same sentence."""

    def make(paper: Paper, chance: random.Random) -> Iterator[Lie]:
        rows = [
            (at, entry)
            for at, entry in _entries(paper.draft, "results")
            if entry.get("value") and entry.get(field) and len(entry["sentences"]) == 1
        ]
        for at, entry in rows:
            others = [
                other[field]
                for _, other in rows
                if other["sentences"] == entry["sentences"]
                and other[field].casefold() not in entry[field].casefold()
                and entry[field].casefold() not in other[field].casefold()
                and other["value"] != entry["value"]
                and _stands(other[field], paper.sentences[entry["sentences"][0] - 1])
            ]
            if others:
                yield _changed(paper, at, f"neighbour's {field}", **{field: chance.choice(others)})

    return make


def cuts(paper: Paper, _: random.Random) -> Iterator[Lie]:
    """A qualifier, a sign, a unit or a part of one, or a word of a name is left out."""
    for at, field, value in _values(paper):
        if at.startswith("compute") or field in {"metric", "uncertainty"}:
            continue
        for what, told in _shorter(field, value):
            if _SAYS.search(told) and not _is_whole(told, paper):
                yield _changed(paper, at, f"cut {what}", **{field: told})


def cuts_of(kind: str) -> Maker:
    """The cuts of one kind."""

    def make(paper: Paper, chance: random.Random) -> Iterator[Lie]:
        return (lie for lie in cuts(paper, chance) if f"cut {kind}:" in lie.what)

    return make


def _shorter(field: str, value: str) -> Iterator[tuple[str, str]]:
    if qualifier := _QUALIFIER.match(value):
        yield "qualifier", value[qualifier.end() :]
    elif sign := _SIGN.match(value):
        yield "sign", value[sign.end() :]
    if field in {"value", "baseline", "size"}:
        if compound := _COMPOUND.search(value):
            yield "unit", value[: compound.end("head")]
        elif unit := _UNIT.search(value):
            yield "unit", value[: unit.end("number")]
    words = value.split(" ")
    if field in _NAMES and len(words) > 1:
        if _is_name(words[-1]) and _is_name(words[-2]) and not words[-2].isdigit():
            yield "name", " ".join(words[:-1])
        if words[0][:1].isupper() and words[1][:1].isupper() and _is_name(words[0]):
            yield "name", " ".join(words[1:])


def _is_name(word: str) -> bool:
    """Whether a word at the end of a name belongs to it; one of a list doesn't."""
    return (word[:1].isupper() or word[:1].isdigit()) and not word.endswith(",")


def _is_whole(told: str, paper: Paper) -> bool:
    """Whether a shorter text stands by itself, too, so that it may be no lie."""
    texts = (paper.abstract, paper.title)
    longer = (
        rf"(?:[-+−–]|[A-Z][\w-]* ){re.escape(told)}|{re.escape(told)}[ -]?(?:[A-Z\d%]|[a-z]+-\d)"
    )
    whole = rf"(?<!\w){re.escape(told)}(?!\w)"
    return any(len(re.findall(whole, t)) > len(re.findall(longer, t)) for t in texts) and bool(
        re.match("[A-Z]", told)
    )


def rivals(paper: Paper, _: random.Random) -> Iterator[Lie]:
    """The number that is compared with is told as the paper's own."""
    for at, entry in _entries(paper.draft, "results"):
        if entry.get("value") and entry.get("baseline"):
            yield _changed(paper, at, "rival", value=entry["baseline"], baseline=None)


def no_outcomes(paper: Paper, chance: random.Random) -> Iterator[Lie]:
    """A bound, a p-value or a sample size is told as a value."""
    for at, entry in _entries(paper.draft, "results"):
        numbers = _NUMBER.findall(entry.get("uncertainty") or "")
        numbers = [n for n in numbers if n not in {"95", "90", "99"}]
        if numbers and entry.get("value"):
            yield _changed(paper, at, "bound", value=chance.choice(numbers), uncertainty=None)
    results = {e.get("value") for _, e in _entries(paper.draft, "results")}
    told = [e.get("size") for _, e in _entries(paper.draft, "data")]
    sizes = [size for size in told if size and size not in results]
    for at, entry in _entries(paper.draft, "results"):
        if entry.get("value") and sizes:
            size = chance.choice(sizes)
            number = next(
                (n for n, s in enumerate(paper.sentences, 1) if size in s), entry["sentences"][0]
            )
            other = {"value": size, "baseline": None, "metric": None, "dataset": None}
            yield _changed(paper, at, "size", **other, group=None, sentences=[number])
            break


def numbers(paper: Paper, _: random.Random) -> Iterator[Lie]:
    """Two numbers of a statement change places."""
    for at, field, text in statements(paper):
        found = list(_NUMBER.finditer(text))
        for first, second in pairwise(found):
            between = text[first.end() : second.start()].strip()
            if first.group() == second.group() or between in _JOINS:
                continue
            told = (
                text[: first.start()] + second.group() + text[first.end() : second.start()]
                + first.group() + text[second.end() :]
            )  # fmt: skip
            yield _changed(paper, at, "numbers", **{field: told})
            break


def statements(paper: Paper) -> Iterator[tuple[str, str, str]]:
    """Each statement: where, which field, and what it says."""
    for name in ("problem", "method"):
        if text := paper.draft[name]["text"]:
            yield name, "text", text
    for at, entry in _entries(paper.draft, "results"):
        yield at, "claim", entry["claim"]


def flips(told: Iterable[dict[str, str]]) -> Maker:
    """Statements that somebody has turned round; each goes by document and path."""
    given = list(told)

    def make(paper: Paper, _: random.Random) -> Iterator[Lie]:
        for one in given:
            if one["id"] == paper.doc_id:
                at, _dot, field = one["path"].rpartition(".")
                yield _changed(paper, at, f"flip {one['kind']}", **{field: one["text"]})

    return make


_TYPOGRAPHY = (("-", "‑"), ("%", " %"), ("-", "−"), (" ", "\u00a0"), ("±", " ± "), ("×", "x"))


def typography(paper: Paper, _: random.Random) -> Iterator[Lie]:
    """A value is the same in other typography."""
    for at, field, value in _values(paper):
        for old, new in _TYPOGRAPHY:
            told = value.replace(old, new)
            if told != value:
                yield _changed(paper, at, "typography", **{field: told})


def _stands(value: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(value)}(?!\w)", text) is not None


TRUTHS: dict[str, Maker] = {"typography": typography}
LIES: dict[str, Maker] = {
    "digits of a value": digits,
    "letters of a value": letters,
    "unit of a value": units,
    "value and baseline swapped": swaps,
    **{
        f"moved {field}{', its sentence cited' if cited else ''}": moves(field, cited=cited)
        for field in ("metric", "value", "baseline", "dataset", "group")
        for cited in (False, True)
    },
    **{
        f"{field} of another row of the sentence": neighbours(field)
        for field in ("metric", "dataset", "group", "uncertainty")
    },
    "numbers of a statement swapped": numbers,
    **{f"cut {kind}": cuts_of(kind) for kind in ("qualifier", "unit", "sign", "name")},
    "a rival's number": rivals,
    "a bound, a p-value or a size": no_outcomes,
}
