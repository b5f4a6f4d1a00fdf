"""Tests of ``summarise.endpoint.answer``: what a server sends, body and headers.

Any body becomes a completion or says why not; headers are understood or say nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.admission import Allowance
from summarise.endpoint import answer as endpoint_answer
from summarise.endpoint.answer import (
    NotACompletion,
    read_allowance,
    read_completion,
    retry_after,
)
from summarise.models import Completion, Usage
from summarise.scan import sentence_spans
from summarise.schema import Draft
from summarise.settings import Mode, masked

LoadCompletion = Callable[[str], Completion]


def body(choice: dict[str, Any] | None = None, **fields: Any) -> bytes:
    """A chat completion with one choice."""
    plain = {"message": {"role": "assistant", "content": "{}"}, "finish_reason": "stop"}
    return json.dumps({"choices": [{**plain, **(choice or {})}], **fields}).encode()


def read(content: bytes, mode: Mode = Mode.JSON_SCHEMA) -> Completion:
    """The completion in a body."""
    return read_completion(content, mode, "Draft")


def test_a_completion_holds_what_came(completion: LoadCompletion) -> None:
    """Text, finish reason, served model and all counts of tokens."""
    full = completion("full")
    assert Draft.model_validate_json(full.text or "").method.name == "MOSSGATE"
    assert (full.finish_reason, full.refusal) == ("stop", None)
    assert full.model == "invented-1-2026"
    assert full.usage == Usage(input_tokens=1412, output_tokens=268, cached_tokens=1024)


@pytest.mark.parametrize("name", ["full", "sparse", "tool_call"])
def test_the_stored_answers_cite_sentences_that_exist(name: str) -> None:
    """The fixtures that other tests build on are valid."""
    from tests.conftest import stored_completion

    stored = stored_completion(name)
    content = json.dumps(stored["completion"]).encode()
    text = read_completion(content, Mode(stored["mode"]), "Draft").text
    Draft.model_validate_json(text or "")
    cited = [n for part in _parts(json.loads(text or "")) for n in part["sentences"]]
    assert set(cited) <= set(range(1, len(sentence_spans(stored["abstract"])) + 1))


def _parts(draft: dict[str, Any]) -> list[dict[str, Any]]:
    lists = [value if isinstance(value, list) else [value] for value in draft.values()]
    return [part for parts in lists for part in parts]


@pytest.mark.parametrize(
    ("name", "finish_reason", "has_text", "is_refusal"),
    [
        ("truncated", "length", True, False),
        ("refused", "stop", False, True),
        ("filtered", "content_filter", False, False),
        ("empty", "stop", False, False),
        ("prose", "stop", True, False),
    ],
)
def test_what_is_wrong_with_an_answer_is_told_not_judged(
    completion: LoadCompletion, name: str, finish_reason: str, has_text: bool, is_refusal: bool
) -> None:
    """A refusal, a filter, a truncation and an empty answer are completions that say so."""
    answer = completion(name)
    assert answer.finish_reason == finish_reason
    assert (answer.text is not None) == has_text
    assert (answer.refusal is not None) == is_refusal


def test_in_tools_mode_the_text_is_the_arguments(completion: LoadCompletion) -> None:
    """The call to our function is the answer, else the content, where the server ignored tools."""
    assert completion("tool_call").text == completion("full").text
    assert completion("tool_ignored").text == completion("full").text


def test_the_call_to_another_function_is_no_answer() -> None:
    """Only the function that we named counts."""
    call = {"type": "function", "function": {"name": "search", "arguments": '{"q": 1}'}}
    message = {"content": None, "tool_calls": [None, call]}
    assert read(body({"message": message}), Mode.TOOLS).text is None


def test_arguments_may_be_an_object() -> None:
    """Some servers send the object instead of its JSON."""
    call = {"function": {"name": "Draft", "arguments": {"a": [1]}}}
    message = {"content": "", "tool_calls": [call]}
    assert read(body({"message": message}), Mode.TOOLS).text == '{"a": [1]}'


def test_content_may_be_a_list_of_parts() -> None:
    """The texts of the parts are one text."""
    parts = [{"type": "text", "text": "{"}, {"type": "thinking"}, {"type": "text", "text": "}"}]
    assert read(body({"message": {"content": parts}})).text == "{}"


def say(content: object, **fields: object) -> Completion:
    """What is read from a message."""
    return read(body({"message": {"role": "assistant", "content": content, **fields}}))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('\n {"a": 1}\n', '\n {"a": 1}\n'),
        ('<think>Hm. {"b": 2}</think>\n{"a": 1}', '{"a": 1}'),
        ('Hm.</think>{"a": 1}', '{"a": 1}'),
        ('<think>a</think><think>b</think>{"a": 1}', '{"a": 1}'),
        ('{"b": 2}</think>{"a": 1}', '{"a": 1}'),
        ('```json\n{"a": 1}\n```', '{"a": 1}'),
        ('```\n{"a": 1}\n```\n', '{"a": 1}'),
        ('```json {"a": 1}```', '{"a": 1}'),
        ('Here it is:\n\n```JSON\n{"a": {"b": "`x`"}}\n```\nDone.', '{"a": {"b": "`x`"}}'),
        ('<think>```json\n{"b": 2}\n```</think>```json\n{"a": 1}\n```', '{"a": 1}'),
        ('Sure! Here it is:\n\n{"a": {"b": 1}}\n\nAnything else?', '{"a": {"b": 1}}'),
        ('json\n{\n"a": 1\n}', '{\n"a": 1\n}'),
        ('```json\n{"a": 1}\n', '{"a": 1}'),
        ('\ufeff{"a": 1}', '{"a": 1}'),
        ('<|im_start|>assistant\n{"a": 1}<|im_end|>', '{"a": 1}'),
        ('<s> {"a": 1} </s>', '{"a": 1}'),
    ],
)
def test_the_answer_is_found_where_it_stands(content: str, text: str) -> None:
    """As it is, behind the last thought, in the one fence, or alone on its lines; all is kept."""
    got = say(content)
    assert got.text == text
    if text == content:
        assert got.message is None
    else:
        assert json.loads(got.message or "")["content"] == content


@pytest.mark.parametrize(
    "content",
    [
        "I can't say.",
        '{"a": 1',
        '{"a": 1}}',
        "{'a': 1}",
        '{"a": 1,}',
        '{"a": 1} {"b": 2}',
        'The answer is {"a": 1}.',
        '```json\n{"a": 1}\n```\n```json\n{"b": 2}\n```',
        '```json\n{"a": 1,}\n```',
        'The form is {"b": null}:\n\n{"a": 1}\n',
        'First\n{"b": 2}\nthen\n{"a": 1}\n',
        'It is\n{"a": 1}, I think.',
        '{"a": 1}<|im_end|>}',
        '<think>{"a": 1}</think>',
        "[1, 2]",
        "{" * 50_000,
    ],
)
def test_what_is_not_an_object_is_left_as_it_came(content: str) -> None:
    """Nothing is cut out of prose, chosen between two, closed or mended."""
    got = say(content)
    assert (got.text, got.message) == (content, None)


@pytest.mark.parametrize("content", [None, "", "Done."])
@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_an_answer_among_the_thoughts_counts_when_it_is_nothing_else(
    content: str | None, name: str
) -> None:
    """vLLM and LM Studio put an enforced answer there at times:
    https://github.com/vllm-project/vllm/issues/50948
    https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1773."""
    got = say(content, **{name: ' {"a": 1}\n'})
    assert got.text == '{"a": 1}'
    assert json.loads(got.message or "")[name] == ' {"a": 1}\n'


def test_thoughts_are_no_answer() -> None:
    """What a model considers isn't what it says: prose with JSON in it stays where it is."""
    assert say(None, reasoning_content='Perhaps {"a": 1}?').text is None
    assert say(None, reasoning_content='```json\n{"a": 1}\n```').text is None
    both = say('{"a": 1}', reasoning_content='{"b": 2}')
    assert (both.text, both.message) == ('{"a": 1}', None)


