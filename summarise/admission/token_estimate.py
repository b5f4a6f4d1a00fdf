"""How many tokens a request has, told from its characters and corrected by what servers count.

The tables of real tokenizers are downloads, and each model has its own.
"""

from __future__ import annotations

import math
import re

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

    Args:
        counted: ``characters`` of all messages of the request. The schema doesn't count: many
            servers hold the model to it without showing it to the model.
        tokens: The input tokens that the server counted; 0 or less is no count.
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
