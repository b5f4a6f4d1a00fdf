"""What people say of records, taken into a run: whole files of theirs, one cell, and back again.

Lines are only ever added. Which of them count, and what can't be laid over the records as they are
now, is told each time.
"""

from summarise.correcting.cells import CellWish, judge_cell, judgement_of
from summarise.correcting.taking import Taken, take_in
from summarise.correcting.told import (
    judgement_json,
    judgement_lines,
    place_lines,
    taken_json,
    taken_lines,
)
from summarise.correcting.undoing import undo_cell, undo_last

__all__ = [
    "CellWish",
    "Taken",
    "judge_cell",
    "judgement_json",
    "judgement_lines",
    "judgement_of",
    "place_lines",
    "take_in",
    "taken_json",
    "taken_lines",
    "undo_cell",
    "undo_last",
]
