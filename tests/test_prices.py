"""Tests of ``summarise.admission.costs``: against genai-prices itself, never over the network."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices import Usage as TheirUsage
from genai_prices import calc_price
from hypothesis import given, settings
from hypothesis import strategies as st

from summarise.admission import Price, format_usd, price_for
from summarise.admission.costs import load_price, own_price
from summarise.errors import SettingsError
from summarise.models import Usage
from summarise.settings import Settings

OPENAI = "https://api.openai.com/v1"

# Flat, dearer for long prompts, by time of day, by date, with a fee for each call.
LISTED = [
    ("gpt-5-mini", OPENAI, "openai gpt-5-mini"),
    ("gpt-4o-mini-2024-07-18", OPENAI, "openai gpt-4o-mini"),
    ("openai/gpt-5-mini", "https://openrouter.ai/api/v1", "openrouter openai/gpt-5-mini"),
    ("gpt-4o", "https://acme.openai.azure.com/openai/v1", "azure gpt-4o"),
    ("llama-3.3-70b-versatile", "https://api.groq.com/openai/v1", "groq llama-3.3-70b-versatile"),
    (
        "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "https://api.together.xyz/v1",
        "together meta-llama/Llama-3.3-70B-Instruct-Turbo",
    ),
    ("mistral-small-latest", "https://api.mistral.ai/v1", "mistral mistral-small-latest"),
    ("deepseek-chat", "https://api.deepseek.com/v1", "deepseek deepseek-chat"),
    (
        "gemini-2.5-pro",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "google gemini-2.5-pro",
    ),
    ("claude-sonnet-4-5", "https://api.anthropic.com/v1", "anthropic claude-sonnet-4-5"),
    ("sonar", "https://api.perplexity.ai", "perplexity sonar"),
    ("kimi-k2-0905-preview", "https://api.moonshot.cn/v1", "moonshotai kimi-k2-0905-preview"),
]


def price_of(model: str = "gpt-5-mini", base_url: str = OPENAI) -> Price:
    """A price that has to be known."""
    price = load_price(model, base_url)
    assert price is not None
    return price


def usage(sent: int | None = 1000, answered: int | None = 100, cached: int | None = None) -> Usage:
    """The tokens of a call."""
    return Usage(input_tokens=sent, output_tokens=answered, cached_tokens=cached)


@pytest.mark.parametrize(("model", "base_url", "source"), LISTED)
def test_a_listed_model_at_its_provider_has_a_price(model: str, base_url: str, source: str) -> None:
    """The host of the base URL finds the provider, and the source names provider and model."""
    assert price_of(model, base_url).source.split(": ", 1)[1] == source


@pytest.mark.parametrize(("model", "base_url", "source"), LISTED)
def test_a_call_costs_what_genai_prices_says(model: str, base_url: str, source: str) -> None:
    """Tiers, times of day, cached tokens and fees give the same amount as the package's own sum."""
    price = price_of(model, base_url)
    chance = random.Random(source)
    for _ in range(40):
        sent, answered = chance.choice([10, 3000, 150_000, 400_000]), chance.randrange(5000)
        cached = chance.randrange(sent + 1)
        at = datetime(2027, 3, chance.randrange(1, 29), chance.randrange(24), 17, tzinfo=UTC)
        theirs = calc_price(
            TheirUsage(input_tokens=sent, output_tokens=answered, cache_read_tokens=cached),
            model,
            provider_api_url=base_url,
            genai_request_timestamp=at,
        )
        assert price.of(usage(sent, answered, cached), at) == theirs.total_price


def test_cached_tokens_have_a_price_of_their_own() -> None:
    """A prompt from the server's cache costs less than one that it has to read."""
    price = price_of()
    warm, cold = price.of(usage(cached=900)), price.of(usage(cached=None))
    assert warm is not None
    assert cold is not None
    assert 0 < warm < cold


