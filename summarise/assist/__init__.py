"""The assisted mode: code reads, and a model too small to extract chooses among what code found.

Measured on a model of 135 million parameters: asked for a whole record it answers valid JSON that
is wrong; asked to write a short text it invents in one of five, mostly in words that no check of
numbers and names can catch; shown a list it takes the first. Held to the choices of an enum that it
isn't shown, it picks well. So everything comes from the embedded draft, but for three parts:

- ``method.name``: one of the names that code found, asked only where several are plausible and the
  title doesn't tell. Two questions on different sights of the text must agree.
- ``method.text``, ``problem.text``: one of the wordings that only leave something out of the
  sentences which code picked (``cuts``), and that ground like code's own.

Where there is no choice there is no call; an answer outside the choices leaves the part to code.
What a record's answers make of it can be told again without the model (``assisted_draft``).
"""

from summarise.assist.drafting import (
    PARTS,
    AssistedDraft,
    assisted_draft,
    pending_tasks,
    unvouched,
)
from summarise.assist.extractor import (
    Asker,
    AssistedExtractor,
    Exchange,
    assisted_identity,
)
from summarise.assist.size import is_small
from summarise.assist.tasks import Question, Questions, Task, load_questions

__all__ = [
    "PARTS",
    "Asker",
    "AssistedDraft",
    "AssistedExtractor",
    "Exchange",
    "Question",
    "Questions",
    "Task",
    "assisted_draft",
    "assisted_identity",
    "is_small",
    "load_questions",
    "pending_tasks",
    "unvouched",
]
