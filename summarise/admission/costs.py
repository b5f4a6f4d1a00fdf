"""What a request takes: its tokens, told from its characters, and what a call costs in US dollars.

Tokens are corrected by what servers count: the tables of real tokenizers are downloads, and each
model has its own.

Prices come from the data inside the package genai-prices, which is never updated over the network
here, or from the user. A model's name alone gives no price: ``gpt-4o`` at a proxy or on this
machine costs what its owner asks, so its price is unknown, which isn't $0.

The data takes 0.2 s of CPU and 12 MB to import, and 70 MB for a moment: load a price once, and
before openai is imported, so that the two don't add up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from summarise.errors import SettingsError
from summarise.models import Usage
from summarise.settings import Settings, known_of

if TYPE_CHECKING:
    from genai_prices.types import ConditionalPrice, ModelInfo, ModelPrice, TieredPrices

# Whole requests of the prompts v1 and v2 with their schema and an abstract: 3.58 to 3.90
# characters a token (cl100k, o200k, and the tokenizers of DeepSeek and of Claude 2). Below all of
# them, so that the first requests are taken for larger than they are.
DEFAULT_CHARACTERS_PER_TOKEN = 3.5

# Beyond this, a prompt of natural text wasn't read whole: abstracts have 3.4 to 4.9 characters a
# token, Russian 2.1 to 4.8, and Chinese, Japanese and Korean, as counted here, 2.5 to 6.1.
_CUT = 8.0

# What no tokenizer does to a whole request, even where the schema isn't part of the prompt.
_FEWEST, _MOST = 0.5, 16.0

# Han, kana, Hangul, and beyond them emoji and mathematical letters.
_WIDE = re.compile("[\u2e80-\U0010ffff]+")
_WIDE_WEIGHT = 3

# A request that is larger than expected is believed by half; one that is smaller, by a sixteenth.
_UP, _DOWN = 1 / 2, 1 / 16


def characters(text: str) -> int:
    """How many characters a text counts for.

    A character of Chinese, Japanese or Korean script counts for three: such text has 0.8 to 2.0
    characters a token.
    """
    if text.isascii():
        return len(text)
    wide = len(text) - len(_WIDE.sub("", text))
    return len(text) + (_WIDE_WEIGHT - 1) * wide


def was_cut(counted: int, tokens: int) -> bool:
    """Whether the server read so few tokens that part of the prompt must be missing.

    It counted so many input tokens (0 or less is no count) where all messages have so many
    ``characters``. The schema doesn't count: many servers don't show it to the model.
    """
    return tokens > 0 and counted > _CUT * tokens


class TokenRatio:
    """Tokens per character at one endpoint and model: a cautious guess, then what is observed."""

    def __init__(self, characters_per_token: float = DEFAULT_CHARACTERS_PER_TOKEN) -> None:
        self._tokens_per_character = 1 / characters_per_token

    def estimate(self, counted: int) -> int:
        """The tokens of a text, or of all of a request, by its ``characters``; rounded up."""
        # Without the rounding, 3500 characters at 3.5 would be 1001 tokens.
        return math.ceil(round(counted * self._tokens_per_character, 6))

    def observe(self, counted: int, tokens: int) -> None:
        """Learn from a request that the server counted.

        More tokens than expected are believed sooner than fewer, so that estimates err upwards. A
        count that can't be right (0, or some that no tokenizer would give) teaches nothing. Don't
        pass what ``was_cut``.
        """
        if tokens <= 0 or not _FEWEST * tokens <= counted <= _MOST * tokens:
            return
        change = tokens / counted - self._tokens_per_character
        self._tokens_per_character += change * (_UP if change > 0 else _DOWN)


_MILLION = Decimal(1_000_000)
_ZERO = Decimal(0)
_HTTPS = 443

_Holds = Callable[[datetime], bool]


@dataclass(frozen=True, slots=True)
class _Rate:
    """US dollars for one token, by the size of the prompt: above so many, from the highest down."""

    base: Decimal
    tiers: tuple[tuple[int, Decimal], ...] = ()

    def at(self, input_tokens: int) -> Decimal:
        for start, dollars in self.tiers:
            if input_tokens > start:
                return dollars
        return self.base


@dataclass(frozen=True, slots=True)
class _Tariff:
    """The rates that hold together.

    Attributes:
        cached: For a token that the server had in its prefix cache.
        written: For a token that it puts there, where that costs more.
        call: US dollars for each call, whatever its size.
        holds: Whether the tariff is for this time; None: for any.
    """

    input: _Rate
    output: _Rate
    cached: _Rate
    written: _Rate
    call: Decimal = _ZERO
    holds: _Holds | None = None

    def of(self, input_tokens: int, output_tokens: int, cached: int, written: int) -> Decimal:
        total = self.call + self.output.at(input_tokens) * output_tokens
        if cached:
            total += self.cached.at(input_tokens) * cached
        if written:
            total += self.written.at(input_tokens) * written
        return total + self.input.at(input_tokens) * (input_tokens - cached - written)

    def worst(self, input_tokens: int, output_tokens: int) -> Decimal:
        dearest = max(rate.at(input_tokens) for rate in (self.input, self.cached, self.written))
        return self.call + dearest * input_tokens + self.output.at(input_tokens) * output_tokens


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one model at one endpoint, by ``genai-prices 0.2.3: …`` or ``settings``."""

    source: str
    _tariffs: tuple[_Tariff, ...]  # the first one that holds counts; the last one always does
    _share: Decimal = Decimal(1)

    def of(self, usage: Usage, at: datetime | None = None) -> Decimal | None:
        """What one call cost, in US dollars.

        Tokens that aren't told to be read from a prefix cache, or written to it, have the usual
        price.

        The usage is of one call: where the price depends on the size of the prompt, a sum of calls
        would be priced as one large prompt. Some prices depend on the time of day: None is now.

        Returns:
            None if the server didn't tell the tokens; a prompt of 0 tokens isn't told.
        """
        if not usage.input_tokens or usage.output_tokens is None:
            return None
        cached = min(usage.cached_tokens or 0, usage.input_tokens)
        written = min(usage.cache_written_tokens or 0, usage.input_tokens - cached)
        tariff = self._tariff(at)
        return self._share * tariff.of(usage.input_tokens, usage.output_tokens, cached, written)

    def worst(self, input_tokens: int, output_tokens: int) -> Decimal:
        """The most that one call of this size can cost, in US dollars.

        Nothing is cached, the server may put the whole prompt into its prefix cache, and it may
        run at the dearest time of the day.
        """
        dearest = max(tariff.worst(input_tokens, output_tokens) for tariff in self._tariffs)
        return self._share * dearest

    def times(self, share: Decimal, why: str) -> Price:
        """A share of this price, and what that is for."""
        return replace(self, source=f"{self.source}, {why}", _share=self._share * share)

    def _tariff(self, at: datetime | None) -> _Tariff:
        if len(self._tariffs) > 1:
            now = at or datetime.now(UTC)
            for tariff in self._tariffs:
                if tariff.holds is None or tariff.holds(now):
                    return tariff
        return self._tariffs[-1]


