"""One document: which answers are bought, when to ask once more, what becomes a failure."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summarise import models, scan
from summarise.admission import Silence, retry
from summarise.endpoint import Endpoint
from summarise.errors import EndpointUnusable
from summarise.extract import (
    AnswerSources,
    EmbeddedExtractor,
    Fault,
    LLMExtractor,
    Read,
    llm_identity,
    load_prompt,
    read_draft,
)
from summarise.models import Answer, Completion, Document, Failure, Outcome, Record, Span
from summarise.render.flags import notes_of
from summarise.schema import Draft, Evidence, Part, Statement, Verbatim
from summarise.settings import Settings
from summarise.store import AnswerCache
from tests.conftest import stored_completion
from tests.loopback import LoopbackServer, Reply, Script, answer, refusal, status, truncated
from tests.records import NOTHING, stored

FULL = json.loads(stored_completion("full")["completion"]["choices"][0]["message"]["content"])


class Log:
    """An answer log in memory."""

    def __init__(self, **recalled: Completion) -> None:
        self.recalled = recalled
        self.answers: list[Answer] = []

    def recall(self, key: str) -> Completion | None:
        return self.recalled.pop(key, None)

    def append_answer(self, answer: Answer) -> None:
        self.answers.append(answer)


def says(**changes: Any) -> Reply:
    """The full answer with some fields changed."""
    return answer(json.dumps({**FULL, **changes}))


@pytest.fixture
def extract(
    make_settings: Callable[..., Settings], make_document: Callable[..., Document], tmp_path: Path
) -> Callable[..., tuple[Outcome, Log, int]]:
    """Extracts one document against a scripted server; gives outcome, log and number of calls."""

    def run(
        script: Script, *, log: Log | None = None, **overrides: Any
    ) -> tuple[Outcome, Log, int]:
        kept = log or Log()

        async def work(server: LoopbackServer) -> Outcome:
            settings = make_settings(base_url=server.base_url, **overrides)
            prompt = load_prompt(settings.prompt_version)
            async with Endpoint(settings, prompt.messages, Draft) as endpoint:
                with AnswerCache(settings.cache_dir) as cache:
                    extractor = LLMExtractor(
                        llm_identity(settings, prompt, endpoint),
                        prompt,
                        endpoint,
                        AnswerSources(kept, cache if settings.cache else None),
                        settings=settings,
                    )
                    return stored(await extractor.extract(make_document()))

        with LoopbackServer(script) as server:
            outcome = asyncio.run(work(server))
            return outcome, kept, len(server.requests)

    return run


Extract = Callable[..., tuple[Outcome, Log, int]]


def test_a_good_answer_is_one_call(extract: Extract) -> None:
    """An answer that is valid and grounded becomes a record by one call, kept before it is read."""
    outcome, log, calls = extract([says()])
    assert isinstance(outcome, Record)
    assert outcome.is_grounded
    assert calls == len(log.answers) == 1
    assert outcome.provenance.usage.input_tokens == 1500
    assert outcome.draft["results"] == FULL["results"]


def test_a_document_is_hashed_once_and_searched_once(
    extract: Extract, make_document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much is derived of a document: one hash, and one look for hidden text."""
    hashed: list[str] = []
    searched: list[str] = []

    def content_hash(title: str | None, abstract: str) -> str:
        hashed.append(abstract)
        return models.content_hash(title, abstract)

    def hidden_spans(text: str) -> tuple[Span, ...]:
        searched.append(text)
        return scan.hidden_spans(text)

    monkeypatch.setattr("summarise.models.document.content_hash", content_hash)
    for module in ("reading.reading", "scan.sentences", "scan.trusted"):
        monkeypatch.setattr(f"summarise.{module}.hidden_spans", hidden_spans)
    wrong = [{**FULL["results"][0], "value": "99%"}]
    outcome, _, _ = extract([says(results=wrong), says()])
    assert isinstance(outcome, Record)
    assert outcome.provenance.reasks == 1
    document = make_document()
    assert hashed.count(document.abstract) == searched.count(document.abstract) == 1
    assert searched.count(document.title) == 1


