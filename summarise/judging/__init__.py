"""What people say of records, laid over them: what was extracted stays as it is.

A judgement names a place by its path and says what stood there. That is found again in the record
as it is now (``placing``), the draft is changed in a copy, which stays valid for its schema, and
what code knows of the changed values is made anew (``overlay``). What can't be placed is offered
again, with the reason, and never dropped.
"""

from summarise.judging.counts import NOBODY, JudgedCounts, told_name
from summarise.judging.overlay import Laid, lay_over
from summarise.judging.paths import check_path, held_at, node_at, stands_as, steps_of
from summarise.judging.placing import shown_record, standing

__all__ = [
    "NOBODY",
    "JudgedCounts",
    "Laid",
    "check_path",
    "held_at",
    "lay_over",
    "node_at",
    "shown_record",
    "standing",
    "stands_as",
    "steps_of",
    "told_name",
]
