"""Tests of ``summarise.endpoint.request``: what is sent, and what a key stands for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import instructor
import openai
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from instructor.processing.response import handle_response_model

from summarise.endpoint import Correction, Endpoint, Request
from summarise.endpoint.request import Body, wire_name
from summarise.models import Completion
from summarise.schema import Draft, Part, Verbatim, wire_schema
from summarise.settings import Mode, Settings

MESSAGES = (
    {"role": "system", "content": 'Say "what" is {new}.\n'},
    {"role": "user", "content": "[1] An example – with an accent: é"},
    {"role": "assistant", "content": "{}"},
)
MakeSettings = Callable[..., Settings]


class Other(Part):
    """Another schema."""

    species: Verbatim


def whole(settings: Settings, user: str, *more: Any, **hold: Any) -> bytes:
    """The body serialised at one go, as no code of ours does it."""
    body = {
        "model": settings.model,
        "messages": [*MESSAGES, {"role": "user", "content": user}, *more],
        **hold,
        **settings.sampling,
        "max_tokens": settings.max_output_tokens,
    }
    return json.dumps(body).encode()


def json_schema() -> dict[str, Any]:
    """The part of the body that json_schema mode adds."""
    wire = {"name": "Draft", "strict": True, "schema": wire_schema(Draft)}
    return {"response_format": {"type": "json_schema", "json_schema": wire}}


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(user=st.text(st.characters(codec=None)))
def test_the_body_is_json_dumps_of_the_whole(make_settings: MakeSettings, user: str) -> None:
    """Inserting the user message gives the same bytes as serialising everything, for any text."""
    settings = make_settings(temperature=0, seed=7)
    body = Body(settings, MESSAGES, Draft).with_user(user)
    assert body == whole(settings, user, **json_schema())


def test_without_static_messages_the_body_is_whole_too(make_settings: MakeSettings) -> None:
    """An empty prefix leaves no stray comma."""
    body = json.loads(Body(make_settings(), (), Draft).with_user("[1] One."))
    assert body["messages"] == [{"role": "user", "content": "[1] One."}]


def test_corrections_follow_the_user_message(make_settings: MakeSettings) -> None:
    """A reask is the same body with more messages at the end of the list."""
    settings = make_settings()
    more = ({"role": "assistant", "content": "{"}, {"role": "user", "content": "Mend it."})
    body = Body(settings, MESSAGES, Draft).with_user("[1] One.", more)
    assert body == whole(settings, "[1] One.", *more, **json_schema())


def test_all_requests_begin_alike(make_settings: MakeSettings) -> None:
    """Prefix caches hit: the bytes up to the user message are the same in every request."""
    body = Body(make_settings(), MESSAGES, Draft)
    first, second = body.with_user("[1] One."), body.with_user("[1] Two.")
    start = first.index(b"[1] One.")
    assert first[:start] == second[:start]
    assert len(json.loads(first)["messages"]) == 4


def test_tools_mode_forces_one_strict_function(make_settings: MakeSettings) -> None:
    """The schema goes into the one function, and the model has to call it."""
    settings = make_settings(mode=Mode.TOOLS)
    body = json.loads(Body(settings, MESSAGES, Draft).with_user("[1] One."))
    function = {"name": "Draft", "strict": True, "parameters": wire_schema(Draft)}
    assert body["tools"] == [{"type": "function", "function": function}]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "Draft"}}
    assert "response_format" not in body


@pytest.mark.parametrize("mode", list(Mode))
def test_the_form_is_the_one_that_instructor_prepares(
    make_settings: MakeSettings, mode: Mode
) -> None:
    """But for the strict schema, the body has what instructor would send in the same mode."""
    ours = json.loads(Body(make_settings(mode=mode), (), Draft).with_user("[1] One."))
    theirs: dict[str, Any] = handle_response_model(
        Draft, mode=instructor.Mode[mode.name], messages=[{"role": "user", "content": "[1] One."}]
    )[1]
    for body in (ours, theirs):
        for wire in (
            body.get("response_format", {}).get("json_schema", {}),
            *(tool["function"] for tool in body.get("tools", ())),
        ):
            for key in ("schema", "parameters", "strict", "description"):
                wire.pop(key, None)
    assert {key: ours[key] for key in theirs} == theirs


def test_the_strict_schema_is_complete(make_settings: MakeSettings) -> None:
    """Tools mode sends what the SDK's own strict converter demands: closed, all keys required."""
    settings = make_settings(mode=Mode.TOOLS)
    body = json.loads(Body(settings, (), Draft).with_user("[1] One."))
    ours = body["tools"][0]["function"]
    theirs: Any = openai.pydantic_function_tool(Draft, name="Draft")["function"]
    assert ours["strict"] is theirs["strict"] is True
    assert ours["parameters"]["required"] == theirs["parameters"]["required"]


@pytest.mark.parametrize(
    ("base_url", "limit"),
    [
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://eu.api.openai.com/v1", "max_completion_tokens"),
        ("https://lab.openai.azure.com/openai/v1", "max_completion_tokens"),
        ("https://api.openai.com.example.org/v1", "max_tokens"),
        ("https://notapi.openai.com.example/v1", "max_tokens"),
        ("http://localhost:11434/v1", "max_tokens"),
    ],
)
def test_the_limit_has_the_name_that_the_host_takes(
    make_settings: MakeSettings, base_url: str, limit: str
) -> None:
    """OpenAI's own hosts want max_completion_tokens, all others max_tokens."""
    settings = make_settings(base_url=base_url, max_output_tokens=77)
    body = json.loads(Body(settings, (), Draft).with_user("x"))
    names = {"max_tokens", "max_completion_tokens"} & body.keys()
    assert names == {limit}
    assert body[limit] == 77


