"""One cell of a run judged from the command line: found by its paper and its path as shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from summarise.characters import for_screen
from summarise.errors import SettingsError
from summarise.judging import (
    check_path,
    held_at,
    path_as_stored,
    put_at,
    stands_as,
    steps_of,
    stored_place,
)
from summarise.models import (
    ADDING,
    Document,
    JudgedAs,
    Judgement,
    LaidJudgement,
    Outcome,
    Record,
    paths_above,
)
from summarise.people.taking import Taken, finish, undone, unfit_of
from summarise.schema import Kind, Node, shape_of
from summarise.store import Amendment, Run, utc_now

_VALUE = "VALUE"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


@dataclass(frozen=True, slots=True)
class CellWish:
    """What a person wants to say of a cell.

    Attributes:
        paper: As ``Run.find`` takes it.
        path: As ``show`` has it; with a number behind a dot as well, ``results.0.value``.
        words: The value as typed; none where the rest says it all.
        says: What it is said to be.
        removes: Whether it is an entry that goes; ``empties`` whether nothing is reported.
    """

    paper: str
    path: str
    words: tuple[str, ...] = ()
    says: JudgedAs = JudgedAs.CORRECTED
    removes: bool = False
    empties: bool = False
    note: str = ""
    by: str = ""


def judge_cell(path: Path, wish: CellWish) -> Taken:
    """Add what a person says of a cell to a run.

    Raises:
        SettingsError: There is no such field or entry, or it can't hold such a value.
        RunError: There is no such paper, or the run is in use or can't be written.
    """
    with Amendment(path) as amendment:
        run = Run(path, amendment.manifest)
        taken = Taken(path)
        taken.paper, shown = run.find(wish.paper)
        taken.new = list(judgement_of(run, wish, taken.paper, shown))
        for one in unfit_of(run, taken.new):
            raise SettingsError(one.why, where=one.judgement.path)
        finish(amendment, taken, run, is_cell=True)
    return taken


def judgement_of(
    run: Run, wish: CellWish, document: Document, shown: Outcome | None
) -> Sequence[Judgement]:
    """The line, or two, that say what a person wants to say of a document as it is shown.

    Raises:
        SettingsError: There is no such field or entry, or it can't hold such a value; or no record.
    """
    if not isinstance(shown, Record):
        raise SettingsError("has no record that could be corrected", where=document.doc_id)
    if not wish.path:
        hint = "Give PAPER FIELD VALUE, or files of judgements."
        raise SettingsError("names no field", where=wish.paper, hint=hint)
    root, path = shape_of(run.schema), path_as_stored(wish.path)
    node = check_path(root, path, "FIELD")
    is_list = node.kind in {Kind.LIST, Kind.SENTENCES} and not path.endswith(ADDING)
    if wish.words and "=" in wish.words[0] and is_list and node.inside[0].kind is Kind.OBJECT:
        path, node = path + ADDING, node.inside[0]
    judged = run.judged_rows({document.doc_id})
    stored = next((row.stored for row in judged if row.document == document), None)
    cell = _Cell(document, shown, stored or shown, root, path, node)
    return cell.judged(wish)


@dataclass(frozen=True)
class _Cell:
    """A place of a record that is shown."""

    document: Document
    shown: Record
    stored: Record
    root: Node
    path: str
    node: Node

    def judged(self, wish: CellWish) -> Sequence[Judgement]:
        """What is said of it, as lines."""
        value = self._value(wish)
        if self.path.endswith(ADDING):
            if wish.says is not JudgedAs.CORRECTED or wish.removes or wish.empties:
                raise SettingsError(
                    "names no entry yet", where=self.path, hint="Give the entry's number."
                )
            return [self._line(wish, self.path, None, value)]
        self._check_there()
        place = stored_place(self.path, self.shown, self.stored)
        if place.added is not None:
            return self._of_added(wish, place.path, place.added, value)
        was = held_at(self.stored.draft, steps_of(place.path))
        says = wish.says
        if says is not JudgedAs.CORRECTED:
            self._refuse_corrected()
        if says is JudgedAs.CORRECTED and not wish.removes and stands_as(self.node, was, value):
            says, value = JudgedAs.CHECKED, None  # it says so of itself
        line = self._line(wish, place.path, was, value, says)
        return [*self._outdone(wish, place.path), line]

    def _refuse_corrected(self) -> None:
        """Refuse to say of the stored value what was said of the one that is shown in its place."""
        said = filter(None, map(self.shown.judged.get, paths_above(self.path)))
        if any(one.verdict is JudgedAs.CORRECTED for one in said):
            hint = "Correct it again, or take that back with --undo."
            raise SettingsError("was corrected by a person", where=self.path, hint=hint)

    def _outdone(self, wish: CellWish, path: str) -> Iterator[Judgement]:
        """What takes back the judgement of a record of before that stands here now."""
        old = self.shown.judged.get(self.path)
        if old is not None and old.path != path and not old.is_added:
            yield undone(old, wish.by)

    def _value(self, wish: CellWish) -> Any:
        if wish.says is not JudgedAs.CORRECTED or wish.removes or wish.empties:
            is_list = self.node.kind in {Kind.LIST, Kind.SENTENCES}
            return [] if wish.empties and is_list and not self.node.is_nullable else None
        if not wish.words:
            raise SettingsError(
                "says nothing of it", where=self.path, hint="Give a value, or --checked, --wrong …"
            )
        return typed_value(self.node, wish.words, _VALUE)

    def _check_there(self) -> None:
        """Make sure that the record has such an entry."""
        steps = steps_of(self.path)
        for at, step in enumerate(steps):
            if isinstance(step, int):
                entries = held_at(self.shown.draft, steps[:at])
                count = len(entries) if isinstance(entries, list) else 0
                if step >= count:
                    last = f"The last one is [{count - 1}]." if count else "It has none."
                    raise SettingsError("is no entry of the record", where=self.path, hint=last)

    def _of_added(
        self, wish: CellWish, rest: str, added: LaidJudgement, value: Any
    ) -> Sequence[Judgement]:
        """A change of an entry that somebody has added: another in its place."""
        line = {name: getattr(added, name) for name in Judgement.model_fields}
        gone = Judgement(**{**line, "verdict": JudgedAs.UNDONE, "value": None, "by": wish.by})
        if wish.removes and not rest:
            return [gone]
        if wish.says is not JudgedAs.CORRECTED:
            hint = "Correct or --remove it."
            raise SettingsError("was added by a person", where=self.path, hint=hint)
        entry = deepcopy(added.value)
        if rest:
            put_at(entry, steps_of(rest), value)
        else:
            entry = value
        # Should only one of them reach the disk, there is one entry too many, and none too few.
        return [self._line(wish, added.path, None, entry), gone]

    def _line(
        self, wish: CellWish, path: str, was: Any, value: Any, says: JudgedAs | None = None
    ) -> Judgement:
        return Judgement(
            doc_id=self.document.doc_id,
            content_hash=self.document.content_hash,
            path=path,
            verdict=says or wish.says,
            was=was,
            value=value,
            note=wish.note,
            by=wish.by,
            at=utc_now("milliseconds"),
        )


def typed_value(node: Node, words: Sequence[str], where: str) -> Any:
    """What a person typed for a field, as the field holds it.

    An object is JSON, or ``NAME=VALUE`` for what it has; the rest isn't reported. Of a list each
    word is an item, unless the only one is JSON.

    Raises:
        SettingsError: It is none that the field can hold.
    """
    text = " ".join(words)
    if node.kind in {Kind.OBJECT, Kind.LIST, Kind.SENTENCES} and text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except ValueError as error:
            raise SettingsError(f"isn't JSON ({error})", where=where) from None
    value: Any = text
    match node.kind:
        case Kind.OBJECT:
            value = _typed_object(node, words, where)
        case Kind.LIST:
            value = [typed_value(node.inside[0], [word], where) for word in words]
        case Kind.SENTENCES:
            value = [_number(one, where) for one in text.replace(",", " ").split()]
        case Kind.SENTENCE:
            value = _number(text, where)
        case Kind.CHOICE:
            value = _choice(node, text, where)
        case Kind.PLAIN if (kind := str(node.told.get("type"))) in _TYPES:
            value = _plain(text, kind, where)
    return value


def _typed_object(node: Node, words: Sequence[str], where: str) -> dict[str, Any]:
    fields = {one.name: one for one in node.inside}
    made: dict[str, Any] = {
        name: [] if one.kind in {Kind.LIST, Kind.SENTENCES} and not one.is_nullable else None
        for name, one in fields.items()
    }
    for word in words:
        name, sign, text = word.partition("=")
        if not sign or name not in fields:
            what = f"{_told(word)} names no field" if sign else f"{_told(word)} isn't NAME=VALUE"
            raise SettingsError(what, where=where, hint=f"There are {', '.join(fields)}.")
        made[name] = typed_value(fields[name], [text], f"{where} {name}")
    lacking = [
        name
        for name, one in fields.items()
        if made[name] is None and not one.is_nullable and one.kind is not Kind.OBJECT
    ]
    if lacking:
        raise SettingsError(f"lacks {' and '.join(lacking)}", where=where, hint=_pairs(lacking))
    return made


def _pairs(names: Sequence[str]) -> str:
    return f"Write {' '.join(f'{name}=…' for name in names)}."


def _choice(node: Node, text: str, where: str) -> Any:
    named: Mapping[str, Any] = {str(one): one for one in node.choices}
    spelt = text.strip().replace(" ", "_")
    found = named.get(text, named.get(spelt, named.get(spelt.lower())))
    if found is None:
        _refuse(text, where, f"Choose one of {', '.join(named)}.")
    return found


def _plain(text: str, kind: str, where: str) -> Any:
    try:
        value = json.loads(text.lower() if kind == "boolean" else text)
    except ValueError:
        value = None
    if not isinstance(value, _TYPES[kind]) or (kind != "boolean" and isinstance(value, bool)):
        _refuse(text, where, {"boolean": "Write true or false."}.get(kind, "Write a number."))
    return value


def _number(text: str, where: str) -> int:
    if not text.isdecimal():
        _refuse(text, where, "Write the numbers of sentences: 2,4.")
    return int(text)


def _refuse(text: str, where: str, hint: str) -> NoReturn:
    raise SettingsError(f"{_told(text)} can't be in this field", where=where, hint=hint)


def _told(text: str) -> str:
    return f"“{for_screen(text, 60, reveal=True)}”"