def batch_price_for(settings: Settings) -> Price | None:
    """The price of an answer that a batch API gives: the user's own, else what the provider says.

    None where that isn't known: what a live answer costs says nothing of it.

    Raises:
        SettingsError: Only a part of the user's own price is given.
    """
    price = price_for(settings)
    if price is None or settings.price_in is not None:
        return price
    share = known_of(settings.host).batch_share
    return price.times(share, "as a batch") if share is not None else None


def own_price(
    sent: Decimal,
    answered: Decimal,
    cached: Decimal | None = None,
    written: Decimal | None = None,
) -> Price:
    """The price that a user gives, in US dollars per million tokens.

    Args:
        sent: Of the prompt.
        answered: Of the answer.
        cached: Of what the server read of the prompt from its prefix cache; None: as ``sent``.
        written: Of what it wrote of the prompt to its prefix cache; None: as ``sent``.
    """
    of_sent, of_answered, of_cached, of_written = (
        _Rate((sent if price is None else price) / _MILLION)
        for price in (sent, answered, cached, written)
    )
    return Price("settings", (_Tariff(of_sent, of_answered, of_cached, of_written),))


def load_price(model: str, base_url: str) -> Price | None:
    """The price that is known of a model at an endpoint, None where none is.

    At Azure a model is the name of a deployment: one that is named as a model is taken for it.
    """
    # No provider is reached without TLS or at a port of its own, so the data isn't needed.
    if (url := _bare(base_url)) is None:
        return None
    from genai_prices.data import providers  # noqa: PLC0415

    provider = next((p for p in providers if _serves(p.api_pattern, *url)), None)
    found = provider and provider.find_model(model, all_providers=providers)
    tariffs = _tariffs(found, datetime.now(UTC)) if found else ()
    if not (provider and found and tariffs):
        return None
    known = f"{provider.id} {found.id}"
    return Price(f"genai-prices {version('genai-prices')}: {known}", tariffs)