def test_a_long_prompt_pays_the_price_of_its_tier() -> None:
    """One token over the border, and all tokens cost more."""
    price = price_of("claude-sonnet-4-5", "https://api.anthropic.com/v1")
    short, long = price.of(usage(200_000, 0)), price.of(usage(200_001, 0))
    assert short is not None
    assert long is not None
    assert long > short * Decimal("1.5")


def test_a_price_by_the_time_of_day_follows_the_clock() -> None:
    """The same call at noon and at night costs what the provider asks then."""
    price = price_of("deepseek-chat", "https://api.deepseek.com/v1")
    day = price.of(usage(), datetime(2027, 1, 1, 12, 0, tzinfo=UTC))
    night = price.of(usage(), datetime(2027, 1, 1, 20, 0, tzinfo=UTC))
    assert day is not None
    assert night is not None
    assert night < day
    assert price.worst(1000, 100) >= day


@pytest.mark.parametrize(
    "told",
    [usage(None, 5), usage(5, None), usage(None, None), usage(0, 5)],
    ids=["no-input", "no-output", "nothing", "zero-input"],
)
def test_a_call_whose_tokens_are_not_told_has_no_cost(told: Usage) -> None:
    """Unknown is None, never 0."""
    assert price_of().of(told) is None


def test_more_cached_tokens_than_there_are_count_as_all() -> None:
    """A server that reports more cached tokens than the prompt has doesn't make it cheaper."""
    price = price_of()
    assert price.of(usage(1000, 10, 5000)) == price.of(usage(1000, 10, 1000))


@pytest.mark.parametrize(
    "base_url",
    [
        "http://localhost:11434/v1",
        "http://127.0.0.1:8000/v1",
        "https://my.company.example/v1",
        "https://api.openai.com.example.org/v1",
        "https://api.openai.community/v1",
        "https://api.openai.com:8443/v1",
        "http://api.openai.com/v1",
        "https://example.org/api.openai.com/v1",
        "https://example.org/acme.openai.azure.com/v1",
        "https://example.org/x.googleapis.com/v1",
        "https://api.moonshot.example.org/v1",
    ],
)
def test_a_known_name_at_another_host_has_no_price(base_url: str) -> None:
    """Only the provider's own host gives a price, not a host or a path that looks like it."""
    for model in ("gpt-5-mini", "gpt-4o", "gemini-2.5-pro", "kimi-k2-0905-preview"):
        assert load_price(model, base_url) is None


@pytest.mark.parametrize("model", ["no-such-model", "gpt-4o-of-our-own", "text-embedding-3-small"])
def test_an_unlisted_model_has_no_price(model: str) -> None:
    """Neither a name that isn't listed nor a model without answers has a price."""
    assert load_price(model, OPENAI) is None


@pytest.mark.parametrize(("model", "base_url", "source"), LISTED)
@settings(max_examples=15)
@given(data=st.data())
def test_no_call_costs_more_than_its_worst_case(
    model: str, base_url: str, source: str, data: st.DataObject
) -> None:
    """However much is cached, and at whatever time, ``worst`` isn't exceeded."""
    price = price_of(model, base_url)
    sent, answered = data.draw(st.integers(1, 10**6)), data.draw(st.integers(0, 10**5))
    told = usage(sent, answered, data.draw(st.integers(0, sent) | st.none()))
    at = datetime(2027, 1, 1, data.draw(st.integers(0, 23)), tzinfo=UTC)
    cost = price.of(told, at)
    assert cost is not None
    assert cost <= price.worst(sent, answered)


def test_writing_the_cache_is_part_of_the_worst_case() -> None:
    """Where a server asks more for tokens that it puts into its cache, the worst case has it."""
    price = price_of("claude-sonnet-4-5", "https://api.anthropic.com/v1")
    assert price.worst(1000, 0) > (price.of(usage(1000, 0)) or 0)


