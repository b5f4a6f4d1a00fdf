"""Tests of ``summarise.endpoint.answer``: the headers of one answer."""

from __future__ import annotations

import time
from email.utils import formatdate

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.admission import Allowance
from summarise.endpoint.answer import read_allowance, retry_after

NOW = 1_790_000_000.0  # 2026-09-21T14:13:20Z


def read(**headers: str) -> Allowance | None:
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
    found = read(x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests=text)
    assert found is not None
    assert found.requests_reset == pytest.approx(seconds)
    assert found.closed_for == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "soon", "1x", "s", "nan", "inf", "1s 2m", "9" * 5000])
def test_a_reset_that_is_not_understood_is_unsaid(text: str) -> None:
    """What isn't a reset closes nothing."""
    found = read(x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests=text)
    assert found == Allowance(requests=0)
    assert found.closed_for == 0.0


@pytest.mark.parametrize("text", ["-1", "", "many", "nan", "inf", "9" * 5000])
def test_a_remainder_that_is_no_count_is_unsaid(text: str) -> None:
    """Azure says -1 where there is no limit: that isn't an empty allowance."""
    assert read(x_ratelimit_remaining_tokens=text, x_ratelimit_reset_tokens="0") is None


def test_anthropic_counts_input_and_output_apart() -> None:
    """Of several limits on tokens, the one of which least remains counts."""
    found = read(
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
    found = read(
        x_ratelimit_remaining_requests_minute="0",
        x_ratelimit_reset_requests_minute="20",
        x_ratelimit_remaining_requests_day="0",
        x_ratelimit_reset_requests_day="3600",
    )
    assert found == Allowance(requests=0, requests_reset=3600.0)


def test_openrouter_counts_requests() -> None:
    """The names without a kind are about requests, with milliseconds since 1970."""
    found = read(x_ratelimit_remaining="0", x_ratelimit_reset="1790000009000")
    assert found == Allowance(requests=0, requests_reset=9.0)


def test_mistral_names_the_minute_and_no_reset() -> None:
    """A remainder without a reset is kept, and closes nothing."""
    found = read(x_ratelimit_remaining_req_minute="0", x_ratelimit_remaining_tokens_minute="70")
    assert found == Allowance(requests=0, tokens=70)
    assert found.closed_for == 0.0


def test_headers_without_limits_say_nothing() -> None:
    """None, not an allowance of nothing."""
    assert read(content_type="application/json", retry_after="3") is None
    assert read(x_ratelimit_limit_requests="60", x_ratelimit_reset_requests="1s") is None


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
VALUES = st.text(max_size=70) | st.from_regex(r"[0-9.:TZhmsd+-]{0,40}") | st.integers().map(str)


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