def test_parts_are_kept_as_received() -> None:
    """Where the text is put together, the message is kept beside it."""
    parts = [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": '{"a": 1}'}]
    got = say(parts)
    assert got.text == '{"a": 1}'
    assert json.loads(got.message or "")["content"] == parts


@pytest.mark.parametrize("mode", list(Mode))
def test_an_answer_knows_its_mode(mode: Mode) -> None:
    """How the model was held to the schema stays with what it said."""
    assert read(body(), mode).mode == mode


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, Usage()),
        ({}, Usage()),
        ({"prompt_tokens": 5}, Usage(input_tokens=5)),
        ({"prompt_tokens": "5", "completion_tokens": -1}, Usage()),
        ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, Usage()),
        ({"completion_tokens": True}, Usage()),
        (
            {"prompt_tokens": 9, "prompt_cache_hit_tokens": 8},
            Usage(input_tokens=9, cached_tokens=8),
        ),
        (
            {"prompt_tokens": 9, "prompt_tokens_details": {"cache_write_tokens": 8}},
            Usage(input_tokens=9, cache_written_tokens=8),
        ),
        (
            {"prompt_tokens": 9, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 5},
            Usage(input_tokens=9, cached_tokens=5, cache_written_tokens=3),
        ),
        ({"prompt_tokens_details": None}, Usage()),
        ({"prompt_tokens_details": {"cached_tokens": 0}}, Usage(cached_tokens=0)),
    ],
)
def test_tokens_that_are_not_told_are_unknown(usage: Any, expected: Usage) -> None:
    """Unknown is None, never 0; a told 0 stays 0."""
    assert read(body(usage=usage)).usage == expected


