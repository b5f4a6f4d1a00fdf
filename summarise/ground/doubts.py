"""Say aloud where the words of a draft stand in the abstract and their sense may be another.

Grounding proves that a value stands in the abstract. Nothing here is a proof: each doubt is a sign,
read off the sentence around a value or off the words of a statement, that is seldom there where a
draft is true. What is looked at goes by the names of fields that schemas share: an object with a
``value`` has a ``metric`` or ``outcome``, a ``baseline``, a ``comparator``, a ``group``, a
``dataset``, an ``uncertainty``; any object may have a ``name`` or a ``size``, and statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from propcache.api import cached_property

from summarise.characters import listed, noun_of
from summarise.ground.belonging import misplaced
from summarise.ground.cuts import is_count
from summarise.ground.edges import (
    given_to_rival,
    is_start,
    no_outcome,
    only_compared,
    somebody_elses,
)
from summarise.ground.effects import (
    has_another_number,
    is_called_significant,
    is_ratio,
    is_within_error,
    leaves_no_effect,
    of_subgroup,
    other_statistic,
    statistic_of_test,
    statistics_of,
    tells_both,
)
from summarise.ground.grounding import Grounded
from summarise.ground.lexicon import known_words, may_differ
from summarise.ground.order import OrderCheck, swapped
from summarise.ground.polarity import Said, turned
from summarise.ground.rows import Row, rows_of
from summarise.ground.source import SourceText, says
from summarise.ground.words import ANY_DIGIT
from summarise.models import Doubt, DoubtKind, GroundedValue
from summarise.schema import COMPARED, MEASURED

_SETTINGS = ("dataset",)
_NAMES = frozenset(("name", "dataset", "group", "comparator"))
_MAY_BE_CUT = _NAMES | {"value", "baseline", "size"}
_TWICE, _MOST_RIVALS = 1.7, 20
# Of a statement's words that say anything: how many tell where it is from, and which share is in
# its abstract. None of 824 made by hand has less; 634 have less of the words of another abstract.
_TELLING, _OWN_SHARE, _NAMED = 5, 0.4, 3
_FEWEST_LACKING = int((1 - _OWN_SHARE) * _TELLING)
_AROUND = ".,;:()[]'\"“”‘’"


def doubts_of(
    grounded: Grounded, source: SourceText, *, is_english: bool = True
) -> tuple[Doubt, ...]:
    """What in a grounded draft may say something else than the abstract, in the draft's order.

    Statements are English, so that their words tell nothing of an abstract that isn't.
    """
    rows = rows_of(grounded, source)
    told = _Told(rows)
    order, statements = OrderCheck(source), StatementCheck(source, is_english=is_english)
    found: list[Doubt] = []
    for row in rows:
        if row.is_outcome:
            found += _moved(row, told)
            found += list(order.of_pair(row)) or order.of_claim(row)
            found += _of_value(row, told)
            found += statements.of_value(row)
            found += misplaced(row, source.plain)
            found += _of_significance(row, source.plain)
            found += _of_statistic(row, source.plain)
        else:
            found += _of_rival(row, told)
        for name, part in row.parts.items():
            if (name in _MAY_BE_CUT or name == row.compared) and (words := _cut(row, name, part)):
                found.append(Doubt(path=row.path + name, kind=DoubtKind.CUT, words=words))
        for path, text in row.statements:
            found += statements.of(path, text, row.numbers)
    once = {(doubt.path, doubt.kind): doubt for doubt in reversed(found)}
    return tuple(map(_on_one_line, reversed(once.values())))


def _on_one_line(doubt: Doubt) -> Doubt:
    words = " ".join(doubt.words.split())
    return doubt if words == doubt.words else doubt.model_copy(update={"words": words})


class _Told:
    """What the rows of a draft tell of its sentences: which hold a value, which name a dataset."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self._sizes = [s for row in rows if (s := row.parts.get("size")) and s.source == "abstract"]

    @cached_property
    def compared(self) -> dict[str, None]:
        """What values are compared with, and no value is told of."""
        rows = [row for row in self._rows if "comparator" in row.parts]
        given = dict.fromkeys(name for row in rows if (name := row.text("comparator")))
        groups = {row.text("group") for row in self._rows} if given else ()
        return {name: None for name in given if name not in groups}

    @cached_property
    def rivals(self) -> tuple[str, ...]:
        """What is only compared with: neither proposed nor told a value of."""
        own = {row.text("name") for row in self._rows} if self.compared else ()
        return tuple([n for n in self.compared if n not in own and not is_count(n)][:_MOST_RIVALS])

    @cached_property
    def valued(self) -> set[int]:
        """The sentences with the value of an outcome."""
        return {n for row in self._rows if row.is_outcome for n in row.stands("value").sentences}

    @cached_property
    def settings(self) -> dict[int, set[str]]:
        """The datasets that a sentence names; those that are counts of people apart."""
        found: dict[int, set[str]] = {}
        for row in self._rows:
            part = row.parts.get("dataset" if row.is_outcome else "name")
            if part and part.source == "abstract" and not part.value[0].isdigit():
                for number in row.stands(part.path.rpartition(".")[2]).sentences:
                    found.setdefault(number, set()).add(part.value)
        return found

    def size_at(self, value: GroundedValue) -> str | None:
        """The size of something that a value is, or is a part of."""
        if value.span is None:
            return None
        start, end = value.span
        for size in self._sizes:
            if size.span and size.span.start <= start and end <= size.span.end:
                return size.value
        return None


