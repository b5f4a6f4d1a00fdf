"""Tests of ``summarise.admission.costs``: tokens told from characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.admission import TokenRatio, characters, was_cut
from summarise.admission.costs import DEFAULT_CHARACTERS_PER_TOKEN


def test_latin_text_counts_its_characters() -> None:
    """A character of Latin, Greek or Cyrillic script counts for one."""
    assert characters("") == 0
    assert characters("Larkspur-β, déjà vu – 4 %") == len("Larkspur-β, déjà vu – 4 %")
    assert characters("модель") == 6


@pytest.mark.parametrize("text", ["模型", "モデ", "모델"])
def test_wide_scripts_count_threefold(text: str) -> None:
    """A character of Chinese, Japanese or Korean script counts for three."""
    assert characters(text) == 6
    assert characters(f"a {text} b") == 10


def test_the_first_estimate_is_the_stated_default_rounded_up() -> None:
    """Without an observation the default ratio holds, and part of a token is a token."""
    ratio = TokenRatio()
    assert 10**6 / ratio.estimate(10**6) == pytest.approx(DEFAULT_CHARACTERS_PER_TOKEN, rel=1e-5)
    assert [ratio.estimate(n) for n in (0, 1, 3500, 3501)] == [0, 1, 1000, 1001]


def test_an_observation_moves_the_estimate_towards_it() -> None:
    """Many requests of one kind are estimated as the server counts them."""
    ratio = TokenRatio()
    for _ in range(200):
        ratio.observe(9000, 1600)
    assert ratio.estimate(9000) == pytest.approx(1600, abs=2)


def test_more_tokens_than_expected_are_believed_sooner_than_fewer() -> None:
    """Three large requests are enough to be near them; one small request changes little."""
    ratio = TokenRatio(4.0)
    for _ in range(3):
        ratio.observe(8000, 4000)
    assert 3700 < ratio.estimate(8000) < 4000
    before = ratio.estimate(8000)
    ratio.observe(8000, 1000)
    assert ratio.estimate(8000) == pytest.approx(before - (before - 1000) / 16, abs=1)


@pytest.mark.parametrize(
    ("counted", "tokens"), [(0, 0), (9000, 0), (0, 9000), (9000, -1), (9000, 3), (10, 9000)]
)
def test_nonsense_teaches_nothing(counted: int, tokens: int) -> None:
    """A count of 0, a negative one, or one that no tokenizer would give is ignored."""
    ratio = TokenRatio()
    ratio.observe(counted, tokens)
    assert 10**6 / ratio.estimate(10**6) == pytest.approx(DEFAULT_CHARACTERS_PER_TOKEN, rel=1e-5)


@given(st.lists(st.tuples(st.integers(-5, 10**6), st.integers(-5, 10**6))))
def test_whatever_is_observed_the_ratio_stays_plausible(seen: list[tuple[int, int]]) -> None:
    """No sequence of observations leads to a ratio that no tokenizer has."""
    ratio = TokenRatio()
    for counted, tokens in seen:
        ratio.observe(counted, tokens)
    assert 0.5 <= 10**6 / ratio.estimate(10**6) <= 16


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_characters_are_never_fewer_tokens(fewer: int, more: int) -> None:
    """The estimate doesn't fall as a text grows."""
    ratio = TokenRatio()
    assert ratio.estimate(fewer) <= ratio.estimate(fewer + more)


def test_a_prompt_read_in_part_is_noticed() -> None:
    """More than eight characters a token means that part of the prompt is missing."""
    assert was_cut(20_000, 2048)
    assert not was_cut(6000, 1600)


def test_a_cut_prompt_in_a_wide_script_is_noticed() -> None:
    """Text with about a character a token is cut long before it has eight."""
    text = "我们提出了一种新的语音合成模型。" * 500
    assert was_cut(characters(text), 2048)
    assert not was_cut(characters(text), len(text) // 2)


def test_no_count_is_no_sign_of_a_cut() -> None:
    """A server that counts no tokens says nothing about the prompt."""
    assert not was_cut(20_000, 0)
    assert was_cut(20_000, 1)