def test_sampling_is_sent_only_when_set(make_settings: MakeSettings) -> None:
    """No setting, no key; and an answer is never streamed."""
    plain = json.loads(Body(make_settings(), (), Draft).with_user("x"))
    assert not plain.keys() & {"temperature", "top_p", "seed", "stream"}
    tuned = make_settings(temperature=0.0, top_p=0.5, seed=1)
    body = json.loads(Body(tuned, (), Draft).with_user("x"))
    assert (body["temperature"], body["top_p"], body["seed"]) == (0.0, 0.5, 1)


def test_the_name_on_the_wire_has_only_allowed_characters() -> None:
    """OpenAI takes letters, digits, underscores and dashes, 64 at most."""
    assert wire_name(Draft) == "Draft"
    odd = type("Übersicht[int]" + "x" * 80, (Part,), {})
    assert wire_name(odd) == ("_bersicht_int_" + "x" * 80)[:64]


# What each setting is to an answer. A new setting has to be entered here.
CHANGES_ANSWERS: dict[str, Any] = {
    "model": "invented-2",
    "base_url": "http://127.0.0.1:10/v1",
    "mode": Mode.TOOLS,
    "temperature": 0.5,
    "top_p": 0.5,
    "seed": 5,
    "max_output_tokens": 55,
}
LEAVES_ANSWERS: dict[str, Any] = {
    "api_key": "sk-invented",
    "api_key_env": "INVENTED_KEY",
    "withheld_key": "OTHER_KEY",
    "timeout": 5.0,
    "max_attempts": 2,
    "concurrency": 2,
    "max_reasks": 0,
    # What the version selects is in the messages; what this one does is given beside the settings.
    "prompt_version": "v0",
    "schema_spec": "elsewhere.toml",
    "cache": False,
    "cache_dir": "/elsewhere",
}


def test_every_setting_is_known_to_change_an_answer_or_not() -> None:
    """A setting that is in neither list would be forgotten in the keys."""
    assert CHANGES_ANSWERS.keys() | LEAVES_ANSWERS.keys() == Settings.model_fields.keys()


@pytest.mark.parametrize("name", CHANGES_ANSWERS)
def test_a_setting_that_changes_answers_changes_the_key(
    make_settings: MakeSettings, name: str
) -> None:
    """No answer is taken from the cache that was given under other conditions."""
    request = Request("[1] One.")
    one = Endpoint(make_settings(), MESSAGES, Draft)
    other = Endpoint(make_settings(**{name: CHANGES_ANSWERS[name]}), MESSAGES, Draft)
    assert one.fingerprint != other.fingerprint
    assert one.key(request) != other.key(request)


@pytest.mark.parametrize("name", LEAVES_ANSWERS)
def test_any_other_setting_leaves_the_key(make_settings: MakeSettings, name: str) -> None:
    """An answer is bought once, whatever the key, the patience or the folder."""
    one = Endpoint(make_settings(), MESSAGES, Draft)
    other = Endpoint(make_settings(**{name: LEAVES_ANSWERS[name]}), MESSAGES, Draft)
    assert one.fingerprint == other.fingerprint


def test_messages_and_schema_change_the_fingerprint(make_settings: MakeSettings) -> None:
    """The prompt and the schema are part of what was asked."""
    prints = {
        Endpoint(make_settings(), messages, schema).fingerprint
        for messages, schema in ((MESSAGES, Draft), (MESSAGES[:1], Draft), (MESSAGES, Other))
    }
    assert len(prints) == 3


def test_user_message_and_correction_change_the_key(make_settings: MakeSettings) -> None:
    """Every part of a request does, and the same request has the same key."""
    endpoint = Endpoint(make_settings(), MESSAGES, Draft)
    requests = [
        Request("[1] One."),
        Request("[1] Two."),
        Request("[1] One.", Correction(Completion(text="{}"), ("No.",))),
        Request("[1] One.", Correction(Completion(text="{ }"), ("No.",))),
        Request("[1] One.", Correction(Completion(text="{}"), ("No, no.",))),
        Request("[1] One.", Correction(Completion(text=None), ("No.",))),
    ]
    keys = [endpoint.key(request) for request in requests]
    assert len(set(keys)) == len(keys)
    assert keys == [endpoint.key(request) for request in requests]


def test_the_cost_of_an_answer_does_not_change_the_key(make_settings: MakeSettings) -> None:
    """Latency and attempts of the faulty answer aren't shown to the model."""
    endpoint = Endpoint(make_settings(), MESSAGES, Draft)
    keys = {
        endpoint.key(Request("x", Correction(Completion(text="{}", latency=s, attempts=n), ("a",))))
        for s, n in ((0.1, 1), (9.0, 4))
    }
    assert len(keys) == 1


def test_a_key_needs_no_sdk() -> None:
    """Keys and fingerprints are computed without importing openai or instructor."""
    code = (
        "import sys\n"
        "from summarise.endpoint import Correction, Endpoint, Request\n"
        "from summarise.models import Completion\n"
        "from summarise.schema import Draft\n"
        "from summarise.settings import Settings\n"
        "endpoint = Endpoint(Settings(model='m'), (), Draft)\n"
        "endpoint.key(Request('x', Correction(Completion(text='y'), ('z',))))\n"
        "print({'openai', 'instructor', 'httpx2', 'aiohttp'} & set(sys.modules) or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "none"
