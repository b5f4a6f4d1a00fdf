"""Tests of ``summarise.endpoint.ladder``: when it is stepped down, and what is remembered."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from summarise.endpoint.dialect import SECONDS_KEPT, Dialect, Memory
from summarise.endpoint.ladder import Ladder
from summarise.errors import (
    EndpointError,
    EndpointUnusable,
    RequestRejected,
    TransportError,
    TransportKind,
)
from summarise.models import Completion
from summarise.schema import Draft, wire_schema
from summarise.settings import Mode, Settings, TokenParameter

MakeSettings = Callable[..., Settings]
SCHEMA = wire_schema(Draft)
GOOD = json.dumps(
    {
        "problem": {"text": "Gulls steal chips.", "sentences": [1]},
        "method": {"name": None, "also": [], "text": "We watched.", "sentences": [2]},
        "data": [],
        "compute": [],
        "results": [],
    }
)
FORMAT = "This response_format type is unavailable now (HTTP 400)"


def rejected(message: str, status: int = 400) -> EndpointError:
    error: EndpointError = RequestRejected(message, where="here")
    if status == 404:
        error = EndpointUnusable(message, where="here")
    if status >= 500:
        error = TransportError(message, kind=TransportKind.UNAVAILABLE, where="here")
    error.status = status
    return error


def answer(text: str | None = GOOD, finish_reason: str = "stop") -> Completion:
    return Completion(text=text, finish_reason=finish_reason)


def ladder(settings: Settings, memory: Memory | None = None) -> Ladder:
    return Ladder(settings, SCHEMA, memory)


def test_it_begins_with_the_strictest(make_settings: MakeSettings) -> None:
    """Or with the first rung that the settings name, or with the mode that is set."""
    assert ladder(make_settings()).dialect == Dialect(Mode.JSON_SCHEMA)
    chosen = make_settings(ladder=("tools", "prompted"))
    assert ladder(chosen).dialect.mode is Mode.TOOLS
    assert ladder(make_settings(mode="prompted")).dialect.mode is Mode.PROMPTED


def test_each_refusal_is_one_rung(make_settings: MakeSettings) -> None:
    """From the top to the bottom, and no further."""
    steps = ladder(make_settings())
    seen = [steps.dialect.mode]
    for message in (FORMAT, FORMAT, "x does not support tools", FORMAT):
        assert steps.refused(steps.dialect, rejected(message))
        seen.append(steps.dialect.mode)
    assert seen == list(Mode)
    assert not steps.refused(steps.dialect, rejected(FORMAT))


def test_rungs_that_are_not_in_the_ladder_are_skipped(make_settings: MakeSettings) -> None:
    """The settings say which rungs there are, and in which order."""
    steps = ladder(make_settings(ladder=("json_schema", "prompted")))
    assert steps.refused(steps.dialect, rejected(FORMAT))
    assert steps.dialect.mode is Mode.PROMPTED


@pytest.mark.parametrize("status", [400, 422, 500, 501])
def test_statuses_that_may_refuse_a_parameter(make_settings: MakeSettings, status: int) -> None:
    """A 400, a 422, and a server's error that names the parameter."""
    steps = ladder(make_settings())
    assert steps.refused(steps.dialect, rejected(FORMAT, status))


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (FORMAT, 401),
        (FORMAT, 404),
        (FORMAT, 413),
        (FORMAT, 429),
        (FORMAT, 502),
        (FORMAT, 503),
        ("Internal server error", 500),
        ("the context is too long", 400),
        ("model 'x' not found", 404),
    ],
)
def test_what_is_about_something_else_steps_nowhere(
    make_settings: MakeSettings, message: str, status: int
) -> None:
    """Another status, or a message that names no parameter of ours, is left to who asked."""
    steps = ladder(make_settings())
    assert not steps.refused(steps.dialect, rejected(message, status))
    assert steps.dialect == Dialect(Mode.JSON_SCHEMA)


def test_an_error_without_a_status_steps_nowhere(make_settings: MakeSettings) -> None:
    """A dropped connection says nothing of the parameters."""
    steps = ladder(make_settings())
    assert not steps.refused(steps.dialect, TransportError(FORMAT, kind=TransportKind.UNAVAILABLE))


def test_a_router_without_a_host_is_a_refusal(make_settings: MakeSettings) -> None:
    """OpenRouter's 404: https://github.com/block/buzz/issues/3018."""
    steps = ladder(make_settings())
    text = "No endpoints found that can handle the requested parameters. (HTTP 404)"
    assert steps.refused(steps.dialect, rejected(text, 404))
    assert steps.dialect.mode is Mode.JSON_SCHEMA_LOOSE


