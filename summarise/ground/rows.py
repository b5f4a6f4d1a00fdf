"""The objects of a draft as doubts look at them: their parts, and where these stand."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from summarise.ground.cuts import (
    cut_name,
    cut_name_amid,
    cut_number,
    may_be_cut,
    may_be_cut_number,
)
from summarise.ground.grounding import Grounded
from summarise.ground.source import Around, SourceText, Stands
from summarise.models import GroundedValue, Span
from summarise.schema import COMPARED, MEASURED, Kind, Node


class _RowFields(NamedTuple):
    """What is asked of an object, by the names of its fields.

    Attributes:
        names: Of its verbatim values and statements.
        is_outcome: Whether its ``value`` is what was found, and not a resource or a size.
        compared: The field with the number to compare with; in pico's first version that was the
            comparator.
    """

    names: frozenset[str]
    statements: tuple[str, ...]
    is_outcome: bool
    compared: str


@cache
def _fields(node: Node) -> _RowFields:
    names = frozenset(name for name, _ in node.texts)
    telling = {*MEASURED, *COMPARED, "group", "uncertainty", "claim"}
    return _RowFields(
        names,
        tuple(name for name, kind in node.texts if kind is Kind.STATEMENT),
        "value" in names and not telling.isdisjoint(names),
        "baseline" if "baseline" in names else "comparator",
    )


class Row:
    """One object of a draft, with what grounding found of it.

    Attributes:
        path: What the paths of its fields begin with: ``results[0].``.
        parts: Its verbatim values that stand in the abstract, by field.
        statements: Path and text of each.
        numbers: Its sentences, as grounding put them right.
        is_outcome: Whether its ``value`` is what was found, and not a resource or a size.
        is_change: Whether it is a difference, or a share of another value.
        compared: Name of the field with the number that the value is compared with.
    """

    __slots__ = (
        *("_source", "_stands", "compared", "is_change", "is_outcome", "numbers"),
        *("parts", "path", "statements"),
    )

    def __init__(
        self,
        path: str,
        numbers: tuple[int, ...],
        parts: dict[str, GroundedValue],
        source: SourceText,
        stands: dict[tuple[str, tuple[int, ...]], Stands],
    ) -> None:
        self.path = path
        self.numbers = numbers
        self.parts = parts
        self.statements: list[tuple[str, str]] = []
        self.is_outcome = False
        self.compared = "baseline"
        self.is_change = False
        self._source = source
        self._stands = stands

    @property
    def home(self) -> Span | None:
        """The sentence of its value, None where that spans several."""
        span = self.parts["value"].span
        numbers = self._source.sentence_numbers(span) if span else ()
        return self._source.sentences[numbers[0] - 1] if len(numbers) == 1 else None

    def text(self, name: str) -> str | None:
        """The value of a field as the abstract has it, None where there is none."""
        part = self.parts.get(name)
        if part is None:
            return None
        is_here = part.span and part.source != "title"
        return part.span.of(self._source.plain) if part.span and is_here else part.value

    def is_of_rival(self, claim: str) -> bool:
        """Whether a claim speaks of what is compared with, and not of the group."""
        group, rival = self.text("group"), self.text("comparator")
        return bool(rival and rival in claim and not (group and group in claim))

    def stands(self, name: str, *, anywhere: bool = False) -> Stands:
        """Where a part stands in the sentences of the row; anywhere, where they hold it nowhere."""
        key = (self.parts[name].value, () if anywhere else self.numbers)
        found = self._stands.get(key)
        if found is None:
            found = self._stands[key] = Stands(self._source.places(*key), self._source)
        return found

    def is_in_title(self, name: str) -> bool:
        """Whether the title has a part, too."""
        return self._source.title_place(self.parts[name].value) is not None

    def cut_number(self, name: str, span: Span) -> str | None:
        """What a number of it lacks everywhere, in words; None where it once is whole."""
        if not may_be_cut_number(self._source.plain, span):
            return None
        return self.stands(name).everywhere(cut_number)

    def cut_name(self, name: str, span: Span) -> str | None:
        """What a name of it lacks everywhere, in words; None where it once stands alone."""
        source = self._source
        if not may_be_cut(source.plain, span):
            return None
        if (words := self.stands(name, anywhere=True).everywhere(cut_name_amid)) is None:
            return None
        title = source.title or ""
        place = source.title_place(self.parts[name].value)
        is_whole = place and cut_name(Around(title, place.span, Span(0, len(title)))) is None
        return None if is_whole else words


def rows_of(grounded: Grounded, source: SourceText) -> list[Row]:
    """The objects of a draft that have verbatim values or statements, in its order."""
    rows, stands = [], dict[tuple[str, tuple[int, ...]], Stands]()
    for (path, node, values), numbers, parts in grounded.objects:
        fields = _fields(node)
        if not fields.names:
            continue
        row = Row(path, numbers, parts, source, stands)
        row.statements = [
            (path + name, text)
            for name in fields.statements
            if isinstance(text := values.get(name), str)
        ]
        row.is_outcome = fields.is_outcome and "value" in parts
        row.is_change = values.get("kind") == "change"
        row.compared = fields.compared
        rows.append(row)
    return rows
