"""What of a sentence says what was done and how, and where that ends."""

from __future__ import annotations

import pytest

from summarise.drafting import embedded_draft, methods, problems
from summarise.drafting.acts import asked_by, done_until, found_by, is_outdone
from summarise.drafting.clauses import Clauses
from summarise.models import Document
from summarise.reading import Reading

BY = "Combining letters from nine harbours with the logs of their keepers"


@pytest.mark.parametrize(
    ("text", "found", "asked"),
    [
        (f"{BY}, we find that lamps fail.", BY, None),
        (f"{BY}, this study explores why lamps fail.", None, BY),
        ("Using these logs of the harbours, we explore why lamps fail.", None, None),
    ],
)
def test_by_what_something_is_found_or_asked(
    text: str, found: str | None, asked: str | None
) -> None:
    """What it points back to says nothing by itself."""
    assert (found_by(text), asked_by(text)) == (found, asked)


TRIAL = "Lamps were hung in a randomized trial of forty harbours"


@pytest.mark.parametrize(
    ("phrase", "other", "is_so"),
    [
        ("Participants were keepers of nine harbours", "Lamps were weighed using a scale", True),
        ("Divers of three clubs were recruited", TRIAL, True),
        ("This survey was conducted between May and June", TRIAL, True),
        ("This study examined the wear of ropes", TRIAL, True),
        ("The wear of ropes was studied", TRIAL, True),
        ("This study examined the wear of ropes", "Lamps were weighed using a scale", False),
        ("Participants were interviewed in nine harbours", TRIAL, False),
        ("We examined the wear of ropes using nine machines", TRIAL, False),
        ("Ropes were tied by hand", TRIAL, False),
    ],
)
def test_what_says_who_when_or_what_for_gives_way(phrase: str, other: str, is_so: bool) -> None:
    """Only to what says how; a design gives way to nothing."""
    assert is_outdone(phrase, other) is is_so


ARMS = (
    "Sixty divers of the two northern clubs were, without their knowledge, randomly assigned to "
    "carry either a lamp with two wicks of hemp and a glass of red oil, or a rope and a bell."
)
HUNG = "Lamps were hung above the nests of gulls on two piers of the old town"
ASKED = "Divers of the two northern clubs who had lost a lamp before were asked"
LONG = (
    "The sails of the largest kites of the northern harbours were photographed from small boats "
    "of neighbouring communities by experienced photographers during thunderstorms of two winters."
)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        # All of a clause that has room, with what goes on to say how
        (
            f"{HUNG}, using hooks of brass and a net of thin ropes.",
            "ropes.",
        ),
        # but not with what came of it
        (
            f"{HUNG}, which led to fewer broken eggs.",
            "old town",
        ),
        (ARMS, "a bell."),
        (
            f"{ASKED}, and were randomly assigned to carry either a lamp with two wicks or none.",
            "or none.",
        ),
        # What is too long to be shown whole is cut before its last adjunct.
        (LONG, "photographers"),
    ],
)
def test_where_what_was_done_ends(text: str, end: str) -> None:
    """With what each arm is given, and with its adjuncts where there is room."""
    assert text[: done_until(Clauses(text), 0, bare=False)].endswith(end)


@pytest.mark.parametrize(
    ("sentence", "method"),
    [
        (
            "In this paper, we introduce lamps and describe the knots that hold them in storms.",
            "Introduce lamps and describe the knots that hold them in storms",
        ),
        (
            "<b>Design:</b> Lamps of nine makers were hung above the nests of gulls.",
            "Lamps of nine makers were hung above the nests of gulls",
        ),
        (
            "Using the logs of nine harbours, we examine what the keepers had lost.",
            "Using the logs of nine harbours, we examine what the keepers had lost",
        ),
    ],
)
def test_a_method_begins_with_its_verb_and_behind_its_label(sentence: str, method: str) -> None:
    """Two deeds need two verbs; the name of a section tells nothing."""
    abstract = f"Storms are hard to see. {sentence} It works well."
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=abstract)))
    assert draft["method"]["text"] == method


@pytest.mark.parametrize(
    ("problem", "method", "is_told"),
    [
        ("Lamps were weighed", "Lamps were weighed at sea", False),
        ("Lamps were weighed", "Lamps were weighed", False),
        ("To see gulls", "To see gulls, lamps were hung above nests", True),
        ("Lamps are heavy", "Lamps were weighed", True),
    ],
)
def test_what_was_done_is_no_problem(
    problem: str, method: str, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is its beginning; what it was done for is."""
    reading = Reading(Document(doc_id="d", title=None, abstract=f"{problem}. {method}."))
    first, second = reading.sentences
    monkeypatch.setattr(problems, "problem_of", lambda *_: (problem, first))
    monkeypatch.setattr(methods, "method_of", lambda *_: (method, second))
    assert (embedded_draft(reading)["problem"]["text"] == problem) is is_told