def test_a_burst_steps_down_once(make_settings: MakeSettings) -> None:
    """Requests in flight carry their dialect: the second refusal of it only says to ask anew."""
    steps = ladder(make_settings())
    sent = steps.dialect
    assert [steps.refused(sent, rejected(FORMAT)) for _ in range(64)] == [True] * 64
    assert steps.dialect.mode is Mode.JSON_SCHEMA_LOOSE


def test_a_fixed_mode_is_never_left(make_settings: MakeSettings) -> None:
    """Who sets a mode wants that one, or an error."""
    steps = ladder(make_settings(mode="json_schema"))
    assert not steps.refused(steps.dialect, rejected(FORMAT))
    for _ in range(5):
        steps.answered(steps.dialect, answer("no JSON"))
    assert steps.dialect.mode is Mode.JSON_SCHEMA


# Parameters besides the mode


def test_the_limit_has_another_name(make_settings: MakeSettings) -> None:
    """It is renamed once; who refuses both names means something else."""
    steps = ladder(make_settings())
    text = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens'."
    assert steps.refused(steps.dialect, rejected(text))
    assert steps.dialect == Dialect(Mode.JSON_SCHEMA, TokenParameter.MAX_COMPLETION_TOKENS)
    again = "Unsupported parameter: 'max_completion_tokens' is not supported."
    assert not steps.refused(steps.dialect, rejected(again))


