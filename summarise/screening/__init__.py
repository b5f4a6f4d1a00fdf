"""Which documents a review takes: the decisions of several people, merged, compared and counted."""

from summarise.screening.agreement import Agreement
from summarise.screening.drawing import drawn, write_flow
from summarise.screening.flow import Flow, flow_of
from summarise.screening.merging import Merging, merge_decisions, take_back
from summarise.screening.survey import Conflict, ScreeningSurvey, survey_screening
from summarise.screening.told import (
    merging_faults,
    merging_lines,
    survey_json,
    survey_lines,
    told_methods,
    told_screening,
)

__all__ = [
    "Agreement",
    "Conflict",
    "Flow",
    "Merging",
    "ScreeningSurvey",
    "drawn",
    "flow_of",
    "merge_decisions",
    "merging_faults",
    "merging_lines",
    "survey_json",
    "survey_lines",
    "survey_screening",
    "take_back",
    "told_methods",
    "told_screening",
    "write_flow",
]
