"""The table: a row for each figure, a column for each of the compared, and what the rows mean."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from string import ascii_uppercase
from typing import NamedTuple

from summarise.admission import format_usd
from summarise.characters import counted
from summarise.evaluate.scores_table import COLUMNS, quoted, table, wrapped
from summarise.evaluate.signals import RunCounts
from summarise.models import Stored

_NOTHING = "–"
_UNKNOWN = "unknown"
# Names that stand for nothing but themselves in Markdown.
_PLAIN = re.compile(r"[A-Za-z0-9.:/@+=-]+(_[A-Za-z0-9.:/@+=-]+)*")


class Speed(Stored):
    """How quick a run was that made all its records in one go, from its start to its table."""

    seconds: float
    records_per_second: float
    in_flight: float | None
    """Requests at a time, on average; None where nothing was asked."""


class Figures(Stored):
    """What one of the compared came to. None is unknown, or doesn't apply.

    Agreement is the mean F1 of the fields, ``f1`` against gold by field. The speed is that of the
    run in which the records were made.
    """

    name: str
    model: str | None
    """None: the embedded extractor."""
    endpoint: str | None
    folder: str
    fingerprint: str | None = None
    """Fingerprint of all that can change an answer."""
    trouble: str | None = None
    """What stopped it, or kept it from running."""
    counts: RunCounts | None = None
    speed: Speed | None = None
    agreement_embedded: float | None = None
    agreement_models: float | None = None
    macro_f1: float | None = None
    f1: Mapping[str, float] = {}


class Pair(Stored):
    """Two of the compared, by name, held against each other."""

    left: str
    right: str
    documents: int
    """How many documents have a record in both runs."""
    agreement: float | None


class ModelComparison(Stored):
    """Several models on the same documents, the embedded extractor first."""

    input: str
    documents: int
    gold: int | None
    """Gold summaries of these documents; None where there was no gold."""
    gold_elsewhere: int = 0
    """Gold summaries of other documents, which count for nothing."""
    models: tuple[Figures, ...]
    pairs: tuple[Pair, ...]
    exit_code: int
    """The gravest of the runs': 0, 1, 2, 3 or 130."""

    def to_json(self) -> str:
        """All of it as JSON."""
        return self.model_dump_json(indent=2)


Cell = Callable[[Figures], str]


class _Row(NamedTuple):
    """A row of the table; ``about`` says what the label doesn't."""

    label: str
    cell: Cell
    about: str = ""


def comparison_lines(comparison: ModelComparison) -> Iterator[str]:
    """The comparison as Markdown.

    Rows in which nobody has a figure are left out. No value is called the best: what counts more,
    a cent or a quantity left out, isn't for a table to say.
    """
    lines = {one: [one.cell(figures) for figures in comparison.models] for one in _rows(comparison)}
    lines = {one: cells for one, cells in lines.items() if {*cells} != {_NOTHING}}
    rows = [(one.label, *cells) for one, cells in lines.items()]
    heads = _heads([one.name for one in comparison.models], rows)
    yield f"# Models compared on {quoted(comparison.input)}"
    yield ""
    text = f"{counted(comparison.documents, 'document')}."
    if comparison.gold is not None:
        text += f" Gold summaries of them: {comparison.gold:,}"
        text += f" ({comparison.gold_elsewhere:,} of others)." if comparison.gold_elsewhere else "."
    yield from wrapped(text)
    yield ""
    for head, figures in zip(heads, comparison.models, strict=True):
        yield from _who(head, figures)
    yield ""
    yield from table(("", *heads), rows)
    yield ""
    for one in lines:
        if one.about:
            yield from wrapped(f"{one.label}: {one.about}", "- ")


