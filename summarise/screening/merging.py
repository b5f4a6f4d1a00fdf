"""Several people's files become part of a run: what fits it is kept, the rest is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from summarise.characters import for_screen
from summarise.digests import DigestTable, digest
from summarise.errors import SettingsError
from summarise.models import Document, Inclusion, ScreeningDecision, moment_of
from summarise.store import SCREENING, RefusedLine, Run, append_work, read_work, utc_now

_Placed = tuple[str, ScreeningDecision]


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
    """

    read: dict[str, Counter[str]] = field(default_factory=dict)
    new: int = 0
    known: int = 0
    refused: list[RefusedLine] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    shared: list[tuple[str, str, str]] = field(default_factory=list)


def merge_decisions(
    run: Run, files: Sequence[Path], *, by: str | None = None, settling: str | None = None
) -> Merging:
    """Take people's decisions over into a run.

    Args:
        run: Which the files are about.
        files: As a page exports them, or of the same form.
        by: Who made the decisions that have no name.
        settling: Whose decisions, as far as the run doesn't have them, settle what others differ
            on; they aren't an opinion beside the others'.

    Raises:
        SettingsError: A file holds decisions without a name, and none is given for it; or nobody of
            the name that settles is in the files.
        InputError: A file isn't there.
        RunError: One can't be read or written.
    """
    merging = Merging()
    documents = _Documents(run)
    fitting: list[_Placed] = []
    for path in files:
        found = list(_named(list(read_work(path, ScreeningDecision)), str(path), by, merging))
        fitting += (one for one in found if documents.holds(*one, merging))
    _tell_shared(merging)
    lines = [one for _, one in fitting]
    if settling is not None:
        lines = list(_settling(run, lines, for_screen(settling)))
    merging.new = append_work(run.path, SCREENING, lines) if lines else 0
    merging.known = len(fitting) - merging.new
    return merging


def _named(
    read: list[_Placed | RefusedLine], path: str, by: str | None, merging: Merging
) -> Iterator[_Placed]:
    """The decisions of a file, each with a name that can be shown; counted, as are the others."""
    counts = merging.read.setdefault(path, Counter())
    for one in read:
        if isinstance(one, RefusedLine):
            merging.refused.append(one)
            continue
        where, decision = one
        name = for_screen(decision.by) or for_screen(by or "")
        if not name:
            hint = "--by NAME says whose they are."
            raise SettingsError("holds decisions without a name", where=path, hint=hint)
        counts[name] += 1
        yield where, decision.model_copy(update={"by": name, "reason": _reason(decision)})


def _reason(decision: ScreeningDecision) -> str:
    """The reason on one line, so that two that look the same are one."""
    return for_screen(decision.reason) if decision.decision is Inclusion.EXCLUDE else ""


class _Documents:
    """The documents of a run, by id and content: 40 bytes for each."""

    def __init__(self, run: Run) -> None:
        self._path = run.path
        self._ids, self._known = DigestTable(), DigestTable()
        for document in run.documents():
            self._ids.add(digest(document.doc_id))
            self._known.add(_key(document))

    def holds(self, where: str, decision: ScreeningDecision, merging: Merging) -> bool:
        """Whether a decision is about a document of the run; where it isn't, that is told."""
        if digest(decision.doc_id) not in self._ids:
            why = f"{self._path} has no document {for_screen(decision.doc_id, 80)!r}"
            merging.refused.append(RefusedLine(where, why))
            return False
        if _key(decision) not in self._known:
            merging.changed.append(where)
        return True


def _key(one: Document | ScreeningDecision) -> int:
    return digest(f"{one.doc_id}\0{one.content_hash}")


def _tell_shared(merging: Merging) -> None:
    """Take note of files of one and the same person: two may have been given the same name."""
    alone: dict[str, str] = {}
    for path, counts in merging.read.items():
        if len(counts) == 1:
            (name,) = counts
            if (other := alone.setdefault(name, path)) != path:
                merging.shared.append((other, path, name))


def _settling(
    run: Run, lines: Sequence[ScreeningDecision], name: str
) -> Iterator[ScreeningDecision]:
    """Decisions of which those of a person settle; what the run has of them is left out."""
    if all(one.by != name for one in lines):
        names = ", ".join(dict.fromkeys(one.by for one in lines)) or "nobody"
        raise SettingsError(
            f"no decision in the files is by {name!r}, but by {names}",
            where="--settle",
            hint="Name the person as the file does, and a file of theirs.",
        )
    held = {(one.doc_id, one.decision, one.at) for one in _held(run) if one.by == name}
    for one in lines:
        if one.by != name:
            yield one
        elif (one.doc_id, one.decision, one.at) not in held:
            yield one.model_copy(update={"settles": True})


def _held(run: Run) -> Iterator[ScreeningDecision]:
    path = run.path / SCREENING
    for one in read_work(path, ScreeningDecision) if path.exists() else ():
        if not isinstance(one, RefusedLine):
            yield one[1]


def take_back(run: Run, name: str, documents: Sequence[Document] | None = None) -> int:
    """Take back what a person has decided, all or about some documents; says how many decisions.

    Raises:
        SettingsError: There is nothing of theirs.
        RunError: The run can't be written.
    """
    name = for_screen(name)
    last: dict[tuple[str, str, bool], ScreeningDecision] = {}
    people: dict[str, None] = {}
    for one in _held(run):
        people.setdefault(one.by)
        place = (one.doc_id, one.content_hash, one.settles)
        if one.by == name and not (place in last and one.moment < last[place].moment):
            last[place] = one
    chosen = None if documents is None else {_key(one) for one in documents}
    now = utc_now()
    lines = [
        one.model_copy(update={"decision": Inclusion.UNDECIDED, "reason": "", "at": at})
        for one in last.values()
        if one.decision is not Inclusion.UNDECIDED and (chosen is None or _key(one) in chosen)
        # The clock on which it was made may be ahead of this one.
        for at in [max(now, one.at, key=moment_of)]
    ]
    if not lines:
        names = ", ".join(people) or "nobody"
        about = "" if documents is None else " about that"
        raise SettingsError(
            f"{name!r} has decided nothing{about}", where="--undo", hint=f"There is {names}."
        )
    return append_work(run.path, SCREENING, lines)