def test_an_answer_to_a_cut_request_is_flagged_and_not_cached(extract: Extract) -> None:
    """The record says that the server read only part; the next run asks again."""
    short = answer(json.dumps(FULL), usage={"prompt_tokens": 100, "completion_tokens": 90})
    outcome, _, _ = extract([short])
    assert isinstance(outcome, Record)
    assert outcome.provenance.input_was_cut
    outcome, _, calls = extract([says()])
    assert isinstance(outcome, Record)
    assert (outcome.provenance.input_was_cut, calls) == (False, 1)


def test_a_record_knows_how_it_was_asked_for(extract: Extract) -> None:
    """The mode that the endpoint took, and what it refused, stay with the record."""

    def script(_: int, body: Any) -> Reply:
        if "response_format" in body:
            return status(400, message="This response_format type is unavailable now")
        if "temperature" in body:
            return status(400, message="'temperature' is not supported with this model")
        return answer(json.dumps(FULL), function="Draft")

    outcome, log, _ = extract(script, temperature=0.0)
    assert isinstance(outcome, Record)
    assert (outcome.provenance.mode, outcome.provenance.unsent) == ("tools", ("temperature",))
    assert log.answers[0].completion.mode == "tools"


def test_every_span_holds_its_value(extract: Extract, make_document: Any) -> None:
    """Each span of a record cuts the value, or its typographic twin, out of the abstract."""
    outcome, _, _ = extract([says()])
    assert isinstance(outcome, Record)
    document = make_document()
    assert outcome.verbatims
    for value in outcome.verbatims:
        text = document.abstract if value.source == "abstract" else document.title
        assert value.span is not None
        assert value.span.of(text) == value.value


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal(), "refused"),
        (answer(None, finish_reason="content_filter"), "filtered"),
        (truncated('{"problem": ' + " \n" * 60), "truncated"),
        (truncated('{"problem": "A' + r"\n\t" * 60), "truncated"),
        (truncated('{"problem": {"text": "Image' + "-to-Image" * 90), "truncated"),
        (truncated("<think>\nWell. " + "Hmm, wait. " * 90), "truncated"),
        (answer(""), "empty"),
        (answer("  \n "), "empty"),
        (status(400, message="no such field"), "rejected"),
    ],
)
def test_what_asking_again_cannot_mend_is_one_call(
    extract: Extract, reply: Reply, kind: str
) -> None:
    """A refusal, filter, endless repetition, empty answer or rejection: exactly one call."""
    outcome, _, calls = extract([reply])
    assert isinstance(outcome, Failure)
    assert (outcome.kind, calls) == (kind, 1)


def test_an_answer_that_was_cut_off_gets_twice_the_room(extract: Extract) -> None:
    """After ``length`` the same is asked once more, with a doubled limit, and nothing else."""
    limits, users = [], []

    def script(number: int, body: Any) -> Reply:
        limits.append(body["max_tokens"])
        users.append(body["messages"])
        return says() if number else truncated(json.dumps(FULL))

    outcome, log, _ = extract(script, max_output_tokens=500)
    assert isinstance(outcome, Record)
    assert limits == [500, 1000]
    assert users[0] == users[1]
    assert (outcome.provenance.calls, outcome.provenance.reasks) == (2, 0)
    assert len(log.answers) == 2


def test_an_answer_that_is_no_json_is_asked_for_again_as_it_was(extract: Extract) -> None:
    """Half an answer that claims to be whole is bad luck: the same again, then one reask."""
    users = []

    def script(number: int, body: Any) -> Reply:
        users.append(len(body["messages"]))
        return says() if number == 2 else answer('{"problem": {"text": "Cut o')

    outcome, log, calls = extract(script)
    assert isinstance(outcome, Record)
    assert users[0] == users[1] < users[2]
    assert (calls, outcome.provenance.reasks, len(log.answers)) == (3, 1, 3)
    outcome, _, calls = extract([answer("{")] * 3 + [says()])
    assert isinstance(outcome, Failure)
    assert (outcome.kind, calls) == ("invalid", 3)


