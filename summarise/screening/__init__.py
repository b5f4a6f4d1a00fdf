"""Which documents a review takes: the decisions of several people, merged, compared and counted."""

from summarise.screening.agreement import Agreement
from summarise.screening.merging import Merging, merge_decisions, take_back
from summarise.screening.survey import Conflict, ScreeningSurvey, survey_screening
from summarise.screening.told import (
    merging_faults,
    merging_lines,
    survey_json,
    survey_lines,
    told_kappa,
    told_progress,
)

__all__ = [
    "Agreement",
    "Conflict",
    "Merging",
    "ScreeningSurvey",
    "merge_decisions",
    "merging_faults",
    "merging_lines",
    "survey_json",
    "survey_lines",
    "survey_screening",
    "take_back",
    "told_kappa",
    "told_progress",
]
