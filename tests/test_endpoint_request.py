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
from summarise.endpoint.dialect import Dialect
from summarise.endpoint.request import Body, Wire
from summarise.models import Completion
from summarise.schema import Draft, Part, Verbatim, wire_schema
from summarise.settings import Mode, SeedParameter, Settings, TokenParameter, load_settings

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
        **hold,
        **settings.sampling,
        "max_tokens": settings.max_output_tokens,
        "messages": [*MESSAGES, {"role": "user", "content": user}, *more],
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
    """Prefix caches hit: what is the same in every request comes first, the abstract is the end."""
    body = Body(make_settings(), MESSAGES, Draft)
    first, second = body.with_user("[1] One."), body.with_user("[1] Two.")
    assert len(json.loads(first)["messages"]) == 4
    start = first.index(b"[1] One.")
    assert first[:start] == second[:start]
    assert (first[start:], second[start:]) == (b'[1] One."}]}', b'[1] Two."}]}')


def test_tools_mode_forces_one_strict_function(make_settings: MakeSettings) -> None:
    """The schema goes into the one function, and the model has to call it."""
    settings = make_settings(mode=Mode.TOOLS)
    body = json.loads(Body(settings, MESSAGES, Draft).with_user("[1] One."))
    function = {"name": "Draft", "strict": True, "parameters": wire_schema(Draft)}
    assert body["tools"] == [{"type": "function", "function": function}]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "Draft"}}
    assert "response_format" not in body


@pytest.mark.parametrize("mode", [Mode.JSON_SCHEMA, Mode.TOOLS])
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


def test_the_loose_schema_is_the_strict_one_without_the_promise(
    make_settings: MakeSettings,
) -> None:
    """json_schema_loose differs by ``strict`` alone."""
    strict, loose = (
        json.loads(Body(make_settings(mode=mode), MESSAGES, Draft).with_user("[1] One."))
        for mode in (Mode.JSON_SCHEMA, Mode.JSON_SCHEMA_LOOSE)
    )
    assert strict["response_format"]["json_schema"].pop("strict") is True
    assert loose == strict


@pytest.mark.parametrize(
    ("mode", "added"),
    [(Mode.JSON_OBJECT, {"response_format": {"type": "json_object"}}), (Mode.PROMPTED, {})],
)
def test_an_endpoint_that_is_not_told_the_schema_shows_it_to_the_model(
    make_settings: MakeSettings, mode: Mode, added: dict[str, Any]
) -> None:
    """In json_object and prompted mode the system prompt ends with the schema; all else stays."""
    settings = make_settings(mode=mode)
    body = json.loads(Body(settings, MESSAGES, Draft).with_user("[1] One."))
    system, *rest = body.pop("messages")
    assert system["content"].startswith(MESSAGES[0]["content"].rstrip())
    shown = system["content"][system["content"].index("schema:\n") + 8 :]
    assert json.loads(shown) == wire_schema(Draft)
    assert "JSON" in system["content"]
    assert rest == [*MESSAGES[1:], {"role": "user", "content": "[1] One."}]
    assert body == {"model": "invented-1", **added, "max_tokens": 4096}


def test_without_a_system_prompt_the_schema_makes_one(make_settings: MakeSettings) -> None:
    """The schema is never missing where nothing else says what to answer."""
    body = json.loads(Body(make_settings(mode=Mode.PROMPTED), (), Draft).with_user("[1] One."))
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


@pytest.mark.parametrize("mode", list(Mode))
def test_the_prefix_is_the_same_bytes_in_every_mode_and_request(
    make_settings: MakeSettings, mode: Mode
) -> None:
    """Each mode's requests begin alike, whatever dialects were used in between."""
    body = Body(make_settings(), MESSAGES, Draft)
    first = body.with_user("[1] One.", dialect=Dialect(mode))
    for other in Mode:
        body.with_user("[1] Other.", dialect=Dialect(other))
    second = body.with_user("[1] Two.", dialect=Dialect(mode))
    start = first.index(b"[1] One.")
    assert first[:start] == second[:start]
    assert json.loads(first) | {"messages": 0} == json.loads(second) | {"messages": 0}


def test_a_dialect_leaves_out_what_is_refused(make_settings: MakeSettings) -> None:
    """Refused parameters aren't sent, the limit has the name that is taken, ``strict`` can go."""
    settings = make_settings(temperature=0.5, top_p=0.5, seed=3, reasoning_effort="low")
    dialect = Dialect(
        Mode.TOOLS,
        TokenParameter.MAX_COMPLETION_TOKENS,
        frozenset({"temperature", "seed", "strict"}),
    )
    body = json.loads(Body(settings, MESSAGES, Draft).with_user("x", dialect=dialect))
    assert "strict" not in body["tools"][0]["function"]
    assert body.keys() == {
        *("model", "messages", "tools", "tool_choice"),
        *("top_p", "reasoning_effort", "max_completion_tokens"),
    }


def test_what_is_added_to_a_body(make_settings: MakeSettings) -> None:
    """``extra_body`` stands beside the rest, and the seed has the name that the endpoint takes."""
    settings = make_settings(
        seed=3, seed_parameter="random_seed", extra_body={"provider": {"sort": "price"}}
    )
    body = json.loads(Body(settings, MESSAGES, Draft).with_user("x"))
    assert body["provider"] == {"sort": "price"}
    assert body["random_seed"] == 3
    assert "seed" not in body


