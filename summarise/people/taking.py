"""Files of judgements taken into a run, and what was said taken back; what can't be used is named.

A line is there already where the run has ever had it, so that the same file twice changes nothing.
Of two judgements of one place the one that was made later counts, in whichever order files come.
Nothing is removed: to take back is to add lines that say so, and what stood before stands again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_core import to_json

from summarise.errors import RunError, SettingsError
from summarise.judging import (
    JudgedCounts,
    check_path,
    path_as_stored,
    standing,
    steps_of,
    stored_place,
)
from summarise.models import Document, JudgedAs, Judgement, Offered, Record, paths_above
from summarise.render import render_table
from summarise.schema import shape_of
from summarise.store import (
    Amendment,
    JudgedRow,
    Overlay,
    RefusedLine,
    Run,
    called_now,
    ids_now,
    read_work,
    said_of,
    utc_now,
)

_Place = tuple[str, str, str]
_AT_ONCE = 1_000
"""Rows of which a table is written at once, in some 0.2 s."""


@dataclass
class Taken:
    """What came of some judgements.

    Attributes:
        new: That were added; as ``counts`` of those that are laid over now.
        known: That the run has had already; ``gone`` are those of them that were taken back since.
        older: That stand behind a later judgement of the same place, each with that; not added.
        instead: Of the new ones those that take the place of what somebody else said.
        vouched: Values of theirs that stand neither in the abstract nor in the title.
        rows: What is to be offered again of the new ones.
        paper: The one that a command was about, where it named one.
        has_table: Whether the table of the run was written anew; it ``drops_table`` where it was
            taken away instead.
    """

    path: Path
    new: list[Judgement] = field(default_factory=list)
    counts: JudgedCounts = field(default_factory=JudgedCounts)
    known: int = 0
    gone: int = 0
    older: list[tuple[Judgement, Judgement]] = field(default_factory=list)
    instead: int = 0
    rows: list[JudgedRow] = field(default_factory=list)
    vouched: int = 0
    paper: Document | None = None
    refused: list[RefusedLine] = field(default_factory=list)
    has_table: bool = False
    drops_table: bool = False


class _History:
    """All that was ever said of a run's records, and what of it stands."""

    def __init__(self, said: Iterable[Judgement]) -> None:
        self._names: dict[bytes, set[str]] = {}
        self.standing: dict[_Place, Judgement] = {}
        ones = list(said)
        for one in ones:
            self._names.setdefault(_bare(one), set()).add(one.by)
        for one in standing(ones):
            self.standing[one.place] = one

    def knows(self, one: Judgement) -> bool:
        """Whether a judgement was there before; one without a name also under any name."""
        names = self._names.get(_bare(one), set())
        return one.by in names or (not one.by and bool(names))

    def add(self, one: Judgement) -> None:
        self._names.setdefault(_bare(one), set()).add(one.by)
        if one.verdict is JudgedAs.UNDONE:
            self.standing.pop(one.place, None)
        else:
            self.standing[one.place] = one


def _bare(one: Judgement) -> bytes:
    return to_json(one.model_copy(update={"by": ""}))


def take_in(path: Path, files: Sequence[Path], *, by: str = "", again: bool = False) -> Taken:
    """Add what some files say to a run; lines without a name are ``by`` somebody.

    What was taken back since is laid over ``again`` where that is wanted.

    Raises:
        InputError: There is no such file.
        RunError: It isn't a run directory, is in use, or can't be written.
    """
    lines = [line for file in files for line in read_work(file, Judgement)]
    with Amendment(path) as amendment:
        run, taken = Run(path, amendment.manifest), Taken(path)
        history = _History(one for _, one in said_of(path, run.damage))
        new = list(_new(_usable(run, lines, by, taken), history, taken, again=again))
        unfit = {_key(o.judgement): o.why for o in unfit_of(run, [one for _, one in new])}
        for where, one in new:
            if (why := unfit.get(_key(one))) is not None:
                taken.refused.append(RefusedLine(where, why))
            else:
                taken.new.append(one)
        finish(amendment, taken, run)
    return taken


def unfit_of(run: Run, new: Sequence[Judgement]) -> Iterator[Offered]:
    """The judgements, of those that could be added, whose values no field of the run could hold."""
    if new:
        overlay = Overlay(run.path, run.schema, run.damage, new)
        ids = {one.doc_id for one in new}
        for row in overlay.rows(run.rows_about(ids), ids):
            yield from (one for one in row.offered if one.is_unfit)


