"""The table: a row for each figure, a column for each of the compared, and what the rows mean."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from string import ascii_uppercase
from typing import NamedTuple

from summarise.admission import format_usd
from summarise.characters import counted
from summarise.evaluate.figures import Counts, Figures, ModelComparison, Speed
from summarise.evaluate.scores_table import quoted, table, wrapped

_COLUMNS = 80
_NOTHING = "–"
_UNKNOWN = "unknown"
# Names that stand for nothing but themselves in Markdown.
_PLAIN = re.compile(r"[A-Za-z0-9.:/@+=-]+(_[A-Za-z0-9.:/@+=-]+)*")

Cell = Callable[[Figures], str]


class _Line(NamedTuple):
    """A row of the table.

    Attributes:
        label: What the user calls it.
        cell: The figure of one of the compared.
        about: What it means, where the label doesn't say.
    """

    label: str
    cell: Cell
    about: str = ""


def comparison_lines(comparison: ModelComparison) -> Iterator[str]:
    """The comparison as Markdown that reads well as it stands.

    Rows in which nobody has a figure are left out. No value is called the best: what counts more,
    a cent or a quantity left out, isn't for a table to say.
    """
    lines = [one for one in _lines(comparison) if _says_something(one, comparison.models)]
    rows = [(one.label, *map(one.cell, comparison.models)) for one in lines]
    heads = _heads([one.name for one in comparison.models], rows)
    yield f"# Models compared on {quoted(comparison.input)}"
    yield ""
    yield from wrapped(_documents(comparison))
    yield ""
    for head, figures in zip(heads, comparison.models, strict=True):
        yield from _who(head, figures)
    yield ""
    yield from table(("", *heads), rows)
    yield ""
    for one in lines:
        if one.about:
            yield from wrapped(f"{one.label}: {one.about}", "- ")


def _documents(comparison: ModelComparison) -> str:
    text = f"{counted(comparison.documents, 'document')}."
    if comparison.gold is not None:
        text += f" Gold summaries of them: {comparison.gold:,}"
        text += f" ({comparison.gold_elsewhere:,} of others)." if comparison.gold_elsewhere else "."
    return text


def _heads(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The names; letters where names act in a table, or make it wider than a terminal."""
    letters = [_letter(number) for number in range(len(names))]
    room = max(_COLUMNS, _width(letters, rows))
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


def _says_something(line: _Line, models: Sequence[Figures]) -> bool:
    return any(line.cell(figures) != _NOTHING for figures in models)


def _lines(comparison: ModelComparison) -> Iterator[_Line]:
    yield from _QUALITY
    yield from _AGREEMENT
    yield from _TAKEN
    if comparison.gold is not None:
        yield _Line("F1, mean", lambda f: _share(f.macro_f1), _ABOUT_F1)
        names = dict.fromkeys(name for figures in comparison.models for name in figures.f1)
        for name in names:
            yield _Line(f"F1 {name}", lambda f, name=name: _share(f.f1.get(name)))  # type: ignore[misc]


def _counted(cell: Callable[[Counts], str]) -> Cell:
    """A cell of what has run."""
    return lambda figures: _NOTHING if figures.counts is None else cell(figures.counts)


def _recorded(cell: Callable[[Counts], str]) -> Cell:
    """A cell of what has made a record: without any, a count of faults would be a praise."""
    return _counted(lambda counts: cell(counts) if counts.records else _NOTHING)


def _asked(cell: Callable[[Counts], str]) -> Cell:
    """A cell of what has had an answer from a model."""
    return _counted(lambda counts: cell(counts) if counts.spent.calls else _NOTHING)


def _timed(cell: Callable[[Speed], str]) -> Cell:
    return lambda figures: _NOTHING if figures.speed is None else cell(figures.speed)


def _each(number: int, counts: Counts) -> str:
    """A count and what it is for each record."""
    return f"{number:,} ({number / counts.records:.2f})"


def _failures(counts: Counts) -> str:
    return f"{sum(counts.failures.values()):,}"


def _pending(counts: Counts) -> str:
    return f"{counts.pending:,}" if counts.pending else _NOTHING


def _share(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.3f}"


def _grounded(counts: Counts) -> str:
    """Rounded down: 100 % is said only where nothing is missing."""
    if counts.grounded is None:
        return _NOTHING
    return f"{math.floor(counts.grounded * 1000) / 10:.1f}%"


def _tokens(number: int | None, counts: Counts) -> str:
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


def _answer_seconds(counts: Counts) -> str:
    return _NOTHING if counts.answer_seconds is None else f"{counts.answer_seconds:.2f}"


def _in_flight(speed: Speed) -> str:
    return _NOTHING if speed.in_flight is None else f"{speed.in_flight:.1f}"


_QUALITY = (
    _Line("records", _counted(lambda c: f"{c.records:,}")),
    _Line("failures", _counted(_failures), "documents that were tried and have no record"),
    _Line("not attempted", _counted(_pending), "documents that a stop left"),
    _Line(
        "values",
        _recorded(lambda c: _each(c.values, c)),
        "names, numbers and sizes copied from the abstracts; in brackets, here and below, for each "
        "record",
    ),
    _Line("grounded", _recorded(_grounded), "values that stand in the abstract or its title"),
    _Line("missing", _recorded(lambda c: _each(c.missing, c)), "values that stand in neither"),
    _Line(
        "unsupported",
        _recorded(lambda c: _each(c.unsupported, c)),
        "statements with a number or name that their evidence doesn't hold",
    ),
    _Line(
        "unclaimed",
        _recorded(lambda c: _each(c.unclaimed, c)),
        "quantities of the abstracts that no field holds; not all of them matter",
    ),
)
_AGREEMENT = (
    _Line(
        "agreement, embedded",
        lambda f: _share(f.agreement_embedded),
        "with the embedded extractor: mean F1 of the fields, over the documents of which both "
        "have a record; a field that both leave empty counts as 1, and 1 isn't to say right",
    ),
    _Line(
        "agreement, models",
        lambda f: _share(f.agreement_models),
        "with each other model, in the same way, and the mean of these",
    ),
)
_TAKEN = (
    _Line(
        "reasks",
        _asked(lambda c: f"{c.reasks:,}"),
        "corrected requests after an answer with faults",
    ),
    _Line("calls", _asked(lambda c: f"{c.spent.calls:,}"), "answers, reasks included"),
    _Line("tokens in", _asked(lambda c: _tokens(c.spent.usage.input_tokens, c))),
    _Line("tokens out", _asked(lambda c: _tokens(c.spent.usage.output_tokens, c))),
    _Line(
        "cost",
        _cost,
        "of these answers when they were bought, in this run or an earlier one; ≥, here and for "
        "tokens: a part isn't known",
    ),
    _Line("seconds/answer", _counted(_answer_seconds), "from a request to its answer, mean"),
    _Line(
        "records/s",
        _timed(lambda s: f"{s.records_per_second:.2f}"),
        "when all records were made in one go, none of them from the cache",
    ),
    _Line("in flight", _timed(_in_flight), "requests at a time, mean of that run"),
)
_ABOUT_F1 = (
    "against gold, the mean of the fields below; a document without a record counts as answered by "
    "nothing"
)
