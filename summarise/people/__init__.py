"""What people decide about a run, taken into it, told, and taken back.

Of a value they say what is right (``judging`` lays that over the records), of a paper whether their
review takes it. Several people's files are merged, and compared where they differ. Lines are only
ever added: which of them count, and what can't be used as the run is now, is told each time.
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily
from summarise.people.drawing import drawn, write_flow
from summarise.people.merging import merge_decisions, take_back
from summarise.people.survey import (
    Agreement,
    Flow,
    ScreeningSurvey,
    count_screened,
    flow_of,
    survey_screening,
)
from summarise.people.told import (
    merging_faults,
    merging_lines,
    survey_json,
    survey_lines,
    told_methods,
    told_screening,
)
from summarise.people.told_values import (
    judgement_json,
    judgement_lines,
    place_lines,
    taken_json,
    taken_lines,
)

if TYPE_CHECKING:
    from summarise.people.cells import CellWish, judge_cell
    from summarise.people.taking import Taken, take_in, undo_cell, undo_last
else:
    __getattr__ = lazily(__name__)