def test_the_users_own_price_holds_anywhere() -> None:
    """A price from the settings is for a million tokens of each kind."""
    price = own_price(Decimal("0.5"), Decimal(2), Decimal("0.1"))
    assert price.source == "settings"
    assert price.of(usage(1_000_000, 500_000, 200_000)) == Decimal("1.42")
    assert price.worst(1_000_000, 500_000) == Decimal("1.5")


def test_tokens_written_to_the_cache_have_their_price() -> None:
    """From GPT-5.6 on a write costs more than plain input; Anthropic has always charged for it."""
    own = own_price(Decimal(1), Decimal(1), Decimal("0.1"), Decimal("1.25"))
    used = Usage(
        input_tokens=1_000_000, output_tokens=0, cached_tokens=300_000, cache_written_tokens=400_000
    )
    assert own.of(used) == Decimal("0.83")
    listed = price_for(Settings(model="claude-sonnet-4-5", base_url="https://api.anthropic.com/v1"))
    assert listed is not None
    written = Usage(input_tokens=10_000, output_tokens=0, cache_written_tokens=10_000)
    assert listed.of(written) == Decimal("1.25") * (listed.of(usage(10_000, 0)) or 0)


def test_without_an_own_cached_price_cached_tokens_cost_as_others() -> None:
    """The prompt is priced as if nothing were cached."""
    price = own_price(Decimal(1), Decimal(1))
    assert price.of(usage(1_000_000, 0, 900_000)) == 1


def test_the_settings_name_the_price() -> None:
    """Their own price goes first, else the listed one; without a model there is none."""
    own = price_for(Settings(model="m", price_in=Decimal(0), price_out=Decimal(2)))
    assert own is not None
    assert own.of(usage(10, 1_000_000)) == 2
    listed = price_for(Settings(model="gpt-5-mini"))
    assert listed is not None
    assert listed.source.startswith("genai-prices")
    assert price_for(Settings(model="gpt-5-mini", base_url="http://localhost/v1")) is None
    assert price_for(Settings()) is None


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"price_in": 1}, "--price-out"),
        ({"price_out": 1}, "--price-in"),
        ({"price_cached": 1}, "--price-in"),
        ({"price_cache_written": 1}, "--price-in"),
    ],
)
def test_half_a_price_is_an_error(given: dict[str, int], missing: str) -> None:
    """A price for prompts alone, or for answers alone, would make the rest look free."""
    with pytest.raises(SettingsError, match=missing):
        price_for(Settings.model_validate({"model": "m", **given}))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, "unknown"),
        (Decimal(0), "$0.00"),
        (Decimal("0.00001"), "<$0.0001"),
        (Decimal("0.01234"), "$0.0123"),
        (Decimal("0.99999"), "$1.00"),
        (Decimal("12.3"), "$12.30"),
        (Decimal("1234.567"), "$1,234.57"),
    ],
)
def test_amounts_are_written_for_people(amount: Decimal | None, shown: str) -> None:
    """Cents for dollars, four places below one, and what is unknown or tiny in words."""
    assert format_usd(amount) == shown


def test_prices_are_looked_up_without_the_network() -> None:
    """From the import on, no address is looked up, nothing is connected to, no thread is left."""
    code = """
import socket, threading

def refuse(*args, **kwargs):
    raise SystemExit("the network was used")

socket.getaddrinfo = socket.socket.connect = socket.socket.connect_ex = refuse
threading.Thread.start = refuse
from summarise.models import Usage
from summarise.admission.costs import load_price

price = load_price("gpt-5-mini", "https://api.openai.com/v1")
assert price.of(Usage(input_tokens=1000, output_tokens=10)) > 0
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "line",
    [
        "load_price('qwen3:8b', 'http://localhost:11434/v1')",
        "own_price(Decimal(1), Decimal(1))",
    ],
)
def test_the_data_is_imported_only_where_it_can_matter(line: str) -> None:
    """A server without TLS and a price from the settings do without genai-prices."""
    code = (
        "import sys; from decimal import Decimal; "
        f"from summarise.admission.costs import load_price, own_price; {line}\n"
        "sys.exit('genai_prices' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