def finish(
    amendment: Amendment,
    taken: Taken,
    run: Run,
    undoes: tuple[int, int] | None = None,
    *,
    is_cell: bool = False,
) -> None:
    """Add what is new, write the table, and find out what of it is to be offered again.

    One cell is to be said at once: a table that takes long to write is dropped for it.
    """
    amendment.append(taken.new, undoes)
    new = set(map(_key, taken.new))
    taken.drops_table = is_cell and run.accounted > _AT_ONCE and bool(new)
    taken.has_table = amendment.finish(
        lambda: render_table(run.rows(), run.schema, lines=run.shown_lines()),
        drops=taken.drops_table,
    )
    for row in run.judged_rows({one.doc_id for one in taken.new}) if new else ():
        laid = row.shown.judgements if row.shown else ()
        added = [one for one in laid if _key(one) in new]
        taken.counts.add(added)
        paths = {one.shown for one in added if one.verdict is JudgedAs.CORRECTED}
        vouched = row.shown.vouched if row.shown else ()
        taken.vouched += sum(not paths.isdisjoint(paths_above(one.path)) for one in vouched)
        if offered := tuple(one for one in row.offered if _key(one.judgement) in new):
            taken.rows.append(row._replace(offered=offered))


def _key(one: Judgement) -> tuple[str, str, str]:
    return one.doc_id, one.path, one.at


def _new(
    wanted: Iterable[tuple[str, Judgement]], history: _History, taken: Taken, *, again: bool
) -> Iterator[tuple[str, Judgement]]:
    """The judgements that are to be added."""
    for where, one in wanted:
        stands = history.standing.get(one.place)
        is_taking_back = one.verdict is JudgedAs.UNDONE
        if history.knows(one) and not (again and stands is None and not is_taking_back):
            taken.known += 1
            taken.gone += stands is None and not is_taking_back
        elif is_taking_back and stands is None:
            taken.known += 1
        elif stands is not None and stands.moment > one.moment:
            taken.older.append((one, stands))
        else:
            taken.instead += stands is not None and stands.by not in {one.by, ""}
            history.add(one)
            yield where, one


def _usable(
    run: Run, lines: Iterable[tuple[str, Judgement] | RefusedLine], by: str, taken: Taken
) -> Iterator[tuple[str, Judgement]]:
    """The lines that are about a field of a paper of the run."""
    ids, root = {document.doc_id for document in run.documents()}, shape_of(run.schema)
    lines = list(lines)
    said = (line[1] for line in lines if not isinstance(line, RefusedLine))
    named = ids_now(run.path, said, run.damage)
    for line in lines:
        if isinstance(line, RefusedLine):
            taken.refused.append(line)
            continue
        where, one = line[0], called_now(line[1], named)
        if one.doc_id not in ids:
            taken.refused.append(RefusedLine(where, f"no paper of the run has the id {one.doc_id}"))
            continue
        try:
            check_path(root, one.path, where)
        except SettingsError as error:
            taken.refused.append(RefusedLine(where, f"{error.message}. {error.hint}"))
        else:
            yield where, one if one.by or not by else one.model_copy(update={"by": by})


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
        finish(amendment, taken, run, part, is_cell=len(taken.new) == 1)
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
            yield before[place] if place in before else undone(one, by)


def undo_cell(path: Path, paper: str, field: str | None = None, by: str = "") -> Taken:
    """Take back all that stands of a paper, or of a part of it and what is in that.

    Raises:
        RunError: There is no such paper, nothing was said of it, or the run can't be written.
    """
    with Amendment(path) as amendment:
        run, taken = Run(path, amendment.manifest), Taken(path)
        document, shown = run.find(paper)
        taken.paper = document
        judged = run.judged_rows({document.doc_id})
        row = next((row for row in judged if row.document == document), None)
        said = [] if row is None else [one.judgement for one in row.offered]
        said += row.shown.judgements if row and row.shown else ()
        if field is not None and isinstance(shown, Record):
            asked = path_as_stored(field)
            stored = (row.stored if row else None) or shown
            place = stored_place(asked, shown, stored)
            said = [one for one in said if _is_about(one, asked, place.path, place.added)]
        taken.new = [undone(one, by) for one in said]
        if not taken.new:
            told = f" of {field}" if field else ""
            raise RunError(f"nobody has said anything{told}", where=f"{path}: {document.doc_id}")
        finish(amendment, taken, run, is_cell=True)
    return taken


def _is_about(one: Judgement, asked: str, stored: str, added: Judgement | None) -> bool:
    """Whether a judgement is about a place, or about what is in it."""
    if added is not None:
        return one.is_added and one.at == added.at
    shown, own = getattr(one, "shown", None), getattr(one, "stored", one.path)
    steps = steps_of(own)
    return steps[: len(steps_of(stored))] == steps_of(stored) or shown == asked


def undone(one: Judgement, by: str) -> Judgement:
    """What takes a judgement back; of an added entry the time tells which one is meant."""
    line = {name: getattr(one, name) for name in Judgement.model_fields}
    at = one.at if one.is_added else utc_now("milliseconds")
    return Judgement(
        **{**line, "verdict": JudgedAs.UNDONE, "value": None, "note": "", "by": by, "at": at}
    )
