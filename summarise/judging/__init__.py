"""What people say of records, laid over them: what was extracted stays as it is.

A judgement names a place by its path and says what stood there. That is found again in the record
as it is now (``placing``), the draft is changed in a copy, which stays valid for its schema, and
what code knows of the changed values is made anew (``overlay``). What can't be placed is offered
again, with the reason, and never dropped.
"""

from summarise.judging.counts import NOBODY, JudgedCounts, told_name
from summarise.judging.overlay import Laid, lay_over
from summarise.judging.paths import check_path, held_at, node_at, put_at, stands_as, steps_of
from summarise.judging.placing import shown_record, standing
from summarise.judging.values import StoredPlace, stored_place, typed_value

__all__ = [
    "NOBODY",
    "JudgedCounts",
    "Laid",
    "StoredPlace",
    "check_path",
    "held_at",
    "lay_over",
    "node_at",
    "put_at",
    "shown_record",
    "standing",
    "stands_as",
    "steps_of",
    "stored_place",
    "told_name",
    "typed_value",
]
