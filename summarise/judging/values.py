"""A value as a person types it, and as its field holds it; where what is shown is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from summarise.characters import clip, for_screen
from summarise.errors import SettingsError
from summarise.judging.paths import held_at, path_of, steps_of
from summarise.models import LaidJudgement, Record
from summarise.schema import Kind, Node

_TYPES: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


class StoredPlace(NamedTuple):
    """Where what is shown is stored.

    Attributes:
        path: In the stored record.
        added: Who has added the entry that it is in; the path is then that from this entry on.
    """

    path: str
    added: LaidJudgement | None = None


def stored_place(path: str, shown: Record, stored: Record) -> StoredPlace:
    """Where a place of a record as it is shown is stored."""
    added = [one for one in shown.judgements if one.is_added and one.shown]
    for one in added:
        steps, entry = steps_of(path), steps_of(one.shown or "")
        # One that the record has of itself now is no longer somebody's.
        if steps[: len(entry)] == entry and one.value is not None:
            return StoredPlace(path_of(steps[len(entry) :]), one)
    gone = {steps_of(one.stored) for one in shown.judgements if one.shown is None}
    found: list[str | int] = []
    for step in steps_of(path):
        if isinstance(step, int):
            entries = held_at(stored.draft, found)
            count = len(entries) if isinstance(entries, list) else 0
            left = [n for n in range(count) if (*found, n) not in gone]
            found.append(left[step] if step < len(left) else count + step)
        else:
            found.append(step)
    return StoredPlace(path_of(found))


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
    return f"“{clip(for_screen(text, reveal=True), 60)}”"
