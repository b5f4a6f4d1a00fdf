"""Several people's files become part of a run: what fits it is kept, the rest is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from summarise.characters import for_screen
from summarise.errors import SettingsError
from summarise.models import Document, Inclusion, ScreeningDecision, moment_of
from summarise.store import (
    DigestTable,
    RefusedLine,
    Run,
    Spellings,
    TextKey,
    add_decisions,
    decisions_in,
    digest,
    document_key,
    read_work,
    texts_now,
    utc_now,
)

_Placed = tuple[str, ScreeningDecision]


class _DecisionPlace(NamedTuple):
    """What a decision is about, whose it is, and whether it settles."""

    doc_id: str
    content_hash: str
    by: str
    settles: bool


_TICK = timedelta(milliseconds=1)
_AHEAD = timedelta(minutes=10)
"""By how much a person's clock may be ahead of ours before that is told."""


@dataclass(slots=True)
class Merging:
    """What became of the lines of people's files.

    Attributes:
        read: How many decisions each file holds of whom, those that can be used.
        new: How many of them the run didn't have; it has ``known`` already.
        refused: Lines that can't be used, or whose document the run doesn't have.
        changed: Places of decisions on documents that have changed since. They are kept, and are to
            be decided again.
        shared: Files whose decisions are all of one person, as those of the one before are.
        taken_back: How many decisions the run has and were taken back there; they stay so, unless
            they are taken in again.
        behind: New decisions that don't count, each with the time of the later one of its person.
        ahead: Places of decisions whose time is in the future.
    """

    read: dict[str, Counter[str]] = field(default_factory=dict)
    new: int = 0
    known: int = 0
    refused: list[RefusedLine] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    shared: list[tuple[str, str, str]] = field(default_factory=list)
    taken_back: int = 0
    behind: list[tuple[ScreeningDecision, str]] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)


def merge_decisions(
    run: Run,
    files: Sequence[Path],
    *,
    by: str | None = None,
    settling: str | None = None,
    again: bool = False,
) -> Merging:
    """Take people's decisions over into a run.

    Args:
        run: Which the files are about.
        files: As a page exports them, or of the same form.
        by: Who made the decisions that have no name.
        settling: Whose decisions, as far as the run doesn't have them, settle what others differ
            on; they aren't an opinion beside the others'.
        again: Whether what was taken back in the run counts once more.

    Raises:
        SettingsError: A file holds decisions without a name, and none is given for it; or nobody of
            the name that settles is in the files.
        InputError: A file isn't there.
        RunError: One can't be read or written.
    """
    merging = Merging()
    documents = _Documents(run)
    said = decisions_in(run.path, run.damage)
    names = Spellings(one.by for one in said)
    told: list[_Placed] = []
    for path in files:
        told += _named(list(read_work(path, ScreeningDecision)), str(path), by, merging, names)
    _tell_shared(merging)
    held = _HeldDecisions(run, said, [one for _, one in told])
    settler = None if settling is None else names.of(for_screen(settling))
    fitting = []
    for where, one in told:
        if one.settles and one.by != settler and not held.has(one, settles=True):
            merging.refused.append(RefusedLine(where, "settles, which only --settle NAME allows"))
        elif documents.holds(where, held.place(one), merging):
            fitting.append(one)
            if one.moment > datetime.now(UTC) + _AHEAD:
                merging.ahead.append(where)
    lines = fitting if settler is None else list(_settling(held, fitting, settler))
    lines = [one for one in lines if one.settles or not held.has(one, settles=True)]
    merging.behind = list(held.behind(lines))
    back = [one for one in held.last_of(lines) if held.was_taken_back(one)]
    if again:
        lines += (one.model_copy(update={"at": held.after(held.place(one))}) for one in back)
    else:
        merging.taken_back = len(back)
    merging.new = add_decisions(run.path, lines) if lines else 0
    merging.known = max(0, len(fitting) - merging.new)
    return merging


def _named(
    read: list[_Placed | RefusedLine], path: str, by: str | None, merging: Merging, names: Spellings
) -> Iterator[_Placed]:
    """The decisions of a file, each with a name that can be shown; counted, as are the others."""
    counts = merging.read.setdefault(path, Counter())
    for one in read:
        if isinstance(one, RefusedLine):
            merging.refused.append(one)
            continue
        where, decision = one
        name = names.of(for_screen(decision.by) or for_screen(by or ""))
        if not name:
            hint = "--by NAME says whose they are."
            raise SettingsError("holds decisions without a name", where=path, hint=hint)
        counts[name] += 1
        # On one line, so that two that look the same are one.
        reason = for_screen(decision.reason) if decision.decision is Inclusion.EXCLUDE else ""
        yield where, decision.model_copy(update={"by": name, "reason": reason})


class _Documents:
    """The documents of a run, by id and content: 40 bytes for each."""

    def __init__(self, run: Run) -> None:
        self._path = run.path
        self._ids, self._known = DigestTable(), DigestTable()
        for document in run.documents():
            self._ids.add(digest(document.doc_id))
            self._known.add(_key(document))

    def holds(self, where: str, place: _DecisionPlace, merging: Merging) -> bool:
        """Whether a decision is about a document of the run; where it isn't, that is told."""
        if digest(place.doc_id) not in self._ids:
            why = f"{self._path} has no document {for_screen(place.doc_id, 80)!r}"
            merging.refused.append(RefusedLine(where, why))
            return False
        if _key(place) not in self._known:
            merging.changed.append(where)
        return True


def _key(one: Document | _DecisionPlace) -> int:
    return document_key(one.doc_id, one.content_hash)


