"""The objects of a JSON file, one at a time: JSON lines, an array, or a list inside of an answer.

An object that is broken costs itself alone as long as its braces tell where it ends. Only one
object is held, however long the file or its one line of an array is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from summarise.models import Skipped
from summarise.readers.entry import Entry, skipped
from summarise.readers.fields import undecoded
from summarise.readers.source import Source, decoded

_LONGEST = 1 << 24
"""Characters of the longest object."""
_AHEAD = 1 << 16
"""Characters that are searched for the list inside of an answer."""
_BETWEEN = re.compile(r"[\s,\[\]]*")
_MARK = re.compile(r'["{}\[\]]')
_TEXT_END = re.compile(r'"|\\')
_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(:)?\s*([\[{])?')
_PAIR = re.compile(r'"(?:[^"\\]|\\.)*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[-+.\w]+|(?=[\[{]))', re.DOTALL)
KINDS = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}

Object = dict[str, Any]


def read_objects(source: Source, *lists: str) -> Iterator[tuple[int, Object | Skipped]]:
    """Each object of a source with the line on which it starts, or what is wrong with it.

    An object that holds one of ``lists`` (``items``, or ``message.items``) stands for its members.
    """
    if _is_by_line(source):
        for number, text in enumerate(source.lines(), 1):
            if text.strip():
                value = _object(text, source.name, number)
                yield from _members(value, lists, source.name, number)
        return
    for line, found in _Scan(source, lists).objects():
        if isinstance(found, Skipped):
            yield line, found
        else:
            yield from _members(_object(found, source.name, line), lists, source.name, line)


def read_entries(
    source: Source, to_entry: Callable[[Object, str, int], Entry | Skipped | None], *lists: str
) -> Iterator[Entry | Skipped]:
    """The objects of a source as entries; those that are part of another are none."""
    for line, one in read_objects(source, *lists):
        entry = one if isinstance(one, Skipped) else to_entry(one, source.name, line)
        if entry is not None:
            yield entry


def _is_by_line(source: Source) -> bool:
    """Whether the first line that isn't blank is a whole object."""
    for line in source.lines() if source.opening().startswith("{") else ():
        if text := line.strip():
            return text[0] == "{" and text[-1] == "}" and len(text) > 2
    return False


def _members(
    value: Object | Skipped, lists: tuple[str, ...], name: str, line: int
) -> Iterator[tuple[int, Object | Skipped]]:
    for path in lists if isinstance(value, dict) else ():
        found: Any = value
        for key in path.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, list):
            for one in found:
                yield line, one if isinstance(one, dict) else _no_object(one, name, line)
            return
    yield line, value


def _object(text: str, name: str, line: int) -> Object | Skipped:
    value = loaded(text, name, line)
    return value if isinstance(value, dict | Skipped) else _no_object(value, name, line)


def loaded(text: str, name: str, line: int) -> Any:
    """The value of a text that starts on a line, or ``Skipped`` where it is none."""
    if byte := undecoded(text):
        return not_text(byte, name, line, line + text.count("\n", 0, byte.start()))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return broken(error, name, line, line)


def _no_object(value: Any, name: str, line: int) -> Skipped:
    return skipped(name, line, f"not an object, but {KINDS.get(type(value), 'a text')}")