def _listed(numbers: frozenset[int]) -> str:
    return f"{noun_of(len(numbers), 'sentence')} {listed(map(str, sorted(numbers)))}"


class StatementCheck:
    """Holds statements to the abstract's words, and to the direction and the numbers of theirs."""

    def __init__(self, source: SourceText, *, is_english: bool = True) -> None:
        self._source = source
        self._is_english = is_english
        self._known: dict[int, frozenset[str]] = {}
        self._read: dict[int, Said] = {}

    def of(self, path: str, text: str, numbers: tuple[int, ...]) -> list[Doubt]:
        """What speaks against a statement that rests on some sentences."""
        cited = numbers or range(1, len(self._source.sentences) + 1)
        if not cited or text in self._source.abstract:
            return []
        found = []
        if ANY_DIGIT.search(text) and (words := swapped(text, map(self._text, cited))):
            found.append(Doubt(path=path, kind=DoubtKind.SWAPPED, words=words))
        if " than " in text and (words := _turned_comparison(text, map(self._text, cited))):
            found.append(Doubt(path=path, kind=DoubtKind.SWAPPED, words=words))
        told = self._glance(cited[0])
        if len(cited) > 1:
            told = told.union(*map(self._glance, cited[1:]))
        if may_differ(known_words(text), told):
            words = turned(Said(text), list(map(self._sentence, cited)))
            if words:
                found.append(Doubt(path=path, kind=DoubtKind.POLARITY, words=words))
        if words := self._lacks(text):
            found.append(Doubt(path=path, kind=DoubtKind.FOREIGN, words=words))
        return found

    def _lacks(self, text: str) -> str | None:
        """Which words of a statement the abstract lacks, where those are most of it."""
        if not self._is_english:
            return None
        # Nearly all statements have their words from the abstract, which is soon known.
        words = text.lower().replace("-", " ").split()
        if sum(word.strip(_AROUND) not in self._low for word in words) <= _FEWEST_LACKING:
            return None
        said = Said(text)
        telling = {stem: token for stem, token in zip(said.stems, said.tokens, strict=True) if stem}
        lacking = [token for stem, token in telling.items() if stem.strip("'") not in self._low]
        if len(telling) < _TELLING or len(lacking) <= (1 - _OWN_SHARE) * len(telling):
            return None
        named = listed(f"“{token}”" for token in lacking[:_NAMED])
        return f"most of its words aren't in the abstract, such as {named}"

    @cached_property
    def _low(self) -> str:
        """All that statements may rest on, in small letters."""
        return f"{self._source.title or ''}\n{self._source.plain}".lower()

    def _glance(self, number: int) -> frozenset[str]:
        """The words of a sentence that have a direction, or may deny."""
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = known_words(self._text(number))
        return found

    def _text(self, number: int) -> str:
        """A sentence."""
        return self._source.sentences[number - 1].of(self._source.plain)

    def of_value(self, row: Row) -> Iterator[Doubt]:
        """Whether the claim of a row speaks of another sentence than that of its value."""
        if len(row.numbers) < 2:
            return
        at = row.stands("value").sentences
        others = [number for number in row.numbers if number not in at]
        if not others or not row.statements or row.parts["value"].source == "title":
            return
        said = Said(row.statements[0][1])
        told = said.told
        here = max(len(told & self._sentence(number).told) for number in at)
        number = max(others, key=lambda number: len(told & self._sentence(number).told))
        there = len(told & self._sentence(number).told)
        if there >= here + 3 and there >= _TWICE * here:
            value = row.parts["value"]
            words = f"“{value.value}” stands in {_listed(at)}, the claim is of sentence {number}"
            yield Doubt(path=value.path, kind=DoubtKind.MOVED, words=words)

    def _sentence(self, number: int) -> Said:
        found = self._read.get(number)
        if found is None:
            found = self._read[number] = Said(self._text(number))
        return found


