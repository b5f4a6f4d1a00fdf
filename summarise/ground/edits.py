"""Edits of a text, and the way back through them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Edit(NamedTuple):
    """``text[start:end]`` is to be written as ``put``."""

    start: int
    end: int
    put: str


Editor = Callable[[str], Iterator[Edit]]
"""Finds what to rewrite in a text: edits in order, without overlaps."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Where each edit of one pass stands, in the text after it and in the text before it."""

    new_starts: tuple[int, ...]
    new_ends: tuple[int, ...]
    old_starts: tuple[int, ...]
    old_ends: tuple[int, ...]

    def old_start(self, offset: int) -> int:
        """Where the character at ``offset`` of the new text starts in the old one."""
        index = bisect_right(self.new_starts, offset) - 1
        if index < 0:
            return offset
        if offset < self.new_ends[index]:
            return self.old_starts[index]
        return self.old_ends[index] + offset - self.new_ends[index]

    def old_end(self, offset: int) -> int:
        """Where the character before ``offset`` of the new text ends in the old one."""
        last = offset - 1
        index = bisect_right(self.new_starts, last) - 1
        if index < 0:
            return offset
        if last < self.new_ends[index]:
            return self.old_ends[index]
        return self.old_ends[index] + offset - self.new_ends[index]


def rewritten(text: str, editor: Editor, passes: list[Pass]) -> str:
    """Apply what an editor finds to a text; ``passes`` takes the way back, if anything changed."""
    edits = [edit for edit in editor(text) if text[edit.start : edit.end] != edit.put]
    if not edits:
        return text
    pieces: list[str] = []
    new_starts: list[int] = []
    at = length = 0
    for start, end, put in edits:
        pieces += (text[at:start], put)
        length += start - at
        new_starts.append(length)
        length += len(put)
        at = end
    pieces.append(text[at:])
    passes.append(
        Pass(
            tuple(new_starts),
            tuple(start + len(edit.put) for start, edit in zip(new_starts, edits, strict=True)),
            tuple(edit.start for edit in edits),
            tuple(edit.end for edit in edits),
        )
    )
    return "".join(pieces)