@pytest.mark.parametrize(
    ("cached", "written", "expected"), [(10**10, 0, (9, 0)), (5, 10**10, (5, 4)), (8, 2, (8, 1))]
)
def test_a_cache_of_more_tokens_than_were_sent_is_cut_to_them_and_named(
    cached: int, written: int, expected: tuple[int, int], caplog: pytest.LogCaptureFixture
) -> None:
    """A server that makes numbers up makes no bill of less than nothing; it is said once."""
    endpoint_answer._warn_of_nonsense.cache_clear()
    details = {"cached_tokens": cached, "cache_write_tokens": written}
    for _ in range(2):
        told = read(body(usage={"prompt_tokens": 9, "prompt_tokens_details": details})).usage
        assert (told.cached_tokens, told.cache_written_tokens) == expected
    (message,) = caplog.messages
    assert message == (
        "the server counts more tokens in its prompt cache than it was sent; the cost counts as "
        "many as were sent"
    )


def test_half_a_surrogate_pair_becomes_storable() -> None:
    r"""A lone ``\ud83d`` in the JSON would be refused by every file; the rest of the text stays."""
    content = body().replace(b'"{}"', rb'"a\ud83d b \ud83d\ude00"')
    assert read(content).text == "a\N{REPLACEMENT CHARACTER} b \N{GRINNING FACE}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<html>hello</html>", "a web page"),
        (b"hello", "not JSON: hello"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"{}", "no choices"),
        (b'{"choices": []}', "no choices"),
        (b'{"choices": [null]}', "no choices"),
        (b'{"choices": {"0": 1}}', "no choices"),
        (b'{"choices": [{"text": "old"}]}', "no message"),
    ],
)
def test_anything_else_is_not_a_completion(content: bytes, reason: str) -> None:
    """The reason is told."""
    with pytest.raises(NotACompletion, match=reason):
        read(content)


@pytest.mark.parametrize(
    "content",
    [b'{"error": {"code": 502}}', body({"error": {"code": 502}, "finish_reason": "error"})],
)
def test_an_error_inside_a_success_is_kept(content: bytes) -> None:
    """A router may report what failed behind it in a 200."""
    with pytest.raises(NotACompletion) as caught:
        read(content)
    assert caught.value.error == {"code": 502}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda child: (
        st.lists(child, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "message",
                    "content",
                    "tool_calls",
                    "function",
                    "usage",
                    "error",
                    "name",
                ]
            ),
            child,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(value=JSON, mode=st.sampled_from(Mode))
def test_no_json_breaks_the_reader(value: object, mode: Mode) -> None:
    """Whatever a server sends is a completion or a reason."""
    for content in (
        json.dumps(value),
        json.dumps({"choices": [value]}),
        json.dumps({"choices": [{"message": value}], "usage": value, "model": value}),
        json.dumps({"choices": [{"message": {"content": value, "tool_calls": value}}]}),
    ):
        try:
            answer = read(content.encode(), mode)
        except NotACompletion:
            continue
        assert answer.text is None or answer.text.encode()
        assert answer.message is None or json.loads(answer.message)