def price_for(settings: Settings) -> Price | None:
    """The price of the model that the settings name, where they send to: the user's own first.

    Raises:
        SettingsError: Only a part of the user's own price is given.
    """
    sent, answered = settings.price_in, settings.price_out
    of_cache = settings.price_cached, settings.price_cache_written
    if settings.model is None:
        return None
    if (sent, answered, *of_cache) == (None,) * 4:
        return load_price(settings.model, settings.base_url)
    if sent is None or answered is None:
        raise SettingsError(
            "is missing beside the other price",
            where="--price-in" if sent is None else "--price-out",
            hint="A price is for both, in US dollars per million tokens.",
        )
    return own_price(sent, answered, *of_cache)


def format_usd(amount: Decimal | None) -> str:
    """An amount for people: ``$0.0123``, ``$12.30``, ``unknown``."""
    if amount is None:
        return "unknown"
    if _ZERO < amount < Decimal("0.0001"):
        return "<$0.0001"
    shown = round(amount, 4)
    return f"${shown:,.2f}" if shown >= 1 or shown == 0 else f"${shown:.4f}"


def _bare(base_url: str) -> tuple[str, str] | None:
    """Scheme with host, and path, of an address at which a provider could be; else None."""
    parts = urlsplit(base_url)
    if parts.scheme != "https" or parts.port not in {None, _HTTPS}:
        return None
    return f"https://{parts.hostname}", parts.path


def _serves(pattern: str, origin: str, path: str) -> bool:
    """Whether a provider's pattern is for this host, and not for the beginning of its name.

    The patterns match prefixes of an address, so ``https://api.openai.com`` is also the beginning
    of ``https://api.openai.com.example.org``, and some could find their host inside a path.
    """
    # All of them name a host with dots: without dots, no path can be taken for one.
    match = re.match(pattern, origin + path.replace(".", "_"))
    if match is None:
        return False
    rest = origin[match.end() :]
    # One pattern leaves the country open: https://api.moonshot.
    return not rest or (match.group().endswith(".") and "." not in rest)


def _tariffs(model: ModelInfo, now: datetime) -> tuple[_Tariff, ...]:
    """The tariffs of a model, the one that goes before the others first; none if one is unknown."""
    prices = model.prices
    possible = _in_force(prices, now) if isinstance(prices, list) else [(prices, None)]
    tariffs = [_tariff_of(prices, holds) for prices, holds in possible]
    known = tuple(tariff for tariff in tariffs if tariff)
    return known if len(known) == len(tariffs) else ()


def _in_force(
    dated: list[ConditionalPrice], now: datetime
) -> list[tuple[ModelPrice, _Holds | None]]:
    """Those that may hold from now on: the last one that holds counts, and the first if none does.

    The last one of the result holds whenever no other does.
    """
    from genai_prices.types import TimeOfDateConstraint  # noqa: PLC0415

    kept: list[tuple[ModelPrice, _Holds | None]] = []
    for price in reversed(dated):
        constraint = price.constraint
        is_lasting = not isinstance(constraint, TimeOfDateConstraint)
        if constraint is None or (is_lasting and constraint.active(now)):
            return [*kept, (price.prices, None)]
        kept.append((price.prices, constraint.active))
    return [*kept, (dated[0].prices, None)]


def _tariff_of(prices: ModelPrice, holds: _Holds | None) -> _Tariff | None:
    """The rates for text; None unless those of the prompt and the answer are known."""
    if prices.input_mtok is None or prices.output_mtok is None:
        return None
    sent = _rate(prices.input_mtok)
    cached, written, calls = prices.cache_read_mtok, prices.cache_write_mtok, prices.requests_kcount
    return _Tariff(
        input=sent,
        output=_rate(prices.output_mtok),
        cached=sent if cached is None else _rate(cached),
        written=sent if written is None else _rate(written),
        call=_ZERO if calls is None else _rate(calls).base * 1000,
        holds=holds,
    )


def _rate(price: Decimal | TieredPrices) -> _Rate:
    if isinstance(price, Decimal):
        return _Rate(price / _MILLION)
    tiers = sorted(((tier.start, tier.price / _MILLION) for tier in price.tiers), reverse=True)
    return _Rate(price.base / _MILLION, tuple(tiers))