def test_an_answer_that_is_cut_off_twice_fails(extract: Extract) -> None:
    """A doubled limit that isn't enough either is a truncation after exactly two calls."""
    outcome, _, calls = extract([truncated(), truncated()])
    assert isinstance(outcome, Failure)
    assert (outcome.kind, calls) == ("truncated", 2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<think>\nOkay, the {user} asks of bees.", "switch its thinking off"),
        ("Okay, the user asks of bees.", "switch its thinking off"),
        ("", "switch its thinking off"),
        ('<think>\nBees.\n</think>\n{"problem": {"te', "raise max_output_tokens"),
        ('{"problem": {"text": "Bees of' + " bees of" * 90, "repeated “bees of”"),
        ("<think>\nBees." + " No, wasps." * 90, "switch its thinking off"),
        ('{"data": [' + ", ".join(f'{{"name": "bee {n}"}}' for n in range(90)), "was cut off"),
    ],
)
def test_why_an_answer_ran_into_its_limit(extract: Extract, text: str, told: str) -> None:
    """More room is for one that has much to say, not for one that thinks or repeats itself."""
    outcome, _, _ = extract([truncated(text), truncated(text)])
    assert isinstance(outcome, Failure)
    assert told in outcome.message
    assert ("thinking" in outcome.message) == ("thinking" in told)


def test_room_that_the_model_does_not_have(extract: Extract) -> None:
    """Where the doubled limit is refused, the document failed because its answer was cut off."""
    outcome, _, calls = extract([truncated(), status(400, message="max_tokens is too large")])
    assert isinstance(outcome, Failure)
    assert (outcome.kind, calls) == ("truncated", 2)


def test_a_server_that_wants_to_be_left_alone(extract: Extract) -> None:
    """A Retry-After beyond the deadline of a document fails that document, and says so."""
    outcome, _, calls = extract([status(429, headers={"Retry-After": "7200"})])
    assert isinstance(outcome, Failure)
    assert (outcome.kind, calls) == ("unavailable", 1)
    assert "asks to wait 7,200 s" in outcome.message


def test_an_invalid_answer_is_reasked_once(extract: Extract) -> None:
    """An answer that doesn't fit the schema is asked for once more, with the faults named."""
    outcome, log, calls = extract([answer('{"problem": 3}'), says()])
    assert isinstance(outcome, Record)
    assert (calls, outcome.provenance.calls, outcome.provenance.reasks) == (2, 2, 1)
    assert outcome.provenance.usage.output_tokens == 180
    assert len({one.key for one in log.answers}) == 2


def test_an_answer_that_stays_invalid_fails_with_its_text(extract: Extract) -> None:
    """After the last reask the document fails; the kind, the fault and the text are there."""
    outcome, _, calls = extract([answer("{}"), answer('{"problem": 3}')])
    assert isinstance(outcome, Failure)
    assert (outcome.kind, calls) == ("invalid", 2)
    assert outcome.raw_text == '{"problem": 3}'
    assert "problem" in outcome.message
    assert "\n" not in outcome.message


@pytest.mark.parametrize(
    ("entry", "number", "told"),
    [
        ({}, 20_000, "characters, and no more than 100,000"),
        ({"claim": "a" * 60_000}, 2, "characters, and no more than 100,000"),
        ({"sentences": [1] * 1_001}, 1, "1,002 items, and no more than 1,000"),
        ({f"k{n}": n for n in range(100_000)}, 1, "characters, and no more than 100,000"),
    ],
)
def test_an_answer_without_end_is_refused(
    extract: Extract, entry: dict[str, Any], number: int, told: str
) -> None:
    """Nothing is cut off what holds too much: it is asked for anew, told why, or fails so."""
    endless = {**NOTHING, "results": [{**FULL["results"][0], "sentences": [1], **entry}] * number}
    started = time.process_time()
    outcome, _, calls = extract([answer(text := json.dumps(endless))] * 2)
    # Others wait while it is read.
    assert time.process_time() - started < 2
    assert isinstance(outcome, Failure)
    assert (outcome.kind, calls) == ("invalid", 2)
    assert told in outcome.message
    assert outcome.raw_text == (text if len(text) <= 100_000 else f"{text[:100_000]}…")
    mended, *_ = extract([answer(json.dumps(endless)), says()])
    assert isinstance(mended, Record)


