"""Whether a model is too small to be asked for a whole record."""

from __future__ import annotations

import re

SMALL = 1e9
"""Parameters below which the assisted mode is the default.

Models of 0.1 to 0.5 billion parameters answer one-call JSON that is valid and wrong: an example's
number came back in nearly every record. What lies between them and this bound wasn't measured.
"""

_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)([MB])(?![a-z\d])", re.IGNORECASE)
_POWERS = {"m": 1e6, "b": 1e9}


def is_small(model: str, parameters: float | None = None) -> bool:
    """Whether a model can't be trusted with more than choices.

    Args:
        model: Its id, or the path of its file: ``SmolLM2-135M-Instruct.Q4_1.gguf``, ``qwen3:0.6b``.
        parameters: How many it has, where the server or a profile says so.

    Returns:
        False where neither says how many.
    """
    count = named_parameters(model) if parameters is None else parameters
    return count is not None and count < SMALL


def named_parameters(model: str) -> float | None:
    """How many parameters a model's name says it has, None where it doesn't.

    The last part of a path or an id counts; of several numbers the largest ("30B-A3B" has 30
    billion).
    """
    sizes = _SIZE.findall(re.split(r"[/\\]", model)[-1].replace("_", "-"))
    return max((float(number) * _POWERS[unit.lower()] for number, unit in sizes), default=None)