def _tell_shared(merging: Merging) -> None:
    """Take note of files of one and the same person: two may have been given the same name."""
    alone: dict[str, str] = {}
    for path, counts in merging.read.items():
        if len(counts) == 1:
            (name,) = counts
            if (other := alone.setdefault(name, path)) != path:
                merging.shared.append((other, path, name))


def _settling(
    held: _HeldDecisions, lines: Sequence[ScreeningDecision], name: str
) -> Iterator[ScreeningDecision]:
    """Decisions of which those of a person settle; what stands as their opinion is left out.

    Raises:
        SettingsError: Nothing of them is left, or there is nothing.
    """
    own = [one for one in lines if one.by == name]
    if not own:
        names = ", ".join(dict.fromkeys(one.by for one in lines)) or "nobody"
        raise SettingsError(
            f"no decision in the files is by {name!r}, but by {names}",
            where="--settle",
            hint="Name the person as the file does, and a file of theirs.",
        )
    new = [one for one in own if not held.stands(one)]
    if not new:
        raise SettingsError(
            f"all that {name!r} says there is in the run already, as an opinion beside the others'",
            where="--settle",
            hint=f"Take it back with --undo {name!r} first.",
        )
    yield from (one for one in lines if one.by != name)
    yield from (one.model_copy(update={"settles": True}) for one in new)


class _HeldDecisions:
    """The decisions that a run has: of each person the last on each document, and when it was.

    They are kept as they were made; what they are about is told by the documents as they are now.
    """

    def __init__(
        self,
        run: Run,
        held: Sequence[ScreeningDecision],
        new: Sequence[ScreeningDecision] = (),
    ) -> None:
        self._texts = texts_now(run.path, [*held, *new], run.damage)
        self.last: dict[_DecisionPlace, tuple[Inclusion, str]] = {}
        self.lines: dict[_DecisionPlace, dict[TextKey, ScreeningDecision]] = {}
        """Of each place a line about each text that was read."""
        self._known = DigestTable()
        for said in held:
            place = self.place(said)
            self._known.add(self._identity(said))
            self.lines.setdefault(place, {})[said.doc_id, said.content_hash] = said
            if place not in self.last or moment_of(self.last[place][1]) <= said.moment:
                self.last[place] = said.decision, said.at

    def place(self, one: ScreeningDecision) -> _DecisionPlace:
        """What a decision is about now, whose it is, and whether it settles."""
        text = (one.doc_id, one.content_hash)
        return _DecisionPlace(*self._texts.get(text, text), one.by, one.settles)

    def last_of(self, lines: Iterable[ScreeningDecision]) -> Iterable[ScreeningDecision]:
        """Of each person the last decision on each document."""
        last: dict[_DecisionPlace, ScreeningDecision] = {}
        for one in lines:
            before = last.get(self.place(one))
            if before is None or before.moment <= one.moment:
                last[self.place(one)] = one
        return last.values()

    def behind(self, lines: Iterable[ScreeningDecision]) -> Iterator[tuple[ScreeningDecision, str]]:
        """The new ones of which a later one was there before, each with the time of that."""
        last = {place: at for place, (_, at) in self.last.items()}
        for one in lines:
            before = last.setdefault(self.place(one), one.at)
            if moment_of(before) <= one.moment:
                last[self.place(one)] = one.at
            elif not self.has(one, settles=one.settles):
                yield one, before

    def has(self, one: ScreeningDecision, *, settles: bool) -> bool:
        """Whether it is there, with this standing."""
        return self._identity(one.model_copy(update={"settles": settles})) in self._known

    def stands(self, one: ScreeningDecision) -> bool:
        """Whether it is what its person says as an opinion."""
        return self.last.get(self.place(one)) == (one.decision, one.at)

    def was_taken_back(self, one: ScreeningDecision) -> bool:
        """Whether it is there, and one that takes it back behind it."""
        last, _ = self.last.get(self.place(one), (None, ""))
        is_back = last is Inclusion.UNDECIDED and one.decision is not Inclusion.UNDECIDED
        return is_back and self._identity(one) in self._known

    def after(self, place: _DecisionPlace) -> str:
        """A time behind what was decided last: now, but where it was made by a clock ahead."""
        at, now = self.last[place][1], utc_now("milliseconds")
        last = moment_of(at)
        if last < moment_of(now):
            return now
        if last.year == MAXYEAR:
            return at
        return f"{(last + _TICK).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"

    def _identity(self, one: ScreeningDecision) -> int:
        return digest(f"{tuple(self.place(one))}{one.decision}{one.at}")


def take_back(run: Run, name: str, documents: Sequence[Document] | None = None) -> int:
    """Take back what a person has decided, all or about some documents; says how many decisions.

    Raises:
        SettingsError: There is nothing of theirs.
        RunError: The run can't be written.
    """
    held = _HeldDecisions(run, decisions_in(run.path, run.damage))
    name = Spellings(place.by for place in held.last).of(for_screen(name))
    chosen = None if documents is None else {_key(one) for one in documents}
    places = [
        place
        for place, (decision, _) in held.last.items()
        if place.by == name and decision is not Inclusion.UNDECIDED
        if chosen is None or _key(place) in chosen
    ]
    if not places:
        names = ", ".join(dict.fromkeys(place.by for place in held.last)) or "nobody"
        about = "" if documents is None else " about that"
        raise SettingsError(
            f"{name!r} has decided nothing{about}", where="--undo", hint=f"There is {names}."
        )
    back = {"decision": Inclusion.UNDECIDED, "reason": "", "note": ""}
    # About each text that was read, whichever of them the run reads later.
    lines = (
        one.model_copy(update={**back, "at": held.after(place)})
        for place in places
        for one in held.lines[place].values()
    )
    add_decisions(run.path, lines)
    return len(places)