def test_no_reask_when_none_is_allowed(extract: Extract) -> None:
    """--max-reasks 0 buys one answer, whatever it is."""
    outcome, _, calls = extract([answer("{}")], max_reasks=0)
    assert isinstance(outcome, Failure)
    assert calls == 1


def test_a_value_that_is_nowhere_is_reasked_and_then_flagged(extract: Extract) -> None:
    """A number that the abstract doesn't hold is asked for once more, and flagged when it stays."""
    wrong = [{**FULL["results"][0], "value": "99.97%"}]
    outcome, _, calls = extract([says(results=wrong), says(results=wrong)])
    assert isinstance(outcome, Record)
    assert calls == 2
    assert [value.value for value in outcome.missing] == ["99.97%"]


def test_the_reask_names_what_was_not_found(
    extract: Extract, make_settings: Any, make_document: Any
) -> None:
    """The corrected request says which value stands nowhere, in our words."""
    bodies: list[Any] = []

    def script(number: int, body: Any) -> Reply:
        bodies.append(body)
        wrong = [{**FULL["results"][0], "value": "99.97%"}]
        return says(results=wrong) if number == 0 else says()

    outcome, _, _ = extract(script)
    assert isinstance(outcome, Record)
    assert outcome.is_grounded
    corrected = json.dumps(bodies[1]["messages"][len(bodies[0]["messages"]) :], ensure_ascii=False)
    assert "99.97%" in corrected
    assert "results[0].value" in corrected
    assert bodies[1]["messages"][: len(bodies[0]["messages"])] == bodies[0]["messages"]


def test_a_reask_cannot_make_a_good_field_worse(extract: Extract) -> None:
    """Each field is taken from the answer that has it better."""
    wrong = [{**FULL["results"][0], "value": "99.97%"}]
    outcome, _, _ = extract([says(results=wrong), answer(json.dumps({**NOTHING, "results": []}))])
    assert isinstance(outcome, Record)
    assert outcome.draft["data"] == FULL["data"]
    assert outcome.draft["method"]["name"] == FULL["method"]["name"]


def test_of_two_that_are_as_good_the_first_stays(extract: Extract) -> None:
    """Nobody complained about it."""
    wrong = [{**FULL["results"][0], "value": "99.97%"}]
    other = [{**one, "role": "training"} for one in FULL["data"]]
    assert other != FULL["data"]
    outcome, _, _ = extract([says(results=wrong), says(data=other)])
    assert isinstance(outcome, Record)
    assert outcome.draft["results"] == FULL["results"]
    assert outcome.draft["data"] == FULL["data"]


def test_a_reask_that_fails_leaves_the_first_answer(extract: Extract) -> None:
    """When the reask gets no answer, or a bad one, the flagged record stays."""
    wrong = [{**FULL["results"][0], "value": "99.97%"}]
    for second in (status(400), refusal(), answer("{}")):
        outcome, _, _ = extract([says(results=wrong), second], cache=False)
        assert isinstance(outcome, Record)
        assert [value.value for value in outcome.missing] == ["99.97%"]


@pytest.mark.parametrize("reasked", [False, True])
@pytest.mark.parametrize(
    "bad",
    [
        [status(503), status(503)],
        [status(503), status(400)],
        [status(400, message="response_format isn't supported")] * 2 + [status(400)],
    ],
    ids=["out", "out, then rejected", "worded anew, then rejected"],
)
def test_attempts_are_what_was_sent(
    extract: Extract, monkeypatch: pytest.MonkeyPatch, bad: list[Reply], reasked: bool
) -> None:
    """In a record whose reask got no answer, and in a failure: every request counts."""

    async def pause(_: float) -> None:
        return

    monkeypatch.setattr(retry, "pause", pause)
    wrong = [{**FULL["results"][0], "value": "99.97%"}]
    script = [says(results=wrong), *bad] if reasked else bad
    outcome, _, calls = extract(script, cache=False, max_attempts=2)
    assert isinstance(outcome, Record if reasked else Failure)
    assert outcome.provenance.attempts == calls == len(script)


