"""Records as one Markdown table, row by row, with a summary and a legend below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel

from summarise.characters import clip, for_screen, noun_of
from summarise.models import Document, Failure, Record, Row
from summarise.render.cells import BREAK, Limits, Mark, RecordCells, notes
from summarise.render.layout import Layout, layout_of
from summarise.render.markdown import escape, link
from summarise.render.rows import byline, title_of
from summarise.schema import Draft

_AUTHORS_NAMED = 2
_FAILURES_LISTED = 50


@dataclass(slots=True)
class _Tally:
    """What was rendered so far. Its size doesn't grow with the number of rows."""

    records: int = 0
    flagged: int = 0
    waiting: int = 0
    values: int = 0
    grounded: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    marks: set[Mark] = field(default_factory=set)

    def count(self, document: Document, outcome: Record | Failure | None) -> None:
        """Take one row into account."""
        if outcome is None:
            self.waiting += 1
        elif isinstance(outcome, Failure):
            self.kinds[outcome.kind.value] += 1
            if len(self.failures) < _FAILURES_LISTED:
                self.failures.append(_failure_line(document, outcome))
        else:
            self.records += 1
            self.flagged += outcome.is_flagged
            self.values += len(outcome.verbatims)
            self.grounded += len(outcome.verbatims) - len(outcome.missing)


def render_table(
    rows: Iterable[Row], schema: type[BaseModel] = Draft, *, full: bool = False
) -> Iterator[str]:
    """Render a run as a Markdown document: a table with a row for each document, then the counts.

    Equal rows give equal lines: neither time nor machine enters. No more than one row is held.

    Args:
        rows: Documents with their records or failures, in the order to show them.
        schema: What the records were extracted with; each of its fields is a column.
        full: Clip nothing and show every entry.

    Yields:
        The lines, without line ends.
    """
    layout = layout_of(schema)
    limits = Limits(None, None, None) if full else Limits()
    tally = _Tally()
    titles = ["Paper", *(column.title for column in layout.fields)]
    yield from ("# Papers", "", _line(escape(title) for title in titles))
    yield _line("---" for _ in titles)
    for document, outcome in rows:
        tally.count(document, outcome)
        paper = _paper(document, limits)
        if isinstance(outcome, Record):
            paper = BREAK.join([paper, *notes(outcome, tally.marks)])
        yield _line([paper, *_cells(outcome, layout, limits, tally.marks)])
    yield from _closing(tally)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _paper(document: Document, limits: Limits) -> str:
    title = link(clip(title_of(document), limits.text), document.url)
    below = (escape(clip(part, limits.text)) for part in byline(document, names=_AUTHORS_NAMED))
    return BREAK.join(filter(None, (title, " · ".join(below))))


def _cells(
    outcome: Record | Failure | None, layout: Layout, limits: Limits, marks: set[Mark]
) -> list[str]:
    if isinstance(outcome, Record):
        cells = RecordCells(outcome, layout, limits, marks)
        return [cells.cell(column) for column in layout.fields]
    note = "*not attempted*"
    if outcome is not None:
        message = escape(clip(for_screen(outcome.message), limits.message))
        note = BREAK.join(filter(None, (f"*failed: {outcome.kind.value}*", message)))
    return [note, *[""] * (len(layout.fields) - 1)]


def _failure_line(document: Document, failure: Failure) -> str:
    title = link(clip(title_of(document), 80), document.url)
    return f"- **{failure.kind.value}**: {title}: {escape(clip(for_screen(failure.message), 300))}"


def _closing(tally: _Tally) -> Iterator[str]:
    """The counts, what the marks mean, and the failures."""
    yield from ("", _summary(tally))
    if tally.marks:
        yield from ("", "## Marks", "", *(f"- {m.value}" for m in Mark if m in tally.marks))
    if tally.failures:
        yield from ("", "## Failures", "", *tally.failures)
        if unlisted := tally.kinds.total() - len(tally.failures):
            yield f"- and {unlisted} more, marked in the table"


def _summary(tally: _Tally) -> str:
    failed = tally.kinds.total()
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(tally.kinds.items()))
    parts = [f"{_counted(tally.records, 'record')}", f"{failed} failed"]
    if kinds:
        parts[1] += f" ({kinds})"
    parts.append(f"{tally.waiting} not attempted")
    documents = _counted(tally.records + failed + tally.waiting, "document")
    values = _counted(tally.values, "value")
    return (
        f"**{documents}**: {', '.join(parts)}. {tally.grounded} of {values} found in "
        f"the abstract or title; {_counted(tally.flagged, 'record')} flagged."
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun_of(count, noun)}"