def test_more_room_is_more_tokens(make_settings: MakeSettings) -> None:
    """A second try after a cut answer may take twice as many; nothing else differs."""
    body = Body(make_settings(max_output_tokens=70), MESSAGES, Draft)
    one, two = (json.loads(body.with_user("x", room=room)) for room in (1, 2))
    assert (one.pop("max_tokens"), two.pop("max_tokens")) == (70, 140)
    assert one == two


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
def test_the_limit_has_the_name_that_the_host_takes(base_url: str, limit: str) -> None:
    """OpenAI's own hosts want max_completion_tokens, others max_tokens until they refuse it."""
    settings = load_settings({"base_url": base_url, "max_output_tokens": 77}, {})
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
    assert Wire.of(Draft).name == "Draft"
    odd = type("Übersicht[int]" + "x" * 80, (Draft,), {})
    assert Wire.of(odd).name == ("_bersicht_int_" + "x" * 80)[:64]


# What each setting is to an answer. A new setting has to be entered here.
CHANGES_ANSWERS: dict[str, Any] = {
    "model": "invented-2",
    "base_url": "http://127.0.0.1:10/v1",
    "mode": Mode.TOOLS,
    "ladder": (Mode.TOOLS, Mode.PROMPTED),
    "temperature": 0.5,
    "top_p": 0.5,
    "seed": 5,
    "reasoning_effort": "low",
    "omit": ("temperature",),
    "token_parameter": TokenParameter.MAX_COMPLETION_TOKENS,
    "seed_parameter": SeedParameter.RANDOM_SEED,
    "extra_headers": {"X-Lab": "7"},
    "extra_body": {"top_k": 1},
    "max_output_tokens": 55,
}
LEAVES_ANSWERS: dict[str, Any] = {
    # What the name stands for is in the other settings.
    "endpoint": "ollama",
    "api_key": "sk-invented",
    "api_key_env": "INVENTED_KEY",
    "withheld_key": "OTHER_KEY",
    "lacks_model": True,
    # The server keeps so much whether we know it or not.
    "context": 512,
    "timeout": 5.0,
    "deadline": 5.0,
    "max_attempts": 2,
    "concurrency": 2,
    "processes": 2,
    "rpm": 5.0,
    "tpm": 5.0,
    "max_cost": 1,
    "max_tokens": 5,
    "max_calls": 5,
    "price_in": 1,
    "price_out": 1,
    "price_cached": 1,
    "price_cache_written": 1,
    # How a prompt is kept by the server changes no answer.
    "prompt_cache": "openai",
    "max_reasks": 0,
    # What the version selects is in the messages; what this one does is given beside the settings.
    "prompt_version": "v0",
    "schema_spec": "elsewhere.toml",
    "parameters": 1e8,
    "cache": False,
    "cache_dir": "/elsewhere",
    "offline": True,
    "mailto": "ann@example.org",
    "sources": {"arxiv": "http://mirror.example/api"},
    "service_keys": {"openalex": "invented-key"},
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
    base = {"temperature": 0.1, "seed": 1}
    one = Endpoint(make_settings(**base), MESSAGES, Draft)
    changed = make_settings(**{**base, name: CHANGES_ANSWERS[name]})
    other = Endpoint(changed, MESSAGES, Draft)
    assert one.fingerprint != other.fingerprint
    assert one.key(request) != other.key(request)
    # What changed can be told, too.
    assert one.parts != other.parts


def test_what_a_header_says_is_not_kept(make_settings: MakeSettings) -> None:
    """It may open a gateway, and the cache holds the parts of an answer in words."""
    parts = Endpoint(make_settings(extra_headers={"X-Lab": "secret-lab"}), MESSAGES, Draft).parts
    assert parts["extra_headers"]
    assert "secret-lab" not in str(parts)


@pytest.mark.parametrize("name", LEAVES_ANSWERS)
def test_any_other_setting_leaves_the_key(make_settings: MakeSettings, name: str) -> None:
    """An answer is bought once, whatever the key, the patience or the folder."""
    one = Endpoint(make_settings(), MESSAGES, Draft)
    other = Endpoint(make_settings(**{name: LEAVES_ANSWERS[name]}), MESSAGES, Draft)
    assert one.fingerprint == other.fingerprint
    assert one.parts == other.parts


def test_the_wording_for_an_endpoint_leaves_the_key(make_settings: MakeSettings) -> None:
    """A run whose endpoint is found to take another mode goes on: its answers keep their keys."""
    body, request = Body(make_settings(), MESSAGES, Draft), Request("[1] One.")
    before = body.fingerprint, body.key(request)
    sent = {body.with_user(request.user, dialect=Dialect(mode)) for mode in Mode}
    assert len(sent) == len(Mode)
    assert (body.fingerprint, body.key(request)) == before


def test_a_mode_that_is_set_is_not_the_ladders(make_settings: MakeSettings) -> None:
    """Who fixes a mode has another run than who leaves it open, even where the mode is the same."""
    left = make_settings()
    fixed = make_settings(mode=left.first_mode)
    prints = {Body(settings, MESSAGES, Draft).fingerprint for settings in (left, fixed)}
    assert len(prints) == 2


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
