"""What people say of records, laid over them: what was extracted stays as it is.

A judgement names a place by its path and says what stood there. That is found again in the record
as it is now (``places``), the draft is changed in a copy, which stays valid for its schema, and
what code knows of the changed values is made anew (``overlay``). What can't be placed is offered
again, with the reason, and never dropped.
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily
from summarise.judging.counts import JudgedCounts, said_in_words, told_name
from summarise.judging.places import (
    check_path,
    held_at,
    leaves_of,
    node_at,
    path_as_stored,
    put_at,
    standing,
    stands_as,
    steps_of,
    stored_place,
)

if TYPE_CHECKING:
    from summarise.judging.overlay import Laid, lay_over
else:
    __getattr__ = lazily(__name__)
