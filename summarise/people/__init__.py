"""What people decide about a run, taken into it, told, and taken back.

Of a value they say what is right (``judging`` lays that over the records), of a paper whether their
review takes it. Several people's files are merged, and compared where they differ. Lines are only
ever added: which of them count, and what can't be used as the run is now, is told each time.
"""

# mypy: implicit-reexport

from importlib import import_module
from typing import TYPE_CHECKING, Any

from summarise.people.drawing import drawn, write_flow
from summarise.people.flow import Flow, flow_of
from summarise.people.merging import merge_decisions, take_back
from summarise.people.screening_told import (
    merging_faults,
    merging_lines,
    survey_json,
    survey_lines,
    told_methods,
    told_screening,
)
from summarise.people.survey import Agreement, ScreeningSurvey, survey_screening

if TYPE_CHECKING:
    from summarise.people.cells import CellWish, judge_cell
    from summarise.people.judgements_told import (
        judgement_json,
        judgement_lines,
        place_lines,
        taken_json,
        taken_lines,
    )
    from summarise.people.taking import Taken, take_in, undo_cell, undo_last

_HOMES = dict.fromkeys(("CellWish", "judge_cell"), "cells")
_HOMES |= dict.fromkeys(("Taken", "take_in", "undo_cell", "undo_last"), "taking")
_HOMES |= dict.fromkeys(("judgement_json", "judgement_lines", "place_lines"), "judgements_told")
_HOMES |= dict.fromkeys(("taken_json", "taken_lines"), "judgements_told")


def __getattr__(name: str) -> Any:
    """Import what changes values when it is first asked for: it writes tables anew."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