class _Scan:
    """One pass over a text of objects: where each starts and ends is told by its braces."""

    def __init__(self, source: Source, lists: tuple[str, ...]) -> None:
        self._pieces = source.pieces()
        self._name = source.name
        self._keys = {tuple(path.split(".")) for path in lists}
        self._text = ""
        self._position = 0
        self._line = 1
        self._is_first = True
        self._has_left = self._is_told = False
        """Whether the list has ended; whether it was said that an object in it isn't opened."""

    def objects(self) -> Iterator[tuple[int, str | Skipped]]:
        """The text of each object, with its line."""
        while self._skip_between():
            line, start = self._line, self._position
            if self._text[start] == "}":  # of what the objects are listed in
                self._move(start + 1)
                continue
            if self._text[start] != "{":
                if self._is_beside_a_list():
                    if not (self._has_left or self._is_told):
                        self._is_told = True
                        reason = "an object starts without its brace; nothing of it was read"
                        yield line, skipped(self._name, line, reason)
                    continue
                fault = skipped(self._name, line, "no object starts here; nothing below was read")
                yield line, fault
                return
            if self._opens_list():
                continue
            end = self._end_of_object()
            if end is None:
                reason = "an object isn't closed, or is too long; nothing below its start was read"
                yield line, skipped(self._name, line, reason)
                return
            text = self._text[self._position : end]
            self._move(end)
            self._is_told = False
            yield line, text

    def _more(self) -> bool:
        """Read on; what has been passed is dropped."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._text, self._position = self._text[self._position :] + piece, 0
        return len(self._text) <= _LONGEST

    def _move(self, position: int) -> None:
        self._line += self._text.count("\n", self._position, position)
        self._position = position

    def _skip_between(self) -> bool:
        while True:
            found = _BETWEEN.match(self._text, self._position)
            if found:
                self._has_left = self._has_left or "]" in found[0]
                self._move(found.end())
            if self._position < len(self._text):
                return True
            if not self._more():
                return False

    def _opens_list(self) -> bool:
        """Whether the object is an answer around a list, which then is entered."""
        is_first, self._is_first = self._is_first, False
        if not (self._keys and is_first):
            return False
        while len(self._text) - self._position < _AHEAD and self._more():
            pass
        end = list_start(self._text[self._position : self._position + _AHEAD], self._keys)
        if end is None:
            return False
        self._move(self._position + end)
        return True

    def _is_beside_a_list(self) -> bool:
        """Whether a key stands here, of the answer around a list that has ended."""
        while len(self._text) - self._position < _AHEAD and self._more():
            pass
        found = _PAIR.match(self._text, self._position)
        if not self._keys or found is None:
            return False
        self._move(found.end())
        if self._text[found.end() : found.end() + 1] in {"{", "["}:
            end = self._end_of_object()
            self._move(len(self._text) if end is None else end)
        return True

    def _end_of_object(self) -> int | None:
        """Behind the bracket that closes the one here; None where none does."""
        bracket = OpenBracket()
        while (end := bracket.end_in(self._text, self._position)) is None:
            if not self._more():
                return None
        return end


class OpenBracket:
    """The first bracket of a text that comes in pieces, till its own closes it."""

    def __init__(self) -> None:
        self._depth = self._passed = 0
        self._is_inside = False
        """Of a text in quotation marks."""

    def end_in(self, text: str, start: int) -> int | None:
        """Behind what closes it; None where that isn't in the text, which begins at a place."""
        position = start + self._passed
        while found := (_TEXT_END if self._is_inside else _MARK).search(text, position):
            if found[0] == "\\" and found.end() == len(text):
                break  # what is escaped is in the next piece
            position = found.end()
            if found[0] == "\\":
                position += 1
            elif found[0] == '"':
                self._is_inside = not self._is_inside
            else:
                self._depth += 1 if found[0] in "{[" else -1
                if self._depth == 0:
                    return position
        self._passed = (found.start() if found else len(text)) - start
        return None


def list_start(text: str, paths: set[tuple[str, ...]]) -> int | None:
    """Behind the bracket that opens a list with one of some names, in the object that opens a text.

    None where there is none in this text, or the object ends before.
    """
    return next((end for path, end in _places(text) if end and path in paths), None)


def _places(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """The keys of the object that opens a text, and of those in it, each by the way to it.

    And where a list stands there, behind the bracket that opens it; 0 where that isn't said.
    """
    opened: list[str] = []
    key, position = "", 0
    while found := _MARK.search(text, position):
        position = found.end()
        if found[0] == '"':
            named = _KEY.match(text, found.start())
            if named is None:
                return
            if named[2] and opened:
                key = named[1]
                yield (*opened[1:], key), 0
            position = named.start(3) if named[3] else named.end()
        elif found[0] in "{[":
            opened.append(key)
            if found[0] == "[":
                yield tuple(opened[1:]), position
            key = ""
        elif len(opened) > 1:
            opened.pop()
        else:
            return


@lru_cache(maxsize=8)
def first_keys(head: bytes, *lists: str) -> frozenset[str]:
    """The keys of the first object, as far as the head of a file holds it.

    Where it is an answer around one of ``lists``, those of the first member.
    """
    text = decoded(head)
    start = re.match(r"\s*(?:\[\s*)*(?=\{)", text)
    if start is None:
        return frozenset()
    text = text[start.end() :]
    if lists and (inner := list_start(text, {tuple(path.split(".")) for path in lists})):
        text = text[inner:].lstrip()
    return frozenset(path[0] for path, end in _places(text) if not end and len(path) == 1)


def not_text(byte: re.Match[str], name: str, line: int, fault_line: int) -> Skipped:
    """An entry with a byte that isn't UTF-8."""
    column = byte.start() - byte.string.rfind("\n", 0, byte.start())
    return skipped(
        name,
        line,
        f"isn't UTF-8: byte 0x{ord(byte[0]) - 0xDC00:02x} at line {fault_line}, column {column}; "
        "convert it from its own encoding",
    )


def broken(error: Exception, name: str, line: int, first_line: int) -> Skipped:
    """An entry that isn't JSON; ``first_line`` is that of the text which was read."""
    match error:
        case json.JSONDecodeError():
            what = (error.msg[0].lower() + error.msg[1:]).removesuffix(" at")
            # What breaks off is found behind the newlines at its end.
            end = min(error.pos, len(error.doc.rstrip()))
            above, column = error.doc.count("\n", 0, end), end - error.doc.rfind("\n", 0, end)
            reason = f"broken JSON at line {first_line + above}, column {column}: {what}"
        case RecursionError():
            reason = "broken JSON: nested too deeply"
        case _:
            reason = "broken JSON: a number with too many digits"
    return skipped(name, line, reason)