def test_refused_sampling_is_left_out(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """The mode stays, and the user is told once, since it isn't what was asked for."""
    steps = ladder(make_settings(temperature=0.0, seed=3, mode="tools"))
    sent = steps.dialect
    text = "Unsupported value: 'temperature' does not support 0 with this model."
    assert all(steps.refused(sent, rejected(text)) for _ in range(3))
    assert steps.dialect == Dialect(Mode.TOOLS, unsent=frozenset({"temperature"}))
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "temperature is left out" in record.getMessage()


@pytest.mark.parametrize(
    "text",
    [
        "Unknown parameter: 'prompt_cache_options'.",
        "Unrecognized request argument supplied: prompt_cache_key",
        "Unknown parameter: 'messages[0].content[0].prompt_cache_breakpoint'.",
    ],
)
def test_refused_marks_of_the_prompt_cache_are_left_out(
    make_settings: MakeSettings, text: str
) -> None:
    """They change no answer, so a server that doesn't know them costs one refusal."""
    own = make_settings(prompt_cache="openai", mode="tools")
    steps = ladder(own)
    assert steps.dialect.prompt_cache(own) == "openai"
    assert steps.refused(steps.dialect, rejected(text))
    assert steps.dialect.prompt_cache(own) is None


def test_what_is_known_to_be_refused_is_told(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """A setting that a preset omits isn't dropped silently; one that isn't set is no news."""
    ladder(make_settings(temperature=0.0, omit=("temperature", "top_p")))
    (record,) = caplog.records
    assert record.getMessage().endswith("temperature isn't taken, so it is left out")


def test_several_parameters_are_learned_one_by_one(make_settings: MakeSettings) -> None:
    """Each refusal names one; all of them end up in the dialect."""
    steps = ladder(make_settings(temperature=0.0, seed=3))
    for text in ("'seed' is unsupported", FORMAT, "'temperature' is not supported"):
        assert steps.refused(steps.dialect, rejected(text))
    assert steps.dialect == Dialect(
        Mode.JSON_SCHEMA_LOOSE, unsent=frozenset({"seed", "temperature"})
    )


# A schema that is ignored


def test_two_answers_that_ignore_the_schema_step_down(make_settings: MakeSettings) -> None:
    """One may be a mishap. A loose schema wouldn't bind who ignores a strict one."""
    steps = ladder(make_settings())
    modes = []
    for text in ('{"summary": "Gulls."}', "Gulls steal chips."):
        steps.answered(steps.dialect, answer(text))
        modes.append(steps.dialect.mode)
    assert modes == [Mode.JSON_SCHEMA, Mode.TOOLS]


@pytest.mark.parametrize("text", [None, "", "Gulls.", "[]", "{}", GOOD[:-1]])
def test_what_ignores_the_schema(make_settings: MakeSettings, text: str | None) -> None:
    """No text, prose, another structure, and JSON that isn't."""
    steps = ladder(make_settings())
    for _ in range(2):
        steps.answered(steps.dialect, answer(text))
    assert steps.dialect.mode is Mode.TOOLS


def test_one_good_answer_shows_that_the_schema_counts(make_settings: MakeSettings) -> None:
    """What fails before and after it fails by itself."""
    steps = ladder(make_settings())
    for text in ("no", GOOD, "no", "no", "no"):
        steps.answered(steps.dialect, answer(text))
    assert steps.dialect.mode is Mode.JSON_SCHEMA


def test_one_document_is_no_habit(make_settings: MakeSettings) -> None:
    """However often it is asked; another one that fails makes it one."""
    steps = ladder(make_settings())
    for doc, mode in (("a", Mode.JSON_SCHEMA), ("a", Mode.JSON_SCHEMA), ("b", Mode.TOOLS)):
        steps.answered(steps.dialect, answer("no"), doc)
        assert steps.dialect.mode is mode


def test_a_good_answer_that_was_in_flight_brings_a_rung_back(make_settings: MakeSettings) -> None:
    """The first documents were odd: the rung below is asked no longer than until that is known."""
    steps = ladder(make_settings())
    sent = steps.dialect
    for doc in "ab":
        steps.answered(sent, answer("no"), doc)
    assert steps.dialect.mode is Mode.TOOLS
    steps.answered(sent, answer(), "c")
    assert steps.dialect == sent
    for doc in "def":
        steps.answered(sent, answer("no"), doc)
    assert steps.dialect == sent


def test_who_fails_where_others_do_well_says_nothing_of_a_rung(make_settings: MakeSettings) -> None:
    """Four that fail everywhere lower the rung for as long as nobody is answered well."""
    steps, modes = ladder(make_settings()), []
    for doc in ("a", "b", "b", "c", "c", "d", "good 1", "good 2", "good 3", "d", "good 4"):
        steps.answered(steps.dialect, answer(GOOD if "good" in doc else "no"), doc)
        modes.append(steps.dialect.mode)
    assert modes[:6] == [Mode.JSON_SCHEMA, *[Mode.TOOLS] * 2, *[Mode.JSON_OBJECT] * 3]
    assert modes[6:] == [Mode.TOOLS, *[Mode.JSON_SCHEMA] * 4]


def test_a_reask_that_fails_says_it_too(make_settings: MakeSettings) -> None:
    """A good one doesn't show that a rung works: it was told its faults."""
    steps = ladder(make_settings())
    for doc in "ab":
        steps.answered(steps.dialect, answer("no"), doc)
    steps.answered(steps.dialect, answer(), "c", is_reask=True)
    steps.answered(steps.dialect, answer("no"), "a", is_reask=True)
    modes = [steps.dialect.mode]
    steps.answered(steps.dialect, answer(), "d")
    assert [*modes, steps.dialect.mode] == [Mode.TOOLS, Mode.JSON_SCHEMA]


def test_who_ignores_a_schema_is_not_asked_for_it_again(make_settings: MakeSettings) -> None:
    """Those that failed are answered well below, so that it was the server's fault."""
    steps = ladder(make_settings())
    for doc, text in (*((doc, "no") for doc in "abbc"), *((doc, GOOD) for doc in "cd")):
        steps.answered(steps.dialect, answer(text), doc)
    for doc in "efgh":
        steps.answered(steps.dialect, answer("no"), doc)
    assert steps.dialect.mode is Mode.JSON_OBJECT


def test_each_rung_is_judged_by_its_own_answers(make_settings: MakeSettings) -> None:
    """Neither a bad answer nor the good ones of the rung above count for the next one."""
    steps = ladder(make_settings())
    for text in (*[GOOD] * 7, "no"):
        steps.answered(steps.dialect, answer(text))
    assert steps.refused(steps.dialect, rejected(FORMAT))
    modes = []
    for text in ("no", "no"):
        steps.answered(steps.dialect, answer(text))
        modes.append(steps.dialect.mode)
    assert modes == [Mode.JSON_SCHEMA_LOOSE, Mode.TOOLS]
    assert steps.refused(steps.dialect, rejected("does not support tools"))
    steps = ladder(make_settings())
    steps.answered(steps.dialect, answer("no"))
    assert steps.refused(steps.dialect, rejected(FORMAT))
    steps.answered(steps.dialect, answer("no"))
    assert steps.dialect.mode is Mode.JSON_SCHEMA_LOOSE


def test_an_enforced_schema_is_taken_for_granted(make_settings: MakeSettings) -> None:
    """After a good answer nobody looks any more."""
    steps = ladder(make_settings())
    for text in (*[GOOD] * 8, *["no"] * 5):
        steps.answered(steps.dialect, answer(text))
    assert steps.dialect.mode is Mode.JSON_SCHEMA


@pytest.mark.parametrize(
    "completion",
    [
        answer('{"problem": {"text": "Cut', finish_reason="length"),
        answer(None, finish_reason="content_filter"),
        Completion(text=None, refusal="I can't.", finish_reason="stop"),
    ],
    ids=["truncated", "filtered", "refused"],
)
def test_what_proves_nothing(make_settings: MakeSettings, completion: Completion) -> None:
    """A cut, filtered or refused answer says nothing of the schema."""
    steps = ladder(make_settings())
    for _ in range(5):
        steps.answered(steps.dialect, completion)
    assert steps.dialect.mode is Mode.JSON_SCHEMA


def test_answers_of_an_old_rung_prove_nothing(make_settings: MakeSettings) -> None:
    """What was in flight when the ladder was stepped down doesn't step further."""
    steps = ladder(make_settings())
    sent = steps.dialect
    for _ in range(64):
        steps.answered(sent, answer("no JSON"))
    assert steps.dialect.mode is Mode.TOOLS


@pytest.mark.parametrize("mode", [Mode.JSON_OBJECT, Mode.PROMPTED])
def test_a_model_that_was_only_asked_proves_nothing(
    make_settings: MakeSettings, mode: Mode
) -> None:
    """Where nobody enforces a schema, a bad answer is the model's."""
    rungs = (mode, *(m for m in Mode if m is not mode))
    steps = ladder(make_settings(ladder=rungs))
    for _ in range(5):
        steps.answered(steps.dialect, answer("no JSON"))
    assert steps.dialect.mode is mode


def test_a_model_that_goes_astray_twice_steps_down(make_settings: MakeSettings) -> None:
    """Groq answers 400 where a model doesn't manage the schema or the call; once is a mishap."""
    steps = ladder(make_settings(ladder=("tools", "json_object")))
    text = "Failed to call a function. See 'failed_generation' for more details."
    assert not steps.refused(steps.dialect, rejected(text))
    assert steps.refused(steps.dialect, rejected(text))
    assert steps.dialect.mode is Mode.JSON_OBJECT


def test_a_burst_that_goes_astray_steps_down_once(make_settings: MakeSettings) -> None:
    """Requests that were sent on the rung above are sent again, and move nothing."""
    steps = ladder(make_settings(ladder=("tools", "json_object", "prompted")))
    sent = steps.dialect
    text = "Failed to call a function. See 'failed_generation' for more details."
    assert [steps.refused(sent, rejected(text)) for _ in range(4)] == [False, True, True, True]
    assert steps.dialect.mode is Mode.JSON_OBJECT


# What is remembered


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "cache")


def test_another_run_begins_where_this_one_ended(
    make_settings: MakeSettings, memory: Memory
) -> None:
    """By endpoint and model, as soon as an answer has shown that it works."""
    steps = ladder(make_settings(), memory)
    steps.refused(steps.dialect, rejected(FORMAT))
    assert ladder(make_settings(), memory).dialect.mode is Mode.JSON_SCHEMA
    steps.answered(steps.dialect, answer())
    assert ladder(make_settings(), memory).dialect == steps.dialect
    assert ladder(make_settings(model="other"), memory).dialect.mode is Mode.JSON_SCHEMA
    elsewhere = make_settings(base_url="http://127.0.0.1:10/v1")
    assert ladder(elsewhere, memory).dialect.mode is Mode.JSON_SCHEMA


def test_an_answer_of_an_old_rung_proves_nothing_of_the_new_one(
    make_settings: MakeSettings, memory: Memory
) -> None:
    """A good answer that was in flight when the ladder moved keeps nothing."""
    steps = ladder(make_settings(), memory)
    sent = steps.dialect
    steps.refused(sent, rejected(FORMAT))
    steps.answered(sent, answer())
    assert ladder(make_settings(), memory).dialect.mode is Mode.JSON_SCHEMA


def test_what_never_worked_is_not_remembered(make_settings: MakeSettings, memory: Memory) -> None:
    """A server that refuses everything teaches nothing."""
    steps = ladder(make_settings(), memory)
    while steps.refused(steps.dialect, rejected(f"{FORMAT}, nor tools")):
        steps.answered(steps.dialect, answer("no JSON"))
    assert steps.dialect.mode is Mode.PROMPTED
    assert ladder(make_settings(), memory).dialect.mode is Mode.JSON_SCHEMA


def test_nothing_learned_is_nothing_written(
    make_settings: MakeSettings, memory: Memory, tmp_path: Path
) -> None:
    """Where the first rung holds, no file is made."""
    steps = ladder(make_settings(), memory)
    for _ in range(10):
        steps.answered(steps.dialect, answer())
    assert not (tmp_path / "cache").exists()


def test_settings_go_before_memory(make_settings: MakeSettings, memory: Memory) -> None:
    """A mode or a name that is set counts, whatever was learned; what else was learned stays."""
    steps = ladder(make_settings(temperature=0.0), memory)
    for text in (FORMAT, "'temperature' is unsupported"):
        steps.refused(steps.dialect, rejected(text))
    steps.answered(steps.dialect, answer())
    fixed = make_settings(mode="json_schema", token_parameter="max_completion_tokens")
    assert ladder(fixed, memory).dialect == Dialect(
        Mode.JSON_SCHEMA, TokenParameter.MAX_COMPLETION_TOKENS, frozenset({"temperature"})
    )
    short = make_settings(ladder=("tools", "prompted"))
    assert ladder(short, memory).dialect.mode is Mode.TOOLS


class Counting(Memory):
    """A memory that counts how often it is written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.kept: list[Dialect] = []

    def keep(self, key: str, dialect: Dialect, seconds: float = SECONDS_KEPT) -> None:
        self.kept.append(dialect)
        super().keep(key, dialect, seconds)


def test_what_was_learned_is_written_once(make_settings: MakeSettings, tmp_path: Path) -> None:
    """Not after every answer, which a run of thousands has; and anew when something is new."""
    memory = Counting(tmp_path)
    subject = Ladder(make_settings(), SCHEMA, memory)
    for _ in range(3):
        subject.answered(subject.dialect, answer())
    assert memory.kept == []
    for times in (1, 2):
        assert subject.refused(subject.dialect, rejected(FORMAT))
        for _ in range(5):
            subject.answered(subject.dialect, answer())
        assert len(memory.kept) == times
    assert memory.kept[-1] == subject.dialect


def test_a_ladder_that_stays_learns_what_else_is_refused(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """Who tries one rung hears of its refusal, and nobody is told what a run would leave out."""
    steps = ladder(make_settings(temperature=0.0))
    for mode in Mode:
        steps.stay_at(mode)
        assert not steps.refused(steps.dialect, rejected(f"{FORMAT}, nor tools"))
    text = "'temperature' is not supported"
    assert steps.refused(steps.dialect, rejected(text))
    steps.stay_at(Mode.TOOLS)
    assert steps.dialect == Dialect(Mode.TOOLS, unsent=frozenset({"temperature"}))
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("outcomes", "mode"),
    [
        ({}, Mode.JSON_SCHEMA),
        ({Mode.JSON_SCHEMA: rejected(FORMAT)}, Mode.JSON_SCHEMA_LOOSE),
        ({Mode.JSON_SCHEMA: answer("no")}, Mode.TOOLS),
        (
            {Mode.JSON_SCHEMA: answer("no"), Mode.TOOLS: rejected("does not support tools")},
            Mode.JSON_OBJECT,
        ),
        (dict.fromkeys(Mode, rejected(f"{FORMAT}, nor tools")), Mode.PROMPTED),
        (dict.fromkeys(Mode, answer("no")), Mode.JSON_OBJECT),
        ({Mode.JSON_SCHEMA: rejected("Internal server error", 500)}, Mode.JSON_SCHEMA),
    ],
)
def test_what_is_known_settles_a_ladder(
    make_settings: MakeSettings, outcomes: dict[Mode, Completion | EndpointError], mode: Mode
) -> None:
    """Where a run comes to rest follows from what came in each mode; one answer is a habit."""
    steps = ladder(make_settings())
    assert steps.settle({**dict.fromkeys(Mode, answer()), **outcomes}).mode is mode


TEXTS = st.sampled_from(
    [
        *(FORMAT, "does not support tools", "'seed' is unsupported", "too long", "grammar", "x"),
        *("'max_tokens' is unsupported", "'max_completion_tokens' is unsupported"),
        *("'strict' is unsupported", "failed_generation"),
    ]
)


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, max_size=40))
def test_a_request_is_refused_a_bounded_number_of_times(
    make_settings: MakeSettings, texts: list[str]
) -> None:
    """Whatever a server says, a dialect never comes back: asking again comes to an end."""
    steps = ladder(make_settings(seed=1))
    seen = [steps.dialect]
    for text in texts:
        before = steps.dialect
        again = steps.refused(before, rejected(text))
        assert again == (steps.dialect != before)
        if again:
            assert steps.dialect not in seen
            seen.append(steps.dialect)
    assert len(seen) <= 8