_THAN = re.compile(
    r"\b(?P<word>(?:more|less|fewer) [a-z]+|[a-z]+er|worse)(?P<gap>(?: [\w-]+){0,6}?) than "
    r"(?:(?:that|those|of|with|in|for|after|the|an?) )*(?P<rival>[\w-]+)"
)


def _turned_comparison(statement: str, sentences: Iterable[str]) -> str | None:
    """Whether "A is better than B" is told of "B is better than A", in words."""
    said = _THAN.search(statement.lower())
    if said is None:
        return None
    own = re.findall(r"[\w-]+", said.string[: said.end("gap")])
    words = None
    for sentence in sentences:
        for told in _THAN.finditer(sentence.lower()) if " than " in sentence else ():
            if told["word"] != said["word"]:
                continue
            if told["rival"] == said["rival"]:
                return None
            theirs = re.findall(r"[\w-]+", told.string[: told.end("gap")])
            if told["rival"] in own and said["rival"] in theirs:
                words = says(sentence[told.start() : told.end()])
    return words


# What is moved


def _moved(row: Row, told: _Told) -> Iterator[Doubt]:
    """The parts of a row that stand in another sentence than its value."""
    value = row.parts.get("value")
    if not row.is_outcome or value is None or value.source == "title":
        return
    home = row.home
    at = row.stands("value").sentences if value.cited or home is None else frozenset[int]()
    if value.cited:
        words = f"“{value.value}” stands only in {_listed(at)}"
        yield Doubt(path=value.path, kind=DoubtKind.MOVED, words=words)
    for name, part in row.parts.items():
        if name == "value" or part.source == "title" or part.span is None:
            continue
        if home and home.start <= part.span.start and part.span.end <= home.end:
            continue
        at = at or row.stands("value").sentences
        there = row.stands(name).sentences
        if (
            not (at and there)
            or at & there
            or not _should_be_near(row, name, part, at, there, told)
        ):
            continue
        words = f"“{value.value}” stands in {_listed(at)}, “{part.value}” only in {_listed(there)}"
        yield Doubt(path=part.path, kind=DoubtKind.MOVED, words=words)


def _should_be_near(
    row: Row, name: str, part: GroundedValue, at: frozenset[int], there: frozenset[int], told: _Told
) -> bool:
    """Whether a part that stands elsewhere belongs into the sentence of its row's value."""
    if name in MEASURED or name in {"uncertainty", "group"}:
        return True
    if name in COMPARED:
        # What is compared with has its own sentence: "Medlar reaches 64.2%."
        rival = "comparator" if name == row.compared != "comparator" else None
        named = row.stands(rival).sentences if rival in row.parts else frozenset[int]()
        is_rivals = not there.isdisjoint(named) and at.isdisjoint(named)
        return name == row.compared and not is_rivals and bool(ANY_DIGIT.search(part.value))
    if name not in _SETTINGS:
        return False
    others = {one for number in at for one in told.settings.get(number, ())} - {part.value}
    if others or min(there) > max(at):
        return True
    if row.is_in_title(name):
        return False
    return not told.valued.isdisjoint(row.stands(name, anywhere=True).sentences)


