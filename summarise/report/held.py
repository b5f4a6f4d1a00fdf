"""What a run holds of people's work already, as its page is told of it.

The page lays judgements over the record that was extracted, as the store does; so paths are those
of that record. Who works in a page is shown what the run holds, and keeps what it doesn't hold yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from summarise.models import (
    JudgedAs,
    Judgement,
    Outcome,
    Record,
    Row,
    ScreeningDecision,
)
from summarise.store import SCREENING, JudgedRow, Run, said_of, understood


class HeldWork:
    """Judgements and decisions of a run, by document; asked for its rows in their order."""

    def __init__(self, run: Run) -> None:
        self._judged = run.judged_rows()
        self._next = next(self._judged, None)
        self._undone = _undone(run)
        self._decided = _decisions(run)

    def of(self, number: int, row: Row) -> tuple[Row, dict[str, Any]]:
        """A row as it was extracted, and what people have done to it."""
        document, outcome = row
        told: dict[str, Any] = {}
        judged = self._judged_at(number)
        lines = list(self._undone.get(document.doc_id, ()))
        if judged is not None:
            lines += _judgements(judged)
            row = document, judged.stored or outcome
            told |= _signs(judged.shown)
        if lines:
            told["judgements"] = lines
        if decisions := self._decided.get(document.doc_id):
            told["decisions"] = decisions
        return row, told

    def _judged_at(self, number: int) -> JudgedRow | None:
        """What was judged of a row; those come in the order of the rows."""
        found = self._next
        if found is None or found.number != number:
            return None
        self._next = next(self._judged, None)
        return found


def _judgements(judged: JudgedRow) -> Iterator[dict[str, Any]]:
    for one in judged.shown.judgements if judged.shown else ():
        yield _line(one) | {"stored": one.stored}
    for offered in judged.offered:
        yield _line(offered.judgement) | {"offered": offered.why}


def _line(judgement: Judgement) -> dict[str, Any]:
    """A judgement as its line has it, but for the document; a person's words are as they are."""
    own = set(Judgement.model_fields) - {"doc_id"}
    return judgement.model_dump(mode="json", include=own)


def _signs(shown: Outcome | None) -> dict[str, Any]:
    """Whether something still needs a look, once people have looked."""
    if not isinstance(shown, Record):
        return {}
    return {"needsEyes": shown.is_flagged or bool(shown.doubts) or shown.is_unread}


def _undone(run: Run) -> dict[str, list[dict[str, Any]]]:
    """What was taken back, so that a page that has kept it lets go of it."""
    last: dict[tuple[str, str, str], Judgement] = {}
    for _, one in said_of(run.path, run.damage):
        last[one.place] = one
    found = defaultdict(list)
    for one in last.values():
        if one.verdict is JudgedAs.UNDONE:
            found[one.doc_id].append(_line(one))
    return found


def _decisions(run: Run) -> dict[str, list[dict[str, Any]]]:
    """The last decision of each person on each document, those of earlier texts included."""
    last: dict[tuple[str, str], ScreeningDecision] = {}
    parse = ScreeningDecision.model_validate_json
    for _, one in understood(run.path / SCREENING, parse, run.damage):
        known = last.get((one.doc_id, one.by))
        if not one.settles and (known is None or known.moment <= one.moment):
            last[one.doc_id, one.by] = one
    found = defaultdict(list)
    for one in last.values():
        told = one.model_dump(mode="json", exclude={"doc_id", "settles"})
        found[one.doc_id].append(told)
    return found