@given(content=st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    """Noise is no completion."""
    with pytest.raises(NotACompletion):
        read(content)


SPELLED: dict[str, Callable[[str], str]] = {
    "plain": lambda key: key,
    "escaped": lambda key: "".join(f"\\u{ord(c):04x}" for c in key),
    "escaped in part": lambda key: key.replace("/", "\\/").replace("-", "\\u002D"),
    "escaped twice": lambda key: "".join(f"\\\\u{ord(c):04X}" for c in key),
}


@pytest.mark.parametrize("spelled", SPELLED)
def test_an_answer_that_repeats_the_key_is_read_without_it(spelled: str) -> None:
    """Wherever it stands and however JSON spells it: what is read holds no key."""
    key = "sk-invented/5f3a-9c"
    echo = f"Bearer {SPELLED[spelled](key)}."
    body = """{"model": "@", "usage": {"prompt_tokens": 5}, "choices": [{"finish_reason": "@",
        "message": {"content": "{\\"problem\\": {\\"text\\": \\"@\\"}}", "refusal": "@"}}]}"""
    content = body.replace("@", echo).encode()
    completion = read_completion(content, Mode.PROMPTED, "Draft", key=key)
    said = json.loads(completion.text or "")["problem"]["text"]
    assert said == completion.model == completion.refusal == completion.finish_reason
    assert said == "Bearer [key]."
    with pytest.raises(NotACompletion) as caught:
        read_completion(b"x" * 60 + key.encode(), Mode.PROMPTED, "Draft", key=key)
    assert key[:5] not in str(caught.value)


@pytest.mark.parametrize("key", ["", "none", "ollama"])
def test_a_word_in_the_place_of_a_key_is_no_secret(key: str) -> None:
    """What pleases a server of this machine may stand in any answer, and is read as it is."""
    content = json.dumps({"choices": [{"message": {"content": '{"a": "ollama or none"}'}}]})
    completion = read_completion(content.encode(), Mode.PROMPTED, "Draft", key=key)
    assert completion.text == '{"a": "ollama or none"}'


def test_a_key_is_looked_for_in_linear_time() -> None:
    """However many backslashes a server sends."""
    started = time.process_time()
    read = masked("\\u002d" + "\\" * 2_000_000, "sk-invented-5f3a")
    assert len(read) == 2_000_006
    assert time.process_time() - started < 10


def test_names_are_bounded() -> None:
    """No table or record holds a model name of a megabyte."""
    choice = {"message": {"content": "{}"}, "finish_reason": "x" * 10**6}
    content = json.dumps({"model": "m" * 10**6, "choices": [choice]}).encode()
    completion = read_completion(content, Mode.PROMPTED, "Draft")
    assert len(completion.model or "") == len(completion.finish_reason or "") == 200


# Headers

NOW = 1_790_000_000.0  # 2026-09-21T14:13:20Z


def allowance(**headers: str) -> Allowance | None:
    """The allowance of headers whose names have underscores for hyphens, at ``NOW``."""
    return read_allowance({k.replace("_", "-"): v for k, v in headers.items()}, NOW)


def test_openai_says_what_remains_and_when_it_is_whole() -> None:
    """OpenAI's four headers are read, whatever the case of their names."""
    headers = httpx2.Headers(
        {
            "X-RateLimit-Limit-Requests": "60",
            "X-RateLimit-Remaining-Requests": "59",
            "x-ratelimit-remaining-tokens": "149984",
            "x-ratelimit-reset-requests": "1s",
            "x-ratelimit-reset-tokens": "6m0s",
            "x-ratelimit-remaining-tokens_usage_based": "3",
        }
    )
    assert read_allowance(headers) == Allowance(59, 149984, 1.0, 360.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("200ms", 0.2),
        ("1h2m3.5s", 3723.5),
        ("7.66s", 7.66),
        ("1d2h", 93600.0),
        ("150µs", 0.00015),
        ("0", 0.0),
        ("12.5", 12.5),
        ("1790000030", 30.0),
        ("1790000030250", 30.25),
        ("1789999999", 0.0),
        ("2026-09-21T14:13:25Z", 5.0),
        ("2026-09-21T16:13:25.5+02:00", 5.5),
        ("2026-09-21T14:13:25", 5.0),
        ("2020-01-01T00:00:00Z", 0.0),
        ("0001-01-01T00:00:00+23:59", 0.0),
        ("-5", 0.0),
    ],
)
def test_a_reset_is_a_duration_a_number_or_a_time(text: str, seconds: float) -> None:
    """Each form of a reset becomes seconds from now, and one in the past 0."""
    found = allowance(x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests=text)
    assert found is not None
    assert found.requests_reset == pytest.approx(seconds)
    assert found.closed_for == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "1x", "s", "nan", "inf", "1s 2m", "9" * 5000])
