"""What people said of a run taken back: the last command, or what is said of a paper or a cell.

Nothing is removed: lines are added that say so, and what stood before a command stands again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from summarise.errors import RunError
from summarise.judging import standing, steps_of, stored_place
from summarise.models import JudgedAs, Judgement, Record
from summarise.people.cells import path_as_stored
from summarise.people.taking import Taken, finish
from summarise.store import Amendment, Run, said_of, utc_now


def undo_last(path: Path, by: str = "") -> Taken:
    """Take back what the last command that added something has added, and isn't taken back yet.

    Raises:
        RunError: There is none, or the run is in use or can't be written.
    """
    with Amendment(path) as amendment:
        run, taken = Run(path, amendment.manifest), Taken(path)
        part = amendment.last_part
        if part is None:
            raise RunError(
                "no command is known that could be undone",
                where=str(path),
                hint="Name a paper: summarise correct RUN --undo PAPER.",
            )
        said = list(said_of(path, run.damage))
        taken.new = list(_back(said, part, by))
        finish(amendment, taken, undoes=part)
    return taken


def _back(said: list[tuple[int, Judgement]], part: tuple[int, int], by: str) -> Iterator[Judgement]:
    """What makes all stand as it did before a part of the lines was added."""
    begin, end = part
    before = {one.place: one for one in standing(one for at, one in said if at < begin)}
    now = {one.place: one for one in standing(one for _, one in said)}
    added = {one.place: one for at, one in said if begin <= at < end}
    for place, one in added.items():
        stands = now.get(place)
        is_last = stands is None if one.verdict is JudgedAs.UNDONE else stands == one
        if is_last and before.get(place) != stands:
            yield before[place] if place in before else _undone(one, by)


def undo_cell(path: Path, paper: str, field: str | None = None, by: str = "") -> Taken:
    """Take back all that stands of a paper, or of a part of it and what is in that.

    Raises:
        RunError: There is no such paper, nothing was said of it, or the run can't be written.
    """
    with Amendment(path) as amendment:
        run, taken = Run(path, amendment.manifest), Taken(path)
        document, shown = run.find(paper)
        judged = run.judged_rows({document.doc_id})
        row = next((row for row in judged if row.document == document), None)
        said = [] if row is None else [one.judgement for one in row.offered]
        said += row.shown.judgements if row and row.shown else ()
        if field is not None and isinstance(shown, Record):
            asked = path_as_stored(field)
            stored = (row.stored if row else None) or shown
            place = stored_place(asked, shown, stored)
            said = [one for one in said if _is_about(one, asked, place.path, place.added)]
        taken.new = [_undone(one, by) for one in said]
        if not taken.new:
            told = f" of {field}" if field else ""
            raise RunError(f"nobody has said anything{told}", where=f"{path}: {document.doc_id}")
        finish(amendment, taken)
    return taken


def _is_about(one: Judgement, asked: str, stored: str, added: Judgement | None) -> bool:
    """Whether a judgement is about a place, or about what is in it."""
    if added is not None:
        return one.is_added and one.at == added.at
    shown, own = getattr(one, "shown", None), getattr(one, "stored", one.path)
    steps = steps_of(own)
    return steps[: len(steps_of(stored))] == steps_of(stored) or shown == asked


def _undone(one: Judgement, by: str) -> Judgement:
    line = {name: getattr(one, name) for name in Judgement.model_fields}
    at = one.at if one.is_added else utc_now("milliseconds")
    return Judgement(
        **{**line, "verdict": JudgedAs.UNDONE, "value": None, "note": "", "by": by, "at": at}
    )