# What is around a value


def _of_value(row: Row, told: _Told) -> Iterator[Doubt]:
    value = row.parts["value"]
    stands = row.stands("value")
    if value.source == "title" or not stands.around:
        return
    if size := told.size_at(value):
        words: str | None = f"“{size}” is the size of data"
    else:
        words = stands.everywhere(no_outcome)
        if words is None:
            metric = next((row.text(name) for name in MEASURED if name in row.parts), None)
            words = stands.everywhere(statistic_of_test, metric or "")
    if words:
        yield Doubt(path=value.path, kind=DoubtKind.NO_OUTCOME, words=words)
    group = row.text("group") or ""
    # A change may be a share of the rival's value.
    is_named = row.compared != "comparator" and not row.is_change
    rival = (is_named and row.text("comparator")) or ""
    words = stands.everywhere(somebody_elses, group, rival)
    if words is None and told.rivals and not row.is_change:
        words = stands.everywhere(given_to_rival, told.rivals, group)
    if words is None and not (group or row.text("dataset")):
        words = stands.everywhere(of_subgroup, " ".join(text for _, text in row.statements))
    if words:
        yield Doubt(path=value.path, kind=DoubtKind.ELSEWHOSE, words=words)
    if words := stands.everywhere(is_start):
        yield Doubt(path=value.path, kind=DoubtKind.ORDER, words=words)


def _of_statistic(row: Row, text: str) -> Iterator[Doubt]:
    """Whether a value is another statistic than its metric: an odds ratio, or a crude one."""
    metric = next((row.parts[name] for name in MEASURED if name in row.parts), None)
    if metric is None or not statistics_of(metric.value):
        return
    stands = row.stands("value")
    words = stands.everywhere(other_statistic, metric.value, tells_both(text))
    if words is None:
        words = stands.everywhere(has_another_number, metric.value)
    if words and stands.places:
        yield Doubt(path=metric.path, kind=DoubtKind.SWAPPED, words=words)


def _of_significance(row: Row, text: str) -> Iterator[Doubt]:
    """Whether a claim calls significant what the row's own interval or p-value doesn't."""
    span, home = row.parts["uncertainty"].span if "uncertainty" in row.parts else None, row.home
    if span is None or home is None or not home.start <= span.start < home.end:
        return
    for path, statement in row.statements:
        if "ignificant" in statement and is_called_significant(statement):
            start = home.start
            metric = next((row.parts[name].value for name in MEASURED if name in row.parts), "")
            is_within = not is_ratio(metric) and is_within_error(
                row.parts["value"].value, span.of(text)
            )
            if is_within or leaves_no_effect(home.of(text), span.start - start, span.end - start):
                words = f"“{span.of(text)}” leaves no effect"
                yield Doubt(path=path, kind=DoubtKind.POLARITY, words=words)


def _of_rival(row: Row, told: _Told) -> Iterator[Doubt]:
    """Whether a resource, or the name of a method, is that of something it is compared with."""
    field = "name" if row.path == "method." else "value"
    part, words = row.parts.get(field), None
    if part and field == "name" and part.source != "title" and not row.is_in_title("name"):
        is_comparator = row.text("name") in told.compared
        words = row.stands("name", anywhere=True).everywhere(only_compared, is_comparator)
    elif part and field == "value" and told.rivals:
        words = row.stands("value").everywhere(given_to_rival, told.rivals, "")
    if part and words:
        yield Doubt(path=part.path, kind=DoubtKind.ELSEWHOSE, words=words)


def _cut(row: Row, name: str, part: GroundedValue) -> str | None:
    """What a name or a number of a row lacks of what stands in the abstract, in words."""
    if part.span is None or part.source == "title":
        return None
    is_name = name in _NAMES and name != row.compared
    if is_name and (name == "comparator" or not is_count(part.value)):
        return row.cut_name(name, part.span)
    return row.cut_number(name, part.span)