def _heads(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The names; letters where names act in a table, or make it wider than a terminal."""
    letters = [_letter(number) for number in range(len(names))]
    room = max(COLUMNS, _width(letters, rows))
    is_plain = all(map(_PLAIN.fullmatch, names))
    return list(names) if is_plain and _width(names, rows) <= room else letters


def _width(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Characters of a line of the table."""
    return max(map(len, table(("", *heads), rows)))


def _letter(number: int) -> str:
    """A to Z, and then AA, AB and so on."""
    before, last = divmod(number, len(ascii_uppercase))
    return (_letter(before - 1) if before else "") + ascii_uppercase[last]


def _who(head: str, figures: Figures) -> Iterator[str]:
    """Which column is which, where its records are, and what went wrong."""
    if figures.model is None:
        who = "the embedded extractor, by code alone"
    else:
        who = f"{quoted(figures.model)} at {quoted(figures.endpoint or _UNKNOWN)}"
    label = head if head == figures.name else f"{head}, {quoted(figures.name)}"
    yield from wrapped(f"{label}: {who}, in {quoted(figures.folder)}", "- ")
    if figures.trouble is not None:
        # On one line, and nothing in the server's words acts.
        yield from wrapped(quoted(figures.trouble, 400), "  - ")


def _rows(comparison: ModelComparison) -> Iterator[_Row]:
    yield from _ROWS
    if comparison.gold is not None:
        yield _Row("F1, mean", lambda f: _number(f.macro_f1), _ABOUT_F1)
        names = dict.fromkeys(name for figures in comparison.models for name in figures.f1)
        for name in names:
            yield _Row(f"F1 {name}", lambda f, name=name: _number(f.f1.get(name)))  # type: ignore[misc]


def _counted(cell: Callable[[RunCounts], str]) -> Cell:
    """A cell of what has run."""
    return lambda figures: _NOTHING if figures.counts is None else cell(figures.counts)


def _recorded(cell: Callable[[RunCounts], str]) -> Cell:
    """A cell of what has made a record: without any, a count of faults would be a praise."""
    return _counted(lambda counts: cell(counts) if counts.records else _NOTHING)


def _asked(cell: Callable[[RunCounts], str]) -> Cell:
    """A cell of what has had an answer from a model."""
    return _counted(lambda counts: cell(counts) if counts.spent.calls else _NOTHING)


def _timed(cell: Callable[[Speed], str]) -> Cell:
    return lambda figures: _NOTHING if figures.speed is None else cell(figures.speed)


def _each(number: int, counts: RunCounts) -> str:
    """A count and what it is for each record."""
    return f"{number:,} ({number / counts.records:.2f})"


def _number(value: float | None, digits: int = 3) -> str:
    return _NOTHING if value is None else f"{value:.{digits}f}"


def _grounded(counts: RunCounts) -> str:
    """Rounded down: 100 % is said only where nothing is missing."""
    if counts.grounded is None:
        return _NOTHING
    return f"{math.floor(counts.grounded * 1000) / 10:.1f}%"


def _tokens(number: int | None, counts: RunCounts) -> str:
    if number is None:
        return _UNKNOWN
    return f"≥ {number:,}" if counts.untold else f"{number:,}"


def _cost(figures: Figures) -> str:
    if figures.model is None:
        return format_usd(Decimal(0))
    if figures.counts is None or not figures.counts.spent.calls:
        return _NOTHING
    spent = figures.counts.spent
    if spent.unpriced == spent.calls:
        return _UNKNOWN
    return f"≥ {format_usd(spent.cost)}" if spent.unpriced else format_usd(spent.cost)


_ROWS = (
    _Row("records", _counted(lambda c: f"{c.records:,}")),
    _Row(
        "failures",
        _counted(lambda c: f"{sum(c.failures.values()):,}"),
        "documents that were tried and have no record",
    ),
    _Row(
        "not attempted",
        _counted(lambda c: f"{c.pending:,}" if c.pending else _NOTHING),
        "documents that a stop left",
    ),
    _Row(
        "values",
        _recorded(lambda c: _each(c.values, c)),
        "names, numbers and sizes copied from the abstracts; in brackets, here and below, for each "
        "record",
    ),
    _Row("grounded", _recorded(_grounded), "values that stand in the abstract or its title"),
    _Row("missing", _recorded(lambda c: _each(c.missing, c)), "values that stand in neither"),
    _Row(
        "unsupported",
        _recorded(lambda c: _each(c.unsupported, c)),
        "statements with a number or name that their evidence doesn't hold",
    ),
    _Row(
        "unclaimed",
        _recorded(lambda c: _each(c.unclaimed, c)),
        "quantities of the abstracts that no field holds; not all of them matter",
    ),
    _Row(
        "agreement, embedded",
        lambda f: _number(f.agreement_embedded),
        "with the embedded extractor: mean F1 of the fields, over the documents of which both "
        "have a record; a field that both leave empty counts as 1, and 1 isn't to say right",
    ),
    _Row(
        "agreement, models",
        lambda f: _number(f.agreement_models),
        "with each other model, in the same way, and the mean of these",
    ),
    _Row(
        "reasks",
        _asked(lambda c: f"{c.reasks:,}"),
        "corrected requests after an answer with faults",
    ),
    _Row("calls", _asked(lambda c: f"{c.spent.calls:,}"), "answers, reasks included"),
    _Row("tokens in", _asked(lambda c: _tokens(c.spent.usage.input_tokens, c))),
    _Row("tokens out", _asked(lambda c: _tokens(c.spent.usage.output_tokens, c))),
    _Row(
        "cost",
        _cost,
        "of these answers when they were bought, in this run or an earlier one; ≥, here and for "
        "tokens: a part isn't known",
    ),
    _Row(
        "seconds/answer",
        _counted(lambda c: _number(c.answer_seconds, 2)),
        "from a request to its answer, mean",
    ),
    _Row(
        "records/s",
        _timed(lambda s: f"{s.records_per_second:.2f}"),
        "when all records were made in one go, none of them from the cache",
    ),
    _Row(
        "in flight",
        _timed(lambda s: _number(s.in_flight, 1)),
        "requests at a time, mean of that run",
    ),
)
_ABOUT_F1 = (
    "against gold, the mean of the fields below; a document without a record counts as answered by "
    "nothing"
)