def test_a_reset_that_is_not_understood_is_unsaid(text: str) -> None:
    """What isn't a reset closes nothing."""
    found = allowance(x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests=text)
    assert found == Allowance(requests=0)
    assert found.closed_for == 0.0


@pytest.mark.parametrize("text", ["-1", "", "many", "nan", "inf", "9" * 5000])
def test_a_remainder_that_is_no_count_is_unsaid(text: str) -> None:
    """Azure says -1 where there is no limit: that isn't an empty allowance."""
    assert allowance(x_ratelimit_remaining_tokens=text, x_ratelimit_reset_tokens="0") is None


def test_anthropic_counts_input_and_output_apart() -> None:
    """Of several limits on tokens, the one of which least remains counts."""
    found = allowance(
        anthropic_ratelimit_requests_remaining="999",
        anthropic_ratelimit_requests_reset="2026-09-21T14:13:21Z",
        anthropic_ratelimit_input_tokens_remaining="80000",
        anthropic_ratelimit_input_tokens_reset="2026-09-21T14:13:22Z",
        anthropic_ratelimit_output_tokens_remaining="0",
        anthropic_ratelimit_output_tokens_reset="2026-09-21T14:14:20Z",
    )
    assert found == Allowance(999, 0, 1.0, 60.0)


def test_of_two_empty_limits_the_later_reset_counts() -> None:
    """A limit a day outlasts one a minute."""
    found = allowance(
        x_ratelimit_remaining_requests_minute="0",
        x_ratelimit_reset_requests_minute="20",
        x_ratelimit_remaining_requests_day="0",
        x_ratelimit_reset_requests_day="3600",
    )
    assert found == Allowance(requests=0, requests_reset=3600.0)


def test_openrouter_counts_requests() -> None:
    """The names without a kind are about requests, with milliseconds since 1970."""
    found = allowance(x_ratelimit_remaining="0", x_ratelimit_reset="1790000009000")
    assert found == Allowance(requests=0, requests_reset=9.0)


def test_mistral_names_the_minute_and_no_reset() -> None:
    """A remainder without a reset is kept, and closes nothing."""
    found = allowance(
        x_ratelimit_remaining_req_minute="0", x_ratelimit_remaining_tokens_minute="70"
    )
    assert found == Allowance(requests=0, tokens=70)
    assert found.closed_for == 0.0


def test_headers_without_limits_say_nothing() -> None:
    """None, not an allowance of nothing."""
    assert allowance(content_type="application/json", retry_after="3") is None
    assert allowance(x_ratelimit_limit_requests="60", x_ratelimit_reset_requests="1s") is None


NAMES = st.sampled_from(
    [
        "x-ratelimit-remaining-requests",
        "x-ratelimit-reset-requests",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "anthropic-ratelimit-tokens-remaining",
        "anthropic-ratelimit-tokens-reset",
    ]
)
VALUES = (
    st.text(max_size=70) | st.text("0123456789.:TZhmsd+-", max_size=40) | st.integers().map(str)
)


@given(st.dictionaries(NAMES | st.text(), VALUES), st.floats(0, 1e11))
def test_whatever_a_server_sends_is_read_or_unsaid(headers: dict[str, str], now: float) -> None:
    """No header raises, and no wait is negative or endless."""
    found = read_allowance(headers, now)
    if found is not None:
        assert 0.0 <= found.closed_for < float("inf")
        assert all(count is None or count >= 0 for count in (found.requests, found.tokens))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "3"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "3"}, 3.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
    ],
)
def test_retry_after_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds and milliseconds; a time that is past is 0, nonsense is None."""
    assert retry_after(headers) == seconds


def test_retry_after_may_be_a_date() -> None:
    """An HTTP date counts from now."""
    asked = retry_after({"retry-after": formatdate(time.time() + 30, usegmt=True)})
    assert asked == pytest.approx(30, abs=2)