def test_nobody_there_stops_the_run(make_settings: Any, make_document: Any) -> None:
    """When no server ever answered, the next document would meet the same: the run stops."""

    async def work() -> Outcome:
        settings = make_settings(base_url="http://127.0.0.1:9/v1", max_attempts=1, max_reasks=0)
        prompt = load_prompt("v3")
        async with Endpoint(settings, prompt.messages, Draft) as endpoint:
            extractor = LLMExtractor(
                llm_identity(settings, prompt, endpoint),
                prompt,
                endpoint,
                AnswerSources(Log(), None),
                settings=settings,
            )
            return stored(await extractor.extract(make_document()))

    with pytest.raises(EndpointUnusable, match=r"127\.0\.0\.1:9"):
        asyncio.run(work())


def test_a_server_that_is_gone_stops_the_run(
    make_settings: Any, make_document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After answers, it is waited for as long as it may be silent, however few the attempts."""

    async def work(server: LoopbackServer) -> tuple[Outcome, float]:
        settings = make_settings(base_url=server.base_url, max_attempts=1, deadline=60)
        monkeypatch.setattr("summarise.endpoint.endpoint.Silence", lambda *_, **__: Silence(0.5))
        prompt = load_prompt("v3")
        async with Endpoint(settings, prompt.messages, Draft) as endpoint:
            identity = llm_identity(settings, prompt, endpoint)
            sources = AnswerSources(Log(), None)
            extractor = LLMExtractor(identity, prompt, endpoint, sources, settings=settings)
            first = await extractor.extract(make_document())
            server.stop()
            started = time.monotonic()
            with pytest.raises(
                EndpointUnusable,
                match=r"no answer for [\d.]+ s: .*(can't be reached|connection broke)",
            ):
                # The first one may meet a connection that was kept open, and that breaks.
                [await extractor.extract(make_document()) for _ in range(2)]
            return stored(first), time.monotonic() - started

    with LoopbackServer([says()]) as server:
        first, seconds = asyncio.run(work(server))
    assert isinstance(first, Record)
    # No attempt is begun that would end beyond the deadline.
    assert seconds < 30


def test_a_count_of_what_is_listed_is_flagged_and_not_asked_for_again(extract: Any) -> None:
    """Whoever counts says no more than the abstract; with another fault it is told along."""
    counting = {**FULL["method"], "text": "A counter for three kinds of tide pools."}
    outcome, _, calls = extract([says(method=counting)])
    assert calls == 1
    assert [one.tokens for one in outcome.unsupported] == [("three",)]
    other = {**FULL["method"], "text": "A counter for three kinds of VORTEX-9 pools."}
    outcome, _, calls = extract([says(method=other), says()])
    assert (calls, outcome.unsupported) == (2, ())


def test_the_embedded_extractor_needs_no_model(make_document: Any) -> None:
    """Without a model a record is made by code: grounded, and nothing spent."""
    record = stored(asyncio.run(EmbeddedExtractor().extract(make_document())))
    assert isinstance(record, Record)
    assert record.is_grounded
    assert record.provenance.extractor == "embedded"
    assert record.provenance.calls == 0
    assert record.draft["problem"]["text"]
    assert record.draft["method"]["text"]


@pytest.mark.parametrize("text", ["", "word", "…", "a" * 10_000, "1 2 3 % $ | \\"])
def test_the_embedded_extractor_takes_any_text(make_document: Any, text: str) -> None:
    """No abstract, however odd, makes the extractor raise."""
    made = EmbeddedExtractor().extract(make_document(abstract=text, title=None))
    record = stored(asyncio.run(made))
    assert isinstance(record, Record)
    assert record.is_grounded


def test_read_draft_gives_plain_json() -> None:
    """A valid answer is read into JSON values that hold what the schema says."""
    assert read_draft(Completion(text=json.dumps(FULL), finish_reason="stop")) == Read(FULL)


def test_an_endless_answer_of_an_earlier_version_can_be_read_back() -> None:
    """What made a record before answers were bounded is still what that record rests on."""
    endless = {**FULL, "results": FULL["results"][:1] * 2_000}
    completion = Completion(text=json.dumps(endless), finish_reason="stop")
    assert read_draft(completion, is_bounded=False) == Read(endless)


def test_unknown_keys_are_dropped_and_told(extract: Extract) -> None:
    """A key too many costs no call: what is known is kept, what isn't is named in the record."""
    results = [{**FULL["results"][0], "foo": {"bar": [1]}}, *FULL["results"][1:]]
    outcome, _, calls = extract([says(results=results, note="so")])
    assert isinstance(outcome, Record)
    assert calls == 1
    assert outcome.draft["results"] == FULL["results"]
    assert set(outcome.corrections[:2]) == {
        "results[0]: the answer's key “foo” isn't in the schema; dropped",
        "the whole answer: the answer's key “note” isn't in the schema; dropped",
    }


def test_what_says_that_there_is_none_is_null(extract: Extract) -> None:
    """Small models write it out: that costs no call, marks nothing, and is told in the record."""
    first, *others = FULL["results"]
    results = [{**first, "group": "None", "uncertainty": "not reported"}, *others]
    lost = [{"kind": "other", "value": "Not mentioned in the abstract.", "sentences": [1]}]
    outcome, _, calls = extract(
        [
            says(
                results=[*results, {**first, "claim": "N/A"}],
                compute=[*lost, *FULL["compute"]],
                method={**FULL["method"], "also": ["N/A"]},
            )
        ]
    )
    assert isinstance(outcome, Record)
    assert calls == 1
    bare = {**first, "group": None, "uncertainty": None}
    assert outcome.draft["results"] == [bare, *others]
    assert outcome.draft["compute"] == FULL["compute"]
    assert outcome.draft["method"]["also"] == []
    assert {
        "results[0].group: the answer's “None” is read as null",
        "results[0].uncertainty: the answer's “not reported” is read as null",
        f"results[{len(results)}]: the answer's “N/A” is read as null",
        "compute[0]: the answer's “Not mentioned in the abstract.” is read as null",
        "method.also[0]: the answer's “N/A” is read as null",
    } <= set(outcome.corrections)


@pytest.mark.parametrize("text", ["none", "Nonempty", "not reported by many", "null hypothesis"])
def test_what_may_stand_in_an_abstract_is_no_null(text: str) -> None:
    """ "Aspirin versus none": it is looked for there, as any value."""
    results = [{**FULL["results"][0], "comparator": text}]
    read = read_draft(Completion(text=json.dumps({**FULL, "results": results})))
    assert not isinstance(read, Fault)
    assert (read.draft["results"][0]["comparator"], read.dropped) == (text, ())


def test_a_form_with_but_one_sense_is_put_right(extract: Extract) -> None:
    """Null for an empty list or object, a bare item, a text in a list: no call, and it is told."""
    first, *others = FULL["results"]
    (number,) = first["sentences"]
    other = {
        "problem": None,
        "data": None,
        "compute": FULL["compute"][0],
        "method": {**FULL["method"], "also": None, "text": [FULL["method"]["text"]]},
        "results": [{**first, "sentences": number}, *others],
    }
    outcome, _, calls = extract([says(**other)])
    assert isinstance(outcome, Record)
    assert calls == 1
    assert outcome.draft == {
        **FULL,
        "problem": {"text": None, "sentences": []},
        "data": [],
        "compute": FULL["compute"][:1],
    }
    assert set(outcome.corrections[:6]) == {
        "problem: the answer's null is read in the schema's form",
        "data: the answer's null is read in the schema's form",
        "method.also: the answer's null is read in the schema's form",
        "method.text: the answer's list of one is read in the schema's form",
        "compute: the answer's one without a list is read in the schema's form",
        "results[0].sentences: the answer's one without a list is read in the schema's form",
    }


@pytest.mark.parametrize(
    "other",
    [
        {"method": {**FULL["method"], "text": ["two", "texts"]}},
        {"problem": "a text"},
        {"data": "a name"},
        {"results": [None]},
        {"compute": [[FULL["compute"][0]]]},
    ],
)
def test_what_could_mean_more_than_one_thing_is_asked_for_again(
    extract: Extract, other: dict[str, Any]
) -> None:
    """Nothing is joined, guessed or left out."""
    outcome, _, calls = extract([says(**other), says()])
    assert isinstance(outcome, Record)
    assert (calls, outcome.draft) == (2, FULL)


def test_a_missing_key_is_still_a_fault(extract: Extract) -> None:
    """What the schema asks for is asked for again, whatever stands there beside it."""
    lacking = {key: value for key, value in FULL["results"][0].items() if key != "claim"}
    outcome, log, calls = extract([says(results=[{**lacking, "foo": 1}]), says()])
    assert isinstance(outcome, Record)
    assert (calls, outcome.provenance.reasks, outcome.corrections) == (2, 1, ())
    assert outcome.provenance.missing_keys == ()
    assert len(log.answers) == 2


_LACKING: dict[str, Any] = {
    "method": {key: value for key, value in FULL["method"].items() if key != "also"},
    "results": [{key: FULL["results"][0][key] for key in ("claim", "value", "sentences")}],
}
_NULL = ("metric", "kind", "uncertainty", "group", "baseline", "comparator", "dataset")
_MISSING = ("method.also", *(f"results[0].{key}" for key in _NULL))


@pytest.mark.parametrize("mode", ["json_schema", "json_object"])
def test_an_answer_without_a_nullable_key_is_complete(extract: Extract, mode: str) -> None:
    """One request is sent; the record has null or an empty list there, and says which keys."""
    outcome, log, calls = extract([says(**_LACKING), says()], mode=mode)
    assert isinstance(outcome, Record)
    assert (calls, len(log.answers), outcome.provenance.reasks) == (1, 1, 0)
    assert outcome.provenance.missing_keys == _MISSING
    assert outcome.draft["method"]["also"] == []
    assert {outcome.draft["results"][0][key] for key in _NULL} == {None}
    line = f"not in the answer, so null or empty: {', '.join(_MISSING)}"
    assert line in set(notes_of(outcome))


def test_a_reask_keeps_the_missing_keys_of_what_it_keeps(extract: Extract) -> None:
    """The keys are those of the answer that a field comes from."""
    wrong = [{**_LACKING["results"][0], "value": "99.97%"}]
    outcome, _, calls = extract([says(**{**_LACKING, "results": wrong}), says()])
    assert isinstance(outcome, Record)
    assert (calls, outcome.provenance.missing_keys) == (2, ("method.also",))


class _Item(Part):
    name: Verbatim
    size: Verbatim | None
    sentences: Evidence


class _Own(Part):
    items: list[_Item]
    tags: list[Verbatim]
    note: Statement | None


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ({"note": None}, ("items", "tags")),
        ({"items": [{"name": "a"}], "tags": []}, ("items[0].size", "items[0].sentences", "note")),
        ({"items": [{"size": "a"}], "tags": [], "note": None}, None),
        ({}, None),
        ({"answer": {"note": None}}, None),
    ],
)
def test_missing_keys_of_an_own_schema(
    answer: dict[str, Any], missing: tuple[str, ...] | None
) -> None:
    """As of the built-in ones; an answer without any key of its schema is no answer."""
    read = read_draft(Completion(text=json.dumps(answer), finish_reason="stop"), _Own)
    assert (None if isinstance(read, Fault) else read.missing) == missing


def test_keys_without_end_are_told_in_part() -> None:
    """However many keys an answer has too many, and however long or odd, few lines tell of them."""
    keys = {f"k{number}\x1b{'x' * 500}": 1 for number in range(5_000)}
    completion = Completion(text=json.dumps({**FULL, **keys}), finish_reason="stop")
    read = read_draft(completion)
    assert not isinstance(read, Fault)
    assert read.draft == FULL
    told = read.dropped
    assert len(told) == 20
    assert max(map(len, told)) < 200
    assert "\x1b" not in "".join(told)
